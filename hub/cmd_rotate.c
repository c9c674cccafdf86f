/* cmd_rotate - changes this hub's own keys for others, without anybody's code. */
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/options.h"
#include "hub/commands.h"
#include "hub/control.h"
#include "hub/own_rotation.h"

static const char USAGE[] =
    "Usage: lienthong-hub rotate [--timeout SECONDS] [--json] [--dir D]\n"
    "Changes the key that this hub signs with, and the CURVE key with which it connects to its\n"
    "parent, for others; needs no code. The former keys end. The key that its children know it by\n"
    "stays (listen.key). The running hub does it once the top has everything that this hub has\n"
    "directed; where none runs the next keys are made, and `run` does it. Of the top the root\n"
    "signs the key: see `root`. --timeout: how long to wait for the end (60). Make a backup after "
    "it.\n"
    "Leaves with 0: changed; 1: not yet; 2: refused, the keys stay.\n";

enum { TIMEOUT, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {{"--timeout", true}};
enum { WAIT_S = 60, LOOK_EVERY_MS = 200 };

struct rotating {
    const struct lt_options *options;
    json_t *told; /* `keys` of the status, as the running hub told it last */
    char reason[300];
};

static const char *text_at(const struct rotating *rotating, const char *name)
{
    const char *text = json_string_value(json_object_get(rotating->told, name));
    return text != NULL ? text : "";
}

/* LT_NOT_FOUND with no reason: no hub runs here. */
static enum lt_result call(struct rotating *rotating, bool begin)
{
    char *answer = NULL;
    const struct lt_bytes payload = {(const uint8_t *)"?", begin ? 0 : 1};
    enum lt_result result =
        lt_control_call(rotating->options->dir, LT_VERB_ROTATE, payload, &answer);
    if (result == LT_OK) {
        json_decref(rotating->told);
        rotating->told = json_loads(answer, 0, NULL);
        result = rotating->told != NULL ? LT_OK : LT_VERSION;
    } else if (answer != NULL || result != LT_NOT_FOUND) {
        snprintf(rotating->reason, sizeof(rotating->reason), "%s",
                 answer != NULL && answer[0] != '\0' ? answer : "the running hub does not answer");
    }
    free(answer);
    return result;
}

static int print_end(const struct rotating *rotating, const char *state, int code)
{
    const char *trouble = text_at(rotating, "trouble"), *next = text_at(rotating, "next");
    if (rotating->options->json) {
        json_t *said = json_pack("{s:s,s:s,s:s,s:s}", "state", state, "key",
                                 text_at(rotating, "key"), "next", next, "trouble", trouble);
        json_dumpf(said, stdout, JSON_COMPACT);
        printf("\n");
        json_decref(said);
    } else if (code == LT_EXIT_OK) {
        printf("changed: this hub's key is %s\n", text_at(rotating, "key"));
    } else if (code == LT_EXIT_UNFINISHED) {
        printf("not yet%s%.16s; %s\n", next[0] != '\0' ? ", to key " : "", next, trouble);
    } else {
        fprintf(stderr, "lienthong-hub: not changed: %s\n", trouble);
    }
    return code;
}

/* Beside the running hub, which does it. */
static int await(struct rotating *rotating, int64_t wait_ms)
{
    char wanted[65];
    const lt_ms until = lt_clock_monotonic() + (lt_ms)wait_ms;
    enum lt_result result = LT_OK;
    snprintf(wanted, sizeof(wanted), "%s", text_at(rotating, "next"));
    while (result == LT_OK && text_at(rotating, "next")[0] != '\0' &&
           lt_clock_monotonic() < until) {
        (void)poll(NULL, 0, LOOK_EVERY_MS);
        result = call(rotating, false);
    }
    if (result != LT_OK) {
        fprintf(stderr,
                "lienthong-hub: not yet, and the hub does not run any more: `run` goes on\n");
        return LT_EXIT_UNFINISHED;
    }
    if (text_at(rotating, "next")[0] != '\0') {
        return print_end(rotating, "waiting", LT_EXIT_UNFINISHED);
    }
    return strcmp(text_at(rotating, "key"), wanted) == 0
               ? print_end(rotating, "changed", LT_EXIT_OK)
               : print_end(rotating, "refused", LT_EXIT_FAILED);
}

/* Where none runs. */
static enum lt_result prepare(struct rotating *rotating)
{
    const char *dir = rotating->options->dir;
    struct lt_ledger *ledger = NULL;
    struct lt_hub_site site;
    char reason[200] = "";
    int lock = -1;
    enum lt_result result = lt_control_lock(dir, &lock, reason);
    if (result == LT_OK) {
        result = lt_ledger_open(dir, true, &ledger, reason);
    }
    if (result == LT_OK) {
        lt_ledger_site(ledger, &site);
        lt_ledger_close(ledger);
        result = lt_rotation_prepare(dir, &site, NULL, reason);
    }
    if (lock >= 0) {
        close(lock);
    }
    snprintf(rotating->reason, sizeof(rotating->reason), "%s", reason);
    return result;
}

int lt_hub_cmd_rotate(int argc, char **argv)
{
    struct lt_options options;
    struct rotating rotating = {.options = &options};
    int64_t wait_ms = WAIT_S * 1000;
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0 || (options.values[TIMEOUT] != NULL &&
                                      !lt_daemon_seconds(options.values[TIMEOUT], &wait_ms))) {
        return lt_options_usage(USAGE, USAGE, "rotate: --timeout is a number of seconds");
    }
    enum lt_result result = call(&rotating, true);
    if (result == LT_NOT_FOUND && rotating.reason[0] == '\0') {
        result = prepare(&rotating);
        if (result == LT_OK) {
            rotating.told =
                json_pack("{s:s}", "trouble", "the next keys are made; `run` changes to them");
            code = print_end(&rotating, "prepared", LT_EXIT_UNFINISHED);
        }
    } else if (result == LT_OK) {
        code = await(&rotating, wait_ms);
    }
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n",
                rotating.reason[0] != '\0' ? rotating.reason : lt_result_text(result));
        code = lt_exit_of(result);
    }
    json_decref(rotating.told);
    return code;
}
