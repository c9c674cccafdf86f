/* system.c - clocks, randomness, files and log of the simulated programs; in the place of agent/clock.c and
 * agent/wake.c. */
#include <malloc.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/wake.h"
#include "tests/sim/machine.h"
#include "tests/sim/system.h"
#include "tests/sim/wrapped.h"

enum { EPOCH_S = 1735700000 }; /* 2025-01-01: true time 0 */

static uint64_t worked_us;
static bool verbose;

void system_be_verbose(bool on)
{
    verbose = on;
}

int64_t system_wall(void)
{
    return EPOCH_S + (int64_t)(sim_now() / 1000);
}

/* ---- Clocks ---- */

uint64_t lt_clock_monotonic_us(void)
{
    return lt_clock_monotonic() * 1000;
}

lt_ms lt_clock_monotonic(void)
{
    const struct machine *machine = fiber_machine();
    return sim_now() + (machine != NULL ? machine->booted_ms : 0);
}

uint64_t lt_clock_worked_us(void)
{
    return worked_us += 7; /* what a machine costs must not depend on ours */
}

int64_t lt_clock_wall(void)
{
    const struct machine *machine = fiber_machine();
    return system_wall() + (machine != NULL ? machine->wall_s : 0);
}

void lt_random(void *ret_bytes, size_t size)
{
    uint8_t *bytes = ret_bytes;
    for (size_t i = 0; i < size; i += 8) {
        uint64_t drawn = sim_random(LOT_KEYS);
        memcpy(bytes + i, &drawn, size - i < 8 ? size - i : 8);
    }
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_now)
{
    lt_ms now = clock == CLOCK_REALTIME ? (lt_ms)lt_clock_wall() * 1000 : lt_clock_monotonic();
    *ret_now = (struct timespec){(time_t)(now / 1000), (long)(now % 1000) * 1000000};
    return 0;
}

time_t __wrap_time(time_t *ret_now)
{
    time_t now = (time_t)lt_clock_wall();
    if (ret_now != NULL)
        *ret_now = now;
    return now;
}

/* libsodium's own: keys are drawn by it. */
static const char *lot_name(void)
{
    return "sim";
}

static uint32_t lot_draw(void)
{
    return (uint32_t)sim_random(LOT_KEYS);
}

static void lot_fill(void *const bytes, const size_t size)
{
    lt_random(bytes, size);
}

void system_begin(void)
{
    mallopt(M_TRIM_THRESHOLD, 1 << 30); /* programs come and go: their pages stay */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    static struct randombytes_implementation lots = {
        .implementation_name = lot_name, .random = lot_draw, .buf = lot_fill};
    if (randombytes_set_implementation(&lots) != 0 || sodium_init() < 0)
        abort();
}

/* ---- Files ---- */

int __wrap_fsync(int fd)
{
    (void)fd;
    return 0;
}

/* One program a machine, by construction. */
int __wrap_flock(int fd, int operation)
{
    (void)fd;
    (void)operation;
    return 0;
}

/* What is only shown, and memory that is given back early, would take a third of the time. */
enum lt_result __wrap_lt_contact_save(const char *dir, const struct lt_contact *contact)
{
    (void)dir;
    (void)contact;
    return fiber_machine()->full ? LT_NO_SPACE : LT_OK;
}

void __wrap_lt_journal_drop_book(struct lt_journal *journal)
{
    if (sim_chance(LOT_ORDER, 50))
        __real_lt_journal_drop_book(journal);
}

/* ---- An agent's pipe ---- */

enum lt_result lt_wake_open(const char *dir, int *ret_fd, char ret_reason[200])
{
    (void)dir;
    (void)ret_reason;
    *ret_fd = fiber_machine()->wake_fd = descriptor_new();
    return LT_OK;
}

void lt_wake_drain(int fd)
{
    uint64_t count;
    ssize_t size = __wrap_read(fd, &count, sizeof(count));
    (void)size;
}

enum lt_result lt_wake_ring(const char *dir)
{
    (void)dir;
    descriptor_ring(fiber_machine()->wake_fd);
    return LT_OK;
}

void lt_wake_close(int fd)
{
    if (fd >= 0)
        __wrap_close(fd);
}

/* ---- The log ---- */

__attribute__((format(printf, 1, 0))) static void say(const char *format, va_list arguments)
{
    const struct machine *machine = fiber_machine();
    fprintf(stderr, "%12.3f %-12s ", (double)sim_now() / 1000,
            machine != NULL ? machine->address : "");
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void system_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (verbose)
        say(format, arguments);
    va_end(arguments);
}

void __wrap_lt_daemon_log(enum lt_log_level level, const char *format, ...)
{
    va_list arguments;
    (void)level;
    va_start(arguments, format);
    if (verbose)
        say(format, arguments);
    va_end(arguments);
}

void __wrap_lt_daemon_trim(void)
{
}

void __wrap_lt_hub_log(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (verbose)
        say(format, arguments);
    va_end(arguments);
}

void __wrap_lt_hub_announce(const char *line)
{
    system_say("%s", line);
}

/* The front door's self-test is of the real network library: tests/unit and tests/cluster. */
enum lt_result __wrap_lt_gate_prove(struct lt_gate *gate, char ret_reason[200])
{
    (void)gate;
    (void)ret_reason;
    return LT_OK;
}
