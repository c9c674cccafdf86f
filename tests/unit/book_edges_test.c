/* A book at its edges: trees deeper than any that ends, lists past their last item, units that went into hundreds of others or
 * into two trees, lines of successors longer than are followed, roots after roots, and titles of one code side by side. */
#include "proto/merge.h"
#include "tests/unit/standing_samples.h"

enum { DEEP = 40 };

static const uint8_t HUB = LIENTHONG__ROLE__ROLE_HUB;

/* ---- A tree deeper than any walk ---- */

/* D1 to D40, each below the one before, D1 below the top: those that lie deepest stand first, so that one pass takes all. */
static struct lt_book *deep_book(void)
{
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("VN", 3, 1);
    for (int i = DEEP; i >= 1; i--) {
        char code[8], parent[8];
        (void)snprintf(code, sizeof code, "D%d", i);
        (void)snprintf(parent, sizeof parent, i > 1 ? "D%d" : "VN", i - 1);
        say_unit(saying, code, parent, LT_UNIT_COMMUNE, "", "");
    }
    tell(book, saying);
    assert_int_equal(place_of(book, "D40")->level, LT_UNIT_COMMUNE);
    return book;
}

/* What lies deeper than trees may be is within nothing that is farther than that above it; no walk fails or runs on. */
static void walks_end(void **state)
{
    (void)state;
    struct lt_book *book = deep_book();
    const struct lt_place *last = place_of(book, "D40"), *first = place_of(book, "D1"),
                          *near = place_of(book, "D30"), *top = place_of(book, "VN");
    assert_int_equal(lt_place_distance(last, near), 10);
    assert_int_equal(lt_place_distance(last, first), LT_DEPTH_MAX);
    assert_true(lt_place_within(last, near));
    assert_false(lt_place_within(last, top));
    assert_ptr_equal(lt_place_common(last, near), near);
    assert_null(lt_place_common(last, first));
    assert_null(lt_place_common(first, last));
    assert_false(lt_book_speaks_for(book, first, last));
    assert_true(lt_book_speaks_for(book, near, last));
    assert_int_equal(lt_book_generation(book, last, first), LT_DEPTH_MAX);
    struct saying *saying = say("VN", 4, 1);
    say_obligation(saying, "", "D1", 0, "2020");
    say_closing(saying, "D1", "2020", 0, "", 0, 0);
    say_move(saying, "D1", "80", 'm');
    tell(book, saying);
    struct lt_period period;
    assert_int_equal(lt_period_parse("2020", &period), LT_OK);
    const struct lt_obligation *owed = lt_book_obligation_at(book, 0);
    const struct lt_unit deep = unit_at("D40"), shallow = unit_at("D10"), hub = unit_at("80"),
                         moved = unit_at("D1");
    assert_false(lt_obligation_speaks_of(owed, last));
    assert_true(lt_obligation_speaks_of(owed, place_of(book, "D10")));
    assert_null(lt_book_closing(book, last, &period, 0));
    assert_non_null(lt_book_closing(book, place_of(book, "D10"), &period, 0));
    assert_false(lt_book_moved_to(book, &deep, &hub));
    assert_true(lt_book_moved_to(book, &shallow, &hub));
    assert_true(lt_book_moved_from(book, &moved, &hub));
    lt_book_free(book);
}

