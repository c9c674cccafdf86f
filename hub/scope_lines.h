/* scope_lines.h - the lines of a scope between the store and the law of proto/merge.h.
 *
 * A line's key names teller, place and dimensions by numbers of the dictionary; here they become places,
 * are brought into an order that is the same at every hub, and are judged. Belongs to one thread. */
#ifndef LT_SCOPE_LINES_H
#define LT_SCOPE_LINES_H

#include "hub/words.h"
#include "proto/judge.h"

/* The dimensions of a fact; texts get numbers where the transaction writes. */
void lt_scope_dims(struct lt_words *words, struct lt_store_txn *txn, const struct lt_fact *fact,
                   struct lt_dims *ret_dims);
/* The key of the line that a fact belongs to. */
void lt_scope_line_key(struct lt_words *words, struct lt_store_txn *txn, const struct lt_fact *fact,
                       struct lt_line_key *ret_key);

/* A row as the law takes it; false with the transaction's error for a unit that the book does not know. */
bool lt_scope_line(struct lt_words *words, struct lt_store_txn *txn, const struct lt_line_row *row,
                   struct lt_line *ret_line);
/* Applies the law to all rows of a scope, in the order of their keys. `order` is room for as many numbers.
 * Errors are the transaction's. */
void lt_scope_judge(struct lt_words *words, struct lt_store_txn *txn,
                    const struct lt_line_rows *rows, struct lt_line *lines, uint32_t *order);

/* Where and as what a scope stands in which tellers differ: the lowest place above all its lines; the
 * least (year, span, year of decision, month, level) among them. Of no row: false. */
bool lt_scope_summary(const struct lt_line_rows *rows, const struct lt_line *lines,
                      const struct lt_place **ret_place, struct lt_dims *ret_dims);

#endif
