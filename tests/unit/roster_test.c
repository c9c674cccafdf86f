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
    assert_int_equal(lt_roster_invite(roster, with, &invitation, 1), LT_OK);
}

static enum lt_join_fate take(const uint8_t with[16], Lienthong__Role role,
                              const struct lt_key *key, const uint8_t curve_key[32], int64_t at,
                              struct lt_invitation *ret_invitation)
{
    struct lt_shower shower = {.role = role, .key = *key, .address = "192.0.2.7"};
    enum lt_join_fate fate = LT_JOIN_FATES;
    memcpy(shower.curve_key, curve_key, 32);
    assert_int_equal(lt_roster_take(roster, with, &shower, at, ret_invitation, &fate), LT_OK);
    return fate;
}

static void first_key_takes_it(void **state)
{
    struct lt_invitation got = {.made_at = 0};
    const Lienthong__Role agent = LIENTHONG__ROLE__ROLE_AGENT, hub = LIENTHONG__ROLE__ROLE_HUB;
    (void)state;
    assert_int_equal(take(secret, agent, &first, curve, 100, &got), LT_JOIN_UNKNOWN);
    invite(secret, "00004", agent, 100, 200);
    assert_int_equal(take(secret, hub, &first, curve, 150, &got), LT_JOIN_WRONG_ROLE);
    assert_int_equal(take(secret, agent, &first, curve, 201, &got), LT_JOIN_EXPIRED);
    assert_int_equal(take(secret, agent, &first, curve, 200, &got), LT_JOIN_ADMITTED);
    assert_string_equal(got.unit.code, "00004");
    assert_int_equal(got.unit.valid_from, 20270);
    assert_true(got.taken);
    assert_memory_equal(&got.key, &first, sizeof(first));
    /* the same key for ever, also after the end; others never */
    assert_int_equal(take(secret, agent, &first, curve, 5000, &got), LT_JOIN_ADMITTED);
    assert_int_equal(got.taken_at, 200);
    assert_int_equal(take(secret, agent, &second, curve, 150, &got), LT_JOIN_USED);
    assert_memory_equal(&got.key, &first, sizeof(first));
    assert_int_equal(take(secret, agent, &first, other_curve, 150, &got), LT_JOIN_USED);
}

static void survives_reopening(void **state)
{
    struct lt_invitation got;
    struct lt_roster_counts counts;
    (void)state;
    const uint8_t another[16] = "another secret!";
    invite(another, "VN", LIENTHONG__ROLE__ROLE_HUB, 100, 300);
    assert_int_equal(lt_roster_set_recovering(roster, 777), LT_OK);
    lt_roster_close(roster);
    open_roster();
    lt_roster_count(roster, 250, &counts);
    assert_int_equal(counts.by_state[LT_INVITE_OPEN], 1);
    assert_int_equal(counts.by_state[LT_INVITE_TAKEN], 1);
    assert_int_equal(counts.shown_by_others, 1);
    lt_roster_count(roster, 301, &counts);
    assert_int_equal(counts.by_state[LT_INVITE_OPEN], 0);
    assert_int_equal(counts.by_state[LT_INVITE_EXPIRED], 1);
    assert_int_equal(lt_roster_recovering(roster), 777);
    assert_int_equal(take(secret, LIENTHONG__ROLE__ROLE_AGENT, &second, curve, 100, &got),
                     LT_JOIN_USED);
    assert_int_equal(take(another, LIENTHONG__ROLE__ROLE_HUB, &second, curve, 100, &got),
                     LT_JOIN_ADMITTED);
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
                     LT_JOIN_UNKNOWN);
    /* but never those that were taken */
    assert_int_equal(take(secret, LIENTHONG__ROLE__ROLE_AGENT, &first, curve, year, &got),
                     LT_JOIN_ADMITTED);
}

static const uint8_t asking[16] = "to be approved.", closed[16] = "to be revoked..";

static void hash_of(const uint8_t with[16], struct lt_hash *ret_hash)
{
    lt_hash_of(with, 16, ret_hash);
}

