/* env_pages.h - LMDB 0.9's file, as far as it is checked: what mdb.c keeps to itself. Private to env_check*.c.
 *
 * All numbers are the machine's own. A page: header, offsets of its nodes (from the front), nodes (from the back). A page
 * whose number is p lies at p times the size of a page. */
#ifndef LT_ENV_PAGES_H
#define LT_ENV_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "proto/update.h"

enum { LT_PAGE_BRANCH = 1, LT_PAGE_LEAF = 2, LT_PAGE_OVERFLOW = 4, LT_PAGE_META = 8 };
enum { LT_NODE_BIG = 1, LT_NODE_TABLE = 2 };
enum { LT_PAGE_HEADER_BYTES = sizeof(size_t) + 8, LT_NODE_HEADER_BYTES = 8 };
enum { LT_LMDB_VERSION = 1 };
#define LT_LMDB_MAGIC UINT32_C(0xBEEFC0DE)
#define LT_PAGE_NONE  SIZE_MAX

struct lt_page_header {
    size_t number;
    uint16_t pad, flags;
    uint16_t lower, upper; /* of an overflow page: how many there are, as one number */
};

/* A table, as its row in the main one, or in a meta page. */
struct lt_page_table {
    uint32_t pad; /* of the first in a meta page: the size of a page */
    uint16_t flags, depth;
    size_t branch_pages, leaf_pages, overflow_pages, entries;
    size_t root;
};

/* After the header of a meta page. */
struct lt_page_meta {
    uint32_t magic, version;
    size_t address, map_bytes;
    struct lt_page_table free, main;
    size_t last_page, commit;
};

struct lt_page_node {
    uint16_t flags;
    size_t child; /* of a branch */
    struct lt_bytes key;
    size_t
        data_bytes; /* of a leaf; its data follow the key: the value, or the number of its first overflow page */
    size_t bytes; /* of the node, padding included */
};

#endif
