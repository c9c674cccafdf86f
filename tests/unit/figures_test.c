/* Figures: grouping, conditions, bases, spans, places, and what several tellers say of one decision. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hub/figures.h"
#include "tests/unit/hub_world.h"

static const char *const titles[] = {"GK", "LDTT", "BK_BT"};

struct fixture {
    struct world world;
    char *dir;
    struct lt_ledger *ledger;
    uint64_t seq[32];
    struct lt_hash tip[32];
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct signed_update law;
    assert_non_null(fixture);
    world_small(&fixture->world);
    fixture->dir = world_dir();
    fixture->ledger = world_ledger(&fixture->world, fixture->dir, 0);
    world_constitution(&fixture->world, fixture->world.unit_count, titles, 3, &law);
    assert_int_equal(world_commit(fixture->ledger, &law), LT_OK);
    signed_free(&law);
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    lt_ledger_close(fixture->ledger);
    world_remove(fixture->dir);
    world_free(&fixture->world);
    free(fixture);
    return 0;
}

static void report(struct fixture *fixture, const char *unit, const struct say *says, size_t count)
{
    struct signed_update update;
    size_t at = world_find(&fixture->world, unit);
    world_report(&fixture->world, at, &fixture->tip[at], fixture->seq[at] > 0, fixture->seq[at] + 1,
                 says, count, &update);
    fixture->seq[at]++;
    fixture->tip[at] = update.arrival.update.id;
    assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
    signed_free(&update);
}

/* Asks as the command does. */
static enum lt_result ask(struct fixture *fixture, const char *place, const char *year,
                          const char *by, const char *where, bool decided,
                          struct lt_figures_query *query, struct lt_figures *figures)
{
    char reason[400] = "";
    memset(query, 0, sizeof *query);
    memset(figures, 0, sizeof *figures);
    query->decided = decided;
    enum lt_result result = lt_figures_parse_year(year, query, reason);
    if (result == LT_OK)
        result = lt_figures_parse_by(by, query, reason);
    if (result == LT_OK && where != NULL)
        result = lt_figures_parse_where(where, query, reason);
    if (result == LT_OK)
        result = lt_figures_find_place(lt_ledger_book(fixture->ledger), place, query, reason);
    if (result == LT_OK)
        result = lt_figures_ask(fixture->ledger, query, figures, reason);
    return result;
}

/* The rows as "value,value=count/quantity/unconfirmed;…". */
static void expect(struct fixture *fixture, const char *place, const char *year, const char *by,
                   const char *where, bool decided, const char *expected)
{
    struct lt_figures_query query;
    struct lt_figures figures;
    char told[2000] = "";
    size_t used = 0;
    assert_int_equal(ask(fixture, place, year, by, where, decided, &query, &figures), LT_OK);
    for (size_t i = 0; i < figures.count; i++) {
        for (size_t j = 0; j < query.by_count; j++)
            used += (size_t)snprintf(told + used, sizeof told - used, "%s%s", j == 0 ? "" : ",",
                                     figures.rows[i].values[j]);
        used += (size_t)snprintf(
            told + used, sizeof told - used, "=%lld/%lld/%lld;", (long long)figures.rows[i].count,
            (long long)figures.rows[i].quantity, (long long)figures.rows[i].unconfirmed);
    }
    assert_string_equal(told, expected);
    lt_figures_clear(&figures);
}

static lt_day day(int year, int month, int of_month)
{
    lt_day found = 0;
    assert_int_equal(lt_day_make(year, month, of_month, &found), LT_OK);
    return found;
}

static struct say gk(int recipient, uint64_t quantity)
{
    return (struct say){.code = "GK", .recipient = recipient, .year = 2020, .quantity = quantity};
}

static void a_review_counts_as_it_says(void **state)
{
    struct fixture *fixture = *state;
    struct say says[] = {gk(1, 298), gk(4, 1454)};
    report(fixture, "807", says, 2);
    expect(fixture, "80", "2020", "code,level,recipient", NULL, false,
           "GK,district,collective=1/298/0;GK,district,individual=1/1454/0;");
    expect(fixture, "VN", "2020", "code", NULL, false, "GK=2/1752/0;");
    expect(fixture, "30", "2020", "code", NULL, false, "");
    expect(fixture, "80", "2019", "code", NULL, false, "");
}

/* 1,454 told as a count by the district and by name by its communes, 20 of them namesakes. */
static void names_below_a_stated_total_do_not_add(void **state)
{
    struct fixture *fixture = *state;
    static const char *const communes[] = {"28159", "28162", "28165", "28168"};
    struct say total = gk(4, 1454);
    size_t told = 0;
    total.decider = "807";
    total.number = "15/QĐ-UBND";
    total.date = day(2020, 12, 10);
    report(fixture, "807", &total, 1);
    while (told < 1454) {
        static struct say says[400];
        static char names[400][32];
        size_t count = 0;
        for (; count < 364 && told < 1454; count++, told++) {
            says[count] = total;
            says[count].quantity = 0;
            says[count].number = " 15/qđ-ubnd";
            (void)snprintf(names[count], 32, "Cá nhân %04zu", told % 1434);
            says[count].name = names[count];
        }
        report(fixture, communes[(told - 1) / 364 % 4], says, count);
    }
    expect(fixture, "807", "2020", "recipient", NULL, false, "individual=1454/1454/0;");
    expect(fixture, "VN", "2020", "recipient", NULL, false, "individual=1454/1454/0;");
    expect(fixture, "807", "2020", "place", NULL, false,
           "28159=364/364/0;28162=364/364/0;28165=364/364/0;28168=362/362/0;");
}

