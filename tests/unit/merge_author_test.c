/* The merge law within an author: small chains by hand, and what makes two changes say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/merge.h"

/* A chain of at most 26 updates a, b, c …: whose parents are whose. */
struct chain {
    uint32_t parents[26]; /* bits */
};

static uint32_t closure(const struct chain *chain, uint32_t mask)
{
    uint32_t all = 0;
    for (int i = 25; i >= 0; i--) {
        if ((mask | all) & UINT32_C(1) << i)
            all |= chain->parents[i];
    }
    return all;
}

static bool is_ancestor(void *context, const struct lt_hash *older, const struct lt_hash *newer)
{
    const struct chain *chain = context;
    return closure(chain, UINT32_C(1) << newer->bytes[0]) >> older->bytes[0] & 1;
}

static struct lt_version version(char update, uint64_t seq, uint32_t index, uint64_t value)
{
    struct lt_version made = {
        .stamp = {.seq = seq, .update = {{(uint8_t)(update - 'a')}}, .index = index},
        .counts = true,
        .value = value};
    return made;
}

#define MASK(letter) (UINT32_C(1) << ((letter) - 'a'))

static void expect(const struct chain *chain, const struct lt_version *versions, size_t count,
                   int winner, bool contested)
{
    struct chain known = *chain;
    const struct lt_winner found = lt_record_winner(versions, count, is_ancestor, &known);
    assert_int_equal(found.found, winner >= 0);
    if (winner >= 0) {
        assert_int_equal(found.version, winner);
        assert_int_equal(found.contested, contested);
    }
}

#define EXPECT(chain, winner, contested, ...)                                                      \
    do {                                                                                           \
        const struct lt_version list[] = {__VA_ARGS__};                                            \
        expect(chain, list, sizeof(list) / sizeof(list[0]), winner, contested);                    \
    } while (0)

static void test_line(void **state)
{
    (void)state;
    const struct chain line = {{0, MASK('a'), MASK('b')}};
    EXPECT(&line, 0, false, version('a', 1, 0, 7));
    EXPECT(&line, 2, false, version('b', 2, 0, 8), version('a', 1, 0, 7), version('c', 3, 0, 9));
    /* Within an update the later change. */
    EXPECT(&line, 0, false, version('b', 2, 5, 8), version('b', 2, 1, 9));
    /* What is quarantined is not there. */
    struct lt_version quarantined = version('c', 3, 0, 9), unseen = version('c', 3, 0, 9);
    quarantined.counts = false;
    EXPECT(&line, 0, false, version('b', 2, 0, 8), quarantined);
    EXPECT(&line, -1, false, quarantined);
    unseen.unseen = true;
    EXPECT(&line, 1, true, version('b', 2, 0, 8), unseen);
    /* The clerk's next word settles it. */
    struct lt_version earlier = version('b', 2, 0, 8);
    earlier.unseen = true;
    EXPECT(&line, 1, false, earlier, version('c', 3, 0, 9));
    expect(&line, NULL, 0, -1, false);
}

static void test_fork(void **state)
{
    (void)state;
    /* a - b - d(merges b, c); a - c; e after c only */
    const struct chain fork = {{0, MASK('a'), MASK('a'), MASK('b') | MASK('c'), MASK('c')}};
    /* The greater hash counts; different values are contested, equal ones not. */
    EXPECT(&fork, 1, true, version('b', 2, 0, 1), version('c', 2, 0, 2));
    EXPECT(&fork, 1, false, version('b', 2, 0, 1), version('c', 2, 0, 1));
    /* Knowing both settles it. */
    EXPECT(&fork, 2, false, version('b', 2, 0, 1), version('c', 2, 0, 2), version('d', 3, 0, 3));
    /* Knowing one does not. */
    EXPECT(&fork, 2, true, version('b', 2, 0, 1), version('c', 2, 0, 2), version('e', 3, 0, 3));
    EXPECT(&fork, 2, false, version('b', 2, 0, 3), version('c', 2, 0, 2), version('e', 3, 0, 3));
    /* `a` is known to a head that says the same as the winner: not contested. */
    EXPECT(&fork, 2, false, version('a', 1, 0, 9), version('b', 2, 0, 3), version('e', 3, 0, 3));
}

