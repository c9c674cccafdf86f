/* Who may sign. */
#include <string.h>

#include "proto/book_inner.h"

bool lt_collect_grant(struct lt_book *book, struct said *said, uint32_t index,
                      const Lienthong__Grant *entry)
{
    struct lt_unit unit;
    struct lt_key key;
    if (entry->unit == NULL || entry->key.len != sizeof(key.bytes) ||
        (entry->role != LIENTHONG__ROLE__ROLE_AGENT && entry->role != LIENTHONG__ROLE__ROLE_HUB) ||
        lt_unit_make(entry->unit->code, entry->unit->valid_from, &unit) != LT_OK)
        return true; /* it says nothing that could count */
    memcpy(key.bytes, entry->key.data, sizeof(key.bytes));
    struct slot *slot = lt_slot_of(book, &unit);
    struct keyrec *keyrec = slot != NULL ? lt_keyrec_of(book, slot, &key) : NULL;
    struct grant *grant = keyrec != NULL ? lt_book_take(book, sizeof(*grant)) : NULL;
    if (grant == NULL)
        return false;
    grant->said = said;
    grant->index = index;
    grant->keyrec = keyrec;
    grant->role = (uint8_t)entry->role;
    grant->has_curve = entry->curve_key.len == sizeof(grant->curve);
    if (grant->has_curve)
        memcpy(grant->curve, entry->curve_key.data, sizeof(grant->curve));
    grant->has_root = entry->root_signature.len == sizeof(grant->root_signature.bytes);
    if (grant->has_root)
        memcpy(grant->root_signature.bytes, entry->root_signature.data,
               sizeof(grant->root_signature.bytes));
    grant->has_previous = entry->previous_key.len == sizeof(grant->previous.bytes) &&
                          entry->previous_signature.len == sizeof(grant->previous_signature.bytes);
    if (grant->has_previous) {
        memcpy(grant->previous.bytes, entry->previous_key.data, sizeof(grant->previous.bytes));
        memcpy(grant->previous_signature.bytes, entry->previous_signature.data,
               sizeof(grant->previous_signature.bytes));
    }
    grant->next_of_said = said->grants;
    said->grants = grant;
    return true;
}

bool lt_collect_revocation(struct lt_book *book, struct said *said, uint32_t index,
                           const Lienthong__Revocation *entry)
{
    struct lt_unit unit;
    struct lt_key key;
    if (entry->unit == NULL || entry->key.len != sizeof(key.bytes) ||
        lt_unit_make(entry->unit->code, entry->unit->valid_from, &unit) != LT_OK)
        return true;
    memcpy(key.bytes, entry->key.data, sizeof(key.bytes));
    struct slot *slot = lt_slot_of(book, &unit);
    struct keyrec *keyrec = slot != NULL ? lt_keyrec_of(book, slot, &key) : NULL;
    struct revoke *revoke = keyrec != NULL ? lt_book_take(book, sizeof(*revoke)) : NULL;
    if (revoke == NULL)
        return false;
    revoke->told.unit = unit;
    revoke->told.key = key;
    for (size_t i = 0; i < entry->n_cut && revoke->told.cut_count < LT_PARENTS_MAX; i++) {
        if (entry->cut[i].len == sizeof(struct lt_hash))
            memcpy(revoke->told.cut[revoke->told.cut_count++].bytes, entry->cut[i].data,
                   sizeof(struct lt_hash));
    }
    revoke->said = said;
    revoke->index = index;
    revoke->keyrec = keyrec;
    revoke->next_of_said = said->revokes;
    said->revokes = revoke;
    return true;
}

bool lt_is_top(const struct lt_book *book, const struct slot *slot)
{
    return book->pinned && lt_unit_cmp(&slot->place.unit, &book->top) == 0;
}

