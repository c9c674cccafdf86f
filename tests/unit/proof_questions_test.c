/* Questions of a proof at their edges: conditions that meet nothing or each other, spans and months one outside, the tree of a day
 * that a place did not see, units that lie nowhere today; and cuts that are not whole, each with its fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/proof_world.h"

static struct proof_case *it;

static int begin(void **state)
{
    (void)state;
    it = case_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    case_free(it);
    return 0;
}

static void tell(const char *unit, struct say say)
{
    case_tell(it, unit, &say, 1);
}

/* Asks anew: nothing but this. */
static void ask(const char *place, const char *by)
{
    it->place.code = case_text(place);
    it->question.n_where = 0;
    case_ask_by(it, by);
}

static void expect_unanswerable(void)
{
    struct lt_proof *proof;
    case_write(it, NULL, 0);
    assert_int_equal(case_check(it, &proof), LT_REFUSED);
    assert_true(case_fault(proof, LT_PROOF_QUESTION));
    lt_proof_free(proof);
}

/* ---- Conditions ---- */

static void places_as_conditions_must_all_hold(void **state)
{
    (void)state;
    tell("28162", award("1/QD"));
    tell("28159", award("2/QD"));
    tell("10999", award("3/QD")); /* in another province: never in what is asked */
    ask("807", "place");
    case_expect(it, "28159: 1/1; 28162: 1/1");
    case_ask_where(it, "place", "28162");
    case_expect(it, "28162: 1/1");
    case_ask_where(it, "place", "28162"); /* the same again */
    case_expect(it, "28162: 1/1");
    case_ask_where(it, "place", "28159"); /* and another beside it */
    case_expect(it, "");
    ask("807", "place");
    case_ask_where(it, "place", ""); /* what counts nowhere */
    case_expect(it, "");
    ask("807", "place");
    case_ask_where(it, "place", "10999"); /* which is not below */
    case_expect(it, "");
    ask("807", "place");
    case_ask_where(it, "place", "28199");
    expect_unanswerable();
}

static void enterprises_are_collectives_unless_asked_for(void **state)
{
    (void)state;
    struct say say = award("1/QD");
    say.recipient = LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
    tell("28162", say);
    say.number = "2/QD";
    say.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    tell("28162", say);
    ask("VN", "recipient");
    case_expect(it, "collective: 2/2");
    case_ask_where(it, "recipient", "collective");
    case_expect(it, "collective: 2/2");
    ask("VN", "recipient");
    case_ask_where(it, "recipient", "enterprise");
    case_expect(it, "enterprise: 1/1");
    case_ask_where(it, "code", "GK");
    case_expect(it, "enterprise: 1/1");
}

static void what_was_revoked_is_asked_for_by_its_status(void **state)
{
    (void)state;
    struct say say = award("1/QD");
    say.status = LIENTHONG__STATUS__STATUS_REVOKED;
    tell("28162", say);
    tell("28162", award("2/QD"));
    ask("VN", "code");
    case_expect(it, "GK: 1/1");
    ask("VN", "status,code,kind");
    case_expect(it, "decided,GK,award: 1/1; revoked,GK,award: 1/1");
    ask("VN", "code");
    case_ask_where(it, "status", "revoked");
    case_ask_where(it, "kind", "award");
    case_expect(it, "GK: 1/1");
}

static void years_and_spans_are_told_apart(void **state)
{
    (void)state;
    struct say say = award("1/QD");
    tell("28162", say);
    say.number = "2/QD";
    say.year = 2019;
    say.span_from = 2016;
    tell("28162", say);
    say.number = "3/QD";
    say.year = 2018;
    tell("28162", say);
    ask("VN", "year");
    case_expect(it, "2020: 1/1");
    case_ask_where(it, "year", "2020");
    case_expect(it, "2020: 1/1");
    ask("VN", "year");
    case_ask_where(it, "year", "");
    case_expect(it, "");
    it->question.span = true; /* exactly that one */
    it->question.year_from = 2016;
    it->question.year_to = 2019;
    ask("VN", "year");
    case_expect(it, "2016-2019: 1/1");
    case_ask_where(it, "year", "2016-2019");
    case_expect(it, "2016-2019: 1/1");
    it->question.year_from = 2017;
    ask("VN", "year");
    case_expect(it, "");
    it->question.span = false; /* and by single years none of them */
    it->question.year_from = 2015;
    it->question.year_to = 2019;
    case_expect(it, "");
    it->question.year_from = 2021;
    it->question.year_to = 2022;
    case_expect(it, "");
}

