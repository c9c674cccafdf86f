/* newcomers.h - machines that came to a unit which had one: in place of it (replaced), or beside it.
 *
 * A PC that was replaced has another key, so by signatures alone it is the unit's second machine. Told apart is what
 * the operator has to do: a replaced one's former key is to be revoked, and of both he asks whether they are the
 * unit's. A newcomer is
 *
 *   - a key that waits for the top's approval, as long as it waits; every hub that knows of it can tell;
 *   - at the hub that gave the code, one that took it within LT_COPY_SHOWN_S, until a former machine is heard again
 *     or all former keys are revoked: they replaced the lost PC and may have forgotten to revoke its key.
 *
 * A key that the machine itself has changed for another is no newcomer: it came when the first of its line did, and was
 * heard when it was changed, which the directive that granted it says to the store too. It replaces the former ones when none was heard since it
 * came: not connected, no HELLO, no sign of life, nothing signed. That is read from other clocks and comes late to hubs
 * further up, so it is what it seems to be; nothing is decided by it. */
#ifndef LT_NEWCOMERS_H
#define LT_NEWCOMERS_H

#include "hub/gate.h"
#include "hub/roster.h"

enum { LT_NEWCOMERS_MAX = 256, LT_NEWCOMER_TEXT_MAX = 1200 };

struct lt_newcomer {
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    struct lt_unit hub; /* who granted it */
    bool waits; /* for the top */
    int64_t came_at; /* 0: not known */
    bool replaces;
    struct lt_key
        former; /* the one that was heard last, of those that are not revoked if there are any */
    bool former_revoked;
    int64_t former_heard_at; /* 0: never, as far as is known here */
};

/* At most LT_NEWCOMERS_MAX, malloc'ed. `gate` and `lives` are NULL where no hub runs. Any thread. */
size_t lt_newcomers_find(struct lt_ledger *ledger, struct lt_roster *roster, struct lt_gate *gate,
                         struct lt_lives *lives, int64_t now, struct lt_newcomer **ret_newcomers);
/* What happened and what to do, in English. */
void lt_newcomer_text(const struct lt_newcomer *newcomer, char ret_text[LT_NEWCOMER_TEXT_MAX]);

#endif
