/* Section 8, the record rules: movements, pledges, scores, exemplars, declarations. */
#include "tests/recount/sheet.h"

/* Of a movement, by the calendar: from its first day to the day after its last. */
static int length_of(lt_day from, lt_day to)
{
    int year, month, day, end_year, end_month, end_day;
    if (from == 0 || to == 0)
        return 0;
    lt_day_split(from, &year, &month, &day);
    lt_day_split(to + 1, &end_year, &end_month, &end_day);
    int years = end_year - year;
    if (end_month < month || (end_month == month && end_day < day))
        years--;
    const lt_day from_year_on =
        month == 2 && day == 29 ? rc_day_of(year + 1, 3, 1) : rc_day_of(year + 1, month, day);
    return years < 1            ? LT_LENGTH_UNDER_1
           : to <= from_year_on ? LT_LENGTH_1
           : years < 3          ? LT_LENGTH_1_TO_3
           : years < 5          ? LT_LENGTH_3_TO_5
                                : LT_LENGTH_5_AND_OVER;
}

int rc_judge_movement(struct sheet *sheet, const Lienthong__Movement *movement)
{
    struct rc_fact *fact = sheet->fact;
    struct pool *pool = sheet->recount->pool;
    const lt_day from = movement->from, to = movement->to;
    fact->kind = LT_KIND_MOVEMENT;
    if (movement->code[0] == '\0' && movement->name[0] == '\0')
        return LT_V_MISSING;
    if ((from != 0 && !rc_good_day(from)) || (to != 0 && !rc_good_day(to)) ||
        (from != 0 && to != 0 && from > to))
        return LT_V_DATE;
    const int begins = from == 0 ? 0 : rc_year_of(from, &fact->month);
    fact->year = movement->year != 0 ? (int)movement->year : begins;
    if (!rc_good_year(movement->year != 0 ? movement->year : (uint32_t)begins))
        return LT_V_PERIOD;
    rc_then_year(sheet, fact->year);
    sheet->unit_from = begins == fact->year ? from : sheet->to;
    const int verdict = rc_named_unit(sheet, movement->launcher, &fact->authority);
    if (verdict != LT_COUNTS)
        return verdict;
    if (!rc_level_of((int)movement->level, fact->authority, "", &fact->level))
        return LT_V_LEVEL;
    if (!rc_may_speak(sheet, fact->authority))
        return LT_V_REACH;
    fact->place = fact->authority;
    rc_fill_quantity(sheet, 0);
    fact->status = movement->implements[0] != '\0' ? LT_STATUS_RESPONSE : LT_STATUS_LAUNCH;
    fact->field = movement->field;
    fact->detail = lt_detail_movement((uint8_t)movement->scope, (uint8_t)length_of(from, to),
                                      movement->thematic ? LT_METHOD_THEMATIC : LT_METHOD_REGULAR);
    const bool coded = movement->code[0] != '\0';
    fact->movement = coded ? movement->code : movement->name;
    fact->scope = pool_text(pool, "3|%s|%s %d|%d|%s", rc_who(sheet, ""),
                            from != 0 ? "start" : "year", from != 0 ? (int)from : fact->year, coded,
                            coded ? rc_fold_code(sheet->recount, movement->code)
                                  : rc_fold_name(sheet->recount, movement->name));
    return LT_COUNTS;
}

int rc_judge_pledge(struct sheet *sheet, const Lienthong__Pledge *pledge)
{
    struct rc_fact *fact = sheet->fact;
    struct rc_place *author = sheet->change->author, *lead, *member;
    fact->kind = LT_KIND_PLEDGE;
    if (pledge->cluster[0] == '\0' && pledge->quantity == 0)
        return LT_V_MISSING;
    if (!rc_good_year(pledge->year))
        return LT_V_PERIOD;
    fact->year = (int)pledge->year;
    rc_then_year(sheet, fact->year);
    const struct rc_cluster *cluster =
        rc_cluster(sheet->recount, pledge->cluster, fact->year, author);
    int verdict = rc_named_unit(sheet, pledge->lead, &lead);
    bool reached =
        verdict == LT_COUNTS && (rc_may_speak(sheet, lead) || rc_beside(sheet, lead) ||
                                 rc_leads(cluster, author) || rc_is_member(cluster, author));
    for (size_t i = 0; i < pledge->n_members && verdict == LT_COUNTS; i++) {
        verdict = pledge->members[i] == 0 ? LT_V_UNKNOWN_UNIT /* 0 is nobody here */
                                          : rc_named_unit(sheet, pledge->members[i], &member);
        reached = reached || (verdict == LT_COUNTS && rc_may_speak(sheet, member));
    }
    if (verdict != LT_COUNTS)
        return verdict;
    if (!reached)
        return LT_V_REACH;
    if (!rc_fill_quantity(sheet, pledge->quantity))
        return LT_V_QUANTITY;
    fact->place = rc_may_speak(sheet, lead) || rc_beside(sheet, lead) ? lead : author;
    fact->authority = fact->place->parent != NULL ? fact->place->parent : fact->place;
    if (cluster != NULL) {
        fact->authority = rc_place(sheet->recount, &cluster->managing);
        lead = rc_lead(sheet->recount, cluster);
        fact->place = lead != NULL ? lead : fact->place;
    }
    rc_level_of(0, fact->authority, "", &fact->level);
    fact->scope = pool_text(sheet->recount->pool, "4|%s|year %d|%s", rc_who(sheet, ""), fact->year,
                            rc_cluster_key(sheet->recount, cluster, pledge->cluster));
    return LT_COUNTS;
}

