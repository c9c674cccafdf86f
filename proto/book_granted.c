/* Grants, by who gave and by who got them. */
#include <string.h>

#include "proto/book_inner.h"

/* Does the key before it say so? */
static bool rotates(const struct grant *grant)
{
    struct lt_rotation rotation = {.unit = grant->keyrec->slot->place.unit,
                                   .role = (Lienthong__Role)grant->role,
                                   .key = grant->keyrec->key};
    memcpy(rotation.curve_key, grant->curve, sizeof(rotation.curve_key));
    return lt_rotation_verify(&rotation, &grant->previous, &grant->previous_signature);
}

static bool holds(const struct grant *grant, Lienthong__Role role)
{
    return grant->role == (uint8_t)role && grant->keyrec->effective == NULL &&
           grant->said->admitted;
}

/* The key that this one was changed for another from, by its own word; NULL: none. */
static const struct keyrec *former(const struct lt_book *book, const struct keyrec *key,
                                   uint8_t role)
{
    for (const struct grant *grant = key->grants; grant != NULL; grant = grant->next_of_key) {
        const struct keyrec *previous =
            grant->has_previous && grant->role == role && grant->said->admitted
                ? lt_keyrec_find(book, &key->slot->place.unit, &grant->previous)
                : NULL;
        if (previous != NULL && previous != key && rotates(grant))
            return previous;
    }
    return NULL;
}

/* The one that it began with, at most so many before it. A ring, which nobody honest makes, ends there. */
static const struct keyrec *original(const struct lt_book *book, const struct keyrec *key,
                                     uint8_t role, size_t most)
{
    const struct keyrec *before = key;
    for (size_t left = most + 1; before != NULL && left > 0; left--) {
        key = before;
        before = former(book, key, role);
    }
    return key;
}

static size_t count_keys(const struct slot *slot)
{
    size_t count = 0;
    for (const struct keyrec *key = slot->keys; key != NULL; key = key->next_of_slot)
        count++;
    return count;
}

enum lt_result lt_book_hub_curve(const struct lt_book *book, const struct lt_unit *hub,
                                 uint8_t ret_curve_key[32])
{
    const struct slot *slot = lt_slot_find(book, hub);
    const struct grant *found = NULL;
    for (const struct keyrec *key = slot != NULL ? slot->keys : NULL; key != NULL;
         key = key->next_of_slot) {
        if (key->effective != NULL || !lt_key_granted(book, key, LIENTHONG__ROLE__ROLE_HUB))
            continue;
        const struct grant *grant =
            original(book, key, LIENTHONG__ROLE__ROLE_HUB, count_keys(slot))->grants;
        for (; grant != NULL; grant = grant->next_of_key) {
            if (grant->role != LIENTHONG__ROLE__ROLE_HUB || !grant->has_curve ||
                !(grant->root_ok || grant->said->admitted))
                continue;
            if (found != NULL && memcmp(found->curve, grant->curve, sizeof(grant->curve)) != 0)
                return LT_AMBIGUOUS;
            found = grant;
        }
    }
    if (found == NULL)
        return LT_NOT_FOUND;
    memcpy(ret_curve_key, found->curve, sizeof(found->curve));
    return LT_OK;
}

/* Has a hub below the one of this grant granted the key too? Then that one enrolled the machine. */
static bool enrolled_below(const struct lt_book *book, const struct grant *grant)
{
    for (const struct grant *other = grant->keyrec->grants; other != NULL;
         other = other->next_of_key) {
        if (other->role == grant->role && other->said->hub->depth > grant->said->hub->depth &&
            lt_grant_rightful(book, other))
            return true;
    }
    return false;
}

void lt_book_granted_by(const struct lt_book *book, const struct lt_unit *hub,
                        lt_granted_seen *seen, void *context)
{
    const struct slot *slot = lt_slot_find(book, hub);
    const struct said *said = slot != NULL && slot->hub != NULL ? slot->hub->said : NULL;
    for (; said != NULL; said = said->next_of_hub) {
        for (const struct grant *grant = said->grants; grant != NULL; grant = grant->next_of_said) {
            if (holds(grant, (Lienthong__Role)grant->role) && !enrolled_below(book, grant))
                seen(context, &grant->keyrec->slot->place.unit, (Lienthong__Role)grant->role);
        }
    }
}

/* ---- Keys, one by one ---- */

static bool by_top(const struct lt_book *book, const struct grant *grant)
{
    return grant->root_ok || (lt_is_top(book, grant->said->hub->slot) && grant->said->admitted);
}

static bool topped(const struct lt_book *book, const struct keyrec *key, uint8_t role)
{
    for (const struct grant *grant = key->grants; grant != NULL; grant = grant->next_of_key) {
        if (grant->role == role && by_top(book, grant) && lt_grant_stands(book, grant))
            return true;
    }
    return false;
}

bool lt_book_countersigned(const struct lt_book *book, const struct lt_chain *chain,
                           const struct lt_key *key)
{
    const struct keyrec *keyrec = lt_keyrec_find(book, &chain->unit, key);
    return keyrec != NULL &&
           topped(book, keyrec,
                  chain->stream == LT_STREAM_DIRECTIVE ? LIENTHONG__ROLE__ROLE_HUB
                                                       : LIENTHONG__ROLE__ROLE_AGENT);
}

