/* Names that redactions take out of a hub's store: in any order, and nothing else moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "agent/erasure.h"
#include "hub/store.h"
#include "tests/unit/hub_world.h"

static const char *const titles[] = {"GK", "LDTT"};

enum { LEDGERS = 2 };

struct fixture {
    struct world world;
    char *dirs[LEDGERS];
    struct lt_ledger *ledgers[LEDGERS];
    struct signed_update law;
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    world_small(&fixture->world);
    world_constitution(&fixture->world, fixture->world.unit_count, titles, 2, &fixture->law);
    for (size_t i = 0; i < LEDGERS; i++) {
        fixture->dirs[i] = world_dir();
        fixture->ledgers[i] = world_ledger(&fixture->world, fixture->dirs[i], 0);
        assert_int_equal(world_commit(fixture->ledgers[i], &fixture->law), LT_OK);
    }
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < LEDGERS; i++) {
        lt_ledger_close(fixture->ledgers[i]);
        world_remove(fixture->dirs[i]);
    }
    signed_free(&fixture->law);
    world_free(&fixture->world);
    free(fixture);
    return 0;
}

static struct say named(const char *name)
{
    return (struct say){.code = "GK",
                        .recipient = 4,
                        .year = 2020,
                        .number = "3/QĐ-UBND",
                        .date = 18628,
                        .name = name};
}

static void report(struct fixture *fixture, const struct signed_update *parent,
                   const struct say *says, size_t count, struct signed_update *ret_update)
{
    const struct lt_update *above = parent == NULL ? NULL : &parent->arrival.update;
    world_report(&fixture->world, world_find(&fixture->world, "28159"),
                 above == NULL ? NULL : &above->id, above != NULL,
                 above == NULL ? 1 : above->frame.seq + 1, says, count, ret_update);
}

/* A redaction of change `index` of an update; by the top, or else by `hub`, which gets a key first. */
static void redaction(struct fixture *fixture, const struct signed_update *of, uint32_t index,
                      const char *hub, struct signed_update *ret_update)
{
    struct lt_hash id = of->arrival.update.id;
    Lienthong__Directive item = LIENTHONG__DIRECTIVE__INIT, *items[1] = {&item};
    Lienthong__Redaction said;
    Lienthong__RecordId record = LIENTHONG__RECORD_ID__INIT;
    lienthong__redaction__init(&said);
    record.update = (ProtobufCBinaryData){32, id.bytes};
    record.index = index;
    said.record = &record;
    item.redaction = &said;
    world_direct_as(&fixture->world, hub == NULL ? 0 : world_find(&fixture->world, hub), items, 1,
                    ret_update);
}

static void hub_key(struct fixture *fixture, const char *unit, struct signed_update *ret_update)
{
    struct world_item item;
    Lienthong__Directive *items[1] = {&item.directive};
    item_grant(&fixture->world, &item, world_find(&fixture->world, unit), false);
    item.grant.role = LIENTHONG__ROLE__ROLE_HUB;
    world_direct(&fixture->world, items, 1, ret_update);
}

/* The name in row `index` of what a ledger stores of an update; "" when erased. Checks what holds always. */
static const char *stored_name(struct lt_ledger *ledger, const struct signed_update *of,
                               uint32_t index)
{
    static char name[128];
    struct lt_update update;
    struct lt_bytes bytes;
    Lienthong__ReportBody *body;
    Lienthong__Personal *personal = NULL;
    uint64_t position, seq;
    struct lt_arena *arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    assert_true(lt_log_find(txn, &of->arrival.update.id, &position, &seq));
    assert_true(lt_log_at(txn, position, &bytes));
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    assert_int_equal(lt_update_verify(&update), LT_OK);
    assert_memory_equal(&update.id, &of->arrival.update.id, 32);
    assert_int_equal(lt_report_read(&update, arena, &body), LT_OK); /* its root holds */
    if (update.personal.size > 0)
        assert_int_equal(lt_personal_read(update.personal, body, arena, &personal), LT_OK);
    const Lienthong__Person *person = lt_personal_find(personal, index, arena);
    snprintf(name, sizeof name, "%s", person != NULL ? person->name : "");
    lt_txn_abort(txn);
    lt_arena_free(arena);
    return name;
}

static void same_state(struct fixture *fixture)
{
    struct lt_ledger_counts counts[LEDGERS];
    struct lt_statement statements[LEDGERS];
    struct lt_chain chain = {LT_STREAM_REPORT,
                             fixture->world.units[world_find(&fixture->world, "28159")].unit};
    for (size_t i = 0; i < LEDGERS; i++) {
        memset(&statements[i], 0, sizeof statements[i]);
        lt_ledger_counts(fixture->ledgers[i], true, &counts[i]);
        assert_int_equal(lt_ledger_statement(fixture->ledgers[i], &chain, &statements[i]), LT_OK);
    }
    assert_memory_equal(&counts[0].state, &counts[1].state, 32);
    assert_int_equal(counts[0].contested, counts[1].contested);
    assert_int_equal(counts[0].records, counts[1].records);
    assert_int_equal(counts[0].quarantined, counts[1].quarantined);
    assert_memory_equal(&counts[0].directives, &counts[1].directives, 32);
    assert_memory_equal(&statements[0].quarantine, &statements[1].quarantine, 32);
    assert_int_equal(statements[0].tip_count, statements[1].tip_count);
}

