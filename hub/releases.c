#include "hub/releases.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/folder.h"
#include "agent/release_fetch.h"

struct lt_releases {
    char dir[4096];
    struct lt_ledger *ledger;
    pthread_mutex_t looking; /* one looks at a time */
    pthread_mutex_t lock;
    struct lt_releases_view now; /* under the lock */
};

/* ---- The folder ---- */

void lt_releases_path(const char *dir, const struct lt_hash *hash,
                      char ret_path[LT_RELEASES_PATH_MAX])
{
    char hex[2 * sizeof(hash->bytes) + 1];
    lt_hex(hash->bytes, sizeof(hash->bytes), hex);
    snprintf(ret_path, LT_RELEASES_PATH_MAX, "%s/releases/%s", dir, hex);
}

enum lt_result lt_releases_folder(const char *dir)
{
    char path[LT_RELEASES_PATH_MAX];
    snprintf(path, sizeof(path), "%s/releases", dir);
    return lt_folder_make(path, 0700) ? LT_OK : LT_IO;
}

static bool is_of(const struct lt_release *release, const char *name)
{
    for (size_t i = 0; i < release->file_count; i++) {
        char hex[2 * sizeof(struct lt_hash) + 1];
        lt_hex(release->files[i].hash.bytes, sizeof(struct lt_hash), hex);
        if (strncmp(name, hex, strlen(hex)) == 0) {
            return true;
        }
    }
    return false;
}

void lt_releases_clean(const char *dir, const struct lt_release *release)
{
    char path[LT_RELEASES_PATH_MAX];
    snprintf(path, sizeof(path), "%s/releases", dir);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] != '.' && !is_of(release, entry->d_name)) {
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
}

/* ---- What is here ---- */

struct lt_releases *lt_releases_new(const char *dir, struct lt_ledger *ledger)
{
    struct lt_releases *releases = calloc(1, sizeof(*releases));
    if (releases == NULL) {
        return NULL;
    }
    snprintf(releases->dir, sizeof(releases->dir), "%s", dir);
    releases->ledger = ledger;
    pthread_mutex_init(&releases->looking, NULL);
    pthread_mutex_init(&releases->lock, NULL);
    return releases;
}

void lt_releases_free(struct lt_releases *releases)
{
    if (releases == NULL) {
        return;
    }
    pthread_mutex_destroy(&releases->looking);
    pthread_mutex_destroy(&releases->lock);
    free(releases);
}

static void ask_book(struct lt_releases *releases, struct lt_releases_view *ret_view)
{
    *ret_view = (struct lt_releases_view){.stands = false};
    pthread_rwlock_rdlock(lt_ledger_book_lock(releases->ledger));
    const struct lt_standing_release *now = lt_book_release_now(lt_ledger_book(releases->ledger));
    if (now != NULL) {
        ret_view->stands = true;
        ret_view->told = *now;
    }
    pthread_rwlock_unlock(lt_ledger_book_lock(releases->ledger));
}

static bool all_here(const struct lt_releases_view *view)
{
    size_t here = 0;
    for (size_t i = 0; i < view->told.release.file_count; i++) {
        here += view->here[i];
    }
    return view->stands && here == view->told.release.file_count;
}

/* Of the files that were here before only the names are compared. */
static void find_files(const char *dir, const struct lt_releases_view *before,
                       struct lt_releases_view *view, bool remove_bad)
{
    const struct lt_release *release = &view->told.release;
    for (size_t i = 0; i < release->file_count; i++) {
        char path[LT_RELEASES_PATH_MAX];
        for (size_t j = 0; j < before->told.release.file_count; j++) {
            view->here[i] |=
                before->here[j] &&
                lt_hash_cmp(&before->told.release.files[j].hash, &release->files[i].hash) == 0 &&
                before->told.release.files[j].size == release->files[i].size;
        }
        if (view->here[i]) {
            continue;
        }
        lt_releases_path(dir, &release->files[i].hash, path);
        const enum lt_result result = lt_release_file_is(path, &release->files[i]);
        view->here[i] = result == LT_OK;
        if (result == LT_BAD_HASH && remove_bad) {
            (void)unlink(path); /* the disk has changed it: fetched anew */
        }
    }
}

