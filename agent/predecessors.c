#include "agent/predecessors.h"

#include <stdlib.h>

#include "proto/standing.h"

static char none[] = "";
const struct lt_place lt_predecessor_any = {.type = none, .name = none};

static bool came_down(const struct lt_book *book, const struct lt_place *unit,
                      const struct lt_place *author)
{
    return unit != author && lt_book_generation(book, unit, author) < LT_DEPTH_MAX;
}

enum lt_result lt_predecessors_find(const struct lt_book *book, const struct lt_place *author,
                                    struct lt_predecessors *ret_predecessors)
{
    struct lt_predecessors found = {NULL, 0};
    size_t room = 0;
    for (size_t i = 0; i < lt_book_succession_count(book); i++) {
        const struct lt_place *unit = lt_book_succession_at(book, i)->unit;
        bool again = i > 0 && lt_book_succession_at(book, i - 1)->unit == unit;
        if (again || !came_down(book, unit, author)) {
            continue;
        }
        if (found.count == room) {
            room = room == 0 ? 8 : room * 2;
            const struct lt_place **grown =
                realloc(found.places, room * sizeof(const struct lt_place *));
            if (grown == NULL) {
                lt_predecessors_free(&found);
                return LT_NO_MEMORY;
            }
            found.places = grown;
        }
        found.places[found.count++] = unit;
    }
    *ret_predecessors = found;
    return LT_OK;
}

void lt_predecessors_free(struct lt_predecessors *predecessors)
{
    free(predecessors->places);
    *predecessors = (struct lt_predecessors){NULL, 0};
}

enum lt_verdict lt_predecessors_judge(const struct lt_predecessors *predecessors,
                                      const struct lt_book *book, const Lienthong__ReportBody *body,
                                      uint32_t index)
{
    struct lt_fact fact;
    enum lt_verdict first = LT_V_UNKNOWN_RECORD;
    for (size_t i = 0; i < predecessors->count; i++) {
        enum lt_verdict verdict = lt_judge(book, predecessors->places[i], body, index, &fact);
        if (verdict == LT_COUNTS) {
            return LT_COUNTS;
        }
        first = i == 0 ? verdict : first;
    }
    return first;
}
