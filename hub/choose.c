#include "hub/choose.h"

#include <stdio.h>
#include <string.h>

static enum lt_result fail(char *ret_reason, enum lt_result result, const char *what,
                           const char *why)
{
    snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%.100s: %.180s", what, why);
    return result;
}

static enum lt_result choose_open(const struct lt_book *book, const char *code,
                                  const struct lt_place **ret_place, char *ret_reason)
{
    const struct lt_place *best = NULL;
    size_t open = 0, length = 0;
    char candidates[160] = "";
    for (size_t i = 0; i < lt_book_place_count(book); i++) {
        const struct lt_place *place = lt_book_place_at(book, i);
        char text[LT_UNIT_TEXT_MAX];
        if (strcmp(place->unit.code, code) != 0) {
            continue;
        }
        lt_unit_format(&place->unit, text);
        if (length + strlen(text) + 2 < sizeof(candidates)) {
            length +=
                (size_t)snprintf(candidates + length, sizeof(candidates) - length, " %s", text);
        }
        open += place->valid_to == 0;
        if (best == NULL || (place->valid_to == 0 && best->valid_to != 0) ||
            (best->valid_to != 0 && place->valid_to > best->valid_to)) {
            best = place;
        }
    }
    if (best == NULL) {
        return fail(ret_reason, LT_NOT_FOUND, code,
                    "the tree has no such unit; `lienthong-hub units` lists them");
    }
    if (open > 1) {
        snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s: which one? There are:%s", code, candidates);
        return LT_AMBIGUOUS;
    }
    *ret_place = best;
    return LT_OK;
}

enum lt_result lt_choose_unit(const struct lt_book *book, const char *text,
                              const struct lt_place **ret_place,
                              char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_unit unit;
    bool dated;
    if (lt_unit_parse(text, &unit, &dated) != LT_OK) {
        return fail(ret_reason, LT_USAGE, text,
                    "is not a unit's code, such as 80 or 80@2025-07-01");
    }
    if (!dated) {
        return choose_open(book, unit.code, ret_place, ret_reason);
    }
    const struct lt_place *place = lt_book_place(book, &unit);
    if (place == NULL) {
        return fail(ret_reason, LT_NOT_FOUND, text,
                    "the tree has no such unit; `lienthong-hub units` lists them");
    }
    *ret_place = place;
    return LT_OK;
}
