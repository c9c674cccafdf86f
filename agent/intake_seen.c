/* intake_seen - what the rows before have spoken of. */
#include <string.h>

#include "agent/intake_match.h"

bool lt_seen_make(struct lt_seen *seen, struct lt_arena *arena, size_t count)
{
    size_t slots = 16;
    while (slots < count * 2) {
        slots *= 2;
    }
    seen->mask = slots - 1;
    seen->slots = lt_arena_take(arena, slots * sizeof(*seen->slots));
    if (seen->slots == NULL) {
        return false;
    }
    memset(seen->slots, 0, slots * sizeof(*seen->slots));
    return true;
}

static struct lt_seen_slot *slot_of(const struct lt_seen *seen, const uint8_t key[16])
{
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) { /* FNV: references are no hashes */
        at = (at ^ key[i]) * 1099511628211u;
    }
    at ^= at >> 29;
    while (seen->slots[at & seen->mask].row != 0 &&
           memcmp(seen->slots[at & seen->mask].key, key, 16) != 0) {
        at++;
    }
    return &seen->slots[at & seen->mask];
}

uint32_t lt_seen_find(const struct lt_seen *seen, const uint8_t key[16])
{
    return slot_of(seen, key)->row;
}

void lt_seen_add(struct lt_seen *seen, const uint8_t key[16], uint32_t row)
{
    struct lt_seen_slot *slot = slot_of(seen, key);
    if (slot->row == 0) {
        memcpy(slot->key, key, 16);
        slot->row = row;
    }
}
