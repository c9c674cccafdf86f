/* talk.h - a child and its parent over one link, for fuzz_talk.c: what both machines ask for is done at once.
 *
 * Either an agent of 26 below hub 80, or hub 80 below the top VN (the first byte says which). The pool's first
 * updates are the same in every run: directives of VN and 80, forked reports of 26 and 27; two masks of the input say
 * which of them either side holds at first. */
#ifndef LT_FUZZ_TALK_H
#define LT_FUZZ_TALK_H

#include "tests/unit/sync_store.h"

#include "tests/fuzz/fuzz.h"

enum { CHAINS = 4, PIPE_MAX = 64, BASE_MAX = 24, SIGNED_MOST = 200, CREDIT = 4096 };

struct letter {
    uint8_t *bytes;
    size_t size;
};
struct pipe {
    struct letter letters[PIPE_MAX];
    size_t count;
    const struct letter *first; /* NULL: empty */
};

struct talk {
    const uint8_t *at;
    size_t left;
    Lienthong__Role role;
    struct lt_unit self, above;
    struct lt_chain own;
    struct dag held[2]; /* child, parent */
    struct store stores[2];
    struct lt_sync_store interfaces[2];
    struct lt_child *child;
    struct lt_parent *parent;
    struct lt_instance incarnation;
    uint64_t number;
    struct pipe up, down;
    lt_ms now;
    bool drafts, honest, rejecting;
    struct lt_bytes receipt; /* that the child shows in HELLO */
};
enum { CHILD, PARENT };

static struct pool pool;
static size_t base_count;
static struct lt_chain chains[CHAINS];

static inline uint8_t next(struct talk *talk)
{
    if (talk->left == 0)
        return 0;
    talk->left--;
    return *talk->at++;
}

static inline void free_bytes(struct lt_bytes *bytes)
{
    union {
        const uint8_t *from;
        uint8_t *to;
    } owned = {.from = bytes->data};
    free(owned.to);
    *bytes = (struct lt_bytes){NULL, 0};
}

static inline enum lt_way way_here(Lienthong__Role role, const struct lt_unit *child,
                                   const struct lt_chain *chain)
{
    const bool top = strcmp(chain->unit.code, "VN") == 0;
    if (role == LIENTHONG__ROLE__ROLE_HUB)
        return top ? LT_WAY_DOWN : LT_WAY_UP;
    if (chain->stream == LT_STREAM_DIRECTIVE)
        return LT_WAY_DOWN;
    return lt_unit_cmp(child, &chain->unit) == 0 ? LT_WAY_UP : LT_WAY_NONE;
}

/* Once a process. */
static inline void make_pool(void)
{
    static const struct {
        enum lt_stream stream;
        const char *code;
    } names[CHAINS] = {{LT_STREAM_DIRECTIVE, "VN"},
                       {LT_STREAM_DIRECTIVE, "80"},
                       {LT_STREAM_REPORT, "26"},
                       {LT_STREAM_REPORT, "27"}};
    struct dag here = {.pool = &pool}, there;
    if (base_count > 0)
        return;
    FUZZ_CHECK(sodium_init() >= 0);
    pool_begin(&pool);
    for (size_t i = 0; i < CHAINS; i++) {
        chains[i] = chain_of(names[i].stream, names[i].code);
        dag_sign(&here, &chains[i], 0, 0);
        dag_sign(&here, &chains[i], 1, 100);
        there = here;
        dag_sign(&here, &chains[i], 2, 0);
        if (names[i].stream == LT_STREAM_REPORT) {
            dag_sign(&there, &chains[i], 3, 3 * CREDIT); /* a fork, and one beyond any credit */
            dag_put(&here, pool.count - 1);
            dag_sign(&here, &chains[i], 4, 0);
        }
    }
    base_count = pool.count;
    FUZZ_CHECK(base_count <= BASE_MAX);
}

/* ---- Letters ---- */

static inline void clear_pipe(struct pipe *pipe)
{
    for (size_t i = 0; i < pipe->count; i++)
        free(pipe->letters[i].bytes);
    pipe->count = 0;
    pipe->first = NULL;
}

/* What does not fit is lost, as on any link. */
static inline void put_letter(struct pipe *pipe, const uint8_t *head, size_t head_size,
                              const uint8_t *bytes, size_t size)
{
    struct letter *letter = &pipe->letters[pipe->count];
    if (pipe->count == PIPE_MAX)
        return;
    letter->size = head_size + size;
    letter->bytes = malloc(letter->size + 1);
    FUZZ_CHECK(letter->bytes);
    if (head_size > 0)
        memcpy(letter->bytes, head, head_size);
    if (size > 0)
        memcpy(letter->bytes + head_size, bytes, size);
    pipe->count++;
    pipe->first = pipe->letters;
}

