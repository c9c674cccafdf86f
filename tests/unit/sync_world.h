/* sync_world.h - a top hub, a district hub and agents in virtual time, for sync_pair_test.c.
 *
 *   T (VN) -- D (80) -- agents of 80, 26, 27, clones and replacements of them
 *
 * Real machines on both sides of every link, real signed updates, stores in memory. A link keeps
 * order; it may lose, repeat or spoil a message, or break. Hubs commit in groups, a little later than
 * they receive; agents at once. A directive of VN grants 80's key, directives of 80 grant its units';
 * who does not hold the grant refuses the update, as the real stores do. All chance comes from one
 * seed. Ghosts: what a parent held when it answered HELLO, so that signing and pushing too early show. */
#ifndef LT_TEST_SYNC_WORLD_H
#define LT_TEST_SYNC_WORLD_H

#include "sync_store.h"

enum {
    TOP,
    DISTRICT,
    AGENTS, /* the first of them */
    NODES_MAX = 8,
    DRAFTS_MAX = 24,
    ARRIVALS_MAX = 512,
    CHAINS = 5,
    IMAGES_MAX = 6,
    GRANT_DISTRICT = 1, /* what directives say */
    GRANT_UNIT = 2, /* + place of the code in `codes` */
};
static const char *const codes[] = {"VN", "80", "26", "27"};

struct letter {
    struct letter *next;
    lt_ms at;
    uint8_t *bytes;
    size_t size;
    bool spoilt;
};
struct pipe {
    struct letter *first, *last;
};
struct arrival {
    int peer; /* -1: fetched from our parent */
    uint64_t session;
    uint8_t *bytes;
    size_t size;
};
struct image { /* what is durable */
    struct dag dag;
    uint32_t drafts[DRAFTS_MAX];
    size_t draft_count;
    size_t code;
};

struct node {
    bool used;
    size_t code; /* in `codes` */
    Lienthong__Role role;
    struct dag dag;
    struct store store;
    int64_t clock; /* its monotonic time less the world's */
    /* way up */
    struct lt_child *child;
    struct pipe up, down;
    bool linked;
    lt_ms link_at;
    struct mask named; /* ghost: what the parent held at HELLO */
    uint8_t named_session[8];
    /* way down */
    struct lt_parent *parent;
    bool came[NODES_MAX];
    struct lt_instance incarnation;
    uint64_t number;
    bool rolled_back; /* ghost */
    struct arrival arrivals[ARRIVALS_MAX];
    size_t arrival_count;
    lt_ms commit_at;
    struct lt_bytes from_top[CHAINS]; /* a district's kept receipts */
    /* agent */
    uint32_t drafts[DRAFTS_MAX];
    size_t draft_count;
    struct lt_bytes receipts[2]; /* of T, of D */
    struct {
        size_t count;
        struct lt_hash tips[LT_PARENTS_MAX];
    } receipted[2]; /* what they say */
};

struct world {
    uint64_t seed, random;
    lt_ms now;
    struct pool pool;
    struct node nodes[NODES_MAX];
    struct lt_chain chains[CHAINS];
    struct image images[IMAGES_MAX], backups[2][IMAGES_MAX];
    size_t image_count, backup_counts[2];
    bool faulty; /* messages are lost, and so on */
    bool spoiling; /* even bytes are changed, which no real link does: anything may be believed */
    bool calm; /* all have all receipts: they are not sent again after HELLO */
    bool full; /* D's disk */
    bool starved; /* memory is short: any message may fail to be read */
    bool cut[NODES_MAX]; /* no way to connect */
    uint64_t credit;
    uint32_t said; /* numbers of drafts */
    uint64_t messages, updates, wants, refusals[16], restored;
    const char *complaint; /* the first broken rule */
};

