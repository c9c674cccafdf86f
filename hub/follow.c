/* Moves, in the running hub: its own to another parent, and those of machines that arrive here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/core_own.h"
#include "hub/direct.h"
#include "hub/move_plan.h"

/* ---- Our own parent ---- */

/* Which units from elsewhere Moves lead through this hub: a sum that changes with them. */
static uint64_t guests_of(const struct lt_book *book, const struct lt_unit *self)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < lt_book_move_count(book); i++) {
        const struct lt_move *move = lt_book_move_at(book, i);
        if (lt_book_within(book, &move->parent, self) && !lt_book_within(book, &move->unit, self)) {
            struct lt_chain chain = {LT_STREAM_REPORT, move->unit};
            uint8_t key[LT_CHAIN_KEY_BYTES];
            struct lt_hash hash;
            uint64_t part;
            lt_chain_to_key(&chain, key);
            lt_hash_of(key, sizeof(key), &hash);
            memcpy(&part, hash.bytes, sizeof(part));
            sum += part;
        }
    }
    return sum;
}

void lt_hub_follow(struct lt_hub *hub)
{
    struct lt_relay *relay = atomic_load(&hub->relay);
    struct lt_hub_site site;
    struct lt_way_up now = {.endpoint_count = 0}, next;
    if (relay == NULL) {
        return;
    }
    lt_ledger_site(hub->ledger, &site);
    now.parent = site.parent;
    now.endpoint_count = site.endpoint_count;
    memcpy(now.curve, site.parent_curve, sizeof(now.curve));
    memcpy(now.endpoints, site.endpoints, sizeof(now.endpoints));
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    const struct lt_book *book = lt_ledger_book(hub->ledger);
    const struct lt_move *move = lt_book_move(book, &site.unit);
    /* To ourselves or below it is for the office's PCs. */
    bool moves = move != NULL && !lt_book_within(book, &move->parent, &site.unit) &&
                 lt_way_up_next(move, &now, &next);
    uint64_t guests = guests_of(book, &site.unit);
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    lt_relay_follow(relay, moves ? &next : NULL);
    if (guests != hub->guests) {
        hub->guests = guests;
        lt_relay_greet(relay);
    }
}

enum lt_result lt_hub_moved(void *context, const struct lt_way_up *way)
{
    struct lt_hub *hub = context;
    struct lt_hub_site site;
    char unit[LT_UNIT_TEXT_MAX];
    pthread_mutex_lock(&hub->lock);
    lt_ledger_site(hub->ledger, &site);
    site.parent = way->parent;
    memcpy(site.parent_curve, way->curve, sizeof(site.parent_curve));
    site.endpoint_count = way->endpoint_count;
    memcpy(site.endpoints, way->endpoints, sizeof(site.endpoints));
    enum lt_result result = lt_ledger_set_site(hub->ledger, &site);
    if (result == LT_OK) {
        hub->site.parent = way->parent;
        hub->parent_has_said = false;
    }
    pthread_mutex_unlock(&hub->lock);
    lt_unit_format(&way->parent, unit);
    lt_hub_log(result == LT_OK ? "by a directive from above this hub's parent is now %s"
                               : "the new parent %s could not be stored",
               unit);
    if (result == LT_OK) {
        lt_hub_announce("moved");
    }
    return result;
}

/* ---- Machines that arrive ---- */

/* The Move that leads the machines of `unit` here, while nobody has said that one has arrived: said by this
 * hub or one below it. NULL: none. */
static const struct lt_move *leads_here(const struct lt_book *book, const struct lt_unit *self,
                                        const struct lt_unit *unit)
{
    const struct lt_move *move = lt_book_move(book, unit);
    return move != NULL && !move->arrived && lt_unit_cmp(&move->parent, self) == 0 &&
                   lt_book_within(book, &move->hub, self)
               ? move
               : NULL;
}

struct own_hub {
    const struct lt_unit *unit;
    bool found;
};

static void look_for_hub(void *context, const struct lt_unit *unit, Lienthong__Role role)
{
    struct own_hub *own = context;
    own->found |= role == LIENTHONG__ROLE__ROLE_HUB && lt_unit_cmp(unit, own->unit) == 0;
}

/* A hub that joined here is here all the time: that its office's PCs are moved here is no arrival. */
static bool has_arrived(const struct lt_book *book, const struct lt_unit *self,
                        const struct lt_unit *unit, Lienthong__Role role)
{
    struct own_hub own = {.unit = unit};
    if (leads_here(book, self, unit) == NULL) {
        return false;
    }
    if (role == LIENTHONG__ROLE__ROLE_HUB) {
        lt_book_granted_by(book, self, look_for_hub, &own);
    }
    return !own.found;
}

void lt_hub_greeted(void *context, const struct lt_unit *unit, Lienthong__Role role)
{
    struct lt_hub *hub = context;
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    bool arrived = has_arrived(lt_ledger_book(hub->ledger), &hub->site.unit, unit, role);
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    if (!arrived) {
        return;
    }
    pthread_mutex_lock(&hub->lock);
    size_t at = 0;
    while (at < hub->arrival_count && lt_unit_cmp(&hub->arrivals[at], unit) != 0) {
        at++;
    }
    if (at == hub->arrival_count && at < ARRIVALS_MAX) { /* one too many comes at its next HELLO */
        hub->arrivals[hub->arrival_count++] = *unit;
    }
    pthread_mutex_unlock(&hub->lock);
}

/* What fails is told again by the next HELLO. */
static void say_arrivals(struct lt_hub *hub, const struct lt_move_plan *plan)
{
    Lienthong__DirectiveBody body;
    char reason[LT_DIRECT_REASON_MAX] = "";
    lienthong__directive_body__init(&body);
    body.items = plan->items;
    body.n_items = plan->count;
    if (lt_hub_author(hub, &body, reason) == LT_OK) {
        lt_hub_log("arrived by a move: machines of %zu units", plan->count);
    } else {
        lt_hub_log("the arrival of %zu units could not be noted: %s", plan->count, reason);
    }
}

static void plan_arrivals(struct lt_hub *hub, const struct lt_unit *units, size_t count,
                          struct lt_move_plan *plan)
{
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    const struct lt_book *book = lt_ledger_book(hub->ledger);
    for (size_t i = 0; i < count; i++) {
        const struct lt_move *move = leads_here(book, &hub->site.unit, &units[i]);
        if (move != NULL) {
            struct lt_move again = *move;
            again.arrived = true;
            if (lt_move_plan_add(plan, &again) != LT_OK) {
                break; /* its next HELLO tells again */
            }
        }
    }
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
}

void lt_hub_note_arrivals(struct lt_hub *hub)
{
    struct lt_unit units[ARRIVALS_MAX];
    struct lt_move_plan plan = {.count = 0};
    if (atomic_load(&hub->recovering) != 0) {
        return;
    }
    pthread_mutex_lock(&hub->lock);
    size_t count = hub->arrival_count;
    memcpy(units, hub->arrivals, count * sizeof(*units));
    hub->arrival_count = 0;
    pthread_mutex_unlock(&hub->lock);
    if (count > 0) {
        plan_arrivals(hub, units, count, &plan);
    }
    if (plan.count > 0) {
        say_arrivals(hub, &plan);
    }
    lt_move_plan_free(&plan);
}
