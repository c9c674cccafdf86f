#include "agent/seal.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/keys.h"

static const char unit_context[] = "lienthong unit box v1";

void lt_box_ring_add(struct lt_box_ring *ring, const struct lt_box_pair *pair)
{
    if (ring->count < LT_BOX_RING_MAX)
        ring->pairs[ring->count++] = *pair;
}

void lt_box_ring_wipe(struct lt_box_ring *ring)
{
    sodium_memzero(ring, sizeof(*ring));
}

/* ---- Keys ---- */

struct path {
    char text[4096 + 16];
};

/* `number` 0: the one in use; else those before it, in the order in which they were. */
static struct path path_of(const char *dir, unsigned number)
{
    struct path path;
    if (number == 0)
        snprintf(path.text, sizeof(path.text), "%s/box.key", dir);
    else
        snprintf(path.text, sizeof(path.text), "%s/box-%u.key", dir, number);
    return path;
}

static enum lt_result box_key(const struct path *path, bool make, struct lt_box_pair *ret_pair,
                              char ret_reason[200])
{
    struct lt_box_pair pair;
    const enum lt_result result = make ? lt_seed_file_make(path->text, pair.secret, ret_reason)
                                       : lt_seed_file_load(path->text, pair.secret, ret_reason);
    if (result == LT_OK) {
        crypto_scalarmult_base(pair.public_key, pair.secret);
        *ret_pair = pair;
    }
    sodium_memzero(&pair, sizeof(pair));
    return result;
}

enum lt_result lt_box_key_make(const char *dir, struct lt_box_pair *ret_pair, char ret_reason[200])
{
    const struct path path = path_of(dir, 0);
    return box_key(&path, true, ret_pair, ret_reason);
}

enum lt_result lt_box_key_load(const char *dir, struct lt_box_pair *ret_pair, char ret_reason[200])
{
    const struct path path = path_of(dir, 0);
    return box_key(&path, false, ret_pair, ret_reason);
}

enum lt_result lt_box_key_retire(const char *dir, char ret_reason[200])
{
    struct lt_box_pair pair;
    const struct path from = path_of(dir, 0);
    enum lt_result result = box_key(&from, false, &pair, ret_reason);
    sodium_memzero(&pair, sizeof(pair));
    if (result != LT_OK)
        return result;
    result = LT_EXISTS;
    for (unsigned number = 1; result == LT_EXISTS && number < LT_BOX_KEYS_MAX; number++) {
        const struct path to = path_of(dir, number);
        result = lt_key_file_move(from.text, to.text, ret_reason);
    }
    if (result == LT_EXISTS)
        snprintf(ret_reason, 200, "%.120s: %d box keys are there already", dir, LT_BOX_KEYS_MAX);
    return result == LT_EXISTS ? LT_TOO_LARGE : result;
}

enum lt_result lt_box_keys_load(const char *dir, struct lt_box_ring *ret_ring, bool *ret_current,
                                char ret_reason[200])
{
    struct lt_box_ring ring = {.count = 0};
    struct lt_box_pair pair;
    enum lt_result result = LT_OK;
    bool current = false;
    for (unsigned number = 0; result == LT_OK && number < LT_BOX_KEYS_MAX; number++) {
        const struct path path = path_of(dir, number);
        result = box_key(&path, false, &pair, ret_reason);
        if (result == LT_OK)
            lt_box_ring_add(&ring, &pair);
        current = current || (number == 0 && result == LT_OK);
        if (result == LT_NOT_FOUND) {
            ret_reason[0] = '\0';
            result = LT_OK;
        }
    }
    if (result == LT_OK) {
        *ret_ring = ring;
        *ret_current = current;
    }
    sodium_memzero(&pair, sizeof(pair));
    lt_box_ring_wipe(&ring);
    return result;
}

void lt_box_of_unit(const struct lt_box_pair *hub, const struct lt_unit *unit,
                    struct lt_box_pair *ret_pair)
{
    uint8_t key[LT_CHAIN_KEY_BYTES];
    crypto_generichash_state state;
    const struct lt_chain chain = {LT_STREAM_REPORT, *unit};
    lt_chain_to_key(&chain, key);
    crypto_generichash_init(&state, hub->secret, sizeof(hub->secret), 32);
    crypto_generichash_update(&state, (const uint8_t *)unit_context, sizeof(unit_context));
    crypto_generichash_update(&state, key, sizeof(key));
    crypto_generichash_final(&state, ret_pair->secret, 32);
    crypto_scalarmult_base(ret_pair->public_key, ret_pair->secret);
    sodium_memzero(&state, sizeof(state));
}

