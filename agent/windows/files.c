/* Files, by posix.h. */
#include <stdarg.h>

#include "agent/windows/wide.h"

enum { SHARED = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, OWN_ALONE = 077 };

static HANDLE open_handle(const wchar_t *path, DWORD access, DWORD how, DWORD flags, bool own)
{
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof(attributes)};
    if (own && (attributes.lpSecurityDescriptor = lt_rights_own()) == NULL)
        return INVALID_HANDLE_VALUE;
    HANDLE handle = CreateFileW(path, access, SHARED, own ? &attributes : NULL, how,
                                FILE_ATTRIBUTE_NORMAL | flags, NULL);
    DWORD error = GetLastError();
    if (own)
        LocalFree(attributes.lpSecurityDescriptor);
    if (handle == INVALID_HANDLE_VALUE) {
        SetLastError(error);
        lt_wide_fail();
    }
    return handle;
}

/* A link is not followed, and a folder is no file. */
static bool is_fit(HANDLE handle, int flags)
{
    FILE_ATTRIBUTE_TAG_INFO about;
    if (!GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &about, sizeof(about)))
        return true; /* no file: a console */
    bool link = (about.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
                (about.ReparseTag == IO_REPARSE_TAG_SYMLINK ||
                 about.ReparseTag == IO_REPARSE_TAG_MOUNT_POINT);
    if (link && (flags & O_NOFOLLOW) != 0) {
        errno = ELOOP;
        return false;
    }
    if ((about.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
        errno = EISDIR;
        return false;
    }
    return true;
}

static DWORD access_of(int flags)
{
    switch (flags & (O_RDONLY | O_WRONLY | O_RDWR)) {
    case O_WRONLY:
        return GENERIC_WRITE;
    case O_RDWR:
        return GENERIC_READ | GENERIC_WRITE;
    default:
        return GENERIC_READ;
    }
}

int lt_posix_open(const char *path, int flags, ...)
{
    wchar_t wide[LT_WIDE_MAX];
    int mode = 0777;
    if ((flags & O_CREAT) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, int);
        va_end(arguments);
    }
    if (!lt_wide_path(path, wide))
        return -1;
    /* Cut only when it is known what it is. */
    DWORD how = (flags & O_CREAT) == 0  ? OPEN_EXISTING
                : (flags & O_EXCL) != 0 ? CREATE_NEW
                                        : OPEN_ALWAYS;
    DWORD more =
        FILE_FLAG_BACKUP_SEMANTICS | ((flags & O_NOFOLLOW) != 0 ? FILE_FLAG_OPEN_REPARSE_POINT : 0);
    HANDLE handle = open_handle(wide, access_of(flags), how, more,
                                (flags & O_CREAT) != 0 && (mode & OWN_ALONE) == 0);
    if (handle == INVALID_HANDLE_VALUE)
        return -1;
    bool good = is_fit(handle, flags);
    if (good && (flags & O_TRUNC) != 0 && !SetEndOfFile(handle)) {
        lt_wide_fail();
        good = false;
    }
    int fd = good ? _open_osfhandle((intptr_t)handle, _O_BINARY | _O_NOINHERIT |
                                                          ((flags & O_APPEND) != 0 ? _O_APPEND : 0))
                  : -1;
    if (fd < 0) {
        int error = errno;
        CloseHandle(handle);
        errno = error;
    }
    return fd;
}

FILE *lt_posix_fopen(const char *path, const char *mode)
{
    bool read = mode[0] == 'r', more = strchr(mode, '+') != NULL;
    int flags = (more   ? O_RDWR
                 : read ? O_RDONLY
                        : O_WRONLY) |
                (read ? 0 : O_CREAT | (mode[0] == 'a' ? O_APPEND : O_TRUNC));
    int fd = lt_posix_open(path, flags, 0666);
    FILE *file = fd >= 0 ? fdopen(fd, mode[0] == 'a'  ? "ab"
                                      : read && !more ? "rb"
                                      : more          ? "r+b"
                                                      : "wb")
                         : NULL;
    if (fd >= 0 && file == NULL)
        close(fd);
    return file;
}

int lt_posix_mkostemp(char *pattern, int flags)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    char *at = pattern + strlen(pattern) - 6;
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < 6; k++) {
            unsigned number;
            if (rand_s(&number) != 0) {
                errno = EIO;
                return -1;
            }
            at[k] = letters[number % (sizeof(letters) - 1)];
        }
        int fd = lt_posix_open(pattern, flags | O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    errno = EEXIST;
    return -1;
}

/* ---- What is there ---- */

