/* The ledger: what it keeps, what it refuses, what it answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hub/store.h"
#include "tests/unit/ledger_world.h"

static void keys_parents_and_repetition_are_checked(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update first, second;
    struct say say = award("GK", 3);
    one(fixture, "28159", NULL, &say, &first);
    one(fixture, "28159", &first, &say, &second);
    assert_int_equal(world_commit(fixture->ledger, &first), LT_KEY_UNKNOWN);
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    assert_int_equal(world_commit(fixture->ledger, &second), LT_ORPHAN);
    assert_int_equal(second.arrival.missing.count, 1);
    assert_memory_equal(&second.arrival.missing.ids[0], &first.arrival.update.id, 32);
    assert_int_equal(world_commit(fixture->ledger, &first), LT_OK);
    assert_int_equal(world_commit(fixture->ledger, &first), LT_EXISTS);
    assert_int_equal(world_commit(fixture->ledger, &second), LT_OK);
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_EXISTS);
    signed_free(&first);
    signed_free(&second);
}

/* A stranger who signs for a unit with a key of his own gets nowhere. */
static void a_strangers_key_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update update;
    struct say say = award("GK", 3);
    size_t unit = world_find(&fixture->world, "28159");
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    world_key("stranger", &fixture->world.units[unit].key, &fixture->world.units[unit].secret);
    one(fixture, "28159", NULL, &say, &update);
    assert_int_equal(world_commit(fixture->ledger, &update), LT_KEY_UNKNOWN);
    signed_free(&update);
}

/* One group in any order of streams: directives are taken first; refused ones harm nobody. */
static void a_group_is_judged_one_by_one(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update good, orphan, parent;
    struct say say = award("GK", 3), unknown = award("XX", 0);
    one(fixture, "28159", NULL, &say, &good);
    one(fixture, "28162", NULL, &unknown, &parent);
    one(fixture, "28162", &parent, &say, &orphan);
    struct lt_arrival *group[] = {&good.arrival, &orphan.arrival, &fixture->law.arrival};
    assert_int_equal(lt_ledger_commit(fixture->ledger, group, 3), LT_OK);
    assert_int_equal(good.arrival.result, LT_OK);
    assert_int_equal(orphan.arrival.result, LT_ORPHAN);
    assert_int_equal(fixture->law.arrival.result, LT_OK);
    struct lt_ledger_counts counts;
    lt_ledger_counts(fixture->ledger, true, &counts);
    assert_int_equal(counts.updates, 2);
    assert_int_equal(counts.chains, 2);
    assert_int_equal(counts.records, 1);
    signed_free(&good);
    signed_free(&orphan);
    signed_free(&parent);
}

static void a_statement_names_tips_keys_and_quarantine(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update first, left, right;
    struct lt_statement statement, after;
    struct say say = award("GK", 3), unknown = award("XX", 0);
    struct lt_chain chain = {LT_STREAM_REPORT, world_unit_of("28159")};
    one(fixture, "28159", NULL, &say, &first);
    one(fixture, "28159", &first, &say, &left);
    one(fixture, "28159", &first, &unknown, &right);
    assert_int_equal(lt_ledger_statement(fixture->ledger, &chain, &statement), LT_OK);
    assert_int_equal(statement.tip_count, 0);
    assert_int_equal(statement.key_count, 0);
    struct lt_arrival *group[] = {&fixture->law.arrival, &first.arrival, &left.arrival,
                                  &right.arrival};
    assert_int_equal(lt_ledger_commit(fixture->ledger, group, 4), LT_OK);
    assert_int_equal(lt_ledger_statement(fixture->ledger, &chain, &statement), LT_OK);
    assert_int_equal(statement.tip_count, 2);
    assert_true(lt_hash_cmp(&statement.tips[0], &statement.tips[1]) < 0);
    assert_int_equal(statement.count, 3);
    assert_int_equal(statement.key_count, 1);
    assert_int_equal(statement.quarantined, 1);
    reopen(fixture);
    assert_int_equal(lt_ledger_statement(fixture->ledger, &chain, &after), LT_OK);
    assert_int_equal(after.quarantined, 1);
    assert_memory_equal(&after.quarantine, &statement.quarantine, 32);
    assert_memory_equal(&after.directives, &statement.directives, 32);
    assert_memory_equal(after.tips, statement.tips, 64);
    signed_free(&first);
    signed_free(&left);
    signed_free(&right);
}

static void site_and_receipt_numbers_survive(void **state)
{
    struct fixture *fixture = *state;
    struct lt_hub_site site, again;
    struct signed_update update;
    struct say say = award("GK", 3);
    uint64_t first = lt_ledger_receipt_numbers(fixture->ledger, 5);
    assert_true(first > 0);
    assert_int_equal(lt_ledger_receipt_numbers(fixture->ledger, 1), first + 5);
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    one(fixture, "28159", NULL, &say, &update);
    assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
    lt_ledger_site(fixture->ledger, &site);
    site.has_parent = true;
    site.parent = world_unit_of("VN");
    site.incarnation.bytes[3] = 7;
    site.signer.bytes[31] = 9;
    site.endpoint_count = 1;
    (void)snprintf(site.endpoints[0], LT_ENDPOINT_MAX, "tcp://10.0.0.1:7411");
    assert_int_equal(lt_ledger_set_site(fixture->ledger, &site), LT_OK);
    reopen(fixture);
    lt_ledger_site(fixture->ledger, &again);
    assert_memory_equal(&again, &site, sizeof site);
    assert_true(lt_ledger_receipt_numbers(fixture->ledger, 1) > first + 5);
    signed_free(&update);
}

