/* golden_tell.h - what a stored update or receipt says, as text. It is opened and verified as anybody would. */
#ifndef LT_GOLDEN_TELL_H
#define LT_GOLDEN_TELL_H

#include "tests/unit/golden_file.h"
#include "tests/unit/golden_secrets.h"
#include "tests/unit/golden_text.h"

static void tell_hash(FILE *out, const char *name, const struct lt_hash *hash)
{
    fprintf(out, "  %s ", name);
    golden_hex(out, hash->bytes, 32);
    fputc('\n', out);
}

static void tell_chain(FILE *out, const struct lt_chain *chain)
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&chain->unit, unit);
    fprintf(out, "%s %s", chain->stream == LT_STREAM_REPORT ? "reports" : "directives", unit);
}

/* As the hub reads them to which they may be sealed. */
static void tell_persons(FILE *out, const struct lt_update *update,
                         const Lienthong__ReportBody *body, struct lt_arena *arena)
{
    const struct lt_box_pair hub = golden_hub_box();
    struct lt_box_ring ring = {.count = 0};
    Lienthong__Personal *personal;
    lt_box_ring_add(&ring, &hub);
    assert_int_equal(lt_seal_read(update, body, &ring, arena, &personal), LT_OK);
    fprintf(out, "  %s\n", update->sealed.size > 0 ? "sealed" : "open");
    for (uint32_t i = 0; i < body->n_changes; i++) {
        const Lienthong__Person *person = lt_personal_find(personal, i, arena);
        if (person != NULL) {
            fprintf(out, "  person of change %u\n", i);
            golden_message(out, &person->base, 2);
        } else if (lt_personal_erased(personal, body, i)) {
            fprintf(out, "  person of change %u, erased\n", i);
        }
    }
}

/* Of a body version that this build does not read: nothing but the frame. */
static void tell_update(FILE *out, struct lt_bytes bytes)
{
    struct lt_update update;
    struct lt_arena *arena = lt_arena_new(4 * LT_UNPACK_BYTES_MAX);
    Lienthong__ReportBody *report = NULL;
    Lienthong__DirectiveBody *directive = NULL;
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    assert_int_equal(lt_update_verify(&update), LT_OK);
    const struct lt_frame *frame = &update.frame;
    const bool reports = frame->chain.stream == LT_STREAM_REPORT;
    fputs("update of ", out);
    tell_chain(out, &frame->chain);
    fprintf(out, ", seq %llu, body version %u\n", (unsigned long long)frame->seq,
            frame->body_version);
    tell_hash(out, "identity", &update.id);
    tell_hash(out, "body", &frame->body_hash);
    for (uint32_t i = 0; i < frame->parent_count; i++)
        tell_hash(out, "parent", &frame->parents[i]);
    const enum lt_result result = reports ? lt_report_read(&update, arena, &report)
                                          : lt_directive_read(&update, arena, &directive);
    assert_int_equal(result, frame->body_version > LT_BODY_VERSION ? LT_VERSION : LT_OK);
    if (result == LT_OK)
        golden_message(out, reports ? &report->base : &directive->base, 1);
    else
        fputs("  cannot be read\n", out);
    if (report != NULL && update.personal.size + update.sealed.size > 0)
        tell_persons(out, &update, report, arena);
    lt_arena_free(arena);
}

GOLDEN_UNUSED static void tell_receipt(FILE *out, struct lt_bytes bytes)
{
    struct lt_statement statement;
    char hub[LT_UNIT_TEXT_MAX];
    assert_int_equal(lt_receipt_open(bytes, &statement), LT_OK);
    lt_unit_format(&statement.hub, hub);
    fprintf(out, "receipt %llu of %s for ", (unsigned long long)statement.number, hub);
    tell_chain(out, &statement.chain);
    fprintf(out, ": %llu updates, %llu quarantined, %u keys%s, at %lld\n",
            (unsigned long long)statement.count, (unsigned long long)statement.quarantined,
            statement.key_count, statement.top ? ", counted" : "", (long long)statement.signed_at);
    for (uint32_t i = 0; i < statement.tip_count; i++)
        tell_hash(out, "tip", &statement.tips[i]);
    tell_hash(out, "directives", &statement.directives);
    tell_hash(out, "quarantine", &statement.quarantine);
}

#endif
