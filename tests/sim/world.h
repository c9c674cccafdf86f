/* world.h - a simulated tree: a top hub, districts, communes with their PCs, and what its clerks have done.
 *
 * The tree is made once in a run, by the real commands (init, units and catalog import, join), into a folder that each
 * seed begins from (tree.c). Clerks' acts go through the agent's journal as an import does (office.c). Beside the
 * programs stands what only the director knows: who did what when, and what was shown to whom (promises.c). */
#ifndef LT_SIM_WORLD_H
#define LT_SIM_WORLD_H

#include "hub/ledger.h"
#include "tests/sim/machine.h"

enum {
    HUBS_MAX = 8, /* 0: the top */
    UNITS_MAX = 64,
    PCS_MAX = 160, /* with those that were replaced, and clones */
    SLOTS_MAX = 40, /* records that a unit's clerks speak of, by natural key */
    IMAGES_MAX = 24,
    MACHINES_MAX = HUBS_MAX + PCS_MAX,
};

struct size {
    const char *name;
    unsigned districts, communes; /* communes in all */
    unsigned second_pcs; /* communes that have two */
    unsigned slots;
    unsigned days, episodes, acts; /* what a plan holds */
    unsigned faults;
    bool images; /* only faults that put older disks into machines */
    bool
        relapses; /* only PCs that fall back, alone or with their district, which is then cut off */
};
const struct size *size_named(const char *name); /* NULL: none */

struct hub {
    struct machine machine;
    char code[8], endpoint[40];
    int parent; /* -1: the top */
    bool restored; /* from an older copy, at any time */
};

struct unit {
    char code[8];
    int hub; /* its parent */
    bool moved; /* its parent is not the district that it lies in */
    bool ended; /* another one speaks for its records */
};

enum act_kind { ACT_PUT, ACT_RETRACT };
enum act_fate {
    ACT_WAITS, /* the clerk has not got to it */
    ACT_REFUSED, /* nothing was stored, and he was told so */
    ACT_UNKNOWN, /* the plug was pulled meanwhile */
    ACT_STORED, /* durable on the PC */
};

struct act {
    unsigned pc, unit, slot, value;
    enum act_kind kind;
    enum act_fate fate;
    uint64_t import; /* its id */
    sim_ms at;
    uint64_t machine_life; /* of the PC, as `lives` counts them */
};

struct pc {
    struct machine machine;
    int unit;
    bool gone; /* replaced, or lost: it never runs again */
    bool on; /* somebody is to use it */
    uint64_t lives; /* rises when its disk becomes another one's */
    unsigned *queue; /* acts that wait for its clerk */
    size_t queued, queue_capacity;
    bool rotate; /* asked to change its keys */
    bool joins; /* runs `join`, with: */
    char code[LT_JOIN_CODE_MAX];
    char key[65]; /* of the signing key, where known */
};

struct image { /* of a machine's folder, at some time */
    char dir[MACHINE_DIR_MAX];
    int machine; /* a hub: its number; a PC: HUBS_MAX + its number */
};

struct world {
    const struct size *size;
    char root[64]; /* its folder */
    struct hub hubs[HUBS_MAX];
    unsigned hub_count;
    struct unit units[UNITS_MAX];
    unsigned unit_count;
    struct pc pcs[PCS_MAX];
    unsigned pc_count;
    struct image images[IMAGES_MAX];
    unsigned image_count;
    struct act *acts;
    size_t act_count, act_capacity;
    uint64_t updates_signed;
};

/* ---- tree.c ---- */

/* Makes the tree of a size in `folder` and stops its programs; ends the process with a word when it cannot. */
void tree_make(struct world *world, const struct size *size, const char *folder);
/* The same tree, not running, from a copy of the folder. */
void tree_copy(struct world *world, const struct size *size, const char *from, const char *folder);

void hub_start(struct world *world, unsigned hub);
void hub_stop(struct world *world, unsigned hub); /* in good order; waits */
bool hub_ready(const struct hub *hub);
/* A place among the PCs for a machine of a unit; its folder is not made. */
struct pc *pc_add(struct world *world, unsigned unit);
/* Invites a machine of a unit; false: its hub does not run. */
bool tree_invite(struct world *world, unsigned unit, char ret_code[LT_JOIN_CODE_MAX]);
/* The top's operator approves of all keys that wait for it. */
void tree_approve(struct world *world);
/* Runs a command on a machine whose program does not run; false: it failed. At most ten words. */
bool machine_command(struct machine *machine, int (*run)(int, char **), int argc,
                     const char *const *argv);
void machine_name(struct world *world, struct machine *machine, unsigned number, const char *name);

/* ---- office.c ---- */

void pc_start(struct world *world, unsigned pc);
/* A clerk's act on a PC; done when its program gets to it. Returns its number. */
unsigned pc_act(struct world *world, unsigned pc, enum act_kind kind, unsigned slot,
                unsigned value);
/* Has anything to do: acts, drafts, updates that are not at the top. Of a running one. */
bool pc_done(struct pc *pc);

extern struct world *the_world;

#endif
