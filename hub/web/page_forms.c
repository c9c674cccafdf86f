/* The statistical forms: their list, and one filled, as page, print, workbook, CSV and JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "agent/today.h"
#include "hub/form_show.h"
#include "hub/form_words.h"
#include "hub/web/memory_file.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"
#include "hub/web/places.h"

void lt_page_forms(struct lt_asked *asked, struct lt_answer *answer)
{
    static const struct lt_grid_column columns[] = {
        {"form", "Biểu", "Form", LT_GRID_TEXT},     {"title", "Tên", "Title", LT_GRID_TEXT},
        {"about", NULL, NULL, LT_GRID_TEXT},        {"version", "Theo", "Version", LT_GRID_TEXT},
        {"valid_from", NULL, NULL, LT_GRID_NUMBER}, {"valid_to", NULL, NULL, LT_GRID_NUMBER},
    };
    const struct lt_form_store *store = &asked->web->forms;
    const char *title = lt_text("Biểu mẫu thống kê", "Statistical forms");
    struct lt_grid *grid = lt_grid_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; grid != NULL && i < store->count; i++) {
        const struct lt_form *form = store->forms[i];
        char address[200];
        struct lt_out version = {.bytes = NULL};
        lt_out_url(&version, form->version);
        (void)snprintf(address, sizeof address, "/forms/%s?version=%s", form->name,
                       version.bytes != NULL ? version.bytes : "");
        lt_out_free(&version);
        lt_grid_link(grid, form->name, address);
        lt_grid_link(grid, lt_form_say(&form->title), address);
        lt_grid_text(grid, lt_form_say(&form->about));
        lt_grid_text(grid, form->version);
        lt_grid_number(grid, form->valid_from);
        lt_grid_number(grid, form->valid_to);
    }
    if (grid == NULL) {
        answer->body.failed = true;
    } else if (!lt_web_page_data(asked, answer, grid, "lienthong.forms-shown/1", "", title,
                                 "forms")) {
        lt_web_page_begin(asked, answer, title, "forms");
        lt_web_page_grid(asked, answer, grid, 0, title);
        lt_web_page_end(asked, answer);
    }
    lt_grid_free(grid);
}

/* ---- What is asked ---- */

struct question {
    const char *place, *period, *basis, *tree;
    char home[LT_UNIT_TEXT_MAX], last[8];
    const struct lt_form *form;
    struct lt_figures_query query;
};

static enum lt_result choose(struct lt_asked *asked, struct question *question,
                             char ret_reason[400])
{
    struct lt_figures_query years = {.place = NULL}, *query = &question->query;
    enum lt_result result = lt_form_period(question->period, &years, ret_reason);
    if (result != LT_OK)
        return result;
    result = lt_form_store_find(&asked->web->forms, asked->url.parts[1],
                                lt_asked_value(asked, "version"), years.year_to, &question->form,
                                ret_reason);
    if (result != LT_OK)
        return result;
    query->decided = question->form->decided;
    if (question->basis != NULL) {
        query->decided = strcmp(question->basis, "decided") == 0;
        if (!query->decided && strcmp(question->basis, "achieved") != 0) {
            (void)snprintf(ret_reason, 400, "basis: achieved, decided");
            return LT_USAGE;
        }
    }
    result = lt_form_period(question->period, query, ret_reason);
    if (result == LT_OK && question->tree != NULL)
        result = lt_figures_parse_tree(question->tree, lt_today(), query, ret_reason);
    if (result == LT_OK)
        result = lt_figures_find_place(lt_ledger_book(asked->web->ledger), question->place, query,
                                       ret_reason);
    return result == LT_OK && !lt_asked_may_see(asked, query->place) ? LT_REFUSED : result;
}

