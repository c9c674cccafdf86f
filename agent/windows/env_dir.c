/* A store's folder: made, checked and claimed before LMDB opens it, by env_store.h. */
#include "agent/env_check.h"
#include "agent/env_store.h"
#include "agent/folder.h"
#include "agent/map.h"
#include "agent/text.h"
#include "agent/windows/wide.h"

struct lt_env_claim {
    uint64_t device, inode;
    char *dir;
    struct lt_env_claim *next;
};

/* The folders open in this process: the one global, because LMDB's own locks are per process. */
static SRWLOCK claims_lock = SRWLOCK_INIT;
static struct lt_env_claim *claims;

static enum lt_result fail(const char *doing, char ret_reason[200])
{
    int code = errno;
    lt_env_say(ret_reason, "%s: %s", doing, lt_text_errno(code));
    return lt_env_map(code);
}

/* Maps and locks do not hold between machines; a drive of another machine may also be named by a letter. */
enum lt_result lt_env_disk_kind(const char *dir, char ret_reason[200])
{
    wchar_t wide[LT_WIDE_MAX], root[LT_WIDE_MAX];
    if (!lt_wide_path(dir, wide) || !GetVolumePathNameW(wide, root, LT_WIDE_MAX)) {
        lt_wide_fail();
        return fail(lt_text("xem loại ổ đĩa", "asking for its drive"), ret_reason);
    }
    if (GetDriveTypeW(root) != DRIVE_REMOTE)
        return LT_OK;
    lt_env_say(ret_reason, "%s",
               lt_text("nằm trên ổ đĩa mạng; kho dữ liệu phải ở ổ đĩa của chính máy này",
                       "it lies on a network drive; a store needs a disk of this machine"));
    return LT_REFUSED;
}

