/* Persons that redactions take out of what is stored. */
#include "agent/erasure.h"
#include "hub/ledger_own.h"
#include "proto/standing.h"

static enum lt_result carry_out(struct lt_ledger *ledger, bool *ret_any)
{
    uint64_t updates;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, true);
    if (txn == NULL)
        return LT_NO_MEMORY;
    struct lt_txn *log = lt_store_log(txn);
    const uint64_t noted = lt_entries(log, LT_T_REDACTED);
    lt_erasure_apply(log, ledger->book, NULL, &updates);
    *ret_any = lt_store_error(txn) == LT_OK && lt_entries(log, LT_T_REDACTED) != noted;
    if (*ret_any)
        return lt_store_commit(txn);
    const enum lt_result result = lt_store_error(txn);
    lt_store_abort(txn); /* without a flush */
    return result;
}

enum lt_result lt_ledger_erase(struct lt_ledger *ledger)
{
    bool any = false;
    if (ledger->erased == ledger->directives)
        return LT_OK;
    enum lt_result result = LT_OK;
    if (lt_book_redaction_count(ledger->book) > 0)
        result = carry_out(ledger, &any);
    if (any)
        lt_merge_forget(ledger->merge); /* updates that it has read hold names */
    if (result == LT_OK)
        ledger->erased = ledger->directives;
    return result;
}
