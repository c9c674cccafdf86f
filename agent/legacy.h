/* legacy.h - Vietnamese text from before Unicode: TCVN3 (fonts .Vn…) and VNI (fonts VNI-…).
 *
 * Such text lies in workbooks and UTF-8 files as Western letters ("NguyÔn V¨n", "Nguyeãn Vaên"), which
 * those fonts show as Vietnamese. Which encoding a sheet has is told by how many of its words are
 * Vietnamese syllables when read so, and are none as they stand; then the cells that gain by it are
 * converted, and the sheet's note says so. A sheet in Unicode stays as it is.
 *
 * Pure; any thread. */
#ifndef LT_LEGACY_H
#define LT_LEGACY_H

#include "agent/table.h"

enum lt_legacy { LT_LEGACY_NONE, LT_LEGACY_TCVN3, LT_LEGACY_VNI };

/* Converts what is in an old encoding. *ret_found: which; the sheet's texts may move. LT_NO_MEMORY: as it was. */
enum lt_result lt_legacy_convert(struct lt_sheet *sheet, enum lt_legacy *ret_found);

/* A clerk's file of any kind that is read: a workbook, or CSV, in an old encoding too. As lt_table_read. */
enum lt_result lt_legacy_read(struct lt_bytes bytes, struct lt_sheet *ret_sheet,
                              struct lt_sheet_fault *ret_fault);

/* One text, malloc'ed, decoded and composed; NULL: out of memory. What is no letter of the encoding stays. */
char *lt_legacy_decode(enum lt_legacy encoding, const char *text);
/* Is a word (letters as they come, in UTF-8) one that Vietnamese can write? */
bool lt_legacy_is_syllable(const char *word);

#endif
