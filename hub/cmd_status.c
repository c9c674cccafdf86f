/* cmd_status - what the running hub, or its store alone, tells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/options.h"
#include "hub/commands.h"
#include "hub/direct.h"
#include "hub/status_ask.h"

enum { HEARD_PRINTED_MAX = 1000, KEYS_PRINTED_MAX = 32 }; /* --json has all */

static const char USAGE[] = "Usage: lienthong-hub status [--json] [--dir D]\n"
                            "Asks the running hub; where none runs, tells what the store knows.\n";

static const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static long long number_at(const json_t *object, const char *name)
{
    return (long long)json_integer_value(json_object_get(object, name));
}

static bool is_at(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

static void print_time(const char *before, long long at)
{
    char text[32] = "never";
    time_t seconds = (time_t)at;
    struct tm parts;
    if (at != 0 && gmtime_r(&seconds, &parts) != NULL &&
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        text[0] = '\0';
    }
    printf("%s%s", before, text);
}

static void print_invitations(const json_t *status)
{
    const json_t *invitations = json_object_get(status, "invitations");
    printf("invitations %lld open, %lld to be approved, %lld taken", number_at(invitations, "open"),
           number_at(invitations, "pending"), number_at(invitations, "taken"));
    if (number_at(invitations, "shown_by_others") > 0) {
        printf("; %lld SHOWN BY ANOTHER MACHINE too: see `invites`",
               number_at(invitations, "shown_by_others"));
    }
    printf("\n");
}

static void print_joins(const json_t *status)
{
    const json_t *joins = json_object_get(status, "joins");
    static const char *const refused[] = {
        "unknown_code", "guesses_limited", "expired", "revoked",     "used_by_another",
        "wrong_role",   "other_unit",      "denied",  "key_revoked", "failed"};
    printf("joins %lld admitted", number_at(joins, "admitted"));
    const char *separator = "; refused: ";
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (number_at(joins, refused[i]) > 0) {
            printf("%s%s %lld", separator, refused[i], number_at(joins, refused[i]));
            separator = ", ";
        }
    }
    printf("\n");
}

static void print_notices(const json_t *status)
{
    size_t i;
    json_t *notice;
    json_array_foreach(json_object_get(status, "notices"), i, notice)
    {
        printf("NOTICE of %s: %s\n", text_at(notice, "hub"), text_at(notice, "text"));
    }
}

static void print_alarms(const json_t *status)
{
    size_t i;
    json_t *alarm;
    json_array_foreach(json_object_get(status, "alarms"), i, alarm)
    {
        print_time("ALARM since ", number_at(alarm, "first_at"));
        printf(" (%lld times): %s\n", number_at(alarm, "count"), text_at(alarm, "text"));
    }
}

/* Machines that were restored, are there twice, or came in place of another: `list` is of sentences. */
static void print_texts(const json_t *status, const char *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(status, list), i, item)
    {
        printf("%s\n", text_at(item, "text"));
    }
}

/* Who is silent, and who has more than came here. */
static void print_heard(const json_t *status)
{
    const json_t *heard = json_object_get(status, "heard");
    size_t i;
    json_t *row;
    if (heard == NULL) {
        return;
    }
    printf("heard within %lld s: %lld of %lld units", number_at(heard, "silent_after_s"),
           number_at(heard, "units") - number_at(heard, "silent"), number_at(heard, "units"));
    if (number_at(heard, "ended") > 0) {
        printf("; not waited for: %lld that have ended", number_at(heard, "ended"));
    }
    putchar('\n');
    json_array_foreach(json_object_get(heard, "rows"), i, row)
    {
        if (i == HEARD_PRINTED_MAX) {
            printf("and %zu more: `status --json`\n",
                   json_array_size(json_object_get(heard, "rows")) - i);
            break;
        }
        const char *through = text_at(row, "through");
        bool silent = is_at(row, "silent");
        if (json_is_integer(json_object_get(row, "by_itself_since"))) {
            print_time("BY ITSELF since ", number_at(row, "by_itself_since"));
            printf(": %s; what it says does not come through %s\n", text_at(row, "unit"), through);
        }
        if (!silent && !json_is_integer(json_object_get(row, "behind_since"))) {
            continue;
        }
        printf("%s %s%s%s",
               silent                 ? "SILENT"
               : is_at(row, "behind") ? "KEPT BACK"
                                      : "to come from",
               text_at(row, "unit"), through[0] != '\0' ? " through " : "", through);
        print_time(", last heard ", number_at(row, "heard_at"));
        if (number_at(row, "said") > number_at(row, "updates")) {
            printf("; it says it has %lld updates, %lld are here", number_at(row, "said"),
                   number_at(row, "updates"));
            print_time(", since ", number_at(row, "behind_since"));
        }
        printf("\n");
    }
}

