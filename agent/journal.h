/* journal.h - what a site keeps: its log, drafts not yet signed, its records, imports and receipts.
 *
 * One LMDB environment in `dir`/store. Every function that changes something is one durable
 * transaction. Several processes may use a journal (the running agent, an `import`); within a process
 * one thread.
 *
 * Row reference: a record's lasting name for its clerk is (import, row) of the draft that first put it,
 * "9f3a61c2d4e5b607-12": it is known the moment the row is imported, is kept in the signed change, and
 * so survives a replaced PC. */
#ifndef LT_JOURNAL_H
#define LT_JOURNAL_H

#include "agent/log.h"
#include "agent/natural.h"
#include "agent/keys.h"
#include "proto/rules.h"

enum { LT_ENDPOINTS_MAX = 8 };

/* What a site knows of itself and its parent; kept in the journal's meta table. */
struct lt_site {
    struct lt_unit unit; /* code empty: not joined yet */
    Lienthong__Role role;
    struct lt_instance instance; /* drawn by lt_journal_open when the store is made */
    struct lt_unit parent; /* the hub it joined */
    struct lt_unit top;
    struct lt_key root;
    struct lt_key recovery; /* zeros: none was pinned */
    struct lt_key
        signer; /* none but this key signs: the own one was, or is being, changed for it; zeros: any */
    uint8_t parent_curve[32];
    size_t endpoint_count;
    char endpoints[LT_ENDPOINTS_MAX][LT_ENDPOINT_MAX];
};

struct lt_row_ref {
    uint64_t import;
    uint32_t row;
};
enum { LT_ROW_REF_MAX = 16 + 1 + 10 + 1 };
void lt_row_ref_format(const struct lt_row_ref *ref, char ret_text[LT_ROW_REF_MAX]);
enum lt_result lt_row_ref_parse(const char *text, struct lt_row_ref *ret_ref);
/* With what the record said when a clerk's list was written, so that an old list is known as one: "REF.4c7e".
 * `value` is lt_change_value's; a version is 16 bits of it. Parsing is LT_MALFORMED without a version. */
enum { LT_ROW_VERSION_MAX = LT_ROW_REF_MAX + 5 };
uint16_t lt_row_version(uint64_t value);
void lt_row_version_format(const struct lt_row_ref *ref, uint64_t value,
                           char ret_text[LT_ROW_VERSION_MAX]);
enum lt_result lt_row_version_parse(const char *text, struct lt_row_ref *ret_ref,
                                    uint16_t *ret_version);
/* A record as the hubs name it: the update that put it, 64 hexadecimal digits, and the index in it, after a
 * hyphen. LT_MALFORMED. */
enum lt_result lt_record_name_parse(const char *text, struct lt_record_id *ret_id);

struct lt_journal;
enum lt_result lt_journal_open(const char *dir, bool read_only, struct lt_journal **ret_journal,
                               char ret_reason[200]);
void lt_journal_close(struct lt_journal *journal);
struct lt_env *lt_journal_env(struct lt_journal *journal);
void lt_journal_site(struct lt_journal *journal, struct lt_site *ret_site);
/* This machine's own key. Of the unit's other machines nothing is taken, and so built upon, before the top has
 * granted their keys: else a hub between that grants itself one could spoil our chain. */
void lt_journal_own(struct lt_journal *journal, const struct lt_key *own);
enum lt_result lt_journal_set_site(struct lt_journal *journal, const struct lt_site *site);
/* The book of the directives held, kept up to date by lt_journal_store; reread when another process
 * added some. Pinned to the site's root and top. Owned by the journal. NULL: out of memory, or the store cannot
 * be read. */
struct lt_book *lt_journal_book(struct lt_journal *journal);
/* Does our chain hold updates of another machine of the unit that this program is too old to read? */
bool lt_journal_unread(struct lt_journal *journal);
/* Frees the book and the memory used for reading; both come back when needed. For a process at rest. */
void lt_journal_drop_book(struct lt_journal *journal);

/* ---- Drafts ---- */

/* One row as the clerk gave it. `body` holds exactly one change and the tables it refers to. */
struct lt_draft {
    struct lt_row_ref ref; /* import and row of this draft */
    uint8_t op; /* Lienthong__Op */
    bool corrects; /* of a record that is there: */
    struct lt_row_ref record; /*   its row reference */
    bool others; /* it is a record of a unit that this one succeeds: */
    struct lt_record_id named; /*   which */
    bool
        apart; /* the clerk said "new": another record though one with its natural key is there. Rule 3
                   does not make a change of that one of it */
    Lienthong__ReportBody *body; /* for a put; borrowed from the caller when adding */
    Lienthong__Person *person; /* may be NULL */
    const char *reason; /* of a retraction or withdrawal; NULL: none */
    int64_t drafted_at;
};

