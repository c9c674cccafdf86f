/* secret_file.h - a file with secrets in it: mode 0600 from its first byte, never over another file.
 *
 * Written beside its place, synced, and put there when the caller says so: what must be kept elsewhere
 * first (the invitations in the roster) is kept between the two. One thread. */
#ifndef LT_SECRET_FILE_H
#define LT_SECRET_FILE_H

#include <stdio.h>

#include "proto/result.h"

struct lt_secret_file {
    FILE *stream; /* errors stay in it until lt_secret_file_write */
    char *path, *beside;
};
/* LT_EXISTS: something stands at `path`, or a file beside it that a killed command left; ret_reason says
 * which, and what to do. */
enum lt_result lt_secret_file_open(const char *path, struct lt_secret_file *ret_file,
                                   char ret_reason[400]);
/* All that was put into the stream is on the disk. */
enum lt_result lt_secret_file_write(struct lt_secret_file *file, char ret_reason[400]);
/* In place; frees in any case. On failure the file is gone. */
enum lt_result lt_secret_file_keep(struct lt_secret_file *file, char ret_reason[400]);
/* Deletes it; also of one that was never opened. */
void lt_secret_file_drop(struct lt_secret_file *file);

#endif
