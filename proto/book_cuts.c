/* Closings and publications: cuts that may come in parts. */
#include <stdlib.h>
#include <string.h>

#include "proto/book_items.h"

static struct cut_part *part_of(struct item *item)
{
    return (struct cut_part *)(void *)item;
}

/* LT_MALFORMED: the chains are no report chains or do not ascend. */
static enum lt_result take_cut(struct lt_book *book, Lienthong__ChainTips *const *told,
                               size_t count, struct cut_part *part)
{
    part->cut_count = count;
    if (count == 0 || book->light)
        return LT_OK;
    part->cut = lt_book_take(book, count * sizeof(*part->cut));
    if (part->cut == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        struct lt_chain_cut *cut = &part->cut[i];
        struct lt_hash *tips = lt_book_take(book, (told[i]->n_tips + 1) * sizeof(*tips));
        if (tips == NULL)
            return LT_NO_MEMORY;
        lt_unit_make(told[i]->chain->unit->code, told[i]->chain->unit->valid_from, &cut->unit);
        for (size_t j = 0; j < told[i]->n_tips; j++) {
            if (told[i]->tips[j].len == sizeof(*tips))
                memcpy(tips[cut->count++].bytes, told[i]->tips[j].data, sizeof(*tips));
        }
        cut->tips = tips;
    }
    return LT_OK;
}

static bool cut_ascends(Lienthong__ChainTips *const *told, size_t count)
{
    struct lt_unit before, unit;
    for (size_t i = 0; i < count; i++) {
        const Lienthong__Chain *chain = told[i]->chain;
        if (chain == NULL || chain->unit == NULL || (int)chain->stream != LT_STREAM_REPORT ||
            lt_unit_make(chain->unit->code, chain->unit->valid_from, &unit) != LT_OK ||
            (i > 0 && lt_unit_cmp(&before, &unit) >= 0))
            return false;
        before = unit;
    }
    return true;
}

/* The part's own numbers; 0 of 0: it is the only one. */
static bool numbers_ok(uint32_t part, uint32_t parts)
{
    return (part == 0 && parts == 0) || (part >= 1 && part <= parts && parts <= LT_CUT_PARTS_MAX);
}

/* *ret_part stays NULL when the item says nothing. */
static enum lt_result take_part(struct lt_book *book, struct said *said, uint32_t index,
                                enum item_kind kind, const Lienthong__Unit *place,
                                struct cut_part **ret_part)
{
    struct slot *slot = said->hub->slot;
    const enum lt_result result = lt_slot_told(book, place, &slot);
    if (result != LT_OK && result != LT_NOT_FOUND)
        return result;
    struct cut_part *part = lt_item_take(book, said, index, kind, slot, sizeof(*part));
    if (part == NULL)
        return LT_NO_MEMORY;
    *ret_part = part;
    return LT_OK;
}

bool lt_collect_closing(struct lt_book *book, struct said *said, uint32_t index,
                        const Lienthong__Closing *entry)
{
    struct lt_period period;
    struct cut_part *part = NULL;
    if (lt_period_make(entry->period, &period) != LT_OK || !numbers_ok(entry->part, entry->parts) ||
        !cut_ascends(entry->cut, entry->n_cut))
        return true;
    const enum lt_result result = take_part(book, said, index, ITEM_CLOSING, entry->place, &part);
    if (part == NULL)
        return result != LT_NO_MEMORY;
    part->part = entry->parts > 0 ? entry->part : 1;
    part->parts = entry->parts > 0 ? entry->parts : 1;
    part->closing = (struct lt_closing){.place = &part->item.about->place,
                                        .hub = &said->hub->slot->place,
                                        .kind = (uint8_t)entry->kind,
                                        .period = period,
                                        .day = entry->day};
    return take_cut(book, entry->cut, entry->n_cut, part) == LT_OK;
}

