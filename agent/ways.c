#include "agent/ways.h"

static void take(struct lt_ways *ways, enum lt_ways_on on, size_t second, lt_ms now)
{
    ways->on = on;
    ways->second = second;
    ways->endpoint = 0;
    ways->welcomed = false;
    ways->until = now + LT_WAYS_TRY_MS;
    ways->again_at = now + LT_WAYS_AGAIN_MS;
}

static const struct lt_way_up *tried(const struct lt_ways *ways)
{
    switch (ways->on) {
    case LT_ON_MOVE:
        return &ways->next;
    case LT_ON_SECOND:
        return &ways->seconds[ways->second];
    case LT_ON_PARENT:
        break;
    }
    return &ways->now;
}

static bool has_next(const struct lt_ways *ways)
{
    return ways->next.endpoint_count > 0;
}

static bool has_seconds(const struct lt_ways *ways)
{
    return ways->wanting && ways->second_count > 0;
}

bool lt_ways_follow(struct lt_ways *ways, const struct lt_way_up *way, lt_ms now)
{
    if (way == NULL ? !has_next(ways) : lt_way_up_same(way, &ways->next)) {
        return false;
    }
    if (way == NULL && ways->on != LT_ON_MOVE) {
        ways->next.endpoint_count = 0;
        return false; /* where we are already */
    }
    take(ways, way != NULL ? LT_ON_MOVE : LT_ON_PARENT, 0, now);
    if (way != NULL) {
        ways->next = *way;
    } else {
        ways->next.endpoint_count = 0;
    }
    return true;
}

bool lt_ways_set_seconds(struct lt_ways *ways, const struct lt_way_up *seconds, size_t count,
                         lt_ms now)
{
    struct lt_way_up served = *tried(ways);
    bool gone = ways->on == LT_ON_SECOND;
    ways->second_count = count < LT_WAYS_SECONDS_MAX ? count : LT_WAYS_SECONDS_MAX;
    for (size_t i = 0; i < ways->second_count; i++) {
        ways->seconds[i] = seconds[i];
        if (gone && lt_way_up_same(&served, &seconds[i])) {
            ways->second = i;
            gone = false;
        }
    }
    if (gone) {
        take(ways, LT_ON_PARENT, 0, now);
    }
    return gone;
}

void lt_ways_want(struct lt_ways *ways, bool wanting, lt_ms now)
{
    if (wanting && !ways->wanting && ways->on == LT_ON_PARENT) {
        ways->until = now + LT_WAYS_TRY_MS;
    }
    ways->wanting = wanting;
}

bool lt_ways_back(struct lt_ways *ways, lt_ms now)
{
    bool back = ways->on == LT_ON_SECOND;
    if (back) {
        take(ways, LT_ON_PARENT, 0, now);
    }
    return back;
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

void lt_ways_welcomed(struct lt_ways *ways, lt_ms now)
{
    if (!ways->welcomed && ways->on == LT_ON_PARENT) {
        ways->until = now + LT_WAYS_TRY_MS; /* it may be about to bring what we wait for */
    }
    ways->welcomed = true;
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
    ways->on = LT_ON_PARENT;
}

static lt_ms due_welcomed(const struct lt_ways *ways)
{
    switch (ways->on) {
    case LT_ON_MOVE:
        break;
    case LT_ON_SECOND:
        return ways->again_at;
    case LT_ON_PARENT:
        return has_seconds(ways) ? ways->until : has_next(ways) ? ways->again_at : UINT64_MAX;
    }
    return UINT64_MAX;
}

lt_ms lt_ways_due(const struct lt_ways *ways, bool open)
{
    if (ways->on == LT_ON_PARENT && !has_next(ways) && !has_seconds(ways)) {
        return UINT64_MAX;
    }
    if (ways->welcomed) {
        return due_welcomed(ways);
    }
    return open || ways->endpoint == 0 ? UINT64_MAX : ways->until;
}

/* The Move's parent, the parent, the second ones while they are wanted. */
bool lt_ways_change(struct lt_ways *ways, bool open, lt_ms now)
{
    if (now < lt_ways_due(ways, open)) {
        return false;
    }
    size_t second = ways->on == LT_ON_SECOND ? ways->second + 1 : 0;
    bool served = ways->on == LT_ON_SECOND && ways->welcomed;
    if (ways->on == LT_ON_MOVE) {
        take(ways, LT_ON_PARENT, 0, now);
    } else if (!served && has_seconds(ways) && second < ways->second_count) {
        take(ways, LT_ON_SECOND, second, now);
    } else {
        take(ways, has_next(ways) ? LT_ON_MOVE : LT_ON_PARENT, 0, now);
    }
    return true;
}
