/* cmd_revoke - ends a key at a cut; and endorse, by which single updates outside it count all the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/keys.h"
#include "hub/choose.h"
#include "hub/commands.h"
#include "hub/import.h"
#include "hub/key_cut.h"
#include "hub/key_table.h"
#include "proto/letters.h"

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

struct revoking {
    const struct lt_options *options;
    struct lt_import_view view;
    struct lt_unit unit;
    struct lt_key_table table;
    struct lt_granted_key key;
    struct lt_chain chain;
    struct lt_tips cut;
    struct lt_hash endorsed[LT_PARENTS_MAX];
    size_t endorsed_count;
    char reason[LT_DIRECT_REASON_MAX];
};

static enum lt_result fail(struct revoking *revoking, enum lt_result result, const char *what,
                           const char *why)
{
    snprintf(revoking->reason, sizeof(revoking->reason), "%.100s: %.180s", what, why);
    return result;
}

/* ---- Which update is meant ---- */

struct looking {
    const char *digits;
    size_t length;
    struct lt_signed found;
    size_t count;
};

static bool look_at(void *context, const struct lt_signed *update)
{
    struct looking *looking = context;
    char text[65];
    lt_hex(update->id.bytes, 32, text);
    if (strncmp(text, looking->digits, looking->length) == 0) {
        looking->found = *update;
        looking->count++;
    }
    return true;
}

static enum lt_result find_update(struct revoking *revoking, const char *digits, size_t length,
                                  struct lt_signed *ret_update)
{
    struct looking looking = {.digits = digits, .length = length};
    char shown[80];
    snprintf(shown, sizeof(shown), "%.*s", (int)(length < 64 ? length : 64), digits);
    if (length < LT_KEY_DIGITS_MIN || length > 64) {
        return fail(revoking, LT_USAGE, shown, "an update is named by its first 8 to 64 digits");
    }
    enum lt_result result =
        lt_signed_by(revoking->view.ledger, &revoking->chain, look_at, &looking);
    if (result == LT_OK && looking.count != 1) {
        return looking.count == 0
                   ? fail(revoking, LT_NOT_FOUND, shown,
                          "no update of this unit begins so; `lienthong-hub updates` lists them")
                   : fail(revoking, LT_AMBIGUOUS, shown,
                          "several updates begin so; give more digits");
    }
    *ret_update = looking.found;
    return result;
}

/* ---- Which key, which cut ---- */

static enum lt_result find_key(struct revoking *revoking)
{
    const Lienthong__Role role = revoking->options->values[HUB] != NULL
                                     ? LIENTHONG__ROLE__ROLE_HUB
                                     : LIENTHONG__ROLE__ROLE_AGENT;
    const struct lt_granted_key *found = NULL;
    const char *given = revoking->options->values[KEY];
    const char *unit = revoking->options->operands[0];
    if (given != NULL) {
        enum lt_result result =
            lt_key_table_find(&revoking->table, given, &found, revoking->reason);
        if (result != LT_OK) {
            return result;
        }
    }
    for (size_t i = 0; given == NULL && i < revoking->table.count; i++) {
        const struct lt_granted_key *key = &revoking->table.keys[i];
        if (key->role != role || key->revoked) {
            continue;
        }
        if (found != NULL) {
            return fail(revoking, LT_AMBIGUOUS, unit,
                        "it has several keys; `lienthong-hub keys` lists them, give --key");
        }
        found = key;
    }
    if (found == NULL) {
        return fail(revoking, LT_NOT_FOUND, unit, "it has no such key that is not revoked already");
    }
    revoking->key = *found;
    revoking->chain = (struct lt_chain){
        found->role == LIENTHONG__ROLE__ROLE_HUB ? LT_STREAM_DIRECTIVE : LT_STREAM_REPORT,
        revoking->unit};
    return LT_OK;
}

