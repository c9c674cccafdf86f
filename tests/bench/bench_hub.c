/* bench_hub - drives real traffic into a real hub and prints durable, acknowledged records a second.
 *
 *   bench_hub HUB-BINARY CATALOGUE.csv [UNITS [UPDATES-EACH [RECORDS-AN-UPDATE]]]
 *
 * A top hub runs as a process of its own on loopback. Each unit is a connection of its own with its own keys,
 * CURVE and signatures checked; updates are signed before the clock starts. A record counts when the hub's
 * receipt covers it, that is after its durable commit. Beside it, in the same minute: the same bytes
 * appended to a file with one fdatasync for every 64 updates, on the same disk. The hub's folder is told as "serving
 * FOLDER" once it serves; with LT_KEEP in the environment it is left there. */
#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "agent/clock.h"
#include "hub/ledger.h"
#include "proto/message.h"
#include "tests/bench/traffic.h"

enum {
    CONNECT_AT_ONCE = 64,
    PROBE_GROUP = 64,
    SWEEP_MS = 5,
    STALL_MS = 60000,
    SLICES = 6,
    MEMORY_EVERY = 10000
};

struct bench {
    const char *hub, *catalogue;
    char dir[64], endpoint[64];
    size_t units, updates, per_update;
    struct traffic_unit *traffic;
    void *context, **sockets;
    uint64_t *covered;
    struct lt_keys hub_keys;
    pid_t pid;
};

static void command(struct bench *bench, const char *line)
{
    char full[512];
    snprintf(full, sizeof(full), "%s %s --dir %s >/dev/null", bench->hub, line, bench->dir);
    int status = system(full);
    if (status != 0) {
        fprintf(stderr, "bench_hub: failed: %s\n", full);
        exit(1);
    }
}

/* One directive with a grant for each unit, signed by the hub, committed before it starts. */
static void grant_all(struct bench *bench)
{
    struct lt_ledger *ledger = NULL;
    char reason[200] = "";
    if (lt_ledger_open(bench->dir, false, &ledger, reason) != LT_OK) {
        fprintf(stderr, "bench_hub: %s\n", reason);
        exit(1);
    }
    struct lt_hub_site site;
    lt_ledger_site(ledger, &site);
    Lienthong__DirectiveBody body;
    lienthong__directive_body__init(&body);
    Lienthong__Directive *items = calloc(bench->units, sizeof(*items)),
                         **list = calloc(bench->units, sizeof(*list));
    Lienthong__Grant *grants = calloc(bench->units, sizeof(*grants));
    Lienthong__Unit *units = calloc(bench->units, sizeof(*units));
    assert(items != NULL && list != NULL && grants != NULL && units != NULL);
    for (size_t u = 0; u < bench->units; u++) {
        lienthong__directive__init(&items[u]);
        lienthong__grant__init(&grants[u]);
        lienthong__unit__init(&units[u]);
        units[u].code = bench->traffic[u].unit.code;
        grants[u].unit = &units[u];
        grants[u].role = LIENTHONG__ROLE__ROLE_AGENT;
        grants[u].key = (ProtobufCBinaryData){32, bench->traffic[u].keys.sign_public.bytes};
        grants[u].curve_key = (ProtobufCBinaryData){32, bench->traffic[u].keys.curve_public};
        items[u].grant = &grants[u];
        list[u] = &items[u];
    }
    body.n_items = bench->units;
    body.items = list;
    size_t size = lienthong__directive_body__get_packed_size(&body);
    uint8_t *packed = malloc(size), *bytes = NULL;
    assert(packed != NULL);
    lienthong__directive_body__pack(&body, packed);

    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    struct lt_frame frame = {.chain = {LT_STREAM_DIRECTIVE, site.unit}, .body_version = 1};
    struct lt_tips tips;
    lt_log_tips(txn, &frame.chain, &tips);
    for (size_t i = 0; i < tips.count; i++) {
        uint64_t position = 0, seq = 0;
        lt_log_find(txn, &tips.ids[i], &position, &seq);
        frame.seq = seq > frame.seq ? seq : frame.seq;
        frame.parents[frame.parent_count++] = tips.ids[i];
    }
    lt_txn_abort(txn);
    frame.seq++;
    frame.key = bench->hub_keys.sign_public;
    size_t update_size = 0;
    struct lt_arrival arrival = {0};
    struct lt_arrival *group[] = {&arrival};
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    struct lt_hash id;
    enum lt_result done =
        lt_update_seal(&frame, (struct lt_bytes){packed, size}, (struct lt_bytes){packed, 0},
                       &bench->hub_keys.sign_secret, &bytes, &update_size, &id);
    assert(done == LT_OK);
    arrival.bytes = (struct lt_bytes){bytes, update_size};
    done = lt_update_open(arrival.bytes, &arrival.update);
    assert(done == LT_OK);
    done = lt_directive_read(&arrival.update, arena, &arrival.directive);
    assert(done == LT_OK);
    done = lt_ledger_commit(ledger, group, 1);
    if (done != LT_OK || arrival.result != LT_OK) {
        fprintf(stderr, "bench_hub: grants: %s, %s\n", lt_result_text(done),
                lt_result_text(arrival.result));
        exit(1);
    }
    lt_ledger_close(ledger);
    lt_arena_free(arena);
    free(bytes);
    free(packed);
    free(units);
    free(grants);
    free(list);
    free(items);
}

