#include "agent/erasure.h"

#include <stdlib.h>
#include <string.h>

#include "agent/log_store.h"
#include "agent/row.h"
#include "proto/standing.h"

enum { KEY_BYTES_MAX = 1 + 36 + LT_CHAIN_KEY_BYTES, CHAINS_MAX = 64, PAGE = 256 };

/* A draft's name, in one chain. */
struct pair {
    uint32_t chain;
    uint32_t row;
    uint64_t import;
};

/* One walk: what is looked for, and where. */
struct walk {
    struct lt_txn *txn;
    const struct lt_book *book;
    struct lt_unit hub;
    bool dry; /* nothing is written */
    struct lt_arena *arena;
    struct lt_record_id *records;
    size_t record_count, record_capacity;
    struct pair *pairs;
    size_t pair_count, pair_capacity;
    struct lt_chain chains[CHAINS_MAX];
    uint32_t numbers[CHAINS_MAX];
    size_t chain_count;
    bool grew; /* in this pass something new was found */
    uint64_t updates; /* that lost rows */
    uint8_t hit[LT_CHANGES_MAX];
};

/* ---- Notes ---- */

static struct lt_bytes record_key(uint32_t chain, const struct lt_record_id *record, uint8_t *bytes)
{
    struct lt_row_writer row = lt_row_write(bytes, KEY_BYTES_MAX);
    lt_row_give_number(&row, 'r', 1);
    lt_row_give_number(&row, chain, 4);
    lt_row_give(&row, record->update.bytes, 32);
    lt_row_give_number(&row, record->index, 4);
    return lt_row_bytes(&row);
}

static struct lt_bytes pair_key(const struct pair *pair, uint8_t *bytes)
{
    struct lt_row_writer row = lt_row_write(bytes, KEY_BYTES_MAX);
    lt_row_give_number(&row, 'p', 1);
    lt_row_give_number(&row, pair->chain, 4);
    lt_row_give_number(&row, pair->import, 8);
    lt_row_give_number(&row, pair->row, 4);
    return lt_row_bytes(&row);
}

static struct lt_bytes done_key(const struct lt_redaction *redaction, uint8_t *bytes)
{
    uint8_t hub[LT_CHAIN_KEY_BYTES];
    const struct lt_chain chain = {LT_STREAM_DIRECTIVE, redaction->hub};
    struct lt_row_writer row = lt_row_write(bytes, KEY_BYTES_MAX);
    lt_chain_to_key(&chain, hub);
    lt_row_give_number(&row, 'd', 1);
    lt_row_give(&row, redaction->record.update.bytes, 32);
    lt_row_give_number(&row, redaction->record.index, 4);
    lt_row_give(&row, hub, sizeof(hub));
    return lt_row_bytes(&row);
}

static bool noted(struct lt_txn *txn, struct lt_bytes key)
{
    struct lt_bytes value;
    return lt_get(txn, LT_T_REDACTED, key, &value);
}

static void note(struct lt_txn *txn, struct lt_bytes key)
{
    static const uint8_t nothing[1];
    lt_put(txn, LT_T_REDACTED, key, (struct lt_bytes){nothing, sizeof(nothing)});
}

/* ---- What is looked for ---- */

static bool same_record(const struct lt_record_id *a, const struct lt_record_id *b)
{
    return a->index == b->index && lt_hash_cmp(&a->update, &b->update) == 0;
}

static bool has_record(const struct walk *walk, const struct lt_record_id *record)
{
    for (size_t i = 0; i < walk->record_count; i++)
        if (same_record(&walk->records[i], record))
            return true;
    return false;
}

static bool has_pair(const struct walk *walk, const struct pair *pair)
{
    for (size_t i = 0; i < walk->pair_count; i++)
        if (walk->pairs[i].chain == pair->chain && walk->pairs[i].import == pair->import &&
            walk->pairs[i].row == pair->row)
            return true;
    return false;
}

static void *room(struct walk *walk, void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    void *grown = realloc(items, (*capacity * 2 + 16) * size);
    if (grown == NULL) {
        lt_txn_fail(walk->txn, LT_NO_MEMORY);
        return NULL;
    }
    *capacity = *capacity * 2 + 16;
    return grown;
}

static void add_record(struct walk *walk, const struct lt_record_id *record)
{
    if (has_record(walk, record))
        return;
    struct lt_record_id *records =
        room(walk, walk->records, walk->record_count, &walk->record_capacity, sizeof(*records));
    if (records == NULL)
        return;
    walk->records = records;
    records[walk->record_count++] = *record;
    walk->grew = true;
}

