/* map.h - a pool of memory given back at once, and a map from texts to pointers. Of the recount; single-threaded.
 * Out of memory ends the program: this is a test. */
#ifndef LT_RECOUNT_MAP_H
#define LT_RECOUNT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool;
struct pool *pool_new(void);
void pool_free(struct pool *pool);
void *pool_take(struct pool *pool, size_t size); /* zeroed */
char *pool_text(struct pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Texts must outlive the map; so must what they lead to. */
struct map {
    struct map_entry {
        const char *key;
        void *value;
    } * entries;
    size_t count, capacity;
};
void map_clear(struct map *map); /* frees its table; zero-initialised again */
/* The place of a key's pointer, NULL in it when it was not there. */
void **map_at(struct map *map, const char *key);
void *map_find(const struct map *map, const char *key); /* NULL: not there */

#endif
