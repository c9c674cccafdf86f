/* cmd_wait - waits beside the running agent until the top has counted everything. */
#include <jansson.h>
#include <poll.h>
#include <stdio.h>

#include "agent/clock.h"
#include "agent/commands.h"
#include "agent/daemon.h"
#include "agent/journal.h"
#include "agent/options.h"
#include "agent/text.h"
#include "agent/watch.h"

/* LMDB shows a commit to readers only after the write that we are told of, so an event alone may come
 * too early, and no other follows it. */
enum { LOOK_AGAIN_MS = 200 };

/* Every commit of the store writes to its file: that is the event waited for. */
static enum lt_result watch_store(const char *dir, int *ret_fd)
{
    char path[LT_DIR_MAX + 32];
    const char *const folders[] = {path};
    snprintf(path, sizeof(path), "%s/store", dir);
    return lt_watch_open(folders, 1, ret_fd);
}

static void print_json(const struct lt_journal_counts *counts, bool done)
{
    json_t *object = json_pack(
        "{s:s, s:b, s:I, s:I, s:I, s:I}", "schema", "lienthong.wait/1", "done", (int)done, "drafts",
        (json_int_t)counts->drafts, "updates", (json_int_t)counts->updates, "counted",
        (json_int_t)counts->updates_counted, "quarantined", (json_int_t)counts->quarantined);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static int wait_until(struct lt_journal *journal, int fd, lt_ms end, bool json)
{
    for (;;) {
        struct lt_journal_counts counts;
        (void)lt_watch_drain(fd); /* before looking: what comes later is seen by the poll */
        lt_journal_counts(journal, &counts);
        const bool done = counts.drafts == 0 && counts.updates_counted == counts.updates;
        const lt_ms now = lt_clock_monotonic();
        if (json && (done || now >= end)) {
            print_json(&counts, done);
            return done ? LT_EXIT_OK : LT_EXIT_UNFINISHED;
        }
        if (done) {
            if (counts.quarantined > 0)
                fprintf(stderr,
                        lt_text("%llu bản ghi không được tính: xem «lienthong-agent status»\n",
                                "%llu records do not count: see \"lienthong-agent status\"\n"),
                        (unsigned long long)counts.quarantined);
            return LT_EXIT_OK;
        }
        if (now >= end) {
            fprintf(
                stderr,
                lt_text("hết giờ: %llu dòng chưa ký, %llu/%llu bản cập nhật đã được tính\n",
                        "not done in time: %llu rows not signed, %llu of %llu updates counted\n"),
                (unsigned long long)counts.drafts, (unsigned long long)counts.updates_counted,
                (unsigned long long)counts.updates);
            return LT_EXIT_UNFINISHED;
        }
        struct pollfd event = {.fd = fd, .events = POLLIN};
        lt_ms left = end - now;
        poll(&event, 1, left > LOOK_AGAIN_MS ? LOOK_AGAIN_MS : (int)left);
    }
}

int lt_cmd_wait(int argc, char **argv)
{
    static const char vietnamese[] =
        "Cách dùng: lienthong-agent wait [--timeout GIÂY] [--json] [--dir D]\n"
        "Chờ (bên cạnh `run`) đến khi cấp cao nhất đã tính đủ mọi bản ghi của máy này.\n";
    static const char english[] =
        "Usage: lienthong-agent wait [--timeout SECONDS] [--json] [--dir D]\n"
        "Waits, beside a running agent, until the top has counted all of this PC's records.\n";
    static const struct lt_option known[] = {{"--timeout", true}};
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, known, 1, vietnamese, english, &options, &code)) {
        return code;
    }
    int64_t timeout_ms = -1;
    if (options.operand_count > 0 ||
        (options.values[0] != NULL && !lt_daemon_seconds(options.values[0], &timeout_ms))) {
        return lt_options_usage(vietnamese, english, "%s?",
                                options.operand_count > 0 ? options.operands[0]
                                                          : options.values[0]);
    }
    struct lt_journal *journal;
    char reason[200] = "";
    enum lt_result result = lt_journal_open(options.dir, true, &journal, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason[0] != '\0' ? reason : lt_text_result(result));
        return lt_exit_of(result);
    }
    struct lt_site site;
    lt_journal_site(journal, &site);
    if (site.unit.code[0] == '\0') {
        fputs(
            lt_text(
                "máy này chưa tham gia: chạy «lienthong-agent join MÃ» với mã do cấp trên đưa\n",
                "this PC has not joined: run \"lienthong-agent join CODE\" with the hub's code\n"),
            stderr);
        lt_journal_close(journal);
        return LT_EXIT_FAILED;
    }
    int fd;
    result = watch_store(options.dir, &fd);
    if (result != LT_OK) {
        fprintf(stderr, "%s/store: %s\n", options.dir, lt_text_result(result));
        code = LT_EXIT_FAILED;
    } else {
        code = wait_until(journal, fd,
                          timeout_ms < 0 ? UINT64_MAX : lt_clock_monotonic() + (lt_ms)timeout_ms,
                          options.json);
        lt_watch_close(fd);
    }
    lt_journal_close(journal);
    return code;
}
