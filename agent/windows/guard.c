#include "agent/guard.h"

#include <stdio.h>
#include <windows.h>

#include "agent/options.h"
#include "agent/text.h"

/* Made ahead: there may be no memory when it is needed. */
static char message[LT_DIR_MAX + 256];

static LONG WINAPI on_fault(EXCEPTION_POINTERS *about)
{
    DWORD wrote;
    if (about->ExceptionRecord->ExceptionCode != EXCEPTION_IN_PAGE_ERROR)
        return EXCEPTION_CONTINUE_SEARCH;
    (void)WriteFile(GetStdHandle(STD_ERROR_HANDLE), message, (DWORD)strlen(message), &wrote, NULL);
    TerminateProcess(GetCurrentProcess(), LT_EXIT_FAILED);
    return EXCEPTION_CONTINUE_SEARCH;
}

void lt_guard_store(const char *dir)
{
    snprintf(message, sizeof(message),
             lt_text("%s: không đọc được kho (data.mdb): ổ đĩa hỏng hoặc đã tháo; hãy khôi phục "
                     "thư mục từ bản sao\n",
                     "%s: the store (data.mdb) cannot be read: the disk fails, or is gone; restore "
                     "the folder from "
                     "a copy\n"),
             dir);
    (void)SetUnhandledExceptionFilter(on_fault);
}
