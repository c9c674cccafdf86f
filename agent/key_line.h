/* key_line.h - what stands in a key file: one line of hexadecimal.
 *
 *   SEED CHECK            64 digits, and 8 of the seed's hash; opens on any machine
 *   bound BYTES CHECK     what bind.h makes of the seed, and 8 digits of these bytes' hash; opens on this machine
 *
 * A digit that a disk, or a hand, has changed would else be another key: what it signs nobody would believe. Secrets are
 * the caller's to wipe. Any thread. */
#ifndef LT_KEY_LINE_H
#define LT_KEY_LINE_H

#include <stdbool.h>

#include "agent/bind.h"

enum {
    LT_KEY_SEED_BYTES = LT_BIND_SECRET_BYTES,
    LT_KEY_CHECK_BYTES = 4,
    LT_KEY_LINE_OPEN_BYTES = 2 * LT_KEY_SEED_BYTES + 1 + 2 * LT_KEY_CHECK_BYTES + 1,
    LT_KEY_LINE_MAX = 6 + 2 * LT_BOUND_MAX + 1 + 2 * LT_KEY_CHECK_BYTES + 1,
};

/* `bind`: for this machine, where its system can; else for any. LT_IO: it could not be bound. */
enum lt_result lt_key_line_write(const uint8_t seed[LT_KEY_SEED_BYTES], bool bind,
                                 char ret_line[LT_KEY_LINE_MAX + 1], size_t *ret_size);
/* LT_CORRUPT: not what was written; LT_REFUSED: whole, and another machine's. */
enum lt_result lt_key_line_read(const char *line, size_t size, uint8_t ret_seed[LT_KEY_SEED_BYTES],
                                bool *ret_bound);

#endif
