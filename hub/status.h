/* status.h - what `status` tells, as JSON: of the running hub, or of its store alone. */
#ifndef LT_STATUS_H
#define LT_STATUS_H

#include <jansson.h>

#include "hub/ledger.h"
#include "hub/roster.h"

struct lt_hub;

/* `hub` NULL: none runs; then what the store tells. NULL: out of memory. Control thread. */
json_t *lt_status_make(struct lt_ledger *ledger, struct lt_roster *roster, struct lt_hub *hub);
/* `keys` of a hub that does not run; NULL: they cannot be read. */
json_t *lt_status_own_key(const struct lt_key *key);

#endif
