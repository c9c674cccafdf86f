#include "agent/intake.h"

#include "agent/rows_reader.h"
#include "agent/text.h"

const char *lt_outcome_text(enum lt_outcome outcome)
{
    switch (outcome) {
    case LT_TAKEN:
        return lt_text("đã nhận", "accepted");
    case LT_CORRECTED:
        return lt_text("đã sửa", "corrected");
    case LT_REMOVED:
        return lt_text("đã gỡ", "removed");
    case LT_ALREADY_IN:
        return lt_text("đã có", "already in");
    case LT_ASKED:
        return lt_text("hỏi lại", "asked");
    case LT_NOT_TAKEN:
        return lt_text("không nhận", "refused");
    case LT_OUTCOME_COUNT:
        break;
    }
    return "";
}

const char *lt_outcome_name(enum lt_outcome outcome)
{
    static const char *const names[LT_OUTCOME_COUNT] = {"accepted",   "corrected", "removed",
                                                        "already_in", "asked",     "refused"};
    return outcome < LT_OUTCOME_COUNT ? names[outcome] : "";
}

static bool is_open(const struct lt_answer *answer)
{
    return answer->outcome == LT_ASKED || answer->outcome == LT_NOT_TAKEN;
}

bool lt_intake_is_unused(const struct lt_intake *intake, size_t column)
{
    return intake->columns.meaning[column] == LT_COLUMN_COUNT &&
           lt_table_cell(&intake->sheet, intake->columns.header_row, column)[0] != '\0';
}

/* The columns that the answers stand in: those of the file, or new ones behind it. */
struct places {
    size_t ref, verdict, reason, count;
};

static size_t place_of(const struct lt_columns *columns, enum lt_column column, size_t *count)
{
    return columns->at[column] >= 0 ? (size_t)columns->at[column] : (*count)++;
}

static const char *ref_cell(const struct lt_answer *answer, bool taken, const char *given,
                            char text[LT_ROW_VERSION_MAX])
{
    bool is_known = answer->outcome == LT_CORRECTED || answer->outcome == LT_REMOVED ||
                    answer->outcome == LT_ALREADY_IN || (answer->outcome == LT_TAKEN && taken);
    if (!answer->has_ref || !is_known) {
        return given;
    }
    if (answer->value != 0) {
        lt_row_version_format(&answer->ref, answer->value, text);
    } else {
        lt_row_ref_format(&answer->ref, text);
    }
    return text;
}

static void write_answer(const struct lt_intake *intake, const struct places *places,
                         const struct lt_answer *answer, bool taken, struct lt_row_file *out)
{
    for (size_t column = 0; column < places->count; column++) {
        const char *text = lt_table_cell(&intake->sheet, answer->row, column);
        enum lt_row_style style = LT_ROW_PLAIN;
        char ref[LT_ROW_VERSION_MAX], reason[1024], amount[LT_TEXT_BYTES_MAX];
        if (column == places->ref) {
            text = ref_cell(answer, taken, column < intake->columns.count ? text : "", ref);
        } else if (column == places->verdict) {
            text = lt_outcome_text(answer->outcome);
            style = is_open(answer) ? LT_ROW_WRONG : LT_ROW_GOOD;
        } else if (column == places->reason) {
            text = answer->reason;
            if (answer->column >= 0 && answer->reason[0] != '\0') {
                snprintf(reason, sizeof(reason), "%s: %s",
                         lt_column_header((enum lt_column)answer->column), answer->reason);
                reason[lt_table_cut(reason, sizeof(reason) - 1)] = '\0';
                text = reason;
            }
        } else if (column < intake->columns.count &&
                   lt_rows_is_amount((enum lt_column)intake->columns.meaning[column]) &&
                   lt_table_is_spread(&intake->sheet, answer->row, column)) {
            /* Standing alone now, it must not be taken before somebody has looked at it. */
            snprintf(amount, sizeof(amount), "%.40s ?", text);
            text = amount;
        }
        lt_row_file_style(out, style);
        lt_row_file_cell(out, text);
    }
    lt_row_file_end_row(out);
}

static void write_above(const struct lt_intake *intake, const struct places *places,
                        struct lt_row_file *out)
{
    for (size_t row = 0; row <= intake->columns.header_row; row++) {
        bool header = row == intake->columns.header_row;
        size_t count = header ? places->count : intake->sheet.rows[row].count;
        lt_row_file_style(out, header ? LT_ROW_HEADER : LT_ROW_TITLE);
        for (size_t column = 0; column < count; column++) {
            const char *text = lt_table_cell(&intake->sheet, row, column);
            if (header && column >= intake->columns.count) {
                text = lt_column_header(column == places->ref       ? LT_COL_ROW_REF
                                        : column == places->verdict ? LT_COL_VERDICT
                                                                    : LT_COL_VERDICT_REASON);
            }
            lt_row_file_cell(out, text);
        }
        lt_row_file_end_row(out);
    }
}

void lt_intake_write(const struct lt_intake *intake, enum lt_answered which, bool taken,
                     struct lt_row_file *out)
{
    const struct lt_columns *columns = &intake->columns;
    struct places places = {.count = columns->count};
    places.ref = place_of(columns, LT_COL_ROW_REF, &places.count);
    places.verdict = place_of(columns, LT_COL_VERDICT, &places.count);
    places.reason = place_of(columns, LT_COL_VERDICT_REASON, &places.count);
    write_above(intake, &places, out);
    for (size_t i = 0; i < intake->answer_count; i++) {
        const struct lt_answer *answer = &intake->answers[i];
        if (which == LT_ANSWERED_ALL || (which == LT_ANSWERED_OPEN) == is_open(answer)) {
            write_answer(intake, &places, answer, taken, out);
        }
    }
}
