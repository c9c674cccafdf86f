/* The journal: a row's way, the five rules of signing late, what a record says. */
#include "journal_world.h"

static struct lt_row_ref ref_of(uint64_t import, uint32_t row)
{
    struct lt_row_ref ref = {import, row};
    return ref;
}

static void test_references(void **state)
{
    (void)state;
    char text[LT_ROW_REF_MAX];
    struct lt_row_ref ref = {UINT64_C(0x9f3a61c2d4e5b607), 12}, read;
    lt_row_ref_format(&ref, text);
    assert_string_equal(text, "9f3a61c2d4e5b607-12");
    assert_int_equal(lt_row_ref_parse(text, &read), LT_OK);
    assert_int_equal(read.import, ref.import);
    assert_int_equal(read.row, ref.row);
    assert_int_equal(lt_row_ref_parse("9f3a61c2d4e5b607", &read), LT_MALFORMED);
    assert_int_equal(lt_row_ref_parse("9f3a61c2d4e5b607-", &read), LT_MALFORMED);
    assert_int_equal(lt_row_ref_parse("9f3a61c2d4e5b607-4294967296", &read), LT_MALFORMED);
    assert_int_equal(lt_row_ref_parse("9f3a61c2d4e5b607-1x", &read), LT_MALFORMED);
    assert_int_equal(lt_row_ref_parse("9f3a61c2d4e5b60-12", &read), LT_MALFORMED);
    assert_int_equal(lt_row_ref_parse("", &read), LT_MALFORMED);
}

/* A row's way: on this PC, signed, at the province; taken back when a later receipt covers less. */
static void test_way_of_a_row(void **state)
{
    struct world *w = *state;
    struct lt_journal_counts counts;
    struct lt_held_receipt receipts[4];
    world_make(w, 0);
    world_make(w, 1);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    assert_int_equal(world_only(w, 0).state, LT_RECORD_DRAFT);
    lt_journal_counts(w->journals[0], &counts);
    assert_int_equal(counts.drafts, 1);
    assert_int_equal(counts.oldest_waiting_at, 1600000000);

    assert_int_equal(world_sign(w, 0, 0), 1);
    world_close(w, 0);
    world_open(w, 0);
    struct look look = world_only(w, 0);
    assert_int_equal(look.state, LT_RECORD_SIGNED);
    assert_false(look.quarantined);
    assert_string_equal(look.name, "Cá nhân 0001");
    assert_string_equal(look.field, "a");
    assert_int_equal(look.import, 11);

    assert_int_equal(world_receipt(w, 0, 0, &w->hub_secret, &w->hub_key), LT_OK);
    assert_int_equal(world_only(w, 0).state, LT_RECORD_COUNTED);
    lt_journal_counts(w->journals[0], &counts);
    assert_int_equal(counts.updates, 1);
    assert_int_equal(counts.updates_counted, 1);
    assert_int_equal(counts.oldest_waiting_at, 0);
    assert_int_equal(lt_journal_receipts(w->journals[0], receipts, 4), 1);
    assert_int_equal(receipts[0].covered, 1);

    assert_int_equal(world_receipt(w, 1, 0, &w->hub_secret, &w->hub_key), LT_OK);
    assert_int_equal(world_only(w, 0).state, LT_RECORD_SIGNED);
    assert_int_equal(world_receipt(w, 0, 0, &w->root_secret, &w->root_key), LT_KEY_UNKNOWN);
    assert_int_equal(world_only(w, 0).state, LT_RECORD_SIGNED);
}

