/* memory_file.h - what was written to a file of memory (agent/memory_file.h), as a part of an answer. One thread. */
#ifndef LT_WEB_MEMORY_FILE_H
#define LT_WEB_MEMORY_FILE_H

#include "agent/memory_file.h"
#include "hub/web/out.h"

/* Appends what was written, and closes. LT_IO, LT_NO_MEMORY. */
enum lt_result lt_memory_file_take(struct lt_memory_file *file, struct lt_out *out);

#endif
