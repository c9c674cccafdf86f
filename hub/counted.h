/* counted.h - what of a record counts in the figures, and what decided it: its line among those of all
 * tellers of its scope, judged by the law of proto/merge.h.
 *
 * A line may hold several records (one teller, place and set of dimensions); where it counts in part, the
 * records asked about first take theirs first, so sums over all records of a ledger, each asked once, are the
 * figures. Scopes are kept for a while, since the records of a decision lie together. Belongs to one thread
 * and one listing; what comes
 * meanwhile is read anew. */
#ifndef LT_COUNTED_H
#define LT_COUNTED_H

#include "hub/scope_lines.h"

enum lt_reason {
    /* it counts, because … */
    LT_REASON_ALONE, /* nobody else tells of this decision */
    LT_REASON_AUTHORITY, /* it is the authority's own list */
    LT_REASON_NEAREST, /* the authority names none; its teller is the nearest */
    LT_REASON_EXCESS, /* a total, by what it exceeds what counts within */
    LT_REASON_REVOKES, /* the authority revokes it */
    /* it does not, because … */
    LT_REASON_SILENCED, /* the authority's own list stands */
    LT_REASON_FARTHER, /* another's list for that place is nearer */
    LT_REASON_COVERED, /* a total of which all is counted within */
    LT_REASON_REVOKED, /* the authority has revoked it, or the teller has said it before */
    LT_REASON_UNSETTLED, /* it is being judged again */
};
/* alone authority nearest excess revokes silenced farther covered revoked unsettled */
const char *lt_reason_name(enum lt_reason reason);
/* A sentence, in the language of the process. */
const char *lt_reason_text(enum lt_reason reason);

struct lt_counted {
    int64_t count, quantity; /* of this record */
    enum lt_reason reason;
    const struct lt_place *by; /* whose list decided */
    bool unconfirmed, differs; /* differs: tellers of the scope do */
};

struct lt_counting;
struct lt_counting *lt_counting_new(const struct lt_book *book); /* NULL: out of memory */
void lt_counting_free(struct lt_counting *counting);
/* All lines of a scope, judged, in the order of their keys; NULL with the transaction's error. They live until
 * 32 other scopes were asked for. *ret_apart: by how much tellers differ at most; 0: they do not. */
const struct lt_line *lt_counting_scope(struct lt_counting *counting, struct lt_store_txn *txn,
                                        const uint8_t scope[LT_SCOPE_BYTES], size_t *ret_count,
                                        int64_t *ret_apart);
/* Errors are the transaction's; then nothing is filled. */
void lt_counting_of(struct lt_counting *counting, struct lt_store_txn *txn,
                    const struct lt_fact *fact, struct lt_counted *ret_counted);

#endif
