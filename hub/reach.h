/* reach.h - how others reach a hub: as an operator gives it, or as its hub.conf says. One thread. */
#ifndef LT_REACH_H
#define LT_REACH_H

#include "agent/way_up.h"
#include "hub/direct.h"

/* Fills in endpoints alone. `list`: at most 8, with commas. LT_USAGE with a reason: what is none, or none that
 * others could reach. */
enum lt_result lt_reach_given(const char *list, struct lt_way_up *ret_way,
                              char ret_reason[LT_DIRECT_REASON_MAX]);
enum lt_result lt_reach_checked(const char *const *endpoints, size_t count,
                                struct lt_way_up *ret_way, char ret_reason[LT_DIRECT_REASON_MAX]);
/* Where this hub says that it is reached; also: by which key (door.h). */
enum lt_result lt_reach_own(const char *dir, struct lt_way_up *ret_way,
                            char ret_reason[LT_DIRECT_REASON_MAX]);
enum lt_result lt_reach_own_curve(const char *dir, uint8_t ret_curve[32],
                                  char ret_reason[LT_DIRECT_REASON_MAX]);

#endif