/* An old receipt, played again, takes nothing back, whatever the incarnation; nor does one that is no top's count. */
static void test_old_receipts(void **state)
{
    struct world *w = *state;
    struct lt_journal_counts counts;
    struct lt_held_receipt receipts[4];
    world_make(w, 0);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_sign(w, 0, 0);
    world_copy(w, 0, 1); /* has the first update alone */
    world_one(w, 0, 12, "Cá nhân 0002", "a");
    world_sign(w, 0, 0);
    w->receipts = 100;
    assert_int_equal(world_receipt(w, 0, 0, &w->hub_secret, &w->hub_key), LT_OK);
    w->receipts = 50;
    assert_int_equal(world_receipt(w, 1, 0, &w->hub_secret, &w->hub_key), LT_EXISTS);
    w->incarnation = 1;
    assert_int_equal(world_receipt(w, 1, 0, &w->hub_secret, &w->hub_key), LT_EXISTS);
    lt_journal_counts(w->journals[0], &counts);
    assert_int_equal(counts.updates_counted, 2);
    /* A hub that came back from a copy may be behind in its numbers; what it covers more is news. */
    world_one(w, 0, 13, "Cá nhân 0003", "a");
    world_sign(w, 0, 0);
    w->receipts = 60;
    assert_int_equal(world_receipt(w, 0, 0, &w->hub_secret, &w->hub_key), LT_OK);
    lt_journal_counts(w->journals[0], &counts);
    assert_int_equal(counts.updates_counted, 3);
    /* A later one that covers less takes back, as ever. */
    w->receipts = 200;
    assert_int_equal(world_receipt(w, 1, 0, &w->hub_secret, &w->hub_key), LT_OK);
    assert_int_equal(lt_journal_receipts(w->journals[0], receipts, 4), 1);
    assert_int_equal(receipts[0].covered, 1);
}

/* Rule 2: all known tips are parents; a fork is healed by the next real update. */
static void test_forks_heal(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_sign(w, 0, 0);
    world_copy(w, 0, 1);
    world_one(w, 0, 12, "Cá nhân 0002", "a");
    world_one(w, 1, 13, "Cá nhân 0003", "a");
    world_sign(w, 0, 0);
    world_sign(w, 1, 0);
    world_send(w, 1, 0);
    assert_int_equal(world_tips(w, 0), 2);
    assert_int_equal(world_sign(w, 0, 0), 0); /* nothing to say: no update */
    world_one(w, 0, 14, "Cá nhân 0004", "a");
    world_sign(w, 0, 0);
    assert_int_equal(world_tips(w, 0), 1);
}

/* Rule 3: an old image learns that its drafts were signed, and drops them. */
static void test_signed_drafts_are_dropped(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_one_correction(w, 0, 12, ref_of(11, 1), "Cá nhân 0001", "b");
    world_copy(w, 0, 1);
    world_sign(w, 0, 0);
    world_one(w, 1, 13, "Cá nhân 0002", "a");
    assert_int_equal(lt_journal_draft_count(w->journals[1]), 3);
    world_send(w, 0, 1);
    assert_int_equal(lt_journal_draft_count(w->journals[1]), 1);
    world_sign(w, 1, 1);
    assert_int_equal(world_tips(w, 1), 1);
    struct look look = world_record(w, 1, ref_of(12, 1));
    assert_string_equal(look.field, "b");
    assert_false(look.contested);
    assert_int_equal(look.ref.import, 11);
}

/* Rule 3: with a signed draft go this journal's earlier ones of the record, signed or not. */
static void test_earlier_drafts_go_too(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_make(w, 1);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_one_correction(w, 0, 12, ref_of(11, 1), "Cá nhân 0001", "b");
    world_one_correction(w, 0, 13, ref_of(11, 1), "Cá nhân 0001", "c");
    world_one(w, 1, 12, "Cá nhân 0001", "b");
    world_sign(w, 1, 1);
    world_send(w, 1, 0);
    assert_int_equal(lt_journal_draft_count(w->journals[0]), 1);
    world_sign(w, 0, 0);
    struct look look = world_only(w, 0);
    assert_string_equal(look.field, "c");
    assert_false(look.contested); /* its clerk had seen what it replaced */
}

