#include "hub/invite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/backup.h"
#include "agent/clock.h"
#include "agent/text.h"
#include "hub/choose.h"
#include "hub/config.h"
#include "hub/csv.h"
#include "hub/reach.h"

static enum lt_result fail(struct lt_invites *invites, enum lt_result result, const char *what,
                           const char *why)
{
    snprintf(invites->reason, sizeof(invites->reason), "%.100s: %.290s", what, why);
    return result;
}

bool lt_invite_days(const char *text, unsigned *ret_days)
{
    char *end;
    unsigned long days = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || days == 0 || days > LT_INVITE_DAYS_MAX) {
        return false;
    }
    *ret_days = (unsigned)days;
    return true;
}

/* ---- What is the same for all ---- */

static enum lt_result find_endpoint(struct lt_invites *invites, const char *given)
{
    struct lt_hub_config config;
    if (given == NULL) {
        char reason[300] = "";
        enum lt_result result = lt_config_read(invites->dir, &config, reason);
        if (result != LT_OK) {
            return fail(invites, result, "hub.conf", reason);
        }
        given = config.public_count > 0 ? config.public_endpoints[0]
                                        : lt_config_told(&config)->endpoint;
    }
    if (lt_config_endpoint(given, false, invites->own.endpoint) != LT_OK ||
        strncmp(given, "tcp://0.0.0.0:", 14) == 0 || strncmp(given, "tcp://*:", 8) == 0 ||
        strncmp(given, "tcp://[::]:", 11) == 0) {
        return fail(
            invites, LT_USAGE, given,
            lt_text("máy khác không tới được địa chỉ này; ghi --endpoint, hoặc đặt 'public' trong "
                    "hub.conf",
                    "others cannot reach that; give --endpoint, or set 'public' in hub.conf"));
    }
    return LT_OK;
}

/* The running hub's, or opened for this. */
static enum lt_result open_roster(const struct lt_invites *invites, struct lt_roster **ret_roster,
                                  char ret_reason[200])
{
    *ret_roster = invites->roster;
    return invites->roster != NULL ? LT_OK : lt_roster_open(invites->dir, ret_roster, ret_reason);
}

static void close_roster(const struct lt_invites *invites, struct lt_roster *roster)
{
    if (roster != invites->roster) {
        lt_roster_close(roster);
    }
}

static enum lt_result check_retiring(struct lt_invites *invites)
{
    struct lt_roster *roster;
    struct lt_retiring retiring;
    char reason[200] = "";
    enum lt_result result = open_roster(invites, &roster, reason);
    if (result != LT_OK) {
        return fail(invites, result, invites->dir,
                    reason[0] != '\0' ? reason : lt_text_result(result));
    }
    lt_roster_retiring(roster, &retiring);
    close_roster(invites, roster);
    return retiring.since == 0
               ? LT_OK
               : fail(invites, LT_REFUSED,
                      lt_text("máy chủ này sắp ngừng hoạt động", "this hub is being retired"),
                      lt_text("hãy mời tại cấp trên của nó", "invite at its parent"));
}

enum lt_result lt_invites_begin(struct lt_invites *invites, const char *dir, const char *endpoint)
{
    char reason[LT_DIRECT_REASON_MAX] = "";
    *invites = (struct lt_invites){.dir = dir, .now = lt_clock_wall()};
    enum lt_result result = check_retiring(invites);
    if (result == LT_OK) {
        result = find_endpoint(invites, endpoint);
    }
    if (result != LT_OK) {
        return result;
    }
    result = lt_reach_own_curve(dir, invites->own.curve_key, reason);
    return result == LT_OK ? LT_OK : fail(invites, result, dir, reason);
}

enum lt_result lt_invites_begin_running(struct lt_invites *invites, const char *dir,
                                        struct lt_roster *roster, const uint8_t curve[32])
{
    *invites = (struct lt_invites){.dir = dir, .now = lt_clock_wall(), .roster = roster};
    memcpy(invites->own.curve_key, curve, sizeof(invites->own.curve_key));
    enum lt_result result = check_retiring(invites);
    return result == LT_OK ? find_endpoint(invites, NULL) : result;
}

/* ---- Each ---- */

