/* values.h - what the cells of a clerk's file say: dates, numbers, periods, words; and the reverse.
 *
 * Vietnamese figures: decimal comma (957,93), thousands dot (1.454), leading zero (02), dd/mm/yyyy.
 * What could be read in two ways is refused with both, never guessed. Texts are UTF-8 without zero
 * bytes and are trimmed here. Pure; any thread. Reasons are in the language of the process. */
#ifndef LT_VALUES_H
#define LT_VALUES_H

#include "proto/judge.h"

enum { LT_REASON_MAX = 400 };

/* NULL when read, else the reason why not (static text). Outputs are untouched then. */

/* dd/mm/yyyy, d/m/yyyy, also with '-' or '.', and yyyy-mm-dd. */
const char *lt_value_day(const char *text, lt_day *ret_day);
/* A number of things: "1454", "1.454", "1 454", "02". */
const char *lt_value_count(const char *text, uint64_t *ret_count);
/* Points in hundredths: "957,93", "1.454,5", "97"; "957.93" too, since no thousand has two digits. */
const char *lt_value_points(const char *text, int64_t *ret_hundredths);
/* A plain year. */
const char *lt_value_year(const char *text, uint32_t *ret_year);
/* "2020"; "2015-2020", "giai đoạn 2015-2020" (a span); "năm học 2024-2025", "NH 2024-2025", "school
 * year 2024-2025"; dd/mm/yyyy (an event). Two consecutive years without a word are refused: they may be
 * a span or a school year. */
const char *lt_value_period(const char *text, Lienthong__Period *ret_period);
/* A declaration's: what lt_value_period reads, and parts of a year: "11/2024", "tháng 11 năm 2024", "quý
 * IV/2024", "6 tháng đầu năm 2024", "2024-11", "2024-Q4", "2024-H1". */
const char *lt_value_declared_period(const char *text, Lienthong__Period *ret_period);
/* có, x, yes, 1 … / không, no, 0, empty. */
const char *lt_value_yes(const char *text, bool *ret_yes);

/* Closed lists. */
enum lt_words {
    LT_WORDS_KIND, /* enum lt_kind */
    LT_WORDS_LEVEL,
    LT_WORDS_TYPE,
    LT_WORDS_RECIPIENT,
    LT_WORDS_CATEGORY,
    LT_WORDS_SEX,
    LT_WORDS_STATUS,
    LT_WORDS_OUTCOME, /* values from 1: Lienthong__Outcome + 1 */
    LT_WORDS_SCOPE,
    LT_WORDS_METHOD, /* 1: regular, 2: thematic */
    LT_WORDS_ACTION, /* enum lt_row_action + 1 */
};
/* The value of a word, any case, with or without diacritics; 0: none of the list. */
uint8_t lt_value_word(enum lt_words list, const char *text);
/* The word that is written for a value, in the language of the process; "" for 0. */
const char *lt_value_word_text(enum lt_words list, uint8_t value);
/* The words of a list, "tập thể, doanh nghiệp, hộ gia đình, cá nhân". */
void lt_value_word_list(enum lt_words list, char *ret_text, size_t max);

/* The reverse, as lt_value_… reads it; periods as lt_value_declared_period does. */
enum { LT_VALUE_TEXT_MAX = 64 };
void lt_value_format_day(lt_day day, char ret_text[LT_VALUE_TEXT_MAX]); /* dd/mm/yyyy; 0: "" */
void lt_value_format_points(int64_t hundredths, char ret_text[LT_VALUE_TEXT_MAX]);
void lt_value_format_period(const Lienthong__Period *period, char ret_text[LT_VALUE_TEXT_MAX]);

#endif
