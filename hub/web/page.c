#include "hub/web/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/text.h"
#include "agent/today.h"
#include "hub/commands.h"

/* ---- The frame ---- */

static void ways(struct lt_asked *asked, struct lt_out *out, const char *here)
{
    static const struct {
        const char *path, *vietnamese, *english;
        enum lt_role_of_web role;
        bool shown;
    } all[] = {
        {"needs", "Cần xử lý", "Needs action", LT_WEB_OPERATOR, false},
        {"units", "Đơn vị", "Units", LT_WEB_OPERATOR, false},
        {"overview", "Tổng quan", "Overview", LT_WEB_VIEWER, false},
        {"figures", "Số liệu", "Figures", LT_WEB_VIEWER, true},
        {"compare", "So sánh", "Compare", LT_WEB_VIEWER, false},
        {"completeness", "Đủ và thiếu", "Completeness", LT_WEB_VIEWER, true},
        {"forms", "Biểu mẫu", "Forms", LT_WEB_VIEWER, false},
    };
    const bool shown = asked->web->settings.shown;
    lt_out_print(out, "<nav aria-label=\"%s\"><ul>", lt_text("Các trang", "Pages"));
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (shown ? !all[i].shown : asked->who == NULL || asked->who->role < all[i].role)
            continue;
        lt_out_print(out, "<li><a href=\"/%s\"%s>%s</a></li>", all[i].path,
                     strcmp(here, all[i].path) == 0 ? " aria-current=\"page\"" : "",
                     lt_text(all[i].vietnamese, all[i].english));
    }
    lt_out_raw(out, "</ul></nav>");
}

static void language(struct lt_asked *asked, struct lt_out *out)
{
    static const char *const without[] = {"lang", NULL};
    struct lt_out address = {.bytes = NULL};
    lt_asked_address(asked, without, &address);
    lt_out_print(out, "<a class=\"language\" hreflang=\"%s\" lang=\"%s\" href=\"",
                 asked->english ? "vi" : "en", asked->english ? "vi" : "en");
    if (!address.failed && address.bytes != NULL) {
        if (asked->post && asked->url.part_count == 3) /* an act: back to what it was about */
            *strrchr(address.bytes, '/') = '\0';
        lt_out_text(out, address.bytes);
        lt_out_raw(out, strchr(address.bytes, '?') != NULL ? "&amp;" : "?");
    }
    lt_out_print(out, "lang=%s\">%s</a>", asked->english ? "vi" : "en",
                 asked->english ? "Tiếng Việt" : "English");
    lt_out_free(&address);
}

static void person(struct lt_asked *asked, struct lt_out *out)
{
    if (asked->session == NULL) {
        if (asked->web->settings.open)
            lt_out_print(out, "<span class=\"who\">%s</span>",
                         lt_text("mở, không tài khoản", "open, no accounts"));
        return;
    }
    lt_out_print(out, "<span class=\"who\" title=\"%s\">", lt_web_role_name(asked->who->role));
    lt_out_text(out, asked->who->name);
    lt_out_print(out,
                 "</span><form method=\"post\" action=\"/logout\"><input type=\"hidden\" "
                 "name=\"csrf\" value=\"%s\"><button class=\"plain\">%s</button></form>",
                 asked->session->csrf, lt_text("Đăng xuất", "Log out"));
}

