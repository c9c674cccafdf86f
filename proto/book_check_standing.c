/* A list of items, checked before it becomes directives: the list itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/book_check_inner.h"

enum lt_result lt_check_refuse(const struct standing_check *check, const char *sentence,
                               const struct lt_unit *unit)
{
    char text[LT_UNIT_TEXT_MAX] = "";
    if (unit != NULL)
        lt_unit_format(unit, text);
    snprintf(check->reason, CHECK_REASON_BYTES, unit != NULL ? "%s: %s" : "%s", sentence, text);
    return LT_REFUSED;
}

/* The last entry of a unit in the list. */
static const struct told_unit *listed(const struct standing_check *check,
                                      const struct lt_unit *unit)
{
    size_t low = 0, high = check->unit_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&check->units[middle].unit, unit) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && lt_unit_cmp(&check->units[low - 1].unit, unit) == 0 ? &check->units[low - 1]
                                                                          : NULL;
}

bool lt_check_known(const struct standing_check *check, const struct lt_unit *unit,
                    lt_day *ret_last)
{
    const struct told_unit *told = listed(check, unit);
    const struct lt_place *place = lt_book_place(check->book, unit);
    if (told == NULL && place == NULL)
        return false;
    *ret_last = told != NULL ? told->valid_to : place->valid_to;
    return true;
}

enum lt_result lt_check_unit(const struct standing_check *check, const Lienthong__Unit *told,
                             const char *what, struct lt_unit *ret_unit)
{
    char sentence[80];
    struct lt_unit unit;
    lt_day last;
    if (told == NULL)
        return LT_NOT_FOUND;
    if (lt_unit_make(told->code, told->valid_from, &unit) != LT_OK) {
        snprintf(sentence, sizeof(sentence), "%s has no possible code", what);
        return lt_check_refuse(check, sentence, NULL);
    }
    if (!lt_check_known(check, &unit, &last)) {
        snprintf(sentence, sizeof(sentence), "%s is not known", what);
        return lt_check_refuse(check, sentence, &unit);
    }
    *ret_unit = unit;
    return LT_OK;
}

static int unit_cmp(const void *a, const void *b)
{
    const struct told_unit *first = a, *second = b;
    const int unit = lt_unit_cmp(&first->unit, &second->unit);
    return unit ? unit : (first->index > second->index) - (first->index < second->index);
}

static int heir_cmp(const void *a, const void *b)
{
    const struct told_heir *first = a, *second = b;
    int order = lt_unit_cmp(&first->unit, &second->unit);
    order = order ? order : lt_unit_cmp(&first->successor, &second->successor);
    return order ? order : (first->index > second->index) - (first->index < second->index);
}

/* What cannot be named is refused when its turn comes. */
static void take_item(struct standing_check *check, const Lienthong__Directive *item, size_t index)
{
    const Lienthong__UnitEntry *entry = item->unit;
    const Lienthong__Succession *heir = item->succession;
    struct told_unit *unit = &check->units[check->unit_count];
    struct told_heir *told = &check->heirs[check->heir_count];
    if (entry != NULL && entry->unit != NULL &&
        lt_unit_make(entry->unit->code, entry->unit->valid_from, &unit->unit) == LT_OK) {
        unit->valid_to = entry->valid_to;
        unit->index = index;
        check->unit_count++;
    }
    if (heir != NULL && heir->unit != NULL &&
        lt_unit_make(heir->unit->code, heir->unit->valid_from, &told->unit) == LT_OK &&
        (heir->successor == NULL || lt_unit_make(heir->successor->code, heir->successor->valid_from,
                                                 &told->successor) == LT_OK)) {
        told->entry = heir;
        told->index = index;
        check->heir_count++;
    }
}

static enum lt_result check_items(struct standing_check *check,
                                  const Lienthong__Directive *const *items, size_t count,
                                  size_t *ret_row)
{
    for (size_t i = 0; i < count; i++)
        take_item(check, items[i], i);
    if (check->unit_count > 1)
        qsort(check->units, check->unit_count, sizeof(*check->units), unit_cmp);
    if (check->heir_count > 1)
        qsort(check->heirs, check->heir_count, sizeof(*check->heirs), heir_cmp);
    for (size_t i = 0; i < count; i++) {
        const enum lt_result result = items[i]->succession != NULL
                                          ? lt_check_succession(check, items[i]->succession, i)
                                          : lt_check_item(check, items[i]);
        if (result != LT_OK) {
            *ret_row = i;
            return result;
        }
    }
    return LT_OK;
}

enum lt_result lt_book_check_standing(const struct lt_book *book,
                                      const Lienthong__Directive *const *items, size_t count,
                                      size_t *ret_row, char ret_reason[160])
{
    char reason[CHECK_REASON_BYTES] = "";
    size_t row = 0;
    struct standing_check check = {.book = book, .reason = reason};
    check.units = calloc(count + 1, sizeof(*check.units));
    check.heirs = calloc(count + 1, sizeof(*check.heirs));
    enum lt_result result = check.units != NULL && check.heirs != NULL
                                ? check_items(&check, items, count, &row)
                                : LT_NO_MEMORY;
    if (result == LT_REFUSED) {
        *ret_row = row;
        memcpy(ret_reason, reason, sizeof(reason));
    }
    free(check.units);
    free(check.heirs);
    return result;
}
