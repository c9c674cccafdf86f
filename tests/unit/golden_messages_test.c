/* golden_messages_test.c - each message of the conversation, as release 0.1.0 said it, is read. See golden_file.h. */
#include "tests/unit/golden_tell.h"

#include "proto/life.h"
#include "proto/rules.h"
#include "tests/unit/samples.h"

#define GOLDEN_MESSAGES GOLDEN "messages-0.1.0.bin"

/* ---- Making ---- */

static void put_message(FILE *file, enum lt_message_type type, const ProtobufCMessage *message)
{
    uint8_t *bytes;
    size_t size;
    assert_int_equal(lt_message_pack(type, UINT64_C(0x0102030405060708), message, &bytes, &size),
                     LT_OK);
    golden_put(file, 'm', (struct lt_bytes){bytes, size});
    free(bytes);
}

struct talk {
    Lienthong__Unit unit, hub;
    Lienthong__Chain chain;
    Lienthong__ChainTips tips, *tips_list[1];
    uint8_t hash[32], instance[16], curve[32];
    ProtobufCBinaryData hashes[1];
    Lienthong__Receipt *receipts[1];
    char *endpoints[1];
    struct lt_key key;
    struct lt_secret secret;
};

static void talk_begin(struct talk *talk)
{
    const struct lt_bytes receipt = sample_receipt();
    lienthong__unit__init(&talk->unit);
    talk->unit.code = sample_text("28162");
    talk->unit.valid_from = 20270;
    lienthong__unit__init(&talk->hub);
    talk->hub.code = sample_text("807");
    lienthong__chain__init(&talk->chain);
    talk->chain.stream = LIENTHONG__STREAM__STREAM_REPORT;
    talk->chain.unit = &talk->unit;
    sample_bytes(0x30, talk->hash, 32);
    sample_bytes(0x50, talk->instance, 16);
    sample_bytes(0x70, talk->curve, 32);
    talk->hashes[0] = sample_span(talk->hash, 32);
    lienthong__chain_tips__init(&talk->tips);
    talk->tips.chain = &talk->chain;
    talk->tips.tips = talk->hashes;
    talk->tips.n_tips = 1;
    talk->tips_list[0] = &talk->tips;
    talk->endpoints[0] = sample_text("tcp://hub.example:7100");
    talk->receipts[0] = lienthong__receipt__unpack(NULL, receipt.size, receipt.data);
    assert_non_null(talk->receipts[0]);
    sample_key(0, &talk->key, &talk->secret);
    sample_free(receipt);
}

static void make_greetings(FILE *file, struct talk *talk)
{
    Lienthong__Hello hello;
    Lienthong__Welcome welcome;
    Lienthong__Tips tips;
    Lienthong__Receipts receipts;
    Lienthong__Want want;
    lienthong__hello__init(&hello);
    lienthong__welcome__init(&welcome);
    lienthong__tips__init(&tips);
    lienthong__receipts__init(&receipts);
    lienthong__want__init(&want);
    hello.unit = &talk->unit;
    hello.role = LIENTHONG__ROLE__ROLE_AGENT;
    hello.instance = sample_span(talk->instance, 16);
    hello.protocol = hello.body_version = 1;
    hello.software = sample_text("lienthong 0.1.0");
    hello.digest = talk->hashes[0];
    hello.receipts = talk->receipts;
    hello.n_receipts = 1;
    put_message(file, LT_MSG_HELLO, &hello.base);
    welcome.hub = &talk->hub;
    welcome.digest = talk->hashes[0];
    welcome.ready = welcome.differ = welcome.pieces = true;
    welcome.credit_bytes = LT_CREDIT_BYTES;
    welcome.protocol = welcome.body_version = 1;
    welcome.incarnation = sample_span(talk->instance, 16);
    welcome.wall_time = 1612345678;
    put_message(file, LT_MSG_WELCOME, &welcome.base);
    tips.chains = talk->tips_list;
    tips.n_chains = 1;
    tips.last = true;
    put_message(file, LT_MSG_TIPS, &tips.base);
    receipts.receipts = talk->receipts;
    receipts.n_receipts = 1;
    put_message(file, LT_MSG_RECEIPTS, &receipts.base);
    want.chain = &talk->chain;
    want.have = talk->hashes;
    want.n_have = 1;
    put_message(file, LT_MSG_WANT, &want.base);
    put_message(file, LT_MSG_READY, NULL);
}

