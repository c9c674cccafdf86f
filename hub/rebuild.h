/* rebuild.h - folds stored updates again, from the bytes as they were signed.
 *
 * For judging everything again (a directive changed what was judged by) and for the audit. */
#ifndef LT_REBUILD_H
#define LT_REBUILD_H

#include "hub/merge.h"

/* Bounds of a slice: a transaction that is short, and small enough not to bloat the free list. */
enum { LT_SLICE_UPDATES = 500, LT_SLICE_BYTES = 8 * 1024 * 1024 };

struct lt_refold;
struct lt_refold *lt_refold_new(struct lt_merge *merge); /* NULL: out of memory */
void lt_refold_free(struct lt_refold *refold);
/* Folds updates from *position on, up to `last`, at most a slice; *position is then the next. Within
 * lt_merge_begin … lt_merge_end. The transaction's error, or LT_CORRUPT for bytes that are not what
 * was signed. */
enum lt_result lt_refold_slice(struct lt_refold *refold, uint64_t *position, uint64_t last);

#endif
