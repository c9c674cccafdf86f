/* wild_agent - speaks to a real hub with the keys of a machine that has joined, as it is told to.
 *
 *   wild_agent KIND COUNT ENDPOINT HUB-DIR AGENT-DIR UNIT [ROWS]
 *
 * Honest, within the credit, until receipts cover all:
 *   push       COUNT updates as fast as it goes; its chain must be empty
 *   neighbour  COUNT updates, each when the one before has its receipt, 10 ms apart; a line
 *              "us N" with the time from push to receipt of each
 * Hostile, past any credit, until it is cut off (or COUNT messages are sent; 0: until it is cut off):
 *   valid      its chain, of real rows (ROWS 0: of the largest updates, which nobody can read)
 *   garbage, hello, want, forged   as the words say
 *   unlinked   updates whose parents nobody has
 *   same       one update again and again
 *   tips       updates with no parents, each another tip
 *   seq        updates at the end of all numbers, once each
 *   nonsense   messages of every type with fields as chance has them (nonsense.h), updates validly signed: for its
 *              own chain and others', with odd parents, seq and bodies, directives, receipts, signs of life. ROWS
 *              is the seed. It comes back when it is cut off, until COUNT are sent
 * With "!" after a hostile KIND it comes back and goes on until it is killed.
 *
 * Lines: "cut off for N s: TEXT", then "sent N, covered N, refused REASON=N ..." and "KIND done". The
 * machine must not have signed anything before. */
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "agent/clock.h"
#include "agent/keys.h"
#include "proto/life.h"
#include "proto/message.h"
#include "tests/bench/traffic.h"
#include "tests/cluster/nonsense.h"

enum { REASONS = 10, QUEUE = 256, PATIENCE_MS = 60000, CREDIT = 3 * 1024 * 1024, GAP_MS = 10 };
enum { FRAME_AND_SEAL = 400 };

struct wild {
    const char *kind, *endpoint;
    bool again;
    unsigned long count, rows;
    struct lt_keys hub;
    struct traffic_unit self;
    void *context, *socket;
    uint64_t session;
    bool welcomed, cut, tip_covered;
    uint64_t sent, covered, refused[REASONS];
    struct lt_bytes personal; /* of the next update */
    bool answered; /* a WANT */
    uint64_t fetched;
    size_t head_count;
    struct lt_hash heads[LT_HAVE_MAX];
    size_t tip_count;
    struct lt_hash tips[LT_PARENTS_MAX]; /* of its chain, as the last receipt has them */
};

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "wild_agent: %s\n", what);
        exit(1);
    }
}

static void open_socket(struct wild *wild)
{
    int linger = 0, queue = QUEUE;
    wild->socket = zmq_socket(wild->context, ZMQ_DEALER);
    zmq_setsockopt(wild->socket, ZMQ_LINGER, &linger, sizeof(linger));
    zmq_setsockopt(wild->socket, ZMQ_SNDHWM, &queue, sizeof(queue));
    zmq_setsockopt(wild->socket, ZMQ_CURVE_SERVERKEY, wild->hub.curve_public, 32);
    zmq_setsockopt(wild->socket, ZMQ_CURVE_PUBLICKEY, wild->self.keys.curve_public, 32);
    zmq_setsockopt(wild->socket, ZMQ_CURVE_SECRETKEY, wild->self.keys.curve_secret, 32);
    must(zmq_connect(wild->socket, wild->endpoint) == 0, "cannot connect");
}

/* ---- What the hub says ---- */

static void hear_receipts(struct wild *wild, const Lienthong__Receipts *receipts)
{
    for (size_t i = 0; i < receipts->n_receipts; i++) {
        struct lt_statement statement;
        size_t size = lienthong__receipt__get_packed_size(receipts->receipts[i]);
        uint8_t *bytes = malloc(size);
        must(bytes != NULL, "no memory");
        lienthong__receipt__pack(receipts->receipts[i], bytes);
        if (lt_receipt_open((struct lt_bytes){bytes, size}, &statement) == LT_OK &&
            lt_unit_cmp(&statement.chain.unit, &wild->self.unit) == 0 &&
            statement.chain.stream == LT_STREAM_REPORT) {
            wild->covered = statement.count > wild->covered ? statement.count : wild->covered;
            for (uint32_t k = 0; k < statement.tip_count; k++) {
                wild->tip_covered |= lt_hash_cmp(&statement.tips[k], &wild->self.tip) == 0;
            }
            wild->tip_count = statement.tip_count;
            memcpy(wild->tips, statement.tips, sizeof(wild->tips));
        }
        free(bytes);
    }
}

