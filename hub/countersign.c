/* The top's word on keys that hubs below have granted: by itself on a unit's first, and on one that the key before
 * it asked for. Of others the operator decides (lienthong-hub keys --approve). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/core_own.h"
#include "hub/direct.h"

enum { AT_ONCE_MAX = 256 }; /* what is left comes with the next round */

struct one_grant {
    struct lt_granted_key key;
    Lienthong__Grant grant;
    Lienthong__Unit unit;
    Lienthong__Directive item;
};

struct waiting {
    struct one_grant *grants;
    size_t count;
};

static void take(void *context, const struct lt_granted_key *key)
{
    struct waiting *waiting = context;
    if (key->awaits && (key->first || key->asked_by_key) && waiting->count < AT_ONCE_MAX) {
        waiting->grants[waiting->count++].key = *key;
    }
}

/* Two keys of one unit at once: the one that was granted first alone is first. */
static bool is_second(const struct waiting *waiting, size_t at)
{
    const struct lt_granted_key *key = &waiting->grants[at].key;
    for (size_t i = 0; i < waiting->count && !key->asked_by_key; i++) {
        const struct lt_granted_key *other = &waiting->grants[i].key;
        if (i != at && other->role == key->role && lt_unit_cmp(&other->unit, &key->unit) == 0 &&
            (other->seq < key->seq || (other->seq == key->seq && i < at))) {
            return true;
        }
    }
    return false;
}

static void say(struct lt_hub *hub, struct waiting *waiting)
{
    Lienthong__Directive *items[AT_ONCE_MAX];
    Lienthong__DirectiveBody body;
    char reason[LT_DIRECT_REASON_MAX] = "";
    lienthong__directive_body__init(&body);
    body.items = items;
    for (size_t i = 0; i < waiting->count; i++) {
        struct one_grant *one = &waiting->grants[i];
        if (is_second(waiting, i)) {
            continue;
        }
        lienthong__directive__init(&one->item);
        lt_direct_grant(&one->grant, &one->unit, &one->key.unit, one->key.role, &one->key.key,
                        one->key.curve_key);
        if (!one->key.has_curve) {
            one->grant.curve_key.len = 0;
        }
        one->item.grant = &one->grant;
        items[body.n_items++] = &one->item;
    }
    if (body.n_items == 0) {
        return;
    }
    if (lt_hub_author(hub, &body, reason) == LT_OK) {
        lt_hub_log("countersigned %zu keys that hubs below have granted", body.n_items);
    } else {
        lt_hub_log("keys that hubs below have granted were not countersigned: %s", reason);
    }
}

void lt_hub_countersign(struct lt_hub *hub)
{
    struct waiting waiting = {.count = 0};
    if (hub->site.has_parent || atomic_load(&hub->recovering) != 0) {
        return;
    }
    waiting.grants = calloc(AT_ONCE_MAX, sizeof(*waiting.grants));
    if (waiting.grants == NULL) {
        return; /* the next directive brings us here again */
    }
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    lt_book_granted_keys(lt_ledger_book(hub->ledger), take, &waiting);
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    say(hub, &waiting);
    free(waiting.grants);
}
