#include "agent/join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "agent/uplink_socket.h"

enum {
    ANSWER_WITHIN_MS = 5000, /* of JOIN, once connected; else it is said again on a new link */
    RETRY_FIRST_MS = 500,
    RETRY_MOST_MS = 8000,
    ASK_FIRST_MS = 1000, /* when approval is waited for: somebody is on the telephone */
    ASK_MOST_MS = 20000,
    ARENA_BYTES = 256 * 1024,
};

/* Full jitter: from nothing to the ceiling, so that a village of PCs does not knock as one. */
static lt_ms draw_pause_ms(lt_ms first_ms, lt_ms most_ms, unsigned attempt)
{
    uint64_t random;
    lt_ms ceiling = first_ms << (attempt < 5 ? attempt : 5);
    lt_random(&random, sizeof(random));
    return random % ((ceiling < most_ms ? ceiling : most_ms) + 1);
}

static enum lt_result read_endpoint(const char *text, char ret_endpoint[LT_ENDPOINT_MAX])
{
    char endpoint[LT_ENDPOINT_MAX];
    int length =
        snprintf(endpoint, sizeof(endpoint), "%s%s", strstr(text, "://") ? "" : "tcp://", text);
    if (length < 0 || length >= LT_ENDPOINT_MAX || strncmp(endpoint, "tcp://", 6) != 0) {
        return LT_MALFORMED;
    }
    const char *colon = strrchr(endpoint + 6, ':');
    if (colon == NULL || colon == endpoint + 6 || colon[1] == '\0' ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1)) {
        return LT_MALFORMED;
    }
    long port = strtol(colon + 1, NULL, 10);
    for (const char *at = endpoint; *at != '\0'; at++) {
        if (*at <= ' ' || *at >= 127 || *at == ';') { /* ';' would name a source address */
            return LT_MALFORMED;
        }
    }
    if (port < 1 || port > 65535) {
        return LT_MALFORMED;
    }
    memcpy(ret_endpoint, endpoint, (size_t)length + 1);
    return LT_OK;
}

static enum lt_result add_endpoint(char list[LT_JOIN_ENDPOINTS_MAX][LT_ENDPOINT_MAX], size_t *count,
                                   const char *text, bool first)
{
    char endpoint[LT_ENDPOINT_MAX] = {0};
    enum lt_result result = read_endpoint(text, endpoint);
    if (result != LT_OK) {
        return result;
    }
    size_t at = 0;
    while (at < *count && strcmp(list[at], endpoint) != 0) {
        at++;
    }
    if (at < *count && !first) {
        return LT_OK;
    }
    if (at == *count) {
        if (*count == LT_JOIN_ENDPOINTS_MAX) {
            return LT_TOO_LARGE;
        }
        (*count)++;
    }
    size_t to = first ? 0 : at;
    memmove(list[to + 1], list[to], (at - to) * sizeof(list[0]));
    memcpy(list[to], endpoint, sizeof(endpoint));
    return LT_OK;
}

enum lt_result lt_join_request_endpoint(struct lt_join_request *request, const char *endpoint,
                                        bool first)
{
    return add_endpoint(request->endpoints, &request->endpoint_count, endpoint, first);
}

enum lt_result lt_join_request_code(struct lt_join_request *request, const char *code)
{
    struct lt_join_code parsed;
    enum lt_result result = lt_join_code_parse(code, &parsed);
    if (result == LT_OK) {
        result = lt_join_request_endpoint(request, parsed.endpoint, false);
    }
    if (result == LT_OK) {
        memcpy(request->hub_curve, parsed.curve_key, sizeof(request->hub_curve));
        memcpy(request->secret, parsed.secret, sizeof(request->secret));
    }
    explicit_bzero(&parsed, sizeof(parsed));
    return result;
}

static ProtobufCBinaryData span(const uint8_t *bytes, size_t size)
{
    union {
        const uint8_t *from;
        uint8_t *to; /* protobuf-c only reads it */
    } pointer = {.from = bytes};
    return (ProtobufCBinaryData){.data = pointer.to, .len = size};
}

