/* hub_world.h - a small country for tests of the hub's ledger: a tree, a catalogue, keys, updates that are really
 * signed, and a ledger in a folder of its own. Included by tests only; everything is static. */
#ifndef LT_TEST_HUB_WORLD_H
#define LT_TEST_HUB_WORLD_H

#include "tests/unit/hub_reports.h"

WORLD_UNUSED static char *world_dir(void)
{
    char template[] = "/tmp/lt_ledger_XXXXXX";
    const char *base = getenv("TMPDIR");
    char *dir = NULL;
    if (base != NULL && asprintf(&dir, "%s/lt_ledger_XXXXXX", base) < 0)
        abort();
    if (dir == NULL)
        dir = strdup(template);
    if (dir == NULL || mkdtemp(dir) == NULL)
        abort();
    return dir;
}

WORLD_UNUSED static void world_remove(char *dir)
{
    char command[512];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    if (system(command) != 0)
        abort();
    free(dir);
}

WORLD_UNUSED static struct lt_ledger *world_ledger(const struct world *world, const char *dir,
                                                   size_t self)
{
    char reason[200] = "";
    struct lt_ledger *ledger;
    struct lt_hub_site site = {0};
    enum lt_result result = lt_ledger_open(dir, false, &ledger, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s: %s\n", lt_result_text(result), reason);
        abort();
    }
    lt_ledger_site(ledger, &site);
    if (site.unit.code[0] == '\0') {
        site.unit = world->units[self].unit;
        site.top = world->units[0].unit;
        site.root = world->root;
        site.recovery = world->recovery;
        if (lt_ledger_set_site(ledger, &site) != LT_OK)
            abort();
    }
    return ledger;
}

/* Commits one; the arrival's answer, or that of the group. */
WORLD_UNUSED static enum lt_result world_commit(struct lt_ledger *ledger,
                                                struct signed_update *update)
{
    struct lt_arrival *arrival = &update->arrival;
    enum lt_result result = lt_ledger_commit(ledger, &arrival, 1);
    return result != LT_OK ? result : arrival->result;
}

#endif
