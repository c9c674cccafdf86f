/* The hub's front, over loopback: who is let in, what is answered, what is stored. */
#include "tests/unit/gate_client.h"

#include <jansson.h>

#include "hub/control.h"

static struct client agent; /* joined by the first tests, used by the later ones */

static void stranger_is_not_heard(void **state)
{
    struct client stranger = {.session = 7};
    struct lt_message message;
    struct lt_gate_counts before, after;
    (void)state;
    lt_gate_counts(hub->gate, &before);
    make_keys(&stranger.keys);
    assert_int_equal(lt_unit_make("80", 0, &stranger.unit), LT_OK);
    open_client(&stranger, true);
    say_hello(&stranger, NULL, 0);
    assert_false(await_within(&stranger, LT_MSG_WELCOME, SILENCE_MS, &message));
    lt_gate_counts(hub->gate, &after);
    assert_true(after.stranger_dropped > before.stranger_dropped);
    assert_int_equal(after.peers, before.peers);
    /* and is shown out at once: its next connection may be that of an enrolled one */
    assert_int_equal(await_event(&stranger, ZMQ_EVENT_DISCONNECTED, 0), ZMQ_EVENT_DISCONNECTED);
    close_client(&stranger);
    open_client(&stranger, true);
    for (int i = 0; i < 20; i++) { /* who says something else has a few words */
        Lienthong__Report report;
        lienthong__report__init(&report);
        send_message(&stranger, LT_MSG_REPORT, &report.base);
    }
    assert_int_equal(await_event(&stranger, ZMQ_EVENT_DISCONNECTED, 0), ZMQ_EVENT_DISCONNECTED);
    close_client(&stranger);
}

static void unencrypted_is_refused(void **state)
{
    struct client plain = {.session = 7};
    (void)state;
    open_client(&plain, false);
    int failed = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                 ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED;
    assert_true(await_event(&plain, failed, ZMQ_EVENT_HANDSHAKE_SUCCEEDED) & failed);
    close_client(&plain);
}

static void joining_takes_the_place_once(void **state)
{
    struct lt_joined joined;
    struct lt_keys other;
    uint8_t wrong[16];
    (void)state;
    lt_random(wrong, sizeof(wrong));
    make_keys(&agent.keys);
    make_keys(&other);
    invite("80", secret);
    assert_int_equal(join(&agent.keys, wrong, &joined), LT_REFUSED);
    assert_int_equal(join(&agent.keys, secret, &joined), LT_OK);
    assert_string_equal(joined.unit.code, "80");
    assert_string_equal(joined.hub.code, "VN");
    assert_string_equal(joined.top.code, "VN");
    assert_memory_equal(&joined.root, &hub->site.root, 32);
    struct lt_ledger_counts before, after;
    lt_ledger_counts(hub->ledger, false, &before);
    assert_int_equal(join(&agent.keys, secret, &joined), LT_OK); /* the answer was lost */
    lt_ledger_counts(hub->ledger, false, &after);
    assert_int_equal(after.updates, before.updates); /* one grant */
    assert_int_equal(join(&other, secret, &joined), LT_REFUSED);
    agent.unit = joined.unit;
}

