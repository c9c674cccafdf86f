/* core.h - the running hub: ledger, pipeline, gate, relay, and the thread that admits and directs.
 *
 * Threads: the gate, its authentication handler, verify workers, one writer, the relay (where there is a
 * parent) and the control thread, which answers commands and JOINs and is the only author of this
 * hub's directives. Log lines go to stderr. */
#ifndef LT_CORE_H
#define LT_CORE_H

#include "hub/config.h"
#include "hub/ledger.h"

struct lt_hub;

/* Takes the state folder's lock, opens everything, proves that strangers are kept out, and serves. On
 * failure nothing is left running, and ret_reason names what and why. */
enum lt_result lt_hub_start(const char *dir, const struct lt_hub_config *config,
                            struct lt_hub **ret_hub, char ret_reason[300]);
/* Stops taking, finishes what was taken, sends its receipts, frees. */
void lt_hub_stop(struct lt_hub *hub);

const char *lt_hub_endpoint(const struct lt_hub *hub);
struct lt_ledger *lt_hub_ledger(struct lt_hub *hub);
/* As `status --json` prints it; malloc'ed, NULL when out of memory. */
char *lt_hub_status(struct lt_hub *hub);

/* What it says of this hub's own keys. */
char *lt_hub_key_status(struct lt_hub *hub);

/* A line on stdout, for whoever started the hub: "ready ENDPOINT UNIT" when it serves, and "settled" when
 * it holds all that its parent named (the top: at once), in either order. */
void lt_hub_announce(const char *line);
/* A line for the log, with the time. */
void lt_hub_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
