/* One unit: how it stands, its chain and where that has come, and what it has signed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "hub/choose.h"
#include "hub/key_cut.h"
#include "hub/key_table.h"
#include "hub/roster.h"
#include "hub/web/act.h"
#include "hub/web/days.h"
#include "hub/web/fleet_of.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"

enum { ROWS_A_PAGE = 50, SIGNED_MAX = 20000 };

static void pair(struct lt_out *out, const char *name)
{
    lt_out_print(out, "</dd><dt>%s</dt><dd>", name);
}

static void number(struct lt_out *out, int64_t value)
{
    char text[LT_NUMBER_TEXT_MAX];
    lt_text_number(value, text);
    lt_out_raw(out, text);
}

/* ---- How it stands ---- */

static void show_troubles(struct lt_out *out, const struct lt_fleet_unit *unit)
{
    if (unit->troubles == 0)
        lt_out_print(out, "<p class=\"banner good\">%s</p>",
                     lt_text("Không có gì phải làm với đơn vị này.",
                             "Nothing has to be done about this unit."));
    for (int trouble = 0; trouble < LT_TROUBLES; trouble++) {
        const struct lt_trouble_words *words = lt_trouble_words((enum lt_trouble)trouble);
        if ((unit->troubles >> trouble & 1U) != 0)
            lt_out_print(
                out, "<section class=\"trouble%s\"><h2>%s</h2><p class=\"do\">%s</p></section>\n",
                words->bad ? " bad" : "", lt_text(words->vietnamese, words->english),
                lt_text(words->do_vietnamese, words->do_english));
    }
    if (unit->detail != NULL) {
        const bool english = lt_text_is_english() || unit->detail_vi == NULL;
        lt_out_print(out, "<p class=\"note\" lang=\"%s\">", english ? "en" : "vi");
        lt_out_text(out, english ? unit->detail : unit->detail_vi);
        lt_out_raw(out, "</p>");
    }
}

static void show_machine(struct lt_out *out, const struct lt_fleet_unit *unit)
{
    pair(out, lt_text("Liên lạc lần cuối", "Last heard"));
    lt_web_page_when(out, unit->heard_at);
    if (unit->said != 0) {
        pair(out, lt_text("Đơn vị nói đã ký", "It says it has signed"));
        number(out, (int64_t)unit->said);
    }
    if (unit->software[0] != '\0') {
        pair(out, lt_text("Phiên bản", "Version"));
        lt_out_text(out, unit->software);
    }
    if (!unit->reports)
        return;
    pair(out, lt_text("Chờ gửi trên máy", "To send, on its PC"));
    number(out, (int64_t)(unit->backlog_updates + unit->backlog_drafts));
    if (unit->oldest_unsent_at != 0) {
        lt_out_raw(out, lt_text(", lâu nhất từ ", ", the oldest since "));
        lt_web_page_when(out, unit->oldest_unsent_at);
    }
    pair(out, lt_text("Ổ đĩa còn trống", "Its disk has free"));
    number(out, (int64_t)(unit->disk_free_bytes / (1024 * 1024)));
    lt_out_raw(out, " MiB");
    pair(out, lt_text("Đồng hồ lệch", "Its clock is off by"));
    number(out, unit->clock_skew_s);
    lt_out_raw(out, " s");
}

static void show_place(struct lt_out *out, const struct lt_place *place)
{
    char text[LT_UNIT_TEXT_MAX];
    int year, month, day;
    lt_unit_format(&place->unit, text);
    lt_out_print(out, "<dl><dt>%s</dt><dd>", lt_text("Mã", "Code"));
    lt_out_text(out, text);
    if (place->parent != NULL) {
        pair(out, lt_text("Thuộc", "Under"));
        lt_unit_format(&place->parent->unit, text);
        lt_out_print(out, "<a href=\"/units/%s\">", text);
        lt_out_text(out, place->parent->name);
        lt_out_raw(out, "</a>");
    }
    if (place->valid_to != 0) {
        lt_day_split(place->valid_to, &year, &month, &day);
        pair(out, lt_text("Kết thúc ngày", "Ended on"));
        lt_out_print(out, lt_text("%3$02d/%2$02d/%1$d", "%1$d-%2$02d-%3$02d"), year, month, day);
    }
}

