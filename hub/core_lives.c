/* Signs of life: passed up, kept, and their absence said in the log. Control thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "hub/core_own.h"

enum {
    PASS_UP_EVERY_MS = 5000, /* one Report takes 256; a district's units come singly */
    LOOK_EVERY_MS = 60000, /* at most; a quarter of silent_after */
    NAMED_MAX = 8,
};

enum saying { SILENT, BEHIND, BY_ITSELF };

static bool is_said(const struct lt_quiet *quiet, enum saying saying)
{
    switch (saying) {
    case SILENT:
        return quiet->silent;
    case BEHIND:
        return quiet->behind;
    case BY_ITSELF:
        return quiet->by_itself;
    }
    return false;
}

static void name_units(const struct lt_quiet *quiet, size_t count, enum saying saying, char *text,
                       size_t size)
{
    size_t named = 0, used = 0, more = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char unit[LT_UNIT_TEXT_MAX];
        if (!quiet[i].news || !is_said(&quiet[i], saying)) {
            continue;
        }
        if (named == NAMED_MAX) {
            more++;
            continue;
        }
        lt_unit_format(&quiet[i].unit, unit);
        used += (size_t)snprintf(text + used, size - used, "%s%s", named++ > 0 ? ", " : "", unit);
        if (quiet[i].through.code[0] != '\0') {
            lt_unit_format(&quiet[i].through, unit);
            used += (size_t)snprintf(text + used, size - used, " (through %s)", unit);
        }
    }
    if (more > 0) {
        snprintf(text + used, size - used, " and %zu more", more);
    }
}

static void look(struct lt_hub *hub)
{
    struct lt_quiet_list heard;
    char text[NAMED_MAX * (2 * LT_UNIT_TEXT_MAX + 16) + 64];
    if (!lt_lives_look(hub->lives, hub->ledger, hub->config.silent_after_s, lt_clock_wall(), true,
                       &heard)) {
        return; /* out of memory: the next look tells it */
    }
    name_units(heard.quiet, heard.count, SILENT, text, sizeof(text));
    if (text[0] != '\0') {
        lt_hub_log(
            "WARNING: silent for longer than silent_after: %s; their PCs are off, or what they "
            "say is kept back on the way (`status`)",
            text);
    }
    name_units(heard.quiet, heard.count, BEHIND, text, sizeof(text));
    if (text[0] != '\0') {
        lt_hub_log("WARNING: they say that they have more than came here: %s; it is kept back, or "
                   "waits on the way (`status`)",
                   text);
    }
    name_units(heard.quiet, heard.count, BY_ITSELF, text, sizeof(text));
    if (text[0] != '\0') {
        lt_hub_log(
            "WARNING: their PCs speak to this hub themselves, and what they say does not come "
            "by their own way: %s; a hub on it is off, cut off, or keeps it back (`status`)",
            text);
    }
    free(heard.quiet);
    if (lt_lives_save(hub->lives) != LT_OK) {
        lt_hub_log("when units were heard could not be kept; a full disk?");
    }
}

void lt_hub_tend_lives(struct lt_hub *hub)
{
    lt_ms now = lt_clock_monotonic();
    struct lt_relay *relay = atomic_load(&hub->relay);
    if (relay != NULL && now >= hub->lives_pass_at && lt_lives_waiting(hub->lives)) {
        hub->lives_pass_at = now + PASS_UP_EVERY_MS;
        lt_relay_report(relay);
    }
    if (now >= hub->lives_look_at) {
        lt_ms quarter = (lt_ms)hub->config.silent_after_s * 250;
        hub->lives_look_at = now + (quarter < LOOK_EVERY_MS ? quarter : LOOK_EVERY_MS);
        look(hub);
    }
}
