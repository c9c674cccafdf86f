/* reach.h - a TCP connection that is made only to hear how it is answered.
 *
 * Waits for seconds at most, and gives nothing away. Any thread. */
#ifndef LT_REACH_H
#define LT_REACH_H

#include <stddef.h>
#include <stdint.h>

#include "proto/result.h"

enum { LT_REACH_WHY_MAX = 160 };

/* Connects to one of the addresses of `host`, and takes up to `size` bytes of what the other side says first; *ret_got may be
 * 0. LT_NOT_FOUND: the name has no address, and `ret_why` says why; LT_NETWORK: no TCP connection, and *ret_errno says
 * why. */
enum lt_result lt_reach(const char *host, const char *port, uint8_t *ret_bytes, size_t size,
                        size_t *ret_got, int *ret_errno, char ret_why[LT_REACH_WHY_MAX]);

#endif
