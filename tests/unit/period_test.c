/* Periods: as text, as told, as days. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "proto/standing.h"

static const struct {
    const char *text, *first, *last;
    uint8_t kind;
    uint16_t from, to;
} periods[] = {
    {"2024", "2024-01-01", "2024-12-31", LIENTHONG__PERIOD_KIND__PERIOD_YEAR, 0, 2024},
    {"2024/2025", "2024-09-01", "2025-08-31", LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR, 0, 2025},
    {"2020-2025", "2020-01-01", "2025-12-31", LIENTHONG__PERIOD_KIND__PERIOD_SPAN, 2020, 2025},
    {"2024-01", "2024-01-01", "2024-01-31", LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 1, 2024},
    {"2024-02", "2024-02-01", "2024-02-29", LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 2, 2024},
    {"2024-12", "2024-12-01", "2024-12-31", LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 12, 2024},
    {"2024-Q1", "2024-01-01", "2024-03-31", LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 1, 2024},
    {"2024-Q4", "2024-10-01", "2024-12-31", LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 4, 2024},
    {"2024-H1", "2024-01-01", "2024-06-30", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 1, 2024},
    {"2024-H2", "2024-07-01", "2024-12-31", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 2, 2024},
    {"2024-05-19", "2024-05-19", "2024-05-19", LIENTHONG__PERIOD_KIND__PERIOD_EVENT, 0, 2024},
    {"1945", "1945-01-01", "1945-12-31", LIENTHONG__PERIOD_KIND__PERIOD_YEAR, 0, 1945},
    {"2200", "2200-01-01", "2200-12-31", LIENTHONG__PERIOD_KIND__PERIOD_YEAR, 0, 2200},
};
enum { PERIODS = sizeof(periods) / sizeof(periods[0]) };

static void test_round_trip(void **state)
{
    (void)state;
    for (size_t i = 0; i < PERIODS; i++) {
        struct lt_period period, made;
        char text[LT_PERIOD_TEXT_MAX], day[11];
        lt_day first, last;
        assert_int_equal(lt_period_parse(periods[i].text, &period), LT_OK);
        assert_int_equal(period.kind, periods[i].kind);
        assert_int_equal(period.from, periods[i].from);
        assert_int_equal(period.to, periods[i].to);
        lt_period_format(&period, text);
        assert_string_equal(text, periods[i].text);
        lt_period_days(&period, &first, &last);
        lt_day_format_iso(first, day);
        assert_string_equal(day, periods[i].first);
        lt_day_format_iso(last, day);
        assert_string_equal(day, periods[i].last);
        Lienthong__Period told = LIENTHONG__PERIOD__INIT;
        told.kind = (Lienthong__PeriodKind)period.kind;
        told.from = period.from;
        told.to = period.to;
        told.day = period.day;
        assert_int_equal(lt_period_make(&told, &made), LT_OK);
        assert_int_equal(lt_period_cmp(&period, &made), 0);
        for (size_t j = 0; j < i; j++) {
            struct lt_period other;
            assert_int_equal(lt_period_parse(periods[j].text, &other), LT_OK);
            const int order = lt_period_cmp(&period, &other);
            assert_true(order != 0 && order == -lt_period_cmp(&other, &period));
        }
    }
}

static void test_no_period(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",           "24",         "20245",       "2024-",
        "2024-00",    "2024-13",    "2024-1",      "2024-Q0",
        "2024-Q5",    "2024-q1",    "2024-H3",     "2024-H",
        "2024/2026",  "2024/2024",  "2025-2025",   "2025-2020",
        "2024-05-32", "2023-02-29", "1944",        "2201",
        "2024-2201",  "2024 ",      " 2024",       "2024-Q1 ",
        "abcd",       "1900-01-01", "2024-05-19x", "2024-05-190000000000"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct lt_period period = {.kind = 77};
        assert_int_equal(lt_period_parse(texts[i], &period), LT_MALFORMED);
        assert_int_equal(period.kind, 77);
    }
    static const struct {
        int kind;
        uint32_t from, to;
        int32_t day;
    } told[] = {{0, 0, 2024, 0},     {1, 0, 0, 0},        {1, 0, 70000, 0}, {2, 0, 1944, 0},
                {3, 2024, 2024, 0},  {3, 67560, 2025, 0}, {4, 0, 2024, 0},  {4, 0, 0, -20000},
                {5, 0, 2024, 0},     {5, 13, 2024, 0},    {6, 5, 2024, 0},  {7, 3, 2024, 0},
                {7, 65537, 2024, 0}, {8, 1, 2024, 0},     {-1, 1, 2024, 0}};
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        Lienthong__Period period = LIENTHONG__PERIOD__INIT;
        struct lt_period made = {.kind = 77};
        period.kind = (Lienthong__PeriodKind)told[i].kind;
        period.from = told[i].from;
        period.to = told[i].to;
        period.day = told[i].day;
        assert_int_equal(lt_period_make(&period, &made), LT_MALFORMED);
        assert_int_equal(made.kind, 77);
    }
    struct lt_period made;
    assert_int_equal(lt_period_make(NULL, &made), LT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_no_period),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
