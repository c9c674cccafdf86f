#include "proto/sync_child_own.h"

#include <stdlib.h>
#include <string.h>

/* The parent's word on a chain. */
static void learn(struct lt_child *child, struct lt_child_chain *chain, const struct lt_hash *tips,
                  size_t count)
{
    lt_push_cover(child, chain, tips, count);
    chain->named = true;
    if (lt_is_directive(chain))
        lt_push_wake(child, LT_PUSH_KEY_REST);
}

/* ---- HELLO ---- */

/* All tips of our scope, as they go into the digest: should the parent's be equal, they are its. */
static void take_snapshot(struct lt_child *child)
{
    struct lt_sync_scope scope =
        lt_sync_scope_begin(&child->store, child->config.role, &child->config.unit);
    struct lt_sync_scope_digest digest;
    struct lt_hash tips[LT_PARENTS_MAX];
    struct lt_chain id;
    lt_chains_clear(child);
    lt_sync_scope_digest_begin(&digest);
    while (lt_sync_scope_next(&scope, &id)) {
        size_t count = child->store.tips(child->store.context, &id, tips);
        struct lt_child_chain *chain = lt_chains_get(child, &id);
        lt_sync_scope_digest_add(&digest, &id, tips, count);
        if (chain && !lt_hash_set_assign(&chain->tips, tips, count))
            child->broken = true;
    }
    lt_sync_scope_digest_end(&digest, &child->digest);
}

static enum lt_result send_hello(struct lt_child *child, const uint8_t *const *receipts,
                                 const size_t *sizes, size_t count, struct lt_actions *out)
{
    Lienthong__Hello hello;
    Lienthong__Unit unit;
    Lienthong__Receipt *wires[LT_HELLO_RECEIPTS_MAX];
    char code[LT_CODE_BYTES_MAX + 1];
    char software[LT_TEXT_BYTES_MAX + 1] = "";
    lienthong__hello__init(&hello);
    lt_unit_to_wire(&child->config.unit, &unit, code);
    if (child->config.software)
        strncat(software, child->config.software, LT_TEXT_BYTES_MAX);
    hello.unit = &unit;
    hello.role = child->config.role;
    hello.instance =
        (ProtobufCBinaryData){sizeof(child->config.instance), child->config.instance.bytes};
    hello.protocol = LT_PROTOCOL_VERSION;
    hello.body_version = LT_BODY_VERSION;
    hello.software = software;
    hello.digest = (ProtobufCBinaryData){sizeof(child->digest), child->digest.bytes};
    hello.receipts = wires;
    for (size_t i = 0; i < count; i++) {
        struct lt_bytes receipt = {receipts[i], sizes[i]};
        ProtobufCMessage *read;
        if (lt_payload_read(receipt, &lienthong__receipt__descriptor, child->arena, &read) == LT_OK)
            wires[hello.n_receipts++] = (Lienthong__Receipt *)read;
    }
    enum lt_result result =
        lienthong__hello__get_packed_size(&hello) > LT_HELLO_BYTES_MAX
            ? LT_TOO_LARGE
            : lt_actions_send(out, 0, LT_MSG_HELLO, child->session, &hello.base);
    lt_arena_reset(child->arena);
    return result;
}

bool lt_child_say_hello(struct lt_child *child, struct lt_actions *out)
{
    uint8_t *receipts[LT_HELLO_RECEIPTS_MAX];
    size_t sizes[LT_HELLO_RECEIPTS_MAX];
    size_t count = 0;
    take_snapshot(child);
    if (child->store.newest_receipts)
        count = child->store.newest_receipts(child->store.context, receipts, sizes,
                                             LT_HELLO_RECEIPTS_MAX);
    size_t shown = count;
    enum lt_result result = send_hello(child, (const uint8_t *const *)receipts, sizes, shown, out);
    while (result == LT_TOO_LARGE && shown > 0) /* they are a help, not needed: as many as fit */
        result = send_hello(child, (const uint8_t *const *)receipts, sizes, --shown, out);
    for (size_t i = 0; i < count; i++)
        free(receipts[i]);
    return result == LT_OK && !child->broken;
}

/* ---- What the parent says ---- */

/* It was restored, and may not know. */
static void look_for_loss(struct lt_child *child, const struct lt_child_chain *chain)
{
    child->proves = child->proves ||
                    (!child->proved && child->store.falls_short != NULL &&
                     child->store.falls_short(child->store.context, &child->parent, &chain->chain,
                                              chain->tips.items, chain->tips.count));
}

