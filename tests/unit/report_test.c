#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "proto/shape_tables.h"
#include "tests/unit/samples_directive.h"
#include "tests/unit/samples_kinds.h"

static struct lt_arena *arena;

static int arena_make(void **state)
{
    (void)state;
    arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    return arena ? 0 : -1;
}

static int arena_drop(void **state)
{
    (void)state;
    lt_arena_free(arena);
    return 0;
}

/* ---- The tables know exactly the fields of the schema ---- */

static bool type_fits(const ProtobufCFieldDescriptor *field, const struct lt_rule *rule)
{
    const bool packed = rule->kind == LT_RULE_PACKED_UINT32 || rule->kind == LT_RULE_PACKED_FLAG ||
                        rule->kind == LT_RULE_PACKED_FIXED64;
    if ((field->label == PROTOBUF_C_LABEL_REPEATED) != (rule->many > 0 || packed))
        return false;
    const ProtobufCType type = field->type;
    if (type == PROTOBUF_C_TYPE_STRING)
        return rule->kind == LT_RULE_TEXT || rule->kind == LT_RULE_LINES ||
               rule->kind == LT_RULE_CODE;
    if (type == PROTOBUF_C_TYPE_BYTES)
        return rule->kind == LT_RULE_EXACT || rule->kind == LT_RULE_BYTES;
    if (type == PROTOBUF_C_TYPE_MESSAGE)
        return rule->kind == LT_RULE_MESSAGE && rule->child->descriptor == field->descriptor;
    if (type == PROTOBUF_C_TYPE_ENUM)
        return rule->kind == LT_RULE_ENUM || rule->kind == LT_RULE_SMALL_ENUM ||
               rule->kind == LT_RULE_STREAM || rule->kind == LT_RULE_PACKED_FLAG;
    if (type == PROTOBUF_C_TYPE_UINT32)
        return rule->kind == LT_RULE_UINT32 || rule->kind == LT_RULE_PACKED_UINT32;
    if (type == PROTOBUF_C_TYPE_SINT32)
        return rule->kind == LT_RULE_SINT32 || rule->kind == LT_RULE_DAY;
    if (type == PROTOBUF_C_TYPE_SINT64)
        return rule->kind == LT_RULE_SINT64;
    return (type == PROTOBUF_C_TYPE_UINT64 && rule->kind == LT_RULE_UINT64) ||
           (type == PROTOBUF_C_TYPE_INT64 && rule->kind == LT_RULE_SINT64) ||
           (type == PROTOBUF_C_TYPE_BOOL && rule->kind == LT_RULE_BOOL) ||
           (type == PROTOBUF_C_TYPE_FIXED64 && rule->kind == LT_RULE_PACKED_FIXED64);
}

static void shape_compare(const struct lt_shape *shape)
{
    unsigned known = 0;
    uint32_t needed = 0;
    for (uint32_t i = 0; i < shape->count; i++) {
        known += shape->rules[i].kind != LT_RULE_NONE;
        needed |= (uint32_t)(shape->rules[i].needed && shape->rules[i].many == 0) << i;
    }
    assert_int_equal(needed, shape->needed);
    assert_int_equal(known, shape->descriptor->n_fields);
    for (unsigned i = 0; i < shape->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &shape->descriptor->fields[i];
        if (field->id >= shape->count || !type_fits(field, &shape->rules[field->id]))
            fail_msg("%s.%s", shape->descriptor->short_name, field->name);
    }
}

static void tables_fit_the_schema(void **state)
{
    (void)state;
    const struct lt_shape *todo[128];
    size_t count = 0;
    for (size_t i = 0; i < lt_shape_count; i++)
        todo[count++] = lt_shapes[i];
    for (size_t i = 0; i < count; i++) {
        shape_compare(todo[i]);
        for (uint32_t j = 0; j < todo[i]->count; j++) {
            const struct lt_shape *child = todo[i]->rules[j].child;
            for (size_t k = 0; child && k < count; k++)
                child = todo[k] == child ? NULL : child;
            assert_true(count < SAMPLE_COUNT(todo));
            if (child)
                todo[count++] = child;
        }
    }
    assert_int_equal(count, 66); /* a new message of the schema wants a shape, or is an outer one */
}

