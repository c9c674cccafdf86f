#include "hub/web/question.h"

#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "agent/today.h"
#include "hub/web/page.h"
#include "hub/web/places.h"
#include "hub/words.h"

/* By the public switch nobody asks by what tells persons apart. */
static bool is_shown(enum lt_dimension dimension)
{
    switch (dimension) {
    case LT_DIM_PLACE:
    case LT_DIM_YEAR:
    case LT_DIM_QUARTER:
    case LT_DIM_HALF:
    case LT_DIM_KIND:
    case LT_DIM_CODE:
    case LT_DIM_LEVEL:
    case LT_DIM_TYPE:
    case LT_DIM_RECIPIENT:
        return true;
    case LT_DIM_MONTH:
    case LT_DIM_CATEGORY:
    case LT_DIM_SEX:
    case LT_DIM_FIELD:
    case LT_DIM_MOVEMENT:
    case LT_DIM_NATURE:
    case LT_DIM_STATUS:
    case LT_DIM_SUBMITTED:
    case LT_DIM_POSTHUMOUS:
    case LT_DIM_SCOPE:
    case LT_DIM_LENGTH:
    case LT_DIM_METHOD:
    case LT_DIM_OUTSIDE:
    case LT_DIM_COUNT:
        break;
    }
    return false;
}

static enum lt_result refuse_hidden(const struct lt_figures_query *query, char ret_reason[400])
{
    bool shown = true;
    for (size_t i = 0; i < query->by_count; i++)
        shown = shown && is_shown(query->by[i]);
    for (size_t i = 0; i < query->where_count; i++)
        shown = shown && is_shown(query->where[i].dimension);
    const int from = query->month_from, months = query->month_to - from + 1;
    if (from != 0 && !(months == 3 && from % 3 == 1) && !(months == 6 && from % 6 == 1))
        shown = false; /* a month; quarters and halves are shown */
    if (shown)
        return LT_OK;
    (void)snprintf(ret_reason, 400, "%s",
                   lt_text("chiều này không có ở trang công khai",
                           "this dimension is not on the public pages"));
    return LT_REFUSED;
}

/* "code", "level" … from ?by= (each, or with commas) and then ?across=. */
static enum lt_result read_by(struct lt_asked *asked, struct lt_question *question,
                              char ret_reason[400])
{
    size_t size = 0;
    const char *across = lt_asked_value(asked, "across");
    for (size_t i = 0; i < asked->url.params.count; i++) {
        const struct lt_url_param *param = &asked->url.params.items[i];
        if (strcmp(param->name, "by") != 0 || param->value[0] == '\0')
            continue;
        int added = snprintf(question->by + size, sizeof question->by - size, "%s%s",
                             size > 0 ? "," : "", param->value);
        size += (size_t)(added > 0 ? added : 0);
        if (size >= sizeof question->by) {
            (void)snprintf(ret_reason, 400, "%s",
                           lt_text("quá nhiều chiều", "too many dimensions"));
            return LT_USAGE;
        }
    }
    if (size == 0)
        (void)snprintf(question->by, sizeof question->by, "code");
    size = strlen(question->by);
    question->across = across != NULL && size + strlen(across) + 2 <= sizeof question->by;
    if (question->across)
        (void)snprintf(question->by + size, sizeof question->by - size, ",%s", across);
    return LT_OK;
}

/* The last year up to this one of which the place has figures; else this one, or its own last. */
static int last_year(struct lt_ledger *ledger, const struct lt_place *place)
{
    int this_year, month, day;
    lt_day_split(lt_today(), &this_year, &month, &day);
    int last = lt_web_page_year(place, this_year);
    struct lt_store_txn *txn =
        place != NULL ? lt_store_begin(lt_ledger_store(ledger), false) : NULL;
    if (txn == NULL)
        return last;
    uint32_t unit = lt_words_find_unit(txn, &place->unit);
    for (uint16_t from = LT_YEAR_MIN, year; unit != 0; from = (uint16_t)(year + 1)) {
        year = lt_store_cell_year(txn, unit, from);
        if (year == 0 || year > this_year)
            break;
        last = year;
    }
    lt_store_abort(txn);
    return last;
}

