#include "agent/release_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/text.h"

#define NUMBER    "LIENTHONG_RELEASE"
#define INSTALLED "LIENTHONG_INSTALLED"

/* Exit codes of a child that did not become it. */
enum { FORBIDDEN = 254, NO_PROGRAM = 255 };

bool lt_release_can(void)
{
    return true;
}

bool lt_release_forbidden(const char *dir)
{
    struct statvfs system;
    return statvfs(dir, &system) == 0 && (system.f_flag & ST_NOEXEC) != 0;
}

bool lt_release_self(char ret_path[LT_DIR_MAX])
{
    static const char replaced[] = " (deleted)";
    const ssize_t size = readlink("/proc/self/exe", ret_path, LT_DIR_MAX - 1);
    if (size <= 0 || size == LT_DIR_MAX - 1) {
        return false;
    }
    ret_path[size] = '\0';
    char *end = ret_path + size - (sizeof(replaced) - 1);
    if (end > ret_path && strcmp(end, replaced) == 0) {
        *end = '\0';
    }
    return true;
}

/* What a launcher has told is told to nobody else. */
static void forget(void)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has been started yet */
    unsetenv(NUMBER);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has been started yet */
    unsetenv(INSTALLED);
}

int lt_release_become(int fd, char *const argv[], uint64_t number, const char *installed)
{
    char text[24];
    int error = 0;
    snprintf(text, sizeof(text), "%" PRIu64, number);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has been started yet */
    if (setenv(NUMBER, text, 1) == 0 && setenv(INSTALLED, installed, 1) == 0) {
        fexecve(fd, argv, environ);
    }
    error = errno;
    forget();
    return error;
}

bool lt_release_told(uint64_t *ret_number, char ret_installed[LT_DIR_MAX])
{
    const char *number = getenv(NUMBER), *installed = getenv(INSTALLED);
    if (number == NULL) {
        return false;
    }
    *ret_number = strtoull(number, NULL, 10);
    snprintf(ret_installed, LT_DIR_MAX, "%s", installed != NULL ? installed : "");
    forget();
    (void)prctl(PR_SET_NAME, "lienthong-agent"); /* else it bears the number of a descriptor */
    return true;
}

int lt_release_become_installed(const char *path, char *const argv[])
{
    execve(path, argv, environ);
    return errno;
}

/* ---- Trying ---- */

/* Between fork and exec: async-signal-safe calls alone. */
static void child(int fd, int null, int out, char *const argv[], rlim_t limit_s)
{
    const struct rlimit no_core = {0, 0}, processor = {limit_s, limit_s};
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t none;
    sigemptyset(&none);
    (void)sigaction(SIGPIPE, &usual, NULL);
    (void)setpgid(0, 0); /* a sandbox may forbid these three; the time is limited all the same */
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)setrlimit(RLIMIT_CPU, &processor);
    if (pthread_sigmask(SIG_SETMASK, &none, NULL) != 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0) {
        _exit(FORBIDDEN);
    }
    /* Ours are all opened so; this is for those of libraries, and fails before Linux 5.11. */
    (void)close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    fexecve(fd, argv, environ);
    _exit(errno == EACCES || errno == EPERM || errno == ENOMEM ? FORBIDDEN : NO_PROGRAM);
}

enum lt_result lt_probe_begin(int fd, const char *dir, uint32_t limit_s, struct lt_probe *ret_probe)
{
    char *const argv[] = {(char *)(uintptr_t) "lienthong-agent",
                          (char *)(uintptr_t) "run",
                          (char *)(uintptr_t) "--probe",
                          (char *)(uintptr_t) "--dir",
                          (char *)(uintptr_t)dir,
                          (char *)(uintptr_t) "--lang",
                          (char *)(uintptr_t)(lt_text_is_english() ? "en" : "vi"),
                          NULL};
    int ends[2];
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0) {
        return LT_IO;
    }
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        close(null);
        return LT_IO;
    }
    const pid_t process = fork();
    if (process == 0) {
        child(fd, null, ends[1], argv, limit_s);
    }
    close(null);
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return LT_IO;
    }
    *ret_probe = (struct lt_probe){
        .process = process, .fd = ends[0], .until = lt_clock_monotonic() + (lt_ms)limit_s * 1000};
    return LT_OK;
}

/* Keeps the beginning of what it says. False: it has closed its output. */
static bool read_some(struct lt_probe *probe)
{
    char bytes[512];
    ssize_t size = read(probe->fd, bytes, sizeof(bytes));
    if (size > 0) {
        const size_t room = sizeof(probe->said) - 1 - probe->said_size;
        const size_t more = (size_t)size < room ? (size_t)size : room;
        memcpy(probe->said + probe->said_size, bytes, more);
        probe->said_size += more;
        probe->said[probe->said_size] = '\0';
    }
    return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

static int end(struct lt_probe *probe)
{
    int status = 0;
    kill(-(pid_t)probe->process, SIGKILL); /* with whatever it has started */
    kill((pid_t)probe->process, SIGKILL);
    while (waitpid((pid_t)probe->process, &status, 0) < 0 && errno == EINTR) {}
    close(probe->fd);
    probe->fd = -1;
    return status;
}

enum lt_probed lt_probe_look(struct lt_probe *probe)
{
    static const char ready[] = "ready ";
    const bool late = lt_clock_monotonic() >= probe->until;
    if (read_some(probe) && !late) {
        return LT_PROBE_GOES_ON;
    }
    /* Its output is closed: it ends by itself, with a code that a signal does not change any more, or not at all. */
    const int status = end(probe);
    if (WIFEXITED(status) && WEXITSTATUS(status) == FORBIDDEN) {
        return LT_PROBE_FORBIDDEN;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
        strncmp(probe->said, ready, sizeof(ready) - 1) == 0) {
        return LT_PROBE_GOOD;
    }
    if (late) {
        snprintf(probe->said, sizeof(probe->said), "%s",
                 lt_text("không trả lời trong thời hạn", "no answer in time"));
    }
    return LT_PROBE_BAD;
}

void lt_probe_stop(struct lt_probe *probe)
{
    if (probe->fd >= 0) {
        (void)end(probe);
    }
}
