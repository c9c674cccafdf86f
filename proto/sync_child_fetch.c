#include "proto/sync_child_own.h"

#include <string.h>

static bool store_has(const struct lt_child *child, const struct lt_hash *id)
{
    return child->store.has(child->store.context, id);
}

static bool is_open(enum lt_fetch fetch)
{
    return fetch == LT_FETCH_WANTED || fetch == LT_FETCH_STORING;
}

static bool is_active(const struct lt_child_chain *chain, enum lt_fetch fetch)
{
    return lt_is_directive(chain) && (is_open(fetch) || fetch == LT_FETCH_QUEUED);
}

static void set_fetch(struct lt_child *child, struct lt_child_chain *chain, enum lt_fetch fetch)
{
    child->fetches += (size_t)is_open(fetch) - (size_t)is_open(chain->fetch);
    child->wanted += (size_t)(fetch == LT_FETCH_WANTED) - (size_t)(chain->fetch == LT_FETCH_WANTED);
    child->directive_fetches +=
        (size_t)is_active(chain, fetch) - (size_t)is_active(chain, chain->fetch);
    chain->fetch = fetch;
}

static void set_flag(bool *flag, size_t *count, bool value)
{
    *count += (size_t)value - (size_t)*flag;
    *flag = value;
}

/* A chain that cannot be fetched keeps nobody from signing but its own unit. */
static void judge_block(struct lt_child *child, struct lt_child_chain *chain)
{
    bool own = lt_unit_cmp(&chain->chain.unit, &child->config.unit) == 0;
    set_flag(&chain->blocks, &child->blocking,
             chain->lacks && (own || chain->fetch != LT_FETCH_REST));
}

static void enlist(struct lt_child *child, struct lt_child_chain *chain)
{
    struct lt_child_list *list = &child->wants[lt_is_directive(chain) ? 0 : 1];
    set_fetch(child, chain, LT_FETCH_QUEUED);
    if (chain->want_listed)
        return;
    chain->want_listed = true;
    chain->want_next = NULL;
    if (list->last)
        list->last->want_next = chain;
    else
        list->first = chain;
    list->last = chain;
}

/* What the parent itself has directed: it lacks some of it only when it was restored from an older copy. Then we
 * give back what we hold, since nobody above a top could. */
bool lt_is_parents_own(const struct lt_child *child, const struct lt_child_chain *chain)
{
    return lt_is_directive(chain) && lt_unit_cmp(&chain->chain.unit, &child->parent) == 0;
}

void lt_fetch_settle(struct lt_child *child, struct lt_child_chain *chain)
{
    if (child->phase != LT_PHASE_UP || !chain->named)
        return;
    enum lt_way way =
        lt_sync_scope_way(&child->store, child->config.role, &child->config.unit, &chain->chain);
    bool lacks = false;
    for (size_t i = 0; i < chain->tips.count && way != LT_WAY_NONE && !lacks; i++)
        lacks = !store_has(child, &chain->tips.items[i]);
    chain->up = way == LT_WAY_UP || (way == LT_WAY_DOWN && lt_is_parents_own(child, chain));
    set_flag(&chain->unscoped, &child->unscoped, way == LT_WAY_NONE);
    set_flag(&chain->lacks, &child->lacking, lacks);
    if (lacks) {
        lt_push_forget(chain);
        if (chain->fetch == LT_FETCH_NONE)
            enlist(child, chain);
    } else {
        if (chain->fetch == LT_FETCH_QUEUED || chain->fetch == LT_FETCH_REST)
            set_fetch(child, chain, LT_FETCH_NONE);
        lt_hash_set_clear(&chain->seen);
        if (chain->up)
            lt_push_offer(child, chain);
    }
    judge_block(child, chain);
}

static size_t pending_count(const struct lt_child_chain *chain)
{
    return chain->pending.count - chain->pending_at;
}

static void take_stored_front(struct lt_child *child, struct lt_child_chain *chain)
{
    while (pending_count(chain) > 0 && store_has(child, &chain->pending.items[chain->pending_at])) {
        chain->pending_at++;
        chain->gained = true;
    }
}

static void take_stored_all(struct lt_child *child, struct lt_child_chain *chain)
{
    uint32_t kept = 0;
    for (uint32_t i = chain->pending_at; i < chain->pending.count; i++) {
        if (store_has(child, &chain->pending.items[i]))
            chain->gained = true;
        else
            chain->pending.items[kept++] = chain->pending.items[i];
    }
    chain->pending_at = 0;
    chain->pending.count = kept;
    chain->answers = chain->rejections;
}

/* After the end mark: has the owner answered for all that came? The whole list is looked through
 * only when it may be so. */
static void look_for_end(struct lt_child *child, struct lt_child_chain *chain)
{
    take_stored_front(child, chain);
    if (chain->fetch != LT_FETCH_STORING)
        return;
    size_t left = pending_count(chain);
    if (left > 0 && (chain->answers >= left ||
                     store_has(child, &chain->pending.items[chain->pending.count - 1])))
        take_stored_all(child, chain);
    if (pending_count(chain) > chain->rejections)
        return;
    bool again = chain->gained || (chain->retry && chain->rejections > 0);
    lt_hash_set_clear(&chain->pending);
    chain->pending_at = 0;
    set_fetch(child, chain, again ? LT_FETCH_NONE : LT_FETCH_REST);
    lt_fetch_settle(child, chain);
}

