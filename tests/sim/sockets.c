#include "tests/sim/sockets.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "tests/sim/wrapped.h"

static struct sim_socket *sockets;

/* ---- Frames ---- */

struct frame *frame_new(size_t size)
{
    struct frame *frame = calloc(1, sizeof(*frame) + size + 1);
    if (frame == NULL)
        abort();
    frame->size = size;
    return frame;
}

static void put(struct frames *frames, struct frame *frame)
{
    if (frames->first == NULL)
        frames->last = &frames->first;
    frame->next = NULL;
    *frames->last = frame;
    frames->last = &frame->next;
    frames->count++;
}

static struct frame *take(struct frames *frames)
{
    struct frame *frame = frames->first;
    if (frame != NULL) {
        frames->first = frame->next;
        frames->count--;
        frame->next = NULL;
    }
    return frame;
}

static void clear(struct frames *frames)
{
    struct frame *frame;
    while ((frame = take(frames)) != NULL)
        free(frame);
}

void socket_put(struct sim_socket *socket, struct frame *frame)
{
    put(&socket->in, frame);
    fiber_wake(socket->machine, socket);
}

void socket_tell(struct sim_socket *socket, unsigned event, uint32_t value)
{
    if (socket->monitor == NULL)
        return;
    struct frame *what = frame_new(6), *where = frame_new(9);
    const uint16_t kind = (uint16_t)event;
    memcpy(what->bytes, &kind, 2);
    memcpy(what->bytes + 2, &value, 4);
    memcpy(where->bytes, "tcp://sim", 9);
    what->more = true;
    put(&socket->monitor->in, what);
    socket_put(socket->monitor, where);
}

bool socket_ready(struct sim_socket *socket, bool writing)
{
    return socket->in.first != NULL || (writing && link_is_up(socket->link));
}

/* ---- Messages: a zmq_msg_t holds a pointer to its frame ---- */

static struct frame **frame_of(zmq_msg_t *message)
{
    return (struct frame **)(void *)message;
}

int zmq_msg_init(zmq_msg_t *message)
{
    *frame_of(message) = NULL;
    return 0;
}

int zmq_msg_init_size(zmq_msg_t *message, size_t size)
{
    *frame_of(message) = frame_new(size);
    return 0;
}

int zmq_msg_close(zmq_msg_t *message)
{
    free(*frame_of(message));
    *frame_of(message) = NULL;
    return 0;
}

void *zmq_msg_data(zmq_msg_t *message)
{
    static uint8_t nothing;
    struct frame *frame = *frame_of(message);
    return frame != NULL ? frame->bytes : &nothing;
}

/* The header declares it so. */
size_t zmq_msg_size(const zmq_msg_t *message)
{
    struct frame *const *frame = (struct frame *const *)(const void *)message;
    return *frame != NULL ? (*frame)->size : 0;
}

int zmq_msg_more(const zmq_msg_t *message)
{
    struct frame *const *frame = (struct frame *const *)(const void *)message;
    return *frame != NULL && (*frame)->more;
}

int zmq_msg_get(const zmq_msg_t *message, int property)
{
    struct frame *const *frame = (struct frame *const *)(const void *)message;
    assert(property == ZMQ_SRCFD);
    return *frame != NULL ? (*frame)->fd : -1;
}

const char *zmq_msg_gets(const zmq_msg_t *message, const char *property)
{
    struct frame *const *frame = (struct frame *const *)(const void *)message;
    if (*frame == NULL || (*frame)->user[0] == '\0')
        return NULL;
    return strcmp(property, "User-Id") == 0 ? (*frame)->user : (*frame)->address;
}

/* ---- Contexts and sockets ---- */

void *zmq_ctx_new(void)
{
    struct sim_context *context = calloc(1, sizeof(*context));
    if (context == NULL)
        abort();
    context->machine = fiber_machine();
    return context;
}

int zmq_ctx_set(void *context, int option, int value)
{
    (void)context;
    (void)option;
    (void)value;
    return 0;
}

int zmq_ctx_shutdown(void *raw)
{
    struct sim_context *context = raw;
    context->shut = true;
    for (struct sim_socket *socket = sockets; socket != NULL; socket = socket->next)
        if (socket->context == context)
            fiber_wake(socket->machine, socket);
    return 0;
}

int zmq_ctx_term(void *context)
{
    free(context);
    return 0;
}

void *zmq_socket(void *context, int type)
{
    struct sim_socket *socket = calloc(1, sizeof(*socket));
    if (socket == NULL)
        abort();
    socket->type = type;
    socket->machine = fiber_machine();
    socket->context = context;
    socket->next = sockets;
    sockets = socket;
    return socket;
}

