/* The book: what directives say, in whatever order they come. */
#include "tests/unit/rules_samples.h"

static const uint8_t AGENT = LIENTHONG__ROLE__ROLE_AGENT, HUB = LIENTHONG__ROLE__ROLE_HUB;

static struct lt_chain chain_of(enum lt_stream stream, const char *unit)
{
    struct lt_chain chain = {stream, unit_at(unit)};
    return chain;
}

static enum lt_result key_result(const struct lt_book *book, enum lt_stream stream,
                                 const char *unit, unsigned key)
{
    const struct lt_chain chain = chain_of(stream, unit);
    const struct lt_key number = key_of(key);
    return lt_book_key(book, &chain, &number);
}

static void test_lookups(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    const struct lt_place *place, *several[4];
    size_t count;
    assert_int_equal(lt_book_place_count(book), 12);
    for (size_t i = 0; i < 12; i++)
        assert_int_equal(lt_book_place_at(book, i)->number, i);
    assert_null(lt_book_place_at(book, 12));
    assert_ptr_equal(place_of(book, "28111")->parent, place_of(book, "807"));
    assert_string_equal(place_of(book, "80@2025-07-01")->name, "Tây Ninh");

    assert_int_equal(lt_book_place_on(book, "80", day_at("2025-06-30"), &place), LT_OK);
    assert_ptr_equal(place, place_of(book, "80"));
    assert_int_equal(lt_book_place_on(book, "80", day_at("2025-07-01"), &place), LT_OK);
    assert_ptr_equal(place, place_of(book, "80@2025-07-01"));
    assert_int_equal(lt_book_place_on(book, "80", 0, &place), LT_AMBIGUOUS);
    assert_int_equal(lt_book_place_on(book, "807", 0, &place), LT_OK);
    assert_int_equal(lt_book_place_on(book, "807", day_at("2025-07-01"), &place), LT_NOT_FOUND);
    assert_int_equal(lt_book_place_on(book, "99", 0, &place), LT_NOT_FOUND);
    assert_int_equal(lt_book_place_on(book, "a code that is far too long", 0, &place),
                     LT_NOT_FOUND);

    assert_int_equal(lt_book_place_in_year(book, "80", 2025, several, 4, &count), LT_AMBIGUOUS);
    assert_int_equal(count, 2);
    assert_ptr_equal(several[0], place_of(book, "80"));
    assert_int_equal(lt_book_place_in_year(book, "80", 2025, several, 1, &count), LT_AMBIGUOUS);
    assert_int_equal(count, 1);
    assert_int_equal(lt_book_place_in_year(book, "80", 2026, several, 4, &count), LT_OK);
    assert_ptr_equal(several[0], place_of(book, "80@2025-07-01"));
    assert_int_equal(lt_book_place_in_year(book, "807", 2026, several, 4, &count), LT_NOT_FOUND);
    assert_int_equal(count, 0);

    /* Codes are followed through time. */
    assert_true(lt_place_within(place_of(book, "28111"), place_of(book, "80@2025-07-01")));
    assert_true(lt_place_within(place_of(book, "TH1"), place_of(book, "807")));
    assert_false(lt_place_within(place_of(book, "807"), place_of(book, "28111")));
    assert_false(lt_place_within(place_of(book, "28201"), place_of(book, "807")));
    assert_int_equal(lt_place_distance(place_of(book, "TH1"), place_of(book, "80")), 3);
    assert_int_equal(lt_place_distance(place_of(book, "807"), place_of(book, "807")), 0);
    assert_int_equal(lt_place_distance(place_of(book, "30"), place_of(book, "80")), LT_DEPTH_MAX);
    const struct lt_unit unknown = unit_at("807@2030-01-01"), district = unit_at("807"),
                         province = unit_at("80");
    assert_true(lt_book_within(book, &unknown, &district));
    assert_false(lt_book_within(book, &unknown, &province));
    lt_book_free(book);
}

