/* vectors_test.c - fixed input gives fixed bytes, and updates of earlier releases stay readable.
 *
 * The vectors (tests/data/vectors, quoted by docs/protocol.md) and the golden updates of this release
 * (tests/data/golden) are written anew when LT_WRITE_GOLDEN=1; golden files of released versions
 * are never written again. Ed25519 is deterministic, so the files are compared to the byte. */
#include "proto/release.h"
#include "tests/unit/golden_file.h"
#include "tests/unit/samples_directive.h"
#include "tests/unit/samples_kinds.h"

#define VECTORS LT_TEST_DATA "/vectors/"

#define AWARDS_ID     "4bc941e004816da4a56240dc25c8d2024ce683dd5646e18aaa73ea7f0b608d85"
#define KINDS_ID      "e63607a307b04085254b5ec198e5ebfc5c59c924ac2fcf9ef4648e28e4e2a52f"
#define DIRECTIVES_ID "2c4e948f75c91cdb2bead511b7f7b066a5069f6fb3dd025f5ae62a1d62ed3605"

/* ---- Vectors: one value a line, "name hex", or "name text" for codes ---- */

struct lines {
    char text[64 * 1024];
    size_t size;
};

static void line_text(struct lines *lines, const char *name, const char *text)
{
    const size_t left = sizeof(lines->text) - lines->size;
    const int size = snprintf(lines->text + lines->size, left, "%s %s\n", name, text);
    assert_true(size > 0 && (size_t)size < left);
    lines->size += (size_t)size;
}

static void line_hex(struct lines *lines, const char *name, const void *bytes, size_t size)
{
    char text[16 * 1024];
    assert_true(2 * size < sizeof(text));
    lt_hex(bytes, size, text);
    line_text(lines, name, text);
}

static void lines_settle(struct lines *lines, const char *path)
{
    golden_settle(path, (struct lt_bytes){(const uint8_t *)lines->text, lines->size});
    free(lines);
}

static struct lines *lines_new(void)
{
    struct lines *lines = calloc(1, sizeof(*lines));
    assert_non_null(lines);
    return lines;
}

/* Keyed BLAKE2b-256 over parts, as docs/protocol.md writes it: independent of proto/'s own code. */
static void blake(const uint8_t *key, uint8_t ret_hash[32], int parts, ...)
{
    crypto_generichash_state state;
    va_list list;
    crypto_generichash_init(&state, key, key ? 32 : 0, 32);
    va_start(list, parts);
    for (int i = 0; i < parts; i++) {
        const uint8_t *bytes = va_arg(list, const uint8_t *);
        crypto_generichash_update(&state, bytes, va_arg(list, size_t));
    }
    va_end(list);
    crypto_generichash_final(&state, ret_hash, 32);
}

/* Salt, leaf of each row, and the root over both of them. */
static void personal_lines(struct lines *lines, const Lienthong__Personal *personal)
{
    uint8_t salts[2][32], leaves[2][32], root[32];
    static const uint8_t be[][4] = {{0, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 0, 2}};
    const size_t four = 4, hash = 32, leaf_context = 20, root_context = 21;
    char name[32];
    assert_int_equal(personal->n_rows, 2);
    line_hex(lines, "personal.salt", personal->salt.data, 32);
    for (int i = 0; i < 2; i++) {
        const ProtobufCBinaryData *person = &personal->rows[i]->person;
        blake(personal->salt.data, salts[i], 1, be[i], four);
        blake(salts[i], leaves[i], 3, "lienthong person v1", leaf_context, be[i], four,
              person->data, person->len);
        snprintf(name, sizeof(name), "personal.row%d.person", i);
        line_hex(lines, name, person->data, person->len);
        snprintf(name, sizeof(name), "personal.row%d.salt", i);
        line_hex(lines, name, salts[i], 32);
        snprintf(name, sizeof(name), "personal.row%d.leaf", i);
        line_hex(lines, name, leaves[i], 32);
    }
    blake(NULL, root, 6, "lienthong persons v1", root_context, be[2], four, be[0], four, leaves[0],
          hash, be[1], four, leaves[1], hash);
    line_hex(lines, "personal.root", root, 32);
}

