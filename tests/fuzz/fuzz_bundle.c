/* fuzz_bundle.c - a file that somebody brought on a stick: raw (first byte 0), or what a bundle sealed to us holds. */
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/bundle_inner.h"

static void our_keys(struct lt_keys *ret_keys)
{
    memset(ret_keys, 0, sizeof(*ret_keys));
    for (size_t i = 0; i < sizeof(ret_keys->curve_secret); i++)
        ret_keys->curve_secret[i] = (uint8_t)(0x40 + i); /* of tests/data/vectors/bundle.txt */
    FUZZ_CHECK(crypto_scalarmult_base(ret_keys->curve_public, ret_keys->curve_secret) == 0);
}

static void put(int fd, const void *bytes, size_t size)
{
    FUZZ_CHECK(write(fd, bytes, size) == (ssize_t)size);
}

/* As any stranger can seal it: the receiver's key is public. */
static void put_sealed(int fd, const struct lt_keys *keys, const uint8_t *plain, size_t size)
{
    uint8_t head[BUNDLE_FIXED_BYTES + BUNDLE_RECEIVER_BYTES] = LT_BUNDLE_MAGIC, hash[32];
    uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES] = {7};
    uint8_t header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    uint8_t sealed[BUNDLE_CHUNK_BYTES + BUNDLE_OVERHEAD_BYTES];
    crypto_secretstream_xchacha20poly1305_state state;
    head[BUNDLE_MAGIC_BYTES] = head[BUNDLE_MAGIC_BYTES + 1] = 1;
    memcpy(head + BUNDLE_FIXED_BYTES, keys->curve_public, 32);
    FUZZ_CHECK(
        crypto_box_seal(head + BUNDLE_FIXED_BYTES + 32, key, sizeof(key), keys->curve_public) == 0);
    crypto_generichash(hash, sizeof(hash), head, sizeof(head), NULL, 0);
    crypto_secretstream_xchacha20poly1305_init_push(&state, header, key);
    put(fd, head, sizeof(head));
    put(fd, header, sizeof(header));
    bool first = true, last = false;
    while (!last) {
        size_t part = size < BUNDLE_CHUNK_BYTES ? size : BUNDLE_CHUNK_BYTES;
        unsigned long long length;
        last = part == size;
        crypto_secretstream_xchacha20poly1305_push(
            &state, sealed, &length, plain, part, first ? hash : NULL, first ? sizeof(hash) : 0,
            last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        put(fd, sealed, (size_t)length);
        plain += part;
        size -= part;
        first = false;
    }
}

/* What opened must come out the same twice, and be as many as was said. */
static void read_through(struct lt_bundle *bundle, const struct lt_bundle_head *head)
{
    for (unsigned time = 0; time < 2; time++) {
        struct lt_message message;
        struct lt_update update;
        uint64_t updates = 0;
        FUZZ_CHECK(lt_bundle_rewind(bundle) == LT_OK);
        enum lt_result result;
        while ((result = lt_bundle_next(bundle, &message)) == LT_OK) {
            FUZZ_CHECK(message.type == LT_MSG_UPDATE || message.type == LT_MSG_RECEIPTS);
            if (message.type == LT_MSG_UPDATE) {
                FUZZ_CHECK(lt_update_open(message.payload, &update) == LT_OK);
                updates++;
            }
        }
        FUZZ_CHECK(result == LT_NOT_FOUND && updates == head->updates);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_keys keys;
    struct lt_bundle *bundle;
    struct lt_bundle_head head;
    char path[40], reason[LT_BUNDLE_REASON_MAX];
    if (size == 0)
        return 0;
    int fd = memfd_create("bundle", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && sodium_init() >= 0);
    our_keys(&keys);
    if (data[0] == 0)
        put(fd, data + 1, size - 1);
    else
        put_sealed(fd, &keys, data + 1, size - 1);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    enum lt_result result = lt_bundle_open(path, &keys, &bundle, &head, reason);
    if (result == LT_OK) {
        read_through(bundle, &head);
        lt_bundle_close(bundle);
    } else {
        FUZZ_CHECK(reason[0] != '\0');
    }
    close(fd);
    return 0;
}
