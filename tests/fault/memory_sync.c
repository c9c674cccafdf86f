/* memory_sync.c - both machines of the conversation while memory is short: during a story of faults (sync_world.h) one
 * allocation of the machines in 20 to 400 fails. No rule of the world is broken meanwhile; afterwards all come to one
 * state, fall silent, and are quick again. */
#include "tests/fault/short.h"

#include "proto/update.h"
#include "proto/sync.h"

/* What the world itself signs and reads never fails: only the machines are short of memory. */
#define AMPLY(call)                                                                                \
    __extension__({                                                                                \
        const uint64_t one_in = shortage.one_in;                                                   \
        shortage.one_in = 0;                                                                       \
        const enum lt_result amply = (call);                                                       \
        shortage.one_in = one_in;                                                                  \
        amply;                                                                                     \
    })
#define lt_update_seal(...)  AMPLY((lt_update_seal)(__VA_ARGS__))
#define lt_receipt_seal(...) AMPLY((lt_receipt_seal)(__VA_ARGS__))
#define lt_receipt_open(...) AMPLY((lt_receipt_open)(__VA_ARGS__))

#include "tests/unit/sync_story.h"

enum { SEEDS = 120 };

static struct world world;

static void all_converge_once_there_is_memory_again(void **state)
{
    (void)state;
    uint64_t failed = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        begin(&world, seed);
        short_begin(0, false);
        shortage.random = seed;
        shortage.one_in = 20 * (1 + seed % 20);
        world.starved = true;
        trouble(&world);
        world.starved = false;
        failed += shortage.failed;
        (void)short_end();
        settle(&world);
        stay_quiet(&world);
        be_quick(&world);
        const char *complaint = world.complaint;
        if (complaint)
            describe(&world);
        end(&world);
        if (complaint)
            fail_msg("seed %llu: %s", (unsigned long long)seed, complaint);
    }
    assert_true(failed > 5 * SEEDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_converge_once_there_is_memory_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
