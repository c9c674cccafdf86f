#include <stdlib.h>
#include <string.h>

#include "agent/erasure.h"
#include "agent/journal_store.h"

/* Records are read in slices: a few views are made in a short transaction, then shown without one. */
enum {
    SLICE_MAX = 64,
    SLICE_ARENA_BYTES = 32 * 1024 * 1024,
};

/* What a receipt does not cover. */
struct gap {
    bool top;
    uint64_t *positions; /* ascending */
    size_t count;
};

struct listing {
    struct lt_journal *journal;
    struct lt_txn *txn;
    struct lt_arena *arena; /* drafts and persons of the slice */
    const struct lt_book *book;
    const struct lt_place *author; /* NULL: nothing to judge by */
    struct gap gaps[LT_HELLO_RECEIPTS_MAX];
    size_t gap_count;
    struct lt_record_view views[SLICE_MAX];
    size_t count;
    struct body *pinned[BODIES_PINNED_MAX];
    size_t pinned_count;
    const uint8_t *key; /* only what goes by this natural key; NULL: all */
    bool alike;
};

/* A record, or drafts that will put one. */
struct subject {
    struct lt_row_ref group;
    uint64_t record; /* 0: drafts only */
};

/* ---- How far a version has come ---- */

static int cmp_position(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static enum lt_result load_gaps(struct listing *listing)
{
    struct lt_held_receipt *held = calloc(LT_HELLO_RECEIPTS_MAX, sizeof(*held));
    if (held == NULL)
        return LT_NO_MEMORY;
    size_t count = lt_receipts_held(listing->journal, listing->txn, held, LT_HELLO_RECEIPTS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct gap *gap = &listing->gaps[listing->gap_count];
        gap->top = held[i].statement.top &&
                   lt_unit_cmp(&held[i].statement.hub, &listing->journal->site.top) == 0;
        if (!lt_receipt_lacking(listing->journal, listing->txn, &held[i].statement, &gap->positions,
                                &gap->count))
            break;
        listing->gap_count++;
    }
    free(held);
    return lt_txn_error(listing->txn);
}

static enum lt_record_state state_of(const struct listing *listing, uint64_t position)
{
    enum lt_record_state state = LT_RECORD_SIGNED;
    for (size_t i = 0; i < listing->gap_count; i++) {
        const struct gap *gap = &listing->gaps[i];
        if (bsearch(&position, gap->positions, gap->count, sizeof(position), cmp_position) != NULL)
            continue;
        if (gap->top)
            return LT_RECORD_COUNTED;
        state = LT_RECORD_AT_PARENT;
    }
    return state;
}

/* ---- Bodies ---- */

static struct body *pin(struct listing *listing, uint64_t position)
{
    struct body *body = lt_bodies_load(listing->journal, listing->txn, position);
    for (size_t i = 0; body != NULL && i < listing->pinned_count; i++)
        if (listing->pinned[i] == body)
            return body;
    if (body != NULL) {
        body->pins++;
        listing->pinned[listing->pinned_count++] = body;
    }
    return body;
}

static bool slice_is_full(const struct listing *listing)
{
    return listing->count == SLICE_MAX || listing->pinned_count + 2 > BODIES_PINNED_MAX;
}

/* Only named lines of three kinds have persons; a correction that was told after the erasure has no row of its
 * own. */
static bool is_erased(struct listing *listing, const struct history *history,
                      const struct body *body, uint32_t index)
{
    const Lienthong__Change *change = body->report->changes[index];
    const struct lt_chain chain = lt_journal_chain(listing->journal);
    const struct lt_record_id id = {history->row.put.update, history->row.put.index};
    const uint64_t quantity = change->award != NULL      ? change->award->quantity
                              : change->proposal != NULL ? change->proposal->quantity
                              : change->exemplar != NULL ? change->exemplar->quantity
                                                         : 1;
    return quantity == 0 && (lt_personal_erased(body->personal, body->report, index) ||
                             lt_erasure_is_noted(listing->txn, &chain, &id));
}

static void show_other(struct listing *listing, const struct history *history,
                       struct lt_record_view *view)
{
    const struct version_row *other = &history->versions[history->other];
    view->other_retracted = other->op != LIENTHONG__OP__OP_PUT;
    const struct body *body = view->other_retracted ? NULL : pin(listing, other->position);
    if (body == NULL)
        return;
    view->other_body = body->report;
    view->other_index = other->stamp.index;
    if (body->personal != NULL)
        view->other_person = lt_personal_find(body->personal, view->other_index, listing->arena);
    view->other_hidden = lt_personal_hidden(body->personal, view->other_index);
    view->other_erased = view->other_person == NULL && !view->other_hidden &&
                         is_erased(listing, history, body, view->other_index);
}

static void show_version(struct listing *listing, const struct history *history,
                         struct lt_record_view *view)
{
    const struct version_row *content = &history->versions[history->content];
    const struct version_row *current = &history->versions[history->current];
    const struct body *body = history->has_content ? pin(listing, content->position) : NULL;
    if (body != NULL) {
        view->body = body->report;
        view->index = content->stamp.index;
        view->natural = content->natural;
        if (body->personal != NULL)
            view->person = lt_personal_find(body->personal, view->index, listing->arena);
        view->hidden = lt_personal_hidden(body->personal, view->index);
        view->erased =
            view->person == NULL && !view->hidden && is_erased(listing, history, body, view->index);
    }
    if (history->has_other)
        show_other(listing, history, view);
    body = current->position == content->position
               ? body
               : lt_bodies_load(listing->journal, listing->txn, current->position);
    view->said_at = body != NULL ? body->report->signed_at : 0;
    view->state = state_of(listing, current->position);
    view->import = current->told_ref ? current->ref.import : 0;
    view->retracted = current->op != LIENTHONG__OP__OP_PUT;
    view->contested = history->contested;
    view->verdict = history->verdicts[history->current];
    view->quarantined = !history->counts;
}

static void show_draft_body(struct listing *listing, const struct draft_row *draft,
                            struct lt_record_view *view)
{
    ProtobufCAllocator *allocator = lt_arena_allocator(listing->arena);
    struct lt_fact fact;
    view->body = lienthong__report_body__unpack(allocator, draft->body.size, draft->body.data);
    view->index = 0;
    view->person = NULL;
    view->natural = draft->natural;
    if (draft->person.size > 0)
        view->person = lienthong__person__unpack(allocator, draft->person.size, draft->person.data);
    if (view->body == NULL || (draft->person.size > 0 && view->person == NULL)) {
        lt_txn_fail(listing->txn, LT_NO_MEMORY);
        return;
    }
    view->verdict = LT_COUNTS;
    if (draft->others)
        view->verdict = lt_journal_judge_others(listing->journal, listing->txn, view->body, 0);
    else if (listing->author != NULL)
        view->verdict = lt_judge(listing->book, listing->author, view->body, 0, &fact);
    view->quarantined = view->verdict != LT_COUNTS;
}

/* What the pending drafts make of it. */
static void show_drafts(struct listing *listing, const struct lt_row_ref *group,
                        const struct draft_row *last, struct lt_record_view *view)
{
    struct draft_row draft;
    uint64_t number = 0, put = 0;
    view->others = last->others;
    view->state = LT_RECORD_DRAFT;
    view->retracted = last->op != LIENTHONG__OP__OP_PUT;
    view->import = last->ref.import;
    view->said_at = last->drafted_at;
    if (!view->retracted) {
        show_draft_body(listing, last, view);
        return;
    }
    while (lt_row_next_of_group(listing->txn, group, number, &number))
        if (lt_row_get_draft(listing->txn, number, &draft) && draft.op == LIENTHONG__OP__OP_PUT)
            put = number;
    if (put != 0 && lt_row_get_draft(listing->txn, put, &draft))
        show_draft_body(listing, &draft, view);
}

static enum lt_result add_view(struct listing *listing, const struct subject *subject)
{
    struct lt_record_view *view = &listing->views[listing->count];
    struct history history;
    struct draft_row last;
    enum lt_result result = LT_NOT_FOUND;
    *view = (struct lt_record_view){.ref = subject->group};
    if (subject->record != 0)
        result = lt_history_load(listing->journal, listing->txn, subject->record, true, &history);
    if (result == LT_OK) {
        view->others = lt_row_is_others(&history.row);
        show_version(listing, &history, view);
        lt_history_free(&history);
    } else if (result != LT_NOT_FOUND) {
        return result;
    }
    if (lt_row_last_of_group(listing->txn, &subject->group, &last)) {
        show_drafts(listing, &subject->group, &last, view);
        result = LT_OK;
    }
    const uint8_t *key = listing->alike ? view->natural.alike : view->natural.exact;
    if (result == LT_OK && (view->body != NULL || view->others) &&
        (listing->key == NULL || memcmp(key, listing->key, 16) == 0))
        listing->count++;
    return lt_txn_error(listing->txn);
}

/* ---- Listings ---- */

static enum lt_result begin(struct listing *listing)
{
    listing->txn = lt_txn_begin(listing->journal->env, false);
    if (listing->txn == NULL)
        return LT_NO_MEMORY;
    listing->book = lt_journal_book_in(listing->journal, listing->txn);
    listing->author = NULL;
    if (listing->book != NULL)
        listing->author = lt_book_place(listing->book, &listing->journal->site.unit);
    return lt_txn_error(listing->txn);
}

/* Ends the transaction and shows the slice. *ret_more: false when the caller has seen enough. */
static enum lt_result end(struct listing *listing, enum lt_result result, lt_record_seen *seen,
                          void *context, bool *ret_more)
{
    if (listing->txn != NULL) {
        enum lt_result error = lt_txn_commit(listing->txn);
        result = result == LT_OK ? error : result;
    }
    listing->txn = NULL;
    for (size_t i = 0; result == LT_OK && *ret_more && i < listing->count; i++)
        *ret_more = seen(context, &listing->views[i]);
    for (size_t i = 0; i < listing->pinned_count; i++)
        listing->pinned[i]->pins--;
    listing->pinned_count = 0;
    listing->count = 0;
    lt_arena_reset(listing->arena);
    return result;
}

static struct listing *listing_new(struct lt_journal *journal)
{
    struct listing *listing = calloc(1, sizeof(*listing));
    if (listing == NULL)
        return NULL;
    listing->journal = journal;
    listing->arena = lt_arena_new(SLICE_ARENA_BYTES);
    if (listing->arena == NULL) {
        free(listing);
        return NULL;
    }
    return listing;
}

static void listing_free(struct listing *listing)
{
    for (size_t i = 0; i < listing->gap_count; i++)
        free(listing->gaps[i].positions);
    lt_arena_free(listing->arena);
    free(listing);
}

/* Shows subjects that were named. */
static enum lt_result show_named(struct listing *listing, const struct subject *subjects,
                                 size_t count, lt_record_seen *seen, void *context)
{
    bool more = true;
    size_t at = 0;
    enum lt_result result = LT_OK;
    while (result == LT_OK && more && at < count) {
        result = begin(listing);
        if (result == LT_OK && listing->gap_count == 0)
            result = load_gaps(listing);
        for (; result == LT_OK && at < count && !slice_is_full(listing); at++)
            result = add_view(listing, &subjects[at]);
        result = end(listing, result, seen, context, &more);
    }
    return result;
}

struct place {
    uint64_t record, draft; /* the last ones shown */
    bool done;
};

/* Signed records in the order of being put, then those that are drafts only. */
static bool next_subject(struct lt_txn *txn, struct place *place, struct subject *ret_subject)
{
    struct record_row record;
    struct draft_row draft;
    struct ref_row ref;
    uint64_t first;
    if (lt_row_next_record(txn, place->record, &place->record) &&
        lt_row_get_record(txn, place->record, &record)) {
        *ret_subject = (struct subject){record.ref, place->record};
        return true;
    }
    while (lt_row_next_draft(txn, place->draft, &draft)) {
        struct lt_row_ref group = draft.group;
        place->draft = draft.number;
        if (lt_row_get_ref(txn, &group, &ref) || !lt_row_next_of_group(txn, &group, 0, &first) ||
            first != place->draft)
            continue;
        *ret_subject = (struct subject){group, 0};
        return true;
    }
    place->done = true;
    return false;
}

enum lt_result lt_journal_records(struct lt_journal *journal, lt_record_seen *seen, void *context)
{
    struct listing *listing = listing_new(journal);
    struct place place = {.record = 0};
    struct subject subject;
    bool more = true, first = true;
    enum lt_result result = listing != NULL ? LT_OK : LT_NO_MEMORY;
    while (result == LT_OK && more && !place.done) {
        result = begin(listing);
        if (result == LT_OK && first)
            result = load_gaps(listing);
        first = false;
        for (size_t read = 0; result == LT_OK && read < SLICE_MAX && !slice_is_full(listing) &&
                              next_subject(listing->txn, &place, &subject);
             read++)
            result = add_view(listing, &subject);
        result = end(listing, result, seen, context, &more);
    }
    if (listing != NULL)
        listing_free(listing);
    return result;
}

enum lt_result lt_journal_record(struct lt_journal *journal, const struct lt_row_ref *ref,
                                 lt_record_seen *seen, void *context)
{
    struct subject subject;
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    bool found = lt_row_canonical(txn, ref, &subject.group, &subject.record);
    enum lt_result result = lt_txn_commit(txn);
    if (result != LT_OK || !found)
        return result != LT_OK ? result : LT_NOT_FOUND;
    struct listing *listing = listing_new(journal);
    if (listing == NULL)
        return LT_NO_MEMORY;
    result = show_named(listing, &subject, 1, seen, context);
    listing_free(listing);
    return result;
}

enum lt_result lt_journal_find(struct lt_journal *journal, const struct lt_record_id *id,
                               struct lt_row_ref *ref, bool *ret_others)
{
    struct subject subject = {.record = 0};
    struct record_row record;
    struct draft_row draft;
    struct lt_row_ref made = id != NULL ? lt_row_made_ref(id) : *ref;
    bool others = id != NULL;
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    if (id == NULL || !lt_row_get_rid(txn, id, &subject.record))
        (void)lt_row_canonical(txn, &made, &subject.group, &subject.record);
    if (subject.record != 0 && lt_row_get_record(txn, subject.record, &record)) {
        others = lt_row_is_others(&record);
        made = id != NULL ? record.ref : made;
    } else if (id == NULL && lt_row_last_of_group(txn, &subject.group, &draft)) {
        others = draft.others;
    }
    enum lt_result result = lt_txn_commit(txn);
    if (result == LT_OK) {
        *ref = made;
        *ret_others = others;
    }
    return result;
}

/* ---- By natural key ---- */

static bool subject_of(struct lt_txn *txn, uint64_t number, struct subject *ret_subject)
{
    struct record_row record;
    struct draft_row draft;
    struct ref_row ref;
    if ((number & DRAFT_BIT) == 0) {
        if (!lt_row_get_record(txn, number, &record))
            return false;
        *ret_subject = (struct subject){record.ref, number};
        return true;
    }
    if (!lt_row_get_draft(txn, number & ~DRAFT_BIT, &draft))
        return false;
    struct lt_row_ref group = draft.group;
    *ret_subject = (struct subject){group, lt_row_get_ref(txn, &group, &ref) ? ref.record : 0};
    return true;
}

static int cmp_subject(const void *a, const void *b)
{
    const struct subject *x = a, *y = b;
    if (x->record != y->record)
        return x->record == 0 || (y->record != 0 && x->record > y->record) ? 1 : -1;
    if (x->group.import != y->group.import)
        return x->group.import < y->group.import ? -1 : 1;
    return (x->group.row > y->group.row) - (x->group.row < y->group.row);
}

/* What may go by the key, each once; malloc'ed. */
static enum lt_result find_natural(struct lt_journal *journal, const uint8_t key[16], bool alike,
                                   struct subject **ret_subjects, size_t *ret_count)
{
    uint64_t *numbers = NULL;
    struct subject *subjects = NULL;
    size_t found = 0, distinct = 0;
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    size_t count = lt_row_naturals(txn, key, alike, &numbers);
    if (count > 0)
        subjects = calloc(count, sizeof(*subjects));
    if (count > 0 && subjects == NULL)
        lt_txn_fail(txn, LT_NO_MEMORY);
    for (size_t i = 0; subjects != NULL && i < count; i++)
        found += subject_of(txn, numbers[i], &subjects[found]);
    free(numbers);
    enum lt_result result = lt_txn_commit(txn);
    if (result != LT_OK) {
        free(subjects);
        return result;
    }
    if (found > 0)
        qsort(subjects, found, sizeof(*subjects), cmp_subject);
    for (size_t i = 0; i < found; i++)
        if (i == 0 || cmp_subject(&subjects[distinct - 1], &subjects[i]) != 0)
            subjects[distinct++] = subjects[i];
    *ret_subjects = subjects;
    *ret_count = distinct;
    return LT_OK;
}

enum lt_result lt_journal_natural(struct lt_journal *journal, const uint8_t key[16], bool alike,
                                  lt_record_seen *seen, void *context)
{
    struct subject *subjects = NULL;
    size_t count = 0;
    enum lt_result result = find_natural(journal, key, alike, &subjects, &count);
    if (result != LT_OK || count == 0) {
        free(subjects);
        return result;
    }
    struct listing *listing = listing_new(journal);
    result = LT_NO_MEMORY;
    if (listing != NULL) {
        listing->key = key;
        listing->alike = alike;
        result = show_named(listing, subjects, count, seen, context);
        listing_free(listing);
    }
    free(subjects);
    return result;
}
