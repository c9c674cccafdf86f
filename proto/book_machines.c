/* Which machines a unit has. */
#include <string.h>

#include "proto/book_inner.h"

static size_t add_machine(struct lt_machine *machines, size_t count, size_t max,
                          const struct grant *grant)
{
    for (size_t i = 0; i < count && i < max; i++)
        if (memcmp(machines[i].curve_key, grant->curve, sizeof(grant->curve)) == 0 &&
            memcmp(&machines[i].key, &grant->keyrec->key, sizeof(machines[i].key)) == 0)
            return count;
    if (count < max) {
        machines[count].key = grant->keyrec->key;
        memcpy(machines[count].curve_key, grant->curve, sizeof(grant->curve));
    }
    return count + 1;
}

size_t lt_book_machines(const struct lt_book *book, const struct lt_unit *unit,
                        Lienthong__Role role, struct lt_machine *ret_machines, size_t max)
{
    const struct slot *slot = lt_slot_find(book, unit);
    size_t count = 0;
    for (const struct keyrec *key = slot != NULL ? slot->keys : NULL; key != NULL;
         key = key->next_of_slot) {
        if (key->effective != NULL)
            continue;
        /* each grant by itself: who grants a good key again, beside a CURVE key of his own, adds no machine */
        for (const struct grant *grant = key->grants; grant != NULL; grant = grant->next_of_key)
            if (grant->role == (uint8_t)role && grant->has_curve && lt_grant_stands(book, grant))
                count = add_machine(ret_machines, count, max, grant);
    }
    return count;
}
