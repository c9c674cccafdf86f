#include "agent/env_check.h"
#include "agent/env_store.h"
#include "agent/folder.h"
#include "agent/text.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

struct lt_env_claim {
    dev_t device;
    ino_t inode;
    int fd; /* of the directory */
    struct lt_env_claim *next;
};

/* The directories open in this process: the one global, because LMDB's own locks are per process. */
static pthread_mutex_t claims_lock = PTHREAD_MUTEX_INITIALIZER;
static struct lt_env_claim *claims;

/* lock.mdb: 192 bytes and 64 for each of 1023 further readers, rounded up to pages of 4096. */
enum { LOCK_BYTES = 17 * 4096 };

static enum lt_result from_errno(int code)
{
    switch (code) {
    case ENOSPC:
    case EDQUOT:
        return LT_NO_SPACE;
    case ENOMEM:
        return LT_NO_MEMORY;
    case EACCES:
    case EPERM:
    case EROFS:
        return LT_PERMISSION;
    case ENOENT:
    case ENOTDIR:
        return LT_NOT_FOUND;
    default:
        return LT_IO;
    }
}

static enum lt_result fail(const char *doing, char ret_reason[200])
{
    int code = errno;
    lt_env_say(ret_reason, "%s: %s", doing, lt_text_errno(code));
    return from_errno(code);
}

static const char *no_store(void)
{
    return lt_text("ở đây chưa có kho dữ liệu (đã chạy lệnh init chưa?)",
                   "there is no store here (was init run?)");
}

/* Where shared maps or locks do not hold between machines or processes. */
static enum lt_result check_file_system(int fd, char ret_reason[200])
{
    static const struct {
        unsigned long magic;
        const char *name;
    } refused[] = {
        {0x6969, "NFS"},
        {0xff534d42, "CIFS"},
        {0xfe534d42, "SMB2"},
        {0x517b, "SMB"},
        {0x65735546, "FUSE"},
        {0x01021997, "9P"},
        {0x5346414f, "AFS"},
        {0x6b414653, "AFS"},
        {0x73757245, "Coda"},
        {0x564c, "NCP"},
        {0x00c36400, "Ceph"},
        {0x0bd00bd0, "Lustre"},
        {0x786f4256, "a shared folder of VirtualBox"},
        {0xbacbacbc, "a shared folder of VMware"},
    };
    struct statfs system;
    if (fstatfs(fd, &system) != 0)
        return fail(lt_text("xem loại ổ đĩa", "asking for its file system"), ret_reason);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (((unsigned long)system.f_type & 0xffffffffUL) != refused[i].magic)
            continue;
        lt_env_say(ret_reason,
                   lt_text("nằm trên %s; kho dữ liệu phải ở ổ đĩa của chính máy này",
                           "it lies on %s; a store needs a disk of this machine"),
                   refused[i].name);
        return LT_REFUSED;
    }
    return LT_OK;
}

enum lt_result lt_env_disk_kind(const char *dir, char ret_reason[200])
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(lt_text("mở thư mục", "opening the directory"), ret_reason);
    enum lt_result result = check_file_system(fd, ret_reason);
    close(fd);
    return result;
}

