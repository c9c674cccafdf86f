#include "agent/journald.h"

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/windows/service_log.h"

bool lt_journald_reads(void)
{
    return lt_service_log_is_open();
}

bool lt_journald_send(int priority, const char *message, const struct lt_journald_field *fields,
                      size_t count)
{
    char at[LT_TIME_TEXT_MAX], line[2048];
    (void)fields;
    (void)count;
    lt_time_format(lt_clock_wall(), at);
    int size = snprintf(line, sizeof(line), "%s %s%s\r\n", at,
                        priority <= 3 ? "error: " : (priority == 4 ? "warning: " : ""), message);
    return size > 0 && size < (int)sizeof(line) && lt_service_log_add(line, (size_t)size);
}
