#include "hub/ledger_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/backup.h"
#include "agent/clock.h"
#include "agent/seal.h"
#include "hub/state.h"

/* ---- Site ---- */

enum { UNIT_BYTES = LT_CODE_BYTES_MAX + 1 + 4 };
/* The recovery key came later, and then the signer: sites without them are shorter. */
enum {
    SITE_BYTES_FIRST = 3 * UNIT_BYTES + 32 + 16 + 1 + 32 + 1 + 8 * LT_ENDPOINT_MAX,
    SITE_BYTES_SECOND = SITE_BYTES_FIRST + 32,
    SITE_BYTES = SITE_BYTES_SECOND + 32,
};

static uint8_t *put_unit(uint8_t *at, const struct lt_unit *unit)
{
    memcpy(at, unit->code, LT_CODE_BYTES_MAX + 1);
    lt_put_u32(at + LT_CODE_BYTES_MAX + 1, (uint32_t)unit->valid_from);
    return at + UNIT_BYTES;
}

static const uint8_t *get_unit(const uint8_t *at, struct lt_unit *ret_unit)
{
    memcpy(ret_unit->code, at, LT_CODE_BYTES_MAX + 1);
    ret_unit->code[LT_CODE_BYTES_MAX] = '\0';
    ret_unit->valid_from = (lt_day)lt_get_u32(at + LT_CODE_BYTES_MAX + 1);
    return at + UNIT_BYTES;
}

static void site_pack(const struct lt_hub_site *site, uint8_t ret_bytes[SITE_BYTES])
{
    uint8_t *at = put_unit(ret_bytes, &site->unit);
    at = put_unit(at, &site->top);
    at = put_unit(at, &site->parent);
    memcpy(at, site->root.bytes, 32);
    memcpy(at + 32, site->incarnation.bytes, 16);
    at[48] = site->has_parent;
    memcpy(at + 49, site->parent_curve, 32);
    at[81] = (uint8_t)site->endpoint_count;
    memcpy(at + 82, site->endpoints, sizeof site->endpoints);
    memcpy(ret_bytes + SITE_BYTES_FIRST, site->recovery.bytes, 32);
    memcpy(ret_bytes + SITE_BYTES_SECOND, site->signer.bytes, 32);
}

static enum lt_result site_unpack(struct lt_bytes bytes, struct lt_hub_site *ret_site)
{
    struct lt_hub_site site = {0};
    if (bytes.size != SITE_BYTES && bytes.size != SITE_BYTES_SECOND &&
        bytes.size != SITE_BYTES_FIRST)
        return LT_CORRUPT;
    if (bytes.size >= SITE_BYTES_SECOND)
        memcpy(site.recovery.bytes, bytes.data + SITE_BYTES_FIRST, 32);
    if (bytes.size == SITE_BYTES)
        memcpy(site.signer.bytes, bytes.data + SITE_BYTES_SECOND, 32);
    const uint8_t *at = get_unit(bytes.data, &site.unit);
    at = get_unit(at, &site.top);
    at = get_unit(at, &site.parent);
    memcpy(site.root.bytes, at, 32);
    memcpy(site.incarnation.bytes, at + 32, 16);
    site.has_parent = at[48] != 0;
    memcpy(site.parent_curve, at + 49, 32);
    site.endpoint_count = at[81];
    memcpy(site.endpoints, at + 82, sizeof site.endpoints);
    for (size_t i = 0; i < 8; i++)
        site.endpoints[i][LT_ENDPOINT_MAX - 1] = '\0';
    if (site.endpoint_count > 8)
        return LT_CORRUPT;
    *ret_site = site;
    return LT_OK;
}

void lt_ledger_site(struct lt_ledger *ledger, struct lt_hub_site *ret_site)
{
    pthread_mutex_lock(&ledger->lock);
    *ret_site = ledger->site;
    pthread_mutex_unlock(&ledger->lock);
}

enum lt_result lt_hub_site_pin(const struct lt_hub_site *site, struct lt_book *book)
{
    enum lt_result result = lt_book_view(book, &site->unit);
    if (result != LT_OK)
        return result;
    lt_book_pin_recovery(book, &site->recovery);
    lt_book_pin(book, &site->root, &site->top);
    return LT_OK;
}

