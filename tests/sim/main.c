/* main.c - sim: seeds, one or many; a failing one is shrunk, and told as one command. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/sim/intent.h"
#include "tests/sim/planted.h"
#include "tests/sim/promises.h"
#include "tests/sim/sockets.h"
#include "tests/sim/system.h"
#include "tests/sim/wrapped.h"

static const char USAGE[] =
    "Usage: sim SEED[-LAST] [--size small|year|tiny|images|relapses] [--keep LIST] [--plan] "
    "[--verbose]\n"
    "           [--no-shrink] [--seconds N]\n"
    "       sim SEED-LAST --plant MISTAKE ...   has the program make one; good when a seed finds "
    "it\n"
    "Runs a tree through what each seed holds. --keep: only these events of its plan. --plan: "
    "prints\n"
    "them. --seconds: from SEED on as many as that takes.\n";

enum { BROKEN_MAX = 2000 };

/* What a seed's process tells its parent. */
struct told {
    char broken[BROKEN_MAX];
    uint64_t performed[EV_COUNT];
    struct network_tally network;
    struct machine_tally machine;
    struct intent_tally intent;
    uint64_t updates, acts, switches, days, trace;
    bool ended;
};

struct asked {
    const struct size *size;
    uint64_t first, last;
    const char *keep;
    bool plan, verbose, shrink, plants;
    unsigned seconds;
    char template[64];
};

static struct told *told; /* shared */

/* ---- One seed, in a process of its own ---- */

static void run_plan(struct world *world, const struct plan *plan)
{
    for (unsigned i = 0; i < world->hub_count; i++)
        hub_start(world, i);
    fibers_run(sim_now() + 60000, NULL);
    for (size_t i = 0; i < plan->count && promises_broken() == NULL; i++) {
        if (!plan->events[i].kept)
            continue;
        perform(world, &plan->events[i]);
    }
    if (promises_broken() == NULL)
        rest_check(world);
}

static void count_updates(struct world *world)
{
    struct lt_ledger *ledger = NULL;
    char reason[200];
    machine_kill(&world->hubs[0].machine);
    if (lt_ledger_open(world->hubs[0].machine.dir, true, &ledger, reason) != LT_OK)
        return;
    struct lt_ledger_counts counts;
    lt_ledger_counts(ledger, true, &counts);
    told->updates = counts.updates;
    memcpy(&told->trace, counts.state.bytes, sizeof(told->trace));
    lt_ledger_close(ledger);
}

/* What programs print is not asked for. */
static void hush(bool verbose)
{
    int null = open("/dev/null", O_WRONLY);
    if (null < 0 || dup2(null, 1) < 0 || (!verbose && dup2(null, 2) < 0))
        abort();
}

static void run_child(const struct asked *asked, const struct plan *plan)
{
    static struct world world;
    char folder[80];
    hush(asked->verbose);
    snprintf(folder, sizeof(folder), "%s-%d", asked->template, (int)getpid());
    system_be_verbose(asked->verbose);
    sim_seed(plan->seed);
    fibers_sleep(86400000);
    tree_copy(&world, asked->size, asked->template, folder);
    run_plan(&world, plan);
    if (promises_broken() != NULL)
        snprintf(told->broken, sizeof(told->broken), "%s", promises_broken());
    memcpy(told->performed, perform_tally(), sizeof(told->performed));
    told->network = *network_tally();
    told->machine = *machine_tally();
    told->intent = *intent_tally();
    told->acts = world.act_count;
    told->switches = fiber_switches();
    told->days = sim_now() / 86400000;
    count_updates(&world);
    told->ended = true;
    folder_remove(folder);
    fflush(NULL);
    _exit(0);
}

