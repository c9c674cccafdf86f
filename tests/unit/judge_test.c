/* The record rules: small cases by hand over the sample tree. */
#include "tests/unit/judge_samples.h"
#include "tests/unit/standing_samples.h"

#include <time.h>

static void test_award(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact fact;
    sheet_award(&sheet);
    sheet.award.category = LIENTHONG__CATEGORY__CATEGORY_WORKER;
    sheet.award.sex = LIENTHONG__SEX__SEX_FEMALE;
    sheet.award.field = text_of("giáo dục");
    assert_int_equal(judged(&sheet, "28111", &fact), LT_COUNTS);
    assert_int_equal(fact.kind, LT_KIND_AWARD);
    assert_ptr_equal(fact.author, place_of(book, "28111"));
    assert_ptr_equal(fact.place, place_of(book, "28111"));
    assert_ptr_equal(fact.authority, place_of(book, "807"));
    assert_false(fact.outside || fact.stated_total);
    assert_true(fact.year == 2020 && fact.span_from == 0 && fact.decided_year == 2021);
    assert_true(fact.month == 1 && fact.level == LIENTHONG__LEVEL__LEVEL_DISTRICT);
    assert_true(fact.category == 5 && fact.sex == 1 && fact.status == LT_STATUS_DECIDED);
    assert_true(fact.nature == LIENTHONG__NATURE__NATURE_ADMINISTRATIVE && fact.quantity == 1);
    assert_string_equal(fact.field, "giáo dục");
    assert_string_equal(fact.code, "GK");
    assert_string_equal(fact.movement, "");

    /* Who speaks of whom: the district, the province, the next commune, another district. */
    expect(&sheet, "807", LT_COUNTS);
    expect(&sheet, "80", LT_COUNTS);
    expect(&sheet, "VN", LT_COUNTS);
    expect(&sheet, "80@2025-07-01", LT_COUNTS);
    expect(&sheet, "28112", LT_V_REACH);
    expect(&sheet, "808", LT_V_REACH);

    /* A total; categories and sexes only of individuals. */
    sheet.award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
    sheet.award.quantity = 298;
    sheet.award.status = LIENTHONG__STATUS__STATUS_REVOKED;
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.stated_total && fact.quantity == 298 && fact.category == 0 && fact.sex == 0);
    assert_true(fact.recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
    assert_int_equal(fact.status, LT_STATUS_REVOKED);
    sheet.award.quantity = UINT64_C(300000001);
    expect(&sheet, "807", LT_V_QUANTITY);
    sheet.award.quantity = 0;
    sheet.award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_NONE;
    expect(&sheet, "807", LT_V_MISSING);
    sheet.award.recipient = (Lienthong__Recipient)9;
    expect(&sheet, "807", LT_V_UNKNOWN_FIELDS);
}

