#include "hub/words.h"

#include <stdlib.h>
#include <string.h>

/* Slots of the text cache: a text has one slot and is replaced by another that falls on it. Codes,
 * fields and movements in use are some hundreds. */
enum { TEXT_SLOTS = 4096, TEXT_CACHED_MAX = 55 };

struct text_slot {
    uint32_t number; /* 0: free */
    uint8_t size;
    char text[TEXT_CACHED_MAX];
};

struct lt_words {
    const struct lt_book *book;
    struct text_slot *texts;
    uint32_t *place_numbers; /* by lt_place.number; 0: not asked yet */
    size_t place_capacity;
    struct lt_lineage *lineages; /* by unit number; count 0: not asked yet */
    size_t lineage_capacity;
};

struct lt_words *lt_words_new(const struct lt_book *book)
{
    struct lt_words *words = calloc(1, sizeof *words);
    if (words == NULL)
        return NULL;
    words->book = book;
    words->texts = calloc(TEXT_SLOTS, sizeof *words->texts);
    if (words->texts == NULL) {
        free(words);
        return NULL;
    }
    return words;
}

void lt_words_free(struct lt_words *words)
{
    if (words == NULL)
        return;
    free(words->texts);
    free(words->place_numbers);
    free(words->lineages);
    free(words);
}

void lt_words_forget(struct lt_words *words)
{
    memset(words->texts, 0, TEXT_SLOTS * sizeof *words->texts);
    if (words->place_capacity > 0)
        memset(words->place_numbers, 0, words->place_capacity * sizeof *words->place_numbers);
    if (words->lineage_capacity > 0)
        memset(words->lineages, 0, words->lineage_capacity * sizeof *words->lineages);
}

/* ---- Texts ---- */

static uint32_t find_or_add(struct lt_store_txn *txn, enum lt_word_list list, struct lt_bytes word)
{
    uint32_t number = 0;
    if (lt_store_word_find(txn, list, word, &number))
        return number;
    return lt_store_error(txn) == LT_OK ? lt_store_word_add(txn, list, word) : 0;
}

uint32_t lt_words_text(struct lt_words *words, struct lt_store_txn *txn, const char *text)
{
    uint64_t hash = 0x9e3779b97f4a7c15;
    size_t size = 0;
    if (text[0] == '\0')
        return 0;
    for (; text[size] != '\0'; size++)
        hash = (hash ^ (uint8_t)text[size]) * 0x100000001b3;
    hash ^= hash >> 29;
    struct text_slot *slot = &words->texts[hash % TEXT_SLOTS];
    if (slot->number != 0 && slot->size == size && memcmp(slot->text, text, size) == 0)
        return slot->number;
    uint32_t number =
        find_or_add(txn, LT_WORDS_TEXT, (struct lt_bytes){(const uint8_t *)text, size});
    if (number != 0 && size <= TEXT_CACHED_MAX) {
        slot->number = number;
        slot->size = (uint8_t)size;
        memcpy(slot->text, text, size);
    }
    return number;
}

uint32_t lt_words_find_text(struct lt_store_txn *txn, const char *text)
{
    uint32_t number = 0;
    struct lt_bytes word = {(const uint8_t *)text, strlen(text)};
    return lt_store_word_find(txn, LT_WORDS_TEXT, word, &number) ? number : 0;
}

bool lt_words_text_at(struct lt_store_txn *txn, uint32_t number, struct lt_bytes *ret_text)
{
    if (number == 0) {
        *ret_text = (struct lt_bytes){(const uint8_t *)"", 0};
        return true;
    }
    if (lt_store_word_at(txn, LT_WORDS_TEXT, number, ret_text))
        return true;
    lt_store_fail(txn, LT_CORRUPT);
    return false;
}

/* ---- Units ---- */

enum { UNIT_BYTES = LT_CHAIN_KEY_BYTES - 1 };

static void unit_pack(const struct lt_unit *unit, uint8_t ret_bytes[LT_CHAIN_KEY_BYTES])
{
    struct lt_chain chain = {LT_STREAM_REPORT, *unit};
    lt_chain_to_key(&chain, ret_bytes);
}

