#include <stdlib.h>
#include <string.h>

#include "proto/book_items.h"

struct lt_book *lt_book_new(void)
{
    struct lt_book *book = calloc(1, sizeof(*book));
    if (book == NULL)
        return NULL;
    book->slots_end = &book->slots;
    book->title_slots_end = &book->title_slots;
    if (!lt_table_start(&book->units) || !lt_table_start(&book->codes) ||
        !lt_table_start(&book->titles) || !lt_table_start(&book->keys) ||
        !lt_table_start(&book->curves) || !lt_table_start(&book->saids) ||
        !lt_table_start(&book->clusters) || !lt_table_start(&book->names) ||
        !lt_table_start(&book->endorsed)) {
        lt_book_free(book);
        return NULL;
    }
    lt_digest_tree(book);
    lt_digest_catalogue(book);
    lt_digest_keys(book);
    lt_digest_others(book);
    lt_digest_all(book);
    return book;
}

void lt_book_free(struct lt_book *book)
{
    if (book == NULL)
        return;
    lt_book_release(book);
    struct table *tables[] = {&book->units,    &book->codes,  &book->titles,
                              &book->keys,     &book->curves, &book->saids,
                              &book->clusters, &book->names,  &book->endorsed};
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        free(tables[i]->buckets);
    for (size_t i = 0; i < LT_KEY_BUCKETS; i++)
        free(book->key_buckets[i].leaves);
    free(book->places);
    free(book->sorted);
    free(book->standing_titles);
    free(book->sorted_titles);
    for (size_t i = 0; i < ITEM_KINDS; i++)
        free(book->lists[i].standing);
    free(book->successions);
    free(book->cuts);
    free(book);
}

void lt_book_light(struct lt_book *book)
{
    book->light = true;
}

static void fold_anew(struct lt_book *book)
{
    struct lt_book_change change = {0};
    book->roots_settled = false;
    lt_settle_root(book);
    lt_fold(book, &change);
    lt_digest_all(book);
}

void lt_book_pin(struct lt_book *book, const struct lt_key *root, const struct lt_unit *top)
{
    book->pinned = true;
    book->pinned_roots.root = *root;
    book->top = *top;
    fold_anew(book);
}

void lt_book_pin_recovery(struct lt_book *book, const struct lt_key *recovery)
{
    book->pinned_roots.recovery = *recovery;
    if (book->pinned)
        fold_anew(book);
}

enum lt_result lt_book_view(struct lt_book *book, const struct lt_unit *viewer)
{
    struct slot *slot = lt_slot_of(book, viewer);
    if (slot == NULL)
        return LT_NO_MEMORY;
    book->viewer = slot;
    lt_slot_above(slot);
    return LT_OK;
}

int lt_said_cmp(const struct said *a, uint32_t a_index, const struct said *b, uint32_t b_index)
{
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    const int by_id = lt_hash_cmp(&a->id, &b->id);
    return by_id ? by_id : (a_index > b_index) - (a_index < b_index);
}

bool lt_collect(struct lt_book *book, struct said *said, const Lienthong__DirectiveBody *body)
{
    bool ok = true;
    for (size_t i = 0; ok && i < body->n_items; i++) {
        const Lienthong__Directive *item = body->items[i];
        const uint32_t index = (uint32_t)i;
        if (item->unit != NULL)
            ok = lt_collect_unit(book, said, index, item->unit);
        else if (item->title != NULL)
            ok = lt_collect_title(book, said, index, item->title);
        else if (item->grant != NULL)
            ok = lt_collect_grant(book, said, index, item->grant);
        else if (item->revocation != NULL)
            ok = lt_collect_revocation(book, said, index, item->revocation);
        else if (item->root != NULL)
            ok = lt_collect_root(book, said, item->root);
        else if (item->endorsement != NULL)
            ok = lt_collect_endorsement(book, said, item->endorsement);
        else
            ok = lt_collect_item(book, said, index, item);
    }
    return ok;
}

static struct hub *hub_of(struct lt_book *book, struct slot *slot)
{
    if (slot->hub != NULL)
        return slot->hub;
    struct hub *hub = lt_book_take(book, sizeof(*hub));
    if (hub == NULL)
        return NULL;
    hub->slot = slot;
    struct hub **at = &book->hubs;
    while (*at != NULL && lt_unit_cmp(&(*at)->slot->place.unit, &slot->place.unit) < 0)
        at = &(*at)->next;
    hub->next = *at;
    *at = hub;
    slot->hub = hub;
    return hub;
}

