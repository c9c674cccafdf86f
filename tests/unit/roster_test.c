/* Invitations: taken once, by the first key; expired and wrong ones refused; nothing secret kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/roster.h"

static char dir[] = "/tmp/roster_test.XXXXXX";
static struct lt_roster *roster;

static const uint8_t secret[16] = "0123456789abcde";
static const struct lt_key first = {{1}}, second = {{2}};
static const uint8_t curve[32] = {3}, other_curve[32] = {4};

static void open_roster(void)
{
    char reason[200] = "";
    if (lt_roster_open(dir, &roster, reason) != LT_OK) {
        fail_msg("%s", reason);
    }
}

static int set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    open_roster();
    return 0;
}

static int tear_down(void **state)
{
    char line[100];
    (void)state;
    lt_roster_close(roster);
    snprintf(line, sizeof(line), "rm -rf '%s'", dir);
    return system(line);
}

static void invite(const uint8_t with[16], const char *code, Lienthong__Role role, int64_t made_at,
                   int64_t expires_at)
{
    struct lt_invitation invitation = {.role = role, .made_at = made_at, .expires_at = expires_at};
    assert_int_equal(lt_unit_make(code, 20270, &invitation.unit), LT_OK);
    assert_int_equal(lt_roster_invite(roster, with, &invitation), LT_OK);
}

static enum lt_result take(const uint8_t with[16], Lienthong__Role role, const struct lt_key *key,
                           const uint8_t curve_key[32], int64_t at,
                           struct lt_invitation *ret_invitation)
{
    return lt_roster_take(roster, with, role, key, curve_key, at, ret_invitation);
}

static void first_key_takes_it(void **state)
{
    struct lt_invitation got = {.made_at = 0};
    const Lienthong__Role agent = LIENTHONG__ROLE__ROLE_AGENT, hub = LIENTHONG__ROLE__ROLE_HUB;
    (void)state;
    assert_int_equal(take(secret, agent, &first, curve, 100, &got), LT_NOT_FOUND);
    invite(secret, "00004", agent, 100, 200);
    assert_int_equal(take(secret, hub, &first, curve, 150, &got), LT_REFUSED);
    assert_int_equal(take(secret, agent, &first, curve, 201, &got), LT_REFUSED);
    assert_int_equal(take(secret, agent, &first, curve, 200, &got), LT_OK);
    assert_string_equal(got.unit.code, "00004");
    assert_int_equal(got.unit.valid_from, 20270);
    assert_true(got.taken);
    assert_memory_equal(&got.key, &first, sizeof(first));
    /* the same key for ever, also after the end; others never */
    assert_int_equal(take(secret, agent, &first, curve, 5000, &got), LT_OK);
    assert_int_equal(got.taken_at, 200);
    assert_int_equal(take(secret, agent, &second, curve, 150, &got), LT_EXISTS);
    assert_memory_equal(&got.key, &first, sizeof(first));
    assert_int_equal(take(secret, agent, &first, other_curve, 150, &got), LT_EXISTS);
}

static void survives_reopening(void **state)
{
    struct lt_invitation got;
    uint64_t open = 9, taken = 9;
    (void)state;
    const uint8_t another[16] = "another secret!";
    invite(another, "VN", LIENTHONG__ROLE__ROLE_HUB, 100, 300);
    assert_int_equal(lt_roster_set_recovering(roster, 777), LT_OK);
    lt_roster_close(roster);
    open_roster();
    lt_roster_count(roster, 250, &open, &taken);
    assert_int_equal(open, 1);
    assert_int_equal(taken, 1);
    lt_roster_count(roster, 301, &open, &taken);
    assert_int_equal(open, 0);
    assert_int_equal(lt_roster_recovering(roster), 777);
    assert_int_equal(take(secret, LIENTHONG__ROLE__ROLE_AGENT, &second, curve, 100, &got),
                     LT_EXISTS);
    assert_int_equal(take(another, LIENTHONG__ROLE__ROLE_HUB, &second, curve, 100, &got), LT_OK);
}

static void secret_is_not_kept(void **state)
{
    char path[200];
    static uint8_t bytes[1 << 22];
    (void)state;
    lt_roster_close(roster);
    snprintf(path, sizeof(path), "%s/roster/data.mdb", dir);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    assert_true(size > 0 && size < sizeof(bytes));
    assert_null(memmem(bytes, size, secret, sizeof(secret)));
    open_roster();
}

static void old_ones_are_swept(void **state)
{
    (void)state;
    struct lt_invitation got;
    const uint8_t forgotten[16] = "forgotten one..";
    const int64_t year = 366 * 86400;
    invite(forgotten, "1", LIENTHONG__ROLE__ROLE_AGENT, 0, 1000);
    invite((const uint8_t *)"a newer one ....", "2", LIENTHONG__ROLE__ROLE_AGENT, year, year + 10);
    assert_int_equal(take(forgotten, LIENTHONG__ROLE__ROLE_AGENT, &first, curve, 500, &got),
                     LT_NOT_FOUND);
    /* but never those that were taken */
    assert_int_equal(take(secret, LIENTHONG__ROLE__ROLE_AGENT, &first, curve, year, &got), LT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_key_takes_it),
        cmocka_unit_test(survives_reopening),
        cmocka_unit_test(secret_is_not_kept),
        cmocka_unit_test(old_ones_are_swept),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
