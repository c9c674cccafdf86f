/* The cells of a page. */
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "agent/xlsx_own.h"

/* A cell that reaches down over several rows. */
struct merge {
    uint32_t first_row, last_row, column;
};

struct page {
    struct lt_xlsx *xlsx;
    const struct lt_xlsx_page *about;
    struct lt_sheet sheet;
    size_t cells_room, rows_room;
    struct merge *merges;
    size_t merge_count, merge_room;
    /* The row that is being read. */
    uint32_t row, cells[LT_TABLE_COLUMNS_MAX], count;
    /* The cell. */
    uint32_t column; /* from 0 */
    char type[12];
    unsigned long style;
    bool hidden; /* the row */
    bool in_row, in_value, in_text, spoken;
    bool has_value, has_formula;
    size_t start; /* of its text */
};

/* "AB12": the column from 0, behind it the row; false: no such cell. */
static bool read_cell_name(const char **at, uint32_t *ret_column, uint32_t *ret_row)
{
    uint32_t column = 0, row = 0;
    const char *letter = *at;
    for (; (*letter | 32) >= 'a' && (*letter | 32) <= 'z' && column < 100000; letter++) {
        column = column * 26 + (uint32_t)((*letter | 32) - 'a') + 1;
    }
    const char *digit = letter;
    for (; *digit >= '0' && *digit <= '9' && row < 100000000; digit++) {
        row = row * 10 + (uint32_t)(*digit - '0');
    }
    if (letter == *at || digit == letter || column == 0 || row == 0) {
        return false;
    }
    *at = digit;
    *ret_column = column - 1;
    *ret_row = row;
    return true;
}

/* ---- Cells ---- */

static void begin_row(struct page *page, const char **attributes)
{
    const char *number = lt_xlsx_attribute(attributes, "r");
    unsigned long row = number != NULL ? strtoul(number, NULL, 10) : page->row + 1ul;
    if (row <= page->row || row > UINT32_MAX / 2) {
        lt_xlsx_damaged(page->xlsx, page->about->path);
        return;
    }
    page->row = (uint32_t)row;
    const char *hidden = lt_xlsx_attribute(attributes, "hidden");
    page->hidden = hidden != NULL && (strcmp(hidden, "1") == 0 || strcmp(hidden, "true") == 0);
    page->in_row = true;
    page->count = 0;
    page->column = UINT32_MAX; /* before the first */
    memset(page->cells, 0, sizeof(page->cells));
}

static void begin_cell(struct page *page, const char **attributes)
{
    const char *name = lt_xlsx_attribute(attributes, "r");
    const char *type = lt_xlsx_attribute(attributes, "t");
    const char *style = lt_xlsx_attribute(attributes, "s");
    uint32_t row;
    page->column++;
    if (name != NULL && !read_cell_name(&name, &page->column, &row)) {
        lt_xlsx_damaged(page->xlsx, page->about->path);
    }
    snprintf(page->type, sizeof(page->type), "%s", type != NULL ? type : "n");
    page->style = style != NULL ? strtoul(style, NULL, 10) : 0;
    page->has_value = page->has_formula = false;
    page->start = page->xlsx->text_size;
}

/* The text of a shared string; 0, the empty one, and a fault when there is none. */
static uint32_t shared(struct page *page)
{
    struct lt_xlsx *xlsx = page->xlsx;
    const char *text = xlsx->text + page->start;
    char *end;
    unsigned long index = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || index >= xlsx->string_count) {
        lt_xlsx_fail(
            xlsx, LT_MALFORMED, page->row, page->column + 1, "%s",
            lt_text("ô trỏ tới chữ không có trong tệp: tệp hỏng, mở bằng Excel rồi lưu lại",
                    "the cell names a text that is not in the file: it is damaged, open "
                    "it in Excel and save it again"));
        return 0;
    }
    xlsx->text_size = page->start;
    return xlsx->strings[index];
}

static uint32_t number(struct page *page)
{
    struct lt_xlsx *xlsx = page->xlsx;
    enum lt_xlsx_format format = page->style < xlsx->format_count
                                     ? (enum lt_xlsx_format)xlsx->formats[page->style]
                                     : LT_XLSX_PLAIN;
    char text[LT_XLSX_NUMBER_MAX];
    if (!lt_xlsx_number(xlsx->text + page->start, format, xlsx->dates_1904, text)) {
        return (uint32_t)page->start;
    }
    xlsx->text_size = page->start;
    lt_xlsx_add(xlsx, text, strlen(text));
    return lt_xlsx_end_text(xlsx, page->start);
}

/* "2021-02-05T00:00:00": the day. */
static uint32_t iso_day(struct page *page)
{
    char *time = strchr(page->xlsx->text + page->start, 'T');
    if (time != NULL) {
        *time = '\0';
    }
    return (uint32_t)page->start;
}

