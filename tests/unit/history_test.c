/* Sixty-four days of a unit (hub/history.h), and that the roster keeps them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hub/roster_own.h"

enum { MONDAY = 20409, DAY_S = 86400 }; /* 2025-11-17 */

static char dir[] = "/tmp/lt-history-XXXXXX";

/* Heard on each of these days of the weeks, looked at every day; last looked at on the day before `today`. */
static struct lt_history weeks(const char *days, int count)
{
    struct lt_history history = {0};
    lt_day heard = 0;
    for (int i = 0; i < 7 * count; i++) {
        heard = days[i % 7] == 'x' ? MONDAY + i : heard;
        lt_history_note(&history, MONDAY + i, heard, 0, 0, 1);
    }
    return history;
}

static void habits(void **state)
{
    (void)state;
    const struct lt_history none = {0}, every = weeks("xxxxxxx", 4), offices = weeks("xxxxx..", 4);
    const struct lt_history weekly = weeks("..x....", 9), rare = weeks("..x....", 4);
    assert_int_equal(lt_history_habit(&none), 0);
    assert_int_equal(lt_history_habit(&every), 1);
    assert_int_equal(lt_history_habit(&offices), 3); /* over a Sunday */
    assert_int_equal(lt_history_habit(&weekly), 7);
    assert_int_equal(lt_history_habit(&rare), 0); /* four times: nothing is known */
    assert_true(lt_history_exceeds(&none, MONDAY, MONDAY));
    assert_true(lt_history_exceeds(&offices, 0, MONDAY));
    const lt_day friday = MONDAY + 3 * 7 + 4;
    assert_false(lt_history_exceeds(&offices, friday, friday + 3));
    assert_true(lt_history_exceeds(&offices, friday, friday + 4));
}

static void one_long_silence_is_no_habit(void **state)
{
    (void)state;
    struct lt_history history = weeks("xxxxxxx", 4);
    lt_history_note(&history, MONDAY + 27 + 20, MONDAY + 27 + 20, 0, 0, 1);
    assert_int_equal(lt_history_habit(&history), 1);
    struct lt_history slow = {0}; /* who is kept back more and more: a fortnight is the end of it */
    for (int i = 0; i < 8; i++)
        lt_history_note(&slow, MONDAY + 20 * i, MONDAY + 20 * i, 0, 0, 1);
    for (int i = 0; i < LT_HISTORY_DAYS; i += 20)
        assert_true(slow.heard >> i & 1U);
    assert_int_equal(lt_history_habit(&slow), 0); /* four of these are in the window */
    struct lt_history fortnight = {0};
    fortnight.last = MONDAY;
    for (int i = 0; i < 6; i++)
        fortnight.heard |= (uint64_t)1 << (i < 3 ? i : 3 + 19 * (i - 2));
    assert_int_equal(lt_history_habit(&fortnight), LT_HABIT_DAYS_MAX);
}

