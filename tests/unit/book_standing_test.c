/* What stands of clusters, obligations, closings, publications, moves, notices. */
#include "tests/unit/standing_samples.h"

static void test_authority(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    /* Not of its own subtree, an open unit, a successor that ends no later, one that is not there. */
    struct saying *saying = say("80", 1, 2);
    say_succession(saying, "30", "80@2025-07-01", "mw");
    say_succession(saying, "SO80", "80@2025-07-01", "mw");
    say_succession(saying, "28112", "28201", "mw");
    say_succession(saying, "28201", "NEW@2025-07-01", "mw");
    say_cluster(saying, "", "Cụm 1", "30", 2020, "", "");
    say_obligation(saying, "30", "", 0, "2020");
    say_closing(saying, "VN", "2020", 0, "", 0, 0);
    say_publication(saying, "VN", "p", 0, "{}", "", 0, 0);
    say_move(saying, "30", "VN", 'k');
    struct lt_book_change change = tell(book, saying);
    assert_false(change.altered || change.standing);
    assert_int_equal(lt_book_succession_count(book), 0);
    assert_int_equal(lt_book_cluster_count(book) + lt_book_obligation_count(book), 0);
    assert_int_equal(lt_book_closing_count(book) + lt_book_publication_count(book), 0);
    /* The unit comes: the succession that was told before stands. */
    saying = say("VN", 3, 1);
    say_unit(saying, "NEW@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "Mới", "");
    change = tell(book, saying);
    assert_true(change.added && change.altered);
    assert_int_equal(lt_book_succession_count(book), 1);
    /* A revoked hub has said nothing. */
    saying = say("VN", 4, 1);
    say_revoked(saying, "80", 2, NULL);
    assert_true(tell(book, saying).altered);
    assert_int_equal(lt_book_succession_count(book), 0);
    lt_book_free(book);
}

static void test_clusters(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("80", 1, 2);
    say_cluster(saying, "", "Cụm thi đua số 1", "80", 2020, "807", "808 807 807 UNKNOWN");
    say_cluster(saying, "K2", "Khối các huyện", "80", 2020, "", "808");
    say_cluster(saying, "", "Cụm 1", "807", 2020, "", "28111 28112");
    say_cluster(saying, "", "Cụm 1", "80", 2021, "808", "807 808");
    struct lt_book_change change = tell(book, saying);
    assert_true(change.altered && !change.standing);
    assert_int_equal(lt_book_cluster_count(book), 4);
    const struct lt_place *district = place_of(book, "808");
    const struct lt_cluster *one = lt_book_cluster(book, "cụm TĐ số 01", 2020, district);
    assert_non_null(one);
    assert_string_equal(one->name, "Cụm thi đua số 1");
    assert_int_equal(one->member_count, 2);
    assert_ptr_equal(one->members[0], place_of(book, "807"));
    assert_ptr_equal(one->lead, place_of(book, "807"));
    assert_ptr_equal(lt_book_cluster(book, "Cụm 1", 2021, district)->lead, district);
    assert_ptr_equal(lt_book_cluster(book, "Cụm 1", 2020, place_of(book, "28112"))->managing,
                     place_of(book, "807"));
    assert_ptr_equal(lt_book_cluster(book, "k2", 2020, district),
                     lt_book_cluster(book, "KHỐI CÁC HUYỆN", 2020, district));
    assert_non_null(lt_book_cluster(book, "K2", 2020, district));
    assert_null(lt_book_cluster(book, "Cụm 1", 2019, district));
    assert_null(lt_book_cluster(book, "Cụm 1", 2020, place_of(book, "30")));
    assert_null(lt_book_cluster(book, " ", 2020, district));
    /* Another entry, as near, by the same name: neither. The later word on one key stands. */
    saying = say("80", 2, 2);
    say_cluster(saying, "K9", "Cụm 1", "80", 2020, "", "");
    say_cluster(saying, "k2", "Khối các huyện", "80", 2020, "", "807");
    tell(book, saying);
    assert_int_equal(lt_book_cluster_count(book), 5);
    assert_null(lt_book_cluster(book, "Cụm 1", 2020, district));
    assert_ptr_equal(lt_book_cluster(book, "K2", 2020, district)->members[0],
                     place_of(book, "807"));
    /* A member that comes later. */
    saying = say("VN", 3, 1);
    say_unit(saying, "UNKNOWN", "80", LT_UNIT_BASE, "U", "2025-06-30");
    assert_true(tell(book, saying).added);
    assert_int_equal(lt_book_cluster_at(book, 0)->member_count, 3);
    lt_book_free(book);
}

static void test_obligations(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct lt_hash before, after;
    lt_book_digest(book, &before);
    struct saying *saying = say("80", 1, 2);
    say_obligation(saying, "807", "", 1, "2020")->exempt = true;
    say_obligation(saying, "", "", 1, "2020")->level = LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_DISTRICT;
    say_obligation(saying, "808", "", 1, "2020")->due = 100;
    say_obligation(saying, "808", "", 1, "2020")->due = 200;
    say_obligation(saying, "808", "", 1, "2020-H1")->due = 300;
    say_obligation(saying, "808", "", 1, "");
    struct lt_book_change change = tell(book, saying);
    assert_true(change.standing && !change.altered);
    saying = say("VN", 3, 1);
    say_obligation(saying, "808", "", 1, "2020")->due = 400;
    say_obligation(saying, "", "", 1, "2020")->due = 500;
    assert_true(tell(book, saying).standing);
    assert_int_equal(lt_book_obligation_count(book), 5);
    const struct lt_obligation *first = lt_book_obligation_at(book, 0);
    assert_null(first->unit);
    assert_ptr_equal(first->within, place_of(book, "80"));
    assert_int_equal(first->level, LT_UNIT_DISTRICT);
    assert_ptr_equal(lt_book_obligation_at(book, 1)->within, place_of(book, "VN"));
    assert_true(lt_book_obligation_at(book, 2)->exempt);
    assert_int_equal(lt_book_obligation_at(book, 3)->due, 300);
    assert_int_equal(lt_book_obligation_at(book, 4)->due, 400);
    assert_null(lt_book_obligation_at(book, 5));
    lt_book_digest(book, &after);
    assert_memory_equal(&before, &after, sizeof(before));
    lt_book_free(book);
}

static void test_closings(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct lt_period year, half;
    lt_period_parse("2020", &year);
    lt_period_parse("2020-H1", &half);
    const struct lt_place *commune = place_of(book, "28111"), *district = place_of(book, "807");
    struct saying *saying = say("80", 1, 2);
    say_closing(saying, "", "2020", 0, "28111 28112", 1, 2);
    assert_false(tell(book, saying).standing);
    saying = say("80", 2, 2);
    say_closing(saying, "", "2020", 0, "28201 807", 2, 2);
    struct lt_book_change change = tell(book, saying);
    assert_true(change.standing && !change.altered);
    const struct lt_closing *closing = lt_book_closing(book, commune, &year, 1);
    assert_non_null(closing);
    assert_ptr_equal(closing->place, place_of(book, "80"));
    assert_int_equal(closing->cut_count, 4);
    const struct lt_unit last = unit_at("807"), other = unit_at("808");
    assert_memory_equal(&closing->cut[3].unit, &last, sizeof(last));
    assert_ptr_equal(lt_cut_of(closing->cut, 4, &last), &closing->cut[3]);
    assert_null(lt_cut_of(closing->cut, 4, &other));
    assert_int_equal(closing->cut[3].tips[0].bytes[0], 't');
    assert_null(lt_book_closing(book, commune, &half, 1));
    assert_null(lt_book_closing(book, place_of(book, "30"), &year, 1));
    /* Closed anew; the new one waits for its last part. Of a kind, it stands before that of everything. */
    saying = say("80", 3, 2);
    say_closing(saying, "80", "2020", 0, "28111", 1, 2);
    say_closing(saying, "80", "2020", 2, "", 0, 0);
    say_closing(saying, "807", "2020", 0, "28111", 1, 1);
    tell(book, saying);
    assert_int_equal(lt_book_closing(book, place_of(book, "80"), &year, 1)->cut_count, 4);
    assert_int_equal(lt_book_closing(book, place_of(book, "80"), &year, 2)->cut_count, 0);
    assert_ptr_equal(lt_book_closing(book, commune, &year, 2)->place, district);
    saying = say("80", 4, 2);
    say_closing(saying, "80", "2020", 0, "28112", 2, 2);
    tell(book, saying);
    assert_int_equal(lt_book_closing(book, place_of(book, "80"), &year, 1)->cut_count, 2);
    assert_int_equal(lt_book_closing_count(book), 3);
    /* Chains that do not ascend, numbers that cannot be. */
    saying = say("80", 5, 2);
    say_closing(saying, "80", "2021", 0, "28112 28111", 1, 1);
    say_closing(saying, "80", "2022", 0, "28112", 2, 1);
    say_closing(saying, "80", "2023", 0, "28112", 0, 1);
    assert_false(tell(book, saying).standing);
    lt_book_free(book);
}

static void test_publications(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("80", 1, 2);
    say_publication(saying, "80", "năm 2020", 0, "{\"a\":1}", "28111", 1, 2);
    say_publication(saying, "80", "năm 2020", 0, "", "28112", 2, 2);
    assert_true(tell(book, saying).standing);
    saying = say("80", 2, 2);
    say_publication(saying, "80", "năm 2020", 0, "{\"a\":2}", "", 0, 0);
    assert_false(tell(book, saying).standing);
    saying = say("80", 3, 2);
    say_publication(saying, "80", "năm 2020", 1, "{\"a\":3}", "", 0, 0);
    say_publication(saying, "807", "huyện", 0, "{}", "", 0, 0);
    assert_true(tell(book, saying).standing);
    assert_int_equal(lt_book_publication_count(book), 3);
    const struct lt_publication *first = lt_book_publication_at(book, 1);
    assert_string_equal(lt_book_publication_at(book, 0)->name, "huyện");
    assert_int_equal(first->figures_size, 7);
    assert_memory_equal(first->figures, "{\"a\":1}", 7);
    assert_int_equal(first->cut_count, 2);
    assert_int_equal(lt_book_publication_at(book, 2)->number, 1);
    assert_ptr_equal(first->hub, place_of(book, "80"));
    lt_book_free(book);
}

/* An agent's book: the same stands, without what is large. */
static void test_light(void **state)
{
    (void)state;
    struct lt_book *book = lt_book_new(), *whole = sample_book();
    struct lt_key root;
    struct lt_secret secret;
    root_keys(&root, &secret);
    const struct lt_unit top = unit_at("VN");
    assert_non_null(book);
    lt_book_light(book);
    lt_book_pin(book, &root, &top);
    struct saying *saying = say("VN", 1, 1);
    say_grant(saying, "VN", LIENTHONG__ROLE__ROLE_HUB, 1, 101, &secret);
    say_unit(saying, "VN", "", LT_UNIT_NATION, "Việt Nam", "");
    tell(book, saying);
    saying = say("VN", 2, 1);
    say_closing(saying, "", "2020", 0, "28111 28112", 1, 2);
    say_closing(saying, "", "2020", 0, "807", 2, 2);
    say_publication(saying, "", "p", 0, "{}", "28111", 0, 0);
    hear(whole, saying);
    assert_true(tell(book, saying).standing);
    const struct lt_closing *closing = lt_book_closing_at(book, 0);
    const struct lt_publication *publication = lt_book_publication_at(book, 0);
    assert_non_null(closing);
    assert_non_null(publication);
    assert_int_equal(closing->cut_count + publication->cut_count + publication->figures_size, 0);
    assert_int_equal(lt_book_closing_at(whole, 0)->cut_count, 3);
    assert_int_equal(lt_book_publication_at(whole, 0)->cut_count, 1);
    lt_book_free(book);
    lt_book_free(whole);
}

static void test_moves_and_movements(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("80", 1, 2);
    say_move(saying, "28111", "808", 'a');
    say_move(saying, "28112", "808", 'b');
    say_movement(saying, "PT1", "Nông thôn mới", "80");
    say_movement(saying, "", "Nông thôn mới", "807")->thematic = true;
    assert_true(tell(book, saying).standing);
    saying = say("80", 2, 2);
    say_move(saying, "28111", "80@2025-07-01", 'c');
    say_movement(saying, "pt1", "Xây dựng nông thôn mới", "80");
    tell(book, saying);
    const struct lt_unit unit = unit_at("28111"), other = unit_at("28201");
    const struct lt_move *move = lt_book_move(book, &unit);
    assert_non_null(move);
    assert_string_equal(move->parent.code, "80");
    assert_int_equal(move->curve_key[0], 'c');
    assert_int_equal(move->endpoint_count, 1);
    assert_string_equal(move->endpoints[0], "tcp://hub.example:7100");
    assert_null(lt_book_move(book, &other));
    assert_int_equal(lt_book_movement_count(book), 2);
    assert_true(lt_book_movement_at(book, 0)->thematic);
    assert_string_equal(lt_book_movement_at(book, 1)->name, "Xây dựng nông thôn mới");
    lt_book_free(book);
}

static void test_notices(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct lt_hash before, after;
    lt_book_digest(book, &before);
    struct saying *saying = say("80", 1, 2);
    say_notice(saying, "28111", "first");
    say_notice(saying, "28111", "second");
    say_notice(saying, "28111", ""); /* says nothing */
    say_notice(saying, "VN", "from below"); /* not its to tell */
    say_notice(saying, "99999", "of nobody");
    struct lt_book_change change = tell(book, saying);
    assert_true(change.standing && !change.altered);
    saying = say("80", 2, 2);
    say_notice(saying, "28111", "third");
    say_notice(saying, "28112", "to another");
    tell(book, saying);
    saying = say("VN", 3, 1);
    say_notice(saying, "28111", "from above");
    say_notice(saying, "28111", "from above"); /* each stands for itself */
    tell(book, saying);
    static const char *const want[] = {"from above", "from above", "third",
                                       "second",     "first",      "to another"};
    assert_int_equal(lt_book_notice_count(book), 6);
    for (size_t i = 0; i < 6; i++) {
        const struct lt_notice *notice = lt_book_notice_at(book, i);
        assert_string_equal(notice->text, want[i]);
        assert_string_equal(notice->unit.code, i < 5 ? "28111" : "28112");
        assert_string_equal(notice->hub.code, i < 2 ? "VN" : "80");
    }
    assert_null(lt_book_notice_at(book, 6));
    /* No record is judged by them. */
    lt_book_digest(book, &after);
    assert_memory_equal(&before, &after, sizeof(before));
    lt_book_free(book);
}

static void test_fallbacks(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct lt_hash before, after;
    lt_book_digest(book, &before);
    struct saying *saying = say("80", 1, 2);
    say_fallback(saying, 3600, 'p', "tcp://p:7400");
    struct lt_book_change change = tell(book, saying);
    assert_true(change.standing && !change.altered);
    saying = say("VN", 3, 1);
    say_fallback(saying, 7200, 't', "tcp://t:7400");
    tell(book, saying);
    saying = say("80", 2, 2);
    say_fallback(saying, 60, 'p', NULL); /* the later word of one hub */
    tell(book, saying);
    assert_int_equal(lt_book_fallback_count(book), 2);
    const struct lt_fallback *first = lt_book_fallback_at(book, 0);
    const struct lt_fallback *second = lt_book_fallback_at(book, 1);
    assert_string_equal(first->hub.code, "80");
    assert_int_equal(first->after_s, 60);
    assert_int_equal(first->endpoint_count, 0);
    assert_string_equal(second->hub.code, "VN");
    assert_int_equal(second->curve_key[31], 't');
    assert_string_equal(second->endpoints[0], "tcp://t:7400");
    assert_null(lt_book_fallback_at(book, 2));
    lt_book_digest(book, &after); /* no record is judged by them */
    assert_int_equal(lt_hash_cmp(&before, &after), 0);
    lt_book_free(book);
}

static void test_versions(void **state)
{
    (void)state;
    struct lt_book *book = lt_book_new();
    assert_int_equal(lt_book_body_announced(book), LT_BODY_VERSION_FIRST); /* an empty one, too */
    lt_book_free(book);
    book = book_of_two_hubs();
    struct lt_hash before, after;
    lt_book_digest(book, &before);
    assert_int_equal(lt_book_body_announced(book), LT_BODY_VERSION_FIRST);
    assert_int_equal(lt_book_body_written(book), LT_BODY_VERSION_FIRST);
    struct saying *saying = say("80", 1, 2);
    say_versions(saying, 9); /* not its to say */
    struct lt_book_change change = tell(book, saying);
    assert_false(change.standing || change.altered);
    assert_int_equal(lt_book_body_announced(book), LT_BODY_VERSION_FIRST);
    saying = say("VN", 3, 1);
    say_versions(saying, 0); /* says nothing */
    tell(book, saying);
    assert_int_equal(lt_book_body_announced(book), LT_BODY_VERSION_FIRST);
    saying = say("VN", 4, 1);
    say_versions(saying, UINT32_MAX);
    say_versions(saying, LT_BODY_VERSION + 7); /* the last word of an update */
    change = tell(book, saying);
    assert_true(change.standing && !change.altered);
    assert_int_equal(lt_book_body_announced(book), LT_BODY_VERSION + 7);
    assert_int_equal(lt_book_body_written(book), LT_BODY_VERSION); /* what this build knows */
    saying = say("VN", 5, 1);
    say_versions(saying, LT_BODY_VERSION_FIRST); /* taken back */
    tell(book, saying);
    assert_int_equal(lt_book_body_announced(book), LT_BODY_VERSION_FIRST);
    /* No record is judged by it. */
    lt_book_digest(book, &after);
    assert_memory_equal(&before, &after, sizeof(before));
    lt_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_authority),
        cmocka_unit_test(test_light),
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_obligations),
        cmocka_unit_test(test_closings),
        cmocka_unit_test(test_publications),
        cmocka_unit_test(test_moves_and_movements),
        cmocka_unit_test(test_notices),
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
