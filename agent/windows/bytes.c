/* Bytes of descriptors, locks, text in memory, and what else posix.h names. */
#include <sys/ioctl.h>

#include "agent/windows/wide.h"

int lt_posix_fsync(int fd)
{
    HANDLE handle = (HANDLE)_get_osfhandle(fd);
    if (FlushFileBuffers(handle))
        return 0;
    if (GetLastError() == ERROR_ACCESS_DENIED) { /* opened for reading: nothing to write */
        errno = EINVAL;
        return -1;
    }
    return lt_wide_fail();
}

static OVERLAPPED place(int64_t at)
{
    return (OVERLAPPED){.Offset = (DWORD)(uint64_t)at, .OffsetHigh = (DWORD)((uint64_t)at >> 32)};
}

ssize_t lt_posix_pread(int fd, void *bytes, size_t size, int64_t at)
{
    OVERLAPPED where = place(at);
    DWORD got = 0;
    if (ReadFile((HANDLE)_get_osfhandle(fd), bytes, size < 0x7fffffff ? (DWORD)size : 0x7fffffff,
                 &got, &where))
        return (ssize_t)got;
    return GetLastError() == ERROR_HANDLE_EOF ? 0 : lt_wide_fail();
}

ssize_t lt_posix_pwrite(int fd, const void *bytes, size_t size, int64_t at)
{
    OVERLAPPED where = place(at);
    DWORD wrote = 0;
    if (WriteFile((HANDLE)_get_osfhandle(fd), bytes, size < 0x7fffffff ? (DWORD)size : 0x7fffffff,
                  &wrote, &where))
        return (ssize_t)wrote;
    return lt_wide_fail();
}

int lt_posix_pipe(int ret_ends[2])
{
    return _pipe(ret_ends, 64 * 1024, _O_BINARY | _O_NOINHERIT);
}

int lt_posix_ioctl(int fd, int what, struct winsize *ret_size)
{
    CONSOLE_SCREEN_BUFFER_INFO about;
    (void)what;
    if (!GetConsoleScreenBufferInfo((HANDLE)_get_osfhandle(fd), &about)) {
        errno = ENOTTY;
        return -1;
    }
    ret_size->ws_col = (unsigned short)(about.srWindow.Right - about.srWindow.Left + 1);
    ret_size->ws_row = (unsigned short)(about.srWindow.Bottom - about.srWindow.Top + 1);
    return 0;
}

/* One byte, far behind what anyone writes: what is locked on Windows cannot be read. */
int lt_posix_flock(int fd, int how)
{
    OVERLAPPED where = place(INT64_C(0x7fffffff00000000));
    DWORD flags = ((how & LOCK_EX) != 0 ? LOCKFILE_EXCLUSIVE_LOCK : 0) |
                  ((how & LOCK_NB) != 0 ? LOCKFILE_FAIL_IMMEDIATELY : 0);
    if (LockFileEx((HANDLE)_get_osfhandle(fd), flags, 0, 1, 0, &where))
        return 0;
    DWORD error = GetLastError();
    if (error != ERROR_LOCK_VIOLATION && error != ERROR_IO_PENDING)
        return lt_wide_fail();
    errno = EWOULDBLOCK;
    return -1;
}

int lt_posix_kill(long process, int number)
{
    DWORD code = 0;
    HANDLE handle = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)process);
    (void)number;
    bool there = handle != NULL ? GetExitCodeProcess(handle, &code) && code == STILL_ACTIVE
                                : GetLastError() == ERROR_ACCESS_DENIED;
    if (handle != NULL)
        CloseHandle(handle);
    errno = there ? 0 : ESRCH;
    return there ? 0 : -1;
}

void lt_posix_explicit_bzero(void *bytes, size_t size)
{
    SecureZeroMemory(bytes, size);
}

