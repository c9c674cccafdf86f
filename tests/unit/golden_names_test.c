/* golden_names_test.c - names that were sealed in release 0.1.0 are read with each of the keys that they were sealed
 * to, and with no other. See golden_file.h. */
#include "tests/unit/golden_file.h"

#include "proto/standing.h"
#include "tests/unit/golden_replay.h"
#include "tests/unit/golden_secrets.h"

/* The two rows of each of the sealed updates; NULL: erased. */
static const char *const expected[][2] = {
    {"Cá nhân 0011", "Cá nhân 0012"},
    {NULL, "Cá nhân 0014"},
};
enum { SEALED = sizeof expected / sizeof expected[0] };

static void expect_names(const struct lt_update *update, size_t which,
                         const struct lt_box_pair *pair, bool holder)
{
    struct lt_arena *arena = lt_arena_new(4 * LT_UNPACK_BYTES_MAX);
    struct lt_box_ring ring = {.count = 0};
    Lienthong__ReportBody *body;
    Lienthong__Personal *personal;
    lt_box_ring_add(&ring, pair);
    assert_int_equal(lt_report_read(update, arena, &body), LT_OK);
    assert_int_equal(body->n_changes, 2);
    assert_int_equal(lt_seal_read(update, body, &ring, arena, &personal), LT_OK);
    for (uint32_t i = 0; i < 2; i++) {
        const char *name = expected[which][i];
        const Lienthong__Person *person = lt_personal_find(personal, i, arena);
        assert_int_equal(lt_personal_erased(personal, body, i), name == NULL);
        assert_int_equal(lt_personal_hidden(personal, i), name != NULL && !holder);
        assert_int_equal(person != NULL, name != NULL && holder);
        if (person != NULL)
            assert_string_equal(person->name, name);
    }
    lt_arena_free(arena);
}

static void each_holder_of_a_key_reads_them(void **state)
{
    const struct lt_box_pair hub = golden_hub_box(), machine = golden_machine(),
                             stranger = golden_pair(11);
    struct golden_pieces pieces;
    size_t sealed = 0;
    (void)state;
    golden_read_pieces(GOLDEN_STORY, &pieces);
    for (size_t i = 0; i < pieces.count; i++) {
        struct lt_update update;
        struct lt_box_pair unit;
        if (pieces.items[i].type != 'u' ||
            lt_update_open(pieces.items[i].content, &update) != LT_OK || update.sealed.size == 0)
            continue;
        assert_true(sealed < SEALED);
        lt_box_of_unit(&hub, &update.frame.chain.unit, &unit);
        expect_names(&update, sealed, &hub, true);
        expect_names(&update, sealed, &unit, true);
        expect_names(&update, sealed, &machine, true);
        expect_names(&update, sealed, &stranger, false);
        sealed++;
    }
    assert_int_equal(sealed, SEALED);
    golden_free(pieces.whole);
}

/* As the directives say: to whom names are sealed, and how a machine comes by its unit's key. */
static void a_machine_is_handed_the_key_of_its_unit(void **state)
{
    const struct lt_box_pair hub = golden_hub_box(), machine = golden_machine();
    struct world world;
    struct golden_pieces pieces;
    struct lt_box_pair unit, taken;
    size_t handed = 0;
    char *dir = world_dir();
    (void)state;
    story_world(&world);
    golden_read_pieces(GOLDEN_STORY, &pieces);
    struct lt_ledger *ledger = golden_replay(&world, dir, &pieces, false);
    const struct lt_book *book = lt_ledger_book(ledger);
    const struct lt_unit *young = &world.units[world_find(&world, "28201")].unit;
    const struct lt_unit *rotated = &world.units[world_find(&world, "28159")].unit;
    assert_memory_equal(lt_book_sealing(book, young)->box_key, hub.public_key, 32);
    assert_null(lt_book_sealing(book, rotated));
    lt_box_of_unit(&hub, young, &unit);
    const size_t count = lt_book_unit_box_count(book);
    for (size_t i = lt_book_unit_boxes_of(book, young); i < count; i++) {
        const struct lt_unit_box *box = lt_book_unit_box_at(book, i);
        assert_memory_equal(box->box_key, unit.public_key, 32);
        assert_memory_equal(box->hub_key, hub.public_key, 32);
        if (lt_box_take(box, &machine, &taken)) {
            assert_memory_equal(&taken, &unit, sizeof unit);
            handed++;
        }
    }
    assert_int_equal(handed, 1);
    lt_ledger_close(ledger);
    world_remove(dir);
    golden_free(pieces.whole);
    world_free(&world);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_holder_of_a_key_reads_them),
        cmocka_unit_test(a_machine_is_handed_the_key_of_its_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
