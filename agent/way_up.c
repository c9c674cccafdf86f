#include "agent/way_up.h"

#include <string.h>

#include "agent/join.h"

static_assert((int)LT_WAY_ENDPOINTS_MAX == (int)LT_JOIN_ENDPOINTS_MAX, "as many as a hub can name");

static bool is_there(const struct lt_way_up *way, const char *endpoint)
{
    for (size_t i = 0; i < way->endpoint_count; i++) {
        if (strcmp(way->endpoints[i], endpoint) == 0) {
            return true;
        }
    }
    return false;
}

bool lt_way_up_next(const struct lt_move *move, const struct lt_way_up *now,
                    struct lt_way_up *ret_next)
{
    struct lt_join_request read = {.endpoint_count = 0};
    bool new = false;
    if (move == NULL) {
        return false;
    }
    for (size_t i = 0; i < move->endpoint_count; i++) {
        /* One that is unusable here, or one too many, harms nobody. */
        if (lt_join_request_endpoint(&read, move->endpoints[i], false) != LT_OK) {
            continue;
        }
    }
    for (size_t i = 0; i < read.endpoint_count; i++) {
        new = new || !is_there(now, read.endpoints[i]);
    }
    if (read.endpoint_count == 0 ||
        (!new &&memcmp(move->curve_key, now->curve, sizeof(now->curve)) == 0)) {
        return false;
    }
    struct lt_way_up next = {.parent = move->parent, .endpoint_count = read.endpoint_count};
    memcpy(next.curve, move->curve_key, sizeof(next.curve));
    memcpy(next.endpoints, read.endpoints, sizeof(next.endpoints));
    *ret_next = next;
    return true;
}

bool lt_way_up_same(const struct lt_way_up *a, const struct lt_way_up *b)
{
    bool same = lt_unit_cmp(&a->parent, &b->parent) == 0 &&
                a->endpoint_count == b->endpoint_count &&
                memcmp(a->curve, b->curve, sizeof(a->curve)) == 0;
    for (size_t i = 0; same && i < a->endpoint_count; i++) {
        same = strcmp(a->endpoints[i], b->endpoints[i]) == 0;
    }
    return same;
}
