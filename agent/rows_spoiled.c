/* What a spreadsheet program has made of a cell, so that what was typed is no longer there. */
#include <string.h>

#include "agent/rows_reader.h"
#include "agent/text.h"
#include "agent/xlsx.h"

/* "#N/A", "#REF!" … */
static bool is_error(const char *text)
{
    static const char *const errors[] = {"#N/A",   "#REF!",   "#VALUE!", "#DIV/0!",
                                         "#NAME?", "#NUM!",   "#NULL!",  "#SPILL!",
                                         "#CALC!", "#FIELD!", "#BUSY!",  "#GETTING_DATA"};
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (strcmp(text, errors[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* "1.45E+03", "1,45E+03", "1e-05": digits are lost. */
static bool is_shortened(const char *text)
{
    const char *at = text + (*text == '-');
    size_t whole = strspn(at, "0123456789");
    at += whole;
    at += *at == '.' || *at == ',' ? 1 + strspn(at + 1, "0123456789") : 0;
    if (whole == 0 || (*at != 'E' && *at != 'e') || (at[1] != '+' && at[1] != '-')) {
        return false;
    }
    size_t power = strspn(at + 2, "0123456789");
    return power > 0 && at[2 + power] == '\0';
}

static const char *why_spoiled(enum lt_column column, const char *text)
{
    lt_day day;
    if (strcmp(text, LT_XLSX_NO_VALUE) == 0) {
        return lt_text("công thức chưa có kết quả: mở tệp bằng Excel rồi lưu lại",
                       "the formula has no result yet: open the file in Excel and save it again");
    }
    if (is_error(text)) {
        return lt_text("ô này là lỗi công thức của Excel; gõ giá trị đúng vào ô",
                       "Excel could not compute this cell; type what should stand in it");
    }
    if (is_shortened(text)) {
        return lt_text("Excel đã rút gọn số này, các chữ số không còn; định dạng cột là Text (hoặc "
                       "Number) rồi gõ lại",
                       "Excel has shortened this number and its digits are lost; format the column "
                       "as Text (or Number) and type it again");
    }
    bool numbered = column == LT_COL_DECISION_NUMBER || column == LT_COL_SUBMISSION_NUMBER;
    if (numbered && lt_value_day(text, &day) == NULL) {
        return lt_text("đây là ngày, không phải số văn bản (Excel hay đổi «15/3» thành ngày); định "
                       "dạng cột là Text rồi gõ lại",
                       "this is a date, not a document's number (Excel makes dates of \"15/3\"); "
                       "format the column as Text and type it again");
    }
    return NULL;
}

bool lt_rows_is_amount(enum lt_column column)
{
    return column == LT_COL_QUANTITY || column == LT_COL_RANK || column == LT_COL_BONUS ||
           column == LT_COL_PENALTY || column == LT_COL_POINTS_SELF ||
           column == LT_COL_POINTS_VERIFIED || column == LT_COL_POINTS_FINAL;
}

void lt_rows_look_for_spoiled(struct lt_rows_reader *reader)
{
    for (size_t i = 0; i < reader->rows->columns->count; i++) {
        enum lt_column column = (enum lt_column)reader->rows->columns->meaning[i];
        if (column == LT_COLUMN_COUNT || column == LT_COL_VERDICT ||
            column == LT_COL_VERDICT_REASON || column == LT_COL_ORDINAL) {
            continue;
        }
        const char *text = lt_rows_cell(reader, column);
        const char *why = why_spoiled(column, text);
        if (lt_rows_is_amount(column) && lt_table_is_spread(reader->rows->sheet, reader->row, i)) {
            why = lt_text("ô gộp nhiều dòng: không rõ số này của từng dòng hay của chung; bỏ gộp "
                          "(Unmerge) rồi ghi số của từng dòng",
                          "merged over several rows: is it the number of each, or of all together? "
                          "Unmerge it and write the number of each row");
        }
        if (why != NULL) {
            lt_rows_fail(reader, column, "«%.*s»: %s", (int)lt_table_cut(text, 40), text, why);
        }
    }
}
