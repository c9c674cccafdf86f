/* cmd_doctor - what is wrong with this hub, and what to do. Looks, and changes nothing. */
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/doctor.h"
#include "agent/env.h"
#include "agent/text.h"
#include "hub/commands.h"
#include "hub/control.h"
#include "hub/door.h"
#include "hub/ledger.h"

static const char USAGE[] =
    "Usage: lienthong-hub doctor [--whole] [--json] [--dir D]\n"
    "Examines this hub: folder, disk, settings, keys, store, clock, processes, services, its own "
    "door, the\n"
    "link to its parent. Each line says OK, WARNING or WRONG, and what to do. Changes nothing, "
    "also beside\n"
    "a running hub. --whole: looks through a large store too, which reads all of it.\n"
    "Exit codes: 0 nothing is wrong, 1 something is, 64 called wrongly.\n";

static const uint64_t LOW_BYTES = UINT64_C(2) * 1024 * 1024 * 1024;

struct examination {
    struct lt_doctor doctor;
    bool whole;
    struct lt_hub_config config;
    bool have_config, have_keys, have_doors, have_site;
    struct lt_keys keys;
    struct lt_hub_site site;
    json_t *status; /* of the running hub; NULL: none runs, or it does not answer */
    int64_t signed_at; /* of the newest receipt of a hub above */
};

/* ---- Settings and keys ---- */

static void look_at_settings(struct examination *of)
{
    char reason[300] = "";
    of->have_config = lt_config_read(of->doctor.dir, &of->config, reason) == LT_OK;
    if (!of->have_config) {
        lt_doctor_say(&of->doctor, LT_LOOK_SETTINGS, LT_WRONG,
                      "mend hub.conf; the running hub keeps what it has read", "%s", reason);
    } else if (of->config.public_count == 0) {
        lt_doctor_say(
            &of->doctor, LT_LOOK_SETTINGS, LT_DOUBTFUL,
            "add a line such as `public = tcp://hub.example:7400`, and start it again",
            "hub.conf names no public endpoint: codes and moves name the one listened at");
    } else {
        lt_doctor_say(&of->doctor, LT_LOOK_SETTINGS, LT_HEALTHY, NULL,
                      "hub.conf: %zu doors, public %s", of->config.listen_count,
                      of->config.public_endpoints[0]);
    }
}

static void look_at_keys(struct examination *of)
{
    static const char *const others[] = {
        "sign.key.next", "curve.key.next", "box.key",   "box-1.key", "box-2.key",
        "box-3.key",     "box-4.key",      "box-5.key", "box-6.key", "box-7.key"};
    uint8_t sign[32], curve[32];
    const bool signs = lt_doctor_key(&of->doctor, "sign.key", true, sign);
    const bool connects = lt_doctor_key(&of->doctor, "curve.key", true, curve);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        (void)lt_doctor_key(&of->doctor, others[i], false, NULL);
    }
    of->have_doors = of->have_config && signs && connects;
    for (size_t i = 0; i < LT_DOOR_FILES; i++) {
        bool named = false;
        for (size_t k = 0; of->have_config && k < of->config.listen_count; k++) {
            named = named || strcmp(of->config.listen[k].key_file, lt_door_files[i]) == 0;
        }
        const bool good = lt_doctor_key(&of->doctor, lt_door_files[i], named, NULL);
        of->have_doors = of->have_doors && (good || !named); /* a missing one would be made */
    }
    of->have_keys = signs && connects;
    if (of->have_keys) {
        crypto_sign_seed_keypair(of->keys.sign_public.bytes, of->keys.sign_secret.bytes, sign);
        memcpy(of->keys.curve_secret, curve, sizeof(curve));
        crypto_scalarmult_base(of->keys.curve_public, curve);
    }
    sodium_memzero(sign, sizeof(sign));
    sodium_memzero(curve, sizeof(curve));
}

/* ---- The store ---- */

struct own_key {
    const struct lt_key *key;
    bool found, awaits, revoked;
};

static void note_key(void *context, const struct lt_granted_key *granted)
{
    struct own_key *own = context;
    if (memcmp(&granted->key, own->key, sizeof(granted->key)) == 0) {
        own->found = true;
        own->awaits = granted->awaits;
        own->revoked = granted->revoked;
    }
}

