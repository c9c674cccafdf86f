/* Section 7 and 8: clusters of the book. */
#include <string.h>

#include "tests/recount/inside.h"

void rc_say_cluster(struct recount *recount, const struct lt_unit *hub,
                    const Lienthong__ClusterEntry *said)
{
    struct rc_cluster *cluster = pool_take(recount->pool, sizeof *cluster);
    if (said->managing == NULL ||
        lt_unit_make(said->managing->code, said->managing->valid_from, &cluster->managing) != LT_OK)
        return;
    if (said->year < 1945 || said->year > 2200 || (said->code[0] == '\0' && said->name[0] == '\0'))
        return;
    cluster->hub = *hub;
    cluster->said = said;
    cluster->code = rc_fold_cluster(recount, said->code);
    cluster->name = rc_fold_cluster(recount, said->name);
    rc_push(&recount->clusters, cluster);
}

static const char *key_of(const struct rc_cluster *cluster)
{
    return cluster->code[0] != '\0' ? cluster->code : cluster->name;
}

static bool stands(const struct recount *recount, const struct rc_cluster *cluster)
{
    return rc_place(recount, &cluster->managing) != NULL &&
           rc_unit_within(recount, &cluster->managing, &cluster->hub);
}

/* Of one key the first word that stands. */
static bool is_word(const struct recount *recount, size_t number)
{
    const struct rc_cluster *cluster = recount->clusters.items[number];
    for (size_t i = 0; i < number; i++) {
        const struct rc_cluster *other = recount->clusters.items[i];
        if (other->said->year == cluster->said->year &&
            strcmp(key_of(other), key_of(cluster)) == 0 &&
            lt_unit_cmp(&other->managing, &cluster->managing) == 0 && stands(recount, other))
            return false;
    }
    return stands(recount, cluster);
}

const struct rc_cluster *rc_cluster(struct recount *recount, const char *told, int year,
                                    const struct rc_place *near)
{
    const char *folded = rc_fold_cluster(recount, told);
    const struct rc_cluster *nearest = NULL;
    int least = LT_DEPTH_MAX;
    for (size_t i = 0; folded[0] != '\0' && i < recount->clusters.count; i++) {
        const struct rc_cluster *cluster = recount->clusters.items[i];
        const bool named = strcmp(cluster->code, folded) == 0 || strcmp(cluster->name, folded) == 0;
        if (!named || (int)cluster->said->year != year || !is_word(recount, i))
            continue;
        const int steps = rc_distance(near, rc_place(recount, &cluster->managing));
        if (steps > least || steps == LT_DEPTH_MAX)
            continue;
        nearest = steps < least ? cluster : NULL; /* of two as near neither */
        least = steps;
    }
    return nearest;
}

static bool is_unit(const struct rc_place *place, const Lienthong__Unit *said)
{
    struct lt_unit unit;
    return said != NULL && lt_unit_make(said->code, said->valid_from, &unit) == LT_OK &&
           lt_unit_cmp(&unit, &place->unit) == 0;
}

bool rc_leads(const struct rc_cluster *cluster, const struct rc_place *place)
{
    return cluster != NULL && is_unit(place, cluster->said->lead);
}

bool rc_is_member(const struct rc_cluster *cluster, const struct rc_place *place)
{
    for (size_t i = 0; cluster != NULL && i < cluster->said->n_members; i++)
        if (is_unit(place, cluster->said->members[i]))
            return true;
    return false;
}

struct rc_place *rc_lead(const struct recount *recount, const struct rc_cluster *cluster)
{
    struct lt_unit unit;
    const Lienthong__Unit *said = cluster->said->lead;
    return said != NULL && lt_unit_make(said->code, said->valid_from, &unit) == LT_OK
               ? rc_place(recount, &unit)
               : NULL;
}

const char *rc_cluster_key(struct recount *recount, const struct rc_cluster *cluster,
                           const char *told)
{
    if (cluster != NULL && cluster->code[0] != '\0')
        return pool_text(recount->pool, "1 %s", cluster->code);
    return pool_text(recount->pool, "0 %s",
                     cluster != NULL ? cluster->name : rc_fold_cluster(recount, told));
}