static void test_titles(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    assert_int_equal(lt_book_title_count(book), 9);
    assert_int_equal(lt_book_title(book, "GK", day_at("2020-05-05"))->valid_from, 0);
    assert_int_equal(lt_book_title(book, "GK", day_at("2025-06-30"))->valid_from,
                     day_at("2024-01-01"));
    assert_int_equal(lt_book_title(book, "GK", 0)->valid_from, day_at("2025-07-01"));
    assert_null(lt_book_title(book, "HUY_HIEU", day_at("2024-01-01")));
    assert_null(lt_book_title(book, "NONE", 0));
    const struct lt_title *title =
        lt_book_title_within(book, "GK", day_at("2025-01-01"), day_at("2025-12-31"), NULL);
    assert_int_equal(title->valid_from, day_at("2025-07-01"));
    title = lt_book_title_within(book, "GK", day_at("2025-01-01"), day_at("2025-12-31"), title);
    assert_int_equal(title->valid_from, day_at("2024-01-01"));
    assert_null(
        lt_book_title_within(book, "GK", day_at("2025-01-01"), day_at("2025-12-31"), title));

    /* The catalogue is the top's; a later word on an entry stands. */
    struct saying *saying = say("VN", 2, 1);
    say_grant(saying, "80", HUB, 2, 0, NULL);
    tell(book, saying);
    saying = say("80", 1, 2);
    say_title(saying, "OWN", "", "", "", "");
    struct lt_book_change change = tell(book, saying);
    assert_false(change.added || change.altered);
    assert_null(lt_book_title(book, "OWN", 0));
    saying = say("VN", 3, 1);
    say_title(saying, "GDVH", "3", "45", "", "");
    change = tell(book, saying);
    assert_true(change.altered && !change.added);
    assert_int_equal(lt_book_title(book, "GDVH", 0)->levels, 1 << 4 | 1 << 5);
    saying = say("VN", 2, 1);
    say_title(saying, "GDVH", "3", "6", "", "");
    assert_false(tell(book, saying).altered);
    lt_book_free(book);
}

static void test_pinning(void **state)
{
    (void)state;
    struct lt_book *book = lt_book_new();
    struct lt_key root, other = {{9}};
    struct lt_secret secret;
    root_keys(&root, &secret);
    const struct lt_unit top = unit_at("VN");
    struct saying *first = say("VN", 1, 1);
    say_grant(first, "VN", HUB, 1, 0, &secret);
    say_unit(first, "VN", "", LT_UNIT_NATION, "", "");
    assert_int_equal(lt_book_may_direct(book, &first->update, &first->body), LT_NOT_YOURS);
    hear(book, first);
    assert_int_equal(lt_book_place_count(book), 0);
    lt_book_pin(book, &other, &top);
    assert_int_equal(lt_book_place_count(book), 0);
    assert_int_equal(lt_book_may_direct(book, &first->update, &first->body), LT_KEY_UNKNOWN);
    assert_int_equal(key_result(book, LT_STREAM_DIRECTIVE, "VN", 1), LT_KEY_UNKNOWN);
    lt_book_pin(book, &root, &top);
    assert_int_equal(lt_book_place_count(book), 1);
    assert_int_equal(key_result(book, LT_STREAM_DIRECTIVE, "VN", 1), LT_OK);
    lt_book_free(book);

    /* The first word of the top carries its own grant. */
    book = lt_book_new();
    lt_book_pin(book, &root, &top);
    assert_int_equal(lt_book_may_direct(book, &first->update, &first->body), LT_OK);
    first->signatures[0][3] ^= 1;
    assert_int_equal(lt_book_may_direct(book, &first->update, &first->body), LT_KEY_UNKNOWN);
    first->update.frame.chain.stream = LT_STREAM_REPORT;
    struct lt_book_change change;
    assert_int_equal(lt_book_add(book, &first->update, &first->body, &change), LT_NOT_YOURS);
    free(first);
    lt_book_free(book);
}

