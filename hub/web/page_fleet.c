/* For operators: who needs somebody, and all units. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "hub/web/fleet_of.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"

enum { ROWS_A_PAGE = 100, LISTED_MAX = 12 /* units named under a trouble */ };

struct lt_fleet *lt_web_fleet(struct lt_asked *asked)
{
    struct lt_web *web = asked->web;
    if (web->seen->status != NULL &&
        (web->fleet == NULL || web->fleet_version != web->seen->version)) {
        const uint64_t version = web->seen->version;
        json_t *status = json_incref(web->seen->status);
        web->fleet_version = version; /* others are content with the one before, meanwhile */
        struct lt_roster *roster = lt_web_roster(web);
        lt_asked_apart(asked);
        struct lt_fleet *made = lt_fleet_make(web->ledger, roster, status, lt_clock_wall());
        json_decref(status);
        lt_asked_back(asked);
        if (made != NULL)
            made->version = version;
        if (made != NULL && (web->fleet == NULL || web->fleet->version < version)) {
            lt_fleet_free(web->fleet);
            web->fleet = made;
        } else {
            lt_fleet_free(made);
        }
    }
    return web->fleet != NULL ? lt_fleet_keep(web->fleet) : NULL;
}

/* A fleet, and who of it may be seen. */
struct sight {
    struct lt_fleet *fleet; /* kept */
    bool whole; /* the account is bound to no place */
    const struct lt_fleet_unit *home; /* NULL: the whole; or the place is not there */
};

static bool begin(struct lt_asked *asked, struct lt_answer *answer, struct sight *ret_sight)
{
    struct lt_fleet *fleet = lt_web_fleet(asked);
    if (fleet == NULL) {
        answer->retry_after_s = 2;
        lt_answer_trouble(asked, answer, 503,
                          lt_text("Hub chưa báo tình trạng. Tải lại sau vài giây.",
                                  "The hub has not told its state yet. Reload in some seconds."));
        return false;
    }
    const bool whole = asked->who == NULL || asked->who->place[0] == '\0';
    const struct lt_place *home = whole ? NULL : lt_asked_home(asked);
    *ret_sight =
        (struct sight){fleet, whole, home != NULL ? lt_fleet_find(fleet, &home->unit) : NULL};
    return true;
}

static bool sees(const struct sight *sight, const struct lt_fleet_unit *unit)
{
    return sight->whole ||
           (sight->home != NULL && lt_fleet_within(sight->fleet, unit, sight->home));
}

static void address_of(const struct lt_fleet_unit *unit, char ret_address[LT_UNIT_TEXT_MAX + 8])
{
    (void)snprintf(ret_address, LT_UNIT_TEXT_MAX + 8, "/units/%s", unit->text);
}

static const char *trouble_text(enum lt_trouble trouble)
{
    const struct lt_trouble_words *words = lt_trouble_words(trouble);
    return lt_text(words->vietnamese, words->english);
}

/* The gravest; LT_TROUBLES: none. */
static enum lt_trouble first_of(const struct lt_fleet_unit *unit)
{
    int trouble = 0;
    while (trouble < LT_TROUBLES && (unit->troubles >> trouble & 1U) == 0)
        trouble++;
    return (enum lt_trouble)trouble;
}

/* ---- All units, as rows ---- */

static const struct lt_grid_column unit_columns[] = {
    {"unit", "Mã", "Code", LT_GRID_TEXT},
    {"name", "Đơn vị", "Unit", LT_GRID_TEXT},
    {"parent", "Thuộc", "Under", LT_GRID_TEXT},
    {"trouble", NULL, NULL, LT_GRID_TEXT},
    {"state", "Tình trạng", "State", LT_GRID_TEXT},
    {"troubles", NULL, NULL, LT_GRID_TEXT},
    {"heard_at", "Liên lạc lần cuối", "Last heard", LT_GRID_TIME},
    {"updates", "Bản cập nhật", "Updates", LT_GRID_NUMBER},
    {"not_at_top", "Chưa tới cấp cao nhất", "Not at the top", LT_GRID_NUMBER},
    {"said", NULL, NULL, LT_GRID_NUMBER},
    {"backlog", "Chờ gửi", "To send", LT_GRID_NUMBER},
    {"oldest_unsent_at", "Chờ lâu nhất từ", "Oldest waits since", LT_GRID_TIME},
    {"pending_since", NULL, NULL, LT_GRID_TIME},
    {"quarantined", "Bị giữ lại", "Quarantined", LT_GRID_NUMBER},
    {"contested", NULL, NULL, LT_GRID_NUMBER},
    {"disk_free_bytes", NULL, NULL, LT_GRID_NUMBER},
    {"clock_skew_s", NULL, NULL, LT_GRID_NUMBER},
    {"software", NULL, NULL, LT_GRID_TEXT},
    {"what_to_do", NULL, NULL, LT_GRID_TEXT},
};

