#include "hub/cell.h"

#include <string.h>

void lt_put_u16(uint8_t *bytes, uint16_t value)
{
    value = __builtin_bswap16(value);
    memcpy(bytes, &value, sizeof value);
}

void lt_put_u32(uint8_t *bytes, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(bytes, &value, sizeof value);
}

void lt_put_u64(uint8_t *bytes, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(bytes, &value, sizeof value);
}

uint16_t lt_get_u16(const uint8_t *bytes)
{
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap16(value);
}

uint32_t lt_get_u32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap32(value);
}

uint64_t lt_get_u64(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap64(value);
}

/* Offsets in a line key. */
enum { L_TOTAL = 32, L_TELLER = 33, L_PLACE = 37, L_YEAR = 41, L_SPAN = 43, L_DECIDED = 45 };
enum { L_MONTH = 47, L_KIND, L_OUTSIDE, L_CODE, L_LEVEL = 54, L_TYPE, L_RECIPIENT, L_CATEGORY };
enum { L_SEX = 58, L_NATURE, L_STATUS, L_FIELD, L_MOVEMENT = 65, L_DETAIL = 69 };

void lt_line_key_make(const uint8_t scope[LT_SCOPE_BYTES], bool total, uint32_t teller,
                      uint32_t place, const struct lt_dims *dims, struct lt_line_key *ret_key)
{
    uint8_t *b = ret_key->bytes;
    memcpy(b, scope, LT_SCOPE_BYTES);
    b[L_TOTAL] = total;
    lt_put_u32(b + L_TELLER, teller);
    lt_put_u32(b + L_PLACE, place);
    lt_put_u16(b + L_YEAR, dims->year);
    lt_put_u16(b + L_SPAN, dims->span_from);
    lt_put_u16(b + L_DECIDED, dims->decided_year);
    b[L_MONTH] = dims->month;
    b[L_KIND] = dims->kind;
    b[L_OUTSIDE] = dims->outside;
    lt_put_u32(b + L_CODE, dims->code);
    b[L_LEVEL] = dims->level;
    b[L_TYPE] = dims->type;
    b[L_RECIPIENT] = dims->recipient;
    b[L_CATEGORY] = dims->category;
    b[L_SEX] = dims->sex;
    b[L_NATURE] = dims->nature;
    b[L_STATUS] = dims->status;
    lt_put_u32(b + L_FIELD, dims->field);
    lt_put_u32(b + L_MOVEMENT, dims->movement);
    b[L_DETAIL] = dims->detail;
    memset(b + LT_LINE_KEY_BYTES, 0, sizeof ret_key->bytes - LT_LINE_KEY_BYTES);
}

bool lt_line_key_total(const struct lt_line_key *key)
{
    return key->bytes[L_TOTAL] != 0;
}

uint32_t lt_line_key_teller(const struct lt_line_key *key)
{
    return lt_get_u32(key->bytes + L_TELLER);
}

uint32_t lt_line_key_place(const struct lt_line_key *key)
{
    return lt_get_u32(key->bytes + L_PLACE);
}

void lt_line_key_dims(const struct lt_line_key *key, struct lt_dims *ret_dims)
{
    const uint8_t *b = key->bytes;
    *ret_dims = (struct lt_dims){
        .year = lt_get_u16(b + L_YEAR),
        .span_from = lt_get_u16(b + L_SPAN),
        .decided_year = lt_get_u16(b + L_DECIDED),
        .month = b[L_MONTH],
        .kind = b[L_KIND],
        .outside = b[L_OUTSIDE],
        .level = b[L_LEVEL],
        .type = b[L_TYPE],
        .recipient = b[L_RECIPIENT],
        .category = b[L_CATEGORY],
        .sex = b[L_SEX],
        .nature = b[L_NATURE],
        .status = b[L_STATUS],
        .detail = b[L_DETAIL],
        .code = lt_get_u32(b + L_CODE),
        .field = lt_get_u32(b + L_FIELD),
        .movement = lt_get_u32(b + L_MOVEMENT),
    };
}

