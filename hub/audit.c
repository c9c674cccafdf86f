#include "hub/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/audit_compare.h"
#include "hub/ledger_own.h"
#include "hub/rebuild.h"
#include "hub/scratch.h"

/* New directives while it runs: begin again, so often at most. */
enum { STARTS_MAX = 5 };

struct auditing {
    struct lt_ledger *ledger;
    struct lt_store *scratch;
    struct lt_merge *merge;
    struct lt_refold *refold;
    uint64_t next; /* position */
    uint64_t directives; /* that it judges by */
    lt_audit_progress *progress;
    void *context;
    struct lt_audit *audit;
};

/* ---- The scratch store ---- */

static bool words_grew(struct lt_store_txn *live, struct lt_store_txn *scratch)
{
    for (int i = 0; i < LT_WORD_LISTS; i++)
        if (lt_store_word_count(scratch, (enum lt_word_list)i) >
            lt_store_word_count(live, (enum lt_word_list)i))
            return true;
    return false;
}

/* ---- Following ---- */

static void differ(struct auditing *auditing, uint64_t position, const char *what)
{
    auditing->audit->equal = false;
    (void)snprintf(auditing->audit->difference, sizeof auditing->audit->difference,
                   "update at position %llu: %s", (unsigned long long)position, what);
}

static void fold_slice(struct auditing *auditing, struct lt_store_txn *live, uint64_t last,
                       enum lt_result *ret_result)
{
    struct lt_store_txn *scratch = lt_store_begin(auditing->scratch, true);
    if (scratch == NULL) {
        *ret_result = LT_NO_MEMORY;
        return;
    }
    if (!lt_scratch_copy_words(live, scratch)) {
        differ(auditing, auditing->next, "the dictionary contradicts itself before it");
        lt_store_abort(scratch);
        return;
    }
    lt_merge_begin(auditing->merge, scratch, live);
    enum lt_result result = lt_refold_slice(auditing->refold, &auditing->next, last);
    lt_merge_end(auditing->merge);
    if (result == LT_CORRUPT)
        differ(auditing, auditing->next, "its bytes are not what was signed");
    else if (result == LT_OK && words_grew(live, scratch))
        differ(auditing, auditing->next, "the dictionary lacks words of what stands before it");
    if (result != LT_OK)
        lt_store_fail(scratch, result);
    result = lt_store_commit(scratch);
    if (result != LT_OK && auditing->audit->equal)
        *ret_result = result;
    if (result != LT_OK || !auditing->audit->equal)
        lt_merge_forget(auditing->merge);
}

static void compare(struct auditing *auditing, struct lt_store_txn *live, uint64_t last,
                    enum lt_result *ret_result)
{
    struct lt_audit *audit = auditing->audit;
    struct lt_store_txn *scratch = lt_store_begin(auditing->scratch, false);
    if (scratch == NULL) {
        *ret_result = LT_NO_MEMORY;
        return;
    }
    audit->updates = last;
    audit->cells = lt_store_entries(scratch, LT_STATE_CELLS);
    audit->scopes = lt_store_entries(scratch, LT_STATE_SCOPES);
    audit->versions = lt_store_entries(scratch, LT_STATE_VERSIONS);
    audit->quarantined = lt_store_entries(scratch, LT_STATE_QUARANTINE);
    audit->equal = lt_audit_compare(live, scratch, audit->difference, sizeof audit->difference);
    *ret_result = lt_store_error(live) != LT_OK ? lt_store_error(live) : lt_store_error(scratch);
    lt_store_abort(scratch);
}

static void check_signatures(struct auditing *auditing, struct lt_store_txn *live, uint64_t from)
{
    for (; from < auditing->next; from++) {
        struct lt_bytes bytes;
        struct lt_update update;
        if (lt_log_at(lt_store_log(live), from, &bytes) &&
            lt_update_open(bytes, &update) == LT_OK && lt_update_verify(&update) == LT_OK)
            continue;
        differ(auditing, from, "its signature does not match its key");
        return;
    }
}

