#include "agent/release_files.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder's name as we write it; 0: it is something else. */
static uint64_t number_of(const char *name)
{
    char again[24];
    const uint64_t number = strtoull(name, NULL, 10);
    snprintf(again, sizeof(again), "%" PRIu64, number);
    return strcmp(again, name) == 0 ? number : 0;
}

static bool path_of(const char *dir, uint64_t number, const char *name, char ret_path[PATH_MAX])
{
    return snprintf(ret_path, PATH_MAX, "%s/releases/%" PRIu64 "%s", dir, number, name) < PATH_MAX;
}

static DIR *open_releases(const char *dir)
{
    char path[PATH_MAX];
    return snprintf(path, sizeof(path), "%s/releases", dir) < (int)sizeof(path) ? opendir(path)
                                                                                : NULL;
}

bool lt_release_files_any(const char *dir, const struct lt_switch *state, uint64_t passed)
{
    char path[PATH_MAX];
    bool any = false;
    const struct dirent *entry;
    DIR *folder = open_releases(dir);
    while (folder != NULL && !any && (entry = readdir(folder)) != NULL) {
        const uint64_t number = number_of(entry->d_name);
        any = number != 0 && number != passed &&
              lt_switch_may_try(state, number, LT_RELEASE_NUMBER) &&
              path_of(dir, number, "/manifest", path) && access(path, F_OK) == 0;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return any;
}

void lt_release_files_spoil(const char *dir, uint64_t number)
{
    char path[PATH_MAX];
    if (path_of(dir, number, "/manifest", path)) {
        (void)unlink(path);
    }
}

void lt_release_files_drop(const char *dir, uint64_t below)
{
    static const char *const names[] = {"/program", "/program.part", "/manifest", "/manifest.new"};
    char path[PATH_MAX];
    const struct dirent *entry;
    DIR *folder = open_releases(dir);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        const uint64_t number = number_of(entry->d_name);
        if (number == 0 || number >= below) {
            continue;
        }
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            if (path_of(dir, number, names[i], path)) {
                (void)unlink(path);
            }
        }
        if (path_of(dir, number, "", path)) {
            (void)rmdir(path);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
}
