/* What cells say: Vietnamese dates, numbers, periods and words, and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/text.h"
#include "agent/today.h"
#include "agent/values.h"

static lt_day day_of(int year, int month, int day)
{
    lt_day found = 0;
    assert_int_equal(lt_day_make(year, month, day, &found), LT_OK);
    return found;
}

static void days(void **state)
{
    (void)state;
    static const char *const same[] = {"05/02/2021", "5/2/2021", " 5-2-2021 ", "05.02.2021",
                                       "2021-02-05"};
    static const char *const bad[] = {"31/02/2021", "2/13/2021",   "5/2/21", "5/2-2021", "",
                                      "2021/02/05", "05/02/2021x", "44232",  "1/1/1900", "1/1/0"};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        lt_day day = 0;
        assert_null(lt_value_day(same[i], &day));
        assert_int_equal(day, day_of(2021, 2, 5));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        lt_day day = 7;
        assert_non_null(lt_value_day(bad[i], &day));
        assert_int_equal(day, 7);
    }
}

static void counts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t count;
    } good[] = {{"1454", 1454},         {"1.454", 1454}, {"1 454", 1454}, {"02", 2},
                {"1.234.567", 1234567}, {" 298 ", 298},  {"0", 0}};
    static const char *const bad[] = {"1,454",        "1.45",  "1.4540", "12.34",
                                      "1.234 567",    "-5",    "",       "x",
                                      "999999999999", "1454.", ".454",   "1.454,0"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        uint64_t count = 99;
        assert_null(lt_value_count(good[i].text, &count));
        assert_int_equal(count, good[i].count);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint64_t count = 99;
        assert_non_null(lt_value_count(bad[i], &count));
        assert_int_equal(count, 99);
    }
}

static void points(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t hundredths;
        const char *back;
    } good[] = {{"957,93", 95793, "957,93"}, {"957.93", 95793, "957,93"},    {"97", 9700, "97"},
                {"1.454", 145400, "1454"},   {"1.454,5", 145450, "1454,50"}, {"0,05", 5, "0,05"},
                {"-2,5", -250, "-2,50"}};
    static const char *const bad[] = {"957,933", "1,454", "x", "", "9..5", "5,", "2000000"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        int64_t hundredths = 0;
        char back[LT_VALUE_TEXT_MAX];
        assert_null(lt_value_points(good[i].text, &hundredths));
        assert_int_equal(hundredths, good[i].hundredths);
        lt_value_format_points(hundredths, back);
        assert_string_equal(back, good[i].back);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int64_t hundredths = 0;
        if (lt_value_points(bad[i], &hundredths) == NULL) {
            fail_msg("«%s» was read as points", bad[i]);
        }
    }
}

static void check_period(const char *text, Lienthong__PeriodKind kind, uint32_t from, uint32_t to)
{
    Lienthong__Period period, again;
    char back[LT_VALUE_TEXT_MAX];
    const char *reason = lt_value_period(text, &period);
    if (reason != NULL) {
        fail_msg("«%s»: %s", text, reason);
    }
    assert_int_equal(period.kind, kind);
    assert_int_equal(period.from, from);
    assert_int_equal(period.to, to);
    lt_value_format_period(&period, back);
    assert_null(lt_value_period(back, &again));
    assert_int_equal(again.kind, kind);
    assert_int_equal(again.from, from);
    assert_int_equal(again.to, to);
    assert_int_equal(again.day, period.day);
}

static void periods(void **state)
{
    (void)state;
    static const char *const languages[] = {"vi", "en"};
    for (size_t i = 0; i < 2; i++) {
        lt_text_language(languages[i]);
        check_period("2020", LIENTHONG__PERIOD_KIND__PERIOD_YEAR, 0, 2020);
        check_period("Năm 2020", LIENTHONG__PERIOD_KIND__PERIOD_YEAR, 0, 2020);
        check_period("2015-2020", LIENTHONG__PERIOD_KIND__PERIOD_SPAN, 2015, 2020);
        check_period("2015 – 2020", LIENTHONG__PERIOD_KIND__PERIOD_SPAN, 2015, 2020);
        check_period("giai đoạn 2015-2020", LIENTHONG__PERIOD_KIND__PERIOD_SPAN, 2015, 2020);
        check_period("Giai đoạn 2024 - 2025", LIENTHONG__PERIOD_KIND__PERIOD_SPAN, 2024, 2025);
        check_period("từ năm 2015 đến năm 2020", LIENTHONG__PERIOD_KIND__PERIOD_SPAN, 2015, 2020);
        check_period("năm học 2024-2025", LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR, 0, 2025);
        check_period("NH 2024-2025", LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR, 0, 2025);
        check_period("School year 2024–2025", LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR, 0, 2025);
        check_period("05/02/2021", LIENTHONG__PERIOD_KIND__PERIOD_EVENT, 0, 0);
    }
}

static void check_part(const char *text, Lienthong__PeriodKind kind, uint32_t part, uint32_t year)
{
    Lienthong__Period period, again;
    char back[LT_VALUE_TEXT_MAX];
    const char *reason = lt_value_declared_period(text, &period);
    if (reason != NULL) {
        fail_msg("«%s»: %s", text, reason);
    }
    assert_int_equal(period.kind, kind);
    assert_int_equal(period.from, part);
    assert_int_equal(period.to, year);
    lt_value_format_period(&period, back);
    assert_null(lt_value_declared_period(back, &again));
    assert_int_equal(again.kind, kind);
    assert_int_equal(again.from, part);
    assert_int_equal(again.to, year);
}

static void declared_periods(void **state)
{
    (void)state;
    static const char *const languages[] = {"vi", "en"};
    static const char *const bad[] = {"13/2024",  "tháng 0/2024", "quý V/2024", "quý 5/2024",
                                      "2024-Q0",  "11/1900",      "2024-H3",    "quý 4",
                                      "tháng 11", "2024-11-31",   "q/2024"};
    Lienthong__Period period;
    for (size_t i = 0; i < 2; i++) {
        lt_text_language(languages[i]);
        check_part("11/2024", LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 11, 2024);
        check_part("Tháng 02 năm 2024", LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 2, 2024);
        check_part("2024-11", LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 11, 2024);
        check_part("Quý IV/2024", LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 4, 2024);
        check_part("quý 1 năm 2024", LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 1, 2024);
        check_part("2024-Q3", LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 3, 2024);
        check_part("Q2/2024", LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 2, 2024);
        check_part("6 tháng đầu năm 2024", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 1, 2024);
        check_part("6 tháng cuối năm 2024", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 2, 2024);
        check_part("2024-H1", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 1, 2024);
        check_part("2024", LIENTHONG__PERIOD_KIND__PERIOD_YEAR, 0, 2024);
        check_part("giai đoạn 2020-2024", LIENTHONG__PERIOD_KIND__PERIOD_SPAN, 2020, 2024);
        check_part("năm học 2023-2024", LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR, 0, 2024);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (lt_value_declared_period(bad[i], &period) == NULL) {
            fail_msg("«%s» was read as a period", bad[i]);
        }
    }
}

/* Deadlines end at midnight in Việt Nam, seven hours before they do in Greenwich. */
static void days_end_in_viet_nam(void **state)
{
    const int64_t last_second = INT64_C(1736960399); /* 2025-01-15 16:59:59 UTC */
    lt_day due;
    (void)state;
    assert_int_equal(lt_day_make(2025, 1, 15, &due), LT_OK);
    assert_int_equal(lt_day_of(last_second), due);
    assert_int_equal(lt_day_of(last_second + 1), due + 1);
}

