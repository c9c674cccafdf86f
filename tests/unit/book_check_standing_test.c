/* Lists of successions, clusters and the like, refused with row and sentence. */
#include "tests/unit/standing_samples.h"

static void accepted(struct saying *saying)
{
    struct lt_book *book = sample_book();
    size_t row = 0;
    char reason[160] = "";
    assert_int_equal(lt_book_check_standing(book,
                                            (const Lienthong__Directive *const *)saying->item_list,
                                            saying->body.n_items, &row, reason),
                     LT_OK);
    assert_string_equal(reason, "");
    lt_book_free(book);
    free(saying);
}

static void refused_in(const struct lt_book *book, struct saying *saying, size_t row,
                       const char *reason)
{
    size_t found = 99;
    char said[160] = "";
    assert_int_equal(lt_book_check_standing(book,
                                            (const Lienthong__Directive *const *)saying->item_list,
                                            saying->body.n_items, &found, said),
                     LT_REFUSED);
    assert_string_equal(said, reason);
    assert_int_equal(found, row);
    free(saying);
}

static void refused(struct saying *saying, size_t row, const char *reason)
{
    struct lt_book *book = sample_book();
    refused_in(book, saying, row, reason);
    lt_book_free(book);
}

static void refuse_heir(const char *unit, const char *successor, const char *how,
                        const char *reason)
{
    struct saying *saying = say("VN", 2, 1);
    say_succession(saying, "28111", "28111@2025-07-01", "mw");
    say_succession(saying, unit, successor, how);
    refused(saying, 1, reason);
}

