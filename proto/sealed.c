/* A personal part that only some can read: its leaves in the clear, its rows in boxes. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/personal_own.h"
#include "proto/shape.h"

enum {
    SALT_BYTES = 32,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
};

/* With its NUL. What a box is bound to: this body, this row. */
static const char context[] = "lienthong sealed v1";
struct bond {
    uint8_t bytes[sizeof(context) + 32 + 4];
};

static struct bond bond_of(const struct lt_hash *body_hash, uint32_t change)
{
    struct bond bond;
    memcpy(bond.bytes, context, sizeof(context));
    memcpy(bond.bytes + sizeof(context), body_hash->bytes, 32);
    lt_personal_number(change, bond.bytes + sizeof(context) + 32);
    return bond;
}

/* Each row has a nonce of its own: that of the update with the row's number in its last bytes. */
static void nonce_of(const uint8_t *nonce, uint32_t change, uint8_t ret_nonce[NONCE_BYTES])
{
    uint8_t number[4];
    lt_personal_number(change, number);
    memcpy(ret_nonce, nonce, NONCE_BYTES);
    for (size_t i = 0; i < sizeof(number); i++)
        ret_nonce[NONCE_BYTES - sizeof(number) + i] ^= number[i];
}

/* ---- Reading ---- */

enum lt_result lt_sealed_read(struct lt_bytes bytes, const Lienthong__ReportBody *body,
                              struct lt_arena *arena, Lienthong__Sealed **ret_sealed)
{
    ProtobufCMessage *message;
    uint8_t root[32];
    crypto_generichash_state state;
    if (bytes.size > LT_UPDATE_BYTES_MAX)
        return LT_TOO_LARGE;
    const enum lt_result result =
        lt_shape_read(&lienthong__sealed__descriptor, bytes, arena, &message);
    if (result != LT_OK)
        return result;
    Lienthong__Sealed *sealed = (Lienthong__Sealed *)message;
    if (sealed->n_rows == 0)
        return LT_MALFORMED;
    lt_personal_root_begin(&state, (uint32_t)sealed->n_rows);
    for (size_t i = 0; i < sealed->n_rows; i++) {
        const Lienthong__SealedRow *row = sealed->rows[i];
        if (row->change >= body->n_changes || (i > 0 && row->change <= sealed->rows[i - 1]->change))
            return LT_MALFORMED;
        lt_personal_root_add(&state, row->change, row->leaf.data);
    }
    crypto_generichash_final(&state, root, sizeof(root));
    if (body->personal_root.len != sizeof(root) ||
        memcmp(body->personal_root.data, root, sizeof(root)) != 0)
        return LT_BAD_HASH;
    *ret_sealed = sealed;
    return LT_OK;
}

/* ---- Opening ---- */

/* What the box holds, when it is what the leaf says: then the row has salt and person, else it keeps the leaf. */
static void open_row(const Lienthong__Sealed *sealed, const Lienthong__SealedRow *from,
                     const struct lt_hash *body_hash, const uint8_t key[32], uint8_t *room,
                     Lienthong__PersonalRow *row)
{
    uint8_t nonce[NONCE_BYTES], leaf[32];
    unsigned long long size = 0;
    const struct bond bond = bond_of(body_hash, from->change);
    if (from->box.len <= SALT_BYTES + TAG_BYTES)
        return;
    nonce_of(sealed->nonce.data, from->change, nonce);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(room, &size, NULL, from->box.data, from->box.len,
                                                   bond.bytes, sizeof(bond.bytes), nonce, key) != 0)
        return;
    const struct lt_bytes person = {room + SALT_BYTES, (size_t)size - SALT_BYTES};
    lt_personal_row_leaf(room, from->change, person.data, person.size, leaf);
    if (memcmp(leaf, from->leaf.data, sizeof(leaf)) != 0 ||
        lt_shape_check(lt_shape_of(&lienthong__person__descriptor), person) != LT_OK)
        return;
    row->leaf = (ProtobufCBinaryData){0, NULL};
    row->salt = (ProtobufCBinaryData){SALT_BYTES, room};
    row->person = (ProtobufCBinaryData){person.size, room + SALT_BYTES};
}

enum lt_result lt_sealed_open(const Lienthong__Sealed *sealed, const struct lt_hash *body_hash,
                              const uint8_t *key, struct lt_arena *arena,
                              Lienthong__Personal **ret_personal)
{
    Lienthong__Personal *personal = lt_arena_take(arena, sizeof(*personal));
    Lienthong__PersonalRow *rows = lt_arena_take(arena, sealed->n_rows * sizeof(*rows));
    Lienthong__PersonalRow **list =
        lt_arena_take(arena, sealed->n_rows * sizeof(Lienthong__PersonalRow *));
    if (personal == NULL || rows == NULL || list == NULL)
        return LT_NO_MEMORY;
    lienthong__personal__init(personal);
    personal->rows = list;
    personal->n_rows = sealed->n_rows;
    for (size_t i = 0; i < sealed->n_rows; i++) {
        const Lienthong__SealedRow *from = sealed->rows[i];
        lienthong__personal_row__init(&rows[i]);
        list[i] = &rows[i];
        rows[i].change = from->change;
        rows[i].leaf = from->leaf;
        if (from->box.len > 0)
            rows[i].salt = from->leaf; /* lt_personal_hidden */
        uint8_t *room = key != NULL ? lt_arena_take(arena, from->box.len + 1) : NULL;
        if (key != NULL && room == NULL)
            return LT_NO_MEMORY;
        if (room != NULL)
            open_row(sealed, from, body_hash, key, room, &rows[i]);
    }
    *ret_personal = personal;
    return LT_OK;
}