static uint32_t cell_text(struct page *page)
{
    struct lt_xlsx *xlsx = page->xlsx;
    /* A text that is empty, ="", is a value. */
    if (page->has_formula && !page->has_value && strcmp(page->type, "str") != 0) {
        lt_xlsx_add(xlsx, LT_XLSX_NO_VALUE, strlen(LT_XLSX_NO_VALUE));
        page->has_value = true;
        return lt_xlsx_end_text(xlsx, page->start);
    }
    uint32_t text = lt_xlsx_end_text(xlsx, page->start);
    if (xlsx->result != LT_OK || !page->has_value) {
        return 0;
    }
    if (strcmp(page->type, "s") == 0) {
        return shared(page);
    }
    if (strcmp(page->type, "n") == 0) {
        return number(page);
    }
    return strcmp(page->type, "d") == 0 ? iso_day(page) : text;
}

static void end_cell(struct page *page)
{
    struct lt_xlsx *xlsx = page->xlsx;
    uint32_t text = cell_text(page);
    if (xlsx->result != LT_OK) {
        return;
    }
    if (lt_table_is_blank(xlsx->text + text)) {
        xlsx->text_size = page->start;
        return;
    }
    if (page->column >= LT_TABLE_COLUMNS_MAX) {
        lt_xlsx_fail(xlsx, LT_TOO_LARGE, page->row, page->column + 1,
                     lt_text("quá %d cột", "more than %d columns"), LT_TABLE_COLUMNS_MAX);
        return;
    }
    page->cells[page->column] = text;
    page->count = page->count > page->column ? page->count : page->column + 1;
}

static void end_row(struct page *page)
{
    struct lt_xlsx *xlsx = page->xlsx;
    struct lt_sheet *sheet = &page->sheet;
    struct lt_sheet_row row = {page->row, (uint32_t)sheet->cell_count, page->count};
    size_t bytes = 0;
    page->in_row = false;
    for (uint32_t column = 0; column < page->count; column++) {
        bytes += strlen(xlsx->text + page->cells[column]);
        if (!lt_xlsx_room(xlsx, (void **)&sheet->cells, &page->cells_room, sheet->cell_count,
                          sizeof(*sheet->cells))) {
            return;
        }
        sheet->cells[sheet->cell_count++] = page->cells[column];
    }
    if (bytes > LT_TABLE_LINE_BYTES_MAX) {
        lt_xlsx_fail(xlsx, LT_TOO_LARGE, row.line, 0,
                     lt_text("dòng dài quá %d byte", "the line is longer than %d bytes"),
                     LT_TABLE_LINE_BYTES_MAX);
    } else if (page->count > 0 && sheet->row_count >= LT_TABLE_ROWS_MAX) {
        lt_xlsx_fail(
            xlsx, LT_TOO_LARGE, row.line, 0,
            lt_text("quá %d dòng; hãy chia thành nhiều tệp", "more than %d rows; split the file"),
            LT_TABLE_ROWS_MAX);
    } else if (page->count > 0 && lt_xlsx_room(xlsx, (void **)&sheet->rows, &page->rows_room,
                                               sheet->row_count, sizeof(*sheet->rows))) {
        sheet->rows[sheet->row_count++] = row;
        sheet->hidden_rows += page->hidden;
    }
}

/* ---- Merged cells ---- */

static void add_merge(struct page *page, const char *name)
{
    struct merge merge, corner;
    uint32_t row, last_column;
    if (name == NULL || !read_cell_name(&name, &merge.column, &row) || *name++ != ':' ||
        !read_cell_name(&name, &last_column, &corner.last_row)) {
        return;
    }
    merge.first_row = row;
    merge.last_row = corner.last_row;
    if (merge.last_row <= merge.first_row || merge.column >= LT_TABLE_COLUMNS_MAX) {
        return;
    }
    if (page->merge_count == LT_XLSX_MERGES_MAX) {
        lt_xlsx_fail(page->xlsx, LT_TOO_LARGE, merge.first_row, merge.column + 1,
                     lt_text("quá %d ô gộp", "more than %d merged cells"), LT_XLSX_MERGES_MAX);
        return;
    }
    if (lt_xlsx_room(page->xlsx, (void **)&page->merges, &page->merge_room, page->merge_count,
                     sizeof(merge))) {
        page->merges[page->merge_count++] = merge;
    }
}