static void end_socket(struct sim_socket *socket, bool silently)
{
    links_closed(socket, silently);
    for (struct sim_socket **at = &sockets; *at != NULL; at = &(*at)->next)
        if (*at == socket) {
            *at = socket->next;
            break;
        }
    for (struct sim_socket *other = sockets; other != NULL; other = other->next)
        if (other->monitor == socket)
            other->monitor = NULL;
    clear(&socket->in);
    while (socket->part != NULL) {
        struct frame *next = socket->part->next;
        free(socket->part);
        socket->part = next;
    }
    free(socket);
}

int zmq_close(void *socket)
{
    end_socket(socket, false);
    return 0;
}

void sockets_killed(struct machine *machine)
{
    for (struct sim_socket *socket = sockets, *next; socket != NULL; socket = next) {
        next = socket->next;
        if (socket->machine == machine)
            end_socket(socket, true);
    }
}

int zmq_setsockopt(void *raw, int option, const void *value, size_t size)
{
    struct sim_socket *socket = raw;
    if (option == ZMQ_CURVE_SERVERKEY)
        memcpy(socket->curve_server, value, 32);
    else if (option == ZMQ_CURVE_PUBLICKEY)
        memcpy(socket->curve_public, value, 32);
    else if (option == ZMQ_CURVE_SECRETKEY) {
        memcpy(socket->curve_secret, value, 32);
        if (crypto_scalarmult_base(socket->curve_public, socket->curve_secret) != 0)
            abort();
    } else if (option == ZMQ_ZAP_DOMAIN)
        snprintf(socket->domain, sizeof(socket->domain), "%.*s", (int)size, (const char *)value);
    return 0;
}

int zmq_getsockopt(void *raw, int option, void *ret_value, size_t *size)
{
    struct sim_socket *socket = raw;
    if (option == ZMQ_LAST_ENDPOINT) {
        *size = (size_t)snprintf(ret_value, *size, "%s", socket->endpoint) + 1;
        return 0;
    }
    int value = option == ZMQ_RCVMORE  ? socket->more
                : option == ZMQ_EVENTS ? (socket->in.first != NULL ? ZMQ_POLLIN : 0)
                                       : 0;
    memcpy(ret_value, &value, sizeof(value));
    return 0;
}

int zmq_bind(void *raw, const char *endpoint)
{
    struct sim_socket *socket = raw;
    for (size_t i = 0; i < DOORS_MAX; i++) {
        struct sim_door *door = &socket->doors[i];
        if (door->endpoint[0] != '\0')
            continue;
        snprintf(door->endpoint, sizeof(door->endpoint), "%s", endpoint);
        memcpy(door->curve_public, socket->curve_public, sizeof(door->curve_public));
        memcpy(door->domain, socket->domain, sizeof(door->domain));
        snprintf(socket->endpoint, sizeof(socket->endpoint), "%s", endpoint);
        return 0;
    }
    abort();
}

int zmq_unbind(void *raw, const char *endpoint)
{
    struct sim_socket *socket = raw;
    for (size_t i = 0; i < DOORS_MAX; i++)
        if (strcmp(socket->doors[i].endpoint, endpoint) == 0)
            socket->doors[i].endpoint[0] = '\0';
    return 0;
}

struct sim_socket *socket_bound(const char *endpoint, const struct sim_door **ret_door)
{
    for (struct sim_socket *socket = sockets; socket != NULL; socket = socket->next)
        for (size_t i = 0; i < DOORS_MAX && socket->type == ZMQ_ROUTER; i++)
            if (strcmp(socket->doors[i].endpoint, endpoint) == 0) {
                *ret_door = &socket->doors[i];
                return socket;
            }
    return NULL;
}

struct sim_socket *socket_zap(const struct sim_context *context)
{
    for (struct sim_socket *socket = sockets; socket != NULL; socket = socket->next)
        if (socket->context == context && socket->type == ZMQ_REP)
            return socket;
    return NULL;
}

/* The two ends of a monitor find each other, whichever comes first. */
static void join_monitors(const struct sim_context *context, const char *name)
{
    struct sim_socket *ear = NULL;
    for (struct sim_socket *socket = sockets; socket != NULL; socket = socket->next)
        if (socket->context == context && socket->type == ZMQ_PAIR &&
            strcmp(socket->endpoint, name) == 0)
            ear = socket;
    for (struct sim_socket *socket = sockets; socket != NULL && ear != NULL; socket = socket->next)
        if (socket->context == context && strcmp(socket->monitor_name, name) == 0)
            socket->monitor = ear;
}

int zmq_socket_monitor(void *raw, const char *name, int events)
{
    struct sim_socket *socket = raw;
    (void)events;
    socket->monitor_name[0] = '\0';
    socket->monitor = NULL;
    if (name != NULL) {
        snprintf(socket->monitor_name, sizeof(socket->monitor_name), "%s", name);
        join_monitors(socket->context, name);
    }
    return 0;
}

