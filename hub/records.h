/* records.h - records with more than one change: versions, corrections, rows signed twice.
 *
 * Changes form a record when they name the one that first put it. Records become one when two of their
 * changes hold one row of an import: that row was drafted once, and signed twice. Of such a record the
 * law of proto/merge.h says which change counts; what it counts is added to its scope, and what counted
 * before is taken away. */
#ifndef LT_RECORDS_H
#define LT_RECORDS_H

#include "hub/merge.h"

/* The record that a change speaks of: itself when it puts a new one; what it names when that was
 * first put by the same update before it, by an ancestor, or by a unit that its author succeeds
 * (lt_book_generation). False: there is none, or it has not come. */
bool lt_record_of(struct lt_merge *merge, const struct lt_at *change, struct lt_at *ret_record);
/* For whom a change speaks: the author of the record that it names, which he succeeds, or himself. NULL:
 * the book does not know the unit, or the update cannot be read. */
const struct lt_place *lt_record_speaker(struct lt_merge *merge, const struct lt_at *change);
/* Notes a quarantined change whose record's update has not come, so that it is entered when that comes. */
void lt_record_await(struct lt_merge *merge, const struct lt_at *change);
/* Which kind of record a change puts; 0: none, or one to come. */
enum lt_kind lt_kind_of(const Lienthong__Change *change);

/* Enters a change that is not alone with its record. `verdict` is the judge's. `twin`, when not NULL,
 * is the record of an earlier change with the same row of the same import. Returns the verdict that
 * holds, after the record too has been looked at. */
enum lt_verdict lt_record_enter(struct lt_merge *merge, const struct lt_at *change,
                                enum lt_verdict verdict, const struct lt_at *twin);

/* The current version of a record, for showing: its change, or false when nothing counts. `record` is
 * any change that put it; *ret_root is the one that stands for it. */
bool lt_record_current(struct lt_merge *merge, const struct lt_at *record, struct lt_at *ret_root,
                       struct lt_at *ret_current, bool *ret_contested);

#endif