/* One slice in one short transaction of the live store; the last one compares. *ret_done: it is over.
 * *ret_again: directives have come; all that was folded was judged by others. */
static enum lt_result step(struct auditing *auditing, bool *ret_done, bool *ret_again)
{
    struct lt_ledger *ledger = auditing->ledger;
    struct lt_marks marks;
    uint64_t bad = 0, from = auditing->next;
    enum lt_result result = lt_ledger_read_on(ledger);
    if (result != LT_OK)
        return result;
    *ret_again = ledger->directives != auditing->directives;
    if (*ret_again)
        return LT_OK;
    struct lt_store_txn *live = lt_store_begin(ledger->store, false);
    if (live == NULL)
        return LT_NO_MEMORY;
    uint64_t last = lt_log_last(lt_store_log(live));
    lt_store_marks(live, &marks);
    if (marks.rebuilding || (ledger->altered && marks.directives < ledger->directives)) {
        lt_store_abort(live);
        return LT_BUSY;
    }
    if (last == ledger->last) /* else a directive may be among what has come: look again */
        fold_slice(auditing, live, last, &result);
    if (result == LT_OK && auditing->audit->equal && auditing->next > from &&
        lt_log_verify(lt_store_log(live), from, auditing->next - 1, &bad) != LT_OK)
        differ(auditing, bad, "it, or its place among its ancestors, is damaged");
    else if (result == LT_OK && auditing->audit->equal)
        check_signatures(auditing, live, from);
    *ret_done = last == ledger->last && (auditing->next > last || !auditing->audit->equal);
    if (result == LT_OK && *ret_done && auditing->audit->equal)
        compare(auditing, live, last, &result);
    lt_store_abort(live);
    if (auditing->progress != NULL)
        auditing->progress(auditing->context, auditing->next - 1, last);
    return result;
}

static enum lt_result run_once(struct auditing *auditing, const char *scratch, bool *ret_again,
                               char ret_reason[200])
{
    bool done = false;
    lt_scratch_remove(scratch);
    enum lt_result result = lt_store_open(scratch, false, &auditing->scratch, ret_reason);
    if (result != LT_OK)
        return result;
    auditing->next = 1;
    auditing->directives = auditing->ledger->directives;
    auditing->merge = lt_merge_new(auditing->ledger->book, 0);
    auditing->refold = auditing->merge == NULL ? NULL : lt_refold_new(auditing->merge);
    result = auditing->refold == NULL ? LT_NO_MEMORY : LT_OK;
    *auditing->audit = (struct lt_audit){.equal = true};
    *ret_again = false;
    while (result == LT_OK && !done && !*ret_again)
        result = step(auditing, &done, ret_again);
    lt_refold_free(auditing->refold);
    lt_merge_free(auditing->merge);
    lt_store_close(auditing->scratch);
    lt_scratch_remove(scratch);
    return result;
}

enum lt_result lt_audit_run(struct lt_ledger *ledger, const char *scratch,
                            lt_audit_progress *progress, void *context, struct lt_audit *ret_audit,
                            char ret_reason[200])
{
    struct lt_audit audit = {0};
    struct auditing auditing = {
        .ledger = ledger, .progress = progress, .context = context, .audit = &audit};
    bool again = true;
    ret_reason[0] = '\0';
    enum lt_result result = lt_env_verify(lt_ledger_env(ledger), NULL, ret_reason);
    for (int starts = 0; again && result == LT_OK; starts++)
        result = starts == STARTS_MAX ? LT_BUSY : run_once(&auditing, scratch, &again, ret_reason);
    if (result == LT_OK)
        *ret_audit = audit;
    else if (ret_reason[0] == '\0')
        (void)snprintf(ret_reason, 200, "%s",
                       result == LT_BUSY ? "the ledger is being judged again by new directives"
                                         : lt_result_text(result));
    return result;
}
