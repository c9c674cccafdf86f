/* cmd_invites - who was invited, who came, who else showed the code; and taking invitations back. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agent/clock.h"
#include "agent/options.h"
#include "hub/commands.h"
#include "hub/invite_settle.h"
#include "hub/print.h"
#include "proto/message.h"

static const char USAGE[] =
    "Usage: lienthong-hub invites [--open | --all] [--csv | --json] [--dir D]\n"
    "       lienthong-hub invites --revoke ID|UNIT[@DATE] [--json] [--dir D]\n"
    "Lists invitations: their id (never the code), whom for, in which state, who took them, and "
    "how\n"
    "often they were shown by somebody who was refused. --open: only those that are open or wait "
    "for\n"
    "approval; --all: also those that were revoked or have expired. --revoke: one by its id, or "
    "all open\n"
    "and pending ones of a unit. May run beside the hub.\n";

enum { OPEN, ALL, REVOKE, CSV, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {
    {"--open", false}, {"--all", false}, {"--revoke", true}, {"--csv", false}};

enum {
    C_ID,
    C_UNIT,
    C_ROLE,
    C_STATE,
    C_MADE,
    C_EXPIRES,
    C_APPROVE,
    C_TAKEN,
    C_FINGERPRINT,
    C_KEY,
    C_ADDRESS,
    C_DECIDED,
    C_REVOKED,
    C_OTHERS,
    C_WRONG_ROLE,
    C_TOO_LATE,
    C_SHOWN_AT,
    C_SHOWN_FROM,
    C_SHOWN_KEY,
    COLUMN_COUNT
};
static const struct lt_print_column COLUMNS[COLUMN_COUNT] = {
    {"id", "id", "id", LT_PRINT_TEXT},
    {"unit", "unit", "unit", LT_PRINT_TEXT},
    {"role", "role", "role", LT_PRINT_TEXT},
    {"state", "state", "state", LT_PRINT_TEXT},
    {"made_at", NULL, NULL, LT_PRINT_TEXT},
    {"expires_at", "expires", "expires", LT_PRINT_TEXT},
    {"approve", NULL, NULL, LT_PRINT_TEXT},
    {"taken_at", "taken", "taken", LT_PRINT_TEXT},
    {"fingerprint", "fingerprint", "fingerprint", LT_PRINT_TEXT},
    {"key", NULL, NULL, LT_PRINT_TEXT},
    {"address", "from", "from", LT_PRINT_TEXT},
    {"decided_at", NULL, NULL, LT_PRINT_TEXT},
    {"revoked_at", NULL, NULL, LT_PRINT_TEXT},
    {"shown_by_others", "by others", "by others", LT_PRINT_NUMBER},
    {"shown_in_wrong_role", NULL, NULL, LT_PRINT_NUMBER},
    {"shown_too_late", "too late", "too late", LT_PRINT_NUMBER},
    {"last_refused_at", "last refused", "last refused", LT_PRINT_TEXT},
    {"last_refused_from", "from", "from", LT_PRINT_TEXT},
    {"last_refused_key", NULL, NULL, LT_PRINT_TEXT},
};

enum { CELL_MAX = 72 };

static void write_time(int64_t at, char ret_text[CELL_MAX])
{
    time_t seconds = (time_t)at;
    struct tm parts;
    ret_text[0] = '\0';
    if (at != 0 && (gmtime_r(&seconds, &parts) == NULL ||
                    strftime(ret_text, CELL_MAX, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)) {
        snprintf(ret_text, CELL_MAX, "?");
    }
}

static void write_shown(const struct lt_showings *shown, char cells[COLUMN_COUNT][CELL_MAX])
{
    snprintf(cells[C_OTHERS], CELL_MAX, "%u", (unsigned)shown->by_others);
    snprintf(cells[C_WRONG_ROLE], CELL_MAX, "%u", (unsigned)shown->wrong_role);
    snprintf(cells[C_TOO_LATE], CELL_MAX, "%u", (unsigned)shown->too_late);
    write_time(shown->last_at, cells[C_SHOWN_AT]);
    snprintf(cells[C_SHOWN_FROM], CELL_MAX, "%s", shown->last_address);
    if (shown->last_at != 0) {
        lt_hex(shown->last_key.bytes, 32, cells[C_SHOWN_KEY]);
    }
}

static void print_row(struct lt_print *print, const struct lt_found_invite *found)
{
    const struct lt_invitation *invitation = &found->invitation;
    char texts[COLUMN_COUNT][CELL_MAX] = {{0}};
    const char *cells[COLUMN_COUNT];
    lt_invite_id(&found->hash, texts[C_ID]);
    lt_unit_format(&invitation->unit, texts[C_UNIT]);
    snprintf(texts[C_ROLE], CELL_MAX, "%s",
             invitation->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent");
    snprintf(texts[C_STATE], CELL_MAX, "%s", lt_invite_state_name(found->state));
    snprintf(texts[C_APPROVE], CELL_MAX, "%s", invitation->approve ? "yes" : "no");
    write_time(invitation->made_at, texts[C_MADE]);
    write_time(invitation->expires_at, texts[C_EXPIRES]);
    write_time(invitation->taken_at, texts[C_TAKEN]);
    write_time(invitation->decided_at, texts[C_DECIDED]);
    write_time(invitation->revoked_at, texts[C_REVOKED]);
    if (invitation->taken) {
        lt_fingerprint(&invitation->key, invitation->curve_key, texts[C_FINGERPRINT]);
        lt_hex(invitation->key.bytes, 32, texts[C_KEY]);
    }
    snprintf(texts[C_ADDRESS], CELL_MAX, "%s", invitation->address);
    write_shown(&invitation->shown, texts);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        cells[i] = texts[i];
    }
    lt_print_row(print, cells);
}

static enum lt_result show(const struct lt_options *options, const struct lt_found_invites *found)
{
    enum lt_print_format format = options->json                  ? LT_PRINT_JSON
                                  : options->values[CSV] != NULL ? LT_PRINT_CSV
                                                                 : LT_PRINT_TABLE;
    unsigned states = ~0U;
    if (options->values[OPEN] != NULL) {
        states = 1U << LT_INVITE_OPEN | 1U << LT_INVITE_PENDING;
    } else if (options->values[ALL] == NULL) {
        states = ~(1U << LT_INVITE_REVOKED | 1U << LT_INVITE_EXPIRED);
    }
    struct lt_print *print =
        lt_print_begin(stdout, format, "lienthong.invites/1", NULL, COLUMNS, COLUMN_COUNT);
    if (print == NULL) {
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < found->count; i++) {
        if (states >> found->list[i].state & 1U) {
            print_row(print, &found->list[i]);
        }
    }
    return lt_print_end(print, NULL);
}

/* ---- Taking back ---- */

