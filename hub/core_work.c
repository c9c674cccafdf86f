#include "hub/core_own.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/clock.h"
#include "hub/control.h"
#include "hub/direct.h"
#include "hub/take.h"

enum { TICK_MS = 1000, TEND_EVERY_MS = 3600 * 1000, RECOVERED_AFTER_MS = 600 * 1000 };

/* ---- Directives of our own ---- */

static void wait_for(void *context, const struct lt_waiter *waiters, size_t count)
{
    struct lt_hub *hub = context;
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < count; i++) {
        while (!waiters[i].done) {
            pthread_cond_wait(&hub->authored, &hub->lock);
        }
    }
    pthread_mutex_unlock(&hub->lock);
}

enum lt_result lt_hub_author(struct lt_hub *hub, Lienthong__DirectiveBody *body,
                             char ret_reason[300])
{
    uint8_t *bytes;
    size_t size;
    struct lt_waiter author = {.done = false};
    enum lt_result result = lt_direct_check(hub->ledger, body, NULL, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    result = lt_direct_seal(hub->ledger, &hub->keys, body, lt_clock_wall(), &bytes, &size);
    if (result == LT_OK) {
        struct lt_job *job = lt_job_new(hub->pipeline, LT_FROM_SELF, false, bytes, size);
        result = job != NULL ? LT_OK : LT_NO_MEMORY;
        if (job != NULL) {
            job->owner = &author;
            result = lt_pipeline_feed(hub->pipeline, &job, 1) ? LT_OK : LT_BUSY;
        }
    }
    if (result == LT_OK) {
        wait_for(hub, &author, 1);
        result = author.result == LT_EXISTS ? LT_OK : author.result;
    }
    if (result != LT_OK) {
        snprintf(ret_reason, 300, "the directive could not be stored: %s",
                 lt_direct_failed(result));
    }
    return result;
}

/* ---- What comes out of the pipeline (the writer's thread) ---- */

static void note_parent(struct lt_hub *hub, const struct lt_job *job)
{
    if (job->arrival.result == LT_OK && lt_unit_cmp(&job->statement.hub, &hub->site.parent) == 0 &&
        (!hub->parent_has_said || job->statement.number >= hub->parent_said.number ||
         memcmp(&job->statement.incarnation, &hub->parent_said.incarnation,
                sizeof(job->statement.incarnation)) != 0)) {
        hub->parent_said = job->statement;
        hub->parent_has_said = true;
    }
}

static void tell_relay(struct lt_hub *hub, struct lt_relay *relay, const struct lt_job *job)
{
    bool stored = job->arrival.result == LT_OK || job->arrival.result == LT_EXISTS;
    bool fetched = job->source == LT_FROM_PARENT;
    if (fetched && !job->is_receipt && job->opened && job->arrival.result == LT_KEY_UNKNOWN &&
        job->arrival.update.frame.chain.stream == LT_STREAM_DIRECTIVE) {
        lt_relay_park(relay, job);
        return;
    }
    if (fetched && job->is_receipt && job->arrival.result == LT_KEY_UNKNOWN) {
        lt_relay_missed(relay);
    }
    if (!job->is_receipt && job->opened && (stored || fetched)) {
        lt_relay_told(relay, &job->arrival.update.frame.chain, stored);
    }
    /* Before all directives are here, keys are unknown as a matter of course: asked for again. */
    bool passing = job->arrival.result == LT_KEY_UNKNOWN && !atomic_load(&hub->ready);
    if (!stored && fetched && !passing) {
        lt_hub_log("a%s from the parent was not stored: %s",
                   job->is_receipt ? " receipt" : "n update", lt_result_text(job->arrival.result));
    }
}

void lt_hub_wake(struct lt_hub *hub)
{
    uint64_t one = 1;
    ssize_t written = write(hub->wake_fd, &one, sizeof(one));
    (void)written;
}

/* A directive is among them: whoever it concerns is looked up anew from now on. */
static bool any_directs(struct lt_job *const *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct lt_arrival *arrival = &jobs[i]->arrival;
        if (!jobs[i]->is_receipt && (arrival->result == LT_OK || arrival->result == LT_EXISTS) &&
            arrival->update.frame.chain.stream == LT_STREAM_DIRECTIVE) {
            return true;
        }
    }
    return false;
}