static void hear_refused(struct wild *wild, const Lienthong__Refused *refused)
{
    unsigned reason = (unsigned)refused->reason;
    wild->refused[reason < REASONS ? reason : 0]++;
    if (refused->reason == LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA) {
        wild->cut = true;
        printf("cut off for %u s: %s\n", refused->retry_after_s, refused->text);
        fflush(stdout);
    }
}

/* What its own chain has, of an earlier run too; heads are those that none of them names as a parent. */
static void hear_update(struct wild *wild, struct lt_bytes bytes)
{
    struct lt_update update;
    const struct lt_chain own = {LT_STREAM_REPORT, wild->self.unit};
    if (lt_update_open(bytes, &update) != LT_OK || lt_chain_cmp(&update.frame.chain, &own) != 0 ||
        nonsense_seq_of(&update.id) != 0) {
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < wild->head_count; i++) {
        bool named = false;
        for (uint32_t k = 0; k < update.frame.parent_count; k++) {
            named = named || lt_hash_cmp(&wild->heads[i], &update.frame.parents[k]) == 0;
        }
        if (!named) {
            wild->heads[kept++] = wild->heads[i];
        }
    }
    must(kept < LT_HAVE_MAX, "its chain has too many heads");
    wild->heads[kept++] = update.id;
    wild->head_count = kept;
    wild->fetched++;
    nonsense_remember(&update.id, update.frame.seq);
}

static void hear_tips(struct wild *wild, const Lienthong__Tips *tips)
{
    for (size_t i = 0; i < tips->n_chains; i++) {
        const Lienthong__ChainTips *entry = tips->chains[i];
        if (entry->chain->stream != LIENTHONG__STREAM__STREAM_REPORT ||
            strcmp(entry->chain->unit->code, wild->self.unit.code) != 0) {
            continue;
        }
        wild->tip_count = entry->n_tips;
        for (size_t k = 0; k < entry->n_tips; k++) {
            memcpy(wild->tips[k].bytes, entry->tips[k].data, 32);
        }
    }
    wild->answered = true;
}

static void hear(struct wild *wild, struct lt_bytes bytes)
{
    static struct lt_arena *arena;
    struct lt_message message;
    ProtobufCMessage *read;
    arena = arena == NULL ? lt_arena_new(LT_UNPACK_BYTES_MAX) : arena;
    if (lt_message_open(bytes, &message) != LT_OK || message.session != wild->session) {
        return;
    }
    wild->welcomed |= message.type == LT_MSG_WELCOME;
    if (message.type == LT_MSG_UPDATE) {
        hear_update(wild, message.payload);
    } else if (message.type == LT_MSG_TIPS &&
               lt_payload_read(message.payload, &lienthong__tips__descriptor, arena, &read) ==
                   LT_OK) {
        hear_tips(wild, (const Lienthong__Tips *)(void *)read);
    } else if (message.type == LT_MSG_RECEIPTS &&
               lt_payload_read(message.payload, &lienthong__receipts__descriptor, arena, &read) ==
                   LT_OK) {
        hear_receipts(wild, (const Lienthong__Receipts *)(void *)read);
    } else if (message.type == LT_MSG_REFUSED &&
               lt_payload_read(message.payload, &lienthong__refused__descriptor, arena, &read) ==
                   LT_OK) {
        hear_refused(wild, (const Lienthong__Refused *)(void *)read);
    }
    lt_arena_reset(arena);
}

/* All that is there; waits for the first. False: nothing came in time. */
static bool listen_for(struct wild *wild, long wait_ms)
{
    zmq_pollitem_t item = {.socket = wild->socket, .events = ZMQ_POLLIN};
    bool came = false;
    for (zmq_poll(&item, 1, wait_ms);;) {
        zmq_msg_t message;
        zmq_msg_init(&message);
        if (zmq_msg_recv(&message, wild->socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&message);
            return came;
        }
        came = true;
        hear(wild, (struct lt_bytes){zmq_msg_data(&message), zmq_msg_size(&message)});
        zmq_msg_close(&message);
    }
}

