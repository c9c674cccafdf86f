/* row.h - rows of tables packed by hand: numbers big-endian, fixed places.
 *
 * A reader never runs past its end: what is missing reads as zero and `short_row` is set, so a row is
 * checked once, after it was read. A writer is given room enough by its caller. Private to agent/ and
 * hub/. */
#ifndef LT_ROW_H
#define LT_ROW_H

#include <assert.h>
#include <string.h>

#include "proto/update.h"

struct lt_row_reader {
    const uint8_t *at, *end;
    bool short_row;
};

static inline struct lt_row_reader lt_row_read(struct lt_bytes row)
{
    struct lt_row_reader reader = {row.data, row.data + row.size, false};
    return reader;
}

static inline void lt_row_take(struct lt_row_reader *reader, void *ret_bytes, size_t size)
{
    if ((size_t)(reader->end - reader->at) < size) {
        memset(ret_bytes, 0, size);
        reader->at = reader->end;
        reader->short_row = true;
        return;
    }
    memcpy(ret_bytes, reader->at, size);
    reader->at += size;
}

static inline uint64_t lt_row_take_number(struct lt_row_reader *reader, size_t size)
{
    uint8_t bytes[8] = {0};
    uint64_t value = 0;
    assert(size <= sizeof(bytes));
    lt_row_take(reader, bytes, size);
    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

struct lt_row_writer {
    uint8_t *bytes;
    size_t size, room;
};

static inline struct lt_row_writer lt_row_write(uint8_t *bytes, size_t room)
{
    struct lt_row_writer writer = {bytes, 0, room};
    return writer;
}

static inline void lt_row_give(struct lt_row_writer *writer, const void *bytes, size_t size)
{
    assert(writer->room - writer->size >= size);
    if (size > 0)
        memcpy(writer->bytes + writer->size, bytes, size);
    writer->size += size;
}

static inline void lt_row_give_number(struct lt_row_writer *writer, uint64_t value, size_t size)
{
    assert(size <= 8 && writer->room - writer->size >= size);
    for (size_t i = 0; i < size; i++)
        writer->bytes[writer->size + i] = (uint8_t)(value >> 8 * (size - 1 - i));
    writer->size += size;
}

static inline struct lt_bytes lt_row_bytes(const struct lt_row_writer *writer)
{
    struct lt_bytes bytes = {writer->bytes, writer->size};
    return bytes;
}

#endif