static void update_is_stored_and_receipted(void **state)
{
    struct lt_message message;
    struct lt_hash id;
    uint8_t receipt[8192];
    size_t size, receipt_size;
    (void)state;
    open_client(&agent, true);
    say_hello(&agent, NULL, 0);
    await(&agent, LT_MSG_WELCOME, &message);
    assert_int_equal(message.session, agent.session);
    Lienthong__Welcome *welcome =
        lienthong__welcome__unpack(NULL, message.payload.size, message.payload.data);
    assert_non_null(welcome);
    assert_true(welcome->ready);
    lienthong__welcome__free_unpacked(welcome, NULL);
    uint8_t *update = make_update(&agent, &agent.unit, &size, &id);
    push(&agent, update, size);
    await_receipt(&agent, &id, receipt, &receipt_size);
    push(&agent, update, size); /* the same again: the receipt again */
    await_receipt(&agent, &id, receipt, &receipt_size);
    agent.tip = id;
    agent.seq = 1;
    free(update);
    uint8_t *next = make_update(&agent, &agent.unit, &size, &id);
    next[size - 1] ^= 1; /* in the body */
    push(&agent, next, size);
    struct lt_gate_counts counts;
    lt_ms until = lt_clock_monotonic() + ANSWER_MS;
    do {
        lt_gate_counts(hub->gate, &counts);
    } while (counts.dropped == 0 && !await_within(&agent, LT_MSG_REFUSED, 20, &message) &&
             lt_clock_monotonic() < until);
    struct lt_chain chain = {LT_STREAM_REPORT, agent.unit};
    struct lt_statement statement;
    assert_int_equal(lt_ledger_statement(hub->ledger, &chain, &statement), LT_OK);
    assert_int_equal(statement.count, 1);
    free(next);
}

static void other_units_chain_is_not_his(void **state)
{
    struct lt_unit other;
    struct lt_hash id;
    size_t size;
    (void)state;
    struct client forger = agent;
    forger.seq = 0;
    assert_int_equal(lt_unit_make("81", 0, &other), LT_OK);
    uint8_t *update = make_update(&forger, &other, &size, &id);
    push(&agent, update, size);
    await_refusal(&agent, LIENTHONG__REFUSAL_REASON__REFUSAL_NOT_YOURS);
    free(update);
    /* and a HELLO as another unit is not welcomed */
    struct lt_message message;
    struct lt_unit own = agent.unit;
    uint64_t session = agent.session;
    agent.unit = other;
    say_hello(&agent, NULL, 0);
    assert_false(await_within(&agent, LT_MSG_WELCOME, SILENCE_MS, &message));
    agent.unit = own;
    agent.session = session;
}

static void signed_by_another_key_is_refused(void **state)
{
    struct client thief = agent;
    struct lt_hash id;
    size_t size;
    (void)state;
    make_keys(&thief.keys);
    uint8_t *update = make_update(&thief, &agent.unit, &size, &id);
    push(&agent, update, size);
    await_refusal(&agent, LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_UNKNOWN);
    free(update);
}

static void orphan_is_told_what_is_missing(void **state)
{
    struct client ahead = agent;
    struct lt_message message;
    struct lt_hash id;
    size_t size;
    (void)state;
    lt_random(&ahead.tip, sizeof(ahead.tip));
    ahead.seq = 5;
    uint8_t *update = make_update(&ahead, &agent.unit, &size, &id);
    push(&agent, update, size);
    await(&agent, LT_MSG_REFUSED, &message);
    Lienthong__Refused *refused =
        lienthong__refused__unpack(NULL, message.payload.size, message.payload.data);
    assert_non_null(refused);
    assert_int_equal(refused->reason, LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN);
    assert_int_equal(refused->n_missing, 1);
    assert_memory_equal(refused->missing[0].data, &ahead.tip, 32);
    lienthong__refused__free_unpacked(refused, NULL);
    free(update);
}

static void oversize_message_ends_the_connection(void **state)
{
    struct client big = {.keys = agent.keys, .unit = agent.unit};
    struct lt_message message;
    (void)state;
    open_client(&big, true);
    say_hello(&big, NULL, 0);
    await(&big, LT_MSG_WELCOME, &message);
    size_t size = LT_UPDATE_BYTES_MAX + 4096;
    uint8_t *bytes = calloc(1, size);
    assert_non_null(bytes);
    assert_true(zmq_send(big.socket, bytes, size, 0) >= 0);
    assert_int_equal(await_event(&big, ZMQ_EVENT_DISCONNECTED, 0), ZMQ_EVENT_DISCONNECTED);
    close_client(&big);
    free(bytes);
}