/* ---- Where its chain has come ---- */

struct receipts {
    struct lt_out *out;
    size_t count;
};

static void show_receipt(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    struct receipts *receipts = context;
    struct lt_statement statement;
    char text[LT_UNIT_TEXT_MAX];
    if (lt_receipt_open(receipt, &statement) != LT_OK || receipts->count++ >= LT_DEPTH_MAX)
        return;
    struct lt_out *out = receipts->out;
    lt_unit_format(hub, text);
    lt_out_raw(out, "<li>");
    lt_out_text(out, text);
    lt_out_print(out, "%s: ", statement.top ? lt_text(" (cao nhất)", " (the top)") : "");
    number(out, (int64_t)statement.count);
    lt_out_raw(out, lt_text(" bản cập nhật, ký lúc ", " updates, signed "));
    lt_web_page_when(out, statement.signed_at);
    lt_out_raw(out, "</li>");
}

static void show_chain(struct lt_asked *asked, struct lt_out *out, const struct lt_chain *chain)
{
    struct lt_statement statement;
    struct receipts receipts = {.out = out};
    if (lt_ledger_statement(asked->web->ledger, chain, &statement) != LT_OK)
        return;
    pair(out, lt_text("Ở đây", "Here"));
    number(out, (int64_t)statement.count);
    lt_out_raw(out, lt_text(" bản cập nhật", " updates"));
    if (statement.quarantined > 0) {
        lt_out_raw(out, "; ");
        number(out, (int64_t)statement.quarantined);
        lt_out_raw(out, lt_text(" thay đổi bị giữ lại", " changes quarantined"));
    }
    if (statement.tip_count > 1)
        lt_out_print(out, lt_text("; %u nhánh", "; %u tips"), statement.tip_count);
    pair(out, lt_text("Biên nhận cấp trên", "Receipts from above"));
    lt_out_raw(out, "<ul class=\"plain\">");
    lt_ledger_receipts(asked->web->ledger, chain, show_receipt, &receipts);
    if (receipts.count == 0)
        lt_out_print(out, "<li>%s</li>",
                     lt_text("không có (hub này là cao nhất, hoặc chưa có gì lên)",
                             "none (this hub is the top, or nothing has come up)"));
    lt_out_raw(out, "</ul>");
}

/* ---- What it has signed ---- */

static const struct lt_grid_column signed_columns[] = {
    {"seq", "Số thứ tự", "Seq", LT_GRID_NUMBER},
    {"update", NULL, NULL, LT_GRID_TEXT},
    {"digits", "Bản cập nhật", "Update", LT_GRID_TEXT},
    {"signed_at", "Ký lúc", "Signed", LT_GRID_TIME},
    {"changes", "Thay đổi", "Changes", LT_GRID_NUMBER},
    {"key", "Khóa", "Key", LT_GRID_TEXT},
    {"state", "Tình trạng", "State", LT_GRID_TEXT},
};

static bool add_signed(void *context, const struct lt_signed *update)
{
    struct lt_grid *grid = context;
    char id[65], key[65], address[80];
    lt_hex(update->id.bytes, 32, id);
    lt_hex(update->key.bytes, 32, key);
    (void)snprintf(address, sizeof address, "/updates/%s", id);
    lt_grid_number(grid, (int64_t)update->seq);
    lt_grid_text(grid, id);
    id[LT_KEY_SHOWN] = key[LT_KEY_SHOWN] = '\0';
    lt_grid_link(grid, id, address);
    lt_grid_time(grid, update->signed_at);
    lt_grid_number(grid, (int64_t)update->changes);
    lt_grid_text(grid, key);
    lt_grid_tone(grid,
                 update->endorsed  ? lt_text("được xác nhận", "endorsed")
                 : update->cut_off ? lt_text("bị cắt", "cut off")
                                   : lt_text("được tính", "counts"),
                 update->cut_off && !update->endorsed ? "bad" : NULL);
    return lt_grid_rows(grid) < SIGNED_MAX;
}

