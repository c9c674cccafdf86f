/* Section 8, within an author: which change of a record counts. */
#include <stdio.h>
#include <string.h>

#include "tests/recount/inside.h"

static const Lienthong__Change *said_by(const struct rc_change *change)
{
    return change->update->report->changes[change->index];
}

static int kind_put(const Lienthong__Change *said)
{
    return said->award != NULL         ? LT_KIND_AWARD
           : said->proposal != NULL    ? LT_KIND_PROPOSAL
           : said->movement != NULL    ? LT_KIND_MOVEMENT
           : said->pledge != NULL      ? LT_KIND_PLEDGE
           : said->score != NULL       ? LT_KIND_SCORE
           : said->exemplar != NULL    ? LT_KIND_EXEMPLAR
           : said->declaration != NULL ? LT_KIND_DECLARATION
                                       : 0;
}

/* The change that first put the record of which this one speaks. NULL: there is none. */
static struct rc_change *record_of(struct recount *recount, struct rc_change *change)
{
    const Lienthong__Change *said = said_by(change);
    struct rc_update *named = change->update;
    if (said->record == NULL)
        return change;
    if (said->record->update.len == 32) {
        named = rc_find(recount, said->record->update.data);
        if (named == NULL || named == change->update || named->report == NULL ||
            (change->generation == 0 && !rc_reaches(recount, named, change->update)))
            return NULL;
    } else if (said->record->index >= change->index) {
        return NULL;
    }
    if (said->record->index >= named->report->n_changes)
        return NULL;
    struct rc_change *first = &recount->changes[named->first_change + said->record->index];
    const Lienthong__Change *put = said_by(first);
    return put->record == NULL && put->op == LIENTHONG__OP__OP_PUT ? first : NULL;
}

static struct rc_change *stands_for(struct rc_change *change)
{
    while (change->twin != NULL)
        change = change->twin;
    return change;
}

/* What a successor says is greater than all that came before. */
static int change_cmp(const struct rc_change *a, const struct rc_change *b)
{
    if (a->generation != b->generation)
        return a->generation - b->generation;
    return rc_stamp_cmp(a->update, a->index, b->update, b->index);
}

/* The row of an import that a change came from; NULL: none. */
static const char *row_of(struct recount *recount, const struct rc_change *change)
{
    const Lienthong__Change *said = said_by(change);
    char chain[LT_UNIT_TEXT_MAX];
    if (said->import == 0)
        return NULL;
    lt_unit_format(&change->update->update.frame.chain.unit, chain);
    return pool_text(recount->pool, "%s %llu %u", chain,
                     (unsigned long long)change->update->report->imports[said->import - 1],
                     said->row);
}

static void find_records(struct recount *recount)
{
    struct map rows = {0};
    for (size_t i = 0; i < recount->change_count; i++) {
        struct rc_change *change = &recount->changes[i];
        if (change->update->report == NULL)
            continue;
        const Lienthong__Change *said = said_by(change);
        change->record = record_of(recount, change);
        if (change->verdict == LT_COUNTS && change->record == NULL)
            change->verdict = LT_V_UNKNOWN_RECORD;
        if (change->verdict == LT_COUNTS && said->op == LIENTHONG__OP__OP_PUT &&
            kind_put(said) != kind_put(said_by(change->record)))
            change->verdict = LT_V_KIND_CHANGED;
        const char *row = row_of(recount, change);
        if (row == NULL || change->record == NULL || recount->mistake == RECOUNT_TWINS_COUNTED)
            continue;
        struct rc_change **first = (struct rc_change **)map_at(&rows, row);
        if (*first == NULL)
            *first = change;
        struct rc_change *one = stands_for((*first)->record), *other = stands_for(change->record);
        if (one != other)
            other->twin = one;
    }
    map_clear(&rows);
}

/* Of several changes with one row only the least stamp counts. */
static bool first_of_row(struct recount *recount, struct rc_change *head,
                         const struct rc_change *change)
{
    const char *row = row_of(recount, change);
    if (row == NULL)
        return true;
    if (recount->mistake == RECOUNT_ROWS_OF_ALL)
        row = strchr(row, ' ');
    for (struct rc_change *other = head; other != NULL; other = other->next) {
        const char *others = row_of(recount, other);
        if (others != NULL && recount->mistake == RECOUNT_ROWS_OF_ALL)
            others = strchr(others, ' ');
        if (other->verdict == LT_COUNTS && others != NULL && strcmp(row, others) == 0 &&
            change_cmp(other, change) < 0)
            return false;
    }
    return true;
}

/* Records may have become one: a change is a successor's when its author succeeds that of any other. */
static void generations(struct recount *recount, struct rc_change *head)
{
    for (struct rc_change *change = head; change != NULL; change = change->next) {
        struct rc_place *author = rc_place(recount, &change->update->update.frame.chain.unit);
        for (struct rc_change *other = head; other != NULL && author != NULL; other = other->next) {
            struct rc_place *unit = rc_place(recount, &other->update->update.frame.chain.unit);
            if (unit == NULL || unit == author)
                continue;
            const int generation = rc_generation(recount, unit, author);
            change->generation = generation > change->generation ? generation : change->generation;
        }
    }
}

static void find_winner(struct recount *recount, struct rc_change *head)
{
    generations(recount, head);
    struct rc_change *winner = NULL;
    const int sign = recount->mistake == RECOUNT_OLDEST_WINS ? -1 : 1;
    for (struct rc_change *change = head; change != NULL; change = change->next) {
        change->heard = change->verdict == LT_COUNTS &&
                        (head->next == NULL || first_of_row(recount, head, change));
        if (change->heard && (winner == NULL || sign * change_cmp(change, winner) > 0))
            winner = change;
    }
    if (winner == NULL)
        return;
    winner->wins = said_by(winner)->op == LIENTHONG__OP__OP_PUT;
    winner->contested = rc_contested(recount, head, winner);
}

void rc_author(struct recount *recount)
{
    find_records(recount);
    for (size_t i = 0; i < recount->change_count; i++) {
        struct rc_change *change = &recount->changes[i];
        if (change->record == NULL)
            continue;
        struct rc_change *head = stands_for(change->record);
        head->heads = true;
        if (head != change) {
            change->next = head->next;
            head->next = change;
        }
    }
    for (size_t i = 0; i < recount->change_count; i++)
        if (recount->changes[i].heads)
            find_winner(recount, &recount->changes[i]);
}
