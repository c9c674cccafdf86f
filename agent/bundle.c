#include "agent/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/bundle_inner.h"
#include "agent/progress.h"
#include "agent/text.h"

struct lt_bundle {
    struct bundle_stream stream;
    uint64_t session;
    uint64_t items,
        passed; /* of its messages, how many have been handed out: shown to whoever waits */
    size_t have, at; /* plain bytes in the buffer; those handed out */
    uint8_t buffer[BUNDLE_SIZE_BYTES + BUNDLE_MESSAGE_BYTES_MAX + BUNDLE_CHUNK_BYTES];
};

static enum lt_result malformed(char *ret_reason)
{
    snprintf(ret_reason, LT_BUNDLE_REASON_MAX, "%s",
             lt_text("gói nguyên vẹn nhưng nội dung sai định dạng: chương trình làm ra nó có lỗi",
                     "the bundle is whole but holds what no bundle holds: the program that made it "
                     "is at fault"));
    return LT_MALFORMED;
}

/* At least `size` bytes ready. LT_NOT_FOUND: the end comes before. */
static enum lt_result need(struct lt_bundle *bundle, size_t size, char *ret_reason)
{
    while (bundle->have - bundle->at < size) {
        size_t more = 0;
        if (bundle->stream.ended)
            return LT_NOT_FOUND;
        memmove(bundle->buffer, bundle->buffer + bundle->at, bundle->have - bundle->at);
        bundle->have -= bundle->at;
        bundle->at = 0;
        enum lt_result result =
            bundle_stream_chunk(&bundle->stream, bundle->buffer + bundle->have, &more, ret_reason);
        if (result != LT_OK)
            return result;
        bundle->have += more;
    }
    return LT_OK;
}

/* LT_NOT_FOUND: the end, where it may be. */
static enum lt_result take(struct lt_bundle *bundle, struct lt_message *ret_message,
                           char *ret_reason)
{
    enum lt_result result = need(bundle, BUNDLE_SIZE_BYTES, ret_reason);
    if (result == LT_NOT_FOUND)
        return bundle->have == bundle->at ? LT_NOT_FOUND : malformed(ret_reason);
    if (result != LT_OK)
        return result;
    const uint8_t *at = bundle->buffer + bundle->at;
    size_t size = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
    if (size < LT_HEADER_BYTES || size > BUNDLE_MESSAGE_BYTES_MAX)
        return malformed(ret_reason);
    result = need(bundle, BUNDLE_SIZE_BYTES + size, ret_reason);
    if (result != LT_OK)
        return result == LT_NOT_FOUND ? malformed(ret_reason) : result;
    struct lt_bytes bytes = {bundle->buffer + bundle->at + BUNDLE_SIZE_BYTES, size};
    bundle->at += BUNDLE_SIZE_BYTES + size;
    return lt_message_open(bytes, ret_message) == LT_OK ? LT_OK : malformed(ret_reason);
}

static enum lt_result rewind_to_start(struct lt_bundle *bundle, char *ret_reason)
{
    bundle->have = bundle->at = 0;
    enum lt_result result = bundle_stream_rewind(&bundle->stream);
    if (result != LT_OK)
        snprintf(ret_reason, LT_BUNDLE_REASON_MAX, "%s",
                 lt_text("tệp bị cắt ngắn: chép lại từ máy đã làm ra nó",
                         "the file is cut short: copy it again from the machine that made it"));
    return result;
}

/* ---- The first reading ---- */

static enum lt_result read_maker(const struct lt_message *message, struct lt_arena *arena,
                                 struct lt_bundle_maker *ret_maker)
{
    ProtobufCMessage *read;
    if (message->type != LT_MSG_HELLO ||
        lt_payload_read(message->payload, &lienthong__hello__descriptor, arena, &read) != LT_OK)
        return LT_MALFORMED;
    const Lienthong__Hello *hello = (const Lienthong__Hello *)read;
    struct lt_bundle_maker maker = {.role = hello->role};
    if (lt_unit_make(hello->unit->code, hello->unit->valid_from, &maker.unit) != LT_OK ||
        hello->instance.len != sizeof(maker.instance.bytes) ||
        hello->digest.len != sizeof(maker.digest.bytes))
        return LT_MALFORMED;
    memcpy(maker.instance.bytes, hello->instance.data, sizeof(maker.instance.bytes));
    memcpy(maker.digest.bytes, hello->digest.data, sizeof(maker.digest.bytes));
    *ret_maker = maker;
    return LT_OK;
}

