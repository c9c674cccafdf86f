/* form_heard.h - who has said anything at all of the years that a form is for: records of any kind that
 * count, or declarations; for the filling of forms only (form_fill.h).
 *
 * Asked by the period of achievement, whatever the form's basis, since only awards have a decision. The
 * caller clears it. One thread. */
#ifndef LT_FORM_HEARD_H
#define LT_FORM_HEARD_H

#include "hub/figures.h"

struct lt_heard {
    struct lt_figures figures; /* by place, year, kind, status */
};

enum lt_result lt_heard_ask(struct lt_ledger *ledger, const struct lt_figures_query *query,
                            struct lt_heard *ret_heard, char ret_reason[400]);
void lt_heard_clear(struct lt_heard *heard);
/* Has this place, or one below it, in this year, with this status (enum lt_status)? NULL and 0: any. Places
 * and years as figures spell and number them. */
bool lt_heard_of(const struct lt_heard *heard, const char *place, uint32_t year, uint8_t status);

#endif
