/* sync_nodes.h - how the nodes of sync_world.h carry out what their machines ask for. */
#ifndef LT_TEST_SYNC_NODES_H
#define LT_TEST_SYNC_NODES_H

#include "sync_world.h"

static inline void keep(struct lt_bytes *slot, struct lt_bytes receipt)
{
    union {
        const uint8_t *from;
        uint8_t *to;
    } old = {.from = slot->data};
    free(old.to);
    uint8_t *copy = malloc(receipt.size + 1);
    assert_non_null(copy);
    if (receipt.size > 0)
        memcpy(copy, receipt.data, receipt.size);
    *slot = (struct lt_bytes){copy, receipt.size};
}
static inline void forget(struct lt_bytes *slot)
{
    union {
        const uint8_t *from;
        uint8_t *to;
    } old = {.from = slot->data};
    free(old.to);
    *slot = (struct lt_bytes){0};
}

static inline size_t chain_index(const struct world *w, const struct lt_chain *chain)
{
    size_t i = 0;
    while (i < CHAINS && lt_chain_cmp(&w->chains[i], chain) != 0)
        i++;
    return i;
}

/* Ghost: does it hold all that its parent held of a chain when it answered HELLO? */
static inline bool holds_named(const struct world *w, const struct node *node,
                               const struct lt_chain *chain)
{
    for (size_t i = 0; i < w->pool.count && !w->spoiling; i++)
        if (mask_has(&node->named, i) && !mask_has(&node->dag.held, i) &&
            lt_chain_cmp(&w->pool.items[i].chain, chain) == 0)
            return false;
    return true;
}

static inline void break_link(struct node *node)
{
    pipe_clear(&node->up);
    pipe_clear(&node->down);
    node->linked = false;
    node->link_at = UINT64_MAX;
}

static inline void show_receipts(struct node *node)
{
    node->store.receipt_count = 0;
    for (size_t i = 0; i < 2; i++)
        if (node->receipts[i].data)
            node->store.receipts[node->store.receipt_count++] = node->receipts[i];
}

/* Without its signature: that would be half of all the time. */
static inline void read_receipt(struct lt_bytes bytes, struct lt_statement *ret_statement)
{
    Lienthong__Receipt *receipt = lienthong__receipt__unpack(NULL, bytes.size, bytes.data);
    assert_non_null(receipt);
    Lienthong__Statement *said =
        lienthong__statement__unpack(NULL, receipt->statement.len, receipt->statement.data);
    assert_non_null(said);
    ret_statement->hub = unit_of(said->hub->code);
    ret_statement->chain =
        chain_of(said->chain->stream == LIENTHONG__STREAM__STREAM_REPORT ? LT_STREAM_REPORT
                                                                         : LT_STREAM_DIRECTIVE,
                 said->chain->unit->code);
    ret_statement->tip_count = (uint32_t)said->n_tips;
    for (size_t i = 0; i < said->n_tips; i++)
        memcpy(ret_statement->tips[i].bytes, said->tips[i].data, 32);
    lienthong__statement__free_unpacked(said, NULL);
    lienthong__receipt__free_unpacked(receipt, NULL);
}

static inline void take_receipt(struct world *w, struct node *node, const struct lt_action *action)
{
    struct lt_bytes bytes = {action->bytes, action->size};
    struct lt_statement statement = {0};
    read_receipt(bytes, &statement);
    struct lt_unit parent = unit_of(codes[parent_of(w, node)->code]);
    if (lt_unit_cmp(&statement.hub, &parent) != 0 && /* else the machine has looked */
        lt_receipt_open(bytes, &statement) != LT_OK)
        return;
    if (lt_chain_cmp(&w->chains[0], &statement.chain) == 0)
        return;
    if (node->role == LIENTHONG__ROLE__ROLE_HUB) {
        struct lt_actions actions = {0};
        keep(&node->from_top[chain_index(w, &statement.chain)], bytes);
        lt_parent_receipt(node->parent, &statement.chain, bytes, &actions);
        perform_parent(w, node, &actions);
        return;
    }
    expect(w, strcmp(statement.chain.unit.code, codes[node->code]) == 0,
           "a receipt for another's chain");
    size_t hub = strcmp(statement.hub.code, "VN") == 0 ? 0 : 1;
    keep(&node->receipts[hub], bytes);
    node->receipted[hub].count = statement.tip_count;
    memcpy(node->receipted[hub].tips, statement.tips, sizeof(statement.tips));
    show_receipts(node);
}

