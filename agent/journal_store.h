/* journal_store.h - the inside of a journal: its tables, their rows, and what derives from the log.
 *
 * Private to agent/journal*.c. Tables, after those of the log (numbers big-endian but in integer keys):
 *   site      names -> facts of the site
 *   draft     number (integer) -> a draft; rising in the order of drafting
 *   draftref  import, row -> draft number
 *   draftof   record's reference, draft number -> nothing
 *   record    number (integer) -> a record; rising in the order of being first put
 *   version   record number, seq, update, index -> a version
 *   rid       update, index of a change that put a record -> record number
 *   ref       import, row -> record number and stamp of the least change with this pair
 *   natural   exact natural key, record number (or draft number and DRAFT_BIT) -> nothing
 *   alike     the same for the key `alike`
 *   alias     reference of a draft, or a row, that was "already in" -> reference of its record
 *   import    id -> an import;  importof  content -> id
 *   receipt   chain key of a hub -> its newest receipt
 *
 * A record of another unit, which this one succeeds, is here as soon as a change names it: as if it had been
 * put by a change without reference and of seq 0. It has no natural keys, so only references lead to it.
 *
 * From record to alike all derives from the log and can be rebuilt. Drafts of one record carry the
 * reference that the record has now (its group): when a change arrives that gives a group's reference
 * to another record, the group moves. A draft that arrives signed is dropped, and with it the drafts
 * of its record before it (rule 3), at the moment of indexing; signing is no different. */
#ifndef LT_JOURNAL_STORE_H
#define LT_JOURNAL_STORE_H

#include "agent/journal.h"
#include "agent/predecessors.h"
#include "agent/row.h"
#include "agent/seal.h"
#include "proto/merge.h"

enum {
    T_SITE = LT_LOG_TABLE_COUNT,
    T_DRAFT,
    T_DRAFTREF,
    T_DRAFTOF,
    T_RECORD,
    T_VERSION,
    T_RID,
    T_REF,
    T_NATURAL,
    T_ALIKE,
    T_ALIAS,
    T_IMPORT,
    T_IMPORTOF,
    T_RECEIPT,
    TABLE_COUNT
};

#define DRAFT_BIT (UINT64_C(1) << 63)
enum { REF_BYTES = 12, DRAFT_BYTES_MAX = 64 * 1024 };

struct body_cache;

enum { STRANGE_MAX = 256 };

struct lt_journal {
    struct lt_env *env;
    bool read_only;
    struct lt_site site;
    struct lt_key own; /* this machine's; zeros: not told */
    /* The last ones of our chain that were not taken, by keys without the top's word: a ring. */
    struct lt_hash strange[STRANGE_MAX];
    uint64_t strange_count;
    struct lt_book *book; /* NULL: not built, or dropped */
    uint64_t book_position; /* the last of the log that the book knows */
    struct lt_predecessors predecessors; /* by the book at: */
    uint64_t predecessors_position; /* 0: not looked up */
    struct body_cache *cache; /* NULL: not in use */
    char dir[4096]; /* where its keys lie */
    bool ring_made; /* the keys that open names, by the book at: */
    uint64_t ring_position;
    struct lt_box_ring ring;
    bool counted; /* the cache of lt_journal_counts */
    uint64_t counted_position, counted_drafts;
    struct lt_journal_counts counts;
};

/* ---- Rows (journal_rows.c) ---- */

struct draft_row {
    uint64_t number;
    struct lt_row_ref ref;
    struct lt_row_ref group; /* reference of its record */
    struct lt_row_ref saw; /* of the version its clerk saw; 0-0: none */
    bool apart; /* a record of its own, whatever goes by its natural key */
    bool unseen; /* carried over: an earlier draft of the record replaced something unseen */
    bool met; /* another version of its record came after it was made */
    bool others; /* its record is another unit's: */
    struct lt_record_id named;
    uint8_t op;
    uint8_t kind;
    uint64_t value;
    struct lt_natural natural; /* zero when it puts nothing */
    int64_t drafted_at;
    struct lt_bytes body, person; /* packed; into the row; person empty: none */
};

