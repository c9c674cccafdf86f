/* cmd_digest - which units need somebody, as a text for a daily mail or a script. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/options.h"
#include "agent/text.h"
#include "hub/commands.h"
#include "hub/direct.h"
#include "hub/status_ask.h"
#include "hub/web/fleet.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub digest [--quiet] [--json] [--dir D]\n"
    "  Các đơn vị cần xử lý, nặng trước, kèm việc phải làm; và hub này có chạy không. Để gửi thư "
    "hằng\n"
    "  ngày: lienthong-hub digest --quiet | mail -E -s 'Liên thông' van-hanh@…\n"
    "  --quiet: không in gì khi không ai cần xử lý. Mã thoát 1 khi có việc phải làm.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub digest [--quiet] [--json] [--dir D]\n"
    "  Units that need somebody, the gravest first, with what to do; and whether this hub runs. "
    "For a\n"
    "  daily mail: lienthong-hub digest --quiet | mail -E -s Lienthong operator@…\n"
    "  --quiet: nothing is printed when nobody is needed. Exit code 1 when something has to be "
    "done.\n";

enum { O_QUIET, O_COUNT, NAMED_MAX = 20 };
static const struct lt_option options[O_COUNT] = {{"--quiet", false}};

struct digest {
    struct lt_ledger *ledger;
    json_t *status;
    struct lt_seen seen;
    struct lt_fleet *fleet;
    bool running;
};

static void print_units(const struct lt_fleet *fleet, enum lt_trouble trouble)
{
    size_t named = 0;
    for (size_t i = 0; i < fleet->count && named < NAMED_MAX; i++) {
        const struct lt_fleet_unit *unit = &fleet->units[i];
        char when[LT_WHEN_TEXT_MAX];
        if ((unit->troubles >> trouble & 1U) == 0)
            continue;
        named++;
        lt_text_when(lt_fleet_since(unit), when);
        (void)printf("    %-16s %s  %s\n", unit->text, when, unit->name);
    }
    if (fleet->troubled[trouble] > named)
        (void)printf(lt_text("    và %zu đơn vị nữa\n", "    and %zu more\n"),
                     fleet->troubled[trouble] - named);
}

static void print_text(const struct digest *digest)
{
    const struct lt_fleet *fleet = digest->fleet;
    const char *unit = json_string_value(json_object_get(digest->seen.status, "unit"));
    char when[LT_WHEN_TEXT_MAX];
    lt_text_when(lt_clock_wall(), when);
    (void)printf(lt_text("Hub %s, %s: %zu trong %zu đơn vị đã tham gia cần xử lý\n",
                         "Hub %s, %s: %zu of %zu units that have joined need somebody\n"),
                 unit != NULL ? unit : "?", when, fleet->troubled_units, fleet->with_key);
    if (!digest->running)
        (void)puts(lt_text("HUB NÀY KHÔNG CHẠY: không có gì mới đi vào.",
                           "THIS HUB DOES NOT RUN: nothing new comes in."));
    for (int trouble = 0; trouble < LT_TROUBLES; trouble++) {
        const struct lt_trouble_words *words = lt_trouble_words((enum lt_trouble)trouble);
        if (fleet->troubled[trouble] == 0)
            continue;
        (void)printf("\n%s: %zu\n  %s\n", lt_text(words->vietnamese, words->english),
                     fleet->troubled[trouble], lt_text(words->do_vietnamese, words->do_english));
        print_units(fleet, (enum lt_trouble)trouble);
    }
}

static bool print_json(const struct digest *digest)
{
    const struct lt_fleet *fleet = digest->fleet;
    json_t *troubles = json_object();
    int bad = troubles == NULL;
    for (int trouble = 0; trouble < LT_TROUBLES; trouble++) {
        json_t *units = json_array();
        for (size_t i = 0; i < fleet->count && fleet->troubled[trouble] > 0; i++) {
            if ((fleet->units[i].troubles >> trouble & 1U) != 0)
                bad |= json_array_append_new(units, json_string(fleet->units[i].text));
        }
        bad |=
            json_object_set_new(troubles, lt_trouble_words((enum lt_trouble)trouble)->name, units);
    }
    json_t *document =
        json_pack("{s:s, s:O?, s:b, s:I, s:I, s:o}", "schema", "lienthong.digest/1", "unit",
                  json_object_get(digest->seen.status, "unit"), "running", (int)digest->running,
                  "troubled", (json_int_t)fleet->troubled_units, "joined",
                  (json_int_t)fleet->with_key, "troubles", troubles);
    bool good = document != NULL && bad == 0 && json_dumpf(document, stdout, JSON_INDENT(1)) == 0 &&
                putchar('\n') != EOF;
    json_decref(document);
    return good;
}

static enum lt_result look(const char *dir, struct digest *digest, char *reason)
{
    char opening[200] = "";
    enum lt_result result = lt_status_ask(dir, &digest->status, reason);
    if (result != LT_OK)
        return result;
    digest->seen.status = digest->status;
    digest->running = json_is_true(json_object_get(digest->status, "running"));
    result = lt_ledger_open(dir, true, &digest->ledger, opening);
    if (result != LT_OK) {
        (void)snprintf(reason, LT_DIRECT_REASON_MAX, "%s", opening);
        return result;
    }
    digest->fleet = lt_fleet_make(digest->ledger, NULL, digest->seen.status, lt_clock_wall());
    return digest->fleet != NULL ? LT_OK : LT_NO_MEMORY;
}

static int tell(const struct lt_options *given, const struct digest *digest)
{
    const bool needed = !digest->running || digest->fleet->troubled_units > 0;
    bool told = true;
    if (given->json)
        told = print_json(digest);
    else if (needed || given->values[O_QUIET] == NULL)
        print_text(digest);
    return !told ? LT_EXIT_FAILED : needed ? LT_EXIT_UNFINISHED : LT_EXIT_OK;
}

int lt_hub_cmd_digest(int argc, char **argv)
{
    struct lt_options given;
    struct digest digest = {.ledger = NULL};
    char reason[LT_DIRECT_REASON_MAX] = "";
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    if (given.operand_count > 0)
        return lt_options_usage(USAGE_VI, USAGE_EN, "digest: %s", given.operands[0]);
    enum lt_result result = look(given.dir, &digest, reason);
    if (result == LT_OK) {
        code = tell(&given, &digest);
    } else {
        (void)fprintf(stderr, "lienthong-hub digest: %s\n",
                      reason[0] != '\0' ? reason : lt_text_result(result));
        code = lt_exit_of(result);
    }
    lt_fleet_free(digest.fleet);
    lt_ledger_close(digest.ledger);
    json_decref(digest.status);
    return code;
}
