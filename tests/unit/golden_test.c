/* golden_test.c - what release 0.1.0 said is understood for ever.
 *
 * The golden set of a release (tests/data/golden/…-0.1.0.*) holds exact bytes: one of each message of the
 * conversation, a province's directives, reports and receipts, and two bundles. This test replays them alone: each
 * is opened, verified, decoded, judged and counted, and what comes out is compared to the text that was stored
 * beside them. How they were made (golden_story.h) plays no part in it.
 *
 * LT_WRITE_GOLDEN=1 writes the set anew. That is allowed until 0.1.0 is released, and NEVER AGAIN afterwards: then
 * `writing` below has to go, golden_story.h is what makes the next release's set under the next release's name, and
 * a test as this one replays both. The bytes (.bin, .ltb) of a release never change. Its texts change only where
 * rules of a new version (LT_RULES_VERSION) count otherwise on purpose, in the commit that brings them, each line
 * looked at; decoding (messages, frames, bodies) never. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "agent/bundle.h"
#include "hub/audit.h"
#include "hub/figures.h"
#include "hub/store.h"
#include "proto/standing.h"
#include "tests/unit/golden_story.h"
#include "tests/unit/golden_text.h"
#include "tests/unit/samples.h"

#define GOLDEN LT_TEST_DATA "/golden/"

enum { PIECES_MAX = 64 };

/* A file of pieces: one byte for what it is ('m'essage, 'u'pdate, 'r'eceipt), four for its size, its bytes. */
struct pieces {
    uint8_t *bytes;
    size_t size, count;
    struct {
        char type;
        struct lt_bytes content;
    } items[PIECES_MAX];
};

static bool writing(void)
{
    const char *wanted = getenv("LT_WRITE_GOLDEN");
    return wanted != NULL && strcmp(wanted, "1") == 0;
}

/* ---- Files ---- */

static void put_piece(FILE *file, char type, struct lt_bytes content)
{
    const uint8_t head[5] = {(uint8_t)type, (uint8_t)(content.size >> 24),
                             (uint8_t)(content.size >> 16), (uint8_t)(content.size >> 8),
                             (uint8_t)content.size};
    assert_int_equal(fwrite(head, 1, sizeof head, file), sizeof head);
    assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
}

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        fail_msg("%s cannot be written", path);
    return file;
}

static uint8_t *read_whole(const char *path, size_t *ret_size)
{
    enum { MOST = 256 * 1024 };
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s is missing", path);
    uint8_t *bytes = malloc(MOST);
    assert_non_null(bytes);
    *ret_size = fread(bytes, 1, MOST - 1, file);
    assert_int_equal(fclose(file), 0);
    bytes[*ret_size] = '\0';
    return bytes;
}

