/* traffic.h - realistic signed updates for benchmarks: named awards of many units, all dimensions. */
#ifndef LT_TRAFFIC_H
#define LT_TRAFFIC_H

#include "agent/keys.h"
#include "proto/update.h"

struct traffic_unit {
    struct lt_unit unit;
    struct lt_keys keys;
    struct lt_instance instance;
    uint64_t seq;
    struct lt_hash tip;
    uint8_t **updates; /* exact bytes, in order */
    size_t *sizes;
    size_t update_count;
};

/* Units C00000, C00001 …, each with keys of its own and `updates` signed updates of `per_update` named
 * awards in two decisions. Exits when out of memory. */
struct traffic_unit *traffic_make(size_t units, size_t updates, size_t per_update);
/* Signs one more of a unit, with decisions of number `round`, into its first place. */
void traffic_sign(struct traffic_unit *unit, size_t round, size_t per_update);
void traffic_free(struct traffic_unit *units, size_t count);
/* The unit file of such a tree: 1 province P, districts D00 …, communes; 100 communes a district. */
void traffic_write_units(const char *path, size_t units);

#endif
