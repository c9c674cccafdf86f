/* Whom a book believes: grants by the viewer's eyes, in any order of hearing; the root and what follows it; keys
 * changed for others; endorsements. */
#include "tests/unit/rules_samples.h"

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

static bool countersigned(const struct lt_book *book, const char *unit, unsigned key)
{
    const struct lt_chain chain = chain_of(LT_STREAM_REPORT, unit);
    const struct lt_key number = key_of(key);
    return lt_book_countersigned(book, &chain, &number);
}

/* The sample tree in the eyes of `viewer`; the order of words does not matter, so what is said later is as good. */
static struct lt_book *seen_by(const char *viewer)
{
    struct lt_book *book = sample_book();
    const struct lt_unit unit = unit_at(viewer);
    struct saying *saying = say("VN", 2, 1);
    assert_int_equal(lt_book_view(book, &unit), LT_OK);
    say_grant(saying, "80", HUB, 2, 0, NULL);
    say_grant(saying, "807", HUB, 3, 0, NULL);
    say_grant(saying, "808", HUB, 4, 0, NULL);
    tell(book, saying);
    return book;
}

/* ---- Countersigning ---- */

static void a_districts_word_holds_within_it(void **state)
{
    (void)state;
    static const struct {
        const char *viewer;
        enum lt_result before;
    } cases[] = {{"VN", LT_KEY_UNKNOWN}, {"80", LT_KEY_UNKNOWN},  {"807", LT_OK},
                 {"28111", LT_OK},       {"808", LT_KEY_UNKNOWN}, {"TH1", LT_OK}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct lt_book *book = seen_by(cases[i].viewer);
        const struct lt_chain chain = chain_of(LT_STREAM_REPORT, "28111");
        struct saying *district = say("807", 1, 3), *top = say("VN", 3, 1);
        say_grant(district, "28111", AGENT, 10, 110, NULL);
        tell(book, district);
        assert_int_equal(key_result(book, LT_STREAM_REPORT, "28111", 10), cases[i].before);
        assert_false(countersigned(book, "28111", 10));
        assert_int_equal(lt_book_awaits(book, &chain), cases[i].before == LT_OK);
        say_grant(top, "28111", AGENT, 10, 110, NULL);
        tell(book, top);
        assert_int_equal(key_result(book, LT_STREAM_REPORT, "28111", 10), LT_OK);
        assert_true(countersigned(book, "28111", 10));
        assert_false(lt_book_awaits(book, &chain));
        lt_book_free(book);
    }
}

/* A key that the top ends before it has granted it: known as revoked everywhere, so that what builds on its updates gets
 * on. Its district's word that it ends is none: it would keep what it likes of it. */
static void a_key_that_waited_is_ended(void **state)
{
    (void)state;
    static const char *const viewers[] = {"VN", "80", "807", "28111"};
    for (size_t i = 0; i < sizeof(viewers) / sizeof(viewers[0]); i++) {
        struct lt_book *book = seen_by(viewers[i]);
        const struct lt_chain chain = chain_of(LT_STREAM_REPORT, "28111");
        const struct lt_key key = key_of(10);
        const bool grants = i >= 2;
        struct saying *district = say("807", 1, 3), *ends = say("807", 2, 3),
                      *top = say("VN", 3, 1);
        say_revoked(top, "28111", 11, 0); /* of one that nobody granted: nothing */
        say_grant(district, "28111", AGENT, 10, 110, NULL);
        tell(book, district);
        say_revoked(ends, "28111", 10, 0);
        tell(book, ends);
        assert_int_equal(key_result(book, LT_STREAM_REPORT, "28111", 10),
                         grants ? LT_KEY_REVOKED : LT_KEY_UNKNOWN);
        assert_false(lt_book_ended_by_top(book, &chain, &key));
        say_revoked(top, "28111", 10, 0);
        tell(book, top);
        assert_int_equal(key_result(book, LT_STREAM_REPORT, "28111", 10), LT_KEY_REVOKED);
        assert_true(lt_book_ended_by_top(book, &chain, &key));
        assert_int_equal(key_result(book, LT_STREAM_REPORT, "28111", 11), LT_KEY_UNKNOWN);
        lt_book_free(book);
    }
}

/* A hub that the top has not granted may not speak above the one that did: nor may whom it grants. */
static void a_chain_of_grants_is_followed(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    const struct lt_unit nation = unit_at("VN");
    struct saying *saying = say("VN", 2, 1);
    assert_int_equal(lt_book_view(book, &nation), LT_OK);
    say_grant(saying, "80", HUB, 2, 0, NULL);
    tell(book, saying);
    saying = say("80", 1, 2);
    say_grant(saying, "807", HUB, 3, 0, NULL);
    tell(book, saying);
    saying = say("807", 1, 3);
    say_unit(saying, "TH9", "807", LT_UNIT_BASE, "", "");
    tell(book, saying);
    assert_int_equal(lt_book_place_count(book), 12);
    saying = say("VN", 3, 1);
    say_grant(saying, "807", HUB, 3, 0, NULL);
    tell(book, saying);
    assert_int_equal(lt_book_place_count(book), 13);
    lt_book_free(book);
}

