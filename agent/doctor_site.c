/* doctor: what a site and a hub have alike in their folder. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/doctor.h"
#include "agent/env.h"
#include "agent/keys.h"
#include "agent/text.h"

enum {
    LEAST_BYTES = 16 * 1024 * 1024, /* less is full, for whoever commits */
    CLOCK_OFF_S = 300,
    DAY_S = 86400,
};
/* No release is older; a PC whose battery is empty begins in 1970, or in its board's year. */
static const int64_t FIRST_RELEASE_AT = 1764547200; /* 2025-12-01 */
static const int64_t FAR_AWAY_AT = 4102444800; /* 2100 */

/* ---- Folder and disk ---- */

static void say_rights(struct lt_doctor *doctor, const struct stat *status)
{
    const unsigned mode = (unsigned)status->st_mode & 07777;
    if (status->st_uid != geteuid()) {
        lt_doctor_say(doctor, LT_LOOK_FOLDER, LT_WRONG,
                      lt_text("hãy chạy bằng người dùng của thư mục (sudo -u …)",
                              "run this as the folder's user (sudo -u …)"),
                      lt_text("%s thuộc về người dùng số %u, còn đây là người dùng số %u",
                              "%s belongs to user %u, this is user %u"),
                      doctor->dir, (unsigned)status->st_uid, (unsigned)geteuid());
    } else if ((mode & 022) != 0) {
        lt_doctor_say(doctor, LT_LOOK_FOLDER, LT_WRONG,
                      lt_text("hãy đặt quyền 700: chmod 700", "chmod 700 it"),
                      lt_text("%s: người khác ghi được vào (quyền %03o)",
                              "%s: others may write to it (mode %03o)"),
                      doctor->dir, mode);
    } else if (access(doctor->dir, R_OK | W_OK | X_OK) != 0) {
        lt_doctor_say(
            doctor, LT_LOOK_FOLDER, LT_WRONG,
            errno == EROFS
                ? lt_text("ổ đĩa chỉ đọc: xem nhật ký hệ thống rồi gắn lại",
                          "the disk is read-only: look at the system's log, mount it again")
                : lt_text("hãy trả lại quyền đọc và ghi cho chủ của thư mục",
                          "give its owner the rights to read and to write"),
            "%s: %s", doctor->dir, lt_text_errno(errno));
    } else {
        lt_doctor_say(doctor, LT_LOOK_FOLDER, LT_HEALTHY, NULL,
                      lt_text("%s, quyền %03o", "%s, mode %03o"), doctor->dir, mode);
    }
}

bool lt_doctor_folder(struct lt_doctor *doctor)
{
    struct stat status;
    char reason[200] = "";
    const int error = stat(doctor->dir, &status) != 0 ? errno
                      : S_ISDIR(status.st_mode)       ? 0
                                                      : ENOTDIR;
    if (error != 0) {
        lt_doctor_say(doctor, LT_LOOK_FOLDER, LT_WRONG,
                      lt_text("chạy `init` để tạo, hoặc ghi --dir cho đúng",
                              "run `init` to make it, or give the right --dir"),
                      "%s: %s", doctor->dir, lt_text_errno(error));
        return false;
    }
    say_rights(doctor, &status);
    if (lt_env_disk_kind(doctor->dir, reason) != LT_OK) {
        lt_doctor_say(doctor, LT_LOOK_FOLDER, LT_WRONG,
                      lt_text("chuyển thư mục về ổ đĩa của máy này (dùng backup và restore)",
                              "move the folder to a disk of this machine (backup and restore)"),
                      "%s: %s", doctor->dir, reason);
    }
    return true;
}

void lt_doctor_disk(struct lt_doctor *doctor, uint64_t low_bytes)
{
    struct statvfs system;
    if (statvfs(doctor->dir, &system) != 0) {
        lt_doctor_say(doctor, LT_LOOK_DISK, LT_WRONG, NULL, "%s: %s", doctor->dir,
                      lt_text_errno(errno));
        return;
    }
    const uint64_t room = (uint64_t)system.f_bavail * system.f_frsize;
    const bool no_files = system.f_files > 0 && system.f_favail == 0;
    const enum lt_health health = room < LEAST_BYTES || no_files ? LT_WRONG
                                  : room < low_bytes             ? LT_DOUBTFUL
                                                                 : LT_HEALTHY;
    lt_doctor_say(
        doctor, LT_LOOK_DISK, health,
        health == LT_HEALTHY ? NULL
                             : lt_text("hãy giải phóng dung lượng; bản ghi đã có vẫn còn nguyên",
                                       "free some space; what is stored stays as it is"),
        lt_text("còn trống %" PRIu64 " MiB%s", "%" PRIu64 " MiB are free%s"), room / (1024 * 1024),
        no_files ? lt_text(", nhưng không tạo được tệp nào nữa (hết inode)",
                           ", but no file can be made any more (no inodes)")
                 : "");
}

/* ---- The store ---- */

bool lt_doctor_store_files(struct lt_doctor *doctor)
{
    char path[PATH_MAX], lock[PATH_MAX + 16], reason[200] = "";
    struct stat status;
    if (snprintf(path, sizeof(path), "%s/store", doctor->dir) >= PATH_MAX) {
        return false;
    }
    if (lt_env_is_made(path, reason) != LT_OK) {
        lt_doctor_say(
            doctor, LT_LOOK_STORE, LT_WRONG,
            lt_text("`init` cho một máy mới; nếu đã từng chạy: `restore` từ bản sao lưu",
                    "`init` where it is new; where it has run before: `restore` a backup"),
            "%s", reason);
        return false;
    }
    snprintf(lock, sizeof(lock), "%s/lock.mdb", path);
    if (stat(lock, &status) != 0 || status.st_size == 0) {
        lt_doctor_say(
            doctor, LT_LOOK_STORE, LT_DOUBTFUL,
            lt_text("chạy `status` một lần, rồi xem lại", "run `status` once, then look again"),
            lt_text("%s không có: kho chưa mở lần nào từ khi chép đến; ở đây không tạo gì "
                    "nên không xem bên trong",
                    "%s is missing: the store was not opened since it was copied here; "
                    "nothing is made by looking, so its inside was not looked at"),
            lock);
        return false;
    }
    return true;
}

