/* Who names are sealed to, and the keys of units. */
#include <string.h>

#include "proto/book_items.h"

bool lt_collect_sealing(struct lt_book *book, struct said *said, uint32_t index,
                        const Lienthong__Sealing *entry)
{
    struct slot *within;
    struct lt_unit hub = {.valid_from = 0};
    const enum lt_result result = lt_slot_told(book, entry->within, &within);
    if (result != LT_OK)
        return result != LT_NO_MEMORY;
    if (!entry->open && (entry->hub == NULL || entry->box_key.len != 32 ||
                         lt_unit_make(entry->hub->code, entry->hub->valid_from, &hub) != LT_OK))
        return true;
    struct sealing *sealing =
        lt_item_take(book, said, index, ITEM_SEALING, within, sizeof(*sealing));
    if (sealing == NULL)
        return false;
    sealing->sealing = (struct lt_sealing){.within = &within->place,
                                           .hub = hub,
                                           .said_by = said->hub->slot->place.unit,
                                           .open = entry->open};
    if (!entry->open)
        memcpy(sealing->sealing.box_key, entry->box_key.data, 32);
    return true;
}

bool lt_collect_unit_box(struct lt_book *book, struct said *said, uint32_t index,
                         const Lienthong__UnitBox *entry)
{
    struct slot *unit;
    const enum lt_result result = lt_slot_told(book, entry->unit, &unit);
    if (result != LT_OK)
        return result != LT_NO_MEMORY;
    const bool handed = entry->machine.len == 32 && entry->secret.len == LT_SEALED_KEY_BYTES;
    if (entry->box_key.len != 32 || entry->hub_key.len != 32 ||
        (!handed && (entry->machine.len > 0 || entry->secret.len > 0)))
        return true;
    struct unit_box *box = lt_item_take(book, said, index, ITEM_UNIT_BOX, unit, sizeof(*box));
    if (box == NULL)
        return false;
    box->box = (struct lt_unit_box){
        .unit = unit->place.unit, .hub = said->hub->slot->place.unit, .handed = handed};
    memcpy(box->box.box_key, entry->box_key.data, 32);
    memcpy(box->box.hub_key, entry->hub_key.data, 32);
    if (handed) {
        memcpy(box->box.machine, entry->machine.data, 32);
        memcpy(box->box.secret, entry->secret.data, LT_SEALED_KEY_BYTES);
    }
    return true;
}

int lt_sealing_cmp(const struct item *a, const struct item *b)
{
    const struct lt_sealing *first = &((const struct sealing *)(const void *)a)->sealing;
    const struct lt_sealing *second = &((const struct sealing *)(const void *)b)->sealing;
    const int order = lt_unit_cmp(&first->within->unit, &second->within->unit);
    return order ? order : lt_unit_cmp(&first->said_by, &second->said_by);
}

int lt_unit_box_cmp(const struct item *a, const struct item *b)
{
    const struct lt_unit_box *first = &((const struct unit_box *)(const void *)a)->box;
    const struct lt_unit_box *second = &((const struct unit_box *)(const void *)b)->box;
    int order = lt_unit_cmp(&first->unit, &second->unit);
    order = order ? order : lt_unit_cmp(&first->hub, &second->hub);
    order = order ? order : memcmp(first->hub_key, second->hub_key, sizeof(first->hub_key));
    return order ? order : memcmp(first->machine, second->machine, sizeof(first->machine));
}

static const struct item *standing_at(const struct lt_book *book, enum item_kind kind,
                                      size_t number)
{
    const struct item_list *list = &book->lists[kind];
    return number < list->standing_count ? list->standing[number] : NULL;
}

size_t lt_book_sealing_count(const struct lt_book *book)
{
    return book->lists[ITEM_SEALING].standing_count;
}

const struct lt_sealing *lt_book_sealing_at(const struct lt_book *book, size_t number)
{
    const struct item *item = standing_at(book, ITEM_SEALING, number);
    return item != NULL ? &((const struct sealing *)(const void *)item)->sealing : NULL;
}

static unsigned depth_of(const struct lt_place *place)
{
    unsigned depth = 0;
    for (; place->parent != NULL && depth < LT_DEPTH_MAX; place = place->parent)
        depth++;
    return depth;
}

/* Has the hub that said `item` said another one, nearer to this place? Of two entries of one code the later is. */
static bool said_nearer(const struct lt_book *book, const struct lt_place *place,
                        const struct lt_sealing *sealing)
{
    const unsigned depth = depth_of(sealing->within);
    for (size_t i = 0; i < lt_book_sealing_count(book); i++) {
        const struct lt_sealing *other = lt_book_sealing_at(book, i);
        if (lt_unit_cmp(&other->said_by, &sealing->said_by) != 0 ||
            !lt_place_within(place, other->within))
            continue;
        const unsigned its_depth = depth_of(other->within);
        if (its_depth > depth ||
            (its_depth == depth && lt_unit_cmp(&other->within->unit, &sealing->within->unit) > 0))
            return true;
    }
    return false;
}

const struct lt_sealing *lt_book_sealing(const struct lt_book *book, const struct lt_unit *unit)
{
    const struct lt_place *place = lt_book_place(book, unit);
    const struct lt_sealing *found = NULL;
    unsigned found_depth = 0;
    for (size_t i = 0; place != NULL && i < lt_book_sealing_count(book); i++) {
        const struct item *item = book->lists[ITEM_SEALING].standing[i];
        const struct lt_sealing *sealing = &((const struct sealing *)(const void *)item)->sealing;
        const unsigned depth = item->said->hub->depth;
        if (sealing->open || !lt_place_within(place, sealing->within) ||
            (found != NULL && depth >= found_depth) || said_nearer(book, place, sealing))
            continue;
        found = sealing;
        found_depth = depth;
    }
    return found;
}

size_t lt_book_unit_box_count(const struct lt_book *book)
{
    return book->lists[ITEM_UNIT_BOX].standing_count;
}

const struct lt_unit_box *lt_book_unit_box_at(const struct lt_book *book, size_t number)
{
    const struct item *item = standing_at(book, ITEM_UNIT_BOX, number);
    return item != NULL ? &((const struct unit_box *)(const void *)item)->box : NULL;
}

size_t lt_book_unit_boxes_of(const struct lt_book *book, const struct lt_unit *unit)
{
    size_t low = 0, high = lt_book_unit_box_count(book);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&lt_book_unit_box_at(book, middle)->unit, unit) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
