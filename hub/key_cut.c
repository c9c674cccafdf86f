#include "hub/key_cut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/ledger_own.h"

/* ---- Reading a chain ---- */

struct chain_walk {
    struct lt_ledger *ledger;
    struct lt_chain chain;
    struct lt_store_txn *txn;
    struct lt_arena *arena;
    uint64_t *positions; /* ascending: parents before children */
    size_t count;
};

static enum lt_result walk_begin(struct lt_ledger *ledger, const struct lt_chain *chain,
                                 struct chain_walk *walk)
{
    *walk = (struct chain_walk){.ledger = ledger, .chain = *chain};
    walk->txn = lt_store_begin(ledger->store, false);
    walk->arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    if (walk->txn == NULL || walk->arena == NULL)
        return LT_NO_MEMORY;
    struct lt_txn *log = lt_store_log(walk->txn);
    size_t capacity = (size_t)lt_log_count(log, chain);
    walk->positions = calloc(capacity + 1, sizeof *walk->positions);
    if (walk->positions == NULL)
        return LT_NO_MEMORY;
    walk->count = lt_log_chain_positions(log, chain, 0, walk->positions, capacity);
    return lt_store_error(walk->txn);
}

static void walk_end(struct chain_walk *walk)
{
    if (walk->txn != NULL)
        lt_store_abort(walk->txn);
    if (walk->arena != NULL)
        lt_arena_free(walk->arena);
    free(walk->positions);
}

static void read_body(struct chain_walk *walk, const struct lt_update *update,
                      struct lt_signed *ret_signed)
{
    Lienthong__ReportBody *report;
    Lienthong__DirectiveBody *directive;
    lt_arena_reset(walk->arena);
    if (walk->chain.stream == LT_STREAM_REPORT) {
        if (lt_report_read(update, walk->arena, &report) == LT_OK) {
            ret_signed->signed_at = report->signed_at;
            ret_signed->changes = report->n_changes;
        }
    } else if (lt_directive_read(update, walk->arena, &directive) == LT_OK) {
        ret_signed->signed_at = directive->signed_at;
        ret_signed->changes = directive->n_items;
    }
}

static enum lt_result read_at(struct chain_walk *walk, size_t i, struct lt_update *ret_update,
                              struct lt_signed *ret_signed)
{
    struct lt_bytes bytes;
    enum lt_result result;
    if (!lt_log_at(lt_store_log(walk->txn), walk->positions[i], &bytes)) {
        result = lt_store_error(walk->txn);
        return result != LT_OK ? result : LT_CORRUPT;
    }
    result = lt_update_open(bytes, ret_update);
    if (result != LT_OK)
        return result;
    *ret_signed = (struct lt_signed){
        .id = ret_update->id, .seq = ret_update->frame.seq, .key = ret_update->frame.key};
    read_body(walk, ret_update, ret_signed);
    return LT_OK;
}

/* ---- Cuts ---- */

static enum lt_result fail(char *ret_reason, enum lt_result result, const char *sentence)
{
    snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s", sentence);
    return result;
}

static size_t index_of(struct chain_walk *walk, const struct lt_hash *id)
{
    uint64_t position, seq;
    size_t low = 0, high = walk->count;
    if (!lt_log_find(lt_store_log(walk->txn), id, &position, &seq))
        return walk->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (walk->positions[middle] < position)
            low = middle + 1;
        else
            high = middle;
    }
    return low < walk->count && walk->positions[low] == position ? low : walk->count;
}

enum { KEPT = 1, COVERED = 2 };

/* Marks what stays, an ancestor-closed set, and of it what another that stays builds on. */
static enum lt_result mark_before(struct chain_walk *walk, const struct lt_key *key, int64_t before,
                                  uint8_t *marks)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < walk->count && result == LT_OK; i++) {
        struct lt_update update;
        struct lt_signed said;
        result = read_at(walk, i, &update, &said);
        bool kept = result == LT_OK && (memcmp(&said.key, key, sizeof *key) != 0 ||
                                        (said.signed_at != 0 && said.signed_at < before));
        size_t above[LT_PARENTS_MAX];
        for (size_t j = 0; kept && j < update.frame.parent_count; j++) {
            above[j] = index_of(walk, &update.frame.parents[j]);
            kept = above[j] < i && (marks[above[j]] & KEPT) != 0;
        }
        for (size_t j = 0; kept && j < update.frame.parent_count; j++)
            marks[above[j]] |= COVERED;
        marks[i] = kept ? KEPT : 0;
    }
    return result;
}

static int by_hash(const void *a, const void *b)
{
    return lt_hash_cmp(a, b);
}

static enum lt_result cut_before(struct chain_walk *walk, const struct lt_key *key, int64_t before,
                                 struct lt_tips *ret_cut, char *ret_reason)
{
    uint8_t *marks = calloc(walk->count + 1, 1);
    enum lt_result result = marks == NULL ? LT_NO_MEMORY : mark_before(walk, key, before, marks);
    ret_cut->count = 0;
    for (size_t i = 0; i < walk->count && result == LT_OK; i++) {
        struct lt_update update;
        struct lt_signed said;
        if (marks[i] != KEPT)
            continue;
        if (ret_cut->count == LT_PARENTS_MAX)
            result = fail(ret_reason, LT_TOO_LARGE,
                          "more than 64 branches would stay: name the updates with --keep");
        else
            result = read_at(walk, i, &update, &said);
        if (result == LT_OK)
            ret_cut->ids[ret_cut->count++] = said.id;
    }
    free(marks);
    return result;
}

