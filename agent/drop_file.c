/* One file: taken in and answered. */
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/drop.h"
#include "agent/text.h"

enum { ROUNDS_MAX = 99 };

/* ---- The names of answers ---- */

/* "Thử/Danh sách - cần sửa 2.xlsx": base "Thử/Danh sách", round 3, since its answers are the third. */
struct answer_names {
    char base[LT_DROP_NAME_MAX];
    unsigned round;
    bool is_book;
};

static const char *word_result(void)
{
    return lt_text("kết quả", "result");
}

static const char *word_open(void)
{
    return lt_text("cần sửa", "to correct");
}

static const char *word_refused(void)
{
    return lt_text("không nhận", "refused");
}

bool lt_drop_is_answer_name(const char *name)
{
    const char *const words[] = {word_result(), word_open(), word_refused()};
    char tail[64];
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        snprintf(tail, sizeof(tail), " - %s", words[i]);
        if (strstr(name, tail) != NULL) {
            return true;
        }
    }
    return false;
}

/* Takes " - cần sửa" or " - cần sửa 2" away; returns the round of its answers. */
static unsigned strip_round(char *base)
{
    char tail[64];
    unsigned round = 1;
    size_t size = strlen(base), digits = 0;
    snprintf(tail, sizeof(tail), " - %s", word_open());
    while (digits < 2 && size > digits && base[size - digits - 1] >= '0' &&
           base[size - digits - 1] <= '9') {
        digits++;
    }
    if (digits > 0 && size > digits && base[size - digits - 1] == ' ') {
        round = (unsigned)strtoul(base + size - digits, NULL, 10);
        size -= digits + 1;
    }
    size_t end = strlen(tail);
    if (size <= end || memcmp(base + size - end, tail, end) != 0) {
        return 1;
    }
    base[size - end] = '\0';
    return round + 1;
}

static void names_of(const char *name, bool is_book, struct answer_names *ret_names)
{
    snprintf(ret_names->base, sizeof(ret_names->base), "%s", name);
    char *slash = strrchr(ret_names->base, '/');
    char *dot = strrchr(ret_names->base, '.');
    if (dot != NULL && dot != ret_names->base && (slash == NULL || dot > slash + 1)) {
        *dot = '\0';
    }
    ret_names->round = strip_round(ret_names->base);
    ret_names->is_book = is_book;
}

/* False: too long. */
static bool name_answer(const struct answer_names *names, const char *word, const char *ending,
                        char ret_name[LT_DROP_NAME_MAX])
{
    char number[16] = "";
    if (names->round > 1) {
        snprintf(number, sizeof(number), " %u", names->round);
    }
    return snprintf(ret_name, LT_DROP_NAME_MAX, "%s - %s%s%s", names->base, word, number, ending) <
           LT_DROP_NAME_MAX - 32;
}

/* May the rows that are left open be written there? Those that stand there already are nowhere else when they are of the
 * list, which is written anew: only the file that they are of takes their place. */
static bool may_hold(struct lt_drop *drop, const char *name, const char *source)
{
    const struct lt_drop_file *answer = lt_drop_seen_find(&drop->seen, name);
    if (!lt_drop_is_free(drop, name)) {
        return false;
    }
    bool others = strcmp(source, lt_drop_list_name()) == 0, its = false;
    for (size_t i = 0; i < drop->seen.count; i++) {
        const struct lt_drop_file *file = &drop->seen.files[i];
        bool same = strcmp(file->name, source) == 0;
        if (strcmp(file->open, name) == 0) {
            its = its || same;
            others = others || !same;
        }
    }
    return answer == NULL || lt_drop_open_rows(answer) == 0 || its || !others;
}

