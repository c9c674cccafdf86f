#include "tests/sim/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENT_NAME(name, fault)  #name,
#define EVENT_FAULT(name, fault) fault,
static const char *const names[EV_COUNT] = {EVENT_KINDS(EVENT_NAME)};
static const bool faults[EV_COUNT] = {EVENT_KINDS(EVENT_FAULT)};

const char *event_name(enum event_kind kind)
{
    return names[kind];
}

bool event_is_fault(enum event_kind kind)
{
    return faults[kind];
}

static uint32_t below(uint32_t most)
{
    return sim_below(LOT_PLAN, most);
}

static struct event *add(struct plan *plan, enum event_kind kind, uint32_t run_ms)
{
    if (plan->count == plan->capacity) {
        plan->capacity = plan->capacity == 0 ? 256 : 2 * plan->capacity;
        plan->events = realloc(plan->events, plan->capacity * sizeof(*plan->events));
        if (plan->events == NULL)
            abort();
    }
    struct event *event = &plan->events[plan->count++];
    *event = (struct event){.kind = kind, .run_ms = run_ms, .kept = true};
    event->a = (uint32_t)sim_random(LOT_PLAN);
    event->b = (uint32_t)sim_random(LOT_PLAN);
    event->c = (uint32_t)sim_random(LOT_PLAN);
    return event;
}

/* Not every kind in every seed: what hides behind another one comes out alone. */
struct mixture {
    enum event_kind kinds[EV_COUNT];
    size_t count;
};

static void draw_mixture(struct mixture *mixture, const struct size *size)
{
    const size_t least = size->faults >= 100 ? 10 : 1;
    mixture->count = 0;
    while (mixture->count < least) {
        const uint32_t one_in = 1 + below(3);
        mixture->count = 0;
        for (int kind = 0; kind < EV_COUNT; kind++)
            if (faults[kind] && below(one_in + 1) == 0 &&
                (!size->images || kind == EV_restore || kind == EV_clone || kind == EV_replace ||
                 kind == EV_hub_restore))
                mixture->kinds[mixture->count++] = (enum event_kind)kind;
    }
}

/* What is on a PC alone, because it hears nobody, is in the image too. */
static void add_image(struct plan *plan, enum event_kind kind)
{
    const uint32_t pc = below(plan->size->communes + plan->size->second_pcs);
    struct event *event;
    if (kind == EV_hub_restore || below(2) == 0) {
        add(plan, EV_image, 0);
        return;
    }
    event = add(plan, EV_partition, 0);
    event->a = 3 * pc + 1; /* this PC */
    event->b = 5 + below(60);
    for (uint32_t i = below(3); i > 0; i--) {
        event = add(plan, EV_act, 20);
        event->a = pc;
        event->b = 0;
        event->c = below(plan->size->slots);
        event->c += 64 * (1 + below(9));
    }
    add(plan, EV_image, below(500))->a = 3 * pc + 1;
}

static void add_act_of(struct plan *plan, uint32_t pc, uint32_t slot, uint32_t run_ms)
{
    struct event *event = add(plan, EV_act, run_ms);
    event->a = pc;
    event->b = 0;
    event->c = slot + 64 * (1 + below(9));
}

/* A row is corrected after its PC's disk was put by, perhaps with the row as a draft; then the PC falls back, and
 * perhaps its district did before, which does not reach the top at first. */
static void add_relapse(struct plan *plan)
{
    const uint32_t pc = below(plan->size->communes), slot = below(plan->size->slots);
    const uint32_t own = 3 * pc + 1, district = 3 * (1 + pc % plan->size->districts);
    struct event *event;
    add_act_of(plan, pc, slot, 1000 + below(3000));
    if (below(2) == 0) {
        add(plan, EV_kill, 200)->a = district;
        add_act_of(plan, pc, slot, 200);
    }
    add(plan, EV_image, 0)->a = district;
    add(plan, EV_image, 30000)->a = own;
    add_act_of(plan, pc, slot, 1000 + below(3000));
    if (below(2) == 0) {
        event = add(plan, EV_partition, 0);
        event->a = district;
        event->b = 60 + below(60);
        event = add(plan, EV_hub_restore, 1);
        event->a = district / 3;
        event->b = 1; /* the newest */
    }
    add(plan, EV_restore, below(2) == 0 ? 0 : 25000)->b = 1;
    const uint32_t next =
        below(2) == 0 ? slot : below(plan->size->slots); /* drawn first, by whatever compiler */
    add_act_of(plan, pc, next, 1000 + below(3000));
}

