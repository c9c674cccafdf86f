#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/drop.h"
#include "agent/env.h"
#include "agent/foreign.h"
#include "agent/text.h"
#include "agent/wake.h"
#include "agent/watch.h"

enum {
    SETTLE_MS =
        2000, /* a file that has not changed for so long is whole, if nobody holds it open */
    COPIED_S = 60, /* an archive without its end is being copied for so long; then it is damaged */
    QUIET_S =
        10, /* and where nobody can tell whether it is written, it has not changed for so long */
    HELD_S = 600, /* a file waits for so long without a change; then the clerk is told */
};

void lt_drop_trouble(struct lt_drop *drop, const char *format, ...)
{
    if (drop->trouble[0] != '\0') {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(drop->trouble, sizeof(drop->trouble), format, arguments);
    va_end(arguments);
    drop->trouble[lt_table_cut(drop->trouble, sizeof(drop->trouble) - 1)] = '\0';
}

bool lt_drop_path(struct lt_drop *drop, const char *name, char ret_path[LT_DIR_MAX])
{
    if (snprintf(ret_path, LT_DIR_MAX, "%s/%s", drop->folder, name) < LT_DIR_MAX) {
        return true;
    }
    lt_drop_trouble(drop, lt_text("%.200s: đường dẫn quá dài", "%.200s: the path is too long"),
                    drop->folder);
    return false;
}

static int by_time(const void *a, const void *b)
{
    const struct lt_drop_file *one = a, *other = b;
    int order = (one->changed_ns > other->changed_ns) - (one->changed_ns < other->changed_ns);
    return order != 0 ? order : strcmp(one->name, other->name);
}

/* ---- Is it whole? ---- */

/* As long as its clock is not far off from this one's. */
static bool is_younger(const struct lt_drop_file *about, int64_t limit_s)
{
    int64_t age = lt_clock_wall() - about->changed_ns / 1000000000;
    return age > -limit_s && age < limit_s;
}

/* Is there the file that Excel or LibreOffice writes beside what it has open? Its time as well. */
static bool is_locked(const char *path, struct lt_drop_file *ret_lock)
{
    char lock[LT_DIR_MAX + 16];
    const char *name = strrchr(path, '/') + 1;
    int folder = (int)(name - path);
    snprintf(lock, sizeof(lock), "%.*s~$%s", folder, path, name);
    if (lt_drop_look_at(lock, ret_lock)) {
        return true;
    }
    snprintf(lock, sizeof(lock), "%.*s.~lock.%s#", folder, path, name);
    return lt_drop_look_at(lock, ret_lock);
}

/* False, and noted: it is not to be read now. */
static bool is_at_rest(struct lt_drop *drop, const char *path, const struct lt_drop_file *about,
                       enum lt_written *ret_written)
{
    struct lt_drop_file now = {.size = 0}, lock = {.size = 0};
    if (!lt_drop_look_at(path, &now)) {
        return false; /* it has gone again */
    }
    bool same = lt_drop_is_same(&now, about);
    enum lt_written written = lt_watch_is_written(path);
    if (same && now.size > 0 && !is_locked(path, &lock) &&
        (written == LT_NOT_WRITTEN ||
         (written == LT_WRITTEN_PERHAPS && !is_younger(&now, QUIET_S)))) {
        *ret_written = written;
        return true;
    }
    enum lt_drop_why late = now.size == 0 ? LT_LEFT_EMPTY : LT_LEFT_HELD;
    bool waits = !same || is_younger(&now, HELD_S) || is_younger(&lock, HELD_S);
    lt_drop_leave(drop, about->name, waits ? LT_LEFT_WAITS : late);
    return false;
}

/* An archive has its directory at its end, and a text the end of a line; where it is known that nobody writes to it, a
 * text may do without. */
static bool is_cut(struct lt_bytes bytes, const struct lt_drop_file *about, enum lt_written written)
{
    size_t back = bytes.size < 22 + 65536 ? bytes.size : 22 + 65536;
    if (bytes.size == 0 || !is_younger(about, COPIED_S)) {
        return false;
    }
    if (!lt_foreign_is_zip(bytes)) {
        uint8_t last = bytes.data[bytes.size - 1];
        return written == LT_WRITTEN_PERHAPS && last != '\n' && last != '\r';
    }
    return memmem(bytes.data + bytes.size - back, back, "PK\x05\x06", 4) == NULL;
}

/* Notes this program's own; any other file is taken, but one that has only been given another number by its file system. */
static void settle(struct lt_drop *drop, struct lt_drop_file *about, struct lt_bytes bytes)
{
    lt_hash_of(bytes.data, bytes.size, &about->content);
    struct lt_drop_file *known = lt_drop_seen_find(&drop->seen, about->name);
    bool same =
        known != NULL && memcmp(&known->content, &about->content, sizeof(about->content)) == 0;
    const struct lt_drop_file *own =
        same && known->own ? known : lt_drop_seen_own(&drop->seen, &about->content, about->place);
    if (own != NULL) {
        lt_drop_settle_own(drop, about, own);
    } else if (same && known->changed_ns == about->changed_ns) {
        known->inode = about->inode;
        drop->saved = false;
    } else {
        lt_drop_take(drop, about, bytes);
    }
}

static enum lt_result load(const char *path, uint8_t **ret_bytes, size_t *ret_size,
                           struct lt_sheet_fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    FILE *file = fd >= 0 ? fdopen(fd, "rb") : NULL;
    if (file != NULL) {
        return lt_table_load_stream(file, ret_bytes, ret_size, fault);
    }
    lt_table_fault(fault, LT_IO, 0, 0, lt_text("không đọc được: %s", "cannot be read: %s"),
                   lt_text_errno(errno));
    if (fd >= 0) {
        close(fd);
    }
    return LT_IO;
}

static void consider(struct lt_drop *drop, struct lt_drop_file *about)
{
    char path[LT_DIR_MAX];
    struct lt_drop_file now = {.size = 0};
    struct lt_sheet_fault fault = {.text = ""};
    enum lt_written written;
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (!lt_drop_path(drop, about->name, path) || !is_at_rest(drop, path, about, &written)) {
        return;
    }
    enum lt_result result = load(path, &bytes, &size, &fault);
    struct lt_bytes whole = {bytes, size};
    if (result == LT_TOO_LARGE) {
        lt_drop_refuse(drop, about, &fault);
    } else if (result != LT_OK) {
        drop->waiting++;
        lt_drop_trouble(drop, "%.200s: %s", about->name, fault.text);
    } else if (!lt_drop_look_at(path, &now) || !lt_drop_is_same(&now, about) || size != now.size ||
               is_cut(whole, about, written)) {
        lt_drop_leave(drop, about->name, LT_LEFT_WAITS);
    } else {
        settle(drop, about, whole);
    }
    free(bytes);
}

/* For a file and its answers. */
static bool has_room(struct lt_drop *drop)
{
    if (drop->seen.count + 3 <= LT_DROP_FILES_MAX) {
        return true;
    }
    lt_drop_trouble(drop, "%s",
                    lt_text("thư mục có quá nhiều tệp: chuyển bớt tệp cũ đi nơi khác",
                            "there are too many files in the folder: move old ones away"));
    return false;
}

static void consider_all(struct lt_drop *drop, const struct lt_drop_found *found)
{
    if (found->count == 0) {
        return;
    }
    (void)poll(NULL, 0, SETTLE_MS);
    qsort(found->items, found->count, sizeof(*found->items), by_time);
    /* Before anything is read: what cannot be noted would be answered again and again. */
    drop->saved = false;
    for (size_t i = 0; i < found->count; i++) {
        if (!has_room(drop) || (!drop->saved && !lt_drop_save(drop))) {
            drop->waiting += found->count - i;
            return;
        }
        consider(drop, &found->items[i]);
    }
}

/* ---- The pass ---- */

static enum lt_result open_journal(struct lt_drop *drop, char reason[200])
{
    char store[LT_DIR_MAX + 8];
    snprintf(store, sizeof(store), "%s/store", drop->dir);
    enum lt_result result = lt_env_is_made(store, reason);
    return result == LT_OK ? lt_journal_open(drop->dir, false, &drop->journal, reason) : result;
}

static void look(struct lt_drop *drop)
{
    struct lt_drop_found found = {.items = malloc(LT_DROP_FOUND_MAX * sizeof(*found.items))};
    char reason[200] = "";
    if (found.items == NULL) {
        lt_drop_trouble(drop, "%s", lt_text_result(LT_NO_MEMORY));
        return;
    }
    enum lt_result result = lt_drop_look_for_files(drop, &found);
    if (result == LT_OK) {
        result = open_journal(drop, reason);
        if (result != LT_OK) {
            lt_drop_trouble(drop, "%s", reason);
        }
    }
    if (result != LT_OK && drop->marked) {
        lt_drop_write_page(drop); /* of the trouble alone */
    }
    if (result == LT_OK) {
        consider_all(drop, &found);
        lt_drop_forget_gone(drop); /* now, since what has another name is known by its content */
        lt_drop_write_lists(drop);
        lt_drop_write_templates(drop);
        lt_drop_write_page(drop);
        lt_journal_close(drop->journal);
    }
    free(found.items);
}

static void keep_trouble(struct lt_drop *drop)
{
    if (drop->seen.waiting != drop->waiting + drop->stuck) {
        drop->seen.waiting = drop->waiting + drop->stuck;
        drop->saved = false;
    }
    if (strcmp(drop->seen.trouble, drop->trouble) != 0) {
        if (drop->trouble[0] != '\0') {
            lt_daemon_log(LT_LOG_WARNING, "%s: %s", drop->folder, drop->trouble);
        }
        if (drop->seen.trouble[0] == '\0' || drop->trouble[0] == '\0') {
            drop->seen.trouble_since = drop->trouble[0] != '\0' ? lt_clock_wall() : 0;
        }
        memcpy(drop->seen.trouble, drop->trouble, sizeof(drop->trouble));
        drop->saved = false;
    }
    if (drop->saved) {
        return;
    }
    /* The mark only where it is known whose folder it is. */
    if (drop->marked ? !lt_drop_save(drop) : lt_drop_seen_save(drop->dir, &drop->seen) != LT_OK) {
        drop->waiting++; /* it is done again, and changes nothing */
    }
}

static int take_lock(const char *dir)
{
    char path[LT_DIR_MAX];
    if (snprintf(path, sizeof(path), "%s/drop.lock", dir) >= (int)sizeof(path)) {
        return -1;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

enum lt_result lt_drop_pass(const char *dir, const char *folder,
                            char ret_trouble[LT_DROP_REASON_MAX])
{
    struct lt_drop drop = {.dir = dir, .folder = folder, .saved = true};
    int lock = take_lock(dir);
    if (lock < 0) {
        snprintf(ret_trouble, LT_DROP_REASON_MAX, "%s", lt_text_result(LT_BUSY));
        return LT_BUSY;
    }
    lt_drop_clear_state(dir);
    enum lt_result result = lt_drop_seen_load(dir, &drop.seen);
    if (result == LT_OK) {
        if (lt_drop_site(dir, drop.site) == LT_OK) {
            look(&drop);
        } else {
            lt_drop_trouble(&drop, "%s/drop-folder: %s", dir, lt_text_result(LT_IO));
        }
        keep_trouble(&drop);
        memcpy(ret_trouble, drop.trouble, sizeof(drop.trouble));
        result = drop.waiting > 0 || drop.trouble[0] != '\0' ? LT_NOT_READY : LT_OK;
    }
    lt_drop_seen_free(&drop.seen);
    if (drop.stored) {
        (void)lt_wake_ring(dir);
    }
    close(lock);
    return result;
}
