/* A top hub's ledger: rows of six communes and a district, corrected and retracted ones, one quarantined, two tellers of
 * one decision; asked for its figures by several questions, the statement of each chain that a receipt holds, its counts
 * and digest, and the same again after it has taken another update. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#include "hub/figures.h"
#include "hub/store_lmdb.h"
#include "tests/fault/flip.h"
#include "tests/unit/hub_world.h"

enum { ROUNDS = 18, ROWS = 24 };

static const char *const titles[] = {"GK", "LDTT", "CSTD_CS"};
static const char *const tellers[] = {"28159", "28162", "28165", "28168", "10999", "11002", "807"};
enum { TELLERS = sizeof tellers / sizeof tellers[0] };

static struct world world;
static struct signed_update another;

/* ---- Making ---- */

static void say_row(struct say *say, unsigned round, unsigned teller, unsigned i, char name[32])
{
    memset(say, 0, sizeof *say);
    (void)snprintf(name, 32, "Cá nhân %u-%u", round, i);
    (void)lt_day_make(2020 + (int)(round % 2), 3 + (int)(i % 9), 15, &say->date);
    say->decider = i % 4 == 0 ? "807" : NULL; /* told by the communes and by the district */
    say->number = "15/QĐ-UBND";
    say->code = i % 17 == 16 ? "XX" : titles[(round + i) % 3];
    say->recipient = 4;
    say->sex = 1 + (int)(i % 2);
    say->category = 1 + (int)(i % 5);
    say->type = 1 + (int)(i % 3);
    say->year = 2020 + (int)(round % 2);
    say->import = 1000 * (round + 1) + teller;
    say->row = i + 2;
    say->name = name;
}

static void sign(unsigned round, unsigned teller, struct lt_hash *tip, struct signed_update *ret)
{
    struct say says[ROWS];
    static char names[ROWS][32];
    for (unsigned i = 0; i < ROWS; i++) {
        say_row(&says[i], round, teller, i, names[i]);
        if (round == 0 || i % 8 != 5)
            continue;
        says[i].corrects = true; /* of the update before */
        says[i].record = *tip;
        says[i].record_index = i - 1;
        if (i > 8) {
            says[i].op = LIENTHONG__OP__OP_RETRACT;
            says[i].name = NULL;
        }
    }
    world_report(&world, world_find(&world, tellers[teller]), tip, round > 0, round + 1, says, ROWS,
                 ret);
    *tip = ret->arrival.update.id;
}

static void take(struct lt_ledger *ledger, struct signed_update *update)
{
    if (world_commit(ledger, update) != LT_OK)
        abort();
    signed_free(update);
}

static void make(const char *dir)
{
    struct lt_hash tips[TELLERS];
    struct signed_update update;
    world_small(&world);
    struct lt_ledger *ledger = world_ledger(&world, dir, 0);
    world_constitution(&world, world.unit_count, titles, 3, &update);
    take(ledger, &update);
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned teller = 0; teller < TELLERS; teller++) {
            sign(round, teller, &tips[teller], &update);
            take(ledger, &update);
        }
    sign(ROUNDS, 0, &tips[0], &another);
    lt_ledger_close(ledger);
}

/* ---- Asking ---- */

static void hash_text(crypto_generichash_state *hash, const char *text)
{
    crypto_generichash_update(hash, (const uint8_t *)text, strlen(text) + 1);
}

static enum lt_result figures(struct lt_ledger *ledger, crypto_generichash_state *hash,
                              const char *place, const char *year, const char *by, bool decided)
{
    char reason[400];
    struct lt_figures_query query = {.decided = decided};
    struct lt_figures found = {0};
    enum lt_result result = lt_figures_parse_year(year, &query, reason);
    if (result == LT_OK)
        result = lt_figures_parse_by(by, &query, reason);
    if (result == LT_OK)
        result = lt_figures_find_place(lt_ledger_book(ledger), place, &query, reason);
    if (result == LT_OK)
        result = lt_figures_ask(ledger, &query, &found, reason);
    for (size_t i = 0; i < found.count; i++) {
        char line[100];
        for (size_t j = 0; j < query.by_count; j++)
            hash_text(hash, found.rows[i].values[j]);
        (void)snprintf(line, sizeof line, "%lld %lld %lld", (long long)found.rows[i].count,
                       (long long)found.rows[i].quantity, (long long)found.rows[i].unconfirmed);
        hash_text(hash, line);
    }
    lt_figures_clear(&found);
    return result;
}

static enum lt_result receipts(struct lt_ledger *ledger, crypto_generichash_state *hash)
{
    enum lt_result result = LT_OK;
    for (unsigned i = 0; i < TELLERS && result == LT_OK; i++) {
        struct lt_statement statement = {0};
        struct lt_chain chain = {LT_STREAM_REPORT, world_unit_of(tellers[i])};
        result = lt_ledger_statement(ledger, &chain, &statement);
        crypto_generichash_update(hash, (const uint8_t *)&statement, sizeof statement);
    }
    return result;
}

static enum lt_result tell(struct lt_ledger *ledger, crypto_generichash_state *hash)
{
    struct lt_ledger_counts counts;
    enum lt_result result =
        figures(ledger, hash, "VN", "2020..2021", "place,year,code,sex,level", false);
    if (result == LT_OK)
        result = figures(ledger, hash, "807", "2021", "place,code,category,type", true);
    if (result == LT_OK)
        result = figures(ledger, hash, "28159", "2020", "month,code", true);
    if (result == LT_OK)
        result = receipts(ledger, hash);
    if (result != LT_OK)
        return result;
    memset(&counts, 0, sizeof counts);
    lt_ledger_counts(ledger, true, &counts);
    crypto_generichash_update(hash, (const uint8_t *)&counts, sizeof counts);
    return LT_OK;
}

static enum lt_result ask(const char *dir, struct lt_hash *ret_answer)
{
    char reason[200];
    crypto_generichash_state hash;
    struct lt_ledger *ledger;
    struct lt_arrival arrival = another.arrival, *group[] = {&arrival};
    crypto_generichash_init(&hash, NULL, 0, sizeof ret_answer->bytes);
    enum lt_result result = lt_ledger_open(dir, false, &ledger, reason);
    if (result != LT_OK)
        return result;
    result = tell(ledger, &hash);
    if (result == LT_OK)
        result = lt_ledger_commit(ledger, group, 1);
    if (result == LT_OK)
        result = arrival.result;
    if (result == LT_OK)
        result = tell(ledger, &hash);
    lt_ledger_close(ledger);
    crypto_generichash_final(&hash, ret_answer->bytes, sizeof ret_answer->bytes);
    return result;
}

static enum lt_result rows(const char *dir, struct lt_hash *ret_answer)
{
    char path[200], reason[200];
    struct lt_store *store;
    (void)snprintf(path, sizeof path, "%s/store", dir);
    enum lt_result result = lt_store_open(path, true, &store, reason);
    if (result != LT_OK)
        return result;
    result = flip_rows(lt_store_env(store), LT_T_COUNT, ret_answer);
    lt_store_close(store);
    return result;
}

const struct flip_subject flip_hub = {"hub", "store/data.mdb", make, ask, rows};
