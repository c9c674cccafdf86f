/* audit.h - recomputes all that is merged from the stored updates, and compares bytes.
 *
 * The store's file is looked through first (LT_CORRUPT: damaged). Every update is read back (hashes, signature,
 * ancestry), judged again and folded into a scratch store with the same dictionary; then cells, scopes, versions,
 * quarantine, runs of rows and tallies must be the same rows. Works beside a running hub: it follows in short read transactions until it has caught
 * up, and compares within one. */
#ifndef LT_AUDIT_H
#define LT_AUDIT_H

#include "hub/ledger.h"

struct lt_audit {
    bool equal;
    uint64_t updates, cells, scopes, versions, quarantined;
    char difference[600]; /* the first one, in words; "" when equal */
};

/* Tells how far it is, from time to time. May be NULL. */
typedef void lt_audit_progress(void *context, uint64_t done, uint64_t updates);

/* `scratch` is a folder of its own, made here and removed afterwards. The ledger may be open read-only.
 * LT_BUSY: the ledger is being judged again just now; later. */
enum lt_result lt_audit_run(struct lt_ledger *ledger, const char *scratch,
                            lt_audit_progress *progress, void *context, struct lt_audit *ret_audit,
                            char ret_reason[200]);

#endif
