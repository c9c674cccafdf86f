/* A workbook of one sheet: title block of three lines, headers in several levels, the row of letters and
 * numbers, the cells, the foot, the signatures. Column A is the stub, B the code, the values follow. */
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "agent/text.h"
#include "hub/form_show.h"
#include "hub/form_words.h"

enum {
    FIRST_COLUMN = 2, /* of values */
    STUB_WIDTH = 38, /* characters of the ordinary font */
    CODE_WIDTH_MIN = 8,
    CODE_WIDTH_MAX = 20,
    TITLE_WIDTH = 36, /* room for a title between the two */
    RIGHT_WIDTH = 30, /* of the block that says who reports to whom */
    ONE_PAGE_ROWS = 48, /* as many rows of the sheet go on one page */
    PAGE_WIDTH = 128, /* of A4 landscape within its margins */
    READABLE_WIDTH = 300, /* on one page */
    VALUE_WIDTH_MIN = 9,
    VALUE_WIDTH_MAX = 17,
    LINE_HEIGHT = 15, /* points */
    SIGN_ROWS = 5, /* room for a signature */
};

struct formats {
    lxw_format *head, *head_bold, *title, *about, *unit, *header, *letters, *foot, *sign,
        *sign_small;
    lxw_format *label[2][LT_FORM_DEPTH_MAX + 1], *code[2], *number[2], *share[2], *words[2];
};

struct sheet {
    const struct lt_filled *filled;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    struct formats formats;
    lxw_row_t row; /* next to write */
    lxw_col_t last; /* column */
    unsigned value_width, code_width;
    bool bad;
};

/* ---- Formats ---- */

static lxw_format *format_new(struct sheet *sheet, double size, bool bold, uint8_t align)
{
    lxw_format *format = workbook_add_format(sheet->book);
    if (format == NULL) {
        sheet->bad = true;
        return NULL;
    }
    format_set_font_name(format, "Times New Roman");
    format_set_font_size(format, size);
    format_set_align(format, align);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    format_set_text_wrap(format);
    if (bold)
        format_set_bold(format);
    return format;
}

static lxw_format *boxed(struct sheet *sheet, bool bold, uint8_t align)
{
    lxw_format *format = format_new(sheet, 11, bold, align);
    if (format != NULL)
        format_set_border(format, LXW_BORDER_THIN);
    return format;
}

static lxw_format *numbers(struct sheet *sheet, bool bold, const char *pattern)
{
    lxw_format *format = boxed(sheet, bold, LXW_ALIGN_RIGHT);
    if (format != NULL)
        format_set_num_format(format, pattern);
    return format;
}

static void formats_make(struct sheet *sheet)
{
    struct formats *formats = &sheet->formats;
    bool english = lt_text_is_english();
    formats->head = format_new(sheet, 10, false, LXW_ALIGN_LEFT);
    formats->head_bold = format_new(sheet, 11, true, LXW_ALIGN_LEFT);
    formats->title = format_new(sheet, 13, true, LXW_ALIGN_CENTER);
    formats->about = format_new(sheet, 11, false, LXW_ALIGN_CENTER);
    formats->unit = format_new(sheet, 10, false, LXW_ALIGN_RIGHT);
    formats->header = boxed(sheet, true, LXW_ALIGN_CENTER);
    formats->letters = boxed(sheet, false, LXW_ALIGN_CENTER);
    formats->foot = format_new(sheet, 10, false, LXW_ALIGN_LEFT);
    formats->sign = format_new(sheet, 11, true, LXW_ALIGN_CENTER);
    formats->sign_small = format_new(sheet, 10, false, LXW_ALIGN_CENTER);
    for (int bold = 0; bold < 2 && !sheet->bad; bold++) {
        for (unsigned depth = 0; depth <= LT_FORM_DEPTH_MAX; depth++) {
            formats->label[bold][depth] = boxed(sheet, bold, LXW_ALIGN_LEFT);
            if (formats->label[bold][depth] != NULL)
                format_set_indent(formats->label[bold][depth], (uint8_t)depth);
        }
        formats->code[bold] = boxed(sheet, bold, LXW_ALIGN_CENTER);
        formats->number[bold] = numbers(
            sheet, bold, english ? "#,##0;-#,##0;\"–\"" : "[$-42A]#,##0;[$-42A]-#,##0;\"–\"");
        formats->share[bold] = numbers(sheet, bold, english ? "0.0%" : "[$-42A]0.0%");
        formats->words[bold] = boxed(sheet, bold, LXW_ALIGN_RIGHT);
    }
}

