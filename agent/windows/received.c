#include <winsock2.h>

#include <mstcpip.h>

#include "agent/unheard.h"

/* TCP_INFO_v0, Windows 10 1703 and later. */
struct tcp_info {
    DWORD state, segment_bytes;
    uint64_t connected_ms;
    BOOLEAN timestamps;
    DWORD round_trip_us, least_round_trip_us, in_flight_bytes, congestion_bytes, send_window,
        receive_window, receive_buffer;
    uint64_t sent, received;
    DWORD reordered, retransmitted, fast_retransmits, duplicate_acks, timeouts;
    UCHAR connect_retransmits;
};

enum { SIO_TCP_INFO_CODE = 39 };

uint64_t lt_unheard_received(int fd)
{
    struct tcp_info info;
    DWORD version = 0, size = 0;
    memset(&info, 0, sizeof(info));
    int failed = WSAIoctl((SOCKET)fd, _WSAIORW(IOC_VENDOR, SIO_TCP_INFO_CODE), &version,
                          sizeof(version), &info, sizeof(info), &size, NULL, NULL);
    return failed == 0 && size >= sizeof(info) ? info.received : 0;
}

uint64_t lt_unheard_kept(int fd)
{
    int size = 0, length = sizeof(size);
    return getsockopt((SOCKET)fd, SOL_SOCKET, SO_RCVBUF, (char *)&size, &length) == 0 && size > 0
               ? (uint64_t)size
               : 0;
}
