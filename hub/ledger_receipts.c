#include <stdlib.h>
#include <string.h>

#include "hub/ledger_own.h"
#include "hub/words.h"

/* ---- Our own ---- */

/* Takes numbers if that many are set aside. */
static bool take_numbers(struct lt_ledger *ledger, size_t count, uint64_t *ret_first)
{
    pthread_mutex_lock(&ledger->lock);
    bool enough = ledger->receipt_next + count <= ledger->receipt_most;
    if (enough) {
        *ret_first = ledger->receipt_next;
        ledger->receipt_next += count;
    }
    pthread_mutex_unlock(&ledger->lock);
    return enough;
}

/* Sets more numbers aside. Another process may have done so too: its own are never given out here. */
static enum lt_result reserve(struct lt_ledger *ledger, size_t count)
{
    struct lt_marks marks;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, true);
    if (txn == NULL)
        return LT_NO_MEMORY;
    lt_store_marks(txn, &marks);
    uint64_t from = marks.receipt_numbers == 0 ? 1 : marks.receipt_numbers;
    marks.receipt_numbers = from + count + LT_RECEIPTS_AHEAD;
    lt_store_set_marks(txn, &marks);
    enum lt_result result = lt_store_commit(txn);
    if (result != LT_OK)
        return result;
    pthread_mutex_lock(&ledger->lock);
    ledger->receipt_next = from;
    ledger->receipt_most = marks.receipt_numbers;
    pthread_mutex_unlock(&ledger->lock);
    return LT_OK;
}

uint64_t lt_ledger_receipt_numbers(struct lt_ledger *ledger, size_t count)
{
    uint64_t first = 0;
    while (!take_numbers(ledger, count, &first))
        if (reserve(ledger, count) != LT_OK)
            return 0; /* what is committed next fails for the same reason */
    return first;
}

bool lt_ledger_gave_out(void *ledger_, uint64_t number)
{
    struct lt_ledger *ledger = ledger_;
    struct lt_marks marks;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return true;
    lt_store_marks(txn, &marks); /* another process may have set some aside */
    bool given = number < marks.receipt_numbers || lt_store_error(txn) != LT_OK;
    lt_store_abort(txn);
    return given;
}

uint64_t lt_receipts_leap(struct lt_store_txn *txn, uint64_t number)
{
    struct lt_marks marks;
    lt_store_marks(txn, &marks);
    uint64_t from = marks.receipt_numbers;
    if (number >= from &&
        number < UINT64_MAX / 2) /* only our own key signs more; they must not run out */
        from = number + 1;
    marks.receipt_numbers = from + LT_RECEIPTS_LEAP;
    lt_store_set_marks(txn, &marks);
    return marks.receipt_numbers;
}

static void fill_keys(struct lt_ledger *ledger, struct lt_statement *statement)
{
    enum { KEYS_MAX = sizeof statement->keys / sizeof statement->keys[0] };
    pthread_rwlock_rdlock(&ledger->book_lock);
    statement->key_count =
        (uint32_t)lt_book_keys(ledger->book, &statement->chain, statement->keys, KEYS_MAX);
    lt_book_digest(ledger->book, &statement->directives);
    pthread_rwlock_unlock(&ledger->book_lock);
}

enum lt_result lt_ledger_statement(struct lt_ledger *ledger, const struct lt_chain *chain,
                                   struct lt_statement *ret_statement)
{
    struct lt_statement statement = {.chain = *chain};
    struct lt_tips tips;
    struct lt_chain_tally tally = {0};
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    lt_log_tips(lt_store_log(txn), chain, &tips);
    statement.count = lt_log_count(lt_store_log(txn), chain);
    if (chain->stream == LT_STREAM_REPORT) {
        uint32_t unit = lt_words_find_unit(txn, &chain->unit);
        if (unit != 0)
            lt_store_chain_tally(txn, unit, &tally);
    }
    enum lt_result result = lt_store_error(txn);
    lt_store_abort(txn);
    if (result != LT_OK)
        return result;
    statement.tip_count = (uint32_t)tips.count;
    memcpy(statement.tips, tips.ids, tips.count * sizeof *tips.ids);
    statement.quarantined = tally.quarantined;
    memcpy(statement.quarantine.bytes, tally.sum, sizeof statement.quarantine.bytes);
    fill_keys(ledger, &statement);
    *ret_statement = statement;
    return LT_OK;
}

