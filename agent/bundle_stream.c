/* The sealed file: who it is for, and its chunks, each proven before it is handed out. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/bundle_inner.h"
#include "agent/text.h"

enum lt_result bundle_from_errno(int code)
{
    switch (code) {
    case ENOSPC:
    case EDQUOT:
        return LT_NO_SPACE;
    case ENOMEM:
        return LT_NO_MEMORY;
    case EACCES:
    case EPERM:
    case EROFS:
        return LT_PERMISSION;
    case ENOENT:
    case ENOTDIR:
        return LT_NOT_FOUND;
    default:
        return LT_IO;
    }
}

static enum lt_result say(char *ret_reason, enum lt_result result, const char *text)
{
    snprintf(ret_reason, LT_BUNDLE_REASON_MAX, "%s", text);
    return result;
}

/* As many bytes as there are, up to `size`. False: an error, in errno. */
static bool read_some(struct bundle_stream *stream, uint8_t *ret_bytes, size_t size,
                      size_t *ret_got)
{
    size_t got = 0;
    while (got < size) {
        ssize_t part = pread(stream->fd, ret_bytes + got, size - got, (off_t)(stream->at + got));
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return false;
        if (part == 0)
            break;
        got += (size_t)part;
    }
    stream->at += got;
    *ret_got = got;
    return true;
}

static enum lt_result cut_short(const struct bundle_stream *stream, char *ret_reason)
{
    snprintf(ret_reason, LT_BUNDLE_REASON_MAX,
             lt_text("tệp bị cắt ngắn (chỉ có %llu byte): chép lại từ máy đã làm ra nó",
                     "the file is cut short (it has only %llu bytes): copy it again from the "
                     "machine that made it"),
             (unsigned long long)stream->at);
    return LT_CORRUPT;
}

static enum lt_result damaged(uint64_t at, char *ret_reason)
{
    snprintf(ret_reason, LT_BUNDLE_REASON_MAX,
             lt_text("tệp bị hỏng hoặc bị sửa (sau byte thứ %llu): chép lại từ máy đã làm ra nó",
                     "the file is damaged or was altered (after byte %llu): copy it again from "
                     "the machine that made it"),
             (unsigned long long)at);
    return LT_CORRUPT;
}

static enum lt_result fixed_part(const struct bundle_stream *stream, const uint8_t *head,
                                 size_t size, char *ret_reason)
{
    if (memcmp(head, LT_BUNDLE_MAGIC, size < BUNDLE_MAGIC_BYTES ? size : BUNDLE_MAGIC_BYTES) != 0)
        return say(ret_reason, LT_CORRUPT,
                   lt_text("đây không phải gói dữ liệu Lienthong, hoặc phần đầu của tệp bị hỏng: "
                           "chọn đúng tệp, "
                           "hoặc chép lại từ máy đã làm ra nó",
                           "this is no bundle of Lienthong, or its first bytes are damaged: give "
                           "the right file, or copy it again from the machine that made it"));
    if (size < BUNDLE_FIXED_BYTES)
        return cut_short(stream, ret_reason);
    if (head[BUNDLE_MAGIC_BYTES] > LT_BUNDLE_VERSION)
        return say(ret_reason, LT_VERSION,
                   lt_text("gói do phiên bản mới hơn làm ra (hoặc tệp bị hỏng): hãy nâng cấp "
                           "chương trình ở đây",
                           "the bundle was made by a newer version (or is damaged): update the "
                           "program here"));
    if (head[BUNDLE_MAGIC_BYTES] == 0 || head[9] == 0 || head[9] > LT_BUNDLE_RECEIVERS_MAX ||
        head[10] != 0 || head[11] != 0)
        return damaged(BUNDLE_MAGIC_BYTES, ret_reason);
    return LT_OK;
}

static enum lt_result not_for_us(const uint8_t *receivers, size_t count, const struct lt_keys *keys,
                                 char *ret_reason)
{
    char theirs[17], ours[17];
    lt_hex(receivers, 8, theirs);
    lt_hex(keys->curve_public, 8, ours);
    snprintf(ret_reason, LT_BUNDLE_REASON_MAX,
             lt_text("gói này niêm phong cho máy khác (khóa %s…, %zu nơi nhận), không phải cho máy "
                     "này (khóa %s…): mang đến đúng nơi nhận, hoặc nhờ làm lại cho nơi này",
                     "it is sealed for another machine (key %s…, %zu in all), not for this one "
                     "(key %s…): bring it to its receiver, or have it made for this one"),
             theirs, count, ours);
    return LT_NOT_YOURS;
}

/* The stream's key, from the entry that is ours. */
static enum lt_result unseal(struct bundle_stream *stream, const uint8_t *receivers, size_t count,
                             const struct lt_keys *keys, char *ret_reason)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t *entry = receivers + i * BUNDLE_RECEIVER_BYTES;
        if (memcmp(entry, keys->curve_public, crypto_box_PUBLICKEYBYTES) != 0)
            continue;
        return crypto_box_seal_open(stream->key, entry + crypto_box_PUBLICKEYBYTES,
                                    BUNDLE_SEALED_BYTES, keys->curve_public,
                                    keys->curve_secret) == 0
                   ? LT_OK
                   : damaged(BUNDLE_FIXED_BYTES, ret_reason);
    }
    return not_for_us(receivers, count, keys, ret_reason);
}