/* ---- Reading ---- */

static enum lt_result read_body(const Lienthong__ReportBody *body, Lienthong__ReportBody **ret_body)
{
    struct lt_update update = {.frame.chain.stream = LT_STREAM_REPORT, .frame.body_version = 1};
    const size_t size = lienthong__report_body__get_packed_size(body);
    uint8_t *packed = malloc(size + 1);
    assert_non_null(packed);
    lienthong__report_body__pack(body, packed);
    update.body = (struct lt_bytes){packed, size};
    lt_arena_reset(arena);
    const enum lt_result result = lt_report_read(&update, arena, ret_body);
    if (result == LT_OK)
        assert_int_equal(lt_report_signed_at(&update), (*ret_body)->signed_at);
    free(packed);
    return result;
}

static void reads_when_signed(void **state)
{
    (void)state;
    struct sample_kinds *s = sample_kinds_new();
    Lienthong__ReportBody *body = NULL;
    static const int64_t times[] = {0, 1, 1700000000, -1, INT64_MAX};
    for (size_t i = 0; i < SAMPLE_COUNT(times); i++) {
        s->body.signed_at = times[i];
        assert_int_equal(read_body(&s->body, &body), LT_OK); /* and compares */
        assert_int_equal(body->signed_at, times[i]);
    }
    static const uint8_t cut[] = {0x22, 0x7f, 0x30}; /* ends within a change */
    struct lt_update update = {.frame.chain.stream = LT_STREAM_REPORT, .frame.body_version = 1};
    update.body = (struct lt_bytes){cut, sizeof cut};
    assert_int_equal(lt_report_signed_at(&update), 0);
    update.frame.body_version = LT_BODY_VERSION + 1;
    assert_int_equal(lt_report_signed_at(&update), 0);
    free(s);
}

static void reads_every_kind(void **state)
{
    (void)state;
    struct sample_kinds *s = sample_kinds_new();
    Lienthong__ReportBody *body = NULL;
    assert_int_equal(read_body(&s->body, &body), LT_OK);
    assert_int_equal(body->n_changes, 9);
    for (uint32_t i = 0; i < body->n_changes; i++)
        assert_false(lt_report_unknown(body, i));
    assert_string_equal(body->changes[0]->award->note, "dòng một\ndòng hai");
    assert_int_equal(body->changes[0]->award->quantity, 298);
    assert_string_equal(body->decisions[0]->authority, "TTG");
    assert_int_equal(body->changes[2]->movement->from, -1);
    assert_int_equal(body->changes[3]->pledge->members[1], 1);
    assert_int_equal(body->changes[4]->score->penalty, -150);
    assert_int_equal(body->changes[5]->exemplar->period->day, 18500);
    assert_int_equal(body->changes[6]->declaration->totals[0]->quantity, 298);
    assert_int_equal(body->changes[7]->record->index, 5);
    assert_int_equal(body->changes[8]->op, LIENTHONG__OP__OP_WITHDRAW);
    free(s);
}

static void other_streams_and_versions(void **state)
{
    (void)state;
    Lienthong__ReportBody *body;
    Lienthong__DirectiveBody *directive;
    struct lt_update update = {.frame.chain.stream = LT_STREAM_DIRECTIVE, .frame.body_version = 1};
    assert_int_equal(lt_report_read(&update, arena, &body), LT_MALFORMED);
    assert_int_equal(lt_directive_read(&update, arena, &directive), LT_OK);
    update.frame.body_version = 2;
    assert_int_equal(lt_directive_read(&update, arena, &directive), LT_VERSION);
    update.frame.chain.stream = LT_STREAM_REPORT;
    assert_int_equal(lt_report_read(&update, arena, &body), LT_VERSION);
    assert_int_equal(lt_directive_read(&update, arena, &directive), LT_MALFORMED);
}

