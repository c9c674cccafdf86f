#include "agent/uplink_own.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "agent/clock.h"
#include "agent/text.h"

enum {
    FDS_MAX = 6,
    /* Messages taken before time and other descriptors get their turn. */
    BURST = 32,
    /* libzmq reports no end when a name does not resolve; connecting and handshake take 20 s at most. */
    OPEN_WITHIN_MS = 25000,
};

void lt_uplink_child_config(struct lt_child_config *ret_config)
{
    *ret_config = (struct lt_child_config){
        .software = "lienthong " LT_VERSION_TEXT,
        .hello_every_ms = 600000,
        .answer_within_ms = 30000,
        .retry_first_ms = 1000,
        .retry_most_ms = 300000,
        .credit_most_bytes = LT_CREDIT_BYTES,
    };
}

enum lt_result lt_uplink_new(const struct lt_uplink_config *config,
                             const struct lt_uplink_owner *owner, struct lt_uplink **ret_uplink)
{
    assert(owner->store != NULL && owner->load != NULL && owner->sign != NULL &&
           owner->receipt != NULL);
    if (config->endpoint_count == 0 || config->endpoint_count > LT_UPLINK_ENDPOINTS_MAX) {
        return LT_USAGE;
    }
    struct lt_uplink *uplink = calloc(1, sizeof(*uplink));
    if (uplink == NULL) {
        return LT_NO_MEMORY;
    }
    uplink->config = *config;
    uplink->ways.now.endpoint_count = config->endpoint_count;
    memcpy(uplink->ways.now.endpoints, config->endpoints, sizeof(config->endpoints));
    memcpy(uplink->ways.now.curve, config->parent_curve, sizeof(config->parent_curve));
    uplink->owner = *owner;
    uplink->sign_again_at = UINT64_MAX;
    uplink->context = lt_link_context();
    uplink->child = lt_child_new(&uplink->config.child, &uplink->config.store);
    if (uplink->context == NULL || uplink->child == NULL) {
        lt_uplink_free(uplink);
        return LT_NO_MEMORY;
    }
    *ret_uplink = uplink;
    return LT_OK;
}

void lt_uplink_free(struct lt_uplink *uplink)
{
    if (uplink == NULL) {
        return;
    }
    lt_link_close(&uplink->link);
    lt_link_context_free(uplink->context);
    lt_child_free(uplink->child);
    lt_actions_clear(&uplink->todo);
    lt_actions_clear(&uplink->unsent);
    explicit_bzero(uplink->config.curve_secret, sizeof(uplink->config.curve_secret));
    free(uplink);
}

const char *lt_uplink_endpoint(const struct lt_uplink *uplink)
{
    return lt_ways_endpoint(&uplink->ways);
}

void lt_uplink_state(const struct lt_uplink *uplink, struct lt_child_state *ret_state)
{
    lt_child_state(uplink->child, ret_state);
}

void lt_uplink_stored(struct lt_uplink *uplink, const struct lt_chain *chain)
{
    lt_child_stored(uplink->child, chain, lt_clock_monotonic(), &uplink->todo);
}

void lt_uplink_rejected(struct lt_uplink *uplink, const struct lt_chain *chain)
{
    lt_child_rejected(uplink->child, chain, lt_clock_monotonic(), &uplink->todo);
}

void lt_uplink_drafts(struct lt_uplink *uplink, bool waiting)
{
    lt_child_drafts(uplink->child, waiting, lt_clock_monotonic(), &uplink->todo);
}

void lt_uplink_greet(struct lt_uplink *uplink)
{
    lt_child_greet(uplink->child, lt_clock_monotonic(), &uplink->todo);
}

void lt_uplink_report(struct lt_uplink *uplink)
{
    uplink->report_due = true;
}