static void add_pair(struct walk *walk, const struct pair *pair)
{
    if (has_pair(walk, pair))
        return;
    struct pair *pairs =
        room(walk, walk->pairs, walk->pair_count, &walk->pair_capacity, sizeof(*pairs));
    if (pairs == NULL)
        return;
    walk->pairs = pairs;
    pairs[walk->pair_count++] = *pair;
    walk->grew = true;
}

/* The record that a change names; of one that names none, itself. */
static struct lt_record_id named_by(const struct lt_update *update,
                                    const Lienthong__ReportBody *body, uint32_t index)
{
    struct lt_record_id id = {update->id, index};
    const Lienthong__RecordId *record = body->changes[index]->record;
    if (record == NULL)
        return id;
    id.index = record->index;
    if (record->update.len == sizeof(id.update.bytes))
        memcpy(id.update.bytes, record->update.data, sizeof(id.update.bytes));
    return id;
}

static bool pair_of(const Lienthong__ReportBody *body, uint32_t index, uint32_t chain,
                    struct pair *ret_pair)
{
    const Lienthong__Change *change = body->changes[index];
    if (change->import == 0)
        return false;
    *ret_pair = (struct pair){chain, change->row, body->imports[change->import - 1]};
    return true;
}

/* ---- Walking ---- */

static void replace(struct walk *walk, const struct lt_update *update,
                    const Lienthong__ReportBody *body, uint64_t position)
{
    uint8_t *bytes;
    size_t size;
    enum lt_result result = lt_update_redact(update, body, walk->hit, walk->arena, &bytes, &size);
    if (result == LT_NOT_FOUND)
        return;
    if (result != LT_OK) {
        lt_txn_fail(walk->txn, result);
        return;
    }
    walk->updates++;
    if (!walk->dry)
        lt_log_replace(walk->txn, position, (struct lt_bytes){bytes, size});
    free(bytes);
}

/* Which changes of an update go; what is found by them is looked for from now on. */
static bool mark(struct walk *walk, const struct lt_update *update,
                 const Lienthong__ReportBody *body, uint32_t chain)
{
    bool any = false;
    memset(walk->hit, 0, body->n_changes);
    for (uint32_t i = 0; i < body->n_changes; i++) {
        struct pair pair;
        const struct lt_record_id named = named_by(update, body, i);
        const bool drafted = pair_of(body, i, chain, &pair);
        if (!has_record(walk, &named) && !(drafted && has_pair(walk, &pair)))
            continue;
        walk->hit[i] = 1;
        any = true;
        add_record(walk, &named);
        if (drafted)
            add_pair(walk, &pair);
    }
    return any;
}

static void visit(struct walk *walk, uint64_t position, uint32_t chain)
{
    struct lt_bytes bytes;
    struct lt_update update;
    Lienthong__ReportBody *body;
    lt_arena_reset(walk->arena);
    if (!lt_log_at(walk->txn, position, &bytes) || lt_update_open(bytes, &update) != LT_OK) {
        lt_txn_fail(walk->txn, LT_CORRUPT);
        return;
    }
    enum lt_result result = lt_report_read(&update, walk->arena, &body);
    if (result == LT_VERSION)
        return; /* of a newer program: which records it speaks of is not known here */
    if (result != LT_OK)
        lt_txn_fail(walk->txn, result);
    else if (mark(walk, &update, body, chain))
        replace(walk, &update, body, position);
}

static void walk_chain(struct walk *walk, size_t at)
{
    uint64_t positions[PAGE], after = 0;
    size_t count = PAGE;
    while (count == PAGE && lt_txn_error(walk->txn) == LT_OK) {
        count = lt_log_chain_positions(walk->txn, &walk->chains[at], after, positions, PAGE);
        for (size_t i = 0; i < count && lt_txn_error(walk->txn) == LT_OK; i++)
            visit(walk, positions[i], walk->numbers[at]);
        after = count > 0 ? positions[count - 1] : after;
    }
}

static void note_all(struct walk *walk)
{
    uint8_t key[KEY_BYTES_MAX];
    for (size_t i = 0; i < walk->pair_count; i++)
        note(walk->txn, pair_key(&walk->pairs[i], key));
    for (size_t at = 0; at < walk->chain_count; at++)
        for (size_t i = 0; i < walk->record_count; i++)
            note(walk->txn, record_key(walk->numbers[at], &walk->records[i], key));
}

