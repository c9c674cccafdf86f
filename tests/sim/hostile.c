#include "tests/sim/hostile.h"

#include <stdlib.h>
#include <string.h>

#include "proto/message.h"
#include "tests/sim/sockets.h"

enum { REPLAYED_MAX = 32 };

enum how { ALTERS, WITHHOLDS_SOME, WITHHOLDS_UPDATES, WITHHOLDS_RECEIPTS, REPLAYS, HOWS };

static struct {
    const struct machine *district; /* NULL: all are honest */
    enum how how;
    struct frame *kept[REPLAYED_MAX]; /* what passed it before */
    size_t kept_count;
} hostile;

static uint32_t below(uint32_t most)
{
    return sim_below(LOT_NETWORK, most);
}

/* Puts an older message in its place, and keeps this one. The session is of the one that is asked for: its peer would
 * not read it else. */
static void replay(struct frame **frame)
{
    struct frame *copy = frame_new((*frame)->size);
    memcpy(copy->bytes, (*frame)->bytes, copy->size);
    if (hostile.kept_count < REPLAYED_MAX) {
        hostile.kept[hostile.kept_count++] = copy;
        return;
    }
    const size_t at = below(REPLAYED_MAX);
    struct frame *old = hostile.kept[at];
    hostile.kept[at] = copy;
    if (below(2) == 0 || old->size < LT_HEADER_BYTES || (*frame)->size < LT_HEADER_BYTES) {
        free(old);
        return;
    }
    memcpy(old->bytes + 4, (*frame)->bytes + 4, LT_HEADER_BYTES - 4);
    free(*frame);
    *frame = old;
}

static bool tap(const struct machine *from, const struct machine *to, struct frame **frame)
{
    const uint8_t type = (*frame)->size > 0 ? (*frame)->bytes[0] : 0;
    if (from != hostile.district && to != hostile.district)
        return true;
    switch (hostile.how) {
    case ALTERS:
        for (uint32_t i = below(4); i > 0 && (*frame)->size > LT_HEADER_BYTES; i--)
            (*frame)->bytes[LT_HEADER_BYTES + below((uint32_t)(*frame)->size - LT_HEADER_BYTES)] ^=
                (uint8_t)(1 + below(255));
        return true;
    case WITHHOLDS_SOME:
        return below(2) == 0;
    case WITHHOLDS_UPDATES:
        return type != LT_MSG_UPDATE || below(3) == 0;
    case WITHHOLDS_RECEIPTS:
        return type != LT_MSG_RECEIPTS;
    case REPLAYS:
        replay(frame);
        return true;
    case HOWS:
        break;
    }
    return true;
}

void hostile_end(void)
{
    hostile.district = NULL;
    network_tapped = NULL;
    while (hostile.kept_count > 0)
        free(hostile.kept[--hostile.kept_count]);
}

static void end_later(void *context, uint64_t number)
{
    (void)context;
    (void)number;
    hostile_end();
}

bool hostile_begin(struct world *world, uint32_t district, uint32_t seconds, uint32_t how)
{
    if (world->hub_count < 2)
        return false;
    hostile_end();
    hostile.district = &world->hubs[1 + district % (world->hub_count - 1)].machine;
    hostile.how = (enum how)(how % HOWS);
    network_tapped = tap;
    sim_at(sim_now() + (sim_ms)seconds * 1000, end_later, NULL, 0);
    return true;
}
