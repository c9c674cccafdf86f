/* Who is silent, and who says that it has more than came here. */
#include <stdlib.h>
#include <string.h>

#include "agent/today.h"
#include "hub/lives_own.h"
#include "proto/standing.h"

enum { NOTE_EVERY_S = 600 };

struct looking {
    struct lt_lives *lives;
    struct lt_ledger *ledger;
    struct lt_sync_store store;
    struct lt_hub_site site;
    uint32_t after_s;
    int64_t now;
    bool told, notes; /* notes: histories, too */
    struct lt_quiet *quiet;
    size_t count, capacity, units, ended;
    bool failed;
};

static bool has_key(const struct lt_book *book, enum lt_stream stream, const struct lt_unit *unit)
{
    const struct lt_chain chain = {stream, *unit};
    struct lt_key key;
    return lt_book_keys(book, &chain, &key, 1) > 0;
}

/* A unit with a PC, whose chain comes through here. */
static bool is_expected(const struct looking *looking, const struct lt_book *book,
                        const struct lt_place *place)
{
    if (!lt_book_within(book, &place->unit, &looking->site.unit) ||
        !has_key(book, LT_STREAM_REPORT, &place->unit)) {
        return false;
    }
    const struct lt_move *move = lt_book_move(book, &place->unit);
    return move == NULL || lt_book_within(book, &move->parent, &looking->site.unit);
}

/* The topmost hub between the unit and us: our neighbour. */
static struct lt_unit through(const struct looking *looking, const struct lt_book *book,
                              const struct lt_place *place)
{
    struct lt_unit found = {.valid_from = 0};
    for (unsigned step = 0; place != NULL && step < LT_DEPTH_MAX &&
                            lt_unit_cmp(&place->unit, &looking->site.unit) != 0;
         step++, place = place->parent) {
        if (has_key(book, LT_STREAM_DIRECTIVE, &place->unit)) {
            found = place->unit;
        }
    }
    return found;
}

static void compare(struct looking *looking, struct life_item *item, struct lt_quiet *quiet)
{
    const struct lt_chain chain = {LT_STREAM_REPORT, item->life.unit};
    struct lt_hash tips[LT_PARENTS_MAX], hash;
    size_t count = looking->store.tips(looking->store.context, &chain, tips);
    lt_life_tips(tips, count, &hash);
    bool same = item->known && lt_hash_cmp(&hash, &item->life.tips) == 0;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(looking->ledger), false);
    if (txn != NULL) {
        quiet->updates = lt_log_count(txn, &chain);
        lt_txn_abort(txn);
    }
    quiet->said = item->known ? item->life.updates : 0;
    bool behind = item->known && !same && quiet->said > quiet->updates;
    item->behind_since = !behind ? 0 : item->behind_since != 0 ? item->behind_since : looking->now;
    quiet->behind_since = item->behind_since;
}

static void look_for_top(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    struct lt_statement statement;
    uint64_t *at_top = context;
    (void)hub;
    if (lt_receipt_open(receipt, &statement) == LT_OK && statement.top)
        *at_top = statement.count;
}

static void note_history(struct looking *looking, struct life_item *item,
                         const struct lt_quiet *quiet)
{
    const struct lt_chain chain = {LT_STREAM_REPORT, item->life.unit};
    uint64_t at_top = looking->site.has_parent ? 0 : quiet->updates;
    uint8_t before[LT_HISTORY_ROW_BYTES_MAX], after[LT_HISTORY_ROW_BYTES_MAX];
    if (item->history == NULL)
        item->history = calloc(1, sizeof(*item->history));
    if (item->history == NULL) {
        looking->failed = true;
        return;
    }
    if (looking->site.has_parent)
        lt_ledger_receipts(looking->ledger, &chain, look_for_top, &at_top);
    const size_t size = lt_history_write(item->history, before);
    lt_history_note(
        item->history, lt_day_of(looking->now), item->heard_at != 0 ? lt_day_of(item->heard_at) : 0,
        quiet->said > quiet->updates ? quiet->said : quiet->updates, at_top, looking->now);
    item->history_new = item->history_new || lt_history_write(item->history, after) != size ||
                        memcmp(before, after, size) != 0;
}

static void add(struct looking *looking, const struct lt_quiet *quiet)
{
    if (looking->count == looking->capacity) {
        size_t capacity = looking->capacity == 0 ? 16 : looking->capacity * 2;
        struct lt_quiet *grown = realloc(looking->quiet, capacity * sizeof(*grown));
        if (grown == NULL) {
            looking->failed = true;
            return;
        }
        looking->quiet = grown;
        looking->capacity = capacity;
    }
    looking->quiet[looking->count++] = *quiet;
}

