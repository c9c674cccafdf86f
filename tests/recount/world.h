/* world.h - what the parts of the generator share: units with their machines, rows, randomness. */
#ifndef LT_RECOUNT_WORLD_H
#define LT_RECOUNT_WORLD_H

#include "tests/recount/map.h"
#include "tests/recount/province.h"

enum { AUTHOR = -1, OUTSIDE = -2, NOWHERE = -3, MEMBERS_MAX = 6, MACHINES = 2 };

/* What a clerk's row says, of any kind. Units are numbers in the world. */
struct row {
    int kind; /* Lienthong__RecordKind */
    int decider, place, lead, members[MEMBERS_MAX];
    unsigned member_count;
    const char *authority, *number, *code, *field, *movement, *name, *workplace, *cluster,
        *implements;
    lt_day date, day, from, to;
    int level, recipient, category, sex, type, status, submitted, outcome, scope;
    int period, year, span_from;
    bool posthumous, thematic, nil;
    uint64_t quantity;
    int64_t points;
    unsigned rank;
    /* how it is said */
    int op;
    bool corrects, same_update, unseen;
    struct lt_hash record;
    uint32_t record_index;
    uint64_t import;
    uint32_t import_row;
};

struct said {
    struct row row;
    struct lt_hash update;
    uint32_t index;
};

struct machine {
    struct lt_key key;
    struct lt_secret secret;
};

struct office {
    struct lt_unit unit;
    int parent; /* -1: the top */
    int successor, predecessor; /* -1: none */
    int other_part; /* of a unit that is split; -1: it is not */
    int level, nature;
    lt_day valid_to;
    struct machine machines[MACHINES], hub;
    /* its report chain */
    struct lt_hash *tips;
    uint64_t *tip_seqs;
    size_t tip_count;
    struct said *said;
    size_t said_count, said_capacity;
    struct row *waiting;
    size_t waiting_count, waiting_capacity;
    uint64_t imports;
    unsigned strangers; /* 2: a clone stays behind at the next signing, 1: and signs then */
    /* its directive chain */
    struct lt_hash directive_tip;
    uint64_t directive_seq;
};

/* A cluster of the book. */
struct plan {
    const char *code, *name;
    int year, managing, lead, members[MEMBERS_MAX]; /* lead -1: none */
    unsigned member_count;
};

enum { PLANS_MAX = 24 };

struct world {
    uint64_t random;
    const struct province_size *size;
    struct province *province;
    struct pool *pool;
    struct office *offices;
    size_t office_count, office_capacity;
    struct machine root;
    int top, hub; /* the nation, the province */
    struct plan plans[PLANS_MAX];
    unsigned plan_count;
    bool old_tree, new_tree; /* three levels until 2025-06-30, two since */
};

uint32_t rnd(struct world *world, uint32_t below);
bool one_in(struct world *world, uint32_t of);
lt_day day_at(int year, int month, int day);
void machine_make(const char *seed_text, uint64_t seed, struct machine *ret_machine);
bool office_within(const struct world *world, int office, int above);

/* world.c */
void keep_update(struct world *world, uint8_t *bytes, size_t size, const struct lt_hash *id);
/* directives.c */
void say_constitution(struct world *world);
void say_late_words(struct world *world);
/* sign.c: signs what waits at an office. */
void office_sign(struct world *world, int office, size_t most);
void office_wait(struct office *office, const struct row *row);
/* rows.c */
#define PICK(world, list) (list)[rnd(world, sizeof(list) / sizeof((list)[0]))]
void tell_everything(struct world *world);
/* A row is told: it waits, and is signed when enough wait. */
void row_tell(struct world *world, int teller, struct row *row);
void row_mistype(struct world *world, struct row *row);
const char *row_number(struct world *world, unsigned number);
const char *row_name(struct world *world);
/* Within the life of the tree, mostly. */
int pick_year(struct world *world);
/* Any that lived on a day, mostly. */
int pick_office(struct world *world, lt_day day);
int office_above(struct world *world, int office, unsigned steps);
/* mend.c */
void correct(struct world *world, int number);
void agree(struct world *world);
void sign_all(struct world *world, int number);
/* plans.c: clusters that hubs enter, and what is told in them. */
void plan_clusters(struct world *world);
void tell_in_cluster(struct world *world);
/* directives.c: the clusters, as hubs say them. */
void say_clusters(struct world *world);

#endif