/* Room in the digest of keys for all that the update says of them. */
static bool reserve_leaves(struct lt_book *book, const struct said *said, size_t items)
{
    struct lt_hash leaf;
    bool good = true;
    for (const struct grant *grant = said->grants; grant != NULL; grant = grant->next_of_said) {
        lt_leaf_grant(grant, &leaf);
        good = good && lt_digest_key_reserve(book, &leaf, items);
    }
    for (const struct revoke *revoke = said->revokes; revoke != NULL;
         revoke = revoke->next_of_said) {
        lt_leaf_revoke(revoke, &leaf);
        good = good && lt_digest_key_reserve(book, &leaf, items);
    }
    for (const struct root_word *word = said->roots; word != NULL; word = word->next_of_said) {
        lt_leaf_root(word, &leaf);
        good = good && lt_digest_key_reserve(book, &leaf, items);
    }
    for (const struct endorse *endorse = said->endorses; endorse != NULL;
         endorse = endorse->next_of_said) {
        lt_leaf_endorse(endorse, &leaf);
        good = good && lt_digest_key_reserve(book, &leaf, items);
    }
    return good;
}

/* Everything of an update that needs memory. NULL: out of it, and nothing counts. */
static struct said *take_update(struct lt_book *book, const struct lt_update *update,
                                const Lienthong__DirectiveBody *body)
{
    const struct lt_frame *frame = &update->frame;
    struct slot *slot = lt_slot_of(book, &frame->chain.unit);
    struct hub *hub = slot != NULL ? hub_of(book, slot) : NULL;
    struct said *said = hub != NULL ? lt_book_take(book, sizeof(*said)) : NULL;
    if (said == NULL)
        return NULL;
    said->id = update->id;
    said->hub = hub;
    said->key = frame->key;
    said->seq = frame->seq;
    said->parent_count = frame->parent_count;
    const size_t size = frame->parent_count * sizeof(*said->parents);
    said->parents = lt_book_take(book, size > 0 ? size : 1);
    if (said->parents == NULL || !lt_collect(book, said, body))
        return NULL;
    memcpy(said->parents, frame->parents, size);
    if (!reserve_leaves(book, said, body->n_items))
        return NULL;
    return lt_slots_reserve(book) && lt_titles_reserve(book) && lt_items_reserve(book, said) ? said
                                                                                             : NULL;
}

static void link_keys(struct lt_book *book, struct said *said)
{
    struct lt_hash leaf;
    for (struct grant *grant = said->grants; grant != NULL; grant = grant->next_of_said) {
        lt_leaf_grant(grant, &leaf);
        lt_digest_key_add(book, &leaf);
        lt_check_root(book, grant);
        grant->next_of_key = grant->keyrec->grants;
        grant->keyrec->grants = grant;
        if (grant->has_curve)
            lt_table_add(&book->curves, &grant->by_curve,
                         lt_table_hash(grant->curve, sizeof(grant->curve), 0));
    }
    for (struct revoke *revoke = said->revokes; revoke != NULL; revoke = revoke->next_of_said) {
        lt_leaf_revoke(revoke, &leaf);
        lt_digest_key_add(book, &leaf);
        revoke->next_of_key = revoke->keyrec->revokes;
        revoke->keyrec->revokes = revoke;
        revoke->next = book->revokes;
        book->revokes = revoke;
    }
    for (struct root_word *word = said->roots; word != NULL; word = word->next_of_said) {
        lt_leaf_root(word, &leaf);
        lt_digest_key_add(book, &leaf);
        word->next = book->root_words;
        book->root_words = word;
    }
    for (struct endorse *endorse = said->endorses; endorse != NULL;
         endorse = endorse->next_of_said) {
        lt_leaf_endorse(endorse, &leaf);
        lt_digest_key_add(book, &leaf);
        lt_table_add(&book->endorsed, &endorse->by_update,
                     lt_table_hash(endorse->update.bytes, sizeof(endorse->update), 0));
    }
}

