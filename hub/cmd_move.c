/* cmd_move - gives units' machines another parent. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "hub/choose.h"
#include "hub/commands.h"
#include "hub/enrolled.h"
#include "hub/import.h"
#include "hub/move_plan.h"
#include "hub/reach.h"

static const char USAGE[] =
    "Usage: lienthong-hub move UNIT… --to HUB [--endpoint tcp://HOST:PORT[,…]] [--curve KEY]\n"
    "                          [--dry-run] [--json] [--dir D]\n"
    "       lienthong-hub move --all-of HUB --to HUB …\n"
    "Gives the machines of the units (PCs, and a unit's hub) HUB as their parent, without joining\n"
    "again. To be said by a hub at or above the units: each learns it from its present parent,\n"
    "tries the new one, and stays with it once it was let in.\n"
    "--all-of: every unit enrolled at that hub. Where the new parent is this hub itself, or was\n"
    "named by a move before, its endpoint is known; else give --endpoint (one that the machines\n"
    "can reach). --curve: 64 hexadecimal digits, where HUB has several keys.\n";

enum { TO, ENDPOINT, CURVE, ALL_OF, DRY_RUN, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {{"--to", true},
                                                       {"--endpoint", true},
                                                       {"--curve", true},
                                                       {"--all-of", true},
                                                       {"--dry-run", false}};

struct moving {
    const struct lt_options *options;
    struct lt_import_view view;
    const struct lt_book *book;
    struct lt_move to; /* but for the unit */
    struct lt_way_up way; /* its endpoints alone */
    const char *endpoints[LT_WAY_ENDPOINTS_MAX];
    struct lt_move_plan plan;
    size_t there; /* units that a Move names this parent for already */
    char reason[LT_DIRECT_REASON_MAX];
};

static enum lt_result fail(struct moving *moving, enum lt_result result, const char *what,
                           const char *why)
{
    snprintf(moving->reason, sizeof(moving->reason), "%.100s: %.180s", what, why);
    return result;
}

/* ---- Where to ---- */

static enum lt_result take_way(struct moving *moving, enum lt_result result)
{
    for (size_t i = 0; result == LT_OK && i < moving->way.endpoint_count; i++) {
        moving->endpoints[i] = moving->way.endpoints[i];
        moving->to.endpoint_count = i + 1;
    }
    moving->to.endpoints = moving->endpoints;
    return result;
}

/* An earlier Move to that hub tells them. */
static enum lt_result known_endpoints(struct moving *moving)
{
    for (size_t i = 0; i < lt_book_move_count(moving->book); i++) {
        const struct lt_move *move = lt_book_move_at(moving->book, i);
        if (lt_unit_cmp(&move->parent, &moving->to.parent) == 0 && move->endpoint_count > 0 &&
            memcmp(move->curve_key, moving->to.curve_key, sizeof(move->curve_key)) == 0) {
            return take_way(moving, lt_reach_checked(move->endpoints, move->endpoint_count,
                                                     &moving->way, moving->reason));
        }
    }
    return fail(moving, LT_USAGE, moving->options->values[TO],
                "where is it reached? Give --endpoint tcp://HOST:PORT");
}

/* A hub that has changed its transport key has said so by a Move to itself; its grant names the former one. */
static enum lt_result said_curve(const struct moving *moving, uint8_t ret_curve[32])
{
    enum lt_result result = LT_NOT_FOUND;
    for (size_t i = 0; i < lt_book_move_count(moving->book); i++) {
        const struct lt_move *move = lt_book_move_at(moving->book, i);
        if (lt_unit_cmp(&move->parent, &moving->to.parent) != 0 ||
            lt_unit_cmp(&move->hub, &moving->to.parent) != 0) {
            continue;
        }
        if (result == LT_OK && memcmp(ret_curve, move->curve_key, 32) != 0) {
            return LT_AMBIGUOUS;
        }
        memcpy(ret_curve, move->curve_key, 32);
        result = LT_OK;
    }
    return result;
}

