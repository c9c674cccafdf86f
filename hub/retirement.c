/* What is left to do before a hub may end, asked of the running one. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "agent/json_whole.h"
#include "hub/core_own.h"
#include "hub/enrolled.h"

enum { WAITING_SHOWN_MAX = 50 };

/* ---- Machines ---- */

static int compare_units(const void *a, const void *b)
{
    return lt_unit_cmp(a, b);
}

/* Units with a machine that is connected here, ascending. */
static size_t connected_units(struct lt_hub *hub, struct lt_unit **ret_units)
{
    struct lt_child_view *children = NULL;
    size_t count = lt_gate_children(hub->gate, &children);
    struct lt_unit *units = calloc(count + 1, sizeof(*units));
    for (size_t i = 0; units != NULL && i < count; i++) {
        units[i] = children[i].unit;
    }
    free(children);
    if (units == NULL) {
        return 0;
    }
    qsort(units, count, sizeof(*units), compare_units);
    *ret_units = units;
    return count;
}

/* Will the new parent say that a machine has arrived? It does for a Move of its own, or of a hub below it;
 * and only what hubs above this one say is heard here. */
static bool is_confirmed_above(const struct lt_book *book, const struct lt_unit *self,
                               const struct lt_move *move)
{
    return lt_book_within(book, self, &move->parent) &&
           lt_book_within(book, &move->hub, &move->parent);
}

/* NULL: it has a Move to another parent, and none of its machines is here. If that parent is one that tells
 * us, it has arrived there; else *elsewhere grows. */
static const char *waits_for(const struct lt_book *book, const struct lt_unit *self,
                             const struct lt_unit *unit, bool connected, size_t *elsewhere)
{
    const struct lt_move *move = lt_book_move(book, unit);
    bool here = move == NULL || lt_unit_cmp(&move->parent, self) == 0;
    if (here && (move == NULL || lt_unit_cmp(&move->hub, self) == 0)) {
        return "its move is not said yet";
    }
    if (here) {
        return "a hub above has moved it here; it has to move it again";
    }
    if (connected) {
        return "connected here";
    }
    if (move->arrived) {
        return NULL;
    }
    if (is_confirmed_above(book, self, move)) {
        return "has not arrived at its new parent";
    }
    ++*elsewhere;
    return NULL;
}

static void add_waiting(json_t *waiting, const struct lt_unit *unit, const char *why)
{
    char text[LT_UNIT_TEXT_MAX];
    lt_unit_format(unit, text);
    if (json_array_size(waiting) < WAITING_SHOWN_MAX) {
        json_array_append_new(waiting, json_pack("{s:s,s:s}", "unit", text, "why", why));
    }
}

static void put_machines(json_t *object, struct lt_hub *hub)
{
    struct lt_enrolled enrolled;
    struct lt_unit *connected = NULL;
    json_t *waiting = json_array();
    size_t left = 0, elsewhere = 0;
    size_t connected_count = connected_units(hub, &connected);
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    const struct lt_book *book = lt_ledger_book(hub->ledger);
    lt_enrolled_at(book, &hub->site.unit, &enrolled);
    for (size_t i = 0; i < enrolled.count; i++) {
        const struct lt_unit *unit = &enrolled.units[i];
        bool here = connected_count > 0 && bsearch(unit, connected, connected_count,
                                                   sizeof(*connected), compare_units) != NULL;
        const char *why = waits_for(book, &hub->site.unit, unit, here, &elsewhere);
        if (why != NULL) {
            left++;
            add_waiting(waiting, unit, why);
        }
    }
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    json_object_set_new(object, "units_left", json_integer((json_int_t)left));
    json_object_set_new(object, "units_elsewhere", json_integer((json_int_t)elsewhere));
    json_object_set_new(object, "machines_here", json_integer((json_int_t)connected_count));
    json_object_set_new(object, "waiting", waiting);
    json_object_set_new(
        object, "moved",
        json_boolean(left == 0 && connected_count == 0 && !enrolled.failed && connected != NULL));
    lt_enrolled_free(&enrolled);
    free(connected);
}

/* ---- What this hub holds ---- */

struct covering {
    const struct lt_unit *parent;
    uint64_t count;
};

static void look_at_receipt(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    struct covering *covering = context;
    struct lt_statement statement;
    if (lt_unit_cmp(hub, covering->parent) == 0 && lt_receipt_open(receipt, &statement) == LT_OK) {
        covering->count = statement.count;
    }
}

/* Chains of ours that the parent's newest receipt does not cover whole. */
static uint64_t chains_unreceipted(struct lt_hub *hub, const struct lt_hub_site *site)
{
    struct lt_sync_store store;
    struct lt_chain chain, after;
    struct lt_statement *statement = malloc(sizeof(*statement));
    uint64_t left = 0;
    lt_ledger_sync_store(hub->ledger, &store);
    bool more = statement != NULL && store.next_chain(store.context, NULL, &chain);
    while (more) {
        if (store.way(store.context, LIENTHONG__ROLE__ROLE_HUB, &site->unit, &chain) == LT_WAY_UP) {
            struct covering covering = {.parent = &site->parent};
            lt_ledger_receipts(hub->ledger, &chain, look_at_receipt, &covering);
            left += lt_ledger_statement(hub->ledger, &chain, statement) != LT_OK ||
                    covering.count < statement->count;
        }
        after = chain;
        more = store.next_chain(store.context, &after, &chain);
    }
    left += statement == NULL;
    free(statement);
    return left;
}

static void put_holdings(json_t *object, struct lt_hub *hub)
{
    struct lt_relay *relay = atomic_load(&hub->relay);
    struct lt_relay_view view = {.welcomed_at = 0};
    struct lt_hub_site site;
    lt_ledger_site(hub->ledger, &site);
    if (relay != NULL) {
        lt_relay_view(relay, &view);
    }
    uint64_t left = chains_unreceipted(hub, &site);
    bool settled = view.state.welcomed && view.state.settled;
    json_object_set_new(object, "chains_left", json_integer((json_int_t)left));
    json_object_set_new(object, "parent_connected", json_boolean(view.state.welcomed));
    json_object_set_new(object, "drained", json_boolean(settled && left == 0));
}

char *lt_hub_retirement(struct lt_hub *hub)
{
    json_t *object = json_object();
    struct lt_retiring retiring;
    lt_roster_retiring(hub->roster, &retiring);
    json_object_set_new(object, "since", json_integer((json_int_t)retiring.since));
    json_object_set_new(object, "done_at", json_integer((json_int_t)retiring.done));
    put_machines(object, hub);
    put_holdings(object, hub);
    return lt_json_text(object);
}
