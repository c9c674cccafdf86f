#include "agent/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/natural.h"
#include "agent/text.h"

enum { HEADER_ROWS_MAX = 20, FOLDED_MAX = 96 };

struct spelling {
    const char *name, *vietnamese, *english, *folded;
};

static const struct spelling spellings[] = {
#define LT_COLUMN_SPELLING(constant, name, vi, en, folded) {#name, vi, en, folded},
    LT_COLUMNS(LT_COLUMN_SPELLING)
#undef LT_COLUMN_SPELLING
};

/* Found anywhere in a folded header. */
static const char *const private_words[] = {
    "cccd",      "cmnd",           "cmtnd",      "chungminh", "cancuoc",    "dinhdanh",
    "hochieu",   "passport",       "ngaysinh",   "namsinh",   "sinhngay",   "sinhnam",
    "thangsinh", "birth",          "birthday",   "idnumber",  "idno",       "idcard",
    "identity",  "identification", "nationalid", "citizenid", "personalid", "masothuecanhan",
    "bhxh",      "bhyt",           "sobaohiem",
};
/* Only as the whole header: short words that others contain. */
static const char *const private_headers[] = {"dob", "cmt", "sogiayto", "giaytotuythan", "ntns"};

/* Letters and digits of the plain fold; false: too long for any header that is known. */
static bool fold_header(const char *header, bool without_brackets, char ret_folded[FOLDED_MAX])
{
    char plain[LT_FOLDED_MAX];
    size_t size = 0;
    unsigned depth = 0;
    bool fits = lt_fold_plain(header, plain);
    for (const char *at = plain; fits && *at != '\0'; at++) {
        depth += *at == '(' && without_brackets;
        if (depth == 0 && ((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9'))) {
            fits = size + 1 < FOLDED_MAX;
            if (fits) {
                ret_folded[size++] = *at;
            }
        }
        depth -= *at == ')' && depth > 0;
    }
    ret_folded[size] = '\0';
    return fits;
}

static bool is_listed(const char *list, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = list; size > 0; at++) {
        size_t item = strcspn(at, "|");
        if (item == size && memcmp(at, word, size) == 0) {
            return true;
        }
        at += item;
        if (*at == '\0') {
            break;
        }
    }
    return false;
}

static enum lt_column lookup(const char *folded)
{
    for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
        if (is_listed(spellings[i].folded, folded)) {
            return (enum lt_column)i;
        }
    }
    return LT_COLUMN_COUNT;
}

const char *lt_column_name(enum lt_column column)
{
    return spellings[column].name;
}

const char *lt_column_header(enum lt_column column)
{
    return lt_text_is_english() ? spellings[column].english : spellings[column].vietnamese;
}

enum lt_column lt_column_of(const char *header)
{
    char folded[FOLDED_MAX];
    enum lt_column found = LT_COLUMN_COUNT;
    if (fold_header(header, false, folded)) {
        found = lookup(folded);
    }
    if (found == LT_COLUMN_COUNT && fold_header(header, true, folded)) {
        found = lookup(folded);
    }
    return found;
}

