/* personal_own.h - salts, leaves and root of the personal part, and updates with another one. Private to proto/. */
#ifndef LT_PERSONAL_OWN_H
#define LT_PERSONAL_OWN_H

#include <sodium.h>

#include "proto/update.h"

/* Big-endian. */
void lt_personal_number(uint32_t value, uint8_t ret_bytes[4]);
void lt_personal_row_salt(const uint8_t salt[32], uint32_t index, uint8_t ret_salt[32]);
void lt_personal_row_leaf(const uint8_t salt[32], uint32_t index, const uint8_t *person,
                          size_t size, uint8_t ret_leaf[32]);
void lt_personal_root_begin(crypto_generichash_state *state, uint32_t count);
void lt_personal_root_add(crypto_generichash_state *state, uint32_t index, const uint8_t *leaf);

/* The same signed update with another personal part, or a sealed one (empty: none). LT_TOO_LARGE. */
enum lt_result lt_update_with(const struct lt_update *update, struct lt_bytes personal,
                              struct lt_bytes sealed, uint8_t **ret_bytes, size_t *ret_size);
enum lt_result lt_update_with_sealed(const struct lt_update *update,
                                     const Lienthong__Sealed *sealed, struct lt_arena *arena,
                                     uint8_t **ret_bytes, size_t *ret_size);

#endif
