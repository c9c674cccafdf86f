#include "hub/form_heard.h"

#include <string.h>

enum { AT_PLACE, AT_YEAR, AT_KIND, AT_STATUS, AT_COUNT };

enum lt_result lt_heard_ask(struct lt_ledger *ledger, const struct lt_figures_query *query,
                            struct lt_heard *ret_heard, char ret_reason[400])
{
    static const enum lt_dimension by[AT_COUNT] = {[AT_PLACE] = LT_DIM_PLACE,
                                                   [AT_YEAR] = LT_DIM_YEAR,
                                                   [AT_KIND] = LT_DIM_KIND,
                                                   [AT_STATUS] = LT_DIM_STATUS};
    struct lt_figures_query asked = *query;
    asked.decided = false;
    asked.month_from = asked.month_to = 0;
    asked.by_count = AT_COUNT;
    memcpy(asked.by, by, sizeof by);
    return lt_figures_ask(ledger, &asked, &ret_heard->figures, ret_reason);
}

void lt_heard_clear(struct lt_heard *heard)
{
    lt_figures_clear(&heard->figures);
}

/* The first row of a place; rows are in the order of their values. */
static size_t first_of(const struct lt_figures *figures, const char *place)
{
    size_t low = 0, high = figures->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(figures->rows[middle].values[AT_PLACE], place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool lt_heard_of(const struct lt_heard *heard, const char *place, uint32_t year, uint8_t status)
{
    const struct lt_figures *figures = &heard->figures;
    for (size_t i = place == NULL ? 0 : first_of(figures, place); i < figures->count; i++) {
        const struct lt_figure *row = &figures->rows[i];
        if (place != NULL && strcmp(row->values[AT_PLACE], place) != 0)
            return false;
        if (row->numbers[AT_KIND] <= LT_KIND_DECLARATION &&
            (year == 0 || row->numbers[AT_YEAR] == year) &&
            (status == 0 || row->numbers[AT_STATUS] == status))
            return true;
    }
    return false;
}
