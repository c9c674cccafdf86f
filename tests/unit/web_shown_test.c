/* Rounding of the public pages (hub/web/shown.h): to neighbours, without bias, the same cell always alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "hub/web/shown.h"

static char dir[] = "/tmp/lt-web-shown-XXXXXX", path[64];
static const struct lt_shown_key key = {{7, 1, 3}}, other = {{7, 1, 4}};

static void to_a_neighbour(void **state)
{
    (void)state;
    for (int64_t value = 0; value < 1000; value++)
        for (uint64_t content = 0; content < 20; content++) {
            const int64_t shown = lt_shown_round(&key, "80", content, value);
            assert_int_equal(shown % LT_SHOWN_BASE, 0);
            assert_true(shown - value < LT_SHOWN_BASE && value - shown < LT_SHOWN_BASE);
            assert_int_equal(shown, lt_shown_round(&key, "80", content, value));
        }
    assert_int_equal(lt_shown_round(&key, "80", 1, 0), 0);
    assert_int_equal(lt_shown_round(&key, "80", 1, INT64_MAX / 5 * 5), INT64_MAX / 5 * 5);
}

/* v goes up v mod 5 times of five: of 10,000 cells the share is within 0.02 of that, four times its deviation. */
static void without_bias(void **state)
{
    enum { CELLS = 10000 };
    (void)state;
    for (int64_t value = 1; value < 15; value++) {
        int up = 0;
        for (uint64_t content = 0; content < CELLS; content++)
            up += lt_shown_round(&key, "28162", content * 0x9e3779b97f4a7c15, value) > value;
        const int meant = (int)(value % LT_SHOWN_BASE) * CELLS / LT_SHOWN_BASE;
        assert_in_range(up, meant - CELLS / 50 * (meant > 0), meant + CELLS / 50 * (meant > 0));
    }
}

/* Another place, content or key is another cell: of 1,000 that differ in one of them about 320 are shown otherwise. */
static void by_what_it_is(void **state)
{
    int by_place = 0, by_content = 0, by_key = 0;
    (void)state;
    for (uint64_t content = 0; content < 1000; content++) {
        const int64_t shown = lt_shown_round(&key, "80", content, 1);
        by_place += shown != lt_shown_round(&key, "80@2025-07-01", content, 1);
        by_content += shown != lt_shown_round(&key, "80", content + 5000, 1);
        by_key += shown != lt_shown_round(&other, "80", content, 1);
    }
    assert_in_range(by_place, 250, 400);
    assert_in_range(by_content, 250, 400);
    assert_in_range(by_key, 250, 400);
}

static void key_is_kept(void **state)
{
    struct lt_shown_key made, again;
    struct stat there;
    char reason[200];
    (void)state;
    assert_int_equal(lt_shown_key_open(dir, &made, reason), LT_OK);
    assert_int_equal(stat(path, &there), 0);
    assert_int_equal(there.st_mode & 0777, 0600);
    assert_int_equal(lt_shown_key_open(dir, &again, reason), LT_OK);
    assert_memory_equal(made.bytes, again.bytes, sizeof made.bytes);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(lt_shown_key_open(dir, &again, reason), LT_OK);
    assert_memory_not_equal(made.bytes, again.bytes, sizeof made.bytes);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(lt_shown_key_open(dir, &again, reason), LT_PERMISSION);
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_a_neighbour),
        cmocka_unit_test(without_bias),
        cmocka_unit_test(by_what_it_is),
        cmocka_unit_test(key_is_kept),
    };
    if (sodium_init() < 0 || mkdtemp(dir) == NULL)
        return 1;
    (void)snprintf(path, sizeof path, "%s/web-rounding.key", dir);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)rmdir(dir);
    return failed;
}
