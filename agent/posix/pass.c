#include "agent/pass.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/text.h"

/* Its output is a pipe, which ends with it. */
static bool spawn(const char *dir, int out, pid_t *ret_child)
{
    char *const arguments[] = {(char *)(uintptr_t) "lienthong-agent",
                               (char *)(uintptr_t) "drop",
                               (char *)(uintptr_t) "--dir",
                               (char *)(uintptr_t)dir,
                               (char *)(uintptr_t) "--lang",
                               (char *)(uintptr_t)(lt_text_is_english() ? "en" : "vi"),
                               NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return false;
    }
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return false;
    }
    bool good =
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO) == 0 &&
        posix_spawnattr_setsigmask(&attributes, &none) == 0 &&
        posix_spawnattr_setsigdefault(&attributes, &defaults) == 0 &&
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) ==
            0 &&
        posix_spawn(ret_child, "/proc/self/exe", &actions, &attributes, arguments, environ) == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return good;
}

enum lt_result lt_pass_begin(const char *dir, struct lt_pass *ret_pass)
{
    int ends[2];
    pid_t child = 0;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return LT_BUSY;
    }
    bool good = spawn(dir, ends[1], &child);
    close(ends[1]);
    if (!good) {
        close(ends[0]);
        return LT_IO;
    }
    *ret_pass = (struct lt_pass){.process = child, .fd = ends[0]};
    return LT_OK;
}

int lt_pass_end(struct lt_pass *pass)
{
    int status = 0;
    while (waitpid((pid_t)pass->process, &status, 0) < 0 && errno == EINTR) {}
    lt_pass_leave(pass);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void lt_pass_leave(struct lt_pass *pass)
{
    if (pass->fd >= 0) {
        close(pass->fd);
        pass->fd = -1;
    }
}
