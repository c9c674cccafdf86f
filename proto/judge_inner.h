/* judge_inner.h - one change before the judge. Private to proto/judge*.c and scope.c. */
#ifndef LT_JUDGE_INNER_H
#define LT_JUDGE_INNER_H

#include "proto/judge.h"
#include "proto/standing.h"

/* When a record was: `year` and the rest as in a fact; the days of it, and the days on some of which its
 * units must have existed. */
struct when {
    int16_t year, span_from;
    uint8_t month;
    lt_day from, to;
    lt_day unit_from, unit_to;
};

struct matter {
    const struct lt_book *book;
    const struct lt_place *author;
    const Lienthong__ReportBody *body;
    const struct lt_cluster *cluster; /* of a score or pledge, by the book; NULL: not known */
    struct when when;
    struct lt_fact fact;
};

enum lt_verdict lt_judge_award(struct matter *matter, const Lienthong__Award *award);
enum lt_verdict lt_judge_proposal(struct matter *matter, const Lienthong__Proposal *proposal);
enum lt_verdict lt_judge_movement(struct matter *matter, const Lienthong__Movement *movement);
enum lt_verdict lt_judge_pledge(struct matter *matter, const Lienthong__Pledge *pledge);
enum lt_verdict lt_judge_score(struct matter *matter, const Lienthong__Score *score);
enum lt_verdict lt_judge_exemplar(struct matter *matter, const Lienthong__Exemplar *exemplar);
enum lt_verdict lt_judge_declaration(struct matter *matter,
                                     const Lienthong__Declaration *declaration);

/* Parts of the rules. */
/* The unit of a reference, 0: the author; LT_V_UNKNOWN_UNIT. */
enum lt_verdict lt_rule_unit(const struct matter *matter, uint32_t reference,
                             const struct lt_place **ret_place);
const Lienthong__Decision *lt_rule_decision(const struct matter *matter, uint32_t reference);
/* Within the years that records may speak of. */
bool lt_rule_day_ok(lt_day day);
bool lt_rule_year_ok(uint32_t year);
int lt_rule_year_of(lt_day day, uint8_t *ret_month);
/* Fills `when` from a period, or from a date when there is none: LT_V_PERIOD when there is neither. */
enum lt_verdict lt_rule_when(const Lienthong__Period *period, lt_day date, struct when *ret_when);
/* The same for what may also be told of a month, quarter or half of a year, which then is its last month. */
enum lt_verdict lt_rule_when_part(const Lienthong__Period *told, struct when *ret_when);
void lt_rule_when_year(uint32_t year, struct when *ret_when);
/* LT_V_UNIT_DATE unless it existed then. */
enum lt_verdict lt_rule_existed(const struct matter *matter, const struct lt_place *place);
/* The catalogue; level 0: not asked. */
enum lt_verdict lt_rule_title(const struct matter *matter, const char *code, uint8_t recipient,
                              uint8_t level);
/* Is a place the author's to tell of: at or below his unit, or come down to it by succession? */
bool lt_rule_reaches(const struct matter *matter, const struct lt_place *place);
/* The level at which a unit decides, and whether it may at `told`. */
uint8_t lt_rule_level_of(const struct lt_place *place);
bool lt_rule_level_ok(const struct lt_place *place, uint8_t told);
bool lt_rule_siblings(const struct lt_place *a, const struct lt_place *b);
/* Quantity and stated_total; LT_V_QUANTITY. */
enum lt_verdict lt_rule_quantity(struct matter *matter, uint64_t quantity);
/* Puts a place that is not within the authority's unit there. */
void lt_rule_outside(struct matter *matter);

/* The scopes. The fact is filled in already. */
void lt_scope_decision(struct matter *matter, const Lienthong__Decision *decision,
                       const Lienthong__Period *period);
void lt_scope_proposal(struct matter *matter, const Lienthong__Proposal *proposal);
void lt_scope_movement(struct matter *matter, const Lienthong__Movement *movement);
void lt_scope_pledge(struct matter *matter, const Lienthong__Pledge *pledge);
void lt_scope_score(struct matter *matter, const Lienthong__Score *score,
                    const struct lt_place *member);
void lt_scope_exemplar(struct matter *matter, const Lienthong__Exemplar *exemplar);
void lt_scope_declaration(struct matter *matter, const Lienthong__Declaration *declaration);

#endif
