/* cmd_run - the agent at work, unattended, until it is told to stop. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/commands.h"
#include "agent/daemon.h"
#include "agent/drop_watch.h"
#include "agent/keys.h"
#include "agent/notify.h"
#include "agent/options.h"
#include "agent/progress.h"
#include "agent/release_watch.h"
#include "agent/service.h"
#include "agent/settings.h"
#include "agent/text.h"
#include "agent/wake.h"

struct run {
    const char *dir;
    bool once; /* leave when everything is at the top and counted */
    int64_t timeout_ms; /* of --once; negative: none */
    int signal_fd;
    bool by_hand; /* on a terminal: when that goes, so does the program */
    struct lt_launch launch;
    bool asked; /* to end, by a signal */
    bool anew; /* it ends to begin anew, maybe with another program */
};

struct watches {
    struct lt_drop_watch *drops;
    struct lt_release_watch *releases;
    bool probes; /* the last descriptor waited for is a probe's */
};

static void say_start(const struct lt_service *service, const struct run *run)
{
    if (lt_service_joined(service)) {
        lt_daemon_log(LT_LOG_INFO,
                      lt_text("bắt đầu (%s), phiên bản %s", "started (%s), version %s"), run->dir,
                      LT_VERSION_TEXT);
    } else {
        lt_daemon_log(
            LT_LOG_WARNING,
            lt_text("máy này chưa tham gia; đang chờ `lienthong-agent join MÃ` (%s)",
                    "this PC has not joined; waiting for `lienthong-agent join CODE` (%s)"),
            run->dir);
    }
}

/* Not all is at the top, and time is up. */
static int give_up(const struct lt_service *service)
{
    lt_daemon_log(LT_LOG_ERROR, lt_text("hết giờ mà chưa gửi xong: %s", "not done in time: %s"),
                  lt_service_trouble(service)[0] != '\0'
                      ? lt_service_trouble(service)
                      : lt_text("cấp trên chưa xác nhận đủ", "not everything is receipted"));
    return LT_EXIT_UNFINISHED;
}

/* SIGHUP. What is wrong leaves all as it was. */
static void reload(const struct run *run, struct lt_release_watch *releases)
{
    struct lt_settings settings;
    char reason[200] = "", state[300];
    (void)lt_notify_reloading();
    const enum lt_result result = lt_settings_read(run->dir, &settings, reason);
    if (result == LT_OK) {
        lt_daemon_level(settings.log);
        lt_release_watch_set(releases, &settings);
        (void)lt_wake_ring(
            run->dir); /* the site, its keys and the drop folder are looked at anew */
        lt_daemon_log(LT_LOG_INFO, "%s",
                      lt_text("đã đọc lại thiết lập", "settings were read again"));
    } else {
        lt_daemon_log(LT_LOG_ERROR, lt_text("giữ thiết lập cũ: %s", "the former settings stay: %s"),
                      reason[0] != '\0' ? reason : lt_text_result(result));
    }
    snprintf(state, sizeof(state), "READY=1\nSTATUS=%s", reason);
    (void)lt_notify(state);
}

enum { FDS_MAX = 1 + LT_DROP_WATCH_FDS + 1 }; /* signals, the drop folder, a release */

/* Drops and releases: what is due of them. Fills `fds` after the first. Returns for how long nothing is. */
static int64_t turn(struct lt_service *service, struct watches *watches,
                    struct lt_uplink_fd fds[FDS_MAX], size_t *count)
{
    const bool probed = watches->probes && fds[*count - 1].readable;
    const size_t drops = *count - 1 - watches->probes;
    int64_t wait_ms =
        lt_drop_watch_turn(watches->drops, fds + 1, drops, lt_service_changes(service));
    const int64_t release_ms = lt_release_watch_turn(watches->releases, service, probed,
                                                     lt_drop_watch_busy(watches->drops));
    *count = 1 + lt_drop_watch_fds(watches->drops, fds + 1);
    watches->probes = lt_release_watch_fd(watches->releases, &fds[*count]);
    *count += watches->probes;
    return release_ms < wait_ms ? release_ms : wait_ms;
}