static void show_page(struct lt_asked *asked, struct lt_answer *answer,
                      const struct lt_place *place, struct lt_grid *grid)
{
    struct lt_out *out = &answer->body;
    char text[LT_UNIT_TEXT_MAX];
    struct lt_fleet *fleet = lt_web_fleet(asked);
    const struct lt_fleet_unit *unit = fleet != NULL ? lt_fleet_find(fleet, &place->unit) : NULL;
    const struct lt_chain chain = {LT_STREAM_REPORT, place->unit};
    struct lt_roster *roster = lt_web_roster(asked->web);
    struct lt_history history;
    const bool has_days =
        roster != NULL && lt_roster_history(roster, &place->unit, &history) == LT_OK;
    lt_web_page_begin(asked, answer, place->name, "units");
    if (unit != NULL)
        show_troubles(out, unit);
    show_place(out, place);
    if (unit != NULL)
        show_machine(out, unit);
    if (has_days)
        lt_days_terms(&history, out);
    show_chain(asked, out, &chain);
    lt_out_raw(out, "</dd></dl>\n");
    lt_unit_format(&place->unit, text);
    lt_out_print(out, "<p><a href=\"/records?unit=%s\">%s</a></p>", text,
                 lt_text("Các bản ghi của đơn vị, kể cả bản bị giữ lại và lý do",
                         "Its records, with those that are quarantined, and why"));
    if (has_days)
        lt_days_drawing(&history, out);
    lt_act_section(asked, out, place);
    lt_out_print(out, "<h2>%s</h2>", lt_text("Đã ký", "What it has signed"));
    lt_web_page_grid(asked, answer, grid, ROWS_A_PAGE, lt_text("Các bản cập nhật", "Updates"));
    lt_web_page_end(asked, answer);
    lt_fleet_free(fleet);
}

void lt_page_unit(struct lt_asked *asked, struct lt_answer *answer)
{
    const struct lt_place *place;
    char reason[LT_DIRECT_REASON_MAX] = "", text[LT_UNIT_TEXT_MAX], head[160];
    const struct lt_book *book = lt_ledger_book(asked->web->ledger);
    enum lt_result result = lt_choose_unit(book, asked->url.parts[1], &place, reason);
    if (result == LT_OK && !lt_asked_may_see(asked, place)) {
        lt_answer_trouble(asked, answer, 403,
                          lt_text("Đơn vị này ngoài phạm vi của tài khoản.",
                                  "This unit is beyond what the account may see."));
        return;
    }
    struct lt_grid *grid =
        result == LT_OK
            ? lt_grid_new(signed_columns, sizeof signed_columns / sizeof signed_columns[0])
            : NULL;
    if (grid != NULL) {
        const struct lt_chain chain = {LT_STREAM_REPORT, place->unit};
        result = lt_signed_by(asked->web->ledger, &chain, add_signed, grid);
    } else if (result == LT_OK) {
        result = LT_NO_MEMORY;
    }
    if (result != LT_OK) {
        lt_grid_free(grid);
        lt_answer_result(asked, answer, result == LT_USAGE ? LT_NOT_FOUND : result, reason);
        return;
    }
    lt_unit_format(&place->unit, text);
    (void)snprintf(head, sizeof head, "\"unit\":\"%s\",", text);
    if (!lt_web_page_data(asked, answer, grid, "lienthong.unit/1", head, place->name, "unit"))
        show_page(asked, answer, place, grid);
    lt_grid_free(grid);
}
