/* form_words.h - what a filled form says beside its cells, in the language of the process: the same words
 * in a workbook, in CSV and on a terminal. Pure. */
#ifndef LT_FORM_WORDS_H
#define LT_FORM_WORDS_H

#include "hub/form_fill.h"

enum { LT_FORM_LINE_MAX = 1024, LT_FORM_CELL_MAX = 40 };

/* "Năm 2024", "Quý I năm 2024", "Giai đoạn 2020–2024". */
void lt_form_period_words(const struct lt_filled *filled, char ret_text[64]);
/* What stands before the first column: "Chỉ tiêu", or what the form says. */
const char *lt_form_stub(const struct lt_form *form);
/* The code beside a row: its own, or the value of one that goes by each. */
const char *lt_form_row_code(const struct lt_filled_line *row);
/* What stands in the row of numbers below a column's header. */
void lt_form_column_code(const struct lt_filled *filled, size_t column, char ret_text[24]);
/* Headers and label of a column: "Huân chương: Tập thể". */
void lt_form_column_label(const struct lt_filled *filled, size_t column,
                          char ret_text[LT_FORM_LINE_MAX]);
/* Line `number` of the title block: number, order, due date, unit that reports, that receives. False: no
 * more. */
enum { LT_FORM_HEAD_LINES = 3 };
void lt_form_head_left(const struct lt_filled *filled, size_t number,
                       char ret_text[LT_FORM_LINE_MAX]);
void lt_form_head_right(const struct lt_filled *filled, size_t number,
                        char ret_text[LT_FORM_LINE_MAX]);
/* Line `number` of the foot: notes, signs, completeness, checks, cut. False: there are no more. */
bool lt_form_foot(const struct lt_filled *filled, size_t number, char ret_text[LT_FORM_LINE_MAX]);
/* A cell as people read it ("1.454", "–", "…", "12,5"), or plainly ("1454", "0", "…", "12.5"). */
void lt_form_cell_words(const struct lt_filled_cell *cell, bool plain,
                        char ret_text[LT_FORM_CELL_MAX]);

#endif