struct record_row {
    struct lt_row_ref ref;
    uint8_t kind;
    struct lt_stamp put; /* the least change that put it: its identity */
};

struct version_row {
    struct lt_stamp stamp;
    uint64_t position;
    struct lt_row_ref ref; /* as said, else made of its update and index */
    bool told_ref; /* it was said */
    bool unseen;
    bool puts; /* it names no record: it puts one */
    uint8_t op;
    uint8_t kind; /* enum lt_kind; 0 when it puts nothing */
    uint64_t value;
    struct lt_natural natural;
};

struct ref_row {
    uint64_t record;
    struct lt_stamp stamp;
};

/* Another unit's, which this one succeeds. */
static inline bool lt_row_is_others(const struct record_row *row)
{
    return row->put.seq == 0;
}
bool lt_row_ref_equal(const struct lt_row_ref *a, const struct lt_row_ref *b);
/* A reference for what came without one: made of its identity, so it is the same everywhere. */
struct lt_row_ref lt_row_made_ref(const struct lt_record_id *id);

/* Readers: false when absent or when the transaction has failed. Spans live as lt_get says. */
bool lt_row_get_draft(struct lt_txn *txn, uint64_t number, struct draft_row *ret_row);
bool lt_row_draft_of_ref(struct lt_txn *txn, const struct lt_row_ref *ref, uint64_t *ret_number);
/* LT_NO_MEMORY is sticky. The row's spans must not lie in the store. */
void lt_row_put_draft(struct lt_txn *txn, const struct draft_row *row);
/* Replaces group, saw and unseen of a stored draft. */
void lt_row_change_draft(struct lt_txn *txn, uint64_t number, const struct lt_row_ref *group,
                         const struct lt_row_ref *saw, bool unseen);
void lt_row_meet_draft(struct lt_txn *txn, uint64_t number);
void lt_row_delete_draft(struct lt_txn *txn, uint64_t number);
/* The first draft after `after`; of a group too. False: none. */
bool lt_row_next_draft(struct lt_txn *txn, uint64_t after, struct draft_row *ret_row);
bool lt_row_next_of_group(struct lt_txn *txn, const struct lt_row_ref *group, uint64_t after,
                          uint64_t *ret_number);
bool lt_row_last_of_group(struct lt_txn *txn, const struct lt_row_ref *group,
                          struct draft_row *ret_row);

bool lt_row_get_record(struct lt_txn *txn, uint64_t number, struct record_row *ret_row);
void lt_row_put_record(struct lt_txn *txn, uint64_t number, const struct record_row *row);
void lt_row_delete_record(struct lt_txn *txn, uint64_t number);
bool lt_row_next_record(struct lt_txn *txn, uint64_t after, uint64_t *ret_number);

void lt_row_put_version(struct lt_txn *txn, uint64_t record, const struct version_row *row);
/* All versions of a record, ascending by stamp; malloc'ed. Count 0: none, or failed. */
size_t lt_row_versions(struct lt_txn *txn, uint64_t record, struct version_row **ret_rows);
/* Deletes the rows of a record's versions. */
void lt_row_delete_versions(struct lt_txn *txn, uint64_t record, const struct version_row *rows,
                            size_t count);

/* By what the site says in this transaction. */
bool lt_site_may_sign(struct lt_txn *txn, const struct lt_key *key);
bool lt_row_get_ref(struct lt_txn *txn, const struct lt_row_ref *ref, struct ref_row *ret_row);
void lt_row_put_ref(struct lt_txn *txn, const struct lt_row_ref *ref, const struct ref_row *row);
bool lt_row_get_rid(struct lt_txn *txn, const struct lt_record_id *id, uint64_t *ret_number);
void lt_row_put_rid(struct lt_txn *txn, const struct lt_record_id *id, uint64_t number);
void lt_row_put_alias(struct lt_txn *txn, const struct lt_row_ref *ref,
                      const struct lt_row_ref *to);
