/* status_own.h - the parts of what a running hub tells; private to hub/status*.c. */
#ifndef LT_STATUS_OWN_H
#define LT_STATUS_OWN_H

#include "hub/status.h"

void lt_status_put_doors(json_t *status, struct lt_hub *hub);
void lt_status_put_lives(json_t *status, struct lt_hub *hub);

#endif
