/* The book: any order, any duplication of what is said gives the same; and a large one. */
#include "tests/unit/standing_samples.h"

#include <time.h>

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

enum { STORY_MAX = 60 };
static struct lt_secret root_secret;
static uint64_t seed;
static uint32_t rnd(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

static const char *const story_units[] = {"VN",           "P1", "P2", "D1", "D2",
                                          "D3",           "C1", "C2", "C3", "C4",
                                          "C5",           "B1", "B2", "B3", "D1@2025-07-01",
                                          "C1@2025-07-01"};
enum { STORY_UNITS = sizeof(story_units) / sizeof(story_units[0]) };
static const char *const story_hubs[] = {"VN", "VN", "P1", "P2", "D1", "D2", "D1@2025-07-01"};
enum { STORY_HUBS = sizeof(story_hubs) / sizeof(story_hubs[0]) };

static void say_random_revocation(struct saying *saying, struct saying *const *story, size_t told)
{
    const uint32_t hub = rnd(STORY_HUBS);
    say_revoked(saying, story_hubs[hub], 1 + hub,
                told > 0 ? &story[rnd((uint32_t)told)]->update.id : NULL);
}

static const char *random_unit(void)
{
    return story_units[rnd(STORY_UNITS)];
}

static void random_standing(struct saying *saying)
{
    static const char *const names[] = {"Cụm 1", "k2"}, *const how[] = {"mw", "mc", "wcz", "", "x"};
    static const char *const cuts[] = {"B1", "B2 C1", "C3"}, *const periods[] = {"2020", "2021-Q2"};
    for (unsigned items = rnd(4); items > 0; items--) {
        const char *unit = random_unit(), *name = names[rnd(2)];
        const unsigned what = rnd(15), part = rnd(3);
        if (what < 4)
            say_succession(saying, unit, rnd(9) ? random_unit() : "", how[rnd(5)]);
        else if (what < 6)
            say_cluster(saying, "", name, unit, 2020, random_unit(), random_unit());
        else if (what < 7)
            say_movement(saying, "", name, unit)->thematic = rnd(2);
        else if (what < 8)
            say_obligation(saying, rnd(2) ? unit : "", unit, (int)rnd(2), periods[rnd(2)])->due =
                (int)rnd(9);
        else if (what < 10)
            say_closing(saying, rnd(3) ? "" : unit, periods[0], 0, cuts[part], part, part ? 2 : 0);
        else if (what < 11)
            say_publication(saying, "", name, 0, name, cuts[part], part, part ? 2 : 0);
        else if (what < 12)
            say_move(saying, unit, random_unit(), (char)rnd(9));
        else if (what < 13)
            say_notice(saying, unit, name);
        else if (what < 14)
            say_fallback(saying, rnd(3), 'f', rnd(2) ? "tcp://f:7400" : NULL);
        else
            say_versions(saying, rnd(5));
    }
}

static void random_items(struct saying *saying, struct saying *const *story, size_t told)
{
    static const char *const names[] = {"a", "b"}, *const ends[] = {"", "2025-06-30", "2026-01-01"};
    random_standing(saying);
    for (unsigned items = 1 + rnd(4); items > 0; items--) {
        const char *unit = story_units[rnd(STORY_UNITS)];
        const unsigned what = rnd(10);
        if (what < 5)
            say_unit(saying, unit, rnd(30) ? story_units[rnd(STORY_UNITS)] : "",
                     1 + (int)rnd(LT_UNIT_BASE), names[rnd(2)], ends[rnd(3)]);
        else if (what < 8)
            say_grant(saying, unit, rnd(2) ? HUB : AGENT, 1 + rnd(8), 1 + rnd(5),
                      rnd(8) ? NULL : &root_secret);
        else if (what < 9)
            say_random_revocation(saying, story, told);
        else
            say_title(saying, names[rnd(2)], "", rnd(2) ? "1" : "2", "", "");
    }
}

static size_t random_story(struct saying *story[STORY_MAX])
{
    struct saying *first = story[0] = say("VN", 1, 1);
    say_grant(first, "VN", HUB, 1, 0, &root_secret);
    say_grant(first, "VN", HUB, 2, 0, &root_secret);
    say_unit(first, "VN", "", LT_UNIT_NATION, "", "");
    say_unit(first, "P1", "VN", LT_UNIT_PROVINCE, "", "");
    say_unit(first, "P2", "VN", LT_UNIT_PROVINCE, "", "");
    say_unit(first, "D1", "P1", LT_UNIT_DISTRICT, "", "");
    say_unit(first, "D2", "P2", LT_UNIT_DISTRICT, "", "");
    for (unsigned i = 2; i < STORY_HUBS; i++)
        say_grant(first, story_hubs[i], HUB, 1 + i, 0, NULL);
    const size_t count = 2 + rnd(STORY_MAX - 2);
    for (size_t i = 1; i < count; i++) {
        const uint32_t hub = rnd(STORY_HUBS);
        story[i] = say(story_hubs[hub], 1 + rnd(6), rnd(4) ? 1 + hub : 1 + rnd(8));
        struct lt_frame *frame = &story[i]->update.frame;
        for (size_t j = 0; j < i && frame->parent_count < 3; j++) {
            const struct lt_frame *other = &story[j]->update.frame;
            if (lt_unit_cmp(&other->chain.unit, &frame->chain.unit) == 0 && other->seq < frame->seq)
                frame->parents[frame->parent_count++] = story[j]->update.id;
        }
        random_items(story[i], story, i);
    }
    return count;
}

/* Of each kind, how many stood. */
static size_t counted[10];

static void answer(crypto_generichash_state *state, const void *bytes, size_t size)
{
    crypto_generichash_update(state, bytes, size);
}

static void answer_place(crypto_generichash_state *state, const struct lt_place *place)
{
    static const struct lt_unit none;
    answer(state, place != NULL ? &place->unit : &none, sizeof(none));
}

static void ask_successions(const struct lt_book *book, crypto_generichash_state *state)
{
    const lt_day days[] = {day_at("2025-01-01"), day_at("2025-12-01"), day_at("2026-12-01")};
    for (size_t i = 0; i < lt_book_succession_count(book); i++) {
        const struct lt_succession *heir = lt_book_succession_at(book, i);
        answer_place(state, heir->unit);
        answer_place(state, heir->successor);
        answer(state, &(uint8_t[]){heir->main, heir->whole, heir->closed, (uint8_t)heir->cut_count},
               4);
    }
    for (size_t u = 0; u < STORY_UNITS * STORY_UNITS; u++) {
        const struct lt_unit unit = unit_at(story_units[u / STORY_UNITS]),
                             author = unit_at(story_units[u % STORY_UNITS]);
        const struct lt_place *place = lt_book_place(book, &unit),
                              *by = lt_book_place(book, &author);
        for (size_t i = 0; u % STORY_UNITS == 0 && place != NULL && i < 3; i++)
            answer_place(state, lt_book_today(book, place, days[i]));
        if (place != NULL && by != NULL)
            answer(state,
                   &(uint8_t[]){lt_book_speaks_for(book, by, place),
                                (uint8_t)lt_book_generation(book, place, by)},
                   2);
    }
}

static void ask_cut(crypto_generichash_state *state, const struct lt_chain_cut *cut, size_t count)
{
    for (size_t i = 0; i < count; i++)
        answer(state, &cut[i].unit, sizeof(cut[i].unit));
}

/* What stands beside the tree, in its canonical order. */
static void ask_standing(const struct lt_book *book, crypto_generichash_state *state)
{
    ask_successions(book, state);
    for (size_t i = 0; i < lt_book_cluster_count(book); i++) {
        const struct lt_cluster *cluster = lt_book_cluster_at(book, i);
        answer_place(state, cluster->managing);
        answer_place(state, cluster->lead);
        for (size_t j = 0; j < cluster->member_count; j++)
            answer_place(state, cluster->members[j]);
    }
    for (size_t i = 0; i < lt_book_movement_count(book); i++) {
        answer_place(state, lt_book_movement_at(book, i)->launcher);
        answer(state, &lt_book_movement_at(book, i)->thematic, 1);
    }
    for (size_t i = 0; i < lt_book_obligation_count(book); i++) {
        const struct lt_obligation *owed = lt_book_obligation_at(book, i);
        answer_place(state, owed->unit);
        answer_place(state, owed->within);
        answer(state, &owed->due, sizeof(owed->due));
    }
    for (size_t i = 0; i < lt_book_closing_count(book); i++) {
        answer_place(state, lt_book_closing_at(book, i)->place);
        answer_place(state, lt_book_closing_at(book, i)->hub);
        ask_cut(state, lt_book_closing_at(book, i)->cut, lt_book_closing_at(book, i)->cut_count);
    }
    for (size_t i = 0; i < lt_book_publication_count(book); i++) {
        const struct lt_publication *publication = lt_book_publication_at(book, i);
        answer_place(state, publication->hub);
        answer(state, publication->figures, publication->figures_size);
        ask_cut(state, publication->cut, publication->cut_count);
    }
    for (size_t u = 0; u < STORY_UNITS; u++) {
        const struct lt_unit unit = unit_at(story_units[u]);
        const struct lt_move *move = lt_book_move(book, &unit);
        if (move != NULL)
            answer(state, move->curve_key, sizeof(move->curve_key));
        counted[6] += move != NULL;
    }
    for (size_t i = 0; i < lt_book_notice_count(book); i++) {
        const struct lt_notice *notice = lt_book_notice_at(book, i);
        answer(state, &notice->unit, sizeof(notice->unit));
        answer(state, &notice->hub, sizeof(notice->hub));
        answer(state, &notice->update, sizeof(notice->update));
        answer(state, &notice->index, sizeof(notice->index));
    }
    counted[7] += lt_book_notice_count(book);
    for (size_t i = 0; i < lt_book_fallback_count(book); i++) {
        const struct lt_fallback *fallback = lt_book_fallback_at(book, i);
        answer(state, &fallback->hub, sizeof(fallback->hub));
        answer(state, &fallback->after_s, sizeof(fallback->after_s));
        answer(state, &fallback->endpoint_count, sizeof(fallback->endpoint_count));
    }
    counted[8] += lt_book_fallback_count(book);
    const uint32_t announced = lt_book_body_announced(book);
    answer(state, &announced, sizeof(announced));
    counted[9] += announced > LT_BODY_VERSION_FIRST;
    const size_t counts[6] = {lt_book_succession_count(book), lt_book_cluster_count(book),
                              lt_book_movement_count(book),   lt_book_obligation_count(book),
                              lt_book_closing_count(book),    lt_book_publication_count(book)};
    answer(state, counts, sizeof(counts));
    for (size_t i = 0; i < 6; i++)
        counted[i] += counts[i];
}

/* All that can be asked of a book, as one hash. */
static void ask_everything(const struct lt_book *book, struct lt_hash *ret_answers)
{
    crypto_generichash_state state;
    struct lt_hash digests[5];
    crypto_generichash_init(&state, NULL, 0, 32);
    lt_book_digest(book, &digests[0]);
    lt_book_digests(book, &digests[1], &digests[2], &digests[3], &digests[4]);
    crypto_generichash_update(&state, (const uint8_t *)digests, sizeof(digests));
    for (size_t u = 0; u < STORY_UNITS; u++) {
        const struct lt_unit unit = unit_at(story_units[u]);
        const struct lt_place *place = lt_book_place(book, &unit);
        const uint8_t there[3] = {place != NULL, place != NULL && place->parent != NULL,
                                  place != NULL ? place->level : 0};
        crypto_generichash_update(&state, there, sizeof(there));
        if (place != NULL) {
            crypto_generichash_update(&state, (const uint8_t *)place->name, strlen(place->name));
            if (place->parent != NULL)
                crypto_generichash_update(&state, (const uint8_t *)&place->parent->unit.code, 16);
        }
        for (unsigned key = 1; key < 9; key++) {
            const struct lt_chain report = {LT_STREAM_REPORT, unit},
                                  directive = {LT_STREAM_DIRECTIVE, unit};
            const struct lt_key number = key_of(key);
            const struct lt_revocation *revocation = lt_book_revocation(book, &report, &number);
            const uint8_t results[2] = {(uint8_t)lt_book_key(book, &report, &number),
                                        (uint8_t)lt_book_key(book, &directive, &number)};
            crypto_generichash_update(&state, results, sizeof(results));
            if (revocation != NULL && revocation->cut_count > 0)
                crypto_generichash_update(&state, revocation->cut[0].bytes, 32);
        }
    }
    for (unsigned curve = 1; curve < 6; curve++) {
        const struct lt_key key = key_of(curve);
        struct lt_unit unit = {.code = "none"};
        Lienthong__Role role = LIENTHONG__ROLE__ROLE_NONE;
        struct lt_key owner = {{0}};
        lt_book_curve(book, key.bytes, &unit, &role, &owner);
        crypto_generichash_update(&state, (const uint8_t *)unit.code, sizeof(unit.code));
        crypto_generichash_update(&state, owner.bytes, sizeof(owner.bytes));
    }
    ask_standing(book, &state);
    crypto_generichash_final(&state, ret_answers->bytes, sizeof(ret_answers->bytes));
}

static struct lt_book *told_in_order(struct saying *const *story, const size_t *order, size_t count,
                                     const struct lt_key *root, bool pin_late)
{
    struct lt_book *book = lt_book_new();
    const struct lt_unit top = unit_at("VN");
    assert_non_null(book);
    if (!pin_late)
        lt_book_pin(book, root, &top);
    for (size_t i = 0; i < count; i++) {
        hear(book, story[order[i]]);
        if (rnd(4) == 0)
            hear(book, story[order[rnd((uint32_t)i + 1)]]);
    }
    if (pin_late)
        lt_book_pin(book, root, &top);
    return book;
}

static void test_any_order(void **state)
{
    (void)state;
    struct lt_key root;
    root_keys(&root, &root_secret);
    size_t standing = 0, revoked = 0;
    for (unsigned round = 0; round < 300; round++) {
        struct saying *story[STORY_MAX];
        size_t order[STORY_MAX];
        struct lt_hash expected, answers;
        seed = round;
        const size_t count = random_story(story);
        for (size_t i = 0; i < count; i++)
            order[i] = i;
        for (unsigned turn = 0; turn < 6; turn++) {
            struct lt_book *book = told_in_order(story, order, count, &root, turn == 2);
            ask_everything(book, &answers);
            if (turn == 0) {
                expected = answers;
                standing += lt_book_place_count(book);
                for (unsigned key = 1; key < 9; key++)
                    for (size_t u = 0; u < STORY_UNITS; u++)
                        revoked += key_result(book, LT_STREAM_DIRECTIVE, story_units[u], key) ==
                                   LT_KEY_REVOKED;
            }
            assert_memory_equal(&answers, &expected, sizeof(answers));
            /* What was kept up to date directly is what a fold from scratch gives. */
            const struct lt_unit top = unit_at("VN");
            lt_book_pin(book, &root, &top);
            ask_everything(book, &answers);
            assert_memory_equal(&answers, &expected, sizeof(answers));
            lt_book_free(book);
            for (size_t i = count; i > 1; i--) {
                const size_t other = rnd((uint32_t)i), held = order[i - 1];
                order[i - 1] = order[other];
                order[other] = held;
            }
        }
        for (size_t i = 0; i < count; i++)
            free(story[i]);
    }
    /* The stories have content. */
    print_message("%zu units stand, %zu keys are revoked\n", standing, revoked);
    assert_true(standing > 300 * 6 && revoked > 100);
    for (size_t i = 0; i < 10; i++)
        assert_true(counted[i] > 300);
}

/* The whole country, old tree and new, in the updates that a hub would send. */
static void test_large(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    const clock_t begun = clock();
    char unit[16], parent[16];
    struct saying *saying = say("VN", 2, 1);
    uint64_t seq = 2;
    for (unsigned i = 0; i < 14000; i++) {
        snprintf(unit, sizeof(unit), "%05u", i);
        snprintf(parent, sizeof(parent), i < 700 ? "VN" : "%05u", i % 700);
        if (saying->body.n_items == SAID_ITEMS_MAX) {
            tell(book, saying);
            saying = say("VN", ++seq, 1);
        }
        say_unit(saying, unit, parent, LT_UNIT_COMMUNE, "Xã", "");
    }
    tell(book, saying);
    const clock_t built = clock();
    for (unsigned i = 0; i < 14000; i++) {
        snprintf(unit, sizeof(unit), "%05u", i);
        saying = say("VN", ++seq, 1);
        say_grant(saying, unit, AGENT, 1000 + i, 2000 + i, NULL);
        tell(book, saying);
    }
    assert_int_equal(lt_book_place_count(book), 14012);
    assert_int_equal(key_result(book, LT_STREAM_REPORT, "13999", 14999), LT_OK);
    print_message("350 updates of 40 units: %.2f s; 14,000 grants: %.2f s\n",
                  (double)(built - begun) / CLOCKS_PER_SEC,
                  (double)(clock() - built) / CLOCKS_PER_SEC);
    lt_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