/* ---- What it says ---- */

static size_t make_hello(struct wild *wild, uint8_t **ret_bytes)
{
    uint8_t instance[16] = {1}, digest[32] = {0};
    Lienthong__Unit unit;
    lienthong__unit__init(&unit);
    unit.code = wild->self.unit.code;
    Lienthong__Hello hello;
    lienthong__hello__init(&hello);
    hello.unit = &unit;
    hello.role = LIENTHONG__ROLE__ROLE_AGENT;
    hello.instance = (ProtobufCBinaryData){16, instance};
    hello.protocol = LT_PROTOCOL_VERSION;
    hello.body_version = LT_BODY_VERSION;
    hello.software = (char *)(uintptr_t) "wild_agent";
    hello.digest = (ProtobufCBinaryData){32, digest};
    size_t size = 0;
    must(lt_message_pack(LT_MSG_HELLO, wild->session, &hello.base, ret_bytes, &size) == LT_OK,
         "no HELLO");
    return size;
}

static size_t make_want(struct wild *wild, bool own, uint8_t **ret_bytes)
{
    static char top[] = "VN";
    Lienthong__Unit unit;
    lienthong__unit__init(&unit);
    unit.code = own ? wild->self.unit.code : top;
    Lienthong__Chain chain;
    lienthong__chain__init(&chain);
    chain.stream = own ? LIENTHONG__STREAM__STREAM_REPORT : LIENTHONG__STREAM__STREAM_DIRECTIVE;
    chain.unit = &unit;
    ProtobufCBinaryData have[LT_HAVE_MAX];
    Lienthong__Want want;
    lienthong__want__init(&want);
    want.chain = &chain;
    for (size_t i = 0; own && i < wild->head_count; i++) {
        have[i] = (ProtobufCBinaryData){32, wild->heads[i].bytes};
        want.n_have = i + 1;
    }
    want.have = have;
    size_t size = 0;
    must(lt_message_pack(LT_MSG_WANT, wild->session, &want.base, ret_bytes, &size) == LT_OK,
         "no WANT");
    return size;
}

/* Whatever it says, signed by the machine's own key. */
static size_t seal(struct wild *wild, Lienthong__Frame *frame, struct lt_bytes body,
                   uint8_t **ret_bytes)
{
    static const char context[] = "lienthong update v1";
    uint8_t frame_bytes[LT_FRAME_BYTES_MAX], to_sign[sizeof(context) + 32], signature[64];
    struct lt_hash body_hash, id;
    lt_hash_of(body.data, body.size, &body_hash);
    frame->body_hash = (ProtobufCBinaryData){32, body_hash.bytes};
    must(lienthong__frame__get_packed_size(frame) <= sizeof(frame_bytes), "the frame is too long");
    size_t frame_size = lienthong__frame__pack(frame, frame_bytes);
    lt_hash_of(frame_bytes, frame_size, &id);
    memcpy(to_sign, context, sizeof(context));
    memcpy(to_sign + sizeof(context), id.bytes, 32);
    crypto_sign_detached(signature, NULL, to_sign, sizeof(to_sign),
                         wild->self.keys.sign_secret.bytes);
    signature[7] ^= strcmp(wild->kind, "forged") == 0;
    Lienthong__Update update;
    lienthong__update__init(&update);
    update.frame = (ProtobufCBinaryData){frame_size, frame_bytes};
    update.signature = (ProtobufCBinaryData){64, signature};
    update.body = (ProtobufCBinaryData){body.size, (uint8_t *)(uintptr_t)body.data};
    update.personal =
        (ProtobufCBinaryData){wild->personal.size, (uint8_t *)(uintptr_t)wild->personal.data};
    size_t size = lienthong__update__get_packed_size(&update);
    *ret_bytes = malloc(LT_HEADER_BYTES + size);
    must(*ret_bytes != NULL, "no memory");
    lt_header_write(LT_MSG_UPDATE, wild->session, *ret_bytes);
    lienthong__update__pack(&update, *ret_bytes + LT_HEADER_BYTES);
    wild->self.tip = id;
    return LT_HEADER_BYTES + size;
}