bool lt_column_is_private(const char *header)
{
    char folded[FOLDED_MAX];
    fold_header(header, false, folded); /* of a longer one the beginning */
    for (size_t i = 0; i < sizeof(private_words) / sizeof(private_words[0]); i++) {
        if (strstr(folded, private_words[i]) != NULL) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(private_headers) / sizeof(private_headers[0]); i++) {
        if (strcmp(folded, private_headers[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Twelve digits at `text`, standing alone, as one number or in groups of which the first has three ("001
 * 090 012345" as people write it). A digit does not stand before `text`. */
static bool is_identity_number(const char *text)
{
    size_t digits = 0, groups = 1, first = strspn(text, "0123456789");
    const char *at = text;
    for (; digits <= 12; at++) {
        if (is_digit(*at)) {
            digits++;
        } else if ((*at == ' ' || *at == '.') && is_digit(at[1]) && digits < 12) {
            groups++;
        } else {
            break;
        }
    }
    bool goes_on = groups > 1 && (*at == ' ' || *at == '.') && is_digit(at[1]);
    if (digits != 12 || goes_on || (groups > 1 && first != 3)) {
        return false;
    }
    int province = (text[0] - '0') * 100 + (text[1] - '0') * 10 + text[2] - '0';
    return province >= 1 && province <= 96;
}

bool lt_column_has_identity_number(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (is_digit(*at) && (at == text || !is_digit(at[-1])) && is_identity_number(at)) {
            return true;
        }
    }
    return false;
}

static enum lt_result refuse_private(struct lt_sheet_fault *fault, uint32_t line, size_t column,
                                     const char *header)
{
    return lt_table_fault(
        fault, LT_REFUSED, line, (uint32_t)column + 1,
        lt_text("cột «%.*s» là số giấy tờ tùy thân hoặc ngày sinh: dữ liệu cá nhân không được nhập "
                "và không cần cho thống kê. Xóa cột này rồi nhập lại; chưa lưu gì của tệp này",
                "column \"%.*s\" holds identity numbers or dates of birth: personal data that must "
                "not be imported and that no figure needs. Delete the column and import again; "
                "nothing of this file was stored"),
        (int)lt_table_cut(header, 80), header);
}

/* A header may have several lines, of which the last is taken: all down to it are looked at. */
static enum lt_result check_headers(const struct lt_sheet *sheet, size_t header_row,
                                    struct lt_sheet_fault *fault)
{
    for (size_t row = 0; row < sheet->row_count && row <= header_row; row++) {
        for (size_t column = 0; column < sheet->rows[row].count; column++) {
            const char *text = lt_table_cell(sheet, row, column);
            if (strlen(text) < FOLDED_MAX && lt_column_is_private(text) &&
                (row == header_row || sheet->rows[row].count > 1)) {
                return refuse_private(fault, sheet->rows[row].line, column, text);
            }
        }
    }
    return LT_OK;
}

/* "9f3a61c2d4e5b607-12", or as hubs name a record, with 64 digits: hexadecimal may look like anything. */
static bool is_reference(const char *text)
{
    size_t digits = strspn(text, "0123456789abcdefABCDEF");
    return (digits == 16 || digits == 64) && text[digits] == '-';
}

static enum lt_result check_cells(const struct lt_sheet *sheet, const struct lt_columns *columns,
                                  struct lt_sheet_fault *fault)
{
    for (size_t row = 0; row < sheet->row_count; row++) {
        for (size_t column = 0; column < sheet->rows[row].count; column++) {
            const char *text = lt_table_cell(sheet, row, column);
            /* Members are lists of codes, "001 002 003 004"; what is none is refused with its row. */
            if (!lt_column_has_identity_number(text) ||
                (int)column == columns->at[LT_COL_MEMBERS] ||
                ((int)column == columns->at[LT_COL_ROW_REF] && is_reference(text))) {
                continue;
            }
            return lt_table_fault(
                fault, LT_REFUSED, sheet->rows[row].line, (uint32_t)column + 1, "%s",
                lt_text(
                    "có số định danh cá nhân (12 chữ số): dữ liệu này không được nhập. Xóa rồi "
                    "nhập lại; chưa lưu gì của tệp này",
                    "there is an identity number (12 digits): it must not be imported. Delete it "
                    "and import again; nothing of this file was stored"));
        }
    }
    return LT_OK;
}

static size_t known_columns(const struct lt_sheet *sheet, size_t row)
{
    size_t known = 0;
    for (size_t column = 0; column < sheet->rows[row].count; column++) {
        known += lt_column_of(lt_table_cell(sheet, row, column)) != LT_COLUMN_COUNT;
    }
    return known;
}

/* Returns how many columns of it are known; 0: there is none. */
static size_t find_header(const struct lt_sheet *sheet, size_t *ret_row)
{
    size_t most = 0;
    for (size_t row = 0; row < sheet->row_count && row < HEADER_ROWS_MAX; row++) {
        size_t known = known_columns(sheet, row);
        if (most >= 2 && known < most) {
            break;
        }
        if (known > most || most >= 2) {
            most = known;
            *ret_row = row;
        }
    }
    return most;
}

size_t lt_columns_known(const struct lt_sheet *sheet)
{
    size_t row;
    return find_header(sheet, &row);
}

/* "Số" below "Quyết định", which stands over several columns: "Số quyết định". */
static enum lt_column meaning_of(const struct lt_sheet *sheet, size_t header_row, size_t column)
{
    const char *text = lt_table_cell(sheet, header_row, column);
    enum lt_column meaning = lt_column_of(text);
    if (meaning != LT_COLUMN_COUNT || text[0] == '\0' || header_row == 0 ||
        sheet->rows[header_row - 1].line + 1 != sheet->rows[header_row].line ||
        sheet->rows[header_row - 1].count < 2) {
        return meaning;
    }
    size_t over = column;
    while (over > 0 && lt_table_cell(sheet, header_row - 1, over)[0] == '\0') {
        over--;
    }
    char both[2 * FOLDED_MAX];
    const char *above = lt_table_cell(sheet, header_row - 1, over);
    return snprintf(both, sizeof(both), "%s %s", text, above) < (int)sizeof(both)
               ? lt_column_of(both)
               : LT_COLUMN_COUNT;
}

static enum lt_result map_columns(const struct lt_sheet *sheet, struct lt_columns *columns,
                                  struct lt_sheet_fault *fault)
{
    const struct lt_sheet_row *header = &sheet->rows[columns->header_row];
    columns->count = header->count;
    memset(columns->at, 0xff, sizeof(columns->at));
    memset(columns->meaning, LT_COLUMN_COUNT, sizeof(columns->meaning));
    for (size_t column = 0; column < header->count; column++) {
        enum lt_column meaning = meaning_of(sheet, columns->header_row, column);
        if (meaning == LT_COLUMN_COUNT) {
            continue;
        }
        if (columns->at[meaning] >= 0) {
            return lt_table_fault(fault, LT_MALFORMED, header->line, (uint32_t)column + 1,
                                  lt_text("hai cột cùng nghĩa «%s» (cột %d và cột %zu)",
                                          "two columns mean \"%s\" (columns %d and %zu)"),
                                  lt_column_header(meaning), columns->at[meaning] + 1, column + 1);
        }
        columns->at[meaning] = (int16_t)column;
        columns->meaning[column] = (uint8_t)meaning;
    }
    return LT_OK;
}

enum lt_result lt_columns_find(const struct lt_sheet *sheet, struct lt_columns *ret_columns,
                               struct lt_sheet_fault *ret_fault)
{
    struct lt_columns columns = {0};
    if (find_header(sheet, &columns.header_row) == 0) {
        return lt_table_fault(ret_fault, LT_MALFORMED, sheet->rows[0].line, 0, "%s",
                              lt_text("thiếu dòng tiêu đề: không nhận ra tên cột nào",
                                      "the header is missing: no column name is known"));
    }
    enum lt_result result = check_headers(sheet, columns.header_row, ret_fault);
    if (result == LT_OK) {
        result = map_columns(sheet, &columns, ret_fault);
    }
    if (result == LT_OK) {
        result = check_cells(sheet, &columns, ret_fault);
    }
    if (result == LT_OK) {
        *ret_columns = columns;
    }
    return result;
}
