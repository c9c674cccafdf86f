/* sums.h - a table of sums by key in memory: add, sort, take, empty. Keys are whole 8-byte words.
 *
 * Open addressing over an array of entries; hashing is seeded, so that a peer cannot choose keys that
 * collide. Keeps its memory for the next use, up to a bound. Belongs to one thread. */
#ifndef LT_SUMS_H
#define LT_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LT_SUMS_KEY_WORDS_MAX = 11 };

struct lt_sum {
    int64_t a, b, c;
    uint32_t tag; /* the caller's: set when the entry is made */
    uint32_t hash;
    uint64_t key[]; /* key_words of them */
};

struct lt_sums {
    size_t key_words, stride; /* bytes of an entry */
    uint64_t seed;
    uint8_t *entries;
    size_t count, capacity;
    uint32_t *slots; /* entry + 1; 0: free */
    size_t slot_count; /* a power of two */
    uint32_t *order; /* after lt_sums_sort */
};

void lt_sums_init(struct lt_sums *sums, size_t key_words, uint64_t seed);
void lt_sums_free(struct lt_sums *sums);
/* The entry of a key, made with zero sums when there is none. NULL: out of memory. Lives until the
 * next call. */
struct lt_sum *lt_sums_at(struct lt_sums *sums, const void *key, uint32_t tag);
/* Orders entries by the bytes of their keys; false: out of memory. */
bool lt_sums_sort(struct lt_sums *sums);
/* The i-th in that order. */
struct lt_sum *lt_sums_sorted(const struct lt_sums *sums, size_t i);
void lt_sums_empty(struct lt_sums *sums);

#endif
