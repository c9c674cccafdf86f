/* question.h - a question for figures as an address says it: ?place=80&year=2020&by=code,level&where=recipient=…
 *
 * The same words as the command `figures` takes, read by the same functions. `period` may stand in place of `year`.
 * Under the web's lock; the query borrows from the address. */
#ifndef LT_WEB_QUESTION_H
#define LT_WEB_QUESTION_H

#include "hub/completeness.h"
#include "hub/figures_words.h"
#include "hub/web/web.h"

enum { LT_QUESTION_BY_MAX = 256, LT_QUESTION_YEAR_MAX = 16 };

struct lt_question {
    struct lt_figures_words words;
    struct lt_figures_query query;
    bool across; /* the last of `by` stands across */
    char by[LT_QUESTION_BY_MAX], home[LT_UNIT_TEXT_MAX], year[LT_QUESTION_YEAR_MAX];
};

/* What is not said is their own place, this year, and by code. LT_USAGE, LT_NOT_FOUND, LT_AMBIGUOUS, LT_REFUSED with a
 * sentence. */
enum lt_result lt_question_read(struct lt_asked *asked, struct lt_question *ret_question,
                                char ret_reason[400]);
/* The same of a place that the address names among others. */
enum lt_result lt_question_read_of(struct lt_asked *asked, const char *place,
                                   struct lt_question *ret_question, char ret_reason[400]);
/* The same question in an address, "place=…&year=…&basis=…", for records. Without `by`. */
void lt_question_address(const struct lt_question *question, struct lt_out *out);
/* "2024" or "2024-Q1": the period as it was asked for. */
const char *lt_question_period(const struct lt_question *question);
/* Who has told of the period; of several, and where nobody owes any, nothing is expected. Any thread. */
void lt_question_completeness(struct lt_ledger *ledger, const struct lt_question *question,
                              struct lt_completeness *ret_sum);
/* Has all that owes it declared? Only then is nothing a zero. */
bool lt_question_is_whole(const struct lt_completeness *sum);
/* Parts of a form: by which date and in which tree it is counted; and the conditions, with room for one more. */
void lt_question_manner(const struct lt_question *question, struct lt_out *out);
void lt_question_conditions(const struct lt_figures_words *words, struct lt_out *out);
/* The form that asks it anew. */
void lt_question_form(struct lt_asked *asked, const struct lt_question *question,
                      struct lt_out *out);
/* The ways to the lists of the same place and time; `here`: the one that is shown, or NULL. */
void lt_web_lists(struct lt_out *out, const struct lt_question *question, const char *here);

#endif