static void update_vector(void **state)
{
    (void)state;
    struct lines *lines = lines_new();
    struct lt_key key;
    struct lt_secret secret;
    struct lt_update update;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    Lienthong__ReportBody *body;
    Lienthong__Personal *personal;
    uint8_t id[32], text[52] = "lienthong update v1";
    const struct lt_bytes bytes = sample_awards_update(2);
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    assert_int_equal(lt_report_read(&update, arena, &body), LT_OK);
    assert_int_equal(lt_personal_read(update.personal, body, arena, &personal), LT_OK);
    sample_key(0, &key, &secret);
    line_hex(lines, "seed", secret.bytes, 32);
    line_hex(lines, "key", key.bytes, 32);
    personal_lines(lines, personal);
    line_hex(lines, "personal", update.personal.data, update.personal.size);
    line_hex(lines, "body", update.body.data, update.body.size);
    line_hex(lines, "body.hash", update.frame.body_hash.bytes, 32);
    line_hex(lines, "frame", update.frame_bytes.data, update.frame_bytes.size);
    blake(NULL, id, 1, update.frame_bytes.data, update.frame_bytes.size);
    assert_memory_equal(id, update.id.bytes, 32);
    line_hex(lines, "identity", id, 32);
    memcpy(text + 20, id, 32);
    line_hex(lines, "signed", text, sizeof(text));
    line_hex(lines, "signature", update.signature.bytes, 64);
    assert_int_equal(
        crypto_sign_verify_detached(update.signature.bytes, text, sizeof(text), key.bytes), 0);
    line_hex(lines, "update", bytes.data, bytes.size);
    /* The root that the lines say is the one that was signed. */
    char root[65];
    lt_hex(body->personal_root.data, 32, root);
    assert_non_null(strstr(lines->text, root));
    lines_settle(lines, VECTORS "update.txt");
    lt_arena_free(arena);
    sample_free(bytes);
}

static void receipt_vector(void **state)
{
    (void)state;
    struct lines *lines = lines_new();
    struct lt_key key;
    struct lt_secret secret;
    uint8_t hash[32], text[53] = "lienthong receipt v1";
    const struct lt_bytes bytes = sample_receipt();
    Lienthong__Receipt *receipt = lienthong__receipt__unpack(NULL, bytes.size, bytes.data);
    assert_non_null(receipt);
    sample_key(0x20, &key, &secret);
    line_hex(lines, "seed", secret.bytes, 32);
    line_hex(lines, "key", key.bytes, 32);
    line_hex(lines, "statement", receipt->statement.data, receipt->statement.len);
    blake(NULL, hash, 1, receipt->statement.data, receipt->statement.len);
    line_hex(lines, "statement.hash", hash, 32);
    memcpy(text + 21, hash, 32);
    line_hex(lines, "signed", text, sizeof(text));
    line_hex(lines, "signature", receipt->signature.data, 64);
    assert_int_equal(
        crypto_sign_verify_detached(receipt->signature.data, text, sizeof(text), key.bytes), 0);
    line_hex(lines, "receipt", bytes.data, bytes.size);
    lienthong__receipt__free_unpacked(receipt, NULL);
    lines_settle(lines, VECTORS "receipt.txt");
    sample_free(bytes);
}

static void join_vector(void **state)
{
    (void)state;
    struct lines *lines = lines_new();
    struct lt_key key;
    struct lt_secret secret;
    struct lt_join_code code = {.endpoint = "tcp://hub.example:7100"};
    char text[LT_JOIN_CODE_MAX];
    uint8_t curve[32], instance[16], proof[64], hash[32], message[50] = "lienthong join v1";
    char fingerprint[LT_FINGERPRINT_MAX];
    const uint8_t role = LIENTHONG__ROLE__ROLE_AGENT;
    sample_bytes(0xe0, code.curve_key, 32);
    sample_bytes(0x07, code.secret, 16);
    assert_int_equal(lt_join_code_format(&code, text), LT_OK);
    line_hex(lines, "hub.curve_key", code.curve_key, 32);
    line_hex(lines, "secret", code.secret, 16);
    line_text(lines, "endpoint.text", code.endpoint);
    line_text(lines, "code.text", text);

    sample_key(0, &key, &secret);
    sample_bytes(0x11, curve, sizeof(curve));
    sample_bytes(0x20, instance, sizeof(instance));
    Lienthong__Join join = LIENTHONG__JOIN__INIT;
    join.secret = sample_span(code.secret, 16);
    join.role = LIENTHONG__ROLE__ROLE_AGENT;
    join.key = sample_span(key.bytes, 32);
    join.curve_key = sample_span(curve, 32);
    join.instance = sample_span(instance, 16);
    assert_int_equal(lt_join_sign(&join, &secret, proof), LT_OK);
    const size_t one = 1, half = 16, whole = 32;
    blake(NULL, hash, 4, code.secret, half, &role, one, curve, whole, key.bytes, whole);
    memcpy(message + 18, hash, 32);
    assert_int_equal(crypto_sign_verify_detached(proof, message, sizeof(message), key.bytes), 0);
    line_hex(lines, "key", key.bytes, 32);
    line_hex(lines, "curve_key", curve, 32);
    line_hex(lines, "signed", message, sizeof(message));
    line_hex(lines, "proof", proof, 64);
    lt_fingerprint(&key, curve, fingerprint);
    line_text(lines, "fingerprint.text", fingerprint);
    uint8_t *packed;
    size_t size;
    assert_int_equal(
        lt_message_pack(LT_MSG_JOIN, UINT64_C(0x0102030405060708), &join.base, &packed, &size),
        LT_OK);
    line_hex(lines, "message", packed, size);
    free(packed);
    lines_settle(lines, VECTORS "join.txt");
}