static int serve(struct lt_service *service, struct watches *watches, struct run *run)
{
    lt_ms end = run->timeout_ms < 0 ? UINT64_MAX : lt_clock_monotonic() + (lt_ms)run->timeout_ms;
    struct lt_uplink_fd fds[FDS_MAX] = {{.fd = run->signal_fd}};
    size_t count = 1;
    struct lt_watchdog watchdog;
    lt_watchdog_begin(&watchdog, lt_clock_monotonic());
    for (;;) {
        lt_ms now = lt_clock_monotonic();
        if (run->once && lt_service_done(service)) {
            return LT_EXIT_OK;
        }
        if (now >= end) {
            return give_up(service);
        }
        int64_t timeout_ms = end == UINT64_MAX ? INT64_MAX : (int64_t)(end - now);
        int64_t turn_ms = turn(service, watches, fds, &count);
        timeout_ms = turn_ms < timeout_ms ? turn_ms : timeout_ms;
        if (lt_release_watch_leaves(watches->releases)) {
            run->anew = true;
            return LT_EXIT_FAILED; /* if that fails */
        }
        int64_t watchdog_ms = lt_watchdog_wait(&watchdog, lt_clock_monotonic());
        timeout_ms = watchdog_ms < timeout_ms ? watchdog_ms : timeout_ms;
        enum lt_result result =
            lt_service_step(service, fds, count, timeout_ms == INT64_MAX ? -1 : timeout_ms);
        if (result != LT_OK) {
            lt_daemon_log(LT_LOG_ERROR, "%s: %s", run->dir, lt_text_result(result));
            return lt_exit_of(result);
        }
        if (lt_watchdog_wait(&watchdog, lt_clock_monotonic()) == 0) {
            lt_watchdog_looked(&watchdog, lt_service_alive(service), lt_clock_monotonic());
        }
        int number = fds[0].readable ? lt_daemon_signal(run->signal_fd) : 0;
        if (number == SIGHUP && !run->by_hand && !run->once) {
            reload(run, watches->releases);
        } else if (number != 0) {
            lt_daemon_log(LT_LOG_INFO, lt_text("dừng lại (tín hiệu %d)", "stopping (signal %d)"),
                          number);
            run->asked = true;
            return run->once ? LT_EXIT_UNFINISHED : LT_EXIT_OK;
        }
    }
}

/* An end that is in order: the service was asked, or has done what it was called for. */
static int serve_to_end(struct lt_service *service, const struct lt_settings *settings,
                        struct run *run)
{
    struct watches watches = {.drops = lt_drop_watch_new(run->dir),
                              .releases = lt_release_watch_new(&run->launch)};
    int code = LT_EXIT_UNFINISHED;
    if (watches.drops == NULL || watches.releases == NULL) {
        code = lt_options_no_memory();
    } else if (lt_service_joined(service) || !run->once) {
        lt_release_watch_set(watches.releases, settings);
        code = serve(service, &watches, run);
    }
    if (watches.releases != NULL && !run->anew) {
        lt_release_watch_end(watches.releases, run->asked || code == LT_EXIT_OK);
    }
    if (!run->anew) {
        (void)lt_notify("STOPPING=1");
    }
    lt_drop_watch_free(watches.drops);
    lt_release_watch_free(watches.releases);
    return code;
}

static int open_and_serve(struct run *run)
{
    struct lt_service *service;
    struct lt_settings settings;
    char reason[200] = "";
    enum lt_result result = lt_settings_read(run->dir, &settings, reason);
    if (result == LT_OK) {
        lt_daemon_level(settings.log);
        lt_daemon_field("LIENTHONG_DIR", run->dir);
        result = lt_service_open(run->dir, &service, reason);
    }
    if (result != LT_OK) {
        lt_daemon_log(LT_LOG_ERROR, "%s", reason);
        run->anew = lt_release_watch_no_store(&run->launch, result, reason);
        return lt_exit_of(result);
    }
    say_start(service, run);
    (void)lt_notify("READY=1");
    const int code = serve_to_end(service, &settings, run);
    lt_service_close(service);
    return code;
}

static int run_locked(struct run *run)
{
    char reason[200] = "";
    int lock_fd;
    long holder = 0;
    enum lt_result result = lt_daemon_lock(run->dir, &lock_fd, &holder, reason);
    if (result == LT_BUSY) {
        lt_daemon_log(LT_LOG_ERROR,
                      lt_text("%s: đã có một chương trình đang chạy (tiến trình %ld)",
                              "%s: another agent is running there (process %ld)"),
                      run->dir, holder);
        return LT_EXIT_FAILED;
    }
    if (result != LT_OK) {
        lt_daemon_log(LT_LOG_ERROR,
                      lt_text("%s (đã chạy `lienthong-agent init` chưa?)",
                              "%s (was `lienthong-agent init` run?)"),
                      reason);
        return lt_exit_of(result);
    }
    int code = open_and_serve(run);
    close(lock_fd);
    return code;
}