static enum lt_result read_question(struct lt_asked *asked, struct question *question,
                                    char ret_reason[400])
{
    const struct lt_place *home = lt_asked_home(asked);
    int year, month, day;
    lt_day_split(lt_today(), &year, &month, &day);
    memset(question, 0, sizeof *question);
    (void)snprintf(question->last, sizeof question->last, "%d", lt_web_page_year(home, year - 1));
    question->place = lt_asked_value(asked, "place");
    question->period = lt_asked_value(asked, "period");
    question->basis = lt_asked_value(asked, "basis");
    question->tree = lt_asked_value(asked, "tree");
    if (question->place == NULL && home != NULL) {
        lt_unit_format(&home->unit, question->home);
        question->place = question->home;
    }
    if (question->period == NULL)
        question->period = question->last;
    return question->place == NULL ? LT_NOT_FOUND : choose(asked, question, ret_reason);
}

/* ---- The sheet ---- */

static size_t run_of(const struct lt_filled *filled, size_t column, unsigned level)
{
    const struct lt_form_line *header = lt_filled_header(filled, column, level);
    size_t end = column + 1;
    while (end < filled->columns.count && lt_filled_header(filled, end, level) == header)
        end++;
    return end - column;
}

static void put_heads(const struct lt_filled *filled, struct lt_out *out)
{
    const unsigned depth = filled->form->columns.depth;
    for (unsigned level = 0; level < depth; level++) {
        lt_out_raw(out, "<tr>");
        if (level == 0) {
            lt_out_print(out, "<th scope=\"col\" rowspan=\"%u\">", depth);
            lt_out_text(out, lt_form_stub(filled->form));
            lt_out_print(out, "</th><th scope=\"col\" rowspan=\"%u\">%s</th>", depth,
                         lt_text("Mã", "Code"));
        }
        for (size_t c = 0; c < filled->columns.count;) {
            const struct lt_form_line *header = lt_filled_header(filled, c, level);
            if (header == NULL) { /* the column's own cell reaches down from above */
                c++;
            } else if (header == filled->columns.lines[c].line) {
                lt_out_print(out, "<th scope=\"col\" rowspan=\"%u\">", depth - level);
                lt_out_text(out, filled->columns.lines[c].label);
                lt_out_raw(out, "</th>");
                c++;
            } else {
                size_t run = run_of(filled, c, level);
                lt_out_print(out, "<th scope=\"colgroup\" colspan=\"%zu\">", run);
                lt_out_text(out, lt_form_say(&header->text));
                lt_out_raw(out, "</th>");
                c += run;
            }
        }
        lt_out_raw(out, "</tr>");
    }
}

static void put_rows(const struct lt_filled *filled, struct lt_out *out)
{
    char text[LT_FORM_CELL_MAX];
    for (size_t r = 0; r < filled->rows.count && !out->failed; r++) {
        const struct lt_filled_line *row = &filled->rows.lines[r];
        const unsigned depth = row->line->depth > 3 ? 3 : row->line->depth;
        lt_out_print(out, "<tr%s><th scope=\"row\" class=\"indent-%u\">",
                     row->line->op == LT_FORM_HEADING ? " class=\"heading\""
                     : row->line->bold                ? " class=\"bold\""
                                                      : "",
                     depth);
        lt_out_text(out, row->label);
        lt_out_raw(out, "</th><td>");
        lt_out_text(out, lt_form_row_code(row));
        lt_out_raw(out, "</td>");
        for (size_t c = 0; c < filled->columns.count; c++) {
            const struct lt_filled_cell *cell = lt_filled_cell(filled, r, c);
            lt_form_cell_words(cell, false, text);
            lt_out_raw(out, cell->state == LT_FILLED_MISSING ? "<td class=\"n none\">"
                                                             : "<td class=\"n\">");
            lt_out_text(out, text);
            lt_out_raw(out, "</td>");
        }
        lt_out_raw(out, "</tr>\n");
    }
}

