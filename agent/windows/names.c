/* Folders, and what becomes of names, by posix.h. */
#include <sys/statvfs.h>

#include "agent/windows/wide.h"

enum { TRIES = 20, PAUSE_MS = 50 };

int lt_posix_mkdir(const char *path, int mode)
{
    wchar_t wide[LT_WIDE_MAX];
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof(attributes)};
    const bool own = (mode & 077) == 0;
    if (!lt_wide_path(path, wide))
        return -1;
    DWORD there = GetFileAttributesW(wide); /* "C:" can be made by nobody, and is there */
    if (there != INVALID_FILE_ATTRIBUTES) {
        errno = EEXIST;
        return -1;
    }
    if (own && (attributes.lpSecurityDescriptor = lt_rights_own()) == NULL)
        return -1;
    bool made = CreateDirectoryW(wide, own ? &attributes : NULL);
    int result = made ? 0 : lt_wide_fail();
    if (own)
        LocalFree(attributes.lpSecurityDescriptor);
    return result;
}

int lt_posix_rmdir(const char *path)
{
    wchar_t wide[LT_WIDE_MAX];
    if (!lt_wide_path(path, wide))
        return -1;
    return RemoveDirectoryW(wide) ? 0 : lt_wide_fail();
}

/* Who looks at every new file, as scanners do, lets it go again soon. */
static bool is_passing(DWORD error)
{
    return error == ERROR_SHARING_VIOLATION || error == ERROR_LOCK_VIOLATION ||
           error == ERROR_ACCESS_DENIED || error == ERROR_USER_MAPPED_FILE;
}

int lt_posix_unlink(const char *path)
{
    wchar_t wide[LT_WIDE_MAX];
    if (!lt_wide_path(path, wide))
        return -1;
    for (int i = 0; !DeleteFileW(wide); i++) {
        DWORD error = GetLastError();
        DWORD there = GetFileAttributesW(wide);
        if (!is_passing(error) || i == TRIES || there == INVALID_FILE_ATTRIBUTES ||
            (there & FILE_ATTRIBUTE_DIRECTORY) != 0) {
            SetLastError(error);
            return lt_wide_fail();
        }
        if ((there & FILE_ATTRIBUTE_READONLY) != 0)
            (void)SetFileAttributesW(wide, there & ~(DWORD)FILE_ATTRIBUTE_READONLY);
        else
            Sleep(PAUSE_MS);
    }
    return 0;
}

/* In the place of a file that others have open; Windows 10 1709 and later can. */
static bool rename_at_once(const wchar_t *from, const wchar_t *to)
{
    union {
        FILE_RENAME_INFO info;
        unsigned char bytes[sizeof(FILE_RENAME_INFO) + LT_WIDE_MAX * sizeof(wchar_t)];
    } order;
    const size_t size = wcslen(to) * sizeof(wchar_t);
    HANDLE handle = CreateFileW(
        from, DELETE | SYNCHRONIZE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return false;
    memset(&order, 0, sizeof(order));
    order.info.Flags =
        0x1 | 0x2; /* FILE_RENAME_FLAG_REPLACE_IF_EXISTS, FILE_RENAME_FLAG_POSIX_SEMANTICS */
    order.info.FileNameLength = (DWORD)size;
    memcpy(order.info.FileName, to, size + sizeof(wchar_t));
    bool good =
        SetFileInformationByHandle(handle, (FILE_INFO_BY_HANDLE_CLASS)22 /* FileRenameInfoEx */,
                                   &order, (DWORD)(sizeof(FILE_RENAME_INFO) + size));
    CloseHandle(handle);
    return good;
}

int lt_posix_rename(const char *from, const char *to)
{
    wchar_t wide_from[LT_WIDE_MAX], wide_to[LT_WIDE_MAX], whole[LT_WIDE_MAX];
    if (!lt_wide_path(from, wide_from) || !lt_wide_path(to, wide_to))
        return -1;
    DWORD size = GetFullPathNameW(wide_to, LT_WIDE_MAX, whole, NULL);
    if (size == 0 || size >= LT_WIDE_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (int i = 0;
         !MoveFileExW(wide_from, wide_to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
         i++) {
        DWORD error = GetLastError();
        if (!is_passing(error) || i == TRIES) {
            SetLastError(error);
            return lt_wide_fail();
        }
        if (rename_at_once(wide_from, whole))
            return 0;
        Sleep(PAUSE_MS);
    }
    return 0;
}

int lt_posix_link(const char *from, const char *to)
{
    wchar_t wide_from[LT_WIDE_MAX], wide_to[LT_WIDE_MAX];
    if (!lt_wide_path(from, wide_from) || !lt_wide_path(to, wide_to))
        return -1;
    return CreateHardLinkW(wide_to, wide_from, NULL) ? 0 : lt_wide_fail();
}

int lt_posix_chmod(const char *path, int mode)
{
    wchar_t wide[LT_WIDE_MAX];
    if (!lt_wide_path(path, wide))
        return -1;
    if ((mode & 077) != 0)
        return 0;
    return lt_rights_set_own(wide) ? 0 : -1;
}

int lt_posix_statvfs(const char *path, struct statvfs *ret_drive)
{
    wchar_t wide[LT_WIDE_MAX];
    ULARGE_INTEGER left;
    if (!lt_wide_path(path, wide))
        return -1;
    if (!GetDiskFreeSpaceExW(wide, &left, NULL, NULL))
        return lt_wide_fail();
    *ret_drive = (struct statvfs){.f_bavail = left.QuadPart, .f_frsize = 1};
    return 0;
}

/* ---- What is in a folder ---- */

struct lt_dir {
    HANDLE search;
    bool first; /* `found` was not given yet */
    WIN32_FIND_DATAW found;
    struct lt_dirent entry;
};

struct lt_dir *lt_posix_opendir(const char *path)
{
    wchar_t wide[LT_WIDE_MAX];
    struct lt_dir *dir = calloc(1, sizeof(*dir));
    if (dir == NULL || !lt_wide_path(path, wide))
        goto fail;
    DWORD there = GetFileAttributesW(wide);
    if (there == INVALID_FILE_ATTRIBUTES || (there & FILE_ATTRIBUTE_DIRECTORY) == 0 ||
        wcslen(wide) + 3 > LT_WIDE_MAX) {
        errno = there == INVALID_FILE_ATTRIBUTES ? lt_wide_errno(GetLastError()) : ENOTDIR;
        goto fail;
    }
    wcscat(wide, L"\\*");
    dir->search = FindFirstFileW(wide, &dir->found);
    if (dir->search == INVALID_HANDLE_VALUE) {
        lt_wide_fail();
        goto fail;
    }
    dir->first = true;
    return dir;
fail:
    free(dir);
    return NULL;
}

struct lt_dirent *lt_posix_readdir(struct lt_dir *dir)
{
    int error = errno;
    do { /* a name that is no UTF-16 cannot be said, nor opened */
        if (!dir->first && !FindNextFileW(dir->search, &dir->found)) {
            errno = GetLastError() == ERROR_NO_MORE_FILES ? error : EIO;
            return NULL;
        }
        dir->first = false;
    } while (!lt_wide_utf8(dir->found.cFileName, dir->entry.d_name, sizeof(dir->entry.d_name)));
    return &dir->entry;
}

int lt_posix_closedir(struct lt_dir *dir)
{
    FindClose(dir->search);
    free(dir);
    return 0;
}
