/* golden_secrets.h - the secrets that open what is sealed in the golden set. They stay as they are for ever. */
#ifndef LT_GOLDEN_SECRETS_H
#define LT_GOLDEN_SECRETS_H

#include <sodium.h>
#include <string.h>

#include "agent/keys.h"
#include "agent/seal.h"

static inline struct lt_box_pair golden_pair(uint8_t secret)
{
    struct lt_box_pair pair;
    memset(pair.secret, secret, sizeof pair.secret);
    crypto_scalarmult_base(pair.public_key, pair.secret);
    return pair;
}

/* The box key of 807's hub, to which names are sealed. */
static inline struct lt_box_pair golden_hub_box(void)
{
    return golden_pair(3);
}

/* The CURVE key of the machine that seals. */
static inline struct lt_box_pair golden_machine(void)
{
    return golden_pair(5);
}

/* Whoever receives a golden bundle. */
static inline void golden_receiver(struct lt_keys *ret_keys)
{
    const struct lt_box_pair pair = golden_pair(7);
    memset(ret_keys, 0, sizeof *ret_keys);
    memcpy(ret_keys->curve_secret, pair.secret, 32);
    memcpy(ret_keys->curve_public, pair.public_key, 32);
}

#endif
