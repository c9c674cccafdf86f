/* listen_keys.h - the CURVE key by which a hub is known to those below it: that of its listening socket.
 *
 * Codes, bundles, Moves and ways to fall back on name it, and children keep it. It is `listen.key` in the hub's
 * folder, by the same rules as the other key files (agent/keys.h); a hub that has no such file listens with its
 * `curve.key`, with which it connects to its own parent. */
#ifndef LT_LISTEN_KEYS_H
#define LT_LISTEN_KEYS_H

#include "agent/keys.h"

/* `own`: the hub's keys, as loaded from `dir`. Errors as lt_keys_load. */
enum lt_result lt_listen_keys_load(const char *dir, const struct lt_keys *own,
                                   uint8_t ret_public[32], uint8_t ret_secret[32],
                                   char ret_reason[200]);

#endif
