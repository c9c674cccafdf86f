#include "hub/records.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/standing.h"

enum lt_kind lt_kind_of(const Lienthong__Change *change)
{
    return change->award != NULL         ? LT_KIND_AWARD
           : change->proposal != NULL    ? LT_KIND_PROPOSAL
           : change->movement != NULL    ? LT_KIND_MOVEMENT
           : change->pledge != NULL      ? LT_KIND_PLEDGE
           : change->score != NULL       ? LT_KIND_SCORE
           : change->exemplar != NULL    ? LT_KIND_EXEMPLAR
           : change->declaration != NULL ? LT_KIND_DECLARATION
                                         : (enum lt_kind)0;
}

/* ---- Which record ---- */

static bool puts_record(const struct lt_decoded *decoded, uint32_t index)
{
    const Lienthong__ReportBody *body = decoded->body;
    return body != NULL && index < body->n_changes && body->changes[index]->record == NULL &&
           body->changes[index]->op == LIENTHONG__OP__OP_PUT;
}

/* Does the author of `decoded` succeed that of `first`? */
static bool succeeds(const struct lt_merge *merge, const struct lt_update *decoded,
                     const struct lt_update *first)
{
    const struct lt_place *author = lt_book_place(merge->book, &decoded->frame.chain.unit);
    const struct lt_place *former = lt_book_place(merge->book, &first->frame.chain.unit);
    return author != NULL && former != NULL && author != former &&
           lt_book_generation(merge->book, former, author) < LT_DEPTH_MAX;
}

/* The named first put, when it is an ancestor's or a predecessor's. */
static bool record_of_earlier(struct lt_merge *merge, const struct lt_decoded *decoded,
                              const struct lt_hash *named, uint32_t index, struct lt_at *ret_record)
{
    struct lt_txn *log = lt_store_log(merge->log);
    const struct lt_update update = decoded->update; /* the reader may need its room */
    const uint64_t position = decoded->position;
    struct lt_at at = {0, index};
    uint64_t seq;
    if (!lt_log_find(log, named, &at.position, &seq) || at.position > merge->folded)
        return false;
    const struct lt_decoded *first = lt_reader_at(merge->reader, merge->log, at.position);
    if (first == NULL || !puts_record(first, index))
        return false;
    if (lt_chain_cmp(&first->update.frame.chain, &update.frame.chain) == 0
            ? at.position >= position || !lt_log_is_ancestor(log, named, &update.id)
            : !succeeds(merge, &update, &first->update))
        return false;
    *ret_record = at;
    return true;
}

bool lt_record_of(struct lt_merge *merge, const struct lt_at *change, struct lt_at *ret_record)
{
    struct lt_hash named;
    const struct lt_decoded *decoded = lt_reader_at(merge->reader, merge->log, change->position);
    if (decoded == NULL || decoded->body == NULL || change->index >= decoded->body->n_changes)
        return false;
    const Lienthong__RecordId *record = decoded->body->changes[change->index]->record;
    if (record == NULL) {
        if (!puts_record(decoded, change->index))
            return false;
        *ret_record = *change;
        return true;
    }
    if (record->update.len == sizeof named.bytes) {
        memcpy(named.bytes, record->update.data, sizeof named.bytes);
        if (lt_hash_cmp(&named, &decoded->update.id) != 0)
            return record_of_earlier(merge, decoded, &named, record->index, ret_record);
    }
    if (record->index >= change->index || !puts_record(decoded, record->index))
        return false;
    *ret_record = (struct lt_at){change->position, record->index};
    return true;
}

const struct lt_place *lt_record_speaker(struct lt_merge *merge, const struct lt_at *change)
{
    struct lt_at record;
    const struct lt_decoded *decoded = lt_reader_at(merge->reader, merge->log, change->position);
    if (decoded == NULL)
        return NULL;
    struct lt_unit unit = decoded->update.frame.chain.unit;
    if (lt_record_of(merge, change, &record) && record.position != change->position &&
        (decoded = lt_reader_at(merge->reader, merge->log, record.position)) != NULL)
        unit = decoded->update.frame.chain.unit;
    return lt_book_place(merge->book, &unit);
}

void lt_record_await(struct lt_merge *merge, const struct lt_at *change)
{
    struct lt_hash named;
    uint64_t position, seq;
    const struct lt_decoded *decoded = lt_reader_at(merge->reader, merge->log, change->position);
    const Lienthong__RecordId *record =
        decoded == NULL ? NULL : decoded->body->changes[change->index]->record;
    if (record == NULL || record->update.len != sizeof named.bytes)
        return;
    memcpy(named.bytes, record->update.data, sizeof named.bytes);
    if (!lt_log_find(lt_store_log(merge->log), &named, &position, &seq) || position > merge->folded)
        lt_store_await(merge->txn, &named, change);
}

