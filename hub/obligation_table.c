#include "hub/obligation_table.h"

#include <stdlib.h>
#include <string.h>

#include "proto/judge.h"

enum column { UNIT, WITHIN, LEVEL, NATURE, KIND, PERIOD, DUE, EXEMPT, COLUMN_COUNT };

static const struct lt_csv_column COLUMNS[COLUMN_COUNT] = {
    {"unit", false}, {"within", false}, {"level", false}, {"nature", false},
    {"kind", false}, {"period", true},  {"due", true},    {"exempt", false},
};

struct obligation_row {
    Lienthong__Directive directive;
    Lienthong__Obligation entry;
    Lienthong__Period period;
    Lienthong__Unit unit, within;
    struct lt_unit unit_room, within_room;
    const struct lt_place *unit_place, *within_place;
    struct lt_period when;
};

static enum lt_result read_period(const struct lt_csv *csv, size_t row,
                                  struct obligation_row *obligation,
                                  struct lt_sheet_fault *ret_fault)
{
    const char *cell = lt_csv_cell(csv, row, PERIOD);
    if (lt_period_parse(cell, &obligation->when) != LT_OK)
        return lt_csv_fault(csv, row, PERIOD, ret_fault,
                            "'%.40s' is no period: 2024, 2024/2025, 2020-2025, 2024-05, 2024-Q1 or "
                            "2024-H1 is needed",
                            cell);
    lienthong__period__init(&obligation->period);
    obligation->period.kind = (Lienthong__PeriodKind)obligation->when.kind;
    obligation->period.from = obligation->when.from;
    obligation->period.to = obligation->when.to;
    obligation->period.day = obligation->when.day;
    obligation->entry.period = &obligation->period;
    return LT_OK;
}

static enum lt_result read_units(const struct lt_csv *csv, size_t row, const struct lt_book *book,
                                 struct obligation_row *obligation,
                                 struct lt_sheet_fault *ret_fault)
{
    const char *unit = lt_csv_cell(csv, row, UNIT), *within = lt_csv_cell(csv, row, WITHIN);
    lt_day first, last;
    enum lt_result result = LT_OK;
    lt_period_days(&obligation->when, &first, &last);
    if (unit[0] != '\0' && (within[0] != '\0' || lt_csv_cell(csv, row, LEVEL)[0] != '\0' ||
                            lt_csv_cell(csv, row, NATURE)[0] != '\0'))
        return lt_csv_fault(csv, row, UNIT, ret_fault,
                            "a unit is named and described; within, level and nature are for rows "
                            "without a unit");
    if (unit[0] != '\0')
        result = lt_entry_unit(csv, row, UNIT, unit, book, first, last, &obligation->unit_place,
                               ret_fault);
    if (result == LT_OK && within[0] != '\0')
        result = lt_entry_unit(csv, row, WITHIN, within, book, first, last,
                               &obligation->within_place, ret_fault);
    if (result != LT_OK)
        return result;
    if (obligation->unit_place != NULL) {
        lt_entry_wire(obligation->unit_place, &obligation->unit_room, &obligation->unit);
        obligation->entry.unit = &obligation->unit;
    }
    if (obligation->within_place != NULL) {
        lt_entry_wire(obligation->within_place, &obligation->within_room, &obligation->within);
        obligation->entry.within = &obligation->within;
    }
    return LT_OK;
}

static enum lt_result read_row(const struct lt_csv *csv, size_t row, const struct lt_book *book,
                               struct obligation_row *obligation, struct lt_sheet_fault *ret_fault)
{
    uint8_t level = 0, nature = 0, kind = 0;
    lt_day due = 0;
    const char *exempt = lt_csv_cell(csv, row, EXEMPT);
    lienthong__directive__init(&obligation->directive);
    lienthong__obligation__init(&obligation->entry);
    obligation->directive.obligation = &obligation->entry;
    enum lt_result result = read_period(csv, row, obligation, ret_fault);
    if (result == LT_OK)
        result = lt_entry_word(csv, row, LEVEL, lt_unit_level_name, &level, ret_fault);
    if (result == LT_OK)
        result = lt_entry_word(csv, row, NATURE, lt_nature_name, &nature, ret_fault);
    if (result == LT_OK)
        result = lt_entry_word(csv, row, KIND, lt_kind_name, &kind, ret_fault);
    if (result == LT_OK)
        result = lt_csv_day(csv, row, DUE, &due, ret_fault);
    if (result == LT_OK && exempt[0] != '\0' && strcmp(exempt, "yes") != 0)
        result = lt_csv_fault(csv, row, EXEMPT, ret_fault, "'%.40s' is not yes", exempt);
    if (result == LT_OK && due == 0 && exempt[0] == '\0')
        result = lt_csv_fault(csv, row, DUE, ret_fault, "the last day is missing");
    if (result == LT_OK)
        result = read_units(csv, row, book, obligation, ret_fault);
    if (result != LT_OK)
        return result;
    obligation->entry.level = (Lienthong__UnitLevel)level;
    obligation->entry.nature = (Lienthong__Nature)nature;
    obligation->entry.kind = (Lienthong__RecordKind)kind;
    obligation->entry.due = due;
    obligation->entry.exempt = exempt[0] != '\0';
    return LT_OK;
}

/* Of whom, what, when: two rows of one file may not say it twice. */
static bool same_matter(const struct obligation_row *a, const struct obligation_row *b)
{
    return a->unit_place == b->unit_place && a->within_place == b->within_place &&
           a->entry.level == b->entry.level && a->entry.nature == b->entry.nature &&
           a->entry.kind == b->entry.kind && lt_period_cmp(&a->when, &b->when) == 0;
}

static bool is_said(const struct obligation_row *row, const struct lt_book *book)
{
    for (size_t i = 0; i < lt_book_obligation_count(book); i++) {
        const struct lt_obligation *said = lt_book_obligation_at(book, i);
        const bool same_within = row->unit_place != NULL || row->within_place == NULL ||
                                 said->within == row->within_place;
        if (said->unit == row->unit_place && same_within &&
            said->level == (uint8_t)row->entry.level &&
            said->nature == (uint8_t)row->entry.nature && said->kind == (uint8_t)row->entry.kind &&
            lt_period_cmp(&said->period, &row->when) == 0 && said->due == row->entry.due &&
            said->exempt == (row->entry.exempt != 0))
            return true;
    }
    return false;
}

enum lt_result lt_obligation_table_plan(struct lt_bytes bytes, const struct lt_book *book,
                                        struct lt_entry_plan *plan,
                                        struct lt_sheet_fault *ret_fault)
{
    enum lt_result result = lt_entry_plan_begin(bytes, COLUMNS, COLUMN_COUNT,
                                                sizeof(struct obligation_row), plan, ret_fault);
    struct obligation_row *rows = plan->memory;
    for (size_t i = 0; i < plan->row_count && result == LT_OK; i++) {
        result = read_row(&plan->csv, i, book, &rows[i], ret_fault);
        for (size_t j = 0; j < i && result == LT_OK; j++)
            if (same_matter(&rows[i], &rows[j]))
                result = lt_csv_fault(&plan->csv, i, PERIOD, ret_fault, "line %u says this already",
                                      (unsigned)lt_csv_line(&plan->csv, j));
        if (result == LT_OK && !is_said(&rows[i], book)) {
            plan->rows[plan->count] = i;
            plan->items[plan->count++] = &rows[i].directive;
        }
    }
    return result;
}
