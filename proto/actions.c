#include "proto/actions.h"

#include <stdlib.h>
#include <string.h>

void lt_actions_clear(struct lt_actions *actions)
{
    for (size_t i = 0; i < actions->count; i++)
        free(actions->items[i].bytes);
    free(actions->items);
    *actions = (struct lt_actions){0};
}

struct lt_action *lt_actions_add(struct lt_actions *actions, enum lt_action_kind kind)
{
    if (actions->count == actions->capacity) {
        size_t capacity = actions->capacity == 0 ? 8 : actions->capacity * 2;
        struct lt_action *items = realloc(actions->items, capacity * sizeof(*items));
        if (!items)
            return NULL;
        actions->items = items;
        actions->capacity = capacity;
    }
    struct lt_action *action = &actions->items[actions->count++];
    *action = (struct lt_action){.kind = kind};
    return action;
}

bool lt_actions_add_bytes(struct lt_actions *actions, enum lt_action_kind kind, uint32_t peer,
                          uint64_t session, struct lt_bytes bytes)
{
    uint8_t *copy = malloc(bytes.size > 0 ? bytes.size : 1);
    struct lt_action *action = copy ? lt_actions_add(actions, kind) : NULL;
    if (!action) {
        free(copy);
        return false;
    }
    if (bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    action->peer = peer;
    action->session = session;
    action->bytes = copy;
    action->size = bytes.size;
    return true;
}

enum lt_result lt_actions_send(struct lt_actions *actions, uint32_t peer, enum lt_message_type type,
                               uint64_t session, const ProtobufCMessage *payload)
{
    uint8_t *bytes;
    size_t size;
    enum lt_result result = lt_message_pack(type, session, payload, &bytes, &size);
    if (result != LT_OK)
        return result;
    struct lt_action *action = lt_actions_add(actions, LT_DO_SEND);
    if (!action) {
        free(bytes);
        return LT_NO_MEMORY;
    }
    action->peer = peer;
    action->session = session;
    action->bytes = bytes;
    action->size = size;
    return LT_OK;
}

bool lt_actions_send_update(struct lt_actions *actions, uint32_t peer, uint64_t session,
                            uint64_t position)
{
    struct lt_action *action = lt_actions_add(actions, LT_DO_SEND_UPDATE);
    if (!action)
        return false;
    action->peer = peer;
    action->session = session;
    action->position = position;
    return true;
}

bool lt_actions_join(struct lt_actions *actions, struct lt_actions *from)
{
    for (size_t i = 0; i < from->count; i++) {
        struct lt_action *action = lt_actions_add(actions, from->items[i].kind);
        if (!action)
            return false;
        *action = from->items[i];
        from->items[i].bytes = NULL;
    }
    return true;
}
