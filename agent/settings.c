#include "agent/settings.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/text.h"

struct reading {
    struct lt_settings settings;
    char reason[120]; /* of the first bad line */
};

enum { TRIAL_S = 24 * 3600, TRIAL_MAX_S = 7 * 24 * 3600 };

void lt_settings_default(struct lt_settings *ret_settings)
{
    *ret_settings =
        (struct lt_settings){.log = LT_LOG_INFO, .releases = true, .release_trial_s = TRIAL_S};
}

__attribute__((format(printf, 2, 3))) static bool refuse(struct reading *reading,
                                                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reading->reason, sizeof(reading->reason), format, arguments);
    va_end(arguments);
    return false;
}

static bool set(struct reading *reading, const char *section, const char *name, const char *value)
{
    struct lt_settings *settings = &reading->settings;
    name = section[0] != '\0' ? "" : name; /* there are no sections */
    if (strcmp(name, "log") == 0) {
        return lt_daemon_level_parse(value, &settings->log) ||
               refuse(reading,
                      lt_text("log: «%.40s» không phải error, warning hay info",
                              "log: '%.40s' is not error, warning or info"),
                      value);
    }
    if (strcmp(name, "releases") == 0) {
        settings->releases = strcmp(value, "yes") == 0;
        return settings->releases || strcmp(value, "no") == 0 ||
               refuse(reading,
                      lt_text("releases: «%.40s» không phải yes hay no",
                              "releases: '%.40s' is not yes or no"),
                      value);
    }
    if (strcmp(name, "release_trial") == 0) {
        return (lt_daemon_duration(value, &settings->release_trial_s) == LT_OK &&
                settings->release_trial_s <= TRIAL_MAX_S) ||
               refuse(
                   reading,
                   lt_text("release_trial: «%.40s» không phải thời hạn như 24h hay 3d, tối đa 7d",
                           "release_trial: '%.40s' is not a time such as 24h or 3d, at most 7d"),
                   value);
    }
    return refuse(reading, lt_text("không có thiết lập «%.40s»", "'%.40s' is not known"),
                  section[0] != '\0' ? section : name);
}

static int on_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    if (reading->reason[0] != '\0') {
        return 0; /* the first one is told */
    }
    return set(reading, section, name, value);
}

enum lt_result lt_settings_read(const char *dir, struct lt_settings *ret_settings,
                                char ret_reason[200])
{
    char path[PATH_MAX];
    struct reading reading = {.reason = ""};
    lt_settings_default(&reading.settings);
    if (snprintf(path, sizeof(path), "%s/agent.conf", dir) >= (int)sizeof(path)) {
        return LT_TOO_LARGE;
    }
    const int line = ini_parse(path, on_line, &reading);
    if (line < 0 && errno != ENOENT) {
        snprintf(ret_reason, 200, "%.120s: %s", path, lt_text_errno(errno));
        return LT_IO;
    }
    if (line > 0) {
        snprintf(ret_reason, 200, "%.60s:%d: %s",
                 strlen(path) > 60 ? path + strlen(path) - 60 : path, line,
                 reading.reason[0] != '\0'
                     ? reading.reason
                     : lt_text("không có dạng tên = giá trị", "not of the form name = value"));
        return LT_MALFORMED;
    }
    *ret_settings = reading.settings;
    return LT_OK;
}