static enum lt_result read_head(struct bundle_stream *stream, const struct lt_keys *keys,
                                char *ret_reason)
{
    uint8_t head[BUNDLE_HEAD_BYTES_MAX];
    size_t got = 0, rest = 0;
    if (!read_some(stream, head, BUNDLE_FIXED_BYTES, &got))
        return say(ret_reason, LT_IO, lt_text_errno(errno));
    enum lt_result result = fixed_part(stream, head, got, ret_reason);
    if (result != LT_OK)
        return result;
    rest = (size_t)head[9] * BUNDLE_RECEIVER_BYTES;
    if (!read_some(stream, head + BUNDLE_FIXED_BYTES, rest, &got))
        return say(ret_reason, LT_IO, lt_text_errno(errno));
    if (got < rest)
        return cut_short(stream, ret_reason);
    stream->start = stream->at;
    crypto_generichash(stream->head_hash, sizeof(stream->head_hash), head,
                       BUNDLE_FIXED_BYTES + rest, NULL, 0);
    return unseal(stream, head + BUNDLE_FIXED_BYTES, head[9], keys, ret_reason);
}

enum lt_result bundle_stream_open(const char *path, const struct lt_keys *keys,
                                  struct bundle_stream *ret_stream,
                                  char ret_reason[LT_BUNDLE_REASON_MAX])
{
    struct bundle_stream stream = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat stat;
    if (stream.fd < 0 || fstat(stream.fd, &stat) != 0) {
        int code = errno;
        bundle_stream_close(&stream);
        return say(ret_reason, bundle_from_errno(code), lt_text_errno(code));
    }
    enum lt_result result =
        S_ISREG(stat.st_mode)
            ? read_head(&stream, keys, ret_reason)
            : say(ret_reason, LT_CORRUPT, lt_text("không phải tệp thường", "not an ordinary file"));
    if (result != LT_OK) {
        bundle_stream_close(&stream);
        return result;
    }
    *ret_stream = stream;
    sodium_memzero(&stream, sizeof(stream));
    return LT_OK;
}

enum lt_result bundle_stream_rewind(struct bundle_stream *stream)
{
    uint8_t header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    size_t got = 0;
    stream->at = stream->start;
    stream->first = true;
    stream->ended = false;
    if (!read_some(stream, header, sizeof(header), &got))
        return LT_IO;
    return got == sizeof(header) && crypto_secretstream_xchacha20poly1305_init_pull(
                                        &stream->state, header, stream->key) == 0
               ? LT_OK
               : LT_CORRUPT;
}

/* The last chunk is the end of the file, and all before it are full. */
static bool in_its_place(struct bundle_stream *stream, unsigned char tag, size_t plain)
{
    uint8_t more;
    size_t got = 0;
    if (tag == crypto_secretstream_xchacha20poly1305_TAG_MESSAGE)
        return plain == BUNDLE_CHUNK_BYTES;
    if (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL)
        return false;
    stream->ended = true;
    return read_some(stream, &more, 1, &got) && got == 0;
}

enum lt_result bundle_stream_chunk(struct bundle_stream *stream, uint8_t *ret_plain,
                                   size_t *ret_size, char ret_reason[LT_BUNDLE_REASON_MAX])
{
    uint8_t sealed[BUNDLE_CHUNK_BYTES + BUNDLE_OVERHEAD_BYTES];
    unsigned long long plain = 0;
    unsigned char tag = 0;
    uint64_t from = stream->at;
    size_t got = 0;
    if (!read_some(stream, sealed, sizeof(sealed), &got))
        return say(ret_reason, LT_IO, lt_text_errno(errno));
    if (got < BUNDLE_OVERHEAD_BYTES)
        return cut_short(stream, ret_reason);
    if (crypto_secretstream_xchacha20poly1305_pull(&stream->state, ret_plain, &plain, &tag, sealed,
                                                   got, stream->first ? stream->head_hash : NULL,
                                                   stream->first ? sizeof(stream->head_hash) : 0) !=
        0) {
        if (got == sizeof(sealed))
            return damaged(from, ret_reason);
        snprintf(ret_reason, LT_BUNDLE_REASON_MAX,
                 lt_text("tệp bị cắt ngắn hoặc bị hỏng (sau byte thứ %llu): chép lại từ máy đã làm "
                         "ra nó",
                         "the file is cut short or damaged (after byte %llu): copy it again from "
                         "the machine that made it"),
                 (unsigned long long)from);
        return LT_CORRUPT;
    }
    stream->first = false;
    if (!in_its_place(stream, tag, (size_t)plain))
        return damaged(from, ret_reason);
    *ret_size = (size_t)plain;
    return LT_OK;
}

void bundle_stream_close(struct bundle_stream *stream)
{
    if (stream->fd >= 0)
        close(stream->fd);
    sodium_memzero(stream, sizeof(*stream));
    stream->fd = -1;
}
