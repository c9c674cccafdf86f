#include "agent/journal.h"

#include <assert.h>
#include <inttypes.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/backup.h"
#include "agent/clock.h"
#include "agent/journal_store.h"
#include "agent/text.h"

/* A release on trial raises no format: what it leaves must open with the program that is gone back to. */
enum { FORMAT = 3, UNIT_BYTES = LT_CODE_BYTES_MAX + 1 + 4 };
enum {
    SITE_BYTES =
        3 * UNIT_BYTES + 1 + 16 + 32 + 32 + 1 + LT_ENDPOINTS_MAX * LT_ENDPOINT_MAX + 32 + 32,
};

static const struct lt_table_spec tables[] = {
    LT_LOG_TABLES,         {"site", false, 0},     {"draft", true, 0},    {"draftref", false, 0},
    {"draftof", false, 0}, {"record", true, 0},    {"version", false, 0}, {"rid", false, 0},
    {"ref", false, 0},     {"natural", false, 0},  {"alike", false, 0},   {"alias", false, 0},
    {"import", false, 0},  {"importof", false, 0}, {"receipt", false, 0},
};

/* ---- Row references ---- */

void lt_row_ref_format(const struct lt_row_ref *ref, char ret_text[LT_ROW_REF_MAX])
{
    snprintf(ret_text, LT_ROW_REF_MAX, "%016" PRIx64 "-%" PRIu32, ref->import, ref->row);
}

enum lt_result lt_row_ref_parse(const char *text, struct lt_row_ref *ret_ref)
{
    uint8_t bytes[8];
    char digits[17];
    uint64_t row = 0;
    if (strnlen(text, LT_ROW_REF_MAX) < 18 || text[16] != '-')
        return LT_MALFORMED;
    memcpy(digits, text, 16);
    digits[16] = '\0';
    if (lt_unhex(digits, bytes, sizeof(bytes)) != LT_OK)
        return LT_MALFORMED;
    for (const char *at = text + 17; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || at - text > 26)
            return LT_MALFORMED;
        row = row * 10 + (uint64_t)(*at - '0');
    }
    if (row > UINT32_MAX)
        return LT_MALFORMED;
    struct lt_row_reader reader = lt_row_read((struct lt_bytes){bytes, sizeof(bytes)});
    ret_ref->import = lt_row_take_number(&reader, 8);
    ret_ref->row = (uint32_t)row;
    return LT_OK;
}

uint16_t lt_row_version(uint64_t value)
{
    return (uint16_t)(value >> 48);
}

void lt_row_version_format(const struct lt_row_ref *ref, uint64_t value,
                           char ret_text[LT_ROW_VERSION_MAX])
{
    char text[LT_ROW_REF_MAX];
    lt_row_ref_format(ref, text);
    snprintf(ret_text, LT_ROW_VERSION_MAX, "%s.%04x", text, (unsigned)lt_row_version(value));
}

enum lt_result lt_row_version_parse(const char *text, struct lt_row_ref *ret_ref,
                                    uint16_t *ret_version)
{
    char ref[LT_ROW_REF_MAX];
    uint8_t bytes[2];
    const char *dot = strchr(text, '.');
    if (dot == NULL || (size_t)(dot - text) >= sizeof(ref) ||
        lt_unhex(dot + 1, bytes, sizeof(bytes)) != LT_OK)
        return LT_MALFORMED;
    memcpy(ref, text, (size_t)(dot - text));
    ref[dot - text] = '\0';
    *ret_version = (uint16_t)(bytes[0] << 8 | bytes[1]);
    return lt_row_ref_parse(ref, ret_ref);
}

enum lt_result lt_record_name_parse(const char *text, struct lt_record_id *ret_id)
{
    struct lt_record_id id;
    char digits[65];
    uint64_t index = 0;
    if (strspn(text, "0123456789abcdefABCDEF") != 64 || text[64] != '-' || text[65] == '\0')
        return LT_MALFORMED;
    memcpy(digits, text, 64);
    digits[64] = '\0';
    if (lt_unhex(digits, id.update.bytes, sizeof(id.update.bytes)) != LT_OK)
        return LT_MALFORMED;
    for (const char *at = text + 65; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || at - text > 74)
            return LT_MALFORMED;
        index = index * 10 + (uint64_t)(*at - '0');
    }
    if (index > UINT32_MAX)
        return LT_MALFORMED;
    id.index = (uint32_t)index;
    *ret_id = id;
    return LT_OK;
}

