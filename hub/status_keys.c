/* This hub's own key, and the keys that wait for the top's word. */
#include <stdlib.h>
#include <string.h>

#include "agent/json_whole.h"
#include "hub/core_own.h"
#include "hub/key_table.h"
#include "hub/status_own.h"

static json_t *digits_of(const struct lt_key *key)
{
    char digits[65];
    lt_hex(key->bytes, sizeof(key->bytes), digits);
    return json_string(digits);
}

json_t *lt_status_own_key(const struct lt_key *key)
{
    return json_pack("{s:o?}", "key", key != NULL ? digits_of(key) : NULL);
}

/* Control thread, as all of these. */
static json_t *own_key(struct lt_hub *hub)
{
    struct lt_hub_site site;
    json_t *object = lt_status_own_key(&hub->keys.sign_public);
    const struct lt_key *next = &hub->rotation.next.sign_public;
    lt_ledger_site(hub->ledger, &site);
    json_object_set_new(object, "next", hub->rotation.loaded ? digits_of(next) : json_null());
    json_object_set_new(
        object, "asked",
        json_boolean(hub->rotation.loaded && memcmp(&site.signer, next, sizeof(*next)) == 0));
    json_object_set_new(object, "granted",
                        json_boolean(!atomic_load(&hub->ready) || lt_hub_key_granted(hub)));
    json_object_set_new(object, "trouble", json_string(hub->rotation.trouble));
    return object;
}

char *lt_hub_key_status(struct lt_hub *hub)
{
    return lt_json_text(own_key(hub));
}

static void put_waiting(json_t *status, struct lt_ledger *ledger)
{
    struct lt_key_table table = {.count = 0};
    json_t *list = json_array();
    json_int_t waiting = 0;
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    (void)!lt_key_table_fill(&table, lt_ledger_book(ledger), NULL); /* as far as memory goes */
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    for (size_t i = 0; i < table.count; i++) {
        const struct lt_granted_key *key = &table.keys[i];
        char unit[LT_UNIT_TEXT_MAX], hub[LT_UNIT_TEXT_MAX];
        if (!key->awaits) {
            continue;
        }
        waiting++;
        lt_unit_format(&key->unit, unit);
        lt_unit_format(&key->hub, hub);
        json_array_append_new(list,
                              json_pack("{s:s,s:s,s:o,s:s}", "unit", unit, "role",
                                        key->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent",
                                        "key", digits_of(&key->key), "granted_by", hub));
    }
    lt_key_table_free(&table);
    json_object_set_new(status, "keys_waiting", json_integer(waiting));
    json_object_set_new(status, "keys_waiting_rows", list);
}

void lt_status_put_keys(json_t *status, struct lt_ledger *ledger, struct lt_hub *hub)
{
    if (hub != NULL) {
        json_object_set_new(status, "keys", own_key(hub));
        json_object_set_new(status, "countersign_failed", json_boolean(hub->countersign_due));
    }
    put_waiting(status, ledger);
}
