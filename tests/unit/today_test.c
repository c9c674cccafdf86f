/* today_test - the day of a wall clock, whatever a body says that it showed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "agent/today.h"

static void days_begin_at_midnight_in_hanoi(void **state)
{
    (void)state;
    assert_int_equal(lt_day_of(1609433999), 18627); /* 2020-12-31 23:59:59 */
    assert_int_equal(lt_day_of(1609434000), 18628);
}

static void absurd_clocks_have_a_day(void **state)
{
    static const int64_t walls[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX};
    (void)state;
    for (size_t i = 1; i < sizeof(walls) / sizeof(walls[0]); i++)
        assert_true(lt_day_of(walls[i - 1]) <= lt_day_of(walls[i]));
    assert_true(lt_day_of(INT64_MIN) < 0);
    assert_true(lt_day_of(INT64_MAX) > lt_day_of(1609434000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_begin_at_midnight_in_hanoi),
        cmocka_unit_test(absurd_clocks_have_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
