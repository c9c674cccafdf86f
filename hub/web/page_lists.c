/* Lists of a place: its records other than awards with what became of them (as `lienthong-hub list`), the rankings of its
 * clusters (`clusters`), and the decisions that tellers tell differently (`differences`). */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/list_rows.h"
#include "hub/told_list.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"
#include "hub/web/places.h"
#include "hub/web/question.h"

enum { ROWS_A_PAGE = 200, ROWS_MAX = 100 * 1000 };

static const struct list {
    const char *name, *vietnamese, *english;
    const struct lt_told_list *told; /* NULL: records, of the kind of this name */
} lists[] = {{"movements", "Phong trào thi đua", "Movements", NULL},
             {"proposals", "Đề nghị khen thưởng", "Proposals", NULL},
             {"pledges", "Giao ước thi đua", "Pledges", NULL},
             {"exemplars", "Điển hình tiên tiến", "Exemplars", NULL},
             {"declarations", "Chốt số liệu", "Declarations", NULL},
             {"rankings", "Xếp hạng khối, cụm", "Rankings of clusters", &lt_rankings_list},
             {"differences", "Báo cáo khác nhau", "Told differently", &lt_differences_list}};
enum { LISTS = sizeof lists / sizeof lists[0], HEADING_MAX = 4 * LT_LONG_TEXT_BYTES_MAX };

struct gathering {
    const struct list *list;
    const struct lt_list_kind *kind; /* NULL: of a told list */
    const struct lt_print_column *columns;
    size_t column_count;
    const struct lt_book *book;
    const struct lt_place *place;
    struct lt_grid *grid;
    struct lt_list_cells cells;
    char heading[HEADING_MAX]; /* of the rows that come, in a told list */
    bool names, cut;
};

static bool speaks_of_persons(const struct lt_list_kind *kind)
{
    return kind->kind == LT_KIND_PROPOSAL || kind->kind == LT_KIND_EXEMPLAR;
}

/* A person's name, for those who may see such; a note may hold one. */
static bool is_hidden(const struct gathering *gathering, size_t column)
{
    const char *name = gathering->columns[column].name;
    return gathering->kind != NULL && !gathering->names && speaks_of_persons(gathering->kind) &&
           (strcmp(name, "name") == 0 || strcmp(name, "note") == 0);
}

static struct lt_grid *new_grid(const struct gathering *gathering)
{
    struct lt_grid_column columns[LT_PRINT_COLUMNS_MAX + 2] = {
        {"group", "Loại", "Group", LT_GRID_TEXT}};
    size_t count = 1;
    for (size_t i = 0; i < gathering->column_count; i++) {
        const struct lt_print_column *column = &gathering->columns[i];
        if (!is_hidden(gathering, i))
            columns[count++] =
                (struct lt_grid_column){column->name, column->vietnamese, column->english,
                                        column->kind == LT_PRINT_NUMBER   ? LT_GRID_NUMBER
                                        : column->kind == LT_PRINT_POINTS ? LT_GRID_POINTS
                                                                          : LT_GRID_TEXT};
    }
    if (gathering->kind != NULL)
        columns[count++] = (struct lt_grid_column){"update", "Bản ghi", "Record", LT_GRID_TEXT};
    struct lt_grid *grid = lt_grid_new(columns, count);
    if (grid != NULL && gathering->kind == NULL)
        lt_grid_grouped(grid);
    return grid;
}

static void add_number(struct lt_grid *grid, const char *cell)
{
    char *end = NULL;
    const long long number = strtoll(cell, &end, 10);
    if (end == cell)
        lt_grid_none(grid);
    else
        lt_grid_number(grid, number);
}

static void add_cell(struct gathering *gathering, size_t column, const char *cell)
{
    if (gathering->columns[column].kind == LT_PRINT_TEXT)
        lt_grid_text(gathering->grid, cell);
    else
        add_number(gathering->grid, cell);
}

/* ---- Rows of records ---- */

