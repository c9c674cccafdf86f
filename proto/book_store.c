/* Memory of a book: blocks that never move, hash tables, and the finding or making of entries. */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "proto/book_inner.h"

enum { BLOCK_BYTES = 256 * 1024, BUCKETS_FIRST = 256 };

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

void *lt_book_take(struct lt_book *book, size_t size)
{
    const size_t unit = alignof(max_align_t);
    size = (size + unit - 1) / unit * unit;
    struct block *block = book->blocks;
    if (block == NULL || block->size - block->used < size) {
        size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        block = malloc(sizeof(*block) + room);
        if (block == NULL)
            return NULL;
        block->next = book->blocks;
        block->used = 0;
        block->size = room;
        book->blocks = block;
    }
    void *taken = block->bytes + block->used;
    block->used += size;
    memset(taken, 0, size);
    return taken;
}

void lt_book_release(struct lt_book *book)
{
    struct block *next;
    for (struct block *block = book->blocks; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    book->blocks = NULL;
}

char *lt_book_text(struct lt_book *book, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = lt_book_take(book, size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

bool lt_table_start(struct table *table)
{
    *table = (struct table){.buckets = calloc(BUCKETS_FIRST, sizeof(*table->buckets)),
                            .bucket_count = BUCKETS_FIRST};
    return table->buckets != NULL;
}

static void table_grow(struct table *table)
{
    size_t count = table->bucket_count * 2;
    struct node **buckets = calloc(count, sizeof(*buckets));
    if (buckets == NULL)
        return;
    for (size_t i = 0; i < table->bucket_count; i++) {
        struct node *next;
        for (struct node *node = table->buckets[i]; node != NULL; node = next) {
            next = node->next;
            node->next = buckets[node->hash & (count - 1)];
            buckets[node->hash & (count - 1)] = node;
        }
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = count;
}

void lt_table_add(struct table *table, struct node *node, uint64_t hash)
{
    if (table->count >= table->bucket_count)
        table_grow(table);
    node->hash = hash;
    node->next = table->buckets[hash & (table->bucket_count - 1)];
    table->buckets[hash & (table->bucket_count - 1)] = node;
    table->count++;
}

struct node *lt_table_first(const struct table *table, uint64_t hash)
{
    struct node *node = table->buckets[hash & (table->bucket_count - 1)];
    while (node != NULL && node->hash != hash)
        node = node->next;
    return node;
}

struct node *lt_table_next(const struct node *node)
{
    struct node *next = node->next;
    while (next != NULL && next->hash != node->hash)
        next = next->next;
    return next;
}

uint64_t lt_table_hash(const void *bytes, size_t size, uint64_t seed)
{
    const unsigned char *at = bytes;
    uint64_t hash = seed ^ UINT64_C(0x9e3779b97f4a7c15);
    while (size > 0) {
        uint64_t word = 0;
        size_t step = size < sizeof(word) ? size : sizeof(word);
        memcpy(&word, at, step);
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
        at += step;
        size -= step;
    }
    return hash ^ hash >> 29;
}

static uint64_t unit_hash(const struct lt_unit *unit)
{
    return lt_table_hash(unit->code, sizeof(unit->code), (uint32_t)unit->valid_from);
}

struct slot *lt_slot_find(const struct lt_book *book, const struct lt_unit *unit)
{
    struct node *node = lt_table_first(&book->units, unit_hash(unit));
    for (; node != NULL; node = lt_table_next(node)) {
        struct slot *slot = ITEM_OF(node, struct slot, by_unit);
        if (lt_unit_cmp(&slot->place.unit, unit) == 0)
            return slot;
    }
    return NULL;
}

/* `code` is shorter than the array. */
static struct node *code_first(const struct lt_book *book, const char padded[LT_CODE_BYTES_MAX + 1])
{
    struct node *node =
        lt_table_first(&book->codes, lt_table_hash(padded, LT_CODE_BYTES_MAX + 1, 1));
    while (node != NULL &&
           memcmp(ITEM_OF(node, struct code, by_code)->text, padded, LT_CODE_BYTES_MAX + 1) != 0)
        node = lt_table_next(node);
    return node;
}

const struct code *lt_code_find(const struct lt_book *book, const char *code)
{
    char padded[LT_CODE_BYTES_MAX + 1] = "";
    size_t size = strnlen(code, sizeof(padded));
    if (size == sizeof(padded))
        return NULL;
    memcpy(padded, code, size);
    struct node *node = code_first(book, padded);
    return node != NULL ? ITEM_OF(node, struct code, by_code) : NULL;
}

static struct code *code_of(struct lt_book *book, const struct lt_unit *unit)
{
    struct node *node = code_first(book, unit->code);
    if (node != NULL)
        return ITEM_OF(node, struct code, by_code);
    struct code *code = lt_book_take(book, sizeof(*code));
    if (code == NULL)
        return NULL;
    memcpy(code->text, unit->code, sizeof(code->text));
    lt_table_add(&book->codes, &code->by_code, lt_table_hash(code->text, sizeof(code->text), 1));
    return code;
}

struct slot *lt_slot_of(struct lt_book *book, const struct lt_unit *unit)
{
    struct slot *slot = lt_slot_find(book, unit);
    if (slot != NULL)
        return slot;
    struct code *code = code_of(book, unit);
    slot = code != NULL ? lt_book_take(book, sizeof(*slot)) : NULL;
    if (slot == NULL)
        return NULL;
    slot->place.unit = *unit;
    char text[LT_UNIT_TEXT_MAX];
    struct lt_hash hash;
    lt_unit_format(unit, text);
    lt_hash_of(text, strlen(text), &hash);
    memcpy(slot->place.mark, hash.bytes, sizeof(slot->place.mark));
    slot->code = code;
    struct slot **at = &code->slots;
    while (*at != NULL && (*at)->place.unit.valid_from < unit->valid_from)
        at = &(*at)->next_of_code;
    slot->next_of_code = *at;
    *at = slot;
    lt_table_add(&book->units, &slot->by_unit, unit_hash(unit));
    *book->slots_end = slot;
    book->slots_end = &slot->next;
    book->slot_count++;
    return slot;
}

static uint64_t key_hash(const struct lt_unit *unit, const struct lt_key *key)
{
    return lt_table_hash(key->bytes, sizeof(key->bytes), unit_hash(unit));
}

struct keyrec *lt_keyrec_find(const struct lt_book *book, const struct lt_unit *unit,
                              const struct lt_key *key)
{
    struct node *node = lt_table_first(&book->keys, key_hash(unit, key));
    for (; node != NULL; node = lt_table_next(node)) {
        struct keyrec *keyrec = ITEM_OF(node, struct keyrec, by_key);
        if (memcmp(keyrec->key.bytes, key->bytes, sizeof(key->bytes)) == 0 &&
            lt_unit_cmp(&keyrec->slot->place.unit, unit) == 0)
            return keyrec;
    }
    return NULL;
}

struct keyrec *lt_keyrec_of(struct lt_book *book, struct slot *slot, const struct lt_key *key)
{
    struct keyrec *keyrec = lt_keyrec_find(book, &slot->place.unit, key);
    if (keyrec != NULL)
        return keyrec;
    keyrec = lt_book_take(book, sizeof(*keyrec));
    if (keyrec == NULL)
        return NULL;
    keyrec->slot = slot;
    keyrec->key = *key;
    keyrec->next_of_slot = slot->keys;
    slot->keys = keyrec;
    lt_table_add(&book->keys, &keyrec->by_key, key_hash(&slot->place.unit, key));
    return keyrec;
}

struct said *lt_said_find(const struct lt_book *book, const struct lt_hash *id)
{
    struct node *node =
        lt_table_first(&book->saids, lt_table_hash(id->bytes, sizeof(id->bytes), 0));
    for (; node != NULL; node = lt_table_next(node)) {
        struct said *said = ITEM_OF(node, struct said, by_id);
        if (lt_hash_cmp(&said->id, id) == 0)
            return said;
    }
    return NULL;
}

static bool reserve(struct slot ***array, struct slot ***beside, size_t room)
{
    struct slot **grown = realloc(*array, room * sizeof(*grown));
    if (grown != NULL)
        *array = grown;
    struct slot **other = grown != NULL ? realloc(*beside, room * sizeof(*other)) : NULL;
    if (other != NULL)
        *beside = other;
    return other != NULL;
}

bool lt_slots_reserve(struct lt_book *book)
{
    if (book->slot_count <= book->place_capacity)
        return true;
    size_t room = book->slot_count * 2;
    if (!reserve(&book->places, &book->sorted, room))
        return false;
    book->place_capacity = room;
    return true;
}
