#include "agent/rows_reader.h"

#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "proto/merge.h"

typedef void read_kind(struct lt_rows_reader *reader);

/* By enum lt_kind. */
static read_kind *const kinds[] = {
    NULL,           lt_rows_award, lt_rows_proposal, lt_rows_movement,
    lt_rows_pledge, lt_rows_score, lt_rows_exemplar, lt_rows_declaration,
};

const char *lt_rows_verdict(enum lt_verdict verdict)
{
    switch (verdict) {
    case LT_COUNTS:
        return lt_text("được tính", "it counts");
    case LT_V_UNKNOWN_FIELDS:
    case LT_V_NEWER_BODY:
        return lt_text("viết bởi phiên bản mới hơn; hãy cập nhật chương trình",
                       "written by a newer version; update the program");
    case LT_V_UNKNOWN_CODE:
        return lt_text("danh mục không có danh hiệu hoặc hình thức này vào thời gian đó",
                       "the catalogue has no such title or form at that time");
    case LT_V_RECIPIENT:
        return lt_text("danh hiệu hoặc hình thức này không dành cho loại đối tượng này",
                       "the title or form is not for this kind of recipient");
    case LT_V_LEVEL:
        return lt_text("cấp này không có thẩm quyền quyết định danh hiệu hoặc hình thức này",
                       "the title or form is not decided at this level");
    case LT_V_UNKNOWN_UNIT:
        return lt_text("danh mục không có đơn vị này", "the tree has no such unit");
    case LT_V_UNIT_DATE:
        return lt_text("đơn vị không tồn tại vào thời gian đó",
                       "the unit did not exist at that time");
    case LT_V_REACH:
        return lt_text("cơ quan quyết định và nơi nhận đều ngoài phạm vi của đơn vị mình",
                       "neither the authority nor the recipient is within this unit's reach");
    case LT_V_PERIOD:
        return lt_text("thời gian của thành tích bị thiếu hoặc không thể có",
                       "the period is missing or impossible");
    case LT_V_DATE:
        return lt_text("ngày không thể có", "the date is impossible");
    case LT_V_QUANTITY:
        return lt_text("số lượng không thể có", "the quantity is impossible");
    case LT_V_MISSING:
        return lt_text("thiếu dữ liệu mà loại bản ghi này cần",
                       "something that this kind of record needs is missing");
    case LT_V_KIND_CHANGED:
        return lt_text("không thể đổi loại bản ghi", "the kind of a record cannot change");
    case LT_V_UNKNOWN_RECORD:
        return lt_text("sửa một bản ghi chưa có", "it corrects a record that is not there");
    case LT_V_REVOKED:
        return lt_text("khóa ký đã bị thu hồi", "the signing key was revoked");
    case LT_V_CLOSED:
        return lt_text("đơn vị đã kết thúc, số liệu đã chốt",
                       "the unit has ended and its records were closed");
    }
    return "";
}

static enum lt_column column_of(enum lt_verdict verdict)
{
    switch (verdict) {
    case LT_V_UNKNOWN_CODE:
        return LT_COL_CODE;
    case LT_V_RECIPIENT:
        return LT_COL_RECIPIENT;
    case LT_V_LEVEL:
        return LT_COL_LEVEL;
    case LT_V_UNKNOWN_UNIT:
    case LT_V_UNIT_DATE:
        return LT_COL_PLACE;
    case LT_V_REACH:
        return LT_COL_AUTHORITY;
    case LT_V_PERIOD:
        return LT_COL_PERIOD;
    case LT_V_DATE:
        return LT_COL_DECISION_DATE;
    case LT_V_QUANTITY:
        return LT_COL_QUANTITY;
    case LT_COUNTS:
    case LT_V_UNKNOWN_FIELDS:
    case LT_V_NEWER_BODY:
    case LT_V_MISSING:
    case LT_V_KIND_CHANGED:
    case LT_V_UNKNOWN_RECORD:
    case LT_V_REVOKED:
    case LT_V_CLOSED:
        break;
    }
    return LT_COLUMN_COUNT;
}

static bool is_word_new(const char *text)
{
    char folded[LT_FOLDED_MAX];
    return lt_fold_plain(text, folded) &&
           (strcmp(folded, "moi") == 0 || strcmp(folded, "new") == 0);
}

/* Which record the reference means: as clerks' files write it, or as the hubs name it. */
static void read_reference(struct lt_rows_reader *reader, const char *ref, struct lt_said *said)
{
    struct lt_journal *journal = reader->rows->journal;
    bool named = lt_record_name_parse(ref, &said->named) == LT_OK;
    said->has_version = !named && lt_row_version_parse(ref, &said->ref, &said->version) == LT_OK;
    said->has_ref = named || said->has_version || lt_row_ref_parse(ref, &said->ref) == LT_OK;
    if (!said->has_ref || (named && journal == NULL)) {
        lt_rows_fail(reader, LT_COL_ROW_REF,
                     lt_text("«%.*s» không phải mã dòng; để trống, ghi mã dòng đã cho, hoặc "
                             "«mới»",
                             "\"%.*s\" is no row reference; leave it empty, give the one that "
                             "was shown, or \"new\""),
                     (int)lt_table_cut(ref, 40), ref);
        return;
    }
    if (journal != NULL) {
        reader->result =
            lt_journal_find(journal, named ? &said->named : NULL, &said->ref, &said->others);
    }
    if (said->others &&
        (reader->rows->predecessors == NULL || reader->rows->predecessors->count == 0)) {
        lt_rows_fail(reader, LT_COL_ROW_REF, "%s",
                     lt_text("bản ghi này không phải của đơn vị mình, và đơn vị mình không kế thừa "
                             "đơn vị nào",
                             "this record is not of this unit, and this unit succeeds no other"));
    }
}

