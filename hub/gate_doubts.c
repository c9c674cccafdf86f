/* What no honest child brings, noted for the operator. */
#include <string.h>

#include "agent/clock.h"
#include "hub/gate_own.h"

static void fill(struct lt_doubt *doubt, const struct peer *peer, const struct lt_update *update)
{
    doubt->child = peer->unit;
    doubt->role = peer->role;
    if (update != NULL) {
        doubt->chain = update->frame.chain;
        doubt->update = update->id;
        doubt->key = update->frame.key;
    }
}

void gate_doubt_message(struct lt_gate *gate, const struct peer *peer, struct lt_bytes bytes)
{
    struct lt_doubt doubt = {.kind = LT_DOUBT_ALTERED};
    struct lt_message message;
    struct lt_update update;
    if (lt_message_open(bytes, &message) != LT_OK || message.type != LT_MSG_UPDATE) {
        return; /* counted as dropped */
    }
    bool read = lt_update_claim(message.payload, &update) == LT_OK;
    fill(&doubt, peer, read ? &update : NULL);
    lt_doubts_note(gate->config.doubts, &doubt, lt_clock_wall());
}

void gate_doubt_refused(struct lt_gate *gate, const struct lt_job *job)
{
    struct lt_doubt doubt = {.kind = LT_DOUBT_ALTERED};
    const struct peer *peer = &gate->peers[job->peer];
    if (!peer->used || peer->session != job->session || !job->opened) {
        return; /* another session: it says HELLO, and what it has to say, anew */
    }
    enum lt_result result = job->arrival.result;
    if (result == LT_KEY_UNKNOWN) {
        doubt.kind = LT_DOUBT_KEY;
    } else if (result == LT_ORPHAN && job->arrival.missing.count > 0) {
        doubt.kind = LT_DOUBT_GAP;
        doubt.missing = job->arrival.missing.ids[0];
    } else if (result != LT_BAD_SIGNATURE && result != LT_BAD_HASH && result != LT_MALFORMED) {
        return;
    }
    fill(&doubt, peer, &job->arrival.update);
    lt_doubts_note(gate->config.doubts, &doubt, lt_clock_wall());
}