static void test_authority(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact fact;
    /* Outside of the tree: the place must be within reach. */
    sheet_award(&sheet);
    sheet.award.code = text_of("HC_LD_2");
    sheet.decision.unit = 0;
    sheet.decision.authority = text_of("CTN");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_null(fact.authority);
    assert_string_equal(fact.authority_code, "CTN");
    assert_true(fact.level == LIENTHONG__LEVEL__LEVEL_STATE && !fact.outside);
    expect(&sheet, "808", LT_V_REACH);
    sheet.decision.authority = text_of("BNV");
    expect(&sheet, "807", LT_V_LEVEL);
    sheet.award.code = text_of("BK_BT");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_int_equal(fact.level, LIENTHONG__LEVEL__LEVEL_MINISTRY);

    /* A recipient from elsewhere counts at the authority's place. */
    sheet_award(&sheet);
    sheet.award.place = ref(&sheet, "30");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.outside);
    assert_ptr_equal(fact.place, place_of(book, "807"));
    expect(&sheet, "28111", LT_V_REACH);

    /* Without a decision, or with one that names nobody, the author decided. */
    sheet_award(&sheet);
    sheet.award.decision = 0;
    sheet.award.place = 0;
    assert_int_equal(judged(&sheet, "28111", &fact), LT_COUNTS);
    assert_ptr_equal(fact.authority, place_of(book, "28111"));
    assert_true(fact.level == LIENTHONG__LEVEL__LEVEL_COMMUNE && fact.month == 0);
    assert_int_equal(fact.decided_year, 0);
    sheet.award.decision = 1;
    sheet.decision.unit = 0;
    assert_int_equal(judged(&sheet, "28111", &fact), LT_COUNTS);
    assert_ptr_equal(fact.authority, place_of(book, "28111"));

    /* Levels: of offices and schools, and none above one's own. */
    assert_int_equal(judged(&sheet, "SO80", &fact), LT_COUNTS);
    assert_int_equal(fact.level, LIENTHONG__LEVEL__LEVEL_BASE);
    assert_int_equal(fact.nature, LIENTHONG__NATURE__NATURE_AGENCY);
    sheet.decision.level = LIENTHONG__LEVEL__LEVEL_PROVINCE;
    sheet.award.code = text_of("BK_BT");
    expect(&sheet, "28111", LT_V_LEVEL);
    expect(&sheet, "80", LT_COUNTS);
    sheet.decision.level = (Lienthong__Level)7;
    expect(&sheet, "80", LT_V_UNKNOWN_FIELDS);
}

static void test_title_and_dates(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_award(&sheet);
    sheet.award.code = text_of("XX");
    expect(&sheet, "807", LT_V_UNKNOWN_CODE);
    sheet.award.code = text_of("GDVH");
    expect(&sheet, "807", LT_V_RECIPIENT);
    sheet.award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_HOUSEHOLD;
    expect(&sheet, "807", LT_V_LEVEL);
    /* The decision's date decides; without it any day of the period does. */
    sheet_award(&sheet);
    sheet.award.code = text_of("HUY_HIEU");
    sheet.decision.unit = ref(&sheet, "80");
    sheet.decision.date = day_at("2023-12-31");
    sheet.period.to = 2023;
    expect(&sheet, "80", LT_COUNTS);
    sheet.decision.date = day_at("2024-01-01");
    expect(&sheet, "80", LT_V_UNKNOWN_CODE);
    sheet.decision.date = 0;
    expect(&sheet, "80", LT_COUNTS);
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_SPAN;
    sheet.period.from = 2023;
    sheet.period.to = 2024;
    expect(&sheet, "80", LT_COUNTS);
    sheet.period.from = 2024;
    sheet.period.to = 2025;
    expect(&sheet, "80", LT_V_UNKNOWN_CODE);
    /* Who decides changed on 2025-07-01. */
    sheet_award(&sheet);
    sheet.award.code = text_of("CSTD_CS");
    sheet.award.place = 0;
    sheet.decision.unit = 0;
    sheet.decision.date = day_at("2025-06-30");
    expect(&sheet, "28111", LT_V_LEVEL);
    expect(&sheet, "28111@2025-07-01", LT_V_UNIT_DATE);
    expect(&sheet, "807", LT_COUNTS);
    sheet.decision.date = day_at("2025-07-01");
    expect(&sheet, "28111@2025-07-01", LT_COUNTS);
    expect(&sheet, "807", LT_V_UNIT_DATE);
    /* Impossible dates. */
    sheet.decision.date = day_at("1944-12-31");
    expect(&sheet, "80", LT_V_DATE);
    sheet.decision.date = day_at("1945-01-01");
    expect(&sheet, "807", LT_COUNTS);
    sheet.decision.date = day_at("2200-12-31");
    expect(&sheet, "28111@2025-07-01", LT_COUNTS);
    sheet.decision.date++;
    expect(&sheet, "28111@2025-07-01", LT_V_DATE);
    sheet.decision.date = INT32_MIN;
    expect(&sheet, "80", LT_V_DATE);
}

