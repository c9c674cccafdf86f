/* reserve.h - room on the disk for what a file will hold.
 *
 * The file keeps its size; what is written up to `size` later does not meet a full disk. Room that a store beside it
 * needs to go on is left alone. Any thread. */
#ifndef LT_RESERVE_H
#define LT_RESERVE_H

#include <stdint.h>

#include "proto/result.h"

enum { LT_RESERVE_LEFT_BYTES = 16 * 1024 * 1024 }; /* is left free on the disk */

/* LT_NO_SPACE: and nothing is held; LT_IO. LT_OK also where the file system cannot take room beforehand. */
enum lt_result lt_file_reserve(int fd, uint64_t size);

#endif