/* The top's word is taken as it is, a circle too: A lies below B and B below A, both have ended, and no walk runs for ever. */
static void a_circle_of_the_top_ends_every_walk(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("VN", 3, 1);
    struct lt_period period;
    say_unit(saying, "A", "B", LT_UNIT_COMMUNE, "", "2020-12-31");
    say_unit(saying, "B", "A", LT_UNIT_COMMUNE, "", "2020-12-31");
    say_succession(saying, "A", "", "");
    say_obligation(saying, "", "80", 0, "2020");
    say_move(saying, "A", "80", 'm');
    tell(book, saying);
    const struct lt_place *a = place_of(book, "A"), *b = place_of(book, "B"),
                          *top = place_of(book, "VN");
    const struct lt_unit unit = unit_at("A"), hub = unit_at("80"), other = unit_at("30");
    assert_ptr_equal(a->parent, b);
    assert_ptr_equal(b->parent, a);
    assert_false(lt_place_within(a, top));
    assert_int_equal(lt_place_distance(a, b), 1);
    assert_ptr_equal(lt_place_common(a, b), a);
    assert_null(lt_place_common(a, top));
    assert_null(lt_place_common(top, a));
    assert_false(lt_book_speaks_for(book, top, a));
    assert_int_equal(lt_book_generation(book, a, top), LT_DEPTH_MAX);
    assert_null(lt_book_today(book, a, day_at("2021-01-01")));
    assert_false(lt_obligation_speaks_of(lt_book_obligation_at(book, 0), a));
    assert_int_equal(lt_period_parse("2020", &period), LT_OK);
    assert_null(lt_book_closing(book, a, &period, 0));
    assert_true(lt_book_moved_to(book, &unit, &hub));
    assert_false(lt_book_moved_to(book, &unit, &other));
    assert_true(lt_book_moved_from(book, &unit, &hub));
    lt_book_free(book);
}