/* How long, how often: what the kinds' numbers mean. */
static void add_fault(struct plan *plan, const struct mixture *mixture)
{
    const enum event_kind kind = mixture->kinds[below((uint32_t)mixture->count)];
    if (kind == EV_restore || kind == EV_clone || kind == EV_hub_restore) /* of what, else? */
        add_image(plan, kind);
    struct event *event = add(plan, kind, below(4) == 0 ? 0 : below(3000));
    switch ((int)kind) {
    case EV_loss:
    case EV_doubling:
    case EV_reordering:
    case EV_delay:
    case EV_flip:
    case EV_cut:
    case EV_breaking:
        event->a = 1 + below(60);
        event->b = 2 + below(20);
        event->c = below(4) == 0 ? 1 + below(365) : 0;
        break;
    case EV_kill_before:
    case EV_kill_after:
        event->b = 1 + below(6);
        break;
    case EV_full:
    case EV_partition:
    case EV_hostile:
        event->b = 1 + below(120);
        break;
    case EV_clock:
        event->b = below(3) == 0 ? below(2 * 87600) : 87600 - 48 + below(96);
        break;
    default:
        break;
    }
}

static void add_act(struct plan *plan, const uint32_t *pcs, uint32_t pc_count)
{
    struct event *event = add(plan, EV_act, below(3) == 0 ? 0 : 50 + below(1500));
    event->a = pcs[below(pc_count)];
    event->b = below(6) == 0; /* odd: a retraction */
    event->c = below(plan->size->slots);
    event->c += 64 * (1 + below(9));
}

void plan_make(struct plan *plan, const struct size *size, uint64_t seed)
{
    struct mixture mixture;
    uint32_t acts = 0, thrown = 0;
    *plan = (struct plan){.seed = seed, .size = size};
    draw_mixture(&mixture, size);
    for (unsigned episode = 0; episode < size->episodes; episode++) {
        uint32_t pcs[4], pc_count = 1 + below(4);
        const uint32_t acts_due = size->acts * (episode + 1) / size->episodes;
        const uint32_t faults_due = size->faults * (episode + 1) / size->episodes;
        for (uint32_t i = 0; i < pc_count; i++)
            pcs[i] = below(size->communes + size->second_pcs + size->districts);
        while (acts < acts_due || thrown < faults_due) {
            const uint32_t left = acts_due - acts + faults_due - thrown;
            if (below(left) < faults_due - thrown) {
                if (size->relapses)
                    add_relapse(plan);
                else
                    add_fault(plan, &mixture);
                thrown++;
            } else {
                add_act(plan, pcs, pc_count);
                acts++;
            }
        }
        plan->events[plan->count - 1].run_ms += below(20000);
        for (uint32_t i = 0; i < pc_count; i++)
            if (below(2) == 0)
                add(plan, EV_off, 0)->a = pcs[i];
        if (below(3) == 0)
            add(plan, EV_approve, 100);
        if (below(6) == 0)
            add(plan, EV_image, 0);
        add(plan, EV_night, 2000 + below(8000))->a =
            size->days * 1440 / size->episodes / 2 + below(size->days * 1440 / size->episodes + 1);
    }
}

void plan_free(struct plan *plan)
{
    free(plan->events);
    *plan = (struct plan){.count = 0};
}

void plan_print(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct event *event = &plan->events[i];
        if (event->kept)
            printf("%6zu %-12s %10u %10u %10u  then %u ms\n", i, names[event->kind], event->a,
                   event->b, event->c, event->run_ms);
    }
}

/* ---- Which are kept ---- */

bool plan_keep(struct plan *plan, const char *list)
{
    for (size_t i = 0; i < plan->count; i++)
        plan->events[i].kept = false;
    while (*list != '\0') {
        char *end;
        unsigned long from = strtoul(list, &end, 10), to = from;
        if (end == list)
            return false;
        if (*end == '-') {
            list = end + 1;
            to = strtoul(list, &end, 10);
            if (end == list)
                return false;
        }
        if (from > to || to >= plan->count || (*end != ',' && *end != '\0'))
            return false;
        for (unsigned long i = from; i <= to; i++)
            plan->events[i].kept = true;
        list = *end == ',' ? end + 1 : end;
    }
    return true;
}

char *plan_kept(const struct plan *plan)
{
    char *text = malloc(plan->count * 16 + 16);
    size_t at = 0;
    if (text == NULL)
        abort();
    text[0] = '\0';
    for (size_t i = 0; i < plan->count; i++) {
        if (!plan->events[i].kept)
            continue;
        size_t to = i;
        while (to + 1 < plan->count && plan->events[to + 1].kept)
            to++;
        at += (size_t)sprintf(text + at, at == 0 ? "%zu" : ",%zu", i);
        if (to > i)
            at += (size_t)sprintf(text + at, "-%zu", to);
        i = to;
    }
    return text;
}

size_t plan_kept_count(const struct plan *plan)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++)
        count += plan->events[i].kept;
    return count;
}
