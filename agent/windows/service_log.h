/* service_log.h - where a service's lines go: `agent.log` in the site's folder, which nobody has to look after.
 *
 * One that has grown to LT_SERVICE_LOG_BYTES_MAX becomes agent.log.old, in the place of the one before: twice that is
 * kept, and no more. What is printed to stderr goes there too. Private to agent/windows. Any thread; opened once. */
#ifndef LT_SERVICE_LOG_H
#define LT_SERVICE_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum { LT_SERVICE_LOG_BYTES_MAX = 1024 * 1024 };

/* Where it cannot be opened (the disk is full), it is tried again with each line. */
void lt_service_log_open(const char *dir);
bool lt_service_log_is_open(void);
/* A whole line with its end. False: it could not be written. */
bool lt_service_log_add(const char *line, size_t size);

#endif
