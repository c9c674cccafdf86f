/* The parent's machine with children who say what no honest one does, a store that has lost what it named, owners who know no
 * bounds, and no children at all. */
#include "sync_parent_site.h"

static void a_session_of_zero_is_none(void **state)
{
    (void)state;
    begin(true);
    assert_int_equal(hear(AGENT, hello_of(0, "26", LIENTHONG__ROLE__ROLE_AGENT)), LT_MALFORMED);
    assert_int_equal(out.count, 0);
    assert_int_equal(hear(AGENT, hello_of(1, "27", LIENTHONG__ROLE__ROLE_AGENT)), LT_NOT_YOURS);
    assert_int_equal(hear(AGENT, hello_of(1, "26", LIENTHONG__ROLE__ROLE_HUB)), LT_NOT_YOURS);
    assert_int_equal(out.count, 0);
    assert_int_equal(hear(AGENT, hello_of(1, "26", LIENTHONG__ROLE__ROLE_AGENT)), LT_OK);
    assert_non_null(welcome_to(AGENT));
}

/* A parent of nobody, and one whose owner would lend more than sums can hold. */
static void any_bounds_of_the_owner_are_borne(void **state)
{
    (void)state;
    begin(true);
    struct lt_parent_config config = {
        .unit = unit_of("VN"), .credit_bytes = UINT64_MAX, .ready = true, .peers_max = 0};
    struct lt_sync_store face = store_interface(&store);
    lt_parent_free(parent);
    parent = lt_parent_new(&config, &face);
    assert_non_null(parent);
    assert_int_equal(hear(0, hello_of(1, "26", LIENTHONG__ROLE__ROLE_AGENT)), LT_NOT_FOUND);
    lt_parent_gone(parent, 0);
    lt_parent_answered(parent, 0, 7);
    lt_parent_free(parent);
    config.peers_max = PEERS;
    parent = lt_parent_new(&config, &face);
    struct lt_unit unit = unit_of("26");
    lt_parent_came(parent, AGENT, LIENTHONG__ROLE__ROLE_AGENT, &unit);
    assert_int_equal(hear(AGENT, hello_of(1, "26", LIENTHONG__ROLE__ROLE_AGENT)), LT_OK);
    assert_true(welcome_to(AGENT)->credit_bytes < UINT64_MAX / 8);
    lt_parent_answered(parent, AGENT, UINT64_MAX); /* more than it ever sent */
    struct lt_chain own = chain_of(LT_STREAM_REPORT, "26");
    struct dag child = {.pool = &pool};
    size_t index = dag_sign(&child, &own, 1, 0);
    assert_int_equal(hear(AGENT, say_update(1, &pool.items[index])), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_STORE), 1);
    lt_parent_free(NULL);
}

static bool lost(void *context, uint64_t position, struct lt_hash *ret_id,
                 struct lt_hash ret_parents[LT_PARENTS_MAX], size_t *ret_parent_count,
                 size_t *ret_bytes)
{
    if (position > 2)
        return false;
    return store_update_at(context, position, ret_id, ret_parents, ret_parent_count, ret_bytes);
}

/* What the store names and no longer finds ends an answer early; it ends with its mark all the same. */
static void a_store_that_lost_an_update_ends_the_answer(void **state)
{
    (void)state;
    struct lt_chain own = chain_of(LT_STREAM_REPORT, "26");
    begin(true);
    struct lt_parent_config config = {
        .unit = unit_of("VN"), .credit_bytes = CREDIT, .ready = true, .peers_max = PEERS};
    struct lt_sync_store face = store_interface(&store);
    struct lt_unit unit = unit_of("26");
    face.update_at = lost;
    lt_parent_free(parent);
    parent = lt_parent_new(&config, &face);
    lt_parent_came(parent, AGENT, LIENTHONG__ROLE__ROLE_AGENT, &unit);
    for (uint32_t i = 0; i < 4; i++)
        dag_sign(&here, &own, i, 0);
    assert_int_equal(hear(AGENT, hello_of(9, "26", LIENTHONG__ROLE__ROLE_AGENT)), LT_OK);
    assert_int_equal(hear(AGENT, say_want(9, &own, NULL, 0)), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_SEND_UPDATE), 2);
    assert_false(tips_to(AGENT, 0)->last);
}

/* ---- Refusals ---- */

