/* uplink_test - the way up over real CURVE connections on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "agent/uplink.h"
#include "tests/unit/uplink_hub.h"

static struct test_hub hub;

/* The child: a store, some drafts, and what it was told. */
static struct {
    struct memory_store store;
    struct lt_key key;
    struct lt_secret secret;
    struct lt_chain chain;
    struct lt_uplink *uplink;
    unsigned drafts, signed_count, receipts, failures, readies;
    size_t body_size;
    bool later; /* answer LT_NOT_READY to a store, and store at leisure: */
    size_t late_count;
    struct memory_update late[4];
    enum lt_result last_failure;
    struct lt_statement statement; /* the last receipt's */
    struct lt_child_state state;
} child;

static enum lt_result store(void *context, struct lt_bytes update)
{
    (void)context;
    if (!child.later) {
        return memory_put(&child.store, update) ? LT_OK : LT_ORPHAN;
    }
    assert_true(child.late_count < 4);
    struct memory_update *late = &child.late[child.late_count++];
    late->size = update.size;
    late->bytes = malloc(update.size);
    assert_non_null(late->bytes);
    memcpy(late->bytes, update.data, update.size);
    return LT_NOT_READY;
}

/* As another thread would, later. */
static void store_late(const struct lt_chain *chain)
{
    for (size_t i = 0; i < child.late_count; i++) {
        struct lt_bytes bytes = {.data = child.late[i].bytes, .size = child.late[i].size};
        assert_true(memory_put(&child.store, bytes));
        free(child.late[i].bytes);
        lt_uplink_stored(child.uplink, chain);
    }
    child.late_count = 0;
}

static enum lt_result load(void *context, uint64_t position, uint8_t *ret_bytes, size_t size)
{
    (void)context;
    assert_true(position < child.store.count);
    assert_int_equal(size, child.store.updates[position].size);
    memcpy(ret_bytes, child.store.updates[position].bytes, size);
    return LT_OK;
}

static enum lt_result sign(void *context, struct lt_chain *ret_chain, bool *ret_more)
{
    (void)context;
    if (child.drafts == 0) {
        return LT_NOT_FOUND;
    }
    child.drafts--;
    child.signed_count++;
    memory_sign(&child.store, &child.chain, &child.key, &child.secret, child.body_size);
    *ret_chain = child.chain;
    *ret_more = child.drafts > 0;
    return LT_OK;
}

static void receipt(void *context, struct lt_bytes bytes)
{
    (void)context;
    assert_int_equal(lt_receipt_open(bytes, &child.statement), LT_OK);
    child.receipts++;
}

static void ready(void *context)
{
    (void)context;
    child.readies++;
}

static void changed(void *context, const struct lt_child_state *state)
{
    (void)context;
    child.state = *state;
}

static void failed(void *context, enum lt_result result, const char *endpoint, const char *text)
{
    (void)context;
    assert_non_null(endpoint);
    assert_true(text[0] != '\0');
    child.failures++;
    child.last_failure = result;
}

static void open_uplink(const char *const *endpoints, size_t count, const uint8_t server[32])
{
    const struct lt_uplink_owner owner = {.store = store,
                                          .load = load,
                                          .sign = sign,
                                          .receipt = receipt,
                                          .ready = ready,
                                          .changed = changed,
                                          .failed = failed};
    struct lt_uplink_config config = {.endpoint_count = count};
    lt_uplink_child_config(&config.child);
    config.child.unit = hub.child;
    config.child.role = LIENTHONG__ROLE__ROLE_AGENT;
    config.child.seed = 7;
    config.child.retry_first_ms = 20;
    config.child.retry_most_ms = 100;
    memory_sync_store(&child.store, &config.store);
    for (size_t i = 0; i < count; i++) {
        snprintf(config.endpoints[i], LT_ENDPOINT_MAX, "%s", endpoints[i]);
    }
    memcpy(config.parent_curve, server, 32);
    crypto_box_keypair(config.curve_public, config.curve_secret);
    assert_int_equal(lt_uplink_new(&config, &owner, &child.uplink), LT_OK);
}