int zmq_connect(void *raw, const char *endpoint)
{
    struct sim_socket *socket = raw;
    snprintf(socket->endpoint, sizeof(socket->endpoint), "%s", endpoint);
    if (socket->type == ZMQ_DEALER)
        socket->link = link_open(socket);
    else
        join_monitors(socket->context, endpoint);
    return 0;
}

/* ---- Sending ---- */

/* The ZAP handler's answer: version, request, status, text, user, metadata. */
static void send_answer(struct frame *parts)
{
    struct frame *request = parts->next, *status = request->next, *user = status->next->next;
    link_admitted(strtoull((const char *)request->bytes, NULL, 10),
                  (unsigned)strtoul((const char *)status->bytes, NULL, 10),
                  (const char *)user->bytes);
    while (parts != NULL) {
        struct frame *next = parts->next;
        free(parts);
        parts = next;
    }
}

static int refuse(int code)
{
    errno = code;
    return -1;
}

/* Takes the frame when it succeeds. */
static int send_frame(struct sim_socket *socket, struct frame *frame, bool more)
{
    const int size = (int)frame->size;
    if (socket->type == ZMQ_DEALER) {
        if (!link_is_up(socket->link))
            return refuse(EAGAIN);
        link_send_up(socket->link, frame);
        return size;
    }
    if (socket->type == ZMQ_ROUTER && socket->part == NULL) { /* the route */
        if (!link_has_route(socket, frame->bytes, frame->size))
            return refuse(EHOSTUNREACH);
        socket->part = frame;
        return size;
    }
    if (socket->type == ZMQ_ROUTER) {
        struct frame *route = socket->part;
        socket->part = NULL;
        if (!link_send_down(socket, route->bytes, route->size, frame))
            free(frame);
        free(route);
        return size;
    }
    struct frame **at = &socket->part;
    while (*at != NULL)
        at = &(*at)->next;
    *at = frame;
    if (!more) {
        send_answer(socket->part);
        socket->part = NULL;
    }
    return size;
}

int zmq_send(void *socket, const void *bytes, size_t size, int flags)
{
    struct frame *frame = frame_new(size);
    if (size > 0)
        memcpy(frame->bytes, bytes, size);
    int sent = send_frame(socket, frame, (flags & ZMQ_SNDMORE) != 0);
    if (sent < 0)
        free(frame);
    return sent;
}

int zmq_msg_send(zmq_msg_t *message, void *socket, int flags)
{
    int sent = send_frame(socket, *frame_of(message), (flags & ZMQ_SNDMORE) != 0);
    if (sent >= 0)
        *frame_of(message) = NULL;
    return sent;
}

/* ---- Receiving ---- */

static struct frame *receive(struct sim_socket *socket, int flags)
{
    while (socket->in.first == NULL) {
        if (socket->context->shut) {
            errno = ETERM;
            return NULL;
        }
        if ((flags & ZMQ_DONTWAIT) != 0) {
            errno = EAGAIN;
            return NULL;
        }
        fiber_wait_one(socket);
    }
    struct frame *frame = take(&socket->in);
    socket->more = frame->more;
    return frame;
}

int zmq_msg_recv(zmq_msg_t *message, void *socket, int flags)
{
    struct frame *frame = receive(socket, flags);
    if (frame == NULL)
        return -1;
    free(*frame_of(message));
    *frame_of(message) = frame;
    return (int)frame->size;
}

int zmq_recv(void *socket, void *ret_bytes, size_t size, int flags)
{
    struct frame *frame = receive(socket, flags);
    if (frame == NULL)
        return -1;
    int length = (int)frame->size;
    if (size > 0)
        memcpy(ret_bytes, frame->bytes, frame->size < size ? frame->size : size);
    free(frame);
    return length;
}

int zmq_poll(zmq_pollitem_t *polled, int count, long timeout_ms)
{
    struct sim_poll items[FIBER_ONS_MAX] = {{.socket = NULL}};
    int ready = 0;
    assert(count <= FIBER_ONS_MAX);
    for (int i = 0; i < count; i++)
        items[i] = (struct sim_poll){.socket = polled[i].socket,
                                     .fd = polled[i].fd,
                                     .writing = (polled[i].events & ZMQ_POLLOUT) != 0};
    sim_poll_wait(items, (size_t)count, timeout_ms);
    for (int i = 0; i < count; i++) {
        polled[i].revents = items[i].ready ? ZMQ_POLLIN : 0;
        ready += items[i].ready;
    }
    return ready;
}

int zmq_errno(void)
{
    return errno;
}

const char *zmq_strerror(int code)
{
    return strerror(code);
}
