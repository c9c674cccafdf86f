/* publication.h - figures as they were published, and why they are restated.
 *
 * A publication keeps its question in the words of the command, its rows as canonical JSON, the cut of the
 * chains that they were counted from and the digest of the book that they were judged by. It never changes;
 * a restatement is another of the same name with the next number and its cause. One thread. */
#ifndef LT_PUBLICATION_H
#define LT_PUBLICATION_H

#include <jansson.h>

#include "hub/figures_words.h"
#include "proto/standing.h"

enum { LT_PUBLICATION_CAUSE_MAX = LT_LONG_TEXT_BYTES_MAX + 1 };

/* All of one name of a hub, by number: `first` is where they begin in the book. 0: none. */
size_t lt_publications_named(const struct lt_book *book, const struct lt_unit *hub,
                             const char *name, size_t *ret_first);

/* Its question, read again; `room` (LT_FIGURES_WORDS_MAX) holds the words. LT_MALFORMED with a sentence. */
enum lt_result lt_publication_question(const struct lt_book *book,
                                       const struct lt_publication *publication, char *room,
                                       struct lt_figures_words *ret_words,
                                       struct lt_figures_query *ret_query, char ret_reason[400]);

/* The figures as they are now: {"basis":…,"by":[…],"cells":[…],"period":…,"place":{…},"tree":…}. The caller
 * owns them. LT_REFUSED with a sentence while the hub judges again. */
enum lt_result lt_publication_now(struct lt_ledger *ledger, const struct lt_figures_query *query,
                                  json_t **ret_figures, struct lt_hash *ret_directives,
                                  char ret_reason[400]);
/* The same, as kept. NULL: it is no such JSON. */
json_t *lt_publication_figures(const struct lt_publication *publication);
/* The rows are the same. */
bool lt_publication_equal(const json_t *one, const json_t *other);

/* What has changed since: the directives, and the units whose changes of the question's years lie outside the
 * cut. "": nothing. */
enum lt_result lt_publication_cause(struct lt_ledger *ledger, const struct lt_publication *since,
                                    const struct lt_figures_query *query,
                                    const struct lt_hash *directives,
                                    char ret_cause[LT_PUBLICATION_CAUSE_MAX]);

#endif
