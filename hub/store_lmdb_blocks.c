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

static MDB_val val(const void *data, size_t size)
{
    return (MDB_val){size, (void *)(uintptr_t)data};
}

static bool of_place_and_year(struct lt_store_txn *txn, int code, const MDB_val *key,
                              const MDB_val *value, const uint8_t *prefix)
{
    if (code != 0) {
        lt_store_note_code(txn, code);
        return false;
    }
    if (key->mv_size != LT_CELL_KEY_BYTES || value->mv_size > LT_BLOCK_BYTES_MAX) {
        lt_store_fail(txn, LT_CORRUPT);
        return false;
    }
    return memcmp(key->mv_data, prefix, LT_CELL_PREFIX_BYTES) == 0;
}

static void take_block(const MDB_val *key, const MDB_val *value, struct found *found)
{
    found->there = true;
    memcpy(found->key, key->mv_data, sizeof found->key);
    memcpy(found->bytes, value->mv_data, value->mv_size);
    found->size = value->mv_size;
}

static void take_bound(const MDB_val *key, struct found *found)
{
    found->bounded = true;
    memcpy(found->next, key->mv_data, sizeof found->next);
}

static void find_block(struct lt_store_txn *txn, const struct lt_cell_key *cell,
                       struct found *found)
{
    MDB_val key = val(cell->bytes, LT_CELL_KEY_BYTES), value;
    MDB_cursor *cursor = lt_store_cursor(txn, LT_STATE_CELLS);
    found->there = found->bounded = false;
    memset(found->key, 0, sizeof found->key);
    memcpy(found->key, cell->bytes, LT_CELL_PREFIX_BYTES);
    if (cursor == NULL)
        return;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    bool within = of_place_and_year(txn, code, &key, &value, cell->bytes);
    if (within && memcmp(key.mv_data, cell->bytes, LT_CELL_KEY_BYTES) == 0) {
        take_block(&key, &value, found);
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        if (of_place_and_year(txn, code, &key, &value, cell->bytes))
            take_bound(&key, found);
        return;
    }
    if (within)
        take_bound(&key, found);
    code = mdb_cursor_get(cursor, &key, &value, code == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
    if (of_place_and_year(txn, code, &key, &value, cell->bytes))
        take_block(&key, &value, found);
}

/* ---- Changing ---- */

static void put_block(struct lt_store_txn *txn, const uint8_t *key_bytes, const uint8_t *bytes,
                      size_t size)
{
    MDB_val key = val(key_bytes, LT_CELL_KEY_BYTES), value = val(bytes, size);
    MDB_cursor *cursor = lt_store_cursor(txn, LT_STATE_CELLS);
    if (cursor != NULL)
        lt_store_note_code(txn, mdb_cursor_put(cursor, &key, &value, 0));
}

static void drop_block(struct lt_store_txn *txn, const uint8_t *key_bytes)
{
    MDB_val key = val(key_bytes, LT_CELL_KEY_BYTES), value;
    MDB_cursor *cursor = lt_store_cursor(txn, LT_STATE_CELLS);
    if (cursor == NULL)
        return;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET);
    lt_store_note_code(txn, code == 0 ? mdb_cursor_del(cursor, 0) : code);
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

static bool open_row(struct lt_store_txn *txn, const MDB_val *key, const MDB_val *value,
                     struct lt_cell_block *ret_block)
{
    struct lt_bytes bytes = {value->mv_data, value->mv_size};
    if (key->mv_size == LT_CELL_KEY_BYTES && lt_cell_block_open(bytes, ret_block))
        return true;
    lt_store_fail(txn, LT_CORRUPT);
    return false;
}

/* Asks the processor for the lines of memory that a block lies in, while another is worked on. */
static void fetch_ahead(const MDB_val *value)
{
    enum { CACHE_LINE_BYTES = 64 };
    for (size_t i = 0; i < value->mv_size; i += CACHE_LINE_BYTES)
        __builtin_prefetch((const uint8_t *)value->mv_data + i);
}

static struct lt_cell_key first_of(uint32_t place, enum lt_basis basis, uint16_t year)
{
    static const struct lt_dims none;
    struct lt_cell_key key;
    lt_cell_key_make(place, basis, year, 0, &none, &key);
    return key;
}

static int key_cmp(const MDB_val *key, const struct lt_cell_key *other)
{
    return memcmp(key->mv_data, other->bytes, sizeof other->bytes);
}

/* A walk over the blocks of a place and year: the next one is fetched before the current one is worked on. */
struct reading {
    struct lt_store_txn *txn;
    MDB_cursor *cursor;
    int code; /* of the step to `key`, `value` */
    MDB_val key, value;
};

/* To the first block from `from` on, which is kept by the caller. */
static void read_from(struct reading *reading, const struct lt_cell_key *from)
{
    reading->key = val(from->bytes, sizeof from->bytes);
    reading->code = mdb_cursor_get(reading->cursor, &reading->key, &reading->value, MDB_SET_RANGE);
}

/* Shows the current block and goes to the next. False: no more are wanted. */
static bool read_one(struct reading *reading, lt_cell_block_seen *seen, void *context)
{
    struct lt_cell_block block;
    MDB_val key = reading->key, value = reading->value;
    reading->code = mdb_cursor_get(reading->cursor, &reading->key, &reading->value, MDB_NEXT);
    if (reading->code == 0)
        fetch_ahead(&reading->value);
    return open_row(reading->txn, &key, &value, &block) &&
           seen(context, lt_get_u16((const uint8_t *)key.mv_data + 4), &block);
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
    struct reading reading = {.txn = txn, .cursor = lt_store_cursor(txn, LT_STATE_CELLS)};
    struct lt_cell_key from;
    unsigned others = 0;
    if (reading.cursor == NULL)
        return;
    for (read_from(&reading, &both); reading.code == 0 && key_cmp(&reading.key, to) < 0;) {
        bool other = basis == LT_BASIS_DECIDED && key_cmp(&reading.key, &achieved) >= 0 &&
                     key_cmp(&reading.key, &decided) < 0;
        others += other;
        if (other && others == OTHERS_MAX) {
            struct found found;
            find_block(txn, &decided, &found);
            memcpy(from.bytes, found.key, sizeof from.bytes);
            read_from(&reading, &from); /* not before the current one */
        }
        if (reading.code != 0 || !read_one(&reading, seen, context))
            break;
    }
    lt_store_note_code(txn, reading.code);
}

uint16_t lt_store_cell_year(struct lt_store_txn *txn, uint32_t place, uint16_t from)
{
    struct lt_cell_key first = first_of(place, LT_BASIS_BOTH, from);
    MDB_val key = val(first.bytes, sizeof first.bytes), value;
    MDB_cursor *cursor = lt_store_cursor(txn, LT_STATE_CELLS);
    int code = cursor == NULL ? MDB_NOTFOUND : mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    lt_store_note_code(txn, code);
    if (code != 0 || key.mv_size != LT_CELL_KEY_BYTES || lt_get_u32(key.mv_data) != place)
        return 0;
    return lt_get_u16((const uint8_t *)key.mv_data + 4);
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
    MDB_val key = val(from->bytes, LT_CELL_PREFIX_BYTES), value; /* `from` may lie within a block */
    MDB_cursor *cursor = lt_store_cursor(txn, LT_STATE_CELLS);
    int code = cursor == NULL ? MDB_NOTFOUND : mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    for (; code == 0; code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        if (!open_row(txn, &key, &value, &block))
            return;
        for (unsigned i = 0; i < block.count; i++) {
            struct lt_cell_line line;
            struct lt_cell cell;
            lt_cell_block_line(&block, i, &line);
            lt_cell_of_line(key.mv_data, &line, &cell);
            if (memcmp(cell.key.bytes, to->bytes, LT_CELL_KEY_BYTES) >= 0)
                return;
            if (memcmp(cell.key.bytes, from->bytes, LT_CELL_KEY_BYTES) >= 0 &&
                !seen(context, &cell))
                return;
        }
    }
    lt_store_note_code(txn, code);
}
