#include "hub/rebuild.h"

#include <stdlib.h>
#include <string.h>

#include "agent/progress.h"
#include "agent/text.h"
#include "hub/ledger_own.h"

struct lt_refold {
    struct lt_merge *merge;
    struct lt_arena *arena;
    uint8_t bytes
        [LT_UPDATE_BYTES_MAX]; /* of the update that is folded: writing moves the store's own */
};

struct lt_refold *lt_refold_new(struct lt_merge *merge)
{
    struct lt_refold *refold = malloc(sizeof *refold);
    if (refold == NULL)
        return NULL;
    refold->merge = merge;
    refold->arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    if (refold->arena != NULL)
        return refold;
    free(refold);
    return NULL;
}

void lt_refold_free(struct lt_refold *refold)
{
    if (refold == NULL)
        return;
    lt_arena_free(refold->arena);
    free(refold);
}

static enum lt_result fold_one(struct lt_refold *refold, uint64_t position, size_t *ret_bytes)
{
    struct lt_merge *merge = refold->merge;
    struct lt_bytes bytes;
    struct lt_update update;
    Lienthong__ReportBody *body = NULL;
    if (!lt_log_at(lt_store_log(merge->log), position, &bytes) || bytes.size > LT_UPDATE_BYTES_MAX)
        return LT_CORRUPT;
    memcpy(refold->bytes, bytes.data, bytes.size);
    bytes.data = refold->bytes;
    *ret_bytes = bytes.size;
    if (lt_update_open(bytes, &update) != LT_OK)
        return LT_CORRUPT;
    if (update.frame.chain.stream != LT_STREAM_REPORT)
        return LT_OK;
    lt_arena_reset(refold->arena);
    enum lt_result result = lt_report_read(&update, refold->arena, &body);
    if (result != LT_OK && result != LT_VERSION)
        return result == LT_NO_MEMORY ? result : LT_CORRUPT;
    lt_merge_update(merge, position, &update, result == LT_OK ? body : NULL);
    return lt_store_error(merge->txn);
}

enum lt_result lt_refold_slice(struct lt_refold *refold, uint64_t *position, uint64_t last)
{
    size_t updates = 0, bytes = 0;
    enum lt_result result = LT_OK;
    while (result == LT_OK && *position <= last && updates < LT_SLICE_UPDATES &&
           bytes < LT_SLICE_BYTES) {
        size_t size = 0;
        result = fold_one(refold, *position, &size);
        *position += result == LT_OK;
        bytes += size;
        updates++;
    }
    return result;
}

/* ---- Judging everything again ---- */

static void start(const struct lt_ledger *ledger, struct lt_marks *marks)
{
    marks->rebuilding = true;
    marks->rebuild_directives = ledger->directives;
    marks->rebuild_rules = LT_JUDGED_BY;
    marks->rebuild_next = 1;
    marks->rebuild_cleared = false;
}

/* The other generation becomes the current one; the old one gives its pages back. */
static void flip(struct lt_store_txn *txn, struct lt_marks *marks)
{
    unsigned old = marks->generation;
    marks->generation = 1 - marks->generation;
    marks->generations++;
    marks->rules = LT_JUDGED_BY;
    marks->directives = marks->rebuild_directives;
    marks->rebuilding = false;
    lt_store_clear(txn, old);
}

/* One slice in one transaction. *ret_done: the other generation has become the current one. */
static enum lt_result slice(struct lt_ledger *ledger, struct lt_refold *refold, bool *ret_done)
{
    struct lt_marks marks;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, true);
    if (txn == NULL)
        return LT_NO_MEMORY;
    lt_store_marks(txn, &marks);
    uint64_t last = lt_log_last(lt_store_log(txn));
    bool done = !marks.rebuilding && marks.rules == LT_JUDGED_BY &&
                marks.directives >= ledger->directives && !ledger->altered;
    if (done || last != ledger->last) {
        lt_store_abort(txn);
        *ret_done = done;
        return done ? LT_OK : lt_ledger_read_on(ledger);
    }
    if (!marks.rebuilding || marks.rebuild_directives != ledger->directives ||
        marks.rebuild_rules != LT_JUDGED_BY)
        start(ledger, &marks);
    lt_store_use(txn, 1 - marks.generation);
    if (!marks.rebuild_cleared)
        lt_store_clear(txn, 1 - marks.generation);
    marks.rebuild_cleared = true;
    lt_merge_begin(ledger->merge, txn, txn);
    enum lt_result result = lt_refold_slice(refold, &marks.rebuild_next, last);
    if (result != LT_OK)
        lt_store_fail(txn, result);
    lt_merge_end(ledger->merge);
    done = marks.rebuild_next > last;
    if (done)
        flip(txn, &marks);
    lt_store_set_marks(txn, &marks);
    result = lt_store_commit(txn);
    lt_progress(lt_text("tính lại từ đầu", "judging everything again"), marks.rebuild_next, last);
    if (result != LT_OK)
        lt_merge_forget(ledger->merge);
    *ret_done = result == LT_OK && done;
    return result;
}

enum lt_result lt_ledger_rebuild(struct lt_ledger *ledger)
{
    bool done = false;
    struct lt_refold *refold = lt_refold_new(ledger->merge);
    enum lt_result result = refold == NULL ? LT_NO_MEMORY : LT_OK;
    while (result == LT_OK && !done)
        result = slice(ledger, refold, &done);
    lt_progress_clear();
    if (result == LT_OK)
        ledger->altered = false;
    lt_refold_free(refold);
    return result;
}