/* A district says what it may and what it may not. */
static void test_hubs_speak_of_what_is_below(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    struct saying *saying = say("807", 1, 3);
    say_unit(saying, "TH9", "NEW", LT_UNIT_BASE, "below a unit that comes later", "");
    say_unit(saying, "NEW", "28112", LT_UNIT_BASE, "fine", "");
    say_unit(saying, "FAR", "28201", LT_UNIT_BASE, "elsewhere", "");
    say_unit(saying, "808@2026-01-01", "807", LT_UNIT_BASE, "another's code", "");
    say_unit(saying, "28111", "807", LT_UNIT_COMMUNE, "another name", "");
    say_unit(saying, "28113@2020-01-01", "807", LT_UNIT_COMMUNE, "fine too", "");
    struct lt_book_change change = hear(book, saying);
    assert_false(change.added || change.altered || change.keys);
    assert_int_equal(lt_book_place_count(book), 12);

    struct saying *grant = say("VN", 2, 1);
    say_grant(grant, "807", HUB, 3, 0, NULL);
    change = tell(book, grant);
    assert_true(change.added && change.keys && !change.altered);
    assert_int_equal(lt_book_place_count(book), 15);
    assert_ptr_equal(place_of(book, "TH9")->parent, place_of(book, "NEW"));
    assert_string_equal(place_of(book, "28111")->name, "Phước Lý");
    place_of(book, "28113@2020-01-01");
    assert_int_equal(change.altered, 0);
    change = hear(book, saying);
    assert_false(change.added || change.altered || change.keys);
    free(saying);

    /* Its second word stands, and the top's stands against both whatever its seq. */
    const struct lt_place *place = place_of(book, "NEW");
    saying = say("807", 9, 3);
    say_unit(saying, "NEW", "28111", LT_UNIT_BASE, "moved", "");
    change = tell(book, saying);
    assert_true(change.altered && !change.added);
    assert_ptr_equal(place, place_of(book, "NEW"));
    assert_string_equal(place->name, "moved");
    assert_ptr_equal(place->parent, place_of(book, "28111"));
    saying = say("VN", 3, 1);
    say_unit(saying, "NEW", "28201", LT_UNIT_BASE, "by the top", "");
    tell(book, saying);
    assert_string_equal(place->name, "by the top");
    assert_ptr_equal(place->parent, place_of(book, "28201"));
    lt_book_free(book);
}

/* The districts have keys; 807 grants what it may and what it may not. */
static struct lt_book *keyed_book(void)
{
    struct lt_book *book = sample_book();
    struct saying *saying = say("VN", 2, 1);
    say_grant(saying, "807", HUB, 3, 103, NULL);
    say_grant(saying, "808", HUB, 4, 104, NULL);
    tell(book, saying);
    saying = say("807", 1, 3);
    say_grant(saying, "28111", AGENT, 10, 110, NULL);
    say_grant(saying, "28111", AGENT, 11, 111, NULL);
    say_grant(saying, "807", AGENT, 12, 0, NULL); /* its own office */
    say_grant(saying, "28201", AGENT, 13, 113, NULL); /* not below it */
    say_grant(saying, "807", HUB, 14, 0, NULL); /* only a hub above may */
    say_grant(saying, "VN", HUB, 15, 0, NULL);
    say_grant(saying, "28111", AGENT, 16, 104, NULL); /* another's CURVE key */
    struct lt_book_change change = tell(book, saying);
    assert_true(change.keys && !change.added && !change.altered);
    return book;
}

static void test_keys(void **state)
{
    (void)state;
    struct lt_book *book = keyed_book();
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key, keys[4];
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "28111", 10), LT_OK);
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "28112", 10), LT_KEY_UNKNOWN);
    assert_int_equal(key_result(book, LT_STREAM_DIRECTIVE, "28111", 10), LT_KEY_UNKNOWN);
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "807", 12), LT_OK);
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "28201", 13), LT_KEY_UNKNOWN);
    assert_int_equal(key_result(book, LT_STREAM_DIRECTIVE, "807", 14), LT_KEY_UNKNOWN);
    assert_int_equal(key_result(book, LT_STREAM_DIRECTIVE, "VN", 15), LT_KEY_UNKNOWN);
    assert_int_equal(key_result(book, LT_STREAM_DIRECTIVE, "807", 3), LT_OK);

    key = key_of(110);
    assert_int_equal(lt_book_curve(book, key.bytes, &unit, &role, &key), LT_OK);
    assert_string_equal(unit.code, "28111");
    assert_int_equal(role, AGENT);
    key = key_of(104);
    assert_int_equal(lt_book_curve(book, key.bytes, &unit, &role, &key), LT_OK);
    assert_string_equal(unit.code, "808");
    key = key_of(113);
    assert_int_equal(lt_book_curve(book, key.bytes, &unit, &role, &key), LT_NOT_FOUND);

    const struct lt_chain chain = chain_of(LT_STREAM_REPORT, "28111");
    assert_int_equal(lt_book_keys(book, &chain, keys, 4), 3);
    assert_true(keys[0].bytes[0] == 10 && keys[1].bytes[0] == 11 && keys[2].bytes[0] == 16);
    assert_int_equal(lt_book_keys(book, &chain, keys, 1), 1);
    assert_int_equal(keys[0].bytes[0], 10);

    lt_book_free(book);
}

