/* lives_own.h - the table behind lives.h; private to hub/lives*.c. */
#ifndef LT_LIVES_OWN_H
#define LT_LIVES_OWN_H

#include <pthread.h>

#include "hub/lives.h"
#include "hub/roster.h"

struct life_item {
    struct lt_life life;
    bool known; /* a sign came in this run; else only the times below */
    bool unsent;
    bool told_silent, told_behind, told_by_itself;
    int64_t heard_at; /* 0: never */
    int64_t since; /* heard_at, or when it was first looked for; 0: neither */
    int64_t saved; /* as the roster has it */
    int64_t behind_since;
    struct lt_history *history; /* owned; NULL: never noted */
    bool history_new; /* since it was saved */
    int64_t
        by_itself_since; /* when a sign was first brought by the PC itself, and none was passed up since; 0: not */
};

struct lt_lives {
    pthread_mutex_t lock;
    struct lt_roster *roster;
    size_t count, capacity;
    struct life_item *items; /* by unit */
    int64_t noted_at; /* when histories were last noted */
    bool waiting;
};

/* Under the lock. NULL: it is not there, or cannot be made. */
struct life_item *lives_get(struct lt_lives *lives, const struct lt_unit *unit, bool make);

#endif
