/* cmd_seal - names below this hub are sealed to its box key, or no more. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "hub/asking.h"
#include "hub/box_plan.h"
#include "hub/commands.h"
#include "hub/figures.h"
#include "hub/import.h"

static const char USAGE[] =
    "Usage: lienthong-hub seal init [--again] [--json] [--dir D]\n"
    "       lienthong-hub seal UNIT[@DATE] [--dry-run] [--json] [--dir D]\n"
    "       lienthong-hub seal --open UNIT[@DATE] [--dry-run] [--json] [--dir D]\n"
    "       lienthong-hub seal [--csv | --json] [--dir D]\n"
    "  init  makes box.key in the hub's folder, once. Keep a copy apart: whoever loses it loses "
    "the names\n"
    "        that are sealed to it, never figures. --again puts it aside and makes another one: "
    "for "
    "what is told after\n"
    "        the next `seal UNIT`.\n"
    "  UNIT  from now on the names of units at or below it are sealed to this hub: hubs between "
    "store, relay and\n"
    "        count without reading. The units' own PCs read theirs, new PCs too. Names told before "
    "stay as they are.\n"
    "  --open ends it. Without anything: what stands.\n";

enum { O_OPEN, O_AGAIN, O_DRY_RUN, O_CSV, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--open", true}, {"--again", false}, {"--dry-run", false}, {"--csv", false}};

static int fail(enum lt_result result, const char *reason)
{
    (void)fprintf(stderr, "lienthong-hub seal: %s\n",
                  reason[0] != '\0' ? reason : lt_result_text(result));
    return result == LT_NOT_FOUND || result == LT_AMBIGUOUS || result == LT_REFUSED
               ? LT_EXIT_UNFINISHED
               : lt_exit_of(result);
}

/* ---- init ---- */

static int init(const struct lt_options *given)
{
    struct lt_box_pair pair;
    char reason[200] = "", hex[65];
    enum lt_result result = LT_OK;
    if (given->values[O_AGAIN] != NULL)
        result = lt_box_key_retire(given->dir, reason);
    if (result == LT_OK)
        result = lt_box_key_make(given->dir, &pair, reason);
    if (result == LT_EXISTS)
        (void)snprintf(
            reason, sizeof reason,
            "%.100s/box.key is there: what is sealed to it can be read with nothing else; --again "
            "puts it aside",
            given->dir);
    if (result != LT_OK)
        return fail(result, reason);
    lt_hex(pair.public_key, 32, hex);
    sodium_memzero(&pair, sizeof pair);
    (void)printf(given->json ? "{\"schema\":\"lienthong.seal/1\",\"box_key\":\"%s\"}\n"
                             : "box key %s made; keep a copy of box.key apart\n",
                 hex);
    return LT_EXIT_OK;
}

/* ---- What stands ---- */

static enum lt_result ask(struct lt_ledger *ledger, const struct lt_options *given,
                          char ret_reason[LT_ASKING_REASON_MAX])
{
    static const struct lt_print_column columns[] = {
        {"within", "Thuộc", "Within", LT_PRINT_TEXT},
        {"said_by", "Cấp chỉ thị", "Said by", LT_PRINT_TEXT},
        {"hub", "Niêm phong cho", "Sealed to", LT_PRINT_TEXT},
        {"box_key", "Khóa", "Box key", LT_PRINT_TEXT},
        {"read_here", "Đọc được ở đây", "Read here", LT_PRINT_TEXT},
    };
    const struct lt_book *book = lt_ledger_book(ledger);
    struct lt_hub_site site;
    struct lt_box_ring ring = {.count = 0};
    bool current;
    ret_reason[0] = '\0';
    enum lt_result result = lt_box_keys_load(given->dir, &ring, &current, ret_reason);
    if (result != LT_OK)
        return result;
    struct lt_print *print = lt_print_begin(stdout, lt_asking_format(given, given->values[O_CSV]),
                                            "lienthong.sealings/1", NULL, columns, 5);
    if (print == NULL)
        return LT_NO_MEMORY;
    lt_ledger_site(ledger, &site);
    for (size_t i = 0; i < lt_book_sealing_count(book); i++) {
        const struct lt_sealing *said = lt_book_sealing_at(book, i);
        char within[LT_UNIT_TEXT_MAX], by[LT_UNIT_TEXT_MAX], hub[LT_UNIT_TEXT_MAX] = "",
                                                             hex[65] = "";
        lt_unit_format(&said->within->unit, within);
        lt_unit_format(&said->said_by, by);
        if (!said->open) {
            lt_unit_format(&said->hub, hub);
            lt_hex(said->box_key, 32, hex);
        }
        const bool ours = !said->open && lt_unit_cmp(&said->hub, &site.unit) == 0;
        const char *cells[] = {within, by, said->open ? "open" : hub, hex,
                               !ours                                     ? ""
                               : lt_box_is_here(said, &site.unit, &ring) ? "yes"
                                                                         : "NO"};
        lt_print_row(print, cells);
    }
    lt_box_ring_wipe(&ring);
    return lt_print_end(print, NULL);
}

/* ---- Saying it ---- */

