/* The audit: equal over an honest store, and it finds what was changed in one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hub/audit.h"
#include "hub/store.h"
#include "tests/unit/hub_world.h"

static const char *const titles[] = {"GK", "LDTT"};

struct fixture {
    struct world world;
    char *dir;
    struct lt_ledger *ledger;
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct signed_update law, first, second;
    struct say says[4], more[3];
    assert_non_null(fixture);
    world_small(&fixture->world);
    fixture->dir = world_dir();
    fixture->ledger = world_ledger(&fixture->world, fixture->dir, 0);
    world_constitution(&fixture->world, fixture->world.unit_count, titles, 2, &law);
    memset(says, 0, sizeof says);
    memset(more, 0, sizeof more);
    for (size_t i = 0; i < 4; i++) {
        says[i].code = i < 3 ? "GK" : "XX";
        says[i].recipient = 4;
        says[i].year = 2020;
        says[i].import = 77;
        says[i].row = (uint32_t)i + 1;
        says[i].name = "Cá nhân 0001";
    }
    world_report(&fixture->world, 3, NULL, 0, 1, says, 4, &first);
    more[0] = says[0];
    more[0].row = 9;
    more[0].corrects = true;
    more[0].record = first.arrival.update.id;
    more[0].sex = 2;
    more[1] = more[0];
    more[1].row = 10;
    more[1].record_index = 1;
    more[1].op = LIENTHONG__OP__OP_RETRACT;
    more[1].name = NULL;
    more[2] = says[2]; /* signed twice */
    world_report(&fixture->world, 3, &first.arrival.update.id, 1, 2, more, 3, &second);
    struct lt_arrival *group[] = {&law.arrival, &first.arrival, &second.arrival};
    assert_int_equal(lt_ledger_commit(fixture->ledger, group, 3), LT_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(group[i]->result, LT_OK);
    signed_free(&law);
    signed_free(&first);
    signed_free(&second);
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    lt_ledger_close(fixture->ledger);
    world_remove(fixture->dir);
    world_free(&fixture->world);
    free(fixture);
    return 0;
}

static void audit(struct fixture *fixture, struct lt_audit *ret_audit)
{
    char reason[200], scratch[300];
    (void)snprintf(scratch, sizeof scratch, "%s/audit.tmp", fixture->dir);
    assert_int_equal(lt_audit_run(fixture->ledger, scratch, NULL, NULL, ret_audit, reason), LT_OK);
    assert_int_not_equal(access(scratch, F_OK), 0);
}

static void an_honest_store_is_equal(void **state)
{
    struct lt_audit found;
    audit(*state, &found);
    assert_string_equal(found.difference, "");
    assert_true(found.equal);
    assert_int_equal(found.updates, 3);
    assert_int_equal(found.quarantined, 1);
    assert_true(found.cells > 0 && found.versions > 0);
}

/* Adds one to the last byte of the first row's value. */
static void damage(struct fixture *fixture, enum lt_state_table table)
{
    struct lt_bytes key, value;
    uint8_t key_copy[128], value_copy[128];
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(fixture->ledger), true);
    struct lt_walk *walk = lt_store_walk(txn, table);
    assert_true(lt_walk_next(walk, &key, &value));
    memcpy(key_copy, key.data, key.size);
    memcpy(value_copy, value.data, value.size);
    lt_walk_end(walk);
    value_copy[value.size - 1] ^= 1;
    lt_store_put_row(txn, table, (struct lt_bytes){key_copy, key.size},
                     (struct lt_bytes){value_copy, value.size});
    assert_int_equal(lt_store_commit(txn), LT_OK);
}

static void a_flipped_bit_is_found_in_every_table(void **state)
{
    struct fixture *fixture = *state;
    struct lt_audit found;
    for (int i = 0; i < LT_STATE_ITEMS; i++) {
        enum lt_state_table table = (enum lt_state_table)i;
        damage(fixture, table);
        audit(fixture, &found);
        assert_false(found.equal);
        assert_non_null(strstr(found.difference, lt_state_table_name(table)));
        damage(fixture, table); /* and back */
        audit(fixture, &found);
        assert_true(found.equal);
    }
}

/* The tables whose rows are keys alone. */
static void a_row_too_much_is_found(void **state)
{
    struct fixture *fixture = *state;
    const struct lt_item item = {LT_KIND_PLEDGE, 2020, 1, {2, 0}};
    const struct lt_hash update = {{1}};
    for (int table = LT_STATE_ITEMS; table <= LT_STATE_AWAITED; table++)
        for (int there = 1; there >= 0; there--) {
            struct lt_audit found;
            struct lt_at at = {2, 0};
            struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(fixture->ledger), true);
            if (table == LT_STATE_ITEMS)
                there ? lt_store_put_item(txn, &item) : lt_store_drop_item(txn, &item);
            else if (there)
                lt_store_await(txn, &update, &at);
            else
                assert_true(lt_store_awaited(txn, &update, &at));
            assert_int_equal(lt_store_commit(txn), LT_OK);
            audit(fixture, &found);
            assert_int_equal(found.equal, !there);
            if (there)
                assert_non_null(
                    strstr(found.difference, lt_state_table_name((enum lt_state_table)table)));
        }
}

static void the_difference_is_told_in_words(void **state)
{
    struct fixture *fixture = *state;
    struct lt_audit found;
    damage(fixture, LT_STATE_CELLS);
    audit(fixture, &found);
    assert_non_null(strstr(found.difference, "place="));
    assert_non_null(strstr(found.difference, "code=GK"));
    assert_non_null(strstr(found.difference, "recomputed"));
}

/* A changed byte of a stored update. */
static void a_damaged_update_is_found(void **state)
{
    struct fixture *fixture = *state;
    struct lt_audit found;
    struct lt_bytes bytes;
    uint64_t position = 2;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(fixture->ledger), true);
    assert_true(lt_log_at(txn, position, &bytes));
    uint8_t *copy = malloc(bytes.size);
    assert_non_null(copy);
    memcpy(copy, bytes.data, bytes.size);
    copy[bytes.size / 2] ^= 1;
    lt_put(txn, LT_T_LOG, (struct lt_bytes){(const uint8_t *)&position, sizeof position},
           (struct lt_bytes){copy, bytes.size});
    assert_int_equal(lt_txn_commit(txn), LT_OK);
    free(copy);
    audit(fixture, &found);
    assert_false(found.equal);
    assert_non_null(strstr(found.difference, "position 2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_honest_store_is_equal, begin, end),
        cmocka_unit_test_setup_teardown(a_flipped_bit_is_found_in_every_table, begin, end),
        cmocka_unit_test_setup_teardown(a_row_too_much_is_found, begin, end),
        cmocka_unit_test_setup_teardown(the_difference_is_told_in_words, begin, end),
        cmocka_unit_test_setup_teardown(a_damaged_update_is_found, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