static const char *quiet_state(const struct lt_fleet_unit *unit, bool watched)
{
    return unit->has_chain || unit->heard_at != 0
               ? (watched ? lt_text("tốt", "good") : lt_text("chưa rõ", "not known"))
           : unit->has_key ? lt_text("đã có khóa, chưa gửi gì", "has a key, has sent nothing")
                           : lt_text("chưa tham gia", "has not joined");
}

static void told_or_none(struct lt_grid *grid, bool told, int64_t number)
{
    if (told)
        lt_grid_number(grid, number);
    else
        lt_grid_none(grid);
}

static void add_names(struct lt_grid *grid, const struct lt_fleet_unit *unit, bool watched)
{
    char address[LT_UNIT_TEXT_MAX + 8], names[400] = "";
    enum lt_trouble first = first_of(unit);
    address_of(unit, address);
    lt_grid_link(grid, address + sizeof "/units/" - 1, address);
    lt_grid_link(grid, unit->name, address);
    lt_grid_text(grid, unit->parent_name);
    lt_grid_text(grid, first == LT_TROUBLES ? "" : lt_trouble_words(first)->name);
    if (first == LT_TROUBLES)
        lt_grid_tone(grid, quiet_state(unit, watched),
                     watched && (unit->has_chain || unit->heard_at != 0) ? "good" : "");
    else
        lt_grid_tone(grid, trouble_text(first), lt_trouble_words(first)->bad ? "bad" : "warn");
    for (int trouble = 0; trouble < LT_TROUBLES; trouble++)
        if ((unit->troubles >> trouble & 1U) != 0) {
            size_t size = strlen(names);
            (void)snprintf(names + size, sizeof names - size, "%s%s", size > 0 ? " " : "",
                           lt_trouble_words((enum lt_trouble)trouble)->name);
        }
    lt_grid_text(grid, names);
}

static void add_unit(struct lt_grid *grid, const struct lt_fleet_unit *unit, bool watched)
{
    enum lt_trouble first = first_of(unit);
    const struct lt_trouble_words *words = first == LT_TROUBLES ? NULL : lt_trouble_words(first);
    add_names(grid, unit, watched);
    lt_grid_time(grid, unit->heard_at);
    told_or_none(grid, unit->has_chain, (int64_t)unit->updates);
    told_or_none(grid, unit->has_chain && unit->top_known,
                 (int64_t)(unit->updates > unit->at_top ? unit->updates - unit->at_top : 0));
    told_or_none(grid, unit->said != 0, (int64_t)unit->said);
    told_or_none(grid, unit->reports, (int64_t)(unit->backlog_updates + unit->backlog_drafts));
    lt_grid_time(grid, unit->oldest_unsent_at);
    lt_grid_time(grid, unit->pending_since);
    told_or_none(grid, unit->has_chain, (int64_t)unit->quarantined);
    told_or_none(grid, unit->reports, (int64_t)unit->contested);
    told_or_none(grid, unit->reports, (int64_t)unit->disk_free_bytes);
    told_or_none(grid, unit->reports, unit->clock_skew_s);
    lt_grid_text(grid, unit->software);
    lt_grid_text(grid, words == NULL ? "" : lt_text(words->do_vietnamese, words->do_english));
}

static struct lt_grid *new_grid(void)
{
    return lt_grid_new(unit_columns, sizeof unit_columns / sizeof unit_columns[0]);
}

struct filter {
    const struct sight *sight;
    char *text; /* folded; NULL: any */
    int trouble; /* -1: any */
    bool joined; /* only those that have joined */
};

static bool passes(const struct filter *filter, const struct lt_fleet_unit *unit)
{
    return (filter->text == NULL || strstr(unit->unit.code, filter->text) != NULL ||
            strstr(unit->folded, filter->text) != NULL) &&
           (filter->trouble < 0 || (unit->troubles >> filter->trouble & 1U) != 0) &&
           (!filter->joined || unit->has_key || unit->has_chain) && sees(filter->sight, unit);
}

