/* The parent's machine, with its children played by hand. */
#include "sync_parent_site.h"

/* ---- HELLO ---- */

static void welcomes_whom_it_knows(void **state)
{
    (void)state;
    struct lt_chain own = chain_of(LT_STREAM_REPORT, "26"),
                    other = chain_of(LT_STREAM_REPORT, "27");
    struct lt_chain directives = chain_of(LT_STREAM_DIRECTIVE, "VN");
    struct lt_unit unit = unit_of("26");
    struct lt_sync_store face;
    struct lt_hash digest;
    begin(false);
    face = store_interface(&store);
    assert_int_equal(hear(AGENT, hello_of(9, "27", LIENTHONG__ROLE__ROLE_AGENT)), LT_NOT_YOURS);
    assert_int_equal(hear(AGENT, hello_of(9, "26", LIENTHONG__ROLE__ROLE_HUB)), LT_NOT_YOURS);
    assert_int_equal(hear(AGENT, hello_of(0, "26", LIENTHONG__ROLE__ROLE_AGENT)), LT_MALFORMED);
    assert_int_equal(hear(7, hello_of(9, "26", LIENTHONG__ROLE__ROLE_AGENT)), LT_NOT_FOUND);
    assert_int_equal(out.count, 0);
    dag_sign(&here, &own, 1, 0);
    dag_sign(&here, &other, 1, 0);
    dag_sign(&here, &directives, 1, 0);
    assert_int_equal(hear(AGENT, hello_of(9, "26", LIENTHONG__ROLE__ROLE_AGENT)), LT_OK);
    const Lienthong__Welcome *welcome = welcome_to(AGENT);
    assert_int_equal(sent(&out, LT_MSG_WELCOME, AGENT, 0)->session, 9);
    assert_string_equal(welcome->hub->code, "VN");
    assert_false(welcome->ready);
    assert_true(welcome->differ);
    assert_int_equal(welcome->credit_bytes, CREDIT);
    assert_int_equal(welcome->wall_time, 1700000000);
    assert_memory_equal(welcome->incarnation.data, incarnation.bytes, 16);
    lt_sync_digest(&face, LIENTHONG__ROLE__ROLE_AGENT, &unit, &digest);
    assert_memory_equal(welcome->digest.data, digest.bytes, 32);
    const Lienthong__Tips *tips = tips_to(AGENT, 0);
    assert_int_equal(tips->n_chains, 2); /* its own and the directives, not the other's */
    assert_true(tips->last);
    /* even: no pages */
    assert_int_equal(hear(AGENT, hello_with(10, "26", LIENTHONG__ROLE__ROLE_AGENT, digest,
                                            (struct lt_bytes){0})),
                     LT_OK);
    assert_false(welcome_to(AGENT)->differ);
    assert_int_equal(out.count, 1);
}

/* More chains than a page holds: several pages, each within the bounds, the last one marked. */
static void cuts_tips_into_pages(void **state)
{
    (void)state;
    begin(true);
    for (unsigned i = 0; i < 450; i++) {
        char code[8];
        snprintf(code, sizeof(code), "%05u", i);
        struct lt_chain chain = chain_of(LT_STREAM_REPORT, code);
        dag_sign(&here, &chain, i, 0);
    }
    assert_int_equal(hear(HUB, hello_of(9, "80", LIENTHONG__ROLE__ROLE_HUB)), LT_OK);
    assert_true(welcome_to(HUB)->ready);
    assert_int_equal(count_sent(&out, LT_MSG_TIPS, HUB), 2);
    assert_int_equal(tips_to(HUB, 0)->n_chains, LT_TIPS_PAGE_MAX);
    assert_int_equal(tips_to(HUB, 1)->n_chains, 450 - LT_TIPS_PAGE_MAX);
    assert_false(tips_to(HUB, 0)->last);
    assert_true(tips_to(HUB, 1)->last);
}

