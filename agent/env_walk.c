#include "agent/env_walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEVELS_MAX = 16 };

struct level {
    const uint8_t *page;
    unsigned next, count; /* children */
    struct lt_bytes low, high; /* keys lie from low up to but not high; data NULL: no bound */
};

struct tree {
    struct lt_page_walk *walk;
    const struct lt_page_table *table;
    bool integer_keys;
    lt_page_row *row;
    void *context;
    size_t branch_pages, leaf_pages, overflow_pages, entries;
    unsigned depth;
    struct level levels[LEVELS_MAX];
};

/* ---- Pages ---- */

bool lt_page_bad(struct lt_page_walk *walk, const char *what)
{
    walk->result = LT_CORRUPT;
    walk->what = what;
    return false;
}

bool lt_page_begin(struct lt_page_walk *walk, size_t pages)
{
    off_t size = lseek(walk->fd, 0, SEEK_END);
    lt_page_end(walk);
    if (size < 0 || pages > (size_t)size / walk->page_bytes)
        return lt_page_bad(walk, "the file is cut off");
    walk->pages = pages;
    walk->taken = calloc(pages / 8 + 1, 1);
    walk->levels = malloc(LEVELS_MAX * walk->page_bytes);
    if (walk->taken != NULL && walk->levels != NULL)
        return true;
    walk->result = LT_NO_MEMORY;
    return false;
}

void lt_page_end(struct lt_page_walk *walk)
{
    free(walk->taken);
    free(walk->levels);
    free(walk->big);
    walk->taken = walk->levels = walk->big = NULL;
    walk->big_bytes = 0;
}