/* ---- Of hubs above ---- */

/* A kept receipt: incarnation 16, number 8, the receipt. The number is that under which these tips were first said. */
enum { KEPT_HEAD_BYTES = 24 };

/* A receipt on its way in. */
struct keeping {
    struct lt_statement statement;
    uint64_t number; /* to keep it under */
    bool kept, again; /* again: it says what its hub said before */
};

/* A later one of the same ledger has a greater number; a restored ledger begins anew, and then what
 * comes last counts, also when it covers less. A hub says all of its receipts again, once a connection: such a one
 * keeps its number, for it proves no more than it did. */
static void compare_kept(struct lt_store_txn *txn, struct keeping *keeping)
{
    const struct lt_statement *said = &keeping->statement;
    struct lt_statement before;
    struct lt_bytes kept;
    keeping->kept = true;
    keeping->number = said->number;
    if (!lt_store_receipt(txn, &said->chain, &said->hub, &kept) || kept.size < KEPT_HEAD_BYTES ||
        memcmp(kept.data, said->incarnation.bytes, 16) != 0 ||
        lt_receipt_open((struct lt_bytes){kept.data + KEPT_HEAD_BYTES, kept.size - KEPT_HEAD_BYTES},
                        &before) != LT_OK)
        return;
    keeping->kept = before.number <= said->number;
    keeping->again =
        before.tip_count == said->tip_count &&
        memcmp(before.tips, said->tips, said->tip_count * sizeof(said->tips[0])) == 0 &&
        memcmp(&before.key, &said->key, sizeof(said->key)) == 0;
    if (keeping->again)
        keeping->number = lt_get_u64(kept.data + 16);
}

static void put_kept(struct lt_store_txn *txn, const struct keeping *keeping,
                     struct lt_bytes receipt)
{
    const struct lt_statement *said = &keeping->statement;
    uint8_t *row = malloc(KEPT_HEAD_BYTES + receipt.size);
    if (row == NULL) {
        lt_store_fail(txn, LT_NO_MEMORY);
        return;
    }
    memcpy(row, said->incarnation.bytes, 16);
    lt_put_u64(row + 16, keeping->number);
    memcpy(row + KEPT_HEAD_BYTES, receipt.data, receipt.size);
    lt_store_put_receipt(txn, &said->chain, &said->hub,
                         (struct lt_bytes){row, KEPT_HEAD_BYTES + receipt.size});
    free(row);
}

static void keep_newest(struct lt_ledger *ledger, const struct lt_unit *hub, uint64_t number,
                        struct lt_bytes receipt)
{
    size_t at = 0;
    pthread_mutex_lock(&ledger->lock);
    while (at < ledger->newest_count && lt_unit_cmp(&ledger->newest[at].hub, hub) != 0)
        at++;
    uint8_t *bytes = at < LT_HELLO_RECEIPTS_MAX ? malloc(receipt.size) : NULL;
    if (bytes != NULL) {
        struct lt_newest_receipt *newest = &ledger->newest[at];
        if (at == ledger->newest_count)
            ledger->newest_count++;
        memcpy(bytes, receipt.data, receipt.size);
        free(newest->bytes);
        *newest = (struct lt_newest_receipt){*hub, number, bytes, receipt.size};
    }
    pthread_mutex_unlock(&ledger->lock);
}

enum lt_result lt_ledger_keep_receipts(struct lt_ledger *ledger, const struct lt_bytes *receipts,
                                       size_t count)
{
    enum lt_result result = LT_OK;
    if (count == 0)
        return LT_OK;
    struct keeping *keeping = calloc(count, sizeof *keeping);
    if (keeping == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < count && result == LT_OK; i++)
        result = lt_receipt_open(receipts[i], &keeping[i].statement);
    struct lt_store_txn *txn = result == LT_OK ? lt_store_begin(ledger->store, true) : NULL;
    if (txn == NULL) {
        free(keeping);
        return result == LT_OK ? LT_NO_MEMORY : result;
    }
    for (size_t i = 0; i < count; i++) {
        compare_kept(txn, &keeping[i]);
        if (keeping[i].kept)
            put_kept(txn, &keeping[i], receipts[i]);
    }
    result = lt_store_commit(txn);
    for (size_t i = 0; i < count && result == LT_OK; i++)
        if (keeping[i].kept && !keeping[i].again)
            keep_newest(ledger, &keeping[i].statement.hub, keeping[i].number, receipts[i]);
    free(keeping);
    return result;
}

