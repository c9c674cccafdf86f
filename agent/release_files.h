/* release_files.h - what has come of releases: `dir`/releases/NUMBER with `manifest` and `program`, whole and verified.
 *
 * One thread; who drops holds the folder's lock. */
#ifndef LT_RELEASE_FILES_H
#define LT_RELEASE_FILES_H

#include "agent/release_switch.h"

/* Has one come that may be tried, but for `passed`? */
bool lt_release_files_any(const char *dir, const struct lt_switch *state, uint64_t passed);
/* Its program is not what the directives name: it has not come, and may come anew. */
void lt_release_files_spoil(const char *dir, uint64_t number);
/* Removes what belongs to lesser numbers. What cannot be removed stays. */
void lt_release_files_drop(const char *dir, uint64_t below);

#endif
