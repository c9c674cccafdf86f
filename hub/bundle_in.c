/* A bundle into the hub, slice by slice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/bundles.h"

struct slice {
    struct lt_taker *taker;
    struct lt_bundle_tally *tally;
    char *reason; /* [300] */
    size_t count, size;
    bool is_receipt[LT_TAKE_ITEMS_MAX];
    struct lt_chain chains[LT_TAKE_ITEMS_MAX];
    uint8_t bytes[LT_TAKE_BYTES_MAX];
};

static enum lt_result note(struct slice *slice, const uint8_t *answer)
{
    enum lt_result worst = LT_OK;
    for (size_t i = 0; i < slice->count; i++) {
        const uint8_t *at = answer + i * LT_TAKE_ANSWER_BYTES;
        enum lt_result result = (enum lt_result)at[0];
        struct lt_hash missing;
        memcpy(missing.bytes, at + 1, sizeof(missing.bytes));
        if (lt_bundle_store_failed(result))
            worst = result;
        else if (slice->is_receipt[i])
            lt_bundle_tally_receipt(slice->tally, result);
        else if (!lt_bundle_tally_add(slice->tally, &slice->chains[i], result, &missing))
            worst = LT_NO_MEMORY;
    }
    if (worst != LT_OK)
        snprintf(slice->reason, 300, "%s", lt_result_text(worst));
    return worst;
}

static enum lt_result hand_in(struct slice *slice)
{
    uint8_t *answer = NULL;
    size_t size = 0;
    if (slice->count == 0)
        return LT_OK;
    enum lt_result result =
        lt_taker_ask(slice->taker, false, (struct lt_bytes){slice->bytes, slice->size}, &answer,
                     &size, slice->reason);
    if (result == LT_OK && size != slice->count * LT_TAKE_ANSWER_BYTES) {
        snprintf(slice->reason, 300, "the running hub is of another version");
        result = LT_VERSION;
    }
    if (result == LT_OK)
        result = note(slice, answer);
    free(answer);
    slice->count = slice->size = 0;
    return result;
}

static enum lt_result add(struct slice *slice, bool is_receipt, const struct lt_chain *chain,
                          struct lt_bytes bytes)
{
    enum lt_result result = LT_OK;
    if (slice->count == LT_TAKE_ITEMS_MAX || slice->size + 5 + bytes.size > sizeof(slice->bytes))
        result = hand_in(slice);
    if (result != LT_OK)
        return result;
    uint8_t *at = slice->bytes + slice->size;
    at[0] = is_receipt ? LT_TAKE_RECEIPT : LT_TAKE_UPDATE;
    at[1] = (uint8_t)(bytes.size >> 24);
    at[2] = (uint8_t)(bytes.size >> 16);
    at[3] = (uint8_t)(bytes.size >> 8);
    at[4] = (uint8_t)bytes.size;
    memcpy(at + 5, bytes.data, bytes.size);
    slice->size += 5 + bytes.size;
    slice->is_receipt[slice->count] = is_receipt;
    slice->chains[slice->count++] = *chain;
    return LT_OK;
}

static enum lt_result add_receipts(struct slice *slice, struct lt_arena *arena,
                                   struct lt_bytes payload)
{
    static const struct lt_chain no_chain;
    ProtobufCMessage *read;
    lt_arena_reset(arena);
    enum lt_result result =
        lt_payload_read(payload, &lienthong__receipts__descriptor, arena, &read);
    const Lienthong__Receipts *receipts =
        result == LT_OK ? (const Lienthong__Receipts *)read : NULL;
    for (size_t i = 0; result == LT_OK && i < receipts->n_receipts; i++) {
        size_t size = lienthong__receipt__get_packed_size(receipts->receipts[i]);
        uint8_t *bytes = malloc(size + 1);
        if (bytes == NULL)
            return LT_NO_MEMORY;
        lienthong__receipt__pack(receipts->receipts[i], bytes);
        result = add(slice, true, &no_chain, (struct lt_bytes){bytes, size});
        free(bytes);
    }
    return result;
}

static enum lt_result go_through(struct slice *slice, struct lt_bundle *bundle,
                                 struct lt_arena *arena)
{
    struct lt_message message;
    enum lt_result result = LT_OK;
    while (result == LT_OK && (result = lt_bundle_next(bundle, &message)) == LT_OK) {
        struct lt_update update;
        if (message.type == LT_MSG_RECEIPTS)
            result = add_receipts(slice, arena, message.payload);
        else if ((result = lt_update_open(message.payload, &update)) == LT_OK)
            result = add(slice, false, &update.frame.chain, message.payload);
    }
    return result == LT_NOT_FOUND ? hand_in(slice) : result;
}

enum lt_result lt_bundle_take_in(struct lt_taker *taker, struct lt_bundle *bundle,
                                 struct lt_bundle_tally *tally, char ret_reason[300])
{
    struct slice *slice = malloc(sizeof(*slice));
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    enum lt_result result = slice != NULL && arena != NULL ? LT_OK : LT_NO_MEMORY;
    ret_reason[0] = '\0';
    if (result == LT_OK) {
        slice->taker = taker;
        slice->tally = tally;
        slice->reason = ret_reason;
        slice->count = slice->size = 0;
        result = go_through(slice, bundle, arena);
    }
    while (result == LT_OK && lt_bundle_tally_again(tally)) {
        result = lt_bundle_rewind(bundle);
        if (result == LT_OK)
            result = go_through(slice, bundle, arena);
    }
    if (result != LT_OK && ret_reason[0] == '\0')
        snprintf(ret_reason, 300, "%s", lt_result_text(result));
    lt_arena_free(arena);
    free(slice);
    return result;
}
