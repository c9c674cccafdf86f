/* What a file says as a whole, once all its rows were answered: rows that are then asked about after all. */
#include "agent/intake_match.h"
#include "agent/text.h"

enum {
    FEW = 10
}; /* records that may be taken back without a question, also when they are all there are */

/* To close a period is to say that all of it is in. It waits until every row of its file is, and those of other files,
 * unless its control totals will show what is missing. */
static const char *why_open(const struct lt_intake *intake, const struct lt_draft *draft, bool open)
{
    const Lienthong__Declaration *closing =
        draft->body != NULL ? draft->body->changes[0]->declaration : NULL;
    if (closing == NULL) {
        return NULL;
    }
    if (open) {
        return lt_text("chưa chốt vì tệp này còn dòng chưa nhận: sửa các dòng đó rồi lưu; nếu vẫn "
                       "chốt, xóa các dòng đó hoặc để dòng chốt trong tệp riêng",
                       "not closed, since rows of this file were not taken: correct them and save; "
                       "to close all the same, delete them or put this row in a file of its own");
    }
    return intake->options.others_open && closing->n_totals == 0
               ? lt_text(
                     "chưa chốt vì thư mục còn tệp có dòng chưa nhận (xem «Tình trạng»): sửa các "
                     "dòng đó rồi lưu lại tệp này; nếu vẫn chốt, ghi Số đối chiếu",
                     "not closed, since rows of other files were not taken (see the status "
                     "page): correct them, then save this file again; to close all the same "
                     "give control totals")
               : NULL;
}

static bool count_live(void *context, const struct lt_record_view *record)
{
    *(size_t *)context += !record->retracted;
    return true;
}

/* Would a list that was never taken in take back what there is, but for a tenth? A copy of the list of what was reported
 * does, and is easily moved to the wrong place. */
static bool takes_all(const struct lt_matcher *matcher)
{
    const struct lt_intake *intake = matcher->intake;
    size_t live = 0;
    return intake->options.take_back && !matcher->brought && intake->counts[LT_REMOVED] >= FEW &&
           lt_journal_records(intake->journal, count_live, &live) == LT_OK &&
           (size_t)intake->counts[LT_REMOVED] * 10 >= live * 9;
}

void lt_match_hold(struct lt_matcher *matcher, const char *taken_back)
{
    struct lt_intake *intake = matcher->intake;
    size_t kept = 0;
    const bool open = intake->counts[LT_ASKED] + intake->counts[LT_NOT_TAKEN] > 0;
    const bool all = takes_all(matcher);
    for (size_t i = 0, at = 0; i < intake->draft_count; i++) {
        const struct lt_draft *draft = &intake->drafts[i];
        while (intake->answers[at].line != draft->ref.row) {
            at++; /* drafts come in the order of their rows */
        }
        struct lt_answer *answer = &intake->answers[at];
        const bool unsaid = all && draft->reason != NULL && draft->reason == taken_back;
        const char *why =
            unsaid ? lt_text("tệp này là gần như toàn bộ số liệu đã báo cáo, nên chưa gỡ: nếu "
                             "đúng là gỡ hết, ghi «xóa» ở cột Thao tác của từng dòng",
                             "this file is nearly all that was reported, so nothing was taken "
                             "back: if all is to go, write \"retract\" in the action of each row")
                   : why_open(intake, draft, open);
        if (why == NULL) {
            intake->drafts[kept++] = *draft;
            continue;
        }
        intake->counts[answer->outcome]--;
        intake->counts[LT_ASKED]++;
        answer->has_ref = answer->has_ref && (unsaid || draft->corrects);
        lt_match_ask(answer, unsaid ? LT_COL_ACTION : LT_COL_KIND, why);
    }
    intake->draft_count = kept;
}