static void link_update(struct lt_book *book, struct said *said)
{
    lt_table_add(&book->saids, &said->by_id, lt_table_hash(said->id.bytes, sizeof(said->id), 0));
    struct said **at = &said->hub->said;
    while (*at != NULL && lt_said_cmp(*at, 0, said, 0) > 0)
        at = &(*at)->next_of_hub;
    said->next_of_hub = *at;
    *at = said;
    for (struct claim *claim = said->claims; claim != NULL; claim = claim->next_of_said) {
        claim->next_of_slot = claim->slot->claims;
        claim->slot->claims = claim;
        if (claim->slot->above && claim->parent != NULL)
            lt_slot_above(claim->parent);
    }
    for (struct title_claim *claim = said->titles; claim != NULL; claim = claim->next_of_said) {
        claim->next_of_slot = claim->slot->claims;
        claim->slot->claims = claim;
    }
    link_keys(book, said);
    lt_items_link(book, said);
}

/* Can this update change what others say? Then everything is folded again. */
static bool touches_others(const struct said *said)
{
    if (said->claims != NULL || said->revokes != NULL || said->roots != NULL || !said->hub->spoken)
        return true;
    for (const struct grant *grant = said->grants; grant != NULL; grant = grant->next_of_said) {
        if (grant->role == LIENTHONG__ROLE__ROLE_HUB && grant->keyrec->slot->hub != NULL)
            return true;
    }
    for (const struct keyrec *key = said->hub->slot->keys; key != NULL; key = key->next_of_slot) {
        if (key->revokes != NULL)
            return true; /* it may close a gap in the ancestry of a cut */
    }
    return false;
}

enum lt_result lt_book_add(struct lt_book *book, const struct lt_update *update,
                           const Lienthong__DirectiveBody *body, struct lt_book_change *ret_change)
{
    struct lt_book_change change = {0};
    if (update->frame.chain.stream != LT_STREAM_DIRECTIVE)
        return LT_NOT_YOURS;
    if (lt_said_find(book, &update->id) != NULL) {
        *ret_change = change;
        return LT_OK;
    }
    struct said *said = take_update(book, update, body);
    if (said == NULL)
        return LT_NO_MEMORY;
    link_update(book, said);
    change.keys = said->grants != NULL || said->revokes != NULL || said->roots != NULL ||
                  said->endorses != NULL;
    change.altered = said->endorses != NULL; /* reports of a revoked key may count again */
    if (said->roots != NULL)
        lt_settle_root(book);
    if (touches_others(said)) {
        lt_fold(book, &change);
    } else {
        said->admitted = lt_said_ok(book, said);
        if (said->admitted && said->titles != NULL && lt_is_top(book, said->hub->slot))
            lt_fold_titles(book, &change);
        if (said->admitted && said->kinds != 0)
            lt_fold_standing(book, said->kinds, &change);
    }
    if (change.keys)
        lt_digest_keys(book);
    lt_digest_all(book);
    *ret_change = change;
    return LT_OK;
}

static bool holds_root_grant(const struct lt_book *book, const struct lt_frame *frame,
                             const Lienthong__DirectiveBody *body)
{
    const struct lt_roots roots = lt_roots_with(book, body);
    for (size_t i = 0; i < body->n_items; i++) {
        const Lienthong__Grant *entry = body->items[i]->grant;
        struct lt_unit unit;
        if (entry == NULL || entry->role != LIENTHONG__ROLE__ROLE_HUB || entry->unit == NULL ||
            entry->key.len != sizeof(frame->key.bytes) || entry->root_signature.len != 64 ||
            memcmp(entry->key.data, frame->key.bytes, sizeof(frame->key.bytes)) != 0 ||
            lt_unit_make(entry->unit->code, entry->unit->valid_from, &unit) != LT_OK ||
            lt_unit_cmp(&unit, &frame->chain.unit) != 0)
            continue;
        struct lt_signature signature;
        memcpy(signature.bytes, entry->root_signature.data, sizeof(signature.bytes));
        if (lt_root_verify(&unit, &frame->key, &signature, &roots.root))
            return true;
    }
    return false;
}

enum lt_result lt_book_may_direct(const struct lt_book *book, const struct lt_update *update,
                                  const Lienthong__DirectiveBody *body)
{
    const struct lt_frame *frame = &update->frame;
    if (frame->chain.stream != LT_STREAM_DIRECTIVE || !book->pinned)
        return LT_NOT_YOURS;
    enum lt_result result = lt_book_key(book, &frame->chain, &frame->key);
    if (result == LT_KEY_UNKNOWN && holds_root_grant(book, frame, body))
        return LT_OK;
    return result;
}
