/* export.h - the records of this site as rows that can be edited and imported again. One thread. */
#ifndef LT_EXPORT_H
#define LT_EXPORT_H

#include "agent/listing.h"
#include "agent/row_file.h"

/* Writes the records that the listing shows, but not retracted ones: all columns of awards, so that rows can be
 * added, and of other kinds those in use. Errors of writing stay in the file. */
enum lt_result lt_export(struct lt_journal *journal, const struct lt_listing *listing,
                         struct lt_row_file *out);

#endif