static void release_vector(void **state)
{
    (void)state;
    struct lines *lines = lines_new();
    struct lt_key root, key;
    struct lt_secret root_secret, secret;
    struct lt_signature signature, rooted;
    struct lt_release release = {
        .number = UINT64_C(0x0102030405060708), .version = "1.2.3", .format = 1, .file_count = 2};
    uint8_t manifest[LT_MANIFEST_BYTES_MAX], hash[32], text[53] = "lienthong release v1";
    uint8_t key_text[65] = "lienthong release key v1";
    size_t size;
    strcpy(release.files[0].system, "linux-x86_64");
    strcpy(release.files[1].system, "windows-x86_64");
    for (size_t i = 0; i < 2; i++) {
        release.files[i].size = 3 + i;
        lt_hash_of("abcd", 3 + i, &release.files[i].hash);
    }
    sample_key(0, &key, &secret);
    sample_key(0x40, &root, &root_secret);
    assert_int_equal(lt_release_pack(&release, manifest, &size), LT_OK);
    lt_release_sign((struct lt_bytes){manifest, size}, &secret, &signature);
    lt_release_key_sign(&key, 7, &root_secret, &rooted);
    blake(NULL, hash, 1, manifest, size);
    memcpy(text + 21, hash, 32);
    memcpy(key_text + 25, key.bytes, 32);
    key_text[64] = 7;
    assert_int_equal(crypto_sign_verify_detached(signature.bytes, text, sizeof(text), key.bytes),
                     0);
    assert_int_equal(
        crypto_sign_verify_detached(rooted.bytes, key_text, sizeof(key_text), root.bytes), 0);
    line_hex(lines, "manifest", manifest, size);
    line_hex(lines, "key", key.bytes, 32);
    line_hex(lines, "signed", text, sizeof(text));
    line_hex(lines, "signature", signature.bytes, 64);
    line_hex(lines, "root", root.bytes, 32);
    line_hex(lines, "key_signed", key_text, sizeof(key_text));
    line_hex(lines, "root_signature", rooted.bytes, 64);
    char wave[12];
    (void)snprintf(wave, sizeof(wave), "%u", lt_release_wave(&key, release.number));
    line_text(lines, "wave.text", wave);
    lines_settle(lines, VECTORS "release.txt");
}

/* ---- Golden updates ---- */

static void golden_is_made_alike(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        struct lt_bytes (*make)(void);
    } files[] = {{GOLDEN "update-0.1.0-kinds.bin", sample_kinds_update},
                 {GOLDEN "update-0.1.0-directives.bin", sample_directive_update}};
    for (size_t i = 0; i < SAMPLE_COUNT(files); i++) {
        const struct lt_bytes bytes = files[i].make();
        golden_settle(files[i].path, bytes);
        sample_free(bytes);
    }
    const struct lt_bytes bytes = sample_awards_update(20);
    golden_settle(GOLDEN "update-0.1.0-awards.bin", bytes);
    sample_free(bytes);
}

static struct lt_bytes golden_open(const char *path, const char *id, struct lt_update *ret_update)
{
    char text[65];
    const struct lt_bytes bytes = golden_read(path);
    assert_int_equal(lt_update_open(bytes, ret_update), LT_OK);
    assert_int_equal(lt_update_verify(ret_update), LT_OK);
    lt_hex(ret_update->id.bytes, 32, text);
    assert_string_equal(text, id);
    return bytes;
}

