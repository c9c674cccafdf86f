#include "proto/message.h"

#include <stdlib.h>
#include <string.h>

#include "proto/shape.h"

enum { HEADER_VERSION = 1 };

static size_t payload_max(enum lt_message_type type)
{
    return type == LT_MSG_UPDATE ? LT_UPDATE_BYTES_MAX : LT_MESSAGE_BYTES_MAX;
}

enum lt_result lt_message_open(struct lt_bytes bytes, struct lt_message *ret_message)
{
    const uint8_t *head = bytes.data;
    if (bytes.size < LT_HEADER_BYTES || head[0] < LT_MSG_HELLO || head[0] > LT_MSG_PIECE)
        return LT_MALFORMED;
    if (head[1] != HEADER_VERSION || head[2] != 0 || head[3] != 0)
        return LT_MALFORMED;
    struct lt_message message = {
        .type = (enum lt_message_type)head[0],
        .payload = {head + LT_HEADER_BYTES, bytes.size - LT_HEADER_BYTES},
    };
    if (message.payload.size > payload_max(message.type))
        return LT_TOO_LARGE;
    if (message.type == LT_MSG_READY && message.payload.size > 0)
        return LT_MALFORMED;
    for (int i = 4; i < LT_HEADER_BYTES; i++)
        message.session = message.session << 8 | head[i];
    *ret_message = message;
    return LT_OK;
}

void lt_header_write(enum lt_message_type type, uint64_t session,
                     uint8_t ret_header[LT_HEADER_BYTES])
{
    memset(ret_header, 0, LT_HEADER_BYTES);
    ret_header[0] = (uint8_t)type;
    ret_header[1] = HEADER_VERSION;
    for (int i = 0; i < 8; i++)
        ret_header[4 + i] = (uint8_t)(session >> (56 - 8 * i));
}

enum lt_result lt_message_pack(enum lt_message_type type, uint64_t session,
                               const ProtobufCMessage *payload, uint8_t **ret_bytes,
                               size_t *ret_size)
{
    const size_t size = payload ? protobuf_c_message_get_packed_size(payload) : 0;
    if (size > payload_max(type))
        return LT_TOO_LARGE;
    uint8_t *bytes = malloc(LT_HEADER_BYTES + size);
    if (!bytes)
        return LT_NO_MEMORY;
    lt_header_write(type, session, bytes);
    if (payload)
        protobuf_c_message_pack(payload, bytes + LT_HEADER_BYTES);
    *ret_bytes = bytes;
    *ret_size = LT_HEADER_BYTES + size;
    return LT_OK;
}

enum lt_result lt_payload_read(struct lt_bytes payload,
                               const ProtobufCMessageDescriptor *descriptor, struct lt_arena *arena,
                               ProtobufCMessage **ret_message)
{
    if (payload.size > LT_UPDATE_BYTES_MAX)
        return LT_TOO_LARGE;
    return lt_shape_read(descriptor, payload, arena, ret_message);
}
