/* golden_fields.h - the fields of any message of the schema that say something, one after the other. */
#ifndef LT_GOLDEN_FIELDS_H
#define LT_GOLDEN_FIELDS_H

#include <string.h>

#include "proto/message.h"

/* What one value of a field's type takes. */
static inline size_t golden_size_of_type(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
        return sizeof(uint32_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    }
    return 0;
}

static inline size_t golden_size_of(const ProtobufCFieldDescriptor *field)
{
    return golden_size_of_type(field->type);
}

static inline bool golden_is_signed(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_INT32 || field->type == PROTOBUF_C_TYPE_SINT32 ||
           field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_SINT64;
}

static inline long long golden_number(const ProtobufCFieldDescriptor *field, const void *at)
{
    uint32_t narrow;
    uint64_t wide;
    if (golden_size_of(field) == sizeof(wide)) {
        memcpy(&wide, at, sizeof(wide));
        return (long long)wide;
    }
    memcpy(&narrow, at, sizeof(narrow));
    return golden_is_signed(field) ? (long long)(int32_t)narrow : (long long)narrow;
}

/* Does a field that is not repeated say anything? */
static inline bool golden_says(const ProtobufCFieldDescriptor *field, const void *at)
{
    const void *pointer;
    ProtobufCBinaryData bytes;
    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        memcpy(&bytes, at, sizeof(bytes));
        return bytes.len > 0;
    }
    if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE)
        return golden_number(field, at) != 0;
    memcpy(&pointer, at, sizeof(pointer));
    return pointer != NULL &&
           (field->type == PROTOBUF_C_TYPE_MESSAGE || *(const char *)pointer != '\0');
}

/* Calls for each value that is said, in the order of the schema; of a repeated field for each of its values. */
typedef void golden_value_seen(void *context, const ProtobufCFieldDescriptor *field,
                               const void *at);
static inline void golden_each(const ProtobufCMessage *message, golden_value_seen *seen,
                               void *context)
{
    const char *base = (const char *)message;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        const char *at = base + field->offset;
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t count;
            const char *list;
            memcpy(&count, base + field->quantifier_offset, sizeof(count));
            memcpy(&list, at, sizeof(list));
            for (size_t j = 0; j < count; j++)
                seen(context, field, list + j * golden_size_of(field));
        } else if (golden_says(field, at)) {
            seen(context, field, at);
        }
    }
}

/* What a message holds; NULL: nothing. */
static inline const ProtobufCMessageDescriptor *golden_payload(enum lt_message_type type)
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
        return &lienthong__update__descriptor;
    case LT_MSG_WANT_PIECE:
        return &lienthong__want_piece__descriptor;
    case LT_MSG_PIECE:
        return &lienthong__piece__descriptor;
    case LT_MSG_READY:
        break;
    }
    return NULL;
}

#endif
