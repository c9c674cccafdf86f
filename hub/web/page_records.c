/* The records behind a figure, with how much of each counts and why; or all records of a unit, with their states. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/behind.h"
#include "hub/choose.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"
#include "hub/web/question.h"

enum { ROWS_A_PAGE = 100, ROWS_MAX = 100000 };

static const struct lt_grid_column columns[] = {
    {"record", NULL, NULL, LT_GRID_TEXT},
    {"update", "Bản ghi", "Record", LT_GRID_TEXT},
    {"unit", "Đơn vị báo cáo", "Told by", LT_GRID_TEXT},
    {"place", "Nơi", "Place", LT_GRID_TEXT},
    {"year", "Năm", "Year", LT_GRID_TEXT},
    {"kind", "Loại", "Kind", LT_GRID_TEXT},
    {"code", "Mã", "Code", LT_GRID_TEXT},
    {"level", "Cấp", "Level", LT_GRID_TEXT},
    {"recipient", "Đối tượng", "Recipient", LT_GRID_TEXT},
    {"name", "Tên", "Name", LT_GRID_TEXT},
    {"field", "Lĩnh vực", "Field", LT_GRID_TEXT},
    {"movement", NULL, NULL, LT_GRID_TEXT},
    {"decision", "Quyết định", "Decision", LT_GRID_TEXT},
    {"told", "Báo cáo", "Told", LT_GRID_NUMBER},
    {"counted", "Được tính", "Counted", LT_GRID_NUMBER},
    {"state", "Vì", "Because", LT_GRID_TEXT},
};

struct gathering {
    const struct lt_question *question; /* NULL: of a unit */
    const char *at; /* place directly below the asked one, or itself; NULL: any */
    struct lt_grid *grid;
    bool names;
    size_t most; /* rows that are asked for */
    bool cut; /* there were more */
};

/* ---- Conditions ---- */

static uint8_t listed_value(const struct lt_fact *fact, enum lt_dimension dimension)
{
    switch (dimension) {
    case LT_DIM_KIND:
        return (uint8_t)fact->kind;
    case LT_DIM_LEVEL:
        return fact->level;
    case LT_DIM_TYPE:
        return fact->type;
    case LT_DIM_RECIPIENT:
        return fact->recipient;
    case LT_DIM_CATEGORY:
        return fact->category;
    case LT_DIM_SEX:
        return fact->sex;
    case LT_DIM_NATURE:
        return fact->nature;
    case LT_DIM_STATUS:
        return fact->status;
    case LT_DIM_SUBMITTED:
        return lt_detail_submitted((uint8_t)fact->kind, fact->detail);
    case LT_DIM_POSTHUMOUS:
        return lt_detail_posthumous((uint8_t)fact->kind, fact->detail);
    case LT_DIM_SCOPE:
        return lt_detail_scope((uint8_t)fact->kind, fact->detail);
    case LT_DIM_LENGTH:
        return lt_detail_length((uint8_t)fact->kind, fact->detail);
    case LT_DIM_METHOD:
        return lt_detail_method((uint8_t)fact->kind, fact->detail);
    case LT_DIM_OUTSIDE:
        return fact->outside;
    case LT_DIM_PLACE:
    case LT_DIM_YEAR:
    case LT_DIM_MONTH:
    case LT_DIM_CODE:
    case LT_DIM_FIELD:
    case LT_DIM_MOVEMENT:
    case LT_DIM_QUARTER:
    case LT_DIM_HALF:
    case LT_DIM_COUNT:
        break;
    }
    return 0;
}

/* As a figure's row spells it: "" is what is not stated. */
static void value_of(const struct lt_fact *fact, const struct lt_figures_query *query,
                     enum lt_dimension dimension, char ret_text[LT_TEXT_BYTES_MAX + 1])
{
    const int year = query->decided ? fact->decided_year : fact->year;
    const unsigned month = fact->month;
    const char *text = dimension == LT_DIM_CODE       ? fact->code
                       : dimension == LT_DIM_FIELD    ? fact->field
                       : dimension == LT_DIM_MOVEMENT ? fact->movement
                                                      : "";
    char unit[LT_UNIT_TEXT_MAX];
    if (dimension == LT_DIM_YEAR && fact->span_from != 0 && !query->decided)
        (void)snprintf(ret_text, LT_TEXT_BYTES_MAX + 1, "%d-%d", fact->span_from, year);
    else if (dimension == LT_DIM_YEAR)
        (void)snprintf(ret_text, LT_TEXT_BYTES_MAX + 1, "%d", year);
    else if (lt_dimension_counted(dimension))
        (void)snprintf(ret_text, LT_TEXT_BYTES_MAX + 1, "%u",
                       dimension == LT_DIM_MONTH     ? month
                       : dimension == LT_DIM_QUARTER ? (month + 2) / 3
                                                     : (month + 5) / 6);
    else if (lt_dimension_listed(dimension))
        (void)snprintf(ret_text, LT_TEXT_BYTES_MAX + 1, "%s",
                       lt_dimension_spell(dimension, listed_value(fact, dimension)));
    else if (dimension == LT_DIM_PLACE) {
        lt_unit_format(&fact->place->unit, unit);
        (void)snprintf(ret_text, LT_TEXT_BYTES_MAX + 1, "%s", unit);
    } else
        (void)snprintf(ret_text, LT_TEXT_BYTES_MAX + 1, "%s", text);
}

