#include "agent/natural.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/standing.h"

/* Both keys, fed in step. */
struct pair {
    crypto_generichash_state exact, alike;
};

static void feed(crypto_generichash_state *state, const void *bytes, size_t size)
{
    uint8_t length[4] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                         (uint8_t)size};
    crypto_generichash_update(state, length, sizeof(length));
    crypto_generichash_update(state, bytes, size);
}

static void feed_text(struct pair *pair, const char *text)
{
    feed(&pair->exact, text, strlen(text));
    feed(&pair->alike, text, strlen(text));
}

static void feed_number(struct pair *pair, int64_t number)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
    }
    feed(&pair->exact, bytes, sizeof(bytes));
    feed(&pair->alike, bytes, sizeof(bytes));
}

static void feed_folded(crypto_generichash_state *state, const char *text,
                        bool (*fold)(const char *, char[LT_FOLDED_MAX]))
{
    char folded[LT_FOLDED_MAX];
    const char *said = fold(text, folded) ? folded : text; /* what no record may hold: as written */
    feed(state, said, strlen(said));
}

/* A name: as folded in the one, without diacritics in the other. */
static void feed_name(struct pair *pair, const char *name)
{
    feed_folded(&pair->exact, name, lt_fold_name);
    feed_folded(&pair->alike, name, lt_fold_plain);
}

static void feed_unit(struct pair *pair, const Lienthong__ReportBody *body,
                      const struct lt_unit *author, uint32_t reference)
{
    if (reference == 0 || reference > body->n_units) {
        feed_text(pair, author->code);
        feed_number(pair, author->valid_from);
        return;
    }
    feed_text(pair, body->units[reference - 1]->code);
    feed_number(pair, body->units[reference - 1]->valid_from);
}

static void feed_period(struct pair *pair, const Lienthong__Period *period)
{
    if (period == NULL) {
        feed_number(pair, 0);
        return;
    }
    feed_number(pair, (int64_t)period->kind);
    feed_number(pair, period->from);
    feed_number(pair, period->to);
    feed_number(pair, period->day);
}

static void feed_code(struct pair *pair, const char *number)
{
    char folded[LT_TEXT_BYTES_MAX + 1] = "";
    lt_fold_number(number, folded, sizeof(folded));
    feed_text(pair, folded);
}

static void feed_decision(struct pair *pair, const char *number, lt_day date)
{
    char folded[LT_TEXT_BYTES_MAX + 1];
    int year = 0, month, day;
    if (date != 0) {
        lt_day_split(date, &year, &month, &day);
    }
    lt_fold_decision(number, year, folded, sizeof(folded));
    feed_text(pair, folded);
    feed_number(pair, date);
}

static int64_t kind_of_recipient(Lienthong__Recipient recipient)
{
    return recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE
               ? LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE
               : (int64_t)recipient;
}

static bool is_named(const Lienthong__Person *person)
{
    return person != NULL && person->name[0] != '\0';
}

/* Who received it: the person, or a place. */
static void feed_receiver(struct pair *pair, const Lienthong__ReportBody *body,
                          const struct lt_unit *author, const Lienthong__Person *person,
                          uint32_t place, bool total)
{
    feed_number(pair, total);
    if (total || !is_named(person)) {
        feed_unit(pair, body, author, place);
        return;
    }
    feed_name(pair, person->name);
    feed_folded(&pair->exact, person->workplace, lt_fold_name);
    feed_folded(&pair->exact, person->position, lt_fold_name);
}

static const Lienthong__Decision *decision_of(const Lienthong__ReportBody *body, uint32_t reference)
{
    return reference == 0 || reference > body->n_decisions ? NULL : body->decisions[reference - 1];
}

static void feed_authority(struct pair *pair, const Lienthong__ReportBody *body,
                           const struct lt_unit *author, const Lienthong__Decision *decision)
{
    if (decision != NULL && decision->unit == 0 && decision->authority[0] != '\0') {
        feed_text(pair, "outside");
        feed_code(pair, decision->authority);
    } else {
        feed_unit(pair, body, author, decision != NULL ? decision->unit : 0);
    }
}

static void feed_award(struct pair *pair, const Lienthong__ReportBody *body,
                       const struct lt_unit *author, const Lienthong__Award *award,
                       const Lienthong__Person *person)
{
    const Lienthong__Decision *decision = decision_of(body, award->decision);
    bool numbered = decision != NULL && decision->number[0] != '\0';
    feed_authority(pair, body, author, decision);
    feed_number(pair, numbered);
    if (numbered) {
        feed_decision(pair, decision->number, decision->date);
    } else {
        feed_period(pair, award->period);
        feed_name(pair, award->movement);
        feed_number(pair, (int64_t)award->type);
    }
    feed_text(pair, award->code);
    feed_number(pair, kind_of_recipient(award->recipient));
    feed_receiver(pair, body, author, person, award->place, award->quantity > 0);
}

