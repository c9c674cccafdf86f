/* sync_faults.h - what may happen to the nodes of sync_world.h, and the passing of their time. */
#ifndef LT_TEST_SYNC_FAULTS_H
#define LT_TEST_SYNC_FAULTS_H

#include "sync_nodes.h"

/* ---- What may happen ---- */

static inline struct node *some_agent(struct world *w)
{
    struct node *agent;
    do
        agent = &w->nodes[AGENTS + chance(w, NODES_MAX - AGENTS)];
    while (!agent->used);
    return agent;
}

static inline struct node *some_node(struct world *w)
{
    return chance(w, 3) == 0 ? &w->nodes[chance(w, AGENTS)] : some_agent(w);
}

static inline void draft(struct world *w)
{
    struct node *agent = some_agent(w);
    struct lt_actions actions = {0};
    if (agent->draft_count == DRAFTS_MAX || w->pool.count > POOL_MAX - 100)
        return;
    agent->drafts[agent->draft_count++] = 1000 + w->said++;
    lt_child_drafts(agent->child, true, time_of(w, agent), &actions);
    perform_child(w, agent, &actions);
}

/* Signed offline, for a USB stick: without asking anybody. The one way to a fork but for clones. */
static inline void bundle(struct world *w)
{
    struct node *agent = some_agent(w);
    struct lt_actions actions = {0};
    if (agent->draft_count == 0)
        draft(w);
    sign_drafts(w, agent, &actions);
    perform_child(w, agent, &actions);
}

static inline struct image image_of(const struct node *node)
{
    struct image image = {.dag = node->dag, .code = node->code, .draft_count = node->draft_count};
    memcpy(image.drafts, node->drafts, sizeof(image.drafts));
    return image;
}

static inline void set_image(struct world *w, struct node *node, const struct image *image)
{
    node->dag = image->dag;
    node->draft_count = image->draft_count;
    memcpy(node->drafts, image->drafts, sizeof(node->drafts));
    for (size_t i = 0; i < 2; i++)
        forget(&node->receipts[i]);
    show_receipts(node);
    restart(w, node);
}

static inline void restore_agent(struct world *w, bool clone)
{
    if (w->image_count == 0)
        return;
    const struct image *image = &w->images[chance(w, w->image_count)];
    for (size_t i = AGENTS; i < NODES_MAX; i++) {
        struct node *node = &w->nodes[i];
        if (clone && !node->used) {
            make_node(w, i, image->code, LIENTHONG__ROLE__ROLE_AGENT);
            set_image(w, node, image);
            return;
        }
        if (!clone && node->used && node->code == image->code) {
            set_image(w, node, image);
            return;
        }
    }
}

static inline void replace_agent(struct world *w)
{
    struct node *agent = some_agent(w);
    struct image empty = {.dag = {.pool = &w->pool}, .code = agent->code};
    set_image(w, agent, &empty);
}

static inline void restore_hub(struct world *w)
{
    size_t which = chance(w, 2);
    struct node *hub = &w->nodes[which];
    if (w->backup_counts[which] == 0)
        return;
    hub->dag = w->backups[which][chance(w, w->backup_counts[which])].dag;
    hub->rolled_back = true;
    for (size_t i = 0; i < CHAINS; i++)
        forget(&hub->from_top[i]);
    restart(w, hub);
}

static inline void direct(struct world *w, struct node *hub, uint32_t said)
{
    const struct lt_chain *chain = &w->chains[hub == &w->nodes[TOP] ? 0 : 1];
    struct lt_actions actions = {0};
    dag_sign(&hub->dag, chain, said, 0);
    lt_parent_stored(hub->parent, chain, &actions);
    perform_parent(w, hub, &actions);
    if (hub->child) {
        lt_child_stored(hub->child, chain, time_of(w, hub), &actions);
        perform_child(w, hub, &actions);
    }
}

