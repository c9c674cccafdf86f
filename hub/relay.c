#include "hub/relay.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/clock.h"

enum {
    PARKED_MAX = 64, /* 16 MiB at most; what does not fit waits for the next session */
    PARKED_MS = 20000,
};

struct told {
    struct lt_chain chain;
    bool stored;
};

struct parked {
    struct lt_chain chain;
    uint8_t *bytes;
    size_t size;
    uint64_t fed; /* value of `directives` when it was fed last */
    lt_ms until;
};

struct lt_relay {
    struct lt_relay_config config;
    struct lt_uplink *uplink;
    pthread_t thread;
    bool thread_started;
    int wake_fd;
    uint64_t settled_session; /* the last one that was told as settled */
    atomic_bool stopping, missed; /* missed: a receipt came by a key that nothing had granted */
    uint64_t
        fetched_at; /* directives, when the receipts were last asked for again; the thread's own */
    pthread_mutex_t lock;
    /* under the lock */
    struct told *told; /* sorted by chain: one entry each, what was said last */
    size_t told_count, told_capacity;
    struct parked parked[PARKED_MAX];
    size_t parked_count;
    struct lt_way_up follow; /* to be told to the uplink; no endpoints: none */
    bool follow_due, greet_due, report_due;
    uint64_t directives; /* rises with each directive that is stored */
    struct lt_relay_view view;
    /* the thread's own: of the Report in the making */
    struct lt_life lives[LT_LIVES_MAX];
    struct lt_wire_life wires[LT_LIVES_MAX];
    Lienthong__Life *live_wires[LT_LIVES_MAX];
};

static void say(struct lt_relay *relay, const char *line)
{
    if (relay->config.log != NULL) {
        relay->config.log(relay->config.context, line);
    }
}

/* ---- What the uplink asks ---- */

static enum lt_result feed(struct lt_relay *relay, struct lt_bytes bytes, bool is_receipt)
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
    enum lt_result result = feed(context, update, false);
    return result == LT_OK ? LT_NOT_READY : result;
}