/* ---- The site ---- */

struct lt_bytes lt_row_name_key(const char *name)
{
    struct lt_bytes key = {(const uint8_t *)name, strlen(name)};
    return key;
}

static void give_unit(struct lt_row_writer *row, const struct lt_unit *unit)
{
    lt_row_give(row, unit->code, sizeof(unit->code));
    lt_row_give_number(row, (uint32_t)unit->valid_from, 4);
}

static struct lt_unit take_unit(struct lt_row_reader *row)
{
    struct lt_unit unit;
    lt_row_take(row, unit.code, sizeof(unit.code));
    unit.code[sizeof(unit.code) - 1] = '\0';
    unit.valid_from = (lt_day)(uint32_t)lt_row_take_number(row, 4);
    return unit;
}

static void put_site(struct lt_txn *txn, const struct lt_site *site)
{
    uint8_t bytes[SITE_BYTES];
    struct lt_row_writer row = lt_row_write(bytes, sizeof(bytes));
    give_unit(&row, &site->unit);
    lt_row_give_number(&row, (uint64_t)site->role, 1);
    lt_row_give(&row, site->instance.bytes, sizeof(site->instance.bytes));
    give_unit(&row, &site->parent);
    give_unit(&row, &site->top);
    lt_row_give(&row, site->root.bytes, sizeof(site->root.bytes));
    lt_row_give(&row, site->parent_curve, sizeof(site->parent_curve));
    lt_row_give_number(&row, site->endpoint_count, 1);
    for (size_t i = 0; i < site->endpoint_count; i++)
        lt_row_give(&row, site->endpoints[i], LT_ENDPOINT_MAX);
    lt_row_give(&row, site->recovery.bytes, sizeof(site->recovery.bytes));
    lt_row_give(&row, site->signer.bytes, sizeof(site->signer.bytes));
    lt_put(txn, T_SITE, lt_row_name_key("site"), lt_row_bytes(&row));
}

/* False: there is none as yet, or the transaction has failed. */
static bool get_site(struct lt_txn *txn, struct lt_site *ret_site)
{
    struct lt_bytes value;
    if (!lt_get(txn, T_SITE, lt_row_name_key("site"), &value))
        return false;
    struct lt_row_reader row = lt_row_read(value);
    struct lt_site site = {.endpoint_count = 0};
    site.unit = take_unit(&row);
    site.role = (Lienthong__Role)lt_row_take_number(&row, 1);
    lt_row_take(&row, site.instance.bytes, sizeof(site.instance.bytes));
    site.parent = take_unit(&row);
    site.top = take_unit(&row);
    lt_row_take(&row, site.root.bytes, sizeof(site.root.bytes));
    lt_row_take(&row, site.parent_curve, sizeof(site.parent_curve));
    site.endpoint_count = (size_t)lt_row_take_number(&row, 1);
    for (size_t i = 0; i < site.endpoint_count && i < LT_ENDPOINTS_MAX; i++) {
        lt_row_take(&row, site.endpoints[i], LT_ENDPOINT_MAX);
        site.endpoints[i][LT_ENDPOINT_MAX - 1] = '\0';
    }
    if (row.at < row.end) /* the recovery key came later */
        lt_row_take(&row, site.recovery.bytes, sizeof(site.recovery.bytes));
    if (row.at < row.end)
        lt_row_take(&row, site.signer.bytes, sizeof(site.signer.bytes));
    if (row.short_row || site.endpoint_count > LT_ENDPOINTS_MAX) {
        lt_txn_fail(txn, LT_CORRUPT);
        return false;
    }
    *ret_site = site;
    return true;
}

bool lt_site_may_sign(struct lt_txn *txn, const struct lt_key *key)
{
    static const struct lt_key any;
    struct lt_site site;
    return get_site(txn, &site) && (memcmp(&site.signer, &any, sizeof(any)) == 0 ||
                                    memcmp(&site.signer, key, sizeof(*key)) == 0);
}

struct lt_chain lt_journal_chain(const struct lt_journal *journal)
{
    struct lt_chain chain = {LT_STREAM_REPORT, journal->site.unit};
    return chain;
}

