/* The record rules at their edges: values that this build does not know anywhere in a record, levels that no unit has, lengths
 * of movements to the day, clusters by who tells of them, totals of declarations; and verdicts' sentences. */
#include "tests/unit/judge_samples.h"
#include "tests/unit/standing_samples.h"

/* ---- What a later version says ---- */

static void expect_unknown(struct sheet *sheet, ProtobufCMessage *part)
{
    struct lt_fact fact;
    part->n_unknown_fields = 1;
    assert_true(lt_report_unknown(&sheet->body, 0));
    assert_int_equal(judged(sheet, "807", &fact), LT_V_UNKNOWN_FIELDS);
    part->n_unknown_fields = 0;
    assert_false(lt_report_unknown(&sheet->body, 0));
}

static void expect_value_unknown(struct sheet *sheet, int *value, int last)
{
    struct lt_fact fact;
    const int was = *value, odd[] = {last + 1, INT32_MAX, -1, INT32_MIN};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        *value = odd[i];
        assert_true(lt_report_unknown(&sheet->body, 0));
        assert_int_equal(judged(sheet, "807", &fact), LT_V_UNKNOWN_FIELDS);
    }
    *value = last; /* the last one is known, whatever the record comes to with it */
    assert_false(lt_report_unknown(&sheet->body, 0));
    *value = was;
}
#define EXPECT_VALUE_UNKNOWN(sheet, field, last)                                                   \
    expect_value_unknown((sheet), (int *)(void *)&(field), (int)(last))

static void nothing_new_in_an_award_is_judged_half(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_award(&sheet);
    expect_unknown(&sheet, &sheet.body.base);
    expect_unknown(&sheet, &sheet.change.base);
    expect_unknown(&sheet, &sheet.award.base);
    expect_unknown(&sheet, &sheet.period.base);
    expect_unknown(&sheet, &sheet.decision.base);
    expect_unknown(&sheet, &sheet.units[sheet.award.place - 1].base);
    expect_unknown(&sheet, &sheet.units[sheet.decision.unit - 1].base);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.change.op, LIENTHONG__OP__OP_WITHDRAW);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.award.type, LIENTHONG__AWARD_TYPE__TYPE_RESISTANCE);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.award.recipient, LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.award.category, LIENTHONG__CATEGORY__CATEGORY_WORKER);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.award.sex, LIENTHONG__SEX__SEX_MALE);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.award.status, LIENTHONG__STATUS__STATUS_REVOKED);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.award.submitted_by, LIENTHONG__LEVEL__LEVEL_BASE);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.decision.level, LIENTHONG__LEVEL__LEVEL_BASE);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.period.kind, LIENTHONG__PERIOD_KIND__PERIOD_HALF);
}

static void nothing_new_in_a_proposal(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_award(&sheet);
    sheet.change.award = NULL;
    sheet.change.proposal = &sheet.proposal;
    sheet.proposal.period = &sheet.period;
    sheet.proposal.decision = 1;
    sheet.proposal.submitter = ref(&sheet, "807");
    sheet.proposal.place = ref(&sheet, "28111");
    expect_unknown(&sheet, &sheet.proposal.base);
    expect_unknown(&sheet, &sheet.period.base);
    expect_unknown(&sheet, &sheet.decision.base);
    expect_unknown(&sheet, &sheet.units[sheet.proposal.submitter - 1].base);
    expect_unknown(&sheet, &sheet.units[sheet.proposal.place - 1].base);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.proposal.type, LIENTHONG__AWARD_TYPE__TYPE_RESISTANCE);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.proposal.recipient,
                         LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.proposal.outcome, LIENTHONG__OUTCOME__OUTCOME_REFUSED);
}