/* The names of this round, or of the next whose names are free. */
static bool choose_names(struct lt_drop *drop, const char *source, struct answer_names *names,
                         char ret_result[LT_DROP_NAME_MAX], char ret_open[LT_DROP_NAME_MAX])
{
    const char *ending = names->is_book ? ".xlsx" : ".csv";
    for (; names->round <= ROUNDS_MAX; names->round++) {
        if (!name_answer(names, word_result(), ending, ret_result) ||
            !name_answer(names, word_open(), ending, ret_open)) {
            break;
        }
        if (lt_drop_is_free(drop, ret_result) && may_hold(drop, ret_open, source)) {
            return true;
        }
    }
    lt_drop_trouble(drop,
                    lt_text("%.200s: không đặt được tên cho tệp kết quả; hãy đổi tên tệp cho ngắn",
                            "%.200s: its result cannot be named; give the file a shorter name"),
                    names->base);
    return false;
}

static struct lt_drop_file *note(struct lt_drop *drop, const struct lt_drop_file *about)
{
    struct lt_drop_file *file = lt_drop_seen_put(&drop->seen, about->name);
    if (file == NULL) {
        lt_drop_trouble(drop, "%s",
                        lt_text("thư mục có quá nhiều tệp; hãy dọn bớt tệp cũ",
                                "there are too many files in the folder; remove old ones"));
        return NULL;
    }
    *file = *about;
    file->at = lt_clock_wall();
    file->here = true;
    drop->saved = false;
    return file;
}

/* ---- A file that cannot be read ---- */

static bool refusal_name(const char *name, char ret_name[LT_DROP_NAME_MAX])
{
    struct answer_names names;
    names_of(name, false, &names);
    return name_answer(&names, word_refused(), ".txt", ret_name);
}

void lt_drop_forget_gone(struct lt_drop *drop)
{
    char answers[16][LT_DROP_NAME_MAX];
    size_t count = 0;
    for (size_t i = 0; i < drop->seen.count && count < 16; i++) {
        const struct lt_drop_file *file = &drop->seen.files[i];
        count += !file->here && file->reason[0] != '\0' && refusal_name(file->name, answers[count]);
        drop->saved = drop->saved && file->here;
    }
    for (size_t i = 0; i < count; i++) {
        lt_drop_remove_own(drop, answers[i]);
    }
    lt_drop_seen_sweep(&drop->seen);
}

static void sentence_of(const struct lt_sheet_fault *fault, char ret_text[LT_DROP_REASON_MAX])
{
    if (fault->line == 0) {
        snprintf(ret_text, LT_DROP_REASON_MAX, "%s", fault->text);
    } else if (fault->column == 0) {
        snprintf(ret_text, LT_DROP_REASON_MAX, lt_text("dòng %u: %s", "line %u: %s"), fault->line,
                 fault->text);
    } else {
        snprintf(ret_text, LT_DROP_REASON_MAX,
                 lt_text("dòng %u, cột %u: %s", "line %u, column %u: %s"), fault->line,
                 fault->column, fault->text);
    }
    ret_text[lt_table_cut(ret_text, LT_DROP_REASON_MAX - 1)] = '\0';
}

void lt_drop_refuse(struct lt_drop *drop, const struct lt_drop_file *about,
                    const struct lt_sheet_fault *fault)
{
    char name[LT_DROP_NAME_MAX], path[LT_DIR_MAX], reason[LT_DROP_REASON_MAX];
    struct lt_table_file file;
    struct lt_sheet_fault writing = {.text = ""};
    sentence_of(fault, reason);
    enum lt_result result = LT_TOO_LARGE;
    if (refusal_name(about->name, name) && lt_drop_path(drop, name, path)) {
        result = lt_table_create(path, &file, &writing);
    }
    if (result == LT_OK) {
        lt_table_write_bom(file.stream);
        fprintf(file.stream,
                lt_text("Tệp «%s» chưa được nhận, chưa lưu gì của tệp này.\r\n\r\n%s\r\n",
                        "The file \"%s\" was not taken in, and nothing of it was "
                        "stored.\r\n\r\n%s\r\n"),
                about->name, reason);
        result = lt_table_finish(&file, true, &writing);
    }
    if (result != LT_OK) {
        drop->waiting++;
        lt_drop_trouble(drop, "%.200s: %s", about->name,
                        writing.text[0] != '\0' ? writing.text : lt_text_result(result));
        return;
    }
    (void)lt_drop_note_own(drop, name, path);
    struct lt_drop_file *known = note(drop, about);
    if (known != NULL) {
        memcpy(known->reason, reason, sizeof(known->reason));
    }
}

