#include "hub/form_words.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "agent/text.h"

void lt_form_period_words(const struct lt_filled *filled, char ret_text[64])
{
    static const char *const quarters[] = {"", "I", "II", "III", "IV"};
    const struct lt_figures_query *query = &filled->query;
    const int year = query->year_to, months = query->month_to - query->month_from + 1;
    if (query->month_from != 0 && months == 1)
        (void)snprintf(ret_text, 64, lt_text("Tháng %d năm %d", "Month %d of %d"),
                       query->month_from, year);
    else if (query->month_from != 0 && months == 3)
        (void)snprintf(ret_text, 64, lt_text("Quý %s năm %d", "Quarter %s of %d"),
                       quarters[query->month_to / 3 % 5], year);
    else if (query->month_from != 0)
        (void)snprintf(ret_text, 64,
                       query->month_from == 1 ? lt_text("6 tháng đầu năm %d", "First half of %d")
                                              : lt_text("6 tháng cuối năm %d", "Second half of %d"),
                       year);
    else if (query->year_from == year)
        (void)snprintf(ret_text, 64, lt_text("Năm %d", "Year %d"), year);
    else if (query->span)
        (void)snprintf(ret_text, 64, lt_text("Giai đoạn %d–%d", "Period %d–%d"), query->year_from,
                       year);
    else
        (void)snprintf(ret_text, 64, lt_text("Các năm từ %d đến %d", "Years %d to %d"),
                       query->year_from, year);
}

const char *lt_form_stub(const struct lt_form *form)
{
    const char *stub = lt_form_say(&form->stub);
    return stub[0] != '\0' ? stub : lt_text("Chỉ tiêu", "Item");
}

const char *lt_form_row_code(const struct lt_filled_line *row)
{
    return row->value != NULL ? row->value : row->line->code;
}

void lt_form_column_code(const struct lt_filled *filled, size_t column, char ret_text[24])
{
    bool each = false;
    for (size_t i = 0; i < filled->columns.count; i++)
        each = each || filled->columns.lines[i].value != NULL;
    if (each)
        (void)snprintf(ret_text, 24, "%zu", column + 1);
    else
        (void)snprintf(ret_text, 24, "%s", filled->columns.lines[column].line->code);
}

void lt_form_column_label(const struct lt_filled *filled, size_t column,
                          char ret_text[LT_FORM_LINE_MAX])
{
    const struct lt_filled_line *leaf = &filled->columns.lines[column];
    size_t used = 0;
    for (unsigned level = 0; level < leaf->line->depth; level++)
        used += (size_t)snprintf(ret_text + used, LT_FORM_LINE_MAX - used, "%.200s: ",
                                 lt_form_say(&lt_filled_header(filled, column, level)->text));
    (void)snprintf(ret_text + used, LT_FORM_LINE_MAX - used, "%.200s", leaf->label);
}

void lt_form_head_left(const struct lt_filled *filled, size_t number,
                       char ret_text[LT_FORM_LINE_MAX])
{
    const struct lt_form *form = filled->form;
    ret_text[0] = '\0';
    if (number == 0 && form->number[0] != '\0')
        (void)snprintf(ret_text, LT_FORM_LINE_MAX, lt_text("Biểu số %s", "Form %s"), form->number);
    else if (number == 1)
        (void)snprintf(ret_text, LT_FORM_LINE_MAX, "%s", lt_form_say(&form->issued));
    else if (number == 2 && form->due.vi[0] != '\0')
        (void)snprintf(ret_text, LT_FORM_LINE_MAX, lt_text("Ngày nhận báo cáo: %s", "Due: %s"),
                       lt_form_say(&form->due));
}

void lt_form_head_right(const struct lt_filled *filled, size_t number,
                        char ret_text[LT_FORM_LINE_MAX])
{
    const char *receiver = lt_form_say(&filled->form->receiver);
    char unit[LT_UNIT_TEXT_MAX];
    ret_text[0] = '\0';
    lt_unit_format(&filled->query.place->unit, unit);
    if (number == 0)
        (void)snprintf(ret_text, LT_FORM_LINE_MAX,
                       lt_text("Đơn vị báo cáo: %.300s (%s)", "Reporting unit: %.300s (%s)"),
                       filled->query.place->name, unit);
    else if (number == 1 && receiver[0] != '\0')
        (void)snprintf(ret_text, LT_FORM_LINE_MAX,
                       lt_text("Đơn vị nhận báo cáo: %s", "Receiving unit: %s"), receiver);
}