static void make_update(FILE *file)
{
    const struct lt_bytes update = sample_awards_update(2);
    uint8_t *whole = malloc(LT_HEADER_BYTES + update.size);
    assert_non_null(whole);
    lt_header_write(LT_MSG_UPDATE, UINT64_C(0x0102030405060708), whole);
    memcpy(whole + LT_HEADER_BYTES, update.data, update.size);
    golden_put(file, 'm', (struct lt_bytes){whole, LT_HEADER_BYTES + update.size});
    free(whole);
    sample_free(update);
}

/* An agent's own sign of life, and that of another unit passed on. */
static void make_report(FILE *file, const struct talk *talk)
{
    Lienthong__Report report;
    static const char *const codes[2] = {"28162", "28201"};
    struct lt_life lives[2];
    struct lt_wire_life wires[2];
    Lienthong__Life *list[2];
    lienthong__report__init(&report);
    report.backlog_updates = 3;
    report.backlog_drafts = 500;
    report.oldest_unsent_at = 1612000000;
    report.disk_free_bytes = UINT64_C(123456789012);
    report.wall_time = 1612345678;
    report.software = sample_text("lienthong 0.1.0");
    report.contested = 1;
    report.refused = 2;
    report.release = 12;
    report.release_bad = 11;
    for (size_t i = 0; i < 2; i++) {
        const struct lt_hash tips[1] = {{{(uint8_t)(i + 1)}}};
        lives[i] =
            (struct lt_life){.key = talk->key, .signed_at = 1612345600, .updates = 7 + 100 * i};
        assert_int_equal(lt_unit_make(codes[i], i == 0 ? 20270 : 0, &lives[i].unit), LT_OK);
        lt_life_tips(tips, 1, &lives[i].tips);
        lt_life_sign(&lives[i], &talk->secret);
        lt_life_to_wire(&lives[i], &wires[i]);
        list[i] = &wires[i].life;
    }
    report.lives = list;
    report.n_lives = 2;
    put_message(file, LT_MSG_REPORT, &report.base);
}

/* Of a release's file: its end, and what is not here. */
static void make_pieces(FILE *file, struct talk *talk)
{
    Lienthong__WantPiece want;
    Lienthong__Piece piece;
    lienthong__want_piece__init(&want);
    lienthong__piece__init(&piece);
    want.hash = piece.hash = talk->hashes[0];
    want.offset = piece.offset = LT_PIECE_BYTES_MAX;
    put_message(file, LT_MSG_WANT_PIECE, &want.base);
    piece.bytes = sample_span(talk->curve, 32);
    piece.last = true;
    put_message(file, LT_MSG_PIECE, &piece.base);
    lienthong__piece__init(&piece);
    piece.hash = talk->hashes[0];
    put_message(file, LT_MSG_PIECE, &piece.base);
}

/* For each reason: of one update, or of all that the sender says for an hour. */
static void make_refusals(FILE *file, struct talk *talk)
{
    for (int reason = 1; reason <= LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA; reason++) {
        Lienthong__Refused refused;
        lienthong__refused__init(&refused);
        refused.reason = (Lienthong__RefusalReason)reason;
        refused.text = sample_text("why");
        if (reason == LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA) {
            refused.retry_after_s = 3600;
        } else {
            refused.update = talk->hashes[0];
            refused.chain = &talk->chain;
        }
        if (reason == LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN) {
            refused.missing = talk->hashes;
            refused.n_missing = 1;
        }
        put_message(file, LT_MSG_REFUSED, &refused.base);
    }
}

/* By the code of an invitation; and for a key in the place of another. */
static void make_joins(FILE *file, struct talk *talk)
{
    Lienthong__Join join;
    struct lt_key previous;
    struct lt_secret former;
    struct lt_rotation rotation = {.role = LIENTHONG__ROLE__ROLE_AGENT, .key = talk->key};
    struct lt_signature signature;
    uint8_t proof[64], none[16] = {0};
    lienthong__join__init(&join);
    join.secret = sample_span(talk->instance, 16);
    join.role = LIENTHONG__ROLE__ROLE_AGENT;
    join.key = sample_span(talk->key.bytes, 32);
    join.curve_key = sample_span(talk->curve, 32);
    join.instance = sample_span(talk->instance, 16);
    assert_int_equal(lt_join_sign(&join, &talk->secret, proof), LT_OK);
    put_message(file, LT_MSG_JOIN, &join.base);
    sample_key(0x40, &previous, &former);
    assert_int_equal(lt_unit_make(talk->unit.code, talk->unit.valid_from, &rotation.unit), LT_OK);
    memcpy(rotation.curve_key, talk->curve, 32);
    lt_rotation_sign(&rotation, &former, &signature);
    join.secret = sample_span(none, 16);
    join.unit = &talk->unit;
    join.previous_key = sample_span(previous.bytes, 32);
    join.previous_signature = sample_span(signature.bytes, 64);
    join.cut = talk->hashes;
    join.n_cut = 1;
    assert_int_equal(lt_join_sign(&join, &talk->secret, proof), LT_OK);
    put_message(file, LT_MSG_JOIN, &join.base);
}