/* A clean transaction in which another process may have set the site since we looked. */
static enum lt_result load_site(struct lt_journal *journal, bool make)
{
    struct lt_txn *txn = lt_txn_begin(journal->env, make);
    if (txn == NULL)
        return LT_NO_MEMORY;
    if (!get_site(txn, &journal->site)) {
        if (!make) {
            enum lt_result result = lt_txn_commit(txn);
            return result == LT_OK ? LT_NOT_FOUND : result;
        }
        journal->site = (struct lt_site){.role = LIENTHONG__ROLE__ROLE_AGENT};
        lt_random(journal->site.instance.bytes, sizeof(journal->site.instance.bytes));
        put_site(txn, &journal->site);
    }
    return lt_txn_commit(txn);
}

void lt_journal_own(struct lt_journal *journal, const struct lt_key *own)
{
    journal->own = *own;
}

void lt_journal_site(struct lt_journal *journal, struct lt_site *ret_site)
{
    struct lt_site site;
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn != NULL) { /* another process may have set it */
        if (get_site(txn, &site) && memcmp(&site, &journal->site, sizeof(site)) != 0) {
            journal->site = site;
            journal->counted = false;
            lt_journal_drop_book(journal);
        }
        lt_txn_abort(txn);
    }
    *ret_site = journal->site;
}

enum lt_result lt_journal_set_site(struct lt_journal *journal, const struct lt_site *site)
{
    if (site->endpoint_count > LT_ENDPOINTS_MAX)
        return LT_TOO_LARGE;
    struct lt_txn *txn = lt_txn_begin(journal->env, true);
    if (txn == NULL)
        return LT_NO_MEMORY;
    put_site(txn, site);
    enum lt_result result = lt_txn_commit(txn);
    if (result == LT_OK) {
        journal->site = *site;
        journal->counted = false;
        lt_journal_drop_book(journal); /* it may be pinned anew */
    }
    return result;
}

/* ---- Opening ---- */

enum lt_result lt_journal_open(const char *dir, bool read_only, struct lt_journal **ret_journal,
                               char ret_reason[200])
{
    char path[4096];
    int size = snprintf(path, sizeof(path), "%s/store", dir);
    struct lt_journal *journal = calloc(1, sizeof(*journal));
    if (journal == NULL || size < 0 || (size_t)size >= sizeof(path)) {
        free(journal);
        snprintf(ret_reason, 200, "%.150s: %s", dir,
                 lt_text_result(journal == NULL ? LT_NO_MEMORY : LT_TOO_LARGE));
        return journal == NULL ? LT_NO_MEMORY : LT_TOO_LARGE;
    }
    for (size_t i = 0; i < TABLE_COUNT; i++)
        assert(tables[i].since ==
               0); /* opening raises none; whoever adds a table asks lt_switch_load first */
    journal->read_only = read_only;
    snprintf(journal->dir, sizeof(journal->dir), "%s", dir);
    enum lt_result result = read_only ? LT_OK : lt_backup_is_none(dir, ret_reason);
    if (result == LT_OK)
        result =
            lt_env_open(path, tables, TABLE_COUNT, FORMAT, read_only, &journal->env, ret_reason);
    if (result != LT_OK) {
        free(journal);
        return result;
    }
    result = load_site(journal, false);
    if (result == LT_NOT_FOUND && !read_only)
        result = load_site(journal, true);
    if (result == LT_OK && !read_only)
        result = lt_index_catch_up(journal);
    if (result == LT_OK && !read_only)
        result = lt_erase_catch_up(journal);
    if (result != LT_OK) {
        snprintf(ret_reason, 200, "%.120s: %s", path, lt_text_result(result));
        lt_journal_close(journal);
        return result;
    }
    *ret_journal = journal;
    return LT_OK;
}

void lt_journal_close(struct lt_journal *journal)
{
    if (journal == NULL)
        return;
    lt_journal_drop_book(journal);
    lt_bodies_drop(journal);
    lt_box_ring_wipe(&journal->ring);
    lt_env_close(journal->env);
    free(journal);
}

struct lt_env *lt_journal_env(struct lt_journal *journal)
{
    return journal->env;
}

/* ---- The book ---- */

static void drop_book(struct lt_journal *journal)
{
    lt_book_free(journal->book);
    lt_predecessors_free(&journal->predecessors);
    journal->predecessors_position = 0;
    journal->ring_made = false;
    journal->book = NULL;
    journal->book_position = 0;
}

