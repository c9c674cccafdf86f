/* The record rules of all kinds but awards and proposals. */
#include "proto/judge_inner.h"

static enum lt_verdict unit_then(const struct matter *matter, uint32_t reference,
                                 const struct lt_place **ret_place)
{
    enum lt_verdict verdict = lt_rule_unit(matter, reference, ret_place);
    return verdict == LT_COUNTS ? lt_rule_existed(matter, *ret_place) : verdict;
}

/* The year that a movement is told for: as stated, else of its first day. */
static enum lt_verdict movement_when(const Lienthong__Movement *movement, struct when *ret_when)
{
    uint8_t month = 0;
    int begun = 0;
    if ((movement->from != 0 && !lt_rule_day_ok(movement->from)) ||
        (movement->to != 0 && !lt_rule_day_ok(movement->to)) ||
        (movement->to != 0 && movement->from != 0 && movement->to < movement->from))
        return LT_V_DATE;
    if (movement->from != 0)
        begun = lt_rule_year_of(movement->from, &month);
    const uint32_t year = movement->year != 0 ? movement->year : (uint32_t)begun;
    if (!lt_rule_year_ok(year))
        return LT_V_PERIOD;
    lt_rule_when_year(year, ret_when);
    /* The launcher must have been there when it launched, or in the year it tells of. */
    if (movement->from != 0 && begun == (int)year) {
        ret_when->month = month;
        ret_when->unit_from = movement->from;
    }
    return LT_COUNTS;
}

/* By the day on which it would have lasted so many years; open ones are not known. */
static uint8_t length_of(const Lienthong__Movement *movement)
{
    static const struct {
        int years;
        uint8_t from;
    } steps[] = {{1, LT_LENGTH_1_TO_3}, {3, LT_LENGTH_3_TO_5}, {5, LT_LENGTH_5_AND_OVER}};
    int year, month, day;
    if (movement->from == 0 || movement->to == 0)
        return 0;
    lt_day_split(movement->from, &year, &month, &day);
    uint8_t length = LT_LENGTH_UNDER_1;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        lt_day full;
        const int last = month == 2 && day == 29 ? 28 : day;
        lt_day_make(year + steps[i].years, month, last, &full); /* its days were looked at */
        if (movement->to + 1 < full)
            return length;
        if (steps[i].years == 1 && movement->to <= full)
            return LT_LENGTH_1; /* a year to the day, the last one counted or not */
        length = steps[i].from;
    }
    return length;
}

enum lt_verdict lt_judge_movement(struct matter *matter, const Lienthong__Movement *movement)
{
    struct lt_fact *fact = &matter->fact;
    if (movement->code[0] == '\0' && movement->name[0] == '\0')
        return LT_V_MISSING;
    enum lt_verdict verdict = movement_when(movement, &matter->when);
    if (verdict == LT_COUNTS)
        verdict = unit_then(matter, movement->launcher, &fact->authority);
    if (verdict != LT_COUNTS)
        return verdict;
    fact->level = movement->level != LIENTHONG__LEVEL__LEVEL_NONE
                      ? (uint8_t)movement->level
                      : lt_rule_level_of(fact->authority);
    if (!lt_rule_level_ok(fact->authority, fact->level))
        return LT_V_LEVEL;
    if (!lt_rule_reaches(matter, fact->authority))
        return LT_V_REACH;
    fact->kind = LT_KIND_MOVEMENT;
    fact->place = fact->authority;
    fact->year = matter->when.year;
    fact->month = matter->when.month;
    fact->status = movement->implements[0] != '\0' ? LT_STATUS_RESPONSE : LT_STATUS_LAUNCH;
    fact->detail = lt_detail_movement((uint8_t)movement->scope, length_of(movement),
                                      movement->thematic ? LT_METHOD_THEMATIC : LT_METHOD_REGULAR);
    fact->field = movement->field;
    fact->movement = movement->code[0] != '\0' ? movement->code : movement->name;
    fact->quantity = 1;
    lt_scope_movement(matter, movement);
    return LT_COUNTS;
}

static bool is_member(const struct lt_cluster *cluster, const struct lt_place *place)
{
    for (size_t i = 0; cluster != NULL && i < cluster->member_count; i++) {
        if (cluster->members[i] == place)
            return true;
    }
    return false;
}

static bool leads(const struct matter *matter)
{
    return matter->cluster != NULL && matter->cluster->lead == matter->author;
}

/* Where it counts: at the lead, or, told by a member of a cluster led from afar, at the teller. */
static enum lt_verdict pledge_reach(const struct matter *matter, const Lienthong__Pledge *pledge,
                                    const struct lt_place *lead, const struct lt_place **ret_place)
{
    const bool near = lt_rule_reaches(matter, lead) || lt_rule_siblings(lead, matter->author);
    bool reached = near || leads(matter) || is_member(matter->cluster, matter->author);
    for (size_t i = 0; i < pledge->n_members; i++) {
        const struct lt_place *member;
        /* 0 is nobody here: members are always named. */
        enum lt_verdict verdict = pledge->members[i] == 0
                                      ? LT_V_UNKNOWN_UNIT
                                      : unit_then(matter, pledge->members[i], &member);
        if (verdict != LT_COUNTS)
            return verdict;
        reached = reached || lt_rule_reaches(matter, member);
    }
    if (!reached)
        return LT_V_REACH;
    *ret_place = near ? lead : matter->author;
    return LT_COUNTS;
}

