#include "hub/form_expand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/title_name.h"

/* An axis in the making. */
struct expanding {
    const struct lt_filled *filled;
    const struct lt_form_axis *of;
    const struct lt_facts *facts;
    const struct lt_book *book;
    struct lt_filled_axis axis;
    enum lt_result result;
};

static bool numeric(enum lt_dimension dimension)
{
    return lt_dimension_listed(dimension) || lt_dimension_counted(dimension) ||
           dimension == LT_DIM_YEAR;
}

bool lt_filled_lives(const struct lt_figures_query *query, const struct lt_place *place)
{
    lt_day first = query->tree, last = query->tree;
    if (query->tree == 0 && (lt_day_make(query->year_from, 1, 1, &first) != LT_OK ||
                             lt_day_make(query->year_to, 12, 31, &last) != LT_OK))
        return false;
    return (place->unit.valid_from == 0 || place->unit.valid_from <= last) &&
           (place->valid_to == 0 || place->valid_to >= first);
}

/* ---- Labels ---- */

static void place_label(const struct expanding *expanding, const char *value, char *ret_text,
                        size_t max)
{
    struct lt_unit unit;
    bool dated;
    const struct lt_place *place =
        lt_unit_parse(value, &unit, &dated) == LT_OK ? lt_book_place(expanding->book, &unit) : NULL;
    const char *name = place == NULL ? value : place->name;
    if (place != NULL && place == expanding->filled->query.place)
        (void)snprintf(
            ret_text, max,
            expanding->filled->query.tree != 0
                ? lt_text("%s (chưa phân bổ được cho đơn vị trực thuộc)",
                          "%s (not allocated to a unit below)")
                : lt_text("%s (không thuộc đơn vị nào dưới đây)", "%s (of no unit below it)"),
            name);
    else
        (void)snprintf(ret_text, max, "%s", name);
}

static void counted_label(enum lt_dimension dimension, uint32_t number, char *ret_text, size_t max)
{
    static const char *const quarters[] = {"", "I", "II", "III", "IV"};
    if (dimension == LT_DIM_MONTH)
        (void)snprintf(ret_text, max, lt_text("Tháng %u", "Month %u"), number);
    else if (dimension == LT_DIM_QUARTER)
        (void)snprintf(ret_text, max, lt_text("Quý %s", "Quarter %s"), quarters[number % 5]);
    else
        (void)snprintf(ret_text, max, "%s",
                       number == 1 ? lt_text("6 tháng đầu năm", "First half")
                                   : lt_text("6 tháng cuối năm", "Second half"));
}

static char *label_of(const struct expanding *expanding, const struct lt_form_line *line,
                      const char *value, uint32_t number)
{
    char text[LT_LONG_TEXT_BYTES_MAX + 64];
    if (!line->each)
        return strdup(lt_form_say(&line->text));
    if (line->each_of == LT_DIM_PLACE)
        place_label(expanding, value, text, sizeof text);
    else if (line->each_of == LT_DIM_CODE)
        (void)snprintf(text, sizeof text, "%s",
                       lt_title_name(expanding->book, value, expanding->filled->query.year_from,
                                     expanding->filled->query.year_to));
    else if (line->each_of == LT_DIM_YEAR)
        (void)snprintf(text, sizeof text, lt_text("Năm %s", "Year %s"), value);
    else if (value[0] == '\0' || (lt_dimension_counted(line->each_of) && number == 0))
        (void)snprintf(text, sizeof text, "%s", lt_text("(không ghi)", "(not stated)"));
    else if (lt_dimension_counted(line->each_of))
        counted_label(line->each_of, number, text, sizeof text);
    else if (lt_dimension_listed(line->each_of))
        (void)snprintf(text, sizeof text, "%s", lt_dimension_show(line->each_of, (uint8_t)number));
    else
        (void)snprintf(text, sizeof text, "%s",
                       line->each_of == LT_DIM_MOVEMENT ? lt_movement_name(expanding->book, value)
                                                        : value);
    return strdup(text);
}

/* ---- Lines ---- */

