#include "agent/waits.h"

#include <stdio.h>

#include "agent/clock.h"
#include "agent/second.h"
#include "agent/text.h"

enum { BAD_SHOWN_S = 30 * 86400 };

void lt_waits_look(struct lt_journal *journal, const struct lt_site *site,
                   const struct lt_journal_counts *counts, struct lt_waits *ret_waits)
{
    struct lt_way_up seconds[LT_WAYS_SECONDS_MAX];
    struct lt_waits waits = {.after_s = LT_SECOND_AFTER_S};
    const struct lt_book *book = lt_journal_book(journal);
    if (book != NULL && site->unit.code[0] != '\0') {
        waits.after_s = lt_second_after_s(book, site);
        waits.second_count = lt_second_ways(book, site, seconds);
    }
    waits.updates =
        counts->updates > counts->updates_counted ? counts->updates - counts->updates_counted : 0;
    waits.overdue = lt_second_overdue(counts, waits.after_s, lt_clock_wall());
    *ret_waits = waits;
}

json_t *lt_waits_json(const struct lt_waits *waits, const struct lt_contact *contact)
{
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:b, s:s, s:I, s:s, s:I, s:s}", "updates", (json_int_t)waits->updates,
        "after_s", (json_int_t)waits->after_s, "overdue_since", (json_int_t)waits->overdue,
        "second_parents", (json_int_t)waits->second_count, "on_second",
        (int)(contact->connected && contact->second), "hub", contact->hub, "bad_receipts",
        (json_int_t)contact->bad.count, "bad_receipts_of", contact->bad.hub, "directives_since",
        (json_int_t)contact->directives_since, "directives_of", contact->directives_of);
}

static void print_overdue(const struct lt_waits *waits, const char *top, const char *parent)
{
    char since[LT_WHEN_TEXT_MAX];
    lt_text_when(waits->overdue, since);
    printf(lt_text("CẢNH BÁO:         %s chưa xác nhận từ %s. Hãy báo cho %s, và nếu họ nói đã "
                   "gửi thì báo thẳng cho %s; dữ liệu vẫn còn nguyên trên máy này, đừng xóa%s\n",
                   "WARNING:          %s has not confirmed since %s. Tell %s, and if they say that "
                   "they passed it on, tell %s; all is still on this PC, delete nothing%s\n"),
           top, since, parent, top,
           waits->second_count > 0
               ? lt_text(" (máy tự thử đường thứ hai)", " (this PC tries a second way by itself)")
               : "");
}

void lt_waits_print(const struct lt_waits *waits, const struct lt_site *site,
                    const struct lt_contact *contact)
{
    char top[LT_UNIT_TEXT_MAX], parent[LT_UNIT_TEXT_MAX], last[LT_WHEN_TEXT_MAX];
    lt_unit_format(&site->top, top);
    lt_unit_format(&site->parent, parent);
    if (waits->updates > 0) {
        printf(lt_text("Chưa tới %s:      %llu bản cập nhật\n", "Not yet at %s:    %llu updates\n"),
               top, (unsigned long long)waits->updates);
    }
    if (contact->connected && contact->second) {
        printf(lt_text("Đường thứ hai:    đang gửi thẳng cho %s thay vì %s\n",
                       "Second way:       sending to %s in place of %s\n"),
               contact->hub, parent);
    }
    if (waits->overdue != 0) {
        print_overdue(waits, top, parent);
    }
    if (contact->directives_since != 0) {
        lt_text_when(contact->directives_since, last);
        printf(
            lt_text("CẢNH BÁO:         chỉ đạo bị giữ lại: %s chưa chuyển xuống chỉ đạo của %s từ "
                    "%s (mất kết nối, hoặc cố ý giữ). Hãy báo thẳng cho %s\n",
                    "WARNING:          directives are kept back: %s has not passed on those of "
                    "%s since %s (it is cut off, or keeps them). Tell %s\n"),
            parent, contact->directives_of, last, contact->directives_of);
    }
    int64_t ago = lt_clock_wall() - contact->bad.at;
    if (contact->bad.count > 0 && ago < BAD_SHOWN_S) {
        lt_text_when(contact->bad.at, last);
        printf(
            lt_text("CẢNH BÁO:         có %llu biên nhận mang tên %s mà không phải của họ (lần "
                    "cuối %s); không tính. Hãy báo cho %s\n",
                    "WARNING:          %llu receipts in the name of %s were not theirs (last %s), "
                    "and do not count. Tell %s\n"),
            (unsigned long long)contact->bad.count, contact->bad.hub, last, top);
    }
}
