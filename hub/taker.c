/* A command that hands things to the hub of a folder, running or not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hub/control.h"
#include "hub/take.h"

struct lt_taker {
    char dir[4096];
    struct lt_keys keys;
    struct lt_ledger *ledger;
    bool running; /* else: */
    int lock;
    struct lt_pipeline *pipeline;
    pthread_mutex_t mutex;
    pthread_cond_t answered;
};

/* ---- Where no hub runs ---- */

/* The writer's thread. */
static void answer_jobs(void *context, struct lt_job **jobs, size_t count)
{
    struct lt_taker *taker = context;
    pthread_mutex_lock(&taker->mutex);
    for (size_t i = 0; i < count; i++) {
        lt_waiter_answer(jobs[i]->owner, jobs[i]);
        lt_job_free(jobs[i]);
    }
    pthread_cond_broadcast(&taker->answered);
    pthread_mutex_unlock(&taker->mutex);
}

static void await_jobs(void *context, const struct lt_waiter *waiters, size_t count)
{
    struct lt_taker *taker = context;
    pthread_mutex_lock(&taker->mutex);
    for (size_t i = 0; i < count; i++)
        while (!waiters[i].done)
            pthread_cond_wait(&taker->answered, &taker->mutex);
    pthread_mutex_unlock(&taker->mutex);
}

static enum lt_result open_state(struct lt_taker *taker, char reason[200])
{
    struct lt_hub_site site;
    enum lt_result result =
        taker->running ? LT_OK : lt_control_lock(taker->dir, &taker->lock, reason);
    if (result == LT_OK)
        result = lt_keys_load(taker->dir, &taker->keys, reason);
    if (result == LT_OK)
        result = lt_ledger_open(taker->dir, taker->running, &taker->ledger, reason);
    if (result != LT_OK)
        return result;
    lt_ledger_site(taker->ledger, &site);
    if (site.unit.code[0] != '\0')
        return LT_OK;
    snprintf(reason, 200, "this folder holds no hub yet: use init");
    return LT_NOT_FOUND;
}

static enum lt_result take_place(struct lt_taker *taker)
{
    const struct lt_pipeline_config config = {
        .ledger = taker->ledger,
        .jobs_max = 2 * LT_TAKE_ITEMS_MAX,
        .bytes_max = 2 * LT_TAKE_BYTES_MAX,
        .group_jobs_max = 256,
        .group_bytes_max = LT_TAKE_BYTES_MAX,
        .done = answer_jobs,
        .context = taker,
    };
    return lt_pipeline_start(&config, &taker->pipeline);
}

void lt_taker_close(struct lt_taker *taker)
{
    if (taker == NULL)
        return;
    if (taker->pipeline != NULL) {
        lt_pipeline_stop(taker->pipeline);
        lt_pipeline_free(taker->pipeline);
    }
    if (taker->ledger != NULL)
        lt_ledger_close(taker->ledger);
    if (taker->lock >= 0)
        close(taker->lock);
    pthread_mutex_destroy(&taker->mutex);
    pthread_cond_destroy(&taker->answered);
    lt_keys_wipe(&taker->keys);
    free(taker);
}

enum lt_result lt_taker_open(const char *dir, struct lt_taker **ret_taker, char ret_reason[300])
{
    char *answer = NULL, reason[200] = "";
    struct lt_taker *taker = calloc(1, sizeof(*taker));
    if (taker == NULL || strlen(dir) >= sizeof(taker->dir)) {
        free(taker);
        snprintf(ret_reason, 300, "%s", taker == NULL ? "out of memory" : "the path is too long");
        return LT_NO_MEMORY;
    }
    memcpy(taker->dir, dir, strlen(dir) + 1);
    taker->lock = -1;
    pthread_mutex_init(&taker->mutex, NULL);
    pthread_cond_init(&taker->answered, NULL);
    enum lt_result result =
        lt_control_call(dir, LT_VERB_JUDGED, (struct lt_bytes){NULL, 0}, &answer);
    taker->running = answer != NULL;
    free(answer);
    if (!taker->running && result != LT_NOT_FOUND)
        snprintf(reason, sizeof(reason), "the running hub does not answer");
    else
        result = open_state(taker, reason);
    if (result == LT_OK && !taker->running)
        result = take_place(taker);
    if (result != LT_OK) {
        snprintf(ret_reason, 300, "%s", reason[0] != '\0' ? reason : lt_result_text(result));
        lt_taker_close(taker);
        return result;
    }
    *ret_taker = taker;
    return LT_OK;
}

struct lt_ledger *lt_taker_ledger(struct lt_taker *taker)
{
    return taker->ledger;
}

const struct lt_keys *lt_taker_keys(const struct lt_taker *taker)
{
    return &taker->keys;
}

/* ---- Either way ---- */

static enum lt_result ask_running(struct lt_taker *taker, bool receipts, struct lt_bytes request,
                                  uint8_t **ret_answer, size_t *ret_size, char ret_reason[300])
{
    char *answer = NULL;
    size_t size = 0;
    enum lt_result result = lt_control_call_sized(
        taker->dir, receipts ? LT_VERB_RECEIPTS : LT_VERB_TAKE, request, &answer, &size);
    if (result != LT_OK) {
        snprintf(ret_reason, 300, "the running hub: %s",
                 answer != NULL && answer[0] != '\0' ? answer : lt_result_text(result));
        free(answer);
        return result;
    }
    *ret_answer = (uint8_t *)answer;
    *ret_size = size;
    return LT_OK;
}

enum lt_result lt_taker_ask(struct lt_taker *taker, bool receipts, struct lt_bytes request,
                            uint8_t **ret_answer, size_t *ret_size, char ret_reason[300])
{
    if (taker->running)
        return ask_running(taker, receipts, request, ret_answer, ret_size, ret_reason);
    enum lt_result result =
        receipts ? lt_take_receipts(taker->ledger, &taker->keys, request, ret_answer, ret_size)
                 : lt_take_slice(taker->ledger, taker->pipeline, await_jobs, taker, request,
                                 ret_answer, ret_size);
    if (result != LT_OK)
        snprintf(ret_reason, 300, "%s", lt_result_text(result));
    return result;
}
