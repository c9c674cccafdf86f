#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"

struct ancestry {
    struct lt_txn *txn;
};

static bool is_ancestor(void *context, const struct lt_hash *older, const struct lt_hash *newer)
{
    struct ancestry *ancestry = context;
    return lt_log_is_ancestor(ancestry->txn, older, newer);
}

/* ---- Verdicts ---- */

/* Was the key revoked, and does the update lie outside the cut? */
static bool cut_off(struct lt_journal *journal, struct lt_txn *txn, const struct lt_book *book,
                    const struct body *body)
{
    struct lt_chain chain = lt_journal_chain(journal);
    const struct lt_revocation *revocation = lt_book_revocation(book, &chain, &body->key);
    bool within = revocation == NULL;
    for (size_t i = 0; !within && i < revocation->cut_count; i++)
        within = lt_hash_cmp(&revocation->cut[i], &body->id) == 0 ||
                 lt_log_is_ancestor(txn, &body->id, &revocation->cut[i]);
    return !within && !lt_book_endorsed(book, revocation, &body->id);
}

static enum lt_verdict judge_version(struct lt_journal *journal, struct lt_txn *txn,
                                     const struct history *history,
                                     const struct version_row *version)
{
    struct lt_fact fact;
    struct lt_book *book = lt_journal_book_in(journal, txn);
    const struct lt_place *author = book != NULL ? lt_book_place(book, &journal->site.unit) : NULL;
    bool others = lt_row_is_others(&history->row);
    if (version->kind != 0 && history->row.kind != 0 && version->kind != history->row.kind)
        return LT_V_KIND_CHANGED;
    if (author == NULL)
        return LT_COUNTS; /* nothing to judge by, as yet */
    const struct body *body = lt_bodies_load(journal, txn, version->position);
    if (body == NULL)
        return LT_COUNTS; /* the transaction has failed */
    if (cut_off(journal, txn, book, body))
        return LT_V_REVOKED;
    if (others)
        return lt_journal_judge_others(journal, txn, body->report, version->stamp.index);
    return lt_judge(book, author, body->report, version->stamp.index, &fact);
}

/* ---- What stands ---- */

/* Rule 5: its draft counts in another record, or earlier in this one. */
static bool spare(struct lt_txn *txn, const struct history *history, size_t at)
{
    const struct version_row *version = &history->versions[at];
    struct ref_row ref;
    if (lt_row_get_ref(txn, &version->ref, &ref) && ref.record != history->record)
        return true;
    for (size_t i = 0; i < at; i++)
        if (history->verdicts[i] == LT_COUNTS &&
            lt_row_ref_equal(&history->versions[i].ref, &version->ref))
            return true;
    return false;
}

static void find_content(struct history *history)
{
    for (size_t i = history->current + 1; i-- > 0;) {
        if (history->ignored[i] || history->versions[i].op != LIENTHONG__OP__OP_PUT)
            continue;
        history->content = i;
        history->has_content = true;
        return;
    }
}

enum pass { OTHER_BRANCH, OTHER_MACHINE, ANY_OTHER, PASSES };

static bool is_other(struct lt_journal *journal, struct lt_txn *txn, const struct version_row *won,
                     const struct version_row *version, enum pass pass)
{
    if (pass == ANY_OTHER)
        return true;
    if (pass == OTHER_BRANCH)
        return lt_hash_cmp(&version->stamp.update, &won->stamp.update) != 0 &&
               !lt_log_is_ancestor(txn, &version->stamp.update, &won->stamp.update);
    const struct body *body = lt_bodies_load(journal, txn, won->position);
    const struct lt_key key = body != NULL ? body->key : (struct lt_key){{0}};
    body = body != NULL ? lt_bodies_load(journal, txn, version->position) : NULL;
    return body != NULL && memcmp(&body->key, &key, sizeof(key)) != 0;
}

/* The version to show beside a contested one: of another branch, else one replaced unseen, which is another
 * machine's if there is any. */
static void find_other(struct history *history, struct lt_journal *journal, struct lt_txn *txn,
                       size_t winner)
{
    const struct version_row *won = &history->versions[winner];
    for (enum pass pass = OTHER_BRANCH; pass < PASSES && !history->has_other; pass++) {
        for (size_t i = winner; i-- > 0 && !history->has_other;) {
            const struct version_row *version = &history->versions[i];
            if (history->ignored[i] || history->verdicts[i] != LT_COUNTS ||
                version->value == won->value || !is_other(journal, txn, won, version, pass))
                continue;
            history->has_other = true;
            history->other = i;
        }
    }
}

