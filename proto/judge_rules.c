/* Parts of the record rules that several kinds share. */
#include <assert.h>
#include <string.h>

#include "proto/judge_inner.h"

/* 1945-01-01 and 2200-12-31. */
enum { FIRST_DAY = -9131, LAST_DAY = 84370 };

enum lt_verdict lt_rule_unit(const struct matter *matter, uint32_t reference,
                             const struct lt_place **ret_place)
{
    const struct lt_place *place = matter->author;
    assert(reference <= matter->body->n_units); /* as lt_report_read has seen */
    if (reference > 0) {
        const Lienthong__Unit *told = matter->body->units[reference - 1];
        const size_t size = strnlen(told->code, LT_CODE_BYTES_MAX + 1);
        struct lt_unit unit = {.valid_from = told->valid_from};
        if (size == 0 || size > LT_CODE_BYTES_MAX)
            return LT_V_UNKNOWN_UNIT;
        memcpy(unit.code, told->code, size);
        place = lt_book_place(matter->book, &unit);
    }
    if (place == NULL)
        return LT_V_UNKNOWN_UNIT;
    *ret_place = place;
    return LT_COUNTS;
}

const Lienthong__Decision *lt_rule_decision(const struct matter *matter, uint32_t reference)
{
    assert(reference <= matter->body->n_decisions);
    return reference == 0 ? NULL : matter->body->decisions[reference - 1];
}

bool lt_rule_day_ok(lt_day day)
{
    return day >= FIRST_DAY && day <= LAST_DAY;
}

bool lt_rule_year_ok(uint32_t year)
{
    return year >= LT_YEAR_MIN && year <= LT_YEAR_MAX;
}

int lt_rule_year_of(lt_day day, uint8_t *ret_month)
{
    int year, month, day_of_month;
    lt_day_split(day, &year, &month, &day_of_month);
    *ret_month = (uint8_t)month;
    return year;
}

/* The days from the first of a month to the last day before another. */
static void days(int from_year, int from_month, int to_year, int to_month, struct when *when)
{
    lt_day end = 0;
    lt_day_make(from_year, from_month, 1, &when->from); /* years were checked */
    lt_day_make(to_year, to_month, 1, &end);
    when->to = end - 1;
}

void lt_rule_when_year(uint32_t year, struct when *ret_when)
{
    struct when when = {.year = (int16_t)year};
    days((int)year, 1, (int)year + 1, 1, &when);
    when.unit_from = when.unit_to = when.to;
    *ret_when = when;
}

static void when_day(lt_day day, struct when *ret_when)
{
    struct when when = {.from = day, .to = day, .unit_from = day, .unit_to = day};
    when.year = (int16_t)lt_rule_year_of(day, &when.month);
    *ret_when = when;
}

static enum lt_verdict when_period(const Lienthong__Period *period, struct when *ret_when)
{
    const int kind = (int)period->kind;
    struct when when = {0};
    if (kind == LIENTHONG__PERIOD_KIND__PERIOD_EVENT) {
        if (period->day == 0 || !lt_rule_day_ok(period->day))
            return LT_V_PERIOD;
        when_day(period->day, ret_when);
        return LT_COUNTS;
    }
    if (!lt_rule_year_ok(period->to))
        return LT_V_PERIOD;
    if (kind == LIENTHONG__PERIOD_KIND__PERIOD_YEAR) {
        lt_rule_when_year(period->to, ret_when);
        return LT_COUNTS;
    }
    const int to = (int)period->to;
    when.year = (int16_t)to;
    if (kind == LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR) {
        days(to - 1, 9, to, 9, &when);
    } else if (kind == LIENTHONG__PERIOD_KIND__PERIOD_SPAN) {
        if (!lt_rule_year_ok(period->from) || period->from >= period->to)
            return LT_V_PERIOD;
        when.span_from = (int16_t)period->from;
        days((int)period->from, 1, to + 1, 1, &when);
    } else {
        return LT_V_PERIOD; /* a part of a year */
    }
    when.unit_from = when.from;
    when.unit_to = when.to;
    *ret_when = when;
    return LT_COUNTS;
}

enum lt_verdict lt_rule_when(const Lienthong__Period *period, lt_day date, struct when *ret_when)
{
    struct when when = {0};
    if (date != 0 && !lt_rule_day_ok(date))
        return LT_V_DATE;
    if (period != NULL && (int)period->kind != LIENTHONG__PERIOD_KIND__PERIOD_NONE) {
        enum lt_verdict verdict = when_period(period, &when);
        if (verdict != LT_COUNTS)
            return verdict;
    } else if (date != 0) {
        when_day(date, &when);
    } else {
        return LT_V_PERIOD;
    }
    if (date != 0) {
        lt_rule_year_of(date, &when.month);
        when.from = when.to = when.unit_from = when.unit_to = date;
    }
    *ret_when = when;
    return LT_COUNTS;
}

