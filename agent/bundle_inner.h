/* bundle_inner.h - the sealed file under a bundle: head, stream of chunks. Private to agent/bundle*.c. */
#ifndef LT_BUNDLE_INNER_H
#define LT_BUNDLE_INNER_H

#include <sodium.h>

#include "agent/bundle.h"

#define LT_BUNDLE_MAGIC "LTBUNDLE"
enum {
    BUNDLE_MAGIC_BYTES = 8,
    BUNDLE_FIXED_BYTES = BUNDLE_MAGIC_BYTES + 4, /* version, receivers, two zero bytes */
    BUNDLE_SEALED_BYTES = crypto_box_SEALBYTES + crypto_secretstream_xchacha20poly1305_KEYBYTES,
    BUNDLE_RECEIVER_BYTES = crypto_box_PUBLICKEYBYTES + BUNDLE_SEALED_BYTES,
    BUNDLE_HEAD_BYTES_MAX = BUNDLE_FIXED_BYTES + LT_BUNDLE_RECEIVERS_MAX * BUNDLE_RECEIVER_BYTES,
    BUNDLE_CHUNK_BYTES = 64 * 1024, /* of plain text; the last one may be shorter */
    BUNDLE_OVERHEAD_BYTES = crypto_secretstream_xchacha20poly1305_ABYTES,
    BUNDLE_MESSAGE_BYTES_MAX = LT_HEADER_BYTES + LT_UPDATE_BYTES_MAX,
    BUNDLE_SIZE_BYTES = 4, /* stands before each message, big-endian */
};

/* Reading the stream. */
struct bundle_stream {
    int fd;
    uint64_t start, at; /* where the stream's header stands; bytes of the file read so far */
    uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    uint8_t head_hash[32];
    crypto_secretstream_xchacha20poly1305_state state;
    bool first, ended;
};

enum lt_result bundle_stream_open(const char *path, const struct lt_keys *keys,
                                  struct bundle_stream *ret_stream,
                                  char ret_reason[LT_BUNDLE_REASON_MAX]);
enum lt_result bundle_stream_rewind(struct bundle_stream *stream);
/* At most BUNDLE_CHUNK_BYTES. LT_CORRUPT with a sentence. Not after it has ended. */
enum lt_result bundle_stream_chunk(struct bundle_stream *stream, uint8_t *ret_plain,
                                   size_t *ret_size, char ret_reason[LT_BUNDLE_REASON_MAX]);
void bundle_stream_close(struct bundle_stream *stream);

enum lt_result bundle_from_errno(int code);

#endif
