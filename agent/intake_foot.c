/* What stands below a list and is no row of it: its total, and who signed it. */
#include <string.h>

#include "agent/intake_match.h"
#include "agent/text.h"

/* "Tổng cộng", "CỘNG:" */
static bool is_word_total(const char *text)
{
    static const char *const words[] = {"tong cong", "cong", "tong", "tong so", "total", "sum"};
    char folded[LT_FOLDED_MAX];
    if (text[0] == '\0' || strlen(text) > 40 || !lt_fold_plain(text, folded)) {
        return false;
    }
    size_t size = strlen(folded);
    size -= size > 0 && folded[size - 1] == ':';
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == size && memcmp(words[i], folded, size) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_empty(const struct lt_intake *intake, size_t row, enum lt_column column)
{
    int at = intake->columns.at[column];
    return at < 0 || lt_table_is_blank(lt_table_cell(&intake->sheet, row, (size_t)at));
}

/* Without what an award or a proposal cannot be without, and says of no record what to do. */
static bool is_no_record(const struct lt_intake *intake, size_t row)
{
    int code = intake->columns.at[LT_COL_CODE];
    return code >= 0 &&
           (is_empty(intake, row, LT_COL_CODE) ||
            is_word_total(lt_table_cell(&intake->sheet, row, (size_t)code))) &&
           is_empty(intake, row, LT_COL_KIND) && is_empty(intake, row, LT_COL_ROW_REF) &&
           is_empty(intake, row, LT_COL_ACTION);
}

static size_t filled(const struct lt_intake *intake, size_t row, bool *ret_total)
{
    size_t count = 0;
    *ret_total = false;
    for (size_t column = 0; column < intake->sheet.rows[row].count; column++) {
        const char *text = lt_table_cell(&intake->sheet, row, column);
        count += !lt_table_is_blank(text);
        *ret_total = *ret_total || is_word_total(text);
    }
    return count;
}

/* Of few cells, and not counted: "Nơi nhận:", "CHỦ TỊCH". */
static bool is_below(const struct lt_intake *intake, size_t row)
{
    enum { SIGNED_MAX = 3 };
    bool total;
    return is_no_record(intake, row) && is_empty(intake, row, LT_COL_ORDINAL) &&
           filled(intake, row, &total) <= SIGNED_MAX;
}

void lt_match_leave_foot(struct lt_intake *intake)
{
    struct lt_sheet *sheet = &intake->sheet;
    size_t kept = intake->columns.header_row + 1, end = sheet->row_count;
    bool total, totalled = false;
    if (intake->options.kind != LT_KIND_AWARD && intake->options.kind != LT_KIND_PROPOSAL) {
        return;
    }
    while (end > kept && is_below(intake, end - 1)) {
        end--;
    }
    for (size_t row = kept; row < sheet->row_count; row++) {
        (void)filled(intake, row, &total);
        if (total && is_no_record(intake, row)) {
            lt_table_note(sheet,
                          lt_text("không đọc dòng %u: tổng cộng", "row %u, a total, is not read"),
                          sheet->rows[row].line);
            totalled = true;
        } else if (totalled && row >= end) {
            lt_table_note(sheet,
                          lt_text("không đọc dòng %u trở đi: dưới bảng",
                                  "from row %u on, below the list, nothing is read"),
                          sheet->rows[row].line);
            break;
        } else {
            sheet->rows[kept++] = sheet->rows[row];
        }
    }
    sheet->row_count = kept;
}