static void set_up(struct bench *bench)
{
    snprintf(bench->dir, sizeof(bench->dir), "%s/lt-bench-XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    char *made = mkdtemp(bench->dir);
    assert(made != NULL);
    char path[128], line[256];
    snprintf(path, sizeof(path), "%s.units.csv", bench->dir);
    traffic_write_units(path, bench->units);
    snprintf(bench->endpoint, sizeof(bench->endpoint), "tcp://127.0.0.1:%d",
             20000 + (int)getpid() % 20000);
    snprintf(line, sizeof(line), "init VN --listen %s", bench->endpoint);
    command(bench, line);
    snprintf(line, sizeof(line), "units import %s", path);
    command(bench, line);
    unlink(path);
    snprintf(line, sizeof(line), "catalog import %s", bench->catalogue);
    command(bench, line);
    char reason[200];
    enum lt_result loaded = lt_keys_load(bench->dir, &bench->hub_keys, reason);
    assert(loaded == LT_OK);
    grant_all(bench);
}

static void start_hub(struct bench *bench)
{
    int ends[2];
    int failed = pipe(ends);
    assert(failed == 0);
    bench->pid = fork();
    if (bench->pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        execl(bench->hub, bench->hub, "run", "--dir", bench->dir, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *said = fdopen(ends[0], "r");
    char line[256] = "";
    while (fgets(line, sizeof(line), said) != NULL && strncmp(line, "ready", 5) != 0) {}
    if (strncmp(line, "ready", 5) != 0) {
        fprintf(stderr, "bench_hub: the hub did not start\n");
        exit(1);
    }
    printf("serving %s\n", bench->dir);
}

static void say_hello(struct bench *bench, size_t u)
{
    uint8_t digest[32] = {0};
    Lienthong__Unit unit;
    lienthong__unit__init(&unit);
    unit.code = bench->traffic[u].unit.code;
    Lienthong__Hello hello;
    lienthong__hello__init(&hello);
    hello.unit = &unit;
    hello.role = LIENTHONG__ROLE__ROLE_AGENT;
    hello.instance = (ProtobufCBinaryData){16, bench->traffic[u].instance.bytes};
    hello.protocol = 1;
    hello.body_version = 1;
    hello.software = (char *)(uintptr_t) "bench";
    hello.digest = (ProtobufCBinaryData){32, digest};
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum lt_result packed = lt_message_pack(LT_MSG_HELLO, 1, &hello.base, &bytes, &size);
    assert(packed == LT_OK);
    zmq_send(bench->sockets[u], bytes, size, 0);
    free(bytes);
}

static void connect_one(struct bench *bench, size_t u)
{
    int linger = 0, unlimited = 0;
    void *s = bench->sockets[u] = zmq_socket(bench->context, ZMQ_DEALER);
    zmq_setsockopt(s, ZMQ_LINGER, &linger, sizeof(linger));
    zmq_setsockopt(s, ZMQ_SNDHWM, &unlimited, sizeof(unlimited));
    zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, bench->hub_keys.curve_public, 32);
    zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, bench->traffic[u].keys.curve_public, 32);
    zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, bench->traffic[u].keys.curve_secret, 32);
    int failed = zmq_connect(s, bench->endpoint);
    assert(failed == 0);
    say_hello(bench, u);
}

