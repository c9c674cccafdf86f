/* cell.h - the packed keys of scope lines and cells, and the dimensions in them.
 *
 * Keys are bytes that sort: numbers big-endian. Strings stand as numbers of the store's dictionary, 0
 * for the empty one; units as numbers of its second dictionary. Pure; any thread. */
#ifndef LT_CELL_H
#define LT_CELL_H

#include <stdbool.h>
#include <stdint.h>

/* Which year a cell stands under. One cell serves both when they agree, as they mostly do. */
enum lt_basis { LT_BASIS_BOTH = 0, LT_BASIS_ACHIEVED = 1, LT_BASIS_DECIDED = 2 };

/* Beside the cells of places, which hold all below them too, stand three kinds more.
 * What counts at a place that has none above it, and not below it, under LT_OWN | its number: so a question of a
 * whole tree by the places directly below need not read the tree's sums, only theirs.
 * What an author says now, before the law among tellers, under LT_TOLD | the number of his unit: only year
 * or span, basis, month, kind, code, recipient and status are dimensions.
 * A scope in which tellers differ, as kind LT_CELL_DIFFERENCE: count 1, quantity by how much at most. */
#define LT_OWN              UINT32_C(0x40000000)
#define LT_TOLD             UINT32_C(0x80000000)
#define LT_CELL_UNIT(place) ((place) & ~(LT_OWN | LT_TOLD)) /* the unit's number alone */
enum { LT_CELL_DIFFERENCE = 15 };

/* All dimensions of a record but its place. */
struct lt_dims {
    uint16_t year, span_from, decided_year;
    uint8_t month, kind, outside, level, type, recipient, category, sex, nature, status;
    uint8_t detail; /* of lt_fact */
    uint32_t code, field, movement; /* dictionary numbers */
};

/* A scope line: scope 32, stated total 1, teller 4, place 4, dimensions 29. */
enum { LT_SCOPE_BYTES = 32, LT_LINE_KEY_BYTES = 70 };
struct lt_line_key {
    uint8_t bytes[72]; /* LT_LINE_KEY_BYTES used, the rest 0 */
};
void lt_line_key_make(const uint8_t scope[LT_SCOPE_BYTES], bool total, uint32_t teller,
                      uint32_t place, const struct lt_dims *dims, struct lt_line_key *ret_key);
bool lt_line_key_total(const struct lt_line_key *key);
uint32_t lt_line_key_teller(const struct lt_line_key *key);
uint32_t lt_line_key_place(const struct lt_line_key *key);
void lt_line_key_dims(const struct lt_line_key *key, struct lt_dims *ret_dims);

/* A cell: place 4, year 2, then 26 bytes of dimensions. Those that have few values come first: so neighbours
 * are alike in most bytes, and many of them take little room (cell_block.h). */
enum { LT_CELL_KEY_BYTES = 32 };
enum {
    LT_AT_BASIS = 0,
    LT_AT_KIND = 1,
    LT_AT_OUTSIDE = 2,
    LT_AT_SPAN = 3, /* 2 */
    LT_AT_STATUS = 5,
    LT_AT_DETAIL = 6,
    LT_AT_NATURE = 7,
    LT_AT_LEVEL = 8,
    LT_AT_TYPE = 9,
    LT_AT_RECIPIENT = 10,
    LT_AT_SEX = 11,
    LT_AT_CATEGORY = 12,
    LT_AT_CODE = 13, /* 4, as field and movement */
    LT_AT_MONTH = 17,
    LT_AT_FIELD = 18,
    LT_AT_MOVEMENT = 22,
};
struct lt_cell_key {
    uint8_t bytes[LT_CELL_KEY_BYTES];
};
void lt_cell_key_make(uint32_t place, enum lt_basis basis, uint16_t year, uint16_t span_from,
                      const struct lt_dims *dims, struct lt_cell_key *ret_key);
void lt_cell_key_set_place(struct lt_cell_key *key, uint32_t place);
uint32_t lt_cell_key_place(const struct lt_cell_key *key);
enum lt_basis lt_cell_key_basis(const struct lt_cell_key *key);
/* `decided_year` is not in a cell: 0. */
void lt_cell_key_dims(const struct lt_cell_key *key, struct lt_dims *ret_dims);

void lt_put_u16(uint8_t *bytes, uint16_t value);
void lt_put_u32(uint8_t *bytes, uint32_t value);
void lt_put_u64(uint8_t *bytes, uint64_t value);
uint16_t lt_get_u16(const uint8_t *bytes);
uint32_t lt_get_u32(const uint8_t *bytes);
uint64_t lt_get_u64(const uint8_t *bytes);

#endif
