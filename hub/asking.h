/* asking.h - what the commands that ask a ledger share: it is opened to read, asked, and errors are told. */
#ifndef LT_ASKING_H
#define LT_ASKING_H

#include "agent/options.h"
#include "hub/ledger.h"
#include "hub/print.h"

enum { LT_ASKING_REASON_MAX = 400 };

/* `ret_reason` "" : the result's own sentence will do. */
typedef enum lt_result lt_asking(struct lt_ledger *ledger, const struct lt_options *given,
                                 char ret_reason[LT_ASKING_REASON_MAX]);
/* Returns the exit code. What was asked being wrong (no such place, several of them, too much) is
 * LT_EXIT_UNFINISHED, a store that cannot be opened LT_EXIT_FAILED. */
int lt_asking_run(const char *command, const struct lt_options *given, lt_asking *ask);

enum lt_print_format lt_asking_format(const struct lt_options *given, const char *csv);

#endif