static void read_pieces(const char *path, struct pieces *pieces)
{
    memset(pieces, 0, sizeof *pieces);
    pieces->bytes = read_whole(path, &pieces->size);
    for (size_t at = 0; at < pieces->size;) {
        const uint8_t *head = pieces->bytes + at;
        const size_t size =
            (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | (size_t)head[4];
        assert_true(pieces->size - at - 5 >= size && pieces->count < PIECES_MAX);
        pieces->items[pieces->count].type = (char)head[0];
        pieces->items[pieces->count++].content = (struct lt_bytes){head + 5, size};
        at += 5 + size;
    }
}

/* What was told now is what is stored beside it. The first line that differs is shown. */
static void compare_text(const char *path, char *text, size_t size)
{
    size_t stored_size;
    if (writing()) {
        FILE *file = create(path);
        assert_int_equal(fwrite(text, 1, size, file), size);
        assert_int_equal(fclose(file), 0);
    }
    char *stored = (char *)read_whole(path, &stored_size), *left = stored, *right = text;
    for (size_t line = 1; *left != '\0' || *right != '\0'; line++) {
        const size_t was = strcspn(left, "\n"), is = strcspn(right, "\n");
        if (was != is || memcmp(left, right, was) != 0)
            fail_msg("%s:%zu: was \"%.*s\", is \"%.*s\"", path, line, (int)was, left, (int)is,
                     right);
        left += was + (left[was] == '\n');
        right += is + (right[is] == '\n');
    }
    free(stored);
    free(text);
}

/* ---- Making, until the release ---- */

static void put_message(FILE *file, enum lt_message_type type, const ProtobufCMessage *message)
{
    uint8_t *bytes;
    size_t size;
    assert_int_equal(lt_message_pack(type, UINT64_C(0x0102030405060708), message, &bytes, &size),
                     LT_OK);
    put_piece(file, 'm', (struct lt_bytes){bytes, size});
    free(bytes);
}

struct talk {
    Lienthong__Unit unit, hub;
    Lienthong__Chain chain;
    Lienthong__ChainTips tips, *tips_list[1];
    uint8_t hash[32], instance[16], curve[32];
    ProtobufCBinaryData hashes[1];
    Lienthong__Receipt receipt, *receipts[1];
    char *endpoints[1];
};

static void talk_begin(struct talk *talk, struct lt_bytes receipt)
{
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
    Lienthong__Receipt *read = lienthong__receipt__unpack(NULL, receipt.size, receipt.data);
    assert_non_null(read);
    talk->receipts[0] = read;
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
    welcome.ready = welcome.differ = true;
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
}

static void make_rest(FILE *file, struct talk *talk)
{
    Lienthong__Report report;
    Lienthong__Refused refused;
    Lienthong__Join join;
    Lienthong__Joined joined;
    struct lt_key key;
    struct lt_secret secret;
    uint8_t proof[64];
    lienthong__report__init(&report);
    lienthong__refused__init(&refused);
    lienthong__join__init(&join);
    lienthong__joined__init(&joined);
    report.backlog_updates = 3;
    report.backlog_drafts = 500;
    report.oldest_unsent_at = 1612000000;
    report.disk_free_bytes = UINT64_C(123456789012);
    report.wall_time = 1612345678;
    report.software = sample_text("lienthong 0.1.0");
    report.contested = 1;
    report.refused = 2;
    put_message(file, LT_MSG_REPORT, &report.base);
    put_message(file, LT_MSG_READY, NULL);
    refused.update = talk->hashes[0];
    refused.chain = &talk->chain;
    refused.reason = LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN;
    refused.missing = talk->hashes;
    refused.n_missing = 1;
    refused.text = sample_text("its parents are missing");
    put_message(file, LT_MSG_REFUSED, &refused.base);
    sample_key(0, &key, &secret);
    join.secret = sample_span(talk->instance, 16);
    join.role = LIENTHONG__ROLE__ROLE_AGENT;
    join.key = sample_span(key.bytes, 32);
    join.curve_key = sample_span(talk->curve, 32);
    join.instance = sample_span(talk->instance, 16);
    assert_int_equal(lt_join_sign(&join, &secret, proof), LT_OK);
    put_message(file, LT_MSG_JOIN, &join.base);
    joined.accepted = true;
    joined.unit = &talk->unit;
    joined.hub = joined.top = &talk->hub;
    joined.root_key = sample_span(key.bytes, 32);
    joined.endpoints = talk->endpoints;
    joined.n_endpoints = 1;
    put_message(file, LT_MSG_JOINED, &joined.base);
}

static void make_messages(struct lt_bytes update, struct lt_bytes receipt)
{
    FILE *file = create(GOLDEN "messages-0.1.0.bin");
    struct talk talk;
    uint8_t whole[8192];
    talk_begin(&talk, receipt);
    make_greetings(file, &talk);
    assert_true(LT_HEADER_BYTES + update.size <= sizeof whole);
    lt_header_write(LT_MSG_UPDATE, UINT64_C(0x0102030405060708), whole);
    memcpy(whole + LT_HEADER_BYTES, update.data, update.size);
    put_piece(file, 'm', (struct lt_bytes){whole, LT_HEADER_BYTES + update.size});
    make_rest(file, &talk);
    lienthong__receipt__free_unpacked(talk.receipts[0], NULL);
    assert_int_equal(fclose(file), 0);
}

static void bundle_keys(struct lt_keys *ret_keys)
{
    memset(ret_keys, 0, sizeof *ret_keys);
    memset(ret_keys->curve_secret, 7, sizeof ret_keys->curve_secret);
    crypto_scalarmult_base(ret_keys->curve_public, ret_keys->curve_secret);
}

/* Up: the reports of 28162; down: the directives and receipts. */
static void make_bundle(const struct story *story, const char *path, bool up)
{
    const struct lt_bundle_maker maker = {.unit = world_unit_of(up ? "28162" : "807"),
                                          .role = up ? LIENTHONG__ROLE__ROLE_AGENT
                                                     : LIENTHONG__ROLE__ROLE_HUB,
                                          .instance = {{1, 2, 3}}};
    struct lt_bundle_writer *writer;
    struct lt_keys keys;
    char reason[LT_BUNDLE_REASON_MAX];
    uint64_t size;
    bundle_keys(&keys);
    assert_int_equal(lt_bundle_create(path, true, (const uint8_t(*)[32])keys.curve_public, 1,
                                      &maker, &writer, reason),
                     LT_OK);
    for (size_t i = 0; i < story->update_count; i++) {
        const struct signed_update *update = &story->updates[i];
        const struct lt_chain *chain = &update->arrival.update.frame.chain;
        if (up ? strcmp(chain->unit.code, "28162") == 0 : chain->stream == LT_STREAM_DIRECTIVE)
            lt_bundle_put_update(writer, (struct lt_bytes){update->bytes, update->size});
    }
    for (size_t i = 0; i < story->receipt_count && !up; i++)
        lt_bundle_put_receipt(writer,
                              (struct lt_bytes){story->receipts[i].bytes, story->receipts[i].size});
    assert_int_equal(lt_bundle_finish(writer, true, &size, reason), LT_OK);
}

static void the_set_is_written_until_the_release(void **state)
{
    static struct story story;
    (void)state;
    if (!writing())
        return;
    story_make(&story);
    FILE *file = create(GOLDEN "story-0.1.0.bin");
    for (size_t i = 0; i < story.update_count; i++)
        put_piece(file, 'u', (struct lt_bytes){story.updates[i].bytes, story.updates[i].size});
    for (size_t i = 0; i < story.receipt_count; i++)
        put_piece(file, 'r', (struct lt_bytes){story.receipts[i].bytes, story.receipts[i].size});
    assert_int_equal(fclose(file), 0);
    make_messages((struct lt_bytes){story.updates[4].bytes, story.updates[4].size},
                  (struct lt_bytes){story.receipts[0].bytes, story.receipts[0].size});
    make_bundle(&story, GOLDEN "bundle-up-0.1.0.ltb", true);
    make_bundle(&story, GOLDEN "bundle-down-0.1.0.ltb", false);
    story_free(&story);
}

/* ---- Telling ---- */

static void tell_hash(FILE *out, const char *name, const struct lt_hash *hash)
{
    fprintf(out, "  %s ", name);
    golden_hex(out, hash->bytes, 32);
    fputc('\n', out);
}

static void tell_chain(FILE *out, const struct lt_chain *chain)
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&chain->unit, unit);
    fprintf(out, "%s %s", chain->stream == LT_STREAM_REPORT ? "reports" : "directives", unit);
}

