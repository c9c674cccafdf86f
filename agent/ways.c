#include "agent/ways.h"

static void take(struct lt_ways *ways, bool next, lt_ms now)
{
    ways->on_next = next;
    ways->endpoint = 0;
    ways->welcomed = false;
    ways->until = now + LT_WAYS_TRY_MS;
    ways->again_at = now + LT_WAYS_AGAIN_MS;
}

static const struct lt_way_up *tried(const struct lt_ways *ways)
{
    return ways->on_next ? &ways->next : &ways->now;
}

bool lt_ways_follow(struct lt_ways *ways, const struct lt_way_up *way, lt_ms now)
{
    bool was_on_next = ways->on_next;
    if (way == NULL ? ways->next.endpoint_count == 0 : lt_way_up_same(way, &ways->next)) {
        return false;
    }
    if (way == NULL && !was_on_next) {
        ways->next.endpoint_count = 0;
        return false; /* where we are already */
    }
    take(ways, way != NULL, now);
    if (way != NULL) {
        ways->next = *way;
    } else {
        ways->next.endpoint_count = 0;
    }
    return true;
}

void lt_ways_connect(struct lt_ways *ways, lt_ms now)
{
    if (ways->endpoint == 0 || !ways->welcomed) {
        ways->endpoint = ways->endpoint % tried(ways)->endpoint_count + 1;
    }
    if (ways->welcomed) {
        ways->until = now + LT_WAYS_TRY_MS;
    }
    ways->welcomed = false;
}

const char *lt_ways_endpoint(const struct lt_ways *ways)
{
    return ways->endpoint == 0 ? "" : tried(ways)->endpoints[ways->endpoint - 1];
}

const uint8_t *lt_ways_curve(const struct lt_ways *ways)
{
    return tried(ways)->curve;
}

void lt_ways_arrived(struct lt_ways *ways)
{
    ways->now = ways->next;
    ways->next.endpoint_count = 0;
    ways->on_next = false;
}

lt_ms lt_ways_due(const struct lt_ways *ways, bool open)
{
    if (ways->next.endpoint_count == 0) {
        return UINT64_MAX;
    }
    if (ways->welcomed) {
        return ways->on_next ? UINT64_MAX : ways->again_at;
    }
    return open || ways->endpoint == 0 ? UINT64_MAX : ways->until;
}

bool lt_ways_change(struct lt_ways *ways, bool open, lt_ms now)
{
    if (now < lt_ways_due(ways, open)) {
        return false;
    }
    take(ways, !ways->on_next, now);
    return true;
}
