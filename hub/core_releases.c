/* The files of the release that stands: looked for when the book has changed, and again while some are not here, since
 * `release add` may have put them there. Control thread. */
#include "agent/clock.h"
#include "hub/core_own.h"

enum { LOOK_EVERY_MS = 5000 };

void lt_hub_tend_releases(struct lt_hub *hub)
{
    struct lt_release_file file;
    char path[LT_RELEASES_PATH_MAX];
    const lt_ms now = lt_clock_monotonic();
    if (now < hub->releases_at) {
        return;
    }
    lt_releases_look(hub->releases);
    hub->releases_at =
        lt_releases_lacking(hub->releases, &file, path) ? now + LOOK_EVERY_MS : UINT64_MAX;
}
