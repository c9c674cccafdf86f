/* items.h - the current records of a kind other than awards, read from their updates.
 *
 * A record is told by the change that counts within its author; whether it also counts among tellers is for
 * its scope to say. Read in slices: no transaction is open for long. Any thread. */
#ifndef LT_ITEMS_H
#define LT_ITEMS_H

#include "hub/ledger.h"

struct lt_item_view {
    const struct lt_place *author; /* for whom it is told: a predecessor of who signed it */
    struct lt_record_id id; /* the change that first put it */
    struct lt_stamp current;
    const Lienthong__ReportBody *body; /* of the current change … */
    uint32_t index; /* … and which one it is */
    struct lt_fact fact;
    const char *name; /* of whom it speaks (lt_reader_name) */
    bool contested;
    int64_t signed_at; /* by the author's clock */
    uint64_t position;
};
/* Borrowed for the call; false stops. */
typedef bool lt_item_view_seen(void *context, const struct lt_item_view *view);
/* Those of the years from … to (a span's is its last), by year, author, arrival. The book's read lock is
 * held meanwhile. */
enum lt_result lt_items(struct lt_ledger *ledger, uint8_t kind, int year_from, int year_to,
                        lt_item_view_seen *seen, void *context);
/* The unit that a reference of the body's table means, 0 being the author; NULL: the book has none. */
const struct lt_place *lt_item_unit(const struct lt_item_view *view, const struct lt_book *book,
                                    uint32_t reference);

#endif