enum lt_verdict lt_judge_pledge(struct matter *matter, const Lienthong__Pledge *pledge)
{
    struct lt_fact *fact = &matter->fact;
    const struct lt_place *lead;
    if (pledge->cluster[0] == '\0' && pledge->quantity == 0)
        return LT_V_MISSING;
    if (!lt_rule_year_ok(pledge->year))
        return LT_V_PERIOD;
    lt_rule_when_year(pledge->year, &matter->when);
    matter->cluster =
        lt_book_cluster(matter->book, pledge->cluster, (int)pledge->year, matter->author);
    enum lt_verdict verdict = unit_then(matter, pledge->lead, &lead);
    if (verdict == LT_COUNTS)
        verdict = pledge_reach(matter, pledge, lead, &fact->place);
    if (verdict == LT_COUNTS)
        verdict = lt_rule_quantity(matter, pledge->quantity);
    if (verdict != LT_COUNTS)
        return verdict;
    fact->kind = LT_KIND_PLEDGE;
    fact->authority = fact->place->parent != NULL ? fact->place->parent : fact->place;
    if (matter->cluster != NULL) {
        fact->authority = matter->cluster->managing;
        fact->place = matter->cluster->lead != NULL ? matter->cluster->lead : fact->place;
    }
    fact->year = matter->when.year;
    fact->level = lt_rule_level_of(fact->authority);
    lt_scope_pledge(matter, pledge);
    return LT_COUNTS;
}

static bool points_ok(int64_t points)
{
    return points >= 0 && points <= LT_POINTS_MAX;
}

enum lt_verdict lt_judge_score(struct matter *matter, const Lienthong__Score *score)
{
    struct lt_fact *fact = &matter->fact;
    const struct lt_place *member;
    if (score->cluster[0] == '\0')
        return LT_V_MISSING;
    if (!lt_rule_year_ok(score->year))
        return LT_V_PERIOD;
    if (!points_ok(score->self_scored) || !points_ok(score->verified) || !points_ok(score->final) ||
        !points_ok(score->bonus) || !points_ok(score->penalty) || score->rank > LT_MEMBERS_MAX)
        return LT_V_QUANTITY;
    lt_rule_when_year(score->year, &matter->when);
    enum lt_verdict verdict = unit_then(matter, score->member, &member);
    if (verdict == LT_COUNTS)
        verdict = unit_then(matter, score->managing, &fact->authority);
    if (verdict != LT_COUNTS)
        return verdict;
    matter->cluster = lt_book_cluster(matter->book, score->cluster, (int)score->year, member);
    const bool sibling = lt_rule_siblings(member, matter->author);
    const bool lead = leads(matter) && is_member(matter->cluster, member);
    if (!sibling && !lead && !lt_rule_reaches(matter, member) &&
        !lt_rule_reaches(matter, fact->authority))
        return LT_V_REACH;
    fact->kind = LT_KIND_SCORE;
    fact->place = member;
    /* The year's lead, himself a member, may be told as managing. */
    if (matter->cluster != NULL)
        fact->authority = matter->cluster->managing;
    else if (sibling && fact->authority == matter->author)
        fact->authority = matter->author->parent;
    lt_rule_outside(matter);
    fact->year = matter->when.year;
    fact->level = lt_rule_level_of(fact->authority);
    fact->movement = score->movement;
    fact->quantity = 1;
    lt_scope_score(matter, score, member);
    return LT_COUNTS;
}

enum lt_verdict lt_judge_exemplar(struct matter *matter, const Lienthong__Exemplar *exemplar)
{
    struct lt_fact *fact = &matter->fact;
    enum lt_verdict verdict = lt_rule_when(exemplar->period, 0, &matter->when);
    if (verdict == LT_COUNTS)
        verdict = unit_then(matter, exemplar->place, &fact->place);
    if (verdict == LT_COUNTS)
        verdict = lt_rule_quantity(matter, exemplar->quantity);
    if (verdict == LT_COUNTS && !lt_rule_reaches(matter, fact->place))
        verdict = LT_V_REACH;
    if (verdict != LT_COUNTS)
        return verdict;
    fact->kind = LT_KIND_EXEMPLAR;
    fact->authority = matter->author;
    fact->year = matter->when.year;
    fact->span_from = matter->when.span_from;
    fact->month = matter->when.month;
    fact->level = lt_rule_level_of(matter->author);
    fact->recipient = (uint8_t)exemplar->recipient;
    fact->field = exemplar->field;
    fact->movement = exemplar->movement;
    lt_scope_exemplar(matter, exemplar);
    return LT_COUNTS;
}

enum lt_verdict lt_judge_declaration(struct matter *matter,
                                     const Lienthong__Declaration *declaration)
{
    struct lt_fact *fact = &matter->fact;
    enum lt_verdict verdict = lt_rule_when_part(declaration->period, &matter->when);
    if (verdict != LT_COUNTS)
        return verdict;
    for (size_t i = 0; i < declaration->n_totals; i++) {
        const Lienthong__ControlTotal *total = declaration->totals[i];
        if (total->quantity > LT_QUANTITY_MAX || (declaration->nil && total->quantity > 0))
            return LT_V_QUANTITY;
    }
    fact->kind = LT_KIND_DECLARATION;
    fact->authority = matter->author;
    fact->year = matter->when.year;
    fact->span_from = matter->when.span_from;
    fact->month = matter->when.month;
    fact->level = lt_rule_level_of(matter->author);
    fact->status = declaration->nil ? LT_STATUS_NIL : LT_STATUS_COMPLETE;
    fact->quantity = 1;
    lt_scope_declaration(matter, declaration);
    return LT_COUNTS;
}
