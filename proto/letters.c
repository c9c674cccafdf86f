#include "proto/letters.h"

#include <string.h>

#include "proto/limits.h"

/* Eight bytes at a time: true when all are printable ASCII. */
static bool eight_plain(const uint8_t *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    uint64_t word;
    memcpy(&word, bytes, sizeof(word));
    if (word & highs)
        return false;
    /* No byte carries into the next: all are below 0x80. */
    return ((word + ones * (0x80 - 0x20)) & highs) == highs && ((word + ones) & highs) == 0;
}

static bool continues(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Length of the valid, non-control character of two or more bytes at `at`; 0: none. */
static size_t wide_length(const uint8_t *at, size_t left)
{
    const uint8_t first = at[0];
    if (first >= 0xc2 && first <= 0xdf) {
        if (left < 2 || !continues(at[1]) || (first == 0xc2 && at[1] < 0xa0))
            return 0;
        return 2;
    }
    if (first >= 0xe0 && first <= 0xef) {
        if (left < 3 || !continues(at[1]) || !continues(at[2]))
            return 0;
        if ((first == 0xe0 && at[1] < 0xa0) || (first == 0xed && at[1] > 0x9f))
            return 0;
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (left < 4 || !continues(at[1]) || !continues(at[2]) || !continues(at[3]))
            return 0;
        if ((first == 0xf0 && at[1] < 0x90) || (first == 0xf4 && at[1] > 0x8f))
            return 0;
        return 4;
    }
    return 0;
}

bool lt_text_valid(const uint8_t *bytes, size_t size, bool lines)
{
    size_t i = 0;
    while (i < size) {
        if (size - i >= 8 && eight_plain(bytes + i)) {
            i += 8;
        } else if (bytes[i] < 0x80) {
            if ((bytes[i] < 0x20 && !(lines && bytes[i] == '\n')) || bytes[i] == 0x7f)
                return false;
            i++;
        } else {
            const size_t length = wide_length(bytes + i, size - i);
            if (length == 0)
                return false;
            i += length;
        }
    }
    return true;
}

bool lt_code_valid(const uint8_t *bytes, size_t size)
{
    if (size == 0 || size > LT_CODE_BYTES_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        const uint8_t c = bytes[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
            return false;
    }
    return true;
}
