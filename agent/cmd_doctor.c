/* cmd_doctor - what is wrong with this PC's part, and what to do. Looks, and changes nothing. */
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/commands.h"
#include "agent/contact.h"
#include "agent/daemon.h"
#include "agent/doctor.h"
#include "agent/drop.h"
#include "agent/journal.h"
#include "agent/release_status.h"
#include "agent/second.h"
#include "agent/settings.h"
#include "agent/status_keys.h"
#include "agent/text.h"

static const uint64_t LOW_BYTES = 256 * 1024 * 1024;

struct examination {
    struct lt_doctor doctor;
    struct lt_keys keys;
    bool have_keys, have_store, running;
    struct lt_site site;
    struct lt_journal_counts counts;
    size_t receipt_count;
    struct lt_held_receipt receipts[LT_HELLO_RECEIPTS_MAX];
    uint32_t second_after_s;
    bool releases; /* are new ones let in? */
    struct lt_contact contact;
};

/* ---- Keys ---- */

static void look_at_keys(struct examination *of)
{
    uint8_t sign[32], curve[32];
    const bool signs = lt_doctor_key(&of->doctor, "sign.key", true, sign);
    const bool connects = lt_doctor_key(&of->doctor, "curve.key", true, curve);
    (void)lt_doctor_key(&of->doctor, "sign.key.next", false, NULL);
    (void)lt_doctor_key(&of->doctor, "curve.key.next", false, NULL);
    of->have_keys = signs && connects;
    if (of->have_keys) {
        crypto_sign_seed_keypair(of->keys.sign_public.bytes, of->keys.sign_secret.bytes, sign);
        memcpy(of->keys.curve_secret, curve, sizeof(curve));
        crypto_scalarmult_base(of->keys.curve_public, curve);
    }
    sodium_memzero(sign, sizeof(sign));
    sodium_memzero(curve, sizeof(curve));
}

static void say_key(struct examination *of, const struct lt_status_keys *keys)
{
    char text[65];
    lt_hex(of->keys.sign_public.bytes, 32, text);
    switch (keys->state) {
    case LT_KEY_VALID:
        lt_doctor_say(&of->doctor, LT_LOOK_KEYS, LT_HEALTHY, NULL,
                      lt_text("đọc được, quyền đúng, khóa %.16s còn hiệu lực",
                              "readable, closed to others; key %.16s is valid"),
                      text);
        break;
    case LT_KEY_AWAITS:
        lt_doctor_say(
            &of->doctor, LT_LOOK_KEYS, LT_DOUBTFUL,
            lt_text("báo 16 ký tự này cho cấp trên", "tell the operator these 16 digits"),
            lt_text("khóa %.16s chờ cấp cao nhất duyệt", "key %.16s waits for the top's approval"),
            text);
        break;
    case LT_KEY_ENDED:
        lt_doctor_say(&of->doctor, LT_LOOK_KEYS, LT_WRONG,
                      lt_text("xin mã mời mới rồi chạy `lienthong-agent join MÃ`",
                              "ask for a new code, then `lienthong-agent join CODE`"),
                      lt_text("khóa %.16s đã bị thu hồi", "key %.16s was revoked"), text);
        break;
    case LT_KEY_NOT_GRANTED:
        lt_doctor_say(&of->doctor, LT_LOOK_KEYS, LT_DOUBTFUL,
                      of->site.unit.code[0] == '\0'
                          ? NULL
                          : lt_text("để chương trình chạy đến khi nhận được chỉ đạo của cấp trên",
                                    "let it run until the directives from above have come"),
                      lt_text("đọc được, quyền đúng; chưa thấy cấp trên cấp quyền cho khóa %.16s",
                              "readable, closed to others; no grant of key %.16s is known here"),
                      text);
        break;
    }
}

/* ---- The store ---- */

