/* A place in a period at one glance: tiles against the year before, what was awarded to whom, the years, the units
 * below ranked, and who has declared. Each figure leads to the units behind it and to its records. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "agent/today.h"
#include "hub/web/chart.h"
#include "hub/web/heat.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"
#include "hub/web/places.h"
#include "hub/web/question.h"

enum {
    BARS_MAX = 12,
    RANKED_MAX = 20,
    YEARS_BACK = LT_HEAT_YEARS - 1,
    TEXT_MAX = LT_LONG_TEXT_BYTES_MAX * 2
};

/* One figure of the page: counted by `by` among records of `kind` (NULL: awards). */
enum part {
    BY_RECIPIENT,
    BY_CODE,
    BY_LEVEL,
    BY_TYPE,
    BY_FIELD,
    BY_MOVEMENT,
    BY_PLACE,
    BY_YEAR,
    PROPOSALS,
    MOVEMENTS,
    EXEMPLARS,
    BEFORE,
    PARTS
};

static const struct {
    enum lt_dimension by;
    const char *kind; /* NULL: awards */
    const char *vietnamese, *english; /* NULL: no list of its own */
    size_t most;
    bool sorted, units; /* by number; units: the labels lead to the units */
} parts[PARTS] = {
    [BY_RECIPIENT] = {LT_DIM_RECIPIENT, NULL, "Đối tượng", "Recipients", BARS_MAX, false, true},
    [BY_CODE] = {LT_DIM_CODE, NULL, "Danh hiệu và hình thức", "Titles", BARS_MAX, true, true},
    [BY_LEVEL] = {LT_DIM_LEVEL, NULL, "Cấp quyết định", "Level of decision", BARS_MAX, false, true},
    [BY_TYPE] = {LT_DIM_TYPE, NULL, "Loại hình khen thưởng", "Types of commendation", BARS_MAX,
                 true, true},
    [BY_FIELD] = {LT_DIM_FIELD, NULL, "Lĩnh vực", "Fields", BARS_MAX, true, true},
    [BY_MOVEMENT] = {LT_DIM_MOVEMENT, NULL, "Phong trào", "Movements", BARS_MAX, true, true},
    [BY_PLACE] = {LT_DIM_PLACE, NULL, "Xếp theo đơn vị", "Units, ranked", RANKED_MAX, true, false},
    [BY_YEAR] = {LT_DIM_YEAR, NULL, "Qua các năm", "Over the years", 0, false, false},
    [PROPOSALS] = {LT_DIM_STATUS, "kind=proposal", "Đề nghị, và kết quả",
                   "Proposals, and what became of them", BARS_MAX, false, true},
    [MOVEMENTS] = {LT_DIM_KIND, "kind=movement", NULL, NULL, 0, false, false},
    [EXEMPLARS] = {LT_DIM_FIELD, "kind=exemplar", "Điển hình", "Exemplars", BARS_MAX, true, true},
    [BEFORE] = {LT_DIM_KIND, NULL, NULL, NULL, 0, false, false},
};

struct overview {
    struct lt_question question;
    struct lt_figures_query queries[PARTS];
    struct lt_figures figures[PARTS];
    struct lt_heat heat;
    struct lt_completeness told; /* of the period that is asked for */
    bool one_year; /* a year is asked for, and has one before */
};

/* ---- Asking ---- */

static enum lt_result prepare(struct overview *overview, enum part part, char ret_reason[400])
{
    struct lt_figures_query *query = &overview->queries[part];
    *query = overview->question.query;
    query->by_count = 1;
    query->by[0] = parts[part].by;
    if (part == BEFORE)
        query->year_from = query->year_to = query->year_from - 1;
    if (part == BY_YEAR)
        query->year_from = query->year_to - YEARS_BACK;
    return parts[part].kind == NULL ? LT_OK
                                    : lt_figures_parse_where(parts[part].kind, query, ret_reason);
}

/* The other years are asked for only where one year is. */
static bool is_asked(const struct overview *overview, enum part part)
{
    return overview->one_year || (part != BEFORE && part != BY_YEAR);
}

