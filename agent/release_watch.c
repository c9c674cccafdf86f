#include "agent/release_watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/release_exec.h"
#include "agent/release_files.h"
#include "agent/text.h"

enum {
    LOOK_MS = 600000, /* for a release that has come */
    CHANGED_MS = 1000, /* what comes by wire comes in crowds */
    ASK_MS = 10000, /* what the directives say takes reading them all */
    BUSY_MS = 5000, /* a release that has passed its trial waits for quiet */
    BUSY_MOST_S = 600, /* one whose time is over waits no longer */
    SAVE_MS = 300000, /* the running time */
    TRIAL_LOOK_MS = 60000, /* is its time up? */
    PROBE_S = 120, /* at most, and no longer than the trial itself */
};

struct lt_release_watch {
    const struct lt_launch *launch;
    struct lt_switch state;
    bool allowed; /* by agent.conf */
    uint32_t trial_s;
    lt_ms began; /* this process */
    uint64_t before_s; /* it had run for so long in all */
    lt_ms save_at, look_at;
    lt_ms ask_at; /* the directives, not before */
    lt_ms again_at; /* nor before this, while none has come */
    uint64_t words; /* directives that were heard when they were asked */
    uint64_t changes;
    struct lt_probe probe;
    struct lt_switch_program tried; /* by the probe */
    uint64_t passed; /* a number that is not looked at again in this process */
    bool told; /* the service knows what runs, and this: */
    uint64_t told_bad;
    bool leaves;
    bool unread; /* what stands in the switch is not known, and so not overwritten */
};

struct lt_release_watch *lt_release_watch_new(const struct lt_launch *launch)
{
    struct lt_release_watch *watch = calloc(1, sizeof(*watch));
    if (watch == NULL) {
        return NULL;
    }
    watch->launch = launch;
    watch->allowed = true;
    watch->trial_s = launch->trial_s;
    watch->began = lt_clock_monotonic();
    watch->save_at = watch->began + SAVE_MS;
    watch->probe.fd = -1;
    const enum lt_result result = lt_switch_load(launch->dir, &watch->state);
    watch->unread = result != LT_OK && result != LT_CORRUPT; /* the launcher has said why */
    watch->before_s = watch->state.ran_s;
    return watch;
}

void lt_release_watch_free(struct lt_release_watch *watch)
{
    if (watch != NULL) {
        lt_probe_stop(&watch->probe);
        free(watch);
    }
}

void lt_release_watch_set(struct lt_release_watch *watch, const struct lt_settings *settings)
{
    watch->allowed = settings->releases;
    watch->trial_s = settings->release_trial_s;
    if (!watch->allowed) {
        lt_probe_stop(&watch->probe);
        watch->tried.number = 0;
    }
}

bool lt_release_watch_fd(const struct lt_release_watch *watch, struct lt_uplink_fd *ret_fd)
{
    *ret_fd = (struct lt_uplink_fd){.fd = watch->probe.fd};
    return watch->probe.fd >= 0;
}

bool lt_release_watch_leaves(const struct lt_release_watch *watch)
{
    return watch->leaves;
}

/* False: what is decided is not on the disk; the former state stays. */
static bool save(struct lt_release_watch *watch, const struct lt_switch *state)
{
    const enum lt_result result = lt_switch_save(watch->launch->dir, state);
    if (result == LT_OK) {
        watch->state = *state;
    } else {
        lt_daemon_log(LT_LOG_ERROR, "%s/releases/switch: %s", watch->launch->dir,
                      lt_text_result(result));
    }
    return result == LT_OK;
}

static void say_bad(uint64_t number, enum lt_back why, const char *said)
{
    lt_daemon_log(
        LT_LOG_WARNING,
        lt_text("bản phát hành %" PRIu64 ": %s; dùng lại bản cũ, không thử lại bản này%s%s",
                "release %" PRIu64 ": %s; the former one runs, this one is not tried again%s%s"),
        number, lt_back_text(why), said[0] != '\0' ? ": " : "", said);
}

/* ---- On trial ---- */

static bool is_proven(const struct lt_release_watch *watch, struct lt_service *service)
{
    struct lt_service_proof proof;
    if (!lt_service_settled(service)) {
        return false;
    }
    lt_service_proof(service, &proof);
    return (proof.heard || proof.updates == 0) && proof.drafts == 0 &&
           proof.lacking <= watch->state.lacking && lt_service_alive(service);
}

static void keep(struct lt_release_watch *watch)
{
    struct lt_switch state = watch->state;
    lt_switch_keep(&state);
    if (save(watch, &state)) {
        lt_daemon_log(LT_LOG_INFO,
                      lt_text("bản phát hành %" PRIu64 " chạy tốt: đã giữ lại",
                              "release %" PRIu64 " serves: it is kept"),
                      state.kept.number);
        lt_release_files_drop(watch->launch->dir, state.kept.number);
    }
}