static int rank_of(const struct lt_fleet_unit *unit)
{
    return unit->troubles != 0 ? 0 : unit->has_key || unit->has_chain ? 1 : 2;
}

static int trouble_named(const char *name)
{
    for (int trouble = 0; name != NULL && trouble < LT_TROUBLES; trouble++)
        if (strcmp(name, lt_trouble_words((enum lt_trouble)trouble)->name) == 0)
            return trouble;
    return -1;
}

static void units_form(struct lt_asked *asked, struct lt_out *out)
{
    const char *chosen = lt_asked_value(asked, "trouble");
    lt_out_raw(out, "<form class=\"ask\" method=\"get\" action=\"/units\" role=\"search\">");
    lt_web_page_field(out, "q", lt_text("Tên hoặc mã", "Name or code"), lt_asked_value(asked, "q"),
                      "search");
    lt_out_print(out, "<label>%s <select name=\"trouble\">", lt_text("Tình trạng", "State"));
    lt_web_page_option(out, "", lt_text("tất cả", "all"), chosen);
    for (int trouble = 0; trouble < LT_TROUBLES; trouble++)
        lt_web_page_option(out, lt_trouble_words((enum lt_trouble)trouble)->name,
                           trouble_text((enum lt_trouble)trouble), chosen);
    lt_out_print(out,
                 "</select></label><label class=\"check\"><input type=\"checkbox\" name=\"joined\" "
                 "value=\"1\"%s> %s</label><button>%s</button></form>\n",
                 lt_asked_value(asked, "joined") != NULL ? " checked" : "",
                 lt_text("chỉ đơn vị đã tham gia", "only those that have joined"),
                 lt_text("Tìm", "Find"));
}

/* First who needs somebody, last who is not there yet. */
static struct lt_grid *units_grid(const struct sight *sight, const struct filter *filter)
{
    const struct lt_fleet *fleet = sight->fleet;
    struct lt_grid *grid = new_grid();
    for (int rank = 0; rank < 3; rank++)
        for (size_t i = 0; grid != NULL && i < fleet->count; i++)
            if (rank_of(&fleet->units[i]) == rank && passes(filter, &fleet->units[i]))
                add_unit(grid, &fleet->units[i], fleet->watched);
    return grid;
}

/* The frame is put around it by who holds the lock. */
static void around(struct lt_asked *asked, struct lt_answer *answer, const char *title)
{
    struct lt_out inner = answer->body;
    answer->body = (struct lt_out){.bytes = NULL};
    lt_web_page_begin(asked, answer, title, "units");
    units_form(asked, &answer->body);
    lt_out_bytes(&answer->body, inner.bytes != NULL ? inner.bytes : "", inner.size);
    answer->body.failed = answer->body.failed || inner.failed;
    lt_web_page_end(asked, answer);
    lt_out_free(&inner);
}

void lt_page_units(struct lt_asked *asked, struct lt_answer *answer)
{
    struct sight sight;
    const char *title = lt_text("Các đơn vị", "Units"), *text = lt_asked_value(asked, "q");
    const bool data = asked->url.format != LT_URL_HTML;
    if (!begin(asked, answer, &sight))
        return;
    if (data && !lt_asked_slow(asked, answer)) {
        lt_fleet_free(sight.fleet);
        return;
    }
    if (!data)
        lt_asked_apart(asked);
    struct filter filter = {&sight, text != NULL ? lt_fleet_fold(text) : NULL,
                            trouble_named(lt_asked_value(asked, "trouble")),
                            lt_asked_value(asked, "joined") != NULL};
    struct lt_grid *grid = units_grid(&sight, &filter);
    if (grid == NULL)
        answer->body.failed = true;
    else if (!lt_web_page_data(asked, answer, grid, "lienthong.units/1", "", title, "units"))
        lt_web_page_grid(asked, answer, grid, ROWS_A_PAGE, title);
    free(filter.text);
    lt_grid_free(grid);
    lt_fleet_free(sight.fleet);
    if (data) {
        lt_asked_done(asked);
    } else {
        lt_asked_back(asked);
        around(asked, answer, title);
    }
}

/* ---- Needs action ---- */

