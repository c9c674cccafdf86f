/* naive_author.h - naive_count.h within each author: what is judged how, which changes are of one record, and which
 * of them counts. */
#ifndef LT_TEST_NAIVE_AUTHOR_H
#define LT_TEST_NAIVE_AUTHOR_H

#include "proto/standing.h"
#include "tests/unit/hub_world.h"

enum { NAIVE_CHANGES_MAX = 4096, NAIVE_CELLS_MAX = 65536, NAIVE_TEXT = 200 };

struct naive_change {
    const struct signed_update *update;
    size_t update_index;
    uint32_t index;
    enum lt_verdict verdict;
    struct lt_fact fact;
    size_t record; /* the change that first put it; SIZE_MAX: none */
    size_t group; /* records that are one share it */
};

struct naive_line {
    const struct lt_fact *fact;
    int64_t count, quantity, counted_count, counted_quantity;
    bool unconfirmed, idle, done, revoking;
};

struct naive_cell {
    char key[NAIVE_TEXT];
    int64_t count, quantity, unconfirmed;
};

struct naive {
    const struct lt_book *book;
    const struct signed_update *const *updates; /* reports only */
    size_t update_count;
    struct naive_change *changes;
    size_t change_count;
    struct naive_line *lines;
    size_t line_count;
    struct naive_cell *cells;
    size_t cell_count;
    uint64_t quarantined, contested, records;
};

static size_t naive_find(const struct naive *naive, const struct lt_hash *id)
{
    for (size_t i = 0; i < naive->update_count; i++)
        if (lt_hash_cmp(&naive->updates[i]->arrival.update.id, id) == 0)
            return i;
    return SIZE_MAX;
}

/* Is `older` below `newer`? A walk over a set of updates that grows. */
static bool naive_ancestor(const struct naive *naive, size_t older, size_t newer)
{
    bool *seen = calloc(naive->update_count, sizeof *seen);
    bool grown = true;
    if (seen == NULL)
        abort();
    seen[newer] = true;
    while (grown) {
        grown = false;
        for (size_t i = 0; i < naive->update_count; i++) {
            const struct lt_frame *frame = &naive->updates[i]->arrival.update.frame;
            for (uint32_t j = 0; seen[i] && j < frame->parent_count; j++) {
                size_t parent = naive_find(naive, &frame->parents[j]);
                grown = grown || !seen[parent];
                seen[parent] = true;
            }
        }
    }
    bool found = seen[older] && older != newer;
    free(seen);
    return found;
}

static const Lienthong__Change *naive_said(const struct naive_change *change)
{
    return change->update->arrival.report->changes[change->index];
}

static size_t naive_change_at(const struct naive *naive, size_t update, uint32_t index)
{
    for (size_t i = 0; i < naive->change_count; i++)
        if (naive->changes[i].update_index == update && naive->changes[i].index == index)
            return i;
    return SIZE_MAX;
}

static bool naive_revoked(const struct naive *naive, size_t update)
{
    const struct lt_update *said = &naive->updates[update]->arrival.update;
    const struct lt_revocation *revocation =
        lt_book_revocation(naive->book, &said->frame.chain, &said->frame.key);
    for (size_t i = 0; revocation != NULL && i < revocation->cut_count; i++) {
        size_t cut = naive_find(naive, &revocation->cut[i]);
        if (cut != SIZE_MAX && (cut == update || naive_ancestor(naive, update, cut)))
            return false;
    }
    return revocation != NULL;
}

static const struct lt_place *naive_author(const struct naive *naive, size_t update)
{
    return lt_book_place(naive->book, &naive->updates[update]->arrival.update.frame.chain.unit);
}

/* Main successions from the author of one update to that of another; LT_DEPTH_MAX: none. */
static unsigned naive_generation(const struct naive *naive, size_t from, size_t to)
{
    const struct lt_place *former = naive_author(naive, from), *author = naive_author(naive, to);
    return former == NULL || author == NULL ? LT_DEPTH_MAX
                                            : lt_book_generation(naive->book, former, author);
}

/* Outside the cut of its closed chain? */
static bool naive_closed(const struct naive *naive, size_t update)
{
    const struct lt_place *author = naive_author(naive, update);
    const struct lt_succession *closed =
        author == NULL ? NULL : lt_book_closed(naive->book, author);
    for (size_t i = 0; closed != NULL && i < closed->cut_count; i++) {
        size_t cut = naive_find(naive, &closed->cut[i]);
        if (cut != SIZE_MAX && (cut == update || naive_ancestor(naive, update, cut)))
            return false;
    }
    return closed != NULL;
}