static bool speaks_of(const struct lt_figures_query *query, enum lt_dimension dimension)
{
    for (size_t i = 0; i < query->where_count; i++)
        if (query->where[i].dimension == dimension)
            return true;
    for (size_t i = 0; i < query->by_count; i++)
        if (query->by[i] == dimension)
            return true;
    return false;
}

static bool same(const char *said, const char *value)
{
    return strcmp(said, value) == 0 || (strcmp(said, "0") == 0 && value[0] == '\0') ||
           (said[0] == '\0' && strcmp(value, "0") == 0);
}

/* Is it in the row of that place: its own of the asked place, or at or below one directly below it? */
static bool lies_at(const struct lt_place *place, const struct lt_place *asked, const char *at)
{
    char unit[LT_UNIT_TEXT_MAX];
    for (unsigned step = 0;
         step <= LT_DEPTH_MAX && place != asked && place->parent != NULL && place->parent != asked;
         step++)
        place = place->parent;
    lt_unit_format(&place->unit, unit);
    return strcmp(unit, at) == 0;
}

static bool is_wanted(const struct gathering *gathering, const struct lt_fact *fact)
{
    const struct lt_figures_query *query = &gathering->question->query;
    char value[LT_TEXT_BYTES_MAX + 1];
    if (query->span ? fact->span_from != query->year_from || fact->year != query->year_to
                    : fact->span_from != 0 && !query->decided)
        return false;
    if (query->month_from != 0 &&
        (fact->month < query->month_from || fact->month > query->month_to))
        return false;
    if (!speaks_of(query, LT_DIM_KIND) && fact->kind != LT_KIND_AWARD)
        return false;
    if (!speaks_of(query, LT_DIM_STATUS) && fact->status == LT_STATUS_REVOKED)
        return false;
    for (size_t i = 0; i < query->where_count; i++) {
        if (query->where[i].dimension == LT_DIM_PLACE) {
            if (!lies_at(fact->place, query->place, query->where[i].value))
                return false;
            continue;
        }
        if (query->where[i].dimension == LT_DIM_RECIPIENT) {
            if (!lt_recipient_meets(lt_dimension_value(LT_DIM_RECIPIENT, query->where[i].value),
                                    fact->recipient))
                return false;
            continue;
        }
        value_of(fact, query, query->where[i].dimension, value);
        if (!same(query->where[i].value, value))
            return false;
    }
    return gathering->at == NULL || lies_at(fact->place, query->place, gathering->at);
}

/* ---- Rows ---- */

static void add_id(struct lt_grid *grid, const struct lt_listed *record)
{
    char hex[65], id[80], address[100], unit[LT_UNIT_TEXT_MAX];
    lt_hex(record->id.update.bytes, 32, hex);
    (void)snprintf(id, sizeof id, "%s-%u", hex, record->id.index);
    lt_grid_text(grid, id);
    lt_web_page_change(grid, &record->current);
    lt_unit_format(&record->author, unit);
    (void)snprintf(address, sizeof address, "/units/%s", unit);
    lt_grid_link(grid, unit, address);
}

static void add_fact(struct lt_grid *grid, const struct lt_listed *record, bool names)
{
    const struct lt_fact *fact = &record->fact;
    char text[160];
    const Lienthong__Decision *decision = record->body != NULL ? lt_record_decision(record) : NULL;
    lt_grid_text(grid, fact->place->name);
    (void)snprintf(text, sizeof text, fact->span_from != 0 ? "%d-%d" : "%d",
                   fact->span_from != 0 ? fact->span_from : fact->year, fact->year);
    lt_grid_text(grid, text);
    lt_grid_text(grid, lt_dimension_show(LT_DIM_KIND, (uint8_t)fact->kind));
    lt_grid_text(grid, fact->code);
    lt_grid_text(grid, lt_dimension_show(LT_DIM_LEVEL, fact->level));
    lt_grid_text(grid, lt_dimension_show(LT_DIM_RECIPIENT, fact->recipient));
    if (names)
        lt_grid_text(grid, record->name != NULL ? record->name : "");
    lt_grid_text(grid, fact->field);
    lt_grid_text(grid, fact->movement);
    lt_grid_text(grid, decision != NULL ? decision->number : "");
    lt_grid_number(grid, (int64_t)fact->quantity);
}