static void invite_asking(const uint8_t with[16])
{
    struct lt_invitation invitation = {
        .role = LIENTHONG__ROLE__ROLE_AGENT, .made_at = 1000, .expires_at = 2000, .approve = true};
    assert_int_equal(lt_unit_make("00005", 0, &invitation.unit), LT_OK);
    assert_int_equal(lt_roster_invite(roster, with, &invitation, 1), LT_OK);
}

static void an_operator_approves(void **state)
{
    const Lienthong__Role agent = LIENTHONG__ROLE__ROLE_AGENT;
    struct lt_invitation got;
    struct lt_hash hash;
    (void)state;
    hash_of(asking, &hash);
    invite_asking(asking);
    assert_int_equal(lt_roster_decide(roster, &hash, true, 1100, &got),
                     LT_REFUSED); /* nobody came */
    assert_int_equal(take(asking, agent, &first, curve, 1200, &got), LT_JOIN_PENDING);
    assert_string_equal(got.address, "192.0.2.7");
    assert_int_equal(take(asking, agent, &second, curve, 1201, &got), LT_JOIN_USED);
    assert_int_equal(take(asking, agent, &first, curve, 9999, &got), LT_JOIN_PENDING);
    assert_int_equal(lt_roster_decide(roster, &hash, true, 3000, &got), LT_OK);
    assert_int_equal(take(asking, agent, &first, curve, 9999, &got), LT_JOIN_ADMITTED);
    assert_int_equal(take(asking, agent, &second, curve, 9999, &got), LT_JOIN_USED);
    assert_int_equal(lt_roster_decide(roster, &hash, false, 3001, &got), LT_REFUSED);
    assert_int_equal(got.decision, LT_APPROVED);
    /* and says no to another */
    invite_asking(closed);
    hash_of(closed, &hash);
    assert_int_equal(take(closed, agent, &first, curve, 1200, &got), LT_JOIN_PENDING);
    assert_int_equal(lt_roster_decide(roster, &hash, false, 1300, &got), LT_OK);
    assert_int_equal(take(closed, agent, &first, curve, 1400, &got), LT_JOIN_DENIED);
    assert_int_equal(got.shown.too_late, 1);
}

static void revoked_ones_are_refused(void **state)
{
    const Lienthong__Role agent = LIENTHONG__ROLE__ROLE_AGENT;
    const uint8_t one[16] = "revoked one....";
    struct lt_invitation got;
    struct lt_hash hash;
    (void)state;
    hash_of(one, &hash);
    assert_int_equal(lt_roster_revoke(roster, &hash, 1, &got), LT_NOT_FOUND);
    invite(one, "00006", agent, 1000, 2000);
    assert_int_equal(lt_roster_revoke(roster, &hash, 1500, &got), LT_OK);
    assert_int_equal(take(one, agent, &first, curve, 1600, &got), LT_JOIN_REVOKED);
    assert_false(got.taken);
    /* one that somebody took is not: his key would have to be */
    hash_of(secret, &hash);
    assert_int_equal(lt_roster_revoke(roster, &hash, 1500, &got), LT_REFUSED);
    assert_true(got.taken);
}

static void another_units_keys_do_not_use_it_up(void **state)
{
    const uint8_t one[16] = "for another one";
    struct lt_unit other = {.valid_from = 20270};
    struct lt_shower shower = {
        .role = LIENTHONG__ROLE__ROLE_AGENT, .key = first, .address = "192.0.2.7"};
    struct lt_invitation got;
    enum lt_join_fate fate;
    (void)state;
    invite(one, "00011", LIENTHONG__ROLE__ROLE_AGENT, 1000, 2000);
    assert_int_equal(lt_unit_make("00012", 20270, &other), LT_OK);
    memcpy(shower.curve_key, curve, 32);
    shower.speaks_for = &other;
    assert_int_equal(lt_roster_take(roster, one, &shower, 1001, &got, &fate), LT_OK);
    assert_int_equal(fate, LT_JOIN_OTHER_UNIT);
    assert_false(got.taken);
    assert_int_equal(got.shown.wrong_role, 1);
    /* its own unit's machine, though it had one before; and who has it has it */
    shower.speaks_for = &got.unit;
    assert_int_equal(lt_roster_take(roster, one, &shower, 1002, &got, &fate), LT_OK);
    assert_int_equal(fate, LT_JOIN_ADMITTED);
    shower.speaks_for = &other;
    assert_int_equal(lt_roster_take(roster, one, &shower, 1003, &got, &fate), LT_OK);
    assert_int_equal(fate, LT_JOIN_ADMITTED);
}

