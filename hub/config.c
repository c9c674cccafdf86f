#include "hub/config.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/folder.h"
#include "agent/text.h"
#include "hub/door.h"

#define CONFIG_NAME "hub.conf"

void lt_config_default(struct lt_hub_config *ret_config)
{
    *ret_config = (struct lt_hub_config){.workers = 0,
                                         .credit_mib = 4,
                                         .peers = 8192,
                                         .strangers = 256,
                                         .nothing_ms = 20,
                                         .pace_ms = 100,
                                         .day_mib = 1024,
                                         .release_kib_s = 256,
                                         .cut_s = 60,
                                         .silent_after_s = LT_CONFIG_SILENT_AFTER_S,
                                         .log = LT_LOG_INFO,
                                         .countersign_first = true};
}

enum lt_result lt_config_endpoint(const char *text, bool listening,
                                  char ret_endpoint[LT_ENDPOINT_MAX])
{
    size_t length = strlen(text);
    const char *colon = strrchr(text, ':');
    if (length >= LT_ENDPOINT_MAX || strncmp(text, "tcp://", 6) != 0 || colon == NULL ||
        colon <= text + 6 || colon[1] == '\0') {
        return LT_MALFORMED;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (*at <= ' ' || *at >= 127 || *at == ';') {
            return LT_MALFORMED;
        }
    }
    bool any_port = listening && strcmp(colon + 1, "*") == 0;
    if (!any_port) {
        if (strspn(colon + 1, "0123456789") != strlen(colon + 1) || strlen(colon + 1) > 5) {
            return LT_MALFORMED;
        }
        long port = strtol(colon + 1, NULL, 10);
        if (port > 65535 || (port == 0 && !listening)) {
            return LT_MALFORMED;
        }
        any_port = port == 0;
    }
    snprintf(ret_endpoint, LT_ENDPOINT_MAX, "%.*s:%s", (int)(colon - text), text,
             any_port ? "*" : colon + 1);
    return LT_OK;
}

struct reading {
    struct lt_hub_config config;
    char reason[160]; /* of the first bad line */
};

static bool set_number(struct reading *reading, const char *name, const char *value, unsigned least,
                       unsigned most, unsigned *ret_number)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || number < least ||
        number > most) {
        snprintf(reading->reason, sizeof(reading->reason),
                 "%s: '%.40s' is not a number from %u to %u", name, value, least, most);
        return false;
    }
    *ret_number = (unsigned)number;
    return true;
}

static bool set_endpoint(struct reading *reading, const char *name, const char *value,
                         bool listening, char ret_endpoint[LT_ENDPOINT_MAX])
{
    if (lt_config_endpoint(value, listening, ret_endpoint) != LT_OK) {
        snprintf(reading->reason, sizeof(reading->reason),
                 "%s: '%.60s' is not an endpoint such as tcp://host:7400", name, value);
        return false;
    }
    return true;
}

static bool is_key_file(const char *name)
{
    bool known = false;
    for (size_t i = 1; i < LT_DOOR_FILES; i++) { /* the first is that of no name */
        known = known || strcmp(name, lt_door_files[i]) == 0;
    }
    return known;
}

static bool set_listen(struct reading *reading, const char *value)
{
    struct lt_hub_config *config = &reading->config;
    char endpoint[LT_ENDPOINT_MAX];
    size_t length = strcspn(value, " \t"), gap = strspn(value + length, " \t");
    const char *file = value + length + gap;
    if (config->listen_count == LT_CONFIG_LISTEN_MAX) {
        snprintf(reading->reason, sizeof(reading->reason), "listen: more than %d",
                 LT_CONFIG_LISTEN_MAX);
        return false;
    }
    if (*file != '\0' && !is_key_file(file)) {
        snprintf(reading->reason, sizeof(reading->reason),
                 "listen: '%.40s' is not listen-1.key to listen-9.key", file);
        return false;
    }
    struct lt_listen *listen = &config->listen[config->listen_count];
    snprintf(endpoint, sizeof(endpoint), "%.*s", (int)(length < LT_ENDPOINT_MAX ? length : 0),
             value);
    if (!set_endpoint(reading, "listen", endpoint, true, listen->endpoint)) {
        return false;
    }
    snprintf(listen->key_file, sizeof(listen->key_file), "%s", file);
    config->listen_count++;
    return true;
}

/* What is no number. */
static bool set_word(struct reading *reading, const char *name, const char *value)
{
    struct lt_hub_config *config = &reading->config;
    if (strcmp(name, "countersign") == 0) {
        config->countersign_first = strcmp(value, "first") == 0;
        if (config->countersign_first || strcmp(value, "none") == 0) {
            return true;
        }
        snprintf(reading->reason, sizeof(reading->reason), "%s: '%.40s' is neither first nor none",
                 name, value);
        return false;
    }
    if (strcmp(name, "log") == 0) {
        if (lt_daemon_level_parse(value, &config->log)) {
            return true;
        }
        snprintf(reading->reason, sizeof(reading->reason),
                 "%s: '%.40s' is not error, warning or info", name, value);
        return false;
    }
    if (strcmp(name, "silent_after") == 0) {
        if (lt_daemon_duration(value, &config->silent_after_s) == LT_OK) {
            return true;
        }
        snprintf(reading->reason, sizeof(reading->reason),
                 "%s: '%.40s' is not a time such as 90m, 36h or 7d", name, value);
        return false;
    }
    snprintf(reading->reason, sizeof(reading->reason), "'%.40s' is not known", name);
    return false;
}

