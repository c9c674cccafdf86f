#include "agent/contact.h"

#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/json_whole.h"
#include "agent/table.h"
#include "agent/text.h"

const char *lt_refusal_name(uint32_t reason)
{
    static const char *const names[] = {"none",      "orphan",    "key_unknown", "key_revoked",
                                        "malformed", "signature", "not_yours",   "busy",
                                        "version",   "quota"};
    return reason < sizeof(names) / sizeof(names[0]) ? names[reason] : "unknown";
}

const char *lt_refusal_text(uint32_t reason)
{
    switch (reason) {
    case LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN:
        return lt_text("cấp trên còn thiếu bản cập nhật trước đó; sẽ tự gửi lại",
                       "the hub lacks what came before; sent again by itself");
    case LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_UNKNOWN:
        return lt_text("cấp trên chưa biết khóa của máy này; sẽ tự gửi lại",
                       "the hub does not know this PC's key yet; sent again by itself");
    case LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_REVOKED:
        return lt_text("khóa của máy này đã bị thu hồi; hãy liên hệ cấp trên",
                       "this PC's key was revoked; ask the hub's operator");
    case LIENTHONG__REFUSAL_REASON__REFUSAL_NOT_YOURS:
        return lt_text("máy này không thuộc đơn vị ghi trong bản cập nhật",
                       "this PC does not speak for the unit of the update");
    case LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY:
        return lt_text("cấp trên đang bận hoặc đầy ổ đĩa; sẽ tự gửi lại",
                       "the hub is busy or its disk is full; sent again by itself");
    case LIENTHONG__REFUSAL_REASON__REFUSAL_VERSION:
        return lt_text("cấp trên dùng phiên bản cũ hơn; sẽ tự gửi lại khi cấp trên cập nhật",
                       "the hub runs an older version; sent again when it is updated");
    case LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA:
        return lt_text("máy này gửi quá nhiều nên cấp trên tạm không nhận; sẽ tự gửi lại",
                       "this PC sent too much, and the hub takes nothing from it for a while; "
                       "sent again by itself");
    default:
        return lt_text("cấp trên không đọc được bản cập nhật; hãy liên hệ cấp trên",
                       "the hub cannot read the update; ask its operator");
    }
}

/* What does not fit is cut off, whole letters alone: half of one could not be written as JSON. */
static void cut_text(const char *text, char *ret_text, size_t size)
{
    snprintf(ret_text, size, "%.*s", (int)lt_table_cut(text, size - 1), text);
}

void lt_contact_trouble(struct lt_contact *contact, const char *text)
{
    cut_text(text, contact->trouble, sizeof(contact->trouble));
}

static void copy_text(const json_t *object, const char *name, char *ret_text, size_t size)
{
    const char *text = json_string_value(json_object_get(object, name));
    cut_text(text == NULL ? "" : text, ret_text, size);
}

static void read_refused(const json_t *list, struct lt_contact *contact)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        struct lt_contact_refused *refused = &contact->refused[contact->refused_count];
        const char *update = json_string_value(json_object_get(item, "update"));
        if (contact->refused_count == LT_CONTACT_REFUSED_MAX || update == NULL ||
            lt_unhex(update, refused->update.bytes, sizeof(refused->update.bytes)) != LT_OK) {
            continue;
        }
        refused->reason = (uint32_t)json_integer_value(json_object_get(item, "reason"));
        refused->at = json_integer_value(json_object_get(item, "at"));
        copy_text(item, "text", refused->text, sizeof(refused->text));
        contact->refused_count++;
    }
}

static void read_told(const json_t *list, struct lt_contact *contact)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        struct lt_key key;
        const char *text = json_string_value(item);
        if (text != NULL && lt_unhex(text, key.bytes, sizeof(key.bytes)) == LT_OK) {
            lt_contact_tell(contact, &key);
        }
    }
}

static json_t *pack_told(const struct lt_contact *contact)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contact->told_count; i++) {
        char text[2 * sizeof(contact->told[i].bytes) + 1];
        lt_hex(contact->told[i].bytes, sizeof(contact->told[i].bytes), text);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

bool lt_contact_tell(struct lt_contact *contact, const struct lt_key *key)
{
    for (size_t i = 0; i < contact->told_count; i++) {
        if (memcmp(&contact->told[i], key, sizeof(*key)) == 0) {
            return false;
        }
    }
    if (contact->told_count == LT_CONTACT_TOLD_MAX) {
        memmove(&contact->told[0], &contact->told[1],
                (LT_CONTACT_TOLD_MAX - 1) * sizeof(contact->told[0]));
        contact->told_count--;
    }
    contact->told[contact->told_count++] = *key;
    return true;
}

static void read_bad(const json_t *object, struct lt_contact_bad *bad)
{
    json_int_t count = json_integer_value(json_object_get(object, "count"));
    bad->count = count > 0 ? (uint64_t)count : 0;
    bad->key = json_is_true(json_object_get(object, "key"));
    bad->at = json_integer_value(json_object_get(object, "at"));
    copy_text(object, "hub", bad->hub, sizeof(bad->hub));
}

void lt_contact_load(const char *dir, struct lt_contact *ret_contact)
{
    char path[PATH_MAX];
    struct lt_contact contact = {0};
    json_t *root = snprintf(path, sizeof(path), "%s/state.json", dir) < (int)sizeof(path)
                       ? lt_json_load(path)
                       : NULL;
    if (root != NULL) {
        contact.connected = json_is_true(json_object_get(root, "connected"));
        contact.settled = json_is_true(json_object_get(root, "settled"));
        contact.parent_ready = json_is_true(json_object_get(root, "parent_ready"));
        contact.since = json_integer_value(json_object_get(root, "since"));
        contact.last_contact = json_integer_value(json_object_get(root, "last_contact"));
        contact.clock_at = json_integer_value(json_object_get(root, "clock_at"));
        contact.clock_ahead_s = json_integer_value(json_object_get(root, "clock_ahead_s"));
        contact.second = json_is_true(json_object_get(root, "second"));
        copy_text(root, "hub", contact.hub, sizeof(contact.hub));
        read_bad(json_object_get(root, "bad_receipts"), &contact.bad);
        contact.directives_since = json_integer_value(json_object_get(root, "directives_since"));
        copy_text(root, "directives_of", contact.directives_of, sizeof(contact.directives_of));
        contact.release = (uint64_t)json_integer_value(json_object_get(root, "release"));
        copy_text(root, "endpoint", contact.endpoint, sizeof(contact.endpoint));
        copy_text(root, "trouble", contact.trouble, sizeof(contact.trouble));
        contact.held_until = json_integer_value(json_object_get(root, "held_until"));
        copy_text(root, "held_text", contact.held_text, sizeof(contact.held_text));
        read_refused(json_object_get(root, "refused"), &contact);
        read_told(json_object_get(root, "other_keys_told"), &contact);
        json_decref(root);
    }
    *ret_contact = contact;
}

static json_t *pack_refused(const struct lt_contact *contact)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contact->refused_count; i++) {
        const struct lt_contact_refused *refused = &contact->refused[i];
        char update[2 * sizeof(refused->update.bytes) + 1];
        lt_hex(refused->update.bytes, sizeof(refused->update.bytes), update);
        json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:s}", "update", update, "reason",
                                              (json_int_t)refused->reason, "at",
                                              (json_int_t)refused->at, "text", refused->text));
    }
    return list;
}

