/* golden_file.h - the files of the golden set: read, compared to what is made now, or written.
 *
 * The golden set of a release (tests/data/golden/…-0.1.0.*) holds exact bytes: one or more of each message of the
 * conversation, what a small province's hubs directed and its units reported, receipts, bundles and proofs; in texts
 * beside them stands what they decode to, how they are judged and what is counted from them. The tests golden_*, vectors
 * and proof replay it; how it was made (golden_story.h) plays no part in that.
 *
 * LT_WRITE_GOLDEN=1 has each of these tests write its part anew. That is allowed until 0.1.0 is released, and NEVER
 * AGAIN afterwards: then what makes the set makes that of the next release under its name, beside this one, and each
 * replaying test has two rows of files. The bytes (.bin, .ltb) of a release never change. Its texts change only where
 * rules of a new version (LT_RULES_VERSION) count otherwise on purpose, in the commit that brings them, each line looked
 * at; decoding (messages, frames, bodies) never. */
#ifndef LT_GOLDEN_FILE_H
#define LT_GOLDEN_FILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/update.h"

#define GOLDEN        LT_TEST_DATA "/golden/"
#define GOLDEN_STORY  GOLDEN "story-0.1.0.bin" /* of pieces, below */
#define GOLDEN_UNUSED __attribute__((unused))

enum { GOLDEN_PIECES_MAX = 96, GOLDEN_BYTES_MAX = 256 * 1024 };

static bool golden_writing(void)
{
    const char *wanted = getenv("LT_WRITE_GOLDEN");
    return wanted != NULL && strcmp(wanted, "1") == 0;
}

/* malloc'ed, with a NUL behind. */
static struct lt_bytes golden_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s is missing", path);
    uint8_t *bytes = malloc(GOLDEN_BYTES_MAX);
    assert_non_null(bytes);
    const size_t size = fread(bytes, 1, GOLDEN_BYTES_MAX, file);
    assert_int_equal(fclose(file), 0);
    assert_true(size < GOLDEN_BYTES_MAX);
    bytes[size] = '\0';
    return (struct lt_bytes){bytes, size};
}

static void golden_free(struct lt_bytes bytes)
{
    free((void *)(uintptr_t)bytes.data);
}

/* Whoever reads it meanwhile sees the former whole or the next. */
static void golden_write(const char *path, struct lt_bytes bytes)
{
    char beside[600];
    (void)snprintf(beside, sizeof beside, "%s.new", path);
    FILE *file = fopen(beside, "wb");
    if (file == NULL || fwrite(bytes.data, 1, bytes.size, file) != bytes.size ||
        fclose(file) != 0 || rename(beside, path) != 0)
        fail_msg("%s cannot be written", path);
}

/* What is made now is what is stored; or it is stored. */
GOLDEN_UNUSED static void golden_settle(const char *path, struct lt_bytes made)
{
    if (golden_writing())
        golden_write(path, made);
    const struct lt_bytes stored = golden_read(path);
    if (stored.size != made.size || memcmp(stored.data, made.data, made.size) != 0)
        fail_msg("%s: other bytes are made now. On purpose, and before the release: "
                 "LT_WRITE_GOLDEN=1 (golden_file.h)",
                 path);
    golden_free(stored);
}

/* The same of a text, of which the first line that differs is shown. Frees it. */
GOLDEN_UNUSED static void golden_settle_text(const char *path, char *text, size_t size)
{
    if (golden_writing())
        golden_write(path, (struct lt_bytes){(const uint8_t *)text, size});
    const struct lt_bytes stored = golden_read(path);
    const char *left = (const char *)stored.data, *right = text;
    for (size_t line = 1; *left != '\0' || *right != '\0'; line++) {
        const size_t was = strcspn(left, "\n"), is = strcspn(right, "\n");
        if (was != is || memcmp(left, right, was) != 0)
            fail_msg("%s:%zu: was \"%.*s\", is \"%.*s\"", path, line, (int)was, left, (int)is,
                     right);
        left += was + (left[was] == '\n');
        right += is + (right[is] == '\n');
    }
    golden_free(stored);
    free(text);
}

/* ---- Pieces: one byte for what it is ('m'essage, 'u'pdate, 'r'eceipt), four for its size, its bytes ---- */

struct golden_pieces {
    struct lt_bytes whole;
    size_t count;
    struct {
        char type;
        struct lt_bytes content;
    } items[GOLDEN_PIECES_MAX];
};

GOLDEN_UNUSED static void golden_put(FILE *file, char type, struct lt_bytes content)
{
    const uint8_t head[5] = {(uint8_t)type, (uint8_t)(content.size >> 24),
                             (uint8_t)(content.size >> 16), (uint8_t)(content.size >> 8),
                             (uint8_t)content.size};
    assert_int_equal(fwrite(head, 1, sizeof head, file), sizeof head);
    assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
}

/* Free `whole` in the end. */
GOLDEN_UNUSED static void golden_read_pieces(const char *path, struct golden_pieces *pieces)
{
    memset(pieces, 0, sizeof *pieces);
    pieces->whole = golden_read(path);
    for (size_t at = 0; at < pieces->whole.size;) {
        const uint8_t *head = pieces->whole.data + at;
        assert_true(pieces->whole.size - at >= 5 && pieces->count < GOLDEN_PIECES_MAX);
        const size_t size =
            (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | (size_t)head[4];
        assert_true(pieces->whole.size - at - 5 >= size);
        pieces->items[pieces->count].type = (char)head[0];
        pieces->items[pieces->count++].content = (struct lt_bytes){head + 5, size};
        at += 5 + size;
    }
}

#endif
