#include "proto/release.h"

#include <sodium.h>
#include <string.h>

/* With their NULs, which separate context from content. */
static const char manifest_context[] = "lienthong release v1";
static const char key_context[] = "lienthong release key v1";
static const char wave_context[] = "lienthong wave v1";

enum {
    MANIFEST_MESSAGE_BYTES = sizeof(manifest_context) + 32,
    KEY_MESSAGE_BYTES = sizeof(key_context) + 32 + 8,
    WAVE_BYTES = sizeof(wave_context) + 32 + 8,
};

/* ---- What a manifest may hold ---- */

static bool version_fine(const char *version)
{
    const size_t length = strnlen(version, LT_RELEASE_TEXT_MAX);
    for (size_t i = 0; i < length; i++) {
        if (version[i] <= ' ' || version[i] > '~')
            return false;
    }
    return length > 0 && length < LT_RELEASE_TEXT_MAX;
}

static bool system_fine(const char *system)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    const size_t length = strnlen(system, LT_RELEASE_SYSTEM_MAX);
    return length > 0 && length < LT_RELEASE_SYSTEM_MAX && strspn(system, letters) == length;
}

static bool fine(const struct lt_release *release)
{
    if (release->number == 0 || release->number > INT64_MAX || !version_fine(release->version) ||
        release->file_count == 0 || release->file_count > LT_RELEASE_FILES_MAX)
        return false;
    for (size_t i = 0; i < release->file_count; i++) {
        const struct lt_release_file *file = &release->files[i];
        if (!system_fine(file->system) || file->size == 0 || file->size > LT_RELEASE_FILE_MAX ||
            (i > 0 && strcmp(release->files[i - 1].system, file->system) >= 0))
            return false;
    }
    return true;
}

/* ---- Its bytes ---- */

static uint8_t *put_number(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0;)
        *at++ = (uint8_t)(value >> (8 * i));
    return at;
}

static uint8_t *put_text(uint8_t *at, const char *text)
{
    const size_t length = strlen(text);
    *at++ = (uint8_t)length;
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): its length stands before it */
    memcpy(at, text, length);
    return at + length;
}

enum lt_result lt_release_pack(const struct lt_release *release,
                               uint8_t ret_manifest[LT_MANIFEST_BYTES_MAX], size_t *ret_size)
{
    if (!fine(release))
        return LT_MALFORMED;
    uint8_t *at = put_number(ret_manifest, release->number, 8);
    at = put_number(at, release->format, 4);
    at = put_text(at, release->version);
    *at++ = (uint8_t)release->file_count;
    for (size_t i = 0; i < release->file_count; i++) {
        const struct lt_release_file *file = &release->files[i];
        at = put_text(at, file->system);
        at = put_number(at, file->size, 8);
        memcpy(at, file->hash.bytes, sizeof(file->hash.bytes));
        at += sizeof(file->hash.bytes);
    }
    *ret_size = (size_t)(at - ret_manifest);
    return LT_OK;
}

/* Reads on from `data`; what is not there is read as zeros, and `size` tells in the end. */
struct reading {
    const uint8_t *data;
    size_t size, at;
};

static void take(struct reading *reading, void *ret_bytes, size_t size)
{
    memset(ret_bytes, 0, size);
    if (reading->at <= reading->size && size <= reading->size - reading->at)
        memcpy(ret_bytes, reading->data + reading->at, size);
    reading->at += size;
}

static uint64_t take_number(struct reading *reading, size_t bytes)
{
    uint8_t taken[8];
    uint64_t value = 0;
    take(reading, taken, bytes);
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | taken[i];
    return value;
}

/* A text that is too long leaves none, which is not fine. */
static void take_text(struct reading *reading, char *ret_text, size_t room)
{
    const size_t length = (size_t)take_number(reading, 1);
    memset(ret_text, 0, room);
    if (length < room)
        take(reading, ret_text, length);
}