void lt_uplink_tell_failure(struct lt_uplink *uplink, enum lt_result result, const char *endpoint,
                            const char *text)
{
    if (uplink->owner.failed != NULL) {
        uplink->owner.failed(uplink->owner.context, result, endpoint, text);
    }
}

/* Sends of a link that is gone mean nothing on the next. */
static void close_link(struct lt_uplink *uplink)
{
    lt_link_close(&uplink->link);
    lt_actions_clear(&uplink->unsent);
    uplink->unsent_from = 0;
    uplink->up = false;
    for (size_t i = 0; i < uplink->todo.count; i++) {
        enum lt_action_kind kind = uplink->todo.items[i].kind;
        if (kind == LT_DO_SEND || kind == LT_DO_SEND_UPDATE) {
            uplink->todo.items[i].session = 0;
            uplink->todo.items[i].kind = LT_DO_SEND;
            free(uplink->todo.items[i].bytes);
            uplink->todo.items[i].bytes = NULL; /* a send of nothing: passed over */
            uplink->todo.items[i].size = 0;
        }
    }
}

void lt_uplink_give_up(struct lt_uplink *uplink, enum lt_result result, const char *text)
{
    if (!lt_link_is_open(&uplink->link)) {
        return;
    }
    close_link(uplink);
    lt_uplink_tell_failure(uplink, result, lt_uplink_endpoint(uplink), text);
    lt_child_disconnected(uplink->child, lt_clock_monotonic(), &uplink->todo);
}

void lt_uplink_reconnect(struct lt_uplink *uplink)
{
    lt_ms now = lt_clock_monotonic();
    lt_child_afresh(uplink->child, now, &uplink->todo);
    if (lt_link_is_open(&uplink->link)) {
        close_link(uplink);
        lt_child_disconnected(uplink->child, now, &uplink->todo);
    }
}

void lt_uplink_rekey(struct lt_uplink *uplink, const uint8_t curve_public[32],
                     const uint8_t curve_secret[32])
{
    memcpy(uplink->config.curve_public, curve_public, sizeof(uplink->config.curve_public));
    memcpy(uplink->config.curve_secret, curve_secret, sizeof(uplink->config.curve_secret));
    lt_uplink_reconnect(uplink);
}

void lt_uplink_follow(struct lt_uplink *uplink, const struct lt_way_up *way)
{
    if (lt_ways_follow(&uplink->ways, way, lt_clock_monotonic())) {
        lt_uplink_reconnect(uplink);
    }
}

void lt_uplink_seconds(struct lt_uplink *uplink, const struct lt_way_up *seconds, size_t count)
{
    if (lt_ways_set_seconds(&uplink->ways, seconds, count, lt_clock_monotonic())) {
        lt_uplink_reconnect(uplink);
    }
}

void lt_uplink_want(struct lt_uplink *uplink, bool wanting)
{
    lt_ways_want(&uplink->ways, wanting, lt_clock_monotonic());
}

void lt_uplink_back(struct lt_uplink *uplink)
{
    if (lt_ways_back(&uplink->ways, lt_clock_monotonic())) {
        lt_uplink_reconnect(uplink);
    }
}

size_t lt_uplink_unnamed(const struct lt_uplink *uplink, struct lt_unnamed *ret_unnamed, size_t max)
{
    return lt_child_unnamed(uplink->child, ret_unnamed, max);
}

bool lt_uplink_on_second(const struct lt_uplink *uplink)
{
    return uplink->ways.on == LT_ON_SECOND;
}

