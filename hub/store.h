/* store.h - all that a hub asks of its store, in the terms of updates, records, scopes and cells.
 *
 * The one narrow interface behind which the engine lies: store_lmdb.c now, PostgreSQL later. Reads and
 * additions take arrays, so that an engine at the end of a wire asks once for many. Nothing else in
 * hub/ names the engine, but for what lives in the same environment beside it (lt_store_env).
 *
 * What is kept: the log of updates (agent/log.h), a dictionary of texts and units, notes, receipts, and
 * the state merged from the log. The state exists in two generations: one is current, the other is free
 * for judging everything again (rebuild.h); a transaction works on the one it was told to use.
 *
 * A transaction remembers its first error, ignores what follows and returns it at commit. A write
 * transaction belongs to one thread; there is one at a time over all processes. Read transactions see
 * one moment and are short. Pointers into the store live until the next write or the end of the
 * transaction. */
#ifndef LT_STORE_H
#define LT_STORE_H

#include "agent/log.h"
#include "hub/cell_block.h"
#include "proto/merge.h"

struct lt_store;
struct lt_store_txn;

enum lt_result lt_store_open(const char *dir, bool read_only, struct lt_store **ret_store,
                             char ret_reason[200]);
void lt_store_close(struct lt_store *store);
struct lt_env *lt_store_env(struct lt_store *store);

/* NULL: out of memory or of readers. Uses the current generation until told otherwise. */
struct lt_store_txn *lt_store_begin(struct lt_store *store, bool write);
enum lt_result lt_store_error(const struct lt_store_txn *txn);
void lt_store_fail(struct lt_store_txn *txn, enum lt_result result);
enum lt_result lt_store_commit(struct lt_store_txn *txn); /* the first error; nothing stored then */
void lt_store_abort(struct lt_store_txn *txn);
void lt_store_use(struct lt_store_txn *txn, unsigned generation);
unsigned lt_store_generation(const struct lt_store_txn *txn);
/* The transaction of agent/log.h, for its functions: appending, finding and walking updates. */
struct lt_txn *lt_store_log(struct lt_store_txn *txn);

/* ---- Marks and notes ---- */

/* What the state follows from beside updates and directives: the version of the rules, and the newest body that can
 * be read. When either is another than it was judged by, everything is judged again. */
#define LT_JUDGED_BY                                                                               \
    ((uint32_t)LT_RULES_VERSION | (uint32_t)(LT_BODY_VERSION - LT_BODY_VERSION_FIRST) << 16)

/* Where this ledger stands. */
struct lt_marks {
    uint32_t generation; /* the current one: 0 or 1 */
    uint64_t generations; /* rises by one with every flip; shown */
    uint32_t rules; /* LT_JUDGED_BY of the program that judged the current state */
    uint64_t directives; /* position of the last directive that the current state is judged by */
    bool rebuilding; /* the other generation is being filled: */
    uint64_t rebuild_directives; /*   judged by the directives up to here, */
    uint32_t rebuild_rules; /*   and this LT_JUDGED_BY, */
    uint64_t rebuild_next; /*   this position is next, */
    bool rebuild_cleared; /*   after the generation was emptied */
    uint64_t receipt_numbers; /* all below may have been given out */
};
void lt_store_marks(struct lt_store_txn *txn, struct lt_marks *ret_marks);
void lt_store_set_marks(struct lt_store_txn *txn, const struct lt_marks *marks);

/* Small rows by name, of the ledger's own making ("site"). */
bool lt_store_note(struct lt_store_txn *txn, const char *name, struct lt_bytes *ret_note);
void lt_store_set_note(struct lt_store_txn *txn, const char *name, struct lt_bytes note);

/* Receipts of hubs above, by chain and hub. The bytes are the caller's own form. */
void lt_store_put_receipt(struct lt_store_txn *txn, const struct lt_chain *chain,
                          const struct lt_unit *hub, struct lt_bytes bytes);
bool lt_store_receipt(struct lt_store_txn *txn, const struct lt_chain *chain,
                      const struct lt_unit *hub, struct lt_bytes *ret_bytes);
typedef void lt_stored_receipt_seen(void *context, const struct lt_unit *hub,
                                    struct lt_bytes bytes);
void lt_store_receipts(struct lt_store_txn *txn, const struct lt_chain *chain,
                       lt_stored_receipt_seen *seen, void *context);

/* ---- The dictionary ---- */