/* All is compared: what it did not name it does not have. */
static void compare_all(struct lt_child *child)
{
    child->pages_done = true;
    for (size_t i = 0; i < child->chain_count; i++) {
        struct lt_child_chain *chain = child->chains[i];
        if (!chain->named)
            look_for_loss(child, chain);
        chain->named = true;
        lt_fetch_settle(child, chain);
    }
}

/* The digest says whether these were all pages. */
static void end_pages(struct lt_child *child)
{
    struct lt_hash digest;
    lt_sync_scope_digest_end(&child->pages, &digest);
    if (lt_hash_cmp(&digest, &child->parent_digest) != 0) {
        child->broken = true; /* a page was lost: we do not know all that it has */
        return;
    }
    compare_all(child);
}

static enum lt_result hear_welcome(struct lt_child *child, const Lienthong__Welcome *welcome)
{
    struct lt_hash digest;
    struct lt_unit hub;
    if (child->phase != LT_PHASE_HELLO)
        return LT_OK; /* repeated */
    if (lt_unit_from_wire(welcome->hub, &hub) != LT_OK ||
        lt_hashes_from_wire(&welcome->digest, 1, 1, &digest) != LT_OK)
        return LT_MALFORMED;
    if (!welcome->differ && lt_hash_cmp(&digest, &child->digest) != 0)
        return LT_MALFORMED;
    child->phase = LT_PHASE_UP;
    child->was_welcomed = true;
    child->failures = 0;
    child->carried_bytes = 0;
    child->welcomed_at = child->now;
    child->parent = hub;
    child->parent_ready = welcome->ready;
    child->pieces = welcome->pieces;
    child->credit_bytes = welcome->credit_bytes < child->config.credit_most_bytes
                              ? welcome->credit_bytes
                              : child->config.credit_most_bytes;
    child->skew_s = 0;
    if (child->wall_known &&
        __builtin_sub_overflow(welcome->wall_time, child->wall_time_s, &child->skew_s))
        child->skew_s = welcome->wall_time > 0 ? INT64_MAX : INT64_MIN;
    child->parent_digest = digest;
    lt_sync_scope_digest_begin(&child->pages);
    if (!welcome->differ) {
        compare_all(child);
        return LT_OK;
    }
    for (size_t i = 0; i < child->chain_count; i++)
        child->chains[i]->tips.count = 0; /* they were ours */
    return LT_OK;
}

/* A page after WELCOME, the end mark of an answer (last = false), or news of a chain (last = true). */
static enum lt_result hear_tips(struct lt_child *child, const Lienthong__Tips *message)
{
    for (size_t i = 0; i < message->n_chains; i++) {
        const Lienthong__ChainTips *entry = message->chains[i];
        struct lt_hash tips[LT_PARENTS_MAX];
        struct lt_chain id;
        if (lt_chain_from_wire(entry->chain, &id) != LT_OK ||
            lt_hashes_from_wire(entry->tips, entry->n_tips, LT_PARENTS_MAX, tips) != LT_OK)
            return LT_MALFORMED;
        struct lt_child_chain *chain = lt_chains_get(child, &id);
        if (!chain)
            return child->broken ? LT_OK : LT_TOO_LARGE;
        if (!child->pages_done && chain->fetch != LT_FETCH_WANTED)
            lt_sync_scope_digest_add(&child->pages, &id, tips, entry->n_tips);
        learn(child, chain, tips, entry->n_tips);
        if (!child->pages_done)
            look_for_loss(child, chain);
        if (!message->last)
            lt_fetch_mark(child, chain);
        lt_fetch_settle(child, chain);
    }
    if (message->last && !child->pages_done)
        end_pages(child);
    return LT_OK;
}

/* Our parent's word on one of the chains. */
static enum lt_result hear_statement(struct lt_child *child, struct lt_bytes receipt)
{
    struct lt_statement statement;
    enum lt_result result = lt_receipt_open(receipt, &statement);
    if (result != LT_OK)
        return result;
    struct lt_child_chain *chain = lt_chains_get(child, &statement.chain);
    if (!chain)
        return child->broken ? LT_OK : LT_TOO_LARGE;
    learn(child, chain, statement.tips, statement.tip_count);
    lt_fetch_settle(child, chain);
    return LT_OK;
}