static struct lt_version of_draft(struct lt_version made, uint64_t import, uint32_t row)
{
    made.import = import;
    made.row = row;
    return made;
}

static void test_drafts(void **state)
{
    (void)state;
    const struct chain fork = {{0, MASK('a'), MASK('a'), MASK('b')}};
    /* Signed on two branches: the least counts, the other is not there. */
    EXPECT(&fork, 0, false, of_draft(version('b', 2, 0, 1), 77, 3),
           of_draft(version('c', 2, 0, 2), 77, 3));
    EXPECT(&fork, 2, false, version('a', 1, 0, 1), of_draft(version('c', 2, 0, 2), 77, 3),
           of_draft(version('b', 2, 0, 2), 77, 3));
    /* Other rows, and changes of no import, are others. */
    EXPECT(&fork, 1, true, of_draft(version('b', 2, 0, 1), 77, 3),
           of_draft(version('c', 2, 0, 2), 77, 4));
    EXPECT(&fork, 1, true, version('b', 2, 0, 1), version('c', 2, 0, 2));
    /* When the least is quarantined, the next stands. */
    struct lt_version quarantined = of_draft(version('b', 2, 0, 1), 77, 3);
    quarantined.counts = false;
    EXPECT(&fork, 1, false, quarantined, of_draft(version('c', 2, 0, 2), 77, 3));
}

/* A row is of one chain: what a successor says counts, though the predecessor had a row of that name. */
static void test_drafts_of_two_chains(void **state)
{
    (void)state;
    const struct chain line = {{0, MASK('a')}};
    struct lt_version heir = of_draft(version('c', 1, 1, 2), 77, 3), taken = version('c', 1, 0, 0);
    heir.chain = taken.chain = 1;
    heir.generation = taken.generation = 1;
    taken.op = LIENTHONG__OP__OP_RETRACT;
    EXPECT(&line, 3, false, version('a', 1, 0, 1), of_draft(version('b', 2, 0, 1), 77, 3), taken,
           heir);
    /* Of many versions, which are sorted on the heap, as well. */
    struct lt_version many[40];
    for (uint32_t i = 0; i < 38; i++)
        many[i] = of_draft(version('b', 2, i, 1), 77, 3);
    many[38] = heir;
    many[39] = taken;
    expect(&line, many, 40, 38, false);
    /* In the chain itself the first of a row alone. */
    struct lt_version again = of_draft(version('c', 1, 2, 3), 77, 3);
    again.chain = again.generation = 1;
    EXPECT(&line, 1, false, taken, heir, again);
}

/* ---- What changes say ---- */

struct page {
    Lienthong__ReportBody body;
    Lienthong__Change change, *changes[1];
    Lienthong__Award award;
    Lienthong__Pledge pledge;
    Lienthong__Period period;
    Lienthong__Decision decision, *decisions[3];
    Lienthong__Unit units[3], *unit_list[3];
    uint32_t members[2];
};

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void page_start(struct page *page)
{
    memset(page, 0, sizeof(*page));
    lienthong__report_body__init(&page->body);
    lienthong__change__init(&page->change);
    lienthong__award__init(&page->award);
    lienthong__pledge__init(&page->pledge);
    lienthong__period__init(&page->period);
    lienthong__decision__init(&page->decision);
    static const char *const codes[] = {"80", "28111", "807"};
    for (size_t i = 0; i < 3; i++) {
        lienthong__unit__init(&page->units[i]);
        page->units[i].code = text_of(codes[i]);
        page->unit_list[i] = &page->units[i];
        page->decisions[i] = &page->decision;
    }
    page->body.units = page->unit_list;
    page->body.n_units = 3;
    page->body.decisions = page->decisions;
    page->body.n_decisions = 3;
    page->changes[0] = &page->change;
    page->body.changes = page->changes;
    page->body.n_changes = 1;
    page->change.award = &page->award;
    page->award.period = &page->period;
    page->award.code = text_of("GK");
    page->award.decision = 1;
    page->decision.number = text_of("15");
    page->decision.unit = 3;
    page->period.to = 2020;
}

