/* form_facts.h - what the figures engine says for a form, and which conditions it meets; for the filling
 * of forms only (form_fill.h).
 *
 * Facts are rows of figures by all dimensions that the form speaks of. When it tells enterprises apart
 * they stand three times: within the collectives, as enterprises, and taken away from the collectives.
 * The caller clears them. One thread. */
#ifndef LT_FORM_FACTS_H
#define LT_FORM_FACTS_H

#include "hub/figures.h"
#include "hub/form.h"

struct lt_facts {
    struct lt_figures figures, enterprises;
    bool apart; /* enterprises were asked for */
    size_t count; /* figures.count + 2 * enterprises.count */
    int at[LT_DIM_COUNT]; /* where a dimension stands in a row; -1: the form does not speak of it */
};
/* One of them. */
struct lt_form_fact {
    const struct lt_figure *figure;
    uint8_t recipient;
    int sign;
};

enum lt_result lt_facts_ask(struct lt_ledger *ledger, const struct lt_form *form,
                            const struct lt_figures_query *query, struct lt_facts *ret_facts,
                            char ret_reason[400]);
void lt_facts_clear(struct lt_facts *facts);
struct lt_form_fact lt_facts_at(const struct lt_facts *facts, size_t index);
/* The value of a dimension that the form speaks of. */
uint32_t lt_fact_number(const struct lt_facts *facts, const struct lt_form_fact *fact,
                        enum lt_dimension dimension);
const char *lt_fact_value(const struct lt_facts *facts, const struct lt_form_fact *fact,
                          enum lt_dimension dimension);

bool lt_filter_meets(const struct lt_form_filter *filter, const struct lt_facts *facts,
                     const struct lt_form_fact *fact);
/* Do these conditions, those of the headers above included, speak of a dimension? */
bool lt_form_line_speaks(const struct lt_form_axis *axis, const struct lt_form_line *line,
                         enum lt_dimension dimension);
bool lt_form_line_meets(const struct lt_form_axis *axis, const struct lt_form_line *line,
                        const struct lt_facts *facts, const struct lt_form_fact *fact);
bool lt_filter_speaks(const struct lt_form_filter *filter, enum lt_dimension dimension);

#endif
