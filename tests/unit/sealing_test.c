/* To whom a unit's names are sealed, by what hubs have said; and that figures know nothing of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hub/box_plan.h"
#include "tests/unit/hub_world.h"

static const char *const titles[] = {"GK", "LDTT"};

struct fixture {
    struct world world;
    char *dir;
    struct lt_ledger *ledger;
    struct signed_update law;
};

static void hub_key(struct fixture *fixture, const char *unit)
{
    struct signed_update said;
    struct world_item item;
    Lienthong__Directive *items[1] = {&item.directive};
    item_grant(&fixture->world, &item, world_find(&fixture->world, unit), false);
    item.grant.role = LIENTHONG__ROLE__ROLE_HUB;
    world_direct(&fixture->world, items, 1, &said);
    assert_int_equal(world_commit(fixture->ledger, &said), LT_OK);
    signed_free(&said);
}

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    world_small(&fixture->world);
    world_constitution(&fixture->world, fixture->world.unit_count, titles, 2, &fixture->law);
    fixture->dir = world_dir();
    fixture->ledger = world_ledger(&fixture->world, fixture->dir, 0);
    assert_int_equal(world_commit(fixture->ledger, &fixture->law), LT_OK);
    hub_key(fixture, "80");
    hub_key(fixture, "807");
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    lt_ledger_close(fixture->ledger);
    world_remove(fixture->dir);
    signed_free(&fixture->law);
    world_free(&fixture->world);
    free(fixture);
    return 0;
}

static void say(struct fixture *fixture, const char *hub, Lienthong__Directive *item)
{
    Lienthong__Directive *items[1] = {item};
    struct signed_update said;
    world_direct_as(&fixture->world, world_find(&fixture->world, hub), items, 1, &said);
    assert_int_equal(world_commit(fixture->ledger, &said), LT_OK);
    signed_free(&said);
}

/* `hub` says that names at or below `within` are sealed to it; `number` 0: that they are open. */
static void sealed(struct fixture *fixture, const char *hub, const char *within, uint8_t number)
{
    struct lt_unit units[2] = {world_unit_of(within), world_unit_of(hub)};
    uint8_t box_key[32];
    Lienthong__Directive item = LIENTHONG__DIRECTIVE__INIT;
    Lienthong__Sealing sealing = LIENTHONG__SEALING__INIT;
    Lienthong__Unit wires[2];
    for (size_t i = 0; i < 2; i++) {
        lienthong__unit__init(&wires[i]);
        wires[i].code = units[i].code;
    }
    memset(box_key, number, sizeof box_key);
    sealing.within = &wires[0];
    sealing.open = number == 0;
    if (number != 0) {
        sealing.hub = &wires[1];
        sealing.box_key = (ProtobufCBinaryData){32, box_key};
    }
    item.sealing = &sealing;
    say(fixture, hub, &item);
}

/* First byte of the box key that holds for a unit; 0: none. */
static int holds(struct fixture *fixture, const char *unit)
{
    const struct lt_unit asked = world_unit_of(unit);
    const struct lt_sealing *sealing = lt_book_sealing(lt_ledger_book(fixture->ledger), &asked);
    return sealing == NULL ? 0 : sealing->box_key[0];
}

/* So that no hub between can open what one above has sealed, or have it for itself. */
static void of_each_hub_the_nearest_holds_and_of_these_the_highest(void **state)
{
    struct fixture *fixture = *state;
    struct lt_ledger_counts before, after;
    lt_ledger_counts(fixture->ledger, true, &before);
    assert_int_equal(holds(fixture, "28159"), 0);
    sealed(fixture, "807", "807", 1);
    assert_int_equal(holds(fixture, "28159"), 1);
    assert_int_equal(holds(fixture, "80"), 0);
    sealed(fixture, "80", "80", 2); /* farther, and higher */
    assert_int_equal(holds(fixture, "28159"), 2);
    assert_int_equal(holds(fixture, "80"), 2);
    assert_int_equal(holds(fixture, "10999"), 0);
    sealed(fixture, "807", "28159", 3); /* nearer, and lower */
    sealed(fixture, "807", "28162", 0);
    assert_int_equal(holds(fixture, "28159"), 2);
    assert_int_equal(holds(fixture, "28162"), 2);
    sealed(fixture, "80", "28159", 4); /* of one hub the nearer */
    assert_int_equal(holds(fixture, "28159"), 4);
    assert_int_equal(holds(fixture, "28162"), 2);
    sealed(fixture, "80", "28159", 5); /* the later word on one place */
    assert_int_equal(holds(fixture, "28159"), 5);
    sealed(fixture, "80", "28162", 0); /* not by 80; nor by 807, which has opened it too */
    assert_int_equal(holds(fixture, "28162"), 0);
    sealed(fixture, "80", "28159", 0); /* not by 80, but by 807 */
    assert_int_equal(holds(fixture, "28159"), 3);
    sealed(fixture, "VN", "VN", 6);
    assert_int_equal(holds(fixture, "10999"), 6);
    assert_int_equal(holds(fixture, "28159"), 6);
    sealed(fixture, "807", "10999", 7); /* not its own to say */
    assert_int_equal(holds(fixture, "10999"), 6);
    lt_ledger_counts(fixture->ledger, true, &after);
    assert_memory_equal(&before.directives, &after.directives, 32); /* nothing is judged by it */
    assert_int_equal(before.generation, after.generation);
}

