#include "agent/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/natural.h"
#include "agent/text.h"
#include "proto/standing.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Folds a short text without diacritics; false: it is longer than any value. */
static bool fold_short(const char *text, char *ret_folded, size_t max)
{
    char plain[LT_FOLDED_MAX];
    bool fits = lt_fold_plain(text, plain) && strlen(plain) < max;
    if (fits) {
        memcpy(ret_folded, plain, strlen(plain) + 1);
    }
    return fits;
}

/* Up to nine digits; their number, 0: none. */
static size_t read_digits(const char **at, size_t most, uint32_t *ret_number)
{
    size_t count = 0;
    uint32_t number = 0;
    while (count < most && is_digit(**at)) {
        number = number * 10 + (uint32_t)(**at - '0');
        (*at)++;
        count++;
    }
    *ret_number = number;
    return count;
}

static bool read_date(const char *text, uint32_t *ret_year, uint32_t *ret_month, uint32_t *ret_day)
{
    const char *at = text;
    uint32_t parts[3];
    size_t digits[3];
    char separator = '\0';
    for (size_t i = 0; i < 3; i++) {
        digits[i] = read_digits(&at, 4, &parts[i]);
        if (i < 2) {
            bool known = *at == '/' || *at == '-' || *at == '.';
            if (!known || (i == 1 && *at != separator)) {
                return false;
            }
            separator = *at++;
        }
    }
    if (*at != '\0') {
        return false;
    }
    bool iso = digits[0] == 4 && separator == '-' && digits[1] == 2 && digits[2] == 2;
    bool usual =
        digits[0] >= 1 && digits[0] <= 2 && digits[1] >= 1 && digits[1] <= 2 && digits[2] == 4;
    *ret_year = iso ? parts[0] : parts[2];
    *ret_month = parts[1];
    *ret_day = iso ? parts[2] : parts[0];
    return iso || usual;
}

const char *lt_value_day(const char *text, lt_day *ret_day)
{
    char folded[32];
    uint32_t year, month, day;
    lt_day found;
    if (!fold_short(text, folded, sizeof(folded)) || !read_date(folded, &year, &month, &day)) {
        return lt_text("không phải ngày; viết ngày/tháng/năm, ví dụ 05/02/2021",
                       "not a date; write day/month/year, such as 05/02/2021");
    }
    if (lt_day_make((int)year, (int)month, (int)day, &found) != LT_OK) {
        return lt_text("không có ngày này trong lịch (ngày/tháng/năm)",
                       "there is no such day (day/month/year)");
    }
    if (year < LT_YEAR_MIN || year > LT_YEAR_MAX) {
        return lt_text("năm ngoài khoảng 1945–2200", "the year is not within 1945–2200");
    }
    *ret_day = found;
    return NULL;
}

/* Digits with thousands grouped by '.' or ' ' or not at all; stops at ',' or the end, or at a '.' that
 * groups nothing. */
static bool read_grouped(const char **at, uint64_t most, uint64_t *ret_number)
{
    const char *from = *at;
    uint64_t number = 0;
    char grouping = '\0';
    size_t run = 0;
    if (!is_digit(*from)) {
        return false;
    }
    for (;; from++) {
        if (is_digit(*from)) {
            number = number * 10 + (uint64_t)(*from - '0');
            run++;
            if (number > most) {
                return false;
            }
            continue;
        }
        bool groups = (*from == '.' || *from == ' ') && is_digit(from[1]) && is_digit(from[2]) &&
                      is_digit(from[3]) && !is_digit(from[4]);
        if (!groups || (grouping == '\0' ? run > 3 : *from != grouping)) {
            break;
        }
        grouping = *from;
        run = 0;
    }
    if (grouping != '\0' && run != 3) {
        return false;
    }
    *at = from;
    *ret_number = number;
    return true;
}

const char *lt_value_count(const char *text, uint64_t *ret_count)
{
    char folded[40];
    uint64_t count = 0;
    const char *at = folded;
    if (!fold_short(text, folded, sizeof(folded)) || !read_grouped(&at, LT_QUANTITY_MAX, &count)) {
        return lt_text("không phải số lượng; viết 1454 hoặc 1.454",
                       "not a quantity; write 1454 or 1.454");
    }
    if (*at != '\0') {
        return *at == ','
                   ? lt_text(
                         "dấu phẩy là dấu thập phân, số lượng phải là số nguyên; viết 1454 hoặc "
                         "1.454",
                         "a comma is the decimal mark and a quantity is whole; write 1454 or "
                         "1.454")
                   : lt_text("không phải số lượng; viết 1454 hoặc 1.454",
                             "not a quantity; write 1454 or 1.454");
    }
    *ret_count = count;
    return NULL;
}

