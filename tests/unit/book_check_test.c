/* Lists of units, checked before they become a directive. */
#include "tests/unit/rules_samples.h"

static void check_list(const char *const (*rows)[4], size_t count, size_t bad, const char *because)
{
    struct lt_book *book = sample_book();
    struct saying *saying = say("VN", 2, 1);
    const Lienthong__UnitEntry *entries[SAID_ITEMS_MAX];
    for (size_t i = 0; i < count; i++)
        entries[i] = say_unit(saying, rows[i][0], rows[i][1], atoi(rows[i][2]), "x", rows[i][3]);
    size_t row = 99;
    char reason[160] = "untouched";
    enum lt_result result = lt_book_check_units(book, entries, count, &row, reason);
    if (because == NULL) {
        assert_string_equal(reason, "untouched");
        assert_int_equal(result, LT_OK);
    } else {
        assert_int_equal(result, LT_REFUSED);
        assert_int_equal(row, bad);
        if (strstr(reason, because) == NULL)
            fail_msg("\"%s\" is not \"%s\"", reason, because);
    }
    assert_int_equal(lt_book_place_count(book), 12);
    free(saying);
    lt_book_free(book);
}

#define CHECK_LIST(bad, because, ...)                                                              \
    do {                                                                                           \
        static const char *const rows[][4] = {__VA_ARGS__};                                        \
        check_list(rows, sizeof(rows) / sizeof(rows[0]), bad, because);                            \
    } while (0)

static void test_check_units(void **state)
{
    (void)state;
    CHECK_LIST(0, NULL, {"90", "VN", "2", ""}, {"901", "90", "3", ""}, {"9011", "901", "4", ""});
    CHECK_LIST(0, NULL, {"807", "80", "3", "2025-06-30"});
    CHECK_LIST(1, "twice", {"90", "VN", "2", ""}, {"90", "VN", "2", ""});
    CHECK_LIST(0, "later in the list", {"901", "90", "3", ""}, {"90", "VN", "2", ""});
    CHECK_LIST(0, "not known", {"901", "95", "3", ""});
    CHECK_LIST(0, "later in the list", {"A", "B", "3", ""}, {"B", "A", "3", ""});
    CHECK_LIST(0, "later in the list", {"A", "A", "3", ""});
    CHECK_LIST(0, "borne at the same time", {"807@2025-06-30", "80", "3", "2025-06-30"});
    CHECK_LIST(1, "borne at the same time", {"7@2020-01-01", "VN", "3", "2021-01-01"},
               {"7@2021-01-01", "VN", "3", ""});
    CHECK_LIST(0, NULL, {"7@2020-01-01", "VN", "3", "2021-01-01"}, {"7@2021-01-02", "VN", "3", ""});
    CHECK_LIST(0, NULL, {"7@2021-01-01", "VN", "3", ""}, {"7@2019-01-01", "VN", "3", "2020-12-31"});
    CHECK_LIST(1, "borne at the same time", {"7@2021-01-01", "VN", "3", ""},
               {"7@2019-01-01", "VN", "3", "2021-01-01"});
    CHECK_LIST(1, "borne at the same time", {"7@2021-01-01", "VN", "3", "2022-12-31"},
               {"7", "VN", "3", "2021-01-01"});
    CHECK_LIST(0, NULL, {"7@2021-01-01", "VN", "3", "2022-12-31"}, {"7", "VN", "3", "2020-12-31"});
    CHECK_LIST(0, "closed before", {"901", "80", "3", ""});
    CHECK_LIST(0, "closed before", {"901", "80", "3", "2025-07-01"});
    CHECK_LIST(0, NULL, {"901", "80", "3", "2025-06-30"});
    CHECK_LIST(0, "older than its parent", {"901", "80@2025-07-01", "3", ""});
    CHECK_LIST(0, "older than its parent", {"901@2025-06-30", "80@2025-07-01", "3", ""});
    CHECK_LIST(0, NULL, {"901@2025-07-01", "80@2025-07-01", "3", ""});
    CHECK_LIST(0, "last day is before", {"9@2020-01-01", "VN", "3", "2019-12-31"});
    CHECK_LIST(0, "level", {"9", "VN", "0", ""});
    CHECK_LIST(0, "another parent", {"807", "VN", "3", "2025-06-30"});
    CHECK_LIST(0, "another level", {"807", "80", "2", "2025-06-30"});
    CHECK_LIST(0, "below it is open", {"80@2025-07-01", "VN", "2", "2030-01-01"});
    CHECK_LIST(0, "below it is open: 807", {"80", "VN", "2", "2025-06-29"});
    CHECK_LIST(0, NULL, {"80@2025-07-01", "VN", "2", "2030-01-01"},
               {"28111@2025-07-01", "80@2025-07-01", "4", "2030-01-01"});
    CHECK_LIST(16, "too deep", {"a1", "", "1", ""}, {"a2", "a1", "1", ""}, {"a3", "a2", "1", ""},
               {"a4", "a3", "1", ""}, {"a5", "a4", "1", ""}, {"a6", "a5", "1", ""},
               {"a7", "a6", "1", ""}, {"a8", "a7", "1", ""}, {"a9", "a8", "1", ""},
               {"b1", "a9", "1", ""}, {"b2", "b1", "1", ""}, {"b3", "b2", "1", ""},
               {"b4", "b3", "1", ""}, {"b5", "b4", "1", ""}, {"b6", "b5", "1", ""},
               {"b7", "b6", "1", ""}, {"b8", "b7", "1", ""});
    CHECK_LIST(11, "too deep at: c2", {"a1", "TH1", "5", ""}, {"a2", "a1", "5", ""},
               {"a3", "a2", "5", ""}, {"a4", "a3", "5", ""}, {"a5", "a4", "5", ""},
               {"a6", "a5", "5", ""}, {"a7", "a6", "5", ""}, {"a8", "a7", "5", ""},
               {"a9", "a8", "5", ""}, {"b1", "a9", "5", ""}, {"b2", "b1", "5", ""},
               {"c2", "b2", "5", ""});
}

/* What was said and does not stand is nobody's code. */
static void test_what_does_not_stand(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    struct saying *saying = say("VN", 2, 1);
    size_t row;
    char reason[160];
    say_grant(saying, "80", LIENTHONG__ROLE__ROLE_HUB, 2, 0, NULL);
    tell(book, saying);
    saying = say("80", 1, 2);
    say_unit(saying, "90@2020-01-01", "NOWHERE", LT_UNIT_COMMUNE, "", "");
    tell(book, saying);
    saying = say("VN", 3, 1);
    const Lienthong__UnitEntry *entry = say_unit(saying, "90", "VN", LT_UNIT_PROVINCE, "", "");
    if (lt_book_check_units(book, &entry, 1, &row, reason) != LT_OK)
        fail_msg("%s", reason);
    assert_int_equal(lt_book_check_units(book, NULL, 0, &row, reason), LT_OK);
    free(saying);
    lt_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_units),
        cmocka_unit_test(test_what_does_not_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