/* Signs all drafts that the chain does not hold yet, in one update. */
static inline void sign_drafts(struct world *w, struct node *node, struct lt_actions *out)
{
    struct lt_chain chain = chain_of(LT_STREAM_REPORT, codes[node->code]);
    for (size_t i = 0; i < node->draft_count; i++) {
        bool there = false;
        for (size_t j = 0; j < node->dag.count && !there; j++)
            there = w->pool.items[node->dag.list[j]].said == node->drafts[i];
        if (there)
            continue;
        dag_sign(&node->dag, &chain, node->drafts[i], chance(w, 300));
        lt_child_stored(node->child, &chain, time_of(w, node), out);
    }
    node->draft_count = 0;
    lt_child_drafts(node->child, false, time_of(w, node), out);
}

static inline void store_fetched(struct world *w, struct node *node, const struct lt_action *action,
                                 struct lt_actions *out)
{
    struct lt_update update;
    if (node->role == LIENTHONG__ROLE__ROLE_HUB) {
        arrive(w, node, -1, action);
        return;
    }
    enum lt_result result = take(w, node, action->bytes, action->size, &update);
    if (result == LT_OK)
        lt_child_stored(node->child, &update.frame.chain, time_of(w, node), out);
    else
        lt_child_rejected(node->child, &update.frame.chain, time_of(w, node), out);
}

static inline void perform_child(struct world *w, struct node *node, struct lt_actions *actions)
{
    for (size_t i = 0; i < actions->count; i++) {
        struct lt_action action = actions->items[i];
        actions->items[i].bytes = NULL;
        if (action.kind == LT_DO_SEND && node->linked) {
            send_letter(w, &node->up, NULL, 0, action.bytes, action.size);
        } else if (action.kind == LT_DO_SEND_UPDATE && node->linked) {
            const struct dag *dag = &node->dag;
            expect(w, action.position >= 1 && action.position <= dag->count, "a wrong position");
            expect(w, holds_named(w, node, &w->pool.items[dag->list[action.position - 1]].chain),
                   "pushed before all that was named was fetched");
            send_update(w, &node->up, dag, &action);
        } else if (action.kind == LT_DO_STORE) {
            store_fetched(w, node, &action, actions);
        } else if (action.kind == LT_DO_RECEIPT) {
            take_receipt(w, node, &action);
        } else if (action.kind == LT_DO_SIGN) {
            struct lt_chain own = chain_of(LT_STREAM_REPORT, codes[node->code]);
            expect(w, holds_named(w, node, &own), "signed before all that was named was fetched");
            expect(w, node->draft_count > 0, "asked to sign without drafts");
            sign_drafts(w, node, actions);
        } else if (action.kind == LT_DO_CONNECT) {
            break_link(node);
            if (!w->cut[index_of(w, node)])
                node->link_at = w->now + 1 + chance(w, 20);
        } else if (action.kind == LT_DO_READY && node->parent) {
            struct lt_actions ready = {0};
            lt_parent_ready(node->parent, &ready);
            perform_parent(w, node, &ready);
        } else if (action.kind == LT_DO_REFUSED) {
            w->refusals[0]++;
        }
        free(action.bytes);
    }
    lt_actions_clear(actions);
    struct lt_child_state state;
    lt_child_state(node->child, &state);
    expect(w, state.in_flight_updates <= 1 || state.in_flight_bytes <= w->credit,
           "more in flight than the credit");
}

