/* Which folder it is. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/drop.h"
#include "agent/folder.h"
#include "agent/text.h"

static bool setting_path(const char *dir, char ret_path[LT_DIR_MAX])
{
    return snprintf(ret_path, LT_DIR_MAX, "%s/drop-folder", dir) < LT_DIR_MAX;
}

/* Two lines: the folder, and this site's name in its mark. */
static void read_setting(const char *dir, char ret_folder[LT_DIR_MAX],
                         char ret_site[LT_DROP_SITE_MAX])
{
    char path[LT_DIR_MAX], line[LT_DIR_MAX];
    ret_folder[0] = ret_site[0] = '\0';
    FILE *file = setting_path(dir, path) ? fopen(path, "r") : NULL;
    if (file == NULL) {
        return;
    }
    if (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        memcpy(ret_folder, line, sizeof(line));
    }
    if (fgets(line, sizeof(line), file) != NULL) {
        snprintf(ret_site, LT_DROP_SITE_MAX, "%.*s", (int)strcspn(line, "\r\n"), line);
    }
    fclose(file);
}

static enum lt_result write_setting(const char *dir, const char *folder, const char *site,
                                    struct lt_sheet_fault *fault)
{
    char path[LT_DIR_MAX];
    struct lt_table_file file;
    if (!setting_path(dir, path)) {
        return lt_table_fault(fault, LT_TOO_LARGE, 0, 0, "%s", lt_text_result(LT_TOO_LARGE));
    }
    enum lt_result result = lt_table_create(path, &file, fault);
    if (result == LT_OK) {
        fprintf(file.stream, "%s\n%s\n", folder, site);
        result = lt_table_finish(&file, true, fault);
    }
    return result;
}

enum lt_result lt_drop_folder(const char *dir, char ret_folder[LT_DIR_MAX])
{
    char folder[LT_DIR_MAX], site[LT_DROP_SITE_MAX];
    read_setting(dir, folder, site);
    if (folder[0] == '\0') {
        return LT_NOT_FOUND;
    }
    memcpy(ret_folder, folder, sizeof(folder));
    return LT_OK;
}

static void draw_site(char ret_site[LT_DROP_SITE_MAX])
{
    uint8_t bytes[LT_DROP_SITE_MAX / 2];
    lt_random(bytes, sizeof(bytes));
    lt_hex(bytes, sizeof(bytes), ret_site);
}

enum lt_result lt_drop_site(const char *dir, char ret_site[LT_DROP_SITE_MAX])
{
    char folder[LT_DIR_MAX];
    struct lt_sheet_fault fault;
    read_setting(dir, folder, ret_site);
    if (ret_site[0] != '\0') {
        return LT_OK;
    }
    draw_site(ret_site);
    return write_setting(dir, folder, ret_site, &fault);
}

const char *lt_drop_place_name_in(enum lt_drop_place place, bool english)
{
    switch (place) {
    case LT_DROP_TRY:
        return english ? "Check only" : "Thử";
    case LT_DROP_UNDO:
        return english ? "Take back" : "Gỡ";
    case LT_DROP_TAKE:
    case LT_DROP_PLACE_COUNT:
        break;
    }
    return "";
}

const char *lt_drop_place_name(enum lt_drop_place place)
{
    return lt_drop_place_name_in(place, lt_text_is_english());
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
    char former[LT_DIR_MAX], whole[PATH_MAX] = "", site[LT_DROP_SITE_MAX];
    struct lt_sheet_fault fault = {.text = ""};
    bool other = false;
    enum lt_result result = LT_OK;
    read_setting(dir, former, site);
    if (site[0] == '\0') {
        draw_site(site);
    }
    if (folder[0] != '\0') {
        lt_folder_share(folder);
        result = lt_daemon_folder(folder, ret_reason);
        if (result != LT_OK) {
            return result;
        }
        if (realpath(folder, whole) == NULL || strchr(whole, '\n') != NULL) {
            snprintf(ret_reason, 200, "%.120s: %s", folder, lt_text_errno(errno));
            return LT_IO;
        }
        result = lt_drop_claim(whole, site, &other, &fault);
    }
    if (result == LT_OK) {
        result = write_setting(dir, whole, site, &fault);
    }
    if (result != LT_OK) {
        snprintf(ret_reason, 200, "%.80s: %.100s", folder[0] != '\0' ? folder : dir,
                 fault.text[0] != '\0' ? fault.text : lt_text_result(result));
    } else if (other) {
        snprintf(ret_reason, 200, "%s",
                 lt_text("thư mục này trước do chương trình khác nhận tệp; từ nay là máy này",
                         "the folder was another program's; from now on it is this one's"));
    }
    return result;
}