/* ---- What a key's row says ---- */

static struct lt_granted_key told_of;

static void take(void *context, const struct lt_granted_key *key)
{
    const struct lt_key *wanted = context;
    if (memcmp(&key->key, wanted, sizeof(*wanted)) == 0)
        told_of = *key;
}

static const struct lt_granted_key *row_of(const struct lt_book *book, const struct lt_key *key)
{
    struct lt_key wanted = *key;
    told_of = (struct lt_granted_key){.seq = 0};
    lt_book_granted_keys(book, take, &wanted);
    return &told_of;
}

static void first_second_and_asked_for(void **state)
{
    (void)state;
    struct lt_book *book = seen_by("VN");
    struct lt_key old, next = key_of(12), second = key_of(11);
    struct lt_secret secret;
    struct lt_signature signature;
    struct lt_rotation rotation = {
        .unit = unit_at("28111"), .role = LIENTHONG__ROLE__ROLE_AGENT, .key = next};
    static const uint8_t seed[32] = {3};
    assert_int_equal(crypto_sign_seed_keypair(old.bytes, secret.bytes, seed), 0);
    lt_rotation_sign(&rotation, &secret, &signature);
    assert_true(lt_rotation_verify(&rotation, &old, &signature));
    struct saying *saying = say("807", 1, 3);
    say_grant(saying, "28111", AGENT, 10, 0, NULL);
    memcpy(saying->keys[0], old.bytes, 32);
    tell(book, saying);
    assert_true(row_of(book, &old)->awaits && row_of(book, &old)->first);
    saying = say("VN", 3, 1);
    say_grant(saying, "28111", AGENT, 10, 0, NULL);
    memcpy(saying->keys[0], old.bytes, 32);
    tell(book, saying);
    assert_false(row_of(book, &old)->awaits);
    /* A second one is not first; one that the old one asked for needs nobody. */
    saying = say("807", 2, 3);
    say_grant(saying, "28111", AGENT, 11, 0, NULL);
    tell(book, saying);
    assert_true(row_of(book, &second)->awaits && !row_of(book, &second)->first);
    for (int honest = 0; honest < 2; honest++) {
        saying = say("807", 3 + (uint64_t)honest, 3);
        say_grant(saying, "28111", AGENT, 12, 0, NULL);
        if (!honest)
            signature.bytes[5] ^= 1;
        saying->grants[0].previous_key = (ProtobufCBinaryData){32, old.bytes};
        saying->grants[0].previous_signature = (ProtobufCBinaryData){64, signature.bytes};
        if (honest) {
            say_revoked(saying, "28111", 10, NULL);
            memcpy(saying->keys[1], old.bytes, 32);
        }
        tell(book, saying);
        if (!honest) {
            assert_false(row_of(book, &next)->asked_by_key);
            signature.bytes[5] ^= 1;
            lt_book_free(book);
            book = seen_by("VN");
            saying = say("VN", 3, 1);
            say_grant(saying, "28111", AGENT, 10, 0, NULL);
            memcpy(saying->keys[0], old.bytes, 32);
            tell(book, saying);
        }
    }
    assert_true(row_of(book, &next)->asked_by_key && row_of(book, &next)->awaits);
    assert_true(row_of(book, &old)->revoked);
    lt_book_free(book);
}

/* ---- The root ---- */

struct pair {
    struct lt_key key;
    struct lt_secret secret;
};

static struct pair pair_of(uint8_t number)
{
    const uint8_t seed[32] = {number, 99};
    struct pair pair;
    assert_int_equal(crypto_sign_seed_keypair(pair.key.bytes, pair.secret.bytes, seed), 0);
    return pair;
}

struct root_said {
    Lienthong__RootEntry entry;
    uint8_t root[32], recovery[32], signature[64];
};

static void say_root(struct saying *saying, struct root_said *room, const struct pair *root,
                     const struct pair *recovery, const struct pair *by)
{
    const struct lt_unit top = unit_at("VN");
    const struct lt_roots roots = {root->key, recovery->key};
    struct lt_signature signature;
    lt_root_replace(&top, &roots, &by->secret, &signature);
    lienthong__root_entry__init(&room->entry);
    memcpy(room->root, root->key.bytes, 32);
    memcpy(room->recovery, recovery->key.bytes, 32);
    memcpy(room->signature, signature.bytes, 64);
    room->entry.root_key = (ProtobufCBinaryData){32, room->root};
    room->entry.recovery_key = (ProtobufCBinaryData){32, room->recovery};
    room->entry.signature = (ProtobufCBinaryData){64, room->signature};
    saying->items[say_item(saying)].root = &room->entry;
}