void lt_hub_jobs_done(void *context, struct lt_job **jobs, size_t count)
{
    struct lt_hub *hub = context;
    bool wakes = false, directs = any_directs(jobs, count);
    const lt_ms now = lt_clock_monotonic();
    if (directs) { /* before anybody is told that it stands */
        atomic_store(&hub->book_changed, true);
        lt_gate_keys_changed(hub->gate);
    }
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < count; i++) {
        struct lt_job *job = jobs[i];
        if (job->owner != NULL) {
            lt_waiter_answer(job->owner, job);
            wakes = true;
        }
        if (job->is_receipt) {
            note_parent(hub, job);
            continue;
        }
        if (job->source == LT_FROM_CHILD && job->arrival.result == LT_OK) {
            hub->stored_at = now;
        }
    }
    if (wakes) {
        pthread_cond_broadcast(&hub->authored);
    }
    pthread_mutex_unlock(&hub->lock);
    if (directs) {
        lt_hub_wake(hub);
    }
    struct lt_relay *relay = atomic_load(&hub->relay);
    for (size_t i = 0; i < count && relay != NULL; i++) {
        tell_relay(hub, relay, jobs[i]);
    }
    lt_gate_done(hub->gate, jobs, count);
}

/* ---- The control thread ---- */

bool lt_hub_take_ask(void *context, const struct lt_join_ask *ask)
{
    struct lt_hub *hub = context;
    pthread_mutex_lock(&hub->lock);
    bool taken = hub->ask_count < ASKS_MAX;
    if (taken) {
        hub->asks[(hub->ask_first + hub->ask_count++) % ASKS_MAX] = *ask;
    }
    pthread_mutex_unlock(&hub->lock);
    lt_hub_wake(hub);
    return taken;
}

static bool next_ask(struct lt_hub *hub, struct lt_join_ask *ret_ask)
{
    pthread_mutex_lock(&hub->lock);
    bool found = hub->ask_count > 0;
    if (found) {
        *ret_ask = hub->asks[hub->ask_first];
        explicit_bzero(&hub->asks[hub->ask_first], sizeof(hub->asks[0]));
        hub->ask_first = (hub->ask_first + 1) % ASKS_MAX;
        hub->ask_count--;
    }
    pthread_mutex_unlock(&hub->lock);
    return found;
}

static enum lt_result direct(struct lt_hub *hub, struct lt_bytes payload, char reason[300])
{
    struct lt_arena *arena = lt_arena_new(4 * LT_UNPACK_BYTES_MAX);
    if (arena == NULL) {
        snprintf(reason, 300, "out of memory");
        return LT_NO_MEMORY;
    }
    Lienthong__DirectiveBody *body =
        lienthong__directive_body__unpack(lt_arena_allocator(arena), payload.size, payload.data);
    enum lt_result result;
    if (atomic_load(&hub->recovering) != 0) {
        snprintf(reason, 300,
                 "this hub was restored from a backup and directs nothing before its "
                 "children have offered again what it lost; see status");
        result = LT_REFUSED;
    } else if (body == NULL) {
        snprintf(reason, 300, "the directive is malformed");
        result = LT_MALFORMED;
    } else {
        result = lt_hub_author(hub, body, reason);
    }
    lt_arena_free(arena);
    return result;
}

/* A slice of a bundle, or the receipts for one. */
static void carry(struct lt_hub *hub, int fd, enum lt_verb verb, struct lt_bytes request)
{
    uint8_t *answer = NULL;
    size_t size = 0;
    enum lt_result result =
        verb == LT_VERB_TAKE
            ? lt_take_slice(hub->ledger, hub->pipeline, wait_for, hub, request, &answer, &size)
            : lt_take_receipts(hub->ledger, &hub->keys, request, &answer, &size);
    lt_control_answer(fd, result, (const char *)answer, size);
    free(answer);
}

/* Frees the text; NULL: out of memory. */
static void tell(int fd, char *text)
{
    lt_control_answer(fd, text != NULL ? LT_OK : LT_NO_MEMORY, text != NULL ? text : "",
                      text != NULL ? strlen(text) : 0);
    free(text);
}

static void invitation(struct lt_hub *hub, int fd, struct lt_bytes request)
{
    char *answer = NULL;
    const enum lt_result result = lt_hub_invitation(hub, request, &answer);
    const size_t size = answer != NULL ? strlen(answer) : 0;
    lt_control_answer(fd, answer != NULL ? result : LT_NO_MEMORY, answer != NULL ? answer : "",
                      size);
    if (answer != NULL) {
        explicit_bzero(answer, size); /* it may be a code */
    }
    free(answer);
}

