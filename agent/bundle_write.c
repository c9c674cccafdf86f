/* Making a bundle: beside its name first, durable, then in its place. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/bundle_inner.h"
#include "agent/clock.h"
#include "agent/folder.h"
#include "agent/progress.h"
#include "agent/text.h"

struct lt_bundle_writer {
    char *path, *beside;
    int fd;
    int error; /* errno of the first failure; 0: none */
    enum lt_result result; /* the first failure of another kind */
    uint64_t session, size, updates;
    uint8_t head_hash[32];
    bool first;
    crypto_secretstream_xchacha20poly1305_state state;
    size_t have;
    uint8_t plain[BUNDLE_CHUNK_BYTES];
};

static enum lt_result say_errno(char *ret_reason, const char *path, int code)
{
    snprintf(ret_reason, LT_BUNDLE_REASON_MAX, "%.200s: %s", path, lt_text_errno(code));
    return bundle_from_errno(code);
}

static void put_bytes(struct lt_bundle_writer *writer, const uint8_t *bytes, size_t size)
{
    while (size > 0 && writer->error == 0) {
        ssize_t part = write(writer->fd, bytes, size);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0) {
            writer->error = part == 0 ? ENOSPC : errno;
            return;
        }
        bytes += part;
        size -= (size_t)part;
        writer->size += (uint64_t)part;
    }
}

static void put_chunk(struct lt_bundle_writer *writer, unsigned char tag)
{
    uint8_t sealed[BUNDLE_CHUNK_BYTES + BUNDLE_OVERHEAD_BYTES];
    unsigned long long size = 0;
    crypto_secretstream_xchacha20poly1305_push(&writer->state, sealed, &size, writer->plain,
                                               writer->have,
                                               writer->first ? writer->head_hash : NULL,
                                               writer->first ? sizeof(writer->head_hash) : 0, tag);
    writer->first = false;
    writer->have = 0;
    put_bytes(writer, sealed, (size_t)size);
}

/* A full chunk waits until more follows, since the last one is marked. */
static void put_plain(struct lt_bundle_writer *writer, const uint8_t *bytes, size_t size)
{
    while (size > 0 && writer->error == 0) {
        if (writer->have == sizeof(writer->plain))
            put_chunk(writer, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
        size_t part = sizeof(writer->plain) - writer->have;
        part = part < size ? part : size;
        memcpy(writer->plain + writer->have, bytes, part);
        writer->have += part;
        bytes += part;
        size -= part;
    }
}

static void put_size(struct lt_bundle_writer *writer, size_t size)
{
    const uint8_t bytes[BUNDLE_SIZE_BYTES] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16),
                                              (uint8_t)(size >> 8), (uint8_t)size};
    put_plain(writer, bytes, sizeof(bytes));
}

static void put_message(struct lt_bundle_writer *writer, enum lt_message_type type,
                        const ProtobufCMessage *payload)
{
    uint8_t *bytes;
    size_t size;
    enum lt_result result = lt_message_pack(type, writer->session, payload, &bytes, &size);
    if (result != LT_OK) {
        writer->result = writer->result == LT_OK ? result : writer->result;
        return;
    }
    put_size(writer, size);
    put_plain(writer, bytes, size);
    free(bytes);
}

void lt_bundle_put_update(struct lt_bundle_writer *writer, struct lt_bytes update)
{
    uint8_t header[LT_HEADER_BYTES];
    lt_progress(lt_text("ghi vào gói", "writing the bundle"), ++writer->updates, 0);
    lt_header_write(LT_MSG_UPDATE, writer->session, header);
    put_size(writer, sizeof(header) + update.size);
    put_plain(writer, header, sizeof(header));
    put_plain(writer, update.data, update.size);
}

/* A Receipts of one, around the bytes that were signed: field 1, a message. */
void lt_bundle_put_receipt(struct lt_bundle_writer *writer, struct lt_bytes receipt)
{
    uint8_t head[LT_HEADER_BYTES + 1 + 10] = {0};
    size_t size = LT_HEADER_BYTES, rest = receipt.size;
    lt_header_write(LT_MSG_RECEIPTS, writer->session, head);
    head[size++] = 0x0a;
    for (; rest >= 0x80; rest >>= 7)
        head[size++] = (uint8_t)(rest | 0x80);
    head[size++] = (uint8_t)rest;
    put_size(writer, size + receipt.size);
    put_plain(writer, head, size);
    put_plain(writer, receipt.data, receipt.size);
}

static void put_hello(struct lt_bundle_writer *writer, const struct lt_bundle_maker *given)
{
    static char software[] = "lienthong " LT_VERSION_TEXT;
    struct lt_bundle_maker maker = *given;
    Lienthong__Hello hello;
    Lienthong__Unit unit;
    lienthong__hello__init(&hello);
    lienthong__unit__init(&unit);
    unit.code = maker.unit.code;
    unit.valid_from = maker.unit.valid_from;
    hello.unit = &unit;
    hello.role = maker.role;
    hello.instance = (ProtobufCBinaryData){sizeof(maker.instance.bytes), maker.instance.bytes};
    hello.digest = (ProtobufCBinaryData){sizeof(maker.digest.bytes), maker.digest.bytes};
    hello.protocol = LT_PROTOCOL_VERSION;
    hello.body_version = LT_BODY_VERSION;
    hello.software = software;
    put_message(writer, LT_MSG_HELLO, &hello.base);
}

