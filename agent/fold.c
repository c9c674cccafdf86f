#include "agent/natural.h"

#include <assert.h>
#include <string.h>
#include <utf8proc.h>

/* Two bytes become three points at most (ΐ), and none of these more than the two bytes that each was. */
enum { HELD_MAX = 8, POINTS_MAX = 2 * LT_LONG_TEXT_BYTES_MAX };

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
    assert(folder->size + 4 < LT_FOLDED_MAX);
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

static bool fold(const char *text, bool plain, char ret_folded[LT_FOLDED_MAX])
{
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    int32_t points[POINTS_MAX];
    struct folder folder = {.out = (uint8_t *)ret_folded, .plain = plain};
    size_t size = strlen(text);
    ret_folded[0] = '\0';
    if (size > LT_LONG_TEXT_BYTES_MAX) {
        return false;
    }
    utf8proc_ssize_t count = utf8proc_decompose(
        (const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, points, POINTS_MAX, options);
    if (count < 0 || count > POINTS_MAX) {
        return false;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        fold_point(&folder, points[i]);
    }
    release(&folder);
    ret_folded[folder.size] = '\0';
    return true;
}

bool lt_fold_name(const char *text, char ret_folded[LT_FOLDED_MAX])
{
    return fold(text, false, ret_folded);
}

bool lt_fold_plain(const char *text, char ret_folded[LT_FOLDED_MAX])
{
    return fold(text, true, ret_folded);
}
