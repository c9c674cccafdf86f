#include <stdlib.h>
#include <string.h>

#include "hub/ledger_own.h"
#include "proto/standing.h"

/* Each question is answered from memory, or in a read transaction of its own. */

static bool has(void *context, const struct lt_hash *id)
{
    struct lt_ledger *ledger = context;
    uint64_t position, seq;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    bool found = txn != NULL && lt_log_find(txn, id, &position, &seq);
    lt_txn_abort(txn);
    return found;
}

static size_t tips(void *context, const struct lt_chain *chain,
                   struct lt_hash ret_tips[LT_PARENTS_MAX])
{
    struct lt_ledger *ledger = context;
    return lt_chains_tips(ledger->chains, chain, ret_tips);
}

static bool next_chain(void *context, const struct lt_chain *after, struct lt_chain *ret_chain)
{
    struct lt_ledger *ledger = context;
    return lt_chains_next(ledger->chains, after, ret_chain);
}

static size_t ladder(void *context, const struct lt_chain *chain,
                     struct lt_hash ret_have[LT_HAVE_MAX])
{
    struct lt_ledger *ledger = context;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    size_t count = txn == NULL ? 0 : lt_log_ladder(txn, chain, ret_have);
    lt_txn_abort(txn);
    return count;
}

static size_t lacking(void *context, const struct lt_chain *chain, const struct lt_hash *have,
                      size_t have_count, uint64_t *ret_positions, size_t max)
{
    struct lt_ledger *ledger = context;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    size_t count =
        txn == NULL ? 0 : lt_log_lacking(txn, chain, have, have_count, ret_positions, max);
    lt_txn_abort(txn);
    return count;
}

/* ---- Upward: nothing that is not to be believed there ---- */

static bool is_by_waiting(struct lt_ledger *ledger, struct lt_txn *txn, uint64_t position)
{
    struct lt_bytes bytes;
    struct lt_update update;
    if (!lt_log_at(txn, position, &bytes) || lt_update_open(bytes, &update) != LT_OK)
        return false;
    pthread_rwlock_rdlock(&ledger->book_lock);
    bool waiting = !lt_book_countersigned(ledger->book, &update.frame.chain, &update.frame.key) &&
                   !lt_book_ended_by_top(ledger->book, &update.frame.chain, &update.frame.key);
    pthread_rwlock_unlock(&ledger->book_lock);
    return waiting;
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct lt_hash));
}

/* Is this one, or what it builds on, by a key that waits for the top? `held` are those before it that are. */
static bool is_held_back(struct lt_ledger *ledger, struct lt_txn *txn, uint64_t position,
                         const struct lt_hash *held, size_t held_count, struct lt_hash *ret_id)
{
    struct lt_hash parents[LT_PARENTS_MAX];
    size_t parent_count, bytes;
    if (!lt_log_describe(txn, position, ret_id, parents, &parent_count, &bytes))
        return false;
    for (size_t i = 0; i < parent_count; i++)
        if (bsearch(&parents[i], held, held_count, sizeof(*held), compare_hashes) != NULL)
            return true;
    return is_by_waiting(ledger, txn, position);
}

/* Takes out of the positions what is held back; returns how many are left. */
static size_t sift(struct lt_ledger *ledger, struct lt_txn *txn, uint64_t *positions, size_t count)
{
    struct lt_hash id, *held = malloc((count + 1) * sizeof(*held));
    size_t held_count = 0, kept = 0;
    for (size_t i = 0; held != NULL && i < count; i++) {
        if (!is_held_back(ledger, txn, positions[i], held, held_count, &id)) {
            positions[kept++] = positions[i];
            continue;
        }
        size_t at = held_count++;
        for (; at > 0 && memcmp(&held[at - 1], &id, sizeof(id)) > 0; at--)
            held[at] = held[at - 1];
        held[at] = id;
    }
    free(held);
    return kept;
}

/* As `lacking`, for the parent: one refused update would keep the chain's others waiting. */
static size_t lacking_up(void *context, const struct lt_chain *chain, const struct lt_hash *have,
                         size_t have_count, uint64_t *ret_positions, size_t max)
{
    struct lt_ledger *ledger = context;
    pthread_rwlock_rdlock(&ledger->book_lock);
    bool awaits = lt_book_awaits(ledger->book, chain);
    pthread_rwlock_unlock(&ledger->book_lock);
    if (!awaits)
        return lacking(context, chain, have, have_count, ret_positions, max);
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    size_t capacity = txn != NULL ? (size_t)lt_log_count(txn, chain) : 0, count = 0;
    uint64_t *positions = calloc(capacity + 1, sizeof(*positions));
    if (txn != NULL && positions != NULL)
        count = sift(ledger, txn, positions,
                     lt_log_lacking(txn, chain, have, have_count, positions, capacity));
    count = count < max ? count : max;
    if (count > 0)
        memcpy(ret_positions, positions, count * sizeof(*positions));
    free(positions);
    lt_txn_abort(txn);
    return count;
}

