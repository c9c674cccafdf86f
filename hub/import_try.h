/* import_try.h - what an import would do to the figures: told by --dry-run, and asked before anything by which
 * records stop to count. Private to import.c. */
#ifndef LT_IMPORT_TRY_H
#define LT_IMPORT_TRY_H

#include "hub/import.h"

/* *ret_go_on: it may be said now; else the exit code is returned and all has been told. */
int lt_import_try(const struct lt_import_act *act, Lienthong__Directive **items, size_t count,
                  bool *ret_go_on);

#endif
