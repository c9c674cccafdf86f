/* cmd_init - makes a hub: the top of a tree, or one below another. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/folder.h"
#include "agent/join.h"
#include "agent/options.h"
#include "agent/text.h"
#include "hub/commands.h"
#include "hub/config.h"
#include "hub/control.h"
#include "hub/direct.h"
#include "hub/roster.h"
#include "proto/judge.h"

static const char USAGE[] =
    "Usage: lienthong-hub init UNIT [--name NAME] [--level L] [--nature N] [--type T] [SETTINGS]\n"
    "       lienthong-hub init --join CODE [--endpoint HOST:PORT[,…]] [--wait SECONDS] [SETTINGS]\n"
    "Settings: [--listen tcp://ADDRESS:PORT] [--public tcp://HOST:PORT[,…]] [--workers N] [--dir "
    "D]\n"
    "Makes keys, store and hub.conf. The first form makes the top of a tree (level nation, nature\n"
    "administrative unless told) with its root and recovery keys: move root.key and recovery.key\n"
    "to two safe places afterwards. The second joins the hub that printed CODE (invite UNIT\n"
    "--hub). Safe to repeat after a failure.\n";

enum { APPROVAL_S = 900 };
enum { NAME, LEVEL, NATURE, TYPE, JOIN, ENDPOINT, WAIT, LISTEN, PUBLIC, WORKERS, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {
    {"--name", true},   {"--level", true},    {"--nature", true}, {"--type", true},
    {"--join", true},   {"--endpoint", true}, {"--wait", true},   {"--listen", true},
    {"--public", true}, {"--workers", true},
};

struct init {
    const struct lt_options *options;
    struct lt_hub_config config;
    struct lt_keys keys;
    int lock;
    struct lt_ledger *ledger;
    struct lt_hub_site site;
    uint8_t level, nature;
    char reason[700];
};

static enum lt_result fail(struct init *init, enum lt_result result, const char *what,
                           const char *why)
{
    snprintf(init->reason, sizeof(init->reason), "%.180s: %.500s", what, why);
    return result;
}

/* ---- The command line ---- */

static enum lt_result read_public(struct init *init, const char *list)
{
    while (list != NULL && *list != '\0') {
        char one[LT_ENDPOINT_MAX];
        size_t length = strcspn(list, ",");
        if (init->config.public_count == LT_CONFIG_PUBLIC_MAX || length >= sizeof(one)) {
            return fail(init, LT_USAGE, "--public", "too many, or one too long");
        }
        memcpy(one, list, length);
        one[length] = '\0';
        if (lt_config_endpoint(one, false,
                               init->config.public_endpoints[init->config.public_count]) != LT_OK) {
            return fail(init, LT_USAGE, one, "is not an endpoint such as tcp://hub.example:7400");
        }
        init->config.public_count++;
        list += length + (list[length] == ',');
    }
    return LT_OK;
}

static enum lt_result read_settings(struct init *init)
{
    const char *const *values = init->options->values;
    const char *listen = values[LISTEN] != NULL ? values[LISTEN] : "tcp://0.0.0.0:7400";
    lt_config_default(&init->config);
    if (lt_config_endpoint(listen, true, init->config.listen[0].endpoint) != LT_OK) {
        return fail(init, LT_USAGE, listen, "is not an endpoint such as tcp://0.0.0.0:7400");
    }
    init->config.listen_count = 1;
    if (values[WORKERS] != NULL) {
        char *end;
        unsigned long workers = strtoul(values[WORKERS], &end, 10);
        if (values[WORKERS][0] == '\0' || *end != '\0' || workers > 64) {
            return fail(init, LT_USAGE, "--workers", "is a number from 0 to 64");
        }
        init->config.workers = (unsigned)workers;
    }
    init->level = LT_UNIT_NATION;
    init->nature = LIENTHONG__NATURE__NATURE_ADMINISTRATIVE;
    if (values[LEVEL] != NULL &&
        (init->level = lt_name_value(lt_unit_level_name, values[LEVEL])) == 0) {
        return fail(init, LT_USAGE, "--level", "is nation, province, district, commune or base");
    }
    if (values[NATURE] != NULL &&
        (init->nature = lt_name_value(lt_nature_name, values[NATURE])) == 0) {
        return fail(init, LT_USAGE, "--nature",
                    "is administrative, agency, school, enterprise, organisation or forces");
    }
    return read_public(init, values[PUBLIC]);
}

