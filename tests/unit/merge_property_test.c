/* The merge law on random sets: any order and duplication gives the same, and a recount that is written
 * differently (slowly, from the words of the law) agrees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/merge.h"

static uint64_t seed;
static uint32_t rnd(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

/* ---- Within an author ---- */

enum { UPDATES_MAX = 24, VERSIONS_MAX = 120 };

struct dag {
    size_t count;
    uint32_t above[UPDATES_MAX]; /* all ancestors, as bits */
    uint64_t seq[UPDATES_MAX];
    struct lt_hash id[UPDATES_MAX];
};

static size_t dag_index(const struct dag *dag, const struct lt_hash *id)
{
    size_t i = 0;
    while (lt_hash_cmp(&dag->id[i], id) != 0)
        i++;
    return i;
}

static bool is_ancestor(void *context, const struct lt_hash *older, const struct lt_hash *newer)
{
    const struct dag *dag = context;
    return dag->above[dag_index(dag, newer)] >> dag_index(dag, older) & 1;
}

static void random_dag(struct dag *dag)
{
    memset(dag, 0, sizeof(*dag));
    dag->count = 1 + rnd(UPDATES_MAX);
    const uint32_t width = 1 + rnd(6);
    for (size_t i = 0; i < dag->count; i++) {
        dag->seq[i] = 1;
        for (unsigned parents = i == 0 ? 0 : rnd(3) ? 1 : 2; parents > 0; parents--) {
            const size_t back = 1 + rnd(width), parent = i > back ? i - back : 0;
            dag->above[i] |= dag->above[parent] | UINT32_C(1) << parent;
            if (dag->seq[i] <= dag->seq[parent])
                dag->seq[i] = dag->seq[parent] + 1;
        }
        const uint64_t name = (uint64_t)rnd(1 << 30) << 8 | i;
        memcpy(dag->id[i].bytes, &name, sizeof(name));
    }
}

static size_t random_versions(const struct dag *dag, struct lt_version *versions)
{
    const size_t count = rnd(8) ? rnd(10) : rnd(VERSIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        const size_t update = rnd((uint32_t)dag->count);
        versions[i] = (struct lt_version){
            .stamp = {dag->seq[update], dag->id[update], (uint32_t)i},
            .import = rnd(3),
            .row = rnd(6),
            .counts = rnd(6) != 0,
            .unseen = rnd(12) == 0,
            .op = (uint8_t)rnd(3),
            .value = rnd(3),
        };
    }
    return count;
}

static bool knows(struct dag *dag, const struct lt_version *newer, const struct lt_version *older)
{
    return is_ancestor(dag, &older->stamp.update, &newer->stamp.update) ||
           (lt_hash_cmp(&older->stamp.update, &newer->stamp.update) == 0 &&
            older->stamp.index < newer->stamp.index);
}

/* The law as it is written, over the set of versions that count. */
static struct lt_winner naive_winner(struct dag *dag, const struct lt_version *versions,
                                     size_t count)
{
    bool in[VERSIONS_MAX], maximal[VERSIONS_MAX];
    struct lt_winner winner = {.found = false};
    for (size_t i = 0; i < count; i++) {
        in[i] = versions[i].counts;
        for (size_t j = 0; j < count; j++) {
            if (versions[j].counts && versions[i].import != 0 &&
                versions[j].import == versions[i].import && versions[j].row == versions[i].row &&
                lt_stamp_cmp(&versions[j].stamp, &versions[i].stamp) < 0)
                in[i] = false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (in[i] && (!winner.found ||
                      lt_stamp_cmp(&versions[i].stamp, &versions[winner.version].stamp) > 0)) {
            winner.found = true;
            winner.version = (uint32_t)i;
        }
    }
    for (size_t i = 0; i < count; i++) {
        maximal[i] = in[i];
        for (size_t j = 0; j < count; j++)
            maximal[i] = maximal[i] && !(in[j] && knows(dag, &versions[j], &versions[i]));
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (maximal[i] && maximal[j] && versions[i].value != versions[j].value)
                winner.contested = true;
        }
    }
    if (winner.found && versions[winner.version].unseen)
        winner.contested = true;
    return winner;
}

