#include "agent/intake.h"

#include <stdlib.h>
#include <string.h>

#include "agent/cells.h"
#include "agent/intake_match.h"
#include "agent/legacy.h"
#include "agent/progress.h"
#include "agent/text.h"

/* All that is made of a file of LT_TABLE_BYTES_MAX: its texts once more, and 2 KB a row. */
#define ARENA_BYTES_MAX ((size_t)768 * 1024 * 1024)

static enum lt_result no_memory(struct lt_sheet_fault *fault)
{
    return lt_table_fault(fault, LT_NO_MEMORY, 0, 0, "%s", lt_text("hết bộ nhớ", "out of memory"));
}

static enum lt_result find_author(struct lt_intake *intake, struct lt_sheet_fault *fault)
{
    lt_journal_site(intake->journal, &intake->site);
    if (intake->site.unit.code[0] == '\0') {
        return lt_table_fault(
            fault, LT_NOT_READY, 0, 0, "%s",
            lt_text("máy này chưa tham gia: chạy «lienthong-agent join MÃ» với mã "
                    "do cấp trên đưa",
                    "this PC has not joined: run \"lienthong-agent join CODE\" "
                    "with the code from the hub above"));
    }
    intake->book = lt_journal_book(intake->journal);
    if (intake->book == NULL) {
        return no_memory(fault);
    }
    intake->author = lt_book_place(intake->book, &intake->site.unit);
    if (intake->author == NULL) {
        char unit[LT_UNIT_TEXT_MAX];
        lt_unit_format(&intake->site.unit, unit);
        return lt_table_fault(fault, LT_NOT_READY, 0, 0,
                              lt_text("chưa nhận được danh mục đơn vị (%s) từ cấp trên: chạy "
                                      "«lienthong-agent run» khi có mạng rồi nhập lại",
                                      "the tree of units (%s) has not come from the hub above yet: "
                                      "run \"lienthong-agent run\" with a connection, then import "
                                      "again"),
                              unit);
    }
    return lt_predecessors_find(intake->book, intake->author, &intake->predecessors) == LT_OK
               ? LT_OK
               : no_memory(fault);
}

/* What every row would be refused for is told once. */
static enum lt_result check_columns(const struct lt_intake *intake, struct lt_sheet_fault *fault)
{
    const int16_t *at = intake->columns.at;
    uint32_t line = intake->sheet.rows[intake->columns.header_row].line;
    bool by_reference = at[LT_COL_ROW_REF] >= 0 && at[LT_COL_ACTION] >= 0;
    bool awards = intake->options.kind == LT_KIND_AWARD || intake->options.kind == LT_KIND_PROPOSAL;
    if (intake->columns.header_row + 1 >= intake->sheet.row_count) {
        return lt_table_fault(
            fault, LT_MALFORMED, line, 0, "%s",
            lt_text("dưới dòng tiêu đề không có dòng nào", "there is no row below the header"));
    }
    if (at[LT_COL_KIND] < 0 && awards && at[LT_COL_CODE] < 0 && !by_reference) {
        return lt_table_fault(
            fault, LT_MALFORMED, line, 0,
            lt_text("dòng tiêu đề thiếu cột «%s»", "the header lacks the column \"%s\""),
            lt_column_header(LT_COL_CODE));
    }
    return LT_OK;
}

/* Cells beyond the header would be lost. */
static bool has_stray_cells(const struct lt_intake *intake, size_t row)
{
    for (size_t column = intake->columns.count; column < intake->sheet.rows[row].count; column++) {
        if (!lt_table_is_blank(lt_table_cell(&intake->sheet, row, column))) {
            return true;
        }
    }
    return false;
}

/* A row of one cell with as many of another separator in it: the header line has a different one. */
static bool has_other_separator(const struct lt_intake *intake, size_t row)
{
    const char *text = lt_table_cell(&intake->sheet, row, 0);
    const char *others = intake->sheet.separator != '\0' ? ",;\t" : ""; /* a workbook has none */
    for (const char *separator = others; *separator != '\0'; separator++) {
        size_t found = 0;
        for (const char *at = text; *at != '\0'; at++) {
            found += *at == *separator;
        }
        if (*separator != intake->sheet.separator && found > 0 &&
            found + 1 == intake->columns.count) {
            return intake->sheet.rows[row].count == 1;
        }
    }
    return false;
}