/* One transaction of a hub, and what is told after it. */
static inline void commit(struct world *w, struct node *hub)
{
    struct lt_actions down = {0}, up = {0};
    bool touched[CHAINS] = {false}, new[CHAINS] = {false};
    size_t count = hub->arrival_count;
    hub->commit_at = UINT64_MAX;
    hub->arrival_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct arrival *arrival = &hub->arrivals[i];
        struct lt_update update;
        size_t before = hub->dag.count;
        enum lt_result result = take(w, hub, arrival->bytes, arrival->size, &update);
        const struct lt_chain *chain = &update.frame.chain;
        if (arrival->peer >= 0)
            lt_parent_answered(hub->parent, (uint32_t)arrival->peer, arrival->size);
        if (arrival->peer < 0 && result != LT_OK) {
            lt_child_rejected(hub->child, chain, time_of(w, hub), &up);
        } else if (result != LT_OK) {
            struct lt_hash missing[LT_PARENTS_MAX];
            size_t missing_count = 0;
            Lienthong__RefusalReason reason =
                result == LT_KEY_UNKNOWN ? LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_UNKNOWN
                : result == LT_ORPHAN    ? LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN
                                         : LIENTHONG__REFUSAL_REASON__REFUSAL_SIGNATURE;
            for (size_t j = 0; j < update.frame.parent_count && result == LT_ORPHAN; j++)
                if (!store_has(&hub->store, &update.frame.parents[j]))
                    missing[missing_count++] = update.frame.parents[j];
            w->refusals[reason]++;
            lt_parent_refuse(hub->parent, (uint32_t)arrival->peer, arrival->session, chain,
                             &update.id, reason, missing, missing_count, "not now", &down);
        } else {
            touched[chain_index(w, chain)] = true;
            new[chain_index(w, chain)] |= hub->dag.count > before;
            if (hub->child)
                lt_child_stored(hub->child, chain, time_of(w, hub), &up);
        }
        free(arrival->bytes);
    }
    perform_parent(w, hub, &down);
    for (size_t i = 0; i < CHAINS; i++) {
        if (new[i])
            lt_parent_stored(hub->parent, &w->chains[i], &down);
        perform_parent(w, hub, &down);
        if (touched[i])
            tell_receipt(w, hub, &w->chains[i]);
    }
    if (hub->child)
        perform_child(w, hub, &up);
}

/* ---- Letters ---- */

/* After HELLO a hub sends what receipts it has. */
static inline void greet(struct world *w, struct node *hub, struct node *child)
{
    struct lt_actions actions = {0};
    for (size_t i = 0; i < CHAINS; i++) {
        struct lt_unit unit = unit_of(codes[child->code]);
        if (world_way(child->role, &unit, &w->chains[i]) != LT_WAY_UP)
            continue;
        tell_receipt(w, hub, &w->chains[i]);
        if (hub->from_top[i].data)
            lt_parent_receipt(hub->parent, &w->chains[i], hub->from_top[i], &actions);
        perform_parent(w, hub, &actions);
    }
}

static inline void hear_child(struct world *w, struct node *child, const struct letter *letter)
{
    struct node *hub = parent_of(w, child);
    size_t peer = index_of(w, child);
    struct lt_actions actions = {0};
    struct lt_bytes bytes = {letter->bytes, letter->size};
    if (!hub->came[peer])
        return;
    if (w->full && letter->bytes[0] == LT_MSG_UPDATE && chance(w, 2)) {
        struct lt_update update;
        struct lt_message message;
        if (lt_message_open(bytes, &message) == LT_OK &&
            lt_update_open(message.payload, &update) == LT_OK)
            lt_parent_refuse(hub->parent, (uint32_t)peer, message.session, &update.frame.chain,
                             &update.id, LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY, NULL, 0, "full",
                             &actions);
        w->refusals[LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY]++;
        perform_parent(w, hub, &actions);
        return;
    }
    enum lt_result result = lt_parent_message(hub->parent, (uint32_t)peer, bytes, time_of(w, hub),
                                              (int64_t)(w->now / 1000), &actions);
    expect(w, result == LT_OK || letter->spoilt || (w->starved && result == LT_NO_MEMORY),
           "a parent could not read an honest message");
    if (letter->bytes[0] == LT_MSG_HELLO && result == LT_OK) {
        if (memcmp(letter->bytes + 4, child->named_session, 8) != 0)
            child->named = hub->dag.held;
        memcpy(child->named_session, letter->bytes + 4, 8);
        perform_parent(w, hub, &actions);
        if (!w->calm)
            greet(w, hub, child);
    }
    perform_parent(w, hub, &actions);
}

static inline void hear_parent(struct world *w, struct node *child, const struct letter *letter)
{
    struct lt_actions actions = {0};
    struct lt_bytes bytes = {letter->bytes, letter->size};
    lt_child_wall(child->child, (int64_t)(w->now / 1000));
    enum lt_result result = lt_child_message(child->child, bytes, time_of(w, child), &actions);
    expect(w, result == LT_OK || letter->spoilt || (w->starved && result == LT_NO_MEMORY),
           "a child could not read an honest message");
    if (result != LT_OK) {
        break_link(child);
        lt_child_disconnected(child->child, time_of(w, child), &actions);
    }
    perform_child(w, child, &actions);
}

