#include "hub/late.h"

#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/cut.h"
#include "hub/ledger_own.h"
#include "hub/reader.h"
#include "hub/store.h"

enum { SLICE = 256 };

struct looking {
    const struct lt_book *book;
    const struct lt_period_question *question;
    const struct lt_chain_cut *cut;
    size_t cut_count;
    struct lt_store_txn *txn;
    struct lt_reader *reader;
    lt_late_seen *seen;
    void *context;
    bool stopped;
};

const char *lt_late_name(enum lt_late_kind kind)
{
    static const char *const names[] = {"new", "changed", "retracted", "withdrawn"};
    return names[kind];
}

const char *lt_late_words(enum lt_late_kind kind)
{
    switch (kind) {
    case LT_LATE_NEW:
        return lt_text("mới", "new");
    case LT_LATE_CHANGED:
        return lt_text("sửa", "changed");
    case LT_LATE_RETRACTED:
        return lt_text("rút lại", "retracted");
    case LT_LATE_WITHDRAWN:
        return lt_text("không còn báo cáo", "withdrawn");
    }
    return "";
}

/* Of a year by achievement, of a part of one by decision; without a period whatever is known. */
static bool of_period(const struct lt_period_question *question, const struct lt_fact *fact)
{
    const struct lt_period *period = &question->period;
    if (fact->kind == 0 || (question->kind != 0 && fact->kind != question->kind))
        return false;
    if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_NONE)
        return true;
    if (period->kind < LIENTHONG__PERIOD_KIND__PERIOD_MONTH) {
        const bool span = period->kind == LIENTHONG__PERIOD_KIND__PERIOD_SPAN;
        return fact->year == period->to && fact->span_from == (span ? period->from : 0);
    }
    const int months = period->kind == LIENTHONG__PERIOD_KIND__PERIOD_MONTH     ? 1
                       : period->kind == LIENTHONG__PERIOD_KIND__PERIOD_QUARTER ? 3
                                                                                : 6;
    return fact->decided_year == period->to && fact->month > (period->from - 1) * months &&
           fact->month <= period->from * months;
}

/* What was first said of the record that a change speaks of. */
static struct lt_fact fact_before(struct looking *looking, const struct lt_place *author,
                                  const struct lt_decoded *decoded,
                                  const Lienthong__RecordId *record)
{
    struct lt_fact fact = {0};
    const struct lt_decoded *first = decoded;
    if (record->update.len == sizeof(struct lt_hash)) {
        uint64_t position, seq;
        struct lt_hash id;
        memcpy(&id, record->update.data, sizeof id);
        if (!lt_log_find(lt_store_log(looking->txn), &id, &position, &seq))
            return fact;
        first = lt_reader_at(looking->reader, looking->txn, position);
        if (first == NULL || first->body == NULL)
            return fact;
        const struct lt_place *other =
            lt_book_place(looking->book, &first->update.frame.chain.unit);
        author = other == NULL ? author : other;
    }
    if (record->index >= first->body->n_changes ||
        lt_judge(looking->book, author, first->body, record->index, &fact) != LT_COUNTS)
        fact = (struct lt_fact){0};
    return fact;
}

static void look_at_change(struct looking *looking, const struct lt_place *author,
                           const struct lt_decoded *decoded, uint64_t position, uint32_t index)
{
    const Lienthong__Change *change = decoded->body->changes[index];
    struct lt_late late = {.author = author,
                           .update = decoded->update.id,
                           .index = index,
                           .signed_at = decoded->body->signed_at};
    late.verdict = lt_judge(looking->book, author, decoded->body, index, &late.fact);
    if (late.verdict != LT_COUNTS)
        late.fact = (struct lt_fact){0};
    else
        late.verdict = lt_store_verdict(looking->txn, &(struct lt_at){position, index});
    if (change->record != NULL)
        late.before = fact_before(looking, author, decoded, change->record);
    if (!of_period(looking->question, &late.fact) && !of_period(looking->question, &late.before))
        return;
    late.kind = change->op == LIENTHONG__OP__OP_RETRACT    ? LT_LATE_RETRACTED
                : change->op == LIENTHONG__OP__OP_WITHDRAW ? LT_LATE_WITHDRAWN
                : change->record != NULL                   ? LT_LATE_CHANGED
                                                           : LT_LATE_NEW;
    if (late.fact.kind == 0)
        late.fact = late.before;
    looking->stopped = !looking->seen(looking->context, &late);
}