/* Each case bends one thing of a good report. */
typedef enum lt_result bend(struct sample_kinds *s);

static char long_text[LT_LONG_TEXT_BYTES_MAX + 2];

static enum lt_result text_at(char **place, size_t size, enum lt_result expected)
{
    memset(long_text, 'a', size);
    long_text[size] = '\0';
    *place = long_text;
    return expected;
}

#define BEND(name, code, expected)                                                                 \
    static enum lt_result name(struct sample_kinds *s)                                             \
    {                                                                                              \
        code;                                                                                      \
        return expected;                                                                           \
    }
BEND(import_beyond, s->changes[0].import = 1, LT_MALFORMED)
BEND(decision_beyond, s->award.decision = 2, LT_MALFORMED)
BEND(place_beyond, s->award.place = 2, LT_MALFORMED)
BEND(place_far_beyond, s->award.place = UINT32_MAX, LT_MALFORMED)
BEND(submitter_beyond, s->proposal.submitter = 2, LT_MALFORMED)
BEND(outcome_beyond, s->proposal.decision = 2, LT_MALFORMED)
BEND(launcher_beyond, s->movement.launcher = 2, LT_MALFORMED)
BEND(member_beyond, s->members[1] = 2, LT_MALFORMED)
BEND(lead_beyond, s->pledge.lead = 2, LT_MALFORMED)
BEND(managing_beyond, s->score.managing = 2, LT_MALFORMED)
BEND(scored_beyond, s->score.member = 2, LT_MALFORMED)
BEND(shown_beyond, s->exemplar.place = 2, LT_MALFORMED)
BEND(authority_beyond, s->decision.unit = 2, LT_MALFORMED)
BEND(itself, s->ids[0].index = 7, LT_MALFORMED)
BEND(later, s->ids[0].index = 8, LT_MALFORMED)
BEND(earlier, s->ids[0].index = 6, LT_OK)
BEND(index_beyond, s->ids[1].index = LT_CHANGES_MAX, LT_MALFORMED)
BEND(short_identity, s->ids[1].update.len = 31, LT_MALFORMED)
BEND(two_records, s->changes[0].proposal = &s->proposal, LT_MALFORMED)
BEND(no_record, s->changes[0].award = NULL, LT_MALFORMED)
BEND(retracts_nothing, s->changes[7].record = NULL, LT_MALFORMED)
BEND(retracts_and_puts, s->changes[7].award = &s->award, LT_MALFORMED)
BEND(short_root, s->body.personal_root = sample_span(s->hash, 31), LT_MALFORMED)
BEND(line_feed, s->decision.number = sample_text("15\n16"), LT_MALFORMED)
BEND(tab_in_note, s->award.note = sample_text("a\tb"), LT_MALFORMED)
BEND(not_utf8, s->award.field = sample_text("c\xf4ng"), LT_MALFORMED)
BEND(no_unit_code, s->unit.code = sample_text(""), LT_MALFORMED)
BEND(bad_unit_code, s->unit.code = sample_text("8 0"), LT_MALFORMED)
BEND(bad_unit_day, s->unit.valid_from = INT32_MAX, LT_MALFORMED)
BEND(points_beyond, s->score.final = INT64_MAX, LT_OK) /* the judge's */
BEND(quantity_beyond, s->award.quantity = UINT64_MAX, LT_OK) /* the judge's */
BEND(odd_date, s->decision.date = INT32_MIN, LT_OK) /* the judge's */
BEND(short_text_at, , text_at(&s->award.code, LT_TEXT_BYTES_MAX, LT_OK))
BEND(short_text_over, , text_at(&s->award.code, LT_TEXT_BYTES_MAX + 1, LT_TOO_LARGE))
BEND(long_text_at, , text_at(&s->changes[7].reason, LT_LONG_TEXT_BYTES_MAX, LT_OK))
BEND(long_text_over, , text_at(&s->changes[7].reason, LT_LONG_TEXT_BYTES_MAX + 1, LT_TOO_LARGE))