static bool add(struct expanding *expanding, const struct lt_form_line *line, const char *value,
                uint32_t number)
{
    struct lt_filled_axis *axis = &expanding->axis;
    if (axis->count == LT_FILLED_LINES_MAX) {
        expanding->result = LT_TOO_LARGE;
        return false;
    }
    if (axis->count == axis->capacity) {
        size_t capacity = axis->capacity == 0 ? 64 : axis->capacity * 2;
        struct lt_filled_line *grown = realloc(axis->lines, capacity * sizeof *grown);
        if (grown == NULL) {
            expanding->result = LT_NO_MEMORY;
            return false;
        }
        axis->lines = grown;
        axis->capacity = capacity;
    }
    struct lt_filled_line *added = &axis->lines[axis->count++];
    *added = (struct lt_filled_line){.line = line, .number = number};
    added->value = line->each ? strdup(value) : NULL;
    added->label = label_of(expanding, line, value, number);
    if (added->label == NULL || (line->each && added->value == NULL))
        expanding->result = LT_NO_MEMORY;
    return expanding->result == LT_OK;
}

static bool add_number(struct expanding *expanding, const struct lt_form_line *line,
                       uint32_t number, const char *text)
{
    char digits[12];
    (void)snprintf(digits, sizeof digits, "%u", number);
    return add(expanding, line, text != NULL ? text : digits, number);
}

static bool add_places(struct expanding *expanding, const struct lt_form_line *line)
{
    char text[LT_UNIT_TEXT_MAX];
    for (size_t i = 0; i < lt_book_place_count(expanding->book); i++) {
        const struct lt_place *place = lt_book_place_at(expanding->book, i);
        if (place->parent != expanding->filled->query.place ||
            !lt_filled_lives(&expanding->filled->query, place))
            continue;
        lt_unit_format(&place->unit, text);
        if (!add(expanding, line, text, 0))
            return false;
    }
    return true;
}

/* The parts of a year, or the years, that were asked for: all of them, whether there are figures or not. */
static bool add_parts(struct expanding *expanding, const struct lt_form_line *line)
{
    const struct lt_figures_query *query = &expanding->filled->query;
    int months = line->each_of == LT_DIM_MONTH ? 1 : line->each_of == LT_DIM_QUARTER ? 3 : 6;
    for (int part = 1; part * months <= 12; part++) {
        int from = (part - 1) * months + 1, to = part * months;
        if (query->month_from != 0 && (to < query->month_from || from > query->month_to))
            continue;
        if (!add_number(expanding, line, (uint32_t)part, NULL))
            return false;
    }
    return true;
}

static bool add_years(struct expanding *expanding, const struct lt_form_line *line)
{
    const struct lt_figures_query *query = &expanding->filled->query;
    char span[12];
    if (query->span) {
        (void)snprintf(span, sizeof span, "%d-%d", query->year_from, query->year_to);
        return add_number(expanding, line,
                          (uint32_t)query->year_from << 16 | (uint32_t)query->year_to, span);
    }
    for (int year = query->year_from; year <= query->year_to; year++)
        if (!add_number(expanding, line, (uint32_t)year, NULL))
            return false;
    return true;
}

/* ---- Order ---- */

static int compare(const struct lt_filled_line *line, enum lt_dimension dimension,
                   const char *value, uint32_t number)
{
    if (numeric(dimension))
        return (line->number > number) - (line->number < number);
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): only numbers have no text */
    return strcmp(line->value, value);
}

static int by_value(const void *a, const void *b)
{
    const struct lt_filled_line *left = a, *right = b;
    return compare(left, left->line->each_of, right->value, right->number);
}

static size_t find(const struct lt_filled_axis *axis, size_t first, size_t size,
                   enum lt_dimension dimension, const char *value, uint32_t number)
{
    size_t low = 0, high = size;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&axis->lines[first + middle], dimension, value, number);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return size;
}

static bool is_default(const struct lt_facts *facts, const struct lt_form_fact *fact)
{
    return facts->at[LT_DIM_KIND] < 0 || lt_fact_number(facts, fact, LT_DIM_KIND) == LT_KIND_AWARD;
}

