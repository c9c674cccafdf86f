#include "hub/pipeline.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/clock.h"

enum {
    WORKERS_MAX = 64,
    ARENAS_KEPT_MAX = 512,
    HOLD_MS = 200, /* a command says its next word in some milliseconds */
};

enum slot_state { SLOT_EMPTY, SLOT_WAITING, SLOT_IN_WORK, SLOT_READY };

struct slot {
    enum slot_state state;
    struct lt_job *job;
};

/* A ring: [head, next) is in work or ready, [next, tail) waits for a worker. */
struct lt_pipeline {
    struct lt_pipeline_config config;
    pthread_mutex_t lock;
    pthread_cond_t work, ready, room;
    struct slot *ring;
    size_t mask;
    uint64_t head, next, tail;
    size_t bytes;
    bool stopping;
    unsigned idle_workers;
    struct lt_arena *arenas[ARENAS_KEPT_MAX];
    size_t arena_count;
    struct lt_pipeline_counts counts;
    unsigned worker_count;
    pthread_t workers[WORKERS_MAX];
    pthread_t writer;
    bool writer_started;
    bool held; /* the writer's: judging by this hub's own words waits for more of them */
    struct lt_job **group;
    struct lt_arrival **arrivals;
    struct lt_bytes *receipts;
};

struct lt_job *lt_job_new(struct lt_pipeline *pipeline, enum lt_source source, bool is_receipt,
                          uint8_t *bytes, size_t size)
{
    struct lt_job *job = malloc(sizeof(*job));
    if (job == NULL) {
        free(bytes);
        return NULL;
    }
    job->source = source;
    job->is_receipt = is_receipt;
    job->session = job->receipt_number = job->peer = 0;
    job->bytes = bytes;
    job->size = size;
    job->durable_failed = job->opened = job->sound = false;
    job->pipeline = pipeline;
    job->owner = job->arena = NULL;
    job->arrival.bytes = (struct lt_bytes){bytes, size};
    job->arrival.report = NULL;
    job->arrival.directive = NULL;
    job->arrival.result = LT_MALFORMED;
    job->arrival.position = job->arrival.missing.count = 0;
    return job;
}

static struct lt_arena *arena_take(struct lt_pipeline *pipeline)
{
    struct lt_arena *arena = NULL;
    pthread_mutex_lock(&pipeline->lock);
    if (pipeline->arena_count > 0) {
        arena = pipeline->arenas[--pipeline->arena_count];
    }
    pthread_mutex_unlock(&pipeline->lock);
    return arena != NULL ? arena : lt_arena_new(LT_UNPACK_BYTES_MAX);
}

static void arena_give(struct lt_pipeline *pipeline, struct lt_arena *arena)
{
    lt_arena_reset(arena);
    pthread_mutex_lock(&pipeline->lock);
    if (pipeline->arena_count < ARENAS_KEPT_MAX) {
        pipeline->arenas[pipeline->arena_count++] = arena;
        arena = NULL;
    }
    pthread_mutex_unlock(&pipeline->lock);
    if (arena != NULL) {
        lt_arena_free(arena);
    }
}

void lt_job_free(struct lt_job *job)
{
    if (job == NULL) {
        return;
    }
    if (job->arena != NULL) {
        arena_give(job->pipeline, job->arena);
    }
    free(job->bytes);
    free(job);
}

/* A body of a newer version is stored and relayed unread. */
static enum lt_result read_body(struct lt_job *job)
{
    struct lt_arrival *arrival = &job->arrival;
    job->arena = arena_take(job->pipeline);
    if (job->arena == NULL) {
        return LT_NO_MEMORY;
    }
    enum lt_result result =
        arrival->update.frame.chain.stream == LT_STREAM_REPORT
            ? lt_report_read(&arrival->update, job->arena, &arrival->report)
            : lt_directive_read(&arrival->update, job->arena, &arrival->directive);
    return result == LT_VERSION ? LT_OK : result;
}

static enum lt_result check_update(struct lt_job *job)
{
    enum lt_result result = lt_update_open(job->arrival.bytes, &job->arrival.update);
    if (result != LT_OK) {
        return result;
    }
    job->opened = true;
    result = lt_update_verify(&job->arrival.update);
    return result == LT_OK ? read_body(job) : result;
}

/* Is the key that hub's? The book knows, once it has the directives that came before the receipt. */
static enum lt_result check_key(const struct lt_job *job)
{
    struct lt_ledger *ledger = job->pipeline->config.ledger;
    const struct lt_chain chain = {LT_STREAM_DIRECTIVE, job->statement.hub};
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    enum lt_result result = lt_book_key(lt_ledger_book(ledger), &chain, &job->statement.key);
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    return result;
}

