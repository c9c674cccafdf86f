#include "hub/completeness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "agent/today.h"
#include "hub/completeness_own.h"
#include "hub/ledger_own.h"
#include "hub/words.h"

struct completing {
    struct lt_ledger *ledger;
    const struct lt_book *book;
    const struct lt_place *place;
    const struct lt_period *period;
    uint8_t kind;
    lt_day today, first, last;
    struct declarations declarations;
    const struct lt_obligation **owed; /* of this period and kind, by precedence */
    size_t owed_count;
    struct lt_store_txn *txn;
    struct lt_completeness *sum;
};

const char *lt_owed_name(enum lt_owed owed)
{
    static const char *const names[] = {"exempt", "missing", "reported", "declared", "nil"};
    return names[owed];
}

/* ---- What is owed ---- */

static bool pick_obligations(struct completing *completing)
{
    const size_t count = lt_book_obligation_count(completing->book);
    completing->owed = calloc(count + 1, sizeof(const struct lt_obligation *));
    for (size_t i = 0; i < count && completing->owed != NULL; i++) {
        const struct lt_obligation *said = lt_book_obligation_at(completing->book, i);
        if (lt_period_cmp(&said->period, completing->period) == 0 &&
            (said->kind == 0 || said->kind == completing->kind))
            completing->owed[completing->owed_count++] = said;
    }
    return completing->owed != NULL;
}

/* The obligation that stands for a unit; NULL: it owes nothing and nobody said so. */
static const struct lt_obligation *obligation_of(const struct completing *completing,
                                                 const struct lt_place *place)
{
    for (size_t i = completing->owed_count; i-- > 0;) {
        const struct lt_obligation *said = completing->owed[i];
        if (lt_obligation_speaks_of(said, place))
            return said;
    }
    return NULL;
}

/* ---- One unit ---- */

/* When the unit last signed: the newest of its tips. Their bodies were hashed when they were stored, and the store vouches for its
 * own bytes. */
static int64_t newest_of(struct completing *completing, const struct lt_place *place)
{
    const struct lt_chain chain = {LT_STREAM_REPORT, place->unit};
    struct lt_txn *log = lt_store_log(completing->txn);
    struct lt_tips tips;
    int64_t newest = 0;
    lt_log_tips(log, &chain, &tips);
    for (size_t i = 0; i < tips.count; i++) {
        uint64_t position, seq;
        struct lt_bytes bytes;
        struct lt_update update;
        if (!lt_log_find(log, &tips.ids[i], &position, &seq))
            continue;
        if (!lt_log_at(log, position, &bytes) || lt_update_claim(bytes, &update) != LT_OK) {
            lt_store_fail(completing->txn, LT_CORRUPT);
            return 0;
        }
        const int64_t signed_at = lt_report_signed_at(&update);
        newest = signed_at > newest ? signed_at : newest;
    }
    return newest;
}

static bool in_cut(struct completing *completing, const struct lt_closing *closing,
                   const struct declared *declared)
{
    const struct lt_chain_cut *cut = lt_cut_of(closing->cut, closing->cut_count, &declared->author);
    for (size_t i = 0; cut != NULL && i < cut->count; i++)
        if (lt_hash_cmp(&cut->tips[i], &declared->update) == 0 ||
            lt_log_is_ancestor(lt_store_log(completing->txn), &declared->update, &cut->tips[i]))
            return true;
    return false;
}

static bool is_late(struct completing *completing, const struct lt_unit_state *state,
                    const struct declared *declared)
{
    const struct lt_closing *closing =
        lt_book_closing(completing->book, state->place, completing->period, completing->kind);
    if (closing != NULL)
        return !in_cut(completing, closing, declared);
    return state->due != 0 && lt_day_of(declared->signed_at) > state->due;
}

static void look_at_unit(struct completing *completing, const struct lt_place *place,
                         const struct lt_obligation *obligation, struct lt_unit_state *state)
{
    struct lt_store_txn *txn = completing->txn;
    struct lt_chain_tally tally = {0};
    const struct declared *declared = lt_declared_of(&completing->declarations, &place->unit);
    const uint32_t unit = lt_words_find_unit(txn, &place->unit);
    *state = (struct lt_unit_state){.place = place, .due = obligation->due};
    if (unit != 0)
        lt_store_chain_tally(txn, unit, &tally);
    state->quarantined = tally.quarantined;
    state->contested = tally.contested;
    state->newest = newest_of(completing, place);
    if (declared != NULL) {
        state->owed = declared->nil ? LT_OWED_NIL : LT_OWED_DECLARED;
        state->declared_at = declared->signed_at;
        state->late = is_late(completing, state, declared);
        state->mismatch = !lt_told_matches(txn, unit, completing->period, declared, state->totals);
    } else {
        state->owed = lt_told_any(txn, unit, completing->period, completing->kind)
                          ? LT_OWED_REPORTED
                          : LT_OWED_MISSING;
        state->overdue =
            completing->today != 0 && state->due != 0 && completing->today > state->due;
    }
    if (obligation->exempt && declared == NULL)
        state->owed = LT_OWED_EXEMPT;
}

