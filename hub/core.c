#include "hub/core_own.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "hub/control.h"

enum {
    PIPELINE_JOBS_MAX = 4096,
    PIPELINE_BYTES_MAX = 32 * 1024 * 1024,
    GROUP_JOBS_MAX = 256, /* 25,000 records: a commit of some 100 ms; 64 MiB of arenas in work */
    GROUP_BYTES_MAX = 16 * 1024 * 1024,
};

void lt_hub_announce(const char *line)
{
    puts(line);
    fflush(stdout);
}

void lt_hub_log(const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    const bool warns = strncmp(line, "WARNING: ", 9) == 0;
    lt_daemon_line(warns ? LT_LOG_WARNING : LT_LOG_INFO, "lienthong-hub: ", line);
}

/* ---- Callbacks of gate and relay ---- */

static bool on_restored(void *context, const struct lt_statement *proof,
                        struct lt_instance *ret_incarnation)
{
    struct lt_hub *hub = context;
    struct lt_hub_site site;
    struct lt_instance fresh;
    char old_text[33], new_text[33];
    lt_random(&fresh, sizeof(fresh));
    int64_t now = lt_clock_wall();
    if (lt_roster_set_recovering(hub->roster, now) != LT_OK) {
        return false;
    }
    pthread_mutex_lock(&hub->lock); /* a Move may set the site at the same time */
    lt_ledger_site(hub->ledger, &site);
    lt_hex(site.incarnation.bytes, sizeof(site.incarnation), old_text);
    lt_hex(fresh.bytes, sizeof(fresh), new_text);
    site.incarnation = fresh;
    hub->stored_at = lt_clock_monotonic();
    enum lt_result result = lt_ledger_restored(hub->ledger, &site, proof->number);
    pthread_mutex_unlock(&hub->lock);
    if (result != LT_OK) {
        return false;
    }
    atomic_store(&hub->recovering, now);
    lt_hub_log("WARNING: this ledger was restored from an older copy: a child shows our receipt "
               "number %llu of %s, which it has not given or does not cover. New incarnation %s "
               "(was %s); figures "
               "are marked recovering until the children have offered again what was lost",
               (unsigned long long)proof->number, proof->chain.unit.code, new_text, old_text);
    *ret_incarnation = fresh;
    return true;
}

static bool on_secret(void *context, const uint8_t secret[16])
{
    struct lt_hub *hub = context;
    return lt_roster_knows(hub->roster, secret);
}

static void on_ready(void *context)
{
    struct lt_hub *hub = context;
    if (!atomic_exchange(&hub->ready, true)) {
        lt_hub_log("settled: all that the parent named is here");
        lt_hub_announce("settled");
        lt_gate_set_ready(hub->gate);
    }
}

static void on_gate_log(void *context, const char *line)
{
    (void)context;
    lt_hub_log("%s", line);
}

static void on_relay_log(void *context, const char *line)
{
    (void)context;
    lt_hub_log("parent: %s", line);
}

/* ---- Starting ---- */

static void raise_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files) != 0) {
            lt_hub_log("the limit of open files could not be raised");
        }
    }
}

static enum lt_result open_state(struct lt_hub *hub, char ret_reason[300])
{
    char reason[200] = "", store[sizeof(hub->dir) + 8];
    enum lt_result result = lt_control_lock(hub->dir, &hub->lock_fd, reason);
    if (result == LT_OK) {
        result = lt_keys_load(hub->dir, &hub->keys, reason);
    }
    if (result == LT_OK) {
        result = lt_doors_load(hub->dir, &hub->config, &hub->keys, hub->doors, reason);
    }
    if (result == LT_OK) {
        snprintf(store, sizeof(store), "%s/store", hub->dir);
        result = lt_env_is_made(store, reason);
    }
    if (result == LT_OK) {
        result = lt_ledger_open(hub->dir, false, &hub->ledger, reason);
    }
    if (result == LT_OK) {
        lt_ledger_site(hub->ledger, &hub->site);
        if (hub->site.unit.code[0] == '\0') {
            snprintf(reason, sizeof(reason), "this folder holds no hub yet: use init");
            result = LT_NOT_FOUND;
        }
    }
    if (result == LT_OK) {
        result = lt_roster_open(hub->dir, &hub->roster, reason);
    }
    if (result != LT_OK) {
        snprintf(ret_reason, 300, "%s", reason[0] != '\0' ? reason : lt_result_text(result));
    }
    return result;
}

