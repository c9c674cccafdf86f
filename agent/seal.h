/* seal.h - names sealed to box keys, and opened. Agent and hub.
 *
 * A Sealing (standing.h) has the names of a unit's updates sealed, row by row (proto/update.h), under a key drawn
 * for each update. That key is sealed (crypto_box_seal) to: the box key of the hub that the Sealing names; the
 * unit's own box key that goes with it, which that hub tells for all to seal to and hands to each machine of the unit
 * (UnitBox); the CURVE key of the machine that signs. A unit's box key derives from the hub's, so the hub keeps one
 * secret: `box.key` in its folder, a file as the other key files (keys.h); those before it
 * are `box-1.key` and so on. Whoever loses it loses names, never figures. */
#ifndef LT_SEAL_H
#define LT_SEAL_H

#include "proto/standing.h"

struct lt_box_pair {
    uint8_t public_key[32], secret[32];
};
/* The keys that a reader has. Of one hub's keys, by time, at most: LT_BOX_KEYS_MAX. */
enum { LT_BOX_KEYS_MAX = 8, LT_BOX_RING_MAX = 4 * LT_BOX_KEYS_MAX + 1 };
struct lt_box_ring {
    size_t count;
    struct lt_box_pair pairs[LT_BOX_RING_MAX];
};
void lt_box_ring_add(struct lt_box_ring *ring, const struct lt_box_pair *pair);
void lt_box_ring_wipe(struct lt_box_ring *ring);

/* A hub's `box.key`. LT_NOT_FOUND: it has none; LT_EXISTS when making over one. */
enum lt_result lt_box_key_make(const char *dir, struct lt_box_pair *ret_pair, char ret_reason[200]);
enum lt_result lt_box_key_load(const char *dir, struct lt_box_pair *ret_pair, char ret_reason[200]);
/* Puts `box.key` aside as the next `box-N.key`: what is sealed to it can still be read. LT_NOT_FOUND; LT_TOO_LARGE:
 * there are LT_BOX_KEYS_MAX - 1 already. */
enum lt_result lt_box_key_retire(const char *dir, char ret_reason[200]);
/* All that a hub has; *ret_current: the first of them is `box.key`. LT_OK also when it has none. */
enum lt_result lt_box_keys_load(const char *dir, struct lt_box_ring *ret_ring, bool *ret_current,
                                char ret_reason[200]);
/* The box key of a unit, from that of the hub. */
void lt_box_of_unit(const struct lt_box_pair *hub, const struct lt_unit *unit,
                    struct lt_box_pair *ret_pair);
/* The secret of a unit's box as sealed for a machine, and back. False: it is not handed to this machine, or not the
 * secret of `box_key`. */
void lt_box_hand(const struct lt_box_pair *box, const uint8_t machine[32],
                 uint8_t ret_secret[LT_SEALED_KEY_BYTES]);
bool lt_box_take(const struct lt_unit_box *handed, const struct lt_box_pair *machine,
                 struct lt_box_pair *ret_pair);

/* The personal part of an update, sealed or not, as far as the ring opens it; NULL: it has none. In the arena. */
enum lt_result lt_seal_read(const struct lt_update *update, const Lienthong__ReportBody *body,
                            const struct lt_box_ring *ring, struct lt_arena *arena,
                            Lienthong__Personal **ret_personal);
/* Replaces an update's malloc'ed bytes by the same with its names sealed to these box keys (distinct ones). Without
 * names it stays. */
enum lt_result lt_seal_close(uint8_t **bytes, size_t *size, const uint8_t (*box_keys)[32],
                             size_t count);

#endif
