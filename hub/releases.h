/* releases.h - the files of the release that stands in the tree, as far as this hub has them: DIR/releases/HASH, named
 * by the hash in hexadecimal.
 *
 * A file is here when it was read through and its hash was right, once in each run of the hub; what is not is fetched
 * from the parent (hub/relay.h), or copied by `release add` at the top. When all are here, those of former releases are removed.
 * Any thread; lt_releases_look reads files through, and is not for the gate's. */
#ifndef LT_RELEASES_H
#define LT_RELEASES_H

#include <jansson.h>

#include "hub/ledger.h"
#include "proto/standing.h"

enum { LT_RELEASES_PATH_MAX = 4096 + 96 };

struct lt_releases;
struct lt_releases_view {
    bool stands;
    struct lt_standing_release told;
    bool here[LT_RELEASE_FILES_MAX];
};

/* `dir` is copied, the ledger outlives it. NULL: out of memory. */
struct lt_releases *lt_releases_new(const char *dir, struct lt_ledger *ledger);
void lt_releases_free(struct lt_releases *releases); /* NULL is ignored */

/* Which release stands now, and which of its files are here? */
void lt_releases_look(struct lt_releases *releases);
/* The same, told alone: nothing is removed. */
void lt_releases_find(struct lt_releases *releases, struct lt_releases_view *ret_view);
/* The first file that is not here; false: none. */
bool lt_releases_lacking(struct lt_releases *releases, struct lt_release_file *ret_file,
                         char ret_path[LT_RELEASES_PATH_MAX]);
/* Bytes of a file of the release that stands. LT_NOT_FOUND: it is not here, or none of it; LT_MALFORMED: there is
 * nothing beyond that offset. */
enum lt_result lt_releases_read(struct lt_releases *releases, const struct lt_hash *hash,
                                uint64_t offset, uint8_t ret_bytes[LT_PIECE_BYTES_MAX],
                                size_t *ret_size, bool *ret_last);

void lt_releases_view(struct lt_releases *releases, struct lt_releases_view *ret_view);

/* For `status`: "release" with number, version, percent, and how many of its files are here; none when none stands. */
void lt_releases_status(json_t *status, struct lt_releases *releases);

/* Where a file of a hub's folder stands. */
void lt_releases_path(const char *dir, const struct lt_hash *hash,
                      char ret_path[LT_RELEASES_PATH_MAX]);
/* Makes the folder. */
enum lt_result lt_releases_folder(const char *dir);
/* Removes what is of no file of this release. */
void lt_releases_clean(const char *dir, const struct lt_release *release);

#endif
