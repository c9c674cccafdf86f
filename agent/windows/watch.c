#include "agent/watch.h"

#include "agent/windows/ring.h"
#include "agent/windows/wide.h"

enum {
    FOLDERS_MAX = 5,
    WATCHES_MAX = 8,
    CHANGES = FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME | FILE_NOTIFY_CHANGE_SIZE |
              FILE_NOTIFY_CHANGE_LAST_WRITE | FILE_NOTIFY_CHANGE_CREATION,
};

struct folder {
    HANDLE handle;
    OVERLAPPED order; /* going on as long as the folder is watched */
    union {
        FILE_NOTIFY_INFORMATION first;
        unsigned char bytes[4096];
    } changes; /* not looked at: a hint and nothing more */
};

static struct watch {
    bool used;
    HANDLE event;
    struct lt_bell bell;
    size_t count;
    struct folder folders[FOLDERS_MAX];
} watches[WATCHES_MAX]; /* of one thread */

static struct watch *find(int fd)
{
    for (size_t i = 0; i < WATCHES_MAX; i++) {
        if (fd < 0 ? !watches[i].used : watches[i].used && watches[i].bell.fd == fd)
            return &watches[i];
    }
    return NULL;
}

static bool await(struct watch *watch, struct folder *folder)
{
    folder->order = (OVERLAPPED){.hEvent = watch->event};
    return ReadDirectoryChangesW(folder->handle, &folder->changes, sizeof(folder->changes), FALSE,
                                 CHANGES, NULL, &folder->order, NULL);
}

static bool add(struct watch *watch, const char *path)
{
    wchar_t wide[LT_WIDE_MAX];
    struct folder *folder = &watch->folders[watch->count];
    if (!lt_wide_path(path, wide))
        return false;
    folder->handle = CreateFileW(
        wide, FILE_LIST_DIRECTORY, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, NULL);
    if (folder->handle == INVALID_HANDLE_VALUE) {
        lt_wide_fail();
        return false;
    }
    if (!await(watch, folder)) {
        errno = GetLastError() == ERROR_INVALID_PARAMETER ? ENOTDIR : lt_wide_errno(GetLastError());
        CloseHandle(folder->handle);
        return false;
    }
    watch->count++;
    return true;
}

static void forget(struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        DWORD size;
        (void)CancelIoEx(watch->folders[i].handle, &watch->folders[i].order);
        (void)GetOverlappedResult(watch->folders[i].handle, &watch->folders[i].order, &size, TRUE);
        CloseHandle(watch->folders[i].handle);
    }
    if (watch->used)
        lt_bell_close(&watch->bell);
    if (watch->event != NULL)
        CloseHandle(watch->event);
    *watch = (struct watch){.used = false};
}

enum lt_result lt_watch_open(const char *const *folders, size_t count, int *ret_fd)
{
    struct watch *watch = find(-1);
    if (watch == NULL)
        return LT_IO;
    watch->event = CreateEventW(NULL, FALSE, FALSE, NULL);
    enum lt_result result = watch->event != NULL ? LT_OK : LT_IO;
    for (size_t i = 0; i < count && i < FOLDERS_MAX && result == LT_OK; i++) {
        if (!add(watch, folders[i]) && i == 0)
            result = errno == ENOENT || errno == ENOTDIR ? LT_NOT_FOUND : LT_IO;
    }
    if (result == LT_OK && !lt_bell_open(&watch->bell, watch->event, false))
        result = LT_IO;
    if (result != LT_OK) {
        forget(watch);
        return result;
    }
    watch->used = true;
    *ret_fd = watch->bell.fd;
    return LT_OK;
}

bool lt_watch_drain(int fd)
{
    struct watch *watch = find(fd);
    bool stays = true;
    lt_ring_drain(fd);
    for (size_t i = 0; watch != NULL && i < watch->count; i++) {
        struct folder *folder = &watch->folders[i];
        DWORD size;
        if (!HasOverlappedIoCompleted(&folder->order))
            continue;
        bool came = GetOverlappedResult(folder->handle, &folder->order, &size, FALSE);
        stays = (came || GetLastError() == ERROR_NOTIFY_ENUM_DIR) && await(watch, folder) && stays;
    }
    return stays;
}

void lt_watch_close(int fd)
{
    struct watch *watch = fd >= 0 ? find(fd) : NULL;
    if (watch != NULL)
        forget(watch);
}

enum lt_written lt_watch_is_written(const char *path)
{
    wchar_t wide[LT_WIDE_MAX];
    if (!lt_wide_path(path, wide))
        return LT_NOT_WRITTEN;
    /* Refused when somebody may write to it now. */
    HANDLE handle = CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                                OPEN_EXISTING, 0, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return GetLastError() == ERROR_SHARING_VIOLATION ? LT_WRITTEN : LT_NOT_WRITTEN;
    CloseHandle(handle);
    return LT_NOT_WRITTEN;
}
