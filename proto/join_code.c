#include "proto/message.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* With its NUL, which separates context from content. */
static const char context[] = "lienthong join v1";
static const char prefix[] = "LT1-";
static const char scheme[] = "tcp://";
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's: no I L O U */

enum {
    CODE_VERSION = 1,
    FIXED_BYTES = 1 + 32 + 16,
    CHECK_BYTES = 4,
    PAYLOAD_BYTES_MAX = FIXED_BYTES + LT_ENDPOINT_MAX - 1 + CHECK_BYTES,
    DIGITS_MAX = (PAYLOAD_BYTES_MAX * 8 + 4) / 5,
    SIGNED_BYTES = sizeof(context) + 32,
};
static_assert(sizeof(prefix) + DIGITS_MAX + DIGITS_MAX / 5 < LT_JOIN_CODE_MAX, "the code fits");

static bool endpoint_fits(const uint8_t *text, size_t size)
{
    if (size <= sizeof(scheme) - 1 || size >= LT_ENDPOINT_MAX)
        return false;
    if (memcmp(text, scheme, sizeof(scheme) - 1) != 0)
        return false;
    for (size_t i = 0; i < size; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return true;
}

enum lt_result lt_join_code_format(const struct lt_join_code *code, char ret_text[LT_JOIN_CODE_MAX])
{
    uint8_t payload[PAYLOAD_BYTES_MAX];
    const size_t endpoint_size = strnlen(code->endpoint, LT_ENDPOINT_MAX);
    if (!endpoint_fits((const uint8_t *)code->endpoint, endpoint_size))
        return LT_MALFORMED;
    payload[0] = CODE_VERSION;
    memcpy(payload + 1, code->curve_key, 32);
    memcpy(payload + 33, code->secret, 16);
    memcpy(payload + FIXED_BYTES, code->endpoint, endpoint_size);
    size_t size = FIXED_BYTES + endpoint_size;
    struct lt_hash check;
    lt_hash_of(payload, size, &check);
    memcpy(payload + size, check.bytes, CHECK_BYTES);
    size += CHECK_BYTES;

    char *out = ret_text;
    memcpy(out, prefix, sizeof(prefix) - 1);
    out += sizeof(prefix) - 1;
    for (size_t i = 0; i * 5 < size * 8; i++) {
        const size_t at = i * 5 / 8, shift = i * 5 % 8;
        const unsigned two = (unsigned)payload[at] << 8 | (at + 1 < size ? payload[at + 1] : 0);
        if (i > 0 && i % 5 == 0)
            *out++ = '-';
        *out++ = digits[two >> (11 - shift) & 31];
    }
    *out = '\0';
    sodium_memzero(payload, sizeof(payload));
    return LT_OK;
}

/* The value of a digit as people write it; -1: none. */
static int digit_value(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

static bool is_between(char c)
{
    return c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n';
}

/* Digits without their prefix; it cannot be one of them: a payload begins with its version, a 0. */
static enum lt_result read_digits(const char *text, uint8_t ret_digits[DIGITS_MAX + 3],
                                  size_t *ret_count)
{
    size_t count = 0;
    for (; *text; text++) {
        if (is_between(*text))
            continue;
        const int value = digit_value(*text);
        if (value < 0)
            return LT_MALFORMED;
        if (count == DIGITS_MAX + 3)
            return LT_TOO_LARGE;
        ret_digits[count++] = (uint8_t)value;
    }
    if (count >= 3 && ret_digits[0] == 1) {
        if (ret_digits[1] != 26 || ret_digits[2] != 1) /* L T 1 */
            return LT_MALFORMED;
        memmove(ret_digits, ret_digits + 3, count - 3);
        count -= 3;
    }
    *ret_count = count;
    return LT_OK;
}

static enum lt_result payload_parse(const uint8_t *payload, size_t size,
                                    struct lt_join_code *ret_code)
{
    if (size <= FIXED_BYTES + CHECK_BYTES)
        return LT_MALFORMED;
    struct lt_hash check;
    const size_t checked = size - CHECK_BYTES;
    lt_hash_of(payload, checked, &check);
    if (memcmp(payload + checked, check.bytes, CHECK_BYTES) != 0)
        return LT_BAD_HASH;
    if (payload[0] != CODE_VERSION)
        return LT_VERSION;
    if (!endpoint_fits(payload + FIXED_BYTES, checked - FIXED_BYTES))
        return LT_MALFORMED;
    memset(ret_code, 0, sizeof(*ret_code));
    memcpy(ret_code->curve_key, payload + 1, 32);
    memcpy(ret_code->secret, payload + 33, 16);
    memcpy(ret_code->endpoint, payload + FIXED_BYTES, checked - FIXED_BYTES);
    return LT_OK;
}

enum lt_result lt_join_code_parse(const char *text, struct lt_join_code *ret_code)
{
    uint8_t values[DIGITS_MAX + 3], payload[PAYLOAD_BYTES_MAX];
    size_t count = 0, size = 0;
    unsigned held = 0, held_bits = 0;
    enum lt_result result = read_digits(text, values, &count);
    if (result == LT_OK && count > DIGITS_MAX)
        result = LT_TOO_LARGE;
    for (size_t i = 0; result == LT_OK && i < count; i++) {
        held = (held << 5 | values[i]) & 0xfff;
        held_bits += 5;
        if (held_bits >= 8) {
            held_bits -= 8;
            payload[size++] = (uint8_t)(held >> held_bits);
        }
    }
    /* What is left over fills up the last digit with zeros. */
    if (result == LT_OK && (held_bits >= 5 || (held & ((1u << held_bits) - 1)) != 0))
        result = LT_BAD_HASH;
    if (result == LT_OK)
        result = payload_parse(payload, size, ret_code);
    sodium_memzero(values, sizeof(values));
    sodium_memzero(payload, sizeof(payload));
    return result;
}

/* What a Join message proves; false when its parts have not their sizes. */
static bool signed_bytes(const Lienthong__Join *join, uint8_t ret_bytes[SIGNED_BYTES])
{
    uint8_t parts[16 + 1 + 32 + 32];
    const int role = (int)join->role;
    if (join->secret.len != 16 || join->curve_key.len != 32 || join->key.len != 32 || role < 0 ||
        role > UINT8_MAX)
        return false;
    memcpy(parts, join->secret.data, 16);
    parts[16] = (uint8_t)role;
    memcpy(parts + 17, join->curve_key.data, 32);
    memcpy(parts + 49, join->key.data, 32);
    struct lt_hash hash;
    lt_hash_of(parts, sizeof(parts), &hash);
    sodium_memzero(parts, sizeof(parts));
    memcpy(ret_bytes, context, sizeof(context));
    memcpy(ret_bytes + sizeof(context), hash.bytes, sizeof(hash.bytes));
    return true;
}

enum lt_result lt_join_sign(Lienthong__Join *join, const struct lt_secret *secret,
                            uint8_t ret_proof[64])
{
    uint8_t text[SIGNED_BYTES];
    if (!signed_bytes(join, text))
        return LT_MALFORMED;
    /* libsodium keeps the public key behind the seed. */
    if (memcmp(secret->bytes + 32, join->key.data, 32) != 0)
        return LT_BAD_SIGNATURE;
    crypto_sign_detached(ret_proof, NULL, text, sizeof(text), secret->bytes);
    join->proof = (ProtobufCBinaryData){.len = 64, .data = ret_proof};
    return LT_OK;
}

enum lt_result lt_join_verify(const Lienthong__Join *join)
{
    uint8_t text[SIGNED_BYTES];
    if (join->proof.len != 64 || !signed_bytes(join, text))
        return LT_MALFORMED;
    const int failed =
        crypto_sign_verify_detached(join->proof.data, text, sizeof(text), join->key.data);
    return failed ? LT_BAD_SIGNATURE : LT_OK;
}

void lt_fingerprint(const struct lt_key *key, const uint8_t curve_key[32],
                    char ret_text[LT_FINGERPRINT_MAX])
{
    static const char about[] = "lienthong fingerprint v1";
    uint8_t text[sizeof(about) + 64];
    struct lt_hash hash;
    memcpy(text, about, sizeof(about));
    memcpy(text + sizeof(about), key->bytes, 32);
    memcpy(text + sizeof(about) + 32, curve_key, 32);
    lt_hash_of(text, sizeof(text), &hash);
    uint64_t top = 0;
    for (size_t i = 0; i < 8; i++)
        top = top << 8 | hash.bytes[i];
    char *out = ret_text;
    for (unsigned i = 0; i < 10; i++) {
        if (i == 5)
            *out++ = '-';
        *out++ = digits[top >> (59 - 5 * i) & 31];
    }
    *out = '\0';
}

bool lt_fingerprint_is(const char *written, const char fingerprint[LT_FINGERPRINT_MAX])
{
    for (;; written++) {
        if (is_between(*written))
            continue;
        while (*fingerprint == '-')
            fingerprint++;
        if (*written == '\0' || *fingerprint == '\0')
            return *written == *fingerprint;
        if (digit_value(*written) != digit_value(*fingerprint))
            return false;
        fingerprint++;
    }
}