static void test_periods(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact fact;
    sheet_award(&sheet);
    sheet.decision.date = 0;
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR;
    sheet.period.to = 2025;
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.year == 2025 && fact.span_from == 0 && fact.month == 0);
    sheet.period.to = 2026; /* begins after the district's last day */
    expect(&sheet, "807", LT_V_UNIT_DATE);
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    sheet.period.to = 2025;
    expect(&sheet, "807", LT_V_UNIT_DATE);
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_SPAN;
    sheet.period.from = 2021;
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.year == 2025 && fact.span_from == 2021);
    sheet.period.from = 2025;
    expect(&sheet, "807", LT_V_PERIOD);
    sheet.period.from = 1944;
    expect(&sheet, "807", LT_V_PERIOD);
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_EVENT;
    sheet.period.day = day_at("2021-09-15");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.year == 2021 && fact.month == 9 && fact.decided_year == 0);
    sheet.period.day = INT32_MAX;
    expect(&sheet, "807", LT_V_PERIOD);
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_HALF; /* of a declaration only */
    sheet.period.to = 2020;
    expect(&sheet, "807", LT_V_PERIOD);
    sheet.period.kind = (Lienthong__PeriodKind)(LIENTHONG__PERIOD_KIND__PERIOD_HALF + 1);
    expect(&sheet, "807", LT_V_UNKNOWN_FIELDS);
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    sheet.period.to = 2201;
    expect(&sheet, "807", LT_V_PERIOD);
    sheet.period.to = UINT32_MAX;
    expect(&sheet, "807", LT_V_PERIOD);
    sheet.award.period = NULL;
    expect(&sheet, "807", LT_V_PERIOD);
    sheet.decision.date = day_at("2021-03-01");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.year == 2021 && fact.decided_year == 2021 && fact.month == 3);
}

static void test_units(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_award(&sheet);
    sheet.award.place = ref(&sheet, "28999");
    expect(&sheet, "807", LT_V_UNKNOWN_UNIT);
    sheet.award.place = ref(&sheet, "28111");
    sheet.units[sheet.award.place - 1].code = text_of("a code far longer than any");
    expect(&sheet, "807", LT_V_UNKNOWN_UNIT);
    sheet.award.place = ref(&sheet, "28111@2025-07-01");
    expect(&sheet, "807", LT_V_UNIT_DATE);
    /* Retractions say nothing that could be wrong. */
    struct lt_fact fact;
    sheet_start(&sheet);
    sheet.change.op = LIENTHONG__OP__OP_RETRACT;
    assert_int_equal(judged(&sheet, "28111", &fact), LT_COUNTS);
    assert_true(fact.kind == 0 && fact.quantity == 0);
    sheet.change.op = (Lienthong__Op)3;
    expect(&sheet, "28111", LT_V_UNKNOWN_FIELDS);
    sheet.change.op = LIENTHONG__OP__OP_PUT;
    expect(&sheet, "28111", LT_V_UNKNOWN_FIELDS);
}

static void test_proposal(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact fact;
    sheet_start(&sheet);
    sheet.change.proposal = &sheet.proposal;
    sheet.proposal.code = text_of("BK_BT");
    sheet.proposal.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    sheet.proposal.number = text_of("3/TTr");
    sheet.proposal.date = day_at("2020-12-01");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.kind == LT_KIND_PROPOSAL && fact.status == LT_STATUS_PENDING);
    assert_true(fact.year == 2020 && fact.month == 12 && fact.decided_year == 0);
    assert_ptr_equal(fact.authority, place_of(book, "807"));
    sheet.proposal.outcome = LIENTHONG__OUTCOME__OUTCOME_REFUSED;
    sheet.proposal.decision = 1;
    sheet.decision.date = day_at("2021-02-01");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.status == LT_STATUS_REFUSED && fact.decided_year == 2021);
    sheet.proposal.code = text_of("XX");
    expect(&sheet, "807", LT_V_UNKNOWN_CODE);
    sheet.proposal.code = text_of("BK_BT");
    sheet.proposal.submitter = ref(&sheet, "808");
    sheet.proposal.place = ref(&sheet, "30");
    expect(&sheet, "807", LT_V_REACH);
}

