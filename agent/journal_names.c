/* journal_names - persons of this site's updates, sealed or not: read with what keys it has, sealed when it must. */
#include <sodium.h>
#include <string.h>

#include "agent/journal_store.h"

/* The unit's keys that directives have handed to this machine; of no hub more than are its own by right, so that
 * none between crowds out the others. */
static void add_handed(const struct lt_book *book, const struct lt_unit *unit,
                       const struct lt_box_pair *own, struct lt_box_ring *ring)
{
    const struct lt_unit *hub = NULL;
    struct lt_box_pair pair;
    size_t taken = 0;
    for (size_t i = lt_book_unit_boxes_of(book, unit);; i++) {
        const struct lt_unit_box *box = lt_book_unit_box_at(book, i);
        if (box == NULL || lt_unit_cmp(&box->unit, unit) != 0)
            break;
        if (hub == NULL || lt_unit_cmp(hub, &box->hub) != 0)
            taken = 0;
        hub = &box->hub;
        if (taken < LT_BOX_KEYS_MAX && lt_box_take(box, own, &pair)) {
            lt_box_ring_add(ring, &pair);
            taken++;
        }
    }
    sodium_memzero(&pair, sizeof(pair));
}

/* The machine's own key and those of its unit. */
static const struct lt_box_ring *ring_now(struct lt_journal *journal, struct lt_txn *txn)
{
    struct lt_keys keys;
    char reason[200];
    struct lt_box_pair own;
    const struct lt_book *book = lt_journal_book_in(journal, txn);
    if (book == NULL || (journal->ring_made && journal->ring_position == journal->book_position))
        return &journal->ring;
    lt_box_ring_wipe(&journal->ring);
    if (lt_keys_load(journal->dir, &keys, reason) == LT_OK) {
        memcpy(own.public_key, keys.curve_public, sizeof(own.public_key));
        memcpy(own.secret, keys.curve_secret, sizeof(own.secret));
        lt_box_ring_add(&journal->ring, &own);
        add_handed(book, &journal->site.unit, &own, &journal->ring);
        lt_keys_wipe(&keys);
    }
    sodium_memzero(&own, sizeof(own));
    journal->ring_made = true;
    journal->ring_position = journal->book_position;
    return &journal->ring;
}

enum lt_result lt_journal_persons(struct lt_journal *journal, struct lt_txn *txn,
                                  const struct lt_update *update, const Lienthong__ReportBody *body,
                                  struct lt_arena *arena, Lienthong__Personal **ret_personal)
{
    static const struct lt_box_ring none;
    const struct lt_box_ring *ring = update->sealed.size > 0 ? ring_now(journal, txn) : &none;
    return lt_seal_read(update, body, ring, arena, ret_personal);
}

static void add_key(uint8_t (*keys)[32], size_t *count, const uint8_t key[32])
{
    for (size_t i = 0; i < *count; i++)
        if (memcmp(keys[i], key, 32) == 0)
            return;
    if (*count < LT_SEAL_KEYS_MAX)
        memcpy(keys[(*count)++], key, 32);
}

enum lt_result lt_journal_close_names(struct lt_journal *journal, struct lt_txn *txn,
                                      const struct lt_keys *own, uint8_t **bytes, size_t *size)
{
    uint8_t keys[LT_SEAL_KEYS_MAX][32];
    size_t count = 0;
    const struct lt_book *book = lt_journal_book_in(journal, txn);
    const struct lt_sealing *sealing =
        book != NULL ? lt_book_sealing(book, &journal->site.unit) : NULL;
    if (sealing == NULL)
        return lt_txn_error(txn);
    add_key(keys, &count, sealing->box_key);
    add_key(keys, &count, own->curve_public);
    for (size_t i = lt_book_unit_boxes_of(book, &journal->site.unit);; i++) {
        const struct lt_unit_box *box = lt_book_unit_box_at(book, i);
        if (box == NULL || lt_unit_cmp(&box->unit, &journal->site.unit) != 0)
            break;
        /* nobody else's word on whose key it is, and nothing of a key that is no longer trusted */
        if (lt_unit_cmp(&box->hub, &sealing->hub) == 0 &&
            memcmp(box->hub_key, sealing->box_key, 32) == 0)
            add_key(keys, &count, box->box_key);
    }
    return lt_seal_close(bytes, size, (const uint8_t(*)[32])keys, count);
}