/* An import as a whole: all its drafts and its note in one transaction, or nothing. For each draft the
 * version that its clerk saw (of the record named, or with its natural key) is noted here. `id` was
 * drawn by the caller, not 0. Nothing is stored on an error: LT_NO_SPACE; LT_MALFORMED or LT_TOO_LARGE:
 * a row that no hub would read (a control character, a reference beyond its table); LT_EXISTS: a draft
 * or change with this import and row is there; LT_NOT_FOUND: a draft corrects what is not there (but of
 * `others`). A new row whose natural key is there, retracted or not, becomes a change of that record.
 * `count` may be 0: then the rows that are `held` are noted. */
struct lt_row_held { /* a row that told nothing new, and the record that it is */
    uint32_t row;
    struct lt_row_ref record;
};
struct lt_import {
    uint64_t id;
    const char *file;
    struct lt_hash content;
    int64_t at;
    uint32_t rows, accepted, refused;
    const struct lt_row_held *held;
    size_t held_count;
};
enum lt_result lt_journal_import(struct lt_journal *journal, const struct lt_import *import,
                                 const struct lt_draft *drafts, size_t count);
/* Was a file of this content imported before? */
bool lt_journal_import_of(struct lt_journal *journal, const struct lt_hash *content,
                          uint64_t *ret_id, int64_t *ret_at);
/* The file of an import, as noted here; "" when this journal has not noted it. */
void lt_journal_import_file(struct lt_journal *journal, uint64_t id,
                            char ret_file[LT_LONG_TEXT_BYTES_MAX + 1]);
/* The record that a row of an import is: *ret_said: it said something of it, else it told nothing new. False: it is none
 * that is known here. */
bool lt_journal_row(struct lt_journal *journal, const struct lt_row_ref *row,
                    struct lt_row_ref *ret_record, bool *ret_said);
/* What a record said before `row` of an import corrected it, when nothing came since: one change with the tables it
 * refers to, and its person (NULL: none), in the arena. LT_NOT_FOUND: something did, or there is nothing to show (it was
 * put by this row, retracted before, is another unit's, or its name was erased or cannot be read here). */
enum lt_result lt_journal_former(struct lt_journal *journal, const struct lt_row_ref *row,
                                 struct lt_arena *arena, Lienthong__ReportBody **ret_body,
                                 Lienthong__Person **ret_person);
size_t lt_journal_draft_count(struct lt_journal *journal);

/* Signs drafts, by the five rules of design section 3: one update of at most LT_UPDATE_BYTES_MAX on all
 * known tips; updates, forgotten drafts and records in one transaction. Rule 3 drops what the chain
 * holds already, rule 4 sets `unseen`. LT_NOT_FOUND: nothing was left to sign (drafts that were "already
 * in" are gone), or the site has another `signer`. Call again while *ret_more. Whether signing is allowed now is the caller's question
 * (LT_DO_SIGN). */
enum lt_result lt_journal_sign(struct lt_journal *journal, const struct lt_keys *keys,
                               int64_t wall_time, struct lt_hash *ret_update, bool *ret_more);

/* Two machines of a unit that are given one file at the same moment, before either has heard of the other,
 * both put its rows. Of two live records with one exact natural key, put on branches that did not know each
 * other, the one with the greater stamp goes, corrected since or not, unless it was taken back before and
 * restored. The machine whose key put it drafts its retraction, as an import of its own with the reason (when
 * that key is no longer valid, any machine does). The other machine, judging the same, drafts nothing; so it ends.
 * Records that one machine put knowing the other ("mới") stay. *ret_count: how many. */
enum lt_result lt_journal_take_back_twins(struct lt_journal *journal, const struct lt_key *own,
                                          int64_t now, size_t *ret_count);

/* ---- Updates and receipts from the parent ---- */

/* Stores a fetched update: opens, verifies, reads, checks the key against the book (a directive's too),
 * appends, and brings records and book up to date, in one transaction. LT_EXISTS is success already had. */
enum lt_result lt_journal_store(struct lt_journal *journal, struct lt_bytes bytes,
                                struct lt_chain *ret_chain);
