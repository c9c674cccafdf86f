#include "hub/form_fill.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/form_compute.h"
#include "hub/form_expand.h"
#include "hub/form_heard.h"

enum { REASON_MAX = 400 };

enum lt_result lt_form_period(const char *text, struct lt_figures_query *query,
                              char ret_reason[REASON_MAX])
{
    return strstr(text, "..") != NULL ? lt_figures_parse_year(text, query, ret_reason)
                                      : lt_figures_parse_period(text, query, ret_reason);
}

/* ---- Who has said anything ---- */

static void note_places(struct lt_filled *filled, const struct lt_book *book,
                        const struct lt_heard *heard)
{
    char text[LT_UNIT_TEXT_MAX];
    filled->silent = !lt_heard_of(heard, NULL, 0, 0);
    for (size_t i = 0; i < lt_book_place_count(book); i++) {
        const struct lt_place *place = lt_book_place_at(book, i);
        if (place->parent != filled->query.place || !lt_filled_lives(&filled->query, place))
            continue;
        lt_unit_format(&place->unit, text);
        filled->units++;
        filled->heard += lt_heard_of(heard, text, 0, 0);
        filled->complete += lt_heard_of(heard, text, 0, LT_STATUS_COMPLETE);
        filled->nil += lt_heard_of(heard, text, 0, LT_STATUS_NIL);
    }
}

/* The place, or the year, that a line stands for; NULL and 0 for another line. */
static const char *place_of(const struct lt_filled_line *line)
{
    return line->value != NULL && line->line->each_of == LT_DIM_PLACE ? line->value : NULL;
}

static uint32_t year_of(const struct lt_filled_line *line)
{
    return line->value != NULL && line->line->each_of == LT_DIM_YEAR ? line->number : 0;
}

static void mark_missing(struct lt_filled_axis *axis, const struct lt_heard *heard)
{
    for (size_t i = 0; i < axis->count; i++) {
        struct lt_filled_line *line = &axis->lines[i];
        const char *place = place_of(line);
        uint32_t year = year_of(line);
        line->missing = (place != NULL || year != 0) && !lt_heard_of(heard, place, year, 0);
    }
}

/* Where a line for a place meets one for a year. */
static bool pair_missing(const struct lt_filled_line *row, const struct lt_filled_line *column,
                         const struct lt_heard *heard)
{
    const char *place = place_of(row) != NULL ? place_of(row) : place_of(column);
    uint32_t year = year_of(row) != 0 ? year_of(row) : year_of(column);
    return place != NULL && year != 0 && !lt_heard_of(heard, place, year, 0);
}

/* ---- Counting ---- */

/* One fact against the lines of an axis. */
struct met {
    size_t *lines; /* indexes of filled lines */
    bool *speak_kind, *speak_status;
    size_t count;
};

static void meet(const struct lt_form_axis *of, const struct lt_filled_axis *axis,
                 const struct lt_facts *facts, const struct lt_form_fact *fact, struct met *met)
{
    met->count = 0;
    for (size_t i = 0; i < of->count; i++) {
        const struct lt_form_line *line = &of->lines[i];
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it was made for all lines */
        if (axis->size[i] == 0 || line->op != LT_FORM_COUNTED ||
            !lt_form_line_meets(of, line, facts, fact))
            continue;
        size_t at = line->each ? lt_filled_find(axis, i, facts, fact) : 0;
        if (at == axis->size[i])
            continue;
        met->lines[met->count] = axis->first[i] + at;
        met->speak_kind[met->count] = lt_form_line_speaks(of, line, LT_DIM_KIND);
        met->speak_status[met->count++] = lt_form_line_speaks(of, line, LT_DIM_STATUS);
    }
}

static void add_fact(struct lt_filled *filled, const struct lt_facts *facts,
                     const struct lt_form_fact *fact, const struct met *rows,
                     const struct met *columns)
{
    const struct lt_form *form = filled->form;
    bool other_kind = facts->at[LT_DIM_KIND] >= 0 &&
                      lt_fact_number(facts, fact, LT_DIM_KIND) != LT_KIND_AWARD &&
                      !lt_filter_speaks(&form->where, LT_DIM_KIND);
    bool revoked = facts->at[LT_DIM_STATUS] >= 0 &&
                   lt_fact_number(facts, fact, LT_DIM_STATUS) == LT_STATUS_REVOKED &&
                   !lt_filter_speaks(&form->where, LT_DIM_STATUS);
    int64_t amount = fact->sign * (form->records ? fact->figure->count : fact->figure->quantity);
    bool counted = false;
    for (size_t r = 0; r < rows->count; r++)
        for (size_t c = 0; c < columns->count; c++) {
            if ((other_kind && !rows->speak_kind[r] && !columns->speak_kind[c]) ||
                (revoked && !rows->speak_status[r] && !columns->speak_status[c]))
                continue;
            filled->cells[rows->lines[r] * filled->columns.count + columns->lines[c]].value +=
                amount;
            counted = true;
        }
    if (counted)
        filled->unconfirmed += fact->sign * fact->figure->unconfirmed;
}

