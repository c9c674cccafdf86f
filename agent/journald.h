/* journald.h - lines for systemd's journal with fields of their own, by its native protocol.
 *
 * One datagram a line, "NAME=value" each, to the journal's socket; spoken here as notify.h speaks to the manager. Used where
 * the journal reads our stderr anyway (JOURNAL_STREAM), so that a line comes there once. Windows' service has a file in
 * the journal's place, and no fields (agent/windows/service_log.h). Any thread. */
#ifndef LT_JOURNALD_H
#define LT_JOURNALD_H

#include <stdbool.h>
#include <stddef.h>

enum { LT_JOURNALD_VALUE_MAX = 160 };
struct lt_journald_field {
    const char *name; /* of capitals, digits and '_' */
    char value[LT_JOURNALD_VALUE_MAX]; /* one line */
};

/* Is what stderr goes to read by the journal? */
bool lt_journald_reads(void);
/* `priority` is syslog's. False: there is no journal to take it. */
bool lt_journald_send(int priority, const char *message, const struct lt_journald_field *fields,
                      size_t count);

#endif
