/* cmd_keys - the keys of units: who has them, which wait for the top's word, and that word. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/options.h"
#include "hub/approving.h"
#include "hub/choose.h"
#include "hub/commands.h"
#include "hub/import.h"
#include "hub/key_table.h"
#include "hub/print.h"

static const char USAGE[] =
    "Usage: lienthong-hub keys [UNIT[@DATE]] [--waiting] [--json | --csv] [--dir D]\n"
    "       lienthong-hub keys --approve KEY[,KEY…] [--timeout SECONDS] [--json] [--dir D]\n"
    "Lists the signing keys that were granted to PCs and hubs, with the hub that granted each.\n"
    "waiting: a hub below has granted it, and above that hub it counts for nothing until the top\n"
    "approves it. The top does that by itself for a unit's first key, and where a key was changed\n"
    "for another by the machine that held it; another PC of a unit waits for --approve, said at\n"
    "the top: ask the office whether that PC is theirs (its status shows the same digits).\n"
    "KEY: the first 8 digits or more. --timeout: how long to wait for a key that has not come up "
    "yet.\n";

enum { WAITING, APPROVE, CSV, TIMEOUT, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {
    {"--waiting", false}, {"--approve", true}, {"--csv", false}, {"--timeout", true}};
enum { LOOK_EVERY_MS = 200 };

enum { APPROVE_MAX = 256 };

struct asking {
    const struct lt_options *options;
    struct lt_import_view view;
    struct lt_key_table table;
    char reason[LT_DIRECT_REASON_MAX];
};

/* ---- The state ---- */

static enum lt_result look(struct asking *asking)
{
    const struct lt_place *place = NULL;
    enum lt_result result = lt_import_look(asking->options->dir, &asking->view, asking->reason);
    if (result != LT_OK) {
        return result;
    }
    const struct lt_book *book = lt_ledger_book(asking->view.ledger);
    if (asking->options->operand_count == 1) {
        result = lt_choose_unit(book, asking->options->operands[0], &place, asking->reason);
    }
    if (result == LT_OK) {
        result = lt_key_table_fill(&asking->table, book, place != NULL ? &place->unit : NULL);
    }
    lt_import_look_end(&asking->view);
    return result;
}

/* ---- The list ---- */

enum column {
    C_UNIT,
    C_ROLE,
    C_KEY,
    C_WHOLE,
    C_STATE,
    C_HUB,
    C_BY_KEY,
    C_REVOKED_BY,
    COLUMN_COUNT
};
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_UNIT] = {"unit", "Đơn vị", "Unit", LT_PRINT_TEXT},
    [C_ROLE] = {"role", "Vai trò", "Role", LT_PRINT_TEXT},
    [C_KEY] = {"digits", "Khóa", "Key", LT_PRINT_TEXT},
    [C_WHOLE] = {"key", NULL, NULL, LT_PRINT_TEXT},
    [C_STATE] = {"state", "Tình trạng", "State", LT_PRINT_TEXT},
    [C_HUB] = {"granted_by", "Cấp bởi", "Granted by", LT_PRINT_TEXT},
    [C_BY_KEY] = {"in_place_of", "Thay khóa", "In place of", LT_PRINT_TEXT},
    [C_REVOKED_BY] = {"revoked_by", "Thu hồi bởi", "Revoked by", LT_PRINT_TEXT},
};

static void print_key(struct lt_print *print, const struct lt_granted_key *key)
{
    char unit[LT_UNIT_TEXT_MAX], hub[LT_UNIT_TEXT_MAX], revoked_by[LT_UNIT_TEXT_MAX] = "";
    char whole[65], digits[65], previous[65] = "";
    lt_unit_format(&key->unit, unit);
    lt_unit_format(&key->hub, hub);
    lt_hex(key->key.bytes, 32, whole);
    lt_hex(key->key.bytes, 32, digits);
    digits[LT_KEY_SHOWN] = '\0';
    if (key->asked_by_key) {
        lt_hex(key->previous.bytes, 32, previous);
        previous[LT_KEY_SHOWN] = '\0';
    }
    if (key->revoked) {
        lt_unit_format(&key->revoked_by, revoked_by);
    }
    const char *cells[COLUMN_COUNT] = {
        [C_UNIT] = unit,
        [C_ROLE] = key->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent",
        [C_KEY] = digits,
        [C_WHOLE] = whole,
        [C_STATE] = lt_key_state(key),
        [C_HUB] = hub,
        [C_BY_KEY] = previous,
        [C_REVOKED_BY] = revoked_by,
    };
    lt_print_row(print, cells);
}

