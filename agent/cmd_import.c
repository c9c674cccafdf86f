/* cmd_import - takes clerks' files in and answers every row. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/commands.h"
#include "agent/intake.h"
#include "agent/options.h"
#include "agent/text.h"
#include "agent/wake.h"

enum { OPT_KIND, OPT_REPLACE, OPT_YES, OPT_DRY_RUN, OPT_RESULT, OPT_COUNT };
static const struct lt_option import_options[OPT_COUNT] = {{"--kind", true},
                                                           {"--replace", false},
                                                           {"--yes", false},
                                                           {"--dry-run", false},
                                                           {"--result", true}};

static const char usage_vi[] =
    "Cách dùng: lienthong-agent import [--kind LOẠI] [--replace [--yes]] [--dry-run]\n"
    "                                  [--result KẾT_QUẢ] [--json] [--dir D] TỆP…\n"
    "  --kind LOẠI   loại bản ghi khi tệp không có cột «Loại»: khen thưởng (mặc định), đề nghị,\n"
    "                phong trào, giao ước, bảng điểm, điển hình, chốt số liệu\n"
    "  --replace     tệp là toàn bộ danh sách của các quyết định có trong tệp\n"
    "  --yes         gỡ các bản ghi không còn trong danh sách mà không hỏi\n"
    "  --dry-run     chỉ kiểm tra, không lưu\n"
    "  --result R    ghi lại tệp kèm Mã dòng, Kết quả và Lý do kết quả (.xlsx hoặc .csv)\n"
    "TỆP: CSV (UTF-8) hoặc sổ Excel (.xlsx).\n"
    "Mã thoát: 0 tất cả đã nhận; 1 có dòng phải sửa hoặc trả lời; 2 không làm được; 64 sai lệnh.\n";
static const char usage_en[] =
    "Usage: lienthong-agent import [--kind KIND] [--replace [--yes]] [--dry-run]\n"
    "                              [--result RESULT] [--json] [--dir D] FILE…\n"
    "  --kind KIND   of rows in a file without the column Kind: award (default), proposal,\n"
    "                movement, pledge, score, exemplar, declaration\n"
    "  --replace     the file is the whole list of each decision in it\n"
    "  --yes         retract the records that are no longer in the list without asking\n"
    "  --dry-run     check only, store nothing\n"
    "  --result R    write the file again with row references, verdicts, reasons (.xlsx or .csv)\n"
    "FILE: CSV (UTF-8) or an Excel workbook (.xlsx).\n"
    "Exit codes: 0 all taken; 1 rows to correct or answer; 2 could not be done; 64 wrong usage.\n";

struct task {
    struct lt_journal *journal;
    const char *dir;
    uint8_t kind;
    bool replace, yes, dry_run;
    const char *result; /* NULL: none */
    json_t *files; /* NULL: for people */
    bool stored;
    bool listed; /* the missing records of this file were shown already */
};

/* ---- For people ---- */

/* The header as it stands in the file. */
static const char *header_of(const struct lt_intake *intake, int column)
{
    int at = intake->columns.at[column];
    return at >= 0 ? lt_table_cell(&intake->sheet, intake->columns.header_row, (size_t)at)
                   : lt_column_header((enum lt_column)column);
}

static void print_fault(const char *file, const struct lt_sheet_fault *fault)
{
    if (fault->line == 0) {
        fprintf(stderr, "%s: %s\n", file, fault->text);
    } else if (fault->column == 0) {
        fprintf(stderr, lt_text("%s: dòng %u: %s\n", "%s: line %u: %s\n"), file, fault->line,
                fault->text);
    } else {
        fprintf(stderr, lt_text("%s: dòng %u, cột %u: %s\n", "%s: line %u, column %u: %s\n"), file,
                fault->line, fault->column, fault->text);
    }
}

static void print_answers(const struct lt_intake *intake)
{
    const char *file = intake->options.file;
    for (size_t i = 0; i < intake->answer_count; i++) {
        const struct lt_answer *answer = &intake->answers[i];
        if (answer->outcome != LT_ASKED && answer->outcome != LT_NOT_TAKEN) {
            continue;
        }
        printf(lt_text("%s: dòng %u: %s: ", "%s: line %u: %s: "), file, answer->line,
               lt_outcome_text(answer->outcome));
        if (answer->column >= 0) {
            printf(lt_text("cột «%s»: ", "column \"%s\": "), header_of(intake, answer->column));
        }
        printf("%s\n", answer->reason);
    }
}

