/* A proof read in any portions is proven; cut off, turned or absurd it never is, and says what is wrong. The
 * golden proof of this release (tests/data/golden, written anew when LT_WRITE_GOLDEN=1 until it is released) stays
 * proven. What a dishonest hub may try is tests/cluster/proofs.py; random provinces are tests/recount. */
#include "tests/unit/golden_file.h"

#include "hub/prove.h"
#include "tests/unit/hub_world.h"

#define GOLDEN_PROOF GOLDEN "proof-0.1.0.bin"

static const char *const titles[] = {"GK", "LDTT"};

struct fixture {
    struct world world;
    char *dir;
    struct lt_ledger *ledger;
    uint8_t *bytes; /* a proof */
    size_t size;
};

/* ---- A small district, and a proof of its figures ---- */

static void report(struct fixture *fixture, const char *unit, const struct say *says, size_t count,
                   struct lt_hash *tip, uint64_t seq)
{
    struct signed_update update;
    world_report(&fixture->world, world_find(&fixture->world, unit), tip, seq > 1, seq, says, count,
                 &update);
    *tip = update.arrival.update.id;
    assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
    signed_free(&update);
}

static void tell(struct fixture *fixture)
{
    lt_day date;
    struct lt_hash district, commune;
    assert_int_equal(lt_day_make(2020, 12, 20, &date), LT_OK);
    const struct say total = {.number = "15/QD",
                              .date = date,
                              .code = "GK",
                              .year = 2020,
                              .recipient = 4,
                              .status = 1,
                              .quantity = 9};
    const struct say named = {.decider = "807",
                              .number = "15/QD",
                              .date = date,
                              .code = "GK",
                              .year = 2020,
                              .recipient = 4,
                              .status = 1,
                              .name = "Cá nhân 0001"};
    struct say mine[3] = {named, named, named};
    mine[2].decider = NULL;
    mine[2].number = "3/QD";
    report(fixture, "807", &total, 1, &district, 1);
    report(fixture, "28162", mine, 3, &commune, 1);
    struct say gone = {
        .op = LIENTHONG__OP__OP_RETRACT, .corrects = true, .record = commune, .record_index = 1};
    report(fixture, "28162", &gone, 1, &commune, 2);
}

static enum lt_result write_proof(struct fixture *fixture, const char *by, bool names, char **ret,
                                  size_t *ret_size, char reason[LT_PROVE_REASON_MAX])
{
    struct lt_keys keys = {.sign_public = fixture->world.units[0].key,
                           .sign_secret = fixture->world.units[0].secret};
    struct lt_figures_query query = {.year_from = 2020, .year_to = 2020};
    char why[400];
    FILE *file = open_memstream(ret, ret_size);
    assert_non_null(file);
    assert_int_equal(lt_figures_parse_by(by, &query, why), LT_OK);
    assert_int_equal(lt_figures_find_place(lt_ledger_book(fixture->ledger), "807", &query, why),
                     LT_OK);
    const struct lt_prove prove = {
        .ledger = fixture->ledger, .keys = &keys, .query = &query, .names = names};
    const enum lt_result result = lt_prove_write(&prove, file, reason);
    assert_int_equal(fclose(file), 0);
    return result;
}

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct signed_update constitution;
    char reason[LT_PROVE_REASON_MAX] = "";
    assert_non_null(fixture);
    world_small(&fixture->world);
    fixture->dir = world_dir();
    fixture->ledger = world_ledger(&fixture->world, fixture->dir, 0);
    world_constitution(&fixture->world, 7, titles, 2, &constitution);
    assert_int_equal(world_commit(fixture->ledger, &constitution), LT_OK);
    signed_free(&constitution);
    tell(fixture);
    assert_int_equal(write_proof(fixture, "place,code,recipient", true, (char **)&fixture->bytes,
                                 &fixture->size, reason),
                     LT_OK);
    if (golden_writing())
        golden_write(GOLDEN_PROOF, (struct lt_bytes){fixture->bytes, fixture->size});
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    free(fixture->bytes);
    lt_ledger_close(fixture->ledger);
    world_remove(fixture->dir);
    world_free(&fixture->world);
    free(fixture);
    return 0;
}

static enum lt_result check_bytes(const struct fixture *fixture, const uint8_t *bytes, size_t size,
                                  size_t portion, struct lt_proof **ret_proof)
{
    struct lt_proof *proof = lt_proof_new(&fixture->world.root, NULL);
    enum lt_result result = LT_OK;
    assert_non_null(proof);
    for (size_t at = 0; at < size && result == LT_OK; at += portion)
        result = lt_proof_feed(
            proof, (struct lt_bytes){bytes + at, size - at < portion ? size - at : portion});
    if (result == LT_OK)
        result = lt_proof_end(proof);
    if (ret_proof != NULL)
        *ret_proof = proof;
    else
        lt_proof_free(proof);
    return result;
}

