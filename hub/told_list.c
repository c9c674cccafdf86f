#include "hub/told_list.h"

enum lt_result lt_told_print(const struct lt_told_list *list, struct lt_ledger *ledger,
                             const struct lt_told_question *question, enum lt_print_format format)
{
    struct lt_print *print =
        lt_print_begin(stdout, format, list->schema, NULL, list->columns, list->column_count);
    if (print == NULL)
        return LT_NO_MEMORY;
    const enum lt_result result = list->tell(ledger, question, print);
    const enum lt_result printed = lt_print_end(print, NULL);
    return result != LT_OK ? result : printed;
}
