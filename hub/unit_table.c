#include "hub/unit_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/judge.h"

enum column { CODE, PARENT, LEVEL, TYPE, NATURE, NAME, VALID_FROM, VALID_TO, COLUMN_COUNT };

static const struct lt_csv_column COLUMNS[COLUMN_COUNT] = {
    {"code", true},    {"parent", true}, {"level", true},       {"type", false},
    {"nature", false}, {"name", true},   {"valid_from", false}, {"valid_to", false},
};

/* ---- Reading ---- */

static enum lt_result read_name(const struct lt_csv *csv, size_t row, size_t column,
                                const char *(*name_of)(uint8_t), uint8_t *ret_value,
                                struct lt_sheet_fault *ret_fault)
{
    const char *cell = lt_csv_cell(csv, row, column);
    uint8_t value = lt_name_value(name_of, cell);
    if (value != 0) {
        *ret_value = value;
        return LT_OK;
    }
    char known[120] = "";
    for (uint8_t i = 1; name_of(i) != NULL && strlen(known) + strlen(name_of(i)) + 2 < 120; i++) {
        (void)snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
                       i > 1 ? " " : "", name_of(i));
    }
    return lt_csv_fault(csv, row, column, ret_fault, "'%.40s' is none of: %s", cell, known);
}

static enum lt_result read_codes(const struct lt_csv *csv, size_t row, struct lt_unit_row *ret_row,
                                 struct lt_sheet_fault *ret_fault)
{
    struct lt_unit parent;
    const char *code = lt_csv_cell(csv, row, CODE), *above = lt_csv_cell(csv, row, PARENT);
    lt_day valid_from;
    enum lt_result result = lt_csv_day(csv, row, VALID_FROM, &valid_from, ret_fault);
    if (result == LT_OK) {
        result = lt_csv_day(csv, row, VALID_TO, &ret_row->valid_to, ret_fault);
    }
    if (result != LT_OK) {
        return result;
    }
    if (lt_unit_make(code, valid_from, &ret_row->unit) != LT_OK) {
        return lt_csv_fault(csv, row, CODE, ret_fault,
                            "'%.40s' is not 1 to %d letters, digits, - _ .", code,
                            LT_CODE_BYTES_MAX);
    }
    if (above[0] != '\0' && lt_unit_make(above, 0, &parent) != LT_OK) {
        return lt_csv_fault(csv, row, PARENT, ret_fault,
                            "'%.40s' is not 1 to %d letters, digits, - _ .", above,
                            LT_CODE_BYTES_MAX);
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): there is room for the row */
    memset(ret_row->parent_code, 0, sizeof(ret_row->parent_code));
    if (above[0] != '\0') {
        memcpy(ret_row->parent_code, parent.code, sizeof(parent.code));
    }
    if (ret_row->valid_to != 0 && ret_row->valid_to < valid_from) {
        return lt_csv_fault(csv, row, VALID_TO, ret_fault, "the last day is before the first");
    }
    return LT_OK;
}

