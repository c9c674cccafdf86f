/* print.h - a list as people and programs take it: a table on a terminal, CSV for a spreadsheet, JSON.
 *
 * Cells are texts, UTF-8; a number's cell is its plain digits ("" when it is not stated), points are in
 * hundredths. On a terminal numbers are written as the language of the process does, in CSV and JSON
 * plainly. CSV has the byte order mark, and no cell is a formula. JSON is
 *   {"schema":…, …, "rows":[{column:value…}…]}
 * with null for a number that is not stated. A table keeps its rows until the end, for their widths; the
 * other two are written as they come. One thread. */
#ifndef LT_PRINT_H
#define LT_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "agent/text.h"
#include "proto/result.h"

enum lt_print_format { LT_PRINT_TABLE, LT_PRINT_JSON, LT_PRINT_CSV };
enum { LT_PRINT_COLUMNS_MAX = 48 };
enum lt_print_kind { LT_PRINT_TEXT, LT_PRINT_NUMBER, LT_PRINT_POINTS };

struct lt_print_column {
    const char *name; /* in CSV and JSON */
    const char *vietnamese, *english; /* on a terminal; NULL: not shown there */
    enum lt_print_kind kind;
};

/* Who takes the rows himself: cells as they are given to lt_print_row. */
struct lt_print_taker {
    void *context;
    void (*heading)(void *context, const char *text);
    bool (*row)(void *context,
                const char *const *cells); /* false: no memory; told by lt_print_end */
};

struct lt_print;
/* `columns` outlive it. `head`, what stands before the rows: of JSON members ("\"year\":2020"), else
 * NULL. NULL: out of memory. */
struct lt_print *lt_print_begin(FILE *out, enum lt_print_format format, const char *schema,
                                const char *head, const struct lt_print_column *columns,
                                size_t count);
/* To somebody else, who knows the columns; `taker` outlives it. NULL: out of memory. */
struct lt_print *lt_print_to(const struct lt_print_taker *taker);
/* One cell for each column; copied. */
void lt_print_row(struct lt_print *print, const char *const *cells);
/* A heading above the rows that follow; on a terminal only. */
void lt_print_heading(struct lt_print *print, const char *text);
/* Writes what is left and frees. `*ret_rows` may be NULL. LT_IO, LT_NO_MEMORY. */
enum lt_result lt_print_end(struct lt_print *print, size_t *ret_rows);

/* Points in hundredths as a decimal number, with this mark. */
void lt_points_text(int64_t points, char mark, char ret_text[LT_NUMBER_TEXT_MAX]);

#endif
