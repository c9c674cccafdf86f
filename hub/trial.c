#include "hub/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/direct.h"
#include "hub/ledger_own.h"
#include "hub/rebuild.h"
#include "hub/scratch.h"
#include "hub/trial_compare.h"

struct trying {
    struct lt_ledger *ledger;
    struct lt_book *book; /* with the directives heard */
    struct lt_store *scratch;
    struct lt_merge *merge;
    struct lt_refold *refold;
    struct lt_trial *trial;
};

/* ---- The book as it would be ---- */

static enum lt_result add_stored(struct trying *trying, struct lt_store_txn *txn, uint64_t position,
                                 struct lt_arena *arena)
{
    struct lt_bytes bytes;
    struct lt_update update;
    struct lt_book_change change;
    Lienthong__DirectiveBody *body;
    if (!lt_log_at(lt_store_log(txn), position, &bytes) || lt_update_open(bytes, &update) != LT_OK)
        return LT_CORRUPT;
    if (update.frame.chain.stream != LT_STREAM_DIRECTIVE)
        return LT_OK;
    lt_arena_reset(arena);
    const enum lt_result result = lt_directive_read(&update, arena, &body);
    return result != LT_OK ? (result == LT_NO_MEMORY ? result : LT_OK)
                           : lt_book_add(trying->book, &update, body, &change);
}

/* All directives that are stored, chain by chain. */
static enum lt_result hear_stored(struct trying *trying)
{
    enum { SLICE = 64 };
    struct lt_chain chain;
    uint64_t positions[SLICE];
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    struct lt_store_txn *txn = lt_store_begin(trying->ledger->store, false);
    enum lt_result result = arena == NULL || txn == NULL ? LT_NO_MEMORY : LT_OK;
    bool more = result == LT_OK && lt_log_next_chain(lt_store_log(txn), NULL, &chain);
    while (more && result == LT_OK) {
        uint64_t after = 0;
        size_t got = chain.stream == LT_STREAM_DIRECTIVE ? SLICE : 0;
        while (got == SLICE && result == LT_OK) {
            got = lt_log_chain_positions(lt_store_log(txn), &chain, after, positions, SLICE);
            for (size_t i = 0; i < got && result == LT_OK; i++)
                result = add_stored(trying, txn, positions[i], arena);
            after = got > 0 ? positions[got - 1] : after;
        }
        more = lt_log_next_chain(lt_store_log(txn), &chain, &chain);
    }
    if (txn != NULL)
        lt_store_abort(txn);
    if (arena != NULL)
        lt_arena_free(arena);
    return result;
}

static bool revokes(const Lienthong__DirectiveBody *body)
{
    for (size_t i = 0; i < body->n_items; i++)
        if (body->items[i]->revocation != NULL)
            return true;
    return false;
}