static enum lt_result check_owner(const struct stat *dir, char ret_reason[200])
{
    if (dir->st_uid != 0) {
        lt_env_say(ret_reason, "%s",
                   lt_text("thuộc về người dùng khác", "it belongs to another user"));
        return LT_PERMISSION;
    }
    if ((dir->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        lt_env_say(
            ret_reason, "%s",
            lt_text(
                "người dùng khác ghi được vào đây; hãy để init tạo thư mục, hoặc bỏ quyền của họ",
                "others may write to it; let init make the folder, or take their rights away"));
        return LT_PERMISSION;
    }
    return LT_OK;
}

static uint64_t free_bytes(const char *dir)
{
    wchar_t wide[LT_WIDE_MAX];
    ULARGE_INTEGER left;
    return lt_wide_path(dir, wide) && GetDiskFreeSpaceExW(wide, &left, NULL, NULL) ? left.QuadPart
                                                                                   : 0;
}

static int make_aside(const char *aside, const char *made, const char *data)
{
    MDB_env *raw = NULL;
    int code = mkdir(aside, 0700) == 0 || errno == EEXIST ? mdb_env_create(&raw) : errno;
    if (code == 0)
        code = mdb_env_open(raw, aside, MDB_NOLOCK, 0600);
    if (code == 0)
        code = mdb_env_sync(raw, 1);
    if (raw != NULL)
        mdb_env_close(raw);
    return code == 0 && link(made, data) != 0 && errno != EEXIST ? errno : code;
}

/* LMDB writes a new file's first pages in place: cut off there, what is left is taken for a damaged store. So they are written
 * aside, and linked in place. */
static enum lt_result make_data(const char *dir, char ret_reason[200])
{
    char aside[PATH_MAX], made[PATH_MAX], data[PATH_MAX];
    if (snprintf(aside, sizeof(aside), "%s/making.%ld", dir, (long)getpid()) >=
            (int)sizeof(aside) ||
        snprintf(made, sizeof(made), "%s/data.mdb", aside) >= (int)sizeof(made) ||
        snprintf(data, sizeof(data), "%s/data.mdb", dir) >= (int)sizeof(data)) {
        errno = ENAMETOOLONG;
        return fail(lt_text("tạo thư mục", "making the directory"), ret_reason);
    }
    int code = make_aside(aside, made, data);
    (void)unlink(made);
    (void)rmdir(aside);
    if (code == 0)
        return LT_OK;
    lt_env_say(ret_reason, "data.mdb: %s", mdb_strerror(code));
    return lt_env_map(code);
}

static enum lt_result check_head(const char *data, char ret_reason[200])
{
    int fd = open(data, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? LT_OK : lt_env_map(errno);
    enum lt_result result = lt_env_check_head(fd, ret_reason);
    close(fd);
    return result;
}

static enum lt_result check_dir(const char *dir, const struct stat *status, bool read_only,
                                char ret_reason[200])
{
    char data[PATH_MAX];
    struct stat about;
    /* A new one takes as much of the disk as its map. */
    const uint64_t needed = lt_map_bytes(0) + LT_ENV_NEW_BYTES;
    if (snprintf(data, sizeof(data), "%s/data.mdb", dir) >= (int)sizeof(data))
        return LT_TOO_LARGE;
    bool new_store = stat(data, &about) != 0 || about.st_size == 0;
    if (new_store && read_only) {
        lt_env_say(ret_reason, "%s",
                   lt_text("ở đây chưa có kho dữ liệu (data.mdb không có hoặc trống)",
                           "there is no store here (data.mdb is missing or empty)"));
        return LT_NOT_FOUND;
    }
    enum lt_result result = lt_env_disk_kind(dir, ret_reason);
    if (result == LT_OK)
        result = check_owner(status, ret_reason);
    if (result == LT_OK && new_store && free_bytes(dir) < needed) {
        lt_env_say(ret_reason,
                   lt_text("ổ đĩa đã đầy (kho mới cần %d MiB)",
                           "the disk is full (a new store needs %d MiB)"),
                   (int)(needed / (1024 * 1024)));
        result = LT_NO_SPACE;
    }
    if (result != LT_OK)
        return result;
    return new_store ? make_data(dir, ret_reason) : check_head(data, ret_reason);
}

static bool claim(struct lt_env_claim *mine)
{
    bool free_to_take = true;
    AcquireSRWLockExclusive(&claims_lock);
    for (const struct lt_env_claim *other = claims; other != NULL; other = other->next)
        free_to_take =
            free_to_take && !(other->device == mine->device && other->inode == mine->inode);
    if (free_to_take) {
        mine->next = claims;
        claims = mine;
    }
    ReleaseSRWLockExclusive(&claims_lock);
    return free_to_take;
}

enum lt_result lt_env_claim_dir(const char *dir, bool read_only, struct lt_env_claim **ret_claim,
                                char ret_reason[200])
{
    struct stat status;
    if (!read_only && !lt_folder_make(dir, 0700))
        return fail(lt_text("tạo thư mục", "making the directory"), ret_reason);
    if (stat(dir, &status) != 0 || !S_ISDIR(status.st_mode)) {
        lt_env_say(ret_reason, "%s",
                   lt_text("ở đây chưa có kho dữ liệu (đã chạy lệnh init chưa?)",
                           "there is no store here (was init run?)"));
        return LT_NOT_FOUND;
    }
    enum lt_result result = check_dir(dir, &status, read_only, ret_reason);
    if (result != LT_OK)
        return result;
    struct lt_env_claim *mine = calloc(1, sizeof(*mine));
    if (mine == NULL || (mine->dir = strdup(dir)) == NULL) {
        free(mine);
        return LT_NO_MEMORY;
    }
    mine->device = status.st_dev;
    mine->inode = status.st_ino;
    if (claim(mine)) {
        *ret_claim = mine;
        return LT_OK;
    }
    free(mine->dir);
    free(mine);
    lt_env_say(ret_reason, "%s",
               lt_text("kho dữ liệu đang mở rồi", "this process has the store open already"));
    return LT_BUSY;
}

void lt_env_release_dir(struct lt_env_claim *mine)
{
    if (mine == NULL)
        return;
    AcquireSRWLockExclusive(&claims_lock);
    for (struct lt_env_claim **at = &claims; *at != NULL; at = &(*at)->next) {
        if (*at == mine) {
            *at = mine->next;
            break;
        }
    }
    ReleaseSRWLockExclusive(&claims_lock);
    free(mine->dir);
    free(mine);
}

bool lt_env_claim_sync(const struct lt_env_claim *claim)
{
    return lt_folder_sync(claim->dir);
}

uint64_t lt_env_claim_free_bytes(const struct lt_env_claim *mine)
{
    return free_bytes(mine->dir);
}
