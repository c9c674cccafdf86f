/* Which release is to come to this PC, and its file from the parent: `dir`/releases/NUMBER/program, and beside it
 * `manifest` as soon as that is whole. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/folder.h"
#include "agent/release_exec.h"
#include "agent/release_switch.h"
#include "agent/release_system.h"
#include "agent/service_own.h"
#include "agent/text.h"
#include "agent/whole_file.h"
#include "proto/standing.h"

static bool path_of(const struct lt_service *service, const char *name, char ret_path[PATH_MAX])
{
    return snprintf(ret_path, PATH_MAX, "%s/releases/%" PRIu64 "%s", service->dir,
                    service->release.coming.number, name) < PATH_MAX;
}

static void stop(struct lt_service *service)
{
    service->release.coming.number = 0;
    service->release.trouble = LT_OK;
    lt_release_fetch_stop(service->release.fetch);
}

static void say(struct lt_service *service, enum lt_log_level level, const char *text)
{
    lt_daemon_log(
        level,
        lt_text("bản phát hành %s (số %" PRIu64 "): %s", "release %s (number %" PRIu64 "): %s"),
        service->release.coming.version, service->release.coming.number, text);
}

/* ---- Which one ---- */

/* The release that stands, when it has a program for this system and its wave has come; else NULL. */
static const struct lt_release *due(const struct lt_service *service, const struct lt_book *book,
                                    const struct lt_release_file **ret_file)
{
    const struct lt_standing_release *now = lt_book_release_now(book);
    *ret_file = now != NULL ? lt_release_file_for(&now->release, lt_release_system()) : NULL;
    return *ret_file != NULL && !service->release.held_back &&
                   lt_release_wave(&service->keys.sign_public, now->release.number) < now->percent
               ? &now->release
               : NULL;
}

bool lt_service_release(struct lt_service *service, struct lt_switch_program *ret_program)
{
    const struct lt_release_file *file;
    const struct lt_book *book = lt_journal_book(service->journal);
    const struct lt_release *release = book != NULL ? due(service, book, &file) : NULL;
    if (release != NULL) {
        *ret_program = (struct lt_switch_program){.number = release->number, .hash = file->hash};
    }
    lt_journal_drop_book(service->journal); /* it is seldom asked for */
    return release != NULL;
}

/* May it be tried here, once nothing else is, and is it not here yet? */
static bool wanted(struct lt_service *service, const struct lt_release *release)
{
    char path[PATH_MAX];
    struct lt_switch state = {.starts = 0};
    (void)lt_switch_load(service->dir, &state); /* a damaged one is set aside at the next start */
    state.trying.number = 0;
    if (!lt_release_can() || !lt_switch_may_try(&state, release->number, LT_RELEASE_NUMBER)) {
        return false;
    }
    service->release.coming = *release;
    return path_of(service, "/manifest", path) && access(path, F_OK) != 0;
}

void lt_service_look_for_release(struct lt_service *service, const struct lt_book *book)
{
    char path[PATH_MAX];
    const struct lt_release_file *file;
    const struct lt_release *release = due(service, book, &file);
    service->release.words++;
    if (release == NULL || !wanted(service, release)) {
        stop(service);
        return;
    }
    if (!path_of(service, "", path) || !lt_folder_make(path, 0700) ||
        !path_of(service, "/program", path) ||
        lt_release_fetch_want(service->release.fetch, file, path) != LT_OK) {
        say(service, LT_LOG_WARNING, lt_text_errno(errno));
        stop(service);
    }
}

void lt_service_allow_releases(struct lt_service *service, bool allowed)
{
    if (service->release.held_back != allowed) {
        return;
    }
    service->release.held_back = !allowed;
    const struct lt_book *book = lt_journal_book(service->journal);
    if (book != NULL) {
        lt_service_look_for_release(service, book);
    }
    lt_journal_drop_book(service->journal);
}

/* ---- Its file ---- */

void lt_service_piece(void *context, const Lienthong__Piece *piece)
{
    struct lt_service *service = context;
    lt_release_fetch_take(service->release.fetch, piece, lt_clock_monotonic());
}

/* Where it stands the program is whole. */
static bool keep_manifest(const struct lt_service *service)
{
    char path[PATH_MAX];
    uint8_t bytes[LT_MANIFEST_BYTES_MAX];
    size_t size;
    return path_of(service, "/manifest", path) &&
           lt_release_pack(&service->release.coming, bytes, &size) == LT_OK &&
           lt_whole_file_put(path, bytes, size) == LT_OK;
}

static void tell(struct lt_service *service, enum lt_result trouble)
{
    if (trouble == service->release.trouble) {
        return;
    }
    service->release.trouble = trouble;
    if (trouble == LT_BAD_HASH) {
        say(service, LT_LOG_WARNING,
            lt_text("tệp nhận về không đúng, đã bỏ và sẽ nhận lại",
                    "the file that came is not the right one; thrown away, fetched again later"));
    } else if (trouble == LT_NO_SPACE) {
        say(service, LT_LOG_WARNING,
            lt_text("ổ đĩa không đủ chỗ, sẽ nhận sau",
                    "the disk has no room for it; fetched later"));
    } else if (trouble == LT_IO) {
        say(service, LT_LOG_WARNING,
            lt_text("không ghi được tệp, sẽ thử lại",
                    "its file cannot be written; tried again later"));
    }
}

int64_t lt_service_fetch_release(struct lt_service *service, int64_t timeout_ms)
{
    struct lt_release_fetch_view view;
    if (service->release.coming.number == 0) {
        return timeout_ms;
    }
    const int64_t due_ms =
        lt_release_fetch_turn(service->release.fetch, service->uplink, lt_clock_monotonic());
    lt_release_fetch_view(service->release.fetch, &view);
    tell(service, view.trouble);
    if (view.whole) {
        const bool kept = keep_manifest(service);
        say(service, kept ? LT_LOG_INFO : LT_LOG_WARNING,
            kept ? lt_text("đã nhận đủ", "has come whole") : lt_text_errno(errno));
        stop(service); /* not kept: looked for again with the next directives or start */
        service->changes++;
        return 0;
    }
    return due_ms >= 0 && (timeout_ms < 0 || timeout_ms > due_ms) ? due_ms : timeout_ms;
}
