/* program.h - how both programs begin and end.
 *
 * Begin: the three standard descriptors are open, so that no file of ours takes the place of one and gets what is printed.
 * End: what was printed has come to where it was to go; a status that nobody got is not told as success. One thread. */
#ifndef LT_PROGRAM_H
#define LT_PROGRAM_H

#include <stdbool.h>

/* LT_EXIT_FAILED, and a word: it cannot be done. */
int lt_program_begin(void);
/* That part of it which differs by system: 0, 1 and 2 are nobody else's. */
bool lt_program_has_standard(void);
/* May colours be printed to stdout? A terminal that has them, and nobody has said no (NO_COLOR). */
bool lt_program_may_colour(void);
/* The exit code: `code`, or LT_EXIT_FAILED and a word when the output, or JSON in it, lacks a part. */
int lt_program_end(int code);

#endif