static size_t naive_record(const struct naive *naive, size_t at)
{
    const struct naive_change *change = &naive->changes[at];
    const Lienthong__Change *said = naive_said(change);
    size_t update = change->update_index;
    if (said->record == NULL)
        return said->op == LIENTHONG__OP__OP_PUT ? at : SIZE_MAX;
    if (said->record->update.len == 32) {
        struct lt_hash named;
        memcpy(named.bytes, said->record->update.data, 32);
        update = naive_find(naive, &named);
        if (update == SIZE_MAX ||
            (update != change->update_index &&
             naive_author(naive, update) == naive_author(naive, change->update_index) &&
             !naive_ancestor(naive, update, change->update_index)))
            return SIZE_MAX;
    }
    if (update == change->update_index && said->record->index >= change->index)
        return SIZE_MAX;
    if (naive_author(naive, update) != naive_author(naive, change->update_index) &&
        naive_generation(naive, update, change->update_index) == LT_DEPTH_MAX)
        return SIZE_MAX;
    size_t first = naive_change_at(naive, update, said->record->index);
    if (first == SIZE_MAX || naive_said(&naive->changes[first])->record != NULL ||
        naive_said(&naive->changes[first])->op != LIENTHONG__OP__OP_PUT)
        return SIZE_MAX;
    return first;
}

static int naive_kind(const Lienthong__Change *change)
{
    return change->award != NULL ? 1 : change->pledge != NULL ? 2 : 0;
}

static void naive_judge(struct naive *naive, size_t at)
{
    struct naive_change *change = &naive->changes[at];
    const struct lt_arrival *arrival = &change->update->arrival;
    const struct lt_place *author = naive_author(naive, change->update_index);
    change->record = naive_record(naive, at);
    change->group = change->record;
    if (author != NULL && change->record != SIZE_MAX)
        author = naive_author(naive, naive->changes[change->record].update_index);
    if (naive_revoked(naive, change->update_index))
        change->verdict = LT_V_REVOKED;
    else if (naive_closed(naive, change->update_index))
        change->verdict = LT_V_CLOSED;
    else if (author == NULL)
        change->verdict = LT_V_UNKNOWN_UNIT;
    else
        change->verdict =
            lt_judge(naive->book, author, arrival->report, change->index, &change->fact);
    if (change->verdict != LT_COUNTS)
        return;
    if (change->record == SIZE_MAX)
        change->verdict = LT_V_UNKNOWN_RECORD;
    else if (naive_said(change)->op == LIENTHONG__OP__OP_PUT &&
             naive_kind(naive_said(change)) !=
                 naive_kind(naive_said(&naive->changes[change->record])))
        change->verdict = LT_V_KIND_CHANGED;
}

static uint64_t naive_import(const struct naive_change *change)
{
    const Lienthong__Change *said = naive_said(change);
    return said->import == 0 ? 0 : change->update->arrival.report->imports[said->import - 1];
}

static bool naive_twins(const struct naive_change *a, const struct naive_change *b)
{
    return naive_import(a) != 0 && naive_import(a) == naive_import(b) &&
           naive_said(a)->row == naive_said(b)->row &&
           lt_chain_cmp(&a->update->arrival.update.frame.chain,
                        &b->update->arrival.update.frame.chain) == 0;
}

static void naive_group(struct naive *naive)
{
    bool grown = true;
    while (grown) {
        grown = false;
        for (size_t i = 0; i < naive->change_count; i++)
            for (size_t j = 0; j < naive->change_count; j++) {
                struct naive_change *a = &naive->changes[i], *b = &naive->changes[j];
                if (a->record == SIZE_MAX || b->record == SIZE_MAX || a->group <= b->group ||
                    (a->record != b->record && !naive_twins(a, b)))
                    continue;
                a->group = b->group;
                grown = true;
            }
    }
}

static struct lt_stamp naive_stamp(const struct naive_change *change)
{
    const struct lt_update *update = &change->update->arrival.update;
    return (struct lt_stamp){update->frame.seq, update->id, change->index};
}

