/* control.h - a hub's control socket, without a socket: what the director commands, the hub's control thread takes. */
#ifndef LT_SIM_CONTROL_H
#define LT_SIM_CONTROL_H

#include "hub/control.h"
#include "tests/sim/machine.h"

/* Has a running hub say a directive (a packed DirectiveBody, copied); it is answered when it is durable. False: no hub
 * listens. */
bool control_direct(struct machine *machine, struct lt_bytes body);
/* The last answer of this machine's hub, and how many there were since it started. */
enum lt_result control_answered(const struct machine *machine, uint64_t *ret_count,
                                const char **ret_text);

#endif
