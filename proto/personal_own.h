/* personal_own.h - salts and leaves of the personal part's rows. Private to proto/. */
#ifndef LT_PERSONAL_OWN_H
#define LT_PERSONAL_OWN_H

#include "proto/update.h"

void lt_personal_row_salt(const uint8_t salt[32], uint32_t index, uint8_t ret_salt[32]);
void lt_personal_row_leaf(const uint8_t salt[32], uint32_t index, const uint8_t *person,
                          size_t size, uint8_t ret_leaf[32]);
/* The same signed update with another personal part (empty: none). LT_TOO_LARGE. */
enum lt_result lt_update_with_personal(const struct lt_update *update, struct lt_bytes personal,
                                       uint8_t **ret_bytes, size_t *ret_size);

#endif
