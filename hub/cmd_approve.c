/* cmd_approve - an operator's yes or no to what waits for it.
 *
 * What can wait is a table: each kind looks whether the word names something of its own, and says yes or
 * no to it. Here: machines that hold an invitation with --approve. */
#include <stdio.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/options.h"
#include "hub/commands.h"
#include "hub/invite_find.h"
#include "proto/message.h"

static const char USAGE[] =
    "Usage: lienthong-hub approve ID|UNIT[@DATE] --fingerprint XXXXX-XXXXX [--json] [--dir D]\n"
    "       lienthong-hub approve ID|UNIT[@DATE] --refuse [--json] [--dir D]\n"
    "Lets in the machine that took the invitation and waits for approval, when the fingerprint "
    "that its\n"
    "clerk reads out is that of the machine that came (`invites --open` lists who waits). The "
    "machine is\n"
    "in when it asks next: within half a minute, or when `join` is run again. May run beside the "
    "hub.\n";

enum { FINGERPRINT, REFUSE, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {{"--fingerprint", true},
                                                       {"--refuse", false}};

struct asked {
    const char *dir, *word;
    const char *fingerprint; /* as written; NULL: none */
    bool refuse;
    char said[300]; /* what was done */
    char reason[400];
};

/* LT_OK: done; LT_NOT_FOUND: the word names nothing of this kind; others with a reason: nothing was changed. */
typedef enum lt_result answering(struct asked *asked);

static enum lt_result fail(struct asked *asked, enum lt_result result, const char *why)
{
    snprintf(asked->reason, sizeof(asked->reason), "%.60s: %.320s", asked->word, why);
    return result;
}

/* ---- Invitations ---- */

/* The one that waits, of those that the word names. */
static enum lt_result find_waiting(struct asked *asked, struct lt_roster *roster,
                                   struct lt_found_invite *ret_found)
{
    struct lt_found_invites found;
    enum lt_result result = lt_invite_list(roster, lt_clock_wall(), &found);
    if (result != LT_OK) {
        return fail(asked, result, lt_result_text(result));
    }
    lt_invite_choose(&found, asked->word, 1U << LT_INVITE_PENDING);
    if (found.count == 0) {
        result = LT_NOT_FOUND;
    } else if (found.count > 1) {
        result =
            fail(asked, LT_AMBIGUOUS,
                 "several machines of this unit wait; give the id that `invites --open` shows");
    } else if (found.list[0].state != LT_INVITE_PENDING) {
        char why[100];
        snprintf(why, sizeof(why), "nobody waits with this invitation: it is %s",
                 lt_invite_state_name(found.list[0].state));
        result = fail(asked, LT_REFUSED, why);
    } else {
        *ret_found = found.list[0];
    }
    lt_invite_list_free(&found);
    return result;
}

static enum lt_result compare(struct asked *asked, const char *fingerprint)
{
    if (asked->refuse) {
        return LT_OK;
    }
    if (asked->fingerprint == NULL) {
        return fail(asked, LT_USAGE,
                    "give --fingerprint with what the clerk reads out from the PC, so that it is "
                    "compared with the machine that came");
    }
    return lt_fingerprint_is(asked->fingerprint, fingerprint)
               ? LT_OK
               : fail(
                     asked, LT_REFUSED,
                     "that is not the fingerprint of the machine that came. If it was read out "
                     "rightly, another machine has used the code: --refuse it, and invite the unit "
                     "anew");
}

static enum lt_result decide(struct asked *asked, struct lt_roster *roster)
{
    struct lt_found_invite found;
    struct lt_invitation after;
    char unit[LT_UNIT_TEXT_MAX], fingerprint[LT_FINGERPRINT_MAX];
    enum lt_result result = find_waiting(asked, roster, &found);
    if (result != LT_OK) {
        return result;
    }
    lt_unit_format(&found.invitation.unit, unit);
    lt_fingerprint(&found.invitation.key, found.invitation.curve_key, fingerprint);
    result = compare(asked, fingerprint);
    if (result != LT_OK) {
        return result;
    }
    result = lt_roster_decide(roster, &found.hash, !asked->refuse, lt_clock_wall(), &after);
    if (result != LT_OK) {
        return fail(asked, result,
                    result == LT_REFUSED ? "it was decided meanwhile" : lt_result_text(result));
    }
    snprintf(asked->said, sizeof(asked->said), "%s machine %s of unit %s%s",
             asked->refuse ? "refused" : "approved", fingerprint, unit,
             asked->refuse ? "" : ": it is in when it asks next");
    return LT_OK;
}

static enum lt_result answer_invitation(struct asked *asked)
{
    struct lt_roster *roster;
    char reason[200] = "";
    enum lt_result result = lt_roster_look(asked->dir, &roster, reason);
    if (result != LT_OK) {
        return fail(asked, result, reason[0] != '\0' ? reason : lt_result_text(result));
    }
    result = decide(asked, roster);
    lt_roster_close(roster);
    return result;
}

/* ---- The command ---- */

static answering *const KINDS[] = {answer_invitation};

static int print_done(const struct asked *asked, bool json)
{
    if (json) {
        printf("{\"%s\":true}\n", asked->refuse ? "refused" : "approved");
    } else {
        printf("%s\n", asked->said);
    }
    return LT_EXIT_OK;
}

int lt_hub_cmd_approve(int argc, char **argv)
{
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count != 1) {
        return lt_options_usage(USAGE, USAGE, "approve: one invitation's id, or a unit");
    }
    struct asked asked = {.dir = options.dir,
                          .word = options.operands[0],
                          .fingerprint = options.values[FINGERPRINT],
                          .refuse = options.values[REFUSE] != NULL};
    enum lt_result result = LT_NOT_FOUND;
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]) && result == LT_NOT_FOUND; i++) {
        result = KINDS[i](&asked);
    }
    if (result == LT_OK) {
        return print_done(&asked, options.json);
    }
    if (result == LT_NOT_FOUND && asked.reason[0] == '\0') {
        fail(&asked, result,
             "nothing waits for approval under this id or unit; `lienthong-hub invites --open` "
             "lists what does");
    }
    fprintf(stderr, "lienthong-hub: %s\n", asked.reason);
    return result == LT_NOT_FOUND || result == LT_REFUSED || result == LT_AMBIGUOUS
               ? LT_EXIT_UNFINISHED
               : lt_exit_of(result);
}
