#include "hub/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/scan.h"
#include "hub/spread.h"
#include "hub/sums.h"
#include "hub/words.h"

enum { KEY_WORDS = LT_DIM_COUNT / 2, REASON_MAX = 400 };
_Static_assert(LT_DIM_COUNT % 2 == 0, "whole words");
_Static_assert((int)LT_SCAN_CONDITIONS_MAX == (int)LT_WHERE_MAX, "one is the other");

struct asking {
    const struct lt_figures_query *query;
    const struct lt_book *book;
    struct lt_store_txn *txn;
    struct lt_scan_asks asks;
    bool nothing; /* a condition holds for nothing that was ever told */
    struct lt_spread spread;
    struct lt_sums sums; /* by the dimensions of query->by */
    enum lt_result result;
};

static bool asks(const struct lt_figures_query *query, enum lt_dimension dimension)
{
    for (size_t i = 0; i < query->by_count; i++)
        if (query->by[i] == dimension)
            return true;
    for (size_t i = 0; i < query->where_count; i++)
        if (query->where[i].dimension == dimension)
            return true;
    return false;
}

static bool lives_on(const struct lt_place *place, lt_day day)
{
    return (place->unit.valid_from == 0 || place->unit.valid_from <= day) &&
           (place->valid_to == 0 || place->valid_to >= day);
}

/* ---- Summing ---- */

/* A place as a number that is not 0. */
static uint32_t place_number(const struct lt_place *place)
{
    return place->number + 1;
}

static bool add_to_row(struct asking *asking, const uint32_t *numbers, const struct lt_place *place,
                       int sign, const struct lt_scan_sums *sums)
{
    const struct lt_figures_query *query = asking->query;
    uint32_t key[2 * KEY_WORDS] = {0};
    if (place == NULL)
        return true;
    for (size_t i = 0, j = 0; i < query->by_count; i++)
        key[i] = query->by[i] == LT_DIM_PLACE ? place_number(place) : numbers[j++];
    struct lt_sum *sum = lt_sums_at(&asking->sums, key, 0);
    if (sum == NULL || asking->sums.count > LT_FIGURE_CELLS_MAX) {
        asking->result = sum == NULL ? LT_NO_MEMORY : LT_TOO_LARGE;
        return false;
    }
    sum->a += sign * sums->count;
    sum->b += sign * sums->quantity;
    sum->c += sign * sums->unconfirmed;
    return true;
}

/* What was summed under a heading counts at one place and is taken from another. */
static void add_groups(struct asking *asking, const struct lt_scan *scan)
{
    for (size_t i = 0; i < lt_scan_count(scan) && asking->result == LT_OK; i++) {
        uint32_t heading, numbers[LT_DIM_COUNT];
        struct lt_scan_sums sums;
        lt_scan_at(scan, i, &heading, numbers, &sums);
        const struct lt_heading *under = &asking->spread.headings[heading];
        if (add_to_row(asking, numbers, under->to, 1, &sums))
            (void)add_to_row(asking, numbers, under->from, -1, &sums);
    }
}

struct numbered { /* a scan by the place's dictionary number, in the order of which cells lie */
    uint32_t number, heading;
};

