#include "hub/check/show.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/standing.h"

static bool english;

/* C and POSIX say nothing of a language. */
static bool says_language(const char *value)
{
    return value != NULL && value[0] != '\0' && strcmp(value, "C") != 0 &&
           strncmp(value, "C.", 2) != 0 && strcmp(value, "POSIX") != 0;
}

void lt_show_language(const char *language)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; language == NULL && i < sizeof names / sizeof names[0]; i++)
        language = says_language(getenv(names[i])) ? getenv(names[i]) : NULL;
    english = language != NULL && strncmp(language, "en", 2) == 0;
}

const char *lt_show_text(const char *vietnamese, const char *in_english)
{
    return english ? in_english : vietnamese;
}

static const char *fault_text(enum lt_proof_fault_kind kind)
{
    static const char *const vietnamese[LT_PROOF_FAULT_KINDS] = {
        [LT_PROOF_ROOT] = "tệp nói về một khóa gốc khác",
        [LT_PROOF_TOP] = "tệp nói về một trạm gốc khác",
        [LT_PROOF_RULES] = "tệp được xét theo phiên bản quy tắc khác",
        [LT_PROOF_SIGNATURE] = "một bản cập nhật không đúng như tác giả đã ký",
        [LT_PROOF_UNREADABLE] = "nội dung một bản cập nhật sai cấu trúc",
        [LT_PROOF_TWICE] = "một bản cập nhật có hai lần",
        [LT_PROOF_FOREIGN] = "một bản cập nhật thuộc chuỗi không có trong mốc",
        [LT_PROOF_GAP] = "thiếu bản cập nhật mà một bản khác nối tiếp",
        [LT_PROOF_SEQ] = "một bản cập nhật đứng sai chỗ trong chuỗi",
        [LT_PROOF_CHAIN] = "một chuỗi không đủ đến mốc đã nêu",
        [LT_PROOF_LEFT_OUT] = "một chuỗi bắt buộc phải có lại không được kèm",
        [LT_PROOF_TOP_KEY] = "khóa gốc chưa cấp khóa nào cho trạm gốc",
        [LT_PROOF_HUB_KEY] = "khóa của trạm chưa được cấp, hoặc đã bị thu hồi",
        [LT_PROOF_SEALED] = "có chỗ đã bị đổi sau khi trạm niêm phong",
        [LT_PROOF_KEY] = "khóa ký một bản cập nhật chưa được cấp cho đơn vị",
        [LT_PROOF_BOOK] = "các chỉ thị kèm theo không cho ra sổ mà trạm đã dùng để xét",
        [LT_PROOF_QUESTION] = "câu hỏi không có lời đáp",
        [LT_PROOF_ROW] = "một dòng không đúng với các bản ghi",
        [LT_PROOF_ROW_MISSING] = "thiếu một dòng mà các bản ghi cho ra",
        [LT_PROOF_ROW_TWICE] = "một dòng có hai lần",
    };
    return lt_show_text(vietnamese[kind], lt_proof_fault_text(kind));
}

/* ---- The question ---- */

static void unit_text(const Lienthong__Unit *told, char ret_text[LT_UNIT_TEXT_MAX])
{
    struct lt_unit unit;
    ret_text[0] = '\0';
    if (told != NULL && lt_unit_make(told->code, told->valid_from, &unit) == LT_OK)
        lt_unit_format(&unit, ret_text);
}

/* A part of a year is a month, a quarter or a half; of what is none of them the months are told. */
static void put_years(const Lienthong__ProofQuestion *question, FILE *out)
{
    const unsigned from = question->month_from, to = question->month_to, months = to + 1 - from;
    if (from == 0) {
        (void)fprintf(out, " --year %u", question->year_from);
        if (question->year_to != question->year_from)
            (void)fprintf(out, "%s%u", question->span ? "-" : "..", question->year_to);
    } else if (months == 1) {
        (void)fprintf(out, " --period %u-%02u", question->year_from, from);
    } else if ((months == 3 || months == 6) && to % months == 0) {
        (void)fprintf(out, " --period %u-%c%u", question->year_from, months == 3 ? 'Q' : 'H',
                      to / months);
    } else {
        (void)fprintf(out, " --period %u-%02u..%02u", question->year_from, from, to);
    }
}

