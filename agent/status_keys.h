/* status_keys.h - what a clerk should know of keys: whether this PC's own is good yet, and which others the unit has.
 *
 * A key that the office knows nothing of is a thief's or a hub's invention: the top's receipt names all that are
 * valid, so no hub between can hide one. The root key is what all of it rests on: the hub that let this PC in named
 * it, and one that named another is the top of a tree of its own making, so people compare it. */
#ifndef LT_STATUS_KEYS_H
#define LT_STATUS_KEYS_H

#include <jansson.h>

#include "agent/journal.h"
#include "agent/keys.h"

struct lt_status_keys {
    struct lt_key own, root; /* zeros: not joined */
    enum { LT_KEY_NOT_GRANTED, LT_KEY_AWAITS, LT_KEY_VALID, LT_KEY_ENDED } state;
    size_t other_count; /* by the newest receipt of the top */
    struct lt_key others[16];
};

void lt_status_keys_note(struct lt_journal *journal, const struct lt_keys *keys,
                         const struct lt_held_receipt *receipts, size_t receipt_count,
                         struct lt_status_keys *ret_keys);
void lt_status_keys_print(const struct lt_status_keys *keys);
/* Adds "key", "key_state", "other_keys" and "root_key". */
void lt_status_keys_json(const struct lt_status_keys *keys, json_t *object);

#endif