static void say_own_key(struct examination *of, struct lt_ledger *ledger)
{
    struct own_key own = {.key = &of->keys.sign_public};
    char text[65];
    lt_book_granted_keys(lt_ledger_book(ledger), note_key, &own);
    lt_hex(of->keys.sign_public.bytes, 32, text);
    if (own.revoked) {
        lt_doctor_say(&of->doctor, LT_LOOK_KEYS, LT_WRONG,
                      "join again with a new code (`init --join`), or `root` for the top's",
                      "key %.16s was revoked: nobody believes what this hub signs", text);
    } else if (!own.found || own.awaits) {
        lt_doctor_say(&of->doctor, LT_LOOK_KEYS, LT_DOUBTFUL,
                      "let it settle with its parent; the top approves it (`keys --approve`)",
                      "key %.16s is not granted as far as is known here", text);
    } else {
        lt_doctor_say(&of->doctor, LT_LOOK_KEYS, LT_HEALTHY, NULL,
                      "readable, closed to others; key %.16s is granted", text);
    }
}

static void note_receipt(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    struct examination *of = context;
    struct lt_statement said;
    if (lt_unit_cmp(hub, &of->site.unit) != 0 && lt_receipt_open(receipt, &said) == LT_OK &&
        said.signed_at > of->signed_at) {
        of->signed_at = said.signed_at;
    }
}

static void read_store(struct examination *of, struct lt_ledger *ledger)
{
    struct lt_ledger_counts counts;
    lt_ledger_site(ledger, &of->site);
    of->have_site = of->site.unit.code[0] != '\0';
    if (!of->have_site) {
        lt_doctor_say(&of->doctor, LT_LOOK_STORE, LT_WRONG, "`lienthong-hub init …`",
                      "the store holds no hub yet");
        return;
    }
    lt_ledger_counts(ledger, false, &counts);
    const struct lt_chain own = {LT_STREAM_DIRECTIVE, of->site.unit};
    lt_ledger_receipts(ledger, &own, note_receipt, of);
    lt_doctor_say(&of->doctor, LT_LOOK_STORE, LT_HEALTHY, NULL,
                  "opens%s: %" PRIu64 " updates in %" PRIu64 " chains, %" PRIu64 " records",
                  of->whole ? ", and is whole" : "", counts.updates, counts.chains, counts.records);
    if (of->have_keys) {
        say_own_key(of, ledger);
    }
}

static void look_at_store(struct examination *of)
{
    struct lt_ledger *ledger;
    char reason[200] = "", roster[PATH_MAX];
    snprintf(roster, sizeof(roster), "%s/roster", of->doctor.dir);
    if (lt_env_is_made(roster, reason) != LT_OK) {
        lt_doctor_say(&of->doctor, LT_LOOK_STORE, LT_WRONG, "`restore` a backup", "%s", reason);
    }
    reason[0] = '\0';
    if (!lt_doctor_store_files(&of->doctor)) {
        return;
    }
    enum lt_result result = lt_ledger_open(of->doctor.dir, true, &ledger, reason);
    if (result == LT_OK) {
        if (of->whole) {
            result = lt_env_verify(lt_ledger_env(ledger), NULL, reason);
        }
        if (result == LT_OK) {
            read_store(of, ledger);
        }
        lt_ledger_close(ledger);
    }
    if (result != LT_OK) {
        lt_doctor_store_failed(&of->doctor, result, reason);
    }
}

/* ---- The running hub ---- */

static void look_at_running(struct examination *of)
{
    char *answer = NULL;
    const bool held = lt_doctor_holders(&of->doctor, "hub.lock") > 0;
    if (lt_control_call(of->doctor.dir, LT_VERB_STATUS, (struct lt_bytes){NULL, 0}, &answer) ==
        LT_OK) {
        of->status = json_loads(answer, 0, NULL);
    }
    free(answer);
    if (held && of->status == NULL) {
        lt_doctor_say(&of->doctor, LT_LOOK_PROCESS, LT_WRONG,
                      "if it stays so, stop that process, and look at the hub's log",
                      "a process works on this hub's state and does not answer as a running hub");
    }
    lt_doctor_processes(&of->doctor, of->status != NULL);
    lt_doctor_unit(&of->doctor, "lienthong-hub.service");
    lt_doctor_unit(&of->doctor, "lienthong-web.service");
    const size_t alarms = json_array_size(json_object_get(of->status, "alarms"));
    if (alarms > 0) {
        lt_doctor_say(&of->doctor, LT_LOOK_PROCESS, LT_DOUBTFUL,
                      "`lienthong-hub status` tells which", "%zu alarms since it was started",
                      alarms);
    }
}

