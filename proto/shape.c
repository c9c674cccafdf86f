#include "proto/shape_tables.h"

#include <assert.h>
#include <string.h>

#include "proto/arena.h"
#include "proto/letters.h"
#include "proto/wire.h"

enum { DEPTH_MAX = 8, SMALL_ENUM_MAX = 127, FLAG_MAX = 31 };
enum { DAY_FIRST = -719162, DAY_LAST = 2932896 }; /* 0001-01-01, 9999-12-31 */

/* One message on the way down. */
struct level {
    const struct lt_shape *shape;
    struct lt_wire wire;
    const uint8_t *last; /* of the sorted list, the element before */
    uint32_t found; /* bit 1 << number of each known field */
    uint16_t seen[LT_RULES_PER_SHAPE_MAX]; /* of lists, how many */
};

static enum lt_result good(bool fine)
{
    return fine ? LT_OK : LT_MALFORMED;
}

static enum lt_result check_number(enum lt_rule_kind kind, uint64_t value)
{
    switch (kind) {
    case LT_RULE_UINT64:
    case LT_RULE_SINT64:
        return LT_OK;
    case LT_RULE_UINT32:
    case LT_RULE_SINT32:
        return good(value <= UINT32_MAX);
    case LT_RULE_BOOL:
        return good(value <= 1);
    case LT_RULE_ENUM:
        return good(value <= INT32_MAX || value >= UINT64_MAX - INT32_MAX);
    case LT_RULE_SMALL_ENUM:
        return good(value <= SMALL_ENUM_MAX);
    case LT_RULE_STREAM:
        return good(value == LT_STREAM_REPORT || value == LT_STREAM_DIRECTIVE);
    case LT_RULE_DAY:
        return good(value <= UINT32_MAX && lt_wire_signed(value) >= DAY_FIRST &&
                    lt_wire_signed(value) <= DAY_LAST);
    case LT_RULE_NONE:
    case LT_RULE_TEXT:
    case LT_RULE_LINES:
    case LT_RULE_CODE:
    case LT_RULE_EXACT:
    case LT_RULE_BYTES:
    case LT_RULE_MESSAGE:
    case LT_RULE_PACKED_UINT32:
    case LT_RULE_PACKED_FLAG:
    case LT_RULE_PACKED_FIXED64:
        break;
    }
    return LT_MALFORMED; /* a number where bytes belong */
}

static enum lt_result check_packed(const struct lt_rule *rule, struct lt_bytes bytes)
{
    struct lt_wire wire = lt_wire_over(bytes);
    const uint64_t most = rule->kind == LT_RULE_PACKED_FLAG ? FLAG_MAX : UINT32_MAX;
    uint32_t count = 0;
    uint64_t value;
    while (wire.at < wire.end) {
        if (!lt_wire_varint(&wire, &value) || value > most)
            return LT_MALFORMED;
        if (++count > rule->max)
            return LT_TOO_LARGE;
    }
    return LT_OK;
}

static enum lt_result check_text(const struct lt_rule *rule, struct lt_bytes bytes)
{
    if (bytes.size > rule->max)
        return LT_TOO_LARGE;
    return good(lt_text_valid(bytes.data, bytes.size, rule->kind == LT_RULE_LINES));
}

static enum lt_result check_exact(const struct lt_rule *rule, struct lt_bytes bytes,
                                  struct level *level)
{
    if (bytes.size == 0)
        return good(!rule->needed);
    if (bytes.size != rule->max)
        return LT_MALFORMED;
    if (rule->sorted) {
        if (level->last && memcmp(level->last, bytes.data, rule->max) >= 0)
            return LT_MALFORMED;
        level->last = bytes.data;
    }
    return LT_OK;
}

