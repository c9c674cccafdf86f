/* Section 8, the record rules: a change by itself, in the order in which the words stand there. What all kinds
 * share, awards and proposals. */
#include <string.h>

#include "tests/recount/sheet.h"

lt_day rc_day_of(int year, int month, int day)
{
    lt_day made = 0;
    return lt_day_make(year, month, day, &made) == LT_OK ? made : 0;
}

int rc_year_of(lt_day day, int *ret_month)
{
    int year, month, rest;
    lt_day_split(day, &year, &month, &rest);
    if (ret_month != NULL)
        *ret_month = month;
    return year;
}

bool rc_good_day(lt_day day)
{
    return day >= rc_day_of(1945, 1, 1) && day <= rc_day_of(2200, 12, 31);
}

bool rc_good_year(int64_t year)
{
    return year >= 1945 && year <= 2200;
}

static bool lived(const struct recount *recount, const struct rc_place *place, lt_day from,
                  lt_day to)
{
    if (recount->mistake == RECOUNT_NO_UNIT_DATES)
        return true;
    return (place->unit.valid_from == 0 || place->unit.valid_from <= to) &&
           (place->valid_to == 0 || place->valid_to >= from);
}

/* A reference of the body's table; 0 is the author. NULL: not in the tree. */
static struct rc_place *unit_at(const struct sheet *sheet, uint32_t reference)
{
    struct lt_unit unit;
    if (reference == 0)
        return sheet->change->author;
    const Lienthong__Unit *said = sheet->body->units[reference - 1];
    if (lt_unit_make(said->code, said->valid_from, &unit) != LT_OK)
        return NULL;
    return rc_place(sheet->recount, &unit);
}

int rc_named_unit(const struct sheet *sheet, uint32_t reference, struct rc_place **ret_place)
{
    *ret_place = unit_at(sheet, reference);
    if (*ret_place == NULL)
        return LT_V_UNKNOWN_UNIT;
    return lived(sheet->recount, *ret_place, sheet->unit_from, sheet->to) ? LT_COUNTS
                                                                          : LT_V_UNIT_DATE;
}

/* ---- Periods ---- */

void rc_then_year(struct sheet *sheet, int year)
{
    sheet->from = rc_day_of(year, 1, 1);
    sheet->to = sheet->unit_from = rc_day_of(year, 12, 31);
}

static bool years_period(struct sheet *sheet, const Lienthong__Period *period)
{
    struct rc_fact *fact = sheet->fact;
    if (!rc_good_year(period->to))
        return false;
    fact->year = (int)period->to;
    switch ((int)period->kind) {
    case LIENTHONG__PERIOD_KIND__PERIOD_YEAR:
        rc_then_year(sheet, fact->year);
        return true;
    case LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR:
        sheet->from = sheet->unit_from = rc_day_of(fact->year - 1, 9, 1);
        sheet->to = rc_day_of(fact->year, 8, 31);
        if (sheet->recount->mistake == RECOUNT_SCHOOL_YEAR_BEFORE)
            fact->year--;
        return true;
    case LIENTHONG__PERIOD_KIND__PERIOD_SPAN:
        if (!rc_good_year(period->from) || period->from >= period->to)
            return false;
        fact->span_from = (int)period->from;
        sheet->from = sheet->unit_from = rc_day_of(fact->span_from, 1, 1);
        sheet->to = rc_day_of(fact->year, 12, 31);
        return true;
    default:
        return false;
    }
}

/* Months, quarters and halves: of declarations only. */
bool rc_part_period(struct sheet *sheet, const Lienthong__Period *period)
{
    const unsigned parts = period->kind == LIENTHONG__PERIOD_KIND__PERIOD_MONTH     ? 12
                           : period->kind == LIENTHONG__PERIOD_KIND__PERIOD_QUARTER ? 4
                           : period->kind == LIENTHONG__PERIOD_KIND__PERIOD_HALF    ? 2
                                                                                    : 0;
    if (parts == 0 || !rc_good_year(period->to) || period->from < 1 || period->from > parts)
        return false;
    sheet->fact->year = (int)period->to;
    sheet->fact->month = (int)(period->from * (12 / parts)); /* its last */
    return true;
}

/* What of a period goes into a scope's key: 5 bytes in the protocol, words here. `date` stands when there is
 * none. False: neither. */
