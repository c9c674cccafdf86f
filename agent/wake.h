/* wake.h - how another process tells the running agent that there is work, without polling.
 *
 * A named pipe `dir`/wake, mode 0600: the agent holds its reading end, an import rings. A ring is a hint
 * and carries nothing; several rings before the agent looks are one. It needs no cleaning up after a
 * crash: the pipe stays, and rings that nobody hears are dropped. Any thread. */
#ifndef LT_WAKE_H
#define LT_WAKE_H

#include "proto/result.h"

/* Makes the pipe where it is missing and opens the listening end: a descriptor that polls readable
 * after a ring. LT_PERMISSION: something else has that name, or it is another user's. */
enum lt_result lt_wake_open(const char *dir, int *ret_fd, char ret_reason[200]);
/* Takes all rings; the descriptor no longer polls readable. */
void lt_wake_drain(int fd);
/* Wakes the listener. Nobody listening, or a ring already waiting, is no error. */
enum lt_result lt_wake_ring(const char *dir);
/* Closes the listening end; -1 is ignored. */
void lt_wake_close(int fd);

#endif