/* A move to somebody above: whoever needs its directives has them anyway; beyond the depth of trees it is as any other. */
static void moves_up_are_passed_over_as_far_as_they_are_seen(void **state)
{
    (void)state;
    const struct lt_unit hub = unit_at("D1");
    static const struct {
        const char *unit;
        bool needed;
    } cases[] = {{"D10", false}, {"D40", true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lt_book *book = deep_book();
        const struct lt_unit unit = unit_at(cases[i].unit);
        struct saying *saying = say("VN", 4, 1);
        say_move(saying, cases[i].unit, "D1", 'm');
        tell(book, saying);
        assert_int_equal(lt_book_moved_from(book, &unit, &hub), cases[i].needed);
        lt_book_free(book);
    }
}

/* Names of two places of one tree, farther apart than a walk: each counts by itself. */
static void tellers_far_apart_in_depth(void **state)
{
    (void)state;
    struct lt_book *book = deep_book();
    const struct lt_place *last = place_of(book, "D40"), *first = place_of(book, "D1");
    struct lt_line lines[3] = {
        {.teller = last, .place = last, .authority = first, .count = 2, .quantity = 2},
        {.teller = first,
         .place = first,
         .authority = first,
         .stated_total = true,
         .count = 1,
         .quantity = 5},
        {.teller = first,
         .place = last,
         .authority = first,
         .stated_total = true,
         .count = 1,
         .quantity = 4}};
    int64_t most = 0;
    lt_scope_law(lines, 3);
    assert_true(lines[0].counted_quantity + lines[1].counted_quantity + lines[2].counted_quantity >=
                5);
    (void)lt_scope_differs(lines, 3, &most);
    assert_true(most >= 0);
    lt_book_free(book);
}

/* ---- Lists ---- */

static void nothing_stands_past_the_last(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("VN", 3, 1);
    Lienthong__Sealing sealing = LIENTHONG__SEALING__INIT;
    uint8_t key[32] = {7};
    say_succession(saying, "28111", "28111@2025-07-01", "mw");
    say_cluster(saying, "C1", "", "80", 2020, "", "807");
    say_movement(saying, "NTM", "", "80");
    say_obligation(saying, "28111", "", 0, "2020");
    say_closing(saying, "80", "2020", 0, "28111", 0, 0);
    say_publication(saying, "80", "0602.N", 0, "1", "28111", 0, 0);
    say_move(saying, "28111", "80", 'm');
    say_notice(saying, "80", "Hạn nộp");
    sealing.within = say_where(saying, "80");
    sealing.hub = say_where(saying, "VN");
    sealing.box_key = (ProtobufCBinaryData){32, key};
    saying->items[say_item(saying)].sealing = &sealing;
    hear(book, saying);
    assert_non_null(lt_book_succession_at(book, 0));
    assert_null(lt_book_succession_at(book, 1));
    assert_non_null(lt_book_cluster_at(book, 0));
    assert_null(lt_book_cluster_at(book, 1));
    assert_non_null(lt_book_movement_at(book, 0));
    assert_null(lt_book_movement_at(book, 1));
    assert_non_null(lt_book_obligation_at(book, 0));
    assert_null(lt_book_obligation_at(book, 1));
    assert_non_null(lt_book_closing_at(book, 0));
    assert_null(lt_book_closing_at(book, 1));
    assert_non_null(lt_book_publication_at(book, 0));
    assert_null(lt_book_publication_at(book, 1));
    assert_non_null(lt_book_move_at(book, 0));
    assert_null(lt_book_move_at(book, 1));
    assert_non_null(lt_book_notice_at(book, 0));
    assert_null(lt_book_notice_at(book, 1));
    assert_non_null(lt_book_sealing_at(book, 0));
    assert_null(lt_book_sealing_at(book, 1));
    assert_null(lt_book_redaction_at(book, 0));
    assert_null(lt_book_fallback_at(book, 0));
    assert_null(lt_book_unit_box_at(book, 0));
    assert_null(lt_book_title_at(book, lt_book_title_count(book)));
    assert_null(lt_book_place_at(book, lt_book_place_count(book)));
    const struct lt_publication *publication = lt_book_publication_at(book, 0);
    const struct lt_unit before = unit_at("0"), in = unit_at("28111"), after = unit_at("Z"),
                         nowhere = unit_at("NOWHERE");
    assert_null(lt_cut_of(publication->cut, publication->cut_count, &before));
    assert_non_null(lt_cut_of(publication->cut, publication->cut_count, &in));
    assert_null(lt_cut_of(publication->cut, publication->cut_count, &after));
    assert_null(lt_book_sealing(book, &nowhere));
    assert_non_null(lt_book_sealing(book, &in));
    free(saying);
    lt_book_free(book);
}

static void an_obligation_describes_whom_it_is_about(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *within;
        int level, nature;
        const char *of;
        bool speaks;
    } cases[] = {{"28111", "", 0, 0, "28111", true},
                 {"28111", "", 0, 0, "28112", false},
                 {"", "807", 0, 0, "28111", true},
                 {"", "807", 0, 0, "807", true},
                 {"", "807", 0, 0, "28201", false},
                 {"", "807", LT_UNIT_COMMUNE, 0, "28111", true},
                 {"", "807", LT_UNIT_COMMUNE, 0, "807", false},
                 {"", "80", 0, LIENTHONG__NATURE__NATURE_AGENCY, "SO80", true},
                 {"", "80", 0, LIENTHONG__NATURE__NATURE_AGENCY, "28111", false},
                 {"", "80", LT_UNIT_BASE, LIENTHONG__NATURE__NATURE_SCHOOL, "TH1", true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lt_book *book = book_of_two_hubs();
        struct saying *saying = say("VN", 3, 1);
        Lienthong__Obligation *entry =
            say_obligation(saying, cases[i].unit, cases[i].within, 0, "2020");
        entry->level = (Lienthong__UnitLevel)cases[i].level;
        entry->nature = (Lienthong__Nature)cases[i].nature;
        tell(book, saying);
        if (lt_obligation_speaks_of(lt_book_obligation_at(book, 0), place_of(book, cases[i].of)) !=
            cases[i].speaks)
            fail_msg("%zu: %s", i, cases[i].of);
        lt_book_free(book);
    }
}

/* Whichever was said first: what names a unit stands after what describes it. */
static void obligations_stand_by_precedence(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct lt_book *book = book_of_two_hubs();
        for (int i = 0; i < 3; i++) {
            struct saying *saying = say("VN", 3 + (uint64_t)i, 1);
            const int which = order == 0 ? i : 2 - i;
            say_obligation(saying,
                           which == 0   ? "28111"
                           : which == 1 ? "28112"
                                        : "",
                           which == 2 ? "80" : "", 0, "2020");
            tell(book, saying);
        }
        assert_int_equal(lt_book_obligation_count(book), 3);
        assert_null(lt_book_obligation_at(book, 0)->unit);
        assert_non_null(lt_book_obligation_at(book, 1)->unit);
        assert_non_null(lt_book_obligation_at(book, 2)->unit);
        lt_book_free(book);
    }
}

