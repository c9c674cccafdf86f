/* The fold: what stands of all that was said. Needs no memory, so it cannot fail. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/book_inner.h"

static void forget(struct lt_book *book)
{
    for (struct slot *slot = book->slots; slot != NULL; slot = slot->next) {
        slot->before = slot->won;
        slot->won = NULL;
    }
    for (struct hub *hub = book->hubs; hub != NULL; hub = hub->next) {
        hub->spoken = false;
        hub->depth_before = hub->depth;
        hub->depth = LT_DEPTH_MAX + 2; /* has not spoken: after all who have */
        for (struct said *said = hub->said; said != NULL; said = said->next_of_hub)
            said->admitted = false;
    }
    for (struct revoke *revoke = book->revokes; revoke != NULL; revoke = revoke->next)
        revoke->keyrec->effective = NULL;
}

static bool later(const struct claim *a, const struct claim *b)
{
    return b == NULL || lt_said_cmp(a->said, a->index, b->said, b->index) > 0;
}

static void speak_top(struct lt_book *book, const struct hub *hub)
{
    for (struct slot *slot = book->slots; slot != NULL; slot = slot->next) {
        for (const struct claim *claim = slot->claims; claim != NULL; claim = claim->next_of_slot) {
            if (claim->said->hub == hub && claim->said->admitted && later(claim, slot->won))
                slot->won = claim;
        }
    }
}

/* May this hub enter it, as far as is known by now? */
static bool admissible(const struct lt_book *book, const struct claim *claim, const struct hub *hub)
{
    if (claim->parent == NULL || claim->parent->won == NULL ||
        !lt_slot_within(book, claim->parent, hub))
        return false;
    for (const struct slot *other = claim->slot->code->slots; other != NULL;
         other = other->next_of_code) {
        if (other->won != NULL && !lt_slot_within(book, other, hub))
            return false;
    }
    return true;
}

/* Units may be entered under units that the same hub enters: again until nothing is added. */
static void place_candidates(const struct lt_book *book, const struct hub *hub)
{
    bool added = true;
    for (unsigned pass = 0; added && pass < LT_DEPTH_MAX; pass++) {
        added = false;
        for (const struct said *said = hub->said; said != NULL; said = said->next_of_hub) {
            for (const struct claim *claim = said->claims; claim != NULL;
                 claim = claim->next_of_said) {
                if (claim->slot->candidate == claim && claim->slot->won == NULL &&
                    admissible(book, claim, hub)) {
                    claim->slot->won = claim;
                    added = true;
                }
            }
        }
    }
}

static void speak(const struct lt_book *book, const struct hub *hub)
{
    for (const struct said *said = hub->said; said != NULL; said = said->next_of_hub) {
        for (struct claim *claim = said->claims; claim != NULL; claim = claim->next_of_said) {
            if (said->admitted && claim->slot->won == NULL && later(claim, claim->slot->candidate))
                claim->slot->candidate = claim;
        }
    }
    place_candidates(book, hub);
    for (const struct said *said = hub->said; said != NULL; said = said->next_of_hub) {
        for (struct claim *claim = said->claims; claim != NULL; claim = claim->next_of_said)
            claim->slot->candidate = NULL;
    }
}

static unsigned depth_of(const struct slot *slot)
{
    unsigned depth = 0;
    while (depth < LT_DEPTH_MAX && slot->won->parent != NULL && slot->won->parent->won != NULL) {
        slot = slot->won->parent;
        depth++;
    }
    return depth;
}

static void hear(struct lt_book *book)
{
    for (struct hub *hub = book->hubs; hub != NULL; hub = hub->next) {
        if (!lt_is_top(book, hub->slot))
            continue;
        hub->depth = 0;
        lt_admit(book, hub);
        speak_top(book, hub);
    }
    for (unsigned depth = 0; depth <= LT_DEPTH_MAX; depth++) {
        for (struct hub *hub = book->hubs; hub != NULL; hub = hub->next) {
            if (hub->spoken || hub->slot->won == NULL || depth_of(hub->slot) > depth)
                continue;
            hub->depth = depth + 1;
            lt_admit(book, hub);
            speak(book, hub);
        }
    }
}

static bool same_claim(const struct claim *a, const struct claim *b)
{
    return lt_hash_cmp(&a->leaf, &b->leaf) == 0;
}

static void write_place(struct slot *slot)
{
    static const struct lt_unit none;
    struct lt_place *place = &slot->place;
    const struct claim *won = slot->won;
    place->valid_to = won->valid_to;
    place->parent_unit = won->parent != NULL ? won->parent->place.unit : none;
    place->level = won->level;
    place->nature = won->nature;
    place->type = won->type;
    place->name = won->name;
}

static bool relink(struct slot *slot)
{
    const struct slot *parent = slot->won != NULL ? slot->won->parent : NULL;
    const struct lt_place *found = parent != NULL && parent->won != NULL ? &parent->place : NULL;
    bool other = slot->place.parent != found;
    slot->place.parent = found;
    return other;
}

static int by_unit(const void *a, const void *b)
{
    const struct slot *const *first = a, *const *second = b;
    return lt_unit_cmp(&(*first)->place.unit, &(*second)->place.unit);
}

/* Numbers what stands: those that stood keep their order, new ones follow. */
static void number(struct lt_book *book)
{
    size_t count = 0;
    for (size_t i = 0; i < book->place_count; i++) {
        if (book->places[i]->won != NULL)
            book->places[count++] = book->places[i];
    }
    for (struct slot *slot = book->slots; slot != NULL; slot = slot->next) {
        if (slot->won != NULL && slot->before == NULL) {
            assert(count < book->place_capacity);
            book->places[count++] = slot;
        }
    }
    book->place_count = count;
    for (size_t i = 0; i < count; i++)
        book->places[i]->place.number = (uint32_t)i;
    if (count == 0)
        return;
    memcpy(book->sorted, book->places, count * sizeof(struct slot *));
    qsort(book->sorted, count, sizeof(struct slot *), by_unit);
}

static void publish(struct lt_book *book, struct lt_book_change *change)
{
    bool added = false, altered = false;
    for (struct slot *slot = book->slots; slot != NULL; slot = slot->next) {
        if (slot->won == NULL && slot->before == NULL)
            continue;
        if (slot->won == NULL || slot->before == NULL) {
            added = added || slot->won != NULL;
            altered = altered || slot->won == NULL;
        } else if (slot->won != slot->before && !same_claim(slot->won, slot->before)) {
            altered = true;
        }
        if (slot->won != NULL)
            write_place(slot);
    }
    for (struct slot *slot = book->slots; slot != NULL; slot = slot->next) {
        bool other = relink(slot);
        altered = altered || (other && slot->before != NULL);
    }
    if (added || altered) {
        number(book);
        lt_digest_tree(book);
    }
    change->added = change->added || added;
    change->altered = change->altered || altered;
}

void lt_fold(struct lt_book *book, struct lt_book_change *change)
{
    forget(book);
    if (book->pinned)
        hear(book);
    lt_settle_revocations(book);
    publish(book, change);
    lt_fold_titles(book, change);
    lt_fold_standing(book, ITEMS_ALL, change);
}
