#include "proto/sync_child_own.h"

#include <stdlib.h>
#include <string.h>

static size_t set_find(const struct lt_hash_set *set, const struct lt_hash *hash)
{
    size_t at = 0;
    while (at < set->count && memcmp(&set->items[at], hash, sizeof(*hash)) != 0)
        at++;
    return at;
}

bool lt_hash_set_has(const struct lt_hash_set *set, const struct lt_hash *hash)
{
    return set_find(set, hash) < set->count;
}

bool lt_hash_set_add(struct lt_hash_set *set, const struct lt_hash *hash)
{
    if (set->count == set->capacity) {
        uint32_t capacity = set->capacity == 0 ? 1 : set->capacity * 2;
        struct lt_hash *items = realloc(set->items, capacity * sizeof(*items));
        if (!items)
            return false;
        set->items = items;
        set->capacity = capacity;
    }
    set->items[set->count++] = *hash;
    return true;
}

bool lt_hash_set_remove(struct lt_hash_set *set, const struct lt_hash *hash)
{
    size_t at = set_find(set, hash);
    if (at == set->count)
        return false;
    set->items[at] = set->items[--set->count];
    return true;
}

bool lt_hash_set_assign(struct lt_hash_set *set, const struct lt_hash *hashes, size_t count)
{
    set->count = 0;
    for (size_t i = 0; i < count; i++)
        if (!lt_hash_set_add(set, &hashes[i]))
            return false;
    return true;
}

void lt_hash_set_clear(struct lt_hash_set *set)
{
    free(set->items);
    *set = (struct lt_hash_set){0};
}

/* Index of the first that is not less. */
static size_t chains_seek(const struct lt_child *child, const struct lt_chain *chain)
{
    size_t low = 0, high = child->chain_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lt_chain_cmp(&child->chains[middle]->chain, chain) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct lt_child_chain *lt_chains_find(const struct lt_child *child, const struct lt_chain *chain)
{
    size_t at = chains_seek(child, chain);
    if (at < child->chain_count && lt_chain_cmp(&child->chains[at]->chain, chain) == 0)
        return child->chains[at];
    return NULL;
}

static bool chains_grow(struct lt_child *child)
{
    if (child->chain_count < child->chain_capacity)
        return true;
    size_t capacity = child->chain_capacity == 0 ? 8 : child->chain_capacity * 2;
    struct lt_child_chain **chains = realloc(child->chains, capacity * sizeof(chains[0]));
    if (!chains)
        return false;
    child->chains = chains;
    child->chain_capacity = capacity;
    return true;
}

struct lt_child_chain *lt_chains_get(struct lt_child *child, const struct lt_chain *chain)
{
    size_t at = chains_seek(child, chain);
    if (at < child->chain_count && lt_chain_cmp(&child->chains[at]->chain, chain) == 0)
        return child->chains[at];
    if (child->chain_count >= LT_CHILD_CHAINS_MAX)
        return NULL;
    struct lt_child_chain *made = chains_grow(child) ? calloc(1, sizeof(*made)) : NULL;
    if (!made) {
        child->broken = true;
        return NULL;
    }
    made->chain = *chain;
    memmove(&child->chains[at + 1], &child->chains[at],
            (child->chain_count - at) * sizeof(child->chains[0]));
    child->chains[at] = made;
    child->chain_count++;
    return made;
}

void lt_chains_clear(struct lt_child *child)
{
    for (size_t i = 0; i < child->chain_count; i++) {
        struct lt_child_chain *chain = child->chains[i];
        lt_hash_set_clear(&chain->tips);
        lt_hash_set_clear(&chain->pending);
        lt_hash_set_clear(&chain->echoes);
        lt_hash_set_clear(&chain->seen);
        lt_flights_free(chain);
        free(chain->positions);
        free(chain);
    }
    free(child->chains);
    child->chains = NULL;
    child->chain_count = child->chain_capacity = 0;
    child->blocking = child->lacking = child->unscoped = child->fetches = child->wanted = 0;
    child->directive_fetches = child->push_rests = 0;
    child->flying = child->flying_bytes = 0;
    memset(child->wants, 0, sizeof(child->wants));
    memset(child->pushes, 0, sizeof(child->pushes));
}
