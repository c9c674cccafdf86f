/* Pieces of releases for children: behind all else that is for them, and at a bounded rate in all. */
#include <string.h>

#include "agent/clock.h"
#include "hub/gate_own.h"
#include "hub/releases.h"

enum { ANSWERS_MAX = 8 }; /* at once: those without bytes take nothing of the rate */

void gate_want_piece(struct lt_gate *gate, struct peer *peer, const struct lt_action *action)
{
    ProtobufCMessage *message;
    if (!peer->wants.is &&
        lt_payload_read((struct lt_bytes){action->bytes, action->size},
                        &lienthong__want_piece__descriptor, gate->arena, &message) == LT_OK) {
        const Lienthong__WantPiece *want = (const Lienthong__WantPiece *)(void *)message;
        peer->wants.is = true;
        peer->wants.session = action->session;
        peer->wants.offset = want->offset;
        memcpy(peer->wants.hash.bytes, want->hash.data, sizeof(peer->wants.hash.bytes));
        gate->pieces_wanted = true;
    }
    lt_arena_reset(gate->arena);
}

/* What it pushed is with the pipeline, and it is not owed receipts. */
static bool is_idle(const struct peer *peer)
{
    return peer->waiting == 0 && peer->working == 0 && !peer->catching_up && peer->ending_at == 0;
}

static void answer(struct lt_gate *gate, struct peer *peer, lt_ms now)
{
    uint8_t bytes[LT_PIECE_BYTES_MAX];
    struct lt_actions actions = {0};
    size_t size = 0;
    bool last = false;
    peer->wants.is = false;
    const enum lt_result result = lt_releases_read(gate->config.releases, &peer->wants.hash,
                                                   peer->wants.offset, bytes, &size, &last);
    if (result != LT_OK && result != LT_NOT_FOUND) {
        return; /* no honest child asks that */
    }
    lt_parent_piece(gate->machine, (uint32_t)(peer - gate->peers), peer->wants.session,
                    &peer->wants.hash, peer->wants.offset, (struct lt_bytes){bytes, size}, last,
                    &actions);
    gate_perform(gate, &actions);
    gate->piece_at = now + (lt_ms)size * 1000 / (gate->config.release_kib_s * UINT64_C(1024));
}

/* The next that waits and may be answered, after the last that was; NULL: none. */
static struct peer *next_peer(struct lt_gate *gate)
{
    const uint32_t count = gate->config.peers_max;
    bool wanted = false;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t at = (gate->piece_next + i) % count;
        struct peer *peer = &gate->peers[at];
        if (!peer->used || !peer->wants.is) {
            continue;
        }
        wanted = true;
        if (is_idle(peer)) {
            gate->piece_next = (at + 1) % count;
            return peer;
        }
    }
    gate->pieces_wanted = wanted;
    return NULL;
}

void gate_pieces(struct lt_gate *gate, lt_ms now)
{
    for (unsigned i = 0; i < ANSWERS_MAX && gate->pieces_wanted && now >= gate->piece_at; i++) {
        struct peer *peer = next_peer(gate);
        if (peer == NULL) {
            return; /* or all of them are busy, and what ends that wakes us */
        }
        answer(gate, peer, now);
    }
}

long gate_pieces_wait_ms(const struct lt_gate *gate, lt_ms now)
{
    const lt_ms left = gate->piece_at > now ? gate->piece_at - now : 0;
    return gate->pieces_wanted && left > 0 && left < 1000 ? (long)left : 1000;
}