static bool add_counted(void *context, const struct lt_listed *record,
                        const struct lt_counted *counted)
{
    struct gathering *gathering = context;
    struct lt_grid *grid = gathering->grid;
    if (!is_wanted(gathering, &record->fact))
        return true;
    gathering->cut = lt_grid_rows(grid) == gathering->most;
    if (gathering->cut)
        return false;
    add_id(grid, record);
    add_fact(grid, record, gathering->names);
    lt_grid_number(grid, counted->quantity);
    lt_grid_tone(grid, lt_reason_text(counted->reason),
                 counted->unconfirmed || counted->quantity == 0 ? "warn" : NULL);
    return !lt_grid_failed(grid);
}

static const char *state_words(const struct lt_listed *record)
{
    switch (record->state) {
    case LT_LISTED_COUNTS:
        return record->contested ? lt_text("được tính, bị tranh chấp", "counts, contested")
                                 : lt_text("được tính", "counts");
    case LT_LISTED_RETRACTED:
        return lt_text("đã gỡ", "retracted");
    case LT_LISTED_QUARANTINED:
        break;
    }
    return lt_verdict_words(record->verdict);
}

static bool add_listed(void *context, const struct lt_listed *record)
{
    struct gathering *gathering = context;
    struct lt_grid *grid = gathering->grid;
    gathering->cut = lt_grid_rows(grid) == gathering->most;
    if (gathering->cut)
        return false;
    add_id(grid, record);
    if (record->state == LT_LISTED_COUNTS) {
        add_fact(grid, record, gathering->names);
    } else {
        for (int i = 0; i < (gathering->names ? 10 : 9); i++) /* as many as add_fact writes */
            lt_grid_text(grid, "");
        lt_grid_none(grid);
    }
    lt_grid_tone(grid, state_words(record),
                 record->state == LT_LISTED_COUNTS        ? NULL
                 : record->state == LT_LISTED_QUARANTINED ? "bad"
                                                          : "warn");
    return !lt_grid_failed(grid);
}

/* ---- The page ---- */

static struct lt_grid *new_grid(bool names, bool counted)
{
    enum { COUNT = sizeof columns / sizeof columns[0] };
    struct lt_grid_column some[COUNT];
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++)
        if ((names || strcmp(columns[i].name, "name") != 0) &&
            (counted || strcmp(columns[i].name, "counted") != 0))
            some[count++] = columns[i];
    if (!counted) { /* not because of what, but how it stands */
        some[count - 1].vietnamese = "Tình trạng";
        some[count - 1].english = "State";
    }
    return lt_grid_new(some, count);
}

/* Of what was gathered without the web's lock, which is taken again here: data of many rows is written before. */
static void show(struct lt_asked *asked, struct lt_answer *answer, struct gathering *gathering,
                 const char *title, enum lt_result result)
{
    const bool data =
        result == LT_OK && lt_web_page_data(asked, answer, gathering->grid,
                                            "lienthong.records-shown/1", "", title, "records");
    lt_asked_done(asked);
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, "");
        return;
    }
    if (lt_grid_rows(gathering->grid) > 0)
        lt_asked_reads_names(asked, answer);
    if (data)
        return;
    lt_web_page_begin(asked, answer, title, "figures");
    if (gathering->cut && gathering->most < ROWS_MAX)
        lt_grid_goes_on(gathering->grid);
    else if (gathering->cut)
        lt_out_print(&answer->body, "<p class=\"banner warn\">%s</p>",
                     lt_text("Nhiều hơn 100.000 bản ghi: chỉ những bản đầu. Hãy hỏi hẹp hơn.",
                             "More than 100,000 records: the first ones only. Ask for less."));
    if (!gathering->names)
        lt_out_print(&answer->body, "<p class=\"note\">%s</p>",
                     lt_text("Tài khoản này không xem tên người.",
                             "This account does not see the names of persons."));
    lt_web_page_grid(asked, answer, gathering->grid, ROWS_A_PAGE, title);
    lt_web_page_end(asked, answer);
}

