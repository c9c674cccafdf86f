/* Sizes and counts one below, at, and one above each limit: of frames, updates, persons, boxes, receipts, messages, codes;
 * and what is not whole enough to be made or read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/personal_own.h"
#include "proto/shape.h"
#include "proto/sync_scope.h"
#include "tests/unit/samples_kinds.h"
#include "tests/unit/samples_directive.h"

static uint8_t large[LT_UPDATE_BYTES_MAX + 4096];

/* ---- Frames ---- */

struct buffer {
    uint8_t bytes[8192];
    size_t size;
};

static void put_number(struct buffer *buffer, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        buffer->bytes[buffer->size++] = (uint8_t)(value | 0x80);
    buffer->bytes[buffer->size++] = (uint8_t)value;
}

static void put_field(struct buffer *buffer, unsigned field, uint64_t value)
{
    put_number(buffer, (uint64_t)field << 3);
    put_number(buffer, value);
}

static void put_bytes(struct buffer *buffer, unsigned field, const void *bytes, size_t size)
{
    put_number(buffer, (uint64_t)field << 3 | 2);
    put_number(buffer, size);
    assert_true(buffer->size + size <= sizeof buffer->bytes);
    memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
}

/* A frame of seq 2 with so many parents, `tail` behind its body version, around an empty body. */
static enum lt_result open_frame(size_t parents, uint64_t body_version, bool version_as_bytes)
{
    static const uint8_t chain[] = {8, 1, 0x12, 4, 0x0a, 2, '8', '0'};
    static struct buffer frame, whole;
    struct lt_update update;
    struct lt_hash hash = {{0}};
    frame.size = whole.size = 0;
    put_bytes(&frame, 1, chain, sizeof chain);
    put_field(&frame, 2, 2);
    for (size_t i = 0; i < parents; i++) {
        hash.bytes[0] = (uint8_t)(i >> 8);
        hash.bytes[1] = (uint8_t)i;
        put_bytes(&frame, 3, hash.bytes, sizeof hash.bytes);
    }
    put_bytes(&frame, 4, large, 32);
    put_bytes(&frame, 5, large, 16);
    if (version_as_bytes)
        put_bytes(&frame, 6, "\1", 1);
    else
        put_field(&frame, 6, body_version);
    lt_hash_of(NULL, 0, &hash);
    put_bytes(&frame, 7, hash.bytes, sizeof hash.bytes);
    put_bytes(&whole, 1, frame.bytes, frame.size);
    put_bytes(&whole, 2, large, 64);
    return lt_update_open((struct lt_bytes){whole.bytes, whole.size}, &update);
}

static void frames(void **state)
{
    (void)state;
    assert_int_equal(open_frame(1, 1, false), LT_OK);
    assert_int_equal(open_frame(LT_PARENTS_MAX, 1, false), LT_OK);
    assert_int_equal(open_frame(LT_PARENTS_MAX + 1, 1, false), LT_TOO_LARGE);
    assert_int_equal(open_frame(LT_FRAME_BYTES_MAX / 34 + 1, 1, false), LT_TOO_LARGE);
    assert_int_equal(open_frame(1, UINT32_MAX, false), LT_OK);
    assert_int_equal(open_frame(1, (uint64_t)UINT32_MAX + 1, false), LT_MALFORMED);
    assert_int_equal(open_frame(1, 0, false), LT_MALFORMED);
    assert_int_equal(open_frame(1, 1, true), LT_MALFORMED);
}

/* ---- Updates ---- */

static enum lt_result seal(struct lt_frame frame, size_t body_size, size_t personal_size)
{
    struct lt_key key;
    struct lt_secret secret;
    struct lt_hash id = {{0}};
    uint8_t *bytes = NULL;
    size_t size = 0;
    sample_key(0, &key, &secret);
    const enum lt_result result =
        lt_update_seal(&frame, (struct lt_bytes){large, body_size},
                       (struct lt_bytes){large, personal_size}, &secret, &bytes, &size, &id);
    assert_true((bytes != NULL) == (result == LT_OK));
    if (result == LT_OK) {
        struct lt_update update;
        assert_true(size <= LT_UPDATE_BYTES_MAX);
        assert_int_equal(lt_update_open((struct lt_bytes){bytes, size}, &update), LT_OK);
    }
    free(bytes);
    return result;
}

