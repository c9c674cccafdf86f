#include "proto/sync_child_own.h"

#include <stdlib.h>
#include <string.h>

static void flight_free(struct lt_child *child, struct lt_flight *flight)
{
    child->flying--;
    child->flying_bytes -= flight->bytes;
    free(flight->parents);
}

void lt_flights_free(struct lt_child_chain *chain)
{
    for (uint32_t i = 0; i < chain->flight_count; i++)
        free(chain->flights[i].parents);
    free(chain->flights);
    chain->flights = NULL;
    chain->flight_count = chain->flight_capacity = 0;
}

void lt_push_forget(struct lt_child_chain *chain)
{
    free(chain->positions);
    chain->positions = NULL;
    chain->position_at = chain->position_count = 0;
}

static void set_push(struct lt_child *child, struct lt_child_chain *chain, enum lt_push push)
{
    child->push_rests += (size_t)(push != LT_PUSH_FREE) - (size_t)(chain->push != LT_PUSH_FREE);
    chain->push = push;
}

/* ---- What is in flight ---- */

static void take_covered(struct lt_child *child, struct lt_child_chain *chain)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < chain->flight_count; i++) {
        if (chain->flights[i].covered)
            flight_free(child, &chain->flights[i]);
        else
            chain->flights[kept++] = chain->flights[i];
    }
    if (kept < chain->flight_count)
        child->busy_pauses = 0;
    chain->flight_count = kept;
    if (kept == 0)
        lt_flights_free(chain);
}

/* From the newest to the oldest: covered is what the tips name, then what the covered name as parents.
 * Leaves in *below what the tips and the covered name and is not in flight. */
static bool walk_flights(struct lt_child_chain *chain, struct lt_hash_set *below)
{
    for (uint32_t i = chain->flight_count; i-- > 0 && below->count > 0;) {
        struct lt_flight *flight = &chain->flights[i];
        if (!lt_hash_set_remove(below, &flight->id))
            continue;
        flight->covered = true;
        for (uint32_t j = 0; j < flight->parent_count; j++)
            if (!lt_hash_set_has(below, &flight->parents[j]) &&
                !lt_hash_set_add(below, &flight->parents[j]))
                return false;
    }
    return true;
}

void lt_push_cover(struct lt_child *child, struct lt_child_chain *chain, const struct lt_hash *tips,
                   size_t count)
{
    struct lt_hash_set below = {0};
    bool known = lt_hash_set_assign(&below, tips, count) && walk_flights(chain, &below);
    if (!known)
        child->broken = true;
    take_covered(child, chain);
    /* Usually the parent says: what I had, and what you sent. Else all is compared anew. */
    bool usual = known && below.count == chain->tips.count;
    for (uint32_t i = 0; i < chain->tips.count && usual; i++)
        usual = lt_hash_set_has(&below, &chain->tips.items[i]);
    if (!usual) {
        lt_push_forget(chain);
        chain->doubtful = chain->flight_count > 0;
    }
    lt_hash_set_clear(&below);
    if (!lt_hash_set_assign(&chain->tips, tips, count))
        child->broken = true;
}

static int compare_positions(const void *a, const void *b)
{
    uint64_t left, right;
    memcpy(&left, a, sizeof(left));
    memcpy(&right, b, sizeof(right));
    return (left > right) - (left < right);
}

/* The parent's tips are of others: ask the store which of the flights they cover. */
static void compare_flights(struct lt_child *child, struct lt_child_chain *chain)
{
    size_t max = (size_t)chain->flight_count + LT_CHILD_POSITIONS_MAX;
    uint64_t *lacking = malloc(max * sizeof(*lacking));
    chain->doubtful = false;
    if (!lacking) {
        child->broken = true;
        return;
    }
    size_t count = child->store.lacking(child->store.context, &chain->chain, chain->tips.items,
                                        chain->tips.count, lacking, max);
    qsort(lacking, count, sizeof(*lacking), compare_positions);
    for (uint32_t i = 0; i < chain->flight_count && count < max; i++)
        chain->flights[i].covered = !bsearch(&chain->flights[i].position, lacking, count,
                                             sizeof(*lacking), compare_positions);
    free(lacking);
    take_covered(child, chain);
}

/* ---- What is to be sent ---- */

