/* records_counted.h - `records --counted`: every record that counts within its author, with what of it counts
 * in the figures and what decided it, so that someone else can recount. */
#ifndef LT_RECORDS_COUNTED_H
#define LT_RECORDS_COUNTED_H

#include "hub/counted.h"
#include "hub/listing.h"
#include "hub/print.h"

struct lt_counted_query {
    const struct lt_place *place; /* counting at it, or below it in the tree of the time */
    int year_from, year_to; /* of the basis; 0: any */
    bool decided; /* the year of the decision, instead of the achievement's */
    const char *code; /* NULL: any */
    uint8_t kind, recipient; /* enum lt_kind, Lienthong__Recipient; 0: any */
};
/* Each such record with what of it counts; borrowed for the call. False stops. */
typedef bool lt_counted_seen(void *context, const struct lt_listed *record,
                             const struct lt_counted *counted);
enum lt_result lt_records_counted_each(struct lt_ledger *ledger,
                                       const struct lt_counted_query *query, lt_counted_seen *seen,
                                       void *context);
/* The same of one author's (NULL: anyone's) alone, with the caller's counting. *ret_more: it was not stopped. */
enum lt_result lt_records_counted_by(struct lt_ledger *ledger, const struct lt_place *author,
                                     const struct lt_counted_query *query,
                                     struct lt_counting *counting, lt_counted_seen *seen,
                                     void *context, bool *ret_more);
/* The decision that the version which counts names; NULL: none. */
const Lienthong__Decision *lt_record_decision(const struct lt_listed *record);
/* Prints to stdout. */
enum lt_result lt_records_counted(struct lt_ledger *ledger, const struct lt_counted_query *query,
                                  enum lt_print_format format);

#endif