static bool add_item(void *context, const struct lt_item_view *view)
{
    struct gathering *gathering = context;
    struct lt_grid *grid = gathering->grid;
    const struct lt_list_kind *kind = gathering->kind;
    if (!lt_place_within(view->fact.place, gathering->place))
        return true;
    gathering->cut = lt_grid_rows(grid) == ROWS_MAX;
    if (gathering->cut)
        return false;
    const uint8_t group = kind->group_of(view);
    lt_list_fill(kind, view, gathering->book, &gathering->cells);
    lt_grid_text(grid, lt_text(kind->groups[group].vietnamese, kind->groups[group].english));
    for (size_t i = 0; i < gathering->column_count; i++)
        if (!is_hidden(gathering, i))
            add_cell(gathering, i, gathering->cells.cells[i]);
    lt_web_page_change(grid, &view->current);
    return !lt_grid_failed(grid);
}

/* ---- Rows of a told list ---- */

static const char *cell_of(const struct gathering *gathering, const char *const *cells,
                           const char *name)
{
    for (size_t i = 0; i < gathering->column_count; i++)
        if (strcmp(gathering->columns[i].name, name) == 0)
            return cells[i];
    return "";
}

/* From a member to what was told of its points; from a teller to its records of the title. */
static void add_link(struct gathering *gathering, const char *const *cells, const char *place,
                     const char *where, const char *value)
{
    struct lt_out to = {.bytes = NULL};
    const char *year = cell_of(gathering, cells, "year");
    const char *last = strrchr(year, '-'); /* a span counts in its last year */
    lt_out_raw(&to, "/records?place=");
    lt_out_url(&to, place);
    lt_out_raw(&to, "&year=");
    lt_out_url(&to, last != NULL ? last + 1 : year);
    lt_out_print(&to, "&where=%s%%3D", where);
    lt_out_url(&to, value);
    lt_grid_link(gathering->grid, place, to.failed ? "" : to.bytes);
    lt_out_free(&to);
}

static void take_heading(void *context, const char *text)
{
    struct gathering *gathering = context;
    (void)snprintf(gathering->heading, sizeof gathering->heading, "%s", text);
}

static bool take_row(void *context, const char *const *cells)
{
    struct gathering *gathering = context;
    gathering->cut = gathering->cut || lt_grid_rows(gathering->grid) == ROWS_MAX;
    if (gathering->cut)
        return true;
    lt_grid_text(gathering->grid, gathering->heading);
    for (size_t i = 0; i < gathering->column_count; i++) {
        const char *name = gathering->columns[i].name;
        if (strcmp(name, "member") == 0)
            add_link(gathering, cells, cells[i], "kind", "score");
        else if (strcmp(name, "place") == 0 && cells[i][0] != '\0')
            add_link(gathering, cells, cells[i], "code", cell_of(gathering, cells, "code"));
        else
            add_cell(gathering, i, cells[i]);
    }
    return !lt_grid_failed(gathering->grid);
}

static enum lt_result take_told(struct lt_ledger *ledger, struct lt_behind *behind,
                                const struct lt_figures_query *query, struct gathering *gathering)
{
    const struct lt_print_taker taker = {gathering, take_heading, take_row};
    const struct lt_told_question question = {query->place, query->year_from, query->year_to,
                                              behind};
    struct lt_print *print = lt_print_to(&taker);
    if (print == NULL)
        return LT_NO_MEMORY;
    const enum lt_result result = gathering->list->told->tell(ledger, &question, print);
    const enum lt_result taken = lt_print_end(print, NULL);
    return result != LT_OK ? result : taken;
}

/* ---- The page ---- */

void lt_web_lists(struct lt_out *out, const struct lt_question *question, const char *here)
{
    struct lt_out words = {.bytes = NULL};
    lt_question_address(question, &words);
    lt_out_raw(out, "<p class=\"kinds\">");
    for (size_t i = 0; i < LISTS && !words.failed; i++) {
        lt_out_print(out, "<a href=\"/lists/%s?", lists[i].name);
        lt_out_text(out, words.bytes);
        lt_out_print(out, "\"%s>%s</a> ",
                     here != NULL && strcmp(here, lists[i].name) == 0 ? " aria-current=\"page\""
                                                                      : "",
                     lt_text(lists[i].vietnamese, lists[i].english));
    }
    lt_out_raw(out, "</p>\n");
    lt_out_free(&words);
}

