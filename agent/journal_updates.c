/* Updates from the parent, and receipts. */
#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"

/* A directive is kept whatever became of its key since: the book decides what it still says. */
static enum lt_result may_direct(struct lt_journal *journal, struct lt_txn *txn,
                                 const struct lt_update *update, struct lt_arena *arena)
{
    Lienthong__DirectiveBody *body = NULL;
    const struct lt_book *book = lt_journal_book_in(journal, txn);
    enum lt_result result = lt_directive_read(update, arena, &body);
    if (book == NULL)
        return lt_txn_error(txn);
    if (result == LT_VERSION)
        result = lt_book_key(book, &update->frame.chain, &update->frame.key);
    else if (result == LT_OK)
        result = lt_book_may_direct(book, update, body);
    if (result == LT_OK && body != NULL)
        lt_erase_note(journal, txn, body); /* goes with the transaction when it is not stored */
    return result == LT_KEY_REVOKED ? LT_OK : result;
}

static enum lt_result may_report(struct lt_journal *journal, struct lt_txn *txn,
                                 const struct lt_update *update)
{
    const struct lt_book *book = lt_journal_book_in(journal, txn);
    if (lt_unit_cmp(&update->frame.chain.unit, &journal->site.unit) != 0)
        return LT_NOT_YOURS;
    if (book == NULL)
        return lt_txn_error(txn);
    const struct lt_frame *frame = &update->frame;
    enum lt_result result = lt_book_key(book, &frame->chain, &frame->key);
    if (result == LT_OK && memcmp(&frame->key, &journal->own, sizeof(journal->own)) != 0 &&
        !lt_book_countersigned(book, &frame->chain, &frame->key))
        return LT_KEY_UNKNOWN;
    return result == LT_KEY_REVOKED ? LT_OK
                                    : result; /* kept; what lies outside the cut is judged */
}

static enum lt_result store_report(struct lt_journal *journal, struct lt_txn *txn,
                                   const struct lt_update *update, struct lt_bytes bytes,
                                   struct lt_arena *arena)
{
    Lienthong__ReportBody *body = NULL;
    Lienthong__Personal *personal = NULL;
    struct lt_tips missing;
    uint64_t position;
    enum lt_result result = may_report(journal, txn, update);
    if (result != LT_OK)
        return result;
    result = lt_report_read(update, arena, &body);
    if (result == LT_OK)
        result = lt_journal_persons(journal, txn, update, body, arena, &personal);
    if (result != LT_OK && result != LT_VERSION)
        return result;
    bool readable = result == LT_OK;
    result = lt_log_append(txn, update, bytes, &position, &missing);
    if (result == LT_OK && readable)
        lt_erase_arrived(journal, txn, update, position, body, personal, arena);
    else if (result == LT_OK)
        lt_index_unread(txn, update->frame.body_version);
    return result;
}

static enum lt_result store_in(struct lt_journal *journal, struct lt_txn *txn,
                               const struct lt_update *update, struct lt_bytes bytes,
                               struct lt_arena *arena)
{
    struct lt_tips missing;
    uint64_t position, seq;
    if (lt_log_find(txn, &update->id, &position, &seq))
        return LT_EXISTS;
    if (update->frame.chain.stream == LT_STREAM_REPORT)
        return store_report(journal, txn, update, bytes, arena);
    enum lt_result result = may_direct(journal, txn, update, arena);
    return result == LT_OK ? lt_log_append(txn, update, bytes, &position, &missing) : result;
}

enum lt_result lt_journal_store(struct lt_journal *journal, struct lt_bytes bytes,
                                struct lt_chain *ret_chain)
{
    struct lt_update update;
    enum lt_result result = lt_update_open(bytes, &update);
    if (result == LT_OK)
        result = lt_update_verify(&update);
    if (result != LT_OK)
        return result;
    struct lt_arena *arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    struct lt_txn *txn = arena != NULL ? lt_txn_begin(journal->env, true) : NULL;
    if (txn == NULL) {
        lt_arena_free(arena);
        return LT_NO_MEMORY;
    }
    result = store_in(journal, txn, &update, bytes, arena);
    lt_arena_free(arena);
    if (lt_txn_error(txn) != LT_OK)
        result = lt_txn_error(txn);
    if (result == LT_OK)
        result = lt_txn_commit(txn);
    else
        lt_txn_abort(txn);
    if (result == LT_OK && update.frame.chain.stream == LT_STREAM_DIRECTIVE)
        result = lt_erase_due(journal);
    if (result == LT_OK || result == LT_EXISTS)
        *ret_chain = update.frame.chain;
    if (result == LT_OK && update.frame.chain.stream == LT_STREAM_DIRECTIVE)
        journal->strange_count = 0; /* it may have granted their keys: they are asked for again */
    else if (result == LT_KEY_UNKNOWN && update.frame.chain.stream == LT_STREAM_REPORT)
        journal->strange[journal->strange_count++ % STRANGE_MAX] = update.id;
    return result;
}