static void print_unused(const struct lt_intake *intake)
{
    for (size_t column = 0; column < intake->columns.count; column++) {
        if (lt_intake_is_unused(intake, column)) {
            printf(lt_text("%s: cột «%s» không dùng đến\n", "%s: column \"%s\" is not used\n"),
                   intake->options.file,
                   lt_table_cell(&intake->sheet, intake->columns.header_row, column));
        }
    }
}

static void print_missing(const struct lt_intake *intake)
{
    for (size_t i = 0; i < intake->missing_count; i++) {
        char ref[LT_ROW_REF_MAX];
        lt_row_ref_format(&intake->missing[i].ref, ref);
        printf(lt_text("%s: không còn trong danh sách: %s (%s)\n",
                       "%s: no longer in the list: %s (%s)\n"),
               intake->options.file, intake->missing[i].text, ref);
    }
}

static void print_summary(const struct lt_intake *intake, bool dry_run, size_t retracted)
{
    const uint32_t *counts = intake->counts;
    printf(lt_text("%s: %sđã nhận %u · đã có %u · sửa %u",
                   "%s: %saccepted %u · already in %u · corrected %u"),
           intake->options.file, dry_run ? lt_text("(chỉ kiểm tra) ", "(checked only) ") : "",
           counts[LT_TAKEN], counts[LT_ALREADY_IN], counts[LT_CORRECTED]);
    if (counts[LT_REMOVED] + retracted > 0) {
        printf(lt_text(" · gỡ %zu", " · removed %zu"), counts[LT_REMOVED] + retracted);
    }
    printf(lt_text(" · hỏi lại %u · không nhận %u\n", " · asked %u · refused %u\n"),
           counts[LT_ASKED], counts[LT_NOT_TAKEN]);
}

/* ---- For programs ---- */

/* A file's name need not be UTF-8, JSON must. */
static json_t *name_json(const char *file)
{
    json_t *name = json_string(file);
    return name != NULL ? name : json_string("?");
}

static json_t *fault_json(const struct lt_sheet_fault *fault)
{
    return json_pack("{s:i,s:i,s:s}", "line", (int)fault->line, "column", (int)fault->column,
                     "reason", fault->text);
}

static json_t *answer_json(const struct lt_intake *intake, const struct lt_answer *answer)
{
    char ref[LT_ROW_REF_MAX] = "";
    if (answer->has_ref) {
        lt_row_ref_format(&answer->ref, ref);
    }
    return json_pack("{s:i,s:s,s:s?,s:s?,s:s,s:s?}", "line", (int)answer->line, "verdict",
                     lt_outcome_name(answer->outcome), "column",
                     answer->column >= 0 ? lt_column_name((enum lt_column)answer->column) : NULL,
                     "header", answer->column >= 0 ? header_of(intake, answer->column) : NULL,
                     "reason", answer->reason, "ref", answer->has_ref ? ref : NULL);
}

static json_t *intake_json(const struct lt_intake *intake, bool stored, size_t retracted)
{
    char id[17];
    snprintf(id, sizeof(id), "%016llx", (unsigned long long)intake->options.import_id);
    json_t *summary = json_object(), *rows = json_array(), *unused = json_array(),
           *missing = json_array();
    for (unsigned i = 0; i < LT_OUTCOME_COUNT; i++) {
        json_object_set_new(summary, lt_outcome_name((enum lt_outcome)i),
                            json_integer(intake->counts[i]));
    }
    for (size_t i = 0; i < intake->answer_count; i++) {
        json_array_append_new(rows, answer_json(intake, &intake->answers[i]));
    }
    for (size_t column = 0; column < intake->columns.count; column++) {
        if (lt_intake_is_unused(intake, column)) {
            json_array_append_new(unused, json_string(lt_table_cell(
                                              &intake->sheet, intake->columns.header_row, column)));
        }
    }
    for (size_t i = 0; i < intake->missing_count; i++) {
        char ref[LT_ROW_REF_MAX];
        lt_row_ref_format(&intake->missing[i].ref, ref);
        json_array_append_new(missing,
                              json_pack("{s:s,s:s}", "ref", ref, "text", intake->missing[i].text));
    }
    return json_pack("{s:o,s:s,s:b,s:s,s:o,s:o,s:o,s:o,s:i}", "file",
                     name_json(intake->options.file), "import", id, "stored", stored, "note",
                     intake->sheet.note, "summary", summary, "rows", rows, "unused_columns", unused,
                     "missing", missing, "retracted", (int)retracted);
}

