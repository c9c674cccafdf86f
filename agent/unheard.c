#include "agent/unheard.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

void lt_unheard_heard(struct lt_unheard *unheard, size_t size)
{
    unheard->heard += size + LT_UNHEARD_SEAL_BYTES;
}

uint64_t lt_unheard_received(int fd)
{
    struct tcp_info info;
    socklen_t size = sizeof(info);
    memset(&info, 0, sizeof(info));
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_bytes_received : 0;
}

/* Bytes that the kernel may keep of what was received. */
static uint64_t kept(int fd)
{
    int size = 0;
    socklen_t length = sizeof(size);
    return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &length) == 0 && size > 0 ? (uint64_t)size
                                                                                  : 0;
}

bool lt_unheard_look(struct lt_unheard *unheard, int fd)
{
    uint64_t used = lt_unheard_received(fd);
    if (used == 0) {
        return false; /* not known */
    }
    if (used < unheard->used) { /* another connection: libzmq has connected anew */
        *unheard = (struct lt_unheard){0};
    }
    uint64_t fresh = used - unheard->used, heard = unheard->heard;
    if (heard > 0) { /* whatever came before it was heard too */
        unheard->unheard = fresh > heard ? fresh - heard : 0;
    } else {
        unheard->unheard += fresh;
    }
    unheard->used = used;
    unheard->heard = 0;
    if (unheard->unheard <= LT_UNHEARD_BYTES_MAX ||
        unheard->unheard <= LT_UNHEARD_BYTES_MAX + kept(fd)) {
        return false;
    }
    unheard->unheard = 0;
    return true;
}
