#include <string.h>

#include "proto/judge_inner.h"

#define VERDICT_TEXT(name, text) [name] = (text),

const char *lt_verdict_text(enum lt_verdict verdict)
{
    static const char *const texts[] = {LT_VERDICTS(VERDICT_TEXT)};
    return (unsigned)verdict < sizeof(texts) / sizeof(texts[0]) ? texts[verdict]
                                                                : "unknown verdict";
}

/* An authority that is no unit of the tree. */
static uint8_t level_of_code(const char *code)
{
    static const char *const state[] = {"CTN", "CP", "TTG"};
    for (size_t i = 0; i < sizeof(state) / sizeof(state[0]); i++) {
        if (strcmp(state[i], code) == 0)
            return LIENTHONG__LEVEL__LEVEL_STATE;
    }
    return LIENTHONG__LEVEL__LEVEL_MINISTRY;
}

/* Who decided, and at which level. */
static enum lt_verdict judge_authority(struct matter *matter, const Lienthong__Decision *decision)
{
    struct lt_fact *fact = &matter->fact;
    const int told = decision != NULL ? (int)decision->level : 0;
    if (decision != NULL && decision->unit == 0 && decision->authority[0] != '\0') {
        fact->authority_code = decision->authority;
        fact->level = told != 0 ? (uint8_t)told : level_of_code(decision->authority);
        return LT_COUNTS;
    }
    enum lt_verdict verdict =
        lt_rule_unit(matter, decision != NULL ? decision->unit : 0, &fact->authority);
    if (verdict == LT_COUNTS)
        verdict = lt_rule_existed(matter, fact->authority);
    if (verdict != LT_COUNTS)
        return verdict;
    fact->level = told != 0 ? (uint8_t)told : lt_rule_level_of(fact->authority);
    return lt_rule_level_ok(fact->authority, fact->level) ? LT_COUNTS : LT_V_LEVEL;
}

static enum lt_verdict judge_place(struct matter *matter, uint32_t reference)
{
    enum lt_verdict verdict = lt_rule_unit(matter, reference, &matter->fact.place);
    return verdict == LT_COUNTS ? lt_rule_existed(matter, matter->fact.place) : verdict;
}

/* Authority or place within reach; then where it counts. */
static enum lt_verdict judge_reach(struct matter *matter)
{
    const struct lt_fact *fact = &matter->fact;
    if (!(fact->authority != NULL && lt_rule_reaches(matter, fact->authority)) &&
        !lt_rule_reaches(matter, fact->place))
        return LT_V_REACH;
    lt_rule_outside(matter);
    return LT_COUNTS;
}

static void take_when(struct matter *matter)
{
    matter->fact.year = matter->when.year;
    matter->fact.span_from = matter->when.span_from;
    matter->fact.month = matter->when.month;
}

static int16_t year_of(lt_day date)
{
    uint8_t month;
    return (int16_t)(date != 0 ? lt_rule_year_of(date, &month) : 0);
}

static uint8_t submitted_of(const Lienthong__Award *award)
{
    return award->submitted_by == LIENTHONG__LEVEL__LEVEL_MINISTRY   ? LT_SUBMITTED_MINISTRY
           : award->submitted_by == LIENTHONG__LEVEL__LEVEL_PROVINCE ? LT_SUBMITTED_PROVINCE
                                                                     : 0;
}

enum lt_verdict lt_judge_award(struct matter *matter, const Lienthong__Award *award)
{
    struct lt_fact *fact = &matter->fact;
    const Lienthong__Decision *decision = lt_rule_decision(matter, award->decision);
    const lt_day date = decision != NULL ? decision->date : 0;
    if (award->recipient == LIENTHONG__RECIPIENT__RECIPIENT_NONE)
        return LT_V_MISSING;
    enum lt_verdict verdict = lt_rule_when(award->period, date, &matter->when);
    if (verdict == LT_COUNTS)
        verdict = judge_authority(matter, decision);
    if (verdict == LT_COUNTS)
        verdict = judge_place(matter, award->place);
    if (verdict == LT_COUNTS)
        verdict = lt_rule_title(matter, award->code, (uint8_t)award->recipient, fact->level);
    if (verdict == LT_COUNTS)
        verdict = lt_rule_quantity(matter, award->quantity);
    if (verdict == LT_COUNTS)
        verdict = judge_reach(matter);
    if (verdict != LT_COUNTS)
        return verdict;
    take_when(matter);
    fact->kind = LT_KIND_AWARD;
    fact->decided_year = year_of(date);
    fact->type = (uint8_t)award->type;
    fact->recipient = (uint8_t)award->recipient;
    if (award->recipient == LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL) {
        fact->category = (uint8_t)award->category;
        fact->sex = (uint8_t)award->sex;
    }
    fact->status =
        award->status == LIENTHONG__STATUS__STATUS_REVOKED ? LT_STATUS_REVOKED : LT_STATUS_DECIDED;
    fact->detail = lt_detail_award(submitted_of(award), award->posthumous);
    fact->code = award->code;
    fact->field = award->field;
    fact->movement = award->movement;
    lt_scope_decision(matter, decision, award->period);
    return LT_COUNTS;
}

