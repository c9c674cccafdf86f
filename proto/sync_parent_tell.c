#include "proto/sync_parent_own.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* Of a chain on a page beside its tips: code, day and the lengths of all that holds them. */
    CHAIN_BYTES = 64,
    TIP_BYTES = sizeof(struct lt_hash) + 2,
};

enum lt_way lt_parent_way(const struct lt_parent *parent, const struct lt_parent_peer *peer,
                          const struct lt_chain *chain)
{
    return lt_sync_scope_way(&parent->store, peer->role, &peer->unit, chain);
}

/* ---- Pages of tips ---- */

struct page_entry {
    Lienthong__ChainTips tips;
    struct lt_wire_chain chain;
    struct lt_hash *hashes;
    ProtobufCBinaryData *spans;
};

struct page {
    struct page_entry entries[LT_TIPS_PAGE_MAX];
    Lienthong__ChainTips *wires[LT_TIPS_PAGE_MAX];
    struct lt_hash hashes[LT_MESSAGE_BYTES_MAX / TIP_BYTES];
    ProtobufCBinaryData spans[LT_MESSAGE_BYTES_MAX / TIP_BYTES];
    size_t count, hash_count, bytes;
};

static bool page_fits(const struct page *page, size_t tip_count)
{
    return page->count < LT_TIPS_PAGE_MAX &&
           page->bytes + CHAIN_BYTES + tip_count * TIP_BYTES <= LT_MESSAGE_BYTES_MAX;
}

static void page_add(struct page *page, const struct lt_chain *chain, const struct lt_hash *tips,
                     size_t tip_count)
{
    struct page_entry *entry = &page->entries[page->count];
    lienthong__chain_tips__init(&entry->tips);
    lt_chain_to_wire(chain, &entry->chain);
    memcpy(&page->hashes[page->hash_count], tips, tip_count * sizeof(*tips));
    lt_hashes_to_wire(&page->hashes[page->hash_count], tip_count, &page->spans[page->hash_count]);
    entry->tips.chain = &entry->chain.chain;
    entry->tips.n_tips = tip_count;
    entry->tips.tips = &page->spans[page->hash_count];
    page->wires[page->count++] = &entry->tips;
    page->hash_count += tip_count;
    page->bytes += CHAIN_BYTES + tip_count * TIP_BYTES;
}

static bool page_send(struct page *page, uint32_t peer, uint64_t session, bool last,
                      struct lt_actions *out)
{
    Lienthong__Tips message;
    lienthong__tips__init(&message);
    message.n_chains = page->count;
    message.chains = page->wires;
    message.last = last;
    page->count = page->hash_count = page->bytes = 0;
    return lt_actions_send(out, peer, LT_MSG_TIPS, session, &message.base) == LT_OK;
}

/* One walk: what the digest says is what the pages say, whatever is committed meanwhile. */
static bool make_pages(struct lt_parent *parent, uint32_t peer, struct lt_hash *ret_digest,
                       struct lt_actions *pages)
{
    const struct lt_parent_peer *to = &parent->peers[peer];
    struct lt_sync_scope scope = lt_sync_scope_begin(&parent->store, to->role, &to->unit);
    struct lt_sync_scope_digest digest;
    struct lt_hash tips[LT_PARENTS_MAX];
    struct lt_chain chain;
    struct page *page = malloc(sizeof(*page));
    if (!page)
        return false;
    page->count = page->hash_count = page->bytes = 0;
    bool good = true;
    lt_sync_scope_digest_begin(&digest);
    while (good && lt_sync_scope_next(&scope, &chain)) {
        size_t count = parent->store.tips(parent->store.context, &chain, tips);
        lt_sync_scope_digest_add(&digest, &chain, tips, count);
        if (!page_fits(page, count))
            good = page_send(page, peer, to->session, false, pages);
        page_add(page, &chain, tips, count);
    }
    lt_sync_scope_digest_end(&digest, ret_digest);
    good = good && page_send(page, peer, to->session, true, pages);
    free(page);
    return good;
}

bool lt_parent_tips(struct lt_parent *parent, uint32_t peer, const struct lt_chain *chain,
                    bool last, struct lt_actions *out)
{
    struct lt_hash tips[LT_PARENTS_MAX];
    ProtobufCBinaryData spans[LT_PARENTS_MAX];
    struct lt_wire_chain wire;
    Lienthong__ChainTips entry;
    Lienthong__ChainTips *entries[1] = {&entry};
    Lienthong__Tips message;
    size_t count = 0; /* a chain out of its scope is none of its business */
    if (lt_parent_way(parent, &parent->peers[peer], chain) != LT_WAY_NONE)
        count = parent->store.tips(parent->store.context, chain, tips);
    lienthong__chain_tips__init(&entry);
    lienthong__tips__init(&message);
    lt_chain_to_wire(chain, &wire);
    lt_hashes_to_wire(tips, count, spans);
    entry.chain = &wire.chain;
    entry.n_tips = count;
    entry.tips = spans;
    message.n_chains = 1;
    message.chains = entries;
    message.last = last;
    return lt_actions_send(out, peer, LT_MSG_TIPS, parent->peers[peer].session, &message.base) ==
           LT_OK;
}