static void connect_next(struct lt_uplink *uplink)
{
    struct lt_link_keys keys;
    close_link(uplink);
    lt_ways_connect(&uplink->ways, lt_clock_monotonic());
    memcpy(keys.server, lt_ways_curve(&uplink->ways), sizeof(keys.server));
    memcpy(keys.public_key, uplink->config.curve_public, sizeof(keys.public_key));
    memcpy(keys.secret_key, uplink->config.curve_secret, sizeof(keys.secret_key));
    enum lt_result result =
        lt_link_open(&uplink->link, uplink->context, lt_uplink_endpoint(uplink), &keys);
    explicit_bzero(&keys, sizeof(keys));
    uplink->open_until = lt_clock_monotonic() + OPEN_WITHIN_MS;
    if (result != LT_OK) {
        lt_link_close(&uplink->link);
        lt_uplink_tell_failure(uplink, result, lt_uplink_endpoint(uplink), uplink->link.trouble);
        lt_child_disconnected(uplink->child, lt_clock_monotonic(), &uplink->todo);
    }
}

/* LT_BUSY: not now. Others: done, or the link was given up. */
static enum lt_result send_one(struct lt_uplink *uplink, const struct lt_action *action)
{
    enum lt_result result;
    if (action->kind == LT_DO_SEND) {
        result = lt_link_send(&uplink->link,
                              (struct lt_bytes){.data = action->bytes, .size = action->size});
    } else {
        uint8_t header[LT_HEADER_BYTES];
        struct lt_hash id, parents[LT_PARENTS_MAX];
        size_t parent_count, size;
        lt_header_write(LT_MSG_UPDATE, action->session, header);
        result = uplink->config.store.update_at(uplink->config.store.context, action->position, &id,
                                                parents, &parent_count, &size)
                     ? lt_link_send_filled(&uplink->link, header, size, uplink->owner.load,
                                           uplink->owner.context, action->position)
                     : LT_CORRUPT;
    }
    if (result != LT_OK && result != LT_BUSY) {
        lt_uplink_give_up(uplink, result, lt_text("không gửi được", "a message could not be sent"));
    }
    return result;
}

static void send_unsent(struct lt_uplink *uplink)
{
    while (uplink->up && uplink->unsent_from < uplink->unsent.count) {
        struct lt_action *action = &uplink->unsent.items[uplink->unsent_from];
        if (send_one(uplink, action) != LT_OK) {
            return; /* busy, or given up and cleared */
        }
        free(action->bytes);
        action->bytes = NULL;
        uplink->unsent_from++;
    }
    if (uplink->unsent.count > 0) {
        lt_actions_clear(&uplink->unsent);
        uplink->unsent_from = 0;
    }
}

/* Keeps order: what waits goes first. Takes the action's bytes. */
static void send_or_keep(struct lt_uplink *uplink, struct lt_action *action)
{
    if (!uplink->up || (action->kind == LT_DO_SEND && action->bytes == NULL)) {
        free(action->bytes);
        return;
    }
    if (uplink->unsent.count == 0 && send_one(uplink, action) != LT_BUSY) {
        free(action->bytes);
        return;
    }
    struct lt_actions *unsent = &uplink->unsent;
    if (unsent->count == unsent->capacity) {
        size_t capacity = unsent->capacity == 0 ? 16 : unsent->capacity * 2;
        struct lt_action *items = realloc(unsent->items, capacity * sizeof(*items));
        if (items == NULL) {
            free(action->bytes);
            lt_uplink_give_up(uplink, LT_NO_MEMORY, lt_text_result(LT_NO_MEMORY));
            return;
        }
        unsent->items = items;
        unsent->capacity = capacity;
    }
    unsent->items[unsent->count++] = *action;
}

/* Takes the action's bytes. */
static void perform(struct lt_uplink *uplink, struct lt_action *action)
{
    struct lt_bytes bytes = {.data = action->bytes, .size = action->size};
    switch (action->kind) {
    case LT_DO_SEND:
    case LT_DO_SEND_UPDATE:
        send_or_keep(uplink, action);
        return;
    case LT_DO_STORE:
        lt_uplink_ask_store(uplink, bytes);
        break;
    case LT_DO_RECEIPT:
        uplink->owner.receipt(uplink->owner.context, bytes);
        break;
    case LT_DO_SIGN:
        lt_uplink_ask_sign(uplink);
        break;
    case LT_DO_CONNECT:
        connect_next(uplink);
        break;
    case LT_DO_READY:
        if (uplink->owner.ready != NULL) {
            uplink->owner.ready(uplink->owner.context);
        }
        break;
    case LT_DO_REFUSED:
        lt_uplink_tell_refusal(uplink, bytes);
        break;
    case LT_DO_RESTORED: /* a parent's, not ours */
    case LT_DO_REPORT:
    case LT_DO_WANT_PIECE:
        break;
    case LT_DO_PIECE:
        lt_uplink_tell_piece(uplink, bytes);
        break;
    }
    free(action->bytes);
}