enum lt_verdict lt_rule_when_part(const Lienthong__Period *told, struct when *ret_when)
{
    struct lt_period period;
    struct when when = {0};
    const bool part = told != NULL && told->kind >= LIENTHONG__PERIOD_KIND__PERIOD_MONTH;
    if (!part)
        return lt_rule_when(told, 0, ret_when);
    if (lt_period_make(told, &period) != LT_OK)
        return LT_V_PERIOD;
    lt_period_days(&period, &when.from, &when.to);
    when.unit_from = when.from;
    when.unit_to = when.to;
    when.year = (int16_t)lt_rule_year_of(when.to, &when.month); /* its last month */
    *ret_when = when;
    return LT_COUNTS;
}

enum lt_verdict lt_rule_existed(const struct matter *matter, const struct lt_place *place)
{
    const lt_day since = place->unit.valid_from, until = place->valid_to;
    const bool begun = since == 0 || since <= matter->when.unit_to;
    return begun && (until == 0 || until >= matter->when.unit_from) ? LT_COUNTS : LT_V_UNIT_DATE;
}

bool lt_rule_reaches(const struct matter *matter, const struct lt_place *place)
{
    return lt_place_within(place, matter->author) ||
           lt_book_speaks_for(matter->book, matter->author, place);
}

static bool allows_recipient(const struct lt_title *title, uint8_t recipient)
{
    uint32_t bits = UINT32_C(1) << recipient;
    if (recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE)
        bits |= UINT32_C(1) << LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    return title->recipients == 0 || (title->recipients & bits) != 0;
}

enum lt_verdict lt_rule_title(const struct matter *matter, const char *code, uint8_t recipient,
                              uint8_t level)
{
    enum lt_verdict verdict = LT_V_UNKNOWN_CODE;
    const struct lt_title *title = NULL;
    while ((title = lt_book_title_within(matter->book, code, matter->when.from, matter->when.to,
                                         title)) != NULL) {
        if (!allows_recipient(title, recipient)) {
            verdict = verdict == LT_V_UNKNOWN_CODE ? LT_V_RECIPIENT : verdict;
        } else if (level != 0 && title->levels != 0 && !(title->levels & UINT32_C(1) << level)) {
            verdict = LT_V_LEVEL;
        } else {
            return LT_COUNTS;
        }
    }
    return verdict;
}

static uint8_t ceiling(const struct lt_place *place)
{
    static const uint8_t levels[] = {
        [LT_UNIT_NATION] = LIENTHONG__LEVEL__LEVEL_STATE,
        [LT_UNIT_PROVINCE] = LIENTHONG__LEVEL__LEVEL_PROVINCE,
        [LT_UNIT_DISTRICT] = LIENTHONG__LEVEL__LEVEL_DISTRICT,
        [LT_UNIT_COMMUNE] = LIENTHONG__LEVEL__LEVEL_COMMUNE,
        [LT_UNIT_BASE] = LIENTHONG__LEVEL__LEVEL_BASE,
    };
    return place->level >= LT_UNIT_NATION && place->level <= LT_UNIT_BASE
               ? levels[place->level]
               : (uint8_t)LIENTHONG__LEVEL__LEVEL_BASE;
}

uint8_t lt_rule_level_of(const struct lt_place *place)
{
    if (place->nature <= LIENTHONG__NATURE__NATURE_ADMINISTRATIVE)
        return ceiling(place);
    return place->level == LT_UNIT_NATION ? LIENTHONG__LEVEL__LEVEL_MINISTRY
                                          : LIENTHONG__LEVEL__LEVEL_BASE;
}

bool lt_rule_level_ok(const struct lt_place *place, uint8_t told)
{
    return told >= ceiling(place);
}

bool lt_rule_siblings(const struct lt_place *a, const struct lt_place *b)
{
    return a->parent != NULL && a->parent == b->parent;
}

enum lt_verdict lt_rule_quantity(struct matter *matter, uint64_t quantity)
{
    if (quantity > LT_QUANTITY_MAX)
        return LT_V_QUANTITY;
    matter->fact.stated_total = quantity > 0;
    matter->fact.quantity = quantity > 0 ? quantity : 1;
    return LT_COUNTS;
}

void lt_rule_outside(struct matter *matter)
{
    struct lt_fact *fact = &matter->fact;
    fact->outside = fact->authority != NULL && !lt_place_within(fact->place, fact->authority);
    if (fact->outside)
        fact->place = fact->authority;
}
