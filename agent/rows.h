/* rows.h - what one row of a clerk's file says: a change, checked by every rule at once.
 *
 * A row becomes a body of one change, with the units and the decision that it refers to, and a person.
 * Unit codes are resolved in the book at the date of the record (decision, event, else the year that it
 * is told for); an ambiguous code is refused with its candidates. What lt_judge would quarantine at the
 * hub is refused here, so that the clerk sees it now. All faults of a row are told together.
 *
 * A row may name a record of a unit that this one succeeds. What its cells leave empty is that unit, not
 * this one, and it is checked as said by any predecessor (predecessors.h).
 *
 * Pure but for the arena; one thread. What is made lives in the arena. */
#ifndef LT_ROWS_H
#define LT_ROWS_H

#include "agent/columns.h"
#include "agent/journal.h"
#include "agent/predecessors.h"
#include "agent/values.h"

/* What the rows of a file are read against; all outlive it. */
struct lt_rows {
    const struct lt_book *book;
    const struct lt_place *author;
    const struct lt_sheet *sheet;
    const struct lt_columns *columns;
    struct lt_arena *arena;
    struct lt_journal *journal; /* whose records references mean; NULL: none but this unit's own */
    const struct lt_predecessors *predecessors; /* NULL: none */
    uint8_t kind; /* enum lt_kind, for a file without a column of kinds */
    const char *take_back; /* rows that say no action retract, for this reason; NULL: they put */
    char **title_names; /* folded, two a title of the book */
};

enum lt_row_action {
    LT_ROW_PUT,
    LT_ROW_RETRACT, /* it never was so */
    LT_ROW_WITHDRAW, /* not mine to tell */
    LT_ROW_RESTORE, /* a retracted record was right after all */
};

struct lt_said {
    enum lt_row_action action;
    bool taken_back; /* retracted because its file is to be */
    bool is_new; /* the clerk knows that it looks like another */
    bool has_ref;
    struct lt_row_ref ref;
    bool has_version; /* of the record, which the list had that the row is from: lt_row_version */
    uint16_t version;
    bool
        others; /* the reference means a record of a unit that this one succeeds; when named as hubs do: */
    struct lt_record_id named;
    uint8_t kind; /* enum lt_kind; 0: a row reference says it all */
    Lienthong__ReportBody *body; /* NULL with kind 0 */
    Lienthong__Person *person; /* NULL: none */
    const char *reason; /* NULL: none */
    struct lt_natural natural; /* zero of others' */
    uint64_t value; /* lt_change_value */
};

/* Why a row is refused. */
struct lt_row_fault {
    int column; /* enum lt_column of the first fault; -1: the row as a whole */
    char text[800];
};

/* Prepares `rows`, of which all but title_names is set. LT_NO_MEMORY. */
enum lt_result lt_rows_begin(struct lt_rows *rows);
/* Reads row `row` of the sheet. LT_REFUSED with *ret_fault filled; LT_NO_MEMORY; else the journal's. */
enum lt_result lt_rows_read(const struct lt_rows *rows, size_t row, struct lt_said *ret_said,
                            struct lt_row_fault *ret_fault);
/* The Vietnamese or English sentence of a verdict, for clerks. */
const char *lt_rows_verdict(enum lt_verdict verdict);

#endif
