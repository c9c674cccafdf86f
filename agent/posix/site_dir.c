#include "agent/site_dir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char SERVICE_DIR[] = "/var/lib/lienthong-agent";

/* Where the package for a machine's own service keeps it, if that is ours. */
static bool is_service(void)
{
    struct stat status;
    return stat(SERVICE_DIR, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid();
}

bool lt_site_dir(char ret_dir[LT_DIR_MAX])
{
    if (is_service()) {
        memcpy(ret_dir, SERVICE_DIR, sizeof(SERVICE_DIR));
        return true;
    }
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    int size = LT_DIR_MAX;
    if (data != NULL && data[0] == '/') {
        size = snprintf(ret_dir, LT_DIR_MAX, "%s/lienthong-agent", data);
    } else if (home != NULL && home[0] != '\0') {
        size = snprintf(ret_dir, LT_DIR_MAX, "%s/.local/share/lienthong-agent", home);
    }
    return size < LT_DIR_MAX;
}
