/* hub.conf read again: what can be changed while the hub serves is, what cannot is named. Control thread. */
#include <stdio.h>
#include <string.h>

#include "agent/daemon.h"
#include "hub/core_own.h"

static bool listens_as_before(const struct lt_hub_config *now, const struct lt_hub_config *then)
{
    bool same = now->listen_count == then->listen_count;
    for (size_t i = 0; same && i < now->listen_count; i++) {
        same = strcmp(now->listen[i].endpoint, then->listen[i].endpoint) == 0 &&
               strcmp(now->listen[i].key_file, then->listen[i].key_file) == 0;
    }
    return same;
}

/* What differs and waits for the next start. */
static void name_waiting(const struct lt_hub_config *now, const struct lt_hub_config *then,
                         char ret_names[200])
{
    const struct {
        const char *name;
        bool differs;
    } fixed[] = {
        {"listen", !listens_as_before(now, then)},
        {"workers", now->workers != then->workers},
        {"credit", now->credit_mib != then->credit_mib},
        {"peers", now->peers != then->peers},
        {"strangers", now->strangers != then->strangers},
        {"nothing", now->nothing_ms != then->nothing_ms},
        {"pace", now->pace_ms != then->pace_ms},
        {"day", now->day_mib != then->day_mib},
        {"cut", now->cut_s != then->cut_s},
        {"release_kib_s", now->release_kib_s != then->release_kib_s},
    };
    size_t size = 0;
    ret_names[0] = '\0';
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        if (fixed[i].differs) {
            size += (size_t)snprintf(ret_names + size, 200 - size, "%s%s", size > 0 ? ", " : "",
                                     fixed[i].name);
        }
    }
}

enum lt_result lt_hub_reload(struct lt_hub *hub, char ret_text[300])
{
    struct lt_hub_config config;
    char waiting[200];
    const enum lt_result result = lt_config_read(hub->dir, &config, ret_text);
    if (result != LT_OK) {
        lt_hub_log("WARNING: hub.conf was not read again, the former settings stay: %s", ret_text);
        return result;
    }
    lt_hub_public(hub, &config);
    name_waiting(&config, &hub->config, waiting);
    hub->config.public_count = config.public_count;
    memcpy(hub->config.public_endpoints, config.public_endpoints,
           sizeof(hub->config.public_endpoints));
    hub->config.silent_after_s = config.silent_after_s;
    hub->config.countersign_first = config.countersign_first;
    lt_daemon_level(config.log);
    atomic_store(&hub->book_changed, true); /* what waited for the top's word is looked at anew */
    if (waiting[0] != '\0') {
        snprintf(ret_text, 300, "these count from the next start on: %s", waiting);
        lt_hub_log("WARNING: hub.conf was read again; %s", ret_text);
    } else {
        ret_text[0] = '\0';
        lt_hub_log("hub.conf was read again");
    }
    return LT_OK;
}
