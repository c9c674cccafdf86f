/* A list of unit entries, checked before it becomes a directive. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/book_inner.h"

/* The list and the book as they would be together. */
struct row {
    struct lt_unit unit;
    const Lienthong__UnitEntry *entry;
    size_t index;
};
struct check {
    const struct lt_book *book;
    struct row *rows; /* ascending by unit, then index */
    size_t count;
    char *reason;
};

enum { REASON_BYTES = 160 };

static int by_unit(const void *a, const void *b)
{
    const struct row *first = a, *second = b;
    const int unit = lt_unit_cmp(&first->unit, &second->unit);
    return unit ? unit : (first->index > second->index) - (first->index < second->index);
}

/* The first row at or after a unit in the sorted list. */
static size_t seek(const struct check *check, const struct lt_unit *unit)
{
    size_t low = 0, high = check->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&check->rows[middle].unit, unit) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct row *row_of(const struct check *check, const struct lt_unit *unit)
{
    const size_t at = seek(check, unit);
    return at < check->count && lt_unit_cmp(&check->rows[at].unit, unit) == 0 ? &check->rows[at]
                                                                              : NULL;
}

static enum lt_result refuse(const struct check *check, const char *sentence,
                             const struct lt_unit *unit)
{
    char text[LT_UNIT_TEXT_MAX] = "";
    if (unit != NULL)
        lt_unit_format(unit, text);
    snprintf(check->reason, REASON_BYTES, unit != NULL ? "%s: %s" : "%s", sentence, text);
    return LT_REFUSED;
}

static bool overlap(lt_day a_from, lt_day a_to, lt_day b_from, lt_day b_to)
{
    return (a_to == 0 || b_from == 0 || b_from <= a_to) &&
           (b_to == 0 || a_from == 0 || a_from <= b_to);
}

/* Last day of a unit when the list has become true. */
static lt_day last_day(const struct check *check, const struct lt_unit *unit, bool *ret_known)
{
    const struct row *row = row_of(check, unit);
    const struct lt_place *place = lt_book_place(check->book, unit);
    *ret_known = row != NULL || place != NULL;
    return row != NULL ? row->entry->valid_to : place != NULL ? place->valid_to : 0;
}

static enum lt_result check_shape(const struct check *check, const Lienthong__UnitEntry *entry,
                                  struct lt_unit *ret_unit)
{
    if (entry->unit == NULL ||
        lt_unit_make(entry->unit->code, entry->unit->valid_from, ret_unit) != LT_OK)
        return refuse(check, "the code is missing or has other than 1 to 15 letters, digits, - _ .",
                      NULL);
    if ((int)entry->level < LT_UNIT_NATION || (int)entry->level > LT_UNIT_BASE)
        return refuse(check, "the level is missing", ret_unit);
    if ((int)entry->nature < 0 || (int)entry->nature > LIENTHONG__NATURE__NATURE_FORCES)
        return refuse(check, "the nature is unknown", ret_unit);
    if (strlen(entry->type) > LT_TEXT_BYTES_MAX || strlen(entry->name) > LT_LONG_TEXT_BYTES_MAX)
        return refuse(check, "the type or name is too long", ret_unit);
    if (entry->valid_to != 0 && entry->valid_to < ret_unit->valid_from)
        return refuse(check, "the last day is before the first", ret_unit);
    return LT_OK;
}

static enum lt_result check_parent(const struct check *check, const struct row *row)
{
    struct lt_unit parent;
    if (row->entry->parent == NULL)
        return LT_OK;
    if (lt_unit_make(row->entry->parent->code, row->entry->parent->valid_from, &parent) != LT_OK)
        return refuse(check, "the parent's code is not a code", NULL);
    const struct row *listed = row_of(check, &parent);
    bool known;
    const lt_day last = last_day(check, &parent, &known);
    if (!known)
        return refuse(check, "the parent is not known", &parent);
    if (listed != NULL && listed->index >= row->index &&
        lt_book_place(check->book, &parent) == NULL)
        return refuse(check, "the parent stands later in the list", &parent);
    if (parent.valid_from != 0 &&
        (row->unit.valid_from == 0 || row->unit.valid_from < parent.valid_from))
        return refuse(check, "the unit is older than its parent", &parent);
    if (last != 0 && (row->entry->valid_to == 0 || row->entry->valid_to > last))
        return refuse(check, "the parent is closed before the unit", &parent);
    return LT_OK;
}

/* Parents are in the book or earlier in the list, so only the book bounds the depth. */
static enum lt_result check_depth(const struct check *check, const struct row *row)
{
    const Lienthong__UnitEntry *entry = row->entry;
    for (unsigned depth = 1; entry != NULL && entry->parent != NULL; depth++) {
        struct lt_unit parent;
        if (depth >= LT_DEPTH_MAX)
            return refuse(check, "the tree would be too deep or run in a circle at", &row->unit);
        if (lt_unit_make(entry->parent->code, entry->parent->valid_from, &parent) != LT_OK)
            return LT_OK;
        const struct row *listed = row_of(check, &parent);
        entry = listed != NULL ? listed->entry : NULL;
        if (listed != NULL)
            continue;
        const struct lt_place *place = lt_book_place(check->book, &parent);
        for (; place != NULL; place = place->parent) {
            if (++depth > LT_DEPTH_MAX)
                return refuse(check, "the tree would be too deep at", &row->unit);
        }
    }
    return LT_OK;
}

