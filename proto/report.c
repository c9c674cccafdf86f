#include "proto/update.h"

#include "proto/shape.h"
#include "proto/wire.h"

static bool above(int value, int last)
{
    return value < 0 || value > last;
}

static size_t record_count(const Lienthong__Change *change)
{
    return (size_t)(change->award != NULL) + (change->proposal != NULL) +
           (change->movement != NULL) + (change->pledge != NULL) + (change->score != NULL) +
           (change->exemplar != NULL) + (change->declaration != NULL);
}

/* True when every reference of the change lies within the tables. */
static bool references_fit(const Lienthong__ReportBody *body, const Lienthong__Change *change)
{
    const size_t units = body->n_units, decisions = body->n_decisions;
    bool fit = change->import <= body->n_imports;
    if (change->award)
        fit = fit && change->award->decision <= decisions && change->award->place <= units;
    if (change->proposal)
        fit = fit && change->proposal->submitter <= units && change->proposal->place <= units &&
              change->proposal->decision <= decisions;
    if (change->movement)
        fit = fit && change->movement->launcher <= units;
    if (change->pledge) {
        fit = fit && change->pledge->lead <= units;
        for (size_t i = 0; fit && i < change->pledge->n_members; i++)
            fit = change->pledge->members[i] <= units;
    }
    if (change->score)
        fit = fit && change->score->member <= units && change->score->managing <= units;
    if (change->exemplar)
        fit = fit && change->exemplar->place <= units;
    return fit;
}

static enum lt_result change_check(const Lienthong__ReportBody *body, uint32_t index)
{
    const Lienthong__Change *change = body->changes[index];
    const size_t records = record_count(change);
    if (!references_fit(body, change))
        return LT_MALFORMED;
    const Lienthong__RecordId *id = change->record;
    if (id && id->update.len == 0 && id->index >= index)
        return LT_MALFORMED; /* only what stands before it in this update */
    if (id && id->index >= LT_CHANGES_MAX)
        return LT_MALFORMED;
    if (change->op == LIENTHONG__OP__OP_PUT) {
        /* None, beside a field that we do not know, is a kind of record to come. */
        const bool newer = records == 0 && change->base.n_unknown_fields > 0;
        return records == 1 || newer ? LT_OK : LT_MALFORMED;
    }
    if (change->op == LIENTHONG__OP__OP_RETRACT || change->op == LIENTHONG__OP__OP_WITHDRAW)
        return id && records == 0 ? LT_OK : LT_MALFORMED;
    return LT_OK; /* an operation to come: lt_report_unknown */
}

enum lt_result lt_report_read(const struct lt_update *update, struct lt_arena *arena,
                              Lienthong__ReportBody **ret_body)
{
    if (update->frame.chain.stream != LT_STREAM_REPORT)
        return LT_MALFORMED;
    if (update->frame.body_version > LT_BODY_VERSION)
        return LT_VERSION;
    ProtobufCMessage *message;
    enum lt_result result =
        lt_shape_read(&lienthong__report_body__descriptor, update->body, arena, &message);
    if (result != LT_OK)
        return result;
    Lienthong__ReportBody *body = (Lienthong__ReportBody *)message;
    for (size_t i = 0; i < body->n_decisions; i++)
        if (body->decisions[i]->unit > body->n_units)
            return LT_MALFORMED;
    for (uint32_t i = 0; i < body->n_changes; i++) {
        result = change_check(body, i);
        if (result != LT_OK)
            return result;
    }
    Lienthong__Personal *personal;
    if (update->personal.size > 0) {
        result = lt_personal_read(update->personal, body, arena, &personal);
        if (result != LT_OK)
            return result;
    }
    Lienthong__Sealed *sealed;
    if (update->sealed.size > 0) {
        result = lt_sealed_read(update->sealed, body, arena, &sealed);
        if (result != LT_OK)
            return result;
    }
    *ret_body = body;
    return LT_OK;
}

int64_t lt_report_signed_at(const struct lt_update *update)
{
    enum { SIGNED_AT = 6 };
    struct lt_wire wire = lt_wire_over(update->body);
    struct lt_wire_field field;
    if (update->frame.chain.stream != LT_STREAM_REPORT ||
        update->frame.body_version > LT_BODY_VERSION)
        return 0;
    while (lt_wire_next(&wire, &field))
        if (field.number == SIGNED_AT && field.type == LT_WIRE_VARINT)
            return (int64_t)field.value;
    return 0;
}

/* ---- What this build does not know ---- */

static bool period_unknown(const Lienthong__Period *period)
{
    return period && (period->base.n_unknown_fields > 0 ||
                      above((int)period->kind, LIENTHONG__PERIOD_KIND__PERIOD_HALF));
}