/* What is found in a chain may be named in one looked at before: so until nothing more is found. */
static void walk_all(struct walk *walk)
{
    do {
        walk->grew = false;
        walk->updates = walk->dry ? 0 : walk->updates;
        for (size_t at = 0; at < walk->chain_count; at++)
            walk_chain(walk, at);
    } while (walk->grew && lt_txn_error(walk->txn) == LT_OK);
    if (!walk->dry && lt_txn_error(walk->txn) == LT_OK)
        note_all(walk);
}

/* ---- Where ---- */

static void add_chain(struct walk *walk, const struct lt_chain *chain)
{
    struct lt_log_chain row;
    if (walk->chain_count < CHAINS_MAX && lt_book_within(walk->book, &chain->unit, &walk->hub) &&
        lt_log_get_chain(walk->txn, chain, &row)) {
        walk->chains[walk->chain_count] = *chain;
        walk->numbers[walk->chain_count++] = row.number;
    }
}

/* The chain itself, and those of units that may speak for its unit. */
static void add_chains(struct walk *walk, const struct lt_chain *first)
{
    struct lt_chain chain;
    const struct lt_place *unit = lt_book_place(walk->book, &first->unit);
    add_chain(walk, first);
    if (unit == NULL || lt_book_succession_count(walk->book) == 0)
        return;
    for (bool more = lt_log_next_chain(walk->txn, NULL, &chain); more;
         more = lt_log_next_chain(walk->txn, &chain, &chain)) {
        const struct lt_place *author = lt_book_place(walk->book, &chain.unit);
        if (chain.stream == LT_STREAM_REPORT && author != NULL && author != unit &&
            lt_book_generation(walk->book, unit, author) < LT_DEPTH_MAX)
            add_chain(walk, &chain);
    }
}

static struct walk *walk_new(struct lt_txn *txn, const struct lt_book *book,
                             const struct lt_unit *hub)
{
    struct walk *walk = calloc(1, sizeof(*walk));
    struct lt_arena *arena = walk != NULL ? lt_arena_new(3 * LT_UNPACK_BYTES_MAX) : NULL;
    if (arena == NULL) {
        free(walk);
        lt_txn_fail(txn, LT_NO_MEMORY);
        return NULL;
    }
    walk->txn = txn;
    walk->book = book;
    walk->hub = *hub;
    walk->arena = arena;
    return walk;
}

static void walk_free(struct walk *walk)
{
    lt_arena_free(walk->arena);
    free(walk->records);
    free(walk->pairs);
    free(walk);
}

/* The chain of a stored update. */
static bool chain_of(struct lt_txn *txn, const struct lt_hash *id, struct lt_chain *ret_chain)
{
    uint64_t position, seq;
    struct lt_bytes bytes;
    struct lt_update update;
    if (!lt_log_find(txn, id, &position, &seq) || !lt_log_at(txn, position, &bytes) ||
        lt_update_open(bytes, &update) != LT_OK)
        return false;
    *ret_chain = update.frame.chain;
    return update.frame.chain.stream == LT_STREAM_REPORT;
}

/* ---- Directives ---- */

/* Where a redaction is to be carried out; false: nowhere as yet, or it was. */
static bool due(struct lt_txn *txn, const struct lt_book *book,
                const struct lt_redaction *redaction, const struct lt_chain *own,
                struct lt_chain *ret_chain)
{
    uint8_t key[KEY_BYTES_MAX];
    struct lt_chain chain;
    if (noted(txn, done_key(redaction, key)))
        return false;
    if (!chain_of(txn, &redaction->record.update, &chain)) {
        if (own == NULL)
            return false;
        chain = *own;
    }
    if (!lt_book_within(book, &chain.unit, &redaction->hub))
        return false;
    *ret_chain = chain;
    return true;
}

bool lt_erasure_is_due(struct lt_txn *txn, const struct lt_book *book, const struct lt_chain *own)
{
    struct lt_chain chain;
    for (size_t i = 0; i < lt_book_redaction_count(book); i++)
        if (due(txn, book, lt_book_redaction_at(book, i), own, &chain))
            return true;
    return false;
}

/* All that one hub has said of one chain, from number `first` on, in one walk. */
static void carry_out(struct lt_txn *txn, const struct lt_book *book, size_t first,
                      const struct lt_chain *chain, const struct lt_chain *own,
                      uint64_t *ret_updates)
{
    uint8_t key[KEY_BYTES_MAX];
    struct lt_chain other;
    const struct lt_unit hub = lt_book_redaction_at(book, first)->hub;
    struct walk *walk = walk_new(txn, book, &hub);
    if (walk == NULL)
        return;
    add_chains(walk, chain);
    for (size_t i = first; i < lt_book_redaction_count(book); i++) {
        const struct lt_redaction *redaction = lt_book_redaction_at(book, i);
        if (lt_unit_cmp(&redaction->hub, &hub) != 0 || !due(txn, book, redaction, own, &other) ||
            lt_chain_cmp(&other, chain) != 0)
            continue;
        add_record(walk, &redaction->record);
        note(txn, done_key(redaction, key));
    }
    walk_all(walk);
    *ret_updates += walk->updates;
    walk_free(walk);
}

