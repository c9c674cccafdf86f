/* cmd_bundle - bundles of those who have no link: in, and the answer out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "hub/bundles.h"
#include "hub/commands.h"
#include "hub/door.h"

static const char USAGE[] =
    "Usage: lienthong-hub bundle in FILE [--json] [--dir D]\n"
    "       lienthong-hub bundle out FILE --for CODE[@DATE] [--hub] [--machine KEY] [--all]\n"
    "                     [--force] [--json] [--dir D]\n"
    "       lienthong-hub bundle out FILE --up [--all] [--force] [--json] [--dir D]\n"
    "  in:    takes what a bundle brings, as if it had come by wire; runs beside the hub or "
    "without\n"
    "         it. Loading a bundle twice, or in any order, does no harm.\n"
    "  out:   for a unit's PCs: directives, receipts, and all that the unit itself has signed.\n"
    "         --machine: sealed for the one whose key begins so, not for all of the unit.\n"
    "         --hub: for the unit's hub: directives and receipts; with --all its records too.\n"
    "         --up: for this hub's parent: what it has not confirmed; with --all everything.\n"
    "  Leaves with 0: done; 1: a part was refused, or there is nothing to carry; 2: not done.\n";

enum { O_FOR, O_HUB, O_MACHINE, O_UP, O_ALL, O_FORCE, O_COUNT };
static const struct lt_option known[O_COUNT] = {{"--for", true},     {"--hub", false},
                                                {"--machine", true}, {"--up", false},
                                                {"--all", false},    {"--force", false}};

static int fail(enum lt_result result, const char *what, const char *reason)
{
    if (strncmp(reason, what, strlen(what)) == 0)
        fprintf(stderr, "%s\n", reason);
    else
        fprintf(stderr, "%s: %s\n", what, reason[0] != '\0' ? reason : lt_result_text(result));
    fprintf(stderr, "nothing was changed\n");
    return lt_exit_of(result);
}

static void print_json(json_t *document)
{
    if (document != NULL)
        json_dumpf(document, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(document);
}

static int bundle_out(struct lt_taker *taker, const struct lt_options *given)
{
    const struct lt_bundle_order order = {
        .path = given->operands[1],
        .force = given->values[O_FORCE] != NULL,
        .up = given->values[O_UP] != NULL,
        .unit = given->values[O_FOR],
        .role =
            given->values[O_HUB] != NULL ? LIENTHONG__ROLE__ROLE_HUB : LIENTHONG__ROLE__ROLE_AGENT,
        .machine = given->values[O_MACHINE],
        .all = given->values[O_ALL] != NULL,
    };
    char reason[LT_BUNDLE_REASON_MAX], receiver[LT_UNIT_TEXT_MAX];
    struct lt_bundle_made made;
    enum lt_result result = lt_bundle_make(taker, &order, &made, reason);
    if (result != LT_OK) {
        fail(result, order.path, reason);
        return result == LT_NOT_FOUND && order.up ? LT_EXIT_UNFINISHED : lt_exit_of(result);
    }
    lt_unit_format(&made.receiver, receiver);
    if (given->json)
        print_json(json_pack("{s:s,s:s,s:I,s:I,s:I,s:I}", "schema", "lienthong.bundle-out/1", "for",
                             receiver, "machines", (json_int_t)made.machines, "updates",
                             (json_int_t)made.updates, "receipts", (json_int_t)made.receipts,
                             "bytes", (json_int_t)made.bytes));
    else
        printf("%s: %llu updates, %llu receipts, %llu bytes, sealed for %zu %s of %s\n", order.path,
               (unsigned long long)made.updates, (unsigned long long)made.receipts,
               (unsigned long long)made.bytes, made.machines,
               made.machines == 1 ? "machine" : "machines", receiver);
    return LT_EXIT_OK;
}

/* It may be sealed to the key that this hub's children know, or knew before it was changed. */
static enum lt_result open_sealed(struct lt_taker *taker, const char *dir, const char *path,
                                  struct lt_bundle **ret_bundle, struct lt_bundle_head *ret_head,
                                  char ret_reason[LT_BUNDLE_REASON_MAX])
{
    struct lt_keys ever_known[LT_DOOR_FILES];
    const struct lt_keys *own = lt_taker_keys(taker);
    enum lt_result result = lt_bundle_open(path, own, ret_bundle, ret_head, ret_reason);
    size_t count = lt_doors_known(dir, own, ever_known);
    for (size_t i = 0; result == LT_NOT_YOURS && i < count; i++) {
        result = lt_bundle_open(path, &ever_known[i], ret_bundle, ret_head, ret_reason);
    }
    explicit_bzero(ever_known, sizeof(ever_known));
    return result;
}

static int bundle_in(struct lt_taker *taker, const struct lt_options *given)
{
    const char *path = given->operands[1];
    char reason[LT_BUNDLE_REASON_MAX] = "", why[300] = "";
    struct lt_bundle *bundle;
    struct lt_bundle_head head;
    struct lt_bundle_tally tally = {.count = 0};
    enum lt_result result = open_sealed(taker, given->dir, path, &bundle, &head, reason);
    if (result != LT_OK)
        return fail(result, path, reason);
    result = lt_bundle_take_in(taker, bundle, &tally, why);
    lt_bundle_close(bundle);
    if (given->json)
        print_json(lt_bundle_tally_json(&tally, &head));
    else
        lt_bundle_tally_print(&tally);
    if (result != LT_OK)
        fprintf(stderr, "%s: stopped in the middle: %s; what was taken stays, load it again\n",
                path, why);
    const bool whole = tally.refused + tally.receipts_refused == 0;
    lt_bundle_tally_free(&tally);
    return result != LT_OK ? lt_exit_of(result) : whole ? LT_EXIT_OK : LT_EXIT_UNFINISHED;
}

int lt_hub_cmd_bundle(int argc, char **argv)
{
    struct lt_options given;
    struct lt_taker *taker;
    char reason[300] = "";
    int code;
    if (!lt_options_parse(argc, argv, known, O_COUNT, USAGE, USAGE, &given, &code))
        return code;
    const bool out = given.operand_count == 2 && strcmp(given.operands[0], "out") == 0;
    const bool in = given.operand_count == 2 && strcmp(given.operands[0], "in") == 0;
    if (!out && !in)
        return lt_options_usage(USAGE, USAGE, "bundle in FILE, or bundle out FILE");
    if (out && (given.values[O_FOR] != NULL) == (given.values[O_UP] != NULL))
        return lt_options_usage(USAGE, USAGE, "bundle out: --for CODE, or --up");
    enum lt_result result = lt_taker_open(given.dir, &taker, reason);
    if (result != LT_OK)
        return fail(result, given.dir, reason);
    code = out ? bundle_out(taker, &given) : bundle_in(taker, &given);
    lt_taker_close(taker);
    return code;
}
