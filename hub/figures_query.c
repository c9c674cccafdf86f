#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/figures.h"
#include "proto/standing.h"

enum { REASON_MAX = 400, CANDIDATES_MAX = 16 };

static enum lt_result unknown_dimension(const char *name, size_t size, char ret_reason[REASON_MAX])
{
    char names[200];
    lt_dimension_list_names(names, sizeof names);
    (void)snprintf(
        ret_reason, REASON_MAX,
        lt_text("không có chiều \"%.*s\"; có: %s", "no dimension \"%.*s\"; there are: %s"),
        (int)(size < 60 ? size : 60), name, names);
    return LT_USAGE;
}

enum lt_result lt_figures_parse_by(const char *text, struct lt_figures_query *query,
                                   char ret_reason[REASON_MAX])
{
    while (*text != '\0') {
        size_t size = strcspn(text, ",");
        enum lt_dimension dimension;
        bool twice = false;
        if (!lt_dimension_find(text, size, &dimension))
            return unknown_dimension(text, size, ret_reason);
        for (size_t i = 0; i < query->by_count; i++)
            twice = twice || query->by[i] == dimension;
        if (!twice)
            query->by[query->by_count++] = dimension;
        text += size;
        text += *text == ',';
    }
    return LT_OK;
}

enum lt_result lt_figures_parse_where(const char *text, struct lt_figures_query *query,
                                      char ret_reason[REASON_MAX])
{
    const char *equals = strchr(text, '=');
    enum lt_dimension dimension;
    if (equals == NULL || query->where_count == LT_WHERE_MAX) {
        (void)snprintf(ret_reason, REASON_MAX, "%s: %.100s",
                       equals == NULL ? lt_text("cần CHIỀU=GIÁ_TRỊ", "DIM=VALUE is needed")
                                      : lt_text("quá nhiều điều kiện", "too many conditions"),
                       text);
        return LT_USAGE;
    }
    if (!lt_dimension_find(text, (size_t)(equals - text), &dimension))
        return unknown_dimension(text, (size_t)(equals - text), ret_reason);
    if (lt_dimension_listed(dimension) && equals[1] != '\0' &&
        lt_dimension_value(dimension, equals + 1) == 0) {
        char values[250];
        lt_dimension_list_values(dimension, values, sizeof values);
        (void)snprintf(ret_reason, REASON_MAX,
                       lt_text("%s không có giá trị \"%.40s\"; có: %s",
                               "%s has no value \"%.40s\"; there are: %s"),
                       lt_dimension_name(dimension), equals + 1, values);
        return LT_USAGE;
    }
    query->where[query->where_count].dimension = dimension;
    query->where[query->where_count++].value = equals + 1;
    return LT_OK;
}

static bool read_year(const char **text, int *ret_year)
{
    char *end;
    long year = strtol(*text, &end, 10);
    if (end - *text != 4 || **text < '0' || **text > '9' || year < LT_YEAR_MIN ||
        year > LT_YEAR_MAX)
        return false;
    *ret_year = (int)year;
    *text = end;
    return true;
}

enum lt_result lt_figures_parse_year(const char *text, struct lt_figures_query *query,
                                     char ret_reason[REASON_MAX])
{
    const char *at = text;
    int from = 0, to;
    bool good = read_year(&at, &from), span = good && *at == '-';
    to = from;
    if (good && *at != '\0') {
        good = span || strncmp(at, "..", 2) == 0;
        at += span ? 1 : 2;
        good = good && read_year(&at, &to);
    }
    if (!good || *at != '\0' || to < from || (span && to == from)) {
        (void)snprintf(ret_reason, REASON_MAX,
                       lt_text("năm không hiểu được: \"%.40s\"; cần 2020, 2018..2020 (từng năm) "
                               "hoặc 2015-2020 (cả giai đoạn), từ %d đến %d",
                               "no year: \"%.40s\"; 2020, 2018..2020 (each year) or 2015-2020 "
                               "(the period) is needed, %d to %d"),
                       text, LT_YEAR_MIN, LT_YEAR_MAX);
        return LT_USAGE;
    }
    query->year_from = from;
    query->year_to = to;
    query->span = span;
    query->month_from = query->month_to = 0;
    return LT_OK;
}

