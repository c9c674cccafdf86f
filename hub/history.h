/* history.h - sixty-four days of a unit, small enough to be kept of each: on which of them it was heard, how much of it the
 * top had not yet, and since when.
 *
 * By its own days of silence its habit is known: offices that report on working days are silent each Sunday. Pure; days and
 * times come in as arguments. One thread each. */
#ifndef LT_HISTORY_H
#define LT_HISTORY_H

#include "proto/update.h"

enum {
    LT_HISTORY_DAYS = 64,
    LT_HABIT_HEARD_MIN = 6, /* days; of a unit heard on fewer nothing is known */
    LT_HABIT_DAYS_MAX =
        14, /* longer silence is told whatever the habit: it may be made by who keeps a unit back */
    LT_HISTORY_ROW_BYTES_MAX = 192,
};

struct lt_history {
    lt_day last; /* of the newest of the days; 0: none yet */
    uint64_t heard; /* bit n: n days before it */
    uint64_t noted; /* the same: whether this hub looked on that day */
    uint16_t backlog
        [LT_HISTORY_DAYS]; /* the same order: the most of the day; UINT16_MAX: that or more */
    uint64_t
        pending; /* so many updates it had when the oldest that waits was first seen to; 0: none waits */
    int64_t pending_since;
};

/* As it is today: last heard on `heard` (0: never), having signed `updates`, of which the top has `at_top`. */
void lt_history_note(struct lt_history *history, lt_day today, lt_day heard, uint64_t updates,
                     uint64_t at_top, int64_t now);
/* Is that day noted as one on which it was heard, or too long ago to be? */
bool lt_history_has(const struct lt_history *history, lt_day heard);
/* On nine of ten occasions it was heard again after so many days or sooner, 1: on the next. 0: not known. */
unsigned lt_history_habit(const struct lt_history *history);
/* Has it been silent for longer than is its habit, last heard on that day? Where none is known, yes. */
bool lt_history_exceeds(const struct lt_history *history, lt_day heard, lt_day today);

size_t lt_history_write(const struct lt_history *history,
                        uint8_t ret_row[LT_HISTORY_ROW_BYTES_MAX]);
/* False: another shape. */
bool lt_history_read(struct lt_bytes row, struct lt_history *ret_history);

#endif