static void read_rest(struct lt_asked *asked, const char *place, struct lt_question *question)
{
    struct lt_figures_words *words = &question->words;
    const struct lt_place *home = lt_asked_home(asked);
    words->place = place;
    if (words->place == NULL && home != NULL) {
        lt_unit_format(&home->unit, question->home);
        words->place = question->home;
    }
    words->period = lt_asked_value(asked, "period");
    words->year = lt_asked_value(asked, "year");
    if (words->period != NULL &&
        (strstr(words->period, "..") != NULL || strlen(words->period) == 4)) {
        words->year = words->year == NULL ? words->period : words->year;
        words->period = NULL; /* one field of the form takes both */
    }
    if (words->year == NULL && words->period == NULL) {
        (void)snprintf(question->year, sizeof question->year, "%d",
                       last_year(asked->web->ledger, home));
        words->year = question->year;
    }
    words->basis = lt_asked_value(asked, "basis");
    words->tree = lt_asked_value(asked, "tree");
    words->by = question->by;
    for (size_t i = 0; i < asked->url.params.count; i++) {
        const struct lt_url_param *param = &asked->url.params.items[i];
        if (strcmp(param->name, "where") == 0 && param->value[0] != '\0' &&
            words->where_count <= LT_WHERE_MAX)
            words->wheres[words->where_count++] = param->value;
    }
}

enum lt_result lt_question_read(struct lt_asked *asked, struct lt_question *ret_question,
                                char ret_reason[400])
{
    return lt_question_read_of(asked, lt_asked_value(asked, "place"), ret_question, ret_reason);
}

enum lt_result lt_question_read_of(struct lt_asked *asked, const char *place,
                                   struct lt_question *ret_question, char ret_reason[400])
{
    struct lt_question *question = ret_question;
    memset(question, 0, sizeof *question);
    ret_reason[0] = '\0';
    enum lt_result result = read_by(asked, question, ret_reason);
    if (result != LT_OK)
        return result;
    read_rest(asked, place, question);
    result = lt_figures_words_query(&question->words, &question->query, ret_reason);
    if (result == LT_OK && question->words.place == NULL)
        result = LT_NOT_FOUND;
    if (result == LT_OK)
        result = lt_figures_find_place(lt_ledger_book(asked->web->ledger), question->words.place,
                                       &question->query, ret_reason);
    if (result == LT_OK && asked->web->settings.shown)
        result = refuse_hidden(&question->query, ret_reason);
    if (result == LT_OK && !lt_asked_may_see(asked, question->query.place)) {
        (void)snprintf(ret_reason, 400, "%s",
                       lt_text("nơi này ngoài phạm vi của tài khoản",
                               "this place is beyond what the account may see"));
        result = LT_REFUSED;
    }
    return result;
}

static void put(struct lt_out *out, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    lt_out_print(out, "%s%s=", out->size > 0 ? "&" : "", name);
    lt_out_url(out, value);
}

const char *lt_question_period(const struct lt_question *question)
{
    return question->words.period != NULL ? question->words.period : question->words.year;
}

void lt_question_completeness(struct lt_ledger *ledger, const struct lt_question *question,
                              struct lt_completeness *ret_sum)
{
    struct lt_period period;
    if (lt_period_parse(lt_question_period(question), &period) != LT_OK ||
        lt_completeness_ask(ledger, question->query.place, &period, 0, lt_today(), NULL, NULL,
                            ret_sum) != LT_OK)
        *ret_sum = (struct lt_completeness){0};
}

bool lt_question_is_whole(const struct lt_completeness *sum)
{
    return sum->expected > 0 && sum->declared == sum->expected;
}

void lt_question_address(const struct lt_question *question, struct lt_out *out)
{
    const struct lt_figures_words *words = &question->words;
    put(out, "place", words->place);
    put(out, "year", words->year);
    put(out, "period", words->period);
    put(out, "basis", words->basis);
    put(out, "tree", words->tree);
    for (size_t i = 0; i < words->where_count; i++)
        put(out, "where", words->wheres[i]);
}

/* ---- The form ---- */