static enum lt_result answer_row(struct lt_matcher *matcher, const struct lt_rows *rows,
                                 size_t index)
{
    struct lt_intake *intake = matcher->intake;
    struct lt_answer *answer = &intake->answers[index];
    struct lt_said said;
    struct lt_row_fault fault;
    bool drafted = false;
    if (has_stray_cells(intake, answer->row)) {
        answer->outcome = LT_NOT_TAKEN;
        answer->reason =
            lt_text("dòng có nhiều ô hơn dòng tiêu đề", "the row has more cells than the header");
        return LT_OK;
    }
    if (has_other_separator(intake, answer->row)) {
        answer->outcome = LT_NOT_TAKEN;
        answer->reason =
            lt_text("dòng này dùng dấu ngăn cách khác dòng tiêu đề",
                    "the row has another separator between its cells than the header line");
        return LT_OK;
    }
    enum lt_result result = lt_rows_read(rows, answer->row, &said, &fault);
    if (result == LT_REFUSED) {
        answer->outcome = LT_NOT_TAKEN;
        answer->column = fault.column;
        answer->reason = lt_match_keep(intake, "%s", fault.text);
        return LT_OK;
    }
    if (result != LT_OK) {
        return result;
    }
    struct lt_draft *draft = &intake->drafts[intake->draft_count];
    result = lt_match_row(matcher, index, &said, draft, &drafted);
    intake->draft_count += drafted;
    uint8_t key[16];
    if (result == LT_OK && intake->options.replace && said.body != NULL && !said.others &&
        said.body->changes[0]->award != NULL &&
        lt_natural_decision(said.body, &intake->site.unit, said.body->changes[0]->award, key)) {
        lt_seen_add(&matcher->decisions, key, (uint32_t)index + 1);
    }
    return result;
}

static enum lt_result answer_rows(struct lt_matcher *matcher, const struct lt_rows *rows)
{
    struct lt_intake *intake = matcher->intake;
    size_t first = intake->columns.header_row + 1;
    for (size_t index = 0; index < intake->answer_count; index++) {
        struct lt_answer *answer = &intake->answers[index];
        *answer = (struct lt_answer){.row = first + index,
                                     .line = intake->sheet.rows[first + index].line,
                                     .column = -1,
                                     .reason = ""};
        enum lt_result result = answer_row(matcher, rows, index);
        if (result != LT_OK) {
            return result;
        }
        intake->counts[answer->outcome]++;
        lt_progress(lt_text("xem từng dòng", "looking at rows"), index + 1, intake->answer_count);
    }
    return LT_OK;
}

/* ---- Replacing ---- */

struct sweep {
    struct lt_matcher *matcher;
    size_t room;
    bool no_memory;
};

static bool add_missing(struct sweep *sweep, const struct lt_record_view *view)
{
    struct lt_intake *intake = sweep->matcher->intake;
    if (intake->missing_count == sweep->room) {
        size_t room = sweep->room == 0 ? 64 : sweep->room * 2;
        struct lt_missing *grown = lt_arena_take(intake->arena, room * sizeof(*grown));
        if (grown == NULL) {
            return false;
        }
        if (intake->missing_count > 0) {
            memcpy(grown, intake->missing, intake->missing_count * sizeof(*grown));
        }
        intake->missing = grown;
        sweep->room = room;
    }
    const Lienthong__Award *award = view->body->changes[view->index]->award;
    const Lienthong__Decision *decision = view->body->decisions[award->decision - 1];
    const char *text =
        view->person != NULL
            ? lt_match_keep(intake, "%s · %s · %s%s%s", decision->number, award->code,
                            view->person->name, view->person->workplace[0] != '\0' ? ", " : "",
                            view->person->workplace)
            : lt_match_keep(intake, lt_text("%s · %s · tổng số %llu", "%s · %s · a total of %llu"),
                            decision->number, award->code, (unsigned long long)award->quantity);
    intake->missing[intake->missing_count++] = (struct lt_missing){view->ref, text};
    return true;
}

