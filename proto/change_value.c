/* What a change says, as a number, whatever tables it refers to. */
#include <sodium.h>
#include <string.h>

#include "proto/merge.h"

/* Fields are hashed as (number, value) in the order of the schema, those with default values left out. */
struct saying {
    crypto_generichash_state state;
    const Lienthong__ReportBody *body;
    const struct lt_unit *author;
};

static void say_number(struct saying *saying, uint64_t value)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    crypto_generichash_update(&saying->state, bytes, sizeof(bytes));
}

static void say_bytes(struct saying *saying, const void *bytes, size_t size)
{
    say_number(saying, size);
    crypto_generichash_update(&saying->state, bytes, size);
}

static void say_text(struct saying *saying, const char *text)
{
    say_bytes(saying, text, strlen(text));
}

static void say_unit(struct saying *saying, uint32_t reference)
{
    if (reference == 0 || reference > saying->body->n_units) {
        say_text(saying, saying->author->code);
        say_number(saying, (uint64_t)(int64_t)saying->author->valid_from);
        return;
    }
    const Lienthong__Unit *unit = saying->body->units[reference - 1];
    say_text(saying, unit->code);
    say_number(saying, (uint64_t)(int64_t)unit->valid_from);
}

static void say_decision(struct saying *saying, uint32_t reference)
{
    /* None is the same as one that says nothing. */
    Lienthong__Decision none;
    lienthong__decision__init(&none);
    const bool there = reference != 0 && reference <= saying->body->n_decisions;
    const Lienthong__Decision *decision = there ? saying->body->decisions[reference - 1] : &none;
    say_number(saying, decision->unit != 0 || decision->authority[0] == '\0');
    if (decision->unit != 0 || decision->authority[0] == '\0')
        say_unit(saying, decision->unit);
    else
        say_text(saying, decision->authority);
    say_number(saying, (uint64_t)decision->level);
    say_text(saying, decision->number);
    say_number(saying, (uint64_t)(int64_t)decision->date);
    say_text(saying, decision->signatory);
}

/* Numbers that refer to the table of units, by the names that the schema gives them. */
static bool refers_to_unit(const ProtobufCFieldDescriptor *field)
{
    static const char *const names[] = {"place", "submitter", "launcher", "members",
                                        "lead",  "member",    "managing"};
    if (field->type != PROTOBUF_C_TYPE_UINT32)
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(field->name, names[i]) == 0)
            return true;
    }
    return false;
}

static uint64_t number_at(const ProtobufCFieldDescriptor *field, const uint8_t *at)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;
    if (field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_SINT64 ||
        field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_FIXED64) {
        memcpy(&wide, at, sizeof(wide));
        return wide;
    }
    if (field->type == PROTOBUF_C_TYPE_BOOL) {
        protobuf_c_boolean flag;
        memcpy(&flag, at, sizeof(flag));
        return flag != 0;
    }
    memcpy(&narrow, at, sizeof(narrow));
    return narrow;
}

static void say_scalar(struct saying *saying, const ProtobufCFieldDescriptor *field,
                       const uint8_t *at)
{
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text;
        memcpy(&text, at, sizeof(text));
        if (text[0] == '\0')
            return;
        say_number(saying, field->id);
        say_text(saying, text);
        return;
    }
    const uint64_t number = number_at(field, at);
    const bool decision = strcmp(field->name, "decision") == 0;
    if (number == 0 && !refers_to_unit(field) && !decision)
        return;
    say_number(saying, field->id);
    if (refers_to_unit(field))
        say_unit(saying, (uint32_t)number);
    else if (decision)
        say_decision(saying, (uint32_t)number);
    else
        say_number(saying, number);
}

/* Fields of newer versions, as they are. */
static void say_unknown(struct saying *saying, const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *field = &message->unknown_fields[i];
        say_number(saying, field->tag);
        say_number(saying, (uint64_t)field->wire_type);
        say_bytes(saying, field->data, field->len);
    }
}

/* Periods and control totals hold no messages: the schema's depth ends here. */
static void say_flat(struct saying *saying, const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        say_scalar(saying, field, (const uint8_t *)message + field->offset);
    }
    say_unknown(saying, message);
    say_number(saying, 0);
}

static void say_repeated(struct saying *saying, const ProtobufCFieldDescriptor *field,
                         const uint8_t *base)
{
    size_t count;
    const uint8_t *items;
    memcpy(&count, base + field->quantifier_offset, sizeof(count));
    memcpy(&items, base + field->offset, sizeof(items));
    if (count == 0)
        return;
    say_number(saying, field->id);
    say_number(saying, count);
    for (size_t i = 0; i < count; i++) {
        if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            const ProtobufCMessage *item;
            memcpy(&item, items + i * sizeof(item), sizeof(item));
            say_flat(saying, item);
        } else {
            say_scalar(saying, field, items + i * sizeof(uint32_t));
        }
    }
}

static void say_record(struct saying *saying, const ProtobufCMessage *record)
{
    const ProtobufCMessageDescriptor *descriptor = record->descriptor;
    const uint8_t *base = (const uint8_t *)record;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            say_repeated(saying, field, base);
        } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            const ProtobufCMessage *part;
            memcpy(&part, base + field->offset, sizeof(part));
            if (part == NULL)
                continue;
            say_number(saying, field->id);
            say_flat(saying, part);
        } else {
            say_scalar(saying, field, base + field->offset);
        }
    }
    say_unknown(saying, record);
}

static const ProtobufCMessage *record_of(const Lienthong__Change *change)
{
    const ProtobufCMessage *records[] = {
        (const ProtobufCMessage *)change->award,       (const ProtobufCMessage *)change->proposal,
        (const ProtobufCMessage *)change->movement,    (const ProtobufCMessage *)change->pledge,
        (const ProtobufCMessage *)change->score,       (const ProtobufCMessage *)change->exemplar,
        (const ProtobufCMessage *)change->declaration,
    };
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        if (records[i] != NULL)
            return records[i];
    }
    return NULL;
}

uint64_t lt_change_value(const Lienthong__ReportBody *body, const struct lt_unit *author,
                         uint32_t index, const Lienthong__Person *person)
{
    const Lienthong__Change *change = body->changes[index];
    const ProtobufCMessage *record = record_of(change);
    struct saying saying = {.body = body, .author = author};
    uint8_t digest[crypto_generichash_BYTES_MIN];
    crypto_generichash_init(&saying.state, NULL, 0, sizeof(digest));
    say_number(&saying, (uint64_t)change->op);
    if (record != NULL) {
        say_text(&saying, record->descriptor->short_name);
        say_record(&saying, record);
    }
    say_number(&saying, person != NULL);
    if (person != NULL) {
        say_text(&saying, person->name);
        say_text(&saying, person->workplace);
        say_text(&saying, person->position);
    }
    crypto_generichash_final(&saying.state, digest, sizeof(digest));
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | digest[i];
    return value;
}