void *lt_posix_memmem(const void *where, size_t size, const void *what, size_t what_size)
{
    const unsigned char *at = where, *first = what;
    if (what_size == 0)
        return (void *)(uintptr_t)where;
    for (size_t left = size; left >= what_size; left--, at++) {
        const unsigned char *next = memchr(at, *first, left - what_size + 1);
        if (next == NULL)
            return NULL;
        left -= (size_t)(next - at);
        at = next;
        if (memcmp(at, what, what_size) == 0)
            return (void *)(uintptr_t)at;
    }
    return NULL;
}

struct tm *lt_posix_gmtime_r(const time_t *at, struct tm *ret_parts)
{
    return gmtime_s(ret_parts, at) == 0 ? ret_parts : NULL;
}

struct tm *lt_posix_localtime_r(const time_t *at, struct tm *ret_parts)
{
    return localtime_s(ret_parts, at) == 0 ? ret_parts : NULL;
}

/* The C library has numbers for what sockets say, but no words. */
#undef strerror
const char *lt_posix_strerror(int error)
{
    switch (error) {
    case ECONNREFUSED:
        return "the connection was refused";
    case ETIMEDOUT:
        return "no answer in time";
    case EHOSTUNREACH:
        return "no way leads there";
    case ELOOP:
        return "it is a link";
    case EWOULDBLOCK:
        return "it is held by another";
    case EDQUOT:
        return "the quota is used up";
    default:
        return strerror(error);
    }
}

/* ---- Text in memory ---- */

/* A file that goes when it is closed, of which Windows writes nothing to the disk while there is memory. */
struct memory_stream {
    FILE *file;
    char **text;
    size_t *size;
    struct memory_stream *next;
};
static _Thread_local struct memory_stream *streams;

static FILE *temporary_file(void)
{
    wchar_t folder[MAX_PATH + 1], path[MAX_PATH + 1];
    if (GetTempPathW(MAX_PATH + 1, folder) == 0 || GetTempFileNameW(folder, L"lt", 0, path) == 0) {
        lt_wide_fail();
        return NULL;
    }
    HANDLE handle =
        CreateFileW(path, GENERIC_READ | GENERIC_WRITE | DELETE, FILE_SHARE_DELETE, NULL,
                    OPEN_EXISTING, FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    int fd = handle != INVALID_HANDLE_VALUE
                 ? _open_osfhandle((intptr_t)handle, _O_BINARY | _O_NOINHERIT)
                 : -1;
    FILE *file = fd >= 0 ? fdopen(fd, "w+b") : NULL;
    if (file == NULL && fd >= 0)
        close(fd);
    else if (fd < 0 && handle != INVALID_HANDLE_VALUE)
        CloseHandle(handle);
    return file;
}

FILE *lt_posix_open_memstream(char **text, size_t *size)
{
    struct memory_stream *stream = malloc(sizeof(*stream));
    FILE *file = stream != NULL ? temporary_file() : NULL;
    if (file == NULL) {
        free(stream);
        return NULL;
    }
    *text = NULL;
    *size = 0;
    *stream = (struct memory_stream){.file = file, .text = text, .size = size, .next = streams};
    streams = stream;
    return file;
}

static bool take_text(const struct memory_stream *stream)
{
    const int64_t size = ferror(stream->file) != 0 || fflush(stream->file) != 0
                             ? -1
                             : _lseeki64(_fileno(stream->file), 0, SEEK_END);
    char *text = size >= 0 && size < INT32_MAX ? malloc((size_t)size + 1) : NULL;
    if (text == NULL)
        return false;
    if (lt_posix_pread(_fileno(stream->file), text, (size_t)size, 0) != size) {
        free(text);
        return false;
    }
    text[size] = '\0';
    *stream->text = text;
    *stream->size = (size_t)size;
    return true;
}

#undef fclose
int lt_posix_fclose(FILE *file)
{
    struct memory_stream **at = &streams;
    while (*at != NULL && (*at)->file != file)
        at = &(*at)->next;
    struct memory_stream *stream = *at;
    if (stream == NULL)
        return fclose(file);
    bool good = take_text(stream);
    *at = stream->next;
    free(stream);
    good = fclose(file) == 0 && good;
    errno = good ? errno : EIO;
    return good ? 0 : EOF;
}