static void tell_persons(FILE *out, const struct lt_update *update,
                         const Lienthong__ReportBody *body, struct lt_arena *arena)
{
    Lienthong__Personal *personal;
    assert_int_equal(lt_personal_read(update->personal, body, arena, &personal), LT_OK);
    for (uint32_t i = 0; i < body->n_changes; i++) {
        const Lienthong__Person *person = lt_personal_find(personal, i, arena);
        if (person != NULL) {
            fprintf(out, "  person of change %u\n", i);
            golden_message(out, &person->base, 2);
        }
    }
}

static void tell_update(FILE *out, struct lt_bytes bytes)
{
    struct lt_update update;
    struct lt_arena *arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    Lienthong__ReportBody *report = NULL;
    Lienthong__DirectiveBody *directive = NULL;
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    assert_int_equal(lt_update_verify(&update), LT_OK);
    const struct lt_frame *frame = &update.frame;
    const bool reports = frame->chain.stream == LT_STREAM_REPORT;
    fputs("update of ", out);
    tell_chain(out, &frame->chain);
    fprintf(out, ", seq %llu, body version %u\n", (unsigned long long)frame->seq,
            frame->body_version);
    tell_hash(out, "identity", &update.id);
    tell_hash(out, "body", &frame->body_hash);
    for (uint32_t i = 0; i < frame->parent_count; i++)
        tell_hash(out, "parent", &frame->parents[i]);
    const enum lt_result result = reports ? lt_report_read(&update, arena, &report)
                                          : lt_directive_read(&update, arena, &directive);
    if (frame->body_version == STORY_BODY_TO_COME) {
        assert_int_equal(result, LT_VERSION);
        fputs("  cannot be read\n", out);
    } else {
        assert_int_equal(result, LT_OK);
        golden_message(out, reports ? &report->base : &directive->base, 1);
    }
    if (report != NULL && update.personal.size > 0)
        tell_persons(out, &update, report, arena);
    lt_arena_free(arena);
}

