/* golden_replay.h - the updates of the golden story in a ledger of its top. */
#ifndef LT_GOLDEN_REPLAY_H
#define LT_GOLDEN_REPLAY_H

#include "tests/unit/golden_country.h"
#include "tests/unit/golden_file.h"

/* All updates in order, or as they come from behind, each again until it is taken. */
static struct lt_ledger *golden_replay(const struct world *world, const char *dir,
                                       const struct golden_pieces *pieces, bool backwards)
{
    struct lt_ledger *ledger = world_ledger(world, dir, 0);
    bool done[GOLDEN_PIECES_MAX] = {false};
    size_t left = 0;
    for (size_t i = 0; i < pieces->count; i++)
        left += pieces->items[i].type == 'u';
    for (size_t round = 0; left > 0; round++) {
        assert_true(round <= pieces->count);
        for (size_t n = 0; n < pieces->count; n++) {
            const size_t i = backwards ? pieces->count - 1 - n : n;
            const struct lt_bytes content = pieces->items[i].content;
            struct signed_update update = {.size = content.size};
            if (done[i] || pieces->items[i].type != 'u')
                continue;
            update.bytes = malloc(content.size);
            assert_non_null(update.bytes);
            memcpy(update.bytes, content.data, content.size);
            const enum lt_result read = signed_read(&update);
            assert_true(read == LT_OK || read == LT_VERSION);
            done[i] = world_commit(ledger, &update) == LT_OK;
            assert_true(done[i] || backwards);
            left -= done[i];
            signed_free(&update);
        }
    }
    return ledger;
}

#endif
