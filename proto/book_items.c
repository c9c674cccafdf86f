/* Successions, clusters, movements, obligations and moves as they are said. */
#include "proto/book_items.h"

#include <stdlib.h>
#include <string.h>

/* Folding may lengthen a text: a vowel of two bytes becomes one and its tone mark. */
enum { FOLDED_BYTES_MAX = 2 * LT_LONG_TEXT_BYTES_MAX + 1 };

enum lt_result lt_slot_told(struct lt_book *book, const Lienthong__Unit *told,
                            struct slot **ret_slot)
{
    struct lt_unit unit;
    if (told == NULL)
        return LT_NOT_FOUND;
    if (lt_unit_make(told->code, told->valid_from, &unit) != LT_OK)
        return LT_MALFORMED;
    struct slot *slot = lt_slot_of(book, &unit);
    if (slot == NULL)
        return LT_NO_MEMORY;
    *ret_slot = slot;
    return LT_OK;
}

void *lt_item_take(struct lt_book *book, struct said *said, uint32_t index, enum item_kind kind,
                   struct slot *about, size_t size)
{
    struct item *item = lt_book_take(book, size);
    if (item == NULL)
        return NULL;
    item->said = said;
    item->about = about;
    item->index = index;
    item->kind = (uint8_t)kind;
    item->next = said->items;
    said->items = item;
    said->kinds |= 1U << kind;
    return item;
}

static bool collect_succession(struct lt_book *book, struct said *said, uint32_t index,
                               const Lienthong__Succession *entry)
{
    struct slot *unit, *successor = NULL;
    enum lt_result result = lt_slot_told(book, entry->unit, &unit);
    if (result != LT_OK)
        return result != LT_NO_MEMORY;
    result = lt_slot_told(book, entry->successor, &successor);
    if (result != LT_OK && result != LT_NOT_FOUND)
        return result != LT_NO_MEMORY;
    if (successor == unit)
        return true;
    struct heir *heir = lt_item_take(book, said, index, ITEM_SUCCESSION, unit, sizeof(*heir));
    if (heir == NULL)
        return false;
    heir->successor = successor;
    heir->item.told =
        (uint8_t)((entry->main && successor != NULL ? HEIR_MAIN : 0) |
                  (entry->whole ? HEIR_WHOLE : 0) | (entry->closed ? HEIR_CLOSED : 0) |
                  (entry->withdrawn ? HEIR_WITHDRAWN : 0));
    if (!entry->closed || entry->n_cut == 0)
        return true;
    struct lt_hash *cut = lt_book_take(book, entry->n_cut * sizeof(*cut));
    if (cut == NULL)
        return false;
    for (size_t i = 0; i < entry->n_cut && heir->item.cut_count < LT_PARENTS_MAX; i++) {
        if (entry->cut[i].len == sizeof(*cut))
            memcpy(cut[heir->item.cut_count++].bytes, entry->cut[i].data, sizeof(*cut));
    }
    heir->cut = cut;
    return true;
}

static int by_unit(const void *a, const void *b)
{
    const struct slot *const *first = a, *const *second = b;
    return lt_unit_cmp(&(*first)->place.unit, &(*second)->place.unit);
}

/* Ascending, each once. */
static enum lt_result take_members(struct lt_book *book, const Lienthong__ClusterEntry *entry,
                                   struct cluster *cluster)
{
    const size_t room = entry->n_members > 0 ? entry->n_members : 1;
    cluster->members = lt_book_take(book, room * sizeof(struct slot *));
    cluster->found = lt_book_take(book, room * sizeof(struct lt_place *));
    if (cluster->members == NULL || cluster->found == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < entry->n_members; i++) {
        const enum lt_result result =
            lt_slot_told(book, entry->members[i], &cluster->members[cluster->member_count]);
        if (result == LT_NO_MEMORY)
            return result;
        cluster->member_count += result == LT_OK;
    }
    if (cluster->member_count < 2)
        return LT_OK;
    qsort(cluster->members, cluster->member_count, sizeof(struct slot *), by_unit);
    size_t count = 1;
    for (size_t i = 1; i < cluster->member_count; i++) {
        if (cluster->members[i] != cluster->members[count - 1])
            cluster->members[count++] = cluster->members[i];
    }
    cluster->member_count = count;
    return LT_OK;
}