static void updates_are_sealed_up_to_the_last_byte(void **state)
{
    (void)state;
    const struct lt_frame frame = sample_frame(LT_STREAM_REPORT, "80");
    size_t fits = 0, not = LT_UPDATE_BYTES_MAX;
    while (not -fits > 1) {
        const size_t middle = fits + (not -fits) / 2;
        *(seal(frame, middle, 0) == LT_OK ? &fits : &not ) = middle;
    }
    assert_true(fits > LT_UPDATE_BYTES_MAX - 400);
    assert_int_equal(seal(frame, fits, 0), LT_OK);
    assert_int_equal(seal(frame, fits + 1, 0), LT_TOO_LARGE);
    assert_int_equal(seal(frame, 0, fits), LT_OK);
    assert_int_equal(seal(frame, 0, fits + 1), LT_TOO_LARGE);
    assert_int_equal(seal(frame, LT_UPDATE_BYTES_MAX + 1, 0), LT_TOO_LARGE);
    assert_int_equal(seal(frame, 0, LT_UPDATE_BYTES_MAX + 1), LT_TOO_LARGE);
    struct lt_frame bent = frame;
    bent.chain.stream = (enum lt_stream)3;
    assert_int_equal(seal(bent, 1, 0), LT_MALFORMED);
    bent = frame;
    bent.chain.unit.code[0] = '#';
    assert_int_equal(seal(bent, 1, 0), LT_MALFORMED);
    bent = frame;
    bent.chain.stream = LT_STREAM_DIRECTIVE;
    assert_int_equal(seal(bent, 1, 0), LT_OK);
}

/* A directive names nobody: with a part for persons it is none. */
static void directives_have_no_persons(void **state)
{
    (void)state;
    const struct lt_bytes bytes = sample_directive_update();
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    struct lt_update update, other;
    Lienthong__DirectiveBody *body;
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    assert_int_equal(lt_directive_read(&update, arena, &body), LT_OK);
    other = update;
    other.personal = (struct lt_bytes){large, 1};
    assert_int_equal(lt_directive_read(&other, arena, &body), LT_MALFORMED);
    other = update;
    other.sealed = (struct lt_bytes){large, 1};
    assert_int_equal(lt_directive_read(&other, arena, &body), LT_MALFORMED);
    other = update;
    other.frame.chain.stream = LT_STREAM_REPORT;
    assert_int_equal(lt_directive_read(&other, arena, &body), LT_MALFORMED);
    other = update;
    other.frame.body_version = LT_BODY_VERSION + 1;
    assert_int_equal(lt_directive_read(&other, arena, &body), LT_VERSION);
    lt_arena_free(arena);
    sample_free(bytes);
}

/* ---- Lists that are packed ---- */

static enum lt_result read_imports(size_t count)
{
    static uint64_t imports[LT_CHANGES_MAX + 1];
    Lienthong__ReportBody body = LIENTHONG__REPORT_BODY__INIT;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    ProtobufCMessage *read;
    body.imports = imports;
    body.n_imports = count;
    const size_t size = lienthong__report_body__pack(&body, large);
    const enum lt_result result = lt_shape_read(&lienthong__report_body__descriptor,
                                                (struct lt_bytes){large, size}, arena, &read);
    lt_arena_free(arena);
    memset(large, 0, size);
    return result;
}

static enum lt_result read_members(size_t count)
{
    static uint32_t members[LT_MEMBERS_MAX + 1];
    Lienthong__ReportBody body = LIENTHONG__REPORT_BODY__INIT;
    Lienthong__Change change, *changes[] = {&change};
    Lienthong__Pledge pledge;
    lienthong__change__init(&change);
    lienthong__pledge__init(&pledge);
    pledge.members = members;
    pledge.n_members = count;
    change.pledge = &pledge;
    body.changes = changes;
    body.n_changes = 1;
    const size_t size = lienthong__report_body__pack(&body, large);
    const enum lt_result result = lt_shape_check(lt_shape_of(&lienthong__report_body__descriptor),
                                                 (struct lt_bytes){large, size});
    memset(large, 0, size);
    return result;
}

