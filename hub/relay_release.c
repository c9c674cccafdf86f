/* What this hub lacks of the release that stands, fetched from its parent. */
#include <stdio.h>

#include "agent/clock.h"
#include "hub/relay_own.h"

static void say(struct lt_relay *relay, const char *what, enum lt_result why)
{
    char line[160];
    snprintf(line, sizeof(line), "release for %s: %s%s%s", relay->wanted.system, what,
             why != LT_OK ? ": " : "", why != LT_OK ? lt_result_text(why) : "");
    relay_say(relay, line);
}

/* One file after the other. */
static void choose(struct lt_relay *relay)
{
    char path[LT_RELEASES_PATH_MAX];
    lt_releases_look(relay->config.releases);
    if (!lt_releases_lacking(relay->config.releases, &relay->wanted, path)) {
        lt_release_fetch_stop(relay->fetch);
        return;
    }
    if (lt_releases_folder(relay->config.dir) != LT_OK ||
        lt_release_fetch_want(relay->fetch, &relay->wanted, path) != LT_OK) {
        say(relay, "the folder releases cannot be made", LT_IO);
        lt_release_fetch_stop(relay->fetch);
    }
}

static void tell(struct lt_relay *relay, const struct lt_release_fetch_view *view)
{
    if (view->trouble == relay->fetch_trouble) {
        return;
    }
    relay->fetch_trouble = view->trouble;
    if (view->trouble == LT_NOT_READY) {
        say(relay, "the parent does not have it yet", LT_OK);
    } else if (view->trouble != LT_OK) {
        say(relay, "cannot be fetched now", view->trouble);
    }
}

void relay_take_piece(void *context, const Lienthong__Piece *piece)
{
    struct lt_relay *relay = context;
    lt_release_fetch_take(relay->fetch, piece, lt_clock_monotonic());
}

int64_t relay_fetch_release(struct lt_relay *relay)
{
    struct lt_release_fetch_view view;
    pthread_mutex_lock(&relay->lock);
    const uint64_t directives = relay->directives + 1;
    pthread_mutex_unlock(&relay->lock);
    lt_release_fetch_view(relay->fetch, &view);
    if (view.whole) {
        say(relay, "is here", LT_OK);
        lt_release_fetch_stop(relay->fetch); /* if the disk has lost it since, it is wanted anew */
    }
    if (view.whole || directives != relay->release_seen) {
        relay->release_seen = directives;
        choose(relay);
    }
    const int64_t due_ms = lt_release_fetch_turn(relay->fetch, relay->uplink, lt_clock_monotonic());
    lt_release_fetch_view(relay->fetch, &view);
    tell(relay, &view);
    return view.whole ? 0 : due_ms;
}