bool rc_period_of(struct sheet *sheet, const Lienthong__Period *period, lt_day date,
                  const char **ret_key)
{
    struct rc_fact *fact = sheet->fact;
    struct pool *pool = sheet->recount->pool;
    if (period == NULL || period->kind == LIENTHONG__PERIOD_KIND__PERIOD_NONE) {
        fact->year = rc_year_of(date, NULL);
        sheet->from = sheet->to = sheet->unit_from = date;
        *ret_key = pool_text(pool, "date %d", (int)date);
        return date != 0;
    }
    if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_EVENT) {
        if (period->day == 0 || !rc_good_day(period->day))
            return false;
        fact->year = rc_year_of(period->day, &fact->month);
        sheet->from = sheet->to = sheet->unit_from = period->day;
        *ret_key = pool_text(pool, "event %d", (int)period->day);
        return true;
    }
    const bool good = years_period(sheet, period);
    *ret_key = pool_text(pool, "period %d %u %u", (int)period->kind, fact->span_from, period->to);
    return good;
}

/* ---- Titles, levels, reach ---- */

static int title_allows(const struct sheet *sheet, const char *code, int recipient, int level)
{
    int verdict = LT_V_UNKNOWN_CODE;
    for (size_t i = 0; i < sheet->recount->titles.count; i++) {
        const Lienthong__TitleEntry *title = sheet->recount->titles.items[i];
        bool recipients = title->n_recipients == 0, levels = title->n_levels == 0 || level == 0;
        if (strcmp(title->code, code) != 0 ||
            (title->valid_from != 0 && title->valid_from > sheet->to) ||
            (title->valid_to != 0 && title->valid_to < sheet->from))
            continue;
        for (size_t j = 0; j < title->n_recipients; j++)
            recipients = recipients || (int)title->recipients[j] == recipient ||
                         (recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE &&
                          title->recipients[j] == LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE);
        for (size_t j = 0; j < title->n_levels; j++)
            levels = levels || (int)title->levels[j] == level;
        if (recipients && levels)
            return LT_COUNTS;
        if (recipients)
            verdict = LT_V_LEVEL;
        else if (verdict == LT_V_UNKNOWN_CODE)
            verdict = LT_V_RECIPIENT;
    }
    return verdict;
}

static int level_of_unit(const struct rc_place *place)
{
    static const int levels[] = {0, 1, 3, 4, 5, 6}; /* nation is STATE, province PROVINCE … */
    return levels[place->level];
}

static int derived_level(const struct rc_place *authority, const char *text)
{
    if (authority == NULL)
        return strcmp(text, "CTN") == 0 || strcmp(text, "CP") == 0 || strcmp(text, "TTG") == 0
                   ? LIENTHONG__LEVEL__LEVEL_STATE
                   : LIENTHONG__LEVEL__LEVEL_MINISTRY;
    const bool nation = authority->level == LT_UNIT_NATION;
    if (authority->nature == LIENTHONG__NATURE__NATURE_ADMINISTRATIVE)
        return level_of_unit(authority);
    return nation ? LIENTHONG__LEVEL__LEVEL_MINISTRY : LIENTHONG__LEVEL__LEVEL_BASE;
}

/* As stated, else derived; never above the unit's own. False: it would be. */
bool rc_level_of(int stated, const struct rc_place *authority, const char *text, int *ret_level)
{
    *ret_level = stated != 0 ? stated : derived_level(authority, text);
    return authority == NULL || *ret_level >= level_of_unit(authority);
}

bool rc_may_speak(const struct sheet *sheet, const struct rc_place *place)
{
    return rc_reach(sheet->recount, place, sheet->change->author);
}

bool rc_beside(const struct sheet *sheet, const struct rc_place *place)
{
    const struct rc_place *author = sheet->change->author;
    return place->parent != NULL && place->parent == author->parent;
}

/* A place outside the authority's unit counts at the authority's. */
void rc_settle_place(const struct sheet *sheet)
{
    struct rc_fact *fact = sheet->fact;
    if (fact->authority != NULL && !rc_within(fact->place, fact->authority)) {
        fact->outside = true;
        if (sheet->recount->mistake != RECOUNT_OUTSIDE_AT_HOME)
            fact->place = fact->authority;
    }
}

