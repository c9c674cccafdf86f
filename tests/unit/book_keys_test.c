/* What a book says of keys one by one: lines of keys that were changed for others, machines, who enrolled whom, the key by
 * which a hub is reached; with keys that are unknown, revoked, of another role, doubled, and made to collide. */
#include "tests/unit/standing_samples.h"

static const uint8_t AGENT = LIENTHONG__ROLE__ROLE_AGENT, HUB = LIENTHONG__ROLE__ROLE_HUB;

struct pair {
    struct lt_key key;
    struct lt_secret secret;
};

static struct pair pair_of(uint8_t number)
{
    const uint8_t seed[32] = {number, 77};
    struct pair pair;
    assert_int_equal(crypto_sign_seed_keypair(pair.key.bytes, pair.secret.bytes, seed), 0);
    return pair;
}

/* Hubs of 80 (key 2), 807 (3) and 808 (4) beside the top (1). */
static struct lt_book *four_hubs(const char *viewer)
{
    struct lt_book *book = sample_book();
    struct saying *saying = say("VN", 2, 1);
    if (viewer != NULL) {
        const struct lt_unit unit = unit_at(viewer);
        assert_int_equal(lt_book_view(book, &unit), LT_OK);
    }
    say_grant(saying, "80", HUB, 2, 102, NULL);
    say_grant(saying, "807", HUB, 3, 103, NULL);
    say_grant(saying, "808", HUB, 4, 104, NULL);
    tell(book, saying);
    return book;
}

/* `next` (its CURVE key of this number; 0: none), and, unless `before` is NULL, asked for by `before`. */
static void say_line(struct saying *saying, const char *unit, uint8_t role, const struct pair *next,
                     unsigned curve, const struct pair *before)
{
    const size_t at = saying->body.n_items;
    say_grant(saying, unit, (Lienthong__Role)role, 0, curve, NULL);
    Lienthong__Grant *entry = &saying->grants[at];
    memcpy(entry->key.data, next->key.bytes, 32);
    if (before == NULL)
        return;
    struct lt_rotation rotation = {
        .unit = unit_at(unit), .role = (Lienthong__Role)role, .key = next->key};
    struct lt_signature signature;
    if (curve != 0)
        memcpy(rotation.curve_key, entry->curve_key.data, 32);
    lt_rotation_sign(&rotation, &before->secret, &signature);
    entry->previous_key = (ProtobufCBinaryData){32, say_room(saying, 32)};
    entry->previous_signature = (ProtobufCBinaryData){64, say_room(saying, 64)};
    memcpy(entry->previous_key.data, before->key.bytes, 32);
    memcpy(entry->previous_signature.data, signature.bytes, 64);
}

/* ---- Rows ---- */

struct wanted {
    struct lt_key key;
    uint8_t role;
    unsigned seen;
    struct lt_granted_key told;
};

static void take(void *context, const struct lt_granted_key *key)
{
    struct wanted *wanted = context;
    if (memcmp(&key->key, &wanted->key, sizeof wanted->key) != 0 || key->role != wanted->role)
        return;
    wanted->told = *key;
    wanted->seen++;
}

/* The one row of a key in a role. */
static struct lt_granted_key row_of(const struct lt_book *book, const struct lt_key *key,
                                    uint8_t role)
{
    struct wanted wanted = {.key = *key, .role = role};
    lt_book_granted_keys(book, take, &wanted);
    assert_int_equal(wanted.seen, 1);
    return wanted.told;
}

static struct lt_key_line line_of(const struct lt_book *book, const struct lt_key *key)
{
    const struct lt_granted_key row = row_of(book, key, AGENT);
    struct lt_key_line line;
    lt_book_key_line(book, &row, &line);
    return line;
}

static void assert_unit(const struct lt_unit *unit, const char *code)
{
    assert_string_equal(unit->code, code);
}

