/* key_table.h - the keys that were granted, as a hub's operator works with them: found by unit or by the first
 * digits of the key. */
#ifndef LT_KEY_TABLE_H
#define LT_KEY_TABLE_H

#include "hub/direct.h"

/* Digits of a key that are shown, and the fewest that name one. */
enum { LT_KEY_SHOWN = 16, LT_KEY_DIGITS_MIN = 8 };

struct lt_key_table { /* zero-initialise; free in any case */
    struct lt_granted_key *keys; /* by unit, then role, then key */
    size_t count, capacity;
    bool failed; /* out of memory: it is not whole */
};
/* All of the book; of one unit when `unit` is not NULL. */
enum lt_result lt_key_table_fill(struct lt_key_table *table, const struct lt_book *book,
                                 const struct lt_unit *unit);
void lt_key_table_free(struct lt_key_table *table);
/* The key that these first digits (hexadecimal) mean. LT_USAGE, LT_NOT_FOUND, LT_AMBIGUOUS; ret_reason is the
 * sentence. */
enum lt_result lt_key_table_find(const struct lt_key_table *table, const char *digits,
                                 const struct lt_granted_key **ret_key,
                                 char ret_reason[LT_DIRECT_REASON_MAX]);
/* "valid", "waiting", "revoked" or "unknown here". */
const char *lt_key_state(const struct lt_granted_key *key);

#endif
