/* A commune's journal: files are imported, signed and receipted while its program is killed. */
#include <unistd.h>

#include "tests/fault/killed.h"
#include "tests/unit/journal_world.h"

enum { SIGN_EVERY = 3, RECEIPT_EVERY = 5, ROWS_MAX = 7 };

static struct world world;
static bool made;

static unsigned rows_of(uint64_t import)
{
    return 1 + (unsigned)(import * 5 % ROWS_MAX);
}

static void make(const char *dir)
{
    if (!made) {
        void *state;
        if (world_setup(&state) != 0)
            exit(2);
        world = *(struct world *)state;
        free(state);
        (void)rmdir(world.root);
        (void)snprintf(world.root, sizeof(world.root), "%s", dir);
        made = true;
    }
    world_make(&world, 0);
    world_close(&world, 0);
}

static void import(struct killed_told *told, uint64_t number)
{
    char name[32];
    told->phase = STORING;
    world_begin(&world, number);
    for (unsigned i = 0; i < rows_of(number); i++) {
        (void)snprintf(name, sizeof(name), "Cá nhân %u-%u", (unsigned)number, i);
        world_put(&world, name, "Lĩnh vực");
    }
    told->begun = number;
    if (told->early)
        killed_acknowledge(told, number);
    world_import(&world, 0);
    killed_acknowledge(told, number);
    told->phase = BETWEEN;
}

static struct lt_journal_counts count(void)
{
    struct lt_journal_counts counts;
    lt_journal_count_updates(world.journals[0], &counts);
    return counts;
}

static void go_on(const char *dir, struct killed_told *told)
{
    (void)dir;
    world_open(&world, 0);
    told->phase = BETWEEN;
    killed_opened(told);
    while (told->begun + 1 < KILLED_STEPS_MAX) {
        const uint64_t number =
            told->begun + 1; /* the one before may be in, and is not said again */
        import(told, number);
        if (number % SIGN_EVERY == 0) {
            told->phase = SIGNING;
            world_sign(&world, 0, number % 2);
            told->updates = count().updates;
            told->phase = BETWEEN;
        }
        if (number % RECEIPT_EVERY == 0 && told->updates > 0) {
            told->phase = RECEIPT;
            world.receipts = number;
            (void)world_receipt(&world, 0, 0, &world.hub_secret, &world.hub_key);
            told->covered = count().updates_counted;
            told->phase = BETWEEN;
        }
    }
}

/* How many rows of each import are there. */
static bool look(void *context, const struct lt_record_view *view)
{
    uint8_t *rows = context;
    if (view->ref.import < KILLED_STEPS_MAX && rows[view->ref.import] < ROWS_MAX)
        rows[view->ref.import]++;
    return true;
}

static bool check_rows(const struct killed_told *told, char ret_reason[300])
{
    static uint8_t rows[KILLED_STEPS_MAX];
    memset(rows, 0, sizeof(rows));
    if (lt_journal_records(world.journals[0], look, rows) != LT_OK) {
        (void)snprintf(ret_reason, 300, "the records cannot be read");
        return false;
    }
    for (uint64_t i = 0; i < KILLED_STEPS_MAX; i++)
        if (rows[i] != (told->acknowledged[i] ? rows_of(i) : 0) &&
            (told->acknowledged[i] || i > told->begun || rows[i] != rows_of(i))) {
            (void)snprintf(ret_reason, 300, "import %u (%s) has %u of %u rows", (unsigned)i,
                           told->acknowledged[i] ? "acknowledged" : "begun", rows[i], rows_of(i));
            return false;
        }
    return true;
}

static bool check(const char *dir, const struct killed_told *told, bool thorough,
                  char ret_reason[300])
{
    char path[96], reason[200] = "";
    bool good = false;
    (void)snprintf(path, sizeof(path), "%s/0", dir);
    if (lt_journal_open(path, false, &world.journals[0], reason) != LT_OK) {
        (void)snprintf(ret_reason, 300, "%s", reason);
        return false;
    }
    const struct lt_journal_counts counts = count();
    if (counts.updates < told->updates || counts.updates_counted < told->covered)
        (void)snprintf(ret_reason, 300, "%u updates, %u receipted; acknowledged %u and %u",
                       (unsigned)counts.updates, (unsigned)counts.updates_counted,
                       (unsigned)told->updates, (unsigned)told->covered);
    else if (check_rows(told, ret_reason))
        good = true;
    if (good && thorough) { /* and it goes on */
        world_sign(&world, 0, 0);
        good = check_rows(told, ret_reason);
    }
    world_close(&world, 0);
    return good;
}

const struct killed_subject killed_agent = {"agent", make, go_on, check};
