/* A filled form on a terminal: headers wrapped above their columns. */
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/form_show.h"
#include "hub/form_words.h"

enum { HEADER_WIDTH = 14, HEADER_LINES_MAX = 12, LABEL_WIDTH_MAX = 64 };

static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* Line `number` of a text wrapped at words; "" beyond its end. Words are not cut. */
static void wrapped(const char *text, size_t room, size_t number, char *ret_line, size_t max)
{
    size_t line = 0, used = 0;
    ret_line[0] = '\0';
    while (*text != '\0' && line <= number) {
        size_t size = strcspn(text, " "), width = 0;
        for (size_t i = 0; i < size; i++)
            width += ((unsigned char)text[i] & 0xc0) != 0x80;
        if (used > 0 && used + 1 + width > room) {
            line++;
            used = 0;
        }
        if (line == number && strlen(ret_line) + size + 2 < max) {
            if (used > 0)
                strncat(ret_line, " ", 2);
            strncat(ret_line, text, size);
        }
        used += width + (used > 0);
        text += size;
        text += *text == ' ';
    }
}

static size_t lines_of(const char *text, size_t room)
{
    char line[LT_FORM_LINE_MAX];
    size_t count = 0;
    do {
        wrapped(text, room, count, line, sizeof line);
    } while (line[0] != '\0' && ++count < HEADER_LINES_MAX);
    return count;
}

static size_t column_width(const struct lt_filled *filled, size_t column)
{
    char label[LT_FORM_LINE_MAX], line[LT_FORM_LINE_MAX], cell[LT_FORM_CELL_MAX];
    size_t widest = 0;
    lt_form_column_label(filled, column, label);
    for (size_t i = 0; i < lines_of(label, HEADER_WIDTH); i++) {
        wrapped(label, HEADER_WIDTH, i, line, sizeof line);
        widest = width_of(line) > widest ? width_of(line) : widest;
    }
    for (size_t r = 0; r < filled->rows.count; r++) {
        lt_form_cell_words(lt_filled_cell(filled, r, column), false, cell);
        widest = width_of(cell) > widest ? width_of(cell) : widest;
    }
    return widest;
}

static void pad(FILE *out, const char *text, size_t width, bool right)
{
    size_t used = width_of(text);
    int room = used < width ? (int)(width - used) : 0;
    if (right)
        (void)fprintf(out, "%*s%s", room, "", text);
    else
        (void)fprintf(out, "%s%*s", text, room, "");
}

static void put_head(const struct lt_filled *filled, FILE *out)
{
    char left[LT_FORM_LINE_MAX], right[LT_FORM_LINE_MAX], period[64];
    const char *about = lt_form_say(&filled->form->about);
    for (size_t i = 0; i < LT_FORM_HEAD_LINES; i++) {
        lt_form_head_left(filled, i, left);
        lt_form_head_right(filled, i, right);
        if (left[0] != '\0' || right[0] != '\0')
            (void)fprintf(out, "%s%s%s\n", left, left[0] != '\0' && right[0] != '\0' ? " | " : "",
                          right);
    }
    lt_form_period_words(filled, period);
    (void)fprintf(out, "%s%s%s\n%s", lt_form_say(&filled->form->title), about[0] != '\0' ? " " : "",
                  about, period);
    const char *unit = lt_form_say(&filled->form->unit);
    (void)fprintf(out, "%s%s\n\n", unit[0] != '\0' ? ". " : "", unit);
}

/* Widths of stub, code and columns. */
struct widths {
    size_t label, code, *columns;
};

/* `columns` NULL: out of memory. */
static struct widths widths_of(const struct lt_filled *filled)
{
    struct widths widths = {width_of(lt_form_stub(filled->form)), width_of(lt_text("Mã", "Code")),
                            NULL};
    for (size_t r = 0; r < filled->rows.count; r++) {
        const struct lt_filled_line *row = &filled->rows.lines[r];
        size_t label = width_of(row->label) + 2 * row->line->depth;
        size_t code = width_of(lt_form_row_code(row));
        widths.label = label > widths.label ? label : widths.label;
        widths.code = code > widths.code ? code : widths.code;
    }
    if (widths.label > LABEL_WIDTH_MAX)
        widths.label = LABEL_WIDTH_MAX;
    widths.columns = calloc(filled->columns.count, sizeof *widths.columns);
    for (size_t c = 0; c < filled->columns.count && widths.columns != NULL; c++)
        widths.columns[c] = column_width(filled, c);
    return widths;
}

static void put_headers(const struct lt_filled *filled, const struct widths *widths, FILE *out)
{
    char label[LT_FORM_LINE_MAX], line[LT_FORM_LINE_MAX];
    size_t lines = 1;
    for (size_t c = 0; c < filled->columns.count; c++) {
        lt_form_column_label(filled, c, label);
        size_t needed = lines_of(label, HEADER_WIDTH);
        lines = needed > lines ? needed : lines;
    }
    for (size_t i = 0; i < lines; i++) {
        bool last = i + 1 == lines;
        pad(out, last ? lt_form_stub(filled->form) : "", widths->label, false);
        (void)fputs("  ", out);
        pad(out, last ? lt_text("Mã", "Code") : "", widths->code, false);
        for (size_t c = 0; c < filled->columns.count; c++) {
            lt_form_column_label(filled, c, label);
            size_t above = lines - lines_of(label, HEADER_WIDTH);
            line[0] = '\0';
            if (i >= above)
                wrapped(label, HEADER_WIDTH, i - above, line, sizeof line);
            (void)fputs("  ", out);
            pad(out, line, widths->columns[c], true);
        }
        (void)fputc('\n', out);
    }
}

static void put_rows(const struct lt_filled *filled, const struct widths *widths, FILE *out)
{
    char text[LT_FORM_CELL_MAX];
    for (size_t r = 0; r < filled->rows.count; r++) {
        const struct lt_filled_line *row = &filled->rows.lines[r];
        size_t indent = 2 * row->line->depth;
        (void)fprintf(out, "%*s", (int)indent, "");
        pad(out, row->label, widths->label > indent ? widths->label - indent : 0, false);
        (void)fputs("  ", out);
        pad(out, lt_form_row_code(row), widths->code, false);
        for (size_t c = 0; c < filled->columns.count; c++) {
            lt_form_cell_words(lt_filled_cell(filled, r, c), false, text);
            (void)fputs("  ", out);
            pad(out, text, widths->columns[c], true);
        }
        (void)fputc('\n', out);
    }
}

bool lt_form_print(const struct lt_filled *filled, FILE *out)
{
    char text[LT_FORM_LINE_MAX];
    struct widths widths = widths_of(filled);
    if (widths.columns == NULL)
        return false;
    put_head(filled, out);
    put_headers(filled, &widths, out);
    put_rows(filled, &widths, out);
    (void)fputc('\n', out);
    for (size_t i = 0; lt_form_foot(filled, i, text); i++)
        (void)fprintf(out, "%s\n", text);
    free(widths.columns);
    return true;
}
