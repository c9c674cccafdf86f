/* Bytes from here to there, hashed on the way and durable at the end. */
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/backup.h"
#include "agent/env_check.h"
#include "agent/env_store.h"
#include "agent/folder.h"
#include "agent/map.h"
#include "agent/progress.h"
#include "agent/text.h"

enum { PIECE_BYTES = 256 * 1024 };

enum lt_result lt_backup_say(char ret_reason[LT_BACKUP_REASON_MAX], enum lt_result result,
                             const char *path, const char *why)
{
    snprintf(ret_reason, LT_BACKUP_REASON_MAX, "%.250s: %.300s", path, why);
    return result;
}

enum lt_result lt_backup_fail(char ret_reason[LT_BACKUP_REASON_MAX], const char *path, int code)
{
    return lt_backup_say(ret_reason, code == EEXIST ? LT_EXISTS : lt_env_map(code), path,
                         lt_text_errno(code));
}

bool lt_backup_path(char ret_path[4096], const char *folder, const char *name)
{
    int length = snprintf(ret_path, 4096, "%s/%s", folder, name);
    return length > 0 && length < 4096;
}

/* ---- One file into another ---- */

struct copying {
    int from, to; /* to -1: only hashed */
    int error;
    uint64_t size, whole; /* so far; of all, as far as is known */
    crypto_generichash_state state;
};

static bool write_piece(struct copying *copying, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t part = write(copying->to, bytes, size);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0) {
            copying->error = part == 0 ? ENOSPC : errno;
            return false;
        }
        bytes += part;
        size -= (size_t)part;
    }
    return true;
}

static uint64_t size_of(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 && about.st_size > 0 ? (uint64_t)about.st_size : 0;
}

