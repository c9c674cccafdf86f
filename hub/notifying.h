/* notifying.h - a word of this hub to the people of a unit: what is meant, looked up and checked, ready to be said.
 *
 * The command `notice` says it, and so do the hub's pages. It stays for ever, as all directives do, and travels to every
 * machine below; the unit's PCs show it until somebody there has seen it. What is wrong is said in the language of the
 * thread. One thread. */
#ifndef LT_NOTIFYING_H
#define LT_NOTIFYING_H

#include "hub/direct.h"

struct lt_notifying { /* zero-initialise; holds what `items` points to */
    struct lt_unit unit;
    Lienthong__Directive *items[1];
    char reason[LT_DIRECT_REASON_MAX]; /* why not */

    Lienthong__Unit wire_unit;
    Lienthong__Notice notice;
    Lienthong__Directive directive;
    char text[LT_LONG_TEXT_BYTES_MAX + 1];
};

/* `unit` as "80" or "80@2025-07-01". */
enum lt_result lt_notifying_plan(struct lt_ledger *ledger, const char *unit, const char *text,
                                 struct lt_notifying *notifying);

#endif