/* Rule 3: what the record says already is not said again; its reference still leads to the record. */
static void test_already_in(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_make(w, 1);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_one(w, 1, 12, "Cá nhân 0001", "a");
    world_sign(w, 1, 1);
    world_send(w, 1, 0);
    assert_int_equal(world_sign(w, 0, 0), 0);
    struct look look = world_record(w, 0, ref_of(11, 1));
    assert_int_equal(look.ref.import, 12);
    world_one_correction(w, 0, 13, ref_of(11, 1), "Cá nhân 0001", "b");
    world_sign(w, 0, 0);
    look = world_only(w, 0);
    assert_string_equal(look.field, "b");
    assert_false(look.contested);
}

/* Rule 3: a new row whose natural key meanwhile exists becomes a change of that record; rule 4: unseen,
 * so the clerk is shown both, and his next word settles it. */
static void test_new_row_of_a_known_key(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_make(w, 1);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_one(w, 1, 12, "Cá nhân 0001", "b");
    world_sign(w, 1, 1);
    world_send(w, 1, 0);
    assert_int_equal(world_sign(w, 0, 0), 1);
    struct look look = world_only(w, 0);
    assert_string_equal(look.field, "a");
    assert_true(look.contested);
    assert_string_equal(look.other, "b");
    assert_int_equal(world_record(w, 0, ref_of(11, 1)).ref.import, 12);
    /* equal to the current value, but that is disputed: so it is said */
    world_one_correction(w, 0, 13, ref_of(12, 1), "Cá nhân 0001", "a");
    assert_int_equal(world_sign(w, 0, 0), 1);
    assert_false(world_only(w, 0).contested);
}

/* Rule 4: a correction by one who saw is plain, by one who did not see is marked. */
static void test_unseen(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_make(w, 1);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_sign(w, 0, 0);
    world_send(w, 0, 1);
    world_one_correction(w, 0, 12, ref_of(11, 1), "Cá nhân 0001", "b");
    world_sign(w, 0, 0);
    assert_false(world_only(w, 0).contested);
    world_one_correction(w, 1, 13, ref_of(11, 1), "Cá nhân 0001", "c");
    world_send(w, 0, 1);
    world_sign(w, 1, 1);
    struct look look = world_only(w, 1);
    assert_string_equal(look.field, "c");
    assert_true(look.contested);
    assert_string_equal(look.other, "b");
}

/* Rule 4 too where what came loses beside what the clerk saw: whichever of the two wins, a correction made before
 * they met settles nothing, one made after it does. */
static void unseen_beside(struct world *w, size_t side)
{
    const char *const fields[2] = {"b", "c"};
    world_make(w, 0);
    world_make(w, 1);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_sign(w, 0, 0);
    world_send(w, 0, 1);
    for (size_t i = 0; i < 2; i++) {
        world_one_correction(w, i, 12 + i, ref_of(11, 1), "Cá nhân 0001", fields[i]);
        world_sign(w, i, i);
    }
    world_one_correction(w, side, 20, ref_of(11, 1), "Cá nhân 0001", "d");
    world_send(w, 1 - side, side);
    world_sign(w, side, side);
    struct look look = world_only(w, side);
    assert_string_equal(look.field, "d");
    assert_true(look.contested);
    assert_string_equal(look.other, fields[1 - side]);
    world_one_correction(w, side, 21, ref_of(11, 1), "Cá nhân 0001", "e");
    world_sign(w, side, side);
    assert_false(world_only(w, side).contested);
}

static void test_unseen_beside_first(void **state)
{
    unseen_beside(*state, 0);
}

static void test_unseen_beside_second(void **state)
{
    unseen_beside(*state, 1);
}

/* Rule 4 between copies of a machine: one signs a draft over what it did not see, the other's next one, made upon that
 * draft, had not seen it either. */
