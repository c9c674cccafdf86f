#include "agent/release_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/folder.h"
#include "agent/release_system.h"
#include "proto/release.h"

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

/* What its manifest says of the program for this system. */
static bool read_manifest(const char *dir, uint64_t number, struct lt_switch_program *ret_program)
{
    char path[PATH_MAX];
    uint8_t bytes[LT_MANIFEST_BYTES_MAX + 1];
    struct lt_release release;
    const int fd = path_of(dir, number, "/manifest", path)
                       ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
                       : -1;
    if (fd < 0) {
        return false;
    }
    const ssize_t size = read(fd, bytes, sizeof(bytes));
    close(fd);
    if (size < 0 || (size_t)size > LT_MANIFEST_BYTES_MAX ||
        lt_release_open((struct lt_bytes){bytes, (size_t)size}, &release) != LT_OK ||
        release.number != number) {
        return false;
    }
    const struct lt_release_file *file = lt_release_file_for(&release, lt_release_system());
    if (file == NULL) {
        return false;
    }
    *ret_program = (struct lt_switch_program){.number = number, .hash = file->hash};
    return true;
}

static DIR *open_releases(const char *dir)
{
    char path[PATH_MAX];
    return snprintf(path, sizeof(path), "%s/releases", dir) < (int)sizeof(path) ? opendir(path)
                                                                                : NULL;
}

bool lt_release_files_newest(const char *dir, const struct lt_switch *state,
                             struct lt_switch_program *ret_program)
{
    struct lt_switch_program program, best = {.number = 0};
    const struct dirent *entry;
    DIR *folder = open_releases(dir);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        const uint64_t number = number_of(entry->d_name);
        if (number > best.number && lt_switch_may_try(state, number, LT_RELEASE_NUMBER) &&
            read_manifest(dir, number, &program)) {
            best = program;
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    if (best.number != 0) {
        *ret_program = best;
    }
    return best.number != 0;
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
