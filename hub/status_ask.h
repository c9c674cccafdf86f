/* status_ask.h - what `status` tells, asked from outside: of the running hub, else of its store alone. Start-up: one thread. */
#ifndef LT_STATUS_ASK_H
#define LT_STATUS_ASK_H

#include "hub/status.h"

/* The caller's to json_decref. ret_reason (LT_DIRECT_REASON_MAX bytes) is the sentence, "" where the result's own will do. */
enum lt_result lt_status_ask(const char *dir, json_t **ret_status, char *ret_reason);

#endif