static void test_unseen_by_a_copy(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_make(w, 1);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_copy(w, 0, 2);
    world_one_correction(w, 0, 12, ref_of(11, 1), "Cá nhân 0001", "c");
    world_one(w, 1, 13, "Cá nhân 0001", "b");
    world_sign(w, 1, 1);
    world_send(w, 1, 2);
    world_sign(w, 2, 0);
    assert_true(world_only(w, 2).contested);
    world_send(w, 2, 0);
    world_sign(w, 0, 0);
    struct look look = world_only(w, 0);
    assert_string_equal(look.field, "c");
    assert_true(look.contested);
    assert_string_equal(look.other, "b");
}

/* Rule 5: a draft that two images of one disk sign is one record, and corrections of either are its. */
static void test_one_draft_signed_twice(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_copy(w, 0, 1);
    world_sign(w, 0, 0);
    world_sign(w, 1, 1);
    world_one_correction(w, 0, 12, ref_of(11, 1), "Cá nhân 0001", "b");
    world_sign(w, 0, 0);
    world_copy(w, 0, 2);
    world_copy(w, 1, 3);
    world_send(w, 0, 1); /* both orders of arrival */
    world_send(w, 3, 0);
    for (size_t i = 0; i < 2; i++) {
        struct look look = world_only(w, i);
        assert_string_equal(look.field, "b");
        assert_int_equal(look.ref.import, 11);
        world_one_correction(w, i, 20 + i, ref_of(11, 1), "Cá nhân 0001", "d");
        world_sign(w, i, i);
        assert_string_equal(world_only(w, i).field, "d");
        assert_false(world_only(w, i).contested);
    }
}

/* Rule 5 across records: signed as a change of one record here, as a new record there. */
static void test_one_draft_two_records(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_make(w, 1);
    world_one(w, 1, 12, "Cá nhân 0001", "b");
    world_sign(w, 1, 1);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_copy(w, 0, 2);
    world_sign(w, 2, 0); /* a new record, seq 1 */
    world_send(w, 1, 0);
    world_sign(w, 0, 0); /* a change of the other one's, seq 2: it does not count */
    world_send(w, 2, 0);
    world_send(w, 0, 2);
    for (size_t i = 0; i < 3; i += 2) {
        assert_string_equal(world_record(w, i, ref_of(11, 1)).field, "a");
        assert_string_equal(world_record(w, i, ref_of(12, 1)).field, "b");
    }
}

/* Rule 5 the other way round: what was signed as a new record turns out to be a change of another one,
 * and its corrections with it. */
static void test_a_record_joins_another(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < 3; i++)
        world_make(w, i);
    world_one(w, 1, 12, "Cá nhân 0001", "b");
    world_sign(w, 1, 1);
    for (uint64_t i = 0; i < 3; i++) {
        world_one(w, 0, 13 + i, "Cá nhân 0002", i == 0 ? "x" : i == 1 ? "y" : "z");
        world_sign(w, 0, 0);
    }
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_send(w, 1, 2);
    world_one(w, 2, 11, "Cá nhân 0001", "a");
    world_sign(w, 0, 0); /* a new record, seq 4 */
    world_one_correction(w, 0, 20, ref_of(11, 1), "Cá nhân 0001", "c");
    world_sign(w, 0, 0); /* its correction, seq 5 */
    world_sign(w, 2, 0); /* a change of the other one's, seq 2: this one counts */
    world_send(w, 2, 1);
    world_one_correction(w, 1, 21, ref_of(11, 1), "Cá nhân 0001", "d");
    world_sign(w, 1, 1); /* seq 3 */
    world_send(w, 1, 0);
    world_send(w, 0, 1);
    for (size_t i = 0; i < 2; i++) {
        struct look look = {.count = 0};
        assert_int_equal(lt_journal_records(w->journals[i], look_at, &look), LT_OK);
        assert_int_equal(look.count, 2);
        look = world_record(w, i, ref_of(11, 1));
        assert_int_equal(look.ref.import, 12);
        assert_string_equal(look.field, "c");
        assert_true(look.contested);
        assert_string_equal(look.other, "d");
    }
}