static void append(struct lt_child_list *list, struct lt_child_chain *chain)
{
    chain->push_listed = true;
    chain->push_next = NULL;
    if (list->last)
        list->last->push_next = chain;
    else
        list->first = chain;
    list->last = chain;
}

static void take_first(struct lt_child_list *list)
{
    struct lt_child_chain *chain = list->first;
    list->first = chain->push_next;
    if (!list->first)
        list->last = NULL;
    chain->push_listed = false;
}

/* Quick and often right: each of our tips is the parent's, or was sent last. */
static bool is_even(struct lt_child *child, const struct lt_child_chain *chain)
{
    struct lt_hash tips[LT_PARENTS_MAX];
    size_t count = child->store.tips(child->store.context, &chain->chain, tips);
    const struct lt_flight *last =
        chain->flight_count > 0 ? &chain->flights[chain->flight_count - 1] : NULL;
    bool even = true;
    for (size_t i = 0; i < count && even; i++)
        even = lt_hash_set_has(&chain->tips, &tips[i]) ||
               (last && memcmp(&last->id, &tips[i], sizeof(tips[i])) == 0);
    return even;
}

void lt_push_offer(struct lt_child *child, struct lt_child_chain *chain)
{
    if (chain->doubtful)
        compare_flights(child, chain);
    if (chain->push == LT_PUSH_FREE && !chain->push_listed && !is_even(child, chain))
        append(&child->pushes[lt_is_directive(chain) ? 0 : 1], chain);
}

/* What the parent has, or will have when all that flies has arrived. */
static bool have_of(const struct lt_child_chain *chain, struct lt_hash_set *have)
{
    struct lt_hash_set named = {0}; /* parents of newer flights */
    bool good = lt_hash_set_assign(have, chain->tips.items, chain->tips.count);
    for (uint32_t i = chain->flight_count; i-- > 0 && good;) {
        const struct lt_flight *flight = &chain->flights[i];
        if (!lt_hash_set_remove(&named, &flight->id))
            good = lt_hash_set_add(have, &flight->id);
        for (uint32_t j = 0; j < flight->parent_count && good; j++)
            if (!lt_hash_set_has(&named, &flight->parents[j]))
                good = lt_hash_set_add(&named, &flight->parents[j]);
    }
    lt_hash_set_clear(&named);
    return good;
}

static bool find_positions(struct lt_child *child, struct lt_child_chain *chain)
{
    struct lt_hash_set have = {0};
    lt_push_forget(chain);
    chain->positions = malloc(LT_CHILD_POSITIONS_MAX * sizeof(*chain->positions));
    if (chain->positions && have_of(chain, &have))
        chain->position_count =
            (uint32_t)child->store.lacking(child->store.context, &chain->chain, have.items,
                                           have.count, chain->positions, LT_CHILD_POSITIONS_MAX);
    else
        child->broken = true;
    lt_hash_set_clear(&have);
    if (chain->position_count == 0)
        lt_push_forget(chain);
    return chain->position_count > 0;
}

static bool next_position(struct lt_child *child, struct lt_child_chain *chain,
                          uint64_t *ret_position)
{
    if (!chain->named || !chain->up || chain->lacks || chain->push != LT_PUSH_FREE)
        return false;
    if (chain->position_at == chain->position_count && !find_positions(child, chain))
        return false;
    *ret_position = chain->positions[chain->position_at];
    return true;
}

static bool add_flight(struct lt_child_chain *chain, const struct lt_flight *flight,
                       const struct lt_hash *parents)
{
    if (chain->flight_count == chain->flight_capacity) {
        uint32_t capacity = chain->flight_capacity == 0 ? 4 : chain->flight_capacity * 2;
        struct lt_flight *flights = realloc(chain->flights, capacity * sizeof(*flights));
        if (!flights)
            return false;
        chain->flights = flights;
        chain->flight_capacity = capacity;
    }
    struct lt_flight *added = &chain->flights[chain->flight_count];
    *added = *flight;
    if (flight->parent_count > 0) {
        added->parents = malloc(flight->parent_count * sizeof(*parents));
        if (!added->parents)
            return false;
        memcpy(added->parents, parents, flight->parent_count * sizeof(*parents));
    }
    chain->flight_count++;
    return true;
}