static void doubtful_periods(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "2020-2015", "năm học 2024-2026", "năm học 2024", "20", "quý 1/2020", "1900", "2020-2020",
        "",          "giai đoạn"};
    Lienthong__Period period;
    lt_text_language("vi");
    const char *reason = lt_value_period("2024-2025", &period);
    assert_non_null(reason);
    assert_non_null(strstr(reason, "năm học 2024-2025"));
    assert_non_null(strstr(reason, "giai đoạn 2024-2025"));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (lt_value_period(bad[i], &period) == NULL) {
            fail_msg("«%s» was read as a period", bad[i]);
        }
    }
}

/* Each value of each list is read from the word that is written for it, in both languages; no word of
 * a list stands for two values. */
static void words(void **state)
{
    (void)state;
    static const char *const languages[] = {"vi", "en"};
    for (size_t language = 0; language < 2; language++) {
        lt_text_language(languages[language]);
        for (unsigned list = LT_WORDS_KIND; list <= LT_WORDS_ACTION; list++) {
            unsigned known = 0;
            for (unsigned value = 1; value < 12; value++) {
                const char *word = lt_value_word_text((enum lt_words)list, (uint8_t)value);
                if (word[0] != '\0') {
                    known++;
                    assert_int_equal(lt_value_word((enum lt_words)list, word), value);
                }
            }
            assert_true(known >= 2);
        }
    }
    assert_int_equal(lt_value_word(LT_WORDS_RECIPIENT, "TẬP THỂ"),
                     LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE);
    assert_int_equal(lt_value_word(LT_WORDS_RECIPIENT, "ca nhan"),
                     LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL);
    assert_int_equal(lt_value_word(LT_WORDS_TYPE, "Theo đợt, chuyên đề"),
                     LIENTHONG__AWARD_TYPE__TYPE_THEMATIC);
    assert_int_equal(lt_value_word(LT_WORDS_LEVEL, "cấp xã"), LIENTHONG__LEVEL__LEVEL_COMMUNE);
    assert_int_equal(lt_value_word(LT_WORDS_SCOPE, "khối, cụm"),
                     LIENTHONG__MOVEMENT_SCOPE__SCOPE_CLUSTER);
    assert_int_equal(lt_value_word(LT_WORDS_LEVEL, "liên xã"), 0);
}

static void yes_and_no(void **state)
{
    (void)state;
    bool yes = false;
    assert_null(lt_value_yes("Có", &yes));
    assert_true(yes);
    assert_null(lt_value_yes("không", &yes));
    assert_false(yes);
    assert_null(lt_value_yes("X", &yes));
    assert_true(yes);
    assert_non_null(lt_value_yes("có lẽ", &yes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days),
        cmocka_unit_test(counts),
        cmocka_unit_test(points),
        cmocka_unit_test(periods),
        cmocka_unit_test(declared_periods),
        cmocka_unit_test(days_end_in_viet_nam),
        cmocka_unit_test(doubtful_periods),
        cmocka_unit_test(words),
        cmocka_unit_test(yes_and_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
