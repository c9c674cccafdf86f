/* The status page: an HTML file that asks for nothing from anywhere. */
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/contact.h"
#include "agent/daemon.h"
#include "agent/drop.h"
#include "agent/drop_html.h"
#include "agent/notices.h"
#include "agent/owed.h"
#include "agent/rows.h"
#include "agent/text.h"
#include "agent/today.h"
#include "agent/values.h"
#include "agent/waits.h"

enum {
    FILES_SHOWN = 30, /* the newest */
    ODD_SHOWN = 20,
    DISK_LOW_BYTES = 16 * 1024 * 1024,
};

struct odd {
    char ref[LT_ROW_REF_MAX];
    bool contested;
    enum lt_verdict verdict;
};

struct page {
    struct lt_drop *drop;
    FILE *out;
    long time_at; /* in the text: beside the state */
    struct lt_site site;
    struct lt_journal_counts counts;
    struct lt_contact contact;
    struct lt_waits waits;
    char unit[256], parent[256], top[256];
    uint64_t states[LT_RECORD_COUNTED + 1]; /* records, by how far they have come */
    size_t odd_count; /* of all */
    struct odd odd[ODD_SHOWN];
    size_t unsolved; /* files of which rows, or all, are left to the clerk */
    size_t owed_count;
    struct lt_owed_period owed[LT_OWED_MAX];
    bool one_hub; /* the parent is the top */
};

/* ---- Gathering ---- */

static bool note_record(void *context, const struct lt_record_view *record)
{
    struct page *page = context;
    if (record->retracted && record->state == LT_RECORD_COUNTED) {
        return true;
    }
    page->states[record->state]++;
    if (!record->retracted && (record->quarantined || record->contested)) {
        if (page->odd_count < ODD_SHOWN) {
            struct odd *odd = &page->odd[page->odd_count];
            lt_row_ref_format(&record->ref, odd->ref);
            odd->contested = record->contested;
            odd->verdict = record->quarantined ? record->verdict : LT_COUNTS;
        }
        page->odd_count++;
    }
    return true;
}

/* "Xã A (28162)", or the code alone. */
static void name_unit(const struct lt_book *book, const struct lt_unit *unit, char ret_name[256])
{
    const struct lt_place *place = book != NULL ? lt_book_place(book, unit) : NULL;
    if (place != NULL && place->name != NULL && place->name[0] != '\0' &&
        strcmp(place->name, unit->code) != 0) {
        snprintf(ret_name, 256, "%.200s (%s)", place->name, unit->code);
    } else {
        snprintf(ret_name, 256, "%s", unit->code);
    }
}

static enum lt_result gather(struct page *page)
{
    struct lt_drop *drop = page->drop;
    for (size_t i = 0; i < drop->seen.count; i++) {
        page->unsolved += lt_drop_is_unsolved(&drop->seen, &drop->seen.files[i]);
    }
    if (drop->journal == NULL) {
        return LT_OK;
    }
    lt_journal_site(drop->journal, &page->site);
    const struct lt_book *book = lt_journal_book(drop->journal);
    name_unit(book, &page->site.unit, page->unit);
    name_unit(book, &page->site.parent, page->parent);
    name_unit(book, &page->site.top, page->top);
    page->one_hub = strcmp(page->site.parent.code, page->site.top.code) == 0;
    lt_journal_counts(drop->journal, &page->counts);
    lt_contact_load(drop->dir, &page->contact);
    lt_waits_look(drop->journal, &page->site, &page->counts, &page->waits);
    enum lt_result result = lt_journal_records(drop->journal, note_record, page);
    return result == LT_OK ? lt_owed(drop->journal, lt_today(), page->owed, &page->owed_count)
                           : result;
}

/* ---- Writing ---- */