/* False: the credit does not allow it now. */
static bool send_position(struct lt_child *child, struct lt_child_chain *chain, uint64_t position,
                          struct lt_actions *out)
{
    struct lt_hash parents[LT_PARENTS_MAX];
    struct lt_flight flight = {.position = position};
    size_t parent_count, bytes;
    if (!child->store.update_at(child->store.context, position, &flight.id, parents, &parent_count,
                                &bytes)) {
        set_push(child, chain, LT_PUSH_SESSION_REST);
        return true;
    }
    if (child->flying > 0 && child->flying_bytes + bytes > child->credit_bytes)
        return false;
    flight.bytes = (uint32_t)bytes;
    flight.parent_count = (uint32_t)parent_count;
    if (!add_flight(chain, &flight, parents) ||
        !lt_actions_send_update(out, 0, child->session, position)) {
        child->broken = true;
        return false;
    }
    chain->position_at++;
    child->flying++;
    child->flying_bytes += bytes;
    return true;
}

/* Directive chains first; one update a turn. */
void lt_push_work(struct lt_child *child, struct lt_actions *out)
{
    for (;;) {
        struct lt_child_list *list = &child->pushes[child->pushes[0].first ? 0 : 1];
        struct lt_child_chain *chain = list->first;
        uint64_t position;
        if (!chain || !child->pages_done || child->busy_until != LT_NEVER || child->broken)
            return;
        if (!next_position(child, chain, &position)) {
            take_first(list);
            continue;
        }
        if (!send_position(child, chain, position, out))
            return;
        take_first(list);
        append(list, chain);
    }
}

/* ---- Refusals ---- */

static bool is_flying(const struct lt_child_chain *chain, const struct lt_hash *id)
{
    for (uint32_t i = 0; i < chain->flight_count; i++)
        if (memcmp(&chain->flights[i].id, id, sizeof(*id)) == 0)
            return true;
    return false;
}

/* Those that flew with the refused one will be refused as orphans; that is no news then. */
static void drop_flights(struct lt_child *child, struct lt_child_chain *chain,
                         const struct lt_hash *refused)
{
    lt_hash_set_clear(&chain->echoes);
    for (uint32_t i = 0; i < chain->flight_count; i++) {
        struct lt_flight *flight = &chain->flights[i];
        if (memcmp(&flight->id, refused, sizeof(*refused)) != 0 &&
            !lt_hash_set_add(&chain->echoes, &flight->id))
            child->broken = true;
        child->flying--;
        child->flying_bytes -= flight->bytes;
    }
    lt_flights_free(chain);
    lt_push_forget(chain);
    chain->doubtful = false;
}

/* Full jitter, and not before the time that the parent asked for. */
static lt_ms busy_pause(struct lt_child *child, uint32_t retry_after_s)
{
    lt_ms own = lt_child_pause(child, child->busy_pauses++);
    lt_ms asked = lt_child_asked_pause(child, retry_after_s);
    return own > asked ? own : asked;
}

void lt_push_refused(struct lt_child *child, struct lt_child_chain *chain, const struct lt_hash *id,
                     const Lienthong__Refused *refused)
{
    Lienthong__RefusalReason reason = refused->reason;
    if (lt_hash_set_remove(&chain->echoes, id) || !is_flying(chain, id))
        return;
    drop_flights(child, chain, id);
    if (reason == LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN && !chain->orphaned) {
        chain->orphaned = true; /* something was lost on the way: all that it lacks, once more */
    } else if (reason == LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_UNKNOWN) {
        set_push(child, chain, LT_PUSH_KEY_REST);
    } else if (reason == LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY) {
        set_push(child, chain, LT_PUSH_BUSY_REST);
        if (child->busy_until == LT_NEVER)
            child->busy_until = lt_ms_add(child->now, busy_pause(child, refused->retry_after_s));
    } else {
        set_push(child, chain, LT_PUSH_SESSION_REST);
    }
    lt_fetch_settle(child, chain);
}

void lt_push_wake(struct lt_child *child, enum lt_push why)
{
    for (size_t i = 0; i < child->chain_count && child->push_rests > 0; i++) {
        struct lt_child_chain *chain = child->chains[i];
        if (chain->push != why)
            continue;
        set_push(child, chain, LT_PUSH_FREE);
        lt_fetch_settle(child, chain);
    }
}
