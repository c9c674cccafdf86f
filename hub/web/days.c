#include "hub/web/days.h"

#include <stdio.h>

#include "agent/text.h"
#include "hub/web/page.h"

enum { STEP = 10, COLUMN = 8, HEIGHT = 90, FOOT = 14 };

static bool is_on(uint64_t days, int ago)
{
    return (days >> ago & 1U) != 0;
}

static void write_day(const struct lt_history *history, int ago, char ret_text[24])
{
    int year, month, day;
    lt_day_split(history->last - ago, &year, &month, &day);
    (void)snprintf(ret_text, 24, lt_text("%3$02d/%2$02d/%1$d", "%1$d-%2$02d-%3$02d"), year, month,
                   day);
}

static void number(struct lt_out *out, int64_t value)
{
    char text[LT_NUMBER_TEXT_MAX];
    lt_text_number(value, text);
    lt_out_raw(out, text);
}

void lt_days_terms(const struct lt_history *history, struct lt_out *out)
{
    const unsigned habit = lt_history_habit(history);
    if (habit > 0) {
        lt_out_print(out, "</dd><dt>%s</dt><dd>", lt_text("Thường nghe", "Heard as a rule"));
        lt_out_print(out,
                     habit == 1 ? lt_text("mỗi ngày", "every day")
                                : lt_text("ít nhất %u ngày một lần", "at least every %u days"),
                     habit);
    }
    if (history->pending_since != 0) {
        lt_out_print(out, "</dd><dt>%s</dt><dd>",
                     lt_text("Lâu nhất chưa tới cấp cao nhất", "Oldest not yet at the top"));
        lt_out_raw(out, lt_text("từ ", "since "));
        lt_web_page_when(out, history->pending_since);
    }
}

/* ---- The drawing ---- */

struct days {
    unsigned most, heard, noted;
    int most_ago;
};

static struct days sum_up(const struct lt_history *history)
{
    struct days days = {.most_ago = 0};
    for (int ago = 0; ago < LT_HISTORY_DAYS; ago++) {
        days.heard += is_on(history->heard, ago);
        days.noted += is_on(history->noted, ago);
        if (history->backlog[ago] > days.most) {
            days.most = history->backlog[ago];
            days.most_ago = ago;
        }
    }
    return days;
}

/* What the drawing shows, in words. */
static void say(const struct lt_history *history, const struct days *days, struct lt_out *out)
{
    char day[24];
    write_day(history, days->most_ago, day);
    lt_out_print(out,
                 lt_text("%u ngày được theo dõi, nghe được trong %u ngày. ",
                         "%u days looked at, heard on %u of them. "),
                 days->noted, days->heard);
    if (days->most == 0) {
        lt_out_raw(out, lt_text("Không ngày nào có bản cập nhật chờ tới cấp cao nhất.",
                                "On none did an update wait for the top."));
        return;
    }
    lt_out_raw(out, lt_text("Nhiều nhất ", "At most "));
    number(out, days->most);
    lt_out_print(out,
                 lt_text(" bản cập nhật chưa tới cấp cao nhất, ngày %s; ngày cuối: ",
                         " updates were not at the top, on %s; on the last day: "),
                 day);
    number(out, history->backlog[0]);
    lt_out_raw(out, ".");
}

static void draw(const struct lt_history *history, const struct days *days, struct lt_out *out)
{
    for (int ago = LT_HISTORY_DAYS - 1; ago >= 0; ago--) {
        const int left = (LT_HISTORY_DAYS - 1 - ago) * STEP + (STEP - COLUMN) / 2;
        const unsigned height =
            days->most == 0
                ? 0
                : (history->backlog[ago] * (unsigned)HEIGHT + days->most - 1) / days->most;
        if (height > 0)
            lt_out_print(out,
                         "<rect class=\"waits\" x=\"%d\" y=\"%u\" width=\"%d\" height=\"%u\"/>",
                         left, HEIGHT - height, COLUMN, height);
        if (is_on(history->heard, ago))
            lt_out_print(out, "<rect class=\"heard\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"6\"/>",
                         left, HEIGHT + 4, COLUMN);
        else if (is_on(history->noted, ago))
            lt_out_print(out, "<rect class=\"mute\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"2\"/>",
                         left, HEIGHT + 6, COLUMN);
    }
}

static void table(const struct lt_history *history, struct lt_out *out)
{
    char day[24];
    lt_out_print(out,
                 "<details><summary>%s</summary><div class=\"wide\"><table><thead><tr><th>%s</th>"
                 "<th class=\"n\">%s</th><th>%s</th></tr></thead><tbody>\n",
                 lt_text("Từng ngày", "Day by day"), lt_text("Ngày", "Day"),
                 lt_text("Chưa tới cấp cao nhất", "Not at the top"), lt_text("Nghe được", "Heard"));
    for (int ago = 0; ago < LT_HISTORY_DAYS; ago++) {
        if (!is_on(history->noted | history->heard, ago))
            continue;
        write_day(history, ago, day);
        lt_out_print(out, "<tr><th scope=\"row\">%s</th><td class=\"n\">", day);
        number(out, history->backlog[ago]);
        lt_out_print(out, "</td><td>%s</td></tr>\n",
                     is_on(history->heard, ago) ? lt_text("có", "yes") : lt_text("không", "no"));
    }
    lt_out_raw(out, "</tbody></table></div></details>");
}

void lt_days_drawing(const struct lt_history *history, struct lt_out *out)
{
    const struct days days = sum_up(history);
    char from[24], to[24];
    write_day(history, LT_HISTORY_DAYS - 1, from);
    write_day(history, 0, to);
    lt_out_print(out, "<section class=\"chart days\"><h2>%s</h2><p class=\"hint\">",
                 lt_text("64 ngày qua", "The last 64 days"));
    say(history, &days, out);
    lt_out_raw(out, "</p><svg role=\"img\" aria-label=\"");
    say(history, &days, out);
    lt_out_print(out, "\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\">",
                 LT_HISTORY_DAYS * STEP, HEIGHT + FOOT);
    draw(history, &days, out);
    lt_out_print(
        out,
        "</svg><p class=\"ends\"><span>%s</span><span class=\"key\">%s</span><span>%s</span>"
        "</p>",
        from,
        lt_text("cột: chưa tới cấp cao nhất · vạch dưới: ngày nghe được",
                "columns: not at the top · marks below: days heard"),
        to);
    table(history, out);
    lt_out_raw(out, "</section>\n");
}
