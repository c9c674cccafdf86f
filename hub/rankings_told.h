/* rankings_told.h - the rankings of clusters from all scores that a ledger holds. */
#ifndef LT_RANKINGS_TOLD_H
#define LT_RANKINGS_TOLD_H

#include "hub/ledger.h"
#include "hub/ranking.h"

/* All rankings of these years, settled: of whole clusters, since a rank is one among all members that have
 * told. The caller frees them. */
enum lt_result lt_rankings_told(struct lt_ledger *ledger, int year_from, int year_to,
                                struct lt_rankings **ret_rankings);
/* It is managed at or below the place, or one of its members lies there. */
bool lt_ranking_concerns(const struct lt_ranking *ranking, const struct lt_place *place);

#endif