/* Those of hubs above are for the owner alone, who checks them. */
static enum lt_result hear_receipt(struct lt_child *child, const Lienthong__Receipt *receipt,
                                   struct lt_actions *out)
{
    struct lt_unit hub;
    enum lt_result result = lt_receipt_hub(receipt, child->arena, &hub);
    if (result != LT_OK)
        return result;
    size_t size = lienthong__receipt__get_packed_size(receipt);
    uint8_t *bytes = malloc(size + 1);
    if (!bytes) {
        child->broken = true;
        return LT_OK;
    }
    lienthong__receipt__pack(receipt, bytes);
    struct lt_bytes span = {bytes, size};
    if (lt_unit_cmp(&hub, &child->parent) == 0)
        result = hear_statement(child, span);
    if (result == LT_OK && !lt_actions_add_bytes(out, LT_DO_RECEIPT, 0, child->session, span))
        child->broken = true;
    free(bytes);
    return result;
}

static enum lt_result hear_receipts(struct lt_child *child, const Lienthong__Receipts *message,
                                    struct lt_actions *out)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < message->n_receipts; i++) {
        enum lt_result one = hear_receipt(child, message->receipts[i], out);
        if (result == LT_OK)
            result = one;
    }
    return result;
}

static enum lt_result hear_refused(struct lt_child *child, const Lienthong__Refused *refused,
                                   struct lt_bytes payload, struct lt_actions *out)
{
    struct lt_chain id;
    struct lt_hash update;
    if (!lt_actions_add_bytes(out, LT_DO_REFUSED, 0, child->session, payload))
        child->broken = true;
    if (refused->reason == LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA) {
        child->shut_out_ms = lt_child_asked_pause(child, refused->retry_after_s) + 1;
        return LT_OK;
    }
    if (child->phase != LT_PHASE_UP || lt_chain_from_wire(refused->chain, &id) != LT_OK ||
        lt_hashes_from_wire(&refused->update, 1, 1, &update) != LT_OK)
        return LT_OK; /* it does not say of what: only to be shown */
    struct lt_child_chain *chain = lt_chains_find(child, &id);
    if (chain)
        lt_push_refused(child, chain, &update, refused);
    return LT_OK;
}

static const ProtobufCMessageDescriptor *descriptor_of(enum lt_message_type type)
{
    switch (type) {
    case LT_MSG_WELCOME:
        return &lienthong__welcome__descriptor;
    case LT_MSG_TIPS:
        return &lienthong__tips__descriptor;
    case LT_MSG_RECEIPTS:
        return &lienthong__receipts__descriptor;
    case LT_MSG_REFUSED:
        return &lienthong__refused__descriptor;
    case LT_MSG_PIECE:
        return &lienthong__piece__descriptor;
    case LT_MSG_UPDATE:
    case LT_MSG_READY:
    case LT_MSG_HELLO:
    case LT_MSG_WANT:
    case LT_MSG_REPORT:
    case LT_MSG_JOIN:
    case LT_MSG_JOINED:
    case LT_MSG_WANT_PIECE:
        break;
    }
    return NULL;
}

static enum lt_result hear_payload(struct lt_child *child, const struct lt_message *message,
                                   struct lt_actions *out)
{
    const ProtobufCMessageDescriptor *descriptor = descriptor_of(message->type);
    ProtobufCMessage *read;
    if (!descriptor)
        return LT_MALFORMED; /* no parent says that */
    enum lt_result result = lt_payload_read(message->payload, descriptor, child->arena, &read);
    if (result != LT_OK)
        return result;
    if (message->type == LT_MSG_WELCOME)
        return hear_welcome(child, (const Lienthong__Welcome *)read);
    if (message->type == LT_MSG_REFUSED)
        return hear_refused(child, (const Lienthong__Refused *)read, message->payload, out);
    if (child->phase != LT_PHASE_UP)
        return LT_OK;
    if (message->type == LT_MSG_TIPS)
        return hear_tips(child, (const Lienthong__Tips *)read);
    if (message->type == LT_MSG_PIECE) {
        if (!lt_actions_add_bytes(out, LT_DO_PIECE, 0, child->session, message->payload))
            child->broken = true;
        return LT_OK;
    }
    return hear_receipts(child, (const Lienthong__Receipts *)read, out);
}

enum lt_result lt_child_hear(struct lt_child *child, const struct lt_message *message,
                             struct lt_actions *out)
{
    if (message->type == LT_MSG_UPDATE)
        return child->phase == LT_PHASE_UP ? lt_fetch_update(child, message->payload, out) : LT_OK;
    if (message->type == LT_MSG_READY) {
        /* What it has fetched since its WELCOME may still be unsaid: asked for before anything is signed. */
        if (child->phase == LT_PHASE_UP && !child->parent_ready)
            child->hello_at = child->now;
        return LT_OK;
    }
    enum lt_result result = hear_payload(child, message, out);
    lt_arena_reset(child->arena);
    return result;
}
