#include "hub/door.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

const char *const lt_door_files[LT_DOOR_FILES] = {
    "listen.key",   "listen-1.key", "listen-2.key", "listen-3.key", "listen-4.key",
    "listen-5.key", "listen-6.key", "listen-7.key", "listen-8.key", "listen-9.key"};

static enum lt_result load_file(const char *dir, const char *name, bool make,
                                uint8_t ret_public[32], uint8_t ret_secret[32],
                                char ret_reason[200])
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path)) {
        snprintf(ret_reason, 200, "the path of the state folder is too long");
        return LT_TOO_LARGE;
    }
    enum lt_result result = lt_seed_file_load(path, ret_secret, ret_reason);
    if (result == LT_NOT_FOUND && make) {
        result = lt_seed_file_make(path, ret_secret, ret_reason);
    }
    if (result == LT_OK) {
        crypto_scalarmult_base(ret_public, ret_secret);
    }
    return result;
}

static enum lt_result load_one(const char *dir, const struct lt_listen *listen,
                               const struct lt_keys *own, struct lt_door *ret_door,
                               char ret_reason[200])
{
    bool named = listen->key_file[0] != '\0';
    memcpy(ret_door->endpoint, listen->endpoint, sizeof(ret_door->endpoint));
    enum lt_result result = load_file(dir, named ? listen->key_file : lt_door_files[0], named,
                                      ret_door->curve_public, ret_door->curve_secret, ret_reason);
    if (result == LT_NOT_FOUND && !named) {
        memcpy(ret_door->curve_public, own->curve_public, sizeof(ret_door->curve_public));
        memcpy(ret_door->curve_secret, own->curve_secret, sizeof(ret_door->curve_secret));
        ret_reason[0] = '\0';
        result = LT_OK;
    }
    return result;
}

enum lt_result lt_doors_load(const char *dir, const struct lt_hub_config *config,
                             const struct lt_keys *own,
                             struct lt_door ret_doors[LT_CONFIG_LISTEN_MAX], char ret_reason[200])
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < config->listen_count && result == LT_OK; i++) {
        result = load_one(dir, &config->listen[i], own, &ret_doors[i], ret_reason);
    }
    if (result != LT_OK) {
        lt_doors_wipe(ret_doors);
    }
    return result;
}

void lt_doors_wipe(struct lt_door doors[LT_CONFIG_LISTEN_MAX])
{
    sodium_memzero(doors, LT_CONFIG_LISTEN_MAX * sizeof(doors[0]));
}

enum lt_result lt_door_told(const char *dir, const struct lt_hub_config *config,
                            uint8_t ret_curve[32], char ret_reason[200])
{
    struct lt_keys keys;
    struct lt_door doors[LT_CONFIG_LISTEN_MAX];
    enum lt_result result = lt_keys_load(dir, &keys, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    result = lt_doors_load(dir, config, &keys, doors, ret_reason);
    if (result == LT_OK) {
        memcpy(ret_curve, doors[config->listen_count - 1].curve_public, 32);
    }
    lt_doors_wipe(doors);
    lt_keys_wipe(&keys);
    return result;
}

size_t lt_doors_known(const char *dir, const struct lt_keys *own,
                      struct lt_keys ret_keys[LT_DOOR_FILES])
{
    size_t count = 0;
    char reason[200];
    for (size_t i = 0; i < LT_DOOR_FILES; i++) {
        ret_keys[count] = *own;
        count += load_file(dir, lt_door_files[i], false, ret_keys[count].curve_public,
                           ret_keys[count].curve_secret, reason) == LT_OK;
    }
    return count;
}
