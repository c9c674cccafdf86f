#include "hub/enrolled.h"

#include <stdlib.h>
#include <string.h>

struct gathering {
    const struct lt_book *book;
    const struct lt_unit *hub;
    struct lt_enrolled *enrolled;
};

static void add(struct lt_enrolled *enrolled, const struct lt_unit *unit)
{
    if (enrolled->count == enrolled->capacity) {
        size_t capacity = enrolled->capacity == 0 ? 64 : enrolled->capacity * 2;
        struct lt_unit *units = realloc(enrolled->units, capacity * sizeof(*units));
        if (units == NULL) {
            enrolled->failed = true;
            return;
        }
        enrolled->units = units;
        enrolled->capacity = capacity;
    }
    enrolled->units[enrolled->count++] = *unit;
}

static void look_at_grant(void *context, const struct lt_unit *unit, Lienthong__Role role)
{
    struct gathering *gathering = context;
    if (role == LIENTHONG__ROLE__ROLE_HUB && lt_unit_cmp(unit, gathering->hub) == 0) {
        return; /* the top's own key */
    }
    const struct lt_move *move = lt_book_move(gathering->book, unit);
    if (move == NULL || lt_unit_cmp(&move->parent, gathering->hub) == 0 || !move->arrived) {
        add(gathering->enrolled, unit);
    }
}

static int compare(const void *a, const void *b)
{
    return lt_unit_cmp(a, b);
}

void lt_enrolled_at(const struct lt_book *book, const struct lt_unit *hub,
                    struct lt_enrolled *ret_enrolled)
{
    struct lt_enrolled enrolled = {.count = 0};
    struct gathering gathering = {book, hub, &enrolled};
    lt_book_granted_by(book, hub, look_at_grant, &gathering);
    for (size_t i = 0; i < lt_book_move_count(book); i++) {
        const struct lt_move *move = lt_book_move_at(book, i);
        if (lt_unit_cmp(&move->parent, hub) == 0) {
            add(&enrolled, &move->unit);
        }
    }
    if (enrolled.count > 0) {
        qsort(enrolled.units, enrolled.count, sizeof(*enrolled.units), compare);
    }
    size_t kept = 0;
    for (size_t i = 0; i < enrolled.count; i++) {
        if (kept == 0 || lt_unit_cmp(&enrolled.units[kept - 1], &enrolled.units[i]) != 0) {
            enrolled.units[kept++] = enrolled.units[i];
        }
    }
    enrolled.count = kept;
    *ret_enrolled = enrolled;
}

void lt_enrolled_free(struct lt_enrolled *enrolled)
{
    free(enrolled->units);
    *enrolled = (struct lt_enrolled){.count = 0};
}