static enum lt_result check_against_book(const struct check *check, const struct row *row)
{
    const struct lt_place *place = lt_book_place(check->book, &row->unit);
    if (place != NULL) {
        const Lienthong__Unit *parent = row->entry->parent;
        const bool moved = parent == NULL ? place->parent_unit.code[0] != '\0'
                                          : strcmp(parent->code, place->parent_unit.code) != 0 ||
                                                parent->valid_from != place->parent_unit.valid_from;
        if (moved)
            return refuse(check, "the unit is there under another parent", &row->unit);
        if (place->level != (uint8_t)row->entry->level)
            return refuse(check, "the unit is there with another level", &row->unit);
    }
    const struct code *code = lt_code_find(check->book, row->unit.code);
    for (const struct slot *slot = code != NULL ? code->slots : NULL; slot != NULL;
         slot = slot->next_of_code) {
        const struct lt_unit *other = &slot->place.unit;
        if (slot->won == NULL || lt_unit_cmp(other, &row->unit) == 0)
            continue;
        bool known;
        if (overlap(other->valid_from, last_day(check, other, &known), row->unit.valid_from,
                    row->entry->valid_to))
            return refuse(check, "the code is borne at the same time by", other);
    }
    return LT_OK;
}

static enum lt_result check_against_list(const struct check *check, const struct row *row)
{
    const struct lt_unit code = {.valid_from = INT32_MIN};
    struct lt_unit first = code;
    memcpy(first.code, row->unit.code, sizeof(first.code));
    for (size_t i = seek(check, &first); i < check->count; i++) {
        const struct row *other = &check->rows[i];
        if (memcmp(other->unit.code, row->unit.code, sizeof(row->unit.code)) != 0)
            break;
        if (other->index >= row->index)
            continue;
        if (lt_unit_cmp(&other->unit, &row->unit) == 0)
            return refuse(check, "the unit stands twice in the list", &row->unit);
        if (overlap(other->unit.valid_from, other->entry->valid_to, row->unit.valid_from,
                    row->entry->valid_to))
            return refuse(check, "the code is borne at the same time by", &other->unit);
    }
    return LT_OK;
}

static enum lt_result check_row(const struct check *check, const struct row *row)
{
    enum lt_result result = check_against_list(check, row);
    if (result == LT_OK)
        result = check_parent(check, row);
    if (result == LT_OK)
        result = check_depth(check, row);
    if (result == LT_OK)
        result = check_against_book(check, row);
    return result;
}

/* No unit of the book may be left open under a parent that the list closes. */
static enum lt_result check_outlived(const struct check *check, size_t *ret_row)
{
    for (size_t i = 0; i < lt_book_place_count(check->book); i++) {
        const struct lt_place *place = lt_book_place_at(check->book, i);
        const struct row *closed =
            place->parent_unit.code[0] != '\0' ? row_of(check, &place->parent_unit) : NULL;
        if (closed == NULL || closed->entry->valid_to == 0)
            continue;
        bool known;
        const lt_day last = last_day(check, &place->unit, &known);
        if (last == 0 || last > closed->entry->valid_to) {
            *ret_row = closed->index;
            return refuse(check, "it would be closed while a unit below it is open", &place->unit);
        }
    }
    return LT_OK;
}

static enum lt_result check_rows(struct check *check, const Lienthong__UnitEntry *const *entries,
                                 size_t *ret_row)
{
    for (size_t i = 0; i < check->count; i++) {
        struct row *row = &check->rows[i];
        row->entry = entries[i];
        row->index = i;
        if (check_shape(check, entries[i], &row->unit) != LT_OK) {
            *ret_row = i;
            return LT_REFUSED;
        }
    }
    if (check->count > 1)
        qsort(check->rows, check->count, sizeof(*check->rows), by_unit);
    size_t least = SIZE_MAX;
    char reason[REASON_BYTES] = "";
    for (size_t i = 0; i < check->count; i++) {
        if (check->rows[i].index < least && check_row(check, &check->rows[i]) != LT_OK) {
            least = check->rows[i].index;
            memcpy(reason, check->reason, sizeof(reason));
        }
    }
    if (least == SIZE_MAX)
        return check_outlived(check, ret_row);
    *ret_row = least;
    memcpy(check->reason, reason, sizeof(reason));
    return LT_REFUSED;
}

enum lt_result lt_book_check_units(const struct lt_book *book,
                                   const Lienthong__UnitEntry *const *entries, size_t count,
                                   size_t *ret_row, char ret_reason[160])
{
    char reason[REASON_BYTES] = "";
    size_t row = 0;
    struct check check = {.book = book, .count = count, .reason = reason};
    check.rows = calloc(count > 0 ? count : 1, sizeof(*check.rows));
    if (check.rows == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = check_rows(&check, entries, &row);
    if (result == LT_REFUSED) {
        *ret_row = row;
        memcpy(ret_reason, reason, sizeof(reason));
    }
    free(check.rows);
    return result;
}
