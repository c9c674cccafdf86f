/* sheet.h - what the record rules of all kinds share. */
#ifndef LT_RECOUNT_SHEET_H
#define LT_RECOUNT_SHEET_H

#include "tests/recount/inside.h"

struct sheet {
    struct recount *recount;
    struct rc_change *change;
    const Lienthong__ReportBody *body;
    struct rc_fact *fact;
    /* "then": any day of from..to; for units' existence of a plain year its last day */
    lt_day from, to, unit_from;
};

lt_day rc_day_of(int year, int month, int day);
int rc_year_of(lt_day day, int *ret_month);
bool rc_good_day(lt_day day);
bool rc_good_year(int64_t year);
int rc_named_unit(const struct sheet *sheet, uint32_t reference, struct rc_place **ret_place);
void rc_then_year(struct sheet *sheet, int year);
bool rc_part_period(struct sheet *sheet, const Lienthong__Period *period);
bool rc_period_of(struct sheet *sheet, const Lienthong__Period *period, lt_day date,
                  const char **ret_key);
bool rc_level_of(int stated, const struct rc_place *authority, const char *text, int *ret_level);
bool rc_may_speak(const struct sheet *sheet, const struct rc_place *place);
bool rc_beside(const struct sheet *sheet, const struct rc_place *place);
void rc_settle_place(const struct sheet *sheet);
bool rc_fill_quantity(const struct sheet *sheet, uint64_t quantity);
int rc_one_collective(int recipient);
const char *rc_who(const struct sheet *sheet, const char *text);
int rc_judge_movement(struct sheet *sheet, const Lienthong__Movement *movement);
int rc_judge_pledge(struct sheet *sheet, const Lienthong__Pledge *pledge);
int rc_judge_score(struct sheet *sheet, const Lienthong__Score *score);
int rc_judge_exemplar(struct sheet *sheet, const Lienthong__Exemplar *exemplar);
int rc_judge_declaration(struct sheet *sheet, const Lienthong__Declaration *declaration);

#endif
