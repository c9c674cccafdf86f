/* cmd_revoke - ends a key at a cut; and endorse, by which single updates outside it count all the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/commands.h"
#include "hub/import.h"
#include "hub/revoking.h"

static const char USAGE[] =
    "Usage: lienthong-hub revoke UNIT[@DATE] [--key KEY] [--hub] [--reason TEXT]\n"
    "                            [--keep all|none|UPDATE[,…] | --before DATE]\n"
    "                            [--dry-run] [--confirm CODE] [--json] [--dir D]\n"
    "Ends a signing key of the unit (with --hub of the unit's hub): for a PC that was lost, "
    "stolen\n"
    "or copied. Its connections are closed, and what it signs is kept but counts nowhere, at "
    "every\n"
    "hub alike, unless it lies in the cut: by default all that this hub holds now. --keep none: "
    "all\n"
    "that the key ever signed is cut off. --keep UPDATE: those updates and what they build on "
    "stay\n"
    "(`lienthong-hub updates UNIT` lists them). --before: what the key says that it signed from\n"
    "that day on is cut off (a thief may have set the clock; compare with `updates`).\n"
    "--key: the first 8 digits or more, where the unit has several keys (`lienthong-hub keys`).\n"
    "The unit's office needs a new invitation if that was its PC. A key once revoked is never "
    "valid\n"
    "again; the cut may be changed by saying it anew.\n";
static const char USAGE_ENDORSE[] =
    "Usage: lienthong-hub endorse UNIT[@DATE] UPDATE… [--dry-run] [--json] [--dir D]\n"
    "Lets single updates count that a revoked key signed outside its cut, when the office has\n"
    "confirmed them. UPDATE: as `lienthong-hub updates UNIT` shows it, 8 digits or more.\n";

enum { KEY, HUB, REASON, KEEP, BEFORE, DRY_RUN, CONFIRM, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {
    {"--key", true},    {"--hub", false},     {"--reason", true}, {"--keep", true},
    {"--before", true}, {"--dry-run", false}, {"--confirm", true}};
enum { E_DRY_RUN, E_OPTION_COUNT };
static const struct lt_option ENDORSE_OPTIONS[E_OPTION_COUNT] = {{"--dry-run", false}};

/* ---- From the state as it is ---- */

static enum lt_result plan_revocation(const struct lt_options *options,
                                      const struct lt_import_view *view,
                                      struct lt_revoking *revoking)
{
    const struct lt_revoking_ask ask = {
        .unit = options->operands[0],
        .key = options->values[KEY],
        .keep = options->values[KEEP],
        .before = options->values[BEFORE],
        .reason = options->values[REASON],
        .hub = options->values[HUB] != NULL,
        .dir = options->dir,
    };
    return lt_revoking_plan(view->ledger, &ask, revoking);
}

static enum lt_result plan_endorsement(const struct lt_options *options,
                                       const struct lt_import_view *view,
                                       struct lt_revoking *revoking)
{
    return lt_endorsing_plan(view->ledger, options->operands[0],
                             (const char *const *)options->operands + 1, options->operand_count - 1,
                             revoking);
}

typedef enum lt_result planning(const struct lt_options *options, const struct lt_import_view *view,
                                struct lt_revoking *revoking);

static enum lt_result look(const struct lt_options *options, planning *plan,
                           struct lt_revoking *revoking)
{
    struct lt_import_view view;
    enum lt_result result = lt_import_look(options->dir, &view, revoking->reason);
    if (result == LT_OK) {
        result = plan(options, &view, revoking);
        lt_import_look_end(&view);
    }
    return result;
}

/* ---- The commands ---- */

static int act(const struct lt_options *options, planning *plan, const char *what, bool dry_run,
               const char *confirm, size_t rows)
{
    char label[60];
    struct lt_revoking *revoking = calloc(1, sizeof(*revoking));
    if (revoking == NULL) {
        return lt_options_no_memory();
    }
    enum lt_result result = look(options, plan, revoking);
    int code = lt_exit_of(result);
    if (result == LT_OK) {
        snprintf(label, sizeof(label), "%s %s", what, revoking->unit.code);
        const struct lt_import_act said = {options->dir, label, options->json, dry_run, confirm};
        code = lt_import_say(&said, revoking->items, revoking->item_count, rows);
    } else {
        fprintf(stderr, "lienthong-hub: %s\n",
                revoking->reason[0] != '\0' ? revoking->reason : lt_result_text(result));
    }
    free(revoking);
    return code;
}

int lt_hub_cmd_revoke(int argc, char **argv)
{
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count != 1) {
        return lt_options_usage(USAGE, USAGE, "revoke: one unit");
    }
    return act(&options, plan_revocation, "revocation of", options.values[DRY_RUN] != NULL,
               options.values[CONFIRM], 1);
}

int lt_hub_cmd_endorse(int argc, char **argv)
{
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, ENDORSE_OPTIONS, E_OPTION_COUNT, USAGE_ENDORSE, USAGE_ENDORSE,
                          &options, &code)) {
        return code;
    }
    if (options.operand_count < 2) {
        return lt_options_usage(USAGE_ENDORSE, USAGE_ENDORSE, "endorse: a unit and its updates");
    }
    return act(&options, plan_endorsement, "endorsement for", options.values[E_DRY_RUN] != NULL,
               NULL, options.operand_count - 1);
}