static enum lt_result ask(struct lt_asked *asked, struct overview *overview, char ret_reason[400])
{
    enum lt_result result = LT_OK;
    for (int part = 0; part < PARTS && result == LT_OK; part++) {
        if (!is_asked(overview, (enum part)part))
            continue;
        result = prepare(overview, (enum part)part, ret_reason);
        if (result == LT_OK)
            result = lt_figures_ask(asked->web->ledger, &overview->queries[part],
                                    &overview->figures[part], ret_reason);
    }
    const struct lt_figures_query *query = &overview->question.query;
    if (result == LT_OK)
        result = lt_heat_ask(asked->web->ledger, query->place, query->year_to, lt_today(),
                             &overview->heat);
    if (result == LT_OK && query->tree == 0 && overview->one_year)
        overview->told = overview->heat.sums[LT_HEAT_YEARS - 1];
    else if (result == LT_OK && query->tree == 0)
        lt_question_completeness(asked->web->ledger, &overview->question, &overview->told);
    return result;
}

/* ---- Telling ---- */

static int64_t sum(const struct lt_figures *figures)
{
    int64_t total = 0;
    for (size_t i = 0; i < figures->count; i++)
        total += figures->rows[i].quantity;
    return total;
}

static int more_first(const void *a, const void *b)
{
    const struct lt_bar *one = a, *other = b;
    return one->number != other->number ? (one->number < other->number ? 1 : -1)
                                        : strcmp(one->label, other->label);
}

/* An address that does not fit leads nowhere. */
static void keep(struct lt_out *out, char ret_address[LT_CHART_ADDRESS_MAX])
{
    ret_address[0] = '\0';
    if (!out->failed && out->size < LT_CHART_ADDRESS_MAX)
        memcpy(ret_address, out->bytes, out->size + 1);
    lt_out_free(out);
}

/* "/figures?place=…&where=…", the question as it stands with one more word of it. */
static void address(const struct overview *overview, const char *path, enum part part,
                    const struct lt_figure *row, char ret_address[LT_CHART_ADDRESS_MAX])
{
    struct lt_out out = {.bytes = NULL};
    const bool by_place = parts[part].by == LT_DIM_PLACE;
    lt_out_print(&out, "/%s?", path);
    lt_question_address(&overview->question, &out);
    if (parts[part].kind != NULL) {
        lt_out_raw(&out, "&where=");
        lt_out_url(&out, parts[part].kind);
    }
    lt_out_print(&out, by_place ? "&at=" : "&where=%s%%3D", lt_dimension_name(parts[part].by));
    lt_out_url(&out, row->values[0]);
    lt_out_raw(&out, strcmp(path, "figures") == 0 ? "&by=place" : "");
    keep(&out, ret_address);
}

static void to_year(const struct overview *overview, int year,
                    char ret_address[LT_CHART_ADDRESS_MAX])
{
    struct lt_out out = {.bytes = NULL};
    lt_out_raw(&out, "/overview?place=");
    lt_out_url(&out, overview->question.words.place);
    lt_out_print(&out, "&year=%d", year);
    if (overview->question.query.decided)
        lt_out_raw(&out, "&basis=decided");
    if (overview->question.words.tree != NULL) {
        lt_out_raw(&out, "&tree=");
        lt_out_url(&out, overview->question.words.tree);
    }
    keep(&out, ret_address);
}

/* A place below leads to its own overview. */
static void to_place(const struct overview *overview, const char *place,
                     char ret_address[LT_CHART_ADDRESS_MAX])
{
    struct lt_question below = overview->question;
    struct lt_out out = {.bytes = NULL};
    below.words.place = place;
    lt_out_raw(&out, "/overview?");
    lt_question_address(&below, &out);
    keep(&out, ret_address);
}

static bool is_unstated(const struct lt_figure *row)
{
    return row->values[0][0] == '\0' && !row->unallocated;
}

/* Is there more to tell than that nothing is stated? */
static bool tells(const struct overview *overview, enum part part)
{
    const struct lt_figures *figures = &overview->figures[part];
    return figures->count > 1 || (figures->count == 1 && !is_unstated(&figures->rows[0])) ||
           part == BY_CODE || part == BY_PLACE;
}

