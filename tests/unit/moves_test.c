/* What Moves mean: through which hub a chain travels, and whose machines a hub is the parent of. */
#include "hub/enrolled.h"
#include "tests/unit/standing_samples.h"

static const Lienthong__Role HUB = LIENTHONG__ROLE__ROLE_HUB, PC = LIENTHONG__ROLE__ROLE_AGENT;

/* Hubs 80 (key 2), 807 (key 3) below it, 30 (key 4); PCs of 28111, 28112 and 807 at 807, of SO80 at 80. */
static struct lt_book *book_of_hubs(void)
{
    struct lt_book *book = sample_book();
    struct saying *saying = say("VN", 2, 1);
    say_grant(saying, "80", HUB, 2, 102, NULL);
    say_grant(saying, "30", HUB, 4, 104, NULL);
    tell(book, saying);
    saying = say("80", 1, 2);
    say_grant(saying, "807", HUB, 3, 103, NULL);
    say_grant(saying, "SO80", PC, 5, 105, NULL);
    tell(book, saying);
    saying = say("807", 1, 3);
    say_grant(saying, "28111", PC, 6, 106, NULL);
    say_grant(saying, "28111", PC, 7, 107, NULL);
    say_grant(saying, "28112", PC, 8, 108, NULL);
    say_grant(saying, "807", PC, 9, 109, NULL);
    tell(book, saying);
    return book;
}

static void say_one(struct lt_book *book, const char *hub, uint64_t seq, unsigned key,
                    const char *unit, const char *parent, bool arrived)
{
    struct saying *saying = say(hub, seq, key);
    say_move(saying, unit, parent, 'k')->arrived = arrived;
    tell(book, saying);
}

static bool travels(const struct lt_book *book, const char *unit, const char *hub)
{
    const struct lt_unit a = unit_at(unit), b = unit_at(hub);
    return lt_book_moved_to(book, &a, &b);
}

static bool needed(const struct lt_book *book, const char *above, const char *hub)
{
    const struct lt_unit a = unit_at(above), b = unit_at(hub);
    return lt_book_moved_from(book, &a, &b);
}

static void enrolled_are(const struct lt_book *book, const char *hub, const char *units)
{
    struct lt_enrolled enrolled;
    const struct lt_unit of = unit_at(hub);
    char got[200] = "";
    lt_enrolled_at(book, &of, &enrolled);
    for (size_t i = 0; i < enrolled.count; i++) {
        snprintf(got + strlen(got), sizeof(got) - strlen(got), " %s", enrolled.units[i].code);
    }
    assert_false(enrolled.failed);
    assert_string_equal(got, units);
    lt_enrolled_free(&enrolled);
}

static void chains_travel_with_their_machines(void **state)
{
    (void)state;
    struct lt_book *book = book_of_hubs();
    assert_int_equal(lt_book_move_count(book), 0);
    assert_false(travels(book, "28111", "30") || needed(book, "807", "30"));
    say_one(book, "VN", 3, 1, "807", "30", false);
    assert_int_equal(lt_book_move_count(book), 1);
    assert_string_equal(lt_book_move_at(book, 0)->hub.code, "VN");
    assert_true(travels(book, "807", "30")); /* its own chains, and what comes through it */
    assert_true(travels(book, "28111", "30"));
    assert_true(travels(book, "28111", "VN")); /* 30 lies below */
    assert_false(travels(book, "28201", "30"));
    assert_false(travels(book, "28111", "80"));
    assert_true(needed(book, "807", "30")); /* it granted keys; so did 80 */
    assert_true(needed(book, "80", "30"));
    assert_false(needed(book, "808", "30"));
    say_one(book, "VN", 4, 1, "807", "80", false); /* back */
    assert_false(travels(book, "28111", "30") || needed(book, "807", "30"));
    lt_book_free(book);
}

