/* cmd_fallback - a second way for PCs, and after how long they take it. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "agent/daemon.h"
#include "agent/options.h"
#include "hub/commands.h"
#include "hub/config.h"
#include "hub/import.h"
#include "hub/reach.h"

static const char USAGE[] =
    "Usage: lienthong-hub fallback --after TIME [--endpoint tcp://HOST:PORT[,…]] [--json] [--dir "
    "D]\n"
    "       lienthong-hub fallback --after TIME --warn-only …\n"
    "       lienthong-hub fallback --off …\n"
    "       lienthong-hub fallback …              (tells what stands)\n"
    "A PC at or below this hub's unit that has waited for TIME (90m, 36h, 7d) for the top's "
    "receipt\n"
    "warns its clerk, and speaks to this hub too, until its own hub brings receipts again. "
    "Without\n"
    "--endpoint it is told the `public` ones of hub.conf: the PCs have to reach them.\n";

enum { AFTER, ENDPOINT, WARN_ONLY, OFF, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {
    {"--after", true}, {"--endpoint", true}, {"--warn-only", false}, {"--off", false}};

static void print_one(const struct lt_fallback *said)
{
    char hub[LT_UNIT_TEXT_MAX];
    lt_unit_format(&said->hub, hub);
    printf("%s: after %u s", hub, said->after_s);
    for (size_t i = 0; i < said->endpoint_count; i++) {
        printf("%s%s", i == 0 ? " at " : ", ", said->endpoints[i]);
    }
    printf("%s\n", said->endpoint_count == 0 ? ", a warning alone" : "");
}

static json_t *json_one(const struct lt_fallback *said)
{
    char hub[LT_UNIT_TEXT_MAX];
    json_t *endpoints = json_array();
    lt_unit_format(&said->hub, hub);
    for (size_t i = 0; i < said->endpoint_count; i++) {
        json_array_append_new(endpoints, json_string(said->endpoints[i]));
    }
    return json_pack("{s:s, s:I, s:o}", "hub", hub, "after_s", (json_int_t)said->after_s,
                     "endpoints", endpoints);
}

/* What stands, of this hub and of those above that it knows. */
static enum lt_result tell(const struct lt_options *options, char reason[LT_DIRECT_REASON_MAX])
{
    struct lt_import_view view;
    json_t *list = json_array();
    enum lt_result result = lt_import_look(options->dir, &view, reason);
    if (result != LT_OK) {
        json_decref(list);
        return result;
    }
    const struct lt_book *book = lt_ledger_book(view.ledger);
    for (size_t i = 0; i < lt_book_fallback_count(book); i++) {
        const struct lt_fallback *said = lt_book_fallback_at(book, i);
        if (said->after_s != 0 && options->json) {
            json_array_append_new(list, json_one(said));
        } else if (said->after_s != 0) {
            print_one(said);
        }
    }
    if (options->json) {
        json_dumpf(list, stdout, JSON_COMPACT);
        printf("\n");
    }
    json_decref(list);
    lt_import_look_end(&view);
    return LT_OK;
}

static enum lt_result fill(const struct lt_options *options, struct lt_way_up *way,
                           uint32_t *ret_after_s, char reason[LT_DIRECT_REASON_MAX])
{
    const char *after = options->values[AFTER], *endpoint = options->values[ENDPOINT];
    if (options->values[OFF] != NULL) {
        *ret_after_s = 0;
        return LT_OK;
    }
    if (lt_daemon_duration(after, ret_after_s) != LT_OK) {
        snprintf(reason, LT_DIRECT_REASON_MAX,
                 "--after %.40s: is not a time such as 90m, 36h or 7d", after);
        return LT_USAGE;
    }
    enum lt_result result = LT_OK;
    if (options->values[WARN_ONLY] == NULL) {
        result = endpoint != NULL ? lt_reach_given(endpoint, way, reason)
                                  : lt_reach_own(options->dir, way, reason);
    }
    return result == LT_OK ? lt_reach_own_curve(options->dir, way->curve, reason) : result;
}

/* Does it stand already? */
static bool stands(const struct lt_options *options, const struct lt_way_up *way, uint32_t after_s)
{
    struct lt_import_view view;
    char reason[LT_DIRECT_REASON_MAX];
    bool same = false, found = false;
    if (lt_import_look(options->dir, &view, reason) != LT_OK) {
        return false; /* saying it tells why */
    }
    const struct lt_book *book = lt_ledger_book(view.ledger);
    for (size_t i = 0; i < lt_book_fallback_count(book) && !found; i++) {
        const struct lt_fallback *said = lt_book_fallback_at(book, i);
        found = lt_unit_cmp(&said->hub, &view.site.unit) == 0;
        same = found && said->after_s == after_s && said->endpoint_count == way->endpoint_count &&
               (after_s == 0 || memcmp(said->curve_key, way->curve, sizeof(way->curve)) == 0);
        for (size_t k = 0; same && k < way->endpoint_count; k++) {
            same = strcmp(said->endpoints[k], way->endpoints[k]) == 0;
        }
    }
    lt_import_look_end(&view);
    return found ? same : after_s == 0;
}

static enum lt_result say(const struct lt_options *options, char reason[LT_DIRECT_REASON_MAX])
{
    struct lt_way_up way = {.endpoint_count = 0};
    char *endpoints[LT_WAY_ENDPOINTS_MAX];
    Lienthong__Fallback fallback;
    Lienthong__Directive item, *items[1] = {&item};
    size_t said = 0;
    lienthong__fallback__init(&fallback);
    lienthong__directive__init(&item);
    enum lt_result result = fill(options, &way, &fallback.after_s, reason);
    if (result != LT_OK || stands(options, &way, fallback.after_s)) {
        return result;
    }
    for (size_t i = 0; i < way.endpoint_count; i++) {
        endpoints[i] = way.endpoints[i];
    }
    fallback.endpoints = endpoints;
    fallback.n_endpoints = way.endpoint_count;
    if (fallback.after_s != 0) {
        fallback.curve_key = (ProtobufCBinaryData){sizeof(way.curve), way.curve};
    }
    item.fallback = &fallback;
    return lt_direct_say(options->dir, items, 1, &said, reason);
}

int lt_hub_cmd_fallback(int argc, char **argv)
{
    struct lt_options options;
    char reason[LT_DIRECT_REASON_MAX] = "";
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    bool after = options.values[AFTER] != NULL, off = options.values[OFF] != NULL;
    bool endpoint = options.values[ENDPOINT] != NULL, warns = options.values[WARN_ONLY] != NULL;
    if (options.operand_count > 0 || (after && off) || (!after && (endpoint || warns)) ||
        (endpoint && warns)) {
        return lt_options_usage(USAGE, USAGE, "fallback: --after TIME, or --off, or nothing");
    }
    enum lt_result result = after || off ? say(&options, reason) : LT_OK;
    if (result == LT_OK) {
        result = tell(&options, reason);
    }
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n", reason[0] != '\0' ? reason : lt_result_text(result));
    }
    return lt_exit_of(result);
}
