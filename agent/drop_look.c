/* Which files there are to be read. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utf8proc.h>

#include "agent/drop.h"
#include "agent/natural.h"
#include "agent/text.h"

/* Names of programs' own files, which say nothing of what is in them. */
static bool is_passed_over(const char *name)
{
    size_t size = strlen(name);
    static const char *const unfinished[] = {".tmp", ".part", ".crdownload", ".download"};
    if (name[0] == '.' || name[0] == '~' || name[size - 1] == '~' ||
        strcasecmp(name, "desktop.ini") == 0 || strcasecmp(name, "thumbs.db") == 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof(unfinished) / sizeof(unfinished[0]); i++) {
        size_t tail = strlen(unfinished[i]);
        if (size > tail && strcasecmp(name + size - tail, unfinished[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool lt_drop_look_at(const char *path, struct lt_drop_file *ret_about)
{
    struct stat status;
    if (lstat(path, &status) != 0) {
        return false;
    }
    if (!S_ISREG(
            status
                .st_mode)) { /* nor what a link leads to: a clerk may lead to what is not his to read */
        errno = EISDIR;
        return false;
    }
    ret_about->size = (uint64_t)status.st_size;
    ret_about->inode = (uint64_t)status.st_ino;
    ret_about->changed_ns =
        (int64_t)status.st_mtim.tv_sec * 1000000000 + (int64_t)status.st_mtim.tv_nsec;
    return true;
}

bool lt_drop_is_same(const struct lt_drop_file *a, const struct lt_drop_file *b)
{
    return a->size == b->size && a->inode == b->inode && a->changed_ns == b->changed_ns;
}

/* Is it one of the names that this program gives? */
static bool is_own_name(const char *name)
{
    const char *const whole[] = {lt_drop_list_name(), lt_drop_page_name(),
                                 lt_drop_template_name(true), lt_drop_template_name(false),
                                 LT_DROP_MARK};
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        if (strcmp(name, whole[i]) == 0) {
            return true;
        }
    }
    return lt_drop_is_answer_name(name);
}

/* "X.1234.tmp" (lt_table_create) of process 1234, which is no more: half of X. */
static bool is_half(const char *name, char ret_of[LT_DROP_NAME_MAX])
{
    size_t size = strlen(name);
    if (size < 4 || size >= LT_DROP_NAME_MAX || strcmp(name + size - 4, ".tmp") != 0) {
        return false;
    }
    snprintf(ret_of, LT_DROP_NAME_MAX, "%.*s", (int)size - 4, name);
    char *dot = strrchr(ret_of, '.');
    if (dot == NULL || dot[1] == '\0' || dot[1 + strspn(dot + 1, "0123456789")] != '\0') {
        return false;
    }
    long process = strtol(dot + 1, NULL, 10);
    *dot = '\0';
    return process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

void lt_drop_clear_state(const char *dir)
{
    char path[LT_DIR_MAX], of[LT_DROP_NAME_MAX];
    DIR *folder = opendir(dir);
    const struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (is_half(entry->d_name, of) &&
            (strcmp(of, "drop.json") == 0 || strcmp(of, "drop-folder") == 0) &&
            snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) < (int)sizeof(path)) {
            (void)unlink(path);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
}

/* A folder of old files, by its name: "Lưu", "Lưu trữ 2024". */
static bool is_archive(const char *name)
{
    char folded[LT_FOLDED_MAX];
    return lt_fold_plain(name, folded) &&
           (strncmp(folded, "luu", 3) == 0 || strncmp(folded, "archive", 7) == 0);
}

/* Of a name that is no file's: what a clerk put there, and not what a system did. */
static void look_at_other(struct lt_drop *drop, enum lt_drop_place place, const char *name,
                          const char *path, const char *whole)
{
    struct stat status;
    bool system = name[0] == '$' || name[0] == '@' || strcmp(name, "lost+found") == 0 ||
                  strcmp(name, "System Volume Information") == 0;
    if (place == LT_DROP_TAKE) {
        system = system || strcmp(name, lt_drop_place_name(LT_DROP_TRY)) == 0 ||
                 strcmp(name, lt_drop_place_name(LT_DROP_UNDO)) == 0;
    }
    if (!system && lstat(path, &status) == 0 && !(S_ISDIR(status.st_mode) && is_archive(name))) {
        lt_drop_leave(drop, whole, S_ISDIR(status.st_mode) ? LT_LEFT_FOLDER : LT_LEFT_LINK);
    }
}

static void look_at_name(struct lt_drop *drop, enum lt_drop_place place, const char *name,
                         struct lt_drop_found *found)
{
    char path[LT_DIR_MAX], of[LT_DROP_NAME_MAX];
    struct lt_drop_file next = {.place = place, .here = true};
    const char *sub = lt_drop_place_name(place);
    if (snprintf(next.name, sizeof(next.name), "%s%s%s", sub, sub[0] != '\0' ? "/" : "", name) >=
            (int)sizeof(next.name) ||
        !lt_drop_path(drop, next.name, path)) {
        return;
    }
    if (is_half(name, of) && is_own_name(of)) {
        (void)unlink(path);
    }
    if (is_passed_over(name)) {
        return;
    }
    if (utf8proc_decompose((const utf8proc_uint8_t *)name, 0, NULL, 0, UTF8PROC_NULLTERM) < 0) {
        lt_drop_leave(drop, next.name, LT_LEFT_NAME);
        return;
    }
    if (!lt_drop_look_at(path, &next)) {
        look_at_other(drop, place, name, path, next.name);
        return;
    }
    struct lt_drop_file *known = lt_drop_seen_find(&drop->seen, next.name);
    if (known != NULL) {
        known->here = true;
    }
    if (known != NULL && lt_drop_is_same(known, &next)) {
        return;
    }
    if (found->count == LT_DROP_FOUND_MAX) {
        drop->waiting++;
        return;
    }
    found->items[found->count++] = next;
}

/* LT_NOT_FOUND: there is no such folder. */
static enum lt_result look_into(struct lt_drop *drop, enum lt_drop_place place,
                                struct lt_drop_found *found)
{
    char path[LT_DIR_MAX];
    if (!lt_drop_path(drop, lt_drop_place_name(place), path)) {
        return LT_TOO_LARGE;
    }
    if (place != LT_DROP_TAKE && mkdir(path, 0755) != 0 && errno != EEXIST) {
        return LT_OK; /* read-only: told when a result cannot be written */
    }
    DIR *folder = opendir(path);
    if (folder == NULL) {
        lt_drop_trouble(drop,
                        lt_text("không mở được thư mục %.300s: %s", "%.300s cannot be opened: %s"),
                        path, lt_text_errno(errno));
        return LT_NOT_FOUND;
    }
    const struct dirent *entry;
    errno = 0;
    while ((entry = readdir(folder)) != NULL) {
        look_at_name(drop, place, entry->d_name, found);
        errno = 0;
    }
    int error = errno;
    closedir(folder);
    if (error != 0) { /* what it did not tell has not gone */
        lt_drop_trouble(drop,
                        lt_text("không đọc được thư mục %.300s: %s", "%.300s cannot be read: %s"),
                        path, lt_text_errno(error));
    }
    return error == 0 ? LT_OK : LT_IO;
}

/* Nothing of before is there, on another disk than before: that one is away, and has left the place where it belongs. */
static bool is_away(struct lt_drop *drop)
{
    struct stat status;
    bool here = drop->seen.count == 0;
    for (size_t i = 0; i < drop->seen.count && !here; i++) {
        here = drop->seen.files[i].here;
    }
    if (here ||
        (stat(drop->folder, &status) == 0 && (uint64_t)status.st_dev == drop->seen.device)) {
        return false;
    }
    lt_drop_trouble(
        drop,
        lt_text("%.150s: không còn tệp nào của lần trước, ổ đĩa có thể chưa gắn; nếu "
                "đúng là thư mục này: lienthong-agent drop --folder …",
                "%.150s: nothing of before is there, its disk may be away; if it is the "
                "folder: lienthong-agent drop --folder …"),
        drop->folder);
    return true;
}

static void note_device(struct lt_drop *drop)
{
    struct stat status;
    if (stat(drop->folder, &status) == 0 && (uint64_t)status.st_dev != drop->seen.device) {
        drop->seen.device = (uint64_t)status.st_dev;
        drop->saved = false;
    }
}

/* All places, when the folder is this site's and there. */
enum lt_result lt_drop_look_for_files(struct lt_drop *drop, struct lt_drop_found *found)
{
    enum lt_result result = lt_drop_load_mark(drop);
    bool marked = result == LT_OK;
    if (result == LT_REFUSED) {
        lt_drop_trouble(
            drop,
            lt_text("%.150s: một chương trình khác đang nhận tệp ở đây; để máy này nhận: "
                    "lienthong-agent drop --folder …",
                    "%.150s: another program takes in its files; for this one to do so: "
                    "lienthong-agent drop --folder …"),
            drop->folder);
        return result;
    }
    result = look_into(drop, LT_DROP_TAKE, found);
    if (result == LT_OK && !marked && is_away(drop)) {
        result = LT_NOT_FOUND;
    }
    drop->saved = drop->saved && marked;
    drop->marked = result == LT_OK;
    if (drop->marked) {
        note_device(drop);
    }
    for (unsigned place = LT_DROP_TRY; place < LT_DROP_PLACE_COUNT && result == LT_OK; place++) {
        result = look_into(drop, (enum lt_drop_place)place, found);
    }
    return result;
}
