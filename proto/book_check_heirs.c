/* Successions, checked before they are said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/book_check_inner.h"

/* ---- What a unit goes into when the list has become true ---- */

/* The first row of a unit in the list. */
static size_t seek(const struct standing_check *check, const struct lt_unit *unit)
{
    size_t low = 0, high = check->heir_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&check->heirs[middle].unit, unit) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool of_unit(const struct standing_check *check, size_t at, const struct lt_unit *unit)
{
    return at < check->heir_count && lt_unit_cmp(&check->heirs[at].unit, unit) == 0;
}

/* One successor: of the list, or of the book where the list does not say it anew. */
struct next_heir {
    struct lt_unit successor;
    bool main, whole;
};
typedef bool heir_seen(void *context, const struct next_heir *heir);

static struct lt_unit successor_of(const struct lt_succession *succession)
{
    static const struct lt_unit none;
    return succession->successor != NULL ? succession->successor->unit : none;
}

static bool said_anew(const struct standing_check *check, const struct lt_unit *unit,
                      const struct lt_unit *successor)
{
    for (size_t at = seek(check, unit); of_unit(check, at, unit); at++) {
        if (lt_unit_cmp(&check->heirs[at].successor, successor) == 0)
            return true;
    }
    return false;
}

/* False: `seen` has seen enough. */
static bool each_heir(const struct standing_check *check, const struct lt_unit *unit,
                      heir_seen *seen, void *context)
{
    for (size_t at = seek(check, unit); of_unit(check, at, unit); at++) {
        const struct told_heir *told = &check->heirs[at];
        if (of_unit(check, at + 1, unit) && lt_unit_cmp(&told[1].successor, &told->successor) == 0)
            continue; /* the last word counts */
        const struct next_heir heir = {told->successor, told->entry->main, told->entry->whole};
        if (!told->entry->withdrawn && !seen(context, &heir))
            return false;
    }
    const struct lt_place *place = lt_book_place(check->book, unit);
    size_t count = 0;
    const struct lt_succession *standing =
        place != NULL ? lt_book_successions(check->book, place, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        const struct next_heir heir = {successor_of(&standing[i]), standing[i].main,
                                       standing[i].whole};
        if (!said_anew(check, unit, &heir.successor) && !seen(context, &heir))
            return false;
    }
    return true;
}

/* ---- Whole and parts ---- */

struct family {
    size_t count, wholes, mains, nothing;
};

static bool count_heir(void *context, const struct next_heir *heir)
{
    struct family *family = context;
    family->count++;
    family->wholes += heir->whole;
    family->mains += heir->main;
    family->nothing += heir->successor.code[0] == '\0';
    return true;
}

static enum lt_result check_family(const struct standing_check *check,
                                   const Lienthong__Succession *entry, const struct lt_unit *unit)
{
    struct family family = {0};
    each_heir(check, unit, count_heir, &family);
    if (family.nothing > 0 && family.count > 1)
        return lt_check_refuse(check, "it has gone without a successor and yet into one", unit);
    if (family.wholes > 0 && family.count > 1)
        return lt_check_refuse(check, "the whole of it goes into one unit, and parts into others",
                               unit);
    if (family.count == 1 && family.wholes == 0 && family.nothing == 0)
        return lt_check_refuse(check,
                               entry->withdrawn ? "a split would be left with one part"
                                                : "a split needs two parts at least",
                               unit);
    if (family.mains > 1)
        return lt_check_refuse(check, "it has two main successors", unit);
    return LT_OK;
}

/* ---- Dates ---- */

/* Units that are reached, each once, in the order in which they are found. */
struct reached {
    struct lt_unit *units;
    size_t count, capacity;
    bool full;
};

static bool reach(void *context, const struct next_heir *heir)
{
    struct reached *reached = context;
    for (size_t i = 0; i < reached->count; i++) {
        if (lt_unit_cmp(&reached->units[i], &heir->successor) == 0)
            return true;
    }
    reached->full = reached->count == reached->capacity;
    if (!reached->full)
        reached->units[reached->count++] = heir->successor;
    return !reached->full;
}

/* Do successions lead from `from` to `to`? Asked only of what is refused anyway, for its sentence. */
static bool leads(const struct standing_check *check, const struct lt_unit *from,
                  const struct lt_unit *to)
{
    enum { REACHED_MAX = 64 };
    struct lt_unit units[REACHED_MAX];
    struct reached reached = {units, 0, REACHED_MAX, false};
    units[reached.count++] = *from;
    for (size_t i = 0; i < reached.count && !reached.full; i++) {
        if (lt_unit_cmp(&units[i], to) == 0)
            return true;
        each_heir(check, &units[i], reach, &reached);
    }
    return false;
}