/* Wide forks fill a page by bytes: 64 tips of 8 chains are 17 KB. */
static void keeps_pages_within_a_message(void **state)
{
    (void)state;
    begin(true);
    for (unsigned i = 0; i < 7; i++) {
        struct dag empty = {.pool = &pool};
        char code[8];
        snprintf(code, sizeof(code), "%05u", i);
        struct lt_chain chain = chain_of(LT_STREAM_REPORT, code);
        for (uint32_t j = 0; j < LT_PARENTS_MAX; j++) {
            struct dag alone = empty;
            dag_put(&here, dag_sign(&alone, &chain, j, 0));
        }
    }
    size_t tips = 0;
    assert_int_equal(hear(HUB, hello_of(9, "80", LIENTHONG__ROLE__ROLE_HUB)), LT_OK);
    for (size_t i = 0; i < count_sent(&out, LT_MSG_TIPS, HUB); i++) {
        assert_true(sent(&out, LT_MSG_TIPS, HUB, i)->size <= LT_MESSAGE_BYTES_MAX);
        for (size_t j = 0; j < tips_to(HUB, i)->n_chains; j++)
            tips += tips_to(HUB, i)->chains[j]->n_tips;
    }
    assert_int_equal(tips, 7 * LT_PARENTS_MAX);
}

static void notices_that_it_was_restored(void **state)
{
    (void)state;
    struct lt_chain own = chain_of(LT_STREAM_REPORT, "26");
    struct lt_unit vn = unit_of("VN"), district = unit_of("80");
    struct lt_instance other = {{6}};
    begin(true);
    dag_sign(&here, &own, 1, 0);
    struct dag before = here;
    dag_sign(&here, &own, 2, 0);
    struct lt_bytes receipts[] = {
        receipt_of(&pool, &store, &vn, &incarnation, 7, &own),
        receipt_of(&pool, &store, &vn, &other, 7, &own),
        receipt_of(&pool, &store, &district, &incarnation, 7, &own),
    };
    for (unsigned lost = 0; lost < 2; lost++) {
        if (lost)
            here = before;
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(hear(AGENT, hello_with(9, "26", LIENTHONG__ROLE__ROLE_AGENT,
                                                    (struct lt_hash){{1}}, receipts[i])),
                             LT_OK);
            assert_int_equal(count_of(&out, LT_DO_RESTORED), lost && i == 0);
            assert_int_equal(count_sent(&out, LT_MSG_WELCOME, AGENT), 1);
        }
    }
    lt_parent_incarnation(parent, &other); /* it has noticed, once is enough */
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(hear(AGENT, hello_with(9, "26", LIENTHONG__ROLE__ROLE_AGENT,
                                                (struct lt_hash){{1}}, receipts[i])),
                         LT_OK);
        assert_int_equal(count_of(&out, LT_DO_RESTORED), i == 1);
        unpack_free(receipts[i]);
    }
}

static bool gave_seven(void *context, uint64_t number)
{
    (void)context;
    return number <= 7;
}

/* One copy may be restored twice: what was given in between bears a number that the copy has not come to. */
static void notices_by_a_number_that_it_has_not_given(void **state)
{
    (void)state;
    struct lt_chain own = chain_of(LT_STREAM_REPORT, "26");
    struct lt_unit vn = unit_of("VN"), district = unit_of("80");
    struct lt_instance other = {{6}};
    gave_out = gave_seven;
    begin(true);
    dag_sign(&here, &own, 1, 0);
    const struct {
        const struct lt_unit *hub;
        const struct lt_instance *incarnation;
        uint64_t number;
        bool noticed;
    } shown[] = {
        {&vn, &incarnation, 7, false},   {&vn, &incarnation, 8, true},
        {&vn, &other, 7, false},         {&vn, &other, 8, true},
        {&vn, &other, UINT64_MAX, true}, {&district, &other, 8, false},
    };
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        struct lt_bytes receipt =
            receipt_of(&pool, &store, shown[i].hub, shown[i].incarnation, shown[i].number, &own);
        assert_int_equal(hear(AGENT, hello_with(9, "26", LIENTHONG__ROLE__ROLE_AGENT,
                                                (struct lt_hash){{1}}, receipt)),
                         LT_OK);
        assert_int_equal(count_of(&out, LT_DO_RESTORED), shown[i].noticed);
        assert_int_equal(count_sent(&out, LT_MSG_WELCOME, AGENT), 1);
        unpack_free(receipt);
    }
}

/* ---- UPDATE and WANT ---- */

