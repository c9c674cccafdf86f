/* odd.h - a protobuf message with each of its fields made odd in turn: absent, empty, zero, another kind, extreme,
 * doubled, of the wrong size. The message is as it was when odd_each returns. */
#ifndef LT_TEST_ODD_H
#define LT_TEST_ODD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/golden_fields.h"

enum { ODD_DEPTH_MAX = 8, ODD_PATH_MAX = 200, ODD_LIST_MAX = 400 };

/* `path` as "items[2].grant.key". */
typedef void odd_seen(void *context, const char *path);

struct odd {
    odd_seen *seen;
    void *context;
    char path[ODD_PATH_MAX];
};

static inline void odd_number(struct odd *odd, void *at, size_t size)
{
    static const uint64_t values[] = {0,
                                      1,
                                      2,
                                      3,
                                      9,
                                      13,
                                      1899,
                                      2020,
                                      20269,
                                      UINT64_C(0x7fffffff),
                                      UINT64_C(0xffffffff),
                                      UINT64_C(300000001),
                                      UINT64_C(0x7fffffffffffffff),
                                      UINT64_MAX};
    uint8_t was[8];
    memcpy(was, at, size);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const uint32_t low = (uint32_t)values[i];
        memcpy(at, size == 4 ? (const void *)&low : (const void *)&values[i], size);
        if (memcmp(was, at, size) != 0)
            odd->seen(odd->context, odd->path);
    }
    memcpy(at, was, size);
}

static inline void odd_truth(struct odd *odd, protobuf_c_boolean *at)
{
    *at = !*at;
    odd->seen(odd->context, odd->path);
    *at = !*at;
}

static inline void odd_text(struct odd *odd, char **at)
{
    static char longest[5000], texts[][24] = {"",          "x",  "\xff", "28111", "VN", "2020",
                                              "2020-2021", "13", "12",   "place", "GK"};
    char *was = *at;
    memset(longest, 'a', sizeof longest - 1);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *at = texts[i];
        if (strcmp(was, *at) != 0)
            odd->seen(odd->context, odd->path);
    }
    *at = longest + sizeof longest - 300;
    odd->seen(odd->context, odd->path);
    *at = longest;
    odd->seen(odd->context, odd->path);
    *at = was;
}

static inline void odd_bytes(struct odd *odd, ProtobufCBinaryData *at)
{
    static uint8_t other[65];
    static const size_t sizes[] = {0, 1, 16, 31, 32, 33, 64, 65};
    const ProtobufCBinaryData was = *at;
    memset(other, 0xa5, sizeof other);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        *at = (ProtobufCBinaryData){sizes[i], other};
        odd->seen(odd->context, odd->path);
    }
    *at = was;
}

static void odd_fields(struct odd *odd, ProtobufCMessage *message, unsigned depth);

static inline void odd_value(struct odd *odd, ProtobufCType type, void *at, unsigned depth)
{
    if (type == PROTOBUF_C_TYPE_MESSAGE)
        odd_fields(odd, *(ProtobufCMessage **)at, depth + 1);
    else if (type == PROTOBUF_C_TYPE_STRING)
        odd_text(odd, at);
    else if (type == PROTOBUF_C_TYPE_BYTES)
        odd_bytes(odd, at);
    else if (type == PROTOBUF_C_TYPE_BOOL)
        odd_truth(odd, at);
    else
        odd_number(odd, at, golden_size_of_type(type));
}

/* None, one less, the last one twice, the first and last exchanged; and each value (of a long list the first and last). */
static inline void odd_list(struct odd *odd, ProtobufCType type, size_t *count, void **list,
                            unsigned depth)
{
    static uint8_t rooms[ODD_DEPTH_MAX][(ODD_LIST_MAX + 1) * sizeof(ProtobufCBinaryData)];
    const size_t size = golden_size_of_type(type), was = *count;
    uint8_t *values = *list, *room = rooms[depth];
    if (was == 0 || was > ODD_LIST_MAX)
        return;
    *count = 0;
    odd->seen(odd->context, odd->path);
    *count = was - 1;
    odd->seen(odd->context, odd->path);
    memcpy(room, values, was * size);
    memcpy(room + was * size, values + (was - 1) * size, size);
    *list = room;
    *count = was + 1;
    odd->seen(odd->context, odd->path);
    *count = was;
    if (was > 1) {
        memcpy(room, values + (was - 1) * size, size);
        memcpy(room + (was - 1) * size, values, size);
        odd->seen(odd->context, odd->path);
    }
    *list = values;
    const size_t end = strlen(odd->path);
    for (size_t i = 0; i < was; i++) {
        if (i >= 8 && i + 2 < was)
            continue;
        (void)snprintf(odd->path + end, sizeof odd->path - end, "[%zu]", i);
        odd_value(odd, type, values + i * size, depth);
        odd->path[end] = '\0';
    }
}

static void odd_fields(struct odd *odd, ProtobufCMessage *message, unsigned depth)
{
    const size_t end = strlen(odd->path);
    if (depth >= ODD_DEPTH_MAX)
        return;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        uint8_t *at = (uint8_t *)message + field->offset;
        (void)snprintf(odd->path + end, sizeof odd->path - end, "%s%s", end > 0 ? "." : "",
                       field->name);
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            odd_list(odd, field->type,
                     (size_t *)(void *)((uint8_t *)message + field->quantifier_offset),
                     (void **)(void *)at, depth);
        } else if (field->type != PROTOBUF_C_TYPE_MESSAGE) {
            odd_value(odd, field->type, at, depth);
        } else if (*(void **)(void *)at != NULL) {
            ProtobufCMessage *was = *(ProtobufCMessage **)(void *)at;
            *(ProtobufCMessage **)(void *)at = NULL;
            odd->seen(odd->context, odd->path);
            *(ProtobufCMessage **)(void *)at = was;
            odd_value(odd, field->type, at, depth);
        }
        odd->path[end] = '\0';
    }
}

static inline void odd_each(ProtobufCMessage *message, odd_seen *seen, void *context)
{
    struct odd odd = {.seen = seen, .context = context};
    odd_fields(&odd, message, 0);
}

#endif
