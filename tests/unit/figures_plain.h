/* figures_plain.h - figures the plain way: cell after cell, all dimensions decoded, sums by the text of their
 * values, what is a place's own by counting its cells up and those below it down. The same answers as
 * lt_figures_ask must give, to compare with. Included by tests only. */
#ifndef LT_TEST_FIGURES_PLAIN_H
#define LT_TEST_FIGURES_PLAIN_H

#include "hub/figures.h"
#include "hub/store.h"
#include "hub/words.h"
#include "proto/standing.h"

enum { PLAIN_ROWS_MAX = 20000, PLAIN_VALUE_MAX = 40, PLAIN_TEXT_MAX = 400 };

struct plain_row {
    char text[PLAIN_TEXT_MAX]; /* "value|value|" */
    int64_t count, quantity, unconfirmed;
};

struct plain_figures {
    const struct lt_figures_query *query;
    struct lt_store_txn *txn;
    const struct lt_book *book;
    const struct lt_place *place; /* under which cells are counted now */
    int sign;
    struct plain_row *rows;
    size_t count;
};

static const char *plain_word(struct plain_figures *plain, uint32_t number, char *text)
{
    struct lt_bytes word;
    assert_true(lt_words_text_at(plain->txn, number, &word) && word.size < PLAIN_VALUE_MAX);
    memcpy(text, word.data, word.size);
    text[word.size] = '\0';
    return text;
}

static const char *plain_number(unsigned number, char *text)
{
    (void)snprintf(text, PLAIN_VALUE_MAX, "%u", number);
    return text;
}

/* The value of a dimension as it is spelt. */
static const char *plain_value(struct plain_figures *plain, const struct lt_dims *dims,
                               enum lt_dimension dimension, char *text)
{
    switch (dimension) {
    case LT_DIM_PLACE:
        lt_unit_format(&plain->place->unit, text);
        return text;
    case LT_DIM_YEAR:
        if (dims->span_from != 0)
            (void)snprintf(text, PLAIN_VALUE_MAX, "%u-%u", dims->span_from, dims->year);
        return dims->span_from != 0 ? text : plain_number(dims->year, text);
    case LT_DIM_MONTH:
        return plain_number(dims->month, text);
    case LT_DIM_QUARTER:
        return plain_number(dims->month == 0 ? 0 : (dims->month - 1u) / 3 + 1, text);
    case LT_DIM_HALF:
        return plain_number(dims->month == 0 ? 0 : dims->month <= 6 ? 1 : 2, text);
    case LT_DIM_KIND:
        return lt_kind_name(dims->kind);
    case LT_DIM_CODE:
        return plain_word(plain, dims->code, text);
    case LT_DIM_FIELD:
        return plain_word(plain, dims->field, text);
    case LT_DIM_MOVEMENT:
        return plain_word(plain, dims->movement, text);
    case LT_DIM_LEVEL:
        return lt_level_name(dims->level);
    case LT_DIM_TYPE:
        return lt_type_name(dims->type);
    case LT_DIM_RECIPIENT:
        return lt_recipient_name(dims->recipient);
    case LT_DIM_CATEGORY:
        return lt_category_name(dims->category);
    case LT_DIM_SEX:
        return lt_sex_name(dims->sex);
    case LT_DIM_NATURE:
        return lt_nature_name(dims->nature);
    case LT_DIM_STATUS:
        return lt_status_name(dims->status);
    case LT_DIM_SUBMITTED:
        return lt_submitted_name(lt_detail_submitted(dims->kind, dims->detail));
    case LT_DIM_POSTHUMOUS:
        return lt_posthumous_name(lt_detail_posthumous(dims->kind, dims->detail));
    case LT_DIM_SCOPE:
        return lt_scope_name(lt_detail_scope(dims->kind, dims->detail));
    case LT_DIM_LENGTH:
        return lt_length_name(lt_detail_length(dims->kind, dims->detail));
    case LT_DIM_METHOD:
        return lt_method_name(lt_detail_method(dims->kind, dims->detail));
    case LT_DIM_OUTSIDE:
        return dims->outside ? "outside" : "";
    case LT_DIM_COUNT:
        break;
    }
    abort();
}