static const char *folded(struct lt_book *book, const char *text,
                          void fold(const char *name, char *ret_folded, size_t max))
{
    char buffer[FOLDED_BYTES_MAX];
    fold(text, buffer, sizeof(buffer));
    return lt_book_text(book, buffer);
}

static bool collect_cluster(struct lt_book *book, struct said *said, uint32_t index,
                            const Lienthong__ClusterEntry *entry)
{
    struct slot *managing;
    enum lt_result result = lt_slot_told(book, entry->managing, &managing);
    if (result != LT_OK)
        return result != LT_NO_MEMORY;
    if ((entry->code[0] == '\0' && entry->name[0] == '\0') || entry->year < LT_YEAR_MIN ||
        entry->year > LT_YEAR_MAX)
        return true;
    struct cluster *cluster =
        lt_item_take(book, said, index, ITEM_CLUSTER, managing, sizeof(*cluster));
    if (cluster == NULL)
        return false;
    cluster->cluster = (struct lt_cluster){.code = lt_book_text(book, entry->code),
                                           .name = lt_book_text(book, entry->name),
                                           .level = (uint8_t)entry->level,
                                           .year = (int16_t)entry->year,
                                           .managing = &managing->place};
    cluster->folded_code = folded(book, entry->code, lt_fold_cluster);
    cluster->folded_name = folded(book, entry->name, lt_fold_cluster);
    if (cluster->cluster.code == NULL || cluster->cluster.name == NULL ||
        cluster->folded_code == NULL || cluster->folded_name == NULL)
        return false;
    cluster->key = cluster->folded_code[0] != '\0' ? cluster->folded_code : cluster->folded_name;
    return lt_slot_told(book, entry->lead, &cluster->lead) != LT_NO_MEMORY &&
           take_members(book, entry, cluster) != LT_NO_MEMORY;
}

static bool collect_movement(struct lt_book *book, struct said *said, uint32_t index,
                             const Lienthong__MovementEntry *entry)
{
    struct slot *launcher;
    enum lt_result result = lt_slot_told(book, entry->launcher, &launcher);
    if (result != LT_OK)
        return result != LT_NO_MEMORY;
    if (entry->code[0] == '\0' && entry->name[0] == '\0')
        return true;
    struct movement *movement =
        lt_item_take(book, said, index, ITEM_MOVEMENT, launcher, sizeof(*movement));
    if (movement == NULL)
        return false;
    movement->movement = (struct lt_movement){.code = lt_book_text(book, entry->code),
                                              .name = lt_book_text(book, entry->name),
                                              .implements = lt_book_text(book, entry->implements),
                                              .launcher = &launcher->place,
                                              .scope = (uint8_t)entry->scope,
                                              .from = entry->from,
                                              .to = entry->to,
                                              .thematic = entry->thematic};
    movement->key = folded(book, entry->code[0] != '\0' ? entry->code : entry->name, lt_fold_words);
    return movement->movement.code != NULL && movement->movement.name != NULL &&
           movement->movement.implements != NULL && movement->key != NULL;
}

static bool collect_obligation(struct lt_book *book, struct said *said, uint32_t index,
                               const Lienthong__Obligation *entry)
{
    struct slot *unit = NULL, *within = said->hub->slot;
    struct lt_period period;
    enum lt_result result = lt_slot_told(book, entry->unit, &unit);
    if (result == LT_NOT_FOUND)
        result = lt_slot_told(book, entry->within, &within);
    if (result != LT_OK && result != LT_NOT_FOUND)
        return result != LT_NO_MEMORY;
    if (lt_period_make(entry->period, &period) != LT_OK)
        return true;
    struct duty *duty = lt_item_take(book, said, index, ITEM_OBLIGATION,
                                     unit != NULL ? unit : within, sizeof(*duty));
    if (duty == NULL)
        return false;
    duty->obligation = (struct lt_obligation){
        .kind = (uint8_t)entry->kind, .period = period, .due = entry->due, .exempt = entry->exempt};
    if (unit != NULL) {
        duty->obligation.unit = &unit->place;
        return true;
    }
    duty->obligation.within = &within->place;
    duty->obligation.nature = (uint8_t)entry->nature;
    duty->obligation.level = (uint8_t)entry->level;
    return true;
}

