#include <assert.h>
#include <string.h>

#include "hub/cell_block.h"
#include "hub/store_lmdb.h"

/* Cells lie in blocks (cell_block.h). A block's key is a bound: no cell of its place and year that is less
 * lies in it, and none that is not less than the next block's key. The first block of a place and year
 * has the least key, so that every cell has a block to lie in. */

enum { TAKEN_MAX = 256 };

/* The block that a cell belongs to. */
struct found {
    bool there; /* else there is room for one before `next` */
    bool bounded; /* `next` is the key of a block of the same place and year */
    uint8_t key[LT_CELL_KEY_BYTES], next[LT_CELL_KEY_BYTES];
    uint8_t bytes[LT_BLOCK_BYTES_MAX];
    size_t size;
};

/* Is the row that was come to a block of the place and year? */
static bool of_place_and_year(struct lt_store_txn *txn, bool found, struct lt_bytes key,
                              struct lt_bytes value, const uint8_t *prefix)
{
    if (!found)
        return false;
    if (key.size != LT_CELL_KEY_BYTES || value.size > LT_BLOCK_BYTES_MAX) {
        lt_store_fail(txn, LT_CORRUPT);
        return false;
    }
    return memcmp(key.data, prefix, LT_CELL_PREFIX_BYTES) == 0;
}

static void take_block(struct lt_bytes key, struct lt_bytes value, struct found *found)
{
    found->there = true;
    memcpy(found->key, key.data, sizeof found->key);
    memcpy(found->bytes, value.data, value.size);
    found->size = value.size;
}

static void take_bound(struct lt_bytes key, struct found *found)
{
    found->bounded = true;
    memcpy(found->next, key.data, sizeof found->next);
}

static void find_block(struct lt_store_txn *txn, const struct lt_cell_key *cell,
                       struct found *found)
{
    struct lt_bytes key, value;
    struct lt_cursor *cursor = lt_store_cursor(txn, LT_STATE_CELLS);
    found->there = found->bounded = false;
    memset(found->key, 0, sizeof found->key);
    memcpy(found->key, cell->bytes, LT_CELL_PREFIX_BYTES);
    bool at =
        lt_cursor_seek(cursor, (struct lt_bytes){cell->bytes, LT_CELL_KEY_BYTES}, &key, &value);
    bool within = of_place_and_year(txn, at, key, value, cell->bytes);
    if (within && memcmp(key.data, cell->bytes, LT_CELL_KEY_BYTES) == 0) {
        take_block(key, value, found);
        at = lt_cursor_next(cursor, &key, &value);
        if (of_place_and_year(txn, at, key, value, cell->bytes))
            take_bound(key, found);
        return;
    }
    if (within)
        take_bound(key, found);
    at = at ? lt_cursor_previous(cursor, &key, &value) : lt_cursor_last(cursor, &key, &value);
    if (of_place_and_year(txn, at, key, value, cell->bytes))
        take_block(key, value, found);
}

/* ---- Changing ---- */

static void put_block(struct lt_store_txn *txn, const uint8_t *key, const uint8_t *bytes,
                      size_t size)
{
    lt_cursor_put(lt_store_cursor(txn, LT_STATE_CELLS), (struct lt_bytes){key, LT_CELL_KEY_BYTES},
                  (struct lt_bytes){bytes, size});
}

static void drop_block(struct lt_store_txn *txn, const uint8_t *key)
{
    struct lt_bytes value;
    struct lt_cursor *cursor = lt_store_cursor(txn, LT_STATE_CELLS);
    if (lt_cursor_find(cursor, (struct lt_bytes){key, LT_CELL_KEY_BYTES}, &value))
        lt_cursor_delete(cursor);
}

/* The line of a cell after `cell` is added to what is there (NULL: nothing). False: the transaction has
 * failed, for nothing is ever counted below nothing. */
static bool add_sums(struct lt_store_txn *txn, const struct lt_cell_line *there,
                     const struct lt_cell *cell, struct lt_cell_line *ret_line, bool *ret_zero)
{
    const int64_t more[3] = {cell->count, cell->quantity, cell->unconfirmed};
    int64_t sums[3] = {0, 0, 0};
    *ret_zero = true;
    if (there != NULL)
        lt_cell_line_sums(there, sums);
    for (size_t i = 0; i < 3; i++) {
        if (__builtin_add_overflow(sums[i], more[i], &sums[i]) || sums[i] < 0) {
            lt_store_fail(txn, LT_CORRUPT);
            return false;
        }
        *ret_zero = *ret_zero && sums[i] == 0;
    }
    lt_cell_line_make(&cell->key, sums, ret_line);
    return true;
}

