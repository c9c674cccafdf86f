/* memory_file.h - a file without a name on any disk, for what can only be written to a path. One thread. */
#ifndef LT_WEB_MEMORY_FILE_H
#define LT_WEB_MEMORY_FILE_H

#include "hub/web/out.h"
#include "proto/result.h"

struct lt_memory_file {
    int fd;
    char path[64]; /* to open it by, in this process */
};
/* LT_IO. */
enum lt_result lt_memory_file_open(struct lt_memory_file *ret_file);
/* Appends what was written, and closes. LT_IO, LT_NO_MEMORY. */
enum lt_result lt_memory_file_take(struct lt_memory_file *file, struct lt_out *out);

#endif