/* ---- The foot ---- */

static_assert(LT_COMPLETENESS_WORDS_MAX <= (int)LT_FORM_LINE_MAX, "a line holds the sentence");

/* What is owed; where nothing is, who has been heard. */
static void units_words(const struct lt_filled *filled, char ret_text[LT_FORM_LINE_MAX])
{
    char heard[LT_NUMBER_TEXT_MAX], units[LT_NUMBER_TEXT_MAX], complete[LT_NUMBER_TEXT_MAX],
        nil[LT_NUMBER_TEXT_MAX], missing[LT_NUMBER_TEXT_MAX];
    lt_text_number((int64_t)filled->heard, heard);
    lt_text_number((int64_t)filled->units, units);
    lt_text_number((int64_t)filled->complete, complete);
    lt_text_number((int64_t)filled->nil, nil);
    lt_text_number((int64_t)(filled->units - filled->heard), missing);
    if (filled->owed.expected + filled->owed.exempt > 0)
        lt_completeness_words(&filled->owed, ret_text);
    else if (filled->units == 0)
        (void)snprintf(ret_text, LT_FORM_LINE_MAX, "%s",
                       filled->silent
                           ? lt_text("Đơn vị chưa có báo cáo.", "The unit has not reported.")
                           : lt_text("Đơn vị đã có báo cáo.", "The unit has reported."));
    else
        (void)snprintf(
            ret_text, LT_FORM_LINE_MAX,
            lt_text("Mức độ đầy đủ: %s/%s đơn vị trực tiếp bên dưới đã có báo cáo; đã chốt số "
                    "liệu: %s; báo không phát sinh: %s; chưa có báo cáo: %s.",
                    "Completeness: %s of %s units directly below have reported; declared "
                    "complete: %s; declared nil: %s; not heard of: %s."),
            heard, units, complete, nil, missing);
}

/* ", theo cây đơn vị ngày 01/07/2025"; "" for the tree as it was. */
static void tree_words(const struct lt_filled *filled, char ret_text[64])
{
    int year, month, day;
    ret_text[0] = '\0';
    if (filled->query.tree == 0)
        return;
    lt_day_split(filled->query.tree, &year, &month, &day);
    if (lt_text_is_english())
        (void)snprintf(ret_text, 64, ", in the tree of %04d-%02d-%02d", year, month, day);
    else
        (void)snprintf(ret_text, 64, ", theo cây đơn vị ngày %02d/%02d/%04d", day, month, year);
}

static void cut_words(const struct lt_filled *filled, char ret_text[LT_FORM_LINE_MAX])
{
    char updates[LT_NUMBER_TEXT_MAX], when[LT_WHEN_TEXT_MAX], cut[65], directives[65], tree[64];
    lt_text_number((int64_t)filled->updates, updates);
    lt_text_when(filled->filled_at, when);
    lt_hex(filled->cut.bytes, 32, cut);
    lt_hex(filled->directives.bytes, 32, directives);
    tree_words(filled, tree);
    (void)snprintf(ret_text, LT_FORM_LINE_MAX,
                   lt_text("Số liệu theo %s%s; gồm %s bản cập nhật (mốc %.12s); theo chỉ thị "
                           "%.12s; lập lúc %s.",
                           "Figures by the %s%s; of %s updates (cut %.12s); judged by directives "
                           "%.12s; made at %s."),
                   filled->query.decided
                       ? lt_text("ngày quyết định", "date of decision")
                       : lt_text("thời gian lập thành tích", "period of achievement"),
                   tree, updates, cut, directives, when);
}

/* "06 + 08 + 09" */
static void codes_words(const struct lt_form *form, const size_t *rows, size_t count,
                        char ret_text[200])
{
    size_t used = 0;
    ret_text[0] = '\0';
    for (size_t i = 0; i < count && used < 180; i++)
        used += (size_t)snprintf(ret_text + used, 200 - used, "%s%s", i == 0 ? "" : " + ",
                                 form->rows.lines[rows[i]].code);
}