/* ---- The head ---- */

static void put_head(struct lt_bundle_writer *writer, const uint8_t (*receivers)[32], size_t count)
{
    uint8_t head[BUNDLE_HEAD_BYTES_MAX] = LT_BUNDLE_MAGIC, *at = head + BUNDLE_FIXED_BYTES;
    uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    uint8_t header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    lt_random(key, sizeof(key));
    head[BUNDLE_MAGIC_BYTES] = LT_BUNDLE_VERSION;
    head[BUNDLE_MAGIC_BYTES + 1] = (uint8_t)count;
    for (size_t i = 0; i < count; i++, at += BUNDLE_RECEIVER_BYTES) {
        memcpy(at, receivers[i], crypto_box_PUBLICKEYBYTES);
        if (crypto_box_seal(at + crypto_box_PUBLICKEYBYTES, key, sizeof(key), receivers[i]) != 0)
            writer->result = LT_MALFORMED; /* a key of small order: nobody's */
    }
    crypto_generichash(writer->head_hash, sizeof(writer->head_hash), head, (size_t)(at - head),
                       NULL, 0);
    crypto_secretstream_xchacha20poly1305_init_push(&writer->state, header, key);
    sodium_memzero(key, sizeof(key));
    put_bytes(writer, head, (size_t)(at - head));
    put_bytes(writer, header, sizeof(header));
}

static void writer_free(struct lt_bundle_writer *writer)
{
    if (writer->fd >= 0)
        close(writer->fd);
    free(writer->path);
    free(writer->beside);
    sodium_memzero(writer, sizeof(*writer));
    free(writer);
}

static enum lt_result begin(struct lt_bundle_writer *writer, const char *path, bool force,
                            char *ret_reason)
{
    size_t room = strlen(path) + 32;
    struct stat stat;
    writer->path = strdup(path);
    writer->beside = malloc(room);
    if (writer->path == NULL || writer->beside == NULL)
        return say_errno(ret_reason, path, ENOMEM);
    if (!force && lstat(path, &stat) == 0) {
        snprintf(ret_reason, LT_BUNDLE_REASON_MAX,
                 lt_text("%.200s: tệp đã có; dùng --force để ghi đè",
                         "%.200s: the file is there already; --force writes over it"),
                 path);
        return LT_EXISTS;
    }
    snprintf(writer->beside, room, "%s.%ld.tmp", path, (long)getpid());
    writer->fd = open(writer->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (writer->fd >= 0)
        return LT_OK;
    enum lt_result result = say_errno(ret_reason, writer->beside, errno);
    return result == LT_NOT_FOUND ? LT_IO : result; /* no such folder */
}

enum lt_result lt_bundle_create(const char *path, bool force, const uint8_t (*receivers)[32],
                                size_t receiver_count, const struct lt_bundle_maker *maker,
                                struct lt_bundle_writer **ret_writer,
                                char ret_reason[LT_BUNDLE_REASON_MAX])
{
    if (receiver_count == 0 || receiver_count > LT_BUNDLE_RECEIVERS_MAX)
        return LT_USAGE;
    struct lt_bundle_writer *writer = calloc(1, sizeof(*writer));
    if (writer == NULL)
        return say_errno(ret_reason, path, ENOMEM);
    writer->fd = -1;
    writer->first = true;
    enum lt_result result = begin(writer, path, force, ret_reason);
    if (result != LT_OK) {
        writer_free(writer);
        return result;
    }
    while (writer->session == 0)
        lt_random(&writer->session, sizeof(writer->session));
    put_head(writer, receivers, receiver_count);
    put_hello(writer, maker);
    *ret_writer = writer;
    return LT_OK;
}

/* ---- The end ---- */

enum lt_result lt_bundle_finish(struct lt_bundle_writer *writer, bool keep, uint64_t *ret_size,
                                char ret_reason[LT_BUNDLE_REASON_MAX])
{
    enum lt_result result = LT_OK;
    lt_progress_clear();
    if (keep) {
        put_chunk(writer, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
        if (writer->error == 0 && fsync(writer->fd) != 0)
            writer->error = errno;
        if (close(writer->fd) != 0 && writer->error == 0)
            writer->error = errno;
        writer->fd = -1;
        if (writer->error == 0 && writer->result == LT_OK &&
            rename(writer->beside, writer->path) != 0)
            writer->error = errno;
        if (writer->error != 0)
            result = say_errno(ret_reason, writer->path, writer->error);
        else if (writer->result != LT_OK)
            result = writer->result;
    }
    if (!keep || result != LT_OK)
        unlink(writer->beside);
    else {
        (void)lt_folder_sync_above(writer->path); /* of a stick: where it can */
        *ret_size = writer->size;
    }
    if (result != LT_OK && writer->error == 0)
        snprintf(ret_reason, LT_BUNDLE_REASON_MAX, "%s", lt_text_result(result));
    writer_free(writer);
    return result;
}