static void takes_updates_within_scope_and_credit(void **state)
{
    (void)state;
    struct lt_chain own = chain_of(LT_STREAM_REPORT, "26"),
                    other = chain_of(LT_STREAM_REPORT, "27");
    struct lt_chain directives = chain_of(LT_STREAM_DIRECTIVE, "VN");
    struct dag child = {.pool = &pool};
    begin(true);
    size_t small = dag_sign(&child, &own, 1, 700), large = dag_sign(&child, &own, 2, 3 * CREDIT);
    size_t strange = dag_sign(&child, &other, 1, 0), above = dag_sign(&child, &directives, 1, 0);
    struct lt_chain elsewhere = chain_of(LT_STREAM_DIRECTIVE, "99");
    size_t foreign = dag_sign(&child, &elsewhere, 1, 0);
    assert_int_equal(hear(AGENT, say_update(101, &pool.items[small])), LT_OK);
    assert_int_equal(hear(AGENT, say_update(0, &pool.items[small])), LT_OK);
    assert_int_equal(out.count, 0); /* no session yet */
    greet_all();
    assert_int_equal(hear(AGENT, say_update(100, &pool.items[small])), LT_OK);
    assert_int_equal(out.count, 0); /* of an earlier one */
    assert_int_equal(hear(AGENT, say_update(101, &pool.items[strange])), LT_OK);
    assert_int_equal(refused_to(AGENT)->reason, LIENTHONG__REFUSAL_REASON__REFUSAL_NOT_YOURS);
    assert_memory_equal(refused_to(AGENT)->update.data, pool.items[strange].id.bytes, 32);
    assert_int_equal(hear(AGENT, say_update(101, &pool.items[foreign])), LT_OK);
    assert_int_equal(refused_to(AGENT)->reason, LIENTHONG__REFUSAL_REASON__REFUSAL_NOT_YOURS);
    assert_int_equal(hear(HUB, say_update(104, &pool.items[above])), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_STORE), 1); /* its own, which it may have lost */
    assert_null(sent(&out, LT_MSG_REFUSED, HUB, 0));
    assert_int_equal(hear(AGENT, say_update(101, &pool.items[small])), LT_OK);
    const struct lt_action *store_it = first_of(&out, LT_DO_STORE);
    assert_int_equal(store_it->size, pool.items[small].size);
    assert_memory_equal(store_it->bytes, pool.items[small].bytes, store_it->size);
    assert_int_equal(store_it->peer, AGENT);
    assert_int_equal(store_it->session, 101);
    /* one may always come; at twice the credit it is enough */
    size_t stored = 1;
    while (hear(AGENT, say_update(101, &pool.items[small])) == LT_OK &&
           count_of(&out, LT_DO_STORE) == 1)
        stored++;
    assert_int_equal(stored, 2 * CREDIT / pool.items[small].size);
    assert_int_equal(refused_to(AGENT)->reason, LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY);
    assert_int_equal(hear(TWIN, say_update(102, &pool.items[large])), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_STORE), 1);
    lt_parent_answered(parent, AGENT, pool.items[small].size);
    assert_int_equal(hear(AGENT, say_update(101, &pool.items[small])), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_STORE), 1);
    lt_parent_answered(parent, AGENT, UINT64_MAX);
    lt_parent_answered(parent, 7, 1);
    /* spoilt bytes */
    struct lt_bytes bad = say_update(101, &pool.items[small]);
    struct lt_message message;
    assert_int_equal(lt_message_open(bad, &message), LT_OK);
    assert_int_not_equal(hear(AGENT, (struct lt_bytes){bad.data, bad.size - 1}), LT_OK);
    assert_int_equal(out.count, 0);
}