static void fault_words(const struct lt_filled *filled, const struct lt_filled_fault *fault,
                        char ret_text[LT_FORM_LINE_MAX])
{
    const struct lt_form_check *check = &filled->form->checks[fault->check];
    char left[200], right[200], column[24], left_sum[LT_NUMBER_TEXT_MAX],
        right_sum[LT_NUMBER_TEXT_MAX];
    codes_words(filled->form, check->left, check->left_count, left);
    codes_words(filled->form, check->right, check->right_count, right);
    lt_form_column_code(filled, fault->column, column);
    lt_text_number(fault->left, left_sum);
    lt_text_number(fault->right, right_sum);
    (void)snprintf(ret_text, LT_FORM_LINE_MAX,
                   lt_text("Kiểm tra: cột %s, dòng %s là %s, dòng %s là %s: có bản ghi không ghi "
                           "rõ để chia.",
                           "Check: column %s, rows %s are %s, rows %s are %s: some records do not "
                           "state what they are divided by."),
                   column, left, left_sum, right, right_sum);
}

static void state_words(const struct lt_filled *filled, size_t number,
                        char ret_text[LT_FORM_LINE_MAX])
{
    char unconfirmed[LT_NUMBER_TEXT_MAX];
    lt_text_number(filled->unconfirmed, unconfirmed);
    ret_text[0] = '\0';
    if (number == 0)
        (void)snprintf(ret_text, LT_FORM_LINE_MAX, "%s",
                       lt_text("Ký hiệu: – không phát sinh; … chưa có báo cáo.",
                               "Signs: – none; … not reported."));
    else if (number == 1)
        units_words(filled, ret_text);
    else if (number == 2 && filled->unconfirmed > 0)
        (void)snprintf(ret_text, LT_FORM_LINE_MAX,
                       lt_text("Trong đó cấp quyết định chưa xác nhận: %s.",
                               "Of these not confirmed by who decided: %s."),
                       unconfirmed);
    else if (number == 3 && filled->rebuilding)
        (void)snprintf(ret_text, LT_FORM_LINE_MAX, "%s",
                       lt_text("Đang tính lại theo chỉ thị mới; đây là số liệu trước đó.",
                               "Being judged again by new directives; these are the figures "
                               "before."));
    else if (number == 4)
        cut_words(filled, ret_text);
}

bool lt_form_foot(const struct lt_filled *filled, size_t number, char ret_text[LT_FORM_LINE_MAX])
{
    enum { STATES = 5 };
    const struct lt_form *form = filled->form;
    if (number < form->note_count) {
        (void)snprintf(ret_text, LT_FORM_LINE_MAX, "%s", lt_form_say(&form->notes[number]));
        return true;
    }
    number -= form->note_count;
    if (number < filled->fault_count) {
        fault_words(filled, &filled->faults[number], ret_text);
        return true;
    }
    number -= filled->fault_count;
    for (size_t i = 0; i < STATES; i++) {
        state_words(filled, i, ret_text);
        if (ret_text[0] != '\0' && number-- == 0)
            return true;
    }
    return false;
}

void lt_form_cell_words(const struct lt_filled_cell *cell, bool plain,
                        char ret_text[LT_FORM_CELL_MAX])
{
    char mark = plain || lt_text_is_english() ? '.' : ',';
    ret_text[0] = '\0';
    switch (cell->state) {
    case LT_FILLED_EMPTY:
        return;
    case LT_FILLED_MISSING:
        (void)snprintf(ret_text, LT_FORM_CELL_MAX, "…");
        return;
    case LT_FILLED_SHARE:
        (void)snprintf(ret_text, LT_FORM_CELL_MAX, "%lld%c%lld", (long long)cell->value / 10, mark,
                       (long long)cell->value % 10);
        return;
    case LT_FILLED_NUMBER:
        if (plain)
            (void)snprintf(ret_text, LT_FORM_CELL_MAX, "%lld", (long long)cell->value);
        else if (cell->value == 0)
            (void)snprintf(ret_text, LT_FORM_CELL_MAX, "–");
        else
            lt_text_number(cell->value, ret_text);
    }
}
