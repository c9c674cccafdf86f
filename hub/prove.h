/* prove.h - writes the proof of a figure (proto/proof.h), and checks it as a stranger would before it is given out.
 *
 * Works beside a running hub: figure and chains are of one moment, the updates are then read in slices. What the
 * check does not find proven is not given out. One thread. */
#ifndef LT_PROVE_H
#define LT_PROVE_H

#include <stdio.h>

#include "agent/keys.h"
#include "hub/figures.h"
#include "hub/publication.h"
#include "proto/proof.h"

enum { LT_PROVE_REASON_MAX = 600 };

struct lt_prove {
    struct lt_ledger *ledger;
    const struct lt_keys *keys;
    const struct lt_figures_query *query;
    const struct lt_publication *published; /* NULL: the figures of now */
    bool whole, names;
};

/* Writes to `file`, which is open to write. LT_BUSY, LT_REFUSED (the hub is judging again), LT_NOT_FOUND (what was
 * published is not in this hub's log), LT_TOO_LARGE, LT_IO, each with a sentence. */
enum lt_result lt_prove_write(const struct lt_prove *prove, FILE *file,
                              char ret_reason[LT_PROVE_REASON_MAX]);
/* Reads the file at `path` as lienthong-check does, with this site's root key and top. LT_REFUSED: it is not
 * proven; the sentence names the first fault. */
enum lt_result lt_prove_check(struct lt_ledger *ledger, const char *path,
                              struct lt_proof_sums *ret_sums, size_t *ret_rows,
                              char ret_reason[LT_PROVE_REASON_MAX]);

#endif