/* The record that stands for it: aliases point to lesser records, so this ends. */
static struct lt_at root_of(struct lt_merge *merge, const struct lt_at *record)
{
    struct lt_at root = *record, next;
    while (lt_store_alias(merge->txn, &root, &next) && lt_at_cmp(&next, &root) < 0)
        root = next;
    return root;
}

/* ---- Versions ---- */

static struct lt_version_row version_of(struct lt_merge *merge, const struct lt_at *at, bool counts)
{
    struct lt_version_row none = {.at = *at};
    /* For whom it is said: that unit is meant by reference 0, and two successors who say the same say one. */
    const struct lt_place *speaker = lt_record_speaker(merge, at);
    struct lt_decoded *decoded = lt_reader_at(merge->reader, merge->log, at->position);
    if (decoded == NULL)
        return none;
    const struct lt_unit *unit =
        speaker != NULL ? &speaker->unit : &decoded->update.frame.chain.unit;
    const uint32_t index = at->index;
    const Lienthong__ReportBody *body = decoded->body;
    const Lienthong__Change *change = body->changes[index];
    return (struct lt_version_row){
        .at = *at,
        .version =
            {
                .stamp = {decoded->update.frame.seq, decoded->update.id, index},
                .import = change->import == 0 ? 0 : body->imports[change->import - 1],
                .row = change->row,
                .counts = counts,
                .unseen = change->unseen,
                .op = (uint8_t)change->op,
                .value = lt_change_value(body, unit, index, NULL), /* who it is decides no figure */
            },
    };
}

static const struct lt_place *author_of(struct lt_merge *merge, const struct lt_at *at)
{
    const struct lt_decoded *decoded = lt_reader_at(merge->reader, merge->log, at->position);
    return decoded == NULL ? NULL : lt_book_place(merge->book, &decoded->update.frame.chain.unit);
}

static bool is_ancestor(void *context, const struct lt_hash *older, const struct lt_hash *newer)
{
    struct lt_merge *merge = context;
    return lt_log_is_ancestor(lt_store_log(merge->log), older, newer);
}

/* How often the records' unit has changed before each version: by main successions among their authors. And
 * which versions are of one chain: their number is that of the first of them. */
static void fill_generations(struct lt_merge *merge)
{
    for (size_t i = 0; i < merge->rows.count; i++) {
        unsigned most = 0;
        const struct lt_place *author = author_of(merge, &merge->rows.items[i].at);
        merge->versions[i].chain = (uint32_t)i;
        for (size_t j = 0; j < merge->rows.count && author != NULL; j++) {
            const struct lt_place *other = author_of(merge, &merge->rows.items[j].at);
            if (other == author && j < merge->versions[i].chain)
                merge->versions[i].chain = (uint32_t)j;
            const unsigned generation =
                other == NULL ? LT_DEPTH_MAX : lt_book_generation(merge->book, other, author);
            if (generation < LT_DEPTH_MAX && generation > most)
                most = generation;
        }
        merge->versions[i].generation = (uint8_t)most;
    }
}

/* The law over merge->rows. A quarantined change never stands in the way of another with its row. */
static struct lt_winner winner_of(struct lt_merge *merge)
{
    struct lt_winner none = {0};
    size_t count = merge->rows.count;
    if (count > merge->version_capacity) {
        struct lt_version *versions = realloc(merge->versions, 2 * count * sizeof *versions);
        if (versions == NULL) {
            lt_store_fail(merge->txn, LT_NO_MEMORY);
            return none;
        }
        merge->versions = versions;
        merge->version_capacity = 2 * count;
    }
    for (size_t i = 0; i < count; i++) {
        merge->versions[i] = merge->rows.items[i].version;
        if (!merge->versions[i].counts)
            merge->versions[i].import = 0;
    }
    if (count > 1 && lt_book_succession_count(merge->book) > 0)
        fill_generations(merge);
    return count == 0 ? none : lt_record_winner(merge->versions, count, is_ancestor, merge);
}

/* Reads the versions of a root into merge->rows; the first change alone when none are written. */
static bool read_versions(struct lt_merge *merge, const struct lt_at *root, bool *ret_written)
{
    merge->rows.count = 0;
    lt_store_versions(merge->txn, root, &merge->rows);
    if (lt_store_error(merge->txn) != LT_OK)
        return false;
    *ret_written = merge->rows.count > 0;
    if (*ret_written)
        return true;
    bool counts = lt_store_verdict(merge->txn, root) == LT_COUNTS;
    if (merge->rows.capacity == 0) {
        merge->rows.items = calloc(8, sizeof *merge->rows.items);
        if (merge->rows.items == NULL) {
            lt_store_fail(merge->txn, LT_NO_MEMORY);
            return false;
        }
        merge->rows.capacity = 8;
    }
    merge->rows.items[0] = version_of(merge, root, counts);
    merge->rows.count = 1;
    return lt_store_error(merge->txn) == LT_OK;
}

