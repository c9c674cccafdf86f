/* The fold of what stands beside tree, catalogue and keys. Needs no memory, so it cannot fail. */
#include "proto/book_items.h"

#include <stdlib.h>
#include <string.h>

static int number_cmp(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int slot_cmp(const struct slot *a, const struct slot *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return lt_unit_cmp(&a->place.unit, &b->place.unit);
}

/* ---- Keys, in the canonical order ---- */

static int heir_cmp(const struct item *a, const struct item *b)
{
    const int unit = slot_cmp(a->about, b->about);
    return unit ? unit : slot_cmp(heir_of(a)->successor, heir_of(b)->successor);
}

static int cluster_cmp(const struct item *a, const struct item *b)
{
    const struct cluster *first = (const struct cluster *)(const void *)a;
    const struct cluster *second = (const struct cluster *)(const void *)b;
    if (first->cluster.year != second->cluster.year)
        return first->cluster.year < second->cluster.year ? -1 : 1;
    const int key = strcmp(first->key, second->key);
    return key ? key : slot_cmp(a->about, b->about);
}

static int movement_cmp(const struct item *a, const struct item *b)
{
    const int key = strcmp(((const struct movement *)(const void *)a)->key,
                           ((const struct movement *)(const void *)b)->key);
    return key ? key : slot_cmp(a->about, b->about);
}

static int obligation_cmp(const struct item *a, const struct item *b)
{
    const struct lt_obligation *first = &((const struct duty *)(const void *)a)->obligation;
    const struct lt_obligation *second = &((const struct duty *)(const void *)b)->obligation;
    int order = (first->unit != NULL) - (second->unit != NULL);
    order = order ? order : slot_cmp(a->about, b->about);
    order = order ? order : number_cmp(first->nature, second->nature);
    order = order ? order : number_cmp(first->level, second->level);
    order = order ? order : lt_period_cmp(&first->period, &second->period);
    return order ? order : number_cmp(first->kind, second->kind);
}

/* The higher one first. */
static int hub_cmp(const struct hub *a, const struct hub *b)
{
    if (a->depth != b->depth)
        return a->depth < b->depth ? -1 : 1;
    return slot_cmp(a->slot, b->slot);
}

static int closing_cmp(const struct item *a, const struct item *b)
{
    const struct lt_closing *first = &((const struct cut_part *)(const void *)a)->closing;
    const struct lt_closing *second = &((const struct cut_part *)(const void *)b)->closing;
    int order = slot_cmp(a->about, b->about);
    order = order ? order : lt_period_cmp(&first->period, &second->period);
    order = order ? order : number_cmp(first->kind, second->kind);
    return order ? order : hub_cmp(a->said->hub, b->said->hub);
}

static int publication_cmp(const struct item *a, const struct item *b)
{
    const struct lt_publication *first = &((const struct cut_part *)(const void *)a)->publication;
    const struct lt_publication *second = &((const struct cut_part *)(const void *)b)->publication;
    int order = slot_cmp(a->said->hub->slot, b->said->hub->slot);
    order = order ? order : strcmp(first->name, second->name);
    return order ? order : number_cmp(first->number, second->number);
}

static int move_cmp(const struct item *a, const struct item *b)
{
    return slot_cmp(a->about, b->about);
}

/* Each stands for itself: of one hub the newest first. */
static int notice_cmp(const struct item *a, const struct item *b)
{
    int order = slot_cmp(a->about, b->about);
    order = order ? order : hub_cmp(a->said->hub, b->said->hub);
    return order ? order : lt_said_cmp(b->said, b->index, a->said, a->index);
}

static int redaction_cmp(const struct item *a, const struct item *b)
{
    const struct lt_redaction *first = &((const struct redaction *)(const void *)a)->redaction;
    const struct lt_redaction *second = &((const struct redaction *)(const void *)b)->redaction;
    int order = lt_hash_cmp(&first->record.update, &second->record.update);
    order = order ? order : number_cmp(first->record.index, second->record.index);
    return order ? order : slot_cmp(a->about, b->about);
}

/* One key: the top alone says them. */
static int versions_cmp(const struct item *a, const struct item *b)
{
    (void)a;
    (void)b;
    return 0;
}

int lt_items_key_cmp(const struct item *a, const struct item *b)
{
    static int (*const keys[ITEM_KINDS])(const struct item *a, const struct item *b) = {
        [ITEM_SUCCESSION] = heir_cmp,
        [ITEM_CLUSTER] = cluster_cmp,
        [ITEM_MOVEMENT] = movement_cmp,
        [ITEM_OBLIGATION] = obligation_cmp,
        [ITEM_CLOSING] = closing_cmp,
        [ITEM_PUBLICATION] = publication_cmp,
        [ITEM_MOVE] = move_cmp,
        [ITEM_NOTICE] = notice_cmp,
        [ITEM_FALLBACK] = move_cmp, /* one a hub */
        [ITEM_REDACTION] = redaction_cmp,
        [ITEM_SEALING] = lt_sealing_cmp,
        [ITEM_UNIT_BOX] = lt_unit_box_cmp,
        [ITEM_VERSIONS] = versions_cmp,
        [ITEM_RELEASE] = lt_release_cmp,
    };
    return keys[a->kind](a, b);
}

/* ---- Which word stands ---- */

/* Of one key: what stands first. Of publications the first word stands, of the rest the last. */
static int by_key(const void *a, const void *b)
{
    const struct item *const *first = a, *const *second = b;
    int order = lt_items_key_cmp(*first, *second);
    order = order ? order : hub_cmp((*first)->said->hub, (*second)->said->hub);
    if (order != 0)
        return order;
    order = lt_said_cmp((*first)->said, (*first)->index, (*second)->said, (*second)->index);
    return (*first)->kind == ITEM_PUBLICATION ? order : -order;
}

/* Obligations: what names a unit after what describes it, higher hubs after lower ones, then the later
 * word. */
static int by_precedence(const void *a, const void *b)
{
    const struct item *const *first = a, *const *second = b;
    const bool named = ((const struct duty *)(const void *)*first)->obligation.unit != NULL;
    const bool other = ((const struct duty *)(const void *)*second)->obligation.unit != NULL;
    if (named != other)
        return named ? 1 : -1;
    const int order = hub_cmp((*second)->said->hub, (*first)->said->hub);
    return order ? order
                 : lt_said_cmp((*first)->said, (*first)->index, (*second)->said, (*second)->index);
}

/* A unit that has ended goes into one that outlives it: so no succession leads in a circle. */
static bool outlived(const struct heir *heir)
{
    const lt_day last = heir->item.about->place.valid_to;
    const struct slot *successor = heir->successor;
    if (last == 0 || successor == NULL)
        return last != 0;
    return successor->won != NULL &&
           (successor->place.valid_to == 0 || successor->place.valid_to > last);
}

static bool eligible(const struct lt_book *book, struct item *item)
{
    if (item->kind == ITEM_VERSIONS || item->kind == ITEM_RELEASE) /* whatever is in the tree */
        return item->said->admitted && lt_is_top(book, item->said->hub->slot) &&
               (item->kind == ITEM_VERSIONS || lt_release_rooted(book, item));
    return item->said->admitted && item->about->won != NULL &&
           lt_slot_within(book, item->about, item->said->hub) &&
           (item->kind != ITEM_SUCCESSION || outlived(heir_of(item)));
}

/* True when other items can stand than before. */
static bool look_again(const struct lt_book *book, struct item_list *list)
{
    bool other = false;
    for (struct item *item = list->items; item != NULL; item = item->next) {
        const bool now = eligible(book, item), before = item->state & ITEM_ELIGIBLE;
        other = other || now != before;
        item->state =
            (uint8_t)((now ? ITEM_ELIGIBLE : 0) | (item->state & ITEM_STANDS ? ITEM_STANDS : 0));
    }
    return other;
}

/* The first of each key. */
static void settle_first(struct item_list *list)
{
    size_t count = 0;
    const struct item *last = NULL;
    for (size_t i = 0; i < list->standing_count; i++) {
        struct item *item = list->standing[i];
        if (last != NULL && lt_items_key_cmp(last, item) == 0)
            continue;
        last = item;
        if (item->kind == ITEM_SUCCESSION && item->told & HEIR_WITHDRAWN)
            continue;
        item->state |= ITEM_STANDS;
        list->standing[count++] = item;
    }
    list->standing_count = count;
}

/* True when something else stands. */
static bool settle(struct lt_book *book, enum item_kind kind)
{
    struct item_list *list = &book->lists[kind];
    bool other = false;
    list->standing_count = 0;
    for (struct item *item = list->items; item != NULL; item = item->next) {
        item->state =
            (uint8_t)((item->state & ITEM_ELIGIBLE) | (item->state & ITEM_STANDS ? ITEM_STOOD : 0));
        if (item->state & ITEM_ELIGIBLE)
            list->standing[list->standing_count++] = item;
    }
    if (list->standing_count > 1)
        qsort(list->standing, list->standing_count, sizeof(struct item *), by_key);
    if (kind == ITEM_CLOSING || kind == ITEM_PUBLICATION)
        lt_settle_parts(book, list, kind == ITEM_CLOSING);
    else
        settle_first(list);
    if (kind == ITEM_OBLIGATION && list->standing_count > 1)
        qsort(list->standing, list->standing_count, sizeof(struct item *), by_precedence);
    for (const struct item *item = list->items; item != NULL; item = item->next)
        other = other || !(item->state & ITEM_STANDS) != !(item->state & ITEM_STOOD);
    return other;
}

/* Of which kinds another word may stand, since hubs have another depth? */
static unsigned moved_kinds(const struct lt_book *book)
{
    unsigned kinds = 0;
    for (const struct hub *hub = book->hubs; hub != NULL; hub = hub->next)
        kinds |= hub->depth != hub->depth_before ? hub->kinds : 0;
    return kinds;
}

void lt_fold_standing(struct lt_book *book, unsigned kinds, struct lt_book_change *change)
{
    const unsigned moved = moved_kinds(book);
    unsigned other = 0;
    for (unsigned kind = 0; kind < ITEM_KINDS; kind++) {
        if (kinds & 1U << kind && (look_again(book, &book->lists[kind]) || moved & 1U << kind) &&
            settle(book, (enum item_kind)kind))
            other |= 1U << kind;
    }
    lt_settle_clusters(book);
    if (other & 1U << ITEM_SUCCESSION)
        lt_settle_heirs(book);
    if (other & (1U << ITEM_CLOSING | 1U << ITEM_PUBLICATION))
        lt_cuts_fill(book);
    const unsigned judged = 1U << ITEM_SUCCESSION | 1U << ITEM_CLUSTER;
    if (other & judged) {
        const struct lt_hash before = book->others_digest;
        lt_digest_others(book);
        change->altered = change->altered || lt_hash_cmp(&before, &book->others_digest) != 0;
    }
    change->standing = change->standing || (other & ~judged);
}

bool lt_obligation_speaks_of(const struct lt_obligation *obligation, const struct lt_place *place)
{
    const struct lt_place *above = place;
    if (obligation->unit != NULL)
        return obligation->unit == place;
    for (unsigned step = 0; above != NULL && above != obligation->within; step++)
        above = step < LT_DEPTH_MAX ? above->parent : NULL;
    return above != NULL && (obligation->level == 0 || obligation->level == place->level) &&
           (obligation->nature == 0 || obligation->nature == place->nature);
}
