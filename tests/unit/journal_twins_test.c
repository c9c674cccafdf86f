/* One row that two machines of a unit put at the same moment: one of the two records goes, whatever their clerks did
 * meanwhile (docs/decisions/0010-twins.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/journal_world.h"

static size_t take_back(struct world *w, size_t at, size_t machine)
{
    size_t count = 99;
    assert_int_equal(lt_journal_take_back_twins(w->journals[at], &w->machines[machine].sign_public,
                                                1600000001, &count),
                     LT_OK);
    return count;
}

static bool count_live(void *context, const struct lt_record_view *view)
{
    size_t *live = context;
    *live += !view->retracted;
    return true;
}

static size_t live(struct world *w, size_t at)
{
    size_t count = 0;
    assert_int_equal(lt_journal_records(w->journals[at], count_live, &count), LT_OK);
    return count;
}

/* Both put the row, unknown to each other; each corrects its own when told to. */
static void put_twice(struct world *w, bool first_corrects, bool second_corrects)
{
    const bool corrects[2] = {first_corrects, second_corrects};
    for (size_t i = 0; i < 2; i++) {
        world_make(w, i);
        lt_journal_own(w->journals[i], &w->machines[i].sign_public);
        world_one(w, i, 10 + i, "Nguyễn Văn A", "một");
        assert_int_equal(world_sign(w, i, i), 1);
        if (corrects[i]) {
            world_one_correction(w, i, 20 + i, (struct lt_row_ref){10 + i, 1}, "Nguyễn Văn A",
                                 "hai");
            assert_int_equal(world_sign(w, i, i), 1);
        }
    }
    world_send(w, 0, 1);
    world_send(w, 1, 0);
    assert_int_equal(live(w, 0), 2);
}

static void settle(struct world *w, size_t expected)
{
    size_t taken[2] = {take_back(w, 0, 0), take_back(w, 1, 1)};
    assert_int_equal(taken[0] + taken[1], 1);
    const size_t who = taken[0] == 1 ? 0 : 1;
    assert_int_equal(take_back(w, who, who), 0); /* it is being taken back */
    assert_int_equal(world_sign(w, who, who), 1);
    world_send(w, who, 1 - who);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(live(w, i), expected);
        assert_int_equal(take_back(w, i, i), 0);
    }
}

static void test_untouched(void **state)
{
    put_twice(*state, false, false);
    settle(*state, 1);
}

static void test_one_was_corrected(void **state)
{
    put_twice(*state, true, false);
    settle(*state, 1);
}

static void test_the_other_was_corrected(void **state)
{
    put_twice(*state, false, true);
    settle(*state, 1);
}

static void test_both_were_corrected(void **state)
{
    put_twice(*state, true, true);
    settle(*state, 1);
}

/* Whoever restores what was taken back knows why: both stay. */
static void test_restored_stays(void **state)
{
    struct world *w = *state;
    put_twice(w, false, false);
    const size_t who = take_back(w, 0, 0) == 1 ? 0 : 1;
    if (who == 1)
        assert_int_equal(take_back(w, 1, 1), 1);
    assert_int_equal(world_sign(w, who, who), 1);
    assert_int_equal(live(w, who), 1);
    world_one_correction(w, who, 30, (struct lt_row_ref){10 + who, 1}, "Nguyễn Văn A", "một");
    assert_int_equal(world_sign(w, who, who), 1);
    assert_int_equal(live(w, who), 2);
    assert_int_equal(take_back(w, who, who), 0);
}

/* An update of the chain that no journal of ours would sign: `body` as it is, of machine 0. */
static struct lt_hash foreign_update(struct world *w, Lienthong__ReportBody *body,
                                     int64_t signed_at)
{
    struct lt_frame frame = {.chain = {LT_STREAM_REPORT, world_unit("10999")},
                             .seq = 1,
                             .key = w->machines[0].sign_public,
                             .body_version = 1};
    struct lt_chain chain;
    struct lt_hash id;
    uint8_t packed[2048], *bytes = NULL;
    size_t size = 0;
    body->signed_at = signed_at;
    size_t packed_size = lienthong__report_body__pack(body, packed);
    assert_true(packed_size < sizeof(packed));
    assert_int_equal(lt_update_seal(&frame, (struct lt_bytes){packed, packed_size},
                                    (struct lt_bytes){NULL, 0}, &w->machines[0].sign_secret, &bytes,
                                    &size, &id),
                     LT_OK);
    if (w->journals[0] != NULL)
        assert_int_equal(lt_journal_store(w->journals[0], (struct lt_bytes){bytes, size}, &chain),
                         LT_OK);
    free(bytes);
    return id;
}

/* Records that were corrected before they came, as no honest machine does: they pass for another unit's, and are not
 * ours to take back. The journal goes on. */
static void test_named_before_they_came(void **state)
{
    struct world *w = *state;
    Lienthong__ReportBody puts, names;
    Lienthong__Pledge pledge;
    Lienthong__Change put, *put_list[1] = {&put};
    Lienthong__Change changes[2], *list[2] = {&changes[0], &changes[1]};
    Lienthong__RecordId records[2];
    struct lt_hash ids[2];
    lienthong__report_body__init(&puts);
    lienthong__report_body__init(&names);
    lienthong__pledge__init(&pledge);
    lienthong__change__init(&put);
    pledge.cluster = world_text("Cụm 1");
    pledge.year = 2020;
    pledge.quantity = 3;
    put.pledge = &pledge;
    puts.changes = put_list;
    puts.n_changes = 1;
    for (size_t i = 0; i < 2; i++) {
        ids[i] = foreign_update(w, &puts, 100 + (int64_t)i);
        lienthong__record_id__init(&records[i]);
        records[i].update = (ProtobufCBinaryData){32, ids[i].bytes};
        changes[i] = put;
        changes[i].record = &records[i];
    }
    names.changes = list;
    names.n_changes = 2;
    world_make(w, 0);
    lt_journal_own(w->journals[0], &w->machines[0].sign_public);
    foreign_update(w, &names, 1);
    for (size_t i = 0; i < 2; i++)
        foreign_update(w, &puts, 100 + (int64_t)i);
    assert_int_equal(live(w, 0), 2);
    assert_int_equal(take_back(w, 0, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_untouched, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_one_was_corrected, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_the_other_was_corrected, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_both_were_corrected, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_restored_stays, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_named_before_they_came, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
