/* links.c - connections between machines, and what the network does to what passes on them. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "tests/sim/sockets.h"
#include "tests/sim/system.h"

enum {
    LINKS_MAX = 4096, /* at once */
    PARTS_MAX = 64,
    FD_LEAST = 64, /* descriptors of connections, for a hub's table */
    FDS_MAX = 900,
    HANDSHAKE_MS = 20,
    SILENCE_MS = 125000, /* until heartbeats tell that the other end is gone */
};

enum link_state { LINK_FREE, LINK_GREETS, LINK_ASKS, LINK_UP, LINK_GONE };

struct link {
    uint64_t id; /* its place in the table, and how often that was used */
    enum link_state state;
    struct sim_socket *dealer, *router; /* NULL: that end is closed */
    struct machine *below, *above;
    uint32_t route;
    int fd;
    char user[200];
    sim_ms last[2]; /* when the newest message comes, downwards and upwards */
};

static struct link links[LINKS_MAX];
static size_t links_end = 1; /* all from here on were never used */
static struct machine *fd_taken[FDS_MAX];
static uint32_t routes;
static uint64_t uses;
static struct network_tally tally;
static struct {
    const struct machine *a, *b;
} parts[PARTS_MAX];
static size_t part_count;
static uint64_t era; /* what was sent in another one never comes */

struct weather weather = {.least_ms = 1, .most_ms = 20};
network_tap *network_tapped;

const struct network_tally *network_tally(void)
{
    return &tally;
}

static void end_now(void *context, uint64_t id);

/* ---- Partitions ---- */

static size_t find_part(const struct machine *a, const struct machine *b)
{
    size_t i = 0;
    while (i < part_count &&
           !((parts[i].a == a && parts[i].b == b) || (parts[i].a == b && parts[i].b == a)))
        i++;
    return i;
}

void network_part(const struct machine *a, const struct machine *b, bool apart)
{
    size_t at = find_part(a, b);
    if (apart && at == part_count && part_count < PARTS_MAX) {
        parts[part_count].a = a;
        parts[part_count++].b = b;
    } else if (!apart && at < part_count) {
        parts[at] = parts[--part_count];
    }
}

void network_heal(void)
{
    part_count = 0;
}

void network_clear(void)
{
    era++;
    for (size_t i = 1; i < links_end; i++)
        if (links[i].state != LINK_FREE)
            sim_at(sim_now(), end_now, NULL, links[i].id);
}

/* ---- The table ---- */

static struct link *find(uint64_t id)
{
    struct link *found = &links[id % LINKS_MAX];
    return id != 0 && found->id == id && found->state != LINK_FREE ? found : NULL;
}

static struct link *link_new(void)
{
    for (size_t i = 1; i < LINKS_MAX; i++)
        if (links[i].state == LINK_FREE) {
            links_end = i >= links_end ? i + 1 : links_end;
            links[i] = (struct link){.id = ++uses * LINKS_MAX + i, .fd = -1};
            return &links[i];
        }
    fprintf(stderr, "sim: too many connections at once\n");
    abort();
}

static void let_go(struct link *one)
{
    if (one->dealer == NULL && one->router == NULL)
        one->state = LINK_FREE;
}

bool link_is_up(uint64_t id)
{
    const struct link *one = find(id);
    return one != NULL && one->state == LINK_UP && one->dealer != NULL;
}

static int take_fd(struct machine *machine)
{
    for (int i = 0; i < FDS_MAX; i++)
        if (fd_taken[i] == NULL) {
            fd_taken[i] = machine;
            return FD_LEAST + i;
        }
    abort();
}

/* ---- How connections end ---- */

static void tell_dealer(struct link *one, unsigned event, uint32_t value)
{
    if (one->dealer == NULL)
        return;
    struct sim_socket *dealer = one->dealer;
    one->dealer = NULL;
    dealer->link = 0;
    socket_tell(dealer, event, value);
    fiber_wake(dealer->machine, dealer);
}

static void tell_router(struct link *one)
{
    if (one->router == NULL)
        return;
    socket_tell(one->router, ZMQ_EVENT_DISCONNECTED, (uint32_t)one->fd);
    fd_taken[one->fd - FD_LEAST] = NULL;
    one->router = NULL;
}

static void end_now(void *context, uint64_t id)
{
    struct link *one = find(id);
    (void)context;
    if (one == NULL)
        return;
    one->state = LINK_GONE;
    tell_dealer(one, ZMQ_EVENT_DISCONNECTED, 0);
    tell_router(one);
    let_go(one);
}