static void lists(void **state)
{
    (void)state;
    assert_int_equal(read_imports(LT_CHANGES_MAX), LT_OK);
    assert_int_equal(read_imports(LT_CHANGES_MAX + 1), LT_TOO_LARGE);
    assert_int_equal(read_members(LT_MEMBERS_MAX), LT_OK);
    assert_int_equal(read_members(LT_MEMBERS_MAX + 1), LT_TOO_LARGE);
    assert_null(lt_shape_of(&lienthong__frame__descriptor)); /* which is read by itself */
}

/* ---- Persons ---- */

static enum lt_result make_persons(size_t count, const char *name)
{
    static const Lienthong__Person *list[LT_CHANGES_MAX + 1];
    Lienthong__Person person;
    const uint8_t salt[32] = {1};
    uint8_t *bytes = NULL;
    size_t size;
    struct lt_hash root;
    lienthong__person__init(&person);
    person.name = sample_text(name);
    for (size_t i = 0; i < count; i++)
        list[i] = &person;
    const enum lt_result result = lt_personal_make(list, count, salt, &bytes, &size, &root);
    free(bytes);
    return result;
}

static void persons(void **state)
{
    (void)state;
    char name[LT_LONG_TEXT_BYTES_MAX + 2];
    memset(name, 'a', sizeof name);
    name[LT_LONG_TEXT_BYTES_MAX + 1] = '\0';
    assert_int_equal(make_persons(LT_CHANGES_MAX, "A"), LT_OK);
    assert_int_equal(make_persons(LT_CHANGES_MAX + 1, "A"), LT_TOO_LARGE);
    assert_int_equal(make_persons(1, name), LT_TOO_LARGE);
    name[LT_LONG_TEXT_BYTES_MAX] = '\0';
    assert_int_equal(make_persons(1, name), LT_OK);
    const size_t each = LT_LONG_TEXT_BYTES_MAX + 3; /* with its tag and size */
    assert_int_equal(make_persons(LT_UPDATE_BYTES_MAX / each, name), LT_OK);
    assert_int_equal(make_persons(LT_UPDATE_BYTES_MAX / each + 1, name), LT_TOO_LARGE);
}

/* What is longer than any update is not looked into. */
static void what_is_longer_than_an_update_is_not_read(void **state)
{
    (void)state;
    const struct lt_bytes over = {large, LT_UPDATE_BYTES_MAX + 1},
                          at = {large, LT_UPDATE_BYTES_MAX};
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    Lienthong__ReportBody body = LIENTHONG__REPORT_BODY__INIT;
    Lienthong__Personal *personal;
    Lienthong__Sealed *sealed;
    ProtobufCMessage *read;
    struct lt_statement statement;
    assert_int_equal(lt_personal_read(over, &body, arena, &personal), LT_TOO_LARGE);
    assert_int_equal(lt_personal_read(at, &body, arena, &personal), LT_MALFORMED);
    assert_int_equal(lt_sealed_read(over, &body, arena, &sealed), LT_TOO_LARGE);
    assert_int_equal(lt_sealed_read(at, &body, arena, &sealed), LT_MALFORMED);
    assert_int_equal(lt_payload_read(over, &lienthong__tips__descriptor, arena, &read),
                     LT_TOO_LARGE);
    assert_int_equal(lt_payload_read(at, &lienthong__tips__descriptor, arena, &read), LT_MALFORMED);
    assert_int_equal(
        lt_receipt_open((struct lt_bytes){large, 2 * LT_FRAME_BYTES_MAX + 1}, &statement),
        LT_TOO_LARGE);
    assert_int_equal(lt_receipt_open((struct lt_bytes){large, 2 * LT_FRAME_BYTES_MAX}, &statement),
                     LT_MALFORMED);
    lt_arena_free(arena);
}

