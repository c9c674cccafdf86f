#include "proto/sync_child_own.h"

/* Does the parent's word on a chain cover our tips? */
static bool is_covered(const struct lt_child *child, const struct lt_child_chain *chain)
{
    struct lt_hash tips[LT_PARENTS_MAX];
    size_t count = child->store.tips(child->store.context, &chain->chain, tips);
    bool covered = true;
    for (size_t i = 0; i < count && covered; i++)
        covered = lt_hash_set_has(&chain->tips, &tips[i]);
    return covered;
}

size_t lt_child_unnamed(const struct lt_child *child, struct lt_unnamed *ret_unnamed, size_t max)
{
    size_t count = 0;
    if (child->phase != LT_PHASE_UP || !child->pages_done || child->lacking > 0)
        return 0;
    for (size_t i = 0; i < child->chain_count && count < max; i++) {
        const struct lt_child_chain *chain = child->chains[i];
        bool pushed = chain->up && !lt_is_parents_own(child, chain);
        if (!lt_is_directive(chain) || pushed || chain->unscoped || is_covered(child, chain))
            continue;
        ret_unnamed[count].chain = chain->chain;
        count += child->store.lacking(child->store.context, &chain->chain, chain->tips.items,
                                      chain->tips.count, &ret_unnamed[count].position, 1);
    }
    return count;
}
