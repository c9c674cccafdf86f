#include "hub/gate_own.h"

#include <stdlib.h>
#include <string.h>

#include "hub/take.h"

static bool make_receipt(struct lt_gate *gate, const struct lt_chain *chain, uint64_t number,
                         uint8_t **ret_bytes, size_t *ret_size)
{
    if (lt_take_receipt(gate->config.ledger, &gate->keys, chain, number, ret_bytes, ret_size) !=
        LT_OK) {
        return false;
    }
    pthread_mutex_lock(&gate->lock);
    gate->counts.receipts_signed++;
    pthread_mutex_unlock(&gate->lock);
    return true;
}

static int by_chain(const void *a, const void *b)
{
    const struct touched *left = a, *right = b;
    int order = lt_chain_cmp(&left->chain, &right->chain);
    return order != 0 ? order : (left->number > right->number) - (left->number < right->number);
}

void gate_send_receipts(struct lt_gate *gate, struct touched *touched, size_t count,
                        struct lt_actions *actions)
{
    qsort(touched, count, sizeof(*touched), by_chain);
    for (size_t i = 0; i < count; i++) {
        uint8_t *bytes;
        size_t size;
        if (i + 1 < count && lt_chain_cmp(&touched[i].chain, &touched[i + 1].chain) == 0) {
            continue;
        }
        lt_parent_stored(gate->machine, &touched[i].chain, actions);
        if (touched[i].number != 0 &&
            make_receipt(gate, &touched[i].chain, touched[i].number, &bytes, &size)) {
            lt_parent_receipt(gate->machine, &touched[i].chain, (struct lt_bytes){bytes, size},
                              actions);
            free(bytes);
        }
    }
}

/* ---- Catching up ---- */

/* An agent is sent what covers its own chain by its next update or HELLO; a hub passes ours on, of many chains. */
void gate_rekey(struct lt_gate *gate, const struct lt_keys *keys)
{
    gate->keys = *keys;
    for (uint32_t i = 0; i < gate->config.peers_max; i++) {
        struct peer *peer = &gate->peers[i];
        if (peer->used && peer->role == LIENTHONG__ROLE__ROLE_HUB) {
            peer->caught_up = peer->catching_up = false;
            peer->rekeyed = true;
        }
    }
}

/* It knows the key that they are signed by once it has the directives that it lacks; else its next HELLO is answered
 * with them. */
void gate_rekeyed_sent(struct peer *peer, struct lt_bytes update)
{
    struct lt_update sent;
    if (peer->rekeyed && lt_update_open(update, &sent) == LT_OK &&
        sent.frame.chain.stream == LT_STREAM_DIRECTIVE) {
        peer->rekeyed = false;
        peer->catching_up = true;
        peer->catching_begun = false;
    }
}

/* A RECEIPTS message in the making: receipts are put in as the bytes that were signed. */
struct page {
    size_t size, receipts;
    uint8_t bytes[LT_MESSAGE_BYTES_MAX];
};

static void page_add(struct page *page, struct lt_bytes receipt)
{
    size_t rest = receipt.size;
    if (page->size + receipt.size + 8 > sizeof(page->bytes)) {
        return;
    }
    page->bytes[page->size++] = 0x0a; /* field 1, a message */
    for (; rest >= 0x80; rest >>= 7) {
        page->bytes[page->size++] = (uint8_t)(rest | 0x80);
    }
    page->bytes[page->size++] = (uint8_t)rest;
    memcpy(page->bytes + page->size, receipt.data, receipt.size);
    page->size += receipt.size;
    page->receipts++;
}

static void add_kept(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    (void)hub;
    page_add(context, receipt);
}

static void page_chain(struct lt_gate *gate, struct page *page, const struct lt_chain *chain)
{
    uint8_t *bytes;
    size_t size;
    if (gate->number != 0 && make_receipt(gate, chain, gate->number, &bytes, &size)) {
        page_add(page, (struct lt_bytes){bytes, size});
        free(bytes);
    }
    lt_ledger_receipts(gate->config.ledger, chain, add_kept, page);
}

static void catch_up_hub(struct lt_gate *gate, struct peer *peer, struct page *page)
{
    struct lt_chain chain = peer->catching_at;
    while (page->size < RECEIPTS_PAGE_BYTES && page->receipts < LT_TIPS_PAGE_MAX / 2) {
        bool more = gate->store.next_chain(
            gate->store.context, peer->catching_begun ? &peer->catching_at : NULL, &chain);
        if (!more) {
            peer->catching_up = false;
            peer->caught_up = true;
            return;
        }
        peer->catching_begun = true;
        peer->catching_at = chain;
        if (gate->store.way(gate->store.context, peer->role, &peer->unit, &chain) == LT_WAY_UP) {
            page_chain(gate, page, &chain);
        }
    }
}

/* One page to the next child that waits for one. */
bool gate_catch_up(struct lt_gate *gate)
{
    struct peer *peer = NULL;
    for (uint32_t i = 0; i < gate->config.peers_max && peer == NULL; i++) {
        uint32_t at = (gate->catching_next + i) % gate->config.peers_max;
        if (gate->peers[at].used && gate->peers[at].catching_up) {
            peer = &gate->peers[at];
            gate->catching_next = at + 1;
        }
    }
    struct page *page = peer != NULL ? malloc(sizeof(*page)) : NULL;
    if (page == NULL) {
        return false;
    }
    lt_header_write(LT_MSG_RECEIPTS, peer->session, page->bytes);
    page->size = LT_HEADER_BYTES;
    page->receipts = 0;
    if (peer->role == LIENTHONG__ROLE__ROLE_HUB) {
        catch_up_hub(gate, peer, page);
    } else {
        struct lt_chain chain = {LT_STREAM_REPORT, peer->unit};
        page_chain(gate, page, &chain);
        peer->catching_up = false;
    }
    if (page->receipts > 0) {
        gate_send(gate, peer, page->bytes, page->size);
    }
    free(page);
    return true;
}