static enum lt_result find_curve(struct moving *moving, bool own)
{
    const char *given = moving->options->values[CURVE];
    uint8_t *curve = moving->to.curve_key;
    if (given != NULL) {
        return lt_unhex(given, curve, 32) == LT_OK
                   ? LT_OK
                   : fail(moving, LT_USAGE, "--curve", "is 64 hexadecimal digits");
    }
    if (own) {
        return lt_reach_own_curve(moving->options->dir, curve, moving->reason);
    }
    enum lt_result result = said_curve(moving, curve);
    if (result == LT_NOT_FOUND) {
        result = lt_book_hub_curve(moving->book, &moving->to.parent, curve);
    }
    if (result == LT_NOT_FOUND) {
        return fail(moving, result, moving->options->values[TO],
                    "no hub of that unit has joined, as far as this hub knows");
    }
    return result == LT_OK ? LT_OK
                           : fail(moving, result, moving->options->values[TO],
                                  "it has several keys; give --curve");
}

static enum lt_result find_target(struct moving *moving)
{
    const struct lt_place *place;
    const char *endpoint = moving->options->values[ENDPOINT];
    enum lt_result result =
        lt_choose_unit(moving->book, moving->options->values[TO], &place, moving->reason);
    if (result != LT_OK) {
        return result;
    }
    moving->to.parent = place->unit;
    bool own = lt_unit_cmp(&place->unit, &moving->view.site.unit) == 0;
    result = find_curve(moving, own);
    if (result != LT_OK) {
        return result;
    }
    if (endpoint != NULL) {
        return take_way(moving, lt_reach_given(endpoint, &moving->way, moving->reason));
    }
    return own ? take_way(moving, lt_reach_own(moving->options->dir, &moving->way, moving->reason))
               : known_endpoints(moving);
}

/* ---- Whom ---- */

static bool says_so(const struct moving *moving, const struct lt_move *move)
{
    bool same = lt_unit_cmp(&move->parent, &moving->to.parent) == 0 &&
                memcmp(move->curve_key, moving->to.curve_key, sizeof(move->curve_key)) == 0 &&
                move->endpoint_count == moving->to.endpoint_count;
    for (size_t i = 0; same && i < move->endpoint_count; i++) {
        same = strcmp(move->endpoints[i], moving->to.endpoints[i]) == 0;
    }
    return same;
}

static enum lt_result plan_unit(struct moving *moving, const struct lt_unit *unit)
{
    char text[LT_UNIT_TEXT_MAX];
    struct lt_move move = moving->to;
    const struct lt_move *stands = lt_book_move(moving->book, unit);
    lt_unit_format(unit, text);
    if (!lt_book_within(moving->book, unit, &moving->view.site.unit)) {
        return fail(moving, LT_REFUSED, text,
                    "does not lie within this hub's own unit; a hub above has to say it");
    }
    if (lt_book_within(moving->book, &moving->to.parent, unit) &&
        lt_unit_cmp(&moving->to.parent, unit) != 0) {
        return fail(moving, LT_REFUSED, text, "the new parent lies below it");
    }
    if (stands != NULL && says_so(moving, stands)) {
        moving->there++;
        return LT_OK;
    }
    if (stands != NULL && lt_unit_cmp(&stands->hub, &moving->view.site.unit) != 0 &&
        lt_book_within(moving->book, &moving->view.site.unit, &stands->hub)) {
        char hub[LT_UNIT_TEXT_MAX], why[120];
        lt_unit_format(&stands->hub, hub);
        snprintf(why, sizeof(why), "the hub of %s above has said where it goes; say it there", hub);
        return fail(moving, LT_REFUSED, text, why);
    }
    move.unit = *unit;
    return lt_move_plan_has(&moving->plan, unit) ? LT_OK : lt_move_plan_add(&moving->plan, &move);
}