/* An update with a body that nobody can read, of a version to come. */
static size_t make_update(struct wild *wild, uint64_t seq, const struct lt_hash *parent,
                          size_t body_size, uint8_t **ret_bytes)
{
    Lienthong__Frame frame;
    Lienthong__Chain chain;
    Lienthong__Unit unit;
    ProtobufCBinaryData parents[1];
    uint8_t *body = malloc(body_size);
    must(body != NULL, "no memory");
    randombytes_buf(body, body_size);
    lienthong__frame__init(&frame);
    lienthong__chain__init(&chain);
    lienthong__unit__init(&unit);
    unit.code = wild->self.unit.code;
    chain.stream = LIENTHONG__STREAM__STREAM_REPORT;
    chain.unit = &unit;
    frame.chain = &chain;
    frame.seq = seq;
    if (parent != NULL) {
        parents[0] = (ProtobufCBinaryData){32, (uint8_t *)(uintptr_t)parent->bytes};
        frame.n_parents = 1;
        frame.parents = parents;
    }
    frame.key = (ProtobufCBinaryData){32, wild->self.keys.sign_public.bytes};
    frame.instance = (ProtobufCBinaryData){16, wild->self.instance.bytes};
    frame.body_version = 2;
    size_t size = seal(wild, &frame, (struct lt_bytes){body, body_size}, ret_bytes);
    free(body);
    return size;
}

/* Of exactly the size that is allowed. */
static size_t make_largest(struct wild *wild, uint8_t **ret_bytes)
{
    const size_t wanted = LT_HEADER_BYTES + LT_UPDATE_BYTES_MAX;
    struct lt_hash parent = wild->self.tip;
    uint64_t seq = ++wild->self.seq;
    const struct lt_hash *after = seq > 1 ? &parent : NULL;
    size_t body = LT_UPDATE_BYTES_MAX - FRAME_AND_SEAL;
    size_t size = make_update(wild, seq, after, body, ret_bytes);
    free(*ret_bytes);
    size = make_update(wild, seq, after, body + wanted - size, ret_bytes);
    must(size == wanted, "not the largest");
    return size;
}

/* The next one of its chain. */
static size_t make_next(struct wild *wild, uint8_t **ret_bytes)
{
    if (wild->rows == 0) {
        return make_largest(wild, ret_bytes);
    }
    traffic_sign(&wild->self, wild->self.seq, wild->rows);
    size_t size = LT_HEADER_BYTES + wild->self.sizes[0];
    *ret_bytes = malloc(size);
    must(*ret_bytes != NULL, "no memory");
    lt_header_write(LT_MSG_UPDATE, wild->session, *ret_bytes);
    memcpy(*ret_bytes + LT_HEADER_BYTES, wild->self.updates[0], wild->self.sizes[0]);
    free(wild->self.updates[0]);
    wild->self.updates[0] = NULL;
    return size;
}

static size_t make_garbage(struct wild *wild, uint8_t **ret_bytes)
{
    size_t size = LT_HEADER_BYTES + randombytes_uniform(4096);
    *ret_bytes = malloc(size);
    must(*ret_bytes != NULL, "no memory");
    randombytes_buf(*ret_bytes, size);
    lt_header_write((enum lt_message_type)(1 + wild->sent % 9), wild->session, *ret_bytes);
    return size;
}

/* ---- Nonsense ---- */

static size_t make_framed(struct wild *wild, enum lt_message_type type, struct lt_bytes payload,
                          uint8_t **ret_bytes)
{
    *ret_bytes = malloc(LT_HEADER_BYTES + payload.size);
    must(*ret_bytes != NULL, "no memory");
    lt_header_write(type, nonsense_once_in(40) ? nonsense_below(9) : wild->session, *ret_bytes);
    if (payload.size > 0) {
        memcpy(*ret_bytes + LT_HEADER_BYTES, payload.data, payload.size);
    }
    return LT_HEADER_BYTES + payload.size;
}

/* The tips that are stored, or some of what it said; mostly ascending, as they have to be. *ret_seq: what follows
 * them. */