void lt_fetch_mark(struct lt_child *child, struct lt_child_chain *chain)
{
    if (chain->fetch == LT_FETCH_WANTED) {
        set_fetch(child, chain, LT_FETCH_STORING);
        look_for_end(child, chain);
    }
}

void lt_fetch_stored(struct lt_child *child, struct lt_child_chain *chain)
{
    chain->answers++;
    child->book_changed |= lt_is_directive(chain);
    if (is_open(chain->fetch))
        look_for_end(child, chain);
    else if (chain->fetch == LT_FETCH_REST) /* there is something new: worth asking again */
        set_fetch(child, chain, LT_FETCH_NONE);
    lt_fetch_settle(child, chain);
}

void lt_fetch_rejected(struct lt_child *child, struct lt_child_chain *chain)
{
    if (!is_open(chain->fetch))
        return;
    chain->answers++;
    chain->rejections++;
    look_for_end(child, chain);
}

/* Below a fork the ladder has gaps, so a parent may send much that we have. If that filled a whole
 * answer, the next would be the same: so the next WANT names it. */
static void note_seen(struct lt_child *child, struct lt_child_chain *chain,
                      const struct lt_update *update)
{
    if (chain->seen.count >= LT_PARENTS_MAX || lt_hash_set_has(&chain->seen, &update->id))
        return;
    for (uint32_t i = 0; i < update->frame.parent_count; i++)
        lt_hash_set_remove(&chain->seen, &update->frame.parents[i]);
    if (!lt_hash_set_add(&chain->seen, &update->id))
        child->broken = true;
    chain->gained = true;
}

enum lt_result lt_fetch_update(struct lt_child *child, struct lt_bytes bytes,
                               struct lt_actions *out)
{
    struct lt_update update;
    enum lt_result result = lt_update_open(bytes, &update);
    if (result != LT_OK)
        return result;
    struct lt_child_chain *chain = lt_chains_find(child, &update.frame.chain);
    if (!chain || !is_open(chain->fetch) || pending_count(chain) >= LT_CHILD_PENDING_MAX)
        return LT_OK;
    if (store_has(child, &update.id))
        note_seen(child, chain, &update);
    else if (!lt_hash_set_add(&chain->pending, &update.id) ||
             !lt_actions_add_bytes(out, LT_DO_STORE, 0, child->session, bytes))
        child->broken = true;
    return LT_OK;
}

/* A directive may have granted a key, or widened our scope. */
static void look_again(struct lt_child *child)
{
    child->book_changed = false;
    for (size_t i = 0; i < child->chain_count; i++) {
        struct lt_child_chain *chain = child->chains[i];
        if (is_open(chain->fetch))
            chain->retry = true;
        bool rests = chain->fetch == LT_FETCH_REST && chain->rejections > 0;
        if (rests)
            set_fetch(child, chain, LT_FETCH_NONE);
        if (rests || chain->unscoped || chain->up) /* up: the store may hold back less now */
            lt_fetch_settle(child, chain);
    }
}

static struct lt_child_chain *next_wanted(struct lt_child_list *list)
{
    while (list->first) {
        struct lt_child_chain *chain = list->first;
        list->first = chain->want_next;
        if (!list->first)
            list->last = NULL;
        chain->want_listed = false;
        if (chain->fetch == LT_FETCH_QUEUED)
            return chain;
    }
    return NULL;
}

static void send_want(struct lt_child *child, struct lt_child_chain *chain, struct lt_actions *out)
{
    struct lt_hash have[LT_HAVE_MAX];
    ProtobufCBinaryData spans[LT_HAVE_MAX];
    struct lt_wire_chain wire;
    Lienthong__Want want;
    size_t count = child->store.ladder(child->store.context, &chain->chain, have);
    if (count + chain->seen.count > LT_HAVE_MAX)
        count = LT_HAVE_MAX - chain->seen.count; /* the tips stand first */
    if (chain->seen.count > 0)
        memcpy(&have[count], chain->seen.items, chain->seen.count * sizeof(have[0]));
    count += chain->seen.count;
    lienthong__want__init(&want);
    lt_chain_to_wire(&chain->chain, &wire);
    lt_hashes_to_wire(have, count, spans);
    want.chain = &wire.chain;
    want.n_have = count;
    want.have = spans;
    set_fetch(child, chain, LT_FETCH_WANTED);
    chain->gained = chain->retry = false;
    chain->answers = chain->rejections = 0;
    if (lt_actions_send(out, 0, LT_MSG_WANT, child->session, &want.base) != LT_OK)
        child->broken = true;
}

/* Directives first: they say whose keys are good and what is in our scope. */
void lt_fetch_work(struct lt_child *child, struct lt_actions *out)
{
    if (child->book_changed && child->directive_fetches == 0)
        look_again(child);
    while (child->fetches < LT_CHILD_WANTS_MAX) {
        struct lt_child_chain *chain = next_wanted(&child->wants[0]);
        if (!chain && child->pages_done && child->directive_fetches == 0)
            chain = next_wanted(&child->wants[1]);
        if (!chain)
            return;
        send_want(child, chain, out);
    }
}
