#include "agent/log.h"

#include <stdlib.h>
#include <string.h>

#include "agent/log_store.h"

/* The front of a walk: a heap of positions, the greatest first, each in it once however many updates name
 * it as their parent (a hostile author may make every update name the same 64). */
struct item {
    uint64_t position;
    bool held; /* the other side has it, so it has its ancestors */
};
struct front {
    uint64_t *items; /* the heap */
    size_t count, capacity;
    struct item *known; /* what is in the heap, by position: open addressing; position 0: free */
    size_t slots;
    size_t wanted; /* items that are not held */
};

static size_t slot_of(const struct front *front, uint64_t position)
{
    size_t slot = (size_t)(position * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (front->slots - 1);
    while (front->known[slot].position != 0 && front->known[slot].position != position)
        slot = (slot + 1) & (front->slots - 1);
    return slot;
}

static bool grow(struct front *front)
{
    size_t capacity = front->capacity == 0 ? 64 : 2 * front->capacity;
    struct front grown = {.count = front->count, .capacity = capacity, .slots = 2 * capacity};
    grown.items = malloc(capacity * sizeof(*grown.items));
    grown.known = calloc(grown.slots, sizeof(*grown.known));
    if (grown.items == NULL || grown.known == NULL) {
        free(grown.items);
        free(grown.known);
        return false;
    }
    for (size_t i = 0; i < front->count; i++) {
        grown.items[i] = front->items[i];
        grown.known[slot_of(&grown, front->items[i])] =
            front->known[slot_of(front, front->items[i])];
    }
    free(front->items);
    free(front->known);
    front->items = grown.items;
    front->known = grown.known;
    front->capacity = grown.capacity;
    front->slots = grown.slots;
    return true;
}

static void front_free(struct front *front)
{
    free(front->items);
    free(front->known);
}

/* Held if any of those who name it is. */
static bool push(struct front *front, uint64_t position, bool held)
{
    if (front->count == front->capacity && !grow(front))
        return false;
    struct item *known = &front->known[slot_of(front, position)];
    if (known->position == position) {
        front->wanted -= held && !known->held;
        known->held = known->held || held;
        return true;
    }
    *known = (struct item){position, held};
    size_t at = front->count++;
    while (at > 0 && front->items[(at - 1) / 2] < position) {
        front->items[at] = front->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    front->items[at] = position;
    front->wanted += !held;
    return true;
}

/* Closes the gap, so that whoever was pushed on is still found. */
static void forget(struct front *front, size_t gap)
{
    size_t mask = front->slots - 1;
    front->known[gap].position = 0;
    for (size_t slot = (gap + 1) & mask; front->known[slot].position != 0;
         slot = (slot + 1) & mask) {
        struct item item = front->known[slot];
        front->known[slot].position = 0;
        front->known[slot_of(front, item.position)] = item;
    }
}

/* The greatest position. */
static struct item pop(struct front *front)
{
    size_t slot = slot_of(front, front->items[0]);
    struct item top = front->known[slot];
    uint64_t last = front->items[--front->count];
    size_t at = 0;
    forget(front, slot);
    while (2 * at + 1 < front->count) {
        size_t child = 2 * at + 1;
        if (child + 1 < front->count && front->items[child + 1] > front->items[child])
            child++;
        if (front->items[child] <= last)
            break;
        front->items[at] = front->items[child];
        at = child;
    }
    if (front->count > 0)
        front->items[at] = last;
    front->wanted -= !top.held;
    return top;
}

static bool push_parents(struct lt_txn *txn, struct front *front, const struct lt_log_node *node,
                         uint64_t floor, bool held)
{
    for (size_t i = 0; i < node->parent_count; i++) {
        if (node->parents[i] <= floor)
            continue;
        if (!push(front, node->parents[i], held)) {
            lt_txn_fail(txn, LT_NO_MEMORY);
            return false;
        }
    }
    return true;
}

bool lt_log_is_ancestor(struct lt_txn *txn, const struct lt_hash *older,
                        const struct lt_hash *newer)
{
    struct lt_log_place old_place, new_place;
    struct lt_log_node node;
    struct front front = {0};
    bool found = false;
    if (!lt_log_get_place(txn, older, &old_place) || !lt_log_get_place(txn, newer, &new_place) ||
        old_place.chain != new_place.chain || old_place.position >= new_place.position)
        return false;
    bool going = push(&front, new_place.position, false);
    if (!going)
        lt_txn_fail(txn, LT_NO_MEMORY);
    while (going && !found && front.count > 0) {
        uint64_t position = pop(&front).position;
        found = position == old_place.position;
        if (!found && lt_log_get_node(txn, new_place.chain, position, &node)) {
            found = node.alone; /* it covers all before it, and `older` is before it */
            going = found || push_parents(txn, &front, &node, old_place.position - 1, false);
        }
    }
    front_free(&front);
    return found;
}

/* ---- What another side lacks ---- */

struct lacking {
    struct lt_txn *txn;
    uint32_t chain;
    uint64_t floor; /* all up to here is held */
    bool simple; /* nothing above the floor is held */
    uint64_t *positions;
    size_t count, max;
};

/* Known positions of what the other side has, and below which all is held. */
static size_t known_positions(struct lacking *walk, const struct lt_hash *have, size_t have_count,
                              uint64_t *ret_known)
{
    size_t count = 0, above = 0;
    for (size_t i = 0; i < have_count; i++) {
        struct lt_log_place place;
        struct lt_log_node node;
        if (!lt_log_get_place(walk->txn, &have[i], &place) || place.chain != walk->chain)
            continue;
        ret_known[count++] = place.position;
        if (place.position > walk->floor &&
            lt_log_get_node(walk->txn, walk->chain, place.position, &node) && node.alone)
            walk->floor = place.position;
    }
    for (size_t i = 0; i < count; i++)
        if (ret_known[i] > walk->floor)
            ret_known[above++] = ret_known[i];
    walk->simple = above == 0;
    return above;
}

/* Falling positions into a ring, of which the last `max` are the oldest. */
static bool walk_front(struct lacking *walk, struct front *front, uint64_t *ring)
{
    struct lt_log_node node;
    size_t found = 0;
    while (front->wanted > 0) {
        struct item item = pop(front);
        if (!item.held)
            ring[found++ % walk->max] = item.position;
        if (!lt_log_get_node(walk->txn, walk->chain, item.position, &node)) {
            lt_txn_fail(walk->txn, LT_CORRUPT);
            return false;
        }
        if (item.held && node.alone)
            break; /* nothing below it is lacking, and nothing above it is left */
        if (!push_parents(walk->txn, front, &node, walk->floor, item.held))
            return false;
    }
    walk->count = found < walk->max ? found : walk->max;
    for (size_t i = 0; i < walk->count; i++)
        walk->positions[i] = ring[(found - 1 - i) % walk->max];
    return true;
}

static void walk_fork(struct lacking *walk, const struct lt_log_chain *row, const uint64_t *known,
                      size_t known_count)
{
    struct front front = {0};
    uint64_t *ring = malloc(walk->max * sizeof(*ring));
    bool good = ring != NULL;
    for (size_t i = 0; i < row->tip_count && good; i++)
        good = row->tips[i].position <= walk->floor || push(&front, row->tips[i].position, false);
    for (size_t i = 0; i < known_count && good; i++)
        good = push(&front, known[i], true);
    if (!good)
        lt_txn_fail(walk->txn, LT_NO_MEMORY);
    else if (!walk_front(walk, &front, ring))
        walk->count = 0;
    front_free(&front);
    free(ring);
}

size_t lt_log_lacking(struct lt_txn *txn, const struct lt_chain *chain, const struct lt_hash *have,
                      size_t have_count, uint64_t *ret_positions, size_t max)
{
    struct lt_log_chain row;
    if (max == 0 || !lt_log_get_chain(txn, chain, &row))
        return 0;
    struct lacking walk = {txn, row.number, 0, false, ret_positions, 0, max};
    uint64_t *known = malloc((have_count + 1) * sizeof(*known));
    if (known == NULL) {
        lt_txn_fail(txn, LT_NO_MEMORY);
        return 0;
    }
    size_t known_count = known_positions(&walk, have, have_count, known);
    if (walk.simple)
        walk.count = lt_log_chain_positions(txn, chain, walk.floor, ret_positions, max);
    else
        walk_fork(&walk, &row, known, known_count);
    free(known);
    return walk.count;
}

/* ---- The ladder ---- */

static bool is_tip(const struct lt_log_chain *chain, uint64_t position)
{
    for (size_t i = 0; i < chain->tip_count; i++)
        if (chain->tips[i].position == position)
            return true;
    return false;
}

/* Positions the cursor at the chain's last update. */
static bool seek_last(struct lt_cursor *cursor, uint32_t chain, struct lt_bytes *ret_key,
                      struct lt_bytes *ret_value)
{
    uint8_t beyond[LT_LOG_NODE_KEY_BYTES];
    lt_log_node_key(chain + 1, 0, beyond);
    if (lt_cursor_seek(cursor, (struct lt_bytes){beyond, sizeof(beyond)}, ret_key, ret_value))
        return lt_cursor_previous(cursor, ret_key, ret_value);
    return lt_cursor_last(cursor, ret_key, ret_value);
}

size_t lt_log_ladder(struct lt_txn *txn, const struct lt_chain *chain,
                     struct lt_hash ret_have[LT_HAVE_MAX])
{
    struct lt_log_chain row;
    struct lt_log_node node;
    struct lt_bytes key, value;
    uint64_t position, distance = 0, rung = 1;
    size_t count = 0;
    if (!lt_log_get_chain(txn, chain, &row))
        return 0;
    for (size_t i = 0; i < row.tip_count; i++)
        ret_have[count++] = row.tips[i].id;
    struct lt_cursor *cursor = lt_cursor_open(txn, LT_T_CHAINLOG);
    bool more = seek_last(cursor, row.number, &key, &value);
    for (; more && lt_log_node_position(key, row.number, &position); distance++) {
        bool last = distance + 1 == row.count;
        if ((distance == rung || last) && count < LT_HAVE_MAX && !is_tip(&row, position) &&
            lt_log_parse_node(txn, value, &node))
            ret_have[count++] = node.id;
        if (distance == rung)
            rung *= 2;
        more = lt_cursor_previous(cursor, &key, &value);
    }
    lt_cursor_close(cursor);
    return count;
}
