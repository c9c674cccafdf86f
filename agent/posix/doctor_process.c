/* doctor: who else is at work on this folder. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/doctor.h"
#include "agent/text.h"

extern char **environ;

enum { HOLDERS_MAX = 8, ANSWER_MAX = 4096, ANSWER_WAIT_MS = 5000, OWNER_BYTES = 16384 };

/* ---- Processes ---- */

/* "1: POSIX  ADVISORY  WRITE 1234 fe:01:5678 0 EOF": who holds a lock of which file. False: it is no such line, or of one
 * who waits. */
static bool read_lock(char *line, long *ret_process, const char **ret_file)
{
    enum { PROCESS = 4, FILE_ID = 5, WORDS = 6 };
    char *words[WORDS], *rest = NULL, *end = NULL;
    for (size_t i = 0; i < WORDS; i++) {
        words[i] = strtok_r(i == 0 ? line : NULL, " \n", &rest);
        if (words[i] == NULL) {
            return false;
        }
    }
    *ret_process = strtol(words[PROCESS], &end, 10);
    *ret_file = words[FILE_ID];
    return end != words[PROCESS] && *end == '\0';
}

static size_t holders_of(const char *path, long ret_processes[HOLDERS_MAX])
{
    struct stat status;
    char line[256], ours[64];
    size_t count = 0;
    FILE *locks = stat(path, &status) == 0 ? fopen("/proc/locks", "re") : NULL;
    if (locks == NULL) {
        return 0;
    }
    snprintf(ours, sizeof(ours), "%02x:%02x:%llu", major(status.st_dev), minor(status.st_dev),
             (unsigned long long)status.st_ino);
    while (fgets(line, sizeof(line), locks) != NULL && count < HOLDERS_MAX) {
        const char *file;
        long process;
        bool known = false;
        if (!read_lock(line, &process, &file) || strcmp(file, ours) != 0 ||
            process == (long)getpid()) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            known = known || ret_processes[i] == process;
        }
        if (!known) {
            ret_processes[count++] = process;
        }
    }
    fclose(locks);
    return count;
}

size_t lt_doctor_holders(const struct lt_doctor *doctor, const char *name)
{
    char path[PATH_MAX];
    long processes[HOLDERS_MAX];
    return snprintf(path, sizeof(path), "%s/%s", doctor->dir, name) < (int)sizeof(path)
               ? holders_of(path, processes)
               : 0;
}

static void name_of(long process, char ret_name[64])
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/comm", process);
    FILE *file = fopen(path, "re");
    if (file == NULL || fgets(ret_name, 64, file) == NULL) {
        snprintf(ret_name, 64, "?");
    }
    if (file != NULL) {
        fclose(file);
    }
    ret_name[strcspn(ret_name, "\n")] = '\0';
}

void lt_doctor_processes(struct lt_doctor *doctor, bool runs)
{
    char path[PATH_MAX], name[64];
    long processes[HOLDERS_MAX];
    if (snprintf(path, sizeof(path), "%s/store/lock.mdb", doctor->dir) >= (int)sizeof(path)) {
        return;
    }
    /* Everybody who has it open holds a lock on lock.mdb (LMDB). */
    const size_t count = holders_of(path, processes);
    for (size_t i = 0; i < count; i++) {
        name_of(processes[i], name);
        const bool ours = strncmp(name, "lienthong-", 10) == 0 || strcmp(name, "?") == 0;
        lt_doctor_say(doctor, LT_LOOK_PROCESS, ours ? LT_HEALTHY : LT_DOUBTFUL,
                      ours ? NULL
                           : lt_text("chương trình lạ không nên mở kho: xem nó là gì",
                                     "a foreign program should not have it open: see what it is"),
                      lt_text("kho đang được mở bởi %s (tiến trình %ld)",
                              "the store is open in %s (process %ld)"),
                      name, processes[i]);
    }
    if (!runs) {
        lt_doctor_say(doctor, LT_LOOK_PROCESS, LT_DOUBTFUL,
                      lt_text("bật dịch vụ, hoặc chạy lệnh `run`", "start the service, or `run`"),
                      "%s", lt_text("chương trình nền không chạy", "it is not running"));
    } else if (count == 0) { /* of another user, or /proc does not tell */
        lt_doctor_say(doctor, LT_LOOK_PROCESS, LT_HEALTHY, NULL, "%s",
                      lt_text("chương trình nền đang chạy", "it is running"));
    }
}

/* ---- systemd ---- */