static void of_several_grants_the_highest_and_first_is_told(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct lt_book *book = four_hubs(NULL);
        const struct lt_key key = key_of(10);
        struct saying *first = say("807", 1, 3), *again = say("807", 2, 3), *top = say("VN", 3, 1);
        say_grant(first, "28111", AGENT, 10, 110, NULL);
        say_grant(first, "28111", AGENT, 10, 111, NULL); /* and twice in one */
        say_grant(again, "28111", AGENT, 10, 112, NULL);
        tell(book, order == 0 ? first : again);
        tell(book, order == 0 ? again : first);
        struct lt_granted_key row = row_of(book, &key, AGENT);
        assert_int_equal(row.seq, 1);
        assert_int_equal(row.curve_key[0], 110);
        assert_unit(&row.hub, "807");
        assert_true(row.stands && row.awaits && row.first && !row.revoked && !row.asked_by_key);
        say_grant(top, "28111", AGENT, 10, 0, NULL);
        tell(book, top);
        row = row_of(book, &key, AGENT);
        assert_unit(&row.hub, "VN");
        assert_false(row.awaits || row.has_curve);
        lt_book_free(book);
    }
}

/* Whoever may not say it adds no row, and takes none away. */
static void who_may_not_grant_is_not_told(void **state)
{
    (void)state;
    struct lt_book *book = four_hubs(NULL);
    struct wanted wanted = {.key = key_of(10), .role = AGENT};
    struct saying *saying = say("808", 1, 4);
    say_grant(saying, "28111", AGENT, 10, 110, NULL);
    tell(book, saying);
    saying = say("807", 1, 99); /* by a key that nobody granted */
    say_grant(saying, "28111", AGENT, 10, 110, NULL);
    tell(book, saying);
    lt_book_granted_keys(book, take, &wanted);
    assert_int_equal(wanted.seen, 0);
    lt_book_free(book);
}

static void a_key_is_asked_for_by_one_that_stood_until_then(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool topped, ended_before, other_role, itself, good;
    } cases[] = {{"", true, false, false, false, true},
                 {"the top never granted it", false, false, false, false, false},
                 {"it had ended before", true, true, false, false, false},
                 {"it was granted as a hub's", true, false, true, false, false},
                 {"by itself", true, false, false, true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lt_book *book = four_hubs(NULL);
        const struct pair old = pair_of(1), next = pair_of(2);
        struct saying *saying = say(cases[i].topped ? "VN" : "807", 9, cases[i].topped ? 1 : 3);
        say_line(saying, "28111", cases[i].other_role ? HUB : AGENT, &old, 0, NULL);
        if (cases[i].itself)
            say_line(saying, "28111", AGENT, &next, 0, NULL);
        tell(book, saying);
        if (cases[i].ended_before) {
            saying = say("807", 10, 3);
            say_revoked(saying, "28111", 0, NULL);
            memcpy(saying->keys[0], old.key.bytes, 32);
            tell(book, saying);
        }
        saying = say("807", 11, 3);
        say_line(saying, "28111", AGENT, &next, 0, cases[i].itself ? &next : &old);
        if (!cases[i].ended_before) {
            say_revoked(saying, "28111", 0, NULL); /* which it takes the place of */
            memcpy(saying->keys[1], old.key.bytes, 32);
        }
        tell(book, saying);
        struct lt_granted_key row = row_of(book, &next.key, AGENT);
        if (row.asked_by_key != cases[i].good)
            fail_msg("asked for by the key before it, %s", cases[i].name);
        lt_book_free(book);
    }
}

/* ---- Lines ---- */

