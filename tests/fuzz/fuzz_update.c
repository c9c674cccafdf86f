/* fuzz_update.c - an update as a stranger sends it. The first byte chooses: the whole update; or, past
 * the hash that random bytes never match, the body of a report, of a directive, a personal part or a sealed one. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "proto/update.h"

static void read_report(struct lt_bytes bytes, struct lt_arena *arena)
{
    struct lt_update update = {.frame.chain.stream = LT_STREAM_REPORT, .frame.body_version = 1};
    Lienthong__ReportBody *body;
    update.body = bytes;
    if (lt_report_read(&update, arena, &body) != LT_OK)
        return;
    FUZZ_CHECK(body->n_changes <= LT_CHANGES_MAX);
    for (uint32_t i = 0; i < body->n_changes; i++)
        (void)lt_report_unknown(body, i);
    /* What was read can be said again, and is read again. */
    const size_t size = lienthong__report_body__get_packed_size(body);
    uint8_t *again = malloc(size + 1);
    FUZZ_CHECK(again && lienthong__report_body__pack(body, again) == size);
    lt_arena_reset(arena);
    update.body = (struct lt_bytes){again, size};
    FUZZ_CHECK(lt_report_read(&update, arena, &body) == LT_OK);
    free(again);
}

static void read_directive(struct lt_bytes bytes, struct lt_arena *arena)
{
    struct lt_update update = {.frame.chain.stream = LT_STREAM_DIRECTIVE, .frame.body_version = 1};
    Lienthong__DirectiveBody *body;
    update.body = bytes;
    if (lt_directive_read(&update, arena, &body) != LT_OK)
        return;
    const size_t size = lienthong__directive_body__get_packed_size(body);
    uint8_t *again = malloc(size + 1);
    FUZZ_CHECK(again && lienthong__directive_body__pack(body, again) == size);
    lt_arena_reset(arena);
    update.body = (struct lt_bytes){again, size};
    FUZZ_CHECK(lt_directive_read(&update, arena, &body) == LT_OK);
    free(again);
}

/* Two bytes of rows in the body, then the personal part; the root is taken as it is computed when the
 * first 32 bytes behind them are the right ones, which the corpus has. */
static void read_personal(struct lt_bytes bytes, struct lt_arena *arena)
{
    Lienthong__ReportBody body = LIENTHONG__REPORT_BODY__INIT;
    Lienthong__Personal *personal;
    uint8_t root[32];
    if (bytes.size < 34)
        return;
    for (size_t i = 0; i < sizeof(root); i++)
        root[i] = bytes.data[2 + i];
    body.n_changes = (size_t)(bytes.data[0] << 8 | bytes.data[1]) & (LT_CHANGES_MAX - 1);
    body.personal_root = (ProtobufCBinaryData){.len = sizeof(root), .data = root};
    const struct lt_bytes part = {bytes.data + 34, bytes.size - 34};
    if (lt_personal_read(part, &body, arena, &personal) != LT_OK)
        return;
    for (size_t i = 0; i < personal->n_rows; i++) {
        const Lienthong__PersonalRow *row = personal->rows[i];
        const Lienthong__Person *person = lt_personal_find(personal, row->change, arena);
        FUZZ_CHECK((person != NULL) == (row->person.len > 0));
    }
}

/* As read_personal. What is read is opened with a key, and loses its rows. */
static void read_sealed(struct lt_bytes bytes, struct lt_arena *arena)
{
    static const uint8_t key[32] = {7};
    static uint8_t changes[LT_CHANGES_MAX];
    Lienthong__ReportBody body = LIENTHONG__REPORT_BODY__INIT;
    Lienthong__Sealed *sealed;
    Lienthong__Personal *personal;
    struct lt_update update = {.frame.body_version = 1};
    uint8_t root[32], *less;
    size_t size;
    if (bytes.size < 34)
        return;
    memset(changes, 0, sizeof(changes));
    for (size_t i = 0; i < sizeof(root); i++)
        root[i] = bytes.data[2 + i];
    body.n_changes = (size_t)(bytes.data[0] << 8 | bytes.data[1]) & (LT_CHANGES_MAX - 1);
    body.personal_root = (ProtobufCBinaryData){.len = sizeof(root), .data = root};
    update.sealed = (struct lt_bytes){bytes.data + 34, bytes.size - 34};
    if (lt_sealed_read(update.sealed, &body, arena, &sealed) != LT_OK)
        return;
    FUZZ_CHECK(sealed->n_keys <= LT_SEAL_KEYS_MAX && sealed->n_rows <= body.n_changes);
    FUZZ_CHECK(lt_sealed_open(sealed, &update.frame.body_hash, key, arena, &personal) == LT_OK);
    for (size_t i = 0; i < personal->n_rows; i++) {
        changes[sealed->rows[i]->change] = 1;
        FUZZ_CHECK(sealed->rows[i]->box.len > 0 ||
                   lt_personal_find(personal, sealed->rows[i]->change, arena) == NULL);
    }
    if (lt_update_redact(&update, &body, changes, arena, &less, &size) == LT_OK)
        free(less);
}

static void read_update(struct lt_bytes bytes, struct lt_arena *arena)
{
    struct lt_update update;
    Lienthong__ReportBody *report;
    Lienthong__DirectiveBody *directive;
    if (lt_update_open(bytes, &update) != LT_OK)
        return;
    FUZZ_CHECK(update.frame.seq >= 1 && update.frame.parent_count <= LT_PARENTS_MAX);
    (void)lt_update_verify(&update);
    (void)lt_report_read(&update, arena, &report);
    lt_arena_reset(arena);
    (void)lt_directive_read(&update, arena, &directive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(struct lt_bytes, struct lt_arena *) = {
        read_update, read_report, read_directive, read_personal, read_sealed};
    if (size < 1)
        return 0;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    FUZZ_CHECK(arena);
    readers[data[0] % (sizeof(readers) / sizeof(readers[0]))]((struct lt_bytes){data + 1, size - 1},
                                                              arena);
    lt_arena_free(arena);
    return 0;
}
