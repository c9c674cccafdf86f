/* Blocks of cells: packed, changed in place and read back as the cells that went in. And the store's cells,
 * added in any batches, against a plain sorted list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hub/store.h"
#include "tests/unit/hub_world.h"

enum { CELLS_MAX = 6000 };

static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)((*seed >> 33) % below);
}

static int by_key(const void *a, const void *b)
{
    return memcmp(((const struct lt_cell *)a)->key.bytes, ((const struct lt_cell *)b)->key.bytes,
                  LT_CELL_KEY_BYTES);
}

/* Ascending cells of few places and years, alike as real ones are, with no key twice. */
static size_t draw_cells(uint64_t *seed, size_t count, uint32_t spread, struct lt_cell *ret_cells)
{
    size_t kept = 0;
    memset(ret_cells, 0, count * sizeof *ret_cells);
    for (size_t i = 0; i < count; i++) {
        struct lt_dims dims = {.month = (uint8_t)draw(seed, 13),
                               .kind = (uint8_t)(1 + draw(seed, 2)),
                               .status = (uint8_t)(draw(seed, 9) / 8),
                               .category = (uint8_t)draw(seed, 6),
                               .sex = (uint8_t)draw(seed, 3),
                               .code = draw(seed, 20),
                               .field = draw(seed, 4) == 0 ? draw(seed, 70000) : draw(seed, 9),
                               .movement = draw(seed, spread)};
        lt_cell_key_make(1 + draw(seed, 3), (enum lt_basis)draw(seed, 3),
                         (uint16_t)(2020 + draw(seed, 3)), draw(seed, 20) == 0 ? 2015 : 0, &dims,
                         &ret_cells[i].key);
        ret_cells[i].count = 1 + draw(seed, 5);
        ret_cells[i].quantity = draw(seed, 9) == 0 ? (int64_t)draw(seed, 1u << 30) << 20 : 1;
        ret_cells[i].unconfirmed = draw(seed, 3) == 0;
    }
    qsort(ret_cells, count, sizeof *ret_cells, by_key);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || by_key(&ret_cells[i], &ret_cells[kept - 1]) != 0)
            ret_cells[kept++] = ret_cells[i];
    return kept;
}

static void line_of(const struct lt_cell *cell, struct lt_cell_line *ret_line)
{
    const int64_t sums[3] = {cell->count, cell->quantity, cell->unconfirmed};
    lt_cell_line_make(&cell->key, sums, ret_line);
}

static void lines_come_out_as_they_went_in(void **state)
{
    static struct lt_cell cells[200];
    struct lt_cell_line lines[200], back[200], one;
    uint8_t bytes[LT_BLOCK_BYTES_MAX];
    struct lt_cell_block block;
    uint64_t seed = 1;
    size_t packed = 0;
    (void)state;
    for (int story = 0; story < 500; story++) {
        size_t drawn = draw_cells(&seed, 1 + draw(&seed, 200), 3, cells), count = 0;
        for (size_t i = 0; i < drawn; i++) /* of one place and year, as in a block */
            if (memcmp(cells[i].key.bytes, cells[0].key.bytes, LT_CELL_PREFIX_BYTES) == 0)
                line_of(&cells[i], &lines[count++]);
        size_t size = lt_cell_block_pack(lines, (unsigned)count, bytes);
        packed += size != 0;
        if (size == 0)
            continue;
        assert_true(lt_cell_block_open((struct lt_bytes){bytes, size}, &block));
        assert_int_equal(block.count, count);
        lt_cell_block_lines(&block, back);
        assert_memory_equal(back, lines, count * sizeof lines[0]);
        for (unsigned i = 0; i < count; i++) {
            bool equal = false;
            lt_cell_block_line(&block, i, &one);
            assert_memory_equal(&one, &lines[i], sizeof one);
            assert_int_equal(lt_cell_block_find(&block, one.bytes, &equal), i);
            assert_true(equal);
            one.bytes[LT_CELL_LINE_DIMS - 1] =
                0xff; /* no line has that, and all such are greater */
            assert_int_equal(lt_cell_block_find(&block, one.bytes, &equal) > i, true);
            assert_false(equal);
        }
        assert_false(lt_cell_block_open((struct lt_bytes){bytes, size - 1}, &block));
        assert_false(lt_cell_block_open((struct lt_bytes){bytes, 0}, &block));
    }
    assert_true(packed > 100);
}

