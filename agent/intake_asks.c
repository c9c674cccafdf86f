/* What the clerk is asked. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/intake_match.h"
#include "agent/text.h"

const char *lt_match_keep(struct lt_intake *intake, const char *format, ...)
{
    char text[1200];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (size < 0) {
        return "";
    }
    if (size >= (int)sizeof(text)) {
        text[lt_table_cut(text, sizeof(text) - 1)] = '\0';
    }
    char *kept = lt_arena_take(intake->arena, strlen(text) + 1);
    if (kept == NULL) {
        return "";
    }
    memcpy(kept, text, strlen(text) + 1);
    return kept;
}

void lt_match_ask(struct lt_answer *answer, enum lt_column column, const char *reason)
{
    answer->outcome = LT_ASKED;
    answer->column = (int)column;
    answer->reason = reason;
}

void lt_match_refuse(struct lt_answer *answer, enum lt_column column, const char *reason)
{
    answer->outcome = LT_NOT_TAKEN;
    answer->column = (int)column;
    answer->reason = reason;
}

void lt_match_ask_twice(struct lt_matcher *matcher, struct lt_answer *answer, uint32_t first)
{
    uint32_t line = matcher->intake->answers[first - 1].line;
    lt_match_ask(
        answer, LT_COL_ROW_REF,
        lt_match_keep(
            matcher->intake,
            lt_text("trùng với dòng %u của tệp này; nếu là người (hoặc việc) khác, ghi «mới» "
                    "vào Mã dòng, nếu không thì xóa dòng này",
                    "the same as line %u of this file; if it is another one write \"new\" "
                    "in the row column, else delete this row"),
            line));
}

void lt_match_ask_retracted(struct lt_matcher *matcher, struct lt_answer *answer,
                            const struct lt_row_ref *record)
{
    char ref[LT_ROW_REF_MAX];
    lt_row_ref_format(record, ref);
    lt_match_ask(answer, LT_COL_ACTION,
                 lt_match_keep(
                     matcher->intake,
                     lt_text("bản ghi %s này đã gỡ trước đây; nếu ghi lại, điền Mã dòng %s và Thao "
                             "tác «khôi phục»; nếu là bản ghi khác, ghi «mới» vào Mã dòng",
                             "this record %s was retracted; to put it back give row %s and the "
                             "action \"restore\"; if it is another one write \"new\" in the row "
                             "column"),
                     ref, ref));
}

void lt_match_outdated(struct lt_matcher *matcher, struct lt_answer *answer,
                       const struct lt_said *said, uint64_t value, uint64_t stands)
{
    char ref[LT_ROW_VERSION_MAX];
    if (said->action == LT_ROW_PUT && said->version == lt_row_version(value)) {
        answer->outcome = LT_ALREADY_IN;
        answer->reason = lt_text("danh sách cũ: bản ghi đã được sửa sau đó, giữ theo lần sửa",
                                 "an old list: the record was corrected since, and that stands");
        return;
    }
    lt_row_version_format(&answer->ref, stands, ref);
    lt_match_ask(
        answer, LT_COL_ROW_REF,
        lt_match_keep(
            matcher->intake,
            lt_text("dòng này lấy từ danh sách cũ, bản ghi đã được sửa sau đó: xem danh "
                    "sách mới; nếu vẫn làm như dòng này, điền Mã dòng %s",
                    "this row is from an old list, and its record was corrected since: see "
                    "the new list; if it is to be as this row says give row %s"),
            ref));
}

void lt_match_repeated(struct lt_answer *answer)
{
    answer->outcome = LT_ALREADY_IN;
    answer->reason = lt_text("tệp này đã đọc trước đây; bản ghi đã thay đổi sau đó và giữ như vậy",
                             "this file was read before; the record was changed since, and that "
                             "stands");
}

void lt_match_ask_left_open(struct lt_matcher *matcher, struct lt_answer *answer)
{
    char ref[LT_ROW_REF_MAX];
    lt_row_ref_format(&answer->ref, ref);
    lt_match_ask(
        answer, LT_COL_ROW_REF,
        lt_match_keep(
            matcher->intake,
            lt_text("tệp này đã đọc trước đây và dòng này chưa nhận; nay bản ghi %s nói khác: "
                    "nếu sửa bản ghi đó theo dòng này, điền Mã dòng %s, nếu không thì xóa dòng này",
                    "this file was read before and this row was not taken; record %s now says "
                    "something else: if it is to be as this row says give row %s, else delete "
                    "this row"),
            ref, ref));
}

void lt_match_ask_alike(struct lt_matcher *matcher, struct lt_answer *answer, const char *what,
                        const char *ref)
{
    lt_match_ask(
        answer, LT_COL_ROW_REF,
        lt_match_keep(
            matcher->intake,
            lt_text("giống bản ghi %s (%s) nhưng không chắc là một; nếu là bản ghi đó, điền "
                    "Mã dòng %s; nếu là người khác, ghi «mới» vào Mã dòng",
                    "like record %s (%s), but perhaps not the same; if it is that one give "
                    "row %s; if it is someone else write \"new\" in the row column"),
            ref, what, ref));
}

void lt_match_ask_name(struct lt_answer *answer)
{
    lt_match_ask(
        answer, LT_COL_NAME,
        lt_text("đây không phải là tên mà là dấu của tên đang niêm phong hoặc đã xóa: ghi đủ "
                "họ tên, hoặc đợi máy nhận được khóa rồi xuất lại",
                "this is no name but stands for one that is sealed or was erased: write "
                "the name, or export again when this machine has the key"));
}

void lt_match_ask_erased(struct lt_matcher *matcher, struct lt_answer *answer, const char *ref,
                         bool hidden)
{
    const char *why = hidden ? lt_text("đang niêm phong, máy này chưa có khóa",
                                       "is sealed and this machine has no key")
                             : lt_text("đã bị xóa theo chỉ thị", "was erased by a directive");
    lt_match_ask(
        answer, LT_COL_ROW_REF,
        lt_match_keep(
            matcher->intake,
            lt_text(
                "tên của bản ghi %s, cùng quyết định và danh hiệu, %s; nếu là bản ghi đó, điền Mã "
                "dòng %s; nếu là người khác, ghi «mới» vào Mã dòng",
                "the name of record %s, of the same decision and title, %s; if it is that one "
                "give row %s; if it is someone else write \"new\" in the row column"),
            ref, why, ref));
}
