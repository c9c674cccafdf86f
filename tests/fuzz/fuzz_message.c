/* fuzz_message.c - one ZeroMQ message as a stranger sends it: header, and payload of its type. */
#include "tests/fuzz/fuzz.h"

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
        if (message.type == LT_MSG_JOIN)
            (void)lt_join_verify((const Lienthong__Join *)payload);
        say_again(&message, payload, arena);
    }
    lt_arena_free(arena);
    return 0;
}