void lt_releases_look(struct lt_releases *releases)
{
    struct lt_releases_view before, view;
    pthread_mutex_lock(&releases->looking);
    lt_releases_view(releases, &before);
    ask_book(releases, &view);
    find_files(releases->dir, &before, &view, true);
    pthread_mutex_lock(&releases->lock);
    releases->now = view;
    pthread_mutex_unlock(&releases->lock);
    const bool same = before.told.serial == view.told.serial &&
                      before.told.release.number == view.told.release.number;
    if (all_here(&view) && (!all_here(&before) || !same)) {
        lt_releases_clean(releases->dir, &view.told.release);
    }
    pthread_mutex_unlock(&releases->looking);
}

void lt_releases_find(struct lt_releases *releases, struct lt_releases_view *ret_view)
{
    const struct lt_releases_view nothing = {.stands = false};
    ask_book(releases, ret_view);
    find_files(releases->dir, &nothing, ret_view, false);
}

void lt_releases_view(struct lt_releases *releases, struct lt_releases_view *ret_view)
{
    pthread_mutex_lock(&releases->lock);
    *ret_view = releases->now;
    pthread_mutex_unlock(&releases->lock);
}

bool lt_releases_lacking(struct lt_releases *releases, struct lt_release_file *ret_file,
                         char ret_path[LT_RELEASES_PATH_MAX])
{
    struct lt_releases_view view;
    lt_releases_view(releases, &view);
    for (size_t i = 0; view.stands && i < view.told.release.file_count; i++) {
        if (!view.here[i]) {
            *ret_file = view.told.release.files[i];
            lt_releases_path(releases->dir, &ret_file->hash, ret_path);
            return true;
        }
    }
    return false;
}

void lt_releases_status(json_t *status, struct lt_releases *releases)
{
    struct lt_releases_view view;
    json_int_t here = 0;
    lt_releases_view(releases, &view);
    for (size_t i = 0; i < view.told.release.file_count; i++) {
        here += view.here[i];
    }
    if (view.stands) {
        json_object_set_new(status, "release",
                            json_pack("{s:I,s:s,s:I,s:I,s:I}", "number",
                                      (json_int_t)view.told.release.number, "version",
                                      view.told.release.version, "percent",
                                      (json_int_t)view.told.percent, "files",
                                      (json_int_t)view.told.release.file_count, "here", here));
    }
}

/* ---- For those below ---- */

static enum lt_result read_file(const char *path, uint64_t offset, uint64_t left,
                                uint8_t ret_bytes[LT_PIECE_BYTES_MAX], size_t *ret_size)
{
    const size_t want = left < LT_PIECE_BYTES_MAX ? (size_t)left : LT_PIECE_BYTES_MAX;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return LT_NOT_FOUND;
    }
    const ssize_t got = pread(fd, ret_bytes, want, (off_t)offset);
    close(fd);
    if (got != (ssize_t)want) {
        return LT_NOT_FOUND;
    }
    *ret_size = want;
    return LT_OK;
}

enum lt_result lt_releases_read(struct lt_releases *releases, const struct lt_hash *hash,
                                uint64_t offset, uint8_t ret_bytes[LT_PIECE_BYTES_MAX],
                                size_t *ret_size, bool *ret_last)
{
    struct lt_releases_view view;
    char path[LT_RELEASES_PATH_MAX];
    lt_releases_view(releases, &view);
    for (size_t i = 0; view.stands && i < view.told.release.file_count; i++) {
        const struct lt_release_file *file = &view.told.release.files[i];
        if (!view.here[i] || lt_hash_cmp(&file->hash, hash) != 0) {
            continue;
        }
        if (offset >= file->size) {
            return LT_MALFORMED;
        }
        lt_releases_path(releases->dir, hash, path);
        const enum lt_result result =
            read_file(path, offset, file->size - offset, ret_bytes, ret_size);
        if (result == LT_OK) {
            *ret_last = offset + *ret_size == file->size;
        }
        return result;
    }
    return LT_NOT_FOUND;
}
