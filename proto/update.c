#include "proto/personal_own.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/letters.h"
#include "proto/wire.h"

/* With its NUL, which separates context from content. */
static const char context[] = "lienthong update v1";

enum { SIGNED_BYTES = sizeof(context) + 32 };

/* The next field of a message whose fields stand in ascending order and, but for `repeated`, once. */
static bool next_ascending(struct lt_wire *wire, uint32_t *last, uint32_t repeated,
                           struct lt_wire_field *ret_field)
{
    if (!lt_wire_next(wire, ret_field))
        return false;
    if (ret_field->number < *last || (ret_field->number == *last && *last != repeated)) {
        wire->bad = true;
        return false;
    }
    *last = ret_field->number;
    return true;
}

static bool take_exact(const struct lt_wire_field *field, uint8_t *ret_bytes, size_t size)
{
    if (field->type != LT_WIRE_BYTES || field->bytes.size != size)
        return false;
    memcpy(ret_bytes, field->bytes.data, size);
    return true;
}

static bool take_unit(const struct lt_wire_field *field, struct lt_unit *ret_unit)
{
    if (field->type != LT_WIRE_BYTES)
        return false;
    struct lt_wire wire = lt_wire_over(field->bytes);
    struct lt_wire_field part;
    char code[LT_CODE_BYTES_MAX + 1] = {0};
    lt_day from = 0;
    uint32_t last = 0;
    while (next_ascending(&wire, &last, 0, &part)) {
        if (part.number == 1 && part.type == LT_WIRE_BYTES) {
            if (!lt_code_valid(part.bytes.data, part.bytes.size))
                return false;
            memcpy(code, part.bytes.data, part.bytes.size);
        } else if (part.number == 2 && part.type == LT_WIRE_VARINT && part.value > 0 &&
                   part.value <= UINT32_MAX) {
            from = lt_wire_signed(part.value);
        } else {
            return false;
        }
    }
    return !wire.bad && lt_unit_make(code, from, ret_unit) == LT_OK;
}

static bool take_chain(const struct lt_wire_field *field, struct lt_chain *ret_chain)
{
    if (field->type != LT_WIRE_BYTES)
        return false;
    struct lt_wire wire = lt_wire_over(field->bytes);
    struct lt_wire_field part;
    bool streamed = false, named = false;
    uint32_t last = 0;
    while (next_ascending(&wire, &last, 0, &part)) {
        if (part.number == 1 && part.type == LT_WIRE_VARINT &&
            (part.value == LT_STREAM_REPORT || part.value == LT_STREAM_DIRECTIVE)) {
            ret_chain->stream =
                part.value == LT_STREAM_REPORT ? LT_STREAM_REPORT : LT_STREAM_DIRECTIVE;
            streamed = true;
        } else if (part.number == 2 && take_unit(&part, &ret_chain->unit)) {
            named = true;
        } else {
            return false;
        }
    }
    return !wire.bad && streamed && named;
}

/* What holds for every frame, whoever made it. */
static enum lt_result frame_check(const struct lt_frame *frame)
{
    if (frame->parent_count > LT_PARENTS_MAX)
        return LT_TOO_LARGE;
    if (frame->seq == 0 || frame->seq > LT_SEQ_MAX || frame->body_version == 0)
        return LT_MALFORMED;
    if ((frame->seq == 1) != (frame->parent_count == 0))
        return LT_MALFORMED;
    for (uint32_t i = 1; i < frame->parent_count; i++)
        if (lt_hash_cmp(&frame->parents[i - 1], &frame->parents[i]) >= 0)
            return LT_MALFORMED;
    return LT_OK;
}

static enum lt_result take_parent(const struct lt_wire_field *field, struct lt_frame *frame)
{
    if (frame->parent_count == LT_PARENTS_MAX)
        return LT_TOO_LARGE;
    return take_exact(field, frame->parents[frame->parent_count++].bytes, 32) ? LT_OK
                                                                              : LT_MALFORMED;
}

static enum lt_result take_frame_field(const struct lt_wire_field *field, struct lt_frame *frame)
{
    bool taken = false;
    switch (field->number) {
    case 1:
        taken = take_chain(field, &frame->chain);
        break;
    case 2:
        taken = field->type == LT_WIRE_VARINT;
        frame->seq = field->value;
        break;
    case 3:
        return take_parent(field, frame);
    case 4:
        taken = take_exact(field, frame->key.bytes, sizeof(frame->key.bytes));
        break;
    case 5:
        taken = take_exact(field, frame->instance.bytes, sizeof(frame->instance.bytes));
        break;
    case 6:
        taken = field->type == LT_WIRE_VARINT && field->value <= UINT32_MAX;
        frame->body_version = (uint32_t)field->value;
        break;
    case 7:
        taken = take_exact(field, frame->body_hash.bytes, sizeof(frame->body_hash.bytes));
        break;
    default:
        break;
    }
    return taken ? LT_OK : LT_MALFORMED;
}

