/* watch.h - being told that something in a folder has changed, without looking. Linux: inotify.
 *
 * A hint and nothing more: events get lost, and network drives send none, so who watches also looks from
 * time to time. Plain descriptor; one thread. */
#ifndef LT_WATCH_H
#define LT_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/result.h"

/* Watches the folders given, not what lies below them; those that are missing are left out but for the first. The
 * descriptor polls readable after a change. LT_NOT_FOUND: the first is no folder; LT_IO. */
enum lt_result lt_watch_open(const char *const *folders, size_t count, int *ret_fd);
/* Takes what has come. False: a folder has gone, and has to be watched anew. */
bool lt_watch_drain(int fd);
void lt_watch_close(int fd);
/* Does a program hold this file open for writing? Of another user's files, and on some file systems, the system does
 * not tell. A file that cannot be opened is not written, as far as this goes. */
enum lt_written { LT_NOT_WRITTEN, LT_WRITTEN, LT_WRITTEN_PERHAPS };
enum lt_written lt_watch_is_written(const char *path);

#endif