static void an_unconfirmed_award_shows_as_such(void **state)
{
    struct fixture *fixture = *state;
    struct say says[2] = {gk(4, 0), gk(4, 0)};
    for (size_t i = 0; i < 2; i++) {
        says[i].code = "BK_BT";
        says[i].decider = "80";
        says[i].number = "99/QD";
        says[i].date = day(2020, 3, 1);
    }
    report(fixture, "28159", says, 2);
    expect(fixture, "80", "2020", "code", NULL, false, "BK_BT=2/2/2;");
    report(fixture, "80", says, 1); /* its own list counts now, and says one */
    expect(fixture, "80", "2020", "code", NULL, false, "BK_BT=1/1/0;");
    expect(fixture, "80", "2020", "place", NULL, false, "80=1/1/0;");
}

static void bases_and_spans_stand_apart(void **state)
{
    struct fixture *fixture = *state;
    struct say says[3] = {gk(4, 0), gk(4, 5), gk(1, 7)};
    says[0].date = day(2021, 1, 20); /* achieved in 2020, decided in 2021 */
    says[0].number = "1";
    says[1].date = day(2020, 6, 1);
    says[1].number = "2";
    says[2].span_from = 2015; /* 2015-2020 */
    report(fixture, "28159", says, 3);
    expect(fixture, "VN", "2020", "recipient", NULL, false, "individual=2/6/0;");
    expect(fixture, "VN", "2020", "recipient", NULL, true, "individual=1/5/0;");
    expect(fixture, "VN", "2021", "month", NULL, true, "1=1/1/0;");
    expect(fixture, "VN", "2015-2020", "year,recipient", NULL, false,
           "2015-2020,collective=1/7/0;");
    expect(fixture, "VN", "2015..2020", "year", NULL, false, "2020=2/6/0;");
    expect(fixture, "VN", "2020..2021", "year", NULL, true, "2020=1/5/0;2021=1/1/0;");
}

static void conditions_and_defaults(void **state)
{
    struct fixture *fixture = *state;
    struct say says[5] = {gk(1, 0), gk(2, 3), gk(4, 0), gk(4, 0), {.pledge = true}};
    says[1].number = "E1"; /* else the total would hold the name beside it */
    says[2].sex = 1;
    says[2].field = "y_te";
    says[3].status = 2;
    says[4].movement = "Cụm 1";
    says[4].year = 2020;
    report(fixture, "28159", says, 5);
    report(fixture, "28162", says, 1);
    expect(fixture, "807", "2020", "recipient", NULL, false, "collective=3/5/0;individual=1/1/0;");
    expect(fixture, "807", "2020", "recipient", "recipient=enterprise", false, "enterprise=1/3/0;");
    expect(fixture, "807", "2020", "code", "recipient=collective", false, "GK=3/5/0;");
    expect(fixture, "807", "2020", "status", NULL, false, "decided=4/6/0;revoked=1/1/0;");
    expect(fixture, "807", "2020", "sex,field", "recipient=individual", false,
           "female,y_te=1/1/0;");
    expect(fixture, "807", "2020", "place", "recipient=collective", false,
           "28159=2/4/0;28162=1/1/0;");
    expect(fixture, "VN", "2020", "place", NULL, false, "80=4/6/0;");
    expect(fixture, "807", "2020", "recipient", "place=28162", false, "collective=1/1/0;");
    expect(fixture, "807", "2020", "kind", "kind=pledge", false, "pledge=1/1/1;");
    expect(fixture, "807", "2020", "", NULL, false, "=4/6/0;");
}

static void wrong_questions_are_told_apart(void **state)
{
    struct fixture *fixture = *state;
    struct lt_figures_query query = {0};
    struct lt_figures figures;
    struct say say = gk(4, 1);
    char reason[400];
    report(fixture, "28159", &say, 1);
    assert_int_equal(lt_figures_parse_by("code,colour", &query, reason), LT_USAGE);
    assert_non_null(strstr(reason, "movement"));
    assert_int_equal(lt_figures_parse_where("recipient=crowd", &query, reason), LT_USAGE);
    assert_non_null(strstr(reason, "household"));
    assert_int_equal(lt_figures_parse_where("recipient", &query, reason), LT_USAGE);
    assert_int_equal(lt_figures_parse_year("20200", &query, reason), LT_USAGE);
    assert_int_equal(lt_figures_parse_year("2020..2019", &query, reason), LT_USAGE);
    assert_int_equal(ask(fixture, "99999", "2020", "code", NULL, false, &query, &figures),
                     LT_NOT_FOUND);
    assert_int_equal(ask(fixture, "807", "2020", "code", "code=NONE", false, &query, &figures),
                     LT_USAGE);
    assert_int_equal(ask(fixture, "807", "2020", "code", "code=GK", false, &query, &figures),
                     LT_OK);
    char *json = lt_figures_json(&query, &figures);
    assert_non_null(json);
    assert_non_null(strstr(json, "lienthong.figures/1"));
    assert_non_null(strstr(json, "\"quantity\": 1"));
    free(json);
    char *table = lt_figures_table(&query, &figures, lt_ledger_book(fixture->ledger));
    assert_non_null(table);
    assert_non_null(strstr(table, "GK"));
    free(table);
    lt_figures_clear(&figures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_review_counts_as_it_says, begin, end),
        cmocka_unit_test_setup_teardown(names_below_a_stated_total_do_not_add, begin, end),
        cmocka_unit_test_setup_teardown(an_unconfirmed_award_shows_as_such, begin, end),
        cmocka_unit_test_setup_teardown(bases_and_spans_stand_apart, begin, end),
        cmocka_unit_test_setup_teardown(conditions_and_defaults, begin, end),
        cmocka_unit_test_setup_teardown(wrong_questions_are_told_apart, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