/* What is beyond a list has no spelling. */
static const char *plain_spelt(const char *value)
{
    return value == NULL ? "" : value;
}

static bool plain_asks(const struct lt_figures_query *query, enum lt_dimension dimension)
{
    bool asks = false;
    for (size_t i = 0; i < query->by_count; i++)
        asks = asks || query->by[i] == dimension;
    for (size_t i = 0; i < query->where_count; i++)
        asks = asks || query->where[i].dimension == dimension;
    return asks;
}

static bool plain_wanted(struct plain_figures *plain, const struct lt_dims *dims)
{
    const struct lt_figures_query *query = plain->query;
    char text[LT_UNIT_TEXT_MAX + PLAIN_VALUE_MAX];
    if (query->span
            ? dims->span_from != query->year_from || dims->year != query->year_to
            : dims->span_from != 0 || dims->year < query->year_from || dims->year > query->year_to)
        return false;
    if (query->month_from != 0 &&
        (dims->month < query->month_from || dims->month > query->month_to))
        return false;
    if ((dims->kind != LT_KIND_AWARD && !plain_asks(query, LT_DIM_KIND)) ||
        (dims->status == LT_STATUS_REVOKED && !plain_asks(query, LT_DIM_STATUS)))
        return false;
    for (size_t i = 0; i < query->where_count; i++) {
        const char *asked = query->where[i].value;
        enum lt_dimension dimension = query->where[i].dimension;
        const char *value = plain_spelt(plain_value(plain, dims, dimension, text));
        bool nothing = asked[0] == '\0' && lt_dimension_counted(dimension);
        bool within = dimension == LT_DIM_RECIPIENT && strcmp(asked, "collective") == 0 &&
                      strcmp(value, "enterprise") == 0;
        if (strcmp(value, nothing ? "0" : asked) != 0 && !within)
            return false;
    }
    return true;
}

static bool plain_cell(void *context, const struct lt_cell *cell)
{
    struct plain_figures *plain = context;
    const struct lt_figures_query *query = plain->query;
    enum lt_basis basis = lt_cell_key_basis(&cell->key);
    bool apart = false;
    struct lt_dims dims;
    struct plain_row row = {.count = 0};
    size_t used = 0, at = 0;
    lt_cell_key_dims(&cell->key, &dims);
    if (basis == (query->decided ? LT_BASIS_ACHIEVED : LT_BASIS_DECIDED) ||
        !plain_wanted(plain, &dims))
        return true;
    for (size_t i = 0; i < query->where_count; i++)
        apart = apart || (query->where[i].dimension == LT_DIM_RECIPIENT &&
                          strcmp(query->where[i].value, "enterprise") == 0);
    for (size_t i = 0; i < query->by_count; i++) {
        char text[LT_UNIT_TEXT_MAX + PLAIN_VALUE_MAX];
        const char *value = plain_spelt(plain_value(plain, &dims, query->by[i], text));
        if (strcmp(value, "enterprise") == 0 && query->by[i] == LT_DIM_RECIPIENT && !apart)
            value = "collective";
        used += (size_t)snprintf(row.text + used, sizeof row.text - used, "%s|", value);
    }
    while (at < plain->count && strcmp(plain->rows[at].text, row.text) != 0)
        at++;
    assert_true(at < PLAIN_ROWS_MAX);
    if (at == plain->count)
        plain->rows[plain->count++] = row;
    plain->rows[at].count += plain->sign * cell->count;
    plain->rows[at].quantity += plain->sign * cell->quantity;
    plain->rows[at].unconfirmed += plain->sign * cell->unconfirmed;
    return true;
}

/* Counts the cells of `of` at `place`. */
static void plain_add_place(struct plain_figures *plain, const struct lt_place *of,
                            const struct lt_place *place, int sign)
{
    struct lt_cell_key from, to;
    static const struct lt_dims none;
    uint32_t number = lt_words_find_unit(plain->txn, &of->unit);
    if (number == 0 || place == NULL)
        return;
    plain->place = place;
    plain->sign = sign;
    lt_cell_key_make(number, LT_BASIS_BOTH, 0, 0, &none, &from);
    lt_cell_key_make(number + 1, LT_BASIS_BOTH, 0, 0, &none, &to);
    lt_store_cells(plain->txn, &from, &to, plain_cell, plain);
}