static void test_revoked_keys(void **state)
{
    (void)state;
    struct lt_book *book = keyed_book();
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key, keys[4];
    const struct lt_chain chain = chain_of(LT_STREAM_REPORT, "28111");
    struct saying *saying;
    /* Revoked by its district; not by another. */
    struct lt_hash cut = {{5}};
    struct lt_hash before, after;
    lt_book_digest(book, &before);
    saying = say("808", 1, 4);
    say_revoked(saying, "28111", 11, NULL);
    tell(book, saying);
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "28111", 11), LT_OK);
    saying = say("807", 2, 3);
    say_revoked(saying, "28111", 10, &cut);
    assert_true(tell(book, saying).keys);
    lt_book_digest(book, &after);
    assert_int_not_equal(lt_hash_cmp(&before, &after), 0);
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "28111", 10), LT_KEY_REVOKED);
    key = key_of(10);
    const struct lt_revocation *revocation = lt_book_revocation(book, &chain, &key);
    assert_int_equal(revocation->cut_count, 1);
    assert_int_equal(lt_hash_cmp(&revocation->cut[0], &cut), 0);
    assert_int_equal(lt_book_keys(book, &chain, keys, 4), 2);
    key = key_of(110);
    assert_int_equal(lt_book_curve(book, key.bytes, &unit, &role, &key), LT_KEY_REVOKED);
    key = key_of(11);
    assert_null(lt_book_revocation(book, &chain, &key));
    lt_book_free(book);
}

/* A district's key is stolen: what the thief said outside the cut falls, the rest stands. */
static void test_revoked_hub(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    struct saying *saying = say("VN", 2, 1);
    say_grant(saying, "807", HUB, 3, 0, NULL);
    tell(book, saying);
    struct saying *honest = say("807", 1, 3), *second = say("807", 2, 3), *thief = say("807", 3, 3);
    say_unit(honest, "H1", "807", LT_UNIT_BASE, "", "");
    say_grant(honest, "H1", AGENT, 20, 0, NULL);
    second->update.frame.parent_count = 1;
    second->update.frame.parents[0] = honest->update.id;
    say_unit(second, "H2", "H1", LT_UNIT_BASE, "", "");
    thief->update.frame.parent_count = 1;
    thief->update.frame.parents[0] = second->update.id;
    say_unit(thief, "T1", "807", LT_UNIT_BASE, "", "");
    say_unit(thief, "H3", "T1", LT_UNIT_BASE, "", "");
    say_grant(thief, "28111", AGENT, 21, 0, NULL);
    say_revoked(thief, "H1", 20, NULL);
    hear(book, thief);
    hear(book, honest);
    hear(book, second);
    assert_int_equal(lt_book_place_count(book), 16);
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "H1", 20), LT_KEY_REVOKED);
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "28111", 21), LT_OK);

    saying = say("VN", 3, 1);
    say_revoked(saying, "807", 3, &second->update.id);
    say_grant(saying, "807", HUB, 4, 0, NULL);
    struct lt_book_change change = tell(book, saying);
    assert_true(change.altered && change.keys);
    assert_int_equal(lt_book_place_count(book), 14);
    for (size_t i = 0; i < 14; i++)
        assert_int_equal(lt_book_place_at(book, i)->number, i);
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "H1", 20), LT_OK);
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "28111", 21), LT_KEY_UNKNOWN);
    assert_int_equal(key_result(book, LT_STREAM_DIRECTIVE, "807", 3), LT_KEY_REVOKED);
    assert_int_equal(key_result(book, LT_STREAM_DIRECTIVE, "807", 4), LT_OK);

    /* The thief cannot revoke the new key, nor lift what was said above. */
    saying = say("807", 9, 3);
    say_revoked(saying, "807", 4, NULL);
    say_revoked(saying, "807", 3, &thief->update.id);
    tell(book, saying);
    assert_int_equal(key_result(book, LT_STREAM_DIRECTIVE, "807", 4), LT_OK);
    assert_int_equal(lt_book_place_count(book), 14);
    free(honest);
    free(second);
    free(thief);
    lt_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookups),     cmocka_unit_test(test_titles),
        cmocka_unit_test(test_pinning),     cmocka_unit_test(test_hubs_speak_of_what_is_below),
        cmocka_unit_test(test_keys),        cmocka_unit_test(test_revoked_keys),
        cmocka_unit_test(test_revoked_hub),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