struct saying {
    struct lt_unit within, hub,
        above; /* above: which hub's word stands against ours; no code: none's */
    struct lt_box_ring ring;
    uint8_t box_key[32];
    struct lt_box_plan plan;
    Lienthong__Directive item;
    Lienthong__Sealing sealing;
    Lienthong__Unit wire_within, wire_hub;
    Lienthong__Directive *list[1 + LT_BOX_PLAN_MAX];
    size_t count;
};

static void build(struct saying *saying, bool open)
{
    lienthong__directive__init(&saying->item);
    lienthong__sealing__init(&saying->sealing);
    lienthong__unit__init(&saying->wire_within);
    lienthong__unit__init(&saying->wire_hub);
    saying->wire_within.code = saying->within.code;
    saying->wire_within.valid_from = saying->within.valid_from;
    saying->wire_hub.code = saying->hub.code;
    saying->wire_hub.valid_from = saying->hub.valid_from;
    saying->sealing.within = &saying->wire_within;
    saying->sealing.open = open;
    if (!open) {
        saying->sealing.hub = &saying->wire_hub;
        memcpy(saying->box_key, saying->ring.pairs[0].public_key, 32);
        saying->sealing.box_key = (ProtobufCBinaryData){32, saying->box_key};
    }
    saying->item.sealing = &saying->sealing;
    saying->list[0] = &saying->item;
    for (size_t i = 0; i < saying->plan.count; i++)
        saying->list[1 + i] = saying->plan.items[i];
    saying->count = 1 + saying->plan.count;
}

static enum lt_result prepare(struct lt_import_view *view, const char *unit, bool open,
                              struct saying *saying, char *ret_reason)
{
    Lienthong__DirectiveBody body;
    struct lt_figures_query years = {.year_from = LT_YEAR_MIN, .year_to = LT_YEAR_MAX};
    const struct lt_book *book = lt_ledger_book(view->ledger);
    enum lt_result result = lt_figures_find_place(book, unit, &years, ret_reason);
    if (result != LT_OK)
        return result;
    saying->within = years.place->unit;
    saying->hub = view->site.unit;
    if (!open)
        result =
            lt_box_plan_make(book, &saying->hub, &saying->ring, &saying->within, &saying->plan);
    if (result != LT_OK)
        return result;
    const struct lt_sealing *stands = lt_book_sealing(book, &saying->within);
    if (stands != NULL && lt_unit_cmp(&stands->said_by, &saying->hub) != 0 &&
        lt_book_within(book, &saying->hub, &stands->said_by))
        saying->above = stands->said_by;
    build(saying, open);
    lienthong__directive_body__init(&body);
    body.items = saying->list;
    body.n_items = saying->count;
    return lt_direct_check(view->ledger, &body, NULL, ret_reason);
}

static int say(const struct lt_options *given, const char *unit, bool open)
{
    struct saying saying = {.count = 0};
    struct lt_import_view view;
    char reason[LT_ASKING_REASON_MAX] = "", text[LT_UNIT_TEXT_MAX];
    size_t said = 0;
    bool current = open;
    enum lt_result result =
        open ? LT_OK : lt_box_keys_load(given->dir, &saying.ring, &current, reason);
    if (result == LT_OK && !current) {
        (void)snprintf(reason, sizeof reason,
                       "this hub has no box.key yet: lienthong-hub seal init");
        result = LT_NOT_FOUND;
    }
    if (result == LT_OK)
        result = lt_import_look(given->dir, &view, reason);
    if (result == LT_OK) {
        result = prepare(&view, unit, open, &saying, reason);
        lt_import_look_end(&view);
    }
    lt_box_ring_wipe(&saying.ring);
    const bool dry = given->values[O_DRY_RUN] != NULL;
    if (result == LT_OK && !dry)
        result = lt_direct_say(given->dir, saying.list, saying.count, &said, reason);
    if (result == LT_OK) {
        lt_unit_format(&saying.within, text);
        (void)printf(
            given->json
                ? "{\"schema\":\"lienthong.seal/1\",\"within\":\"%s\",\"open\":%s,\"machines\":%zu,"
                  "\"said\":%s}\n"
                : "%s: names are %s; machines given their unit's key: %zu%s\n",
            text,
            given->json ? (open ? "true" : "false") : (open ? "no more sealed" : "sealed here"),
            saying.plan.machines,
            given->json ? (dry ? "false" : "true") : (dry ? " (nothing was said)" : ""));
    }
    if (result == LT_OK && saying.above.code[0] != '\0') {
        lt_unit_format(&saying.above, text);
        (void)fprintf(stderr,
                      "lienthong-hub seal: %s above has sealed these names: while that stands, "
                      "this changes nothing\n",
                      text);
    }
    lt_box_plan_free(&saying.plan);
    return result == LT_OK ? LT_EXIT_OK : fail(result, reason);
}

int lt_hub_cmd_seal(int argc, char **argv)
{
    struct lt_options given;
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE, USAGE, &given, &code))
        return code;
    const char *open = given.values[O_OPEN];
    if (given.operand_count > (open == NULL ? 1U : 0U))
        return lt_options_usage(USAGE, USAGE, "%s", given.operands[open == NULL ? 1 : 0]);
    if (open != NULL)
        return say(&given, open, true);
    if (given.operand_count == 0)
        return lt_asking_run("seal", &given, ask);
    return strcmp(given.operands[0], "init") == 0 ? init(&given)
                                                  : say(&given, given.operands[0], false);
}
