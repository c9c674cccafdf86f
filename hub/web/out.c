#include "hub/web/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define REPLACEMENT "\xEF\xBF\xBD"

void lt_out_free(struct lt_out *out)
{
    free(out->bytes);
    *out = (struct lt_out){NULL, 0, 0, false};
}

static bool grow(struct lt_out *out, size_t more)
{
    size_t capacity = out->capacity == 0 ? 4096 : out->capacity;
    if (out->failed || more > LT_OUT_BYTES_MAX || out->size + more + 1 > LT_OUT_BYTES_MAX) {
        out->failed = true;
        return false;
    }
    while (capacity < out->size + more + 1)
        capacity *= 2;
    if (capacity == out->capacity)
        return true;
    char *bytes = realloc(out->bytes, capacity);
    out->failed = bytes == NULL;
    if (bytes != NULL) {
        out->bytes = bytes;
        out->capacity = capacity;
    }
    return bytes != NULL;
}

void lt_out_bytes(struct lt_out *out, const char *bytes, size_t size)
{
    if (!grow(out, size))
        return;
    if (size > 0)
        memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
    out->bytes[out->size] = '\0';
}

void lt_out_raw(struct lt_out *out, const char *text)
{
    lt_out_bytes(out, text, strlen(text));
}

void lt_out_print(struct lt_out *out, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    if (size < 0)
        out->failed = true;
    else if (grow(out, (size_t)size))
        out->size += (size_t)vsnprintf(out->bytes + out->size, (size_t)size + 1, format, again);
    va_end(again);
    va_end(arguments);
}

/* The bytes of the next character, 0 when they are none that may be shown. */
static size_t character(const char *text)
{
    utf8proc_int32_t point;
    size_t size = 0;
    while (size < 4 && text[size] != '\0')
        size++;
    utf8proc_ssize_t got =
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &point);
    bool shown = got > 0 && (point >= 0x20 || point == '\n' || point == '\t') &&
                 !(point >= 0x7f && point < 0xa0);
    return shown ? (size_t)got : 0;
}

typedef const char *escape(char letter);

static void escaped(struct lt_out *out, const char *text, escape *of)
{
    const char *from = text;
    while (*text != '\0') {
        size_t size = character(text);
        const char *instead = size == 0 ? REPLACEMENT : size == 1 ? of(*text) : NULL;
        if (instead != NULL) {
            lt_out_bytes(out, from, (size_t)(text - from));
            lt_out_raw(out, instead);
        }
        text += size == 0 ? 1 : size;
        from = instead != NULL ? text : from;
    }
    lt_out_bytes(out, from, (size_t)(text - from));
}

static const char *html(char letter)
{
    switch (letter) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void lt_out_text(struct lt_out *out, const char *text)
{
    escaped(out, text, html);
}

static const char *json(char letter)
{
    switch (letter) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\t':
        return "\\t";
    case '<': /* so that it can stand within a page too */
        return "\\u003c";
    default:
        return NULL;
    }
}

void lt_out_json(struct lt_out *out, const char *text)
{
    lt_out_raw(out, "\"");
    escaped(out, text, json);
    lt_out_raw(out, "\"");
}

bool lt_out_is_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@\t\r\n", text[0]) != NULL;
}

static const char *csv(char letter)
{
    return letter == '"' ? "\"\"" : NULL;
}

void lt_out_csv(struct lt_out *out, const char *text)
{
    lt_out_raw(out, lt_out_is_formula(text) ? "\"'" : "\"");
    escaped(out, text, csv);
    lt_out_raw(out, "\"");
}

void lt_out_url(struct lt_out *out, const char *text)
{
    for (; *text != '\0'; text++) {
        char letter = *text;
        bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                     (letter >= '0' && letter <= '9') || strchr("-._~@,", letter) != NULL;
        if (plain)
            lt_out_bytes(out, text, 1);
        else
            lt_out_print(out, "%%%02X", (unsigned)(unsigned char)letter);
    }
}
