/* form_fill.h - a form filled with the figures of a place and a period.
 *
 * The engine (figures.h) is asked once by all dimensions that the form speaks of, once more for
 * enterprises when it tells them apart (a collective that is an enterprise is counted in both), and once
 * for who has said anything at all; the cells are summed in memory. As `figures` does, a cell counts
 * awards unless its conditions speak of `kind`, and no revoked ones unless they speak of `status`.
 *
 * A zero and a missing figure are different: where a place, and all that lies below it, has neither
 * reported nor declared anything of the years asked for (of one year, in a line that is for it), its cells
 * are missing ("…"), not 0. A sum leaves
 * missing parts out; it is missing when all its parts are.
 *
 * The form, and the ledger's book, outlive what is filled. One thread; the ledger may be written
 * meanwhile. */
#ifndef LT_FORM_FILL_H
#define LT_FORM_FILL_H

#include "hub/completeness.h"
#include "hub/figures.h"
#include "hub/form.h"

/* Of a filled form: five years of a province by every commune and title are 300,000 cells. */
enum { LT_FILLED_LINES_MAX = 20000, LT_FILLED_CELLS_MAX = 2000000 };

enum lt_filled_state {
    LT_FILLED_EMPTY, /* headings; the share of nothing */
    LT_FILLED_MISSING, /* nobody has said anything */
    LT_FILLED_NUMBER,
    LT_FILLED_SHARE, /* in tenths of a percent */
};
struct lt_filled_cell {
    int64_t value;
    enum lt_filled_state state;
};

/* A row or column as it is shown: a line of the form, or one value of a line that goes by each. */
struct lt_filled_line {
    const struct lt_form_line *line;
    char *value; /* of an `each` line, as spelt; else NULL */
    uint32_t number; /* of its value, as in struct lt_figure */
    char *label;
    bool missing; /* it is for a place, or a year, of which nothing was said */
};
struct lt_filled_axis {
    struct lt_filled_line *lines;
    size_t count, capacity;
    size_t *first, *size; /* of the lines of each line of the form; headings of columns have none */
};

/* Rows whose parts do not add up to the total, in one column. */
struct lt_filled_fault {
    size_t check, column;
    int64_t left, right;
};
enum { LT_FILLED_FAULTS_MAX = 32 };

struct lt_filled {
    const struct lt_form *form;
    struct lt_figures_query query; /* place, period and basis that were asked for */
    struct lt_filled_axis rows, columns;
    struct lt_filled_cell *cells; /* row by row */
    size_t fault_count;
    struct lt_filled_fault faults[LT_FILLED_FAULTS_MAX];
    /* the foot */
    uint64_t units, heard, complete, nil; /* directly below the place: how many, who has reported or
                                             declared, declared with totals, declared nothing */
    struct lt_completeness
        owed; /* of all units at or below the place that owe the period; of several
                                    years together nothing is owed */
    bool silent; /* the place, and all below it, has said nothing */
    int64_t unconfirmed; /* awards of a higher level, told only from below */
    uint64_t updates;
    struct lt_hash directives, cut; /* the book; all tips that the ledger holds */
    bool rebuilding;
    int64_t filled_at; /* wall clock, shown */
};

/* What lt_figures_parse_period takes, and "2020..2024": each of these years. */
enum lt_result lt_form_period(const char *text, struct lt_figures_query *query,
                              char ret_reason[400]);

/* `query` holds place, period, basis and tree; what it is asked by and where comes from the form. LT_USAGE
 * when the form cannot be asked so; LT_TOO_LARGE. The caller frees with lt_filled_clear. */
enum lt_result lt_form_fill(struct lt_ledger *ledger, const struct lt_form *form,
                            const struct lt_figures_query *query, int64_t now,
                            struct lt_filled *ret_filled, char ret_reason[400]);
void lt_filled_clear(struct lt_filled *filled);

/* The header above a column at a level; NULL: the column's own cell reaches up to there. */
const struct lt_form_line *lt_filled_header(const struct lt_filled *filled, size_t column,
                                            unsigned level);
static inline const struct lt_filled_cell *lt_filled_cell(const struct lt_filled *filled,
                                                          size_t row, size_t column)
{
    return &filled->cells[row * filled->columns.count + column];
}

#endif