const char *lt_value_points(const char *text, int64_t *ret_hundredths)
{
    char folded[40];
    const char *at = folded;
    uint64_t whole = 0, cents = 0;
    bool ok = fold_short(text, folded, sizeof(folded));
    bool negative = ok && *at == '-';
    at += negative;
    ok = ok && read_grouped(&at, LT_POINTS_MAX / 100, &whole);
    if (ok && (*at == ',' || *at == '.')) {
        at++;
        ok = is_digit(*at);
        for (uint64_t unit = 10; ok && unit > 0 && is_digit(*at); unit /= 10) {
            cents += (uint64_t)(*at++ - '0') * unit;
        }
    }
    if (!ok || *at != '\0' || whole * 100 + cents > LT_POINTS_MAX) {
        return lt_text("không phải điểm; viết 957,93 (nhiều nhất hai chữ số thập phân)",
                       "not points; write 957,93 (at most two decimals)");
    }
    int64_t hundredths = (int64_t)(whole * 100 + cents);
    *ret_hundredths = negative ? -hundredths : hundredths;
    return NULL;
}

const char *lt_value_year(const char *text, uint32_t *ret_year)
{
    Lienthong__Period period = LIENTHONG__PERIOD__INIT;
    const char *reason = lt_value_period(text, &period);
    if (reason == NULL && period.kind != LIENTHONG__PERIOD_KIND__PERIOD_YEAR) {
        reason = lt_text("phải là một năm, ví dụ 2021", "must be one year, such as 2021");
    }
    if (reason == NULL) {
        *ret_year = period.to;
    }
    return reason;
}

enum period_word { WORD_NONE, WORD_YEAR, WORD_SPAN, WORD_SCHOOL, WORD_EVENT };

/* Takes the word before the years away. */
static enum period_word read_period_word(const char **at)
{
    static const struct {
        const char *word;
        enum period_word meaning;
    } words[] = {
        {"nam hoc", WORD_SCHOOL}, {"nien hoc", WORD_SCHOOL},
        {"nh", WORD_SCHOOL},      {"school year", WORD_SCHOOL},
        {"sy", WORD_SCHOOL},      {"giai doan", WORD_SPAN},
        {"gd", WORD_SPAN},        {"period", WORD_SPAN},
        {"tu nam", WORD_SPAN},    {"nhiem ky", WORD_SPAN},
        {"ngay", WORD_EVENT},     {"on", WORD_EVENT},
        {"nam", WORD_YEAR},       {"year", WORD_YEAR},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t size = strlen(words[i].word);
        if (strncmp(*at, words[i].word, size) == 0) {
            const char *rest = *at + size;
            rest += strspn(rest, " .:");
            if (is_digit(*rest)) {
                *at = rest;
                return words[i].meaning;
            }
        }
    }
    return WORD_NONE;
}

static bool pass_dash(const char **at)
{
    const char *from = *at + strspn(*at, " ");
    if (strncmp(from, "den nam ", 8) == 0) {
        from += 8;
    } else if (strncmp(from, "den ", 4) == 0) {
        from += 4;
    } else if (*from == '-' || *from == '/') {
        from++;
    } else {
        return false;
    }
    *at = from + strspn(from, " ");
    return true;
}

static const char *check_years(enum period_word word, uint32_t from, uint32_t to)
{
    if (from < LT_YEAR_MIN || from > LT_YEAR_MAX || to < LT_YEAR_MIN || to > LT_YEAR_MAX) {
        return lt_text("năm ngoài khoảng 1945–2200", "the year is not within 1945–2200");
    }
    if (from >= to) {
        return lt_text("năm sau phải lớn hơn năm trước", "the second year must be the greater");
    }
    if (word == WORD_SCHOOL && to != from + 1) {
        return lt_text("năm học phải là hai năm liền nhau, ví dụ năm học 2024-2025",
                       "a school year is two consecutive years, such as school year 2024-2025");
    }
    if (word == WORD_NONE && to == from + 1) {
        return lt_text(
            "không rõ là năm học hay giai đoạn; viết «năm học 2024-2025» hoặc «giai đoạn "
            "2024-2025»",
            "a school year or a span of years? write \"school year 2024-2025\" or "
            "\"period 2024-2025\"");
    }
    return NULL;
}

static const char *period_unreadable(void)
{
    return lt_text(
        "không phải thời gian; viết 2020, «giai đoạn 2015-2020», «năm học 2024-2025» hoặc "
        "ngày 05/02/2021",
        "not a period; write 2020, \"period 2015-2020\", \"school year 2024-2025\" or a "
        "day 05/02/2021");
}

