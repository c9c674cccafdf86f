#include "agent/backup.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/keys.h"
#include "agent/progress.h"
#include "agent/text.h"

enum lt_result lt_backup_walk(struct lt_env *env, uint64_t *ret_count)
{
    enum { SLICE = 256 };
    uint64_t last = 0, bad;
    enum lt_result result = LT_OK;
    struct lt_txn *txn = lt_txn_begin(env, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    last = lt_log_last(txn);
    result = lt_txn_commit(txn);
    for (uint64_t at = 1; at <= last && result == LT_OK; at += SLICE) {
        txn = lt_txn_begin(env, false);
        if (txn == NULL)
            return LT_NO_MEMORY;
        result = lt_log_verify(txn, at, at + SLICE - 1 < last ? at + SLICE - 1 : last, &bad);
        enum lt_result read = lt_txn_commit(txn);
        result = result == LT_OK ? read : result;
        lt_progress(lt_text("kiểm tra từng bản cập nhật", "checking updates"), at, last);
    }
    lt_progress_clear();
    if (result == LT_OK)
        *ret_count = last;
    return result;
}

/* ---- Folders ---- */

static enum lt_result make_folder(const char *path, char *ret_reason)
{
    if (mkdir(path, 0700) == 0)
        return LT_OK;
    return lt_backup_fail(ret_reason, path, errno);
}

static bool is_empty(DIR *folder)
{
    const struct dirent *entry;
    bool empty = true;
    while (empty && (entry = readdir(folder)) != NULL)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    return empty;
}

/* LMDB makes it when a copy is looked at; it says nothing. */
static void forget_locks(const struct lt_backup_kind *kind, const char *folder)
{
    char path[4096], name[LT_BACKUP_NAME_MAX + 16];
    for (size_t i = 0; kind->stores[i] != NULL; i++) {
        snprintf(name, sizeof(name), "%s/lock.mdb", kind->stores[i]);
        if (lt_backup_path(path, folder, name))
            (void)unlink(path);
    }
}

/* Only what the two can have made. */
static void remove_all(const struct lt_backup_kind *kind, const char *folder,
                       const struct lt_manifest *manifest)
{
    char path[4096];
    forget_locks(kind, folder);
    lt_manifest_remove(folder);
    for (size_t i = 0; i < manifest->file_count; i++)
        if (lt_backup_path(path, folder, manifest->files[i].name))
            (void)unlink(path);
    for (size_t i = 0; kind->stores[i] != NULL; i++)
        if (lt_backup_path(path, folder, kind->stores[i]))
            (void)rmdir(path);
}

static bool lies_within(const char *folder, const char *dir)
{
    char *inner = realpath(folder, NULL), *outer = realpath(dir, NULL);
    size_t length = outer != NULL ? strlen(outer) : 0;
    bool within = inner != NULL && outer != NULL && strncmp(inner, outer, length) == 0 &&
                  (inner[length] == '/' || inner[length] == '\0');
    free(inner);
    free(outer);
    return within;
}

/* One that is there already is taken when nothing is in it. */
static enum lt_result take_folder(const char *folder, char *ret_reason)
{
    DIR *there = opendir(folder);
    if (there == NULL)
        return lt_backup_fail(ret_reason, folder, errno);
    bool empty = is_empty(there);
    closedir(there);
    if (!empty)
        return lt_backup_say(ret_reason, LT_EXISTS, folder,
                             lt_text("không trống: chọn thư mục mới cho mỗi bản sao lưu",
                                     "it is not empty: give each backup a folder of its own"));
    return chmod(folder, 0700) == 0 ? LT_OK : lt_backup_fail(ret_reason, folder, errno);
}

/* ---- Making ---- */

struct making {
    const struct lt_backup_kind *kind;
    const char *dir, *folder;
    struct lt_manifest manifest;
    char *reason;
};

/* Noted before it is made, so that a failure removes it. */
static struct lt_backup_file *add_file(struct making *making, const char *name)
{
    struct lt_backup_file *file = &making->manifest.files[making->manifest.file_count++];
    *file = (struct lt_backup_file){.size = 0};
    snprintf(file->name, sizeof(file->name), "%s", name);
    return file;
}

bool lt_backup_is_key(const struct lt_backup_kind *kind, const char *name)
{
    bool found = false;
    for (size_t i = 0; kind->keys[i] != NULL && !found; i++)
        found = strcmp(name, kind->keys[i]) == 0;
    return found;
}

static enum lt_result add_store(struct making *making, const char *name)
{
    char from[4096], to[4096], file_name[LT_BACKUP_NAME_MAX];
    snprintf(file_name, sizeof(file_name), "%.20s/data.mdb", name);
    if (!lt_backup_path(from, making->dir, name) || !lt_backup_path(to, making->folder, name))
        return lt_backup_fail(making->reason, making->folder, ENAMETOOLONG);
    enum lt_result result = make_folder(to, making->reason);
    if (result != LT_OK || !lt_backup_path(to, making->folder, file_name))
        return result;
    struct lt_backup_file *file = add_file(making, file_name);
    return lt_backup_copy_store(from, to, &file->size, &file->hash, making->reason);
}

static enum lt_result add_files(struct making *making, const char *const *names)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; names[i] != NULL && result == LT_OK; i++) {
        char from[4096], to[4096];
        if (!lt_backup_path(from, making->dir, names[i]) ||
            !lt_backup_path(to, making->folder, names[i]))
            return lt_backup_fail(making->reason, making->folder, ENAMETOOLONG);
        if (access(from, F_OK) != 0 && errno == ENOENT)
            continue;
        struct lt_backup_file *file = add_file(making, names[i]);
        result = lt_backup_copy(from, to, &file->size, &file->hash, making->reason);
    }
    return result;
}

