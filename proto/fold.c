/* Names and numbers for comparing. */
#include <assert.h>
#include <string.h>

#include "proto/standing.h"

struct writer {
    char *text;
    size_t size, max;
};

/* A code point of valid UTF-8; of other bytes one by one. */
static uint32_t next_point(const uint8_t **at)
{
    const uint8_t *byte = *at;
    const size_t more = byte[0] >= 0xf0 ? 3 : byte[0] >= 0xe0 ? 2 : byte[0] >= 0xc0 ? 1 : 0;
    uint32_t point = more == 3 ? byte[0] & 0x07U : more == 2 ? byte[0] & 0x0fU : byte[0] & 0x1fU;
    if (more == 0) {
        *at = byte + 1;
        return byte[0];
    }
    for (size_t i = 1; i <= more; i++) {
        if ((byte[i] & 0xc0U) != 0x80) {
            *at = byte + 1;
            return byte[0];
        }
        point = point << 6 | (byte[i] & 0x3fU);
    }
    *at = byte + more + 1;
    return point;
}

/* Whole code points only. */
static void put_point(struct writer *out, uint32_t point)
{
    uint8_t bytes[4];
    size_t size = 0;
    if (point < 0x80) {
        bytes[size++] = (uint8_t)point;
    } else if (point < 0x800) {
        bytes[size++] = (uint8_t)(0xc0 | point >> 6);
    } else if (point < 0x10000) {
        bytes[size++] = (uint8_t)(0xe0 | point >> 12);
        bytes[size++] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
    } else {
        bytes[size++] = (uint8_t)(0xf0 | point >> 18);
        bytes[size++] = (uint8_t)(0x80 | (point >> 12 & 0x3f));
        bytes[size++] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
    }
    if (point >= 0x80)
        bytes[size++] = (uint8_t)(0x80 | (point & 0x3f));
    if (out->size + size < out->max) {
        memcpy(out->text + out->size, bytes, size);
        out->size += size;
    }
}

static uint32_t lower(uint32_t point)
{
    if ((point >= 'A' && point <= 'Z') || (point >= 0xc0 && point <= 0xde && point != 0xd7))
        return point == 0xd0 ? 0x111 : point + 0x20; /* Ð was typed for Đ */
    if (point == 0xf0)
        return 0x111;
    if ((point >= 0x100 && point <= 0x137) || (point >= 0x1ea0 && point <= 0x1ef9) ||
        point == 0x1a0)
        return point | 1;
    if (point == 0x1af)
        return 0x1b0;
    return point;
}

/* A vowel without its tone; *ret_tone 0: it has none. */
static uint32_t without_tone(uint32_t point, uint32_t *ret_tone)
{
    static const char *const vowels[] = {"aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "eèẻẽéẹ",
                                         "êềểễếệ", "iìỉĩíị", "oòỏõóọ", "ôồổỗốộ",
                                         "ơờởỡớợ", "uùủũúụ", "ưừửữứự", "yỳỷỹýỵ"};
    static const uint32_t tones[] = {0, 0x300, 0x309, 0x303, 0x301, 0x323};
    for (size_t i = 0; i < sizeof(vowels) / sizeof(vowels[0]); i++) {
        const uint8_t *at = (const uint8_t *)vowels[i];
        const uint32_t plain = next_point(&at);
        for (size_t tone = 1; *at != '\0'; tone++) {
            if (next_point(&at) == point) {
                *ret_tone = tones[tone];
                return plain;
            }
        }
    }
    *ret_tone = 0;
    return point;
}

static bool is_letter(uint32_t point)
{
    return (point >= 'a' && point <= 'z') || point >= 0xc0;
}

static bool is_blank(uint32_t point, bool marks)
{
    const bool word = (point >= '0' && point <= '9') || is_letter(point);
    return point <= ' ' || point == 0xa0 || (marks && point < 0x80 && !word);
}

/* Of a cluster's name. */
static bool says_nothing(const char *word, size_t size)
{
    static const char *const words[] = {"thi", "đua", "tđ", "sô\xcc\x81", "dua", "td", "so"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == size && memcmp(words[i], word, size) == 0)
            return true;
    }
    return false;
}

/* One word, its tone marks after its letters; returns where the text goes on. */
static const uint8_t *put_word(struct writer *out, const uint8_t *at, bool marks)
{
    uint32_t held = 0;
    while (*at != '\0') {
        const uint8_t *next = at;
        const uint32_t point = lower(next_point(&next));
        if (is_blank(point, marks))
            break;
        uint32_t tone;
        const uint32_t plain = without_tone(point, &tone);
        if (held != 0 && (tone != 0 || !is_letter(point))) {
            put_point(out, held);
            held = 0;
        }
        put_point(out, plain);
        held = tone != 0 ? tone : held;
        at = next;
    }
    if (held != 0)
        put_point(out, held);
    return at;
}

