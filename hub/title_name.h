/* title_name.h - what a title, or a movement, is called for people. Pure, but in the language of the process. */
#ifndef LT_TITLE_NAME_H
#define LT_TITLE_NAME_H

#include "proto/rules.h"

/* As the catalogue called it at the end of these years, else at their beginning, else ever; the Vietnamese
 * name where there is no English one; the code itself when the catalogue has it not. Lives as long as the
 * book, or the code. */
const char *lt_title_name(const struct lt_book *book, const char *code, int year_from, int year_to);
/* A movement as it was told: the name that a directive gives to its code, else what was told. */
const char *lt_movement_name(const struct lt_book *book, const char *told);

#endif