enum lt_result lt_figures_parse_period(const char *text, struct lt_figures_query *query,
                                       char ret_reason[REASON_MAX])
{
    struct lt_period period;
    int months = 0;
    bool known = lt_period_parse(text, &period) == LT_OK;
    if (known && period.kind == LIENTHONG__PERIOD_KIND__PERIOD_MONTH)
        months = 1;
    else if (known && period.kind == LIENTHONG__PERIOD_KIND__PERIOD_QUARTER)
        months = 3;
    else if (known && period.kind == LIENTHONG__PERIOD_KIND__PERIOD_HALF)
        months = 6;
    else
        known = known && (period.kind == LIENTHONG__PERIOD_KIND__PERIOD_YEAR ||
                          period.kind == LIENTHONG__PERIOD_KIND__PERIOD_SPAN);
    if (!known) {
        (void)snprintf(ret_reason, REASON_MAX,
                       lt_text("kỳ không hiểu được: \"%.40s\"; cần 2024-05 (tháng), 2024-Q1 (quý), "
                               "2024-H1 (nửa năm), 2024 hoặc 2020-2024 (cả giai đoạn)",
                               "no period: \"%.40s\"; 2024-05 (month), 2024-Q1 (quarter), 2024-H1 "
                               "(half-year), 2024 or 2020-2024 (the span) is needed"),
                       text);
        return LT_USAGE;
    }
    query->span = period.kind == LIENTHONG__PERIOD_KIND__PERIOD_SPAN;
    query->year_from = query->span ? period.from : period.to;
    query->year_to = period.to;
    query->month_from = months == 0 ? 0 : (period.from - 1) * months + 1;
    query->month_to = months == 0 ? 0 : period.from * months;
    return LT_OK;
}

enum lt_result lt_figures_parse_tree(const char *text, lt_day today, struct lt_figures_query *query,
                                     char ret_reason[REASON_MAX])
{
    if (strcmp(text, "today") == 0) {
        query->tree = today;
        return LT_OK;
    }
    if (lt_day_parse_iso(text, &query->tree) == LT_OK)
        return LT_OK;
    (void)snprintf(ret_reason, REASON_MAX,
                   lt_text("cây của ngày nào: \"%.40s\"; cần 2025-07-01 hoặc today",
                           "no day of a tree: \"%.40s\"; 2025-07-01 or today is needed"),
                   text);
    return LT_USAGE;
}

void lt_figures_period_text(const struct lt_figures_query *query,
                            char ret_text[LT_FIGURES_PERIOD_MAX])
{
    const int months = query->month_to - query->month_from + 1;
    const unsigned from = (unsigned)query->year_from % 10000, to = (unsigned)query->year_to % 10000;
    const unsigned month = (unsigned)query->month_from % 100;
    if (query->month_from != 0 && months == 1)
        (void)snprintf(ret_text, LT_FIGURES_PERIOD_MAX, "%04u-%02u", to, month);
    else if (query->month_from != 0)
        (void)snprintf(ret_text, LT_FIGURES_PERIOD_MAX, "%04u-%c%u", to, months == 3 ? 'Q' : 'H',
                       (month + (unsigned)months - 1) / (unsigned)months);
    else if (from == to)
        (void)snprintf(ret_text, LT_FIGURES_PERIOD_MAX, "%04u", to);
    else
        (void)snprintf(ret_text, LT_FIGURES_PERIOD_MAX, "%04u%s%04u", from,
                       query->span ? "-" : "..", to);
}