static enum lt_result pin(struct lt_ledger *ledger)
{
    if (ledger->site.top.code[0] == '\0')
        return LT_OK;
    pthread_rwlock_wrlock(&ledger->book_lock);
    enum lt_result result = lt_hub_site_pin(&ledger->site, ledger->book);
    pthread_rwlock_unlock(&ledger->book_lock);
    return result;
}

/* `shown`: the number of a receipt of ours that proves a restoration; NULL: none. In one commit: a new incarnation whose
 * numbers have not leapt, or the reverse, would hide the next restoration. */
static enum lt_result commit_site(struct lt_ledger *ledger, const struct lt_hub_site *site,
                                  const uint64_t *shown)
{
    uint8_t bytes[SITE_BYTES];
    site_pack(site, bytes);
    struct lt_store_txn *txn = lt_store_begin(ledger->store, true);
    if (txn == NULL)
        return LT_NO_MEMORY;
    lt_store_set_note(txn, "site", (struct lt_bytes){bytes, sizeof bytes});
    uint64_t next = shown != NULL ? lt_receipts_leap(txn, *shown) : 0;
    enum lt_result result = lt_store_commit(txn);
    if (result == LT_OK && shown != NULL) {
        pthread_mutex_lock(&ledger->lock);
        ledger->receipt_next = ledger->receipt_most = next;
        pthread_mutex_unlock(&ledger->lock);
    }
    return result;
}

static enum lt_result change_site(struct lt_ledger *ledger, const struct lt_hub_site *site,
                                  const uint64_t *shown)
{
    enum lt_result result = commit_site(ledger, site, shown);
    if (result != LT_OK)
        return result;
    pthread_mutex_lock(&ledger->lock);
    bool pinned = lt_unit_cmp(&ledger->site.top, &site->top) == 0 &&
                  memcmp(&ledger->site.root, &site->root, sizeof site->root) == 0 &&
                  memcmp(&ledger->site.recovery, &site->recovery, sizeof site->recovery) == 0;
    ledger->site = *site;
    pthread_mutex_unlock(&ledger->lock);
    if (!pinned) {
        result = pin(ledger);
        if (ledger->merge != NULL)
            lt_merge_forget(ledger->merge);
        ledger->altered = ledger->last > 0;
    }
    return result;
}

enum lt_result lt_ledger_set_site(struct lt_ledger *ledger, const struct lt_hub_site *site)
{
    return change_site(ledger, site, NULL);
}

enum lt_result lt_ledger_restored(struct lt_ledger *ledger, const struct lt_hub_site *site,
                                  uint64_t number)
{
    return change_site(ledger, site, &number);
}

/* ---- Opening ---- */

static enum lt_result load_site(struct lt_ledger *ledger)
{
    struct lt_bytes note;
    struct lt_marks marks;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = LT_OK;
    if (lt_store_note(txn, "site", &note))
        result = site_unpack(note, &ledger->site);
    lt_store_marks(txn, &marks);
    ledger->receipt_most = marks.receipt_numbers;
    ledger->receipt_next = marks.receipt_numbers == 0 ? 1 : marks.receipt_numbers;
    if (result == LT_OK)
        result = lt_store_error(txn);
    lt_store_abort(txn);
    return result;
}

enum lt_result lt_ledger_refresh_site(struct lt_ledger *ledger)
{
    struct lt_bytes note;
    struct lt_hub_site site;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = LT_OK;
    bool there = lt_store_note(txn, "site", &note);
    if (there)
        result = site_unpack(note, &site);
    lt_store_abort(txn);
    if (!there || result != LT_OK)
        return result;
    pthread_mutex_lock(&ledger->lock);
    ledger->site = site;
    pthread_mutex_unlock(&ledger->lock);
    return LT_OK;
}