enum lt_result lt_contact_save(const char *dir, const struct lt_contact *contact)
{
    char path[PATH_MAX], temporary[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/state.json", dir) >= (int)sizeof(path) ||
        snprintf(temporary, sizeof(temporary), "%s/state.json.new", dir) >=
            (int)sizeof(temporary)) {
        return LT_TOO_LARGE;
    }
    json_t *root =
        json_pack("{s:b, s:b, s:b, s:I, s:I, s:s, s:s, s:I, s:s, s:o}", "connected",
                  contact->connected, "settled", contact->settled, "parent_ready",
                  contact->parent_ready, "since", (json_int_t)contact->since, "last_contact",
                  (json_int_t)contact->last_contact, "endpoint", contact->endpoint, "trouble",
                  contact->trouble, "held_until", (json_int_t)contact->held_until, "held_text",
                  contact->held_text, "refused", pack_refused(contact));
    if (root == NULL) {
        return LT_NO_MEMORY;
    }
    json_object_set_new(root, "clock_at", json_integer((json_int_t)contact->clock_at));
    json_object_set_new(root, "clock_ahead_s", json_integer((json_int_t)contact->clock_ahead_s));
    json_object_set_new(root, "second", json_boolean(contact->second));
    json_object_set_new(root, "release", json_integer((json_int_t)contact->release));
    json_object_set_new(root, "hub", json_string(contact->hub));
    json_object_set_new(root, "directives_since",
                        json_integer((json_int_t)contact->directives_since));
    json_object_set_new(root, "directives_of", json_string(contact->directives_of));
    json_object_set_new(root, "other_keys_told", pack_told(contact));
    json_object_set_new(root, "bad_receipts",
                        json_pack("{s:I, s:b, s:I, s:s}", "count", (json_int_t)contact->bad.count,
                                  "key", (int)contact->bad.key, "at", (json_int_t)contact->bad.at,
                                  "hub", contact->bad.hub));
    enum lt_result result = LT_IO;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        bool written = json_dumpfd(root, fd, JSON_INDENT(1)) == 0 && lt_json_whole();
        written = close(fd) == 0 && written;
        result = written && rename(temporary, path) == 0 ? LT_OK : LT_IO;
    }
    json_decref(root);
    return result;
}

/* A peer's words go into a file and on a screen: printable ASCII and whole UTF-8 only. */
static void tame(const char *from, char ret_text[LT_CONTACT_TEXT_MAX])
{
    cut_text(from == NULL ? "" : from, ret_text, LT_CONTACT_TEXT_MAX);
    const size_t length = strlen(ret_text);
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)ret_text[i] < ' ' || ret_text[i] == 127) {
            ret_text[i] = '?';
        }
    }
}

void lt_contact_refuse(struct lt_contact *contact, const Lienthong__Refused *refused, int64_t at)
{
    struct lt_contact_refused item = {.reason = (uint32_t)refused->reason, .at = at};
    if (refused->reason == LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA) {
        contact->held_until =
            at + (refused->retry_after_s < LT_RETRY_AFTER_MAX_S ? (int64_t)refused->retry_after_s
                                                                : LT_RETRY_AFTER_MAX_S);
        tame(refused->text, contact->held_text);
        return;
    }
    if (refused->update.len != sizeof(item.update.bytes)) {
        return;
    }
    memcpy(item.update.bytes, refused->update.data, sizeof(item.update.bytes));
    tame(refused->text, item.text);
    size_t i = 0;
    while (i < contact->refused_count &&
           lt_hash_cmp(&contact->refused[i].update, &item.update) != 0) {
        i++;
    }
    if (i == contact->refused_count && contact->refused_count == LT_CONTACT_REFUSED_MAX) {
        i = 0;
    }
    if (i < contact->refused_count) {
        memmove(&contact->refused[i], &contact->refused[i + 1],
                (contact->refused_count - i - 1) * sizeof(contact->refused[0]));
        contact->refused_count--;
    }
    contact->refused[contact->refused_count++] = item;
}