static bool met_new(const struct lt_form_axis *of, struct met *met)
{
    met->lines = calloc(of->count, sizeof *met->lines);
    met->speak_kind = calloc(of->count, sizeof *met->speak_kind);
    met->speak_status = calloc(of->count, sizeof *met->speak_status);
    return met->lines != NULL && met->speak_kind != NULL && met->speak_status != NULL;
}

static void met_free(struct met *met)
{
    free(met->lines);
    free(met->speak_kind);
    free(met->speak_status);
}

static enum lt_result count_facts(struct lt_filled *filled, const struct lt_facts *facts)
{
    const struct lt_form *form = filled->form;
    struct met rows = {0}, columns = {0};
    bool good = met_new(&form->rows, &rows) && met_new(&form->columns, &columns);
    for (size_t i = 0; i < facts->count && good; i++) {
        const struct lt_form_fact fact = lt_facts_at(facts, i);
        if (!lt_filter_meets(&form->where, facts, &fact))
            continue;
        meet(&form->rows, &filled->rows, facts, &fact, &rows);
        meet(&form->columns, &filled->columns, facts, &fact, &columns);
        add_fact(filled, facts, &fact, &rows, &columns);
    }
    met_free(&rows);
    met_free(&columns);
    return good ? LT_OK : LT_NO_MEMORY;
}

/* What a counted cell is before anything is added: 0, or missing. */
static enum lt_result cells_new(struct lt_filled *filled, const struct lt_heard *heard)
{
    size_t rows = filled->rows.count, columns = filled->columns.count;
    if (rows * columns > LT_FILLED_CELLS_MAX)
        return LT_TOO_LARGE;
    filled->cells = calloc(rows * columns + 1, sizeof *filled->cells);
    if (filled->cells == NULL)
        return LT_NO_MEMORY;
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            const struct lt_filled_line *row = &filled->rows.lines[r];
            const struct lt_filled_line *column = &filled->columns.lines[c];
            bool missing = filled->silent || row->missing || column->missing ||
                           pair_missing(row, column, heard);
            if (row->line->op == LT_FORM_COUNTED && column->line->op == LT_FORM_COUNTED)
                filled->cells[r * columns + c].state =
                    missing ? LT_FILLED_MISSING : LT_FILLED_NUMBER;
        }
    return LT_OK;
}

/* Cells that are `step` apart: has anything been counted in one? */
static bool has_value(const struct lt_filled_cell *cells, size_t count, size_t step)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i * step].value != 0)
            return true;
    return false;
}

/* A line that is not missing after all: its cells are numbers, where the other line is not missing. */
static void find_line(struct lt_filled_line *line, const struct lt_filled_line *others,
                      struct lt_filled_cell *cells, size_t count, size_t step)
{
    if (!line->missing || !has_value(cells, count, step))
        return;
    line->missing = false;
    for (size_t i = 0; i < count; i++)
        if (cells[i * step].state == LT_FILLED_MISSING && !others[i].missing)
            cells[i * step].state = LT_FILLED_NUMBER;
}

/* Who has figures is not missing, even when he has said nothing of these years: an award that was decided
 * in them may be for an achievement of others. */
static void settle(struct lt_filled *filled)
{
    size_t rows = filled->rows.count, columns = filled->columns.count, count = rows * columns;
    bool found = filled->silent && has_value(filled->cells, count, 1);
    filled->silent = filled->silent && !found;
    for (size_t i = 0; i < count; i++)
        if (filled->cells[i].state == LT_FILLED_MISSING &&
            (filled->cells[i].value != 0 || (found && !filled->rows.lines[i / columns].missing &&
                                             !filled->columns.lines[i % columns].missing)))
            filled->cells[i].state = LT_FILLED_NUMBER;
    for (size_t r = 0; r < rows; r++)
        find_line(&filled->rows.lines[r], filled->columns.lines, &filled->cells[r * columns],
                  columns, 1);
    for (size_t c = 0; c < columns; c++)
        find_line(&filled->columns.lines[c], filled->rows.lines, &filled->cells[c], rows, columns);
}

/* ---- The whole ---- */

static bool goes_by(const struct lt_form *form, enum lt_dimension dimension)
{
    const struct lt_form_axis *axes[] = {&form->rows, &form->columns};
    if (lt_filter_speaks(&form->where, dimension))
        return true;
    for (size_t axis = 0; axis < 2; axis++)
        for (size_t i = 0; i < axes[axis]->count; i++)
            if (lt_form_line_speaks(axes[axis], &axes[axis]->lines[i], dimension))
                return true;
    return false;
}

static enum lt_result can_be_asked(const struct lt_form *form, const struct lt_figures_query *query,
                                   char ret_reason[REASON_MAX])
{
    bool parts =
        goes_by(form, LT_DIM_MONTH) || goes_by(form, LT_DIM_QUARTER) || goes_by(form, LT_DIM_HALF);
    const char *why = NULL;
    if (parts && !query->decided)
        why = lt_text("biểu chia theo tháng, quý: chỉ lập được theo ngày quyết định (--basis "
                      "decided)",
                      "the form goes by months or quarters: only by the date of decision (--basis "
                      "decided)");
    else if (query->decided && lt_filter_speaks(&form->where, LT_DIM_KIND))
        why = lt_text("chỉ khen thưởng mới có ngày quyết định; biểu này lập theo --basis achieved",
                      "only awards have a date of decision; this form is for --basis achieved");
    if (why == NULL)
        return LT_OK;
    (void)snprintf(ret_reason, REASON_MAX, "%s", why);
    return LT_USAGE;
}

