/* naive_count.h - the state of a hub counted again from the design's words, in the plainest code there
 * is: everything in memory, quadratic, nothing incremental. It shares the decoder and lt_judge with
 * the program, and nothing else. For tests. */
#ifndef LT_TEST_NAIVE_COUNT_H
#define LT_TEST_NAIVE_COUNT_H

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

/* ---- Among tellers ---- */

static bool naive_of_authority(const struct naive_line *line)
{
    return line->fact->authority == line->fact->author;
}

static unsigned naive_distance(const struct lt_place *place, const struct lt_place *above)
{
    return lt_place_distance(place, above);
}

/* Is there a list of another teller that comes before this one's for its place? */
static bool naive_beaten(const struct naive *naive, const struct naive_line *line)
{
    for (size_t i = 0; i < naive->line_count; i++) {
        const struct naive_line *other = &naive->lines[i];
        if (other->idle || memcmp(other->fact->scope, line->fact->scope, 32) != 0 ||
            other->fact->place != line->fact->place ||
            other->fact->stated_total != line->fact->stated_total)
            continue;
        unsigned mine = naive_distance(line->fact->place, line->fact->author);
        unsigned its = naive_distance(other->fact->place, other->fact->author);
        if (its < mine ||
            (its == mine && lt_unit_cmp(&other->fact->author->unit, &line->fact->author->unit) < 0))
            return true;
    }
    return false;
}

static int naive_dims_cmp(const struct lt_fact *a, const struct lt_fact *b)
{
    const int left[] = {a->year,    a->span_from, a->decided_year, a->month,     a->kind,
                        a->outside, a->level,     a->type,         a->recipient, a->category,
                        a->sex,     a->nature,    a->status};
    const int right[] = {b->year,    b->span_from, b->decided_year, b->month,     b->kind,
                         b->outside, b->level,     b->type,         b->recipient, b->category,
                         b->sex,     b->nature,    b->status};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] != right[i])
            return left[i] - right[i];
    int order = strcmp(a->code, b->code);
    if (order == 0)
        order = strcmp(a->field, b->field);
    return order != 0 ? order : strcmp(a->movement, b->movement);
}

static bool naive_below(const struct lt_place *place, const struct lt_place *above)
{
    for (; place != NULL; place = place->parent)
        if (strcmp(place->unit.code, above->unit.code) == 0)
            return true;
    return false;
}

static unsigned naive_depth(const struct lt_place *place)
{
    unsigned depth = 0;
    for (; place->parent != NULL; place = place->parent)
        depth++;
    return depth;
}

/* The stated totals of one scope at one place, once all below it are settled. */
static void naive_totals(struct naive *naive, const struct naive_line *like)
{
    struct naive_line *mine[256];
    size_t count = 0;
    int64_t covered = 0, stated = 0, open = 0;
    for (size_t i = 0; i < naive->line_count; i++) {
        struct naive_line *line = &naive->lines[i];
        if (line->idle || memcmp(line->fact->scope, like->fact->scope, 32) != 0)
            continue;
        if (line->fact->stated_total && line->fact->place == like->fact->place)
            mine[count++] = line;
        else if (naive_below(line->fact->place, like->fact->place) &&
                 (!line->fact->stated_total || line->done))
            covered += line->counted_quantity;
    }
    for (size_t i = 0; i < count; i++) /* few: sorted by exchanging */
        for (size_t j = i + 1; j < count; j++)
            if (naive_dims_cmp(mine[j]->fact, mine[i]->fact) < 0) {
                struct naive_line *held = mine[i];
                mine[i] = mine[j];
                mine[j] = held;
            }
    for (size_t i = 0; i < count; i++) {
        int64_t matched = 0;
        for (size_t j = 0; j < naive->line_count; j++) {
            const struct naive_line *line = &naive->lines[j];
            if (!line->idle && memcmp(line->fact->scope, like->fact->scope, 32) == 0 &&
                line != mine[i] && naive_below(line->fact->place, like->fact->place) &&
                (line->fact->place != like->fact->place || !line->fact->stated_total) &&
                naive_dims_cmp(line->fact, mine[i]->fact) == 0)
                matched += line->counted_quantity;
        }
        mine[i]->counted_quantity = mine[i]->quantity > matched ? mine[i]->quantity - matched : 0;
        stated += mine[i]->quantity;
        open += mine[i]->counted_quantity;
    }
    int64_t surplus = open - (stated > covered ? stated - covered : 0);
    for (size_t i = 0; i < count; i++) {
        int64_t taken = surplus < mine[i]->counted_quantity ? surplus : mine[i]->counted_quantity;
        mine[i]->counted_quantity -= taken;
        surplus -= taken;
        mine[i]->counted_count = mine[i]->counted_quantity > 0 ? mine[i]->count : 0;
        mine[i]->done = true;
    }
}