static enum lt_result start_gate(struct lt_hub *hub, char ret_reason[300])
{
    char reason[200] = "";
    struct lt_pipeline_config pipeline = {
        .ledger = hub->ledger,
        .workers = hub->config.workers,
        .jobs_max = PIPELINE_JOBS_MAX,
        .bytes_max = PIPELINE_BYTES_MAX,
        .group_jobs_max = GROUP_JOBS_MAX,
        .group_bytes_max = GROUP_BYTES_MAX,
        .done = lt_hub_jobs_done,
        .context = hub,
    };
    enum lt_result result = lt_pipeline_start(&pipeline, &hub->pipeline);
    if (result != LT_OK) {
        snprintf(ret_reason, 300, "the workers could not be started: %s", lt_result_text(result));
        return result;
    }
    struct lt_gate_config gate = {
        .ledger = hub->ledger,
        .pipeline = hub->pipeline,
        .keys = &hub->keys,
        .site = hub->site,
        .doors = hub->doors,
        .door_count = hub->config.listen_count,
        .credit_bytes = (uint64_t)hub->config.credit_mib * 1024 * 1024,
        .peers_max = hub->config.peers,
        .strangers_max = hub->config.strangers,
        .limits = {.nothing_ms = hub->config.nothing_ms,
                   .pace_ms = hub->config.pace_ms,
                   .day_mib = hub->config.day_mib,
                   .cut_s = hub->config.cut_s},
        .ready = !hub->site.has_parent,
        .context = hub,
        .invited = on_secret,
        .join = lt_hub_take_ask,
        .hello = lt_hub_greeted,
        .log = on_gate_log,
        .releases = hub->config.release_kib_s > 0 ? hub->releases : NULL,
        .release_kib_s = hub->config.release_kib_s,
        .lives = hub->lives,
        .copies = hub->copies,
        .doubts = hub->doubts,
        .restored = on_restored,
    };
    result = lt_gate_start(&gate, &hub->gate, reason);
    if (result == LT_OK) {
        lt_gate_open_door(hub->gate);
        result = lt_gate_prove(hub->gate, reason);
    }
    if (result != LT_OK) {
        snprintf(ret_reason, 300, "%s", reason);
    }
    return result;
}

static enum lt_result start_rest(struct lt_hub *hub, char ret_reason[300])
{
    char reason[200] = "";
    enum lt_result result = LT_OK;
    if (hub->site.has_parent) {
        struct lt_relay_config relay = {
            .ledger = hub->ledger,
            .pipeline = hub->pipeline,
            .keys = &hub->keys,
            .site = hub->site,
            .context = hub,
            .ready = on_ready,
            .moved = lt_hub_moved,
            .log = on_relay_log,
            .lives = hub->lives,
            .releases = hub->releases,
            .dir = hub->dir,
        };
        struct lt_relay *made;
        result = lt_relay_new(&relay, &made);
        if (result == LT_OK) {
            atomic_store(&hub->relay, made);
            result = lt_relay_start(made);
        }
        if (result != LT_OK) {
            snprintf(ret_reason, 300, "the way up could not be started: %s",
                     lt_result_text(result));
            return result;
        }
    }
    result = lt_control_listen(hub->dir, &hub->control_fd, reason);
    if (result == LT_OK && pthread_create(&hub->control, NULL, lt_hub_control, hub) != 0) {
        snprintf(reason, sizeof(reason), "no thread for commands");
        result = LT_IO;
    }
    hub->control_started = result == LT_OK;
    if (result != LT_OK) {
        snprintf(ret_reason, 300, "%s", reason);
    }
    return result;
}

static void say_retired(struct lt_hub *hub)
{
    struct lt_retiring retiring;
    lt_roster_retiring(hub->roster, &retiring);
    if (retiring.done != 0) {
        lt_hub_log(
            "WARNING: this hub was retired: it admits nobody, and serves only to tell machines "
            "that were away where to go");
    } else if (retiring.since != 0) {
        lt_hub_log("WARNING: this hub is being retired; `lienthong-hub retire` goes on with it");
    }
}