bool lt_slot_within(const struct lt_book *book, const struct slot *slot, const struct hub *hub)
{
    if (lt_is_top(book, hub->slot))
        return true;
    for (unsigned step = 0; slot != NULL && step <= LT_DEPTH_MAX; step++) {
        if (slot->code == hub->slot->code)
            return true;
        const struct slot *parent = slot->won != NULL ? slot->won->parent : NULL;
        slot = parent != NULL && parent->won != NULL ? parent : NULL;
    }
    return false;
}

/* Keys of hubs are granted and revoked by hubs above. */
static bool below(const struct lt_book *book, const struct slot *slot, const struct hub *hub)
{
    return slot->code != hub->slot->code && !lt_is_top(book, slot) &&
           lt_slot_within(book, slot, hub);
}

void lt_slot_above(struct slot *slot)
{
    if (slot->above)
        return;
    slot->above = true;
    slot->next_above = NULL;
    for (struct slot *pending = slot; pending != NULL;) {
        struct slot *at = pending;
        pending = at->next_above;
        at->code->above = true;
        for (const struct claim *claim = at->claims; claim != NULL; claim = claim->next_of_slot) {
            if (claim->parent == NULL || claim->parent->above)
                continue;
            claim->parent->above = true;
            claim->parent->next_above = pending;
            pending = claim->parent;
        }
    }
}

/* A hub's grant counts for those at and below it; for others when the top has said it too. */
static bool is_heeded(const struct lt_book *book, const struct hub *hub)
{
    return book->viewer == NULL || lt_is_top(book, hub->slot) || hub->slot->code->above;
}

bool lt_grant_rightful(const struct lt_book *book, const struct grant *grant)
{
    const struct slot *slot = grant->keyrec->slot;
    const struct said *said = grant->said;
    return said->admitted &&
           (grant->role == LIENTHONG__ROLE__ROLE_HUB ? below(book, slot, said->hub)
                                                     : lt_slot_within(book, slot, said->hub));
}

bool lt_grant_stands(const struct lt_book *book, const struct grant *grant)
{
    if (grant->role == LIENTHONG__ROLE__ROLE_HUB && grant->root_ok)
        return true;
    return lt_grant_rightful(book, grant) && is_heeded(book, grant->said->hub);
}

bool lt_key_granted(const struct lt_book *book, const struct keyrec *keyrec, Lienthong__Role role)
{
    for (const struct grant *grant = keyrec->grants; grant != NULL; grant = grant->next_of_key) {
        if (grant->role == (uint8_t)role && lt_grant_stands(book, grant))
            return true;
    }
    return false;
}

bool lt_said_ok(const struct lt_book *book, const struct said *said)
{
    const struct keyrec *keyrec = lt_keyrec_find(book, &said->hub->slot->place.unit, &said->key);
    return keyrec != NULL && lt_key_granted(book, keyrec, LIENTHONG__ROLE__ROLE_HUB);
}

/* Which word on a key stands: the higher hub's, of one hub the later. */
static bool outranks(const struct revoke *a, const struct revoke *b)
{
    if (b == NULL || a->said->hub == b->said->hub)
        return b == NULL || lt_said_cmp(a->said, a->index, b->said, b->index) > 0;
    if (a->said->hub->depth != b->said->hub->depth)
        return a->said->hub->depth < b->said->hub->depth;
    return lt_unit_cmp(&a->said->hub->slot->place.unit, &b->said->hub->slot->place.unit) < 0;
}

/* Marks the updates of a hub that lie within a cut. */
static void mark_cut(const struct lt_book *book, const struct hub *hub, const struct revoke *revoke)
{
    for (struct said *said = hub->said; said != NULL; said = said->next_of_hub)
        said->within = false;
    for (size_t i = 0; i < revoke->told.cut_count; i++) {
        struct said *said = lt_said_find(book, &revoke->told.cut[i]);
        if (said != NULL)
            said->within = true;
    }
    /* Descending by seq: children before their parents. */
    for (struct said *said = hub->said; said != NULL; said = said->next_of_hub) {
        for (size_t i = 0; said->within && i < said->parent_count; i++) {
            struct said *parent = lt_said_find(book, &said->parents[i]);
            if (parent != NULL)
                parent->within = true;
        }
    }
}

