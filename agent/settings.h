/* settings.h - `dir`/agent.conf, which an agent may have and need not: read at start, and again when told to (SIGHUP).
 *
 *   log = info        lines below it are not written: error, warning or info
 *
 * An unknown name or an impossible value is an error that names file, line and reason. */
#ifndef LT_SETTINGS_H
#define LT_SETTINGS_H

#include "agent/daemon.h"

struct lt_settings {
    enum lt_log_level log;
};

/* LT_OK also where there is no file. On failure *ret_settings is untouched. */
enum lt_result lt_settings_read(const char *dir, struct lt_settings *ret_settings,
                                char ret_reason[200]);

#endif