static int by_number(const void *a, const void *b)
{
    const struct numbered *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static void scan_all(struct asking *asking, struct lt_scan *scan)
{
    const struct lt_spread *spread = &asking->spread;
    size_t count = 0;
    struct numbered *places = calloc(spread->count + 1, sizeof *places);
    if (places == NULL) {
        asking->result = LT_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < spread->count; i++) {
        const struct lt_spread_scan *one = &spread->scans[i];
        const uint32_t number = lt_words_find_unit(asking->txn, &one->place->unit);
        places[count].number = number | (one->own ? LT_OWN : 0);
        places[count].heading = one->heading;
        count += number != 0; /* else nothing was ever counted there */
    }
    qsort(places, count, sizeof *places, by_number);
    for (size_t i = 0; i < count && asking->result == LT_OK; i++)
        asking->result = lt_scan_place(scan, asking->txn, places[i].number, places[i].heading,
                                       2 * (size_t)LT_FIGURE_CELLS_MAX);
    free(places);
}

static void scan_places(struct asking *asking)
{
    const struct lt_figures_query *query = asking->query;
    const bool apart = asks(query, LT_DIM_PLACE);
    struct lt_scan *scan = lt_scan_new(&asking->asks);
    if (scan == NULL)
        asking->result = LT_NO_MEMORY;
    else if (query->tree == 0)
        asking->result = lt_spread_make(&asking->spread, asking->book, query->place, apart);
    else
        asking->result =
            lt_spread_make_on(&asking->spread, asking->book, query->place, query->tree, apart);
    if (asking->result == LT_OK)
        scan_all(asking, scan);
    if (asking->result == LT_OK)
        add_groups(asking, scan);
    lt_scan_free(scan);
}

/* ---- Conditions ---- */

const struct lt_place *lt_figures_place_of(const struct lt_book *book,
                                           const struct lt_figures_query *query, const char *value)
{
    struct lt_figures_query when = *query;
    char reason[REASON_MAX];
    struct lt_unit unit;
    bool dated;
    if (lt_unit_parse(value, &unit, &dated) != LT_OK)
        return NULL;
    const struct lt_place *place = lt_book_place(book, &unit);
    if (place != NULL && (place == when.place || place->parent == when.place) &&
        (when.tree == 0 || lives_on(place, when.tree)))
        return place;
    return lt_figures_find_place(book, value, &when, reason) == LT_OK ? when.place : NULL;
}

static bool number_of_value(struct asking *asking, enum lt_dimension dimension, const char *value,
                            uint32_t *ret_number)
{
    struct lt_figures_query when = *asking->query;
    char reason[REASON_MAX];
    *ret_number = 0;
    if (value[0] == '\0')
        return true; /* what is not stated */
    if (lt_dimension_listed(dimension)) {
        *ret_number = lt_dimension_value(dimension, value);
    } else if (lt_dimension_counted(dimension)) {
        *ret_number = (uint32_t)strtoul(value, NULL, 10);
        return *ret_number <= 12 && value[strspn(value, "0123456789")] == '\0';
    } else if (dimension == LT_DIM_YEAR) {
        if (lt_figures_parse_year(value, &when, reason) == LT_OK &&
            (when.span || when.year_from == when.year_to))
            *ret_number = (uint32_t)(when.span ? when.year_from : 0) << 16 | (uint32_t)when.year_to;
    } else {
        *ret_number = lt_words_find_text(asking->txn, value);
    }
    return *ret_number != 0;
}

/* Lists what a dimension holds here, when a condition names what it does not. */
/* NOLINTNEXTLINE(misc-no-recursion): it asks without conditions, so lists nothing in turn */
static void list_values(struct lt_ledger *ledger, const struct lt_figures_query *query,
                        enum lt_dimension dimension, char *ret_text, size_t max)
{
    struct lt_figures_query all = *query;
    struct lt_figures figures = {0};
    char reason[REASON_MAX];
    size_t used = 0;
    all.where_count = 0;
    all.by_count = 1;
    all.by[0] = dimension;
    ret_text[0] = '\0';
    if (lt_figures_ask(ledger, &all, &figures, reason) != LT_OK)
        return;
    for (size_t i = 0; i < figures.count; i++) {
        const char *value = figures.rows[i].values[0];
        if (value[0] == '\0' || used + strlen(value) + 3 >= max)
            continue;
        used += (size_t)snprintf(ret_text + used, max - used, "%s%s", used == 0 ? "" : ", ", value);
    }
    lt_figures_clear(&figures);
}

static bool resolve_one(struct asking *asking, enum lt_dimension dimension, const char *value)
{
    struct lt_scan_asks *asks = &asking->asks;
    struct lt_scan_condition condition = {.dimension = dimension};
    if (dimension == LT_DIM_PLACE) {
        const struct lt_place *place = lt_figures_place_of(asking->book, asking->query, value);
        lt_spread_keep(&asking->spread, place);
        return place != NULL || value[0] == '\0';
    }
    if (!number_of_value(asking, dimension, value, &condition.number)) {
        asking->nothing = dimension == LT_DIM_CODE && lt_book_title(asking->book, value, 0) != NULL;
        return asking->nothing; /* a title that nobody has told of is no mistake */
    }
    asks->enterprises_apart =
        asks->enterprises_apart || (dimension == LT_DIM_RECIPIENT &&
                                    condition.number == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
    asks->conditions[asks->condition_count++] = condition;
    return true;
}

/* The question in numbers. False: the value of condition *ret_bad is unknown. */
static bool resolve(struct asking *asking, size_t *ret_bad)
{
    const struct lt_figures_query *query = asking->query;
    asking->asks = (struct lt_scan_asks){
        .decided = query->decided,
        .span = query->span,
        .year_from = (uint16_t)query->year_from,
        .year_to = (uint16_t)query->year_to,
        .month_from = (uint8_t)query->month_from,
        .month_to = (uint8_t)query->month_to,
        .all_kinds = asks(query, LT_DIM_KIND),
        .all_statuses = asks(query, LT_DIM_STATUS),
    };
    for (size_t i = 0; i < query->by_count; i++)
        if (query->by[i] != LT_DIM_PLACE)
            asking->asks.by[asking->asks.by_count++] = query->by[i];
    for (size_t i = 0; i < query->where_count; i++)
        if (!resolve_one(asking, query->where[i].dimension, query->where[i].value)) {
            *ret_bad = i;
            return false;
        }
    return true;
}

/* ---- Rows ---- */

static char *value_text(struct asking *asking, enum lt_dimension dimension, uint32_t number)
{
    char text[LT_TEXT_BYTES_MAX + 1] = "";
    struct lt_bytes word;
    if (lt_dimension_listed(dimension)) {
        (void)snprintf(text, sizeof text, "%s", lt_dimension_spell(dimension, (uint8_t)number));
    } else if (dimension == LT_DIM_PLACE) {
        lt_unit_format(&lt_book_place_at(asking->book, number - 1)->unit, text);
    } else if (lt_dimension_counted(dimension)) {
        (void)snprintf(text, sizeof text, "%u", number);
    } else if (dimension == LT_DIM_YEAR) {
        if (number >> 16 != 0)
            (void)snprintf(text, sizeof text, "%u-%u", number >> 16, number & 0xffff);
        else
            (void)snprintf(text, sizeof text, "%u", number);
    } else if (lt_words_text_at(asking->txn, number, &word) && word.size < sizeof text) {
        memcpy(text, word.data, word.size);
        text[word.size] = '\0';
    }
    return strdup(text);
}

static _Thread_local const struct lt_figures_query *sorting;

static int compare(const void *a, const void *b)
{
    const struct lt_figure *left = a, *right = b;
    for (size_t i = 0; i < sorting->by_count; i++) {
        enum lt_dimension dimension = sorting->by[i];
        bool numeric = lt_dimension_listed(dimension) || lt_dimension_counted(dimension) ||
                       dimension == LT_DIM_YEAR;
        int order = numeric ? (left->numbers[i] > right->numbers[i]) -
                                  (left->numbers[i] < right->numbers[i])
                            : strcmp(left->values[i], right->values[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

/* Does the asked place have units directly below it in the tree of the day that was asked for? */
static bool has_units_below(const struct asking *asking)
{
    const struct lt_figures_query *query = asking->query;
    for (size_t i = 0; query->tree != 0 && i < lt_book_place_count(asking->book); i++) {
        const struct lt_place *below = lt_book_place_at(asking->book, i);
        if (below->parent == query->place && lives_on(below, query->tree))
            return true;
    }
    return false;
}

/* Is the row of the asked place itself, among those of the places below it? */
static bool is_own(const struct lt_figures_query *query, const uint32_t *numbers)
{
    for (size_t i = 0; i < query->by_count; i++)
        if (query->by[i] == LT_DIM_PLACE)
            return numbers[i] == place_number(query->place);
    return false;
}

static bool fill_rows(struct asking *asking, struct lt_figures *figures)
{
    const struct lt_figures_query *query = asking->query;
    const bool divided = asks(query, LT_DIM_PLACE) && has_units_below(asking);
    figures->rows = calloc(asking->sums.count + 1, sizeof *figures->rows);
    if (figures->rows == NULL || !lt_sums_sort(&asking->sums))
        return false;
    for (size_t i = 0; i < asking->sums.count; i++) {
        const struct lt_sum *sum = lt_sums_sorted(&asking->sums, i);
        struct lt_figure *row = &figures->rows[figures->count];
        if (sum->a == 0 && sum->b == 0 && sum->c == 0)
            continue;
        memcpy(row->numbers, sum->key, sizeof row->numbers);
        row->count = sum->a;
        row->quantity = sum->b;
        row->unconfirmed = sum->c;
        row->unallocated = divided && is_own(query, row->numbers);
        figures->count++;
        for (size_t j = 0; j < query->by_count; j++) {
            row->values[j] = value_text(asking, query->by[j], row->numbers[j]);
            if (row->values[j] == NULL)
                return false;
        }
    }
    sorting = query;
    qsort(figures->rows, figures->count, sizeof *figures->rows, compare);
    return true;
}

void lt_figures_clear(struct lt_figures *figures)
{
    for (size_t i = 0; i < figures->count; i++)
        for (size_t j = 0; j < LT_DIM_COUNT; j++)
            free(figures->rows[i].values[j]);
    free(figures->rows);
    *figures = (struct lt_figures){0};
}

static enum lt_result collect(struct asking *asking, struct lt_figures *figures)
{
    struct lt_marks marks;
    if (!asking->nothing)
        scan_places(asking);
    if (asking->result == LT_OK && !fill_rows(asking, figures))
        asking->result = LT_NO_MEMORY;
    lt_store_marks(asking->txn, &marks);
    figures->updates = lt_log_last(lt_store_log(asking->txn));
    figures->rebuilding = marks.rebuilding;
    lt_book_digest(asking->book, &figures->directives);
    return asking->result != LT_OK ? asking->result : lt_store_error(asking->txn);
}

/* Is it a question that has an answer? */
static enum lt_result check(const struct lt_figures_query *query, char ret_reason[REASON_MAX])
{
    char unit[LT_UNIT_TEXT_MAX], day[11];
    const struct lt_place *place = query->place;
    if (query->month_from != 0 && !query->decided) {
        (void)snprintf(ret_reason, REASON_MAX, "%s",
                       lt_text("tháng, quý, nửa năm là của ngày quyết định, thành tích chỉ có năm: "
                               "thêm --basis decided",
                               "months, quarters and half-years are of the date of decision, "
                               "achievements have years alone: add --basis decided"));
        return LT_USAGE;
    }
    if (query->tree == 0 || lives_on(place, query->tree))
        return LT_OK;
    lt_unit_format(&place->unit, unit);
    lt_day_format_iso(query->tree, day);
    (void)snprintf(ret_reason, REASON_MAX,
                   lt_text("cây đơn vị không có %s vào ngày %s", "the tree has no %s on %s"), unit,
                   day);
    return LT_USAGE;
}

/* NOLINTNEXTLINE(misc-no-recursion): see list_values */
enum lt_result lt_figures_ask(struct lt_ledger *ledger, const struct lt_figures_query *query,
                              struct lt_figures *ret_figures, char ret_reason[REASON_MAX])
{
    struct lt_figures figures = {0};
    struct asking asking = {.query = query};
    size_t bad = 0;
    enum lt_result result = check(query, ret_reason);
    if (result != LT_OK)
        return result;
    asking.txn = lt_store_begin(lt_ledger_store(ledger), false);
    if (asking.txn == NULL)
        return LT_NO_MEMORY;
    lt_sums_init(&asking.sums, KEY_WORDS, 0);
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    asking.book = lt_ledger_book(ledger);
    bool known = resolve(&asking, &bad);
    if (known)
        result = collect(&asking, &figures);
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    lt_store_abort(asking.txn);
    lt_sums_free(&asking.sums);
    lt_spread_free(&asking.spread);
    if (!known) {
        char values[250];
        list_values(ledger, query, query->where[bad].dimension, values, sizeof values);
        (void)snprintf(ret_reason, REASON_MAX,
                       lt_text("%s không có giá trị \"%.40s\"; ở đây có: %s",
                               "%s has no value \"%.40s\"; here there are: %s"),
                       lt_dimension_name(query->where[bad].dimension), query->where[bad].value,
                       values[0] == '\0' ? "–" : values);
        return LT_USAGE;
    }
    if (result != LT_OK) {
        (void)snprintf(ret_reason, REASON_MAX, "%s", lt_result_text(result));
        lt_figures_clear(&figures);
        return result;
    }
    *ret_figures = figures;
    return LT_OK;
}
