/* form_expand.h - the lines of a form as they are shown, with those that go by each value spread out; for
 * the filling of forms only (form_fill.h). The caller frees with lt_filled_axis_free. */
#ifndef LT_FORM_EXPAND_H
#define LT_FORM_EXPAND_H

#include "hub/form_facts.h"
#include "hub/form_fill.h"

/* Does a place live within the years asked for, or on the day of the tree asked for? */
bool lt_filled_lives(const struct lt_figures_query *query, const struct lt_place *place);

/* Places: all units directly below the one asked for that live then, and itself for what is
 * told of no unit below. Months, quarters, halves and years: all of those asked for. Else the values that
 * the form's facts have. LT_TOO_LARGE, LT_NO_MEMORY. */
enum lt_result lt_filled_expand(const struct lt_filled *filled, const struct lt_form_axis *axis,
                                const struct lt_facts *facts, const struct lt_book *book,
                                struct lt_filled_axis *ret_axis);
void lt_filled_axis_free(struct lt_filled_axis *axis);

/* The index among an `each` line's filled lines of what a fact has; its size: it is not there. */
size_t lt_filled_find(const struct lt_filled_axis *axis, size_t line, const struct lt_facts *facts,
                      const struct lt_form_fact *fact);

#endif
