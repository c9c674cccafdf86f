/* cmd_status - where everything is: on this PC, at each hub, at the top and counted; and what is odd. */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/commands.h"
#include "agent/contact.h"
#include "agent/daemon.h"
#include "agent/drop.h"
#include "agent/journal.h"
#include "agent/listing.h"
#include "agent/notices.h"
#include "agent/options.h"
#include "agent/outdated.h"
#include "agent/owed.h"
#include "agent/release_status.h"
#include "agent/status_keys.h"
#include "agent/rows.h"
#include "agent/text.h"
#include "agent/today.h"
#include "agent/values.h"
#include "agent/waits.h"

enum {
    ODD_MAX = 100, /* records listed one by one; all are counted */
    DISK_LOW_BYTES = 16 * 1024 * 1024,
};

struct odd_record {
    char ref[LT_ROW_REF_MAX];
    bool contested;
    enum lt_verdict verdict; /* LT_COUNTS: not quarantined */
    char *both; /* of a contested one: in what its versions differ */
};

struct status {
    const char *dir;
    bool running;
    bool seen; /* what hubs tell here has been seen: not to be shown again */
    json_t *notices;
    size_t notices_left_out;
    struct lt_outdated outdated;
    char fingerprint[LT_FINGERPRINT_MAX]; /* of this machine's keys */
    struct lt_site site;
    struct lt_journal_counts counts;
    struct lt_contact contact;
    size_t receipt_count;
    struct lt_held_receipt receipts[LT_HELLO_RECEIPTS_MAX];
    size_t odd_count, odd_left_out;
    struct odd_record odd[ODD_MAX];
    size_t owed_count;
    struct lt_owed_period owed[LT_OWED_MAX];
    lt_day today; /* for what is overdue: shown, never decided by */
    struct lt_status_keys keys;
    struct lt_waits waits;
};

/* ---- Gathering ---- */

static bool note_odd(void *context, const struct lt_record_view *record)
{
    struct status *status = context;
    if (!record->contested && !record->quarantined) {
        return true;
    }
    if (status->odd_count == ODD_MAX) {
        status->odd_left_out++;
        return true;
    }
    struct odd_record *odd = &status->odd[status->odd_count++];
    lt_row_ref_format(&record->ref, odd->ref);
    odd->contested = record->contested;
    odd->verdict = record->quarantined ? record->verdict : LT_COUNTS;
    odd->both = odd->contested ? lt_listing_both(record) : NULL;
    return true;
}