static void test_movement(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact fact;
    sheet_start(&sheet);
    sheet.change.movement = &sheet.movement;
    expect(&sheet, "807", LT_V_MISSING);
    sheet.movement.name = text_of("Nông thôn mới");
    expect(&sheet, "807", LT_V_PERIOD);
    sheet.movement.from = day_at("2020-03-01");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.status == LT_STATUS_LAUNCH && fact.year == 2020 && fact.month == 3);
    assert_string_equal(fact.movement, "Nông thôn mới");
    assert_int_equal(fact.level, LIENTHONG__LEVEL__LEVEL_DISTRICT);
    sheet.movement.implements = text_of("NTM");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_int_equal(fact.status, LT_STATUS_RESPONSE);
    sheet.movement.to = day_at("2020-02-01");
    expect(&sheet, "807", LT_V_DATE);
    sheet.movement.to = 0;
    sheet.movement.level = LIENTHONG__LEVEL__LEVEL_STATE;
    expect(&sheet, "807", LT_V_LEVEL);
    sheet.movement.level = LIENTHONG__LEVEL__LEVEL_NONE;
    sheet.movement.launcher = ref(&sheet, "80");
    expect(&sheet, "807", LT_V_REACH);
}

static void test_cluster(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact fact, other;
    sheet_start(&sheet);
    sheet.change.score = &sheet.score;
    sheet.score.cluster = text_of("Cụm 1");
    sheet.score.year = 2020;
    sheet.score.member = ref(&sheet, "808");
    sheet.score.has_final = true;
    sheet.score.final = 95793;
    /* The year's lead tells of another member; so may the managing unit; a stranger may not. */
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_ptr_equal(fact.place, place_of(book, "808"));
    assert_ptr_equal(fact.authority, place_of(book, "80"));
    assert_int_equal(judged(&sheet, "80", &other), LT_COUNTS);
    assert_memory_equal(fact.scope, other.scope, sizeof(fact.scope));
    assert_int_equal(judged(&sheet, "28111", &other), LT_COUNTS); /* as managing: at itself */
    assert_true(other.outside);
    assert_ptr_equal(other.place, place_of(book, "28111"));
    sheet.score.managing = ref(&sheet, "80");
    expect(&sheet, "28111", LT_V_REACH);
    assert_int_equal(judged(&sheet, "807", &other), LT_COUNTS);
    assert_memory_equal(fact.scope, other.scope, sizeof(fact.scope));
    sheet.score.cluster = text_of(" cụm 1 ");
    assert_int_equal(judged(&sheet, "808", &other), LT_COUNTS);
    sheet.score.final = -1;
    expect(&sheet, "807", LT_V_QUANTITY);
    sheet.score.final = 0;
    sheet.score.year = 0;
    expect(&sheet, "807", LT_V_PERIOD);

    sheet_start(&sheet);
    sheet.change.pledge = &sheet.pledge;
    sheet.pledge.year = 2021;
    expect(&sheet, "807", LT_V_MISSING);
    sheet.pledge.quantity = 4;
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.stated_total && fact.quantity == 4);
    assert_ptr_equal(fact.place, place_of(book, "807"));
    sheet.pledge.cluster = text_of("Cụm 1");
    sheet.pledge.lead = ref(&sheet, "808");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_ptr_equal(fact.place, place_of(book, "808"));
    expect(&sheet, "28111", LT_V_REACH);
    sheet.members[0] = ref(&sheet, "28111");
    sheet.pledge.members = sheet.members;
    sheet.pledge.n_members = 1;
    assert_int_equal(judged(&sheet, "28111", &fact), LT_COUNTS);
    assert_ptr_equal(fact.place, place_of(book, "28111"));
    sheet.members[0] = 0;
    expect(&sheet, "28111", LT_V_UNKNOWN_UNIT);
}

