#include "agent/pass.h"

#include "agent/text.h"
#include "agent/windows/ring.h"
#include "agent/windows/wide.h"

static struct lt_bell bell = {.fd = -1}; /* of the one pass that goes on */

/* "program" drop --dir "dir" --lang vi. A path has no quotes, nor ends in what would hide the closing one. */
static bool command(const char *dir, wchar_t ret_line[2 * LT_WIDE_MAX],
                    wchar_t ret_program[LT_WIDE_MAX])
{
    wchar_t folder[LT_WIDE_MAX];
    DWORD size = GetModuleFileNameW(NULL, ret_program, LT_WIDE_MAX);
    if (size == 0 || size == LT_WIDE_MAX || !lt_wide_path(dir, folder))
        return false;
    size_t end = wcslen(folder);
    while (end > 3 && folder[end - 1] == L'\\')
        folder[--end] = L'\0';
    return swprintf(ret_line, 2 * LT_WIDE_MAX, L"lienthong-agent drop --dir \"%ls%ls\" --lang %ls",
                    folder, end > 0 && folder[end - 1] == L'\\' ? L"." : L"",
                    lt_text_is_english() ? L"en" : L"vi") > 0;
}

enum lt_result lt_pass_begin(const char *dir, struct lt_pass *ret_pass)
{
    wchar_t line[2 * LT_WIDE_MAX], program[LT_WIDE_MAX];
    STARTUPINFOW start = {.cb = sizeof(start)};
    PROCESS_INFORMATION child;
    if (!command(dir, line, program) ||
        !CreateProcessW(program, line, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &start,
                        &child))
        return LT_IO;
    CloseHandle(child.hThread);
    if (!lt_bell_open(&bell, child.hProcess, true)) {
        CloseHandle(child.hProcess); /* it goes on, and holds the lock of passes */
        return LT_BUSY;
    }
    *ret_pass = (struct lt_pass){.process = (intptr_t)child.hProcess, .fd = bell.fd};
    return LT_OK;
}

int lt_pass_end(struct lt_pass *pass)
{
    DWORD code = 0;
    HANDLE process = (HANDLE)pass->process;
    if (WaitForSingleObject(process, INFINITE) != WAIT_OBJECT_0 ||
        !GetExitCodeProcess(process, &code))
        code = 255;
    lt_pass_leave(pass);
    return code > 255 ? -(int)(code & 0xff) - 1 : (int)code; /* an exception's code */
}

void lt_pass_leave(struct lt_pass *pass)
{
    if (pass->fd >= 0) {
        lt_bell_close(&bell);
        CloseHandle((HANDLE)pass->process);
        pass->fd = -1;
    }
}
