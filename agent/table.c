#include "agent/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "agent/columns.h"
#include "agent/text.h"

/* Where the reader is. Cells are unquoted in place: `to` never passes `at`. */
struct reader {
    struct lt_sheet sheet;
    size_t size, at, to, row_start;
    size_t cells_room, rows_room;
    uint32_t line;
    struct lt_sheet_fault *fault;
};

static char detect_separator(const char *text, size_t size)
{
    size_t commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;
    size_t first = 0;
    while (first < size && (text[first] == '\n' || text[first] == '\r')) {
        first++;
    }
    for (size_t i = first; i < size && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
        quoted = quoted != (text[i] == '"');
        commas += !quoted && text[i] == ',';
        semicolons += !quoted && text[i] == ';';
        tabs += !quoted && text[i] == '\t';
    }
    if (tabs > commas && tabs >= semicolons) {
        return '\t';
    }
    return semicolons > commas ? ';' : ',';
}

static bool ends_line(const struct reader *reader)
{
    return reader->at >= reader->size || reader->sheet.bytes[reader->at] == '\n' ||
           reader->sheet.bytes[reader->at] == '\r';
}

static void pass_line_end(struct reader *reader)
{
    if (reader->at < reader->size) {
        bool crlf = reader->sheet.bytes[reader->at] == '\r' && reader->at + 1 < reader->size &&
                    reader->sheet.bytes[reader->at + 1] == '\n';
        reader->at += crlf ? 2 : 1;
        reader->line++;
    }
}

/* "sep=;" as Excel writes and obeys it: true. */
static bool choose_separator(struct reader *reader)
{
    const char *bytes = reader->sheet.bytes;
    if (reader->size >= 5 && memcmp(bytes, "sep=", 4) == 0 && strchr(",;\t", bytes[4]) != NULL &&
        (reader->size == 5 || bytes[5] == '\r' || bytes[5] == '\n')) {
        reader->sheet.separator = bytes[4];
        reader->at = 5;
        pass_line_end(reader);
        return true;
    }
    reader->sheet.separator = detect_separator(bytes, reader->size);
    return false;
}

static bool room_for(void **array, size_t *room, size_t count, size_t item_size)
{
    if (count < *room) {
        return true;
    }
    size_t more = *room == 0 ? 256 : *room * 2;
    void *grown = realloc(*array, more * item_size);
    if (grown == NULL) {
        return false;
    }
    *array = grown;
    *room = more;
    return true;
}

static enum lt_result no_memory(struct reader *reader)
{
    (void)lt_table_fault(reader->fault, LT_NO_MEMORY, 0, 0, "%s",
                         lt_text("hết bộ nhớ", "out of memory"));
    return LT_NO_MEMORY;
}

/* The inside of a quoted cell; `at` stands after the opening quote. */
static enum lt_result read_quoted(struct reader *reader, uint32_t column)
{
    char *bytes = reader->sheet.bytes;
    uint32_t opened = reader->line;
    for (;;) {
        if (reader->at >= reader->size ||
            reader->at - reader->row_start > LT_TABLE_LINE_BYTES_MAX) {
            return lt_table_fault(reader->fault, LT_MALFORMED, opened, column, "%s",
                                  lt_text("dấu nháy kép mở ở đây mà không đóng",
                                          "the quote that opens here is never closed"));
        }
        if (bytes[reader->at] == '"') {
            if (reader->at + 1 >= reader->size || bytes[reader->at + 1] != '"') {
                break;
            }
            reader->at++;
        }
        bool lone_cr = bytes[reader->at] == '\r' &&
                       (reader->at + 1 >= reader->size || bytes[reader->at + 1] != '\n');
        reader->line += bytes[reader->at] == '\n' || lone_cr;
        bytes[reader->to++] = bytes[reader->at++];
    }
    reader->at++;
    if (!ends_line(reader) && bytes[reader->at] != reader->sheet.separator) {
        return lt_table_fault(
            reader->fault, LT_MALFORMED, reader->line, column, "%s",
            lt_text("có chữ ngay sau dấu nháy kép đóng", "text follows the closing quote"));
    }
    return LT_OK;
}

