/* cmd_run - the agent at work, unattended, until it is told to stop. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/commands.h"
#include "agent/daemon.h"
#include "agent/drop_watch.h"
#include "agent/notify.h"
#include "agent/options.h"
#include "agent/progress.h"
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
static void reload(const struct run *run)
{
    struct lt_settings settings;
    char reason[200] = "", state[300];
    (void)lt_notify_reloading();
    const enum lt_result result = lt_settings_read(run->dir, &settings, reason);
    if (result == LT_OK) {
        lt_daemon_level(settings.log);
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

static int serve(struct lt_service *service, struct lt_drop_watch *watch, const struct run *run)
{
    lt_ms end = run->timeout_ms < 0 ? UINT64_MAX : lt_clock_monotonic() + (lt_ms)run->timeout_ms;
    struct lt_uplink_fd fds[1 + LT_DROP_WATCH_FDS] = {{.fd = run->signal_fd}};
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
        int64_t drop_ms =
            lt_drop_watch_turn(watch, fds + 1, count - 1, lt_service_changes(service));
        timeout_ms = drop_ms < timeout_ms ? drop_ms : timeout_ms;
        int64_t watchdog_ms = lt_watchdog_wait(&watchdog, lt_clock_monotonic());
        timeout_ms = watchdog_ms < timeout_ms ? watchdog_ms : timeout_ms;
        count = 1 + lt_drop_watch_fds(watch, fds + 1);
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
            reload(run);
        } else if (number != 0) {
            lt_daemon_log(LT_LOG_INFO, lt_text("dừng lại (tín hiệu %d)", "stopping (signal %d)"),
                          number);
            return run->once ? LT_EXIT_UNFINISHED : LT_EXIT_OK;
        }
    }
}

static int open_and_serve(const struct run *run)
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
        return lt_exit_of(result);
    }
    struct lt_drop_watch *watch = lt_drop_watch_new(run->dir);
    int code = LT_EXIT_UNFINISHED;
    say_start(service, run);
    (void)lt_notify("READY=1");
    if (watch == NULL) {
        code = lt_options_no_memory();
    } else if (lt_service_joined(service) || !run->once) {
        code = serve(service, watch, run);
    }
    (void)lt_notify("STOPPING=1");
    lt_drop_watch_free(watch);
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

int lt_cmd_run(int argc, char **argv)
{
    static const char vietnamese[] =
        "Cách dùng: lienthong-agent run [--once [--timeout GIÂY]] [--dir D]\n"
        "Gửi và nhận, cho đến khi được bảo dừng. --once: dừng khi cấp cao nhất đã tính đủ.\n"
        "SIGHUP (systemctl reload): đọc lại agent.conf (log = error|warning|info) và thư mục thả "
        "tệp;\n"
        "tệp sai thì giữ thiết lập cũ và nói vì sao.\n";
    static const char english[] =
        "Usage: lienthong-agent run [--once [--timeout SECONDS]] [--dir D]\n"
        "Sends and receives until told to stop. --once: until the top has counted everything.\n"
        "SIGHUP (systemctl reload): reads agent.conf (log = error|warning|info) and the drop "
        "folder's\n"
        "setting again; a bad file leaves all as it was, and says why.\n";
    static const struct lt_option known[] = {{"--once", false}, {"--timeout", true}};
    struct lt_options options;
    struct run run = {.timeout_ms = -1};
    int code;
    if (!lt_options_parse(argc, argv, known, 2, vietnamese, english, &options, &code)) {
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
    if (lt_daemon_signals(&run.signal_fd) != LT_OK) {
        lt_daemon_log(LT_LOG_ERROR, "signals: %s", lt_text_result(LT_IO));
        return LT_EXIT_FAILED;
    }
    code = run_locked(&run);
    lt_daemon_signals_end(run.signal_fd);
    return code;
}
