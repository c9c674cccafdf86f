/* days.h - a unit's sixty-four days (hub/history.h) on its page. */
#ifndef LT_WEB_DAYS_H
#define LT_WEB_DAYS_H

#include "hub/history.h"
#include "hub/web/out.h"

/* Its habit and what waits, as further terms of a list that is open; nothing where nothing is known. */
void lt_days_terms(const struct lt_history *history, struct lt_out *out);
/* A drawing with words for who cannot see it, and the days as a table. */
void lt_days_drawing(const struct lt_history *history, struct lt_out *out);

#endif
