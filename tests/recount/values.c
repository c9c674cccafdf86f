/* Section 8, within an author: which records are contested, and whether two changes say the same. */
#include <stdlib.h>
#include <string.h>

#include "tests/recount/inside.h"

/* A number for a text, the same for the same text, never 0. */
static uint32_t number_of(struct recount *recount, const char *text)
{
    void **number = map_at(&recount->numbers, text);
    if (*number == NULL)
        *number = pool_text(recount->pool, "%zu", recount->numbers.count);
    return (uint32_t)strtoul(*number, NULL, 10);
}

static const char *unit_said(const struct rc_change *change, uint32_t reference, struct pool *pool)
{
    const Lienthong__ReportBody *body = change->update->report;
    if (reference == 0)
        return change->author->text;
    const Lienthong__Unit *unit = body->units[reference - 1];
    struct lt_unit made;
    char text[LT_UNIT_TEXT_MAX];
    if (lt_unit_make(unit->code, unit->valid_from, &made) != LT_OK)
        return pool_text(pool, "none %s %d", unit->code, (int)unit->valid_from);
    lt_unit_format(&made, text);
    return pool_text(pool, "%s", text);
}

/* In place of a reference stands what it leads to. */
static void resolve_unit(struct recount *recount, const struct rc_change *change,
                         uint32_t *reference)
{
    *reference = number_of(recount, unit_said(change, *reference, recount->pool));
}

static void resolve_decision(struct recount *recount, const struct rc_change *change,
                             uint32_t *reference)
{
    const Lienthong__ReportBody *body = change->update->report;
    Lienthong__Decision none; /* the same as one that says nothing */
    lienthong__decision__init(&none);
    const Lienthong__Decision *said = *reference == 0 ? &none : body->decisions[*reference - 1];
    const bool text = said->unit == 0 && said->authority[0] != '\0';
    *reference = number_of(
        recount,
        pool_text(recount->pool, "decision of %s %s, level %d, date %d, number %zu %s, signed %s",
                  text ? "text" : "unit",
                  text ? said->authority : unit_said(change, said->unit, recount->pool),
                  (int)said->level, (int)said->date, strlen(said->number), said->number,
                  said->signatory));
}

static const char *packed(struct recount *recount, const void *record)
{
    const size_t size = protobuf_c_message_get_packed_size(record);
    uint8_t *bytes = pool_take(recount->pool, size + 1);
    char *text = pool_take(recount->pool, 2 * size + 1);
    protobuf_c_message_pack(record, bytes);
    lt_hex(bytes, size, text);
    return text;
}

static const char *pledge_text(struct recount *recount, const struct rc_change *change,
                               const Lienthong__Pledge *said)
{
    Lienthong__Pledge pledge = *said;
    pledge.members = pool_take(recount->pool, (said->n_members + 1) * sizeof *pledge.members);
    for (size_t i = 0; i < said->n_members; i++) {
        pledge.members[i] = said->members[i];
        resolve_unit(recount, change, &pledge.members[i]);
    }
    resolve_unit(recount, change, &pledge.lead);
    return packed(recount, &pledge);
}

static const char *record_text(struct recount *recount, const struct rc_change *change,
                               const Lienthong__Change *said)
{
    if (said->award != NULL) {
        Lienthong__Award award = *said->award;
        resolve_unit(recount, change, &award.place);
        resolve_decision(recount, change, &award.decision);
        return packed(recount, &award);
    }
    if (said->proposal != NULL) {
        Lienthong__Proposal proposal = *said->proposal;
        resolve_unit(recount, change, &proposal.submitter);
        resolve_unit(recount, change, &proposal.place);
        resolve_decision(recount, change, &proposal.decision);
        return packed(recount, &proposal);
    }
    if (said->movement != NULL) {
        Lienthong__Movement movement = *said->movement;
        resolve_unit(recount, change, &movement.launcher);
        return packed(recount, &movement);
    }
    if (said->pledge != NULL)
        return pledge_text(recount, change, said->pledge);
    if (said->score != NULL) {
        Lienthong__Score score = *said->score;
        resolve_unit(recount, change, &score.member);
        resolve_unit(recount, change, &score.managing);
        return packed(recount, &score);
    }
    if (said->exemplar != NULL) {
        Lienthong__Exemplar exemplar = *said->exemplar;
        resolve_unit(recount, change, &exemplar.place);
        return packed(recount, &exemplar);
    }
    return said->declaration != NULL ? packed(recount, said->declaration) : "";
}

/* What a change says that decides anything: what is done, and the record. Of whom is not asked. */
static const char *value_of(struct recount *recount, const struct rc_change *change)
{
    const Lienthong__Change *said = change->update->report->changes[change->index];
    return pool_text(recount->pool, "%d %d %s", (int)said->op,
                     said->award != NULL         ? 1
                     : said->proposal != NULL    ? 2
                     : said->movement != NULL    ? 3
                     : said->pledge != NULL      ? 4
                     : said->score != NULL       ? 5
                     : said->exemplar != NULL    ? 6
                     : said->declaration != NULL ? 7
                                                 : 0,
                     record_text(recount, change, said));
}

/* A later change of an update knows the earlier ones, a successor's those of his predecessor. */
static bool knows(struct recount *recount, const struct rc_change *a, const struct rc_change *b)
{
    if (a->generation != b->generation)
        return a->generation > b->generation;
    if (a->update == b->update)
        return a->index > b->index;
    return rc_reaches(recount, b->update, a->update);
}

bool rc_contested(struct recount *recount, const struct rc_change *head,
                  const struct rc_change *winner)
{
    const Lienthong__Change *said = winner->update->report->changes[winner->index];
    if (said->unseen)
        return true;
    for (const struct rc_change *change = head; change != NULL; change = change->next) {
        bool ends = change->heard && change != winner;
        for (const struct rc_change *other = head; other != NULL && ends; other = other->next)
            ends = other == change || !other->heard || !knows(recount, other, change);
        if (ends && recount->mistake != RECOUNT_STRANGERS_AGREE &&
            strcmp(value_of(recount, change), value_of(recount, winner)) != 0)
            return true;
    }
    return false;
}