void lt_erasure_apply(struct lt_txn *txn, const struct lt_book *book, const struct lt_chain *own,
                      uint64_t *ret_updates)
{
    struct lt_chain chain;
    *ret_updates = 0;
    for (size_t i = 0; i < lt_book_redaction_count(book) && lt_txn_error(txn) == LT_OK; i++) {
        if (due(txn, book, lt_book_redaction_at(book, i), own, &chain))
            carry_out(txn, book, i, &chain, own, ret_updates);
    }
}

/* ---- What arrives ---- */

/* Has a hub above this chain redacted the record? */
static bool is_redacted(const struct lt_book *book, const struct lt_chain *chain,
                        const struct lt_record_id *record)
{
    for (size_t i = lt_book_redactions_of(book, &record->update);; i++) {
        const struct lt_redaction *redaction = lt_book_redaction_at(book, i);
        if (redaction == NULL || lt_hash_cmp(&redaction->record.update, &record->update) != 0)
            return false;
        if (redaction->record.index == record->index &&
            lt_book_within(book, &chain->unit, &redaction->hub))
            return true;
    }
}

/* Adds what of the update is to go to what is looked for. */
static void seed(struct walk *walk, const struct lt_update *update,
                 const Lienthong__ReportBody *body, uint32_t chain)
{
    uint8_t key[KEY_BYTES_MAX];
    for (uint32_t i = 0; i < body->n_changes; i++) {
        struct pair pair;
        const struct lt_record_id named = named_by(update, body, i);
        const bool drafted = pair_of(body, i, chain, &pair);
        if (!is_redacted(walk->book, &update->frame.chain, &named) &&
            !noted(walk->txn, record_key(chain, &named, key)) &&
            !(drafted && noted(walk->txn, pair_key(&pair, key))))
            continue;
        add_record(walk, &named);
        if (drafted)
            add_pair(walk, &pair);
    }
}

void lt_erasure_arrived(struct lt_txn *txn, const struct lt_book *book,
                        const struct lt_update *update, const Lienthong__ReportBody *body,
                        const struct lt_chain *own, uint64_t *ret_updates)
{
    struct lt_log_chain row;
    *ret_updates = 0;
    if (lt_book_redaction_count(book) == 0 && lt_entries(txn, LT_T_REDACTED) == 0)
        return;
    lt_erasure_apply(txn, book, own, ret_updates); /* of a record that has waited for its update */
    struct walk *walk = walk_new(txn, book, &update->frame.chain.unit);
    if (walk == NULL)
        return;
    if (lt_log_get_chain(txn, &update->frame.chain, &row))
        seed(walk, update, body, row.number);
    if (walk->record_count > 0) {
        add_chain(walk, &update->frame.chain);
        walk_all(walk);
    }
    *ret_updates += walk->updates;
    walk_free(walk);
}

bool lt_erasure_is_noted(struct lt_txn *txn, const struct lt_chain *chain,
                         const struct lt_record_id *record)
{
    struct lt_log_chain row;
    uint8_t key[KEY_BYTES_MAX];
    return lt_log_get_chain(txn, chain, &row) && noted(txn, record_key(row.number, record, key));
}

bool lt_erasure_of_change(struct lt_txn *txn, const struct lt_update *update,
                          const Lienthong__ReportBody *body, uint32_t index)
{
    const struct lt_record_id named = named_by(update, body, index);
    return lt_erasure_is_noted(txn, &update->frame.chain, &named);
}

enum lt_result lt_erasure_look(struct lt_txn *txn, const struct lt_book *book,
                               const struct lt_unit *hub, const struct lt_record_id *record,
                               uint64_t *ret_updates)
{
    struct lt_chain chain;
    if (!chain_of(txn, &record->update, &chain))
        return lt_txn_error(txn) != LT_OK ? lt_txn_error(txn) : LT_NOT_FOUND;
    struct walk *walk = walk_new(txn, book, hub);
    if (walk == NULL)
        return LT_NO_MEMORY;
    walk->dry = true;
    add_chains(walk, &chain);
    add_record(walk, record);
    walk_all(walk);
    if (lt_txn_error(txn) == LT_OK)
        *ret_updates = walk->updates;
    walk_free(walk);
    return lt_txn_error(txn);
}