/* ---- Reading ---- */

static void see_name(void *context, const struct lt_proof_record *record)
{
    int *named = context;
    *named += record->person != NULL && strcmp(record->person->name, "Cá nhân 0001") == 0;
}

static void read_in_any_portions_it_is_proven(void **state)
{
    const struct fixture *fixture = *state;
    static const size_t portions[] = {1, 7, 64, 1u << 20};
    for (size_t i = 0; i < sizeof portions / sizeof portions[0]; i++) {
        struct lt_proof *proof;
        const struct lt_proof_row *rows;
        struct lt_proof_sums sums;
        int named = 0;
        assert_int_equal(check_bytes(fixture, fixture->bytes, fixture->size, portions[i], &proof),
                         LT_OK);
        lt_proof_sums(proof, &sums);
        assert_int_equal(lt_proof_rows(proof, &rows), 2);
        assert_string_equal(rows[0].values, "28162\x1fGK\x1findividual");
        assert_int_equal(rows[0].quantity, 2); /* one name of the district's, and its own */
        assert_string_equal(rows[1].values, "807\x1fGK\x1findividual");
        assert_int_equal(rows[1].quantity, 8); /* what the total exceeds */
        assert_int_equal(sums.behind, 3);
        assert_int_equal(sums.reports, 3);
        assert_int_equal(lt_proof_records(proof, see_name, &named), LT_OK);
        assert_int_equal(named, 2);
        lt_proof_free(proof);
    }
}

static void the_golden_one_stays_proven(void **state)
{
    const struct fixture *fixture = *state;
    const struct lt_bytes bytes = golden_read(GOLDEN_PROOF);
    assert_true(bytes.size > 1000);
    assert_int_equal(check_bytes(fixture, bytes.data, bytes.size, bytes.size, NULL), LT_OK);
    golden_free(bytes);
}

static void cut_off_anywhere_it_is_unreadable(void **state)
{
    const struct fixture *fixture = *state;
    for (size_t size = 0; size < fixture->size; size++) {
        struct lt_proof *proof;
        assert_int_equal(check_bytes(fixture, fixture->bytes, size, 4096, &proof), LT_MALFORMED);
        assert_non_null(strstr(lt_proof_trouble(proof), "missing"));
        lt_proof_free(proof);
    }
}

/* The seal is over every byte before it, and a signature has no bit to spare. */
static void no_bit_is_harmless(void **state)
{
    const struct fixture *fixture = *state;
    uint8_t *turned = malloc(fixture->size);
    assert_non_null(turned);
    memcpy(turned, fixture->bytes, fixture->size);
    for (size_t i = 0; i < fixture->size; i++) {
        struct lt_proof *proof;
        const struct lt_proof_fault *faults;
        turned[i] ^= (uint8_t)(1u << i % 8);
        const enum lt_result result = check_bytes(fixture, turned, fixture->size, 4096, &proof);
        assert_int_not_equal(result, LT_OK);
        if (result == LT_REFUSED)
            assert_true(lt_proof_faults(proof, &faults) > 0 && faults[0].about[0] != '\0');
        else
            assert_true(lt_proof_trouble(proof)[0] != '\0');
        lt_proof_free(proof);
        turned[i] = fixture->bytes[i];
    }
    free(turned);
}

/* ---- Absurd files ---- */

struct made { /* a file made by hand */
    uint8_t bytes[70000];
    size_t size;
};

static void make_start(struct made *made)
{
    memcpy(made->bytes, LT_PROOF_MAGIC, LT_PROOF_MAGIC_BYTES);
    made->size = LT_PROOF_MAGIC_BYTES;
}

static void make_piece(struct made *made, uint8_t type, uint32_t told, const void *content,
                       size_t size)
{
    const uint8_t head[] = {type, (uint8_t)(told >> 24), (uint8_t)(told >> 16),
                            (uint8_t)(told >> 8), (uint8_t)told};
    assert_true(made->size + sizeof head + size <= sizeof made->bytes);
    memcpy(made->bytes + made->size, head, sizeof head);
    memcpy(made->bytes + made->size + sizeof head, content, size);
    made->size += sizeof head + size;
}