static void test_author(void **state)
{
    (void)state;
    size_t contested = 0, many = 0, found_count = 0;
    for (unsigned round = 0; round < 20000; round++) {
        struct dag dag;
        struct lt_version versions[VERSIONS_MAX * 2];
        seed = round;
        random_dag(&dag);
        size_t count = random_versions(&dag, versions);
        const struct lt_winner expected = naive_winner(&dag, versions, count);
        struct lt_stamp stamp = {0};
        if (expected.found)
            stamp = versions[expected.version].stamp;
        contested += expected.contested;
        found_count += expected.found;
        many += count > 32;
        for (unsigned turn = 0; turn < 4; turn++) {
            const struct lt_winner found = lt_record_winner(versions, count, is_ancestor, &dag);
            assert_int_equal(found.found, expected.found);
            if (found.found) {
                assert_int_equal(lt_stamp_cmp(&versions[found.version].stamp, &stamp), 0);
                assert_int_equal(found.contested, expected.contested);
            }
            if (turn == 1 && count > 0) { /* told twice */
                for (size_t i = rnd(5); i > 0; i--, count++)
                    versions[count] = versions[rnd((uint32_t)count)];
            }
            for (size_t i = count; i > 1; i--) {
                const size_t other = rnd((uint32_t)i);
                const struct lt_version held = versions[i - 1];
                versions[i - 1] = versions[other];
                versions[other] = held;
            }
        }
    }
    assert_true(contested > 1000 && many > 1000 && found_count > contested + 1000);
}

/* ---- Among tellers ---- */

enum { PLACES = 13, LINES_MAX = 40 };

static struct lt_place places[PLACES];

/* 0 over 1-3 over 4-12. */
static void plant(void)
{
    memset(places, 0, sizeof(places));
    for (size_t i = 0; i < PLACES; i++) {
        snprintf(places[i].unit.code, sizeof(places[i].unit.code), "u%02zu", (i * 7) % PLACES);
        places[i].parent = i == 0 ? NULL : &places[(i - 1) / 3];
    }
}

static size_t random_lines(struct lt_line *lines)
{
    const size_t count = rnd(LINES_MAX);
    const struct lt_place *authority = rnd(5) ? &places[rnd(PLACES)] : NULL;
    const uint32_t spread = 1 + rnd(PLACES);
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        struct lt_line line = {
            .teller = &places[rnd(spread)],
            .place = &places[rnd(PLACES)],
            .authority = authority,
            .stated_total = rnd(3) == 0,
            .order = rnd(3),
        };
        bool there = false;
        for (size_t j = 0; j < made; j++)
            there = there ||
                    (lines[j].teller == line.teller && lines[j].place == line.place &&
                     lines[j].stated_total == line.stated_total && lines[j].order == line.order);
        line.quantity = rnd(8) ? (int64_t)rnd(20) : 0;
        line.count = line.quantity > 0 ? (line.stated_total ? 1 : line.quantity) : 0;
        if (!there)
            lines[made++] = line;
    }
    return made;
}

static bool under(const struct lt_place *place, const struct lt_place *above)
{
    while (place != NULL && place != above)
        place = place->parent;
    return place != NULL;
}

static unsigned far(const struct lt_place *place, const struct lt_place *teller)
{
    unsigned steps = 0;
    if (!under(place, teller))
        return 1000;
    for (; place != teller; place = place->parent)
        steps++;
    return steps;
}

