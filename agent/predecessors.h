/* predecessors.h - whose records a unit may correct beside its own: those of the units that came down to it by
 * main successions (proto/standing.h).
 *
 * A site holds its own chain, not its predecessors'. A change of such a record names it as the hubs do; what it
 * refers to as 0 is the unit whose record it is, which the hubs know and the site does not. So it is judged
 * here as said by any of them, and hubs judge it by the one.
 *
 * Pure; any thread while nobody writes the book. Places live as the book's do. */
#ifndef LT_PREDECESSORS_H
#define LT_PREDECESSORS_H

#include "proto/judge.h"

struct lt_predecessors {
    const struct lt_place **places; /* owned; ascending by unit */
    size_t count;
};

/* Stands for the author of a record of which only the predecessors know whose it is: no code, no level. */
extern const struct lt_place lt_predecessor_any;

/* The units that came down to `author`, at any remove. LT_NO_MEMORY. */
enum lt_result lt_predecessors_find(const struct lt_book *book, const struct lt_place *author,
                                    struct lt_predecessors *ret_predecessors);
void lt_predecessors_free(struct lt_predecessors *predecessors);
/* LT_COUNTS when the change would count as said by one of them, else the first one's verdict;
 * LT_V_UNKNOWN_RECORD where there are none. */
enum lt_verdict lt_predecessors_judge(const struct lt_predecessors *predecessors,
                                      const struct lt_book *book, const Lienthong__ReportBody *body,
                                      uint32_t index);

#endif
