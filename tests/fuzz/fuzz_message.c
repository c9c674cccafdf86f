/* fuzz_message.c - one ZeroMQ message as a stranger sends it: header, and payload of its type. What it says is said
 * again the same; a Join, and the signs of life of a Report, are signed here, and no bit of those can be changed. */
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <string.h>

#include "proto/life.h"
#include "proto/message.h"

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
    case LT_MSG_WANT_PIECE:
        return &lienthong__want_piece__descriptor;
    case LT_MSG_PIECE:
        return &lienthong__piece__descriptor;
    case LT_MSG_UPDATE: /* fuzz_update */
    case LT_MSG_READY:
        break;
    }
    return NULL;
}

static void say_again(const struct lt_message *message, const ProtobufCMessage *payload,
                      struct lt_arena *arena)
{
    uint8_t *bytes;
    size_t size;
    struct lt_message again;
    ProtobufCMessage *read;
    FUZZ_CHECK(lt_message_pack(message->type, message->session, payload, &bytes, &size) == LT_OK);
    FUZZ_CHECK(lt_message_open((struct lt_bytes){bytes, size}, &again) == LT_OK);
    FUZZ_CHECK(again.type == message->type && again.session == message->session);
    FUZZ_CHECK(lt_payload_read(again.payload, payload->descriptor, arena, &read) == LT_OK);
    free(bytes);
}

static void our_keys(struct lt_key *key, struct lt_secret *secret)
{
    static const uint8_t seed[32] = {5};
    crypto_sign_seed_keypair(key->bytes, secret->bytes, seed);
}

static void sign_life(const Lienthong__Life *wire, uint8_t bit)
{
    struct lt_life life, again;
    struct lt_wire_life back;
    struct lt_secret secret;
    if (lt_life_from_wire(wire, &life) != LT_OK)
        return;
    our_keys(&life.key, &secret);
    lt_life_sign(&life, &secret);
    FUZZ_CHECK(lt_life_verify(&life) == LT_OK);
    lt_life_to_wire(&life, &back);
    FUZZ_CHECK(lt_life_from_wire(&back.life, &again) == LT_OK && lt_life_verify(&again) == LT_OK);
    FUZZ_CHECK(lt_unit_cmp(&again.unit, &life.unit) == 0 && again.updates == life.updates);
    again.tips.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    FUZZ_CHECK(lt_life_verify(&again) == LT_BAD_SIGNATURE);
    life.updates ^= UINT64_C(1) << bit % 64;
    FUZZ_CHECK(lt_life_verify(&life) == LT_BAD_SIGNATURE);
}

static void sign_join(Lienthong__Join *join, uint8_t bit)
{
    struct lt_key key;
    struct lt_secret secret;
    uint8_t proof[64];
    (void)lt_join_verify(join);
    our_keys(&key, &secret);
    join->key = (ProtobufCBinaryData){32, key.bytes};
    if (lt_join_sign(join, &secret, proof) != LT_OK)
        return;
    join->proof = (ProtobufCBinaryData){64, proof};
    FUZZ_CHECK(lt_join_verify(join) == LT_OK);
    proof[bit % 64] ^= 1;
    FUZZ_CHECK(lt_join_verify(join) != LT_OK);
    proof[bit % 64] ^= 1;
    join->curve_key.data[bit % 32] ^= 2; /* the arena's */
    FUZZ_CHECK(lt_join_verify(join) != LT_OK);
}

static void sign_what_is_signed(enum lt_message_type type, ProtobufCMessage *payload, uint8_t bit)
{
    if (type == LT_MSG_JOIN)
        sign_join((Lienthong__Join *)payload, bit);
    if (type == LT_MSG_REPORT) {
        const Lienthong__Report *report = (const Lienthong__Report *)payload;
        for (size_t i = 0; i < report->n_lives && i < 4; i++)
            sign_life(report->lives[i], bit);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_message message;
    ProtobufCMessage *payload;
    if (lt_message_open((struct lt_bytes){data, size}, &message) != LT_OK)
        return 0;
    const ProtobufCMessageDescriptor *descriptor = descriptor_of(message.type);
    if (!descriptor)
        return 0;
    struct lt_arena *arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    FUZZ_CHECK(arena);
    if (lt_payload_read(message.payload, descriptor, arena, &payload) == LT_OK) {
        say_again(&message, payload, arena);
        sign_what_is_signed(message.type, payload, (uint8_t)message.session);
    }
    lt_arena_free(arena);
    return 0;
}