static void test_successions_accepted(void **state)
{
    (void)state;
    struct saying *saying = say("VN", 2, 1);
    say_succession(saying, "28111", "28111@2025-07-01", "mwcab");
    say_succession(saying, "28112", "28111@2025-07-01", "m");
    say_succession(saying, "28112", "N@2025-07-01", ""); /* entered below, in the same list */
    say_succession(saying, "28201", "SO80", "mw"); /* an older one that takes it over */
    say_succession(saying, "807", "", "c");
    say_unit(saying, "N@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "N", "");
    accepted(saying);
    saying = say("VN", 2, 1);
    say_unit(saying, "SO80", "80", LT_UNIT_BASE, "Sở", "2025-06-30"); /* closed in the same list */
    say_succession(saying, "SO80", "28111@2025-07-01", "w");
    accepted(saying);
}

static void test_successions_refused(void **state)
{
    (void)state;
    refuse_heir("", "28111@2025-07-01", "w", "the unit that has ended is missing");
    refuse_heir("99", "28111@2025-07-01", "w", "the unit is not known: 99");
    refuse_heir("28112", "28112@2025-07-01", "w", "the successor is not known: 28112@2025-07-01");
    refuse_heir("28112", "28112", "w", "a unit cannot be its own successor: 28112");
    refuse_heir("SO80", "28111@2025-07-01", "w", "the unit is still open; close it first: SO80");
    refuse_heir("28112", "28201", "w",
                "28112 ends on 2025-06-30, 28201 ends no later, on 2025-06-30");
    refuse_heir("28112", "", "w", "the successor is missing: 28112");
    refuse_heir("28112", "28111@2025-07-01", "", "a split needs two parts at least: 28112");
    refuse_heir("28111", "28111@2025-07-01", "mw",
                "this succession stands twice in the list: 28111");
    refuse_heir("28112", "28111@2025-07-01", "x", "there is no such succession to withdraw: 28112");
    struct saying *saying = say("VN", 2, 1);
    say_succession(saying, "28112", "28111@2025-07-01", "w");
    Lienthong__Succession *entry = say_succession(saying, "28201", "28111@2025-07-01", "wab");
    assert_int_equal(entry->n_cut, 2);
    refused(saying, 1, "there is a cut, but the chain is not closed");
    saying = say("VN", 2, 1);
    say_succession(saying, "28112", "28111@2025-07-01", "w")->successor->code[0] = '/';
    refused(saying, 0, "the successor has no possible code");
}

static void test_whole_and_parts(void **state)
{
    (void)state;
    struct saying *saying = say("VN", 2, 1);
    say_unit(saying, "N@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "N", "");
    say_succession(saying, "28112", "28111@2025-07-01", "mw");
    say_succession(saying, "28112", "N@2025-07-01", "");
    refused(saying, 1, "the whole of it goes into one unit, and parts into others: 28112");
    saying = say("VN", 2, 1);
    say_unit(saying, "N@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "N", "");
    say_succession(saying, "28112", "28111@2025-07-01", "m");
    say_succession(saying, "28112", "N@2025-07-01", "m");
    refused(saying, 1, "it has two main successors: 28112");
    saying = say("VN", 2, 1);
    say_succession(saying, "28112", "28111@2025-07-01", "mw");
    say_succession(saying, "28112", "", "");
    refused(saying, 0, "it has gone without a successor and yet into one: 28112");
    /* Against what stands already. */
    struct lt_book *book = sample_book();
    saying = say("VN", 2, 1);
    say_unit(saying, "N@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "N", "");
    say_succession(saying, "28112", "28111@2025-07-01", "m");
    say_succession(saying, "28112", "N@2025-07-01", "");
    tell(book, saying);
    saying = say("VN", 3, 1);
    say_succession(saying, "28112", "N@2025-07-01", "w");
    refused_in(book, saying, 0, "the whole of it goes into one unit, and parts into others: 28112");
    saying = say("VN", 3, 1);
    say_succession(saying, "28112", "N@2025-07-01", "x");
    refused_in(book, saying, 0, "a split would be left with one part: 28112");
    saying = say("VN", 3, 1);
    say_succession(saying, "28112", "N@2025-07-01", "x");
    say_succession(saying, "28112", "28111@2025-07-01", "mw");
    size_t row;
    char reason[160];
    assert_int_equal(lt_book_check_standing(book,
                                            (const Lienthong__Directive *const *)saying->item_list,
                                            2, &row, reason),
                     LT_OK);
    free(saying);
    lt_book_free(book);
}

static void test_dates(void **state)
{
    (void)state;
    struct saying *saying = say("VN", 2, 1);
    say_unit(saying, "N@2025-08-01", "80@2025-07-01", LT_UNIT_COMMUNE, "N", "");
    say_succession(saying, "28112", "N@2025-08-01", "mw");
    refused(saying, 1, "28112 ends on 2025-06-30, N@2025-08-01 begins only on 2025-08-01");
    saying = say("VN", 2, 1);
    say_unit(saying, "N@2025-06-01", "VN", LT_UNIT_COMMUNE, "N", "");
    say_succession(saying, "28112", "N@2025-06-01", "mw");
    refused(saying, 1, "28112 ends on 2025-06-30, N@2025-06-01 begins already on 2025-06-01");
    saying = say("VN", 2, 1);
    say_unit(saying, "N", "VN", LT_UNIT_COMMUNE, "N", "2024-12-31");
    say_succession(saying, "28112", "N", "mw");
    refused(saying, 1, "28112 ends on 2025-06-30, N ends no later, on 2024-12-31");
    saying = say("VN", 2, 1);
    say_succession(saying, "28111", "28112", "mw");
    say_succession(saying, "28112", "28201", "mw");
    say_succession(saying, "28201", "28111", "mw");
    refused(saying, 0, "the successions would run in a circle at: 28111");
    /* A circle of one that stands in the book and one of the list. */
    struct lt_book *book = sample_book();
    saying = say("VN", 2, 1);
    say_unit(saying, "A", "VN", LT_UNIT_COMMUNE, "A", "2020-12-31");
    say_unit(saying, "B", "VN", LT_UNIT_COMMUNE, "B", "2021-12-31");
    say_succession(saying, "A", "B", "mw");
    tell(book, saying);
    saying = say("VN", 3, 1);
    say_succession(saying, "B", "A", "mw");
    refused_in(book, saying, 0, "the successions would run in a circle at: B");
    lt_book_free(book);
}

static void refuse_cluster(const char *name, const char *managing, int year, const char *lead,
                           const char *members, const char *reason)
{
    struct saying *saying = say("VN", 2, 1);
    say_cluster(saying, "K1", "", "80", 2020, "807", "807 808");
    say_cluster(saying, "", name, managing, year, lead, members);
    refused(saying, 1, reason);
}

static void test_clusters(void **state)
{
    (void)state;
    refuse_cluster("", "80", 2020, "", "807", "the cluster has neither code nor name");
    refuse_cluster("Cụm 1", "80", 1020, "", "807", "the cluster's year is missing or impossible");
    refuse_cluster("Cụm 1", "", 2020, "", "807", "the managing unit is missing");
    refuse_cluster("Cụm 1", "81", 2020, "", "807", "the managing unit is not known: 81");
    refuse_cluster("Cụm 1", "80@2025-07-01", 2020, "", "807",
                   "the unit did not exist in 2020: 80@2025-07-01");
    refuse_cluster("Cụm 1", "80", 2020, "", "807 809", "a member is not known: 809");
    refuse_cluster("Cụm 1", "80", 2020, "", "807 808 807", "the member stands twice: 807");
    refuse_cluster("Cụm 1", "80", 2020, "", "807 28111@2025-07-01",
                   "the unit did not exist in 2020: 28111@2025-07-01");
    refuse_cluster("Cụm 1", "80", 2020, "30", "807 808", "the lead is not a member: 30");
    refuse_cluster("Cụm 1", "80", 2020, "31", "807 808", "the lead is not known: 31");
    refuse_cluster("Cụm 1", "80@2025-07-01", 2026, "", "28111@2025-07-01 807",
                   "the unit did not exist in 2026: 807");
}

static void test_others(void **state)
{
    (void)state;
    struct saying *saying = say("VN", 2, 1);
    say_movement(saying, "", "Nông thôn mới", "VN")->from = 20;
    Lienthong__MovementEntry *movement = say_movement(saying, "", "Xanh", "VN");
    movement->from = 20;
    movement->to = 19;
    refused(saying, 1, "the movement ends before it begins");
    saying = say("VN", 2, 1);
    say_movement(saying, "", "", "VN");
    refused(saying, 0, "the movement has neither code nor name");
    saying = say("VN", 2, 1);
    say_movement(saying, "PT", "", "");
    refused(saying, 0, "the launcher is missing");
    saying = say("VN", 2, 1);
    say_obligation(saying, "807", "", 0, "2020");
    say_obligation(saying, "", "", 1, "");
    refused(saying, 1, "the period is missing");
    saying = say("VN", 2, 1);
    say_obligation(saying, "", "", 1, "2020-Q1")->period->from = 5;
    refused(saying, 0, "the period is impossible");
    saying = say("VN", 2, 1);
    say_obligation(saying, "", "", 8, "2020");
    refused(saying, 0, "the kind of records is unknown");
    saying = say("VN", 2, 1);
    say_obligation(saying, "", "809", 1, "2020");
    refused(saying, 0, "the unit above is not known: 809");
    saying = say("VN", 2, 1);
    say_move(saying, "807", "80", 'a');
    say_move(saying, "807", "81", 'a');
    refused(saying, 1, "the new parent is not known: 81");
    saying = say("VN", 2, 1);
    say_move(saying, "807", "80", 'a')->n_endpoints = 0;
    refused(saying, 0, "the new parent's address is missing");
    saying = say("VN", 2, 1);
    say_move(saying, "807", "80", 'a')->curve_key.len = 31;
    refused(saying, 0, "the new parent's key is missing");
}

static void refuse_closing(const char *place, const char *cut, unsigned part, unsigned parts,
                           const char *reason)
{
    struct saying *saying = say("VN", 2, 1);
    say_closing(saying, "", "2020", 0, "28111 28112", 1, 2);
    say_closing(saying, "", "2020", 0, "807", 2, 2);
    say_closing(saying, place, "2020", 0, cut, part, parts);
    refused(saying, 2, reason);
}

static void test_cuts(void **state)
{
    (void)state;
    const char *numbers = "the part's number is not one of 1 to the number of parts";
    refuse_closing("809", "", 0, 0, "the place is not known: 809");
    refuse_closing("", "", 0, 2, numbers);
    refuse_closing("", "", 3, 2, numbers);
    refuse_closing("", "", 1, 0, numbers);
    refuse_closing("", "", 1, 257, "it has more than 256 parts");
    refuse_closing("", "28112 28111", 1, 1, "the chains of the cut do not ascend at: 28111");
    struct saying *saying = say("VN", 2, 1);
    say_closing(saying, "", "2020", 0, "28111", 0, 0)->cut[0]->chain->stream =
        LIENTHONG__STREAM__STREAM_DIRECTIVE;
    refused(saying, 0, "the cut names a chain that is no report chain");
    saying = say("VN", 2, 1);
    say_publication(saying, "", "p", 0, "{}", "28111", 0, 0);
    say_publication(saying, "", "p", 1, "{}", "28111", 0, 0);
    refused(saying, 1, "a restatement needs its cause");
    saying = say("VN", 2, 1);
    say_publication(saying, "", "", 0, "{}", "28111", 0, 0);
    refused(saying, 0, "the publication has no name");
}

/* Codes go on: the next entry of a code, from the day after, may be the successor of the one before, and
 * stand under another parent and with another level. */
static void test_same_code(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    struct saying *saying = say("VN", 2, 1);
    say_unit(saying, "28111@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "Mỹ Lộc", "2026-04-30");
    say_unit(saying, "28111@2026-05-01", "VN", LT_UNIT_PROVINCE, "Mỹ Lộc", "");
    say_succession(saying, "28111@2025-07-01", "28111@2026-05-01", "mw");
    const Lienthong__UnitEntry *entries[] = {saying->items[0].unit, saying->items[1].unit};
    size_t row;
    char reason[160];
    assert_int_equal(lt_book_check_units(book, entries, 2, &row, reason), LT_OK);
    assert_int_equal(lt_book_check_standing(book,
                                            (const Lienthong__Directive *const *)saying->item_list,
                                            3, &row, reason),
                     LT_OK);
    struct lt_book_change change = tell(book, saying);
    assert_true(change.altered);
    assert_int_equal(lt_book_succession_count(book), 1);
    assert_ptr_equal(lt_book_today(book, place_of(book, "28111@2025-07-01"), day_at("2026-06-01")),
                     place_of(book, "28111@2026-05-01"));
    /* Within one entry neither can change; a name can. */
    saying = say("VN", 3, 1);
    say_unit(saying, "28111@2026-05-01", "80@2025-07-01", LT_UNIT_PROVINCE, "M", "");
    entries[0] = saying->items[0].unit;
    assert_int_equal(lt_book_check_units(book, entries, 1, &row, reason), LT_REFUSED);
    assert_string_equal(reason, "the unit is there under another parent: 28111@2026-05-01");
    free(saying);
    saying = say("VN", 3, 1);
    say_unit(saying, "28111@2026-05-01", "VN", LT_UNIT_COMMUNE, "M", "");
    entries[0] = saying->items[0].unit;
    assert_int_equal(lt_book_check_units(book, entries, 1, &row, reason), LT_REFUSED);
    assert_string_equal(reason, "the unit is there with another level: 28111@2026-05-01");
    free(saying);
    saying = say("VN", 3, 1);
    say_unit(saying, "28111@2026-05-01", "VN", LT_UNIT_PROVINCE, "Thành phố Mỹ Lộc", "");
    entries[0] = saying->items[0].unit;
    assert_int_equal(lt_book_check_units(book, entries, 1, &row, reason), LT_OK);
    tell(book, saying);
    assert_string_equal(place_of(book, "28111@2026-05-01")->name, "Thành phố Mỹ Lộc");
    lt_book_free(book);
}

static void test_versions(void **state)
{
    (void)state;
    char reason[160];
    struct saying *saying = say("VN", 2, 1);
    say_versions(saying, LT_BODY_VERSION_FIRST);
    say_versions(saying, LT_BODY_VERSION);
    accepted(saying);
    saying = say("VN", 2, 1);
    say_versions(saying, LT_BODY_VERSION);
    say_versions(saying, LT_BODY_VERSION + 1);
    snprintf(reason, sizeof(reason),
             "body version %d is not one of %d to %d that this program knows", LT_BODY_VERSION + 1,
             LT_BODY_VERSION_FIRST, LT_BODY_VERSION);
    refused(saying, 1, reason);
    saying = say("VN", 2, 1);
    say_versions(saying, 0);
    snprintf(reason, sizeof(reason),
             "body version 0 is not one of %d to %d that this program knows", LT_BODY_VERSION_FIRST,
             LT_BODY_VERSION);
    refused(saying, 0, reason);
}

/* ---- Counts ---- */

static void test_counts(void **state)
{
    (void)state;
    char letters[LT_PARENTS_MAX + 2];
    Lienthong__Unit *members[LT_MEMBERS_MAX + 1];
    memset(letters, 't', sizeof(letters) - 1);
    letters[LT_PARENTS_MAX + 1] = '\0';
    struct saying *saying = say("VN", 2, 1);
    Lienthong__ClusterEntry *cluster = say_cluster(saying, "C1", "", "80", 2020, "", "807");
    for (size_t i = 0; i <= LT_MEMBERS_MAX; i++)
        members[i] = cluster->members[0];
    cluster->members = members;
    cluster->n_members = LT_MEMBERS_MAX + 1;
    refused(saying, 0, "the cluster has more than 256 members");
    saying = say("VN", 2, 1);
    Lienthong__Closing *closing = say_closing(saying, "80", "2020", 0, "28111", 0, 0);
    closing->cut[0]->tips = say_hashes(saying, letters);
    closing->cut[0]->n_tips = LT_PARENTS_MAX + 1;
    refused(saying, 0, "the cut has more than 64 tips of: 28111");
    saying = say("VN", 2, 1);
    closing = say_closing(saying, "80", "2020", 0, "28111", 0, 0);
    closing->cut[0]->tips = say_hashes(saying, letters);
    closing->cut[0]->n_tips = LT_PARENTS_MAX;
    accepted(saying);
    saying = say("VN", 2, 1);
    Lienthong__Succession *heir = say_succession(saying, "28111", "28111@2025-07-01", "mwc");
    heir->cut = say_hashes(saying, letters);
    heir->n_cut = LT_PARENTS_MAX + 1;
    refused(saying, 0, "the cut names more than 64 updates");
}

static void test_fallbacks(void **state)
{
    (void)state;
    struct saying *saying = say("VN", 2, 1);
    say_fallback(saying, 60, 'k', "tcp://hub.example:7100");
    accepted(saying);
    saying = say("VN", 2, 1);
    say_fallback(saying, 0, 'k', NULL); /* no longer */
    accepted(saying);
    saying = say("VN", 2, 1);
    say_fallback(saying, 0, 'k', "tcp://hub.example:7100");
    refused(saying, 0, "after how long is missing");
    saying = say("VN", 2, 1);
    say_fallback(saying, 60, 'k', "tcp://hub.example:7100");
    saying->items[0].fallback->curve_key.len = 31;
    refused(saying, 0, "the hub's key is missing");
    saying = say("VN", 2, 1);
    say_fallback(saying, 60, 'k', NULL); /* a warning alone needs none */
    saying->items[0].fallback->curve_key.len = 0;
    accepted(saying);
    saying = say("VN", 2, 1);
    say_fallback(saying, LT_FALLBACK_AFTER_MAX_S + 1, 'k', NULL);
    refused(saying, 0, "it is to wait for more than a year");
}

/* ---- What the book has already ---- */

/* A successor that ended too early is refused, whatever it went into: a circle is told only where one is found. */
static void test_circles_among_many(void **state)
{
    (void)state;
    enum { PARTS = 70 };
    struct lt_book *book = sample_book();
    struct saying *saying = say("VN", 2, 1);
    say_unit(saying, "U", "VN", LT_UNIT_COMMUNE, "", "2020-12-31");
    say_unit(saying, "S", "VN", LT_UNIT_COMMUNE, "", "2019-12-31");
    say_unit(saying, "Z", "VN", LT_UNIT_COMMUNE, "", "2022-12-31");
    say_unit(saying, "G", "VN", LT_UNIT_COMMUNE, "", "2020-12-31");
    say_succession(saying, "G", "", "");
    tell(book, saying);
    for (int i = 0; i < PARTS; i += 10) {
        saying = say("VN", 3 + (uint64_t)i, 1);
        for (int j = i; j < i + 10; j++) {
            char code[8];
            (void)snprintf(code, sizeof(code), "P%02d", j);
            say_unit(saying, code, "VN", LT_UNIT_COMMUNE, "", "2021-12-31");
            say_succession(saying, "S", code, "");
            say_succession(saying, code, "Z", "mw");
        }
        tell(book, saying);
    }
    saying = say("VN", 90, 1);
    say_succession(saying, "U", "S", "mw");
    refused_in(book, saying, 0, "U ends on 2020-12-31, S ends no later, on 2019-12-31");
    saying = say("VN", 90, 1);
    say_succession(saying, "P00", "P00", "mw");
    refused_in(book, saying, 0, "a unit cannot be its own successor: P00");
    saying = say("VN", 90, 1);
    say_succession(saying, "Z", "P00", "mw");
    refused_in(book, saying, 0, "the successions would run in a circle at: Z");
    saying = say("VN", 90, 1);
    say_succession(saying, "G", "Z", "mw"); /* which went without one */
    refused_in(book, saying, 0, "it has gone without a successor and yet into one: G");
    saying = say("VN", 90, 1);
    say_succession(saying, "G", "", "x");
    say_succession(saying, "G", "Z", "mw");
    size_t row;
    char reason[160];
    assert_int_equal(lt_book_check_standing(book,
                                            (const Lienthong__Directive *const *)saying->item_list,
                                            saying->body.n_items, &row, reason),
                     LT_OK);
    free(saying);
    saying = say("VN", 90, 1);
    say_unit(saying, "NEW", "VN", LT_UNIT_COMMUNE, "", "2020-12-31");
    say_succession(saying, "NEW", "Z", "x"); /* of a unit that the book does not have */
    refused_in(book, saying, 1, "there is no such succession to withdraw: NEW");
    lt_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_successions_accepted),
        cmocka_unit_test(test_successions_refused),
        cmocka_unit_test(test_whole_and_parts),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_same_code),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_circles_among_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
