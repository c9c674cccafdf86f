/* Figures: what the command `figures` answers, as a table with a way from each figure to its records. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/unread.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"
#include "hub/web/question.h"

enum {
    ROWS_A_PAGE = 200,
    NUMBERS = 3,
    ACROSS_MAX = 30, /* columns of a table that goes across */
    TEXT_MAX = LT_LONG_TEXT_BYTES_MAX * 2,
};

/* ---- The way to the records ---- */

/* A place that is asked about in the tree of another day has no such way. */
static bool drill(const struct lt_asked *asked, const struct lt_question *question,
                  const struct lt_figure *row, struct lt_out *out)
{
    const struct lt_figures_query *query = &question->query;
    if (asked->web->settings.shown || query->tree != 0)
        return false;
    struct lt_out words = {.bytes = NULL};
    lt_question_address(question, &words);
    lt_out_raw(out, "/records?");
    lt_out_raw(out, words.bytes != NULL ? words.bytes : "");
    lt_out_free(&words);
    for (size_t i = 0; i < query->by_count; i++) {
        if (query->by[i] == LT_DIM_PLACE) {
            lt_out_raw(out, "&at=");
            lt_out_url(out, row->values[i]);
            continue;
        }
        lt_out_print(out, "&where=%s%%3D", lt_dimension_name(query->by[i]));
        lt_out_url(out, row->values[i]);
    }
    return !out->failed;
}

static void add_number(const struct lt_asked *asked, const struct lt_question *question,
                       struct lt_grid *grid, const struct lt_figure *row, int64_t number)
{
    struct lt_out address = {.bytes = NULL};
    if (number > 0 && drill(asked, question, row, &address))
        lt_grid_number_link(grid, number, address.bytes);
    else
        lt_grid_number(grid, number);
    lt_out_free(&address);
}

/* ---- Rows as the command has them ---- */

static struct lt_grid *make_list(const struct lt_asked *asked, const struct lt_question *question,
                                 const struct lt_figures *figures)
{
    struct lt_grid_column columns[2 * LT_DIM_COUNT + NUMBERS + 1];
    const struct lt_figures_query *query = &question->query;
    static const char *const said_names[LT_DIM_COUNT] = {
        "place_said",  "year_said",      "month_said",      "kind_said",     "code_said",
        "level_said",  "type_said",      "recipient_said",  "category_said", "sex_said",
        "field_said",  "movement_said",  "nature_said",     "status_said",   "quarter_said",
        "half_said",   "submitted_said", "posthumous_said", "scope_said",    "length_said",
        "method_said", "outside_said"}; /* in the order of enum lt_dimension */
    static const char *const numbers[NUMBERS] = {"count", "quantity", "unconfirmed"};
    const struct lt_book *book = lt_ledger_book(asked->web->ledger);
    size_t count = 0;
    char text[TEXT_MAX];
    for (size_t i = 0; i < query->by_count; i++) {
        const char *name = lt_dimension_name(query->by[i]);
        columns[count++] = (struct lt_grid_column){name, NULL, NULL, LT_GRID_TEXT};
        columns[count++] =
            (struct lt_grid_column){said_names[query->by[i]], lt_figures_head(query, i),
                                    lt_figures_head(query, i), LT_GRID_TEXT};
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        const char *head = lt_figures_head(query, query->by_count + i);
        columns[count++] = (struct lt_grid_column){numbers[i], head, head, LT_GRID_NUMBER};
    }
    struct lt_grid *grid = lt_grid_new(columns, count);
    for (size_t i = 0; grid != NULL && i < figures->count; i++) {
        const struct lt_figure *row = &figures->rows[i];
        for (size_t j = 0; j < query->by_count; j++) {
            lt_figures_cell(query, book, row, j, text, sizeof text);
            lt_grid_text(grid, row->values[j]);
            lt_grid_text(grid, text);
        }
        add_number(asked, question, grid, row, row->count);
        add_number(asked, question, grid, row, row->quantity);
        add_number(asked, question, grid, row, row->unconfirmed);
    }
    return grid;
}

/* ---- Across ---- */

struct across {
    const struct lt_figure *columns[ACROSS_MAX]; /* a row of each value */
    size_t count;
};

static int find_column(const struct across *across, const struct lt_figure *row, size_t last)
{
    for (size_t i = 0; i < across->count; i++)
        if (strcmp(across->columns[i]->values[last], row->values[last]) == 0)
            return (int)i;
    return -1;
}