static void put_head(const struct lt_filled *filled, struct lt_out *out)
{
    char left[LT_FORM_LINE_MAX], right[LT_FORM_LINE_MAX], period[64];
    lt_out_raw(out, "<div class=\"sheet-top\">");
    for (size_t i = 0; i < LT_FORM_HEAD_LINES; i++) {
        lt_form_head_left(filled, i, left);
        lt_form_head_right(filled, i, right);
        if (left[0] == '\0' && right[0] == '\0')
            continue;
        lt_out_raw(out, "<p><span>");
        lt_out_text(out, left);
        lt_out_raw(out, "</span><span>");
        lt_out_text(out, right);
        lt_out_raw(out, "</span></p>");
    }
    lt_out_raw(out, "</div><div class=\"sheet-head\"><p>");
    lt_out_text(out, lt_form_say(&filled->form->about));
    lt_out_raw(out, "</p><p>");
    lt_form_period_words(filled, period);
    lt_out_text(out, period);
    lt_out_raw(out, "</p><p>");
    lt_out_text(out, lt_form_say(&filled->form->unit));
    lt_out_raw(out, "</p></div>");
}

static void ask_again(struct lt_asked *asked, const struct question *question, struct lt_out *out)
{
    const char *version = lt_asked_value(asked, "version");
    lt_out_raw(out, "<form class=\"ask\" method=\"get\" action=\"/forms/");
    lt_out_url(out, asked->url.parts[1]);
    lt_out_raw(out, "\">");
    lt_places_field(out, lt_places_label(asked), question->place);
    lt_places_list(asked, out, question->place);
    lt_web_page_field(out, "period", lt_text("Kỳ", "Period"), question->period, "text");
    if (version != NULL) {
        lt_out_raw(out, "<input type=\"hidden\" name=\"version\" value=\"");
        lt_out_text(out, version);
        lt_out_raw(out, "\">");
    }
    lt_out_print(out, "<label>%s <select name=\"basis\">", lt_text("Tính theo", "Counted by"));
    lt_web_page_option(out, "", lt_text("như biểu quy định", "as the form says"), question->basis);
    lt_web_page_option(out, "achieved",
                       lt_text("thời gian lập thành tích", "period of achievement"),
                       question->basis);
    lt_web_page_option(out, "decided", lt_text("ngày quyết định", "date of decision"),
                       question->basis);
    lt_out_raw(out, "</select></label>");
    lt_out_print(out, "<label>%s <select name=\"tree\">", lt_text("Cây đơn vị", "Tree of units"));
    lt_web_page_option(out, "", lt_text("như khi đó", "as it was"), question->tree);
    lt_web_page_option(out, "today", lt_text("hôm nay", "of today"), question->tree);
    lt_out_print(out,
                 "</select></label><button>%s</button> <button type=\"button\" data-print "
                 "hidden>%s</button></form>\n",
                 lt_text("Xem", "Show"), lt_text("In", "Print"));
}

static void put_formats(struct lt_asked *asked, const struct question *question, struct lt_out *out)
{
    static const char *const endings[] = {"xlsx", "csv", "json"};
    lt_out_print(out, "<p class=\"formats\">%s", lt_text("Tải về:", "Download:"));
    for (size_t i = 0; i < 3; i++) {
        struct lt_out words = {.bytes = NULL};
        lt_out_print(&words, "/forms/%s.%s?place=", question->form->name, endings[i]);
        lt_out_url(&words, question->place);
        lt_out_raw(&words, "&period=");
        lt_out_url(&words, question->period);
        lt_out_raw(&words, "&version=");
        lt_out_url(&words, question->form->version);
        if (question->basis != NULL) {
            lt_out_raw(&words, "&basis=");
            lt_out_url(&words, question->basis);
        }
        if (question->tree != NULL) {
            lt_out_raw(&words, "&tree=");
            lt_out_url(&words, question->tree);
        }
        lt_out_raw(out, " <a download href=\"");
        lt_out_text(out, words.bytes != NULL ? words.bytes : "");
        lt_out_print(out, "\">%s</a>", i == 0 ? "Excel" : i == 1 ? "CSV" : "JSON");
        lt_out_free(&words);
    }
    lt_out_raw(out, "</p>");
    (void)asked;
}