uint32_t lt_words_unit(struct lt_words *words, struct lt_store_txn *txn, const struct lt_unit *unit)
{
    const struct lt_place *place = lt_book_place(words->book, unit);
    uint8_t bytes[LT_CHAIN_KEY_BYTES];
    if (place != NULL)
        return lt_words_place(words, txn, place);
    unit_pack(unit, bytes);
    return find_or_add(txn, LT_WORDS_UNIT, (struct lt_bytes){bytes + 1, UNIT_BYTES});
}

uint32_t lt_words_place(struct lt_words *words, struct lt_store_txn *txn,
                        const struct lt_place *place)
{
    uint8_t bytes[LT_CHAIN_KEY_BYTES];
    if (place == NULL)
        return 0;
    if (place->number >= words->place_capacity) {
        size_t capacity = lt_book_place_count(words->book) + 64;
        uint32_t *numbers = realloc(words->place_numbers, capacity * sizeof *numbers);
        if (numbers == NULL) {
            lt_store_fail(txn, LT_NO_MEMORY);
            return 0;
        }
        memset(numbers + words->place_capacity, 0,
               (capacity - words->place_capacity) * sizeof *numbers);
        words->place_numbers = numbers;
        words->place_capacity = capacity;
    }
    uint32_t *number = &words->place_numbers[place->number];
    if (*number == 0) {
        unit_pack(&place->unit, bytes);
        *number = find_or_add(txn, LT_WORDS_UNIT, (struct lt_bytes){bytes + 1, UNIT_BYTES});
    }
    return *number;
}

uint32_t lt_words_find_unit(struct lt_store_txn *txn, const struct lt_unit *unit)
{
    uint32_t number = 0;
    uint8_t bytes[LT_CHAIN_KEY_BYTES];
    unit_pack(unit, bytes);
    struct lt_bytes word = {bytes + 1, UNIT_BYTES};
    return lt_store_word_find(txn, LT_WORDS_UNIT, word, &number) ? number : 0;
}

bool lt_words_unit_at(struct lt_store_txn *txn, uint32_t number, struct lt_unit *ret_unit)
{
    struct lt_bytes word;
    struct lt_chain chain;
    uint8_t key[LT_CHAIN_KEY_BYTES] = {LT_STREAM_REPORT};
    if (lt_store_word_at(txn, LT_WORDS_UNIT, number, &word) && word.size == UNIT_BYTES) {
        memcpy(key + 1, word.data, UNIT_BYTES);
        if (lt_chain_from_key(key, &chain) == LT_OK) {
            *ret_unit = chain.unit;
            return true;
        }
    }
    lt_store_fail(txn, LT_CORRUPT);
    return false;
}

static bool lineage_room(struct lt_words *words, struct lt_store_txn *txn, uint32_t unit)
{
    if (unit < words->lineage_capacity)
        return true;
    size_t capacity = words->lineage_capacity == 0 ? 256 : words->lineage_capacity * 2;
    while (capacity <= unit)
        capacity *= 2;
    struct lt_lineage *lineages = realloc(words->lineages, capacity * sizeof *lineages);
    if (lineages == NULL) {
        lt_store_fail(txn, LT_NO_MEMORY);
        return false;
    }
    memset(lineages + words->lineage_capacity, 0,
           (capacity - words->lineage_capacity) * sizeof *lineages);
    words->lineages = lineages;
    words->lineage_capacity = capacity;
    return true;
}

const struct lt_lineage *lt_words_lineage(struct lt_words *words, struct lt_store_txn *txn,
                                          uint32_t unit)
{
    struct lt_unit named;
    struct lt_lineage found = {.count = 1, .numbers = {unit}};
    if (unit < words->lineage_capacity && words->lineages[unit].count != 0)
        return &words->lineages[unit];
    if (!lt_words_unit_at(txn, unit, &named) || !lineage_room(words, txn, unit))
        return NULL;
    found.place = lt_book_place(words->book, &named);
    const struct lt_place *above = found.place == NULL ? NULL : found.place->parent;
    for (; above != NULL && found.count < LT_DEPTH_MAX + 1; above = above->parent)
        found.numbers[found.count++] = lt_words_place(words, txn, above);
    if (lt_store_error(txn) != LT_OK)
        return NULL;
    words->lineages[unit] = found;
    return &words->lineages[unit];
}