static void a_line_leads_back_to_its_first_key(void **state)
{
    (void)state;
    struct lt_book *book = four_hubs(NULL);
    const struct pair first = pair_of(1), second = pair_of(2), third = pair_of(3),
                      apart = pair_of(4);
    struct saying *saying = say("807", 1, 3);
    say_line(saying, "28111", AGENT, &first, 111, NULL);
    tell(book, saying);
    saying = say("807", 2, 3);
    say_line(saying, "28111", AGENT, &second, 111, &first);
    say_line(saying, "28111", AGENT, &apart, 0, NULL);
    tell(book, saying);
    saying = say("807", 4, 3); /* again, later: what it first said counts */
    say_line(saying, "28111", AGENT, &first, 111, NULL);
    say_line(saying, "28111", HUB, &third, 111, &first); /* in another role: no word on this line */
    tell(book, saying);
    saying = say("VN", 3, 1);
    say_line(saying, "28111", AGENT, &third, 111, &second);
    say_line(saying, "28111", AGENT, &first, 111, NULL);
    tell(book, saying);
    saying = say("807", 3, 3);
    say_line(saying, "28111", AGENT, &third, 111, &second);
    tell(book, saying);
    struct lt_key_line line = line_of(book, &third.key);
    assert_true(line.rotated);
    assert_memory_equal(&line.began, &first.key, 32);
    assert_unit(&line.hub, "807"); /* whom the machine came to, not who countersigned */
    assert_int_equal(line.seq, 3);
    assert_unit(&line.began_hub, "807");
    assert_int_equal(line.began_seq, 1);
    line = line_of(book, &apart.key);
    assert_false(line.rotated);
    assert_memory_equal(&line.began, &apart.key, 32);
    /* A key that the book never heard of is a line of its own. */
    const struct lt_granted_key unknown = {.unit = unit_at("28111"),
                                           .hub = unit_at("807"),
                                           .role = LIENTHONG__ROLE__ROLE_AGENT,
                                           .seq = 7};
    lt_book_key_line(book, &unknown, &line);
    assert_false(line.rotated);
    assert_int_equal(line.seq, 7);
    lt_book_free(book);
}

/* What is signed wrongly, by a key nobody knows, or by itself begins a line and does not go on with one. */
static void a_false_word_continues_no_line(void **state)
{
    (void)state;
    const struct pair old = pair_of(1), next = pair_of(2), unknown = pair_of(5);
    for (int which = 0; which < 4; which++) {
        struct lt_book *book = four_hubs(NULL);
        struct saying *saying = say("807", 1, which == 3 ? 98 : 3); /* the last: by no key */
        say_line(saying, "28111", AGENT, &old, 0, NULL);
        say_line(saying, "28111", AGENT, &next, 0,
                 which == 1   ? &unknown
                 : which == 2 ? &next
                              : &old);
        if (which == 0)
            saying->grants[1].previous_signature.data[9] ^= 1;
        tell(book, saying);
        if (which == 3) {
            saying = say("807", 2, 3);
            say_line(saying, "28111", AGENT, &next, 0, NULL);
            tell(book, saying);
        }
        assert_false(line_of(book, &next.key).rotated);
        lt_book_free(book);
    }
}

static void a_long_line_and_a_ring_come_to_an_end(void **state)
{
    (void)state;
    enum { LINE = LT_KEY_LINE_MAX + 4 };
    struct lt_book *book = four_hubs(NULL);
    struct pair keys[LINE];
    for (uint8_t i = 0; i < LINE; i++) {
        struct saying *saying = say("807", 1 + i, 3);
        keys[i] = pair_of(20 + i);
        say_line(saying, "28111", AGENT, &keys[i], 0, i > 0 ? &keys[i - 1] : NULL);
        tell(book, saying);
    }
    for (int i = 0; i < LINE; i++) {
        const struct lt_key_line line = line_of(book, &keys[i].key);
        assert_int_equal(line.rotated, i > 0);
        assert_memory_equal(&line.began, &keys[i > LT_KEY_LINE_MAX ? i - LT_KEY_LINE_MAX : 0].key,
                            32);
    }
    struct saying *saying = say("807", 90, 3); /* two that each call the other the one before */
    const struct pair one = pair_of(90), other = pair_of(91);
    say_line(saying, "28112", AGENT, &one, 0, &other);
    say_line(saying, "28112", AGENT, &other, 0, &one);
    tell(book, saying);
    (void)line_of(book, &one.key);
    (void)line_of(book, &other.key);
    lt_book_free(book);
}

/* ---- Machines ---- */

static size_t machines(const struct lt_book *book, const char *unit, uint8_t role, size_t max)
{
    struct lt_machine list[4];
    const struct lt_unit named = unit_at(unit);
    memset(list, 0xee, sizeof list);
    const size_t count = lt_book_machines(book, &named, (Lienthong__Role)role, list, max);
    for (size_t i = 0; i < 4; i++) /* no more than `max` is written */
        assert_int_equal(list[i].curve_key[31] == 0xee, i >= max || i >= count);
    return count;
}

