/* release_samples.h - releases made by hand, signed as they are to be or not. */
#ifndef LT_RELEASE_SAMPLES_H
#define LT_RELEASE_SAMPLES_H

#include "tests/unit/standing_samples.h"

struct release_pair {
    struct lt_key key;
    struct lt_secret secret;
};

static inline struct release_pair release_pair(uint8_t number)
{
    const uint8_t seed[32] = {number, 77};
    struct release_pair pair;
    assert_true(sodium_init() >= 0);
    assert_int_equal(crypto_sign_seed_keypair(pair.key.bytes, pair.secret.bytes, seed), 0);
    return pair;
}

/* For one system, of a file that no other number has. */
static inline struct lt_release release_sample(uint64_t number)
{
    struct lt_release release = {.number = number, .format = 1, .file_count = 1};
    (void)snprintf(release.version, sizeof(release.version), "1.%llu",
                   (unsigned long long)(number % 1000));
    strcpy(release.files[0].system, "linux-x86_64");
    release.files[0].size = 100 + number % 1000;
    lt_hash_of(&number, sizeof(number), &release.files[0].hash);
    return release;
}

/* The key is signed by the root of sample_book with `serial`. */
static inline Lienthong__Release *say_release(struct saying *saying, uint64_t serial,
                                              const struct lt_release *release, uint32_t percent)
{
    const struct release_pair pair = release_pair((uint8_t)serial);
    struct lt_key root;
    struct lt_secret root_secret;
    root_keys(&root, &root_secret);
    Lienthong__Release *entry = say_room(saying, sizeof(*entry));
    uint8_t *manifest = say_room(saying, LT_MANIFEST_BYTES_MAX), *key = say_room(saying, 32);
    struct lt_signature *signature = say_room(saying, sizeof(*signature));
    struct lt_signature *rooted = say_room(saying, sizeof(*rooted));
    size_t size;
    assert_int_equal(lt_release_pack(release, manifest, &size), LT_OK);
    lt_release_sign((struct lt_bytes){manifest, size}, &pair.secret, signature);
    lt_release_key_sign(&pair.key, serial, &root_secret, rooted);
    memcpy(key, pair.key.bytes, 32);
    lienthong__release__init(entry);
    entry->manifest = (ProtobufCBinaryData){size, manifest};
    entry->signature = (ProtobufCBinaryData){64, signature->bytes};
    entry->key = (ProtobufCBinaryData){32, key};
    entry->serial = serial;
    entry->root_signature = (ProtobufCBinaryData){64, rooted->bytes};
    entry->percent = percent;
    saying->items[say_item(saying)].release = entry;
    return entry;
}

#endif