struct wire_rotation {
    Lienthong__Unit unit;
    char code[LT_CODE_BYTES_MAX + 1];
    ProtobufCBinaryData cut[LT_ROTATE_TIPS_MAX];
};

static void add_rotation(Lienthong__Join *join, const struct lt_join_rotation *rotation,
                         struct wire_rotation *wire)
{
    if (rotation == NULL) {
        return;
    }
    lienthong__unit__init(&wire->unit);
    memcpy(wire->code, rotation->unit.code, sizeof(wire->code));
    wire->unit.code = wire->code;
    wire->unit.valid_from = rotation->unit.valid_from;
    join->unit = &wire->unit;
    join->previous_key = span(rotation->previous.bytes, sizeof(rotation->previous.bytes));
    join->previous_signature = span(rotation->signature.bytes, sizeof(rotation->signature.bytes));
    for (size_t i = 0; i < rotation->cut_count; i++) {
        wire->cut[i] = span(rotation->cut[i].bytes, sizeof(rotation->cut[i].bytes));
    }
    join->cut = wire->cut;
    join->n_cut = rotation->cut_count;
}

static enum lt_result pack_join(const struct lt_join_request *request, const struct lt_keys *keys,
                                uint64_t session, uint8_t **ret_bytes, size_t *ret_size)
{
    uint8_t proof[64];
    Lienthong__Join join;
    struct wire_rotation wire;
    lienthong__join__init(&join);
    add_rotation(&join, request->rotation, &wire);
    join.secret = span(request->secret, sizeof(request->secret));
    join.role = request->role;
    join.key = span(keys->sign_public.bytes, sizeof(keys->sign_public.bytes));
    join.curve_key = span(keys->curve_public, sizeof(keys->curve_public));
    join.instance = span(request->instance.bytes, sizeof(request->instance.bytes));
    enum lt_result result = lt_join_sign(&join, &keys->sign_secret, proof);
    if (result != LT_OK) {
        return result;
    }
    join.proof = span(proof, sizeof(proof));
    return lt_message_pack(LT_MSG_JOIN, session, &join.base, ret_bytes, ret_size);
}

static enum lt_result read_unit(const Lienthong__Unit *unit, struct lt_unit *ret_unit)
{
    return unit == NULL ? LT_MALFORMED : lt_unit_make(unit->code, unit->valid_from, ret_unit);
}

static enum lt_result read_accepted(const Lienthong__Joined *said,
                                    const struct lt_join_request *request,
                                    struct lt_joined *ret_joined)
{
    struct lt_joined joined = {.endpoint_count = request->endpoint_count};
    if (said->root_key.len != sizeof(joined.root.bytes) ||
        read_unit(said->unit, &joined.unit) != LT_OK ||
        read_unit(said->hub, &joined.hub) != LT_OK || read_unit(said->top, &joined.top) != LT_OK) {
        return LT_MALFORMED;
    }
    memcpy(joined.root.bytes, said->root_key.data, sizeof(joined.root.bytes));
    if (said->recovery_key.len == sizeof(joined.recovery.bytes))
        memcpy(joined.recovery.bytes, said->recovery_key.data, sizeof(joined.recovery.bytes));
    memcpy(joined.endpoints, request->endpoints, sizeof(joined.endpoints));
    for (size_t i = 0; i < said->n_endpoints; i++) {
        /* One that is unusable here, or one too many, harms nobody. */
        if (add_endpoint(joined.endpoints, &joined.endpoint_count, said->endpoints[i], false) !=
            LT_OK) {
            continue;
        }
    }
    *ret_joined = joined;
    return LT_OK;
}