static int64_t trial_turn(struct lt_release_watch *watch, struct lt_service *service, bool busy)
{
    const lt_ms now = lt_clock_monotonic();
    const uint64_t since_s = (now - watch->began) / 1000;
    if (watch->changes != lt_service_changes(service) || now >= watch->look_at) {
        watch->changes = lt_service_changes(service);
        watch->look_at = now + TRIAL_LOOK_MS;
        if (is_proven(watch, service)) {
            keep(watch);
            return watch->state.trying.number == 0 ? 0 : TRIAL_LOOK_MS;
        }
    }
    struct lt_switch state = watch->state;
    lt_switch_ran(&state, since_s, watch->before_s);
    if (state.ran_s >= watch->trial_s + (busy ? BUSY_MOST_S : 0)) {
        lt_switch_go_back(&state, LT_BACK_TIME);
        say_bad(watch->launch->number, LT_BACK_TIME, "");
        (void)save(watch,
                   &state); /* on a full disk its next start cannot be counted, and is none */
        watch->leaves = true;
        return 0;
    }
    if (state.ran_s >= watch->trial_s) { /* its time is over, a pass of the drop folder is not */
        return BUSY_MS;
    }
    if (now >= watch->save_at) {
        watch->save_at = now + SAVE_MS;
        (void)save(watch, &state);
    }
    const uint64_t left_ms = (watch->trial_s - state.ran_s) * 1000;
    return left_ms < TRIAL_LOOK_MS ? (int64_t)left_ms : TRIAL_LOOK_MS;
}

void lt_release_watch_end(struct lt_release_watch *watch, bool asked)
{
    struct lt_switch state = watch->state;
    const struct lt_launch *launch = watch->launch;
    const bool trying = state.trying.number == launch->number;
    if (watch->unread || launch->number == 0 || (!trying && state.kept.number != launch->number)) {
        return;
    }
    if (trying) {
        lt_switch_ran(&state, (lt_clock_monotonic() - watch->began) / 1000, watch->before_s);
    }
    if (asked) {
        lt_switch_asked(&state);
    }
    if (trying || state.starts != watch->state.starts) {
        (void)save(watch, &state);
    }
}

bool lt_release_watch_no_store(const struct lt_launch *launch, enum lt_result result,
                               const char *reason)
{
    struct lt_switch state;
    const bool its_fault = result == LT_VERSION || result == LT_CORRUPT;
    if (!launch->trying || !its_fault || lt_switch_load(launch->dir, &state) != LT_OK ||
        state.trying.number != launch->number) {
        return false;
    }
    lt_switch_go_back(&state, LT_BACK_STORE);
    say_bad(launch->number, LT_BACK_STORE, reason);
    return lt_switch_save(launch->dir, &state) == LT_OK;
}

/* One that is kept has served for long: its starts that ended early before are over. */
static void serve(struct lt_release_watch *watch)
{
    struct lt_switch state = watch->state;
    if (state.trying.number != 0 || state.starts == 0 ||
        state.kept.number != watch->launch->number) {
        return;
    }
    lt_switch_ran(&state, (lt_clock_monotonic() - watch->began) / 1000, 0);
    if (state.starts == 0) {
        state.ran_s = 0;
        (void)save(watch, &state);
    }
}

/* ---- A release that has come ---- */

/* What a new start would disturb, or would not be able to answer. */
static bool is_quiet(struct lt_service *service, bool busy)
{
    struct lt_service_proof proof;
    if (busy || !lt_service_settled(service)) {
        return false;
    }
    lt_service_proof(service, &proof);
    return proof.drafts == 0 && (proof.held || proof.updates == 0);
}

static void condemn(struct lt_release_watch *watch, uint64_t number, enum lt_back why,
                    const char *said)
{
    struct lt_switch state = watch->state;
    lt_switch_condemn(&state, number, why);
    watch->passed = number; /* also where it cannot be written down */
    say_bad(number, why, said);
    (void)save(watch, &state);
}

/* Is there one that has come, that the top wants us to run, and that may be tried? The directives are asked last. */
static bool find(struct lt_release_watch *watch, struct lt_service *service, lt_ms now)
{
    struct lt_switch_program due;
    const bool heard = watch->words != lt_service_release_words(service);
    if (now < watch->ask_at || (!heard && now < watch->again_at) ||
        !lt_release_files_any(watch->launch->dir, &watch->state, watch->passed)) {
        return false;
    }
    watch->ask_at = now + ASK_MS;
    watch->again_at = now + LOOK_MS;
    watch->words = lt_service_release_words(service);
    if (!lt_service_release(service, &due) || due.number == watch->passed ||
        !lt_switch_may_try(&watch->state, due.number, LT_RELEASE_NUMBER)) {
        return false;
    }
    watch->tried = due;
    return true;
}

