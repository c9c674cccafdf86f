#include "agent/drop_watch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/drop.h"
#include "agent/pass.h"
#include "agent/text.h"
#include "agent/watch.h"

enum {
    SOON_MS = 300, /* events come in crowds */
    CHANGED_MS = 5000, /* and so does what a session brings */
    AGAIN_MS = 3000, /* a file waits: at first, then twice as long each time */
    AGAIN_MAX_MS = 60000,
    RESCAN_MS = 600000,
    LONG_MS =
        1800000, /* a pass that goes on for so long is told of: a network drive may have gone */
    MISSING_MS = 30000, /* the folder is not there */
};

struct lt_drop_watch {
    const char *dir;
    char folder[LT_DIR_MAX]; /* "": none is set */
    int watch_fd; /* -1: none */
    bool whole; /* with the subfolders, which a pass makes */
    struct lt_pass pass;
    uint64_t changes;
    lt_ms due; /* of the next pass */
    lt_ms long_at; /* when the pass that goes on has taken long */
    lt_ms watch_at; /* of the next try to watch the folder */
    int64_t again_ms;
};

struct lt_drop_watch *lt_drop_watch_new(const char *dir)
{
    struct lt_drop_watch *watch = calloc(1, sizeof(*watch));
    if (watch != NULL) {
        watch->dir = dir;
        watch->watch_fd = watch->pass.fd = -1;
        watch->again_ms = AGAIN_MS;
        watch->changes = UINT64_MAX; /* as none: looks at the setting in its first turn */
    }
    return watch;
}

void lt_drop_watch_free(struct lt_drop_watch *watch)
{
    if (watch != NULL) {
        lt_watch_close(watch->watch_fd);
        lt_pass_leave(&watch->pass);
        free(watch);
    }
}

size_t lt_drop_watch_fds(const struct lt_drop_watch *watch,
                         struct lt_uplink_fd fds[LT_DROP_WATCH_FDS])
{
    size_t count = 0;
    if (watch->watch_fd >= 0) {
        fds[count++] = (struct lt_uplink_fd){.fd = watch->watch_fd};
    }
    if (watch->pass.fd >= 0) {
        fds[count++] = (struct lt_uplink_fd){.fd = watch->pass.fd};
    }
    return count;
}

bool lt_drop_watch_busy(const struct lt_drop_watch *watch)
{
    return watch->pass.fd >= 0;
}

static void want_pass(struct lt_drop_watch *watch, int64_t in_ms)
{
    lt_ms at = lt_clock_monotonic() + (lt_ms)in_ms;
    watch->due = at < watch->due ? at : watch->due;
}

static void watch_anew(struct lt_drop_watch *watch)
{
    lt_watch_close(watch->watch_fd);
    watch->watch_fd = -1;
    watch->watch_at = 0;
}

/* Looks at the setting: the folder may be another one now, or none. */
static void follow_setting(struct lt_drop_watch *watch)
{
    char folder[LT_DIR_MAX] = "";
    (void)lt_drop_folder(watch->dir, folder);
    if (strcmp(folder, watch->folder) != 0) {
        memcpy(watch->folder, folder, sizeof(folder));
        watch_anew(watch);
        watch->due = UINT64_MAX;
    }
}

enum { WATCHED = 5 };

/* The folder and what lies below it, in the language that it has; is all there? */
static bool list_folders(const struct lt_drop_watch *watch, char ret_folders[WATCHED][LT_DIR_MAX])
{
    size_t count = 1, there = 0;
    snprintf(ret_folders[0], LT_DIR_MAX, "%s", watch->folder);
    for (unsigned place = LT_DROP_TRY; place <= LT_DROP_UNDO; place++) {
        for (unsigned english = 0; english < 2; english++, count++) {
            snprintf(ret_folders[count], LT_DIR_MAX, "%.4000s/%s", watch->folder,
                     lt_drop_place_name_in((enum lt_drop_place)place, english != 0));
            there += access(ret_folders[count], F_OK) == 0;
        }
    }
    return there >= 2;
}