static void make_answers(FILE *file, struct talk *talk)
{
    Lienthong__Joined joined;
    lienthong__joined__init(&joined);
    joined.accepted = true;
    joined.unit = &talk->unit;
    joined.hub = joined.top = &talk->hub;
    joined.root_key = sample_span(talk->key.bytes, 32);
    joined.recovery_key = sample_span(talk->hash, 32);
    joined.endpoints = talk->endpoints;
    joined.n_endpoints = 1;
    put_message(file, LT_MSG_JOINED, &joined.base);
    lienthong__joined__init(&joined);
    joined.pending = true;
    joined.text = sample_text("chờ duyệt\nXXXXX-XXXXX");
    put_message(file, LT_MSG_JOINED, &joined.base);
}

static void they_are_made_alike(void **state)
{
    struct talk talk;
    char *made;
    size_t size;
    (void)state;
    FILE *file = open_memstream(&made, &size);
    talk_begin(&talk);
    make_greetings(file, &talk);
    make_update(file);
    make_report(file, &talk);
    make_refusals(file, &talk);
    make_joins(file, &talk);
    make_answers(file, &talk);
    make_pieces(file, &talk);
    lienthong__receipt__free_unpacked(talk.receipts[0], NULL);
    assert_int_equal(fclose(file), 0);
    golden_settle(GOLDEN_MESSAGES, (struct lt_bytes){(const uint8_t *)made, size});
    free(made);
}

/* ---- Reading ---- */

static void check_join(const Lienthong__Join *join)
{
    struct lt_rotation rotation = {.role = join->role};
    struct lt_key previous;
    struct lt_signature signature;
    assert_int_equal(lt_join_verify(join), LT_OK);
    if (join->unit == NULL)
        return;
    assert_int_equal(lt_unit_make(join->unit->code, join->unit->valid_from, &rotation.unit), LT_OK);
    memcpy(rotation.key.bytes, join->key.data, 32);
    memcpy(rotation.curve_key, join->curve_key.data, 32);
    memcpy(previous.bytes, join->previous_key.data, 32);
    memcpy(signature.bytes, join->previous_signature.data, 64);
    assert_true(lt_rotation_verify(&rotation, &previous, &signature));
}

static void check_report(const Lienthong__Report *report)
{
    assert_int_equal(report->n_lives, 2);
    for (size_t i = 0; i < report->n_lives; i++) {
        struct lt_life life;
        assert_int_equal(lt_life_from_wire(report->lives[i], &life), LT_OK);
        assert_int_equal(lt_life_verify(&life), LT_OK);
    }
}

static void check_signatures(enum lt_message_type type, const ProtobufCMessage *message)
{
    if (type == LT_MSG_JOIN)
        check_join((const Lienthong__Join *)message);
    if (type == LT_MSG_REPORT)
        check_report((const Lienthong__Report *)message);
}

static void they_are_read(void **state)
{
    struct golden_pieces pieces;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    unsigned seen = 0;
    char *text;
    size_t size;
    (void)state;
    FILE *out = open_memstream(&text, &size);
    golden_read_pieces(GOLDEN_MESSAGES, &pieces);
    for (size_t i = 0; i < pieces.count; i++) {
        struct lt_message message;
        ProtobufCMessage *read;
        assert_int_equal(lt_message_open(pieces.items[i].content, &message), LT_OK);
        fprintf(out, "message %d, session %016llx\n", message.type,
                (unsigned long long)message.session);
        seen |= 1U << message.type;
        const ProtobufCMessageDescriptor *descriptor = golden_payload(message.type);
        if (message.type == LT_MSG_UPDATE)
            tell_update(out, message.payload);
        if (message.type == LT_MSG_UPDATE || descriptor == NULL)
            continue;
        lt_arena_reset(arena);
        assert_int_equal(lt_payload_read(message.payload, descriptor, arena, &read), LT_OK);
        golden_message(out, read, 1);
        check_signatures(message.type, read);
    }
    assert_int_equal(seen, 0x3ffe); /* each of the thirteen */
    assert_int_equal(fclose(out), 0);
    golden_settle_text(GOLDEN "messages-0.1.0.txt", text, size);
    lt_arena_free(arena);
    golden_free(pieces.whole);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_made_alike),
        cmocka_unit_test(they_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
