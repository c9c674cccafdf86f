/* release_exec.h - what differs by system in running another program of ours: becoming it, and trying it as a process.
 *
 * On Windows a release cannot be run yet: lt_release_can is false there, and nothing else of it is called. One thread. */
#ifndef LT_RELEASE_EXEC_H
#define LT_RELEASE_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/options.h"
#include "proto/sync.h"

bool lt_release_can(void);

/* Does the disk of this folder let no program be run? */
bool lt_release_forbidden(const char *dir);

/* The file of this program, or of what was installed in its place. False: not known. */
bool lt_release_self(char ret_path[LT_DIR_MAX]);
/* Becomes the program that `fd` is open on; same process, and an environment that tells it which release it is and what
 * program is installed. Returns only when it cannot: errno, and nothing is changed. */
int lt_release_become(int fd, char *const argv[], uint64_t number, const char *installed);
/* What it was told, and its own children are not. False: nothing. `ret_installed` may be "". */
bool lt_release_told(uint64_t *ret_number, char ret_installed[LT_DIR_MAX]);
/* Becomes the program of that name. */
int lt_release_become_installed(const char *path, char *const argv[]);

/* A program that is tried: `PROGRAM run --probe`, in a process group of its own, without descriptors of ours, for a
 * limited time; what it says is read and bounded. */
struct lt_probe {
    intptr_t process;
    int fd; /* polls readable when it said something or has ended; -1: none is going on */
    lt_ms until; /* it is ended then */
    char said[200];
    size_t said_size;
};
enum lt_probed {
    LT_PROBE_GOES_ON,
    LT_PROBE_GOOD,
    LT_PROBE_BAD,
    LT_PROBE_FORBIDDEN, /* this system lets no program be run from there: its folder, not the program, is at fault */
};
/* LT_IO: no process or pipe is to be had. `fd` is the program's, and stays the caller's. */
enum lt_result lt_probe_begin(int fd, const char *dir, uint32_t limit_s,
                              struct lt_probe *ret_probe);
/* To be asked when `fd` is readable, and at `until`. */
enum lt_probed lt_probe_look(struct lt_probe *probe);
/* Ends one that goes on. */
void lt_probe_stop(struct lt_probe *probe);

#endif