/* Fewer at once than the hub lets strangers be: who has not shown a key yet may be shut out for another. */
static void connect_all(struct bench *bench)
{
    bench->context = zmq_ctx_new();
    zmq_ctx_set(bench->context, ZMQ_MAX_SOCKETS, (int)bench->units + 16);
    bench->sockets = calloc(bench->units, sizeof(void *));
    bench->covered = calloc(bench->units, sizeof(uint64_t));
    assert(bench->sockets != NULL && bench->covered != NULL);
    for (size_t first = 0; first < bench->units; first += CONNECT_AT_ONCE) {
        size_t end =
            first + CONNECT_AT_ONCE < bench->units ? first + CONNECT_AT_ONCE : bench->units;
        for (size_t u = first; u < end; u++) {
            connect_one(bench, u);
        }
        for (size_t u = first; u < end; u++) {
            uint8_t bytes[4096];
            int size = zmq_recv(bench->sockets[u], bytes, sizeof(bytes), 0);
            assert(size > 0 && bytes[0] == LT_MSG_WELCOME);
        }
    }
}

static void send_round(struct bench *bench, size_t round)
{
    for (size_t u = 0; u < bench->units; u++) {
        struct traffic_unit *unit = &bench->traffic[u];
        zmq_msg_t message;
        int failed = zmq_msg_init_size(&message, LT_HEADER_BYTES + unit->sizes[round]);
        assert(failed == 0);
        lt_header_write(LT_MSG_UPDATE, 1, zmq_msg_data(&message));
        memcpy((uint8_t *)zmq_msg_data(&message) + LT_HEADER_BYTES, unit->updates[round],
               unit->sizes[round]);
        int sent = zmq_msg_send(&message, bench->sockets[u], 0);
        assert(sent > 0);
    }
}

/* Takes the receipts that have come; returns how many updates they newly cover. */
static uint64_t take_receipts(struct bench *bench, size_t u)
{
    static uint8_t bytes[LT_MESSAGE_BYTES_MAX + LT_HEADER_BYTES];
    uint64_t before = bench->covered[u];
    for (;;) {
        int size = zmq_recv(bench->sockets[u], bytes, sizeof(bytes), ZMQ_DONTWAIT);
        if (size < 0) {
            return bench->covered[u] - before;
        }
        if (bytes[0] == LT_MSG_REFUSED) {
            Lienthong__Refused *refused = lienthong__refused__unpack(
                NULL, (size_t)size - LT_HEADER_BYTES, bytes + LT_HEADER_BYTES);
            fprintf(stderr, "bench_hub: refused: %s\n", refused ? refused->text : "?");
            exit(1);
        }
        if (bytes[0] != LT_MSG_RECEIPTS) {
            continue;
        }
        Lienthong__Receipts *all = lienthong__receipts__unpack(NULL, (size_t)size - LT_HEADER_BYTES,
                                                               bytes + LT_HEADER_BYTES);
        for (size_t i = 0; all != NULL && i < all->n_receipts; i++) {
            Lienthong__Statement *statement = lienthong__statement__unpack(
                NULL, all->receipts[i]->statement.len, all->receipts[i]->statement.data);
            if (statement != NULL && statement->count > bench->covered[u]) {
                bench->covered[u] = statement->count;
            }
            lienthong__statement__free_unpacked(statement, NULL);
        }
        lienthong__receipts__free_unpacked(all, NULL);
    }
}