static const char *read_years(const char *at, enum period_word word, Lienthong__Period *period)
{
    uint32_t first, second;
    if (read_digits(&at, 4, &first) != 4 || word == WORD_EVENT) {
        return period_unreadable();
    }
    if (*at == '\0') {
        if (word == WORD_SCHOOL || word == WORD_SPAN) {
            return lt_text("cần cả hai năm, ví dụ năm học 2024-2025",
                           "both years are needed, such as school year 2024-2025");
        }
        period->kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
        period->to = first;
        return first < LT_YEAR_MIN || first > LT_YEAR_MAX
                   ? lt_text("năm ngoài khoảng 1945–2200", "the year is not within 1945–2200")
                   : NULL;
    }
    if (!pass_dash(&at) || read_digits(&at, 4, &second) != 4 || *at != '\0') {
        return period_unreadable();
    }
    period->kind = word == WORD_SCHOOL ? LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR
                                       : LIENTHONG__PERIOD_KIND__PERIOD_SPAN;
    period->from = word == WORD_SCHOOL ? 0 : first;
    period->to = second;
    return check_years(word == WORD_YEAR ? WORD_NONE : word, first, second);
}

const char *lt_value_period(const char *text, Lienthong__Period *ret_period)
{
    char folded[64];
    Lienthong__Period period = LIENTHONG__PERIOD__INIT;
    if (!fold_short(text, folded, sizeof(folded))) {
        return period_unreadable();
    }
    const char *at = folded;
    enum period_word word = read_period_word(&at);
    uint32_t year, month, day;
    if ((word == WORD_NONE || word == WORD_EVENT) && read_date(at, &year, &month, &day)) {
        const char *reason = lt_value_day(at, &period.day);
        period.kind = LIENTHONG__PERIOD_KIND__PERIOD_EVENT;
        if (reason != NULL) {
            return reason;
        }
    } else {
        const char *reason = read_years(at, word, &period);
        if (reason != NULL) {
            return reason;
        }
    }
    *ret_period = period;
    return NULL;
}

/* The part of a year that words name, and what is left of the text: the number of the part (unless the
 * words say it) and the year. */
static Lienthong__PeriodKind read_part_word(const char **at, uint32_t *ret_number)
{
    static const struct {
        const char *word;
        Lienthong__PeriodKind kind;
        uint32_t number; /* 0: it follows */
    } words[] = {
        {"thang ", LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 0},
        {"month ", LIENTHONG__PERIOD_KIND__PERIOD_MONTH, 0},
        {"quy ", LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 0},
        {"quarter ", LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 0},
        {"q", LIENTHONG__PERIOD_KIND__PERIOD_QUARTER, 0},
        {"6 thang dau ", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 1},
        {"6 thang cuoi ", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 2},
        {"first half ", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 1},
        {"second half ", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 2},
        {"half ", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 0},
        {"h", LIENTHONG__PERIOD_KIND__PERIOD_HALF, 0},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t size = strlen(words[i].word);
        if (strncmp(*at, words[i].word, size) == 0) {
            *at += size;
            *ret_number = words[i].number;
            return words[i].kind;
        }
    }
    *ret_number = 0;
    return LIENTHONG__PERIOD_KIND__PERIOD_NONE;
}

/* 1 to 12, or the quarters as I to IV. */
static bool read_part_number(const char **at, uint32_t *ret_number)
{
    static const char *const roman[] = {"iv", "iii", "ii", "i"}; /* the longer first */
    static const uint32_t numbers[] = {4, 3, 2, 1};
    if (read_digits(at, 2, ret_number) > 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof(roman) / sizeof(roman[0]); i++) {
        size_t size = strlen(roman[i]);
        if (strncmp(*at, roman[i], size) == 0) {
            *at += size;
            *ret_number = numbers[i];
            return true;
        }
    }
    return false;
}

/* "q4/2024", "thang 11 nam 2024", "11/2024", "2024-q4"; false: it is none of them. */
static bool read_part(const char *at, Lienthong__Period *ret_period)
{
    static const char *const between[] = {"nam ", "of ", "/", "-"};
    Lienthong__Period period = LIENTHONG__PERIOD__INIT;
    const bool year_first = strspn(at, "0123456789") == 4 && at[4] == '-';
    if (year_first) {
        read_digits(&at, 4, &period.to);
        at++;
    }
    period.kind = read_part_word(&at, &period.from);
    if (period.from == 0 && !read_part_number(&at, &period.from)) {
        return false;
    }
    if (period.kind == LIENTHONG__PERIOD_KIND__PERIOD_NONE) {
        period.kind = LIENTHONG__PERIOD_KIND__PERIOD_MONTH;
    }
    if (!year_first) {
        at += strspn(at, " ");
        for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
            if (strncmp(at, between[i], strlen(between[i])) == 0) {
                at += strlen(between[i]);
                break;
            }
        }
        at += strspn(at, " ");
        if (read_digits(&at, 4, &period.to) != 4) {
            return false;
        }
    }
    *ret_period = period;
    return *at == '\0';
}