/* Two clusters of the book whose codes say nothing when folded are two: their names tell them apart. */
static void test_cluster_codes(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact one, same, other;
    struct saying *saying = say("VN", 2, 1);
    say_cluster(saying, "Số", "Cụm phía đông", "80", 2022, "", "");
    say_cluster(saying, "Thi đua", "Cụm phía tây", "80", 2022, "", "");
    tell(book, saying);
    assert_int_equal(lt_book_cluster_count(book), 2);
    sheet_start(&sheet);
    sheet.change.score = &sheet.score;
    sheet.score.year = 2022;
    sheet.score.cluster = text_of("cụm phía đông");
    assert_int_equal(judged(&sheet, "807", &one), LT_COUNTS);
    assert_ptr_equal(one.authority, place_of(book, "80"));
    sheet.score.cluster = text_of("Cụm thi đua phía Đông");
    assert_int_equal(judged(&sheet, "807", &same), LT_COUNTS);
    assert_memory_equal(one.scope, same.scope, sizeof(one.scope));
    sheet.score.cluster = text_of("Cụm phía tây");
    assert_int_equal(judged(&sheet, "807", &other), LT_COUNTS);
    assert_ptr_equal(other.authority, place_of(book, "80"));
    assert_memory_not_equal(one.scope, other.scope, sizeof(one.scope));
}

static void test_exemplar_and_declaration(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact fact;
    sheet_start(&sheet);
    sheet.change.exemplar = &sheet.exemplar;
    expect(&sheet, "807", LT_V_PERIOD);
    sheet.exemplar.period = &sheet.period;
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_SPAN;
    sheet.period.from = 2015;
    sheet.period.to = 2020;
    sheet.exemplar.quantity = 90;
    sheet.exemplar.place = ref(&sheet, "28111");
    assert_int_equal(judged(&sheet, "807", &fact), LT_COUNTS);
    assert_true(fact.stated_total && fact.quantity == 90 && fact.span_from == 2015);
    expect(&sheet, "808", LT_V_REACH);

    sheet_start(&sheet);
    sheet.change.declaration = &sheet.declaration;
    sheet.declaration.period = &sheet.period;
    sheet.period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    sheet.period.to = 2020;
    sheet.declaration.nil = true;
    assert_int_equal(judged(&sheet, "28111", &fact), LT_COUNTS);
    assert_true(fact.kind == LT_KIND_DECLARATION && fact.status == LT_STATUS_NIL);
    sheet.declaration.totals = sheet.totals;
    sheet.declaration.n_totals = 1;
    sheet.total.quantity = 1;
    expect(&sheet, "28111", LT_V_QUANTITY);
    sheet.declaration.nil = false;
    assert_int_equal(judged(&sheet, "28111", &fact), LT_COUNTS);
    assert_int_equal(fact.status, LT_STATUS_COMPLETE);
}

static void test_rate(void **state)
{
    (void)state;
    struct sheet sheet;
    struct lt_fact fact;
    enum { TIMES = 100000 };
    sheet_award(&sheet);
    const struct lt_place *author = place_of(book, "28111");
    const clock_t begun = clock();
    for (unsigned i = 0; i < TIMES; i++)
        assert_int_equal(lt_judge(book, author, &sheet.body, 0, &fact), LT_COUNTS);
    print_message("%.2f us a judgement\n",
                  1e6 * (double)(clock() - begun) / CLOCKS_PER_SEC / TIMES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_award),
        cmocka_unit_test(test_authority),
        cmocka_unit_test(test_title_and_dates),
        cmocka_unit_test(test_periods),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_proposal),
        cmocka_unit_test(test_movement),
        cmocka_unit_test(test_cluster),
        cmocka_unit_test(test_cluster_codes),
        cmocka_unit_test(test_exemplar_and_declaration),
        cmocka_unit_test(test_rate),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