static void tell_receipt(FILE *out, struct lt_bytes bytes)
{
    struct lt_statement statement;
    char hub[LT_UNIT_TEXT_MAX];
    assert_int_equal(lt_receipt_open(bytes, &statement), LT_OK);
    lt_unit_format(&statement.hub, hub);
    fprintf(out, "receipt %llu of %s for ", (unsigned long long)statement.number, hub);
    tell_chain(out, &statement.chain);
    fprintf(out, ": %llu updates, %llu quarantined, %u keys%s, at %lld\n",
            (unsigned long long)statement.count, (unsigned long long)statement.quarantined,
            statement.key_count, statement.top ? ", counted" : "", (long long)statement.signed_at);
    for (uint32_t i = 0; i < statement.tip_count; i++)
        tell_hash(out, "tip", &statement.tips[i]);
    tell_hash(out, "quarantine", &statement.quarantine);
}

static const ProtobufCMessageDescriptor *descriptor_of(enum lt_message_type type)
{
    switch (type) {
    case LT_MSG_HELLO:
        return &lienthong__hello__descriptor;
    case LT_MSG_WELCOME:
        return &lienthong__welcome__descriptor;
    case LT_MSG_TIPS:
        return &lienthong__tips__descriptor;
    case LT_MSG_RECEIPTS:
        return &lienthong__receipts__descriptor;
    case LT_MSG_WANT:
        return &lienthong__want__descriptor;
    case LT_MSG_REPORT:
        return &lienthong__report__descriptor;
    case LT_MSG_REFUSED:
        return &lienthong__refused__descriptor;
    case LT_MSG_JOIN:
        return &lienthong__join__descriptor;
    case LT_MSG_JOINED:
        return &lienthong__joined__descriptor;
    case LT_MSG_UPDATE:
    case LT_MSG_READY:
        break;
    }
    return NULL;
}

/* ---- Replaying ---- */

