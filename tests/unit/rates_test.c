/* Rates: a burst and then so many a minute, for each address and in all; neighbours do not pay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "hub/rates.h"

static struct lt_rates rates;

static int set_up(void **state)
{
    (void)state;
    rates = (struct lt_rates){.each = {10, 6000}, .all = {100, 600}};
    return 0;
}

static unsigned taken(const char *address, unsigned tries, lt_ms now)
{
    unsigned count = 0;
    for (unsigned i = 0; i < tries; i++) {
        count += lt_rates_take(&rates, address, now);
    }
    return count;
}

static void a_burst_and_then_ten_a_minute(void **state)
{
    (void)state;
    assert_int_equal(taken("192.0.2.1", 50, 1000), 10);
    assert_int_equal(taken("192.0.2.1", 50, 1000 + 5999), 0);
    assert_int_equal(taken("192.0.2.1", 50, 1000 + 6000), 1);
    assert_int_equal(taken("192.0.2.1", 50, 1000 + 6000 + 60000), 10);
    /* who goes on trying in vain is not held any longer for it */
    assert_int_equal(taken("192.0.2.1", 50, 1000 + 6000 + 120000), 10);
}

static void neighbours_do_not_pay(void **state)
{
    (void)state;
    assert_int_equal(taken("192.0.2.1", 1000, 1000), 10);
    assert_int_equal(taken("192.0.2.2", 10, 1000), 10);
    assert_int_equal(taken("2001:db8:1:2::1", 20, 1000), 10);
    assert_int_equal(taken("2001:db8:1:2:ffff::9", 20, 1000), 0); /* the same customer */
    assert_int_equal(taken("2001:db8:1:3::1", 20, 1000), 10);
    assert_int_equal(taken("::ffff:192.0.2.1", 20, 1000), 0); /* the first one again */
}

static void many_addresses_are_held_in_all(void **state)
{
    char address[32];
    unsigned count = 0;
    (void)state;
    for (unsigned i = 0; i < 20000; i++) { /* far more than the table holds */
        snprintf(address, sizeof(address), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        count += taken(address, 1, 1000);
    }
    assert_int_equal(count, 100);
    assert_int_equal(taken("192.0.2.9", 100, 1000 + 6000), 10);
}

static void a_clock_that_steps_back_gives_nothing(void **state)
{
    (void)state;
    assert_int_equal(taken("192.0.2.1", 20, 100000), 10);
    assert_int_equal(taken("192.0.2.1", 20, 1000), 0);
    assert_int_equal(taken("192.0.2.1", 20, 100000), 0);
}

static void no_rate_of_all(void **state)
{
    (void)state;
    rates.all.burst = 0;
    char address[32];
    for (unsigned i = 0; i < 500; i++) {
        snprintf(address, sizeof(address), "10.0.%u.%u", i >> 8, i & 255);
        assert_int_equal(taken(address, 1, 1000), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_burst_and_then_ten_a_minute, set_up),
        cmocka_unit_test_setup(neighbours_do_not_pay, set_up),
        cmocka_unit_test_setup(many_addresses_are_held_in_all, set_up),
        cmocka_unit_test_setup(a_clock_that_steps_back_gives_nothing, set_up),
        cmocka_unit_test_setup(no_rate_of_all, set_up),
    };
    return cmocka_run_group_tests_name("rates", tests, NULL, NULL);
}
