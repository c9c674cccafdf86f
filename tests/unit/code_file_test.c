/* A code among the lines of a file, however an editor left it; and what is said of one that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/join.h"
#include "agent/text.h"

static char path[] = "/tmp/code_file_test.XXXXXX";
static char code[LT_JOIN_CODE_MAX], other[LT_JOIN_CODE_MAX];
static char got[LT_JOIN_CODE_MAX], text[LT_JOIN_TEXT_MAX];

static int set_up(void **state)
{
    struct lt_join_code parts = {.secret = {1, 2, 3}, .endpoint = "tcp://hub.example:7400"};
    (void)state;
    lt_text_language("en");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(lt_join_code_format(&parts, code), LT_OK);
    parts.secret[0] = 9;
    assert_int_equal(lt_join_code_format(&parts, other), LT_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static enum lt_result load(const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    memset(got, 0, sizeof(got));
    text[0] = '\0';
    return lt_join_code_load(path, got, text);
}

static enum lt_result load_text(const char *before, const char *with, const char *after)
{
    char bytes[4096];
    snprintf(bytes, sizeof(bytes), "%s%s%s", before, with, after);
    return load(bytes, strlen(bytes));
}

static void assert_got(const char *want)
{
    struct lt_join_code first, second;
    assert_int_equal(lt_join_code_parse(got, &first), LT_OK);
    assert_int_equal(lt_join_code_parse(want, &second), LT_OK);
    assert_memory_equal(&first, &second, sizeof(first));
}

static void found_among_other_lines(void **state)
{
    char half[LT_JOIN_CODE_MAX + 40], lower[LT_JOIN_CODE_MAX], words[2000];
    (void)state;
    assert_int_equal(load_text("", code, ""), LT_OK);
    assert_got(code);
    assert_int_equal(load_text("\xef\xbb\xbf", code, "\r\n"), LT_OK);
    assert_got(code);
    assert_int_equal(load_text("Mã của xã:\r\n\r\n  ", code, "\t\r\nGiữ kín.\r\n"), LT_OK);
    assert_got(code);
    assert_int_equal(load_text("Mã: ", code, " (LT1-: dùng một lần)\n"), LT_OK);
    assert_got(code);
    snprintf(half, sizeof(half), "LT1- is how codes begin:\n\n%.40s\n   ", code);
    assert_int_equal(load_text(half, code + 40, "\n\nHết"), LT_OK);
    assert_got(code);
    for (size_t i = 0; i <= strlen(code); i++) {
        bool capital = code[i] >= 'A' && code[i] <= 'Z';
        lower[i] = capital ? (char)(code[i] + 32) : code[i];
        lower[i] = code[i] == '-' ? ' ' : lower[i];
    }
    assert_int_equal(load_text("", lower, ""), LT_OK);
    assert_got(code);
    memset(words, 'x', sizeof(words) - 1); /* a paragraph on one line */
    words[0] = ';';
    words[sizeof(words) - 1] = '\0';
    assert_int_equal(load_text("Mã ", code, words), LT_OK);
    assert_got(code);
    words[0] = 'y';
    assert_int_equal(load_text("Mã ", code, words), LT_TOO_LARGE);
    assert_int_equal(load_text(code, "\n", code), LT_OK); /* twice the same */
    assert_got(code);
}

static void what_is_wrong_is_said(void **state)
{
    static char large[70000];
    char damaged[LT_JOIN_CODE_MAX];
    (void)state;
    assert_int_equal(load("", 0), LT_NOT_FOUND);
    assert_non_null(strstr(text, "no code in it"));
    memset(large, 'L', sizeof(large));
    assert_int_equal(load(large, sizeof(large)), LT_MALFORMED);
    assert_non_null(strstr(text, "too large"));
    assert_int_equal(load("L\0T\0001\0-", 7), LT_MALFORMED); /* UTF-16 */
    memcpy(damaged, code, sizeof(damaged));
    damaged[40] = damaged[40] == '2' ? '3' : '2';
    assert_int_equal(load_text("", damaged, "\n"), LT_BAD_HASH);
    assert_non_null(strstr(text, "check digits do not match"));
    assert_non_null(strstr(text, path));
    assert_int_equal(got[0], 0); /* untouched */
    damaged[22] = 'u';
    assert_int_equal(load_text("", damaged, "\n"), LT_MALFORMED);
    assert_non_null(strstr(text, "\xc2\xabu\xc2\xbb")); /* which one, and where */
    assert_non_null(strstr(text, "group 5"));
    snprintf(damaged, sizeof(damaged), "%.70s", code);
    assert_int_not_equal(load_text("", damaged, "\n"), LT_OK);
    assert_non_null(strstr(text, "only a part"));
    assert_int_equal(load_text(code, "\nXã khác: ", other), LT_AMBIGUOUS); /* several units' */
    assert_non_null(strstr(text, "several codes"));
    assert_int_equal(got[0], 0);
    unlink(path);
    assert_int_equal(lt_join_code_load(path, got, text), LT_NOT_FOUND);
    assert_non_null(strstr(text, path));
    assert_int_equal(load("x", 1), LT_NOT_FOUND); /* for the tear-down */
}

/* Whatever stands in the file: an answer, within bounds. */
static void anything_at_all(void **state)
{
    static uint8_t bytes[66000];
    uint32_t seed = 1;
    (void)state;
    for (int round = 0; round < 200; round++) {
        seed = seed * 1664525 + 1013904223;
        size_t size = seed % sizeof(bytes);
        for (size_t i = 0; i < size; i++) {
            static const char some[] = "LT1- 0AZ\n\r\tx\xe1";
            seed = seed * 1664525 + 1013904223;
            bytes[i] = (uint8_t)some[(seed >> 16) % (sizeof(some) - 1)];
        }
        assert_int_not_equal(load(bytes, size), LT_OK);
        assert_true(text[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_among_other_lines),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(anything_at_all),
    };
    return cmocka_run_group_tests_name("code_file", tests, set_up, tear_down);
}