/* ---- The conversation's questions ---- */

static void the_ways_of_chains(void **state)
{
    struct fixture *fixture = *state;
    struct lt_sync_store store;
    const struct lt_unit top = world_unit_of("VN"), district = world_unit_of("807"),
                         commune = world_unit_of("28159");
    const struct lt_chain laws = {LT_STREAM_DIRECTIVE, top}, own = {LT_STREAM_REPORT, commune},
                          other = {LT_STREAM_REPORT, world_unit_of("10999")},
                          words = {LT_STREAM_DIRECTIVE, district};
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    lt_ledger_sync_store(fixture->ledger, &store);
    const Lienthong__Role agent = LIENTHONG__ROLE__ROLE_AGENT, hub = LIENTHONG__ROLE__ROLE_HUB;
    assert_int_equal(store.way(store.context, agent, &commune, &own), LT_WAY_UP);
    assert_int_equal(store.way(store.context, agent, &commune, &other), LT_WAY_NONE);
    assert_int_equal(store.way(store.context, agent, &commune, &laws), LT_WAY_DOWN);
    /* the district lies between: it may have granted the keys of the commune's own history */
    assert_int_equal(store.way(store.context, agent, &commune, &words), LT_WAY_DOWN);
    assert_int_equal(store.way(store.context, hub, &district, &own), LT_WAY_UP);
    assert_int_equal(store.way(store.context, hub, &district, &words), LT_WAY_UP);
    assert_int_equal(store.way(store.context, hub, &district, &other), LT_WAY_NONE);
    assert_int_equal(store.way(store.context, hub, &district, &laws), LT_WAY_DOWN);
}

static void the_index_of_chains_follows(void **state)
{
    struct fixture *fixture = *state;
    struct lt_sync_store store;
    struct signed_update first, left, right;
    struct lt_hash tips[LT_PARENTS_MAX];
    struct say say = award("GK", 3);
    struct lt_chain chain = {LT_STREAM_REPORT, world_unit_of("28159")}, seen;
    one(fixture, "28159", NULL, &say, &first);
    one(fixture, "28159", &first, &say, &left);
    say.quantity = 4;
    one(fixture, "28159", &first, &say, &right);
    lt_ledger_sync_store(fixture->ledger, &store);
    assert_false(store.next_chain(store.context, NULL, &seen));
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    assert_int_equal(world_commit(fixture->ledger, &first), LT_OK);
    assert_int_equal(store.tips(store.context, &chain, tips), 1);
    assert_int_equal(world_commit(fixture->ledger, &left), LT_OK);
    assert_int_equal(world_commit(fixture->ledger, &right), LT_OK);
    assert_int_equal(store.tips(store.context, &chain, tips), 2);
    assert_true(store.has(store.context, &left.arrival.update.id));
    memset(&tips[0], 7, sizeof tips[0]);
    assert_false(store.has(store.context, &tips[0]));
    assert_true(store.next_chain(store.context, NULL, &seen));
    assert_int_equal(lt_chain_cmp(&seen, &chain), 0);
    assert_true(store.next_chain(store.context, &seen, &seen));
    assert_int_equal(seen.stream, LT_STREAM_DIRECTIVE);
    assert_false(store.next_chain(store.context, &seen, &seen));
    signed_free(&first);
    signed_free(&left);
    signed_free(&right);
}

/* ---- Judging again ---- */

static void a_late_title_frees_what_waited(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update update, directive;
    struct lt_ledger_counts counts;
    struct world_item item;
    Lienthong__Directive *list[1] = {&item.directive};
    struct say say = award("LATE", 0);
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    one(fixture, "28159", NULL, &say, &update);
    assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
    lt_ledger_counts(fixture->ledger, false, &counts);
    assert_int_equal(counts.quarantined, 1);
    assert_int_equal(counts.generation, 0);
    item_title(&item, (char *)(uintptr_t) "LATE");
    world_direct(&fixture->world, list, 1, &directive);
    assert_int_equal(world_commit(fixture->ledger, &directive), LT_OK);
    lt_ledger_counts(fixture->ledger, false, &counts);
    assert_int_equal(counts.quarantined, 0);
    assert_int_equal(counts.generation, 1);
    assert_false(counts.rebuilding);
    signed_free(&update);
    signed_free(&directive);
}

