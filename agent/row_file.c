#include "agent/row_file.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xlsxwriter.h>

#include "agent/memory_file.h"
#include "agent/text.h"

enum {
    CELL_BYTES_MAX = 32767, /* characters, as Excel takes them */
    WIDTH_MIN = 10,
    WIDTH_MAX = 40,
};

struct lt_row_file {
    bool is_open; /* the stream is ours */
    enum lt_row_style style;
    char separator;
    bool first; /* cell of its row */
    struct lt_table_file file; /* in its place when all is written */
    /* A workbook is made in memory first: its library writes to paths, and follows whatever link lies there. */
    bool is_book, failed;
    struct lt_memory_file memory;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *formats[LT_ROW_STYLE_COUNT];
    lxw_row_t row;
    lxw_col_t column;
    bool headed;
};

bool lt_row_file_is_book(const char *path)
{
    size_t size = strlen(path);
    return size > 5 && strcasecmp(path + size - 5, ".xlsx") == 0;
}

static void set_format(struct lt_row_file *file, enum lt_row_style style)
{
    lxw_format *format = workbook_add_format(file->book);
    file->formats[style] = format;
    if (format == NULL) {
        file->failed = true;
        return;
    }
    format_set_num_format(format, "@");
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    if (style == LT_ROW_TITLE || style == LT_ROW_HEADER) {
        format_set_bold(format);
    } else {
        format_set_text_wrap(format);
    }
    if (style == LT_ROW_HEADER) {
        format_set_bg_color(format, 0xDDE8F3);
        format_set_text_wrap(format);
        format_set_border(format, LXW_BORDER_THIN);
    } else if (style == LT_ROW_GOOD) {
        format_set_font_color(format, 0x1B5E20);
    } else if (style == LT_ROW_WRONG) {
        format_set_font_color(format, 0xB00020);
        format_set_bold(format);
    }
}

static bool begin_book(struct lt_row_file *file)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    if (lt_memory_file_open(&file->memory) != LT_OK) {
        return false;
    }
    file->book = workbook_new_opt(file->memory.path, &options);
    file->sheet = file->book != NULL ? workbook_add_worksheet(file->book, NULL) : NULL;
    if (file->sheet == NULL) {
        return false;
    }
    for (unsigned i = 0; i < LT_ROW_STYLE_COUNT; i++) {
        set_format(file, (enum lt_row_style)i);
    }
    worksheet_ignore_errors(file->sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:DX1048576");
    worksheet_set_landscape(file->sheet);
    worksheet_set_paper(file->sheet, 9); /* A4 */
    worksheet_fit_to_pages(file->sheet, 1, 0);
    return !file->failed;
}

static struct lt_row_file *new_file(char separator)
{
    struct lt_row_file *file = calloc(1, sizeof(*file));
    if (file != NULL) {
        file->separator = separator != '\0' ? separator : ';';
        file->first = true;
        file->memory.fd = -1;
    }
    return file;
}

enum lt_result lt_row_file_create(const char *path, char separator, struct lt_row_file **ret_file,
                                  struct lt_sheet_fault *ret_fault)
{
    struct lt_row_file *file = new_file(separator);
    if (file == NULL) {
        return lt_table_fault(ret_fault, LT_NO_MEMORY, 0, 0, "%s",
                              lt_text("hết bộ nhớ", "out of memory"));
    }
    enum lt_result result = lt_table_create(path, &file->file, ret_fault);
    if (result != LT_OK) {
        free(file);
        return result;
    }
    file->is_open = true;
    file->is_book = lt_row_file_is_book(path);
    if (!file->is_book) {
        lt_table_write_bom(file->file.stream);
    } else if (!begin_book(file)) {
        struct lt_sheet_fault ignored;
        (void)lt_row_file_finish(file, false, &ignored);
        return lt_table_fault(ret_fault, LT_NO_MEMORY, 0, 0, "%s",
                              lt_text("hết bộ nhớ", "out of memory"));
    }
    *ret_file = file;
    return LT_OK;
}

struct lt_row_file *lt_row_file_over(FILE *stream, char separator)
{
    struct lt_row_file *file = new_file(separator);
    if (file != NULL) {
        file->file.stream = stream;
        lt_table_write_bom(stream);
    }
    return file;
}

void lt_row_file_guard(struct lt_row_file *file, struct lt_table_guard guard)
{
    file->file.guard = guard;
}

void lt_row_file_style(struct lt_row_file *file, enum lt_row_style style)
{
    file->style = style;
}

/* In the header: as wide as what it says, and room for what will stand below. */
static void set_width(struct lt_row_file *file, const char *text)
{
    size_t characters = 0;
    for (const char *at = text; *at != '\0'; at++) {
        characters += ((uint8_t)*at & 0xc0) != 0x80;
    }
    double width = (double)characters + 4;
    width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
    worksheet_set_column(file->sheet, file->column, file->column, width,
                         file->formats[LT_ROW_PLAIN]);
}

static void write_book_cell(struct lt_row_file *file, const char *text)
{
    char cut[CELL_BYTES_MAX + 1];
    if (strlen(text) > CELL_BYTES_MAX) {
        size_t size = lt_table_cut(text, CELL_BYTES_MAX);
        memcpy(cut, text, size);
        cut[size] = '\0';
        text = cut;
    }
    if (file->style == LT_ROW_HEADER) {
        set_width(file, text);
    }
    lxw_format *format = file->formats[file->style];
    lxw_error error =
        text[0] == '\0'
            ? worksheet_write_blank(file->sheet, file->row, file->column, format)
            : worksheet_write_string(file->sheet, file->row, file->column, text, format);
    file->failed = file->failed || error != LXW_NO_ERROR;
    file->column++;
}

void lt_row_file_cell(struct lt_row_file *file, const char *text)
{
    if (file->is_book) {
        write_book_cell(file, text);
    } else {
        lt_table_write(file->file.stream, text, file->separator, file->first);
        file->first = false;
    }
}

void lt_row_file_end_row(struct lt_row_file *file)
{
    if (!file->is_book) {
        lt_table_end_row(file->file.stream);
        file->first = true;
        return;
    }
    file->row++;
    if (file->style == LT_ROW_HEADER && !file->headed) {
        worksheet_freeze_panes(file->sheet, file->row, 0);
        worksheet_repeat_rows(file->sheet, file->row - 1, file->row - 1);
        file->headed = true;
    }
    file->column = 0;
}

enum lt_result lt_row_file_finish(struct lt_row_file *file, bool keep,
                                  struct lt_sheet_fault *ret_fault)
{
    enum lt_result result = LT_OK;
    bool good = true;
    if (file->is_book) {
        good = (file->book == NULL || workbook_close(file->book) == LXW_NO_ERROR) && !file->failed;
        good = good && (!keep || lt_memory_file_copy(&file->memory, file->file.stream) == LT_OK);
        lt_memory_file_close(&file->memory);
    }
    if (file->is_open) {
        result = lt_table_finish(&file->file, keep && good, ret_fault);
    }
    free(file);
    return result == LT_OK && !good
               ? lt_table_fault(ret_fault, LT_IO, 0, 0, "%s",
                                lt_text("không làm được sổ Excel", "the workbook cannot be made"))
               : result;
}
