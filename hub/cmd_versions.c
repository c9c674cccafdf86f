/* cmd_versions - which versions the units' machines run, and what everybody may write. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/text.h"
#include "hub/asking.h"
#include "hub/commands.h"
#include "hub/control.h"
#include "hub/import.h"
#include "hub/versions.h"
#include "proto/standing.h"

static const char USAGE[] =
    "Usage: lienthong-hub versions [--json | --csv] [--dir D]\n"
    "       lienthong-hub versions --announce N [--yes] [--dry-run] [--json] [--dir D]\n"
    "Lists the machines that this hub has let in, with the program that each runs and the newest\n"
    "body version that it reads, as it said when it connected; the hubs below know of theirs.\n"
    "--announce: at the top, body version N is what all machines of the tree may write from now\n"
    "on (their own newest where that is less). What a machine or hub cannot read it keeps and\n"
    "passes on, and does not count: announce when all have been upgraded. Where one has not, or\n"
    "is not known, --yes is needed. An older version may be announced again.\n";

enum { O_CSV, O_ANNOUNCE, O_YES, O_DRY_RUN, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--csv", false}, {"--announce", true}, {"--yes", false}, {"--dry-run", false}};

enum column { C_UNIT, C_ROLE, C_SOFTWARE, C_BODY, C_HEARD, C_STATE, COLUMN_COUNT };
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_UNIT] = {"unit", "Đơn vị", "Unit", LT_PRINT_TEXT},
    [C_ROLE] = {"role", "Vai trò", "Role", LT_PRINT_TEXT},
    [C_SOFTWARE] = {"software", "Phần mềm", "Program", LT_PRINT_TEXT},
    [C_BODY] = {"body_version", "Đọc đến", "Reads", LT_PRINT_NUMBER},
    [C_HEARD] = {"hello_at", "Kết nối lúc", "Connected", LT_PRINT_TEXT},
    [C_STATE] = {"state", "Tình trạng", "State", LT_PRINT_TEXT},
};

struct asked {
    const struct lt_options *given;
    struct lt_hub_site site;
    uint32_t announced, wanted; /* wanted: by the command, else the announced one */
    struct lt_versions versions;
    size_t older, unknown; /* that do not read the wanted one; that have not said what they read */
    char reason[LT_DIRECT_REASON_MAX];
};

/* ---- What is known ---- */

/* Where no hub runs, nobody is heard. */
static enum lt_result hear(struct asked *asked)
{
    char *answer = NULL;
    enum lt_result result =
        lt_control_call(asked->given->dir, LT_VERB_STATUS, (struct lt_bytes){NULL, 0}, &answer);
    if (result == LT_OK) {
        json_t *status = json_loads(answer, 0, NULL);
        lt_versions_heard(&asked->versions, status);
        json_decref(status);
    } else if (result == LT_NOT_FOUND) {
        result = LT_OK;
    } else {
        snprintf(asked->reason, sizeof(asked->reason), "%s",
                 answer != NULL ? answer : "the running hub does not answer");
    }
    free(answer);
    return result;
}

static enum lt_result look(struct asked *asked)
{
    struct lt_import_view view;
    enum lt_result result = lt_import_look(asked->given->dir, &view, asked->reason);
    if (result != LT_OK) {
        return result;
    }
    asked->site = view.site;
    const struct lt_book *book = lt_ledger_book(view.ledger);
    asked->announced = lt_book_body_announced(book);
    lt_versions_let_in(book, &view.site.unit, &asked->versions);
    lt_import_look_end(&view);
    result = hear(asked);
    return result == LT_OK && asked->versions.failed ? LT_NO_MEMORY : result;
}

static void count(struct asked *asked)
{
    for (size_t i = 0; i < asked->versions.count; i++) {
        const struct lt_version_of *item = &asked->versions.items[i];
        asked->unknown += item->body == 0;
        asked->older += item->body != 0 && item->body < asked->wanted;
    }
}

/* ---- Telling ---- */

static const char *state_of(const struct asked *asked, const struct lt_version_of *item)
{
    return item->body == 0 ? "not heard" : item->body < asked->wanted ? "OLDER" : "reads it";
}

