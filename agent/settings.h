/* settings.h - `dir`/agent.conf, which an agent may have and need not: read at start, and again when told to (SIGHUP).
 *
 *   log = info            lines below it are not written: error, warning or info
 *   releases = yes        may new releases of the program be tried (release_watch.h)? yes or no
 *   release_trial = 24h   for how long one may run without a receipt of the top before it is gone back from; at most 7d
 *
 * An unknown name or an impossible value is an error that names file, line and reason. */
#ifndef LT_SETTINGS_H
#define LT_SETTINGS_H

#include "agent/daemon.h"

struct lt_settings {
    enum lt_log_level log;
    bool releases;
    uint32_t release_trial_s;
};

void lt_settings_default(struct lt_settings *ret_settings);
/* LT_OK also where there is no file. On failure *ret_settings is untouched. */
enum lt_result lt_settings_read(const char *dir, struct lt_settings *ret_settings,
                                char ret_reason[200]);

#endif
