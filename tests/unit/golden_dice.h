/* golden_dice.h - between begin and end libsodium draws the same bytes each time: what is sealed then is sealed to
 * the same bytes whenever the golden set is made. */
#ifndef LT_GOLDEN_DICE_H
#define LT_GOLDEN_DICE_H

#include <sodium.h>
#include <string.h>

static uint64_t golden_drawn;

static inline const char *golden_dice_name(void)
{
    return "golden";
}

static inline void golden_draw(void *const bytes, const size_t size)
{
    static const uint8_t key[crypto_stream_KEYBYTES] = {42};
    uint8_t nonce[crypto_stream_NONCEBYTES] = {0};
    golden_drawn++;
    memcpy(nonce, &golden_drawn, sizeof golden_drawn);
    crypto_stream(bytes, size, nonce, key);
}

static inline uint32_t golden_draw_one(void)
{
    uint32_t one;
    golden_draw(&one, sizeof one);
    return one;
}

/* Of different `what` different bytes are drawn. */
static inline void golden_dice_begin(uint32_t what)
{
    static struct randombytes_implementation fixed = {
        .implementation_name = golden_dice_name, .random = golden_draw_one, .buf = golden_draw};
    golden_drawn = (uint64_t)what << 32;
    randombytes_set_implementation(&fixed);
}

static inline void golden_dice_end(void)
{
    randombytes_set_implementation(&randombytes_sysrandom_implementation);
}

#endif