bool lt_collect_publication(struct lt_book *book, struct said *said, uint32_t index,
                            const Lienthong__Publication *entry)
{
    struct cut_part *part = NULL;
    if (!numbers_ok(entry->part, entry->parts) || !cut_ascends(entry->cut, entry->n_cut))
        return true;
    const enum lt_result result =
        take_part(book, said, index, ITEM_PUBLICATION, entry->place, &part);
    if (part == NULL)
        return result != LT_NO_MEMORY;
    part->part = entry->parts > 0 ? entry->part : 1;
    part->parts = entry->parts > 0 ? entry->parts : 1;
    struct lt_publication *publication = &part->publication;
    publication->name = lt_book_text(book, entry->name);
    publication->question = lt_book_text(book, entry->question);
    publication->cause = lt_book_text(book, entry->cause);
    publication->number = entry->number;
    publication->place = &part->item.about->place;
    publication->hub = &said->hub->slot->place;
    publication->published_at = entry->published_at;
    if (entry->directives.len == sizeof(struct lt_hash))
        memcpy(publication->directives.bytes, entry->directives.data, sizeof(struct lt_hash));
    if (publication->name == NULL || publication->question == NULL || publication->cause == NULL)
        return false;
    if (entry->figures.len > 0 && !book->light) {
        uint8_t *figures = lt_book_take(book, entry->figures.len);
        if (figures == NULL)
            return false;
        memcpy(figures, entry->figures.data, entry->figures.len);
        publication->figures = figures;
        publication->figures_size = entry->figures.len;
    }
    return take_cut(book, entry->cut, entry->n_cut, part) == LT_OK;
}

bool lt_cuts_reserve(struct lt_book *book, const struct said *said)
{
    size_t need = book->cut_need;
    for (struct item *item = said->items; item != NULL; item = item->next) {
        if (item->kind == ITEM_CLOSING || item->kind == ITEM_PUBLICATION)
            need += part_of(item)->parts > 1 ? part_of(item)->cut_count : 0;
    }
    if (book->light || need <= book->cut_capacity)
        return true;
    struct lt_chain_cut *cuts = realloc(book->cuts, need * 2 * sizeof(*cuts));
    if (cuts == NULL)
        return false;
    book->cuts = cuts;
    book->cut_capacity = need * 2;
    lt_cuts_fill(book);
    return true;
}

/* ---- What stands ---- */

/* Do the chains of the two parts ascend? Light books hold none and take it for true. */
static bool follows(const struct cut_part *part, const struct cut_part *next)
{
    return part->cut == NULL || next->cut == NULL || part->cut_count == 0 || next->cut_count == 0 ||
           lt_unit_cmp(&part->cut[part->cut_count - 1].unit, &next->cut[0].unit) < 0;
}

/* All parts of one saying, one after the other, from the last to the first (`newest_first`) or from the
 * first to the last. How many; 0: they are not all there. */
static size_t run_at(struct item *const *items, size_t count, bool newest_first)
{
    const size_t parts = part_of(items[0])->parts;
    if (parts > count)
        return 0;
    for (size_t i = 0; i < parts; i++) {
        const struct cut_part *part = part_of(items[i]);
        if (part->parts != parts || part->part != (newest_first ? parts - i : i + 1) ||
            part->closing.day != part_of(items[0])->closing.day)
            return 0;
        const struct cut_part *before = i > 0 ? part_of(items[i - 1]) : NULL;
        if (before != NULL && !(newest_first ? follows(part, before) : follows(before, part)))
            return 0;
    }
    return parts;
}

static struct item *link_run(struct item *const *items, size_t count, bool newest_first)
{
    for (size_t i = 0; i < count; i++) {
        struct cut_part *part = part_of(items[i]);
        const size_t next = newest_first ? i - 1 : i + 1;
        part->next_part = part->part < part->parts ? part_of(items[next]) : NULL;
        part->item.state |= ITEM_STANDS;
    }
    return newest_first ? items[count - 1] : items[0];
}

void lt_settle_parts(struct lt_book *book, struct item_list *list, bool newest_first)
{
    (void)book;
    size_t count = 0, end;
    for (size_t at = 0; at < list->standing_count; at = end) {
        size_t run = 0, begin = at;
        for (end = at + 1; end < list->standing_count &&
                           lt_items_key_cmp(list->standing[at], list->standing[end]) == 0;
             end++)
            ;
        while (begin < end && run == 0) {
            run = run_at(list->standing + begin, end - begin, newest_first);
            begin += run == 0;
        }
        if (run > 0)
            list->standing[count++] = link_run(list->standing + begin, run, newest_first);
    }
    list->standing_count = count;
}