/* What is done may ask for more: the list grows while it is walked. */
static void perform_all(struct lt_uplink *uplink)
{
    for (size_t i = 0; i < uplink->todo.count; i++) {
        struct lt_action action = uplink->todo.items[i];
        uplink->todo.items[i].bytes = NULL;
        perform(uplink, &action);
    }
    lt_actions_clear(&uplink->todo);
}

static void look_at_ways(struct lt_uplink *uplink, const struct lt_child_state *state)
{
    struct lt_ways *ways = &uplink->ways;
    bool new =
        state->welcomed && (!uplink->told.welcomed || state->session != uplink->told.session);
    if (state->welcomed) {
        lt_ways_welcomed(ways, lt_clock_monotonic());
    }
    if (ways->on == LT_ON_MOVE && new && uplink->owner.moved != NULL &&
        uplink->owner.moved(uplink->owner.context, &ways->next) == LT_OK) {
        lt_ways_arrived(ways);
    }
    if (lt_ways_change(ways, lt_link_is_open(&uplink->link), lt_clock_monotonic())) {
        lt_uplink_reconnect(uplink);
    }
}

/* Time, and what has changed since the last look. */
static void look(struct lt_uplink *uplink)
{
    lt_ms now = lt_clock_monotonic();
    struct lt_child_state state;
    if (lt_link_is_open(&uplink->link) && !uplink->up && now >= uplink->open_until) {
        lt_uplink_give_up(uplink, LT_NETWORK,
                          lt_text("không tìm ra tên máy, hoặc không có ai trả lời ở đó",
                                  "the name does not resolve, or nothing answers there"));
    }
    if (now >= uplink->sign_again_at) {
        uplink->sign_again_at = UINT64_MAX;
        lt_uplink_drafts(uplink, true);
    }
    if (now >= lt_child_due(uplink->child)) {
        lt_child_tick(uplink->child, now, &uplink->todo);
    }
    perform_all(uplink);
    lt_child_state(uplink->child, &state);
    if (state.welcomed &&
        (uplink->report_due || state.session != uplink->told.session || !uplink->told.welcomed)) {
        lt_uplink_ask_report(uplink);
        perform_all(uplink);
    }
    look_at_ways(uplink, &state);
    bool same = state.connected == uplink->told.connected &&
                state.welcomed == uplink->told.welcomed && state.settled == uplink->told.settled &&
                state.parent_ready == uplink->told.parent_ready &&
                state.session == uplink->told.session;
    uplink->told = state;
    if (!same && uplink->owner.changed != NULL) {
        uplink->owner.changed(uplink->owner.context, &state);
    }
}

static void take_messages(struct lt_uplink *uplink)
{
    for (unsigned i = 0; i < BURST && lt_link_is_open(&uplink->link); i++) {
        struct lt_link_message message;
        enum lt_result result = lt_link_receive(&uplink->link, &message);
        if (result == LT_NOT_FOUND) {
            return;
        }
        if (result == LT_OK) {
            lt_child_wall(uplink->child, lt_clock_wall());
            result =
                lt_child_message(uplink->child, message.bytes, lt_clock_monotonic(), &uplink->todo);
            lt_link_release(&message);
        }
        if (result != LT_OK) {
            lt_uplink_give_up(uplink, result,
                              lt_text("cấp trên trả lời không đúng giao thức",
                                      "the parent does not keep to the protocol"));
        }
        perform_all(uplink);
    }
}

