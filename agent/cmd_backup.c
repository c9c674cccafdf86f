/* cmd_backup - a PC's folder copied while the agent works, and put back. */
#include <stdio.h>

#include "agent/backup.h"
#include "agent/commands.h"
#include "agent/daemon.h"
#include "agent/journal.h"
#include "agent/text.h"

static enum lt_result look(const char *dir, struct lt_manifest *facts, char ret_reason[200])
{
    struct lt_journal *journal;
    struct lt_site site;
    struct lt_sync_store store;
    uint64_t updates = 0;
    enum lt_result result = lt_journal_open(dir, true, &journal, ret_reason);
    if (result != LT_OK)
        return result;
    result = lt_backup_walk(lt_journal_env(journal), &updates);
    lt_journal_site(journal, &site);
    facts->unit = site.unit;
    facts->instance = site.instance;
    facts->updates = updates;
    facts->drafts = lt_journal_draft_count(journal);
    lt_journal_sync_store(journal, &store);
    lt_sync_digest(&store, LIENTHONG__ROLE__ROLE_AGENT, &site.unit, &facts->tips);
    lt_journal_close(journal);
    if (result != LT_OK)
        snprintf(ret_reason, 200, "%.120s/store: %s", dir, lt_text_result(result));
    return result;
}

static const char *const stores[] = {"store", NULL};
static const char *const keys[] = {"sign.key",       "curve.key", "sign.key.next",
                                   "curve.key.next", "box.key",   NULL};
/* Not drop.json: it may know files whose rows came after the copy of the store. Without it they are read again. */
static const char *const settings[] = {"agent.conf", "drop-folder", "notices.seen", NULL};
static const struct lt_backup_kind kind = {
    .program = "lienthong-agent",
    .stores = stores,
    .keys = keys,
    .settings = settings,
    .look = look,
    .is_used = lt_daemon_running,
};

static void after(const char *dir, const struct lt_manifest *manifest)
{
    (void)manifest;
    printf(
        lt_text("Chạy «lienthong-agent run --dir %s»: máy tự lấy lại những gì đã gửi sau khi sao "
                "lưu, rồi mới ký tiếp.\nNhững dòng nhập sau khi sao lưu mà chưa gửi thì mất: hãy "
                "nhập lại tệp (thư mục thả tệp tự đọc lại); dòng nào đã có không bị tính hai "
                "lần.\nKhông chạy máy cũ và bản "
                "khôi phục cùng lúc.\n",
                "Run \"lienthong-agent run --dir %s\": it first fetches what was sent after the "
                "backup, then signs on.\nRows imported after the backup and not sent are lost: "
                "import the file again (a drop folder is read again by itself); what is in is not "
                "counted twice.\nDo not run the old PC "
                "and the restored one at once.\n"),
        dir);
}

int lt_cmd_backup(int argc, char **argv)
{
    return lt_backup_command(&kind, argc, argv);
}

int lt_cmd_restore(int argc, char **argv)
{
    return lt_restore_command(&kind, argc, argv, after);
}