void lt_doctor_store_failed(struct lt_doctor *doctor, enum lt_result result, const char *reason)
{
    const char *todo =
        result == LT_CORRUPT
            ? lt_text("đừng xóa gì: dừng chương trình, `restore` bản sao lưu vào "
                      "thư mục mới; những gì đã gửi sẽ tự về lại từ cấp trên",
                      "delete nothing: stop the program and `restore` a backup into "
                      "a new folder; what was sent comes back from the hub above")
        : result == LT_VERSION
            ? lt_text("cài phiên bản đã dùng với kho này, hoặc mới hơn",
                      "install the release that this store was used with, or a later one")
        : result == LT_PERMISSION
            ? lt_text("hãy trả quyền của thư mục store cho chủ của nó (chmod 700)",
                      "give the folder `store` back to its owner (chmod 700)")
            : lt_text("xem nhật ký của chương trình và của ổ đĩa",
                      "look at the program's log and at the disk's");
    lt_doctor_say(doctor, LT_LOOK_STORE, LT_WRONG, todo, "%s",
                  reason[0] != '\0' ? reason : lt_text_result(result));
}

/* ---- Keys ---- */

bool lt_doctor_key(struct lt_doctor *doctor, const char *name, bool must_be_there,
                   uint8_t ret_seed[32])
{
    char path[PATH_MAX], reason[200] = "";
    uint8_t seed[32];
    if (snprintf(path, sizeof(path), "%s/%s", doctor->dir, name) >= (int)sizeof(path)) {
        return false;
    }
    const enum lt_result result = lt_seed_file_load(path, seed, reason);
    if (result == LT_OK && ret_seed != NULL) {
        memcpy(ret_seed, seed, sizeof(seed));
    }
    sodium_memzero(seed, sizeof(seed));
    if (result != LT_OK && (result != LT_NOT_FOUND || must_be_there)) {
        lt_doctor_say(doctor, LT_LOOK_KEYS, LT_WRONG,
                      result == LT_PERMISSION
                          ? lt_text("chỉ chủ của thư mục được đọc tệp này: chmod 600",
                                    "nobody but the folder's owner may read it: chmod 600")
                          : lt_text("`restore` từ bản sao lưu; không có bản sao thì xin mã mời mới",
                                    "`restore` a backup; where there is none, ask for a new code"),
                      "%s", reason);
    }
    return result == LT_OK;
}

/* ---- The clock ---- */

static void say_clock_off(struct lt_doctor *doctor, enum lt_health health, const char *why)
{
    lt_doctor_say(
        doctor, LT_LOOK_CLOCK, health,
        lt_text("đặt lại ngày giờ và bật tự chỉnh giờ (timedatectl set-ntp true); bản ghi "
                "không bị ảnh hưởng",
                "set it, and let a time server keep it (timedatectl set-ntp true); no "
                "record depends on it"),
        "%s", why);
}

void lt_doctor_clock(struct lt_doctor *doctor, const struct lt_doctor_times *times)
{
    const int64_t now = lt_clock_wall();
    const int64_t ahead_s = times->ahead_s > -FAR_AWAY_AT ? times->ahead_s : -FAR_AWAY_AT;
    char here[LT_WHEN_TEXT_MAX], there[LT_WHEN_TEXT_MAX], why[200];
    lt_text_when(now, here);
    if (now < FIRST_RELEASE_AT || now >= FAR_AWAY_AT) {
        snprintf(why, sizeof(why),
                 lt_text("máy này đang ở ngày %s, không thể đúng",
                         "this machine is at %s, which cannot be"),
                 here);
        say_clock_off(doctor, LT_WRONG, why);
    } else if (times->signed_at > now + CLOCK_OFF_S) {
        lt_text_when(times->signed_at, there);
        snprintf(
            why, sizeof(why),
            lt_text(
                "%s; cấp trên đã ký biên nhận lúc %s, tức là máy này chạy chậm, hoặc máy chủ nhanh",
                "%s; a hub has signed a receipt at %s, so this machine is behind, or the hub "
                "ahead"),
            here, there);
        say_clock_off(doctor, LT_WRONG, why);
    } else if (times->asked_at != 0 && llabs(ahead_s) > CLOCK_OFF_S) {
        snprintf(why, sizeof(why),
                 lt_text("%s; lệch %lld giây so với cấp trên (lần liên lạc trước)",
                         "%s; %lld s off the hub's, when last spoken to"),
                 here, (long long)-ahead_s);
        say_clock_off(doctor, llabs(ahead_s) > DAY_S ? LT_WRONG : LT_DOUBTFUL, why);
    } else if (times->asked_at != 0) {
        lt_doctor_say(doctor, LT_LOOK_CLOCK, LT_HEALTHY, NULL,
                      lt_text("%s, lệch %lld giây so với cấp trên", "%s, %lld s off the hub's"),
                      here, (long long)-ahead_s);
    } else {
        lt_doctor_say(doctor, LT_LOOK_CLOCK, LT_HEALTHY, NULL,
                      lt_text("%s (chưa so với cấp trên)", "%s (not compared with a hub's)"), here);
    }
}