static int by_value(const void *a, const void *b, void *context)
{
    const size_t last = *(const size_t *)context;
    const struct lt_figure *one = *(const struct lt_figure *const *)a;
    const struct lt_figure *other = *(const struct lt_figure *const *)b;
    int order =
        (one->numbers[last] > other->numbers[last]) - (one->numbers[last] < other->numbers[last]);
    return order != 0 ? order : strcmp(one->values[last], other->values[last]);
}

static bool find_columns(const struct lt_figures *figures, size_t last, struct across *ret_across)
{
    ret_across->count = 0;
    for (size_t i = 0; i < figures->count; i++) {
        if (find_column(ret_across, &figures->rows[i], last) >= 0)
            continue;
        if (ret_across->count == ACROSS_MAX)
            return false;
        ret_across->columns[ret_across->count++] = &figures->rows[i];
    }
    qsort_r(ret_across->columns, ret_across->count, sizeof *ret_across->columns, by_value, &last);
    return true;
}

static bool same_row(const struct lt_figure *a, const struct lt_figure *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(a->values[i], b->values[i]) != 0)
            return false;
    return true;
}

/* The sum of a line as the public pages round it, or nothing. Both are sorted alike; *at is where the last one was. */
static int64_t line_total(const struct lt_figures *lines, const struct lt_figure *row, size_t last,
                          size_t *at)
{
    size_t found = *at;
    while (found < lines->count && !same_row(&lines->rows[found], row, last))
        found++;
    if (found == lines->count)
        return 0;
    *at = found;
    return lines->rows[found].quantity;
}

/* Rows come sorted by their values, so those of one row lie together. */
static void add_across(const struct lt_asked *asked, const struct lt_question *question,
                       const struct lt_shown *told, bool whole, const struct across *across,
                       struct lt_grid *grid)
{
    const struct lt_figures *figures = &told->figures;
    size_t line = 0;
    const struct lt_figures_query *query = &question->query;
    const struct lt_book *book = lt_ledger_book(asked->web->ledger);
    const size_t last = query->by_count - 1;
    char text[TEXT_MAX];
    for (size_t i = 0, next; i < figures->count; i = next) {
        const struct lt_figure *cells[ACROSS_MAX] = {NULL};
        int64_t total = 0;
        for (next = i;
             next < figures->count && same_row(&figures->rows[i], &figures->rows[next], last);
             next++) {
            cells[find_column(across, &figures->rows[next], last)] = &figures->rows[next];
            total += figures->rows[next].quantity;
        }
        for (size_t j = 0; j < last; j++) {
            lt_figures_cell(query, book, &figures->rows[i], j, text, sizeof text);
            lt_grid_text(grid, text);
        }
        for (size_t j = 0; j < across->count; j++)
            if (cells[j] != NULL)
                add_number(asked, question, grid, cells[j], cells[j]->quantity);
            else if (whole)
                lt_grid_number(grid, 0);
            else
                lt_grid_none(grid);
        if (asked->web->settings.shown)
            total = line_total(&told->lines, &figures->rows[i], last, &line);
        lt_grid_number(grid, total);
    }
}

/* What is shown, made without the web's lock. */
struct making {
    struct lt_grid *grid; /* NULL: memory, or too many columns */
    bool wide; /* too many columns */
    bool data; /* it is no page, and is written */
    char *title;
    char heads[ACROSS_MAX][TEXT_MAX], names[ACROSS_MAX][16]; /* of a grid that goes across */
};

static struct lt_grid *make_across(const struct lt_asked *asked, const struct lt_question *question,
                                   const struct lt_shown *told, bool whole, struct making *making)
{
    struct lt_grid_column columns[LT_GRID_COLUMNS_MAX];
    struct across across;
    const struct lt_figures_query *query = &question->query;
    const struct lt_book *book = lt_ledger_book(asked->web->ledger);
    const size_t last = query->by_count - 1;
    making->wide = !find_columns(&told->figures, last, &across) ||
                   last + across.count + 1 > LT_GRID_COLUMNS_MAX;
    if (making->wide)
        return NULL;
    for (size_t i = 0; i < last; i++)
        columns[i] =
            (struct lt_grid_column){lt_dimension_name(query->by[i]), lt_figures_head(query, i),
                                    lt_figures_head(query, i), LT_GRID_TEXT};
    for (size_t i = 0; i < across.count; i++) {
        char *head = making->heads[i], *name = making->names[i];
        lt_figures_cell(query, book, across.columns[i], last, head, TEXT_MAX);
        (void)snprintf(name, sizeof making->names[i], "column_%zu", i + 1);
        columns[last + i] = (struct lt_grid_column){name, head, head, LT_GRID_NUMBER};
    }
    columns[last + across.count] = (struct lt_grid_column){
        "total", lt_text("Cộng", "Total"), lt_text("Cộng", "Total"), LT_GRID_NUMBER};
    struct lt_grid *grid = lt_grid_new(columns, last + across.count + 1);
    if (grid != NULL)
        add_across(asked, question, told, whole, &across, grid);
    return grid;
}

