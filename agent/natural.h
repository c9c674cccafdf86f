/* natural.h - the natural key of a record: what makes two rows speak of the same thing.
 *
 * domain.md section 2: an award is (authority, decision number and date, code, recipient kind, folded
 * name, workplace, position); without a decision (authority, achievement period, movement and type)
 * stand in its place; a stated total has no name but a place. An enterprise is a collective here, so
 * that saying so later is a correction. Names are folded for comparing: decomposed (NFD), tone marks
 * moved to the end of their syllable (Hòa = Hoà, Thủy = Thuỷ), case folded, white space collapsed,
 * invisible characters dropped. Keys are stored: how they are made may change only with the journal's
 * format. Pure; any thread. */
#ifndef LT_NATURAL_H
#define LT_NATURAL_H

#include "proto/judge.h"

struct lt_natural {
    uint8_t exact[16]; /* equal: the same record */
    uint8_t
        alike[16]; /* equal but `exact` not: same decision, code and name without diacritics; when
                          workplace and position also differ they are two people, else ask */
};

/* Key of change `index` of a body (author: the chain's unit); `person` may be NULL. */
void lt_natural_key(const Lienthong__ReportBody *body, const struct lt_unit *author, uint32_t index,
                    const Lienthong__Person *person, struct lt_natural *ret_natural);
/* The decision of an award as a key: authority, folded number, date. False when no number is stated. */
bool lt_natural_decision(const Lienthong__ReportBody *body, const struct lt_unit *author,
                         const Lienthong__Award *award, uint8_t ret_key[16]);
enum { LT_FOLDED_MAX = 3 * LT_LONG_TEXT_BYTES_MAX + 8 };
/* Folds a text for comparing. False, and "": not UTF-8, or longer than LT_LONG_TEXT_BYTES_MAX. Takes no memory, so that
 * what a record is known by never depends on how much there is. */
bool lt_fold_name(const char *text, char ret_folded[LT_FOLDED_MAX]);
/* The same without diacritics (đ as d): for "alike". */
bool lt_fold_plain(const char *text, char ret_folded[LT_FOLDED_MAX]);

#endif
