/* release_fetch.h - one file of a release, from the parent to the disk, piece by piece.
 *
 * What has come stands in PATH.part, whose size is where it goes on after any stop; room for the whole is taken before
 * the first piece is asked for. When all is there it is synced, read back and hashed: it becomes PATH (mode 0700, its
 * name synced) if it is what the manifest names, else it is thrown away, and begun anew after a pause.
 *
 * The owner gives it turns, and hands in what comes. One piece is asked for at a time; who is not answered asks again after a minute, whose parent does not have the file yet
 * after a while that grows. Belongs to one thread. */
#ifndef LT_RELEASE_FETCH_H
#define LT_RELEASE_FETCH_H

#include "agent/uplink.h"
#include "proto/release.h"

struct lt_release_fetch;
/* `seed` of the jitter. NULL: out of memory. */
struct lt_release_fetch *lt_release_fetch_new(uint64_t seed);
void lt_release_fetch_free(
    struct lt_release_fetch *fetch); /* NULL is ignored; what has come stays */

/* From now on this file, into `path`, in a folder that is there. The same again changes nothing. */
enum lt_result lt_release_fetch_want(struct lt_release_fetch *fetch,
                                     const struct lt_release_file *file, const char *path);
/* None. */
void lt_release_fetch_stop(struct lt_release_fetch *fetch);

/* The owner's turn: asks the parent by the uplink for what is due. Returns the milliseconds until it is due again;
 * negative: when something has come. */
int64_t lt_release_fetch_turn(struct lt_release_fetch *fetch, struct lt_uplink *uplink, lt_ms now);

/* The same by parts. To be asked while the parent answers for pieces: what of it is to be asked now. False: nothing,
 * before lt_release_fetch_due. */
bool lt_release_fetch_next(struct lt_release_fetch *fetch, lt_ms now, struct lt_hash *ret_hash,
                           uint64_t *ret_offset);
/* UINT64_MAX: never. */
lt_ms lt_release_fetch_due(const struct lt_release_fetch *fetch);
/* Another session has begun: what was asked in the last is not answered. */
void lt_release_fetch_again(struct lt_release_fetch *fetch);
/* What was not asked for is passed over. */
void lt_release_fetch_take(struct lt_release_fetch *fetch, const Lienthong__Piece *piece,
                           lt_ms now);

struct lt_release_fetch_view {
    bool wanted, whole; /* whole: PATH stands, and is right */
    uint64_t size, have;
    uint32_t thrown_away; /* how often all of it was, in a row */
    enum lt_result
        trouble; /* what stands in the way: LT_BAD_HASH, LT_NO_SPACE, LT_IO; LT_NOT_READY: the parent lacks
                             * it too; LT_OK */
};
void lt_release_fetch_view(const struct lt_release_fetch *fetch,
                           struct lt_release_fetch_view *ret_view);

/* Is it this file, whole? LT_NOT_FOUND; LT_BAD_HASH: another one; LT_IO. */
enum lt_result lt_release_file_is(const char *path, const struct lt_release_file *file);

#endif
