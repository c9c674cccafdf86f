/* Grants, by who gave and by who got them. */
#include <string.h>

#include "proto/book_inner.h"

static bool holds(const struct grant *grant, Lienthong__Role role)
{
    return grant->role == (uint8_t)role && grant->keyrec->effective == NULL &&
           grant->said->admitted;
}

enum lt_result lt_book_hub_curve(const struct lt_book *book, const struct lt_unit *hub,
                                 uint8_t ret_curve_key[32])
{
    const struct slot *slot = lt_slot_find(book, hub);
    const struct grant *found = NULL;
    for (const struct keyrec *key = slot != NULL ? slot->keys : NULL; key != NULL;
         key = key->next_of_slot) {
        if (!lt_key_granted(book, key, LIENTHONG__ROLE__ROLE_HUB))
            continue;
        for (const struct grant *grant = key->grants; grant != NULL; grant = grant->next_of_key) {
            if (!holds(grant, LIENTHONG__ROLE__ROLE_HUB) || !grant->has_curve)
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

void lt_book_granted_by(const struct lt_book *book, const struct lt_unit *hub,
                        lt_granted_seen *seen, void *context)
{
    const struct slot *slot = lt_slot_find(book, hub);
    const struct said *said = slot != NULL && slot->hub != NULL ? slot->hub->said : NULL;
    for (; said != NULL; said = said->next_of_hub) {
        for (const struct grant *grant = said->grants; grant != NULL; grant = grant->next_of_said) {
            if (holds(grant, (Lienthong__Role)grant->role))
                seen(context, &grant->keyrec->slot->place.unit, (Lienthong__Role)grant->role);
        }
    }
}
