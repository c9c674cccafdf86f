/* For leaders: a place and a year at a glance. All numbers are those of `figures` and `completeness`. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "agent/today.h"
#include "hub/completeness.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"
#include "hub/web/question.h"

enum { YEARS = 8, TOP_ROWS = 15, TEXT_MAX = LT_LONG_TEXT_BYTES_MAX * 2, BAR_WIDTH = 120 };

struct overview {
    const struct lt_place *place;
    struct lt_figures years, kinds, titles, recipients, places;
    struct lt_completeness owed;
    bool has_owed;
    int year;
};

/* ---- Asking ---- */

static struct lt_figures_query query_of(const struct overview *overview, int from,
                                        enum lt_dimension by)
{
    return (struct lt_figures_query){.place = overview->place,
                                     .year_from = from,
                                     .year_to = overview->year,
                                     .by_count = 1,
                                     .by = {by}};
}

static enum lt_result ask_one(struct lt_ledger *ledger, const struct overview *overview, int from,
                              enum lt_dimension by, struct lt_figures *ret_figures,
                              char ret_reason[400])
{
    const struct lt_figures_query query = query_of(overview, from, by);
    return lt_figures_ask(ledger, &query, ret_figures, ret_reason);
}

static enum lt_result ask_all(struct lt_ledger *ledger, struct overview *overview,
                              char ret_reason[400])
{
    const int year = overview->year;
    struct lt_period period;
    char text[8];
    enum lt_result result =
        ask_one(ledger, overview, year - YEARS + 1, LT_DIM_YEAR, &overview->years, ret_reason);
    if (result == LT_OK)
        result = ask_one(ledger, overview, year, LT_DIM_KIND, &overview->kinds, ret_reason);
    if (result == LT_OK)
        result = ask_one(ledger, overview, year, LT_DIM_CODE, &overview->titles, ret_reason);
    if (result == LT_OK)
        result =
            ask_one(ledger, overview, year, LT_DIM_RECIPIENT, &overview->recipients, ret_reason);
    if (result == LT_OK)
        result = ask_one(ledger, overview, year, LT_DIM_PLACE, &overview->places, ret_reason);
    (void)snprintf(text, sizeof text, "%d", year);
    overview->has_owed = result == LT_OK && lt_period_parse(text, &period) == LT_OK &&
                         lt_completeness_ask(ledger, overview->place, &period, 0, lt_today(), NULL,
                                             NULL, &overview->owed) == LT_OK;
    return result;
}

static void clear(struct overview *overview)
{
    lt_figures_clear(&overview->years);
    lt_figures_clear(&overview->kinds);
    lt_figures_clear(&overview->titles);
    lt_figures_clear(&overview->recipients);
    lt_figures_clear(&overview->places);
}

/* ---- Years ---- */

/* NOTHING: nobody has told anything of that year, which is no zero. */
enum { NOTHING = -1 };
static int64_t quantity_in(const struct overview *overview, int year)
{
    for (size_t i = 0; i < overview->years.count; i++)
        if ((int)(overview->years.rows[i].numbers[0] & 0xffff) == year)
            return overview->years.rows[i].quantity;
    return NOTHING;
}

/* Bars over the years: each is named, so that it is read aloud as a list is. */
static void put_years(const struct overview *overview, struct lt_out *out)
{
    enum { HEIGHT = 120, STEP = 70, WIDE = 44, FOOT = 18, HEAD = 16 };
    char number[LT_NUMBER_TEXT_MAX];
    int64_t most = 1;
    for (int i = 0; i < YEARS; i++) {
        int64_t one = quantity_in(overview, overview->year - i);
        most = one > most ? one : most;
    }
    lt_out_print(
        out,
        "<h2>%s</h2><svg class=\"years\" role=\"img\" aria-label=\"%s\" "
        "viewBox=\"0 0 %d %d\">",
        lt_text("Lượt khen thưởng qua các năm", "Awards over the years"),
        lt_text("Biểu đồ cột; các số ghi trên cột", "Bar chart; the numbers stand on the bars"),
        YEARS * STEP, HEIGHT + FOOT + HEAD);
    for (int i = 0; i < YEARS; i++) {
        const int year = overview->year - YEARS + 1 + i;
        const int64_t quantity = quantity_in(overview, year);
        const int height = quantity > 0 ? (int)(quantity * HEIGHT / most) : 0;
        const int x = i * STEP + (STEP - WIDE) / 2;
        lt_text_number(quantity, number);
        if (quantity == NOTHING)
            (void)snprintf(number, sizeof number, "…");
        lt_out_print(out,
                     "<g><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>"
                     "<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\">%d</text></g>",
                     x, HEAD + HEIGHT - height, WIDE, height, x + WIDE / 2,
                     HEAD + HEIGHT - height - 4, number, x + WIDE / 2, HEAD + HEIGHT + FOOT - 4,
                     year);
    }
    lt_out_raw(out, "</svg>");
}

