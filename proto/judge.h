/* judge.h - the record rules: what one change says, resolved against the book, or why it cannot count.
 *
 * A pure function of (change, author, book): no rule compares a date with now. Bounds and shape were
 * checked by lt_report_read; here it is the meaning. Rules version 1. Any thread while nobody writes
 * the book. */
#ifndef LT_JUDGE_H
#define LT_JUDGE_H

#include "proto/rules.h"

enum lt_kind {
    LT_KIND_AWARD = 1,
    LT_KIND_PROPOSAL,
    LT_KIND_MOVEMENT,
    LT_KIND_PLEDGE,
    LT_KIND_SCORE,
    LT_KIND_EXEMPLAR,
    LT_KIND_DECLARATION,
};

/* Why a change is quarantined; a sentence each (lt_verdict_text). */
#define LT_VERDICTS(X)                                                                             \
    X(LT_COUNTS, "it counts")                                                                      \
    X(LT_V_UNKNOWN_FIELDS, "it has fields that this version of the rules does not know")           \
    X(LT_V_NEWER_BODY, "its body is of a newer version")                                           \
    X(LT_V_UNKNOWN_CODE, "the catalogue has no such title or form on that date")                   \
    X(LT_V_RECIPIENT, "the title is not for this kind of recipient")                               \
    X(LT_V_LEVEL, "the title is not decided at this level")                                        \
    X(LT_V_UNKNOWN_UNIT, "the tree has no such unit")                                              \
    X(LT_V_UNIT_DATE, "the unit did not exist at that time")                                       \
    X(LT_V_REACH, "neither the authority nor the recipient is within the author's reach")          \
    X(LT_V_PERIOD, "the period is missing or impossible")                                          \
    X(LT_V_DATE, "the date is impossible")                                                         \
    X(LT_V_QUANTITY, "the quantity is impossible")                                                 \
    X(LT_V_MISSING, "something that the kind of record needs is missing")                          \
    X(LT_V_KIND_CHANGED, "the change would make another kind of record of it")                     \
    X(LT_V_UNKNOWN_RECORD, "it corrects a record that its author's chain does not hold before it") \
    X(LT_V_REVOKED, "its key was revoked and it lies outside the cut")                             \
    X(LT_V_CLOSED, "its unit's chain was closed and it lies outside the cut")
#define LT_VERDICT_ENUM(name, text) name,
enum lt_verdict { LT_VERDICTS(LT_VERDICT_ENUM) };
#undef LT_VERDICT_ENUM
const char *lt_verdict_text(enum lt_verdict verdict);

/* The status dimension. Awards and proposals: what became of them. Movements: launched, or carried on in
 * response to one from above. Declarations: complete with totals, or nothing to report. */
enum lt_status {
    LT_STATUS_DECIDED = 1,
    LT_STATUS_REVOKED,
    LT_STATUS_PENDING,
    LT_STATUS_GRANTED,
    LT_STATUS_REFUSED,
    LT_STATUS_LAUNCH,
    LT_STATUS_RESPONSE,
    LT_STATUS_COMPLETE,
    LT_STATUS_NIL,
};

/* What a counting change says, resolved. Strings are borrowed from the body or the book; never NULL,
 * "" when not stated. */
struct lt_fact {
    enum lt_kind kind;
    const struct lt_place *author;
    const struct lt_place
        *place; /* where it counts: the recipient's unit, or the authority's when outside */
    const struct lt_place
        *authority; /* who decided / launched / manages / submitted; NULL: outside the tree */
    const char *authority_code; /* set when authority is NULL */
    bool outside; /* the recipient is not within the authority's subtree */
    /* periods: of the achievement, and of the decision (0: not stated) */
    int16_t year; /* 0: none */
    int16_t span_from; /* 0 unless a span of years: then span_from..year */
    int16_t decided_year;
    uint8_t month; /* of the decision, or of the event; 0: not stated */
    uint8_t level, type, recipient, category, sex, nature; /* wire enums; recipient as told */
    uint8_t status; /* enum lt_status */
    uint8_t detail; /* of the kind, below */
    const char *code, *field, *movement;
    bool stated_total; /* a quantity without names */
    uint64_t quantity; /* 1 for a named line */
    uint8_t scope[32]; /* see merge.h */
};

/* `detail` packs what only one kind has. Awards: who submitted, whether posthumous. Movements: scope
 * (Lienthong__MovementScope), length, method. */
