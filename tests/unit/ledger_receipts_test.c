/* The ledger: which receipts of hubs above it keeps, which of them it shows, and what it does when one proves a loss. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/ledger_world.h"

static void receipt_of(struct fixture *fixture, uint64_t number, uint8_t incarnation,
                       uint8_t **ret_bytes, size_t *ret_size)
{
    const struct world_unit *top = &fixture->world.units[0];
    struct lt_statement statement = {.hub = top->unit,
                                     .number = number,
                                     .chain = {LT_STREAM_REPORT, world_unit_of("28159")},
                                     .count = number,
                                     .tip_count = 1,
                                     .key = top->key,
                                     .top = true};
    statement.incarnation.bytes[0] = incarnation;
    assert_int_equal(lt_receipt_seal(&statement, &top->secret, ret_bytes, ret_size), LT_OK);
}

static void note_number(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    struct lt_statement statement;
    uint64_t *number = context;
    assert_string_equal(hub->code, "VN");
    assert_int_equal(lt_receipt_open(receipt, &statement), LT_OK);
    *number = statement.number;
}

static uint64_t kept_number(struct fixture *fixture)
{
    struct lt_chain chain = {LT_STREAM_REPORT, world_unit_of("28159")};
    uint64_t number = 0;
    lt_ledger_receipts(fixture->ledger, &chain, note_number, &number);
    return number;
}

static void the_newest_receipt_is_kept(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        uint64_t number;
        uint8_t incarnation;
        uint64_t kept;
    } steps[] = {{5, 1, 5}, {4, 1, 5}, {6, 1, 6}, {2, 2, 2}, {3, 2, 3}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct lt_bytes receipt;
        uint8_t *bytes;
        receipt_of(fixture, steps[i].number, steps[i].incarnation, &bytes, &receipt.size);
        receipt.data = bytes;
        assert_int_equal(lt_ledger_keep_receipts(fixture->ledger, &receipt, 1), LT_OK);
        assert_int_equal(kept_number(fixture), steps[i].kept);
        free(bytes);
    }
    reopen(fixture);
    assert_int_equal(kept_number(fixture), 3);
}

static void keep_tip(struct fixture *fixture, const char *unit, const struct lt_hash *tip,
                     uint64_t number)
{
    const struct world_unit *top = &fixture->world.units[0];
    struct lt_statement statement = {.hub = top->unit,
                                     .number = number,
                                     .chain = {LT_STREAM_REPORT, world_unit_of(unit)},
                                     .tip_count = 1,
                                     .key = top->key,
                                     .top = true};
    uint8_t *bytes;
    size_t size;
    statement.incarnation.bytes[0] = 1;
    statement.tips[0] = *tip;
    assert_int_equal(lt_receipt_seal(&statement, &top->secret, &bytes, &size), LT_OK);
    assert_int_equal(lt_ledger_keep_receipts(fixture->ledger, &(struct lt_bytes){bytes, size}, 1),
                     LT_OK);
    free(bytes);
}

static void keep_said(struct fixture *fixture, const char *unit, uint8_t tip, uint64_t number)
{
    keep_tip(fixture, unit, &(struct lt_hash){{tip}}, number);
}

static void assert_shows(struct fixture *fixture, const char *unit, uint8_t tip)
{
    struct lt_sync_store store;
    struct lt_statement shown;
    uint8_t *bytes;
    size_t size;
    lt_ledger_sync_store(fixture->ledger, &store);
    assert_int_equal(store.newest_receipts(store.context, &bytes, &size, 1), 1);
    assert_int_equal(lt_receipt_open((struct lt_bytes){bytes, size}, &shown), LT_OK);
    assert_string_equal(shown.chain.unit.code, unit);
    assert_int_equal(shown.tips[0].bytes[0], tip);
    free(bytes);
}

/* The one that a restored hub above could lack: of what it said last that was new, not of what it said again. */
static void the_receipt_with_the_latest_news_is_shown(void **state)
{
    struct fixture *fixture = *state;
    keep_said(fixture, "28159", 1, 5);
    keep_said(fixture, "28160", 1, 6);
    keep_said(fixture, "28159", 2, 7);
    assert_shows(fixture, "28159", 2);
    keep_said(fixture, "28159", 2, 8); /* all of them again, as after each connection */
    keep_said(fixture, "28160", 1, 8);
    assert_shows(fixture, "28159", 2);
    keep_said(fixture, "28160", 1, 9);
    keep_said(fixture, "28159", 1, 4); /* played again */
    assert_shows(fixture, "28159", 2);
    keep_said(fixture, "28160", 3, 10);
    assert_shows(fixture, "28160", 3);
}

