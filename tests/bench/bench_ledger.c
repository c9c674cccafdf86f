/* bench_ledger - what the writer's thread does with updates that workers have checked: records a second
 * of lt_ledger_commit alone, durable, beside appending the same bytes to a file and fdatasync.
 *
 * usage: bench_ledger [records [group [changes]]]
 *   records  in all (1000000); group: updates a commit (100); changes: records an update (100)
 * Named awards of 1,000 communes; ids do not arrive sorted, all dimensions vary, four levels of tree.
 * Updates are sealed ahead, a stretch at a time, outside of the measured time. */
#include <fcntl.h>
#include <time.h>

#include "tests/unit/hub_world.h"

static double now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Private memory of this process, in KiB. */
static unsigned long private_kib(void)
{
    char line[128];
    unsigned long kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "RssAnon: %lu", &kib) == 1)
            break;
    if (status != NULL)
        (void)fclose(status);
    return kib;
}

enum { PROVINCES = 2, DISTRICTS = 20, COMMUNES = 1000, CHANGES_MAX = 500, STRETCH = 1000 };

static const char *const titles[] = {"GK", "LDTT", "CSTD_CS", "TTLDTT", "GDVH", "BK_BT"};
static const char *const fields[] = {"kinh_te", "giao_duc", "y_te", "van_hoa", ""};
static const char *const movements[] = {"nong_thon_moi", "vi_nguoi_ngheo", "", ""};

static void country(struct world *world)
{
    char code[16], parent[16];
    memset(world, 0, sizeof *world);
    world->units = calloc(WORLD_UNITS_MAX, sizeof *world->units);
    if (world->units == NULL || sodium_init() < 0)
        abort();
    world_key("root", &world->root, &world->root_secret);
    world_add(world, "VN", NULL, 1);
    for (int i = 0; i < PROVINCES; i++) {
        (void)snprintf(code, sizeof code, "%02d", i + 10);
        world_add(world, code, "VN", 2);
    }
    for (int i = 0; i < DISTRICTS; i++) {
        (void)snprintf(code, sizeof code, "%03d", i + 100);
        (void)snprintf(parent, sizeof parent, "%02d", i % PROVINCES + 10);
        world_add(world, code, parent, 3);
    }
    for (int i = 0; i < COMMUNES; i++) {
        (void)snprintf(code, sizeof code, "%05d", i + 20000);
        (void)snprintf(parent, sizeof parent, "%03d", i % DISTRICTS + 100);
        world_add(world, code, parent, 4);
    }
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(*seed >> 33);
}

/* An update as a commune makes it: some decisions, each with rows alike but for the persons. */
static void fill(struct say *says, size_t count, uint64_t *seed, uint64_t number, uint64_t import,
                 char names[CHANGES_MAX][32])
{
    static char numbers[4][24];
    int year = 2018 + (int)(next_random(seed) % 8);
    for (size_t i = 0; i < count; i++) {
        size_t decision = i * 4 / count;
        struct say *say = &says[i];
        memset(say, 0, sizeof *say);
        (void)snprintf(numbers[decision], sizeof numbers[0], "%llu-%zu/QD",
                       (unsigned long long)number, decision);
        (void)snprintf(names[i], 32, "Cá nhân %04u", next_random(seed) % 10000);
        (void)lt_day_make(year, 1 + (int)((number + decision) % 12), 15, &say->date);
        say->number = numbers[decision];
        say->code = titles[(number + decision) % 4];
        say->recipient = decision == 3 ? 1 : 4;
        say->category = 1 + (int)(next_random(seed) % 5);
        say->sex = 1 + (int)(next_random(seed) % 2);
        say->type = 1 + (int)(number % 3);
        say->field = fields[next_random(seed) % 5];
        say->movement = movements[(number + decision) % 4];
        say->year = year;
        say->import = import;
        say->row = (uint32_t)i + 2;
        say->name = names[i];
    }
}

struct chain_head {
    struct lt_hash tip;
    uint64_t seq;
};