static bool is_asked_by(const struct lt_question *question, enum lt_dimension dimension)
{
    size_t rows = question->query.by_count - (question->across ? 1 : 0);
    for (size_t i = 0; i < rows; i++)
        if (question->query.by[i] == dimension)
            return true;
    return false;
}

static void choose_dimensions(struct lt_asked *asked, const struct lt_question *question,
                              struct lt_out *out)
{
    const bool shown = asked->web->settings.shown;
    const char *across =
        question->across ? lt_dimension_name(question->query.by[question->query.by_count - 1]) : "";
    lt_out_print(out, "<details class=\"by\"><summary>%s <b>", lt_text("Dòng theo:", "Rows by:"));
    for (size_t i = 0; i < question->query.by_count - (question->across ? 1 : 0); i++)
        lt_out_print(out, "%s%s", i > 0 ? ", " : "", lt_dimension_label(question->query.by[i]));
    lt_out_raw(out, "</b></summary><div class=\"checks\">");
    for (int i = 0; i < LT_DIM_COUNT; i++) {
        enum lt_dimension dimension = (enum lt_dimension)i;
        if (shown && !is_shown(dimension))
            continue;
        lt_out_print(out,
                     "<label class=\"check\"><input type=\"checkbox\" name=\"by\" value=\"%s\"%s> "
                     "%s</label>",
                     lt_dimension_name(dimension),
                     is_asked_by(question, dimension) ? " checked" : "",
                     lt_dimension_label(dimension));
    }
    lt_out_print(out, "</div></details><label>%s <select name=\"across\">",
                 lt_text("Cột theo", "Columns by"));
    lt_web_page_option(out, "", lt_text("không", "none"), across);
    for (int i = 0; i < LT_DIM_COUNT; i++)
        if (!shown || is_shown((enum lt_dimension)i))
            lt_web_page_option(out, lt_dimension_name((enum lt_dimension)i),
                               lt_dimension_label((enum lt_dimension)i), across);
    lt_out_raw(out, "</select></label>");
}

void lt_question_manner(const struct lt_question *question, struct lt_out *out)
{
    const char *basis = question->query.decided ? "decided" : "achieved";
    const char *tree = question->words.tree != NULL ? question->words.tree : "";
    lt_out_print(out, "<label>%s <select name=\"basis\">", lt_text("Tính theo", "Counted by"));
    lt_web_page_option(out, "achieved",
                       lt_text("thời gian lập thành tích", "period of achievement"), basis);
    lt_web_page_option(out, "decided", lt_text("ngày quyết định", "date of decision"), basis);
    lt_out_print(out, "</select></label><label>%s <select name=\"tree\">",
                 lt_text("Cây đơn vị", "Tree of units"));
    lt_web_page_option(out, "", lt_text("như khi đó", "as it was"), tree);
    lt_web_page_option(out, "today", lt_text("hôm nay", "of today"), tree);
    if (tree[0] != '\0' && strcmp(tree, "today") != 0)
        lt_web_page_option(out, tree, tree, tree);
    lt_out_raw(out, "</select></label>");
}

void lt_question_conditions(const struct lt_figures_words *words, struct lt_out *out)
{
    for (size_t i = 0; i < words->where_count; i++)
        lt_web_page_field(out, "where", lt_text("Chỉ khi", "Only where"), words->wheres[i], "text");
    if (words->where_count < LT_WHERE_MAX)
        lt_web_page_field(out, "where",
                          lt_text("Chỉ khi (chiều=giá trị)", "Only where (dimension=value)"), "",
                          "text");
}

void lt_question_form(struct lt_asked *asked, const struct lt_question *question,
                      struct lt_out *out)
{
    const struct lt_figures_words *words = &question->words;
    lt_out_raw(out, "<form class=\"ask\" method=\"get\" action=\"/figures\">");
    lt_places_field(out, lt_places_label(asked), words->place);
    lt_places_list(asked, out, words->place);
    lt_web_page_field(out, "period", lt_text("Kỳ hoặc năm", "Period or year"),
                      words->period != NULL ? words->period : words->year, "text");
    lt_question_manner(question, out);
    choose_dimensions(asked, question, out);
    lt_question_conditions(words, out);
    lt_out_print(out, "<button>%s</button></form>\n", lt_text("Xem", "Show"));
}
