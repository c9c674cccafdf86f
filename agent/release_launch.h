/* release_launch.h - the installed program as the launcher of `run`: which release is to run, and becoming it.
 *
 * The installed program is the last resort: whatever is wrong with a release, its file or the switch, it says so in the
 * log and runs itself. What it becomes is the same process, with the same arguments; the environment tells it that it is
 * a release, and is told to nobody else. Start-up and the end of `run`; one thread. */
#ifndef LT_RELEASE_LAUNCH_H
#define LT_RELEASE_LAUNCH_H

#include "agent/options.h"
#include "agent/release_switch.h"

struct lt_launch {
    const char *dir;
    uint32_t trial_s; /* for how long a release may run before it is kept */
    char **argv; /* whole, NULL at its end */
    uint64_t number; /* that runs; of the installed program what it was built as */
    bool trying; /* it is on trial */
    char installed[LT_DIR_MAX]; /* "": not known */
};

/* `arguments` are those of `run`, from its own name on. NULL: out of memory. To be freed. */
char **lt_launch_arguments(int argc, char **arguments);
/* Returns when this program is the one to run. */
void lt_launch(struct lt_launch *launch);
/* Begins anew with the installed program, in place; returns only when that fails. */
void lt_launch_anew(const struct lt_launch *launch);

/* The program of a release, hashed as it is read. LT_NOT_FOUND; LT_BAD_HASH; LT_IO. */
enum lt_result lt_launch_open(const char *dir, const struct lt_switch_program *program,
                              int *ret_fd);

#endif