static enum lt_result weigh(struct history *history, struct lt_journal *journal, struct lt_txn *txn)
{
    struct ancestry ancestry = {txn};
    struct lt_version *versions = calloc(history->count + 1, sizeof(*versions));
    size_t *places = calloc(history->count + 1, sizeof(*places));
    size_t count = 0, last = history->count;
    enum lt_result result = versions != NULL && places != NULL ? LT_OK : LT_NO_MEMORY;
    for (size_t i = 0; result == LT_OK && i < history->count; i++) {
        const struct version_row *row = &history->versions[i];
        if (history->ignored[i])
            continue;
        last = i;
        places[count] = i;
        versions[count] = (struct lt_version){.stamp = row->stamp,
                                              .import = row->told_ref ? row->ref.import : 0,
                                              .row = row->ref.row,
                                              .counts = history->verdicts[i] == LT_COUNTS,
                                              .unseen = row->unseen,
                                              .op = row->op,
                                              .value = row->value};
        count++;
    }
    if (result == LT_OK && last < history->count) {
        struct lt_winner winner = lt_record_winner(versions, count, is_ancestor, &ancestry);
        size_t won = winner.found ? places[winner.version] : last;
        history->counts = history->verdicts[last] == LT_COUNTS;
        history->current = history->counts ? won : last;
        history->contested = winner.found && winner.contested;
        if (history->contested)
            find_other(history, journal, txn, won);
        if (!history->counts && winner.found) {
            history->has_other = true;
            history->other = won;
        }
        find_content(history);
    } else if (result == LT_OK) {
        result = LT_NOT_FOUND; /* all its drafts count elsewhere */
    }
    free(versions);
    free(places);
    return result;
}

enum lt_result lt_history_load(struct lt_journal *journal, struct lt_txn *txn, uint64_t record,
                               bool judge, struct history *ret_history)
{
    struct history history = {.record = record};
    enum lt_result result = LT_OK;
    if (!lt_row_get_record(txn, record, &history.row)) {
        result = lt_txn_error(txn);
        return result != LT_OK ? result : LT_NOT_FOUND;
    }
    history.count = lt_row_versions(txn, record, &history.versions);
    history.verdicts = calloc(history.count + 1, sizeof(*history.verdicts));
    history.ignored = calloc(history.count + 1, sizeof(*history.ignored));
    if (history.verdicts == NULL || history.ignored == NULL)
        result = LT_NO_MEMORY;
    for (size_t i = 0; result == LT_OK && i < history.count; i++) {
        if (judge || history.count > 1)
            history.verdicts[i] = judge_version(journal, txn, &history, &history.versions[i]);
        history.ignored[i] = spare(txn, &history, i);
    }
    if (result == LT_OK)
        result = weigh(&history, journal, txn);
    if (lt_txn_error(txn) != LT_OK)
        result = lt_txn_error(txn);
    if (result != LT_OK)
        lt_history_free(&history);
    else
        *ret_history = history;
    return result;
}

void lt_history_free(struct history *history)
{
    free(history->versions);
    free(history->verdicts);
    free(history->ignored);
}

/* ---- Natural keys ---- */

/* What a pending draft, or else the record, goes by now. */
static bool goes_by(struct lt_journal *journal, struct lt_txn *txn, const struct lt_row_ref *group,
                    uint64_t record, bool with_drafts, const uint8_t exact[16], bool *ret_retracted)
{
    struct draft_row draft;
    struct history history;
    bool retracted = false, drafted = with_drafts && lt_row_last_of_group(txn, group, &draft);
    if (drafted && draft.kind != 0) {
        *ret_retracted = false;
        return memcmp(draft.natural.exact, exact, 16) == 0;
    }
    retracted = drafted; /* a pending retraction: of what the record says */
    if (record == 0)
        return false;
    if (lt_history_load(journal, txn, record, false, &history) != LT_OK)
        return false;
    bool same = history.has_content &&
                memcmp(history.versions[history.content].natural.exact, exact, 16) == 0;
    *ret_retracted = retracted || history.versions[history.current].op != LIENTHONG__OP__OP_PUT;
    lt_history_free(&history);
    return same;
}

bool lt_natural_match(struct lt_journal *journal, struct lt_txn *txn, const uint8_t exact[16],
                      bool with_drafts, struct lt_row_ref *ret_group, uint64_t *ret_record)
{
    uint64_t *numbers = NULL;
    bool found = false, live = false;
    size_t count = lt_row_naturals(txn, exact, false, &numbers);
    for (size_t i = 0; i < count && !live; i++) {
        struct lt_row_ref group;
        uint64_t record = 0;
        struct draft_row draft;
        struct record_row row;
        bool retracted;
        if ((numbers[i] & DRAFT_BIT) == 0) {
            if (!lt_row_get_record(txn, numbers[i], &row))
                continue;
            group = row.ref;
            record = numbers[i];
        } else {
            if (!with_drafts || !lt_row_get_draft(txn, numbers[i] & ~DRAFT_BIT, &draft))
                continue;
            group = draft.group;
            struct ref_row ref;
            record = lt_row_get_ref(txn, &group, &ref) ? ref.record : 0;
        }
        if (!goes_by(journal, txn, &group, record, with_drafts, exact, &retracted) ||
            (found && retracted))
            continue;
        found = true;
        live = !retracted;
        *ret_group = group;
        *ret_record = record;
    }
    free(numbers);
    return found;
}
