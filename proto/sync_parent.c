#include "proto/sync_parent_own.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* So that sums of a few never wrap. */
#define CREDIT_BYTES_MAX (UINT64_C(1) << 48)

/* ---- Peers ---- */

struct lt_parent *lt_parent_new(const struct lt_parent_config *config,
                                const struct lt_sync_store *store)
{
    struct lt_parent *parent = calloc(1, sizeof(*parent));
    if (!parent)
        return NULL;
    parent->config = *config;
    if (parent->config.credit_bytes > CREDIT_BYTES_MAX)
        parent->config.credit_bytes = CREDIT_BYTES_MAX;
    parent->store = *store;
    parent->arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    parent->peers = calloc(config->peers_max > 0 ? config->peers_max : 1, sizeof(*parent->peers));
    if (!parent->arena || !parent->peers) {
        lt_parent_free(parent);
        return NULL;
    }
    return parent;
}

void lt_parent_free(struct lt_parent *parent)
{
    if (!parent)
        return;
    lt_arena_free(parent->arena);
    free(parent->peers);
    free(parent);
}

void lt_parent_came(struct lt_parent *parent, uint32_t peer, Lienthong__Role role,
                    const struct lt_unit *unit)
{
    assert(peer < parent->config.peers_max);
    parent->peers[peer] = (struct lt_parent_peer){.unit = *unit, .role = role, .present = true};
    if (peer >= parent->peers_top)
        parent->peers_top = peer + 1;
}

static struct lt_parent_peer *peer_at(struct lt_parent *parent, uint32_t peer)
{
    if (peer >= parent->peers_top || !parent->peers[peer].present)
        return NULL;
    return &parent->peers[peer];
}

void lt_parent_gone(struct lt_parent *parent, uint32_t peer)
{
    if (peer_at(parent, peer))
        parent->peers[peer] = (struct lt_parent_peer){0};
    while (parent->peers_top > 0 && !parent->peers[parent->peers_top - 1].present)
        parent->peers_top--;
}

void lt_parent_answered(struct lt_parent *parent, uint32_t peer, uint64_t bytes)
{
    struct lt_parent_peer *from = peer_at(parent, peer);
    if (from)
        from->unanswered_bytes -= from->unanswered_bytes < bytes ? from->unanswered_bytes : bytes;
}

void lt_parent_incarnation(struct lt_parent *parent, const struct lt_instance *incarnation)
{
    parent->config.incarnation = *incarnation;
}

/* ---- What they say ---- */

/* Does this receipt of ours prove that we had more than we have? By its number, or by what it names that our store lacks; the
 * latter says nothing of another incarnation, whose loss was noticed when it ended. */
static bool is_beyond(const struct lt_parent *parent, struct lt_bytes receipt)
{
    struct lt_statement statement;
    bool beyond = false;
    if (lt_receipt_open(receipt, &statement) != LT_OK)
        return false;
    if (parent->store.gave_out != NULL &&
        !parent->store.gave_out(parent->store.context, statement.number))
        return true;
    if (memcmp(&statement.incarnation, &parent->config.incarnation,
               sizeof(statement.incarnation)) != 0)
        return false;
    for (uint32_t i = 0; i < statement.tip_count && !beyond; i++)
        beyond = !parent->store.has(parent->store.context, &statement.tips[i]);
    return beyond;
}

/* A receipt of ours is proof of what we once had. False: out of memory. */
static bool look_at_receipt(struct lt_parent *parent, uint32_t peer, uint64_t session,
                            const Lienthong__Receipt *receipt, struct lt_actions *out)
{
    struct lt_unit hub;
    if (lt_receipt_hub(receipt, parent->arena, &hub) != LT_OK ||
        lt_unit_cmp(&hub, &parent->config.unit) != 0)
        return true;
    size_t size = lienthong__receipt__get_packed_size(receipt);
    uint8_t *bytes = malloc(size + 1);
    if (!bytes)
        return false;
    lienthong__receipt__pack(receipt, bytes);
    struct lt_bytes span = {bytes, size};
    bool good =
        !is_beyond(parent, span) || lt_actions_add_bytes(out, LT_DO_RESTORED, peer, session, span);
    free(bytes);
    return good;
}

static enum lt_result hear_hello(struct lt_parent *parent, uint32_t peer, uint64_t session,
                                 const Lienthong__Hello *hello, int64_t wall_time,
                                 struct lt_actions *out)
{
    struct lt_parent_peer *from = &parent->peers[peer];
    struct lt_hash digest;
    struct lt_unit unit;
    if (session == 0 || lt_unit_from_wire(hello->unit, &unit) != LT_OK ||
        lt_hashes_from_wire(&hello->digest, 1, 1, &digest) != LT_OK)
        return LT_MALFORMED;
    if (hello->role != from->role || lt_unit_cmp(&unit, &from->unit) != 0)
        return LT_NOT_YOURS;
    bool good = true;
    for (size_t i = 0; i < hello->n_receipts && good; i++)
        good = look_at_receipt(parent, peer, session, hello->receipts[i], out);
    from->session = session;
    if (!good || !lt_parent_welcome(parent, peer, &digest, wall_time, out)) {
        from->session = 0; /* it will ask again */
        return LT_NO_MEMORY;
    }
    return LT_OK;
}