static_assert(crypto_box_SEALBYTES + 32 == LT_SEALED_KEY_BYTES, "a sealed key");

void lt_box_hand(const struct lt_box_pair *box, const uint8_t machine[32],
                 uint8_t ret_secret[LT_SEALED_KEY_BYTES])
{
    crypto_box_seal(ret_secret, box->secret, 32, machine);
}

bool lt_box_take(const struct lt_unit_box *handed, const struct lt_box_pair *machine,
                 struct lt_box_pair *ret_pair)
{
    struct lt_box_pair pair;
    if (!handed->handed || memcmp(handed->machine, machine->public_key, 32) != 0 ||
        crypto_box_seal_open(pair.secret, handed->secret, LT_SEALED_KEY_BYTES, machine->public_key,
                             machine->secret) != 0)
        return false;
    crypto_scalarmult_base(pair.public_key, pair.secret);
    const bool good = memcmp(pair.public_key, handed->box_key, 32) == 0;
    if (good)
        *ret_pair = pair;
    sodium_memzero(&pair, sizeof(pair));
    return good;
}

/* ---- Opening ---- */

/* The update's key, when one of the ring opens it. */
static bool find_key(const Lienthong__Sealed *sealed, const struct lt_box_ring *ring,
                     uint8_t ret_key[32])
{
    for (size_t i = 0; i < sealed->n_keys; i++) {
        const Lienthong__SealedKey *key = sealed->keys[i];
        for (size_t j = 0; j < ring->count; j++) {
            const struct lt_box_pair *pair = &ring->pairs[j];
            if (memcmp(pair->public_key, key->box_key.data, 32) == 0 &&
                crypto_box_seal_open(ret_key, key->sealed.data, key->sealed.len, pair->public_key,
                                     pair->secret) == 0)
                return true;
        }
    }
    return false;
}

enum lt_result lt_seal_read(const struct lt_update *update, const Lienthong__ReportBody *body,
                            const struct lt_box_ring *ring, struct lt_arena *arena,
                            Lienthong__Personal **ret_personal)
{
    Lienthong__Sealed *sealed;
    uint8_t key[32];
    *ret_personal = NULL;
    if (update->personal.size > 0)
        return lt_personal_read(update->personal, body, arena, ret_personal);
    if (update->sealed.size == 0)
        return LT_OK;
    enum lt_result result = lt_sealed_read(update->sealed, body, arena, &sealed);
    if (result != LT_OK)
        return result;
    const bool found = find_key(sealed, ring, key);
    result =
        lt_sealed_open(sealed, &update->frame.body_hash, found ? key : NULL, arena, ret_personal);
    sodium_memzero(key, sizeof(key));
    return result;
}

/* ---- Sealing ---- */

static enum lt_result close_in(struct lt_arena *arena, struct lt_bytes bytes,
                               const uint8_t (*box_keys)[32], size_t count, uint8_t **ret_bytes,
                               size_t *ret_size)
{
    struct lt_seal_key keys[LT_SEAL_KEYS_MAX];
    struct lt_update update;
    Lienthong__ReportBody *body;
    uint8_t key[32], nonce[24];
    if (count > LT_SEAL_KEYS_MAX)
        return LT_TOO_LARGE;
    enum lt_result result = lt_update_open(bytes, &update);
    if (result == LT_OK)
        result = lt_report_read(&update, arena, &body);
    if (result != LT_OK)
        return result;
    randombytes_buf(key, sizeof(key));
    randombytes_buf(nonce, sizeof(nonce));
    for (size_t i = 0; i < count; i++) {
        memcpy(keys[i].box_key, box_keys[i], 32);
        crypto_box_seal(keys[i].sealed, key, sizeof(key), box_keys[i]);
    }
    result = lt_update_close(&update, body, keys, count, key, nonce, arena, ret_bytes, ret_size);
    sodium_memzero(key, sizeof(key));
    return result;
}

enum lt_result lt_seal_close(uint8_t **bytes, size_t *size, const uint8_t (*box_keys)[32],
                             size_t count)
{
    uint8_t *closed = NULL;
    size_t closed_size = 0;
    struct lt_arena *arena = lt_arena_new(3 * LT_UNPACK_BYTES_MAX);
    if (arena == NULL)
        return LT_NO_MEMORY;
    const enum lt_result result =
        close_in(arena, (struct lt_bytes){*bytes, *size}, box_keys, count, &closed, &closed_size);
    lt_arena_free(arena);
    if (result == LT_OK) {
        free(*bytes);
        *bytes = closed;
        *size = closed_size;
    }
    return result == LT_NOT_FOUND ? LT_OK : result;
}