/* The recovery key puts another root in the place of the first, and that one ends what the first signed. */
static void the_recovery_key_replaces_the_root(void **state)
{
    (void)state;
    struct lt_key first_key;
    struct lt_secret first_secret;
    root_keys(&first_key, &first_secret);
    const struct pair recovery = pair_of(1), root2 = pair_of(2), recovery2 = pair_of(3),
                      thief = pair_of(4);
    struct root_said rooms[3];
    struct lt_roots roots;
    for (int order = 0; order < 2; order++) {
        struct lt_book *book = sample_book();
        struct saying *honest = say("VN", 2, 5), *false_one = say("VN", 2, 1);
        if (order == 0)
            lt_book_pin_recovery(book, &recovery.key);
        say_root(honest, &rooms[0], &root2, &recovery2, &recovery);
        say_grant(honest, "VN", HUB, 5, 0, &root2.secret);
        say_grant(honest, "VN", HUB, 1, 0, &root2.secret);
        say_root(false_one, &rooms[1], &thief, &thief, &thief);
        hear(book, false_one);
        lt_book_roots(book, &roots);
        assert_memory_equal(&roots.root, &first_key, 32);
        if (order == 0)
            assert_int_equal(lt_book_may_direct(book, &honest->update, &honest->body), LT_OK);
        hear(book, honest);
        if (order == 1)
            lt_book_pin_recovery(book, &recovery.key);
        lt_book_roots(book, &roots);
        assert_memory_equal(&roots.root, &root2.key, 32);
        assert_memory_equal(&roots.recovery, &recovery2.key, 32);
        assert_int_equal(key_result(book, LT_STREAM_DIRECTIVE, "VN", 5), LT_OK);
        assert_int_equal(lt_book_place_count(book), 12);
        /* What the first root signs now is nothing. */
        struct saying *late = say("VN", 3, 6);
        say_grant(late, "VN", HUB, 6, 0, &first_secret);
        assert_int_equal(lt_book_may_direct(book, &late->update, &late->body), LT_KEY_UNKNOWN);
        free(late);
        free(honest);
        free(false_one);
        lt_book_free(book);
    }
}

static void without_a_recovery_key_the_root_stays(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    const struct pair none = {.key = {{0}}}, root2 = pair_of(2);
    struct root_said room;
    struct lt_roots before, after;
    struct saying *saying = say("VN", 2, 1);
    struct pair zero = none;
    zero.secret = root2.secret;
    say_root(saying, &room, &root2, &root2, &zero);
    lt_book_roots(book, &before);
    tell(book, saying);
    lt_book_roots(book, &after);
    assert_memory_equal(&before, &after, sizeof(before));
    lt_book_free(book);
}

/* ---- Endorsements ---- */

static void say_endorsed(struct saying *saying, Lienthong__Endorsement *entry,
                         struct lt_hash *update)
{
    lienthong__endorsement__init(entry);
    entry->update = (ProtobufCBinaryData){32, update->bytes};
    saying->items[say_item(saying)].endorsement = entry;
}

/* By whom the key was revoked, and by those above; not by one below, nor by another's hub. */
static void who_may_endorse(void **state)
{
    (void)state;
    static const struct {
        const char *revoker, *endorser;
        unsigned revoker_key, endorser_key;
        bool counts;
    } cases[] = {{"80", "80", 2, 2, true},   {"80", "VN", 2, 1, true},   {"80", "807", 2, 3, false},
                 {"807", "80", 3, 2, true},  {"807", "807", 3, 3, true}, {"VN", "80", 1, 2, false},
                 {"80", "808", 2, 4, false}, {"807", "808", 3, 4, false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct lt_book *book = seen_by("VN");
        const struct lt_chain chain = chain_of(LT_STREAM_REPORT, "28111");
        struct lt_hash update = {{42}}, other = {{43}};
        Lienthong__Endorsement entry;
        const struct lt_key key = key_of(10);
        struct saying *saying = say("VN", 4, 1);
        say_grant(saying, "28111", AGENT, 10, 0, NULL);
        tell(book, saying);
        saying = say(cases[i].endorser, 7, cases[i].endorser_key);
        say_endorsed(saying, &entry, &update);
        assert_true(tell(book, saying).altered);
        saying = say(cases[i].revoker, 8, cases[i].revoker_key);
        say_revoked(saying, "28111", 10, NULL);
        tell(book, saying);
        const struct lt_revocation *revocation = lt_book_revocation(book, &chain, &key);
        assert_non_null(revocation);
        assert_int_equal(lt_book_endorsed(book, revocation, &update), cases[i].counts);
        assert_false(lt_book_endorsed(book, revocation, &other));
        lt_book_free(book);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_districts_word_holds_within_it),
        cmocka_unit_test(a_key_that_waited_is_ended),
        cmocka_unit_test(a_chain_of_grants_is_followed),
        cmocka_unit_test(first_second_and_asked_for),
        cmocka_unit_test(the_recovery_key_replaces_the_root),
        cmocka_unit_test(without_a_recovery_key_the_root_stays),
        cmocka_unit_test(who_may_endorse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