static bool sweep_record(void *context, const struct lt_record_view *view)
{
    struct sweep *sweep = context;
    struct lt_matcher *matcher = sweep->matcher;
    if (view->retracted || view->others || view->body == NULL || view->erased || view->hidden) {
        return true; /* the file is this unit's own list; whose name is not known cannot be looked for in it */
    }
    const Lienthong__Award *award = view->body->changes[view->index]->award;
    uint8_t decision[16], record[16];
    if (award == NULL ||
        !lt_natural_decision(view->body, &matcher->intake->site.unit, award, decision) ||
        lt_seen_find(&matcher->decisions, decision) == 0) {
        return true;
    }
    lt_match_ref_key(&view->ref, record);
    if (lt_seen_find(&matcher->refs, record) != 0) {
        return true;
    }
    sweep->no_memory = !add_missing(sweep, view);
    return !sweep->no_memory;
}

/* Adds the retractions behind the drafts, where lt_intake_store finds them. */
static enum lt_result draft_retractions(struct lt_intake *intake)
{
    size_t count = intake->draft_count + intake->missing_count;
    struct lt_draft *drafts = lt_arena_take(intake->arena, (count + 1) * sizeof(*drafts));
    if (drafts == NULL) {
        return LT_NO_MEMORY;
    }
    if (intake->draft_count > 0) {
        memcpy(drafts, intake->drafts, intake->draft_count * sizeof(*drafts));
    }
    const char *reason = lt_match_keep(
        intake, lt_text("không còn trong danh sách «%.200s»", "no longer in the list \"%.200s\""),
        intake->options.file);
    uint32_t last_line = intake->answers[intake->answer_count - 1].line;
    for (size_t i = 0; i < intake->missing_count; i++) {
        drafts[intake->draft_count + i] = (struct lt_draft){
            .ref = {intake->options.import_id, last_line + 1 + (uint32_t)i},
            .op = LIENTHONG__OP__OP_RETRACT,
            .corrects = true,
            .record = intake->missing[i].ref,
            .reason = reason,
            .drafted_at = intake->options.now,
        };
    }
    intake->drafts = drafts;
    return LT_OK;
}

static enum lt_result find_missing(struct lt_matcher *matcher)
{
    struct sweep sweep = {.matcher = matcher};
    enum lt_result result = lt_journal_records(matcher->intake->journal, sweep_record, &sweep);
    if (result == LT_OK && sweep.no_memory) {
        result = LT_NO_MEMORY;
    }
    return result == LT_OK ? draft_retractions(matcher->intake) : result;
}

bool lt_intake_may_retract(const struct lt_intake *intake)
{
    return intake->missing_count > 0 && intake->counts[LT_ASKED] == 0 &&
           intake->counts[LT_NOT_TAKEN] == 0;
}

/* ---- The whole ---- */

static enum lt_result match_file(struct lt_intake *intake, struct lt_sheet_fault *fault)
{
    struct lt_matcher matcher;
    struct lt_rows rows = {
        .book = intake->book,
        .author = intake->author,
        .journal = intake->journal,
        .predecessors = &intake->predecessors,
        .sheet = &intake->sheet,
        .columns = &intake->columns,
        .arena = intake->arena,
        .kind = intake->options.kind,
        .take_back =
            intake->options.take_back
                ? lt_match_keep(intake,
                                lt_text("gỡ cả tệp «%.200s»", "the file \"%.200s\" is taken back"),
                                intake->options.file)
                : NULL,
    };
    intake->answer_count = intake->sheet.row_count - intake->columns.header_row - 1;
    intake->answers = lt_arena_take(intake->arena, intake->answer_count * sizeof(*intake->answers));
    intake->drafts =
        lt_arena_take(intake->arena, (intake->answer_count + 1) * sizeof(*intake->drafts));
    if (intake->answers == NULL || intake->drafts == NULL || lt_rows_begin(&rows) != LT_OK) {
        return no_memory(fault);
    }
    enum lt_result result = lt_match_begin(&matcher, intake, intake->answer_count);
    if (result == LT_OK) {
        result = answer_rows(&matcher, &rows);
        lt_match_hold(&matcher, rows.take_back);
        lt_progress_clear();
    }
    if (result == LT_OK && intake->options.replace) {
        result = find_missing(&matcher);
    }
    if (result == LT_NO_MEMORY) {
        return no_memory(fault);
    }
    if (result != LT_OK) {
        return lt_table_fault(
            fault, result, 0, 0,
            lt_text("không đọc được kho dữ liệu: %s", "the store cannot be read: %s"),
            lt_text_result(result));
    }
    return LT_OK;
}

