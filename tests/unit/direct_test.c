/* What a hub may say of what stands beside the tree, and what of it is judged again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hub/direct.h"
#include "proto/standing.h"
#include "tests/unit/hub_world.h"

static const char *const titles[] = {"GK"};

struct fixture {
    struct world world;
    char *dir;
    struct lt_ledger *ledger;
    struct signed_update law;
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    world_small(&fixture->world);
    fixture->dir = world_dir();
    fixture->ledger = world_ledger(&fixture->world, fixture->dir, 0);
    world_constitution(&fixture->world, fixture->world.unit_count, titles, 1, &fixture->law);
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    lt_ledger_close(fixture->ledger);
    signed_free(&fixture->law);
    world_remove(fixture->dir);
    world_free(&fixture->world);
    free(fixture);
    return 0;
}

/* Room for one item of each kind. */
struct words {
    Lienthong__Directive items[4], *list[4];
    Lienthong__Unit units[4];
    Lienthong__UnitEntry entry;
    Lienthong__Succession heir;
    Lienthong__Obligation owed;
    Lienthong__ClusterEntry cluster;
    Lienthong__Closing closing;
    Lienthong__Period period;
    Lienthong__DirectiveBody body;
};

static char *text(const char *borrowed)
{
    return (char *)(uintptr_t)borrowed;
}

static void words_init(struct words *words)
{
    memset(words, 0, sizeof *words);
    for (size_t i = 0; i < 4; i++) {
        lienthong__directive__init(&words->items[i]);
        lienthong__unit__init(&words->units[i]);
        words->list[i] = &words->items[i];
    }
    lienthong__unit_entry__init(&words->entry);
    lienthong__succession__init(&words->heir);
    lienthong__obligation__init(&words->owed);
    lienthong__cluster_entry__init(&words->cluster);
    lienthong__closing__init(&words->closing);
    lienthong__period__init(&words->period);
    lienthong__directive_body__init(&words->body);
    words->body.items = words->list;
    words->period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    words->period.to = 2020;
    words->owed.period = words->closing.period = &words->period;
}

static Lienthong__Unit *unit(struct words *words, size_t number, const char *code)
{
    words->units[number].code = text(code);
    return &words->units[number];
}

static Lienthong__Directive *next(struct words *words)
{
    return words->list[words->body.n_items++];
}

static void say_heir(struct words *words, const char *from, const char *to)
{
    words->heir.unit = unit(words, 0, from);
    words->heir.successor = unit(words, 1, to);
    words->heir.main = words->heir.whole = true;
    next(words)->succession = &words->heir;
}

/* The entry of a commune of 807, closed. */
static void say_closed(struct words *words, const char *code)
{
    words->entry.unit = unit(words, 2, code);
    words->entry.parent = unit(words, 3, "807");
    words->entry.level = (Lienthong__UnitLevel)4;
    words->entry.nature = LIENTHONG__NATURE__NATURE_ADMINISTRATIVE;
    words->entry.name = words->entry.type = text("");
    words->entry.valid_to = 20000;
    next(words)->unit = &words->entry;
}

static void refused(struct fixture *fixture, const struct words *words, size_t item,
                    const char *reason)
{
    size_t found = 99;
    char said[LT_DIRECT_REASON_MAX] = "";
    assert_int_equal(lt_direct_check(fixture->ledger, &words->body, &found, said), LT_REFUSED);
    assert_string_equal(said, reason);
    assert_int_equal(found, item);
}

static void accepted(struct fixture *fixture, const struct words *words)
{
    char said[LT_DIRECT_REASON_MAX] = "";
    assert_int_equal(lt_direct_check(fixture->ledger, &words->body, NULL, said), LT_OK);
}

static void what_does_not_fit_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct words words;
    words_init(&words);
    words.owed.unit = unit(&words, 2, "807");
    next(&words)->obligation = &words.owed;
    say_heir(&words, "28159", "28162");
    refused(fixture, &words, 1, "the unit is still open; close it first: 28159");
    words_init(&words);
    say_closed(&words, "28159");
    say_heir(&words, "28159", "28162");
    accepted(fixture, &words);
    words_init(&words);
    words.closing.part = 2;
    words.closing.parts = 1;
    next(&words)->closing = &words.closing;
    refused(fixture, &words, 0, "the part's number is not one of 1 to the number of parts");
}

static void a_hub_speaks_of_its_own_units_only(void **state)
{
    struct fixture *fixture = *state;
    struct lt_hub_site site;
    struct words words;
    lt_ledger_site(fixture->ledger, &site);
    site.unit = world_unit_of("80");
    site.has_parent = true;
    assert_int_equal(lt_ledger_set_site(fixture->ledger, &site), LT_OK);
    words_init(&words);
    say_closed(&words, "28159");
    say_heir(&words, "28159", "10999");
    next(&words)->closing = &words.closing; /* of its own unit */
    accepted(fixture, &words);
    const char *no =
        "10999: it does not lie within this hub's own unit; the hub above has to say it";
    words_init(&words);
    say_heir(&words, "10999", "28159");
    refused(fixture, &words, 0, no);
    words_init(&words);
    words.owed.within = unit(&words, 0, "10999");
    next(&words)->obligation = &words.owed;
    refused(fixture, &words, 0, no);
    words_init(&words);
    words.closing.place = unit(&words, 0, "10999");
    next(&words)->closing = &words.closing;
    refused(fixture, &words, 0, no);
    words_init(&words);
    words.cluster.managing = unit(&words, 0, "10999");
    next(&words)->cluster = &words.cluster;
    refused(fixture, &words, 0, no);
}

/* Only what figures depend on is judged again. */
static void obligations_judge_nothing_again(void **state)
{
    struct fixture *fixture = *state;
    struct words words;
    struct signed_update said;
    struct lt_ledger_counts before, after;
    struct lt_hash digest, other;
    lt_ledger_counts(fixture->ledger, false, &before);
    lt_book_digest(lt_ledger_book(fixture->ledger), &digest);
    words_init(&words);
    words.owed.unit = unit(&words, 2, "807");
    next(&words)->obligation = &words.owed;
    next(&words)->closing = &words.closing;
    world_direct(&fixture->world, words.list, words.body.n_items, &said);
    assert_int_equal(world_commit(fixture->ledger, &said), LT_OK);
    signed_free(&said);
    lt_ledger_counts(fixture->ledger, false, &after);
    lt_book_digest(lt_ledger_book(fixture->ledger), &other);
    assert_int_equal(lt_book_obligation_count(lt_ledger_book(fixture->ledger)), 1);
    assert_int_equal(lt_book_closing_count(lt_ledger_book(fixture->ledger)), 1);
    assert_int_equal(after.generation, before.generation);
    assert_memory_equal(&digest, &other, sizeof digest);
    words_init(&words);
    words.cluster.managing = unit(&words, 0, "80");
    words.cluster.name = text("Cụm 1");
    words.cluster.year = 2020;
    next(&words)->cluster = &words.cluster;
    world_direct(&fixture->world, words.list, words.body.n_items, &said);
    assert_int_equal(world_commit(fixture->ledger, &said), LT_OK);
    signed_free(&said);
    lt_ledger_counts(fixture->ledger, false, &after);
    lt_book_digest(lt_ledger_book(fixture->ledger), &other);
    assert_int_equal(after.generation, before.generation + 1);
    assert_memory_not_equal(&digest, &other, sizeof digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_hub_speaks_of_its_own_units_only, begin, end),
        cmocka_unit_test_setup_teardown(obligations_judge_nothing_again, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