static void nothing_new_in_what_is_told_without_a_decision(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_start(&sheet);
    sheet.change.movement = &sheet.movement;
    sheet.movement.launcher = ref(&sheet, "807");
    expect_unknown(&sheet, &sheet.movement.base);
    expect_unknown(&sheet, &sheet.units[sheet.movement.launcher - 1].base);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.movement.level, LIENTHONG__LEVEL__LEVEL_BASE);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.movement.scope, LIENTHONG__MOVEMENT_SCOPE__SCOPE_UNIT);
    sheet_start(&sheet);
    sheet.change.pledge = &sheet.pledge;
    sheet.pledge.lead = ref(&sheet, "807");
    sheet.members[0] = 0; /* nobody, and then somebody */
    sheet.members[1] = ref(&sheet, "808");
    sheet.pledge.members = sheet.members;
    sheet.pledge.n_members = 2;
    expect_unknown(&sheet, &sheet.pledge.base);
    expect_unknown(&sheet, &sheet.units[sheet.pledge.lead - 1].base);
    expect_unknown(&sheet, &sheet.units[sheet.members[1] - 1].base);
    sheet_start(&sheet);
    sheet.change.score = &sheet.score;
    sheet.score.member = ref(&sheet, "807");
    sheet.score.managing = ref(&sheet, "80");
    expect_unknown(&sheet, &sheet.score.base);
    expect_unknown(&sheet, &sheet.units[sheet.score.member - 1].base);
    expect_unknown(&sheet, &sheet.units[sheet.score.managing - 1].base);
    sheet_start(&sheet);
    sheet.change.exemplar = &sheet.exemplar;
    sheet.exemplar.period = &sheet.period;
    sheet.exemplar.place = ref(&sheet, "807");
    expect_unknown(&sheet, &sheet.exemplar.base);
    expect_unknown(&sheet, &sheet.period.base);
    expect_unknown(&sheet, &sheet.units[sheet.exemplar.place - 1].base);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.exemplar.recipient,
                         LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL);
    sheet_start(&sheet);
    sheet.change.declaration = &sheet.declaration;
    sheet.declaration.period = &sheet.period;
    sheet.declaration.totals = sheet.totals;
    sheet.declaration.n_totals = 1;
    expect_unknown(&sheet, &sheet.declaration.base);
    expect_unknown(&sheet, &sheet.period.base);
    expect_unknown(&sheet, &sheet.total.base);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.declaration.kind, LIENTHONG__RECORD_KIND__KIND_DECLARATION);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.total.kind, LIENTHONG__RECORD_KIND__KIND_DECLARATION);
    EXPECT_VALUE_UNKNOWN(&sheet, sheet.total.recipient, LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL);
}

/* What a retraction names may be of a later version too. */
static void nothing_new_in_a_records_name(void **state)
{
    (void)state;
    struct sheet sheet;
    Lienthong__RecordId record = LIENTHONG__RECORD_ID__INIT;
    sheet_start(&sheet);
    sheet.change.op = LIENTHONG__OP__OP_RETRACT;
    sheet.change.record = &record;
    expect_unknown(&sheet, &record.base);
    expect(&sheet, "807", LT_COUNTS);
}

/* ---- Units ---- */

/* A clerk's code is no code before he has been told so. */
static void a_code_that_is_none_is_an_unknown_unit(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_award(&sheet);
    static const char *const codes[] = {"", "1234567890123456", "28999"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        sheet.units[sheet.award.place - 1].code = text_of(codes[i]);
        expect(&sheet, "807", LT_V_UNKNOWN_UNIT);
    }
}