/* Its own directives, which it lacks when it was restored from an older copy, any child gives back. */
static bool is_own(const struct lt_parent *parent, const struct lt_chain *chain)
{
    return chain->stream == LT_STREAM_DIRECTIVE &&
           lt_unit_cmp(&chain->unit, &parent->config.unit) == 0;
}

static enum lt_result hear_update(struct lt_parent *parent, uint32_t peer,
                                  const struct lt_message *message, struct lt_actions *out)
{
    struct lt_parent_peer *from = &parent->peers[peer];
    uint64_t most = parent->config.credit_bytes * LT_PARENT_UNANSWERED_CREDITS;
    struct lt_update update;
    enum lt_result result = lt_update_open(message->payload, &update);
    if (result != LT_OK)
        return result;
    const struct lt_chain *chain = &update.frame.chain;
    if (lt_parent_way(parent, from, chain) != LT_WAY_UP && !is_own(parent, chain)) {
        lt_parent_refuse(parent, peer, message->session, chain, &update.id,
                         LIENTHONG__REFUSAL_REASON__REFUSAL_NOT_YOURS, NULL, 0,
                         "the chain is not in the sender's scope", out);
        return LT_OK;
    }
    if (from->unanswered_bytes > 0 && from->unanswered_bytes + message->payload.size > most) {
        lt_parent_refuse(parent, peer, message->session, chain, &update.id,
                         LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY, NULL, 0,
                         "more is in flight than the credit allows", out);
        return LT_OK;
    }
    if (!lt_actions_add_bytes(out, LT_DO_STORE, peer, message->session, message->payload)) {
        from->session = 0;
        return LT_NO_MEMORY;
    }
    from->unanswered_bytes += message->payload.size;
    return LT_OK;
}

/* How many bytes of updates a WANT may be answered with now. */
static uint64_t want_budget(const struct lt_parent *parent, struct lt_parent_peer *peer, lt_ms now)
{
    uint64_t credit = parent->config.credit_bytes;
    uint64_t most = credit * LT_PARENT_WANT_CREDITS;
    uint64_t passed = now > peer->wanted_at ? now - peer->wanted_at : 0;
    uint64_t refill = passed >= (uint64_t)LT_PARENT_WANT_CREDITS * LT_PARENT_WANT_REFILL_MS
                          ? most
                          : credit / LT_PARENT_WANT_REFILL_MS * passed;
    peer->wanted_bytes -= peer->wanted_bytes < refill ? peer->wanted_bytes : refill;
    peer->wanted_at = now;
    return peer->wanted_bytes < most ? credit : 0;
}

static bool send_lacking(struct lt_parent *parent, uint32_t peer, const struct lt_chain *chain,
                         const struct lt_hash *have, size_t have_count, uint64_t budget,
                         struct lt_actions *out)
{
    struct lt_parent_peer *to = &parent->peers[peer];
    uint64_t *positions = malloc(LT_PARENT_POSITIONS_MAX * sizeof(*positions));
    if (!positions)
        return false;
    size_t count = parent->store.lacking(parent->store.context, chain, have, have_count, positions,
                                         LT_PARENT_POSITIONS_MAX);
    uint64_t sent = 0;
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        struct lt_hash id, parents[LT_PARENTS_MAX];
        size_t parent_count, bytes;
        if (!parent->store.update_at(parent->store.context, positions[i], &id, parents,
                                     &parent_count, &bytes) ||
            (i > 0 && sent + bytes > budget))
            break;
        sent += bytes;
        good = lt_actions_send_update(out, peer, to->session, positions[i]);
    }
    to->wanted_bytes += sent;
    free(positions);
    return good;
}

static enum lt_result hear_want(struct lt_parent *parent, uint32_t peer,
                                const Lienthong__Want *want, lt_ms now, struct lt_actions *out)
{
    struct lt_parent_peer *from = &parent->peers[peer];
    struct lt_hash have[LT_HAVE_MAX];
    struct lt_chain chain;
    if (lt_chain_from_wire(want->chain, &chain) != LT_OK ||
        lt_hashes_from_wire(want->have, want->n_have, LT_HAVE_MAX, have) != LT_OK)
        return LT_MALFORMED;
    uint64_t budget = want_budget(parent, from, now);
    bool its = lt_parent_way(parent, from, &chain) != LT_WAY_NONE; /* else it ends without a word */
    if ((its && !send_lacking(parent, peer, &chain, have, want->n_have, budget, out)) ||
        !lt_parent_tips(parent, peer, &chain, false, out)) {
        from->session = 0;
        return LT_NO_MEMORY;
    }
    return LT_OK;
}

