/* waits.h - what a clerk is told of what the top has not confirmed: for `status`. One thread. */
#ifndef LT_WAITS_H
#define LT_WAITS_H

#include <jansson.h>

#include "agent/contact.h"
#include "agent/journal.h"

struct lt_waits {
    uint64_t updates; /* signed, and not confirmed by the top */
    uint32_t after_s; /* the top's word is overdue after so long */
    int64_t overdue; /* since, wall clock; 0: it is not */
    size_t second_count; /* hubs further up that this PC may speak to */
};

void lt_waits_look(struct lt_journal *journal, const struct lt_site *site,
                   const struct lt_journal_counts *counts, struct lt_waits *ret_waits);
json_t *lt_waits_json(const struct lt_waits *waits, const struct lt_contact *contact);
/* Only what has to be done something about. */
void lt_waits_print(const struct lt_waits *waits, const struct lt_site *site,
                    const struct lt_contact *contact);

#endif