/* Keeps a receipt of a hub for our chain if its key is the hub's by the book. A later one of the same
 * hub replaces it even when it covers less. LT_EXISTS: held already, or an older one of the
 * same ledger that covers no more. LT_NOT_YOURS: another chain, no hub above us, or one that says it is the
 * top and is not; LT_KEY_UNKNOWN, LT_KEY_REVOKED. */
enum lt_result lt_journal_receipt(struct lt_journal *journal, struct lt_bytes receipt);

/* Receipts held, newest of each hub, from parent to top (hubs between in order once the book is built). */
struct lt_held_receipt {
    struct lt_statement statement;
    uint64_t covered; /* of our chain's updates */
};
size_t lt_journal_receipts(struct lt_journal *journal, struct lt_held_receipt *ret_receipts,
                           size_t max);
/* The newest one held of a hub; false: none. */
bool lt_journal_receipt_of(struct lt_journal *journal, const struct lt_unit *hub,
                           struct lt_statement *ret_statement);
/* The store's side of sync.h for this journal (uses short read transactions). */
void lt_journal_sync_store(struct lt_journal *journal, struct lt_sync_store *ret_store);

/* ---- Records ---- */

enum lt_record_state {
    LT_RECORD_DRAFT, /* on this PC, not signed */
    LT_RECORD_SIGNED, /* signed, no receipt */
    LT_RECORD_AT_PARENT, /* covered by a receipt of the parent or a hub between */
    LT_RECORD_COUNTED, /* covered by a receipt of the top */
};

/* A record as its clerk sees it: the current version, drafts included. Borrowed for the callback, which
 * may read the journal but not write, drop the book, or close it.
 *
 * The current version is the last draft, else the last said. Of a draft the verdict says what will become
 * of it. When the last said is quarantined, `other_body` is what counts meanwhile. Of a retracted record
 * body and natural key are those of the put that it takes back.
 *
 * Of a record of another unit, which this one succeeds, there is what this unit said of it, no more: no
 * natural key, and no body when all that was said is its retraction. Reference 0 is that other unit. */
struct lt_record_view {
    struct lt_row_ref ref;
    enum lt_record_state state;
    bool retracted, contested, quarantined;
    bool others; /* another unit's */
    enum lt_verdict verdict; /* why quarantined, by the book held here */
    const Lienthong__ReportBody *body; /* the current version's body and the index in it */
    uint32_t index;
    const Lienthong__Person *person; /* NULL: none, or: */
    bool erased; /* its person was erased by a directive */
    bool hidden; /* its person is sealed, and this machine has no key for it */
    const Lienthong__ReportBody *other_body; /* the version that lost, or see above; NULL: none */
    uint32_t other_index;
    const Lienthong__Person *other_person; /* of it; NULL: none, or: */
    bool other_erased, other_hidden;
    bool other_retracted; /* that version takes the record back, and has no body */
    struct lt_natural natural;
    uint64_t import; /* of the current version */
    int64_t said_at;
};
typedef bool lt_record_seen(void *context, const struct lt_record_view *record); /* false: stop */
/* All records in the order they were first put. Read in slices: no transaction is open for long. */
enum lt_result lt_journal_records(struct lt_journal *journal, lt_record_seen *seen, void *context);
/* By row reference: LT_NOT_FOUND. */
enum lt_result lt_journal_record(struct lt_journal *journal, const struct lt_row_ref *ref,
                                 lt_record_seen *seen, void *context);
/* Which record a reference means; when `id` is not NULL, the record that hubs name so, whose reference here goes
 * into *ref: it is made of the name when this site does not hold it. *ret_others: it is another unit's. */
enum lt_result lt_journal_find(struct lt_journal *journal, const struct lt_record_id *id,
                               struct lt_row_ref *ref, bool *ret_others);
/* All records whose natural key equals in `exact` (or in `alike`), retracted ones included. */
enum lt_result lt_journal_natural(struct lt_journal *journal, const uint8_t key[16], bool alike,
                                  lt_record_seen *seen, void *context);

/* What promise 3 asks for: every number has a name. */
struct lt_journal_counts {
    uint64_t drafts, updates, records, retracted, contested, quarantined, refused;
    uint64_t updates_at_parent, updates_counted; /* covered by the parent's, the top's receipt */
    int64_t oldest_waiting_at; /* of a draft or an update not yet at the top; 0: none */
    uint64_t disk_free_bytes;
};
void lt_journal_counts(struct lt_journal *journal, struct lt_journal_counts *ret_counts);
/* The same without looking at records: drafts, updates, how far they have come, and the oldest that waits. */
void lt_journal_count_updates(struct lt_journal *journal, struct lt_journal_counts *ret_counts);

#endif
