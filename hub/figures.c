#include "hub/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/sums.h"
#include "hub/words.h"

enum { KEY_WORDS = LT_DIM_COUNT / 2, REASON_MAX = 400 };
_Static_assert(LT_DIM_COUNT % 2 == 0, "whole words");

/* One condition in numbers. */
struct condition {
    enum lt_dimension dimension;
    uint32_t number; /* what the dimension must be */
};

struct asking {
    const struct lt_figures_query *query;
    struct lt_store_txn *txn;
    struct lt_sums sums;
    struct condition conditions[LT_WHERE_MAX];
    size_t condition_count;
    bool all_kinds, all_statuses, enterprises_apart;
    uint32_t place; /* number that the rows are entered under */
    int sign;
    enum lt_result result;
};

/* A year or a span of years as one number that sorts: single years first. */
static uint32_t year_number(const struct lt_dims *dims)
{
    return (uint32_t)dims->span_from << 16 | dims->year;
}

static uint32_t number_of(const struct asking *asking, const struct lt_dims *dims,
                          enum lt_dimension dimension)
{
    const uint32_t numbers[LT_DIM_COUNT] = {
        [LT_DIM_PLACE] = asking->place,
        [LT_DIM_YEAR] = year_number(dims),
        [LT_DIM_MONTH] = dims->month,
        [LT_DIM_KIND] = dims->kind,
        [LT_DIM_CODE] = dims->code,
        [LT_DIM_LEVEL] = dims->level,
        [LT_DIM_TYPE] = dims->type,
        [LT_DIM_RECIPIENT] = dims->recipient,
        [LT_DIM_CATEGORY] = dims->category,
        [LT_DIM_SEX] = dims->sex,
        [LT_DIM_FIELD] = dims->field,
        [LT_DIM_MOVEMENT] = dims->movement,
        [LT_DIM_NATURE] = dims->nature,
        [LT_DIM_STATUS] = dims->status,
        [LT_DIM_QUARTER] = (uint32_t)(dims->month + 2) / 3,
        [LT_DIM_HALF] = (uint32_t)(dims->month + 5) / 6,
        [LT_DIM_SUBMITTED] = lt_detail_submitted(dims->kind, dims->detail),
        [LT_DIM_POSTHUMOUS] = lt_detail_posthumous(dims->kind, dims->detail),
        [LT_DIM_SCOPE] = lt_detail_scope(dims->kind, dims->detail),
        [LT_DIM_LENGTH] = lt_detail_length(dims->kind, dims->detail),
        [LT_DIM_METHOD] = lt_detail_method(dims->kind, dims->detail),
        [LT_DIM_OUTSIDE] = dims->outside,
    };
    return numbers[dimension];
}

static bool wanted(const struct asking *asking, const struct lt_dims *dims)
{
    const struct lt_figures_query *query = asking->query;
    if (query->span != (dims->span_from != 0) ||
        (query->span && (dims->span_from != query->year_from || dims->year != query->year_to)))
        return false;
    if (!asking->all_kinds && dims->kind != LT_KIND_AWARD)
        return false;
    if (!asking->all_statuses && dims->status == LT_STATUS_REVOKED)
        return false;
    for (size_t i = 0; i < asking->condition_count; i++) {
        const struct condition *condition = &asking->conditions[i];
        uint32_t number = number_of(asking, dims, condition->dimension);
        bool within = condition->dimension == LT_DIM_RECIPIENT &&
                      condition->number == LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE &&
                      number == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
        if (number != condition->number && !within)
            return false;
    }
    return true;
}

static bool add_cell(void *context, const struct lt_cell *cell)
{
    struct asking *asking = context;
    const struct lt_figures_query *query = asking->query;
    struct lt_dims dims;
    uint32_t key[2 * KEY_WORDS] = {0};
    enum lt_basis basis = lt_cell_key_basis(&cell->key);
    lt_cell_key_dims(&cell->key, &dims);
    if ((basis != LT_BASIS_BOTH &&
         basis != (query->decided ? LT_BASIS_DECIDED : LT_BASIS_ACHIEVED)) ||
        !wanted(asking, &dims))
        return true;
    if (dims.recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE && !asking->enterprises_apart)
        dims.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    for (size_t i = 0; i < query->by_count; i++)
        key[i] = number_of(asking, &dims, query->by[i]);
    struct lt_sum *sum = lt_sums_at(&asking->sums, key, 0);
    if (sum == NULL || asking->sums.count > LT_FIGURE_CELLS_MAX) {
        asking->result = sum == NULL ? LT_NO_MEMORY : LT_TOO_LARGE;
        return false;
    }
    sum->a += asking->sign * cell->count;
    sum->b += asking->sign * cell->quantity;
    sum->c += asking->sign * cell->unconfirmed;
    return true;
}