static struct lt_ledger *ledger_new(bool read_only)
{
    uint64_t seed;
    struct lt_ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        return NULL;
    ledger->read_only = read_only;
    pthread_rwlock_init(&ledger->book_lock, NULL);
    pthread_mutex_init(&ledger->lock, NULL);
    lt_random(&seed, sizeof seed);
    ledger->book = lt_book_new();
    ledger->chains = lt_chains_new();
    ledger->arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    ledger->merge = ledger->book == NULL ? NULL : lt_merge_new(ledger->book, seed);
    if (ledger->merge != NULL && ledger->chains != NULL && ledger->arena != NULL)
        return ledger;
    lt_ledger_close(ledger);
    return NULL;
}

static enum lt_result open_in(struct lt_ledger *ledger, const char *path, char ret_reason[200])
{
    enum lt_result result = lt_store_open(path, ledger->read_only, &ledger->store, ret_reason);
    if (result != LT_OK)
        return result;
    result = load_site(ledger);
    if (result == LT_OK)
        result = pin(ledger);
    if (result == LT_OK)
        result = lt_ledger_read_on(ledger);
    if (result == LT_OK && !ledger->read_only)
        result = lt_ledger_catch_up(ledger);
    if (result == LT_OK)
        result = lt_ledger_load_receipts(ledger);
    if (result != LT_OK)
        (void)snprintf(ret_reason, 200, "%.100s: reading the ledger: %s", path,
                       lt_result_text(result));
    return result;
}

enum lt_result lt_ledger_open(const char *dir, bool read_only, struct lt_ledger **ret_ledger,
                              char ret_reason[200])
{
    size_t size = strlen(dir) + sizeof "/store";
    char *path = malloc(size);
    struct lt_ledger *ledger = path == NULL ? NULL : ledger_new(read_only);
    if (ledger == NULL) {
        (void)snprintf(ret_reason, 200, "%.100s: out of memory", dir);
        free(path);
        return LT_NO_MEMORY;
    }
    (void)snprintf(path, size, "%s/store", dir);
    bool sealed_now; /* with the hub's box keys it reads the names that are sealed to it */
    enum lt_result result = read_only ? LT_OK : lt_backup_is_none(dir, ret_reason);
    if (result == LT_OK)
        result = lt_box_keys_load(dir, &ledger->ring, &sealed_now, ret_reason);
    if (result == LT_OK)
        result = open_in(ledger, path, ret_reason);
    free(path);
    if (result != LT_OK) {
        lt_ledger_close(ledger);
        return result;
    }
    *ret_ledger = ledger;
    return LT_OK;
}

void lt_ledger_close(struct lt_ledger *ledger)
{
    if (ledger == NULL)
        return;
    lt_ledger_forget_receipts(ledger);
    lt_merge_free(ledger->merge);
    lt_chains_free(ledger->chains);
    if (ledger->book != NULL)
        lt_book_free(ledger->book);
    if (ledger->arena != NULL)
        lt_arena_free(ledger->arena);
    lt_store_close(ledger->store);
    pthread_rwlock_destroy(&ledger->book_lock);
    pthread_mutex_destroy(&ledger->lock);
    free(ledger->watched);
    lt_box_ring_wipe(&ledger->ring);
    free(ledger);
}

struct lt_env *lt_ledger_env(struct lt_ledger *ledger)
{
    return lt_store_env(ledger->store);
}

struct lt_store *lt_ledger_store(struct lt_ledger *ledger)
{
    return ledger->store;
}

const struct lt_box_ring *lt_ledger_ring(const struct lt_ledger *ledger)
{
    return &ledger->ring;
}

struct lt_book *lt_ledger_book(struct lt_ledger *ledger)
{
    return ledger->book;
}

pthread_rwlock_t *lt_ledger_book_lock(struct lt_ledger *ledger)
{
    return &ledger->book_lock;
}

/* ---- Committing ---- */

static void answer_all(struct lt_arrival *const *arrivals, size_t count, enum lt_result result)
{
    for (size_t i = 0; i < count; i++)
        arrivals[i]->result = result;
}

/* Directives first: what follows may be judged, or allowed, by them. */
static enum lt_result commit_directives(struct lt_ledger *ledger,
                                        struct lt_arrival *const *arrivals, size_t count,
                                        bool *ret_any)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < count && result == LT_OK; i++) {
        if (arrivals[i]->update.frame.chain.stream != LT_STREAM_DIRECTIVE)
            continue;
        *ret_any = true;
        result = lt_ledger_accept_directive(ledger, arrivals[i]);
    }
    return result;
}