static void put_words(const Lienthong__ProofQuestion *question, FILE *out)
{
    char place[LT_UNIT_TEXT_MAX], day[11];
    unit_text(question->place, place);
    (void)fprintf(out, "--place %s", place);
    put_years(question, out);
    (void)fprintf(out, " --basis %s", question->decided ? "decided" : "achieved");
    if (question->tree != 0) {
        lt_day_format_iso(question->tree, day);
        (void)fprintf(out, " --tree %s", day);
    }
    for (size_t i = 0; i < question->n_by; i++)
        (void)fprintf(out, "%s%s", i == 0 ? " --by " : ",", question->by[i]);
    for (size_t i = 0; i < question->n_where; i++)
        (void)fprintf(out, " --where '%s=%s'", question->where[i]->dimension,
                      question->where[i]->value);
}

/* "code=GK recipient=individual"; "tổng" when nothing was asked by. */
static void put_values(const Lienthong__ProofQuestion *question, const char *values, FILE *out)
{
    const char between[] = {LT_PROOF_BETWEEN, '\0'};
    for (size_t i = 0; i < question->n_by; i++) {
        const size_t size = strcspn(values, between);
        (void)fprintf(out, "%s%s=%.*s", i == 0 ? "" : " ", question->by[i],
                      size > 0 ? (int)size : 3, size > 0 ? values : "–");
        values += size;
        values += *values != '\0';
    }
    if (question->n_by == 0)
        (void)fputs(lt_show_text("tổng", "in all"), out);
}