/* ---- The page ---- */

static void sum_up(const struct lt_figures *figures, struct lt_figure *ret_whole)
{
    for (size_t i = 0; i < figures->count; i++) {
        ret_whole->count += figures->rows[i].count;
        ret_whole->quantity += figures->rows[i].quantity;
        ret_whole->unconfirmed += figures->rows[i].unconfirmed;
    }
}

static void put_tile(struct lt_out *out, int64_t number, bool declared, const char *words)
{
    if (number == 0 && !declared)
        lt_web_page_tile_none(out, words);
    else
        lt_web_page_tile(out, number, words, "", NULL);
}

/* `declared`: by all that owe it, so that nothing is a zero. */
static void put_sum(struct lt_out *out, const struct lt_figure *whole, bool declared)
{
    lt_out_raw(out, "<ul class=\"tiles\">");
    put_tile(out, whole->count, declared, lt_text("bản ghi", "records"));
    put_tile(out, whole->quantity, declared, lt_text("lượt", "awards"));
    if (whole->unconfirmed > 0)
        lt_web_page_tile(out, whole->unconfirmed, lt_text("chưa xác nhận", "unconfirmed"), "warn",
                         NULL);
    lt_out_raw(out, "</ul>");
}

/* The title and what must be said of the figures, as the command's table begins. */
static char *title_of(const struct lt_figures_query *query, const struct lt_figures *figures)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    lt_figures_title(out, query, figures);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* Who has told of the period, as far as anybody owes it: beside a figure it says what a missing one means. */
static void put_completeness(const struct lt_asked *asked, struct lt_out *out,
                             const struct lt_question *question, const struct lt_completeness *sum)
{
    char words[LT_COMPLETENESS_WORDS_MAX];
    if (sum->expected == 0)
        return;
    if (asked->web->settings.shown) /* and not how well it fits what was told */
        (void)snprintf(words, sizeof words,
                       lt_text("Đã chốt %llu trên %llu đơn vị phải báo cáo.",
                               "%llu of %llu units that owe it have declared."),
                       (unsigned long long)sum->declared, (unsigned long long)sum->expected);
    else
        lt_completeness_words(sum, words);
    lt_out_print(out, "<p class=\"banner %s\">", sum->declared == sum->expected ? "good" : "warn");
    lt_out_text(out, words);
    lt_out_raw(out, " <a href=\"/completeness?place=");
    lt_out_url(out, question->words.place);
    lt_out_raw(out, "&amp;period=");
    lt_out_url(out, lt_question_period(question));
    lt_out_print(out, "\">%s</a></p>", lt_text("Đủ và thiếu", "Completeness"));
}

static void show_page(struct lt_asked *asked, struct lt_answer *answer,
                      const struct lt_question *question, const struct lt_shown *told,
                      const struct lt_completeness *sum, struct lt_grid *grid, char *title)
{
    struct lt_out *out = &answer->body;
    size_t first = strcspn(title, "\n");
    const char *notes = title[first] == '\n' ? title + first + 1 : "";
    title[first] = '\0';
    lt_web_page_begin(asked, answer, title, "figures");
    lt_question_form(asked, question, out);
    lt_web_page_ended(out, question->query.place);
    if (notes[0] != '\0') {
        lt_out_raw(out, "<p class=\"banner warn\">");
        lt_out_text(out, notes);
        lt_out_raw(out, "</p>");
    }
    put_sum(out, &told->whole, lt_question_is_whole(sum));
    put_completeness(asked, out, question, sum);
    if (asked->web->settings.shown)
        lt_out_print(
            out, "<p class=\"note\">%s</p>",
            lt_text(
                "Trang công khai: mỗi số, kể cả số cộng, được làm tròn ngẫu nhiên lên hoặc xuống "
                "bội "
                "của 5, nên các số không nhất thiết cộng khớp.",
                "Public page: each figure, sums too, is rounded at random up or down to a multiple "
                "of 5, so figures need not add up."));
    if (question->across && !lt_question_is_whole(sum))
        lt_out_print(
            out, "<p class=\"note\">%s</p>",
            lt_text("… là chưa có ai báo cáo; chưa chốt xong kỳ nên chưa phải là 0.",
                    "… is what nobody has told; not all have declared, so it is no 0 yet."));
    lt_out_print(out, "<button type=\"button\" data-print hidden>%s</button>",
                 lt_text("In", "Print"));
    lt_web_page_grid(asked, answer, grid, ROWS_A_PAGE, title);
    lt_out_print(out, "<div class=\"signs\"><div>%s</div><div>%s</div></div>",
                 lt_text("Người lập biểu", "Prepared by"),
                 lt_text("Thủ trưởng đơn vị", "Head of the unit"));
    lt_web_page_end(asked, answer);
}

