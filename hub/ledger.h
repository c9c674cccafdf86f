/* ledger.h - a hub's durable state: the log of updates, and what is merged from it.
 *
 * One writer thread calls lt_ledger_commit; log, records, scopes, cells and the marks of receipts
 * change in one transaction. Any thread may read through its own short read transactions. The store
 * lies behind hub/store.h.
 *
 * Checked inside the writer's transaction: key against the book, parents, seq, the record rules. What a
 * revoked key signed is stored as well, and quarantined when it lies outside the cut: elsewhere it may
 * have been stored before the revocation was known, and others may have built on it.
 *
 * When a directive changes what was judged by, everything is judged again into a second generation of
 * the tables, in slices, inside the commit that brought it (or at the next opening); arrivals wait
 * meanwhile, readers see the former figures until the generations flip. Another process may write to the
 * same store: each commit first catches up with what it did. */
#ifndef LT_LEDGER_H
#define LT_LEDGER_H

#include <pthread.h>

#include "agent/log.h"
#include "proto/merge.h"

/* An update that workers have opened, verified (signature) and read. */
struct lt_arrival {
    struct lt_bytes bytes; /* the exact wire bytes, borrowed */
    struct lt_update update; /* spans into `bytes` */
    Lienthong__ReportBody *report; /* read into the worker's arena; NULL for a directive … */
    Lienthong__DirectiveBody
        *directive; /* … or for a newer body: stored, relayed, quarantined whole */
    /* answers */
    enum lt_result result; /* LT_OK stored; LT_EXISTS was there; else refused */
    uint64_t position;
    struct lt_tips missing; /* LT_ORPHAN */
};

struct lt_ledger;
/* Opens `dir`/store, rebuilds the book. `self` is this hub's unit. */
enum lt_result lt_ledger_open(const char *dir, bool read_only, struct lt_ledger **ret_ledger,
                              char ret_reason[200]);
void lt_ledger_close(struct lt_ledger *ledger);
/* For one that was opened to read only, beside a running hub: takes in what was stored since, and what of this hub's
 * own facts has changed. Short read transactions. *ret_state names what is there: it differs when anything that
 * figures, records or the tree follow from does. The one thread that reads this ledger, between its reads. */
enum lt_result lt_ledger_follow(struct lt_ledger *ledger, struct lt_hash *ret_state);
struct lt_env *lt_ledger_env(struct lt_ledger *ledger);
struct lt_store;
struct lt_store *lt_ledger_store(struct lt_ledger *ledger);
struct lt_box_ring;
/* The keys with which names that are sealed to this hub are read; maybe none. */
const struct lt_box_ring *lt_ledger_ring(const struct lt_ledger *ledger);

/* One group in one transaction, durable when it returns LT_OK. Arrivals that are refused do not harm
 * the others; a group that fails as a whole (LT_NO_SPACE) stores nothing and may be tried again. When a
 * group fails for a reason that lies in one update, it is retried in halves. */
enum lt_result lt_ledger_commit(struct lt_ledger *ledger, struct lt_arrival *const *arrivals,
                                size_t count);

/* Commits of directives alone judge nothing again until it is let go: so many directives in a row cost one
 * judging. Arrivals of reports meanwhile, letting go, and the next opening catch up. */
enum lt_result lt_ledger_hold(struct lt_ledger *ledger, bool hold);

/* Have directives come that the current state is not judged by yet? Any thread. */
bool lt_ledger_due(const struct lt_ledger *ledger);

/* The book, shared: hold the read lock while using it from any thread; only commit writes it. */
struct lt_book *lt_ledger_book(struct lt_ledger *ledger);
pthread_rwlock_t *lt_ledger_book_lock(struct lt_ledger *ledger);

/* Fills all of a statement but hub, incarnation, number, key, top and signed_at. Own read transaction.
 * `quarantine` is the sum modulo 2^256 (little-endian) of BLAKE2b-256 over (update, index as 4 bytes
 * big-endian, verdict as one byte) of each quarantined change of the chain; zeros: none. */
enum lt_result lt_ledger_statement(struct lt_ledger *ledger, const struct lt_chain *chain,
                                   struct lt_statement *ret_statement);

/* This hub's own facts, in the same store: set once by init and join. */
struct lt_hub_site {
    struct lt_unit unit;
    struct lt_unit top;
    struct lt_key root;
    struct lt_key recovery; /* zeros: none was pinned */
    struct lt_instance incarnation; /* of this ledger; changed when it finds that it was restored */
    bool has_parent;
    struct lt_unit parent;
    uint8_t parent_curve[32];
    size_t endpoint_count;
    char endpoints[8][LT_ENDPOINT_MAX];
    struct lt_key
        signer; /* this key alone says directives: ours was, or is being, changed for it; zeros: any */
};
void lt_ledger_site(struct lt_ledger *ledger, struct lt_hub_site *ret_site);
enum lt_result lt_ledger_set_site(struct lt_ledger *ledger, const struct lt_hub_site *site);
/* Makes a new book this hub's: its eyes, root, recovery key and top. LT_NO_MEMORY. */
enum lt_result lt_hub_site_pin(const struct lt_hub_site *site, struct lt_book *book);

/* Numbers for receipts: the first of `count`, rising, durably reserved (a million at a time), so that no
 * restart gives one out twice. 0: the store cannot be written. Any thread. */
uint64_t lt_ledger_receipt_numbers(struct lt_ledger *ledger, size_t count);
/* May this number have been given out? A greater one, in a receipt of ours, proves that this ledger was restored from an
 * older copy. What cannot be read counts as given out. Any thread. */
bool lt_ledger_gave_out(void *ledger, uint64_t number);
/* More than a ledger gives out in the life of any copy of it that is restored. */
enum { LT_RECEIPTS_LEAP = 1000000000 };
/* This ledger was restored, and a receipt of before bears `number`: it is another incarnation from now on (`site` has it), and
 * what it gives out lies so far above that no receipt of before, seen or not, reaches it. So it is noticed if the same copy
 * is restored once more. Both durable at once. */
enum lt_result lt_ledger_restored(struct lt_ledger *ledger, const struct lt_hub_site *site,
                                  uint64_t number);

/* Receipts of hubs above, kept for passing down: the newest of each (hub, chain). Array in one
 * transaction. */
enum lt_result lt_ledger_keep_receipts(struct lt_ledger *ledger, const struct lt_bytes *receipts,
                                       size_t count);
/* Calls for each kept receipt of a chain (all hubs). */
typedef void lt_receipt_seen(void *context, const struct lt_unit *hub, struct lt_bytes receipt);
void lt_ledger_receipts(struct lt_ledger *ledger, const struct lt_chain *chain,
                        lt_receipt_seen *seen, void *context);

/* The store's side of sync.h over this ledger (short read transactions; any one thread). */
void lt_ledger_sync_store(struct lt_ledger *ledger, struct lt_sync_store *ret_store);
/* The same towards the parent: what is signed by a key that waits for the top, and what builds on it, is held back. */
void lt_ledger_sync_store_up(struct lt_ledger *ledger, struct lt_sync_store *ret_store);

struct lt_ledger_counts {
    uint64_t updates, chains, records, changes, quarantined, contested;
    uint64_t generation;
    bool rebuilding; /* directives have come that the figures are not judged by yet */
    struct lt_hash directives; /* digest of the book */
    struct lt_hash state; /* order-free digest of cells: equal at two hubs with the same subtree */
};
void lt_ledger_counts(struct lt_ledger *ledger, bool with_state,
                      struct lt_ledger_counts *ret_counts);

#endif
