/* signatures.c - each signature is verified once: the same bytes pass several machines of this one process, and what
 * was found the first time is found again. */
#include <sodium.h>
#include <string.h>

#include "tests/sim/wrapped.h"

enum { KNOWN_MAX = 1 << 16 };

static struct {
    uint8_t name[16];
    int result;
    bool set;
} known[KNOWN_MAX];

int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *bytes,
                                       unsigned long long size, const unsigned char *key)
{
    crypto_generichash_state state;
    uint8_t name[16];
    uint32_t at;
    crypto_generichash_init(&state, NULL, 0, sizeof(name));
    crypto_generichash_update(&state, signature, crypto_sign_BYTES);
    crypto_generichash_update(&state, key, crypto_sign_PUBLICKEYBYTES);
    crypto_generichash_update(&state, bytes, size);
    crypto_generichash_final(&state, name, sizeof(name));
    memcpy(&at, name, sizeof(at));
    at %= KNOWN_MAX;
    if (!known[at].set || memcmp(known[at].name, name, sizeof(name)) != 0) {
        known[at].result = __real_crypto_sign_verify_detached(signature, bytes, size, key);
        memcpy(known[at].name, name, sizeof(name));
        known[at].set = true;
    }
    return known[at].result;
}
