/* heat.h - completeness of the units directly below a place, over five years, as a map of shades. */
#ifndef LT_WEB_HEAT_H
#define LT_WEB_HEAT_H

#include "hub/completeness.h"
#include "hub/web/out.h"

enum { LT_HEAT_YEARS = 5 };

struct lt_heat_row {
    const struct lt_place *place; /* directly below; the asked one itself: its own declarations */
    uint64_t expected[LT_HEAT_YEARS],
        done[LT_HEAT_YEARS]; /* done: declared, also that there was nothing */
};

struct lt_heat { /* zero-initialise */
    const struct lt_place *place;
    int last; /* year of the last column */
    struct lt_heat_row *rows; /* in the order of units */
    size_t count;
    struct lt_completeness sums[LT_HEAT_YEARS];
};

/* The unit directly below `place` that holds `unit`, which is at or below it; `place` holds itself. */
const struct lt_place *lt_heat_branch(const struct lt_place *unit, const struct lt_place *place);
/* Any thread. LT_NO_MEMORY, LT_IO. The caller clears, also after an error. */
enum lt_result lt_heat_ask(struct lt_ledger *ledger, const struct lt_place *place, int last,
                           lt_day today, struct lt_heat *ret_heat);
void lt_heat_clear(struct lt_heat *heat);
/* Has everybody who owed it declared in that column's year (0: the oldest)? Then what is not there is zero. */
bool lt_heat_is_whole(const struct lt_heat *heat, size_t column);
/* What of the last year is declared, in a sentence, with the way to who is missing. */
void lt_heat_line(struct lt_out *out, const struct lt_place *place, const struct lt_heat *heat);
/* The map; nothing where nobody owes anything. */
void lt_heat_map(struct lt_out *out, const struct lt_heat *heat);

#endif