static size_t odd_parents(const struct wild *wild, struct lt_hash *ret_parents, size_t max,
                          uint64_t *ret_seq)
{
    const size_t wanted = nonsense_once_in(40) ? max : nonsense_below(4);
    size_t count = 0;
    *ret_seq = 1;
    if (wild->tip_count > 0 && !nonsense_once_in(3)) {
        count = nonsense_once_in(2) ? 1 : wild->tip_count;
        memcpy(ret_parents, wild->tips, count * sizeof(wild->tips[0]));
        for (size_t i = 0; i < count; i++) {
            const uint64_t seq = nonsense_seq_of(&wild->tips[i]);
            *ret_seq = *ret_seq > seq ? *ret_seq : seq + 1;
        }
        return count;
    }
    for (size_t i = 0; i < wanted; i++) {
        uint64_t seq;
        const struct lt_hash hash = nonsense_hash(&seq);
        size_t at = count;
        while (at > 0 && !nonsense_once_in(50) && lt_hash_cmp(&ret_parents[at - 1], &hash) > 0) {
            at--;
        }
        if (at > 0 && lt_hash_cmp(&ret_parents[at - 1], &hash) == 0 && !nonsense_once_in(50)) {
            continue;
        }
        memmove(&ret_parents[at + 1], &ret_parents[at], (count - at) * sizeof(hash));
        ret_parents[at] = hash;
        count++;
        *ret_seq = *ret_seq > seq ? *ret_seq : seq + 1;
    }
    return count;
}

static const char *odd_unit(const struct wild *wild)
{
    static const char *const others[] = {"28162", "VN", "80", "ZZZ", "", "28165@2025-07-01"};
    return nonsense_once_in(8) ? others[nonsense_below(sizeof(others) / sizeof(others[0]))]
                               : wild->self.unit.code;
}

/* A copy, since the next nonsense takes its place. */
static struct lt_bytes say_nonsense(const ProtobufCMessageDescriptor *descriptor,
                                    uint8_t **ret_owned)
{
    const struct lt_bytes said = nonsense_message(descriptor);
    *ret_owned = malloc(said.size + 1);
    must(*ret_owned != NULL, "no memory");
    memcpy(*ret_owned, said.data, said.size);
    return (struct lt_bytes){*ret_owned, said.size};
}

static size_t make_odd_update(struct wild *wild, uint8_t **ret_bytes)
{
    static const uint64_t odd_seqs[] = {0, 1, 2, LT_SEQ_MAX, LT_SEQ_MAX + 1, UINT64_MAX};
    enum { PARENTS = LT_PARENTS_MAX + 2 };
    struct lt_hash parents[PARENTS + 1];
    ProtobufCBinaryData spans[PARENTS];
    Lienthong__Frame frame;
    Lienthong__Chain chain;
    Lienthong__Unit unit;
    uint8_t *body, *personal = NULL;
    uint64_t seq;
    lienthong__frame__init(&frame);
    lienthong__chain__init(&chain);
    lienthong__unit__init(&unit);
    unit.code = (char *)(uintptr_t)odd_unit(wild);
    unit.valid_from = nonsense_once_in(20) ? 20270 : 0;
    const bool directive = nonsense_once_in(8);
    chain.stream =
        directive ? LIENTHONG__STREAM__STREAM_DIRECTIVE : LIENTHONG__STREAM__STREAM_REPORT;
    chain.unit = &unit;
    frame.chain = &chain;
    frame.n_parents = odd_parents(wild, parents, PARENTS, &seq);
    for (size_t i = 0; i < frame.n_parents; i++) {
        spans[i] = (ProtobufCBinaryData){32, parents[i].bytes};
    }
    frame.parents = spans;
    frame.seq = nonsense_once_in(15) ? odd_seqs[nonsense_below(6)] : seq;
    frame.key = (ProtobufCBinaryData){32, wild->self.keys.sign_public.bytes};
    frame.instance = (ProtobufCBinaryData){16, wild->self.instance.bytes};
    frame.body_version = nonsense_once_in(15) ? (uint32_t)(0 - nonsense_below(3)) : 1;
    const struct lt_bytes said = say_nonsense(directive ? &lienthong__directive_body__descriptor
                                                        : &lienthong__report_body__descriptor,
                                              &body);
    if (nonsense_once_in(20)) {
        wild->personal = say_nonsense(&lienthong__personal__descriptor, &personal);
    }
    const size_t size = seal(wild, &frame, said, ret_bytes);
    if (!directive) {
        nonsense_remember(&wild->self.tip, frame.seq);
    }
    wild->personal = (struct lt_bytes){NULL, 0};
    free(body);
    free(personal);
    return size;
}

