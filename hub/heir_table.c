#include "hub/heir_table.h"

#include <stdlib.h>
#include <string.h>

enum column { CODE, VALID_FROM, VALID_TO, SUCCESSOR, SUCCESSOR_FROM, PART, MAIN, COLUMN_COUNT };

static const struct lt_csv_column COLUMNS[COLUMN_COUNT] = {
    {"code", true},       {"valid_from", false},           {"valid_to", false},
    {"successor", false}, {"successor_valid_from", false}, {"part", false},
    {"main", false},
};

struct heir_row {
    Lienthong__Directive directive;
    Lienthong__Succession entry;
    Lienthong__Unit unit, successor;
    struct lt_unit unit_room, successor_room;
    const struct lt_place *unit_place, *successor_place;
    size_t index;
};

/* The unit that ends: on `valid_to`, or, when that is not said, the only one of its code. */
static enum lt_result find_ended(const struct lt_csv *csv, size_t row, const struct lt_book *book,
                                 lt_day valid_to, const struct lt_place **ret_place,
                                 struct lt_sheet_fault *ret_fault)
{
    const char *code = lt_csv_cell(csv, row, CODE), *from = lt_csv_cell(csv, row, VALID_FROM);
    const struct lt_place *found = NULL;
    lt_day valid_from = 0;
    enum lt_result result = lt_csv_day(csv, row, VALID_FROM, &valid_from, ret_fault);
    if (result != LT_OK)
        return result;
    result = lt_book_place_on(book, code, valid_to, &found);
    if (result == LT_AMBIGUOUS)
        return lt_csv_fault(csv, row, CODE, ret_fault,
                            "several units bore the code %s; say valid_to", code);
    if (result != LT_OK)
        return lt_csv_fault(csv, row, CODE, ret_fault, "the tree has no unit %s that lived then",
                            code);
    if (found->valid_to == 0 || (valid_to != 0 && found->valid_to != valid_to))
        return lt_csv_fault(csv, row, CODE, ret_fault,
                            "unit %s has not ended then by the tree; close it first", code);
    if (from[0] != '\0' && found->unit.valid_from != valid_from)
        return lt_csv_fault(csv, row, VALID_FROM, ret_fault, "unit %s did not begin then", code);
    *ret_place = found;
    return LT_OK;
}

static enum lt_result find_successor(const struct lt_csv *csv, size_t row,
                                     const struct lt_book *book, const struct lt_place **ret_place,
                                     struct lt_sheet_fault *ret_fault)
{
    const char *code = lt_csv_cell(csv, row, SUCCESSOR);
    const struct lt_place *found = NULL;
    lt_day valid_from = 0;
    enum lt_result result = lt_csv_day(csv, row, SUCCESSOR_FROM, &valid_from, ret_fault);
    if (result != LT_OK)
        return result;
    *ret_place = NULL;
    if (code[0] == '\0')
        return LT_OK; /* gone without one */
    result = lt_book_place_on(book, code, valid_from, &found);
    if (result == LT_AMBIGUOUS)
        return lt_csv_fault(csv, row, SUCCESSOR, ret_fault,
                            "several units bore the code %s; say successor_valid_from", code);
    if (result != LT_OK || (valid_from != 0 && found->unit.valid_from != valid_from))
        return lt_csv_fault(csv, row, SUCCESSOR, ret_fault,
                            "the tree has no unit %s that begins then", code);
    *ret_place = found;
    return LT_OK;
}

static enum lt_result read_words(const struct lt_csv *csv, size_t row, struct heir_row *heir,
                                 struct lt_sheet_fault *ret_fault)
{
    const char *part = lt_csv_cell(csv, row, PART), *main = lt_csv_cell(csv, row, MAIN);
    const bool has_heir = heir->successor_place != NULL;
    if (!has_heir && (part[0] != '\0' || strcmp(main, "yes") == 0))
        return lt_csv_fault(
            csv, row, SUCCESSOR, ret_fault,
            "the successor is missing; of a unit that went into none, part and main "
            "are empty too");
    heir->entry.whole = has_heir && (strcmp(part, "whole") == 0 || part[0] == '\0');
    if (has_heir && !heir->entry.whole && strcmp(part, "split") != 0)
        return lt_csv_fault(csv, row, PART, ret_fault, "'%.40s' is neither whole nor split", part);
    heir->entry.main = strcmp(main, "yes") == 0 || (main[0] == '\0' && heir->entry.whole);
    if (main[0] != '\0' && strcmp(main, "yes") != 0 && strcmp(main, "no") != 0)
        return lt_csv_fault(csv, row, MAIN, ret_fault, "'%.40s' is neither yes nor no", main);
    return LT_OK;
}