static void machines_are_counted_once(void **state)
{
    (void)state;
    struct lt_book *book = four_hubs(NULL);
    assert_int_equal(machines(book, "NOWHERE", AGENT, 4), 0);
    assert_int_equal(machines(book, "28111", AGENT, 4), 0);
    struct saying *saying = say("807", 1, 3);
    say_grant(saying, "28111", AGENT, 10, 110, NULL);
    say_grant(saying, "28111", AGENT, 10, 110, NULL); /* the same */
    say_grant(saying, "28111", AGENT, 11, 111, NULL);
    say_grant(saying, "28111", AGENT, 12, 0, NULL); /* without a CURVE key: no machine */
    say_grant(saying, "28111", AGENT, 13, 113, NULL);
    say_grant(saying, "28111", HUB, 14, 114, NULL); /* in another role */
    say_revoked(saying, "28111", 13, NULL);
    tell(book, saying);
    saying = say("808", 1, 4);
    say_grant(saying, "28111", AGENT, 15, 115, NULL); /* by who may not */
    tell(book, saying);
    assert_int_equal(machines(book, "28111", AGENT, 4), 2);
    assert_int_equal(machines(book, "28111", HUB, 4), 1);
    assert_int_equal(machines(book, "28111", AGENT, 2), 2);
    assert_true(machines(book, "28111", AGENT, 1) >= 2); /* told that there are more */
    saying = say("807", 2, 3);
    say_grant(saying, "28111", AGENT, 11, 110, NULL); /* another key behind one CURVE key */
    say_grant(saying, "28111", AGENT, 10, 111, NULL); /* another CURVE key of one key */
    tell(book, saying);
    assert_int_equal(machines(book, "28111", AGENT, 4), 4);
    lt_book_free(book);
}

/* ---- The way to a hub ---- */

static enum lt_result curve_of(const struct lt_book *book, const char *unit, uint8_t *ret_first)
{
    const struct lt_unit hub = unit_at(unit);
    uint8_t key[32] = {0};
    const enum lt_result result = lt_book_hub_curve(book, &hub, key);
    *ret_first = key[0];
    return result;
}

static void a_hub_is_reached_by_its_first_key(void **state)
{
    (void)state;
    struct lt_book *book = four_hubs(NULL);
    const struct pair old = pair_of(1), next = pair_of(2), last = pair_of(3);
    uint8_t first;
    assert_int_equal(curve_of(book, "NOWHERE", &first), LT_NOT_FOUND);
    assert_int_equal(curve_of(book, "28201", &first), LT_NOT_FOUND);
    assert_int_equal(curve_of(book, "807", &first), LT_OK);
    assert_int_equal(first, 103);
    struct saying *saying = say("80", 1, 2);
    say_line(saying, "28111", HUB, &old, 0, NULL); /* no CURVE key yet */
    say_grant(saying, "28111", AGENT, 50, 150, NULL); /* and one of an agent */
    tell(book, saying);
    assert_int_equal(curve_of(book, "28111", &first), LT_NOT_FOUND);
    saying = say("80", 2, 2);
    say_line(saying, "28111", HUB, &old, 160, NULL);
    say_line(saying, "28111", AGENT, &old, 161, NULL); /* the same key as an agent's */
    tell(book, saying);
    saying = say("80", 3, 2);
    say_line(saying, "28111", HUB, &next, 170, &old); /* what it is reached by stays */
    tell(book, saying);
    saying = say("80", 4, 2);
    say_line(saying, "28111", HUB, &last, 180, &next);
    tell(book, saying);
    assert_int_equal(curve_of(book, "28111", &first), LT_OK);
    assert_int_equal(first, 160);
    saying = say("80", 5, 2);
    say_grant(saying, "28111", HUB, 60, 190, NULL); /* a second one, of another line */
    tell(book, saying);
    assert_int_equal(curve_of(book, "28111", &first), LT_AMBIGUOUS);
    saying = say("80", 6, 2);
    say_revoked(saying, "28111", 60, NULL);
    tell(book, saying);
    assert_int_equal(curve_of(book, "28111", &first), LT_OK);
    saying = say("808", 1, 4);
    say_line(saying, "28111", HUB, &old, 191, NULL); /* by who may not, and by no key at all */
    tell(book, saying);
    saying = say("80", 7, 97);
    say_line(saying, "28111", HUB, &old, 192, NULL);
    tell(book, saying);
    (void)curve_of(book, "28111", &first);
    lt_book_free(book);
}