static void refuses_what_is_bent(void **state)
{
    (void)state;
    static bend *const bends[] = {
        import_beyond,    decision_beyond,   place_beyond,     place_far_beyond, submitter_beyond,
        outcome_beyond,   launcher_beyond,   member_beyond,    lead_beyond,      managing_beyond,
        scored_beyond,    shown_beyond,      authority_beyond, itself,           later,
        earlier,          index_beyond,      short_identity,   two_records,      no_record,
        retracts_nothing, retracts_and_puts, short_root,       line_feed,        tab_in_note,
        not_utf8,         no_unit_code,      bad_unit_code,    bad_unit_day,     points_beyond,
        quantity_beyond,  odd_date,          short_text_at,    short_text_over,  long_text_at,
        long_text_over,
    };
    for (size_t i = 0; i < SAMPLE_COUNT(bends); i++) {
        struct sample_kinds *s = sample_kinds_new();
        Lienthong__ReportBody *body = NULL;
        const enum lt_result expected = bends[i](s);
        const enum lt_result result = read_body(&s->body, &body);
        if (result != expected || (result != LT_OK && body))
            fail_msg("case %zu: %s", i, lt_result_text(result));
        free(s);
    }
}

static enum lt_result read_raw(const void *bytes, size_t size, Lienthong__ReportBody **ret_body)
{
    struct lt_update update = {.frame.chain.stream = LT_STREAM_REPORT, .frame.body_version = 1};
    update.body = (struct lt_bytes){bytes, size};
    lt_arena_reset(arena);
    return lt_report_read(&update, arena, ret_body);
}
#define RAW(text, body) read_raw((text), sizeof(text) - 1, (body))

static void bytes_are_read_in_one_way(void **state)
{
    (void)state;
    Lienthong__ReportBody *body = NULL;
    /* changes { exemplar { model: "ab" } } */
    assert_int_equal(RAW("\x22\x06\x7a\x04\x0a\x02"
                         "ab",
                         &body),
                     LT_OK);
    assert_string_equal(body->changes[0]->exemplar->model, "ab");
    assert_int_equal(RAW("\x22\x06\x7a\x04\x0a\x02"
                         "a\0",
                         &body),
                     LT_MALFORMED);
    assert_int_equal(RAW("\x22\x09\x7a\x07\x0a\x02"
                         "ab\x0a\x01"
                         "c",
                         &body),
                     LT_MALFORMED);
    assert_int_equal(RAW("\x22\x0c\x7a\x04\x0a\x02"
                         "ab\x7a\x04\x0a\x02"
                         "cd",
                         &body),
                     LT_MALFORMED);
    assert_int_equal(RAW("\x22\x06\x7a\x04\x0a\x03"
                         "ab",
                         &body),
                     LT_MALFORMED); /* past its end */
    assert_int_equal(RAW("\x22\x04\x7a\x02\x08\x01", &body), LT_MALFORMED); /* number for a text */
    assert_int_equal(RAW("\x22\x07\x7a\x05\x28\x81\x80\x80\x10", &body), LT_MALFORMED); /* 2^25+… */
    assert_int_equal(RAW("\x22\x09\x7a\x07\x28\x81\x80\x80\x80\x80\x01", &body), LT_MALFORMED);
    assert_int_equal(RAW("\x22\x04\x28\x02\x7a\x00", &body), LT_MALFORMED); /* bool of 2 */
    /* A row of 2^32 + 1 would be 1 to some readers. */
    assert_int_equal(RAW("\x22\x08\x20\x81\x80\x80\x80\x10\x7a\x00", &body), LT_MALFORMED);
    assert_int_equal(RAW("\x22\x08\x20\xff\xff\xff\xff\x0f\x7a\x00", &body), LT_OK);
    assert_int_equal(RAW("\x0a\x07"
                         "1234567",
                         &body),
                     LT_MALFORMED); /* imports: 8 bytes each */
    assert_int_equal(RAW("\x0b\x0c", &body), LT_MALFORMED); /* a group */
}