static enum lt_result cut_given(struct chain_walk *walk, const struct lt_tips *given,
                                struct lt_tips *ret_cut, char *ret_reason)
{
    *ret_cut = *given;
    for (size_t i = 0; i < given->count; i++) {
        char text[65];
        if (index_of(walk, &given->ids[i]) < walk->count)
            continue;
        lt_hex(given->ids[i].bytes, 32, text);
        snprintf(ret_reason, LT_DIRECT_REASON_MAX,
                 "--keep %.16s…: no such update of this unit is here; `updates` lists them", text);
        return LT_NOT_FOUND;
    }
    return LT_OK;
}

enum lt_result lt_key_cut(struct lt_ledger *ledger, const struct lt_chain *chain,
                          const struct lt_key *key, const struct lt_key_cut_ask *ask,
                          struct lt_tips *ret_cut, char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct chain_walk walk;
    enum lt_result result = walk_begin(ledger, chain, &walk);
    ret_cut->count = 0;
    if (result == LT_OK && ask->keep == LT_KEEP_ALL)
        lt_log_tips(lt_store_log(walk.txn), chain, ret_cut);
    else if (result == LT_OK && ask->keep == LT_KEEP_BEFORE)
        result = cut_before(&walk, key, ask->before, ret_cut, ret_reason);
    else if (result == LT_OK && ask->keep == LT_KEEP_GIVEN)
        result = cut_given(&walk, &ask->given, ret_cut, ret_reason);
    if (result == LT_OK && ret_cut->count > 1)
        qsort(ret_cut->ids, ret_cut->count, sizeof ret_cut->ids[0], by_hash);
    walk_end(&walk);
    return result;
}

/* ---- Looking ---- */

static void look_at_key(struct chain_walk *walk, const struct lt_update *update,
                        struct lt_signed *said)
{
    const struct lt_revocation *revocation =
        lt_book_revocation(walk->ledger->book, &walk->chain, &said->key);
    if (revocation == NULL)
        return;
    said->endorsed = lt_book_endorsed(walk->ledger->book, revocation, &said->id);
    said->cut_off = said->endorsed || lt_merge_revoked(walk->ledger->book, walk->txn, update);
    for (size_t i = 0; said->endorsed && i < revocation->cut_count; i++) { /* it need not be */
        if (lt_hash_cmp(&revocation->cut[i], &said->id) == 0 ||
            lt_log_is_ancestor(lt_store_log(walk->txn), &said->id, &revocation->cut[i]))
            said->cut_off = said->endorsed = false;
    }
}

enum lt_result lt_signed_by(struct lt_ledger *ledger, const struct lt_chain *chain,
                            lt_signed_seen *seen, void *context)
{
    struct chain_walk walk;
    enum lt_result result = walk_begin(ledger, chain, &walk);
    bool more = true;
    for (size_t i = 0; i < walk.count && result == LT_OK && more; i++) {
        struct lt_update update;
        struct lt_signed said;
        result = read_at(&walk, i, &update, &said);
        if (result != LT_OK)
            break;
        look_at_key(&walk, &update, &said);
        more = seen(context, &said);
    }
    walk_end(&walk);
    return result;
}

/* ---- What a cut keeps ---- */

static void tell_one(const struct lt_signed *said, bool kept, struct lt_key_cut_told *told)
{
    if (kept) {
        told->kept_updates++;
        told->kept_changes += said->changes;
        return;
    }
    told->lost_updates++;
    told->lost_changes += said->changes;
    if (said->signed_at == 0)
        return;
    if (told->lost_from == 0 || said->signed_at < told->lost_from)
        told->lost_from = said->signed_at;
    if (said->signed_at > told->lost_to)
        told->lost_to = said->signed_at;
}

/* From the newest to the oldest, so that what builds on an update is looked at before it. */
static enum lt_result tell_all(struct chain_walk *walk, const struct lt_key *key,
                               const struct lt_tips *cut, uint8_t *marks,
                               struct lt_key_cut_told *told)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < cut->count; i++) {
        const size_t at = index_of(walk, &cut->ids[i]);
        if (at < walk->count)
            marks[at] = KEPT;
    }
    for (size_t i = walk->count; i-- > 0 && result == LT_OK;) {
        struct lt_update update;
        struct lt_signed said;
        result = read_at(walk, i, &update, &said);
        for (size_t j = 0; result == LT_OK && marks[i] == KEPT && j < update.frame.parent_count;
             j++) {
            const size_t above = index_of(walk, &update.frame.parents[j]);
            if (above < i)
                marks[above] = KEPT;
        }
        if (result != LT_OK || memcmp(&said.key, key, sizeof *key) != 0)
            continue;
        look_at_key(walk, &update, &said);
        if (marks[i] == KEPT || !said.cut_off)
            tell_one(&said, marks[i] == KEPT, told);
    }
    return result;
}

enum lt_result lt_key_cut_tell(struct lt_ledger *ledger, const struct lt_chain *chain,
                               const struct lt_key *key, const struct lt_tips *cut,
                               struct lt_key_cut_told *ret_told)
{
    struct chain_walk walk;
    struct lt_key_cut_told told = {.kept_updates = 0};
    enum lt_result result = walk_begin(ledger, chain, &walk);
    uint8_t *marks = result == LT_OK ? calloc(walk.count + 1, 1) : NULL;
    if (result == LT_OK)
        result = marks == NULL ? LT_NO_MEMORY : tell_all(&walk, key, cut, marks, &told);
    free(marks);
    walk_end(&walk);
    if (result == LT_OK)
        *ret_told = told;
    return result;
}