static enum lt_result read_file(struct lt_intake *intake, struct lt_bytes bytes,
                                struct lt_sheet_fault *fault)
{
    enum lt_result result = find_author(intake, fault);
    if (result == LT_OK) {
        result = lt_legacy_read(bytes, &intake->sheet, fault);
    }
    if (result == LT_OK) {
        result = lt_columns_find(&intake->sheet, &intake->columns, fault);
    }
    if (result == LT_OK) {
        lt_match_leave_foot(intake);
        result = check_columns(intake, fault);
    }
    return result == LT_OK ? match_file(intake, fault) : result;
}

enum lt_result lt_intake_read(struct lt_journal *journal, struct lt_bytes bytes,
                              const struct lt_intake_options *options,
                              struct lt_intake **ret_intake, struct lt_sheet_fault *ret_fault)
{
    struct lt_intake *intake = calloc(1, sizeof(*intake));
    if (intake == NULL) {
        return no_memory(ret_fault);
    }
    intake->journal = journal;
    intake->options = *options;
    intake->options.kind = options->kind != 0 ? options->kind : LT_KIND_AWARD;
    intake->arena = lt_arena_new(ARENA_BYTES_MAX);
    lt_hash_of(bytes.data, bytes.size, &intake->brought);
    intake->content = intake->brought;
    if (options->take_back) {
        struct {
            char what[16];
            struct lt_hash content;
        } taken_back = {"taken back", intake->brought};
        lt_hash_of(&taken_back, sizeof(taken_back), &intake->content);
    }
    enum lt_result result =
        intake->arena == NULL ? no_memory(ret_fault) : read_file(intake, bytes, ret_fault);
    if (result != LT_OK) {
        lt_intake_free(intake);
        return result;
    }
    *ret_intake = intake;
    return LT_OK;
}

/* The rows whose record was there already. */
static enum lt_result note_held(const struct lt_intake *intake, struct lt_import *import)
{
    struct lt_row_held *held =
        lt_arena_take(intake->arena, (intake->answer_count + 1) * sizeof(*held));
    import->held = held;
    for (size_t i = 0; held != NULL && i < intake->answer_count; i++) {
        const struct lt_answer *answer = &intake->answers[i];
        if (answer->held) {
            held[import->held_count++] = (struct lt_row_held){answer->line, answer->ref};
        }
    }
    return held != NULL ? LT_OK : LT_NO_MEMORY;
}

enum lt_result lt_intake_store(struct lt_intake *intake, bool retract)
{
    const uint32_t *counts = intake->counts;
    bool retracts = retract && lt_intake_may_retract(intake);
    size_t count = intake->draft_count + (retracts ? intake->missing_count : 0);
    struct lt_import import = {
        .id = intake->options.import_id,
        .file = intake->options.file,
        .content = intake->content,
        .at = intake->options.now,
        .rows = (uint32_t)intake->answer_count,
        .accepted = counts[LT_TAKEN] + counts[LT_CORRECTED] + counts[LT_REMOVED],
        .refused = counts[LT_ASKED] + counts[LT_NOT_TAKEN],
    };
    enum lt_result result = note_held(intake, &import);
    if (result != LT_OK || (count == 0 && (intake->known || import.held_count == 0))) {
        return result;
    }
    return lt_journal_import(intake->journal, &import, intake->drafts, count);
}

void lt_intake_free(struct lt_intake *intake)
{
    if (intake == NULL) {
        return;
    }
    lt_predecessors_free(&intake->predecessors);
    lt_table_free(&intake->sheet);
    lt_arena_free(intake->arena);
    free(intake);
}