void links_closed(struct sim_socket *socket, bool silently)
{
    for (size_t i = 1; i < links_end; i++) {
        struct link *one = &links[i];
        if (one->state == LINK_FREE || (one->dealer != socket && one->router != socket))
            continue;
        if (one->router == socket) {
            fd_taken[one->fd - FD_LEAST] = NULL;
            one->router = NULL;
        } else {
            one->dealer = NULL;
            socket->link = 0;
        }
        one->state = LINK_GONE;
        bool unheard = silently && sim_chance(LOT_NETWORK, 2);
        sim_at(sim_now() + (unheard ? SILENCE_MS : weather.least_ms), end_now, NULL, one->id);
        let_go(one);
    }
}

void link_shut(struct machine *machine, int fd)
{
    for (size_t i = 1; i < links_end; i++)
        if (links[i].state != LINK_FREE && links[i].fd == fd && links[i].router != NULL &&
            links[i].above == machine)
            sim_at(sim_now(), end_now, NULL, links[i].id);
}

/* ---- How they begin ---- */

static struct frame *text_frame(const void *bytes, size_t size, bool more)
{
    struct frame *frame = frame_new(size);
    memcpy(frame->bytes, bytes, size);
    frame->more = more;
    return frame;
}

/* RFC 27. */
static bool ask_zap(struct link *one, const struct sim_door *door)
{
    struct sim_socket *zap = socket_zap(one->router->context);
    char id[24];
    if (zap == NULL)
        return false;
    snprintf(id, sizeof(id), "%llu", (unsigned long long)one->id);
    const struct {
        const void *bytes;
        size_t size;
    } request[7] = {{"1.0", 3},
                    {id, strlen(id)},
                    {door->domain, strlen(door->domain)},
                    {one->below->address, strlen(one->below->address)},
                    {"", 0},
                    {"CURVE", 5},
                    {one->dealer->curve_public, 32}};
    for (size_t i = 0; i < 7; i++)
        socket_put(zap, text_frame(request[i].bytes, request[i].size, i < 6));
    return true;
}

/* Greeting and handshake have come to whoever listens there. */
static void arrive(void *context, uint64_t id)
{
    struct link *one = find(id);
    (void)context;
    if (one == NULL || one->dealer == NULL)
        return;
    const struct sim_door *door;
    struct sim_socket *router = socket_bound(one->dealer->endpoint, &door);
    if (router == NULL) { /* nobody listens: refused */
        one->state = LINK_GONE;
        tell_dealer(one, ZMQ_EVENT_CLOSED, 0);
        let_go(one);
        return;
    }
    if (find_part(one->below, router->machine) < part_count) {
        tally.parted++;
        sim_at(sim_now() + 10000, end_now, NULL, id); /* no answer: CONNECT_MS */
        return;
    }
    one->router = router;
    one->above = router->machine;
    one->fd = take_fd(router->machine);
    socket_tell(router, ZMQ_EVENT_ACCEPTED, (uint32_t)one->fd);
    one->state = LINK_ASKS;
    if (memcmp(door->curve_public, one->dealer->curve_server, 32) != 0 || !ask_zap(one, door)) {
        one->state = LINK_GONE;
        tell_dealer(one, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, 0);
        tell_router(one);
        let_go(one);
    }
}

uint64_t link_open(struct sim_socket *dealer)
{
    struct link *one = link_new();
    one->state = LINK_GREETS;
    one->dealer = dealer;
    one->below = dealer->machine;
    sim_at(sim_now() + HANDSHAKE_MS, arrive, NULL, one->id);
    return one->id;
}