static inline uint64_t chance(struct world *w, uint64_t below)
{
    uint64_t z = w->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

static inline void expect(struct world *w, bool good, const char *rule)
{
    if (!good && !w->complaint)
        w->complaint = rule;
}

static inline enum lt_way world_way(Lienthong__Role role, const struct lt_unit *child,
                                    const struct lt_chain *chain)
{
    bool top = strcmp(chain->unit.code, "VN") == 0;
    if (role == LIENTHONG__ROLE__ROLE_HUB)
        return top ? LT_WAY_DOWN : LT_WAY_UP;
    if (chain->stream == LT_STREAM_DIRECTIVE)
        return LT_WAY_DOWN;
    return lt_unit_cmp(child, &chain->unit) == 0 ? LT_WAY_UP : LT_WAY_NONE;
}

static inline lt_ms time_of(const struct world *w, const struct node *node)
{
    return (lt_ms)((int64_t)w->now + node->clock);
}
static inline struct node *parent_of(struct world *w, const struct node *node)
{
    return &w->nodes[node->role == LIENTHONG__ROLE__ROLE_HUB ? TOP : DISTRICT];
}
static inline size_t index_of(const struct world *w, const struct node *node)
{
    return (size_t)(node - w->nodes);
}

/* ---- Stores ---- */

static inline bool says(const struct dag *dag, const char *code, uint32_t said)
{
    struct lt_chain chain = chain_of(LT_STREAM_DIRECTIVE, code);
    for (size_t i = 0; i < dag->count; i++) {
        const struct pooled *item = &dag->pool->items[dag->list[i]];
        if (item->said == said && lt_chain_cmp(&item->chain, &chain) == 0)
            return true;
    }
    return false;
}

static inline bool key_good(const struct dag *dag, const struct lt_chain *chain)
{
    if (strcmp(chain->unit.code, "VN") == 0)
        return true;
    if (chain->stream == LT_STREAM_DIRECTIVE)
        return says(dag, "VN", GRANT_DISTRICT);
    for (uint32_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strcmp(chain->unit.code, codes[i]) == 0)
            return says(dag, "80", GRANT_UNIT + i);
    return false;
}

/* As a ledger or journal would: LT_OK also for what is there. */
static inline enum lt_result take(struct world *w, struct node *node, const uint8_t *bytes,
                                  size_t size, struct lt_update *update)
{
    if (lt_update_open((struct lt_bytes){bytes, size}, update) != LT_OK)
        return LT_MALFORMED;
    size_t index = pool_find(&w->pool, &update->id);
    if (index == w->pool.count || w->pool.items[index].size != size ||
        memcmp(w->pool.items[index].bytes, bytes, size) != 0) {
        expect(w, lt_update_verify(update) != LT_OK, "an unknown update has a good signature");
        return LT_BAD_SIGNATURE;
    }
    if (!key_good(&node->dag, &update->frame.chain))
        return LT_KEY_UNKNOWN;
    return dag_put(&node->dag, index) ? LT_OK : LT_ORPHAN;
}

/* ---- Links ---- */

static inline void pipe_clear(struct pipe *pipe)
{
    while (pipe->first) {
        struct letter *letter = pipe->first;
        pipe->first = letter->next;
        free(letter->bytes);
        free(letter);
    }
    pipe->last = NULL;
}

static inline void pipe_put(struct world *w, struct pipe *pipe, const void *head, size_t head_size,
                            const void *bytes, size_t size)
{
    struct letter *letter = calloc(1, sizeof(*letter));
    letter->size = head_size + size;
    letter->bytes = malloc(letter->size);
    assert_non_null(letter->bytes);
    if (head_size > 0)
        memcpy(letter->bytes, head, head_size);
    memcpy(letter->bytes + head_size, bytes, size);
    letter->at = w->now + 1 + chance(w, 40);
    if (pipe->last && pipe->last->at > letter->at)
        letter->at = pipe->last->at;
    if (w->faulty && w->spoiling && chance(w, 40) == 0) {
        letter->spoilt = true;
        letter->bytes[chance(w, letter->size)] ^= (uint8_t)(1 + chance(w, 255));
    }
    if (pipe->last)
        pipe->last->next = letter;
    else
        pipe->first = letter;
    pipe->last = letter;
}

static inline void send_letter(struct world *w, struct pipe *pipe, const void *head,
                               size_t head_size, const void *bytes, size_t size)
{
    uint8_t type = head_size > 0 ? *(const uint8_t *)head : *(const uint8_t *)bytes;
    w->messages++;
    w->updates += type == LT_MSG_UPDATE;
    w->wants += type == LT_MSG_WANT;
    if (w->faulty && chance(w, 30) == 0)
        return;
    pipe_put(w, pipe, head, head_size, bytes, size);
    if (w->faulty && chance(w, 30) == 0)
        pipe_put(w, pipe, head, head_size, bytes, size);
}

static inline void send_update(struct world *w, struct pipe *pipe, const struct dag *dag,
                               const struct lt_action *action)
{
    uint8_t header[LT_HEADER_BYTES];
    const struct pooled *item = &dag->pool->items[dag->list[action->position - 1]];
    lt_header_write(LT_MSG_UPDATE, action->session, header);
    send_letter(w, pipe, header, sizeof(header), item->bytes, item->size);
}

/* ---- Hubs ---- */

static inline void arrive(struct world *w, struct node *hub, int peer,
                          const struct lt_action *action)
{
    assert_true(hub->arrival_count < ARRIVALS_MAX);
    struct arrival *arrival = &hub->arrivals[hub->arrival_count++];
    *arrival = (struct arrival){.peer = peer, .session = action->session, .size = action->size};
    arrival->bytes = malloc(action->size);
    assert_non_null(arrival->bytes);
    memcpy(arrival->bytes, action->bytes, action->size);
    if (hub->commit_at == UINT64_MAX)
        hub->commit_at = w->now + chance(w, 60);
}

static inline void perform_parent(struct world *w, struct node *hub, struct lt_actions *actions)
{
    for (size_t i = 0; i < actions->count; i++) {
        struct lt_action *action = &actions->items[i];
        struct node *peer = &w->nodes[action->peer];
        if (action->kind == LT_DO_SEND)
            send_letter(w, &peer->down, NULL, 0, action->bytes, action->size);
        else if (action->kind == LT_DO_SEND_UPDATE)
            send_update(w, &peer->down, &hub->dag, action);
        else if (action->kind == LT_DO_STORE)
            arrive(w, hub, (int)action->peer, action);
        else if (action->kind == LT_DO_RESTORED) {
            w->restored++;
            expect(w, hub->rolled_back, "a hub that was never restored was told that it was");
            hub->incarnation.bytes[0]++;
            lt_parent_incarnation(hub->parent, &hub->incarnation);
        } else
            expect(w, action->kind == LT_DO_REPORT, "an action that is no parent's");
    }
    lt_actions_clear(actions);
}

/* A receipt of what it holds of a chain, to all whom it concerns. */
static inline void tell_receipt(struct world *w, struct node *hub, const struct lt_chain *chain)
{
    struct lt_actions actions = {0};
    struct lt_unit unit = unit_of(codes[hub->code]);
    struct lt_bytes receipt =
        receipt_of(&w->pool, &hub->store, &unit, &hub->incarnation, ++hub->number, chain);
    lt_parent_receipt(hub->parent, chain, receipt, &actions);
    union {
        const uint8_t *from;
        uint8_t *to;
    } bytes = {.from = receipt.data};
    free(bytes.to);
    perform_parent(w, hub, &actions);
}

#endif
