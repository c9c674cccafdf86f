#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/samples.h"

static void headers(void **state)
{
    (void)state;
    uint8_t bytes[LT_HEADER_BYTES + 3];
    struct lt_message message;
    lt_header_write(LT_MSG_TIPS, UINT64_C(0x0102030405060708), bytes);
    static const uint8_t expected[] = {3, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
    assert_memory_equal(bytes, expected, sizeof(expected));
    const struct lt_bytes all = {bytes, sizeof(bytes)};
    assert_int_equal(lt_message_open(all, &message), LT_OK);
    assert_int_equal(message.type, LT_MSG_TIPS);
    assert_true(message.session == UINT64_C(0x0102030405060708));
    assert_true(message.payload.data == bytes + 12 && message.payload.size == 3);
    for (size_t size = 0; size < LT_HEADER_BYTES; size++)
        assert_int_equal(lt_message_open((struct lt_bytes){bytes, size}, &message), LT_MALFORMED);
    for (unsigned type = 0; type < 256; type++) {
        bytes[0] = (uint8_t)type;
        const bool known = type >= LT_MSG_HELLO && type <= LT_MSG_PIECE && type != LT_MSG_READY;
        assert_int_equal(lt_message_open(all, &message), known ? LT_OK : LT_MALFORMED);
    }
    bytes[0] = LT_MSG_READY;
    assert_int_equal(lt_message_open((struct lt_bytes){bytes, 12}, &message), LT_OK);
    for (int i = 1; i < 4; i++) {
        bytes[i] ^= 2;
        assert_int_equal(lt_message_open((struct lt_bytes){bytes, 12}, &message), LT_MALFORMED);
        bytes[i] ^= 2;
    }
}

static void sizes(void **state)
{
    (void)state;
    const size_t most = LT_HEADER_BYTES + LT_UPDATE_BYTES_MAX;
    uint8_t *bytes = calloc(1, most + 1), *packed;
    struct lt_message message;
    size_t size;
    assert_non_null(bytes);
    lt_header_write(LT_MSG_UPDATE, 0, bytes);
    assert_int_equal(lt_message_open((struct lt_bytes){bytes, most}, &message), LT_OK);
    assert_int_equal(lt_message_open((struct lt_bytes){bytes, most + 1}, &message), LT_TOO_LARGE);
    lt_header_write(LT_MSG_TIPS, 0, bytes);
    const size_t other = LT_HEADER_BYTES + LT_MESSAGE_BYTES_MAX;
    assert_int_equal(lt_message_open((struct lt_bytes){bytes, other}, &message), LT_OK);
    assert_int_equal(lt_message_open((struct lt_bytes){bytes, other + 1}, &message), LT_TOO_LARGE);

    Lienthong__Refused refused;
    lienthong__refused__init(&refused);
    memset(bytes, 'a', LT_MESSAGE_BYTES_MAX);
    refused.text = (char *)bytes;
    assert_int_equal(lt_message_pack(LT_MSG_REFUSED, 1, &refused.base, &packed, &size),
                     LT_TOO_LARGE);
    assert_int_equal(lt_message_pack(LT_MSG_READY, 1, NULL, &packed, &size), LT_OK);
    assert_int_equal(size, LT_HEADER_BYTES);
    free(packed);
    free(bytes);
}

static enum lt_result round_trip(enum lt_message_type type, const ProtobufCMessage *from,
                                 struct lt_arena *arena, ProtobufCMessage **ret_message)
{
    uint8_t *bytes;
    size_t size;
    struct lt_message message;
    assert_int_equal(lt_message_pack(type, 7, from, &bytes, &size), LT_OK);
    assert_int_equal(lt_message_open((struct lt_bytes){bytes, size}, &message), LT_OK);
    assert_true(message.type == type && message.session == 7);
    const enum lt_result result =
        lt_payload_read(message.payload, from->descriptor, arena, ret_message);
    free(bytes);
    return result;
}

static void payloads(void **state)
{
    (void)state;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    ProtobufCMessage *message = NULL;
    uint8_t hashes[LT_HAVE_MAX + 1][32];
    ProtobufCBinaryData list[LT_HAVE_MAX + 1];
    for (unsigned i = 0; i <= LT_HAVE_MAX; i++) {
        memset(hashes[i], (int)i, 32);
        list[i] = sample_span(hashes[i], 32);
    }
    Lienthong__Unit unit;
    lienthong__unit__init(&unit);
    unit.code = sample_text("807");
    Lienthong__Chain chain = LIENTHONG__CHAIN__INIT;
    chain.stream = LIENTHONG__STREAM__STREAM_REPORT;
    chain.unit = &unit;
    Lienthong__Want want = LIENTHONG__WANT__INIT;
    want.chain = &chain;
    want.have = list;
    want.n_have = LT_HAVE_MAX;
    assert_int_equal(round_trip(LT_MSG_WANT, &want.base, arena, &message), LT_OK);
    assert_int_equal(((Lienthong__Want *)message)->n_have, LT_HAVE_MAX);
    want.n_have++;
    assert_int_equal(round_trip(LT_MSG_WANT, &want.base, arena, &message), LT_TOO_LARGE);
    want.n_have = 1;
    list[0].len = 31;
    assert_int_equal(round_trip(LT_MSG_WANT, &want.base, arena, &message), LT_MALFORMED);
    list[0].len = 0;
    assert_int_equal(round_trip(LT_MSG_WANT, &want.base, arena, &message), LT_MALFORMED);
    list[0].len = 32;
    chain.unit = NULL;
    assert_int_equal(round_trip(LT_MSG_WANT, &want.base, arena, &message), LT_MALFORMED);
    chain.unit = &unit;
    chain.stream = LIENTHONG__STREAM__STREAM_NONE;
    assert_int_equal(round_trip(LT_MSG_WANT, &want.base, arena, &message), LT_MALFORMED);
    chain.stream = (Lienthong__Stream)3;
    assert_int_equal(round_trip(LT_MSG_WANT, &want.base, arena, &message), LT_MALFORMED);
    chain.stream = LIENTHONG__STREAM__STREAM_REPORT;

    Lienthong__ChainTips tips = LIENTHONG__CHAIN_TIPS__INIT;
    Lienthong__ChainTips *tips_list[] = {&tips};
    Lienthong__Tips page = LIENTHONG__TIPS__INIT;
    tips.chain = &chain;
    tips.tips = list;
    tips.n_tips = LT_PARENTS_MAX;
    page.chains = tips_list;
    page.n_chains = 1;
    assert_int_equal(round_trip(LT_MSG_TIPS, &page.base, arena, &message), LT_OK);
    list[0] = sample_span(hashes[2], 32); /* not ascending */
    assert_int_equal(round_trip(LT_MSG_TIPS, &page.base, arena, &message), LT_MALFORMED);

    Lienthong__Hello hello;
    lienthong__hello__init(&hello);
    hello.unit = &unit;
    hello.role = LIENTHONG__ROLE__ROLE_AGENT;
    hello.instance = sample_span(hashes[0], 16);
    assert_int_equal(round_trip(LT_MSG_HELLO, &hello.base, arena, &message), LT_MALFORMED);
    hello.digest = sample_span(hashes[0], 32);
    hello.software = sample_text("lienthong 0.1.0");
    assert_int_equal(round_trip(LT_MSG_HELLO, &hello.base, arena, &message), LT_OK);
    hello.software = sample_text("lienthong\033[2J");
    assert_int_equal(round_trip(LT_MSG_HELLO, &hello.base, arena, &message), LT_MALFORMED);
    lt_arena_free(arena);
}

static void unknown_fields_of_a_newer_peer_pass(void **state)
{
    (void)state;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    ProtobufCMessage *message;
    static const uint8_t tips[] = {0x10, 1, 0xf8, 0x06, 1};
    assert_int_equal(lt_payload_read((struct lt_bytes){tips, sizeof(tips)},
                                     &lienthong__tips__descriptor, arena, &message),
                     LT_OK);
    assert_true(((Lienthong__Tips *)message)->last);
    lt_arena_free(arena);
}

static void join_is_proven(void **state)
{
    (void)state;
    struct lt_key key;
    struct lt_secret secret, other;
    uint8_t code_secret[16], curve[32], instance[16] = {1}, proof[64];
    sample_key(0x30, &key, &other);
    sample_key(0, &key, &secret);
    sample_bytes(1, code_secret, sizeof(code_secret));
    sample_bytes(2, curve, sizeof(curve));
    Lienthong__Join join = LIENTHONG__JOIN__INIT;
    join.secret = sample_span(code_secret, 16);
    join.role = LIENTHONG__ROLE__ROLE_AGENT;
    join.key = sample_span(key.bytes, 32);
    join.curve_key = sample_span(curve, 32);
    join.instance = sample_span(instance, 16);
    assert_int_equal(lt_join_verify(&join), LT_MALFORMED);
    assert_int_equal(lt_join_sign(&join, &other, proof), LT_BAD_SIGNATURE);
    assert_int_equal(lt_join_sign(&join, &secret, proof), LT_OK);
    assert_int_equal(lt_join_verify(&join), LT_OK);
    uint8_t *const parts[] = {code_secret, curve, key.bytes, proof};
    for (size_t i = 0; i < SAMPLE_COUNT(parts); i++) {
        parts[i][9] ^= 1;
        assert_int_equal(lt_join_verify(&join), LT_BAD_SIGNATURE);
        parts[i][9] ^= 1;
    }
    join.role = LIENTHONG__ROLE__ROLE_HUB;
    assert_int_equal(lt_join_verify(&join), LT_BAD_SIGNATURE);
    join.secret.len = 15;
    assert_int_equal(lt_join_verify(&join), LT_MALFORMED);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers),        cmocka_unit_test(sizes),
        cmocka_unit_test(payloads),       cmocka_unit_test(unknown_fields_of_a_newer_peer_pass),
        cmocka_unit_test(join_is_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
