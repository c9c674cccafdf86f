/* Places side by side: the same question asked of each, its answers in one table with a way to the records of each cell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"
#include "hub/web/places.h"
#include "hub/web/question.h"

enum {
    PLACES_MAX = 10,
    ROWS_A_PAGE = 200,
    TEXT_MAX = LT_LONG_TEXT_BYTES_MAX * 2,
    TITLE_MAX = 120 + LT_FIGURES_MANNER_MAX + LT_FIGURES_FILTER_MAX
};

struct compared {
    struct lt_question question;
    struct lt_figures figures;
    bool open; /* not all that owe it have declared, so what there is not may still come */
    char head[LT_LONG_TEXT_BYTES_MAX + LT_UNIT_TEXT_MAX + 4], name[LT_UNIT_TEXT_MAX + 8];
};

struct comparison {
    struct compared places[PLACES_MAX];
    size_t count;
    struct row {
        const struct lt_figure *cells[PLACES_MAX], *any; /* any: one of them */
    } * rows;
    size_t row_count;
};

/* ---- Asking ---- */

static enum lt_result read_places(struct lt_asked *asked, struct comparison *comparison,
                                  char ret_reason[400])
{
    const struct lt_url_params *params = &asked->url.params;
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < params->count && result == LT_OK; i++) {
        if (strcmp(params->items[i].name, "place") != 0 || params->items[i].value[0] == '\0')
            continue;
        if (comparison->count == PLACES_MAX) {
            (void)snprintf(ret_reason, 400, "%s",
                           lt_text("nhiều nhất 10 nơi", "at most 10 places"));
            return LT_USAGE;
        }
        struct compared *place = &comparison->places[comparison->count++];
        result = lt_question_read_of(asked, params->items[i].value, &place->question, ret_reason);
    }
    for (size_t i = 0; i < comparison->count && result == LT_OK; i++) {
        struct compared *place = &comparison->places[i];
        const struct lt_place *asked_of = place->question.query.place;
        char unit[LT_UNIT_TEXT_MAX];
        lt_unit_format(&asked_of->unit, unit);
        (void)snprintf(place->head, sizeof place->head, "%s %s", unit, asked_of->name);
        (void)snprintf(place->name, sizeof place->name, "place_%zu", i + 1);
    }
    return result;
}

static enum lt_result ask(struct lt_asked *asked, struct comparison *comparison,
                          char ret_reason[400])
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < comparison->count && result == LT_OK; i++) {
        struct compared *place = &comparison->places[i];
        struct lt_completeness sum = {0};
        result =
            lt_figures_ask(asked->web->ledger, &place->question.query, &place->figures, ret_reason);
        if (result == LT_OK && place->question.query.tree == 0)
            lt_question_completeness(asked->web->ledger, &place->question, &sum);
        place->open = !lt_question_is_whole(&sum);
    }
    return result;
}

/* ---- Side by side ---- */

static int compare_rows(const struct lt_figure *a, const struct lt_figure *b, size_t by_count)
{
    int order = 0;
    for (size_t i = 0; i < by_count && order == 0; i++)
        order = strcmp(a->values[i], b->values[i]);
    return order;
}

struct cell {
    const struct lt_figure *figure;
    size_t place, by_count;
};

static int compare_cells(const void *a, const void *b)
{
    const struct cell *one = a, *other = b;
    return compare_rows(one->figure, other->figure, one->by_count);
}

static bool align(struct comparison *comparison)
{
    const size_t by_count = comparison->places[0].question.query.by_count;
    size_t most = 0, count = 0;
    for (size_t i = 0; i < comparison->count; i++)
        most += comparison->places[i].figures.count;
    struct cell *cells = calloc(most + 1, sizeof *cells);
    comparison->rows = calloc(most + 1, sizeof *comparison->rows);
    if (cells == NULL || comparison->rows == NULL) {
        free(cells);
        return false;
    }
    for (size_t i = 0; i < comparison->count; i++)
        for (size_t j = 0; j < comparison->places[i].figures.count; j++)
            cells[count++] = (struct cell){&comparison->places[i].figures.rows[j], i, by_count};
    qsort(cells, count, sizeof *cells, compare_cells);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_cells(&cells[i - 1], &cells[i]) != 0)
            comparison->rows[comparison->row_count++].any = cells[i].figure;
        comparison->rows[comparison->row_count - 1].cells[cells[i].place] = cells[i].figure;
    }
    free(cells);
    return true;
}

