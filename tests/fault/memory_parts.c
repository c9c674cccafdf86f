/* memory_parts.c - each allocation of what makes and opens single pieces fails in turn: updates, persons, boxes, receipts,
 * messages, actions, files of proof. Made is the same bytes as ever or nothing, and then the answer is LT_NO_MEMORY. */
#include "tests/fault/short.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "proto/actions.h"
#include "proto/merge.h"
#include "proto/proof.h"
#include "tests/unit/samples.h"

enum { ROWS = 5, BYTES_MAX = 64 * 1024 };

/* What there is to make of, and what was made. */
struct bench {
    struct lt_bytes update_bytes, closed_bytes, receipt;
    struct lt_update update, closed;
    struct sample_awards *awards;
    struct lt_arena *arena; /* which the bodies stand in */
    Lienthong__ReportBody *body, *closed_body;
    uint8_t key[32], nonce[24];
    uint8_t made[BYTES_MAX];
    size_t made_size;
};
static struct bench bench;

static bool keep(void *context, struct lt_bytes bytes)
{
    (void)context;
    assert_true(bench.made_size + bytes.size <= BYTES_MAX);
    if (bytes.size > 0)
        memcpy(bench.made + bench.made_size, bytes.data, bytes.size);
    bench.made_size += bytes.size;
    return true;
}

/* Bytes that were allocated for us. */
static void keep_own(uint8_t *bytes, size_t size)
{
    (void)keep(NULL, (struct lt_bytes){bytes, size});
    free(bytes);
}

/* Does one thing, with an arena of its own where it needs one, and keeps what was made of it. */
typedef enum lt_result attempt(struct lt_arena *arena);

static enum lt_result once(attempt *does)
{
    bench.made_size = 0;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    const enum lt_result result = arena == NULL ? LT_NO_MEMORY : does(arena);
    lt_arena_free(arena);
    return result;
}

static void sweep(attempt *does, uint64_t least)
{
    static uint8_t whole[BYTES_MAX];
    bool failed = true;
    uint64_t nth = 1;
    assert_int_equal(once(does), LT_OK);
    const size_t size = bench.made_size;
    memcpy(whole, bench.made, size);
    for (; failed; nth++) {
        short_begin(nth, false);
        const enum lt_result result = once(does);
        failed = short_end();
        assert_int_equal(result, failed ? LT_NO_MEMORY : LT_OK);
        if (failed)
            continue;
        assert_int_equal(bench.made_size, size);
        assert_memory_equal(bench.made, whole, size);
    }
    assert_true(nth > least);
}

/* ---- Updates and persons ---- */

static enum lt_result seal_update(struct lt_arena *arena)
{
    struct lt_frame frame = sample_frame(LT_STREAM_REPORT, "28114");
    struct lt_key key;
    struct lt_secret secret;
    struct lt_hash id;
    uint8_t *bytes;
    size_t size;
    (void)arena;
    sample_key(0, &key, &secret);
    const enum lt_result result = lt_update_seal(&frame, bench.update.body, bench.update.personal,
                                                 &secret, &bytes, &size, &id);
    if (result == LT_OK)
        keep_own(bytes, size);
    return result;
}

static enum lt_result read_report(struct lt_arena *arena)
{
    Lienthong__ReportBody *body;
    const enum lt_result result = lt_report_read(&bench.update, arena, &body);
    if (result == LT_OK)
        assert_int_equal(body->n_changes, ROWS);
    return result;
}

static enum lt_result make_persons(struct lt_arena *arena)
{
    uint8_t salt[32] = {7}, *bytes;
    size_t size;
    struct lt_hash root;
    (void)arena;
    const enum lt_result result =
        lt_personal_make(bench.awards->person_list, ROWS, salt, &bytes, &size, &root);
    if (result == LT_OK) {
        keep_own(bytes, size);
        (void)keep(NULL, (struct lt_bytes){root.bytes, sizeof root.bytes});
    }
    return result;
}

static enum lt_result redact(struct lt_arena *arena)
{
    const uint8_t changes[ROWS] = {0, 1, 0, 1, 0};
    uint8_t *bytes;
    size_t size;
    const enum lt_result result =
        lt_update_redact(&bench.update, bench.body, changes, arena, &bytes, &size);
    if (result == LT_OK)
        keep_own(bytes, size);
    return result;
}

static enum lt_result redact_boxes(struct lt_arena *arena)
{
    const uint8_t changes[ROWS] = {1, 0, 0, 0, 1};
    uint8_t *bytes;
    size_t size;
    const enum lt_result result =
        lt_update_redact(&bench.closed, bench.closed_body, changes, arena, &bytes, &size);
    if (result == LT_OK)
        keep_own(bytes, size);
    return result;
}