static bool has_work(const struct lt_pipeline *pipeline)
{
    return pipeline->next != pipeline->tail &&
           pipeline->next - pipeline->head < pipeline->config.group_jobs_max;
}

static void *work(void *argument)
{
    struct lt_pipeline *pipeline = argument;
    pthread_mutex_lock(&pipeline->lock);
    for (;;) {
        while (!has_work(pipeline) && !(pipeline->stopping && pipeline->next == pipeline->tail)) {
            pipeline->idle_workers++;
            pthread_cond_wait(&pipeline->work, &pipeline->lock);
            pipeline->idle_workers--;
        }
        if (!has_work(pipeline)) {
            break;
        }
        uint64_t at = pipeline->next++;
        struct slot *slot = &pipeline->ring[at & pipeline->mask];
        slot->state = SLOT_IN_WORK;
        pthread_mutex_unlock(&pipeline->lock);
        struct lt_job *job = slot->job;
        job->arrival.result = job->is_receipt ? lt_receipt_open(job->arrival.bytes, &job->statement)
                                              : check_update(job);
        pthread_mutex_lock(&pipeline->lock);
        slot->state = SLOT_READY;
        if (at == pipeline->head) {
            pthread_cond_signal(&pipeline->ready);
        }
    }
    pthread_mutex_unlock(&pipeline->lock);
    return NULL;
}

static void judge_held(struct lt_pipeline *pipeline)
{
    pipeline->held = false;
    pthread_mutex_unlock(&pipeline->lock);
    const enum lt_result result = lt_ledger_hold(pipeline->config.ledger, false);
    pthread_mutex_lock(&pipeline->lock);
    pipeline->counts.failed_groups +=
        result != LT_OK; /* it stays due: the next commit tries again */
}

/* Waits until something may have become ready. When judging is held, and no other word follows in a moment,
 * it is done first. */