/* Of the decision that answered it, else of its own date, when that is of the year. */
static uint8_t proposal_month(const struct when *when, lt_day date, lt_day answered)
{
    uint8_t month = when->month;
    if (answered != 0)
        lt_rule_year_of(answered, &month);
    else if (date != 0 && (when->span_from != 0 || year_of(date) != when->year))
        return 0;
    return month;
}

enum lt_verdict lt_judge_proposal(struct matter *matter, const Lienthong__Proposal *proposal)
{
    static const uint8_t outcomes[] = {LT_STATUS_PENDING, LT_STATUS_GRANTED, LT_STATUS_REFUSED};
    struct lt_fact *fact = &matter->fact;
    const Lienthong__Decision *decision = lt_rule_decision(matter, proposal->decision);
    if (proposal->recipient == LIENTHONG__RECIPIENT__RECIPIENT_NONE)
        return LT_V_MISSING;
    if (decision != NULL && decision->date != 0 && !lt_rule_day_ok(decision->date))
        return LT_V_DATE;
    enum lt_verdict verdict = lt_rule_when(proposal->period, proposal->date, &matter->when);
    if (verdict == LT_COUNTS)
        verdict = lt_rule_unit(matter, proposal->submitter, &fact->authority);
    if (verdict == LT_COUNTS)
        verdict = lt_rule_existed(matter, fact->authority);
    if (verdict == LT_COUNTS)
        verdict = judge_place(matter, proposal->place);
    if (verdict == LT_COUNTS)
        verdict = lt_rule_title(matter, proposal->code, (uint8_t)proposal->recipient, 0);
    if (verdict == LT_COUNTS)
        verdict = lt_rule_quantity(matter, proposal->quantity);
    if (verdict == LT_COUNTS)
        verdict = judge_reach(matter);
    if (verdict != LT_COUNTS)
        return verdict;
    take_when(matter);
    fact->kind = LT_KIND_PROPOSAL;
    const lt_day answered = decision != NULL ? decision->date : 0;
    fact->decided_year = year_of(answered);
    fact->month = proposal_month(&matter->when, proposal->date, answered);
    fact->level = lt_rule_level_of(fact->authority);
    fact->type = (uint8_t)proposal->type;
    fact->recipient = (uint8_t)proposal->recipient;
    fact->status = outcomes[proposal->outcome];
    fact->code = proposal->code;
    fact->field = proposal->field;
    fact->movement = proposal->movement;
    lt_scope_proposal(matter, proposal);
    return LT_COUNTS;
}

static enum lt_verdict judge_put(struct matter *matter, const Lienthong__Change *change)
{
    if (change->award != NULL)
        return lt_judge_award(matter, change->award);
    if (change->proposal != NULL)
        return lt_judge_proposal(matter, change->proposal);
    if (change->movement != NULL)
        return lt_judge_movement(matter, change->movement);
    if (change->pledge != NULL)
        return lt_judge_pledge(matter, change->pledge);
    if (change->score != NULL)
        return lt_judge_score(matter, change->score);
    if (change->exemplar != NULL)
        return lt_judge_exemplar(matter, change->exemplar);
    if (change->declaration != NULL)
        return lt_judge_declaration(matter, change->declaration);
    return LT_V_UNKNOWN_FIELDS; /* a kind of a later version */
}

enum lt_verdict lt_judge(const struct lt_book *book, const struct lt_place *author,
                         const Lienthong__ReportBody *body, uint32_t index,
                         struct lt_fact *ret_fact)
{
    const Lienthong__Change *change = body->changes[index];
    struct matter matter = {.book = book, .author = author, .body = body};
    struct lt_fact *fact = &matter.fact;
    fact->author = author;
    fact->place = author;
    fact->nature = author->nature;
    fact->authority_code = fact->code = fact->field = fact->movement = "";
    if (lt_report_unknown(body, index))
        return LT_V_UNKNOWN_FIELDS; /* so no value of an enumeration is unknown from here on */
    if (change->op == LIENTHONG__OP__OP_PUT) {
        enum lt_verdict verdict = judge_put(&matter, change);
        if (verdict != LT_COUNTS)
            return verdict;
    }
    *ret_fact = matter.fact;
    return LT_COUNTS;
}