bool rc_fill_quantity(const struct sheet *sheet, uint64_t quantity)
{
    sheet->fact->total = quantity != 0;
    sheet->fact->quantity = quantity == 0 ? 1 : (int64_t)quantity;
    return quantity <= 300000000;
}

/* ---- Scopes ---- */

int rc_one_collective(int recipient)
{
    return recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE
               ? LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE
               : recipient;
}

const char *rc_who(const struct sheet *sheet, const char *text)
{
    const struct rc_place *authority = sheet->fact->authority;
    return authority != NULL
               ? pool_text(sheet->recount->pool, "unit %s", authority->text)
               : pool_text(sheet->recount->pool, "outside %s", rc_fold_code(sheet->recount, text));
}

static void scope_of_award(const struct sheet *sheet, const char *authority, const char *number,
                           lt_day date, const char *period)
{
    struct rc_fact *fact = sheet->fact;
    struct recount *recount = sheet->recount;
    const char *folded = rc_fold_number(recount, number, date == 0 ? 0 : rc_year_of(date, NULL));
    if (folded[0] != '\0')
        fact->scope = pool_text(recount->pool, "%d|%s|date %d|%s|%s|%d", fact->kind, authority,
                                (int)date, folded, fact->code, rc_one_collective(fact->recipient));
    else
        fact->scope = pool_text(recount->pool, "%d|%s|%s||%s|%d|%s|%d", fact->kind, authority,
                                period, fact->code, rc_one_collective(fact->recipient),
                                rc_fold_name(recount, fact->movement), fact->type);
}

/* ---- Kinds ---- */

static int award_parties(struct sheet *sheet, const Lienthong__Award *award,
                         const Lienthong__Decision *decision)
{
    struct rc_fact *fact = sheet->fact;
    const char *text = decision == NULL ? "" : decision->authority;
    const bool outside = decision != NULL && decision->unit == 0 && text[0] != '\0';
    int verdict = LT_COUNTS;
    if (!outside)
        verdict = rc_named_unit(sheet, decision == NULL ? 0 : decision->unit, &fact->authority);
    if (verdict != LT_COUNTS)
        return verdict;
    if (!rc_level_of(decision == NULL ? 0 : (int)decision->level, fact->authority, text,
                     &fact->level))
        return LT_V_LEVEL;
    verdict = rc_named_unit(sheet, award->place, &fact->place);
    if (verdict == LT_COUNTS)
        verdict = title_allows(sheet, award->code, fact->recipient, fact->level);
    if (verdict != LT_COUNTS)
        return verdict;
    if (!rc_fill_quantity(sheet, award->quantity))
        return LT_V_QUANTITY;
    return rc_may_speak(sheet, fact->place) ||
                   (fact->authority != NULL && rc_may_speak(sheet, fact->authority))
               ? LT_COUNTS
               : LT_V_REACH;
}

static void award_dimensions(struct rc_fact *fact, const Lienthong__Award *award)
{
    const bool person = fact->recipient == LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
    const int submitted = award->submitted_by == LIENTHONG__LEVEL__LEVEL_MINISTRY   ? 1
                          : award->submitted_by == LIENTHONG__LEVEL__LEVEL_PROVINCE ? 2
                                                                                    : 0;
    fact->type = (int)award->type;
    fact->category = person ? (int)award->category : 0;
    fact->sex = person ? (int)award->sex : 0;
    fact->status =
        award->status == LIENTHONG__STATUS__STATUS_REVOKED ? LT_STATUS_REVOKED : LT_STATUS_DECIDED;
    fact->detail = lt_detail_award((uint8_t)submitted, award->posthumous);
    fact->code = award->code;
    fact->field = award->field;
    fact->movement = award->movement;
}