static enum lt_result check_bytes(const struct lt_rule *rule, struct lt_bytes bytes,
                                  struct level *level)
{
    switch ((enum lt_rule_kind)rule->kind) {
    case LT_RULE_TEXT:
    case LT_RULE_LINES:
        return check_text(rule, bytes);
    case LT_RULE_CODE:
        return good(lt_code_valid(bytes.data, bytes.size));
    case LT_RULE_EXACT:
        return check_exact(rule, bytes, level);
    case LT_RULE_BYTES:
        if (bytes.size > rule->max)
            return LT_TOO_LARGE;
        return good(bytes.size > 0 || !rule->needed);
    case LT_RULE_MESSAGE:
        return LT_OK; /* looked into by the caller */
    case LT_RULE_PACKED_UINT32:
    case LT_RULE_PACKED_FLAG:
        return check_packed(rule, bytes);
    case LT_RULE_PACKED_FIXED64:
        if (bytes.size > (size_t)rule->max * 8)
            return LT_TOO_LARGE;
        return good(bytes.size % 8 == 0);
    case LT_RULE_NONE:
    case LT_RULE_UINT64:
    case LT_RULE_UINT32:
    case LT_RULE_SINT64:
    case LT_RULE_SINT32:
    case LT_RULE_BOOL:
    case LT_RULE_ENUM:
    case LT_RULE_SMALL_ENUM:
    case LT_RULE_STREAM:
    case LT_RULE_DAY:
        break;
    }
    return LT_MALFORMED; /* bytes where a number belongs */
}

static enum lt_result check_field(struct level *level, const struct lt_wire_field *field,
                                  const struct lt_shape **ret_child)
{
    *ret_child = NULL;
    if (field->number >= level->shape->count ||
        level->shape->rules[field->number].kind == LT_RULE_NONE)
        return LT_OK; /* unknown */
    const struct lt_rule *rule = &level->shape->rules[field->number];
    const uint32_t bit = UINT32_C(1) << field->number;
    if (rule->many == 0 && (level->found & bit))
        return LT_MALFORMED;
    if (rule->many > 0 && ++level->seen[field->number] > rule->many)
        return LT_TOO_LARGE;
    level->found |= bit;
    if (field->type == LT_WIRE_VARINT)
        return check_number((enum lt_rule_kind)rule->kind, field->value);
    if (field->type != LT_WIRE_BYTES)
        return LT_MALFORMED;
    if (rule->kind == LT_RULE_MESSAGE)
        *ret_child = rule->child;
    return check_bytes(rule, field->bytes, level);
}

static enum lt_result check_end(const struct level *level)
{
    return good(!level->wire.bad && (~level->found & level->shape->needed) == 0);
}

static void level_enter(struct level *level, const struct lt_shape *shape, struct lt_bytes bytes)
{
    level->shape = shape;
    level->wire = lt_wire_over(bytes);
    level->last = NULL;
    level->found = 0;
    memset(level->seen, 0, shape->count * sizeof(level->seen[0]));
}

enum lt_result lt_shape_check(const struct lt_shape *shape, struct lt_bytes bytes)
{
    struct level levels[DEPTH_MAX];
    size_t depth = 0;
    level_enter(&levels[0], shape, bytes);
    while (true) {
        struct level *level = &levels[depth];
        struct lt_wire_field field;
        const struct lt_shape *child;
        if (!lt_wire_next(&level->wire, &field)) {
            const enum lt_result result = check_end(level);
            if (result != LT_OK || depth == 0)
                return result;
            depth--;
            continue;
        }
        const enum lt_result result = check_field(level, &field, &child);
        if (result != LT_OK)
            return result;
        if (child) {
            depth++;
            assert(depth < DEPTH_MAX);
            level_enter(&levels[depth], child, field.bytes);
        }
    }
}

const struct lt_shape *lt_shape_of(const ProtobufCMessageDescriptor *descriptor)
{
    for (size_t i = 0; i < lt_shape_count; i++)
        if (lt_shapes[i]->descriptor == descriptor)
            return lt_shapes[i];
    return NULL;
}

enum lt_result lt_shape_read(const ProtobufCMessageDescriptor *descriptor, struct lt_bytes bytes,
                             struct lt_arena *arena, ProtobufCMessage **ret_message)
{
    const struct lt_shape *shape = lt_shape_of(descriptor);
    assert(shape);
    const enum lt_result result = lt_shape_check(shape, bytes);
    if (result != LT_OK)
        return result;
    ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor, lt_arena_allocator(arena), bytes.size, bytes.data);
    if (!message)
        return lt_arena_failure(arena);
    *ret_message = message;
    return LT_OK;
}