/* Two lists, numbered from 1 in the order of arrival; never shrinks. hub/words.h caches it. */
enum lt_word_list { LT_WORDS_TEXT = 0, LT_WORDS_UNIT = 1, LT_WORD_LISTS = 2 };
uint32_t lt_store_word_count(struct lt_store_txn *txn, enum lt_word_list list);
bool lt_store_word_find(struct lt_store_txn *txn, enum lt_word_list list, struct lt_bytes word,
                        uint32_t *ret_number);
bool lt_store_word_at(struct lt_store_txn *txn, enum lt_word_list list, uint32_t number,
                      struct lt_bytes *ret_word);
/* The next number, given to `word`, which is not there. */
uint32_t lt_store_word_add(struct lt_store_txn *txn, enum lt_word_list list, struct lt_bytes word);

/* ---- State of a generation ---- */

/* Empties it. */
void lt_store_clear(struct lt_store_txn *txn, unsigned generation);

/* Sums over the generation. */
struct lt_tally {
    uint64_t changes, records, quarantined, contested;
};
void lt_store_tally(struct lt_store_txn *txn, struct lt_tally *ret_tally);
void lt_store_set_tally(struct lt_store_txn *txn, const struct lt_tally *tally);

/* Quarantined changes of one author: how many, and the sum modulo 2^256 of BLAKE2b-256 over (update,
 * index as 4 bytes big-endian, verdict as one byte) of each, which does not depend on any order. */
struct lt_chain_tally {
    uint64_t contested; /* records of this author */
    uint64_t quarantined;
    uint8_t sum[32]; /* little-endian */
};
void lt_store_chain_tally(struct lt_store_txn *txn, uint32_t unit,
                          struct lt_chain_tally *ret_tally);
void lt_store_set_chain_tally(struct lt_store_txn *txn, uint32_t unit,
                              const struct lt_chain_tally *tally);

/* A change by its place in this log; a record by the change that first put it. */
struct lt_at {
    uint64_t position;
    uint32_t index;
};
int lt_at_cmp(const struct lt_at *a, const struct lt_at *b);

struct lt_quarantined {
    struct lt_at at;
    enum lt_verdict verdict;
};
void lt_store_quarantine(struct lt_store_txn *txn, const struct lt_quarantined *changes,
                         size_t count);
/* Takes one away that is there. */
void lt_store_unquarantine(struct lt_store_txn *txn, const struct lt_at *at);
/* LT_COUNTS when it is not there. */
enum lt_verdict lt_store_verdict(struct lt_store_txn *txn, const struct lt_at *at);
/* Rows from `from` on, at most `max`. */
size_t lt_store_quarantined(struct lt_store_txn *txn, const struct lt_at *from,
                            struct lt_quarantined *ret_rows, size_t max);

/* Versions of records that have more than one change; a record of one change has no row and is implied
 * by its update. Records that one row of an import shows to be the same have one root. */
struct lt_version_row {
    struct lt_at at;
    struct lt_version version;
};
struct lt_version_rows { /* grows; zero-initialise, free items */
    struct lt_version_row *items;
    size_t count, capacity;
};
/* Appends the rows of a root. */
void lt_store_versions(struct lt_store_txn *txn, const struct lt_at *root,
                       struct lt_version_rows *rows);
void lt_store_put_versions(struct lt_store_txn *txn, const struct lt_at *root,
                           const struct lt_version_row *rows, size_t count);
void lt_store_drop_versions(struct lt_store_txn *txn, const struct lt_at *root);
/* One step from a record to the one that stands for it. */
bool lt_store_alias(struct lt_store_txn *txn, const struct lt_at *record, struct lt_at *ret_root);
void lt_store_set_alias(struct lt_store_txn *txn, const struct lt_at *record,
                        const struct lt_at *root);

/* Which rows of which import an update holds: runs of consecutive rows, cut at multiples of
 * LT_RUN_ROWS_MAX. Two runs that overlap hold one row twice. */
enum { LT_RUN_ROWS_MAX = 4096 };
struct lt_run {
    uint32_t unit; /* dictionary number of the author */
    uint64_t import;
    uint32_t first_row, last_row;
    uint64_t position;
};
struct lt_runs { /* grows; zero-initialise, free items */
    struct lt_run *items;
    size_t count, capacity;
};
bool lt_runs_add(struct lt_runs *runs, const struct lt_run *run); /* false: memory */
void lt_store_add_runs(struct lt_store_txn *txn, const struct lt_run *runs, size_t count);
/* Appends the stored runs that overlap any of `runs`. */
void lt_store_overlaps(struct lt_store_txn *txn, const struct lt_run *runs, size_t count,
                       struct lt_runs *found);

/* The current records of all kinds but awards, by kind, year (a span's last), author and record. A row
 * stands at the change that counts within the author. */