static void take_events(struct lt_uplink *uplink)
{
    enum lt_link_event event = LT_LINK_UP;
    while (lt_link_is_open(&uplink->link) && event != LT_LINK_NOTHING) {
        event = lt_link_next_event(&uplink->link);
        switch (event) {
        case LT_LINK_NOTHING:
            break;
        case LT_LINK_UP:
            uplink->up = true;
            lt_child_connected(uplink->child, lt_clock_monotonic(), &uplink->todo);
            break;
        case LT_LINK_DOWN:
            lt_uplink_give_up(uplink, LT_NETWORK, uplink->link.trouble);
            break;
        case LT_LINK_UNWANTED:
            lt_uplink_give_up(uplink, LT_KEY_UNKNOWN, uplink->link.trouble);
            break;
        }
    }
    perform_all(uplink);
}

static long wait_ms(const struct lt_uplink *uplink, int64_t timeout_ms)
{
    lt_ms now = lt_clock_monotonic();
    lt_ms until = lt_child_due(uplink->child);
    if (lt_link_is_open(&uplink->link) && !uplink->up && uplink->open_until < until) {
        until = uplink->open_until;
    }
    if (lt_link_due(&uplink->link) < until) {
        until = lt_link_due(&uplink->link);
    }
    if (uplink->sign_again_at < until) {
        until = uplink->sign_again_at;
    }
    lt_ms change_at = lt_ways_due(&uplink->ways, lt_link_is_open(&uplink->link));
    if (change_at < until) {
        until = change_at;
    }
    if (timeout_ms >= 0 && until > now + (lt_ms)timeout_ms) {
        until = now + (lt_ms)timeout_ms;
    }
    if (uplink->todo.count > 0) { /* asked for by a callback meanwhile */
        return 0;
    }
    if (until == UINT64_MAX) {
        return -1;
    }
    lt_ms wait = until > now ? until - now : 0;
    return wait > 86400000 ? 86400000 : (long)wait;
}

enum lt_result lt_uplink_run_once(struct lt_uplink *uplink, struct lt_uplink_fd *fds,
                                  size_t fd_count, int64_t timeout_ms)
{
    zmq_pollitem_t items[FDS_MAX + 3];
    int count = 0;
    assert(fd_count <= FDS_MAX);
    look(uplink);
    send_unsent(uplink);
    perform_all(uplink); /* a link given up while sending */
    for (size_t i = 0; i < fd_count; i++) {
        items[count++] = (zmq_pollitem_t){.fd = fds[i].fd, .events = ZMQ_POLLIN};
        fds[i].readable = false;
    }
    if (lt_link_is_open(&uplink->link)) {
        bool unsent = uplink->up && uplink->unsent.count > 0;
        items[count++] = (zmq_pollitem_t){.socket = uplink->link.monitor, .events = ZMQ_POLLIN};
        items[count++] =
            (zmq_pollitem_t){.socket = uplink->link.socket,
                             .events = (short)(ZMQ_POLLIN | (unsent ? ZMQ_POLLOUT : 0))};
        items[count++] = (zmq_pollitem_t){.fd = uplink->link.arrivals, .events = ZMQ_POLLIN};
    }
    int ready = zmq_poll(items, count, wait_ms(uplink, timeout_ms));
    if (ready < 0) {
        return zmq_errno() == EINTR ? LT_OK : LT_IO;
    }
    for (size_t i = 0; i < fd_count; i++) {
        fds[i].readable = items[i].revents != 0;
    }
    send_unsent(uplink);
    take_messages(uplink); /* what came before the end of a link counts */
    take_events(uplink);
    lt_uplink_look_at_link(uplink);
    look(uplink);
    return LT_OK;
}
