#include "tests/sim/fiber.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "tests/sim/machine.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
enum { STACK_BYTES = 2 * 1024 * 1024 };
#else
enum { STACK_BYTES = 512 * 1024 };
#endif

enum { FIBERS_MAX = 4096, READY_MAX = FIBERS_MAX };

struct fiber {
    ucontext_t context;
    struct machine *machine;
    void *(*begin)(void *);
    void *argument;
    void *stack;
    const void *ons[FIBER_ONS_MAX];
    size_t on_count;
    bool waiting, ready, ended, killed;
    uint64_t waits; /* which wait; an alarm of an earlier one says nothing */
    struct fiber *next; /* of its machine */
    void *fake_stack; /* ASan's */
};

struct event {
    sim_ms at;
    uint64_t order;
    sim_event *what;
    void *context;
    uint64_t number;
};

static struct {
    sim_ms now;
    uint64_t lots[LOT_COUNT];
    struct fiber *self;
    struct machine *acting;
    ucontext_t director;
    void *director_fake;
    const void *director_stack;
    size_t director_size;
    struct fiber *ready[READY_MAX];
    size_t ready_count;
    struct event *heap;
    size_t heap_count, heap_capacity;
    uint64_t orders, switches;
    void *stacks[FIBERS_MAX];
    size_t stack_count;
    struct fiber *dead[FIBERS_MAX]; /* freed when none of them runs any more */
    size_t dead_count;
} all;

sim_ms sim_now(void)
{
    return all.now;
}

/* ---- Lots ---- */

static uint64_t mix(uint64_t *state) /* splitmix64 */
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void sim_seed(uint64_t seed)
{
    for (size_t i = 0; i < LOT_COUNT; i++) {
        uint64_t state = seed * LOT_COUNT + i;
        all.lots[i] = mix(&state);
    }
}

uint64_t sim_random(enum sim_lot lot)
{
    return mix(&all.lots[lot]);
}

uint32_t sim_below(enum sim_lot lot, uint32_t below)
{
    return (uint32_t)(((sim_random(lot) >> 32) * below) >> 32);
}

bool sim_chance(enum sim_lot lot, uint32_t one_in)
{
    return one_in > 0 && sim_below(lot, one_in) == 0;
}

/* ---- Switching ---- */

static void enter(struct fiber *fiber)
{
    all.self = fiber;
    all.acting = fiber->machine;
    all.switches++;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(&all.director_fake, fiber->stack, STACK_BYTES);
#endif
    swapcontext(&all.director, &fiber->context);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(all.director_fake, NULL, NULL);
#endif
    all.self = NULL;
    all.acting = NULL;
}

static void leave(struct fiber *fiber)
{
#if defined(__SANITIZE_ADDRESS__)
    bool last = fiber->ended || fiber->killed;
    __sanitizer_start_switch_fiber(last ? NULL : &fiber->fake_stack, all.director_stack,
                                   all.director_size);
#endif
    swapcontext(&fiber->context, &all.director);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(fiber->fake_stack, &all.director_stack, &all.director_size);
#endif
}

static void bury(struct fiber *fiber)
{
    assert(all.dead_count < FIBERS_MAX);
    all.dead[all.dead_count++] = fiber;
}

static void run_fiber(void)
{
    struct fiber *fiber = all.self;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(NULL, &all.director_stack, &all.director_size);
#endif
    fiber->begin(fiber->argument);
    fiber->ended = true;
    fiber_wake(fiber->machine, fiber);
    leave(fiber);
    abort();
}

static void *take_stack(void)
{
    if (all.stack_count > 0)
        return all.stacks[--all.stack_count];
    uint8_t *stack = mmap(NULL, STACK_BYTES + 4096, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED || mprotect(stack, 4096, PROT_NONE) != 0)
        abort();
    return stack + 4096;
}

static void make_ready(struct fiber *fiber)
{
    fiber->waiting = false;
    if (!fiber->ready) {
        assert(all.ready_count < READY_MAX);
        fiber->ready = true;
        all.ready[all.ready_count++] = fiber;
    }
}

struct fiber *fiber_start(struct machine *machine, void *(*begin)(void *), void *argument)
{
    struct fiber *fiber = calloc(1, sizeof(*fiber));
    if (fiber == NULL || getcontext(&fiber->context) != 0)
        abort();
    fiber->machine = machine;
    fiber->begin = begin;
    fiber->argument = argument;
    fiber->stack = take_stack();
    fiber->context.uc_stack.ss_sp = fiber->stack;
    fiber->context.uc_stack.ss_size = STACK_BYTES;
    makecontext(&fiber->context, run_fiber, 0);
    fiber->next = machine->fibers;
    machine->fibers = fiber;
    make_ready(fiber);
    return fiber;
}

struct fiber *fiber_self(void)
{
    return all.self;
}

struct machine *fiber_machine(void)
{
    return all.acting;
}

