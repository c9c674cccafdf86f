/* merge.h - the merge law: what counts of all that was told. Rules version 3.
 *
 * State is a pure function of (accepted updates, accepted directives, rules version). Two laws:
 *
 * Within an author. Of the changes of one record that are not quarantined the greatest (seq, hash,
 * index) counts; so a descendant beats its ancestors. What a unit says for one that it succeeds goes before
 * all that the predecessor said, and knows of it. Of several changes of a chain with one (import, row)
 * only the least stamp counts, and its record stands for the others. The record is contested when branches
 * that do not know each other end in different values, or the winner says `unseen`. Who a record speaks of is
 * no part of what is compared.
 *
 * Among tellers. Records that speak of one decision form a scope. For named lines: the authority's
 * own list counts; where it has none, for each place the list of the teller nearest that place (ties:
 * the lesser unit). Stated totals are chosen the same way among themselves (an authority that has named
 * its list has spoken for the totals too: those of others do not count then); then, deepest place first,
 * each counts only by what it exceeds the named lines and totals that count within its place, at its
 * own place; totals at two entries of one code are both counted. An authority that names nothing but
 * revocations has named no list: what it revokes at a place
 * (the greater of its names and its totals) beyond what counts there as revoked counts as revoked, and as much is taken from what counts there as
 * decided (names before totals, then in the order of the law). All else is kept, compared and shown, never
 * added. What lies within a place goes by its code, through time.
 *
 * Pure; any thread. */
#ifndef LT_MERGE_H
#define LT_MERGE_H

#include "proto/judge.h"

/* ---- Within an author ---- */

struct lt_version {
    struct lt_stamp stamp;
    uint64_t import; /* 0: none */
    uint32_t row;
    uint32_t chain; /* the same for versions of one chain: a row is of one chain alone */
    uint8_t
        generation; /* how often the record has come down to another unit before this was said */
    bool counts; /* false: quarantined */
    bool unseen;
    uint8_t op; /* Lienthong__Op */
    uint64_t value; /* first 8 bytes of BLAKE2b over what the change says (lt_change_value) */
};

/* Is the update `older` an ancestor of `newer` (not equal)? Asked only for updates of one chain. */
typedef bool lt_is_ancestor(void *context, const struct lt_hash *older,
                            const struct lt_hash *newer);

struct lt_winner {
    bool found; /* false: no version counts */
    uint32_t version; /* index in the array */
    bool contested;
};
/* Any order of `versions`; duplicates of a draft must all be in the array. */
struct lt_winner lt_record_winner(const struct lt_version *versions, size_t count,
                                  lt_is_ancestor *is_ancestor, void *context);

/* Compares what two changes say, whatever tables they use: a hash over op, the record with its table
 * references resolved, and the person (may be NULL). Hubs leave the person out: names may be erased, or sealed,
 * and what counts or is contested must not depend on that. Agents compare with it, for their clerks. */
uint64_t lt_change_value(const Lienthong__ReportBody *body, const struct lt_unit *author,
                         uint32_t index, const Lienthong__Person *person);

/* ---- Among tellers ---- */

/* The scope of a fact, 32 bytes that sort by authority and date so that what arrives together lies
 * together: kind 1, authority 6 (BLAKE2b of its text), date or period 5, BLAKE2b-20 of the rest. The
 * rest is: award with a decision number: number folded, date, code, recipient (enterprise as
 * collective); without: period (else date), movement, type, code, recipient. Movement: launcher, code or
 * folded name, start (else year). Score: managing unit, cluster, year, movement, member. Pledge: parent of
 * the lead, cluster, year. Proposal: submitter, number, date, code, recipient; without a number as an
 * award without. Exemplar: the author, period, recipient, field, movement. Declaration: the author, period,
 * kind. Numbers and names
 * are folded (proto/standing.h). */
/* (computed by lt_judge into lt_fact.scope) */

/* All lines of a scope with the same teller, place and dimensions, summed. */
struct lt_line {
    const struct lt_place *teller, *place;
    const struct lt_place *authority; /* the scope's; NULL: outside the tree */
    bool stated_total;
    bool revoked; /* of awards that a later decision has revoked */
    int64_t count; /* records */
    int64_t quantity; /* awards */
    uint32_t order; /* rank of the line's dimensions in a canonical order, the caller's */
    /* results */
    int64_t counted_count, counted_quantity;
    bool unconfirmed; /* counted, but the authority itself has told nothing of this scope */
    /* working space of lt_scope_law */
    uint32_t work_index;
    uint8_t work_class, work_distance;
    int64_t work_covered, work_matched;
};
/* Fills the results. Lines may stand in any order; the result for a line does not depend on it, and they
 * are not moved. A line whose quantity is not above 0 tells nothing. What a total exceeds is taken first
 * from its lines of the same `order`, then in ascending order. */
void lt_scope_law(struct lt_line *lines, size_t count);

/* Do tellers differ about a scope? After lt_scope_law, on the same lines. A teller's list for a place is the
 * greater of the sum of his names and the sum of his totals there. They differ when, of two tellers or more,
 * some list is not what counts at its place and below. *ret_most: the greatest difference; 0 else. */
bool lt_scope_differs(struct lt_line *lines, size_t count, int64_t *ret_most);

#endif