/* Of the chains that the store holds: the second one in their order has the news. */
static void it_is_shown_after_a_start_too(void **state)
{
    struct fixture *fixture = *state;
    static const char *const units[] = {"28159", "807"};
    struct say say = award("GK", 3);
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    for (size_t i = 0; i < 2; i++) {
        struct signed_update update;
        one(fixture, units[i], NULL, &say, &update);
        assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
        signed_free(&update);
    }
    for (size_t i = 0; i < 2; i++) { /* news of either, then both again, once in either order */
        const char *news = units[i], *other = units[1 - i];
        const uint8_t tip = (uint8_t)(2 * i + 1);
        const uint64_t number = 10 * i;
        keep_said(fixture, other, tip, number + 1);
        keep_said(fixture, news, tip + 1, number + 2);
        keep_said(fixture, news, tip + 1, number + 3);
        keep_said(fixture, other, tip, number + 3);
        reopen(fixture);
        assert_shows(fixture, news, tip + 1);
    }
}

static enum lt_result restored_with(struct fixture *fixture, uint64_t number)
{
    struct lt_hub_site site, after;
    lt_ledger_site(fixture->ledger, &site);
    site.incarnation.bytes[0]++;
    enum lt_result result = lt_ledger_restored(fixture->ledger, &site, number);
    lt_ledger_site(fixture->ledger, &after);
    assert_memory_equal(&after.incarnation, &site.incarnation, sizeof(after.incarnation));
    return result;
}

static void numbers_of_receipts_leap_when_it_was_restored(void **state)
{
    struct fixture *fixture = *state;
    assert_false(lt_ledger_gave_out(fixture->ledger, 1));
    uint64_t first = lt_ledger_receipt_numbers(fixture->ledger, 5), next;
    assert_true(first > 0 && lt_ledger_gave_out(fixture->ledger, first + 4));
    const uint64_t shown =
        first + 70000000; /* of before, and far beyond what this copy set aside */
    assert_false(lt_ledger_gave_out(fixture->ledger, shown));
    assert_int_equal(restored_with(fixture, shown), LT_OK);
    assert_true(lt_ledger_gave_out(fixture->ledger, shown));
    next = lt_ledger_receipt_numbers(fixture->ledger, 1);
    assert_true(next > shown + LT_RECEIPTS_LEAP);
    reopen(fixture);
    assert_true(lt_ledger_gave_out(fixture->ledger, next));
    assert_true(lt_ledger_receipt_numbers(fixture->ledger, 1) > next);
    assert_int_equal(restored_with(fixture, 1), LT_OK); /* never back */
    assert_true(lt_ledger_receipt_numbers(fixture->ledger, 1) > next + LT_RECEIPTS_LEAP);
    next = lt_ledger_receipt_numbers(fixture->ledger, 1);
    assert_int_equal(restored_with(fixture, UINT64_MAX), LT_OK);
    assert_true(lt_ledger_receipt_numbers(fixture->ledger, 1) < UINT64_MAX / 2);
    assert_true(lt_ledger_receipt_numbers(fixture->ledger, 1) > next);
}

/* The hub above names less of a chain than its own receipt for it: that is what it is shown. */
static void a_word_that_falls_short_of_a_receipt(void **state)
{
    struct fixture *fixture = *state;
    const struct lt_unit top = fixture->world.units[0].unit, none = world_unit_of("807");
    const struct lt_chain chain = {LT_STREAM_REPORT, world_unit_of("28159")};
    const struct lt_hash unknown = {{7}};
    struct signed_update first, second;
    struct lt_sync_store store;
    struct say say = award("GK", 3);
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    one(fixture, "28159", NULL, &say, &first);
    assert_int_equal(world_commit(fixture->ledger, &first), LT_OK);
    one(fixture, "28159", &first, &say, &second);
    assert_int_equal(world_commit(fixture->ledger, &second), LT_OK);
    const struct lt_hash *one_tip = &first.arrival.update.id, *both = &second.arrival.update.id;
    lt_ledger_sync_store(fixture->ledger, &store);
    assert_false(store.falls_short(store.context, &top, &chain, one_tip, 1)); /* nothing is kept */
    keep_tip(fixture, "28159", both, 5);
    keep_said(fixture, "28160", 9, 6); /* the latest news, which proves nothing */
    assert_false(store.falls_short(store.context, &top, &chain, both, 1));
    assert_false(
        store.falls_short(store.context, &top, &chain, &unknown, 1)); /* it may know more */
    assert_false(store.falls_short(store.context, &none, &chain, one_tip, 1)); /* another hub */
    assert_shows(fixture, "28160", 9);
    assert_true(store.falls_short(store.context, &top, &chain, one_tip, 1));
    assert_shows(fixture, "28159", both->bytes[0]);
    assert_true(store.falls_short(store.context, &top, &chain, NULL, 0));
    signed_free(&first);
    signed_free(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_receipt_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(the_receipt_with_the_latest_news_is_shown, begin, end),
        cmocka_unit_test_setup_teardown(it_is_shown_after_a_start_too, begin, end),
        cmocka_unit_test_setup_teardown(numbers_of_receipts_leap_when_it_was_restored, begin, end),
        cmocka_unit_test_setup_teardown(a_word_that_falls_short_of_a_receipt, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
