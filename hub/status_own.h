/* status_own.h - the parts of what a running hub tells; private to hub/status*.c. */
#ifndef LT_STATUS_OWN_H
#define LT_STATUS_OWN_H

#include "hub/status.h"

void lt_status_put_doors(json_t *status, struct lt_hub *hub);
void lt_status_put_lives(json_t *status, struct lt_hub *hub);
/* `hub` NULL: none runs; then without `keys`, this hub's own. Control thread where one runs. */
void lt_status_put_keys(json_t *status, struct lt_ledger *ledger, struct lt_hub *hub);

#endif
