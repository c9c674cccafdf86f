#include "agent/natural.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { HELD_MAX = 8 };

/* Writes code points; tone marks wait for the end of their syllable. */
struct folder {
    uint8_t *out;
    size_t size;
    int32_t held[HELD_MAX];
    size_t held_count;
    bool plain, space;
};

static bool is_tone(int32_t point)
{
    return point == 0x300 || point == 0x301 || point == 0x303 || point == 0x309 || point == 0x323;
}

static bool is_mark(utf8proc_category_t category)
{
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

static bool is_letter(utf8proc_category_t category)
{
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
           category == UTF8PROC_CATEGORY_LT || category == UTF8PROC_CATEGORY_LM ||
           category == UTF8PROC_CATEGORY_LO;
}

static bool is_space(utf8proc_category_t category)
{
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CC;
}

/* Look-alikes that keyboards and word processors put in each other's place. */
static int32_t usual(int32_t point, bool plain)
{
    if (point == 0xf0 || point == 0x256 || point == 0x111) { /* ð ɖ đ */
        return plain ? 'd' : 0x111;
    }
    if (point >= 0x2010 && point <= 0x2015) {
        return '-';
    }
    if (point == 0x2018 || point == 0x2019) {
        return '\'';
    }
    if (point == 0x201c || point == 0x201d) {
        return '"';
    }
    return point;
}

static void emit(struct folder *folder, int32_t point)
{
    folder->size += (size_t)utf8proc_encode_char(point, folder->out + folder->size);
}

static void release(struct folder *folder)
{
    for (size_t i = 0; i < folder->held_count; i++) {
        emit(folder, folder->held[i]);
    }
    folder->held_count = 0;
}

static void fold_point(struct folder *folder, int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);
    if (is_mark(category) && folder->plain) {
        return;
    }
    if (is_tone(point)) {
        if (folder->held_count == HELD_MAX) {
            release(folder);
        }
        folder->held[folder->held_count++] = point;
        return;
    }
    if (!is_letter(category) && !is_mark(category)) {
        release(folder);
    }
    if (is_space(category)) {
        folder->space = folder->size > 0;
        return;
    }
    if (folder->space) {
        emit(folder, ' ');
        folder->space = false;
    }
    emit(folder, usual(point, folder->plain));
}

static char *fold(const char *text, bool plain)
{
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    utf8proc_ssize_t size = (utf8proc_ssize_t)strlen(text);
    utf8proc_ssize_t count = utf8proc_decompose(bytes, size, NULL, 0, options);
    if (count < 0) {
        return NULL;
    }
    int32_t *points = malloc(((size_t)count + 1) * sizeof(*points));
    struct folder folder = {.out = malloc((size_t)count * 4 + 1), .plain = plain};
    if (points == NULL || folder.out == NULL ||
        utf8proc_decompose(bytes, size, points, count, options) != count) {
        free(points);
        free(folder.out);
        return NULL;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        fold_point(&folder, points[i]);
    }
    release(&folder);
    folder.out[folder.size] = '\0';
    free(points);
    return (char *)folder.out;
}

char *lt_fold_name(const char *text)
{
    return fold(text, false);
}

char *lt_fold_plain(const char *text)
{
    return fold(text, true);
}
