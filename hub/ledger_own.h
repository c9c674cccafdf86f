/* ledger_own.h - the inside of a ledger. Private to hub/ledger*.c and hub/rebuild.c.
 *
 * Other processes may write to the same store (an operator's command beside a running hub), so nothing
 * kept in memory is taken for granted: each write transaction looks whether the log ends where this
 * ledger thinks, and what is behind catches up first. */
#ifndef LT_LEDGER_OWN_H
#define LT_LEDGER_OWN_H

#include "hub/chains.h"
#include "hub/ledger.h"
#include "hub/merge.h"

/* Numbers of receipts that are set aside durably at once; what is left at the end is never used. */
enum { LT_RECEIPTS_AHEAD = 1000000 };

/* A key that some directive revokes: whether that counts, and its cut, may change later. */
struct lt_watched {
    struct lt_chain chain;
    struct lt_key key;
};

struct lt_newest_receipt {
    struct lt_unit hub;
    uint64_t number;
    uint8_t *bytes;
    size_t size;
};

struct lt_ledger {
    struct lt_store *store;
    bool read_only;
    struct lt_book *book;
    pthread_rwlock_t book_lock;
    struct lt_merge *merge;
    struct lt_arena *arena; /* for reading directives and updates judged again */
    struct lt_chains *chains;
    uint64_t last; /* all updates up to here are in the book and among the chains */
    uint64_t directives; /* position of the last directive in the book */
    uint64_t erased; /* the same, when redactions were last carried out */
    bool held; /* judging again waits */
    _Atomic uint64_t unread_directives; /* of a newer body: they say nothing here */
    _Atomic uint32_t unread_newest; /* the greatest version of their bodies */
    _Atomic bool altered; /* since the state was judged: everything must be judged again */
    struct lt_box_ring ring; /* the hub's box key: what its listings read sealed names with */
    struct lt_watched *watched;
    size_t watched_count;
    struct lt_hash revocations; /* digest of what the watched keys' revocations say */
    pthread_mutex_t lock; /* of all that follows */
    uint64_t receipt_next, receipt_most; /* numbers to give out; durable bound */
    struct lt_hub_site site;
    struct lt_newest_receipt newest[LT_HELLO_RECEIPTS_MAX];
    size_t newest_count;
};

/* Brings book and chains up to the end of the log, and judges everything again if that is due. */
enum lt_result lt_ledger_catch_up(struct lt_ledger *ledger);
/* The first half: what was appended since, by whomever. */
enum lt_result lt_ledger_read_on(struct lt_ledger *ledger);
/* Reads this hub's own facts again; another process may have set them. */
enum lt_result lt_ledger_refresh_site(struct lt_ledger *ledger);
/* Adds one directive of the log to the book, and notes whether judgements change by it. */
enum lt_result lt_ledger_learn(struct lt_ledger *ledger, const struct lt_update *update,
                               uint64_t position);

/* Carries out redactions that directives have brought since the last time, in a transaction of its own. */
enum lt_result lt_ledger_erase(struct lt_ledger *ledger);

/* Commits of one kind, in one transaction (a directive: in one of its own). */
enum lt_result lt_ledger_accept_reports(struct lt_ledger *ledger,
                                        struct lt_arrival *const *arrivals, size_t count);
enum lt_result lt_ledger_accept_directive(struct lt_ledger *ledger, struct lt_arrival *arrival);

/* Judges everything again into the other generation, slice by slice, then makes it the current one.
 * Goes on where a former run, or another process, was interrupted. */
enum lt_result lt_ledger_rebuild(struct lt_ledger *ledger);

enum lt_result lt_ledger_load_receipts(struct lt_ledger *ledger);
/* Within a write of the ledger: sets aside as lt_ledger_restored says. The next number. */
uint64_t lt_receipts_leap(struct lt_store_txn *txn, uint64_t number);
/* `falls_short` of proto/sync.h. */
bool lt_receipts_fall_short(void *context, const struct lt_unit *hub, const struct lt_chain *chain,
                            const struct lt_hash *tips, size_t count);
void lt_ledger_forget_receipts(struct lt_ledger *ledger);

#endif