static void print_keys(const json_t *status)
{
    const json_t *own = json_object_get(status, "keys");
    const json_t *rows = json_object_get(status, "keys_waiting_rows");
    long long waiting = number_at(status, "keys_waiting");
    size_t i;
    json_t *row;
    printf("key %s%s\n", text_at(own, "key"),
           json_is_false(json_object_get(own, "granted"))
               ? ": NOT GRANTED, or revoked: nobody believes what this hub signs"
               : "");
    if (text_at(own, "next")[0] != '\0') {
        printf("CHANGING to key %.16s%s%s\n", text_at(own, "next"),
               text_at(own, "trouble")[0] != '\0' ? ": " : "", text_at(own, "trouble"));
    } else if (text_at(own, "trouble")[0] != '\0') {
        printf("its key was NOT CHANGED: %s\n", text_at(own, "trouble"));
    }
    if (waiting > 0) {
        printf("%lld keys WAIT for the top's word%s:\n", waiting,
               is_at(status, "countersign_failed") ? ", which could not be stored; it tries again"
               : is_at(status, "is_top")           ? " (`lienthong-hub keys --approve KEY`)"
                                                   : "");
    }
    json_array_foreach(rows, i, row)
    {
        if (i == KEYS_PRINTED_MAX) {
            printf("  and more: `lienthong-hub keys --waiting`\n");
            break;
        }
        printf("  %.16s of %s %s, granted by %s\n", text_at(row, "key"), text_at(row, "role"),
               text_at(row, "unit"), text_at(row, "granted_by"));
    }
}

static void print_versions(const json_t *status)
{
    const json_t *versions = json_object_get(status, "versions");
    printf("body versions: reads up to %lld, writes %lld", number_at(versions, "body"),
           number_at(versions, "writes"));
    if (number_at(versions, "announced") > number_at(versions, "body")) {
        printf(" (the top has announced %lld: UPGRADE this hub)", number_at(versions, "announced"));
    }
    printf("\n");
    if (number_at(versions, "unread_updates") + number_at(versions, "unread_directives") > 0) {
        printf("CANNOT READ %lld updates and %lld directives, which are of a newer version (body "
               "%lld): they are kept and passed on, and not in this hub's figures; UPGRADE it\n",
               number_at(versions, "unread_updates"), number_at(versions, "unread_directives"),
               number_at(versions, "unread_newest"));
    }
}

static void print_release(const json_t *status)
{
    const json_t *release = json_object_get(status, "release");
    if (release == NULL) {
        return;
    }
    const long long lacks = number_at(release, "files") - number_at(release, "here");
    printf("release %lld (%s) for %lld %% of the machines", number_at(release, "number"),
           text_at(release, "version"), number_at(release, "percent"));
    if (lacks > 0) {
        printf("; %lld of its files NOT HERE%s", lacks,
               is_at(status, "is_top") ? ": `release add` again" : " yet");
    }
    printf("\n");
}

static void print_head(const json_t *status)
{
    const json_t *counts = json_object_get(status, "counts");
    const json_t *book = json_object_get(status, "directives");
    printf("hub %s (%s of tree %s), version %s, %s\n", text_at(status, "unit"),
           is_at(status, "is_top") ? "top" : "part", text_at(status, "top"),
           text_at(status, "version"), is_at(status, "running") ? "running" : "not running");
    printf("incarnation %s, root key %s\n", text_at(status, "incarnation"),
           text_at(status, "root_key"));
    if (json_is_integer(json_object_get(status, "recovering_since"))) {
        print_time("RECOVERING since ", number_at(status, "recovering_since"));
        printf(": restored from an older copy, figures may lack what was lost\n");
    }
    if (json_is_integer(json_object_get(status, "retired_at"))) {
        print_time("RETIRED at ", number_at(status, "retired_at"));
        printf(": may be switched off\n");
    } else if (json_is_integer(json_object_get(status, "retiring_since"))) {
        print_time("RETIRING since ", number_at(status, "retiring_since"));
        printf(": `lienthong-hub retire` goes on with it\n");
    }
    printf("updates %lld in %lld chains, records %lld, quarantined %lld, contested %lld%s\n",
           number_at(counts, "updates"), number_at(counts, "chains"), number_at(counts, "records"),
           number_at(counts, "quarantined"), number_at(counts, "contested"),
           is_at(counts, "rebuilding") ? ", judging everything again" : "");
    printf("units %lld, titles %lld, directives %.16s\n", number_at(book, "units"),
           number_at(book, "titles"), text_at(book, "digest"));
    print_versions(status);
    print_release(status);
    printf("disk free %lld MiB\n", number_at(status, "disk_free_bytes") / (1024 * 1024));
    print_keys(status);
    print_invitations(status);
    print_notices(status);
    print_alarms(status);
    print_texts(status, "copies");
    print_texts(status, "newcomers");
}

static void print_quotas(const json_t *status)
{
    size_t i;
    json_t *machine;
    json_array_foreach(json_object_get(status, "quotas"), i, machine)
    {
        const char *standing = text_at(machine, "standing");
        printf("%s of %s (%.16s) ", text_at(machine, "role"), text_at(machine, "unit"),
               text_at(machine, "curve_key"));
        if (strcmp(standing, "cut") == 0) {
            printf("CUT OFF for %lld s", number_at(machine, "retry_after_s"));
        } else {
            printf("%s", strcmp(standing, "slowed") == 0 ? "SLOWED" : "was cut off");
        }
        if (number_at(machine, "cuts") > 0) {
            printf(", %lld times: %s", number_at(machine, "cuts"),
                   strcmp(text_at(machine, "cut_by"), "day") == 0 ? "too many bytes in a day"
                                                                  : "too much of no use");
        }
        printf("; %lld MiB stored, %lld ms for nothing\n",
               number_at(machine, "stored_bytes") / (1024 * 1024),
               number_at(machine, "nothing_ms"));
    }
}