static void serve_command(struct lt_hub *hub)
{
    int fd;
    enum lt_verb verb;
    uint8_t *payload;
    size_t size;
    char reason[300] = "";
    if (lt_control_accept(hub->control_fd, &fd, &verb, &payload, &size) != LT_OK) {
        return;
    }
    if (verb == LT_VERB_STATUS || verb == LT_VERB_RETIRE) {
        tell(fd, verb == LT_VERB_STATUS ? lt_hub_status(hub) : lt_hub_retirement(hub));
    } else if (verb == LT_VERB_ROTATE) {
        enum lt_result result = size == 0 ? lt_hub_change_keys(hub, reason) : LT_OK;
        if (result == LT_OK) {
            tell(fd, lt_hub_key_status(hub));
        } else {
            lt_control_answer(fd, result, reason, strlen(reason));
        }
    } else if (verb == LT_VERB_DIRECT) {
        enum lt_result result = direct(hub, (struct lt_bytes){payload, size}, reason);
        lt_control_answer(fd, result, reason, strlen(reason));
    } else if (verb == LT_VERB_JUDGED) {
        struct lt_ledger_counts counts;
        lt_ledger_counts(hub->ledger, false, &counts);
        lt_control_answer(fd, counts.rebuilding ? LT_BUSY : LT_OK, "", 0);
    } else if (verb == LT_VERB_TAKE || verb == LT_VERB_RECEIPTS) {
        carry(hub, fd, verb, (struct lt_bytes){payload, size});
    } else if (verb == LT_VERB_RELOAD) {
        enum lt_result result = lt_hub_reload(hub, reason);
        lt_control_answer(fd, result, reason, strlen(reason));
    } else if (verb == LT_VERB_INVITATION) {
        invitation(hub, fd, (struct lt_bytes){payload, size});
    } else {
        lt_control_answer(fd, LT_USAGE, "", 0);
    }
    free(payload);
}

/* The book's digests of late: the parent's last receipt may speak of any of them. */
static void note_digest(struct lt_hub *hub)
{
    struct lt_hash digest;
    if (!atomic_exchange(&hub->book_changed, false)) {
        return;
    }
    lt_hub_follow(hub);
    lt_hub_countersign(hub);
    lt_hub_hand_keys(hub);
    hub->newcomers_due = true;
    hub->releases_at = 0;
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    lt_book_digest(lt_ledger_book(hub->ledger), &digest);
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    pthread_mutex_lock(&hub->lock);
    if (hub->digest_count == DIGESTS_KEPT) {
        memmove(&hub->digests[0], &hub->digests[1], (DIGESTS_KEPT - 1) * sizeof(digest));
        hub->digest_count--;
    }
    hub->digests[hub->digest_count++] = digest;
    pthread_mutex_unlock(&hub->lock);
}

/* Children are here, and for ten minutes none had anything that was new to us. By no clock that can be set. */
static void note_recovered(struct lt_hub *hub)
{
    if (atomic_load(&hub->recovering) == 0) {
        return;
    }
    pthread_mutex_lock(&hub->lock);
    bool quiet = lt_clock_monotonic() - hub->stored_at >= RECOVERED_AFTER_MS;
    pthread_mutex_unlock(&hub->lock);
    struct lt_gate_counts counts;
    lt_gate_counts(hub->gate, &counts);
    if (quiet && counts.peers > 0 && lt_roster_set_recovering(hub->roster, 0) == LT_OK) {
        atomic_store(&hub->recovering, 0);
        atomic_store(&hub->book_changed, true); /* keys may have waited for our word */
        lt_hub_log("recovered: the children have offered again what they hold");
    }
}

void *lt_hub_control(void *argument)
{
    struct lt_hub *hub = argument;
    lt_ms tended_at = lt_clock_monotonic();
    lt_hub_look_for_keys(hub);
    while (!atomic_load(&hub->stopping)) {
        struct pollfd fds[] = {{.fd = hub->control_fd, .events = POLLIN},
                               {.fd = hub->wake_fd, .events = POLLIN}};
        struct lt_join_ask ask;
        poll(fds, 2, TICK_MS);
        if (fds[1].revents != 0) {
            uint64_t count;
            ssize_t size = read(hub->wake_fd, &count, sizeof(count));
            (void)size;
        }
        lt_hub_countersign_again(hub);
        note_digest(hub); /* before anybody builds on what keys there are */
        while (!atomic_load(&hub->stopping) && next_ask(hub, &ask)) {
            lt_hub_admit(hub, &ask);
            explicit_bzero(&ask, sizeof(ask));
        }
        if (fds[0].revents != 0) {
            serve_command(hub);
        }
        note_recovered(hub);
        lt_hub_note_arrivals(hub);
        lt_hub_say_doubts(hub);
        lt_hub_tend_copies(hub);
        lt_hub_tend_newcomers(hub);
        lt_hub_tend_lives(hub);
        lt_hub_tend_releases(hub);
        lt_hub_tend_keys(hub);
        if (lt_clock_monotonic() - tended_at >= TEND_EVERY_MS) {
            lt_env_tend(lt_ledger_env(hub->ledger));
            tended_at = lt_clock_monotonic();
        }
    }
    return NULL;
}