/* False: a promise was broken, or the process died. */
static bool run_seed(const struct asked *asked, const struct plan *plan)
{
    char folder[80];
    memset(told, 0, sizeof(*told));
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        run_child(asked, plan);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        abort();
    if (!told->ended) {
        snprintf(folder, sizeof(folder), "%s-%d", asked->template, (int)child);
        folder_remove(folder);
        snprintf(told->broken, sizeof(told->broken), "[died] the process ended with %s %d",
                 WIFSIGNALED(status) ? "signal" : "code",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    return told->broken[0] == '\0';
}

static void make_template(struct asked *asked)
{
    static struct world world;
    snprintf(asked->template, sizeof(asked->template), "/dev/shm/lt-sim-%d", (int)getpid());
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        hush(asked->verbose);
        sim_seed(1);
        system_be_verbose(asked->verbose);
        tree_make(&world, asked->size, asked->template);
        _exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "sim: the tree could not be made\n");
        exit(2);
    }
}

/* ---- Shrinking ---- */

/* For the same reason: the word in brackets. */
static bool fails_alike(const struct asked *asked, const struct plan *plan, const char *broken)
{
    return !run_seed(asked, plan) && strncmp(told->broken, broken, strcspn(broken, "]")) == 0;
}

/* Leaves out ever smaller pieces, as long as it still fails. */
static void shrink(const struct asked *asked, struct plan *plan)
{
    char broken[BROKEN_MAX];
    memcpy(broken, told->broken, sizeof(broken));
    for (size_t piece = plan->count / 2; piece > 0; piece /= 2) {
        for (size_t from = 0; from < plan->count; from += piece) {
            bool kept[4096];
            size_t size = plan->count - from < piece ? plan->count - from : piece, left = 0;
            if (size > sizeof(kept))
                size = sizeof(kept);
            for (size_t i = 0; i < size; i++) {
                kept[i] = plan->events[from + i].kept;
                left += kept[i];
                plan->events[from + i].kept = false;
            }
            if (left == 0 || fails_alike(asked, plan, broken))
                continue;
            for (size_t i = 0; i < size; i++)
                plan->events[from + i].kept = kept[i];
        }
    }
    run_seed(asked, plan);
}

/* ---- What is told ---- */

static struct told sum;

static void add_up(void)
{
    for (int i = 0; i < EV_COUNT; i++)
        sum.performed[i] += told->performed[i];
    const uint64_t *from = (const uint64_t *)&told->network;
    uint64_t *to = (uint64_t *)&sum.network;
    for (size_t i = 0; i < sizeof(sum.network) / sizeof(uint64_t); i++)
        to[i] += from[i];
    from = (const uint64_t *)&told->machine;
    to = (uint64_t *)&sum.machine;
    for (size_t i = 0; i < sizeof(sum.machine) / sizeof(uint64_t); i++)
        to[i] += from[i];
    from = (const uint64_t *)&told->intent;
    to = (uint64_t *)&sum.intent;
    for (size_t i = 0; i < sizeof(sum.intent) / sizeof(uint64_t); i++)
        to[i] += from[i];
    sum.updates += told->updates;
    sum.acts += told->acts;
    sum.days += told->days;
    sum.switches += told->switches;
}

static void print_histogram(uint64_t seeds)
{
    const struct network_tally *network = &sum.network;
    uint64_t thrown = 0, kinds = 0;
    printf("%llu seeds: %llu simulated days, %llu acts of clerks, %llu updates at the top\n",
           (unsigned long long)seeds, (unsigned long long)sum.days, (unsigned long long)sum.acts,
           (unsigned long long)sum.updates);
    for (int i = 0; i < EV_COUNT; i++) {
        if (!event_is_fault((enum event_kind)i))
            continue;
        thrown += sum.performed[i];
        kinds += sum.performed[i] > 0;
        printf("  %-12s %llu\n", event_name((enum event_kind)i),
               (unsigned long long)sum.performed[i]);
    }
    printf("%llu faults of %llu kinds; of %llu messages %llu lost, %llu doubled, %llu reordered, "
           "%llu delayed, %llu flipped, %llu cut, %llu stopped by partitions, %llu came in another "
           "session; %llu connections broken; of %llu commits %llu failed on a full disk, %llu and "
           "%llu were the last before and after\n",
           (unsigned long long)thrown, (unsigned long long)kinds,
           (unsigned long long)network->messages, (unsigned long long)network->lost,
           (unsigned long long)network->doubled, (unsigned long long)network->reordered,
           (unsigned long long)network->delayed, (unsigned long long)network->flipped,
           (unsigned long long)network->cut, (unsigned long long)network->parted,
           (unsigned long long)network->strays, (unsigned long long)network->broken,
           (unsigned long long)sum.machine.commits, (unsigned long long)sum.machine.full,
           (unsigned long long)sum.machine.killed_before,
           (unsigned long long)sum.machine.killed_after);
    printf("%llu records at rest: %llu contested, %llu of these right; all others right\n",
           (unsigned long long)sum.intent.records, (unsigned long long)sum.intent.contested,
           (unsigned long long)sum.intent.contested_right);
}