const char *lt_value_declared_period(const char *text, Lienthong__Period *ret_period)
{
    char folded[64];
    Lienthong__Period period;
    struct lt_period checked;
    if (!fold_short(text, folded, sizeof(folded)) || !read_part(folded, &period)) {
        return lt_value_period(text, ret_period);
    }
    if (lt_period_make(&period, &checked) != LT_OK) {
        return lt_text(
            "không có tháng, quý hoặc nửa năm này, hoặc năm ngoài khoảng 1945–2200",
            "there is no such month, quarter or half, or the year is not within 1945–2200");
    }
    *ret_period = period;
    return NULL;
}

const char *lt_value_yes(const char *text, bool *ret_yes)
{
    static const char *const yes[] = {"co",   "x",    "yes", "y",           "1",
                                      "true", "dung", "v",   "\xe2\x9c\x93"};
    static const char *const no[] = {"", "khong", "no", "n", "0", "false", "-", "k"};
    char folded[32];
    bool short_enough = fold_short(text, folded, sizeof(folded));
    for (size_t i = 0; short_enough && i < sizeof(yes) / sizeof(yes[0]); i++) {
        if (strcmp(folded, yes[i]) == 0) {
            *ret_yes = true;
            return NULL;
        }
    }
    for (size_t i = 0; short_enough && i < sizeof(no) / sizeof(no[0]); i++) {
        if (strcmp(folded, no[i]) == 0) {
            *ret_yes = false;
            return NULL;
        }
    }
    return lt_text("viết «có» hoặc «không»", "write \"yes\" or \"no\"");
}

void lt_value_format_day(lt_day day, char ret_text[LT_VALUE_TEXT_MAX])
{
    int year, month, in_month;
    if (day == 0) {
        ret_text[0] = '\0';
        return;
    }
    lt_day_split(day, &year, &month, &in_month);
    snprintf(ret_text, LT_VALUE_TEXT_MAX, "%02d/%02d/%04d", in_month, month, year);
}

void lt_value_format_points(int64_t hundredths, char ret_text[LT_VALUE_TEXT_MAX])
{
    uint64_t size = hundredths < 0 ? (uint64_t)-hundredths : (uint64_t)hundredths;
    const char *sign = hundredths < 0 ? "-" : "";
    if (size % 100 == 0) {
        snprintf(ret_text, LT_VALUE_TEXT_MAX, "%s%llu", sign, (unsigned long long)(size / 100));
    } else {
        snprintf(ret_text, LT_VALUE_TEXT_MAX, "%s%llu,%02u", sign, (unsigned long long)(size / 100),
                 (unsigned)(size % 100));
    }
}

void lt_value_format_period(const Lienthong__Period *period, char ret_text[LT_VALUE_TEXT_MAX])
{
    ret_text[0] = '\0';
    if (period == NULL) {
        return;
    }
    if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_YEAR) {
        snprintf(ret_text, LT_VALUE_TEXT_MAX, "%u", period->to);
    } else if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR) {
        snprintf(ret_text, LT_VALUE_TEXT_MAX, lt_text("năm học %u-%u", "school year %u-%u"),
                 period->to - 1, period->to);
    } else if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_SPAN) {
        snprintf(ret_text, LT_VALUE_TEXT_MAX, lt_text("giai đoạn %u-%u", "period %u-%u"),
                 period->from, period->to);
    } else if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_EVENT) {
        lt_value_format_day(period->day, ret_text);
    } else if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_MONTH) {
        snprintf(ret_text, LT_VALUE_TEXT_MAX, lt_text("tháng %u/%u", "month %u/%u"), period->from,
                 period->to);
    } else if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_QUARTER) {
        snprintf(ret_text, LT_VALUE_TEXT_MAX, lt_text("quý %u/%u", "quarter %u/%u"), period->from,
                 period->to);
    } else if (period->kind == LIENTHONG__PERIOD_KIND__PERIOD_HALF) {
        snprintf(ret_text, LT_VALUE_TEXT_MAX, "%s %u",
                 period->from == 1 ? lt_text("6 tháng đầu năm", "first half of")
                                   : lt_text("6 tháng cuối năm", "second half of"),
                 period->to);
    }
}
