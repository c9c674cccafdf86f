/* memory_file.h - a file without a name on any disk, for what can only be written to a path. One thread. */
#ifndef LT_MEMORY_FILE_H
#define LT_MEMORY_FILE_H

#include <stdio.h>

#include "proto/result.h"

struct lt_memory_file {
    int fd; /* -1: closed */
    char path[264]; /* to open it by, in this process */
};
/* LT_IO. */
enum lt_result lt_memory_file_open(struct lt_memory_file *ret_file);
/* Copies what was written into a stream, whose errors stay in it. LT_IO: nothing was, or it cannot be read. */
enum lt_result lt_memory_file_copy(const struct lt_memory_file *file, FILE *out);
void lt_memory_file_close(struct lt_memory_file *file);

#endif