/* False: it failed. */
static bool one_seed(const struct asked *asked, uint64_t seed)
{
    struct plan plan;
    sim_seed(seed);
    plan_make(&plan, asked->size, seed);
    if (asked->keep != NULL && !plan_keep(&plan, asked->keep)) {
        fprintf(stderr, "sim: --keep is a list such as 0-4,7\n");
        exit(2);
    }
    if (asked->plan)
        plan_print(&plan);
    bool good = run_seed(asked, &plan);
    if (good) {
        add_up();
    } else {
        printf("seed %llu: %s\n", (unsigned long long)seed, told->broken);
        if (asked->shrink && !asked->verbose) {
            shrink(asked, &plan);
            char *kept = plan_kept(&plan);
            printf("shrunk to %zu events: %s\n", plan_kept_count(&plan), told->broken);
            plan_print(&plan);
            printf("again: sim %llu --size %s --keep %s\n", (unsigned long long)seed,
                   asked->size->name, kept[0] != '\0' ? kept : "0");
            free(kept);
        }
    }
    fflush(stdout);
    plan_free(&plan);
    return good;
}

/* ---- The command ---- */

static bool read_arguments(int argc, char **argv, struct asked *asked)
{
    *asked = (struct asked){.size = size_named("small"), .shrink = true};
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        char *end;
        if (strcmp(word, "--size") == 0 && value != NULL) {
            asked->size = size_named(value);
            i++;
        } else if (strcmp(word, "--keep") == 0 && value != NULL) {
            asked->keep = value;
            i++;
        } else if (strcmp(word, "--seconds") == 0 && value != NULL) {
            asked->seconds = (unsigned)strtoul(value, NULL, 10);
            i++;
        } else if (strcmp(word, "--plant") == 0 && value != NULL) {
            if (!planted_choose(value)) {
                planted_print();
                return false;
            }
            asked->plants = true;
            asked->shrink = false;
            i++;
        } else if (strcmp(word, "--plan") == 0) {
            asked->plan = true;
        } else if (strcmp(word, "--verbose") == 0) {
            asked->verbose = true;
        } else if (strcmp(word, "--no-shrink") == 0) {
            asked->shrink = false;
        } else {
            asked->first = asked->last = strtoull(word, &end, 10);
            if (*end == '-')
                asked->last = strtoull(end + 1, &end, 10);
            if (end == word || *end != '\0')
                return false;
        }
    }
    return asked->size != NULL && asked->first > 0 && asked->last >= asked->first;
}

int main(int argc, char **argv)
{
    struct asked asked;
    uint64_t seeds = 0, failed = 0;
    if (!read_arguments(argc, argv, &asked)) {
        fputs(USAGE, stderr);
        return 2;
    }
    told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (told == MAP_FAILED)
        return 2;
    system_begin();
    make_template(&asked);
    const time_t end = __real_time(NULL) + (time_t)asked.seconds;
    for (uint64_t seed = asked.first;
         asked.seconds > 0 ? __real_time(NULL) < end : seed <= asked.last; seed++) {
        failed += !one_seed(&asked, seed);
        seeds++;
        if (asked.plants && failed > 0) {
            folder_remove(asked.template);
            return 0;
        }
    }
    folder_remove(asked.template);
    if (failed < seeds)
        print_histogram(seeds);
    printf("%llu of %llu seeds failed\n", (unsigned long long)failed, (unsigned long long)seeds);
    return (failed == 0) != asked.plants ? 0 : 1;
}
