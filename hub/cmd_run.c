/* cmd_run - serves until told to stop. */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/notify.h"
#include "agent/options.h"
#include "agent/progress.h"
#include "hub/commands.h"
#include "hub/control.h"
#include "hub/core.h"

static const char USAGE[] =
    "Usage: lienthong-hub run [--dir D]\n"
    "Serves until SIGTERM or SIGINT. Two lines stand on stdout, in either order:\n"
    "  ready ENDPOINT UNIT   when it serves\n"
    "  settled               when it holds all that its parent named (the top: at once)\n"
    "Later, each time that a move has given it another parent:\n"
    "  moved                 when that parent has let it in\n"
    "Its log goes to stderr. Settings: hub.conf in the folder. SIGHUP (systemctl reload) has it "
    "read again:\n"
    "public, silent_after, countersign and log count at once, the others from the next start; a "
    "bad file\n"
    "leaves all as it was. What came of it stands in the log.\n";

/* A large store is served while it is looked through: damage ends the program. */
struct look {
    struct lt_hub *hub;
    pthread_t thread;
    atomic_bool stop, damaged;
};

static void *look_through(void *context)
{
    struct look *look = context;
    char reason[200] = "";
    enum lt_result result =
        lt_env_verify(lt_ledger_env(lt_hub_ledger(look->hub)), &look->stop, reason);
    if (result == LT_CORRUPT) {
        lt_hub_log("%s", reason);
        atomic_store(&look->damaged, true);
        kill(getpid(), SIGTERM);
    } else if (result != LT_OK && result != LT_BUSY) {
        lt_hub_log("looking through the store: %s", lt_result_text(result));
    }
    return NULL;
}

/* The control thread answers, and the store takes a commit. Slow is not dead: the time for it is the watchdog's. */
static bool is_alive(struct lt_hub *hub, const char *dir)
{
    char *answer = NULL;
    enum lt_result said = lt_control_call(dir, LT_VERB_JUDGED, (struct lt_bytes){NULL, 0}, &answer);
    free(answer);
    if (said != LT_OK && said != LT_BUSY)
        return false;
    enum lt_result result = lt_env_probe(lt_ledger_env(lt_hub_ledger(hub)));
    return result == LT_OK || result == LT_NO_SPACE;
}

static void reload(const char *dir)
{
    char *answer = NULL, state[400];
    (void)lt_notify_reloading();
    const enum lt_result result =
        lt_control_call(dir, LT_VERB_RELOAD, (struct lt_bytes){NULL, 0}, &answer);
    const char *said = answer != NULL ? answer : result == LT_OK ? "" : lt_result_text(result);
    snprintf(state, sizeof(state), "READY=1\nSTATUS=%s%s",
             result == LT_OK ? "" : "the former settings stay: ", said);
    free(answer);
    (void)lt_notify(state);
}

/* The number of the signal that came, and ends it. */
static int wait_for_signal(struct lt_hub *hub, const char *dir, const sigset_t *signals)
{
    struct lt_watchdog watchdog;
    lt_watchdog_begin(&watchdog, lt_clock_monotonic());
    for (;;) {
        int64_t wait_ms = lt_watchdog_wait(&watchdog, lt_clock_monotonic());
        struct timespec wait = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000};
        int number =
            wait_ms == INT64_MAX ? sigwaitinfo(signals, NULL) : sigtimedwait(signals, NULL, &wait);
        if (number == SIGHUP)
            reload(dir);
        else if (number > 0)
            return number;
        if (lt_watchdog_wait(&watchdog, lt_clock_monotonic()) == 0)
            lt_watchdog_looked(&watchdog, is_alive(hub, dir), lt_clock_monotonic());
    }
}

/* Until a signal. False: the store is damaged. */
static bool wait_for_end(struct lt_hub *hub, const char *dir, const sigset_t *signals)
{
    struct look look = {.hub = hub};
    bool looking = pthread_create(&look.thread, NULL, look_through, &look) == 0;
    if (!looking)
        lt_hub_log("no thread to look through the store: 'audit' does");
    (void)lt_notify("READY=1");
    lt_hub_log("stopping: signal %d", wait_for_signal(hub, dir, signals));
    (void)lt_notify("STOPPING=1");
    atomic_store(&look.stop, true);
    if (looking)
        pthread_join(look.thread, NULL);
    return !atomic_load(&look.damaged);
}

static int serve(const char *dir)
{
    struct lt_hub_config config;
    struct lt_hub *hub;
    struct lt_hub_site site;
    char reason[300] = "", unit[LT_UNIT_TEXT_MAX], ready[LT_ENDPOINT_MAX + LT_UNIT_TEXT_MAX + 16];
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (isatty(STDERR_FILENO) != 1)
        sigaddset(&signals,
                  SIGHUP); /* else the terminal has gone, and this ends as all there does */
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before the threads, which inherit it */
    signal(SIGPIPE, SIG_IGN);
    enum lt_result result = lt_config_read(dir, &config, reason);
    if (result == LT_OK) {
        result = lt_hub_start(dir, &config, &hub, reason);
    }
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n", reason[0] != '\0' ? reason : lt_result_text(result));
        return lt_exit_of(result);
    }
    lt_ledger_site(lt_hub_ledger(hub), &site);
    lt_unit_format(&site.unit, unit);
    snprintf(ready, sizeof(ready), "ready %s %s", lt_hub_endpoint(hub), unit);
    lt_hub_announce(ready);
    if (!site.has_parent) {
        lt_hub_announce("settled");
    }
    lt_hub_log("serving %s at %s", unit, lt_hub_endpoint(hub));
    const bool whole = wait_for_end(hub, dir, &signals);
    lt_hub_stop(hub);
    lt_hub_log("stopped");
    return whole ? LT_EXIT_OK : LT_EXIT_FAILED;
}

int lt_hub_cmd_run(int argc, char **argv)
{
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, NULL, 0, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(USAGE, USAGE, "run: '%s' is not expected", options.operands[0]);
    }
    lt_progress_allow(false); /* its log has the terminal */
    return serve(options.dir);
}
