/* golden_text.h - any message of the schema as text: each field that says something, by name, on a line of its own.
 * Fields that later releases add are not in what an earlier one wrote, so its text stays the same for ever. */
#ifndef LT_GOLDEN_TEXT_H
#define LT_GOLDEN_TEXT_H

#include <stdio.h>
#include <string.h>

#include "tests/unit/golden_fields.h"

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

static inline void golden_message(FILE *out, const ProtobufCMessage *message, int depth);

struct golden_place {
    FILE *out;
    int depth;
};

static inline void golden_value(void *context, const ProtobufCFieldDescriptor *field,
                                const void *at)
{
    const struct golden_place *place = context;
    FILE *out = place->out;
    const int depth = place->depth;
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
    struct golden_place place = {out, depth};
    golden_each(message, golden_value, &place);
    for (unsigned i = 0; i < message->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *field = &message->unknown_fields[i];
        fprintf(out, "%*sunknown %u ", 2 * depth, "", field->tag);
        golden_hex(out, field->data, field->len);
        fputc('\n', out);
    }
}

#endif
