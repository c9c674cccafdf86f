#include <stdlib.h>
#include <string.h>

#include "agent/erasure.h"
#include "hub/ledger_own.h"
#include "proto/standing.h"

/* ---- Catching up ---- */

static enum lt_result marks_now(struct lt_ledger *ledger, struct lt_marks *ret_marks)
{
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    lt_store_marks(txn, ret_marks);
    enum lt_result result = lt_store_error(txn);
    lt_store_abort(txn);
    return result;
}

enum lt_result lt_ledger_catch_up(struct lt_ledger *ledger)
{
    struct lt_marks marks;
    enum lt_result result = lt_ledger_read_on(ledger);
    if (result == LT_OK)
        result = marks_now(ledger, &marks);
    if (result != LT_OK)
        return result;
    if (marks.directives >= ledger->directives && !marks.rebuilding)
        ledger->altered = false; /* another process has judged by all that we know */
    bool again = ledger->altered || marks.rebuilding || marks.rules != LT_JUDGED_BY;
    if (again)
        result = lt_ledger_rebuild(ledger);
    return result == LT_OK ? lt_ledger_erase(ledger) : result;
}

/* ---- Reports ---- */

/* A transaction in which the log ends where the book does and no judging is due. NULL with LT_OK: look
 * again. */
static struct lt_store_txn *begin_writing(struct lt_ledger *ledger, struct lt_marks *ret_marks,
                                          enum lt_result *ret_result)
{
    struct lt_store_txn *txn = lt_store_begin(ledger->store, true);
    if (txn == NULL) {
        *ret_result = LT_NO_MEMORY;
        return NULL;
    }
    lt_store_marks(txn, ret_marks);
    bool behind = lt_log_last(lt_store_log(txn)) != ledger->last || ret_marks->rebuilding;
    *ret_result = lt_store_error(txn);
    if (*ret_result == LT_OK && !behind)
        return txn;
    lt_store_abort(txn);
    if (*ret_result == LT_OK)
        *ret_result = lt_ledger_catch_up(ledger);
    return NULL;
}

/* Is the update a tip of the cut of its closed chain? */
static bool closes_chain(const struct lt_book *book, const struct lt_update *update)
{
    const struct lt_place *unit =
        lt_book_succession_count(book) == 0 ? NULL : lt_book_place(book, &update->frame.chain.unit);
    const struct lt_succession *closed = unit == NULL ? NULL : lt_book_closed(book, unit);
    for (size_t i = 0; closed != NULL && i < closed->cut_count; i++)
        if (lt_hash_cmp(&closed->cut[i], &update->id) == 0)
            return true;
    return false;
}

/* Does the update close the cut of a revocation, or of a closed chain? Then others lie within it from now
 * on. */
static bool closes_cut(struct lt_ledger *ledger, const struct lt_update *update)
{
    if (closes_chain(ledger->book, update))
        return true;
    for (size_t i = 0; i < ledger->watched_count; i++) {
        const struct lt_watched *watched = &ledger->watched[i];
        if (lt_chain_cmp(&watched->chain, &update->frame.chain) != 0)
            continue;
        const struct lt_revocation *revocation =
            lt_book_revocation(ledger->book, &watched->chain, &watched->key);
        for (size_t j = 0; revocation != NULL && j < revocation->cut_count; j++)
            if (lt_hash_cmp(&revocation->cut[j], &update->id) == 0)
                return true;
    }
    return false;
}

/* A key that was granted may speak. What a revoked one said outside its cut is kept, and quarantined
 * here as everywhere: others may have stored it before they knew, and built on it. */
static bool key_allowed(struct lt_ledger *ledger, struct lt_store_txn *txn,
                        struct lt_arrival *arrival)
{
    uint64_t seq;
    const struct lt_frame *frame = &arrival->update.frame;
    enum lt_result result = lt_book_key(ledger->book, &frame->chain, &frame->key);
    if (result == LT_OK || result == LT_KEY_REVOKED)
        return true;
    arrival->result = lt_log_find(lt_store_log(txn), &arrival->update.id, &arrival->position, &seq)
                          ? LT_EXISTS
                          : result;
    return false;
}

static bool accept_report(struct lt_ledger *ledger, struct lt_store_txn *txn,
                          struct lt_arrival *arrival, struct lt_marks *marks)
{
    const struct lt_update *update = &arrival->update;
    uint64_t erased;
    arrival->missing.count = 0;
    if (!key_allowed(ledger, txn, arrival))
        return false;
    arrival->result = lt_log_append(lt_store_log(txn), update, arrival->bytes, &arrival->position,
                                    &arrival->missing);
    if (arrival->result != LT_OK)
        return false;
    if (arrival->report != NULL)
        lt_erasure_arrived(lt_store_log(txn), ledger->book, update, arrival->report, NULL, &erased);
    lt_merge_update(ledger->merge, arrival->position, update, arrival->report);
    if (closes_cut(ledger, update)) {
        marks->rebuilding = true;
        marks->rebuild_directives = ledger->directives;
        marks->rebuild_rules = LT_JUDGED_BY;
        marks->rebuild_next = 1;
        marks->rebuild_cleared = false;
    }
    return true;
}

