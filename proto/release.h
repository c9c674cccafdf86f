/* release.h - a release: one program for several systems, as its manifest says it, and who signed what of it.
 *
 * The root key signs a key for releases with a serial, that key signs manifests; a greater serial ends the lesser ones.
 * A manifest has one form only (docs/protocol.md, section 11): what opens packs to the same bytes. Which release
 * stands in a tree is the book's word (lt_book_release_now, proto/standing.h). Pure; any thread. */
#ifndef LT_RELEASE_H
#define LT_RELEASE_H

#include "proto/update.h"

enum { LT_RELEASE_TEXT_MAX = 32, LT_RELEASE_SYSTEM_MAX = 24 }; /* with their NULs */

struct lt_release_file {
    char system[LT_RELEASE_SYSTEM_MAX]; /* "linux-x86_64": lower-case letters, digits, '-', '_' */
    uint64_t size; /* 1 to LT_RELEASE_FILE_MAX */
    struct lt_hash hash; /* BLAKE2b-256 of the file */
};
struct lt_release {
    uint64_t number; /* rising, 1 to 2^63-1 */
    char version[LT_RELEASE_TEXT_MAX]; /* for people: printable ASCII without blanks, not empty */
    uint32_t format; /* least format of a store that it opens */
    size_t file_count; /* at least 1 */
    struct lt_release_file files[LT_RELEASE_FILES_MAX]; /* ascending by system, each once */
};

/* LT_MALFORMED: it is not as said above. */
enum lt_result lt_release_pack(const struct lt_release *release,
                               uint8_t ret_manifest[LT_MANIFEST_BYTES_MAX], size_t *ret_size);
/* LT_MALFORMED. Signatures are not looked at. */
enum lt_result lt_release_open(struct lt_bytes manifest, struct lt_release *ret_release);
/* NULL: it has none for that system. */
const struct lt_release_file *lt_release_file_for(const struct lt_release *release,
                                                  const char *system);

/* By the key for releases. */
void lt_release_sign(struct lt_bytes manifest, const struct lt_secret *secret,
                     struct lt_signature *ret_signature);
bool lt_release_signed(struct lt_bytes manifest, const struct lt_key *key,
                       const struct lt_signature *signature);
/* By the root, of the key for releases. */
void lt_release_key_sign(const struct lt_key *key, uint64_t serial,
                         const struct lt_secret *root_secret, struct lt_signature *ret_signature);
bool lt_release_key_signed(const struct lt_key *key, uint64_t serial,
                           const struct lt_signature *signature, const struct lt_key *root);

/* A machine takes a release when its wave, 0 to 99, is less than the percentage that is said. */
uint32_t lt_release_wave(const struct lt_key *machine, uint64_t number);

#endif
