/* Figures: what counts, by all dimensions, at its place and at all above it. */
#include <string.h>

#include "tests/recount/inside.h"

const char *rc_dims(struct recount *recount, const struct rc_fact *fact)
{
    return pool_text(
        recount->pool,
        "kind %d outside %d level %d type %d recipient %d category %d sex %d nature %d "
        "status %d detail %d code \"%s\" field \"%s\" movement \"%s\"",
        fact->kind, fact->outside, fact->level, fact->type, fact->recipient, fact->category,
        fact->sex, fact->nature, fact->status, fact->detail, fact->code, fact->field,
        fact->movement);
}

const char *rc_cell_key(struct recount *recount, const char *place, bool decided, int year,
                        int span_from, int month, const char *dims)
{
    return pool_text(recount->pool, "place %s %s year %d span %d month %d %s", place,
                     decided ? "decided" : "achieved", year, span_from, month, dims);
}

/* What does not count is entered as nothing, so that a difference finds its scope. */
static void add(struct recount *recount, const struct rc_line *line, bool decided, int year,
                int span_from, bool unconfirmed)
{
    const struct rc_fact *fact = line->fact;
    for (const struct rc_place *place = fact->place; place != NULL; place = place->parent) {
        const char *key =
            rc_cell_key(recount, place->text, decided, year, span_from, fact->month, line->dims);
        struct rc_cell **cell = (struct rc_cell **)map_at(&recount->cells, key);
        if (*cell == NULL)
            *cell = pool_take(recount->pool, sizeof **cell);
        (*cell)->count += line->counted_count;
        (*cell)->quantity += line->counted_quantity;
        (*cell)->unconfirmed += unconfirmed ? line->counted_quantity : 0;
        if ((*cell)->scope == NULL || line->counted_quantity == 0)
            (*cell)->scope = fact->scope;
    }
}

void rc_cells(struct recount *recount)
{
    for (size_t i = 0; i < recount->scope_list.count; i++) {
        const struct rc_scope *scope = recount->scope_list.items[i];
        bool confirmed = false;
        for (const struct rc_line *line = scope->lines; line != NULL; line = line->next)
            confirmed = confirmed || line->teller == line->fact->authority;
        for (const struct rc_line *line = scope->lines; line != NULL; line = line->next) {
            const struct rc_fact *fact = line->fact;
            add(recount, line, false, fact->year, fact->span_from, !confirmed);
            if (fact->decided_year != 0)
                add(recount, line, true, fact->decided_year, 0, !confirmed);
        }
    }
}