/* Offsets in a cell key, of what a line of a block holds. */
enum { C_PLACE = 0, C_YEAR = 4, C_LINE = 6 };
enum {
    C_BASIS = C_LINE + LT_AT_BASIS,
    C_MONTH = C_LINE + LT_AT_MONTH,
    C_KIND = C_LINE + LT_AT_KIND,
    C_OUTSIDE = C_LINE + LT_AT_OUTSIDE,
    C_SPAN = C_LINE + LT_AT_SPAN,
    C_CODE = C_LINE + LT_AT_CODE,
    C_LEVEL = C_LINE + LT_AT_LEVEL,
    C_TYPE = C_LINE + LT_AT_TYPE,
    C_RECIPIENT = C_LINE + LT_AT_RECIPIENT,
    C_CATEGORY = C_LINE + LT_AT_CATEGORY,
    C_SEX = C_LINE + LT_AT_SEX,
    C_NATURE = C_LINE + LT_AT_NATURE,
    C_STATUS = C_LINE + LT_AT_STATUS,
    C_DETAIL = C_LINE + LT_AT_DETAIL,
    C_FIELD = C_LINE + LT_AT_FIELD,
    C_MOVEMENT = C_LINE + LT_AT_MOVEMENT,
};

void lt_cell_key_make(uint32_t place, enum lt_basis basis, uint16_t year, uint16_t span_from,
                      const struct lt_dims *dims, struct lt_cell_key *ret_key)
{
    uint8_t *b = ret_key->bytes;
    lt_put_u32(b + C_PLACE, place);
    lt_put_u16(b + C_YEAR, year);
    b[C_BASIS] = (uint8_t)basis;
    b[C_MONTH] = dims->month;
    b[C_KIND] = dims->kind;
    b[C_OUTSIDE] = dims->outside;
    lt_put_u16(b + C_SPAN, span_from);
    lt_put_u32(b + C_CODE, dims->code);
    b[C_LEVEL] = dims->level;
    b[C_TYPE] = dims->type;
    b[C_RECIPIENT] = dims->recipient;
    b[C_CATEGORY] = dims->category;
    b[C_SEX] = dims->sex;
    b[C_NATURE] = dims->nature;
    b[C_STATUS] = dims->status;
    b[C_DETAIL] = dims->detail;
    lt_put_u32(b + C_FIELD, dims->field);
    lt_put_u32(b + C_MOVEMENT, dims->movement);
}

void lt_cell_key_set_place(struct lt_cell_key *key, uint32_t place)
{
    lt_put_u32(key->bytes + C_PLACE, place);
}

uint32_t lt_cell_key_place(const struct lt_cell_key *key)
{
    return lt_get_u32(key->bytes + C_PLACE);
}

enum lt_basis lt_cell_key_basis(const struct lt_cell_key *key)
{
    return (enum lt_basis)key->bytes[C_BASIS];
}

void lt_cell_key_dims(const struct lt_cell_key *key, struct lt_dims *ret_dims)
{
    const uint8_t *b = key->bytes;
    *ret_dims = (struct lt_dims){
        .year = lt_get_u16(b + C_YEAR),
        .span_from = lt_get_u16(b + C_SPAN),
        .month = b[C_MONTH],
        .kind = b[C_KIND],
        .outside = b[C_OUTSIDE],
        .level = b[C_LEVEL],
        .type = b[C_TYPE],
        .recipient = b[C_RECIPIENT],
        .category = b[C_CATEGORY],
        .sex = b[C_SEX],
        .nature = b[C_NATURE],
        .status = b[C_STATUS],
        .detail = b[C_DETAIL],
        .code = lt_get_u32(b + C_CODE),
        .field = lt_get_u32(b + C_FIELD),
        .movement = lt_get_u32(b + C_MOVEMENT),
    };
}
