#include "tests/recount/map.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 20 };

struct block {
    struct block *next;
    size_t used, size;
    max_align_t bytes[];
};

struct pool {
    struct block *first;
};

struct pool *pool_new(void)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        abort();
    return pool;
}

void pool_free(struct pool *pool)
{
    for (struct block *block = pool->first; block != NULL;) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(pool);
}

void *pool_take(struct pool *pool, size_t size)
{
    size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (pool->first == NULL || pool->first->size - pool->first->used < size) {
        size_t bytes = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        struct block *block = malloc(sizeof *block + bytes);
        if (block == NULL)
            abort();
        *block = (struct block){pool->first, 0, bytes};
        pool->first = block;
    }
    void *taken = (char *)pool->first->bytes + pool->first->used;
    pool->first->used += size;
    memset(taken, 0, size);
    return taken;
}

char *pool_text(struct pool *pool, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int size = vsnprintf(NULL, 0, format, list);
    if (size < 0)
        abort();
    char *text = pool_take(pool, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    va_end(list);
    return text;
}

void map_clear(struct map *map)
{
    free(map->entries);
    *map = (struct map){0};
}

static size_t place_of(const struct map_entry *entries, size_t capacity, const char *key)
{
    uint64_t hash = UINT64_C(1469598103934665603);
    for (const char *at = key; *at != '\0'; at++)
        hash = (hash ^ (uint8_t)*at) * UINT64_C(1099511628211);
    size_t slot = (size_t)(hash ^ hash >> 29) % capacity;
    while (entries[slot].key != NULL && strcmp(entries[slot].key, key) != 0)
        slot = (slot + 1) % capacity;
    return slot;
}

static void grow(struct map *map)
{
    size_t capacity = map->capacity == 0 ? 64 : 2 * map->capacity;
    struct map_entry *entries = calloc(capacity, sizeof *entries);
    if (entries == NULL)
        abort();
    for (size_t i = 0; i < map->capacity; i++)
        if (map->entries[i].key != NULL)
            entries[place_of(entries, capacity, map->entries[i].key)] = map->entries[i];
    free(map->entries);
    map->entries = entries;
    map->capacity = capacity;
}

void **map_at(struct map *map, const char *key)
{
    if (map->count * 2 >= map->capacity)
        grow(map);
    struct map_entry *entry = &map->entries[place_of(map->entries, map->capacity, key)];
    if (entry->key == NULL) {
        entry->key = key;
        map->count++;
    }
    return &entry->value;
}

void *map_find(const struct map *map, const char *key)
{
    if (map->capacity == 0)
        return NULL;
    return map->entries[place_of(map->entries, map->capacity, key)].value;
}
