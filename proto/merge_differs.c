/* Where tellers of one scope differ. Needs no memory: the order is kept inside the lines. */
#include <string.h>

#include "proto/merge.h"

static struct lt_line *nth(struct lt_line *lines, size_t position)
{
    return &lines[lines[position].work_index];
}

static bool tells(const struct lt_line *line)
{
    return line->quantity > 0;
}

/* By place, then teller. Lines that tell nothing come last. */
static int cmp(const struct lt_line *a, const struct lt_line *b)
{
    if (tells(a) != tells(b))
        return tells(a) ? -1 : 1;
    const int by = a->place == b->place ? 0 : lt_unit_cmp(&a->place->unit, &b->place->unit);
    return by != 0 || a->teller == b->teller ? by : lt_unit_cmp(&a->teller->unit, &b->teller->unit);
}

static void sift(struct lt_line *lines, size_t at, size_t count)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && cmp(nth(lines, child), nth(lines, child + 1)) < 0)
            child++;
        if (cmp(nth(lines, at), nth(lines, child)) >= 0)
            return;
        const uint32_t held = lines[at].work_index;
        lines[at].work_index = lines[child].work_index;
        lines[child].work_index = held;
        at = child;
    }
}

/* Sorts; returns how many tell something. */
static size_t arrange(struct lt_line *lines, size_t count)
{
    size_t telling = 0;
    for (size_t i = 0; i < count; i++) {
        lines[i].work_index = (uint32_t)i;
        lines[i].work_covered = 0;
        telling += tells(&lines[i]);
    }
    for (size_t i = count / 2; i-- > 0;)
        sift(lines, i, count);
    for (size_t end = count; end-- > 1;) {
        const uint32_t held = lines[0].work_index;
        lines[0].work_index = lines[end].work_index;
        lines[end].work_index = held;
        sift(lines, 0, end);
    }
    return telling;
}

static int cmp_code(const struct lt_place *a, const struct lt_place *b)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): both have their place */
    return memcmp(a->unit.code, b->unit.code, sizeof(a->unit.code));
}

/* The first of the telling lines at an entry of this place's code; `telling`: none. */
static size_t seek_code(struct lt_line *lines, size_t telling, const struct lt_place *place)
{
    size_t low = 0, high = telling;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (cmp_code(nth(lines, middle)->place, place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first line after those of the place that stands at `at`. */
static size_t next_place(struct lt_line *lines, size_t at, size_t to)
{
    const struct lt_place *place = nth(lines, at)->place;
    size_t low = at + 1, high = to;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&nth(lines, middle)->place->unit, &place->unit) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Tells the first line of each place of this code what counts. */
static void cover_code(struct lt_line *lines, size_t telling, const struct lt_place *place,
                       int64_t quantity)
{
    for (size_t at = seek_code(lines, telling, place);
         at < telling && cmp_code(nth(lines, at)->place, place) == 0;
         at = next_place(lines, at, telling))
        nth(lines, at)->work_covered += quantity;
}

/* Tells the first line of each place what counts there and below. */
static void cover(struct lt_line *lines, size_t telling)
{
    for (size_t i = 0; i < telling; i++) {
        const struct lt_line *line = nth(lines, i);
        const struct lt_place *place = line->place;
        for (unsigned step = 0; place != NULL && line->counted_quantity > 0 && step < LT_DEPTH_MAX;
             step++, place = place->parent)
            cover_code(lines, telling, place, line->counted_quantity);
    }
}

static bool one_teller(const struct lt_line *lines, size_t count)
{
    const struct lt_place *teller = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!tells(&lines[i]))
            continue;
        if (teller != NULL && teller != lines[i].teller)
            return false;
        teller = lines[i].teller;
    }
    return true;
}

bool lt_scope_differs(struct lt_line *lines, size_t count, int64_t *ret_most)
{
    int64_t most = 0, covered = 0;
    *ret_most = 0;
    if (one_teller(lines, count))
        return false;
    const size_t telling = arrange(lines, count);
    const struct lt_place *place = NULL;
    cover(lines, telling);
    for (size_t at = 0; at < telling;) {
        const struct lt_line *first = nth(lines, at);
        int64_t named = 0, total = 0;
        if (first->place != place)
            covered = first->work_covered;
        place = first->place;
        for (; at < telling && nth(lines, at)->place == place &&
               nth(lines, at)->teller == first->teller;
             at++)
            *(nth(lines, at)->stated_total ? &total : &named) += nth(lines, at)->quantity;
        const int64_t told = total > named ? total : named;
        const int64_t apart = told > covered ? told - covered : covered - told;
        most = apart > most ? apart : most;
    }
    *ret_most = most;
    return most > 0;
}