struct lt_item {
    uint8_t kind;
    uint16_t year;
    uint32_t author; /* dictionary number */
    struct lt_at at;
};
void lt_store_put_item(struct lt_store_txn *txn, const struct lt_item *item);
void lt_store_drop_item(struct lt_store_txn *txn, const struct lt_item *item);
/* Those of a kind and the years first … last, in order. False from `seen` stops. */
typedef bool lt_item_seen(void *context, const struct lt_item *item);
void lt_store_items(struct lt_store_txn *txn, uint8_t kind, uint16_t first, uint16_t last,
                    lt_item_seen *seen, void *context);

/* Changes that name a record of an update that has not come, by that update. */
void lt_store_await(struct lt_store_txn *txn, const struct lt_hash *update, const struct lt_at *at);
/* Takes one that waited for the update away; false: none does. */
bool lt_store_awaited(struct lt_store_txn *txn, const struct lt_hash *update, struct lt_at *ret_at);

/* Lines of scopes. Additions are sorted by key; a line that becomes zero is deleted; one that becomes
 * negative fails the transaction with LT_CORRUPT. */
struct lt_line_row {
    struct lt_line_key key;
    int64_t count, quantity;
    uint32_t authority; /* dictionary number; 0: outside the tree. The same for all of a scope */
};
struct lt_line_rows { /* grows; zero-initialise, free items */
    struct lt_line_row *items;
    size_t count, capacity;
};
bool lt_line_rows_add(struct lt_line_rows *rows, const struct lt_line_row *row); /* false: memory */
/* First and last line of a scope, or false. */
bool lt_store_scope_ends(struct lt_store_txn *txn, const uint8_t scope[LT_SCOPE_BYTES],
                         struct lt_line_row *ret_first, struct lt_line_row *ret_last);
/* Appends all lines of a scope, in the order of their keys. */
void lt_store_scope(struct lt_store_txn *txn, const uint8_t scope[LT_SCOPE_BYTES],
                    struct lt_line_rows *rows);
void lt_store_add_lines(struct lt_store_txn *txn, const struct lt_line_row *lines, size_t count);

/* Cells: the same. They lie in blocks (cell_block.h). */
struct lt_cell {
    struct lt_cell_key key;
    int64_t count, quantity, unconfirmed;
};
void lt_store_add_cells(struct lt_store_txn *txn, const struct lt_cell *cells, size_t count);
/* Cells with from <= key < to. False from `seen` stops. */
typedef bool lt_cell_seen(void *context, const struct lt_cell *cell);
void lt_store_cells(struct lt_store_txn *txn, const struct lt_cell_key *from,
                    const struct lt_cell_key *to, lt_cell_seen *seen, void *context);
/* The same for many at a time, as they lie: the blocks in which the cells of a place and year that count by
 * a basis are (with LT_BASIS_BOTH: of either), each once. Others may be among them. They live until the
 * next write. */
typedef bool lt_cell_block_seen(void *context, uint16_t year, const struct lt_cell_block *block);
void lt_store_cell_blocks(struct lt_store_txn *txn, uint32_t place, enum lt_basis basis,
                          uint16_t year, lt_cell_block_seen *seen, void *context);
/* The first year from `from` on in which the place has cells; 0: none. */
uint16_t lt_store_cell_year(struct lt_store_txn *txn, uint32_t place, uint16_t from);
/* A line of a block, with the place and year that begin its key. */
void lt_cell_of_line(const uint8_t *prefix, const struct lt_cell_line *line,
                     struct lt_cell *ret_cell);

/* ---- Comparing ---- */

/* The tables of a generation, for the audit. */
enum lt_state_table {
    LT_STATE_CELLS,
    LT_STATE_SCOPES,
    LT_STATE_VERSIONS,
    LT_STATE_QUARANTINE,
    LT_STATE_RUNS,
    LT_STATE_TALLIES,
    LT_STATE_ITEMS,
    LT_STATE_AWAITED,
    LT_STATE_TABLES
};
const char *lt_state_table_name(enum lt_state_table table);
struct lt_walk;
/* From the first row; NULL: the transaction's error. Ended before the transaction. */
struct lt_walk *lt_store_walk(struct lt_store_txn *txn, enum lt_state_table table);
bool lt_walk_next(struct lt_walk *walk, struct lt_bytes *ret_key, struct lt_bytes *ret_value);
void lt_walk_end(struct lt_walk *walk);
uint64_t lt_store_entries(struct lt_store_txn *txn, enum lt_state_table table);
/* A row as it is, for tests that damage a store. */
void lt_store_put_row(struct lt_store_txn *txn, enum lt_state_table table, struct lt_bytes key,
                      struct lt_bytes value);

#endif