static inline void deliver(struct world *w, struct node *child, bool up)
{
    struct pipe *pipe = up ? &child->up : &child->down;
    struct letter *letter = pipe->first;
    pipe->first = letter->next;
    if (!pipe->first)
        pipe->last = NULL;
    if (up)
        hear_child(w, child, letter);
    else if (child->linked)
        hear_parent(w, child, letter);
    free(letter->bytes);
    free(letter);
}

/* ---- Births and deaths ---- */

static inline void come(struct world *w, struct node *child)
{
    struct node *hub = parent_of(w, child);
    size_t peer = index_of(w, child);
    struct lt_unit unit = unit_of(codes[child->code]);
    lt_parent_gone(hub->parent, (uint32_t)peer);
    lt_parent_came(hub->parent, (uint32_t)peer, child->role, &unit);
    hub->came[peer] = true;
}

static inline void open_link(struct world *w, struct node *child)
{
    struct lt_actions actions = {0};
    child->link_at = UINT64_MAX;
    child->linked = true;
    come(w, child);
    lt_child_connected(child->child, time_of(w, child), &actions);
    perform_child(w, child, &actions);
}

static inline void start_child(struct world *w, struct node *node)
{
    struct lt_child_config config = {
        .unit = unit_of(codes[node->code]),
        .role = node->role,
        .software = "test 1.0",
        .seed = chance(w, UINT64_MAX),
        .hello_every_ms = 600000,
        .answer_within_ms = 30000,
        .retry_first_ms = 1000,
        .retry_most_ms = 300000,
        .credit_most_bytes = w->credit,
    };
    struct lt_sync_store store = store_interface(&node->store);
    struct lt_actions actions = {0};
    lt_child_free(node->child);
    break_link(node);
    do
        node->child = lt_child_new(&config, &store);
    while (node->child == NULL && w->starved);
    assert_non_null(node->child);
    lt_child_drafts(node->child, node->draft_count > 0, time_of(w, node), &actions);
    perform_child(w, node, &actions);
}

static inline void start_parent(struct world *w, struct node *node)
{
    struct lt_parent_config config = {
        .unit = unit_of(codes[node->code]),
        .incarnation = node->incarnation,
        .credit_bytes = w->credit,
        .ready = node == &w->nodes[TOP],
        .peers_max = NODES_MAX,
    };
    struct lt_sync_store store = store_interface(&node->store);
    for (size_t i = 0; i < node->arrival_count; i++)
        free(node->arrivals[i].bytes);
    node->arrival_count = 0;
    node->commit_at = UINT64_MAX;
    lt_parent_free(node->parent);
    do
        node->parent = lt_parent_new(&config, &store);
    while (node->parent == NULL && w->starved);
    assert_non_null(node->parent);
    /* its children: some are told by their transport, some reconnect without a word */
    for (size_t i = DISTRICT; i < NODES_MAX; i++) {
        struct node *child = &w->nodes[i];
        node->came[i] = false;
        if (!child->used || parent_of(w, child) != node || !child->linked)
            continue;
        pipe_clear(&child->up);
        pipe_clear(&child->down);
        if (chance(w, 2)) {
            come(w, child);
            continue;
        }
        struct lt_actions actions = {0};
        break_link(child);
        lt_child_disconnected(child->child, time_of(w, child), &actions);
        perform_child(w, child, &actions);
    }
}

static inline void restart(struct world *w, struct node *node)
{
    if (node->role == LIENTHONG__ROLE__ROLE_HUB)
        start_parent(w, node);
    if (node != &w->nodes[TOP])
        start_child(w, node);
}

static inline struct node *make_node(struct world *w, size_t index, size_t code,
                                     Lienthong__Role role)
{
    struct node *node = &w->nodes[index];
    node->used = true;
    node->code = code;
    node->role = role;
    node->dag = (struct dag){.pool = &w->pool};
    node->store = (struct store){.dag = &node->dag, .way = world_way};
    node->link_at = node->commit_at = UINT64_MAX;
    node->clock = (int64_t)chance(w, 1000000);
    node->draft_count = 0;
    return node;
}

#endif
