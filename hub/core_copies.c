#include "agent/clock.h"
#include "hub/core_own.h"

void lt_hub_tend_copies(struct lt_hub *hub)
{
    static const struct lt_rate LOG_RATE = {20, 6000}; /* what is not said now is said later */
    struct lt_bucket before = hub->copies_logged;
    struct lt_copy copy;
    char text[LT_COPY_TEXT_MAX];
    int64_t now = lt_clock_wall();
    while (lt_bucket_take(&hub->copies_logged, &LOG_RATE, lt_clock_monotonic())) {
        if (!lt_copies_say(hub->copies, now, &copy)) {
            hub->copies_logged = before;
            break;
        }
        before = hub->copies_logged;
        lt_copy_text(&copy, now, text);
        lt_hub_log("WARNING: %s", text);
    }
    if (lt_copies_save(hub->copies, now) != LT_OK) {
        lt_hub_log("which machines were restored or cloned could not be kept; a full disk?");
    }
}
