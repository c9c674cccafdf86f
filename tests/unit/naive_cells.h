/* naive_cells.h - naive_count.h's sums of what counts, of what was told, and of what differs. */
#ifndef LT_TEST_NAIVE_CELLS_H
#define LT_TEST_NAIVE_CELLS_H

#include "tests/unit/naive_tellers.h"

static void naive_cell_key(char ret_key[NAIVE_TEXT], const char *place, int basis, int year,
                           const struct lt_fact *fact, int span_from)
{
    (void)snprintf(ret_key, NAIVE_TEXT, "%s|%d|%d-%d|m%d|k%d|o%d|%s|%d %d %d %d %d %d %d %d|%s|%s",
                   place, basis, span_from, year, fact->month, (int)fact->kind, fact->outside,
                   fact->code, fact->level, fact->type, fact->recipient, fact->category, fact->sex,
                   fact->nature, fact->status, fact->detail, fact->field, fact->movement);
}

static void naive_add_cell(struct naive *naive, const char *key, int64_t count, int64_t quantity,
                           int64_t unconfirmed)
{
    size_t i = 0;
    while (i < naive->cell_count && strcmp(naive->cells[i].key, key) != 0)
        i++;
    if (i == naive->cell_count) {
        if (i == NAIVE_CELLS_MAX)
            abort();
        memset(&naive->cells[i], 0, sizeof naive->cells[i]);
        (void)snprintf(naive->cells[i].key, NAIVE_TEXT, "%s", key);
        naive->cell_count++;
    }
    naive->cells[i].count += count;
    naive->cells[i].quantity += quantity;
    naive->cells[i].unconfirmed += unconfirmed;
}

/* Under one year where both agree, else under each; an achievement's year has no month of a decision. */
static void naive_add_bases(struct naive *naive, const char *unit, const struct lt_fact *fact,
                            int64_t count, int64_t quantity, int64_t unconfirmed)
{
    char key[NAIVE_TEXT];
    struct lt_fact achieved = *fact;
    if (fact->year == fact->decided_year && fact->span_from == 0) {
        naive_cell_key(key, unit, 0, fact->year, fact, 0);
        naive_add_cell(naive, key, count, quantity, unconfirmed);
        return;
    }
    if (fact->decided_year != 0)
        achieved.month = 0;
    if (fact->year != 0) {
        naive_cell_key(key, unit, 1, fact->year, &achieved, fact->span_from);
        naive_add_cell(naive, key, count, quantity, unconfirmed);
    }
    if (fact->decided_year != 0) {
        naive_cell_key(key, unit, 2, fact->decided_year, fact, 0);
        naive_add_cell(naive, key, count, quantity, unconfirmed);
    }
}

static void naive_told(struct naive *naive, const struct naive_line *line)
{
    char unit[LT_UNIT_TEXT_MAX], told[LT_UNIT_TEXT_MAX + 8];
    const struct lt_fact *fact = line->fact;
    const struct lt_fact plain = {.kind = fact->kind,
                                  .year = fact->year,
                                  .span_from = fact->span_from,
                                  .decided_year = fact->decided_year,
                                  .month = fact->month,
                                  .recipient = fact->recipient,
                                  .status = fact->status,
                                  .code = fact->code,
                                  .field = "",
                                  .movement = ""};
    lt_unit_format(&fact->author->unit, unit);
    (void)snprintf(told, sizeof told, "told %s", unit);
    naive_add_bases(naive, told, &plain, line->count, line->quantity, 0);
}

/* Adds at a place and at all above it; what is the tree's top's own, apart too. */
static void naive_add_up(struct naive *naive, const struct lt_place *place,
                         const struct lt_fact *fact, int64_t count, int64_t quantity,
                         int64_t unconfirmed)
{
    char unit[LT_UNIT_TEXT_MAX], own[LT_UNIT_TEXT_MAX + 8];
    lt_unit_format(&place->unit, unit);
    (void)snprintf(own, sizeof own, "own %s", unit);
    if (place->parent == NULL)
        naive_add_bases(naive, own, fact, count, quantity, unconfirmed);
    for (; place != NULL; place = place->parent) {
        lt_unit_format(&place->unit, unit);
        naive_add_bases(naive, unit, fact, count, quantity, unconfirmed);
    }
}

/* What counts of the line's scope at and below its place, and what its teller says of that place. */
static int64_t naive_apart(const struct naive *naive, const struct naive_line *line)
{
    int64_t covered = 0, named = 0, total = 0;
    for (size_t i = 0; i < naive->line_count; i++) {
        const struct naive_line *other = &naive->lines[i];
        if (memcmp(other->fact->scope, line->fact->scope, 32) != 0)
            continue;
        if (naive_below(other->fact->place, line->fact->place))
            covered += other->counted_quantity;
        if (other->fact->place == line->fact->place && other->fact->author == line->fact->author)
            *(other->fact->stated_total ? &total : &named) += other->quantity;
    }
    int64_t apart = (total > named ? total : named) - covered;
    return apart < 0 ? -apart : apart;
}

static int naive_when_cmp(const struct lt_fact *a, const struct lt_fact *b)
{
    const int left[] = {a->year, a->span_from, a->decided_year, a->month, a->level};
    const int right[] = {b->year, b->span_from, b->decided_year, b->month, b->level};
    for (size_t i = 0; i < 5; i++)
        if (left[i] != right[i])
            return left[i] - right[i];
    return 0;
}

/* The scope of this line, when it is the first of it: one difference, if tellers differ. */
static void naive_difference(struct naive *naive, size_t first)
{
    const struct lt_fact *fact = naive->lines[first].fact, *least = fact;
    const struct lt_place *place = fact->place;
    int64_t most = 0;
    bool several = false;
    for (size_t i = 0; i < naive->line_count; i++) {
        const struct naive_line *line = &naive->lines[i];
        if (memcmp(line->fact->scope, fact->scope, 32) != 0)
            continue;
        if (i < first)
            return;
        several = several || line->fact->author != fact->author;
        int64_t apart = naive_apart(naive, line);
        most = apart > most ? apart : most;
        least = naive_when_cmp(line->fact, least) < 0 ? line->fact : least;
        while (!naive_below(line->fact->place, place))
            place = place->parent;
    }
    if (!several || most == 0)
        return;
    struct lt_fact plain = {.kind = (enum lt_kind)LT_CELL_DIFFERENCE,
                            .year = least->year,
                            .span_from = least->span_from,
                            .decided_year = least->decided_year,
                            .month = least->month,
                            .level = least->level,
                            .recipient = least->recipient,
                            .code = least->code,
                            .field = "",
                            .movement = ""};
    if (plain.recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE)
        plain.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    naive_add_up(naive, place, &plain, 1, most, 0);
}

static void naive_cells(struct naive *naive)
{
    for (size_t i = 0; i < naive->line_count; i++) {
        const struct naive_line *line = &naive->lines[i];
        naive_told(naive, line);
        naive_difference(naive, i);
        if (line->counted_quantity == 0)
            continue;
        naive_add_up(naive, line->fact->place, line->fact, line->counted_count,
                     line->counted_quantity, line->unconfirmed ? line->counted_quantity : 0);
    }
}

#endif