static void messages_are_read(void **state)
{
    (void)state;
    struct pieces pieces;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    unsigned seen = 0;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    read_pieces(GOLDEN "messages-0.1.0.bin", &pieces);
    for (size_t i = 0; i < pieces.count; i++) {
        struct lt_message message;
        ProtobufCMessage *read;
        assert_int_equal(lt_message_open(pieces.items[i].content, &message), LT_OK);
        fprintf(out, "message %d, session %016llx\n", message.type,
                (unsigned long long)message.session);
        seen |= 1U << message.type;
        const ProtobufCMessageDescriptor *descriptor = descriptor_of(message.type);
        if (message.type == LT_MSG_UPDATE)
            tell_update(out, message.payload);
        if (descriptor == NULL)
            continue;
        lt_arena_reset(arena);
        assert_int_equal(lt_payload_read(message.payload, descriptor, arena, &read), LT_OK);
        golden_message(out, read, 1);
        if (message.type == LT_MSG_JOIN)
            assert_int_equal(lt_join_verify((const Lienthong__Join *)read), LT_OK);
    }
    assert_int_equal(seen, 0xffe); /* each of the eleven */
    assert_int_equal(fclose(out), 0);
    compare_text(GOLDEN "messages-0.1.0.txt", text, size);
    lt_arena_free(arena);
    free(pieces.bytes);
}

/* As a bundle holds it: in the order of the story. */
static void open_bundle(const char *path, const struct pieces *pieces, bool up)
{
    struct lt_keys keys;
    struct lt_bundle *bundle;
    struct lt_bundle_head head;
    struct lt_message message;
    char reason[LT_BUNDLE_REASON_MAX];
    size_t taken = 0;
    bundle_keys(&keys);
    assert_int_equal(lt_bundle_open(path, &keys, &bundle, &head, reason), LT_OK);
    assert_string_equal(head.maker.unit.code, up ? "28162" : "807");
    for (size_t i = 0; i < pieces->count; i++) {
        const struct lt_bytes content = pieces->items[i].content;
        struct lt_update update;
        if (pieces->items[i].type != 'u')
            continue;
        assert_int_equal(lt_update_open(content, &update), LT_OK);
        if (up ? strcmp(update.frame.chain.unit.code, "28162") != 0
               : update.frame.chain.stream != LT_STREAM_DIRECTIVE)
            continue;
        assert_int_equal(lt_bundle_next(bundle, &message), LT_OK);
        assert_int_equal(message.type, LT_MSG_UPDATE);
        assert_int_equal(message.payload.size, content.size);
        assert_memory_equal(message.payload.data, content.data, content.size);
        taken++;
    }
    assert_int_equal(head.updates, taken);
    assert_true(taken > 2);
    assert_true(up ? head.receipts == 0 : head.receipts > 2);
    lt_bundle_close(bundle);
}

static void bundles_are_opened(void **state)
{
    (void)state;
    struct pieces pieces;
    read_pieces(GOLDEN "story-0.1.0.bin", &pieces);
    open_bundle(GOLDEN "bundle-up-0.1.0.ltb", &pieces, true);
    open_bundle(GOLDEN "bundle-down-0.1.0.ltb", &pieces, false);
    free(pieces.bytes);
}

/* ---- What is made of it ---- */

/* All updates in order, or as they come from behind, each again until it is taken. */
static struct lt_ledger *replay(const struct world *world, const char *dir,
                                const struct pieces *pieces, bool backwards)
{
    struct lt_ledger *ledger = world_ledger(world, dir, 0);
    bool done[PIECES_MAX] = {false};
    size_t left = 0;
    for (size_t i = 0; i < pieces->count; i++)
        left += pieces->items[i].type == 'u';
    for (size_t round = 0; left > 0; round++) {
        assert_true(round <= pieces->count);
        for (size_t n = 0; n < pieces->count; n++) {
            const size_t i = backwards ? pieces->count - 1 - n : n;
            const struct lt_bytes content = pieces->items[i].content;
            struct signed_update update = {.size = content.size};
            if (done[i] || pieces->items[i].type != 'u')
                continue;
            update.bytes = malloc(content.size);
            assert_non_null(update.bytes);
            memcpy(update.bytes, content.data, content.size);
            const enum lt_result read = signed_read(&update);
            assert_true(read == LT_OK || read == LT_VERSION);
            done[i] = world_commit(ledger, &update) == LT_OK;
            assert_true(done[i] || backwards);
            left -= done[i];
            signed_free(&update);
        }
    }
    return ledger;
}