/* ---- Writing ---- */

static void note(struct sheet *sheet, lxw_error error)
{
    sheet->bad = sheet->bad || error != LXW_NO_ERROR;
}

/* A text over a range of cells; always a text, never a formula. */
static void put(struct sheet *sheet, lxw_row_t row, lxw_col_t column, lxw_row_t last_row,
                lxw_col_t last_column, const char *text, lxw_format *format)
{
    if (row == last_row && column == last_column)
        note(sheet, worksheet_write_string(sheet->sheet, row, column, text, format));
    else
        note(sheet,
             worksheet_merge_range(sheet->sheet, row, column, last_row, last_column, text, format));
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* Lines that a text takes in so many characters of width: by words, a little pessimistic. */
static unsigned lines_of(const char *text, double width, double scale)
{
    unsigned room = (unsigned)(width / scale), lines = 1, used = 0;
    room = room < 4 ? 4 : room;
    while (*text != '\0') {
        size_t size = strcspn(text, " ");
        char word[LT_FORM_LINE_MAX];
        size_t kept = size < sizeof word ? size : sizeof word - 1;
        memcpy(word, text, kept);
        word[kept] = '\0';
        unsigned length = (unsigned)characters(word);
        if (used > 0 && used + 1 + length > room) {
            lines++;
            used = 0;
        }
        used += length + (used > 0);
        lines += used / (room + 1);
        used = used > room ? used % room : used;
        text += size;
        text += *text == ' ';
    }
    return lines;
}

static void height(struct sheet *sheet, lxw_row_t row, unsigned lines)
{
    note(sheet,
         worksheet_set_row(sheet->sheet, row, LINE_HEIGHT * (lines > 0 ? lines : 1) + 3, NULL));
}

static unsigned width_to(const struct sheet *sheet, lxw_col_t from, lxw_col_t to)
{
    unsigned width = 0;
    for (lxw_col_t c = from; c <= to; c++)
        width += c == 0 ? STUB_WIDTH : c == 1 ? sheet->code_width : sheet->value_width;
    return width;
}

/* ---- Parts ---- */

static void columns_set(struct sheet *sheet)
{
    size_t count = sheet->filled->columns.count, longest = CODE_WIDTH_MIN;
    for (size_t r = 0; r < sheet->filled->rows.count; r++) {
        size_t size = strlen(lt_form_row_code(&sheet->filled->rows.lines[r])) + 2;
        longest = size > longest ? size : longest;
    }
    sheet->code_width = longest < CODE_WIDTH_MAX ? (unsigned)longest : CODE_WIDTH_MAX;
    unsigned width = (unsigned)((PAGE_WIDTH - STUB_WIDTH - sheet->code_width) / count);
    width = width < VALUE_WIDTH_MIN ? VALUE_WIDTH_MIN : width;
    sheet->value_width = width > VALUE_WIDTH_MAX ? VALUE_WIDTH_MAX : width;
    sheet->last = (lxw_col_t)(FIRST_COLUMN + count - 1);
    note(sheet, worksheet_set_column(sheet->sheet, 0, 0, STUB_WIDTH, NULL));
    note(sheet, worksheet_set_column(sheet->sheet, 1, 1, sheet->code_width, NULL));
    note(sheet,
         worksheet_set_column(sheet->sheet, FIRST_COLUMN, sheet->last, sheet->value_width, NULL));
}

/* A line of the title block: three texts beside each other; the middle one NULL: only two. */
static void put_block_line(struct sheet *sheet, size_t number, lxw_col_t split, const char *middle)
{
    char left[LT_FORM_LINE_MAX], right[LT_FORM_LINE_MAX];
    bool first = number == 0;
    lt_form_head_left(sheet->filled, number, left);
    lt_form_head_right(sheet->filled, number, right);
    lxw_col_t left_last = middle == NULL ? (lxw_col_t)(split - 1) : 0;
    unsigned lines = lines_of(left, width_to(sheet, 0, left_last), first ? 1 : 0.9);
    unsigned other = lines_of(right, width_to(sheet, split, sheet->last), 0.9);
    lines = other > lines ? other : lines;
    put(sheet, sheet->row, 0, sheet->row, left_last, left,
        first ? sheet->formats.head_bold : sheet->formats.head);
    if (middle != NULL) {
        other = lines_of(middle, width_to(sheet, 1, (lxw_col_t)(split - 1)), first ? 1.45 : 1);
        lines = other > lines ? other : lines;
        put(sheet, sheet->row, 1, sheet->row, (lxw_col_t)(split - 1), middle,
            first ? sheet->formats.title : sheet->formats.about);
    }
    put(sheet, sheet->row, split, sheet->row, sheet->last, right, sheet->formats.head);
    height(sheet, sheet->row++, lines);
}

/* Number, order and due date on the left; title in the middle, or below over the whole width when there
 * are few columns; who reports to whom on the right. */
static void put_block(struct sheet *sheet)
{
    const struct lt_filled *filled = sheet->filled;
    char period[64];
    lxw_col_t split = sheet->last;
    while (split > FIRST_COLUMN && width_to(sheet, split, sheet->last) < RIGHT_WIDTH)
        split--;
    bool below = split == FIRST_COLUMN || width_to(sheet, 1, (lxw_col_t)(split - 1)) < TITLE_WIDTH;
    lt_form_period_words(filled, period);
    const char *const middle[LT_FORM_HEAD_LINES] = {lt_form_say(&filled->form->title),
                                                    lt_form_say(&filled->form->about), period};
    for (size_t i = 0; i < LT_FORM_HEAD_LINES; i++)
        put_block_line(sheet, i, below ? 1 : split, below ? NULL : middle[i]);
    for (size_t i = 0; i < LT_FORM_HEAD_LINES && below; i++) {
        if (middle[i][0] == '\0')
            continue;
        put(sheet, sheet->row, 0, sheet->row, sheet->last, middle[i],
            i == 0 ? sheet->formats.title : sheet->formats.about);
        height(sheet, sheet->row++,
               lines_of(middle[i], width_to(sheet, 0, sheet->last), i == 0 ? 1.45 : 1));
    }
    put(sheet, sheet->row, 0, sheet->row, sheet->last, lt_form_say(&filled->form->unit),
        sheet->formats.unit);
    sheet->row++;
}

/* The header at a level over columns from `first` on that share it. */
static size_t put_header(struct sheet *sheet, unsigned level, size_t first, unsigned *lines)
{
    const struct lt_filled *filled = sheet->filled;
    const struct lt_form_line *header = lt_filled_header(filled, first, level);
    const struct lt_filled_line *leaf = &filled->columns.lines[first];
    lxw_row_t row = sheet->row + level, last_row = row;
    size_t last = first;
    const char *text = leaf->label;
    if (header == NULL)
        return first; /* the column's own cell reaches down from above */
    if (header == leaf->line) {
        last_row = sheet->row + filled->form->columns.depth - 1;
    } else {
        text = lt_form_say(&header->text);
        while (last + 1 < filled->columns.count &&
               lt_filled_header(filled, last + 1, level) == header)
            last++;
    }
    put(sheet, row, (lxw_col_t)(FIRST_COLUMN + first), last_row, (lxw_col_t)(FIRST_COLUMN + last),
        text, sheet->formats.header);
    unsigned needed = lines_of(text, sheet->value_width * (double)(last - first + 1), 1.15);
    unsigned rows = (unsigned)(last_row - row) + 1;
    needed = (needed + rows - 1) / rows;
    for (lxw_row_t r = row; r <= last_row; r++)
        if (needed > lines[r - sheet->row])
            lines[r - sheet->row] = needed;
    return last;
}

static void put_headers(struct sheet *sheet)
{
    const struct lt_filled *filled = sheet->filled;
    unsigned depth = filled->form->columns.depth, lines[LT_FORM_DEPTH_MAX] = {0};
    char code[24];
    lxw_row_t last = sheet->row + depth - 1;
    put(sheet, sheet->row, 0, last, 0, lt_form_stub(filled->form), sheet->formats.header);
    put(sheet, sheet->row, 1, last, 1, lt_text("Mã số", "Code"), sheet->formats.header);
    for (unsigned level = 0; level < depth; level++)
        for (size_t c = 0; c < filled->columns.count; c++)
            c = put_header(sheet, level, c, lines);
    for (unsigned level = 0; level < depth; level++)
        height(sheet, sheet->row + level, lines[level]);
    sheet->row += depth;
    put(sheet, sheet->row, 0, sheet->row, 0, "A", sheet->formats.letters);
    put(sheet, sheet->row, 1, sheet->row, 1, "B", sheet->formats.letters);
    for (size_t c = 0; c < filled->columns.count; c++) {
        lxw_col_t column = (lxw_col_t)(FIRST_COLUMN + c);
        lt_form_column_code(filled, c, code);
        put(sheet, sheet->row, column, sheet->row, column, code, sheet->formats.letters);
    }
    sheet->row++;
    note(sheet, worksheet_repeat_rows(sheet->sheet, last + 1 - depth, sheet->row - 1));
    worksheet_freeze_panes(sheet->sheet, sheet->row, FIRST_COLUMN);
}

static void put_cell(struct sheet *sheet, lxw_col_t column, const struct lt_filled_cell *cell,
                     bool bold)
{
    char text[LT_FORM_CELL_MAX];
    if (cell->state == LT_FILLED_NUMBER) {
        note(sheet, worksheet_write_number(sheet->sheet, sheet->row, column, (double)cell->value,
                                           sheet->formats.number[bold]));
    } else if (cell->state == LT_FILLED_SHARE) {
        note(sheet, worksheet_write_number(sheet->sheet, sheet->row, column,
                                           (double)cell->value / 1000, sheet->formats.share[bold]));
    } else {
        lt_form_cell_words(cell, false, text);
        note(sheet, worksheet_write_string(sheet->sheet, sheet->row, column, text,
                                           sheet->formats.words[bold]));
    }
}

static void put_rows(struct sheet *sheet)
{
    const struct lt_filled *filled = sheet->filled;
    for (size_t r = 0; r < filled->rows.count; r++, sheet->row++) {
        const struct lt_filled_line *row = &filled->rows.lines[r];
        bool bold = row->line->bold;
        unsigned depth = row->line->depth;
        put(sheet, sheet->row, 0, sheet->row, 0, row->label, sheet->formats.label[bold][depth]);
        put(sheet, sheet->row, 1, sheet->row, 1, lt_form_row_code(row), sheet->formats.code[bold]);
        for (size_t c = 0; c < filled->columns.count; c++)
            put_cell(sheet, (lxw_col_t)(FIRST_COLUMN + c), lt_filled_cell(filled, r, c), bold);
        height(sheet, sheet->row, lines_of(row->label, STUB_WIDTH - 2 * (double)depth, 0.92));
    }
}

static void put_foot(struct sheet *sheet)
{
    char text[LT_FORM_LINE_MAX];
    sheet->row++;
    for (size_t i = 0; lt_form_foot(sheet->filled, i, text); i++, sheet->row++) {
        put(sheet, sheet->row, 0, sheet->row, sheet->last, text, sheet->formats.foot);
        height(sheet, sheet->row, lines_of(text, width_to(sheet, 0, sheet->last), 0.9));
    }
    lxw_col_t middle = sheet->last > 3 ? 1 + (sheet->last - 1) / 2 : 0;
    sheet->row++;
    put(sheet, sheet->row, (lxw_col_t)(middle + 1), sheet->row, sheet->last,
        lt_text("……, ngày …… tháng …… năm ……", "……, the …… of …… ……"), sheet->formats.sign_small);
    sheet->row++;
    put(sheet, sheet->row, 0, sheet->row, middle, lt_text("Người lập biểu", "Drawn up by"),
        sheet->formats.sign);
    put(sheet, sheet->row, (lxw_col_t)(middle + 1), sheet->row, sheet->last,
        lt_text("Thủ trưởng đơn vị", "Head of the unit"), sheet->formats.sign);
    sheet->row++;
    put(sheet, sheet->row, 0, sheet->row, middle, lt_text("(Ký, họ tên)", "(signature, name)"),
        sheet->formats.sign_small);
    put(sheet, sheet->row, (lxw_col_t)(middle + 1), sheet->row, sheet->last,
        lt_text("(Ký, đóng dấu, họ tên)", "(signature, seal, name)"), sheet->formats.sign_small);
    sheet->row += SIGN_ROWS;
}

static void page_set(struct sheet *sheet)
{
    worksheet_set_landscape(sheet->sheet);
    worksheet_set_paper(sheet->sheet, 9); /* A4 */
    worksheet_set_margins(sheet->sheet, 0.4, 0.4, 0.5, 0.6); /* inches */
    /* Small print beyond this: go on beside it, with stub and code repeated. */
    uint16_t wide = (uint16_t)(1 + width_to(sheet, 0, sheet->last) / READABLE_WIDTH);
    worksheet_fit_to_pages(sheet->sheet, wide, sheet->row <= ONE_PAGE_ROWS ? 1 : 0);
    if (wide > 1)
        note(sheet, worksheet_repeat_columns(sheet->sheet, 0, 1));
    worksheet_center_horizontally(sheet->sheet);
    note(sheet, worksheet_print_area(sheet->sheet, 0, 0, sheet->row, sheet->last));
    note(sheet, worksheet_set_footer(sheet->sheet,
                                     lt_text("&L&8&A&R&8Trang &P/&N", "&L&8&A&R&8Page &P/&N")));
}

/* "0602.N"; a sheet's name bears no / \ ? * [ ] : and no more than 31 characters. */
static void sheet_name(const struct lt_form *form, char ret_name[32])
{
    size_t used = 0;
    for (const char *at = form->name; *at != '\0' && used < 31; at++)
        ret_name[used++] =
            (unsigned char)*at < 0x80 && strchr("/\\?*[]:'", *at) == NULL ? *at : '_';
    ret_name[used] = '\0';
}

enum lt_result lt_form_xlsx(const struct lt_filled *filled, const char *path)
{
    char name[32];
    struct sheet sheet = {.filled = filled, .book = workbook_new(path)};
    if (sheet.book == NULL)
        return LT_NO_MEMORY;
    sheet_name(filled->form, name);
    sheet.sheet = workbook_add_worksheet(sheet.book, name);
    sheet.bad = sheet.sheet == NULL;
    if (!sheet.bad)
        formats_make(&sheet);
    if (!sheet.bad) {
        columns_set(&sheet);
        put_block(&sheet);
        put_headers(&sheet);
        put_rows(&sheet);
        put_foot(&sheet);
        page_set(&sheet);
    }
    bool written = workbook_close(sheet.book) == LXW_NO_ERROR;
    return written && !sheet.bad ? LT_OK : LT_IO;
}