static void receipts(void **state)
{
    (void)state;
    struct lt_statement statement = sample_statement();
    struct lt_key key;
    struct lt_secret secret;
    uint8_t *bytes = NULL;
    size_t size;
    Lienthong__Receipt receipt = LIENTHONG__RECEIPT__INIT;
    sample_key(0x20, &key, &secret);
    statement.tip_count = LT_PARENTS_MAX;
    for (unsigned i = 0; i < LT_PARENTS_MAX; i++)
        statement.tips[i] = (struct lt_hash){{(uint8_t)(i + 1)}};
    statement.key_count = 16;
    assert_int_equal(lt_receipt_seal(&statement, &secret, &bytes, &size), LT_OK);
    assert_int_equal(lt_receipt_open((struct lt_bytes){bytes, size}, &statement), LT_OK);
    free(bytes);
    bytes = NULL;
    statement.tip_count++;
    assert_int_equal(lt_receipt_seal(&statement, &secret, &bytes, &size), LT_TOO_LARGE);
    statement.tip_count--;
    statement.key_count++;
    assert_int_equal(lt_receipt_seal(&statement, &secret, &bytes, &size), LT_TOO_LARGE);
    assert_null(bytes);
    for (size_t over = 0; over < 2; over++) { /* a statement longer than any */
        receipt.statement = sample_span(large, LT_FRAME_BYTES_MAX + over);
        receipt.signature = sample_span(large, 64);
        uint8_t *packed = malloc(lienthong__receipt__get_packed_size(&receipt));
        const size_t packed_size = lienthong__receipt__pack(&receipt, packed);
        assert_int_equal(lt_receipt_open((struct lt_bytes){packed, packed_size}, &statement),
                         over ? LT_TOO_LARGE : LT_MALFORMED);
        free(packed);
    }
}

/* ---- Boxes ---- */

struct opened {
    struct lt_bytes bytes;
    struct lt_arena *arena;
    struct lt_update update;
    Lienthong__ReportBody *body;
};

static struct opened open_update(struct lt_bytes bytes)
{
    struct opened opened = {.bytes = bytes, .arena = lt_arena_new(8 * LT_UNPACK_BYTES_MAX)};
    assert_int_equal(lt_update_open(bytes, &opened.update), LT_OK);
    assert_int_equal(lt_report_read(&opened.update, opened.arena, &opened.body), LT_OK);
    return opened;
}

static void close_opened(struct opened *opened)
{
    lt_arena_free(opened->arena);
    sample_free(opened->bytes);
}

static const uint8_t box_key[32] = {3}, box_nonce[24] = {5};

static enum lt_result close_boxes(struct opened *opened, size_t keys, struct lt_bytes *ret_bytes)
{
    static const struct lt_seal_key list[LT_SEAL_KEYS_MAX + 1];
    uint8_t *bytes = NULL;
    size_t size = 0;
    const enum lt_result result = lt_update_close(&opened->update, opened->body, list, keys,
                                                  box_key, box_nonce, opened->arena, &bytes, &size);
    *ret_bytes = (struct lt_bytes){bytes, size};
    return result;
}

static void boxes_are_closed_or_the_reason_is_told(void **state)
{
    (void)state;
    const uint8_t changes[3] = {0, 1, 0};
    struct lt_bytes closed;
    uint8_t *bytes;
    size_t size;
    struct opened nameless = open_update(sample_kinds_update()),
                  named = open_update(sample_awards_update(3)),
                  many = open_update(sample_awards_update(4000));
    assert_int_equal(close_boxes(&nameless, 1, &closed), LT_NOT_FOUND);
    assert_int_equal(close_boxes(&nameless, LT_SEAL_KEYS_MAX + 1, &closed), LT_NOT_FOUND);
    assert_int_equal(close_boxes(&named, LT_SEAL_KEYS_MAX + 1, &closed), LT_TOO_LARGE);
    assert_int_equal(close_boxes(&named, LT_SEAL_KEYS_MAX, &closed), LT_OK);
    sample_free(closed);
    assert_int_equal(close_boxes(&many, 1, &closed),
                     LT_TOO_LARGE); /* a box is longer than a name */
    assert_int_equal(
        lt_update_redact(&nameless.update, nameless.body, changes, nameless.arena, &bytes, &size),
        LT_NOT_FOUND);
    /* What was erased in part is no author's to close. */
    assert_int_equal(
        lt_update_redact(&named.update, named.body, changes, named.arena, &bytes, &size), LT_OK);
    struct opened less = open_update((struct lt_bytes){bytes, size});
    assert_int_equal(close_boxes(&less, 1, &closed), LT_MALFORMED);
    close_opened(&less);
    close_opened(&nameless);
    close_opened(&named);
    close_opened(&many);
}

static enum lt_result read_boxes(struct opened *opened, const Lienthong__Sealed *sealed)
{
    Lienthong__Sealed *read;
    const size_t size = lienthong__sealed__pack(sealed, large);
    const enum lt_result result =
        lt_sealed_read((struct lt_bytes){large, size}, opened->body, opened->arena, &read);
    memset(large, 0, size);
    return result;
}