/* ---- A file of rows ---- */

/* The two answers while they are written; the second only where rows are left open. */
struct answers {
    char names[2][LT_DROP_NAME_MAX], paths[2][LT_DIR_MAX];
    struct lt_row_file *files[2];
    struct lt_drop_target places[2];
};

static bool create_answers(struct lt_drop *drop, const struct lt_intake *intake,
                           struct answers *answers)
{
    struct lt_sheet_fault fault;
    bool is_open = intake->counts[LT_ASKED] + intake->counts[LT_NOT_TAKEN] > 0;
    for (size_t i = 0; i < (is_open ? 2u : 1u); i++) {
        if (!lt_drop_path(drop, answers->names[i], answers->paths[i])) {
            return false;
        }
        if (lt_row_file_create(answers->paths[i], intake->sheet.separator, &answers->files[i],
                               &fault) != LT_OK) {
            answers->files[i] = NULL;
            lt_drop_trouble(
                drop, lt_text("chưa nhận «%.150s»: kết quả %s", "\"%.150s\" waits: its result %s"),
                intake->options.file, fault.text);
            return false;
        }
        answers->places[i] = (struct lt_drop_target){drop, answers->names[i]};
        lt_row_file_guard(answers->files[i], lt_drop_guard(&answers->places[i]));
    }
    return true;
}

/* Puts them in place when `keep`. */
static bool finish_answers(struct lt_drop *drop, const struct lt_intake *intake,
                           struct answers *answers, bool keep, bool taken)
{
    bool good = true;
    for (size_t i = 0; i < 2; i++) {
        struct lt_sheet_fault fault = {.text = ""};
        if (answers->files[i] == NULL) {
            continue;
        }
        if (keep) {
            lt_intake_write(intake, i == 0 ? LT_ANSWERED_IN : LT_ANSWERED_OPEN, taken,
                            answers->files[i]);
        }
        enum lt_result result = lt_row_file_finish(answers->files[i], keep, &fault);
        if (result == LT_BUSY) {
            good =
                false; /* the clerk has just made something of it: under another name next time */
        } else if (result != LT_OK && keep) {
            good = false;
            lt_drop_trouble(drop,
                            lt_text("đã nhận «%.150s», nhưng kết quả %s",
                                    "\"%.150s\" is in, but its result %s"),
                            intake->options.file, fault.text);
        } else if (keep) {
            (void)lt_drop_note_own(drop, answers->names[i], answers->paths[i]);
        }
    }
    return good && keep;
}

/* How it was read, and which columns were not. */
static void note_reading(const struct lt_intake *intake, struct lt_drop_file *known)
{
    size_t size = (size_t)snprintf(known->note, sizeof(known->note), "%s", intake->sheet.note);
    bool first = true;
    for (size_t column = 0; column < intake->columns.count; column++) {
        if (lt_intake_is_unused(intake, column) && size < sizeof(known->note)) {
            const char *begin = size > 0 ? lt_text("; không dùng cột ", "; unused columns ")
                                         : lt_text("không dùng cột ", "unused columns ");
            size += (size_t)snprintf(
                known->note + size, sizeof(known->note) - size, "%s«%.60s»", first ? begin : ", ",
                lt_table_cell(&intake->sheet, intake->columns.header_row, column));
            first = false;
        }
    }
    known->note[lt_table_cut(known->note, sizeof(known->note) - 1)] = '\0';
}

/* What was left open of another file has been read in this one: from now on it is this one's to leave open. */
static void hand_over(struct lt_drop *drop, const char *name)
{
    for (size_t i = 0; i < drop->seen.count; i++) {
        struct lt_drop_file *file = &drop->seen.files[i];
        if (strcmp(file->open, name) == 0) {
            file->counts[LT_ASKED] = file->counts[LT_NOT_TAKEN] = 0;
            file->open[0] = '\0';
        }
    }
}