static void garbage_harms_nobody(void **state)
{
    struct lt_message message;
    (void)state;
    for (int i = 0; i < 300; i++) {
        uint8_t bytes[200];
        lt_random(bytes, sizeof(bytes));
        bytes[0] = (uint8_t)(i % 13);
        bytes[1] = 1;
        bytes[2] = bytes[3] = 0;
        assert_true(zmq_send(agent.socket, bytes, (size_t)(i % 200), 0) >= 0);
    }
    assert_true(zmq_send(agent.socket, "a", 1, ZMQ_SNDMORE) >= 0);
    assert_true(zmq_send(agent.socket, "b", 1, 0) >= 0);
    say_hello(&agent, NULL, 0);
    await(&agent, LT_MSG_WELCOME, &message);
}

/* The copy takes the store's place; the receipt, shown in a HELLO, makes the hub another incarnation than it was. */
static void restore_and_show(const struct lt_instance *before, const uint8_t *receipt, size_t size)
{
    char line[1400];
    struct lt_message message;
    close_client(&agent);
    lt_hub_stop(hub);
    snprintf(line, sizeof(line), "rm -r '%s/store' && cp -r '%s/backup' '%s/store'", dir, dir, dir);
    assert_int_equal(system(line), 0);
    start_hub();
    assert_memory_equal(&hub->site.incarnation, before, sizeof(*before));
    open_client(&agent, true);
    say_hello(&agent, receipt, size);
    await(&agent, LT_MSG_WELCOME, &message);
    assert_int_not_equal(atomic_load(&hub->recovering), 0);
    Lienthong__Welcome *welcome =
        lienthong__welcome__unpack(NULL, message.payload.size, message.payload.data);
    assert_non_null(welcome);
    assert_int_equal(welcome->incarnation.len, 16);
    assert_memory_not_equal(welcome->incarnation.data, before, 16);
    lienthong__welcome__free_unpacked(welcome, NULL);
}

/* A copy of the store of before an update: the receipt of it proves the loss. Restored once more, what the hub has given
 * since proves it, though that is of an incarnation of which the copy does not know. */
static void restored_hub_notices(void **state)
{
    char line[1400];
    struct lt_message message;
    struct lt_hash id;
    uint8_t receipt[8192];
    size_t size, receipt_size;
    (void)state;
    close_client(&agent);
    struct lt_instance before = hub->site.incarnation;
    lt_hub_stop(hub);
    snprintf(line, sizeof(line), "cp -r '%s/store' '%s/backup'", dir, dir);
    assert_int_equal(system(line), 0);
    start_hub();
    open_client(&agent, true);
    say_hello(&agent, NULL, 0);
    await(&agent, LT_MSG_WELCOME, &message);
    uint8_t *update = make_update(&agent, &agent.unit, &size, &id);
    push(&agent, update, size);
    await_receipt(&agent, &id, receipt, &receipt_size);
    assert_int_equal(atomic_load(&hub->recovering), 0);
    for (int i = 0; i < 2; i++) {
        restore_and_show(&before, receipt, receipt_size);
        push(&agent, update, size); /* it is offered again */
        await_receipt(&agent, &id, receipt, &receipt_size);
    }
    snprintf(line, sizeof(line), "rm -r '%s/backup'", dir);
    assert_int_equal(system(line), 0);
    agent.tip = id;
    agent.seq++;
    free(update);
}

static char *ask_status(void)
{
    char *answer = NULL;
    assert_int_equal(lt_control_call(dir, LT_VERB_STATUS, (struct lt_bytes){NULL, 0}, &answer),
                     LT_OK);
    return answer;
}

