/* release_watch.h - the running agent's part in changing its own program (docs/decisions/0036-fleet.md).
 *
 * As a program that is kept or installed: looks for a release that has come, tries it as a process beside us, and has
 * `run` begin anew with it. As one on trial: has itself kept once a receipt of the top has come to it, or goes back when
 * its time is up. Nothing is changed while a pass, drafts or the link keep us busy. At rest it wakes every ten minutes, on
 * trial every minute. Belongs to the service's thread; the folder's lock is held. */
#ifndef LT_RELEASE_WATCH_H
#define LT_RELEASE_WATCH_H

#include "agent/release_launch.h"
#include "agent/service.h"
#include "agent/settings.h"

struct lt_release_watch;

/* `launch` lives longer. NULL: out of memory. */
struct lt_release_watch *lt_release_watch_new(const struct lt_launch *launch);
void lt_release_watch_free(struct lt_release_watch *watch);
/* Settings that were read again. */
void lt_release_watch_set(struct lt_release_watch *watch, const struct lt_settings *settings);

/* The descriptor to wait for besides: false, none. */
bool lt_release_watch_fd(const struct lt_release_watch *watch, struct lt_uplink_fd *ret_fd);
/* After waiting. `busy`: other work goes on that a new start would disturb. Returns the milliseconds until it wants to be
 * called again. */
int64_t lt_release_watch_turn(struct lt_release_watch *watch, struct lt_service *service,
                              bool readable, bool busy);
/* Is `run` to end its service, and lt_launch_anew to follow? */
bool lt_release_watch_leaves(const struct lt_release_watch *watch);

/* `run` ends: writes down for how long a release on trial has run. `asked`: to end, or it has done what it was called for; its
 * start does not count. */
void lt_release_watch_end(struct lt_release_watch *watch, bool asked);
/* On trial: the service could not begin, with this result. True: it cannot read this store, and lt_launch_anew is to follow. */
bool lt_release_watch_no_store(const struct lt_launch *launch, enum lt_result result,
                               const char *reason);

#endif
