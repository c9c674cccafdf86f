#include "hub/cluster_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/judge.h"

enum column { CODE, NAME, LEVEL, YEAR, MANAGING, LEAD, MEMBERS, COLUMN_COUNT };

static const struct lt_csv_column COLUMNS[COLUMN_COUNT] = {
    {"code", false},    {"name", true},  {"level", false},  {"year", true},
    {"managing", true}, {"lead", false}, {"members", true},
};

/* One row with all that its directive points to. */
struct cluster_row {
    Lienthong__Directive directive;
    Lienthong__ClusterEntry entry;
    Lienthong__Unit managing, lead, members[LT_MEMBERS_MAX];
    struct lt_unit managing_unit, lead_unit, member_units[LT_MEMBERS_MAX];
    Lienthong__Unit *member_list[LT_MEMBERS_MAX];
    const struct lt_place *managing_place, *lead_place, *places[LT_MEMBERS_MAX];
};

static enum lt_result read_year(const struct lt_csv *csv, size_t row, uint32_t *ret_year,
                                struct lt_sheet_fault *ret_fault)
{
    const char *cell = lt_csv_cell(csv, row, YEAR);
    const unsigned long year = strtoul(cell, NULL, 10);
    if (strlen(cell) != 4 || cell[strspn(cell, "0123456789")] != '\0' || year < LT_YEAR_MIN ||
        year > LT_YEAR_MAX)
        return lt_csv_fault(csv, row, YEAR, ret_fault, "'%.40s' is no year from %d to %d", cell,
                            LT_YEAR_MIN, LT_YEAR_MAX);
    *ret_year = (uint32_t)year;
    return LT_OK;
}

static enum lt_result read_members(const struct lt_csv *csv, size_t row, const struct lt_book *book,
                                   lt_day from, lt_day to, struct cluster_row *cluster,
                                   struct lt_sheet_fault *ret_fault)
{
    const char *at = lt_csv_cell(csv, row, MEMBERS);
    enum lt_result result = LT_OK;
    while (result == LT_OK && *(at += strspn(at, " ,;")) != '\0') {
        char word[LT_UNIT_TEXT_MAX];
        const size_t size = strcspn(at, " ,;");
        const size_t count = cluster->entry.n_members;
        if (size >= sizeof(word))
            return lt_csv_fault(csv, row, MEMBERS, ret_fault, "'%.40s' is no unit", at);
        if (count == LT_MEMBERS_MAX)
            return lt_csv_fault(csv, row, MEMBERS, ret_fault, "more than %d members",
                                LT_MEMBERS_MAX);
        memcpy(word, at, size);
        word[size] = '\0';
        at += size;
        result = lt_entry_unit(csv, row, MEMBERS, word, book, from, to, &cluster->places[count],
                               ret_fault);
        if (result != LT_OK)
            return result;
        lt_entry_wire(cluster->places[count], &cluster->member_units[count],
                      &cluster->members[count]);
        cluster->member_list[count] = &cluster->members[count];
        cluster->entry.n_members++;
    }
    return cluster->entry.n_members > 0
               ? LT_OK
               : lt_csv_fault(csv, row, MEMBERS, ret_fault, "the members are missing");
}

static enum lt_result read_units(const struct lt_csv *csv, size_t row, const struct lt_book *book,
                                 struct cluster_row *cluster, struct lt_sheet_fault *ret_fault)
{
    lt_day from, to;
    const int year = (int)cluster->entry.year;
    const char *lead = lt_csv_cell(csv, row, LEAD);
    if (lt_day_make(year, 1, 1, &from) != LT_OK || lt_day_make(year, 12, 31, &to) != LT_OK)
        return LT_MALFORMED;
    enum lt_result result = lt_entry_unit(csv, row, MANAGING, lt_csv_cell(csv, row, MANAGING), book,
                                          from, to, &cluster->managing_place, ret_fault);
    if (result == LT_OK && lead[0] != '\0')
        result =
            lt_entry_unit(csv, row, LEAD, lead, book, from, to, &cluster->lead_place, ret_fault);
    if (result == LT_OK)
        result = read_members(csv, row, book, from, to, cluster, ret_fault);
    if (result != LT_OK)
        return result;
    lt_entry_wire(cluster->managing_place, &cluster->managing_unit, &cluster->managing);
    cluster->entry.managing = &cluster->managing;
    cluster->entry.members = cluster->member_list;
    if (cluster->lead_place != NULL) {
        lt_entry_wire(cluster->lead_place, &cluster->lead_unit, &cluster->lead);
        cluster->entry.lead = &cluster->lead;
    }
    return LT_OK;
}

static enum lt_result read_row(const struct lt_csv *csv, size_t row, const struct lt_book *book,
                               struct cluster_row *cluster, struct lt_sheet_fault *ret_fault)
{
    const char *code, *name;
    uint8_t level = 0;
    lienthong__directive__init(&cluster->directive);
    lienthong__cluster_entry__init(&cluster->entry);
    cluster->directive.cluster = &cluster->entry;
    enum lt_result result = lt_csv_text(csv, row, CODE, LT_TEXT_BYTES_MAX, &code, ret_fault);
    if (result == LT_OK)
        result = lt_csv_text(csv, row, NAME, LT_TEXT_BYTES_MAX, &name, ret_fault);
    if (result == LT_OK && name[0] == '\0')
        result = lt_csv_fault(csv, row, NAME, ret_fault, "the name is missing");
    if (result == LT_OK)
        result = lt_entry_word(csv, row, LEVEL, lt_level_name, &level, ret_fault);
    if (result == LT_OK)
        result = read_year(csv, row, &cluster->entry.year, ret_fault);
    if (result != LT_OK)
        return result;
    cluster->entry.code = lt_entry_text(code);
    cluster->entry.name = lt_entry_text(name);
    cluster->entry.level = (Lienthong__Level)level;
    return read_units(csv, row, book, cluster, ret_fault);
}

static bool same_members(const struct cluster_row *row, const struct lt_cluster *cluster)
{
    if (row->entry.n_members != cluster->member_count)
        return false;
    for (size_t i = 0; i < cluster->member_count; i++)
        if (row->places[i] != cluster->members[i])
            return false;
    return true;
}

static bool is_said(const struct cluster_row *row, const struct lt_book *book)
{
    for (size_t i = 0; i < lt_book_cluster_count(book); i++) {
        const struct lt_cluster *cluster = lt_book_cluster_at(book, i);
        if (cluster->year == (int)row->entry.year && strcmp(cluster->code, row->entry.code) == 0 &&
            strcmp(cluster->name, row->entry.name) == 0 &&
            cluster->level == (uint8_t)row->entry.level &&
            cluster->managing == row->managing_place && cluster->lead == row->lead_place &&
            same_members(row, cluster))
            return true;
    }
    return false;
}

enum lt_result lt_cluster_table_plan(struct lt_bytes bytes, const struct lt_book *book,
                                     struct lt_entry_plan *plan, struct lt_sheet_fault *ret_fault)
{
    enum lt_result result = lt_entry_plan_begin(bytes, COLUMNS, COLUMN_COUNT,
                                                sizeof(struct cluster_row), plan, ret_fault);
    for (size_t i = 0; i < plan->row_count && result == LT_OK; i++) {
        struct cluster_row *row = (struct cluster_row *)plan->memory + i;
        result = read_row(&plan->csv, i, book, row, ret_fault);
        if (result == LT_OK && !is_said(row, book)) {
            plan->rows[plan->count] = i;
            plan->items[plan->count++] = &row->directive;
        }
    }
    return result;
}
