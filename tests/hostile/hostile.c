/* lienthong-hub-hostile - a district whose operator is dishonest: the real hub, linked with a liar at its seams.
 *
 * It holds its own valid keys and runs the real code, all of it; the linker (--wrap, see CMakeLists.txt) puts
 * the functions below in place of those that send and that answer. The hub itself has no hook for this.
 *
 *   LT_HOSTILE       what it does, see `deeds`
 *   LT_HOSTILE_UNIT  to whose chain; without it to every unit's
 *   LT_HOSTILE_TOP   the top, in whose name receipts are forged */
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "agent/keys.h"
#include "agent/uplink.h"
#include "agent/uplink_socket.h"
#include "hub/lives.h"

enum deed {
    HONEST,
    ALTER_BODY, /* a byte of each body that goes up */
    ALTER_SIGNATURE, /* a byte of each signature */
    INVENT, /* after each update another one, signed by a key of its own making */
    REORDER, /* each pair of updates the other way round */
    DROP, /* the second update of a chain never goes up */
    WITHHOLD, /* no update of the unit goes up; the unit gets this hub's receipts */
    SILENCE, /* WITHHOLD, its signs of life too */
    BELIEVE, /* what was signed by keys that it alone has granted goes up too */
    HOARD, /* no receipt of the hubs above goes down */
    FORGE, /* WITHHOLD, with receipts in the top's name, and own ones that say they are the top's */
    REPLAY, /* the first receipt of the top goes down again instead of each later one */
    SHUFFLE, /* of each two receipts of the top the later one goes down first */
    ENDLESS, /* after the WELCOME each message that goes down has a thousand megabytes of parts */
    MUTE, /* no directive of the hubs above goes down that was not there at the start */
    DEEDS
};

static const char *const deeds[DEEDS] = {
    "honest", "alter-body", "alter-signature", "invent",  "reorder",
    "drop",   "withhold",   "silence",         "believe", "hoard",
    "forge",  "replay",     "shuffle",         "endless", "mute",
};

static enum deed deed(void)
{
    const char *name = getenv("LT_HOSTILE");
    for (int i = 0; name != NULL && i < DEEDS; i++) {
        if (strcmp(deeds[i], name) == 0) {
            return (enum deed)i;
        }
    }
    fprintf(stderr, "LT_HOSTILE: no such deed\n");
    abort();
}

static bool is_victim(const struct lt_chain *chain)
{
    const char *unit = getenv("LT_HOSTILE_UNIT");
    return chain->stream == LT_STREAM_REPORT &&
           (unit == NULL || strcmp(unit, chain->unit.code) == 0);
}

/* ---- Its keys ---- */

static struct lt_keys own;

enum lt_result __real_lt_keys_load(const char *dir, struct lt_keys *ret_keys, char ret_reason[200]);
enum lt_result __wrap_lt_keys_load(const char *dir, struct lt_keys *ret_keys, char ret_reason[200]);
enum lt_result __wrap_lt_keys_load(const char *dir, struct lt_keys *ret_keys, char ret_reason[200])
{
    enum lt_result result = __real_lt_keys_load(dir, ret_keys, ret_reason);
    if (result == LT_OK) {
        own = *ret_keys;
    }
    return result;
}

/* ---- What goes up (the relay's thread) ---- */

enum lt_result __real_lt_link_send_filled(struct lt_link *link,
                                          const uint8_t header[LT_HEADER_BYTES], size_t size,
                                          lt_link_fill *fill, void *context, uint64_t position);
enum lt_result __wrap_lt_link_send_filled(struct lt_link *link,
                                          const uint8_t header[LT_HEADER_BYTES], size_t size,
                                          lt_link_fill *fill, void *context, uint64_t position);

struct letter { /* an UPDATE message as it would have been sent */
    size_t size;
    uint8_t bytes[LT_HEADER_BYTES + LT_UPDATE_BYTES_MAX];
};
static struct letter *held; /* REORDER: the first of a pair */

static void send_letter(struct lt_link *link, const struct letter *letter)
{
    enum lt_result sent = lt_link_send(link, (struct lt_bytes){letter->bytes, letter->size});
    assert(sent == LT_OK);
}