static void form(struct lt_asked *asked, struct lt_out *out, const struct lt_question *question,
                 const struct list *list)
{
    lt_web_lists(out, question, list->name);
    lt_out_print(out, "<form class=\"ask\" method=\"get\" action=\"/lists/%s\">", list->name);
    lt_places_field(out, lt_places_label(asked), question->words.place);
    lt_places_list(asked, out, question->words.place);
    lt_web_page_field(out, "year", lt_text("Năm", "Year"), question->words.year, "text");
    lt_out_print(out, "<button>%s</button></form>\n", lt_text("Xem", "Show"));
}

static void show(struct lt_asked *asked, struct lt_answer *answer,
                 const struct lt_question *question, struct gathering *gathering, const char *title)
{
    struct lt_out *out = &answer->body;
    lt_web_page_begin(asked, answer, title, "figures");
    form(asked, out, question, gathering->list);
    lt_web_page_ended(out, question->query.place);
    if (gathering->cut)
        lt_out_print(out, "<p class=\"banner warn\">%s</p>",
                     lt_text("Nhiều hơn 100.000 dòng: chỉ những dòng đầu. Hãy hỏi hẹp hơn.",
                             "More than 100,000 rows: the first ones only. Ask for less."));
    lt_web_page_grid(asked, answer, gathering->grid, ROWS_A_PAGE, title);
    lt_web_page_end(asked, answer);
}

static enum lt_result gather(struct lt_ledger *ledger, struct lt_behind *behind,
                             const struct lt_figures_query *query, struct gathering *gathering)
{
    return gathering->kind == NULL ? take_told(ledger, behind, query, gathering)
                                   : lt_items(ledger, gathering->kind->kind, query->year_from,
                                              query->year_to, add_item, gathering);
}

static void answer_list(struct lt_asked *asked, struct lt_answer *answer,
                        const struct lt_question *question, struct gathering *gathering)
{
    char title[400], period[LT_FIGURES_PERIOD_MAX];
    const struct list *list = gathering->list;
    const struct lt_figures_query *query = &question->query;
    lt_figures_period_text(query, period);
    (void)snprintf(title, sizeof title, "%s: %s, %s", lt_text(list->vietnamese, list->english),
                   query->place->name, period);
    if (!lt_asked_slow(asked, answer))
        return;
    enum lt_result result = gather(asked->web->ledger, asked->web->behind, query, gathering);
    const bool data =
        result == LT_OK &&
        lt_web_page_data(asked, answer, gathering->grid,
                         list->told != NULL ? list->told->schema : gathering->kind->schema, "",
                         title, list->name);
    lt_asked_done(asked);
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, "");
        return;
    }
    if (lt_grid_rows(gathering->grid) > 0 && gathering->kind != NULL &&
        speaks_of_persons(gathering->kind))
        lt_asked_reads_names(asked, answer);
    if (!data)
        show(asked, answer, question, gathering, title);
}

static const struct list *find(const char *name)
{
    for (size_t i = 0; i < LISTS; i++)
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    return NULL;
}

void lt_page_list(struct lt_asked *asked, struct lt_answer *answer)
{
    struct lt_question question;
    char reason[400] = "";
    const struct list *list = find(asked->url.parts[1]);
    enum lt_result result =
        list != NULL ? lt_question_read(asked, &question, reason) : LT_NOT_FOUND;
    if (result == LT_OK && question.query.month_from != 0) {
        (void)snprintf(reason, sizeof reason, "%s",
                       lt_text("danh sách này theo năm", "this list goes by years"));
        result = LT_USAGE;
    }
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, reason);
        return;
    }
    const struct lt_told_list *told = list->told;
    const struct lt_list_kind *kind = told == NULL ? lt_list_kind_of(list->name) : NULL;
    assert(told != NULL || kind != NULL);
    struct gathering gathering = {.list = list,
                                  .kind = kind,
                                  .columns = told != NULL ? told->columns : kind->columns,
                                  .column_count =
                                      told != NULL ? told->column_count : kind->column_count,
                                  .book = lt_ledger_book(asked->web->ledger),
                                  .place = question.query.place,
                                  .names = asked->names};
    gathering.grid = new_grid(&gathering);
    if (gathering.grid == NULL)
        answer->body.failed = true;
    else
        answer_list(asked, answer, &question, &gathering);
    free(gathering.cells.grown);
    lt_grid_free(gathering.grid);
}
