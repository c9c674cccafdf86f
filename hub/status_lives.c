/* Status: who is silent, and who says that it has more than came here. */
#include <stdlib.h>

#include "agent/clock.h"
#include "hub/core_own.h"
#include "hub/status_own.h"

static json_t *text_of(const struct lt_unit *unit)
{
    char text[LT_UNIT_TEXT_MAX];
    lt_unit_format(unit, text);
    return unit->code[0] != '\0' ? json_string(text) : json_null();
}

static json_t *time_of(int64_t at)
{
    return at != 0 ? json_integer((json_int_t)at) : json_null();
}

static json_t *row(const struct lt_quiet *quiet)
{
    return json_pack("{s:o, s:o, s:b, s:o, s:o, s:I, s:I, s:o, s:b, s:o, s:o, s:b, s:i}", "unit",
                     text_of(&quiet->unit), "through", text_of(&quiet->through), "silent",
                     (int)quiet->silent, "heard_at", time_of(quiet->heard_at), "since",
                     time_of(quiet->since), "updates", (json_int_t)quiet->updates, "said",
                     (json_int_t)quiet->said, "behind_since", time_of(quiet->behind_since),
                     "behind", (int)quiet->behind, "by_itself_since",
                     time_of(quiet->by_itself ? quiet->by_itself_since : 0), "pending_since",
                     time_of(quiet->pending_since), "pending", (int)quiet->pending, "habit_days",
                     (int)quiet->habit_days);
}

/* What is only on its way stands after what needs somebody. */
static void put_rows(json_t *list, const struct lt_quiet_list *heard, bool on_its_way)
{
    for (size_t i = 0; i < heard->count; i++) {
        const struct lt_quiet *quiet = &heard->quiet[i];
        if ((quiet->silent || quiet->behind_since != 0 || quiet->by_itself) != on_its_way) {
            json_array_append_new(list, row(quiet));
        }
    }
}

void lt_status_put_lives(json_t *status, struct lt_hub *hub)
{
    struct lt_quiet_list heard = {.quiet = NULL};
    size_t silent = 0, behind = 0;
    json_t *object = json_object(), *list = json_array();
    if (lt_lives_look(hub->lives, hub->ledger, hub->config.silent_after_s, lt_clock_wall(), false,
                      &heard)) {
        for (size_t i = 0; i < heard.count; i++) {
            silent += heard.quiet[i].silent;
            behind += heard.quiet[i].behind_since != 0;
        }
        put_rows(list, &heard, false);
        put_rows(list, &heard, true);
    }
    free(heard.quiet);
    json_object_set_new(object, "silent_after_s",
                        json_integer((json_int_t)hub->config.silent_after_s));
    json_object_set_new(object, "units", json_integer((json_int_t)heard.units));
    json_object_set_new(object, "ended", json_integer((json_int_t)heard.ended));
    json_object_set_new(object, "silent", json_integer((json_int_t)silent));
    json_object_set_new(object, "behind", json_integer((json_int_t)behind));
    json_object_set_new(object, "rows", list);
    json_object_set_new(status, "heard", object);
}
