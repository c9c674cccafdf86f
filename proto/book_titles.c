/* The catalogue. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/book_inner.h"

static uint64_t code_hash(const char *code, size_t size)
{
    return lt_table_hash(code, size, 2);
}

struct title_slot *lt_title_slot_of(struct lt_book *book, const char *code, lt_day valid_from)
{
    const size_t size = strlen(code);
    const uint64_t hash = code_hash(code, size);
    for (struct node *node = lt_table_first(&book->titles, hash); node != NULL;
         node = lt_table_next(node)) {
        struct title_slot *slot = ITEM_OF(node, struct title_slot, by_code);
        if (slot->title.valid_from == valid_from && strcmp(slot->title.code, code) == 0)
            return slot;
    }
    struct title_slot *slot = lt_book_take(book, sizeof(*slot));
    if (slot == NULL)
        return NULL;
    memcpy(slot->title.code, code, size);
    slot->title.valid_from = valid_from;
    lt_table_add(&book->titles, &slot->by_code, hash);
    *book->title_slots_end = slot;
    book->title_slots_end = &slot->next;
    book->title_slot_count++;
    return slot;
}

/* Values outside of the mask are of a later version: no rule knows them. */
static uint32_t bit(int value)
{
    return value >= 0 && value < 32 ? UINT32_C(1) << value : 0;
}

bool lt_collect_title(struct lt_book *book, struct said *said, uint32_t index,
                      const Lienthong__TitleEntry *entry)
{
    struct lt_unit code; /* titles have the same codes */
    if (lt_unit_make(entry->code, 0, &code) != LT_OK)
        return true;
    struct title_claim *claim = lt_book_take(book, sizeof(*claim));
    if (claim == NULL)
        return false;
    struct lt_title *title = &claim->title;
    claim->said = said;
    claim->index = index;
    claim->slot = lt_title_slot_of(book, code.code, entry->valid_from);
    memcpy(title->code, code.code, sizeof(title->code));
    title->name = lt_book_text(book, entry->name);
    title->name_en = lt_book_text(book, entry->name_en);
    title->law = lt_book_text(book, entry->law);
    if (claim->slot == NULL || title->name == NULL || title->name_en == NULL || title->law == NULL)
        return false;
    title->form = entry->form;
    for (size_t i = 0; i < entry->n_recipients; i++)
        title->recipients |= bit((int)entry->recipients[i]);
    for (size_t i = 0; i < entry->n_levels; i++)
        title->levels |= bit((int)entry->levels[i]);
    title->valid_from = entry->valid_from;
    title->valid_to = entry->valid_to;
    lt_leaf_title(claim);
    claim->next_of_said = said->titles;
    said->titles = claim;
    return true;
}

bool lt_titles_reserve(struct lt_book *book)
{
    if (book->title_slot_count <= book->title_capacity)
        return true;
    const size_t room = book->title_slot_count * 2;
    struct title_slot **standing = realloc(book->standing_titles, room * sizeof(*standing));
    if (standing != NULL)
        book->standing_titles = standing;
    struct title_slot **sorted =
        standing != NULL ? realloc(book->sorted_titles, room * sizeof(*sorted)) : NULL;
    if (sorted == NULL)
        return false;
    book->sorted_titles = sorted;
    book->title_capacity = room;
    return true;
}

static const struct title_claim *choose(const struct lt_book *book, const struct title_slot *slot)
{
    const struct title_claim *won = NULL;
    for (const struct title_claim *claim = slot->claims; claim != NULL;
         claim = claim->next_of_slot) {
        if (claim->said->admitted && lt_is_top(book, claim->said->hub->slot) &&
            (won == NULL || lt_said_cmp(claim->said, claim->index, won->said, won->index) > 0))
            won = claim;
    }
    return won;
}

static int by_code(const void *a, const void *b)
{
    const struct title_slot *const *first = a, *const *second = b;
    const int code = strcmp((*first)->title.code, (*second)->title.code);
    const lt_day x = (*first)->title.valid_from, y = (*second)->title.valid_from;
    return code ? code : (x > y) - (x < y);
}

void lt_fold_titles(struct lt_book *book, struct lt_book_change *change)
{
    bool added = false, altered = false;
    size_t count = 0;
    for (struct title_slot *slot = book->title_slots; slot != NULL; slot = slot->next) {
        slot->before = slot->won;
        slot->won = choose(book, slot);
        added = added || (slot->won != NULL && slot->before == NULL);
        altered = altered || (slot->won == NULL && slot->before != NULL);
        if (slot->won == NULL)
            continue;
        altered = altered ||
                  (slot->before != NULL && lt_hash_cmp(&slot->won->leaf, &slot->before->leaf) != 0);
        slot->title = slot->won->title;
        assert(count < book->title_capacity);
        book->standing_titles[count++] = slot;
    }
    book->title_count = count;
    if (!added && !altered)
        return;
    if (count > 0) {
        memcpy(book->sorted_titles, book->standing_titles, count * sizeof(struct title_slot *));
        qsort(book->sorted_titles, count, sizeof(struct title_slot *), by_code);
    }
    lt_digest_catalogue(book);
    change->added = change->added || added;
    change->altered = change->altered || altered;
}

size_t lt_book_title_count(const struct lt_book *book)
{
    return book->title_count;
}

const struct lt_title *lt_book_title_at(const struct lt_book *book, size_t number)
{
    return number < book->title_count ? &book->standing_titles[number]->title : NULL;
}

/* The newest standing entry of `code` that satisfies the days and is older than `after`. */
static const struct lt_title *newest(const struct lt_book *book, const char *code, lt_day from,
                                     lt_day to, bool any_day, const struct lt_title *after)
{
    const struct lt_title *found = NULL;
    struct node *node = lt_table_first(&book->titles, code_hash(code, strlen(code)));
    for (; node != NULL; node = lt_table_next(node)) {
        const struct title_slot *slot = ITEM_OF(node, struct title_slot, by_code);
        const struct lt_title *title = &slot->title;
        if (slot->won == NULL || strcmp(title->code, code) != 0 ||
            (after != NULL && title->valid_from >= after->valid_from) ||
            (found != NULL && title->valid_from <= found->valid_from))
            continue;
        if (any_day || ((title->valid_from == 0 || title->valid_from <= to) &&
                        (title->valid_to == 0 || title->valid_to >= from)))
            found = title;
    }
    return found;
}

const struct lt_title *lt_book_title(const struct lt_book *book, const char *code, lt_day day)
{
    return newest(book, code, day, day, day == 0, NULL);
}

const struct lt_title *lt_book_title_within(const struct lt_book *book, const char *code,
                                            lt_day from, lt_day to, const struct lt_title *after)
{
    return newest(book, code, from, to, false, after);
}