/* 01 is 1. */
static void drop_zeros(struct writer *out, size_t begin)
{
    size_t zeros = 0;
    while (begin + zeros + 1 < out->size && out->text[begin + zeros] == '0' &&
           out->text[begin + zeros + 1] >= '0' && out->text[begin + zeros + 1] <= '9')
        zeros++;
    memmove(out->text + begin, out->text + begin + zeros, out->size - begin - zeros);
    out->size -= zeros;
}

static void fold_words(const char *name, bool cluster, char *ret_folded, size_t max)
{
    struct writer out = {.text = ret_folded, .max = max};
    const uint8_t *at = (const uint8_t *)name;
    assert(max > 0);
    while (*at != '\0') {
        const uint8_t *next = at;
        if (is_blank(lower(next_point(&next)), cluster)) {
            at = next;
            continue;
        }
        const size_t end = out.size;
        if (end > 0)
            put_point(&out, ' ');
        const size_t begin = out.size;
        at = put_word(&out, at, cluster);
        if (cluster)
            drop_zeros(&out, begin);
        if (cluster && says_nothing(out.text + begin, out.size - begin))
            out.size = end;
    }
    ret_folded[out.size] = '\0';
}

void lt_fold_words(const char *name, char *ret_folded, size_t max)
{
    fold_words(name, false, ret_folded, max);
}

void lt_fold_cluster(const char *name, char *ret_folded, size_t max)
{
    fold_words(name, true, ret_folded, max);
}

/* The plain capital of a letter, a digit as it is; 0: neither. */
static char plain_capital(uint32_t point)
{
    static const struct {
        uint32_t point;
        char plain;
    } others[] = {{0x103, 'A'}, {0xe2, 'A'},  {0xea, 'E'}, {0xf4, 'O'},
                  {0x1a1, 'O'}, {0x1b0, 'U'}, {0x111, 'D'}};
    uint32_t tone;
    if (point >=
        0x80) /* most letters of a number need no looking up, and it is folded for each record */
        point = without_tone(lower(point), &tone);
    if (point >= 'a' && point <= 'z')
        return (char)(point - 'a' + 'A');
    if ((point >= 'A' && point <= 'Z') || (point >= '0' && point <= '9'))
        return (char)point;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (others[i].point == point)
            return others[i].plain;
    }
    return '\0';
}

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* The next group of digits or of letters; its size, 0: there is none. */
static size_t next_group(const uint8_t **at, char *ret_group, size_t max)
{
    size_t size = 0;
    while (**at != '\0') {
        const uint8_t *next = *at;
        const char letter = plain_capital(next_point(&next));
        if (size > 0 && (letter == '\0' || is_digit(letter) != is_digit(ret_group[0])))
            break;
        if (letter != '\0' && size + 1 < max)
            ret_group[size++] = letter;
        *at = next;
    }
    ret_group[size] = '\0';
    return size;
}

static bool is_filler(const char *group, int year)
{
    char text[12] = "";
    if (year > 0)
        for (int i = 3, left = year; i >= 0; i--, left /= 10)
            text[i] = (char)('0' + left % 10);
    return strcmp(group, "SO") == 0 || strcmp(group, "QD") == 0 || strcmp(group, "UBND") == 0 ||
           (year > 0 && strcmp(group, text) == 0);
}

static void put_text(struct writer *out, const char *text)
{
    for (; *text != '\0'; text++)
        put_point(out, (uint8_t)*text);
}

void lt_fold_decision(const char *number, int year, char *ret_folded, size_t max)
{
    struct writer out = {.text = ret_folded, .max = max};
    char group[LT_TEXT_BYTES_MAX + 1];
    assert(max > 0);
    const uint8_t *at = (const uint8_t *)number;
    bool found = false;
    while (!found && next_group(&at, group, sizeof(group)) > 0)
        found = is_digit(group[0]);
    if (found) {
        const char *digits = group;
        while (digits[0] == '0' && digits[1] != '\0')
            digits++;
        put_text(&out, digits);
    }
    at = (const uint8_t *)number;
    bool first = true;
    while (next_group(&at, group, sizeof(group)) > 0) {
        const bool the_number = first && is_digit(group[0]);
        first = first && !the_number;
        if (!the_number && !is_filler(group, year))
            put_text(&out, group);
    }
    ret_folded[out.size] = '\0';
}
