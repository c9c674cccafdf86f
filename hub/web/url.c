#include "hub/web/url.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static int hex(char letter)
{
    return letter >= '0' && letter <= '9'   ? letter - '0'
           : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
           : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                            : -1;
}

/* Decodes in place; the result is never longer. False: a bad escape, a NUL, or no UTF-8. */
static bool decode(char *text, bool plus)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        char letter = *from == '+' && plus ? ' ' : *from;
        if (letter == '%') {
            int high = hex(from[1]), low = high < 0 ? -1 : hex(from[2]);
            if (low < 0 || high + low == 0)
                return false;
            letter = (char)(high * 16 + low);
            from += 2;
        }
        *to++ = letter;
    }
    *to = '\0';
    utf8proc_int32_t point;
    for (const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text; *at != 0;) {
        utf8proc_ssize_t size = utf8proc_iterate(at, -1, &point);
        if (size <= 0)
            return false;
        at += size;
    }
    return true;
}

static char *trim(char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

enum lt_result lt_url_params_read(const char *text, size_t size, char separator,
                                  struct lt_url_params *ret_params)
{
    const bool cookies = separator == ';';
    ret_params->count = 0;
    if (size > LT_URL_BYTES_MAX)
        return LT_TOO_LARGE;
    if (memchr(text, '\0', size) != NULL)
        return LT_MALFORMED;
    memcpy(ret_params->text, text, size);
    ret_params->text[size] = '\0';
    ret_params->size = size;
    for (char *at = ret_params->text, *next; at != NULL; at = next) {
        next = strchr(at, separator);
        if (next != NULL)
            *next++ = '\0';
        char *name = cookies ? trim(at) : at, *value = strchr(name, '=');
        if (value != NULL)
            *value++ = '\0';
        else
            value = name + strlen(name);
        if (name[0] == '\0')
            continue;
        if (ret_params->count == LT_URL_PARAMS_MAX)
            return LT_TOO_LARGE;
        if (!cookies && (!decode(name, true) || !decode(value, true)))
            return LT_MALFORMED;
        ret_params->items[ret_params->count++] = (struct lt_url_param){name, value};
    }
    return LT_OK;
}

const char *lt_url_ending(enum lt_url_format format)
{
    static const char *const endings[] = {[LT_URL_HTML] = "",
                                          [LT_URL_JSON] = ".json",
                                          [LT_URL_CSV] = ".csv",
                                          [LT_URL_XLSX] = ".xlsx"};
    return endings[format];
}

static enum lt_url_format take_format(char *part)
{
    size_t size = strlen(part);
    for (int format = LT_URL_JSON; format <= LT_URL_XLSX; format++) {
        const char *ending = lt_url_ending((enum lt_url_format)format);
        size_t tail = strlen(ending);
        if (size > tail && strcmp(part + size - tail, ending) == 0) {
            part[size - tail] = '\0';
            return (enum lt_url_format)format;
        }
    }
    return LT_URL_HTML;
}

enum lt_result lt_url_read(const char *path, const char *query, struct lt_url *ret_url)
{
    size_t size = strlen(path);
    ret_url->part_count = 0;
    ret_url->format = LT_URL_HTML;
    if (size > LT_URL_BYTES_MAX)
        return LT_TOO_LARGE;
    if (size == 0 || path[0] != '/')
        return LT_MALFORMED;
    memcpy(ret_url->path, path, size + 1);
    for (char *at = ret_url->path + 1, *next; at != NULL; at = next) {
        next = strchr(at, '/');
        if (next != NULL)
            *next++ = '\0';
        if (at[0] == '\0' && next == NULL)
            break; /* "/" at the end */
        if (ret_url->part_count == LT_URL_PARTS_MAX)
            return LT_TOO_LARGE;
        if (at[0] == '\0' || !decode(at, false))
            return LT_MALFORMED;
        if (next == NULL)
            ret_url->format = take_format(at);
        ret_url->parts[ret_url->part_count++] = at;
    }
    return lt_url_params_read(query != NULL ? query : "", query != NULL ? strlen(query) : 0, '&',
                              &ret_url->params);
}

const char *lt_url_param(const struct lt_url_params *params, const char *name)
{
    for (size_t i = 0; i < params->count; i++)
        if (strcmp(params->items[i].name, name) == 0)
            return params->items[i].value;
    return NULL;
}

long lt_url_number(const struct lt_url_params *params, const char *name, long from, long to,
                   long other)
{
    const char *value = lt_url_param(params, name);
    char *end = NULL;
    if (value == NULL || value[0] < '0' || value[0] > '9' || strlen(value) > 9)
        return other;
    long number = strtol(value, &end, 10);
    return *end == '\0' && number >= from && number <= to ? number : other;
}
