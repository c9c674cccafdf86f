#include "hub/form_facts.h"

#include <string.h>

bool lt_filter_speaks(const struct lt_form_filter *filter, enum lt_dimension dimension)
{
    for (size_t i = 0; i < filter->count; i++)
        if (filter->conditions[i].dimension == dimension)
            return true;
    return false;
}

bool lt_form_line_speaks(const struct lt_form_axis *axis, const struct lt_form_line *line,
                         enum lt_dimension dimension)
{
    while (true) {
        if (lt_filter_speaks(&line->where, dimension) || (line->each && line->each_of == dimension))
            return true;
        if (line->parent == LT_FORM_NONE)
            return false;
        line = &axis->lines[line->parent];
    }
}

/* ---- Asking ---- */

static bool names_enterprises(const struct lt_form_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct lt_form_condition *condition = &filter->conditions[i];
        for (size_t j = 0; j < condition->value_count; j++)
            if (condition->dimension == LT_DIM_RECIPIENT &&
                condition->values[j].number == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE)
                return true;
    }
    return false;
}

static void use(struct lt_facts *facts, struct lt_figures_query *query, enum lt_dimension dimension)
{
    if (facts->at[dimension] >= 0)
        return;
    facts->at[dimension] = (int)query->by_count;
    query->by[query->by_count++] = dimension;
}

static void use_filter(struct lt_facts *facts, struct lt_figures_query *query,
                       const struct lt_form_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        use(facts, query, filter->conditions[i].dimension);
    facts->apart = facts->apart || names_enterprises(filter);
}

static void use_axis(struct lt_facts *facts, struct lt_figures_query *query,
                     const struct lt_form_axis *axis)
{
    for (size_t i = 0; i < axis->count; i++) {
        use_filter(facts, query, &axis->lines[i].where);
        if (axis->lines[i].each)
            use(facts, query, axis->lines[i].each_of);
    }
}

enum lt_result lt_facts_ask(struct lt_ledger *ledger, const struct lt_form *form,
                            const struct lt_figures_query *query, struct lt_facts *ret_facts,
                            char ret_reason[400])
{
    struct lt_figures_query asked = *query;
    struct lt_facts facts = {.apart = false};
    asked.by_count = 0;
    for (size_t i = 0; i < LT_DIM_COUNT; i++)
        facts.at[i] = -1;
    use_filter(&facts, &asked, &form->where);
    use_axis(&facts, &asked, &form->rows);
    use_axis(&facts, &asked, &form->columns);
    enum lt_result result = lt_figures_ask(ledger, &asked, &facts.figures, ret_reason);
    if (result == LT_OK && facts.apart) {
        asked.where[asked.where_count].dimension = LT_DIM_RECIPIENT;
        asked.where[asked.where_count++].value =
            lt_recipient_name(LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
        result = lt_figures_ask(ledger, &asked, &facts.enterprises, ret_reason);
    }
    if (result != LT_OK) {
        lt_facts_clear(&facts);
        return result;
    }
    facts.count = facts.figures.count + 2 * facts.enterprises.count;
    *ret_facts = facts;
    return LT_OK;
}

void lt_facts_clear(struct lt_facts *facts)
{
    lt_figures_clear(&facts->figures);
    lt_figures_clear(&facts->enterprises);
}

/* ---- Meeting conditions ---- */

struct lt_form_fact lt_facts_at(const struct lt_facts *facts, size_t index)
{
    struct lt_form_fact fact = {.sign = 1};
    size_t count = facts->figures.count, enterprises = facts->enterprises.count;
    int recipient = facts->at[LT_DIM_RECIPIENT];
    if (index < count) {
        fact.figure = &facts->figures.rows[index];
        fact.recipient = recipient < 0 ? 0 : (uint8_t)fact.figure->numbers[recipient];
    } else if (index < count + enterprises) {
        fact.figure = &facts->enterprises.rows[index - count];
        fact.recipient = LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
    } else {
        fact.figure = &facts->enterprises.rows[index - count - enterprises];
        fact.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
        fact.sign = -1;
    }
    return fact;
}

uint32_t lt_fact_number(const struct lt_facts *facts, const struct lt_form_fact *fact,
                        enum lt_dimension dimension)
{
    return dimension == LT_DIM_RECIPIENT ? fact->recipient
                                         : fact->figure->numbers[facts->at[dimension]];
}

const char *lt_fact_value(const struct lt_facts *facts, const struct lt_form_fact *fact,
                          enum lt_dimension dimension)
{
    return dimension == LT_DIM_RECIPIENT ? lt_recipient_name(fact->recipient)
                                         : fact->figure->values[facts->at[dimension]];
}

static bool has_value(const struct lt_form_condition *condition, const struct lt_form_value *value,
                      const struct lt_facts *facts, const struct lt_form_fact *fact)
{
    if (lt_dimension_listed(condition->dimension) || lt_dimension_counted(condition->dimension)) {
        uint32_t number = lt_fact_number(facts, fact, condition->dimension);
        return number == value->number ||
               (condition->dimension == LT_DIM_RECIPIENT &&
                value->number == LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE &&
                number == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
    }
    const char *text = lt_fact_value(facts, fact, condition->dimension);
    return strncmp(text, value->text, value->size) == 0 &&
           (value->prefix || text[value->size] == '\0');
}

bool lt_filter_meets(const struct lt_form_filter *filter, const struct lt_facts *facts,
                     const struct lt_form_fact *fact)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct lt_form_condition *condition = &filter->conditions[i];
        bool has = false;
        for (size_t j = 0; j < condition->value_count && !has; j++)
            has = has_value(condition, &condition->values[j], facts, fact);
        if (has == condition->except)
            return false;
    }
    return true;
}

bool lt_form_line_meets(const struct lt_form_axis *axis, const struct lt_form_line *line,
                        const struct lt_facts *facts, const struct lt_form_fact *fact)
{
    while (lt_filter_meets(&line->where, facts, fact)) {
        if (line->parent == LT_FORM_NONE)
            return true;
        line = &axis->lines[line->parent];
    }
    return false;
}