static void a_block_that_is_changed_reads_as_one_packed_anew(void **state)
{
    static struct lt_cell cells[120];
    struct lt_cell_line lines[121], back[121];
    uint8_t bytes[LT_BLOCK_BYTES_MAX], grown[LT_BLOCK_BYTES_MAX];
    struct lt_cell_block block;
    uint64_t seed = 2;
    size_t inserted = 0, refused = 0, set = 0;
    (void)state;
    for (int story = 0; story < 2000; story++) {
        size_t drawn = draw_cells(&seed, 120, 3, cells), count = 0, size, grown_size = 0;
        for (size_t i = 0; i < drawn; i++)
            if (memcmp(cells[i].key.bytes, cells[0].key.bytes, LT_CELL_PREFIX_BYTES) == 0)
                line_of(&cells[i], &lines[count++]);
        if (count < 2)
            continue;
        size_t out = draw(&seed, (uint32_t)count);
        struct lt_cell_line one = lines[out];
        memmove(&lines[out], &lines[out + 1], (count - out - 1) * sizeof one);
        size = lt_cell_block_pack(lines, (unsigned)count - 1, bytes);
        assert_true(size > 0 && lt_cell_block_open((struct lt_bytes){bytes, size}, &block));
        if (!lt_cell_block_insert(&block, (unsigned)out, &one, grown, &grown_size)) {
            refused++;
            continue;
        }
        inserted++;
        memmove(&lines[out + 1], &lines[out], (count - out - 1) * sizeof one);
        lines[out] = one;
        assert_true(lt_cell_block_open((struct lt_bytes){grown, grown_size}, &block));
        lt_cell_block_lines(&block, back);
        assert_memory_equal(back, lines, count * sizeof one);
        lines[out].bytes[LT_CELL_LINE_BYTES - 1] ^= 1;
        if (!lt_cell_block_set(grown, &block, (unsigned)out, &lines[out])) {
            lines[out].bytes[LT_CELL_LINE_BYTES - 1] ^= 1;
            refused++;
        } else {
            set++;
        }
        lt_cell_block_lines(&block, back);
        assert_memory_equal(back, lines, count * sizeof one);
    }
    assert_true(inserted > 100 && refused > 100 && set > 100);
}

/* ---- The store ---- */

struct plain { /* ascending */
    struct lt_cell cells[CELLS_MAX];
    size_t count;
};

static void plain_add(struct plain *plain, const struct lt_cell *cell)
{
    size_t at = 0;
    while (at < plain->count && by_key(&plain->cells[at], cell) < 0)
        at++;
    if (at == plain->count || by_key(&plain->cells[at], cell) != 0) {
        assert_true(plain->count < CELLS_MAX);
        memmove(&plain->cells[at + 1], &plain->cells[at], (plain->count - at) * sizeof *cell);
        plain->cells[at] = *cell;
        plain->count++;
        return;
    }
    plain->cells[at].count += cell->count;
    plain->cells[at].quantity += cell->quantity;
    plain->cells[at].unconfirmed += cell->unconfirmed;
    if (plain->cells[at].count == 0 && plain->cells[at].quantity == 0 &&
        plain->cells[at].unconfirmed == 0) {
        plain->count--;
        memmove(&plain->cells[at], &plain->cells[at + 1], (plain->count - at) * sizeof *cell);
    }
}

struct seen {
    const struct plain *plain;
    size_t at, end;
    uint32_t place;
    enum lt_basis other; /* its cells may be there or not; LT_BASIS_BOTH: all are */
};

static bool see_cell(void *context, const struct lt_cell *cell)
{
    struct seen *seen = context;
    assert_true(seen->at < seen->end);
    const struct lt_cell *expected = &seen->plain->cells[seen->at++];
    assert_int_equal(by_key(cell, expected), 0);
    assert_int_equal(cell->count, expected->count);
    assert_int_equal(cell->quantity, expected->quantity);
    assert_int_equal(cell->unconfirmed, expected->unconfirmed);
    return true;
}

/* Past expected cells of the other basis. */
static void skip_other(struct seen *seen, const struct lt_cell *upto)
{
    while (seen->other != LT_BASIS_BOTH && seen->at < seen->end &&
           lt_cell_key_basis(&seen->plain->cells[seen->at].key) == seen->other &&
           (upto == NULL || by_key(&seen->plain->cells[seen->at], upto) <= 0))
        seen->at++;
}

static bool see_block(void *context, uint16_t year, const struct lt_cell_block *block)
{
    struct seen *seen = context;
    uint8_t prefix[LT_CELL_PREFIX_BYTES];
    lt_put_u32(prefix, seen->place);
    lt_put_u16(prefix + 4, year);
    for (unsigned i = 0; i < block->count; i++) {
        struct lt_cell_line line;
        struct lt_cell cell;
        lt_cell_block_line(block, i, &line);
        lt_cell_of_line(prefix, &line, &cell);
        skip_other(seen, &cell);
        if (seen->other == LT_BASIS_BOTH || lt_cell_key_basis(&cell.key) != seen->other)
            see_cell(seen, &cell);
    }
    return true;
}

static size_t first_from(const struct plain *plain, const struct lt_cell_key *key)
{
    size_t at = 0;
    while (at < plain->count && memcmp(plain->cells[at].key.bytes, key, sizeof *key) < 0)
        at++;
    return at;
}