static void list(struct lt_asked *asked, struct lt_out *out, const struct overview *overview,
                 enum part part)
{
    const struct lt_figures *figures = &overview->figures[part];
    const struct lt_figures_query *query = &overview->queries[part];
    const struct lt_book *book = lt_ledger_book(asked->web->ledger);
    const bool way = query->tree == 0;
    struct lt_bar *bars = calloc(figures->count + 1, sizeof *bars);
    if (bars == NULL) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < figures->count; i++) {
        const struct lt_figure *row = &figures->rows[i];
        lt_figures_cell(query, book, row, 0, bars[i].label, sizeof bars[i].label);
        if (is_unstated(row))
            (void)snprintf(bars[i].label, sizeof bars[i].label, "%s",
                           lt_text("(không ghi)", "(not stated)"));
        bars[i].number = row->quantity;
        if (way)
            address(overview, "records", part, row, bars[i].records);
        if (way && parts[part].units)
            address(overview, "figures", part, row, bars[i].units);
        if (parts[part].by == LT_DIM_PLACE && !row->unallocated && row->values[0][0] != '\0')
            to_place(overview, row->values[0], bars[i].units);
    }
    if (parts[part].sorted)
        qsort(bars, figures->count, sizeof *bars, more_first);
    const size_t most = parts[part].most;
    lt_chart_bars(out, lt_text(parts[part].vietnamese, parts[part].english), bars,
                  figures->count < most ? figures->count : most, parts[part].by == LT_DIM_PLACE);
    if (figures->count > most) {
        lt_out_raw(out, "<p class=\"note\"><a href=\"/figures?");
        struct lt_out words = {.bytes = NULL};
        lt_question_address(&overview->question, &words);
        lt_out_text(out, words.bytes != NULL ? words.bytes : "");
        lt_out_free(&words);
        lt_out_print(out, "&amp;by=%s\">%s (%zu)</a></p>", lt_dimension_name(parts[part].by),
                     lt_text("Xem tất cả", "See all"), figures->count);
    }
    free(bars);
}

static void years(struct lt_out *out, const struct overview *overview)
{
    struct lt_bar bars[YEARS_BACK + 1];
    const struct lt_figures *figures = &overview->figures[BY_YEAR];
    const int last = overview->question.query.year_to;
    for (int i = 0; i <= YEARS_BACK; i++) {
        bars[i] = (struct lt_bar){.unknown = !lt_heat_is_whole(&overview->heat, (size_t)i)};
        (void)snprintf(bars[i].label, sizeof bars[i].label, "%d", last - YEARS_BACK + i);
        to_year(overview, last - YEARS_BACK + i, bars[i].units);
    }
    for (size_t i = 0; i < figures->count; i++) {
        int at = (int)figures->rows[i].numbers[0] - (last - YEARS_BACK);
        if (at >= 0 && at <= YEARS_BACK) {
            bars[at].number += figures->rows[i].quantity;
            bars[at].unknown = false;
        }
    }
    lt_chart_columns(out, lt_text(parts[BY_YEAR].vietnamese, parts[BY_YEAR].english), bars,
                     YEARS_BACK + 1);
}

/* What keeps two years from being compared as wholes. */
static const char *caveat(const struct overview *overview)
{
    int year, month, day;
    lt_day_split(lt_today(), &year, &month, &day);
    if (overview->question.query.year_from >= year)
        return lt_text(", năm chưa hết", ", the year is not over");
    return lt_heat_is_whole(&overview->heat, LT_HEAT_YEARS - 1) &&
                   lt_heat_is_whole(&overview->heat, LT_HEAT_YEARS - 2)
               ? ""
               : lt_text(", chưa chốt đủ hai năm", ", not all have declared both");
}

