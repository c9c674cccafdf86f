/* revoking.h - ending a key at a cut, and letting single updates count outside one: what is meant, looked up and checked,
 * ready to be said.
 *
 * The commands `revoke` and `endorse` say it, and so do the hub's pages. Nothing is written here. What is wrong is said in
 * the language of the thread. One thread; the ledger's book is borrowed while a plan is made. */
#ifndef LT_REVOKING_H
#define LT_REVOKING_H

#include "hub/key_cut.h"
#include "hub/key_table.h"

struct lt_revoking_ask {
    const char *unit; /* "80", "80@2025-07-01" */
    const char *key; /* its first digits; NULL: the only one that there is */
    const char *keep; /* "all", "none", or updates with a comma between; NULL: all */
    const char *before; /* a day; NULL: none. Not beside `keep` */
    const char *reason; /* NULL: none */
    bool hub; /* of the unit's hub, where `key` is not given */
    bool pc_only; /* never a hub's */
    const char
        *dir; /* where this hub's own keys are, which it does not end; not read for a PC's key */
};

/* Large: on the heap, zeroed; freed plainly. Holds what `items` point to. */
struct lt_revoking {
    struct lt_unit unit;
    struct lt_granted_key key;
    struct lt_chain chain;
    struct lt_tips cut;
    Lienthong__Directive *items[LT_PARENTS_MAX];
    size_t item_count;
    char reason[LT_DIRECT_REASON_MAX]; /* why not */

    Lienthong__Unit wire_unit;
    Lienthong__Revocation revocation;
    Lienthong__Endorsement endorsements[LT_PARENTS_MAX];
    Lienthong__Directive directives[LT_PARENTS_MAX];
    ProtobufCBinaryData cut_bytes[LT_PARENTS_MAX];
    struct lt_hash endorsed[LT_PARENTS_MAX];
    char why[LT_LONG_TEXT_BYTES_MAX + 1];
};

/* One item, a Revocation. */
enum lt_result lt_revoking_plan(struct lt_ledger *ledger, const struct lt_revoking_ask *ask,
                                struct lt_revoking *revoking);
/* An Endorsement of each of these updates of the unit that does not count now; of none, when all do. */
enum lt_result lt_endorsing_plan(struct lt_ledger *ledger, const char *unit,
                                 const char *const *updates, size_t count,
                                 struct lt_revoking *revoking);

#endif
