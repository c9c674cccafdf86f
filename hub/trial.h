/* trial.h - what directives would do, before they are said: everything is judged again with a book that has
 * heard them, in a scratch store, and compared with the state as it is.
 *
 * Works beside a running hub, in short read transactions, as the audit does. One thread. */
#ifndef LT_TRIAL_H
#define LT_TRIAL_H

#include "hub/cell.h"
#include "hub/ledger.h"

/* One place, year and kind of which the figures move. */
struct lt_moved {
    struct lt_unit place;
    uint16_t year, span_from;
    uint8_t kind, basis; /* enum lt_basis */
    int64_t count_before, count_after, quantity_before, quantity_after;
};

struct lt_trial {
    bool
        altered; /* something that was judged by would read differently; else nothing stops to count */
    struct lt_moved *moved; /* by depth of the place, place, year; the caller frees */
    size_t moved_count;
    uint64_t quarantined; /* changes that count now and would not */
    uint64_t verdicts[LT_V_CLOSED + 1]; /* of these, by the reason */
    uint64_t released; /* changes that would count and do not now */
    char code[13]; /* names this plan on this state; hexadecimal */
};

/* `scratch` is a folder of its own, made here and removed afterwards. LT_BUSY: directives came
 * meanwhile. */
enum lt_result lt_trial_run(struct lt_ledger *ledger, Lienthong__Directive **items, size_t count,
                            const char *scratch, struct lt_trial *ret_trial, char ret_reason[200]);
/* Names this plan on the directives that it would change, as `code` above, without trying it. */
enum lt_result lt_trial_code(struct lt_ledger *ledger, Lienthong__Directive **items, size_t count,
                             char ret_code[13]);
void lt_trial_clear(struct lt_trial *trial);

#endif