static void look_at_clock(struct examination *of)
{
    const json_t *parent = json_object_get(of->status, "parent_link");
    const struct lt_doctor_times times = {
        .signed_at = of->signed_at,
        .asked_at = json_integer_value(json_object_get(parent, "welcomed_at")),
        .ahead_s = json_integer_value(json_object_get(parent, "clock_ahead_s"))};
    lt_doctor_clock(&of->doctor, &times);
}

/* ---- Links ---- */

/* As those below come: a stranger is let in so far. */
static void look_at_door(struct examination *of)
{
    char reason[200] = "";
    struct lt_door doors[LT_CONFIG_LISTEN_MAX];
    struct lt_doctor_way way = {
        .whose = "this hub, as those below reach it", .have_keys = true, .when_none = LT_DOUBTFUL};
    if (of->status == NULL || !of->have_doors || of->config.public_count == 0 ||
        lt_doors_load(of->doctor.dir, &of->config, &of->keys, doors, reason) != LT_OK) {
        return;
    }
    const struct lt_door *told = &doors[of->config.listen_count - 1];
    way.endpoints = of->config.public_endpoints;
    way.count = of->config.public_count;
    memcpy(way.keys.server, told->curve_public, sizeof(way.keys.server));
    crypto_box_keypair(way.keys.public_key, way.keys.secret_key);
    lt_doctor_link(&of->doctor, &way);
    lt_doors_wipe(doors);
    sodium_memzero(&way, sizeof(way));
}

static void look_at_parent(struct examination *of)
{
    char parent[LT_UNIT_TEXT_MAX];
    struct lt_doctor_way way = {.endpoints = of->site.endpoints,
                                .count = of->site.endpoint_count,
                                .whose = parent,
                                .have_keys = of->have_keys,
                                .when_none = LT_WRONG};
    if (!of->have_site || !of->site.has_parent) {
        return;
    }
    lt_unit_format(&of->site.parent, parent);
    memcpy(way.keys.server, of->site.parent_curve, sizeof(way.keys.server));
    memcpy(way.keys.public_key, of->keys.curve_public, sizeof(way.keys.public_key));
    memcpy(way.keys.secret_key, of->keys.curve_secret, sizeof(way.keys.secret_key));
    lt_doctor_link(&of->doctor, &way);
    sodium_memzero(&way, sizeof(way));
    const json_t *link = json_object_get(of->status, "parent_link");
    if (link != NULL) {
        const char *trouble = json_string_value(json_object_get(link, "trouble"));
        const bool welcomed = json_is_true(json_object_get(link, "welcomed"));
        lt_doctor_say(&of->doctor, LT_LOOK_CONTACT, welcomed ? LT_HEALTHY : LT_DOUBTFUL, NULL,
                      "%s with %s%s%s", welcomed ? "in a session" : "NOT in a session", parent,
                      trouble != NULL && trouble[0] != '\0' ? "; " : "",
                      trouble != NULL ? trouble : "");
    }
}

static int examine(struct examination *of, const struct lt_options *options)
{
    lt_doctor_begin(&of->doctor, options->dir, options->json);
    if (lt_doctor_folder(&of->doctor)) {
        lt_doctor_disk(&of->doctor, LOW_BYTES);
        look_at_settings(of);
        look_at_keys(of);
        look_at_store(of);
        look_at_running(of);
        look_at_clock(of);
        look_at_door(of);
        look_at_parent(of);
    }
    return lt_doctor_end(&of->doctor);
}

int lt_hub_cmd_doctor(int argc, char **argv)
{
    static const struct lt_option known[] = {{"--whole", false}};
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, known, 1, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(USAGE, USAGE, "doctor: '%s' is not expected", options.operands[0]);
    }
    struct examination *of = calloc(1, sizeof(*of));
    if (of == NULL) {
        return lt_options_no_memory();
    }
    of->whole = options.values[0] != NULL;
    code = examine(of, &options);
    json_decref(of->status);
    lt_keys_wipe(&of->keys);
    free(of);
    return code;
}
