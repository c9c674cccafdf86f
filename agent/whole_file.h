/* whole_file.h - small files that are there whole or as they were before, and the hash of a file as it stands. Any thread. */
#ifndef LT_WHOLE_FILE_H
#define LT_WHOLE_FILE_H

#include "proto/ids.h"
#include "proto/result.h"

/* Written to `path`.new (mode 0600), synced, renamed, the folder synced: durable when it is LT_OK. LT_NO_SPACE, LT_IO: the
 * former one is still there. */
enum lt_result lt_whole_file_put(const char *path, const void *bytes, size_t size);
/* All of an open file from its beginning, wherever it stands. LT_IO. */
enum lt_result lt_whole_file_hash(int fd, struct lt_hash *ret_hash);

#endif
