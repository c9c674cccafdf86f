#include "agent/clock.h"
#include "agent/daemon.h"
#include "hub/core_own.h"

void lt_hub_say_doubts(struct lt_hub *hub)
{
    static const struct lt_rate LOG_RATE = {20, 6000}; /* what is not said now is said later */
    struct lt_bucket before = hub->doubts_logged;
    struct lt_doubt doubt;
    char text[LT_DOUBT_TEXT_MAX], child[LT_UNIT_TEXT_MAX], chain[LT_UNIT_TEXT_MAX];
    while (lt_bucket_take(&hub->doubts_logged, &LOG_RATE, lt_clock_monotonic())) {
        if (!lt_doubts_say(hub->doubts, lt_clock_wall(), &doubt)) {
            hub->doubts_logged = before;
            return;
        }
        before = hub->doubts_logged;
        lt_doubt_text(&doubt, text);
        lt_unit_format(&doubt.child, child);
        lt_unit_format(&doubt.chain.unit, chain);
        lt_daemon_next("LIENTHONG_CHILD", child);
        lt_daemon_next("LIENTHONG_CHAIN", chain);
        lt_hub_log("WARNING: %s", text);
    }
}