static enum lt_result check_one(const struct lt_message *message, struct lt_arena *arena,
                                struct lt_bundle_head *head)
{
    struct lt_update update;
    ProtobufCMessage *read;
    if (message->type == LT_MSG_UPDATE) {
        head->updates++;
        return lt_update_open(message->payload, &update);
    }
    if (message->type != LT_MSG_RECEIPTS)
        return LT_MALFORMED;
    enum lt_result result =
        lt_payload_read(message->payload, &lienthong__receipts__descriptor, arena, &read);
    if (result == LT_OK)
        head->receipts += ((const Lienthong__Receipts *)read)->n_receipts;
    return result;
}

static enum lt_result read_through(struct lt_bundle *bundle, struct lt_bundle_head *ret_head,
                                   char *ret_reason)
{
    struct lt_bundle_head head = {.updates = 0};
    struct lt_message message;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    if (arena == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = rewind_to_start(bundle, ret_reason);
    if (result == LT_OK)
        result = take(bundle, &message, ret_reason);
    if (result == LT_NOT_FOUND ||
        (result == LT_OK && read_maker(&message, arena, &head.maker) != LT_OK))
        result = malformed(ret_reason);
    bundle->session = result == LT_OK ? message.session : 0;
    while (result == LT_OK && (result = take(bundle, &message, ret_reason)) == LT_OK) {
        lt_arena_reset(arena);
        if (message.session != bundle->session || check_one(&message, arena, &head) != LT_OK)
            result = malformed(ret_reason);
    }
    lt_arena_free(arena);
    if (result != LT_NOT_FOUND)
        return result;
    *ret_head = head;
    return LT_OK;
}

enum lt_result lt_bundle_open(const char *path, const struct lt_keys *keys,
                              struct lt_bundle **ret_bundle, struct lt_bundle_head *ret_head,
                              char ret_reason[LT_BUNDLE_REASON_MAX])
{
    struct lt_bundle *bundle = malloc(sizeof(*bundle));
    ret_reason[0] = '\0';
    if (bundle == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = bundle_stream_open(path, keys, &bundle->stream, ret_reason);
    if (result != LT_OK) {
        free(bundle);
        return result;
    }
    bundle->items = 0;
    result = read_through(bundle, ret_head, ret_reason);
    if (result == LT_OK) {
        bundle->items = ret_head->updates + ret_head->receipts;
        result = lt_bundle_rewind(bundle);
    }
    if (result != LT_OK) {
        lt_bundle_close(bundle);
        return result;
    }
    *ret_bundle = bundle;
    return LT_OK;
}

enum lt_result lt_bundle_rewind(struct lt_bundle *bundle)
{
    char reason[LT_BUNDLE_REASON_MAX];
    struct lt_message hello;
    enum lt_result result = rewind_to_start(bundle, reason);
    bundle->passed = 0;
    return result == LT_OK ? take(bundle, &hello, reason) : result;
}

enum lt_result lt_bundle_next(struct lt_bundle *bundle, struct lt_message *ret_message)
{
    char reason[LT_BUNDLE_REASON_MAX];
    lt_progress(lt_text("nhận từ gói", "taking in the bundle"), bundle->passed++, bundle->items);
    return take(bundle, ret_message, reason);
}

void lt_bundle_close(struct lt_bundle *bundle)
{
    if (bundle == NULL)
        return;
    lt_progress_clear();
    bundle_stream_close(&bundle->stream);
    free(bundle);
}
