/* unread.h - updates of a newer body than this program reads: stored, relayed and receipted as they are, in no
 * figure. Any thread. */
#ifndef LT_UNREAD_H
#define LT_UNREAD_H

#include <stdio.h>

#include "hub/ledger.h"

struct lt_unread {
    uint64_t reports; /* updates */
    uint64_t directives; /* since this program opened the ledger, and before */
    uint32_t
        newest; /* greatest body version among directives and some of the reports; 0: there are none */
};
void lt_unread_count(struct lt_ledger *ledger, struct lt_unread *ret_unread);
/* A line for people that so many reports are in no figure; nothing when there are none. */
void lt_unread_tell(FILE *out, uint64_t reports);
/* The same of a ledger, on stderr: for commands whose output has no place for it. */
void lt_unread_warn(struct lt_ledger *ledger);

#endif
