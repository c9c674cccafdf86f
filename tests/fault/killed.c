/* killed - a store's writer is killed at any instant, again and again: what it acknowledged is there, and nothing by half.
 *
 *     killed agent|hub KILLS [--seed N] [--early]
 *
 * The store lies in a folder of its own in memory (/dev/shm): a killed process loses nothing that it wrote, synced or not
 * (for that see power.py). A child opens it and stores; up to 6 ms, by chance, after it began (one time in four) or
 * after it had opened the store, however long that took, it gets SIGKILL; the store is opened again and compared with what the child had said. Each 100 kills a new store begins. Prints where the kills fell. Exit 1
 * when something was missing. --early is a planted mistake that must be found: it acknowledges before it commits. */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/fault/killed.h"

enum { LIVES = 100, LONGEST_US = 6000, WHILE_OPENING = 4 /* one of so many */ };

#define NAME(name) #name,
static const char *const phase_names[PHASES] = {KILLED_PHASES(NAME)};
#undef NAME

struct campaign {
    const struct killed_subject *subject;
    char dir[64];
    struct killed_told *told;
    uint64_t random, kills, ended, stores, acknowledged;
    uint64_t at[PHASES];
};

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(2);
}

static uint64_t draw(struct campaign *campaign, uint64_t below)
{
    campaign->random ^= campaign->random << 13;
    campaign->random ^= campaign->random >> 7;
    campaign->random ^= campaign->random << 17;
    return campaign->random % below;
}

static void empty(const char *dir)
{
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf '%s' && mkdir '%s'", dir, dir);
    if (system(command) != 0)
        die(dir);
}

static void begin_store(struct campaign *campaign)
{
    const bool early = campaign->told->early;
    empty(campaign->dir);
    campaign->subject->make(campaign->dir);
    memset(campaign->told, 0, sizeof(*campaign->told));
    campaign->told->early = early;
    campaign->stores++;
}

/* One writer, killed. False: it ended by itself otherwise than well. */
static bool live(struct campaign *campaign)
{
    const uint64_t us = draw(campaign, LONGEST_US);
    const bool opening = draw(campaign, WHILE_OPENING) == 0;
    const struct timespec span = {0, (long)us * 1000};
    int status = 0, ends[2];
    if (pipe(ends) != 0)
        die("pipe");
    campaign->told->phase = OPENING;
    campaign->told->opened_fd = ends[1];
    const pid_t child = fork();
    if (child < 0)
        die("fork");
    if (child == 0) {
        campaign->subject->go_on(campaign->dir, campaign->told);
        _exit(0);
    }
    (void)close(ends[1]);
    if (!opening) /* or it has ended */
        (void)poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, -1);
    (void)ppoll(NULL, 0, &span, NULL);
    (void)kill(child, SIGKILL);
    if (waitpid(child, &status, 0) != child)
        die("waitpid");
    (void)close(ends[0]);
    campaign->at[campaign->told->phase]++;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        campaign->kills++;
    else
        campaign->ended++;
    return WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0;
}

static bool run(struct campaign *campaign, uint64_t kills)
{
    char reason[300] = "";
    for (uint64_t life = 0; campaign->kills < kills; life++) {
        const uint64_t seed = campaign->random;
        if (life % LIVES == 0)
            begin_store(campaign);
        const uint64_t before = campaign->told->count;
        bool good = live(campaign);
        if (!good)
            (void)snprintf(reason, sizeof(reason), "the writer ended by itself");
        good = good && campaign->subject->check(campaign->dir, campaign->told,
                                                life % LIVES == LIVES - 1, reason);
        campaign->acknowledged += campaign->told->count - before;
        if (!good) {
            printf("after %" PRIu64 " kills, while %s: %s (state %016" PRIx64 ")\n",
                   campaign->kills, phase_names[campaign->told->phase], reason, seed);
            return false;
        }
    }
    return true;
}

static void print(const struct campaign *campaign)
{
    printf("%s: %" PRIu64 " kills, %" PRIu64 " stores, %" PRIu64
           " writers had no more to store, %" PRIu64 " acknowledged; killed while",
           campaign->subject->name, campaign->kills, campaign->stores, campaign->ended,
           campaign->acknowledged);
    for (size_t i = 0; i < PHASES; i++)
        printf(" %s %" PRIu64, phase_names[i], campaign->at[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    struct campaign campaign = {.random = 88172645463325252, .dir = "/dev/shm/lt-killed-XXXXXX"};
    bool good = argc >= 3;
    campaign.subject = good && strcmp(argv[1], killed_hub.name) == 0 ? &killed_hub : &killed_agent;
    good = good && strcmp(argv[1], campaign.subject->name) == 0;
    const uint64_t kills = good ? strtoull(argv[2], NULL, 10) : 0;
    campaign.told = mmap(NULL, sizeof(*campaign.told), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (campaign.told == MAP_FAILED)
        die("mmap");
    for (int i = 3; i < argc && good; i++) {
        if (strcmp(argv[i], "--early") == 0)
            campaign.told->early = true;
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            campaign.random += strtoull(argv[++i], NULL, 10) * 0x9e3779b97f4a7c15U;
        else
            good = false;
    }
    if (!good || kills == 0) {
        fputs("Usage: killed agent|hub KILLS [--seed N] [--early]\n", stderr);
        return 64;
    }
    if (mkdtemp(campaign.dir) == NULL)
        die(campaign.dir);
    good = run(&campaign, kills);
    print(&campaign);
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", campaign.dir);
    return system(command) == 0 && good ? 0 : 1;
}