/* Does the list of this line's teller count at its place? */
static bool chosen(const struct lt_line *lines, size_t count, const struct lt_line *line)
{
    bool authority_named = false, authority_total = false, nearest = true;
    for (size_t i = 0; i < count; i++) {
        const struct lt_line *other = &lines[i];
        if (other->quantity <= 0)
            continue;
        authority_named |= other->teller == other->authority && !other->stated_total;
        authority_total |= other->teller == other->authority && other->stated_total;
        if (other->stated_total == line->stated_total && other->place == line->place) {
            const unsigned theirs = far(other->place, other->teller),
                           ours = far(line->place, line->teller);
            if (theirs < ours ||
                (theirs == ours && lt_unit_cmp(&other->teller->unit, &line->teller->unit) < 0))
                nearest = false;
        }
    }
    if (line->quantity <= 0)
        return false;
    const bool own = line->teller == line->authority;
    if (line->stated_total ? authority_total || authority_named : authority_named)
        return own;
    return nearest;
}

/* What counts within a place in all, from the bottom up: the greater of what was named or told below,
 * and what was stated for the place itself. No lines are looked at one by one. */
static int64_t naive_within(const struct lt_line *lines, size_t count, const struct lt_place *place)
{
    int64_t below = 0, stated = 0;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].place == place && chosen(lines, count, &lines[i])) {
            if (lines[i].stated_total)
                stated += lines[i].quantity;
            else
                below += lines[i].quantity;
        }
    }
    for (size_t i = 0; i < PLACES; i++) {
        if (places[i].parent == place)
            below += naive_within(lines, count, &places[i]);
    }
    return stated > below ? stated : below;
}

static void compare_with_naive(const struct lt_line *lines, size_t count)
{
    bool told = false;
    for (size_t i = 0; i < count; i++)
        told = told || (lines[i].quantity > 0 && lines[i].teller == lines[i].authority);
    for (size_t i = 0; i < count; i++) {
        const struct lt_line *line = &lines[i];
        const bool counts = chosen(lines, count, line);
        assert_true(line->counted_quantity >= 0 && line->counted_quantity <= line->quantity);
        if (!line->stated_total)
            assert_int_equal(line->counted_quantity, counts ? line->quantity : 0);
        else if (!counts)
            assert_int_equal(line->counted_quantity, 0);
        assert_int_equal(line->counted_count, line->counted_quantity > 0 ? line->count : 0);
        assert_int_equal(line->unconfirmed, !told && line->counted_quantity > 0);
    }
    for (size_t p = 0; p < PLACES; p++) {
        int64_t within = 0;
        for (size_t i = 0; i < count; i++)
            within += under(lines[i].place, &places[p]) ? lines[i].counted_quantity : 0;
        assert_int_equal(within, naive_within(lines, count, &places[p]));
    }
}

static void test_tellers(void **state)
{
    (void)state;
    size_t partial = 0, idle = 0;
    plant();
    for (unsigned round = 0; round < 20000; round++) {
        struct lt_line lines[LINES_MAX], first[LINES_MAX];
        size_t at[LINES_MAX];
        seed = round;
        const size_t count = random_lines(lines);
        for (size_t i = 0; i < count; i++)
            at[i] = i;
        lt_scope_law(lines, count);
        compare_with_naive(lines, count);
        memcpy(first, lines, sizeof(first));
        for (size_t i = 0; i < count; i++) {
            partial +=
                lines[i].counted_quantity > 0 && lines[i].counted_quantity < lines[i].quantity;
            idle += lines[i].counted_quantity == 0 && lines[i].quantity > 0;
        }
        for (unsigned turn = 0; turn < 3; turn++) {
            for (size_t i = count; i > 1; i--) {
                const size_t other = rnd((uint32_t)i), held_at = at[i - 1];
                const struct lt_line held = lines[i - 1];
                lines[i - 1] = lines[other];
                at[i - 1] = at[other];
                lines[other] = held;
                at[other] = held_at;
            }
            lt_scope_law(lines, count);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(lines[i].counted_count, first[at[i]].counted_count);
                assert_int_equal(lines[i].counted_quantity, first[at[i]].counted_quantity);
                assert_int_equal(lines[i].unconfirmed, first[at[i]].unconfirmed);
            }
        }
    }
    assert_true(partial > 1000 && idle > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_author),
        cmocka_unit_test(test_tellers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