/* The values that facts of this line have, beside those that are there already. */
static bool add_found(struct expanding *expanding, const struct lt_form_line *line, size_t first)
{
    const struct lt_facts *facts = expanding->facts;
    struct lt_filled_axis *axis = &expanding->axis;
    bool speaks = lt_filter_speaks(&expanding->filled->form->where, LT_DIM_KIND) ||
                  lt_form_line_speaks(expanding->of, line, LT_DIM_KIND);
    size_t sorted = axis->count - first;
    for (size_t i = 0; i < facts->figures.count; i++) {
        struct lt_form_fact fact = lt_facts_at(facts, i);
        const char *value = lt_fact_value(facts, &fact, line->each_of);
        uint32_t number = lt_fact_number(facts, &fact, line->each_of);
        if ((!speaks && !is_default(facts, &fact)) ||
            !lt_filter_meets(&expanding->filled->form->where, facts, &fact) ||
            !lt_form_line_meets(expanding->of, line, facts, &fact) ||
            find(axis, first, sorted, line->each_of, value, number) < sorted)
            continue;
        if (!add(expanding, line, value, number))
            return false;
        sorted++;
        for (size_t j = axis->count - 1;
             j > first && by_value(&axis->lines[j - 1], &axis->lines[j]) > 0; j--) {
            struct lt_filled_line moved = axis->lines[j];
            axis->lines[j] = axis->lines[j - 1];
            axis->lines[j - 1] = moved;
        }
    }
    return true;
}

static bool add_each(struct expanding *expanding, const struct lt_form_line *line)
{
    size_t first = expanding->axis.count;
    bool good = true;
    if (line->each_of == LT_DIM_PLACE)
        good = add_places(expanding, line);
    else if (lt_dimension_counted(line->each_of))
        good = add_parts(expanding, line);
    else if (line->each_of == LT_DIM_YEAR)
        good = add_years(expanding, line);
    if (!good)
        return false;
    if (expanding->axis.count > first)
        qsort(expanding->axis.lines + first, expanding->axis.count - first,
              sizeof *expanding->axis.lines, by_value);
    return add_found(expanding, line, first);
}

enum lt_result lt_filled_expand(const struct lt_filled *filled, const struct lt_form_axis *axis,
                                const struct lt_facts *facts, const struct lt_book *book,
                                struct lt_filled_axis *ret_axis)
{
    struct expanding expanding = {
        .filled = filled, .of = axis, .facts = facts, .book = book, .result = LT_OK};
    struct lt_filled_axis *made = &expanding.axis;
    made->first = calloc(axis->count, sizeof *made->first);
    made->size = calloc(axis->count, sizeof *made->size);
    bool good = made->first != NULL && made->size != NULL;
    if (!good)
        expanding.result = LT_NO_MEMORY;
    for (size_t i = 0; i < axis->count && good; i++) {
        const struct lt_form_line *line = &axis->lines[i];
        bool header = i + 1 < axis->count && axis->lines[i + 1].parent == (int)i;
        made->first[i] = made->count;
        if (header)
            continue;
        good = line->each ? add_each(&expanding, line) : add(&expanding, line, "", 0);
        made->size[i] = made->count - made->first[i];
    }
    if (!good) {
        lt_filled_axis_free(made);
        return expanding.result;
    }
    *ret_axis = *made;
    return LT_OK;
}

void lt_filled_axis_free(struct lt_filled_axis *axis)
{
    for (size_t i = 0; i < axis->count; i++) {
        free(axis->lines[i].value);
        free(axis->lines[i].label);
    }
    free(axis->lines);
    free(axis->first);
    free(axis->size);
}

size_t lt_filled_find(const struct lt_filled_axis *axis, size_t line, const struct lt_facts *facts,
                      const struct lt_form_fact *fact)
{
    size_t first = axis->first[line], size = axis->size[line];
    if (size == 0)
        return 0;
    enum lt_dimension dimension = axis->lines[first].line->each_of;
    return find(axis, first, size, dimension, lt_fact_value(facts, fact, dimension),
                lt_fact_number(facts, fact, dimension));
}
