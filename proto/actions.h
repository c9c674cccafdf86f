/* actions.h - how the two machines append to a list of actions. Private to proto/.
 *
 * Out of memory is an answer here, not an end: the caller treats the action as a message that was
 * lost, and the conversation begins anew. */
#ifndef LT_ACTIONS_H
#define LT_ACTIONS_H

#include "proto/sync.h"

/* A zeroed action of a kind at the end of the list; NULL: out of memory. */
struct lt_action *lt_actions_add(struct lt_actions *actions, enum lt_action_kind kind);
/* With a copy of `bytes`. */
bool lt_actions_add_bytes(struct lt_actions *actions, enum lt_action_kind kind, uint32_t peer,
                          uint64_t session, struct lt_bytes bytes);
/* LT_DO_SEND of a packed message; `payload` NULL: none. LT_NO_MEMORY, LT_TOO_LARGE. */
enum lt_result lt_actions_send(struct lt_actions *actions, uint32_t peer, enum lt_message_type type,
                               uint64_t session, const ProtobufCMessage *payload);
/* LT_DO_SEND_UPDATE. */
bool lt_actions_send_update(struct lt_actions *actions, uint32_t peer, uint64_t session,
                            uint64_t position);
/* Moves all of `from` to the end. False: out of memory; some may have been moved. */
bool lt_actions_join(struct lt_actions *actions, struct lt_actions *from);

#endif
