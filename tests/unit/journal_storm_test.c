/* Journals of one unit that act, sign, copy each other's disks and meet at random: in the end all say the
 * same, the same as when all is derived anew, and where everyone fetched before he signed, nothing
 * stands twice. */
#include "journal_world.h"

#include "agent/journal_store.h"

#ifndef SEEDS
#define SEEDS 30
#endif

struct listing {
    size_t count;
    char lines[400][5 * WORLD_NAME];
};

static bool add_line(void *context, const struct lt_record_view *view)
{
    struct listing *listing = context;
    struct look look = {.count = 0};
    char ref[LT_ROW_REF_MAX];
    look_at(&look, view);
    lt_row_ref_format(&look.ref, ref);
    snprintf(listing->lines[listing->count++], sizeof(listing->lines[0]), "%s %d%d%d %s %s %s", ref,
             look.retracted, look.contested, look.quarantined, look.name, look.field, look.other);
    return true;
}

static int cmp_line(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void list(struct world *w, size_t at, struct listing *listing)
{
    listing->count = 0;
    assert_int_equal(lt_journal_records(w->journals[at], add_line, listing), LT_OK);
    qsort(listing->lines, listing->count, sizeof(listing->lines[0]), cmp_line);
}

static uint32_t draw(uint64_t *random, uint32_t below)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*random >> 33) % below;
}

static void act(struct world *w, size_t at, uint64_t import, uint64_t *random, bool rename)
{
    char name[WORLD_NAME], field[WORLD_NAME];
    struct listing *listing = malloc(sizeof(*listing));
    struct lt_row_ref ref;
    list(w, at, listing);
    snprintf(name, sizeof(name), "Cá nhân %04u", (unsigned)draw(random, 4));
    snprintf(field, sizeof(field), "%u", (unsigned)draw(random, 5));
    world_begin(w, import);
    uint32_t dice = draw(random, 10);
    if (dice < 5 || listing->count == 0) {
        world_put(w, name, field);
    } else {
        const char *line = listing->lines[draw(random, (uint32_t)listing->count)];
        char text[LT_ROW_REF_MAX];
        snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, " "), line);
        assert_int_equal(lt_row_ref_parse(text, &ref), LT_OK);
        if (!rename)
            snprintf(name, sizeof(name), "%s", world_record(w, at, ref).name);
        if (dice < 6)
            world_retract(w, ref);
        else
            world_correct(w, ref, name, field);
    }
    world_import(w, at);
    free(listing);
}

static void run_scenario(struct world *w, uint64_t seed, bool offline)
{
    uint64_t random = seed, import = 1;
    for (size_t i = 0; i < WORLD_JOURNALS; i++)
        if (w->journals[i] != NULL)
            world_close(w, i);
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'/*", w->root);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < 3; i++)
        world_make(w, i);
    for (int step = 0; step < 40; step++) {
        size_t at = draw(&random, 3), other = draw(&random, 3);
        uint32_t dice = draw(&random, 20);
        if (dice < 10)
            act(w, at, import++, &random, offline);
        else if (dice < 12 && at != other)
            world_send(w, at, other);
        else if (dice < 13 && at != other && draw(&random, 2) == 0)
            world_copy(w, at, other);
        else if (dice < 17 && offline)
            world_sign(w, at, at % 2);
        else if (dice < 17)
            for (size_t i = 0; i < 3; i++) { /* one after the other, each having fetched */
                for (size_t j = 0; j < 3; j++)
                    if (j != i)
                        world_send(w, j, i);
                world_sign(w, i, i % 2);
            }
    }
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < 3; i++) {
            for (size_t j = 0; j < 3; j++)
                if (j != i)
                    world_send(w, j, i);
            world_sign(w, i, i % 2);
        }
    for (size_t i = 0; i < 3; i++)
        world_send(w, i, (i + 1) % 3);
    for (size_t i = 0; i < 3; i++)
        world_send(w, i, (i + 1) % 3);
}

static void assert_same(const struct listing *one, const struct listing *two)
{
    assert_int_equal(one->count, two->count);
    for (size_t line = 0; line < one->count; line++)
        assert_string_equal(one->lines[line], two->lines[line]);
}

/* When everyone fetched before he signed, and no correction made it so, no name counts twice. */
static bool once(void *context, const struct lt_record_view *view)
{
    unsigned *seen = context;
    unsigned number = 99;
    assert_int_equal(sscanf(view->person->name, "Cá nhân %u", &number), 1);
    if (!view->retracted) {
        assert_false(*seen >> number & 1);
        *seen |= 1U << number;
    }
    return true;
}

/* What derives from the log is derived anew. */
static void derive_again(struct world *w, size_t at)
{
    static const uint8_t version[4] = {0, 0, 0, 1};
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(w->journals[at]), true);
    lt_put(txn, T_SITE, (struct lt_bytes){(const uint8_t *)"unread", 6},
           (struct lt_bytes){version, sizeof(version)});
    assert_int_equal(lt_txn_commit(txn), LT_OK);
    world_close(w, at);
    world_open(w, at);
}

static void test_convergence(void **state)
{
    struct world *w = *state;
    struct listing *one = malloc(sizeof(*one)), *two = malloc(sizeof(*two));
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        unsigned seen = 0;
        run_scenario(w, seed, seed % 2 == 0);
        list(w, 0, one);
        for (size_t i = 1; i < 3; i++) {
            list(w, i, two);
            assert_same(one, two);
        }
        derive_again(w, 2);
        list(w, 2, two);
        assert_same(one, two);
        if (seed % 2 == 1)
            assert_int_equal(lt_journal_records(w->journals[0], once, &seen), LT_OK);
    }
    free(one);
    free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_convergence, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