static bool change_one(struct lt_store_txn *txn, struct found *found, const struct lt_cell *cell)
{
    struct lt_cell_block block;
    struct lt_cell_line there, line;
    uint8_t grown[LT_BLOCK_BYTES_MAX];
    size_t size;
    bool equal, zero;
    if (!lt_cell_block_open((struct lt_bytes){found->bytes, found->size}, &block)) {
        lt_store_fail(txn, LT_CORRUPT);
        return false;
    }
    unsigned at = lt_cell_block_find(&block, cell->key.bytes + LT_CELL_PREFIX_BYTES, &equal);
    if (equal)
        lt_cell_block_line(&block, at, &there);
    if (!add_sums(txn, equal ? &there : NULL, cell, &line, &zero) || zero)
        return zero && !equal;
    if (equal)
        return lt_cell_block_set(found->bytes, &block, at, &line);
    if (!lt_cell_block_insert(&block, at, &line, grown, &size))
        return false;
    memcpy(found->bytes, grown, size);
    found->size = size;
    return true;
}

/* Lines and cells, both ascending, into one list without zeros. */
static unsigned merge(struct lt_store_txn *txn, const struct lt_cell_line *lines, unsigned count,
                      const struct lt_cell *cells, size_t cell_count,
                      struct lt_cell_line *ret_merged)
{
    unsigned i = 0, merged = 0;
    for (size_t j = 0; j < cell_count; j++) {
        const uint8_t *dims = cells[j].key.bytes + LT_CELL_PREFIX_BYTES;
        int order = -1;
        bool zero;
        while (i < count && (order = memcmp(lines[i].bytes, dims, LT_CELL_LINE_DIMS)) < 0)
            ret_merged[merged++] = lines[i++];
        const struct lt_cell_line *there = i < count && order == 0 ? &lines[i++] : NULL;
        if (!add_sums(txn, there, &cells[j], &ret_merged[merged], &zero))
            return 0;
        merged += !zero;
    }
    while (i < count)
        ret_merged[merged++] = lines[i++];
    return merged;
}

/* Packs lines into `pieces` blocks of as many lines; the first keeps the block's key. False: one does
 * not fit. */
static bool put_pieces(struct lt_store_txn *txn, const struct found *found,
                       const struct lt_cell_line *lines, unsigned count, unsigned pieces,
                       bool write)
{
    uint8_t bytes[LT_BLOCK_BYTES_MAX], key[LT_CELL_KEY_BYTES];
    memcpy(key, found->key, sizeof key);
    for (unsigned piece = 0; piece < pieces; piece++) {
        unsigned from = count * piece / pieces, to = count * (piece + 1) / pieces;
        size_t size = lt_cell_block_pack(lines + from, to - from, bytes);
        if (size == 0)
            return false;
        if (piece > 0)
            memcpy(key + LT_CELL_PREFIX_BYTES, lines[from].bytes, LT_CELL_LINE_DIMS);
        if (write)
            put_block(txn, key, bytes, size);
    }
    return true;
}

static void pack_anew(struct lt_store_txn *txn, const struct found *found,
                      const struct lt_cell *cells, size_t cell_count)
{
    struct lt_cell_line lines[LT_BLOCK_LINES_MAX], merged[LT_BLOCK_LINES_MAX + TAKEN_MAX];
    struct lt_cell_block block = {.count = 0};
    if (found->there) {
        if (!lt_cell_block_open((struct lt_bytes){found->bytes, found->size}, &block)) {
            lt_store_fail(txn, LT_CORRUPT);
            return;
        }
        lt_cell_block_lines(&block, lines);
    }
    unsigned count = merge(txn, lines, block.count, cells, cell_count, merged);
    if (lt_store_error(txn) != LT_OK)
        return;
    if (count == 0) {
        if (found->there)
            drop_block(txn, found->key);
        return;
    }
    unsigned pieces = 1;
    while (!put_pieces(txn, found, merged, count, pieces, false))
        pieces++;
    (void)put_pieces(txn, found, merged, count, pieces, true);
}

/* Adds the first cells, those of one block; returns how many. */
static size_t add_to_block(struct lt_store_txn *txn, const struct lt_cell *cells, size_t count)
{
    struct found found;
    size_t taken = 1, done = 0;
    find_block(txn, &cells[0].key, &found);
    while (taken < count && taken < TAKEN_MAX &&
           memcmp(cells[taken].key.bytes, cells[0].key.bytes, LT_CELL_PREFIX_BYTES) == 0 &&
           (!found.bounded || memcmp(cells[taken].key.bytes, found.next, LT_CELL_KEY_BYTES) < 0))
        taken++;
    while (found.there && done < taken && change_one(txn, &found, &cells[done]))
        done++;
    if (lt_store_error(txn) != LT_OK)
        return taken;
    if (done < taken)
        pack_anew(txn, &found, cells + done, taken - done);
    else
        put_block(txn, found.key, found.bytes, found.size);
    return taken;
}

void lt_store_add_cells(struct lt_store_txn *txn, const struct lt_cell *cells, size_t count)
{
    size_t done = 0;
    while (done < count && lt_store_error(txn) == LT_OK)
        done += add_to_block(txn, cells + done, count - done);
}

/* ---- Reading ---- */

