/* JOINs: what is cheap first. A guess costs a look into the roster, and soon not even an answer of the
 * control thread's; only who shows a secret of ours has its signature verified. */
#include "hub/gate_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool copy_exactly(uint8_t *to, size_t size, ProtobufCBinaryData from)
{
    if (from.len == size) {
        memcpy(to, from.data, size);
    }
    return from.len == size;
}

static bool read_join(const Lienthong__Join *join, const struct sender *sender,
                      struct lt_join_ask *ask)
{
    ask->role = join->role;
    return copy_exactly(ask->secret, sizeof(ask->secret), join->secret) &&
           copy_exactly(ask->key.bytes, sizeof(ask->key.bytes), join->key) &&
           copy_exactly(ask->curve_key, sizeof(ask->curve_key), join->curve_key) &&
           copy_exactly(ask->instance.bytes, sizeof(ask->instance.bytes), join->instance) &&
           memcmp(ask->curve_key, sender->curve_key, 32) == 0 &&
           (join->role == LIENTHONG__ROLE__ROLE_AGENT || join->role == LIENTHONG__ROLE__ROLE_HUB);
}

/* Asked by a key that is valid for the unit here? That is for the control thread to see. */
static bool read_rotation(const Lienthong__Join *join, struct lt_join_ask *ask)
{
    struct lt_rotation rotation = {.role = join->role, .key = ask->key};
    memcpy(rotation.curve_key, ask->curve_key, sizeof(rotation.curve_key));
    if (join->unit == NULL || join->n_cut > LT_ROTATE_TIPS_MAX ||
        lt_unit_make(join->unit->code, join->unit->valid_from, &ask->unit) != LT_OK ||
        !copy_exactly(ask->previous.bytes, sizeof(ask->previous.bytes), join->previous_key) ||
        !copy_exactly(ask->previous_signature.bytes, sizeof(ask->previous_signature.bytes),
                      join->previous_signature)) {
        return false;
    }
    for (size_t i = 0; i < join->n_cut; i++) {
        if (!copy_exactly(ask->cut[i].bytes, sizeof(ask->cut[i].bytes), join->cut[i])) {
            return false;
        }
    }
    ask->cut_count = join->n_cut;
    ask->rotates = true;
    rotation.unit = ask->unit;
    return lt_rotation_verify(&rotation, &ask->previous, &ask->previous_signature);
}

static void say_too_many(struct lt_gate *gate, const struct lt_join_ask *ask)
{
    static char text[] =
        "Từ địa chỉ này vừa có quá nhiều mã sai; hãy kiểm tra lại mã và thử lại sau "
        "một phút / Too many wrong codes came from this address; check the code "
        "and try again in a minute";
    Lienthong__Joined joined;
    uint8_t *bytes;
    size_t size;
    lienthong__joined__init(&joined);
    joined.text = text;
    if (lt_message_pack(LT_MSG_JOINED, ask->session, &joined.base, &bytes, &size) != LT_OK) {
        return;
    }
    if (zmq_send(gate->router, ask->route, ask->route_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
        zmq_send(gate->router, bytes, size, ZMQ_DONTWAIT) < 0) {
        atomic_fetch_add(&gate->stranger_dropped, 1);
    }
    free(bytes);
    pthread_mutex_lock(&gate->lock);
    gate->counts.guesses_limited++;
    pthread_mutex_unlock(&gate->lock);
}

/* False: not worth an answer. */
static bool weigh(struct lt_gate *gate, const Lienthong__Join *join, const struct sender *sender,
                  struct lt_join_ask *ask, lt_ms now)
{
    if (!read_join(join, sender, ask)) {
        return false;
    }
    snprintf(ask->address, sizeof(ask->address), "%s", sender->address);
    if (join->previous_key.len > 0) {
        return lt_rates_take(&gate->joins, sender->address, now) && lt_join_verify(join) == LT_OK &&
               read_rotation(join, ask) && gate->config.join(gate->config.context, ask);
    }
    if (!gate->config.invited(gate->config.context, ask->secret)) {
        if (!lt_rates_take(&gate->guesses, sender->address, now)) {
            say_too_many(gate, ask);
            return true;
        }
    } else if (!lt_rates_take(&gate->joins, sender->address, now) ||
               lt_join_verify(join) != LT_OK) {
        return false;
    }
    return gate->config.join(gate->config.context, ask);
}

bool gate_take_join(struct lt_gate *gate, struct incoming *incoming, const struct sender *sender,
                    const struct lt_message *message, lt_ms now)
{
    struct connection *connection = gate_connection(gate, sender->fd);
    struct lt_join_ask ask = {.session = message->session};
    ProtobufCMessage *join;
    if (connection == NULL || zmq_msg_size(&incoming->payload) > JOIN_BYTES_MAX ||
        zmq_msg_size(&incoming->route) > LT_ROUTE_BYTES_MAX ||
        ++connection->joins > STRANGER_JOINS_MAX) {
        return false;
    }
    ask.route_size = zmq_msg_size(&incoming->route);
    memcpy(ask.route, zmq_msg_data(&incoming->route), ask.route_size);
    bool heard = lt_payload_read(message->payload, &lienthong__join__descriptor, gate->arena,
                                 &join) == LT_OK &&
                 weigh(gate, (const Lienthong__Join *)(void *)join, sender, &ask, now);
    lt_arena_reset(gate->arena);
    explicit_bzero(ask.secret, sizeof(ask.secret));
    return heard;
}