/* ---- Who enrolled whom ---- */

struct enrolled {
    size_t agents, hubs;
};

static void count(void *context, const struct lt_unit *unit, Lienthong__Role role)
{
    struct enrolled *enrolled = context;
    assert_true(unit->code[0] != '\0');
    enrolled->agents += role == LIENTHONG__ROLE__ROLE_AGENT;
    enrolled->hubs += role == LIENTHONG__ROLE__ROLE_HUB;
}

static void assert_enrolled(const struct lt_book *book, const char *hub, size_t agents, size_t hubs)
{
    struct enrolled enrolled = {0};
    const struct lt_unit unit = unit_at(hub);
    lt_book_granted_by(book, &unit, count, &enrolled);
    assert_int_equal(enrolled.agents, agents);
    assert_int_equal(enrolled.hubs, hubs);
}

static void the_lowest_hub_that_granted_has_enrolled(void **state)
{
    (void)state;
    struct lt_book *book = four_hubs(NULL);
    assert_enrolled(book, "NOWHERE", 0, 0);
    assert_enrolled(book, "28111", 0, 0); /* which has directed nothing */
    assert_enrolled(book, "VN", 0, 4);
    struct saying *saying = say("807", 1, 3);
    say_grant(saying, "28111", AGENT, 10, 0, NULL);
    say_grant(saying, "28111", AGENT, 11, 0, NULL);
    say_grant(saying, "28112", AGENT, 12, 0, NULL);
    say_revoked(saying, "28112", 12, NULL);
    tell(book, saying);
    saying = say("807", 2, 96); /* by no key: nobody was enrolled by that */
    say_grant(saying, "28112", AGENT, 13, 0, NULL);
    tell(book, saying);
    assert_enrolled(book, "807", 2, 0);
    saying = say(
        "VN", 3,
        1); /* it countersigns one, and grants one as a hub's that is enrolled below as an agent's */
    say_grant(saying, "28111", AGENT, 10, 0, NULL);
    say_grant(saying, "28111", HUB, 11, 0, NULL);
    say_grant(saying, "28201", AGENT, 14, 0, NULL);
    tell(book, saying);
    assert_enrolled(book, "807", 2, 0);
    saying = say("807", 3, 3); /* a district that may not speak of it takes it from nobody */
    say_grant(saying, "28201", AGENT, 14, 0, NULL);
    tell(book, saying);
    assert_enrolled(book, "VN", 1, 5);
    lt_book_free(book);
}

/* ---- Lists of keys, and keys that are not there ---- */

static void the_least_keys_are_listed_in_order(void **state)
{
    (void)state;
    static const unsigned orders[][4] = {{10, 20, 30, 40}, {40, 30, 20, 10}, {20, 40, 10, 30}};
    const struct lt_chain chain = {LT_STREAM_REPORT, unit_at("28111")};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct lt_book *book = four_hubs(NULL);
        struct lt_key keys[4];
        assert_int_equal(lt_book_keys(book, &chain, keys, 4), 0);
        for (size_t j = 0; j < 4; j++) {
            struct saying *saying = say("807", 1 + j, 3);
            say_grant(saying, "28111", AGENT, orders[i][j], 0, NULL);
            tell(book, saying);
        }
        for (size_t max = 0; max <= 4; max++) {
            memset(keys, 0, sizeof keys);
            assert_int_equal(lt_book_keys(book, &chain, keys, max), max);
            for (size_t j = 0; j < 4; j++)
                assert_int_equal(keys[j].bytes[0], j < max ? 10 * (j + 1) : 0);
        }
        lt_book_free(book);
    }
}

