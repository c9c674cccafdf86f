#include "agent/carry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"

/* ---- Out ---- */

struct outgoing {
    struct lt_journal *journal;
    struct lt_site site;
    struct lt_unit receiver;
    uint8_t curve[32];
    uint64_t *positions; /* of what is to be carried, ascending */
    size_t count;
};

static enum lt_result find_receiver(struct outgoing *out, const char *code, char *ret_reason)
{
    const struct lt_book *book = lt_journal_book(out->journal);
    struct lt_unit unit;
    bool dated = false;
    out->receiver = out->site.parent;
    memcpy(out->curve, out->site.parent_curve, sizeof(out->curve));
    if (code == NULL)
        return LT_OK;
    if (lt_unit_parse(code, &unit, &dated) != LT_OK)
        return LT_USAGE;
    if (book == NULL)
        return LT_NO_MEMORY;
    const struct lt_place *place = lt_book_place(book, &out->site.unit);
    for (; place != NULL; place = place->parent) {
        if (strcmp(place->unit.code, unit.code) != 0 ||
            (dated && place->unit.valid_from != unit.valid_from))
            continue;
        out->receiver = place->unit;
        if (lt_book_hub_curve(book, &place->unit, out->curve) == LT_OK)
            return LT_OK;
        break;
    }
    snprintf(ret_reason, LT_BUNDLE_REASON_MAX,
             lt_text("%s: không phải hub cấp trên nào mà máy này biết",
                     "%s: no hub above this PC that it knows of"),
             code);
    return LT_REFUSED;
}

static enum lt_result sign_all(struct lt_journal *journal, const struct lt_keys *keys,
                               int64_t wall_time, uint64_t *ret_signed)
{
    bool more = true;
    uint64_t count = 0;
    while (more) {
        struct lt_hash update;
        enum lt_result result = lt_journal_sign(journal, keys, wall_time, &update, &more);
        if (result == LT_NOT_FOUND)
            break;
        if (result != LT_OK)
            return result;
        count++;
    }
    *ret_signed = count;
    return LT_OK;
}

static enum lt_result choose(struct outgoing *out, bool all)
{
    struct lt_chain chain = {LT_STREAM_REPORT, out->site.unit};
    struct lt_statement statement = {.tip_count = 0};
    if (!lt_journal_receipt_of(out->journal, &out->receiver, &statement))
        statement.tip_count = 0;
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(out->journal), false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    size_t max = (size_t)lt_log_count(txn, &chain);
    out->positions = malloc((max + 1) * sizeof(*out->positions));
    if (out->positions == NULL)
        lt_txn_fail(txn, LT_NO_MEMORY);
    else
        out->count = lt_log_lacking(txn, &chain, statement.tips, all ? 0 : statement.tip_count,
                                    out->positions, max);
    return lt_txn_commit(txn);
}

/* A short read for each, so that no reader is held for as long as a slow stick takes. */
static enum lt_result put_updates(const struct outgoing *out, struct lt_bundle_writer *writer)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < out->count && result == LT_OK; i++) {
        struct lt_bytes bytes;
        struct lt_txn *txn = lt_txn_begin(lt_journal_env(out->journal), false);
        if (txn == NULL)
            return LT_NO_MEMORY;
        if (lt_log_at(txn, out->positions[i], &bytes))
            lt_bundle_put_update(writer, bytes);
        else
            lt_txn_fail(txn, LT_CORRUPT);
        result = lt_txn_commit(txn);
    }
    return result;
}

static enum lt_result write_out(const struct outgoing *out, const struct lt_carry_out *how,
                                uint64_t *ret_bytes, char *ret_reason)
{
    struct lt_bundle_writer *writer;
    struct lt_sync_store store;
    struct lt_bundle_maker maker = {.unit = out->site.unit,
                                    .role = LIENTHONG__ROLE__ROLE_AGENT,
                                    .instance = out->site.instance};
    char ignored[LT_BUNDLE_REASON_MAX];
    lt_journal_sync_store(out->journal, &store);
    lt_sync_digest(&store, maker.role, &maker.unit, &maker.digest);
    enum lt_result result =
        lt_bundle_create(how->path, how->force, &out->curve, 1, &maker, &writer, ret_reason);
    if (result != LT_OK)
        return result;
    result = put_updates(out, writer);
    enum lt_result kept = lt_bundle_finish(writer, result == LT_OK, ret_bytes,
                                           result == LT_OK ? ret_reason : ignored);
    return result != LT_OK ? result : kept;
}

