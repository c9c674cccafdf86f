/* cmd_approve - an operator's yes or no to a machine that came with an invitation made with --approve. */
#include <stdio.h>
#include <string.h>

#include "agent/options.h"
#include "hub/commands.h"
#include "hub/invite_settle.h"

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

static enum lt_result answer(const char *dir, struct lt_settling *settling)
{
    struct lt_roster *roster;
    char reason[200] = "";
    enum lt_result result = lt_roster_look(dir, &roster, reason);
    if (result == LT_OK) {
        result = lt_invite_approve(roster, settling);
        lt_roster_close(roster);
    } else {
        snprintf(settling->reason, sizeof(settling->reason), "%.60s: %.320s", settling->word,
                 reason[0] != '\0' ? reason : lt_result_text(result));
    }
    if (result == LT_NOT_FOUND && settling->reason[0] == '\0') {
        snprintf(settling->reason, sizeof(settling->reason),
                 "%.60s: nothing waits for approval under this id or unit; `lienthong-hub invites "
                 "--open` lists what does",
                 settling->word);
    }
    return result;
}

static int print_done(const struct lt_settling *settling, bool json)
{
    if (json) {
        printf("{\"%s\":true}\n", settling->refuse ? "refused" : "approved");
    } else {
        printf("%s\n", settling->said);
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
    struct lt_settling settling = {.word = options.operands[0],
                                   .fingerprint = options.values[FINGERPRINT],
                                   .refuse = options.values[REFUSE] != NULL};
    enum lt_result result = answer(options.dir, &settling);
    if (result == LT_OK) {
        return print_done(&settling, options.json);
    }
    fprintf(stderr, "lienthong-hub: %s\n", settling.reason);
    return result == LT_NOT_FOUND || result == LT_REFUSED || result == LT_AMBIGUOUS
               ? LT_EXIT_UNFINISHED
               : lt_exit_of(result);
}
