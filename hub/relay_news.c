/* News from the pipeline and from the control thread, for the relay's own. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/clock.h"
#include "hub/relay_own.h"

void relay_wake(struct lt_relay *relay)
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
        relay_wake(relay);
    }
}

void lt_relay_missed(struct lt_relay *relay)
{
    atomic_store(&relay->missed, true);
    relay_wake(relay);
}

/* The key's grant may have come since, and all the newest receipts are sent to who connects. */
void relay_fetch_missed(struct lt_relay *relay)
{
    struct lt_child_state state;
    lt_uplink_state(relay->uplink, &state);
    pthread_mutex_lock(&relay->lock);
    const uint64_t directives = relay->directives;
    pthread_mutex_unlock(&relay->lock);
    if (state.settled && directives != relay->fetched_at &&
        atomic_exchange(&relay->missed, false)) {
        relay->fetched_at = directives;
        relay_say(relay, "connecting anew: receipts came before the grant of their key");
        lt_uplink_reconnect(relay->uplink);
    }
}

void lt_relay_follow(struct lt_relay *relay, const struct lt_way_up *way)
{
    pthread_mutex_lock(&relay->lock);
    relay->follow = way != NULL ? *way : (struct lt_way_up){.endpoint_count = 0};
    relay->follow_due = true;
    pthread_mutex_unlock(&relay->lock);
    relay_wake(relay);
}

void lt_relay_rekey(struct lt_relay *relay, const struct lt_keys *keys)
{
    pthread_mutex_lock(&relay->lock);
    memcpy(relay->curve_public, keys->curve_public, sizeof(relay->curve_public));
    memcpy(relay->curve_secret, keys->curve_secret, sizeof(relay->curve_secret));
    relay->rekey_due = true;
    pthread_mutex_unlock(&relay->lock);
    relay_wake(relay);
}

/* The secret is kept no longer than until it is passed on. */
static void pass_keys(struct lt_relay *relay)
{
    uint8_t curve_public[32], curve_secret[32];
    pthread_mutex_lock(&relay->lock);
    bool due = relay->rekey_due;
    relay->rekey_due = false;
    relay->view.unwanted = relay->view.unwanted && !due; /* that was the former key */
    memcpy(curve_public, relay->curve_public, sizeof(curve_public));
    memcpy(curve_secret, relay->curve_secret, sizeof(curve_secret));
    explicit_bzero(relay->curve_secret, sizeof(relay->curve_secret));
    pthread_mutex_unlock(&relay->lock);
    if (due) {
        lt_uplink_rekey(relay->uplink, curve_public, curve_secret);
    }
    explicit_bzero(curve_secret, sizeof(curve_secret));
}

void lt_relay_report(struct lt_relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    relay->report_due = true;
    pthread_mutex_unlock(&relay->lock);
    relay_wake(relay);
}

void lt_relay_greet(struct lt_relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    relay->greet_due = true;
    pthread_mutex_unlock(&relay->lock);
    relay_wake(relay);
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
        relay_wake(relay);
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
            relay_feed(relay, (struct lt_bytes){due[i].bytes, due[i].size}, false) != LT_OK) {
            lt_uplink_rejected(relay->uplink, &due[i].chain);
        }
        free(due[i].bytes);
    }
}

void relay_pass_on(struct lt_relay *relay)
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
    pass_keys(relay);
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
