#include "hub/web/heat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/web/chart.h"
#include "proto/ids.h"

struct gathering {
    struct lt_heat *heat;
    size_t capacity;
    int year; /* column */
    bool failed;
};

const struct lt_place *lt_heat_branch(const struct lt_place *unit, const struct lt_place *place)
{
    for (unsigned step = 0;
         step <= LT_DEPTH_MAX && unit != place && unit->parent != NULL && unit->parent != place;
         step++)
        unit = unit->parent;
    return unit;
}

/* Units come in order, and those of one branch often together: looked for from the end. */
static struct lt_heat_row *row_of(struct gathering *gathering, const struct lt_place *branch)
{
    struct lt_heat *heat = gathering->heat;
    for (size_t i = heat->count; i > 0; i--)
        if (heat->rows[i - 1].place == branch)
            return &heat->rows[i - 1];
    if (heat->count == gathering->capacity) {
        size_t capacity = gathering->capacity == 0 ? 64 : gathering->capacity * 2;
        struct lt_heat_row *rows = realloc(heat->rows, capacity * sizeof *rows);
        if (rows == NULL) {
            gathering->failed = true;
            return NULL;
        }
        heat->rows = rows;
        gathering->capacity = capacity;
    }
    heat->rows[heat->count] = (struct lt_heat_row){.place = branch};
    return &heat->rows[heat->count++];
}

static bool add(void *context, const struct lt_unit_state *state)
{
    struct gathering *gathering = context;
    if (state->owed == LT_OWED_EXEMPT)
        return true;
    struct lt_heat_row *row =
        row_of(gathering, lt_heat_branch(state->place, gathering->heat->place));
    if (row != NULL) {
        row->expected[gathering->year]++;
        row->done[gathering->year] += state->owed == LT_OWED_DECLARED || state->owed == LT_OWED_NIL;
    }
    return row != NULL;
}

static int by_unit(const void *a, const void *b)
{
    const struct lt_heat_row *one = a, *other = b;
    return lt_unit_cmp(&one->place->unit, &other->place->unit);
}

enum lt_result lt_heat_ask(struct lt_ledger *ledger, const struct lt_place *place, int last,
                           lt_day today, struct lt_heat *ret_heat)
{
    struct gathering gathering = {.heat = ret_heat};
    enum lt_result result = LT_OK;
    ret_heat->place = place;
    ret_heat->last = last;
    for (int i = 0; i < LT_HEAT_YEARS && result == LT_OK; i++) {
        struct lt_period period;
        char year[16];
        (void)snprintf(year, sizeof year, "%d", last - LT_HEAT_YEARS + 1 + i);
        gathering.year = i;
        if (lt_period_parse(year, &period) == LT_OK)
            result = lt_completeness_ask(ledger, place, &period, 0, today, add, &gathering,
                                         &ret_heat->sums[i]);
    }
    if (gathering.failed)
        result = LT_NO_MEMORY;
    if (result == LT_OK && ret_heat->count > 1)
        qsort(ret_heat->rows, ret_heat->count, sizeof *ret_heat->rows, by_unit);
    return result;
}

void lt_heat_clear(struct lt_heat *heat)
{
    free(heat->rows);
    heat->rows = NULL;
    heat->count = 0;
}

bool lt_heat_is_whole(const struct lt_heat *heat, size_t column)
{
    const struct lt_completeness *sum = &heat->sums[column];
    return sum->expected > 0 && sum->declared == sum->expected;
}

static void address(const struct lt_place *place, int year, const char *more,
                    char ret_address[LT_CHART_ADDRESS_MAX])
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&place->unit, unit);
    (void)snprintf(ret_address, LT_CHART_ADDRESS_MAX, "/completeness?place=%s&period=%d%s", unit,
                   year, more);
}

void lt_heat_line(struct lt_out *out, const struct lt_place *place, const struct lt_heat *heat)
{
    const struct lt_completeness *sum = &heat->sums[LT_HEAT_YEARS - 1];
    char words[LT_COMPLETENESS_WORDS_MAX], href[LT_CHART_ADDRESS_MAX];
    lt_completeness_words(sum, words);
    address(place, heat->last, "&only=missing", href);
    if (sum->expected == 0) {
        lt_out_print(out, "<p class=\"note\">%s</p>",
                     lt_text("Không đơn vị nào được giao phải chốt số liệu năm này: thiếu và không "
                             "có chưa phân biệt được.",
                             "No unit was told to declare this year: what is missing and what is "
                             "zero cannot be told apart."));
        return;
    }
    lt_out_print(out, "<p class=\"banner %s\">",
                 lt_heat_is_whole(heat, LT_HEAT_YEARS - 1) ? "good" : "warn");
    lt_out_text(out, words);
    if (sum->missing + sum->reported > 0) {
        lt_out_raw(out, " <a href=\"");
        lt_out_text(out, href);
        lt_out_print(out, "\">%s</a>", lt_text("Ai còn thiếu", "Who is missing"));
    }
    lt_out_raw(out, "</p>");
}

void lt_heat_map(struct lt_out *out, const struct lt_heat *heat)
{
    char unit[LT_UNIT_TEXT_MAX], href[LT_CHART_ADDRESS_MAX];
    if (heat->count == 0)
        return;
    lt_out_print(out,
                 "<section><h2>%s</h2><p class=\"note\">%s</p><div class=\"wide\" tabindex=\"0\" "
                 "role=\"region\" "
                 "aria-label=\"%s\"><table "
                 "class=\"heat-map\"><thead><tr><th scope=\"col\">%s</th>",
                 lt_text("Đã chốt số liệu", "Declared"),
                 lt_text("Số đơn vị đã chốt trên số đơn vị phải báo cáo; – là không phải báo cáo.",
                         "Units that have declared, of those that owe it; – where none does."),
                 lt_text("Đã chốt số liệu", "Declared"), lt_text("Đơn vị", "Unit"));
    for (int i = 0; i < LT_HEAT_YEARS; i++)
        lt_out_print(out, "<th scope=\"col\" class=\"n\">%d</th>",
                     heat->last - LT_HEAT_YEARS + 1 + i);
    lt_out_raw(out, "</tr></thead><tbody>");
    for (size_t i = 0; i < heat->count; i++) {
        const struct lt_heat_row *row = &heat->rows[i];
        lt_unit_format(&row->place->unit, unit);
        lt_out_raw(out, "<tr><th scope=\"row\">");
        lt_out_text(out, row->place->name);
        lt_out_raw(out, " <small>");
        lt_out_text(out, unit);
        lt_out_raw(out, "</small></th>");
        for (int year = 0; year < LT_HEAT_YEARS; year++) {
            address(row->place, heat->last - LT_HEAT_YEARS + 1 + year, "", href);
            lt_chart_heat(out, row->done[year], row->expected[year], href);
        }
        lt_out_raw(out, "</tr>");
    }
    lt_out_raw(out, "</tbody></table></div></section>\n");
}
