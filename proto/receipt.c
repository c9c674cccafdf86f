#include "proto/update.h"

#include <sodium.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "proto/arena.h"
#include "proto/shape.h"

/* With its NUL, which separates context from content. */
static const char context[] = "lienthong receipt v1";

enum {
    SIGNED_BYTES = sizeof(context) + 32,
    KEYS_MAX = sizeof(((struct lt_statement *)0)->keys) / sizeof(struct lt_key),
    /* Both messages unpacked at their largest: 64 tips and 16 keys, and the unpacker's lists. */
    ARENA_BYTES = 48 * 1024,
};

static void signed_bytes(const uint8_t *statement, size_t size, uint8_t ret_bytes[SIGNED_BYTES])
{
    struct lt_hash hash;
    lt_hash_of(statement, size, &hash);
    memcpy(ret_bytes, context, sizeof(context));
    memcpy(ret_bytes + sizeof(context), hash.bytes, sizeof(hash.bytes));
}

static enum lt_result unit_from(const Lienthong__Unit *unit, struct lt_unit *ret_unit)
{
    return lt_unit_make(unit->code, unit->valid_from, ret_unit);
}

/* Sizes and bounds were checked with the shape. */
static enum lt_result statement_from(const Lienthong__Statement *from, struct lt_statement *to)
{
    *to = (struct lt_statement){
        .number = from->number,
        .count = from->count,
        .quarantined = from->quarantined,
        .top = from->top,
        .signed_at = from->signed_at,
        .tip_count = (uint32_t)from->n_tips,
        .key_count = (uint32_t)from->n_keys,
    };
    if (unit_from(from->hub, &to->hub) != LT_OK ||
        unit_from(from->chain->unit, &to->chain.unit) != LT_OK)
        return LT_MALFORMED;
    if ((from->quarantined > 0) != (from->quarantine.len > 0))
        return LT_MALFORMED;
    to->chain.stream = from->chain->stream == LIENTHONG__STREAM__STREAM_REPORT
                           ? LT_STREAM_REPORT
                           : LT_STREAM_DIRECTIVE;
    memcpy(to->incarnation.bytes, from->incarnation.data, sizeof(to->incarnation.bytes));
    memcpy(to->directives.bytes, from->directives.data, sizeof(to->directives.bytes));
    memcpy(to->key.bytes, from->key.data, sizeof(to->key.bytes));
    if (from->quarantine.len > 0)
        memcpy(to->quarantine.bytes, from->quarantine.data, sizeof(to->quarantine.bytes));
    for (size_t i = 0; i < from->n_tips; i++)
        memcpy(to->tips[i].bytes, from->tips[i].data, sizeof(to->tips[i].bytes));
    for (size_t i = 0; i < from->n_keys; i++)
        memcpy(to->keys[i].bytes, from->keys[i].data, sizeof(to->keys[i].bytes));
    return LT_OK;
}

static enum lt_result receipt_read(struct lt_bytes bytes, struct lt_arena *arena,
                                   struct lt_statement *ret_statement)
{
    ProtobufCMessage *message;
    enum lt_result result = lt_shape_read(&lienthong__receipt__descriptor, bytes, arena, &message);
    if (result != LT_OK)
        return result;
    const Lienthong__Receipt *receipt = (const Lienthong__Receipt *)message;
    const struct lt_bytes statement = {receipt->statement.data, receipt->statement.len};
    result = lt_shape_read(&lienthong__statement__descriptor, statement, arena, &message);
    if (result == LT_OK)
        result = statement_from((const Lienthong__Statement *)message, ret_statement);
    if (result != LT_OK)
        return result;
    uint8_t text[SIGNED_BYTES];
    signed_bytes(statement.data, statement.size, text);
    const int failed = crypto_sign_verify_detached(receipt->signature.data, text, sizeof(text),
                                                   ret_statement->key.bytes);
    return failed ? LT_BAD_SIGNATURE : LT_OK;
}

enum lt_result lt_receipt_open(struct lt_bytes receipt, struct lt_statement *ret_statement)
{
    if (receipt.size > 2 * LT_FRAME_BYTES_MAX)
        return LT_TOO_LARGE;
    alignas(max_align_t) uint8_t memory[ARENA_BYTES + LT_ARENA_OWN_BYTES];
    struct lt_statement statement;
    const enum lt_result result =
        receipt_read(receipt, lt_arena_over(memory, sizeof(memory)), &statement);
    if (result == LT_OK)
        *ret_statement = statement;
    return result;
}

