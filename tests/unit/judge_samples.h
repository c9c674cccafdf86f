/* judge_samples.h - bodies of one change over the sample tree, for the tests of the record rules. */
#ifndef LT_JUDGE_SAMPLES_H
#define LT_JUDGE_SAMPLES_H

#include "tests/unit/rules_samples.h"

/* A body of one change, with tables that tests fill as they need. */
struct sheet {
    Lienthong__ReportBody body;
    Lienthong__Change change, *changes[1];
    Lienthong__Award award;
    Lienthong__Proposal proposal;
    Lienthong__Movement movement;
    Lienthong__Pledge pledge;
    Lienthong__Score score;
    Lienthong__Exemplar exemplar;
    Lienthong__Declaration declaration;
    Lienthong__Period period;
    Lienthong__Decision decision, *decisions[1];
    Lienthong__Unit units[8], *unit_list[8];
    struct lt_unit made[8];
    uint32_t members[4];
    Lienthong__ControlTotal total, *totals[1];
};

static inline void sheet_start(struct sheet *sheet)
{
    memset(sheet, 0, sizeof(*sheet));
    lienthong__report_body__init(&sheet->body);
    lienthong__change__init(&sheet->change);
    lienthong__award__init(&sheet->award);
    lienthong__proposal__init(&sheet->proposal);
    lienthong__movement__init(&sheet->movement);
    lienthong__pledge__init(&sheet->pledge);
    lienthong__score__init(&sheet->score);
    lienthong__exemplar__init(&sheet->exemplar);
    lienthong__declaration__init(&sheet->declaration);
    lienthong__period__init(&sheet->period);
    lienthong__decision__init(&sheet->decision);
    lienthong__control_total__init(&sheet->total);
    sheet->changes[0] = &sheet->change;
    sheet->body.changes = sheet->changes;
    sheet->body.n_changes = 1;
    sheet->decisions[0] = &sheet->decision;
    sheet->body.decisions = sheet->decisions;
    sheet->body.n_decisions = 1;
    sheet->body.units = sheet->unit_list;
    sheet->totals[0] = &sheet->total;
}

/* The reference of a unit in the sheet's table. */
static inline uint32_t ref(struct sheet *sheet, const char *text)
{
    const size_t at = sheet->body.n_units++;
    assert_true(at < 8);
    sheet->made[at] = unit_at(text);
    lienthong__unit__init(&sheet->units[at]);
    sheet->units[at].code = sheet->made[at].code;
    sheet->units[at].valid_from = sheet->made[at].valid_from;
    sheet->unit_list[at] = &sheet->units[at];
    return (uint32_t)at + 1;
}

/* GK of 2020 by the district 807 for one person in 28111. */
static inline void sheet_award(struct sheet *sheet)
{
    sheet_start(sheet);
    sheet->change.award = &sheet->award;
    sheet->award.code = (char *)(uintptr_t) "GK";
    sheet->award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
    sheet->award.type = LIENTHONG__AWARD_TYPE__TYPE_MERIT;
    sheet->award.decision = 1;
    sheet->award.period = &sheet->period;
    sheet->award.place = ref(sheet, "28111");
    sheet->decision.unit = ref(sheet, "807");
    sheet->decision.number = (char *)(uintptr_t) "15/QĐ-UBND";
    sheet->decision.date = day_at("2021-01-20");
    sheet->period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    sheet->period.to = 2020;
}

static inline char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static struct lt_book *book; /* the sample book, for all tests of a file */

static inline enum lt_verdict judged(struct sheet *sheet, const char *author,
                                     struct lt_fact *ret_fact)
{
    return lt_judge(book, place_of(book, author), &sheet->body, 0, ret_fact);
}

static inline void expect(struct sheet *sheet, const char *author, enum lt_verdict expected)
{
    struct lt_fact fact;
    memset(&fact, 0x5a, sizeof(fact));
    const enum lt_verdict verdict = judged(sheet, author, &fact);
    if (verdict != expected)
        fail_msg("%s, not %s", lt_verdict_text(verdict), lt_verdict_text(expected));
    if (expected != LT_COUNTS)
        assert_int_equal(fact.scope[5], 0x5a); /* untouched */
}

static inline int setup(void **state)
{
    (void)state;
    book = sample_book();
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    lt_book_free(book);
    return 0;
}

#endif