/* Each hub's word on each row of each update is an entry of its own, in one order. */
static void redactions_stand_by_record_then_hub(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct lt_book *book = book_of_two_hubs();
        static uint8_t updates[2][32] = {{1}, {2}};
        Lienthong__RecordId ids[4];
        Lienthong__Redaction entries[2][4];
        for (int hub = 0; hub < 2; hub++) {
            struct saying *saying = (hub == order) ? say("VN", 3, 1) : say("80", 1, 2);
            for (int i = 0; i < 4; i++) {
                const int at = order == 0 ? i : 3 - i;
                lienthong__record_id__init(&ids[at]);
                ids[at].update = (ProtobufCBinaryData){32, updates[at / 2]};
                ids[at].index = (uint32_t)(at % 2);
                lienthong__redaction__init(&entries[hub][at]);
                entries[hub][at].record = &ids[at];
                saying->items[say_item(saying)].redaction = &entries[hub][at];
            }
            tell(book, saying);
        }
        assert_int_equal(lt_book_redaction_count(book), 8);
        for (size_t i = 0; i < 8; i++) {
            const struct lt_redaction *found = lt_book_redaction_at(book, i);
            assert_int_equal(found->record.update.bytes[0], 1 + i / 4);
            assert_int_equal(found->record.index, i / 2 % 2);
            assert_string_equal(found->hub.code, i % 2 == 0 ? "80" : "VN");
        }
        struct lt_hash second;
        memcpy(second.bytes, updates[1], 32);
        assert_int_equal(lt_book_redactions_of(book, &second), 4);
        lt_book_free(book);
    }
}