/* Notes that what was learned changes no judgement, and a judging that has become due. */
static void end_marks(struct lt_ledger *ledger, struct lt_store_txn *txn, struct lt_marks *marks)
{
    struct lt_marks before;
    lt_store_marks(txn, &before);
    if (!ledger->altered)
        marks->directives = ledger->directives;
    if (marks->directives != before.directives || marks->rebuilding != before.rebuilding)
        lt_store_set_marks(txn, marks);
}

static enum lt_result refresh_chains(struct lt_ledger *ledger, struct lt_arrival *const *arrivals,
                                     size_t count)
{
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    enum lt_result result = LT_OK;
    if (txn == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < count && result == LT_OK; i++)
        if (arrivals[i]->result == LT_OK || arrivals[i]->result == LT_EXISTS)
            result = lt_chains_refresh(ledger->chains, lt_store_log(txn),
                                       &arrivals[i]->update.frame.chain);
    lt_store_abort(txn);
    return result;
}

enum lt_result lt_ledger_accept_reports(struct lt_ledger *ledger,
                                        struct lt_arrival *const *arrivals, size_t count)
{
    struct lt_marks marks;
    struct lt_store_txn *txn = NULL;
    enum lt_result result = LT_OK;
    uint64_t stored = 0;
    while (txn == NULL && result == LT_OK)
        txn = begin_writing(ledger, &marks, &result);
    if (txn == NULL)
        return result;
    lt_merge_begin(ledger->merge, txn, txn);
    for (size_t i = 0; i < count && lt_store_error(txn) == LT_OK; i++)
        stored += accept_report(ledger, txn, arrivals[i], &marks);
    if (stored == 0 && lt_store_error(txn) == LT_OK) {
        lt_store_abort(txn);
        lt_merge_forget(ledger->merge);
        return LT_OK;
    }
    lt_merge_end(ledger->merge);
    end_marks(ledger, txn, &marks);
    result = lt_store_commit(txn);
    if (result != LT_OK) {
        lt_merge_forget(ledger->merge);
        return result;
    }
    ledger->last += stored;
    ledger->altered = ledger->altered || marks.rebuilding;
    return refresh_chains(ledger, arrivals, count);
}

/* ---- Directives ---- */

static enum lt_result may_direct(struct lt_ledger *ledger, const struct lt_arrival *arrival)
{
    const struct lt_frame *frame = &arrival->update.frame;
    enum lt_result result =
        arrival->directive != NULL
            ? lt_book_may_direct(ledger->book, &arrival->update, arrival->directive)
            : lt_book_key(ledger->book, &frame->chain, &frame->key);
    return result == LT_KEY_REVOKED ? LT_OK : result; /* the book knows what it is worth */
}

enum lt_result lt_ledger_accept_directive(struct lt_ledger *ledger, struct lt_arrival *arrival)
{
    struct lt_marks marks;
    struct lt_store_txn *txn = NULL;
    uint64_t seq;
    enum lt_result result = LT_OK;
    while (txn == NULL && result == LT_OK)
        txn = begin_writing(ledger, &marks, &result);
    if (txn == NULL)
        return result;
    arrival->missing.count = 0;
    if (lt_log_find(lt_store_log(txn), &arrival->update.id, &arrival->position, &seq))
        arrival->result = LT_EXISTS;
    else
        arrival->result = may_direct(ledger, arrival);
    if (arrival->result == LT_OK)
        arrival->result = lt_log_append(lt_store_log(txn), &arrival->update, arrival->bytes,
                                        &arrival->position, &arrival->missing);
    if (arrival->result != LT_OK) {
        result = lt_store_error(txn);
        lt_store_abort(txn);
        return result;
    }
    if (!ledger->altered && marks.directives != ledger->directives) {
        marks.directives = ledger->directives;
        lt_store_set_marks(txn, &marks);
    }
    result = lt_store_commit(txn);
    if (result == LT_OK)
        result = lt_ledger_learn(ledger, &arrival->update, arrival->position);
    if (result != LT_OK)
        return result; /* when stored but not learned: read from the log at the next catching up */
    ledger->last = arrival->position;
    result = refresh_chains(ledger, &arrival, 1);
    return result == LT_OK ? lt_ledger_erase(ledger) : result;
}