static enum lt_result plan_all_of(struct moving *moving)
{
    const struct lt_place *place;
    struct lt_enrolled enrolled;
    enum lt_result result =
        lt_choose_unit(moving->book, moving->options->values[ALL_OF], &place, moving->reason);
    if (result != LT_OK) {
        return result;
    }
    lt_enrolled_at(moving->book, &place->unit, &enrolled);
    result = enrolled.failed ? LT_NO_MEMORY : LT_OK;
    for (size_t i = 0; i < enrolled.count && result == LT_OK; i++) {
        result = plan_unit(moving, &enrolled.units[i]);
    }
    lt_enrolled_free(&enrolled);
    return result;
}

static enum lt_result plan(struct moving *moving)
{
    enum lt_result result = find_target(moving);
    if (result == LT_OK && moving->options->values[ALL_OF] != NULL) {
        result = plan_all_of(moving);
    }
    for (size_t i = 0; i < moving->options->operand_count && result == LT_OK; i++) {
        const struct lt_place *place;
        result = lt_choose_unit(moving->book, moving->options->operands[i], &place, moving->reason);
        if (result == LT_OK) {
            result = plan_unit(moving, &place->unit);
        }
    }
    return result;
}

/* ---- The command ---- */

static void print_done(const struct moving *moving, size_t said)
{
    char to[LT_UNIT_TEXT_MAX];
    bool dry = moving->options->values[DRY_RUN] != NULL;
    lt_unit_format(&moving->to.parent, to);
    if (moving->options->json) {
        json_t *units = json_array();
        for (size_t i = 0; i < moving->plan.count; i++) {
            const Lienthong__Unit *wire = moving->plan.items[i]->move->unit;
            struct lt_unit unit;
            char text[LT_UNIT_TEXT_MAX] = "";
            if (lt_unit_make(wire->code, wire->valid_from, &unit) == LT_OK) {
                lt_unit_format(&unit, text);
            }
            json_array_append_new(units, json_string(text));
        }
        json_t *told = json_pack("{s:s,s:s,s:o,s:I,s:I,s:b}", "to", to, "endpoint",
                                 moving->endpoints[0], "units", units, "said", (json_int_t)said,
                                 "as_they_were", (json_int_t)moving->there, "dry_run", dry);
        if (told != NULL) {
            json_dumpf(told, stdout, JSON_COMPACT);
        }
        printf("\n");
        json_decref(told);
    } else {
        printf("%zu units %s to %s at %s, %zu as they were\n", moving->plan.count,
               dry ? "would move" : "move", to, moving->endpoints[0], moving->there);
    }
}

static enum lt_result move(struct moving *moving)
{
    size_t said = 0;
    enum lt_result result = lt_import_look(moving->options->dir, &moving->view, moving->reason);
    if (result != LT_OK) {
        return result;
    }
    moving->book = lt_ledger_book(moving->view.ledger);
    result = plan(moving);
    lt_import_look_end(&moving->view);
    if (result == LT_OK && moving->options->values[DRY_RUN] == NULL) {
        result = lt_direct_say(moving->options->dir, moving->plan.items, moving->plan.count, &said,
                               moving->reason);
    }
    if (result == LT_OK) {
        print_done(moving, said);
    }
    return result;
}

int lt_hub_cmd_move(int argc, char **argv)
{
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.values[TO] == NULL ||
        (options.operand_count == 0) == (options.values[ALL_OF] == NULL)) {
        return lt_options_usage(USAGE, USAGE, "move: units, or --all-of HUB; and --to HUB");
    }
    struct moving *moving = calloc(1, sizeof(*moving));
    if (moving == NULL) {
        return lt_options_no_memory();
    }
    moving->options = &options;
    enum lt_result result = move(moving);
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n",
                moving->reason[0] != '\0' ? moving->reason : lt_result_text(result));
    }
    lt_move_plan_free(&moving->plan);
    free(moving);
    return lt_exit_of(result);
}