static void show(struct lt_asked *asked, struct lt_answer *answer, const struct question *question,
                 const struct lt_filled *filled)
{
    struct lt_out *out = &answer->body;
    char text[LT_FORM_LINE_MAX];
    lt_web_page_begin(asked, answer, lt_form_say(&filled->form->title), "forms");
    ask_again(asked, question, out);
    lt_web_page_ended(out, question->query.place);
    put_formats(asked, question, out);
    put_head(filled, out);
    lt_out_print(
        out,
        "<div class=\"wide sheet\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table><thead>",
        lt_text("Biểu", "Form"));
    put_heads(filled, out);
    lt_out_raw(out, "</thead><tbody>");
    put_rows(filled, out);
    lt_out_raw(out, "</tbody></table></div><div class=\"note\">");
    for (size_t i = 0; lt_form_foot(filled, i, text); i++) {
        lt_out_raw(out, "<p>");
        lt_out_text(out, text);
        lt_out_raw(out, "</p>");
    }
    lt_out_print(out, "</div><div class=\"signs\"><div>%s</div><div>%s</div></div>",
                 lt_text("Người lập biểu", "Prepared by"),
                 lt_text("Thủ trưởng đơn vị", "Head of the unit"));
    lt_web_page_end(asked, answer);
}

/* ---- Other formats ---- */

static void answer_csv(struct lt_answer *answer, const struct lt_filled *filled)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    answer->type = "text/csv; charset=utf-8";
    if (out != NULL)
        lt_form_csv(filled, out);
    answer->body.failed = out == NULL || fclose(out) != 0;
    if (!answer->body.failed)
        lt_out_bytes(&answer->body, text, size);
    free(text);
}

static void answer_xlsx(struct lt_answer *answer, const struct lt_filled *filled)
{
    struct lt_memory_file file;
    answer->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    if (lt_memory_file_open(&file) != LT_OK) {
        answer->body.failed = true;
        return;
    }
    bool written = lt_form_xlsx(filled, file.path) == LT_OK;
    bool taken = lt_memory_file_take(&file, &answer->body) == LT_OK;
    answer->body.failed = !written || !taken;
}

static void answer_data(struct lt_asked *asked, struct lt_answer *answer,
                        const struct lt_filled *filled)
{
    (void)snprintf(answer->file, sizeof answer->file, "%.40s%s", filled->form->name,
                   lt_url_ending(asked->url.format));
    if (asked->url.format == LT_URL_JSON) {
        char *text = lt_form_json(filled);
        answer->type = "application/json";
        answer->file[0] = '\0';
        answer->body.failed = text == NULL;
        lt_out_raw(&answer->body, text != NULL ? text : "");
        free(text);
    } else if (asked->url.format == LT_URL_CSV) {
        answer_csv(answer, filled);
    } else {
        answer_xlsx(answer, filled);
    }
}

void lt_page_form(struct lt_asked *asked, struct lt_answer *answer)
{
    struct question question;
    struct lt_filled *filled = calloc(1, sizeof *filled);
    char reason[400] = "";
    enum lt_result result = filled != NULL ? read_question(asked, &question, reason) : LT_NO_MEMORY;
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, reason);
    } else if (lt_asked_slow(asked, answer)) {
        result = lt_form_fill(asked->web->ledger, question.form, &question.query, lt_clock_wall(),
                              filled, reason);
        const bool data = asked->url.format != LT_URL_HTML;
        if (result == LT_OK && data)
            answer_data(asked, answer, filled);
        lt_asked_done(asked);
        if (result != LT_OK)
            lt_answer_result(asked, answer, result, reason);
        else if (!data)
            show(asked, answer, &question, filled);
        if (result == LT_OK)
            lt_filled_clear(filled);
    }
    free(filled);
}