static void answers_wants_with_a_credit_and_a_mark(void **state)
{
    (void)state;
    struct lt_chain own = chain_of(LT_STREAM_REPORT, "26"),
                    other = chain_of(LT_STREAM_REPORT, "27");
    begin(true);
    for (uint32_t i = 0; i < 12; i++)
        dag_sign(&here, &own, i, i == 4 ? 2 * CREDIT : 400);
    dag_sign(&here, &other, 1, 0);
    assert_int_equal(hear(AGENT, say_want(101, &own, NULL, 0)), LT_OK);
    assert_int_equal(hear(AGENT, say_want(0, &own, NULL, 0)), LT_OK);
    assert_int_equal(out.count, 0); /* no session */
    greet_all();
    assert_int_equal(hear(AGENT, say_want(101, &own, NULL, 0)), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_SEND_UPDATE), CREDIT / pool.items[1].size);
    assert_int_equal(first_of(&out, LT_DO_SEND_UPDATE)->position, 1);
    assert_int_equal(out.items[out.count - 1].kind, LT_DO_SEND); /* the mark comes last */
    assert_false(tips_to(AGENT, 0)->last);
    assert_int_equal(tips_to(AGENT, 0)->n_chains, 1);
    assert_memory_equal(tips_to(AGENT, 0)->chains[0]->tips[0].data, pool.items[11].id.bytes, 32);
    /* from what it has on; a large one travels although it is more than the credit */
    assert_int_equal(hear(AGENT, say_want(101, &own, &pool.items[3].id, 1)), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_SEND_UPDATE), 1);
    assert_int_equal(first_of(&out, LT_DO_SEND_UPDATE)->position, 5);
    assert_int_equal(hear(AGENT, say_want(101, &own, &pool.items[11].id, 1)), LT_OK);
    assert_int_equal(out.count, 1);
    /* another's chain: nothing, not even its tips */
    assert_int_equal(hear(AGENT, say_want(101, &other, NULL, 0)), LT_OK);
    assert_int_equal(out.count, 1);
    assert_int_equal(tips_to(AGENT, 0)->chains[0]->n_tips, 0);
    /* who asks too often gets one at a time, until some time has passed */
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(hear(AGENT, say_want(101, &own, NULL, 0)), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_SEND_UPDATE), 1);
    assert_int_equal(hear_at(AGENT, say_want(101, &own, NULL, 0), 900000), LT_OK);
    assert_true(count_of(&out, LT_DO_SEND_UPDATE) > 1);
    assert_int_equal(hear_at(AGENT, say_want(101, &own, NULL, 0), 0), LT_OK);
    assert_int_equal(hear_at(AGENT, say_want(101, &own, NULL, 0), UINT64_MAX), LT_OK);
}

/* ---- To all ---- */

static void tells_whom_it_concerns(void **state)
{
    (void)state;
    struct lt_chain own = chain_of(LT_STREAM_REPORT, "26");
    struct lt_chain directives = chain_of(LT_STREAM_DIRECTIVE, "VN");
    struct lt_unit vn = unit_of("VN");
    begin(false);
    dag_sign(&here, &own, 1, 0);
    dag_sign(&here, &directives, 1, 0);
    struct lt_bytes receipt = receipt_of(&pool, &store, &vn, &incarnation, 1, &own);
    lt_parent_receipt(parent, &own, receipt, &out);
    lt_parent_stored(parent, &directives, &out);
    lt_parent_refuse(parent, AGENT, 0, &own, &pool.items[0].id,
                     LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN, NULL, 0, NULL, &out);
    assert_int_equal(out.count, 0); /* nobody has a session */
    greet_all();
    lt_actions_clear(&out);
    lt_parent_receipt(parent, &own, receipt, &out);
    assert_int_equal(out.count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        static const uint32_t to[] = {AGENT, TWIN, HUB};
        const Lienthong__Receipts *receipts = (const Lienthong__Receipts *)payload_of(
            sent(&out, LT_MSG_RECEIPTS, to[i], 0), &lienthong__receipts__descriptor, arena);
        assert_int_equal(sent(&out, LT_MSG_RECEIPTS, to[i], 0)->session, 100 + to[i]);
        assert_int_equal(receipts->n_receipts, 1);
    }
    unpack_free(receipt);
    lt_actions_clear(&out);
    lt_parent_stored(parent, &own, &out);
    assert_int_equal(out.count, 0); /* it goes up */
    lt_parent_stored(parent, &directives, &out);
    assert_int_equal(count_sent(&out, LT_MSG_TIPS, HUB), 1);
    assert_true(tips_to(HUB, 0)->last); /* news; no end mark */
    assert_int_equal(out.count, 4);
    lt_actions_clear(&out);
    lt_parent_gone(parent, TWIN);
    lt_parent_gone(parent, HUB);
    lt_parent_ready(parent, &out);
    lt_parent_ready(parent, &out);
    assert_int_equal(count_sent(&out, LT_MSG_READY, AGENT), 1);
    assert_int_equal(out.count, 2);
    lt_actions_clear(&out);
    struct lt_hash missing[2] = {{{1}}, {{2}}};
    lt_parent_refuse(parent, AGENT, 100, &own, &pool.items[0].id,
                     LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN, missing, 2, "no", &out);
    assert_int_equal(out.count, 0);
    lt_parent_refuse(parent, AGENT, 101, &own, &pool.items[0].id,
                     LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN, missing, 2, "no", &out);
    assert_int_equal(refused_to(AGENT)->n_missing, 2);
    assert_string_equal(refused_to(AGENT)->text, "no");
}