uint32_t lt_table_unguarded(const char *bytes, size_t start)
{
    size_t at = start;
    while (bytes[at] == '\'') {
        at++;
    }
    bool guarded = at > start && bytes[at] != '\0' && strchr("=+-@", bytes[at]) != NULL;
    return (uint32_t)(start + guarded);
}

static enum lt_result read_cell(struct reader *reader, uint32_t column)
{
    struct lt_sheet *sheet = &reader->sheet;
    if (column > LT_TABLE_COLUMNS_MAX) {
        return lt_table_fault(reader->fault, LT_TOO_LARGE, reader->line, column,
                              lt_text("quá %d cột", "more than %d columns"), LT_TABLE_COLUMNS_MAX);
    }
    if (!room_for((void **)&sheet->cells, &reader->cells_room, sheet->cell_count,
                  sizeof(*sheet->cells))) {
        return no_memory(reader);
    }
    size_t start = reader->to;
    if (reader->at < reader->size && sheet->bytes[reader->at] == '"') {
        reader->at++;
        enum lt_result result = read_quoted(reader, column);
        if (result != LT_OK) {
            return result;
        }
    } else {
        while (!ends_line(reader) && sheet->bytes[reader->at] != sheet->separator) {
            sheet->bytes[reader->to++] = sheet->bytes[reader->at++];
        }
    }
    /* The end is written once what stands there has been passed: see read_row. */
    sheet->cells[sheet->cell_count++] = (uint32_t)start;
    return LT_OK;
}

bool lt_table_is_blank(const char *text)
{
    for (;;) {
        text += strspn(text, " \t\r\n");
        if (strncmp(text, "\xc2\xa0", 2) != 0) {
            return *text == '\0';
        }
        text += 2;
    }
}

static bool is_blank(const struct lt_sheet *sheet, const struct lt_sheet_row *row)
{
    for (uint32_t i = 0; i < row->count; i++) {
        if (!lt_table_is_blank(sheet->bytes + sheet->cells[row->first + i])) {
            return false;
        }
    }
    return true;
}

static enum lt_result read_row(struct reader *reader)
{
    struct lt_sheet *sheet = &reader->sheet;
    struct lt_sheet_row row = {.line = reader->line, .first = (uint32_t)sheet->cell_count};
    reader->row_start = reader->at;
    for (bool more = true; more;) {
        enum lt_result result = read_cell(reader, ++row.count);
        if (result != LT_OK) {
            return result;
        }
        more = reader->at < reader->size && sheet->bytes[reader->at] == sheet->separator;
        if (reader->at - reader->row_start > LT_TABLE_LINE_BYTES_MAX) {
            return lt_table_fault(
                reader->fault, LT_TOO_LARGE, row.line, row.count,
                lt_text("dòng dài quá %d byte", "the line is longer than %d bytes"),
                LT_TABLE_LINE_BYTES_MAX);
        }
        if (more) {
            reader->at++;
        } else {
            pass_line_end(reader);
        }
        sheet->bytes[reader->to++] = '\0';
        uint32_t *cell = &sheet->cells[row.first + row.count - 1];
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): read_cell made room for it */
        *cell = lt_table_unguarded(sheet->bytes, *cell);
    }
    if (is_blank(sheet, &row)) {
        sheet->cell_count = row.first;
        return LT_OK;
    }
    if (sheet->row_count >= LT_TABLE_ROWS_MAX) {
        return lt_table_fault(
            reader->fault, LT_TOO_LARGE, row.line, 0,
            lt_text("quá %d dòng; hãy chia thành nhiều tệp", "more than %d rows; split the file"),
            LT_TABLE_ROWS_MAX);
    }
    if (!room_for((void **)&sheet->rows, &reader->rows_room, sheet->row_count,
                  sizeof(*sheet->rows))) {
        return no_memory(reader);
    }
    sheet->rows[sheet->row_count++] = row;
    return LT_OK;
}