static bool naive_effective(const struct naive *naive, size_t at)
{
    const struct naive_change *change = &naive->changes[at];
    struct lt_stamp stamp = naive_stamp(change);
    if (change->verdict != LT_COUNTS)
        return false;
    for (size_t i = 0; i < naive->change_count; i++) {
        struct lt_stamp other = naive_stamp(&naive->changes[i]);
        if (naive->changes[i].verdict == LT_COUNTS && naive_twins(change, &naive->changes[i]) &&
            lt_stamp_cmp(&other, &stamp) < 0)
            return false;
    }
    return true;
}

static bool naive_same_line(const struct lt_fact *a, const struct lt_fact *b)
{
    return memcmp(a->scope, b->scope, 32) == 0 && a->stated_total == b->stated_total &&
           a->author == b->author && a->place == b->place && a->kind == b->kind &&
           a->outside == b->outside && a->year == b->year && a->span_from == b->span_from &&
           a->decided_year == b->decided_year && a->month == b->month && a->level == b->level &&
           a->type == b->type && a->recipient == b->recipient && a->category == b->category &&
           a->sex == b->sex && a->nature == b->nature && a->status == b->status &&
           strcmp(a->code, b->code) == 0 && strcmp(a->field, b->field) == 0 &&
           strcmp(a->movement, b->movement) == 0;
}

static void naive_add_line(struct naive *naive, const struct lt_fact *fact)
{
    size_t i = 0;
    while (i < naive->line_count && !naive_same_line(naive->lines[i].fact, fact))
        i++;
    if (i == naive->line_count) {
        memset(&naive->lines[i], 0, sizeof naive->lines[i]);
        naive->lines[i].fact = fact;
        naive->line_count++;
    }
    naive->lines[i].count++;
    naive->lines[i].quantity += (int64_t)fact->quantity;
}

static uint64_t naive_value(const struct naive_change *change)
{
    const struct lt_arrival *arrival = &change->update->arrival;
    return lt_change_value(arrival->report, &arrival->update.frame.chain.unit, change->index, NULL);
}

/* What a successor says goes before all that his predecessor said. */
static int naive_cmp(const struct naive *naive, size_t a, size_t b)
{
    const struct naive_change *left = &naive->changes[a], *right = &naive->changes[b];
    struct lt_stamp mine = naive_stamp(left), its = naive_stamp(right);
    if (naive_author(naive, left->update_index) != naive_author(naive, right->update_index))
        return naive_generation(naive, left->update_index, right->update_index) < LT_DEPTH_MAX ? -1
                                                                                               : 1;
    return lt_stamp_cmp(&mine, &its);
}

/* Does some other change of the record that counts know this one? */
static bool naive_known(const struct naive *naive, size_t at)
{
    const struct naive_change *change = &naive->changes[at];
    for (size_t i = 0; i < naive->change_count; i++) {
        const struct naive_change *other = &naive->changes[i];
        if (i == at || other->record == SIZE_MAX || other->group != change->group ||
            !naive_effective(naive, i))
            continue;
        if (naive_author(naive, other->update_index) != naive_author(naive, change->update_index)) {
            if (naive_cmp(naive, i, at) > 0)
                return true;
            continue;
        }
        if (other->update_index == change->update_index
                ? other->index > change->index
                : naive_ancestor(naive, change->update_index, other->update_index))
            return true;
    }
    return false;
}

static bool naive_contested(const struct naive *naive, size_t winner)
{
    if (naive_said(&naive->changes[winner])->unseen)
        return true;
    for (size_t i = 0; i < naive->change_count; i++)
        if (naive->changes[i].record != SIZE_MAX &&
            naive->changes[i].group == naive->changes[winner].group && naive_effective(naive, i) &&
            !naive_known(naive, i) &&
            naive_value(&naive->changes[i]) != naive_value(&naive->changes[winner]))
            return true;
    return false;
}

static void naive_winners(struct naive *naive)
{
    for (size_t group = 0; group < naive->change_count; group++) {
        size_t best = SIZE_MAX;
        bool any = false;
        for (size_t i = 0; i < naive->change_count; i++) {
            struct naive_change *change = &naive->changes[i];
            if (change->record == SIZE_MAX || change->group != group)
                continue;
            any = true;
            if (!naive_effective(naive, i))
                continue;
            if (best == SIZE_MAX || naive_cmp(naive, i, best) > 0)
                best = i;
        }
        naive->records += any;
        naive->contested += best != SIZE_MAX && naive_contested(naive, best);
        if (best != SIZE_MAX && naive_said(&naive->changes[best])->op == LIENTHONG__OP__OP_PUT)
            naive_add_line(naive, &naive->changes[best].fact);
    }
}

#endif