static bool contest(struct lt_merge *merge, const struct lt_at *at, int sign)
{
    const struct lt_place *author = lt_record_speaker(merge, at);
    if (author != NULL)
        lt_merge_contest(merge, &author->unit, sign);
    return author != NULL;
}

/* Adds (1) or takes away (-1) what the record counts by merge->rows. */
static void count_record(struct lt_merge *merge, int sign)
{
    struct lt_fact fact;
    struct lt_winner winner = winner_of(merge);
    if (winner.found && winner.contested &&
        !contest(merge, &merge->rows.items[winner.version].at, sign))
        return;
    if (!winner.found || merge->rows.items[winner.version].version.op != LIENTHONG__OP__OP_PUT)
        return;
    const struct lt_at *at = &merge->rows.items[winner.version].at;
    const struct lt_place *author = lt_record_speaker(merge, at);
    const struct lt_decoded *decoded = lt_reader_at(merge->reader, merge->log, at->position);
    if (decoded == NULL)
        return;
    if (author == NULL ||
        lt_judge(merge->book, author, decoded->body, at->index, &fact) != LT_COUNTS) {
        lt_store_fail(merge->txn, LT_CORRUPT); /* it was judged to count */
        return;
    }
    lt_merge_count(merge, at, &fact, sign);
}

/* Takes the record out of the sums, and writes its first version down if that was implied. */
static void lift(struct lt_merge *merge, const struct lt_at *root)
{
    bool written;
    if (!read_versions(merge, root, &written))
        return;
    count_record(merge, -1);
    if (!written)
        lt_store_put_versions(merge->txn, root, merge->rows.items, merge->rows.count);
}

/* Moves what was lifted under the root that stands for it from now on. */
static void move(struct lt_merge *merge, const struct lt_at *from, const struct lt_at *root)
{
    bool written;
    if (lt_at_cmp(from, root) == 0 || !read_versions(merge, from, &written))
        return;
    lt_store_drop_versions(merge->txn, from);
    lt_store_put_versions(merge->txn, root, merge->rows.items, merge->rows.count);
    lt_store_set_alias(merge->txn, from, root);
    merge->tally.records--;
}

/* ---- Entering ---- */

/* A correction stays of the kind that was put first. */
static bool same_kind(struct lt_merge *merge, const struct lt_at *change,
                      const struct lt_at *record)
{
    const struct lt_decoded *decoded = lt_reader_at(merge->reader, merge->log, change->position);
    const struct lt_decoded *first = lt_reader_at(merge->reader, merge->log, record->position);
    if (decoded == NULL || first == NULL)
        return false;
    const Lienthong__Change *said = decoded->body->changes[change->index];
    return said->op != LIENTHONG__OP__OP_PUT ||
           lt_kind_of(said) == lt_kind_of(first->body->changes[record->index]);
}

enum lt_verdict lt_record_enter(struct lt_merge *merge, const struct lt_at *change,
                                enum lt_verdict verdict, const struct lt_at *twin)
{
    struct lt_at record, other;
    if (!lt_record_of(merge, change, &record))
        return verdict == LT_COUNTS ? LT_V_UNKNOWN_RECORD : verdict;
    if (verdict == LT_COUNTS && !same_kind(merge, change, &record))
        verdict = LT_V_KIND_CHANGED;
    const struct lt_version_row row = version_of(merge, change, verdict == LT_COUNTS);
    bool fresh = lt_at_cmp(&record, change) == 0;
    struct lt_at own = fresh ? record : root_of(merge, &record), root = own;
    assert(!fresh || twin != NULL);
    bool joins = false;
    if (twin != NULL) {
        other = root_of(merge, twin);
        joins = fresh || lt_at_cmp(&own, &other) != 0;
        root = lt_at_cmp(&other, &own) < 0 ? other : own;
    }
    if (!fresh)
        lift(merge, &own);
    if (joins)
        lift(merge, &other);
    if (!fresh)
        move(merge, &own, &root);
    if (joins)
        move(merge, &other, &root);
    if (fresh) {
        lt_store_set_alias(merge->txn, &record, &root); /* what it repeats came before it */
        merge->tally.records--;
    }
    lt_store_put_versions(merge->txn, &root, &row, 1);
    merge->rows.count = 0;
    lt_store_versions(merge->txn, &root, &merge->rows);
    if (lt_store_error(merge->txn) == LT_OK)
        count_record(merge, 1);
    return verdict;
}

bool lt_record_current(struct lt_merge *merge, const struct lt_at *record, struct lt_at *ret_root,
                       struct lt_at *ret_current, bool *ret_contested)
{
    bool written;
    struct lt_at root = root_of(merge, record);
    if (!read_versions(merge, &root, &written))
        return false;
    struct lt_winner winner = winner_of(merge);
    *ret_root = root;
    if (!winner.found)
        return false;
    *ret_current = merge->rows.items[winner.version].at;
    *ret_contested = winner.contested;
    return true;
}