static void utc(int64_t at, char ret_text[32])
{
    const time_t seconds = (time_t)at;
    struct tm parts;
    if (gmtime_r(&seconds, &parts) == NULL ||
        strftime(ret_text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        (void)snprintf(ret_text, 32, "-");
}

static size_t widest(size_t count)
{
    enum { SHOWN_MAX = 50 };
    return count < SHOWN_MAX ? count : SHOWN_MAX;
}

/* ---- For people ---- */

/* Of a file that was read to its end. */
static void show_sums(const struct lt_proof *proof, FILE *out)
{
    struct lt_proof_sums sums;
    lt_proof_sums(proof, &sums);
    (void)fprintf(out,
                  lt_show_text("Trong tệp: %llu chỉ thị, %llu bản cập nhật, %llu thay đổi (%llu bị "
                               "cách ly), %llu bản ghi\n",
                               "In the file: %llu directives, %llu updates, %llu changes (%llu "
                               "quarantined), %llu records\n"),
                  (unsigned long long)sums.directives, (unsigned long long)sums.reports,
                  (unsigned long long)sums.changes, (unsigned long long)sums.quarantined,
                  (unsigned long long)sums.records);
    if (sums.left_out > 0)
        (void)fprintf(
            out,
            lt_show_text("Mốc: %llu chuỗi; %llu chuỗi không kèm: trạm ký rằng chúng không "
                         "liên quan (prove --whole kèm tất cả)\n",
                         "Cut: %llu chains; %llu left out: the hub signs that they do not "
                         "bear on it (prove --whole leaves none out)\n"),
            (unsigned long long)sums.chains, (unsigned long long)sums.left_out);
    else
        (void)fprintf(out,
                      lt_show_text("Mốc: %llu chuỗi, đủ cả\n", "Cut: %llu chains, all there\n"),
                      (unsigned long long)sums.chains);
}

static void show_head(const struct lt_shown *shown, FILE *out)
{
    const Lienthong__ProofHead *head = lt_proof_head(shown->proof);
    char hub[LT_UNIT_TEXT_MAX], top[LT_UNIT_TEXT_MAX], when[32], directives[65];
    if (head == NULL)
        return;
    unit_text(head->hub, hub);
    unit_text(head->top, top);
    utc(head->signed_at, when);
    lt_hex(head->directives.data, head->directives.len, directives);
    (void)fputs(lt_show_text("Câu hỏi: ", "Question: "), out);
    put_words(head->question, out);
    (void)fprintf(out,
                  lt_show_text("\nTrạm %s trong cây của %s, lúc %s; sổ %.16s\n",
                               "\nHub %s in the tree of %s, at %s; book %.16s\n"),
                  hub, top, when, directives);
    if (head->published[0] != '\0')
        (void)fprintf(
            out,
            lt_show_text("Số liệu đã công bố \"%s\", lần %u\n", "Published as \"%s\", number %u\n"),
            head->published, head->number);
}

static void show_rows(const struct lt_shown *shown, FILE *out)
{
    const struct lt_proof_row *rows;
    const size_t count = lt_proof_rows(shown->proof, &rows), some = widest(count);
    const Lienthong__ProofHead *head = lt_proof_head(shown->proof);
    if (count == 0)
        (void)fputs(lt_show_text("  không có dòng nào: không bản ghi nào được tính\n",
                                 "  no row: there is no record that counts\n"),
                    out);
    for (size_t i = 0; i < some; i++) {
        const bool same = rows[i].stated && rows[i].stated_count == rows[i].count &&
                          rows[i].stated_quantity == rows[i].quantity &&
                          rows[i].stated_unconfirmed == rows[i].unconfirmed;
        (void)fputs("  ", out);
        put_values(head->question, rows[i].values, out);
        (void)fprintf(out,
                      lt_show_text(": %lld bản ghi, %lld lượt, %lld chưa xác nhận",
                                   ": %lld records, %lld awards, %lld unconfirmed"),
                      (long long)rows[i].count, (long long)rows[i].quantity,
                      (long long)rows[i].unconfirmed);
        if (!same && rows[i].stated)
            (void)fprintf(
                out, lt_show_text("; TỆP NÓI %lld, %lld, %lld", "; THE FILE SAYS %lld, %lld, %lld"),
                (long long)rows[i].stated_count, (long long)rows[i].stated_quantity,
                (long long)rows[i].stated_unconfirmed);
        else if (!same)
            (void)fputs(lt_show_text("; TỆP KHÔNG NÓI", "; THE FILE DOES NOT SAY SO"), out);
        (void)fputc('\n', out);
    }
    if (some < count)
        (void)fprintf(out,
                      lt_show_text("  … và %zu dòng nữa (--json cho tất cả)\n",
                                   "  … and %zu more rows (--json gives all)\n"),
                      count - some);
}

static void put_record(void *context, const struct lt_proof_record *record)
{
    FILE *out = context;
    char update[65], author[LT_UNIT_TEXT_MAX], place[LT_UNIT_TEXT_MAX];
    lt_hex(record->update->id.bytes, 32, update);
    lt_unit_format(&record->update->frame.chain.unit, author);
    lt_unit_format(&record->fact->place->unit, place);
    (void)fprintf(out, "    %s:%u %s → %s %s %s %llu%s%s%s\n", update, record->index, author, place,
                  lt_kind_name((uint8_t)record->fact->kind), record->fact->code,
                  (unsigned long long)record->fact->quantity,
                  record->in_part ? lt_show_text(" (một phần)", " (in part)") : "",
                  record->person != NULL ? " " : "",
                  record->person != NULL ? record->person->name : "");
}

/* What is to be done about a file that cannot be read. */
static const char *advice(enum lt_result result)
{
    return result == LT_NO_MEMORY
               ? lt_show_text("Máy không đủ bộ nhớ cho tệp này; hãy kiểm tra trên máy khác.",
                              "This machine has not enough memory for it; check it on another one.")
           : result == LT_VERSION ? lt_show_text("Hãy dùng lienthong-check của phiên bản mới hơn.",
                                                 "Take lienthong-check of a newer version.")
           : result == LT_IO
               ? lt_show_text("Hãy xem lại tên tệp, quyền đọc và ổ đĩa.",
                              "See to its name, whether it may be read, and the disk.")
               : lt_show_text("Hãy chép lại cho đủ, hoặc xin lại tệp.",
                              "Copy it again as a whole, or ask for it again.");
}

const char *lt_show_result(enum lt_result result)
{
    const char *vietnamese = result == LT_NO_MEMORY ? "hết bộ nhớ"
                             : result == LT_VERSION ? "do phiên bản mới hơn của chương trình làm ra"
                             : result == LT_IO ? "không đọc được"
                             : result == LT_TOO_LARGE ? "vượt quá giới hạn của một tệp chứng minh"
                                                      : "không phải tệp chứng minh nguyên vẹn";
    return lt_show_text(vietnamese, lt_result_text(result));
}

void lt_show_people(const struct lt_shown *shown, FILE *out)
{
    const struct lt_proof_fault *faults;
    const size_t count = lt_proof_faults(shown->proof, &faults);
    struct lt_proof_sums sums;
    show_head(shown, out);
    if (shown->result != LT_OK && shown->result != LT_REFUSED) {
        (void)fprintf(
            out,
            lt_show_text("KHÔNG ĐỌC ĐƯỢC %s: %s (%s)\n%s\n", "CANNOT BE READ: %s: %s (%s)\n%s\n"),
            shown->file, lt_show_result(shown->result), shown->trouble, advice(shown->result));
        return;
    }
    show_sums(shown->proof, out);
    show_rows(shown, out);
    lt_proof_sums(shown->proof, &sums);
    if (shown->records)
        (void)lt_proof_records(shown->proof, put_record, out);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(out, "  ! %s: %s\n", fault_text(faults[i].kind), faults[i].about);
    if (sums.unread > 0)
        (void)fprintf(
            out,
            lt_show_text("%llu bản cập nhật do phiên bản mới hơn làm ra, không đọc được ở đây: "
                         "hãy kiểm tra bằng lienthong-check mới hơn\n",
                         "%llu updates are of a newer version and cannot be read here: check "
                         "it with a newer lienthong-check\n"),
            (unsigned long long)sums.unread);
    if (shown->result == LT_OK)
        (void)fprintf(out,
                      lt_show_text("CHỨNG MINH ĐƯỢC: số liệu đúng là từ %llu bản ghi đã ký\n",
                                   "PROVEN: the figure follows from %llu signed records\n"),
                      (unsigned long long)sums.behind);
    else
        (void)fprintf(out, lt_show_text("KHÔNG CHỨNG MINH ĐƯỢC%s\n", "NOT PROVEN%s\n"),
                      count < LT_PROOF_FAULTS_MAX ? ""
                                                  : lt_show_text(" (chỉ nêu các lỗi đầu tiên)",
                                                                 " (the first faults are told)"));
}

/* ---- JSON ---- */

static void put_text(const char *text, size_t size, FILE *out)
{
    (void)fputc('"', out);
    for (size_t i = 0; i < size; i++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): all of size are there */
        const unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\')
            (void)fprintf(out, "\\%c", byte);
        else if (byte < 0x20 || byte == 0x7f)
            (void)fprintf(out, "\\u%04x", byte);
        else
            (void)fputc(byte, out);
    }
    (void)fputc('"', out);
}

static void put_pair(const char *name, const char *text, FILE *out)
{
    (void)fprintf(out, ",\"%s\":", name);
    put_text(text, strlen(text), out);
}

static void put_number(const char *name, uint64_t number, FILE *out)
{
    (void)fprintf(out, ",\"%s\":%llu", name, (unsigned long long)number);
}

static void json_head(const Lienthong__ProofHead *head, FILE *out)
{
    char text[LT_UNIT_TEXT_MAX], hex[65], *words = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&words, &size);
    if (memory != NULL) {
        put_words(head->question, memory);
        if (fclose(memory) == 0)
            put_pair("question", words, out);
    }
    free(words);
    unit_text(head->hub, text);
    put_pair("hub", text, out);
    unit_text(head->top, text);
    put_pair("top", text, out);
    lt_hex(head->root.data, head->root.len, hex);
    put_pair("root", hex, out);
    lt_hex(head->key.data, head->key.len, hex);
    put_pair("key", hex, out);
    lt_hex(head->directives.data, head->directives.len, hex);
    put_pair("directives", hex, out);
    put_pair("published", head->published, out);
    put_number("number", head->number, out);
    (void)fprintf(out, ",\"signed_at\":%lld,\"whole\":%s,\"names\":%s", (long long)head->signed_at,
                  head->whole ? "true" : "false", head->names ? "true" : "false");
}

