/* cmd_backup - a hub's folder copied while it serves, and put back. */
#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/backup.h"
#include "agent/seal.h"
#include "hub/commands.h"
#include "hub/control.h"
#include "hub/door.h"
#include "hub/ledger.h"

static enum lt_result look(const char *dir, struct lt_manifest *facts, char ret_reason[200])
{
    struct lt_ledger *ledger;
    struct lt_hub_site site;
    struct lt_sync_store store;
    uint64_t updates = 0;
    enum lt_result result = lt_ledger_open(dir, true, &ledger, ret_reason);
    if (result != LT_OK)
        return result;
    result = lt_backup_walk(lt_ledger_env(ledger), &updates);
    lt_ledger_site(ledger, &site);
    facts->unit = site.unit;
    facts->instance = site.incarnation;
    facts->updates = updates;
    facts->drafts = 0;
    lt_ledger_sync_store(ledger, &store);
    lt_sync_digest(&store, LIENTHONG__ROLE__ROLE_HUB, &site.unit, &facts->tips);
    lt_ledger_close(ledger);
    if (result != LT_OK)
        snprintf(ret_reason, 200, "%.120s/store: %s", dir, lt_result_text(result));
    return result;
}

/* A hub, or a command that works in its place. */
static bool is_used(const char *dir)
{
    char reason[200];
    int fd;
    enum lt_result result = lt_control_lock(dir, &fd, reason);
    if (result == LT_OK)
        close(fd);
    return result == LT_BUSY;
}

/* The ledger before the invitations: one that was taken meanwhile is then known as taken, and who took it is
 * let in again when it says JOIN once more. */
static const char *const stores[] = {"store", "roster", NULL};
/* as many box keys as agent/seal.h has of a hub, and door.h of the others; those that are to follow may be all that the
 * parent still lets in */
static const char *const keys[] = {"sign.key",
                                   "curve.key",
                                   "sign.key.next",
                                   "curve.key.next",
                                   "box.key",
                                   "box-1.key",
                                   "box-2.key",
                                   "box-3.key",
                                   "box-4.key",
                                   "box-5.key",
                                   "box-6.key",
                                   "box-7.key",
                                   "listen.key",
                                   "listen-1.key",
                                   "listen-2.key",
                                   "listen-3.key",
                                   "listen-4.key",
                                   "listen-5.key",
                                   "listen-6.key",
                                   "listen-7.key",
                                   "listen-8.key",
                                   "listen-9.key",
                                   NULL};
static_assert(sizeof keys / sizeof keys[0] == 4 + LT_BOX_KEYS_MAX + LT_DOOR_FILES + 1,
              "all keys are backed up");
static_assert(5 + sizeof keys / sizeof keys[0] <= LT_BACKUP_FILES_MAX, "a manifest has room");
static const char *const settings[] = {"hub.conf", "web-accounts", "web-rounding.key", NULL};
static const struct lt_backup_kind kind = {
    .program = "lienthong-hub",
    .stores = stores,
    .keys = keys,
    .settings = settings,
    .look = look,
    .is_used = is_used,
};

static void after(const char *dir, const struct lt_manifest *manifest)
{
    (void)manifest;
    printf(
        "Next: `lienthong-hub audit --dir %s`, then run it. It fetches from its parent, and its\n"
        "children offer again, what came after the backup; until then `status` may show\n"
        "RECOVERING. Never run the old hub and the restored one at once.\n",
        dir);
}

int lt_hub_cmd_backup(int argc, char **argv)
{
    return lt_backup_command(&kind, argc, argv);
}

int lt_hub_cmd_restore(int argc, char **argv)
{
    return lt_restore_command(&kind, argc, argv, after);
}
