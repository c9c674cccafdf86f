/* plan.h - what happens in a seed: an explicit list of events, drawn from the seed before anything runs.
 *
 * Events name machines by numbers that are taken modulo what there is, so that a plan from which some are left out
 * still means something: that is how a failing one is shrunk. */
#ifndef LT_SIM_PLAN_H
#define LT_SIM_PLAN_H

#include "tests/sim/world.h"

/*   X(name, is it a fault)                    what a, b, c say */
#define EVENT_KINDS(X)                                                                             \
    X(act, false) /* a clerk at PC a enters (b even) or retracts slot c % 64, value c / 64 */      \
    X(off, false) /* PC a is switched off: b even, in good order */                                \
    X(night, false) /* all sleep for a minutes */                                                  \
    X(approve, false) /* the top's operator approves of keys that wait */                          \
    X(loss, true) /* for a seconds one message in b is lost … */                                 \
    X(doubling, true)                                                                              \
    X(reordering, true)                                                                            \
    X(delay, true) /* … comes up to c days late */                                               \
    X(flip, true) /* … has one bit turned */                                                     \
    X(cut, true) /* … is cut short */                                                            \
    X(breaking, true) /* … is the last of its connection */                                      \
    X(partition, true) /* between machine a and its parent for b seconds */                        \
    X(kill, true) /* machine a */                                                                  \
    X(kill_before, true) /* machine a at its b-th commit, before it */                             \
    X(kill_after, true) /* and after it */                                                         \
    X(full, true) /* machine a's disk, for b seconds */                                            \
    X(clock, true) /* machine a's clock jumps by b hours less ten years */                         \
    X(image, false) /* of machine a's disk is kept */                                              \
    X(restore, true) /* PC a from an image of it, b */                                             \
    X(clone, true) /* another PC with image b */                                                   \
    X(replace, true) /* PC a is lost; another one joins for its unit */                            \
    X(hub_restore, true) /* hub a from an image of it, b */                                        \
    X(rotation, true) /* PC a changes its keys */                                                  \
    X(revocation, true) /* the key of a PC that was lost, a */                                     \
    X(hostile, true) /* for b seconds district a does c to what passes it */                       \
    X(moving, true) /* unit a's machines get hub b as their parent */                              \
    X(succession, true) /* unit a ends and goes into unit b */

#define EVENT_ENUM(name, fault) EV_##name,
enum event_kind { EVENT_KINDS(EVENT_ENUM) EV_COUNT };
const char *event_name(enum event_kind kind);
bool event_is_fault(enum event_kind kind);

struct event {
    enum event_kind kind;
    uint32_t a, b, c;
    uint32_t run_ms; /* all run so long after it */
    bool kept; /* false: left out */
};

struct plan {
    uint64_t seed;
    const struct size *size;
    struct event *events;
    size_t count, capacity;
};

void plan_make(struct plan *plan, const struct size *size, uint64_t seed);
void plan_free(struct plan *plan);
void plan_print(const struct plan *plan); /* those kept, one a line */
/* "0-4,7,12-40": keeps these only. False: malformed. */
bool plan_keep(struct plan *plan, const char *list);
/* The same list of those that are kept; malloc'ed. */
char *plan_kept(const struct plan *plan);
size_t plan_kept_count(const struct plan *plan);

/* perform.c */
void perform(struct world *world, const struct event *event);
/* How often each kind had an effect. */
const uint64_t *perform_tally(void);
/* Programs that should run are started again. */
void perform_tend(struct world *world);

#endif
