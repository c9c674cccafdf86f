/* status_ask.h - what `status` tells, asked from outside: of the running hub, else of its store alone. Start-up: one thread. */
#ifndef LT_STATUS_ASK_H
#define LT_STATUS_ASK_H

#include "hub/status.h"

/* Both: the caller's to json_decref. The first of what is open already, whether a hub runs or not; reads alone. ret_reason
 * (LT_DIRECT_REASON_MAX bytes) is the sentence, "" where the result's own will do. */
enum lt_result lt_status_of_store(struct lt_ledger *ledger, struct lt_roster *roster,
                                  const char *dir, json_t **ret_status);
enum lt_result lt_status_ask(const char *dir, json_t **ret_status, char *ret_reason);

#endif