static bool naive_is_revoked(const struct naive_line *line)
{
    return line->fact->kind == LT_KIND_AWARD && line->fact->status == LT_STATUS_REVOKED;
}

/* The order in which the law takes from lines of one scope and place. */
static int naive_take_cmp(const struct naive_line *a, const struct naive_line *b)
{
    if (a->fact->stated_total != b->fact->stated_total)
        return a->fact->stated_total ? 1 : -1;
    return naive_dims_cmp(a->fact, b->fact);
}

/* What an authority without a list of its own revokes at one place. */
static void naive_revoke(struct naive *naive, const struct naive_line *like)
{
    struct naive_line *here[512], *held;
    size_t count = 0;
    int64_t left, told, names = 0, totals = 0, already = 0;
    for (size_t i = 0; i < naive->line_count; i++) {
        struct naive_line *line = &naive->lines[i];
        if (memcmp(line->fact->scope, like->fact->scope, 32) != 0 ||
            line->fact->place != like->fact->place || count == 512)
            continue;
        if (line->revoking)
            *(line->fact->stated_total ? &totals : &names) += line->quantity;
        else if (naive_is_revoked(line))
            already += line->counted_quantity;
        here[count++] = line;
    }
    left = (totals > names ? totals : names) - already;
    left = left > 0 ? left : 0;
    told = left;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (naive_take_cmp(here[j], here[i]) < 0) {
                held = here[i];
                here[i] = here[j];
                here[j] = held;
            }
    for (size_t i = 0; i < count; i++) {
        struct naive_line *line = here[i];
        if (line->revoking || naive_is_revoked(line))
            continue;
        int64_t taken = left < line->counted_quantity ? left : line->counted_quantity;
        line->counted_quantity -= taken;
        line->counted_count = line->counted_quantity == 0 ? 0
                              : line->fact->stated_total  ? line->counted_count
                                                          : line->counted_count - taken;
        left -= taken;
    }
    for (size_t i = 0; i < count; i++)
        if (here[i]->revoking && !here[i]->done) {
            here[i]->done = true;
            here[i]->counted_quantity = told < here[i]->quantity ? told : here[i]->quantity;
            here[i]->counted_count = here[i]->counted_quantity == 0 ? 0
                                     : here[i]->fact->stated_total  ? here[i]->count
                                                                    : here[i]->counted_quantity;
            told -= here[i]->counted_quantity;
        }
}

/* The least depth of the places of this code that have totals in the scope. */
static unsigned naive_code_depth(const struct naive *naive, const struct naive_line *line)
{
    unsigned least = LT_DEPTH_MAX;
    for (size_t i = 0; i < naive->line_count; i++) {
        const struct naive_line *other = &naive->lines[i];
        if (!other->idle && other->fact->stated_total &&
            memcmp(other->fact->scope, line->fact->scope, 32) == 0 &&
            strcmp(other->fact->place->unit.code, line->fact->place->unit.code) == 0 &&
            naive_depth(other->fact->place) < least)
            least = naive_depth(other->fact->place);
    }
    return least;
}

static void naive_tellers(struct naive *naive)
{
    bool *beaten = calloc(naive->line_count + 1, sizeof *beaten);
    if (beaten == NULL)
        abort();
    for (size_t i = 0; i < naive->line_count; i++) {
        struct naive_line *line = &naive->lines[i];
        bool named = false, total = false, revokes = false;
        for (size_t j = 0; j < naive->line_count; j++)
            if (memcmp(naive->lines[j].fact->scope, line->fact->scope, 32) == 0 &&
                naive_of_authority(&naive->lines[j])) {
                const bool revoked = naive_is_revoked(&naive->lines[j]);
                named = named || (!revoked && !naive->lines[j].fact->stated_total);
                total = total || (!revoked && naive->lines[j].fact->stated_total);
                revokes = revokes || revoked;
            }
        line->idle = (named || (line->fact->stated_total && total)) && !naive_of_authority(line);
        line->revoking = naive_is_revoked(line) && !named && naive_of_authority(line);
        line->idle = line->idle || line->revoking;
        line->unconfirmed = !named && !total && !revokes;
    }
    for (size_t i = 0; i < naive->line_count; i++)
        beaten[i] = naive->lines[i].idle || naive_beaten(naive, &naive->lines[i]);
    for (size_t i = 0; i < naive->line_count; i++) {
        struct naive_line *line = &naive->lines[i];
        line->idle = beaten[i];
        if (line->idle || line->fact->stated_total)
            continue;
        line->counted_count = line->count;
        line->counted_quantity = line->quantity;
    }
    free(beaten);
    for (unsigned depth = LT_DEPTH_MAX; depth-- > 0;)
        for (size_t i = 0; i < naive->line_count; i++) {
            struct naive_line *line = &naive->lines[i];
            if (!line->idle && line->fact->stated_total && !line->done &&
                naive_code_depth(naive, line) == depth)
                naive_totals(naive, line);
        }
    for (size_t i = 0; i < naive->line_count; i++)
        if (naive->lines[i].revoking && !naive->lines[i].done)
            naive_revoke(naive, &naive->lines[i]);
}