static void who_was_refused_is_noted(void **state)
{
    const Lienthong__Role agent = LIENTHONG__ROLE__ROLE_AGENT;
    const uint8_t one[16] = "shown to many..";
    struct lt_invitation got;
    (void)state;
    invite(one, "00007", agent, 1000, 2000);
    assert_int_equal(take(one, agent, &first, curve, 1001, &got), LT_JOIN_ADMITTED);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(take(one, agent, &second, curve, 1002 + i, &got), LT_JOIN_USED);
    }
    assert_int_equal(take(one, LIENTHONG__ROLE__ROLE_HUB, &first, curve, 1009, &got),
                     LT_JOIN_WRONG_ROLE);
    assert_int_equal(lt_roster_set_told(roster, one, 1010), LT_OK);
    lt_roster_close(roster);
    open_roster();
    assert_int_equal(take(one, agent, &first, curve, 1011, &got), LT_JOIN_ADMITTED);
    assert_int_equal(got.shown.by_others, 3);
    assert_int_equal(got.shown.wrong_role, 1);
    assert_int_equal(got.shown.last_at, 1009);
    assert_memory_equal(&got.shown.last_key, &first, sizeof(first));
    assert_string_equal(got.shown.last_address, "192.0.2.7");
    assert_int_equal(got.shown.told_at, 1010);
}

static void many_are_kept_or_none(void **state)
{
    enum { MANY = 300 };
    static uint8_t secrets[MANY][16];
    static struct lt_invitation invitations[MANY];
    struct lt_roster_counts before, after;
    struct lt_invitation got;
    (void)state;
    lt_roster_count(roster, 1500, &before);
    for (int i = 0; i < MANY; i++) {
        invitations[i] = (struct lt_invitation){
            .role = LIENTHONG__ROLE__ROLE_AGENT, .made_at = 1000, .expires_at = 2000};
        assert_int_equal(lt_unit_make("00008", 0, &invitations[i].unit), LT_OK);
        secrets[i][0] = (uint8_t)i;
        secrets[i][1] = (uint8_t)(i >> 8);
        secrets[i][15] = 77;
    }
    const uint8_t *all = secrets[0];
    assert_int_equal(lt_roster_invite(roster, all, invitations, MANY), LT_OK);
    lt_roster_count(roster, 1500, &after);
    assert_int_equal(after.by_state[LT_INVITE_OPEN], before.by_state[LT_INVITE_OPEN] + MANY);
    assert_true(lt_roster_knows(roster, secrets[MANY - 1]));
    assert_int_equal(take(secrets[7], LIENTHONG__ROLE__ROLE_AGENT, &first, curve, 1500, &got),
                     LT_JOIN_ADMITTED);
    /* taken back, but for the one that somebody has by now */
    assert_int_equal(lt_roster_drop(roster, all, MANY), LT_OK);
    assert_false(lt_roster_knows(roster, secrets[MANY - 1]));
    assert_true(lt_roster_knows(roster, secrets[7]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_key_takes_it),
        cmocka_unit_test(survives_reopening),
        cmocka_unit_test(secret_is_not_kept),
        cmocka_unit_test(old_ones_are_swept),
        cmocka_unit_test(an_operator_approves),
        cmocka_unit_test(revoked_ones_are_refused),
        cmocka_unit_test(another_units_keys_do_not_use_it_up),
        cmocka_unit_test(who_was_refused_is_noted),
        cmocka_unit_test(many_are_kept_or_none),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