/* What the row is to do, and to which record. */
static void read_intent(struct lt_rows_reader *reader, struct lt_said *said)
{
    uint8_t action = lt_rows_word(reader, LT_COL_ACTION, LT_WORDS_ACTION);
    said->action = action > 0 ? (enum lt_row_action)(action - 1) : LT_ROW_PUT;
    const char *ref = lt_rows_text(reader, LT_COL_ROW_REF, LT_TEXT_BYTES_MAX, false);
    if (ref[0] != '\0') {
        said->is_new = is_word_new(ref);
        if (!said->is_new) {
            read_reference(reader, ref, said);
        }
    }
    said->kind = reader->rows->kind;
    if (lt_rows_has(reader, LT_COL_KIND)) {
        said->kind = lt_rows_word(reader, LT_COL_KIND, LT_WORDS_KIND);
    }
    if (said->action == LT_ROW_RETRACT || said->action == LT_ROW_WITHDRAW) {
        char *reason = lt_rows_text(reader, LT_COL_REASON, LT_LONG_TEXT_BYTES_MAX, true);
        said->reason = reason[0] != '\0' ? reason : NULL;
    } else if (said->action == LT_ROW_PUT && reader->rows->take_back != NULL) {
        said->action = LT_ROW_RETRACT;
        said->taken_back = true;
        said->reason = reader->rows->take_back;
    }
}

static bool begin_body(struct lt_rows_reader *reader)
{
    reader->body = lt_rows_take(reader, sizeof(*reader->body));
    reader->change = lt_rows_take(reader, sizeof(*reader->change));
    Lienthong__Change **changes = lt_rows_take(reader, sizeof(*changes));
    if (reader->body == NULL || reader->change == NULL || changes == NULL) {
        return false;
    }
    lienthong__report_body__init(reader->body);
    lienthong__change__init(reader->change);
    changes[0] = reader->change;
    reader->body->changes = changes;
    reader->body->n_changes = 1;
    return true;
}

static void check_rules(struct lt_rows_reader *reader, bool others)
{
    struct lt_fact fact;
    const struct lt_rows *rows = reader->rows;
    enum lt_verdict verdict =
        others ? lt_predecessors_judge(rows->predecessors, rows->book, reader->body, 0)
               : lt_judge(rows->book, rows->author, reader->body, 0, &fact);
    if (verdict != LT_COUNTS) {
        lt_rows_fail(reader, column_of(verdict), "%s", lt_rows_verdict(verdict));
    }
}

static void read_record(struct lt_rows_reader *reader, struct lt_said *said)
{
    if (!begin_body(reader)) {
        return;
    }
    kinds[said->kind](reader);
    if (reader->faults > 0 || reader->no_memory) {
        return;
    }
    if (said->action == LT_ROW_PUT || said->action == LT_ROW_RESTORE) {
        check_rules(reader, said->others);
    }
    const struct lt_unit *author = &reader->author->unit;
    said->body = reader->body;
    said->person = reader->person;
    if (!said->others) {
        lt_natural_key(said->body, author, 0, said->person, &said->natural);
    }
    said->value = lt_change_value(said->body, author, 0, said->person);
}

enum lt_result lt_rows_read(const struct lt_rows *rows, size_t row, struct lt_said *ret_said,
                            struct lt_row_fault *ret_fault)
{
    struct lt_said said = {.action = LT_ROW_PUT};
    struct lt_row_fault fault = {.column = -1};
    struct lt_rows_reader reader = {
        .rows = rows, .author = rows->author, .row = row, .fault = &fault};
    lt_rows_look_for_spoiled(&reader);
    if (reader.faults > 0) {
        *ret_fault = fault;
        return LT_REFUSED;
    }
    read_intent(&reader, &said);
    reader.author = said.others ? &lt_predecessor_any : rows->author;
    bool removes = said.action == LT_ROW_RETRACT || said.action == LT_ROW_WITHDRAW;
    if (removes && said.has_ref) {
        said.kind = 0;
    } else if (said.kind != 0) {
        read_record(&reader, &said);
    }
    if (reader.no_memory || reader.result != LT_OK) {
        return reader.no_memory ? LT_NO_MEMORY : reader.result;
    }
    if (reader.faults > 0) {
        *ret_fault = fault;
        return LT_REFUSED;
    }
    *ret_said = said;
    return LT_OK;
}