/* ---- Common to both ---- */

static enum lt_result open_state(struct init *init)
{
    char reason[200] = "";
    const char *dir = init->options->dir;
    enum lt_result result =
        lt_folder_make(dir, 0755) ? LT_OK : fail(init, LT_IO, dir, lt_text_errno(errno));
    if (result != LT_OK) {
        return result;
    }
    result = lt_control_lock(dir, &init->lock, reason);
    if (result == LT_OK) {
        result = lt_keys_make(dir, &init->keys, reason);
    }
    if (result == LT_OK) {
        result = lt_ledger_open(dir, false, &init->ledger, reason);
    }
    if (result != LT_OK) {
        snprintf(init->reason, sizeof(init->reason), "%s", reason);
        return result;
    }
    lt_ledger_site(init->ledger, &init->site);
    return LT_OK;
}

static enum lt_result finish(struct init *init)
{
    char reason[200] = "";
    struct lt_roster *roster;
    enum lt_result result = lt_roster_open(init->options->dir, &roster, reason);
    if (result != LT_OK) {
        snprintf(init->reason, sizeof(init->reason), "%s", reason);
        return result;
    }
    lt_roster_close(roster);
    result = lt_config_write(init->options->dir, &init->config, init->reason);
    if (result == LT_EXISTS) {
        fprintf(stderr, "lienthong-hub: hub.conf is there and stays as it is\n");
        result = LT_OK;
    }
    return result;
}

static enum lt_result check_same(struct init *init, const struct lt_unit *unit, bool has_parent)
{
    char text[LT_UNIT_TEXT_MAX];
    if (init->site.unit.code[0] == '\0' ||
        (lt_unit_cmp(&init->site.unit, unit) == 0 && init->site.has_parent == has_parent)) {
        return LT_OK;
    }
    lt_unit_format(&init->site.unit, text);
    snprintf(init->reason, sizeof(init->reason), "%.150s holds another hub already: of unit %s, %s",
             init->options->dir, text,
             init->site.has_parent ? "below a parent" : "the top of its tree");
    return LT_EXISTS;
}

/* ---- The top ---- */

/* The first words of a tree: the root's grant of its hub's key, and the top's own unit. */
static enum lt_result say_first(struct init *init, const struct lt_secret *root)
{
    struct lt_signature signature;
    Lienthong__Grant grant;
    Lienthong__UnitEntry entry;
    Lienthong__Unit wire_grant, wire_unit;
    Lienthong__Directive items[2], *pointers[2] = {&items[0], &items[1]};
    Lienthong__DirectiveBody body;
    char name[LT_LONG_TEXT_BYTES_MAX + 1], type[LT_TEXT_BYTES_MAX + 1];
    const char *const *values = init->options->values;
    snprintf(name, sizeof(name), "%s", values[NAME] != NULL ? values[NAME] : init->site.unit.code);
    snprintf(type, sizeof(type), "%s", values[TYPE] != NULL ? values[TYPE] : "");
    lt_root_sign(&init->site.unit, &init->keys.sign_public, root, &signature);
    lt_direct_grant(&grant, &wire_grant, &init->site.unit, LIENTHONG__ROLE__ROLE_HUB,
                    &init->keys.sign_public, init->keys.curve_public);
    grant.root_signature =
        (ProtobufCBinaryData){.len = sizeof(signature.bytes), .data = signature.bytes};
    lienthong__unit_entry__init(&entry);
    lienthong__unit__init(&wire_unit);
    wire_unit.code = init->site.unit.code;
    wire_unit.valid_from = init->site.unit.valid_from;
    entry.unit = &wire_unit;
    entry.level = (Lienthong__UnitLevel)init->level;
    entry.nature = (Lienthong__Nature)init->nature;
    entry.name = name;
    entry.type = type;
    lienthong__directive__init(&items[0]);
    lienthong__directive__init(&items[1]);
    lienthong__directive_body__init(&body);
    items[0].grant = &grant;
    items[1].unit = &entry;
    body.items = pointers;
    body.n_items = 2;
    return lt_direct_commit(init->ledger, &init->keys, &body, lt_clock_wall());
}