/* An update of the unit, on top of the true one, that the unit never signed. */
static void send_invented(struct lt_link *link, const struct letter *letter,
                          const struct lt_update *update)
{
    struct lt_frame frame = update->frame;
    struct lt_secret secret;
    struct letter *invented = malloc(sizeof(*invented));
    struct lt_hash id;
    uint8_t *bytes = NULL;
    assert(invented != NULL);
    crypto_sign_keypair(frame.key.bytes, secret.bytes);
    frame.seq++;
    frame.parent_count = 1;
    frame.parents[0] = update->id;
    enum lt_result sealed = lt_update_seal(&frame, update->body, update->personal, &secret, &bytes,
                                           &invented->size, &id);
    assert(sealed == LT_OK);
    memcpy(invented->bytes, letter->bytes, LT_HEADER_BYTES);
    memcpy(invented->bytes + LT_HEADER_BYTES, bytes, invented->size);
    invented->size += LT_HEADER_BYTES;
    send_letter(link, invented);
    free(bytes);
    free(invented);
}

static void reorder(struct lt_link *link, struct letter *letter)
{
    if (held == NULL) {
        held = malloc(sizeof(*held));
        assert(held != NULL);
        *held = *letter;
        return;
    }
    memcpy(held->bytes, letter->bytes, LT_HEADER_BYTES); /* of this session */
    send_letter(link, letter);
    send_letter(link, held);
    free(held);
    held = NULL;
}

static void misdo(struct lt_link *link, struct letter *letter, const struct lt_update *update)
{
    switch (deed()) {
    case ALTER_BODY:
        letter->bytes[update->body.data + update->body.size - 1 - letter->bytes] ^= 1;
        break;
    case ALTER_SIGNATURE: /* it stands right after the frame, with a tag and a length of one byte */
        letter->bytes[update->frame_bytes.data + update->frame_bytes.size + 2 - letter->bytes] ^= 1;
        break;
    case INVENT:
        send_letter(link, letter);
        send_invented(link, letter, update);
        return;
    case REORDER:
        reorder(link, letter);
        return;
    case DROP:
        if (update->frame.seq == 2) {
            return;
        }
        break;
    case HONEST:
    case WITHHOLD:
    case SILENCE:
    case BELIEVE:
    case HOARD:
    case FORGE:
    case REPLAY:
    case SHUFFLE:
    case ENDLESS:
    case MUTE:
    case DEEDS:
        break;
    }
    send_letter(link, letter);
}

enum lt_result __wrap_lt_link_send_filled(struct lt_link *link,
                                          const uint8_t header[LT_HEADER_BYTES], size_t size,
                                          lt_link_fill *fill, void *context, uint64_t position)
{
    struct lt_update update;
    struct letter *letter = malloc(sizeof(*letter));
    assert(letter != NULL && size <= LT_UPDATE_BYTES_MAX);
    memcpy(letter->bytes, header, LT_HEADER_BYTES);
    enum lt_result result = fill(context, position, letter->bytes + LT_HEADER_BYTES, size);
    letter->size = LT_HEADER_BYTES + size;
    struct lt_bytes bytes = {letter->bytes + LT_HEADER_BYTES, size};
    if (result == LT_OK && lt_update_open(bytes, &update) == LT_OK &&
        is_victim(&update.frame.chain)) {
        misdo(link, letter, &update);
    } else if (result == LT_OK) {
        send_letter(link, letter);
    }
    free(letter);
    return result;
}

/* ---- What its own two halves see of its store ---- */

static struct lt_sync_store up, down; /* the true ones */

static bool is_hidden(const struct lt_chain *chain)
{
    bool hides = deed() == WITHHOLD || deed() == FORGE || deed() == SILENCE;
    return hides && is_victim(chain);
}

static size_t tips_up(void *context, const struct lt_chain *chain,
                      struct lt_hash ret_tips[LT_PARENTS_MAX])
{
    return is_hidden(chain) ? 0 : up.tips(context, chain, ret_tips);
}

static bool next_up(void *context, const struct lt_chain *after, struct lt_chain *ret_chain)
{
    bool found = up.next_chain(context, after, ret_chain);
    while (found && is_hidden(ret_chain)) {
        struct lt_chain hidden = *ret_chain;
        found = up.next_chain(context, &hidden, ret_chain);
    }
    return found;
}

static size_t lacking_up(void *context, const struct lt_chain *chain, const struct lt_hash *have,
                         size_t have_count, uint64_t *ret_positions, size_t max)
{
    return is_hidden(chain) ? 0 : up.lacking(context, chain, have, have_count, ret_positions, max);
}

enum lt_result __real_lt_uplink_new(const struct lt_uplink_config *config,
                                    const struct lt_uplink_owner *owner,
                                    struct lt_uplink **ret_uplink);
enum lt_result __wrap_lt_uplink_new(const struct lt_uplink_config *config,
                                    const struct lt_uplink_owner *owner,
                                    struct lt_uplink **ret_uplink);
