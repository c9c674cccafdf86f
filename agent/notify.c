#include "agent/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/clock.h"

bool lt_notify_reloading(void)
{
    char state[64];
    snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, lt_clock_monotonic_us());
    return lt_notify(state);
}

/* A whole number and nothing else; 0: it is not. */
static uint64_t number_in(const char *name)
{
    const char *text = getenv(name);
    char *end;
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return 0;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' ? number : 0;
}

void lt_watchdog_begin(struct lt_watchdog *watchdog, lt_ms now)
{
    const bool ours =
        getenv("WATCHDOG_PID") == NULL || number_in("WATCHDOG_PID") == (uint64_t)getpid();
    *watchdog = (struct lt_watchdog){.every_ms = ours ? number_in("WATCHDOG_USEC") / 2000 : 0};
    watchdog->due = now; /* a program that was begun in place has the former's time running */
}

int64_t lt_watchdog_wait(const struct lt_watchdog *watchdog, lt_ms now)
{
    if (watchdog->every_ms == 0)
        return INT64_MAX;
    return now < watchdog->due ? (int64_t)(watchdog->due - now) : 0;
}

void lt_watchdog_looked(struct lt_watchdog *watchdog, bool alive, lt_ms now)
{
    if (alive)
        (void)lt_notify("WATCHDOG=1");
    watchdog->due = now + watchdog->every_ms;
}