static void watch_folder(struct lt_drop_watch *watch)
{
    char paths[WATCHED][LT_DIR_MAX];
    const char *folders[WATCHED];
    watch->whole = list_folders(watch, paths);
    for (size_t i = 0; i < WATCHED; i++) {
        folders[i] = paths[i];
    }
    watch->watch_at = lt_clock_monotonic() + MISSING_MS;
    if (lt_watch_open(folders, WATCHED, &watch->watch_fd) != LT_OK) {
        watch->watch_fd = -1;
    }
    want_pass(watch, SOON_MS); /* says so, too, when the folder is not there */
}

static void begin_pass(struct lt_drop_watch *watch)
{
    watch->due = lt_clock_monotonic() + RESCAN_MS;
    enum lt_result result = lt_pass_begin(watch->dir, &watch->pass);
    if (result == LT_OK) {
        watch->long_at = lt_clock_monotonic() + LONG_MS;
        return;
    }
    if (result != LT_BUSY) {
        lt_daemon_log(LT_LOG_WARNING, "%s: %s", watch->folder,
                      lt_text("không chạy được việc nhận tệp; sẽ thử lại",
                              "files cannot be taken in; will try again"));
    }
    want_pass(watch, AGAIN_MAX_MS);
}

static void end_pass(struct lt_drop_watch *watch)
{
    char paths[WATCHED][LT_DIR_MAX];
    int code = lt_pass_end(&watch->pass);
    if (!watch->whole && list_folders(watch, paths)) {
        watch_anew(watch); /* and what came before that is seen by one pass more */
    }
    if (code == LT_EXIT_OK) {
        watch->again_ms = AGAIN_MS;
        return;
    }
    if (code < 0) {
        lt_daemon_log(LT_LOG_ERROR,
                      lt_text("%s: việc nhận tệp bị dừng (tín hiệu %d); sẽ thử lại",
                              "%s: taking in files was ended by signal %d; will try again"),
                      watch->folder, -code);
        watch->again_ms = AGAIN_MAX_MS;
    }
    want_pass(watch, watch->again_ms);
    watch->again_ms = watch->again_ms * 2 < AGAIN_MAX_MS ? watch->again_ms * 2 : AGAIN_MAX_MS;
}

static void take_events(struct lt_drop_watch *watch, const struct lt_uplink_fd *fds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!fds[i].readable) {
            continue;
        }
        if (fds[i].fd == watch->pass.fd) {
            end_pass(watch);
        } else if (fds[i].fd == watch->watch_fd) {
            if (!lt_watch_drain(watch->watch_fd)) {
                watch_anew(watch);
            }
            want_pass(watch, SOON_MS);
        }
    }
}

int64_t lt_drop_watch_turn(struct lt_drop_watch *watch, const struct lt_uplink_fd *fds,
                           size_t count, uint64_t changes)
{
    take_events(watch, fds, count);
    if (changes != watch->changes) {
        watch->changes = changes;
        follow_setting(watch);
        want_pass(watch, CHANGED_MS);
    }
    if (watch->folder[0] == '\0') {
        return INT64_MAX;
    }
    lt_ms now = lt_clock_monotonic();
    if (watch->watch_fd < 0 && now >= watch->watch_at) {
        watch_folder(watch);
    }
    if (watch->pass.fd < 0 && now >= watch->due) {
        begin_pass(watch);
        now = lt_clock_monotonic();
    }
    if (watch->pass.fd >= 0 && now >= watch->long_at) {
        watch->long_at = UINT64_MAX;
        lt_daemon_log(LT_LOG_WARNING, "%s: %s", watch->folder,
                      lt_text("việc nhận tệp đã chạy hơn 30 phút; ổ đĩa hoặc mạng có thể bị treo",
                              "taking in files has gone on for 30 minutes; its disk or network may "
                              "hang"));
    }
    lt_ms next = watch->pass.fd >= 0 ? watch->long_at : watch->due;
    if (watch->watch_fd < 0 && watch->watch_at < next) {
        next = watch->watch_at;
    }
    return next == UINT64_MAX ? INT64_MAX : next > now ? (int64_t)(next - now) : 0;
}