static void read_store(struct examination *of, struct lt_journal *journal)
{
    struct lt_status_keys keys;
    lt_journal_site(journal, &of->site);
    lt_journal_counts(journal, &of->counts);
    of->receipt_count = lt_journal_receipts(journal, of->receipts, LT_HELLO_RECEIPTS_MAX);
    struct lt_book *book = lt_journal_book(journal);
    of->second_after_s = book != NULL ? lt_second_after_s(book, &of->site) : LT_SECOND_AFTER_S;
    of->have_store = true;
    lt_doctor_say(&of->doctor, LT_LOOK_STORE, LT_HEALTHY, NULL,
                  lt_text("mở được, nguyên vẹn: %" PRIu64 " bản ghi, %" PRIu64 " bản cập nhật",
                          "opens, and is whole: %" PRIu64 " records, %" PRIu64 " updates"),
                  of->counts.records, of->counts.updates);
    if (of->have_keys) {
        lt_status_keys_note(journal, &of->keys, of->receipts, of->receipt_count, &keys);
        say_key(of, &keys);
    }
}

/* Opening looks at all of a small store; of a large one this does. */
static void look_at_store(struct examination *of)
{
    struct lt_journal *journal;
    char reason[200] = "";
    if (!lt_doctor_store_files(&of->doctor)) {
        return;
    }
    enum lt_result result = lt_journal_open(of->doctor.dir, true, &journal, reason);
    if (result == LT_OK) {
        result = lt_env_verify(lt_journal_env(journal), NULL, reason);
        if (result == LT_OK) {
            read_store(of, journal);
        }
        lt_journal_close(journal);
    }
    if (result != LT_OK) {
        lt_doctor_store_failed(&of->doctor, result, reason);
    }
}

/* ---- The hub ---- */

static void look_at_clock(struct examination *of)
{
    struct lt_doctor_times times = {.asked_at = of->contact.clock_at,
                                    .ahead_s = of->contact.clock_ahead_s};
    for (size_t i = 0; i < of->receipt_count; i++) {
        const int64_t at = of->receipts[i].statement.signed_at;
        times.signed_at = at > times.signed_at ? at : times.signed_at;
    }
    lt_doctor_clock(&of->doctor, &times);
}

static void look_at_link(struct examination *of)
{
    char parent[LT_UNIT_TEXT_MAX];
    struct lt_doctor_way way = {.endpoints = of->site.endpoints,
                                .count = of->site.endpoint_count,
                                .whose = parent,
                                .have_keys = of->have_keys,
                                .when_none = LT_WRONG};
    if (!of->have_store) {
        return; /* nobody else knows the hub's key */
    }
    if (of->site.unit.code[0] == '\0') {
        lt_doctor_say(&of->doctor, LT_LOOK_LINK, LT_DOUBTFUL,
                      lt_text("xin mã mời của cấp trên rồi chạy `lienthong-agent join MÃ`",
                              "ask the hub for a code, then `lienthong-agent join CODE`"),
                      "%s", lt_text("máy này chưa tham gia", "this PC has not joined"));
        return;
    }
    lt_unit_format(&of->site.parent, parent);
    memcpy(way.keys.server, of->site.parent_curve, sizeof(way.keys.server));
    memcpy(way.keys.public_key, of->keys.curve_public, sizeof(way.keys.public_key));
    memcpy(way.keys.secret_key, of->keys.curve_secret, sizeof(way.keys.secret_key));
    lt_doctor_link(&of->doctor, &way);
    sodium_memzero(&way, sizeof(way));
}

