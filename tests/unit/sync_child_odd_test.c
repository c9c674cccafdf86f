/* The child's machine with a parent who says what no honest one does, with limits that its owner set to nothing or to all there
 * is, with more than it has room for, and a store that has lost what it named. */
#include "sync_child_site.h"

#include "proto/sync_child_own.h"

/* The same site with another store or configuration. */
static void remake(const struct lt_child_config *config, const struct lt_sync_store *face)
{
    lt_child_free(site.child);
    site.child = lt_child_new(config, face);
    assert_non_null(site.child);
}

static struct lt_child_config config_of(Lienthong__Role role)
{
    return (struct lt_child_config){.unit =
                                        unit_of(role == LIENTHONG__ROLE__ROLE_HUB ? "80" : "26"),
                                    .role = role,
                                    .instance = {{1, 2, 3}},
                                    .seed = 42,
                                    .hello_every_ms = HELLO_MS,
                                    .answer_within_ms = ANSWER_MS,
                                    .retry_first_ms = 1000,
                                    .retry_most_ms = 300000,
                                    .credit_most_bytes = CREDIT};
}

/* ---- Limits of the owner ---- */

static void limits_of_nothing_and_of_all_there_is_are_borne(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    struct lt_child_config config = config_of(LIENTHONG__ROLE__ROLE_AGENT);
    struct lt_sync_store face = store_interface(&site.store);
    config.hello_every_ms = config.answer_within_ms = UINT64_MAX;
    config.retry_first_ms = config.retry_most_ms = UINT64_MAX;
    remake(&config, &face);
    for (int i = 0; i < 80; i++) { /* however often: no pause wraps to nothing, none is for ever */
        lt_child_tick(site.child, site.now, &site.out);
        lt_child_disconnected(site.child, site.now, &site.out);
        assert_true(lt_child_due(site.child) >= site.now + LT_CHILD_PAUSE_LEAST_MS);
        assert_true(lt_child_due(site.child) < LT_NEVER);
        site.now = 5000;
        lt_child_tick(site.child, 0,
                      &site.out); /* the clock is set back: what was waited for stays as long */
        lt_child_afresh(site.child, site.now, &site.out);
    }
    config.hello_every_ms = config.answer_within_ms = 0;
    config.retry_first_ms = config.retry_most_ms = 0;
    remake(&config, &face);
    site.now = 5000;
    join_parent(true, CREDIT);
    assert_true(lt_child_due(site.child) >
                site.now); /* said again at once, and not within this instant */
    lt_child_disconnected(site.child, site.now, &site.out);
    assert_int_equal(lt_child_due(site.child), site.now + LT_CHILD_PAUSE_LEAST_MS);
}

static void a_skew_beyond_any_number_is_the_greatest(void **state)
{
    (void)state;
    static const struct {
        int64_t ours, theirs, skew;
    } cases[] = {{-10, INT64_MAX, INT64_MAX},
                 {10, INT64_MIN, INT64_MIN},
                 {INT64_MIN, 1, INT64_MAX},
                 {100, 90, -10}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin(LIENTHONG__ROLE__ROLE_AGENT);
        connect();
        struct lt_bytes bytes = welcome_of(true, CREDIT);
        struct lt_message message;
        struct lt_child_state now;
        assert_int_equal(lt_message_open(bytes, &message), LT_OK);
        Lienthong__Welcome *welcome =
            lienthong__welcome__unpack(NULL, message.payload.size, message.payload.data);
        unpack_free(bytes);
        welcome->wall_time = cases[i].theirs;
        lt_child_wall(site.child, cases[i].ours);
        assert_int_equal(hear(packed(LT_MSG_WELCOME, site.session, &welcome->base)), LT_OK);
        lt_child_state(site.child, &now);
        assert_true(now.clock_skew_s == cases[i].skew);
        lienthong__welcome__free_unpacked(welcome, NULL);
        end(NULL);
    }
}

/* ---- HELLO ---- */

/* Receipts as large as any, of which few fit beside the rest; and among them what is none. */
static size_t many_receipts(void *context, uint8_t **ret_bytes, size_t *ret_sizes, size_t max)
{
    struct lt_statement statement = {
        .number = 1, .count = 1, .tip_count = LT_PARENTS_MAX, .key_count = 16};
    (void)context;
    statement.hub = statement.chain.unit = unit_of("VN");
    statement.chain.stream = LT_STREAM_REPORT;
    statement.key = pool.key;
    for (unsigned i = 0; i < LT_PARENTS_MAX; i++)
        statement.tips[i].bytes[0] = (uint8_t)(i + 1);
    for (size_t i = 0; i < max; i++) {
        assert_int_equal(lt_receipt_seal(&statement, &pool.secret, &ret_bytes[i], &ret_sizes[i]),
                         LT_OK);
        if (i == 1)
            ret_sizes[i]--; /* a byte was lost in the store */
    }
    return max;
}

