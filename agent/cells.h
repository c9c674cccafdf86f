/* cells.h - a record as the cells of a clerk's file: the reverse of rows.h.
 *
 * What is written here is read by lt_rows_read as the same record. Any thread. */
#ifndef LT_CELLS_H
#define LT_CELLS_H

#include "agent/columns.h"
#include "agent/journal.h"

struct lt_cells {
    char *texts[LT_COLUMN_COUNT]; /* malloc'ed; NULL: empty */
    bool no_memory;
};

/* Fills the cells of a record that is not retracted; words in the language of the process.
 * LT_NO_MEMORY. */
enum lt_result lt_cells_of(const struct lt_record_view *record, struct lt_cells *ret_cells);
/* Of the other version of a contested record, `other_body` of the view. */
enum lt_result lt_cells_of_other(const struct lt_record_view *record, struct lt_cells *ret_cells);
void lt_cells_free(struct lt_cells *cells);
/* What stands in a list for a name that was erased, or is sealed and cannot be read here. */
const char *lt_cells_erased(void);
const char *lt_cells_sealed(void);
/* Is a name one of these, in either language? Then it is none. */
bool lt_cells_no_name(const char *name);
/* enum lt_kind of a change; 0: none that this build knows. */
uint8_t lt_cells_kind(const Lienthong__Change *change);

#endif
