/* door.h - where a hub listens, and with which transport key each door answers.
 *
 * A hub's children know it by the public half of a CURVE key, its transport key. To change it, a running hub opens
 * a second door, another endpoint with a key of its own (hub.conf, `listen`), tells its children of it with Moves,
 * and shuts the former door when all have come by the new one. The last door is the one that is told: by codes,
 * Moves and fallbacks. */
#ifndef LT_DOOR_H
#define LT_DOOR_H

#include "agent/keys.h"
#include "hub/config.h"

enum { LT_DOOR_FILES = 10 };
extern const char
    *const lt_door_files[LT_DOOR_FILES]; /* names of all key files that a door may have */

struct lt_door {
    char endpoint[LT_ENDPOINT_MAX];
    uint8_t curve_public[32], curve_secret[32];
};

/* The doors of hub.conf, in its order. A key file that is named there and is missing is made. Where none is named it is
 * `listen.key`, and where that is missing the hub's `curve.key` (in `own`), with which it connects to its parent.
 * To be wiped by the caller (lt_doors_wipe). Errors as lt_keys_load's. */
enum lt_result lt_doors_load(const char *dir, const struct lt_hub_config *config,
                             const struct lt_keys *own,
                             struct lt_door ret_doors[LT_CONFIG_LISTEN_MAX], char ret_reason[200]);
void lt_doors_wipe(struct lt_door doors[LT_CONFIG_LISTEN_MAX]);
/* The public key of the door that is told; the folder is read anew. */
enum lt_result lt_door_told(const char *dir, const struct lt_hub_config *config,
                            uint8_t ret_curve[32], char ret_reason[200]);
/* By which key files this hub was ever known to those below: each that is there is read into ret_keys, the rest of
 * which are `own`. At most LT_DOOR_FILES; to be wiped by the caller. */
size_t lt_doors_known(const char *dir, const struct lt_keys *own,
                      struct lt_keys ret_keys[LT_DOOR_FILES]);

#endif
