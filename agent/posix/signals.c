#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent/daemon.h"

enum lt_result lt_daemon_signals(int *ret_fd)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) {
        return LT_IO;
    }
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0) {
        return LT_IO;
    }
    *ret_fd = fd;
    return LT_OK;
}

int lt_daemon_signal(int fd)
{
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}

void lt_daemon_signals_end(int fd)
{
    close(fd);
}
