#include "hub/take.h"

#include <stdlib.h>
#include <string.h>

#include "agent/bundle_tally.h"
#include "agent/clock.h"

void lt_waiter_answer(struct lt_waiter *waiter, const struct lt_job *job)
{
    waiter->result = job->arrival.result;
    if (job->arrival.result == LT_ORPHAN && job->arrival.missing.count > 0)
        waiter->missing = job->arrival.missing.ids[0];
    waiter->done = true;
}

/* ---- A slice ---- */

struct item {
    bool is_receipt;
    struct lt_bytes bytes;
};

/* False: the slice is malformed, or at its end. */
static bool next_item(struct lt_bytes *rest, struct item *ret_item)
{
    enum { HEAD_BYTES = 5 };
    if (rest->size < HEAD_BYTES)
        return false;
    const uint8_t *at = rest->data;
    size_t size = (size_t)at[1] << 24 | (size_t)at[2] << 16 | (size_t)at[3] << 8 | at[4];
    if ((at[0] != LT_TAKE_UPDATE && at[0] != LT_TAKE_RECEIPT) || size > rest->size - HEAD_BYTES ||
        size > LT_UPDATE_BYTES_MAX)
        return false;
    *ret_item = (struct item){at[0] == LT_TAKE_RECEIPT, {at + HEAD_BYTES, size}};
    rest->data += HEAD_BYTES + size;
    rest->size -= HEAD_BYTES + size;
    return true;
}

static size_t read_items(struct lt_bytes slice, struct item items[LT_TAKE_ITEMS_MAX])
{
    size_t count = 0;
    while (count < LT_TAKE_ITEMS_MAX && next_item(&slice, &items[count]))
        count++;
    return slice.size == 0 ? count : 0;
}

struct held {
    const struct lt_statement *brought;
    bool newer; /* is what was brought newer than what is held? */
};

static void compare_held(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    struct held *held = context;
    struct lt_statement statement;
    if (lt_unit_cmp(hub, &held->brought->hub) == 0 && lt_receipt_open(receipt, &statement) == LT_OK)
        held->newer = held->brought->number > statement.number;
}

/* Which chain it speaks of: only what lies in this hub's scope may come in. */
static enum lt_result check_scope(struct lt_ledger *ledger, const struct lt_sync_store *store,
                                  const struct lt_unit *self, const struct item *item)
{
    struct lt_update update;
    struct lt_statement statement;
    struct lt_chain chain;
    enum lt_result result = item->is_receipt ? lt_receipt_open(item->bytes, &statement)
                                             : lt_update_open(item->bytes, &update);
    if (result != LT_OK)
        return result;
    chain = item->is_receipt ? statement.chain : update.frame.chain;
    if (item->is_receipt && lt_unit_cmp(&statement.hub, self) == 0)
        return LT_EXISTS; /* our own word, come back */
    struct held held = {&statement, true};
    if (item->is_receipt)
        lt_ledger_receipts(ledger, &chain, compare_held, &held);
    if (!held.newer)
        return LT_EXISTS; /* an older bundle, loaded later */
    return store->way(store->context, LIENTHONG__ROLE__ROLE_HUB, self, &chain) != LT_WAY_NONE
               ? LT_OK
               : LT_NOT_YOURS;
}

static enum lt_result feed(struct lt_pipeline *pipeline, const struct item *item,
                           struct lt_waiter *waiter)
{
    uint8_t *copy = malloc(item->bytes.size + 1);
    if (copy == NULL)
        return LT_NO_MEMORY;
    memcpy(copy, item->bytes.data, item->bytes.size);
    struct lt_job *job =
        lt_job_new(pipeline, LT_FROM_BUNDLE, item->is_receipt, copy, item->bytes.size);
    if (job == NULL)
        return LT_NO_MEMORY;
    job->owner = waiter;
    return lt_pipeline_feed(pipeline, &job, 1) ? LT_OK : LT_BUSY;
}

struct taking {
    struct item items[LT_TAKE_ITEMS_MAX];
    struct lt_waiter waiters[LT_TAKE_ITEMS_MAX];
};