static void time_text(int64_t at, char ret_text[32])
{
    time_t seconds = (time_t)at;
    struct tm parts;
    if (at == 0 || gmtime_r(&seconds, &parts) == NULL ||
        strftime(ret_text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        ret_text[0] = '\0';
    }
}

static enum lt_result list(const struct asked *asked)
{
    char head[160];
    const enum lt_print_format format = lt_asking_format(asked->given, asked->given->values[O_CSV]);
    snprintf(head, sizeof(head),
             "\"body_version\":%d,\"announced\":%u,\"older\":%zu,\"unknown\":%zu", LT_BODY_VERSION,
             asked->announced, asked->older, asked->unknown);
    if (format == LT_PRINT_TABLE) {
        printf("This program reads body versions up to %d; announced to all: %u.\n",
               LT_BODY_VERSION, asked->announced);
    }
    struct lt_print *print =
        lt_print_begin(stdout, format, "lienthong.versions/1", head, columns, COLUMN_COUNT);
    if (print == NULL) {
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < asked->versions.count; i++) {
        const struct lt_version_of *item = &asked->versions.items[i];
        char unit[LT_UNIT_TEXT_MAX], body[12] = "", heard[32];
        lt_unit_format(&item->unit, unit);
        time_text(item->hello_at, heard);
        if (item->body != 0) {
            snprintf(body, sizeof(body), "%u", item->body);
        }
        const char *cells[COLUMN_COUNT] = {
            [C_UNIT] = unit,
            [C_ROLE] = item->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent",
            [C_SOFTWARE] = item->software,
            [C_BODY] = body,
            [C_HEARD] = heard,
            [C_STATE] = state_of(asked, item),
        };
        lt_print_row(print, cells);
    }
    return lt_print_end(print, NULL);
}

/* Who stands against it, a few by name. */
static void object(struct asked *asked)
{
    char names[160] = "";
    size_t told = 0, used = 0;
    for (size_t i = 0; i < asked->versions.count && told < 5; i++) {
        const struct lt_version_of *item = &asked->versions.items[i];
        char unit[LT_UNIT_TEXT_MAX];
        if (item->body >= asked->wanted) {
            continue;
        }
        lt_unit_format(&item->unit, unit);
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", told > 0 ? ", " : "",
                                 unit);
        told++;
    }
    snprintf(asked->reason, sizeof(asked->reason),
             "%zu machines read less than body version %u, and of %zu it is not known (%s%s); "
             "nothing was announced: upgrade them first, or --yes",
             asked->older, asked->wanted, asked->unknown, names,
             asked->older + asked->unknown > told ? " …" : "");
}

/* ---- Announcing ---- */

/* LT_USAGE with a reason. */
static enum lt_result read_wanted(struct asked *asked)
{
    const char *text = asked->given->values[O_ANNOUNCE];
    char *end = NULL;
    const unsigned long wanted = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || wanted < LT_BODY_VERSION_FIRST ||
        wanted > LT_BODY_VERSION) {
        snprintf(asked->reason, sizeof(asked->reason),
                 "--announce '%.20s': this program knows body versions %d to %d", text,
                 LT_BODY_VERSION_FIRST, LT_BODY_VERSION);
        return LT_USAGE;
    }
    asked->wanted = (uint32_t)wanted;
    return LT_OK;
}

static void tell(const struct asked *asked, bool said, bool dry)
{
    if (asked->given->json) {
        printf("{\"schema\":\"lienthong.announce/1\",\"announced\":%u,\"before\":%u,\"older\":%zu,"
               "\"unknown\":%zu,\"said\":%s}\n",
               asked->wanted, asked->announced, asked->older, asked->unknown,
               said ? "true" : "false");
        return;
    }
    if (asked->wanted == asked->announced) {
        printf("Body version %u is announced already.\n", asked->wanted);
        return;
    }
    printf(
        "%s body version %u (before: %u); %zu machines do not read it, of %zu it is not known.\n",
        dry ? "Would announce" : "Announced", asked->wanted, asked->announced, asked->older,
        asked->unknown);
}

static enum lt_result announce(struct asked *asked)
{
    Lienthong__Versions versions = LIENTHONG__VERSIONS__INIT;
    Lienthong__Directive item = LIENTHONG__DIRECTIVE__INIT, *items[1] = {&item};
    size_t said = 0;
    const bool dry = asked->given->values[O_DRY_RUN] != NULL;
    const bool same = asked->wanted == asked->announced;
    if (asked->site.has_parent) {
        snprintf(asked->reason, sizeof(asked->reason),
                 "the top of the tree announces what everybody may write; nothing was announced");
        return LT_REFUSED;
    }
    if (!same && asked->older + asked->unknown > 0 && asked->given->values[O_YES] == NULL) {
        object(asked);
        if (!dry) {
            return LT_REFUSED;
        }
        fprintf(stderr, "%s\n", asked->reason);
    }
    versions.body = asked->wanted;
    item.versions = &versions;
    enum lt_result result = LT_OK;
    if (!same && !dry) {
        result = lt_direct_say(asked->given->dir, items, 1, &said, asked->reason);
    }
    if (result == LT_OK) {
        tell(asked, said > 0, dry);
    }
    return result;
}

int lt_hub_cmd_versions(int argc, char **argv)
{
    struct lt_options given;
    struct asked asked = {.given = &given};
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE, USAGE, &given, &code)) {
        return code;
    }
    const bool announcing = given.values[O_ANNOUNCE] != NULL;
    if (given.operand_count > 0) {
        return lt_options_usage(USAGE, USAGE, "versions: '%s' is not expected", given.operands[0]);
    }
    if (!announcing && (given.values[O_YES] != NULL || given.values[O_DRY_RUN] != NULL)) {
        return lt_options_usage(USAGE, USAGE, "versions: --yes and --dry-run go with --announce");
    }
    if (announcing && read_wanted(&asked) != LT_OK) {
        return lt_options_usage(USAGE, USAGE, "%s", asked.reason);
    }
    enum lt_result result = look(&asked);
    if (result == LT_OK) {
        asked.wanted = announcing ? asked.wanted : asked.announced;
        count(&asked);
        result = announcing ? announce(&asked) : list(&asked);
    }
    lt_versions_free(&asked.versions);
    if (result == LT_OK) {
        return LT_EXIT_OK;
    }
    fprintf(stderr, "lienthong-hub versions: %s\n",
            asked.reason[0] != '\0' ? asked.reason : lt_result_text(result));
    return result == LT_REFUSED ? LT_EXIT_UNFINISHED : lt_exit_of(result);
}
