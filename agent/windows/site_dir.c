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

bool lt_site_dir(char ret_dir[LT_DIR_MAX])
{
    return known_folder(&FOLDERID_LocalAppData, ret_dir);
}