enum lt_submitted { LT_SUBMITTED_MINISTRY = 1, LT_SUBMITTED_PROVINCE };
enum lt_length { /* of a movement by its days; 0: not known */
                 LT_LENGTH_UNDER_1 = 1, /* year */
                 LT_LENGTH_1,
                 LT_LENGTH_1_TO_3,
                 LT_LENGTH_3_TO_5,
                 LT_LENGTH_5_AND_OVER,
};
enum lt_method { LT_METHOD_THEMATIC = 1, LT_METHOD_REGULAR };
uint8_t lt_detail_award(uint8_t submitted, bool posthumous);
uint8_t lt_detail_movement(uint8_t scope, uint8_t length, uint8_t method);
/* 0 when the kind has none. */
uint8_t lt_detail_submitted(uint8_t kind, uint8_t detail);
uint8_t lt_detail_posthumous(uint8_t kind, uint8_t detail); /* 1: it is */
uint8_t lt_detail_scope(uint8_t kind, uint8_t detail);
uint8_t lt_detail_length(uint8_t kind, uint8_t detail);
uint8_t lt_detail_method(uint8_t kind, uint8_t detail);

/* The rules, beside the verdicts:
 *  - An award's authority is its decision's unit, else the code of one outside of the tree (CTN, CP, TTG,
 *    a ministry), else the author. A level that is not stated is derived from the authority: STATE for
 *    CTN, CP, TTG and the nation's unit, MINISTRY for other codes and other offices of the nation, the
 *    unit's own for administrative units, BASE for the rest. Nobody decides above its unit's level.
 *  - A unit must have existed on the decision's date, else on the period's last day; for a span or a
 *    school year (1 September to 31 August) on some day of it. A title must be valid on the decision's
 *    date, else on some day of the period.
 *  - Reach. What is within the author's unit, or has come down to it by main successions, is the author's.
 *    Award, proposal: the authority (submitter) or the place is within the author's unit. Movement:
 *    the launcher is. Score: the member is, or the managing unit is, or member and author have the same
 *    parent. Pledge: the lead is, or lead and author have the same parent (it counts at the lead), or the
 *    author or a unit below it is a member (it counts at the author). Exemplar: the place is. Declaration: always.
 *  - A cluster that the book has for the year has its managing unit for authority, whatever was told; its
 *    lead tells the scores of all members, and its pledge counts at the lead.
 *  - A place that is not within the authority's unit counts at the authority's, `outside` (awards,
 *    proposals, scores); never when the authority is outside of the tree.
 *  - Categories and sexes are kept for individuals only. */
/* Judges change `index` of a body read by lt_report_read. `author` is the chain's unit in the book.
 * Returns LT_COUNTS and fills *ret_fact, or the reason. Retractions and withdrawals are LT_COUNTS
 * with kind 0. */
enum lt_verdict lt_judge(const struct lt_book *book, const struct lt_place *author,
                         const Lienthong__ReportBody *body, uint32_t index,
                         struct lt_fact *ret_fact);

/* A decision number for comparing: upper-case ASCII letters and digits; Đ ð Ð đ as D; the rest dropped.
 * "15/QĐ-UBND", " 15/QÐ-UBND " and "15/qđ-ubnd" agree. Writes at most `max` bytes with the NUL. */
void lt_fold_number(const char *number, char *ret_folded, size_t max);

/* Spellings of the enumerations as dimension values, both ways: "collective", "individual", "province" … */
const char *lt_level_name(uint8_t level); /* state ministry province district commune base */
const char *lt_type_name(
    uint8_t type); /* merit movement thematic ad_hoc contribution tenure external resistance */
const char *lt_recipient_name(uint8_t recipient); /* collective enterprise household individual */
const char *
lt_category_name(uint8_t category); /* leader_province leader_department business manager worker */
const char *lt_sex_name(uint8_t sex); /* female male */
const char *lt_status_name(
    uint8_t status); /* decided revoked pending granted refused launch response complete nil */
const char *
lt_nature_name(uint8_t nature); /* administrative agency school enterprise organisation forces */
const char *
lt_kind_name(uint8_t kind); /* award proposal movement pledge score exemplar declaration */
const char *lt_submitted_name(uint8_t submitted); /* ministry province */
const char *lt_posthumous_name(uint8_t posthumous); /* posthumous */
const char *lt_scope_name(uint8_t scope); /* national locality cluster unit */
const char *lt_length_name(uint8_t length); /* under_1 1 1_to_3 3_to_5 5_and_over */
const char *lt_method_name(uint8_t method); /* thematic regular */
const char *lt_unit_level_name(uint8_t level); /* nation province district commune base */
/* "" for 0, NULL beyond the list. The value of a name in one of these lists; 0: none. `name_of` is one of the functions above. */
uint8_t lt_name_value(const char *(*name_of)(uint8_t), const char *name);

#endif