/* Is something that was said in neither of these tips, nor before them? Where a tip is not known here they may hold more than
 * we do. */
static bool goes_beyond(struct lt_txn *log, const struct lt_statement *said,
                        const struct lt_hash *tips, size_t count)
{
    uint64_t position, seq;
    bool beyond = false;
    for (size_t i = 0; i < count; i++)
        if (!lt_log_find(log, &tips[i], &position, &seq))
            return false;
    for (size_t i = 0; i < said->tip_count && !beyond; i++) {
        beyond = lt_log_find(log, &said->tips[i], &position, &seq);
        for (size_t j = 0; j < count && beyond; j++)
            beyond = lt_hash_cmp(&said->tips[i], &tips[j]) != 0 &&
                     !lt_log_is_ancestor(log, &said->tips[i], &tips[j]);
    }
    return beyond;
}

bool lt_receipts_fall_short(void *context, const struct lt_unit *hub, const struct lt_chain *chain,
                            const struct lt_hash *tips, size_t count)
{
    struct lt_ledger *ledger = context;
    struct lt_statement said;
    struct lt_bytes kept;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return false;
    bool beyond =
        lt_store_receipt(txn, chain, hub, &kept) && kept.size >= KEPT_HEAD_BYTES &&
        lt_receipt_open((struct lt_bytes){kept.data + KEPT_HEAD_BYTES, kept.size - KEPT_HEAD_BYTES},
                        &said) == LT_OK &&
        goes_beyond(lt_store_log(txn), &said, tips, count);
    if (beyond)
        keep_newest(ledger, hub, said.number,
                    (struct lt_bytes){kept.data + KEPT_HEAD_BYTES, kept.size - KEPT_HEAD_BYTES});
    lt_store_abort(txn);
    return beyond;
}

struct passing {
    lt_receipt_seen *seen;
    void *context;
};

static void pass(void *context, const struct lt_unit *hub, struct lt_bytes bytes)
{
    const struct passing *passing = context;
    if (bytes.size >= KEPT_HEAD_BYTES)
        passing->seen(
            passing->context, hub,
            (struct lt_bytes){bytes.data + KEPT_HEAD_BYTES, bytes.size - KEPT_HEAD_BYTES});
}

void lt_ledger_receipts(struct lt_ledger *ledger, const struct lt_chain *chain,
                        lt_receipt_seen *seen, void *context)
{
    struct passing passing = {seen, context};
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return;
    lt_store_receipts(txn, chain, pass, &passing);
    lt_store_abort(txn);
}

/* ---- The newest of each hub, for a HELLO ---- */

static void load_one(void *context, const struct lt_unit *hub, struct lt_bytes bytes)
{
    struct lt_ledger *ledger = context;
    if (bytes.size < KEPT_HEAD_BYTES)
        return;
    uint64_t number = lt_get_u64(bytes.data + 16);
    for (size_t i = 0; i < ledger->newest_count; i++)
        if (lt_unit_cmp(&ledger->newest[i].hub, hub) == 0 && ledger->newest[i].number >= number)
            return;
    keep_newest(ledger, hub, number,
                (struct lt_bytes){bytes.data + KEPT_HEAD_BYTES, bytes.size - KEPT_HEAD_BYTES});
}

enum lt_result lt_ledger_load_receipts(struct lt_ledger *ledger)
{
    struct lt_chain chain;
    bool more = lt_chains_next(ledger->chains, NULL, &chain);
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    while (more) {
        lt_store_receipts(txn, &chain, load_one, ledger);
        more = lt_chains_next(ledger->chains, &chain, &chain);
    }
    enum lt_result result = lt_store_error(txn);
    lt_store_abort(txn);
    return result;
}

void lt_ledger_forget_receipts(struct lt_ledger *ledger)
{
    for (size_t i = 0; i < ledger->newest_count; i++)
        free(ledger->newest[i].bytes);
    ledger->newest_count = 0;
}