static const struct lt_place *plain_at(const struct plain_figures *plain,
                                       const struct lt_place *unit, bool apart)
{
    const struct lt_place *asked = plain->query->place;
    const struct lt_place *lies = lt_book_today(plain->book, unit, plain->query->tree);
    if (lies == asked || lies == NULL)
        return lies;
    for (const struct lt_place *above = lies; above->parent != NULL; above = above->parent)
        if (above->parent == asked)
            return apart ? above : asked;
    return NULL;
}

/* Rows in no order; those of zeros are left out. The caller frees rows. */
static void plain_ask(struct lt_ledger *ledger, const struct lt_figures_query *query,
                      struct plain_figures *plain)
{
    const struct lt_book *book = lt_ledger_book(ledger);
    const bool apart = plain_asks(query, LT_DIM_PLACE);
    size_t kept = 0;
    *plain = (struct plain_figures){.query = query, .book = book};
    plain->txn = lt_store_begin(lt_ledger_store(ledger), false);
    plain->rows = calloc(PLAIN_ROWS_MAX, sizeof *plain->rows);
    assert_true(plain->txn != NULL && plain->rows != NULL);
    if (query->tree == 0)
        plain_add_place(plain, query->place, query->place, 1);
    for (size_t i = 0; i < lt_book_place_count(book); i++) {
        const struct lt_place *unit = lt_book_place_at(book, i);
        if (query->tree == 0 && apart && unit->parent == query->place) {
            plain_add_place(plain, unit, unit, 1);
            plain_add_place(plain, unit, query->place, -1);
        }
        if (query->tree == 0)
            continue;
        /* what is its own: its cells less those of each place directly below */
        const struct lt_place *at = plain_at(plain, unit, apart);
        plain_add_place(plain, unit, at, 1);
        for (size_t j = 0; j < lt_book_place_count(book); j++)
            if (lt_book_place_at(book, j)->parent == unit)
                plain_add_place(plain, lt_book_place_at(book, j), at, -1);
    }
    for (size_t i = 0; i < plain->count; i++)
        if (plain->rows[i].count != 0 || plain->rows[i].quantity != 0 ||
            plain->rows[i].unconfirmed != 0)
            plain->rows[kept++] = plain->rows[i];
    plain->count = kept;
    lt_store_abort(plain->txn);
}

/* Asks both ways; every row must be the same. Returns how many there are. */
static size_t plain_compare(struct lt_ledger *ledger, const struct lt_figures_query *query)
{
    struct plain_figures plain;
    struct lt_figures figures;
    char reason[400] = "";
    enum lt_result result = lt_figures_ask(ledger, query, &figures, reason);
    if (result != LT_OK)
        fail_msg("%s: %s", lt_result_text(result), reason);
    plain_ask(ledger, query, &plain);
    if (figures.count != plain.count) {
        char *json = lt_figures_json(query, &figures);
        print_message("%s\n", json);
        for (size_t i = 0; i < query->where_count; i++)
            print_message("where %s=%s\n", lt_dimension_name(query->where[i].dimension),
                          query->where[i].value);
        for (size_t i = 0; i < plain.count; i++)
            print_message("plain %s %lld\n", plain.rows[i].text, (long long)plain.rows[i].count);
        free(json);
    }
    assert_int_equal(figures.count, plain.count);
    for (size_t i = 0; i < figures.count; i++) {
        char text[PLAIN_TEXT_MAX] = "";
        size_t used = 0, at = 0;
        for (size_t j = 0; j < query->by_count; j++)
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s|", figures.rows[i].values[j]);
        while (at < plain.count && strcmp(plain.rows[at].text, text) != 0)
            at++;
        if (at == plain.count)
            fail_msg("%s is in no plain row", text);
        assert_int_equal(figures.rows[i].count, plain.rows[at].count);
        assert_int_equal(figures.rows[i].quantity, plain.rows[at].quantity);
        assert_int_equal(figures.rows[i].unconfirmed, plain.rows[at].unconfirmed);
    }
    size_t count = figures.count;
    lt_figures_clear(&figures);
    free(plain.rows);
    return count;
}

#endif
