/* Second parents: which hubs an agent may speak to beside its own, and when the top's word is overdue. */
#include "agent/second.h"
#include "tests/unit/standing_samples.h"

static struct lt_site site_of(const char *unit, const char *parent)
{
    struct lt_site site = {.unit = unit_at(unit), .parent = unit_at(parent), .top = unit_at("VN")};
    memset(site.parent_curve, 'd', sizeof(site.parent_curve));
    site.endpoint_count = 1;
    snprintf(site.endpoints[0], LT_ENDPOINT_MAX, "tcp://d:7400");
    return site;
}

static struct lt_book *book_of_hubs(void)
{
    struct lt_book *book = sample_book();
    struct saying *saying = say("VN", 2, 1);
    say_grant(saying, "80", LIENTHONG__ROLE__ROLE_HUB, 2, 102, NULL);
    say_grant(saying, "807", LIENTHONG__ROLE__ROLE_HUB, 3, 103, NULL);
    tell(book, saying);
    return book;
}

static void nobody_has_said_anything(void **state)
{
    (void)state;
    struct lt_book *book = book_of_hubs();
    struct lt_way_up ways[LT_WAYS_SECONDS_MAX];
    const struct lt_site site = site_of("28111", "807");
    assert_int_equal(lt_second_ways(book, &site, ways), 0);
    assert_int_equal(lt_second_after_s(book, &site), LT_SECOND_AFTER_S);
    lt_book_free(book);
}

static void the_highest_first(void **state)
{
    (void)state;
    struct lt_book *book = book_of_hubs();
    struct lt_way_up ways[LT_WAYS_SECONDS_MAX];
    const struct lt_site site = site_of("28111", "807"), elsewhere = site_of("30", "30");
    struct saying *saying = say("80", 1, 2);
    say_fallback(saying, 3600, 'p', "tcp://p:7400");
    tell(book, saying);
    saying = say("807", 1, 3);
    say_fallback(saying, 7200, 'd', "tcp://d:7400"); /* the parent's own: no other way */
    tell(book, saying);
    saying = say("VN", 3, 1);
    say_fallback(saying, 86400, 't', "tcp://t:7400");
    tell(book, saying);
    assert_int_equal(lt_second_ways(book, &site, ways), 2);
    assert_string_equal(ways[0].parent.code, "VN");
    assert_string_equal(ways[1].parent.code, "80");
    assert_string_equal(ways[1].endpoints[0], "tcp://p:7400");
    assert_int_equal(ways[1].curve[0], 'p');
    assert_int_equal(lt_second_after_s(book, &site), 3600);
    assert_int_equal(lt_second_ways(book, &elsewhere, ways),
                     1); /* what is not above it is nothing to it */
    assert_int_equal(lt_second_after_s(book, &elsewhere), 86400);
    saying = say("VN", 4, 1);
    say_fallback(saying, 0, 't', NULL); /* no longer */
    tell(book, saying);
    saying = say("80", 2, 2);
    say_fallback(saying, 60, 'p', "ipc:///tmp/x"); /* what is no endpoint harms nobody */
    tell(book, saying);
    assert_int_equal(lt_second_ways(book, &site, ways), 0);
    assert_int_equal(lt_second_after_s(book, &site), 60);
    lt_book_free(book);
}

static void overdue(void **state)
{
    (void)state;
    struct lt_journal_counts counts = {.oldest_waiting_at = 1000};
    assert_int_equal(lt_second_overdue(&counts, 60, 1059), 0);
    assert_int_equal(lt_second_overdue(&counts, 60, 1060), 1000);
    assert_int_equal(lt_second_overdue(&counts, 60, 5), 0); /* a clock that was set back */
    counts.oldest_waiting_at = 0;
    assert_int_equal(lt_second_overdue(&counts, 60, INT64_MAX), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_has_said_anything),
        cmocka_unit_test(the_highest_first),
        cmocka_unit_test(overdue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
