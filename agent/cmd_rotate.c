/* cmd_rotate - changes this PC's key for another, without anybody's code. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/commands.h"
#include "agent/daemon.h"
#include "agent/options.h"
#include "agent/service.h"
#include "agent/text.h"
#include "agent/wake.h"

enum { WAIT_S = 60 };

/* The key that is in the folder; zeros: it cannot be read. */
static struct lt_key key_in(const char *dir)
{
    struct lt_keys keys;
    char ignored[200];
    struct lt_key key = {.bytes = {0}};
    if (lt_keys_load(dir, &keys, ignored) == LT_OK) {
        key = keys.sign_public;
    }
    lt_keys_wipe(&keys);
    return key;
}

static void print_json(const char *dir, bool done)
{
    const struct lt_key key = key_in(dir);
    char text[2 * sizeof(key.bytes) + 1];
    lt_hex(key.bytes, sizeof(key.bytes), text);
    json_t *object = json_pack("{s:s, s:b, s:s}", "schema", "lienthong.rotate/1", "done", (int)done,
                               "key", text);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static int step_until(struct lt_service *service, const char *dir, int64_t wait_ms)
{
    const struct lt_key former = key_in(dir);
    const lt_ms end = lt_clock_monotonic() + (lt_ms)wait_ms;
    enum lt_result result = LT_OK;
    while (result == LT_OK && lt_service_rotates(service) && lt_clock_monotonic() < end) {
        result = lt_service_step(service, NULL, 0, 1000);
    }
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", lt_text_result(result));
        return lt_exit_of(result);
    }
    if (!lt_service_rotates(service)) {
        const struct lt_key now = key_in(dir); /* the log has said why it was refused */
        return memcmp(&former, &now, sizeof(now)) != 0 ? LT_EXIT_OK : LT_EXIT_FAILED;
    }
    fprintf(
        stderr,
        lt_text(
            "Chưa xong: khóa chỉ được đổi khi cấp cao nhất đã nhận đủ (%s). `run` sẽ làm tiếp.\n",
            "Not done: a key is changed once the top has everything (%s). `run` goes on.\n"),
        lt_service_trouble(service));
    return LT_EXIT_UNFINISHED;
}

/* Beside a running agent, which does it. */
static int hand_over(const char *dir, long holder)
{
    struct lt_keys next;
    char reason[200] = "";
    enum lt_result result = lt_keys_make_next(dir, &next, reason);
    lt_keys_wipe(&next);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    fprintf(stderr,
            lt_text("Chương trình đang chạy (%ld) sẽ đổi khóa khi cấp cao nhất đã nhận đủ; xem "
                    "`status`.\n",
                    "The running agent (%ld) changes the key once the top has everything; see "
                    "`status`.\n"),
            holder);
    return lt_exit_of(lt_wake_ring(dir));
}

static int rotate(const char *dir, int64_t wait_ms)
{
    struct lt_service *service = NULL;
    char reason[200] = "";
    int lock_fd;
    long holder;
    enum lt_result result = lt_daemon_lock(dir, &lock_fd, &holder, reason);
    if (result == LT_BUSY) {
        return hand_over(dir, holder);
    }
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    result = lt_service_open(dir, &service, reason);
    if (result == LT_OK && !lt_service_joined(service)) {
        snprintf(reason, sizeof(reason), "%s",
                 lt_text("Máy này chưa tham gia.", "This PC has not joined."));
        result = LT_REFUSED;
    } else if (result == LT_OK) {
        result = lt_service_ask_rotation(service, reason);
    }
    int code = lt_exit_of(result);
    if (result == LT_OK) {
        code = step_until(service, dir, wait_ms);
    } else {
        fprintf(stderr, "%s\n", reason);
    }
    lt_service_close(service);
    close(lock_fd);
    return code;
}

int lt_cmd_rotate(int argc, char **argv)
{
    static const char vietnamese[] =
        "Cách dùng: lienthong-agent rotate [--timeout GIÂY] [--json] [--dir D]\n"
        "Đổi khóa ký của máy này sang khóa mới; không cần mã mời. Khóa cũ hết giá trị.\n";
    static const char english[] =
        "Usage: lienthong-agent rotate [--timeout SECONDS] [--json] [--dir D]\n"
        "Changes this PC's key for another; needs no code. The former key ends.\n";
    static const struct lt_option known[] = {{"--timeout", true}};
    struct lt_options options;
    int64_t wait_ms = WAIT_S * 1000;
    int code;
    if (!lt_options_parse(argc, argv, known, 1, vietnamese, english, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0 ||
        (options.values[0] != NULL && !lt_daemon_seconds(options.values[0], &wait_ms))) {
        return lt_options_usage(vietnamese, english, "rotate?");
    }
    code = rotate(options.dir, wait_ms);
    if (options.json && code <= LT_EXIT_UNFINISHED) {
        print_json(options.dir, code == LT_EXIT_OK && !lt_keys_has_next(options.dir));
    }
    return code;
}