static void tell_counts(FILE *out, struct lt_ledger *ledger)
{
    struct lt_ledger_counts counts;
    struct lt_sync_store store;
    struct lt_chain chain, after;
    lt_ledger_counts(ledger, false, &counts);
    fprintf(out, "%llu updates, %llu records, %llu changes, %llu quarantined, %llu contested\n",
            (unsigned long long)counts.updates, (unsigned long long)counts.records,
            (unsigned long long)counts.changes, (unsigned long long)counts.quarantined,
            (unsigned long long)counts.contested);
    lt_ledger_sync_store(ledger, &store);
    bool more = store.next_chain(store.context, NULL, &chain);
    while (more) {
        struct lt_statement statement;
        assert_int_equal(lt_ledger_statement(ledger, &chain, &statement), LT_OK);
        tell_chain(out, &chain);
        fprintf(out, ": %llu updates, %u tips, %llu quarantined\n",
                (unsigned long long)statement.count, statement.tip_count,
                (unsigned long long)statement.quarantined);
        tell_hash(out, "quarantine", &statement.quarantine);
        after = chain;
        more = store.next_chain(store.context, &after, &chain);
    }
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* In no order of arrival. */
static void tell_verdicts(FILE *out, struct lt_ledger *ledger)
{
    struct lt_quarantined rows[64];
    char lines[64][128];
    const struct lt_at first = {0, 0};
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(ledger), false);
    assert_non_null(txn);
    const size_t count = lt_store_quarantined(txn, &first, rows, 64);
    for (size_t i = 0; i < count; i++) {
        struct lt_bytes bytes;
        struct lt_update update;
        char unit[LT_UNIT_TEXT_MAX];
        assert_true(lt_log_at(lt_store_log(txn), rows[i].at.position, &bytes));
        assert_int_equal(lt_update_open(bytes, &update), LT_OK);
        lt_unit_format(&update.frame.chain.unit, unit);
        (void)snprintf(
            lines[i], sizeof lines[i], "quarantined: %s, seq %llu, change %d, verdict %d\n", unit,
            (unsigned long long)update.frame.seq, (int)rows[i].at.index, (int)rows[i].verdict);
    }
    lt_store_abort(txn);
    qsort(lines, count, sizeof lines[0], compare_lines);
    for (size_t i = 0; i < count; i++)
        fputs(lines[i], out);
}

static void tell_standing(FILE *out, struct lt_ledger *ledger)
{
    const struct lt_book *book = lt_ledger_book(ledger);
    fprintf(out,
            "%zu units, %zu titles, %zu successions, %zu clusters, %zu movements, %zu obligations, "
            "%zu closings, %zu publications, %zu moves, %zu notices, body version %u\n",
            lt_book_place_count(book), lt_book_title_count(book), lt_book_succession_count(book),
            lt_book_cluster_count(book), lt_book_movement_count(book),
            lt_book_obligation_count(book), lt_book_closing_count(book),
            lt_book_publication_count(book), lt_book_move_count(book), lt_book_notice_count(book),
            lt_book_body_announced(book));
    for (size_t i = 0; i < lt_book_notice_count(book); i++)
        golden_string(out, lt_book_notice_at(book, i)->text);
    fputc('\n', out);
}

static void tell_figures(FILE *out, struct lt_ledger *ledger, const char *place, const char *year,
                         bool decided, const char *by)
{
    struct lt_figures_query query = {.decided = decided};
    struct lt_figures figures;
    char reason[400] = "";
    assert_int_equal(lt_figures_parse_year(year, &query, reason), LT_OK);
    assert_int_equal(lt_figures_parse_by(by, &query, reason), LT_OK);
    assert_int_equal(lt_figures_find_place(lt_ledger_book(ledger), place, &query, reason), LT_OK);
    assert_int_equal(lt_figures_ask(ledger, &query, &figures, reason), LT_OK);
    fprintf(out, "figures of %s, %s, by the year of %s, by %s\n", place, year,
            decided ? "decision" : "achievement", by);
    for (size_t i = 0; i < figures.count; i++) {
        fputs("  ", out);
        for (size_t j = 0; j < query.by_count; j++)
            fprintf(out, "%s,", figures.rows[i].values[j]);
        fprintf(out, " %lld records, %lld, %lld unconfirmed\n", (long long)figures.rows[i].count,
                (long long)figures.rows[i].quantity, (long long)figures.rows[i].unconfirmed);
    }
    lt_figures_clear(&figures);
}