/* Signs of life by its own key: for its unit, and for others. */
static size_t make_lives(struct wild *wild, uint8_t **ret_bytes)
{
    static const int64_t times[] = {0, 1, 1795752522, INT64_MAX, INT64_MIN, -1};
    struct lt_life lives[3];
    struct lt_wire_life wires[3];
    Lienthong__Life *list[3];
    Lienthong__Report report;
    lienthong__report__init(&report);
    report.n_lives = nonsense_below(4);
    for (size_t i = 0; i < report.n_lives; i++) {
        lives[i] = (struct lt_life){.unit = wild->self.unit,
                                    .key = wild->self.keys.sign_public,
                                    .signed_at = times[nonsense_below(6)],
                                    .updates = nonsense_once_in(3) ? UINT64_MAX : nonsense_below(9),
                                    .tips = {{7}}};
        bool dated;
        (void)lt_unit_parse(odd_unit(wild), &lives[i].unit, &dated);
        lt_life_sign(&lives[i], &wild->self.keys.sign_secret);
        lt_life_to_wire(&lives[i], &wires[i]);
        list[i] = &wires[i].life;
    }
    report.lives = list;
    report.backlog_updates = nonsense_once_in(2) ? UINT64_MAX : 0;
    report.wall_time = times[nonsense_below(6)];
    report.oldest_unsent_at = times[nonsense_below(6)];
    size_t size = 0;
    must(lt_message_pack(LT_MSG_REPORT, wild->session, &report.base, ret_bytes, &size) == LT_OK,
         "no REPORT");
    return size;
}

static size_t make_nonsense(struct wild *wild, uint8_t **ret_bytes)
{
    static const struct {
        enum lt_message_type type;
        const ProtobufCMessageDescriptor *descriptor;
    } types[] = {
        {LT_MSG_HELLO, &lienthong__hello__descriptor},
        {LT_MSG_WANT, &lienthong__want__descriptor},
        {LT_MSG_REPORT, &lienthong__report__descriptor},
        {LT_MSG_RECEIPTS, &lienthong__receipts__descriptor},
        {LT_MSG_WELCOME, &lienthong__welcome__descriptor},
        {LT_MSG_TIPS, &lienthong__tips__descriptor},
        {LT_MSG_REFUSED, &lienthong__refused__descriptor},
        {LT_MSG_JOIN, &lienthong__join__descriptor},
        {LT_MSG_JOINED, &lienthong__joined__descriptor},
        {LT_MSG_WANT_PIECE, &lienthong__want_piece__descriptor},
        {LT_MSG_PIECE, &lienthong__piece__descriptor},
        {LT_MSG_UPDATE, &lienthong__update__descriptor},
    };
    const uint64_t choice = nonsense_below(20);
    if (choice < 12) {
        return make_odd_update(wild, ret_bytes);
    }
    if (choice == 12) {
        return make_hello(wild, ret_bytes);
    }
    if (choice == 13) {
        return make_want(wild, false, ret_bytes);
    }
    if (choice < 16) {
        return make_lives(wild, ret_bytes);
    }
    /* The first three are what a child says. */
    const size_t type = nonsense_below(nonsense_once_in(3) ? sizeof(types) / sizeof(types[0]) : 3);
    return make_framed(wild, types[type].type, nonsense_message(types[type].descriptor), ret_bytes);
}