void lt_hub_public(struct lt_hub *hub, struct lt_hub_config *config)
{
    if (config->public_count == 0) {
        config->public_count = 1;
        snprintf(config->public_endpoints[0], LT_ENDPOINT_MAX, "%.*s", LT_ENDPOINT_MAX - 1,
                 lt_gate_endpoint(hub->gate));
    }
}

/* Before threads start. */
static void name_for_log(const struct lt_hub *hub)
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&hub->site.unit, unit);
    lt_daemon_level(hub->config.log);
    lt_daemon_field("LIENTHONG_UNIT", unit);
    lt_daemon_field("LIENTHONG_DIR", hub->dir);
}

enum lt_result lt_hub_start(const char *dir, const struct lt_hub_config *config,
                            struct lt_hub **ret_hub, char ret_reason[300])
{
    struct lt_hub *hub = calloc(1, sizeof(*hub));
    if (hub == NULL || strlen(dir) >= sizeof(hub->dir)) {
        snprintf(ret_reason, 300, hub == NULL ? "out of memory" : "the folder's path is too long");
        free(hub);
        return LT_NO_MEMORY;
    }
    snprintf(hub->dir, sizeof(hub->dir), "%s", dir);
    hub->config = *config;
    hub->lock_fd = hub->control_fd = -1;
    hub->started_at = lt_clock_wall();
    hub->stored_at = lt_clock_monotonic();
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->authored, NULL);
    hub->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    raise_files();
    hub->doubts = lt_doubts_new();
    enum lt_result result =
        hub->wake_fd >= 0 && hub->doubts != NULL ? open_state(hub, ret_reason) : LT_IO;
    if (result == LT_OK) {
        name_for_log(hub);
        atomic_store(&hub->ready, !hub->site.has_parent);
        atomic_store(&hub->recovering, lt_roster_recovering(hub->roster));
        atomic_store(&hub->book_changed, true);
        say_retired(hub);
        hub->lives = lt_lives_new(hub->roster);
        hub->copies = lt_copies_new(hub->roster);
        hub->releases = lt_releases_new(hub->dir, hub->ledger);
        result = hub->lives != NULL && hub->copies != NULL && hub->releases != NULL
                     ? start_gate(hub, ret_reason)
                     : LT_NO_MEMORY;
    }
    if (result == LT_OK) {
        lt_hub_public(hub, &hub->config);
        result = start_rest(hub, ret_reason);
    }
    if (result != LT_OK) {
        lt_hub_stop(hub);
        return result;
    }
    *ret_hub = hub;
    return LT_OK;
}

/* ---- Stopping ---- */

static void stop_control(struct lt_hub *hub)
{
    atomic_store(&hub->stopping, true);
    if (hub->control_started) {
        lt_hub_wake(hub);
        pthread_join(hub->control, NULL);
        lt_control_unlink(hub->dir);
    }
    if (hub->control_fd >= 0) {
        close(hub->control_fd);
    }
}

void lt_hub_stop(struct lt_hub *hub)
{
    if (hub == NULL) {
        return;
    }
    stop_control(hub); /* its directives need the pipeline */
    if (hub->gate != NULL) {
        lt_gate_close_door(hub->gate);
    }
    if (hub->pipeline != NULL) {
        lt_pipeline_stop(hub->pipeline);
    }
    lt_relay_free(atomic_load(&hub->relay));
    lt_gate_stop(hub->gate);
    lt_releases_free(hub->releases);
    lt_pipeline_free(hub->pipeline);
    lt_doubts_free(hub->doubts);
    lt_copies_free(hub->copies);
    lt_lives_free(hub->lives);
    lt_roster_close(hub->roster);
    if (hub->ledger != NULL) {
        lt_ledger_close(hub->ledger);
    }
    if (hub->wake_fd >= 0) {
        close(hub->wake_fd);
    }
    if (hub->lock_fd >= 0) {
        close(hub->lock_fd);
    }
    lt_keys_wipe(&hub->keys);
    lt_doors_wipe(hub->doors);
    lt_keys_wipe(&hub->rotation.next);
    pthread_cond_destroy(&hub->authored);
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

const char *lt_hub_endpoint(const struct lt_hub *hub)
{
    return lt_gate_endpoint(hub->gate);
}

struct lt_ledger *lt_hub_ledger(struct lt_hub *hub)
{
    return hub->ledger;
}