/* The cut of a first part and those after it. */
static const struct lt_chain_cut *whole_cut(struct lt_book *book, const struct cut_part *first,
                                            size_t *used, size_t *ret_count)
{
    size_t count = 0;
    const size_t begin = *used;
    for (const struct cut_part *part = first; part != NULL; part = part->next_part) {
        if (part->cut != NULL && first->parts > 1)
            memcpy(&book->cuts[begin + count], part->cut, part->cut_count * sizeof(*part->cut));
        count += part->cut_count;
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it is in a part that stands */
    *ret_count = book->light ? 0 : count;
    if (book->light || first->parts == 1)
        return first->cut;
    *used += count;
    return &book->cuts[begin];
}

void lt_cuts_fill(struct lt_book *book)
{
    size_t used = 0;
    struct item_list *list = &book->lists[ITEM_CLOSING];
    for (size_t i = 0; i < list->standing_count; i++) {
        struct cut_part *part = part_of(list->standing[i]);
        part->closing.cut = whole_cut(book, part, &used, &part->closing.cut_count);
    }
    list = &book->lists[ITEM_PUBLICATION];
    for (size_t i = 0; i < list->standing_count; i++) {
        struct cut_part *part = part_of(list->standing[i]);
        part->publication.cut = whole_cut(book, part, &used, &part->publication.cut_count);
    }
}

/* ---- Questions ---- */

size_t lt_book_closing_count(const struct lt_book *book)
{
    return book->lists[ITEM_CLOSING].standing_count;
}

const struct lt_closing *lt_book_closing_at(const struct lt_book *book, size_t number)
{
    const struct item_list *list = &book->lists[ITEM_CLOSING];
    return number < list->standing_count ? &part_of(list->standing[number])->closing : NULL;
}

/* By place, period, kind, and then the higher hub. */
static const struct lt_closing *closing_of(const struct lt_book *book, const struct lt_place *place,
                                           const struct lt_period *period, uint8_t kind)
{
    const struct item_list *list = &book->lists[ITEM_CLOSING];
    size_t low = 0, high = list->standing_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct lt_closing *closing = &part_of(list->standing[middle])->closing;
        int order = lt_unit_cmp(&closing->place->unit, &place->unit);
        order = order ? order : lt_period_cmp(&closing->period, period);
        order = order ? order : (closing->kind > kind) - (closing->kind < kind);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct lt_closing *found = lt_book_closing_at(book, low);
    return found != NULL && found->place == place && lt_period_cmp(&found->period, period) == 0 &&
                   found->kind == kind
               ? found
               : NULL;
}

const struct lt_closing *lt_book_closing(const struct lt_book *book, const struct lt_place *place,
                                         const struct lt_period *period, uint8_t kind)
{
    for (unsigned step = 0; place != NULL && step <= LT_DEPTH_MAX; step++) {
        const struct lt_closing *closing = closing_of(book, place, period, kind);
        if (closing == NULL && kind != 0)
            closing = closing_of(book, place, period, 0);
        if (closing != NULL)
            return closing;
        place = place->parent;
    }
    return NULL;
}

const struct lt_chain_cut *lt_cut_of(const struct lt_chain_cut *cut, size_t count,
                                     const struct lt_unit *unit)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&cut[middle].unit, unit) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && lt_unit_cmp(&cut[low].unit, unit) == 0 ? &cut[low] : NULL;
}

size_t lt_book_publication_count(const struct lt_book *book)
{
    return book->lists[ITEM_PUBLICATION].standing_count;
}

const struct lt_publication *lt_book_publication_at(const struct lt_book *book, size_t number)
{
    const struct item_list *list = &book->lists[ITEM_PUBLICATION];
    return number < list->standing_count ? &part_of(list->standing[number])->publication : NULL;
}
