/* sync_talk.h - for tests that play one side by hand: to say a message, and to look at what was said. */
#ifndef LT_TEST_SYNC_TALK_H
#define LT_TEST_SYNC_TALK_H

#include "sync_store.h"

/* A packed message; free it. */
static inline struct lt_bytes packed(enum lt_message_type type, uint64_t session,
                                     const ProtobufCMessage *payload)
{
    uint8_t *bytes;
    size_t size;
    assert_int_equal(lt_message_pack(type, session, payload, &bytes, &size), LT_OK);
    return (struct lt_bytes){bytes, size};
}
static inline void unpack_free(struct lt_bytes bytes)
{
    union {
        const uint8_t *from;
        uint8_t *to;
    } pointer = {.from = bytes.data};
    free(pointer.to);
}

struct said_chain {
    Lienthong__Chain chain;
    Lienthong__Unit unit;
    char code[LT_CODE_BYTES_MAX + 1];
};
static inline Lienthong__Chain *say_chain(const struct lt_chain *chain, struct said_chain *said)
{
    lienthong__chain__init(&said->chain);
    lienthong__unit__init(&said->unit);
    memcpy(said->code, chain->unit.code, sizeof(said->code));
    said->unit.code = said->code;
    said->unit.valid_from = chain->unit.valid_from;
    said->chain.unit = &said->unit;
    said->chain.stream = chain->stream == LT_STREAM_REPORT ? LIENTHONG__STREAM__STREAM_REPORT
                                                           : LIENTHONG__STREAM__STREAM_DIRECTIVE;
    return &said->chain;
}
static inline ProtobufCBinaryData say_bytes(void *bytes, size_t size)
{
    return (ProtobufCBinaryData){.len = size, .data = bytes};
}

/* TIPS of one chain, or of none (NULL). */
static inline struct lt_bytes say_tips(uint64_t session, const struct lt_chain *chain,
                                       struct lt_hash *tips, size_t count, bool last)
{
    struct said_chain said;
    ProtobufCBinaryData spans[LT_PARENTS_MAX];
    Lienthong__ChainTips entry;
    Lienthong__ChainTips *entries[1] = {&entry};
    Lienthong__Tips message;
    lienthong__chain_tips__init(&entry);
    lienthong__tips__init(&message);
    for (size_t i = 0; i < count; i++)
        spans[i] = say_bytes(tips[i].bytes, sizeof(tips[i].bytes));
    entry.tips = spans;
    entry.n_tips = count;
    if (chain) {
        entry.chain = say_chain(chain, &said);
        message.n_chains = 1;
        message.chains = entries;
    }
    message.last = last;
    return packed(LT_MSG_TIPS, session, &message.base);
}

static inline struct lt_bytes say_update(uint64_t session, const struct pooled *item)
{
    uint8_t *bytes = malloc(LT_HEADER_BYTES + item->size);
    assert_non_null(bytes);
    lt_header_write(LT_MSG_UPDATE, session, bytes);
    memcpy(bytes + LT_HEADER_BYTES, item->bytes, item->size);
    return (struct lt_bytes){bytes, LT_HEADER_BYTES + item->size};
}

/* How many actions of a kind, and the first of them. */
static inline size_t count_of(const struct lt_actions *actions, enum lt_action_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < actions->count; i++)
        count += actions->items[i].kind == kind;
    return count;
}
static inline const struct lt_action *first_of(const struct lt_actions *actions,
                                               enum lt_action_kind kind)
{
    for (size_t i = 0; i < actions->count; i++)
        if (actions->items[i].kind == kind)
            return &actions->items[i];
    fail_msg("there is no action of kind %d", (int)kind);
    return NULL;
}

/* The nth message of a type that was sent to a peer; NULL: there are not so many. */
static inline const struct lt_action *sent(const struct lt_actions *actions,
                                           enum lt_message_type type, uint32_t peer, size_t nth)
{
    for (size_t i = 0; i < actions->count; i++) {
        const struct lt_action *action = &actions->items[i];
        if (action->kind == LT_DO_SEND && action->peer == peer && action->bytes[0] == type &&
            nth-- == 0)
            return action;
    }
    return NULL;
}
static inline size_t count_sent(const struct lt_actions *actions, enum lt_message_type type,
                                uint32_t peer)
{
    size_t count = 0;
    while (sent(actions, type, peer, count))
        count++;
    return count;
}
/* Its payload; the arena is the caller's. */
static inline const ProtobufCMessage *payload_of(const struct lt_action *action,
                                                 const ProtobufCMessageDescriptor *descriptor,
                                                 struct lt_arena *arena)
{
    struct lt_message message;
    ProtobufCMessage *read;
    assert_non_null(action);
    struct lt_bytes bytes = {action->bytes, action->size};
    assert_int_equal(lt_message_open(bytes, &message), LT_OK);
    assert_int_equal(lt_payload_read(message.payload, descriptor, arena, &read), LT_OK);
    return read;
}

#endif
