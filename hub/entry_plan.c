#include "hub/entry_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/judge.h"

enum { CANDIDATES_MAX = 8 };

void lt_entry_plan_free(struct lt_entry_plan *plan)
{
    lt_csv_free(&plan->csv);
    free(plan->items);
    free(plan->rows);
    free(plan->memory);
    *plan = (struct lt_entry_plan){0};
}

enum lt_result lt_entry_plan_begin(struct lt_bytes bytes, const struct lt_csv_column *columns,
                                   size_t column_count, size_t entry_size,
                                   struct lt_entry_plan *plan, struct lt_sheet_fault *ret_fault)
{
    enum lt_result result = lt_csv_read(bytes, columns, column_count, &plan->csv, ret_fault);
    if (result != LT_OK)
        return result;
    plan->row_count = lt_csv_rows(&plan->csv);
    plan->items = calloc(plan->row_count + 1, sizeof(*plan->items));
    plan->rows = calloc(plan->row_count + 1, sizeof(*plan->rows));
    plan->memory = calloc(plan->row_count + 1, entry_size);
    if (plan->items == NULL || plan->rows == NULL || plan->memory == NULL)
        return lt_table_fault(ret_fault, LT_NO_MEMORY, 0, 0, "out of memory");
    return LT_OK;
}

static bool lives(const struct lt_place *place, lt_day from, lt_day to)
{
    const lt_day since = place->unit.valid_from;
    return (since == 0 || since <= to) && (place->valid_to == 0 || place->valid_to >= from);
}

static void name_candidates(const struct lt_place *const *places, size_t count, char *ret_text,
                            size_t max)
{
    size_t used = 0;
    ret_text[0] = '\0';
    for (size_t i = 0; i < count && used < max; i++) {
        char unit[LT_UNIT_TEXT_MAX];
        lt_unit_format(&places[i]->unit, unit);
        used += (size_t)snprintf(ret_text + used, max - used, "%s%s", i > 0 ? ", " : "", unit);
    }
}

/* All that bore the code in the years of from..to. */
static size_t bearers(const struct lt_book *book, const char *code, lt_day from, lt_day to,
                      const struct lt_place *ret_places[CANDIDATES_MAX])
{
    size_t found = 0;
    int first, last, month, day;
    lt_day_split(from, &first, &month, &day);
    lt_day_split(to, &last, &month, &day);
    for (int year = first; year <= last; year++) {
        const struct lt_place *some[CANDIDATES_MAX];
        size_t count = 0;
        (void)lt_book_place_in_year(book, code, year, some, CANDIDATES_MAX, &count);
        for (size_t i = 0; i < count; i++) {
            bool known = !lives(some[i], from, to);
            for (size_t j = 0; j < found; j++)
                known = known || ret_places[j] == some[i];
            if (!known && found < CANDIDATES_MAX)
                ret_places[found++] = some[i];
        }
    }
    return found;
}

enum lt_result lt_entry_unit(const struct lt_csv *csv, size_t row, size_t column, const char *word,
                             const struct lt_book *book, lt_day from, lt_day to,
                             const struct lt_place **ret_place, struct lt_sheet_fault *ret_fault)
{
    const struct lt_place *places[CANDIDATES_MAX];
    struct lt_unit unit;
    bool dated = false;
    if (lt_unit_parse(word, &unit, &dated) != LT_OK)
        return lt_csv_fault(csv, row, column, ret_fault,
                            "'%.40s' is no unit: CODE or CODE@2025-07-01 is needed", word);
    if (dated) {
        const struct lt_place *place = NULL;
        if (lt_book_place_on(book, unit.code, unit.valid_from, &place) != LT_OK)
            return lt_csv_fault(csv, row, column, ret_fault, "the tree has no unit %s on that day",
                                word);
        *ret_place = place;
        return LT_OK;
    }
    const size_t count = bearers(book, unit.code, from, to, places);
    if (count == 1) {
        *ret_place = places[0];
        return LT_OK;
    }
    if (count == 0)
        return lt_csv_fault(csv, row, column, ret_fault, "the tree has no unit %s at that time",
                            word);
    char names[200];
    name_candidates(places, count, names, sizeof(names));
    return lt_csv_fault(csv, row, column, ret_fault,
                        "several units bore the code %s at that time: %s; say which", word, names);
}

enum lt_result lt_entry_word(const struct lt_csv *csv, size_t row, size_t column,
                             const char *(*name_of)(uint8_t), uint8_t *ret_value,
                             struct lt_sheet_fault *ret_fault)
{
    const char *cell = lt_csv_cell(csv, row, column);
    const uint8_t value = cell[0] == '\0' ? 0 : lt_name_value(name_of, cell);
    if (value == 0 && cell[0] != '\0') {
        char known[160] = "";
        for (uint8_t i = 1; name_of(i) != NULL && strlen(known) + strlen(name_of(i)) + 2 < 160; i++)
            (void)snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
                           i > 1 ? " " : "", name_of(i));
        return lt_csv_fault(csv, row, column, ret_fault, "'%.40s' is none of: %s", cell, known);
    }
    *ret_value = value;
    return LT_OK;
}

char *lt_entry_text(const char *text)
{
    union {
        const char *from;
        char *to;
    } pointer = {.from = text};
    return pointer.to;
}

void lt_entry_wire(const struct lt_place *place, struct lt_unit *room, Lienthong__Unit *ret_wire)
{
    lienthong__unit__init(ret_wire);
    *room = place->unit;
    ret_wire->code = room->code;
    ret_wire->valid_from = room->valid_from;
}