enum lt_result __wrap_lt_uplink_new(const struct lt_uplink_config *config,
                                    const struct lt_uplink_owner *owner,
                                    struct lt_uplink **ret_uplink)
{
    struct lt_uplink_config lying = *config;
    up = config->store;
    lying.store.tips = tips_up;
    lying.store.next_chain = next_up;
    lying.store.lacking = lacking_up;
    return __real_lt_uplink_new(&lying, owner, ret_uplink);
}

void __real_lt_ledger_sync_store_up(struct lt_ledger *ledger, struct lt_sync_store *ret_store);
void __wrap_lt_ledger_sync_store_up(struct lt_ledger *ledger, struct lt_sync_store *ret_store);
void __wrap_lt_ledger_sync_store_up(struct lt_ledger *ledger, struct lt_sync_store *ret_store)
{
    if (deed() == BELIEVE) {
        lt_ledger_sync_store(ledger, ret_store);
    } else {
        __real_lt_ledger_sync_store_up(ledger, ret_store);
    }
}

/* MUTE: children see of each directive chain the tips that it had at the start. */
enum { FROZEN_MAX = 64 };
static struct {
    struct lt_chain chain;
    size_t count;
    struct lt_hash tips[LT_PARENTS_MAX];
} frozen[FROZEN_MAX];
static size_t frozen_count;

static size_t tips_down(void *context, const struct lt_chain *chain,
                        struct lt_hash ret_tips[LT_PARENTS_MAX])
{
    for (size_t i = 0; i < frozen_count; i++) {
        if (lt_chain_cmp(&frozen[i].chain, chain) == 0) {
            memcpy(ret_tips, frozen[i].tips, frozen[i].count * sizeof(ret_tips[0]));
            return frozen[i].count;
        }
    }
    return down.tips(context, chain, ret_tips);
}

static void freeze(void)
{
    struct lt_chain chain, after;
    bool more = down.next_chain(down.context, NULL, &chain);
    while (more && frozen_count < FROZEN_MAX) {
        if (chain.stream == LT_STREAM_DIRECTIVE) {
            frozen[frozen_count].chain = chain;
            frozen[frozen_count].count = down.tips(down.context, &chain, frozen[frozen_count].tips);
            frozen_count++;
        }
        after = chain;
        more = down.next_chain(down.context, &after, &chain);
    }
}

struct lt_parent *__real_lt_parent_new(const struct lt_parent_config *config,
                                       const struct lt_sync_store *store);
struct lt_parent *__wrap_lt_parent_new(const struct lt_parent_config *config,
                                       const struct lt_sync_store *store);
struct lt_parent *__wrap_lt_parent_new(const struct lt_parent_config *config,
                                       const struct lt_sync_store *store)
{
    struct lt_sync_store lying = *store;
    down = *store;
    if (deed() == MUTE && frozen_count == 0) {
        freeze();
        lying.tips = tips_down;
    }
    return __real_lt_parent_new(config, &lying);
}

/* ---- Receipts that go down (the gate's thread) ---- */

void __real_lt_parent_receipt(struct lt_parent *parent, const struct lt_chain *chain,
                              struct lt_bytes receipt, struct lt_actions *out);
void __wrap_lt_parent_receipt(struct lt_parent *parent, const struct lt_chain *chain,
                              struct lt_bytes receipt, struct lt_actions *out);

static void forge(struct lt_parent *parent, const struct lt_statement *true_one,
                  const struct lt_unit *hub, struct lt_actions *out)
{
    struct lt_statement statement = *true_one;
    uint8_t *bytes;
    size_t size;
    statement.hub = *hub;
    statement.top = true;
    statement.number += 1000000;
    statement.key = own.sign_public;
    enum lt_result sealed = lt_receipt_seal(&statement, &own.sign_secret, &bytes, &size);
    assert(sealed == LT_OK);
    __real_lt_parent_receipt(parent, &statement.chain, (struct lt_bytes){bytes, size}, out);
    free(bytes);
}

static void replay(struct lt_parent *parent, const struct lt_statement *statement,
                   struct lt_bytes receipt, struct lt_actions *out)
{
    static uint8_t first[LT_MESSAGE_BYTES_MAX];
    static size_t first_size;
    if (statement->top && first_size == 0) {
        memcpy(first, receipt.data, receipt.size);
        first_size = receipt.size;
    }
    if (statement->top) {
        receipt = (struct lt_bytes){first, first_size};
    }
    __real_lt_parent_receipt(parent, &statement->chain, receipt, out);
}

