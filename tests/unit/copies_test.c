/* Machines that were restored, or are there twice: what is a loss, what is a turn, what proves two; kept, forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/text.h"
#include "hub/copies.h"

enum { NOW = 1000000 };

static char dir[] = "/tmp/lt-copies-XXXXXX";
static struct lt_roster *roster;
static struct lt_copies *copies;
static struct lt_copy_of pc;

static void begin(void)
{
    char reason[200];
    assert_int_equal(lt_roster_open(dir, &roster, reason), LT_OK);
    copies = lt_copies_new(roster);
    assert_non_null(copies);
}

static void end(void)
{
    lt_copies_free(copies);
    lt_roster_close(roster);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/lt-copies-XXXXXX");
    assert_non_null(mkdtemp(dir));
    pc = (struct lt_copy_of){.role = LIENTHONG__ROLE__ROLE_AGENT, .key = {{7}}};
    assert_int_equal(lt_unit_make("28162", 0, &pc.unit), LT_OK);
    begin();
    return 0;
}

static int tear_down(void **state)
{
    char line[100];
    (void)state;
    end();
    snprintf(line, sizeof(line), "rm -rf '%s'", dir);
    return system(line);
}

/* The oldest of its own that it lacks stands at `first`, our log ends at `end`. */
static void lose(uint64_t first, uint64_t log_end, uint64_t had_seq, int64_t now)
{
    const struct lt_copy_loss loss = {first, log_end, 3, had_seq, 500};
    lt_copies_lost(copies, &pc, &loss, now);
}

/* What is shown of the only machine. */
static enum lt_copy_kind shown(int64_t now, struct lt_copy *ret_copy)
{
    struct lt_copy *list;
    enum lt_copy_kind kind = LT_COPY_NONE;
    size_t count = lt_copies_list(copies, now, &list);
    assert_true(count <= 1);
    if (count == 1) {
        kind = lt_copy_kind(&list[0], now);
        *ret_copy = list[0];
    }
    free(list);
    return kind;
}

static void one_loss(void **state)
{
    struct lt_copy copy;
    char text[LT_COPY_TEXT_MAX];
    (void)state;
    assert_int_equal(shown(NOW, &copy), LT_COPY_NONE);
    lose(11, 20, 10, NOW);
    assert_int_equal(shown(NOW, &copy), LT_COPY_RESTORED);
    lt_copy_text(&copy, NOW, text);
    assert_non_null(strstr(text, "RESTORED"));
    assert_non_null(strstr(text, "after update 10, signed 1970-01-01T00:08:20Z"));
    lt_text_language("vi");
    lt_copy_text(&copy, NOW, text);
    assert_non_null(strstr(text, "KHÔI PHỤC"));
    lt_text_language("en");
    for (int session = 1; session < 9; session++) { /* it comes back in many sessions */
        lose(11 + (uint64_t)session, 20 + (uint64_t)session, 10 + (uint64_t)session, NOW + session);
    }
    assert_int_equal(shown(NOW, &copy), LT_COPY_RESTORED);
    assert_int_equal(copy.had_seq, 10); /* to what state it was put back */
    for (int day = 0; day < 30;
         day++) { /* the same image again and again, more signed in between */
        lose(11, 30 + (uint64_t)day, 10, NOW + day * 86400);
    }
    assert_int_equal(shown(NOW + 29 * 86400, &copy), LT_COPY_RESTORED);
    lose(5, 90, 4, NOW + 29 * 86400); /* an older one */
    assert_int_equal(shown(NOW + 29 * 86400, &copy), LT_COPY_RESTORED);
    assert_int_equal(copy.had_seq, 4);
}

static void losses_in_turn(void **state)
{
    struct lt_copy copy;
    (void)state;
    lose(11, 11, 10, NOW);
    lose(12, 12, 11, NOW + 1);
    assert_int_equal(shown(NOW + 1, &copy), LT_COPY_RESTORED); /* restored twice, it may be */
    lose(13, 13, 12, NOW + 2);
    assert_int_equal(shown(NOW + 2, &copy), LT_COPY_CLONED);
    assert_int_equal(shown(NOW + 2 + LT_COPY_SHOWN_S, &copy), LT_COPY_NONE);
    for (int week = 1; week < 9; week++) { /* restored now and then, each time from a newer image */
        lose(20 + (uint64_t)week, 20 + (uint64_t)week, 19, NOW + week * 8 * 86400);
        assert_int_equal(shown(NOW + week * 8 * 86400, &copy), LT_COPY_RESTORED);
    }
}

