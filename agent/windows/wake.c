/* A named event instead of a pipe: it is gone with its last holder. */
#include "agent/wake.h"

#include <stdio.h>

#include "agent/text.h"
#include "agent/windows/ring.h"
#include "agent/windows/wide.h"

enum { NAME_MAX_LETTERS = 80, LISTENERS_MAX = 16 };

static struct listener {
    struct lt_bell bell;
    HANDLE event;
} listeners[LISTENERS_MAX]; /* of one thread: a process listens to its own folder alone */

/* Named after the folder itself, whatever path leads there; of the whole machine, as a service and a user must meet. */
static bool name_of(const char *dir, wchar_t ret_name[NAME_MAX_LETTERS])
{
    struct stat status;
    if (stat(dir, &status) != 0)
        return false;
    swprintf(ret_name, NAME_MAX_LETTERS, L"Global\\lienthong-wake-%08lx-%08lx%08lx",
             (unsigned long)status.st_dev, (unsigned long)(status.st_ino >> 32),
             (unsigned long)(status.st_ino & 0xffffffffUL));
    return true;
}

/* Of `fd`; -1: one that is not used. */
static struct listener *find(int fd)
{
    for (size_t i = 0; i < LISTENERS_MAX; i++) {
        int its = listeners[i].event != NULL ? listeners[i].bell.fd : -1;
        if (its == fd)
            return &listeners[i];
    }
    return NULL;
}

/* Whoever may work on the folder may ring there, and the service finds the event of a person's command. */
static HANDLE make_event(const wchar_t *name)
{
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof(attributes),
                                      .lpSecurityDescriptor = lt_rights_own()};
    if (attributes.lpSecurityDescriptor == NULL)
        return NULL;
    HANDLE event = CreateEventW(&attributes, FALSE, FALSE, name);
    DWORD error = GetLastError();
    LocalFree(attributes.lpSecurityDescriptor);
    SetLastError(error);
    return event;
}

enum lt_result lt_wake_open(const char *dir, int *ret_fd, char ret_reason[200])
{
    wchar_t name[NAME_MAX_LETTERS];
    struct listener *listener = find(-1);
    HANDLE event = NULL;
    if (listener == NULL || !name_of(dir, name) || (event = make_event(name)) == NULL) {
        bool foreign = listener != NULL && GetLastError() == ERROR_ACCESS_DENIED;
        snprintf(ret_reason, 200,
                 lt_text("%.120s: không tạo được: %s", "%.120s: cannot make the event: %s"), dir,
                 lt_text_errno(lt_wide_errno(GetLastError())));
        return foreign ? LT_PERMISSION : LT_IO;
    }
    if (!lt_bell_open(&listener->bell, event, false)) {
        CloseHandle(event);
        snprintf(ret_reason, 200, "%.120s: %s", dir, lt_text_result(LT_IO));
        return LT_IO;
    }
    listener->event = event;
    *ret_fd = listener->bell.fd;
    return LT_OK;
}

void lt_wake_drain(int fd)
{
    lt_ring_drain(fd);
}

enum lt_result lt_wake_ring(const char *dir)
{
    wchar_t name[NAME_MAX_LETTERS];
    if (!name_of(dir, name))
        return LT_OK; /* no folder: nobody listens */
    HANDLE event = OpenEventW(EVENT_MODIFY_STATE, FALSE, name);
    if (event == NULL)
        return GetLastError() == ERROR_ACCESS_DENIED ? LT_PERMISSION : LT_OK;
    bool good = SetEvent(event);
    CloseHandle(event);
    return good ? LT_OK : LT_IO;
}

void lt_wake_close(int fd)
{
    struct listener *listener = fd >= 0 ? find(fd) : NULL;
    if (listener != NULL) {
        lt_bell_close(&listener->bell);
        CloseHandle(listener->event);
        *listener = (struct listener){.event = NULL};
    }
}
