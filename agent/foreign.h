/* foreign.h - other kinds of file that people take for a table, recognised by what is in them.
 *
 * Pure; any thread. The sentences say what to do, in the language of the process. */
#ifndef LT_FOREIGN_H
#define LT_FOREIGN_H

#include "proto/update.h"

#include <stdbool.h>

/* What the file is when it is neither a text nor a zip archive; NULL: nothing that is known. */
const char *lt_foreign_kind(struct lt_bytes bytes);
/* A zip archive: perhaps a workbook of today's Excel. */
bool lt_foreign_is_zip(struct lt_bytes bytes);

#endif
