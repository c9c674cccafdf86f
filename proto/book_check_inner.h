/* book_check_inner.h - items checked against a book before they are said. Private to proto/book_check_*.c.
 *
 * Units are looked up in the list itself too: what a list enters and what it says of it may be one body. */
#ifndef LT_BOOK_CHECK_INNER_H
#define LT_BOOK_CHECK_INNER_H

#include "proto/book_items.h"

enum { CHECK_REASON_BYTES = 160 };

/* A unit entry of the list. */
struct told_unit {
    struct lt_unit unit;
    lt_day valid_to;
    size_t index;
};
/* A succession of the list; the successor's code "" when there is none. */
struct told_heir {
    struct lt_unit unit, successor;
    const Lienthong__Succession *entry;
    size_t index;
};
struct standing_check {
    const struct lt_book *book;
    struct told_unit *units; /* ascending by unit, index */
    size_t unit_count;
    struct told_heir *heirs; /* ascending by unit, successor, index */
    size_t heir_count;
    char *reason;
};

/* "sentence: unit"; unit NULL: the sentence alone. */
enum lt_result lt_check_refuse(const struct standing_check *check, const char *sentence,
                               const struct lt_unit *unit);
/* Is the unit in the book or the list? Its last day then (0: open). */
bool lt_check_known(const struct standing_check *check, const struct lt_unit *unit,
                    lt_day *ret_last);
/* A unit as told must be there. `what` names it: "the lead". Absent is LT_NOT_FOUND. */
enum lt_result lt_check_unit(const struct standing_check *check, const Lienthong__Unit *told,
                             const char *what, struct lt_unit *ret_unit);

enum lt_result lt_check_succession(const struct standing_check *check,
                                   const Lienthong__Succession *entry, size_t index);
enum lt_result lt_check_item(const struct standing_check *check, const Lienthong__Directive *item);

#endif