/* What follows reads the files alone, and must go on doing so when the samples change. */
static void golden_0_1_0_awards(void **state)
{
    (void)state;
    struct lt_update update;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    Lienthong__ReportBody *body;
    Lienthong__Personal *personal;
    const struct lt_bytes bytes = golden_open(GOLDEN "update-0.1.0-awards.bin", AWARDS_ID, &update);
    assert_string_equal(update.frame.chain.unit.code, "28114");
    assert_int_equal(lt_report_read(&update, arena, &body), LT_OK);
    assert_int_equal(body->n_changes, 20);
    assert_true(body->imports[0] == UINT64_C(0x0102030405060708));
    assert_string_equal(body->decisions[0]->number, "1234/QĐ-UBND");
    assert_int_equal(body->units[1]->valid_from, 12603);
    assert_int_equal(body->changes[19]->row, 21);
    assert_string_equal(body->changes[19]->award->code, "GK");
    assert_int_equal(body->changes[19]->award->period->to, 2020);
    assert_int_equal(lt_personal_read(update.personal, body, arena, &personal), LT_OK);
    assert_string_equal(lt_personal_find(personal, 19, arena)->name, "Cá nhân 0020");
    assert_string_equal(lt_personal_find(personal, 0, arena)->workplace, "Trường Tiểu học số 1");
    assert_false(lt_report_unknown(body, 19));
    lt_arena_free(arena);
    sample_free(bytes);
}

static void golden_0_1_0_kinds(void **state)
{
    (void)state;
    struct lt_update update;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    Lienthong__ReportBody *body;
    const struct lt_bytes bytes = golden_open(GOLDEN "update-0.1.0-kinds.bin", KINDS_ID, &update);
    assert_int_equal(update.frame.seq, 2);
    assert_int_equal(update.frame.parents[0].bytes[31], 0x9f);
    assert_int_equal(lt_report_read(&update, arena, &body), LT_OK);
    assert_int_equal(body->n_changes, 9);
    assert_int_equal(body->changes[0]->award->quantity, 298);
    assert_int_equal(body->changes[0]->award->period->from, 2015);
    assert_string_equal(body->changes[1]->proposal->number, "02/TTr-UBND");
    assert_int_equal(body->changes[2]->movement->from, -1);
    assert_string_equal(body->changes[3]->pledge->cluster, "Cụm thi đua số 1");
    assert_int_equal(body->changes[4]->score->final, 95793);
    assert_string_equal(body->changes[5]->exemplar->model, "Mô hình số 1");
    assert_int_equal(body->changes[6]->declaration->totals[0]->quantity, 298);
    assert_string_equal(body->changes[7]->reason, "nhập nhầm");
    assert_int_equal(body->changes[8]->record->update.data[0], 0x60);
    lt_arena_free(arena);
    sample_free(bytes);
}

static void golden_0_1_0_directives(void **state)
{
    (void)state;
    struct lt_update update;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    Lienthong__DirectiveBody *body;
    const struct lt_bytes bytes =
        golden_open(GOLDEN "update-0.1.0-directives.bin", DIRECTIVES_ID, &update);
    assert_int_equal(update.frame.chain.stream, LT_STREAM_DIRECTIVE);
    assert_int_equal(lt_directive_read(&update, arena, &body), LT_OK);
    assert_int_equal(body->n_items, 13);
    assert_int_equal(body->items[0]->unit->valid_to, 20269);
    assert_string_equal(body->items[1]->title->name, "Giấy khen");
    assert_int_equal(body->items[2]->grant->key.data[0], 0xa0);
    assert_string_equal(body->items[3]->revocation->reason, "máy bị mất");
    assert_int_equal(body->items[4]->endorsement->update.len, 32);
    assert_string_equal(body->items[5]->cluster->managing->code, "807");
    assert_string_equal(body->items[6]->movement->code, "NTM");
    assert_int_equal(body->items[7]->obligation->due, 18975);
    assert_int_equal(body->items[8]->closing->cut[0]->n_tips, 1);
    assert_int_equal(body->items[9]->redaction->record->index, 7);
    assert_string_equal(body->items[10]->notice->text, "Hạn nộp: 15/12\nXin cảm ơn.");
    assert_string_equal(body->items[11]->move->endpoints[0], "tcp://hub.example:7100");
    assert_string_equal(body->items[12]->succession->successor->code, "807");
    lt_arena_free(arena);
    sample_free(bytes);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(update_vector),        cmocka_unit_test(receipt_vector),
        cmocka_unit_test(join_vector),          cmocka_unit_test(release_vector),
        cmocka_unit_test(golden_is_made_alike), cmocka_unit_test(golden_0_1_0_awards),
        cmocka_unit_test(golden_0_1_0_kinds),   cmocka_unit_test(golden_0_1_0_directives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