static void on_receipt(void *context, struct lt_bytes receipt)
{
    if (feed(context, receipt, true) == LT_NO_MEMORY) { /* busy: we are stopping */
        say(context, "a receipt from above could not be kept: out of memory");
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
        say(relay, line);
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
    say(relay, line);
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
    }
    pthread_mutex_unlock(&relay->lock);
    if (state->welcomed && !was_welcomed) {
        lt_lives_again(relay->config.lives);
    }
    if (state->welcomed != was_welcomed) {
        say(relay, state->welcomed ? "connected to the parent" : "the parent is away");
    } else if (settled) { /* once a session */
        say(relay, "settled with the parent");
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
    pthread_mutex_unlock(&relay->lock);
    if (new) {
        say(relay, trouble);
    }
}

static enum lt_result on_moved(void *context, const struct lt_way_up *way)
{
    struct lt_relay *relay = context;
    return relay->config.moved != NULL ? relay->config.moved(relay->config.context, way) : LT_OK;
}

/* ---- News from the pipeline ---- */

static void wake(struct lt_relay *relay)
{
    uint64_t one = 1;
    ssize_t written = write(relay->wake_fd, &one, sizeof(one));
    (void)written;
}

void lt_relay_told(struct lt_relay *relay, const struct lt_chain *chain, bool stored)
{
    pthread_mutex_lock(&relay->lock);
    relay->directives += stored && chain->stream == LT_STREAM_DIRECTIVE;
    size_t low = 0, high = relay->told_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lt_chain_cmp(&relay->told[middle].chain, chain) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool there = low < relay->told_count && lt_chain_cmp(&relay->told[low].chain, chain) == 0;
    if (!there && relay->told_count == relay->told_capacity) {
        size_t capacity = relay->told_capacity == 0 ? 64 : relay->told_capacity * 2;
        struct told *told = realloc(relay->told, capacity * sizeof(*told));
        if (told == NULL) { /* the next session finds out by itself */
            pthread_mutex_unlock(&relay->lock);
            return;
        }
        relay->told = told;
        relay->told_capacity = capacity;
    }
    if (!there) {
        memmove(&relay->told[low + 1], &relay->told[low],
                (relay->told_count - low) * sizeof(*relay->told));
        relay->told_count++;
    }
    bool first = relay->told_count == 1 && !there;
    relay->told[low] = (struct told){*chain, stored};
    pthread_mutex_unlock(&relay->lock);
    if (first) {
        wake(relay);
    }
}

void lt_relay_missed(struct lt_relay *relay)
{
    atomic_store(&relay->missed, true);
    wake(relay);
}

/* The key's grant may have come since, and all the newest receipts are sent to who connects. */
static void fetch_missed(struct lt_relay *relay)
{
    struct lt_child_state state;
    lt_uplink_state(relay->uplink, &state);
    pthread_mutex_lock(&relay->lock);
    const uint64_t directives = relay->directives;
    pthread_mutex_unlock(&relay->lock);
    if (state.settled && directives != relay->fetched_at &&
        atomic_exchange(&relay->missed, false)) {
        relay->fetched_at = directives;
        say(relay, "connecting anew: receipts came before the grant of their key");
        lt_uplink_reconnect(relay->uplink);
    }
}

void lt_relay_follow(struct lt_relay *relay, const struct lt_way_up *way)
{
    pthread_mutex_lock(&relay->lock);
    relay->follow = way != NULL ? *way : (struct lt_way_up){.endpoint_count = 0};
    relay->follow_due = true;
    pthread_mutex_unlock(&relay->lock);
    wake(relay);
}

void lt_relay_report(struct lt_relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    relay->report_due = true;
    pthread_mutex_unlock(&relay->lock);
    wake(relay);
}

void lt_relay_greet(struct lt_relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    relay->greet_due = true;
    pthread_mutex_unlock(&relay->lock);
    wake(relay);
}

void lt_relay_park(struct lt_relay *relay, const struct lt_job *job)
{
    const struct lt_chain *chain = &job->arrival.update.frame.chain;
    uint8_t *copy = malloc(job->size);
    pthread_mutex_lock(&relay->lock);
    bool room = copy != NULL && relay->parked_count < PARKED_MAX;
    if (room) {
        memcpy(copy, job->bytes, job->size);
        relay->parked[relay->parked_count++] = (struct parked){
            *chain, copy, job->size, job->session, lt_clock_monotonic() + PARKED_MS};
    }
    pthread_mutex_unlock(&relay->lock);
    if (room) {
        wake(relay);
    } else {
        free(copy);
        lt_relay_told(relay, chain, false);
    }
}

/* What waited long enough is refused; what another directive may have helped is fed again. */
static void look_at_parked(struct lt_relay *relay)
{
    struct parked due[PARKED_MAX];
    size_t count = 0, kept = 0;
    lt_ms now = lt_clock_monotonic();
    pthread_mutex_lock(&relay->lock);
    uint64_t directives = relay->directives;
    for (size_t i = 0; i < relay->parked_count; i++) {
        struct parked *parked = &relay->parked[i];
        if (parked->fed != directives || now >= parked->until) {
            due[count++] = *parked;
        } else {
            relay->parked[kept++] = *parked;
        }
    }
    relay->parked_count = kept;
    pthread_mutex_unlock(&relay->lock);
    for (size_t i = 0; i < count; i++) {
        if (due[i].fed == directives ||
            feed(relay, (struct lt_bytes){due[i].bytes, due[i].size}, false) != LT_OK) {
            lt_uplink_rejected(relay->uplink, &due[i].chain);
        }
        free(due[i].bytes);
    }
}

static void pass_on(struct lt_relay *relay)
{
    uint64_t count;
    ssize_t size = read(relay->wake_fd, &count, sizeof(count));
    (void)size;
    pthread_mutex_lock(&relay->lock);
    struct told *told = relay->told;
    size_t told_count = relay->told_count;
    relay->told = NULL;
    relay->told_count = relay->told_capacity = 0;
    struct lt_way_up follow = relay->follow;
    bool follow_due = relay->follow_due;
    bool greet_due = relay->greet_due;
    bool report_due = relay->report_due;
    relay->follow_due = relay->greet_due = relay->report_due = false;
    pthread_mutex_unlock(&relay->lock);
    if (follow_due) {
        lt_uplink_follow(relay->uplink, follow.endpoint_count > 0 ? &follow : NULL);
    }
    if (greet_due) {
        lt_uplink_greet(relay->uplink);
    }
    if (report_due) {
        lt_uplink_report(relay->uplink);
    }
    for (size_t i = 0; i < told_count; i++) {
        if (told[i].stored) {
            lt_uplink_stored(relay->uplink, &told[i].chain);
        } else {
            lt_uplink_rejected(relay->uplink, &told[i].chain);
        }
    }
    free(told);
    look_at_parked(relay);
}

static void *run(void *argument)
{
    struct lt_relay *relay = argument;
    struct lt_uplink_fd fd = {.fd = relay->wake_fd};
    while (!atomic_load(&relay->stopping)) {
        pthread_mutex_lock(&relay->lock);
        bool parked = relay->parked_count > 0;
        pthread_mutex_unlock(&relay->lock);
        if (lt_uplink_run_once(relay->uplink, &fd, 1, parked ? PARKED_MS / 4 : -1) != LT_OK) {
            say(relay, "the way up cannot wait for its sockets; it is given up until a restart");
            break;
        }
        if (fd.readable || parked) {
            pass_on(relay);
        }
        fetch_missed(relay);
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
        .failed = on_failed,
    };
    fill_config(config, &uplink);
    enum lt_result result =
        relay->wake_fd < 0 ? LT_IO : lt_uplink_new(&uplink, &owner, &relay->uplink);
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
        wake(relay);
        pthread_join(relay->thread, NULL);
    }
    lt_uplink_free(relay->uplink);
    if (relay->wake_fd >= 0) {
        close(relay->wake_fd);
    }
    pthread_mutex_destroy(&relay->lock);
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
