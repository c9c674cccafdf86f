/* row_file.h - a table being written for people: CSV or a workbook, whole or not at all.
 *
 * Cells come one after another, row by row. Every cell of a workbook is a text in the format Text, so that
 * Excel neither computes it nor makes a date or 1.45E+03 of what is typed there later. Written beside its
 * place, synced and renamed. Errors stay in the file and are told by lt_row_file_finish. One thread. */
#ifndef LT_ROW_FILE_H
#define LT_ROW_FILE_H

#include "agent/table.h"

/* How the next cells look in a workbook. */
enum lt_row_style {
    LT_ROW_PLAIN,
    LT_ROW_TITLE, /* may run over the cells beside it */
    LT_ROW_HEADER, /* the first row that has it stays in view */
    LT_ROW_GOOD,
    LT_ROW_WRONG,
    LT_ROW_STYLE_COUNT
};

struct lt_row_file;

/* A workbook when `path` ends in .xlsx, else CSV with `separator`. LT_NO_SPACE, LT_IO, LT_NO_MEMORY with a fault. */
enum lt_result lt_row_file_create(const char *path, char separator, struct lt_row_file **ret_file,
                                  struct lt_sheet_fault *ret_fault);
/* CSV into a stream that stays open and whose errors are the caller's. NULL: out of memory. */
struct lt_row_file *lt_row_file_over(FILE *stream, char separator);
/* Of the file that it replaces, if there is one then. */
void lt_row_file_guard(struct lt_row_file *file, struct lt_table_guard guard);
bool lt_row_file_is_book(const char *path);

void lt_row_file_style(struct lt_row_file *file, enum lt_row_style style);
void lt_row_file_cell(struct lt_row_file *file, const char *text);
void lt_row_file_end_row(struct lt_row_file *file);
/* Puts it in place when `keep` and all was written; frees in any case. As lt_table_finish. */
enum lt_result lt_row_file_finish(struct lt_row_file *file, bool keep,
                                  struct lt_sheet_fault *ret_fault);

#endif