bool lt_page_read(struct lt_page_walk *walk, size_t number, uint8_t *ret_bytes, size_t size)
{
    size_t done = 0;
    walk->at = number;
    if (walk->stop != NULL && atomic_load(walk->stop)) {
        walk->result = LT_BUSY;
        return false;
    }
    while (done < size) {
        ssize_t got = pread(walk->fd, ret_bytes + done, size - done,
                            (off_t)(number * walk->page_bytes + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            return lt_page_bad(walk, "the file is cut off");
        if (got < 0) {
            walk->result = LT_IO;
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

bool lt_page_take(struct lt_page_walk *walk, size_t number, size_t count)
{
    if (number < 2 || number >= walk->pages || count > walk->pages - number)
        return lt_page_bad(walk, "leads to a page that is not there");
    for (size_t i = number; i < number + count; i++) {
        uint8_t bit = (uint8_t)(1U << i % 8);
        if ((walk->taken[i / 8] & bit) != 0)
            return lt_page_bad(walk, "leads to a page that is used elsewhere");
        walk->taken[i / 8] |= bit;
    }
    return true;
}

/* ---- Nodes ---- */

static struct lt_page_header header_of(const uint8_t *page)
{
    struct lt_page_header header;
    memcpy(&header, page, sizeof(header));
    return header;
}

/* Of a page that `check_nodes` has found whole. */
static struct lt_page_node node_at(const uint8_t *page, unsigned index, bool leaf)
{
    uint16_t offset, words[4]; /* low, high, flags, bytes of the key */
    struct lt_page_node node;
    memcpy(&offset, page + LT_PAGE_HEADER_BYTES + 2 * index, sizeof(offset));
    memcpy(words, page + offset, sizeof(words));
    node.flags = leaf ? words[2] : 0;
    node.child = words[0] | (size_t)words[1] << 16;
    node.data_bytes = leaf ? node.child : 0;
    if (!leaf && sizeof(size_t) > 4)
        node.child |= (size_t)words[2] << 16 << 16;
    node.key = (struct lt_bytes){page + offset + LT_NODE_HEADER_BYTES, words[3]};
    size_t data = (node.flags & LT_NODE_BIG) != 0 ? sizeof(size_t) : node.data_bytes;
    node.bytes = LT_NODE_HEADER_BYTES + node.key.size + data;
    node.bytes += node.bytes & 1;
    return node;
}

/* Nodes fill the page's end, each byte once. */
static bool check_nodes(struct lt_page_walk *walk, const uint8_t *page, bool leaf)
{
    const struct lt_page_header header = header_of(page);
    size_t sum = 0;
    if (header.lower < LT_PAGE_HEADER_BYTES + 2 || header.lower % 2 != 0 ||
        header.upper < header.lower || header.upper > walk->page_bytes)
        return lt_page_bad(walk, "bounds that cannot be");
    for (unsigned i = 0; i < (header.lower - LT_PAGE_HEADER_BYTES) / 2U; i++) {
        uint16_t offset;
        memcpy(&offset, page + LT_PAGE_HEADER_BYTES + 2 * i, sizeof(offset));
        if (offset < header.upper || offset % 2 != 0 ||
            offset > walk->page_bytes - LT_NODE_HEADER_BYTES)
            return lt_page_bad(walk, "a row that lies elsewhere");
        const struct lt_page_node node = node_at(page, i, leaf);
        if (node.bytes > walk->page_bytes - offset)
            return lt_page_bad(walk, "a row beyond its page");
        sum += node.bytes;
    }
    return sum == walk->page_bytes - header.upper ||
           lt_page_bad(walk, "rows that do not fill their page");
}

static int compare(const struct tree *tree, struct lt_bytes a, struct lt_bytes b)
{
    if (tree->integer_keys) {
        size_t x, y;
        memcpy(&x, a.data, sizeof(x));
        memcpy(&y, b.data, sizeof(y));
        return (x > y) - (x < y);
    }
    int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* The first key of a branch says nothing. */
static bool check_order(const struct tree *tree, const struct level *level, bool leaf)
{
    struct lt_bytes low = level->low;
    const unsigned first = leaf ? 0 : 1;
    for (unsigned i = first; i < level->count; i++) {
        const struct lt_bytes key = node_at(level->page, i, leaf).key;
        if (tree->integer_keys ? key.size != sizeof(size_t) : key.size == 0)
            return lt_page_bad(tree->walk, "a key without a shape");
        int order = low.data == NULL ? 1 : compare(tree, key, low);
        if (order < 0 || (order == 0 && i > first) ||
            (level->high.data != NULL && compare(tree, key, level->high) >= 0))
            return lt_page_bad(tree->walk, "a key out of order");
        low = key;
    }
    return true;
}

/* ---- Rows ---- */

static bool read_big(struct tree *tree, const struct lt_page_node *node, struct lt_bytes *ret_value)
{
    struct lt_page_walk *walk = tree->walk;
    const size_t at = walk->at;
    const size_t bytes = LT_PAGE_HEADER_BYTES + node->data_bytes;
    size_t first;
    uint32_t pages;
    memcpy(&first, node->key.data + node->key.size, sizeof(first));
    if (first >= walk->pages || bytes > (walk->pages - first) * walk->page_bytes)
        return lt_page_bad(walk, "leads to a page that is not there");
    if (walk->big_bytes < bytes) {
        free(walk->big);
        walk->big = malloc(bytes);
        walk->big_bytes = walk->big == NULL ? 0 : bytes;
        if (walk->big == NULL) {
            walk->result = LT_NO_MEMORY;
            return false;
        }
    }
    if (!lt_page_read(walk, first, walk->big, bytes))
        return false;
    const struct lt_page_header header = header_of(walk->big);
    memcpy(&pages, walk->big + LT_PAGE_HEADER_BYTES - sizeof(pages), sizeof(pages));
    if (header.number != first || header.flags != LT_PAGE_OVERFLOW ||
        pages < (bytes + walk->page_bytes - 1) / walk->page_bytes)
        return lt_page_bad(walk, "a page that is not the one led to");
    tree->overflow_pages += pages;
    walk->at = at;
    *ret_value = (struct lt_bytes){walk->big + LT_PAGE_HEADER_BYTES, node->data_bytes};
    return lt_page_take(walk, first, pages);
}

static bool show_rows(struct tree *tree, const struct level *level)
{
    for (unsigned i = 0; i < level->count; i++) {
        const struct lt_page_node node = node_at(level->page, i, true);
        struct lt_bytes value = {node.key.data + node.key.size, node.data_bytes};
        if ((node.flags & LT_NODE_BIG) != 0 && !read_big(tree, &node, &value))
            return false;
        if (!tree->row(tree->context, node.key, value, node.flags & (uint16_t)~LT_NODE_BIG))
            return false;
    }
    tree->entries += level->count;
    return true;
}

/* ---- Trees ---- */

/* Goes down to a page, and shows its rows if it is a leaf. */
static bool enter(struct tree *tree, size_t number, struct lt_bytes low, struct lt_bytes high)
{
    struct lt_page_walk *walk = tree->walk;
    const bool leaf = tree->depth + 1 == tree->table->depth;
    uint8_t *page = walk->levels + tree->depth * walk->page_bytes;
    if (!lt_page_take(walk, number, 1) || !lt_page_read(walk, number, page, walk->page_bytes))
        return false;
    const struct lt_page_header header = header_of(page);
    if (header.number != number || header.flags != (leaf ? LT_PAGE_LEAF : LT_PAGE_BRANCH))
        return lt_page_bad(walk, "a page that is not the one led to");
    if (!check_nodes(walk, page, leaf))
        return false;
    struct level *level = &tree->levels[tree->depth];
    *level = (struct level){.page = page, .low = low, .high = high};
    level->count = (header.lower - LT_PAGE_HEADER_BYTES) / 2U;
    tree->depth++;
    if (!check_order(tree, level, leaf))
        return false;
    if (!leaf) {
        tree->branch_pages++;
        return true;
    }
    tree->leaf_pages++;
    level->next = level->count;
    return show_rows(tree, level);
}

static bool next(struct tree *tree)
{
    struct level *level = &tree->levels[tree->depth - 1];
    if (level->next == level->count) {
        tree->depth--;
        return true;
    }
    const unsigned i = level->next++;
    const struct lt_page_node node = node_at(level->page, i, false);
    struct lt_bytes high =
        i + 1 < level->count ? node_at(level->page, i + 1, false).key : level->high;
    tree->walk->at = header_of(level->page).number;
    return enter(tree, node.child, i > 0 ? node.key : level->low, high);
}

bool lt_page_walk(struct lt_page_walk *walk, const struct lt_page_table *table, bool integer_keys,
                  lt_page_row *row, void *context)
{
    static const struct lt_bytes unbound = {NULL, 0};
    struct tree tree = {
        .walk = walk, .table = table, .integer_keys = integer_keys, .row = row, .context = context};
    if ((table->root == LT_PAGE_NONE) != (table->depth == 0) || table->depth > LEVELS_MAX)
        return lt_page_bad(walk, "a table of a depth that cannot be");
    if (table->root != LT_PAGE_NONE && !enter(&tree, table->root, unbound, unbound))
        return false;
    while (tree.depth > 0)
        if (!next(&tree))
            return false;
    return (tree.branch_pages == table->branch_pages && tree.leaf_pages == table->leaf_pages &&
            tree.overflow_pages == table->overflow_pages && tree.entries == table->entries) ||
           lt_page_bad(walk, "not as many rows or pages as its table says");
}
