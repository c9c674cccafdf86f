/* From a backup into a folder: checked, written beside, and put into place with the stores last. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/backup.h"
#include "agent/daemon.h"
#include "agent/keys.h"
#include "agent/text.h"

#define BESIDE "restore.tmp"

struct restoring {
    const struct lt_backup_kind *kind;
    const struct lt_manifest *manifest;
    const char *folder, *dir;
    char beside[4096];
    char *reason;
};

static bool is_store_file(const struct lt_backup_kind *kind, const char *name)
{
    for (size_t i = 0; kind->stores[i] != NULL; i++) {
        size_t length = strlen(kind->stores[i]);
        if (strncmp(name, kind->stores[i], length) == 0 && name[length] == '/')
            return true;
    }
    return false;
}

/* Only files that this program's backups hold. */
static bool is_known(const struct lt_backup_kind *kind, const char *name)
{
    bool found = is_store_file(kind, name) && strcmp(strchr(name, '/'), "/data.mdb") == 0;
    found = found || lt_backup_is_key(kind, name);
    for (size_t i = 0; kind->settings[i] != NULL && !found; i++)
        found = strcmp(name, kind->settings[i]) == 0;
    return found;
}

/* A key or a setting that is there already must be the same. */
static enum lt_result check_place(const struct restoring *restoring,
                                  const struct lt_backup_file *file)
{
    char path[4096], theirs[4096], ignored[LT_BACKUP_REASON_MAX];
    struct lt_hash hash;
    struct stat stat;
    uint64_t size;
    if (!is_known(restoring->kind, file->name))
        return lt_backup_say(restoring->reason, LT_CORRUPT, file->name,
                             lt_text("bản kê nêu một tệp lạ", "the manifest names a strange file"));
    if (is_store_file(restoring->kind, file->name) ||
        !lt_backup_path(path, restoring->dir, file->name) || lstat(path, &stat) != 0)
        return LT_OK;
    if (lt_backup_hash(path, &size, &hash, ignored) == LT_OK &&
        lt_hash_cmp(&hash, &file->hash) == 0)
        return LT_OK;
    if (lt_backup_is_key(restoring->kind, file->name) &&
        lt_backup_path(theirs, restoring->folder, file->name) && lt_key_file_same(path, theirs))
        return LT_OK;
    return lt_backup_say(restoring->reason, LT_EXISTS, path,
                         lt_text("đã có và khác với bản sao lưu: hãy chuyển nó đi chỗ khác trước",
                                 "it is there and is another than the backup's: move it away "
                                 "first"));
}

static enum lt_result check_target(const struct restoring *restoring)
{
    const struct lt_backup_kind *kind = restoring->kind;
    enum lt_result result = LT_OK;
    if (kind->is_used(restoring->dir))
        return lt_backup_say(restoring->reason, LT_BUSY, restoring->dir,
                             lt_text("chương trình đang chạy ở đây: hãy dừng nó trước",
                                     "a program is running here: stop it first"));
    for (size_t i = 0; kind->stores[i] != NULL; i++) {
        char path[4096], why[300];
        struct stat stat;
        if (!lt_backup_path(path, restoring->dir, kind->stores[i]) || lstat(path, &stat) != 0)
            continue;
        snprintf(why, sizeof(why),
                 lt_text("ở đây đã có kho; hãy chuyển cả thư mục đi chỗ khác (mv %.100s "
                         "%.100s.lost), rồi khôi phục",
                         "there is a store here; move the whole folder away first (mv %.100s "
                         "%.100s.lost), then restore"),
                 restoring->dir, restoring->dir);
        return lt_backup_say(restoring->reason, LT_EXISTS, path, why);
    }
    for (size_t i = 0; i < restoring->manifest->file_count && result == LT_OK; i++)
        result = check_place(restoring, &restoring->manifest->files[i]);
    return result;
}

static void clear_files(const struct restoring *restoring, const char *const *names)
{
    char path[4096];
    for (size_t i = 0; names[i] != NULL; i++)
        if (lt_backup_path(path, restoring->beside, names[i]))
            (void)unlink(path);
}

/* What is left of a restoring that was interrupted, of another backup too. */
static void clear_beside(const struct restoring *restoring)
{
    char path[4096], name[LT_BACKUP_NAME_MAX + 16];
    clear_files(restoring, restoring->kind->keys);
    clear_files(restoring, restoring->kind->settings);
    for (size_t i = 0; restoring->kind->stores[i] != NULL; i++) {
        const char *const files[] = {"data.mdb", "lock.mdb"};
        for (size_t j = 0; j < sizeof(files) / sizeof(files[0]); j++) {
            snprintf(name, sizeof(name), "%.20s/%s", restoring->kind->stores[i], files[j]);
            if (lt_backup_path(path, restoring->beside, name))
                (void)unlink(path);
        }
        if (lt_backup_path(path, restoring->beside, restoring->kind->stores[i]))
            (void)rmdir(path);
    }
    (void)rmdir(restoring->beside);
}

static enum lt_result make_beside(const struct restoring *restoring)
{
    char path[4096];
    if (mkdir(restoring->beside, 0700) != 0)
        return lt_backup_fail(restoring->reason, restoring->beside, errno);
    for (size_t i = 0; restoring->kind->stores[i] != NULL; i++)
        if (!lt_backup_path(path, restoring->beside, restoring->kind->stores[i]) ||
            mkdir(path, 0700) != 0)
            return lt_backup_fail(restoring->reason, restoring->beside, errno);
    return LT_OK;
}

