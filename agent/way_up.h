/* way_up.h - where a parent is to be found, and what a Move (proto/standing.h) makes of it.
 *
 * A site keeps the parent that has last WELCOMEd it. The one that a standing Move names is tried first
 * and becomes the site's with its first WELCOME, not before; so a mistyped endpoint cuts nobody off. The
 * Move itself is durable in the store, so nothing else needs to be kept: after a restart, or from an old
 * image, it is found there again. Pure. */
#ifndef LT_WAY_UP_H
#define LT_WAY_UP_H

#include "proto/message.h"
#include "proto/standing.h"

enum { LT_WAY_ENDPOINTS_MAX = 8 };

struct lt_way_up {
    struct lt_unit parent;
    uint8_t curve[32];
    size_t endpoint_count;
    char endpoints[LT_WAY_ENDPOINTS_MAX][LT_ENDPOINT_MAX];
};

/* What to try before `now`. False, *ret_next untouched: nothing, since there is no Move (NULL), it names
 * no endpoint that can be one, or it leads where we are: the same key, and no endpoint that is new. */
bool lt_way_up_next(const struct lt_move *move, const struct lt_way_up *now,
                    struct lt_way_up *ret_next);
bool lt_way_up_same(const struct lt_way_up *a, const struct lt_way_up *b);

#endif