static void commit_all(struct lt_ledger *ledger, struct signed_update *const *updates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(signed_read(updates[i]), LT_OK);
        assert_int_equal(world_commit(ledger, updates[i]), LT_OK);
    }
}

/* A record with a correction, another row beside it, one that is quarantined, and a redaction: it may come last
 * or first, in between or to a ledger that is opened again. */
static void the_order_does_not_matter(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update first, second, third, said;
    struct say rows[3] = {named("Nguyễn Thị Xóa"), named("Trần Văn Còn"), named("Lê Văn Giữ")};
    rows[2].code = "NONE"; /* quarantined */
    report(fixture, NULL, rows, 3, &first);
    struct say mended[2] = {named("Nguyễn Thị Xoá"), named("Phạm Văn Mới")};
    mended[0].corrects = true;
    mended[0].record = first.arrival.update.id;
    report(fixture, &first, mended, 2, &second);
    struct say taken = {.op = LIENTHONG__OP__OP_RETRACT, .corrects = true};
    taken.record = first.arrival.update.id;
    taken.record_index = 1;
    report(fixture, &second, &taken, 1, &third);
    redaction(fixture, &first, 0, NULL, &said);

    struct signed_update *late[] = {&first, &second, &third, &said};
    struct signed_update *early[] = {&said, &first, &second, &third};
    commit_all(fixture->ledgers[0], late, 3);
    assert_string_equal(stored_name(fixture->ledgers[0], &first, 0), "Nguyễn Thị Xóa");
    commit_all(fixture->ledgers[0], late + 3, 1);
    commit_all(fixture->ledgers[1], early, 4);
    for (size_t i = 0; i < LEDGERS; i++) {
        assert_string_equal(stored_name(fixture->ledgers[i], &first, 0), "");
        assert_string_equal(stored_name(fixture->ledgers[i], &first, 1), "Trần Văn Còn");
        assert_string_equal(stored_name(fixture->ledgers[i], &first, 2), "Lê Văn Giữ");
        assert_string_equal(stored_name(fixture->ledgers[i], &second, 0), "");
        assert_string_equal(stored_name(fixture->ledgers[i], &second, 1), "Phạm Văn Mới");
    }
    same_state(fixture);
    /* What comes once more with its names is there already. */
    assert_int_equal(signed_read(&first), LT_OK);
    assert_int_equal(world_commit(fixture->ledgers[0], &first), LT_EXISTS);
    assert_string_equal(stored_name(fixture->ledgers[0], &first, 0), "");
    signed_free(&first);
    signed_free(&second);
    signed_free(&third);
    signed_free(&said);
}

/* One draft that two machines signed, and what names the other one of the two records. */
static void a_row_signed_twice_goes_twice(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update one, other, mended, said;
    struct say row = named("Nguyễn Thị Xóa");
    row.import = 7;
    row.row = 3;
    report(fixture, NULL, &row, 1, &one);
    struct say two[2] = {named("Trần Văn Còn"), row};
    report(fixture, NULL, two, 2, &other);
    struct say again = named("Nguyễn Thị Xoá");
    again.corrects = true;
    again.record = other.arrival.update.id;
    again.record_index = 1;
    report(fixture, &other, &again, 1, &mended);
    redaction(fixture, &one, 0, NULL, &said);
    struct signed_update *late[] = {&other, &mended, &one, &said};
    struct signed_update *early[] = {&said, &other, &mended, &one};
    commit_all(fixture->ledgers[0], late, 4);
    commit_all(fixture->ledgers[1], early, 4);
    for (size_t i = 0; i < LEDGERS; i++) {
        assert_string_equal(stored_name(fixture->ledgers[i], &one, 0), "");
        assert_string_equal(stored_name(fixture->ledgers[i], &other, 1), "");
        assert_string_equal(stored_name(fixture->ledgers[i], &mended, 0), "");
        assert_string_equal(stored_name(fixture->ledgers[i], &other, 0), "Trần Văn Còn");
    }
    same_state(fixture);
    signed_free(&one);
    signed_free(&other);
    signed_free(&mended);
    signed_free(&said);
}

