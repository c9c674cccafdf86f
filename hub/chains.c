#include "hub/chains.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct lt_chain chain;
    size_t tip_count;
    struct lt_hash first;
    struct lt_hash *others; /* tip_count - 1 of them */
};

struct lt_chains {
    pthread_mutex_t lock;
    struct entry *entries; /* by lt_chain_cmp */
    size_t count, capacity;
};

struct lt_chains *lt_chains_new(void)
{
    struct lt_chains *chains = calloc(1, sizeof *chains);
    if (chains == NULL)
        return NULL;
    pthread_mutex_init(&chains->lock, NULL);
    return chains;
}

void lt_chains_free(struct lt_chains *chains)
{
    if (chains == NULL)
        return;
    for (size_t i = 0; i < chains->count; i++)
        free(chains->entries[i].others);
    free(chains->entries);
    pthread_mutex_destroy(&chains->lock);
    free(chains);
}

/* Index of the first entry that is not before `chain`. */
static size_t find(const struct lt_chains *chains, const struct lt_chain *chain, bool *ret_equal)
{
    size_t low = 0, high = chains->count;
    *ret_equal = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = lt_chain_cmp(&chains->entries[middle].chain, chain);
        *ret_equal = *ret_equal || order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct entry *find_or_make(struct lt_chains *chains, const struct lt_chain *chain)
{
    bool equal;
    size_t at = find(chains, chain, &equal);
    if (equal)
        return &chains->entries[at];
    if (chains->count == chains->capacity) {
        size_t capacity = chains->capacity == 0 ? 64 : chains->capacity * 2;
        struct entry *entries = realloc(chains->entries, capacity * sizeof *entries);
        if (entries == NULL)
            return NULL;
        chains->entries = entries;
        chains->capacity = capacity;
    }
    memmove(&chains->entries[at + 1], &chains->entries[at],
            (chains->count - at) * sizeof *chains->entries);
    chains->count++;
    chains->entries[at] = (struct entry){.chain = *chain};
    return &chains->entries[at];
}

static enum lt_result set(struct lt_chains *chains, const struct lt_chain *chain,
                          const struct lt_tips *tips)
{
    struct lt_hash *others = NULL;
    if (tips->count == 0)
        return LT_OK;
    if (tips->count > 1) {
        others = malloc((tips->count - 1) * sizeof *others);
        if (others == NULL)
            return LT_NO_MEMORY;
        memcpy(others, tips->ids + 1, (tips->count - 1) * sizeof *others);
    }
    pthread_mutex_lock(&chains->lock);
    struct entry *entry = find_or_make(chains, chain);
    if (entry != NULL) {
        free(entry->others);
        entry->tip_count = tips->count;
        entry->first = tips->ids[0];
        entry->others = others;
    } else {
        free(others);
    }
    pthread_mutex_unlock(&chains->lock);
    return entry != NULL ? LT_OK : LT_NO_MEMORY;
}

enum lt_result lt_chains_refresh(struct lt_chains *chains, struct lt_txn *txn,
                                 const struct lt_chain *chain)
{
    struct lt_tips tips;
    lt_log_tips(txn, chain, &tips);
    return lt_txn_error(txn) != LT_OK ? lt_txn_error(txn) : set(chains, chain, &tips);
}

size_t lt_chains_tips(struct lt_chains *chains, const struct lt_chain *chain,
                      struct lt_hash ret_tips[LT_PARENTS_MAX])
{
    bool equal;
    size_t count = 0;
    pthread_mutex_lock(&chains->lock);
    size_t at = find(chains, chain, &equal);
    if (equal) {
        const struct entry *entry = &chains->entries[at];
        count = entry->tip_count;
        ret_tips[0] = entry->first;
        if (count > 1)
            memcpy(ret_tips + 1, entry->others, (count - 1) * sizeof *ret_tips);
    }
    pthread_mutex_unlock(&chains->lock);
    return count;
}

bool lt_chains_next(struct lt_chains *chains, const struct lt_chain *after,
                    struct lt_chain *ret_chain)
{
    bool equal = false;
    pthread_mutex_lock(&chains->lock);
    size_t at = after == NULL ? 0 : find(chains, after, &equal);
    at += equal;
    bool found = at < chains->count;
    if (found)
        *ret_chain = chains->entries[at].chain;
    pthread_mutex_unlock(&chains->lock);
    return found;
}

size_t lt_chains_count(struct lt_chains *chains)
{
    pthread_mutex_lock(&chains->lock);
    size_t count = chains->count;
    pthread_mutex_unlock(&chains->lock);
    return count;
}