static size_t make(struct wild *wild, uint8_t **ret_bytes)
{
    static const uint64_t ends[] = {UINT64_MAX,
                                    UINT64_MAX - 1,
                                    LT_SEQ_MAX + 1,
                                    LT_SEQ_MAX,
                                    LT_SEQ_MAX - 1,
                                    UINT64_C(1) << 63,
                                    3,
                                    0};
    struct lt_hash nobody;
    const char *kind = wild->kind;
    if (strcmp(kind, "valid") == 0) {
        return make_next(wild, ret_bytes);
    }
    if (strcmp(kind, "nonsense") == 0) {
        return make_nonsense(wild, ret_bytes);
    }
    if (strcmp(kind, "hello") == 0) {
        return make_hello(wild, ret_bytes);
    }
    if (strcmp(kind, "want") == 0) {
        return make_want(wild, false, ret_bytes);
    }
    if (strcmp(kind, "unlinked") == 0) {
        randombytes_buf(&nobody, sizeof(nobody));
        return make_update(wild, 2 + wild->sent, &nobody, 64, ret_bytes);
    }
    if (strcmp(kind, "tips") == 0 || strcmp(kind, "forged") == 0) {
        return make_update(wild, 1, NULL, 64, ret_bytes);
    }
    if (strcmp(kind, "seq") == 0) { /* with a parent that is there, and without */
        uint64_t seq = ends[wild->sent / 2 % (sizeof(ends) / sizeof(ends[0]))];
        struct lt_hash tip = wild->self.tip;
        size_t size = make_update(wild, seq, wild->sent % 2 == 0 ? &tip : NULL, 64, ret_bytes);
        wild->self.tip = tip;
        return size;
    }
    return make_garbage(wild, ret_bytes);
}

/* ---- What it does ---- */

static void send_or_listen(struct wild *wild, const uint8_t *bytes, size_t size)
{
    while (!wild->cut && zmq_send(wild->socket, bytes, size, ZMQ_DONTWAIT) < 0) {
        listen_for(wild, 1);
    }
}

static void greet(struct wild *wild)
{
    uint8_t *bytes;
    wild->session = 1 + randombytes_random();
    wild->welcomed = wild->cut = false;
    size_t size = make_hello(wild, &bytes);
    send_or_listen(wild, bytes, size);
    free(bytes);
    lt_ms until = lt_clock_monotonic() + PATIENCE_MS;
    while (!wild->welcomed && !wild->cut && lt_clock_monotonic() < until) {
        listen_for(wild, 100);
    }
}

static void await_covered(struct wild *wild, uint64_t count)
{
    while (wild->covered < count && !wild->cut) {
        must(listen_for(wild, PATIENCE_MS), "no receipt came");
    }
}

static void push_one(struct wild *wild)
{
    uint8_t *bytes;
    size_t size = make_next(wild, &bytes);
    wild->tip_covered = false;
    send_or_listen(wild, bytes, size);
    free(bytes);
    wild->sent++;
}

static void be_honest(struct wild *wild, bool one_by_one)
{
    uint64_t bytes_each = wild->rows == 0 ? LT_UPDATE_BYTES_MAX : wild->rows * 400 + 1000;
    uint64_t window = one_by_one ? 1 : CREDIT / bytes_each;
    for (unsigned long i = 0; i < wild->count && !wild->cut; i++) {
        if (wild->sent >= window) {
            await_covered(wild, wild->sent + 1 - window);
        }
        if (!one_by_one) {
            push_one(wild);
            continue;
        }
        uint8_t *bytes;
        size_t size = make_next(wild, &bytes); /* signing is not the hub's */
        wild->tip_covered = false;
        uint64_t began = now_us();
        send_or_listen(wild, bytes, size);
        free(bytes);
        wild->sent++;
        while (!wild->tip_covered && !wild->cut) {
            must(listen_for(wild, PATIENCE_MS), "no receipt came");
        }
        printf("us %llu\n", (unsigned long long)(now_us() - began));
        fflush(stdout);
        zmq_poll(NULL, 0, GAP_MS);
    }
    await_covered(wild, one_by_one ? 1 : wild->sent);
}

static void flood(struct wild *wild)
{
    uint8_t *same = NULL;
    size_t same_size = 0;
    if (strcmp(wild->kind, "seq") == 0) {
        push_one(wild);
        await_covered(wild, 1);
        wild->sent = 0;
    }
    if (strcmp(wild->kind, "same") == 0) {
        same_size = make_update(wild, 1, NULL, 64, &same);
    }
    while (!wild->cut && (wild->count == 0 || wild->sent < wild->count)) {
        uint8_t *bytes = same;
        size_t size = same != NULL ? same_size : make(wild, &bytes);
        send_or_listen(wild, bytes, size);
        if (bytes != same) {
            free(bytes);
        }
        wild->sent++;
        listen_for(wild, 0);
    }
    free(same);
}

