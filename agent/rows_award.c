#include "agent/rows_reader.h"

#include "agent/text.h"
#include "agent/values.h"

/* A named line has a name; a stated total has a quantity and nobody's name. */
static void check_receiver(struct lt_rows_reader *reader, uint64_t quantity)
{
    bool named = reader->person != NULL && reader->person->name[0] != '\0';
    uint64_t zero;
    if (lt_rows_has(reader, LT_COL_QUANTITY) && quantity == 0) {
        if (lt_value_count(lt_rows_cell(reader, LT_COL_QUANTITY), &zero) != NULL) {
            return; /* told where it was read */
        }
        lt_rows_fail(reader, LT_COL_QUANTITY, "%s",
                     lt_text("số lượng phải từ 1; không có thì bỏ dòng này",
                             "a quantity is at least 1; leave the row out if there is none"));
    } else if (quantity > 0 && reader->person != NULL) {
        lt_rows_fail(
            reader, LT_COL_QUANTITY, "%s",
            lt_text("đã ghi số lượng thì không ghi họ tên, nơi công tác, chức vụ: mỗi người "
                    "một dòng, hoặc một dòng tổng số",
                    "a stated total has no name, workplace or position: a row for each "
                    "person, or one row for the total"));
    } else if (quantity == 0 && !named) {
        lt_rows_fail(reader, LT_COL_NAME, "%s",
                     lt_text("thiếu họ tên (hoặc số lượng, nếu chỉ có tổng số)",
                             "the name is missing (or the quantity, of a total without names)"));
    }
}

/* The decision's day for looking things up; what is wrong with it is told where it is read. */
static lt_day decision_day(const struct lt_rows_reader *reader)
{
    lt_day day = 0;
    return lt_value_day(lt_rows_cell(reader, LT_COL_DECISION_DATE), &day) == NULL ? day : 0;
}

void lt_rows_award(struct lt_rows_reader *reader)
{
    Lienthong__Award *award = lt_rows_take(reader, sizeof(*award));
    const struct lt_title *title;
    if (award == NULL) {
        return;
    }
    lienthong__award__init(award);
    reader->change->award = award;
    award->period = lt_rows_period(reader);
    lt_rows_date(reader, decision_day(reader), award->period);
    award->code = lt_rows_code(reader, &title);
    award->decision = lt_rows_decision(reader, true);
    award->type = (Lienthong__AwardType)lt_rows_word(reader, LT_COL_TYPE, LT_WORDS_TYPE);
    award->recipient = lt_rows_recipient(reader, title);
    award->category = (Lienthong__Category)lt_rows_word(reader, LT_COL_CATEGORY, LT_WORDS_CATEGORY);
    award->sex = (Lienthong__Sex)lt_rows_word(reader, LT_COL_SEX, LT_WORDS_SEX);
    award->posthumous = lt_rows_yes(reader, LT_COL_POSTHUMOUS);
    award->place = lt_rows_unit(reader, LT_COL_PLACE);
    award->field = lt_rows_text(reader, LT_COL_FIELD, LT_TEXT_BYTES_MAX, false);
    award->movement = lt_rows_text(reader, LT_COL_MOVEMENT, LT_TEXT_BYTES_MAX, false);
    award->status = lt_rows_has(reader, LT_COL_STATUS)
                        ? (Lienthong__Status)lt_rows_word(reader, LT_COL_STATUS, LT_WORDS_STATUS)
                        : LIENTHONG__STATUS__STATUS_DECIDED;
    award->quantity = lt_rows_count(reader, LT_COL_QUANTITY);
    award->submitted_by =
        (Lienthong__Level)lt_rows_word(reader, LT_COL_SUBMITTED_BY, LT_WORDS_LEVEL);
    award->note = lt_rows_text(reader, LT_COL_NOTE, LT_LONG_TEXT_BYTES_MAX, true);
    lt_rows_person(reader);
    check_receiver(reader, award->quantity);
}

void lt_rows_proposal(struct lt_rows_reader *reader)
{
    Lienthong__Proposal *proposal = lt_rows_take(reader, sizeof(*proposal));
    const struct lt_title *title;
    if (proposal == NULL) {
        return;
    }
    lienthong__proposal__init(proposal);
    reader->change->proposal = proposal;
    proposal->period = lt_rows_period(reader);
    proposal->date = lt_rows_day(reader, LT_COL_SUBMISSION_DATE);
    lt_rows_date(reader, proposal->date, proposal->period);
    proposal->code = lt_rows_code(reader, &title);
    proposal->submitter = lt_rows_unit(reader, LT_COL_SUBMITTER);
    proposal->number = lt_rows_text(reader, LT_COL_SUBMISSION_NUMBER, LT_TEXT_BYTES_MAX, false);
    proposal->recipient = lt_rows_recipient(reader, title);
    proposal->place = lt_rows_unit(reader, LT_COL_PLACE);
    if (lt_rows_has(reader, LT_COL_OUTCOME)) {
        uint8_t outcome = lt_rows_word(reader, LT_COL_OUTCOME, LT_WORDS_OUTCOME);
        proposal->outcome = (Lienthong__Outcome)(outcome > 0 ? outcome - 1 : 0);
    }
    proposal->quantity = lt_rows_count(reader, LT_COL_QUANTITY);
    proposal->decision = lt_rows_decision(reader, false);
    proposal->field = lt_rows_text(reader, LT_COL_FIELD, LT_TEXT_BYTES_MAX, false);
    proposal->movement = lt_rows_text(reader, LT_COL_MOVEMENT, LT_TEXT_BYTES_MAX, false);
    proposal->note = lt_rows_text(reader, LT_COL_NOTE, LT_LONG_TEXT_BYTES_MAX, true);
    proposal->type = (Lienthong__AwardType)lt_rows_word(reader, LT_COL_TYPE, LT_WORDS_TYPE);
    lt_rows_person(reader);
    if (proposal->quantity > 0 || lt_rows_has(reader, LT_COL_QUANTITY) || reader->person != NULL) {
        check_receiver(reader, proposal->quantity);
    } /* else the place itself is proposed */
}