static void talk(uint64_t connection, uint64_t welcome)
{
    lt_copies_talked(copies, &pc, connection, welcome, NOW);
}

static void two_at_once(void **state)
{
    struct lt_copy copy;
    (void)state;
    talk(1, 1);
    talk(1, 2);
    talk(2, 3);
    talk(2, 4);
    assert_int_equal(shown(NOW, &copy), LT_COPY_NONE);
    talk(1, 5);
    assert_int_equal(shown(NOW, &copy), LT_COPY_CLONED);
}

static void late_words(void **state)
{
    struct lt_copy copy;
    (void)state;
    talk(1, 1);
    talk(2, 3);
    talk(1, 2); /* said before the second connection was made */
    talk(2, 4);
    talk(3, 5);
    assert_int_equal(shown(NOW, &copy), LT_COPY_NONE);
}

/* One machine, one connection after the other, its answers overtaking each other at will: never two. */
static void one_machine_is_never_two(void **state)
{
    enum { RUNS = 2000, ANSWERS = 40 };
    struct lt_copy copy;
    (void)state;
    srandom(4);
    for (uint64_t run = 1; run <= RUNS; run++) {
        uint64_t connection = run * 1000, welcome = run * 1000;
        struct {
            uint64_t connection, welcome;
        } late[ANSWERS];
        size_t count = 0;
        for (int i = 0; i < ANSWERS; i++) {
            connection += random() % 3 == 0;
            late[count].connection = connection;
            late[count++].welcome = ++welcome;
            while (count > 0 && random() % 2 == 0) {
                size_t at = (size_t)random() % count;
                talk(late[at].connection, late[at].welcome);
                late[at] = late[--count];
            }
        }
    }
    assert_int_equal(shown(NOW, &copy), LT_COPY_NONE);
}

static void kept_said_and_forgotten(void **state)
{
    struct lt_copy copy;
    (void)state;
    lose(11, 11, 10, NOW);
    assert_true(lt_copies_say(copies, NOW, &copy));
    assert_false(lt_copies_say(copies, NOW, &copy));
    assert_int_equal(lt_copies_save(copies, NOW), LT_OK);
    end();
    begin();
    assert_int_equal(shown(NOW, &copy), LT_COPY_RESTORED);
    assert_memory_equal(&copy.key, &pc.key, sizeof(pc.key));
    assert_int_equal(lt_unit_cmp(&copy.unit, &pc.unit), 0);
    assert_int_equal(copy.had_seq + copy.lacked + copy.end, 10 + 3 + 11);
    assert_false(lt_copies_say(copies, NOW, &copy)); /* it was said before the start */
    lose(12, 12, 11, NOW + 1);
    assert_true(lt_copies_say(copies, NOW + 1, &copy)); /* once more */
    lose(13, 13, 12, NOW + 2);
    assert_true(lt_copies_say(copies, NOW + 2, &copy));
    assert_int_equal(lt_copy_kind(&copy, NOW + 2), LT_COPY_CLONED);
    assert_int_equal(lt_copies_save(copies, NOW + 2),
                     LT_OK); /* news does not wait for ten minutes */
    end();
    begin();
    assert_int_equal(shown(NOW + 2, &copy), LT_COPY_CLONED);
    assert_int_equal(shown(5, &copy), LT_COPY_CLONED); /* a clock that was set back */
    assert_int_equal(lt_copies_save(copies, NOW + 2 + LT_COPY_SHOWN_S), LT_OK);
    end();
    begin();
    assert_int_equal(shown(NOW, &copy), LT_COPY_NONE); /* forgotten for good */
}

static void nothing_without_a_table(void **state)
{
    struct lt_copy copy, *list;
    const struct lt_copy_loss loss = {1, 1, 1, 1, 1};
    (void)state;
    lt_copies_lost(NULL, &pc, &loss, NOW);
    lt_copies_talked(NULL, &pc, 1, 1, NOW);
    assert_false(lt_copies_say(NULL, NOW, &copy));
    assert_int_equal(lt_copies_list(NULL, NOW, &list), 0);
    assert_int_equal(lt_copies_save(NULL, NOW), LT_OK);
}

int main(void)
{
    lt_text_language("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_loss, set_up, tear_down),
        cmocka_unit_test_setup_teardown(losses_in_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(late_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_machine_is_never_two, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kept_said_and_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_without_a_table, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
