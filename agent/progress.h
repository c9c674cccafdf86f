/* progress.h - a bar on a terminal while long work goes on.
 *
 * Whoever does something that may take long says how far it is, as often as it likes. It is shown only where a command has
 * allowed it for its own thread, stderr is a terminal that can be written over (TERM is there, and not "dumb"), and the work
 * has lasted half a second; eight times a second at most, no wider than the terminal, in letters without colours; and taken away
 * when the work is done. To all others saying so costs a look at a flag. */
#ifndef LT_PROGRESS_H
#define LT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* May this thread's work be shown? Not before this is called. */
void lt_progress_allow(bool allowed);
/* `what` names the work, for people; another one, or less done than before, begins anew. `total` 0: nobody knows. When all
 * is done it is taken away. */
void lt_progress(const char *what, uint64_t done, uint64_t total);
/* Takes it away, before anything else is printed. */
void lt_progress_clear(void);

/* The line as it is drawn, at most `columns` wide: what, percent, a bar, and the seconds left when that can be told (0: not). */
enum { LT_PROGRESS_LINE_MAX = 512 };
void lt_progress_line(const char *what, uint64_t done, uint64_t total, uint64_t left_s,
                      unsigned columns, char ret_line[LT_PROGRESS_LINE_MAX]);

#endif