void link_admitted(uint64_t id, unsigned status, const char *user)
{
    struct link *one = find(id);
    if (one == NULL || one->state != LINK_ASKS)
        return;
    if (status != 200 || one->dealer == NULL) {
        one->state = LINK_GONE;
        tell_dealer(one, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, status);
        tell_router(one);
        let_go(one);
        return;
    }
    one->state = LINK_UP;
    one->route = ++routes;
    snprintf(one->user, sizeof(one->user), "%s", user);
    socket_tell(one->dealer, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
    fiber_wake(one->dealer->machine, one->dealer);
}

/* ---- What passes ---- */

struct packet {
    uint64_t link, era;
    struct machine *below, *above;
    bool up;
    struct frame *frame;
};

static void deliver_on(struct link *one, struct packet *packet)
{
    if (!packet->up) {
        socket_put(one->dealer, packet->frame);
        return;
    }
    struct frame *route = frame_new(5);
    route->bytes[0] = 0;
    for (int i = 0; i < 4; i++)
        route->bytes[1 + i] = (uint8_t)(one->route >> (8 * (3 - i)));
    route->more = true;
    packet->frame->fd = route->fd = one->fd;
    memcpy(packet->frame->user, one->user, sizeof(one->user));
    snprintf(packet->frame->address, sizeof(packet->frame->address), "%s", one->below->address);
    socket_put(one->router, route);
    socket_put(one->router, packet->frame);
}

/* Its connection, or the one that these two have now: what comes late is of an earlier session. */
static struct link *way_of(const struct packet *packet)
{
    struct link *one = find(packet->link);
    if (one != NULL && one->state == LINK_UP)
        return one;
    for (size_t i = 1; i < links_end; i++)
        if (links[i].state == LINK_UP && links[i].below == packet->below &&
            links[i].above == packet->above) {
            tally.strays++;
            return &links[i];
        }
    return NULL;
}

static void come(void *context, uint64_t number)
{
    struct packet *packet = context;
    (void)number;
    struct link *one = packet->era == era ? way_of(packet) : NULL;
    bool parted = find_part(packet->below, packet->above) < part_count;
    tally.parted += parted;
    if (one != NULL && one->dealer != NULL && one->router != NULL && !parted)
        deliver_on(one, packet);
    else
        free(packet->frame);
    free(packet);
}

static struct frame *copy_frame(const struct frame *frame)
{
    struct frame *copy = frame_new(frame->size);
    memcpy(copy->bytes, frame->bytes, frame->size);
    return copy;
}

static void spoil(struct frame *frame)
{
    if (sim_chance(LOT_NETWORK, weather.flips) && frame->size > 0) {
        frame->bytes[sim_below(LOT_NETWORK, (uint32_t)frame->size)] ^=
            (uint8_t)(1u << sim_below(LOT_NETWORK, 8));
        tally.flipped++;
    }
    if (sim_chance(LOT_NETWORK, weather.cuts) && frame->size > 0) {
        frame->size = sim_below(LOT_NETWORK, (uint32_t)frame->size);
        tally.cut++;
    }
}

static void post(struct link *one, bool up, struct frame *frame, sim_ms at)
{
    struct packet *packet = calloc(1, sizeof(*packet));
    if (packet == NULL)
        abort();
    *packet = (struct packet){one->id, era, one->below, one->above, up, frame};
    sim_at(at, come, packet, 0);
}

static sim_ms span(void)
{
    return weather.least_ms +
           sim_below(LOT_NETWORK, (uint32_t)(weather.most_ms - weather.least_ms) + 1);
}

static void send(struct link *one, bool up, struct frame *frame)
{
    sim_ms at = sim_now() + span();
    tally.messages++;
    const struct machine *from = up ? one->below : one->above, *to = up ? one->above : one->below;
    if ((network_tapped != NULL && !network_tapped(from, to, &frame)) ||
        sim_chance(LOT_NETWORK, weather.loses)) {
        tally.lost++;
        free(frame);
        return;
    }
    if (sim_chance(LOT_NETWORK, weather.doubles)) {
        tally.doubled++;
        post(one, up, copy_frame(frame), sim_now() + 10 * span());
    }
    spoil(frame);
    if (sim_chance(LOT_NETWORK, weather.delays)) {
        tally.delayed++;
        at += sim_random(LOT_NETWORK) % (weather.delayed_most_ms + 1);
    } else if (sim_chance(LOT_NETWORK, weather.reorders)) {
        tally.reordered++;
    } else {
        at = at > one->last[up] ? at : one->last[up];
        one->last[up] = at;
    }
    post(one, up, frame, at);
    if (sim_chance(LOT_NETWORK, weather.breaks)) {
        tally.broken++;
        sim_at(sim_now() + span(), end_now, NULL, one->id);
    }
}

void link_send_up(uint64_t id, struct frame *frame)
{
    send(find(id), true, frame);
}

static struct link *find_route(struct sim_socket *router, const uint8_t *route, size_t size)
{
    uint32_t number = 0;
    if (size != 5)
        return NULL;
    for (int i = 0; i < 4; i++)
        number = number << 8 | route[1 + i];
    for (size_t i = 1; i < links_end; i++)
        if (links[i].state == LINK_UP && links[i].router == router && links[i].route == number)
            return &links[i];
    return NULL;
}

bool link_has_route(struct sim_socket *router, const uint8_t *route, size_t size)
{
    return find_route(router, route, size) != NULL;
}

bool link_send_down(struct sim_socket *router, const uint8_t *route, size_t size,
                    struct frame *frame)
{
    struct link *one = find_route(router, route, size);
    if (one == NULL)
        return false;
    send(one, false, frame);
    return true;
}
