#include "agent/folder.h"

#include <errno.h>
#include <shlobj.h>

#include "agent/windows/wide.h"

/* NTFS keeps names in a journal of its own, which is written with the files that are flushed: a folder is not flushed. */
bool lt_folder_sync(const char *dir)
{
    return access(dir, F_OK) == 0;
}

/* There is no such call; a file that a program has open is not renamed over. */
bool lt_folder_exchange(const char *one, const char *other)
{
    (void)one;
    (void)other;
    errno = ENOSYS;
    return false;
}

static void make(const char *dir)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s", dir);
    for (char *at = path + 1; *at != '\0'; at++) {
        if (*at == '/' || *at == '\\') {
            const char letter = *at;
            *at = '\0';
            (void)mkdir(path, 0777);
            *at = letter;
        }
    }
    (void)mkdir(path, 0777);
}

static bool is_on_public_desktop(const wchar_t *path)
{
    wchar_t whole[LT_WIDE_MAX], *desktop = NULL;
    DWORD size = GetFullPathNameW(path, LT_WIDE_MAX, whole, NULL);
    size_t letters = SHGetKnownFolderPath(&FOLDERID_PublicDesktop, 0, NULL, &desktop) == S_OK
                         ? wcslen(desktop)
                         : 0;
    bool on = letters > 0 && size > letters && size < LT_WIDE_MAX && whole[letters] == L'\\' &&
              _wcsnicmp(whole, desktop, letters) == 0;
    CoTaskMemFree(desktop);
    return on;
}

void lt_folder_share(const char *dir)
{
    wchar_t wide[LT_WIDE_MAX];
    make(dir);
    if (lt_wide_path(dir, wide))
        (void)lt_rights_let_service(wide, is_on_public_desktop(wide));
}
