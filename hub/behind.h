/* behind.h - the records behind a figure, asked of those alone who may have told of it; lt_records_counted_each walks all
 * that a ledger holds.
 *
 * A teller may have told of a place when one is at or below the other, or when a line of his lies elsewhere. Who has such
 * lines is gathered from all scopes when it is needed, and kept until the state changes; that takes some tenths of a second
 * for a million lines. Of these tellers only those are walked whose own sums have anything of the year and the code. While the ledger
 * is being judged again, sums may not be those of the records, and all are walked. Any thread. */
#ifndef LT_BEHIND_H
#define LT_BEHIND_H

#include "hub/records_counted.h"

struct lt_behind;
struct lt_behind *lt_behind_new(void); /* NULL: out of memory */
void lt_behind_free(struct lt_behind *behind); /* NULL ok */
/* The same records as lt_records_counted_each, with the same counted of each: first of the tellers
 * at, below or above the place, in the order of their units, then of the others. */
enum lt_result lt_behind_each(struct lt_behind *behind, struct lt_ledger *ledger,
                              const struct lt_counted_query *query, lt_counted_seen *seen,
                              void *context);

/* False stops. */
typedef bool lt_teller_seen(void *context, const struct lt_place *teller);
/* Those who may have told any such record, in the same order. LT_NOT_READY: the ledger is being judged again, anybody may. */
enum lt_result lt_behind_tellers(struct lt_behind *behind, struct lt_ledger *ledger,
                                 const struct lt_counted_query *query, lt_teller_seen *seen,
                                 void *context);

#endif