static void of_unit(struct lt_asked *asked, struct lt_answer *answer, const char *unit)
{
    struct lt_listing_query query = {.author = NULL};
    char reason[LT_DIRECT_REASON_MAX] = "", title[300];
    enum lt_result result =
        lt_choose_unit(lt_ledger_book(asked->web->ledger), unit, &query.author, reason);
    if (result != LT_OK || !lt_asked_may_see(asked, query.author)) {
        lt_answer_result(asked, answer, result != LT_OK ? result : LT_REFUSED, reason);
        return;
    }
    struct gathering gathering = {
        .grid = new_grid(asked->names, false), .names = asked->names, .most = ROWS_MAX};
    if (gathering.grid == NULL) {
        answer->body.failed = true;
        return;
    }
    (void)snprintf(title, sizeof title, lt_text("Bản ghi của %s", "Records of %s"),
                   query.author->name);
    if (lt_asked_slow(asked, answer)) {
        result = lt_listing(asked->web->ledger, &query, add_listed, &gathering);
        show(asked, answer, &gathering, title, result);
    }
    lt_grid_free(gathering.grid);
}

/* A page is shown as soon as its rows are found; what is sorted or taken away is looked for whole. */
static size_t rows_asked(const struct lt_asked *asked)
{
    const long page = lt_url_number(&asked->url.params, "page", 1, ROWS_MAX / ROWS_A_PAGE, 1);
    return asked->url.format == LT_URL_HTML && lt_asked_value(asked, "sort") == NULL &&
                   lt_asked_value(asked, "whole") == NULL
               ? (size_t)page * ROWS_A_PAGE
               : ROWS_MAX;
}

/* The value that conditions ask of a dimension; 0: any, or what is not stated. */
static uint8_t value_asked(const struct lt_figures_query *query, enum lt_dimension dimension)
{
    enum { VALUES = 16 };
    for (size_t i = 0; i < query->where_count; i++)
        for (uint8_t value = 1; value < VALUES && query->where[i].dimension == dimension; value++)
            if (strcmp(query->where[i].value, lt_dimension_spell(dimension, value)) == 0)
                return value;
    return 0;
}

/* What is asked, as far as a teller's own sums can say whether he has any of it. */
static struct lt_counted_query narrowed(const struct lt_asked *asked,
                                        const struct lt_figures_query *query, const char *at)
{
    struct lt_counted_query counted = {.place = query->place,
                                       .year_from = query->year_from,
                                       .year_to = query->year_to,
                                       .decided = query->decided,
                                       .kind = value_asked(query, LT_DIM_KIND),
                                       .recipient = value_asked(query, LT_DIM_RECIPIENT)};
    struct lt_unit unit;
    bool dated;
    const struct lt_place *below = at != NULL && lt_unit_parse(at, &unit, &dated) == LT_OK
                                       ? lt_book_place(lt_ledger_book(asked->web->ledger), &unit)
                                       : NULL;
    if (below != NULL && below->parent == query->place)
        counted.place = below;
    if (!speaks_of(query, LT_DIM_KIND))
        counted.kind = LT_KIND_AWARD;
    for (size_t i = 0; i < query->where_count; i++)
        if (query->where[i].dimension == LT_DIM_CODE && !same(query->where[i].value, ""))
            counted.code = query->where[i].value;
    return counted;
}

static void of_figure(struct lt_asked *asked, struct lt_answer *answer)
{
    struct lt_question question;
    char reason[400] = "", title[300 + LT_FIGURES_FILTER_MAX], period[LT_FIGURES_PERIOD_MAX];
    char filter[LT_FIGURES_FILTER_MAX];
    enum lt_result result = lt_question_read(asked, &question, reason);
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, reason);
        return;
    }
    const struct lt_figures_query *query = &question.query;
    const char *at = lt_asked_value(asked, "at");
    question.query.by_count = 0; /* conditions alone speak */
    const struct lt_counted_query counted = narrowed(asked, query, at);
    struct gathering gathering = {.question = &question,
                                  .at = at,
                                  .grid = new_grid(asked->names, true),
                                  .names = asked->names,
                                  .most = rows_asked(asked)};
    if (gathering.grid == NULL) {
        answer->body.failed = true;
        return;
    }
    lt_figures_period_text(query, period);
    lt_figures_filter_text(query, filter);
    (void)snprintf(title, sizeof title, lt_text("Bản ghi: %s, %s%s", "Records: %s, %s%s"),
                   query->place->name, period, filter);
    if (lt_asked_slow(asked, answer)) {
        result = lt_behind_each(asked->web->behind, asked->web->ledger, &counted, add_counted,
                                &gathering);
        show(asked, answer, &gathering, title, result);
    }
    lt_grid_free(gathering.grid);
}

void lt_page_records(struct lt_asked *asked, struct lt_answer *answer)
{
    const char *unit = lt_asked_value(asked, "unit");
    if (unit != NULL)
        of_unit(asked, answer, unit);
    else
        of_figure(asked, answer);
}