/* Could this program serve the folder? Opens what `run` opens, to read only, and says so. */
static int probe(const char *dir)
{
    struct lt_settings settings;
    struct lt_keys keys;
    struct lt_journal *journal;
    char reason[200] = "";
    enum lt_result result = lt_settings_read(dir, &settings, reason);
    if (result == LT_OK) {
        result = lt_keys_load(dir, &keys, reason);
    }
    if (result == LT_OK) {
        lt_keys_wipe(&keys);
        result = lt_journal_open(dir, true, &journal, reason);
    }
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason[0] != '\0' ? reason : lt_text_result(result));
        return lt_exit_of(result);
    }
    lt_journal_close(journal);
    puts("ready " LT_VERSION_TEXT);
    return LT_EXIT_OK;
}

/* This program, or what it is to become. */
static int launch_and_run(struct run *run)
{
    struct lt_settings settings;
    char reason[200];
    lt_settings_default(&settings);
    (void)lt_settings_read(run->dir, &settings, reason); /* what is wrong with them is said later */
    run->launch.dir = run->dir;
    run->launch.trial_s = settings.release_trial_s;
    lt_launch(&run->launch);
    const int code = run_locked(run);
    if (run->anew) {
        lt_launch_anew(&run->launch);
    }
    return code;
}

/* Signals that come while it begins wait for whoever serves. */
static int start(struct run *run, char **arguments)
{
    if (lt_daemon_signals(&run->signal_fd) != LT_OK) {
        lt_daemon_log(LT_LOG_ERROR, "signals: %s", lt_text_result(LT_IO));
        return LT_EXIT_FAILED;
    }
    run->launch.argv = arguments;
    const int code = launch_and_run(run);
    lt_daemon_signals_end(run->signal_fd);
    return code;
}

static int run_command(int argc, char **argv, char **arguments)
{
    static const char vietnamese[] =
        "Cách dùng: lienthong-agent run [--once [--timeout GIÂY] | --probe] [--dir D]\n"
        "Gửi và nhận, cho đến khi được bảo dừng. --once: dừng khi cấp cao nhất đã tính đủ.\n"
        "--probe: chỉ xem chương trình này có mở được thư mục hay không.\n"
        "SIGHUP (systemctl reload): đọc lại agent.conf (log, releases, release_trial) và thư mục "
        "thả tệp;\n"
        "tệp sai thì giữ thiết lập cũ và nói vì sao.\n";
    static const char english[] =
        "Usage: lienthong-agent run [--once [--timeout SECONDS] | --probe] [--dir D]\n"
        "Sends and receives until told to stop. --once: until the top has counted everything.\n"
        "--probe: looks whether this program could serve the folder, and no more.\n"
        "SIGHUP (systemctl reload): reads agent.conf (log, releases, release_trial) and the drop "
        "folder's\n"
        "setting again; a bad file leaves all as it was, and says why.\n";
    static const struct lt_option known[] = {
        {"--once", false}, {"--timeout", true}, {"--probe", false}};
    struct lt_options options;
    struct run run = {.timeout_ms = -1};
    int code;
    if (!lt_options_parse(argc, argv, known, 3, vietnamese, english, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(vietnamese, english, "%s?", options.operands[0]);
    }
    lt_progress_allow(false); /* its log has the terminal */
    run.by_hand = isatty(STDERR_FILENO) == 1;
    run.dir = options.dir;
    run.once = options.values[0] != NULL;
    if (options.values[1] != NULL &&
        (!run.once || !lt_daemon_seconds(options.values[1], &run.timeout_ms))) {
        return lt_options_usage(vietnamese, english, "--timeout %s?", options.values[1]);
    }
    if (options.values[2] != NULL) {
        return run.once ? lt_options_usage(vietnamese, english, "--once --probe?") : probe(run.dir);
    }
    return start(&run, arguments);
}

int lt_cmd_run(int argc, char **argv)
{
    char **arguments =
        lt_launch_arguments(argc, argv); /* before they are parsed, which changes their order */
    const int code =
        arguments == NULL ? lt_options_no_memory() : run_command(argc, argv, arguments);
    free(arguments);
    return code;
}