static void look_at_contact(struct examination *of)
{
    const struct lt_contact *contact = &of->contact;
    const int64_t now = lt_clock_wall();
    char last[LT_WHEN_TEXT_MAX], until[LT_WHEN_TEXT_MAX];
    if (!of->have_store || of->site.unit.code[0] == '\0') {
        return;
    }
    lt_text_when(contact->last_contact, last);
    const bool connected = of->running && contact->connected;
    const bool silent = !connected && now - contact->last_contact > (int64_t)of->second_after_s;
    lt_doctor_say(&of->doctor, LT_LOOK_CONTACT, silent ? LT_DOUBTFUL : LT_HEALTHY,
                  silent ? lt_text("xem các dòng đường truyền và chương trình ở đây",
                                   "see what stands here of link and process")
                         : NULL,
                  connected ? lt_text("đang kết nối, lần ghi nhận trước %s%s%s",
                                      "connected, as noted at %s%s%s")
                            : lt_text("lần cuối %s%s%s", "last at %s%s%s"),
                  last, contact->trouble[0] != '\0' ? "; " : "", contact->trouble);
    if (contact->held_until > now) {
        lt_text_when(contact->held_until, until);
        lt_doctor_say(
            &of->doctor, LT_LOOK_CONTACT, LT_DOUBTFUL, NULL,
            lt_text("cấp trên tạm không nhận đến %s: %s", "the hub takes nothing until %s: %s"),
            until, contact->held_text);
    }
    if (contact->refused_count > 0) {
        const struct lt_contact_refused *newest = &contact->refused[contact->refused_count - 1];
        lt_doctor_say(&of->doctor, LT_LOOK_CONTACT, LT_DOUBTFUL,
                      lt_text("xem «status»; gọi điện hỏi cấp trên",
                              "see \"status\"; call the operator of the hub"),
                      lt_text("cấp trên không nhận %zu gói: %s", "the hub refuses %zu updates: %s"),
                      contact->refused_count, lt_refusal_text(newest->reason));
    }
    if (contact->bad.count > 0) {
        lt_doctor_say(&of->doctor, LT_LOOK_CONTACT, LT_DOUBTFUL,
                      lt_text("gọi điện hỏi cấp trên", "call the operator of the hub"),
                      lt_text("%" PRIu64 " biên nhận nhân danh %s không phải của máy chủ đó ký",
                              "%" PRIu64 " receipts in the name of %s were not signed by that hub"),
                      contact->bad.count, contact->bad.hub);
    }
    if (lt_second_overdue(&of->counts, of->second_after_s, now) != 0) {
        lt_text_when(of->counts.oldest_waiting_at, until);
        lt_doctor_say(&of->doctor, LT_LOOK_CONTACT, LT_DOUBTFUL,
                      lt_text("xem đường truyền; nếu vẫn tốt, báo cho cấp trên",
                              "look at the link; if that is well, tell the operator"),
                      lt_text("có dòng chờ cấp cao nhất xác nhận từ %s",
                              "rows wait for the top's word since %s"),
                      until);
    }
}

/* ---- The drop folder ---- */

/* Is a folder set that cannot be read? */
static bool is_setting_lost(const char *dir)
{
    char path[LT_DIR_MAX + 16];
    struct stat status;
    snprintf(path, sizeof(path), "%s/drop-folder", dir);
    return lstat(path, &status) == 0 && status.st_size > 0;
}

static void look_at_drop(struct examination *of)
{
    char folder[LT_DIR_MAX];
    struct lt_drop_seen seen;
    if (lt_drop_folder(of->doctor.dir, folder) != LT_OK) {
        if (is_setting_lost(of->doctor.dir)) {
            lt_doctor_say(&of->doctor, LT_LOOK_DROP, LT_WRONG,
                          lt_text("đặt lại: lienthong-agent drop --folder …",
                                  "set it again: lienthong-agent drop --folder …"),
                          lt_text("không đọc được %s/drop-folder", "%s/drop-folder cannot be read"),
                          of->doctor.dir);
        } else {
            lt_doctor_say(&of->doctor, LT_LOOK_DROP, LT_HEALTHY, NULL, "%s",
                          lt_text("chưa đặt thư mục thả tệp", "no drop folder is set"));
        }
        return;
    }
    if (access(folder, R_OK | W_OK | X_OK) != 0) {
        lt_doctor_say(
            &of->doctor, LT_LOOK_DROP, LT_WRONG,
            lt_text("nối lại ổ đĩa, hoặc cho người dùng của dịch vụ quyền đọc và ghi",
                    "bring its disk back, or let the service's user read and write there"),
            "%s: %s", folder, lt_text_errno(errno));
        return;
    }
    if (lt_drop_seen_load(of->doctor.dir, &seen) != LT_OK) {
        return;
    }
    if (seen.damaged) {
        lt_doctor_say(&of->doctor, LT_LOOK_DROP, LT_DOUBTFUL,
                      lt_text("lần nhận tệp tới sẽ ghi lại", "the next pass writes it anew"),
                      lt_text("%s: không đọc được drop.json", "%s: drop.json cannot be read"),
                      folder);
    }
    size_t unsolved = 0;
    for (size_t i = 0; i < seen.count; i++) {
        unsolved += lt_drop_is_unsolved(&seen, &seen.files[i]);
    }
    bool well = seen.trouble[0] == '\0' && seen.waiting == 0;
    lt_doctor_say(&of->doctor, LT_LOOK_DROP, well ? LT_HEALTHY : LT_DOUBTFUL, NULL,
                  lt_text("%s%s%s (chưa đọc: %" PRIu64 " tệp; người nhập liệu phải sửa: %zu tệp)",
                          "%s%s%s (not read: %" PRIu64 " files; the clerk's to correct: %zu)"),
                  folder, seen.trouble[0] != '\0' ? ": " : "", seen.trouble, seen.waiting,
                  unsolved);
    lt_drop_seen_free(&seen);
}

