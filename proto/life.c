#include "proto/life.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "proto/sync_scope.h"

static const char context[] = "lienthong life v1"; /* with its NUL */

enum { SAID_BYTES = LT_CHAIN_KEY_BYTES + 32 + 8 + 8 + 32, SIGNED_BYTES = sizeof(context) + 32 };

static uint8_t *put_u64(uint8_t *at, uint64_t value)
{
    for (int i = 7; i >= 0; i--)
        *at++ = (uint8_t)(value >> (8 * i));
    return at;
}

static void signed_bytes(const struct lt_life *life, uint8_t ret_bytes[SIGNED_BYTES])
{
    const struct lt_chain chain = {LT_STREAM_REPORT, life->unit};
    uint8_t said[SAID_BYTES], *at = said + LT_CHAIN_KEY_BYTES;
    struct lt_hash hash;
    lt_chain_to_key(&chain, said);
    memcpy(at, life->key.bytes, 32);
    at = put_u64(at + 32, (uint64_t)life->signed_at);
    at = put_u64(at, life->updates);
    memcpy(at, life->tips.bytes, 32);
    lt_hash_of(said, sizeof(said), &hash);
    memcpy(ret_bytes, context, sizeof(context));
    memcpy(ret_bytes + sizeof(context), hash.bytes, sizeof(hash.bytes));
}

void lt_life_tips(const struct lt_hash *tips, size_t count, struct lt_hash *ret_hash)
{
    assert(count <= LT_PARENTS_MAX);
    lt_hash_of(tips, count * sizeof(*tips), ret_hash);
}

void lt_life_sign(struct lt_life *life, const struct lt_secret *secret)
{
    uint8_t bytes[SIGNED_BYTES];
    signed_bytes(life, bytes);
    crypto_sign_detached(life->signature.bytes, NULL, bytes, sizeof(bytes), secret->bytes);
}

enum lt_result lt_life_verify(const struct lt_life *life)
{
    uint8_t bytes[SIGNED_BYTES];
    signed_bytes(life, bytes);
    return crypto_sign_verify_detached(life->signature.bytes, bytes, sizeof(bytes),
                                       life->key.bytes) == 0
               ? LT_OK
               : LT_BAD_SIGNATURE;
}

void lt_life_to_wire(struct lt_life *life, struct lt_wire_life *ret_wire)
{
    lienthong__life__init(&ret_wire->life);
    lt_unit_to_wire(&life->unit, &ret_wire->unit, ret_wire->code);
    ret_wire->life.unit = &ret_wire->unit;
    ret_wire->life.key = (ProtobufCBinaryData){sizeof(life->key.bytes), life->key.bytes};
    ret_wire->life.signed_at = life->signed_at;
    ret_wire->life.updates = life->updates;
    ret_wire->life.tips = (ProtobufCBinaryData){sizeof(life->tips.bytes), life->tips.bytes};
    ret_wire->life.signature =
        (ProtobufCBinaryData){sizeof(life->signature.bytes), life->signature.bytes};
}

enum lt_result lt_life_from_wire(const Lienthong__Life *wire, struct lt_life *ret_life)
{
    struct lt_life life = {.signed_at = wire->signed_at, .updates = wire->updates};
    if (wire->key.len != sizeof(life.key.bytes) || wire->tips.len != sizeof(life.tips.bytes) ||
        wire->signature.len != sizeof(life.signature.bytes) ||
        lt_unit_from_wire(wire->unit, &life.unit) != LT_OK)
        return LT_MALFORMED;
    memcpy(life.key.bytes, wire->key.data, sizeof(life.key.bytes));
    memcpy(life.tips.bytes, wire->tips.data, sizeof(life.tips.bytes));
    memcpy(life.signature.bytes, wire->signature.data, sizeof(life.signature.bytes));
    *ret_life = life;
    return LT_OK;
}
