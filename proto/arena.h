/* arena.h - what proto/ asks of its own arena beyond update.h. Private to proto/. */
#ifndef LT_ARENA_H
#define LT_ARENA_H

#include "proto/update.h"

/* Why an unpacking into this arena gave nothing: LT_TOO_LARGE when the budget was exceeded since the
 * last reset, LT_NO_MEMORY when the system gave none, else LT_MALFORMED. */
enum lt_result lt_arena_failure(const struct lt_arena *arena);

/* An arena in the caller's memory, aligned as for a pointer: it asks the system for nothing and needs no lt_arena_free.
 * Its budget is what of `size` is left beside LT_ARENA_OWN_BYTES. */
enum { LT_ARENA_OWN_BYTES = 128 };
struct lt_arena *lt_arena_over(void *memory, size_t size);

#endif