static bool answer_json(const struct lt_asked *asked, struct lt_answer *answer,
                        const struct lt_question *question, const struct lt_figures *figures)
{
    if (asked->url.format != LT_URL_JSON || asked->web->settings.shown)
        return false;
    char *text = lt_figures_json(&question->query, figures);
    answer->type = "application/json";
    answer->body.failed = text == NULL;
    lt_out_raw(&answer->body, text != NULL ? text : "");
    lt_out_raw(&answer->body, "\n");
    free(text);
    return true;
}

/* As data it is written here too: a million rows hold nobody up. */
static void make(struct lt_asked *asked, struct lt_answer *answer,
                 const struct lt_question *question, const struct lt_shown *told,
                 const struct lt_completeness *sum, struct making *making)
{
    pthread_rwlock_t *lock = lt_ledger_book_lock(asked->web->ledger);
    making->data = answer_json(asked, answer, question, &told->figures);
    if (making->data)
        return;
    pthread_rwlock_rdlock(lock);
    making->grid = question->across
                       ? make_across(asked, question, told, lt_question_is_whole(sum), making)
                       : make_list(asked, question, &told->figures);
    pthread_rwlock_unlock(lock);
    making->title = title_of(&question->query, &told->figures);
    if (making->grid != NULL && making->title != NULL)
        making->data = lt_web_page_data(asked, answer, making->grid, "lienthong.figures-shown/1",
                                        "", making->title, "figures");
}

static void answer_with(struct lt_asked *asked, struct lt_answer *answer,
                        const struct lt_question *question, const struct lt_shown *told,
                        const struct lt_completeness *sum, struct making *making)
{
    if (making->wide)
        lt_answer_result(asked, answer, LT_TOO_LARGE,
                         lt_text("quá nhiều cột; chọn chiều khác cho cột",
                                 "too many columns; choose another dimension for them"));
    else if (!making->data && (making->grid == NULL || making->title == NULL))
        answer->body.failed = true;
    else if (!making->data)
        show_page(asked, answer, question, told, sum, making->grid, making->title);
}

static enum lt_result ask(struct lt_asked *asked, const struct lt_figures_query *query,
                          struct lt_shown *ret_told, char ret_reason[400])
{
    struct lt_web *web = asked->web;
    if (web->settings.shown)
        return lt_shown_ask(web->ledger, &web->shown_key, query, ret_told, ret_reason);
    enum lt_result result = lt_figures_ask(web->ledger, query, &ret_told->figures, ret_reason);
    if (result == LT_OK)
        sum_up(&ret_told->figures, &ret_told->whole);
    return result;
}

static void answer_question(struct lt_asked *asked, struct lt_answer *answer,
                            const struct lt_question *question, struct making *making)
{
    struct lt_shown told = {.figures = {.rows = NULL}};
    struct lt_unread unread;
    struct lt_completeness sum = {0};
    char reason[400] = "";
    enum lt_result result = ask(asked, &question->query, &told, reason);
    if (result == LT_OK) {
        lt_unread_count(asked->web->ledger, &unread);
        told.figures.unread = unread.reports;
        if (question->query.tree == 0 && (asked->url.format == LT_URL_HTML || question->across))
            lt_question_completeness(asked->web->ledger, question, &sum);
        make(asked, answer, question, &told, &sum, making);
    }
    lt_asked_done(asked);
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, reason);
        return;
    }
    answer_with(asked, answer, question, &told, &sum, making);
    lt_shown_clear(&told);
}

void lt_page_figures(struct lt_asked *asked, struct lt_answer *answer)
{
    struct lt_question question;
    char reason[400] = "";
    enum lt_result result = lt_question_read(asked, &question, reason);
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, reason);
        return;
    }
    struct making *making = calloc(1, sizeof *making);
    if (making == NULL)
        answer->body.failed = true;
    else if (lt_asked_slow(asked, answer))
        answer_question(asked, answer, &question, making);
    if (making != NULL) {
        free(making->title);
        lt_grid_free(making->grid);
    }
    free(making);
}
