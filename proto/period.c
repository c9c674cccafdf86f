/* Periods: of declarations, obligations, closings, publications, and of what is asked. */
#include <stdio.h>
#include <string.h>

#include "proto/standing.h"

enum { MONTHS_OF_QUARTER = 3, MONTHS_OF_HALF = 6, SCHOOL_FIRST_MONTH = 9 };

static bool year_ok(uint32_t year)
{
    return year >= LT_YEAR_MIN && year <= LT_YEAR_MAX;
}

/* How many parts of this kind a year has; 0: it is no part of a year. */
static unsigned parts_of(uint8_t kind)
{
    return kind == LIENTHONG__PERIOD_KIND__PERIOD_MONTH     ? 12
           : kind == LIENTHONG__PERIOD_KIND__PERIOD_QUARTER ? 12 / MONTHS_OF_QUARTER
           : kind == LIENTHONG__PERIOD_KIND__PERIOD_HALF    ? 12 / MONTHS_OF_HALF
                                                            : 0;
}

static enum lt_result make_event(lt_day day, struct lt_period *ret_period)
{
    int year, month, number;
    lt_day first, last;
    lt_day_make(LT_YEAR_MIN, 1, 1, &first);
    lt_day_make(LT_YEAR_MAX, 12, 31, &last);
    if (day == 0 || day < first || day > last)
        return LT_MALFORMED;
    lt_day_split(day, &year, &month, &number);
    *ret_period = (struct lt_period){
        .kind = LIENTHONG__PERIOD_KIND__PERIOD_EVENT, .to = (uint16_t)year, .day = day};
    return LT_OK;
}

static enum lt_result make_years(int kind, uint32_t from, uint32_t to, struct lt_period *ret_period)
{
    struct lt_period period = {.to = (uint16_t)to};
    if (!year_ok(to))
        return LT_MALFORMED;
    switch (kind) {
    case LIENTHONG__PERIOD_KIND__PERIOD_YEAR:
    case LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR:
        break;
    case LIENTHONG__PERIOD_KIND__PERIOD_SPAN:
        if (!year_ok(from) || from >= to)
            return LT_MALFORMED;
        period.from = (uint16_t)from;
        break;
    case LIENTHONG__PERIOD_KIND__PERIOD_MONTH:
    case LIENTHONG__PERIOD_KIND__PERIOD_QUARTER:
    case LIENTHONG__PERIOD_KIND__PERIOD_HALF:
        if (from < 1 || from > parts_of((uint8_t)kind))
            return LT_MALFORMED;
        period.from = (uint16_t)from;
        break;
    default: /* none, or of a later version */
        return LT_MALFORMED;
    }
    period.kind = (uint8_t)kind;
    *ret_period = period;
    return LT_OK;
}

enum lt_result lt_period_make(const Lienthong__Period *told, struct lt_period *ret_period)
{
    if (told == NULL)
        return LT_MALFORMED;
    if (told->kind == LIENTHONG__PERIOD_KIND__PERIOD_EVENT)
        return make_event(told->day, ret_period);
    return make_years((int)told->kind, told->from, told->to, ret_period);
}

int lt_period_cmp(const struct lt_period *a, const struct lt_period *b)
{
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->day > b->day) - (a->day < b->day);
}

void lt_period_days(const struct lt_period *period, lt_day *ret_first, lt_day *ret_last)
{
    int from_year = period->to, from_month = 1, months = 12;
    const unsigned parts = parts_of(period->kind);
    if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_EVENT) {
        *ret_first = *ret_last = period->day;
        return;
    }
    if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR) {
        from_year--;
        from_month = SCHOOL_FIRST_MONTH;
    } else if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_SPAN) {
        from_year = period->from;
        months = 12 * (period->to - period->from + 1);
    } else if (parts > 0) {
        months = (int)(12 / parts);
        from_month = 1 + (period->from - 1) * months;
    }
    const int after = from_month - 1 + months;
    lt_day next;
    lt_day_make(from_year, from_month, 1, ret_first);
    lt_day_make(from_year + after / 12, after % 12 + 1, 1, &next);
    *ret_last = next - 1;
}

