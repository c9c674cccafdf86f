/* xlsx.h - a workbook of Excel, LibreOffice or another program, read as the sheet that a CSV file gives.
 *
 * One page is read: the visible one whose header has known columns and rows below it. Where several have,
 * the clerk is asked to leave one, since taking one of them would lose the others silently. Other pages
 * are named in the sheet's note, hidden ones when they look like records; and how many rows of the page are hidden.
 *
 * Cells come as people see them in a Vietnamese Excel: numbers with a decimal comma and without an
 * exponent, "00123" where the format is 00000, days as dd/mm/yyyy (both systems of dates), a formula's
 * last value, yes and no as 1 and 0. A cell that is merged over several rows says the same in each of
 * them, and is marked as such (`spread`). Row numbers are the sheet's own. What Excel could not compute stays as its error, and a formula
 * without a value is LT_XLSX_NO_VALUE: both are refused with their row (rows.h).
 *
 * Bounded before anything is unpacked: no document type, no entity, at most LT_XLSX_XML_MAX bytes of XML,
 * and the limits of table.h. Pure; any thread. */
#ifndef LT_XLSX_H
#define LT_XLSX_H

#include "agent/table.h"

#define LT_XLSX_NO_VALUE "#CHƯA TÍNH!"

enum {
    LT_XLSX_XML_MAX =
        384 * 1024 * 1024, /* unpacked: 100,000 rows of 30 cells of 100 bytes, and its strings */
    LT_XLSX_PARTS_MAX = 4096, /* files in the archive; a workbook of pictures has hundreds */
    LT_XLSX_PAGES_MAX = 64,
    LT_XLSX_STRINGS_MAX = 2 * 1000 * 1000, /* 20 different texts a row */
    LT_XLSX_MERGES_MAX = 100 * 1000,
};

/* As lt_table_read; the bytes are those of a zip archive. */
enum lt_result lt_xlsx_read(struct lt_bytes bytes, struct lt_sheet *ret_sheet,
                            struct lt_sheet_fault *ret_fault);

#endif
