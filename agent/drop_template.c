/* The templates: a table to be filled in, with the words that fit offered in each cell, and the same as CSV. */
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "agent/drop.h"
#include "agent/memory_file.h"
#include "agent/rows.h"
#include "agent/text.h"
#include "agent/today.h"

enum {
    OFFERED_ROWS = 2000, /* below the header */
    WORDS_MAX = 16, /* of a closed list */
    WIDTH = 20,
};

/* The columns, and what is offered in them: a closed list, or the catalogue. */
struct offered {
    enum lt_column column;
    bool catalogue, listed;
    enum lt_words words;
};
static const struct offered offered[] = {
    {.column = LT_COL_ORDINAL},
    {.column = LT_COL_CODE, .catalogue = true},
    {.column = LT_COL_DECISION_NUMBER},
    {.column = LT_COL_DECISION_DATE},
    {.column = LT_COL_PERIOD},
    {.column = LT_COL_TYPE, .listed = true, .words = LT_WORDS_TYPE},
    {.column = LT_COL_RECIPIENT, .listed = true, .words = LT_WORDS_RECIPIENT},
    {.column = LT_COL_NAME},
    {.column = LT_COL_WORKPLACE},
    {.column = LT_COL_POSITION},
    {.column = LT_COL_CATEGORY, .listed = true, .words = LT_WORDS_CATEGORY},
    {.column = LT_COL_SEX, .listed = true, .words = LT_WORDS_SEX},
    {.column = LT_COL_PLACE},
    {.column = LT_COL_AUTHORITY},
    {.column = LT_COL_FIELD},
    {.column = LT_COL_MOVEMENT},
    {.column = LT_COL_QUANTITY},
    {.column = LT_COL_NOTE},
};
enum { COLUMN_COUNT = sizeof(offered) / sizeof(offered[0]) };

/* Above the header, a line each. */
static size_t instructions(const char *ret_lines[8])
{
    size_t count = 0;
    ret_lines[count++] = lt_text("DANH SÁCH KHEN THƯỞNG", "LIST OF AWARDS");
    ret_lines[count++] = lt_text(
        "1. Mỗi người, tập thể hoặc hộ một dòng; ô nào có mũi tên thì chọn trong danh sách.",
        "1. One line a person, collective or household; where a cell has an arrow, choose.");
    ret_lines[count++] = lt_text("2. Chỉ có tổng số: ghi Số lượng, bỏ trống họ tên.",
                                 "2. A total without names: fill in the quantity and no name.");
    ret_lines[count++] = lt_text(
        "3. Không ghi số CCCD, ngày sinh. Lưu tệp vào thư mục này rồi đóng lại.",
        "3. No identity numbers, no dates of birth. Save the file in this folder and close it.");
    return count;
}

/* ---- What is offered ---- */

/* Today's titles by name, or by code where two have one name. */
struct catalogue {
    const char **names;
    size_t count;
};

static bool valid_today(const struct lt_title *title, lt_day today)
{
    return title->valid_from <= today && (title->valid_to == 0 || today <= title->valid_to);
}