static void units_without_a_level_decide_at_the_lowest(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact fact;
    struct saying *saying = say("VN", 5, 1);
    say_unit(saying, "X0", "80", 0, "", "");
    say_unit(saying, "X6", "80", LT_UNIT_BASE + 1, "", "");
    say_unit(saying, "BNV", "VN", LT_UNIT_NATION, "", "")->nature =
        LIENTHONG__NATURE__NATURE_AGENCY;
    tell(book, saying);
    static const struct {
        const char *unit;
        Lienthong__Level level;
    } cases[] = {{"X0", LIENTHONG__LEVEL__LEVEL_BASE},
                 {"X6", LIENTHONG__LEVEL__LEVEL_BASE},
                 {"BNV", LIENTHONG__LEVEL__LEVEL_MINISTRY},
                 {"VN", LIENTHONG__LEVEL__LEVEL_STATE},
                 {"SO80", LIENTHONG__LEVEL__LEVEL_BASE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sheet_start(&sheet);
        sheet.change.movement = &sheet.movement;
        sheet.movement.name = text_of("Nông thôn mới");
        sheet.movement.year = 2020;
        assert_int_equal(judged(&sheet, cases[i].unit, &fact), LT_COUNTS);
        assert_int_equal(fact.level, cases[i].level);
    }
}

/* ---- Titles ---- */

/* Of a code's several entries the first reason is told, that of the level before that of the recipient. */
static void the_reason_is_of_the_entry_that_comes_nearest(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_award(&sheet);
    sheet.decision.date = 0;
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_SPAN;
    sheet.period.from = 2023;
    sheet.period.to = 2025; /* three entries of GK, and none for a household */
    sheet.award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_HOUSEHOLD;
    sheet.award.code = text_of("CSTD_CS");
    expect(&sheet, "80", LT_V_RECIPIENT);
    sheet.award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
    sheet.award.code = text_of("GK");
    sheet.decision.unit = ref(&sheet, "80");
    expect(&sheet, "80", LT_V_LEVEL);
}

/* ---- Movements ---- */

static uint8_t length_between(const char *from, const char *to)
{
    struct sheet sheet;
    struct lt_fact fact;
    sheet_start(&sheet);
    sheet.change.movement = &sheet.movement;
    sheet.movement.name = text_of("Nông thôn mới");
    sheet.movement.from = day_at(from);
    sheet.movement.to = day_at(to);
    assert_int_equal(judged(&sheet, "VN", &fact), LT_COUNTS);
    return lt_detail_length(LT_KIND_MOVEMENT, fact.detail);
}

static void movements_last_to_the_day(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        uint8_t length;
    } cases[] = {{"2020-02-28", "2021-02-26", LT_LENGTH_UNDER_1},
                 {"2020-02-28", "2021-02-27", LT_LENGTH_1},
                 {"2020-02-28", "2021-02-28", LT_LENGTH_1},
                 {"2020-02-28", "2021-03-01", LT_LENGTH_1_TO_3},
                 {"2020-02-29", "2021-02-26", LT_LENGTH_UNDER_1},
                 {"2020-02-29", "2021-02-27", LT_LENGTH_1},
                 {"2020-02-29", "2023-02-26", LT_LENGTH_1_TO_3},
                 {"2020-02-29", "2023-02-27", LT_LENGTH_3_TO_5},
                 {"2020-01-01", "2022-12-30", LT_LENGTH_1_TO_3},
                 {"2020-01-01", "2022-12-31", LT_LENGTH_3_TO_5},
                 {"2020-01-01", "2024-12-30", LT_LENGTH_3_TO_5},
                 {"2020-01-01", "2024-12-31", LT_LENGTH_5_AND_OVER},
                 {"2200-12-31", "2200-12-31", LT_LENGTH_UNDER_1},
                 {"2020-01-01", "", 0},
                 {"1945-01-01", "2200-12-31", LT_LENGTH_5_AND_OVER}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (length_between(cases[i].from, cases[i].to) != cases[i].length)
            fail_msg("%s to %s", cases[i].from, cases[i].to);
}

static void movements_have_possible_days(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_start(&sheet);
    sheet.change.movement = &sheet.movement;
    sheet.movement.code = text_of("NTM");
    sheet.movement.year = LT_YEAR_MIN;
    expect(&sheet, "VN", LT_COUNTS);
    sheet.movement.year--;
    expect(&sheet, "VN", LT_V_PERIOD);
    sheet.movement.year = LT_YEAR_MAX;
    expect(&sheet, "VN", LT_COUNTS);
    sheet.movement.year++;
    expect(&sheet, "VN", LT_V_PERIOD);
    sheet.movement.year = 2020;
    sheet.movement.from = day_at("1944-12-31");
    expect(&sheet, "VN", LT_V_DATE);
    sheet.movement.from = 0;
    sheet.movement.to = day_at("2200-12-31") + 1;
    expect(&sheet, "VN", LT_V_DATE);
    sheet.movement.to--;
    expect(&sheet, "VN", LT_COUNTS);
    sheet.movement.from = sheet.movement.to;
    expect(&sheet, "VN", LT_COUNTS); /* told for another year than it began in */
}

/* ---- Clusters ---- */

/* Of 2021: 808 leads, 807 and SO80 are members, 80 manages. Of 2022: nobody leads, and TH1 manages. */
static void say_clusters(void)
{
    struct saying *saying = say("VN", 6, 1);
    say_cluster(saying, "C21", "", "80", 2021, "808", "807 808 SO80");
    say_cluster(saying, "C22", "", "80", 2022, "", "807 808");
    say_cluster(saying, "C23", "", "80", 2023, "TH1", "807 28201");
    tell(book, saying);
}

static void a_pledge_is_told_by_who_is_in_it(void **state)
{
    (void)state;
    static const struct {
        const char *cluster, *author, *lead, *place;
        uint32_t year;
        enum lt_verdict verdict;
    } cases[] = {
        {"C21", "808", "30", "808", 2021,
         LT_COUNTS}, /* who leads it by the book, whatever he told */
        {"C21", "SO80", "30", "808", 2021, LT_COUNTS}, /* a member */
        {"C21", "28111", "30", "", 2021, LT_V_REACH}, /* nobody of it */
        {"C22", "807", "30", "807", 2022, LT_COUNTS}, /* a member where nobody leads: at himself */
        {"C22", "808", "807", "807", 2022, LT_COUNTS}, /* a sibling of who leads, as told */
        {"C9", "28111", "30", "", 2021, LT_V_REACH}, /* of a cluster that the book does not have */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sheet sheet;
        struct lt_fact fact;
        sheet_start(&sheet);
        sheet.change.pledge = &sheet.pledge;
        sheet.pledge.cluster = text_of(cases[i].cluster);
        sheet.pledge.year = cases[i].year;
        sheet.pledge.lead = ref(&sheet, cases[i].lead);
        const enum lt_verdict verdict = judged(&sheet, cases[i].author, &fact);
        if (verdict != cases[i].verdict)
            fail_msg("%zu: %s", i, lt_verdict_text(verdict));
        if (verdict != LT_COUNTS)
            continue;
        assert_ptr_equal(fact.place, place_of(book, cases[i].place));
        assert_ptr_equal(fact.authority, place_of(book, "80"));
    }
}

static void a_score_is_told_by_the_lead_of_members_only(void **state)
{
    (void)state;
    static const struct {
        const char *author, *member, *managing;
        enum lt_verdict verdict;
    } cases[] = {
        {"TH1", "28201", "30", LT_COUNTS}, /* leads, and it is a member */
        {"TH1", "28112", "30", LT_V_REACH}, /* leads, and it is none */
        {"28112", "28201", "30", LT_V_REACH}, /* leads not */
        {"28112", "28201", "28112", LT_COUNTS}, /* manages, as told */
        {"80", "28201", "30", LT_COUNTS}, /* above the member */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sheet sheet;
        struct lt_fact fact;
        sheet_start(&sheet);
        sheet.change.score = &sheet.score;
        sheet.score.cluster = text_of("C23");
        sheet.score.year = 2023;
        sheet.score.member = ref(&sheet, cases[i].member);
        sheet.score.managing = ref(&sheet, cases[i].managing);
        const enum lt_verdict verdict = judged(&sheet, cases[i].author, &fact);
        if (verdict != cases[i].verdict)
            fail_msg("%zu: %s", i, lt_verdict_text(verdict));
        if (verdict == LT_COUNTS)
            assert_ptr_equal(fact.authority, place_of(book, "80"));
    }
}

static void points_and_ranks_have_bounds(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_start(&sheet);
    sheet.change.score = &sheet.score;
    sheet.score.year = 2020;
    expect(&sheet, "807", LT_V_MISSING);
    sheet.score.cluster = text_of("Cụm 9");
    int64_t *const points[] = {&sheet.score.self_scored, &sheet.score.verified, &sheet.score.final,
                               &sheet.score.bonus, &sheet.score.penalty};
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        *points[i] = LT_POINTS_MAX;
        expect(&sheet, "807", LT_COUNTS);
        *points[i] = LT_POINTS_MAX + 1;
        expect(&sheet, "807", LT_V_QUANTITY);
        *points[i] = -1;
        expect(&sheet, "807", LT_V_QUANTITY);
        *points[i] = 0;
    }
    sheet.score.rank = LT_MEMBERS_MAX;
    expect(&sheet, "807", LT_COUNTS);
    sheet.score.rank++;
    expect(&sheet, "807", LT_V_QUANTITY);
}

