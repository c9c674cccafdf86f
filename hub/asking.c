#include "hub/asking.h"

#include <stdio.h>

enum lt_print_format lt_asking_format(const struct lt_options *given, const char *csv)
{
    return given->json ? LT_PRINT_JSON : csv != NULL ? LT_PRINT_CSV : LT_PRINT_TABLE;
}

static int exit_of(enum lt_result result)
{
    return result == LT_NOT_FOUND || result == LT_AMBIGUOUS || result == LT_TOO_LARGE
               ? LT_EXIT_UNFINISHED
               : lt_exit_of(result);
}

int lt_asking_run(const char *command, const struct lt_options *given, lt_asking *ask)
{
    struct lt_ledger *ledger;
    char reason[LT_ASKING_REASON_MAX] = "", opening[200] = "";
    enum lt_result result = lt_ledger_open(given->dir, true, &ledger, opening);
    if (result != LT_OK) {
        (void)fprintf(stderr, "lienthong-hub %s: %s\n", command, opening);
        return LT_EXIT_FAILED;
    }
    result = ask(ledger, given, reason);
    lt_ledger_close(ledger);
    if (result == LT_OK)
        return LT_EXIT_OK;
    (void)fprintf(stderr, "lienthong-hub %s: %s\n", command,
                  reason[0] != '\0' ? reason : lt_result_text(result));
    return exit_of(result);
}
