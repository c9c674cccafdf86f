/* cmd_retire - ends a hub: all that it holds and all its machines go to its parent. */
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/options.h"
#include "hub/commands.h"
#include "hub/control.h"
#include "hub/enrolled.h"
#include "hub/import.h"
#include "hub/move_plan.h"
#include "hub/roster.h"

static const char USAGE[] =
    "Usage: lienthong-hub retire [--now] [--timeout SECONDS] [--json] [--dir D]\n"
    "       lienthong-hub retire --undo [--json] [--dir D]\n"
    "Ends this hub, which goes on running meanwhile: it admits nobody any more, tells every\n"
    "machine that its parent is now this hub's own parent (where no move leads it elsewhere), and\n"
    "waits until that parent has receipted all that this hub holds and has let in a machine of\n"
    "every unit. Then it may be switched off. May be interrupted and called again.\n"
    "--now: tells, shows what is left, and does not wait. --undo: admits machines again.\n";

enum { NOW, TIMEOUT, UNDO, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {
    {"--now", false}, {"--timeout", true}, {"--undo", false}};
enum { LOOK_EVERY_MS = 500 };

struct retire {
    const struct lt_options *options;
    struct lt_hub_site site;
    char unit[LT_UNIT_TEXT_MAX];
    struct lt_move_plan plan;
    char reason[LT_DIRECT_REASON_MAX];
};

/* ---- Telling the machines ---- */

/* The units that no Move leads elsewhere; where a hub above has said otherwise our word would not stand. */
static enum lt_result plan(struct retire *retire, const struct lt_book *book)
{
    struct lt_enrolled enrolled;
    const char *endpoints[LT_WAY_ENDPOINTS_MAX];
    const struct lt_hub_site *site = &retire->site;
    for (size_t i = 0; i < site->endpoint_count; i++) {
        endpoints[i] = site->endpoints[i];
    }
    struct lt_move move = {
        .parent = site->parent, .endpoint_count = site->endpoint_count, .endpoints = endpoints};
    memcpy(move.curve_key, site->parent_curve, sizeof(move.curve_key));
    lt_enrolled_at(book, &site->unit, &enrolled);
    enum lt_result result = enrolled.failed ? LT_NO_MEMORY : LT_OK;
    for (size_t i = 0; i < enrolled.count && result == LT_OK; i++) {
        const struct lt_move *stands = lt_book_move(book, &enrolled.units[i]);
        bool ours = stands == NULL || lt_unit_cmp(&stands->hub, &site->unit) == 0;
        bool here = stands == NULL || lt_unit_cmp(&stands->parent, &site->unit) == 0;
        move.unit = enrolled.units[i];
        if (ours && here && lt_book_within(book, &move.unit, &site->unit)) {
            result = lt_move_plan_add(&retire->plan, &move);
        }
    }
    lt_enrolled_free(&enrolled);
    return result;
}

/* Whose hub this is; and with `planning` what is to be said. */
static enum lt_result look(struct retire *retire, bool planning)
{
    struct lt_import_view view;
    enum lt_result result = lt_import_look(retire->options->dir, &view, retire->reason);
    if (result != LT_OK) {
        return result;
    }
    retire->site = view.site;
    lt_unit_format(&view.site.unit, retire->unit);
    if (!view.site.has_parent) {
        snprintf(retire->reason, sizeof(retire->reason),
                 "this hub is the top of its tree: there is nobody to hand anything to");
        result = LT_REFUSED;
    } else if (planning) {
        result = plan(retire, lt_ledger_book(view.ledger));
    }
    lt_import_look_end(&view);
    return result;
}

enum mark { MARK_BEGUN, MARK_DONE, MARK_NONE };

static enum lt_result mark(struct retire *retire, enum mark what)
{
    struct lt_roster *roster;
    struct lt_retiring retiring;
    char reason[200] = "";
    enum lt_result result = lt_roster_open(retire->options->dir, &roster, reason);
    if (result == LT_OK) {
        lt_roster_retiring(roster, &retiring);
        int64_t now = lt_clock_wall();
        retiring.since = retiring.since != 0 ? retiring.since : now;
        retiring.done = what == MARK_BEGUN ? 0 : retiring.done != 0 ? retiring.done : now;
        if (what == MARK_NONE) {
            retiring = (struct lt_retiring){.since = 0};
        }
        result = lt_roster_set_retiring(roster, &retiring);
        lt_roster_close(roster);
    }
    if (result != LT_OK) {
        snprintf(retire->reason, sizeof(retire->reason),
                 "whether it is retiring could not be stored: %s",
                 reason[0] != '\0' ? reason : lt_result_text(result));
    }
    return result;
}

/* ---- Back in service ---- */

static enum lt_result undo(struct retire *retire)
{
    enum lt_result result = mark(retire, MARK_NONE);
    if (result == LT_OK && retire->options->json) {
        printf("{\"retiring\":false}\n");
    } else if (result == LT_OK) {
        printf("this hub admits machines again. Those that it has moved away come back by "
               "`lienthong-hub move UNIT… --to %s --endpoint …`, said at its parent.\n",
               retire->unit);
    }
    return result;
}

/* ---- Waiting ---- */

static enum lt_result ask(struct retire *retire, json_t **ret_progress)
{
    char *answer;
    enum lt_result result =
        lt_control_call(retire->options->dir, LT_VERB_RETIRE, (struct lt_bytes){NULL, 0}, &answer);
    json_t *progress = result == LT_OK ? json_loads(answer, 0, NULL) : NULL;
    free(answer);
    if (progress == NULL) {
        snprintf(retire->reason, sizeof(retire->reason), "%s",
                 result == LT_NOT_FOUND ? "this hub does not run: its machines are told by the "
                                          "running hub; start it, and call this again"
                                        : "the running hub does not answer");
        return result == LT_OK ? LT_MALFORMED : result;
    }
    *ret_progress = progress;
    return LT_OK;
}

static bool is_done(const json_t *progress)
{
    return json_is_true(json_object_get(progress, "moved")) &&
           json_is_true(json_object_get(progress, "drained"));
}

static long long number_at(const json_t *object, const char *name)
{
    return (long long)json_integer_value(json_object_get(object, name));
}

static void print_line(const json_t *progress)
{
    printf("%lld chains not receipted by the parent, %lld units not moved, %lld machines connected "
           "here%s\n",
           number_at(progress, "chains_left"), number_at(progress, "units_left"),
           number_at(progress, "machines_here"),
           json_is_true(json_object_get(progress, "parent_connected")) ? ""
                                                                       : "; the parent is AWAY");
    fflush(stdout);
}

static void print_end(const struct retire *retire, const json_t *progress)
{
    size_t i;
    const json_t *unit;
    if (retire->options->json) {
        json_t *copy = json_copy((json_t *)(uintptr_t)progress);
        json_object_set_new(copy, "done", json_boolean(is_done(progress)));
        json_dumpf(copy, stdout, JSON_COMPACT);
        printf("\n");
        json_decref(copy);
        return;
    }
    json_array_foreach(json_object_get(progress, "waiting"), i, unit)
    {
        printf("  %s: %s\n", json_string_value(json_object_get(unit, "unit")),
               json_string_value(json_object_get(unit, "why")));
    }
    if (number_at(progress, "units_elsewhere") > 0) {
        printf("%lld units have a move to another hub than the parent: whether they have arrived "
               "is seen there\n",
               number_at(progress, "units_elsewhere"));
    }
    if (is_done(progress)) {
        printf(
            "done: this hub may be switched off. Its folder holds nothing that its parent has not "
            "got.\n");
    } else {
        printf("NOT done: machines that are away would look for this hub in vain. Leave it running "
               "and call this again, or give them a new invitation at the parent.\n");
    }
}

/* Another process tells how far it is: asked again and again. */
static enum lt_result wait_until_done(struct retire *retire, int64_t timeout_ms,
                                      json_t **ret_progress)
{
    lt_ms end = timeout_ms < 0 ? UINT64_MAX : lt_clock_monotonic() + (lt_ms)timeout_ms;
    json_t *progress = NULL, *before = NULL;
    enum lt_result result = ask(retire, &progress);
    while (result == LT_OK && !is_done(progress) && lt_clock_monotonic() < end) {
        if (!retire->options->json && !json_equal(progress, before)) {
            print_line(progress);
        }
        json_decref(before);
        before = progress;
        progress = NULL;
        poll(NULL, 0, LOOK_EVERY_MS);
        result = ask(retire, &progress);
    }
    json_decref(before);
    *ret_progress = progress;
    return result;
}

static enum lt_result retire_hub(struct retire *retire, int64_t timeout_ms, bool *ret_done)
{
    size_t said = 0;
    json_t *progress = NULL;
    enum lt_result result = look(retire, false);
    if (result == LT_OK) {
        result = ask(retire, &progress); /* before anything is changed: does it run? */
        json_decref(progress);
        progress = NULL;
    }
    if (result == LT_OK) {
        result = mark(retire, MARK_BEGUN);
    }
    if (result == LT_OK) { /* after the mark: nobody joins any more */
        result = look(retire, true);
    }
    if (result == LT_OK && retire->plan.count > 0) {
        result = lt_direct_say(retire->options->dir, retire->plan.items, retire->plan.count, &said,
                               retire->reason);
    }
    if (result == LT_OK) {
        result = wait_until_done(retire, timeout_ms, &progress);
    }
    *ret_done = result == LT_OK && is_done(progress);
    if (*ret_done) {
        result = mark(retire, MARK_DONE);
    }
    if (result == LT_OK) {
        print_end(retire, progress);
    }
    json_decref(progress);
    return result;
}

int lt_hub_cmd_retire(int argc, char **argv)
{
    struct lt_options options;
    struct retire retire = {.options = &options};
    int64_t timeout_ms = -1;
    bool done = false;
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(USAGE, USAGE, "retire: '%s' is not expected", options.operands[0]);
    }
    if (options.values[TIMEOUT] != NULL &&
        !lt_daemon_seconds(options.values[TIMEOUT], &timeout_ms)) {
        return lt_options_usage(USAGE, USAGE, "--timeout %s?", options.values[TIMEOUT]);
    }
    if (options.values[NOW] != NULL) {
        timeout_ms = 0;
    }
    enum lt_result result;
    if (options.values[UNDO] != NULL) {
        result = look(&retire, false);
        result = result == LT_OK ? undo(&retire) : result;
        done = true;
    } else {
        result = retire_hub(&retire, timeout_ms, &done);
    }
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n",
                retire.reason[0] != '\0' ? retire.reason : lt_result_text(result));
    }
    lt_move_plan_free(&retire.plan);
    return result != LT_OK ? lt_exit_of(result) : done ? LT_EXIT_OK : LT_EXIT_UNFINISHED;
}
