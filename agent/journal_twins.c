/* journal_twins - one row that two machines of a unit put at the same moment. */
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/journal_store.h"
#include "agent/text.h"

struct twins {
    struct lt_journal *journal;
    struct lt_txn *txn;
    const struct lt_key *own;
    struct lt_row_ref *refs;
    size_t count, capacity;
};

/* The last version of a record that nobody took back; false: somebody did, and whoever restored it knew why. */
static bool never_retracted(struct lt_txn *txn, uint64_t record, struct version_row *ret_version)
{
    struct version_row *versions = NULL;
    size_t count = lt_row_versions(txn, record, &versions);
    bool puts = count > 0;
    for (size_t i = 0; i < count; i++) {
        puts = puts && versions[i].op == LIENTHONG__OP__OP_PUT;
    }
    if (puts) {
        *ret_version = versions[count - 1];
    }
    free(versions);
    return puts;
}

static bool is_live(struct lt_txn *txn, uint64_t record)
{
    struct version_row *versions = NULL;
    size_t count = lt_row_versions(txn, record, &versions);
    bool live = count > 0 && versions[count - 1].op == LIENTHONG__OP__OP_PUT;
    free(versions);
    return live;
}

/* Was another live record of this natural key put before ours in the order of stamps, by a branch that ours
 * did not know? */
static bool has_elder(struct twins *twins, uint64_t record, const struct record_row *row,
                      const struct lt_natural *natural)
{
    uint64_t *numbers = NULL;
    bool found = false;
    size_t count = lt_row_naturals(twins->txn, natural->exact, false, &numbers);
    for (size_t i = 0; i < count && !found; i++) {
        struct record_row other;
        found = numbers[i] != record && (numbers[i] & DRAFT_BIT) == 0 &&
                lt_row_get_record(twins->txn, numbers[i], &other) &&
                lt_stamp_cmp(&other.put, &row->put) < 0 &&
                lt_hash_cmp(&other.put.update, &row->put.update) != 0 &&
                !lt_log_is_ancestor(twins->txn, &other.put.update, &row->put.update) &&
                is_live(twins->txn, numbers[i]);
    }
    free(numbers);
    return found;
}

/* Is it ours to take back? The machine's that put it; when its key is no longer valid, any machine's: that one may
 * be gone, or go by another key, and two that take back the same say the same. */
static bool is_ours(struct twins *twins, const struct record_row *row)
{
    const struct lt_chain chain = lt_journal_chain(twins->journal);
    uint64_t position, seq;
    if (!lt_log_find(twins->txn, &row->put.update, &position, &seq)) {
        return false;
    }
    const struct body *body = lt_bodies_load(twins->journal, twins->txn, position);
    if (body == NULL || memcmp(&body->key, twins->own, sizeof(*twins->own)) == 0) {
        return body != NULL;
    }
    const struct lt_key key = body->key;
    const struct lt_book *book = lt_journal_book_in(twins->journal, twins->txn);
    return book != NULL && lt_book_key(book, &chain, &key) != LT_OK;
}

static void look_at(struct twins *twins, uint64_t record)
{
    static const struct lt_natural none;
    struct record_row row;
    struct version_row version;
    struct draft_row draft;
    if (!lt_row_get_record(twins->txn, record, &row) || lt_row_is_others(&row) ||
        !never_retracted(twins->txn, record, &version) ||
        memcmp(version.natural.exact, none.exact, sizeof(none.exact)) == 0 ||
        (lt_row_last_of_group(twins->txn, &row.ref, &draft) &&
         draft.op != LIENTHONG__OP__OP_PUT) || /* it is being taken back */
        !has_elder(twins, record, &row, &version.natural) ||
        !is_ours(twins, &row)) {
        return;
    }
    if (twins->count == twins->capacity) {
        size_t capacity = twins->capacity == 0 ? 64 : twins->capacity * 2;
        struct lt_row_ref *refs = realloc(twins->refs, capacity * sizeof(*refs));
        if (refs == NULL) {
            lt_txn_fail(twins->txn, LT_NO_MEMORY);
            return;
        }
        twins->refs = refs;
        twins->capacity = capacity;
    }
    twins->refs[twins->count++] = row.ref;
}

static enum lt_result find_twins(struct twins *twins)
{
    uint64_t record = 0;
    twins->txn = lt_txn_begin(twins->journal->env, false);
    if (twins->txn == NULL) {
        return LT_NO_MEMORY;
    }
    while (lt_row_next_record(twins->txn, record, &record)) {
        look_at(twins, record);
    }
    return lt_txn_commit(twins->txn);
}

enum lt_result lt_journal_take_back_twins(struct lt_journal *journal, const struct lt_key *own,
                                          int64_t now, size_t *ret_count)
{
    uint64_t import = 0;
    const char *reason =
        lt_text("nhập cùng lúc trên hai máy", "entered on two machines at the same moment");
    struct twins twins = {.journal = journal, .own = own};
    struct lt_draft *drafts = NULL;
    lt_random(&import, sizeof(import));
    enum lt_result result = find_twins(&twins);
    if (result == LT_OK && twins.count > 0) {
        drafts = calloc(twins.count, sizeof(*drafts));
        result = drafts == NULL ? LT_NO_MEMORY : LT_OK;
    }
    for (size_t i = 0; result == LT_OK && i < twins.count; i++) {
        drafts[i] = (struct lt_draft){.ref = {import, (uint32_t)i + 1},
                                      .op = LIENTHONG__OP__OP_RETRACT,
                                      .corrects = true,
                                      .record = twins.refs[i],
                                      .reason = reason,
                                      .drafted_at = now};
    }
    if (result == LT_OK && twins.count > 0) {
        struct lt_import note = {
            .id = import, .file = "", .at = now, .rows = (uint32_t)twins.count};
        note.accepted = note.rows;
        lt_hash_of(&import, sizeof(import), &note.content);
        result = lt_journal_import(journal, &note, drafts, twins.count);
    }
    if (result == LT_OK) {
        *ret_count = twins.count;
    }
    free(drafts);
    free(twins.refs);
    return result;
}
