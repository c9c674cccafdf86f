/* Folding of Vietnamese names, and natural keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/natural.h"
#include "tests/unit/samples.h"

typedef bool fold_text(const char *text, char ret_folded[LT_FOLDED_MAX]);

static void folds_to(fold_text *fold, const char *text, const char *expected)
{
    char folded[LT_FOLDED_MAX];
    assert_true(fold(text, folded));
    assert_string_equal(folded, expected);
}

static bool same(fold_text *fold, const char *a, const char *b)
{
    char left[LT_FOLDED_MAX], right[LT_FOLDED_MAX];
    assert_true(fold(a, left));
    assert_true(fold(b, right));
    return strcmp(left, right) == 0;
}

/* What grows most: of each 2 or 4 bytes 6 or 12 in the end. */
static void room_for_the_longest(void **state)
{
    static const char *const growing[] = {"\xce\x90", "\xf0\x9d\x85\xa0", "\xe1\xbe\x82", "ế", "ŉ",
                                          "x"};
    char text[LT_LONG_TEXT_BYTES_MAX + 2], folded[LT_FOLDED_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof(growing) / sizeof(growing[0]); i++) {
        text[0] = '\0';
        while (strlen(text) + strlen(growing[i]) <= LT_LONG_TEXT_BYTES_MAX) {
            strcat(text, growing[i]);
        }
        assert_true(lt_fold_name(text, folded));
        assert_true(strlen(folded) >= strlen(text));
        assert_true(lt_fold_plain(text, folded));
    }
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_false(lt_fold_plain(text, folded));
    assert_string_equal(folded, "");
}

static void one_name_written_in_many_ways(void **state)
{
    (void)state;
    assert_true(same(lt_fold_name, "Hòa", "Hoà"));
    assert_true(same(lt_fold_name, "Thủy", "Thuỷ"));
    assert_true(same(lt_fold_name, "Nguyễn  Văn\tHòa ", " NGUYỄN VĂN HOÀ"));
    assert_true(same(lt_fold_name, "Nguye\xcc\x82\xcc\x83n", "Nguyễn")); /* decomposed */
    assert_true(same(lt_fold_name, "Đức", "đức"));
    assert_true(
        same(lt_fold_name, "\xc3\x90\xe1\xbb\xa9\x63", "đức")); /* Ð, the Icelandic letter */
    assert_true(same(lt_fold_name,
                     "A\xc2\xa0"
                     "B\xe2\x80\x8b",
                     "a b")); /* no-break, zero width */
    assert_true(same(lt_fold_name, "Quỳnh – Hương", "Quỳnh - Hương"));
    assert_false(same(lt_fold_name, "Hòa", "Hóa"));
    assert_false(same(lt_fold_name, "Lan Anh", "Lananh"));
    assert_false(same(lt_fold_name, "Toán", "Toan"));
    assert_false(same(lt_fold_name, "Cần", "Cân"));
    folds_to(lt_fold_plain, "Đặng Thị Ngọc Ánh", "dang thi ngoc anh");
    folds_to(lt_fold_plain, "", "");
    folds_to(lt_fold_plain, " \n ", "");
    char folded[LT_FOLDED_MAX];
    assert_false(lt_fold_name("\xff", folded));
}

/* One award, all in one place. */
struct one {
    Lienthong__ReportBody body;
    Lienthong__Change change, *changes[1];
    Lienthong__Award award;
    Lienthong__Decision decision, *decisions[1];
    Lienthong__Unit unit, *units[1];
    Lienthong__Period period;
    Lienthong__Person person;
    struct lt_unit author;
};

static void make(struct one *one, const char *name, const char *workplace, const char *position)
{
    memset(one, 0, sizeof(*one));
    lienthong__report_body__init(&one->body);
    lienthong__change__init(&one->change);
    lienthong__award__init(&one->award);
    lienthong__decision__init(&one->decision);
    lienthong__unit__init(&one->unit);
    lienthong__period__init(&one->period);
    lienthong__person__init(&one->person);
    assert_int_equal(lt_unit_make("28162", 0, &one->author), LT_OK);
    one->unit.code = sample_text("28162");
    one->units[0] = &one->unit;
    one->body.units = one->units;
    one->body.n_units = 1;
    one->decision.unit = 1;
    one->decision.number = sample_text("15/QĐ-UBND");
    one->decision.date = 19000;
    one->decisions[0] = &one->decision;
    one->body.decisions = one->decisions;
    one->body.n_decisions = 1;
    one->period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    one->period.to = 2021;
    one->award.code = sample_text("GK");
    one->award.decision = 1;
    one->award.period = &one->period;
    one->award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
    one->change.award = &one->award;
    one->changes[0] = &one->change;
    one->body.changes = one->changes;
    one->body.n_changes = 1;
    one->person.name = sample_text(name);
    one->person.workplace = sample_text(workplace);
    one->person.position = sample_text(position);
}

static struct lt_natural key(const struct one *one)
{
    struct lt_natural natural;
    lt_natural_key(&one->body, &one->author, 0, &one->person, &natural);
    return natural;
}

