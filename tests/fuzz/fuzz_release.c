/* fuzz_release.c - a manifest as somebody may send it: what opens has one form only, and no bit of it can be changed
 * unseen once it is signed. */
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <string.h>

#include "proto/release.h"

static void check_fields(const struct lt_release *release)
{
    FUZZ_CHECK(release->number != 0 && release->version[0] != '\0');
    FUZZ_CHECK(release->file_count > 0 && release->file_count <= LT_RELEASE_FILES_MAX);
    for (size_t i = 0; i < release->file_count; i++) {
        const struct lt_release_file *file = &release->files[i];
        FUZZ_CHECK(file->size > 0 && file->size <= LT_RELEASE_FILE_MAX);
        FUZZ_CHECK(strchr(file->system, '/') == NULL && strchr(file->system, '.') == NULL);
        FUZZ_CHECK(lt_release_file_for(release, file->system) == file);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[32] = {1};
    struct lt_release release;
    struct lt_key key;
    struct lt_secret secret;
    struct lt_signature signature;
    uint8_t again[LT_MANIFEST_BYTES_MAX];
    size_t again_size;
    if (lt_release_open((struct lt_bytes){data, size}, &release) != LT_OK)
        return 0;
    check_fields(&release);
    FUZZ_CHECK(lt_release_pack(&release, again, &again_size) == LT_OK);
    FUZZ_CHECK(again_size == size && memcmp(again, data, size) == 0);
    crypto_sign_seed_keypair(key.bytes, secret.bytes, seed);
    lt_release_sign((struct lt_bytes){data, size}, &secret, &signature);
    FUZZ_CHECK(lt_release_signed((struct lt_bytes){data, size}, &key, &signature));
    again[release.number % size] ^= (uint8_t)(1U << release.format % 8);
    FUZZ_CHECK(!lt_release_signed((struct lt_bytes){again, size}, &key, &signature));
    return 0;
}