enum lt_result lt_carry_out(struct lt_journal *journal, const struct lt_keys *keys,
                            const struct lt_carry_out *how, int64_t wall_time,
                            struct lt_carried *ret_carried, char ret_reason[LT_BUNDLE_REASON_MAX])
{
    struct outgoing out = {.journal = journal};
    struct lt_carried carried = {.updates = 0};
    ret_reason[0] = '\0';
    lt_journal_site(journal, &out.site);
    if (out.site.unit.code[0] == '\0') {
        snprintf(ret_reason, LT_BUNDLE_REASON_MAX, "%s",
                 lt_text("máy này chưa tham gia: chạy «lienthong-agent join MÃ» khi có mạng",
                         "this PC has not joined: run \"lienthong-agent join CODE\" while there is "
                         "a link"));
        return LT_REFUSED;
    }
    enum lt_result result = find_receiver(&out, how->receiver, ret_reason);
    if (result == LT_OK)
        result = sign_all(journal, keys, wall_time, &carried.signed_now);
    if (result == LT_OK)
        result = choose(&out, how->all);
    if (result == LT_OK && out.count == 0)
        result = LT_NOT_FOUND;
    if (result == LT_OK)
        result = write_out(&out, how, &carried.bytes, ret_reason);
    carried.receiver = out.receiver;
    carried.updates = out.count;
    free(out.positions);
    if (result == LT_OK || result == LT_NOT_FOUND)
        *ret_carried = carried;
    return result;
}

/* ---- In ---- */

static enum lt_result take_update(struct lt_journal *journal, const struct lt_sync_store *store,
                                  struct lt_bytes bytes, struct lt_bundle_tally *tally)
{
    struct lt_update update;
    struct lt_chain chain;
    const struct lt_hash *missing = NULL;
    enum lt_result result = lt_update_open(bytes, &update);
    if (result != LT_OK)
        return result; /* it opened before: the file has changed */
    result = lt_journal_store(journal, bytes, &chain);
    if (lt_bundle_store_failed(result))
        return result;
    for (uint32_t i = 0; result == LT_ORPHAN && i < update.frame.parent_count; i++)
        if (missing == NULL && !store->has(store->context, &update.frame.parents[i]))
            missing = &update.frame.parents[i];
    return lt_bundle_tally_add(tally, &update.frame.chain, result, missing) ? LT_OK : LT_NO_MEMORY;
}

static enum lt_result take_receipt(struct lt_journal *journal, const Lienthong__Receipt *receipt,
                                   struct lt_bundle_tally *tally)
{
    size_t size = lienthong__receipt__get_packed_size(receipt);
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL)
        return LT_NO_MEMORY;
    lienthong__receipt__pack(receipt, bytes);
    enum lt_result result = lt_journal_receipt(journal, (struct lt_bytes){bytes, size});
    free(bytes);
    if (lt_bundle_store_failed(result))
        return result;
    lt_bundle_tally_receipt(tally, result);
    return LT_OK;
}

static enum lt_result take_receipts(struct lt_journal *journal, struct lt_bytes payload,
                                    struct lt_arena *arena, struct lt_bundle_tally *tally)
{
    ProtobufCMessage *read;
    lt_arena_reset(arena);
    enum lt_result result =
        lt_payload_read(payload, &lienthong__receipts__descriptor, arena, &read);
    const Lienthong__Receipts *receipts =
        result == LT_OK ? (const Lienthong__Receipts *)read : NULL;
    for (size_t i = 0; result == LT_OK && i < receipts->n_receipts; i++)
        result = take_receipt(journal, receipts->receipts[i], tally);
    return result;
}

static enum lt_result take_all(struct lt_journal *journal, struct lt_bundle *bundle,
                               struct lt_arena *arena, struct lt_bundle_tally *tally)
{
    struct lt_sync_store store;
    struct lt_message message;
    enum lt_result result = LT_OK;
    lt_journal_sync_store(journal, &store);
    while (result == LT_OK && (result = lt_bundle_next(bundle, &message)) == LT_OK)
        result = message.type == LT_MSG_UPDATE
                     ? take_update(journal, &store, message.payload, tally)
                     : take_receipts(journal, message.payload, arena, tally);
    return result == LT_NOT_FOUND ? LT_OK : result;
}

enum lt_result lt_carry_in(struct lt_journal *journal, struct lt_bundle *bundle,
                           struct lt_bundle_tally *tally)
{
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    if (arena == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = take_all(journal, bundle, arena, tally);
    while (result == LT_OK && lt_bundle_tally_again(tally)) {
        result = lt_bundle_rewind(bundle);
        if (result == LT_OK)
            result = take_all(journal, bundle, arena, tally);
    }
    lt_arena_free(arena);
    return result;
}