/* A hub that ends the key with which it signs has shut itself out, and there is no way back for the key. */
static enum lt_result check_not_ours(struct revoking *revoking)
{
    struct lt_keys ours;
    char why[200] = "";
    enum lt_result result = lt_keys_load(revoking->options->dir, &ours, why);
    if (result != LT_OK) {
        return fail(revoking, result, "keys", why);
    }
    bool own = memcmp(&ours.sign_public, &revoking->key.key, sizeof(ours.sign_public)) == 0;
    lt_keys_wipe(&ours);
    return own ? fail(revoking, LT_REFUSED, revoking->options->operands[0],
                      "this hub itself signs with that key: `rotate` changes it (of the top: "
                      "`root`), or a hub above revokes it")
               : LT_OK;
}

static enum lt_result read_keep(struct revoking *revoking, struct lt_key_cut_ask *ask)
{
    const char *keep = revoking->options->values[KEEP], *before = revoking->options->values[BEFORE];
    lt_day day;
    *ask = (struct lt_key_cut_ask){.keep = LT_KEEP_ALL};
    if (keep != NULL && before != NULL) {
        return fail(revoking, LT_USAGE, "--keep", "not beside --before");
    }
    if (before != NULL) {
        if (lt_day_parse_iso(before, &day) != LT_OK) {
            return fail(revoking, LT_USAGE, "--before", "is a day such as 2026-11-20");
        }
        ask->keep = LT_KEEP_BEFORE;
        ask->before = (int64_t)day * 86400 - 7 * 3600; /* midnight in Việt Nam */
        return LT_OK;
    }
    if (keep == NULL || strcmp(keep, "all") == 0) {
        return LT_OK;
    }
    ask->keep = strcmp(keep, "none") == 0 ? LT_KEEP_NONE : LT_KEEP_GIVEN;
    while (ask->keep == LT_KEEP_GIVEN && *keep != '\0') {
        size_t length = strcspn(keep, ",");
        if (ask->given.count == LT_PARENTS_MAX) {
            return fail(revoking, LT_TOO_LARGE, "--keep", "names more than 64 updates");
        }
        struct lt_signed update;
        enum lt_result result = find_update(revoking, keep, length, &update);
        if (result != LT_OK) {
            return result;
        }
        ask->given.ids[ask->given.count++] = update.id;
        keep += length + (keep[length] == ',');
    }
    return LT_OK;
}

static enum lt_result plan_revocation(struct revoking *revoking)
{
    struct lt_key_cut_ask ask;
    const char *reason = revoking->options->values[REASON];
    if (reason != NULL && (strlen(reason) > LT_LONG_TEXT_BYTES_MAX ||
                           !lt_text_valid((const uint8_t *)reason, strlen(reason), true))) {
        return fail(revoking, LT_REFUSED, "--reason",
                    "at most 1024 bytes of UTF-8 without control characters");
    }
    enum lt_result result = find_key(revoking);
    if (result == LT_OK) {
        result = check_not_ours(revoking);
    }
    if (result == LT_OK) {
        result = read_keep(revoking, &ask);
    }
    return result != LT_OK ? result
                           : lt_key_cut(revoking->view.ledger, &revoking->chain, &revoking->key.key,
                                        &ask, &revoking->cut, revoking->reason);
}

static enum lt_result plan_endorsement(struct revoking *revoking)
{
    enum lt_result result = LT_OK;
    revoking->chain = (struct lt_chain){LT_STREAM_REPORT, revoking->unit};
    for (size_t i = 1; i < revoking->options->operand_count && result == LT_OK; i++) {
        const char *digits = revoking->options->operands[i];
        struct lt_signed update;
        if (revoking->endorsed_count == LT_PARENTS_MAX) {
            return fail(revoking, LT_USAGE, digits, "at most 64 at once");
        }
        result = find_update(revoking, digits, strlen(digits), &update);
        if (result == LT_OK && update.cut_off && !update.endorsed) { /* else it counts already */
            revoking->endorsed[revoking->endorsed_count++] = update.id;
        }
    }
    return result;
}

