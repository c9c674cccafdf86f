/* letters.h - what a text and a code may hold: for proto/, and for who makes texts of what people type.
 *
 * Pure; any thread. */
#ifndef LT_LETTERS_H
#define LT_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when `size` bytes are UTF-8 (shortest form, no surrogates, at most U+10FFFF) without control
 * characters (U+0000-001F, U+007F-009F); `lines` allows the line feed among them. */
bool lt_text_valid(const uint8_t *bytes, size_t size, bool lines);

/* True for 1 to LT_CODE_BYTES_MAX ASCII letters, digits, '-', '_' and '.'. */
bool lt_code_valid(const uint8_t *bytes, size_t size);

#endif