static void tell_outcome(FILE *out, struct lt_ledger *ledger)
{
    static const char *const places[] = {"VN", "80", "807", "28165"};
    tell_counts(out, ledger);
    tell_verdicts(out, ledger);
    tell_standing(out, ledger);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        tell_figures(out, ledger, places[i], "2020", false,
                     "place,kind,code,level,type,recipient,category,sex,status");
        tell_figures(out, ledger, places[i], "2020", true,
                     "place,kind,code,recipient,status,month");
        tell_figures(out, ledger, places[i], "2015-2020", false, "kind,code,field,movement");
    }
}

/* The book that the updates alone make follows the receipts' keys to the root. */
static void check_receipts(struct lt_ledger *ledger, const struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++) {
        struct lt_statement statement;
        if (pieces->items[i].type != 'r')
            continue;
        assert_int_equal(lt_receipt_open(pieces->items[i].content, &statement), LT_OK);
        const struct lt_chain chain = {LT_STREAM_DIRECTIVE, statement.hub};
        assert_int_equal(lt_book_key(lt_ledger_book(ledger), &chain, &statement.key), LT_OK);
        assert_int_equal(lt_ledger_keep_receipts(ledger, &pieces->items[i].content, 1), LT_OK);
    }
}

static void audit(struct lt_ledger *ledger, const char *dir)
{
    struct lt_audit told;
    char reason[200], scratch[300];
    (void)snprintf(scratch, sizeof scratch, "%s/scratch", dir);
    assert_int_equal(lt_audit_run(ledger, scratch, NULL, NULL, &told, reason), LT_OK);
    if (!told.equal)
        fail_msg("%s", told.difference);
}

static void the_story_is_understood_judged_and_counted(void **state)
{
    (void)state;
    struct world world;
    struct pieces pieces;
    struct lt_ledger_counts counts[2];
    char *text, *behind;
    size_t size, behind_size;
    world_small(&world);
    read_pieces(GOLDEN "story-0.1.0.bin", &pieces);
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < pieces.count; i++) {
        if (pieces.items[i].type == 'u')
            tell_update(out, pieces.items[i].content);
        else
            tell_receipt(out, pieces.items[i].content);
    }
    assert_int_equal(fflush(out), 0);
    const size_t decoded = size;
    for (int backwards = 0; backwards < 2; backwards++) {
        char *dir = world_dir();
        struct lt_ledger *ledger = replay(&world, dir, &pieces, backwards == 1);
        FILE *into = backwards ? open_memstream(&behind, &behind_size) : out;
        tell_outcome(into, ledger);
        assert_int_equal(fclose(into), 0);
        lt_ledger_counts(ledger, true, &counts[backwards]);
        check_receipts(ledger, &pieces);
        audit(ledger, dir);
        lt_ledger_close(ledger);
        world_remove(dir);
    }
    assert_memory_equal(&counts[0].state, &counts[1].state, sizeof counts[0].state);
    assert_memory_equal(&counts[0].directives, &counts[1].directives, sizeof counts[0].directives);
    assert_string_equal(text + decoded, behind); /* from behind all the same */
    free(behind);
    compare_text(GOLDEN "story-0.1.0.txt", text, size);
    free(pieces.bytes);
    world_free(&world);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_set_is_written_until_the_release),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(bundles_are_opened),
        cmocka_unit_test(the_story_is_understood_judged_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