static enum lt_result frame_parse(struct lt_bytes bytes, struct lt_frame *frame)
{
    struct lt_wire wire = lt_wire_over(bytes);
    struct lt_wire_field field;
    uint32_t last = 0, seen = 0;
    if (bytes.size > LT_FRAME_BYTES_MAX)
        return LT_TOO_LARGE;
    while (next_ascending(&wire, &last, 3, &field)) {
        const enum lt_result result = take_frame_field(&field, frame);
        if (result != LT_OK)
            return result;
        seen |= UINT32_C(1) << field.number;
    }
    const uint32_t needed = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7;
    if (wire.bad || (seen & needed) != needed)
        return LT_MALFORMED;
    return frame_check(frame);
}

static enum lt_result outer_parse(struct lt_bytes bytes, struct lt_update *update)
{
    struct lt_wire wire = lt_wire_over(bytes);
    struct lt_wire_field field;
    uint32_t last = 0;
    bool is_signed = false;
    while (next_ascending(&wire, &last, 0, &field)) {
        if (field.type != LT_WIRE_BYTES || field.bytes.size == 0)
            return LT_MALFORMED; /* nothing said is left out, so that an update has one form */
        if (field.number == 1)
            update->frame_bytes = field.bytes;
        else if (field.number == 2 && field.bytes.size == sizeof(update->signature.bytes))
            is_signed =
                take_exact(&field, update->signature.bytes, sizeof(update->signature.bytes));
        else if (field.number == 3)
            update->body = field.bytes;
        else if (field.number == 4)
            update->personal = field.bytes;
        else if (field.number == 5 && update->personal.size == 0)
            update->sealed = field.bytes;
        else
            return LT_MALFORMED;
    }
    return !wire.bad && is_signed ? LT_OK : LT_MALFORMED;
}

enum lt_result lt_update_claim(struct lt_bytes bytes, struct lt_update *ret_update)
{
    if (bytes.size > LT_UPDATE_BYTES_MAX)
        return LT_TOO_LARGE;
    struct lt_update update = {.frame.parent_count = 0};
    enum lt_result result = outer_parse(bytes, &update);
    if (result == LT_OK)
        result = frame_parse(update.frame_bytes, &update.frame);
    if (result != LT_OK)
        return result;
    lt_hash_of(update.frame_bytes.data, update.frame_bytes.size, &update.id);
    *ret_update = update;
    return LT_OK;
}

enum lt_result lt_update_open(struct lt_bytes bytes, struct lt_update *ret_update)
{
    struct lt_update update;
    struct lt_hash body_hash;
    enum lt_result result = lt_update_claim(bytes, &update);
    if (result != LT_OK)
        return result;
    lt_hash_of(update.body.data, update.body.size, &body_hash);
    if (lt_hash_cmp(&body_hash, &update.frame.body_hash) != 0)
        return LT_BAD_HASH;
    *ret_update = update;
    return LT_OK;
}

static void signed_bytes(const struct lt_hash *id, uint8_t ret_bytes[SIGNED_BYTES])
{
    memcpy(ret_bytes, context, sizeof(context));
    memcpy(ret_bytes + sizeof(context), id->bytes, sizeof(id->bytes));
}

enum lt_result lt_update_verify(const struct lt_update *update)
{
    uint8_t message[SIGNED_BYTES];
    signed_bytes(&update->id, message);
    const int failed = crypto_sign_verify_detached(update->signature.bytes, message,
                                                   sizeof(message), update->frame.key.bytes);
    return failed ? LT_BAD_SIGNATURE : LT_OK;
}

/* A span for protobuf-c, which packs without writing to it. */
static ProtobufCBinaryData span(const void *bytes, size_t size)
{
    union {
        const void *from;
        void *to;
    } address = {.from = bytes};
    return (ProtobufCBinaryData){.len = size, .data = address.to};
}