/* Branches that differ in the name alone do not contest a record, those that differ in more do, and so it stays. */
static void names_contest_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update first, left, right, said;
    struct lt_ledger_counts counts;
    struct say rows[2] = {named("Nguyễn Thị Xóa"), named("Trần Văn Còn")};
    report(fixture, NULL, rows, 2, &first);
    struct say mine[2] = {named("Nguyễn Thị Xoá"), named("Trần Văn Còn")};
    struct say its[2] = {named("Nguyễn Thị Xoa"), named("Trần Văn Còn")};
    for (uint32_t i = 0; i < 2; i++) {
        mine[i].corrects = its[i].corrects = true;
        mine[i].record = its[i].record = first.arrival.update.id;
        mine[i].record_index = its[i].record_index = i;
    }
    its[1].year = 2019;
    report(fixture, &first, mine, 2, &left);
    report(fixture, &first, its, 2, &right);
    redaction(fixture, &first, 0, NULL, &said);
    struct signed_update *late[] = {&first, &left, &right, &said};
    struct signed_update *early[] = {&said, &first, &right, &left};
    commit_all(fixture->ledgers[0], late, 3);
    lt_ledger_counts(fixture->ledgers[0], false, &counts);
    assert_int_equal(counts.contested, 1);
    commit_all(fixture->ledgers[0], late + 3, 1);
    lt_ledger_counts(fixture->ledgers[0], false, &counts);
    assert_int_equal(counts.contested, 1);
    commit_all(fixture->ledgers[1], early, 4);
    same_state(fixture);
    assert_string_equal(stored_name(fixture->ledgers[1], &left, 0), "");
    assert_string_equal(stored_name(fixture->ledgers[1], &left, 1), "Trần Văn Còn");
    signed_free(&first);
    signed_free(&left);
    signed_free(&right);
    signed_free(&said);
}

/* A hub may say it of units at or below its own, and its word counts as soon as its key does. */
static void only_of_what_lies_below(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update first, aside, above, keys[2];
    struct say row = named("Nguyễn Thị Xóa");
    report(fixture, NULL, &row, 1, &first);
    redaction(fixture, &first, 0, "297", &aside);
    redaction(fixture, &first, 0, "80", &above);
    hub_key(fixture, "297", &keys[0]);
    hub_key(fixture, "80", &keys[1]);
    struct lt_ledger *ledger = fixture->ledgers[0];
    struct signed_update *wrong[] = {&keys[0], &first, &aside};
    commit_all(ledger, wrong, 3);
    assert_string_equal(stored_name(ledger, &first, 0), "Nguyễn Thị Xóa");
    assert_int_equal(world_commit(ledger, &above), LT_KEY_UNKNOWN);
    struct signed_update *right[] = {&keys[1], &above};
    commit_all(ledger, right, 2);
    assert_string_equal(stored_name(ledger, &first, 0), "");
    lt_ledger_close(ledger);
    fixture->ledgers[0] = world_ledger(&fixture->world, fixture->dirs[0], 0);
    assert_string_equal(stored_name(fixture->ledgers[0], &first, 0), "");
    /* The other way round, and in a ledger that is opened between. */
    struct signed_update *early[] = {&keys[0], &keys[1], &aside, &above};
    commit_all(fixture->ledgers[1], early, 4);
    lt_ledger_close(fixture->ledgers[1]);
    fixture->ledgers[1] = world_ledger(&fixture->world, fixture->dirs[1], 0);
    struct signed_update *report_alone[] = {&first};
    commit_all(fixture->ledgers[1], report_alone, 1);
    assert_string_equal(stored_name(fixture->ledgers[1], &first, 0), "");
    same_state(fixture);
    signed_free(&first);
    signed_free(&aside);
    signed_free(&above);
    signed_free(&keys[0]);
    signed_free(&keys[1]);
}

/* Stored, but the program ended before it was carried out: at the next opening. */
static void what_was_left_is_carried_out_at_opening(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update first, said;
    struct lt_tips missing;
    uint64_t position;
    struct say row = named("Nguyễn Thị Xóa");
    report(fixture, NULL, &row, 1, &first);
    redaction(fixture, &first, 0, NULL, &said);
    assert_int_equal(world_commit(fixture->ledgers[0], &first), LT_OK);
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(fixture->ledgers[0]), true);
    assert_int_equal(lt_log_append(txn, &said.arrival.update,
                                   (struct lt_bytes){said.bytes, said.size}, &position, &missing),
                     LT_OK);
    assert_int_equal(lt_txn_commit(txn), LT_OK);
    assert_string_equal(stored_name(fixture->ledgers[0], &first, 0), "Nguyễn Thị Xóa");
    lt_ledger_close(fixture->ledgers[0]);
    fixture->ledgers[0] = world_ledger(&fixture->world, fixture->dirs[0], 0);
    assert_string_equal(stored_name(fixture->ledgers[0], &first, 0), "");
    signed_free(&first);
    signed_free(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_order_does_not_matter, begin, end),
        cmocka_unit_test_setup_teardown(a_row_signed_twice_goes_twice, begin, end),
        cmocka_unit_test_setup_teardown(names_contest_nothing, begin, end),
        cmocka_unit_test_setup_teardown(only_of_what_lies_below, begin, end),
        cmocka_unit_test_setup_teardown(what_was_left_is_carried_out_at_opening, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