/* ---- One file ---- */

static bool ask_to_retract(struct task *task, const struct lt_intake *intake)
{
    if (task->yes || !lt_intake_may_retract(intake)) {
        return task->yes;
    }
    if (task->files != NULL || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        return false;
    }
    print_missing(intake);
    task->listed = true;
    printf(lt_text("Gỡ %zu bản ghi này? [c/K] ", "Retract these %zu records? [y/N] "),
           intake->missing_count);
    fflush(stdout);
    char line[16];
    bool yes = false;
    if (fgets(line, sizeof(line), stdin) == NULL) {
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return strcmp(line, "c") == 0 || strcmp(line, "C") == 0 ||
           (lt_value_yes(line, &yes) == NULL && yes);
}

static void explain_retraction(const struct task *task, const struct lt_intake *intake,
                               size_t retracted)
{
    if (intake->missing_count == 0 || retracted > 0) {
        return;
    }
    if (!lt_intake_may_retract(intake)) {
        printf(lt_text("%s: chưa gỡ %zu bản ghi: hãy sửa hoặc trả lời các dòng trên trước\n",
                       "%s: %zu records were not retracted: correct or answer the rows above "
                       "first\n"),
               intake->options.file, intake->missing_count);
    } else if (!task->dry_run) {
        printf(lt_text("%s: chưa gỡ %zu bản ghi: chạy lại với --yes để gỡ\n",
                       "%s: %zu records were not retracted: run again with --yes\n"),
               intake->options.file, intake->missing_count);
    }
}

static void report(const struct task *task, const struct lt_intake *intake, size_t retracted)
{
    if (task->files != NULL) {
        json_array_append_new(task->files, intake_json(intake, !task->dry_run, retracted));
        return;
    }
    if (intake->sheet.note[0] != '\0') {
        printf("%s: %s\n", intake->options.file, intake->sheet.note);
    }
    print_unused(intake);
    print_answers(intake);
    if (!task->listed) {
        print_missing(intake);
    }
    explain_retraction(task, intake, retracted);
    print_summary(intake, task->dry_run, retracted);
}

static int fail_file(const struct task *task, const char *file, enum lt_result result,
                     const struct lt_sheet_fault *fault)
{
    if (task->files != NULL) {
        json_array_append_new(task->files, json_pack("{s:o,s:b,s:o}", "file", name_json(file),
                                                     "stored", 0, "error", fault_json(fault)));
    } else {
        print_fault(file, fault);
    }
    bool of_the_file = result == LT_MALFORMED || result == LT_TOO_LARGE || result == LT_REFUSED;
    return of_the_file ? LT_EXIT_UNFINISHED : LT_EXIT_FAILED;
}

static const char *why_not_stored(enum lt_result result)
{
    if (result == LT_NO_SPACE) {
        return lt_text("đĩa hoặc kho dữ liệu đã đầy", "the disk or the store is full");
    }
    if (result == LT_CORRUPT) {
        return lt_text("kho dữ liệu bị hỏng", "the store is damaged");
    }
    if (result == LT_BUSY) {
        return lt_text("tiến trình khác đang dùng kho dữ liệu",
                       "another process is using the store");
    }
    return lt_text_result(result);
}

static int store(struct task *task, struct lt_intake *intake)
{
    const char *file = intake->options.file;
    struct lt_row_file *written = NULL;
    struct lt_sheet_fault fault;
    enum lt_result result = LT_OK;
    if (task->result != NULL) {
        /* Before anything is stored: a result that cannot be written would leave the clerk blind. */
        result = lt_row_file_create(task->result, intake->sheet.separator, &written, &fault);
        if (result != LT_OK) {
            return fail_file(task, task->result, LT_IO, &fault);
        }
    }
    task->listed = false;
    bool retract = !task->dry_run && ask_to_retract(task, intake);
    size_t retracted = retract && lt_intake_may_retract(intake) ? intake->missing_count : 0;
    result = task->dry_run ? LT_OK : lt_intake_store(intake, retract);
    if (result == LT_OK && written != NULL) {
        lt_intake_write(intake, LT_ANSWERED_ALL, !task->dry_run, written);
    }
    enum lt_result kept =
        written != NULL ? lt_row_file_finish(written, result == LT_OK, &fault) : LT_OK;
    if (result != LT_OK) {
        lt_table_fault(&fault, result, 0, 0,
                       lt_text("không lưu được, chưa dòng nào được nhận: %s",
                               "could not be stored, no row was taken: %s"),
                       why_not_stored(result));
        return fail_file(task, file, LT_IO, &fault);
    }
    task->stored = task->stored || (!task->dry_run && intake->draft_count + retracted > 0);
    report(task, intake, retracted);
    if (kept != LT_OK) {
        fail_file(task, task->result, LT_IO, &fault); /* but the rows are in */
    }
    bool finished = intake->counts[LT_ASKED] + intake->counts[LT_NOT_TAKEN] == 0 &&
                    intake->missing_count == retracted && kept == LT_OK;
    return finished ? LT_EXIT_OK : LT_EXIT_UNFINISHED;
}

static int import_file(struct task *task, const char *file)
{
    struct lt_sheet_fault fault = {0};
    struct lt_intake *intake;
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum lt_result result = lt_table_load(file, &bytes, &size, &fault);
    if (result != LT_OK) {
        return fail_file(task, file, result, &fault);
    }
    struct lt_intake_options options = {
        .file = file, .kind = task->kind, .replace = task->replace, .now = lt_clock_wall()};
    while (options.import_id == 0) {
        lt_random(&options.import_id, sizeof(options.import_id));
    }
    result =
        lt_intake_read(task->journal, (struct lt_bytes){bytes, size}, &options, &intake, &fault);
    free(bytes);
    if (result != LT_OK) {
        return fail_file(task, file, result, &fault);
    }
    int code = store(task, intake);
    lt_intake_free(intake);
    return code;
}

/* ---- The command ---- */

static int wrong(const char *vietnamese, const char *english)
{
    return lt_options_usage(usage_vi, usage_en, "%s", lt_text_is_english() ? english : vietnamese);
}

/* A folder that was never set up is named, not made. */
static bool has_store(const char *dir)
{
    char path[LT_DIR_MAX + 8];
    snprintf(path, sizeof(path), "%s/store", dir);
    if (access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR)) {
        return true; /* why it cannot be opened is told by who opens it */
    }
    fprintf(
        stderr,
        lt_text("%s: ở đây chưa có kho dữ liệu; chạy «lienthong-agent init» rồi «join MÃ»\n",
                "%s: there is no store here; run \"lienthong-agent init\", then \"join CODE\"\n"),
        dir);
    return false;
}

