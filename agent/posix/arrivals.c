#include "agent/arrivals.h"

#include <sys/epoll.h>
#include <unistd.h>

int lt_arrivals_open(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

void lt_arrivals_close(int arrivals)
{
    if (arrivals >= 0) {
        close(arrivals);
    }
}

/* Once: a stream that comes would wake us with each segment. */
bool lt_arrivals_await(int arrivals, int fd, bool another, lt_ms *ret_look_at)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT};
    *ret_look_at = UINT64_MAX;
    return epoll_ctl(arrivals, another ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) == 0;
}

bool lt_arrivals_came(int arrivals)
{
    struct epoll_event event;
    return epoll_wait(arrivals, &event, 1, 0) > 0;
}