static inline struct letter take_letter(struct pipe *pipe)
{
    const struct letter letter = pipe->letters[0];
    memmove(pipe->letters, pipe->letters + 1, --pipe->count * sizeof(pipe->letters[0]));
    if (pipe->count == 0)
        pipe->first = NULL;
    return letter;
}

static inline void drop_first(struct pipe *pipe)
{
    if (pipe->first != NULL)
        free(take_letter(pipe).bytes);
}

static inline void repeat_first(struct pipe *pipe)
{
    if (pipe->first != NULL)
        put_letter(pipe, NULL, 0, pipe->first->bytes, pipe->first->size);
}

static inline void spoil(struct pipe *pipe, uint8_t where, uint8_t what)
{
    if (pipe->first != NULL)
        pipe->first->bytes[where % pipe->first->size] ^= what;
}

/* ---- Carrying out ---- */

static inline const ProtobufCMessageDescriptor *payload_of(enum lt_message_type type)
{
    const ProtobufCMessageDescriptor *const descriptors[] = {
        [LT_MSG_HELLO] = &lienthong__hello__descriptor,
        [LT_MSG_WELCOME] = &lienthong__welcome__descriptor,
        [LT_MSG_TIPS] = &lienthong__tips__descriptor,
        [LT_MSG_RECEIPTS] = &lienthong__receipts__descriptor,
        [LT_MSG_WANT] = &lienthong__want__descriptor,
        [LT_MSG_REPORT] = &lienthong__report__descriptor,
        [LT_MSG_REFUSED] = &lienthong__refused__descriptor,
        [LT_MSG_JOINED] = NULL,
        [LT_MSG_WANT_PIECE] = &lienthong__want_piece__descriptor,
        [LT_MSG_PIECE] = &lienthong__piece__descriptor,
    };
    return descriptors[type];
}

/* What our machines say can be read by any other. */
static inline void check_letter(const struct lt_action *action)
{
    struct lt_message message;
    ProtobufCMessage *payload;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    FUZZ_CHECK(arena);
    FUZZ_CHECK(lt_message_open((struct lt_bytes){action->bytes, action->size}, &message) == LT_OK);
    const ProtobufCMessageDescriptor *descriptor = payload_of(message.type);
    FUZZ_CHECK(descriptor == NULL ||
               lt_payload_read(message.payload, descriptor, arena, &payload) == LT_OK);
    lt_arena_free(arena);
}

static inline void send_update(struct pipe *pipe, const struct dag *dag,
                               const struct lt_action *action)
{
    uint8_t header[LT_HEADER_BYTES];
    FUZZ_CHECK(action->position >= 1 && action->position <= dag->count);
    const struct pooled *item = &dag->pool->items[dag->list[action->position - 1]];
    lt_header_write(LT_MSG_UPDATE, action->session, header);
    put_letter(pipe, header, sizeof(header), item->bytes, item->size);
}

/* As ledger and journal would. */
static inline enum lt_result store(struct dag *dag, const struct lt_action *action,
                                   struct lt_update *update)
{
    const struct lt_bytes bytes = {action->bytes, action->size};
    if (lt_update_open(bytes, update) != LT_OK)
        return LT_MALFORMED;
    const size_t index = pool_find(&pool, &update->id);
    if (index == pool.count || pool.items[index].size != bytes.size ||
        memcmp(pool.items[index].bytes, bytes.data, bytes.size) != 0) {
        FUZZ_CHECK(lt_update_verify(update) != LT_OK); /* nobody else has the key */
        return LT_BAD_SIGNATURE;
    }
    return dag_put(dag, index) ? LT_OK : LT_ORPHAN;
}

static inline void perform_parent(struct talk *talk, struct lt_actions *actions);
static inline void perform_child(struct talk *talk, struct lt_actions *actions);

/* Of the parent's store, to everybody. */
static inline void tell_receipt(struct talk *talk, const struct lt_chain *chain)
{
    struct lt_actions out = {0};
    struct lt_bytes receipt = receipt_of(&pool, &talk->stores[PARENT], &talk->above,
                                         &talk->incarnation, ++talk->number, chain);
    lt_parent_receipt(talk->parent, chain, receipt, &out);
    free_bytes(&receipt);
    perform_parent(talk, &out);
}

static inline void store_pushed(struct talk *talk, const struct lt_action *action)
{
    struct lt_actions out = {0};
    struct lt_update update;
    const enum lt_result result = store(&talk->held[PARENT], action, &update);
    lt_parent_answered(talk->parent, 0, action->size);
    if (result == LT_OK) {
        lt_parent_stored(talk->parent, &update.frame.chain, &out);
        perform_parent(talk, &out);
        tell_receipt(talk, &update.frame.chain);
    } else if (result != LT_MALFORMED) {
        lt_parent_refuse(talk->parent, 0, action->session, &update.frame.chain, &update.id,
                         result == LT_ORPHAN ? LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN
                                             : LIENTHONG__REFUSAL_REASON__REFUSAL_SIGNATURE,
                         update.frame.parents, update.frame.parent_count, "no", &out);
        perform_parent(talk, &out);
    }
}

