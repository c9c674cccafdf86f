/* CSV: title block, one row of headers, the row of numbers, the cells, the foot. */
#include "agent/table.h"
#include "agent/text.h"
#include "hub/form_show.h"
#include "hub/form_words.h"

static void put_line(FILE *out, const char *text)
{
    if (text[0] == '\0')
        return;
    lt_table_write(out, text, ',', true);
    lt_table_end_row(out);
}

static void put_head(const struct lt_filled *filled, FILE *out)
{
    char text[LT_FORM_LINE_MAX];
    for (size_t i = 0; i < LT_FORM_HEAD_LINES; i++) {
        lt_form_head_left(filled, i, text);
        put_line(out, text);
    }
    for (size_t i = 0; i < LT_FORM_HEAD_LINES; i++) {
        lt_form_head_right(filled, i, text);
        put_line(out, text);
    }
    put_line(out, lt_form_say(&filled->form->title));
    put_line(out, lt_form_say(&filled->form->about));
    lt_form_period_words(filled, text);
    put_line(out, text);
    put_line(out, lt_form_say(&filled->form->unit));
}

static void put_columns(const struct lt_filled *filled, FILE *out)
{
    char text[LT_FORM_LINE_MAX], code[24];
    lt_table_write(out, lt_form_stub(filled->form), ',', true);
    lt_table_write(out, lt_text("Mã số", "Code"), ',', false);
    for (size_t c = 0; c < filled->columns.count; c++) {
        lt_form_column_label(filled, c, text);
        lt_table_write(out, text, ',', false);
    }
    lt_table_end_row(out);
    lt_table_write(out, "A", ',', true);
    lt_table_write(out, "B", ',', false);
    for (size_t c = 0; c < filled->columns.count; c++) {
        lt_form_column_code(filled, c, code);
        lt_table_write(out, code, ',', false);
    }
    lt_table_end_row(out);
}

/* A number goes plainly, a negative one too; a percentage with the mark of the language. */
static void put_cell(const struct lt_filled_cell *cell, FILE *out)
{
    char text[LT_FORM_CELL_MAX];
    lt_form_cell_words(cell, cell->state == LT_FILLED_NUMBER, text);
    if (cell->state == LT_FILLED_NUMBER)
        (void)fprintf(out, ",%s", text);
    else
        lt_table_write(out, text, ',', false);
}

void lt_form_csv(const struct lt_filled *filled, FILE *out)
{
    char text[LT_FORM_LINE_MAX];
    lt_table_write_bom(out);
    put_head(filled, out);
    put_columns(filled, out);
    for (size_t r = 0; r < filled->rows.count; r++) {
        lt_table_write(out, filled->rows.lines[r].label, ',', true);
        lt_table_write(out, lt_form_row_code(&filled->rows.lines[r]), ',', false);
        for (size_t c = 0; c < filled->columns.count; c++) {
            put_cell(lt_filled_cell(filled, r, c), out);
        }
        lt_table_end_row(out);
    }
    for (size_t i = 0; lt_form_foot(filled, i, text); i++)
        put_line(out, text);
}