/* Drafts follow their record when it turns out to be another one. */
static void test_drafts_follow_their_record(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < 3; i++)
        world_make(w, i);
    world_one(w, 1, 12, "Cá nhân 0001", "b");
    world_sign(w, 1, 1);
    world_send(w, 1, 2);
    world_one(w, 2, 11, "Cá nhân 0001", "a");
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_one_correction(w, 0, 13, ref_of(11, 1), "Cá nhân 0001", "c");
    world_sign(w, 2, 0); /* as a change of 12-1 */
    world_send(w, 2, 0);
    assert_int_equal(lt_journal_draft_count(w->journals[0]), 1);
    struct look look = world_only(w, 0);
    assert_int_equal(look.ref.import, 12);
    assert_int_equal(look.state, LT_RECORD_DRAFT);
    assert_string_equal(look.field, "c");
    world_sign(w, 0, 0);
    assert_false(world_only(w, 0).contested);
}

/* A record of drafts only: corrected, retracted and put again before anything is signed. */
static void test_drafts_of_one_record(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_one_correction(w, 0, 12, ref_of(11, 1), "Cá nhân 0009", "b");
    struct look look = world_only(w, 0);
    assert_string_equal(look.name, "Cá nhân 0009");
    assert_int_equal(look.ref.import, 11);
    world_begin(w, 13);
    world_retract(w, ref_of(12, 1));
    world_import(w, 0);
    look = world_only(w, 0);
    assert_true(look.retracted);
    assert_string_equal(look.name, "Cá nhân 0009");
    assert_int_equal(world_sign(w, 0, 0), 1);
    look = world_only(w, 0);
    assert_true(look.retracted);
    assert_false(look.contested);
    assert_string_equal(look.name, "Cá nhân 0009");
    assert_int_equal(look.ref.import, 11);
    world_one_correction(w, 0, 14, ref_of(13, 1), "Cá nhân 0009", "c");
    world_sign(w, 0, 0);
    assert_false(world_only(w, 0).retracted);
}

/* A correction that breaks a rule is shown with its reason, beside what counts meanwhile. */
static void test_quarantine(void **state)
{
    struct world *w = *state;
    struct lt_journal_counts counts;
    world_make(w, 0);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_sign(w, 0, 0);
    world_begin(w, 12);
    struct lt_draft *draft = world_correct(w, ref_of(11, 1), "Cá nhân 0001", "b");
    draft->body->changes[0]->award->code = world_text("KHONG_CO");
    world_import(w, 0);
    struct look look = world_only(w, 0);
    assert_true(look.quarantined); /* said before it is signed */
    world_sign(w, 0, 0);
    look = world_only(w, 0);
    assert_true(look.quarantined);
    assert_int_equal(look.verdict, LT_V_UNKNOWN_CODE);
    assert_string_equal(look.field, "b");
    assert_string_equal(look.other, "a");
    lt_journal_counts(w->journals[0], &counts);
    assert_int_equal(counts.quarantined, 1);
    world_one_correction(w, 0, 13, ref_of(11, 1), "Cá nhân 0001", "c");
    world_sign(w, 0, 0);
    look = world_only(w, 0);
    assert_false(look.quarantined);
    assert_false(look.contested);
    assert_string_equal(look.field, "c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references),
        cmocka_unit_test_setup_teardown(test_way_of_a_row, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_old_receipts, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_forks_heal, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_signed_drafts_are_dropped, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(test_earlier_drafts_go_too, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_already_in, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_new_row_of_a_known_key, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_unseen, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_unseen_by_a_copy, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_unseen_beside_first, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_unseen_beside_second, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_one_draft_signed_twice, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_one_draft_two_records, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_a_record_joins_another, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_drafts_follow_their_record, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(test_drafts_of_one_record, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_quarantine, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
