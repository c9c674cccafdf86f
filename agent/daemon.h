/* daemon.h - what an unattended program needs: log lines, signals as a descriptor, one run a folder.
 *
 * For programs (the agent's, the hub's), not for library code. Log lines go to stderr, one call a
 * line, from any thread; the rest is for the main thread. */
#ifndef LT_DAEMON_H
#define LT_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/result.h"

enum lt_log_level { LT_LOG_ERROR, LT_LOG_WARNING, LT_LOG_INFO };

/* How a line of the log begins: with the time and a blank; where the journal reads stderr, which has the time, with the
 * level as it expects it, "<4>" (sd-daemon(3)), where it
 * does not take them with fields. */
enum { LT_STAMP_MAX = 40 };
void lt_daemon_stamp(enum lt_log_level level, char ret_stamp[LT_STAMP_MAX]);

/* "2026-11-22T04:18:00Z warning: text". The text is the caller's, by lt_text when clerks see it;
 * control characters in it (a peer's words) are shown as '?'. */
void lt_daemon_log(enum lt_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of a whole line; `prefix` is for stderr, the journal has level and program apart. */
void lt_daemon_line(enum lt_log_level level, const char *prefix, const char *text);
/* Lines below it are not written; LT_LOG_INFO at first. Any thread. */
void lt_daemon_level(enum lt_log_level level);
/* "error", "warning", "info". */
bool lt_daemon_level_parse(const char *word, enum lt_log_level *ret_level);
/* Fields for the journal (journald.h), which keeps them beside each line: of all lines from now on, before threads
 * start; and of this thread's next line alone. Few; the names are literals. */
void lt_daemon_field(const char *name, const char *value);
void lt_daemon_next(const char *name, const char *value);

/* yyyy-mm-ddThh:mm:ssZ; `at` 0 gives "-". */
enum { LT_TIME_TEXT_MAX = 32 };
void lt_time_format(int64_t at, char ret_text[LT_TIME_TEXT_MAX]);

/* Blocks SIGTERM, SIGINT and SIGHUP in this thread and those that it starts, ignores SIGPIPE, and
 * returns a descriptor that polls readable when one came. On Windows: Ctrl-C is SIGINT; a window that is closed, a user
 * who leaves and a machine that is switched off are SIGTERM. Call before any thread starts. */
enum lt_result lt_daemon_signals(int *ret_fd);
/* The signal that came; 0: none. Never waits. */
int lt_daemon_signal(int fd);
void lt_daemon_signals_end(int fd);

/* Holds `dir`/run.lock as long as the descriptor is open, whatever happens to the process. LT_BUSY:
 * another process holds it; `ret_holder` is its id, 0 when not known. */
enum lt_result lt_daemon_lock(const char *dir, int *ret_fd, long *ret_holder, char ret_reason[200]);
/* Does anyone hold it? */
bool lt_daemon_running(const char *dir);

/* Makes the folder of a site, and those above it, mode 0700, where they are missing. */
enum lt_result lt_daemon_folder(const char *dir, char ret_reason[200]);

/* Whole seconds, 0 to a year, as milliseconds. False: it is something else. */
bool lt_daemon_seconds(const char *text, int64_t *ret_ms);
/* "90s", "15m", "36h", "7d": at most a year. LT_MALFORMED. */
enum lt_result lt_daemon_duration(const char *text, uint32_t *ret_seconds);

/* Gives freed memory back to the system, after a burst of work. */
void lt_daemon_trim(void);

#endif
