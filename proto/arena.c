#include "proto/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

enum { FIRST_BLOCK_BYTES = 128 * 1024, ALIGN_BYTES = 8 };
static_assert(alignof(uint64_t) <= ALIGN_BYTES && alignof(void *) <= ALIGN_BYTES,
              "generated structs hold nothing wider");

struct block {
    struct block *next; /* older */
    size_t size, used; /* of `bytes` */
    alignas(ALIGN_BYTES) uint8_t bytes[];
};

struct lt_arena {
    ProtobufCAllocator allocator;
    struct block *blocks; /* newest first; the last one is kept by a reset */
    size_t budget_bytes, taken_bytes;
    enum lt_result failure;
};

static void *allocator_take(void *arena, size_t size)
{
    return lt_arena_take(arena, size);
}

static void allocator_give(void *arena, void *pointer)
{
    (void)arena;
    (void)pointer; /* all is freed at once */
}

static void begin(struct lt_arena *arena, size_t budget_bytes)
{
    *arena = (struct lt_arena){
        .allocator = {.alloc = allocator_take, .free = allocator_give, .allocator_data = arena},
        .budget_bytes = budget_bytes,
        .failure = LT_MALFORMED,
    };
}

static struct block *block_new(size_t size, struct block *next)
{
    struct block *block = malloc(sizeof(*block) + size);
    if (block) {
        block->next = next;
        block->size = size;
        block->used = 0;
    }
    return block;
}

struct lt_arena *lt_arena_new(size_t budget_bytes)
{
    struct lt_arena *arena = malloc(sizeof(*arena));
    if (!arena)
        return NULL;
    begin(arena, budget_bytes);
    arena->blocks =
        block_new(budget_bytes < FIRST_BLOCK_BYTES ? budget_bytes : FIRST_BLOCK_BYTES, NULL);
    if (!arena->blocks) {
        free(arena);
        return NULL;
    }
    return arena;
}

static_assert(sizeof(struct lt_arena) + sizeof(struct block) <= LT_ARENA_OWN_BYTES, "as promised");

struct lt_arena *lt_arena_over(void *memory, size_t size)
{
    struct lt_arena *arena = memory;
    struct block *block = (struct block *)(arena + 1);
    assert(size > LT_ARENA_OWN_BYTES && (uintptr_t)memory % alignof(struct lt_arena) == 0);
    begin(arena, size - LT_ARENA_OWN_BYTES); /* one block is all of it */
    *block = (struct block){.size = arena->budget_bytes};
    arena->blocks = block;
    return arena;
}

void lt_arena_reset(struct lt_arena *arena)
{
    while (arena->blocks->next) {
        struct block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    arena->blocks->used = 0;
    arena->taken_bytes = 0;
    arena->failure = LT_MALFORMED;
}

void lt_arena_free(struct lt_arena *arena)
{
    if (!arena)
        return;
    lt_arena_reset(arena);
    free(arena->blocks);
    free(arena);
}

void *lt_arena_take(struct lt_arena *arena, size_t size)
{
    const size_t left = arena->budget_bytes - arena->taken_bytes;
    const size_t rounded = (size + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
    if (rounded < size || rounded > left) {
        arena->failure = LT_TOO_LARGE;
        return NULL;
    }
    struct block *block = arena->blocks;
    if (rounded > block->size - block->used) {
        /* Blocks double, so a message of any size takes few of them. */
        const size_t wanted = block->size * 2 < left ? block->size * 2 : left;
        block = block_new(wanted > rounded ? wanted : rounded, arena->blocks);
        if (!block) {
            arena->failure = LT_NO_MEMORY;
            return NULL;
        }
        arena->blocks = block;
    }
    void *taken = block->bytes + block->used;
    block->used += rounded;
    arena->taken_bytes += rounded;
    return taken;
}

ProtobufCAllocator *lt_arena_allocator(struct lt_arena *arena)
{
    return &arena->allocator;
}

enum lt_result lt_arena_failure(const struct lt_arena *arena)
{
    return arena->failure;
}
