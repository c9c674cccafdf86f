/* form_show.h - a filled form for others: a workbook, CSV, JSON, a terminal.
 *
 * Texts of users are never formulas. Numbers are numbers; a share is in percent with one decimal. What is
 * missing is "…" (null in JSON), the share of nothing is empty (null). In the language of the process. */
#ifndef LT_FORM_SHOW_H
#define LT_FORM_SHOW_H

#include <stdio.h>

#include "hub/form_fill.h"

/* A workbook (XLSX) at `path`, which may exist and is written over: A4 landscape, as the form is printed.
 * LT_IO. */
enum lt_result lt_form_xlsx(const struct lt_filled *filled, const char *path);
/* CSV for a spreadsheet, laid out as the form is. Errors stay in the stream. */
void lt_form_csv(const struct lt_filled *filled, FILE *out);
/* Schema lienthong.form/1, malloc'ed. NULL: out of memory. */
char *lt_form_json(const struct lt_filled *filled);
/* For a terminal. Errors stay in the stream; false: out of memory, nothing written. */
bool lt_form_print(const struct lt_filled *filled, FILE *out);

#endif
