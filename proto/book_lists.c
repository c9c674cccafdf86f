/* Clusters, movements, obligations and moves: what stands of them. */
#include <stdlib.h>
#include <string.h>

#include "proto/book_items.h"

static struct cluster *cluster_of(struct item *item)
{
    return (struct cluster *)(void *)item;
}

void lt_settle_clusters(struct lt_book *book)
{
    const struct item_list *list = &book->lists[ITEM_CLUSTER];
    for (size_t i = 0; i < list->standing_count; i++) {
        struct cluster *cluster = cluster_of(list->standing[i]);
        size_t count = 0;
        for (size_t j = 0; j < cluster->member_count; j++) {
            if (cluster->members[j]->won != NULL)
                cluster->found[count++] = &cluster->members[j]->place;
        }
        cluster->cluster.member_count = count;
        cluster->cluster.members = cluster->found;
        cluster->cluster.lead =
            cluster->lead != NULL && cluster->lead->won != NULL ? &cluster->lead->place : NULL;
    }
}

static struct item *standing_at(const struct lt_book *book, enum item_kind kind, size_t number)
{
    const struct item_list *list = &book->lists[kind];
    return number < list->standing_count ? list->standing[number] : NULL;
}

size_t lt_book_cluster_count(const struct lt_book *book)
{
    return book->lists[ITEM_CLUSTER].standing_count;
}

const struct lt_cluster *lt_book_cluster_at(const struct lt_book *book, size_t number)
{
    struct item *item = standing_at(book, ITEM_CLUSTER, number);
    return item != NULL ? &cluster_of(item)->cluster : NULL;
}

/* The nearest so far; `same` when another is as near. */
struct nearest {
    const struct cluster *cluster;
    unsigned distance;
    bool same;
};

static void look_at(struct nearest *nearest, const struct cluster *cluster,
                    const struct lt_place *near)
{
    const unsigned distance = lt_place_distance(near, cluster->cluster.managing);
    if (distance >= LT_DEPTH_MAX || distance > nearest->distance || cluster == nearest->cluster)
        return;
    nearest->same = distance == nearest->distance;
    nearest->distance = distance;
    nearest->cluster = cluster;
}

const struct lt_cluster *lt_book_cluster(const struct lt_book *book, const char *told, int year,
                                         const struct lt_place *near)
{
    enum { FOLDED_BYTES_MAX = 2 * LT_LONG_TEXT_BYTES_MAX + 1 };
    char folded[FOLDED_BYTES_MAX];
    struct nearest nearest = {.distance = LT_DEPTH_MAX};
    lt_fold_cluster(told, folded, sizeof(folded));
    const size_t size = strlen(folded);
    if (size == 0)
        return NULL;
    struct node *node =
        lt_table_first(&book->clusters, lt_table_hash(folded, size, (uint64_t)year));
    for (; node != NULL; node = lt_table_next(node)) {
        const struct cluster *cluster = ITEM_OF(node, struct cluster, by_code);
        if (cluster->item.state & ITEM_STANDS && cluster->cluster.year == year &&
            strcmp(cluster->folded_code, folded) == 0)
            look_at(&nearest, cluster, near);
    }
    node = lt_table_first(&book->names, lt_table_hash(folded, size, (uint64_t)year));
    for (; node != NULL; node = lt_table_next(node)) {
        const struct cluster *cluster = ITEM_OF(node, struct cluster, by_name);
        if (cluster->item.state & ITEM_STANDS && cluster->cluster.year == year &&
            strcmp(cluster->folded_name, folded) == 0)
            look_at(&nearest, cluster, near);
    }
    return nearest.cluster != NULL && !nearest.same ? &nearest.cluster->cluster : NULL;
}

size_t lt_book_movement_count(const struct lt_book *book)
{
    return book->lists[ITEM_MOVEMENT].standing_count;
}

const struct lt_movement *lt_book_movement_at(const struct lt_book *book, size_t number)
{
    struct item *item = standing_at(book, ITEM_MOVEMENT, number);
    return item != NULL ? &((struct movement *)(void *)item)->movement : NULL;
}

size_t lt_book_obligation_count(const struct lt_book *book)
{
    return book->lists[ITEM_OBLIGATION].standing_count;
}