static void await_ready(struct lt_pipeline *pipeline)
{
    struct timespec until;
    if (!pipeline->held) {
        pthread_cond_wait(&pipeline->ready, &pipeline->lock);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += HOLD_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    if (pthread_cond_timedwait(&pipeline->ready, &pipeline->lock, &until) == ETIMEDOUT) {
        judge_held(pipeline);
    }
}

/* What is ready at the head, in order, up to the bounds of a group. Waits; 0: stopped and empty. */
static size_t take_group(struct lt_pipeline *pipeline)
{
    size_t count = 0, bytes = 0;
    pthread_mutex_lock(&pipeline->lock);
    while (pipeline->ring[pipeline->head & pipeline->mask].state != SLOT_READY) {
        if (pipeline->stopping && pipeline->head == pipeline->tail) {
            pthread_mutex_unlock(&pipeline->lock);
            return 0;
        }
        await_ready(pipeline);
    }
    while (count < pipeline->config.group_jobs_max && bytes < pipeline->config.group_bytes_max) {
        struct slot *slot = &pipeline->ring[pipeline->head & pipeline->mask];
        if (slot->state != SLOT_READY) {
            break;
        }
        slot->state = SLOT_EMPTY;
        pipeline->group[count++] = slot->job;
        bytes += slot->job->size;
        pipeline->head++;
    }
    if (pipeline->idle_workers > 0 && has_work(pipeline)) {
        pthread_cond_broadcast(&pipeline->work);
    }
    pthread_mutex_unlock(&pipeline->lock);
    return count;
}

/* Said by a command that waits for the answer. */
static bool awaited(const struct lt_job *job)
{
    return job->source == LT_FROM_SELF ||
           (job->source == LT_FROM_BUNDLE && (job->is_receipt || job->arrival.directive != NULL));
}

/* Such directives alone, often several in a row, are answered when durable, and judged by once, when none follows. */
static void hold_own_words(struct lt_pipeline *pipeline, size_t group)
{
    bool own = true;
    for (size_t i = 0; i < group && own; i++)
        own = awaited(pipeline->group[i]);
    if (own) {
        (void)lt_ledger_hold(pipeline->config.ledger, true); /* holding never fails */
    } else if (pipeline->held) {
        (void)lt_ledger_hold(pipeline->config.ledger, false); /* the commit says what is wrong */
    }
    pipeline->held = own;
}

/* Answers of the updates among the group's sound jobs; a group that failed stored nothing. */
static void commit_updates(struct lt_pipeline *pipeline, size_t group, size_t updates)
{
    struct lt_ledger *ledger = pipeline->config.ledger;
    hold_own_words(pipeline, group);
    uint64_t number = lt_ledger_receipt_numbers(ledger, updates);
    enum lt_result result = lt_ledger_commit(ledger, pipeline->arrivals, updates);
    for (size_t i = 0; i < group; i++) {
        struct lt_job *job = pipeline->group[i];
        if (!job->sound || job->is_receipt) {
            continue;
        }
        job->receipt_number = number;
        number += number != 0; /* 0: none could be reserved, nobody gets a receipt now */
        if (result != LT_OK) {
            job->arrival.result = result;
            job->durable_failed = true;
        }
    }
    pthread_mutex_lock(&pipeline->lock);
    pipeline->counts.failed_groups += result != LT_OK;
    pthread_mutex_unlock(&pipeline->lock);
}

static void keep_receipts(struct lt_pipeline *pipeline, size_t group)
{
    size_t receipts = 0;
    for (size_t i = 0; i < group; i++) {
        struct lt_job *job = pipeline->group[i];
        if (job->sound && job->is_receipt && (job->arrival.result = check_key(job)) == LT_OK) {
            pipeline->receipts[receipts++] = job->arrival.bytes;
        }
    }
    enum lt_result result =
        lt_ledger_keep_receipts(pipeline->config.ledger, pipeline->receipts, receipts);
    for (size_t i = 0; i < group && result != LT_OK; i++) {
        struct lt_job *job = pipeline->group[i];
        if (job->is_receipt && job->arrival.result == LT_OK) {
            job->arrival.result = result;
            job->durable_failed = true;
        }
    }
}

static void store_group(struct lt_pipeline *pipeline, size_t count)
{
    size_t updates = 0;
    for (size_t i = 0; i < count; i++) {
        struct lt_job *job = pipeline->group[i];
        job->sound = job->arrival.result == LT_OK;
        if (job->sound && !job->is_receipt) {
            pipeline->arrivals[updates++] = &job->arrival;
        }
    }
    if (updates > 0) {
        commit_updates(pipeline, count, updates);
    }
    keep_receipts(pipeline, count);
}

static void *write_groups(void *argument)
{
    struct lt_pipeline *pipeline = argument;
    size_t count;
    while ((count = take_group(pipeline)) > 0) {
        uint64_t began = lt_clock_worked_us();
        store_group(pipeline, count);
        uint64_t worked = (lt_clock_worked_us() - began) / count;
        size_t bytes = 0, stored = 0, known = 0;
        for (size_t i = 0; i < count; i++) {
            pipeline->group[i]->worked_us = worked;
            bytes += pipeline->group[i]->size;
            stored += pipeline->group[i]->arrival.result == LT_OK;
            known += pipeline->group[i]->arrival.result == LT_EXISTS;
        }
        pipeline->config.done(pipeline->config.context, pipeline->group, count);
        pthread_mutex_lock(&pipeline->lock);
        pipeline->bytes -= bytes;
        pipeline->counts.groups++;
        pipeline->counts.stored += stored;
        pipeline->counts.known += known;
        pipeline->counts.refused += count - stored - known;
        pthread_cond_broadcast(&pipeline->room);
        pthread_mutex_unlock(&pipeline->lock);
    }
    return NULL;
}

static bool has_room(const struct lt_pipeline *pipeline, size_t jobs)
{
    return pipeline->tail - pipeline->head + jobs <= pipeline->mask + 1 &&
           pipeline->bytes < pipeline->config.bytes_max;
}

bool lt_pipeline_room(struct lt_pipeline *pipeline, size_t jobs)
{
    pthread_mutex_lock(&pipeline->lock);
    bool room = has_room(pipeline, jobs);
    pthread_mutex_unlock(&pipeline->lock);
    return room;
}

bool lt_pipeline_feed(struct lt_pipeline *pipeline, struct lt_job *const *jobs, size_t count)
{
    pthread_mutex_lock(&pipeline->lock);
    for (size_t i = 0; i < count; i++) {
        while (!has_room(pipeline, 1) && !pipeline->stopping) {
            pthread_cond_wait(&pipeline->room, &pipeline->lock);
        }
        if (pipeline->stopping) {
            pthread_mutex_unlock(&pipeline->lock);
            for (; i < count; i++) {
                lt_job_free(jobs[i]);
            }
            return false;
        }
        pipeline->ring[pipeline->tail++ & pipeline->mask] = (struct slot){SLOT_WAITING, jobs[i]};
        pipeline->bytes += jobs[i]->size;
        if (pipeline->idle_workers > 0) {
            pthread_cond_signal(&pipeline->work);
        }
    }
    pthread_mutex_unlock(&pipeline->lock);
    return true;
}

void lt_pipeline_counts(struct lt_pipeline *pipeline, struct lt_pipeline_counts *ret_counts)
{
    pthread_mutex_lock(&pipeline->lock);
    *ret_counts = pipeline->counts;
    ret_counts->waiting_jobs = (size_t)(pipeline->tail - pipeline->head);
    ret_counts->waiting_bytes = pipeline->bytes;
    pthread_mutex_unlock(&pipeline->lock);
}

static unsigned worker_count(unsigned wanted)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned count = wanted != 0 ? wanted : (unsigned)(processors > 0 ? processors : 1);
    return count < WORKERS_MAX ? count : WORKERS_MAX;
}

