#include "hub/revoking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/keys.h"
#include "agent/text.h"
#include "hub/choose.h"
#include "proto/letters.h"

static enum lt_result fail(struct lt_revoking *revoking, enum lt_result result, const char *what,
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

static enum lt_result find_update(struct lt_revoking *revoking, struct lt_ledger *ledger,
                                  const char *digits, size_t length, struct lt_signed *ret_update)
{
    struct looking looking = {.digits = digits, .length = length};
    char shown[80];
    snprintf(shown, sizeof(shown), "%.*s", (int)(length < 64 ? length : 64), digits);
    if (length < LT_KEY_DIGITS_MIN || length > 64) {
        return fail(revoking, LT_USAGE, shown,
                    lt_text("bản cập nhật được gọi bằng 8 đến 64 chữ số đầu của nó",
                            "an update is named by its first 8 to 64 digits"));
    }
    enum lt_result result = lt_signed_by(ledger, &revoking->chain, look_at, &looking);
    if (result == LT_OK && looking.count != 1) {
        return looking.count == 0
                   ? fail(revoking, LT_NOT_FOUND, shown,
                          lt_text("đơn vị không có bản cập nhật nào bắt đầu như thế",
                                  "no update of this unit begins so; `lienthong-hub updates` lists "
                                  "them"))
                   : fail(revoking, LT_AMBIGUOUS, shown,
                          lt_text("nhiều bản cập nhật bắt đầu như thế; hãy ghi thêm chữ số",
                                  "several updates begin so; give more digits"));
    }
    *ret_update = looking.found;
    return result;
}

/* ---- Which unit, which key, which cut ---- */

static enum lt_result find_unit(struct lt_revoking *revoking, struct lt_ledger *ledger,
                                const char *text)
{
    struct lt_hub_site site;
    const struct lt_place *place;
    const struct lt_book *book = lt_ledger_book(ledger);
    enum lt_result result = lt_choose_unit(book, text, &place, revoking->reason);
    if (result != LT_OK) {
        return result;
    }
    lt_ledger_site(ledger, &site);
    if (!lt_book_within(book, &place->unit, &site.unit)) {
        return fail(revoking, LT_REFUSED, text,
                    lt_text("không thuộc đơn vị của máy chủ này; máy chủ cấp trên phải làm việc đó",
                            "does not lie within this hub's own unit; a hub above has to say it"));
    }
    revoking->unit = place->unit;
    revoking->chain = (struct lt_chain){LT_STREAM_REPORT, place->unit};
    return LT_OK;
}

static enum lt_result choose_key(struct lt_revoking *revoking, const struct lt_revoking_ask *ask,
                                 const struct lt_key_table *table)
{
    const Lienthong__Role role = ask->hub ? LIENTHONG__ROLE__ROLE_HUB : LIENTHONG__ROLE__ROLE_AGENT;
    const struct lt_granted_key *found = NULL;
    if (ask->key != NULL) {
        enum lt_result result = lt_key_table_find(table, ask->key, &found, revoking->reason);
        if (result != LT_OK) {
            return result;
        }
    }
    for (size_t i = 0; ask->key == NULL && i < table->count; i++) {
        const struct lt_granted_key *key = &table->keys[i];
        if (key->role != role || key->revoked) {
            continue;
        }
        if (found != NULL) {
            return fail(
                revoking, LT_AMBIGUOUS, ask->unit,
                lt_text("có nhiều khóa; hãy nói khóa nào",
                        "it has several keys; `lienthong-hub keys` lists them, give --key"));
        }
        found = key;
    }
    if (found == NULL) {
        return fail(revoking, LT_NOT_FOUND, ask->unit,
                    lt_text("không có khóa nào như thế mà chưa bị thu hồi",
                            "it has no such key that is not revoked already"));
    }
    revoking->key = *found;
    revoking->chain.stream =
        found->role == LIENTHONG__ROLE__ROLE_HUB ? LT_STREAM_DIRECTIVE : LT_STREAM_REPORT;
    return LT_OK;
}

static enum lt_result find_key(struct lt_revoking *revoking, const struct lt_revoking_ask *ask,
                               const struct lt_book *book)
{
    struct lt_key_table table = {.count = 0};
    enum lt_result result = lt_key_table_fill(&table, book, &revoking->unit);
    if (result == LT_OK) {
        result = choose_key(revoking, ask, &table);
    }
    lt_key_table_free(&table);
    return result;
}

/* A hub that ends the key with which it signs has shut itself out, and there is no way back for the key. */
static enum lt_result check_not_ours(struct lt_revoking *revoking,
                                     const struct lt_revoking_ask *ask)
{
    struct lt_keys ours;
    char why[200] = "";
    if (revoking->key.role != LIENTHONG__ROLE__ROLE_HUB) {
        return LT_OK;
    }
    if (ask->pc_only) {
        return fail(revoking, LT_REFUSED, ask->unit,
                    lt_text("khóa của một máy chủ chỉ thu hồi được bằng lệnh",
                            "a hub's key is revoked by the command alone"));
    }
    enum lt_result result = lt_keys_load(ask->dir, &ours, why);
    if (result != LT_OK) {
        return fail(revoking, result, "keys", why);
    }
    bool own = memcmp(&ours.sign_public, &revoking->key.key, sizeof(ours.sign_public)) == 0;
    lt_keys_wipe(&ours);
    return own ? fail(revoking, LT_REFUSED, ask->unit,
                      "this hub itself signs with that key: `rotate` changes it (of the top: "
                      "`root`), or a hub above revokes it")
               : LT_OK;
}

static enum lt_result read_given(struct lt_revoking *revoking, struct lt_ledger *ledger,
                                 const char *keep, struct lt_key_cut_ask *ask)
{
    while (*keep != '\0') {
        size_t length = strcspn(keep, ",");
        if (ask->given.count == LT_PARENTS_MAX) {
            return fail(revoking, LT_TOO_LARGE, "--keep",
                        lt_text("quá 64 bản cập nhật", "names more than 64 updates"));
        }
        struct lt_signed update;
        enum lt_result result = find_update(revoking, ledger, keep, length, &update);
        if (result != LT_OK) {
            return result;
        }
        ask->given.ids[ask->given.count++] = update.id;
        keep += length + (keep[length] == ',');
    }
    return LT_OK;
}

static enum lt_result read_keep(struct lt_revoking *revoking, struct lt_ledger *ledger,
                                const struct lt_revoking_ask *asked, struct lt_key_cut_ask *ask)
{
    lt_day day;
    *ask = (struct lt_key_cut_ask){.keep = LT_KEEP_ALL};
    if (asked->keep != NULL && asked->before != NULL) {
        return fail(revoking, LT_USAGE, "--keep",
                    lt_text("không đi cùng --before", "not beside --before"));
    }
    if (asked->before != NULL) {
        if (lt_day_parse_iso(asked->before, &day) != LT_OK) {
            return fail(revoking, LT_USAGE, "--before",
                        lt_text("là một ngày, ví dụ 2026-11-20", "is a day such as 2026-11-20"));
        }
        ask->keep = LT_KEEP_BEFORE;
        ask->before = (int64_t)day * 86400 - 7 * 3600; /* midnight in Việt Nam */
        return LT_OK;
    }
    if (asked->keep == NULL || strcmp(asked->keep, "all") == 0) {
        return LT_OK;
    }
    ask->keep = strcmp(asked->keep, "none") == 0 ? LT_KEEP_NONE : LT_KEEP_GIVEN;
    return ask->keep == LT_KEEP_NONE ? LT_OK : read_given(revoking, ledger, asked->keep, ask);
}

/* ---- The items ---- */

static void put_revocation(struct lt_revoking *revoking)
{
    Lienthong__Revocation *revocation = &revoking->revocation;
    lienthong__unit__init(&revoking->wire_unit);
    lienthong__revocation__init(revocation);
    lienthong__directive__init(&revoking->directives[0]);
    revoking->wire_unit.code = revoking->unit.code;
    revoking->wire_unit.valid_from = revoking->unit.valid_from;
    revocation->unit = &revoking->wire_unit;
    revocation->key = (ProtobufCBinaryData){.len = 32, .data = revoking->key.key.bytes};
    for (size_t i = 0; i < revoking->cut.count; i++) {
        revoking->cut_bytes[i] =
            (ProtobufCBinaryData){.len = 32, .data = revoking->cut.ids[i].bytes};
    }
    revocation->cut = revoking->cut_bytes;
    revocation->n_cut = revoking->cut.count;
    if (revoking->why[0] != '\0') {
        revocation->reason = revoking->why;
    }
    revoking->directives[0].revocation = revocation;
    revoking->items[0] = &revoking->directives[0];
    revoking->item_count = 1;
}

static void put_endorsement(struct lt_revoking *revoking, const struct lt_hash *update)
{
    const size_t at = revoking->item_count++;
    revoking->endorsed[at] = *update;
    lienthong__endorsement__init(&revoking->endorsements[at]);
    lienthong__directive__init(&revoking->directives[at]);
    revoking->endorsements[at].update =
        (ProtobufCBinaryData){.len = 32, .data = revoking->endorsed[at].bytes};
    revoking->directives[at].endorsement = &revoking->endorsements[at];
    revoking->items[at] = &revoking->directives[at];
}

enum lt_result lt_revoking_plan(struct lt_ledger *ledger, const struct lt_revoking_ask *ask,
                                struct lt_revoking *revoking)
{
    struct lt_key_cut_ask cut;
    const char *why = ask->reason != NULL ? ask->reason : "";
    if (strlen(why) > LT_LONG_TEXT_BYTES_MAX ||
        !lt_text_valid((const uint8_t *)why, strlen(why), true)) {
        return fail(revoking, LT_REFUSED, "--reason",
                    lt_text("nhiều nhất 1024 byte UTF-8, không có ký tự điều khiển",
                            "at most 1024 bytes of UTF-8 without control characters"));
    }
    memcpy(revoking->why, why, strlen(why) + 1);
    enum lt_result result = find_unit(revoking, ledger, ask->unit);
    if (result == LT_OK) {
        result = find_key(revoking, ask, lt_ledger_book(ledger));
    }
    if (result == LT_OK) {
        result = check_not_ours(revoking, ask);
    }
    if (result == LT_OK) {
        result = read_keep(revoking, ledger, ask, &cut);
    }
    if (result == LT_OK) {
        result = lt_key_cut(ledger, &revoking->chain, &revoking->key.key, &cut, &revoking->cut,
                            revoking->reason);
    }
    if (result == LT_OK) {
        put_revocation(revoking);
    }
    return result;
}

enum lt_result lt_endorsing_plan(struct lt_ledger *ledger, const char *unit,
                                 const char *const *updates, size_t count,
                                 struct lt_revoking *revoking)
{
    enum lt_result result = find_unit(revoking, ledger, unit);
    for (size_t i = 0; i < count && result == LT_OK; i++) {
        struct lt_signed update;
        if (revoking->item_count == LT_PARENTS_MAX) {
            return fail(revoking, LT_USAGE, updates[i],
                        lt_text("nhiều nhất 64 bản một lúc", "at most 64 at once"));
        }
        result = find_update(revoking, ledger, updates[i], strlen(updates[i]), &update);
        if (result == LT_OK && update.cut_off && !update.endorsed) { /* else it counts already */
            put_endorsement(revoking, &update.id);
        }
    }
    return result;
}