/* Kept if it is there: an `init` that was cut off is repeated. */
static enum lt_result open_one(struct init *init, const char *name, struct lt_key *ret_public,
                               struct lt_secret *ret_secret)
{
    char path[LT_DIR_MAX + 16], reason[200] = "";
    snprintf(path, sizeof(path), "%s/%s", init->options->dir, name);
    enum lt_result result = lt_key_file_make(path, ret_public, ret_secret, reason);
    if (result == LT_EXISTS) {
        result = lt_key_file_load(path, ret_public, ret_secret, reason);
    }
    if (result != LT_OK) {
        snprintf(init->reason, sizeof(init->reason), "%s", reason);
    }
    return result;
}

static enum lt_result open_root(struct init *init, struct lt_secret *ret_secret)
{
    struct lt_secret recovery;
    enum lt_result result = open_one(init, "root.key", &init->site.root, ret_secret);
    if (result == LT_OK) {
        result = open_one(init, "recovery.key", &init->site.recovery, &recovery);
        explicit_bzero(&recovery, sizeof(recovery));
    }
    return result;
}

static bool has_standing(struct init *init)
{
    struct lt_chain own = {LT_STREAM_DIRECTIVE, init->site.unit};
    pthread_rwlock_rdlock(lt_ledger_book_lock(init->ledger));
    bool standing =
        lt_book_key(lt_ledger_book(init->ledger), &own, &init->keys.sign_public) == LT_OK;
    pthread_rwlock_unlock(lt_ledger_book_lock(init->ledger));
    return standing;
}

static enum lt_result init_top(struct init *init, const struct lt_unit *unit)
{
    struct lt_secret secret;
    enum lt_result result = check_same(init, unit, false);
    if (result != LT_OK || has_standing(init)) {
        return result;
    }
    result = open_root(init, &secret);
    if (result != LT_OK) {
        return result;
    }
    if (init->site.unit.code[0] == '\0') {
        init->site.unit = init->site.top = *unit;
        lt_random(&init->site.incarnation, sizeof(init->site.incarnation));
    }
    result = lt_ledger_set_site(init->ledger, &init->site);
    if (result == LT_OK) {
        result = say_first(init, &secret);
    }
    explicit_bzero(&secret, sizeof(secret));
    return result == LT_OK ? LT_OK
                           : fail(init, result, "the first directive", lt_result_text(result));
}

/* ---- Below a parent ---- */

static enum lt_result read_join(struct init *init, struct lt_join_request *request)
{
    const char *const *values = init->options->values;
    request->role = LIENTHONG__ROLE__ROLE_HUB;
    request->wait_ms = 60000;
    char trouble[LT_JOIN_TEXT_MAX];
    enum lt_result read = lt_join_request_code(request, values[JOIN]);
    if (read != LT_OK) {
        lt_join_code_trouble(values[JOIN], read, trouble);
        return fail(init, LT_USAGE, "--join", trouble);
    }
    if (values[WAIT] != NULL) {
        char *end;
        unsigned long seconds = strtoul(values[WAIT], &end, 10);
        if (values[WAIT][0] == '\0' || *end != '\0' || seconds == 0 || seconds > 86400) {
            return fail(init, LT_USAGE, "--wait", "is a number of seconds");
        }
        request->wait_ms = (int64_t)seconds * 1000;
    }
    for (const char *list = values[ENDPOINT]; list != NULL && *list != '\0';) {
        char one[LT_ENDPOINT_MAX];
        size_t length = strcspn(list, ",");
        snprintf(one, sizeof(one), "%.*s", (int)(length < sizeof(one) ? length : 0), list);
        if (lt_join_request_endpoint(request, one, true) != LT_OK) {
            return fail(init, LT_USAGE, "--endpoint", "is not host:port");
        }
        list += length + (list[length] == ',');
    }
    return LT_OK;
}

