#include "hub/relay_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/clock.h"

void relay_say(struct lt_relay *relay, const char *line)
{
    if (relay->config.log != NULL) {
        relay->config.log(relay->config.context, line);
    }
}

/* ---- What the uplink asks ---- */

enum lt_result relay_feed(struct lt_relay *relay, struct lt_bytes bytes, bool is_receipt)
{
    uint8_t *copy = malloc(bytes.size + 1);
    if (copy == NULL) {
        return LT_NO_MEMORY;
    }
    memcpy(copy, bytes.data, bytes.size);
    struct lt_job *job =
        lt_job_new(relay->config.pipeline, LT_FROM_PARENT, is_receipt, copy, bytes.size);
    if (job == NULL) {
        return LT_NO_MEMORY;
    }
    pthread_mutex_lock(&relay->lock);
    job->session = relay->directives;
    pthread_mutex_unlock(&relay->lock);
    return lt_pipeline_feed(relay->config.pipeline, &job, 1) ? LT_OK : LT_BUSY;
}

static enum lt_result on_store(void *context, struct lt_bytes update)
{
    enum lt_result result = relay_feed(context, update, false);
    return result == LT_OK ? LT_NOT_READY : result;
}

static void on_receipt(void *context, struct lt_bytes receipt)
{
    if (relay_feed(context, receipt, true) == LT_NO_MEMORY) { /* busy: we are stopping */
        relay_say(context, "a receipt from above could not be kept: out of memory");
    }
}

static enum lt_result on_load(void *context, uint64_t position, uint8_t *ret_bytes, size_t size)
{
    struct lt_relay *relay = context;
    struct lt_bytes bytes;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(relay->config.ledger), false);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    enum lt_result result =
        lt_log_at(txn, position, &bytes) && bytes.size == size ? LT_OK : LT_CORRUPT;
    if (result == LT_OK) {
        memcpy(ret_bytes, bytes.data, size);
    }
    lt_txn_abort(txn);
    return result;
}

static enum lt_result on_sign(void *context, struct lt_chain *ret_chain, bool *ret_more)
{
    (void)context;
    (void)ret_chain;
    (void)ret_more;
    return LT_NOT_FOUND; /* a hub has no drafts */
}

static void on_ready(void *context)
{
    struct lt_relay *relay = context;
    relay->config.ready(relay->config.context);
}

static void on_refused(void *context, const Lienthong__Refused *refused)
{
    struct lt_relay *relay = context;
    char hex[65] = "?", line[400];
    if (refused->reason == LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA) {
        snprintf(line, sizeof(line),
                 "WARNING: the parent takes nothing from this hub for %u s: %.200s",
                 refused->retry_after_s, refused->text);
        relay_say(relay, line);
        return;
    }
    if (refused->update.len == 32) {
        lt_hex(refused->update.data, 32, hex);
    }
    pthread_mutex_lock(&relay->lock);
    relay->view.refused++;
    pthread_mutex_unlock(&relay->lock);
    snprintf(line, sizeof(line), "the parent refused update %.16s of %.20s: %.200s", hex,
             refused->chain != NULL && refused->chain->unit != NULL ? refused->chain->unit->code
                                                                    : "?",
             refused->text);
    relay_say(relay, line);
}

static void on_report(void *context, Lienthong__Report *report)
{
    struct lt_relay *relay = context;
    struct lt_ledger_counts counts;
    static char software[] = "lienthong " LT_VERSION_TEXT;
    lt_ledger_counts(relay->config.ledger, false, &counts);
    report->disk_free_bytes = lt_env_disk_free(lt_ledger_env(relay->config.ledger));
    report->wall_time = lt_clock_wall();
    report->contested = counts.contested;
    report->software = software;
    report->n_lives = lt_lives_take(relay->config.lives, relay->lives, LT_LIVES_MAX);
    report->lives = relay->live_wires;
    for (size_t i = 0; i < report->n_lives; i++) {
        lt_life_to_wire(&relay->lives[i], &relay->wires[i]);
        relay->live_wires[i] = &relay->wires[i].life;
    }
}

static void on_changed(void *context, const struct lt_child_state *state)
{
    struct lt_relay *relay = context;
    pthread_mutex_lock(&relay->lock);
    bool was_welcomed = relay->view.state.welcomed;
    bool settled = state->settled && relay->settled_session != state->session;
    relay->settled_session = settled ? state->session : relay->settled_session;
    relay->view.state = *state;
    snprintf(relay->view.endpoint, sizeof(relay->view.endpoint), "%s",
             lt_uplink_endpoint(relay->uplink));
    if (state->welcomed && !was_welcomed) {
        relay->view.welcomed_at = lt_clock_wall();
        relay->view.trouble[0] = '\0';
        relay->view.unwanted = false;
    }
    pthread_mutex_unlock(&relay->lock);
    if (state->welcomed && !was_welcomed) {
        lt_lives_again(relay->config.lives);
    }
    if (state->welcomed != was_welcomed) {
        relay_say(relay, state->welcomed ? "connected to the parent" : "the parent is away");
    } else if (settled) { /* once a session */
        relay_say(relay, "settled with the parent");
    }
}