/* ---- Declarations ---- */

static void declarations_have_possible_parts_and_totals(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact fact;
    sheet_start(&sheet);
    sheet.change.declaration = &sheet.declaration;
    expect(&sheet, "807", LT_V_PERIOD); /* none */
    sheet.declaration.period = &sheet.period;
    sheet.period.to = 2020;
    static const struct {
        Lienthong__PeriodKind kind;
        uint32_t from;
        uint8_t month; /* its last; 0: it is impossible */
    } cases[] = {{LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 0, 0},
                 {LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 1, 1},
                 {LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 12, 12},
                 {LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 13, 0},
                 {LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 4, 12},
                 {LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 5, 0},
                 {LIENTHONG__PERIOD_KIND__PERIOD_HALF, 1, 6},
                 {LIENTHONG__PERIOD_KIND__PERIOD_HALF, 3, 0}};
    uint8_t scopes[sizeof cases / sizeof cases[0]][32];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sheet.period.kind = cases[i].kind;
        sheet.period.from = cases[i].from;
        assert_int_equal(judged(&sheet, "807", &fact), cases[i].month ? LT_COUNTS : LT_V_PERIOD);
        memset(scopes[i], (int)i, sizeof scopes[i]);
        if (cases[i].month == 0)
            continue;
        assert_true(fact.year == 2020 && fact.month == cases[i].month);
        memcpy(scopes[i], fact.scope, sizeof scopes[i]);
        for (size_t j = 0; j < i; j++) /* each part of a year is a scope of its own */
            assert_memory_not_equal(scopes[i], scopes[j], sizeof scopes[i]);
    }
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    sheet.declaration.totals = sheet.totals;
    sheet.declaration.n_totals = 1;
    sheet.total.quantity = LT_QUANTITY_MAX;
    expect(&sheet, "807", LT_COUNTS);
    sheet.total.quantity++;
    expect(&sheet, "807", LT_V_QUANTITY);
    sheet.total.quantity = 0;
    sheet.declaration.nil = true;
    expect(&sheet, "807", LT_COUNTS);
}