static inline void perform_parent(struct talk *talk, struct lt_actions *actions)
{
    for (size_t i = 0; i < actions->count; i++) {
        const struct lt_action *action = &actions->items[i];
        FUZZ_CHECK(action->peer == 0);
        if (action->kind == LT_DO_SEND) {
            check_letter(action);
            put_letter(&talk->down, NULL, 0, action->bytes, action->size);
        } else if (action->kind == LT_DO_SEND_UPDATE) {
            send_update(&talk->down, &talk->held[PARENT], action);
        } else if (action->kind == LT_DO_STORE) {
            store_pushed(talk, action);
        } else if (action->kind == LT_DO_RESTORED) {
            FUZZ_CHECK(!talk->honest || talk->receipt.size > 0);
            talk->incarnation.bytes[0]++;
            lt_parent_incarnation(talk->parent, &talk->incarnation);
        } else {
            FUZZ_CHECK(action->kind == LT_DO_REPORT);
        }
    }
    lt_actions_clear(actions);
}

/* A new link; the parent knows who it is. */
static inline void connect_child(struct talk *talk)
{
    struct lt_actions out = {0};
    clear_pipe(&talk->up);
    clear_pipe(&talk->down);
    lt_parent_gone(talk->parent, 0);
    lt_parent_came(talk->parent, 0, talk->role, &talk->self);
    lt_child_connected(talk->child, talk->now, &out);
    perform_child(talk, &out);
}

static inline void sign_draft(struct talk *talk)
{
    struct lt_actions out = {0};
    struct lt_child_state state;
    lt_child_state(talk->child, &state);
    FUZZ_CHECK(state.connected && state.welcomed && state.parent_ready);
    FUZZ_CHECK(state.fetched || !talk->honest); /* else what could not be stored rests */
    if (pool.count < SIGNED_MOST) {
        dag_sign(&talk->held[CHILD], &talk->own, 9, 0);
        lt_child_stored(talk->child, &talk->own, talk->now, &out);
    }
    talk->drafts = false;
    lt_child_drafts(talk->child, false, talk->now, &out);
    perform_child(talk, &out);
}

static inline void store_fetched(struct talk *talk, const struct lt_action *action)
{
    struct lt_actions out = {0};
    struct lt_update update;
    FUZZ_CHECK(lt_update_open((struct lt_bytes){action->bytes, action->size}, &update) == LT_OK);
    if (!talk->rejecting && store(&talk->held[CHILD], action, &update) == LT_OK)
        lt_child_stored(talk->child, &update.frame.chain, talk->now, &out);
    else
        lt_child_rejected(talk->child, &update.frame.chain, talk->now, &out);
    talk->rejecting = false;
    perform_child(talk, &out);
}

static inline void keep_receipt(struct talk *talk, const struct lt_action *action)
{
    struct lt_statement statement;
    if (lt_receipt_open((struct lt_bytes){action->bytes, action->size}, &statement) != LT_OK)
        return;
    free_bytes(&talk->receipt);
    uint8_t *copy = malloc(action->size);
    FUZZ_CHECK(copy);
    memcpy(copy, action->bytes, action->size);
    talk->receipt = (struct lt_bytes){copy, action->size};
    talk->stores[CHILD].receipts[0] = talk->receipt;
    talk->stores[CHILD].receipt_count = 1;
}

static inline void perform_child(struct talk *talk, struct lt_actions *actions)
{
    for (size_t i = 0; i < actions->count; i++) {
        const struct lt_action *action = &actions->items[i];
        if (action->kind == LT_DO_SEND) {
            check_letter(action);
            put_letter(&talk->up, NULL, 0, action->bytes, action->size);
        } else if (action->kind == LT_DO_SEND_UPDATE) {
            send_update(&talk->up, &talk->held[CHILD], action);
        } else if (action->kind == LT_DO_STORE) {
            store_fetched(talk, action);
        } else if (action->kind == LT_DO_RECEIPT) {
            keep_receipt(talk, action);
        } else if (action->kind == LT_DO_SIGN) {
            sign_draft(talk);
        } else if (action->kind == LT_DO_CONNECT) {
            connect_child(talk);
        } else {
            FUZZ_CHECK(action->kind == LT_DO_READY || action->kind == LT_DO_REFUSED);
        }
    }
    lt_actions_clear(actions);
}

#endif
