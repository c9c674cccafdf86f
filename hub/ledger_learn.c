#include <stdlib.h>
#include <string.h>

#include "hub/ledger_own.h"

/* ---- Revocations ---- */

static bool revocation_digest(struct lt_ledger *ledger, struct lt_hash *ret_digest)
{
    size_t count = 0;
    uint8_t *said =
        malloc(ledger->watched_count * (33 + sizeof(struct lt_hash) * LT_PARENTS_MAX) + 1);
    if (said == NULL)
        return false;
    for (size_t i = 0; i < ledger->watched_count; i++) {
        const struct lt_watched *watched = &ledger->watched[i];
        const struct lt_revocation *revocation =
            lt_book_revocation(ledger->book, &watched->chain, &watched->key);
        said[count++] = revocation != NULL;
        memcpy(said + count, watched->key.bytes, 32);
        count += 32;
        if (revocation == NULL)
            continue;
        memcpy(said + count, revocation->cut, revocation->cut_count * sizeof(struct lt_hash));
        count += revocation->cut_count * sizeof(struct lt_hash);
    }
    lt_hash_of(said, count, ret_digest);
    free(said);
    return true;
}

static bool watch(struct lt_ledger *ledger, const Lienthong__DirectiveBody *body)
{
    for (size_t i = 0; i < body->n_items; i++) {
        const Lienthong__Revocation *said = body->items[i]->revocation;
        struct lt_watched watched = {.chain = {.stream = LT_STREAM_REPORT}};
        if (said == NULL || said->unit == NULL || said->key.len != sizeof watched.key.bytes ||
            lt_unit_make(said->unit->code, said->unit->valid_from, &watched.chain.unit) != LT_OK)
            continue;
        struct lt_watched *more =
            realloc(ledger->watched, (ledger->watched_count + 1) * sizeof *more);
        if (more == NULL)
            return false;
        memcpy(watched.key.bytes, said->key.data, sizeof watched.key.bytes);
        ledger->watched = more;
        ledger->watched[ledger->watched_count++] = watched;
    }
    return true;
}

/* Position of the last directive that the current state was judged by, and whether it holds changes in
 * quarantine. */
static bool judged(struct lt_ledger *ledger, uint64_t *ret_directives, bool *ret_quarantined)
{
    struct lt_marks marks;
    struct lt_tally tally;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return false;
    lt_store_marks(txn, &marks);
    lt_store_tally(txn, &tally);
    *ret_directives = marks.directives;
    *ret_quarantined = tally.quarantined > 0;
    bool good = lt_store_error(txn) == LT_OK;
    lt_store_abort(txn);
    return good;
}

enum lt_result lt_ledger_learn(struct lt_ledger *ledger, const struct lt_update *update,
                               uint64_t position)
{
    Lienthong__DirectiveBody *body;
    struct lt_book_change change = {0};
    struct lt_hash revocations;
    uint64_t directives;
    bool quarantined;
    lt_arena_reset(ledger->arena);
    enum lt_result result = lt_directive_read(update, ledger->arena, &body);
    if (result == LT_VERSION) {
        ledger->unread_directives++;
        if (update->frame.body_version > ledger->unread_newest)
            ledger->unread_newest = update->frame.body_version;
    }
    if (result == LT_OK) {
        if (!watch(ledger, body))
            return LT_NO_MEMORY;
        pthread_rwlock_wrlock(&ledger->book_lock);
        result = lt_book_add(ledger->book, update, body, &change);
        pthread_rwlock_unlock(&ledger->book_lock);
        lt_merge_forget(ledger->merge);
    }
    if (result == LT_NO_MEMORY || !judged(ledger, &directives, &quarantined) ||
        !revocation_digest(ledger, &revocations))
        return LT_NO_MEMORY;
    bool again =
        change.altered || (change.added && quarantined) ||
        (ledger->watched_count > 0 && lt_hash_cmp(&revocations, &ledger->revocations) != 0);
    ledger->altered = ledger->altered || (again && position > directives);
    ledger->revocations = revocations;
    ledger->directives = position;
    return LT_OK;
}

/* ---- Reading on ---- */