/* A box that opens and holds another person than its leaf, or no person, is as one that does not open. */
static void a_box_holds_what_its_leaf_says(void **state)
{
    (void)state;
    struct opened named = open_update(sample_awards_update(3));
    struct lt_bytes closed;
    Lienthong__Sealed *sealed;
    Lienthong__Personal *personal;
    assert_int_equal(close_boxes(&named, 1, &closed), LT_OK);
    struct opened opened = open_update(closed);
    const struct lt_hash *body_hash = &opened.update.frame.body_hash;
    assert_int_equal(lt_sealed_read(opened.update.sealed, opened.body, opened.arena, &sealed),
                     LT_OK);
    assert_int_equal(lt_sealed_open(sealed, body_hash, box_key, opened.arena, &personal), LT_OK);
    assert_non_null(lt_personal_find(personal, 1, opened.arena));
    sealed->rows[1]->leaf.data[0] ^= 1;
    assert_int_equal(lt_sealed_open(sealed, body_hash, box_key, opened.arena, &personal), LT_OK);
    assert_null(lt_personal_find(personal, 1, opened.arena));
    assert_true(lt_personal_hidden(personal, 1));
    assert_non_null(lt_personal_find(personal, 2, opened.arena));
    sealed->rows[1]->leaf.data[0] ^= 1;
    /* The same key and place, around a text that no person has. */
    uint8_t plain[32 + 3] = {9}, bond[20 + 32 + 4] = "lienthong sealed v1", nonce[24];
    unsigned long long size;
    memcpy(plain + 32, "\x0a\x01\x07", 3);
    memcpy(bond + 20, body_hash->bytes, 32);
    bond[55] = 1;
    memcpy(nonce, box_nonce, 24);
    nonce[23] ^= 1;
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed->rows[1]->box.data, &size, plain,
                                               sizeof plain, bond, sizeof bond, NULL, nonce,
                                               box_key);
    sealed->rows[1]->box.len = (size_t)size;
    lt_personal_row_leaf(plain, 1, plain + 32, 3, sealed->rows[1]->leaf.data);
    assert_int_equal(lt_sealed_open(sealed, body_hash, box_key, opened.arena, &personal), LT_OK);
    assert_null(lt_personal_find(personal, 1, opened.arena));
    assert_true(lt_personal_hidden(personal, 1));
    /* Rows ascend; none is there twice. */
    sealed->rows[1]->change = 0;
    assert_int_equal(read_boxes(&opened, sealed), LT_MALFORMED);
    sealed->n_rows = 0;
    assert_int_equal(read_boxes(&opened, sealed), LT_MALFORMED);
    close_opened(&opened);
    close_opened(&named);
}

/* With the salts of its rows alone longer than an update may be, the part goes as a whole. */
static void a_part_that_grows_too_long_goes(void **state)
{
    (void)state;
    struct sample_awards *awards = sample_awards_new(LT_CHANGES_MAX);
    struct lt_frame frame = sample_frame(LT_STREAM_REPORT, "28114");
    uint8_t *personal, *bytes, salt[32] = {4};
    size_t personal_size, size;
    for (size_t i = 0; i < LT_CHANGES_MAX; i++) {
        awards->awards[i].code = sample_text("");
        awards->awards[i].period = NULL; /* a short body leaves room for names */
        awards->awards[i].type = LIENTHONG__AWARD_TYPE__TYPE_NONE;
        awards->awards[i].recipient = LIENTHONG__RECIPIENT__RECIPIENT_NONE;
        memset(awards->names[i], 'n', sizeof awards->names[i] - 1);
    }
    assert_int_equal(lt_personal_make(awards->person_list, LT_CHANGES_MAX, salt, &personal,
                                      &personal_size, &awards->root),
                     LT_OK);
    assert_true(personal_size + (size_t)LT_CHANGES_MAX * 34 > LT_UPDATE_BYTES_MAX);
    struct opened opened = open_update(
        sample_seal(&frame, &awards->body.base, (struct lt_bytes){personal, personal_size}));
    uint8_t *changes = calloc(LT_CHANGES_MAX, 1);
    changes[7] = 1;
    assert_int_equal(
        lt_update_redact(&opened.update, opened.body, changes, opened.arena, &bytes, &size), LT_OK);
    struct lt_update left;
    assert_int_equal(lt_update_open((struct lt_bytes){bytes, size}, &left), LT_OK);
    assert_int_equal(left.personal.size, 0);
    free(bytes);
    free(changes);
    free(personal);
    close_opened(&opened);
    sample_awards_free(awards);
}