/* Private memory of the hub, in KiB: what it has now, and the most it had. */
static void print_memory(const struct bench *bench, uint64_t updates)
{
    char path[64], line[128];
    unsigned long anonymous = 0, peak = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)bench->pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "RssAnon:", 8) == 0) {
            anonymous = strtoul(line + 8, NULL, 10);
        } else if (strncmp(line, "VmHWM:", 6) == 0) {
            peak = strtoul(line + 6, NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    printf("memory %9llu updates: RssAnon %lu KiB (VmHWM %lu KiB)\n", (unsigned long long)updates,
           anonymous, peak);
}

static void drive(struct bench *bench)
{
    uint64_t total = bench->units * bench->updates, done = 0;
    size_t slice = 1, rounds = 0;
    lt_ms begin = lt_clock_monotonic(), slice_begin = begin, moved = begin;
    uint64_t slice_done = 0, measured = 0;
    double first = 0, last = 0;
    while (done < total) {
        /* Two rounds ahead of what is covered: what agents with a small credit would have in flight. */
        while (rounds < bench->updates && rounds * bench->units < done + 2 * bench->units) {
            send_round(bench, rounds++);
        }
        zmq_poll(NULL, 0, SWEEP_MS);
        for (size_t u = 0; u < bench->units; u++) {
            uint64_t more = take_receipts(bench, u);
            done += more;
            moved = more > 0 ? lt_clock_monotonic() : moved;
        }
        if (done / MEMORY_EVERY > measured / MEMORY_EVERY) {
            print_memory(bench, measured = done);
        }
        lt_ms now = lt_clock_monotonic();
        if (now > moved + STALL_MS) {
            fprintf(stderr, "bench_hub: stalled at %llu of %llu\n", (unsigned long long)done,
                    (unsigned long long)total);
            exit(1);
        }
        if (done * SLICES >= total * slice) {
            double rate = (double)((done - slice_done) * bench->per_update) * 1000 /
                          (double)(now - slice_begin + 1);
            printf("  %9llu records stored: %9.0f records/s\n",
                   (unsigned long long)(done * bench->per_update), rate);
            first = slice == 1 ? rate : first;
            last = rate;
            slice_begin = now;
            slice_done = done;
            slice = done * SLICES / total + 1;
        }
    }
    double seconds = (double)(lt_clock_monotonic() - begin) / 1000;
    printf("hub    %9.0f durable acknowledged records/s (%llu in %.1f s); last slice %.0f %% of "
           "the first\n",
           (double)(total * bench->per_update) / seconds,
           (unsigned long long)(total * bench->per_update), seconds, 100 * last / first);
}

/* The disk alone: the same updates appended, one fdatasync a group. */
static void probe(struct bench *bench)
{
    char path[96];
    snprintf(path, sizeof(path), "%s.probe", bench->dir);
    int fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_EXCL, 0600);
    assert(fd >= 0);
    lt_ms begin = lt_clock_monotonic();
    uint64_t written = 0, bytes = 0;
    for (size_t k = 0; k < bench->updates; k++) {
        for (size_t u = 0; u < bench->units; u++) {
            ssize_t n = write(fd, bench->traffic[u].updates[k], bench->traffic[u].sizes[k]);
            assert(n == (ssize_t)bench->traffic[u].sizes[k]);
            bytes += (uint64_t)n;
            if (++written % PROBE_GROUP == 0) {
                int failed = fdatasync(fd);
                assert(failed == 0);
            }
        }
    }
    double seconds = (double)(lt_clock_monotonic() - begin + 1) / 1000;
    printf("probe  %9.0f records/s appended, fdatasync every %d updates (%.0f MB/s, %.1f KB an "
           "update)\n",
           (double)(written * bench->per_update) / seconds, PROBE_GROUP,
           (double)bytes / 1e6 / seconds, (double)bytes / 1e3 / (double)written);
    close(fd);
    unlink(path);
}

int main(int argc, char **argv)
{
    if (argc < 3 || sodium_init() < 0) {
        fprintf(stderr,
                "bench_hub HUB-BINARY CATALOGUE.csv [UNITS [UPDATES-EACH [RECORDS-AN-UPDATE]]]\n");
        return 64;
    }
    struct bench bench = {
        .hub = argv[1], .catalogue = argv[2], .units = 1000, .updates = 12, .per_update = 100};
    bench.units = argc > 3 ? strtoul(argv[3], NULL, 10) : bench.units;
    bench.updates = argc > 4 ? strtoul(argv[4], NULL, 10) : bench.updates;
    bench.per_update = argc > 5 ? strtoul(argv[5], NULL, 10) : bench.per_update;
    setvbuf(stdout, NULL, _IOLBF, 0);
    bench.traffic = traffic_make(bench.units, bench.updates, bench.per_update);
    set_up(&bench);
    probe(&bench);
    start_hub(&bench);
    connect_all(&bench);
    drive(&bench);
    print_memory(&bench, bench.units * bench.updates);
    probe(&bench);
    kill(bench.pid, SIGTERM);
    waitpid(bench.pid, NULL, 0);
    for (size_t u = 0; u < bench.units; u++) {
        zmq_close(bench.sockets[u]);
    }
    zmq_ctx_term(bench.context);
    traffic_free(bench.traffic, bench.units);
    free(bench.sockets);
    free(bench.covered);
    char line[128];
    if (getenv("LT_KEEP") != NULL) {
        return 0;
    }
    snprintf(line, sizeof(line), "rm -rf '%s'", bench.dir);
    return system(line) == 0 ? 0 : 1;
}
