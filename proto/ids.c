#include "proto/ids.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "proto/letters.h"

enum { YEAR_FIRST = 1, YEAR_LAST = 9999, DAY_FIRST = -719162, DAY_LAST = 2932896 };

int lt_hash_cmp(const struct lt_hash *a, const struct lt_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

int lt_unit_cmp(const struct lt_unit *a, const struct lt_unit *b)
{
    const int by_code = memcmp(a->code, b->code, sizeof(a->code));
    return by_code ? by_code : (a->valid_from > b->valid_from) - (a->valid_from < b->valid_from);
}

int lt_chain_cmp(const struct lt_chain *a, const struct lt_chain *b)
{
    if (a->stream != b->stream)
        return a->stream < b->stream ? -1 : 1;
    return lt_unit_cmp(&a->unit, &b->unit);
}

int lt_stamp_cmp(const struct lt_stamp *a, const struct lt_stamp *b)
{
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    const int by_hash = lt_hash_cmp(&a->update, &b->update);
    return by_hash ? by_hash : (a->index > b->index) - (a->index < b->index);
}

enum lt_result lt_unit_make(const char *code, lt_day valid_from, struct lt_unit *ret_unit)
{
    const size_t size = strnlen(code, LT_CODE_BYTES_MAX + 1);
    if (!lt_code_valid((const uint8_t *)code, size))
        return LT_MALFORMED;
    if (valid_from < DAY_FIRST || valid_from > DAY_LAST)
        return LT_MALFORMED;
    struct lt_unit unit = {.valid_from = valid_from};
    memcpy(unit.code, code, size);
    *ret_unit = unit;
    return LT_OK;
}

void lt_unit_format(const struct lt_unit *unit, char ret_text[LT_UNIT_TEXT_MAX])
{
    const size_t size = strnlen(unit->code, LT_CODE_BYTES_MAX);
    memcpy(ret_text, unit->code, size);
    ret_text[size] = '\0';
    if (unit->valid_from == 0)
        return;
    ret_text[size] = '@';
    lt_day_format_iso(unit->valid_from, ret_text + size + 1);
}

enum lt_result lt_unit_parse(const char *text, struct lt_unit *ret_unit, bool *ret_dated)
{
    char code[LT_CODE_BYTES_MAX + 1] = {0};
    const size_t size = strcspn(text, "@");
    lt_day day = 0;
    if (size > LT_CODE_BYTES_MAX)
        return LT_MALFORMED;
    memcpy(code, text, size);
    if (text[size] == '@' && lt_day_parse_iso(text + size + 1, &day) != LT_OK)
        return LT_MALFORMED;
    const enum lt_result result = lt_unit_make(code, day, ret_unit);
    if (result == LT_OK)
        *ret_dated = text[size] == '@';
    return result;
}

void lt_chain_to_key(const struct lt_chain *chain, uint8_t ret_key[LT_CHAIN_KEY_BYTES])
{
    const uint32_t day = (uint32_t)chain->unit.valid_from ^ UINT32_C(0x80000000);
    ret_key[0] = (uint8_t)chain->stream;
    memcpy(ret_key + 1, chain->unit.code, sizeof(chain->unit.code));
    for (int i = 0; i < 4; i++)
        ret_key[LT_CHAIN_KEY_BYTES - 4 + i] = (uint8_t)(day >> (24 - 8 * i));
}

enum lt_result lt_chain_from_key(const uint8_t key[LT_CHAIN_KEY_BYTES], struct lt_chain *ret_chain)
{
    struct lt_chain chain;
    char code[LT_CODE_BYTES_MAX + 1];
    uint32_t day = 0;
    if (key[0] != LT_STREAM_REPORT && key[0] != LT_STREAM_DIRECTIVE)
        return LT_MALFORMED;
    chain.stream = key[0] == LT_STREAM_REPORT ? LT_STREAM_REPORT : LT_STREAM_DIRECTIVE;
    memcpy(code, key + 1, sizeof(code));
    for (int i = 0; i < 4; i++)
        day = day << 8 | key[LT_CHAIN_KEY_BYTES - 4 + i];
    const int64_t from = (int64_t)day - INT64_C(0x80000000);
    if (lt_unit_make(code, (lt_day)from, &chain.unit) != LT_OK)
        return LT_MALFORMED;
    if (memcmp(chain.unit.code, code, sizeof(code)) != 0)
        return LT_MALFORMED; /* something stands behind the NUL */
    *ret_chain = chain;
    return LT_OK;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Years are counted from March, so that the leap day comes last; eras are 400 years. */
enum lt_result lt_day_make(int year, int month, int day, lt_day *ret_day)
{
    if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12)
        return LT_MALFORMED;
    if (day < 1 || day > month_days(year, month))
        return LT_MALFORMED;
    const int y = month <= 2 ? year - 1 : year;
    const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int of_era = (y % 400) * 365 + (y % 400) / 4 - (y % 400) / 100 + of_year;
    *ret_day = (y / 400) * 146097 + of_era - 719468;
    return LT_OK;
}

void lt_day_split(lt_day day, int *ret_year, int *ret_month, int *ret_day)
{
    const int64_t shifted = (int64_t)day + 719468;
    const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const int of_era = (int)(shifted - era * 146097);
    const int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int of_year = of_era - (365 * year + year / 4 - year / 100);
    const int month = (5 * of_year + 2) / 153;
    *ret_day = of_year - (153 * month + 2) / 5 + 1;
    *ret_month = month < 10 ? month + 3 : month - 9;
    *ret_year = (int)(era * 400) + year + (*ret_month <= 2);
}

static bool read_digits(const char *text, int count, int *ret_value)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *ret_value = value;
    return true;
}

enum lt_result lt_day_parse_iso(const char *text, lt_day *ret_day)
{
    int year, month, day;
    if (strnlen(text, 11) != 10 || text[4] != '-' || text[7] != '-')
        return LT_MALFORMED;
    if (!read_digits(text, 4, &year) || !read_digits(text + 5, 2, &month) ||
        !read_digits(text + 8, 2, &day))
        return LT_MALFORMED;
    return lt_day_make(year, month, day, ret_day);
}

void lt_day_format_iso(lt_day day, char ret_text[11])
{
    int year, month, of_month;
    lt_day_split(day < DAY_FIRST  ? DAY_FIRST
                 : day > DAY_LAST ? DAY_LAST
                                  : day,
                 &year, &month, &of_month);
    /* The remainders only tell the compiler what the lines above made sure of. */
    snprintf(ret_text, 11, "%04u-%02u-%02u", (unsigned)year % 10000u, (unsigned)month % 100u,
             (unsigned)of_month % 100u);
}

void lt_hex(const uint8_t *bytes, size_t size, char *ret_text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        ret_text[2 * i] = digits[bytes[i] >> 4];
        ret_text[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_text[2 * size] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum lt_result lt_unhex(const char *text, uint8_t *ret_bytes, size_t size)
{
    for (size_t i = 0; i < 2 * size; i++)
        if (hex_value(text[i]) < 0)
            return LT_MALFORMED;
    if (text[2 * size] != '\0')
        return LT_MALFORMED;
    for (size_t i = 0; i < size; i++)
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): they are digits */
        ret_bytes[i] = (uint8_t)(hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]));
    return LT_OK;
}

void lt_hash_of(const void *bytes, size_t size, struct lt_hash *ret_hash)
{
    crypto_generichash(ret_hash->bytes, sizeof(ret_hash->bytes), bytes, size, NULL, 0);
}