static void look_at_update(struct looking *looking, const struct lt_place *author,
                           uint64_t position)
{
    const struct lt_decoded *decoded = lt_reader_at(looking->reader, looking->txn, position);
    if (decoded == NULL || decoded->body == NULL)
        return;
    const uint32_t count = (uint32_t)decoded->body->n_changes;
    for (uint32_t i = 0; i < count && !looking->stopped; i++) {
        decoded = lt_reader_at(looking->reader, looking->txn, position);
        if (decoded == NULL)
            return;
        look_at_change(looking, author, decoded, position, i);
    }
}

static enum lt_result look_at_chain(struct looking *looking, const struct lt_place *author)
{
    struct lt_txn *log = lt_store_log(looking->txn);
    const struct lt_chain chain = {LT_STREAM_REPORT, author->unit};
    const size_t all = (size_t)lt_log_count(log, &chain);
    uint64_t *positions = all == 0 ? NULL : malloc(all * sizeof *positions);
    if (all == 0)
        return LT_OK;
    if (positions == NULL)
        return LT_NO_MEMORY;
    const size_t count =
        lt_cut_outside(log, looking->cut, looking->cut_count, &author->unit, positions, all);
    for (size_t i = 0; i < count && !looking->stopped; i++)
        look_at_update(looking, author, positions[i]);
    free(positions);
    return LT_OK;
}

static enum lt_result look_at_all(struct looking *looking)
{
    struct lt_chain chain;
    enum lt_result result = LT_OK;
    struct lt_txn *log = lt_store_log(looking->txn);
    for (bool more = lt_log_next_chain(log, NULL, &chain);
         more && result == LT_OK && !looking->stopped;
         more = lt_log_next_chain(log, &chain, &chain)) {
        const struct lt_place *author =
            chain.stream == LT_STREAM_REPORT ? lt_book_place(looking->book, &chain.unit) : NULL;
        if (author != NULL &&
            lt_book_within(looking->book, &chain.unit, &looking->question->place->unit))
            result = look_at_chain(looking, author);
    }
    return result == LT_OK ? lt_store_error(looking->txn) : result;
}

/* Under the book's lock. */
static enum lt_result look(struct lt_ledger *ledger, struct looking *looking)
{
    looking->book = ledger->book;
    looking->txn = lt_store_begin(ledger->store, false);
    looking->reader = lt_reader_new();
    const enum lt_result result =
        looking->txn == NULL || looking->reader == NULL ? LT_NO_MEMORY : look_at_all(looking);
    lt_store_abort(looking->txn);
    lt_reader_free(looking->reader);
    return result;
}

enum lt_result lt_late(struct lt_ledger *ledger, const struct lt_period_question *question,
                       lt_late_seen *seen, void *context, const struct lt_closing **ret_closing)
{
    struct looking looking = {.question = question, .seen = seen, .context = context};
    enum lt_result result = LT_NOT_FOUND;
    pthread_rwlock_rdlock(&ledger->book_lock);
    const struct lt_closing *closing =
        lt_book_closing(ledger->book, question->place, &question->period, question->kind);
    *ret_closing = closing;
    if (closing != NULL) {
        looking.cut = closing->cut;
        looking.cut_count = closing->cut_count;
        result = look(ledger, &looking);
    }
    pthread_rwlock_unlock(&ledger->book_lock);
    return result;
}

enum lt_result lt_late_outside(struct lt_ledger *ledger, const struct lt_place *place,
                               const struct lt_chain_cut *cut, size_t cut_count, lt_late_seen *seen,
                               void *context)
{
    const struct lt_period_question question = {.place = place};
    struct looking looking = {.question = &question,
                              .cut = cut,
                              .cut_count = cut_count,
                              .seen = seen,
                              .context = context};
    pthread_rwlock_rdlock(&ledger->book_lock);
    const enum lt_result result = look(ledger, &looking);
    pthread_rwlock_unlock(&ledger->book_lock);
    return result;
}