static void what_is_newer_is_kept_apart(void **state)
{
    (void)state;
    Lienthong__ReportBody *body = NULL;
    /* A kind of record to come (field 17), beside a known one. */
    assert_int_equal(RAW("\x22\x04\x8a\x01\x01x\x22\x02\x7a\x00", &body), LT_OK);
    assert_true(lt_report_unknown(body, 0));
    assert_false(lt_report_unknown(body, 1));
    /* A field to come in the record, in its period, of the record's id. */
    assert_int_equal(RAW("\x22\x05\x7a\x03\xf8\x06\x01", &body), LT_OK);
    assert_true(lt_report_unknown(body, 0));
    assert_int_equal(RAW("\x22\x07\x7a\x05\x22\x03\xf8\x06\x01", &body), LT_OK);
    assert_true(lt_report_unknown(body, 0));
    /* Of the body: nothing of it can be trusted to mean what we think. */
    assert_int_equal(RAW("\x22\x02\x7a\x00\xf8\x06\x01", &body), LT_OK);
    assert_true(lt_report_unknown(body, 0));
    /* Of a decision: only what refers to it. */
    assert_int_equal(RAW("\x1a\x03\xf8\x06\x01\x22\x04\x52\x02\x10\x01\x22\x02\x52\x00", &body),
                     LT_OK);
    assert_true(lt_report_unknown(body, 0));
    assert_false(lt_report_unknown(body, 1));
    /* Operations and values to come, also negative ones. */
    assert_int_equal(RAW("\x22\x02\x08\x07\x22\x04\x7a\x02\x10\x63", &body), LT_OK);
    assert_true(lt_report_unknown(body, 0));
    assert_true(lt_report_unknown(body, 1));
    assert_int_equal(RAW("\x22\x0d\x7a\x0b\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", &body),
                     LT_OK);
    assert_true(lt_report_unknown(body, 0));
}

static void bombs_stay_small(void **state)
{
    (void)state;
    uint8_t *bytes = malloc(LT_UPDATE_BYTES_MAX);
    Lienthong__ReportBody *body = NULL;
    assert_non_null(bytes);
    for (size_t i = 0; i < LT_UPDATE_BYTES_MAX; i += 2)
        memcpy(bytes + i, "\x12\x00", 2); /* empty units */
    assert_int_equal(read_raw(bytes, LT_UPDATE_BYTES_MAX, &body), LT_MALFORMED);
    for (size_t i = 0; i + 4 <= LT_UPDATE_BYTES_MAX; i += 4)
        memcpy(bytes + i, "\x22\x02\x7a\x00", 4); /* empty exemplars */
    assert_int_equal(read_raw(bytes, LT_UPDATE_BYTES_MAX, &body), LT_TOO_LARGE);
    assert_int_equal(read_raw(bytes, 4 * LT_CHANGES_MAX, &body), LT_OK);
    assert_int_equal(body->n_changes, LT_CHANGES_MAX);
    for (size_t i = 0; i + 2 <= LT_UPDATE_BYTES_MAX; i += 2)
        memcpy(bytes + i, "\x78\x01", 2); /* fields that nobody knows: only the budget holds */
    assert_int_equal(read_raw(bytes, LT_UPDATE_BYTES_MAX, &body), LT_TOO_LARGE);
    free(bytes);
}