static bool is_ambiguous(const struct lt_book *book, const struct lt_title *title, lt_day today)
{
    for (size_t i = 0; i < lt_book_title_count(book); i++) {
        const struct lt_title *other = lt_book_title_at(book, i);
        if (valid_today(other, today) && strcmp(other->code, title->code) != 0 &&
            strcmp(other->name, title->name) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_catalogue(const struct lt_book *book, struct catalogue *ret_catalogue)
{
    const lt_day today = lt_today();
    struct catalogue catalogue = {calloc(lt_book_title_count(book) + 1, sizeof(char *)), 0};
    for (size_t i = 0; catalogue.names != NULL && i < lt_book_title_count(book); i++) {
        const struct lt_title *title = lt_book_title_at(book, i);
        if (valid_today(title, today)) {
            bool by_code = title->name[0] == '\0' || is_ambiguous(book, title, today);
            catalogue.names[catalogue.count++] = by_code ? title->code : title->name;
        }
    }
    *ret_catalogue = catalogue;
    return catalogue.names != NULL;
}

static size_t words_of(const struct offered *column, const struct catalogue *catalogue,
                       const char *ret_words[WORDS_MAX], const char *const **ret_list)
{
    if (column->catalogue) {
        *ret_list = catalogue->names;
        return catalogue->count;
    }
    size_t count = 0;
    for (uint8_t value = 1; column->listed && value < WORDS_MAX; value++) {
        const char *word = lt_value_word_text(column->words, value);
        if (word[0] != '\0') {
            ret_words[count++] = word;
        }
    }
    *ret_list = ret_words;
    return count;
}

/* All that the templates say. */
static void hash_words(const struct catalogue *catalogue, struct lt_hash *ret_hash)
{
    char *text = NULL;
    size_t size = 0;
    const char *words[WORDS_MAX], *lines[8];
    const char *const *list;
    FILE *out = open_memstream(&text, &size);
    *ret_hash = (struct lt_hash){{0}};
    if (out == NULL) {
        return;
    }
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        size_t count = words_of(&offered[i], catalogue, words, &list);
        fprintf(out, "%s\n", lt_column_header(offered[i].column));
        for (size_t word = 0; word < count; word++) {
            fprintf(out, " %s\n", list[word]);
        }
    }
    size_t line_count = instructions(lines);
    for (size_t i = 0; i < line_count; i++) {
        fprintf(out, "%s\n", lines[i]);
    }
    if (fclose(out) == 0) {
        lt_hash_of(text, size, ret_hash);
    }
    free(text);
}

/* ---- The workbook ---- */

/* A list too long for a rule stands on a hidden sheet, a column each. */
static void offer(lxw_worksheet *sheet, lxw_worksheet *lists, lxw_row_t header, lxw_col_t column,
                  lxw_col_t *list_column, const struct catalogue *catalogue)
{
    const char *words[WORDS_MAX], *const *list;
    char formula[96];
    size_t count = words_of(&offered[column], catalogue, words, &list);
    if (count == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        (void)worksheet_write_string(lists, (lxw_row_t)i, *list_column, list[i], NULL);
    }
    char letter = (char)('A' + (*list_column)++);
    snprintf(formula, sizeof(formula), "='%s'!$%c$1:$%c$%zu", lt_text("Danh mục", "Lists"), letter,
             letter, count);
    lxw_data_validation rule = {
        .validate = LXW_VALIDATION_TYPE_LIST_FORMULA,
        .value_formula = formula,
        .error_type = LXW_VALIDATION_ERROR_TYPE_WARNING,
    };
    (void)worksheet_data_validation_range(sheet, header + 1, column, header + OFFERED_ROWS, column,
                                          &rule);
}

static bool fill_book(lxw_workbook *book, const struct catalogue *catalogue)
{
    const char *lines[8];
    lxw_worksheet *sheet = workbook_add_worksheet(book, lt_text("Khen thưởng", "Awards"));
    lxw_worksheet *lists = workbook_add_worksheet(book, lt_text("Danh mục", "Lists"));
    lxw_format *bold = workbook_add_format(book), *text = workbook_add_format(book);
    if (sheet == NULL || lists == NULL || bold == NULL || text == NULL) {
        return false;
    }
    format_set_bold(bold);
    format_set_bg_color(bold, 0xDDE8F3);
    format_set_border(bold, LXW_BORDER_THIN);
    format_set_text_wrap(bold);
    format_set_num_format(text, "@");
    size_t count = instructions(lines);
    for (size_t i = 0; i < count; i++) {
        (void)worksheet_write_string(sheet, (lxw_row_t)i, 0, lines[i], NULL);
    }
    lxw_row_t header = (lxw_row_t)count + 1;
    lxw_col_t list_column = 0;
    (void)worksheet_set_column(sheet, 0, COLUMN_COUNT - 1, WIDTH, text);
    (void)worksheet_set_column(sheet, 0, 0, 6, text);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const lxw_col_t column = (lxw_col_t)i;
        (void)worksheet_write_string(sheet, header, column, lt_column_header(offered[i].column),
                                     bold);
        offer(sheet, lists, header, column, &list_column, catalogue);
    }
    worksheet_freeze_panes(sheet, header + 1, 0);
    worksheet_hide(lists);
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
    return true;
}

static bool make_book(const struct lt_memory_file *memory, const struct catalogue *catalogue)
{
    lxw_workbook *book = workbook_new(memory->path);
    bool good = book != NULL && fill_book(book, catalogue);
    return book != NULL && workbook_close(book) == LXW_NO_ERROR && good;
}

static enum lt_result write_book(const char *path, const void *context,
                                 struct lt_sheet_fault *fault)
{
    struct lt_memory_file memory;
    struct lt_table_file file;
    enum lt_result result = lt_table_create(path, &file, fault);
    if (result != LT_OK) {
        return result;
    }
    bool good = lt_memory_file_open(&memory) == LT_OK;
    if (good) {
        good = make_book(&memory, context) && lt_memory_file_copy(&memory, file.stream) == LT_OK;
        lt_memory_file_close(&memory);
    }
    result = lt_table_finish(&file, good, fault);
    return result == LT_OK && !good
               ? lt_table_fault(fault, LT_IO, 0, 0, "%s",
                                lt_text("không làm được sổ Excel", "the workbook cannot be made"))
               : result;
}

static enum lt_result write_csv(const char *path, const void *context, struct lt_sheet_fault *fault)
{
    struct lt_row_file *rows;
    enum lt_result result = lt_row_file_create(path, ';', &rows, fault);
    (void)context;
    if (result == LT_OK) {
        for (size_t i = 0; i < COLUMN_COUNT; i++) {
            lt_row_file_cell(rows, lt_column_header(offered[i].column));
        }
        lt_row_file_end_row(rows);
        result = lt_row_file_finish(rows, true, fault);
    }
    return result;
}

/* ---- Both ---- */

const char *lt_drop_template_name(bool is_book)
{
    return is_book ? lt_text("Mẫu khen thưởng.xlsx", "Template of awards.xlsx")
                   : lt_text("Mẫu khen thưởng.csv", "Template of awards.csv");
}

typedef enum lt_result write_template(const char *path, const void *context,
                                      struct lt_sheet_fault *fault);

/* False: it could not be written. What a clerk has made of it is his. */
static bool bring(struct lt_drop *drop, const char *name, bool fresh, write_template *write,
                  const struct catalogue *catalogue)
{
    char path[LT_DIR_MAX];
    struct lt_sheet_fault fault = {.text = ""};
    const struct lt_drop_file *known = lt_drop_seen_find(&drop->seen, name);
    if (!lt_drop_is_free(drop, name) || (fresh && known != NULL && known->here)) {
        return true;
    }
    if (!lt_drop_path(drop, name, path) || write(path, catalogue, &fault) != LT_OK) {
        lt_drop_trouble(drop, "%s: %s", name, fault.text);
        return false;
    }
    (void)lt_drop_note_own(drop, name, path);
    return true;
}

void lt_drop_write_templates(struct lt_drop *drop)
{
    struct catalogue catalogue;
    struct lt_hash words;
    const struct lt_book *book = lt_journal_book(drop->journal);
    if (book == NULL || lt_book_title_count(book) == 0 || !read_catalogue(book, &catalogue)) {
        return; /* the catalogue has not come yet */
    }
    hash_words(&catalogue, &words);
    bool fresh = memcmp(&words, &drop->seen.catalogue, sizeof(words)) == 0;
    bool good = bring(drop, lt_drop_template_name(true), fresh, write_book, &catalogue);
    good = bring(drop, lt_drop_template_name(false), fresh, write_csv, &catalogue) && good;
    if (good && !fresh) {
        drop->seen.catalogue = words;
        drop->saved = false;
    }
    free(catalogue.names);
}