/* What the clerk is to see first. Green is the top's word and nobody else's. */
static const char *state_of(const struct page *page, const char **ret_kind, char text[512])
{
    const struct lt_journal_counts *counts = &page->counts;
    uint64_t waiting = page->states[LT_RECORD_DRAFT] + page->states[LT_RECORD_SIGNED] +
                       page->states[LT_RECORD_AT_PARENT];
    bool confirmed = counts->drafts == 0 && counts->updates == counts->updates_counted;
    *ret_kind = "wrong";
    if (page->drop->trouble[0] != '\0') {
        return page->drop->trouble;
    }
    if (page->unsolved > 0 || page->odd_count > 0 || page->drop->stuck > 0) {
        return lt_text("✗ Có việc cần sửa: xem bên dưới.",
                       "✗ Something is to be corrected: see below.");
    }
    *ret_kind = "wait";
    if (page->site.unit.code[0] == '\0') {
        return lt_text("Máy này chưa tham gia: gọi cho cấp trên để xin mã.",
                       "This PC has not joined: ask the hub above for a code.");
    }
    if (page->drop->waiting > 0) {
        return lt_text("Đang chờ tệp được lưu xong hoặc đóng lại.",
                       "Waiting for files to be saved or closed.");
    }
    if (waiting > 0 || !confirmed) {
        snprintf(text, 512,
                 lt_text("Đã lưu trên máy này; %s chưa nhận đủ. Cứ để máy chạy.",
                         "All is on this PC; %s has not everything yet. Leave the PC running."),
                 page->top);
        return text;
    }
    if (counts->updates == 0) {
        return lt_text("Chưa có số liệu nào. Thả tệp Excel vào thư mục này.",
                       "Nothing has been reported. Drop an Excel file into this folder.");
    }
    *ret_kind = "green";
    snprintf(text, 512,
             lt_text("✓ %s đã nhận đủ và đã tính.", "✓ %s has everything, and counts it."),
             page->top);
    return text;
}

static void write_state(const struct page *page)
{
    char text[512];
    const char *kind, *state = state_of(page, &kind, text);
    fprintf(page->out, "<p class=\"state %s\">", kind);
    lt_html_put(page->out, state);
    fputs("</p>\n", page->out);
}

static void write_steps(const struct page *page)
{
    char label[600];
    FILE *out = page->out;
    fprintf(out, "<h2>%s</h2>\n<table>\n", lt_text("Số dòng đã đến đâu", "How far rows have come"));
    lt_html_number(out, lt_text("Trên máy này, chờ gửi", "On this PC, to be sent"),
                   page->states[LT_RECORD_DRAFT], "wait");
    lt_html_number(out, lt_text("Đã gửi, chờ xác nhận", "Sent, not confirmed"),
                   page->states[LT_RECORD_SIGNED], "wait");
    if (!page->one_hub) {
        snprintf(label, sizeof(label), lt_text("Tại %s, chưa tới %s", "At %s, not at %s yet"),
                 page->parent, page->top);
        lt_html_number(out, label, page->states[LT_RECORD_AT_PARENT], "wait");
    }
    snprintf(label, sizeof(label), lt_text("Tại %s, đã tính", "At %s, and counted"), page->top);
    lt_html_number(out, label, page->states[LT_RECORD_COUNTED], "green");
    lt_html_number(out,
                   lt_text("Không được tính, hoặc hai bản khác nhau", "Not counted, or contested"),
                   page->odd_count, "wrong");
    fputs("</table>\n", out);
}