static bool collect_move(struct lt_book *book, struct said *said, uint32_t index,
                         const Lienthong__Move *entry)
{
    struct slot *unit;
    struct lt_unit parent;
    enum lt_result result = lt_slot_told(book, entry->unit, &unit);
    if (result != LT_OK)
        return result != LT_NO_MEMORY;
    if (entry->parent == NULL || entry->curve_key.len != 32 ||
        lt_unit_make(entry->parent->code, entry->parent->valid_from, &parent) != LT_OK)
        return true;
    struct move *move = lt_item_take(book, said, index, ITEM_MOVE, unit, sizeof(*move));
    const char **endpoints =
        lt_book_take(book, (entry->n_endpoints > 0 ? entry->n_endpoints : 1) * sizeof(char *));
    if (move == NULL || endpoints == NULL)
        return false;
    move->move = (struct lt_move){.unit = unit->place.unit,
                                  .parent = parent,
                                  .hub = said->hub->slot->place.unit,
                                  .endpoint_count = entry->n_endpoints,
                                  .endpoints = endpoints,
                                  .arrived = entry->arrived};
    memcpy(move->move.curve_key, entry->curve_key.data, sizeof(move->move.curve_key));
    for (size_t i = 0; i < entry->n_endpoints; i++) {
        endpoints[i] = lt_book_text(book, entry->endpoints[i]);
        if (endpoints[i] == NULL)
            return false;
    }
    return true;
}

static bool collect_notice(struct lt_book *book, struct said *said, uint32_t index,
                           const Lienthong__Notice *entry)
{
    struct slot *unit;
    const enum lt_result result = lt_slot_told(book, entry->unit, &unit);
    if (result != LT_OK)
        return result != LT_NO_MEMORY;
    if (entry->text[0] == '\0')
        return true;
    struct notice *notice = lt_item_take(book, said, index, ITEM_NOTICE, unit, sizeof(*notice));
    const char *text = lt_book_text(book, entry->text);
    if (notice == NULL || text == NULL)
        return false;
    notice->notice = (struct lt_notice){.unit = unit->place.unit,
                                        .hub = said->hub->slot->place.unit,
                                        .update = said->id,
                                        .index = index,
                                        .text = text};
    return true;
}

/* It is about the hub that says it. */
static bool collect_fallback(struct lt_book *book, struct said *said, uint32_t index,
                             const Lienthong__Fallback *entry)
{
    struct slot *hub = said->hub->slot;
    bool reachable = entry->curve_key.len == 32;
    size_t count = reachable ? entry->n_endpoints : 0;
    struct fallback *fallback =
        lt_item_take(book, said, index, ITEM_FALLBACK, hub, sizeof(*fallback));
    const char **endpoints = lt_book_take(book, (count + 1) * sizeof(char *));
    if (fallback == NULL || endpoints == NULL)
        return false;
    fallback->fallback = (struct lt_fallback){.hub = hub->place.unit,
                                              .after_s = entry->after_s,
                                              .endpoint_count = count,
                                              .endpoints = endpoints};
    if (reachable)
        memcpy(fallback->fallback.curve_key, entry->curve_key.data, 32);
    for (size_t i = 0; i < count; i++) {
        endpoints[i] = lt_book_text(book, entry->endpoints[i]);
        if (endpoints[i] == NULL)
            return false;
    }
    return true;
}

/* About the hub's own unit: whose record it is only who holds the record can say. */
static bool collect_redaction(struct lt_book *book, struct said *said, uint32_t index,
                              const Lienthong__Redaction *entry)
{
    if (entry->record == NULL || entry->record->update.len != sizeof(struct lt_hash))
        return true;
    struct redaction *redaction =
        lt_item_take(book, said, index, ITEM_REDACTION, said->hub->slot, sizeof(*redaction));
    if (redaction == NULL)
        return false;
    redaction->redaction = (struct lt_redaction){.record = {.index = entry->record->index},
                                                 .hub = said->hub->slot->place.unit,
                                                 .reason = lt_book_text(book, entry->reason)};
    memcpy(redaction->redaction.record.update.bytes, entry->record->update.data,
           sizeof(struct lt_hash));
    return redaction->redaction.reason != NULL;
}