/* ---- Joining ---- */

static void a_join_is_signed_whole_or_not(void **state)
{
    (void)state;
    struct lt_key key;
    struct lt_secret secret;
    uint8_t bytes[32] = {1}, proof[64];
    sample_key(0, &key, &secret);
    for (int bent = 0; bent <= 6; bent++) {
        Lienthong__Join join = LIENTHONG__JOIN__INIT;
        join.secret = sample_span(bytes, bent == 1 ? 15 : 16);
        join.curve_key = sample_span(bytes, bent == 2 ? 31 : 32);
        join.key = sample_span(key.bytes, bent == 3 ? 31 : 32);
        join.role = (Lienthong__Role)(bent == 4   ? -1
                                      : bent == 5 ? 256
                                                  : LIENTHONG__ROLE__ROLE_AGENT);
        const enum lt_result wanted = bent == 0 || bent == 6 ? LT_OK : LT_MALFORMED;
        assert_int_equal(lt_join_sign(&join, &secret, proof), wanted);
        join.proof = sample_span(proof, bent == 6 ? 63 : 64);
        assert_int_equal(lt_join_verify(&join), bent == 6 ? LT_MALFORMED : wanted);
    }
}

/* ---- From the wire ---- */

static void chains_and_hashes_that_are_not_whole(void **state)
{
    (void)state;
    struct lt_unit unit;
    struct lt_chain chain;
    struct lt_hash hashes[2];
    Lienthong__Unit wire_unit;
    Lienthong__Chain wire = LIENTHONG__CHAIN__INIT;
    ProtobufCBinaryData spans[] = {sample_span(large, 32), sample_span(large, 32),
                                   sample_span(large, 32)};
    lienthong__unit__init(&wire_unit);
    wire_unit.code = sample_text("80");
    wire.stream = LIENTHONG__STREAM__STREAM_REPORT;
    assert_int_equal(lt_unit_from_wire(NULL, &unit), LT_MALFORMED);
    assert_int_equal(lt_unit_from_wire(&wire_unit, &unit), LT_OK);
    assert_int_equal(lt_chain_from_wire(NULL, &chain), LT_MALFORMED);
    assert_int_equal(lt_chain_from_wire(&wire, &chain), LT_MALFORMED);
    wire.unit = &wire_unit;
    assert_int_equal(lt_chain_from_wire(&wire, &chain), LT_OK);
    wire.stream = LIENTHONG__STREAM__STREAM_DIRECTIVE;
    assert_int_equal(lt_chain_from_wire(&wire, &chain), LT_OK);
    assert_int_equal(chain.stream, LT_STREAM_DIRECTIVE);
    wire.stream = (Lienthong__Stream)3;
    assert_int_equal(lt_chain_from_wire(&wire, &chain), LT_MALFORMED);
    assert_int_equal(lt_hashes_from_wire(spans, 2, 2, hashes), LT_OK);
    assert_int_equal(lt_hashes_from_wire(spans, 3, 2, hashes), LT_TOO_LARGE);
    spans[1].len = 31;
    assert_int_equal(lt_hashes_from_wire(spans, 2, 2, hashes), LT_MALFORMED);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),
        cmocka_unit_test(updates_are_sealed_up_to_the_last_byte),
        cmocka_unit_test(directives_have_no_persons),
        cmocka_unit_test(lists),
        cmocka_unit_test(persons),
        cmocka_unit_test(what_is_longer_than_an_update_is_not_read),
        cmocka_unit_test(receipts),
        cmocka_unit_test(boxes_are_closed_or_the_reason_is_told),
        cmocka_unit_test(a_box_holds_what_its_leaf_says),
        cmocka_unit_test(a_part_that_grows_too_long_goes),
        cmocka_unit_test(a_join_is_signed_whole_or_not),
        cmocka_unit_test(chains_and_hashes_that_are_not_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