static void unknown_keys_have_no_answer(void **state)
{
    (void)state;
    struct lt_book *book = four_hubs("VN"), *unpinned = lt_book_new();
    const struct lt_chain reports = {LT_STREAM_REPORT, unit_at("28111")},
                          directives = {LT_STREAM_DIRECTIVE, unit_at("807")},
                          nowhere = {LT_STREAM_REPORT, unit_at("NOWHERE")};
    const struct lt_key unknown = key_of(70), hub = key_of(3);
    assert_false(lt_book_countersigned(book, &reports, &unknown));
    assert_true(lt_book_countersigned(book, &directives, &hub));
    assert_false(lt_book_awaits(book, &directives));
    assert_false(lt_book_awaits(book, &nowhere));
    assert_false(lt_book_ended_by_top(book, &reports, &unknown));
    assert_null(lt_book_revocation(book, &reports, &unknown));
    /* The top ends a key that nobody granted: it is not known for that. */
    struct saying *saying = say("VN", 3, 1);
    say_revoked(saying, "28111", 71, NULL);
    tell(book, saying);
    const struct lt_key ended = key_of(71);
    assert_false(lt_book_ended_by_top(book, &reports, &ended));
    assert_int_equal(lt_book_key(book, &reports, &ended), LT_KEY_UNKNOWN);
    lt_book_free(book);
    /* Without a root nobody may say anything. */
    saying = say("VN", 1, 1);
    say_grant(saying, "VN", HUB, 1, 0, NULL);
    assert_int_equal(lt_book_may_direct(unpinned, &saying->update, &saying->body), LT_NOT_YOURS);
    hear(unpinned, saying);
    assert_int_equal(lt_book_key(unpinned, &saying->update.frame.chain, &saying->update.frame.key),
                     LT_KEY_UNKNOWN);
    saying->update.frame.chain.stream = LT_STREAM_REPORT;
    assert_int_equal(lt_book_may_direct(unpinned, &saying->update, &saying->body), LT_NOT_YOURS);
    free(saying);
    lt_book_free(unpinned);
}

/* A body with a grant of the root for this very key and unit lets a hub speak that is not known yet; any other does not. */
static void only_the_roots_own_grant_opens_a_chain(void **state)
{
    (void)state;
    struct lt_key root;
    struct lt_secret secret;
    root_keys(&root, &secret);
    for (int bent = 0; bent <= 7; bent++) {
        struct lt_book *book = sample_book();
        struct saying *saying = say("VN", 2, 44);
        say_unit(saying, "80", "VN", LT_UNIT_PROVINCE, "", "");
        say_grant(saying, "VN", bent == 1 ? AGENT : HUB, bent == 2 ? 45 : 44, 0, &secret);
        Lienthong__Grant *entry = &saying->grants[1];
        if (bent == 3)
            entry->unit = NULL;
        if (bent == 4)
            entry->key.len = 31;
        if (bent == 5)
            entry->root_signature.len = 0;
        if (bent == 6)
            entry->root_signature.data[0] ^= 1;
        if (bent == 7)
            entry->unit->code[0] = '#';
        assert_int_equal(lt_book_may_direct(book, &saying->update, &saying->body),
                         bent == 0 ? LT_OK : LT_KEY_UNKNOWN);
        free(saying);
        lt_book_free(book);
    }
}

/* ---- Keys that are made to collide ---- */

/* The table's hash takes a key word by word: another last word leads from another first word to the same end. What the mixing
 * of the words does is asked of the table itself, so this holds for whatever it does. */
static struct lt_key colliding(const struct lt_key *key)
{
    struct lt_key other = *key;
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15), twin = state, word;
    other.bytes[3] ^= 0x10;
    for (size_t at = 0; at < 24; at += 8) {
        memcpy(&word, key->bytes + at, 8);
        state = (state ^ word) * UINT64_C(0xff51afd7ed558ccd);
        state ^= state >> 32;
        memcpy(&word, other.bytes + at, 8);
        twin = (twin ^ word) * UINT64_C(0xff51afd7ed558ccd);
        twin ^= twin >> 32;
    }
    memcpy(&word, key->bytes + 24, 8);
    word ^= state ^ twin;
    memcpy(other.bytes + 24, &word, 8);
    return other;
}

