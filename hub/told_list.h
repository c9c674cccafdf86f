/* told_list.h - lists that are found by going through what a place has told, as rows with headings: for a command, or a page.
 *
 * Any thread; a list takes what it needs from the store by itself. */
#ifndef LT_TOLD_LIST_H
#define LT_TOLD_LIST_H

#include "hub/ledger.h"
#include "hub/print.h"

struct lt_behind;

struct lt_told_question {
    const struct lt_place *place; /* of the book */
    int year_from, year_to; /* from 0: all years, where the list can do without */
    struct lt_behind *behind; /* who may have told of it (behind.h); NULL: it is found out */
};

struct lt_told_list {
    const char *schema;
    const struct lt_print_column *columns;
    size_t column_count;
    enum lt_result (*tell)(struct lt_ledger *ledger, const struct lt_told_question *question,
                           struct lt_print *print);
};

/* Rankings of clusters that are managed at or below the place, or have a member there (ranking.h). */
extern const struct lt_told_list lt_rankings_list;
/* Decisions that tellers tell differently, the greatest difference first; then decisions that are nearly equal. */
extern const struct lt_told_list lt_differences_list;

/* To standard output. */
enum lt_result lt_told_print(const struct lt_told_list *list, struct lt_ledger *ledger,
                             const struct lt_told_question *question, enum lt_print_format format);

#endif