/* Only while the transport key is changed. */
static void print_doors(const json_t *status)
{
    const json_t *doors = json_object_get(status, "doors");
    size_t i;
    json_t *row;
    if (json_array_size(doors) < 2) {
        return;
    }
    json_array_foreach(doors, i, row)
    {
        printf("door %s, transport key %.16s%s\n", text_at(row, "listen"), text_at(row, "key"),
               is_at(row, "told") ? ", told to all" : "");
    }
    printf("by a former transport key since this start: %lld machines\n",
           number_at(status, "by_former_count"));
    json_array_foreach(json_object_get(status, "by_former"), i, row)
    {
        printf("  %s of %s (%.16s)", text_at(row, "role"), text_at(row, "unit"),
               text_at(row, "key"));
        print_time(", heard ", number_at(row, "hello_at"));
        printf("\n");
    }
}

static void print_links(const json_t *status)
{
    const json_t *gate = json_object_get(status, "gate");
    const json_t *pipeline = json_object_get(status, "pipeline");
    const json_t *parent = json_object_get(status, "parent_link");
    print_joins(status);
    print_quotas(status);
    print_doors(status);
    printf("listening %s, %s; %lld peers, %lld strangers, %lld messages, %lld dropped",
           text_at(status, "listening"), is_at(status, "ready") ? "ready" : "NOT READY",
           number_at(gate, "peers"), number_at(gate, "strangers"), number_at(gate, "messages"),
           number_at(gate, "dropped"));
    if (number_at(gate, "crowded_out") > 0) {
        printf(", %lld strangers CROWDED OUT", number_at(gate, "crowded_out"));
    }
    printf("\n");
    printf(
        "waiting %lld updates, %lld bytes; stored %lld, known %lld, refused %lld in %lld commits\n",
        number_at(pipeline, "waiting"), number_at(pipeline, "waiting_bytes"),
        number_at(pipeline, "stored"), number_at(pipeline, "known"), number_at(pipeline, "refused"),
        number_at(pipeline, "groups"));
    if (parent == NULL) {
        return;
    }
    printf("parent %s at %s: %s%s", text_at(status, "parent"), text_at(parent, "endpoint"),
           is_at(parent, "welcomed") ? "connected" : "AWAY",
           is_at(parent, "settled") ? ", settled" : "");
    printf("; %lld updates in flight, %lld refused\n", number_at(parent, "in_flight_updates"),
           number_at(parent, "refused"));
    if (text_at(parent, "trouble")[0] != '\0') {
        printf("  %s\n", text_at(parent, "trouble"));
    }
    if (is_at(parent, "directives_differ")) {
        printf("  DIFFERS from %s in units, catalogue or keys (theirs %.16s)\n",
               text_at(status, "parent"), text_at(parent, "directives"));
    }
}

static void print_chains(const json_t *status)
{
    size_t i, j;
    json_t *chain, *receipt;
    json_array_foreach(json_object_get(status, "chains"), i, chain)
    {
        printf("%-10s %-16s %lld updates", text_at(chain, "stream"), text_at(chain, "unit"),
               number_at(chain, "updates"));
        if (number_at(chain, "quarantined") > 0) {
            printf(", %lld QUARANTINED", number_at(chain, "quarantined"));
        }
        if (number_at(chain, "tips") > 1) {
            printf(", FORKED into %lld%s", number_at(chain, "tips"),
                   is_at(chain, "forked_by_one") ? " by copies of ONE machine" : "");
        }
        if (number_at(chain, "heard_at") != 0) { /* since this start */
            print_time(", heard ", number_at(chain, "heard_at"));
        }
        json_array_foreach(json_object_get(chain, "receipts"), j, receipt)
        {
            printf("; %s has %lld", text_at(receipt, "hub"), number_at(receipt, "updates"));
        }
        printf("\n");
    }
}

int lt_hub_cmd_status(int argc, char **argv)
{
    struct lt_options options;
    json_t *status = NULL;
    char reason[LT_DIRECT_REASON_MAX] = "";
    int code;
    if (!lt_options_parse(argc, argv, NULL, 0, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(USAGE, USAGE, "status: '%s' is not expected", options.operands[0]);
    }
    enum lt_result result = lt_status_ask(options.dir, &status, reason);
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n", reason[0] != '\0' ? reason : lt_result_text(result));
        return lt_exit_of(result);
    }
    if (options.json) {
        json_dumpf(status, stdout, JSON_COMPACT);
        printf("\n");
    } else {
        print_head(status);
        if (is_at(status, "running")) {
            print_heard(status);
            print_links(status);
        }
        print_chains(status);
    }
    json_decref(status);
    return LT_EXIT_OK;
}