/* The cells anew, each row as wide as the widest. */
static bool widen(struct page *page, uint32_t width)
{
    struct lt_sheet *sheet = &page->sheet;
    uint32_t *cells = calloc(sheet->row_count * width + 1, sizeof(*cells));
    sheet->spread = calloc(sheet->row_count * width + 1, sizeof(*sheet->spread));
    if (cells == NULL || sheet->spread == NULL) {
        free(cells);
        lt_xlsx_no_memory(page->xlsx);
        return false;
    }
    for (size_t i = 0; i < sheet->row_count; i++) {
        struct lt_sheet_row *row = &sheet->rows[i];
        memcpy(cells + i * width, sheet->cells + row->first, row->count * sizeof(*cells));
        row->first = (uint32_t)(i * width);
    }
    free(sheet->cells);
    sheet->cells = cells;
    sheet->cell_count = sheet->row_count * width;
    return true;
}

static size_t first_row_from(const struct lt_sheet *sheet, uint32_t line)
{
    size_t low = 0, high = sheet->row_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sheet->rows[middle].line < line) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void fill_merges(struct page *page)
{
    struct lt_sheet *sheet = &page->sheet;
    uint32_t width = 0;
    size_t filled = 0;
    for (size_t i = 0; i < sheet->row_count; i++) {
        width = sheet->rows[i].count > width ? sheet->rows[i].count : width;
    }
    if (page->merge_count == 0 || width == 0 || !widen(page, width)) {
        return;
    }
    for (size_t i = 0; i < page->merge_count; i++) {
        const struct merge *merge = &page->merges[i];
        size_t row = first_row_from(sheet, merge->first_row);
        if (row == sheet->row_count || sheet->rows[row].line != merge->first_row ||
            sheet->rows[row].count <= merge->column) {
            continue; /* nothing stands in it */
        }
        const size_t first = sheet->rows[row].first + merge->column;
        uint32_t text = sheet->cells[first];
        for (row++; row < sheet->row_count && sheet->rows[row].line <= merge->last_row; row++) {
            struct lt_sheet_row *below = &sheet->rows[row];
            sheet->cells[below->first + merge->column] = text;
            sheet->spread[below->first + merge->column] = sheet->spread[first] = true;
            below->count = below->count > merge->column ? below->count : merge->column + 1;
            if (++filled > (size_t)LT_TABLE_ROWS_MAX * LT_TABLE_COLUMNS_MAX) {
                lt_xlsx_damaged(page->xlsx, page->about->path); /* they lie on one another */
                return;
            }
        }
    }
}

/* ---- The part ---- */

static void page_start(void *context, const char *name, const char **attributes)
{
    struct page *page = context;
    if (strcmp(name, "row") == 0) {
        begin_row(page, attributes);
    } else if (!page->in_row) {
        if (strcmp(name, "mergeCell") == 0) {
            add_merge(page, lt_xlsx_attribute(attributes, "ref"));
        }
    } else if (strcmp(name, "c") == 0) {
        begin_cell(page, attributes);
    } else if (strcmp(name, "f") == 0) {
        page->has_formula = true;
    } else if (strcmp(name, "rPh") == 0) {
        page->spoken = true;
    }
    page->in_value = page->in_row && strcmp(name, "v") == 0;
    page->in_text = page->in_row && strcmp(name, "t") == 0 && !page->spoken;
}

static void page_end(void *context, const char *name)
{
    struct page *page = context;
    page->in_value = page->in_text = false;
    if (strcmp(name, "rPh") == 0) {
        page->spoken = false;
    } else if (page->in_row && strcmp(name, "c") == 0) {
        end_cell(page);
    } else if (page->in_row && strcmp(name, "row") == 0) {
        end_row(page);
    }
}

static void page_text(void *context, const char *text, size_t size)
{
    struct page *page = context;
    struct lt_xlsx *xlsx = page->xlsx;
    if (!page->in_value && !page->in_text) {
        return;
    }
    page->has_value = true;
    if (xlsx->text_size - page->start + size > LT_TABLE_LINE_BYTES_MAX) {
        lt_xlsx_fail(xlsx, LT_TOO_LARGE, page->row, page->column + 1,
                     lt_text("ô dài quá %d byte", "the cell is longer than %d bytes"),
                     LT_TABLE_LINE_BYTES_MAX);
        return;
    }
    lt_xlsx_add(xlsx, text, size);
}

void lt_xlsx_read_page(struct lt_xlsx *xlsx, const struct lt_xlsx_page *about,
                       struct lt_sheet *ret_sheet)
{
    struct page page = {.xlsx = xlsx, .about = about};
    lt_xlsx_parse(xlsx, about->path,
                  &(struct lt_xlsx_listener){page_start, page_end, page_text, &page});
    page.sheet.bytes = xlsx->text;
    if (xlsx->result == LT_OK) {
        fill_merges(&page);
    }
    free(page.merges);
    if (xlsx->result != LT_OK) {
        free(page.sheet.cells);
        free(page.sheet.spread);
        free(page.sheet.rows);
        page.sheet = (struct lt_sheet){0};
    }
    *ret_sheet = page.sheet;
}