/* LT_NOT_FOUND: not the answer to this JOIN. */
static enum lt_result read_answer(struct lt_bytes bytes, uint64_t session,
                                  const struct lt_join_request *request,
                                  struct lt_joined *ret_joined, char ret_text[LT_JOIN_TEXT_MAX])
{
    struct lt_message message;
    ProtobufCMessage *payload;
    if (lt_message_open(bytes, &message) != LT_OK || message.type != LT_MSG_JOINED ||
        message.session != session) {
        return LT_NOT_FOUND;
    }
    struct lt_arena *arena = lt_arena_new(ARENA_BYTES);
    if (arena == NULL) {
        return LT_NO_MEMORY;
    }
    enum lt_result result =
        lt_payload_read(message.payload, &lienthong__joined__descriptor, arena, &payload);
    if (result == LT_OK) {
        const Lienthong__Joined *said = (const Lienthong__Joined *)(void *)payload;
        if (said->accepted) {
            result = read_accepted(said, request, ret_joined);
        } else {
            result = said->pending ? LT_NOT_READY : LT_REFUSED;
            snprintf(ret_text, LT_JOIN_TEXT_MAX, "%.*s", LT_JOIN_TEXT_MAX - 1, said->text);
        }
    }
    if (result != LT_OK && result != LT_REFUSED && result != LT_NOT_READY) {
        snprintf(ret_text, LT_JOIN_TEXT_MAX, "the hub's answer makes no sense: %s",
                 lt_text_result(result));
    }
    lt_arena_free(arena);
    return result;
}

struct attempt {
    const struct lt_join_request *request;
    struct lt_bytes join;
    uint64_t session;
    struct lt_link link;
    bool said;
};

/* One turn of the poll. LT_NOT_FOUND: nothing yet; LT_NETWORK: this link is done; LT_KEY_REVOKED: our key is. */
static enum lt_result step(struct attempt *attempt, struct lt_joined *ret_joined,
                           char ret_text[LT_JOIN_TEXT_MAX])
{
    struct lt_link_message message;
    enum lt_link_event event = lt_link_next_event(&attempt->link);
    if (event == LT_LINK_DOWN || event == LT_LINK_UNWANTED) {
        return event == LT_LINK_DOWN ? LT_NETWORK : LT_KEY_REVOKED;
    }
    if (!attempt->said) {
        /* Not quite up yet: busy, and said when the socket polls writable. */
        attempt->said = lt_link_send(&attempt->link, attempt->join) == LT_OK;
    }
    enum lt_result result = lt_link_receive(&attempt->link, &message);
    if (result == LT_OK) {
        result =
            read_answer(message.bytes, attempt->session, attempt->request, ret_joined, ret_text);
        lt_link_release(&message);
    } else if (result == LT_MALFORMED) {
        result = LT_NOT_FOUND;
    }
    return result;
}

/* One link to one endpoint, until it answers, fails, or `until`. */
static enum lt_result try_endpoint(struct attempt *attempt, void *context, const char *endpoint,
                                   const struct lt_keys *keys, lt_ms until,
                                   struct lt_joined *ret_joined, char ret_text[LT_JOIN_TEXT_MAX])
{
    struct lt_link_keys link_keys;
    memcpy(link_keys.server, attempt->request->hub_curve, sizeof(link_keys.server));
    memcpy(link_keys.public_key, keys->curve_public, sizeof(link_keys.public_key));
    memcpy(link_keys.secret_key, keys->curve_secret, sizeof(link_keys.secret_key));
    attempt->said = false;
    enum lt_result result = lt_link_open(&attempt->link, context, endpoint, &link_keys);
    explicit_bzero(&link_keys, sizeof(link_keys));
    if (result == LT_OK) {
        result = LT_NOT_FOUND;
        snprintf(ret_text, LT_JOIN_TEXT_MAX, "%s: no answer", endpoint);
    }
    while (result == LT_NOT_FOUND) {
        lt_ms now = lt_clock_monotonic();
        if (now >= until) {
            result = LT_NETWORK;
            break;
        }
        lt_ms due = lt_link_due(&attempt->link);
        zmq_pollitem_t items[3] = {
            {.socket = attempt->link.monitor, .events = ZMQ_POLLIN},
            {.socket = attempt->link.socket,
             .events = (short)(ZMQ_POLLIN | (attempt->said ? 0 : ZMQ_POLLOUT))},
            {.fd = attempt->link.arrivals, .events = ZMQ_POLLIN},
        };
        due = due < now ? now : due;
        if (zmq_poll(items, 3, (long)((due < until ? due : until) - now)) > 0) {
            result = step(attempt, ret_joined, ret_text);
        }
        if (result == LT_NOT_FOUND && !lt_link_look(&attempt->link, lt_clock_monotonic())) {
            result = LT_NETWORK;
        }
    }
    if ((result == LT_NETWORK || result == LT_KEY_REVOKED) && attempt->link.trouble[0] != '\0') {
        snprintf(ret_text, LT_JOIN_TEXT_MAX, "%s: %s", endpoint, attempt->link.trouble);
    }
    lt_link_close(&attempt->link);
    return result;
}

