/* sockets.h - the network library's functions (zmq.h) over a simulated network.
 *
 *   sockets.c   contexts, sockets, messages, polling: what the programs call
 *   links.c     connections between machines, the handshake, what the network does to messages
 *
 * As libzmq 4.3.4 behaves where the programs rely on it: a DEALER connects once and tells its monitor how that
 * ended; a ROUTER asks its context's ZAP handler for every connection, names it by a routing id and stamps its
 * messages with User-Id and descriptor; what is sent to a connection that is gone fails on a ROUTER. CURVE is
 * modelled: the server's key must be the one expected, and nobody shows a public key whose secret he has not. */
#ifndef LT_SIM_SOCKETS_H
#define LT_SIM_SOCKETS_H

#include "tests/sim/machine.h"

struct frame {
    struct frame *next;
    bool more;
    int fd; /* a ROUTER's: of the connection it came from */
    char user[200]; /* likewise: User-Id */
    char address[24];
    size_t size;
    uint8_t bytes[];
};
struct frame *frame_new(size_t size);

struct frames { /* a queue */
    struct frame *first, **last;
    size_t count;
};

enum { DOORS_MAX = 8 };

/* Where a ROUTER listens, and as whom: what was set on it when it was bound. */
struct sim_door {
    char endpoint[128]; /* empty: free */
    uint8_t curve_public[32];
    char domain[32];
};

struct sim_socket {
    int type;
    struct machine *machine;
    struct sim_context *context;
    struct frames in;
    struct frame *part; /* of a message being sent: its parts so far */
    bool more; /* of the frame received last */
    char endpoint[128]; /* bound to last, or connected to */
    char domain[32];
    struct sim_door doors[DOORS_MAX];
    struct sim_socket *monitor; /* the PAIR that hears what happens here */
    char monitor_name[48];
    uint8_t curve_public[32], curve_secret[32], curve_server[32];
    uint64_t link; /* a DEALER's; 0: none */
    struct sim_socket *next; /* all sockets */
};

struct sim_context {
    struct machine *machine;
    bool shut;
};

struct sim_poll {
    struct sim_socket *socket; /* or: */
    int fd;
    bool writing, ready;
};
bool socket_ready(struct sim_socket *socket, bool writing);
/* Waits as poll does; a timeout of 0 lets other fibers run once. */
bool sim_poll_wait(struct sim_poll *items, size_t count, int64_t timeout_ms);

/* sockets.c, for links.c */
void socket_put(struct sim_socket *socket, struct frame *frame);
void socket_tell(struct sim_socket *socket, unsigned event, uint32_t value); /* its monitor */
/* A ROUTER and its door; NULL: nobody listens there. */
struct sim_socket *socket_bound(const char *endpoint, const struct sim_door **ret_door);
struct sim_socket *socket_zap(const struct sim_context *context);

/* links.c, for sockets.c */
uint64_t link_open(struct sim_socket *dealer);
bool link_is_up(uint64_t link);
void link_send_up(uint64_t link, struct frame *frame); /* takes the frame */
bool link_send_down(
    struct sim_socket *router, const uint8_t *route, size_t size,
    struct frame *frame); /* false: nobody has this route; the frame is the caller's still */
bool link_has_route(struct sim_socket *router, const uint8_t *route, size_t size);
void link_admitted(uint64_t link, unsigned status, const char *user); /* the ZAP handler's answer */
void links_closed(struct sim_socket *socket, bool silently); /* silently: the machine lost power */
void link_shut(struct machine *machine, int fd); /* shutdown(2) */

/* What the network does; the director's to set. Chances are one in so many; 0: never. */
struct weather {
    uint32_t loses, doubles, reorders, delays, flips, cuts; /* of messages */
    uint32_t breaks; /* connections end */
    sim_ms least_ms, most_ms; /* how long a message takes */
    sim_ms delayed_most_ms; /* and one that is delayed */
};
extern struct weather weather;
/* Between two machines nothing passes. */
void network_part(const struct machine *a, const struct machine *b, bool apart);
void network_heal(void); /* all partitions end; what is under way still comes */
/* Nothing is under way any more, and connections end: TCP loses nothing within one, as we do, and programs may rely on
 * that. */
void network_clear(void);
/* A machine between may look at, change or withhold each message that passes it: NULL: none. Returns false to drop. */
typedef bool network_tap(const struct machine *from, const struct machine *to,
                         struct frame **frame);
extern network_tap *network_tapped;

struct network_tally {
    uint64_t messages, lost, doubled, reordered, delayed, flipped, cut, broken, strays, parted;
};
const struct network_tally *network_tally(void);

#endif