static void whose_parent_a_hub_is(void **state)
{
    (void)state;
    struct lt_book *book = book_of_hubs();
    enrolled_are(book, "807", " 28111 28112 807");
    enrolled_are(book, "80", " 807 SO80");
    say_one(book, "807", 2, 3, "28111", "80", false);
    enrolled_are(book, "807", " 28111 28112 807"); /* not seen at 80 as yet */
    enrolled_are(book, "80", " 28111 807 SO80");
    assert_false(lt_book_move_at(book, 0)->arrived);
    say_one(book, "80", 2, 2, "28111", "80", true);
    assert_true(lt_book_move_at(book, 0)->arrived);
    enrolled_are(book, "807", " 28112 807");
    say_one(book, "80", 3, 2, "28111", "807", false); /* back */
    enrolled_are(book, "807", " 28111 28112 807");
    enrolled_are(book, "80", " 807 SO80");
    say_one(book, "807", 3, 3, "28111", "80", true); /* a word of the lower hub stands no more */
    enrolled_are(book, "807", " 28111 28112 807");
    struct saying *saying = say("807", 4, 3);
    say_revoked(saying, "28112", 8, NULL);
    tell(book, saying);
    enrolled_are(book, "807", " 28111 807");
    say_one(book, "30", 1, 4, "28111", "30", true); /* a hub elsewhere says what it likes */
    enrolled_are(book, "30", "");
    lt_book_free(book);
}

static void the_key_of_a_hub(void **state)
{
    (void)state;
    struct lt_book *book = book_of_hubs();
    const struct lt_unit hub = unit_at("80"), school = unit_at("TH1"), pc = unit_at("28111");
    uint8_t curve[32] = {0};
    const struct lt_key wanted = key_of(102);
    assert_int_equal(lt_book_hub_curve(book, &hub, curve), LT_OK);
    assert_memory_equal(curve, wanted.bytes, 32);
    assert_int_equal(lt_book_hub_curve(book, &school, curve), LT_NOT_FOUND);
    assert_int_equal(lt_book_hub_curve(book, &pc, curve), LT_NOT_FOUND); /* a PC is no hub */
    struct saying *saying = say("VN", 5, 1);
    say_grant(saying, "80", HUB, 12, 112, NULL);
    tell(book, saying);
    assert_int_equal(lt_book_hub_curve(book, &hub, curve), LT_AMBIGUOUS);
    saying = say("VN", 6, 1);
    say_revoked(saying, "80", 2, NULL);
    tell(book, saying);
    const struct lt_key other = key_of(112);
    assert_int_equal(lt_book_hub_curve(book, &hub, curve), LT_OK);
    assert_memory_equal(curve, other.bytes, 32);
    lt_book_free(book);
}

/* A hub that has changed its keys is reached by the one that it had first: by its own word, not by anybody's. */
static void the_key_of_a_hub_that_changed(void **state)
{
    (void)state;
    struct lt_book *book = book_of_hubs();
    const struct lt_unit hub = unit_at("80");
    const struct lt_key listens = key_of(112), later = key_of(114);
    struct lt_key keys[3];
    struct lt_secret secrets[3];
    uint8_t curve[32] = {0};
    struct saying *saying = say("VN", 5, 1);
    for (unsigned char i = 0; i < 3; i++) {
        const uint8_t seed[32] = {i, 77};
        assert_int_equal(crypto_sign_seed_keypair(keys[i].bytes, secrets[i].bytes, seed), 0);
    }
    say_revoked(saying, "80", 2, NULL);
    say_grant(saying, "80", HUB, 12, 112, NULL);
    memcpy(saying->keys[1], keys[0].bytes, 32);
    tell(book, saying);
    for (unsigned i = 1; i < 3; i++) {
        struct lt_signature signature;
        struct lt_rotation rotation = {.unit = hub, .role = HUB, .key = keys[i]};
        const struct lt_key client = key_of(112 + i);
        memcpy(rotation.curve_key, client.bytes, 32);
        lt_rotation_sign(&rotation, &secrets[0],
                         &signature); /* the second is forged: not by the key before */
        saying = say("VN", 5 + i, 1);
        say_grant(saying, "80", HUB, 12, 112 + i, NULL);
        memcpy(saying->keys[0], keys[i].bytes, 32);
        saying->grants[0].previous_key = (ProtobufCBinaryData){32, keys[i - 1].bytes};
        saying->grants[0].previous_signature = (ProtobufCBinaryData){64, signature.bytes};
        say_revoked(saying, "80", 12, NULL);
        memcpy(saying->keys[1], keys[i - 1].bytes, 32);
        tell(book, saying);
        assert_int_equal(lt_book_hub_curve(book, &hub, curve), LT_OK);
        assert_memory_equal(curve, i == 1 ? listens.bytes : later.bytes, 32);
    }
    lt_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_travel_with_their_machines),
        cmocka_unit_test(whose_parent_a_hub_is),
        cmocka_unit_test(the_key_of_a_hub),
        cmocka_unit_test(the_key_of_a_hub_that_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