static enum lt_result close_boxes(struct lt_arena *arena)
{
    struct lt_seal_key keys[2];
    uint8_t *bytes;
    size_t size;
    memset(keys, 0x5a, sizeof keys);
    const enum lt_result result = lt_update_close(&bench.update, bench.body, keys, 2, bench.key,
                                                  bench.nonce, arena, &bytes, &size);
    if (result == LT_OK)
        keep_own(bytes, size);
    return result;
}

static enum lt_result open_boxes(struct lt_arena *arena)
{
    Lienthong__Sealed *sealed;
    Lienthong__Personal *personal;
    enum lt_result result = lt_sealed_read(bench.closed.sealed, bench.closed_body, arena, &sealed);
    if (result == LT_OK)
        result = lt_sealed_open(sealed, &bench.closed.frame.body_hash, bench.key, arena, &personal);
    for (size_t i = 0; result == LT_OK && i < personal->n_rows; i++)
        (void)keep(
            NULL, (struct lt_bytes){personal->rows[i]->person.data, personal->rows[i]->person.len});
    return result;
}

static void an_update_is_whole_or_not_made(void **state)
{
    (void)state;
    sweep(seal_update, 2);
    sweep(read_report, 2);
    sweep(make_persons, 5);
    sweep(redact, 3);
    sweep(close_boxes, 3);
    sweep(open_boxes, 2);
    sweep(redact_boxes, 3);
}

/* ---- Small arenas ---- */

/* The same when the arena has too little: what is there comes to be by the budget alone. */
static void a_budget_that_is_too_small_is_too_small(void **state)
{
    (void)state;
    static attempt *const attempts[] = {redact, redact_boxes, close_boxes, open_boxes};
    for (size_t i = 0; i < SAMPLE_COUNT(attempts); i++) {
        size_t refused = 0;
        enum lt_result result = LT_NO_MEMORY;
        for (size_t budget = 0; result != LT_OK; budget += 64) {
            struct lt_arena *arena = lt_arena_new(budget);
            assert_true(arena != NULL && budget < LT_UNPACK_BYTES_MAX);
            bench.made_size = 0;
            result = attempts[i](arena);
            lt_arena_free(arena);
            assert_true(result == LT_OK || result == LT_TOO_LARGE || result == LT_NO_MEMORY);
            assert_int_equal(bench.made_size > 0, result == LT_OK);
            refused += result != LT_OK;
        }
        assert_true(refused > 5);
    }
}

/* ---- Receipts, messages, actions ---- */

static enum lt_result seal_receipt(struct lt_arena *arena)
{
    const struct lt_statement statement = sample_statement();
    struct lt_key key;
    struct lt_secret secret;
    uint8_t *bytes;
    size_t size;
    (void)arena;
    sample_key(0x20, &key, &secret);
    const enum lt_result result = lt_receipt_seal(&statement, &secret, &bytes, &size);
    if (result == LT_OK)
        keep_own(bytes, size);
    return result;
}

static enum lt_result open_receipt(struct lt_arena *arena)
{
    struct lt_statement statement;
    (void)arena;
    const enum lt_result result = lt_receipt_open(bench.receipt, &statement);
    if (result == LT_OK)
        (void)keep(NULL, (struct lt_bytes){statement.tips[1].bytes, 32});
    return result;
}

static enum lt_result act(struct lt_actions *actions)
{
    struct lt_actions more = {0};
    Lienthong__Tips tips = LIENTHONG__TIPS__INIT;
    bool good = true;
    tips.last = true;
    enum lt_result result = LT_OK;
    for (uint32_t i = 0; i < 10 && good && result == LT_OK; i++) { /* more than the first room */
        result = lt_actions_send(actions, i, LT_MSG_TIPS, 7, &tips.base);
        good = result == LT_OK && lt_actions_send_update(&more, i, 7, i + 1) &&
               lt_actions_add_bytes(&more, LT_DO_STORE, i, 7, (struct lt_bytes){NULL, 0}) &&
               lt_actions_add_bytes(&more, LT_DO_STORE, i, 7, bench.receipt);
    }
    good = good && lt_actions_join(actions, &more);
    lt_actions_clear(&more);
    return result != LT_OK ? result : good ? LT_OK : LT_NO_MEMORY;
}

static enum lt_result say_and_do(struct lt_arena *arena)
{
    struct lt_actions actions = {0};
    (void)arena;
    const enum lt_result result = act(&actions);
    for (size_t i = 0; result == LT_OK && i < actions.count; i++)
        (void)keep(NULL, (struct lt_bytes){actions.items[i].bytes, actions.items[i].size});
    lt_actions_clear(&actions);
    return result;
}

