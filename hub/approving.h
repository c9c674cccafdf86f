/* approving.h - the top's word that a key, which a hub below has granted and which waits, is its unit's. */
#ifndef LT_APPROVING_H
#define LT_APPROVING_H

#include "hub/key_table.h"

struct lt_approval { /* points into itself */
    struct lt_granted_key key;
    Lienthong__Grant grant;
    Lienthong__Unit unit;
    Lienthong__Directive item; /* what is to be said */
};

/* The key that these digits mean (key_table.h). *ret_needed false: it is valid already. LT_REFUSED: it does not wait. With a
 * sentence. */
enum lt_result lt_approving_plan(const struct lt_key_table *table, const char *digits,
                                 struct lt_approval *ret_approval, bool *ret_needed,
                                 char ret_reason[LT_DIRECT_REASON_MAX]);

#endif
