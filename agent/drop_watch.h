/* drop_watch.h - the running agent's part of the drop folder: when a pass (drop.h) is due.
 *
 * Told by the folder's own events, by rings and by what changes in the service; and every ten minutes, since
 * events get lost. A pass is `lienthong-agent drop`, one process at a time, so that neither a large file nor
 * a broken one holds up what is sent. At rest it costs one descriptor. Belongs to the service's thread. */
#ifndef LT_DROP_WATCH_H
#define LT_DROP_WATCH_H

#include "agent/uplink.h"

struct lt_drop_watch;

enum { LT_DROP_WATCH_FDS = 2 };

/* For the site in `dir`, whether or not it has a folder. NULL: out of memory. */
struct lt_drop_watch *lt_drop_watch_new(const char *dir);
/* A pass that is going on is left to end by itself. */
void lt_drop_watch_free(struct lt_drop_watch *watch);

/* The descriptors to wait for besides: fills fds, returns how many. */
size_t lt_drop_watch_fds(const struct lt_drop_watch *watch,
                         struct lt_uplink_fd fds[LT_DROP_WATCH_FDS]);
/* Is a pass going on? */
bool lt_drop_watch_busy(const struct lt_drop_watch *watch);
/* After waiting: takes what has come, begins a pass when one is due. `changes` counts what has happened at this
 * site otherwise (lt_service_changes). Returns the milliseconds until it wants to be called again. */
int64_t lt_drop_watch_turn(struct lt_drop_watch *watch, const struct lt_uplink_fd *fds,
                           size_t count, uint64_t changes);

#endif