static void note_answers(struct lt_drop *drop, const struct lt_drop_file *about,
                         const struct lt_intake *intake, const struct answers *answers)
{
    bool is_open = intake->counts[LT_ASKED] + intake->counts[LT_NOT_TAKEN] > 0;
    char refusal[LT_DROP_NAME_MAX];
    if (refusal_name(about->name, refusal)) {
        lt_drop_remove_own(drop, refusal);
    }
    if (!is_open) {
        lt_drop_remove_own(drop, answers->names[1]); /* of the file as it was before */
    }
    hand_over(drop, about->name);
    struct lt_drop_file *known = note(drop, about);
    if (known != NULL) {
        memcpy(known->counts, intake->counts, sizeof(known->counts));
        memcpy(known->open, is_open ? answers->names[1] : "", is_open ? sizeof(known->open) : 1);
        note_reading(intake, known);
    }
    struct lt_drop_file *open = is_open ? lt_drop_seen_find(&drop->seen, answers->names[1]) : NULL;
    if (open != NULL) {
        open->place = about->place;
        open->counts[LT_ASKED] = intake->counts[LT_ASKED];
        open->counts[LT_NOT_TAKEN] = intake->counts[LT_NOT_TAKEN];
    }
}

static void answer(struct lt_drop *drop, const struct lt_drop_file *about, struct lt_intake *intake)
{
    struct answers *answers = calloc(1, sizeof(*answers));
    struct answer_names names;
    enum lt_result result = LT_OK;
    bool tries = about->place == LT_DROP_TRY;
    names_of(about->name, intake->sheet.separator == '\0', &names);
    if (answers == NULL ||
        !choose_names(drop, about->name, &names, answers->names[0], answers->names[1]) ||
        !create_answers(drop, intake, answers)) {
        drop->waiting++;
        if (answers != NULL) {
            (void)finish_answers(drop, intake, answers, false, false);
        }
        free(answers);
        return;
    }
    result = tries ? LT_OK : lt_intake_store(intake, false);
    if (result != LT_OK) {
        lt_drop_trouble(drop, lt_text("chưa nhận «%.150s»: %s", "\"%.150s\" waits: %s"),
                        about->name, lt_text_result(result));
    }
    drop->stored = drop->stored || (result == LT_OK && !tries && intake->draft_count > 0);
    if (finish_answers(drop, intake, answers, result == LT_OK, !tries)) {
        note_answers(drop, about, intake, answers);
    } else {
        drop->waiting++;
    }
    free(answers);
}

/* Are rows of other files left to the clerk? Not those that this file answers. */
static bool others_open(struct lt_drop *drop, const struct lt_drop_file *about)
{
    for (size_t i = 0; i < drop->seen.count; i++) {
        const struct lt_drop_file *file = &drop->seen.files[i];
        if (file->place == LT_DROP_TAKE && strcmp(file->name, about->name) != 0 &&
            strcmp(file->open, about->name) != 0 && lt_drop_is_unsolved(&drop->seen, file)) {
            return true;
        }
    }
    return false;
}

void lt_drop_take(struct lt_drop *drop, const struct lt_drop_file *about, struct lt_bytes bytes)
{
    struct lt_intake *intake;
    struct lt_sheet_fault fault = {.text = ""};
    struct lt_intake_options options = {.file = about->name,
                                        .take_back = about->place == LT_DROP_UNDO,
                                        .others_open = others_open(drop, about),
                                        .now = lt_clock_wall()};
    while (options.import_id == 0) {
        lt_random(&options.import_id, sizeof(options.import_id));
    }
    enum lt_result result = lt_intake_read(drop->journal, bytes, &options, &intake, &fault);
    if (result == LT_OK) {
        answer(drop, about, intake);
        lt_intake_free(intake);
    } else if (result == LT_MALFORMED || result == LT_TOO_LARGE || result == LT_REFUSED) {
        lt_drop_refuse(drop, about, &fault);
    } else { /* of this PC, not of the file: not joined, out of memory, the store */
        drop->waiting++;
        lt_drop_trouble(drop, lt_text("chưa nhận «%.150s»: %s", "\"%.150s\" waits: %s"),
                        about->name, fault.text);
    }
}