static void keys_of_one_hash_are_two_keys(void **state)
{
    (void)state;
    struct lt_book *book = four_hubs(NULL);
    const struct lt_key curve = key_of(110), other = colliding(&curve);
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    assert_memory_not_equal(&curve, &other, 32);
    struct saying *saying = say("807", 1, 3);
    say_grant(saying, "28111", AGENT, 10, 110, NULL);
    say_grant(saying, "28112", AGENT, 11, 111, NULL);
    memcpy(saying->grants[1].curve_key.data, other.bytes, 32);
    tell(book, saying);
    assert_int_equal(lt_book_curve(book, curve.bytes, &unit, &role, &key), LT_OK);
    assert_unit(&unit, "28111");
    assert_int_equal(lt_book_curve(book, other.bytes, &unit, &role, &key), LT_OK);
    assert_unit(&unit, "28112");
    /* So are updates: an identity that collides with one that was heard is not that. */
    saying = say("807", 2, 3);
    struct saying *twin = say("807", 3, 3);
    say_grant(saying, "28111", AGENT, 20, 0, NULL);
    say_grant(twin, "28111", AGENT, 21, 0, NULL);
    memcpy(&key, &saying->update.id, 32);
    key = colliding(&key);
    memcpy(&twin->update.id, &key, 32);
    tell(book, saying);
    assert_true(tell(book, twin).keys);
    const struct lt_chain chain = {LT_STREAM_REPORT, unit_at("28111")};
    key = key_of(21);
    assert_int_equal(lt_book_key(book, &chain, &key), LT_OK);
    /* And endorsements. */
    struct lt_hash endorsed = {{42}}, beside;
    Lienthong__Endorsement entry;
    memcpy(&key, &endorsed, 32);
    key = colliding(&key);
    memcpy(&beside, &key, 32);
    saying = say("807", 4, 3);
    lienthong__endorsement__init(&entry);
    entry.update = (ProtobufCBinaryData){32, endorsed.bytes};
    saying->items[say_item(saying)].endorsement = &entry;
    say_revoked(saying, "28111", 20, NULL);
    tell(book, saying);
    key = key_of(20);
    const struct lt_revocation *revocation = lt_book_revocation(book, &chain, &key);
    assert_non_null(revocation);
    assert_true(lt_book_endorsed(book, revocation, &endorsed));
    assert_false(lt_book_endorsed(book, revocation, &beside));
    lt_book_free(book);
}

/* ---- Who is above the viewer ---- */

/* However many places others claim for his unit, before or after: his own district is heeded. */
static void no_number_of_claims_hides_the_district(void **state)
{
    (void)state;
    enum { SAYINGS = 4, CLAIMS = 38 };
    const struct lt_chain chain = {LT_STREAM_REPORT, unit_at("28111")};
    const struct lt_key key = key_of(10);
    for (unsigned after = 0; after <= SAYINGS; after++) {
        struct lt_book *book = four_hubs("28111");
        struct saying *district = say("807", 1, 3);
        say_grant(district, "28111", AGENT, 10, 110, NULL);
        for (unsigned i = 0; i < SAYINGS; i++) {
            struct saying *claims = say("808", 1 + i, 4);
            for (unsigned j = 0; j < CLAIMS; j++) {
                char code[LT_CODE_BYTES_MAX + 1];
                (void)snprintf(code, sizeof code, "X%u", i * CLAIMS + j);
                say_unit(claims, "28111", code, LT_UNIT_COMMUNE, "", "");
            }
            if (i == after)
                hear(book, district);
            tell(book, claims);
        }
        hear(book, district);
        assert_int_equal(lt_book_key(book, &chain, &key), LT_OK);
        free(district);
        lt_book_free(book);
    }
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_several_grants_the_highest_and_first_is_told),
        cmocka_unit_test(who_may_not_grant_is_not_told),
        cmocka_unit_test(a_key_is_asked_for_by_one_that_stood_until_then),
        cmocka_unit_test(a_line_leads_back_to_its_first_key),
        cmocka_unit_test(a_false_word_continues_no_line),
        cmocka_unit_test(a_long_line_and_a_ring_come_to_an_end),
        cmocka_unit_test(machines_are_counted_once),
        cmocka_unit_test(a_hub_is_reached_by_its_first_key),
        cmocka_unit_test(the_lowest_hub_that_granted_has_enrolled),
        cmocka_unit_test(the_least_keys_are_listed_in_order),
        cmocka_unit_test(unknown_keys_have_no_answer),
        cmocka_unit_test(only_the_roots_own_grant_opens_a_chain),
        cmocka_unit_test(keys_of_one_hash_are_two_keys),
        cmocka_unit_test(no_number_of_claims_hides_the_district),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