static bool unit_unknown(const Lienthong__ReportBody *body, uint32_t reference)
{
    return reference > 0 && body->units[reference - 1]->base.n_unknown_fields > 0;
}

static bool decision_unknown(const Lienthong__ReportBody *body, uint32_t reference)
{
    if (reference == 0)
        return false;
    const Lienthong__Decision *decision = body->decisions[reference - 1];
    return decision->base.n_unknown_fields > 0 || unit_unknown(body, decision->unit) ||
           above((int)decision->level, LIENTHONG__LEVEL__LEVEL_BASE);
}

static bool award_unknown(const Lienthong__ReportBody *body, const Lienthong__Award *award)
{
    return award->base.n_unknown_fields > 0 || period_unknown(award->period) ||
           decision_unknown(body, award->decision) || unit_unknown(body, award->place) ||
           above((int)award->type, LIENTHONG__AWARD_TYPE__TYPE_RESISTANCE) ||
           above((int)award->recipient, LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL) ||
           above((int)award->category, LIENTHONG__CATEGORY__CATEGORY_WORKER) ||
           above((int)award->sex, LIENTHONG__SEX__SEX_MALE) ||
           above((int)award->status, LIENTHONG__STATUS__STATUS_REVOKED) ||
           above((int)award->submitted_by, LIENTHONG__LEVEL__LEVEL_BASE);
}

static bool proposal_unknown(const Lienthong__ReportBody *body, const Lienthong__Proposal *proposal)
{
    return proposal->base.n_unknown_fields > 0 || period_unknown(proposal->period) ||
           decision_unknown(body, proposal->decision) || unit_unknown(body, proposal->submitter) ||
           unit_unknown(body, proposal->place) ||
           above((int)proposal->recipient, LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL) ||
           above((int)proposal->outcome, LIENTHONG__OUTCOME__OUTCOME_REFUSED) ||
           above((int)proposal->type, LIENTHONG__AWARD_TYPE__TYPE_RESISTANCE);
}

static bool pledge_unknown(const Lienthong__ReportBody *body, const Lienthong__Pledge *pledge)
{
    bool unknown = pledge->base.n_unknown_fields > 0 || unit_unknown(body, pledge->lead);
    for (size_t i = 0; !unknown && i < pledge->n_members; i++)
        unknown = unit_unknown(body, pledge->members[i]);
    return unknown;
}

static bool declaration_unknown(const Lienthong__Declaration *declaration)
{
    bool unknown = declaration->base.n_unknown_fields > 0 || period_unknown(declaration->period) ||
                   above((int)declaration->kind, LIENTHONG__RECORD_KIND__KIND_DECLARATION);
    for (size_t i = 0; !unknown && i < declaration->n_totals; i++) {
        const Lienthong__ControlTotal *total = declaration->totals[i];
        unknown = total->base.n_unknown_fields > 0 ||
                  above((int)total->kind, LIENTHONG__RECORD_KIND__KIND_DECLARATION) ||
                  above((int)total->recipient, LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL);
    }
    return unknown;
}

/* Of the kinds that are told without a decision. */
static bool other_unknown(const Lienthong__ReportBody *body, const Lienthong__Change *change)
{
    const Lienthong__Movement *movement = change->movement;
    const Lienthong__Score *score = change->score;
    const Lienthong__Exemplar *exemplar = change->exemplar;
    if (movement &&
        (movement->base.n_unknown_fields > 0 || unit_unknown(body, movement->launcher) ||
         above((int)movement->level, LIENTHONG__LEVEL__LEVEL_BASE) ||
         above((int)movement->scope, LIENTHONG__MOVEMENT_SCOPE__SCOPE_UNIT)))
        return true;
    if (score && (score->base.n_unknown_fields > 0 || unit_unknown(body, score->member) ||
                  unit_unknown(body, score->managing)))
        return true;
    return exemplar &&
           (exemplar->base.n_unknown_fields > 0 || period_unknown(exemplar->period) ||
            unit_unknown(body, exemplar->place) ||
            above((int)exemplar->recipient, LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL));
}

bool lt_report_unknown(const Lienthong__ReportBody *body, uint32_t index)
{
    const Lienthong__Change *change = body->changes[index];
    if (body->base.n_unknown_fields > 0 || change->base.n_unknown_fields > 0 ||
        above((int)change->op, LIENTHONG__OP__OP_WITHDRAW) ||
        (change->record && change->record->base.n_unknown_fields > 0))
        return true;
    return (change->award && award_unknown(body, change->award)) ||
           (change->proposal && proposal_unknown(body, change->proposal)) ||
           (change->pledge && pledge_unknown(body, change->pledge)) ||
           (change->declaration && declaration_unknown(change->declaration)) ||
           other_unknown(body, change);
}