static void feed_proposal(struct pair *pair, const Lienthong__ReportBody *body,
                          const struct lt_unit *author, const Lienthong__Proposal *proposal,
                          const Lienthong__Person *person)
{
    bool numbered = proposal->number[0] != '\0';
    feed_unit(pair, body, author, proposal->submitter);
    feed_number(pair, numbered);
    if (numbered) {
        feed_decision(pair, proposal->number, proposal->date);
    } else {
        feed_period(pair, proposal->period);
        feed_name(pair, proposal->movement);
        feed_number(pair, (int64_t)proposal->type);
    }
    feed_text(pair, proposal->code);
    feed_number(pair, kind_of_recipient(proposal->recipient));
    feed_receiver(pair, body, author, person, proposal->place, proposal->quantity > 0);
}

static void feed_movement(struct pair *pair, const Lienthong__ReportBody *body,
                          const struct lt_unit *author, const Lienthong__Movement *movement)
{
    bool coded = movement->code[0] != '\0';
    feed_unit(pair, body, author, movement->launcher);
    feed_number(pair, coded);
    if (coded) {
        feed_code(pair, movement->code);
    } else {
        feed_name(pair, movement->name);
    }
    feed_number(pair, movement->from);
    feed_number(pair, movement->year);
}

/* "Cụm thi đua số 1" and "Cụm 1" are one. */
static void feed_cluster(struct pair *pair, const char *cluster)
{
    char folded[LT_LONG_TEXT_BYTES_MAX + 1];
    lt_fold_cluster(cluster, folded, sizeof(folded));
    feed_folded(&pair->exact, folded, lt_fold_name);
    feed_folded(&pair->alike, folded, lt_fold_plain);
}

static void feed_pledge(struct pair *pair, const Lienthong__Pledge *pledge)
{
    feed_number(pair, pledge->quantity > 0);
    feed_cluster(pair, pledge->cluster);
    feed_number(pair, pledge->year);
}

static void feed_score(struct pair *pair, const Lienthong__ReportBody *body,
                       const struct lt_unit *author, const Lienthong__Score *score)
{
    feed_unit(pair, body, author, score->managing);
    feed_cluster(pair, score->cluster);
    feed_number(pair, score->year);
    feed_name(pair, score->movement);
    feed_unit(pair, body, author, score->member);
}

static void feed_exemplar(struct pair *pair, const Lienthong__ReportBody *body,
                          const struct lt_unit *author, const Lienthong__Exemplar *exemplar,
                          const Lienthong__Person *person)
{
    feed_number(pair, kind_of_recipient(exemplar->recipient));
    feed_period(pair, exemplar->period);
    feed_name(pair, exemplar->field);
    feed_name(pair, exemplar->movement);
    feed_name(pair, exemplar->model);
    feed_receiver(pair, body, author, person, exemplar->place, exemplar->quantity > 0);
}

void lt_natural_key(const Lienthong__ReportBody *body, const struct lt_unit *author, uint32_t index,
                    const Lienthong__Person *person, struct lt_natural *ret_natural)
{
    const Lienthong__Change *change = body->changes[index];
    struct pair pair;
    crypto_generichash_init(&pair.exact, NULL, 0, sizeof(ret_natural->exact));
    crypto_generichash_init(&pair.alike, NULL, 0, sizeof(ret_natural->alike));
    if (change->award != NULL) {
        feed_number(&pair, LT_KIND_AWARD);
        feed_award(&pair, body, author, change->award, person);
    } else if (change->proposal != NULL) {
        feed_number(&pair, LT_KIND_PROPOSAL);
        feed_proposal(&pair, body, author, change->proposal, person);
    } else if (change->movement != NULL) {
        feed_number(&pair, LT_KIND_MOVEMENT);
        feed_movement(&pair, body, author, change->movement);
    } else if (change->pledge != NULL) {
        feed_number(&pair, LT_KIND_PLEDGE);
        feed_pledge(&pair, change->pledge);
    } else if (change->score != NULL) {
        feed_number(&pair, LT_KIND_SCORE);
        feed_score(&pair, body, author, change->score);
    } else if (change->exemplar != NULL) {
        feed_number(&pair, LT_KIND_EXEMPLAR);
        feed_exemplar(&pair, body, author, change->exemplar, person);
    } else if (change->declaration != NULL) {
        feed_number(&pair, LT_KIND_DECLARATION);
        feed_number(&pair, (int64_t)change->declaration->kind);
        feed_period(&pair, change->declaration->period);
    }
    crypto_generichash_final(&pair.exact, ret_natural->exact, sizeof(ret_natural->exact));
    crypto_generichash_final(&pair.alike, ret_natural->alike, sizeof(ret_natural->alike));
}

bool lt_natural_decision(const Lienthong__ReportBody *body, const struct lt_unit *author,
                         const Lienthong__Award *award, uint8_t ret_key[16])
{
    const Lienthong__Decision *decision = decision_of(body, award->decision);
    if (decision == NULL || decision->number[0] == '\0') {
        return false;
    }
    struct pair pair;
    crypto_generichash_init(&pair.exact, NULL, 0, 16);
    crypto_generichash_init(&pair.alike, NULL, 0, 16);
    feed_authority(&pair, body, author, decision);
    feed_decision(&pair, decision->number, decision->date);
    crypto_generichash_final(&pair.exact, ret_key, 16);
    return true;
}