static void json_cut(const struct lt_proof *proof, FILE *out)
{
    struct lt_proof_chain chain;
    char unit[LT_UNIT_TEXT_MAX], hex[65];
    (void)fputs(",\"cut\":[", out);
    for (size_t i = 0; lt_proof_chain_at(proof, i, &chain); i++) {
        lt_unit_format(&chain.chain.unit, unit);
        (void)fprintf(
            out, "%s{\"stream\":\"%s\",\"unit\":\"%s\",\"updates\":%llu,\"left_out\":%s,\"tips\":[",
            i > 0 ? "," : "", chain.chain.stream == LT_STREAM_REPORT ? "report" : "directive", unit,
            (unsigned long long)chain.count, chain.left_out ? "true" : "false");
        for (size_t j = 0; j < chain.tip_count; j++) {
            lt_hex(chain.tips[j].bytes, 32, hex);
            (void)fprintf(out, "%s\"%s\"", j > 0 ? "," : "", hex);
        }
        (void)fputs("]}", out);
    }
    (void)fputc(']', out);
}

static void json_rows(const struct lt_shown *shown, FILE *out)
{
    const struct lt_proof_row *rows;
    const size_t count = lt_proof_rows(shown->proof, &rows);
    const Lienthong__ProofHead *head = lt_proof_head(shown->proof);
    const char between[] = {LT_PROOF_BETWEEN, '\0'};
    (void)fputs(",\"rows\":[", out);
    for (size_t i = 0; i < count; i++) {
        const char *values = rows[i].values;
        (void)fprintf(out, "%s{\"count\":%lld,\"quantity\":%lld,\"unconfirmed\":%lld",
                      i > 0 ? "," : "", (long long)rows[i].count, (long long)rows[i].quantity,
                      (long long)rows[i].unconfirmed);
        for (size_t j = 0; j < head->question->n_by; j++) {
            const size_t size = strcspn(values, between);
            (void)fprintf(out, ",\"%s\":", head->question->by[j]);
            put_text(values, size, out);
            values += size;
            values += *values != '\0';
        }
        if (rows[i].stated)
            (void)fprintf(out,
                          ",\"stated\":{\"count\":%lld,\"quantity\":%lld,\"unconfirmed\":%lld}}",
                          (long long)rows[i].stated_count, (long long)rows[i].stated_quantity,
                          (long long)rows[i].stated_unconfirmed);
        else
            (void)fputs(",\"stated\":null}", out);
    }
    (void)fputc(']', out);
}