/* A machine of `unit` with this CURVE key. */
static void machine(struct fixture *fixture, const char *unit, uint8_t number)
{
    struct world_item item;
    uint8_t curve[32];
    memset(curve, 0, sizeof curve);
    curve[0] = 9; /* a point of the curve; distinct by what follows */
    curve[1] = number;
    item_grant(&fixture->world, &item, world_find(&fixture->world, unit), false);
    item.grant.curve_key = (ProtobufCBinaryData){32, curve};
    say(fixture, "VN", &item.directive);
}

struct planned {
    size_t count, machines;
};

static struct planned planned(struct fixture *fixture, const struct lt_box_ring *ring,
                              bool carry_out)
{
    struct lt_box_plan plan;
    const struct lt_unit top = world_unit_of("VN");
    assert_int_equal(lt_box_plan_make(lt_ledger_book(fixture->ledger), &top, ring, NULL, &plan),
                     LT_OK);
    const struct planned found = {plan.count, plan.machines};
    for (size_t i = 0; carry_out && i < found.count; i++)
        say(fixture, "VN", plan.items[i]);
    lt_box_plan_free(&plan);
    return found;
}

#define assert_planned(fixture, ring, expected_count, expected_machines, carry_out)                \
    do {                                                                                           \
        const struct planned found = planned(fixture, ring, carry_out);                            \
        assert_int_equal(found.count, expected_count);                                             \
        assert_int_equal(found.machines, expected_machines);                                       \
    } while (0)

static void ring_of(struct lt_box_ring *ring, uint8_t number)
{
    struct lt_box_pair pair;
    memset(pair.secret, number, sizeof pair.secret);
    crypto_scalarmult_base(pair.public_key, pair.secret);
    lt_box_ring_add(ring, &pair);
}

/* VN says that names at or below 80 are sealed to the first key of the ring; NULL: no more. */
static void sealed_to(struct fixture *fixture, const struct lt_box_ring *ring)
{
    Lienthong__Directive item = LIENTHONG__DIRECTIVE__INIT;
    Lienthong__Sealing sealing = LIENTHONG__SEALING__INIT;
    Lienthong__Unit within, hub;
    char codes[2][4] = {"80", "VN"};
    uint8_t key[32];
    lienthong__unit__init(&within);
    lienthong__unit__init(&hub);
    within.code = codes[0];
    hub.code = codes[1];
    sealing.within = &within;
    sealing.open = ring == NULL;
    if (ring != NULL) {
        memcpy(key, ring->pairs[0].public_key, 32);
        sealing.hub = &hub;
        sealing.box_key = (ProtobufCBinaryData){32, key};
    }
    item.sealing = &sealing;
    say(fixture, "VN", &item);
}

/* Units that live at or below 80. */
static size_t living(const struct lt_book *book)
{
    const struct lt_unit within = world_unit_of("80");
    size_t count = 0;
    for (size_t i = 0; i < lt_book_place_count(book); i++) {
        const struct lt_place *place = lt_book_place_at(book, i);
        count += place->valid_to == 0 && lt_book_within(book, &place->unit, &within);
    }
    return count;
}

static void each_unit_is_told_its_key_and_each_machine_given_it_once(void **state)
{
    struct fixture *fixture = *state;
    struct lt_box_ring first = {.count = 0}, second = {.count = 0}, none = {.count = 0};
    const size_t units = living(lt_ledger_book(fixture->ledger));
    assert_true(units >= 4);
    ring_of(&first, 3);
    machine(fixture, "28159", 1);
    assert_planned(fixture, &first, 0, 0, true); /* nothing is sealed */
    sealed_to(fixture, &first);
    machine(fixture, "10999", 2); /* elsewhere */
    assert_planned(fixture, &none, 0, 0, true);
    assert_planned(fixture, &first, units, 1, false);
    assert_planned(fixture, &first, units, 1, true);
    assert_planned(fixture, &first, 0, 0, true);
    machine(fixture, "28159", 3); /* another one of the unit */
    machine(fixture, "28162", 4); /* the first of a unit that was told its key */
    assert_planned(fixture, &first, 2, 2, true);
    assert_planned(fixture, &first, 0, 0, true);
    /* Another key of the hub, the one before kept: nothing until it is said, then each unit and machine anew. */
    ring_of(&second, 5);
    ring_of(&second, 3);
    assert_planned(fixture, &second, 0, 0, true);
    sealed_to(fixture, &second);
    assert_planned(fixture, &second, units + 1, 3, true);
    assert_planned(fixture, &second, 0, 0, true);
    /* Sealed no more: who comes later reads what was told, under both keys. */
    sealed_to(fixture, NULL);
    machine(fixture, "28159", 6);
    assert_planned(fixture, &second, 2, 2, true);
    assert_planned(fixture, &second, 0, 0, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_each_hub_the_nearest_holds_and_of_these_the_highest,
                                        begin, end),
        cmocka_unit_test_setup_teardown(each_unit_is_told_its_key_and_each_machine_given_it_once,
                                        begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
