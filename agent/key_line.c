#include "agent/key_line.h"

#include <sodium.h>
#include <string.h>

#include "proto/ids.h"

static const char BOUND[] = "bound ";
enum { BOUND_BYTES = sizeof(BOUND) - 1, CHECK_DIGITS = 2 * LT_KEY_CHECK_BYTES };

/* The digits of `bytes`, a blank, the check's digits, the line's end. */
static size_t put(const uint8_t *bytes, size_t size, char *to)
{
    struct lt_hash hash;
    lt_hash_of(bytes, size, &hash);
    lt_hex(bytes, size, to);
    to[2 * size] = ' ';
    lt_hex(hash.bytes, LT_KEY_CHECK_BYTES, to + 2 * size + 1);
    to[2 * size + 1 + CHECK_DIGITS] = '\n';
    return 2 * size + 1 + CHECK_DIGITS + 1;
}

/* `line` has room for an end. */
static bool take(char *line, size_t line_size, uint8_t *ret_bytes, size_t size)
{
    char check[CHECK_DIGITS + 1];
    struct lt_hash hash;
    if (line_size != 2 * size + 1 + CHECK_DIGITS + 1 || line[line_size - 1] != '\n' ||
        line[2 * size] != ' ') {
        return false;
    }
    line[line_size - 1] = line[2 * size] = '\0';
    if (lt_unhex(line, ret_bytes, size) != LT_OK) {
        return false;
    }
    lt_hash_of(ret_bytes, size, &hash);
    lt_hex(hash.bytes, LT_KEY_CHECK_BYTES, check);
    return strcmp(line + 2 * size + 1, check) == 0;
}

enum lt_result lt_key_line_write(const uint8_t seed[LT_KEY_SEED_BYTES], bool bind,
                                 char ret_line[LT_KEY_LINE_MAX + 1], size_t *ret_size)
{
    uint8_t bound[LT_BOUND_MAX];
    size_t size;
    enum lt_result result = bind ? lt_bind(seed, bound, &size) : LT_NOT_FOUND;
    if (result == LT_OK) {
        memcpy(ret_line, BOUND, BOUND_BYTES);
        *ret_size = BOUND_BYTES + put(bound, size, ret_line + BOUND_BYTES);
    } else if (result == LT_NOT_FOUND) {
        *ret_size = put(seed, LT_KEY_SEED_BYTES, ret_line);
        result = LT_OK;
    }
    return result;
}

static enum lt_result take_bound(char *line, size_t line_size, uint8_t ret_seed[LT_KEY_SEED_BYTES])
{
    uint8_t bound[LT_BOUND_MAX];
    const size_t around = 1 + CHECK_DIGITS + 1;
    const size_t size = line_size > around ? (line_size - around) / 2 : 0;
    if (size == 0 || size > sizeof(bound) || !take(line, line_size, bound, size)) {
        return LT_CORRUPT;
    }
    return lt_unbind(bound, size, ret_seed);
}

enum lt_result lt_key_line_read(const char *line, size_t size, uint8_t ret_seed[LT_KEY_SEED_BYTES],
                                bool *ret_bound)
{
    char copy[LT_KEY_LINE_MAX + 1] = "";
    uint8_t seed[LT_KEY_SEED_BYTES];
    if (size > LT_KEY_LINE_MAX) {
        return LT_CORRUPT;
    }
    memcpy(copy, line, size);
    const bool bound = strncmp(copy, BOUND, BOUND_BYTES) == 0;
    enum lt_result result = LT_CORRUPT;
    if (bound) {
        result = take_bound(copy + BOUND_BYTES, size - BOUND_BYTES, seed);
    } else if (take(copy, size, seed, sizeof(seed))) {
        result = LT_OK;
    }
    if (result == LT_OK && sodium_is_zero(seed, sizeof(seed))) {
        result = LT_CORRUPT;
    }
    if (result == LT_OK) {
        memcpy(ret_seed, seed, sizeof(seed));
        *ret_bound = bound;
    }
    sodium_memzero(copy, sizeof(copy));
    sodium_memzero(seed, sizeof(seed));
    return result;
}
