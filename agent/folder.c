#include "agent/folder.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

bool lt_folder_sync_above(const char *path)
{
    char dir[PATH_MAX];
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/') { /* "a/" is held by "." */
        size--;
    }
    while (size > 0 && path[size - 1] != '/') {
        size--;
    }
    while (size > 1 && path[size - 1] == '/') { /* but for the root's own */
        size--;
    }
    if (size >= sizeof(dir)) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(dir, size > 0 ? path : ".", size > 0 ? size : 1);
    dir[size > 0 ? size : 1] = '\0';
    return lt_folder_sync(dir);
}

static bool make_one(const char *dir, mode_t mode)
{
    if (mkdir(dir, mode) == 0) {
        return lt_folder_sync_above(dir);
    }
    return errno == EEXIST;
}

bool lt_folder_make(const char *dir, mode_t above)
{
    char path[PATH_MAX];
    size_t size = strlen(dir);
    if (size >= sizeof(path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(path, dir, size + 1);
    for (size_t i = 1; i < size; i++) {
        if (path[i] == '/') {
            path[i] = '\0';
            if (!make_one(path, above)) {
                return false;
            }
            path[i] = '/';
        }
    }
    return make_one(path, 0700);
}