void lt_row_put_natural(struct lt_txn *txn, const struct lt_natural *natural, uint64_t number);
void lt_row_delete_natural(struct lt_txn *txn, const struct lt_natural *natural, uint64_t number);
/* Numbers under a natural key, ascending; malloc'ed. */
size_t lt_row_naturals(struct lt_txn *txn, const uint8_t key[16], bool alike,
                       uint64_t **ret_numbers);

/* The reference that a record goes by: of a correction, of an alias, of a pending draft. */
bool lt_row_canonical(struct lt_txn *txn, const struct lt_row_ref *ref,
                      struct lt_row_ref *ret_group,
                      uint64_t *ret_record); /* record 0: only drafts */

/* ---- Bodies (journal_bodies.c) ---- */

/* Updates of our chain, read back; a small cache whose entries can be pinned. A holder that may hold
 * several pins at most BODIES_PINNED_MAX different ones, so that another can work beside it. */
enum { BODIES_PINNED_MAX = 6 };
struct body {
    uint64_t position; /* 0: none */
    struct lt_arena *arena;
    Lienthong__ReportBody *report;
    Lienthong__Personal *personal; /* NULL: none */
    struct lt_hash id;
    struct lt_key key;
    unsigned pins;
    uint64_t used;
};
/* NULL: not there, or failed (sticky). The entry stays until it is needed for another; pin it. */
struct body *lt_bodies_load(struct lt_journal *journal, struct lt_txn *txn, uint64_t position);
void lt_bodies_drop(struct lt_journal *journal); /* frees the cache */

/* ---- The derived tables (journal_index.c) ---- */

/* Indexes a stored update of our chain; `personal` may be NULL. */
void lt_index_update(struct lt_journal *journal, struct lt_txn *txn, const struct lt_update *update,
                     uint64_t position, const Lienthong__ReportBody *body,
                     const Lienthong__Personal *personal, struct lt_arena *arena);
/* Drafts of a record that goes by another reference now. */
void lt_index_move_group(struct lt_txn *txn, const struct lt_row_ref *from,
                         const struct lt_row_ref *to);
/* Marks an update that this build cannot read. */
void lt_index_unread(struct lt_txn *txn, uint32_t body_version);
/* Derives all again when updates were kept that this build can read and an earlier one could not. */
enum lt_result lt_index_catch_up(struct lt_journal *journal);
enum lt_kind lt_change_kind(const Lienthong__Change *change);

/* The same in the caller's transaction, whatever was kept. */
void lt_index_again(struct lt_journal *journal, struct lt_txn *txn);

/* ---- Persons, sealed or not (journal_names.c) ---- */

/* The personal part of an update as far as this site can read it; NULL: it has none. */
enum lt_result lt_journal_persons(struct lt_journal *journal, struct lt_txn *txn,
                                  const struct lt_update *update, const Lienthong__ReportBody *body,
                                  struct lt_arena *arena, Lienthong__Personal **ret_personal);
/* Seals the names of an update just made (malloc'ed bytes), when a directive says so. */
enum lt_result lt_journal_close_names(struct lt_journal *journal, struct lt_txn *txn,
                                      const struct lt_keys *own, uint8_t **bytes, size_t *size);

/* ---- Persons that are erased (journal_erase.c) ---- */

/* Indexes an update of our chain that was just appended; what directives have redacted goes first. */
void lt_erase_arrived(struct lt_journal *journal, struct lt_txn *txn,
                      const struct lt_update *update, uint64_t position,
                      const Lienthong__ReportBody *body, const Lienthong__Personal *personal,
                      struct lt_arena *arena);
/* With a directive that redacts, or hands our unit a key: so that a program that ends before lt_erase_due goes on
 * with it. */
void lt_erase_note(struct lt_journal *journal, struct lt_txn *txn,
                   const Lienthong__DirectiveBody *body);
