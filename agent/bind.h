/* bind.h - secrets that a system opens on this machine alone: a copy of the file is of no use elsewhere.
 *
 * Windows' DPAPI, by the machine's own key, so that the service opens what a person's command has written; who may read the
 * file is another matter. Other systems bind nothing. Any thread. */
#ifndef LT_BIND_H
#define LT_BIND_H

#include <stddef.h>
#include <stdint.h>

#include "proto/result.h"

enum { LT_BIND_SECRET_BYTES = 32, LT_BOUND_MAX = 512 };

/* LT_NOT_FOUND: this system binds nothing. LT_IO: it could not be done. */
enum lt_result lt_bind(const uint8_t secret[LT_BIND_SECRET_BYTES], uint8_t ret_bound[LT_BOUND_MAX],
                       size_t *ret_size);
/* LT_REFUSED: another machine, or another installation of its system, has bound it. */
enum lt_result lt_unbind(const uint8_t *bound, size_t size,
                         uint8_t ret_secret[LT_BIND_SECRET_BYTES]);

#endif