static void name_units(struct lt_out *out, const struct sight *sight, enum lt_trouble trouble)
{
    const struct lt_fleet *fleet = sight->fleet;
    char address[LT_UNIT_TEXT_MAX + 8];
    size_t named = 0, seen = 0;
    lt_out_raw(out, "<ul>");
    for (size_t i = 0; i < fleet->count; i++) {
        const struct lt_fleet_unit *unit = &fleet->units[i];
        if ((unit->troubles >> trouble & 1U) == 0 || !sees(sight, unit))
            continue;
        if (++seen > LISTED_MAX)
            continue;
        named++;
        address_of(unit, address);
        lt_out_raw(out, "<li><a href=\"");
        lt_out_text(out, address);
        lt_out_raw(out, "\">");
        lt_out_text(out, unit->name);
        lt_out_raw(out, "</a> ");
        if (lt_fleet_since(unit) != 0)
            lt_web_page_when(out, lt_fleet_since(unit));
        lt_out_raw(out, "</li>");
    }
    if (seen > named)
        lt_out_print(out, "<li><a href=\"/units?trouble=%s\">%s %zu</a></li>",
                     lt_trouble_words(trouble)->name, lt_text("và nữa:", "and more:"),
                     seen - named);
    lt_out_raw(out, "</ul>");
}

static void show_trouble(struct lt_out *out, const struct sight *sight, enum lt_trouble trouble)
{
    const struct lt_fleet *fleet = sight->fleet;
    const struct lt_trouble_words *words = lt_trouble_words(trouble);
    size_t count = 0;
    for (size_t i = 0; i < fleet->count; i++)
        count += (fleet->units[i].troubles >> trouble & 1U) != 0 && sees(sight, &fleet->units[i]);
    if (count == 0)
        return;
    lt_out_print(out,
                 "<section class=\"trouble%s\"><h2><a href=\"/units?trouble=%s\">%s</a>: %zu</h2>"
                 "<p class=\"do\">%s</p>",
                 words->bad ? " bad" : "", words->name, trouble_text(trouble), count,
                 lt_text(words->do_vietnamese, words->do_english));
    name_units(out, sight, trouble);
    lt_out_raw(out, "</section>\n");
}

/* Sentences of the hub about itself, as `status` gives them. */
static void show_sentences(struct lt_out *out, const json_t *list)
{
    const json_t *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        const char *text = json_string_value(json_object_get(item, "text"));
        const char *vietnamese = json_string_value(json_object_get(item, "text_vi"));
        const bool english = lt_text_is_english() || vietnamese == NULL;
        const bool both =
            json_object_get(item, "text_vi") == NULL; /* a notice: as it was written */
        lt_out_raw(out, both ? "<li>" : english ? "<li lang=\"en\">" : "<li lang=\"vi\">");
        lt_out_text(out, !english ? vietnamese : text != NULL ? text : "");
        lt_out_raw(out, "</li>");
    }
}

static void show_own(struct lt_asked *asked, struct lt_out *out)
{
    static const char *const lists[] = {"alarms", "copies", "newcomers", "notices"};
    const json_t *status = asked->web->seen->status;
    size_t sentences = 0;
    for (size_t i = 0; i < 4; i++)
        sentences += json_array_size(json_object_get(status, lists[i]));
    if (sentences == 0 || (asked->who != NULL && asked->who->place[0] != '\0'))
        return;
    lt_out_print(out, "<h2>%s</h2><ul class=\"said\">",
                 lt_text("Hub nói nguyên văn", "In the hub's own words"));
    for (size_t i = 0; i < 4; i++)
        show_sentences(out, json_object_get(status, lists[i]));
    lt_out_raw(out, "</ul>");
}

static void show_tiles(struct lt_asked *asked, struct lt_out *out, const struct lt_fleet *fleet)
{
    const json_t *counts = json_object_get(asked->web->seen->status, "counts");
    if (asked->who != NULL && asked->who->place[0] != '\0')
        return; /* the whole hub's numbers are not theirs */
    lt_out_raw(out, "<ul class=\"tiles\">");
    lt_web_page_tile(out, (int64_t)fleet->troubled_units,
                     lt_text("đơn vị cần xử lý", "units need somebody"),
                     fleet->troubled_units > 0 ? "bad"
                     : fleet->watched          ? "good"
                                               : "",
                     NULL);
    lt_web_page_tile(out, (int64_t)fleet->with_key,
                     lt_text("đơn vị đã tham gia", "units have joined"), "", "/units?joined=1");
    lt_web_page_tile(out, (int64_t)fleet->count, lt_text("đơn vị trong cây", "units in the tree"),
                     "", "/units");
    lt_web_page_tile(out, json_integer_value(json_object_get(counts, "records")),
                     lt_text("bản ghi", "records"), "", "/figures");
    lt_web_page_tile(out, json_integer_value(json_object_get(counts, "quarantined")),
                     lt_text("thay đổi bị giữ lại", "changes quarantined"),
                     json_integer_value(json_object_get(counts, "quarantined")) > 0 ? "warn" : "",
                     "/units?trouble=quarantined");
    lt_out_raw(out, "</ul>");
}