struct listing {
    FILE *out;
    bool more;
};

static void json_record(void *context, const struct lt_proof_record *record)
{
    struct listing *listing = context;
    FILE *out = listing->out;
    char update[65], text[LT_UNIT_TEXT_MAX];
    lt_hex(record->update->id.bytes, 32, update);
    (void)fprintf(out, "%s{\"update\":\"%s\",\"index\":%u", listing->more ? "," : "", update,
                  record->index);
    listing->more = true;
    put_number("seq", record->update->frame.seq, out);
    lt_unit_format(&record->update->frame.chain.unit, text);
    put_pair("author", text, out);
    lt_unit_format(&record->fact->place->unit, text);
    put_pair("place", text, out);
    put_pair("kind", lt_kind_name((uint8_t)record->fact->kind), out);
    put_pair("code", record->fact->code, out);
    put_number("quantity", record->fact->quantity, out);
    if (record->person != NULL)
        put_pair("name", record->person->name, out);
    (void)fprintf(out, ",\"in_part\":%s}", record->in_part ? "true" : "false");
}

static void json_faults(const struct lt_proof *proof, FILE *out)
{
    const struct lt_proof_fault *faults;
    const size_t count = lt_proof_faults(proof, &faults);
    (void)fputs(",\"faults\":[", out);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(out, "%s{\"fault\":%u", i > 0 ? "," : "", (unsigned)faults[i].kind + 1);
        put_pair("text", fault_text(faults[i].kind), out);
        put_pair("about", faults[i].about, out);
        (void)fputc('}', out);
    }
    (void)fputc(']', out);
}

void lt_show_json(const struct lt_shown *shown, FILE *out)
{
    const bool read = shown->result == LT_OK || shown->result == LT_REFUSED;
    struct lt_proof_sums sums;
    (void)fprintf(out, "{\"schema\":\"lienthong.check/1\",\"proven\":%s,\"read\":%s",
                  shown->result == LT_OK ? "true" : "false", read ? "true" : "false");
    put_pair("trouble", read ? "" : shown->trouble, out);
    if (read) {
        lt_proof_sums(shown->proof, &sums);
        json_head(lt_proof_head(shown->proof), out);
        put_number("updates", sums.reports, out);
        put_number("directive_updates", sums.directives, out);
        put_number("silent_directives", sums.silent, out);
        put_number("changes", sums.changes, out);
        put_number("quarantined", sums.quarantined, out);
        put_number("unread", sums.unread, out);
        put_number("chains", sums.chains, out);
        put_number("left_out", sums.left_out, out);
        put_number("behind", sums.behind, out);
        put_number("bytes", sums.bytes, out);
        json_cut(shown->proof, out);
        json_rows(shown, out);
    }
    if (read && shown->records) {
        struct listing listing = {.out = out};
        (void)fputs(",\"records\":[", out);
        (void)lt_proof_records(shown->proof, json_record, &listing);
        (void)fputc(']', out);
    }
    json_faults(shown->proof, out);
    (void)fputs("}\n", out);
}