static enum lt_result read_row(const struct lt_csv *csv, size_t row, struct lt_unit_row *ret_row,
                               struct lt_sheet_fault *ret_fault)
{
    enum lt_result result = read_codes(csv, row, ret_row, ret_fault);
    if (result == LT_OK) {
        result = read_name(csv, row, LEVEL, lt_unit_level_name, &ret_row->level, ret_fault);
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is room for it */
    ret_row->nature = LIENTHONG__NATURE__NATURE_ADMINISTRATIVE;
    if (result == LT_OK && lt_csv_cell(csv, row, NATURE)[0] != '\0') {
        result = read_name(csv, row, NATURE, lt_nature_name, &ret_row->nature, ret_fault);
    }
    if (result == LT_OK) {
        result = lt_csv_text(csv, row, TYPE, LT_TEXT_BYTES_MAX, &ret_row->type, ret_fault);
    }
    if (result == LT_OK) {
        result = lt_csv_text(csv, row, NAME, LT_LONG_TEXT_BYTES_MAX, &ret_row->name, ret_fault);
    }
    if (result == LT_OK && ret_row->name[0] == '\0') {
        result = lt_csv_fault(csv, row, NAME, ret_fault, "the name is missing");
    }
    return result;
}

enum lt_result lt_unit_table_read(struct lt_bytes bytes, struct lt_unit_table *ret_table,
                                  struct lt_sheet_fault *ret_fault)
{
    struct lt_unit_table table = {.count = 0};
    enum lt_result result = lt_csv_read(bytes, COLUMNS, COLUMN_COUNT, &table.csv, ret_fault);
    if (result != LT_OK) {
        return result;
    }
    table.count = lt_csv_rows(&table.csv);
    table.rows = calloc(table.count + 1, sizeof(*table.rows));
    if (table.rows == NULL) {
        result = lt_table_fault(ret_fault, LT_NO_MEMORY, 0, 0, "out of memory");
    }
    for (size_t i = 0; i < table.count && result == LT_OK; i++) {
        result = read_row(&table.csv, i, &table.rows[i], ret_fault);
    }
    if (result != LT_OK) {
        lt_unit_table_free(&table);
        return result;
    }
    *ret_table = table;
    return LT_OK;
}

void lt_unit_table_free(struct lt_unit_table *table)
{
    lt_csv_free(&table->csv);
    free(table->rows);
}

/* ---- Resolving ---- */

struct planning {
    struct lt_unit_table *table;
    const struct lt_book *book;
    const struct lt_unit *own;
    bool is_top;
    const struct lt_unit_row **by_unit; /* sorted */
};

static int by_unit(const void *a, const void *b)
{
    const struct lt_unit_row *const *left = a, *const *right = b;
    return lt_unit_cmp(&(*left)->unit, &(*right)->unit);
}

static size_t seek(const struct planning *planning, const struct lt_unit *unit)
{
    size_t low = 0, high = planning->table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&planning->by_unit[middle]->unit, unit) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool exists_on(lt_day valid_from, lt_day valid_to, lt_day day)
{
    return day == 0 ? valid_from == 0 : valid_from <= day && (valid_to == 0 || day <= valid_to);
}

static const struct lt_unit_row *row_of(const struct planning *planning, const struct lt_unit *unit)
{
    size_t at = seek(planning, unit);
    return at < planning->table->count && lt_unit_cmp(&planning->by_unit[at]->unit, unit) == 0
               ? planning->by_unit[at]
               : NULL;
}

/* The unit of a code that exists on a day, in the file or else in the book. */
static bool find_on(const struct planning *planning, const char *code, lt_day day,
                    struct lt_unit *ret_unit)
{
    struct lt_unit first = {.valid_from = INT32_MIN};
    memcpy(first.code, code, sizeof(first.code));
    for (size_t i = seek(planning, &first); i < planning->table->count; i++) {
        const struct lt_unit_row *row = planning->by_unit[i];
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): they are the rows of the table */
        if (strcmp(row->unit.code, code) != 0) {
            break;
        }
        if (exists_on(row->unit.valid_from, row->valid_to, day)) {
            *ret_unit = row->unit;
            return true;
        }
    }
    const struct lt_place *place;
    first.valid_from = 0;
    if (day == 0) {
        place = lt_book_place(planning->book, &first);
    } else if (lt_book_place_on(planning->book, code, day, &place) != LT_OK) {
        place = NULL;
    }
    if (place != NULL) {
        *ret_unit = place->unit;
    }
    return place != NULL;
}

static bool is_said(const struct lt_unit_row *row, const struct lt_place *place)
{
    return place != NULL && place->valid_to == row->valid_to &&
           lt_unit_cmp(&place->parent_unit, &row->parent) == 0 && place->level == row->level &&
           place->nature == row->nature && strcmp(place->type, row->type) == 0 &&
           strcmp(place->name, row->name) == 0;
}

/* A row without a parent: directly under the hub's own unit, but for what the book has otherwise: the
 * top, and the own unit itself. */
static struct lt_unit parent_unsaid(const struct planning *planning, const struct lt_unit_row *row)
{
    const struct lt_place *place = lt_book_place(planning->book, &row->unit);
    bool own = strcmp(row->unit.code, planning->own->code) == 0;
    if (place != NULL && (own || place->parent_unit.code[0] == '\0')) {
        return place->parent_unit;
    }
    const struct lt_unit none = {.code = ""};
    return own ? none : *planning->own;
}