static void months_end_on_the_month(void **state)
{
    (void)state;
    tell("28162", award("1/QD")); /* of May */
    ask("VN", "month,quarter,half");
    it->question.decided = true;
    static const struct {
        uint32_t from, to;
        const char *rows;
    } cases[] = {
        {1, 4, ""}, {1, 5, "5,2,1: 1/1"}, {5, 12, "5,2,1: 1/1"}, {6, 12, ""}, {0, 0, "5,2,1: 1/1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        it->question.month_from = cases[i].from;
        it->question.month_to = cases[i].to;
        case_expect(it, cases[i].rows);
    }
    it->question.month_from = it->question.month_to = 0;
    case_ask_where(it, "month", "5");
    case_expect(it, "5,2,1: 1/1");
    ask("VN", "month");
    case_ask_where(it, "month", "13");
    expect_unanswerable();
}

/* ---- The tree of a day ---- */

static void close_unit(const char *code, int year, const char *parent)
{
    struct world_item item;
    item_unit(&item, &it->world.units[world_find(&it->world, code)]);
    if (parent == NULL)
        item.entry.parent = NULL;
    assert_int_equal(lt_day_make(year, 12, 31, &item.entry.valid_to), LT_OK);
    case_direct(it, "VN", &item.directive);
}

static void open_unit(const char *code, const char *parent, int from_year)
{
    struct world_item item;
    item_init(&item);
    item.unit.code = case_text(code);
    if (from_year != 0)
        assert_int_equal(lt_day_make(from_year, 1, 1, &item.unit.valid_from), LT_OK);
    item.entry.unit = &item.unit;
    if (parent != NULL) {
        item.parent.code = case_text(parent);
        item.entry.parent = &item.parent;
    }
    item.entry.level = LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_COMMUNE;
    item.entry.nature = LIENTHONG__NATURE__NATURE_ADMINISTRATIVE;
    item.directive.unit = &item.entry;
    case_direct(it, "VN", &item.directive);
}

static void went_into(const char *unit, const char *successor, bool whole)
{
    Lienthong__Directive directive = LIENTHONG__DIRECTIVE__INIT;
    Lienthong__Succession succession = LIENTHONG__SUCCESSION__INIT;
    Lienthong__Unit from, to;
    lienthong__unit__init(&from);
    lienthong__unit__init(&to);
    from.code = case_text(unit);
    to.code = case_text(successor);
    succession.unit = &from;
    succession.successor = &to;
    succession.whole = whole;
    directive.succession = &succession;
    case_direct(it, "VN", &directive);
}

static void a_place_is_asked_for_on_its_days(void **state)
{
    (void)state;
    open_unit("28300", "807", 2019);
    close_unit("28165", 2020, "807");
    tell("28162", award("1/QD"));
    ask("28165", "code");
    lt_day first, last;
    assert_int_equal(lt_day_make(2020, 12, 31, &last), LT_OK);
    it->question.tree = last;
    case_expect(it, "");
    it->question.tree = last + 1;
    expect_unanswerable();
    ask("28300", "code");
    assert_int_equal(lt_day_make(2019, 1, 1, &first), LT_OK);
    it->place.valid_from = first;
    it->question.tree = first;
    case_expect(it, "");
    it->question.tree = first - 1;
    expect_unanswerable();
}

static void what_ended_lies_where_it_went(void **state)
{
    (void)state;
    struct say early = award("1/QD");
    tell("28165", early);
    tell("28168", award("2/QD"));
    close_unit("28165", 2020, "807");
    went_into("28165", "28168", true);
    assert_int_equal(lt_day_make(2021, 6, 1, &it->question.tree), LT_OK);
    ask("807", "place");
    case_expect(it, "28168: 2/2");
    it->question.tree = 0;
    case_expect(it, "28165: 1/1; 28168: 1/1");
}

/* Two trees beside each other: what went into parts of both lies in neither, and is kept at the top of its own. */
static void nothing_is_lost_at_the_top(void **state)
{
    (void)state;
    open_unit("X1", NULL, 0);
    open_unit("X2", "X1", 0);
    tell("28165", award("1/QD"));
    close_unit("28165", 2020, "807");
    went_into("28165", "28168", false);
    went_into("28165", "X2", false);
    assert_int_equal(lt_day_make(2021, 6, 1, &it->question.tree), LT_OK);
    ask("VN", "code");
    case_expect(it, "GK: 1/1");
    ask("X1", "code"); /* a top too, of a tree that it was not of */
    case_expect(it, "");
    ask("807", "code");
    case_expect(it, "");
}

/* ---- Cuts ---- */

static bool is_report(const Lienthong__ProofChain *told)
{
    return told->tips->chain->stream == LIENTHONG__STREAM__STREAM_REPORT;
}

static void one_more(Lienthong__ProofChain *told)
{
    told->count += is_report(told);
}

static uint8_t other_tip[32];

static void another_tip(Lienthong__ProofChain *told)
{
    if (is_report(told) && strcmp(told->tips->chain->unit->code, "28162") == 0)
        told->tips->tips[0].data = other_tip;
}

static void leave_directives_out(Lienthong__ProofChain *told)
{
    told->left_out = !is_report(told);
}

static void leave_reports_out(Lienthong__ProofChain *told)
{
    told->left_out = is_report(told);
}

static void expect_fault(enum lt_proof_fault_kind kind)
{
    struct lt_proof *proof;
    case_write(it, NULL, 0);
    assert_int_equal(case_check(it, &proof), LT_REFUSED);
    if (!case_fault(proof, kind))
        fail_msg("not told: %s", lt_proof_fault_text(kind));
    size_t named = 0;
    assert_int_equal(lt_proof_records(proof, NULL, &named), LT_REFUSED); /* it was not counted */
    lt_proof_free(proof);
}

static void a_cut_that_is_not_whole_is_told(void **state)
{
    (void)state;
    const struct say one = award("1/QD"), two = award("2/QD"), three = award("3/QD");
    const struct lt_hash first = case_tell(it, "28162", &one, 1);
    case_tell(it, "28162", &two, 1);
    const struct lt_hash theirs = case_tell(it, "28159", &three, 1);
    ask("VN", "code");
    case_expect(it, "GK: 3/3");
    it->bend = one_more;
    expect_fault(LT_PROOF_CHAIN);
    it->bend = another_tip;
    memset(other_tip, 0x44, sizeof other_tip);
    expect_fault(LT_PROOF_CHAIN);
    memcpy(other_tip, first.bytes, 32); /* which another one builds on */
    expect_fault(LT_PROOF_CHAIN);
    memcpy(other_tip, theirs.bytes, 32); /* which is of another chain */
    expect_fault(LT_PROOF_CHAIN);
    it->bend = leave_reports_out; /* and they are there */
    expect_fault(LT_PROOF_CHAIN);
    it->bend = leave_directives_out;
    expect_fault(LT_PROOF_CHAIN);
    it->bend = NULL;
    it->left_out = "28159";
    expect_fault(LT_PROOF_LEFT_OUT); /* of the whole of a hub nothing may be left out */
    it->part = true;
    case_expect(it, "GK: 2/2");
}

static void an_update_builds_on_its_own_chain(void **state)
{
    (void)state;
    const struct say one = award("1/QD"), two = award("2/QD");
    const struct lt_hash theirs = case_tell(it, "28159", &one, 1);
    case_branch(it, "28162", &theirs, 1, 2, &two, 1);
    ask("VN", "code");
    expect_fault(LT_PROOF_SEQ);
}

static void a_gap_and_a_wrong_number_are_told(void **state)
{
    (void)state;
    const struct say one = award("1/QD"), two = award("2/QD");
    const struct lt_hash first = case_tell(it, "28162", &one, 1), nowhere = {{0x21}};
    ask("VN", "code");
    case_branch(it, "28162", &first, 1, 3, &two, 1);
    expect_fault(LT_PROOF_SEQ);
    it->count--;
    signed_free(&it->updates[it->count]);
    case_branch(it, "28162", &nowhere, 1, 2, &two, 1);
    expect_fault(LT_PROOF_GAP);
}

static void what_is_beyond_the_last_is_nothing(void **state)
{
    (void)state;
    struct lt_proof *proof;
    struct lt_proof_chain chain;
    tell("28162", award("1/QD"));
    ask("VN", "code");
    case_write(it, NULL, 0);
    (void)case_check(it, &proof);
    assert_true(lt_proof_chain_at(proof, 0, &chain));
    assert_int_equal(chain.chain.stream, LT_STREAM_REPORT);
    assert_int_equal(chain.tip_count, 1);
    assert_true(lt_proof_chain_at(proof, 1, &chain));
    assert_int_equal(chain.chain.stream, LT_STREAM_DIRECTIVE);
    assert_false(lt_proof_chain_at(proof, 2, &chain));
    /* Once it is spoilt, or over, nothing more is taken. */
    assert_int_equal(lt_proof_feed(proof, (struct lt_bytes){it->bytes, 1}), LT_MALFORMED);
    assert_int_equal(lt_proof_feed(proof, (struct lt_bytes){it->bytes, 1}), LT_MALFORMED);
    assert_int_equal(lt_proof_end(proof), LT_MALFORMED);
    lt_proof_free(proof);
    assert_string_equal(lt_proof_fault_text(LT_PROOF_FAULT_KINDS), "unknown fault");
    lt_proof_free(NULL);
}

/* Whoever names the top himself is told when the file names another; and when it is that one, it is proven. */
static void a_top_that_is_given_must_be_the_files(void **state)
{
    (void)state;
    ask("VN", "code");
    case_write(it, NULL, 0);
    for (int other = 0; other < 2; other++) {
        const struct lt_unit top = world_unit_of(other ? "30" : "VN");
        struct lt_proof *proof = lt_proof_new(&it->world.root, &top);
        assert_int_equal(lt_proof_feed(proof, (struct lt_bytes){it->bytes, it->size}), LT_OK);
        assert_int_equal(lt_proof_end(proof), other ? LT_REFUSED : LT_OK);
        assert_int_equal(case_fault(proof, LT_PROOF_TOP), other);
        lt_proof_free(proof);
    }
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(places_as_conditions_must_all_hold, begin, end),
        cmocka_unit_test_setup_teardown(enterprises_are_collectives_unless_asked_for, begin, end),
        cmocka_unit_test_setup_teardown(what_was_revoked_is_asked_for_by_its_status, begin, end),
        cmocka_unit_test_setup_teardown(years_and_spans_are_told_apart, begin, end),
        cmocka_unit_test_setup_teardown(months_end_on_the_month, begin, end),
        cmocka_unit_test_setup_teardown(a_place_is_asked_for_on_its_days, begin, end),
        cmocka_unit_test_setup_teardown(what_ended_lies_where_it_went, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_lost_at_the_top, begin, end),
        cmocka_unit_test_setup_teardown(a_cut_that_is_not_whole_is_told, begin, end),
        cmocka_unit_test_setup_teardown(an_update_builds_on_its_own_chain, begin, end),
        cmocka_unit_test_setup_teardown(a_gap_and_a_wrong_number_are_told, begin, end),
        cmocka_unit_test_setup_teardown(what_is_beyond_the_last_is_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_top_that_is_given_must_be_the_files, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
