/* ranking.h - who stood where in a cluster (cụm, khối thi đua): what was told of its members' points, by
 * stage and by whom, and the ranks that follow beside those that were stated.
 *
 * A ranking is of one cluster, year and movement, or general (no movement). Of a member several may tell:
 * his own points of self-scoring count as he tells them; of the later stages, bonus, penalty and rank the
 * managing unit's word goes first, then the lead's of the year, then another's, the member's own last.
 * Stages that two of them state differently are marked.
 *
 * Total: of the last stage stated (final, verified, self-scored) with bonus and without penalty; a final
 * that is the verified points with both already in it is taken as it is. Totals rank from the greatest;
 * equal ones share a rank, and the next is as much further (1, 1, 3). A stated rank prevails; where it is
 * not the computed one both are shown. Members without points rank only where a rank was stated.
 *
 * Points are in hundredths. Belongs to one thread; texts are copied. */
#ifndef LT_RANKING_H
#define LT_RANKING_H

#include "proto/standing.h"

/* One record of a score, current within its author. */
struct lt_told_score {
    const struct lt_place *member, *teller, *managing;
    const struct lt_place *lead; /* of the cluster in that year, by the book; NULL: not known */
    const char *cluster, *movement; /* as told */
    int16_t year;
    bool has_self, has_verified, has_final;
    int64_t self_scored, verified, final, bonus, penalty;
    uint32_t rank; /* 0: not stated */
};

struct lt_stage {
    bool said, differs; /* differs: somebody else said otherwise */
    int64_t points;
    const struct lt_place *by;
};

struct lt_ranked {
    const struct lt_place *member;
    struct lt_stage self_scored, verified, final;
    int64_t bonus, penalty;
    bool has_total;
    int64_t total;
    uint32_t stated, computed, rank; /* 0: none; rank: the one that holds */
    const struct lt_place *stated_by;
    bool stated_differs; /* tellers state different ranks */
};

struct lt_ranking {
    const struct lt_place *managing, *lead;
    const char *cluster, *movement; /* as the first teller wrote them; movement "": general */
    int16_t year;
    struct lt_ranked *rows; /* by rank, those without last; then by unit */
    size_t count;
};

struct lt_rankings;
struct lt_rankings *lt_rankings_new(void); /* NULL: out of memory */
void lt_rankings_free(struct lt_rankings *rankings);
bool lt_rankings_add(struct lt_rankings *rankings,
                     const struct lt_told_score *told); /* false: memory */
/* After the last addition; false: out of memory. By managing unit, year, cluster, general before movements. */
bool lt_rankings_settle(struct lt_rankings *rankings);
size_t lt_rankings_count(const struct lt_rankings *rankings);
const struct lt_ranking *lt_rankings_at(const struct lt_rankings *rankings, size_t i);

#endif