/* Carries out what directives have redacted, and reads again what a key opens, in a transaction of its own. */
enum lt_result lt_erase_due(struct lt_journal *journal);
/* The same at opening, when a note says that it was not done. */
enum lt_result lt_erase_catch_up(struct lt_journal *journal);

/* ---- What a record says now (journal_history.c) ---- */

struct history {
    uint64_t record;
    struct record_row row;
    struct version_row *versions; /* ascending by stamp */
    enum lt_verdict *verdicts;
    bool *ignored; /* a draft that counts elsewhere or earlier */
    size_t count;
    size_t current; /* the last said, else what counts */
    size_t
        content; /* the put that shows what it is about: `current`, or what a retraction retracts */
    bool has_content;
    bool counts; /* `current` counts */
    bool contested;
    bool has_other; /* another version to show: the one that lost, or the one that counts instead */
    size_t other;
};
/* Judges all versions when `judge`, else only where there is more than one. LT_NOT_FOUND. */
enum lt_result lt_history_load(struct lt_journal *journal, struct lt_txn *txn, uint64_t record,
                               bool judge, struct history *ret_history);
void lt_history_free(struct history *history);

/* The record that a new row of this natural key continues: a live one before a retracted one, then the
 * one put first. False: none. `group` may be of drafts only. */
bool lt_natural_match(struct lt_journal *journal, struct lt_txn *txn, const uint8_t exact[16],
                      bool with_drafts, struct lt_row_ref *ret_group, uint64_t *ret_record);

/* ---- One body of several drafts (journal_pack.c) ---- */

struct batch;
/* NULL: out of memory. */
struct batch *lt_batch_new(int64_t signed_at);
void lt_batch_free(struct batch *batch);
size_t lt_batch_count(const struct batch *batch);
/* Would so many more drafts, of so many bytes together, still fit? An empty batch has room for one. */
bool lt_batch_has_room(const struct batch *batch, size_t count, size_t bytes);
/* Adds a draft's change, its references renumbered. `record` NULL: a new one; an id without update (all
 * zero) is an earlier change of this batch. Returns its index in ret_index. */
enum lt_result lt_batch_add(struct batch *batch, const struct draft_row *draft,
                            const struct lt_record_id *record, bool in_batch, bool unseen,
                            uint32_t *ret_index);
/* A change of a body, with the tables it refers to, as a body of its own in `arena`. */
enum lt_result lt_batch_single(const Lienthong__ReportBody *from, uint32_t index,
                               struct lt_arena *arena, Lienthong__ReportBody **ret_body);
/* Serialises body and personal part; both malloc'ed. */
enum lt_result lt_batch_pack(struct batch *batch, uint8_t **ret_body, size_t *ret_body_size,
                             uint8_t **ret_personal, size_t *ret_personal_size);

/* ---- journal.c ---- */

struct lt_chain lt_journal_chain(const struct lt_journal *journal);
struct lt_bytes lt_row_name_key(const char *name);
/* The book, brought up to date within a transaction. NULL: out of memory (sticky). */
struct lt_book *lt_journal_book_in(struct lt_journal *journal, struct lt_txn *txn);
struct lt_bytes lt_row_number_key(const uint64_t *number);
/* The verdict on a change of another unit's record; LT_COUNTS while there is no tree to judge by. */
enum lt_verdict lt_journal_judge_others(struct lt_journal *journal, struct lt_txn *txn,
                                        const Lienthong__ReportBody *body, uint32_t index);

/* ---- journal_updates.c ---- */

/* Positions of our chain that a receipt does not cover, ascending; malloc'ed. False: failed (sticky). */
bool lt_receipt_lacking(struct lt_journal *journal, struct lt_txn *txn,
                        const struct lt_statement *statement, uint64_t **ret_positions,
                        size_t *ret_count);
/* lt_journal_receipts in a transaction. */
size_t lt_receipts_held(struct lt_journal *journal, struct lt_txn *txn,
                        struct lt_held_receipt *ret_receipts, size_t max);

#endif
