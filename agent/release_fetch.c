#include "agent/release_fetch.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/folder.h"
#include "agent/reserve.h"
#include "agent/whole_file.h"

enum {
    ANSWER_WITHIN_MS = 60000,
    ABSENT_FIRST_MS = 5000, /* the parent fetches it itself */
    ABSENT_MOST_MS = 600000,
    DISK_FIRST_MS = 60000,
    DISK_MOST_MS = 3600000,
    THROWN_FIRST_MS = 60000, /* it was made so, or a disk or hub is bad: hardly better soon */
    THROWN_MOST_MS = 6 * 3600000,
    PATH_BYTES = 4096,
};

struct lt_release_fetch {
    uint64_t random;
    struct lt_release_file file;
    char path[PATH_BYTES], part[PATH_BYTES + 8]; /* "": nothing is wanted */
    int fd; /* of the part; -1: not open */
    uint64_t have, session;
    bool asked, whole;
    lt_ms due;
    uint32_t absent, failed, thrown_away; /* in a row */
    enum lt_result trouble;
};

static enum lt_result of_errno(void)
{
    return errno == ENOSPC || errno == EDQUOT ? LT_NO_SPACE
           : errno == ENOENT                  ? LT_NOT_FOUND
                                              : LT_IO;
}

/* ---- Times ---- */

/* `first` doubled each time, up to `most`; of that between the half and the whole. */
static lt_ms pause_of(struct lt_release_fetch *fetch, lt_ms first, lt_ms most, uint32_t times)
{
    lt_ms pause = first;
    while (times-- > 1 && pause < most)
        pause *= 2;
    pause = pause < most ? pause : most;
    fetch->random ^= fetch->random << 13;
    fetch->random ^= fetch->random >> 7;
    fetch->random ^= fetch->random << 17;
    return pause / 2 + fetch->random % (pause / 2 + 1);
}

static void rest(struct lt_release_fetch *fetch, enum lt_result why, lt_ms now)
{
    fetch->trouble = why;
    fetch->asked = false;
    if (why == LT_NOT_READY)
        fetch->due = now + pause_of(fetch, ABSENT_FIRST_MS, ABSENT_MOST_MS, ++fetch->absent);
    else if (why == LT_BAD_HASH)
        fetch->due = now + pause_of(fetch, THROWN_FIRST_MS, THROWN_MOST_MS, ++fetch->thrown_away);
    else
        fetch->due = now + pause_of(fetch, DISK_FIRST_MS, DISK_MOST_MS, ++fetch->failed);
}

/* ---- The file ---- */

static enum lt_result is_file(int fd, const struct lt_release_file *file)
{
    struct stat stat;
    struct lt_hash hash;
    if (fstat(fd, &stat) != 0)
        return LT_IO;
    if (!S_ISREG(stat.st_mode) || (uint64_t)stat.st_size != file->size)
        return LT_BAD_HASH;
    const enum lt_result result = lt_whole_file_hash(fd, &hash);
    return result != LT_OK ? result : lt_hash_cmp(&hash, &file->hash) == 0 ? LT_OK : LT_BAD_HASH;
}

enum lt_result lt_release_file_is(const char *path, const struct lt_release_file *file)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return of_errno();
    const enum lt_result result = is_file(fd, file);
    close(fd);
    return result;
}

static void close_part(struct lt_release_fetch *fetch)
{
    if (fetch->fd >= 0)
        close(fetch->fd);
    fetch->fd = -1;
}

static void throw_away(struct lt_release_fetch *fetch, lt_ms now)
{
    close_part(fetch);
    (void)unlink(fetch->part);
    fetch->have = 0;
    rest(fetch, LT_BAD_HASH, now);
}

static enum lt_result open_part(struct lt_release_fetch *fetch)
{
    struct stat stat;
    fetch->fd = open(fetch->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fetch->fd < 0)
        return of_errno();
    if (fstat(fetch->fd, &stat) != 0)
        return LT_IO;
    if (!S_ISREG(stat.st_mode) || (uint64_t)stat.st_size > fetch->file.size)
        return LT_BAD_HASH;
    fetch->have = (uint64_t)stat.st_size;
    return lt_file_reserve(fetch->fd, fetch->file.size);
}

/* From the disk, not from what is remembered of it. */
static enum lt_result look_at_whole(struct lt_release_fetch *fetch)
{
    if (chmod(fetch->part, 0700) != 0 || fsync(fetch->fd) != 0)
        return of_errno();
    (void)posix_fadvise(fetch->fd, 0, 0, POSIX_FADV_DONTNEED);
    const enum lt_result result = is_file(fetch->fd, &fetch->file);
    if (result != LT_OK)
        return result;
    close_part(fetch);
    if (rename(fetch->part, fetch->path) != 0 || !lt_folder_sync_above(fetch->path))
        return of_errno();
    return LT_OK;
}

static void settle(struct lt_release_fetch *fetch, lt_ms now)
{
    const enum lt_result result = look_at_whole(fetch);
    if (result == LT_OK) {
        fetch->whole = true;
        fetch->trouble = LT_OK;
        fetch->thrown_away = 0;
        fetch->due = UINT64_MAX;
    } else if (result == LT_BAD_HASH) {
        throw_away(fetch, now);
    } else {
        close_part(fetch);
        rest(fetch, result, now);
    }
}