enum lt_result lt_release_open(struct lt_bytes manifest, struct lt_release *ret_release)
{
    struct reading reading = {manifest.data, manifest.size, 0};
    struct lt_release release = {.number = 0};
    if (manifest.size > LT_MANIFEST_BYTES_MAX)
        return LT_MALFORMED;
    release.number = take_number(&reading, 8);
    release.format = (uint32_t)take_number(&reading, 4);
    take_text(&reading, release.version, sizeof(release.version));
    release.file_count = (size_t)take_number(&reading, 1);
    for (size_t i = 0; i < release.file_count && i < LT_RELEASE_FILES_MAX; i++) {
        struct lt_release_file *file = &release.files[i];
        take_text(&reading, file->system, sizeof(file->system));
        file->size = take_number(&reading, 8);
        take(&reading, file->hash.bytes, sizeof(file->hash.bytes));
    }
    /* A NUL within a text would be read as its end. */
    uint8_t again[LT_MANIFEST_BYTES_MAX];
    size_t size = 0;
    if (reading.at != manifest.size || lt_release_pack(&release, again, &size) != LT_OK ||
        size != manifest.size || memcmp(again, manifest.data, size) != 0)
        return LT_MALFORMED;
    *ret_release = release;
    return LT_OK;
}

const struct lt_release_file *lt_release_file_for(const struct lt_release *release,
                                                  const char *system)
{
    for (size_t i = 0; i < release->file_count; i++) {
        if (strcmp(release->files[i].system, system) == 0)
            return &release->files[i];
    }
    return NULL;
}

/* ---- Signatures ---- */

static void manifest_message(struct lt_bytes manifest, uint8_t ret_message[MANIFEST_MESSAGE_BYTES])
{
    struct lt_hash hash;
    lt_hash_of(manifest.data, manifest.size, &hash);
    memcpy(ret_message, manifest_context, sizeof(manifest_context));
    memcpy(ret_message + sizeof(manifest_context), hash.bytes, sizeof(hash.bytes));
}

void lt_release_sign(struct lt_bytes manifest, const struct lt_secret *secret,
                     struct lt_signature *ret_signature)
{
    uint8_t message[MANIFEST_MESSAGE_BYTES];
    manifest_message(manifest, message);
    crypto_sign_detached(ret_signature->bytes, NULL, message, sizeof(message), secret->bytes);
}

bool lt_release_signed(struct lt_bytes manifest, const struct lt_key *key,
                       const struct lt_signature *signature)
{
    uint8_t message[MANIFEST_MESSAGE_BYTES];
    manifest_message(manifest, message);
    return crypto_sign_verify_detached(signature->bytes, message, sizeof(message), key->bytes) == 0;
}

static void key_message(const struct lt_key *key, uint64_t serial,
                        uint8_t ret_message[KEY_MESSAGE_BYTES])
{
    uint8_t *at = ret_message + sizeof(key_context);
    memcpy(ret_message, key_context, sizeof(key_context));
    memcpy(at, key->bytes, sizeof(key->bytes));
    put_number(at + sizeof(key->bytes), serial, 8);
}

void lt_release_key_sign(const struct lt_key *key, uint64_t serial,
                         const struct lt_secret *root_secret, struct lt_signature *ret_signature)
{
    uint8_t message[KEY_MESSAGE_BYTES];
    key_message(key, serial, message);
    crypto_sign_detached(ret_signature->bytes, NULL, message, sizeof(message), root_secret->bytes);
}

bool lt_release_key_signed(const struct lt_key *key, uint64_t serial,
                           const struct lt_signature *signature, const struct lt_key *root)
{
    uint8_t message[KEY_MESSAGE_BYTES];
    key_message(key, serial, message);
    return crypto_sign_verify_detached(signature->bytes, message, sizeof(message), root->bytes) ==
           0;
}

/* ---- Waves ---- */

uint32_t lt_release_wave(const struct lt_key *machine, uint64_t number)
{
    uint8_t said[WAVE_BYTES];
    struct lt_hash hash;
    memcpy(said, wave_context, sizeof(wave_context));
    memcpy(said + sizeof(wave_context), machine->bytes, sizeof(machine->bytes));
    put_number(said + sizeof(wave_context) + sizeof(machine->bytes), number, 8);
    lt_hash_of(said, sizeof(said), &hash);
    uint64_t value = 0;
    for (size_t i = 0; i < 8; i++)
        value = value << 8 | hash.bytes[i];
    return (uint32_t)(value % 100);
}
