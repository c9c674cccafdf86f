/* golden_fields_test.c - the golden set leaves nothing of the schema out: each field of each message, and each value
 * of each enumeration, stands in it; and each message in it is packed again to the same bytes. See golden_file.h.
 *
 * Who adds to proto/lienthong.proto is told here that it is in no golden message yet: golden_story.h,
 * golden_messages_test.c and golden_proofs_test.c are where it is said. */
#include "tests/unit/golden_file.h"

#include "proto/proof.h"
#include "tests/unit/golden_fields.h"

enum { MESSAGES_MAX = 128, FIELDS_MAX = 32, ENUMS_MAX = 48, VALUES_MAX = 32, NAME_MAX_BYTES = 64 };

/* ---- All messages of the set, with what their byte fields hold ---- */

typedef void message_seen(void *context, const ProtobufCMessage *message, struct lt_bytes bytes);

struct walk {
    message_seen *seen;
    void *context;
    struct lt_arena *arena;
};

/* What a byte field holds, where that is a message; NULL: it is none, or one that is not read. */
static const ProtobufCMessageDescriptor *held(const ProtobufCMessage *by,
                                              const ProtobufCFieldDescriptor *field)
{
    static const struct {
        const ProtobufCMessageDescriptor *by, *held;
        const char *field;
    } all[] = {
        {&lienthong__update__descriptor, &lienthong__frame__descriptor, "frame"},
        {&lienthong__update__descriptor, &lienthong__personal__descriptor, "personal"},
        {&lienthong__update__descriptor, &lienthong__sealed__descriptor, "sealed"},
        {&lienthong__personal_row__descriptor, &lienthong__person__descriptor, "person"},
        {&lienthong__receipt__descriptor, &lienthong__statement__descriptor, "statement"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (by->descriptor == all[i].by && strcmp(field->name, all[i].field) == 0)
            return all[i].held;
    if (by->descriptor != &lienthong__update__descriptor || strcmp(field->name, "body") != 0)
        return NULL;
    const Lienthong__Update *update = (const Lienthong__Update *)by;
    Lienthong__Frame *frame = lienthong__frame__unpack(NULL, update->frame.len, update->frame.data);
    assert_non_null(frame);
    const ProtobufCMessageDescriptor *found =
        frame->body_version > LT_BODY_VERSION ? NULL
        : frame->chain->stream == LIENTHONG__STREAM__STREAM_REPORT
            ? &lienthong__report_body__descriptor
            : &lienthong__directive_body__descriptor;
    lienthong__frame__free_unpacked(frame, NULL);
    return found;
}

struct within {
    struct walk *walk;
    const ProtobufCMessage *message;
};

static void walk_bytes(struct walk *walk, const ProtobufCMessageDescriptor *descriptor,
                       struct lt_bytes bytes);

static void walk_value(void *context, const ProtobufCFieldDescriptor *field, const void *at)
{
    const struct within *within = context;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        struct within next = {.walk = within->walk};
        memcpy(&next.message, at, sizeof next.message);
        golden_each(next.message, walk_value, &next);
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        const ProtobufCMessageDescriptor *descriptor = held(within->message, field);
        ProtobufCBinaryData bytes;
        memcpy(&bytes, at, sizeof bytes);
        if (descriptor != NULL)
            walk_bytes(within->walk, descriptor, (struct lt_bytes){bytes.data, bytes.len});
    }
}

static void walk_bytes(struct walk *walk, const ProtobufCMessageDescriptor *descriptor,
                       struct lt_bytes bytes)
{
    ProtobufCMessage *message = protobuf_c_message_unpack(
        descriptor, lt_arena_allocator(walk->arena), bytes.size, bytes.data);
    if (message == NULL)
        fail_msg("a %s cannot be unpacked", descriptor->short_name);
    walk->seen(walk->context, message, bytes);
    struct within within = {walk, message};
    golden_each(message, walk_value, &within);
}

static void walk_pieces(struct walk *walk, const char *path)
{
    struct golden_pieces pieces;
    golden_read_pieces(path, &pieces);
    for (size_t i = 0; i < pieces.count; i++) {
        struct lt_message message = {.payload = pieces.items[i].content};
        const ProtobufCMessageDescriptor *descriptor = &lienthong__update__descriptor;
        if (pieces.items[i].type == 'r')
            descriptor = &lienthong__receipt__descriptor;
        if (pieces.items[i].type == 'm') {
            assert_int_equal(lt_message_open(pieces.items[i].content, &message), LT_OK);
            descriptor = golden_payload(message.type);
        }
        if (descriptor != NULL)
            walk_bytes(walk, descriptor, message.payload);
    }
    golden_free(pieces.whole);
}

static void walk_proof(struct walk *walk, const char *path)
{
    static const ProtobufCMessageDescriptor *const pieces[] = {
        [LT_PROOF_HEAD] = &lienthong__proof_head__descriptor,
        [LT_PROOF_ROWS] = &lienthong__proof_rows__descriptor,
        [LT_PROOF_CUT] = &lienthong__proof_cut__descriptor,
        [LT_PROOF_UPDATE] = &lienthong__update__descriptor,
        [LT_PROOF_SEAL] = &lienthong__proof_seal__descriptor,
    };
    const struct lt_bytes whole = golden_read(path);
    for (size_t at = LT_PROOF_MAGIC_BYTES; at < whole.size;) {
        const uint8_t *piece = whole.data + at;
        assert_true(piece[0] >= LT_PROOF_HEAD && piece[0] <= LT_PROOF_SEAL);
        const size_t size = (size_t)piece[1] << 24 | (size_t)piece[2] << 16 |
                            (size_t)piece[3] << 8 | (size_t)piece[4];
        walk_bytes(walk, pieces[piece[0]],
                   (struct lt_bytes){piece + LT_PROOF_PIECE_HEAD_BYTES, size});
        at += LT_PROOF_PIECE_HEAD_BYTES + size;
    }
    golden_free(whole);
}

static void walk_all(message_seen *seen, void *context)
{
    struct walk walk = {seen, context, lt_arena_new(64 * LT_UNPACK_BYTES_MAX)};
    walk_pieces(&walk, GOLDEN_STORY);
    walk_pieces(&walk, GOLDEN "messages-0.1.0.bin");
    walk_proof(&walk, GOLDEN "proof-0.1.0.bin");
    walk_proof(&walk, GOLDEN "proof-0.1.0-quarter.bin");
    walk_proof(&walk, GOLDEN "proof-0.1.0-span.bin");
    walk_proof(&walk, GOLDEN "proof-0.1.0-published.bin");
    lt_arena_free(walk.arena);
}

/* ---- What of the schema they say ---- */

struct tally {
    size_t message_count, enum_count;
    struct {
        const ProtobufCMessageDescriptor *descriptor;
        bool said[FIELDS_MAX];
    } messages[MESSAGES_MAX];
    struct {
        const ProtobufCEnumDescriptor *descriptor;
        bool said[VALUES_MAX];
    } enums[ENUMS_MAX];
};

static size_t tally_message(struct tally *tally, const ProtobufCMessageDescriptor *descriptor)
{
    size_t at = 0;
    while (at < tally->message_count && tally->messages[at].descriptor != descriptor)
        at++;
    if (at == tally->message_count) {
        assert_true(at < MESSAGES_MAX && descriptor->n_fields <= FIELDS_MAX);
        tally->messages[tally->message_count++].descriptor = descriptor;
    }
    return at;
}

static size_t tally_enum(struct tally *tally, const ProtobufCEnumDescriptor *descriptor)
{
    size_t at = 0;
    while (at < tally->enum_count && tally->enums[at].descriptor != descriptor)
        at++;
    if (at == tally->enum_count) {
        assert_true(at < ENUMS_MAX && descriptor->n_values <= VALUES_MAX);
        tally->enums[tally->enum_count++].descriptor = descriptor;
    }
    return at;
}

/* All that can be reached from what is said by itself. */
static void tally_schema(struct tally *tally)
{
    static const ProtobufCMessageDescriptor *const first[] = {
        &lienthong__update__descriptor,         &lienthong__frame__descriptor,
        &lienthong__personal__descriptor,       &lienthong__sealed__descriptor,
        &lienthong__person__descriptor,         &lienthong__report_body__descriptor,
        &lienthong__directive_body__descriptor, &lienthong__receipt__descriptor,
        &lienthong__statement__descriptor,      &lienthong__proof_head__descriptor,
        &lienthong__proof_rows__descriptor,     &lienthong__proof_cut__descriptor,
        &lienthong__proof_seal__descriptor,
    };
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        tally_message(tally, first[i]);
    for (int type = LT_MSG_HELLO; type <= LT_MSG_PIECE; type++) {
        const ProtobufCMessageDescriptor *payload = golden_payload((enum lt_message_type)type);
        if (payload != NULL)
            tally_message(tally, payload);
    }
    for (size_t i = 0; i < tally->message_count; i++) {
        const ProtobufCMessageDescriptor *descriptor = tally->messages[i].descriptor;
        for (unsigned j = 0; j < descriptor->n_fields; j++) {
            if (descriptor->fields[j].type == PROTOBUF_C_TYPE_MESSAGE)
                tally_message(tally, descriptor->fields[j].descriptor);
            if (descriptor->fields[j].type == PROTOBUF_C_TYPE_ENUM)
                tally_enum(tally, descriptor->fields[j].descriptor);
        }
    }
}

struct tallied {
    struct tally *tally;
    const ProtobufCMessageDescriptor *of;
};

static void tally_value(void *context, const ProtobufCFieldDescriptor *field, const void *at)
{
    const struct tallied *tallied = context;
    struct tally *tally = tallied->tally;
    const size_t which = tally_message(tally, tallied->of);
    tally->messages[which].said[field - tallied->of->fields] = true;
    if (field->type == PROTOBUF_C_TYPE_ENUM) {
        const ProtobufCEnumDescriptor *descriptor = field->descriptor;
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value(descriptor, (int)golden_number(field, at));
        assert_non_null(value);
        tally->enums[tally_enum(tally, descriptor)].said[value - descriptor->values] = true;
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        const ProtobufCMessage *message;
        memcpy(&message, at, sizeof message);
        struct tallied next = {tally, message->descriptor};
        golden_each(message, tally_value, &next);
    }
}

static void tally_seen(void *context, const ProtobufCMessage *message, struct lt_bytes bytes)
{
    struct tallied tallied = {context, message->descriptor};
    (void)bytes;
    golden_each(message, tally_value, &tallied);
}

static void each_field_and_value_is_said(void **state)
{
    static struct tally tally;
    size_t missing = 0;
    (void)state;
    tally_schema(&tally);
    walk_all(tally_seen, &tally);
    for (size_t i = 0; i < tally.message_count; i++) {
        const ProtobufCMessageDescriptor *descriptor = tally.messages[i].descriptor;
        for (unsigned j = 0; j < descriptor->n_fields; j++) {
            if (tally.messages[i].said[j])
                continue;
            missing++;
            print_error("%s.%s\n", descriptor->short_name, descriptor->fields[j].name);
        }
    }
    for (size_t i = 0; i < tally.enum_count; i++) {
        const ProtobufCEnumDescriptor *descriptor = tally.enums[i].descriptor;
        for (unsigned j = 0; j < descriptor->n_values; j++) {
            if (tally.enums[i].said[j] || descriptor->values[j].value == 0)
                continue;
            missing++;
            print_error("%s\n", descriptor->values[j].name);
        }
    }
    if (missing > 0)
        fail_msg("these %zu of the schema are in no golden message (golden_file.h)", missing);
}

/* The schema itself is read, since what nothing else holds cannot be reached. */
static void each_message_is_known(void **state)
{
    static struct tally tally;
    const struct lt_bytes schema = golden_read(LT_TEST_DATA "/../../proto/lienthong.proto");
    size_t messages = 0;
    (void)state;
    tally_schema(&tally);
    for (const char *line = (const char *)schema.data; line != NULL; line = strchr(line, '\n')) {
        char name[NAME_MAX_BYTES];
        size_t at = 0;
        line += *line == '\n';
        if (sscanf(line, "message %63[A-Za-z]", name) != 1)
            continue;
        while (at < tally.message_count && strcmp(tally.messages[at].descriptor->short_name, name))
            at++;
        if (at == tally.message_count)
            fail_msg("message %s is in no golden message, nor looked for (tally_schema)", name);
        messages++;
    }
    assert_int_equal(messages, tally.message_count);
    golden_free(schema);
}

/* ---- Packing ---- */

static void pack_again(void *context, const ProtobufCMessage *message, struct lt_bytes bytes)
{
    size_t *count = context;
    uint8_t *packed = malloc(protobuf_c_message_get_packed_size(message) + 1);
    assert_non_null(packed);
    const size_t size = protobuf_c_message_pack(message, packed);
    if (size != bytes.size || memcmp(packed, bytes.data, size) != 0)
        fail_msg("a %s is packed to other bytes", message->descriptor->short_name);
    free(packed);
    (*count)++;
}

static void each_is_packed_again_to_the_same_bytes(void **state)
{
    size_t count = 0;
    (void)state;
    walk_all(pack_again, &count);
    assert_true(count > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_field_and_value_is_said),
        cmocka_unit_test(each_message_is_known),
        cmocka_unit_test(each_is_packed_again_to_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