static enum lt_result resolve(const struct planning *planning, size_t index,
                              struct lt_sheet_fault *ret_fault)
{
    struct lt_unit_row *row = &planning->table->rows[index];
    const struct lt_csv *csv = &planning->table->csv;
    if (row->parent_code[0] != '\0') {
        char day[11];
        lt_day_format_iso(row->unit.valid_from, day);
        if (!find_on(planning, row->parent_code, row->unit.valid_from, &row->parent)) {
            return lt_csv_fault(csv, index, PARENT, ret_fault,
                                "no unit %s exists on the unit's first day (%s), neither in the "
                                "file nor in the tree",
                                row->parent_code, row->unit.valid_from != 0 ? day : "since ever");
        }
    } else {
        row->parent = parent_unsaid(planning, row);
    }
    if (!planning->is_top && strcmp(row->unit.code, planning->own->code) == 0 &&
        !is_said(row, lt_book_place(planning->book, &row->unit))) {
        return lt_csv_fault(csv, index, CODE, ret_fault,
                            "this is the hub's own unit, and the tree says otherwise of it; only "
                            "the hub above can change it");
    }
    if (lt_unit_cmp(&row->parent, &row->unit) == 0) {
        return lt_csv_fault(csv, index, PARENT, ret_fault, "the unit is its own parent");
    }
    return LT_OK;
}

/* Parents that lead back to the row itself; a ring further up is told at one of its own rows. */
static enum lt_result check_circle(const struct planning *planning, size_t index,
                                   struct lt_sheet_fault *ret_fault)
{
    const struct lt_unit_row *start = &planning->table->rows[index], *row = start;
    char way[140] = "";
    for (unsigned step = 0; step <= LT_DEPTH_MAX; step++) {
        size_t used = strlen(way);
        snprintf(way + used, sizeof(way) - used, "%s > ", row->unit.code);
        row = row->parent.code[0] == '\0' ? NULL : row_of(planning, &row->parent);
        if (row == NULL) {
            return LT_OK;
        }
        if (row == start) {
            return lt_csv_fault(&planning->table->csv, index, PARENT, ret_fault,
                                "the parents run in a circle: %s%s", way, start->unit.code);
        }
    }
    return LT_OK;
}

/* How deep a row lies below what the file does not hold; a circle is cut and left to the book's check. */
static unsigned depth_of(const struct planning *planning, const struct lt_unit_row *row)
{
    unsigned depth = 0;
    while (depth < LT_DEPTH_MAX && row->parent.code[0] != '\0' &&
           (row = row_of(planning, &row->parent)) != NULL) {
        depth++;
    }
    return depth;
}

/* ---- The plan ---- */

struct entry { /* one directive with all that it points to */
    Lienthong__Directive directive;
    Lienthong__UnitEntry unit_entry;
    Lienthong__Unit unit, parent;
    const struct lt_unit_row *row;
    bool closes; /* an entry of the book gets an earlier end */
};

static bool closes(const struct lt_unit_row *row, const struct lt_place *place)
{
    return place != NULL && row->valid_to != 0 &&
           (place->valid_to == 0 || row->valid_to < place->valid_to);
}

/* Closings first, from below; then all else, from above. So no prefix leaves a unit without its parent,
 * or a code borne twice. */
static int in_order(const void *a, const void *b)
{
    const struct entry *left = *(const struct entry *const *)a;
    const struct entry *right = *(const struct entry *const *)b;
    if (left->closes != right->closes) {
        return left->closes ? -1 : 1;
    }
    if (left->row->depth != right->row->depth) {
        bool less = left->row->depth < right->row->depth;
        return less == left->closes ? 1 : -1;
    }
    return (left->row > right->row) - (left->row < right->row);
}

/* protobuf-c only reads it. */
static char *text_of(const char *text)
{
    union {
        const char *from;
        char *to;
    } pointer = {.from = text};
    return pointer.to;
}