static enum lt_result read_with(struct lt_bytes bytes, char separator, struct lt_sheet *ret_sheet,
                                bool *ret_told, struct lt_sheet_fault *ret_fault)
{
    enum lt_result result = LT_OK;
    struct reader reader = {.size = bytes.size, .line = 1, .fault = ret_fault};
    /* One byte more: the last cell of a file without a last line end needs its NUL. */
    reader.sheet.bytes = malloc(reader.size + 2);
    if (reader.sheet.bytes == NULL) {
        return no_memory(&reader);
    }
    if (reader.size > 0) {
        memcpy(reader.sheet.bytes, bytes.data, reader.size);
    }
    *ret_told = choose_separator(&reader);
    reader.sheet.separator = separator != '\0' ? separator : reader.sheet.separator;
    while (result == LT_OK && reader.at < reader.size) {
        result = read_row(&reader);
    }
    if (result == LT_OK && reader.sheet.row_count == 0) {
        result = lt_table_fault(ret_fault, LT_MALFORMED, 0, 0, "%s",
                                lt_text("tệp trống", "the file is empty"));
    }
    if (result != LT_OK) {
        lt_table_free(&reader.sheet);
        return result;
    }
    *ret_sheet = reader.sheet;
    return LT_OK;
}

/* A title above the header may have another separator in it. */
static void try_others(struct lt_bytes bytes, struct lt_sheet *sheet)
{
    enum { LIKELY_COLUMNS = 2 }; /* known ones, that make a row a header: as lt_columns_find */
    const char first = sheet->separator;
    for (const char *other = ";,\t"; lt_columns_known(sheet) < LIKELY_COLUMNS && *other != '\0';
         other++) {
        struct lt_sheet again;
        struct lt_sheet_fault ignored;
        bool told;
        if (*other == first || read_with(bytes, *other, &again, &told, &ignored) != LT_OK) {
            continue;
        }
        if (lt_columns_known(&again) >= LIKELY_COLUMNS) {
            lt_table_free(sheet);
            *sheet = again;
            return;
        }
        lt_table_free(&again);
    }
}

enum lt_result lt_table_read(struct lt_bytes bytes, struct lt_sheet *ret_sheet,
                             struct lt_sheet_fault *ret_fault)
{
    bool told;
    enum lt_result result = lt_table_check(bytes, ret_fault);
    if (result != LT_OK) {
        return result;
    }
    size_t mark = bytes.size >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    const struct lt_bytes text = {bytes.data + mark, bytes.size - mark};
    result = read_with(text, '\0', ret_sheet, &told, ret_fault);
    if (result == LT_OK && !told) {
        try_others(text, ret_sheet);
    }
    return result;
}

void lt_table_free(struct lt_sheet *sheet)
{
    free(sheet->bytes);
    free(sheet->cells);
    free(sheet->spread);
    free(sheet->rows);
    *sheet = (struct lt_sheet){0};
}

const char *lt_table_cell(const struct lt_sheet *sheet, size_t row, size_t column)
{
    const struct lt_sheet_row *found = &sheet->rows[row];
    return column < found->count ? sheet->bytes + sheet->cells[found->first + column] : "";
}

bool lt_table_is_spread(const struct lt_sheet *sheet, size_t row, size_t column)
{
    const struct lt_sheet_row *found = &sheet->rows[row];
    return sheet->spread != NULL && column < found->count && sheet->spread[found->first + column] &&
           lt_table_cell(sheet, row, column)[0] != '\0';
}

void lt_table_note(struct lt_sheet *sheet, const char *format, ...)
{
    const size_t room = sizeof(sheet->note);
    size_t size = strlen(sheet->note);
    va_list arguments;
    if (size > 0 && size + 2 < room) {
        size += (size_t)snprintf(sheet->note + size, room - size, "; ");
    }
    va_start(arguments, format);
    (void)vsnprintf(sheet->note + size, room - size, format, arguments);
    va_end(arguments);
    sheet->note[lt_table_cut(sheet->note, room - 1)] = '\0';
}