/* ---- Cells ---- */

static void naive_cell_key(char ret_key[NAIVE_TEXT], const char *place, int basis, int year,
                           const struct lt_fact *fact, int span_from)
{
    (void)snprintf(ret_key, NAIVE_TEXT, "%s|%d|%d-%d|m%d|k%d|o%d|%s|%d %d %d %d %d %d %d %d|%s|%s",
                   place, basis, span_from, year, fact->month, (int)fact->kind, fact->outside,
                   fact->code, fact->level, fact->type, fact->recipient, fact->category, fact->sex,
                   fact->nature, fact->status, fact->detail, fact->field, fact->movement);
}

static void naive_add_cell(struct naive *naive, const char *key, int64_t count, int64_t quantity,
                           int64_t unconfirmed)
{
    size_t i = 0;
    while (i < naive->cell_count && strcmp(naive->cells[i].key, key) != 0)
        i++;
    if (i == naive->cell_count) {
        if (i == NAIVE_CELLS_MAX)
            abort();
        memset(&naive->cells[i], 0, sizeof naive->cells[i]);
        (void)snprintf(naive->cells[i].key, NAIVE_TEXT, "%s", key);
        naive->cell_count++;
    }
    naive->cells[i].count += count;
    naive->cells[i].quantity += quantity;
    naive->cells[i].unconfirmed += unconfirmed;
}

/* Under one year where both agree, else under each; an achievement's year has no month of a decision. */
static void naive_add_bases(struct naive *naive, const char *unit, const struct lt_fact *fact,
                            int64_t count, int64_t quantity, int64_t unconfirmed)
{
    char key[NAIVE_TEXT];
    struct lt_fact achieved = *fact;
    if (fact->year == fact->decided_year && fact->span_from == 0) {
        naive_cell_key(key, unit, 0, fact->year, fact, 0);
        naive_add_cell(naive, key, count, quantity, unconfirmed);
        return;
    }
    if (fact->decided_year != 0)
        achieved.month = 0;
    if (fact->year != 0) {
        naive_cell_key(key, unit, 1, fact->year, &achieved, fact->span_from);
        naive_add_cell(naive, key, count, quantity, unconfirmed);
    }
    if (fact->decided_year != 0) {
        naive_cell_key(key, unit, 2, fact->decided_year, fact, 0);
        naive_add_cell(naive, key, count, quantity, unconfirmed);
    }
}

static void naive_told(struct naive *naive, const struct naive_line *line)
{
    char unit[LT_UNIT_TEXT_MAX], told[LT_UNIT_TEXT_MAX + 8];
    const struct lt_fact *fact = line->fact;
    const struct lt_fact plain = {.kind = fact->kind,
                                  .year = fact->year,
                                  .span_from = fact->span_from,
                                  .decided_year = fact->decided_year,
                                  .month = fact->month,
                                  .recipient = fact->recipient,
                                  .status = fact->status,
                                  .code = fact->code,
                                  .field = "",
                                  .movement = ""};
    lt_unit_format(&fact->author->unit, unit);
    (void)snprintf(told, sizeof told, "told %s", unit);
    naive_add_bases(naive, told, &plain, line->count, line->quantity, 0);
}

/* Adds at a place and at all above it; what is the tree's top's own, apart too. */
static void naive_add_up(struct naive *naive, const struct lt_place *place,
                         const struct lt_fact *fact, int64_t count, int64_t quantity,
                         int64_t unconfirmed)
{
    char unit[LT_UNIT_TEXT_MAX], own[LT_UNIT_TEXT_MAX + 8];
    lt_unit_format(&place->unit, unit);
    (void)snprintf(own, sizeof own, "own %s", unit);
    if (place->parent == NULL)
        naive_add_bases(naive, own, fact, count, quantity, unconfirmed);
    for (; place != NULL; place = place->parent) {
        lt_unit_format(&place->unit, unit);
        naive_add_bases(naive, unit, fact, count, quantity, unconfirmed);
    }
}

