/* What children bring that no honest one does: one a child, chain and kind; settled; bounded; said once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/text.h"
#include "hub/doubts.h"

static struct lt_doubt doubt_of(enum lt_doubt_kind kind, unsigned unit, uint8_t update)
{
    struct lt_doubt doubt = {.kind = kind,
                             .role = LIENTHONG__ROLE__ROLE_HUB,
                             .child = {.code = "807"},
                             .chain = {.stream = LT_STREAM_REPORT}};
    snprintf(doubt.chain.unit.code, sizeof(doubt.chain.unit.code), "%05u", unit);
    memset(doubt.update.bytes, update, 32);
    memset(doubt.missing.bytes, update + 1, 32);
    return doubt;
}

static size_t count_of(struct lt_doubts *doubts)
{
    struct lt_doubt *list;
    size_t count = lt_doubts_list(doubts, &list);
    free(list);
    return count;
}

static void one_of_a_kind(void **state)
{
    struct lt_doubts *doubts = lt_doubts_new();
    struct lt_doubt *list, said;
    struct lt_doubt first = doubt_of(LT_DOUBT_ALTERED, 1, 1),
                    again = doubt_of(LT_DOUBT_ALTERED, 1, 9);
    (void)state;
    lt_doubts_note(doubts, &first, 100);
    lt_doubts_note(doubts, &again, 110);
    assert_int_equal(lt_doubts_list(doubts, &list), 1);
    assert_int_equal(list[0].count, 2);
    assert_int_equal(list[0].first_at, 100);
    assert_int_equal(list[0].last_at, 110);
    assert_int_equal(list[0].update.bytes[0], 1);
    free(list);
    assert_true(lt_doubts_say(doubts, 110, &said));
    assert_int_equal(said.count, 2);
    assert_false(lt_doubts_say(doubts, 999, &said));
    lt_doubts_stored(doubts, &first.update); /* the true one came: that it was altered stays */
    assert_int_equal(count_of(doubts), 1);
    lt_doubts_free(doubts);
}

static void what_passes_is_not_said(void **state)
{
    struct lt_doubts *doubts = lt_doubts_new();
    struct lt_doubt said, key = doubt_of(LT_DOUBT_KEY, 1, 1), gap = doubt_of(LT_DOUBT_GAP, 1, 5);
    (void)state;
    lt_doubts_note(doubts, &key, 100);
    lt_doubts_note(doubts, &gap, 100);
    assert_int_equal(count_of(doubts), 2);
    assert_false(lt_doubts_say(doubts, 100 + LT_DOUBT_LASTS_S - 1, &said));
    lt_doubts_stored(doubts, &key.update);
    lt_doubts_stored(doubts, &gap.update); /* not what lacked */
    assert_int_equal(count_of(doubts), 1);
    assert_true(lt_doubts_say(doubts, 100 + LT_DOUBT_LASTS_S, &said));
    assert_int_equal(said.kind, LT_DOUBT_GAP);
    lt_doubts_stored(doubts, &gap.missing);
    assert_int_equal(count_of(doubts), 0);
    lt_doubts_note(doubts, &gap, 500);
    assert_true(lt_doubts_say(doubts, 3, &said)); /* a clock that was set back */
    lt_doubts_free(doubts);
}

static void bounded(void **state)
{
    struct lt_doubts *doubts = lt_doubts_new();
    struct lt_doubt *list;
    (void)state;
    for (unsigned i = 0; i < LT_DOUBTS_MAX + 10; i++) {
        struct lt_doubt doubt = doubt_of(LT_DOUBT_KEY, i, 1);
        lt_doubts_note(doubts, &doubt, 1000 + i);
    }
    assert_int_equal(lt_doubts_list(doubts, &list), LT_DOUBTS_MAX);
    assert_string_equal(list[0].chain.unit.code, "00010"); /* the oldest went */
    free(list);
    lt_doubts_free(doubts);
}

static void words(void **state)
{
    char text[LT_DOUBT_TEXT_MAX];
    (void)state;
    for (int kind = 0; kind < LT_DOUBT_KINDS; kind++) {
        struct lt_doubt doubt = doubt_of((enum lt_doubt_kind)kind, 28162, 0xab);
        lt_doubt_text(&doubt, text);
        assert_non_null(strstr(text, "the hub of 807"));
        assert_non_null(strstr(text, "28162"));
        lt_text_language("vi");
        lt_doubt_text(&doubt, text);
        assert_non_null(strstr(text, "máy chủ của 807"));
        assert_true(strlen(text) + 1 < LT_DOUBT_TEXT_MAX);
        lt_text_language("en");
        lt_doubt_text(&doubt, text);
        assert_int_equal(text[strlen(text) - 1] == ' ', 0);
        assert_true(strlen(text) + 1 < LT_DOUBT_TEXT_MAX);
        memset(doubt.child.code, 'x', LT_CODE_BYTES_MAX); /* the longest there are */
        memset(doubt.chain.unit.code, 'y', LT_CODE_BYTES_MAX);
        doubt.child.valid_from = doubt.chain.unit.valid_from = 20000;
        lt_doubt_text(&doubt, text);
        assert_true(strlen(text) + 1 < LT_DOUBT_TEXT_MAX);
    }
}

int main(void)
{
    lt_text_language("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_a_kind),
        cmocka_unit_test(what_passes_is_not_said),
        cmocka_unit_test(bounded),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
