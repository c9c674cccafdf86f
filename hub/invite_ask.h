/* invite_ask.h - what the hub's pages ask of the running hub about invitations, over its control socket (LT_VERB_INVITATION).
 *
 * The pages only read: it is the hub that writes its roster, draws the secret and knows the keys. A request is JSON:
 *   {"lang":"vi", "do":"invite", "unit":"80", "days":30, "approve":false}   answered as `invite --json` says it
 *   {"lang":"vi", "do":"revoke" | "refuse", "unit":"80", "id":"3f9a2c1b07"}
 *   {"lang":"vi", "do":"approve", "unit":"80", "id":"3f9a2c1b07", "fingerprint":"…"}   answered {"said":"…"}
 * An id counts only for an invitation of the unit named: whoever asks has been let near that unit, not near others. */
#ifndef LT_INVITE_ASK_H
#define LT_INVITE_ASK_H

#include <jansson.h>

#include "proto/result.h"

enum { LT_INVITE_ASK_REASON_MAX = 400, LT_INVITE_ASK_BYTES_MAX = 4096 };

/* LT_NOT_FOUND with ret_reason empty: no hub runs here. Else what it answered; a reason is in the language of the thread.
 * Waits for the hub; touches no file but the socket. Any thread. */
enum lt_result lt_invite_ask(const char *dir, json_t *request, json_t **ret_answer,
                             char ret_reason[LT_INVITE_ASK_REASON_MAX]);

#endif
