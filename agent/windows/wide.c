#include "agent/windows/wide.h"

#include <errno.h>
#include <string.h>

int lt_wide_errno(DWORD error)
{
    switch (error) {
    case ERROR_SUCCESS:
        return 0;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
    case ERROR_INVALID_NAME:
    case ERROR_INVALID_DRIVE:
        return ENOENT;
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD:
        return EACCES;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
        return EEXIST;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_USER_MAPPED_FILE:
        return EBUSY;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
        return ENOSPC;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_COMMITMENT_LIMIT:
        return ENOMEM;
    case ERROR_TOO_MANY_OPEN_FILES:
        return EMFILE;
    case ERROR_WRITE_PROTECT:
        return EROFS;
    case ERROR_DIR_NOT_EMPTY:
        return ENOTEMPTY;
    case ERROR_DIRECTORY:
        return ENOTDIR;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
        return EPIPE;
    case ERROR_FILENAME_EXCED_RANGE:
    case ERROR_INSUFFICIENT_BUFFER:
        return ENAMETOOLONG;
    case ERROR_NOT_SAME_DEVICE:
        return EXDEV;
    default:
        return EIO;
    }
}

int lt_wide_fail(void)
{
    errno = lt_wide_errno(GetLastError());
    return -1;
}

bool lt_wide_utf8(const wchar_t *wide, char *ret_text, size_t size)
{
    int wrote = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, ret_text, (int)size,
                                    NULL, NULL);
    if (wrote == 0)
        errno = GetLastError() == ERROR_NO_UNICODE_TRANSLATION ? EILSEQ : ENAMETOOLONG;
    return wrote != 0;
}

/* "C:\..." may become "\\?\C:\...", which is taken as it stands: no "." nor ".." may be in it. */
static bool lengthen(wchar_t wide[LT_WIDE_MAX])
{
    wchar_t whole[LT_WIDE_MAX];
    DWORD size = GetFullPathNameW(wide, LT_WIDE_MAX - 8, whole, NULL);
    if (size == 0 || size >= LT_WIDE_MAX - 8) {
        errno = ENAMETOOLONG;
        return false;
    }
    bool drive = whole[1] == L':',
         share = whole[0] == L'\\' && whole[1] == L'\\' && whole[2] != L'?';
    const wchar_t *before = drive ? L"\\\\?\\" : share ? L"\\\\?\\UNC" : L"";
    const wchar_t *after = share ? whole + 1 : whole;
    wcscpy(wide, before);
    wcscat(wide, after);
    return true;
}

bool lt_wide_path(const char *path, wchar_t ret_wide[LT_WIDE_MAX])
{
    int size = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, ret_wide, LT_WIDE_MAX);
    if (size <= 1) {
        errno = path[0] == '\0'                                  ? ENOENT
                : GetLastError() == ERROR_NO_UNICODE_TRANSLATION ? EILSEQ
                                                                 : ENAMETOOLONG;
        return false;
    }
    for (int i = 0; i < size; i++) {
        if (ret_wide[i] == L'/')
            ret_wide[i] = L'\\';
    }
    return size <= 240 || lengthen(ret_wide);
}
