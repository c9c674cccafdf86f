/* samples.h - fixed keys and fixed messages from which the tests of proto/ make updates.
 *
 * Messages are made in one struct each, whose pointers stay within it. Persons are placeholders. */
#ifndef LT_SAMPLES_H
#define LT_SAMPLES_H

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/message.h"

#define SAMPLE_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Ed25519 pair of the seed `first`, `first` + 1, … (32 bytes). */
static inline void sample_key(uint8_t first, struct lt_key *ret_key, struct lt_secret *ret_secret)
{
    uint8_t seed[32];
    for (unsigned i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)(first + i);
    crypto_sign_seed_keypair(ret_key->bytes, ret_secret->bytes, seed);
}

/* `size` bytes `first`, `first` + 1, … */
static inline void sample_bytes(uint8_t first, uint8_t *ret_bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ret_bytes[i] = (uint8_t)(first + i);
}

static inline ProtobufCBinaryData sample_span(uint8_t *bytes, size_t size)
{
    return (ProtobufCBinaryData){.len = size, .data = bytes};
}

/* Generated messages point at `char *`; nobody writes there. */
static inline char *sample_text(const char *text)
{
    union {
        const char *from;
        char *to;
    } address = {.from = text};
    return address.to;
}

/* A first update's frame by key 0. */
static inline struct lt_frame sample_frame(enum lt_stream stream, const char *code)
{
    struct lt_frame frame = {.chain.stream = stream, .seq = 1, .body_version = LT_BODY_VERSION};
    struct lt_secret secret;
    const enum lt_result made = lt_unit_make(code, 0, &frame.chain.unit);
    assert(made == LT_OK);
    sample_key(0, &frame.key, &secret);
    sample_bytes(0x20, frame.instance.bytes, sizeof(frame.instance.bytes));
    return frame;
}

/* Packs, seals with key 0. The result is malloc'ed. */
static inline struct lt_bytes sample_seal(struct lt_frame *frame, const ProtobufCMessage *body,
                                          struct lt_bytes personal)
{
    struct lt_key key;
    struct lt_secret secret;
    struct lt_hash id;
    uint8_t *bytes = NULL;
    size_t size = 0;
    const size_t body_size = protobuf_c_message_get_packed_size(body);
    uint8_t *packed = malloc(body_size + 1);
    assert(packed);
    protobuf_c_message_pack(body, packed);
    sample_key(0, &key, &secret);
    const enum lt_result sealed = lt_update_seal(frame, (struct lt_bytes){packed, body_size},
                                                 personal, &secret, &bytes, &size, &id);
    assert(sealed == LT_OK);
    free(packed);
    return (struct lt_bytes){bytes, size};
}

static inline void sample_free(struct lt_bytes bytes)
{
    union {
        const uint8_t *from;
        void *to;
    } address = {.from = bytes.data};
    free(address.to);
}

/* ---- A report of named awards --------------------------------------------------------------- */

enum { SAMPLE_AWARDS_MAX = 4096 };

struct sample_awards {
    Lienthong__ReportBody body;
    Lienthong__Unit units[2];
    Lienthong__Unit *unit_list[2];
    Lienthong__Decision decision;
    Lienthong__Decision *decision_list[1];
    uint64_t imports[1];
    Lienthong__Change changes[SAMPLE_AWARDS_MAX];
    Lienthong__Change *change_list[SAMPLE_AWARDS_MAX];
    Lienthong__Award awards[SAMPLE_AWARDS_MAX];
    Lienthong__Period period;
    Lienthong__Person persons[SAMPLE_AWARDS_MAX];
    const Lienthong__Person *person_list[SAMPLE_AWARDS_MAX];
    char names[SAMPLE_AWARDS_MAX][24];
    struct lt_hash root;
    struct lt_bytes personal; /* malloc'ed */
};