static enum lt_result compare(const char *folder, const struct lt_manifest *manifest,
                              char *ret_reason)
{
    for (size_t i = 0; i < manifest->file_count; i++) {
        const struct lt_backup_file *file = &manifest->files[i];
        char path[4096];
        struct lt_hash hash;
        uint64_t size = 0;
        if (!lt_backup_path(path, folder, file->name))
            return lt_backup_fail(ret_reason, folder, ENAMETOOLONG);
        enum lt_result result = lt_backup_hash(path, &size, &hash, ret_reason);
        if (result == LT_NOT_FOUND)
            return lt_backup_say(ret_reason, LT_CORRUPT, path,
                                 lt_text("thiếu tệp này (mới chép được một nửa?): dùng bản sao lưu "
                                         "khác",
                                         "No such file (half copied?): use another backup"));
        if (result != LT_OK)
            return result;
        if (size != file->size || lt_hash_cmp(&hash, &file->hash) != 0)
            return lt_backup_say(
                ret_reason, LT_CORRUPT, path,
                size != file->size
                    ? lt_text("độ dài khác bản kê (bị cắt ngắn?): dùng bản sao lưu khác",
                              "not as long as the manifest says (cut short?): use another backup")
                    : lt_text("nội dung khác bản kê (bị hỏng): dùng bản sao lưu khác",
                              "its bytes are not those of the manifest (damaged): use another "
                              "backup"));
    }
    return LT_OK;
}

/* A copy of damage is none, and one that opens on this machine alone is none either. */
static enum lt_result free_keys(struct making *making)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < making->manifest.file_count && result == LT_OK; i++) {
        struct lt_backup_file *file = &making->manifest.files[i];
        char path[4096], reason[200] = "";
        if (!lt_backup_is_key(making->kind, file->name) ||
            !lt_backup_path(path, making->folder, file->name))
            continue;
        result = lt_key_file_bind(path, false, reason);
        if (result != LT_OK)
            (void)lt_backup_say(making->reason, result, making->dir, reason);
        else
            result = lt_backup_hash(path, &file->size, &file->hash, making->reason);
    }
    return result;
}

