/* env_walk.h - a walk over the pages of one of LMDB's trees, in the file itself, that believes nothing. Private to
 * env_check.c.
 *
 * Each page is read once, must bear its number and be whole, and its keys must lie where the pages above say. All
 * functions that return bool: false with `result`, and for LT_CORRUPT `at` and `what`, set. */
#ifndef LT_ENV_WALK_H
#define LT_ENV_WALK_H

#include <stdatomic.h>

#include "agent/env_pages.h"

struct lt_page_walk {
    int fd;
    size_t page_bytes;
    size_t pages; /* that there are */
    uint8_t *taken; /* a bit for each that has been met */
    const atomic_bool *stop; /* LT_BUSY when it becomes true; NULL: never */
    uint8_t *levels, *big; /* pages from the root down; a value that has pages of its own */
    size_t big_bytes;
    enum lt_result result;
    size_t at; /* the page being read */
    const char *what; /* is wrong with it */
};

/* Before the first tree of a moment that has so many pages; forgets which were met. */
bool lt_page_begin(struct lt_page_walk *walk, size_t pages);
void lt_page_end(struct lt_page_walk *walk);
/* LT_CORRUPT, at the current page; returns false. */
bool lt_page_bad(struct lt_page_walk *walk, const char *what);
/* The first bytes of a page. */
bool lt_page_read(struct lt_page_walk *walk, size_t number, uint8_t *ret_bytes, size_t size);
/* Notes pages as met: none twice, none beyond the last. */
bool lt_page_take(struct lt_page_walk *walk, size_t number, size_t count);

/* For each row, in order; borrowed for the call. `flags` without LT_NODE_BIG. */
typedef bool lt_page_row(void *context, struct lt_bytes key, struct lt_bytes value, uint16_t flags);
bool lt_page_walk(struct lt_page_walk *walk, const struct lt_page_table *table, bool integer_keys,
                  lt_page_row *row, void *context);

#endif