static enum lt_result gather(struct status *status, char ret_reason[200])
{
    struct lt_journal *journal;
    struct lt_keys keys;
    enum lt_result result = lt_keys_load(status->dir, &keys, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    lt_fingerprint(&keys.sign_public, keys.curve_public, status->fingerprint);
    result = lt_journal_open(status->dir, true, &journal, ret_reason);
    if (result == LT_OK) {
        lt_journal_site(journal, &status->site);
        lt_journal_counts(journal, &status->counts);
        status->receipt_count =
            lt_journal_receipts(journal, status->receipts, LT_HELLO_RECEIPTS_MAX);
        if (status->counts.contested + status->counts.quarantined > 0) {
            result = lt_journal_records(journal, note_odd, status);
        }
        if (result == LT_OK) {
            result = lt_owed(journal, status->today, status->owed, &status->owed_count);
        }
        lt_waits_look(journal, &status->site, &status->counts, &status->waits);
        lt_outdated_look(journal, &status->outdated);
        if (result == LT_OK) {
            status->notices = lt_notices_list(journal, status->dir, &status->notices_left_out);
            result = status->seen ? lt_notices_seen(journal, status->dir, ret_reason) : LT_OK;
        }
        lt_status_keys_note(journal, &keys, status->receipts, status->receipt_count, &status->keys);
        lt_journal_close(journal);
    }
    lt_keys_wipe(&keys);
    lt_contact_load(status->dir, &status->contact);
    status->running = lt_daemon_running(status->dir);
    status->contact.connected = status->contact.connected && status->running;
    return result;
}

/* ---- JSON ---- */

static json_t *json_unit(const struct lt_unit *unit)
{
    char text[LT_UNIT_TEXT_MAX];
    lt_unit_format(unit, text);
    return unit->code[0] == '\0' ? json_null() : json_string(text);
}

static json_t *json_hex(const uint8_t *bytes, size_t size)
{
    char text[2 * 32 + 1];
    lt_hex(bytes, size, text);
    return json_string(text);
}

static json_t *json_receipts(const struct status *status)
{
    json_t *list = json_array();
    for (size_t i = 0; i < status->receipt_count; i++) {
        const struct lt_held_receipt *held = &status->receipts[i];
        json_array_append_new(list,
                              json_pack("{s:o, s:b, s:I, s:I, s:I, s:I, s:o}", "hub",
                                        json_unit(&held->statement.hub), "top", held->statement.top,
                                        "number", (json_int_t)held->statement.number, "covered",
                                        (json_int_t)held->covered, "signed_at",
                                        (json_int_t)held->statement.signed_at, "quarantined",
                                        (json_int_t)held->statement.quarantined, "directives",
                                        json_hex(held->statement.directives.bytes, 32)));
    }
    return list;
}

static json_t *json_odd(const struct status *status)
{
    json_t *list = json_array();
    for (size_t i = 0; i < status->odd_count; i++) {
        const struct odd_record *odd = &status->odd[i];
        json_t *item = json_pack("{s:s, s:b, s:b}", "record", odd->ref, "contested", odd->contested,
                                 "quarantined", odd->verdict != LT_COUNTS);
        if (odd->verdict != LT_COUNTS) {
            json_object_set_new(item, "reason", json_string(lt_rows_verdict(odd->verdict)));
        }
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *json_refused(const struct status *status)
{
    json_t *list = json_array();
    for (size_t i = 0; i < status->contact.refused_count; i++) {
        const struct lt_contact_refused *refused = &status->contact.refused[i];
        json_array_append_new(list, json_pack("{s:o, s:s, s:s, s:I}", "update",
                                              json_hex(refused->update.bytes, 32), "reason",
                                              lt_refusal_name(refused->reason), "text",
                                              refused->text, "at", (json_int_t)refused->at));
    }
    return list;
}

static json_t *json_owed(const struct status *status)
{
    json_t *list = json_array();
    for (size_t i = 0; i < status->owed_count; i++) {
        const struct lt_owed_period *owed = &status->owed[i];
        char period[LT_PERIOD_TEXT_MAX], due[LT_PERIOD_TEXT_MAX] = "";
        lt_period_format(&owed->period, period);
        if (owed->due != 0) {
            lt_day_format_iso(owed->due, due);
        }
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:b, s:b}", "period", period, "kind",
                            owed->kind == 0 ? "" : lt_value_word_text(LT_WORDS_KIND, owed->kind),
                            "due", due, "declared", (int)owed->declared, "overdue",
                            (int)(owed->due != 0 && owed->due < status->today && !owed->declared)));
    }
    return list;
}

static json_t *json_lists(const struct status *status)
{
    json_t *endpoints = json_array();
    for (size_t i = 0; i < status->site.endpoint_count; i++) {
        json_array_append_new(endpoints, json_string(status->site.endpoints[i]));
    }
    json_t *lists = json_pack("{s:o, s:o, s:o, s:o, s:I, s:o}", "endpoints", endpoints, "owed",
                              json_owed(status), "receipts", json_receipts(status), "odd",
                              json_odd(status), "odd_left_out", (json_int_t)status->odd_left_out,
                              "refusals", json_refused(status));
    if (lists != NULL) {
        lt_status_keys_json(&status->keys, lists);
    }
    return lists;
}

