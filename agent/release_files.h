/* release_files.h - what has come of releases: `dir`/releases/NUMBER with `manifest` and `program`, whole and verified.
 *
 * One thread; who drops holds the folder's lock. */
#ifndef LT_RELEASE_FILES_H
#define LT_RELEASE_FILES_H

#include "agent/release_switch.h"

/* The greatest number that may be tried, and has a program for this system: that one, and what its manifest says of it.
 * False: none. */
bool lt_release_files_newest(const char *dir, const struct lt_switch *state,
                             struct lt_switch_program *ret_program);
/* Removes what belongs to lesser numbers. What cannot be removed stays. */
void lt_release_files_drop(const char *dir, uint64_t below);

#endif