/* `count` persons awarded by one decision; the first has position and workplace. malloc'ed. */
static inline struct sample_awards *sample_awards_new(size_t count)
{
    struct sample_awards *s = calloc(1, sizeof(*s));
    uint8_t salt[32], *personal = NULL;
    assert(s && count <= SAMPLE_AWARDS_MAX);
    lienthong__report_body__init(&s->body);
    for (int i = 0; i < 2; i++) {
        lienthong__unit__init(&s->units[i]);
        s->unit_list[i] = &s->units[i];
    }
    s->units[0].code = sample_text("807");
    s->units[1].code = sample_text("28114");
    s->units[1].valid_from = 12603; /* 2004-07-04 */
    lienthong__decision__init(&s->decision);
    s->decision.unit = 1;
    s->decision.level = LIENTHONG__LEVEL__LEVEL_DISTRICT;
    s->decision.number = sample_text("1234/QĐ-UBND");
    s->decision.date = 18627; /* 2020-12-31 */
    s->decision_list[0] = &s->decision;
    s->imports[0] = UINT64_C(0x0102030405060708);
    lienthong__period__init(&s->period);
    s->period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    s->period.to = 2020;
    for (size_t i = 0; i < count; i++) {
        lienthong__change__init(&s->changes[i]);
        lienthong__award__init(&s->awards[i]);
        lienthong__person__init(&s->persons[i]);
        s->awards[i].code = sample_text("GK");
        s->awards[i].decision = 1;
        s->awards[i].period = &s->period;
        s->awards[i].type = LIENTHONG__AWARD_TYPE__TYPE_MERIT;
        s->awards[i].recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
        s->awards[i].place = 2;
        s->awards[i].status = LIENTHONG__STATUS__STATUS_DECIDED;
        s->changes[i].import = 1;
        s->changes[i].row = (uint32_t)i + 2;
        s->changes[i].award = &s->awards[i];
        s->change_list[i] = &s->changes[i];
        snprintf(s->names[i], sizeof(s->names[i]), "Cá nhân %04u", (unsigned)i + 1);
        s->persons[i].name = s->names[i];
        s->person_list[i] = &s->persons[i];
    }
    s->persons[0].workplace = sample_text("Trường Tiểu học số 1");
    s->persons[0].position = sample_text("Giáo viên");
    s->body.imports = s->imports;
    s->body.n_imports = 1;
    s->body.units = s->unit_list;
    s->body.n_units = 2;
    s->body.decisions = s->decision_list;
    s->body.n_decisions = 1;
    s->body.changes = s->change_list;
    s->body.n_changes = count;
    s->body.signed_at = 1609459200;
    sample_bytes(0x40, salt, sizeof(salt));
    const enum lt_result made =
        lt_personal_make(s->person_list, count, salt, &personal, &s->personal.size, &s->root);
    assert(made == LT_OK);
    s->personal.data = personal;
    s->body.personal_root = sample_span(s->root.bytes, sizeof(s->root.bytes));
    return s;
}

static inline void sample_awards_free(struct sample_awards *s)
{
    sample_free(s->personal);
    free(s);
}

/* The update of `count` awards by commune 28114, as wire bytes, malloc'ed. */
static inline struct lt_bytes sample_awards_update(size_t count)
{
    struct sample_awards *s = sample_awards_new(count);
    struct lt_frame frame = sample_frame(LT_STREAM_REPORT, "28114");
    const struct lt_bytes bytes = sample_seal(&frame, &s->body.base, s->personal);
    sample_awards_free(s);
    return bytes;
}

/* ---- A receipt ---------------------------------------------------------------------------------- */

static inline struct lt_statement sample_statement(void)
{
    struct lt_statement s = {
        .number = 41,
        .chain.stream = LT_STREAM_REPORT,
        .tip_count = 2,
        .count = 5,
        .key_count = 1,
        .quarantined = 1,
        .top = true,
        .signed_at = 1609459260,
    };
    struct lt_secret secret;
    const enum lt_result made = lt_unit_make("80", 0, &s.hub) == LT_OK
                                    ? lt_unit_make("28114", 12603, &s.chain.unit)
                                    : LT_MALFORMED;
    assert(made == LT_OK);
    sample_bytes(0x10, s.incarnation.bytes, sizeof(s.incarnation.bytes));
    sample_bytes(0x30, s.tips[0].bytes, sizeof(s.tips[0].bytes));
    sample_bytes(0x50, s.tips[1].bytes, sizeof(s.tips[1].bytes));
    sample_bytes(0x70, s.directives.bytes, sizeof(s.directives.bytes));
    sample_bytes(0x90, s.quarantine.bytes, sizeof(s.quarantine.bytes));
    sample_key(0, &s.keys[0], &secret);
    sample_key(0x20, &s.key, &secret);
    return s;
}

static inline struct lt_bytes sample_receipt(void)
{
    const struct lt_statement statement = sample_statement();
    struct lt_key key;
    struct lt_secret secret;
    uint8_t *bytes = NULL;
    size_t size = 0;
    sample_key(0x20, &key, &secret);
    const enum lt_result sealed = lt_receipt_seal(&statement, &secret, &bytes, &size);
    assert(sealed == LT_OK);
    return (struct lt_bytes){bytes, size};
}

#endif