static void write_unsolved(const struct page *page)
{
    FILE *out = page->out;
    if (page->unsolved == 0 && page->odd_count == 0 && page->drop->stuck == 0) {
        return;
    }
    fprintf(out, "<h2>%s</h2>\n<ul>\n", lt_text("Cần sửa", "To be corrected"));
    for (size_t i = 0; i < page->drop->seen.count; i++) {
        const struct lt_drop_file *file = &page->drop->seen.files[i];
        if (!lt_drop_is_unsolved(&page->drop->seen, file)) {
            continue;
        }
        fputs("<li>", out);
        if (file->reason[0] != '\0') {
            lt_html_link(out, file->name);
            fputs(": ", out);
            lt_html_put(out, file->reason);
        } else {
            fprintf(out, lt_text("%u dòng chưa nhận: mở ", "%u rows were not taken in: open "),
                    lt_drop_open_rows(file));
            lt_html_link(out, file->name);
            fputs(file->own
                      ? lt_text(", sửa theo cột «Lý do kết quả», lưu lại ngay tại đây",
                                ", correct what \"Verdict reason\" says, and save it here")
                      : lt_text(" (tệp «cần sửa» của nó không còn), sửa các dòng đó, lưu lại ngay "
                                "tại đây; nếu đã nhập ở tệp khác thì chuyển tệp này đi nơi khác",
                                " (what was to be corrected of it is gone), correct those rows and "
                                "save it here; if another file has them, move this one away"),
                  out);
        }
        fputs("</li>\n", out);
    }
    lt_drop_write_stuck(page->drop, out);
    for (size_t i = 0; i < page->odd_count && i < ODD_SHOWN; i++) {
        const struct odd *odd = &page->odd[i];
        fprintf(out, lt_text("<li>Mã dòng %s: ", "<li>Row %s: "), odd->ref);
        lt_html_put(out,
                    odd->verdict != LT_COUNTS
                        ? lt_rows_verdict(odd->verdict)
                        : lt_text("hai máy đã ghi hai bản khác nhau; sửa lại cho đúng",
                                  "two PCs have written two versions; correct it to settle it"));
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

static int newest_first(const void *a, const void *b)
{
    const struct lt_drop_file *one = *(const struct lt_drop_file *const *)a,
                              *other = *(const struct lt_drop_file *const *)b;
    return one->at != other->at ? (one->at < other->at) - (one->at > other->at)
                                : strcmp(one->name, other->name);
}

/* "đã nhận 3 · chưa nhận 1" */
static void write_counts(FILE *out, const struct lt_drop_file *file)
{
    const char *between = "";
    for (unsigned i = 0; i < LT_OUTCOME_COUNT; i++) {
        if (file->counts[i] > 0) {
            fprintf(out, "%s%s %u", between, lt_outcome_text((enum lt_outcome)i), file->counts[i]);
            between = " · ";
        }
    }
}

static void write_file(FILE *out, const struct lt_drop_file *file)
{
    char at[LT_WHEN_TEXT_MAX];
    lt_text_when(file->at, at);
    fputs("<tr><td class=\"text\">", out);
    lt_html_link(out, file->name);
    fprintf(out, "<br><small>%s</small></td><td class=\"text\">", at);
    if (file->reason[0] != '\0') {
        lt_html_put(out, lt_text("không đọc được", "could not be read"));
    } else {
        write_counts(out, file);
    }
    if (file->place == LT_DROP_TRY) {
        fputs(lt_text(" (chỉ kiểm tra, chưa lưu)", " (checked only, not stored)"), out);
    }
    if (file->note[0] != '\0') {
        fputs("<br>", out);
        lt_html_put(out, file->note);
    }
    fputs("</td></tr>\n", out);
}

static void write_files(const struct page *page)
{
    const struct lt_drop_seen *seen = &page->drop->seen;
    const struct lt_drop_file **files = calloc(seen->count + 1, sizeof(*files));
    size_t count = 0;
    for (size_t i = 0; files != NULL && i < seen->count; i++) {
        if (!seen->files[i].own) {
            files[count++] = &seen->files[i];
        }
    }
    if (count > 0) {
        qsort(files, count, sizeof(const struct lt_drop_file *), newest_first);
        fprintf(page->out, "<h2>%s</h2>\n<table>\n",
                lt_text("Các tệp đã đọc", "Files that were read"));
        for (size_t i = 0; i < count && i < FILES_SHOWN; i++) {
            write_file(page->out, files[i]);
        }
        fputs("</table>\n", page->out);
    }
    free(files);
}

static void write_owed(const struct page *page)
{
    FILE *out = page->out;
    bool begun = false;
    for (size_t i = 0; i < page->owed_count; i++) {
        const struct lt_owed_period *owed = &page->owed[i];
        char period[LT_PERIOD_TEXT_MAX], due[LT_VALUE_TEXT_MAX];
        if (owed->declared) {
            continue;
        }
        lt_period_format(&owed->period, period);
        lt_value_format_day(owed->due, due);
        if (!begun) {
            fprintf(out, "<h2>%s</h2>\n<ul>\n", lt_text("Còn phải chốt số liệu", "To be declared"));
            begun = true;
        }
        fprintf(out, "<li>%s %s", lt_text("kỳ", "period"), period);
        if (owed->kind != 0) {
            fputs(", ", out);
            lt_html_put(out, lt_value_word_text(LT_WORDS_KIND, owed->kind));
        }
        if (owed->due != 0) {
            fprintf(out, lt_text(", hạn %s%s", ", due %s%s"), due,
                    owed->due < lt_today() ? lt_text(" (QUÁ HẠN)", " (OVERDUE)") : "");
        }
        fputs("</li>\n", out);
    }
    fputs(begun ? "</ul>\n" : "", out);
}

static void write_notices(const struct page *page)
{
    size_t left_out = 0, i;
    json_t *notices = lt_notices_list(page->drop->journal, page->drop->dir, &left_out), *notice;
    if (json_array_size(notices) > 0) {
        fprintf(page->out, "<h2>%s</h2>\n<ul>\n", lt_text("Thông báo của cấp trên", "Notices"));
        json_array_foreach(notices, i, notice)
        {
            const char *hub = json_string_value(json_object_get(notice, "hub"));
            const char *text = json_string_value(json_object_get(notice, "text"));
            fputs("<li>", page->out);
            lt_html_put(page->out, hub != NULL ? hub : "");
            fputs(": ", page->out);
            lt_html_put(page->out, text != NULL ? text : "");
            fputs("</li>\n", page->out);
        }
        if (left_out > 0) {
            fprintf(page->out,
                    lt_text("<li>… và %zu thông báo nữa: lienthong-agent status</li>\n",
                            "<li>… and %zu more: lienthong-agent status</li>\n"),
                    left_out);
        }
        fputs("</ul>\n", page->out);
    }
    json_decref(notices);
}

static void write_contact(const struct page *page)
{
    FILE *out = page->out;
    const struct lt_contact *contact = &page->contact;
    char since[LT_WHEN_TEXT_MAX], last[LT_WHEN_TEXT_MAX], overdue[LT_WHEN_TEXT_MAX];
    bool running = lt_daemon_running(page->drop->dir);
    lt_text_when(contact->since, since);
    lt_text_when(contact->last_contact, last);
    lt_text_when(page->waits.overdue, overdue);
    fprintf(out, "<h2>%s</h2>\n<p>", lt_text("Liên lạc", "Contact"));
    if (running && contact->connected) {
        fprintf(out, lt_text("Đang kết nối với cấp trên từ %s.", "Connected since %s."), since);
    } else {
        fprintf(out,
                lt_text("Chưa kết nối được; liên lạc lần cuối: %s.",
                        "Not connected; last contact: %s."),
                last);
    }
    if (page->waits.overdue != 0) {
        char text[512];
        fputs("</p>\n<p class=\"state wrong\">", out);
        snprintf(text, sizeof(text),
                 lt_text("%s chưa xác nhận từ %s. Gọi cho cấp trên; đừng xóa gì trên máy này.",
                         "%s has not confirmed since %s. Call the hub above; delete nothing."),
                 page->top, overdue);
        lt_html_put(out, text);
    }
    fputs("</p>\n", out);
    if (page->counts.disk_free_bytes < DISK_LOW_BYTES) {
        fprintf(out, "<p class=\"state wrong\">%s</p>\n",
                lt_text("Ổ đĩa sắp đầy: hãy giải phóng dung lượng.",
                        "The disk is nearly full: free some space."));
    }
}

/* Without the store what the folder itself tells. */
static void write_page(struct page *page)
{
    lt_html_begin(page->out);
    fputs("<h1>", page->out);
    lt_html_put(page->out,
                lt_text("Số liệu thi đua, khen thưởng", "Emulation and commendation records"));
    fputs(page->unit[0] != '\0' ? " – " : "", page->out);
    lt_html_put(page->out, page->unit);
    fputs("</h1>\n", page->out);
    write_state(page);
    page->time_at = ftell(page->out);
    if (page->drop->journal == NULL) {
        write_unsolved(page);
        write_files(page);
        return;
    }
    write_steps(page);
    write_unsolved(page);
    lt_drop_write_waiting(page->drop, page->out);
    write_owed(page);
    write_notices(page);
    write_files(page);
    write_contact(page);
}

void lt_drop_write_page(struct lt_drop *drop)
{
    char *text = NULL;
    size_t size = 0;
    struct page *page = calloc(1, sizeof(*page));
    if (page == NULL) {
        lt_drop_trouble(drop, "%s", lt_text_result(LT_NO_MEMORY));
        return;
    }
    page->drop = drop;
    page->out = open_memstream(&text, &size);
    enum lt_result result = page->out == NULL ? LT_NO_MEMORY : gather(page);
    if (result == LT_OK) {
        write_page(page);
    }
    bool whole = page->out != NULL && fclose(page->out) == 0;
    if (result == LT_OK && whole) {
        lt_drop_place_page(drop, text, size, (size_t)page->time_at);
    } else {
        lt_drop_trouble(drop, "%s", lt_text_result(result == LT_OK ? LT_NO_MEMORY : result));
    }
    free(text);
    free(page);
}