static void make(struct world *world, struct chain_head *heads, uint64_t *seed, uint64_t number,
                 size_t changes, struct signed_update *ret_update)
{
    static struct say says[CHANGES_MAX];
    static char names[CHANGES_MAX][32];
    size_t unit = 1 + PROVINCES + DISTRICTS + (number * 7919) % COMMUNES;
    struct chain_head *head = &heads[unit];
    uint64_t import = (uint64_t)next_random(seed) << 32 | next_random(seed) | 1;
    fill(says, changes, seed, number, import, names);
    world_report(world, unit, &head->tip, head->seq > 0, head->seq + 1, says, changes, ret_update);
    head->seq++;
    head->tip = ret_update->arrival.update.id;
}

static double probe(const char *dir, struct signed_update *updates, size_t count, size_t group)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/probe", dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    double start = now_s();
    for (size_t i = 0; i < count; i++) {
        if (write(fd, updates[i].bytes, updates[i].size) != (ssize_t)updates[i].size)
            abort();
        if ((i + 1) % group == 0 && fdatasync(fd) != 0)
            abort();
    }
    double took = now_s() - start;
    close(fd);
    unlink(path);
    return took;
}

int main(int argc, char **argv)
{
    size_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    size_t group = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;
    size_t changes = argc > 3 ? strtoull(argv[3], NULL, 10) : 100;
    struct world world;
    struct chain_head *heads = calloc(WORLD_UNITS_MAX, sizeof *heads);
    struct signed_update *updates = calloc(STRETCH, sizeof *updates);
    struct lt_arrival *arrivals[STRETCH];
    struct signed_update law;
    uint64_t seed = 42, number = 0;
    if (heads == NULL || updates == NULL || changes == 0 || changes > CHANGES_MAX || group == 0)
        return 64;
    country(&world);
    char *dir = world_dir();
    struct lt_ledger *ledger = world_ledger(&world, dir, 0);
    world_constitution(&world, world.unit_count, titles, 6, &law);
    if (world_commit(ledger, &law) != LT_OK) {
        fprintf(stderr, "directive: %s\n", lt_result_text(law.arrival.result));
        return 2;
    }
    printf("%10s %12s %12s %12s %12s %12s\n", "records", "records/s", "us/record", "cpu us/rec",
           "probe rec/s", "private KiB");
    double all = 0;
    for (size_t done = 0; done < records; done += STRETCH * changes) {
        for (size_t i = 0; i < STRETCH; i++)
            make(&world, heads, &seed, number++, changes, &updates[i]);
        for (size_t i = 0; i < STRETCH; i++)
            arrivals[i] = &updates[i].arrival;
        double start = now_s(), cpu = cpu_s();
        for (size_t i = 0; i < STRETCH; i += group) {
            size_t some = STRETCH - i < group ? STRETCH - i : group;
            if (lt_ledger_commit(ledger, arrivals + i, some) != LT_OK)
                return 2;
        }
        double took = now_s() - start, used = cpu_s() - cpu;
        all += took;
        for (size_t i = 0; i < STRETCH; i++)
            if (arrivals[i]->result != LT_OK) {
                fprintf(stderr, "update: %s\n", lt_result_text(arrivals[i]->result));
                return 2;
            }
        double raw = probe(dir, updates, STRETCH, group);
        double part = (double)(STRETCH * changes);
        for (size_t i = 0; i < STRETCH; i++)
            signed_free(&updates[i]);
        printf("%10zu %12.0f %12.2f %12.2f %12.0f %12lu\n", done + STRETCH * changes, part / took,
               took / part * 1e6, used / part * 1e6, part / raw, private_kib());
        (void)fflush(stdout);
    }
    struct lt_ledger_counts counts;
    lt_ledger_counts(ledger, false, &counts);
    printf("all: %.0f records/s; %llu records, %llu quarantined, %llu contested\n",
           (double)counts.records / all, (unsigned long long)counts.records,
           (unsigned long long)counts.quarantined, (unsigned long long)counts.contested);
    lt_ledger_close(ledger);
    signed_free(&law);
    world_remove(dir);
    world_free(&world);
    free(heads);
    free(updates);
    return 0;
}
