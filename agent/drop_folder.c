/* Which folder it is. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/daemon.h"
#include "agent/drop.h"
#include "agent/folder.h"
#include "agent/text.h"

static bool setting_path(const char *dir, char ret_path[LT_DIR_MAX])
{
    return snprintf(ret_path, LT_DIR_MAX, "%s/drop-folder", dir) < LT_DIR_MAX;
}

enum lt_result lt_drop_folder(const char *dir, char ret_folder[LT_DIR_MAX])
{
    char path[LT_DIR_MAX], line[LT_DIR_MAX] = "";
    FILE *file = setting_path(dir, path) ? fopen(path, "r") : NULL;
    if (file == NULL) {
        return LT_NOT_FOUND;
    }
    bool read = fgets(line, sizeof(line), file) != NULL;
    fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    if (!read || line[0] == '\0') {
        return LT_NOT_FOUND;
    }
    memcpy(ret_folder, line, sizeof(line));
    return LT_OK;
}

const char *lt_drop_place_name(enum lt_drop_place place)
{
    switch (place) {
    case LT_DROP_TRY:
        return lt_text("Thử", "Check only");
    case LT_DROP_UNDO:
        return lt_text("Gỡ", "Take back");
    case LT_DROP_TAKE:
    case LT_DROP_PLACE_COUNT:
        break;
    }
    return "";
}

enum lt_drop_place lt_drop_place_of(const char *name)
{
    for (unsigned place = LT_DROP_TRY; place < LT_DROP_PLACE_COUNT; place++) {
        const char *sub = lt_drop_place_name((enum lt_drop_place)place);
        size_t size = strlen(sub);
        if (strncmp(name, sub, size) == 0 && name[size] == '/') {
            return (enum lt_drop_place)place;
        }
    }
    return LT_DROP_TAKE;
}

enum lt_result lt_drop_set_folder(const char *dir, const char *folder, char ret_reason[200])
{
    char path[LT_DIR_MAX], whole[PATH_MAX] = "";
    struct lt_table_file file;
    struct lt_sheet_fault fault;
    if (folder[0] != '\0') {
        lt_folder_share(folder);
        enum lt_result made = lt_daemon_folder(folder, ret_reason);
        if (made != LT_OK) {
            return made;
        }
        if (realpath(folder, whole) == NULL || strchr(whole, '\n') != NULL) {
            snprintf(ret_reason, 200, "%.120s: %s", folder, lt_text_errno(errno));
            return LT_IO;
        }
    }
    enum lt_result result =
        setting_path(dir, path) ? lt_table_create(path, &file, &fault) : LT_TOO_LARGE;
    if (result == LT_OK) {
        fprintf(file.stream, "%s\n", whole);
        result = lt_table_finish(&file, true, &fault);
    }
    if (result != LT_OK) {
        snprintf(ret_reason, 200, "%.80s/drop-folder: %.100s", dir,
                 result == LT_TOO_LARGE ? lt_text_result(result) : fault.text);
    }
    return result;
}
