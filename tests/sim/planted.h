/* planted.h - mistakes planted into the program by the linker, to show that the seeds find them. None unless asked. */
#ifndef LT_SIM_PLANTED_H
#define LT_SIM_PLANTED_H

#include "tests/sim/machine.h"

/*   X(name, what the program then does) */
#define PLANTED(X)                                                                                 \
    X(none, "what it should")                                                                      \
    X(unsynced, "a hub acknowledges before its commit is on the disk")                             \
    X(duplicates, "a hub counts a row that was signed twice twice")                                \
    X(signatures, "nobody verifies an update's signature")                                         \
    X(branches, "of a fork only one branch is told of")                                            \
    X(signing_early, "an agent signs before it has fetched what it was told of")                   \
    X(no_gate, "a hub lets sign before it has fetched what its parent named")                      \
    X(wrong_teller, "of several tellers the farthest counts")                                      \
    X(unnoticed, "a hub that is shown a receipt of its own beyond its ledger takes no notice")     \
    X(no_draft_id, "an import's rows carry another id when they are signed again")                 \
    X(eager_healing, "an agent heals each fork at once, with an update of nothing")                \
    X(author_is_key, "an agent takes nothing of its unit's other keys")                            \
    X(receipts_by_seq, "a receipt covers all that is not later than its latest update")

#define PLANTED_ENUM(name, what) PLANT_##name,
enum planted { PLANTED(PLANTED_ENUM) PLANT_COUNT };

bool planted_choose(const char *name); /* false: no such */
bool planted(enum planted which);
void planted_print(void); /* the list */

/* The import that a clerk made, which a planted mistake gave another id. */
uint64_t planted_import(uint64_t import);

/* machine.c: a commit is about to be made; and the machine was killed. */
void planted_commits(struct machine *machine);
void planted_killed(struct machine *machine);

#endif
