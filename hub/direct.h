/* direct.h - what this hub directs: directives sealed with its key on the tips of its own chain.
 *
 * A hub directs only within its own unit; tree and catalogue are the top's, but for units within one's
 * own. Each directive is checked against the book before it is sealed, and once more by the ledger.
 * One author at a time: in the running hub its control thread, else a command that holds the hub's
 * lock. */
#ifndef LT_DIRECT_H
#define LT_DIRECT_H

#include "agent/keys.h"
#include "hub/ledger.h"

enum {
    LT_DIRECT_ITEMS_MAX = 2000,
    LT_DIRECT_BYTES_MAX = LT_UPDATE_BYTES_MAX - LT_FRAME_BYTES_MAX - 1024,
    LT_DIRECT_REASON_MAX = 300,
};

/* May this hub say that, and does it fit the book? LT_REFUSED with a sentence and, unless ret_item is
 * NULL, the index of the item that it is about. Takes the book's read lock. */
enum lt_result lt_direct_check(struct lt_ledger *ledger, const Lienthong__DirectiveBody *body,
                               size_t *ret_item, char ret_reason[LT_DIRECT_REASON_MAX]);
/* *ret_bytes is a malloc'ed update. LT_NOT_READY: the key is being changed for another (lt_direct_failed says so). */
enum lt_result lt_direct_seal(struct lt_ledger *ledger, const struct lt_keys *keys,
                              Lienthong__DirectiveBody *body, int64_t wall_time,
                              uint8_t **ret_bytes, size_t *ret_size);
/* Why sealing or storing failed, for the operator. */
const char *lt_direct_failed(enum lt_result result);
/* Seals and commits where no hub runs. */
enum lt_result lt_direct_commit(struct lt_ledger *ledger, const struct lt_keys *keys,
                                Lienthong__DirectiveBody *body, int64_t wall_time);

/* Opens `bytes`, verifies and reads them, and commits that one update. */
enum lt_result lt_direct_commit_bytes(struct lt_ledger *ledger, struct lt_bytes bytes);

/* From a command: has the hub of `dir` say all of `items`, through the running one or directly; in as
 * many updates as needed, each whole or not at all. Successions of one unit that stand one after the other
 * come in one update, so that a split is checked whole. *ret_said counts the items that are durable,
 * also when it fails. */
enum lt_result lt_direct_say(const char *dir, Lienthong__Directive **items, size_t count,
                             size_t *ret_said, char ret_reason[LT_DIRECT_REASON_MAX]);

/* The running hub says these few, in one update; durable when this returns, judged by soon after. LT_NOT_FOUND with
 * ret_reason empty: none runs. Nothing is written here, so no lock and no key is needed. */
enum lt_result lt_direct_ask(const char *dir, Lienthong__Directive **items, size_t count,
                             char ret_reason[LT_DIRECT_REASON_MAX]);

/* A Grant of a key to a unit; spans are borrowed. */
void lt_direct_grant(Lienthong__Grant *grant, Lienthong__Unit *wire_unit, struct lt_unit *unit,
                     Lienthong__Role role, struct lt_key *key, uint8_t curve_key[32]);

#endif
