/* pass.h - a pass over the drop folder, as a process of its own (docs/decisions/0032-drop-folder.md).
 *
 * `lienthong-agent drop` of this very program, in the language of this process. One thread. */
#ifndef LT_PASS_H
#define LT_PASS_H

#include <stdint.h>

#include "proto/result.h"

struct lt_pass {
    intptr_t process;
    int fd; /* polls readable when the pass has ended; -1: none is going on */
};

/* Begins a pass over the site `dir`. LT_BUSY: no descriptor is left; LT_IO: the program cannot be started. */
enum lt_result lt_pass_begin(const char *dir, struct lt_pass *ret_pass);
/* Waits for its end: its exit code, or the negative number of the signal that ended it. */
int lt_pass_end(struct lt_pass *pass);
/* Lets a pass that is going on, if there is one, end by itself. */
void lt_pass_leave(struct lt_pass *pass);

#endif