/* May this hub invite that unit in that role? */
static enum lt_result find_unit(struct lt_invites *invites, const struct lt_import_view *view,
                                const char *text, Lienthong__Role role,
                                const struct lt_place **ret_place)
{
    const struct lt_book *book = lt_ledger_book(view->ledger);
    const struct lt_place *place, *own = lt_book_place(book, &view->site.unit);
    char reason[LT_DIRECT_REASON_MAX] = "";
    enum lt_result result = lt_choose_unit(book, text, &place, reason);
    if (result != LT_OK) {
        snprintf(invites->reason, sizeof(invites->reason), "%s", reason);
        return result;
    }
    if (!lt_book_within(book, &place->unit, &view->site.unit)) {
        return fail(invites, LT_REFUSED, text,
                    lt_text("không thuộc đơn vị của máy chủ này",
                            "does not lie within this hub's own unit"));
    }
    if (role == LIENTHONG__ROLE__ROLE_HUB && strcmp(place->unit.code, view->site.unit.code) == 0) {
        return fail(
            invites, LT_REFUSED, text,
            lt_text("là đơn vị của chính máy chủ này; máy chủ khác của đơn vị do cấp trên mời",
                    "is this hub's own unit; another hub for it is invited by the hub "
                    "above"));
    }
    invites->hub = view->site.unit;
    if (invites->hub_name == NULL && own != NULL) {
        invites->hub_name = strdup(own->name);
    }
    *ret_place = place;
    return LT_OK;
}

/* Secrets move when there is no room: the old ones are wiped. */
static bool make_room(struct lt_invites *invites)
{
    if (invites->count < invites->capacity) {
        return true;
    }
    size_t capacity = invites->capacity == 0 ? 16 : invites->capacity * 2;
    struct lt_invite *list = calloc(capacity, sizeof(*list));
    uint8_t(*secrets)[16] = calloc(capacity, sizeof(*secrets));
    if (list == NULL || secrets == NULL) {
        free(list);
        free(secrets);
        return false;
    }
    if (invites->count > 0) {
        memcpy(list, invites->list, invites->count * sizeof(*list));
        memcpy(secrets, invites->secrets, invites->count * sizeof(*secrets));
        explicit_bzero(invites->list, invites->count * sizeof(*list));
        explicit_bzero(invites->secrets, invites->count * sizeof(*secrets));
    }
    free(invites->list);
    free(invites->secrets);
    invites->list = list;
    invites->secrets = secrets;
    invites->capacity = capacity;
    return true;
}

enum lt_result lt_invites_add(struct lt_invites *invites, const struct lt_import_view *view,
                              const char *unit, const struct lt_invite_wish *wish)
{
    const struct lt_place *place;
    struct lt_join_code code = invites->own;
    struct lt_hash hash;
    enum lt_result result = find_unit(invites, view, unit, wish->role, &place);
    if (result != LT_OK) {
        return result;
    }
    if (!make_room(invites)) {
        return fail(invites, LT_NO_MEMORY, unit, lt_text_result(LT_NO_MEMORY));
    }
    struct lt_invite *invite = &invites->list[invites->count];
    uint8_t *secret = invites->secrets[invites->count];
    invite->invitation =
        (struct lt_invitation){.unit = place->unit,
                               .role = wish->role,
                               .made_at = invites->now,
                               .expires_at = invites->now + (int64_t)wish->days * 86400,
                               .approve = wish->approve};
    invite->name = strdup(place->name != NULL ? place->name : "");
    lt_random(secret, 16);
    memcpy(code.secret, secret, 16);
    lt_hash_of(secret, 16, &hash);
    lt_invite_id(&hash, invite->id);
    result = invite->name != NULL ? lt_join_code_format(&code, invite->code) : LT_NO_MEMORY;
    explicit_bzero(&code, sizeof(code));
    if (result != LT_OK) {
        free(invite->name);
        return fail(invites, result, unit, lt_text_result(result));
    }
    invites->count++;
    return LT_OK;
}

/* ---- Many at once ---- */

enum { C_UNIT, C_DAYS, C_ROLE, C_APPROVE, COLUMN_COUNT };
static const struct lt_csv_column COLUMNS[COLUMN_COUNT] = {
    {"unit", true}, {"days", false}, {"role", false}, {"approve", false}};

static enum lt_result read_wish(const struct lt_csv *csv, size_t row, struct lt_invite_wish *wish,
                                struct lt_sheet_fault *fault)
{
    const char *days = lt_csv_cell(csv, row, C_DAYS), *role = lt_csv_cell(csv, row, C_ROLE),
               *approve = lt_csv_cell(csv, row, C_APPROVE);
    if (days[0] != '\0' && !lt_invite_days(days, &wish->days)) {
        return lt_csv_fault(csv, row, C_DAYS, fault,
                            lt_text("là một số từ 1 đến %d", "is a number from 1 to %d"),
                            LT_INVITE_DAYS_MAX);
    }
    if (strcmp(role, "hub") == 0) {
        wish->role = LIENTHONG__ROLE__ROLE_HUB;
    } else if (strcmp(role, "agent") == 0) {
        wish->role = LIENTHONG__ROLE__ROLE_AGENT;
    } else if (role[0] != '\0') {
        return lt_csv_fault(csv, row, C_ROLE, fault,
                            lt_text("là 'agent' hoặc 'hub'", "is 'agent' or 'hub'"));
    }
    if (strcmp(approve, "yes") == 0) {
        wish->approve = true;
    } else if (strcmp(approve, "no") == 0) {
        wish->approve = false;
    } else if (approve[0] != '\0') {
        return lt_csv_fault(csv, row, C_APPROVE, fault,
                            lt_text("là 'yes' hoặc 'no'", "is 'yes' or 'no'"));
    }
    return LT_OK;
}