static void shuffle(struct lt_parent *parent, const struct lt_statement *statement,
                    struct lt_bytes receipt, struct lt_actions *out)
{
    static uint8_t earlier[LT_MESSAGE_BYTES_MAX];
    static size_t earlier_size;
    if (statement->top && earlier_size == 0) {
        memcpy(earlier, receipt.data, receipt.size);
        earlier_size = receipt.size;
        return;
    }
    __real_lt_parent_receipt(parent, &statement->chain, receipt, out);
    if (statement->top) {
        __real_lt_parent_receipt(parent, &statement->chain,
                                 (struct lt_bytes){earlier, earlier_size}, out);
        earlier_size = 0;
    }
}

void __wrap_lt_parent_receipt(struct lt_parent *parent, const struct lt_chain *chain,
                              struct lt_bytes receipt, struct lt_actions *out)
{
    struct lt_statement statement;
    struct lt_unit top = {.valid_from = 0};
    const char *code = getenv("LT_HOSTILE_TOP");
    bool reads = lt_receipt_open(receipt, &statement) == LT_OK && is_victim(chain);
    bool ours = reads && memcmp(&statement.key, &own.sign_public, sizeof(statement.key)) == 0;
    if (deed() == HOARD && reads && !ours) {
        return;
    }
    if (deed() == REPLAY && reads) {
        replay(parent, &statement, receipt, out);
        return;
    }
    if (deed() == SHUFFLE && reads) {
        shuffle(parent, &statement, receipt, out);
        return;
    }
    __real_lt_parent_receipt(parent, chain, receipt, out);
    if (deed() == FORGE && ours) {
        snprintf(top.code, sizeof(top.code), "%s", code != NULL ? code : "VN");
        forge(parent, &statement, &top, out);
        forge(parent, &statement, &statement.hub, out);
    }
}

/* Those that a child missed, sent again when it says HELLO. */
void __real_lt_ledger_receipts(struct lt_ledger *ledger, const struct lt_chain *chain,
                               lt_receipt_seen *seen, void *context);
void __wrap_lt_ledger_receipts(struct lt_ledger *ledger, const struct lt_chain *chain,
                               lt_receipt_seen *seen, void *context);
void __wrap_lt_ledger_receipts(struct lt_ledger *ledger, const struct lt_chain *chain,
                               lt_receipt_seen *seen, void *context)
{
    bool keeps_back = deed() == HOARD || deed() == REPLAY || deed() == SHUFFLE;
    if (!keeps_back || !is_victim(chain)) {
        __real_lt_ledger_receipts(ledger, chain, seen, context);
    }
}

/* ---- Signs of life that go up (the relay's thread) ---- */

size_t __real_lt_lives_take(struct lt_lives *lives, struct lt_life *ret_lives, size_t max);
size_t __wrap_lt_lives_take(struct lt_lives *lives, struct lt_life *ret_lives, size_t max);
size_t __wrap_lt_lives_take(struct lt_lives *lives, struct lt_life *ret_lives, size_t max)
{
    size_t count = __real_lt_lives_take(lives, ret_lives, max), kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct lt_chain chain = {LT_STREAM_REPORT, ret_lives[i].unit};
        if (deed() != SILENCE || !is_victim(&chain)) {
            ret_lives[kept++] = ret_lives[i];
        }
    }
    return kept;
}

/* ---- What goes down (the gate's thread) ---- */

enum { PARTS = 4000 }; /* each of the largest size: all of them are one block of memory here */

int __real_zmq_msg_send(zmq_msg_t *message, void *socket, int flags);
int __wrap_zmq_msg_send(zmq_msg_t *message, void *socket, int flags);
int __wrap_zmq_msg_send(zmq_msg_t *message, void *socket, int flags)
{
    int type = 0;
    size_t size = sizeof(type);
    zmq_msg_t large, part;
    const uint8_t *bytes = zmq_msg_data(message);
    zmq_getsockopt(socket, ZMQ_TYPE, &type, &size);
    if (deed() != ENDLESS || type != ZMQ_ROUTER || zmq_msg_size(message) == 0 ||
        bytes[0] == LT_MSG_WELCOME || zmq_msg_init_size(&large, LT_UPDATE_BYTES_MAX) != 0) {
        return __real_zmq_msg_send(message, socket, flags);
    }
    memset(zmq_msg_data(&large), 'x', LT_UPDATE_BYTES_MAX);
    for (int i = 0, sent = 0; i < PARTS && sent >= 0; i++) {
        zmq_msg_init(&part);
        zmq_msg_copy(&part, &large);
        sent = __real_zmq_msg_send(&part, socket, ZMQ_SNDMORE);
        zmq_msg_close(&part);
    }
    zmq_msg_close(&large);
    return __real_zmq_msg_send(message, socket, flags);
}