static bool open_row(struct lt_store_txn *txn, struct lt_bytes key, struct lt_bytes value,
                     struct lt_cell_block *ret_block)
{
    if (key.size == LT_CELL_KEY_BYTES && lt_cell_block_open(value, ret_block))
        return true;
    lt_store_fail(txn, LT_CORRUPT);
    return false;
}

static struct lt_cell_key first_of(uint32_t place, enum lt_basis basis, uint16_t year)
{
    static const struct lt_dims none;
    struct lt_cell_key key;
    lt_cell_key_make(place, basis, year, 0, &none, &key);
    return key;
}

static struct lt_bytes key_of(const struct lt_cell_key *key)
{
    return (struct lt_bytes){key->bytes, sizeof key->bytes};
}

static bool before(struct lt_bytes key, const struct lt_cell_key *other)
{
    return memcmp(key.data, other->bytes, sizeof other->bytes) < 0;
}

/* Cells of both bases stand first, then achieved ones, then decided ones. Of those not asked for a few are shown;
 * where they are many, the decided ones are gone to: the first of them may share a block with others. */
void lt_store_cell_blocks(struct lt_store_txn *txn, uint32_t place, enum lt_basis basis,
                          uint16_t year, lt_cell_block_seen *seen, void *context)
{
    enum { OTHERS_MAX = 4 };
    const struct lt_cell_key both = first_of(place, LT_BASIS_BOTH, year);
    const struct lt_cell_key achieved = first_of(place, LT_BASIS_ACHIEVED, year);
    const struct lt_cell_key decided = first_of(place, LT_BASIS_DECIDED, year);
    const struct lt_cell_key beyond = first_of(place, LT_BASIS_BOTH, (uint16_t)(year + 1));
    const struct lt_cell_key *to = basis == LT_BASIS_ACHIEVED ? &decided : &beyond;
    struct lt_cursor *cursor = lt_store_cursor(txn, LT_STATE_CELLS);
    struct lt_cell_block block;
    struct lt_bytes key, value;
    unsigned others = 0;
    bool more = lt_cursor_seek(cursor, key_of(&both), &key, &value);
    for (; more && before(key, to); more = lt_cursor_next(cursor, &key, &value)) {
        bool other = basis == LT_BASIS_DECIDED && !before(key, &achieved) && before(key, &decided);
        others += other;
        if (other && others == OTHERS_MAX) {
            struct found found;
            find_block(txn, &decided, &found); /* not before the current one */
            more = lt_cursor_seek(cursor, (struct lt_bytes){found.key, sizeof found.key}, &key,
                                  &value);
        }
        if (!more || !open_row(txn, key, value, &block) ||
            !seen(context, lt_get_u16(key.data + 4), &block))
            break;
    }
}

uint16_t lt_store_cell_year(struct lt_store_txn *txn, uint32_t place, uint16_t from)
{
    struct lt_cell_key first = first_of(place, LT_BASIS_BOTH, from);
    struct lt_bytes key, value;
    if (!lt_cursor_seek(lt_store_cursor(txn, LT_STATE_CELLS), key_of(&first), &key, &value) ||
        key.size != LT_CELL_KEY_BYTES || lt_get_u32(key.data) != place)
        return 0;
    return lt_get_u16(key.data + 4);
}

void lt_cell_of_line(const uint8_t *prefix, const struct lt_cell_line *line,
                     struct lt_cell *ret_cell)
{
    int64_t sums[3];
    lt_cell_line_sums(line, sums);
    memcpy(ret_cell->key.bytes, prefix, LT_CELL_PREFIX_BYTES);
    memcpy(ret_cell->key.bytes + LT_CELL_PREFIX_BYTES, line->bytes, LT_CELL_LINE_DIMS);
    ret_cell->count = sums[0];
    ret_cell->quantity = sums[1];
    ret_cell->unconfirmed = sums[2];
}

void lt_store_cells(struct lt_store_txn *txn, const struct lt_cell_key *from,
                    const struct lt_cell_key *to, lt_cell_seen *seen, void *context)
{
    struct lt_cell_block block;
    struct lt_bytes key = {from->bytes, LT_CELL_PREFIX_BYTES}; /* `from` may lie within a block */
    struct lt_bytes value;
    struct lt_cursor *cursor = lt_store_cursor(txn, LT_STATE_CELLS);
    bool more = lt_cursor_seek(cursor, key, &key, &value);
    for (; more; more = lt_cursor_next(cursor, &key, &value)) {
        if (!open_row(txn, key, value, &block))
            return;
        for (unsigned i = 0; i < block.count; i++) {
            struct lt_cell_line line;
            struct lt_cell cell;
            lt_cell_block_line(&block, i, &line);
            lt_cell_of_line(key.data, &line, &cell);
            if (memcmp(cell.key.bytes, to->bytes, LT_CELL_KEY_BYTES) >= 0)
                return;
            if (memcmp(cell.key.bytes, from->bytes, LT_CELL_KEY_BYTES) >= 0 &&
                !seen(context, &cell))
                return;
        }
    }
}