static enum lt_result revoke_one(struct lt_roster *roster, const struct lt_found_invite *found,
                                 const struct lt_options *options)
{
    struct lt_settling settling = {.word = options->values[REVOKE]};
    enum lt_result result = lt_invite_take_back(roster, found, &settling);
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n", settling.reason);
    } else if (!options->json) {
        printf("%s\n", settling.said);
    }
    return result;
}

static int revoke(struct lt_roster *roster, struct lt_found_invites *found,
                  const struct lt_options *options)
{
    const char *word = options->values[REVOKE];
    size_t revoked = 0;
    int code = LT_EXIT_OK;
    lt_invite_choose(found, word, 1U << LT_INVITE_OPEN | 1U << LT_INVITE_PENDING);
    if (found->count == 0) {
        fprintf(stderr,
                "lienthong-hub: %s: neither the id of an invitation nor a unit with an open or "
                "pending one; `lienthong-hub invites --all` lists them\n",
                word);
        code = LT_EXIT_UNFINISHED;
    }
    for (size_t i = 0; i < found->count; i++) {
        enum lt_result result = revoke_one(roster, &found->list[i], options);
        revoked += result == LT_OK;
        if (result != LT_OK) {
            code = result == LT_REFUSED ? LT_EXIT_UNFINISHED : lt_exit_of(result);
        }
    }
    if (options->json) {
        printf("{\"revoked\":%zu}\n", revoked);
    }
    return code;
}

int lt_hub_cmd_invites(int argc, char **argv)
{
    struct lt_options options;
    struct lt_roster *roster;
    struct lt_found_invites found = {.count = 0};
    char reason[200] = "";
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(USAGE, USAGE, "invites: '%s' is not expected", options.operands[0]);
    }
    enum lt_result result = lt_roster_look(options.dir, &roster, reason);
    if (result == LT_OK) {
        result = lt_invite_list(roster, lt_clock_wall(), &found);
        if (result != LT_OK) {
            lt_roster_close(roster);
        }
    }
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n", reason[0] != '\0' ? reason : lt_result_text(result));
        return lt_exit_of(result);
    }
    if (options.values[REVOKE] != NULL) {
        code = revoke(roster, &found, &options);
    } else {
        result = show(&options, &found);
        code = lt_exit_of(result);
        if (result != LT_OK) {
            fprintf(stderr, "lienthong-hub: %s\n", lt_result_text(result));
        }
    }
    lt_invite_list_free(&found);
    lt_roster_close(roster);
    return code;
}