const struct lt_obligation *lt_book_obligation_at(const struct lt_book *book, size_t number)
{
    struct item *item = standing_at(book, ITEM_OBLIGATION, number);
    return item != NULL ? &((struct duty *)(void *)item)->obligation : NULL;
}

size_t lt_book_notice_count(const struct lt_book *book)
{
    return book->lists[ITEM_NOTICE].standing_count;
}

const struct lt_notice *lt_book_notice_at(const struct lt_book *book, size_t number)
{
    struct item *item = standing_at(book, ITEM_NOTICE, number);
    return item != NULL ? &((struct notice *)(void *)item)->notice : NULL;
}

size_t lt_book_fallback_count(const struct lt_book *book)
{
    return book->lists[ITEM_FALLBACK].standing_count;
}

const struct lt_fallback *lt_book_fallback_at(const struct lt_book *book, size_t number)
{
    struct item *item = standing_at(book, ITEM_FALLBACK, number);
    return item != NULL ? &((struct fallback *)(void *)item)->fallback : NULL;
}

uint32_t lt_book_body_announced(const struct lt_book *book)
{
    const struct item *item = standing_at(book, ITEM_VERSIONS, 0);
    return item != NULL ? ((const struct versions *)(const void *)item)->body
                        : LT_BODY_VERSION_FIRST;
}

uint32_t lt_book_body_written(const struct lt_book *book)
{
    const uint32_t announced = lt_book_body_announced(book);
    return announced < LT_BODY_VERSION ? announced : LT_BODY_VERSION;
}

const struct lt_move *lt_book_move(const struct lt_book *book, const struct lt_unit *unit)
{
    size_t low = 0, high = book->lists[ITEM_MOVE].standing_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        struct item *item = standing_at(book, ITEM_MOVE, middle);
        const int order = lt_unit_cmp(&item->about->place.unit, unit);
        if (order == 0)
            return &((struct move *)(void *)item)->move;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

size_t lt_book_move_count(const struct lt_book *book)
{
    return book->lists[ITEM_MOVE].standing_count;
}

const struct lt_move *lt_book_move_at(const struct lt_book *book, size_t number)
{
    struct item *item = standing_at(book, ITEM_MOVE, number);
    return item != NULL ? &((struct move *)(void *)item)->move : NULL;
}

bool lt_book_moved_to(const struct lt_book *book, const struct lt_unit *unit,
                      const struct lt_unit *hub)
{
    const struct lt_place *place = lt_book_place(book, unit);
    if (lt_book_move_count(book) == 0)
        return false;
    for (unsigned i = 0; place != NULL && i < LT_DEPTH_MAX; place = place->parent, i++) {
        const struct lt_move *move = lt_book_move(book, &place->unit);
        if (move != NULL && lt_book_within(book, &move->parent, hub))
            return true;
    }
    return false;
}

/* To a parent above the unit: who is above the unit is above that parent too, or at or below it. */
static bool leads_up(const struct item *item, const struct lt_unit *parent)
{
    const struct lt_place *place = item->about->place.parent;
    for (unsigned i = 0; place != NULL && i < LT_DEPTH_MAX; place = place->parent, i++) {
        if (lt_unit_cmp(&place->unit, parent) == 0)
            return true;
    }
    return false;
}

bool lt_book_moved_from(const struct lt_book *book, const struct lt_unit *above,
                        const struct lt_unit *hub)
{
    for (size_t i = 0; i < lt_book_move_count(book); i++) {
        const struct item *item = standing_at(book, ITEM_MOVE, i);
        const struct lt_move *move = &((const struct move *)(const void *)item)->move;
        if (!leads_up(item, &move->parent) && lt_book_within(book, &move->parent, hub) &&
            lt_book_within(book, &move->unit, above))
            return true;
    }
    return false;
}

size_t lt_book_redaction_count(const struct lt_book *book)
{
    return book->lists[ITEM_REDACTION].standing_count;
}

const struct lt_redaction *lt_book_redaction_at(const struct lt_book *book, size_t number)
{
    struct item *item = standing_at(book, ITEM_REDACTION, number);
    return item != NULL ? &((struct redaction *)(void *)item)->redaction : NULL;
}

size_t lt_book_redactions_of(const struct lt_book *book, const struct lt_hash *update)
{
    size_t low = 0, high = lt_book_redaction_count(book);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_hash_cmp(&lt_book_redaction_at(book, middle)->record.update, update) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
