/* Figures: what counts, by all dimensions, at its place and at all above it. */
#include <stdio.h>
#include <string.h>

#include "tests/recount/inside.h"

/* What is added to a cell. */
struct rc_entry {
    bool decided;
    int year, span_from, month;
    const char *dims, *scope;
    int64_t count, quantity, unconfirmed;
    const struct rc_fact *fact; /* of the dimensions; NULL: it is not a place's own */
    bool told; /* by an author, of no place */
};

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

static void add_own(struct recount *recount, const struct rc_place *place,
                    const struct rc_entry *entry)
{
    const char *key = rc_cell_key(recount, place->text, entry->decided, entry->year,
                                  entry->span_from, entry->month, entry->dims);
    struct rc_own **own = (struct rc_own **)map_at(&recount->own, key);
    if (*own == NULL) {
        *own = pool_take(recount->pool, sizeof **own);
        **own = (struct rc_own){.place = place,
                                .fact = entry->fact,
                                .decided = entry->decided,
                                .year = entry->year,
                                .span_from = entry->span_from,
                                .month = entry->month};
    }
    (*own)->count += entry->count;
    (*own)->quantity += entry->quantity;
    (*own)->unconfirmed += entry->unconfirmed;
}

static void add_at(struct recount *recount, const char *place, const struct rc_entry *entry)
{
    const char *key = rc_cell_key(recount, place, entry->decided, entry->year, entry->span_from,
                                  entry->month, entry->dims);
    struct rc_cell **cell = (struct rc_cell **)map_at(&recount->cells, key);
    if (*cell == NULL)
        *cell = pool_take(recount->pool, sizeof **cell);
    (*cell)->count += entry->count;
    (*cell)->quantity += entry->quantity;
    (*cell)->unconfirmed += entry->unconfirmed;
    if ((*cell)->scope == NULL || entry->quantity == 0)
        (*cell)->scope = entry->scope;
}

/* Adds to a place and to all above it; what is a tree's top's own stands apart too. What does not count is
 * entered as nothing, so that a difference finds its scope. */
static void add(struct recount *recount, const struct rc_place *place, const struct rc_entry *entry)
{
    if (entry->fact != NULL)
        add_own(recount, place, entry);
    if (place->parent == NULL && !entry->told)
        add_at(recount, pool_text(recount->pool, "itself %s", place->text), entry);
    for (; place != NULL; place = place->parent)
        add_at(recount, place->text, entry);
}

/* By both bases. The month is the decision's: of another year it is not told, but an event's own day is. */
static void add_both(struct recount *recount, const struct rc_place *place,
                     const struct rc_fact *fact, struct rc_entry *entry)
{
    const bool same =
        fact->decided_year == 0 || (fact->span_from == 0 && fact->decided_year == fact->year);
    entry->decided = false;
    entry->year = fact->year;
    entry->span_from = fact->span_from;
    entry->month = same ? fact->month : 0;
    add(recount, place, entry);
    if (fact->decided_year == 0)
        return;
    entry->decided = true;
    entry->year = fact->decided_year;
    entry->span_from = 0;
    entry->month = fact->month;
    add(recount, place, entry);
}

/* What each author says, before the law among tellers: few dimensions, at no place but his name. */
static void told_cells(struct recount *recount)
{
    for (size_t i = 0; i < recount->change_count; i++) {
        const struct rc_change *change = &recount->changes[i];
        if (!change->wins)
            continue;
        const struct rc_fact *fact = &change->fact;
        const struct rc_fact few = {.kind = fact->kind,
                                    .recipient = fact->recipient,
                                    .status = fact->status,
                                    .code = fact->code,
                                    .field = "",
                                    .movement = ""};
        struct rc_place *author = pool_take(recount->pool, sizeof *author);
        struct rc_entry entry = {.dims = rc_dims(recount, &few),
                                 .told = true,
                                 .count = 1,
                                 .quantity = fact->quantity,
                                 .scope = fact->scope};
        snprintf(author->text, sizeof author->text, "told by %.20s", change->author->text);
        add_both(recount, author, fact, &entry);
    }
}

static void scope_cells(struct recount *recount, const struct rc_scope *scope)
{
    bool confirmed = false;
    for (const struct rc_line *line = scope->lines; line != NULL; line = line->next)
        confirmed = confirmed || line->teller == line->fact->authority;
    for (const struct rc_line *line = scope->lines; line != NULL; line = line->next) {
        struct rc_entry entry = {.dims = line->dims,
                                 .count = line->counted_count,
                                 .quantity = line->counted_quantity,
                                 .unconfirmed = confirmed ? 0 : line->counted_quantity,
                                 .scope = line->fact->scope,
                                 .fact = line->fact};
        add_both(recount, line->fact->place, line->fact, &entry);
    }
}

/* A scope in which tellers differ is a cell of its own kind at the lowest place above all its lines. */
static void difference_cell(struct recount *recount, const struct rc_scope *scope)
{
    const struct rc_fact *least = scope->lines->fact;
    const struct rc_place *place = least->place;
    for (const struct rc_line *line = scope->lines; line != NULL; line = line->next) {
        const struct rc_fact *fact = line->fact;
        const int order = fact->year != least->year             ? fact->year - least->year
                          : fact->span_from != least->span_from ? fact->span_from - least->span_from
                          : fact->decided_year != least->decided_year
                              ? fact->decided_year - least->decided_year
                          : fact->month != least->month ? fact->month - least->month
                                                        : fact->level - least->level;
        if (order < 0)
            least = fact;
        while (place != NULL && !rc_below(fact->place, place))
            place = place->parent;
    }
    struct rc_fact *few = pool_take(recount->pool, sizeof *few);
    *few = (struct rc_fact){.kind = 15,
                            .level = least->level,
                            .recipient = least->recipient == 2 ? 1 : least->recipient,
                            .code = least->code,
                            .field = "",
                            .movement = ""};
    struct rc_entry entry = {.dims = rc_dims(recount, few),
                             .fact = few,
                             .count = 1,
                             .quantity = scope->differs,
                             .scope = least->scope};
    add_both(recount, place, least, &entry);
}

void rc_cells(struct recount *recount)
{
    told_cells(recount);
    for (size_t i = 0; i < recount->scope_list.count; i++) {
        const struct rc_scope *scope = recount->scope_list.items[i];
        scope_cells(recount, scope);
        if (scope->differs != 0)
            difference_cell(recount, scope);
    }
}