/* The district admits a unit that it has not admitted yet, or has forgotten. */
static inline bool grant(struct world *w)
{
    struct node *hub = &w->nodes[DISTRICT];
    for (uint32_t i = 1; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (!says(&hub->dag, codes[1], GRANT_UNIT + i)) {
            direct(w, hub, GRANT_UNIT + i);
            return true;
        }
    return false;
}

static inline void turn_clock(struct world *w)
{
    struct node *node = some_node(w);
    int64_t jump = (int64_t)chance(w, 4000000) - 2000000;
    if (chance(w, 4) == 0)
        jump = -(int64_t)time_of(w, node); /* to zero */
    if ((int64_t)w->now + node->clock + jump < 0)
        return;
    node->clock += jump;
    if (node->child) { /* whoever waits by that clock must look at it again */
        struct lt_actions actions = {0};
        lt_child_tick(node->child, time_of(w, node), &actions);
        perform_child(w, node, &actions);
    }
}

static inline void snap(struct world *w, struct node *node)
{
    struct lt_actions actions = {0};
    if (!node->child || !node->linked)
        return;
    break_link(node);
    lt_child_disconnected(node->child, time_of(w, node), &actions);
    perform_child(w, node, &actions);
}

static inline void fault(struct world *w)
{
    switch (chance(w, 20)) {
    case 0:
        restart(w, some_node(w));
        break;
    case 1:
        if (w->image_count < IMAGES_MAX)
            w->images[w->image_count++] = image_of(some_agent(w));
        break;
    case 2:
        restore_agent(w, false);
        break;
    case 3:
        restore_agent(w, true);
        break;
    case 4:
        replace_agent(w);
        break;
    case 5: {
        size_t which = chance(w, 2);
        if (w->backup_counts[which] < IMAGES_MAX)
            w->backups[which][w->backup_counts[which]++] = image_of(&w->nodes[which]);
        break;
    }
    case 6:
        restore_hub(w);
        break;
    case 7:
        snap(w, some_node(w));
        break;
    case 8:
        w->cut[DISTRICT + chance(w, NODES_MAX - DISTRICT)] ^= true;
        break;
    case 9:
        turn_clock(w);
        break;
    case 10:
        if (!grant(w))
            direct(w, &w->nodes[chance(w, 2)], 500 + (uint32_t)chance(w, 100));
        break;
    case 12:
    case 13:
    case 14:
        bundle(w);
        break;
    case 11:
        w->full = !w->full;
        break;
    default:
        draft(w);
        break;
    }
}

/* ---- Time ---- */

struct event {
    lt_ms at;
    struct node *node;
    enum { NOTHING, TICK, LETTER_UP, LETTER_DOWN, LINK, COMMIT } kind;
};

static inline void sooner(struct event *event, lt_ms at, struct node *node, int kind)
{
    if (at < event->at) {
        event->at = at;
        event->node = node;
        event->kind = kind;
    }
}

static inline struct event next_event(struct world *w)
{
    struct event event = {.at = UINT64_MAX};
    for (size_t i = 0; i < NODES_MAX; i++) {
        struct node *node = &w->nodes[i];
        if (!node->used)
            continue;
        sooner(&event, node->commit_at, node, COMMIT);
        if (!node->child)
            continue;
        lt_ms due = lt_child_due(node->child);
        due = due > time_of(w, node) ? due - (lt_ms)node->clock : w->now;
        sooner(&event, node->link_at, node, LINK);
        sooner(&event, node->up.first ? node->up.first->at : UINT64_MAX, node, LETTER_UP);
        sooner(&event, node->down.first ? node->down.first->at : UINT64_MAX, node, LETTER_DOWN);
        sooner(&event, due, node, TICK);
    }
    return event;
}

static inline void run_until(struct world *w, lt_ms until)
{
    for (uint64_t steps = 0; !w->complaint; steps++) {
        struct event event = next_event(w);
        struct lt_actions actions = {0};
        if (event.at > until)
            break;
        expect(w, steps < 200000, "it never rests");
        if (event.at > w->now)
            w->now = event.at;
        switch (event.kind) {
        case NOTHING:
            break;
        case TICK:
            lt_child_tick(event.node->child, time_of(w, event.node), &actions);
            perform_child(w, event.node, &actions);
            break;
        case LETTER_UP:
            deliver(w, event.node, true);
            break;
        case LETTER_DOWN:
            deliver(w, event.node, false);
            break;
        case LINK:
            open_link(w, event.node);
            break;
        case COMMIT:
            commit(w, event.node);
            break;
        }
    }
    w->now = until;
}

#endif
