/* What people read: both languages say the same, and numbers and reasons are in the right one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "agent/text.h"

static void numbers_are_grouped(void **state)
{
    static const struct {
        int64_t number;
        const char *vi, *en;
    } cases[] = {{0, "0", "0"},
                 {999, "999", "999"},
                 {1454, "1.454", "1,454"},
                 {-1454, "-1.454", "-1,454"},
                 {-145, "-145", "-145"},
                 {1234567, "1.234.567", "1,234,567"},
                 {INT64_MIN, "-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808"}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[LT_NUMBER_TEXT_MAX];
        lt_text_language("vi");
        lt_text_number(cases[i].number, text);
        assert_string_equal(text, cases[i].vi);
        lt_text_language("en");
        lt_text_number(cases[i].number, text);
        assert_string_equal(text, cases[i].en);
    }
}

/* Every result has its own sentence in Vietnamese. */
static void results_are_told_in_both(void **state)
{
    static const enum lt_result last = LT_USAGE;
    (void)state;
    for (int result = LT_OK; result <= (int)last; result++) {
        lt_text_language("en");
        const char *english = lt_text_result((enum lt_result)result);
        assert_string_equal(english, lt_result_text((enum lt_result)result));
        lt_text_language("vi");
        const char *vietnamese = lt_text_result((enum lt_result)result);
        assert_string_not_equal(vietnamese, english);
        for (int other = LT_OK; other < result; other++) {
            assert_string_not_equal(vietnamese, lt_text_result((enum lt_result)other));
        }
    }
}

static void errors_are_told_in_both(void **state)
{
    (void)state;
    lt_text_language("vi");
    assert_string_equal(lt_text_errno(ENOENT), "không có tệp hoặc thư mục này");
    assert_string_equal(lt_text_errno(ECHILD), strerror(ECHILD)); /* no word of ours */
    lt_text_language("en");
    assert_string_equal(lt_text_errno(ENOENT), strerror(ENOENT));
}

static void times_follow_the_language(void **state)
{
    char text[LT_WHEN_TEXT_MAX];
    (void)state;
    lt_text_language("vi");
    lt_text_when(86400 * 20270 + 43200, text);
    assert_non_null(strstr(text, "/07/2025 "));
    lt_text_language("en");
    lt_text_when(86400 * 20270 + 43200, text);
    assert_memory_equal(text, "2025-07-0", 9);
    lt_text_when(0, text);
    assert_string_equal(text, "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_grouped),
        cmocka_unit_test(results_are_told_in_both),
        cmocka_unit_test(errors_are_told_in_both),
        cmocka_unit_test(times_follow_the_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
