/* Signs of life: signed, and by whom; which is newer; passed up once; kept across a start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "hub/lives.h"
#include "hub/roster.h"

static struct lt_key key;
static struct lt_secret secret;

static struct lt_life life_of(const char *unit, int64_t signed_at, uint64_t updates)
{
    struct lt_life life = {.key = key, .signed_at = signed_at, .updates = updates};
    assert_int_equal(lt_unit_make(unit, 0, &life.unit), LT_OK);
    lt_life_tips(NULL, 0, &life.tips);
    lt_life_sign(&life, &secret);
    return life;
}

static void nobody_else_can_say_it(void **state)
{
    struct lt_wire_life wire;
    struct lt_life read, life = life_of("28162", 1000, 7);
    (void)state;
    assert_int_equal(lt_life_verify(&life), LT_OK);
    lt_life_to_wire(&life, &wire);
    assert_int_equal(lt_life_from_wire(&wire.life, &read), LT_OK);
    assert_int_equal(lt_life_verify(&read), LT_OK);
    assert_int_equal(read.updates, 7);
    for (int what = 0; what < 5; what++) { /* whatever is changed in it */
        read = life;
        read.signed_at += what == 0;
        read.updates += what == 1;
        read.tips.bytes[0] ^= (uint8_t)(what == 2);
        read.unit.valid_from += what == 3;
        read.unit.code[0] = (char)(read.unit.code[0] + (what == 4));
        assert_int_equal(lt_life_verify(&read), LT_BAD_SIGNATURE);
    }
    wire.life.tips.len = 31;
    assert_int_equal(lt_life_from_wire(&wire.life, &read), LT_MALFORMED);
}

static char dir[] = "/tmp/lt-lives-XXXXXX";

static struct lt_roster *roster(void)
{
    struct lt_roster *opened;
    char reason[200];
    assert_int_equal(lt_roster_open(dir, &opened, reason), LT_OK);
    return opened;
}

static void which_is_newer(void **state)
{
    struct lt_roster *kept = roster();
    struct lt_lives *lives = lt_lives_new(kept);
    struct lt_life first = life_of("28162", 1000, 1), later = life_of("28162", 1500, 2);
    struct lt_life ahead = life_of("28162", 900000, 3), after = life_of("28162", 2000, 4);
    struct lt_life taken[4];
    (void)state;
    lt_lives_put(lives, &later, 2000);
    assert_false(lt_lives_is_news(lives, &first, 2000)); /* an old one, played again */
    assert_false(lt_lives_is_news(lives, &later, 2000));
    struct lt_life more_of_it = life_of("28162", 1500, 3); /* in the same second */
    assert_true(lt_lives_is_news(lives, &more_of_it, 2000));
    assert_true(lt_lives_waiting(lives));
    assert_int_equal(lt_lives_take(lives, taken, 4), 1);
    assert_int_equal(taken[0].updates, 2);
    assert_false(lt_lives_waiting(lives));
    assert_int_equal(lt_lives_take(lives, taken, 4), 0);
    assert_false(lt_lives_is_news(lives, &ahead,
                                  2000)); /* a clock that is wrong does not shut out the next */
    struct lt_lives *other = lt_lives_new(kept);
    lt_lives_put(other, &ahead, 2000);
    assert_true(lt_lives_is_news(other, &after, 2000));
    lt_lives_free(other);
    lt_lives_again(lives);
    assert_int_equal(lt_lives_take(lives, taken, 4), 1); /* to another parent */
    for (int i = 0; i < 9; i++) {
        char code[8];
        snprintf(code, sizeof(code), "%05d", i);
        struct lt_life more = life_of(code, 100 + i, 1);
        lt_lives_put(lives, &more, 2000);
    }
    assert_int_equal(lt_lives_take(lives, taken, 4), 4); /* in pages */
    assert_true(lt_lives_waiting(lives));
    assert_int_equal(lt_lives_take(lives, taken, 4), 4);
    assert_int_equal(lt_lives_take(lives, taken, 4), 1);
    assert_false(lt_lives_waiting(lives));
    lt_lives_free(lives);
    lt_roster_close(kept);
}

struct heard {
    size_t count;
    int64_t at;
};

static void note(void *context, const struct lt_unit *unit, int64_t at)
{
    struct heard *heard = context;
    if (strcmp(unit->code, "28162") == 0) {
        heard->at = at;
    }
    heard->count++;
}

static void kept_across_a_start(void **state)
{
    struct lt_roster *kept = roster();
    struct lt_lives *lives = lt_lives_new(kept);
    struct lt_life life = life_of("28162", 5000, 1);
    struct heard heard = {.count = 0};
    (void)state;
    lt_lives_put(lives, &life, 4000); /* its clock is ahead: heard when it came */
    assert_int_equal(lt_lives_save(lives), LT_OK);
    lt_roster_heard(kept, note, &heard);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.at, 4000);
    struct lt_unit unit = life.unit;
    lt_lives_heard(lives, &unit, 4100, 4100);
    assert_int_equal(lt_lives_save(lives), LT_OK); /* not each minute */
    lt_roster_heard(kept, note, &heard);
    assert_int_equal(heard.at, 4000);
    lt_lives_heard(lives, &unit, 9000, 9000);
    assert_int_equal(lt_lives_save(lives), LT_OK);
    lt_roster_heard(kept, note, &heard);
    assert_int_equal(heard.at, 9000);
    assert_int_equal(heard.count, 3);
    lt_lives_free(lives);
    lt_roster_close(kept);
    kept = roster();
    heard.count = 0;
    lt_roster_heard(kept, note, &heard);
    assert_int_equal(heard.count, 1);
    assert_int_equal(lt_roster_recovering(kept), 0); /* marks beside it are what they were */
    lt_roster_close(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_else_can_say_it),
        cmocka_unit_test(which_is_newer),
        cmocka_unit_test(kept_across_a_start),
    };
    assert_true(sodium_init() >= 0);
    crypto_sign_keypair(key.bytes, secret.bytes);
    char *made = mkdtemp(dir);
    assert_non_null(made);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[64];
    snprintf(command, sizeof(command), "rm -r %s", dir);
    return system(command) != 0 ? 1 : failed;
}