static bool update_at(void *context, uint64_t position, struct lt_hash *ret_id,
                      struct lt_hash ret_parents[LT_PARENTS_MAX], size_t *ret_parent_count,
                      size_t *ret_bytes)
{
    struct lt_ledger *ledger = context;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    bool found = txn != NULL &&
                 lt_log_describe(txn, position, ret_id, ret_parents, ret_parent_count, ret_bytes);
    lt_txn_abort(txn);
    return found;
}

/* To this hub's own parent go the chains of its subtree, its own directives among them, and those of
 * units that were moved into it; other directives come from there. */
static enum lt_way way_up(const struct lt_book *book, const struct lt_unit *self,
                          const struct lt_chain *chain)
{
    if (lt_book_within(book, &chain->unit, self) || lt_book_moved_to(book, &chain->unit, self))
        return LT_WAY_UP;
    return chain->stream == LT_STREAM_DIRECTIVE ? LT_WAY_DOWN : LT_WAY_NONE;
}

/* A child brings its own chain (an agent) or those of its subtree (a hub), and takes the directives of
 * the hubs above it: this one, those above this one, and those between the two, which a child that once
 * reported to one of them needs for its own history (they granted the keys that signed it). What was
 * moved into a hub's subtree travels with it, and the directives of the hubs that it came from go there. */
static enum lt_way way_of_child(const struct lt_book *book, const struct lt_unit *self,
                                Lienthong__Role role, const struct lt_unit *child,
                                const struct lt_chain *chain)
{
    bool own = role == LIENTHONG__ROLE__ROLE_HUB
                   ? lt_book_within(book, &chain->unit, child) ||
                         lt_book_moved_to(book, &chain->unit, child)
                   : chain->stream == LT_STREAM_REPORT && lt_unit_cmp(&chain->unit, child) == 0;
    if (own)
        return LT_WAY_UP;
    bool above =
        lt_book_within(book, self, &chain->unit) || lt_book_within(book, child, &chain->unit);
    if (chain->stream != LT_STREAM_DIRECTIVE)
        return LT_WAY_NONE;
    return above || (role == LIENTHONG__ROLE__ROLE_HUB &&
                     lt_book_moved_from(book, &chain->unit, child))
               ? LT_WAY_DOWN
               : LT_WAY_NONE;
}

static enum lt_way way(void *context, Lienthong__Role role, const struct lt_unit *child,
                       const struct lt_chain *chain)
{
    struct lt_ledger *ledger = context;
    struct lt_unit self;
    pthread_mutex_lock(&ledger->lock);
    self = ledger->site.unit;
    pthread_mutex_unlock(&ledger->lock);
    pthread_rwlock_rdlock(&ledger->book_lock);
    enum lt_way found = role == LIENTHONG__ROLE__ROLE_HUB && lt_unit_cmp(child, &self) == 0
                            ? way_up(ledger->book, &self, chain)
                            : way_of_child(ledger->book, &self, role, child, chain);
    pthread_rwlock_unlock(&ledger->book_lock);
    return found;
}

static size_t newest_receipts(void *context, uint8_t **ret_bytes, size_t *ret_sizes, size_t max)
{
    struct lt_ledger *ledger = context;
    size_t count = 0;
    pthread_mutex_lock(&ledger->lock);
    for (size_t i = 0; i < ledger->newest_count && count < max; i++) {
        const struct lt_newest_receipt *newest = &ledger->newest[i];
        ret_bytes[count] = malloc(newest->size);
        if (ret_bytes[count] == NULL)
            break;
        memcpy(ret_bytes[count], newest->bytes, newest->size);
        ret_sizes[count++] = newest->size;
    }
    pthread_mutex_unlock(&ledger->lock);
    return count;
}

void lt_ledger_sync_store(struct lt_ledger *ledger, struct lt_sync_store *ret_store)
{
    *ret_store = (struct lt_sync_store){
        .context = ledger,
        .has = has,
        .tips = tips,
        .next_chain = next_chain,
        .ladder = ladder,
        .lacking = lacking,
        .update_at = update_at,
        .way = way,
        .newest_receipts = newest_receipts,
        .falls_short = lt_receipts_fall_short,
        .gave_out = lt_ledger_gave_out,
    };
}

void lt_ledger_sync_store_up(struct lt_ledger *ledger, struct lt_sync_store *ret_store)
{
    lt_ledger_sync_store(ledger, ret_store);
    ret_store->lacking = lacking_up;
}