static size_t frame_pack(struct lt_frame *frame, uint8_t ret_bytes[LT_FRAME_BYTES_MAX])
{
    Lienthong__Frame message = LIENTHONG__FRAME__INIT;
    Lienthong__Chain chain = LIENTHONG__CHAIN__INIT;
    Lienthong__Unit unit;
    ProtobufCBinaryData parents[LT_PARENTS_MAX];
    lienthong__unit__init(&unit);
    unit.code = frame->chain.unit.code;
    unit.valid_from = frame->chain.unit.valid_from;
    chain.stream = frame->chain.stream == LT_STREAM_REPORT ? LIENTHONG__STREAM__STREAM_REPORT
                                                           : LIENTHONG__STREAM__STREAM_DIRECTIVE;
    chain.unit = &unit;
    message.chain = &chain;
    message.seq = frame->seq;
    for (uint32_t i = 0; i < frame->parent_count; i++)
        parents[i] = span(frame->parents[i].bytes, sizeof(frame->parents[i].bytes));
    message.n_parents = frame->parent_count;
    message.parents = parents;
    message.key = span(frame->key.bytes, sizeof(frame->key.bytes));
    message.instance = span(frame->instance.bytes, sizeof(frame->instance.bytes));
    message.body_version = frame->body_version;
    message.body_hash = span(frame->body_hash.bytes, sizeof(frame->body_hash.bytes));
    return lienthong__frame__pack(&message, ret_bytes);
}

/* The outer message over parts as they were signed. */
static enum lt_result outer_pack(const struct lt_update *update, const uint8_t signature[64],
                                 struct lt_bytes personal, struct lt_bytes sealed,
                                 uint8_t **ret_bytes, size_t *ret_size)
{
    Lienthong__Update outer = LIENTHONG__UPDATE__INIT;
    outer.frame = span(update->frame_bytes.data, update->frame_bytes.size);
    outer.signature = span(signature, 64);
    outer.body = span(update->body.data, update->body.size);
    outer.personal = span(personal.data, personal.size);
    outer.sealed = span(sealed.data, sealed.size);
    const size_t size = lienthong__update__get_packed_size(&outer);
    if (size > LT_UPDATE_BYTES_MAX)
        return LT_TOO_LARGE;
    uint8_t *bytes = malloc(size);
    if (!bytes)
        return LT_NO_MEMORY;
    *ret_size = lienthong__update__pack(&outer, bytes);
    *ret_bytes = bytes;
    return LT_OK;
}

enum lt_result lt_update_seal(struct lt_frame *frame, struct lt_bytes body,
                              struct lt_bytes personal, const struct lt_secret *secret,
                              uint8_t **ret_bytes, size_t *ret_size, struct lt_hash *ret_id)
{
    const enum lt_result checked = frame_check(frame);
    if (checked != LT_OK)
        return checked;
    if (frame->chain.stream != LT_STREAM_REPORT && frame->chain.stream != LT_STREAM_DIRECTIVE)
        return LT_MALFORMED;
    struct lt_unit unit;
    if (lt_unit_make(frame->chain.unit.code, frame->chain.unit.valid_from, &unit) != LT_OK)
        return LT_MALFORMED;
    /* libsodium keeps the public key behind the seed. */
    if (memcmp(secret->bytes + 32, frame->key.bytes, sizeof(frame->key.bytes)) != 0)
        return LT_BAD_SIGNATURE;
    if (body.size > LT_UPDATE_BYTES_MAX || personal.size > LT_UPDATE_BYTES_MAX)
        return LT_TOO_LARGE;

    lt_hash_of(body.data, body.size, &frame->body_hash);
    uint8_t frame_bytes[LT_FRAME_BYTES_MAX], message[SIGNED_BYTES], signature[64];
    const size_t frame_size = frame_pack(frame, frame_bytes);
    struct lt_hash id;
    lt_hash_of(frame_bytes, frame_size, &id);
    signed_bytes(&id, message);
    crypto_sign_detached(signature, NULL, message, sizeof(message), secret->bytes);

    const struct lt_update update = {.frame_bytes = {frame_bytes, frame_size}, .body = body};
    enum lt_result result =
        outer_pack(&update, signature, personal, (struct lt_bytes){NULL, 0}, ret_bytes, ret_size);
    if (result == LT_OK)
        *ret_id = id;
    return result;
}

enum lt_result lt_update_with(const struct lt_update *update, struct lt_bytes personal,
                              struct lt_bytes sealed, uint8_t **ret_bytes, size_t *ret_size)
{
    return outer_pack(update, update->signature.bytes, personal, sealed, ret_bytes, ret_size);
}