/* Signs the packed statement and packs the two. */
static enum lt_result receipt_pack(uint8_t *statement, size_t statement_size,
                                   const struct lt_secret *secret, uint8_t **ret_bytes,
                                   size_t *ret_size)
{
    uint8_t text[SIGNED_BYTES], signature[64];
    signed_bytes(statement, statement_size, text);
    crypto_sign_detached(signature, NULL, text, sizeof(text), secret->bytes);
    Lienthong__Receipt receipt = LIENTHONG__RECEIPT__INIT;
    receipt.statement = (ProtobufCBinaryData){.len = statement_size, .data = statement};
    receipt.signature = (ProtobufCBinaryData){.len = sizeof(signature), .data = signature};
    uint8_t *bytes = malloc(lienthong__receipt__get_packed_size(&receipt));
    if (!bytes)
        return LT_NO_MEMORY;
    *ret_size = lienthong__receipt__pack(&receipt, bytes);
    *ret_bytes = bytes;
    return LT_OK;
}

static void unit_into(struct lt_unit *from, Lienthong__Unit *to)
{
    lienthong__unit__init(to);
    to->code = from->code;
    to->valid_from = from->valid_from;
}

/* `own` is a copy, because generated messages point at what may be written. */
static size_t statement_pack(struct lt_statement *own, uint8_t ret_bytes[LT_FRAME_BYTES_MAX])
{
    Lienthong__Statement message = LIENTHONG__STATEMENT__INIT;
    Lienthong__Chain chain = LIENTHONG__CHAIN__INIT;
    Lienthong__Unit hub, unit;
    ProtobufCBinaryData tips[LT_PARENTS_MAX], keys[KEYS_MAX];
    unit_into(&own->hub, &hub);
    unit_into(&own->chain.unit, &unit);
    chain.stream = own->chain.stream == LT_STREAM_REPORT ? LIENTHONG__STREAM__STREAM_REPORT
                                                         : LIENTHONG__STREAM__STREAM_DIRECTIVE;
    chain.unit = &unit;
    for (uint32_t i = 0; i < own->tip_count; i++)
        tips[i] = (ProtobufCBinaryData){.len = 32, .data = own->tips[i].bytes};
    for (uint32_t i = 0; i < own->key_count; i++)
        keys[i] = (ProtobufCBinaryData){.len = 32, .data = own->keys[i].bytes};
    message.hub = &hub;
    message.incarnation = (ProtobufCBinaryData){.len = 16, .data = own->incarnation.bytes};
    message.number = own->number;
    message.chain = &chain;
    message.tips = tips;
    message.n_tips = own->tip_count;
    message.count = own->count;
    message.directives = (ProtobufCBinaryData){.len = 32, .data = own->directives.bytes};
    message.keys = keys;
    message.n_keys = own->key_count;
    if (own->quarantined > 0)
        message.quarantine = (ProtobufCBinaryData){.len = 32, .data = own->quarantine.bytes};
    message.quarantined = own->quarantined;
    message.key = (ProtobufCBinaryData){.len = 32, .data = own->key.bytes};
    message.top = own->top;
    message.signed_at = own->signed_at;
    return lienthong__statement__pack(&message, ret_bytes);
}

enum lt_result lt_receipt_seal(const struct lt_statement *statement, const struct lt_secret *secret,
                               uint8_t **ret_bytes, size_t *ret_size)
{
    if (statement->tip_count > LT_PARENTS_MAX || statement->key_count > KEYS_MAX)
        return LT_TOO_LARGE;
    /* libsodium keeps the public key behind the seed. */
    if (memcmp(secret->bytes + 32, statement->key.bytes, sizeof(statement->key.bytes)) != 0)
        return LT_BAD_SIGNATURE;
    struct lt_statement own = *statement;
    uint8_t packed[LT_FRAME_BYTES_MAX];
    const size_t size = statement_pack(&own, packed);
    /* What every receiver will check, so that nothing is signed that none can read. */
    const enum lt_result result = lt_shape_check(lt_shape_of(&lienthong__statement__descriptor),
                                                 (struct lt_bytes){packed, size});
    return result == LT_OK ? receipt_pack(packed, size, secret, ret_bytes, ret_size) : result;
}
