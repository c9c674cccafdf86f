/* The store's side of sync.h over a journal: each answer is a short read transaction. */
#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"

static struct lt_txn *look(void *context)
{
    struct lt_journal *journal = context;
    return lt_txn_begin(journal->env, false);
}

/* Held, or not wanted: nobody waits for what is not taken. */
static bool has(void *context, const struct lt_hash *id)
{
    const struct lt_journal *journal = context;
    uint64_t position, seq;
    for (uint64_t i = 0; i < journal->strange_count && i < STRANGE_MAX; i++)
        if (memcmp(&journal->strange[i], id, sizeof(*id)) == 0)
            return true;
    struct lt_txn *txn = look(context);
    bool found = txn != NULL && lt_log_find(txn, id, &position, &seq);
    lt_txn_abort(txn);
    return found;
}

static size_t tips(void *context, const struct lt_chain *chain,
                   struct lt_hash ret_tips[LT_PARENTS_MAX])
{
    struct lt_tips found = {.count = 0};
    struct lt_txn *txn = look(context);
    if (txn != NULL)
        lt_log_tips(txn, chain, &found);
    lt_txn_abort(txn);
    memcpy(ret_tips, found.ids, found.count * sizeof(ret_tips[0]));
    return found.count;
}

static bool next_chain(void *context, const struct lt_chain *after, struct lt_chain *ret_chain)
{
    struct lt_txn *txn = look(context);
    bool found = txn != NULL && lt_log_next_chain(txn, after, ret_chain);
    lt_txn_abort(txn);
    return found;
}

static size_t ladder(void *context, const struct lt_chain *chain,
                     struct lt_hash ret_have[LT_HAVE_MAX])
{
    struct lt_txn *txn = look(context);
    size_t count = txn != NULL ? lt_log_ladder(txn, chain, ret_have) : 0;
    lt_txn_abort(txn);
    return count;
}

static size_t lacking(void *context, const struct lt_chain *chain, const struct lt_hash *have,
                      size_t have_count, uint64_t *ret_positions, size_t max)
{
    struct lt_txn *txn = look(context);
    size_t count =
        txn != NULL ? lt_log_lacking(txn, chain, have, have_count, ret_positions, max) : 0;
    lt_txn_abort(txn);
    return count;
}

static bool update_at(void *context, uint64_t position, struct lt_hash *ret_id,
                      struct lt_hash ret_parents[LT_PARENTS_MAX], size_t *ret_parent_count,
                      size_t *ret_bytes)
{
    struct lt_txn *txn = look(context);
    bool found = txn != NULL &&
                 lt_log_describe(txn, position, ret_id, ret_parents, ret_parent_count, ret_bytes);
    lt_txn_abort(txn);
    return found;
}

static enum lt_way way(void *context, Lienthong__Role role, const struct lt_unit *child,
                       const struct lt_chain *chain)
{
    const struct lt_journal *journal = context;
    (void)role;
    (void)child; /* a site has no children: it asks for itself */
    if (chain->stream == LT_STREAM_DIRECTIVE)
        return LT_WAY_DOWN;
    return lt_unit_cmp(&chain->unit, &journal->site.unit) == 0 ? LT_WAY_UP : LT_WAY_NONE;
}

static bool copy_receipt(const struct lt_bytes *from, const struct lt_chain *chain,
                         uint8_t **ret_bytes, size_t *ret_size)
{
    struct lt_statement statement;
    if (lt_receipt_open(*from, &statement) != LT_OK || lt_chain_cmp(&statement.chain, chain) != 0)
        return false;
    uint8_t *copy = malloc(from->size);
    if (copy == NULL)
        return false;
    memcpy(copy, from->data, from->size);
    *ret_bytes = copy;
    *ret_size = from->size;
    return true;
}

static size_t newest_receipts(void *context, uint8_t **ret_bytes, size_t *ret_sizes, size_t max)
{
    struct lt_chain chain = lt_journal_chain(context);
    struct lt_bytes key, value;
    size_t count = 0;
    struct lt_txn *txn = look(context);
    if (txn == NULL)
        return 0;
    struct lt_cursor *cursor = lt_cursor_open(txn, T_RECEIPT);
    bool more = lt_cursor_seek(cursor, (struct lt_bytes){NULL, 0}, &key, &value);
    for (; more && count < max; more = lt_cursor_next(cursor, &key, &value))
        count += copy_receipt(&value, &chain, &ret_bytes[count], &ret_sizes[count]);
    lt_cursor_close(cursor);
    lt_txn_abort(txn);
    return count;
}

void lt_journal_sync_store(struct lt_journal *journal, struct lt_sync_store *ret_store)
{
    *ret_store = (struct lt_sync_store){
        .context = journal,
        .has = has,
        .tips = tips,
        .next_chain = next_chain,
        .ladder = ladder,
        .lacking = lacking,
        .update_at = update_at,
        .way = way,
        .newest_receipts = newest_receipts,
    };
}
