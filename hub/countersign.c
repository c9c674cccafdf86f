/* The top's word on keys that hubs below have granted: by itself on a unit's first (unless hub.conf says otherwise), and
 * on one that the key before it asked for. Of others the operator decides (lienthong-hub keys --approve). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "hub/core_own.h"
#include "hub/direct.h"

enum {
    AT_ONCE_MAX = 256, /* what is left comes with the next round */
    AGAIN_MS = 10000, /* after a failure: the disk was full */
};

struct one_grant {
    struct lt_granted_key key;
    Lienthong__Grant grant;
    Lienthong__Unit unit;
    Lienthong__Directive item;
};

struct waiting {
    bool first; /* a unit's first key goes by itself */
    struct one_grant *grants;
    size_t count;
};

static void take(void *context, const struct lt_granted_key *key)
{
    struct waiting *waiting = context;
    if (key->awaits && ((key->first && waiting->first) || key->asked_by_key) &&
        waiting->count < AT_ONCE_MAX) {
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

static enum lt_result say(struct lt_hub *hub, struct waiting *waiting)
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
    enum lt_result result = body.n_items > 0 ? lt_hub_author(hub, &body, reason) : LT_OK;
    if (result != LT_OK && !hub->countersign_due) {
        lt_hub_log("keys that hubs below have granted were not countersigned, will try again: %s",
                   reason);
    } else if (result == LT_OK && body.n_items > 0) {
        lt_hub_log("countersigned %zu keys that hubs below have granted", body.n_items);
    }
    return result;
}

void lt_hub_countersign(struct lt_hub *hub)
{
    struct waiting waiting = {.first = hub->config.countersign_first};
    enum lt_result result = LT_NO_MEMORY;
    if (hub->site.has_parent || atomic_load(&hub->recovering) != 0) {
        return;
    }
    waiting.grants = calloc(AT_ONCE_MAX, sizeof(*waiting.grants));
    if (waiting.grants != NULL) {
        pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
        lt_book_granted_keys(lt_ledger_book(hub->ledger), take, &waiting);
        pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
        result = say(hub, &waiting);
        free(waiting.grants);
    }
    hub->countersign_due = result != LT_OK;
    hub->countersign_at = lt_clock_monotonic() + AGAIN_MS;
}

void lt_hub_countersign_again(struct lt_hub *hub)
{
    if (hub->countersign_due && lt_clock_monotonic() >= hub->countersign_at) {
        lt_hub_countersign(hub);
    }
}