static const ProtobufCMessageDescriptor *descriptor_of(enum lt_message_type type)
{
    switch (type) {
    case LT_MSG_HELLO:
        return &lienthong__hello__descriptor;
    case LT_MSG_WANT:
        return &lienthong__want__descriptor;
    case LT_MSG_REPORT:
        return &lienthong__report__descriptor;
    case LT_MSG_WANT_PIECE:
        return &lienthong__want_piece__descriptor;
    case LT_MSG_UPDATE:
    case LT_MSG_WELCOME:
    case LT_MSG_TIPS:
    case LT_MSG_RECEIPTS:
    case LT_MSG_READY:
    case LT_MSG_REFUSED:
    case LT_MSG_JOIN:
    case LT_MSG_JOINED:
    case LT_MSG_PIECE:
        break;
    }
    return NULL;
}

static enum lt_result hear_payload(struct lt_parent *parent, uint32_t peer,
                                   const struct lt_message *message, lt_ms now, int64_t wall_time,
                                   struct lt_actions *out)
{
    const ProtobufCMessageDescriptor *descriptor = descriptor_of(message->type);
    ProtobufCMessage *read;
    if (!descriptor || (message->type == LT_MSG_WANT_PIECE && !parent->config.pieces))
        return LT_MALFORMED; /* no child says that */
    uint64_t session = parent->peers[peer].session;
    if (message->type != LT_MSG_HELLO && (session == 0 || message->session != session))
        return LT_OK;
    enum lt_result result = lt_payload_read(message->payload, descriptor, parent->arena, &read);
    if (result != LT_OK)
        return result;
    if (message->type == LT_MSG_HELLO)
        return hear_hello(parent, peer, message->session, (const Lienthong__Hello *)read, wall_time,
                          out);
    if (message->type == LT_MSG_WANT)
        return hear_want(parent, peer, (const Lienthong__Want *)read, now, out);
    const enum lt_action_kind kind =
        message->type == LT_MSG_WANT_PIECE ? LT_DO_WANT_PIECE : LT_DO_REPORT;
    return lt_actions_add_bytes(out, kind, peer, message->session, message->payload) ? LT_OK
                                                                                     : LT_NO_MEMORY;
}

enum lt_result lt_parent_message(struct lt_parent *parent, uint32_t peer, struct lt_bytes bytes,
                                 lt_ms now, int64_t wall_time, struct lt_actions *out)
{
    struct lt_parent_peer *from = peer_at(parent, peer);
    struct lt_message message;
    if (!from)
        return LT_NOT_FOUND;
    enum lt_result result = lt_message_open(bytes, &message);
    if (result != LT_OK)
        return result;
    if (message.type == LT_MSG_UPDATE)
        return message.session == from->session && from->session != 0
                   ? hear_update(parent, peer, &message, out)
                   : LT_OK;
    result = hear_payload(parent, peer, &message, now, wall_time, out);
    lt_arena_reset(parent->arena);
    return result;
}

/* ---- Refusing ---- */

/* Fills in of what, and sends. */
static void send_refused(struct lt_parent *parent, uint32_t peer, uint64_t session,
                         const struct lt_chain *chain, const struct lt_hash *id, const char *text,
                         const Lienthong__Refused *why, struct lt_actions *out)
{
    struct lt_parent_peer *to = peer_at(parent, peer);
    ProtobufCBinaryData span;
    struct lt_wire_chain wire;
    Lienthong__Refused refused = *why;
    char words[LT_LONG_TEXT_BYTES_MAX + 1] = "";
    if (!to || session == 0 || to->session != session)
        return;
    lt_chain_to_wire(chain, &wire);
    lt_hashes_to_wire(id, 1, &span);
    if (text)
        strncat(words, text, LT_LONG_TEXT_BYTES_MAX);
    refused.chain = &wire.chain;
    refused.update = span;
    refused.text = words;
    if (lt_actions_send(out, peer, LT_MSG_REFUSED, session, &refused.base) != LT_OK)
        to->session = 0;
}

void lt_parent_refuse(struct lt_parent *parent, uint32_t peer, uint64_t session,
                      const struct lt_chain *chain, const struct lt_hash *id,
                      Lienthong__RefusalReason reason, const struct lt_hash *missing,
                      size_t missing_count, const char *text, struct lt_actions *out)
{
    ProtobufCBinaryData spans[LT_PARENTS_MAX];
    Lienthong__Refused refused;
    if (missing_count > LT_PARENTS_MAX)
        missing_count = LT_PARENTS_MAX;
    lienthong__refused__init(&refused);
    lt_hashes_to_wire(missing, missing_count, spans);
    refused.reason = reason;
    refused.n_missing = missing_count;
    refused.missing = spans;
    send_refused(parent, peer, session, chain, id, text, &refused, out);
}

void lt_parent_refuse_busy(struct lt_parent *parent, uint32_t peer, uint64_t session,
                           const struct lt_chain *chain, const struct lt_hash *id,
                           uint32_t retry_after_s, const char *text, struct lt_actions *out)
{
    Lienthong__Refused refused;
    lienthong__refused__init(&refused);
    refused.reason = LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY;
    refused.retry_after_s = retry_after_s;
    send_refused(parent, peer, session, chain, id, text, &refused, out);
}