static bool add_directive(struct lt_journal *journal, struct lt_txn *txn, struct lt_arena *arena,
                          uint64_t position)
{
    struct lt_bytes bytes;
    struct lt_update update;
    Lienthong__DirectiveBody *body;
    struct lt_book_change change;
    lt_arena_reset(arena);
    if (!lt_log_at(txn, position, &bytes) || lt_update_open(bytes, &update) != LT_OK) {
        lt_txn_fail(txn, LT_CORRUPT);
        return false;
    }
    enum lt_result result = lt_directive_read(&update, arena, &body);
    if (result == LT_VERSION)
        return true; /* of a newer program: kept, without effect here */
    if (result == LT_OK)
        result = lt_book_add(journal->book, &update, body, &change);
    if (result != LT_OK)
        lt_txn_fail(txn, result);
    return result == LT_OK;
}

static bool add_chain(struct lt_journal *journal, struct lt_txn *txn, struct lt_arena *arena,
                      const struct lt_chain *chain)
{
    enum { SLICE = 64 };
    uint64_t positions[SLICE];
    uint64_t after = journal->book_position;
    size_t count;
    do {
        count = lt_log_chain_positions(txn, chain, after, positions, SLICE);
        for (size_t i = 0; i < count; i++)
            if (!add_directive(journal, txn, arena, positions[i]))
                return false;
        after = count > 0 ? positions[count - 1] : after;
    } while (count == SLICE);
    return true;
}

static void start_book(struct lt_journal *journal, struct lt_txn *txn)
{
    static const struct lt_key no_key;
    journal->book = lt_book_new();
    journal->book_position = 0;
    if (journal->book != NULL)
        lt_book_light(journal->book); /* cuts and published figures are for hubs */
    if (journal->book == NULL || lt_book_view(journal->book, &journal->site.unit) != LT_OK) {
        lt_txn_fail(txn, LT_NO_MEMORY);
        return;
    }
    if (memcmp(&journal->site.root, &no_key, sizeof(no_key)) != 0) {
        lt_book_pin_recovery(journal->book, &journal->site.recovery);
        lt_book_pin(journal->book, &journal->site.root, &journal->site.top);
    }
}

struct lt_book *lt_journal_book_in(struct lt_journal *journal, struct lt_txn *txn)
{
    struct lt_chain chain, *after = NULL;
    uint64_t last = lt_log_last(txn);
    if (lt_txn_error(txn) != LT_OK || (journal->book != NULL && journal->book_position == last))
        return journal->book;
    if (journal->book == NULL || journal->book_position > last) { /* written, then aborted */
        drop_book(journal);
        start_book(journal, txn);
    }
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    bool good = journal->book != NULL && arena != NULL;
    while (good && lt_log_next_chain(txn, after, &chain)) {
        if (chain.stream == LT_STREAM_DIRECTIVE)
            good = add_chain(journal, txn, arena, &chain);
        after = &chain;
    }
    lt_arena_free(arena);
    if (!good || lt_txn_error(txn) != LT_OK) {
        drop_book(journal);
        lt_txn_fail(txn, LT_NO_MEMORY);
        return NULL;
    }
    journal->book_position = last;
    return journal->book;
}

enum lt_verdict lt_journal_judge_others(struct lt_journal *journal, struct lt_txn *txn,
                                        const Lienthong__ReportBody *body, uint32_t index)
{
    struct lt_book *book = lt_journal_book_in(journal, txn);
    const struct lt_place *author = book != NULL ? lt_book_place(book, &journal->site.unit) : NULL;
    if (author == NULL)
        return LT_COUNTS;
    if (journal->predecessors_position != journal->book_position) {
        lt_predecessors_free(&journal->predecessors);
        if (lt_predecessors_find(book, author, &journal->predecessors) != LT_OK) {
            lt_txn_fail(txn, LT_NO_MEMORY);
            return LT_COUNTS;
        }
        journal->predecessors_position = journal->book_position;
    }
    return lt_predecessors_judge(&journal->predecessors, book, body, index);
}

struct lt_book *lt_journal_book(struct lt_journal *journal)
{
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn == NULL)
        return NULL;
    struct lt_book *book = lt_journal_book_in(journal, txn);
    lt_txn_abort(txn);
    return book;
}

void lt_journal_drop_book(struct lt_journal *journal)
{
    drop_book(journal);
    lt_bodies_drop(journal);
#ifdef __GLIBC__
    malloc_trim(0); /* small blocks too go back to the system */
#endif
}
