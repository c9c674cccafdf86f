#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/samples.h"

static void days_agree_with_the_calendar(void **state)
{
    (void)state;
    /* An independent walk over every day of 9999 years. */
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    lt_day expected = -719162;
    for (int year = 1; year <= 9999; year++) {
        const bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        for (int month = 1; month <= 12; month++) {
            const int length = lengths[month - 1] + (month == 2 && leap);
            for (int day = 1; day <= length; day++, expected++) {
                lt_day made;
                int y, m, d;
                assert_int_equal(lt_day_make(year, month, day, &made), LT_OK);
                assert_int_equal(made, expected);
                lt_day_split(made, &y, &m, &d);
                assert_true(y == year && m == month && d == day);
            }
            assert_int_equal(lt_day_make(year, month, length + 1, &(lt_day){0}), LT_MALFORMED);
        }
    }
    assert_int_equal(expected, 2932897);
}

static void days_as_text(void **state)
{
    (void)state;
    char text[11];
    lt_day day = 7;
    assert_int_equal(lt_day_parse_iso("1970-01-01", &day), LT_OK);
    assert_int_equal(day, 0);
    assert_int_equal(lt_day_parse_iso("2025-07-01", &day), LT_OK);
    assert_int_equal(day, 20270);
    lt_day_format_iso(day, text);
    assert_string_equal(text, "2025-07-01");
    lt_day_format_iso(INT32_MIN, text);
    assert_string_equal(text, "0001-01-01");
    lt_day_format_iso(INT32_MAX, text);
    assert_string_equal(text, "9999-12-31");
    static const char *const bad[] = {"",           "2025-7-01",  "2025-02-29",  "0000-01-01",
                                      "2025-07-1 ", "2025/07/01", "2025-07-01x", "-025-07-01"};
    for (size_t i = 0; i < SAMPLE_COUNT(bad); i++)
        assert_int_equal(lt_day_parse_iso(bad[i], &day), LT_MALFORMED);
    assert_int_equal(day, 20270); /* untouched */
    int y, m, d;
    lt_day_split(INT32_MIN, &y, &m, &d);
    assert_true(y < 0 && m >= 1 && m <= 12 && d >= 1 && d <= 31);
    lt_day_split(INT32_MAX, &y, &m, &d);
    assert_true(y > 9999 && m >= 1 && m <= 12 && d >= 1 && d <= 31);
}

static void units_as_text(void **state)
{
    (void)state;
    struct lt_unit unit, again;
    char text[LT_UNIT_TEXT_MAX];
    bool dated;
    static const char *const good[] = {"80", "80@2025-07-01", "ABCDEFGHIJ-_.59@0001-01-01", "VN"};
    for (size_t i = 0; i < SAMPLE_COUNT(good); i++) {
        assert_int_equal(lt_unit_parse(good[i], &unit, &dated), LT_OK);
        assert_int_equal(dated, strchr(good[i], '@') != NULL);
        lt_unit_format(&unit, text);
        assert_string_equal(text, good[i]);
        assert_int_equal(lt_unit_make(unit.code, unit.valid_from, &again), LT_OK);
        assert_memory_equal(&unit, &again, sizeof(unit)); /* padded alike */
    }
    assert_int_equal(lt_unit_parse("80@1970-01-01", &unit, &dated), LT_OK);
    assert_true(dated && unit.valid_from == 0);
    static const char *const bad[] = {
        "",    "@", "8 0", "80@", "80@2025", "xã", "80/1", "1234567890123456", "80@2025-02-30",
        "80@x"};
    for (size_t i = 0; i < SAMPLE_COUNT(bad); i++)
        assert_int_equal(lt_unit_parse(bad[i], &unit, &dated), LT_MALFORMED);
    assert_int_equal(lt_unit_make("80", INT32_MAX, &unit), LT_MALFORMED);
}

static void chain_keys_sort_as_chains(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1", "10", "80", "80@2025-07-01", "80@1969-12-31", "8-", "8.", "80@0001-01-01", "A", "a"};
    struct lt_chain chains[2 * SAMPLE_COUNT(texts)];
    bool dated;
    for (size_t i = 0; i < SAMPLE_COUNT(chains); i++) {
        chains[i].stream = i % 2 ? LT_STREAM_REPORT : LT_STREAM_DIRECTIVE;
        assert_int_equal(lt_unit_parse(texts[i / 2], &chains[i].unit, &dated), LT_OK);
    }
    for (size_t i = 0; i < SAMPLE_COUNT(chains); i++) {
        uint8_t a[LT_CHAIN_KEY_BYTES], b[LT_CHAIN_KEY_BYTES];
        struct lt_chain back;
        lt_chain_to_key(&chains[i], a);
        assert_int_equal(lt_chain_from_key(a, &back), LT_OK);
        assert_int_equal(lt_chain_cmp(&back, &chains[i]), 0);
        for (size_t j = 0; j < SAMPLE_COUNT(chains); j++) {
            lt_chain_to_key(&chains[j], b);
            const int by_key = memcmp(a, b, sizeof(a)),
                      by_chain = lt_chain_cmp(&chains[i], &chains[j]);
            assert_int_equal((by_key > 0) - (by_key < 0), (by_chain > 0) - (by_chain < 0));
        }
        a[0] = 3;
        assert_int_equal(lt_chain_from_key(a, &back), LT_MALFORMED);
        lt_chain_to_key(&chains[i], a);
        a[16] = 'x';
        assert_int_equal(lt_chain_from_key(a, &back), LT_MALFORMED);
        lt_chain_to_key(&chains[i], a);
        a[17] = 0xff;
        assert_int_equal(lt_chain_from_key(a, &back), LT_MALFORMED);
    }
}

static void stamps_compare(void **state)
{
    (void)state;
    const struct lt_stamp base = {.seq = 2, .update.bytes = {5}, .index = 7};
    struct lt_stamp other = base;
    assert_int_equal(lt_stamp_cmp(&base, &other), 0);
    other.index = 8;
    assert_true(lt_stamp_cmp(&base, &other) < 0);
    other.update.bytes[0] = 4;
    assert_true(lt_stamp_cmp(&base, &other) > 0);
    other.seq = UINT64_MAX;
    assert_true(lt_stamp_cmp(&base, &other) < 0);
}

static void hexadecimal(void **state)
{
    (void)state;
    uint8_t bytes[3] = {0x00, 0xaf, 0xFE}, back[3] = {9, 9, 9};
    char text[7];
    lt_hex(bytes, sizeof(bytes), text);
    assert_string_equal(text, "00affe");
    assert_int_equal(lt_unhex("00AfFe", back, sizeof(back)), LT_OK);
    assert_memory_equal(back, bytes, sizeof(back));
    memset(back, 9, sizeof(back));
    assert_int_equal(lt_unhex("00affe0", back, sizeof(back)), LT_MALFORMED);
    assert_int_equal(lt_unhex("00aff", back, sizeof(back)), LT_MALFORMED);
    assert_int_equal(lt_unhex("00afg0", back, sizeof(back)), LT_MALFORMED);
    assert_int_equal(back[0], 9);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_agree_with_the_calendar),
        cmocka_unit_test(days_as_text),
        cmocka_unit_test(units_as_text),
        cmocka_unit_test(chain_keys_sort_as_chains),
        cmocka_unit_test(stamps_compare),
        cmocka_unit_test(hexadecimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