static void open_to_hub(void)
{
    char endpoint[LT_ENDPOINT_MAX];
    const char *endpoints[] = {endpoint};
    hub_endpoint(&hub, endpoint);
    open_uplink(endpoints, 1, hub.curve_public);
}

static void draft(unsigned count)
{
    child.drafts += count;
    lt_uplink_drafts(child.uplink, true);
}

/* Turns until `condition` or ten seconds. */
#define RUN_UNTIL(condition)                                                                       \
    do {                                                                                           \
        lt_ms until_ = lt_clock_monotonic() + 10000;                                               \
        while (!(condition) && lt_clock_monotonic() < until_) {                                    \
            assert_int_equal(lt_uplink_run_once(child.uplink, NULL, 0, 100), LT_OK);               \
        }                                                                                          \
        assert_true(condition);                                                                    \
    } while (0)

static bool receipt_covers_all(void)
{
    struct lt_hash tips[LT_PARENTS_MAX];
    size_t count = memory_tips(&child.store, &child.chain, tips);
    return child.receipts > 0 && count == child.statement.tip_count &&
           memcmp(tips, child.statement.tips, count * sizeof(*tips)) == 0;
}

static int setup(void **state)
{
    (void)state;
    memset(&child, 0, sizeof(child));
    hub_make(&hub);
    crypto_sign_keypair(child.key.bytes, child.secret.bytes);
    child.chain = (struct lt_chain){.stream = LT_STREAM_REPORT, .unit = hub.child};
    child.body_size = 400;
    hub_start(&hub);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lt_uplink_free(child.uplink);
    hub_stop(&hub);
    memory_clear(&child.store);
    memory_clear(&hub.store);
    return 0;
}

static void drafts_are_signed_pushed_and_receipted(void **state)
{
    (void)state;
    open_to_hub();
    draft(1);
    RUN_UNTIL(receipt_covers_all());
    assert_int_equal(child.signed_count, 1);
    assert_true(child.readies > 0);
    draft(5);
    RUN_UNTIL(child.drafts == 0 && receipt_covers_all() && child.state.settled);
    assert_int_equal(child.statement.count, 6);
    assert_int_equal(child.failures, 0);
}

static void updates_of_the_largest_size_go_through(void **state)
{
    (void)state;
    child.body_size = LT_UPDATE_BYTES_MAX - 512;
    open_to_hub();
    draft(40); /* 10 MB: more than the credit, and more than a queue takes at once */
    RUN_UNTIL(child.drafts == 0 && receipt_covers_all());
    assert_int_equal(child.statement.count, 40);
    assert_int_equal(child.failures, 0);
}

static void a_hub_that_comes_back_is_found_again(void **state)
{
    (void)state;
    open_to_hub();
    draft(1);
    RUN_UNTIL(receipt_covers_all());
    hub_stop(&hub);
    RUN_UNTIL(!child.state.connected && child.failures > 2);
    assert_int_equal(child.last_failure, LT_NETWORK);
    draft(1);
    for (unsigned i = 0; i < 20; i++) {
        lt_uplink_run_once(child.uplink, NULL, 0, 10);
    }
    assert_int_equal(child.signed_count, 1); /* nobody allowed it */
    hub_start(&hub);
    RUN_UNTIL(child.signed_count == 2 && receipt_covers_all());
    assert_int_equal(child.statement.count, 2);
}

static void a_hub_that_lost_everything_is_offered_it_again(void **state)
{
    (void)state;
    open_to_hub();
    draft(3);
    RUN_UNTIL(child.drafts == 0 && receipt_covers_all());
    hub_stop(&hub);
    memory_clear(&hub.store);
    hub_start(&hub);
    child.receipts = 0;
    RUN_UNTIL(receipt_covers_all());
    assert_int_equal(child.statement.count, 3);
}