static enum lt_result check_owner(const struct stat *dir, bool new_store, char ret_reason[200])
{
    uid_t self = geteuid();
    if (dir->st_uid != self && (self != 0 || new_store)) {
        lt_env_say(ret_reason,
                   lt_text("thuộc về người dùng số %u, còn chương trình chạy dưới người dùng số %u",
                           "it belongs to user %u, this program runs as user %u"),
                   (unsigned)dir->st_uid, (unsigned)self);
        return LT_PERMISSION;
    }
    if ((dir->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        lt_env_say(ret_reason,
                   lt_text("người dùng khác ghi được vào đây (quyền %03o); hãy đặt 700",
                           "others may write to it (mode %03o); make it 700"),
                   (unsigned)dir->st_mode & 0777);
        return LT_PERMISSION;
    }
    return LT_OK;
}

static bool write_zeros(int fd)
{
    static const uint8_t zeros[4096];
    for (size_t done = 0; done < LOCK_BYTES;) {
        size_t size = LOCK_BYTES - done < sizeof(zeros) ? LOCK_BYTES - done : sizeof(zeros);
        ssize_t wrote = write(fd, zeros, size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            errno = wrote == 0 ? ENOSPC : errno;
            return false;
        }
        done += (size_t)wrote;
    }
    return fsync(fd) == 0;
}

/* Written aside and linked in place, so it is whole from its first moment, whoever else opens. */
static bool make_lock(int dir_fd)
{
    char name[40];
    snprintf(name, sizeof(name), "lock.%ld.new", (long)getpid());
    int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool good = write_zeros(fd);
    int code = errno;
    close(fd);
    if (good && linkat(dir_fd, name, dir_fd, "lock.mdb", 0) != 0) {
        code = errno;
        good = code == EEXIST;
    }
    unlinkat(dir_fd, name, 0);
    errno = code;
    return good;
}

static enum lt_result secure_lock(int dir_fd, bool read_only, char ret_reason[200])
{
    struct stat stat;
    if (fstatat(dir_fd, "lock.mdb", &stat, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT && make_lock(dir_fd))
            return LT_OK;
        if (read_only && errno == EROFS)
            return LT_OK; /* LMDB reads without locks then */
        return fail(lt_text("tạo lock.mdb", "making lock.mdb"), ret_reason);
    }
    if ((uint64_t)stat.st_blocks * 512 >= (uint64_t)stat.st_size)
        return LT_OK;
    int fd = openat(dir_fd, "lock.mdb", O_WRONLY | O_CLOEXEC | O_NOFOLLOW); /* holes: fill them */
    if (fd < 0)
        return fail(lt_text("mở lock.mdb", "opening lock.mdb"), ret_reason);
    int code = posix_fallocate(fd, 0, stat.st_size);
    close(fd);
    if (code == 0 || code == EOPNOTSUPP || code == EINVAL)
        return LT_OK; /* a file system that cannot say: compressed, or copy on write */
    errno = code;
    return fail(lt_text("ghi lock.mdb", "filling lock.mdb"), ret_reason);
}

/* LMDB writes a new file's first pages in place: cut off there, what is left is no store and is taken for a damaged one.
 * So they are written aside, synced, and linked in place; another process may have done so meanwhile. */
static enum lt_result make_data(int dir_fd, const char *dir, char ret_reason[200])
{
    char aside[4096], made[4096];
    MDB_env *raw = NULL;
    if (snprintf(aside, sizeof(aside), "%s/making.%ld", dir, (long)getpid()) >=
            (int)sizeof(aside) ||
        snprintf(made, sizeof(made), "%s/data.mdb", aside) >= (int)sizeof(made)) {
        errno = ENAMETOOLONG;
        return fail(lt_text("tạo thư mục", "making the directory"), ret_reason);
    }
    bool good = mkdir(aside, 0700) == 0 || errno == EEXIST;
    int code = good ? mdb_env_create(&raw) : errno;
    if (code == 0)
        code = mdb_env_open(raw, aside, MDB_NOLOCK, 0600);
    if (code == 0)
        code = mdb_env_sync(raw, 1);
    if (raw != NULL)
        mdb_env_close(raw);
    if (code == 0 && linkat(AT_FDCWD, made, dir_fd, "data.mdb", 0) != 0 && errno != EEXIST)
        code = errno;
    (void)unlink(made);
    (void)rmdir(aside);
    if (code == 0)
        return LT_OK;
    lt_env_say(ret_reason, "data.mdb: %s", mdb_strerror(code));
    return lt_env_map(code);
}

static uint64_t free_bytes(int fd)
{
    struct statvfs system;
    return fstatvfs(fd, &system) == 0 ? (uint64_t)system.f_bavail * system.f_frsize : 0;
}

static enum lt_result check_head(int dir_fd, char ret_reason[200])
{
    int fd = openat(dir_fd, "data.mdb", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? LT_OK : lt_env_map(errno);
    enum lt_result result = lt_env_check_head(fd, ret_reason);
    close(fd);
    return result;
}

static enum lt_result check_dir(int fd, const char *path, bool read_only, char ret_reason[200])
{
    struct stat dir;
    if (fstat(fd, &dir) != 0)
        return fail(lt_text("xem chủ sở hữu", "reading its owner"), ret_reason);
    struct stat data;
    bool new_store = fstatat(fd, "data.mdb", &data, 0) != 0 || data.st_size == 0;
    if (new_store && read_only) {
        lt_env_say(ret_reason, "%s",
                   lt_text("ở đây chưa có kho dữ liệu (data.mdb không có hoặc trống)",
                           "there is no store here (data.mdb is missing or empty)"));
        return LT_NOT_FOUND;
    }
    enum lt_result result = check_file_system(fd, ret_reason);
    if (result == LT_OK)
        result = check_owner(&dir, new_store, ret_reason);
    if (result == LT_OK && new_store && free_bytes(fd) < LT_ENV_NEW_BYTES) {
        lt_env_say(ret_reason,
                   lt_text("ổ đĩa đã đầy (kho mới cần %d KiB)",
                           "the disk is full (a new store needs %d KiB)"),
                   LT_ENV_NEW_BYTES / 1024);
        result = LT_NO_SPACE;
    }
    if (result == LT_OK)
        result = secure_lock(fd, read_only, ret_reason);
    if (result != LT_OK)
        return result;
    return new_store ? make_data(fd, path, ret_reason) : check_head(fd, ret_reason);
}

static bool claim(struct lt_env_claim *mine)
{
    bool free_to_take = true;
    pthread_mutex_lock(&claims_lock);
    for (const struct lt_env_claim *other = claims; other != NULL; other = other->next)
        free_to_take =
            free_to_take && !(other->device == mine->device && other->inode == mine->inode);
    if (free_to_take) {
        mine->next = claims;
        claims = mine;
    }
    pthread_mutex_unlock(&claims_lock);
    return free_to_take;
}

enum lt_result lt_env_claim_dir(const char *dir, bool read_only, struct lt_env_claim **ret_claim,
                                char ret_reason[200])
{
    struct stat stat;
    if (!read_only && !lt_folder_make(dir, 0700))
        return fail(lt_text("tạo thư mục", "making the directory"), ret_reason);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        lt_env_say(ret_reason, "%s", no_store());
        return LT_NOT_FOUND;
    }
    if (fd < 0)
        return fail(lt_text("mở thư mục", "opening the directory"), ret_reason);
    enum lt_result result = check_dir(fd, dir, read_only, ret_reason);
    struct lt_env_claim *mine = result == LT_OK ? calloc(1, sizeof(*mine)) : NULL;
    if (result == LT_OK && (mine == NULL || fstat(fd, &stat) != 0))
        result = mine == NULL ? LT_NO_MEMORY : LT_IO;
    if (result == LT_OK) {
        mine->device = stat.st_dev;
        mine->inode = stat.st_ino;
        mine->fd = fd;
        if (claim(mine)) {
            *ret_claim = mine;
            return LT_OK;
        }
        lt_env_say(ret_reason, "%s",
                   lt_text("kho dữ liệu đang mở rồi", "this process has the store open already"));
        result = LT_BUSY;
    }
    free(mine);
    close(fd);
    return result;
}

void lt_env_release_dir(struct lt_env_claim *mine)
{
    if (mine == NULL)
        return;
    pthread_mutex_lock(&claims_lock);
    for (struct lt_env_claim **at = &claims; *at != NULL; at = &(*at)->next) {
        if (*at == mine) {
            *at = mine->next;
            break;
        }
    }
    pthread_mutex_unlock(&claims_lock);
    close(mine->fd);
    free(mine);
}

bool lt_env_claim_sync(const struct lt_env_claim *claim)
{
    return fsync(claim->fd) == 0 || errno == EINVAL;
}

uint64_t lt_env_claim_free_bytes(const struct lt_env_claim *mine)
{
    return free_bytes(mine->fd);
}