static json_t *json_numbers(const struct lt_journal_counts *counts)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "drafts",
                     (json_int_t)counts->drafts, "updates", (json_int_t)counts->updates,
                     "at_parent", (json_int_t)counts->updates_at_parent, "counted",
                     (json_int_t)counts->updates_counted, "records", (json_int_t)counts->records,
                     "retracted", (json_int_t)counts->retracted, "contested",
                     (json_int_t)counts->contested, "quarantined", (json_int_t)counts->quarantined,
                     "refused", (json_int_t)counts->refused, "oldest_waiting_at",
                     (json_int_t)counts->oldest_waiting_at, "disk_free_bytes",
                     (json_int_t)counts->disk_free_bytes);
}

static int print_json(const struct status *status)
{
    const struct lt_contact *contact = &status->contact;
    json_t *root =
        json_pack("{s:o, s:s, s:b, s:o, s:o, s:b, s:b, s:b, s:I, s:I, s:s, s:s}", "unit",
                  json_unit(&status->site.unit), "dir", status->dir, "joined",
                  status->site.unit.code[0] != '\0', "parent", json_unit(&status->site.parent),
                  "top", json_unit(&status->site.top), "running", status->running, "connected",
                  contact->connected, "settled", contact->connected && contact->settled, "since",
                  (json_int_t)contact->since, "last_contact", (json_int_t)contact->last_contact,
                  "endpoint", contact->endpoint, "trouble", contact->trouble);
    json_t *numbers = json_numbers(&status->counts);
    json_t *lists = json_lists(status);
    json_object_set_new(root, "held_until", json_integer((json_int_t)contact->held_until));
    json_object_set_new(root, "held_text", json_string(contact->held_text));
    json_object_set_new(root, "drop", lt_drop_status_json(status->dir));
    json_object_set_new(root, "fingerprint", json_string(status->fingerprint));
    json_object_set_new(root, "waits", lt_waits_json(&status->waits, contact));
    json_object_set_new(root, "outdated", json_boolean(status->outdated.older));
    json_object_set_new(root, "unread", json_boolean(status->outdated.unread));
    json_object_set_new(
        root, "release",
        lt_release_status_json(status->dir, status->running ? contact->release : 0));
    json_object_set(root, "notices", status->notices);
    json_object_set_new(root, "notices_left_out",
                        json_integer((json_int_t)status->notices_left_out));
    bool good = root != NULL && json_object_update(root, numbers) == 0 &&
                json_object_update(root, lists) == 0 && json_dumpf(root, stdout, 0) == 0 &&
                putchar('\n') != EOF && fflush(stdout) == 0;
    json_decref(root);
    json_decref(numbers);
    json_decref(lists);
    return good ? 0 : 1;
}

/* ---- Text ---- */

static void print_contact(const struct status *status)
{
    const struct lt_contact *contact = &status->contact;
    char since[LT_WHEN_TEXT_MAX], last[LT_WHEN_TEXT_MAX];
    lt_text_when(contact->since, since);
    lt_text_when(contact->last_contact, last);
    if (!status->running) {
        printf(lt_text("Chương trình nền: không chạy (liên lạc lần cuối: %s)\n",
                       "Agent:            not running (last contact: %s)\n"),
               last);
    } else if (contact->connected) {
        printf(lt_text("Chương trình nền: đang chạy, đã kết nối %s từ %s\n",
                       "Agent:            running, connected to %s since %s\n"),
               contact->endpoint, since);
    } else {
        printf(
            lt_text("Chương trình nền: đang chạy, chưa kết nối được (liên lạc lần cuối: %s) %s\n",
                    "Agent:            running, not connected (last contact: %s) %s\n"),
            last, contact->trouble);
    }
}