static bool collect_versions(struct lt_book *book, struct said *said, uint32_t index,
                             const Lienthong__Versions *entry)
{
    if (entry->body < LT_BODY_VERSION_FIRST)
        return true;
    struct versions *versions =
        lt_item_take(book, said, index, ITEM_VERSIONS, said->hub->slot, sizeof(*versions));
    if (versions == NULL)
        return false;
    versions->body = entry->body;
    return true;
}

bool lt_collect_item(struct lt_book *book, struct said *said, uint32_t index,
                     const Lienthong__Directive *item)
{
    if (item->succession != NULL)
        return collect_succession(book, said, index, item->succession);
    if (item->cluster != NULL)
        return collect_cluster(book, said, index, item->cluster);
    if (item->movement != NULL)
        return collect_movement(book, said, index, item->movement);
    if (item->obligation != NULL)
        return collect_obligation(book, said, index, item->obligation);
    if (item->closing != NULL)
        return lt_collect_closing(book, said, index, item->closing);
    if (item->publication != NULL)
        return lt_collect_publication(book, said, index, item->publication);
    if (item->move != NULL)
        return collect_move(book, said, index, item->move);
    if (item->notice != NULL)
        return collect_notice(book, said, index, item->notice);
    if (item->fallback != NULL)
        return collect_fallback(book, said, index, item->fallback);
    if (item->redaction != NULL)
        return collect_redaction(book, said, index, item->redaction);
    if (item->sealing != NULL)
        return lt_collect_sealing(book, said, index, item->sealing);
    if (item->unit_box != NULL)
        return lt_collect_unit_box(book, said, index, item->unit_box);
    if (item->versions != NULL)
        return collect_versions(book, said, index, item->versions);
    if (item->release != NULL)
        return lt_collect_release(book, said, index, item->release);
    return true;
}

static bool reserve(struct item_list *list, size_t need)
{
    if (need <= list->capacity)
        return true;
    const size_t room = need + need / 8;
    struct item **standing = realloc(list->standing, room * sizeof(struct item *));
    if (standing == NULL)
        return false;
    list->standing = standing;
    list->capacity = room;
    return true;
}

bool lt_items_reserve(struct lt_book *book, const struct said *said)
{
    size_t counts[ITEM_KINDS] = {0};
    for (const struct item *item = said->items; item != NULL; item = item->next)
        counts[item->kind]++;
    for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
        if (!reserve(&book->lists[kind], book->lists[kind].count + counts[kind]))
            return false;
    }
    const size_t room = book->lists[ITEM_SUCCESSION].capacity;
    if (room > book->succession_capacity) {
        struct lt_succession *grown = realloc(book->successions, room * sizeof(*grown));
        if (grown == NULL)
            return false;
        book->successions = grown;
        book->succession_capacity = room;
    }
    return lt_cuts_reserve(book, said);
}

static void link_cluster(struct lt_book *book, struct cluster *cluster)
{
    const uint64_t year = (uint64_t)cluster->cluster.year;
    const char *code = cluster->folded_code, *name = cluster->folded_name;
    if (code[0] != '\0')
        lt_table_add(&book->clusters, &cluster->by_code, lt_table_hash(code, strlen(code), year));
    if (name[0] != '\0')
        lt_table_add(&book->names, &cluster->by_name, lt_table_hash(name, strlen(name), year));
}

void lt_items_link(struct lt_book *book, struct said *said)
{
    struct item *next;
    said->hub->kinds |= said->kinds;
    for (struct item *item = said->items; item != NULL; item = next) {
        struct item_list *list = &book->lists[item->kind];
        next = item->next;
        item->next = list->items;
        list->items = item;
        list->count++;
        if (item->kind == ITEM_CLUSTER)
            link_cluster(book, (struct cluster *)(void *)item);
        if (item->kind == ITEM_CLOSING || item->kind == ITEM_PUBLICATION) {
            const struct cut_part *part = (const struct cut_part *)(const void *)item;
            book->cut_need += part->parts > 1 ? part->cut_count : 0;
        }
    }
    said->items = NULL;
}