static void hands_out_reports_and_refuses_nonsense(void **state)
{
    (void)state;
    static const enum lt_message_type not_a_childs[] = {
        LT_MSG_WELCOME, LT_MSG_TIPS, LT_MSG_RECEIPTS, LT_MSG_REFUSED, LT_MSG_JOIN, LT_MSG_JOINED};
    Lienthong__Report report;
    begin(true);
    greet_all();
    lienthong__report__init(&report);
    report.backlog_drafts = 77;
    assert_int_equal(hear(AGENT, packed(LT_MSG_REPORT, 101, &report.base)), LT_OK);
    assert_int_equal(first_of(&out, LT_DO_REPORT)->peer, AGENT);
    assert_int_equal(hear(AGENT, packed(LT_MSG_READY, 101, NULL)), LT_MALFORMED);
    for (size_t i = 0; i < 6; i++) {
        uint8_t *bytes = calloc(1, 20);
        assert_non_null(bytes);
        lt_header_write(not_a_childs[i], 101, bytes);
        assert_int_equal(hear(AGENT, (struct lt_bytes){bytes, 20}), LT_MALFORMED);
    }
    for (uint8_t type = 0; type < 16; type++) {
        uint8_t *bytes = malloc(64);
        assert_non_null(bytes);
        memset(bytes, 0xff, 64);
        lt_header_write((enum lt_message_type)type, 101, bytes);
        assert_int_not_equal(hear(AGENT, (struct lt_bytes){bytes, 64}), LT_OK);
    }
    assert_int_equal(out.count, 0);
}

/* Whoever has no releases says so in its WELCOME, and is not asked by an honest child. */
static void hands_out_pieces_in_the_session_that_asked(void **state)
{
    (void)state;
    const struct lt_hash hash = {{5}};
    struct lt_hash own = hash;
    Lienthong__WantPiece want = LIENTHONG__WANT_PIECE__INIT;
    want.hash = (ProtobufCBinaryData){32, own.bytes};
    want.offset = 9;
    begin(true);
    greet_all();
    assert_int_equal(hear(AGENT, packed(LT_MSG_WANT_PIECE, 101, &want.base)), LT_MALFORMED);
    end(NULL);
    begin_with(true, true);
    assert_int_equal(hear(AGENT, packed(LT_MSG_WANT_PIECE, 101, &want.base)), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_WANT_PIECE), 0); /* no session */
    greet_all();
    assert_int_equal(hear(AGENT, packed(LT_MSG_WANT_PIECE, 102, &want.base)), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_WANT_PIECE), 0);
    assert_int_equal(hear(AGENT, packed(LT_MSG_WANT_PIECE, 101, &want.base)), LT_OK);
    assert_int_equal(count_of(&out, LT_DO_WANT_PIECE), 1);
    assert_int_equal(first_of(&out, LT_DO_WANT_PIECE)->peer, AGENT);
    lt_actions_clear(&out);
    const struct lt_bytes bytes = {(const uint8_t *)"bytes", 5};
    lt_parent_piece(parent, AGENT, 102, &hash, 9, bytes, true, &out);
    lt_parent_piece(parent, PEERS, 101, &hash, 9, bytes, true, &out);
    assert_int_equal(out.count, 0);
    lt_parent_piece(parent, AGENT, 101, &hash, 9, bytes, true, &out);
    assert_int_equal(count_sent(&out, LT_MSG_PIECE, AGENT), 1);
    lt_parent_gone(parent, AGENT);
    lt_parent_piece(parent, AGENT, 101, &hash, 9, bytes, true, &out);
    assert_int_equal(out.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(welcomes_whom_it_knows, end),
        cmocka_unit_test_teardown(cuts_tips_into_pages, end),
        cmocka_unit_test_teardown(keeps_pages_within_a_message, end),
        cmocka_unit_test_teardown(notices_that_it_was_restored, end),
        cmocka_unit_test_teardown(notices_by_a_number_that_it_has_not_given, end),
        cmocka_unit_test_teardown(takes_updates_within_scope_and_credit, end),
        cmocka_unit_test_teardown(answers_wants_with_a_credit_and_a_mark, end),
        cmocka_unit_test_teardown(tells_whom_it_concerns, end),
        cmocka_unit_test_teardown(hands_out_pieces_in_the_session_that_asked, end),
        cmocka_unit_test_teardown(hands_out_reports_and_refuses_nonsense, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