static int judge_award(struct sheet *sheet, const Lienthong__Award *award)
{
    struct rc_fact *fact = sheet->fact;
    const Lienthong__Decision *decision =
        award->decision == 0 ? NULL : sheet->body->decisions[award->decision - 1];
    const lt_day date = decision == NULL ? 0 : decision->date;
    const char *period;
    fact->kind = LT_KIND_AWARD;
    fact->recipient = (int)award->recipient;
    if (fact->recipient == 0)
        return LT_V_MISSING;
    if (date != 0 && !rc_good_day(date))
        return LT_V_DATE;
    if (!rc_period_of(sheet, award->period, date, &period))
        return LT_V_PERIOD;
    if (date != 0) {
        fact->decided_year = rc_year_of(date, &fact->month);
        sheet->from = sheet->to = sheet->unit_from = date;
    }
    const int verdict = award_parties(sheet, award, decision);
    if (verdict != LT_COUNTS)
        return verdict;
    award_dimensions(fact, award);
    const char *authority = rc_who(sheet, decision == NULL ? "" : decision->authority);
    rc_settle_place(sheet);
    scope_of_award(sheet, authority, decision == NULL ? "" : decision->number, date, period);
    return LT_COUNTS;
}

static int judge_proposal(struct sheet *sheet, const Lienthong__Proposal *proposal)
{
    static const int outcomes[] = {LT_STATUS_PENDING, LT_STATUS_GRANTED, LT_STATUS_REFUSED};
    struct rc_fact *fact = sheet->fact;
    const char *period;
    fact->kind = LT_KIND_PROPOSAL;
    fact->recipient = (int)proposal->recipient;
    if (fact->recipient == 0)
        return LT_V_MISSING;
    const Lienthong__Decision *answer =
        proposal->decision == 0 ? NULL : sheet->body->decisions[proposal->decision - 1];
    const lt_day answered = answer == NULL ? 0 : answer->date;
    if ((proposal->date != 0 && !rc_good_day(proposal->date)) ||
        (answered != 0 && !rc_good_day(answered)))
        return LT_V_DATE;
    if (!rc_period_of(sheet, proposal->period, proposal->date, &period))
        return LT_V_PERIOD;
    if (proposal->date != 0) {
        const bool same = rc_year_of(proposal->date, &fact->month) == fact->year;
        fact->month = same && fact->span_from == 0 ? fact->month : 0;
        sheet->from = sheet->to = sheet->unit_from = proposal->date;
    }
    if (answered != 0)
        fact->decided_year = rc_year_of(answered, &fact->month);
    int verdict = rc_named_unit(sheet, proposal->submitter, &fact->authority);
    if (verdict == LT_COUNTS)
        verdict = rc_named_unit(sheet, proposal->place, &fact->place);
    if (verdict == LT_COUNTS)
        verdict = title_allows(sheet, proposal->code, fact->recipient, 0);
    if (verdict != LT_COUNTS)
        return verdict;
    if (!rc_fill_quantity(sheet, proposal->quantity))
        return LT_V_QUANTITY;
    if (!rc_may_speak(sheet, fact->place) && !rc_may_speak(sheet, fact->authority))
        return LT_V_REACH;
    rc_level_of(0, fact->authority, "", &fact->level);
    fact->type = (int)proposal->type;
    fact->status = outcomes[proposal->outcome];
    fact->code = proposal->code;
    fact->field = proposal->field;
    fact->movement = proposal->movement;
    const char *authority = rc_who(sheet, "");
    rc_settle_place(sheet);
    scope_of_award(sheet, authority, proposal->number, proposal->date, period);
    return LT_COUNTS;
}

int rc_judge(struct recount *recount, struct rc_change *change)
{
    const Lienthong__ReportBody *body = change->update->report;
    const Lienthong__Change *said = body->changes[change->index];
    struct sheet sheet = {
        .recount = recount, .change = change, .body = body, .fact = &change->fact};
    sheet.fact->nature = change->author->nature;
    sheet.fact->code = sheet.fact->field = sheet.fact->movement = "";
    if (lt_report_unknown(body, change->index))
        return LT_V_UNKNOWN_FIELDS;
    if (said->award != NULL)
        return judge_award(&sheet, said->award);
    if (said->proposal != NULL)
        return judge_proposal(&sheet, said->proposal);
    if (said->movement != NULL)
        return rc_judge_movement(&sheet, said->movement);
    if (said->pledge != NULL)
        return rc_judge_pledge(&sheet, said->pledge);
    if (said->score != NULL)
        return rc_judge_score(&sheet, said->score);
    if (said->exemplar != NULL)
        return rc_judge_exemplar(&sheet, said->exemplar);
    if (said->declaration != NULL)
        return rc_judge_declaration(&sheet, said->declaration);
    return LT_COUNTS;
}