static void put_change(const struct overview *overview, struct lt_out *out)
{
    char text[LT_NUMBER_TEXT_MAX], words[160];
    const int64_t now = quantity_in(overview, overview->year);
    const int64_t before = quantity_in(overview, overview->year - 1);
    if (now == NOTHING || before == NOTHING) {
        (void)snprintf(words, sizeof words,
                       now == NOTHING
                           ? lt_text("lượt khen thưởng; năm %d chưa ai báo cáo",
                                     "awards; nobody has told anything of %d")
                           : lt_text("lượt khen thưởng; năm %d không có số liệu để so sánh",
                                     "awards; there is nothing of %d to compare with"),
                       now == NOTHING ? overview->year : overview->year - 1);
    } else {
        lt_text_number(now > before ? now - before : before - now, text);
        (void)snprintf(words, sizeof words,
                       now >= before
                           ? lt_text("lượt khen thưởng; ▲ %s so với %d", "awards; ▲ %s against %d")
                           : lt_text("lượt khen thưởng; ▼ %s so với %d", "awards; ▼ %s against %d"),
                       text, overview->year - 1);
    }
    lt_web_page_tile(out, now == NOTHING ? 0 : now, words, "", NULL);
}

static int64_t of_kind(const struct overview *overview, enum lt_kind kind)
{
    for (size_t i = 0; i < overview->kinds.count; i++)
        if (overview->kinds.rows[i].numbers[0] == (uint32_t)kind)
            return overview->kinds.rows[i].count;
    return 0;
}

static void put_tiles(const struct overview *overview, struct lt_out *out)
{
    static const struct {
        enum lt_kind kind;
        const char *vietnamese, *english;
    } kinds[] = {
        {LT_KIND_PROPOSAL, "đề nghị", "proposals"},
        {LT_KIND_MOVEMENT, "phong trào", "movements"},
        {LT_KIND_EXEMPLAR, "điển hình tiên tiến", "exemplars"},
    };
    lt_out_raw(out, "<ul class=\"tiles\">");
    put_change(overview, out);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        lt_web_page_tile(out, of_kind(overview, kinds[i].kind),
                         lt_text(kinds[i].vietnamese, kinds[i].english), "", NULL);
    if (overview->has_owed && overview->owed.expected > 0) {
        lt_web_page_tile(out, (int64_t)(overview->owed.declared + overview->owed.nil),
                         lt_text("đơn vị đã chốt", "units have declared"), "good", NULL);
        lt_web_page_tile(out, (int64_t)overview->owed.missing,
                         lt_text("đơn vị chưa có gì", "units have told nothing"),
                         overview->owed.missing > 0 ? "bad" : "", NULL);
    }
    lt_out_raw(out, "</ul>");
}

/* ---- Parts ---- */

static int by_quantity(const void *a, const void *b)
{
    const struct lt_figure *one = *(const struct lt_figure *const *)a;
    const struct lt_figure *other = *(const struct lt_figure *const *)b;
    return one->quantity != other->quantity ? (one->quantity < other->quantity ? 1 : -1)
                                            : strcmp(one->values[0], other->values[0]);
}

/* Rank, what it is, how many, and a bar. Equal ones have one rank, and the next is as if they had not. */
static void put_row(struct lt_out *out, const struct overview *overview,
                    const struct lt_figures_query *query, const struct lt_book *book,
                    const struct lt_figure *row, size_t rank, int64_t most)
{
    char text[TEXT_MAX], number[LT_NUMBER_TEXT_MAX];
    lt_figures_cell(query, book, row, 0, text, sizeof text);
    lt_text_number(row->quantity, number);
    lt_out_print(out, "<tr><td class=\"n\">%zu</td><th scope=\"row\">", rank);
    if (query->by[0] == LT_DIM_PLACE && !row->unallocated) {
        lt_out_raw(out, "<a href=\"/overview?place=");
        lt_out_url(out, row->values[0]);
        lt_out_print(out, "&amp;year=%d\">", overview->year);
        lt_out_text(out, text);
        lt_out_raw(out, "</a>");
    } else {
        lt_out_text(out, text);
    }
    lt_out_print(
        out,
        "</th><td class=\"n\">%s</td><td><svg class=\"heat\" aria-hidden=\"true\" width=\"%d\" "
        "height=\"12\"><rect width=\"%" PRId64 "\" height=\"12\" rx=\"2\"/></svg></td></tr>\n",
        number, BAR_WIDTH, row->quantity * BAR_WIDTH / (most > 0 ? most : 1));
}