static enum lt_result read_row(const struct lt_csv *csv, size_t row, const struct lt_book *book,
                               struct heir_row *heir, struct lt_sheet_fault *ret_fault)
{
    lt_day valid_to = 0;
    lienthong__directive__init(&heir->directive);
    lienthong__succession__init(&heir->entry);
    heir->directive.succession = &heir->entry;
    heir->index = row;
    enum lt_result result = lt_csv_day(csv, row, VALID_TO, &valid_to, ret_fault);
    if (result == LT_OK)
        result = find_ended(csv, row, book, valid_to, &heir->unit_place, ret_fault);
    if (result == LT_OK)
        result = find_successor(csv, row, book, &heir->successor_place, ret_fault);
    if (result == LT_OK)
        result = read_words(csv, row, heir, ret_fault);
    if (result != LT_OK)
        return result;
    lt_entry_wire(heir->unit_place, &heir->unit_room, &heir->unit);
    heir->entry.unit = &heir->unit;
    if (heir->successor_place != NULL) {
        lt_entry_wire(heir->successor_place, &heir->successor_room, &heir->successor);
        heir->entry.successor = &heir->successor;
    }
    return LT_OK;
}

static bool is_said(const struct heir_row *heir, const struct lt_book *book)
{
    size_t count;
    const struct lt_succession *said = lt_book_successions(book, heir->unit_place, &count);
    for (size_t i = 0; i < count; i++)
        if (said[i].successor == heir->successor_place && said[i].main == (heir->entry.main != 0) &&
            said[i].whole == (heir->entry.whole != 0))
            return true;
    return false;
}

/* Rows of one unit and successor follow each other as in the file. */
static int by_unit(const void *a, const void *b)
{
    const struct heir_row *left = a, *right = b;
    int order = lt_unit_cmp(&left->unit_room, &right->unit_room);
    order = order != 0 ? order : lt_unit_cmp(&left->successor_room, &right->successor_room);
    return order != 0 ? order : (left->index > right->index) - (left->index < right->index);
}

/* What of one unit is not said already; where something is new, all of it is said, since the book checks a
 * split as a whole. */
static void plan_unit(struct lt_entry_plan *plan, struct heir_row *rows, size_t from, size_t to,
                      const struct lt_book *book)
{
    bool fresh = false;
    for (size_t i = from; i < to; i++)
        fresh = fresh || !is_said(&rows[i], book);
    for (size_t i = from; fresh && i < to; i++) {
        plan->rows[plan->count] = rows[i].index;
        plan->items[plan->count++] = &rows[i].directive;
    }
}

static enum lt_result check_pairs(const struct lt_csv *csv, const struct heir_row *rows,
                                  size_t count, struct lt_sheet_fault *ret_fault)
{
    for (size_t i = 1; i < count; i++)
        if (rows[i].unit_place == rows[i - 1].unit_place &&
            rows[i].successor_place == rows[i - 1].successor_place)
            return lt_csv_fault(csv, rows[i].index, SUCCESSOR, ret_fault,
                                "unit %s and this successor stood in an earlier row",
                                rows[i].unit_room.code);
    return LT_OK;
}

/* Pointers within a row are set anew: sorting has moved it. */
static void wire(struct heir_row *row)
{
    row->directive.succession = &row->entry;
    row->unit.code = row->unit_room.code;
    row->entry.unit = &row->unit;
    row->successor.code = row->successor_place != NULL ? row->successor_room.code : NULL;
    row->entry.successor = row->successor_place != NULL ? &row->successor : NULL;
}

enum lt_result lt_heir_table_plan(struct lt_bytes bytes, const struct lt_book *book,
                                  struct lt_entry_plan *plan, struct lt_sheet_fault *ret_fault)
{
    enum lt_result result =
        lt_entry_plan_begin(bytes, COLUMNS, COLUMN_COUNT, sizeof(struct heir_row), plan, ret_fault);
    struct heir_row *rows = plan->memory;
    for (size_t i = 0; i < plan->row_count && result == LT_OK; i++)
        result = read_row(&plan->csv, i, book, &rows[i], ret_fault);
    if (result != LT_OK)
        return result;
    qsort(rows, plan->row_count, sizeof *rows, by_unit);
    for (size_t i = 0; i < plan->row_count; i++)
        wire(&rows[i]);
    result = check_pairs(&plan->csv, rows, plan->row_count, ret_fault);
    if (result != LT_OK)
        return result;
    for (size_t from = 0, to; from < plan->row_count; from = to) {
        for (to = from + 1; to < plan->row_count && rows[to].unit_place == rows[from].unit_place;)
            to++;
        plan_unit(plan, rows, from, to, book);
    }
    return LT_OK;
}