static void status_tells(void **state)
{
    (void)state;
    char *answer = ask_status();
    json_error_t error;
    json_t *status = json_loads(answer, 0, &error);
    assert_non_null(status);
    assert_true(json_is_true(json_object_get(status, "running")));
    assert_true(json_is_true(json_object_get(status, "ready")));
    assert_true(json_is_integer(json_object_get(status, "recovering_since")));
    json_t *chains = json_object_get(status, "chains"), *chain;
    size_t i;
    bool found = false;
    json_array_foreach(chains, i, chain)
    {
        if (strcmp(json_string_value(json_object_get(chain, "stream")), "report") == 0) {
            assert_string_equal(json_string_value(json_object_get(chain, "unit")), "80");
            assert_int_equal(json_integer_value(json_object_get(chain, "updates")), 2);
            assert_true(json_is_integer(json_object_get(chain, "heard_at")));
            found = true;
        }
    }
    assert_true(found);
    json_t *machines = json_object_get(status, "machines"), *machine;
    size_t told = 0;
    json_array_foreach(machines, i, machine)
    {
        assert_int_equal(json_integer_value(json_object_get(machine, "body_version")),
                         LT_BODY_VERSION);
        assert_string_equal(json_string_value(json_object_get(machine, "software")), "test");
        told++;
    }
    assert_true(told >= 1);
    json_decref(status);
    free(answer);
}

/* The control socket takes a directive; a revoked key is shown out with its next message. */
static void revoked_key_is_shown_out(void **state)
{
    Lienthong__Revocation revocation;
    Lienthong__Unit unit;
    Lienthong__Directive item, *items[1] = {&item};
    Lienthong__DirectiveBody body;
    uint8_t packed[512];
    char *answer = NULL;
    static char reason[] = "test";
    (void)state;
    lienthong__revocation__init(&revocation);
    lienthong__unit__init(&unit);
    lienthong__directive__init(&item);
    lienthong__directive_body__init(&body);
    unit.code = agent.unit.code;
    revocation.unit = &unit;
    revocation.key = span(&agent.keys.sign_public, 32);
    ProtobufCBinaryData cut = span(&agent.tip, 32);
    revocation.cut = &cut;
    revocation.n_cut = 1;
    revocation.reason = reason;
    item.revocation = &revocation;
    body.items = items;
    body.n_items = 1;
    size_t size = lienthong__directive_body__pack(&body, packed);
    assert_int_equal(lt_control_call(dir, LT_VERB_DIRECT, (struct lt_bytes){packed, size}, &answer),
                     LT_REFUSED);
    assert_non_null(strstr(answer, "restored"));
    free(answer);
    assert_int_equal(lt_roster_set_recovering(hub->roster, 0), LT_OK);
    atomic_store(&hub->recovering, 0);
    assert_int_equal(lt_control_call(dir, LT_VERB_DIRECT, (struct lt_bytes){packed, size}, &answer),
                     LT_OK);
    free(answer);
    struct lt_message message;
    say_hello(&agent, NULL, 0);
    assert_false(await_within(&agent, LT_MSG_WELCOME, SILENCE_MS, &message));
    assert_int_equal(await_event(&agent, ZMQ_EVENT_DISCONNECTED, 0), ZMQ_EVENT_DISCONNECTED);
    close_client(&agent);
}

static void second_hub_is_kept_out(void **state)
{
    struct lt_hub_config config;
    struct lt_hub *second;
    char reason[300] = "";
    (void)state;
    assert_int_equal(lt_config_read(dir, &config, reason), LT_OK);
    assert_int_equal(lt_hub_start(dir, &config, &second, reason), LT_BUSY);
    assert_non_null(strstr(reason, "another process"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stranger_is_not_heard),
        cmocka_unit_test(unencrypted_is_refused),
        cmocka_unit_test(joining_takes_the_place_once),
        cmocka_unit_test(update_is_stored_and_receipted),
        cmocka_unit_test(other_units_chain_is_not_his),
        cmocka_unit_test(signed_by_another_key_is_refused),
        cmocka_unit_test(orphan_is_told_what_is_missing),
        cmocka_unit_test(oversize_message_ends_the_connection),
        cmocka_unit_test(garbage_harms_nobody),
        cmocka_unit_test(restored_hub_notices),
        cmocka_unit_test(status_tells),
        cmocka_unit_test(revoked_key_is_shown_out),
        cmocka_unit_test(second_hub_is_kept_out),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
