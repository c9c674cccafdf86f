/* words.h - the store's dictionary, with a bounded cache before it, and units resolved to their places.
 *
 * Texts (codes, fields, movements) are cached by a table of fixed size, whatever peers invent; units
 * are as many as the tree has. After a transaction is aborted, or when the book changes, the cache must
 * be told (lt_words_forget): it may know numbers that were never stored, and places as they were.
 * Belongs to one thread. */
#ifndef LT_WORDS_H
#define LT_WORDS_H

#include "hub/store.h"

struct lt_words;
struct lt_words *lt_words_new(const struct lt_book *book); /* NULL: out of memory */
void lt_words_free(struct lt_words *words);
void lt_words_forget(struct lt_words *words);

/* The number of a text; the empty one is 0. Added when it is not there and the transaction writes. */
uint32_t lt_words_text(struct lt_words *words, struct lt_store_txn *txn, const char *text);
/* The number of a place's unit; NULL is 0. */
uint32_t lt_words_place(struct lt_words *words, struct lt_store_txn *txn,
                        const struct lt_place *place);
/* The same for a unit that the book need not know. */
uint32_t lt_words_unit(struct lt_words *words, struct lt_store_txn *txn,
                       const struct lt_unit *unit);

/* Without adding: 0 when the dictionary has none. */
uint32_t lt_words_find_text(struct lt_store_txn *txn, const char *text);
uint32_t lt_words_find_unit(struct lt_store_txn *txn, const struct lt_unit *unit);
/* What a number stands for. False: it was never given (the transaction then has an error). */
bool lt_words_text_at(struct lt_store_txn *txn, uint32_t number, struct lt_bytes *ret_text);
bool lt_words_unit_at(struct lt_store_txn *txn, uint32_t number, struct lt_unit *ret_unit);

/* A place and its way to the top, in numbers. */
struct lt_lineage {
    const struct lt_place *place; /* NULL: the book does not know it */
    uint32_t count; /* of `numbers`: itself, its parent … the top */
    uint32_t numbers[LT_DEPTH_MAX + 1];
};
/* NULL with the transaction's error set. Lives until lt_words_forget, or the next new unit. */
const struct lt_lineage *lt_words_lineage(struct lt_words *words, struct lt_store_txn *txn,
                                          uint32_t unit);

#endif