/* ---- Receipts ---- */

static struct lt_bytes hub_key(const struct lt_unit *hub, uint8_t bytes[LT_CHAIN_KEY_BYTES])
{
    struct lt_chain chain = {LT_STREAM_DIRECTIVE, *hub};
    lt_chain_to_key(&chain, bytes);
    return (struct lt_bytes){bytes, LT_CHAIN_KEY_BYTES};
}

/* Is it a hub above us, speaking of our chain with a key of its own? */
static enum lt_result check_receipt(struct lt_journal *journal, struct lt_txn *txn,
                                    const struct lt_statement *statement)
{
    struct lt_chain ours = lt_journal_chain(journal);
    struct lt_chain directives = {LT_STREAM_DIRECTIVE, statement->hub};
    const struct lt_site *site = &journal->site;
    const struct lt_book *book = lt_journal_book_in(journal, txn);
    if (book == NULL)
        return lt_txn_error(txn);
    if (lt_chain_cmp(&statement->chain, &ours) != 0)
        return LT_NOT_YOURS;
    bool above = lt_unit_cmp(&statement->hub, &site->parent) == 0 ||
                 lt_unit_cmp(&statement->hub, &site->top) == 0 ||
                 lt_book_within(book, &site->unit, &statement->hub) ||
                 lt_book_within(book, &site->parent, &statement->hub); /* after a Move */
    if (!above || (statement->top && lt_unit_cmp(&statement->hub, &site->top) != 0))
        return LT_NOT_YOURS; /* the pinned top alone says what is counted */
    return lt_book_key(book, &directives, &statement->key);
}

static size_t lacks(struct lt_journal *journal, struct lt_txn *txn,
                    const struct lt_statement *statement)
{
    uint64_t *positions;
    size_t count;
    if (!lt_receipt_lacking(journal, txn, statement, &positions, &count))
        return 0;
    free(positions);
    return count;
}

/* An older one, played again, that covers no more than what is held takes nothing back. (It may cover more when the
 * hub came back from a copy and its numbers are behind, until it learns of the later ones.) */
static bool is_old(struct lt_journal *journal, struct lt_txn *txn,
                   const struct lt_statement *statement)
{
    struct lt_statement newest;
    struct lt_bytes held;
    uint8_t key[LT_CHAIN_KEY_BYTES];
    return lt_get(txn, T_RECEIPT, hub_key(&statement->hub, key), &held) &&
           lt_receipt_open(held, &newest) == LT_OK &&
           lt_chain_cmp(&newest.chain, &statement->chain) == 0 &&
           statement->number < newest.number &&
           lacks(journal, txn, statement) >= lacks(journal, txn, &newest);
}

enum lt_result lt_journal_receipt(struct lt_journal *journal, struct lt_bytes receipt)
{
    struct lt_statement statement;
    struct lt_bytes held;
    uint8_t key[LT_CHAIN_KEY_BYTES];
    enum lt_result result = lt_receipt_open(receipt, &statement);
    if (result != LT_OK)
        return result;
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    result = check_receipt(journal, txn, &statement);
    bool same = lt_get(txn, T_RECEIPT, hub_key(&statement.hub, key), &held) &&
                held.size == receipt.size && memcmp(held.data, receipt.data, held.size) == 0;
    enum lt_result error = lt_txn_commit(txn);
    if (result == LT_KEY_REVOKED && same)
        return LT_EXISTS; /* its hub has changed its key since: it was good when it came */
    if (result != LT_OK || error != LT_OK || same) /* the same once more costs no flush */
        return result != LT_OK ? result : error;
    txn = lt_txn_begin(journal->env, true);
    if (txn == NULL)
        return LT_NO_MEMORY;
    if (is_old(journal, txn, &statement)) {
        lt_txn_abort(txn);
        return LT_EXISTS;
    }
    lt_put(txn, T_RECEIPT, hub_key(&statement.hub, key), receipt);
    journal->counted = false;
    return lt_txn_commit(txn);
}