/* From one descriptor to the other, until the end. */
static void pump(struct copying *copying)
{
    uint8_t *piece = malloc(PIECE_BYTES);
    bool more = piece != NULL;
    copying->error = piece == NULL ? ENOMEM : 0;
    crypto_generichash_init(&copying->state, NULL, 0, sizeof(struct lt_hash));
    while (more) {
        ssize_t got = read(copying->from, piece, PIECE_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            copying->error = errno;
        more = got > 0;
        if (got > 0) {
            crypto_generichash_update(&copying->state, piece, (size_t)got);
            copying->size += (uint64_t)got;
            lt_progress(copying->to < 0 ? lt_text("đọc lại", "reading back")
                                        : lt_text("chép", "copying"),
                        copying->size, copying->whole);
            more = copying->to < 0 || write_piece(copying, piece, (size_t)got);
        }
    }
    lt_progress_clear();
    if (copying->error == 0 && copying->to >= 0 && fsync(copying->to) != 0)
        copying->error = errno;
    free(piece);
}

static int open_new(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static void finish(struct copying *copying, uint64_t *ret_size, struct lt_hash *ret_hash)
{
    crypto_generichash_final(&copying->state, ret_hash->bytes, sizeof(ret_hash->bytes));
    *ret_size = copying->size;
}

/* An ordinary file, opened. */
static int open_plain(const char *path, int *ret_error)
{
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    *ret_error = fd < 0 || fstat(fd, &stat) != 0 ? errno : S_ISREG(stat.st_mode) ? 0 : EINVAL;
    if (*ret_error != 0 && fd >= 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

enum lt_result lt_backup_copy(const char *from, const char *to, uint64_t *ret_size,
                              struct lt_hash *ret_hash, char ret_reason[LT_BACKUP_REASON_MAX])
{
    int error;
    struct copying copying = {.from = open_plain(from, &error)};
    if (copying.from < 0)
        return lt_backup_fail(ret_reason, from, error);
    copying.whole = size_of(copying.from);
    copying.to = open_new(to);
    if (copying.to < 0) {
        error = errno;
        close(copying.from);
        return lt_backup_fail(ret_reason, to, error);
    }
    pump(&copying);
    close(copying.from);
    if (close(copying.to) != 0 && copying.error == 0)
        copying.error = errno;
    if (copying.error != 0)
        return lt_backup_fail(ret_reason, to, copying.error);
    finish(&copying, ret_size, ret_hash);
    return LT_OK;
}

enum lt_result lt_backup_hash(const char *path, uint64_t *ret_size, struct lt_hash *ret_hash,
                              char ret_reason[LT_BACKUP_REASON_MAX])
{
    int error;
    struct copying copying = {.from = open_plain(path, &error), .to = -1};
    if (copying.from < 0)
        return lt_backup_fail(ret_reason, path, error);
    /* What was just written is to come from the disk, not from memory. */
    copying.whole = size_of(copying.from);
    (void)posix_fadvise(copying.from, 0, 0, POSIX_FADV_DONTNEED);
    pump(&copying);
    close(copying.from);
    if (copying.error != 0)
        return lt_backup_fail(ret_reason, path, copying.error);
    finish(&copying, ret_size, ret_hash);
    return LT_OK;
}

enum lt_result lt_backup_sync_folder(const char *path, char ret_reason[LT_BACKUP_REASON_MAX])
{
    return lt_folder_sync(path) ? LT_OK : lt_backup_fail(ret_reason, path, errno);
}

/* ---- A store ---- */

struct source {
    MDB_env *env;
    int to;
    int code;
};

/* Pages in a row as they stood at one moment, unused ones too: a store that has leaked pages can be copied only
 * so, and what comes out is the size that a restored store will have again. */
static void *send_pages(void *argument)
{
    struct source *source = argument;
    source->code = lt_map_copy(source->env, source->to);
    close(source->to);
    return NULL;
}

static int open_source(const char *dir, MDB_env **ret_env)
{
    MDB_env *env;
    int code = mdb_env_create(&env);
    if (code != 0)
        return code;
    code = mdb_env_set_mapsize(env, 0); /* what its own last user had */
    if (code == 0)
        code = mdb_env_open(env, dir, MDB_RDONLY | MDB_NOTLS, 0600);
    if (code != 0)
        mdb_env_close(env);
    else
        *ret_env = env;
    return code;
}

/* Through a pipe, so that what is hashed is what was sent, and not what a disk made of it. */
static enum lt_result copy_pages(MDB_env *env, const char *to, struct copying *copying,
                                 char *ret_reason)
{
    int ends[2];
    pthread_t thread;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return lt_backup_fail(ret_reason, to, errno);
    struct source source = {env, ends[1], 0};
    int data = -1;
    copying->whole = lt_map_file(env, &data) == 0 ? size_of(data) : 0;
    lt_map_file_end(data);
    copying->from = ends[0];
    if (pthread_create(&thread, NULL, send_pages, &source) != 0) {
        close(ends[0]);
        close(ends[1]);
        return lt_backup_fail(ret_reason, to, EAGAIN);
    }
    pump(copying);
    close(ends[0]); /* a sender that still sends gets EPIPE */
    pthread_join(thread, NULL);
    if (copying->error != 0)
        return lt_backup_fail(ret_reason, to, copying->error);
    return source.code == 0
               ? LT_OK
               : lt_backup_say(ret_reason, lt_env_map(source.code), to, mdb_strerror(source.code));
}

enum lt_result lt_backup_copy_store(const char *dir, const char *to, uint64_t *ret_size,
                                    struct lt_hash *ret_hash, char ret_reason[LT_BACKUP_REASON_MAX])
{
    struct lt_env_claim *claim;
    struct copying copying = {.to = -1};
    MDB_env *env;
    char why[200] = "";
    enum lt_result result = lt_env_claim_dir(dir, true, &claim, why);
    if (result != LT_OK)
        return lt_backup_say(ret_reason, result, dir, why);
    int code = open_source(dir, &env);
    if (code != 0) {
        lt_env_release_dir(claim);
        return lt_backup_say(ret_reason, lt_env_map(code), dir, mdb_strerror(code));
    }
    result = lt_env_check(env, NULL, 0, LT_CHECK_ALL, NULL, why); /* a copy of damage is none */
    if (result != LT_OK)
        (void)lt_backup_say(ret_reason, result, dir, why[0] != '\0' ? why : lt_text_result(result));
    else if ((copying.to = open_new(to)) < 0)
        result = lt_backup_fail(ret_reason, to, errno);
    else
        result = copy_pages(env, to, &copying, ret_reason);
    if (copying.to >= 0 && close(copying.to) != 0 && result == LT_OK)
        result = lt_backup_fail(ret_reason, to, errno);
    mdb_env_close(env);
    lt_env_release_dir(claim);
    if (result == LT_OK)
        finish(&copying, ret_size, ret_hash);
    return result;
}
