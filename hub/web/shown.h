/* shown.h - figures as the public pages show them: rounded at random to base 5, and the same cell always alike.
 *
 * v becomes the next multiple of 5 with probability (v mod 5)/5, else the one below it: 0 stays 0, 1 to 4 become 0 or 5,
 * and nothing is biased. What decides is a keyed hash of the cell: of its place, of what it holds by the dimensions that
 * the public pages know (not of the words that were asked with), and of v. So a cell is shown the same whichever
 * conditions, rows, basis, period or tree led to it, and asking in many ways brings no mean to take. Each sum is rounded
 * by itself. The key is the store's (`web-rounding.key`, 0600): made once, backed up, told to nobody. Any thread. */
#ifndef LT_WEB_SHOWN_H
#define LT_WEB_SHOWN_H

#include <sodium.h>

#include "hub/figures.h"

enum { LT_SHOWN_BASE = 5 };

struct lt_shown_key {
    uint8_t bytes[crypto_shorthash_KEYBYTES];
};
/* Makes the file if there is none. With a sentence. */
enum lt_result lt_shown_key_open(const char *dir, struct lt_shown_key *ret_key,
                                 char ret_reason[200]);

/* `place` as spelt; `content` a hash of what the cell holds. */
int64_t lt_shown_round(const struct lt_shown_key *key, const char *place, uint64_t content,
                       int64_t value);

struct lt_shown {
    struct lt_figures figures; /* as asked for, without rows that come to nothing */
    struct lt_figures lines; /* the same without the last dimension of `by` */
    struct lt_figure whole; /* its numbers alone */
};
/* As lt_figures_ask, by dimensions of the public pages. The caller frees with lt_shown_clear. */
enum lt_result lt_shown_ask(struct lt_ledger *ledger, const struct lt_shown_key *key,
                            const struct lt_figures_query *query, struct lt_shown *ret_shown,
                            char ret_reason[400]);
void lt_shown_clear(struct lt_shown *shown);

#endif
