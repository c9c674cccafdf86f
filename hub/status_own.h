/* status_own.h - the parts of what a running hub tells; private to hub/status*.c. */
#ifndef LT_STATUS_OWN_H
#define LT_STATUS_OWN_H

#include "agent/text.h"
#include "hub/status.h"

/* Sentences are told in English and, as `text_vi`, in Vietnamese. Speaks that language from now on; was it English? */
static inline bool lt_status_language(const char *language)
{
    const bool english = lt_text_is_english();
    lt_text_thread_language(language);
    return english;
}

void lt_status_put_doors(json_t *status, struct lt_hub *hub);
void lt_status_put_lives(json_t *status, struct lt_hub *hub);
/* `hub` NULL: none runs; then without `keys`, this hub's own. Control thread where one runs. */
void lt_status_put_keys(json_t *status, struct lt_ledger *ledger, struct lt_hub *hub);
/* Machines that were restored or are there twice; `hub` NULL: as the roster keeps them. */
void lt_status_put_copies(json_t *status, struct lt_ledger *ledger, struct lt_roster *roster,
                          struct lt_hub *hub);
/* Machines that came in place of another, or beside it. */
void lt_status_put_newcomers(json_t *status, struct lt_ledger *ledger, struct lt_roster *roster,
                             struct lt_hub *hub);
/* Are two of these tips signed by one key? No machine forks what it signs: they are of copies of one. */
bool lt_status_forked_by_one(struct lt_ledger *ledger, const struct lt_statement *statement);

#endif