static void put_part(struct lt_asked *asked, struct lt_out *out, const struct overview *overview,
                     enum lt_dimension by, const struct lt_figures *figures, const char *title)
{
    const struct lt_figures_query query = query_of(overview, overview->year, by);
    const struct lt_figure **rows = calloc(figures->count + 1, sizeof *rows);
    char unit[LT_UNIT_TEXT_MAX];
    if (rows == NULL || figures->count == 0) {
        free(rows);
        return;
    }
    for (size_t i = 0; i < figures->count; i++)
        rows[i] = &figures->rows[i];
    qsort(rows, figures->count, sizeof *rows, by_quantity);
    lt_out_print(out,
                 "<section><h2>%s</h2><div class=\"wide\"><table><thead><tr><th scope=\"col\" "
                 "class=\"n\">%s</th><th scope=\"col\">%s</th><th scope=\"col\" class=\"n\">%s</th>"
                 "<th><span class=\"aloud\">%s</span></th></tr></thead><tbody>",
                 title, lt_text("Hạng", "Rank"), lt_dimension_label(by), lt_text("Lượt", "Awards"),
                 lt_text("Cột", "Bar"));
    for (size_t i = 0, rank = 1; i < figures->count && i < TOP_ROWS; i++) {
        rank = i > 0 && rows[i]->quantity == rows[i - 1]->quantity ? rank : i + 1;
        put_row(out, overview, &query, lt_ledger_book(asked->web->ledger), rows[i], rank,
                rows[0]->quantity);
    }
    lt_unit_format(&overview->place->unit, unit);
    lt_out_print(out,
                 "</tbody></table></div><p><a "
                 "href=\"/figures?place=%s&amp;year=%d&amp;by=%s\">%s</a></p></section>",
                 unit, overview->year, lt_dimension_name(by),
                 figures->count > TOP_ROWS
                     ? lt_text("Tất cả, và tải về", "All of them, and downloads")
                     : lt_text("Thành bảng số liệu", "As a table of figures"));
    free(rows);
}

/* ---- The page ---- */

static void put_form(const struct overview *overview, struct lt_out *out)
{
    char unit[LT_UNIT_TEXT_MAX], year[8];
    lt_unit_format(&overview->place->unit, unit);
    (void)snprintf(year, sizeof year, "%d", overview->year);
    lt_out_raw(out, "<form class=\"ask\" method=\"get\" action=\"/overview\">");
    lt_web_page_field(out, "place", lt_text("Nơi (mã)", "Place (code)"), unit, "text");
    lt_web_page_field(out, "year", lt_text("Năm", "Year"), year, "text");
    lt_out_print(out, "<button>%s</button></form>\n", lt_text("Xem", "Show"));
}

static void put_fresh(const struct overview *overview, struct lt_out *out)
{
    char words[LT_COMPLETENESS_WORDS_MAX];
    if (!overview->has_owed || overview->owed.expected == 0)
        return;
    lt_completeness_words(&overview->owed, words);
    lt_out_raw(out, "<p class=\"note\">");
    lt_out_text(out, words);
    lt_out_raw(out, "</p>");
}

static void show(struct lt_asked *asked, struct lt_answer *answer, const struct overview *overview)
{
    struct lt_out *out = &answer->body;
    char title[400];
    (void)snprintf(title, sizeof title, lt_text("%s, năm %d", "%s, %d"), overview->place->name,
                   overview->year);
    lt_web_page_begin(asked, answer, title, "overview");
    put_form(overview, out);
    put_tiles(overview, out);
    put_fresh(overview, out);
    put_years(overview, out);
    lt_out_raw(out, "<div class=\"parts\">");
    put_part(asked, out, overview, LT_DIM_CODE, &overview->titles,
             lt_text("Theo danh hiệu, hình thức", "By title or form"));
    put_part(asked, out, overview, LT_DIM_RECIPIENT, &overview->recipients,
             lt_text("Theo đối tượng", "By recipient"));
    put_part(asked, out, overview, LT_DIM_PLACE, &overview->places,
             lt_text("Theo đơn vị", "By unit"));
    lt_out_raw(out, "</div>");
    lt_web_page_end(asked, answer);
}

void lt_page_overview(struct lt_asked *asked, struct lt_answer *answer)
{
    struct lt_question question;
    struct overview overview = {.place = NULL};
    char reason[400] = "";
    enum lt_result result = lt_question_read(asked, &question, reason);
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, reason);
        return;
    }
    overview.place = question.query.place;
    overview.year = question.query.year_to;
    if (!lt_asked_slow(asked, answer))
        return;
    result = ask_all(asked->web->ledger, &overview, reason);
    lt_asked_done(asked);
    if (result == LT_OK)
        show(asked, answer, &overview);
    else
        lt_answer_result(asked, answer, result, reason);
    clear(&overview);
}
