/* The records of a place other than awards, one after the other, with what became of them: as `lienthong-hub list`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/list_rows.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"
#include "hub/web/places.h"
#include "hub/web/question.h"

enum { ROWS_A_PAGE = 200, ROWS_MAX = 100 * 1000 };

static const struct {
    const char *name, *vietnamese, *english;
} lists[] = {{"movements", "Phong trào thi đua", "Movements"},
             {"proposals", "Đề nghị khen thưởng", "Proposals"},
             {"pledges", "Giao ước thi đua", "Pledges"},
             {"exemplars", "Điển hình tiên tiến", "Exemplars"},
             {"declarations", "Chốt số liệu", "Declarations"}};
enum { LISTS = sizeof lists / sizeof lists[0] };

struct gathering {
    const struct lt_list_kind *kind;
    const struct lt_book *book;
    const struct lt_place *place;
    struct lt_grid *grid;
    struct lt_list_cells cells;
    bool names, cut;
};

static bool speaks_of_persons(const struct lt_list_kind *kind)
{
    return kind->kind == LT_KIND_PROPOSAL || kind->kind == LT_KIND_EXEMPLAR;
}

/* A person's name, for those who may see such; a note may hold one. */
static bool is_hidden(const struct gathering *gathering, size_t column)
{
    const char *name = gathering->kind->columns[column].name;
    return !gathering->names && speaks_of_persons(gathering->kind) &&
           (strcmp(name, "name") == 0 || strcmp(name, "note") == 0);
}

static struct lt_grid *new_grid(const struct gathering *gathering)
{
    struct lt_grid_column columns[LT_PRINT_COLUMNS_MAX + 2] = {
        {"group", "Loại", "Group", LT_GRID_TEXT}};
    size_t count = 1;
    for (size_t i = 0; i < gathering->kind->column_count; i++) {
        const struct lt_print_column *column = &gathering->kind->columns[i];
        if (!is_hidden(gathering, i))
            columns[count++] = (struct lt_grid_column){
                column->name, column->vietnamese, column->english,
                column->kind == LT_PRINT_NUMBER ? LT_GRID_NUMBER : LT_GRID_TEXT};
    }
    columns[count++] = (struct lt_grid_column){"update", "Bản ghi", "Record", LT_GRID_TEXT};
    return lt_grid_new(columns, count);
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
    for (size_t i = 0; i < kind->column_count; i++) {
        if (is_hidden(gathering, i))
            continue;
        if (kind->columns[i].kind == LT_PRINT_NUMBER)
            add_number(grid, gathering->cells.cells[i]);
        else
            lt_grid_text(grid, gathering->cells.cells[i]);
    }
    lt_web_page_change(grid, &view->current);
    return !lt_grid_failed(grid);
}

/* ---- The page ---- */

static void form(struct lt_asked *asked, struct lt_out *out, const struct lt_question *question,
                 size_t list)
{
    lt_out_raw(out, "<p class=\"kinds\">");
    for (size_t i = 0; i < LISTS; i++) {
        lt_out_print(out, "<a href=\"/lists/%s?", lists[i].name);
        lt_question_address(question, out);
        lt_out_print(out, "\"%s>%s</a> ", i == list ? " aria-current=\"page\"" : "",
                     lt_text(lists[i].vietnamese, lists[i].english));
    }
    lt_out_print(out, "</p><form class=\"ask\" method=\"get\" action=\"/lists/%s\">",
                 lists[list].name);
    lt_places_field(out, lt_places_label(asked), question->words.place);
    lt_places_list(asked, out, question->words.place);
    lt_web_page_field(out, "year", lt_text("Năm", "Year"), question->words.year, "text");
    lt_out_print(out, "<button>%s</button></form>\n", lt_text("Xem", "Show"));
}

static void show(struct lt_asked *asked, struct lt_answer *answer,
                 const struct lt_question *question, size_t list, struct gathering *gathering,
                 const char *title)
{
    struct lt_out *out = &answer->body;
    lt_web_page_begin(asked, answer, title, "figures");
    form(asked, out, question, list);
    lt_web_page_ended(out, question->query.place);
    if (gathering->cut)
        lt_out_print(out, "<p class=\"banner warn\">%s</p>",
                     lt_text("Nhiều hơn 100.000 bản ghi: chỉ những bản đầu. Hãy hỏi hẹp hơn.",
                             "More than 100,000 records: the first ones only. Ask for less."));
    lt_web_page_grid(asked, answer, gathering->grid, ROWS_A_PAGE, title);
    lt_web_page_end(asked, answer);
}

static void answer_list(struct lt_asked *asked, struct lt_answer *answer,
                        const struct lt_question *question, size_t list,
                        struct gathering *gathering)
{
    char title[400], period[LT_FIGURES_PERIOD_MAX];
    const struct lt_figures_query *query = &question->query;
    lt_figures_period_text(query, period);
    (void)snprintf(title, sizeof title, "%s: %s, %s",
                   lt_text(lists[list].vietnamese, lists[list].english), query->place->name,
                   period);
    if (!lt_asked_slow(asked, answer))
        return;
    enum lt_result result = lt_items(asked->web->ledger, gathering->kind->kind, query->year_from,
                                     query->year_to, add_item, gathering);
    const bool data =
        result == LT_OK && lt_web_page_data(asked, answer, gathering->grid, gathering->kind->schema,
                                            "", title, lists[list].name);
    lt_asked_done(asked);
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, "");
        return;
    }
    if (lt_grid_rows(gathering->grid) > 0 && speaks_of_persons(gathering->kind))
        lt_asked_reads_names(asked, answer);
    if (!data)
        show(asked, answer, question, list, gathering, title);
}

void lt_page_list(struct lt_asked *asked, struct lt_answer *answer)
{
    struct lt_question question;
    char reason[400] = "";
    size_t list = 0;
    while (list < LISTS && strcmp(lists[list].name, asked->url.parts[1]) != 0)
        list++;
    enum lt_result result =
        list < LISTS ? lt_question_read(asked, &question, reason) : LT_NOT_FOUND;
    if (result == LT_OK && question.query.month_from != 0) {
        (void)snprintf(reason, sizeof reason, "%s",
                       lt_text("danh sách này theo năm", "this list goes by years"));
        result = LT_USAGE;
    }
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, reason);
        return;
    }
    struct gathering gathering = {.kind = lt_list_kind_of(lists[list].name),
                                  .book = lt_ledger_book(asked->web->ledger),
                                  .place = question.query.place,
                                  .names = asked->names};
    gathering.grid = new_grid(&gathering);
    if (gathering.grid == NULL)
        answer->body.failed = true;
    else
        answer_list(asked, answer, &question, list, &gathering);
    free(gathering.cells.grown);
    lt_grid_free(gathering.grid);
}