/* The stores first: what a key or a setting says does not depend on the moment. */
static enum lt_result make(struct making *making, bool with_keys)
{
    const struct lt_backup_kind *kind = making->kind;
    char reason[200] = "";
    enum lt_result result = LT_OK;
    for (size_t i = 0; kind->stores[i] != NULL && result == LT_OK; i++)
        result = add_store(making, kind->stores[i]);
    if (result == LT_OK && with_keys)
        result = add_files(making, kind->keys);
    if (result == LT_OK && with_keys)
        result = free_keys(making);
    if (result == LT_OK)
        result = add_files(making, kind->settings);
    if (result == LT_OK)
        result = compare(making->folder, &making->manifest, making->reason);
    if (result != LT_OK)
        return result;
    result = kind->look(making->folder, &making->manifest, reason);
    forget_locks(kind, making->folder);
    if (result != LT_OK)
        return lt_backup_say(making->reason, result, making->folder,
                             reason[0] != '\0' ? reason : lt_text_result(result));
    for (size_t i = 0; kind->stores[i] != NULL && result == LT_OK; i++) {
        char path[4096];
        if (lt_backup_path(path, making->folder, kind->stores[i]))
            result = lt_backup_sync_folder(path, making->reason);
    }
    return result == LT_OK ? lt_manifest_write(making->folder, &making->manifest, making->reason)
                           : result;
}

enum lt_result lt_backup_make(const struct lt_backup_kind *kind, const char *dir,
                              const char *folder, bool with_keys, struct lt_manifest *ret_manifest,
                              char ret_reason[LT_BACKUP_REASON_MAX])
{
    struct making *making = calloc(1, sizeof(*making));
    if (making == NULL)
        return lt_backup_fail(ret_reason, folder, ENOMEM);
    making->kind = kind;
    making->dir = dir;
    making->folder = folder;
    making->reason = ret_reason;
    making->manifest.made_at = lt_clock_wall();
    snprintf(making->manifest.program, sizeof(making->manifest.program), "%s", kind->program);
    snprintf(making->manifest.version, sizeof(making->manifest.version), "%s", LT_VERSION_TEXT);
    enum lt_result result = make_folder(folder, ret_reason);
    bool made = result == LT_OK;
    if (result == LT_EXISTS)
        result = take_folder(folder, ret_reason);
    if (result == LT_OK && lies_within(folder, dir))
        result = lt_backup_say(ret_reason, LT_REFUSED, folder,
                               lt_text("nằm trong chính thư mục được sao lưu, sẽ mất cùng với nó: "
                                       "hãy chọn nơi khác, tốt nhất là đĩa khác",
                                       "it lies within the folder that it is of, and is lost with "
                                       "it: choose another place, best another disk"));
    if (result == LT_OK) {
        signal(SIGPIPE, SIG_IGN); /* copying that failed is told by its result */
        result = make(making, with_keys);
        if (result != LT_OK)
            remove_all(kind, folder, &making->manifest);
        else
            *ret_manifest = making->manifest;
    }
    if (result != LT_OK && made)
        (void)rmdir(folder);
    free(making);
    return result;
}

enum lt_result lt_backup_check(const struct lt_backup_kind *kind, const char *folder,
                               struct lt_manifest *ret_manifest,
                               char ret_reason[LT_BACKUP_REASON_MAX])
{
    struct lt_manifest manifest;
    enum lt_result result = lt_manifest_read(folder, &manifest, ret_reason);
    if (result != LT_OK)
        return result;
    if (strcmp(manifest.program, kind->program) != 0) {
        char why[200];
        snprintf(
            why, sizeof(why),
            lt_text("là bản sao lưu của %s, không phải của %s", "it is a backup of %s, not of %s"),
            manifest.program, kind->program);
        return lt_backup_say(ret_reason, LT_REFUSED, folder, why);
    }
    result = compare(folder, &manifest, ret_reason);
    if (result == LT_OK)
        *ret_manifest = manifest;
    return result;
}