static enum lt_result refuse_days(const struct standing_check *check, const char *format,
                                  lt_day first, const struct lt_unit *unit, lt_day second,
                                  const struct lt_unit *successor)
{
    char a[LT_UNIT_TEXT_MAX], b[LT_UNIT_TEXT_MAX], first_day[11], second_day[11];
    lt_unit_format(unit, a);
    lt_unit_format(successor, b);
    lt_day_format_iso(first, first_day);
    lt_day_format_iso(second, second_day);
    snprintf(check->reason, CHECK_REASON_BYTES, "%s ends on %s, %s %s on %s", a, first_day, b,
             format, second_day);
    return LT_REFUSED;
}

static enum lt_result check_dates(const struct standing_check *check, const struct lt_unit *unit,
                                  lt_day last, const struct lt_unit *successor)
{
    lt_day until = 0;
    const lt_day begins = successor->valid_from;
    lt_check_known(check, successor, &until);
    if (until != 0 && until <= last)
        return leads(check, successor, unit)
                   ? lt_check_refuse(check, "the successions would run in a circle at", unit)
                   : refuse_days(check, "ends no later,", last, unit, until, successor);
    if (begins > last && begins - 1 > last)
        return refuse_days(check, "begins only", last, unit, begins, successor);
    const bool same_code = memcmp(unit->code, successor->code, sizeof(unit->code)) == 0;
    if (begins <= last && (same_code || begins > unit->valid_from))
        return refuse_days(check, "begins already", last, unit, begins, successor);
    return LT_OK;
}

/* ---- One row ---- */

static enum lt_result check_cut(const struct standing_check *check,
                                const Lienthong__Succession *entry)
{
    if (!entry->closed && entry->n_cut > 0)
        return lt_check_refuse(check, "there is a cut, but the chain is not closed", NULL);
    if (entry->n_cut > LT_PARENTS_MAX)
        return lt_check_refuse(check, "the cut names more than 64 updates", NULL);
    for (size_t i = 0; i < entry->n_cut; i++) {
        if (entry->cut[i].len != sizeof(struct lt_hash))
            return lt_check_refuse(check, "the cut names something that is no update", NULL);
    }
    return LT_OK;
}

/* Of several rows that say the same pair, the later ones are refused. */
static bool stands_before(const struct standing_check *check, const struct lt_unit *unit,
                          const struct lt_unit *successor, size_t index)
{
    for (size_t at = seek(check, unit); of_unit(check, at, unit); at++) {
        if (lt_unit_cmp(&check->heirs[at].successor, successor) == 0 &&
            check->heirs[at].index < index)
            return true;
    }
    return false;
}

static bool stands_in_book(const struct standing_check *check, const struct lt_unit *unit,
                           const struct lt_unit *successor)
{
    size_t count = 0;
    const struct lt_place *place = lt_book_place(check->book, unit);
    const struct lt_succession *standing =
        place != NULL ? lt_book_successions(check->book, place, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        const struct lt_unit other = successor_of(&standing[i]);
        if (lt_unit_cmp(&other, successor) == 0)
            return true;
    }
    return false;
}

enum lt_result lt_check_succession(const struct standing_check *check,
                                   const Lienthong__Succession *entry, size_t index)
{
    struct lt_unit unit, successor = {.code = ""};
    lt_day last = 0;
    enum lt_result result = lt_check_unit(check, entry->unit, "the unit", &unit);
    if (result == LT_NOT_FOUND)
        return lt_check_refuse(check, "the unit that has ended is missing", NULL);
    if (result == LT_OK)
        result = lt_check_unit(check, entry->successor, "the successor", &successor);
    if (result != LT_OK && result != LT_NOT_FOUND)
        return result;
    if (lt_unit_cmp(&unit, &successor) == 0)
        return lt_check_refuse(check, "a unit cannot be its own successor", &unit);
    if (stands_before(check, &unit, &successor, index))
        return lt_check_refuse(check, "this succession stands twice in the list", &unit);
    if (entry->withdrawn)
        return stands_in_book(check, &unit, &successor)
                   ? check_family(check, entry, &unit)
                   : lt_check_refuse(check, "there is no such succession to withdraw", &unit);
    lt_check_known(check, &unit, &last);
    if (last == 0)
        return lt_check_refuse(check, "the unit is still open; close it first", &unit);
    if (successor.code[0] == '\0' && (entry->main || entry->whole))
        return lt_check_refuse(check, "the successor is missing", &unit);
    result = successor.code[0] != '\0' ? check_dates(check, &unit, last, &successor) : LT_OK;
    if (result == LT_OK)
        result = check_cut(check, entry);
    return result == LT_OK ? check_family(check, entry, &unit) : result;
}