bool lt_book_awaits(const struct lt_book *book, const struct lt_chain *chain)
{
    const uint8_t role = chain->stream == LT_STREAM_DIRECTIVE ? LIENTHONG__ROLE__ROLE_HUB
                                                              : LIENTHONG__ROLE__ROLE_AGENT;
    const struct slot *slot = lt_slot_find(book, &chain->unit);
    for (const struct keyrec *key = slot != NULL ? slot->keys : NULL; key != NULL;
         key = key->next_of_slot) {
        if (lt_key_granted(book, key, (Lienthong__Role)role) && !topped(book, key, role))
            return true;
    }
    return false;
}

/* Was the key before it good until this very update ended it? */
static bool succeeds(const struct lt_book *book, const struct grant *grant)
{
    const struct slot *slot = grant->keyrec->slot;
    const struct keyrec *previous =
        grant->has_previous ? lt_keyrec_find(book, &slot->place.unit, &grant->previous) : NULL;
    if (previous == NULL || previous == grant->keyrec || !topped(book, previous, grant->role) ||
        (previous->effective != NULL && previous->effective->said != grant->said))
        return false;
    return rotates(grant);
}

static const struct grant *highest(const struct lt_book *book, const struct keyrec *key,
                                   uint8_t role)
{
    const struct grant *found = NULL;
    for (const struct grant *grant = key->grants; grant != NULL; grant = grant->next_of_key) {
        if (grant->role != role || !(grant->root_ok || lt_grant_rightful(book, grant)))
            continue;
        if (found == NULL || grant->said->hub->depth < found->said->hub->depth ||
            (grant->said->hub == found->said->hub &&
             lt_said_cmp(grant->said, grant->index, found->said, found->index) < 0))
            found = grant;
    }
    return found;
}

static bool is_first(const struct lt_book *book, const struct keyrec *key, uint8_t role)
{
    for (const struct keyrec *other = key->slot->keys; other != NULL; other = other->next_of_slot) {
        if (other != key && topped(book, other, role))
            return false;
    }
    return true;
}

static void tell_key(const struct lt_book *book, const struct keyrec *key, uint8_t role,
                     lt_granted_key_seen *seen, void *context)
{
    const struct grant *grant = highest(book, key, role);
    if (grant == NULL)
        return;
    struct lt_granted_key told = {
        .unit = key->slot->place.unit,
        .hub = grant->said->hub->slot->place.unit,
        .role = (Lienthong__Role)role,
        .key = key->key,
        .seq = grant->said->seq,
        .has_curve = grant->has_curve,
        .stands = key->effective == NULL && lt_key_granted(book, key, (Lienthong__Role)role),
        .awaits = key->effective == NULL && !topped(book, key, role),
        .revoked = key->effective != NULL,
    };
    memcpy(told.curve_key, grant->curve, sizeof(told.curve_key));
    told.first = told.awaits && is_first(book, key, role);
    told.asked_by_key = grant->has_previous && succeeds(book, grant);
    told.previous = grant->previous;
    if (told.revoked)
        told.revoked_by = key->effective->said->hub->slot->place.unit;
    seen(context, &told);
}

void lt_book_granted_keys(const struct lt_book *book, lt_granted_key_seen *seen, void *context)
{
    for (const struct slot *slot = book->slots; slot != NULL; slot = slot->next) {
        for (const struct keyrec *key = slot->keys; key != NULL; key = key->next_of_slot) {
            tell_key(book, key, LIENTHONG__ROLE__ROLE_AGENT, seen, context);
            tell_key(book, key, LIENTHONG__ROLE__ROLE_HUB, seen, context);
        }
    }
}

/* The first word of the lowest hub that granted it: of the one that the machine itself came to. */
static void tell_origin(const struct lt_book *book, const struct keyrec *key, uint8_t role,
                        struct lt_unit *ret_hub, uint64_t *ret_seq)
{
    const struct grant *found = NULL;
    for (const struct grant *grant = key->grants; grant != NULL; grant = grant->next_of_key) {
        if (grant->role != role || !(grant->root_ok || lt_grant_rightful(book, grant)))
            continue;
        if (found == NULL || grant->said->hub->depth > found->said->hub->depth ||
            (grant->said->hub == found->said->hub &&
             lt_said_cmp(grant->said, grant->index, found->said, found->index) < 0))
            found = grant;
    }
    if (found != NULL) {
        *ret_hub = found->said->hub->slot->place.unit;
        *ret_seq = found->said->seq;
    }
}

void lt_book_key_line(const struct lt_book *book, const struct lt_granted_key *key,
                      struct lt_key_line *ret_line)
{
    const uint8_t role = (uint8_t)key->role;
    const struct keyrec *keyrec = lt_keyrec_find(book, &key->unit, &key->key);
    *ret_line = (struct lt_key_line){
        .began = key->key, .hub = key->hub, .seq = key->seq, .began_hub = key->hub};
    ret_line->began_seq = key->seq;
    const struct keyrec *began =
        keyrec != NULL ? original(book, keyrec, role, LT_KEY_LINE_MAX) : NULL;
    if (began == keyrec)
        return;
    ret_line->rotated = true;
    ret_line->began = began->key;
    tell_origin(book, keyrec, role, &ret_line->hub, &ret_line->seq);
    tell_origin(book, began, role, &ret_line->began_hub, &ret_line->began_seq);
}