enum lt_result lt_invites_read(struct lt_invites *invites, const struct lt_import_view *view,
                               struct lt_bytes bytes, const struct lt_invite_wish *wish,
                               struct lt_sheet_fault *ret_fault)
{
    struct lt_csv csv;
    enum lt_result result = lt_csv_read(bytes, COLUMNS, COLUMN_COUNT, &csv, ret_fault);
    if (result != LT_OK) {
        return result;
    }
    size_t rows = lt_csv_rows(&csv);
    if (rows > LT_INVITES_MAX) {
        result = lt_table_fault(ret_fault, LT_TOO_LARGE, 0, 0,
                                lt_text("có quá %d dòng", "there are more than %d rows"),
                                LT_INVITES_MAX);
    }
    for (size_t row = 0; row < rows && result == LT_OK; row++) {
        struct lt_invite_wish own = *wish;
        result = read_wish(&csv, row, &own, ret_fault);
        if (result == LT_OK) {
            const char *unit = lt_csv_cell(&csv, row, C_UNIT);
            result = lt_invites_add(invites, view, unit, &own);
            if (result != LT_OK && result != LT_NO_MEMORY) {
                result = lt_csv_fault(&csv, row, C_UNIT, ret_fault, "%s",
                                      unit[0] == '\0' ? lt_text("còn trống", "is empty")
                                                      : invites->reason);
            } else if (result != LT_OK) {
                lt_csv_fault(&csv, row, C_UNIT, ret_fault, "%s", invites->reason);
            }
        }
    }
    lt_csv_free(&csv);
    return result;
}

/* ---- The roster ---- */

enum lt_result lt_invites_keep(struct lt_invites *invites)
{
    struct lt_roster *roster;
    char reason[200] = "";
    struct lt_invitation *invitations = calloc(invites->count + 1, sizeof(*invitations));
    if (invitations == NULL) {
        return fail(invites, LT_NO_MEMORY, invites->dir, lt_text_result(LT_NO_MEMORY));
    }
    for (size_t i = 0; i < invites->count; i++) {
        invitations[i] = invites->list[i].invitation;
    }
    enum lt_result result = lt_backup_is_none(invites->dir, reason);
    result = result == LT_OK ? open_roster(invites, &roster, reason) : result;
    if (result == LT_OK) {
        result = lt_roster_invite(roster, invites->secrets[0], invitations, invites->count);
        close_roster(invites, roster);
    }
    free(invitations);
    return result == LT_OK
               ? result
               : fail(invites, result,
                      lt_text("không lưu được lời mời", "the invitation could not be kept"),
                      reason[0] != '\0' ? reason : lt_text_result(result));
}

enum lt_result lt_invites_drop(struct lt_invites *invites)
{
    struct lt_roster *roster;
    char reason[200] = "";
    enum lt_result result = open_roster(invites, &roster, reason);
    if (result == LT_OK) {
        result = lt_roster_drop(roster, invites->secrets[0], invites->count);
        close_roster(invites, roster);
    }
    return result;
}

json_t *lt_invite_json(const struct lt_invites *invites, const struct lt_invite *invite,
                       bool with_code)
{
    const struct lt_invitation *invitation = &invite->invitation;
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&invitation->unit, unit);
    json_t *object =
        json_pack("{s:s,s:s,s:s,s:s,s:I,s:b}", "id", invite->id, "unit", unit, "role",
                  invitation->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent", "endpoint",
                  invites->own.endpoint, "expires_at", (json_int_t)invitation->expires_at,
                  "approve", (int)invitation->approve);
    if (with_code) {
        json_object_set_new(object, "code", json_string(invite->code));
    }
    return object;
}

void lt_invites_free(struct lt_invites *invites)
{
    for (size_t i = 0; i < invites->count; i++) {
        free(invites->list[i].name);
    }
    if (invites->list != NULL) {
        explicit_bzero(invites->list, invites->capacity * sizeof(*invites->list));
        explicit_bzero(invites->secrets, invites->capacity * sizeof(*invites->secrets));
    }
    free(invites->list);
    free(invites->secrets);
    free(invites->hub_name);
    *invites = (struct lt_invites){.count = 0};
}