static int by_position(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

struct positions {
    uint64_t *items;
    size_t count, capacity;
};

static enum lt_result add_positions(struct lt_txn *log, const struct lt_chain *chain,
                                    uint64_t after, struct positions *positions)
{
    enum { PAGE = 256 };
    size_t got = PAGE;
    while (got == PAGE) {
        if (positions->count + PAGE > positions->capacity) {
            size_t capacity = (positions->capacity + PAGE) * 2;
            uint64_t *items = realloc(positions->items, capacity * sizeof *items);
            if (items == NULL)
                return LT_NO_MEMORY;
            positions->items = items;
            positions->capacity = capacity;
        }
        got = lt_log_chain_positions(log, chain, after, positions->items + positions->count, PAGE);
        positions->count += got;
        after = got > 0 ? positions->items[positions->count - 1] : after;
    }
    return LT_OK;
}

/* Positions of the directives that this ledger has not seen, ascending; all chains are looked at anew. */
static enum lt_result look(struct lt_ledger *ledger, struct positions *positions,
                           uint64_t *ret_last)
{
    struct lt_chain chain;
    enum lt_result result = LT_OK;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    struct lt_txn *log = lt_store_log(txn);
    uint64_t last = lt_log_last(log);
    bool more = last > ledger->last && lt_log_next_chain(log, NULL, &chain);
    while (more && result == LT_OK) {
        result = lt_chains_refresh(ledger->chains, log, &chain);
        if (result == LT_OK && chain.stream == LT_STREAM_DIRECTIVE)
            result = add_positions(log, &chain, ledger->last, positions);
        more = lt_log_next_chain(log, &chain, &chain);
    }
    if (result == LT_OK)
        result = lt_store_error(txn);
    lt_store_abort(txn);
    if (result != LT_OK)
        return result;
    if (positions->count > 0)
        qsort(positions->items, positions->count, sizeof *positions->items, by_position);
    *ret_last = last;
    return LT_OK;
}

static enum lt_result read_one(struct lt_ledger *ledger, struct lt_store_txn *txn,
                               uint64_t position)
{
    struct lt_bytes bytes;
    struct lt_update update;
    if (!lt_log_at(lt_store_log(txn), position, &bytes) || lt_update_open(bytes, &update) != LT_OK)
        return lt_store_error(txn) != LT_OK ? lt_store_error(txn) : LT_CORRUPT;
    return lt_ledger_learn(ledger, &update, position);
}

enum lt_result lt_ledger_read_on(struct lt_ledger *ledger)
{
    enum { SLICE = 64 };
    struct positions positions = {0};
    uint64_t last = 0;
    enum lt_result result = look(ledger, &positions, &last);
    for (size_t at = 0; at < positions.count && result == LT_OK; at += SLICE) {
        struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
        if (txn == NULL)
            result = LT_NO_MEMORY;
        for (size_t i = at; i < positions.count && i < at + SLICE && result == LT_OK; i++)
            result = read_one(ledger, txn, positions.items[i]);
        lt_store_abort(txn);
    }
    free(positions.items);
    if (result == LT_OK)
        ledger->last = last;
    return result;
}

/* ---- Following ---- */

enum lt_result lt_ledger_follow(struct lt_ledger *ledger, struct lt_hash *ret_state)
{
    struct lt_marks marks;
    uint8_t said[8 * 5];
    enum lt_result result = lt_ledger_read_on(ledger);
    struct lt_store_txn *txn = result == LT_OK ? lt_store_begin(ledger->store, false) : NULL;
    if (txn == NULL)
        return result != LT_OK ? result : LT_NO_MEMORY;
    lt_store_marks(txn, &marks);
    result = lt_store_error(txn);
    lt_store_abort(txn);
    if (result == LT_OK)
        result = lt_ledger_refresh_site(ledger);
    if (result != LT_OK)
        return result;
    /* Judged again by who writes, not by us. */
    if (!marks.rebuilding && marks.rules == LT_JUDGED_BY && marks.directives >= ledger->directives)
        ledger->altered = false;
    lt_put_u64(said, ledger->last);
    lt_put_u64(said + 8, marks.generations);
    lt_put_u64(said + 16, marks.directives);
    lt_put_u64(said + 24, ledger->directives);
    lt_put_u64(said + 32, (uint64_t)lt_ledger_due(ledger) << 1 | marks.rebuilding);
    lt_hash_of(said, sizeof said, ret_state);
    return LT_OK;
}
