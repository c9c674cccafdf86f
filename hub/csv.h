/* csv.h - columns by their header, over agent/table.h: for the operator's own files (units, catalogue).
 *
 * Headers may stand in any order and case; a missing, doubled or unknown one is an error with its
 * column. Cells are trimmed in place. One thread. */
#ifndef LT_CSV_H
#define LT_CSV_H

#include "agent/table.h"
#include "proto/ids.h"

enum { LT_CSV_COLUMNS_MAX = 16 };

struct lt_csv_column {
    const char *name;
    bool needed;
};

/* A file with its columns found. */
struct lt_csv {
    struct lt_sheet sheet;
    const struct lt_csv_column *columns;
    size_t column_count;
    int at[LT_CSV_COLUMNS_MAX]; /* -1: not there */
};

/* `columns` outlives it. *ret_fault is filled on every failure. */
enum lt_result lt_csv_read(struct lt_bytes bytes, const struct lt_csv_column *columns,
                           size_t column_count, struct lt_csv *ret_csv,
                           struct lt_sheet_fault *ret_fault);
void lt_csv_free(struct lt_csv *csv);
size_t lt_csv_rows(const struct lt_csv *csv);
uint32_t lt_csv_line(const struct lt_csv *csv, size_t row);
/* "" where there is none. Lives as long as the csv. */
const char *lt_csv_cell(const struct lt_csv *csv, size_t row, size_t column);

/* A fault at a cell: says the column's name and the sentence. */
enum lt_result lt_csv_fault(const struct lt_csv *csv, size_t row, size_t column,
                            struct lt_sheet_fault *ret_fault, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* yyyy-mm-dd or dd/mm/yyyy; empty: 0. */
enum lt_result lt_csv_day(const struct lt_csv *csv, size_t row, size_t column, lt_day *ret_day,
                          struct lt_sheet_fault *ret_fault);
/* A text on one line, at most `bytes_max`. */
enum lt_result lt_csv_text(const struct lt_csv *csv, size_t row, size_t column, size_t bytes_max,
                           const char **ret_text, struct lt_sheet_fault *ret_fault);

#endif