static void scan(struct asking *asking, uint32_t of, uint32_t as, int sign)
{
    static const struct lt_dims none;
    struct lt_cell_key from, to;
    int last = asking->query->year_to;
    int first = asking->query->span ? last : asking->query->year_from;
    if (of == 0)
        return; /* nothing was ever counted there */
    asking->place = as;
    asking->sign = sign;
    lt_cell_key_make(of, LT_BASIS_BOTH, (uint16_t)first, 0, &none, &from);
    lt_cell_key_make(of, LT_BASIS_BOTH, (uint16_t)(last + 1), 0, &none, &to);
    lt_store_cells(asking->txn, &from, &to, add_cell, asking);
}

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

/* The place as a whole; or each place below it as a whole, and what is left of its own. */
static void scan_places(struct asking *asking, const struct lt_book *book)
{
    const struct lt_place *place = asking->query->place;
    uint32_t own = lt_words_find_unit(asking->txn, &place->unit);
    scan(asking, own, own, 1);
    if (!asks(asking->query, LT_DIM_PLACE))
        return;
    for (size_t i = 0; i < lt_book_place_count(book); i++) {
        const struct lt_place *below = lt_book_place_at(book, i);
        if (below->parent != place)
            continue;
        uint32_t number = lt_words_find_unit(asking->txn, &below->unit);
        scan(asking, number, number, 1);
        scan(asking, number, own, -1);
    }
}

/* ---- Conditions ---- */

static bool number_of_value(struct asking *asking, const struct lt_book *book,
                            enum lt_dimension dimension, const char *value, uint32_t *ret_number)
{
    struct lt_figures_query when = *asking->query;
    char reason[REASON_MAX];
    struct lt_unit unit;
    bool dated;
    *ret_number = 0;
    if (value[0] == '\0')
        return true; /* what is not stated */
    if (lt_dimension_listed(dimension)) {
        *ret_number = lt_dimension_value(dimension, value);
    } else if (dimension == LT_DIM_PLACE) {
        if (lt_unit_parse(value, &unit, &dated) == LT_OK &&
            lt_figures_find_place(book, value, &when, reason) == LT_OK)
            *ret_number = lt_words_find_unit(asking->txn, &when.place->unit);
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

/* Conditions in numbers. False: the value of condition *ret_bad is unknown. */
static bool resolve(struct asking *asking, const struct lt_book *book, size_t *ret_bad)
{
    const struct lt_figures_query *query = asking->query;
    for (size_t i = 0; i < query->where_count; i++) {
        struct condition *condition = &asking->conditions[asking->condition_count++];
        condition->dimension = query->where[i].dimension;
        if (!number_of_value(asking, book, condition->dimension, query->where[i].value,
                             &condition->number)) {
            *ret_bad = i;
            return false;
        }
        asking->enterprises_apart =
            asking->enterprises_apart ||
            (condition->dimension == LT_DIM_RECIPIENT &&
             condition->number == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
    }
    asking->all_kinds = asks(query, LT_DIM_KIND);
    asking->all_statuses = asks(query, LT_DIM_STATUS);
    return true;
}

/* ---- Rows ---- */

static char *value_text(struct asking *asking, enum lt_dimension dimension, uint32_t number)
{
    char text[LT_TEXT_BYTES_MAX + 1] = "";
    struct lt_bytes word;
    struct lt_unit unit;
    if (lt_dimension_listed(dimension)) {
        (void)snprintf(text, sizeof text, "%s", lt_dimension_spell(dimension, (uint8_t)number));
    } else if (dimension == LT_DIM_PLACE) {
        if (lt_words_unit_at(asking->txn, number, &unit))
            lt_unit_format(&unit, text);
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

static bool fill_rows(struct asking *asking, struct lt_figures *figures)
{
    const struct lt_figures_query *query = asking->query;
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

static enum lt_result collect(struct asking *asking, const struct lt_book *book,
                              struct lt_figures *figures)
{
    struct lt_marks marks;
    scan_places(asking, book);
    if (asking->result == LT_OK && !fill_rows(asking, figures))
        asking->result = LT_NO_MEMORY;
    lt_store_marks(asking->txn, &marks);
    figures->updates = lt_log_last(lt_store_log(asking->txn));
    figures->rebuilding = marks.rebuilding;
    lt_book_digest(book, &figures->directives);
    return asking->result != LT_OK ? asking->result : lt_store_error(asking->txn);
}

enum lt_result lt_figures_ask(struct lt_ledger *ledger, const struct lt_figures_query *query,
                              struct lt_figures *ret_figures, char ret_reason[REASON_MAX])
{
    struct lt_figures figures = {0};
    struct asking asking = {.query = query};
    size_t bad = 0;
    enum lt_result result = LT_OK;
    asking.txn = lt_store_begin(lt_ledger_store(ledger), false);
    if (asking.txn == NULL)
        return LT_NO_MEMORY;
    lt_sums_init(&asking.sums, KEY_WORDS, 0);
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    const struct lt_book *book = lt_ledger_book(ledger);
    bool known = resolve(&asking, book, &bad);
    if (known)
        result = collect(&asking, book, &figures);
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    lt_store_abort(asking.txn);
    lt_sums_free(&asking.sums);
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
