/* The acts of `release` that need no hub: the key for releases, the root's word on it, and a release signed. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/backup.h"
#include "agent/keys.h"
#include "hub/cmd_release.h"
#include "hub/release_word.h"

static enum lt_result fail(enum lt_result result, const char *what, const char *why,
                           char ret_reason[LT_DIRECT_REASON_MAX])
{
    snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%.120s: %.170s", what, why);
    return result;
}

bool lt_release_number(const char *text, uint64_t least, uint64_t most, uint64_t *ret_number)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number < least ||
        number > most) {
        return false;
    }
    *ret_number = number;
    return true;
}

enum lt_result lt_release_make_key(const struct lt_options *options,
                                   char ret_reason[LT_DIRECT_REASON_MAX])
{
    char why[200] = "", hex[65];
    struct lt_key key;
    struct lt_secret secret;
    const enum lt_result result = lt_key_file_make(options->operands[1], &key, &secret, why);
    sodium_memzero(&secret, sizeof(secret));
    if (result != LT_OK) {
        return fail(result, "key file", why, ret_reason);
    }
    lt_hex(key.bytes, sizeof(key.bytes), hex);
    printf("%s\n", hex);
    return LT_OK;
}

/* ---- grant: where the root is kept ---- */

enum lt_result lt_release_grant(const struct lt_options *options,
                                char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_release_word word = {.release = {.number = 0}};
    struct lt_key root;
    struct lt_secret secret;
    char why[200] = "";
    const char *serial = options->values[LT_RELEASE_SERIAL];
    if (lt_unhex(options->operands[1], word.key.bytes, sizeof(word.key.bytes)) != LT_OK) {
        return fail(LT_USAGE, options->operands[1],
                    "is no key: the 64 digits that `release key` has shown", ret_reason);
    }
    if (!lt_release_number(serial, 1, UINT64_MAX, &word.wire.serial)) {
        return fail(LT_USAGE, serial, "is no serial: 1 for the first key, then one more each",
                    ret_reason);
    }
    enum lt_result result = lt_key_file_load(options->values[LT_RELEASE_ROOT], &root, &secret, why);
    if (result != LT_OK) {
        return fail(result, "root key", why, ret_reason);
    }
    lt_release_key_sign(&word.key, word.wire.serial, &secret, &word.root_signature);
    sodium_memzero(&secret, sizeof(secret));
    lt_release_word_point(&word, 0);
    result = lt_release_word_write(options->operands[2], &word, ret_reason);
    if (result == LT_OK) {
        printf("%s: keep it beside the key for releases; `release sign` needs it\n",
               options->operands[2]);
    }
    return result;
}

/* ---- sign ---- */

static int by_system(const void *a, const void *b)
{
    const struct lt_release_file *first = a, *second = b;
    return strcmp(first->system, second->system);
}

/* SYSTEM=PATH */
static enum lt_result take_file(const char *text, struct lt_release_file *ret_file,
                                char ret_reason[LT_DIRECT_REASON_MAX])
{
    char why[LT_BACKUP_REASON_MAX] = "";
    const char *equals = strchr(text, '=');
    const size_t length = equals != NULL ? (size_t)(equals - text) : 0;
    if (length == 0 || length >= sizeof(ret_file->system)) {
        return fail(LT_USAGE, text, "is not of the form linux-x86_64=PATH", ret_reason);
    }
    *ret_file = (struct lt_release_file){.size = 0};
    memcpy(ret_file->system, text, length);
    const enum lt_result result = lt_backup_hash(equals + 1, &ret_file->size, &ret_file->hash, why);
    return result == LT_OK ? LT_OK : fail(result, "program", why, ret_reason);
}

static enum lt_result compose(const struct lt_options *options, struct lt_release_word *word,
                              size_t *ret_size, char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_release *release = &word->release;
    const char *number = options->values[LT_RELEASE_NUMBER_OPTION];
    const char *name = options->values[LT_RELEASE_NAME];
    const char *format = options->values[LT_RELEASE_FORMAT];
    uint64_t least = 1;
    if (!lt_release_number(number, 1, INT64_MAX, &release->number)) {
        return fail(LT_USAGE, number, "is no number of a release: 1 or more, greater each time",
                    ret_reason);
    }
    if (format != NULL && !lt_release_number(format, 0, UINT32_MAX, &least)) {
        return fail(LT_USAGE, format, "is no format of a store", ret_reason);
    }
    release->format = (uint32_t)least;
    if (snprintf(release->version, sizeof(release->version), "%s", name) >=
            (int)sizeof(release->version) ||
        options->operand_count - 3 > LT_RELEASE_FILES_MAX) {
        return fail(LT_USAGE, name, "is too long, or there are more than 8 programs", ret_reason);
    }
    for (size_t i = 3; i < options->operand_count; i++) {
        const enum lt_result result =
            take_file(options->operands[i], &release->files[release->file_count], ret_reason);
        if (result != LT_OK) {
            return result;
        }
        release->file_count++;
    }
    qsort(release->files, release->file_count, sizeof(release->files[0]), by_system);
    return lt_release_pack(release, word->manifest, ret_size) == LT_OK
               ? LT_OK
               : fail(LT_USAGE, options->operands[2],
                      "a name has blanks, or a system stands twice or is none, or a program has "
                      "nothing in it or more than 64 MiB",
                      ret_reason);
}

enum lt_result lt_release_sign_files(const struct lt_options *options,
                                     char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_release_word word;
    struct lt_key key;
    struct lt_secret secret;
    char why[200] = "";
    size_t size = 0;
    enum lt_result result = lt_release_word_read(options->operands[1], false, &word, ret_reason);
    if (result == LT_OK) {
        result = compose(options, &word, &size, ret_reason);
    }
    if (result != LT_OK) {
        return result;
    }
    result = lt_key_file_load(options->values[LT_RELEASE_KEY], &key, &secret, why);
    if (result != LT_OK) {
        return fail(result, "key for releases", why, ret_reason);
    }
    if (memcmp(&key, &word.key, sizeof(key)) != 0) {
        sodium_memzero(&secret, sizeof(secret));
        return fail(LT_REFUSED, options->values[LT_RELEASE_KEY],
                    "is not the key that the root has signed in that file", ret_reason);
    }
    lt_release_sign((struct lt_bytes){word.manifest, size}, &secret, &word.signature);
    sodium_memzero(&secret, sizeof(secret));
    lt_release_word_point(&word, size);
    result = lt_release_word_write(options->operands[2], &word, ret_reason);
    if (result == LT_OK) {
        printf("%s: carry it to the top with the programs; `release add` takes them\n",
               options->operands[2]);
    }
    return result;
}