/* ---- What the owner says ---- */

struct lt_release_fetch *lt_release_fetch_new(uint64_t seed)
{
    struct lt_release_fetch *fetch = calloc(1, sizeof(*fetch));
    if (fetch == NULL)
        return NULL;
    fetch->random = seed | 1;
    fetch->fd = -1;
    fetch->due = UINT64_MAX;
    return fetch;
}

void lt_release_fetch_free(struct lt_release_fetch *fetch)
{
    if (fetch == NULL)
        return;
    close_part(fetch);
    free(fetch);
}

void lt_release_fetch_stop(struct lt_release_fetch *fetch)
{
    const uint64_t random = fetch->random;
    close_part(fetch);
    *fetch = (struct lt_release_fetch){.random = random, .fd = -1, .due = UINT64_MAX};
}

enum lt_result lt_release_fetch_want(struct lt_release_fetch *fetch,
                                     const struct lt_release_file *file, const char *path)
{
    if (strcmp(fetch->path, path) == 0 && fetch->file.size == file->size &&
        lt_hash_cmp(&fetch->file.hash, &file->hash) == 0)
        return LT_OK;
    if (strlen(path) >= PATH_BYTES)
        return LT_TOO_LARGE;
    lt_release_fetch_stop(fetch);
    fetch->file = *file;
    snprintf(fetch->path, sizeof(fetch->path), "%s", path);
    snprintf(fetch->part, sizeof(fetch->part), "%s.part", path);
    fetch->due = 0;
    return LT_OK;
}

bool lt_release_fetch_next(struct lt_release_fetch *fetch, lt_ms now, struct lt_hash *ret_hash,
                           uint64_t *ret_offset)
{
    if (now < fetch->due)
        return false;
    if (fetch->fd < 0) {
        const enum lt_result result = open_part(fetch);
        if (result == LT_BAD_HASH) {
            throw_away(fetch, now);
            return false;
        }
        if (result != LT_OK) {
            close_part(fetch);
            rest(fetch, result, now);
            return false;
        }
    }
    if (fetch->have == fetch->file.size) {
        settle(fetch, now);
        return false;
    }
    fetch->asked = true;
    fetch->due = now + ANSWER_WITHIN_MS;
    *ret_hash = fetch->file.hash;
    *ret_offset = fetch->have;
    return true;
}

lt_ms lt_release_fetch_due(const struct lt_release_fetch *fetch)
{
    return fetch->due;
}

void lt_release_fetch_again(struct lt_release_fetch *fetch)
{
    if (fetch->asked)
        fetch->due = 0;
    fetch->asked = false;
}

void lt_release_fetch_take(struct lt_release_fetch *fetch, const Lienthong__Piece *piece, lt_ms now)
{
    if (!fetch->asked || piece->offset != fetch->have ||
        piece->hash.len != sizeof(struct lt_hash) ||
        memcmp(piece->hash.data, fetch->file.hash.bytes, sizeof(struct lt_hash)) != 0)
        return;
    if (piece->bytes.len == 0) {
        rest(fetch, LT_NOT_READY, now);
        return;
    }
    const uint64_t left = fetch->file.size - fetch->have;
    if (piece->bytes.len > left || piece->last != (piece->bytes.len == left)) {
        throw_away(fetch, now); /* of another file, whatever its name */
        return;
    }
    const ssize_t wrote =
        pwrite(fetch->fd, piece->bytes.data, piece->bytes.len, (off_t)fetch->have);
    if (wrote != (ssize_t)piece->bytes.len) {
        errno = wrote >= 0 ? ENOSPC : errno;
        const enum lt_result result = of_errno();
        close_part(fetch); /* what has come is seen when it is opened again */
        rest(fetch, result, now);
        return;
    }
    fetch->have += piece->bytes.len;
    fetch->asked = false;
    fetch->absent = fetch->failed = 0;
    fetch->trouble = LT_OK;
    fetch->due = 0;
    if (fetch->have == fetch->file.size)
        settle(fetch, now);
}

int64_t lt_release_fetch_turn(struct lt_release_fetch *fetch, struct lt_uplink *uplink, lt_ms now)
{
    struct lt_child_state state;
    struct lt_hash hash;
    uint64_t offset;
    lt_uplink_state(uplink, &state);
    if (!state.pieces)
        return -1; /* a session that can begins with an event */
    if (state.session != fetch->session)
        lt_release_fetch_again(fetch);
    fetch->session = state.session;
    if (lt_release_fetch_next(fetch, now, &hash, &offset))
        lt_uplink_want_piece(uplink, &hash, offset);
    return fetch->due == UINT64_MAX ? -1 : fetch->due > now ? (int64_t)(fetch->due - now) : 0;
}

void lt_release_fetch_view(const struct lt_release_fetch *fetch,
                           struct lt_release_fetch_view *ret_view)
{
    *ret_view = (struct lt_release_fetch_view){
        .wanted = fetch->path[0] != '\0',
        .whole = fetch->whole,
        .size = fetch->file.size,
        .have = fetch->have,
        .thrown_away = fetch->thrown_away,
        .trouble = fetch->trouble,
    };
}