/* An operator above has to approve first. */
static void say_pending(void *context, const char *text)
{
    (void)context;
    fprintf(stderr, "lienthong-hub: %s\n", text);
}

static enum lt_result init_below(struct init *init, struct lt_join_request *request)
{
    struct lt_joined joined;
    char text[LT_JOIN_TEXT_MAX] = "";
    if (init->site.unit.code[0] == '\0') {
        lt_random(&init->site.incarnation, sizeof(init->site.incarnation));
    }
    request->instance = init->site.incarnation;
    request->pending = say_pending;
    request->approval_ms = init->options->values[WAIT] == NULL ? APPROVAL_S * 1000 : 0;
    enum lt_result result = lt_join_talk(request, &init->keys, &joined, text);
    if (result == LT_OK) {
        result = check_same(init, &joined.unit, true);
    } else {
        fail(init, result, "joining the parent", text[0] != '\0' ? text : lt_result_text(result));
    }
    if (result == LT_OK) {
        init->site.unit = joined.unit;
        init->site.top = joined.top;
        init->site.root = joined.root;
        init->site.recovery = joined.recovery;
        init->site.has_parent = true;
        init->site.parent = joined.hub;
        memcpy(init->site.parent_curve, request->hub_curve, 32);
        init->site.endpoint_count = joined.endpoint_count;
        memcpy(init->site.endpoints, joined.endpoints, sizeof(init->site.endpoints));
        result = lt_ledger_set_site(init->ledger, &init->site);
    }
    return result;
}

/* ---- The command ---- */

static void print_done(const struct init *init)
{
    char unit[LT_UNIT_TEXT_MAX], top[LT_UNIT_TEXT_MAX], key[65];
    lt_unit_format(&init->site.unit, unit);
    lt_unit_format(&init->site.top, top);
    lt_hex(init->site.root.bytes, 32, key);
    if (init->options->json) {
        json_t *said = json_pack("{s:s,s:s,s:s,s:s,s:s,s:b}", "dir", init->options->dir, "unit",
                                 unit, "top", top, "root_key", key, "listen",
                                 init->config.listen[0].endpoint, "is_top", !init->site.has_parent);
        json_dumpf(said, stdout, JSON_COMPACT);
        printf("\n");
        json_decref(said);
        return;
    }
    printf("hub of unit %s, root key %.16s…, state in %s\n", unit, key, init->options->dir);
    if (!init->site.has_parent) {
        printf("keep root.key and recovery.key offline, in two places: the one signs this hub's "
               "key and\n"
               "nothing else, the other replaces it (lienthong-hub root --help)\n");
    }
    printf("next: lienthong-hub run\n");
}

static enum lt_result init_hub(struct init *init)
{
    struct lt_unit unit;
    bool dated, below = init->options->values[JOIN] != NULL;
    if (!below && lt_unit_parse(init->options->operands[0], &unit, &dated) != LT_OK) {
        return fail(init, LT_USAGE, init->options->operands[0],
                    "is not a unit's code, such as 80 or 80@2025-07-01");
    }
    struct lt_join_request request = {.endpoint_count = 0};
    enum lt_result result = read_settings(init);
    if (result == LT_OK && below) {
        result = read_join(init, &request);
    }
    if (result == LT_OK) {
        result = open_state(init);
    }
    if (result == LT_OK) {
        result = below ? init_below(init, &request) : init_top(init, &unit);
    }
    explicit_bzero(&request, sizeof(request));
    return result == LT_OK ? finish(init) : result;
}

int lt_hub_cmd_init(int argc, char **argv)
{
    struct lt_options options;
    struct init init = {.options = &options, .lock = -1};
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count != (options.values[JOIN] != NULL ? 0u : 1u)) {
        return lt_options_usage(USAGE, USAGE, "init: one unit, or --join CODE");
    }
    enum lt_result result = init_hub(&init);
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n",
                init.reason[0] != '\0' ? init.reason : lt_result_text(result));
    } else {
        print_done(&init);
    }
    if (init.ledger != NULL) {
        lt_ledger_close(init.ledger);
    }
    if (init.lock >= 0) {
        close(init.lock);
    }
    lt_keys_wipe(&init.keys);
    return lt_exit_of(result);
}