enum lt_result lt_take_slice(struct lt_ledger *ledger, struct lt_pipeline *pipeline,
                             lt_take_wait *wait, void *context, struct lt_bytes slice,
                             uint8_t **ret_answer, size_t *ret_size)
{
    struct lt_sync_store store;
    struct lt_hub_site site;
    struct taking *taking = calloc(1, sizeof(*taking));
    size_t count = taking != NULL ? read_items(slice, taking->items) : 0;
    uint8_t *answer = count > 0 ? calloc(count, LT_TAKE_ANSWER_BYTES) : NULL;
    if (answer == NULL) {
        enum lt_result result = taking != NULL && count == 0 ? LT_MALFORMED : LT_NO_MEMORY;
        free(taking);
        return result;
    }
    lt_ledger_sync_store(ledger, &store);
    lt_ledger_site(ledger, &site);
    for (size_t i = 0; i < count; i++) {
        struct lt_waiter *waiter = &taking->waiters[i];
        enum lt_result result = check_scope(ledger, &store, &site.unit, &taking->items[i]);
        if (result == LT_OK)
            result = feed(pipeline, &taking->items[i], waiter);
        if (result !=
            LT_OK) { /* else it is the pipeline's to fill in, and may be filled in already */
            waiter->result = result;
            waiter->done = true;
        }
    }
    wait(context, taking->waiters, count);
    for (size_t i = 0; i < count; i++) {
        answer[i * LT_TAKE_ANSWER_BYTES] = (uint8_t)taking->waiters[i].result;
        memcpy(answer + i * LT_TAKE_ANSWER_BYTES + 1, taking->waiters[i].missing.bytes, 32);
    }
    free(taking);
    *ret_answer = answer;
    *ret_size = count * LT_TAKE_ANSWER_BYTES;
    return LT_OK;
}

/* ---- Receipts ---- */

enum lt_result lt_take_receipt(struct lt_ledger *ledger, const struct lt_keys *keys,
                               const struct lt_chain *chain, uint64_t number, uint8_t **ret_bytes,
                               size_t *ret_size)
{
    struct lt_hub_site site;
    struct lt_statement statement;
    enum lt_result result = lt_ledger_statement(ledger, chain, &statement);
    if (result != LT_OK)
        return result;
    lt_ledger_site(ledger, &site);
    statement.hub = site.unit;
    statement.incarnation = site.incarnation;
    statement.number = number;
    statement.key = keys->sign_public;
    statement.top = !site.has_parent;
    statement.signed_at = lt_clock_wall();
    return lt_receipt_seal(&statement, &keys->sign_secret, ret_bytes, ret_size);
}

/* Grows *answer by one receipt, or by an empty place. */
static enum lt_result add_receipt(uint8_t **answer, size_t *size, const uint8_t *receipt,
                                  size_t receipt_size)
{
    uint8_t *grown = realloc(*answer, *size + 4 + receipt_size);
    if (grown == NULL)
        return LT_NO_MEMORY;
    uint8_t *at = grown + *size;
    at[0] = (uint8_t)(receipt_size >> 24);
    at[1] = (uint8_t)(receipt_size >> 16);
    at[2] = (uint8_t)(receipt_size >> 8);
    at[3] = (uint8_t)receipt_size;
    if (receipt_size > 0)
        memcpy(at + 4, receipt, receipt_size);
    *answer = grown;
    *size += 4 + receipt_size;
    return LT_OK;
}

enum lt_result lt_take_receipts(struct lt_ledger *ledger, const struct lt_keys *keys,
                                struct lt_bytes chains, uint8_t **ret_answer, size_t *ret_size)
{
    size_t count = chains.size / LT_CHAIN_KEY_BYTES, size = 0;
    uint8_t *answer = NULL;
    enum lt_result result =
        count > 0 && chains.size % LT_CHAIN_KEY_BYTES == 0 ? LT_OK : LT_MALFORMED;
    uint64_t number = result == LT_OK ? lt_ledger_receipt_numbers(ledger, count) : 0;
    if (result == LT_OK && number == 0)
        result = LT_NO_SPACE;
    for (size_t i = 0; i < count && result == LT_OK; i++) {
        struct lt_chain chain;
        uint8_t *bytes = NULL;
        size_t bytes_size = 0;
        result = lt_chain_from_key(chains.data + i * LT_CHAIN_KEY_BYTES, &chain);
        if (result == LT_OK)
            result = lt_take_receipt(ledger, keys, &chain, number + i, &bytes, &bytes_size);
        if (result == LT_OK)
            result = add_receipt(&answer, &size, bytes, bytes_size);
        free(bytes);
    }
    if (result != LT_OK) {
        free(answer);
        return result;
    }
    *ret_answer = answer;
    *ret_size = size;
    return LT_OK;
}