static void add_cell(struct lt_grid *grid, const struct compared *place,
                     const struct lt_figure *figure)
{
    const struct lt_figures_query *query = &place->question.query;
    struct lt_out way = {.bytes = NULL};
    if (figure == NULL && place->open)
        lt_grid_none(grid);
    else if (figure == NULL)
        lt_grid_number(grid, 0);
    if (figure == NULL)
        return;
    lt_out_raw(&way, "/records?");
    lt_question_address(&place->question, &way);
    for (size_t i = 0; i < query->by_count; i++) {
        lt_out_print(&way, "&where=%s%%3D", lt_dimension_name(query->by[i]));
        lt_out_url(&way, figure->values[i]);
    }
    if (query->tree == 0 && !way.failed && figure->quantity != 0)
        lt_grid_number_link(grid, figure->quantity, way.bytes);
    else
        lt_grid_number(grid, figure->quantity);
    lt_out_free(&way);
}

static struct lt_grid *make_grid(struct lt_asked *asked, const struct comparison *comparison)
{
    struct lt_grid_column columns[LT_DIM_COUNT + PLACES_MAX];
    const struct lt_figures_query *query = &comparison->places[0].question.query;
    const struct lt_book *book = lt_ledger_book(asked->web->ledger);
    char text[TEXT_MAX];
    size_t count = 0;
    for (size_t i = 0; i < query->by_count; i++) {
        const char *head = lt_figures_head(query, i);
        columns[count++] =
            (struct lt_grid_column){lt_dimension_name(query->by[i]), head, head, LT_GRID_TEXT};
    }
    for (size_t i = 0; i < comparison->count; i++) {
        const struct compared *place = &comparison->places[i];
        columns[count++] =
            (struct lt_grid_column){place->name, place->head, place->head, LT_GRID_NUMBER};
    }
    struct lt_grid *grid = lt_grid_new(columns, count);
    for (size_t i = 0; grid != NULL && i < comparison->row_count; i++) {
        for (size_t j = 0; j < query->by_count; j++) {
            lt_figures_cell(query, book, comparison->rows[i].any, j, text, sizeof text);
            lt_grid_text(grid, text);
        }
        for (size_t j = 0; j < comparison->count; j++)
            add_cell(grid, &comparison->places[j], comparison->rows[i].cells[j]);
    }
    return grid;
}

/* ---- The page ---- */

static bool is_any_open(const struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->count; i++)
        if (comparison->places[i].open)
            return true;
    return false;
}

static void form(struct lt_asked *asked, struct lt_out *out, const struct comparison *comparison)
{
    const char *period = lt_asked_value(asked, "period");
    const char *by = lt_asked_value(asked, "by");
    const struct lt_question *question = &comparison->places[0].question; /* how it is asked */
    lt_out_raw(out, "<form class=\"ask\" method=\"get\" action=\"/compare\">");
    for (size_t i = 0; i < comparison->count; i++)
        lt_places_field(out, lt_places_label(asked), comparison->places[i].question.words.place);
    for (size_t i = comparison->count; i < PLACES_MAX && i < comparison->count + 2; i++)
        lt_places_field(out, lt_text("Thêm nơi (tên hoặc mã)", "One more place (name or code)"),
                        "");
    lt_places_list(asked, out, NULL);
    lt_web_page_field(out, "period", lt_text("Kỳ hoặc năm", "Period or year"),
                      period != NULL ? period : lt_asked_value(asked, "year"), "text");
    lt_out_print(out, "<label>%s <select name=\"by\">", lt_text("Dòng theo", "Rows by"));
    for (int i = 0; i < LT_DIM_COUNT; i++)
        if ((enum lt_dimension)i != LT_DIM_PLACE)
            lt_web_page_option(out, lt_dimension_name((enum lt_dimension)i),
                               lt_dimension_label((enum lt_dimension)i), by != NULL ? by : "code");
    lt_out_raw(out, "</select></label>");
    lt_question_manner(question, out);
    lt_question_conditions(&question->words, out);
    lt_out_print(out, "<button>%s</button></form>\n", lt_text("So sánh", "Compare"));
}

