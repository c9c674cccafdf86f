/* The merge law within an author. */
#include <stdlib.h>

#include "proto/merge.h"

/* The versions in descending order of stamps. Few are sorted on the stack, many on the heap; without
 * memory the next one is searched for each time, which is slow and as right. */
enum { FEW = 32 };
struct order {
    const struct lt_version *versions;
    size_t count;
    uint32_t few[FEW];
    uint32_t *sorted; /* NULL: search */
    uint8_t *spare; /* by version: another one of its draft counts; NULL: search */
};

static int cmp(const struct order *order, uint32_t a, uint32_t b)
{
    const struct lt_version *first = &order->versions[a], *second = &order->versions[b];
    if (first->generation != second->generation)
        return first->generation < second->generation ? -1 : 1;
    const int by_stamp = lt_stamp_cmp(&first->stamp, &second->stamp);
    return by_stamp ? by_stamp : (a < b) - (a > b);
}

typedef int order_cmp(const struct order *order, uint32_t a, uint32_t b);

/* Heap sort: no memory, no recursion. Ascending by `how`. */
static void sift(const struct order *order, uint32_t *heap, size_t at, size_t count, order_cmp *how)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && how(order, heap[child], heap[child + 1]) < 0)
            child++;
        if (how(order, heap[at], heap[child]) >= 0)
            return;
        const uint32_t held = heap[at];
        heap[at] = heap[child];
        heap[child] = held;
        at = child;
    }
}

static void sort(const struct order *order, uint32_t *indexes, size_t count, order_cmp *how)
{
    for (size_t i = count / 2; i-- > 0;)
        sift(order, indexes, i, count, how);
    for (size_t end = count; end-- > 1;) {
        const uint32_t held = indexes[0];
        indexes[0] = indexes[end];
        indexes[end] = held;
        sift(order, indexes, 0, end, how);
    }
}

static int descending(const struct order *order, uint32_t a, uint32_t b)
{
    return -cmp(order, a, b);
}

static bool same_draft(const struct lt_version *a, const struct lt_version *b)
{
    return a->import != 0 && a->import == b->import && a->row == b->row && a->chain == b->chain;
}

/* By draft, then stamp. */
static int by_draft(const struct order *order, uint32_t a, uint32_t b)
{
    const struct lt_version *first = &order->versions[a], *second = &order->versions[b];
    if (first->import != second->import)
        return first->import < second->import ? -1 : 1;
    if (first->row != second->row)
        return first->row < second->row ? -1 : 1;
    if (first->chain != second->chain)
        return first->chain < second->chain ? -1 : 1;
    return cmp(order, a, b);
}

/* Of the counting versions of one draft all but the least are spare. */
static void mark_spare(struct order *order)
{
    const struct lt_version *versions = order->versions;
    sort(order, order->sorted, order->count, by_draft);
    const struct lt_version *least = NULL;
    for (size_t i = 0; i < order->count; i++) {
        const uint32_t at = order->sorted[i];
        if (!versions[at].counts)
            continue;
        if (least != NULL && same_draft(least, &versions[at]))
            order->spare[at] = 1;
        else
            least = &versions[at];
    }
}

static void order_start(struct order *order, const struct lt_version *versions, size_t count)
{
    *order = (struct order){.versions = versions, .count = count};
    if (count <= FEW) {
        order->sorted = order->few;
    } else {
        order->sorted = malloc(count * sizeof(*order->sorted));
        order->spare = order->sorted != NULL ? calloc(count, 1) : NULL;
    }
    if (order->sorted == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        order->sorted[i] = (uint32_t)i;
    if (order->spare != NULL)
        mark_spare(order);
    sort(order, order->sorted, count, descending);
}

static void order_end(struct order *order)
{
    if (order->sorted != order->few)
        free(order->sorted);
    free(order->spare);
}

static bool effective(const struct order *order, uint32_t at)
{
    const struct lt_version *version = &order->versions[at];
    if (!version->counts)
        return false;
    if (order->spare != NULL)
        return order->spare[at] == 0;
    for (uint32_t i = 0; i < order->count; i++) {
        if (order->versions[i].counts && same_draft(&order->versions[i], version) &&
            cmp(order, i, at) < 0)
            return false;
    }
    return true;
}

/* Position `rank` in descending order; `before` stood one rank higher. */
static uint32_t at_rank(const struct order *order, size_t rank, uint32_t before)
{
    if (order->sorted != NULL)
        return order->sorted[rank];
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < order->count; i++) {
        if ((rank == 0 || cmp(order, i, before) < 0) &&
            (found == UINT32_MAX || cmp(order, i, found) > 0))
            found = i;
    }
    return found;
}

/* Versions that no other one knows of. An honest chain never has more than it has tips; an author who
 * makes more has his record called contested, whatever the order. */
enum { HEADS_MAX = 2 * LT_PARENTS_MAX };
struct heads {
    const struct lt_version *items[HEADS_MAX];
    size_t count;
};

static bool known_of(const struct heads *heads, const struct lt_version *version,
                     lt_is_ancestor *is_ancestor, void *context)
{
    for (size_t i = 0; i < heads->count; i++) {
        const struct lt_hash *head = &heads->items[i]->stamp.update;
        if (heads->items[i]->generation > version->generation)
            return true;
        if (lt_hash_cmp(head, &version->stamp.update) == 0 ||
            is_ancestor(context, &version->stamp.update, head))
            return true;
    }
    return false;
}

struct lt_winner lt_record_winner(const struct lt_version *versions, size_t count,
                                  lt_is_ancestor *is_ancestor, void *context)
{
    struct lt_winner winner = {.found = false};
    struct heads heads = {.count = 0};
    struct order order;
    order_start(&order, versions, count);
    uint32_t at = 0;
    for (size_t rank = 0; rank < count && !winner.contested; rank++) {
        at = at_rank(&order, rank, at);
        const struct lt_version *version = &versions[at];
        if (!effective(&order, at))
            continue;
        if (!winner.found) {
            winner = (struct lt_winner){.found = true, .version = at, .contested = version->unseen};
        } else if (known_of(&heads, version, is_ancestor, context)) {
            continue;
        }
        winner.contested = winner.contested || version->value != versions[winner.version].value;
        if (heads.count < HEADS_MAX)
            heads.items[heads.count++] = version;
    }
    order_end(&order);
    return winner;
}