/* "+12 (+8 %) so với 2019"; nothing in the year before is said as such. */
static void change(const struct overview *overview, int64_t now, char *ret_words, size_t max)
{
    const int64_t before = sum(&overview->figures[BEFORE]);
    const int year = overview->question.query.year_from - 1;
    char more[LT_NUMBER_TEXT_MAX];
    ret_words[0] = '\0';
    if (!overview->one_year)
        return;
    if (before == 0) {
        (void)snprintf(ret_words, max,
                       lt_heat_is_whole(&overview->heat, LT_HEAT_YEARS - 2)
                           ? lt_text(" · năm %d: 0", " · in %d: 0")
                           : lt_text(" · năm %d: chưa có số liệu", " · in %d: not known"),
                       year);
        return;
    }
    lt_text_number(now - before, more);
    const double percent = 100.0 * (double)(now - before) / (double)before;
    const bool small = percent > -0.5 && percent < 0.5; /* not "-0 %" */
    (void)snprintf(ret_words, max,
                   small ? lt_text(" · %1$s%2$s so với %3$d%4$s", " · %1$s%2$s against %3$d%4$s")
                         : lt_text(" · %1$s%2$s (%5$+.0f %%) so với %3$d%4$s",
                                   " · %1$s%2$s (%5$+.0f%%) against %3$d%4$s"),
                   now > before ? "+" : "", more, year, caveat(overview), percent);
}

/* A zero is one that was declared. */
static void tile(struct lt_out *out, const struct overview *overview, int64_t number,
                 const char *words, const char *list)
{
    struct lt_out address = {.bytes = NULL};
    if (number == 0 && !lt_question_is_whole(&overview->told))
        lt_web_page_tile_none(out, words);
    else {
        if (list != NULL && overview->question.query.month_from == 0) {
            lt_out_print(&address, "/lists/%s?", list);
            lt_question_address(&overview->question, &address);
        }
        lt_web_page_tile(out, number, words, "", address.bytes);
    }
    lt_out_free(&address);
}

static void tiles(struct lt_out *out, const struct overview *overview)
{
    char words[240], against[200], text[TEXT_MAX];
    const int64_t awards = sum(&overview->figures[BY_CODE]);
    const struct lt_figures *recipients = &overview->figures[BY_RECIPIENT];
    change(overview, awards, against, sizeof against);
    (void)snprintf(words, sizeof words, "%s%s", lt_text("lượt khen thưởng", "awards"), against);
    lt_out_raw(out, "<ul class=\"tiles\">");
    tile(out, overview, awards, words, NULL);
    for (size_t i = 0; i < recipients->count; i++) {
        lt_figures_cell(&overview->queries[BY_RECIPIENT], NULL, &recipients->rows[i], 0, text,
                        sizeof text);
        lt_web_page_tile(out, recipients->rows[i].quantity,
                         text[0] != '\0' ? text : lt_text("không ghi đối tượng", "not stated"), "",
                         NULL);
    }
    tile(out, overview, sum(&overview->figures[PROPOSALS]), lt_text("đề nghị", "proposals"),
         "proposals");
    tile(out, overview, sum(&overview->figures[MOVEMENTS]), lt_text("phong trào", "movements"),
         "movements");
    tile(out, overview, sum(&overview->figures[EXEMPLARS]), lt_text("điển hình", "exemplars"),
         "exemplars");
    lt_out_raw(out, "</ul>");
}

static void form(struct lt_asked *asked, struct lt_out *out, const struct overview *overview)
{
    const struct lt_figures_words *words = &overview->question.words;
    lt_out_raw(out, "<form class=\"ask\" method=\"get\" action=\"/overview\">");
    lt_places_field(out, lt_places_label(asked), words->place);
    lt_places_list(asked, out, words->place);
    lt_web_page_field(out, "period", lt_text("Kỳ hoặc năm", "Period or year"),
                      words->period != NULL ? words->period : words->year, "text");
    lt_question_manner(&overview->question, out);
    lt_out_print(out, "<button>%s</button></form>\n", lt_text("Xem", "Show"));
}