static bool stands_alone(const struct lt_book *book, const struct said *said)
{
    if (!lt_said_ok(book, said))
        return false;
    const struct revoke *effective =
        lt_keyrec_find(book, &said->hub->slot->place.unit, &said->key)->effective;
    if (effective == NULL)
        return true;
    mark_cut(book, said->hub, effective);
    return said->within;
}

/* The least of the hub's words about its own keys after `after` (NULL: of all). */
static struct revoke *next_own(const struct lt_book *book, const struct hub *hub,
                               const struct revoke *after)
{
    struct revoke *least = NULL;
    for (struct revoke *revoke = book->revokes; revoke != NULL; revoke = revoke->next) {
        if (revoke->said->hub != hub || revoke->keyrec->slot != hub->slot ||
            (after != NULL &&
             lt_said_cmp(revoke->said, revoke->index, after->said, after->index) <= 0))
            continue;
        if (least == NULL ||
            lt_said_cmp(revoke->said, revoke->index, least->said, least->index) < 0)
            least = revoke;
    }
    return least;
}

/* First what hubs above say of the keys, then the hub itself in its own order. What a hub said of its
 * keys by a key that stood then, stands. */
static void settle_own_keys(struct lt_book *book, const struct hub *hub)
{
    for (struct keyrec *key = hub->slot->keys; key != NULL; key = key->next_of_slot) {
        for (const struct revoke *revoke = key->revokes; revoke != NULL;
             revoke = revoke->next_of_key) {
            if (revoke->said->admitted && below(book, hub->slot, revoke->said->hub) &&
                outranks(revoke, key->effective))
                key->effective = revoke;
        }
    }
    for (struct revoke *revoke = next_own(book, hub, NULL); revoke != NULL;
         revoke = next_own(book, hub, revoke)) {
        const struct revoke *effective = revoke->keyrec->effective;
        if ((effective == NULL || effective->said->hub == hub) && stands_alone(book, revoke->said))
            revoke->keyrec->effective = revoke;
    }
}

void lt_admit(struct lt_book *book, struct hub *hub)
{
    hub->spoken = true;
    settle_own_keys(book, hub);
    for (const struct keyrec *key = hub->slot->keys; key != NULL; key = key->next_of_slot) {
        if (!lt_key_granted(book, key, LIENTHONG__ROLE__ROLE_HUB))
            continue;
        if (key->effective != NULL)
            mark_cut(book, hub, key->effective);
        for (struct said *said = hub->said; said != NULL; said = said->next_of_hub) {
            if (memcmp(said->key.bytes, key->key.bytes, sizeof(key->key.bytes)) == 0)
                said->admitted = key->effective == NULL || said->within;
        }
    }
}

void lt_settle_revocations(struct lt_book *book)
{
    for (struct revoke *revoke = book->revokes; revoke != NULL; revoke = revoke->next) {
        struct keyrec *key = revoke->keyrec;
        if (key->slot->hub != NULL && key->slot->hub->spoken)
            continue;
        if (revoke->said->admitted && lt_slot_within(book, key->slot, revoke->said->hub) &&
            outranks(revoke, key->effective))
            key->effective = revoke;
    }
}

static const struct keyrec *key_of_chain(const struct lt_book *book, const struct lt_chain *chain,
                                         const struct lt_key *key, Lienthong__Role *ret_role)
{
    *ret_role = chain->stream == LT_STREAM_DIRECTIVE ? LIENTHONG__ROLE__ROLE_HUB
                                                     : LIENTHONG__ROLE__ROLE_AGENT;
    return lt_keyrec_find(book, &chain->unit, key);
}