static void backlog(void **state)
{
    (void)state;
    struct lt_history history = {0};
    lt_history_note(&history, MONDAY, MONDAY, 5, 5, 100);
    assert_int_equal(history.pending_since, 0);
    lt_history_note(&history, MONDAY, MONDAY, 8, 5, 200);
    lt_history_note(&history, MONDAY, MONDAY, 9, 7, 300); /* the oldest waits as before */
    assert_int_equal(history.pending_since, 200);
    assert_int_equal(history.backlog[0], 3);
    lt_history_note(&history, MONDAY + 1, MONDAY, 9, 8, 400); /* now it is another */
    assert_int_equal(history.pending_since, 400);
    assert_int_equal(history.backlog[0], 1);
    assert_int_equal(history.backlog[1], 3);
    assert_int_equal(history.heard, 2);
    assert_true(lt_history_has(&history, MONDAY));
    assert_false(lt_history_has(&history, MONDAY + 1));
    assert_false(lt_history_has(&history, MONDAY + 2));
    assert_false(lt_history_has(&history, MONDAY - 62));
    assert_true(lt_history_has(&history, MONDAY - 63));
    assert_int_equal(history.noted, 3);
    lt_history_note(&history, MONDAY + 1, MONDAY, 100000, 9, 500);
    assert_int_equal(history.backlog[0], UINT16_MAX);
    lt_history_note(&history, MONDAY, MONDAY, 200000, 9, 600); /* a clock that went back a little */
    assert_int_equal(history.last, MONDAY + 1);
    assert_int_equal(history.backlog[0], UINT16_MAX);
    lt_history_note(&history, MONDAY + 1 + LT_HISTORY_DAYS, MONDAY, 9, 9, 700);
    assert_int_equal(history.noted, 1);
    assert_int_equal(history.heard, 0); /* longer ago than is kept */
    for (int i = 0; i < LT_HISTORY_DAYS; i++)
        assert_int_equal(history.backlog[i], 0);
    assert_int_equal(history.pending_since, 0);
    lt_history_note(&history, MONDAY, MONDAY, 9, 8, 800); /* back by weeks: it starts anew */
    assert_int_equal(history.last, MONDAY);
    assert_int_equal(history.noted, 1);
    assert_int_equal(history.heard, 1);
    lt_history_note(&history, INT32_MAX, INT32_MIN, UINT64_MAX, 0, INT64_MAX);
    lt_history_note(&history, INT32_MIN, INT32_MAX, 0, UINT64_MAX, INT64_MIN);
}

static void count(void *context, const struct lt_unit_history *kept)
{
    *(size_t *)context += kept->history.heard != 0;
}

/* A roster of the former format is raised when the hub opens it, and not by who only looks. */
static void kept(void **state)
{
    (void)state;
    static const struct lt_table_spec before[] = {
        {"invitation", false, 0}, {"mark", false, 0}, {"shown", false, 0}, {"copy", false, 0}};
    char path[80], reason[200] = "";
    struct lt_env *env;
    struct lt_roster *roster;
    size_t seen = 0;
    struct lt_history back;
    (void)snprintf(path, sizeof path, "%s/roster", dir);
    assert_int_equal(lt_env_open(path, before, 4, 4, false, &env, reason), LT_OK);
    lt_env_close(env);
    assert_int_equal(lt_roster_read(dir, &roster, reason), LT_VERSION);
    assert_int_equal(lt_roster_open(dir, &roster, reason), LT_OK);
    struct lt_unit_history all[2] = {{.history = weeks("xxxxx..", 4)},
                                     {.history = weeks("x......", 9)}};
    assert_int_equal(lt_unit_make("28162", 0, &all[0].unit), LT_OK);
    assert_int_equal(lt_unit_make("28165", 0, &all[1].unit), LT_OK);
    all[0].history.pending = 7;
    all[0].history.pending_since = 1234567890123;
    all[0].history.backlog[LT_HISTORY_DAYS - 1] = 65000;
    assert_int_equal(lt_roster_set_histories(roster, all, 2), LT_OK);
    lt_roster_close(roster);
    assert_int_equal(lt_roster_read(dir, &roster, reason), LT_OK);
    lt_roster_histories(roster, count, &seen);
    assert_int_equal(seen, 2);
    assert_int_equal(lt_roster_history(roster, &all[0].unit, &back), LT_OK);
    uint8_t row[2][LT_HISTORY_ROW_BYTES_MAX];
    const size_t size = lt_history_write(&all[0].history, row[0]);
    assert_int_equal(lt_history_write(&back, row[1]), size);
    assert_memory_equal(row[0], row[1], size);
    assert_false(lt_history_read((struct lt_bytes){row[0], size - 1}, &back));
    row[0][0]++;
    assert_false(lt_history_read((struct lt_bytes){row[0], size}, &back));
    struct lt_unit other;
    assert_int_equal(lt_unit_make("99999", 0, &other), LT_OK);
    assert_int_equal(lt_roster_history(roster, &other, &back), LT_NOT_FOUND);
    lt_roster_close(roster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(habits),
        cmocka_unit_test(one_long_silence_is_no_habit),
        cmocka_unit_test(backlog),
        cmocka_unit_test(kept),
    };
    assert_non_null(mkdtemp(dir));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[64];
    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command) != 0 ? 1 : failed;
}