static enum lt_result list(struct asking *asking)
{
    const struct lt_options *options = asking->options;
    enum lt_print_format format = options->json                  ? LT_PRINT_JSON
                                  : options->values[CSV] != NULL ? LT_PRINT_CSV
                                                                 : LT_PRINT_TABLE;
    struct lt_print *print =
        lt_print_begin(stdout, format, "lienthong-keys-1", NULL, columns, COLUMN_COUNT);
    if (print == NULL) {
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < asking->table.count; i++) {
        const struct lt_granted_key *key = &asking->table.keys[i];
        if (options->values[WAITING] == NULL || key->awaits) {
            print_key(print, key);
        }
    }
    return lt_print_end(print, NULL);
}

/* ---- Approving ---- */

static enum lt_result plan(struct asking *asking, struct lt_approval *approvals,
                           Lienthong__Directive **items, size_t *ret_count)
{
    enum lt_result result = LT_OK;
    *ret_count = 0;
    if (asking->view.site.has_parent) {
        snprintf(asking->reason, sizeof(asking->reason),
                 "keys are approved at the top of the tree; this hub is below");
        return LT_REFUSED;
    }
    for (const char *list = asking->options->values[APPROVE]; *list != '\0' && result == LT_OK;) {
        char digits[80];
        size_t length = strcspn(list, ",");
        snprintf(digits, sizeof(digits), "%.*s", (int)(length < 79 ? length : 79), list);
        if (*ret_count == APPROVE_MAX) {
            snprintf(asking->reason, sizeof(asking->reason), "at most %d at once", APPROVE_MAX);
            return LT_USAGE;
        }
        bool needed = false;
        result = lt_approving_plan(&asking->table, digits, &approvals[*ret_count], &needed,
                                   asking->reason);
        items[*ret_count] = &approvals[*ret_count].item;
        *ret_count += result == LT_OK && needed;
        list += length + (list[length] == ',');
    }
    return result;
}

static void print_approved(const struct asking *asking, const struct lt_approval *approvals,
                           size_t count)
{
    if (count == 0) {
        printf("%s\n", asking->options->json ? "{\"approved\":[]}" : "valid already");
    }
    for (size_t i = 0; i < count; i++) {
        char unit[LT_UNIT_TEXT_MAX], key[65];
        lt_unit_format(&approvals[i].key.unit, unit);
        lt_hex(approvals[i].key.key.bytes, 32, key);
        if (asking->options->json) {
            printf("%s{\"unit\":\"%s\",\"key\":\"%s\"}%s", i == 0 ? "{\"approved\":[" : ",", unit,
                   key, i + 1 == count ? "]}\n" : "");
        } else {
            printf("approved: key %.16s of unit %s\n", key, unit);
        }
    }
}

/* A key that was told on the telephone may come up a little later. */
static enum lt_result plan_in_time(struct asking *asking, int64_t wait_ms,
                                   struct lt_approval *approvals, Lienthong__Directive **items,
                                   size_t *ret_count)
{
    const lt_ms until = lt_clock_monotonic() + wait_ms;
    enum lt_result result = plan(asking, approvals, items, ret_count);
    while (result == LT_NOT_FOUND && lt_clock_monotonic() < until) {
        (void)poll(NULL, 0, LOOK_EVERY_MS);
        lt_key_table_free(&asking->table);
        result = look(asking);
        if (result == LT_OK) {
            result = plan(asking, approvals, items, ret_count);
        }
    }
    return result;
}

static enum lt_result approve(struct asking *asking)
{
    struct lt_approval *approvals = calloc(APPROVE_MAX, sizeof(*approvals));
    Lienthong__Directive *items[APPROVE_MAX];
    size_t count = 0, said = 0;
    int64_t wait_ms = 0;
    const char *timeout = asking->options->values[TIMEOUT];
    if (timeout != NULL && !lt_daemon_seconds(timeout, &wait_ms)) {
        snprintf(asking->reason, sizeof(asking->reason), "--timeout is a number of seconds");
        free(approvals);
        return LT_USAGE;
    }
    enum lt_result result =
        approvals == NULL ? LT_NO_MEMORY : plan_in_time(asking, wait_ms, approvals, items, &count);
    if (result == LT_OK) {
        result = lt_direct_say(asking->options->dir, items, count, &said, asking->reason);
    }
    if (result == LT_OK) {
        print_approved(asking, approvals, count);
    }
    free(approvals);
    return result;
}

/* ---- The command ---- */

int lt_hub_cmd_keys(int argc, char **argv)
{
    struct lt_options options;
    struct asking asking = {.options = &options};
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    bool approving = options.values[APPROVE] != NULL;
    if (options.operand_count > (approving ? 0 : 1) ||
        (approving && options.values[WAITING] != NULL)) {
        return lt_options_usage(USAGE, USAGE, "keys: at most one unit; --approve stands alone");
    }
    enum lt_result result = look(&asking);
    if (result == LT_OK) {
        result = approving ? approve(&asking) : list(&asking);
    }
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n",
                asking.reason[0] != '\0' ? asking.reason : lt_result_text(result));
    }
    lt_key_table_free(&asking.table);
    return lt_exit_of(result);
}
