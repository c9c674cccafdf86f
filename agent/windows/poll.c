#include <winsock2.h>

/* The struct that agent/windows/include/poll.h shows; winsock2.h has one of its own. */
struct item {
    int fd;
    short events, revents;
};
enum { ITEMS_MAX = 64 };
int lt_posix_poll(struct item *items, size_t count, int timeout_ms);

int lt_posix_poll(struct item *items, size_t count, int timeout_ms)
{
    WSAPOLLFD all[ITEMS_MAX];
    if (count > ITEMS_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (count == 0) {
        Sleep(timeout_ms < 0 ? INFINITE : (DWORD)timeout_ms);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        all[i] = (WSAPOLLFD){.fd = (SOCKET)items[i].fd, .events = POLLRDNORM};
    int ready = WSAPoll(all, (ULONG)count, timeout_ms);
    for (size_t i = 0; i < count; i++)
        items[i].revents = ready > 0 && all[i].revents != 0 ? 1 : 0;
    errno = ready < 0 ? EIO : errno;
    return ready;
}
