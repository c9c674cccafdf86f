#include "agent/site_dir.h"

#include <shlobj.h>

#include "agent/windows/wide.h"

static bool known_folder(const GUID *which, char ret_dir[LT_DIR_MAX])
{
    wchar_t *found = NULL;
    char text[LT_DIR_MAX];
    bool good = SHGetKnownFolderPath(which, 0, NULL, &found) == S_OK &&
                lt_wide_utf8(found, text, sizeof(text));
    CoTaskMemFree(found);
    if (!good)
        return false;
    for (char *at = text; *at != '\0'; at++) {
        if (*at == '\\')
            *at = '/';
    }
    return snprintf(ret_dir, LT_DIR_MAX, "%s/Lienthong", text) < LT_DIR_MAX;
}

/* Where the installer has put the machine's own service, if we are one who may see it. */
static bool is_service(char ret_dir[LT_DIR_MAX])
{
    struct stat status;
    return known_folder(&FOLDERID_ProgramData, ret_dir) && stat(ret_dir, &status) == 0 &&
           S_ISDIR(status.st_mode) && status.st_uid == geteuid();
}

bool lt_site_dir(char ret_dir[LT_DIR_MAX])
{
    return is_service(ret_dir) || known_folder(&FOLDERID_LocalAppData, ret_dir);
}
