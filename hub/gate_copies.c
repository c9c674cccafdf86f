/* Machines that came back as they were before, or that are there twice (copies.h), by what they say in a session. */
#include <stdlib.h>
#include <string.h>

#include "hub/gate_own.h"

enum { LOOKED_AT_MAX = 1024 }; /* updates that one WANT is looked through for */

struct want { /* of its own chain */
    struct lt_chain chain;
    size_t count;
    struct lt_hash have[LT_HAVE_MAX];
};

static struct lt_chain own_chain(const struct peer *peer)
{
    return (struct lt_chain){peer->role == LIENTHONG__ROLE__ROLE_HUB ? LT_STREAM_DIRECTIVE
                                                                     : LT_STREAM_REPORT,
                             peer->unit};
}

/* False: it is of another chain. */
static bool take_want(const struct peer *peer, const Lienthong__Want *wire, struct want *ret_want)
{
    const Lienthong__Unit *unit = wire->chain != NULL ? wire->chain->unit : NULL;
    struct lt_chain chain;
    ret_want->chain = own_chain(peer);
    ret_want->count = wire->n_have;
    if (unit == NULL || wire->n_have > LT_HAVE_MAX ||
        lt_unit_make(unit->code, unit->valid_from, &chain.unit) != LT_OK) {
        return false;
    }
    chain.stream = (enum lt_stream)wire->chain->stream;
    bool own = lt_chain_cmp(&chain, &ret_want->chain) == 0;
    for (size_t i = 0; i < wire->n_have && own; i++) {
        own = wire->have[i].len == sizeof(ret_want->have[i].bytes);
        if (own) {
            memcpy(ret_want->have[i].bytes, wire->have[i].data, wire->have[i].len);
        }
    }
    return own;
}

static bool read_want(struct lt_gate *gate, const struct peer *peer, struct lt_bytes payload,
                      struct want *ret_want)
{
    ProtobufCMessage *read;
    lt_arena_reset(gate->arena);
    bool own =
        lt_payload_read(payload, &lienthong__want__descriptor, gate->arena, &read) == LT_OK &&
        take_want(peer, (const Lienthong__Want *)(void *)read, ret_want);
    lt_arena_reset(gate->arena);
    return own;
}

/* Nothing that it signed later can be here, unless by a connection that it has opened since. */
static bool is_newest(const struct lt_gate *gate, const struct peer *peer)
{
    for (uint32_t i = 0; i < gate->config.peers_max; i++) {
        const struct peer *other = &gate->peers[i];
        if (other->used && other->came > peer->came &&
            memcmp(&other->key, &peer->key, sizeof(peer->key)) == 0) {
            return false;
        }
    }
    return true;
}

/* Opens the update at a position. */
static bool open_at(struct lt_txn *txn, uint64_t position, struct lt_update *ret_update)
{
    struct lt_bytes bytes;
    return lt_log_at(txn, position, &bytes) && lt_update_open(bytes, ret_update) == LT_OK;
}

static int64_t signed_at(struct lt_gate *gate, const struct lt_update *update)
{
    Lienthong__ReportBody *report;
    Lienthong__DirectiveBody *directive;
    int64_t at = 0;
    lt_arena_reset(gate->arena);
    if (update->frame.chain.stream == LT_STREAM_REPORT) {
        at = lt_report_read(update, gate->arena, &report) == LT_OK ? report->signed_at : 0;
    } else {
        at = lt_directive_read(update, gate->arena, &directive) == LT_OK ? directive->signed_at : 0;
    }
    lt_arena_reset(gate->arena);
    return at;
}

/* The newest of what it has. False: it has something that is not here; then the ladder may leave out what it
 * has, and nothing can be said. */
static bool look_at_had(struct lt_gate *gate, struct lt_txn *txn, const struct want *want,
                        struct lt_copy_loss *loss)
{
    uint64_t position, seq, newest = 0;
    struct lt_update update;
    for (size_t i = 0; i < want->count; i++) {
        if (!lt_log_find(txn, &want->have[i], &position, &seq)) {
            return false;
        }
        if (seq > loss->had_seq) {
            loss->had_seq = seq;
            newest = position;
        }
    }
    loss->had_at = newest != 0 && open_at(txn, newest, &update) ? signed_at(gate, &update) : 0;
    return true;
}

/* What of its own it lacks. */
static void look_at_lacking(struct lt_txn *txn, const struct peer *peer, const struct want *want,
                            struct lt_copy_loss *loss)
{
    struct lt_update update;
    uint64_t *positions = malloc(LOOKED_AT_MAX * sizeof(*positions));
    size_t count = positions == NULL ? 0
                                     : lt_log_lacking(txn, &want->chain, want->have, want->count,
                                                      positions, LOOKED_AT_MAX);
    for (size_t i = 0; i < count; i++) {
        if (open_at(txn, positions[i], &update) &&
            memcmp(&update.frame.key, &peer->key, sizeof(peer->key)) == 0) {
            loss->first = loss->lacked == 0 ? positions[i] : loss->first;
            loss->lacked++;
        }
    }
    free(positions);
}

static void look_for_loss(struct lt_gate *gate, struct peer *peer, const struct want *want,
                          int64_t now)
{
    struct lt_copy_loss loss = {.first = 0};
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(gate->config.ledger), false);
    if (txn == NULL) {
        return;
    }
    if (look_at_had(gate, txn, want, &loss)) {
        look_at_lacking(txn, peer, want, &loss);
        loss.end = lt_log_last(txn);
    }
    lt_txn_abort(txn);
    if (loss.lacked > 0) {
        const struct lt_copy_of of = {peer->unit, peer->role, peer->key};
        lt_copies_lost(gate->config.copies, &of, &loss, now);
    }
}

void gate_look_for_copies(struct lt_gate *gate, struct peer *peer, const struct lt_message *message,
                          int64_t now)
{
    if (message->type == LT_MSG_HELLO || message->session == 0 ||
        message->session != peer->session) {
        return;
    }
    if (peer->heard_after != peer->welcome) {
        const struct lt_copy_of of = {peer->unit, peer->role, peer->key};
        peer->heard_after = peer->welcome;
        lt_copies_talked(gate->config.copies, &of, peer->came, peer->welcome, now);
    }
    struct want want;
    if (message->type == LT_MSG_WANT && peer->looked_after != peer->welcome &&
        read_want(gate, peer, message->payload, &want)) {
        peer->looked_after = peer->welcome;
        if (is_newest(gate, peer)) {
            look_for_loss(gate, peer, &want, now);
        }
    }
}