/* What is read on the way must still be what the manifest says. */
static enum lt_result copy_all(const struct restoring *restoring)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < restoring->manifest->file_count && result == LT_OK; i++) {
        const struct lt_backup_file *file = &restoring->manifest->files[i];
        char from[4096], to[4096];
        struct lt_hash hash;
        uint64_t size = 0;
        if (!lt_backup_path(from, restoring->folder, file->name) ||
            !lt_backup_path(to, restoring->beside, file->name))
            return lt_backup_fail(restoring->reason, restoring->folder, ENAMETOOLONG);
        result = lt_backup_copy(from, to, &size, &hash, restoring->reason);
        if (result == LT_OK && lt_hash_cmp(&hash, &file->hash) != 0)
            result =
                lt_backup_say(restoring->reason, LT_CORRUPT, from,
                              lt_text("thay đổi khi đang đọc", "it changed while it was read"));
    }
    return result;
}

static enum lt_result look_at_copy(const struct restoring *restoring)
{
    struct lt_manifest found = {.updates = 0};
    char reason[200] = "";
    enum lt_result result = restoring->kind->look(restoring->beside, &found, reason);
    if (result != LT_OK)
        return lt_backup_say(restoring->reason, result, restoring->folder,
                             reason[0] != '\0' ? reason : lt_text_result(result));
    if (found.updates == restoring->manifest->updates &&
        lt_hash_cmp(&found.tips, &restoring->manifest->tips) == 0)
        return LT_OK;
    return lt_backup_say(restoring->reason, LT_CORRUPT, restoring->folder,
                         lt_text("kho không khớp với bản kê: dùng bản sao lưu khác",
                                 "the store is not the one of the manifest: use another backup"));
}

static enum lt_result bind_keys(const struct restoring *restoring)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < restoring->manifest->file_count && result == LT_OK; i++) {
        const char *name = restoring->manifest->files[i].name;
        char path[4096], reason[200] = "";
        if (!lt_backup_is_key(restoring->kind, name) ||
            !lt_backup_path(path, restoring->beside, name))
            continue;
        result = lt_key_file_bind(path, true, reason);
        if (result != LT_OK)
            (void)lt_backup_say(restoring->reason, result, restoring->folder, reason);
    }
    return result;
}

static enum lt_result put_in_place(const struct restoring *restoring, const char *name)
{
    char from[4096], to[4096];
    if (!lt_backup_path(from, restoring->beside, name) ||
        !lt_backup_path(to, restoring->dir, name) || rename(from, to) != 0)
        return lt_backup_fail(restoring->reason, restoring->dir, errno);
    return LT_OK;
}

/* Of several stores the first of the list is what makes the folder a site: it comes last. */
static enum lt_result put_all(const struct restoring *restoring)
{
    enum lt_result result = LT_OK;
    size_t stores = 0;
    for (size_t i = 0; i < restoring->manifest->file_count && result == LT_OK; i++)
        if (!is_store_file(restoring->kind, restoring->manifest->files[i].name))
            result = put_in_place(restoring, restoring->manifest->files[i].name);
    while (restoring->kind->stores[stores] != NULL)
        stores++;
    for (; stores > 0 && result == LT_OK; stores--) {
        char path[4096];
        if (lt_backup_path(path, restoring->beside, restoring->kind->stores[stores - 1]))
            result = lt_backup_sync_folder(path, restoring->reason);
        if (result == LT_OK)
            result = put_in_place(restoring, restoring->kind->stores[stores - 1]);
    }
    return result == LT_OK ? lt_backup_sync_folder(restoring->dir, restoring->reason) : result;
}

enum lt_result lt_backup_restore(const struct lt_backup_kind *kind, const char *folder,
                                 const char *dir, struct lt_manifest *ret_manifest,
                                 char ret_reason[LT_BACKUP_REASON_MAX])
{
    struct lt_manifest manifest;
    struct restoring restoring = {
        .kind = kind, .manifest = &manifest, .folder = folder, .dir = dir, .reason = ret_reason};
    char reason[200] = "";
    enum lt_result result = lt_backup_check(kind, folder, &manifest, ret_reason);
    if (result == LT_OK && !lt_backup_path(restoring.beside, dir, BESIDE))
        result = lt_backup_fail(ret_reason, dir, ENAMETOOLONG);
    if (result == LT_OK)
        result = check_target(&restoring);
    if (result == LT_OK && (result = lt_daemon_folder(dir, reason)) != LT_OK)
        lt_backup_say(ret_reason, result, dir, reason);
    if (result != LT_OK)
        return result;
    clear_beside(&restoring);
    result = make_beside(&restoring);
    if (result == LT_OK)
        result = copy_all(&restoring);
    if (result == LT_OK)
        result = look_at_copy(&restoring);
    if (result == LT_OK)
        result = bind_keys(&restoring);
    if (result == LT_OK)
        result = put_all(&restoring);
    clear_beside(&restoring);
    if (result == LT_OK)
        *ret_manifest = manifest;
    return result;
}