static void begin_probe(struct lt_release_watch *watch)
{
    const uint32_t limit_s = watch->trial_s < PROBE_S ? watch->trial_s : PROBE_S;
    int fd;
    enum lt_result result = lt_launch_open(watch->launch->dir, &watch->tried, &fd);
    if (result == LT_OK) {
        result = lt_probe_begin(fd, watch->launch->dir, limit_s, &watch->probe);
        close(fd);
    }
    if (result == LT_BAD_HASH) {
        lt_release_files_spoil(watch->launch->dir, watch->tried.number);
    }
    if (result != LT_OK) {
        lt_daemon_log(LT_LOG_WARNING,
                      lt_text("bản phát hành %" PRIu64 ": chưa thử được: %s",
                              "release %" PRIu64 ": cannot be tried as yet: %s"),
                      watch->tried.number, lt_text_result(result));
        return;
    }
    lt_daemon_log(LT_LOG_INFO,
                  lt_text("đang thử bản phát hành %" PRIu64, "trying release %" PRIu64),
                  watch->tried.number);
}

static void end_probe(struct lt_release_watch *watch)
{
    switch (lt_probe_look(&watch->probe)) {
    case LT_PROBE_GOES_ON:
    case LT_PROBE_GOOD:
        return;
    case LT_PROBE_BAD:
        condemn(watch, watch->tried.number, LT_BACK_PROBE, watch->probe.said);
        break;
    case LT_PROBE_FORBIDDEN:
        watch->passed = watch->tried.number;
        lt_daemon_log(LT_LOG_WARNING,
                      lt_text("máy này không cho chạy chương trình từ %s (noexec?)",
                              "this system lets no program run from %s (noexec?)"),
                      watch->launch->dir);
        break;
    }
    watch->tried.number = 0;
}

static void go_over(struct lt_release_watch *watch, struct lt_service *service)
{
    struct lt_service_proof proof;
    struct lt_switch_program due;
    struct lt_switch state = watch->state;
    const struct lt_switch_program tried = watch->tried;
    watch->tried.number = 0;
    if (!lt_service_release(service, &due) || due.number != tried.number ||
        lt_hash_cmp(&due.hash, &tried.hash) != 0) {
        return; /* the top has said otherwise meanwhile */
    }
    lt_service_proof(service, &proof);
    lt_switch_try(&state, &tried, proof.lacking);
    watch->leaves = save(watch, &state);
    if (watch->leaves) {
        lt_daemon_log(
            LT_LOG_INFO,
            lt_text("chuyển sang bản phát hành %" PRIu64, "going over to release %" PRIu64),
            state.trying.number);
    }
}

static int64_t look_turn(struct lt_release_watch *watch, struct lt_service *service, bool readable,
                         bool busy)
{
    const lt_ms now = lt_clock_monotonic();
    if (watch->probe.fd >= 0) {
        if (readable || now >= watch->probe.until) {
            end_probe(watch);
            watch->look_at = now; /* it is gone over to, or there may be another */
        }
        if (watch->probe.fd >= 0) {
            return now < watch->probe.until ? (int64_t)(watch->probe.until - now) : 0;
        }
    }
    if (watch->changes != lt_service_changes(service)) {
        watch->changes = lt_service_changes(service);
        const lt_ms soon = now + CHANGED_MS;
        watch->look_at = soon < watch->look_at ? soon : watch->look_at;
    }
    if (now < watch->look_at && watch->tried.number == 0) {
        return (int64_t)(watch->look_at - now);
    }
    watch->look_at = now + LOOK_MS;
    if (!is_quiet(service, busy)) {
        return watch->tried.number != 0 ? BUSY_MS : LOOK_MS;
    }
    const bool early = now < watch->ask_at;
    if (watch->tried.number != 0) { /* it has passed its trial */
        go_over(watch, service);
    } else if (find(watch, service, now)) {
        begin_probe(watch);
        if (watch->probe.fd >= 0) {
            return (int64_t)(watch->probe.until - now);
        }
        watch->tried.number = 0;
    } else if (early) {
        watch->look_at = watch->ask_at;
    }
    return watch->leaves ? 0 : (int64_t)(watch->look_at - now);
}

static void tell(struct lt_release_watch *watch, struct lt_service *service)
{
    const uint64_t bad = lt_switch_greatest_bad(&watch->state);
    lt_service_allow_releases(service, watch->allowed);
    if (!watch->told || watch->told_bad != bad) {
        watch->told = true;
        watch->told_bad = bad;
        lt_service_set_release(service, watch->launch->number, bad);
    }
}

int64_t lt_release_watch_turn(struct lt_release_watch *watch, struct lt_service *service,
                              bool readable, bool busy)
{
    tell(watch, service);
    if (!lt_release_can() || watch->unread) {
        return INT64_MAX;
    }
    if (watch->state.trying.number != 0 && watch->launch->trying) {
        return trial_turn(watch, service, busy);
    }
    serve(watch);
    if (!lt_service_joined(service)) {
        return INT64_MAX;
    }
    return watch->allowed ? look_turn(watch, service, readable, busy) : INT64_MAX;
}