/* What a program prints, at most so long as one waits for it. False: there is no such program, or it failed. */
static bool ask(char *const arguments[], char ret_answer[ANSWER_MAX])
{
    int ends[2], status = -1;
    pid_t child;
    posix_spawn_file_actions_t actions;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    bool good = posix_spawn_file_actions_init(&actions) == 0;
    if (good) {
        good = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0 &&
               posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY,
                                                0) == 0 &&
               posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ) == 0;
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    size_t size = 0;
    const lt_ms until = lt_clock_monotonic() + ANSWER_WAIT_MS;
    for (bool open = good; open;) {
        struct pollfd wait = {.fd = ends[0], .events = POLLIN};
        const lt_ms now = lt_clock_monotonic();
        ssize_t got = now < until && poll(&wait, 1, (int)(until - now)) > 0
                          ? read(ends[0], ret_answer + size, ANSWER_MAX - 1 - size)
                          : -1;
        open = got > 0 && size + (size_t)got < ANSWER_MAX - 1;
        size += got > 0 ? (size_t)got : 0;
        if (got < 0) {
            kill(child, SIGKILL); /* it hangs */
        }
    }
    close(ends[0]);
    while (good && waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    ret_answer[size] = '\0';
    return good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The value of a line "name=value"; "" where there is none. */
static void value_of(const char *answer, const char *name, char ret_value[64])
{
    const size_t length = strlen(name);
    ret_value[0] = '\0';
    for (const char *line = answer; line != NULL && *line != '\0';) {
        if (strncmp(line, name, length) == 0 && line[length] == '=') {
            snprintf(ret_value, 64, "%.*s", (int)strcspn(line + length + 1, "\n"),
                     line + length + 1);
            return;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
}

static void say_unit(struct lt_doctor *doctor, const char *unit, const char *answer)
{
    char state[64], sub[64], file[64], result[64], starts[64], todo[160];
    value_of(answer, "ActiveState", state);
    value_of(answer, "SubState", sub);
    value_of(answer, "UnitFileState", file);
    value_of(answer, "Result", result);
    value_of(answer, "NRestarts", starts);
    const bool up = strcmp(state, "active") == 0, failed = strcmp(state, "failed") == 0;
    const bool at_boot = strcmp(file, "enabled") == 0 || strcmp(file, "static") == 0;
    const bool again = strtol(starts, NULL, 10) > 0;
    snprintf(todo, sizeof(todo),
             failed || again ? "journalctl -u %s -n 50"
             : up            ? "systemctl enable %s"
                             : "systemctl enable --now %s",
             unit);
    lt_doctor_say(
        doctor, LT_LOOK_SERVICE,
        failed                    ? LT_WRONG
        : up && at_boot && !again ? LT_HEALTHY
                                  : LT_DOUBTFUL,
        up && at_boot && !again ? NULL : todo,
        lt_text("%s: %s (%s), khi bật máy: %s, kết quả trước: %s, tự khởi động lại %s lần",
                "%s: %s (%s), at boot: %s, last result: %s, started again %s times"),
        unit, state, sub, file[0] != '\0' ? file : "?", result, starts);
}

void lt_doctor_unit(struct lt_doctor *doctor, const char *unit)
{
    char *const arguments[] = {
        (char *)(uintptr_t) "systemctl",
        (char *)(uintptr_t) "show",
        (char *)(uintptr_t) "--no-pager",
        (char *)(uintptr_t) "--property=LoadState,ActiveState,SubState,UnitFileState,Result,"
                            "NRestarts,ExecStart",
        (char *)(uintptr_t)unit,
        NULL};
    char answer[ANSWER_MAX], loaded[64], serves[PATH_MAX];
    if (!ask(arguments, answer)) {
        return;
    }
    value_of(answer, "LoadState", loaded);
    snprintf(serves, sizeof(serves), "--dir %s ", doctor->dir);
    if (strcmp(loaded, "loaded") == 0 && strstr(answer, serves) != NULL) {
        say_unit(doctor, unit, answer);
    }
}

/* ---- Rights ---- */

/* Root sees what the service cannot, and is refused keys that the service is not. */
void lt_doctor_become_owner(const char *dir)
{
    struct stat status;
    if (geteuid() != 0 || stat(dir, &status) != 0 || status.st_uid == 0) {
        return;
    }
    char room[OWNER_BYTES];
    struct passwd entry, *owner = NULL;
    (void)getpwuid_r(status.st_uid, &entry, room, sizeof(room), &owner);
    bool grouped = owner != NULL ? initgroups(owner->pw_name, status.st_gid) == 0
                                 : setgroups(1, &status.st_gid) == 0;
    if (grouped && setgid(status.st_gid) == 0 && setuid(status.st_uid) == 0) {
        return;
    }
    fprintf(stderr, "%s\n",
            lt_text("không chuyển được sang người dùng của thư mục",
                    "cannot take the rights of the folder's user"));
}
