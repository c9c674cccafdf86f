#include "hub/release_word.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/text.h"

enum { FILE_BYTES_MAX = 4096 };

static enum lt_result fail(enum lt_result result, const char *path, const char *why,
                           char ret_reason[LT_RELEASE_WORD_REASON_MAX])
{
    snprintf(ret_reason, LT_RELEASE_WORD_REASON_MAX, "%.150s: %.140s", path, why);
    return result;
}

void lt_release_word_point(struct lt_release_word *word, size_t manifest_size)
{
    const uint64_t serial = word->wire.serial;
    const uint32_t percent = word->wire.percent;
    lienthong__release__init(&word->wire);
    word->wire.serial = serial;
    word->wire.percent = percent;
    word->wire.key = (ProtobufCBinaryData){sizeof(word->key.bytes), word->key.bytes};
    word->wire.root_signature =
        (ProtobufCBinaryData){sizeof(word->root_signature.bytes), word->root_signature.bytes};
    if (manifest_size > 0) {
        word->wire.manifest = (ProtobufCBinaryData){manifest_size, word->manifest};
        word->wire.signature =
            (ProtobufCBinaryData){sizeof(word->signature.bytes), word->signature.bytes};
    }
}

void lt_release_word_of(const struct lt_standing_release *told, struct lt_release_word *ret_word)
{
    size_t size = 0;
    *ret_word = (struct lt_release_word){.release = told->release,
                                         .key = told->key,
                                         .signature = told->signature,
                                         .root_signature = told->root_signature};
    ret_word->wire.serial = told->serial;
    ret_word->wire.percent = told->percent;
    if (lt_release_pack(&told->release, ret_word->manifest, &size) != LT_OK) {
        size = 0; /* what stands packs */
    }
    lt_release_word_point(ret_word, size);
}

/* ---- Files ---- */

static enum lt_result parse(const Lienthong__Release *read, bool whole,
                            struct lt_release_word *word)
{
    const struct lt_bytes manifest = {read->manifest.data, read->manifest.len};
    *word = (struct lt_release_word){.release = {.number = 0}};
    if (read->key.len != 32 || read->root_signature.len != 64) {
        return LT_MALFORMED;
    }
    memcpy(word->key.bytes, read->key.data, 32);
    memcpy(word->root_signature.bytes, read->root_signature.data, 64);
    word->wire.serial = read->serial;
    if (whole) {
        if (read->signature.len != 64 || lt_release_open(manifest, &word->release) != LT_OK) {
            return LT_MALFORMED;
        }
        memcpy(word->manifest, manifest.data, manifest.size);
        memcpy(word->signature.bytes, read->signature.data, 64);
        if (!lt_release_signed(manifest, &word->key, &word->signature)) {
            return LT_BAD_SIGNATURE;
        }
    }
    lt_release_word_point(word, whole ? manifest.size : 0);
    return LT_OK;
}

enum lt_result lt_release_word_read(const char *path, bool whole, struct lt_release_word *ret_word,
                                    char ret_reason[LT_RELEASE_WORD_REASON_MAX])
{
    uint8_t bytes[FILE_BYTES_MAX];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail(errno == ENOENT ? LT_NOT_FOUND : LT_IO, path, lt_text_errno(errno), ret_reason);
    }
    const ssize_t size = read(fd, bytes, sizeof(bytes));
    close(fd);
    Lienthong__Release *read_word = size > 0 && size < FILE_BYTES_MAX
                                        ? lienthong__release__unpack(NULL, (size_t)size, bytes)
                                        : NULL;
    enum lt_result result = read_word != NULL ? parse(read_word, whole, ret_word) : LT_MALFORMED;
    if (read_word != NULL) {
        lienthong__release__free_unpacked(read_word, NULL);
    }
    if (result == LT_BAD_SIGNATURE) {
        fail(result, path, "its manifest is not signed by the key in it", ret_reason);
    } else if (result != LT_OK) {
        fail(result, path,
             whole ? "this is no file of `release sign`" : "this is no file of `release grant`",
             ret_reason);
    }
    return result;
}

enum lt_result lt_release_word_write(const char *path, const struct lt_release_word *word,
                                     char ret_reason[LT_RELEASE_WORD_REASON_MAX])
{
    uint8_t bytes[FILE_BYTES_MAX];
    const size_t size = lienthong__release__get_packed_size(&word->wire);
    if (size > sizeof(bytes)) {
        return fail(LT_TOO_LARGE, path, lt_result_text(LT_TOO_LARGE), ret_reason);
    }
    lienthong__release__pack(&word->wire, bytes);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) {
        return fail(errno == EEXIST ? LT_EXISTS : LT_IO, path, lt_text_errno(errno), ret_reason);
    }
    const ssize_t wrote = write(fd, bytes, size);
    const int error = wrote < 0 ? errno : ENOSPC;
    bool good = wrote == (ssize_t)size && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    if (good) {
        return LT_OK;
    }
    unlink(path);
    return fail(error == ENOSPC ? LT_NO_SPACE : LT_IO, path, lt_text_errno(error), ret_reason);
}
