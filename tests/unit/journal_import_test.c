/* Imports: whole or not at all, many rows, namesakes, and what strangers say. */
#include "journal_world.h"

static struct lt_row_ref ref_of(uint64_t import, uint32_t row)
{
    struct lt_row_ref ref = {import, row};
    return ref;
}

static void count_natural(struct world *w, size_t at, const uint8_t key[16], bool alike,
                          size_t expected)
{
    struct look look = {.count = 0};
    assert_int_equal(lt_journal_natural(w->journals[at], key, alike, look_at, &look), LT_OK);
    assert_int_equal(look.count, expected);
}

static bool take_natural(void *context, const struct lt_record_view *view)
{
    struct lt_natural *natural = context;
    *natural = view->natural;
    return true;
}

/* Names alike but for a diacritic are two records; a record goes by its current key only. */
static void test_namesakes(void **state)
{
    struct world *w = *state;
    struct lt_natural old, new;
    struct lt_row_ref ref = ref_of(11, 1);
    world_make(w, 0);
    world_begin(w, 11);
    world_put(w, "Cá nhân Hòa", "a");
    world_put(w, "Cá nhân Hoa", "a");
    world_import(w, 0);
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(lt_journal_record(w->journals[0], &ref, take_natural, &old), LT_OK);
        count_natural(w, 0, old.exact, false, 1);
        count_natural(w, 0, old.alike, true, 2);
        world_sign(w, 0, 0); /* drafts, then signed */
    }
    world_one_correction(w, 0, 12, ref, "Cá nhân Bình", "a");
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(lt_journal_record(w->journals[0], &ref, take_natural, &new), LT_OK);
        count_natural(w, 0, old.exact, false, 0);
        count_natural(w, 0, new.exact, false, 1);
        count_natural(w, 0, old.alike, true, 1);
        world_sign(w, 0, 0);
    }
}

/* Two people of one name, workplace and position: only the clerk can say so. */
static void test_apart(void **state)
{
    struct world *w = *state;
    struct look look = {.count = 0};
    world_make(w, 0);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    world_begin(w, 12);
    world_put(w, "Cá nhân 0001", "b")->apart = true;
    world_put(w, "Cá nhân 0001", "b")->apart = true;
    world_import(w, 0);
    for (int pass = 0; pass < 2; pass++) {
        look.count = 0;
        assert_int_equal(lt_journal_records(w->journals[0], look_at, &look), LT_OK);
        assert_int_equal(look.count, 3);
        world_sign(w, 0, 0);
    }
    assert_string_equal(world_record(w, 0, ref_of(11, 1)).field, "a");
    assert_false(world_record(w, 0, ref_of(12, 2)).contested);
}

/* All or nothing: one row that could not be signed stops the import, and nothing of it stays. */
static void test_import_is_whole(void **state)
{
    struct world *w = *state;
    struct lt_hash content;
    uint64_t id = 11;
    int64_t at;
    world_make(w, 0);
    lt_hash_of(&id, sizeof(id), &content);
    world_begin(w, 11);
    world_put(w, "Cá nhân 0001", "a");
    world_put(w, "Cá nhân 0002", "a\tb"); /* a control character */
    assert_int_equal(world_try(w, 0), LT_MALFORMED);
    assert_int_equal(lt_journal_draft_count(w->journals[0]), 0);
    assert_false(lt_journal_import_of(w->journals[0], &content, &id, &at));
    world_begin(w, 11);
    world_put(w, "Cá nhân 0001", "a");
    world_correct(w, ref_of(99, 1), "Cá nhân 0002", "a");
    assert_int_equal(world_try(w, 0), LT_NOT_FOUND);
    world_begin(w, 11);
    world_put(w, "Cá nhân 0001", "a")->body->changes[0]->award->place = 1; /* beyond the table */
    assert_int_equal(world_try(w, 0), LT_MALFORMED);
    world_close(w, 0);
    world_open(w, 0);
    assert_int_equal(lt_journal_draft_count(w->journals[0]), 0);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    assert_true(lt_journal_import_of(w->journals[0], &content, &id, &at));
    assert_int_equal(id, 11);
    assert_int_equal(world_try(w, 0), LT_EXISTS); /* the same rows again */
    world_sign(w, 0, 0);
    assert_int_equal(world_try(w, 0), LT_EXISTS);
}