static void every_verdict_has_a_sentence(void **state)
{
    (void)state;
    for (int i = LT_COUNTS; i <= LT_V_CLOSED; i++)
        for (int j = LT_COUNTS; j < i; j++)
            assert_string_not_equal(lt_verdict_text((enum lt_verdict)i),
                                    lt_verdict_text((enum lt_verdict)j));
    assert_string_equal(lt_verdict_text((enum lt_verdict)(LT_V_CLOSED + 1)), "unknown verdict");
    assert_string_equal(lt_verdict_text((enum lt_verdict) - 1), "unknown verdict");
    assert_string_equal(lt_result_text((enum lt_result)(LT_USAGE + 1)), "unknown result");
}

static int begin(void **state)
{
    setup(state);
    say_clusters();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_new_in_an_award_is_judged_half),
        cmocka_unit_test(nothing_new_in_a_proposal),
        cmocka_unit_test(nothing_new_in_what_is_told_without_a_decision),
        cmocka_unit_test(nothing_new_in_a_records_name),
        cmocka_unit_test(a_code_that_is_none_is_an_unknown_unit),
        cmocka_unit_test(units_without_a_level_decide_at_the_lowest),
        cmocka_unit_test(the_reason_is_of_the_entry_that_comes_nearest),
        cmocka_unit_test(movements_last_to_the_day),
        cmocka_unit_test(movements_have_possible_days),
        cmocka_unit_test(a_pledge_is_told_by_who_is_in_it),
        cmocka_unit_test(a_score_is_told_by_the_lead_of_members_only),
        cmocka_unit_test(points_and_ranks_have_bounds),
        cmocka_unit_test(declarations_have_possible_parts_and_totals),
        cmocka_unit_test(every_verdict_has_a_sentence),
    };
    return cmocka_run_group_tests(tests, begin, teardown);
}
