/* golden_story.h - how the golden set of a release is made: what a small province said, with fixed keys.
 *
 * Read golden_file.h before this is changed. Nothing in it is drawn by chance, so it is the same bytes each time. */
#ifndef LT_GOLDEN_STORY_H
#define LT_GOLDEN_STORY_H

#include "hub/cut.h"
#include "hub/publication.h"
#include "tests/unit/golden_directives.h"
#include "tests/unit/golden_reports.h"

/* The top's ledger of all that was told so far. */
static struct lt_ledger *story_ledger(struct story *story, const char *dir)
{
    struct lt_ledger *ledger = world_ledger(&story->world, dir, 0);
    for (size_t i = 0; i < story->update_count; i++)
        if (world_commit(ledger, &story->updates[i]) != LT_OK)
            abort();
    return ledger;
}

/* ---- What is counted at the top ---- */

#define STORY_PUBLISHED "TK 2020"
#define STORY_QUESTION  "--place VN --year 2020 --by code,recipient"

static void story_question(struct lt_ledger *ledger, struct lt_figures_query *ret_query)
{
    char reason[400];
    *ret_query = (struct lt_figures_query){.place = NULL};
    if (lt_figures_parse_year("2020", ret_query, reason) != LT_OK ||
        lt_figures_parse_by("code,recipient", ret_query, reason) != LT_OK ||
        lt_figures_find_place(lt_ledger_book(ledger), "VN", ret_query, reason) != LT_OK)
        abort();
}

/* The figures of 2020 as they are now: in two parts, the answer and the cut. */
static void story_publish(struct story *story, uint32_t number, const char *cause)
{
    char *dir = world_dir(), *figures, reason[400];
    struct lt_ledger *ledger = story_ledger(story, dir);
    struct lt_figures_query query;
    struct lt_cut cut = {0};
    struct lt_hash directives;
    json_t *now;
    struct story_pieces p;
    Lienthong__Directive items[2];
    Lienthong__Publication parts[2];
    story_pieces(&p);
    story_items(items, 2);
    story_question(ledger, &query);
    if (lt_cut_now(ledger, query.place, &cut) != LT_OK || lt_cut_parts(&cut) != 1 ||
        lt_publication_now(ledger, &query, &now, &directives, reason) != LT_OK)
        abort();
    figures = json_dumps(now, JSON_COMPACT | JSON_SORT_KEYS);
    for (uint32_t i = 0; i < 2; i++) {
        lienthong__publication__init(&parts[i]);
        parts[i].name = story_text(STORY_PUBLISHED);
        parts[i].number = number;
        parts[i].place = &p.top;
        parts[i].part = i + 1;
        parts[i].parts = 2;
        items[i].publication = &parts[i];
    }
    parts[0].question = story_text(STORY_QUESTION);
    parts[0].cause = story_text(cause);
    parts[0].figures = story_span(figures, strlen(figures));
    parts[0].directives = story_span(&directives, 32);
    parts[0].published_at = 1612000000 + number;
    parts[1].cut = lt_cut_wire(&cut, 1, &parts[1].n_cut);
    story_direct(story, "VN", items, 2);
    free(parts[1].cut);
    free(figures);
    json_decref(now);
    lt_cut_free(&cut);
    lt_ledger_close(ledger);
    world_remove(dir);
}

static void story_receipt(struct story *story, struct lt_ledger *ledger, const char *hub,
                          const char *unit, uint64_t number)
{
    const struct world_unit *of = &story->world.units[world_find(&story->world, unit)];
    const struct world_unit *who = &story->world.units[world_find(&story->world, hub)];
    const struct lt_chain chain = {LT_STREAM_REPORT, of->unit};
    struct lt_statement statement;
    uint8_t *bytes;
    size_t size;
    if (story->receipt_count == STORY_RECEIPTS_MAX ||
        lt_ledger_statement(ledger, &chain, &statement) != LT_OK)
        abort();
    statement.hub = who->unit;
    statement.incarnation = (struct lt_instance){{1, 2, 3}};
    statement.number = number;
    statement.key = who->key;
    statement.top = strcmp(hub, "VN") == 0;
    statement.signed_at = 1612345678;
    if (lt_receipt_seal(&statement, &who->secret, &bytes, &size) != LT_OK)
        abort();
    story->receipts[story->receipt_count++] = (struct lt_bytes){bytes, size};
}

static void story_receipts(struct story *story)
{
    char *dir = world_dir();
    struct lt_ledger *ledger = story_ledger(story, dir);
    story_receipt(story, ledger, "807", "28162", 7);
    story_receipt(story, ledger, "VN", "28162", 41);
    story_receipt(story, ledger, "VN", "28165", 42);
    story_receipt(story, ledger, "VN", "807", 43);
    story_receipt(story, ledger, "VN", "28201", 44);
    lt_ledger_close(ledger);
    world_remove(dir);
}

/* ---- The whole ---- */

static void story_beginning(struct story *story)
{
    static const char *const titles[] = {"GK", "LDTT", "BK_TTG"};
    world_constitution(&story->world, story->world.unit_count - 1, titles, 3, story_next(story));
    story_catalogue(story);
    story_standing(story);
    story_obligations(story);
    story_district_hub(story);
    story_boxes(story);
}

/* By a key that is revoked later, at a cut; the second of them is endorsed. */
static void story_late(struct story *story)
{
    const size_t commune = world_find(&story->world, "28162");
    const struct say late = story_award("GK", "Cá nhân 0008", 20);
    const struct say good = story_award("GK", "Cá nhân 0009", 21);
    story->cut = story->tip[commune];
    story_tell(story, "28162", &late, 1);
    story_tell(story, "28162", &good, 1);
    story->endorsed = story->tip[commune];
}

/* 28159 under one key and another. */
static void story_other_key(struct story *story)
{
    const struct say before = story_award("GK", "Cá nhân 0016", 2);
    const struct say after = story_award("LDTT", "Cá nhân 0017", 3);
    story_tell(story, "28159", &before, 1);
    story_rotate(story);
    story_tell(story, "28159", &after, 1);
}

static void story_other_province(struct story *story)
{
    const struct say other = {.code = "GK",
                              .year = 2020,
                              .recipient = 4,
                              .status = 1,
                              .quantity = 4,
                              .date = story_day(2020, 6, 1),
                              .number = "1/QĐ-UBND"};
    story_tell(story, "10999", &other, 1);
}

static void story_make(struct story *story)
{
    memset(story, 0, sizeof *story);
    story_world(&story->world);
    story_beginning(story);
    story_district(story);
    story_all_kinds(story);
    story_commune(story);
    story_to_come(story);
    story_heir(story);
    story_sealed(story);
    story_other_province(story);
    story_all_values(story);
    story_publish(story, 0, "");
    story_late(story);
    story_revoke(story);
    story_other_key(story);
    story_close(story);
    story_after_the_end(story);
    story_move(story);
    story_root(story);
    story_release(story);
    story_publish(story, 1, "mất máy của một xã");
    story_receipts(story);
}

#endif