/* The hypothetical ones, as this hub's next word. Nothing is sealed: the book takes what it is given. */
static enum lt_result hear_items(struct trying *trying, Lienthong__Directive **items, size_t count)
{
    struct lt_hub_site site;
    struct lt_update update = {.frame = {.body_version = LT_BODY_VERSION}};
    struct lt_book_change change = {0};
    struct lt_tips tips;
    lt_ledger_site(trying->ledger, &site);
    update.frame.chain = (struct lt_chain){LT_STREAM_DIRECTIVE, site.unit};
    if (lt_book_keys(trying->book, &update.frame.chain, &update.frame.key, 1) == 0)
        return LT_KEY_UNKNOWN;
    struct lt_store_txn *txn = lt_store_begin(trying->ledger->store, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    lt_log_tips(lt_store_log(txn), &update.frame.chain, &tips);
    update.frame.seq = LT_SEQ_MAX / 2;
    update.frame.parent_count = (uint32_t)tips.count;
    memcpy(update.frame.parents, tips.ids, tips.count * sizeof tips.ids[0]);
    lt_store_abort(txn);
    for (size_t at = 0; at < count;) { /* in bodies, as they would be said */
        Lienthong__DirectiveBody body;
        lienthong__directive_body__init(&body);
        body.items = items + at;
        body.n_items = count - at < LT_DIRECT_ITEMS_MAX ? count - at : LT_DIRECT_ITEMS_MAX;
        lt_hash_of(&at, sizeof at, &update.id);
        const enum lt_result result = lt_book_add(trying->book, &update, &body, &change);
        if (result != LT_OK)
            return result;
        trying->trial->altered = trying->trial->altered || change.altered || revokes(&body);
        update.frame.seq++;
        at += body.n_items;
    }
    return LT_OK;
}

static enum lt_result make_book(struct trying *trying, Lienthong__Directive **items, size_t count)
{
    struct lt_hub_site site;
    lt_ledger_site(trying->ledger, &site);
    trying->book = lt_book_new();
    if (trying->book == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = lt_hub_site_pin(&site, trying->book);
    if (result == LT_OK)
        result = hear_stored(trying);
    return result == LT_OK ? hear_items(trying, items, count) : result;
}

/* ---- Judging by it ---- */

static enum lt_result fold_all(struct trying *trying)
{
    uint64_t next = 1, last = 1;
    enum lt_result result = LT_OK;
    while (result == LT_OK && next <= last) {
        struct lt_store_txn *live = lt_store_begin(trying->ledger->store, false);
        struct lt_store_txn *scratch = lt_store_begin(trying->scratch, true);
        if (live == NULL || scratch == NULL) {
            lt_store_abort(live);
            lt_store_abort(scratch);
            return LT_NO_MEMORY;
        }
        last = trying->ledger->last;
        result = lt_scratch_copy_words(live, scratch) ? LT_OK : LT_CORRUPT;
        lt_merge_begin(trying->merge, scratch, live);
        if (result == LT_OK)
            result = lt_refold_slice(trying->refold, &next, last);
        lt_merge_end(trying->merge);
        if (result != LT_OK)
            lt_store_fail(scratch, result);
        const enum lt_result stored = lt_store_commit(scratch);
        lt_store_abort(live);
        result = result != LT_OK ? result : stored;
        lt_merge_forget(trying->merge); /* words that the scratch added are its own */
    }
    return result;
}

static enum lt_result compare(struct trying *trying)
{
    struct lt_store_txn *live = lt_store_begin(trying->ledger->store, false);
    struct lt_store_txn *scratch = lt_store_begin(trying->scratch, false);
    enum lt_result result = LT_NO_MEMORY;
    if (live != NULL && scratch != NULL)
        result = lt_trial_compare(live, scratch, trying->book, trying->trial);
    lt_store_abort(live);
    lt_store_abort(scratch);
    return result;
}

static enum lt_result judge(struct trying *trying, const char *scratch, char ret_reason[200])
{
    lt_scratch_remove(scratch);
    enum lt_result result = lt_store_open(scratch, false, &trying->scratch, ret_reason);
    if (result != LT_OK)
        return result;
    trying->merge = lt_merge_new(trying->book, 0);
    trying->refold = trying->merge == NULL ? NULL : lt_refold_new(trying->merge);
    result = trying->refold == NULL ? LT_NO_MEMORY : fold_all(trying);
    if (result == LT_OK)
        result = compare(trying);
    lt_refold_free(trying->refold);
    lt_merge_free(trying->merge);
    lt_store_close(trying->scratch);
    lt_scratch_remove(scratch);
    return result;
}

/* ---- The whole ---- */

/* Bytes of an item; NULL: only how many. The reason is for people, and may be given after the dry run. */
static size_t pack_item(const Lienthong__Directive *item, uint8_t *bytes)
{
    char none[] = "";
    Lienthong__Directive plain = *item;
    Lienthong__Revocation revocation;
    if (item->revocation != NULL) {
        revocation = *item->revocation;
        revocation.reason = none;
        plain.revocation = &revocation;
    }
    return bytes == NULL ? lienthong__directive__get_packed_size(&plain)
                         : lienthong__directive__pack(&plain, bytes);
}

enum lt_result lt_trial_code(struct lt_ledger *ledger, Lienthong__Directive **items, size_t count,
                             char ret_code[13])
{
    struct lt_hash hash;
    char hex[65];
    size_t size = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        size += pack_item(items[i], NULL);
    uint8_t *bytes = malloc(size + sizeof hash);
    if (bytes == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        at += pack_item(items[i], bytes + at);
    pthread_rwlock_rdlock(&ledger->book_lock);
    lt_book_digest(ledger->book, &hash);
    pthread_rwlock_unlock(&ledger->book_lock);
    memcpy(bytes + at, hash.bytes, sizeof hash);
    lt_hash_of(bytes, at + sizeof hash, &hash);
    lt_hex(hash.bytes, 32, hex);
    memcpy(ret_code, hex, 12);
    ret_code[12] = '\0';
    free(bytes);
    return LT_OK;
}

enum lt_result lt_trial_run(struct lt_ledger *ledger, Lienthong__Directive **items, size_t count,
                            const char *scratch, struct lt_trial *ret_trial, char ret_reason[200])
{
    struct lt_trial trial = {.altered = false};
    struct trying trying = {.ledger = ledger, .trial = &trial};
    ret_reason[0] = '\0';
    enum lt_result result = lt_ledger_read_on(ledger);
    if (result == LT_OK && lt_ledger_due(ledger))
        result = LT_BUSY;
    if (result == LT_OK)
        result = lt_trial_code(ledger, items, count, trial.code);
    if (result == LT_OK)
        result = make_book(&trying, items, count);
    if (result == LT_OK && trial.altered && ledger->last > 0)
        result = judge(&trying, scratch, ret_reason);
    if (trying.book != NULL)
        lt_book_free(trying.book);
    if (result == LT_OK) {
        *ret_trial = trial;
        return LT_OK;
    }
    lt_trial_clear(&trial);
    if (ret_reason[0] == '\0')
        (void)snprintf(ret_reason, 200, "trying it: %s",
                       result == LT_BUSY ? "the ledger is being judged again by new directives"
                                         : lt_result_text(result));
    return result;
}

void lt_trial_clear(struct lt_trial *trial)
{
    free(trial->moved);
    *trial = (struct lt_trial){0};
}