bool lt_book_ended_by_top(const struct lt_book *book, const struct lt_chain *chain,
                          const struct lt_key *key)
{
    Lienthong__Role role;
    const struct keyrec *keyrec = key_of_chain(book, chain, key, &role);
    return keyrec != NULL && keyrec->grants != NULL && keyrec->effective != NULL &&
           lt_is_top(book, keyrec->effective->said->hub->slot);
}

enum lt_result lt_book_key(const struct lt_book *book, const struct lt_chain *chain,
                           const struct lt_key *key)
{
    Lienthong__Role role;
    const struct keyrec *keyrec = key_of_chain(book, chain, key, &role);
    if (keyrec == NULL ||
        (!lt_key_granted(book, keyrec, role) && !lt_book_ended_by_top(book, chain, key)))
        return LT_KEY_UNKNOWN;
    return keyrec->effective != NULL ? LT_KEY_REVOKED : LT_OK;
}

const struct lt_revocation *lt_book_revocation(const struct lt_book *book,
                                               const struct lt_chain *chain,
                                               const struct lt_key *key)
{
    Lienthong__Role role;
    const struct keyrec *keyrec = key_of_chain(book, chain, key, &role);
    return keyrec != NULL && keyrec->effective != NULL ? &keyrec->effective->told : NULL;
}

size_t lt_book_keys(const struct lt_book *book, const struct lt_chain *chain,
                    struct lt_key *ret_keys, size_t max)
{
    const struct slot *slot = lt_slot_find(book, &chain->unit);
    const Lienthong__Role role = chain->stream == LT_STREAM_DIRECTIVE ? LIENTHONG__ROLE__ROLE_HUB
                                                                      : LIENTHONG__ROLE__ROLE_AGENT;
    size_t count = 0;
    for (const struct keyrec *key = slot != NULL ? slot->keys : NULL; key != NULL && max > 0;
         key = key->next_of_slot) {
        if (key->effective != NULL || !lt_key_granted(book, key, role))
            continue;
        size_t at = count;
        while (at > 0 && memcmp(key->key.bytes, ret_keys[at - 1].bytes, sizeof(key->key)) < 0)
            at--;
        if (at == max)
            continue;
        count += count < max;
        memmove(&ret_keys[at + 1], &ret_keys[at], (count - at - 1) * sizeof(*ret_keys));
        ret_keys[at] = key->key;
    }
    return count;
}

/* Of several grants of one CURVE key the highest hub's first word counts: nobody below can take it. */
static bool prior(const struct grant *a, const struct grant *b)
{
    const struct hub *first = a->said->hub, *second = b->said->hub;
    if (first == second)
        return lt_said_cmp(a->said, a->index, b->said, b->index) < 0;
    if (first->depth != second->depth)
        return first->depth < second->depth;
    return lt_unit_cmp(&first->slot->place.unit, &second->slot->place.unit) < 0;
}

enum lt_result lt_book_curve(const struct lt_book *book, const uint8_t curve_key[32],
                             struct lt_unit *ret_unit, Lienthong__Role *ret_role,
                             struct lt_key *ret_key)
{
    const struct grant *found = NULL;
    bool ended = false;
    struct node *node = lt_table_first(&book->curves, lt_table_hash(curve_key, 32, 0));
    for (; node != NULL; node = lt_table_next(node)) {
        const struct grant *grant = ITEM_OF(node, struct grant, by_curve);
        if (memcmp(grant->curve, curve_key, 32) != 0 || !lt_grant_stands(book, grant))
            continue;
        if (grant->keyrec->effective != NULL)
            ended = true;
        else if (found == NULL || prior(grant, found))
            found = grant;
    }
    if (found == NULL)
        return ended ? LT_KEY_REVOKED : LT_NOT_FOUND;
    *ret_unit = found->keyrec->slot->place.unit;
    *ret_role = (Lienthong__Role)found->role;
    *ret_key = found->keyrec->key;
    return LT_OK;
}
