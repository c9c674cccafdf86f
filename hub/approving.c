#include "hub/approving.h"

#include <stdio.h>

#include "agent/text.h"

enum lt_result lt_approving_plan(const struct lt_key_table *table, const char *digits,
                                 struct lt_approval *ret_approval, bool *ret_needed,
                                 char ret_reason[LT_DIRECT_REASON_MAX])
{
    const struct lt_granted_key *key;
    struct lt_approval *approval = ret_approval;
    enum lt_result result = lt_key_table_find(table, digits, &key, ret_reason);
    if (result != LT_OK)
        return result;
    *ret_needed = !key->stands || key->awaits;
    if (!*ret_needed)
        return LT_OK;
    if (!key->awaits) {
        (void)snprintf(
            ret_reason, LT_DIRECT_REASON_MAX,
            lt_text("%s: khóa này không chờ duyệt: %s", "%s: this key does not wait: it is %s"),
            digits, lt_key_state(key));
        return LT_REFUSED;
    }
    approval->key = *key;
    lienthong__directive__init(&approval->item);
    lt_direct_grant(&approval->grant, &approval->unit, &approval->key.unit, key->role,
                    &approval->key.key, approval->key.curve_key);
    if (!key->has_curve)
        approval->grant.curve_key.len = 0;
    approval->item.grant = &approval->grant;
    return LT_OK;
}