static const Lienthong__Hello *hello_said(void)
{
    return (const Lienthong__Hello *)payload_of(sent(&site.out, LT_MSG_HELLO, 0, 0),
                                                &lienthong__hello__descriptor, site.arena);
}

static void as_many_receipts_are_shown_as_fit(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    struct lt_child_config config = config_of(LIENTHONG__ROLE__ROLE_AGENT);
    struct lt_sync_store face = store_interface(&site.store);
    face.newest_receipts = many_receipts;
    remake(&config, &face);
    connect();
    const struct lt_action *said = sent(&site.out, LT_MSG_HELLO, 0, 0);
    assert_true(said->size <= LT_HELLO_BYTES_MAX + LT_HEADER_BYTES);
    assert_true(said->size > LT_HELLO_BYTES_MAX - LT_FRAME_BYTES_MAX); /* one more would not */
    assert_true(hello_said()->n_receipts >= 4);
    assert_string_equal(hello_said()->software, ""); /* none was told */
    face.newest_receipts = NULL;
    remake(&config, &face);
    connect();
    assert_int_equal(hello_said()->n_receipts, 0);
}

/* ---- A parent who says what he likes ---- */

static enum lt_result hear_refused(Lienthong__Refused *refused)
{
    char text[] = "no";
    refused->text = text;
    return hear(packed(LT_MSG_REFUSED, site.session, &refused->base));
}

/* Of what, it does not say, or of what nobody sent: shown, and nothing else comes of it. */
static void refusals_of_nothing_are_only_shown(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    size_t index = dag_sign(&site.here, &site.own, 1, 0);
    join_parent(true, CREDIT);
    struct said_chain said;
    struct lt_hash id = pool.items[index].id, other = {{6}};
    struct lt_child_state now;
    for (int what = 0; what < 5; what++) {
        Lienthong__Refused refused;
        lienthong__refused__init(&refused);
        refused.reason = LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_UNKNOWN;
        if (what != 0)
            refused.chain = say_chain(what == 1 ? &site.below : &site.own, &said);
        if (what != 2)
            refused.update = say_bytes(what == 3 ? other.bytes : id.bytes, 32);
        assert_int_equal(hear_refused(&refused), LT_OK);
        assert_int_equal(count_of(&site.out, LT_DO_REFUSED), 1);
        lt_child_state(site.child, &now);
        assert_int_equal(now.in_flight_updates, what < 4);
    }
    lt_child_rejected(site.child, &site.below, ++site.now,
                      &site.out); /* a chain of which nothing is known */
    lt_child_rejected(site.child, &site.own, ++site.now,
                      &site.out); /* and one that was not fetched */
    lt_child_state(site.child, &now);
    assert_true(now.welcomed);
}

/* The first fault of several is told; what is good beside it is kept. */
static void of_two_bad_receipts_the_first_is_told(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    dag_sign(&site.far, &site.own, 1, 0);
    join_parent(true, CREDIT);
    struct lt_unit vn = unit_of("VN"), district = unit_of("80");
    struct lt_instance incarnation = {{9}};
    Lienthong__Receipts message;
    Lienthong__Receipt *list[4];
    lienthong__receipts__init(&message);
    for (int i = 0; i < 4; i++) {
        struct lt_bytes receipt = receipt_of(&pool, &site.far_store, i == 3 ? &district : &vn,
                                             &incarnation, 1, &site.own);
        list[i] = lienthong__receipt__unpack(NULL, receipt.size, receipt.data);
        unpack_free(receipt);
    }
    list[0]->signature.data[0] ^= 1;
    list[1]->statement.len = 3;
    message.receipts = list;
    message.n_receipts = 4;
    assert_int_equal(hear(packed(LT_MSG_RECEIPTS, site.session, &message.base)), LT_BAD_SIGNATURE);
    assert_int_equal(count_of(&site.out, LT_DO_RECEIPT),
                     2); /* the good one, and that of a hub above */
    for (int i = 0; i < 4; i++)
        lienthong__receipt__free_unpacked(list[i], NULL);
}

/* Whatever a parent names, in any phase: no more than there is room for is kept of it. */
static void more_chains_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    enum { PAGE = LT_TIPS_PAGE_MAX };
    begin(LIENTHONG__ROLE__ROLE_HUB);
    join_parent(true, CREDIT);
    static struct said_chain said[PAGE];
    static Lienthong__ChainTips entries[PAGE], *list[PAGE];
    Lienthong__Tips message;
    enum lt_result result = LT_OK;
    unsigned named = 0;
    while (result == LT_OK && named < LT_CHILD_CHAINS_MAX + 2 * PAGE) {
        lienthong__tips__init(&message);
        message.chains = list;
        message.n_chains = PAGE;
        message.last = true;
        for (size_t i = 0; i < PAGE; i++) {
            char code[8];
            (void)snprintf(code, sizeof code, "%06u", named++);
            const struct lt_chain chain = chain_of(LT_STREAM_REPORT, code);
            lienthong__chain_tips__init(&entries[i]);
            entries[i].chain = say_chain(&chain, &said[i]);
            list[i] = &entries[i];
        }
        result = hear(packed(LT_MSG_TIPS, site.session, &message.base));
    }
    assert_int_equal(result, LT_TOO_LARGE);
    assert_true(named >= LT_CHILD_CHAINS_MAX);
    const struct lt_chain one_more = chain_of(LT_STREAM_REPORT, "X1");
    assert_int_equal(hear(say_tips(site.session, &one_more, NULL, 0, true)), LT_TOO_LARGE);
    assert_int_equal(hear_receipt(&one_more, "VN"), LT_TOO_LARGE);
}