static void fill_entry(struct entry *entry, struct lt_unit_row *row)
{
    lienthong__directive__init(&entry->directive);
    lienthong__unit_entry__init(&entry->unit_entry);
    lienthong__unit__init(&entry->unit);
    lienthong__unit__init(&entry->parent);
    entry->row = row;
    entry->unit.code = row->unit.code;
    entry->unit.valid_from = row->unit.valid_from;
    entry->parent.code = row->parent.code;
    entry->parent.valid_from = row->parent.valid_from;
    entry->unit_entry.unit = &entry->unit;
    entry->unit_entry.parent = row->parent.code[0] != '\0' ? &entry->parent : NULL;
    entry->unit_entry.level = (Lienthong__UnitLevel)row->level;
    entry->unit_entry.type = text_of(row->type);
    entry->unit_entry.nature = (Lienthong__Nature)row->nature;
    entry->unit_entry.name = text_of(row->name);
    entry->unit_entry.valid_to = row->valid_to;
    entry->directive.unit = &entry->unit_entry;
}

static void fill_plan(const struct planning *planning, struct entry *entries,
                      struct lt_unit_plan *plan)
{
    struct lt_unit_table *table = planning->table;
    struct entry **order = (struct entry **)(void *)plan->items;
    for (size_t i = 0; i < table->count; i++) {
        struct lt_unit_row *row = &table->rows[i];
        const struct lt_place *place = lt_book_place(planning->book, &row->unit);
        if (is_said(row, place)) {
            plan->unchanged++;
            continue;
        }
        row->depth = depth_of(planning, row);
        fill_entry(&entries[plan->count], row);
        entries[plan->count].closes = closes(row, place);
        order[plan->count] = &entries[plan->count];
        plan->count++;
    }
    if (plan->count > 1) {
        qsort(order, plan->count, sizeof(*order), in_order);
    }
    for (size_t i = 0; i < plan->count; i++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): as many rows as are counted */
        plan->rows[i] = (size_t)(order[i]->row - table->rows);
        plan->items[i] = &order[i]->directive;
    }
}

enum lt_result lt_unit_table_plan(struct lt_unit_table *table, const struct lt_book *book,
                                  const struct lt_unit *own, bool is_top,
                                  struct lt_unit_plan *ret_plan, struct lt_sheet_fault *ret_fault)
{
    struct planning planning = {table, book, own, is_top,
                                calloc(table->count + 1, sizeof(struct lt_unit_row *))};
    struct entry *entries = calloc(table->count + 1, sizeof(*entries));
    struct lt_unit_plan plan = {.items = calloc(table->count + 1, sizeof(void *)),
                                .rows = calloc(table->count + 1, sizeof(size_t)),
                                .memory = entries};
    enum lt_result result = LT_OK;
    if (planning.by_unit == NULL || entries == NULL || plan.items == NULL || plan.rows == NULL) {
        result = lt_table_fault(ret_fault, LT_NO_MEMORY, 0, 0, "out of memory");
    } else {
        for (size_t i = 0; i < table->count; i++) {
            planning.by_unit[i] = &table->rows[i];
        }
        qsort(planning.by_unit, table->count, sizeof(*planning.by_unit), by_unit);
    }
    for (size_t i = 0; i < table->count && result == LT_OK; i++) {
        result = resolve(&planning, i, ret_fault);
    }
    for (size_t i = 0; i < table->count && result == LT_OK; i++) {
        result = check_circle(&planning, i, ret_fault);
    }
    if (result == LT_OK) {
        fill_plan(&planning, entries, &plan);
        *ret_plan = plan;
    } else {
        lt_unit_plan_free(&plan);
    }
    free(planning.by_unit);
    return result;
}

void lt_unit_plan_free(struct lt_unit_plan *plan)
{
    free(plan->items);
    free(plan->rows);
    free(plan->memory);
}

void lt_unit_table_refused(const struct lt_unit_table *table, size_t row, const char *reason,
                           struct lt_sheet_fault *ret_fault)
{
    enum column column = strstr(reason, "parent") != NULL     ? PARENT
                         : strstr(reason, "level") != NULL    ? LEVEL
                         : strstr(reason, "last day") != NULL ? VALID_TO
                         : strstr(reason, "closed") != NULL   ? VALID_TO
                                                              : CODE;
    if (lt_csv_fault(&table->csv, row, column, ret_fault, "%s", reason) == LT_OK) {
        return;
    }
}
