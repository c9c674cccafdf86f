/* prove.h - figures of a generated province as proofs: what the ledger answers, a stranger counts anew. */
#ifndef LT_RECOUNT_PROVE_H
#define LT_RECOUNT_PROVE_H

#include "hub/ledger.h"
#include "tests/recount/province.h"

/* Asks the ledger so many random questions, has the answers proven in a file in `dir`, and checks the file as
 * lienthong-check does. False: ret_difference names the first that is not proven. *ret_rows counts rows, *ret_left
 * chains that were left out. */
bool prove_some(struct lt_ledger *ledger, const struct province *province, const char *dir,
                uint64_t random, int questions, uint64_t *ret_rows, uint64_t *ret_left,
                char *ret_difference, size_t max);

#endif