static void add(struct lt_completeness *sum, const struct lt_unit_state *state)
{
    if (state->owed == LT_OWED_EXEMPT) {
        sum->exempt++;
        return;
    }
    const bool declared = state->owed == LT_OWED_DECLARED || state->owed == LT_OWED_NIL;
    sum->expected++;
    sum->missing += state->owed == LT_OWED_MISSING;
    sum->reported += state->owed == LT_OWED_REPORTED;
    sum->declared += declared;
    sum->nil += state->owed == LT_OWED_NIL;
    sum->late += state->late;
    sum->mismatched += state->mismatch;
    sum->complete += declared && !state->mismatch && state->quarantined == 0;
    sum->quarantined += state->quarantined;
    sum->contested += state->contested;
    if (state->newest != 0 && (sum->oldest == 0 || state->newest < sum->oldest))
        sum->oldest = state->newest;
    if (state->newest > sum->newest)
        sum->newest = state->newest;
}

/* ---- All units ---- */

static bool lived(const struct completing *completing, const struct lt_place *place)
{
    return (place->unit.valid_from == 0 || place->unit.valid_from <= completing->last) &&
           (place->valid_to == 0 || place->valid_to >= completing->first);
}

static int by_unit(const void *a, const void *b)
{
    const struct lt_place *const *left = a, *const *right = b;
    return lt_unit_cmp(&(*left)->unit, &(*right)->unit);
}

static enum lt_result look_at_all(struct completing *completing, lt_unit_state_seen *seen,
                                  void *context)
{
    const size_t all = lt_book_place_count(completing->book);
    const struct lt_place **places = calloc(all + 1, sizeof(const struct lt_place *));
    size_t count = 0;
    bool more = true;
    if (places == NULL || !pick_obligations(completing)) {
        free(places);
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < all && completing->owed_count > 0; i++) {
        const struct lt_place *place = lt_book_place_at(completing->book, i);
        if (lt_place_common(place, completing->place) == completing->place && /* by entry: codes */
            lived(completing, place))
            places[count++] = place;
    }
    if (count > 1)
        qsort(places, count, sizeof(const struct lt_place *), by_unit);
    for (size_t i = 0; i < count && more && lt_store_error(completing->txn) == LT_OK; i++) {
        const struct lt_obligation *obligation = obligation_of(completing, places[i]);
        struct lt_unit_state state;
        if (obligation == NULL)
            continue;
        look_at_unit(completing, places[i], obligation, &state);
        add(completing->sum, &state);
        more = seen == NULL || seen(context, &state);
    }
    free(places);
    return lt_store_error(completing->txn);
}

enum lt_result lt_completeness_ask(struct lt_ledger *ledger, const struct lt_place *place,
                                   const struct lt_period *period, uint8_t kind, lt_day today,
                                   lt_unit_state_seen *seen, void *context,
                                   struct lt_completeness *ret_sum)
{
    struct lt_completeness sum = {0};
    struct completing completing = {.ledger = ledger,
                                    .place = place,
                                    .period = period,
                                    .kind = kind,
                                    .today = today,
                                    .sum = &sum};
    lt_period_days(period, &completing.first, &completing.last);
    enum lt_result result = lt_declared_gather(ledger, period, kind, &completing.declarations);
    completing.txn = lt_store_begin(ledger->store, false);
    if (result == LT_OK && completing.txn == NULL)
        result = LT_NO_MEMORY;
    if (result == LT_OK) {
        pthread_rwlock_rdlock(&ledger->book_lock);
        completing.book = ledger->book;
        sum.closing = lt_book_closing(ledger->book, place, period, kind);
        sum.rebuilding = lt_ledger_due(ledger);
        result = look_at_all(&completing, seen, context);
        pthread_rwlock_unlock(&ledger->book_lock);
    }
    lt_store_abort(completing.txn);
    lt_declared_free(&completing.declarations);
    free(completing.owed);
    if (result == LT_OK)
        *ret_sum = sum;
    return result;
}

void lt_completeness_words(const struct lt_completeness *sum,
                           char ret_words[LT_COMPLETENESS_WORDS_MAX])
{
    const uint64_t numbers[] = {sum->expected, sum->declared,   sum->nil,
                                sum->late,     sum->mismatched, sum->complete,
                                sum->reported, sum->missing,    sum->exempt};
    char n[sizeof(numbers) / sizeof(numbers[0])][LT_NUMBER_TEXT_MAX];
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        lt_text_number((int64_t)numbers[i], n[i]);
    (void)snprintf(
        ret_words, LT_COMPLETENESS_WORDS_MAX,
        lt_text(
            "Phải báo cáo %s: đã chốt %s (không phát sinh %s, trễ %s, không khớp %s, đủ %s); mới "
            "báo cáo %s; còn thiếu %s. Được miễn %s. %s",
            "Expected %s: declared %s (nil %s, late %s, not matching %s, complete %s); only "
            "reported %s; missing %s. Exempt %s. %s"),
        n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8],
        sum->closing != NULL ? lt_text("Kỳ đã khóa.", "The period is closed.")
                             : lt_text("Kỳ còn mở.", "The period is open."));
}
