#include "hub/form_compute.h"

#include <string.h>

/* A line whose cells are computed, as rows or as columns. */
struct computing {
    struct lt_filled *filled;
    bool columns;
};

static const struct lt_filled_axis *axis_of(const struct computing *computing)
{
    return computing->columns ? &computing->filled->columns : &computing->filled->rows;
}

static struct lt_filled_cell *cell_at(const struct computing *computing, size_t line, size_t across)
{
    struct lt_filled *filled = computing->filled;
    size_t row = computing->columns ? across : line, column = computing->columns ? line : across;
    return &filled->cells[row * filled->columns.count + column];
}

/* The sum over all filled lines of one line of the form. */
static struct lt_filled_cell sum_of(const struct computing *computing, size_t form_line,
                                    size_t across)
{
    const struct lt_filled_axis *axis = axis_of(computing);
    struct lt_filled_cell sum = {0, LT_FILLED_EMPTY};
    for (size_t i = 0; i < axis->size[form_line]; i++) {
        const struct lt_filled_cell *cell = cell_at(computing, axis->first[form_line] + i, across);
        if (cell->state == LT_FILLED_NUMBER) {
            sum.value += cell->value;
            sum.state = LT_FILLED_NUMBER;
        } else if (cell->state == LT_FILLED_MISSING && sum.state == LT_FILLED_EMPTY) {
            sum.state = LT_FILLED_MISSING;
        }
    }
    return sum;
}

static struct lt_filled_cell share_of(struct lt_filled_cell part, struct lt_filled_cell whole)
{
    struct lt_filled_cell share = {0, LT_FILLED_EMPTY};
    if (part.state == LT_FILLED_MISSING || whole.state == LT_FILLED_MISSING) {
        share.state = LT_FILLED_MISSING;
    } else if (part.state == LT_FILLED_NUMBER && whole.state == LT_FILLED_NUMBER &&
               whole.value > 0) {
        share.state = LT_FILLED_SHARE;
        share.value = (part.value * 2000 + whole.value) / (whole.value * 2);
    }
    return share;
}

static struct lt_filled_cell cell_of(const struct computing *computing,
                                     const struct lt_form_line *line, size_t across)
{
    struct lt_filled_cell total = {0, LT_FILLED_EMPTY};
    if (line->op == LT_FORM_SHARE)
        return share_of(sum_of(computing, line->refs[0], across),
                        sum_of(computing, line->refs[1], across));
    for (size_t i = 0; i < line->ref_count; i++) {
        struct lt_filled_cell part = sum_of(computing, line->refs[i], across);
        if (part.state == LT_FILLED_NUMBER) {
            total.value += line->op == LT_FORM_MINUS && i > 0 ? -part.value : part.value;
            total.state = LT_FILLED_NUMBER;
        } else if (part.state == LT_FILLED_MISSING && total.state == LT_FILLED_EMPTY) {
            total.state = LT_FILLED_MISSING;
        }
    }
    return total;
}

/* All lines of one axis that are computed so. */
static void compute(struct lt_filled *filled, bool columns, bool shares)
{
    const struct computing computing = {filled, columns};
    const struct lt_filled_axis *axis = axis_of(&computing);
    const struct lt_filled_axis *other = columns ? &filled->rows : &filled->columns;
    for (size_t i = 0; i < axis->count; i++) {
        const struct lt_form_line *line = axis->lines[i].line;
        if (shares ? line->op != LT_FORM_SHARE
                   : line->op != LT_FORM_SUM && line->op != LT_FORM_MINUS)
            continue;
        for (size_t across = 0; across < other->count; across++)
            *cell_at(&computing, i, across) = cell_of(&computing, line, across);
    }
}

void lt_filled_compute(struct lt_filled *filled)
{
    compute(filled, false, false);
    compute(filled, true, false);
    compute(filled, false, true);
    compute(filled, true, true);
}

void lt_filled_check(struct lt_filled *filled)
{
    const struct computing computing = {filled, false};
    for (size_t i = 0; i < filled->form->check_count; i++) {
        const struct lt_form_check *check = &filled->form->checks[i];
        for (size_t column = 0; column < filled->columns.count; column++) {
            struct lt_filled_fault fault = {.check = i, .column = column};
            if (filled->columns.lines[column].line->op == LT_FORM_SHARE)
                continue;
            for (size_t j = 0; j < check->left_count; j++)
                fault.left += sum_of(&computing, check->left[j], column).value;
            for (size_t j = 0; j < check->right_count; j++)
                fault.right += sum_of(&computing, check->right[j], column).value;
            if (fault.left != fault.right && filled->fault_count < LT_FILLED_FAULTS_MAX)
                filled->faults[filled->fault_count++] = fault;
        }
    }
}
