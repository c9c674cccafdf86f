/* A top hub's ledger: updates of a commune are taken while its program is killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#include "hub/audit.h"
#include "tests/fault/killed.h"
#include "tests/unit/hub_world.h"

enum { UPDATES = 4000, ROWS = 3 };

static const char *const titles[] = {"GK", "LDTT", "CSTD_CS"};
static const char teller[] = "28159";

static struct world world;
static struct signed_update constitution, updates[UPDATES + 1]; /* from 1: one after the other */
static bool made;

static void sign_all(void)
{
    struct lt_hash tip;
    char names[ROWS][32];
    struct say says[ROWS];
    for (uint64_t number = 1; number <= UPDATES; number++) {
        for (unsigned i = 0; i < ROWS; i++) {
            (void)snprintf(names[i], sizeof names[i], "Cá nhân %u-%u", (unsigned)number, i);
            says[i] = (struct say){.number = "15/QĐ-UBND",
                                   .code = titles[i],
                                   .recipient = 4,
                                   .sex = 1,
                                   .category = 1,
                                   .type = 1,
                                   .year = 2020,
                                   .import = number,
                                   .row = i + 2,
                                   .name = names[i]};
            (void)lt_day_make(2020, 3, 15, &says[i].date);
        }
        world_report(&world, world_find(&world, teller), &tip, number > 1, number, says, ROWS,
                     &updates[number]);
        tip = updates[number].arrival.update.id;
    }
}

static void make(const char *dir)
{
    if (!made) {
        world_small(&world);
        world_constitution(&world, world.unit_count, titles, 3, &constitution);
        sign_all();
        made = true;
    }
    struct lt_ledger *ledger = world_ledger(&world, dir, 0);
    if (world_commit(ledger, &constitution) != LT_OK)
        abort();
    lt_ledger_close(ledger);
}

/* The updates are one after the other, so what is there is told by their number. */
static uint64_t stored(struct lt_ledger *ledger)
{
    const struct lt_chain chain = {LT_STREAM_REPORT, world_unit_of(teller)};
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    const uint64_t count = lt_log_count(txn, &chain);
    lt_txn_abort(txn);
    return count;
}

static void go_on(const char *dir, struct killed_told *told)
{
    struct lt_ledger *ledger = world_ledger(&world, dir, 0);
    killed_opened(told);
    for (uint64_t number = stored(ledger) + 1; number <= UPDATES; number++) {
        told->phase = STORING;
        told->begun = number;
        if (told->early)
            killed_acknowledge(told, number);
        if (world_commit(ledger, &updates[number]) != LT_OK)
            abort();
        killed_acknowledge(told, number);
        told->phase = BETWEEN;
    }
    lt_ledger_close(ledger);
}

static bool audit(struct lt_ledger *ledger, const char *dir, char ret_reason[300])
{
    struct lt_audit audit;
    char scratch[200], reason[200] = "";
    (void)snprintf(scratch, sizeof scratch, "%s/audit", dir);
    if (lt_audit_run(ledger, scratch, NULL, NULL, &audit, reason) != LT_OK)
        (void)snprintf(ret_reason, 300, "the audit: %s", reason);
    else if (!audit.equal)
        (void)snprintf(ret_reason, 300, "the audit: %.200s", audit.difference);
    else
        return true;
    return false;
}

static bool check(const char *dir, const struct killed_told *told, bool thorough,
                  char ret_reason[300])
{
    char reason[200] = "";
    struct lt_ledger *ledger;
    if (lt_ledger_open(dir, false, &ledger, reason) != LT_OK) {
        (void)snprintf(ret_reason, 300, "%s", reason);
        return false;
    }
    const uint64_t count = stored(ledger);
    const uint64_t least = told->acknowledged[told->begun] ? told->begun : told->begun - 1;
    bool good = told->begun == 0 ? count == 0 : count >= least && count <= told->begun;
    if (!good)
        (void)snprintf(ret_reason, 300, "%u updates are stored, %u are acknowledged",
                       (unsigned)count, (unsigned)told->count);
    if (good && thorough)
        good = audit(ledger, dir, ret_reason);
    lt_ledger_close(ledger);
    return good;
}

const struct killed_subject killed_hub = {"hub", make, go_on, check};
