/* How much a connection may say before it has shown who it is.
 *
 * libzmq reads whatever comes, up to the largest message, also from somebody who has not even shaken hands:
 * measured, 200 KB and more for each connection that sent one large command instead of its greeting's
 * successor. It has no bound for that but one for all messages. So the kernel keeps it: the listening
 * socket has a filter, which every accepted one inherits, that drops all but short segments; once we have
 * seen the connection, a filter of its own drops whatever lies further in its stream than
 * STRANGER_BYTES_MAX. How far a segment lies is told by its sequence number less that of the SYN, which the
 * kernel saves for us. What is dropped is sent again by TCP and gets through when the filter is taken
 * away, as soon as the peer has shown an enrolled key; who never does is shut by the handshake's or the
 * strangers' time. Both need no privilege.
 *
 * A filter sees the segment from its TCP header on, and `len` counts that header. */
#include "hub/gate_own.h"

#include <linux/filter.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

enum {
    TCP_AT_SEQ = 4,
    TCP_AT_OFFSET = 12, /* header's length in words of 4, in the upper half of this byte */
    SYN_BYTES_MAX = 256,
    IPV4 = 4,
    IPV6 = 6,
    IPV6_HEADER = 40,
    IPV6_AT_NEXT = 6,
    PASS = 0x40000, /* more than any segment has */
};

/* Leaves the payload's size in the accumulator. */
#define PAYLOAD_SIZE                                                                               \
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TCP_AT_OFFSET), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),  \
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 2), BPF_STMT(BPF_MISC | BPF_TAX, 0),                   \
        BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0)

static bool attach(int fd, struct sock_filter *code, size_t count)
{
    struct sock_fprog program = {.len = (unsigned short)count, .filter = code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
}

bool gate_budget_listen(int fd)
{
    int on = 1;
    struct sock_filter code[] = {
        PAYLOAD_SIZE,
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, STRANGER_SEGMENT_MAX, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, PASS),
    };
    return setsockopt(fd, IPPROTO_TCP, TCP_SAVE_SYN, &on, sizeof(on)) == 0 &&
           attach(fd, code, sizeof(code) / sizeof(code[0]));
}

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The SYN's sequence number. None under SYN cookies, or behind headers that we do not know. */
static bool first_sequence(int fd, uint32_t *ret_sequence)
{
    uint8_t syn[SYN_BYTES_MAX];
    socklen_t size = sizeof(syn);
    if (getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, syn, &size) != 0 || size < 1) {
        return false;
    }
    size_t header = 0;
    if (syn[0] >> 4 == IPV4) {
        header = (size_t)(syn[0] & 15) * 4;
    } else if (syn[0] >> 4 == IPV6 && size > IPV6_HEADER && syn[IPV6_AT_NEXT] == IPPROTO_TCP) {
        header = IPV6_HEADER;
    }
    if (header == 0 || size < header + TCP_AT_SEQ + 4) {
        return false;
    }
    *ret_sequence = read_u32(syn + header + TCP_AT_SEQ);
    return true;
}

bool gate_budget_begin(int fd)
{
    uint32_t sequence;
    if (!first_sequence(fd, &sequence)) {
        gate_budget_end(fd); /* an enrolled one's longer words must pass: it is looked at instead */
        return false;
    }
    /* End of the segment in the stream = payload's size + its sequence number - (SYN's + 1), modulo 2^32. */
    struct sock_filter code[] = {
        PAYLOAD_SIZE,
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, TCP_AT_SEQ),
        BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
        BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, sequence + 1),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, STRANGER_BYTES_MAX, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, PASS),
    };
    return attach(fd, code, sizeof(code) / sizeof(code[0]));
}

void gate_budget_end(int fd)
{
    int none = 0;
    if (setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none)) != 0) {
        return; /* there was none, or the connection is gone */
    }
}