static void print_site(const struct status *status)
{
    printf(lt_text("Dấu vân tay máy:  %s\n", "Fingerprint:      %s\n"), status->fingerprint);
    char unit[LT_UNIT_TEXT_MAX], parent[LT_UNIT_TEXT_MAX], top[LT_UNIT_TEXT_MAX];
    const struct lt_site *site = &status->site;
    if (site->unit.code[0] == '\0') {
        printf(lt_text("Máy này chưa tham gia: xin mã của cấp trên rồi chạy `lienthong-agent join "
                       "MÃ`.\n",
                       "This PC has not joined: ask the hub for a code, then run `lienthong-agent "
                       "join CODE`.\n"));
        return;
    }
    lt_unit_format(&site->unit, unit);
    lt_unit_format(&site->parent, parent);
    lt_unit_format(&site->top, top);
    printf(lt_text("Đơn vị:           %s (cấp trên %s, cấp cao nhất %s)\n",
                   "Unit:             %s (parent %s, top %s)\n"),
           unit, parent, top);
    for (size_t i = 0; i < site->endpoint_count; i++) {
        printf(lt_text("Địa chỉ:          %s\n", "Endpoint:         %s\n"), site->endpoints[i]);
    }
    print_contact(status);
}

static void print_receipts(const struct status *status)
{
    for (size_t i = 0; i < status->receipt_count; i++) {
        const struct lt_held_receipt *held = &status->receipts[i];
        char hub[LT_UNIT_TEXT_MAX], at[LT_WHEN_TEXT_MAX];
        lt_unit_format(&held->statement.hub, hub);
        lt_text_when(held->statement.signed_at, at);
        printf(lt_text("  tại %s: %llu", "  at %s: %llu"), hub, (unsigned long long)held->covered);
        if (held->statement.top && status->counts.quarantined > 0)
            printf(lt_text(", %llu bản ghi không được tính", ", %llu records do not count"),
                   (unsigned long long)status->counts.quarantined);
        else if (held->statement.top)
            fputs(lt_text(", đã được tính", ", and counted"), stdout);
        printf(lt_text(" (biên nhận %llu, %s)\n", " (receipt %llu, %s)\n"),
               (unsigned long long)held->statement.number, at);
    }
}

static void print_numbers(const struct status *status)
{
    const struct lt_journal_counts *counts = &status->counts;
    char oldest[LT_WHEN_TEXT_MAX];
    lt_text_when(counts->oldest_waiting_at, oldest);
    printf(lt_text("Bản ghi:          %llu (đã rút: %llu)\n",
                   "Records:          %llu (retracted: %llu)\n"),
           (unsigned long long)counts->records, (unsigned long long)counts->retracted);
    printf(lt_text("Chưa ký:          %llu dòng trên máy này\n",
                   "Drafts:           %llu rows on this PC, not signed yet\n"),
           (unsigned long long)counts->drafts);
    printf(lt_text("Bản cập nhật:     %llu đã ký trên máy này\n",
                   "Updates:          %llu signed on this PC\n"),
           (unsigned long long)counts->updates);
    print_receipts(status);
    if (counts->disk_free_bytes < DISK_LOW_BYTES) {
        printf(lt_text("Ổ ĐĨA SẮP ĐẦY:    chỉ còn %llu KB; hãy giải phóng dung lượng\n",
                       "DISK NEARLY FULL: %llu KB are left; free some space\n"),
               (unsigned long long)(counts->disk_free_bytes / 1024));
    }
    if (counts->oldest_waiting_at != 0) {
        printf(lt_text("Chờ lâu nhất:     từ %s\n", "Oldest waiting:   since %s\n"), oldest);
    }
}

/* What is still to be declared. */
static void print_owed(const struct status *status)
{
    for (size_t i = 0; i < status->owed_count; i++) {
        const struct lt_owed_period *owed = &status->owed[i];
        char period[LT_PERIOD_TEXT_MAX], due[LT_VALUE_TEXT_MAX];
        if (owed->declared) {
            continue;
        }
        lt_period_format(&owed->period, period);
        lt_value_format_day(owed->due, due);
        printf(lt_text("Còn phải chốt:    kỳ %s%s%s", "To be declared:   period %s%s%s"), period,
               owed->kind == 0 ? "" : ", ",
               owed->kind == 0 ? "" : lt_value_word_text(LT_WORDS_KIND, owed->kind));
        if (owed->due != 0) {
            printf(lt_text(", hạn %s%s", ", due %s%s"), due,
                   owed->due < status->today ? lt_text(" (QUÁ HẠN)", " (OVERDUE)") : "");
        }
        putchar('\n');
    }
}

