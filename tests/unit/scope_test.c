/* Scopes: which records speak of one thing. And the spellings of numbers and names. */
#include "tests/unit/judge_samples.h"

static struct lt_fact scope_of(struct sheet *sheet, const char *author)
{
    struct lt_fact fact;
    assert_int_equal(judged(sheet, author, &fact), LT_COUNTS);
    return fact;
}

static void same(const struct lt_fact *a, const struct lt_fact *b, bool expected)
{
    assert_int_equal(memcmp(a->scope, b->scope, sizeof(a->scope)) == 0, expected);
}

static void test_scopes(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_award(&sheet);
    const struct lt_fact named = scope_of(&sheet, "28111");
    assert_int_equal(named.scope[0], LT_KIND_AWARD);
    /* Told by another, elsewhere, as a total, written otherwise, of another year: the same decision. */
    sheet.award.place = ref(&sheet, "28112");
    sheet.award.quantity = 1454;
    sheet.decision.number = text_of("  15 / qđ-Ubnd");
    sheet.period.to = 2019;
    sheet.award.type = LIENTHONG__AWARD_TYPE__TYPE_AD_HOC;
    struct lt_fact fact = scope_of(&sheet, "807");
    same(&named, &fact, true);
    sheet.award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    const struct lt_fact collective = scope_of(&sheet, "807");
    same(&named, &collective, false);
    sheet.award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
    fact = scope_of(&sheet, "807");
    same(&collective, &fact, true);
    sheet_award(&sheet);
    sheet.decision.date++;
    fact = scope_of(&sheet, "807");
    same(&named, &fact, false);
    sheet_award(&sheet);
    sheet.decision.unit = ref(&sheet, "28111");
    fact = scope_of(&sheet, "807");
    same(&named, &fact, false);
    /* Without a number period, movement and type tell. */
    sheet_award(&sheet);
    sheet.decision.number = text_of("--");
    const struct lt_fact bare = scope_of(&sheet, "807");
    same(&named, &bare, false);
    sheet.decision.date++;
    fact = scope_of(&sheet, "807");
    same(&bare, &fact, true);
    sheet.award.type = LIENTHONG__AWARD_TYPE__TYPE_AD_HOC;
    fact = scope_of(&sheet, "807");
    same(&bare, &fact, false);
    sheet.award.type = LIENTHONG__AWARD_TYPE__TYPE_MERIT;
    sheet.award.movement = text_of("x");
    fact = scope_of(&sheet, "807");
    same(&bare, &fact, false);
    /* A unit's code and the same code outside of the tree are two. */
    sheet_award(&sheet);
    sheet.decision.unit = 0;
    sheet.decision.authority = text_of("807");
    sheet.decision.level = LIENTHONG__LEVEL__LEVEL_DISTRICT;
    fact = scope_of(&sheet, "807");
    same(&named, &fact, false);
}

static void test_fold_number(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"15/QĐ-UBND", "15QDUBND"},
        {" 15/QÐ-UBND ", "15QDUBND"},
        {"15/qđ-ubnd", "15QDUBND"},
        {"15/q\xc3\xb0-ubnd", "15QDUBND"},
        {"", ""},
        {"ấ–ô", ""},
        {"\xc4", ""},
    };
    char folded[32];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        lt_fold_number(cases[i][0], folded, sizeof(folded));
        assert_string_equal(folded, cases[i][1]);
    }
    lt_fold_number("123456", folded, 4);
    assert_string_equal(folded, "123");
    lt_fold_number("123456", folded, 1);
    assert_string_equal(folded, "");
}

static void test_names(void **state)
{
    (void)state;
    const char *(*const lists[])(uint8_t) = {lt_level_name,    lt_type_name, lt_recipient_name,
                                             lt_category_name, lt_sex_name,  lt_status_name,
                                             lt_nature_name,   lt_kind_name, lt_unit_level_name};
    static const uint8_t last[] = {6, 8, 4, 5, 2, 9, 6, 7, 5};
    for (size_t i = 0; i < sizeof(last); i++) {
        assert_string_equal(lists[i](0), "");
        for (uint8_t value = 1; value <= last[i]; value++)
            assert_int_equal(lt_name_value(lists[i], lists[i](value)), value);
        assert_null(lists[i]((uint8_t)(last[i] + 1)));
        assert_null(lists[i](255));
        assert_int_equal(lt_name_value(lists[i], ""), 0);
        assert_int_equal(lt_name_value(lists[i], "nothing"), 0);
    }
    assert_string_equal(lt_recipient_name(LIENTHONG__RECIPIENT__RECIPIENT_HOUSEHOLD), "household");
    assert_string_equal(lt_status_name(LT_STATUS_RESPONSE), "response");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_fold_number),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
