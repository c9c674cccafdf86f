#include <sodium.h>
#include <string.h>

#include "proto/rules.h"

static const char context[] = "lienthong rotate v1"; /* with its NUL */
enum { MESSAGE_BYTES = sizeof(context) + LT_CODE_BYTES_MAX + 1 + 4 + 1 + 32 + 32 };

static void message_of(const struct lt_rotation *rotation, uint8_t ret_message[MESSAGE_BYTES])
{
    const uint32_t day = (uint32_t)rotation->unit.valid_from;
    uint8_t *at = ret_message;
    memcpy(at, context, sizeof(context));
    at += sizeof(context);
    memcpy(at, rotation->unit.code, sizeof(rotation->unit.code));
    at += sizeof(rotation->unit.code);
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (uint8_t)(day >> shift);
    *at++ = (uint8_t)rotation->role;
    memcpy(at, rotation->key.bytes, 32);
    memcpy(at + 32, rotation->curve_key, 32);
}

void lt_rotation_sign(const struct lt_rotation *rotation, const struct lt_secret *secret,
                      struct lt_signature *ret_signature)
{
    uint8_t message[MESSAGE_BYTES];
    message_of(rotation, message);
    crypto_sign_detached(ret_signature->bytes, NULL, message, sizeof(message), secret->bytes);
}

bool lt_rotation_verify(const struct lt_rotation *rotation, const struct lt_key *previous,
                        const struct lt_signature *signature)
{
    uint8_t message[MESSAGE_BYTES];
    message_of(rotation, message);
    return crypto_sign_verify_detached(signature->bytes, message, sizeof(message),
                                       previous->bytes) == 0;
}
