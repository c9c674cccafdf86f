/* ledger_world.h - a ledger of a small country (hub_world.h), its law not yet committed, for the tests of the ledger. */
#ifndef LT_TEST_LEDGER_WORLD_H
#define LT_TEST_LEDGER_WORLD_H

#include "tests/unit/hub_world.h"

static const char *const titles[] = {"GK", "LDTT"};

struct fixture {
    struct world world;
    char *dir;
    struct lt_ledger *ledger;
    struct signed_update law;
};

static inline int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    world_small(&fixture->world);
    fixture->dir = world_dir();
    fixture->ledger = world_ledger(&fixture->world, fixture->dir, 0);
    world_constitution(&fixture->world, fixture->world.unit_count, titles, 2, &fixture->law);
    *state = fixture;
    return 0;
}

static inline int end(void **state)
{
    struct fixture *fixture = *state;
    lt_ledger_close(fixture->ledger);
    signed_free(&fixture->law);
    world_remove(fixture->dir);
    world_free(&fixture->world);
    free(fixture);
    return 0;
}

static inline void reopen(struct fixture *fixture)
{
    lt_ledger_close(fixture->ledger);
    fixture->ledger = world_ledger(&fixture->world, fixture->dir, 0);
}

static inline struct say award(const char *code, uint64_t quantity)
{
    return (struct say){.code = code, .recipient = 4, .year = 2020, .quantity = quantity};
}

static inline void one(struct fixture *fixture, const char *unit,
                       const struct signed_update *parent, const struct say *say,
                       struct signed_update *ret_update)
{
    const struct lt_update *above = parent == NULL ? NULL : &parent->arrival.update;
    world_report(&fixture->world, world_find(&fixture->world, unit),
                 above == NULL ? NULL : &above->id, above != NULL,
                 above == NULL ? 1 : above->frame.seq + 1, say, 1, ret_update);
}

#endif