static void expect(const struct fixture *fixture, const struct made *made, enum lt_result wanted,
                   const char *words)
{
    struct lt_proof *proof;
    assert_int_equal(check_bytes(fixture, made->bytes, made->size, 999, &proof), wanted);
    if (strstr(lt_proof_trouble(proof), words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, lt_proof_trouble(proof));
    assert_int_equal(lt_proof_feed(proof, (struct lt_bytes){made->bytes, 1}), wanted); /* sticky */
    lt_proof_free(proof);
}

/* The head of the fixture's proof, with another piece after it. */
static void make_after_head(const struct fixture *fixture, struct made *made, uint8_t type,
                            const void *content, size_t size)
{
    const uint8_t *head = fixture->bytes + LT_PROOF_MAGIC_BYTES;
    const size_t told = (size_t)head[3] << 8 | head[4];
    make_start(made);
    make_piece(made, LT_PROOF_HEAD, (uint32_t)told, head + 5, told);
    make_piece(made, type, (uint32_t)size, content, size);
}

static void absurd_files_are_refused_with_what_is_wrong(void **state)
{
    const struct fixture *fixture = *state;
    static struct made made;
    static const uint8_t nothing[1] = {0}, rows[] = {0x0a, 0x00}, seal[] = {0x0a, 0x01, 0x01};
    make_start(&made);
    made.bytes[0] = 'X';
    expect(fixture, &made, LT_MALFORMED, "no proof");
    make_start(&made);
    made.bytes[7] = '2';
    expect(fixture, &made, LT_VERSION, "newer");
    make_start(&made);
    make_piece(&made, LT_PROOF_ROWS, 2, rows, 2);
    expect(fixture, &made, LT_MALFORMED, "cannot stand there");
    make_start(&made);
    make_piece(&made, 9, 1, nothing, 1);
    expect(fixture, &made, LT_MALFORMED, "cannot stand there");
    make_start(&made);
    make_piece(&made, LT_PROOF_HEAD, 0, nothing, 0);
    expect(fixture, &made, LT_MALFORMED, "empty");
    make_start(&made);
    make_piece(&made, LT_PROOF_HEAD, UINT32_MAX, nothing, 1);
    expect(fixture, &made, LT_TOO_LARGE, "longer than any");
    make_start(&made);
    make_piece(&made, LT_PROOF_HEAD, 1, nothing, 1);
    expect(fixture, &made, LT_MALFORMED, "head");
    make_after_head(fixture, &made, LT_PROOF_HEAD, nothing, 1);
    expect(fixture, &made, LT_MALFORMED, "cannot stand there");
    make_after_head(fixture, &made, LT_PROOF_ROWS, rows, sizeof rows);
    expect(fixture, &made, LT_MALFORMED, "other dimensions");
    make_after_head(fixture, &made, LT_PROOF_CUT, nothing, 1);
    expect(fixture, &made, LT_MALFORMED, "cut");
    make_after_head(fixture, &made, LT_PROOF_UPDATE, nothing, 1);
    expect(fixture, &made, LT_MALFORMED, "update");
    make_after_head(fixture, &made, LT_PROOF_SEAL, seal, sizeof seal);
    expect(fixture, &made, LT_MALFORMED, "seal");
    make_start(&made);
    expect(fixture, &made, LT_MALFORMED, "before its seal");
    memcpy(made.bytes, fixture->bytes, fixture->size);
    made.bytes[fixture->size] = 0;
    made.size = fixture->size + 1;
    expect(fixture, &made, LT_MALFORMED, "after the seal");
}

/* Sixty thousand updates that nobody signed: the first faults are kept, and memory ends with the file. */
static void many_faults_are_as_good_as_a_few(void **state)
{
    const struct fixture *fixture = *state;
    struct lt_proof *proof = lt_proof_new(&fixture->world.root, NULL);
    const struct lt_proof_fault *faults;
    static struct made made;
    size_t at = LT_PROOF_MAGIC_BYTES;
    assert_non_null(proof);
    while (fixture->bytes[at] != LT_PROOF_UPDATE)
        at += 5 + ((size_t)fixture->bytes[at + 3] << 8 | fixture->bytes[at + 4]);
    const size_t size = (size_t)fixture->bytes[at + 3] << 8 | fixture->bytes[at + 4];
    assert_int_equal(lt_proof_feed(proof, (struct lt_bytes){fixture->bytes, at}), LT_OK);
    made.size = 0;
    make_piece(&made, LT_PROOF_UPDATE, (uint32_t)size, fixture->bytes + at + 5, size);
    made.bytes[made.size - 1] ^= 1; /* of the body: another hash */
    for (size_t i = 0; i < 60000; i++)
        assert_int_equal(lt_proof_feed(proof, (struct lt_bytes){made.bytes, made.size}), LT_OK);
    assert_int_equal(lt_proof_faults(proof, &faults), LT_PROOF_FAULTS_MAX);
    lt_proof_free(proof);
}

/* ---- Writing ---- */

static bool put_so_many(void *context, struct lt_bytes bytes)
{
    size_t *left = context;
    if (*left < bytes.size)
        return false;
    *left -= bytes.size;
    return true;
}

static void what_cannot_be_written_is_said_once_and_for_all(void **state)
{
    (void)state;
    size_t left = 8;
    Lienthong__ProofRow row = LIENTHONG__PROOF_ROW__INIT;
    Lienthong__ProofHead head;
    struct lt_secret secret = {{0}};
    char none[1] = "", *values[1] = {none};
    lienthong__proof_head__init(&head);
    row.values = values;
    row.n_values = 1;
    struct lt_proof_writer *writer = lt_proof_writer_new(put_so_many, &left);
    assert_non_null(writer);
    assert_int_equal(lt_proof_write_row(writer, &row), LT_OK); /* in a page as yet */
    assert_int_equal(lt_proof_write_seal(writer, &secret), LT_IO);
    left = 1000;
    assert_int_equal(lt_proof_write_row(writer, &row), LT_IO);
    lt_proof_writer_free(writer);
    left = 1u << 20;
    writer = lt_proof_writer_new(put_so_many, &left);
    assert_int_equal(lt_proof_write_head(writer, &head), LT_MALFORMED); /* nobody could read it */
    assert_int_equal(lt_proof_write_row(writer, &row), LT_MALFORMED);
    lt_proof_writer_free(writer);
}

static void without_names_the_file_holds_none(void **state)
{
    struct fixture *fixture = *state;
    char reason[LT_PROVE_REASON_MAX] = "", *bytes;
    size_t size;
    assert_int_equal(write_proof(fixture, "code", false, &bytes, &size, reason), LT_OK);
    assert_null(memmem(bytes, size, "nhân", strlen("nhân")));
    assert_non_null(memmem(fixture->bytes, fixture->size, "nhân", strlen("nhân")));
    assert_true(size < fixture->size);
    assert_int_equal(check_bytes(fixture, (const uint8_t *)bytes, size, size, NULL), LT_OK);
    free(bytes);
}

/* Pages of many rows and chains are read as one. */
static void pages_end_where_they_must(void **state)
{
    struct fixture *fixture = *state;
    char reason[LT_PROVE_REASON_MAX] = "", *bytes;
    struct say says[500];
    struct lt_hash tips[3];
    char numbers[500][16], fields[500][16];
    static const char *const units[] = {"28159", "28165", "28168"};
    size_t size, pages = 0;
    for (size_t i = 0; i < 500; i++) {
        (void)snprintf(numbers[i], sizeof numbers[i], "%zu/QD", i);
        (void)snprintf(fields[i], sizeof fields[i], "field %zu", i);
        says[i] = (struct say){.number = numbers[i],
                               .code = "GK",
                               .year = 2020,
                               .recipient = 4,
                               .status = 1,
                               .field = fields[i]};
    }
    for (size_t i = 0; i < 3; i++)
        report(fixture, units[i], says, 500, &tips[i], 1);
    assert_int_equal(write_proof(fixture, "place,field", false, &bytes, &size, reason), LT_OK);
    for (size_t at = LT_PROOF_MAGIC_BYTES; at < size;) {
        const uint8_t *piece = (const uint8_t *)bytes + at;
        pages += piece[0] == LT_PROOF_ROWS;
        at += 5 +
              ((size_t)piece[1] << 24 | (size_t)piece[2] << 16 | (size_t)piece[3] << 8 | piece[4]);
    }
    assert_true(pages == 2);
    struct lt_proof *proof;
    const struct lt_proof_row *rows;
    assert_int_equal(check_bytes(fixture, (const uint8_t *)bytes, size, 5000, &proof), LT_OK);
    assert_int_equal(lt_proof_rows(proof, &rows), 1502);
    lt_proof_free(proof);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_in_any_portions_it_is_proven),
        cmocka_unit_test(the_golden_one_stays_proven),
        cmocka_unit_test(cut_off_anywhere_it_is_unreadable),
        cmocka_unit_test(no_bit_is_harmless),
        cmocka_unit_test(absurd_files_are_refused_with_what_is_wrong),
        cmocka_unit_test(many_faults_are_as_good_as_a_few),
        cmocka_unit_test(what_cannot_be_written_is_said_once_and_for_all),
        cmocka_unit_test(without_names_the_file_holds_none),
        cmocka_unit_test(pages_end_where_they_must),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
