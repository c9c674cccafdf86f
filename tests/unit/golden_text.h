/* golden_text.h - any message of the schema as text: each field that says something, by name, on a line of its own.
 * Fields that later releases add are not in what an earlier one wrote, so its text stays the same for ever. */
#ifndef LT_GOLDEN_TEXT_H
#define LT_GOLDEN_TEXT_H

#include <stdio.h>
#include <string.h>

#include "proto/update.h"

static inline void golden_hex(FILE *out, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        fprintf(out, "%02x", bytes[i]);
}

static inline void golden_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            fputs("\\n", out);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

static inline size_t golden_size_of(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
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

static inline void golden_message(FILE *out, const ProtobufCMessage *message, int depth);

static inline void golden_value(FILE *out, const ProtobufCFieldDescriptor *field, const void *at,
                                int depth)
{
    const void *pointer;
    ProtobufCBinaryData bytes;
    fprintf(out, "%*s%s", 2 * depth, "", field->name);
    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        memcpy(&bytes, at, sizeof(bytes));
        fputc(' ', out);
        golden_hex(out, bytes.data, bytes.len);
    } else if (field->type == PROTOBUF_C_TYPE_STRING) {
        memcpy(&pointer, at, sizeof(pointer));
        fputc(' ', out);
        golden_string(out, pointer);
    } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        memcpy(&pointer, at, sizeof(pointer));
        fputc('\n', out);
        golden_message(out, pointer, depth + 1);
        return;
    } else {
        fprintf(out, " %lld", golden_number(field, at));
    }
    fputc('\n', out);
}

static inline void golden_message(FILE *out, const ProtobufCMessage *message, int depth)
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
                golden_value(out, field, list + j * golden_size_of(field), depth);
        } else if (golden_says(field, at)) {
            golden_value(out, field, at, depth);
        }
    }
    for (unsigned i = 0; i < message->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *field = &message->unknown_fields[i];
        fprintf(out, "%*sunknown %u ", 2 * depth, "", field->tag);
        golden_hex(out, field->data, field->len);
        fputc('\n', out);
    }
}

#endif