static void a_refusal_is_said_to_who_is_there_and_within_bounds(void **state)
{
    (void)state;
    static struct lt_hash missing[LT_PARENTS_MAX + 1];
    static char words[2 * LT_LONG_TEXT_BYTES_MAX];
    struct lt_chain own = chain_of(LT_STREAM_REPORT, "26");
    const struct lt_hash id = {{4}};
    begin(true);
    greet_all();
    lt_actions_clear(&out);
    for (size_t i = 0; i <= LT_PARENTS_MAX; i++)
        missing[i].bytes[0] = (uint8_t)(i + 1);
    memset(words, 'a', sizeof words - 1);
    lt_parent_refuse(parent, AGENT, 101, &own, &id, LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN,
                     missing, LT_PARENTS_MAX + 1, words, &out);
    assert_int_equal(refused_to(AGENT)->n_missing, LT_PARENTS_MAX);
    assert_int_equal(strlen(refused_to(AGENT)->text), LT_LONG_TEXT_BYTES_MAX);
    lt_actions_clear(&out);
    lt_parent_refuse(parent, AGENT, 101, &own, &id, LIENTHONG__REFUSAL_REASON__REFUSAL_SIGNATURE,
                     NULL, 0, NULL, &out);
    assert_string_equal(refused_to(AGENT)->text, "");
    assert_int_equal(refused_to(AGENT)->reason, LIENTHONG__REFUSAL_REASON__REFUSAL_SIGNATURE);
    lt_actions_clear(&out);
    /* Of another session, of none, to nobody: not said. */
    lt_parent_refuse_busy(parent, AGENT, 100, &own, &id, 3, "busy", &out);
    lt_parent_refuse_busy(parent, AGENT, 0, &own, &id, 3, "busy", &out);
    lt_parent_refuse_busy(parent, PEERS - 1, 101, &own, &id, 3, "busy", &out);
    lt_parent_gone(parent, AGENT);
    lt_parent_refuse_busy(parent, AGENT, 101, &own, &id, 3, "busy", &out);
    assert_int_equal(out.count, 0);
    lt_parent_refuse_busy(parent, TWIN, 102, &own, &id, 3, "busy", &out);
    assert_int_equal(refused_to(TWIN)->retry_after_s, 3);
}

/* ---- Receipts ---- */

/* What an owner hands over must be a receipt, and of all that are shown in a HELLO a false one keeps nobody out. */
static void a_receipt_that_is_none_is_not_passed_on(void **state)
{
    (void)state;
    struct lt_chain own = chain_of(LT_STREAM_REPORT, "26");
    struct lt_unit vn = unit_of("VN");
    begin(true);
    dag_sign(&here, &own, 1, 0);
    greet_all();
    struct lt_bytes receipt = receipt_of(&pool, &store, &vn, &incarnation, 7, &own);
    lt_actions_clear(&out);
    lt_parent_receipt(parent, &own, (struct lt_bytes){receipt.data, receipt.size - 1}, &out);
    assert_int_equal(out.count, 0);
    lt_parent_receipt(parent, &own, receipt, &out);
    assert_int_equal(count_sent(&out, LT_MSG_RECEIPTS, AGENT), 1);
    assert_int_equal(count_sent(&out, LT_MSG_RECEIPTS, OTHER), 0);
    uint8_t *bent = malloc(receipt.size);
    memcpy(bent, receipt.data, receipt.size);
    bent[receipt.size - 1] ^= 1; /* not signed by us, though it says so */
    here.count = 0;
    memset(&here.held, 0, sizeof here.held);
    assert_int_equal(
        hear(AGENT, hello_with(9, "26", LIENTHONG__ROLE__ROLE_AGENT, (struct lt_hash){{1}},
                               (struct lt_bytes){bent, receipt.size})),
        LT_OK);
    assert_int_equal(count_of(&out, LT_DO_RESTORED), 0);
    assert_int_equal(hear(AGENT, hello_with(9, "26", LIENTHONG__ROLE__ROLE_AGENT,
                                            (struct lt_hash){{1}}, receipt)),
                     LT_OK);
    assert_int_equal(count_of(&out, LT_DO_RESTORED), 1);
    free(bent);
    unpack_free(receipt);
}

/* ---- Nonsense ---- */

static void what_no_child_says_is_malformed(void **state)
{
    (void)state;
    begin(true);
    greet_all();
    for (int type = 0; type <= LT_MSG_PIECE + 1; type++) {
        uint8_t bytes[64];
        memset(bytes, 0xff, sizeof bytes);
        lt_header_write((enum lt_message_type)type, 101, bytes);
        lt_actions_clear(&out);
        for (size_t size = 0; size <= sizeof bytes; size += 4)
            (void)lt_parent_message(parent, AGENT, (struct lt_bytes){bytes, size}, 1000, 0, &out);
        assert_int_equal(lt_parent_message(parent, AGENT, (struct lt_bytes){bytes, sizeof bytes},
                                           1000, 0, &out) == LT_OK,
                         0);
        assert_int_equal(count_of(&out, LT_DO_STORE) + count_of(&out, LT_DO_REPORT),
                         type == LT_MSG_REPORT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_session_of_zero_is_none, end),
        cmocka_unit_test_teardown(any_bounds_of_the_owner_are_borne, end),
        cmocka_unit_test_teardown(a_store_that_lost_an_update_ends_the_answer, end),
        cmocka_unit_test_teardown(a_refusal_is_said_to_who_is_there_and_within_bounds, end),
        cmocka_unit_test_teardown(a_receipt_that_is_none_is_not_passed_on, end),
        cmocka_unit_test_teardown(what_no_child_says_is_malformed, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
