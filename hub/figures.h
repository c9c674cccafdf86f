/* figures.h - statistics of a place: cells of its own and of what lies below it, summed as asked.
 *
 * Each place has its own cells, rolled up in the transaction that brought the records, so a figure is
 * one scan of the cells of a place and its years (scan.h), and by place one of each place below it too.
 * Unless the question speaks of them, only awards are shown (`kind`), and revoked ones are left out
 * (`status`). A period of several years stands in a span of its own and is in no single year.
 *
 * Places are those of the tree as it was when the records were made; or of the tree of one day, in which
 * each place's own records count where the whole of it lies then (lt_book_today): what went to several
 * units lies at the deepest one that holds them all, and is never spread. Any thread. */
#ifndef LT_FIGURES_H
#define LT_FIGURES_H

#include <stdio.h>

#include "hub/dimension.h"
#include "hub/ledger.h"

enum { LT_WHERE_MAX = 16, LT_FIGURE_CELLS_MAX = 1000000 };

struct lt_figures_query {
    const struct lt_place *place;
    bool decided; /* by the decision's year instead of the achievement's */
    int year_from, year_to;
    bool span; /* the period year_from..year_to as a whole, instead of each of its years */
    int month_from, month_to; /* a part of the year, by months of the decision; 0: all of it */
    lt_day tree; /* the tree of that day; 0: as it was */
    size_t by_count;
    enum lt_dimension by[LT_DIM_COUNT];
    size_t where_count;
    struct {
        enum lt_dimension dimension;
        const char *value; /* as spelt; "" is what is not stated */
    } where[LT_WHERE_MAX];
};

/* "place,year,code"; LT_USAGE with a reason that lists what there is. */
enum lt_result lt_figures_parse_by(const char *text, struct lt_figures_query *query,
                                   char ret_reason[400]);
/* "recipient=individual"; the value is borrowed. */
enum lt_result lt_figures_parse_where(const char *text, struct lt_figures_query *query,
                                      char ret_reason[400]);
/* "2020", "2018..2020" (each year), "2015-2020" (the span). */
enum lt_result lt_figures_parse_year(const char *text, struct lt_figures_query *query,
                                     char ret_reason[400]);
/* "2024-05", "2024-Q1", "2024-H1", "2024", "2020-2024". Parts of a year need the basis decided: asking
 * without is LT_USAGE. */
enum lt_result lt_figures_parse_period(const char *text, struct lt_figures_query *query,
                                       char ret_reason[400]);
/* "2025-07-01", or "today": that day is given. */
enum lt_result lt_figures_parse_tree(const char *text, lt_day today, struct lt_figures_query *query,
                                     char ret_reason[400]);
/* "2018..2020", "2015-2020", "2024", "2024-Q1": what is asked for. */
enum { LT_FIGURES_PERIOD_MAX = 16 };
void lt_figures_period_text(const struct lt_figures_query *query,
                            char ret_text[LT_FIGURES_PERIOD_MAX]);
/* ", theo ngày quyết định, theo cây đơn vị ngày 2025-07-01": by which of its two dates a record belongs to the period, and
 * the tree, when it is not that of the time. */
enum { LT_FIGURES_MANNER_MAX = 120 };
void lt_figures_manner_text(const struct lt_figures_query *query,
                            char ret_text[LT_FIGURES_MANNER_MAX]);
/* What the conditions narrow it to: "; đối tượng: cá nhân; lĩnh vực: y tế"; "": there are none. Cut where it is longer. */
enum { LT_FIGURES_FILTER_MAX = 600 };
void lt_figures_filter_text(const struct lt_figures_query *query,
                            char ret_text[LT_FIGURES_FILTER_MAX]);
/* "80", or "80@2025-07-01" for the unit of that code on that day. Takes the years from the query, or the
 * day of its tree. On LT_AMBIGUOUS the reason lists the candidates. */
enum lt_result lt_figures_find_place(const struct lt_book *book, const char *text,
                                     struct lt_figures_query *query, char ret_reason[400]);

/* The place that a condition names: the asked one or one directly below it, as it is spelt in the answer; else by
 * its code, as the asked one is found. NULL: there is none. */
const struct lt_place *lt_figures_place_of(const struct lt_book *book,
                                           const struct lt_figures_query *query, const char *value);

struct lt_figure {
    char *values[LT_DIM_COUNT]; /* in the order of query.by, as spelt */
    uint32_t
        numbers[LT_DIM_COUNT]; /* of listed dimensions: the value; years and months: themselves */
    int64_t count, quantity, unconfirmed;
    bool
        unallocated; /* lies at the asked place, and at none of those below it in the tree asked for */
};

struct lt_figures {
    struct lt_figure *rows; /* in the order of their values */
    size_t count;
    uint64_t updates; /* that the ledger holds */
    struct lt_hash directives; /* of the book that they are judged by */
    bool rebuilding; /* directives have come that are not in these figures yet */
    uint64_t
        unread; /* for who shows them: updates that cannot be read (unread.h); lt_figures_ask leaves 0 */
};

/* LT_USAGE for a value that nothing has (the reason lists what there is), for a part of a year on the basis
 * achieved, and for a place that the tree asked for does not have. LT_TOO_LARGE: more than
 * LT_FIGURE_CELLS_MAX rows. The caller frees with lt_figures_clear. */
enum lt_result lt_figures_ask(struct lt_ledger *ledger, const struct lt_figures_query *query,
                              struct lt_figures *ret_figures, char ret_reason[400]);
void lt_figures_clear(struct lt_figures *figures);

/* What goes out, malloc'ed: JSON of schema lienthong.figures/1, or a table for people. NULL: memory. */
char *lt_figures_json(const struct lt_figures_query *query, const struct lt_figures *figures);
/* Parts of the table, for other faces: the head of a column (those of `by`, then records, awards, unconfirmed), a
 * cell as people read it, and the title with what must be said of the figures, in lines. */
const char *lt_figures_head(const struct lt_figures_query *query, size_t column);
void lt_figures_cell(const struct lt_figures_query *query, const struct lt_book *book,
                     const struct lt_figure *row, size_t column, char *ret_text, size_t max);
void lt_figures_title(FILE *out, const struct lt_figures_query *query,
                      const struct lt_figures *figures);
char *lt_figures_table(const struct lt_figures_query *query, const struct lt_figures *figures,
                       const struct lt_book *book);

#endif