void fiber_act_as(struct machine *machine)
{
    assert(all.self == NULL);
    all.acting = machine;
}

bool fiber_ended(const struct fiber *fiber)
{
    return fiber->ended;
}

/* ---- Waiting ---- */

static void alarm_rings(void *context, uint64_t number)
{
    struct fiber *fiber = context;
    if (fiber->waiting && fiber->waits == number)
        make_ready(fiber);
}

void fiber_wait(const void *const *ons, size_t count, sim_ms until)
{
    struct fiber *fiber = all.self;
    assert(fiber != NULL && count <= FIBER_ONS_MAX);
    for (size_t i = 0; i < count; i++)
        fiber->ons[i] = ons[i];
    fiber->on_count = count;
    fiber->waiting = true;
    fiber->waits++;
    if (until != SIM_NEVER)
        sim_at(until, alarm_rings, fiber, fiber->waits);
    leave(fiber);
}

void fiber_wait_one(const void *on)
{
    fiber_wait(&on, 1, SIM_NEVER);
}

void fiber_wake(struct machine *machine, const void *on)
{
    for (struct fiber *fiber = machine->fibers; fiber != NULL; fiber = fiber->next) {
        bool hit = false;
        for (size_t i = 0; i < fiber->on_count && fiber->waiting; i++)
            hit = hit || fiber->ons[i] == on;
        if (hit)
            make_ready(fiber);
    }
}

void fibers_kill(struct machine *machine)
{
    for (struct fiber *fiber = machine->fibers; fiber != NULL; fiber = fiber->next) {
        fiber->killed = true;
        fiber->waiting = false;
        bury(fiber);
    }
    machine->fibers = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < all.ready_count; i++)
        if (!all.ready[i]->killed)
            all.ready[kept++] = all.ready[i];
    all.ready_count = kept;
}

void fiber_vanish(void)
{
    leave(all.self);
    abort();
}

/* ---- Time ---- */

static bool sooner(const struct event *a, const struct event *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void sim_at(sim_ms at, sim_event *what, void *context, uint64_t number)
{
    if (all.heap_count == all.heap_capacity) {
        all.heap_capacity = all.heap_capacity == 0 ? 1024 : 2 * all.heap_capacity;
        all.heap = realloc(all.heap, all.heap_capacity * sizeof(*all.heap));
        if (all.heap == NULL)
            abort();
    }
    struct event event = {at < all.now ? all.now : at, all.orders++, what, context, number};
    size_t i = all.heap_count++;
    while (i > 0 && sooner(&event, &all.heap[(i - 1) / 2])) {
        all.heap[i] = all.heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    all.heap[i] = event;
}

static struct event take_event(void)
{
    struct event first = all.heap[0], last = all.heap[--all.heap_count];
    size_t i = 0;
    for (size_t child = 1; child < all.heap_count; child = 2 * i + 1) {
        if (child + 1 < all.heap_count && sooner(&all.heap[child + 1], &all.heap[child]))
            child++;
        if (!sooner(&all.heap[child], &last))
            break;
        all.heap[i] = all.heap[child];
        i = child;
    }
    if (all.heap_count > 0)
        all.heap[i] = last;
    return first;
}

/* A fiber that has ended leaves its machine's list; its alarms may still be in the heap, so it is kept until time
 * has passed them. */
static void retire(struct fiber *fiber)
{
    for (struct fiber **at = &fiber->machine->fibers; *at != NULL; at = &(*at)->next)
        if (*at == fiber) {
            *at = fiber->next;
            break;
        }
    bury(fiber);
}

static void clear_dead(void)
{
    for (size_t i = 0; i < all.dead_count; i++) {
        struct fiber *fiber = all.dead[i];
        if (fiber->stack != NULL) {
            assert(all.stack_count < FIBERS_MAX);
            all.stacks[all.stack_count++] = fiber->stack;
            fiber->stack = NULL;
        }
    }
    all.dead_count =
        0; /* the structs stay: alarms of them may ring yet, and threads may be joined */
}

static void run_one(void)
{
    size_t at = sim_below(LOT_ORDER, (uint32_t)all.ready_count);
    struct fiber *fiber = all.ready[at];
    all.ready[at] = all.ready[--all.ready_count];
    fiber->ready = false;
    enter(fiber);
    if (fiber->ended && !fiber->killed)
        retire(fiber);
    clear_dead();
}

void fibers_run(sim_ms until, bool (*done)(void))
{
    assert(all.self == NULL);
    while (done == NULL || !done()) {
        if (all.ready_count > 0) {
            run_one();
        } else if (all.heap_count > 0 && all.heap[0].at <= until) {
            struct event event = take_event();
            all.now = event.at > all.now ? event.at : all.now;
            event.what(event.context, event.number);
        } else {
            all.now = until > all.now ? until : all.now;
            return;
        }
    }
}

void fibers_sleep(sim_ms for_ms)
{
    all.now += for_ms;
}

uint64_t fiber_switches(void)
{
    return all.switches;
}