static void test_strangers_are_refused(void **state)
{
    struct world *w = *state;
    struct lt_keys stranger = w->machines[0];
    struct lt_hash id;
    struct lt_chain chain;
    struct lt_bytes bytes;
    uint8_t *forged, copy[8192];
    size_t size;
    bool more;
    world_make(w, 0);
    world_make(w, 1);
    world_pair(9, &stranger.sign_public, &stranger.sign_secret);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    assert_int_equal(lt_journal_sign(w->journals[0], &stranger, 1, &id, &more), LT_OK);
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(w->journals[0]), false);
    assert_true(lt_log_at(txn, lt_log_last(txn), &bytes));
    size = bytes.size;
    memcpy(copy, bytes.data, size);
    lt_txn_abort(txn);
    bytes = (struct lt_bytes){copy, size};
    assert_int_equal(lt_journal_store(w->journals[1], bytes, &chain), LT_KEY_UNKNOWN);
    copy[size / 2] ^= 1;
    assert_int_not_equal(lt_journal_store(w->journals[1], bytes, &chain), LT_OK);

    /* a top's first word whose grant the root did not sign */
    struct lt_key other;
    world_pair(8, &other, &stranger.sign_secret);
    w->hub_key = other;
    w->hub_secret = stranger.sign_secret;
    forged = world_directive(w, &stranger.sign_secret, &size);
    assert_int_equal(lt_journal_store(w->journals[1], (struct lt_bytes){forged, size}, &chain),
                     LT_KEY_UNKNOWN);
    free(forged);
}

/* Enough rows for several updates; in them drafts of one record stay together. */
static void test_many_rows(void **state)
{
    struct world *w = *state;
    struct look look = {.count = 0};
    world_make(w, 0);
    world_begin(w, 11);
    for (unsigned i = 0; i < 400; i++) {
        char name[WORLD_NAME];
        snprintf(name, sizeof(name), "Cá nhân %04u", i);
        world_put(w, name, "a");
    }
    world_import(w, 0);
    world_begin(w, 12);
    for (unsigned i = 0; i < 400; i++) {
        char name[WORLD_NAME];
        snprintf(name, sizeof(name), "Cá nhân %04u", i);
        world_correct(w, ref_of(11, i + 1), name, i % 2 == 0 ? "a" : "b");
    }
    world_import(w, 0);
    assert_int_equal(world_sign(w, 0, 0), 2); /* 600 changes */
    assert_int_equal(lt_journal_records(w->journals[0], look_at, &look), LT_OK);
    assert_int_equal(look.count, 400);
    struct lt_journal_counts counts;
    lt_journal_counts(w->journals[0], &counts);
    assert_int_equal(counts.records, 400);
    assert_int_equal(counts.contested, 0);
    assert_int_equal(counts.quarantined, 0);
    assert_string_equal(world_record(w, 0, ref_of(12, 2)).field, "b");
    assert_string_equal(world_record(w, 0, ref_of(12, 3)).field, "a");
}

/* A record that was corrected more often than an update holds changes. */
static void test_many_drafts_of_one_record(void **state)
{
    struct world *w = *state;
    world_make(w, 0);
    world_one(w, 0, 11, "Cá nhân 0001", "a");
    for (uint64_t round = 0; round < 2; round++) {
        world_begin(w, 12 + round);
        for (unsigned i = 0; i < 400; i++) {
            char field[WORLD_NAME];
            snprintf(field, sizeof(field), "%u", i % 50 == 0 ? i + 1 : i);
            world_correct(w, ref_of(11, 1), "Cá nhân 0001", field);
        }
        world_import(w, 0);
    }
    assert_int_equal(world_sign(w, 0, 0), 2);
    struct look look = world_only(w, 0);
    assert_string_equal(look.field, "399");
    assert_false(look.contested);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_namesakes, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_apart, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_import_is_whole, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_strangers_are_refused, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_many_rows, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_many_drafts_of_one_record, world_setup,
                                        world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
