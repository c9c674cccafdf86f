#include "hub/listen_keys.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum lt_result lt_listen_keys_load(const char *dir, const struct lt_keys *own,
                                   uint8_t ret_public[32], uint8_t ret_secret[32],
                                   char ret_reason[200])
{
    char path[4096 + 16];
    uint8_t secret[32];
    snprintf(path, sizeof(path), "%s/listen.key", dir);
    enum lt_result result = lt_seed_file_load(path, secret, ret_reason);
    if (result == LT_NOT_FOUND) {
        ret_reason[0] = '\0';
        memcpy(ret_public, own->curve_public, 32);
        memcpy(ret_secret, own->curve_secret, 32);
        return LT_OK;
    }
    if (result == LT_OK) {
        crypto_scalarmult_base(ret_public, secret);
        memcpy(ret_secret, secret, sizeof(secret));
    }
    sodium_memzero(secret, sizeof(secret));
    return result;
}
