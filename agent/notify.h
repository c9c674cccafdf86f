/* notify.h - tells a service manager that this program is up, and that it is alive.
 *
 * The protocol of systemd's sd_notify(3): datagrams to the socket that NOTIFY_SOCKET names, and WATCHDOG_USEC, the time
 * after which a program that says nothing is ended and started again. Spoken here rather than through libsystemd, which is
 * more code than an agent's whole uplink, and is not there on other systems. Windows' manager is told its own way what READY
 * and STOPPING say, and has no watchdog. Without a service manager all of it does nothing.
 *
 * Reads the environment; for the thread that serves. */
#ifndef LT_NOTIFY_H
#define LT_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/sync.h"

/* "READY=1", "STOPPING=1", "STATUS=text": lines, parted by '\n'. False: nobody asked, or it could not be sent. */
bool lt_notify(const char *state);

/* "RELOADING=1" with the time, as sd_notify(3) wants it; READY=1 ends it. */
bool lt_notify_reloading(void);

/* When to say that we are alive: at once, then each half of the time that is given. All zeros: nobody asked. */
struct lt_watchdog {
    lt_ms every_ms, due;
};
void lt_watchdog_begin(struct lt_watchdog *watchdog, lt_ms now);
/* Milliseconds until it is due; 0: now; INT64_MAX: never. */
int64_t lt_watchdog_wait(const struct lt_watchdog *watchdog, lt_ms now);
/* It was due, and was looked at. `alive`: a commit got to the disk, or was refused by a full one, which a new start would
 * not mend; and what polls went round meanwhile. */
void lt_watchdog_looked(struct lt_watchdog *watchdog, bool alive, lt_ms now);

#endif