static void show(struct lt_asked *asked, struct lt_answer *answer, const struct overview *overview)
{
    static const enum part lists[] = {BY_CODE,  BY_PLACE,    BY_RECIPIENT, BY_LEVEL, BY_TYPE,
                                      BY_FIELD, BY_MOVEMENT, PROPOSALS,    EXEMPLARS};
    struct lt_out *out = &answer->body;
    char title[600], period[LT_FIGURES_PERIOD_MAX], manner[LT_FIGURES_MANNER_MAX];
    const struct lt_figures_query *query = &overview->question.query;
    lt_figures_manner_text(query, manner);
    lt_figures_period_text(query, period);
    (void)snprintf(title, sizeof title, lt_text("%s, %s: tổng quan%s", "%s, %s: overview%s"),
                   query->place->name, period, manner);
    lt_web_page_begin(asked, answer, title, "overview");
    form(asked, out, overview);
    lt_web_page_ended(out, overview->question.query.place);
    if (overview->figures[BY_CODE].rebuilding)
        lt_out_print(out, "<p class=\"banner warn\">%s</p>",
                     lt_text("Chỉ thị mới đang được áp dụng; số liệu sẽ thay đổi.",
                             "New directives are being applied; figures will change."));
    tiles(out, overview);
    lt_heat_line(out, overview->question.query.place, &overview->heat);
    lt_out_raw(out, "<div class=\"charts\">");
    if (overview->one_year)
        years(out, overview);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (tells(overview, lists[i]))
            list(asked, out, overview, lists[i]);
    lt_out_raw(out, "</div>");
    lt_heat_map(out, &overview->heat);
    lt_out_print(out, "<h2>%s</h2>", lt_text("Danh sách", "Lists"));
    lt_web_lists(out, &overview->question, NULL);
    lt_web_page_end(asked, answer);
}

/* As data: each list with its rows. */
static void tell_json(struct lt_answer *answer, const struct overview *overview)
{
    struct lt_out *out = &answer->body;
    answer->type = "application/json";
    lt_out_raw(out, "{\"schema\":\"lienthong.overview/1\"");
    for (int part = 0; part < PARTS; part++) {
        if (!is_asked(overview, (enum part)part))
            continue;
        static const char *const names[PARTS] = {
            "recipients", "codes", "levels",    "types",     "fields",    "movement_names",
            "places",     "years", "proposals", "movements", "exemplars", "year_before"};
        lt_out_print(out, ",\"%s\":[", names[part]);
        for (size_t i = 0; i < overview->figures[part].count; i++) {
            const struct lt_figure *row = &overview->figures[part].rows[i];
            lt_out_print(out, "%s{\"value\":", i > 0 ? "," : "");
            lt_out_json(out, row->values[0]);
            lt_out_print(out, ",\"count\":%" PRId64 ",\"quantity\":%" PRId64 "}", row->count,
                         row->quantity);
        }
        lt_out_raw(out, "]");
    }
    lt_out_raw(out, "}\n");
}

void lt_page_overview(struct lt_asked *asked, struct lt_answer *answer)
{
    char reason[400] = "";
    struct overview *overview = calloc(1, sizeof *overview);
    if (overview == NULL) {
        answer->body.failed = true;
        return;
    }
    enum lt_result result = lt_question_read(asked, &overview->question, reason);
    const struct lt_figures_query *query = &overview->question.query;
    overview->one_year =
        query->year_from == query->year_to && query->month_from == 0 && !query->span;
    if (result == LT_OK && !lt_asked_slow(asked, answer)) {
        free(overview);
        return;
    }
    if (result == LT_OK) {
        result = ask(asked, overview, reason);
        lt_asked_done(asked);
    }
    if (result != LT_OK)
        lt_answer_result(asked, answer, result, reason);
    else if (asked->url.format == LT_URL_JSON)
        tell_json(answer, overview);
    else if (asked->url.format != LT_URL_HTML)
        lt_answer_trouble(asked, answer, 404,
                          lt_text("Trang tổng quan có dạng .json; bảng để tải về: Số liệu.",
                                  "The overview has .json; tables to download: Figures."));
    else
        show(asked, answer, overview);
    for (int part = 0; part < PARTS; part++)
        lt_figures_clear(&overview->figures[part]);
    lt_heat_clear(&overview->heat);
    free(overview);
}