/* False: several years, each for itself. */
static bool period_of(const struct lt_figures_query *query, struct lt_period *ret_period)
{
    struct lt_period period = {.to = (uint16_t)query->year_to};
    const int months = query->month_from == 0 ? 12 : query->month_to - query->month_from + 1;
    if (query->year_from != query->year_to && !query->span)
        return false;
    period.kind = months == 1   ? LIENTHONG__PERIOD_KIND__PERIOD_MONTH
                  : months == 3 ? LIENTHONG__PERIOD_KIND__PERIOD_QUARTER
                  : months == 6 ? LIENTHONG__PERIOD_KIND__PERIOD_HALF
                  : query->span ? LIENTHONG__PERIOD_KIND__PERIOD_SPAN
                                : LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    if (months < 12)
        period.from = (uint16_t)(query->month_to / months);
    else if (query->span)
        period.from = (uint16_t)query->year_from;
    *ret_period = period;
    return true;
}

static enum lt_result note_owed(struct lt_ledger *ledger, struct lt_filled *filled)
{
    struct lt_period period;
    if (!period_of(&filled->query, &period))
        return LT_OK;
    return lt_completeness_ask(ledger, filled->query.place, &period, 0, 0, NULL, NULL,
                               &filled->owed);
}

static void note_state(struct lt_ledger *ledger, const struct lt_facts *facts,
                       struct lt_filled *filled)
{
    struct lt_sync_store store;
    struct lt_hub_site site;
    filled->updates = facts->figures.updates;
    filled->directives = facts->figures.directives;
    filled->rebuilding = facts->figures.rebuilding;
    lt_ledger_site(ledger, &site);
    lt_ledger_sync_store(ledger, &store);
    lt_sync_digest(&store, LIENTHONG__ROLE__ROLE_HUB, &site.unit, &filled->cut);
}

static enum lt_result fill(struct lt_ledger *ledger, const struct lt_facts *facts,
                           struct lt_filled *filled, char ret_reason[REASON_MAX])
{
    const struct lt_form *form = filled->form;
    const struct lt_book *book = lt_ledger_book(ledger);
    struct lt_heard heard;
    enum lt_result result = lt_heard_ask(ledger, &filled->query, &heard, ret_reason);
    if (result != LT_OK)
        return result;
    note_places(filled, book, &heard);
    result = lt_filled_expand(filled, &form->rows, facts, book, &filled->rows);
    if (result == LT_OK)
        result = lt_filled_expand(filled, &form->columns, facts, book, &filled->columns);
    if (result == LT_OK) {
        mark_missing(&filled->rows, &heard);
        mark_missing(&filled->columns, &heard);
        result = cells_new(filled, &heard);
    }
    if (result == LT_OK)
        result = count_facts(filled, facts);
    if (result == LT_OK)
        result = note_owed(ledger, filled);
    lt_heard_clear(&heard);
    if (result == LT_TOO_LARGE)
        (void)snprintf(ret_reason, REASON_MAX, "%s",
                       lt_text("biểu quá lớn: chọn nơi hoặc kỳ nhỏ hơn",
                               "the form is too large: choose a smaller place or period"));
    return result;
}

enum lt_result lt_form_fill(struct lt_ledger *ledger, const struct lt_form *form,
                            const struct lt_figures_query *query, int64_t now,
                            struct lt_filled *ret_filled, char ret_reason[REASON_MAX])
{
    struct lt_filled filled = {.form = form, .query = *query, .filled_at = now};
    struct lt_facts facts;
    assert(query->where_count == 0);
    enum lt_result result = can_be_asked(form, query, ret_reason);
    if (result == LT_OK)
        result = lt_facts_ask(ledger, form, query, &facts, ret_reason);
    if (result != LT_OK)
        return result;
    result = fill(ledger, &facts, &filled, ret_reason);
    if (result == LT_OK) {
        settle(&filled);
        note_state(ledger, &facts, &filled);
        lt_filled_compute(&filled);
        lt_filled_check(&filled);
        *ret_filled = filled;
    } else {
        lt_filled_clear(&filled);
    }
    lt_facts_clear(&facts);
    return result;
}

void lt_filled_clear(struct lt_filled *filled)
{
    lt_filled_axis_free(&filled->rows);
    lt_filled_axis_free(&filled->columns);
    free(filled->cells);
}

const struct lt_form_line *lt_filled_header(const struct lt_filled *filled, size_t column,
                                            unsigned level)
{
    const struct lt_form_line *line = filled->columns.lines[column].line;
    while (line->depth > level && line->parent != LT_FORM_NONE)
        line = &filled->form->columns.lines[line->parent];
    return line->depth == level ? line : NULL;
}
