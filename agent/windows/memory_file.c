#include "agent/memory_file.h"

#include "agent/windows/wide.h"

/* What opens files by the C library takes the letters of the system's code page alone: "C:\Users\NGUYEN~1\...", as Windows
 * keeps it beside the long name, has no others. */
static bool narrow(const wchar_t *wide, char *ret_path, size_t size)
{
    wchar_t brief[MAX_PATH + 1];
    BOOL lost = FALSE;
    DWORD length = GetShortPathNameW(wide, brief, MAX_PATH + 1);
    const wchar_t *from = length > 0 && length <= MAX_PATH ? brief : wide;
    return WideCharToMultiByte(CP_ACP, WC_NO_BEST_FIT_CHARS, from, -1, ret_path, (int)size, NULL,
                               &lost) > 0 &&
           !lost;
}

/* It is written to by its path, so it has one, of a temporary file. Who opens it by the C library does not allow that it is
 * deleted meanwhile: it goes when it is closed here, and one of a process that died is for Windows to clear away. */
enum lt_result lt_memory_file_open(struct lt_memory_file *ret_file)
{
    struct lt_memory_file file = {.fd = -1};
    wchar_t folder[MAX_PATH + 1], path[MAX_PATH + 1];
    char narrow_folder[MAX_PATH + 1];
    if (GetTempPathW(MAX_PATH + 1, folder) == 0 || GetTempFileNameW(folder, L"lt", 0, path) == 0)
        return LT_IO;
    HANDLE handle =
        CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    NULL, OPEN_EXISTING, FILE_ATTRIBUTE_TEMPORARY, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return LT_IO;
    file.fd = _open_osfhandle((intptr_t)handle, _O_BINARY | _O_NOINHERIT);
    if (file.fd < 0) {
        CloseHandle(handle);
        return LT_IO;
    }
    /* libxlsxwriter makes files of its own beside it, where this names a folder. */
    if (!narrow(path, file.path, sizeof(file.path)) ||
        !narrow(folder, narrow_folder, sizeof(narrow_folder)) ||
        _putenv_s("TMP", narrow_folder) != 0) {
        lt_memory_file_close(&file);
        return LT_IO;
    }
    *ret_file = file;
    return LT_OK;
}

enum lt_result lt_memory_file_copy(const struct lt_memory_file *file, FILE *out)
{
    char some[16384];
    ssize_t got;
    int64_t at = 0;
    while ((got = pread(file->fd, some, sizeof(some), at)) > 0) {
        (void)fwrite(some, 1, (size_t)got, out);
        at += got;
    }
    return got < 0 || at == 0 ? LT_IO : LT_OK;
}

void lt_memory_file_close(struct lt_memory_file *file)
{
    wchar_t path[MAX_PATH + 8];
    if (file->fd < 0)
        return;
    DWORD size = GetFinalPathNameByHandleW((HANDLE)_get_osfhandle(file->fd), path, MAX_PATH + 8,
                                           VOLUME_NAME_DOS);
    close(file->fd);
    file->fd = -1;
    if (size > 0 && size < MAX_PATH + 8)
        (void)DeleteFileW(path);
}