void lt_web_page_when(struct lt_out *out, int64_t at)
{
    char when[LT_WHEN_TEXT_MAX], machine[32];
    struct tm parts;
    time_t seconds = (time_t)at;
    lt_text_when(at, when);
    if (at == 0 || gmtime_r(&seconds, &parts) == NULL ||
        strftime(machine, sizeof machine, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        lt_out_raw(out, when);
    else
        lt_out_print(out, "<time datetime=\"%s\">%s</time>", machine, when);
}

int lt_web_page_year(const struct lt_place *place, int year)
{
    int last = year, month, day;
    if (place != NULL && place->valid_to != 0)
        lt_day_split(place->valid_to, &last, &month, &day);
    return last < year ? last : year;
}

void lt_web_page_ended(struct lt_out *out, const struct lt_place *place)
{
    int year, month, day;
    if (place->valid_to == 0 || place->valid_to >= lt_today())
        return;
    lt_day_split(place->valid_to, &year, &month, &day);
    lt_out_raw(out, "<p class=\"note\">");
    lt_out_print(
        out,
        lt_text("Đơn vị này kết thúc ngày %3$02d/%2$02d/%1$d: đây là số liệu đến lúc đó.",
                "This unit ended on %1$d-%2$02d-%3$02d: what is here was told until then."),
        year, month, day);
    lt_out_raw(out, "</p>");
}

void lt_web_page_command(const struct lt_asked *asked, struct lt_out *out, const char *command)
{
    const bool packaged = strcmp(asked->web->settings.dir, LT_HUB_DIR) == 0;
    lt_out_print(out, "<code>%s", packaged ? "sudo -u lienthong-hub " : "");
    lt_out_text(out, command);
    lt_out_raw(out, "</code>");
}

/* ---- How the hub is ---- */

static void banner(struct lt_out *out, const char *tone, const char *words, int64_t since)
{
    lt_out_print(out, "<p class=\"banner %s\" role=\"%s\">%s", tone,
                 strcmp(tone, "bad") == 0 ? "alert" : "status", words);
    if (since != 0) {
        lt_out_raw(out, " ");
        lt_web_page_when(out, since);
        lt_out_raw(out, ".");
    }
    lt_out_raw(out, "</p>");
}

static void store_banners(const struct lt_seen *seen, struct lt_out *out)
{
    const json_t *counts = json_object_get(seen->status, "counts");
    if (seen->trouble != LT_OK)
        banner(out, "bad",
               lt_text("Không đọc được kho dữ liệu của hub; các trang dưới đây có thể đã cũ.",
                       "The hub's store cannot be read; the pages below may be old."),
               0);
    if (json_is_true(json_object_get(counts, "rebuilding")))
        banner(out, "warn",
               lt_text("Hub đang tính lại theo chỉ thị mới; số liệu dưới đây là trước đó.",
                       "The hub is judging again by new directives; these are the figures before."),
               0);
}

static void banners(struct lt_asked *asked, struct lt_out *out)
{
    const struct lt_seen *seen = asked->web->seen;
    const json_t *parent = json_object_get(seen->status, "parent_link");
    switch (seen->sight) {
    case LT_HUB_STOPPED:
        banner(
            out, "bad",
            lt_text("Hub ĐANG DỪNG. Không có gì mới đi vào; các trang này là kho dữ liệu lúc dừng, "
                    "thay đổi lần cuối thấy lúc",
                    "The hub is STOPPED. Nothing new comes in; these pages are its store as it "
                    "stopped, last seen changing at"),
            seen->changed_at);
        break;
    case LT_HUB_MUTE:
        banner(out, "bad",
               lt_text("Hub đang chạy nhưng KHÔNG TRẢ LỜI. Tình trạng dưới đây được báo lúc",
                       "The hub runs but does NOT ANSWER. Its state below was told at"),
               seen->asked_at);
        break;
    case LT_HUB_RECOVERS:
        banner(out, "warn",
               lt_text(
                   "Hub đang KHÔI PHỤC: cấp dưới đang gửi lại những gì đã mất. Số liệu chưa đủ, từ",
                   "The hub is RECOVERING: those below are sending again what was lost. Figures "
                   "are not whole, since"),
               json_integer_value(json_object_get(seen->status, "recovering_since")));
        break;
    case LT_HUB_STARTS:
        banner(out, "warn",
               lt_text(
                   "Hub đang khởi động hoặc đang bắt kịp cấp trên; số liệu có thể chưa đủ.",
                   "The hub is starting or catching up with its parent; figures may not be whole."),
               0);
        break;
    case LT_HUB_RUNS:
        break;
    }
    if (seen->sight == LT_HUB_RUNS && parent != NULL &&
        !json_is_true(json_object_get(parent, "welcomed")))
        banner(out, "warn",
               lt_text("MẤT LIÊN LẠC với cấp trên: ở đây vẫn nhận, nhưng chưa chuyển lên được.",
                       "CUT OFF from the parent: this hub still takes in, but cannot pass upward."),
               0);
    store_banners(seen, out);
}

static void hub_name(struct lt_asked *asked, struct lt_out *out)
{
    struct lt_hub_site site;
    char unit[LT_UNIT_TEXT_MAX];
    lt_ledger_site(asked->web->ledger, &site);
    const struct lt_place *place = lt_book_place(lt_ledger_book(asked->web->ledger), &site.unit);
    lt_unit_format(&site.unit, unit);
    if (place != NULL) {
        lt_out_text(out, place->name);
        lt_out_raw(out, " ");
    }
    if (place != NULL && strcmp(place->name, unit) == 0)
        return;
    lt_out_raw(out, "<small>");
    lt_out_text(out, unit);
    lt_out_raw(out, "</small>");
}

void lt_web_page_begin(struct lt_asked *asked, struct lt_answer *answer, const char *title,
                       const char *here)
{
    struct lt_out *out = &answer->body;
    answer->type = "text/html; charset=utf-8";
    lt_out_print(out,
                 "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                 "<meta name=\"color-scheme\" content=\"light dark\"><title>",
                 asked->english ? "en" : "vi");
    lt_out_text(out, title);
    lt_out_print(
        out,
        " – Liên thông</title><link rel=\"stylesheet\" href=\"/assets/web.css\">"
        "<link rel=\"icon\" href=\"/assets/icon.svg\" type=\"image/svg+xml\">"
        "<script src=\"/assets/web.js\" defer></script></head>\n"
        "<body data-news=\"%s\">"
        "<a class=\"aloud\" href=\"#main\">%s</a><header><div class=\"hub\"><a href=\"/\">",
        lt_text("Có số liệu mới – tải lại trang", "There is something new – reload the page"),
        lt_text("Đến nội dung", "To the content"));
    hub_name(asked, out);
    lt_out_raw(out, "</a></div>");
    ways(asked, out, here);
    lt_out_raw(out, "<div class=\"me\">");
    language(asked, out);
    person(asked, out);
    lt_out_print(out, "</div></header>\n<main id=\"main\"%s>",
                 asked->who == NULL ? " data-still" : ""); /* news are for who is logged in */
    if (asked->who != NULL || asked->web->settings.shown)
        banners(asked, out);
    lt_out_raw(out, "<h1>");
    lt_out_text(out, title);
    lt_out_raw(out, "</h1>\n");
}

void lt_web_page_end(struct lt_asked *asked, struct lt_answer *answer)
{
    struct lt_out *out = &answer->body;
    const struct lt_seen *seen = asked->web->seen;
    char now[LT_WHEN_TEXT_MAX];
    lt_out_raw(out, "</main>\n<footer>");
    if (asked->who != NULL || asked->web->settings.shown) {
        lt_out_raw(out, lt_text("Số liệu thay đổi lần cuối: ", "Figures last changed: "));
        lt_web_page_when(out, seen->changed_at);
        if (seen->sight != LT_HUB_RUNS) {
            lt_out_raw(out, lt_text(" · Hub trả lời lần cuối: ", " · The hub last answered: "));
            lt_web_page_when(out, seen->asked_at);
        }
        lt_out_raw(out, " · ");
    }
    lt_text_when(lt_clock_wall(), now); /* the day alone: the page stays the same for a while */
    lt_out_print(out, "%s %.10s · Lienthong " LT_VERSION_TEXT "</footer></body></html>\n",
                 lt_text("Trang lập ngày", "Made on"), now);
}

/* ---- Grids ---- */

static void formats(struct lt_asked *asked, struct lt_out *out)
{
    static const char *const without[] = {"page", NULL};
    static const char *const endings[] = {"xlsx", "csv", "json"};
    struct lt_out address = {.bytes = NULL};
    lt_asked_address(asked, without, &address);
    if (address.failed || address.bytes == NULL) {
        lt_out_free(&address);
        return;
    }
    size_t path = strcspn(address.bytes, "?");
    lt_out_print(out, "<p class=\"formats\">%s", lt_text("Tải về:", "Download:"));
    for (size_t i = 0; i < 3; i++) {
        lt_out_raw(out, " <a href=\"");
        lt_out_bytes(out, address.bytes, path);
        lt_out_print(out, ".%s", endings[i]);
        lt_out_text(out, address.bytes + path);
        lt_out_print(out, "\" download>%s</a>", i == 0 ? "Excel" : i == 1 ? "CSV" : "JSON");
    }
    lt_out_raw(out, "</p>");
    lt_out_free(&address);
}

static void sort(struct lt_asked *asked, struct lt_grid *grid, struct lt_grid_view *view)
{
    const char *name = lt_asked_value(asked, "sort");
    view->descending = lt_asked_value(asked, "desc") != NULL;
    if (name != NULL && strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789") == strlen(name) &&
        lt_grid_sort(grid, name, view->descending))
        view->sort = name;
}

void lt_web_page_grid(struct lt_asked *asked, struct lt_answer *answer, struct lt_grid *grid,
                      size_t page_rows, const char *caption)
{
    static const char *const without[] = {"sort", "desc", "page", "lang", NULL};
    struct lt_out address = {.bytes = NULL};
    struct lt_grid_view view = {.page_rows = page_rows, .caption = caption};
    if (lt_grid_rows(grid) <= LT_GRID_WHOLE_MAX && lt_asked_value(asked, "whole") != NULL)
        view.page_rows = 0;
    size_t pages =
        view.page_rows == 0 ? 1 : (lt_grid_rows(grid) + view.page_rows - 1) / view.page_rows;
    sort(asked, grid, &view);
    view.page = (size_t)lt_url_number(&asked->url.params, "page", 1, 1000000, 1);
    view.page = view.page > pages && pages > 0 ? pages : view.page;
    lt_asked_address(asked, without, &address);
    view.address = address.failed ? NULL : address.bytes;
    formats(asked, &answer->body);
    lt_grid_html(grid, &view, &answer->body);
    lt_out_free(&address);
    answer->body.failed = answer->body.failed || lt_grid_failed(grid);
}

bool lt_web_page_data(struct lt_asked *asked, struct lt_answer *answer, struct lt_grid *grid,
                      const char *schema, const char *head, const char *title, const char *file)
{
    struct lt_grid_view view = {.page = 1};
    struct lt_out *out = &answer->body;
    enum lt_url_format format = asked->url.format;
    if (format == LT_URL_HTML)
        return false;
    sort(asked, grid, &view);
    (void)snprintf(answer->file, sizeof answer->file, "%s%s", file, lt_url_ending(format));
    if (format == LT_URL_JSON) {
        answer->type = "application/json";
        answer->file[0] = '\0';
        lt_out_print(out, "{\"schema\":\"%s\",%s", schema, head);
        lt_grid_json(grid, out);
        lt_out_raw(out, "}\n");
    } else if (format == LT_URL_CSV) {
        answer->type = "text/csv; charset=utf-8";
        lt_grid_csv(grid, out);
    } else {
        answer->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        out->failed = lt_grid_xlsx(grid, title, NULL, out) != LT_OK;
    }
    out->failed = out->failed || lt_grid_failed(grid);
    return true;
}

/* ---- Small parts ---- */

void lt_web_page_change(struct lt_grid *grid, const struct lt_stamp *stamp)
{
    char hex[65], address[100], text[32];
    lt_hex(stamp->update.bytes, 32, hex);
    (void)snprintf(address, sizeof address, "/updates/%s#change-%u", hex, stamp->index);
    (void)snprintf(text, sizeof text, "%.10s…%u", hex, stamp->index);
    lt_grid_link(grid, text, address);
}

void lt_web_page_tile(struct lt_out *out, int64_t number, const char *words, const char *tone,
                      const char *href)
{
    char text[LT_NUMBER_TEXT_MAX];
    lt_text_number(number, text);
    lt_out_print(out, "<li class=\"tile %s\">", tone);
    if (href != NULL) {
        lt_out_raw(out, "<a href=\"");
        lt_out_text(out, href);
        lt_out_raw(out, "\">");
    }
    lt_out_print(out, "<b>%s</b> <span>%s</span>", text, words);
    lt_out_raw(out, href != NULL ? "</a></li>" : "</li>");
}

void lt_web_page_tile_none(struct lt_out *out, const char *words)
{
    lt_out_print(out, "<li class=\"tile\"><b class=\"none\">–</b> <span>%s</span></li>", words);
}

void lt_web_page_option(struct lt_out *out, const char *value, const char *words,
                        const char *chosen)
{
    lt_out_raw(out, "<option value=\"");
    lt_out_text(out, value);
    lt_out_raw(out, chosen != NULL && strcmp(chosen, value) == 0 ? "\" selected>" : "\">");
    lt_out_text(out, words);
    lt_out_raw(out, "</option>");
}

void lt_web_page_field(struct lt_out *out, const char *name, const char *label, const char *value,
                       const char *type)
{
    lt_out_print(out, "<label>%s <input type=\"%s\" name=\"%s\" value=\"", label, type, name);
    lt_out_text(out, value != NULL ? value : "");
    lt_out_raw(out, "\"></label>\n");
}
