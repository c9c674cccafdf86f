#include "agent/journald.h"

/* Windows has no journal of systemd's. */
bool lt_journald_reads(void)
{
    return false;
}

bool lt_journald_send(int priority, const char *message, const struct lt_journald_field *fields,
                      size_t count)
{
    (void)priority;
    (void)message;
    (void)fields;
    (void)count;
    return false;
}