/* ---- WELCOME ---- */

bool lt_parent_welcome(struct lt_parent *parent, uint32_t peer, const struct lt_hash *digest,
                       int64_t wall_time, struct lt_actions *out)
{
    const struct lt_parent_peer *to = &parent->peers[peer];
    char code[LT_CODE_BYTES_MAX + 1];
    Lienthong__Unit hub;
    Lienthong__Welcome welcome;
    struct lt_actions pages = {0};
    struct lt_hash ours;
    bool good = make_pages(parent, peer, &ours, &pages);
    lienthong__welcome__init(&welcome);
    lt_unit_to_wire(&parent->config.unit, &hub, code);
    welcome.hub = &hub;
    welcome.digest = (ProtobufCBinaryData){sizeof(ours), ours.bytes};
    welcome.ready = parent->config.ready;
    welcome.pieces = parent->config.pieces;
    welcome.credit_bytes = parent->config.credit_bytes;
    welcome.protocol = LT_PROTOCOL_VERSION;
    welcome.body_version = LT_BODY_VERSION;
    welcome.incarnation =
        (ProtobufCBinaryData){sizeof(parent->config.incarnation), parent->config.incarnation.bytes};
    welcome.wall_time = wall_time;
    welcome.differ = lt_hash_cmp(&ours, digest) != 0;
    good = good && lt_actions_send(out, peer, LT_MSG_WELCOME, to->session, &welcome.base) == LT_OK;
    good = good && (!welcome.differ || lt_actions_join(out, &pages));
    lt_actions_clear(&pages);
    return good;
}

/* ---- To all whom it concerns ---- */

/* What could not be packed is lost to that peer, as on a broken link: its next session tells it. */
static void lose(struct lt_parent *parent, uint32_t peer)
{
    parent->peers[peer].session = 0;
}

void lt_parent_ready(struct lt_parent *parent, struct lt_actions *out)
{
    if (parent->config.ready)
        return; /* whoever has a session knows it */
    parent->config.ready = true;
    for (uint32_t i = 0; i < parent->peers_top; i++) {
        uint64_t session = parent->peers[i].session;
        if (session != 0 && lt_actions_send(out, i, LT_MSG_READY, session, NULL) != LT_OK)
            lose(parent, i);
    }
}

void lt_parent_stored(struct lt_parent *parent, const struct lt_chain *chain,
                      struct lt_actions *out)
{
    for (uint32_t i = 0; i < parent->peers_top; i++) {
        const struct lt_parent_peer *peer = &parent->peers[i];
        if (peer->session != 0 && lt_parent_way(parent, peer, chain) == LT_WAY_DOWN &&
            !lt_parent_tips(parent, i, chain, true, out))
            lose(parent, i);
    }
}

void lt_parent_receipt(struct lt_parent *parent, const struct lt_chain *chain,
                       struct lt_bytes receipt, struct lt_actions *out)
{
    Lienthong__Receipts message;
    ProtobufCMessage *read = NULL;
    uint8_t *bytes;
    size_t size;
    enum lt_result result =
        lt_payload_read(receipt, &lienthong__receipt__descriptor, parent->arena, &read);
    if (result == LT_OK) {
        Lienthong__Receipt *receipts[1] = {(Lienthong__Receipt *)read};
        lienthong__receipts__init(&message);
        message.n_receipts = 1;
        message.receipts = receipts;
        result = lt_message_pack(LT_MSG_RECEIPTS, 0, &message.base, &bytes, &size);
    }
    lt_arena_reset(parent->arena);
    if (result != LT_OK)
        return;
    for (uint32_t i = 0; i < parent->peers_top; i++) {
        uint64_t session = parent->peers[i].session;
        if (session == 0 || lt_parent_way(parent, &parent->peers[i], chain) != LT_WAY_UP)
            continue;
        lt_header_write(LT_MSG_RECEIPTS, session, bytes);
        if (!lt_actions_add_bytes(out, LT_DO_SEND, i, session, (struct lt_bytes){bytes, size}))
            lose(parent, i);
    }
    free(bytes);
}

void lt_parent_piece(struct lt_parent *parent, uint32_t peer, uint64_t session,
                     const struct lt_hash *hash, uint64_t offset, struct lt_bytes bytes, bool last,
                     struct lt_actions *out)
{
    struct lt_hash own = *hash;
    Lienthong__Piece piece = LIENTHONG__PIECE__INIT;
    if (peer >= parent->peers_top || session == 0 || parent->peers[peer].session != session)
        return;
    piece.hash = (ProtobufCBinaryData){sizeof(own.bytes), own.bytes};
    piece.offset = offset;
    piece.bytes = (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
    piece.last = last;
    (void)lt_actions_send(out, peer, LT_MSG_PIECE, session,
                          &piece.base); /* without memory it is asked for again */
}
