#include "agent/settings.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "agent/text.h"

struct reading {
    struct lt_settings settings;
    char reason[120]; /* of the first bad line */
};

static int on_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    if (reading->reason[0] != '\0') {
        return 0; /* the first one is told */
    }
    if (section[0] == '\0' && strcmp(name, "log") == 0) {
        if (lt_daemon_level_parse(value, &reading->settings.log)) {
            return 1;
        }
        snprintf(reading->reason, sizeof(reading->reason),
                 lt_text("log: «%.40s» không phải error, warning hay info",
                         "log: '%.40s' is not error, warning or info"),
                 value);
        return 0;
    }
    snprintf(reading->reason, sizeof(reading->reason),
             lt_text("không có thiết lập «%.40s»", "'%.40s' is not known"),
             section[0] != '\0' ? section : name);
    return 0;
}

enum lt_result lt_settings_read(const char *dir, struct lt_settings *ret_settings,
                                char ret_reason[200])
{
    char path[PATH_MAX];
    struct reading reading = {.settings = {.log = LT_LOG_INFO}};
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