/* So that whatever was sent has been answered: one more update, forged, whose refusal comes last. */
static void await_answers(struct wild *wild)
{
    const char *kind = wild->kind;
    uint8_t *bytes;
    uint64_t before = wild->refused[LIENTHONG__REFUSAL_REASON__REFUSAL_SIGNATURE];
    wild->kind = "forged";
    size_t size = make_update(wild, 1, NULL, 8, &bytes);
    wild->kind = kind;
    send_or_listen(wild, bytes, size);
    free(bytes);
    while (!wild->cut && wild->refused[LIENTHONG__REFUSAL_REASON__REFUSAL_SIGNATURE] == before) {
        must(listen_for(wild, PATIENCE_MS), "no answer came");
    }
}

static void report(const struct wild *wild)
{
    static const char *const names[REASONS] = {
        "none",      "orphan",    "key_unknown", "key_revoked", "malformed",
        "signature", "not_yours", "busy",        "version",     "quota"};
    printf("sent %llu, covered %llu, refused", (unsigned long long)wild->sent,
           (unsigned long long)wild->covered);
    for (int i = 0; i < REASONS; i++) {
        if (wild->refused[i] > 0) {
            printf(" %s=%llu", names[i], (unsigned long long)wild->refused[i]);
        }
    }
    printf("\n%s done\n", wild->kind);
    fflush(stdout);
}

/* In as many answers as it takes. */
static void fetch_own(struct wild *wild)
{
    uint64_t before;
    wild->fetched = 0;
    do {
        uint8_t *bytes;
        before = wild->fetched;
        wild->answered = false;
        const size_t size = make_want(wild, true, &bytes);
        send_or_listen(wild, bytes, size);
        free(bytes);
        while (!wild->answered) {
            must(listen_for(wild, PATIENCE_MS), "no answer to a WANT");
        }
    } while (wild->fetched > before);
}

static void be_hostile(struct wild *wild)
{
    const bool nonsense = strcmp(wild->kind, "nonsense") == 0;
    if (nonsense) {
        fetch_own(wild);
    }
    do {
        flood(wild);
        if ((wild->again || nonsense) && wild->cut) {
            zmq_close(wild->socket);
            open_socket(wild);
            greet(wild);
        }
    } while (wild->again || (nonsense && wild->sent < wild->count));
    if (!wild->cut) {
        await_answers(wild);
    }
}

int main(int argc, char **argv)
{
    static uint8_t *updates[1];
    static size_t sizes[1];
    if (argc < 7 || argc > 8 || sodium_init() < 0) {
        return 64;
    }
    char kind[32], reason[200];
    snprintf(kind, sizeof(kind), "%s", argv[1]);
    size_t length = strlen(kind);
    struct wild wild = {.kind = kind,
                        .endpoint = argv[3],
                        .count = strtoul(argv[2], NULL, 10),
                        .rows = argc == 8 ? strtoul(argv[7], NULL, 10) : 100,
                        .self = {.updates = updates, .sizes = sizes}};
    wild.again = length > 0 && kind[length - 1] == '!';
    kind[length - wild.again] = '\0';
    must(lt_keys_load(argv[4], &wild.hub, reason) == LT_OK, "no keys of the hub");
    must(lt_keys_load(argv[5], &wild.self.keys, reason) == LT_OK, "no keys of the machine");
    must(lt_unit_make(argv[6], 0, &wild.self.unit) == LT_OK, "no such unit");
    nonsense_seed(wild.rows);
    randombytes_buf(wild.self.instance.bytes, 16);
    wild.context = zmq_ctx_new();
    open_socket(&wild);
    greet(&wild);
    if (strcmp(kind, "push") == 0 || strcmp(kind, "neighbour") == 0) {
        be_honest(&wild, kind[0] == 'n');
    } else {
        be_hostile(&wild);
    }
    report(&wild);
    zmq_close(wild.socket);
    zmq_ctx_term(wild.context);
    return 0;
}
