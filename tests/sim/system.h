/* system.h - what the director asks of the simulated system: true time as a date, and the log. */
#ifndef LT_SIM_SYSTEM_H
#define LT_SIM_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

void system_begin(void); /* before any key is drawn */
int64_t system_wall(void); /* seconds since 1970, of true time */
void system_be_verbose(bool on); /* programs' log lines, and ours, to stderr */
void system_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