/* ---- Sealing ---- */

static enum lt_result close_row(const Lienthong__Personal *personal,
                                const Lienthong__PersonalRow *from, const struct lt_hash *body_hash,
                                const uint8_t nonce[24], const uint8_t key[32],
                                struct lt_arena *arena, Lienthong__SealedRow *row)
{
    uint8_t row_nonce[NONCE_BYTES];
    const struct bond bond = bond_of(body_hash, from->change);
    const size_t size = SALT_BYTES + from->person.len;
    uint8_t *plain = lt_arena_take(arena, 32 + size + size + TAG_BYTES);
    if (plain == NULL)
        return LT_NO_MEMORY;
    uint8_t *leaf = plain + size, *box = leaf + 32;
    unsigned long long written = 0;
    lt_personal_row_salt(personal->salt.data, from->change, plain);
    memcpy(plain + SALT_BYTES, from->person.data, from->person.len);
    lt_personal_row_leaf(plain, from->change, from->person.data, from->person.len, leaf);
    nonce_of(nonce, from->change, row_nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(box, &written, plain, size, bond.bytes,
                                               sizeof(bond.bytes), NULL, row_nonce, key);
    sodium_memzero(plain, size);
    row->change = from->change;
    row->leaf = (ProtobufCBinaryData){32, leaf};
    row->box = (ProtobufCBinaryData){(size_t)written, box};
    return LT_OK;
}

/* The rows into boxes; `sealed` has room for the list. */
static enum lt_result close_rows(const Lienthong__Personal *personal,
                                 const struct lt_update *update, const uint8_t key[32],
                                 struct lt_arena *arena, Lienthong__Sealed *sealed)
{
    Lienthong__SealedRow *rows = lt_arena_take(arena, personal->n_rows * sizeof(*rows));
    sealed->rows = lt_arena_take(arena, personal->n_rows * sizeof(Lienthong__SealedRow *));
    if (rows == NULL || sealed->rows == NULL)
        return LT_NO_MEMORY;
    sealed->n_rows = personal->n_rows;
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < personal->n_rows && result == LT_OK; i++) {
        lienthong__sealed_row__init(&rows[i]);
        sealed->rows[i] = &rows[i];
        result = close_row(personal, personal->rows[i], &update->frame.body_hash,
                           sealed->nonce.data, key, arena, &rows[i]);
    }
    return result;
}

enum lt_result lt_update_close(const struct lt_update *update, const Lienthong__ReportBody *body,
                               const struct lt_seal_key *keys, size_t key_count,
                               const uint8_t key[32], const uint8_t nonce[24],
                               struct lt_arena *arena, uint8_t **ret_bytes, size_t *ret_size)
{
    Lienthong__Personal *personal;
    Lienthong__Sealed sealed = LIENTHONG__SEALED__INIT;
    Lienthong__SealedKey key_rooms[LT_SEAL_KEYS_MAX], *key_list[LT_SEAL_KEYS_MAX];
    struct lt_seal_key copies[LT_SEAL_KEYS_MAX];
    uint8_t own_nonce[24];
    if (update->personal.size == 0 || key_count > LT_SEAL_KEYS_MAX)
        return update->personal.size == 0 ? LT_NOT_FOUND : LT_TOO_LARGE;
    enum lt_result result = lt_personal_read(update->personal, body, arena, &personal);
    if (result != LT_OK)
        return result;
    if (personal->salt.len == 0)
        return LT_MALFORMED; /* rows were erased: sealed is what an author makes */
    memcpy(own_nonce, nonce, sizeof(own_nonce));
    sealed.nonce = (ProtobufCBinaryData){sizeof(own_nonce), own_nonce};
    for (size_t i = 0; i < key_count; i++) {
        copies[i] = keys[i];
        lienthong__sealed_key__init(&key_rooms[i]);
        key_rooms[i].box_key = (ProtobufCBinaryData){32, copies[i].box_key};
        key_rooms[i].sealed = (ProtobufCBinaryData){LT_SEALED_KEY_BYTES, copies[i].sealed};
        key_list[i] = &key_rooms[i];
    }
    sealed.keys = key_list;
    sealed.n_keys = key_count;
    result = close_rows(personal, update, key, arena, &sealed);
    return result == LT_OK ? lt_update_with_sealed(update, &sealed, arena, ret_bytes, ret_size)
                           : result;
}

enum lt_result lt_update_with_sealed(const struct lt_update *update,
                                     const Lienthong__Sealed *sealed, struct lt_arena *arena,
                                     uint8_t **ret_bytes, size_t *ret_size)
{
    const size_t size = lienthong__sealed__get_packed_size(sealed);
    if (size > LT_UPDATE_BYTES_MAX)
        return LT_TOO_LARGE;
    uint8_t *bytes = lt_arena_take(arena, size);
    if (bytes == NULL)
        return LT_NO_MEMORY;
    lienthong__sealed__pack(sealed, bytes);
    return lt_update_with(update, (struct lt_bytes){NULL, 0}, (struct lt_bytes){bytes, size},
                          ret_bytes, ret_size);
}
