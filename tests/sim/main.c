#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "tests/sim/system.h"
#include "tests/sim/world.h"
#include "tests/sim/sockets.h"
static struct world w, v;
static bool all_done(void)
{
    for (unsigned i = 0; i < v.pc_count; i++)
        if (v.pcs[i].machine.running && !pc_done(&v.pcs[i])) return false;
    return true;
}
static double wall(void){ return (double)clock()/CLOCKS_PER_SEC; }
int main(int argc, char **argv)
{
    const struct size *size = size_named(argc > 1 ? argv[1] : "tiny");
    system_begin();
    system_be_verbose(argc > 2);
    sim_seed(1);
    char dir[64], copy[70];
    snprintf(dir, sizeof dir, "/dev/shm/lt-sim-%d", (int)getpid());
    double t0 = wall();
    tree_make(&w, size, dir);
    fprintf(stderr, "made in %.3f s, %llu ms virtual\n", wall() - t0, (unsigned long long)sim_now());
    snprintf(copy, sizeof copy, "%s-a", dir);
    t0 = wall();
    tree_copy(&v, size, dir, copy);
    fprintf(stderr, "copied in %.3f s\n", wall() - t0);
    t0 = wall();
    for (unsigned i = 0; i < v.hub_count; i++) hub_start(&v, i);
    for (unsigned i = 0; i < v.pc_count; i++) pc_start(&v, i);
    fibers_run(sim_now() + 60000, NULL);
    fprintf(stderr, "started in %.3f s\n", wall() - t0);
    t0 = wall();
    unsigned n = 1000, done = 0;
    for (unsigned i = 0; i < n; i++) {
        pc_act(&v, i % v.pc_count, ACT_PUT, i % size->slots, i % 7);
        fibers_run(sim_now() + 200, NULL);
    }
    fibers_run(sim_now() + 600000, all_done);
    for (unsigned i = 0; i < v.pc_count; i++) done += pc_done(&v.pcs[i]);
    double t = wall() - t0;
    fprintf(stderr, "%u acts in %.3f s (%.0f us each), %u of %u done, virtual %llu, switches %llu msgs %llu commits %llu\n", n, t, t / n * 1e6, done, v.pc_count,
        (unsigned long long)sim_now(), (unsigned long long)fiber_switches(), (unsigned long long)network_tally()->messages,(unsigned long long)machine_tally()->commits);
    folder_remove(dir); folder_remove(copy);
    return 0;
}
