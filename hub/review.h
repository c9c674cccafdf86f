/* review.h - the figures of a year-end review as a text: by level, of collectives, households and
 * individuals; then proposals, movements, exemplars, pledges, and who stood where in each cluster.
 *
 * Titles are called as the catalogue calls them at the end of the years, but where the law's one name is
 * for several levels ("Bằng khen của Bộ, ban, ngành, tỉnh") by the level's own. Revoked awards are left
 * out. In the language of the process. One thread. */
#ifndef LT_REVIEW_H
#define LT_REVIEW_H

#include "hub/figures.h"

/* Headings and the lines below them. */
struct lt_review_line {
    bool heading;
    char *text;
};
struct lt_review {
    struct lt_review_line *lines;
    size_t count, capacity;
    uint64_t updates;
    struct lt_hash directives;
    bool rebuilding, empty; /* empty: nothing was told */
};

/* `query` holds place, years and basis. The caller frees with lt_review_clear. */
enum lt_result lt_review_make(struct lt_ledger *ledger, const struct lt_figures_query *query,
                              struct lt_review *ret_review, char ret_reason[400]);
void lt_review_clear(struct lt_review *review);

#endif
