#include "hub/reader.h"

#include <stdlib.h>
#include <string.h>

#include "agent/erasure.h"
#include "agent/text.h"

enum { DECODED_MAX = 6 };

struct lt_reader {
    struct lt_decoded decoded[DECODED_MAX];
    uint64_t used[DECODED_MAX]; /* when each was last asked for; the oldest is given up */
    uint64_t now;
    const struct lt_box_ring *ring; /* what opens sealed names; NULL: nothing */
    struct lt_arena *person; /* of the last person asked for */
};

struct lt_reader *lt_reader_new(void)
{
    struct lt_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    bool good = (reader->person = lt_arena_new(LT_UNPACK_BYTES_MAX)) != NULL;
    for (size_t i = 0; i < DECODED_MAX && good; i++)
        good = (reader->decoded[i].arena = lt_arena_new(LT_UNPACK_BYTES_MAX)) != NULL;
    if (good)
        return reader;
    lt_reader_free(reader);
    return NULL;
}

static void clear(struct lt_decoded *decoded)
{
    free(decoded->bytes);
    decoded->bytes = NULL;
    decoded->position = 0;
    decoded->body = NULL;
    decoded->personal = NULL;
    decoded->personal_read = false;
    lt_arena_reset(decoded->arena);
}

void lt_reader_forget(struct lt_reader *reader)
{
    for (size_t i = 0; i < DECODED_MAX; i++)
        if (reader->decoded[i].position != 0)
            clear(&reader->decoded[i]);
}

void lt_reader_free(struct lt_reader *reader)
{
    if (reader == NULL)
        return;
    for (size_t i = 0; i < DECODED_MAX; i++) {
        free(reader->decoded[i].bytes);
        if (reader->decoded[i].arena != NULL)
            lt_arena_free(reader->decoded[i].arena);
    }
    if (reader->person != NULL)
        lt_arena_free(reader->person);
    free(reader);
}

/* A stored update was readable when it came: what is not readable now is damaged. */
static enum lt_result decode(struct lt_decoded *decoded, struct lt_bytes bytes)
{
    decoded->bytes = malloc(bytes.size);
    if (decoded->bytes == NULL)
        return LT_NO_MEMORY;
    memcpy(decoded->bytes, bytes.data, bytes.size);
    if (lt_update_open((struct lt_bytes){decoded->bytes, bytes.size}, &decoded->update) != LT_OK)
        return LT_CORRUPT;
    if (decoded->update.frame.chain.stream != LT_STREAM_REPORT)
        return LT_OK;
    enum lt_result result = lt_report_read(&decoded->update, decoded->arena, &decoded->body);
    if (result == LT_VERSION)
        return LT_OK;
    return result == LT_OK || result == LT_NO_MEMORY ? result : LT_CORRUPT;
}

struct lt_decoded *lt_reader_at(struct lt_reader *reader, struct lt_store_txn *txn,
                                uint64_t position)
{
    struct lt_bytes bytes;
    size_t oldest = 0;
    reader->now++;
    for (size_t i = 0; i < DECODED_MAX; i++) {
        if (reader->decoded[i].position == position) {
            reader->used[i] = reader->now;
            return &reader->decoded[i];
        }
        if (reader->used[i] < reader->used[oldest])
            oldest = i;
    }
    struct lt_decoded *decoded = &reader->decoded[oldest];
    reader->used[oldest] = reader->now;
    clear(decoded);
    if (!lt_log_at(lt_store_log(txn), position, &bytes)) {
        lt_store_fail(txn, LT_CORRUPT);
        return NULL;
    }
    enum lt_result result = decode(decoded, bytes);
    if (result != LT_OK) {
        clear(decoded);
        lt_store_fail(txn, result);
        return NULL;
    }
    decoded->position = position;
    return decoded;
}

void lt_reader_unseal(struct lt_reader *reader, const struct lt_box_ring *ring)
{
    reader->ring = ring;
}

static void read_personal(struct lt_reader *reader, struct lt_decoded *decoded)
{
    static const struct lt_box_ring none;
    const struct lt_box_ring *ring = reader->ring != NULL ? reader->ring : &none;
    if (!decoded->personal_read && decoded->body != NULL &&
        lt_seal_read(&decoded->update, decoded->body, ring, decoded->arena, &decoded->personal) !=
            LT_OK)
        decoded->personal = NULL;
    decoded->personal_read = true;
}

const Lienthong__Person *lt_reader_person(struct lt_reader *reader, struct lt_decoded *decoded,
                                          uint32_t index)
{
    read_personal(reader, decoded);
    if (decoded->personal == NULL)
        return NULL;
    lt_arena_reset(reader->person);
    return lt_personal_find(decoded->personal, index, reader->person);
}

/* Only named lines of three kinds have persons. */
static bool may_name(const Lienthong__Change *change)
{
    return change->award != NULL      ? change->award->quantity == 0
           : change->proposal != NULL ? change->proposal->quantity == 0
                                      : change->exemplar != NULL && change->exemplar->quantity == 0;
}

/* A correction that was told after the erasure has no row of its own. */
static bool is_erased(struct lt_store_txn *txn, const struct lt_decoded *decoded, uint32_t index)
{
    return lt_personal_erased(decoded->personal, decoded->body, index) ||
           lt_erasure_of_change(lt_store_log(txn), &decoded->update, decoded->body, index);
}

const char *lt_reader_name(struct lt_reader *reader, struct lt_store_txn *txn,
                           struct lt_decoded *decoded, uint32_t index)
{
    const Lienthong__Person *person = lt_reader_person(reader, decoded, index);
    if (person != NULL)
        return person->name;
    if (lt_personal_hidden(decoded->personal, index))
        return lt_text("(niêm phong)", "(sealed)");
    return decoded->body != NULL && may_name(decoded->body->changes[index]) &&
                   is_erased(txn, decoded, index)
               ? lt_text("(đã xóa tên)", "(erased)")
               : "";
}
