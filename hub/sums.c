#include "hub/sums.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* More slots than these are given back when the table is emptied. */
enum { SLOTS_FIRST = 4096, SLOTS_KEPT_MAX = 1 << 19 };

void lt_sums_init(struct lt_sums *sums, size_t key_words, uint64_t seed)
{
    assert(key_words >= 1 && key_words <= LT_SUMS_KEY_WORDS_MAX);
    *sums = (struct lt_sums){
        .key_words = key_words,
        .stride = sizeof(struct lt_sum) + 8 * key_words,
        .seed = seed,
    };
}

void lt_sums_free(struct lt_sums *sums)
{
    free(sums->entries);
    free(sums->slots);
    free(sums->order);
    *sums =
        (struct lt_sums){.key_words = sums->key_words, .stride = sums->stride, .seed = sums->seed};
}

static struct lt_sum *entry_at(const struct lt_sums *sums, size_t i)
{
    return (struct lt_sum *)(void *)(sums->entries + i * sums->stride);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t hash_of(const struct lt_sums *sums, const uint8_t *key)
{
    uint64_t hash = sums->seed;
    uint64_t word;
    for (size_t i = 0; i < sums->key_words; i++) {
        memcpy(&word, key + 8 * i, 8);
        hash = mix(hash ^ word, 0xa0761d6478bd642f ^ (sums->seed << 1));
    }
    return (uint32_t)(hash ^ hash >> 32);
}

static bool grow(struct lt_sums *sums)
{
    size_t slot_count = sums->slot_count == 0 ? SLOTS_FIRST : sums->slot_count * 2;
    size_t capacity = slot_count / 2;
    uint8_t *entries = realloc(sums->entries, capacity * sums->stride);
    if (entries == NULL)
        return false;
    sums->entries = entries;
    sums->capacity = capacity;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return false;
    free(sums->slots);
    sums->slots = slots;
    sums->slot_count = slot_count;
    for (size_t i = 0; i < sums->count; i++) {
        size_t at = entry_at(sums, i)->hash & (slot_count - 1);
        while (slots[at] != 0)
            at = (at + 1) & (slot_count - 1);
        slots[at] = (uint32_t)i + 1;
    }
    return true;
}

struct lt_sum *lt_sums_at(struct lt_sums *sums, const void *key, uint32_t tag)
{
    if (sums->count * 2 >= sums->slot_count && !grow(sums))
        return NULL;
    uint32_t hash = hash_of(sums, key);
    size_t mask = sums->slot_count - 1, at = hash & mask;
    for (; sums->slots[at] != 0; at = (at + 1) & mask) {
        struct lt_sum *found = entry_at(sums, sums->slots[at] - 1);
        if (found->hash == hash && memcmp(found->key, key, 8 * sums->key_words) == 0)
            return found;
    }
    struct lt_sum *entry = entry_at(sums, sums->count);
    *entry = (struct lt_sum){.tag = tag, .hash = hash};
    memcpy(entry->key, key, 8 * sums->key_words);
    sums->slots[at] = (uint32_t)++sums->count;
    return entry;
}

/* qsort has no context; sorting is by one thread and compares through this one. */
static _Thread_local const struct lt_sums *sorting;

static int compare(const void *a, const void *b)
{
    const uint32_t *left = a, *right = b;
    return memcmp(entry_at(sorting, *left)->key, entry_at(sorting, *right)->key,
                  8 * sorting->key_words);
}

bool lt_sums_sort(struct lt_sums *sums)
{
    uint32_t *order = realloc(sums->order, (sums->capacity + 1) * sizeof *order);
    if (order == NULL)
        return false;
    sums->order = order;
    for (size_t i = 0; i < sums->count; i++)
        order[i] = (uint32_t)i;
    sorting = sums;
    qsort(order, sums->count, sizeof *order, compare);
    return true;
}

struct lt_sum *lt_sums_sorted(const struct lt_sums *sums, size_t i)
{
    assert(i < sums->count);
    return entry_at(sums, sums->order[i]);
}

void lt_sums_empty(struct lt_sums *sums)
{
    if (sums->slot_count > SLOTS_KEPT_MAX) {
        lt_sums_free(sums);
        return;
    }
    if (sums->count > 0)
        memset(sums->slots, 0, sums->slot_count * sizeof *sums->slots);
    sums->count = 0;
}