/* The unit, its keys, and the plan, from the state as it is. */
static enum lt_result look(struct revoking *revoking,
                           enum lt_result plan(struct revoking *revoking))
{
    const struct lt_place *place;
    enum lt_result result =
        lt_import_look(revoking->options->dir, &revoking->view, revoking->reason);
    if (result != LT_OK) {
        return result;
    }
    const struct lt_book *book = lt_ledger_book(revoking->view.ledger);
    result = lt_choose_unit(book, revoking->options->operands[0], &place, revoking->reason);
    if (result == LT_OK && !lt_book_within(book, &place->unit, &revoking->view.site.unit)) {
        result = fail(revoking, LT_REFUSED, revoking->options->operands[0],
                      "does not lie within this hub's own unit; a hub above has to say it");
    }
    if (result == LT_OK) {
        revoking->unit = place->unit;
        result = lt_key_table_fill(&revoking->table, book, &place->unit);
    }
    if (result == LT_OK) {
        result = plan(revoking);
    }
    lt_import_look_end(&revoking->view);
    return result;
}

/* ---- Saying it ---- */

static int say_revocation(struct revoking *revoking)
{
    const struct lt_options *options = revoking->options;
    char label[40], *reason = NULL;
    Lienthong__Unit unit;
    Lienthong__Revocation revocation;
    Lienthong__Directive item, *items[1] = {&item};
    ProtobufCBinaryData cut[LT_PARENTS_MAX];
    lienthong__unit__init(&unit);
    lienthong__revocation__init(&revocation);
    lienthong__directive__init(&item);
    unit.code = revoking->unit.code;
    unit.valid_from = revoking->unit.valid_from;
    revocation.unit = &unit;
    revocation.key = (ProtobufCBinaryData){.len = 32, .data = revoking->key.key.bytes};
    for (size_t i = 0; i < revoking->cut.count; i++) {
        cut[i] = (ProtobufCBinaryData){.len = 32, .data = revoking->cut.ids[i].bytes};
    }
    revocation.cut = cut;
    revocation.n_cut = revoking->cut.count;
    if (options->values[REASON] != NULL) {
        reason = strdup(options->values[REASON]);
        revocation.reason = reason != NULL ? reason : revocation.reason;
    }
    item.revocation = &revocation;
    snprintf(label, sizeof(label), "revocation of %s", revoking->unit.code);
    const struct lt_import_act act = {options->dir, label, options->json,
                                      options->values[DRY_RUN] != NULL, options->values[CONFIRM]};
    int code = lt_import_say(&act, items, 1, 1);
    free(reason);
    return code;
}

static int say_endorsement(struct revoking *revoking)
{
    const struct lt_options *options = revoking->options;
    char label[40];
    Lienthong__Endorsement endorsements[LT_PARENTS_MAX];
    Lienthong__Directive items[LT_PARENTS_MAX], *pointers[LT_PARENTS_MAX];
    for (size_t i = 0; i < revoking->endorsed_count; i++) {
        lienthong__endorsement__init(&endorsements[i]);
        lienthong__directive__init(&items[i]);
        endorsements[i].update =
            (ProtobufCBinaryData){.len = 32, .data = revoking->endorsed[i].bytes};
        items[i].endorsement = &endorsements[i];
        pointers[i] = &items[i];
    }
    snprintf(label, sizeof(label), "endorsement for %s", revoking->unit.code);
    const struct lt_import_act act = {options->dir, label, options->json,
                                      options->values[E_DRY_RUN] != NULL, NULL};
    return lt_import_say(&act, pointers, revoking->endorsed_count, options->operand_count - 1);
}

/* ---- The commands ---- */

static int act(const struct lt_options *options, enum lt_result plan(struct revoking *revoking),
               int say(struct revoking *revoking))
{
    struct revoking *revoking = calloc(1, sizeof(*revoking));
    if (revoking == NULL) {
        return lt_options_no_memory();
    }
    revoking->options = options;
    enum lt_result result = look(revoking, plan);
    int code = lt_exit_of(result);
    if (result == LT_OK) {
        code = say(revoking);
    } else {
        fprintf(stderr, "lienthong-hub: %s\n",
                revoking->reason[0] != '\0' ? revoking->reason : lt_result_text(result));
    }
    lt_key_table_free(&revoking->table);
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
    return act(&options, plan_revocation, say_revocation);
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
    return act(&options, plan_endorsement, say_endorsement);
}