static bool lasts(const struct looking *looking, int64_t since)
{
    return looking->now >= since && looking->now - since >= (int64_t)looking->after_s;
}

/* Heard on a day that is not noted yet; or something waits, which is to be gone from there when it has come. */
static bool is_news(const struct life_item *item)
{
    const struct lt_history *history = item->history;
    return history == NULL || history->pending != 0 ||
           (item->heard_at != 0 && !lt_history_has(history, lt_day_of(item->heard_at)));
}

static bool exceeds_habit(const struct looking *looking, const struct life_item *item)
{
    return item->history == NULL ||
           lt_history_exceeds(item->history, item->heard_at != 0 ? lt_day_of(item->heard_at) : 0,
                              lt_day_of(looking->now));
}

/* What is new, and what will have been told with it. */
static void note_told(const struct looking *looking, struct life_item *item, struct lt_quiet *quiet)
{
    quiet->news = (quiet->silent && !item->told_silent) || (quiet->behind && !item->told_behind) ||
                  (quiet->by_itself && !item->told_by_itself);
    item->told_silent = quiet->silent && (looking->told || item->told_silent);
    item->told_behind = quiet->behind && (looking->told || item->told_behind);
    item->told_by_itself = quiet->by_itself && (looking->told || item->told_by_itself);
}

static void look_at(struct looking *looking, const struct lt_book *book,
                    const struct lt_place *place)
{
    struct lt_quiet quiet = {.unit = place->unit};
    struct life_item *item = lives_get(looking->lives, &place->unit, true);
    if (item == NULL) {
        looking->failed = true;
        return;
    }
    /* One that has ended owes nobody a sign; what it still has may come. */
    bool ended = place->valid_to != 0 && place->valid_to < lt_day_of(looking->now);
    looking->units += !ended;
    looking->ended += ended;
    item->since = item->since != 0 ? item->since : looking->now;
    compare(looking, item, &quiet);
    quiet.heard_at = item->heard_at;
    quiet.since = item->since;
    if (looking->notes || (looking->told && is_news(item)))
        note_history(looking, item, &quiet);
    if (item->history != NULL) {
        quiet.habit_days = lt_history_habit(item->history);
        quiet.pending_since = item->history->pending_since;
    }
    quiet.pending =
        quiet.pending_since != 0 && quiet.behind_since == 0 && lasts(looking, quiet.pending_since);
    quiet.silent = !ended && lasts(looking, item->since) && exceeds_habit(looking, item);
    quiet.behind = quiet.behind_since != 0 && lasts(looking, quiet.behind_since);
    quiet.through = through(looking, book, place);
    quiet.by_itself_since = quiet.through.code[0] != '\0' ? item->by_itself_since : 0;
    quiet.by_itself = quiet.by_itself_since != 0 && lasts(looking, quiet.by_itself_since);
    note_told(looking, item, &quiet);
    if (quiet.silent || quiet.behind_since != 0 || quiet.by_itself || quiet.pending) {
        add(looking, &quiet);
    }
}

static int by_unit(const void *a, const void *b)
{
    return lt_unit_cmp(&((const struct lt_quiet *)a)->unit, &((const struct lt_quiet *)b)->unit);
}

bool lt_lives_look(struct lt_lives *lives, struct lt_ledger *ledger, uint32_t silent_after_s,
                   int64_t now, bool told, struct lt_quiet_list *ret_list)
{
    struct looking looking = {
        .lives = lives, .ledger = ledger, .after_s = silent_after_s, .now = now, .told = told};
    lt_ledger_site(ledger, &looking.site);
    lt_ledger_sync_store(ledger, &looking.store);
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    pthread_mutex_lock(&lives->lock);
    looking.notes = told && (now >= lives->noted_at + NOTE_EVERY_S || now < lives->noted_at);
    lives->noted_at = looking.notes ? now : lives->noted_at;
    const struct lt_book *book = lt_ledger_book(ledger);
    for (size_t i = 0; i < lt_book_place_count(book) && !looking.failed; i++) {
        const struct lt_place *place = lt_book_place_at(book, i);
        if (place != NULL && is_expected(&looking, book, place)) {
            look_at(&looking, book, place);
        }
    }
    pthread_mutex_unlock(&lives->lock);
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    if (looking.failed) {
        free(looking.quiet);
        return false;
    }
    if (looking.count > 0) {
        qsort(looking.quiet, looking.count, sizeof(looking.quiet[0]), by_unit);
    }
    *ret_list = (struct lt_quiet_list){looking.quiet, looking.count, looking.units, looking.ended};
    return true;
}