/* The same entry again, by whomever: nothing has changed. */
static void an_entry_said_again_alters_nothing(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("VN", 3, 1);
    say_unit(saying, "28112@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "Long Cang", "");
    struct lt_book_change change = tell(book, saying);
    assert_false(change.added || change.altered);
    saying = say("VN", 4, 1);
    say_unit(saying, "28112@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "Long Cang",
             "2030-12-31");
    change = tell(book, saying);
    assert_true(!change.added && change.altered);
    lt_book_free(book);
}

/* ---- Clusters ---- */

static void of_clusters_of_one_name_the_nearest_is_meant(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("VN", 3, 1);
    say_cluster(saying, "C1", "Cụm miền Tây", "80", 2020, "", "807");
    say_cluster(saying, "C1", "", "VN", 2020, "", "30");
    say_cluster(saying, "C1", "", "30", 2020, "", "30");
    say_cluster(saying, "C1", "", "80", 2021, "", "807"); /* of another year */
    say_cluster(saying, "Cụm miền Tây", "", "80", 2020, "", "807"); /* a code as another's name */
    tell(book, saying);
    const struct lt_place *commune = place_of(book, "28111"), *other = place_of(book, "30"),
                          *top = place_of(book, "VN");
    assert_string_equal(lt_book_cluster(book, "c1", 2020, commune)->managing->unit.code, "80");
    assert_string_equal(lt_book_cluster(book, "C1", 2020, other)->managing->unit.code, "30");
    assert_string_equal(lt_book_cluster(book, "C1", 2020, top)->managing->unit.code, "VN");
    assert_null(lt_book_cluster(book, "C1", 2021, other));
    assert_null(lt_book_cluster(book, "C1", 2022, commune));
    assert_null(lt_book_cluster(book, "", 2020, commune));
    assert_null(lt_book_cluster(book, "cụm miền tây", 2020, commune)); /* two as near */
    saying = say("VN", 4, 1); /* what has another key now, and what stands no longer */
    say_cluster(saying, "C1", "Cụm khác", "80", 2020, "", "807");
    tell(book, saying);
    assert_string_equal(lt_book_cluster(book, "Cụm miền Tây", 2020, commune)->code, "Cụm miền Tây");
    lt_book_free(book);
}

/* ---- Units by code ---- */

static void what_does_not_stand_is_no_place(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    const struct lt_place *place, *candidates[1];
    size_t count;
    struct saying *saying = say("80", 1, 2);
    say_unit(saying, "LOST", "NOWHERE", LT_UNIT_COMMUNE, "", ""); /* below what is not there */
    tell(book, saying);
    assert_int_equal(lt_book_place_on(book, "LOST", 0, &place), LT_NOT_FOUND);
    assert_int_equal(lt_book_place_in_year(book, "LOST", 2020, candidates, 1, &count),
                     LT_NOT_FOUND);
    assert_int_equal(lt_book_place_in_year(book, "28111", 0, candidates, 1, &count), LT_NOT_FOUND);
    assert_int_equal(lt_book_place_in_year(book, "28111", 10000, candidates, 1, &count),
                     LT_NOT_FOUND);
    assert_int_equal(lt_book_place_in_year(book, "28111", 9999, candidates, 1, &count), LT_OK);
    assert_int_equal(lt_book_place_in_year(book, "28111", 2025, candidates, 1, &count),
                     LT_AMBIGUOUS);
    assert_int_equal(count, 1); /* no more is written than there is room for */
    assert_int_equal(lt_book_place_on(book, "1234567890123456", 0, &place), LT_NOT_FOUND);
    lt_book_free(book);
}

/* ---- Titles ---- */

static void of_a_titles_entries_the_newest_that_fits_is_meant(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    assert_null(lt_book_title(book, "XX", 0));
    for (int order = 0; order < 2;
         order++) { /* entries of the years 2000 to 2005, however they were said */
        struct saying *saying = say("VN", 3 + (uint64_t)order, 1);
        for (int i = 0; i < 6; i++) {
            char from[16], to[16];
            const int year = order == 0 ? 2000 + i : 2005 - i;
            (void)snprintf(from, sizeof from, "%d-01-01", year);
            (void)snprintf(to, sizeof to, "%d-12-31", year);
            say_title(saying, order == 0 ? "UP" : "DOWN", "4", "5", from, to);
        }
        tell(book, saying);
    }
    static const char *const codes[] = {"UP", "DOWN"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(lt_book_title(book, codes[i], 0)->valid_from, day_at("2005-01-01"));
        assert_int_equal(lt_book_title(book, codes[i], day_at("2002-06-01"))->valid_from,
                         day_at("2002-01-01"));
        assert_null(lt_book_title(book, codes[i], day_at("1999-12-31")));
        const struct lt_title *title = NULL;
        for (int year = 2004; year >= 2001; year--) {
            char from[16];
            (void)snprintf(from, sizeof from, "%d-01-01", year);
            title = lt_book_title_within(book, codes[i], day_at("2001-12-31"), day_at("2004-01-01"),
                                         title);
            assert_int_equal(title->valid_from, day_at(from));
        }
        assert_null(lt_book_title_within(book, codes[i], day_at("2001-12-31"), day_at("2004-01-01"),
                                         title));
    }
    lt_book_free(book);
}

/* ---- Closings ---- */

static void a_closing_holds_for_its_place_period_and_kind(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct lt_period year, half;
    struct saying *saying = say("VN", 3, 1);
    say_closing(saying, "80", "2020", 2, "", 0, 0);
    say_closing(saying, "807", "2020-H1", 0, "", 0, 0);
    tell(book, saying);
    assert_int_equal(lt_period_parse("2020", &year), LT_OK);
    assert_int_equal(lt_period_parse("2020-H1", &half), LT_OK);
    const struct lt_place *commune = place_of(book, "28111");
    assert_null(lt_book_closing(book, commune, &year, 0)); /* of proposals alone */
    assert_null(lt_book_closing(book, commune, &year, 1));
    assert_non_null(lt_book_closing(book, commune, &year, 2));
    assert_non_null(lt_book_closing(book, commune, &half, 0));
    assert_non_null(lt_book_closing(book, commune, &half, 3)); /* of everything */
    assert_null(lt_book_closing(book, place_of(book, "28201"), &half, 3));
    lt_book_free(book);
}

/* Parts of which one names no chain: they follow one another all the same. */
static void a_part_may_be_empty(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("VN", 3, 1);
    say_publication(saying, "80", "A", 0, "1", "28111", 1, 3);
    say_publication(saying, "80", "A", 0, "", "", 2, 3);
    say_publication(saying, "80", "A", 0, "", "28112", 3, 3);
    say_publication(saying, "80", "B", 0, "1", "28112", 1, 2);
    say_publication(saying, "80", "B", 0, "", "28111", 2, 2); /* does not ascend */
    tell(book, saying);
    assert_int_equal(lt_book_publication_count(book), 1);
    assert_int_equal(lt_book_publication_at(book, 0)->cut_count, 2);
    lt_book_free(book);
}

/* ---- Roots ---- */

struct pair {
    struct lt_key key;
    struct lt_secret secret;
};

static struct pair pair_of(uint8_t number)
{
    const uint8_t seed[32] = {number, 55};
    struct pair pair;
    assert_int_equal(crypto_sign_seed_keypair(pair.key.bytes, pair.secret.bytes, seed), 0);
    return pair;
}

static void say_root(struct saying *saying, const struct pair *root, const struct pair *recovery,
                     const struct pair *by)
{
    Lienthong__RootEntry *entry = say_room(saying, sizeof *entry);
    const struct lt_unit top = unit_at("VN");
    const struct lt_roots roots = {root->key, recovery->key};
    struct lt_signature signature;
    lt_root_replace(&top, &roots, &by->secret, &signature);
    lienthong__root_entry__init(entry);
    entry->root_key = (ProtobufCBinaryData){32, memcpy(say_room(saying, 32), root->key.bytes, 32)};
    entry->recovery_key =
        (ProtobufCBinaryData){32, memcpy(say_room(saying, 32), recovery->key.bytes, 32)};
    entry->signature = (ProtobufCBinaryData){64, memcpy(say_room(saying, 64), signature.bytes, 64)};
    saying->items[say_item(saying)].root = entry;
}

/* Of two that one recovery key made the lesser is the next, whoever was heard first; who is not the top is not heard. */
static void of_two_next_roots_the_lesser_counts(void **state)
{
    (void)state;
    const struct pair recovery = pair_of(1), one = pair_of(2), other = pair_of(3),
                      third = pair_of(4);
    const bool lesser = memcmp(one.key.bytes, other.key.bytes, 32) < 0;
    for (int order = 0; order < 4; order++) {
        struct lt_book *book = book_of_two_hubs();
        struct lt_roots roots;
        lt_book_pin_recovery(book, &recovery.key);
        struct saying *stranger = say("80", 1, 2);
        say_root(stranger, &third, &third, &recovery);
        tell(book, stranger);
        struct saying *saying = say("VN", 3, 1);
        say_root(saying, order % 2 ? &one : &other, &third, &recovery);
        if (order < 2) { /* in one update, or in two */
            say_root(saying, order % 2 ? &other : &one, &third, &recovery);
            tell(book, saying);
        } else {
            tell(book, saying);
            saying = say("VN", 4, 1);
            say_root(saying, order % 2 ? &other : &one, &third, &recovery);
            tell(book, saying);
        }
        lt_book_roots(book, &roots);
        assert_memory_equal(&roots.root, lesser ? &one.key : &other.key, 32);
        lt_book_free(book);
    }
}

static void a_line_of_roots_is_followed_so_far(void **state)
{
    (void)state;
    enum { LINE = 20, FOLLOWED = 16 };
    struct pair roots[LINE], recoveries[LINE];
    struct lt_book *book = book_of_two_hubs();
    struct lt_roots now;
    for (uint8_t i = 0; i < LINE; i++) {
        roots[i] = pair_of((uint8_t)(100 + i));
        recoveries[i] = pair_of((uint8_t)(150 + i));
    }
    lt_book_pin_recovery(book, &recoveries[0].key);
    for (uint8_t i = 1; i < LINE; i++) {
        struct saying *saying = say("VN", 3 + i, 1);
        say_root(saying, &roots[i], &recoveries[i], &recoveries[i - 1]);
        tell(book, saying);
        lt_book_roots(book, &now);
        assert_memory_equal(&now.root, &roots[i < FOLLOWED ? i : FOLLOWED].key, 32);
    }
    struct saying *saying =
        say("VN", 90, 1); /* the pinned root named again as its own next: the end of the line */
    say_root(saying, &roots[0], &recoveries[0], &recoveries[0]);
    tell(book, saying);
    lt_book_free(book);
}

/* Of a body that is only looked at a few roots are, and none where there is no recovery key. */
static void a_body_of_roots_is_looked_at_with_bounds(void **state)
{
    (void)state;
    struct lt_key first;
    struct lt_secret secret;
    root_keys(&first, &secret);
    const struct pair recovery = pair_of(1), next = pair_of(2), other = pair_of(3),
                      hub = pair_of(9);
    for (int pinned = 0; pinned < 2; pinned++)
        for (unsigned before = 3; before < 5; before++) {
            struct lt_book *book = sample_book();
            struct saying *saying = say("VN", 3, 44);
            if (pinned)
                lt_book_pin_recovery(book, &recovery.key);
            say_unit(saying, "80", "VN", LT_UNIT_PROVINCE, "", "2025-06-30");
            for (unsigned i = 0; i < before; i++)
                say_root(saying, &other, &other, &hub); /* signed by nobody who may */
            say_root(saying, &next, &other, &recovery);
            say_grant(saying, "VN", HUB, 44, 0, &next.secret);
            assert_int_equal(lt_book_may_direct(book, &saying->update, &saying->body),
                             pinned && before == 3 ? LT_OK : LT_KEY_UNKNOWN);
            free(saying);
            lt_book_free(book);
        }
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_end),
        cmocka_unit_test(a_circle_of_the_top_ends_every_walk),
        cmocka_unit_test(moves_up_are_passed_over_as_far_as_they_are_seen),
        cmocka_unit_test(tellers_far_apart_in_depth),
        cmocka_unit_test(nothing_stands_past_the_last),
        cmocka_unit_test(an_obligation_describes_whom_it_is_about),
        cmocka_unit_test(obligations_stand_by_precedence),
        cmocka_unit_test(redactions_stand_by_record_then_hub),
        cmocka_unit_test(an_entry_said_again_alters_nothing),
        cmocka_unit_test(of_clusters_of_one_name_the_nearest_is_meant),
        cmocka_unit_test(what_does_not_stand_is_no_place),
        cmocka_unit_test(of_a_titles_entries_the_newest_that_fits_is_meant),
        cmocka_unit_test(a_closing_holds_for_its_place_period_and_kind),
        cmocka_unit_test(a_part_may_be_empty),
        cmocka_unit_test(of_two_next_roots_the_lesser_counts),
        cmocka_unit_test(a_line_of_roots_is_followed_so_far),
        cmocka_unit_test(a_body_of_roots_is_looked_at_with_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
