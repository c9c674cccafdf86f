/* A file is taken back whole, and nothing else with it. */
#include <string.h>

#include "agent/intake_match.h"
#include "agent/text.h"
#include "proto/merge.h"

/* The file that put a record, as the clerk knows it. */
static const char *origin(struct lt_intake *intake, const struct lt_row_ref *record)
{
    char file[LT_LONG_TEXT_BYTES_MAX + 1];
    lt_journal_import_file(intake->journal, record->import, file);
    const char *name = strrchr(file, '/') != NULL ? strrchr(file, '/') + 1 : file;
    if (name[0] == '\0') {
        return lt_text("máy khác hoặc tệp không còn ghi lại",
                       "another machine, or an unknown file");
    }
    return lt_match_keep(intake, lt_text("tệp «%.200s»", "the file \"%.200s\""), name);
}

static void ask_of_another(struct lt_matcher *matcher, struct lt_answer *answer)
{
    char ref[LT_ROW_REF_MAX];
    lt_row_ref_format(&answer->ref, ref);
    lt_match_ask(
        answer, LT_COL_ROW_REF,
        lt_match_keep(matcher->intake,
                      lt_text("bản ghi %s không do tệp này đưa vào mà do %s: nếu vẫn gỡ, điền Mã "
                              "dòng %s; nếu giữ, xóa dòng này",
                              "record %s did not come with this file but with %s: if it is to go "
                              "too give row %s; if it is to stay delete this row"),
                      ref, origin(matcher->intake, &answer->ref), ref));
}

static void ask_corrected(struct lt_matcher *matcher, struct lt_answer *answer)
{
    char ref[LT_ROW_REF_MAX];
    lt_row_ref_format(&answer->ref, ref);
    lt_match_ask(
        answer, -1,
        lt_match_keep(
            matcher->intake,
            lt_text("tệp này chỉ sửa bản ghi %s (do %s đưa vào) và không trả lại được như trước: "
                    "sửa dòng đó trong «Đã báo cáo» rồi xóa dòng này",
                    "this file only corrected record %s (which came with %s), and what it said "
                    "before cannot be put back: correct it in the list of what was reported, then "
                    "delete this row"),
            ref, origin(matcher->intake, &answer->ref)));
}

/* What it was before this file. */
static bool give_back(struct lt_matcher *matcher, struct lt_answer *answer,
                      const struct lt_row_ref *row, const struct lt_said *said,
                      struct lt_draft *ret_draft)
{
    struct lt_intake *intake = matcher->intake;
    struct lt_said former = {.action = LT_ROW_PUT};
    if (said->others || lt_journal_former(intake->journal, row, intake->arena, &former.body,
                                          &former.person) != LT_OK) {
        ask_corrected(matcher, answer);
        return false;
    }
    answer->outcome = LT_CORRECTED;
    answer->value = lt_change_value(former.body, &intake->site.unit, 0, former.person);
    answer->reason = lt_text("trả lại như trước tệp này", "as it was before this file");
    lt_match_draft(matcher, answer, &former, ret_draft);
    ret_draft->corrects = true;
    ret_draft->record = answer->ref;
    return true;
}

bool lt_match_withdraw(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                       const struct lt_found *found, struct lt_draft *ret_draft, bool *ret_drafted)
{
    struct lt_answer *answer = &matcher->intake->answers[index];
    const struct lt_row_ref row = {matcher->brought_import, answer->line};
    struct lt_row_ref record;
    bool spoke = false;
    *ret_drafted = false;
    if (matcher->brought && row.import == found->ref.import && row.row == found->ref.row) {
        return false; /* it put the record */
    }
    if (matcher->brought && lt_journal_row(matcher->intake->journal, &row, &record, &spoke) &&
        spoke) {
        *ret_drafted = give_back(matcher, answer, &row, said, ret_draft);
        return true;
    }
    if (!said->has_ref) {
        ask_of_another(matcher, answer);
        return true;
    }
    if (matcher->brought) {
        answer->outcome = LT_ALREADY_IN;
        answer->reason = lt_match_keep(
            matcher->intake,
            lt_text("giữ nguyên: tệp này không đưa vào và không sửa bản ghi này, mà %s",
                    "it stays: not this file put or corrected the record, but %s"),
            origin(matcher->intake, &found->ref));
        return true;
    }
    return false;
}