static void list_candidates(const char *code, const struct lt_place *const *places, size_t count,
                            char ret_reason[REASON_MAX])
{
    int used = snprintf(ret_reason, REASON_MAX,
                        lt_text("mã %s là của nhiều đơn vị trong thời gian này:",
                                "several units bore the code %s in that time:"),
                        code);
    for (size_t i = 0; i < count && used > 0 && used < REASON_MAX; i++) {
        char from[11] = "…", to[11] = "…";
        if (places[i]->unit.valid_from != 0)
            lt_day_format_iso(places[i]->unit.valid_from, from);
        if (places[i]->valid_to != 0)
            lt_day_format_iso(places[i]->valid_to, to);
        used += snprintf(ret_reason + used, (size_t)(REASON_MAX - used), " %s%s%s %.60s (%s – %s);",
                         code, places[i]->unit.valid_from != 0 ? "@" : "",
                         places[i]->unit.valid_from != 0 ? from : "", places[i]->name, from, to);
    }
}

static enum lt_result place_of_years(const struct lt_book *book, const char *code,
                                     struct lt_figures_query *query, char ret_reason[REASON_MAX])
{
    const struct lt_place *found[CANDIDATES_MAX], *some[CANDIDATES_MAX];
    size_t count = 0;
    for (int year = query->year_from; year <= query->year_to; year++) {
        size_t some_count = 0;
        if (lt_book_place_in_year(book, code, year, some, CANDIDATES_MAX, &some_count) ==
            LT_NOT_FOUND)
            continue;
        for (size_t i = 0; i < some_count && i < CANDIDATES_MAX; i++) {
            size_t at = 0;
            while (at < count && found[at] != some[i])
                at++;
            if (at == count && count < CANDIDATES_MAX)
                found[count++] = some[i];
        }
    }
    if (count == 0) {
        if (query->year_from == query->year_to)
            (void)snprintf(ret_reason, REASON_MAX,
                           lt_text("năm %d cây đơn vị không có mã %s",
                                   "in %d the tree has no unit of code %s"),
                           query->year_from, code);
        else
            (void)snprintf(ret_reason, REASON_MAX,
                           lt_text("từ năm %d đến năm %d cây đơn vị không có mã %s",
                                   "from %d to %d the tree has no unit of code %s"),
                           query->year_from, query->year_to, code);
        return LT_NOT_FOUND;
    }
    if (count > 1) {
        list_candidates(code, found, count, ret_reason);
        return LT_AMBIGUOUS;
    }
    query->place = found[0];
    return LT_OK;
}

enum lt_result lt_figures_find_place(const struct lt_book *book, const char *text,
                                     struct lt_figures_query *query, char ret_reason[REASON_MAX])
{
    struct lt_unit unit;
    bool dated;
    enum lt_result result = lt_unit_parse(text, &unit, &dated);
    if (result != LT_OK) {
        (void)snprintf(ret_reason, REASON_MAX,
                       lt_text("mã đơn vị không hiểu được: \"%.60s\"; cần MÃ hoặc MÃ@2025-07-01",
                               "no unit: \"%.60s\"; CODE or CODE@2025-07-01 is needed"),
                       text);
        return LT_USAGE;
    }
    if (!dated && query->tree == 0)
        return place_of_years(book, unit.code, query, ret_reason);
    lt_day day = query->tree != 0 ? query->tree : unit.valid_from;
    result = lt_book_place_on(book, unit.code, day, &query->place);
    if (result == LT_OK && dated && query->tree != 0 &&
        lt_unit_cmp(&query->place->unit, &unit) != 0)
        result = LT_NOT_FOUND; /* another bears the code on that day */
    if (result != LT_OK) {
        char of_day[11];
        lt_day_format_iso(day, of_day);
        (void)snprintf(ret_reason, REASON_MAX,
                       lt_text("cây đơn vị không có %s vào ngày %s", "the tree has no %s on %s"),
                       text, of_day);
    }
    return result;
}
