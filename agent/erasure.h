/* erasure.h - persons that directives take out of stored updates. Agent and hub.
 *
 * A Redaction (standing.h) names a record. In each report chain of a unit at or below the unit of the hub
 * that says it, the rows of the personal parts go of: the change that put the record; changes that name it;
 * changes with the import and row of such a change, in the same chain (a draft that was signed twice), and
 * what names these. Nothing else of an update changes: bytes that were signed, identity, position.
 *
 * What was found to go is noted in the log's table `redacted`, so that what arrives later, from any peer,
 * loses its rows in the transaction that stores it:
 *   'd', record, chain key of the hub's directives  -> nothing: the directive was carried out
 *   'r', chain number, record                       -> nothing: changes of the chain that name it
 *   'p', chain number, import, row                  -> nothing: changes of the chain with this pair
 *
 * All within the caller's write transaction, whose sticky error tells of failures. Erasing one record reads
 * the chain of its unit, and those of the unit's successors, a few times; what arrives costs a look-up a
 * change, and only where something was ever redacted. One thread. */
#ifndef LT_ERASURE_H
#define LT_ERASURE_H

#include "agent/log.h"
#include "proto/rules.h"

/* Carries out the directives that stand and were not carried out, of records whose update is here. `own` (an
 * agent's only report chain; NULL at a hub): also of records whose update is not, in this chain. *ret_updates
 * counts the updates that lost rows. */
void lt_erasure_apply(struct lt_txn *txn, const struct lt_book *book, const struct lt_chain *own,
                      uint64_t *ret_updates);

/* Is there such a directive? In any transaction. */
bool lt_erasure_is_due(struct lt_txn *txn, const struct lt_book *book, const struct lt_chain *own);

/* A report update was appended in this transaction. *ret_updates as above: when it is not 0, what was read
 * from its bytes, or from others of its chain, may be out of date. */
void lt_erasure_arrived(struct lt_txn *txn, const struct lt_book *book,
                        const struct lt_update *update, const Lienthong__ReportBody *body,
                        const struct lt_chain *own, uint64_t *ret_updates);

/* Does change `index` speak of a record that is noted as erased in the update's chain? */
bool lt_erasure_of_change(struct lt_txn *txn, const struct lt_update *update,
                          const Lienthong__ReportBody *body, uint32_t index);
/* Is a record of this chain noted as erased? */
bool lt_erasure_is_noted(struct lt_txn *txn, const struct lt_chain *chain,
                         const struct lt_record_id *record);

/* What a redaction of `record` by `hub` would take out, from the update's chain and its successors': for a dry run,
 * in a transaction that only reads. LT_NOT_FOUND: its update is not here. */
enum lt_result lt_erasure_look(struct lt_txn *txn, const struct lt_book *book,
                               const struct lt_unit *hub, const struct lt_record_id *record,
                               uint64_t *ret_updates);

#endif