static void another_hubs_key_is_never_accepted(void **state)
{
    char endpoint[LT_ENDPOINT_MAX];
    const char *endpoints[] = {endpoint};
    uint8_t other_public[32], other_secret[32];
    (void)state;
    crypto_box_keypair(other_public, other_secret);
    hub_endpoint(&hub, endpoint);
    open_uplink(endpoints, 1, other_public);
    draft(1);
    RUN_UNTIL(child.failures >= 5);
    assert_int_equal(child.last_failure, LT_NETWORK);
    assert_false(child.state.connected);
    assert_int_equal(child.signed_count, 0);
    assert_int_equal(atomic_load(&hub.messages), 0);
}

static void endpoints_are_taken_in_turn(void **state)
{
    char endpoint[LT_ENDPOINT_MAX];
    const char *endpoints[] = {"nowhere", "tcp://127.0.0.1:1", endpoint};
    (void)state;
    hub_endpoint(&hub, endpoint);
    open_uplink(endpoints, 3, hub.curve_public);
    draft(1);
    RUN_UNTIL(receipt_covers_all());
    assert_int_equal(child.failures, 2);
    assert_string_equal(lt_uplink_endpoint(child.uplink), endpoint);
}

static void what_the_parent_named_is_fetched_before_signing(void **state)
{
    struct lt_chain directives = {.stream = LT_STREAM_DIRECTIVE, .unit = hub.unit};
    struct lt_hash tips[LT_PARENTS_MAX];
    (void)state;
    hub_stop(&hub);
    for (unsigned i = 0; i < 3; i++) {
        memory_sign(&hub.store, &directives, &hub.key, &hub.secret, 1000);
    }
    hub_start(&hub);
    child.later = true;
    open_to_hub();
    draft(1);
    RUN_UNTIL(child.late_count == 3);
    for (unsigned i = 0; i < 20; i++) {
        lt_uplink_run_once(child.uplink, NULL, 0, 10);
    }
    assert_int_equal(child.signed_count, 0);
    store_late(&directives);
    RUN_UNTIL(child.signed_count > 0);
    assert_int_equal(memory_tips(&child.store, &directives, tips), 1);
    assert_int_equal(child.signed_count, 1);
    RUN_UNTIL(receipt_covers_all());
}

static void a_hub_that_talks_nonsense_is_left(void **state)
{
    (void)state;
    hub_stop(&hub);
    hub.garbage = true;
    hub_start(&hub);
    open_to_hub();
    draft(1);
    RUN_UNTIL(child.failures >= 3);
    assert_int_equal(child.last_failure, LT_MALFORMED);
    assert_int_equal(child.signed_count, 0);
}

static void other_descriptors_are_waited_for(void **state)
{
    int ends[2];
    (void)state;
    open_to_hub();
    RUN_UNTIL(child.state.settled);
    assert_int_equal(pipe(ends), 0);
    struct lt_uplink_fd fd = {.fd = ends[0]};
    assert_int_equal(lt_uplink_run_once(child.uplink, &fd, 1, 0), LT_OK);
    assert_false(fd.readable);
    assert_int_equal(write(ends[1], "x", 1), 1);
    lt_ms before = lt_clock_monotonic();
    while (!fd.readable && lt_clock_monotonic() < before + 5000) {
        assert_int_equal(lt_uplink_run_once(child.uplink, &fd, 1, 5000), LT_OK);
    }
    assert_true(fd.readable);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(drafts_are_signed_pushed_and_receipted, setup, teardown),
        cmocka_unit_test_setup_teardown(updates_of_the_largest_size_go_through, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hub_that_comes_back_is_found_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hub_that_lost_everything_is_offered_it_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(another_hubs_key_is_never_accepted, setup, teardown),
        cmocka_unit_test_setup_teardown(endpoints_are_taken_in_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_parent_named_is_fetched_before_signing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_hub_that_talks_nonsense_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(other_descriptors_are_waited_for, setup, teardown),
    };
    return cmocka_run_group_tests_name("uplink", tests, NULL, NULL);
}