static const struct lt_unit author = {.code = "28111"};

static uint64_t value_of(const struct page *page, const Lienthong__Person *person)
{
    return lt_change_value(&page->body, &author, 0, person);
}

static void test_values(void **state)
{
    (void)state;
    struct page page;
    page_start(&page);
    page.award.place = 0;
    const uint64_t value = value_of(&page, NULL);
    /* Other tables, the same words. */
    page.award.place = 2;
    page.award.decision = 3;
    assert_true(value_of(&page, NULL) == value);
    page.change.row = 8;
    page.change.unseen = true;
    assert_true(value_of(&page, NULL) == value);
    /* Other words. */
    page.award.place = 1;
    assert_true(value_of(&page, NULL) != value);
    page.award.place = 2;
    page.units[1].valid_from = 20000;
    assert_true(value_of(&page, NULL) != value);
    page.units[1].valid_from = 0;
    page.decision.date = 1;
    assert_true(value_of(&page, NULL) != value);
    page.decision.date = 0;
    page.period.to = 2021;
    assert_true(value_of(&page, NULL) != value);
    page.period.to = 2020;
    page.award.posthumous = true;
    assert_true(value_of(&page, NULL) != value);
    page.award.posthumous = false;
    page.award.quantity = UINT64_C(1) << 40;
    assert_true(value_of(&page, NULL) != value);
    page.award.quantity = 0;
    page.award.note = text_of("x");
    const uint64_t noted = value_of(&page, NULL);
    page.award.note = text_of("");
    page.award.field = text_of("x");
    assert_true(noted != value && value_of(&page, NULL) != noted);
    page.award.field = text_of("");
    assert_true(value_of(&page, NULL) == value);
    page.change.op = LIENTHONG__OP__OP_WITHDRAW;
    assert_true(value_of(&page, NULL) != value);
    page.change.op = LIENTHONG__OP__OP_PUT;
    Lienthong__Person person;
    lienthong__person__init(&person);
    person.name = text_of("Cá nhân 0001");
    const uint64_t named = value_of(&page, &person);
    assert_true(named != value);
    person.name = text_of("Cá nhân ");
    person.workplace = text_of("0001");
    assert_true(value_of(&page, &person) != named);
    /* None is a decision that says nothing. */
    page_start(&page);
    page.award.decision = 0;
    const uint64_t bare = value_of(&page, NULL);
    page.award.decision = 1;
    page.decision.number = text_of("");
    page.decision.unit = 2;
    assert_true(value_of(&page, NULL) == bare);
}

static void test_lists(void **state)
{
    (void)state;
    struct page page;
    page_start(&page);
    page.change.award = NULL;
    page.change.pledge = &page.pledge;
    page.pledge.members = page.members;
    page.pledge.n_members = 2;
    page.members[0] = 1;
    page.members[1] = 2;
    const uint64_t value = value_of(&page, NULL);
    page.members[1] = 0; /* the author is 28111 too */
    assert_true(value_of(&page, NULL) == value);
    page.members[1] = 3;
    assert_true(value_of(&page, NULL) != value);
    page.pledge.n_members = 1;
    assert_true(value_of(&page, NULL) != value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),   cmocka_unit_test(test_fork),
        cmocka_unit_test(test_drafts), cmocka_unit_test(test_drafts_of_two_chains),
        cmocka_unit_test(test_values), cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