/* How far above us a hub stands: what sorts receipts from parent to top. */
static unsigned height(const struct lt_journal *journal, const struct lt_unit *hub)
{
    const struct lt_place *us = NULL, *place = NULL;
    if (lt_unit_cmp(hub, &journal->site.top) == 0)
        return UINT32_MAX;
    if (lt_unit_cmp(hub, &journal->site.parent) == 0)
        return 0;
    if (journal->book != NULL) {
        us = lt_book_place(journal->book, &journal->site.unit);
        place = lt_book_place(journal->book, hub);
    }
    return us != NULL && place != NULL ? 1 + lt_place_distance(us, place) : 1 + LT_DEPTH_MAX;
}

/* Positions of our chain that a receipt does not cover, ascending; malloc'ed. False: failed. */
bool lt_receipt_lacking(struct lt_journal *journal, struct lt_txn *txn,
                        const struct lt_statement *statement, uint64_t **ret_positions,
                        size_t *ret_count)
{
    struct lt_chain chain = lt_journal_chain(journal);
    size_t max = (size_t)lt_log_count(txn, &chain);
    uint64_t *positions = malloc((max + 1) * sizeof(*positions));
    if (positions == NULL) {
        lt_txn_fail(txn, LT_NO_MEMORY);
        return false;
    }
    *ret_count = lt_log_lacking(txn, &chain, statement->tips, statement->tip_count, positions, max);
    *ret_positions = positions;
    return true;
}

static void insert(struct lt_journal *journal, struct lt_held_receipt *receipts, size_t *count,
                   size_t max, const struct lt_held_receipt *receipt)
{
    size_t at = *count;
    while (at > 0 && height(journal, &receipts[at - 1].statement.hub) >
                         height(journal, &receipt->statement.hub))
        at--;
    if (at == max)
        return;
    *count += *count < max;
    memmove(&receipts[at + 1], &receipts[at], (*count - at - 1) * sizeof(*receipts));
    receipts[at] = *receipt;
}

size_t lt_receipts_held(struct lt_journal *journal, struct lt_txn *txn,
                        struct lt_held_receipt *ret_receipts, size_t max)
{
    struct lt_chain chain = lt_journal_chain(journal);
    struct lt_held_receipt receipt = {.covered = 0};
    struct lt_bytes key, value;
    size_t count = 0, lacking;
    uint64_t *positions;
    struct lt_cursor *cursor = lt_cursor_open(txn, T_RECEIPT);
    bool more = lt_cursor_seek(cursor, (struct lt_bytes){NULL, 0}, &key, &value);
    for (; more; more = lt_cursor_next(cursor, &key, &value)) {
        if (lt_receipt_open(value, &receipt.statement) != LT_OK ||
            lt_chain_cmp(&receipt.statement.chain, &chain) != 0)
            continue; /* of a unit that we were before */
        if (!lt_receipt_lacking(journal, txn, &receipt.statement, &positions, &lacking))
            break;
        free(positions);
        receipt.covered = lt_log_count(txn, &chain) - lacking;
        insert(journal, ret_receipts, &count, max, &receipt);
    }
    lt_cursor_close(cursor);
    return count;
}

size_t lt_journal_receipts(struct lt_journal *journal, struct lt_held_receipt *ret_receipts,
                           size_t max)
{
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn == NULL)
        return 0;
    size_t count = lt_receipts_held(journal, txn, ret_receipts, max);
    return lt_txn_commit(txn) == LT_OK ? count : 0;
}

bool lt_journal_receipt_of(struct lt_journal *journal, const struct lt_unit *hub,
                           struct lt_statement *ret_statement)
{
    const struct lt_chain chain = lt_journal_chain(journal);
    struct lt_bytes held;
    uint8_t key[LT_CHAIN_KEY_BYTES];
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    bool found = txn != NULL && lt_get(txn, T_RECEIPT, hub_key(hub, key), &held) &&
                 lt_receipt_open(held, ret_statement) == LT_OK &&
                 lt_chain_cmp(&ret_statement->chain, &chain) == 0; /* else of a unit that we were */
    if (txn != NULL)
        lt_txn_abort(txn);
    return found;
}