/* The title, and the grid where places were named. */
static enum lt_result put_together(struct lt_asked *asked, struct comparison *comparison,
                                   char ret_title[TITLE_MAX], struct lt_grid **ret_grid)
{
    char period[LT_FIGURES_PERIOD_MAX] = "", manner[LT_FIGURES_MANNER_MAX] = "";
    char filter[LT_FIGURES_FILTER_MAX] = "";
    if (comparison->count > 0) {
        const struct lt_figures_query *query = &comparison->places[0].question.query;
        lt_figures_period_text(query, period);
        lt_figures_filter_text(query, filter);
        lt_figures_manner_text(query, manner);
        *ret_grid = align(comparison) ? make_grid(asked, comparison) : NULL;
    }
    (void)snprintf(ret_title, TITLE_MAX,
                   lt_text("So sánh các nơi %s%s%s", "Places compared %s%s%s"), period, manner,
                   filter);
    return comparison->count > 0 && *ret_grid == NULL ? LT_NO_MEMORY : LT_OK;
}

static void show(struct lt_asked *asked, struct lt_answer *answer,
                 const struct comparison *comparison, struct lt_grid *grid, const char *title)
{
    struct lt_out *out = &answer->body;
    lt_web_page_begin(asked, answer, title, "compare");
    form(asked, out, comparison);
    if (grid != NULL && is_any_open(comparison))
        lt_out_print(
            out, "<p class=\"note\">%s</p>",
            lt_text("… là chưa báo cáo, ở nơi chưa chốt xong số liệu của kỳ; 0 là không có.",
                    "… is not told, at a place that has not declared all of the period; 0 is "
                    "none."));
    if (grid != NULL)
        lt_web_page_grid(asked, answer, grid, ROWS_A_PAGE, title);
    else
        lt_out_print(
            out, "<p class=\"hint\">%s</p>",
            lt_text("Ghi mã các nơi muốn so sánh.", "Give the codes of the places to compare."));
    lt_web_page_end(asked, answer);
}

void lt_page_compare(struct lt_asked *asked, struct lt_answer *answer)
{
    char reason[400] = "", title[TITLE_MAX];
    struct lt_grid *grid = NULL;
    bool data = false;
    struct comparison *comparison = calloc(1, sizeof *comparison);
    if (comparison == NULL) {
        answer->body.failed = true;
        return;
    }
    enum lt_result result = read_places(asked, comparison, reason);
    const bool asking = result == LT_OK && comparison->count > 0;
    if (asking && !lt_asked_slow(asked, answer)) {
        free(comparison);
        return;
    }
    if (asking)
        result = ask(asked, comparison, reason);
    if (result == LT_OK)
        result = put_together(asked, comparison, title, &grid);
    if (result == LT_OK && grid != NULL)
        data = lt_web_page_data(asked, answer, grid, "lienthong.compared/1", "", title, "compare");
    if (asking)
        lt_asked_done(asked);
    if (result != LT_OK)
        lt_answer_result(asked, answer, result, reason);
    else if (!data)
        show(asked, answer, comparison, grid, title);
    for (size_t i = 0; i < comparison->count; i++)
        lt_figures_clear(&comparison->places[i].figures);
    lt_grid_free(grid);
    free(comparison->rows);
    free(comparison);
}