/* A second process writes into the same store: nothing that this one holds in memory is stale. */
static void another_process_may_write(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update update;
    struct say say = award("GK", 3);
    struct lt_sync_store store;
    struct lt_hash tips[LT_PARENTS_MAX];
    struct lt_chain laws = {LT_STREAM_DIRECTIVE, world_unit_of("VN")};
    one(fixture, "28159", NULL, &say, &update);
    assert_int_equal(world_commit(fixture->ledger, &update), LT_KEY_UNKNOWN);
    /* what the other process does, behind this ledger's back */
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(fixture->ledger), true);
    struct lt_tips missing;
    uint64_t position;
    assert_int_equal(lt_log_append(txn, &fixture->law.arrival.update, fixture->law.arrival.bytes,
                                   &position, &missing),
                     LT_OK);
    assert_int_equal(lt_txn_commit(txn), LT_OK);
    assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
    lt_ledger_sync_store(fixture->ledger, &store);
    assert_int_equal(store.tips(store.context, &laws, tips), 1);
    signed_free(&update);
}

/* Killed in the middle of judging again: the next start goes on, whatever lies in the other tables. */
static void an_interrupted_judging_is_finished(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update update;
    struct lt_ledger_counts before, after;
    struct lt_marks marks;
    struct say say = award("GK", 3);
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    one(fixture, "28159", NULL, &say, &update);
    assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
    lt_ledger_counts(fixture->ledger, true, &before);
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(fixture->ledger), true);
    lt_store_marks(txn, &marks);
    marks.rebuilding = true;
    marks.rebuild_directives = marks.directives;
    marks.rebuild_next = 1;
    marks.rebuild_cleared = false;
    lt_store_set_marks(txn, &marks);
    lt_store_use(txn, 1 - marks.generation);
    const struct lt_quarantined left_over = {{1, 7}, LT_V_REACH};
    lt_store_quarantine(txn, &left_over, 1);
    assert_int_equal(lt_store_commit(txn), LT_OK);
    reopen(fixture);
    lt_ledger_counts(fixture->ledger, true, &after);
    assert_false(after.rebuilding);
    assert_int_equal(after.generation, before.generation + 1);
    assert_int_equal(after.records, before.records);
    assert_int_equal(after.quarantined, 0);
    assert_memory_equal(&after.state, &before.state, 32);
    signed_free(&update);
}

/* The store's own row for a record is damaged; the update that meets it fails, and no other. */
static void one_that_fails_harms_no_other(void **state)
{
    struct fixture *fixture = *state;
    struct signed_update first, poisoned, good[6];
    static const char *const communes[] = {"28162", "28165", "28168", "10999", "11002", "807"};
    struct lt_arrival *group[7];
    struct lt_ledger_counts counts;
    struct say say = award("GK", 3), retraction = {.op = LIENTHONG__OP__OP_RETRACT};
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    one(fixture, "28159", NULL, &say, &first);
    assert_int_equal(world_commit(fixture->ledger, &first), LT_OK);
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(fixture->ledger), true);
    struct lt_walk *walk = lt_store_walk(txn, LT_STATE_SCOPES);
    struct lt_bytes key, value;
    uint8_t key_copy[128], less[64] = {0};
    assert_true(lt_walk_next(walk, &key, &value));
    memcpy(key_copy, key.data, key.size);
    memcpy(less, value.data, value.size);
    less[15] = 1; /* quantity 1 instead of 3 */
    lt_walk_end(walk);
    lt_store_put_row(txn, LT_STATE_SCOPES, (struct lt_bytes){key_copy, key.size},
                     (struct lt_bytes){less, value.size});
    assert_int_equal(lt_store_commit(txn), LT_OK);
    retraction.corrects = true;
    retraction.record = first.arrival.update.id;
    one(fixture, "28159", &first, &retraction, &poisoned);
    for (size_t i = 0; i < 6; i++) {
        one(fixture, communes[i], NULL, &say, &good[i]);
        group[i < 3 ? i : i + 1] = &good[i].arrival;
    }
    group[3] = &poisoned.arrival;
    assert_int_equal(lt_ledger_commit(fixture->ledger, group, 7), LT_OK);
    assert_int_equal(poisoned.arrival.result, LT_CORRUPT);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(good[i].arrival.result, LT_OK);
    lt_ledger_counts(fixture->ledger, false, &counts);
    assert_int_equal(counts.updates, 8);
    for (size_t i = 0; i < 6; i++)
        signed_free(&good[i]);
    signed_free(&first);
    signed_free(&poisoned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_parents_and_repetition_are_checked, begin, end),
        cmocka_unit_test_setup_teardown(a_strangers_key_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_group_is_judged_one_by_one, begin, end),
        cmocka_unit_test_setup_teardown(a_statement_names_tips_keys_and_quarantine, begin, end),
        cmocka_unit_test_setup_teardown(site_and_receipt_numbers_survive, begin, end),
        cmocka_unit_test_setup_teardown(the_ways_of_chains, begin, end),
        cmocka_unit_test_setup_teardown(the_index_of_chains_follows, begin, end),
        cmocka_unit_test_setup_teardown(a_late_title_frees_what_waited, begin, end),
        cmocka_unit_test_setup_teardown(another_process_may_write, begin, end),
        cmocka_unit_test_setup_teardown(an_interrupted_judging_is_finished, begin, end),
        cmocka_unit_test_setup_teardown(one_that_fails_harms_no_other, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