static void on_failed(void *context, enum lt_result result, const char *endpoint, const char *text)
{
    struct lt_relay *relay = context;
    char trouble[160];
    snprintf(trouble, sizeof(trouble), "%s%s%s (%s)", endpoint != NULL ? endpoint : "",
             endpoint != NULL ? ": " : "", text, lt_result_text(result));
    pthread_mutex_lock(&relay->lock);
    bool new = strcmp(trouble, relay->view.trouble) != 0;
    memcpy(relay->view.trouble, trouble, sizeof(trouble));
    relay->view.unwanted = result == LT_KEY_UNKNOWN && endpoint != NULL;
    pthread_mutex_unlock(&relay->lock);
    if (new) {
        relay_say(relay, trouble);
    }
}

static enum lt_result on_moved(void *context, const struct lt_way_up *way)
{
    struct lt_relay *relay = context;
    return relay->config.moved != NULL ? relay->config.moved(relay->config.context, way) : LT_OK;
}

static void *run(void *argument)
{
    struct lt_relay *relay = argument;
    struct lt_uplink_fd fd = {.fd = relay->wake_fd};
    while (!atomic_load(&relay->stopping)) {
        pthread_mutex_lock(&relay->lock);
        bool parked = relay->parked_count > 0;
        pthread_mutex_unlock(&relay->lock);
        int64_t wait = relay_fetch_release(relay);
        if (parked && (wait < 0 || wait > PARKED_MS / 4)) {
            wait = PARKED_MS / 4;
        }
        if (lt_uplink_run_once(relay->uplink, &fd, 1, wait) != LT_OK) {
            relay_say(relay,
                      "the way up cannot wait for its sockets; it is given up until a restart");
            break;
        }
        if (fd.readable || parked) {
            relay_pass_on(relay);
        }
        relay_fetch_missed(relay);
    }
    return NULL;
}

/* ---- Starting and stopping ---- */

static void fill_config(const struct lt_relay_config *from, struct lt_uplink_config *config)
{
    const struct lt_hub_site *site = &from->site;
    lt_uplink_child_config(&config->child);
    config->child.unit = site->unit;
    config->child.role = LIENTHONG__ROLE__ROLE_HUB;
    config->child.instance = site->incarnation;
    lt_random(&config->child.seed, sizeof(config->child.seed));
    lt_ledger_sync_store_up(from->ledger, &config->store);
    config->endpoint_count = site->endpoint_count;
    memcpy(config->endpoints, site->endpoints, sizeof(config->endpoints));
    memcpy(config->parent_curve, site->parent_curve, 32);
    memcpy(config->curve_public, from->keys->curve_public, 32);
    memcpy(config->curve_secret, from->keys->curve_secret, 32);
}

enum lt_result lt_relay_new(const struct lt_relay_config *config, struct lt_relay **ret_relay)
{
    struct lt_uplink_config uplink = {.endpoint_count = 0};
    struct lt_relay *relay = calloc(1, sizeof(*relay));
    if (relay == NULL) {
        return LT_NO_MEMORY;
    }
    relay->config = *config;
    pthread_mutex_init(&relay->lock, NULL);
    relay->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    fill_config(config, &uplink);
    relay->fetch = lt_release_fetch_new(uplink.child.seed);
    const struct lt_uplink_owner owner = {
        .context = relay,
        .store = on_store,
        .load = on_load,
        .sign = on_sign,
        .receipt = on_receipt,
        .ready = on_ready,
        .refused = on_refused,
        .report = on_report,
        .changed = on_changed,
        .moved = on_moved,
        .piece = relay_take_piece,
        .failed = on_failed,
    };
    enum lt_result result = relay->wake_fd < 0     ? LT_IO
                            : relay->fetch == NULL ? LT_NO_MEMORY
                                                   : lt_uplink_new(&uplink, &owner, &relay->uplink);
    explicit_bzero(&uplink, sizeof(uplink));
    if (result != LT_OK) {
        lt_relay_free(relay);
        return result;
    }
    *ret_relay = relay;
    return LT_OK;
}

enum lt_result lt_relay_start(struct lt_relay *relay)
{
    relay->thread_started = pthread_create(&relay->thread, NULL, run, relay) == 0;
    return relay->thread_started ? LT_OK : LT_IO;
}

void lt_relay_free(struct lt_relay *relay)
{
    if (relay == NULL) {
        return;
    }
    atomic_store(&relay->stopping, true);
    if (relay->thread_started) {
        relay_wake(relay);
        pthread_join(relay->thread, NULL);
    }
    lt_uplink_free(relay->uplink);
    lt_release_fetch_free(relay->fetch);
    if (relay->wake_fd >= 0) {
        close(relay->wake_fd);
    }
    pthread_mutex_destroy(&relay->lock);
    explicit_bzero(relay->curve_secret, sizeof(relay->curve_secret));
    for (size_t i = 0; i < relay->parked_count; i++) {
        free(relay->parked[i].bytes);
    }
    free(relay->told);
    free(relay);
}

void lt_relay_view(struct lt_relay *relay, struct lt_relay_view *ret_view)
{
    pthread_mutex_lock(&relay->lock);
    *ret_view = relay->view;
    pthread_mutex_unlock(&relay->lock);
}
