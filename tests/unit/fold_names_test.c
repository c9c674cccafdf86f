/* Decision numbers and names folded for comparing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/standing.h"

static void test_decisions(void **state)
{
    (void)state;
    static const struct {
        const char *number;
        int year;
        const char *folded;
    } cases[] = {
        {"15/QĐ-UBND", 2020, "15"},
        {"15/QÐ-UBND ", 2020, "15"}, /* another letter that looks so */
        {"QĐ 15", 2020, "15"},
        {"15/qđ-ubnd", 0, "15"},
        {"Số 015/2020/QĐ-UBND", 2020, "15"},
        {"Số 015/2020/QĐ-UBND", 2021, "152020"},
        {"15/2020/QĐ-UBND", 0, "152020"},
        {"2020/QĐ-UBND", 2020, "2020"}, /* the number itself */
        {"15/QĐ-CTUBND", 2020, "15CTUBND"},
        {"15a/QĐ-UBND", 2020, "15A"},
        {"00", 2020, "0"},
        {"", 2020, ""},
        {"không số", 2020, "KHONG"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char folded[300];
        lt_fold_decision(cases[i].number, cases[i].year, folded, sizeof(folded));
        assert_string_equal(folded, cases[i].folded);
    }
}

static void same_cluster(const char *a, const char *b, bool same)
{
    char first[300], second[300];
    lt_fold_cluster(a, first, sizeof(first));
    lt_fold_cluster(b, second, sizeof(second));
    assert_int_equal(strcmp(first, second) == 0, same);
}

static void test_clusters(void **state)
{
    (void)state;
    same_cluster("Cụm thi đua số 1", "cụm 1", true);
    same_cluster("Cụm thi đua số 1", " CỤM  TĐ SỐ 01 ", true);
    same_cluster("Cụm 1", "Cụm 2", false);
    same_cluster("Cụm 1", "Cụm 10", false);
    same_cluster("Cụm 1", "Khối 1", false);
    same_cluster("Khối Hòa Bình", "khối hoà bình", true);
    same_cluster("Khối Thủy Nguyên", "Khối Thuỷ Nguyên", true);
    same_cluster("Khối Hòa", "Khối Hỏa", false);
    same_cluster("K-1", "k 1", true);
}

static void test_words(void **state)
{
    (void)state;
    char folded[300], other[300], little[8];
    lt_fold_words("  Chung sức XÂY DỰNG\tnông thôn mới ", folded, sizeof(folded));
    lt_fold_words("chung sức xây dựng nông thôn mới", other, sizeof(other));
    assert_string_equal(folded, other);
    lt_fold_words("Số 01", folded, sizeof(folded));
    lt_fold_words("số 1", other, sizeof(other));
    assert_string_not_equal(folded, other);
    /* What does not fit is left out by whole letters. */
    lt_fold_words("đưđưđư", little, sizeof(little));
    assert_string_equal(little, "đưđ");
    lt_fold_words("\xff\xc3", folded, sizeof(folded));
    lt_fold_words("", folded, sizeof(folded));
    assert_string_equal(folded, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