/* ---- Fetching ---- */

/* More chains lack something than are asked for at a time; each is asked for once the ones before have ended. */
static void so_many_wants_at_a_time(void **state)
{
    (void)state;
    enum { CHAINS = LT_CHILD_WANTS_MAX + 3 };
    struct lt_chain chains[CHAINS];
    begin(LIENTHONG__ROLE__ROLE_HUB);
    for (unsigned i = 0; i < CHAINS; i++) {
        char code[8];
        (void)snprintf(code, sizeof code, "%05u", i);
        chains[i] = chain_of(LT_STREAM_REPORT, code);
        dag_sign(&site.far, &chains[i], 1, 0);
    }
    connect();
    assert_int_equal(hear(welcome_of(true, CREDIT)), LT_OK);
    for (unsigned i = 0; i < CHAINS; i++) {
        struct lt_bytes bytes = tips_of(&chains[i], false);
        assert_int_equal(hear(bytes), LT_OK);
    }
    assert_int_equal(hear(say_tips(site.session, NULL, NULL, 0, true)), LT_OK);
    assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), LT_CHILD_WANTS_MAX);
    for (unsigned i = 0; i < CHAINS - LT_CHILD_WANTS_MAX; i++) {
        assert_int_equal(hear(tips_of(&chains[i], false)), LT_OK); /* an answer of nothing */
        assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 1);
    }
}

/* What was in flight and is gone from the store rests until the next session, and the rest goes on. */
static bool forgets(void *context, uint64_t position, struct lt_hash *ret_id,
                    struct lt_hash ret_parents[LT_PARENTS_MAX], size_t *ret_parent_count,
                    size_t *ret_bytes)
{
    return position != 1 &&
           store_update_at(context, position, ret_id, ret_parents, ret_parent_count, ret_bytes);
}

static void a_store_that_lost_an_update_holds_up_its_chain_alone(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_HUB);
    struct lt_child_config config = config_of(LIENTHONG__ROLE__ROLE_HUB);
    struct lt_sync_store face = store_interface(&site.store);
    face.update_at = forgets;
    remake(&config, &face);
    dag_sign(&site.here, &site.own, 1, 0);
    dag_sign(&site.here, &site.own, 2, 0);
    size_t other = dag_sign(&site.here, &site.other, 1, 0);
    join_parent(true, CREDIT);
    assert_pushed(other);
    struct lt_child_state now;
    lt_child_state(site.child, &now);
    assert_false(now.settled);
    assert_int_equal(now.in_flight_updates, 1);
}

static void a_report_is_said_while_it_is_up(void **state)
{
    (void)state;
    Lienthong__Report report;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    lienthong__report__init(&report);
    lt_child_report(site.child, &report, &site.out);
    connect();
    lt_actions_clear(&site.out);
    lt_child_report(site.child, &report, &site.out);
    assert_int_equal(site.out.count, 0);
    lt_child_disconnected(site.child, ++site.now, &site.out);
    site.now = lt_child_due(site.child);
    join_parent(true, CREDIT);
    lt_actions_clear(&site.out);
    lt_child_report(site.child, &report, &site.out);
    assert_int_equal(count_sent(&site.out, LT_MSG_REPORT, 0), 1);
    char disk[2 * LT_MESSAGE_BYTES_MAX];
    memset(disk, 'a', sizeof disk - 1);
    disk[sizeof disk - 1] = '\0';
    report.software = disk; /* longer than any message: not said */
    lt_actions_clear(&site.out);
    lt_child_report(site.child, &report, &site.out);
    assert_int_equal(site.out.count, 0);
    lt_child_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(limits_of_nothing_and_of_all_there_is_are_borne, end),
        cmocka_unit_test(a_skew_beyond_any_number_is_the_greatest),
        cmocka_unit_test_teardown(as_many_receipts_are_shown_as_fit, end),
        cmocka_unit_test_teardown(refusals_of_nothing_are_only_shown, end),
        cmocka_unit_test_teardown(of_two_bad_receipts_the_first_is_told, end),
        cmocka_unit_test_teardown(more_chains_than_there_is_room_for_are_refused, end),
        cmocka_unit_test_teardown(so_many_wants_at_a_time, end),
        cmocka_unit_test_teardown(a_store_that_lost_an_update_holds_up_its_chain_alone, end),
        cmocka_unit_test_teardown(a_report_is_said_while_it_is_up, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
