#include "hub/title_name.h"

#include <string.h>

#include "agent/text.h"
#include "proto/standing.h"

const char *lt_title_name(const struct lt_book *book, const char *code, int year_from, int year_to)
{
    lt_day first, last;
    const struct lt_title *title = NULL;
    if (lt_day_make(year_from, 1, 1, &first) == LT_OK &&
        lt_day_make(year_to, 12, 31, &last) == LT_OK) {
        title = lt_book_title(book, code, last);
        title = title != NULL ? title : lt_book_title(book, code, first);
    }
    title = title != NULL ? title : lt_book_title(book, code, 0);
    if (title == NULL)
        return code;
    return title->name_en[0] == '\0' ? title->name : lt_text(title->name, title->name_en);
}

const char *lt_movement_name(const struct lt_book *book, const char *told)
{
    for (size_t i = 0; i < lt_book_movement_count(book); i++) {
        const struct lt_movement *movement = lt_book_movement_at(book, i);
        if (movement->name[0] != '\0' && strcmp(movement->code, told) == 0)
            return movement->name;
    }
    return told;
}