/* The largest report that travels is read within the budget, and 100 awards within the time. */
static void the_largest_fits(void **state)
{
    (void)state;
    struct lt_bytes bytes = sample_awards_update(LT_CHANGES_MAX);
    struct lt_update update;
    Lienthong__ReportBody *body;
    assert_true(bytes.size > LT_UPDATE_BYTES_MAX / 2);
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    lt_arena_reset(arena);
    assert_int_equal(lt_report_read(&update, arena, &body), LT_OK);
    sample_free(bytes);

    bytes = sample_awards_update(100);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(lt_update_open(bytes, &update), LT_OK);
        update.personal.size = 0;
        lt_arena_reset(arena);
        assert_int_equal(lt_report_read(&update, arena, &body), LT_OK);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    const double us =
        ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / 2e6;
    print_message("%zu bytes of 100 awards: opened and read in %.1f us\n", bytes.size, us);
    sample_free(bytes);
}

/* ---- Directives ---- */

static enum lt_result read_directive(const Lienthong__DirectiveBody *from,
                                     Lienthong__DirectiveBody **ret_body)
{
    struct lt_update update = {.frame.chain.stream = LT_STREAM_DIRECTIVE, .frame.body_version = 1};
    const size_t size = lienthong__directive_body__get_packed_size(from);
    uint8_t *packed = malloc(size + 1);
    assert_non_null(packed);
    lienthong__directive_body__pack(from, packed);
    update.body = (struct lt_bytes){packed, size};
    lt_arena_reset(arena);
    const enum lt_result result = lt_directive_read(&update, arena, ret_body);
    free(packed);
    return result;
}

static void directives(void **state)
{
    (void)state;
    struct sample_directive *s = sample_directive_new();
    Lienthong__DirectiveBody *body = NULL;
    assert_int_equal(read_directive(&s->body, &body), LT_OK);
    assert_int_equal(body->n_items, SAMPLE_ITEMS);
    assert_string_equal(body->items[0]->unit->parent->code, "807");
    assert_int_equal(body->items[1]->title->recipients[1],
                     LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL);
    assert_int_equal(body->items[8]->closing->cut[0]->tips[0].len, 32);
    assert_string_equal(body->items[11]->move->endpoints[0], "tcp://hub.example:7100");

    s->items[0].title = &s->title;
    assert_int_equal(read_directive(&s->body, &body), LT_MALFORMED); /* two in one */
    s->items[0].title = NULL;
    s->items[0].unit = NULL;
    assert_int_equal(read_directive(&s->body, &body), LT_MALFORMED); /* none */
    s->items[0].unit = &s->entry;
    s->grant.key.len = 0;
    assert_int_equal(read_directive(&s->body, &body), LT_MALFORMED);
    s->grant.key.len = 32;
    s->grant.unit = NULL;
    assert_int_equal(read_directive(&s->body, &body), LT_MALFORMED);
    s->grant.unit = &s->unit;
    s->title.code = sample_text("A CODE");
    assert_int_equal(read_directive(&s->body, &body), LT_MALFORMED);
    s->title.code = sample_text("GK");
    s->recipients[1] = (Lienthong__Recipient)32; /* would be a bit beyond the word */
    assert_int_equal(read_directive(&s->body, &body), LT_MALFORMED);
    s->recipients[1] = (Lienthong__Recipient)31;
    s->entry.level = (Lienthong__UnitLevel)257;
    assert_int_equal(read_directive(&s->body, &body), LT_MALFORMED);
    s->entry.level = (Lienthong__UnitLevel)100;
    s->entry.valid_to = INT32_MAX;
    assert_int_equal(read_directive(&s->body, &body), LT_MALFORMED);
    s->entry.valid_to = 0;
    assert_int_equal(read_directive(&s->body, &body), LT_OK);
    free(s);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_fit_the_schema),
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(reads_when_signed),
        cmocka_unit_test(other_streams_and_versions),
        cmocka_unit_test(refuses_what_is_bent),
        cmocka_unit_test(bytes_are_read_in_one_way),
        cmocka_unit_test(what_is_newer_is_kept_apart),
        cmocka_unit_test(bombs_stay_small),
        cmocka_unit_test(the_largest_fits),
        cmocka_unit_test(directives),
    };
    return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
