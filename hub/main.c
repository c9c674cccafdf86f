/* lienthong-hub - gathers what units report, merges it into figures, and relays it upward. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "agent/program.h"
#include "agent/text.h"
#include "hub/commands.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    bool both; /* follows LANG; the others speak English whole */
    const char *about;
} commands[] = {
    {"init", lt_hub_cmd_init, false,
     "make a hub: the top of a tree, or below another with --join CODE"},
    {"root", lt_hub_cmd_root, false,
     "the root key signs the top's hub key, or is replaced, by files"},
    {"units", lt_hub_cmd_units, false, "units import FILE.csv: add or close units of the tree"},
    {"catalog", lt_hub_cmd_catalog, false, "catalog import FILE.csv: titles and forms"},
    {"successions", lt_hub_cmd_successions, true,
     "successions import FILE.csv: which unit has gone into which"},
    {"invite", lt_hub_cmd_invite, true,
     "print the one-time code with which a unit's PC or hub joins"},
    {"invites", lt_hub_cmd_invites, false, "who was invited, who came, who else showed the code"},
    {"approve", lt_hub_cmd_approve, false, "let in, or refuse, a machine that waits for approval"},
    {"keys", lt_hub_cmd_keys, false,
     "the keys of PCs and hubs; approve those that wait for the top"},
    {"rotate", lt_hub_cmd_rotate, false,
     "change this hub's own keys for others, without anybody's code"},
    {"updates", lt_hub_cmd_updates, false, "what a unit has signed, and by which key"},
    {"revoke", lt_hub_cmd_revoke, false, "end a key at a cut: a PC was lost, stolen or copied"},
    {"endorse", lt_hub_cmd_endorse, false, "let updates count that a revoked key signed"},
    {"notice", lt_hub_cmd_notice, true, "tell the people of a unit something"},
    {"move", lt_hub_cmd_move, false, "give units' machines another parent"},
    {"fallback", lt_hub_cmd_fallback, false,
     "a second way for PCs whose hub brings them no word of the top"},
    {"retire", lt_hub_cmd_retire, false,
     "end this hub: hand everything to its parent, its machines too"},
    {"bundle", lt_hub_cmd_bundle, false,
     "bundle in FILE, bundle out FILE: what a USB stick carries without a link"},
    {"backup", lt_hub_cmd_backup, false, "copy stores, keys and settings while it runs, and check"},
    {"restore", lt_hub_cmd_restore, false, "check a backup and put it into a new folder"},
    {"run", lt_hub_cmd_run, false, "serve until stopped"},
    {"versions", lt_hub_cmd_versions, false,
     "which versions the units' machines run; announce a newer one to all"},
    {"release", lt_hub_cmd_release, false,
     "programs for the machines: signed offline, handed down, taken in waves"},
    {"status", lt_hub_cmd_status, false, "what is here, who is connected, what waits"},
    {"doctor", lt_hub_cmd_doctor, false, "examine this hub: what is wrong, and what to do"},
    {"figures", lt_hub_cmd_figures, true, "statistics by place, year and other dimensions"},
    {"form", lt_hub_cmd_form, true, "a statistical form filled: a workbook, CSV, JSON or printed"},
    {"review", lt_hub_cmd_review, true, "the figures of a year-end review as a text"},
    {"records", lt_hub_cmd_records, true, "the records behind a figure"},
    {"differences", lt_hub_cmd_differences, true,
     "decisions told differently, and nearly equal ones"},
    {"list", lt_hub_cmd_list, true,
     "movements, proposals, pledges, exemplars, declarations of a place"},
    {"clusters", lt_hub_cmd_clusters, true, "clusters, their members' points and ranks"},
    {"obligations", lt_hub_cmd_obligations, false,
     "obligations import FILE.csv: who owes what for which period by when"},
    {"completeness", lt_hub_cmd_completeness, true,
     "who has declared a period, and who is missing"},
    {"close", lt_hub_cmd_close, true, "close a period: what comes later is listed as late"},
    {"late", lt_hub_cmd_late, true, "what came after a period was closed"},
    {"publish", lt_hub_cmd_publish, true, "fix figures under a name, or restate them"},
    {"published", lt_hub_cmd_published, true,
     "what was published, its restatements, and what it is now"},
    {"prove", lt_hub_cmd_prove, true,
     "write a figure with all that it follows from, to be checked"},
    {"redact", lt_hub_cmd_redact, true, "have the name of a record erased wherever it is stored"},
    {"seal", lt_hub_cmd_seal, false, "seal names to this hub's box key, or no more"},
    {"digest", lt_hub_cmd_digest, true, "which units need somebody, for a daily mail"},
    {"web", lt_hub_cmd_web, true, "serve this hub's pages to browsers, beside `run`"},
    {"accounts", lt_hub_cmd_accounts, true, "who may see the pages: add, password, remove, list"},
    {"audit", lt_hub_cmd_audit, true, "recompute everything from the stored updates and compare"},
};
enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static int print_usage(FILE *to)
{
    fprintf(to, "Usage: lienthong-hub COMMAND … (COMMAND --help for more)\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(to, "  %-11s %s\n", commands[i].name, commands[i].about);
    }
    fputs("Exit codes:\n"
          "  0   done\n"
          "  1   something is left for people: not equal, refused, not done in time, somebody is "
          "needed\n"
          "  2   could not be done: no store, permissions, disk full, output not written\n"
          "  64  called wrongly\n",
          to);
    fprintf(to, "State is kept in --dir D, else $LIENTHONG_HUB_DIR, else " LT_HUB_DIR ".\n");
    return to == stdout ? LT_EXIT_OK : LT_EXIT_USAGE;
}

/* The hub's own default folder stands first; a --dir that follows wins. */
static int run_in_dir(int (*run)(int argc, char **argv), int argc, char **argv)
{
    static char option[] = "--dir", fallback[] = LT_HUB_DIR;
    char *dir = getenv("LIENTHONG_HUB_DIR");
    char **all = calloc((size_t)argc + 3, sizeof(*all));
    if (all == NULL) {
        fprintf(stderr, "lienthong-hub: %s\n", lt_result_text(LT_NO_MEMORY));
        return LT_EXIT_FAILED;
    }
    all[0] = argv[0];
    all[1] = option;
    all[2] = dir != NULL && dir[0] != '\0' ? dir : fallback;
    for (int i = 1; i < argc; i++) {
        all[i + 2] = argv[i];
    }
    int code = run(argc + 2, all);
    free(all);
    return code;
}

static int run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            if (!commands[i].both) {
                lt_text_language("en");
            }
            return run_in_dir(commands[i].run, argc - 1, argv + 1);
        }
    }
    if (strcmp(name, "--version") == 0) {
        puts("lienthong-hub " LT_VERSION_TEXT);
        return LT_EXIT_OK;
    }
    bool help = strcmp(name, "--help") == 0 || strcmp(name, "help") == 0;
    return print_usage(help ? stdout : stderr);
}

int main(int argc, char **argv)
{
    int code = lt_program_begin();
    return code == LT_EXIT_OK ? lt_program_end(run(argc, argv)) : code;
}
