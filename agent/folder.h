/* folder.h - names that last: a file that was synced is lost with its name, if the folder that holds it was not.
 *
 * False: errno says why. A file system that cannot sync folders (EINVAL) loses nothing by it. Any thread. */
#ifndef LT_FOLDER_H
#define LT_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

bool lt_folder_sync(const char *dir);
/* The two files change names, at once; neither is ever missing. ENOENT: one is; else where the file system, or the
 * system, cannot: nothing was changed. */
bool lt_folder_exchange(const char *one, const char *other);
/* The folder that holds `path`. */
bool lt_folder_sync_above(const char *path);
/* Makes `dir` for its owner alone, and what is missing above it with mode `above`; the names of all that are made are
 * synced. One that is there is fine. */
bool lt_folder_make(const char *dir, mode_t above);
/* For people and the machine's service alike: on Windows makes `dir` with what the folders above hand down, and lets the
 * service at it too, which is another account than the clerk's; one on the public desktop is everyone's who sits there.
 * Does nothing on other systems, and what it cannot do is seen when the folder is used. */
void lt_folder_share(const char *dir);

#endif
