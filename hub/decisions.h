/* decisions.h - the decisions that records speak of, one entry for each scope, and those that are nearly
 * equal: likely one decision that somebody typed differently, so that the law took it for two.
 *
 * Two entries of one authority, title and kind of recipient are near when
 *  - the dates are equal and the numbers begin with the same digits (15/QĐ-UBND, 15/QĐ-CTUBND);
 *  - the dates are equal and one has no number;
 *  - the numbers are equal (lt_fold_decision) and the dates are of one year, or one is not stated;
 *  - the dates are equal, the numbers are one slip apart (a digit more, less, other or exchanged), and the
 *    authority itself has told of one and not of the other.
 * Belongs to one thread; texts are copied, places borrowed from the book. */
#ifndef LT_DECISIONS_H
#define LT_DECISIONS_H

#include "proto/judge.h"
#include "proto/standing.h"

enum { LT_DECISION_TELLERS_MAX = 8 };

struct lt_decision {
    uint8_t scope[32];
    const struct lt_place *authority; /* NULL: outside of the tree */
    const char *authority_code;
    const char *number, *folded; /* as the first teller wrote it; "" when not stated */
    lt_day date;
    char code[LT_CODE_BYTES_MAX + 1];
    uint8_t recipient; /* enterprises as collectives */
    int16_t year, span_from;
    const struct lt_place *tellers[LT_DECISION_TELLERS_MAX]; /* the first ones */
    size_t teller_count; /* all of them, more than are kept too */
    uint64_t quantity; /* told in all, by whomever */
};

struct lt_decisions;
struct lt_decisions *lt_decisions_new(void); /* NULL: out of memory */
void lt_decisions_free(struct lt_decisions *decisions);
/* An award that counts within its author. `decision` may be NULL. False: out of memory. */
bool lt_decisions_add(struct lt_decisions *decisions, const struct lt_fact *fact,
                      const Lienthong__Decision *decision);
size_t lt_decisions_count(const struct lt_decisions *decisions);
/* By authority, date, number, title, recipient once lt_decisions_settle was called. */
void lt_decisions_settle(struct lt_decisions *decisions);
const struct lt_decision *lt_decisions_at(const struct lt_decisions *decisions, size_t i);

/* Each pair once, the earlier first. False stops. After lt_decisions_settle. */
enum lt_nearness { LT_NEAR_REST = 1, LT_NEAR_NO_NUMBER, LT_NEAR_DATE, LT_NEAR_SLIP };
typedef bool lt_near_seen(void *context, const struct lt_decision *a, const struct lt_decision *b,
                          enum lt_nearness nearness);
void lt_decisions_near(const struct lt_decisions *decisions, lt_near_seen *seen, void *context);

#endif
