/* cmd_invite - a one-time code for one unit. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/keys.h"
#include "agent/options.h"
#include "hub/choose.h"
#include "hub/commands.h"
#include "hub/config.h"
#include "hub/import.h"
#include "hub/roster.h"

static const char USAGE[] =
    "Usage: lienthong-hub invite UNIT[@DATE] [--hub] [--days N] [--endpoint tcp://HOST:PORT]\n"
    "                            [--json] [--dir D]\n"
    "Prints the code with which one PC (or, with --hub, one hub) joins as that unit; it is good "
    "once\n"
    "and for N days (30). Without a date: the unit of that code that is open. May run beside the "
    "hub.\n";

enum { HUB, DAYS, ENDPOINT, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {
    {"--hub", false}, {"--days", true}, {"--endpoint", true}};

struct invite {
    const struct lt_options *options;
    struct lt_invitation invitation;
    struct lt_join_code code;
    char reason[LT_DIRECT_REASON_MAX];
};

static enum lt_result fail(struct invite *invite, enum lt_result result, const char *what,
                           const char *why)
{
    snprintf(invite->reason, sizeof(invite->reason), "%.100s: %.180s", what, why);
    return result;
}

static enum lt_result find_unit(struct invite *invite, struct lt_import_view *view)
{
    const char *text = invite->options->operands[0];
    const struct lt_book *book = lt_ledger_book(view->ledger);
    const struct lt_place *place;
    enum lt_result result = lt_choose_unit(book, text, &place, invite->reason);
    if (result != LT_OK) {
        return result;
    }
    bool own = strcmp(place->unit.code, view->site.unit.code) == 0;
    if (!lt_book_within(book, &place->unit, &view->site.unit)) {
        return fail(invite, LT_REFUSED, text, "does not lie within this hub's own unit");
    }
    if (own && invite->invitation.role == LIENTHONG__ROLE__ROLE_HUB) {
        return fail(invite, LT_REFUSED, text,
                    "is this hub's own unit; another hub for it is "
                    "invited by the hub above");
    }
    invite->invitation.unit = place->unit;
    return LT_OK;
}

static enum lt_result find_endpoint(struct invite *invite)
{
    struct lt_hub_config config;
    const char *given = invite->options->values[ENDPOINT];
    if (given == NULL) {
        char reason[300] = "";
        enum lt_result result = lt_config_read(invite->options->dir, &config, reason);
        if (result != LT_OK) {
            return fail(invite, result, "hub.conf", reason);
        }
        given = config.public_count > 0 ? config.public_endpoints[0] : config.listen;
    }
    if (lt_config_endpoint(given, false, invite->code.endpoint) != LT_OK ||
        strncmp(given, "tcp://0.0.0.0:", 14) == 0 || strncmp(given, "tcp://*:", 8) == 0 ||
        strncmp(given, "tcp://[::]:", 11) == 0) {
        return fail(invite, LT_USAGE, given,
                    "others cannot reach that; give --endpoint, or set 'public' in hub.conf");
    }
    return LT_OK;
}

static enum lt_result keep(struct invite *invite)
{
    struct lt_keys keys;
    struct lt_roster *roster;
    char reason[200] = "";
    enum lt_result result = lt_keys_load(invite->options->dir, &keys, reason);
    if (result != LT_OK) {
        snprintf(invite->reason, sizeof(invite->reason), "%s", reason);
        return result;
    }
    memcpy(invite->code.curve_key, keys.curve_public, 32);
    lt_keys_wipe(&keys);
    lt_random(invite->code.secret, sizeof(invite->code.secret));
    result = lt_roster_open(invite->options->dir, &roster, reason);
    if (result == LT_OK) {
        struct lt_retiring retiring;
        lt_roster_retiring(roster, &retiring);
        result = retiring.since != 0
                     ? LT_REFUSED
                     : lt_roster_invite(roster, invite->code.secret, &invite->invitation);
        lt_roster_close(roster);
    }
    if (result == LT_REFUSED) {
        return fail(invite, result, "this hub is being retired", "invite at its parent");
    }
    if (result != LT_OK) {
        snprintf(invite->reason, sizeof(invite->reason), "the invitation could not be kept: %s",
                 reason[0] != '\0' ? reason : lt_result_text(result));
    }
    return result;
}

static enum lt_result make(struct invite *invite)
{
    struct lt_import_view view;
    const char *days = invite->options->values[DAYS];
    unsigned long count = LT_INVITE_DAYS;
    if (days != NULL) {
        char *end;
        count = strtoul(days, &end, 10);
        if (days[0] == '\0' || *end != '\0' || count == 0 || count > LT_INVITE_DAYS_MAX) {
            return fail(invite, LT_USAGE, "--days", "is a number from 1 to 366");
        }
    }
    invite->invitation.role = invite->options->values[HUB] != NULL ? LIENTHONG__ROLE__ROLE_HUB
                                                                   : LIENTHONG__ROLE__ROLE_AGENT;
    invite->invitation.made_at = lt_clock_wall();
    invite->invitation.expires_at = invite->invitation.made_at + (int64_t)count * 86400;
    enum lt_result result = lt_import_look(invite->options->dir, &view, invite->reason);
    if (result != LT_OK) {
        return result;
    }
    result = find_unit(invite, &view);
    lt_import_look_end(&view);
    if (result == LT_OK) {
        result = find_endpoint(invite);
    }
    return result == LT_OK ? keep(invite) : result;
}

static void print_code(const struct invite *invite)
{
    char text[LT_JOIN_CODE_MAX], unit[LT_UNIT_TEXT_MAX];
    if (lt_join_code_format(&invite->code, text) != LT_OK) {
        return;
    }
    lt_unit_format(&invite->invitation.unit, unit);
    if (invite->options->json) {
        json_t *said = json_pack(
            "{s:s,s:s,s:s,s:s,s:I}", "code", text, "unit", unit, "role",
            invite->invitation.role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent", "endpoint",
            invite->code.endpoint, "expires_at", (json_int_t)invite->invitation.expires_at);
        if (said != NULL) {
            json_dumpf(said, stdout, JSON_COMPACT);
        }
        printf("\n");
        json_decref(said);
    } else {
        printf("%s\n", text);
    }
}

int lt_hub_cmd_invite(int argc, char **argv)
{
    struct lt_options options;
    struct invite invite = {.options = &options};
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count != 1) {
        return lt_options_usage(USAGE, USAGE, "invite: one unit");
    }
    enum lt_result result = make(&invite);
    if (result == LT_OK) {
        print_code(&invite);
    } else {
        fprintf(stderr, "lienthong-hub: %s\n",
                invite.reason[0] != '\0' ? invite.reason : lt_result_text(result));
    }
    explicit_bzero(&invite.code, sizeof(invite.code));
    return lt_exit_of(result);
}
