#include "hub/web/follower.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "agent/clock.h"
#include "hub/control.h"
#include "hub/direct.h"
#include "hub/status_ask.h"
#include "hub/store.h"

enum {
    FOLLOW_EVERY_MS = 300,
    GLANCE_EVERY_MS = 1000, /* at the store's end, for who waits for news */
    ASK_EVERY_MS = 2000,
    ASK_SHARE = 20, /* at most this part of the time */
    STORE_EVERY_MS = 5000, /* what the store tells when no hub runs */
    BEHIND_MAX_MS =
        60000, /* no longer are pages made of what the store was, for the sake of who reads */
};

struct lt_follower {
    char *dir;
    struct lt_ledger *ledger;
    void (*changed)(void *context);
    void *context;
    struct lt_seen seen;
    json_t *status;
    lt_ms looked_at, followed_at, stored_at;
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t wake;
    bool stop, answered; /* answered: `fresh` and `result` are news */
    json_t *fresh;
    enum lt_result result;
    int64_t fresh_at;
};

const char *lt_hub_sight_name(enum lt_hub_sight sight)
{
    static const char *const names[] = {[LT_HUB_RUNS] = "running",
                                        [LT_HUB_STARTS] = "starting",
                                        [LT_HUB_RECOVERS] = "recovering",
                                        [LT_HUB_STOPPED] = "stopped",
                                        [LT_HUB_MUTE] = "not answering"};
    return names[sight];
}

/* ---- The thread that asks ---- */

static lt_ms ask(struct lt_follower *follower)
{
    char *answer = NULL;
    lt_ms before = lt_clock_monotonic();
    enum lt_result result =
        lt_control_call(follower->dir, LT_VERB_STATUS, (struct lt_bytes){NULL, 0}, &answer);
    json_t *status = result == LT_OK ? json_loads(answer, 0, NULL) : NULL;
    free(answer);
    pthread_mutex_lock(&follower->lock);
    json_decref(follower->fresh);
    follower->fresh = status;
    follower->result = result;
    follower->fresh_at = lt_clock_wall();
    follower->answered = true;
    pthread_mutex_unlock(&follower->lock);
    lt_ms pause = (lt_clock_monotonic() - before) * ASK_SHARE;
    return pause > ASK_EVERY_MS ? pause : ASK_EVERY_MS;
}

/* The end of the log, and how often everything was judged again. */
static uint64_t glance(struct lt_follower *follower)
{
    struct lt_marks marks;
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(follower->ledger), false);
    if (txn == NULL)
        return 0;
    lt_store_marks(txn, &marks);
    uint64_t at = lt_log_last(lt_store_log(txn)) * 31 + marks.generations;
    lt_store_abort(txn);
    return at;
}

/* False: to be stopped. */
static bool rest(struct lt_follower *follower)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += GLANCE_EVERY_MS / 1000;
    pthread_mutex_lock(&follower->lock);
    if (!follower->stop)
        (void)pthread_cond_timedwait(&follower->wake, &follower->lock, &until);
    bool go_on = !follower->stop;
    pthread_mutex_unlock(&follower->lock);
    return go_on;
}

static void *run(void *argument)
{
    struct lt_follower *follower = argument;
    lt_ms next = 0;
    uint64_t known = glance(follower);
    enum lt_result before = LT_OK;
    do {
        if (lt_clock_monotonic() >= next)
            next = ask(follower) + lt_clock_monotonic();
        uint64_t now = glance(follower);
        pthread_mutex_lock(&follower->lock);
        bool news = now != known || before != follower->result;
        before = follower->result;
        pthread_mutex_unlock(&follower->lock);
        known = now;
        if (news && follower->changed != NULL)
            follower->changed(follower->context);
    } while (rest(follower));
    return NULL;
}

/* ---- Beginning and end ---- */

/* When the store was last written to; now, where that is not known. */
static int64_t written_at(const char *dir)
{
    char path[4200];
    struct stat file;
    (void)snprintf(path, sizeof path, "%.4096s/store/data.mdb", dir);
    return stat(path, &file) == 0 ? file.st_mtim.tv_sec : lt_clock_wall();
}

enum lt_result lt_follower_new(const char *dir, void (*changed)(void *context), void *context,
                               struct lt_follower **ret_follower, char ret_reason[200])
{
    struct lt_follower *follower = calloc(1, sizeof *follower);
    if (follower == NULL)
        return LT_NO_MEMORY;
    pthread_mutex_init(&follower->lock, NULL);
    pthread_cond_init(&follower->wake, NULL);
    follower->changed = changed;
    follower->context = context;
    follower->dir = strdup(dir);
    follower->seen.sight = LT_HUB_STARTS;
    follower->seen.changed_at = written_at(dir);
    enum lt_result result = follower->dir == NULL
                                ? LT_NO_MEMORY
                                : lt_ledger_open(dir, true, &follower->ledger, ret_reason);
    if (result == LT_OK) {
        follower->started = pthread_create(&follower->thread, NULL, run, follower) == 0;
        result = follower->started ? LT_OK : LT_NO_MEMORY;
    }
    if (result == LT_OK)
        *ret_follower = follower;
    else
        lt_follower_free(follower);
    return result;
}