void lt_period_format(const struct lt_period *period, char ret_text[LT_PERIOD_TEXT_MAX])
{
    const unsigned from = period->from % 10000U, to = period->to % 10000U;
    switch (period->kind) {
    case LIENTHONG__PERIOD_KIND__PERIOD_YEAR:
        snprintf(ret_text, LT_PERIOD_TEXT_MAX, "%04u", to);
        break;
    case LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR:
        snprintf(ret_text, LT_PERIOD_TEXT_MAX, "%04u/%04u", to > 0 ? to - 1 : 0, to);
        break;
    case LIENTHONG__PERIOD_KIND__PERIOD_SPAN:
        snprintf(ret_text, LT_PERIOD_TEXT_MAX, "%04u-%04u", from, to);
        break;
    case LIENTHONG__PERIOD_KIND__PERIOD_EVENT:
        lt_day_format_iso(period->day, ret_text);
        break;
    case LIENTHONG__PERIOD_KIND__PERIOD_MONTH:
        snprintf(ret_text, LT_PERIOD_TEXT_MAX, "%04u-%02u", to, from % 100U);
        break;
    case LIENTHONG__PERIOD_KIND__PERIOD_QUARTER:
        snprintf(ret_text, LT_PERIOD_TEXT_MAX, "%04u-Q%u", to, from % 10U);
        break;
    case LIENTHONG__PERIOD_KIND__PERIOD_HALF:
        snprintf(ret_text, LT_PERIOD_TEXT_MAX, "%04u-H%u", to, from % 10U);
        break;
    default:
        ret_text[0] = '\0';
    }
}

/* Exactly `count` digits. */
static bool digits(const char *text, size_t count, uint32_t *ret_number)
{
    uint32_t number = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        number = number * 10 + (uint32_t)(text[i] - '0');
    }
    *ret_number = number;
    return true;
}

enum lt_result lt_period_parse(const char *text, struct lt_period *ret_period)
{
    enum { YEAR = 4, YEAR_MONTH = 7, TWO_YEARS = 9, DATE = 10 };
    const size_t size = strnlen(text, LT_PERIOD_TEXT_MAX);
    uint32_t year, other;
    lt_day day;
    if (size < YEAR || !digits(text, YEAR, &year))
        return LT_MALFORMED;
    const char mark = text[YEAR];
    if (size == YEAR)
        return make_years(LIENTHONG__PERIOD_KIND__PERIOD_YEAR, 0, year, ret_period);
    if (size == TWO_YEARS && mark == '/' && digits(text + YEAR + 1, YEAR, &other))
        return other == year + 1
                   ? make_years(LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR, 0, other, ret_period)
                   : LT_MALFORMED;
    if (size == TWO_YEARS && mark == '-' && digits(text + YEAR + 1, YEAR, &other))
        return make_years(LIENTHONG__PERIOD_KIND__PERIOD_SPAN, year, other, ret_period);
    if (size == YEAR_MONTH && mark == '-' && digits(text + YEAR + 1, 2, &other))
        return make_years(LIENTHONG__PERIOD_KIND__PERIOD_MONTH, other, year, ret_period);
    if (size == YEAR_MONTH && mark == '-' && text[YEAR + 1] == 'Q' &&
        digits(text + YEAR + 2, 1, &other))
        return make_years(LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, other, year, ret_period);
    if (size == YEAR_MONTH && mark == '-' && text[YEAR + 1] == 'H' &&
        digits(text + YEAR + 2, 1, &other))
        return make_years(LIENTHONG__PERIOD_KIND__PERIOD_HALF, other, year, ret_period);
    if (size == DATE && lt_day_parse_iso(text, &day) == LT_OK)
        return make_event(day, ret_period);
    return LT_MALFORMED;
}