/* How it stands with all attempts so far. */
struct trying {
    lt_ms end;
    unsigned attempts; /* since it last became something else */
    bool waits; /* for approval: the hub has said so */
    char waiting_for[LT_JOIN_TEXT_MAX]; /* in its words */
};

static void begin_waiting(struct trying *trying, const struct lt_join_request *request,
                          const char *text)
{
    lt_ms until = lt_clock_monotonic() + (lt_ms)request->approval_ms;
    trying->end = until > trying->end ? until : trying->end;
    trying->waits = true;
    trying->attempts = 0;
    snprintf(trying->waiting_for, sizeof(trying->waiting_for), "%s", text);
    if (request->pending != NULL) {
        request->pending(request->context, text);
    }
}

static enum lt_result try_all(struct attempt *attempt, void *context, const struct lt_keys *keys,
                              struct lt_joined *ret_joined, char ret_text[LT_JOIN_TEXT_MAX])
{
    const struct lt_join_request *request = attempt->request;
    enum lt_result result = LT_NETWORK;
    struct trying trying = {.end = lt_clock_monotonic() +
                                   (lt_ms)(request->wait_ms > 0 ? request->wait_ms : 1)};
    for (size_t i = 0; lt_clock_monotonic() < trying.end;) {
        const char *endpoint = request->endpoints[i % request->endpoint_count];
        lt_ms until = lt_clock_monotonic() + ANSWER_WITHIN_MS;
        result = try_endpoint(attempt, context, endpoint, keys,
                              until < trying.end ? until : trying.end, ret_joined, ret_text);
        if (result == LT_NOT_READY && !trying.waits) {
            begin_waiting(&trying, request, ret_text);
        } else if (result != LT_NOT_READY && result != LT_NETWORK) {
            return result;
        }
        i += result != LT_NOT_READY; /* who answers is asked again */
        trying.attempts++;
        lt_ms pause = result == LT_NOT_READY
                          ? draw_pause_ms(ASK_FIRST_MS, ASK_MOST_MS, trying.attempts)
                          : draw_pause_ms(RETRY_FIRST_MS, RETRY_MOST_MS,
                                          trying.attempts / (unsigned)request->endpoint_count);
        lt_ms now = lt_clock_monotonic(), left = trying.end > now ? trying.end - now : 0;
        zmq_poll(NULL, 0, (long)(pause < left ? pause : left));
    }
    if (trying.waits) { /* what the last attempt met does not undo that */
        snprintf(ret_text, LT_JOIN_TEXT_MAX, "%s", trying.waiting_for);
        return LT_NOT_READY;
    }
    return result;
}

enum lt_result lt_join_talk(const struct lt_join_request *request, const struct lt_keys *keys,
                            struct lt_joined *ret_joined, char ret_text[LT_JOIN_TEXT_MAX])
{
    struct attempt attempt = {.request = request};
    uint8_t *bytes = NULL;
    size_t size = 0;
    ret_text[0] = '\0';
    if (request->endpoint_count == 0) {
        snprintf(ret_text, LT_JOIN_TEXT_MAX, "no endpoint is known");
        return LT_USAGE;
    }
    lt_random(&attempt.session, sizeof(attempt.session));
    enum lt_result result = pack_join(request, keys, attempt.session, &bytes, &size);
    if (result != LT_OK) {
        return result;
    }
    attempt.join = (struct lt_bytes){.data = bytes, .size = size};
    void *context = lt_link_context();
    result =
        context == NULL ? LT_NO_MEMORY : try_all(&attempt, context, keys, ret_joined, ret_text);
    lt_link_context_free(context);
    explicit_bzero(bytes, size); /* it holds the secret */
    free(bytes);
    return result;
}