static void print_held(const struct lt_contact *contact)
{
    char until[LT_WHEN_TEXT_MAX];
    if (contact->held_until == 0) {
        return;
    }
    lt_text_when(contact->held_until, until);
    printf(
        lt_text("TẠM KHÔNG ĐƯỢC NHẬN: đến %s: %s (%s)\n", "CUT OFF:          until %s: %s (%s)\n"),
        until, lt_refusal_text(LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA), contact->held_text);
}

static void print_odd(const struct status *status)
{
    for (size_t i = 0; i < status->odd_count; i++) {
        const struct odd_record *odd = &status->odd[i];
        if (odd->verdict != LT_COUNTS) {
            printf(lt_text("Chưa được tính:   %s: %s\n", "Quarantined:      %s: %s\n"), odd->ref,
                   lt_rows_verdict(odd->verdict));
        }
        if (odd->contested) {
            printf(lt_text("Có mâu thuẫn:     %s: hai bản khác nhau; hãy sửa lại cho đúng: %s\n",
                           "Contested:        %s: two versions; correct it to settle it: %s\n"),
                   odd->ref, odd->both != NULL ? odd->both : "");
        }
    }
    if (status->odd_left_out > 0) {
        printf(lt_text("… và %zu bản ghi nữa\n", "… and %zu more records\n"), status->odd_left_out);
    }
    print_held(&status->contact);
    for (size_t i = 0; i < status->contact.refused_count; i++) {
        const struct lt_contact_refused *refused = &status->contact.refused[i];
        char update[2 * 32 + 1];
        lt_hex(refused->update.bytes, 32, update);
        printf(lt_text("Chưa được nhận:   bản cập nhật %.12s: %s (%s)\n",
                       "Refused:          update %.12s: %s (%s)\n"),
               update, lt_refusal_text(refused->reason), refused->text);
    }
}

int lt_cmd_status(int argc, char **argv)
{
    static const char vietnamese[] =
        "Cách dùng: lienthong-agent status [--seen] [--json] [--dir D]\n"
        "Cho biết bản ghi nào còn trên máy này, đã đến đâu, đã được tính chưa, và cấp trên báo "
        "gì.\n"
        "--seen: đã đọc các thông báo, lần sau không hiện nữa.\n";
    static const char english[] =
        "Usage: lienthong-agent status [--seen] [--json] [--dir D]\n"
        "Tells what is on this PC, how far everything has come, whether it is counted, and what "
        "hubs "
        "have\n"
        "to tell. --seen: these notices have been read, and are not shown again.\n";
    static const struct lt_option known[] = {{"--seen", false}};
    struct lt_options options;
    char reason[200] = "";
    int code;
    if (!lt_options_parse(argc, argv, known, 1, vietnamese, english, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(vietnamese, english, "%s?", options.operands[0]);
    }
    struct status *status = calloc(1, sizeof(*status));
    if (status == NULL) {
        return lt_options_no_memory();
    }
    status->dir = options.dir;
    status->today = lt_today();
    status->seen = options.values[0] != NULL;
    enum lt_result result = gather(status, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason[0] != '\0' ? reason : lt_text_result(result));
        code = lt_exit_of(result);
    } else if (options.json) {
        code = print_json(status) == 0 ? LT_EXIT_OK : LT_EXIT_FAILED;
    } else {
        print_site(status);
        lt_release_status_print(status->dir, status->running, status->contact.release);
        lt_drop_status_print(status->dir);
        print_numbers(status);
        lt_waits_print(&status->waits, &status->site, &status->contact);
        print_owed(status);
        print_odd(status);
        lt_outdated_print(&status->outdated);
        lt_notices_print(status->notices, status->notices_left_out, status->seen);
        if (status->site.unit.code[0] != '\0') {
            lt_status_keys_print(&status->keys);
        }
        code = LT_EXIT_OK;
    }
    json_decref(status->notices);
    for (size_t i = 0; i < status->odd_count; i++) {
        free(status->odd[i].both);
    }
    free(status);
    return code;
}