void lt_follower_free(struct lt_follower *follower)
{
    if (follower == NULL)
        return;
    pthread_mutex_lock(&follower->lock);
    follower->stop = true;
    pthread_cond_signal(&follower->wake);
    pthread_mutex_unlock(&follower->lock);
    if (follower->started)
        (void)pthread_join(follower->thread, NULL);
    json_decref(follower->status);
    json_decref(follower->fresh);
    lt_ledger_close(follower->ledger);
    pthread_cond_destroy(&follower->wake);
    pthread_mutex_destroy(&follower->lock);
    free(follower->dir);
    free(follower);
}

struct lt_ledger *lt_follower_ledger(struct lt_follower *follower)
{
    return follower->ledger;
}

/* ---- Looking ---- */

static enum lt_hub_sight sight_of(const json_t *status)
{
    if (json_is_integer(json_object_get(status, "recovering_since")))
        return LT_HUB_RECOVERS;
    const json_t *parent = json_object_get(status, "parent_link");
    bool settled = parent == NULL || json_is_true(json_object_get(parent, "settled")) ||
                   !json_is_true(json_object_get(parent, "welcomed"));
    return json_is_true(json_object_get(status, "ready")) && settled ? LT_HUB_RUNS : LT_HUB_STARTS;
}

static void take(struct lt_follower *follower)
{
    struct lt_seen *seen = &follower->seen;
    pthread_mutex_lock(&follower->lock);
    bool answered = follower->answered;
    enum lt_result result = follower->result;
    json_t *fresh = follower->fresh;
    int64_t at = follower->fresh_at;
    follower->fresh = NULL;
    follower->answered = false;
    pthread_mutex_unlock(&follower->lock);
    if (!answered)
        return;
    if (fresh != NULL) {
        json_decref(follower->status);
        follower->status = fresh;
        seen->asked_at = at;
        seen->sight = sight_of(fresh);
    } else {
        seen->sight = result == LT_NOT_FOUND ? LT_HUB_STOPPED : LT_HUB_MUTE;
    }
    seen->version++;
}

/* What the store alone tells; as `status` does where no hub runs. */
static void ask_store(struct lt_follower *follower, struct lt_roster *roster)
{
    json_t *status;
    lt_ms now = lt_clock_monotonic();
    if (follower->stored_at != 0 && now < follower->stored_at + STORE_EVERY_MS)
        return;
    follower->stored_at = now;
    if (roster == NULL ||
        lt_status_of_store(follower->ledger, roster, follower->dir, &status) != LT_OK)
        return;
    json_decref(follower->status);
    follower->status = status;
    follower->seen.asked_at = lt_clock_wall();
    follower->seen.version++;
}

/* Who counts figures or lists records holds the book; a directive that is taken in would wait for him, and all pages
 * with it. */
static bool may_follow(struct lt_follower *follower, lt_ms now)
{
    pthread_rwlock_t *lock = lt_ledger_book_lock(follower->ledger);
    if (pthread_rwlock_trywrlock(lock) != 0)
        return now >= follower->followed_at + BEHIND_MAX_MS;
    pthread_rwlock_unlock(lock);
    return true;
}

static void follow(struct lt_follower *follower, lt_ms now)
{
    struct lt_seen *seen = &follower->seen;
    struct lt_hash state = seen->state;
    follower->followed_at = now;
    seen->trouble = lt_ledger_follow(follower->ledger, &state);
    if (lt_hash_cmp(&state, &seen->state) != 0) {
        seen->changed_at = seen->version == 0 ? seen->changed_at : lt_clock_wall();
        seen->version++;
        seen->state = state;
    }
}

const struct lt_seen *lt_follower_look(struct lt_follower *follower, struct lt_roster *roster)
{
    struct lt_seen *seen = &follower->seen;
    lt_ms now = lt_clock_monotonic();
    if (follower->looked_at == 0 || now >= follower->looked_at + FOLLOW_EVERY_MS) {
        follower->looked_at = now;
        if (may_follow(follower, now))
            follow(follower, now);
        take(follower);
        if (seen->sight == LT_HUB_STOPPED)
            ask_store(follower, roster);
        else
            follower->stored_at = 0;
    }
    seen->status = follower->status;
    return seen;
}

void lt_follower_hasten(struct lt_follower *follower)
{
    follower->looked_at = 0;
}
