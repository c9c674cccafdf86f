/* table.h - CSV in and out: RFC 4180, read whole, every cell with its line.
 *
 * Reads UTF-8 with or without BOM; comma, semicolon or tab (the one that its first line has most of,
 * outside quotes, unless another makes a header of a later one; or the one that Excel's "sep=;" line names); CR, LF or CRLF; quoted cells with
 * doubled quotes and line ends. Other encodings and file kinds are recognised and named. Strict about
 * quotes: text after a closing quote, or a quote that is never closed, is an error with its line, since
 * a lenient reader would shift every later cell.
 *
 * A cell that a spreadsheet would run as a formula (= + - @ first) is written with an apostrophe before
 * it, and read without.
 *
 * A table is memory only and belongs to one thread; cells live as long as it. */
#ifndef LT_TABLE_H
#define LT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "proto/result.h"
#include "proto/update.h"

enum {
    LT_TABLE_BYTES_MAX = 64 * 1024 * 1024, /* ten times a province's year by name */
    LT_TABLE_ROWS_MAX =
        100 * 1000, /* and 30 times a commune's families; one import's transaction */
    LT_TABLE_LINE_BYTES_MAX = 64 * 1024, /* of one row: far beyond what a record can hold */
    LT_TABLE_COLUMNS_MAX = 128,
};

struct lt_sheet_row {
    uint32_t line; /* where it begins in the file, from 1 */
    uint32_t first, count; /* its cells in lt_sheet.cells */
};

struct lt_sheet {
    char separator; /* '\0': a workbook (xlsx.h) */
    char *bytes; /* the cells, each NUL-terminated */
    uint32_t *cells; /* offsets into bytes */
    bool *spread; /* by cell: it is merged with those above or below; NULL: none is */
    struct lt_sheet_row *rows; /* without the blank ones */
    size_t cell_count, row_count;
    uint32_t hidden_rows; /* of them: not shown by the program that wrote the file */
    char note[240]; /* what the clerk is to know of how it was read; "": nothing */
};

/* What is wrong with a file: line and column (cell) from 1, 0: the file as a whole. */
struct lt_sheet_fault {
    uint32_t line, column;
    char text[400]; /* in the language of the process */
};

/* Reads a file's bytes. LT_MALFORMED, LT_TOO_LARGE or LT_NO_MEMORY with *ret_fault filled. */
enum lt_result lt_table_read(struct lt_bytes bytes, struct lt_sheet *ret_sheet,
                             struct lt_sheet_fault *ret_fault);
void lt_table_free(struct lt_sheet *sheet);
/* "" beyond the row's end. */
const char *lt_table_cell(const struct lt_sheet *sheet, size_t row, size_t column);
/* Is the cell merged with others above or below it, and not empty? */
bool lt_table_is_spread(const struct lt_sheet *sheet, size_t row, size_t column);
/* Only of spaces (also U+00A0, which spreadsheets and web pages put in their place), tabs and line ends? */
bool lt_table_is_blank(const char *text);

/* Where a cell's text begins: behind the apostrophe that guards a formula. */
uint32_t lt_table_unguarded(const char *bytes, size_t start);

/* The checks before parsing: size, kind of file, encoding. lt_table_read makes them itself. */
enum lt_result lt_table_check(struct lt_bytes bytes, struct lt_sheet_fault *ret_fault);
/* Adds to the sheet's note, after "; " when there is one; what has no room is cut. */
void lt_table_note(struct lt_sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Fills a fault and returns `result`. */
enum lt_result lt_table_fault(struct lt_sheet_fault *ret_fault, enum lt_result result,
                              uint32_t line, uint32_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The greatest length up to `max` at which a UTF-8 text can be cut. */
size_t lt_table_cut(const char *text, size_t max);

/* A file's content, malloc'ed. LT_TOO_LARGE before reading it all; LT_NOT_FOUND, LT_IO. */
enum lt_result lt_table_load(const char *path, uint8_t **ret_bytes, size_t *ret_size,
                             struct lt_sheet_fault *ret_fault);

/* The same of a stream, which is closed. */
enum lt_result lt_table_load_stream(FILE *file, uint8_t **ret_bytes, size_t *ret_size,
                                    struct lt_sheet_fault *ret_fault);

/* Asked of what lies in the place of a file that is to be replaced: may it go? `path`: where it lies at that moment. */
struct lt_table_guard {
    bool (*may_go)(const void *context, const char *path); /* NULL: it may */
    const void *context;
};

/* A file that takes the place of `path` only when it is whole: written beside it, synced, renamed, and the name synced. */
struct lt_table_file {
    FILE *stream;
    char *path, *beside;
    struct lt_table_guard guard; /* none, until the caller sets one */
};
enum lt_result lt_table_create(const char *path, struct lt_table_file *ret_file,
                               struct lt_sheet_fault *ret_fault);
/* Puts it in place when `keep` and all was written; closes and frees in any case. LT_BUSY: the guard said no, and what
 * lay there lies there still, whoever wrote it meanwhile. */
enum lt_result lt_table_finish(struct lt_table_file *file, bool keep,
                               struct lt_sheet_fault *ret_fault);

/* Writes one cell, after a separator unless it is the row's first. Errors stay in the stream. */
void lt_table_write(FILE *out, const char *text, char separator, bool first);
/* Ends a row (CRLF, as Excel does). */
void lt_table_end_row(FILE *out);
/* The byte order mark without which Excel takes UTF-8 for something else. */
void lt_table_write_bom(FILE *out);

#endif