static int on_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    struct lt_hub_config *config = &reading->config;
    if (reading->reason[0] != '\0') {
        return 0; /* the first one is told */
    }
    if (section[0] != '\0') {
        snprintf(reading->reason, sizeof(reading->reason), "no section [%.40s] is known", section);
        return 0;
    }
    if (strcmp(name, "listen") == 0) {
        return set_listen(reading, value);
    }
    if (strcmp(name, "public") == 0) {
        if (config->public_count == LT_CONFIG_PUBLIC_MAX) {
            snprintf(reading->reason, sizeof(reading->reason), "public: more than %d",
                     LT_CONFIG_PUBLIC_MAX);
            return 0;
        }
        return set_endpoint(reading, name, value, false,
                            config->public_endpoints[config->public_count++]);
    }
    const struct {
        const char *name;
        unsigned least, most, *number;
    } numbers[] = {
        {"workers", 0, 64, &config->workers},
        {"credit", 1, 64, &config->credit_mib},
        {"peers", 16, 60000, &config->peers},
        {"strangers", 16, 4096, &config->strangers},
        {"nothing", 1, 1000, &config->nothing_ms},
        {"pace", 1, 1000, &config->pace_ms},
        {"day", 1, 100000, &config->day_mib},
        {"cut", 1, 3600, &config->cut_s},
        {"release_kib_s", 0, 1000000, &config->release_kib_s},
    };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (strcmp(name, numbers[i].name) == 0) {
            return set_number(reading, name, value, numbers[i].least, numbers[i].most,
                              numbers[i].number);
        }
    }
    return set_word(reading, name, value);
}

enum lt_result lt_config_read(const char *dir, struct lt_hub_config *ret_config,
                              char ret_reason[300])
{
    char path[4096];
    struct reading reading = {.reason = ""};
    lt_config_default(&reading.config);
    if (snprintf(path, sizeof(path), "%s/" CONFIG_NAME, dir) >= (int)sizeof(path)) {
        snprintf(ret_reason, 300, "the path of the state folder is too long");
        return LT_USAGE;
    }
    int line = ini_parse(path, on_line, &reading);
    if (line < 0) {
        snprintf(ret_reason, 300, "%.200s: %s", path,
                 line == -1 ? lt_text_errno(errno) : "out of memory");
        return errno == ENOENT ? LT_NOT_FOUND : LT_IO;
    }
    if (line > 0) {
        snprintf(ret_reason, 300, "%.120s:%d: %s", path, line,
                 reading.reason[0] != '\0' ? reading.reason : "not of the form name = value");
        return LT_MALFORMED;
    }
    if (reading.config.listen_count == 0) {
        snprintf(ret_reason, 300, "%.200s: 'listen' is missing", path);
        return LT_MALFORMED;
    }
    *ret_config = reading.config;
    return LT_OK;
}

const struct lt_listen *lt_config_told(const struct lt_hub_config *config)
{
    return &config->listen[config->listen_count - 1];
}

static bool write_file(int fd, const struct lt_hub_config *config)
{
    FILE *file = fdopen(fd, "w");
    if (file == NULL) {
        close(fd);
        return false;
    }
    fprintf(file, "; lienthong-hub: see lienthong-hub help\nlisten = %s\n",
            lt_config_told(config)->endpoint);
    for (size_t i = 0; i < config->public_count; i++) {
        fprintf(file, "public = %s\n", config->public_endpoints[i]);
    }
    fprintf(file, "workers = %u\ncredit = %u\npeers = %u\n", config->workers, config->credit_mib,
            config->peers);
    bool good = fflush(file) == 0 && fsync(fd) == 0;
    return fclose(file) == 0 && good;
}

enum lt_result lt_config_write(const char *dir, const struct lt_hub_config *config,
                               char ret_reason[300])
{
    char path[4096];
    if (snprintf(path, sizeof(path), "%s/" CONFIG_NAME, dir) >= (int)sizeof(path)) {
        snprintf(ret_reason, 300, "the path of the state folder is too long");
        return LT_USAGE;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        snprintf(ret_reason, 300, "%.200s: %s", path, lt_text_errno(errno));
        return errno == EEXIST ? LT_EXISTS : errno == ENOSPC ? LT_NO_SPACE : LT_IO;
    }
    if (!write_file(fd, config) || !lt_folder_sync_above(path)) {
        snprintf(ret_reason, 300, "%.200s: could not be written", path);
        unlink(path);
        return LT_IO;
    }
    return LT_OK;
}
