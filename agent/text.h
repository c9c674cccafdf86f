/* text.h - what people read, in Vietnamese and English.
 *
 * lt_text("Đã nhận %u dòng", "Accepted %u rows") gives the one in the language of this process; both
 * take the same arguments in the same order. Vietnamese unless LC_ALL, LC_MESSAGES or LANG (the first
 * that is set) begins with "en", or `--lang en` was given. C and POSIX count as not set. */
#ifndef LT_TEXT_H
#define LT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/result.h"

enum { LT_NUMBER_TEXT_MAX = 32, LT_WHEN_TEXT_MAX = 32 };

const char *lt_text(const char *vietnamese, const char *english)
    __attribute__((format_arg(1), format_arg(2)));
/* "vi" or "en"; anything else leaves the choice to the environment. Call before threads start. */
void lt_text_language(const char *language);
/* The same for this thread alone, before that of the process; NULL: as the process has it. */
void lt_text_thread_language(const char *language);
bool lt_text_is_english(void);

/* What a result, or an errno, says to people; never NULL. The English is lt_result_text's, strerror's. */
const char *lt_text_result(enum lt_result result);
const char *lt_text_errno(int error);
/* 1.454 in Vietnamese, 1,454 in English. */
void lt_text_number(int64_t number, char ret_text[LT_NUMBER_TEXT_MAX]);
/* Local time: 22/11/2026 06:17:01 in Vietnamese, 2026-11-22 06:17:01 in English; 0 is "-". */
void lt_text_when(int64_t at, char ret_text[LT_WHEN_TEXT_MAX]);

#endif