static void what_is_said_is_whole_or_not_said(void **state)
{
    (void)state;
    sweep(seal_receipt, 2);
    sweep(open_receipt, 3);
    sweep(say_and_do, 40);
}

/* ---- Proofs ---- */

static enum lt_result write_proof(struct lt_arena *arena)
{
    struct lt_key key;
    struct lt_secret secret;
    Lienthong__Chain chain = LIENTHONG__CHAIN__INIT;
    Lienthong__ChainTips tips = LIENTHONG__CHAIN_TIPS__INIT;
    Lienthong__ProofChain told = LIENTHONG__PROOF_CHAIN__INIT;
    (void)arena;
    struct lt_proof_writer *writer = lt_proof_writer_new(keep, NULL);
    if (writer == NULL)
        return LT_NO_MEMORY;
    sample_key(0, &key, &secret);
    chain.stream = LIENTHONG__STREAM__STREAM_REPORT;
    chain.unit = bench.body->units[1];
    tips.chain = &chain;
    told.tips = &tips;
    enum lt_result result = lt_proof_write_chain(writer, &told);
    if (result == LT_OK)
        result = lt_proof_write_update(writer, &bench.update, bench.update_bytes, false);
    if (result == LT_OK)
        result = lt_proof_write_seal(writer, &secret);
    lt_proof_writer_free(writer);
    return result;
}

static void a_writer_gives_the_same_file_or_none(void **state)
{
    (void)state;
    sweep(write_proof, 2);
}

/* ---- Who counts among many versions ---- */

static bool never(void *context, const struct lt_hash *older, const struct lt_hash *newer)
{
    (void)context;
    (void)older;
    (void)newer;
    return false;
}

/* Without memory for an order of its own the winner is found all the same. */
static void a_winner_needs_no_memory(void **state)
{
    (void)state;
    enum { VERSIONS = 200 };
    static struct lt_version versions[VERSIONS];
    for (uint32_t i = 0; i < VERSIONS; i++)
        versions[i] = (struct lt_version){.stamp = {.seq = 1 + i * 37 % VERSIONS, .index = i},
                                          .import = 1 + i % 3,
                                          .row = i % 7,
                                          .counts = i % 5 != 0,
                                          .op = LIENTHONG__OP__OP_PUT};
    const struct lt_winner wanted = lt_record_winner(versions, VERSIONS, never, NULL);
    assert_true(wanted.found);
    bool failed = true;
    for (uint64_t nth = 1; failed; nth++) {
        short_begin(nth, true);
        const struct lt_winner winner = lt_record_winner(versions, VERSIONS, never, NULL);
        failed = short_end();
        assert_int_equal(winner.version, wanted.version);
        assert_int_equal(winner.contested, wanted.contested);
    }
}

static int begin(void **state)
{
    uint8_t *bytes;
    size_t size;
    (void)state;
    memset(bench.key, 3, sizeof bench.key);
    memset(bench.nonce, 5, sizeof bench.nonce);
    bench.awards = sample_awards_new(ROWS);
    bench.update_bytes = sample_awards_update(ROWS);
    bench.receipt = sample_receipt();
    bench.arena = lt_arena_new(4 * LT_UNPACK_BYTES_MAX);
    assert_int_equal(lt_update_open(bench.update_bytes, &bench.update), LT_OK);
    assert_int_equal(lt_report_read(&bench.update, bench.arena, &bench.body), LT_OK);
    assert_int_equal(lt_update_close(&bench.update, bench.body, NULL, 0, bench.key, bench.nonce,
                                     bench.arena, &bytes, &size),
                     LT_OK);
    bench.closed_bytes = (struct lt_bytes){bytes, size};
    assert_int_equal(lt_update_open(bench.closed_bytes, &bench.closed), LT_OK);
    assert_int_equal(lt_report_read(&bench.closed, bench.arena, &bench.closed_body), LT_OK);
    return 0;
}

static int end(void **state)
{
    (void)state;
    sample_free(bench.update_bytes);
    sample_free(bench.closed_bytes);
    sample_free(bench.receipt);
    sample_awards_free(bench.awards);
    lt_arena_free(bench.arena);
    return 0;
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_update_is_whole_or_not_made),
        cmocka_unit_test(a_budget_that_is_too_small_is_too_small),
        cmocka_unit_test(what_is_said_is_whole_or_not_said),
        cmocka_unit_test(a_writer_gives_the_same_file_or_none),
        cmocka_unit_test(a_winner_needs_no_memory),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