static bool allocate(struct lt_pipeline *pipeline)
{
    const struct lt_pipeline_config *config = &pipeline->config;
    size_t slots = 1;
    while (slots < config->jobs_max) {
        slots *= 2;
    }
    pipeline->mask = slots - 1;
    pipeline->ring = calloc(slots, sizeof(*pipeline->ring));
    pipeline->group = calloc(config->group_jobs_max, sizeof(struct lt_job *));
    pipeline->arrivals = calloc(config->group_jobs_max, sizeof(struct lt_arrival *));
    pipeline->receipts = calloc(config->group_jobs_max, sizeof(*pipeline->receipts));
    return pipeline->ring != NULL && pipeline->group != NULL && pipeline->arrivals != NULL &&
           pipeline->receipts != NULL;
}

enum lt_result lt_pipeline_start(const struct lt_pipeline_config *config,
                                 struct lt_pipeline **ret_pipeline)
{
    assert(config->jobs_max > 0 && config->group_jobs_max > 0 && config->done != NULL);
    struct lt_pipeline *pipeline = calloc(1, sizeof(*pipeline));
    if (pipeline == NULL) {
        return LT_NO_MEMORY;
    }
    pthread_condattr_t monotonic;
    pipeline->config = *config;
    pthread_mutex_init(&pipeline->lock, NULL);
    pthread_cond_init(&pipeline->work, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pipeline->ready, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_cond_init(&pipeline->room, NULL);
    enum lt_result result = allocate(pipeline) ? LT_OK : LT_NO_MEMORY;
    unsigned wanted = worker_count(config->workers);
    while (result == LT_OK && pipeline->worker_count < wanted) {
        if (pthread_create(&pipeline->workers[pipeline->worker_count], NULL, work, pipeline) != 0) {
            result = LT_IO;
            break;
        }
        pipeline->worker_count++;
    }
    if (result == LT_OK) {
        result =
            pthread_create(&pipeline->writer, NULL, write_groups, pipeline) == 0 ? LT_OK : LT_IO;
        pipeline->writer_started = result == LT_OK;
    }
    if (result != LT_OK) {
        lt_pipeline_stop(pipeline);
        lt_pipeline_free(pipeline);
        return result;
    }
    *ret_pipeline = pipeline;
    return LT_OK;
}

void lt_pipeline_stop(struct lt_pipeline *pipeline)
{
    pthread_mutex_lock(&pipeline->lock);
    pipeline->stopping = true;
    pthread_cond_broadcast(&pipeline->work);
    pthread_cond_broadcast(&pipeline->ready);
    pthread_cond_broadcast(&pipeline->room);
    pthread_mutex_unlock(&pipeline->lock);
    for (unsigned i = 0; i < pipeline->worker_count; i++) {
        pthread_join(pipeline->workers[i], NULL);
    }
    if (pipeline->writer_started) {
        pthread_join(pipeline->writer, NULL);
    }
    pipeline->worker_count = 0;
    pipeline->writer_started = false;
}

void lt_pipeline_free(struct lt_pipeline *pipeline)
{
    if (pipeline == NULL) {
        return;
    }
    assert(!pipeline->writer_started && pipeline->worker_count == 0);
    while (pipeline->arena_count > 0) {
        lt_arena_free(pipeline->arenas[--pipeline->arena_count]);
    }
    pthread_cond_destroy(&pipeline->work);
    pthread_cond_destroy(&pipeline->ready);
    pthread_cond_destroy(&pipeline->room);
    pthread_mutex_destroy(&pipeline->lock);
    free(pipeline->ring);
    free(pipeline->group);
    free(pipeline->arrivals);
    free(pipeline->receipts);
    free(pipeline);
}