static bool good_points(bool has, int64_t points)
{
    return !has || (points >= 0 && points <= 100000000);
}

int rc_judge_score(struct sheet *sheet, const Lienthong__Score *score)
{
    struct rc_fact *fact = sheet->fact;
    struct recount *recount = sheet->recount;
    struct rc_place *author = sheet->change->author, *member;
    fact->kind = LT_KIND_SCORE;
    if (score->cluster[0] == '\0')
        return LT_V_MISSING;
    if (!rc_good_year(score->year))
        return LT_V_PERIOD;
    fact->year = (int)score->year;
    rc_then_year(sheet, fact->year);
    if (!good_points(score->has_self, score->self_scored) ||
        !good_points(score->has_verified, score->verified) ||
        !good_points(score->has_final, score->final) || !good_points(true, score->bonus) ||
        !good_points(true, score->penalty) || score->rank > 256)
        return LT_V_QUANTITY;
    int verdict = rc_named_unit(sheet, score->member, &member);
    if (verdict == LT_COUNTS)
        verdict = rc_named_unit(sheet, score->managing, &fact->authority);
    if (verdict != LT_COUNTS)
        return verdict;
    const struct rc_cluster *cluster = rc_cluster(recount, score->cluster, fact->year, member);
    const bool lead = rc_leads(cluster, author) && rc_is_member(cluster, member) &&
                      recount->mistake != RECOUNT_LEADS_SILENT;
    if (!lead && !rc_may_speak(sheet, member) && !rc_may_speak(sheet, fact->authority) &&
        !rc_beside(sheet, member))
        return LT_V_REACH;
    if (cluster != NULL)
        fact->authority = rc_place(recount, &cluster->managing);
    else if (fact->authority == author && rc_beside(sheet, member))
        fact->authority = author->parent;
    fact->place = member;
    rc_fill_quantity(sheet, 0);
    fact->movement = score->movement;
    rc_level_of(0, fact->authority, "", &fact->level);
    fact->scope = pool_text(recount->pool, "5|%s|year %d|%s|%s|%s", rc_who(sheet, ""), fact->year,
                            rc_cluster_key(recount, cluster, score->cluster),
                            rc_fold_name(recount, score->movement), member->text);
    rc_settle_place(sheet);
    return LT_COUNTS;
}

int rc_judge_exemplar(struct sheet *sheet, const Lienthong__Exemplar *exemplar)
{
    struct rc_fact *fact = sheet->fact;
    struct recount *recount = sheet->recount;
    const char *period;
    fact->kind = LT_KIND_EXEMPLAR;
    if (!rc_period_of(sheet, exemplar->period, 0, &period))
        return LT_V_PERIOD;
    const int verdict = rc_named_unit(sheet, exemplar->place, &fact->place);
    if (verdict != LT_COUNTS)
        return verdict;
    if (!rc_fill_quantity(sheet, exemplar->quantity))
        return LT_V_QUANTITY;
    if (!rc_may_speak(sheet, fact->place))
        return LT_V_REACH;
    fact->authority = sheet->change->author;
    rc_level_of(0, fact->authority, "", &fact->level);
    fact->recipient = (int)exemplar->recipient;
    fact->field = exemplar->field;
    fact->movement = exemplar->movement;
    fact->scope =
        pool_text(recount->pool, "6|%s|%s|%d|%s|%s", rc_who(sheet, ""), period,
                  rc_one_collective(fact->recipient), rc_fold_name(recount, exemplar->field),
                  rc_fold_name(recount, exemplar->movement));
    return LT_COUNTS;
}

int rc_judge_declaration(struct sheet *sheet, const Lienthong__Declaration *declaration)
{
    struct rc_fact *fact = sheet->fact;
    const char *period;
    fact->kind = LT_KIND_DECLARATION;
    const Lienthong__Period *said = declaration->period;
    if (said != NULL && rc_part_period(sheet, said))
        period =
            pool_text(sheet->recount->pool, "part %d %u %u", (int)said->kind, said->from, said->to);
    else if (!rc_period_of(sheet, said, 0, &period))
        return LT_V_PERIOD;
    for (size_t i = 0; i < declaration->n_totals; i++) {
        const uint64_t quantity = declaration->totals[i]->quantity;
        if (quantity > 300000000 || (declaration->nil && quantity != 0))
            return LT_V_QUANTITY;
    }
    fact->authority = fact->place = sheet->change->author;
    rc_fill_quantity(sheet, 0);
    rc_level_of(0, fact->authority, "", &fact->level);
    fact->status = declaration->nil ? LT_STATUS_NIL : LT_STATUS_COMPLETE;
    fact->scope = pool_text(sheet->recount->pool, "7|%s|%s|%d", rc_who(sheet, ""), period,
                            (int)declaration->kind);
    return LT_COUNTS;
}
