/* machine.h - a simulated computer: one folder, one program at a time, a disk, a clock.
 *
 * The program is the real one: a hub (lt_hub_start) or an agent's service. What it asks of the system comes here:
 * clocks and randomness (system.c), threads and descriptors (threads.c), the network library (sockets.c), a hub's
 * control socket (control.c), commits of the store (machine.c). The store is real LMDB in a folder in memory.
 *
 * A machine is killed, by the director or by a commit that was marked for it, as SIGKILL and loss of power do: its
 * fibers end where they stand, a transaction that was not committed is lost, its sockets are gone. */
#ifndef LT_SIM_MACHINE_H
#define LT_SIM_MACHINE_H

#include "proto/ids.h"
#include "tests/sim/fiber.h"

struct lt_env;
struct lt_txn;
struct lt_hub;
struct lt_service;

enum { MACHINE_ENVS_MAX = 4, MACHINE_TXNS_MAX = 64, MACHINE_DIR_MAX = 96 };

enum kill_when { KILL_NEVER, KILL_BEFORE_COMMIT, KILL_AFTER_COMMIT };

struct machine {
    unsigned number;
    char dir[MACHINE_DIR_MAX];
    char address[24]; /* as peers see it */
    bool running;
    uint64_t life; /* rises with each start */
    struct fiber *fibers;
    /* its clocks, against true time */
    int64_t wall_s; /* added to the wall clock */
    uint64_t booted_ms; /* of the monotonic clock when true time was 0 */
    /* its disk */
    bool full;
    uint64_t commits;
    enum kill_when kill;
    unsigned kill_in; /* commits to go; 0 with `kill`: this one */
    /* what its program holds, to be taken from it when it is killed */
    struct lt_env *envs[MACHINE_ENVS_MAX];
    size_t env_count;
    struct lt_txn *txns[MACHINE_TXNS_MAX];
    bool txn_writes[MACHINE_TXNS_MAX];
    size_t txn_count;
    /* the program */
    struct lt_hub *hub;
    struct lt_service *service;
    int wake_fd; /* of an agent's pipe; -1: it does not listen */
    struct control *control; /* of a running hub; NULL: none listens */
    bool stop; /* asked to end by itself */
    bool starts; /* its supervisor will start it again */
    int code; /* of a command that ran: its exit code */
    void *site; /* the director's own */
};

/* Starts a program: `begin` is its main thread. */
void machine_start(struct machine *machine, void *(*begin)(void *), void *argument);
/* Its main thread is through. */
void machine_ended(struct machine *machine);
/* Pulls the plug. By one of its own fibers: does not return. */
void machine_kill(struct machine *machine);
/* The machine will be killed at the n-th commit from now on (1: the next). */
void machine_kill_at(struct machine *machine, enum kill_when when, unsigned commits);

/* Folders. True, or the simulation ends with a word: nothing here may fail. */
void file_copy(const char *from, const char *to);
void folder_copy(const char *from, const char *to);
void folder_remove(const char *path);

/* Counted for the histogram: a commit that failed for want of space, and kills at commits. */
struct machine_tally {
    uint64_t commits, full, killed_before, killed_after;
};
const struct machine_tally *machine_tally(void);

/* ---- What the parts of a machine share ---- */

void sockets_killed(struct machine *machine); /* sockets.c */
void descriptors_killed(struct machine *machine); /* threads.c */
int descriptor_new(void); /* threads.c: one that polls readable after descriptor_ring */
void descriptor_ring(int fd);
bool descriptor_readable(int fd);
void control_killed(struct machine *machine); /* control.c */

#endif
