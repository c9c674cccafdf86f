/* fiber.h - threads of the simulated programs, as fibers of one thread, in virtual time.
 *
 * A fiber runs until it waits for something; then another one that can run is drawn by lot (of the seed), and when
 * none can, time jumps to what is due next. So a seed is one interleaving, and the same each time. The director (the
 * simulator itself) is no fiber: it lets them run with fibers_run, between which nothing moves.
 *
 * Everything is of the one thread of the process. */
#ifndef LT_SIM_FIBER_H
#define LT_SIM_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t sim_ms;
#define SIM_NEVER UINT64_MAX

struct machine;
struct fiber;

/* True time, which no machine's clock shows. */
sim_ms sim_now(void);

/* Randomness, by purpose, so that what is left out of one does not change the others. */
enum sim_lot { LOT_ORDER, LOT_NETWORK, LOT_KEYS, LOT_PLAN, LOT_COUNT };
void sim_seed(uint64_t seed);
uint64_t sim_random(enum sim_lot lot);
uint32_t sim_below(enum sim_lot lot, uint32_t below); /* 0 … below-1; below > 0 */
bool sim_chance(enum sim_lot lot, uint32_t one_in); /* one_in 0: never */

/* A fiber of a machine's program. It belongs to that life of the machine and ends with it at the latest. */
struct fiber *fiber_start(struct machine *machine, void *(*begin)(void *), void *argument);
struct fiber *fiber_self(void); /* NULL: the director */
struct machine *fiber_machine(void); /* whose code runs; NULL: nobody's */
/* The director acts in a machine's name (its clock, its sockets) from here on; NULL: in nobody's. */
void fiber_act_as(struct machine *machine);
bool fiber_ended(const struct fiber *fiber);

enum { FIBER_ONS_MAX = 8 };
/* Waits until one of `ons` is woken, or until a time. */
void fiber_wait(const void *const *ons, size_t count, sim_ms until);
void fiber_wait_one(const void *on);
/* Whoever of the machine's fibers waits for it can run. */
void fiber_wake(struct machine *machine, const void *on);
/* Ends all of a machine's fibers where they stand, as a SIGKILL does. Called by one of them, it does not return. */
void fibers_kill(struct machine *machine);
/* The fiber of a killed machine goes, never to return. */
void fiber_vanish(void) __attribute__((noreturn));

/* Something that happens at a time: `what` is called by the director. */
typedef void sim_event(void *context, uint64_t number);
void sim_at(sim_ms at, sim_event *what, void *context, uint64_t number);

/* Lets everything run up to a time, or until `done` says so. */
void fibers_run(sim_ms until, bool (*done)(void));
/* All sleep while time passes: what was due meanwhile is late. */
void fibers_sleep(sim_ms for_ms);
uint64_t fiber_switches(void);

#endif