static void compare_all(struct lt_store_txn *txn, const struct plain *plain, uint64_t *seed)
{
    static const struct lt_dims none;
    struct lt_cell_key from, to;
    struct seen seen = {.plain = plain, .end = plain->count};
    memset(&from, 0, sizeof from);
    memset(&to, 0xff, sizeof to);
    lt_store_cells(txn, &from, &to, see_cell, &seen);
    assert_int_equal(seen.at, plain->count);
    assert_int_equal(lt_store_entries(txn, LT_STATE_CELLS), plain->count);
    if (plain->count > 1) { /* from a cell to another */
        size_t a = draw(seed, (uint32_t)plain->count),
               b = a + draw(seed, (uint32_t)(plain->count - a));
        seen = (struct seen){.plain = plain, .at = a, .end = b};
        lt_store_cells(txn, &plain->cells[a].key, &plain->cells[b].key, see_cell, &seen);
        assert_int_equal(seen.at, b);
    }
    for (uint32_t i = 0; i < 27; i++) {
        static const enum lt_basis others[] = {LT_BASIS_BOTH, LT_BASIS_DECIDED, LT_BASIS_ACHIEVED};
        uint32_t place = 1 + i % 3;
        uint16_t year = (uint16_t)(2020 + i / 3 % 3);
        lt_cell_key_make(place, LT_BASIS_BOTH, year, 0, &none, &from);
        lt_cell_key_make(place, LT_BASIS_BOTH, (uint16_t)(year + 1), 0, &none, &to);
        seen = (struct seen){plain, first_from(plain, &from), first_from(plain, &to), place,
                             others[i / 9]};
        lt_store_cell_blocks(txn, place, (enum lt_basis)(i / 9), year, see_block, &seen);
        skip_other(&seen, NULL);
        assert_int_equal(seen.at, seen.end);
    }
}

static void the_stores_cells_are_sums_whatever_the_batches(void **state)
{
    static struct plain plain;
    static struct lt_cell cells[900];
    char *dir = world_dir(), reason[200];
    struct lt_store *store;
    uint64_t seed = 3;
    size_t most = 0;
    (void)state;
    assert_int_equal(lt_store_open(dir, false, &store, reason), LT_OK);
    for (int round = 0; round < 60; round++) {
        struct lt_store_txn *txn = lt_store_begin(store, true);
        size_t count = draw_cells(&seed, 1 + draw(&seed, round % 3 == 0 ? 900 : 40), 8, cells);
        if (round % 8 == 6) { /* half of all goes again, to nothing or to less */
            count = 0;
            for (size_t i = 0; i < plain.count && count < 900; i++)
                if (draw(&seed, 2) == 0) {
                    cells[count] = plain.cells[i];
                    cells[count].count = -plain.cells[i].count;
                    cells[count].quantity = -plain.cells[i].quantity;
                    cells[count].unconfirmed = draw(&seed, 2) ? -plain.cells[i].unconfirmed : 0;
                    count++;
                }
        }
        lt_store_add_cells(txn, cells, count);
        for (size_t i = 0; i < count; i++)
            plain_add(&plain, &cells[i]);
        compare_all(txn, &plain, &seed);
        most = plain.count > most ? plain.count : most;
        assert_int_equal(lt_store_commit(txn), LT_OK);
    }
    assert_true(most > 1000 && plain.count > 0);
    for (size_t i = 0; i < plain.count; i++) {
        plain.cells[i].count = -plain.cells[i].count;
        plain.cells[i].quantity = -plain.cells[i].quantity;
        plain.cells[i].unconfirmed = -plain.cells[i].unconfirmed;
    }
    struct lt_store_txn *txn = lt_store_begin(store, true);
    lt_store_add_cells(txn, plain.cells, plain.count);
    assert_int_equal(lt_store_entries(txn, LT_STATE_CELLS), 0);
    assert_int_equal(lt_store_commit(txn), LT_OK);
    lt_store_close(store);
    world_remove(dir);
}

static void a_sum_below_nothing_fails_the_transaction(void **state)
{
    struct lt_cell cell = {.count = 2, .quantity = 3};
    struct lt_dims dims = {.month = 3, .kind = 1};
    char *dir = world_dir(), reason[200];
    struct lt_store *store;
    (void)state;
    assert_int_equal(lt_store_open(dir, false, &store, reason), LT_OK);
    lt_cell_key_make(1, LT_BASIS_BOTH, 2020, 0, &dims, &cell.key);
    struct lt_store_txn *txn = lt_store_begin(store, true);
    lt_store_add_cells(txn, &cell, 1);
    assert_int_equal(lt_store_commit(txn), LT_OK);
    for (int i = 0; i < 2; i++) { /* of one that is there, and of one that is not */
        txn = lt_store_begin(store, true);
        cell.count = i == 0 ? -3 : -1;
        cell.quantity = 0;
        dims.month = (uint8_t)(3 + i);
        lt_cell_key_make(1, LT_BASIS_BOTH, 2020, 0, &dims, &cell.key);
        lt_store_add_cells(txn, &cell, 1);
        assert_int_equal(lt_store_commit(txn), LT_CORRUPT);
    }
    lt_store_close(store);
    world_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_out_as_they_went_in),
        cmocka_unit_test(a_block_that_is_changed_reads_as_one_packed_anew),
        cmocka_unit_test(the_stores_cells_are_sums_whatever_the_batches),
        cmocka_unit_test(a_sum_below_nothing_fails_the_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
