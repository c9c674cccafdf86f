/* How a number is shown: plainly, or as the day that its format makes of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agent/xlsx_own.h"
#include "proto/ids.h"

enum {
    LEAP_1900 = 60, /* 29/02/1900, which never was, and which Lotus 1-2-3 had */
    DAYS_TO_1970 = 25569, /* from 30/12/1899 */
    DAYS_TO_1904 = 1462,
    DAYS_MAX = 2958466, /* 01/01/10000 */
};

enum lt_xlsx_format lt_xlsx_format_known(unsigned id)
{
    if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47)) {
        return LT_XLSX_TIME;
    }
    if (id == 17 || id == 55) { /* mmm-yy */
        return LT_XLSX_MONTH;
    }
    /* 27 and on are days in the languages of East Asia. */
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)
               ? LT_XLSX_DATE
               : LT_XLSX_PLAIN;
}

/* Behind a quoted text, an escaped letter, or brackets: [$-42A], [Red], but not [h]. */
static const char *pass_literal(const char *at)
{
    if (*at == '"') {
        const char *end = strchr(at + 1, '"');
        return end != NULL ? end + 1 : at + strlen(at);
    }
    if (*at == '[' && at[1 + strspn(at + 1, "hHmMsS")] != ']') {
        const char *end = strchr(at, ']');
        return end != NULL ? end + 1 : at + strlen(at);
    }
    if ((*at == '\\' || *at == '_' || *at == '*') && at[1] != '\0') {
        return at + 2;
    }
    return at;
}

enum lt_xlsx_format lt_xlsx_format_of(const char *code)
{
    bool days = false, months = false, years = false, hours = false;
    size_t zeros = strspn(code, "0");
    if (zeros > 1 && code[zeros] == '\0') {
        return zeros < 32 ? (enum lt_xlsx_format)(LT_XLSX_ZEROS + zeros) : LT_XLSX_PLAIN;
    }
    for (const char *at = code; *at != '\0' && *at != ';';) {
        const char *next = pass_literal(at);
        if (next != at) {
            at = next;
            continue;
        }
        days = days || *at == 'd' || *at == 'D';
        months = months || *at == 'm' || *at == 'M';
        years = years || *at == 'y' || *at == 'Y';
        hours = hours || *at == 'h' || *at == 'H' || *at == 's' || *at == 'S';
        at++;
    }
    if (days || (months && !years && !hours)) {
        return LT_XLSX_DATE;
    }
    if (years) {
        return months ? LT_XLSX_MONTH : LT_XLSX_YEAR;
    }
    return hours ? LT_XLSX_TIME : LT_XLSX_PLAIN;
}

static void write_plain(double value, enum lt_xlsx_format format, char text[LT_XLSX_NUMBER_MAX])
{
    bool whole = fabs(value) < 1e18 && value == trunc(value); /* beyond, Excel knows no digits */
    if (whole && format > LT_XLSX_ZEROS && value >= 0) {
        snprintf(text, LT_XLSX_NUMBER_MAX, "%0*.0f", (int)(format - LT_XLSX_ZEROS), value);
    } else if (whole) {
        snprintf(text, LT_XLSX_NUMBER_MAX, "%.0f", value == 0 ? 0.0 : value);
    } else {
        snprintf(text, LT_XLSX_NUMBER_MAX, "%.15g", value);
    }
    char *point = strchr(text, '.');
    if (point != NULL) {
        *point = ',';
    }
}

static void write_day(double days, enum lt_xlsx_format format, bool dates_1904,
                      char text[LT_XLSX_NUMBER_MAX])
{
    int number = (int)days;
    int year, month, day;
    if (!dates_1904 && number == LEAP_1900) {
        year = 1900, month = 2, day = 29;
    } else {
        number += dates_1904 ? DAYS_TO_1904 : number < LEAP_1900;
        lt_day_split((lt_day)(number - DAYS_TO_1970), &year, &month, &day);
    }
    if (format == LT_XLSX_YEAR) {
        snprintf(text, LT_XLSX_NUMBER_MAX, "%04d", year);
    } else if (format == LT_XLSX_MONTH) {
        snprintf(text, LT_XLSX_NUMBER_MAX, "%02d/%04d", month, year);
    } else {
        snprintf(text, LT_XLSX_NUMBER_MAX, "%02d/%02d/%04d", day, month, year);
    }
}

bool lt_xlsx_number(const char *text, enum lt_xlsx_format format, bool dates_1904,
                    char ret_text[LT_XLSX_NUMBER_MAX])
{
    char *end;
    double value = strtod(text, &end);
    /* "inf", "nan" and "0x10" are read by strtod and written by nobody. */
    if (end == text || *end != '\0' || !isfinite(value) || text[strspn(text, "0123456789+-.eE")]) {
        return false;
    }
    bool dated = format >= LT_XLSX_DATE && format <= LT_XLSX_YEAR;
    double days = floor(value + 0.5 / 86400); /* a second's half: times are rounded */
    if (dated && days >= (dates_1904 ? 0 : 1) && days < DAYS_MAX) {
        write_day(days, format, dates_1904, ret_text);
    } else if (format == LT_XLSX_TIME && value >= 0 && value < 1) {
        int minutes = (int)(value * 1440 + 0.5);
        snprintf(ret_text, LT_XLSX_NUMBER_MAX, "%02d:%02d", minutes / 60, minutes % 60);
    } else {
        write_plain(value, format, ret_text);
    }
    return true;
}