static void check(const struct one *a, const struct one *b, bool exact, bool alike)
{
    struct lt_natural left = key(a), right = key(b);
    assert_int_equal(memcmp(left.exact, right.exact, 16) == 0, exact);
    assert_int_equal(memcmp(left.alike, right.alike, 16) == 0, alike);
}

static void awards(void **state)
{
    (void)state;
    struct one a, b;
    make(&a, "Cá nhân Hòa", "Trường 1", "");
    make(&b, "Cá nhân Hoà", "Trường 1", "");
    check(&a, &b, true, true);
    b.decision.number = sample_text(" 15/qđ-ubnd");
    check(&a, &b, true, true);
    b.decision.unit = 0; /* the author: the same unit */
    check(&a, &b, true, true);
    b.award.note = sample_text("ghi chú");
    b.award.quantity = 0;
    b.period.to = 2022; /* of no matter beside a number */
    check(&a, &b, true, true);
    make(&b, "Cá nhân Hoá", "Trường 1", "");
    check(&a, &b, false, true);
    make(&b, "Cá nhân Hòa", "Trường 2", "");
    check(&a, &b, false, true);
    make(&b, "Cá nhân Hòa", "Trường 1", "giáo viên");
    check(&a, &b, false, true);
    make(&b, "Cá nhân Hòa", "Trường 1", "");
    b.decision.date++;
    check(&a, &b, false, false);
    make(&b, "Cá nhân Hòa", "Trường 1", "");
    b.decision.number = sample_text("16/QĐ-UBND");
    check(&a, &b, false, false);
    make(&b, "Cá nhân Hòa", "Trường 1", "");
    b.award.code = sample_text("CSTD_CS");
    check(&a, &b, false, false);
}

static void enterprises_are_collectives(void **state)
{
    (void)state;
    struct one a, b;
    make(&a, "Công ty A", "", "");
    make(&b, "Công ty A", "", "");
    a.award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    b.award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
    check(&a, &b, true, true);
    b.award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_HOUSEHOLD;
    check(&a, &b, false, false);
}

static void without_a_decision_the_period_stands_in(void **state)
{
    (void)state;
    struct one a, b;
    make(&a, "Cá nhân 1", "", "");
    make(&b, "Cá nhân 1", "", "");
    a.decision.number = b.decision.number = sample_text("");
    check(&a, &b, true, true);
    b.period.to = 2022;
    check(&a, &b, false, false);
    b.period.to = 2021;
    b.award.type = LIENTHONG__AWARD_TYPE__TYPE_AD_HOC;
    check(&a, &b, false, false);
}

static void totals_have_a_place_and_no_name(void **state)
{
    (void)state;
    struct one a, b;
    make(&a, "", "", "");
    make(&b, "", "", "");
    a.award.quantity = 298;
    b.award.quantity = 300;
    check(&a, &b, true, true);
    b.award.place = 1; /* the author's own, said aloud */
    check(&a, &b, true, true);
    b.unit.code = sample_text("28165");
    b.decision.unit = 0;
    check(&a, &b, false, false);
}

static void decisions(void **state)
{
    (void)state;
    struct one a, b;
    uint8_t left[16], right[16];
    make(&a, "A", "", "");
    make(&b, "B", "", "");
    b.award.code = sample_text("LDTT");
    assert_true(lt_natural_decision(&a.body, &a.author, &a.award, left));
    assert_true(lt_natural_decision(&b.body, &b.author, &b.award, right));
    assert_memory_equal(left, right, 16);
    b.decision.date++;
    assert_true(lt_natural_decision(&b.body, &b.author, &b.award, right));
    assert_memory_not_equal(left, right, 16);
    b.decision.number = sample_text("");
    assert_false(lt_natural_decision(&b.body, &b.author, &b.award, right));
}

static void clusters_by_their_short_names(void **state)
{
    (void)state;
    struct one a, b;
    Lienthong__Score left, right;
    make(&a, "", "", "");
    make(&b, "", "", "");
    lienthong__score__init(&left);
    lienthong__score__init(&right);
    a.change.award = b.change.award = NULL;
    a.change.score = &left;
    b.change.score = &right;
    left.year = right.year = 2020;
    left.cluster = sample_text("Cụm thi đua số 1");
    right.cluster = sample_text("cụm 1");
    check(&a, &b, true, true);
    right.cluster = sample_text("Cụm 2");
    check(&a, &b, false, false);
    right.cluster = sample_text("Khối thi đua số 1");
    check(&a, &b, false, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_name_written_in_many_ways),
        cmocka_unit_test(room_for_the_longest),
        cmocka_unit_test(awards),
        cmocka_unit_test(enterprises_are_collectives),
        cmocka_unit_test(without_a_decision_the_period_stands_in),
        cmocka_unit_test(totals_have_a_place_and_no_name),
        cmocka_unit_test(decisions),
        cmocka_unit_test(clusters_by_their_short_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