static void look_at_settings(struct examination *of)
{
    struct lt_settings settings = {.log = LT_LOG_INFO};
    char reason[200] = "";
    const enum lt_result result = lt_settings_read(of->doctor.dir, &settings, reason);
    if (result != LT_OK) {
        lt_doctor_say(&of->doctor, LT_LOOK_SETTINGS, LT_WRONG,
                      lt_text("sửa hoặc xóa agent.conf; nếu không, lần tới chương trình không chạy",
                              "mend agent.conf, or remove it: else it does not start again"),
                      "%s", reason[0] != '\0' ? reason : lt_text_result(result));
    }
    of->releases = settings.releases;
}

static int examine(struct examination *of, const struct lt_options *options)
{
    lt_doctor_begin(&of->doctor, options->dir, options->json);
    if (lt_doctor_folder(&of->doctor)) {
        of->running = lt_daemon_running(options->dir);
        lt_contact_load(options->dir, &of->contact);
        lt_doctor_disk(&of->doctor, LOW_BYTES);
        look_at_settings(of);
        look_at_keys(of);
        look_at_store(of);
        look_at_clock(of);
        lt_doctor_processes(&of->doctor, of->running);
        lt_doctor_unit(&of->doctor, "lienthong-agent.service");
        look_at_link(of);
        look_at_contact(of);
        look_at_drop(of);
        lt_release_status_doctor(&of->doctor, of->running, of->contact.release, of->releases);
    }
    return lt_doctor_end(&of->doctor);
}

int lt_cmd_doctor(int argc, char **argv)
{
    static const char vietnamese[] =
        "Cách dùng: lienthong-agent doctor [--json] [--dir D]\n"
        "Khám máy này: thư mục, ổ đĩa, khóa, kho, đồng hồ, chương trình, đường truyền, thư mục thả "
        "tệp.\n"
        "Mỗi dòng nói TỐT, LƯU Ý hoặc SAI và phải làm gì. Không thay đổi gì.\n"
        "Mã thoát: 0 không có gì sai, 1 có điều sai, 64 gọi sai cách.\n";
    static const char english[] =
        "Usage: lienthong-agent doctor [--json] [--dir D]\n"
        "Examines this PC: folder, disk, keys, store, clock, processes, link, drop folder. Each "
        "line\n"
        "says OK, WARNING or WRONG, and what to do. Changes nothing.\n"
        "Exit codes: 0 nothing is wrong, 1 something is, 64 called wrongly.\n";
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, NULL, 0, vietnamese, english, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(vietnamese, english, "%s?", options.operands[0]);
    }
    struct examination *of = calloc(1, sizeof(*of));
    if (of == NULL) {
        return lt_options_no_memory();
    }
    code = examine(of, &options);
    lt_keys_wipe(&of->keys);
    free(of);
    return code;
}
