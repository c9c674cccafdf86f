/* The bar: how wide, how full, and that nobody else's terminal gets one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "agent/progress.h"
#include "agent/text.h"

static unsigned letters(const char *text)
{
    unsigned count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static void test_line(void **state)
{
    char line[LT_PROGRESS_LINE_MAX];
    (void)state;
    lt_progress_line("copying", 1, 4, 0, 79, line);
    assert_string_equal(line, "copying  25 % [##########..............................]");
    lt_progress_line("copying", 4, 4, 0, 79, line);
    assert_string_equal(line, "copying 100 % [########################################]");
    lt_progress_line("copying", 9, 4, 0, 30, line);
    assert_string_equal(line, "copying 100 % [##############]");
    lt_progress_line("copying", 0, UINT64_MAX, 12, 60, line);
    assert_string_equal(line, "copying   0 % [............................] about 12 s left");
    lt_progress_line("copying", 1, 4, 0, 18, line);
    assert_string_equal(line, "copying  25 %"); /* no room for a bar */
    lt_progress_line("copying", 1234567, 0, 0, 79, line);
    assert_string_equal(line, "copying: 1,234,567");
}

static void test_narrow(void **state)
{
    char line[LT_PROGRESS_LINE_MAX], what[600];
    (void)state;
    memset(what, 'x', sizeof(what) - 1);
    what[sizeof(what) - 1] = '\0';
    for (unsigned columns = 0; columns <= 120; columns++) {
        lt_progress_line("đọc lại từng bản cập nhật", 3, 7, 100000, columns, line);
        assert_true(letters(line) <= columns);
        lt_progress_line("đọc lại từng bản cập nhật", 3, 0, 0, columns, line);
        assert_true(letters(line) <= columns);
        lt_progress_line(what, 3, 7, UINT64_MAX, columns, line);
        assert_true(letters(line) <= columns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_line), cmocka_unit_test(test_narrow)};
    lt_text_language("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