static int import_files(struct task *task, const struct lt_options *options)
{
    char reason[200] = "";
    if (!has_store(options->dir)) {
        return LT_EXIT_FAILED;
    }
    enum lt_result result = lt_journal_open(options->dir, task->dry_run, &task->journal, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    int worst = LT_EXIT_OK;
    for (size_t i = 0; i < options->operand_count; i++) {
        int code = import_file(task, options->operands[i]);
        worst = code > worst ? code : worst;
    }
    lt_journal_close(task->journal);
    if (task->stored && lt_wake_ring(task->dir) != LT_OK) {
        fprintf(stderr, "%s\n",
                lt_text("(không báo được cho tác tử đang chạy; nó sẽ tự thấy ở lần liên lạc sau)",
                        "(the running agent could not be told; it will see at its next contact)"));
    }
    return worst;
}

int lt_cmd_import(int argc, char **argv)
{
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, import_options, OPT_COUNT, usage_vi, usage_en, &options,
                          &code)) {
        return code;
    }
    struct task task = {.dir = options.dir,
                        .replace = options.values[OPT_REPLACE] != NULL,
                        .yes = options.values[OPT_YES] != NULL,
                        .dry_run = options.values[OPT_DRY_RUN] != NULL,
                        .result = options.values[OPT_RESULT]};
    if (options.values[OPT_KIND] != NULL) {
        task.kind = lt_value_word(LT_WORDS_KIND, options.values[OPT_KIND]);
        if (task.kind == 0) {
            return wrong("--kind: không có loại này", "--kind: no such kind");
        }
    }
    if (options.operand_count == 0) {
        return wrong("thiếu tệp cần nhập", "the file to import is missing");
    }
    if (task.result != NULL && options.operand_count > 1) {
        return wrong("--result chỉ dùng với một tệp", "--result goes with one file");
    }
    if (task.yes && !task.replace) {
        return wrong("--yes chỉ dùng với --replace", "--yes goes with --replace");
    }
    task.files = options.json ? json_array() : NULL;
    code = import_files(&task, &options);
    if (task.files != NULL) {
        json_t *document = json_pack("{s:s,s:o,s:i}", "schema", "lienthong-import-1", "files",
                                     task.files, "exit", code);
        json_dumpf(document, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(document);
    }
    return code;
}