static bool lies_in_the_store(enum lt_result result)
{
    return result == LT_NO_SPACE || result == LT_IO || result == LT_BUSY || result == LT_PERMISSION;
}

/* A group that fails is tried again in halves, so that one bad update harms no other. */
static enum lt_result commit_reports(struct lt_ledger *ledger, struct lt_arrival *const *arrivals,
                                     size_t count)
{
    struct {
        size_t from, count;
    } waiting[64]; /* halves of halves: one more for each bit of a count */
    size_t depth = 0;
    if (count == 0)
        return LT_OK;
    waiting[depth].from = 0;
    waiting[depth++].count = count;
    while (depth > 0) {
        size_t from = waiting[--depth].from, some = waiting[depth].count;
        enum lt_result result = lt_ledger_accept_reports(ledger, arrivals + from, some);
        if (result == LT_OK)
            continue;
        if (lies_in_the_store(result))
            return result;
        if (some == 1) {
            arrivals[from]->result = result;
            continue;
        }
        waiting[depth].from = from + some / 2;
        waiting[depth++].count = some - some / 2;
        waiting[depth].from = from;
        waiting[depth++].count = some / 2;
    }
    return LT_OK;
}

enum lt_result lt_ledger_commit(struct lt_ledger *ledger, struct lt_arrival *const *arrivals,
                                size_t count)
{
    bool any_directive = false;
    struct lt_arrival **reports = malloc((count + 1) * sizeof *reports);
    size_t report_count = 0;
    enum lt_result result = reports == NULL ? LT_NO_MEMORY : LT_OK;
    for (size_t i = 0; i < count && result == LT_OK; i++)
        if (arrivals[i]->update.frame.chain.stream != LT_STREAM_DIRECTIVE)
            reports[report_count++] = arrivals[i];
    const bool held = ledger->held && report_count == 0;
    if (result == LT_OK)
        result = held ? lt_ledger_read_on(ledger) : lt_ledger_catch_up(ledger);
    if (result == LT_OK && report_count < count)
        result = commit_directives(ledger, arrivals, count, &any_directive);
    if (result == LT_OK && any_directive && !held)
        result = lt_ledger_catch_up(ledger);
    if (result == LT_OK)
        result = commit_reports(ledger, reports, report_count);
    if (result == LT_OK && ledger->altered && !held)
        result = lt_ledger_catch_up(ledger);
    free(reports);
    if (result != LT_OK)
        answer_all(arrivals, count, result);
    return result;
}

bool lt_ledger_due(const struct lt_ledger *ledger)
{
    return ledger->altered;
}

enum lt_result lt_ledger_hold(struct lt_ledger *ledger, bool hold)
{
    ledger->held = hold;
    return hold ? LT_OK : lt_ledger_catch_up(ledger);
}

/* ---- Counts ---- */

void lt_ledger_counts(struct lt_ledger *ledger, bool with_state,
                      struct lt_ledger_counts *ret_counts)
{
    struct lt_ledger_counts counts = {0};
    struct lt_tally tally;
    struct lt_marks marks;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn != NULL) {
        counts.updates = lt_log_last(lt_store_log(txn));
        lt_store_tally(txn, &tally);
        lt_store_marks(txn, &marks);
        counts.records = tally.records;
        counts.changes = tally.changes;
        counts.quarantined = tally.quarantined;
        counts.contested = tally.contested;
        counts.generation = marks.generations;
        counts.rebuilding = marks.rebuilding || lt_ledger_due(ledger);
        if (with_state)
            lt_state_digest(txn, &counts.state);
        lt_store_abort(txn);
    }
    counts.chains = lt_chains_count(ledger->chains);
    pthread_rwlock_rdlock(&ledger->book_lock);
    lt_book_digest(ledger->book, &counts.directives);
    pthread_rwlock_unlock(&ledger->book_lock);
    *ret_counts = counts;
}
