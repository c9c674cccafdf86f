#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/cluster_table.h"
#include "proto/judge.h"

/* 1945-01-01 and 2200-12-31: a movement without a first day. */
enum { EARLIEST = -9131, LATEST = 84370 };

enum column { CODE, NAME, LAUNCHER, SCOPE, FROM, TO, METHOD, IMPLEMENTS, COLUMN_COUNT };

static const struct lt_csv_column COLUMNS[COLUMN_COUNT] = {
    {"code", true},  {"name", true}, {"launcher", true}, {"scope", false},
    {"from", false}, {"to", false},  {"method", false},  {"implements", false},
};

struct movement_row {
    Lienthong__Directive directive;
    Lienthong__MovementEntry entry;
    Lienthong__Unit launcher;
    struct lt_unit launcher_unit;
    const struct lt_place *place;
};

static enum lt_result read_texts(const struct lt_csv *csv, size_t row,
                                 struct movement_row *movement, struct lt_sheet_fault *ret_fault)
{
    const char *code, *name, *implements;
    enum lt_result result = lt_csv_text(csv, row, CODE, LT_TEXT_BYTES_MAX, &code, ret_fault);
    if (result == LT_OK)
        result = lt_csv_text(csv, row, NAME, LT_LONG_TEXT_BYTES_MAX, &name, ret_fault);
    if (result == LT_OK)
        result = lt_csv_text(csv, row, IMPLEMENTS, LT_TEXT_BYTES_MAX, &implements, ret_fault);
    if (result == LT_OK && code[0] == '\0' && name[0] == '\0')
        result = lt_csv_fault(csv, row, CODE, ret_fault, "code and name are missing");
    if (result != LT_OK)
        return result;
    movement->entry.code = lt_entry_text(code);
    movement->entry.name = lt_entry_text(name);
    movement->entry.implements = lt_entry_text(implements);
    return LT_OK;
}

static enum lt_result read_row(const struct lt_csv *csv, size_t row, const struct lt_book *book,
                               struct movement_row *movement, struct lt_sheet_fault *ret_fault)
{
    uint8_t scope = 0, method = 0;
    lt_day from = 0, to = 0;
    lienthong__directive__init(&movement->directive);
    lienthong__movement_entry__init(&movement->entry);
    movement->directive.movement = &movement->entry;
    enum lt_result result = read_texts(csv, row, movement, ret_fault);
    if (result == LT_OK)
        result = lt_csv_day(csv, row, FROM, &from, ret_fault);
    if (result == LT_OK)
        result = lt_csv_day(csv, row, TO, &to, ret_fault);
    if (result == LT_OK && to != 0 && to < from)
        result = lt_csv_fault(csv, row, TO, ret_fault, "the last day is before the first");
    if (result == LT_OK)
        result = lt_entry_word(csv, row, SCOPE, lt_scope_name, &scope, ret_fault);
    if (result == LT_OK)
        result = lt_entry_word(csv, row, METHOD, lt_method_name, &method, ret_fault);
    if (result == LT_OK)
        result = lt_entry_unit(csv, row, LAUNCHER, lt_csv_cell(csv, row, LAUNCHER), book, from,
                               from, &movement->place, ret_fault);
    if (result != LT_OK)
        return result;
    lt_entry_wire(movement->place, &movement->launcher_unit, &movement->launcher);
    movement->entry.launcher = &movement->launcher;
    movement->entry.scope = (Lienthong__MovementScope)scope;
    movement->entry.from = from;
    movement->entry.to = to;
    movement->entry.thematic = method == LT_METHOD_THEMATIC;
    return LT_OK;
}

static bool is_said(const struct movement_row *row, const struct lt_book *book)
{
    const Lienthong__MovementEntry *entry = &row->entry;
    for (size_t i = 0; i < lt_book_movement_count(book); i++) {
        const struct lt_movement *movement = lt_book_movement_at(book, i);
        if (strcmp(movement->code, entry->code) == 0 && strcmp(movement->name, entry->name) == 0 &&
            strcmp(movement->implements, entry->implements) == 0 &&
            movement->launcher == row->place && movement->scope == (uint8_t)entry->scope &&
            movement->from == entry->from && movement->to == entry->to &&
            movement->thematic == (entry->thematic != 0))
            return true;
    }
    return false;
}

enum lt_result lt_movement_table_plan(struct lt_bytes bytes, const struct lt_book *book,
                                      struct lt_entry_plan *plan, struct lt_sheet_fault *ret_fault)
{
    enum lt_result result = lt_entry_plan_begin(bytes, COLUMNS, COLUMN_COUNT,
                                                sizeof(struct movement_row), plan, ret_fault);
    for (size_t i = 0; i < plan->row_count && result == LT_OK; i++) {
        struct movement_row *row = (struct movement_row *)plan->memory + i;
        result = read_row(&plan->csv, i, book, row, ret_fault);
        if (result == LT_OK && !is_said(row, book)) {
            plan->rows[plan->count] = i;
            plan->items[plan->count++] = &row->directive;
        }
    }
    return result;
}