/* The hub's own: who watches the others is watched here. */
static void show_disk(const struct lt_asked *asked, struct lt_out *out)
{
    const json_t *disk = json_object_get(asked->web->seen->status, "disk_free_bytes");
    const json_int_t bytes = json_integer_value(disk);
    if (json_is_integer(disk) && bytes < LT_FLEET_DISK_LOW_BYTES)
        lt_out_print(out,
                     lt_text("<p class=\"banner bad\">Ổ đĩa của chính hub chỉ còn %lld MiB.</p>",
                             "<p class=\"banner bad\">This hub's own disk has %lld MiB left.</p>"),
                     (long long)(bytes / (1024 * 1024)));
}

static void first_steps(const struct lt_asked *asked, struct lt_out *out)
{
    static const char *const steps[] = {"lienthong-hub units import",
                                        "lienthong-hub catalog import", "lienthong-hub invite"};
    lt_out_raw(out, "<ol>");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        lt_out_raw(out, "<li>");
        lt_web_page_command(asked, out, steps[i]);
        lt_out_raw(out, "</li>");
    }
    lt_out_raw(out, "</ol>");
}

static void needs_page(struct lt_asked *asked, struct lt_answer *answer, const char *title,
                       const struct sight *sight, size_t rows)
{
    struct lt_out *out = &answer->body;
    lt_web_page_begin(asked, answer, title, "needs");
    show_disk(asked, out);
    show_tiles(asked, out, sight->fleet);
    if (sight->fleet->count <= 1) {
        lt_out_print(
            out, "<p class=\"banner warn\">%s</p>",
            lt_text("Cây chưa có đơn vị nào dưới hub này. Lần lượt: nạp cây đơn vị, nạp danh mục, "
                    "rồi mời các đơn vị.",
                    "The tree has no unit below this hub yet. In this order: the tree, the "
                    "catalogue, then invite the units."));
        first_steps(asked, out);
    } else if (!sight->fleet->watched)
        lt_out_print(
            out, "<p class=\"banner warn\">%s</p>",
            lt_text("Hub không chạy nên chưa biết đơn vị nào im lặng hay chậm. Dưới đây chỉ "
                    "là điều kho dữ liệu cho thấy.",
                    "No hub runs, so who is silent or behind is not known. Below stands "
                    "only what the store shows."));
    else if (rows == 0)
        lt_out_print(out, "<p class=\"banner good\">%s</p>",
                     lt_text("Không đơn vị nào cần xử lý.", "No unit needs anybody."));
    for (int trouble = 0; trouble < LT_TROUBLES; trouble++)
        show_trouble(out, sight, (enum lt_trouble)trouble);
    show_own(asked, out);
    lt_out_print(out, "<p class=\"note\"><a href=\"/lists/differences\">%s</a></p>",
                 lt_text("Quyết định mà các đơn vị báo cáo khác nhau năm nay",
                         "Decisions of this year that tellers tell differently"));
    lt_web_page_end(asked, answer);
}

void lt_page_needs(struct lt_asked *asked, struct lt_answer *answer)
{
    struct sight sight;
    const char *title = lt_text("Cần xử lý", "Needs action");
    if (!begin(asked, answer, &sight))
        return;
    lt_asked_apart(asked);
    const struct lt_fleet *fleet = sight.fleet;
    struct lt_grid *grid = new_grid();
    for (size_t i = 0; grid != NULL && i < fleet->count; i++)
        if (fleet->units[i].troubles != 0 && sees(&sight, &fleet->units[i]))
            add_unit(grid, &fleet->units[i], fleet->watched);
    const bool data = grid != NULL && lt_web_page_data(asked, answer, grid, "lienthong.needs/1", "",
                                                       title, "needs");
    lt_asked_back(asked);
    if (grid == NULL)
        answer->body.failed = true;
    else if (!data)
        needs_page(asked, answer, title, &sight, lt_grid_rows(grid));
    lt_grid_free(grid);
    lt_fleet_free(sight.fleet);
}
