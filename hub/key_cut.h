/* key_cut.h - which updates of a key stay when it is revoked. */
#ifndef LT_KEY_CUT_H
#define LT_KEY_CUT_H

#include "agent/log.h"
#include "hub/direct.h"

struct lt_key_cut_ask {
    enum {
        LT_KEEP_ALL, /* what this hub holds now */
        LT_KEEP_NONE,
        LT_KEEP_BEFORE, /* but for what the key says that it signed at `before` or later, and what builds on it */
        LT_KEEP_GIVEN, /* these updates and their ancestors */
    } keep;
    int64_t before;
    struct lt_tips given;
};

/* The tips to name, ascending. LT_NOT_FOUND: a given update is not of this chain here; LT_TOO_LARGE: more
 * branches than a cut can name. ret_reason is the sentence. */
enum lt_result lt_key_cut(struct lt_ledger *ledger, const struct lt_chain *chain,
                          const struct lt_key *key, const struct lt_key_cut_ask *ask,
                          struct lt_tips *ret_cut, char ret_reason[LT_DIRECT_REASON_MAX]);

/* What a key has signed, by whether a cut keeps it; of what is not kept, only what counts now. */
struct lt_key_cut_told {
    size_t kept_updates, kept_changes, lost_updates, lost_changes;
    int64_t lost_from, lost_to; /* as its signer says; 0: none, or it cannot be read here */
};
enum lt_result lt_key_cut_tell(struct lt_ledger *ledger, const struct lt_chain *chain,
                               const struct lt_key *key, const struct lt_tips *cut,
                               struct lt_key_cut_told *ret_told);

/* An update of a chain as an operator looks at it. */
struct lt_signed {
    struct lt_hash id;
    uint64_t seq;
    struct lt_key key;
    int64_t signed_at; /* as its signer says; 0: cannot be read here */
    size_t changes; /* or items of a directive */
    bool cut_off,
        endorsed; /* its key was revoked and it lies outside the cut; and counts all the same */
};
/* Oldest first. False from `seen` ends it. */
typedef bool lt_signed_seen(void *context, const struct lt_signed *update);
enum lt_result lt_signed_by(struct lt_ledger *ledger, const struct lt_chain *chain,
                            lt_signed_seen *seen, void *context);

#endif