/* What counts of the line's scope at and below its place, and what its teller says of that place. */
static int64_t naive_apart(const struct naive *naive, const struct naive_line *line)
{
    int64_t covered = 0, named = 0, total = 0;
    for (size_t i = 0; i < naive->line_count; i++) {
        const struct naive_line *other = &naive->lines[i];
        if (memcmp(other->fact->scope, line->fact->scope, 32) != 0)
            continue;
        if (naive_below(other->fact->place, line->fact->place))
            covered += other->counted_quantity;
        if (other->fact->place == line->fact->place && other->fact->author == line->fact->author)
            *(other->fact->stated_total ? &total : &named) += other->quantity;
    }
    int64_t apart = (total > named ? total : named) - covered;
    return apart < 0 ? -apart : apart;
}

static int naive_when_cmp(const struct lt_fact *a, const struct lt_fact *b)
{
    const int left[] = {a->year, a->span_from, a->decided_year, a->month, a->level};
    const int right[] = {b->year, b->span_from, b->decided_year, b->month, b->level};
    for (size_t i = 0; i < 5; i++)
        if (left[i] != right[i])
            return left[i] - right[i];
    return 0;
}

/* The scope of this line, when it is the first of it: one difference, if tellers differ. */
static void naive_difference(struct naive *naive, size_t first)
{
    const struct lt_fact *fact = naive->lines[first].fact, *least = fact;
    const struct lt_place *place = fact->place;
    int64_t most = 0;
    bool several = false;
    for (size_t i = 0; i < naive->line_count; i++) {
        const struct naive_line *line = &naive->lines[i];
        if (memcmp(line->fact->scope, fact->scope, 32) != 0)
            continue;
        if (i < first)
            return;
        several = several || line->fact->author != fact->author;
        int64_t apart = naive_apart(naive, line);
        most = apart > most ? apart : most;
        least = naive_when_cmp(line->fact, least) < 0 ? line->fact : least;
        while (!naive_below(line->fact->place, place))
            place = place->parent;
    }
    if (!several || most == 0)
        return;
    struct lt_fact plain = {.kind = (enum lt_kind)LT_CELL_DIFFERENCE,
                            .year = least->year,
                            .span_from = least->span_from,
                            .decided_year = least->decided_year,
                            .month = least->month,
                            .level = least->level,
                            .recipient = least->recipient,
                            .code = least->code,
                            .field = "",
                            .movement = ""};
    if (plain.recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE)
        plain.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    naive_add_up(naive, place, &plain, 1, most, 0);
}

static void naive_cells(struct naive *naive)
{
    for (size_t i = 0; i < naive->line_count; i++) {
        const struct naive_line *line = &naive->lines[i];
        naive_told(naive, line);
        naive_difference(naive, i);
        if (line->counted_quantity == 0)
            continue;
        naive_add_up(naive, line->fact->place, line->fact, line->counted_count,
                     line->counted_quantity, line->unconfirmed ? line->counted_quantity : 0);
    }
}

static int naive_cell_cmp(const void *a, const void *b)
{
    return strcmp(((const struct naive_cell *)a)->key, ((const struct naive_cell *)b)->key);
}

static void naive_count(struct naive *naive, const struct lt_book *book,
                        const struct signed_update *const *updates, size_t count)
{
    memset(naive, 0, sizeof *naive);
    naive->book = book;
    naive->updates = updates;
    naive->update_count = count;
    naive->changes = calloc(NAIVE_CHANGES_MAX, sizeof *naive->changes);
    naive->lines = calloc(NAIVE_CHANGES_MAX, sizeof *naive->lines);
    naive->cells = calloc(NAIVE_CELLS_MAX, sizeof *naive->cells);
    if (naive->changes == NULL || naive->lines == NULL || naive->cells == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < updates[i]->arrival.report->n_changes; j++) {
            if (naive->change_count == NAIVE_CHANGES_MAX)
                abort();
            naive->changes[naive->change_count++] =
                (struct naive_change){.update = updates[i], .update_index = i, .index = j};
        }
    for (size_t i = 0; i < naive->change_count; i++) {
        naive_judge(naive, i);
        naive->quarantined += naive->changes[i].verdict != LT_COUNTS;
    }
    naive_group(naive);
    naive_winners(naive);
    naive_tellers(naive);
    naive_cells(naive);
    qsort(naive->cells, naive->cell_count, sizeof *naive->cells, naive_cell_cmp);
}

static void naive_free(struct naive *naive)
{
    free(naive->changes);
    free(naive->lines);
    free(naive->cells);
}

#endif
