#include "agent/release_launch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/daemon.h"
#include "agent/notify.h"
#include "agent/release_exec.h"
#include "agent/text.h"
#include "agent/whole_file.h"

char **lt_launch_arguments(int argc, char **arguments)
{
    char **whole = calloc((size_t)argc + 2, sizeof(*whole));
    if (whole != NULL) {
        whole[0] = (char *)(uintptr_t) "lienthong-agent";
        memcpy(whole + 1, arguments, (size_t)argc * sizeof(*whole));
    }
    return whole;
}

enum lt_result lt_launch_open(const char *dir, const struct lt_switch_program *program, int *ret_fd)
{
    char path[PATH_MAX];
    struct stat about;
    struct lt_hash hash;
    if (snprintf(path, sizeof(path), "%s/releases/%" PRIu64 "/program", dir, program->number) >=
        (int)sizeof(path)) {
        return LT_IO;
    }
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return errno == ENOENT || errno == ENOTDIR ? LT_NOT_FOUND : LT_IO;
    }
    enum lt_result result =
        fstat(fd, &about) == 0 && S_ISREG(about.st_mode) ? lt_whole_file_hash(fd, &hash) : LT_IO;
    if (result == LT_OK && memcmp(&hash, &program->hash, sizeof(hash)) != 0) {
        result = LT_BAD_HASH;
    }
    if (result != LT_OK) {
        close(fd);
        return result;
    }
    *ret_fd = fd;
    return LT_OK;
}

/* ---- Becoming a release ---- */

static void say(uint64_t number, const char *why)
{
    lt_daemon_log(LT_LOG_ERROR,
                  lt_text("bản phát hành %" PRIu64 " không chạy được: %s",
                          "release %" PRIu64 " cannot be run: %s"),
                  number, why);
}

/* Is it the release's own fault that it does not start, and so the same next time? */
static bool is_its_fault(int error)
{
    return error == ENOEXEC || error == ENOENT || error == EINVAL;
}

/* Returns only when it cannot: true, when it never will. */
static bool become(const struct lt_launch *launch, const struct lt_switch_program *program)
{
    int fd;
    const enum lt_result result = lt_launch_open(launch->dir, program, &fd);
    if (result != LT_OK) {
        say(program->number, lt_text_result(result));
        return result == LT_NOT_FOUND || result == LT_BAD_HASH;
    }
    const int error = lt_release_become(fd, launch->argv, program->number, launch->installed);
    say(program->number, lt_text_errno(error));
    close(fd);
    return is_its_fault(error);
}

/* The folder's lock is held. Returns when the installed program is to run. */
static void choose_and_become(const struct lt_launch *launch)
{
    struct lt_switch state;
    bool changed;
    enum lt_result result = lt_switch_load(launch->dir, &state);
    while (result == LT_OK) {
        const struct lt_switch_program *chosen =
            lt_switch_choose(&state, LT_RELEASE_NUMBER, launch->trial_s, &changed);
        result = changed ? lt_switch_save(launch->dir, &state) : LT_OK;
        if (chosen == &state.trying && result != LT_OK) { /* its start could not be counted */
            chosen = state.kept.number > LT_RELEASE_NUMBER ? &state.kept : NULL;
        } else if (chosen == NULL && state.kept.number > LT_RELEASE_NUMBER) {
            say(state.kept.number, lt_text("nhiều lần khởi động liền dừng đột ngột; lần này chạy "
                                           "chương trình đã cài đặt",
                                           "many starts in a row ended early; this time the "
                                           "installed program runs"));
        }
        if (chosen == NULL) {
            break;
        }
        const bool never = become(launch, chosen);
        if (chosen == &state.trying && !never && state.kept.number > LT_RELEASE_NUMBER) {
            (void)become(launch, &state.kept);
        }
        if (chosen != &state.trying || !never) {
            return;
        }
        lt_switch_go_back(&state, LT_BACK_FILE);
        result = lt_switch_save(launch->dir, &state);
    }
    if (result != LT_OK) {
        lt_daemon_log(LT_LOG_ERROR,
                      lt_text("%s/releases/switch: %s; chạy chương trình đã cài đặt",
                              "%s/releases/switch: %s; the installed program runs"),
                      launch->dir, lt_text_result(result));
    }
    if (result == LT_CORRUPT) {
        (void)lt_switch_set_aside(launch->dir); /* what runs then may try a release anew */
    }
}

/* Are we what a launcher has become? A number that the switch does not know is nobody's word. */
static void learn(struct lt_launch *launch, uint64_t number)
{
    struct lt_switch state;
    if (number != 0 && lt_switch_load(launch->dir, &state) == LT_OK &&
        (number == state.trying.number || number == state.kept.number)) {
        launch->number = number;
        launch->trying = number == state.trying.number;
    }
}

void lt_launch(struct lt_launch *launch)
{
    char reason[200] = "";
    int lock_fd;
    long holder = 0;
    uint64_t number;
    launch->number = LT_RELEASE_NUMBER;
    launch->trying = false;
    launch->installed[0] = '\0';
    if (!lt_release_can()) {
        return;
    }
    if (lt_release_told(&number, launch->installed)) {
        learn(launch, number);
        return;
    }
    if (!lt_release_self(launch->installed) ||
        lt_daemon_lock(launch->dir, &lock_fd, &holder, reason) != LT_OK) {
        return; /* who opens the folder next says what is wrong with it */
    }
    choose_and_become(launch);
    close(lock_fd);
}

void lt_launch_anew(const struct lt_launch *launch)
{
    (void)lt_notify("WATCHDOG=1"); /* beginning anew in place has the time that a start has */
    const int error = launch->installed[0] != '\0'
                          ? lt_release_become_installed(launch->installed, launch->argv)
                          : ENOENT;
    lt_daemon_log(LT_LOG_ERROR,
                  lt_text("không khởi động lại được %s: %s", "%s cannot be started again: %s"),
                  launch->installed, lt_text_errno(error));
}