static void describe(const BY_HANDLE_FILE_INFORMATION *about, struct lt_stat *ret_stat)
{
    const ULARGE_INTEGER time = {.LowPart = about->ftLastWriteTime.dwLowDateTime,
                                 .HighPart = about->ftLastWriteTime.dwHighDateTime};
    const int64_t since =
        (int64_t)time.QuadPart - INT64_C(116444736000000000); /* 1601 to 1970, in 100 ns */
    bool folder = (about->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    bool link = (about->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
    int64_t size = (int64_t)(((uint64_t)about->nFileSizeHigh << 32) | about->nFileSizeLow);
    *ret_stat = (struct lt_stat){
        .st_dev = about->dwVolumeSerialNumber,
        .st_ino = ((uint64_t)about->nFileIndexHigh << 32) | about->nFileIndexLow,
        .st_mode = link     ? 0120000U
                   : folder ? 0040700U
                            : 0100600U,
        .st_nlink = about->nNumberOfLinks,
        .st_size = size,
        .st_blocks = (size + 511) / 512,
        .st_mtim = {.tv_sec = since / 10000000, .tv_nsec = (long)(since % 10000000) * 100},
    };
}

static int stat_handle(HANDLE handle, struct lt_stat *ret_stat)
{
    BY_HANDLE_FILE_INFORMATION about;
    struct lt_stat found;
    bool own = false, read = false, write = false;
    if (!GetFileInformationByHandle(handle, &about))
        return lt_wide_fail();
    describe(&about, &found);
    if (!lt_rights_look(handle, &own, &read, &write)) {
        if (errno != EACCES)
            return -1;
        own = false; /* somebody else's, who does not even let us see whose */
        read = write = true;
    }
    found.st_uid = own ? 0 : 1;
    found.st_mode |= (read ? S_IRGRP | S_IROTH : 0U) | (write ? S_IWGRP | S_IWOTH : 0U);
    *ret_stat = found;
    return 0;
}

static int stat_path(const char *path, DWORD flags, struct lt_stat *ret_stat)
{
    wchar_t wide[LT_WIDE_MAX];
    if (!lt_wide_path(path, wide))
        return -1;
    flags |= FILE_FLAG_BACKUP_SEMANTICS;
    HANDLE handle =
        open_handle(wide, FILE_READ_ATTRIBUTES | READ_CONTROL, OPEN_EXISTING, flags, false);
    if (handle == INVALID_HANDLE_VALUE && errno == EACCES)
        handle = open_handle(wide, FILE_READ_ATTRIBUTES, OPEN_EXISTING, flags, false);
    if (handle == INVALID_HANDLE_VALUE)
        return -1;
    int result = stat_handle(handle, ret_stat);
    int error = errno;
    CloseHandle(handle);
    errno = error;
    return result;
}

int lt_posix_stat(const char *path, struct lt_stat *ret_stat)
{
    return stat_path(path, 0, ret_stat);
}

int lt_posix_lstat(const char *path, struct lt_stat *ret_stat)
{
    return stat_path(path, FILE_FLAG_OPEN_REPARSE_POINT, ret_stat);
}

int lt_posix_fstat(int fd, struct lt_stat *ret_stat)
{
    return stat_handle((HANDLE)_get_osfhandle(fd), ret_stat);
}

int lt_posix_access(const char *path, int mode)
{
    wchar_t wide[LT_WIDE_MAX];
    (void)mode;
    if (!lt_wide_path(path, wide))
        return -1;
    return GetFileAttributesW(wide) != INVALID_FILE_ATTRIBUTES ? 0 : lt_wide_fail();
}

char *lt_posix_realpath(const char *path, char *to)
{
    wchar_t wide[LT_WIDE_MAX], whole[LT_WIDE_MAX];
    char *text = to != NULL ? to : malloc(PATH_MAX);
    if (text == NULL || !lt_wide_path(path, wide))
        goto fail;
    HANDLE handle = open_handle(wide, 0, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, false);
    if (handle == INVALID_HANDLE_VALUE)
        goto fail;
    DWORD size = GetFinalPathNameByHandleW(handle, whole, LT_WIDE_MAX,
                                           FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
    CloseHandle(handle);
    if (size == 0 || size >= LT_WIDE_MAX) {
        errno = ENAMETOOLONG;
        goto fail;
    }
    /* "\\?\C:\..." and "\\?\UNC\server\..." as people write them. */
    bool share = wcsncmp(whole, L"\\\\?\\UNC\\", 8) == 0;
    wchar_t *start = share ? whole + 6 : wcsncmp(whole, L"\\\\?\\", 4) == 0 ? whole + 4 : whole;
    if (share)
        *start = L'\\';
    if (!lt_wide_utf8(start, text, PATH_MAX))
        goto fail;
    for (char *at = text; *at != '\0'; at++) {
        if (*at == '\\')
            *at = '/';
    }
    return text;
fail:
    if (to == NULL)
        free(text);
    return NULL;
}
