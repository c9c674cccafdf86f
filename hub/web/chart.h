/* chart.h - figures drawn as inline SVG, so that they are read without a script, by people and by screen readers alike.
 *
 * A bar is drawn beside its number in a table, whose text tells all that the bar does; columns stand under a label that
 * says them. Lengths go by the greatest of the list. Texts are copied out at once; addresses are ours. One thread. */
#ifndef LT_WEB_CHART_H
#define LT_WEB_CHART_H

#include <stdbool.h>
#include <stdint.h>

#include "hub/web/out.h"

enum { LT_CHART_TEXT_MAX = 512, LT_CHART_ADDRESS_MAX = 1024 };

struct lt_bar {
    char label[LT_CHART_TEXT_MAX];
    int64_t number;
    bool unknown; /* nobody has told; "–" stands for the number */
    char units[LT_CHART_ADDRESS_MAX]; /* where the label leads; "": nowhere */
    char records[LT_CHART_ADDRESS_MAX]; /* where the number leads; "": nowhere */
};

/* A table of bars under a heading, `ranked` with ranks before (equal numbers share one: 1, 1, 3). In the order given. Says
 * that there is nothing where `count` is 0. */
void lt_chart_bars(struct lt_out *out, const char *heading, const struct lt_bar *bars, size_t count,
                   bool ranked);
/* Columns side by side, in the order given; a column of nothing keeps its place. */
void lt_chart_columns(struct lt_out *out, const char *heading, const struct lt_bar *bars,
                      size_t count);

/* A cell of a heat-map: `part` of `whole` as a shade and as text; whole 0: nothing is owed, and "–" stands there. */
void lt_chart_heat(struct lt_out *out, uint64_t part, uint64_t whole, const char *href);

#endif
